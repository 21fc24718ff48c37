"""Run a unit's solved assignment in one track, then every known mistake in its place.

python tools/quality/exercises.py FOLDER TRACK [FILE]

prints what each check said, as JSON, to the unit's mistakes or to those of a FILE.

A process of its own for each unit and track: two frameworks do not share one.
"""

import copy
import json
import linecache
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import source
from unrolled.check import Check, NotYet, mistakes, trying

FEW = 4  # mistakes of an exercise that trains a model, and with it takes its time


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


def report(folder: Path, track: str, others: Path | None = None) -> list[dict]:
    """Return what the checks of every exercise said to each mistake in it."""
    cells = source.read(folder / "assignment.py").cells(track)
    cells = [cell for cell in cells if cell.kind == "code"]
    names = [cell.name for cell in cells]
    if others:  # {exercise: [[name, code], …]}
        tried = json.loads(others.read_text("utf-8"))
    else:
        known = mistakes.read(folder, track)
        tried = {e: [(m.says, m.code) for m in told] for e, told in known.items()}
    scope: dict = {"__name__": "__main__"}
    found, trying.beside = [], beside()
    for place, cell in enumerate(cells):
        run(cell, scope)  # a check that refuses the solution ends it all
        if not cell.is_solution:
            continue
        # Before the cells below: they may give the same names other values.
        rest = cells[place + 1 : names.index(f"check-{cell.name}") + 1]
        several = tried.get(cell.name, [])
        if not others:
            several = sampled(several, cell.name, scope)
        for name, code in several:
            told = judged(code, cell, rest, copy.copy(scope))
            about = {"exercise": cell.name, "mistake": name, "code": code}
            found.append(about | {"solution": cell.source} | told)
    return found


def sampled(several: list, exercise: str, scope: dict) -> list:
    """Return all, or a few of an exercise whose check trains a model for each.

    UNROLLED_ALL=1 tries all of these, too.
    """
    check = getattr(scope["checks"], exercise.replace("-", "_"))
    trains = check.free or check.measured
    if not trains or os.environ.get("UNROLLED_ALL") == "1" or len(several) <= FEW:
        return several
    return [several[k * (len(several) - 1) // (FEW - 1)] for k in range(FEW)]


def judged(code: str, cell: source.Cell, rest: list, scope: dict) -> dict:
    """Run a mistake in its exercise's place, on to the check; return the verdict."""
    try:
        run(cell, scope, code)
        for below in rest[:-1]:
            run(below, scope)
    except Exception as error:
        return {"refused": None, "said": f"the mistake fails: {error!r}"}
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
