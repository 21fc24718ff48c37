"""Every unit: the solution earns all points, the untouched copy none.

In one of the tracks, PyTorch and TensorFlow in turn; in both with `every`.
"""

import json
import sys

import pytest

from courses import COURSE, UNITS, path
from unrolled.grade.marking.grader import Grader, from_json, secret
from unrolled.grade.sandbox import fork_server
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release
from unrolled.source.layout import TRACKS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="graded on Linux only"
    ),
]
# Two exercises train a model, and the machine may be busy.
PATIENT = Limits(cell=300, total=600)


@pytest.fixture(scope="module")
def servers():
    made = fork_server.Servers(fork_server.level(), secret(COURSE))
    yield made
    made.close()


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
