"""Puts the instructor's cells back, with the learner's answers between them.

Nothing of a submission is taken for an instructor's cell but its place. An answer is
found by nbgrader's `grade_id`, then by the cell's id, then by what it defines. Cells
that the learner added stay, each behind the cell that it followed.
"""

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from unrolled.grade.notebooks import Cell, bare, clean

DEFINES = re.compile(r"^(?:def|class|async def)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)
IMPORT = re.compile(r"^(?:import|from)\s.+", re.MULTILINE)
NAME = "{number}b_assignment_{track}.ipynb"


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
    untouched: frozenset[str]  # exercises whose cell is as it was handed out


@dataclass(frozen=True)
class Assignment:
    """What was handed out: the release copy of one unit in one track."""

    unit: str
    track: str
    steps: tuple[Step, ...] = field(repr=False)
    digest: str = ""

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
    name = NAME.format(number=unit[:2], track=track)
    path = course / "notebooks" / track / unit / name
    content = path.read_bytes()
    steps = [_step(cell) for cell in json.loads(content)["cells"]]
    known = tuple(step for step in steps if step)
    return Assignment(unit, track, known, hashlib.sha256(content).hexdigest())


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
    places = _places(cells, assignment)
    answers: dict[str, list[Cell]] = {}
    extras: dict[str | None, list[str]] = {}
    notes, last, order = [], None, []
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
            if own := _own_imports(cell.code, given.code):
                extras.setdefault(name, []).append(own)
    steps = [Step("extra", "at the top", c) for c in extras.pop(None, [])]
    untouched = set()
    for given in assignment.steps:
        pieces = [given.code]
        if given.kind == "answer":
            pieces, said = _pieces(answers.get(given.name, []), given)
            notes += said
            if not pieces:
                untouched.add(given.name)
                pieces = [given.code]
        elif given.name not in order:
            notes.append(f"The cell `{given.name}` was missing, and was put back.")
        steps += [
            Step(given.kind, given.name, code, given.points, given.checks)
            for code in pieces
        ]
        steps += [
            Step("extra", f"after {given.name}", code)
            for code in extras.get(given.name, [])
        ]
    if order != sorted(order, key=list(assignment.by_name).index):
        notes.append("Cells were in another order, and were put back in theirs.")
    return Restored(tuple(steps), tuple(dict.fromkeys(notes)), frozenset(untouched))


def _places(cells: list[Cell], assignment: Assignment) -> list[str | None]:
    """Return for every cell the name of the instructor's cell that it stands for."""
    known = assignment.by_name
    names = [next((n for n in (c.grade_id, c.id) if n in known), None) for c in cells]
    answers = {s.name: _defined(s.code) for s in assignment.steps if s.kind == "answer"}
    for i, (cell, name) in enumerate(zip(cells, names, strict=True)):
        # A mark on a cell that answers another exercise has come there by copying.
        if name in answers and not answers[name] & _defined(cell.code):
            if _answered(cell, answers, ()):
                names[i] = None
    codes = {step.bare: step.name for step in reversed(assignment.steps)}
    for i, cell in enumerate(cells):
        if names[i] is None:
            names[i] = codes.get(cell.bare)
    taken = {name for name in names if name}
    for i, cell in enumerate(cells):
        if names[i] is None:
            names[i] = _answered(cell, answers, taken)
    return names


def _answered(cell: Cell, answers: dict, taken) -> str | None:
    """Return the exercise, not yet taken, whose names the cell defines."""
    defined = _defined(cell.code)
    for name, wanted in answers.items():
        if name not in taken and wanted and wanted <= defined:
            return name
    return None


def _pieces(cells: list[Cell], given: Step) -> tuple[list[str], list[str]]:
    """Return what was written in an exercise's cells: several if it was copied."""
    tried = [c.code for c in cells if c.bare and c.bare != given.bare]
    said = []
    if not cells:
        said = [f"The cell `{given.name}` was missing."]
    elif len(tried) > 1:
        said = [f"The cell `{given.name}` was there {len(tried)} times; all were run."]
    return tried, said


def _defined(code: str) -> set[str]:
    return {a or b for a, b in DEFINES.findall(code)}


def _own_imports(code: str, given: str) -> str:
    """Return the imports that a learner wrote into an instructor's cell."""
    before = set(IMPORT.findall(given))
    lines = [line for line in IMPORT.findall(code) if line not in before]
    return "\n".join(line for line in lines if not line.endswith(("(", "\\")))
