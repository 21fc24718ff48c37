"""What the checks of a unit say to answers of which it is known what they are.

tests/test_mistakes.py and tests/test_right_answers.py ask for one report: the process
that makes it starts a framework, and runs the solved assignment, once.
"""

import json
import os
from functools import cache
from pathlib import Path

import forked
from courses import COURSE
from unrolled.source.layout import TRACKS

# Units whose right answers are tried in TensorFlow too, whenever tests run.
SAMPLE = ("02-recurrent-cell", "06-gru")
RIGHT = {path.stem: path for path in sorted((COURSE / "tests/right").glob("*.py"))}


def in_sample(name: str, track: str) -> bool:
    """Return whether a unit's right answers are tried in a track whenever tests run."""
    every = os.environ.get("UNROLLED_ALL") == "1"
    return track == TRACKS[0] or name in SAMPLE or every


@cache
def of_unit(name: str, track: str, right: bool) -> list[dict]:
    """Return the report of a unit, with its right answers or without."""
    file = [RIGHT[name]] if right and name in RIGHT else []
    return report(COURSE, name, track, *file)


def report(course: Path, name: str, track: str, *right: Path) -> list[dict]:
    """Return what the checks said; the solved assignment must have passed them all."""
    folder, tool = course / "lessons" / name, COURSE / "tools/quality/exercises.py"
    ran = forked.run(track, tool, folder, track, *right, course=course)
    assert ran.returncode == 0, f"the solution was refused:\n{ran.stderr[-3000:]}"
    return json.loads(ran.stdout)
