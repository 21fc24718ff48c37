"""Puts the instructor's cells back, with the learner's answers between them.

Nothing of a submission is taken for an instructor's cell but its place. An answer is
found by nbgrader's `grade_id`, then by the cell's id, then by what it defines: alone in
its cell, or beside another one. Cells that the learner added stay, each behind the cell
that it followed.
"""

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from unrolled.grade.submission.reading import Cell, bare, clean
from unrolled.source.layout import notebook

DEFINES = re.compile(r"^(?:def|class|async def)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)
HEADING = re.compile(r"^(##?) +(.+?)\s*$", re.MULTILINE)
IMPORT = re.compile(r"^(?:import|from)\s.+", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One cell to run. Kind: locked, answer, extra or check; of which exercise."""

    kind: str
    name: str
    code: str
    points: float = 0.0
    checks: tuple[str, ...] = ()  # the names that a check cell asks for

    @cached_property
    def bare(self) -> str:
        """Return the code without blanks at the ends of lines."""
        return bare(self.code)


@dataclass(frozen=True)
class Restored:
    """A submission in the instructor's order, and what had to be mended."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    untouched: frozenset[str]  # exercises without an answer
    missing: frozenset[str]  # those of them whose cell is not there
    flags: tuple[str, ...] = ()  # checks that were edited or deleted


@dataclass(frozen=True)
class Assignment:
    """What was handed out: the release copy of one unit in one track."""

    unit: str
    track: str
    steps: tuple[Step, ...] = field(repr=False)
    digest: str = ""
    title: str = ""
    titles: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def exercises(self) -> dict[str, Step]:
        """Return the check cell of each exercise, by the exercise's name."""
        return {
            s.name.removeprefix("check-"): s for s in self.steps if s.kind == "check"
        }

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """Return every cell by its name."""
        return {step.name: step for step in self.steps}


def release(course: Path, unit: str, track: str) -> Assignment:
    """Read an assignment as it was handed out; raises FileNotFoundError."""
    content = (course / notebook(unit, "assignment", track)).read_bytes()
    cells = json.loads(content)["cells"]
    steps = [_step(cell) for cell in cells]
    known = tuple(step for step in steps if step)
    # A result depends on the checks, too; the solution stands for what they ask, and
    # its edits for what they say.
    names = ("checks.py", "assignment.py", "mistakes.py")
    judged_by = [course / "lessons" / unit / n for n in names]
    parts = [content, *(p.read_bytes() for p in judged_by if p.is_file())]
    title, titles = _titles(cells, {s.name for s in known if s.kind == "answer"})
    return Assignment(unit, track, known, digest(*parts), title, titles)


def _titles(cells: list[dict], answers: set[str]) -> tuple[str, dict[str, str]]:
    """Return the assignment's heading, and the heading above each exercise.

    One whose own text has no heading belongs to the one before.
    """
    title, last, titles = "", "", {}
    for cell in cells:
        if cell["cell_type"] == "code":
            if cell["id"] in answers:
                titles[cell["id"]] = last
            continue
        for mark, words in HEADING.findall("".join(cell["source"])):
            title = words if mark == "#" and not title else title
            last = words if mark == "##" else last
    return title, titles


def digest(*parts: bytes) -> str:
    """Return a short text for several contents, another one for any others."""
    each = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(each).hexdigest()


def _step(cell: dict) -> Step | None:
    if cell["cell_type"] != "code":
        return None
    mark = cell["metadata"].get("nbgrader", {})
    code, name = clean("".join(cell["source"])), cell["id"]
    if mark.get("grade"):
        return Step("check", name, code, float(mark["points"]), _asked(code, name))
    return Step("answer" if mark.get("solution") else "locked", name, code)


def _asked(code: str, name: str) -> tuple[str, ...]:
    """Return the checks that a check cell calls: `checks.step(step)` gives step."""
    calls = [n.func for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)]
    found = tuple(
        f.attr
        for f in calls
        if isinstance(f, ast.Attribute)
        and isinstance(f.value, ast.Name)
        and f.value.id == "checks"
    )
    if len(found) != 1:
        raise ValueError(
            f"The cell `{name}` calls {len(found)} checks; one call, "
            "`checks.name(answer)`, can be judged outside a sandbox."
        )
    return found


def restore(cells: list[Cell], assignment: Assignment) -> Restored:
    """Return the cells to run for a submission, in the instructor's order."""
    cells, notes = _as_code(cells, assignment)
    places = _places(cells, assignment)
    answers: dict[str, list[Cell]] = {}
    extras: dict[str | None, list[str]] = {}
    last, order, flags = None, [], []
    for cell, name in zip(cells, places, strict=True):
        if name is None:
            if cell.code.strip():
                extras.setdefault(last, []).append(cell.code)
            continue
        last, given = name, assignment.by_name[name]
        order.append(name)
        if given.kind == "answer":
            answers.setdefault(name, []).append(cell)
        elif cell.bare != given.bare:
            notes.append(f"The cell `{name}` was changed, and was put back.")
            if given.kind == "check":
                flags.append(f"edited check `{name}`")
            if own := _own_imports(cell.code, given.code):
                extras.setdefault(name, []).append(own)
    steps = [Step("extra", "at the top", c) for c in extras.pop(None, [])]
    untouched = []
    for given in assignment.steps:
        pieces = [given.code]
        if given.kind == "answer":
            written = [c.code for c in answers.get(given.name, []) if c.bare]
            pieces = [code for code in written if bare(code) != given.bare]
            if len(pieces) > 1:
                often = f"was there {len(pieces)} times; all were run"
                notes.append(f"The cell `{given.name}` {often}.")
            if not pieces:
                untouched.append(given.name)
                pieces = [given.code]
        elif given.name not in order:
            notes.append(f"The cell `{given.name}` was missing, and was put back.")
            if given.kind == "check":
                flags.append(f"deleted check `{given.name}`")
        steps += [
            Step(given.kind, given.name, code, given.points, given.checks)
            for code in pieces
        ]
        steps += [
            Step("extra", f"after {given.name}", code)
            for code in extras.get(given.name, [])
        ]
    for name in tuple(untouched):
        steps, where = _from_elsewhere(steps, name, name not in answers, untouched)
        state = "is as it was handed out" if name in answers else "was missing"
        if where:
            untouched.remove(name)
            notes.append(f"The cell `{name}` {state}; its answer stands {where}.")
        elif name not in answers:
            notes.append(f"The cell `{name}` was missing.")
    if order != sorted(order, key=list(assignment.by_name).index):
        notes.append("Cells were in another order, and were put back in theirs.")
    missing = frozenset(untouched) - set(answers)
    return Restored(
        tuple(steps),
        tuple(dict.fromkeys(notes)),
        frozenset(untouched),
        missing,
        tuple(dict.fromkeys(flags)),
    )


def _as_code(cells: list[Cell], assignment: Assignment) -> tuple[list[Cell], list[str]]:
    """Return the code cells, and those that have become text but bear a mark.

    Not a text beside the code cell of that name: a draft, say.
    """
    codes = [cell for cell in cells if cell.is_code]
    there = {*_places(codes, assignment), None}
    found = {c: n for c in cells if not c.is_code and (n := _marked(c, assignment))}
    found = {cell: name for cell, name in found.items() if name not in there}
    notes = [
        f"The cell `{name}` was no code cell any more, and was made one again."
        for name in found.values()
    ]
    return [cell for cell in cells if cell.is_code or cell in found], notes


def _from_elsewhere(
    steps: list[Step], name: str, missing: bool, untouched: list[str]
) -> tuple[list[Step], str]:
    """Return the steps with an answer that stands in another cell, and where it does.

    Beside another answer, say. A cell that is still as it was handed out comes after
    what stands above it: there only what stands between it and its check is an answer.
    """
    at = next(i for i, s in enumerate(steps) if (s.kind, s.name) == ("answer", name))
    checks = (i for i, s in enumerate(steps) if s.name == f"check-{name}")
    check = next(checks, len(steps))
    wanted = _defined(steps[at].code)
    found = {
        i: _defined(s.code) & wanted
        for i, s in enumerate(steps)
        if s.kind in ("answer", "extra") and s.name not in untouched
        if missing or at < i < check
    }
    found = {i: names for i, names in found.items() if names}
    if not wanted or set().union(*found.values()) != wanted:
        return steps, ""
    # What comes after the check is run before it, too.
    late = [replace(steps[i], kind="answer", name=name) for i in found if i > check]
    first = steps[min(found)]
    where = (
        f"in `{first.name}`" if first.kind == "answer" else f"in a cell {first.name}"
    )
    return [*steps[:at], *late, *steps[at + 1 :]], where


def _marked(cell: Cell, assignment: Assignment) -> str | None:
    """Return the cell of the assignment whose mark, or id, a cell bears."""
    names = (cell.grade_id, cell.id)
    return next((name for name in names if name in assignment.by_name), None)


def _places(cells: list[Cell], assignment: Assignment) -> list[str | None]:
    """Return for every cell the name of the instructor's cell that it stands for."""
    names = [_marked(cell, assignment) for cell in cells]
    answers = {s.name: _defined(s.code) for s in assignment.steps if s.kind == "answer"}
    for i, (cell, name) in enumerate(zip(cells, names, strict=True)):
        # A mark on a cell that answers another exercise has come there by copying.
        if name in answers and not answers[name] & _defined(cell.code):
            if _answered(cell, answers):
                names[i] = None
    codes = {step.bare: step.name for step in reversed(assignment.steps)}
    for i, cell in enumerate(cells):
        if names[i] is None:
            names[i] = codes.get(cell.bare)
    taken = {name for name in names if name}
    for i, cell in enumerate(cells):
        if names[i] is None:
            found = _answered(cell, answers)
            # Who answers several in one cell is asked later what each one needs.
            if len(found) == 1 and found[0] not in taken:
                names[i] = found[0]
    return names


def _answered(cell: Cell, answers: dict[str, set[str]]) -> list[str]:
    """Return the exercises whose names a cell defines."""
    defined = _defined(cell.code)
    return [name for name, wanted in answers.items() if wanted and wanted <= defined]


def _defined(code: str) -> set[str]:
    return {a or b for a, b in DEFINES.findall(code)}


def _own_imports(code: str, given: str) -> str:
    """Return the imports that a learner wrote into an instructor's cell."""
    before = set(IMPORT.findall(given))
    lines = [line for line in IMPORT.findall(code) if line not in before]
    return "\n".join(line for line in lines if not line.endswith(("(", "\\")))
