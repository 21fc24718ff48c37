"""Known mistakes: an answer that gives what one gives gets its sentence."""

import numpy as np
import pytest

from unrolled.check import Check, NotYet, Outcome, arrays, mistakes
from unrolled.check.mistakes import Mistake, Tried

SIZES = [(1, 2), (3, 3), (2, 5)]
SOLUTION = "def f(x, w, b):\n    return 2 * np.tanh(x @ w + b)\n"
EDITS = {
    "The bias is missing.": {" + b": ""},
    "The tanh is missing.": {"np.tanh(x @ w + b)": "(x @ w + b)"},
    "It is doubled.": {"2 * ": ""},
}
KNOWN = tuple(
    Mistake(says, mistakes._edited(SOLUTION, edit), edit)
    for says, edit in EDITS.items()
)


def right(x, w, b):
    return 2 * np.tanh(x @ w + b)


f = Check(
    "f",
    **arrays("batch n", SIZES, x="batch n", w="n n", b="n"),
    reference=right,
    known=KNOWN,
    gates="",
)


def refusal(answer, judge=f, **context):
    with pytest.raises(NotYet) as error:
        judge(answer, **context)
    return str(error.value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x, w, b: 2 * np.tanh(x @ w), "The bias is missing."),
        (lambda x, w, b: 2 * (b + x @ w), "The tanh is missing."),
        (
            lambda x, w, b: np.tanh(x @ w),
            "Two things. The bias is missing. It is doubled.",
        ),
    ],
)
def test_a_mistake_is_told_by_its_values(answer, says):
    assert refusal(answer) == says


def test_an_unknown_mistake_is_told_by_what_must_be_zero():
    says = refusal(lambda x, w, b: 2 * np.tanh(x @ w - b))
    assert "It is right where `b` is zero: look at what it does." in says
    assert "missing" not in says


def test_a_mistake_in_few_cases_is_not_told_by_chance():
    """Where it is wrong the answer agrees, but it explains one of three faults."""
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": float(case)},
        reference=lambda x: 2 * x + 1,
        cases=6,
        known=(Mistake("Of 0.", "def h(x):\n    return 2 * x + (x > 0)\n", {}),),
    )
    scope = {}
    exec("def h(x):\n    return 2 * x * (x != 4) + (x > 0)\n", scope)
    assert refusal(scope["h"], judge) == "Of 0."
    exec("def h(x):\n    return 2 * x * (x < 4) + (x > 0)\n", scope)
    assert "Of 0." not in refusal(scope["h"], judge)


def test_an_answer_in_place_is_not_taken_for_one_that_is_not():
    def changes(x, w, b):
        b *= 0
        return 2 * np.tanh(x @ w)

    assert "changed its argument `b`" in refusal(changes)


def test_a_mistake_sees_what_the_answer_sees_and_leaves_nothing_behind():
    scope = {"np": np, "twice": lambda a: 2 * a}
    exec("def g(x):\n    return twice(x)\n", scope)
    loud = "print('heard')\nseen = 1\ndef g(x):\n    return twice(twice(x))\n"
    judge = Check(
        "g",
        draw=lambda rng, case: {"x": rng.normal(size=2)},
        reference=lambda x: 3 * x,
        known=(Mistake("Twice.", loud, {}),),
    )
    exec("def g(x):\n    return twice(2 * x)\n", scope)
    assert refusal(scope["g"], judge) == "Twice."
    assert "seen" not in scope and scope["g"](1) == 4


def test_a_class_is_an_answer_too(capsys):
    scope = {"np": np}
    exec("class Cell:\n    def run(self, x):\n        return 4 * x\n", scope)
    wrong = "class Cell:\n    def run(self, x):\n        return x * 4\n"
    judge = Check(
        "Cell",
        draw=lambda rng, case: {"x": rng.normal(size=2)},
        call=lambda answer, inputs: answer().run(inputs["x"]),
        reference=lambda x: 3 * x,
        known=(Mistake("Four.", wrong, {}),),
    )
    assert refusal(scope["Cell"], judge) == "Four."


def test_what_is_trained_is_not_trained_again():
    ran = []

    def call(answer, inputs):
        ran.append(inputs["train"])
        value = answer(inputs["x"])
        return {"value": value} | ({"accuracy": 0.1} if inputs["train"] else {})

    judge = Check(
        "h",
        draw=lambda rng, case: {"x": rng.normal(), "train": case == 1},
        call=call,
        cases=2,
        properties=(lambda inputs, v: None if v["value"] is True else "wrong",),
        measured=("accuracy",),
        known=(Mistake("Known.", "def h(x):\n    return -x\n", {}),),
    )
    scope = {}
    exec("def h(x):\n    return 0 - x\n", scope)
    assert refusal(scope["h"], judge) == "Known."
    assert ran == [False, True, False]  # the answer in both, the mistake in one


@pytest.mark.parametrize("cases", [1, 2])
def test_no_mistake_is_trained_to_see_in_what_it_agrees(cases):
    """Nor is one told where every case of an answer is trained: nothing says so."""
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": 1.0, "train": case == cases - 1},
        reference=lambda x, train: {"a": x, "b": 1.0, "accuracy": 0.9},
        cases=cases,
        measured=("accuracy",),
    )

    def made(a, b, train):
        return {"a": a, "b": b} | ({"accuracy": 0.1} if train else {})

    outcomes = [
        Outcome(i, made(a=2.0, b=3.0, train=i["train"])) for i in judge.inputs()
    ]

    def outcome(i):
        assert not outcomes[i].inputs["train"], "a training"
        return Outcome(outcomes[i].inputs, made(a=2.0, b=1.0, train=False))

    says = judge.judge(outcomes, known=[Tried("Of `a`.", outcome)])
    assert (says == "Of `a`.") == (cases == 2)


def test_a_free_exercise_tries_no_mistakes():
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": 1},
        properties=(lambda inputs, v: "The property says it.",),
        free=True,
        known=(Mistake("Known.", "raise SystemError", {}),),
    )
    assert refusal(lambda x: 1, judge) == "The property says it."


gates = Check(
    "gates",
    **arrays("m n", [(2, 1), (3, 2), (4, 3)], w="m 4*n", b="4*n"),
    reference=lambda w, b: {"w": w, "b of it": b},
    blocks={"w": "i f g o", "b of it": "i f g o"},
)


def moved(a, order):
    parts = np.split(a, 4, axis=-1)
    return np.concatenate([parts["ifgo".index(k)] for k in order], axis=-1)


def test_blocks_in_another_order_are_told():
    says = refusal(lambda w, b: {"w": moved(w, "iofg"), "b of it": b}, gates)
    assert says == (
        "`gates`: In `w` every block is right, but they stand in the order i, o, f, g; "
        "expected i, f, g, o."
    )
    both = refusal(
        lambda w, b: {"w": moved(w, "figo"), "b of it": moved(b, "figo")}, gates
    )
    assert "In `w` and `b of it` every block is right" in both
    assert "order f, i, g, o; expected i, f, g, o" in both
    worse = refusal(lambda w, b: {"w": moved(w, "figo"), "b of it": 2 * b}, gates)
    assert "stand in the order" not in worse and "By blocks: g and o" not in worse
