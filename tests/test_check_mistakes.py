"""Known mistakes: an answer that gives what one gives gets its sentence."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from unrolled.check import Check, NotYet, Outcome, arrays, mistakes
from unrolled.check.mistakes import Mistake
from unrolled.check.trying import Tried

SIZES = [(1, 2), (3, 3), (2, 5)]
SOLUTION = "def f(x, w, b):\n    return 2 * np.tanh(x @ w + b)\n"
EDITS = {
    "The bias is missing.": {" + b": ""},
    "The tanh is missing.": {"np.tanh(x @ w + b)": "(x @ w + b)"},
    "It is doubled.": {"2 * ": ""},
}
KNOWN = tuple(
    Mistake(says, mistakes.edited(SOLUTION, edit), edit) for says, edit in EDITS.items()
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


def test_an_answer_that_is_wrong_only_where_a_part_is_zero():
    says = refusal(lambda x, w, b: right(x, w, b) + (not b.any()))
    assert says.startswith("Where `b` is zero: `f` is wrong in 10 of 10 values.")
    assert "cases" not in says and "It is right" not in says
    says = refusal(lambda x, w, b: right(x, w, b) + 0 / int(b.any()))
    assert says.startswith("Where `b` is zero: `f` stopped with ZeroDivisionError")
    assert "cases" not in says


def test_what_an_answer_prints_is_shown_once(capsys):
    f(lambda x, w, b: [print("seen"), right(x, w, b)][1])
    assert capsys.readouterr().out == "seen\nf: right (3 cases).\n"
    refusal(lambda x, w, b: [print("seen"), right(x, w, b) + b**2][1])
    assert capsys.readouterr().out == "seen\n"


def test_what_is_known_is_not_shown():
    assert "missing" not in repr(f)


def test_numbers_that_let_an_exp_overflow_can_be_asked_for():
    drawn = arrays("batch n scale", [(2, 3), (2, 3, 1000)], x="batch n", b="n")
    judge = Check("g", **drawn, reference=lambda x, b: np.tanh(x))
    largest = [abs(judge.inputs()[1][name]).max() for name in "xb"]
    assert largest[0] > 100 > max(largest[1], abs(judge.inputs()[0]["x"]).max())
    says = refusal(lambda x, b: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1), judge)
    assert "holds values that are not finite" in says


def test_of_several_parts_a_small_case_shows_the_first_that_is_wrong():
    judge = Check(
        "g",
        **arrays("n", [(2,)], x="n"),
        reference=lambda x: {"a": x, "b": 2 * x, "c": 3 * x},
    )
    says = refusal(lambda x: {"a": x, "b": x, "c": x}, judge)
    assert says.endswith("x = [1.] gives b = [1.], expected [2.].")


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


def test_lists_of_unequal_length_are_set_beside_a_mistake():
    """NumPy makes no array of them, and a learner is to see a sentence."""
    judge = Check(
        "h",
        draw=lambda rng, case: {"n": case + 2},
        reference=lambda n: ([list(range(k)) for k in range(n)], n),
        outputs=("lists", "n"),
        cases=3,
        known=(Mistake("Short.", "def h(n):\n    return [[0]] * n, n\n", {}),),
    )
    scope = {}
    exec("def h(n):\n    return [[7] * k for k in range(n)], n\n", scope)
    assert refusal(scope["h"], judge).startswith("`h`")


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
    assert ran == [False, False]  # neither is trained: what comes before is wrong


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


@pytest.mark.parametrize("fails", [False, True])
def test_a_mistake_that_fails_elsewhere_is_not_told_in_part(fails):
    """An answer that does not fail there has made another one."""
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": 1.0 + case},
        reference=lambda x: {"a": x, "b": x},
        cases=2,
    )
    outcomes = [Outcome(i, {"a": 2 * i["x"], "b": 3.0}) for i in judge.inputs()]

    def outcome(i):
        if i == 1 and fails:
            return Outcome(outcomes[i].inputs, error="It stopped.")
        given = outcomes[i].inputs["x"]
        return Outcome(outcomes[i].inputs, {"a": 2 * given, "b": given})

    says = judge.judge(outcomes, known=[Tried("Of `a`.", outcome)])
    assert (says == "Of `a`.") == (not fails)


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


def test_blocks_in_another_order_are_told_where_inputs_are_set_to_zero_too():
    zeroed = replace(gates, gates="i f g o")
    says = refusal(
        lambda w, b: {"w": moved(w, "iofg"), "b of it": moved(b, "iofg")}, zeroed
    )
    assert "In `w` and `b of it` every block is right, but they stand in" in says


class Pair(NamedTuple):
    """What an answer may return in place of a tuple."""

    first: np.ndarray
    second: np.ndarray


pair = Check(
    "pair",
    draw=lambda rng, case: {"x": rng.normal(size=2)},
    reference=lambda x: (x, 2 * x),
    outputs=("x", "twice"),
)


@pytest.mark.parametrize("kind", [Pair, lambda *both: np.array(both)])
def test_a_named_tuple_or_an_array_may_stand_for_a_tuple(kind, capsys):
    pair(lambda x: kind(x, 2 * x))
    assert capsys.readouterr().out == "pair: right (6 cases).\n"
    assert "`pair` → `twice` is wrong in 2 of 2" in refusal(
        lambda x: kind(x, 3 * x), pair
    )


def test_an_array_of_another_shape_stands_for_no_tuple():
    says = refusal(lambda x: np.array([1.0, 2.0]), pair)
    assert says == "`pair` returned 1 value; expected 2: x, twice."


def test_what_is_measured_has_no_reference(capsys):
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": 1.0},
        call=lambda answer, inputs: {"value": answer(inputs["x"]), "accuracy": 0.5},
        reference=lambda x: {"value": x},
        properties=(lambda inputs, v: None if v["accuracy"] == 0.5 else "wrong",),
        measured=("accuracy",),
        cases=1,
    )
    judge(lambda x: x)
    assert capsys.readouterr().out == "h: right (1 case).\n"
    assert "`value` is 2; expected 1" in refusal(lambda x: 2 * x, judge)


def test_a_whole_number_that_agrees_is_no_evidence():
    """Else an answer that is always one off were told that the last case alone is."""
    judge = Check(
        "h",
        draw=lambda rng, case: {"x": case},
        reference=lambda x: (x, 2 * x),
        outputs=("x", "twice"),
        cases=3,
        known=(Mistake("The last.", "def h(x):\n    return x + x // 2, 2 * x", {}),),
    )
    scope = {}
    exec("def h(x):\n    return x + 1, 2 * x\n", scope)
    assert "The last." not in refusal(scope["h"], judge)
