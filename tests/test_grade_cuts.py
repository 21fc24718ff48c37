"""What goes into a sandbox is what an answer needs, and nothing that judges it."""

import ast
import json
import re

import pytest

from courses import COURSE, UNITS
from unrolled.grade import child
from unrolled.grade.marking import calls, judge
from unrolled.grade.sandbox import wire
from unrolled.grade.sandbox.fork_server import PACKAGE
from unrolled.grade.submission import names
from unrolled.grade.submission.restore import _asked

FIXED = ("learn",)  # whose inputs are words and seeds, always the same
CHECKS = """
import numpy as np
from unrolled.check import Check

HELP, SECRET = 1, 2
ORDER = (2, 0, 1)

def _helper(x):
    return x + HELP

def _right(x):
    return x * SECRET

def _call(answer, inputs):
    secret_is_a_local_name = 1
    _right = answer
    return _helper(_right(inputs["x"]))

good = Check(name="good", draw=None, reference=_right, call=_call)
plain = Check(name="plain", draw=None, reference=_right)
inline = Check(name="inline", draw=None, call=lambda answer, inputs: answer(np.pi))
leaks = Check(name="leaks", draw=None, reference=_right, call=lambda a, i: _right(1))
through = Check(
    name="through",
    draw=None,
    properties=(lambda inputs, value: _helper(value),),
    call=_call,
)
order = Check(
    name="order",
    draw=None,
    reference=lambda x: x[ORDER],
    call=lambda a, i: a(ORDER, HELP),
)
numbers = Check(
    name="numbers", draw=None, reference=lambda x: x + HELP, call=lambda a, i: a(HELP)
)
whole = Check(name="whole", draw=None, call=lambda a, i: good.reference(1))
"""


def test_the_cut_holds_what_is_needed_and_no_more():
    code = calls.call_code(CHECKS, "good")
    assert "_helper" in code and "HELP" in code and "def _right" not in code
    assert "Check" not in code
    scope = {}
    exec(code, scope)
    assert scope["call"](lambda x: x, {"x": 1}) == 2
    assert calls.call_code(CHECKS, "plain") is None
    assert calls.call_code(CHECKS, "inline").startswith("import numpy")


@pytest.mark.parametrize("name", ["leaks", "through", "whole", "order"])
def test_a_call_that_would_carry_the_answer_along_is_refused(name):
    with pytest.raises(calls.LeakError, match="so does the judge"):
        calls.call_code(CHECKS, name)


def test_what_is_shared_must_be_said():
    assert calls.call_code(CHECKS, "numbers").startswith("HELP, SECRET = ")
    said = 'SHARED = ("_helper",)\n' + CHECKS
    assert "_helper" in calls.call_code(said, "through")
    with pytest.raises(calls.LeakError, match="no `none = Check"):
        calls.call_code(CHECKS, "none")


def checks():
    for unit in UNITS:
        source = (COURSE / "lessons" / unit / "checks.py").read_text("utf-8")
        for node in ast.parse(source).body:
            if calls._is_check(node):
                yield pytest.param(unit, node.targets[0].id, id=f"{unit}-{node.lineno}")


@pytest.mark.parametrize(("unit", "name"), [*checks()])
def test_every_check_can_be_asked_outside(unit, name):
    """Its call leaks nothing, its inputs can be sent, with two seeds."""
    for seed in (0, 1):
        asked = judge.asked(COURSE, unit, name, f"check-{name}", "", seed)
        message = wire.pack(asked, strict=True)
        assert len(message) < wire.MOST_BYTES
        wire.unpack(message, trusted=True)


@pytest.mark.parametrize("unit", UNITS)
def test_inputs_differ_from_those_that_a_learner_sees(unit):
    module = judge.checks_of(COURSE, unit)
    for check in vars(module).values():
        if isinstance(check, judge.Check) and check.name not in FIXED:
            own, graded = check.inputs(), check.inputs(0)
            assert repr(own) != repr(graded), check.name


def test_the_helper_package_holds_no_reference():
    """Nothing of a unit lies in the package that the sandbox shows."""
    theirs = re.compile(r"^(MISTAKES = |\w+ = (check\.)?Check\()", re.MULTILINE)
    for name in ("checks.py", "mistakes.py"):
        assert theirs.search((COURSE / "lessons/05-lstm" / name).read_text("utf-8"))
    for path in PACKAGE.rglob("*.py"):
        if "lessons" not in path.relative_to(PACKAGE).parts:
            assert not theirs.search(path.read_text("utf-8")), path


def test_a_check_cell_must_ask_for_one_check():
    assert _asked("checks.step(step)", "check-step") == ("step",)
    for code in ("assert step(1) == 2", "checks.a(1); checks.b(2)"):
        with pytest.raises(ValueError, match="one call"):
            _asked(code, "check-x")


def test_needed_follows_names():
    codes = [
        "import numpy as np",  # 0, locked
        "def a(x): return np.sum(x)",  # 1
        "def spoil(): np = 1\nnp = None",  # 2
        "helper = lambda x: a(x)",  # 3
        "def b(x): return helper(x)",  # 4, the answer
        "checks.b(b)",  # 5
    ]
    assert names.needed(codes, [0, 4], 5) == [0, 1, 3, 4, 5]
    codes[3] = "this is no code ("
    assert names.needed(codes, [0, 4], 5) == [0, 4, 5]


def test_guarded_work_is_limited():
    assert child.guarded(lambda: {"a": 1}) == {"a": 1}
    for work in (lambda: bytearray(8 << 30), lambda: 1 / 0, lambda: object()):
        assert "could not be judged" in child.guarded(work)

    def forever():
        while True:
            pass

    assert "could not be judged" in child.guarded(forever, seconds=0.3)
    assert json.dumps(child.guarded(lambda: "x" * 300_000)) == json.dumps("x" * 300_000)
