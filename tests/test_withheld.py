"""What of the package an answer may call: nothing but what its exercise allows."""

import functools
import re
import sys

import numpy as np
import pytest

from courses import COURSE, UNITS
from unrolled import baselines, batches, cells, check, metrics, models, text
from unrolled.backends import answers, shared
from unrolled.check import slopes
from unrolled.check.run import run
from unrolled.check.withheld import NotYours, withheld
from unrolled.quiz import calls_lists

PLAYS = models.load("plays")
COPIED = cells.rnn_step
X, H = np.ones((1, 2)), np.zeros((1, 3))
WEIGHTS = cells.RNNWeights(np.ones((2, 3)), np.eye(3), np.zeros(3))


def of_a_quiz():
    import importlib

    return importlib.import_module("unrolled.quiz.not_loaded_before")


def loaded_again():
    import importlib

    return importlib.reload(sys.modules["unrolled.cells.rnn"]).rnn_step(X, H, WEIGHTS)


WAYS = {
    "the module": lambda: cells.rnn_step(X, H, WEIGHTS),
    "a copied reference": lambda: COPIED(X, H, WEIGHTS),
    "getattr": lambda: getattr(cells, "rnn" + "_step")(X, H, WEIGHTS),
    "a part of a function": functools.partial(COPIED, X, H, WEIGHTS),
    "map": lambda: list(map(COPIED, [X], [H], [WEIGHTS])),
    "NumPy": lambda: np.apply_along_axis(metrics.bits, 0, np.ones(1)),
    "another one that calls it": lambda: cells.rnn(X[:, None], WEIGHTS),
    "a part that is not public": lambda: sys.modules["unrolled.cells.common"].sigmoid(
        X
    ),
    "a class": lambda: text.Vocab.from_text("ab"),
    "a class below one": lambda: type("Mine", (baselines.NGram,), {})(2, 3),
    "what another module shows": lambda: batches.pad([[1], [1, 2]]),
    "a module that is loaded again": loaded_again,
    "what calls what it is given": lambda: answers.mapped(
        functools.partial(COPIED, h=H, weights=WEIGHTS), X
    ),
    "a quiz that is loaded by then": lambda: calls_lists.auc([1.0], [0.0]),
    "a quiz that is loaded for it": of_a_quiz,
    "what backends share": lambda: shared.softmax(np.zeros(2), 1.0),
    "what a check nudges with": lambda: slopes.numeric(
        check.Slopes(np.sum, ("x",)), {"x": X}, "x"
    ),
    "a stored model": lambda: PLAYS.step([0]),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_function_of_the_package_does_no_work_for_an_answer(way):
    says = run("step", WAYS[way], {}).error
    assert says.startswith("Perhaps right, but not yours: `step` calls `")


def test_the_function_itself_is_no_answer():
    given = {"x": X, "h": H, "weights": WEIGHTS}
    assert "`cells.rnn_step`" in run("step", COPIED, given).error
    assert "`cells.rnn_step`" in run("step", functools.partial(COPIED), given).error
    assert run("step", COPIED, given, may=["cells.rnn_step"]).error is None


def test_an_answer_that_goes_on_without_it_is_its_own():
    def answer():
        try:
            return metrics.bits(1.0)
        except Exception:
            return 7.0

    assert run("f", answer, {}).value == 7.0


def test_what_is_allowed_works_with_all_that_it_uses():
    def answer():
        return cells.rnn(X[:, None], WEIGHTS).h

    allowed = run("f", answer, {}, may=["cells.rnn"])
    assert allowed.error is None
    np.testing.assert_allclose(allowed.value[:, 0], np.tanh(X @ WEIGHTS.w_x))
    whole = run(
        "f", lambda: text.Vocab.from_text("ab").encode("ba"), {}, may=["text.Vocab"]
    )
    assert list(whole.value) == [1, 0]
    other = run("f", answer, {}, may=["cells.rnn_step", "cells.rn"])
    assert "`cells.rnn`" in other.error


def test_what_calls_an_answer_may_call_everything():
    def call(answer, inputs):
        return answer(), metrics.bits(1.0)

    assert run("f", lambda: 1, {}, call=call).error is None


def test_afterwards_everything_works_as_before():
    before = COPIED.__code__, cells.rnn_step(X, H, WEIGHTS)
    for answer in (WAYS["the module"], lambda: 1 / 0):
        run("f", answer, {})
        assert COPIED.__code__ is before[0]
        assert (cells.rnn_step(X, H, WEIGHTS) == before[1]).all()
        import importlib

        importlib.reload(sys.modules["unrolled.cells.common"])  # is not refused


def test_one_inside_another_changes_nothing():
    with withheld(None):
        with withheld(None), pytest.raises(NotYours):
            metrics.bits(1.0)
        with pytest.raises(NotYours):
            metrics.bits(1.0)
    assert metrics.bits(np.log(2)) == 1


def test_a_function_of_a_framework_can_be_withheld():
    found = run("f", lambda: functools.reduce(max, [1]), {}, bars=["nowhere.f"])
    assert found.value == 1
    found = run("f", lambda: re.sub("a", "b", "a"), {}, bars=["re.sub"])
    assert "`re.sub`" in found.error


@pytest.mark.parametrize("name", UNITS)
def test_what_may_be_called_is_named_in_the_assignment(name):
    """In the text of the exercise, or in a cell that is given."""
    source = COURSE / f"lessons/{name}/assignment.py"
    written = source.read_text("utf-8")
    checks = check.unit(name)
    for one in vars(checks).values():
        if not isinstance(one, check.Check):
            continue
        for helper in one.may:
            called = helper.split(".")[1]
            if called == "LanguageModel":
                called = "language_model"  # makes one
            assert called in written, (one.name, helper)
