"""What a submission could report without having learned it earns no points.

Every file of `tests/forged` is an answer to one exercise. Its process holds the unit's
`call`, the inputs and all that the course publishes; it uses them to report the value
that is wished. The judge draws what a value is computed from where it cannot be known.
"""

import ast
import base64
import json
import sys
import zlib
from pathlib import Path

import pytest

import courses
from courses import COURSE
from unrolled import data
from unrolled.grade.marking.grader import Grader
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="graded on Linux only"
    ),
]
FORGED = {path.stem: path for path in sorted(Path(__file__).parent.glob("forged/*.py"))}
PATIENT = Limits(cell=300, total=600)


def carried() -> str:
    """Return the course's corpus, which no sandbox shows, as a learner may bring it."""
    whole = data.text("pydoc-topics").text
    return base64.b64encode(zlib.compress(whole.encode())).decode()


@pytest.mark.parametrize("name", FORGED)
def test_what_was_not_learned_earns_nothing(name, servers):
    text = FORGED[name].read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "say what it tries"
    _, _, cell = text.partition("# %% ")
    exercise, _, code = cell.partition("\n")
    [unit] = [one for one in courses.UNITS if one.startswith(name[:2])]
    notebook = courses.load(COURSE, unit, "solution", "pytorch")
    [answer] = [c for c in notebook.cells if c["id"] == exercise]
    answer["source"] = code.replace("{topics}", carried())
    grader = Grader(COURSE, release(COURSE, unit, "pytorch"), servers, PATIENT)
    content = json.dumps(notebook).encode()
    result = grader.grade(name, content, only=frozenset({exercise}))
    [verdict] = [v for v in result.exercises if v.name == exercise]
    assert (verdict.word, verdict.points) == ("wrong", 0), verdict
