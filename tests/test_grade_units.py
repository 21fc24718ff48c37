"""Every unit: the solution earns all points, the untouched copy none.

In one of the tracks, PyTorch and TensorFlow in turn; in both with `every`.
"""

import json
import runpy
import sys

import nbformat
import pytest

from courses import COURSE, UNITS, load, path
from exercise_reports import RIGHT
from unrolled.check import mistakes
from unrolled.grade.marking.grader import Grader
from unrolled.grade.result import from_json
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release
from unrolled.source import percent
from unrolled.source.layout import TRACKS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="graded on Linux only"
    ),
]
# Two exercises train a model, and the machine may be busy.
PATIENT = Limits(cell=300, total=600)


# Track by track, so that one fork server lives at a time; the units in turn.
CASES = [
    pytest.param(
        track, unit, marks=() if TRACKS[place % 2] == track else pytest.mark.every
    )
    for track in TRACKS
    for place, unit in enumerate(UNITS)
]


@pytest.mark.parametrize(("track", "unit"), CASES)
def test_solutions_earn_everything_and_untouched_copies_nothing(track, unit, servers):
    grader = Grader(COURSE, release(COURSE, unit, track), servers, PATIENT)
    result = grader.grade("solved", path(COURSE, unit, "solution", track).read_bytes())
    assert [(v.name, v.says) for v in result.exercises if v.word != "right"] == []
    assert result.points == result.most > 0
    blank = grader.grade("blank", path(COURSE, unit, "assignment", track).read_bytes())
    assert {v.word for v in blank.exercises} == {"not attempted"}
    assert blank.points == 0 and blank.most == result.most
    assert from_json(json.loads(json.dumps(result.as_json()))) == result


def helped(unit: str, track: str) -> dict[str, str]:
    """Return answers, by exercise, that let a function of the course do the work."""
    solved = percent.solutions(COURSE / f"lessons/{unit}/assignment.py", track)
    found = {}
    bank = runpy.run_path(str(RIGHT[unit])) if unit in RIGHT else {}  # a new unit
    for exercise, styles in bank.get("HELPED", {}).items():
        says, edit = next(iter(styles.items()))
        [made] = mistakes.made_by(says, edit, solved[exercise], track)
        found[exercise] = made.code
    return found


SOME = ("02-recurrent-cell", "05-lstm")
HELPED = [
    pytest.param(
        track,
        unit,
        marks=() if unit in SOME and TRACKS[k % 2] == track else pytest.mark.every,
    )
    for track in TRACKS
    for k, unit in enumerate(UNITS)
]


@pytest.mark.parametrize(("track", "unit"), HELPED)
def test_a_function_of_the_course_earns_no_points(track, unit, servers):
    answers = helped(unit, track)
    if not answers:
        pytest.skip(f"no function of the course does an exercise of {unit}")
    notebook = load(COURSE, unit, "solution", track)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    grader = Grader(COURSE, release(COURSE, unit, track), servers, PATIENT)
    asked = frozenset(answers)
    content = nbformat.writes(notebook).encode()
    result = grader.grade("helped", content, only=asked)
    told = {v.name: v.says for v in result.exercises if v.name in asked}
    assert {n: s for n, s in told.items() if "but not yours" not in s} == {}
    assert result.points == 0
