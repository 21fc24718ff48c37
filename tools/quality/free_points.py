"""What an answer earns for nothing: by helpers, by missing facts, by forged ones.

python tools/quality/free_points.py            measures all units, in PyTorch
python tools/quality/free_points.py 02 05      measures some, and keeps the others
python tools/quality/free_points.py --table    writes the table into docs/grading.md

Helpers: every answer of `tests/right` that lets a function of the course or of the
framework do the work, in each of the ways of `ways.py`. It is tried once more with
nothing withheld: only what is right then shows that anything is held back. Missing
facts: the solution's values without each of their parts. Forged ones: the answers of
`tests/forged`, graded in the sandbox. Results go to `tests/free_points.json`.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import exercises
import forged
import ways
from unrolled.check import run as running
from unrolled.check import trying
from unrolled.grade.marking.grader import secret
from unrolled.grade.sandbox import fork_server
from unrolled.grade.submission.restore import release
from unrolled.source import layout

COURSE, TRACK = forged.COURSE, forged.TRACK
RESULTS = COURSE / "tests" / "free_points.json"
PAGE = COURSE / "docs" / "grading.md"
MARKS = ("<!-- free -->", "<!-- /free -->")


def helped(unit: str) -> dict[str, dict]:
    """Return the answers of a unit that let a function do the work, by exercise."""
    path = COURSE / f"tests/right/{unit}.py"
    return runpy.run_path(str(path)).get("HELPED", {}) if path.is_file() else {}


def apart(holds: Callable[[Any], bool], given: Any) -> bool:
    """Return whether something holds, found out in a process that ends then."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    status = 1
    try:
        status = 0 if holds(given) else 1
    finally:
        os._exit(status)


def in_process(unit: str) -> dict:
    """Return what helpers and missing facts earn in a unit; for a process of its own.

    With nothing withheld each answer is tried in a process of its own: some load a
    module again.
    """
    steps = release(COURSE, unit, TRACK).exercises
    points = {name: step.points for name, step in steps.items()}
    plain, later, earned = exercises.judged, [], {}

    def judged(code: str, cell: exercises.source.Cell, rest: list, scope: dict) -> dict:
        check = getattr(scope["checks"], cell.name.replace("-", "_"))
        told = {}
        for way, text in ways.spelled(code, scope, check.bars).items():
            told[way] = plain(text, cell, rest, dict(scope))
        later.append((code, cell, rest, scope))
        free = {w: points[cell.name] * (t["refused"] is False) for w, t in told.items()}
        return {"refused": True, "said": "", "ways": free}

    exercises.judged, exercises.sampled = judged, lambda *given: []
    exercises.beside = lambda: lambda *given: []  # why it is wrong is not asked
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "held.py")
        held.write_text(f"HELPED = {helped(unit)!r}\n", "utf-8")
        entries = exercises.report(COURSE / "lessons" / unit, TRACK, held)
    running.withheld = lambda *given: nullcontext()
    trying.beside = lambda *given: []
    tried = [e for e in entries if e["kind"] == "helped"]
    for entry, given in zip(tried, later, strict=True):
        cell = given[1]
        right = apart(lambda given: plain(*given)["refused"] is False, given)
        told = {"worth": points[cell.name] * right, "ways": entry["ways"]}
        earned.setdefault(cell.name, {})[entry["answer"]] = told
    lacking = [e for e in entries if e["kind"] == "lacking"]
    free = {e["exercise"] for e in lacking if not e["refused"]}
    return {
        "of": sum(points.values()),
        "helpers": earned,
        "missing": {"tried": len(lacking), "earned": sum(points[e] for e in free)},
    }


def of_unit(unit: str, servers: fork_server.Servers) -> dict:
    """Return all that was measured of a unit."""
    call = [sys.executable, __file__, "--unit", unit]
    told = json.loads(subprocess.run(call, stdout=-1, check=True, cwd=COURSE).stdout)
    mine = [one for one in forged.bank().values() if one.unit == unit]
    return told | {"forged": {m.name: forged.graded(m, servers).points for m in mine}}


def table(stored: dict) -> str:
    """Return the table of what is earned for nothing, unit by unit."""
    rows = [
        "| unit | points | answers that call helpers | worth, were they free | earn "
        "| values that lack a part | earn | forged answers | earn |",
        "| --- |" + " ---: |" * 8,
    ]
    for unit, told in stored.items():
        helpers = [a for several in told["helpers"].values() for a in several.values()]
        worth = sum(
            max(a["worth"] for a in several.values())
            for several in told["helpers"].values()
        )
        ways = [points for answer in helpers for points in answer["ways"].values()]
        missing, lies = told["missing"], told["forged"].values()
        cells = [unit[:2], told["of"], len(ways), worth, sum(ways), missing["tried"]]
        cells += [missing["earned"], len(lies), sum(lies)]
        shown = (c if isinstance(c, str) else f"{c:g}" for c in cells)
        rows.append(f"| {' | '.join(shown)} |")
    return "\n".join(rows)


def filled(page: str, stored: dict) -> str:
    """Return the page with the table between its marks."""
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{table(stored)}\n{MARKS[1]}{after}"


def main(arguments: list[str]) -> None:
    """Measure the units that are named, or all; write what was found."""
    stored = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    asked = [one for one in arguments if one != "--table"]
    known = layout.units(COURSE)
    if "--table" not in arguments:
        servers = fork_server.Servers(fork_server.level(), secret(COURSE))
        for unit in known:
            if not asked or unit[:2] in asked or unit in asked:
                stored[unit] = of_unit(unit, servers)
                ordered = {one: stored[one] for one in known if one in stored}
                RESULTS.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")
                print(unit, flush=True)
        servers.close()
    if set(stored) == set(known):
        page = filled(PAGE.read_text("utf-8"), {one: stored[one] for one in known})
        PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--unit"]:
        with redirect_stdout(sys.stderr):
            measured = in_process(sys.argv[2])
        json.dump(measured, sys.stdout)
    else:
        main(sys.argv[1:])
