"""Run a unit's solved assignment in one track, then other answers in their places.

python tools/quality/exercises.py FOLDER TRACK [RIGHT]

prints what each check said, as JSON, to every known mistake of the unit, and to the
right answers in other styles that the file RIGHT holds (`tests/right/05-lstm.py`), to
those in it that let a function of the course do the work, and to the solution's values
where a part of them is missing.

A process of its own for each unit and track: two frameworks do not share one. What both
tracks share is tried in the first alone, and of an exercise that trains a model a few
mistakes, always the same ones; UNROLLED_ALL=1 tries all.
"""

import copy
import json
import linecache
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import lacking
import source
from unrolled.check import Check, NotYet, mistakes, trying
from unrolled.source import percent

# Mistakes of an exercise that trains a model, and with it takes its time: the first,
# the last, and in the first track two between them.
FEW = dict(zip(source.TRACKS, (4, 2), strict=True))


def beside() -> Callable[..., list[trying.Tried]]:
    """Return `trying.beside` for many answers to one exercise: each is tried once."""
    fresh, kept = trying.beside, {}

    def tried(check: Check, answer: Any, context: dict) -> list[trying.Tried]:
        if check.name not in kept:
            kept[check.name] = list(fresh(check, answer, context))
        return kept[check.name]

    return tried


def run(cell: source.Cell, scope: dict, code: str | None = None) -> None:
    """Run a cell, or other code in its place; errors can quote its lines."""
    code = cell.source if code is None else code
    name = f"<{cell.name}>"
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    exec(compile(code, name, "exec"), scope)


def report(folder: Path, track: str, right: Path | None = None) -> list[dict]:
    """Return what the checks of every exercise said to each answer in its place."""
    read = source.read(folder / "assignment.py")
    cells = [cell for cell in read.cells(track) if cell.kind == "code"]
    names = [cell.name for cell in cells]
    known = mistakes.read(folder, track)
    solved = percent.solutions(folder / "assignment.py", track)
    held = runpy.run_path(str(right)) if right else {}
    styles, helped = held.get("RIGHT", {}), held.get("HELPED", {})
    scope: dict = {"__name__": "__main__"}
    found, trying.beside, heard = [], beside(), lacking.listen()
    for place, cell in enumerate(cells):
        heard.clear()
        run(cell, scope)  # a check that refuses the solution ends it all
        exercise = cell.name.removeprefix("check-")
        found += [e for one in heard for e in lacking.entries(exercise, *one)]
        elsewhere = tried_elsewhere(cell, track)  # its mistakes, but not right answers
        known_here = cell.name in styles or cell.name in helped
        if not cell.is_solution or (elsewhere and not known_here):
            continue
        # Before the cells below: they may give the same names other values.
        rest = cells[place + 1 : names.index(f"check-{cell.name}") + 1]
        several = []
        if not elsewhere:
            several = sampled(known[cell.name], cell.name, scope, FEW[track])

        def made(styles: dict, cell: source.Cell = cell) -> list[mistakes.Mistake]:
            return [
                one
                for style, edit in styles.get(cell.name, {}).items()
                for one in mistakes.made_by(style, edit, solved[cell.name], track)
            ]

        kinds = {"wrong": several, "right": made(styles), "helped": made(helped)}
        for kind, answers in kinds.items():
            for one in answers:
                told = judged(one.code, cell, rest, copy.copy(scope))
                about = {"exercise": cell.name, "answer": one.says, "kind": kind}
                found.append(about | told)
    return found


def tried_elsewhere(cell: source.Cell, track: str) -> bool:
    """Return whether a solution is the first track's too, where it is tried."""
    return cell.track is None and track != source.TRACKS[0] and not every()


def every() -> bool:
    """Return whether no sample will do."""
    return os.environ.get("UNROLLED_ALL") == "1"


def sampled(several: Sequence, exercise: str, scope: dict, few: int) -> Sequence:
    """Return all, or a few of an exercise whose check trains a model for each."""
    check = getattr(scope["checks"], exercise.replace("-", "_"))
    trains = check.free or check.measured
    if not trains or every() or len(several) <= few:
        return several
    return [several[k * (len(several) - 1) // (few - 1)] for k in range(few)]


def judged(code: str, cell: source.Cell, rest: list, scope: dict) -> dict:
    """Run an answer in its exercise's place, on to the check; return the verdict."""
    try:
        run(cell, scope, code)
        for below in rest[:-1]:
            run(below, scope)
    except Exception as error:
        return {"refused": None, "said": f"the answer fails: {error!r}"}
    try:
        run(rest[-1], scope)
    except NotYet as refusal:
        return {"refused": True, "said": str(refusal)}
    except Exception as error:
        return {"refused": None, "said": f"{type(error).__name__}: {error}"}
    return {"refused": False, "said": ""}


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with redirect_stdout(sys.stderr):
        result = report(
            Path(sys.argv[1]).resolve(), sys.argv[2], *map(Path, sys.argv[3:])
        )
    json.dump(result, out)
    out.close()
