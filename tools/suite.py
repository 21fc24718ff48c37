"""Every test of the course, step by step, with the seconds that each step took.

python tools/suite.py                                    as CI runs it
python tools/suite.py --unit 05-lstm --track pytorch     what concerns a unit, a track
python tools/suite.py --all                              no samples: what takes hours

The suite tries fixed samples of what there is much of: small errors made by a machine,
lessons without their data, assignments in a notebook (the tests run the cells of all of
them). `--all` tries all (UNROLLED_ALL=1, and the tests marked `every`).
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from unrolled import threads
from unrolled.source import layout
from unrolled.source.layout import TRACKS

ROOT = Path(__file__).resolve().parents[1]
# Two processes with two threads each on two cores run up to ten times slower than with
# one thread each.
ENV = threads.fixed(1) | {
    "UNROLLED_STATIC": "1",
    "UNROLLED_STRICT": "1",  # a result outside its window is an error
    "PYTHONUTF8": "1",
}
PYTEST = ("-m", "pytest", "-n", "2")
BY_GROUP = ("--dist", "loadgroup")  # tests/conftest.py says what one process runs
BY_FILE = ("--dist", "loadfile")
# How long each test took, for whoever asks where the time goes.
TIMES = ("--durations=20", "--junitxml=build/tests.xml")
# Where everything runs: to follow each line makes the tests a third slower. By its
# folder: by its name, the copies that tests make of the course would count too.
COVERAGE = (
    f"--cov={ROOT / 'src' / 'unrolled'}",
    *("--cov-report=term:skip-covered", "--cov-fail-under=90"),
)
SAMPLE = "02-recurrent-cell"  # the unit whose assignment is run as a notebook, always
NBVAL = (
    *("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "300"),
    # A kernel must start while another process imports a framework.
    *("--nbval-kernel-startup-timeout", "180"),
)


def steps(
    unit: str | None = None, track: str | None = None, every: bool = False
) -> dict[str, tuple]:
    """Return the arguments of Python for each step: all of them, or what is asked for.

    Tests are told by their names, which hold the unit and the track where they have
    one. pytest comes last, so that its own summary closes the run.
    """
    others = [f"not {t}" for t in TRACKS if track and t != track]
    named = " and ".join([*([unit] if unit else []), *others])
    chosen = ("-k", named) if named else COVERAGE if every else ()
    if not (unit or every):
        chosen += ("-m", "not every")
    kinds = layout.PLACES if unit or every else ("lesson",)
    places = [
        layout.notebook(name, kind, t)
        for name in layout.units(ROOT)
        for kind in (layout.PLACES if name == SAMPLE else kinds)
        for t in ([track] if track else TRACKS)
        if unit in (None, name)
    ]
    return {
        "ruff check": ("-m", "ruff", "check", "."),
        "ruff format": ("-m", "ruff", "format", "--check", "."),
        "build check": ("tools/build.py", "--check"),
        "tests": (*PYTEST, *BY_GROUP, *chosen, *TIMES, "tests"),
        "notebooks": (*PYTEST, *BY_FILE, *NBVAL, *places),
    }


def main() -> int:
    """Run every step, also after one that failed; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--unit")
    parser.add_argument("--track", choices=TRACKS)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    env = os.environ | ENV | ({"UNROLLED_ALL": "1"} if asked.all else {})
    todo, failed = steps(asked.unit, asked.track, asked.all), []
    for name, command in todo.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.call([sys.executable, *command], cwd=ROOT, env=env)
        ended = "failed" if status else "passed"
        failed += [name] if status else []
        if name != list(todo)[-1]:
            print(f"== {name} {ended} in {time.monotonic() - started:.0f} s")
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped. The suite has no memory: it begins anew.", file=sys.stderr)
        sys.exit(130)
