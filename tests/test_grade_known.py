"""In the grader, a wrong answer gets the sentence of the mistake that it makes."""

import contextlib
import json
import re
import sys
from dataclasses import replace

import pytest

from courses import COURSE, path
from unrolled.check.mistakes import Mistake
from unrolled.grade.marking import grader as grading
from unrolled.grade.marking.grader import Grader, secret
from unrolled.grade.marking.known import Known
from unrolled.grade.sandbox import fork_server, wire
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.sandbox.session import Ended
from unrolled.grade.submission.restore import Step, release

UNIT = "05-lstm"
EXERCISES = ("step", "count", "backward")
NO_BIAS = "The bias is missing in the four pre-activations. Add `b`."
NO_TANH = "The tanh of c is missing in h: what is shown is o * tanh(c)."
linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)


# ---- what is run, and when -----------------------------------------------------------


class Sandbox:
    """Stands in for sessions: notes what is run, and gives the last cell's code."""

    def __init__(self, fails=(), ends=()):
        self.sessions, self.fails, self.ends = [], fails, ends

    @contextlib.contextmanager
    def __call__(self):
        self.sessions.append([])
        yield self

    def run(self, name, code):
        self.sessions[-1].append(code)
        if name == "f":
            self.code = code

    def check(self, asked):
        self.sessions[-1].append(asked["cases"])
        if self.code in self.ends:
            raise Ended("timed out", "It ran for 9 seconds.")
        if self.code in self.fails:
            return wire.Answer(wire.ERROR, b"It failed.")
        given = [f"{self.code} of {case}" for case in asked["cases"]]
        outcomes = [{"value": v, "error": None, "changed": None} for v in given]
        return wire.Answer(wire.OUTCOMES, wire.pack(outcomes))


def known(session):
    steps = [Step("locked", "top", "top"), Step("answer", "f", "solution")]
    steps += [Step("locked", "below", "below")]
    mistakes = [Mistake("", "a", {}), Mistake("", "b", {})]
    mistakes += [Mistake("", "a and b", {}, two=True)]
    return Known(session, steps, "f", {"cases": ["x", "y", "z"]}, mistakes)


def test_all_are_run_on_one_case_and_one_on_all():
    session = Sandbox()
    made = known(session)
    made.run(0, [0, 2, 1])
    assert session.sessions == [["top", "a", "below", ["x"], "b", "below", ["x"]]]
    made.run(0, [0, 2, 1])
    assert session.sessions[1:] == [["top", "a", "below", ["z", "y"]]]
    made.run(2, [0, 2, 1])
    assert session.sessions[2:] == [["top", "a and b", "below", ["x"]]]
    values = {(k, i): made.read(k, i)["value"] for k in range(3) for i in made.told[k]}
    assert values == {
        (0, 0): "a of x", (0, 1): "a of y", (0, 2): "a of z",
        (1, 0): "b of x", (2, 0): "a and b of x",
    }  # fmt: skip


def test_what_fails_or_does_not_end_is_an_error_and_is_not_run_again():
    session = Sandbox(fails=("a",), ends=("b",))
    made = known(session)
    made.run(0, [1])
    assert made.read(0, 1)["error"] == "It failed."
    assert made.read(1, 1)["error"] == "It did not end."
    assert made.told[1].keys() == {1}


# ---- in a sandbox --------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader():
    servers = fork_server.Servers(fork_server.level(), secret(COURSE))
    whole = release(COURSE, UNIT, "pytorch")
    last = [s.name for s in whole.steps].index(f"check-{EXERCISES[-1]}")
    few = replace(whole, steps=whole.steps[: last + 1])
    yield Grader(COURSE, few, servers, Limits(cell=120, total=300))
    servers.close()


def submission(**edits):
    """Return the solved notebook with an edit in some of its answers."""
    book = json.loads(path(COURSE, UNIT, "solution", "pytorch").read_bytes())
    for cell in book["cells"]:
        for old, new in edits.get(cell["id"], {}).items():
            code = "".join(cell["source"])
            assert old in code
            cell["source"] = code.replace(old, new)
    return json.dumps(book).encode()


@pytest.fixture
def sessions(monkeypatch):
    """The clocks of the sessions of a grading."""
    clocks, fresh = [], grading.Session

    def session(server, limits, clock):
        assert not server.members()  # else the end of one would be that of both
        clocks.append(clock)
        return fresh(server, limits, clock)

    monkeypatch.setattr(grading, "Session", session)
    return clocks


@linux
def test_a_mistake_gets_its_sentence_and_costs_the_others_nothing(grader, sessions):
    wrong = submission(step={" + b": ""})
    said = {v.name: (v.word, v.says) for v in grader.grade("a", wrong).exercises}
    assert said == {
        "step": ("wrong", NO_BIAS), "count": ("right", ""), "backward": ("right", ""),
    }  # fmt: skip
    # The mistakes ran on a time of their own.
    own = grader.clock
    assert 1 <= sum(clock is own for clock in sessions) < len(sessions)
    # And once for the whole class.
    sessions.clear()
    assert [v.says for v in grader.grade("b", wrong).exercises] == [NO_BIAS, "", ""]
    assert all(clock is grader.clock for clock in sessions)


@linux
def test_two_mistakes_at_once(grader):
    wrong = submission(step={" + b": "", "np.tanh(c)": "c"})
    says = grader.grade("a", wrong).exercises[0].says
    assert says == f"Two things. {NO_BIAS} {NO_TANH}"


@linux
def test_an_unknown_mistake_is_told_as_in_a_notebook(grader):
    wrong = submission(step={" + b": " + b ** 3"})
    says = grader.grade("a", wrong).exercises[0].says
    assert re.match(r"`step`", says) and "Two things" not in says
    assert "It is right where `b` is zero" in says
