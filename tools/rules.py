"""What a notebook source must keep to, and the sentence that says when it does not."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unrolled.source.layout import TRACKS

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
PREDICTED = "predicted"  # the result of this cell is what a text cell asked for
TAGS = (*TRACKS, "nbval-check-output", "aside", PREDICTED)
FRAMEWORKS = {"torch": "pytorch", "tensorflow": "tensorflow", "keras": "tensorflow"}
MOST_LINES, MOST_WORDS = 30, 80
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HEADING = re.compile(r"# #{1,6} ")
MADE_BY_THE_BUILD = ("badges",)
ASKS = re.compile(r"\bPredict|\?[\"')*”]*(\s|$)")
TO_WRITE_INTO = "*Your prediction:*"


class Fault(NamedTuple):
    """One thing that is wrong."""

    where: str  # which cell
    what: str  # a sentence that says what to do


def header_faults(raw_cells: Iterable[dict]) -> Iterator[Fault]:
    """Faults in the `# %%` lines: names, tags and nbgrader marks."""
    for number, raw in enumerate(raw_cells, 1):
        meta, name = raw["metadata"], raw["metadata"].get("title", "")
        where = f"`{name}`" if name else f"number {number}"
        if not name:
            start = raw["source"].split("\n")[0]
            yield Fault(
                where, f"has no name (it starts `{start}`). Write `# %% a-name`."
            )
        elif not NAME.fullmatch(name) or len(name) > 64:
            yield Fault(
                where, "has a bad name. Use a-z, 0-9 and single hyphens, at most 64."
            )
        elif name in MADE_BY_THE_BUILD:
            yield Fault(where, "has a name that the build uses itself. Choose another.")
        if raw["cell_type"] not in ("code", "markdown"):
            yield Fault(
                where, f"is a {raw['cell_type']} cell. Make it code or [markdown]."
            )
        tags = meta.get("tags", [])
        for tag in tags:
            if tag not in TAGS:
                yield Fault(
                    where, f"has the unknown tag `{tag}`. Known: {', '.join(TAGS)}."
                )
        if set(TAGS[:2]) <= set(tags):
            yield Fault(
                where, "has both tracks as tags. A cell for both carries no tag."
            )
        for key in set(meta) - {"title", "tags", "nbgrader", "lines_to_next_cell"}:
            yield Fault(where, f"has the unknown mark `{key}`. Known: tags, nbgrader.")
        yield from _mark_faults(where, meta.get("nbgrader"))


def _mark_faults(where: str, mark: object) -> Iterator[Fault]:
    if mark is None:
        return
    good = 'Write `nbgrader={"grade": true, "points": 2}`.'
    if not isinstance(mark, dict) or set(mark) - {"grade", "points"}:
        yield Fault(where, f"has the nbgrader mark {mark}, not the one known. {good}")
    elif mark.get("grade") is not True:
        yield Fault(where, f"has points on nothing: it is not marked as graded. {good}")
    elif not isinstance(mark.get("points"), int | float) or not mark["points"] > 0:
        yield Fault(where, f"is graded without points. {good}")


def faults(cells: tuple, graded: bool) -> Iterator[Fault]:
    """Faults in named cells (`source.Cell`); `graded` is true for an assignment."""
    if not cells or cells[0].name != "title" or cells[0].kind != "markdown":
        yield Fault("number 1", "must be `# %% title [markdown]` and hold the heading.")
    elif not cells[0].source.startswith("# "):
        yield Fault(
            "`title`", "must start with the heading of the notebook, `# # A title`."
        )
    if not any(c.name == "imports" and c.kind == "code" for c in cells):
        yield Fault(
            "`imports`", "is missing. Add `# %% imports` with the shared imports."
        )
    yield from _twin_faults(cells)
    yield from _prediction_faults(cells, graded)
    for cell in cells:
        where = f"`{cell.name}`"
        check = _text_faults if cell.kind == "markdown" else _code_faults
        for what in check(cell):
            yield Fault(where, what)
        if not graded and (cell.points is not None or cell.is_solution):
            yield Fault(
                where, "has nbgrader marks. Graded work belongs in assignment.py."
            )
    if graded:
        yield from _exercise_faults(cells)


def _twin_faults(cells: tuple) -> Iterator[Fault]:
    taken: set[str] = set()
    step = 0
    while step < len(cells):
        cell = cells[step]
        where = f"`{cell.name}`" + (f" ({cell.track})" if cell.track else "")
        pair = [c for c in cells[step : step + 2] if c.name == cell.name]
        if cell.name in taken:
            yield Fault(
                where,
                "has a name that is already taken. Names are unique, but for the two "
                "tracks' versions of one cell, which stand next to each other.",
            )
        elif cell.track and {c.track for c in pair} != set(FRAMEWORKS.values()):
            other = ({*FRAMEWORKS.values()} - {cell.track}).pop()
            yield Fault(
                where,
                f'has no twin. Put `# %% {cell.name} tags=["{other}"]` right after it.',
            )
        elif cell.track:
            step += 1  # the twin is dealt with here
            if pair[0].kind != pair[1].kind:
                yield Fault(
                    where, "is code in one track and text in the other. Use one kind."
                )
            if len({PREDICTED in c.tags for c in pair}) > 1:
                yield Fault(
                    where,
                    f"is tagged `{PREDICTED}` in one track alone. Tag its twin too.",
                )
        taken.add(cell.name)
        step += 1


def _prediction_faults(cells: tuple, graded: bool) -> Iterator[Fault]:
    """Faults in what a learner predicts: the cell `predicted`, `prediction-…`."""
    for cell in cells:
        if not cell.name.startswith("prediction-"):
            continue
        where = f"`{cell.name}`"
        if graded:
            yield Fault(
                where, "is locked in an assignment. Let a lesson ask for predictions."
            )
        elif cell.kind != "markdown" or TO_WRITE_INTO not in cell.source:
            yield Fault(
                where,
                "is named as a cell to write a prediction into. Make it text that "
                f"holds `{TO_WRITE_INTO}`.",
            )
    found: dict[Fault, None] = {}  # a shared cell's fault is found in both tracks
    for track in dict.fromkeys(FRAMEWORKS.values()):
        asked = ""  # the last text cell that is not there to write into
        for cell in (c for c in cells if c.track in (None, track)):
            if cell.kind == "markdown" and PREDICTED in cell.tags:
                what = (
                    f"is text and tagged `{PREDICTED}`. Tag the code that answers it."
                )
                found[Fault(f"`{cell.name}`", what)] = None
            elif PREDICTED in cell.tags and not ASKS.search(asked):
                what = (
                    f"is tagged `{PREDICTED}`, and the text cell before it asks for no "
                    "prediction. Begin a sentence of it with `Predict`, or end one "
                    "with a question mark."
                )
                found[Fault(f"`{cell.name}`", what)] = None
            elif cell.kind == "markdown" and not cell.name.startswith("prediction-"):
                asked = cell.source
    yield from found


def _text_faults(cell) -> Iterator[str]:
    words = sum(any(map(str.isalpha, word)) for word in cell.source.split())
    if words > MOST_WORDS:
        yield (
            f"is a text of {words} words, and {MOST_WORDS} is the most. Move the "
            "theory to the unit's README."
        )
    if BEGIN in cell.source or cell.points is not None:
        yield "is text with nbgrader marks. Exercises and their checks are code cells."


def _code_faults(cell) -> Iterator[str]:
    lines = [x for x in cell.source.split("\n") if BEGIN not in x and END not in x]
    if len(lines) > MOST_LINES:
        yield f"has {len(lines)} lines, and {MOST_LINES} is the most. Split it."
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield f"is not plain Python ({error.msg}, line {error.lineno}). Mend it."
        return
    if not tree.body:
        yield "is a code cell without code. Take it out, or mark it `[markdown]`."
    for line in lines:
        if HEADING.match(line):
            yield (
                f"is code, and its line `{line}` is a heading. Put `# %% a-name "
                "[markdown]` above it."
            )
    used = {name.split(".")[0] for name in _imports(tree)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for name, track in (FRAMEWORKS | {"tf": "tensorflow"}).items():
        if name in used and cell.track is None:
            yield (
                f"uses `{name}` in both tracks. Give it twins tagged "
                '`tags=["pytorch"]` and `tags=["tensorflow"]`.'
            )
        elif name in used and cell.track != track:
            yield f"belongs to the {cell.track} track and uses `{name}`. Take it out."


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "unrolled.backends":
            # `from unrolled.backends import pytorch as ur` imports the framework.
            to_framework = {"pytorch": "torch"}
            yield from (to_framework.get(a.name, a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _exercise_faults(cells: tuple) -> Iterator[Fault]:
    found: dict[Fault, None] = {}  # a shared cell's fault is found in both tracks
    for track in dict.fromkeys(FRAMEWORKS.values()):
        one = [cell for cell in cells if cell.track in (None, track)]
        found |= dict.fromkeys(_exercise_faults_of_one(one))
    yield from found


def _exercise_faults_of_one(cells: list) -> Iterator[Fault]:
    places = {cell.name: place for place, cell in enumerate(cells)}
    for place, cell in enumerate(cells):
        where = f"`{cell.name}`"
        marks = re.findall(f"{BEGIN}|{END}", cell.source)
        if marks != [BEGIN, END] * (len(marks) // 2):
            yield Fault(
                where, f"has unpaired marks. Each `### {BEGIN}` needs `### {END}`."
            )
        if cell.is_solution:
            check = cells[places.get(f"check-{cell.name}", place)]
            if check.points is None:
                yield Fault(
                    where,
                    f"is an exercise without its check. Add `# %% check-{cell.name} "
                    'nbgrader={"grade": true, "points": 2}` after it.',
                )
            elif places[check.name] < place:
                yield Fault(
                    where, f"comes after its check. Move `{check.name}` below it."
                )
            about = cells[place - 1]
            if (about.name, about.kind) != (f"about-{cell.name}", "markdown"):
                yield Fault(
                    where,
                    f"has no text that sets it. Put `# %% about-{cell.name} "
                    "[markdown]` right above it.",
                )
        elif cell.points is not None:
            exercise = places.get(cell.name.removeprefix("check-"), place)
            if not cells[exercise].is_solution:
                yield Fault(
                    where,
                    "has points on nothing: there is no exercise for it. Name it "
                    f"check-NAME, where the code cell NAME holds `### {BEGIN}`.",
                )
