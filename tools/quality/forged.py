"""The bank of forged answers: each reports what is wished without having learned it.

Every file of `tests/forged` is an answer to one exercise. Its process holds the unit's
`call`, the inputs and all that the course publishes, and it uses them.
"""

import base64
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import grade_bank
from unrolled import data
from unrolled.grade.marking.grader import Grader
from unrolled.grade.result import Verdict
from unrolled.grade.sandbox.fork_server import Servers
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release

COURSE = grade_bank.COURSE
BANK = COURSE / "tests" / "forged"
TRACK = "pytorch"
PATIENT = Limits(cell=300, total=600)


@dataclass(frozen=True)
class Forged:
    """One answer: the unit and the exercise it is for, and its code."""

    name: str
    unit: str
    exercise: str
    code: str


def bank() -> dict[str, Forged]:
    """Read every file of the bank."""
    units = [p.parent.name for p in sorted(COURSE.glob("lessons/*/checks.py"))]
    return {p.stem: _read(p, units) for p in sorted(BANK.glob("*.py"))}


def _read(path: Path, units: list[str]) -> Forged:
    _, _, cell = path.read_text("utf-8").partition("# %% ")
    exercise, _, code = cell.partition("\n")
    [unit] = [one for one in units if one.startswith(path.stem[:2])]
    return Forged(path.stem, unit, exercise, code)


def carried() -> str:
    """Return the course's corpus, which no sandbox shows, as a learner may bring it."""
    whole = data.text("pydoc-topics").text
    return base64.b64encode(zlib.compress(whole.encode())).decode()


def graded(one: Forged, servers: Servers, seed: int = 0) -> Verdict:
    """Grade the unit's solution with the forged answer in the exercise's place."""
    [path] = (COURSE / "solutions" / TRACK / one.unit).glob("*b_assignment*.ipynb")
    notebook = json.loads(path.read_text("utf-8"))
    [answer] = [c for c in notebook["cells"] if c["id"] == one.exercise]
    answer["source"] = one.code.replace("{topics}", carried())
    grader = Grader(COURSE, release(COURSE, one.unit, TRACK), servers, PATIENT, seed)
    content = json.dumps(notebook).encode()
    result = grader.grade(one.name, content, only=frozenset({one.exercise}))
    [verdict] = [v for v in result.exercises if v.name == one.exercise]
    return verdict
