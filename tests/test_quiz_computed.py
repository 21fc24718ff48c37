"""Computed questions: the numbers are the cells' own, and each version is another."""

import numpy as np
import pytest

from courses import UNITS
from unrolled import cells, course, quiz
from unrolled.quiz import computed
from unrolled.quiz.calls import CALLS
from unrolled.quiz.loading import question as load
from unrolled.quiz.rules import faults

COUNT = {
    "id": "count",
    "when": "after",
    "kind": "numeric",
    "objective": "parameters",
    "compute": {"call": "parameters", "cell": "gru", "n_in": 3, "n_hidden": 5},
    "vary": {"n_in": [4, 6], "n_hidden": [7]},
    "question": "$W_{hh}$: {{n_in}} in, {{n_hidden}} units. How many?",
    "why": "{{sets}} sets make {{answer}}.",
    "traps": [
        {"change": {"biases": 0}, "why": "The {{one_bias}} biases are missing."},
        {"take": "from_state", "why": "That is the state's part."},
        {"value": 1, "why": "Too few."},
    ],
}


def test_a_count_is_computed_and_filled_in():
    made = load(COUNT)
    assert made.text == "$W_{hh}$: 3 in, 5 units. How many?"
    told = [(o.text, o.why) for o in made.options]
    assert told == [
        ("135", "3 sets make 135."),
        ("120", "The 15 biases are missing."),
        ("75", "That is the state's part."),
        ("1", "Too few."),
    ]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_count_with_the_biases_of_pytorch_is_pytorchs(cell):
    torch = pytest.importorskip("torch")
    layer = getattr(torch.nn, cell.upper())(3, 5)
    theirs = sum(p.numel() for p in layer.parameters())
    assert CALLS["parameters"](cell, 3, 5, biases=2)["answer"] == theirs


def near(**expected):
    return {key: pytest.approx(value) for key, value in expected.items()}


@pytest.mark.parametrize(
    "call, arguments, expected",
    [
        ("size", ["lstm", "states", 8, 20, 4, 16], {"answer": 8 * 20 * 16}),
        ("size", ["rnn", "x", 8, 20, 4, 16], {"answer": 8 * 20 * 4}),
        ("rnn_steps", [[1, 1, 1], 2, 0.5, -1, "relu"], {"answer": 1.75, "h2": 1.5}),
        ("rnn_steps", [[0.5], 2, 9, -1], {"answer": np.tanh(0)}),
        ("rnn_gradient", [2, 1, 3], {"answer": 12, "state": 8, "one": 4}),
        ("rnn_gradient", [3, 2, 4], {"answer": 2 * 4 * 3**3}),
        ("step_back", [2, 0.8], {"answer": 0.72, "slope": 0.36}),
        ("lstm_step", [2, 0.5, 0.75, -1, 0], {"answer": 1}),
        ("lstm_step", [2, 0.5, 0.75, -1, 0.5, "h"], {"answer": 0.5 * np.tanh(1)}),
        ("gru_step", [0.5, -0.7, 0.75], {"answer": 0.2}),
        ("gru_step", [0.5, -0.7, 0.75, "new"], {"answer": -0.4}),
        ("forget_bias", [20], {"f": 0.966, "log_steps": np.log(20)}),
        ("clip", [[[3, 0], [4]]], {"answer": 0.6, "by_sum": 3 / 7, "apart": 1}),
        ("clip", [[[0.3, 0], [0.4]]], {"answer": 0.3}),
        ("bits", [np.log(8)], {"answer": 3, "perplexity": 8}),
        ("nobody", [200, 10], {"answer": 0.95, "right": 190, "missed": 0.05}),
        ("spans_f1", [8, 4, 3], {"answer": 0.5, "precision": 3 / 4, "recall": 3 / 8}),
        ("uniform", [65], {"answer": 65, "in_bits": np.log2(65)}),
        ("windows", [10, 3, 2], {"answer": 6, "apart": 2, "inputs_alone": 8}),
        ("windows", [5, 3, 2], {"answer": 1, "span": 5, "one_less": 0}),
        ("quantile_loss", [0.9, 20, 25], {"answer": 4.5, "exchanged": 0.5}),
        ("quantile_loss", [0.9, 20, 16], {"answer": 0.4, "off": -4, "low": -3.6}),
        ("quantile_loss", [0.1, 20, 20], {"answer": 0, "distance": 0}),
        ("share", [2, 1], {"answer": np.e / (1 + np.e), "plain": 2 / 3}),
        ("weighed", [0.7, 2, 10], {"answer": 4.4, "exchanged": 7.6, "mean": 6}),
        ("brevity", [8, 10], {"answer": np.exp(-0.25), "ratio": 0.8}),
        ("beam_cost", [10, 3, 4], {"answer": 100, "greedy": 40, "everything": 10**4}),
        ("growth", [10, 3, 40, 48], {"answer": 2, "ratio": 16, "ratios": 4}),
        ("cache", [2, 100, 50], {"answer": 80, "lstm": 1.6, "one": 40}),
        ("shares", [3, 2, 1, 6], {"answer": 3, "plain": 4, "exchanged": 5}),
        ("frames", [8, 4, 2], {"answer": 3, "last": 4, "apart": 2}),
        ("frames", [9, 4, 2], {"answer": 3, "one_less": 2, "without_size": 4}),
        ("ctc_of_three", [0.4, 0.7, 0.2], {"answer": 0.832, "nothing": 0.144}),
        ("ctc_of_three", [0.5, 0.5, 0.5], {"answer": 6 / 8, "one_frame": 3 / 8}),
    ],
)
def test_a_call_gives_what_one_gets_by_hand(call, arguments, expected):
    made = CALLS[call](*arguments)
    assert {key: made[key] for key in expected} == near(**expected)


def test_the_forget_bias_halves_what_an_lstm_holds():
    steps = 12
    bias = CALLS["forget_bias"](steps)["answer"]
    b = np.array([-100.0, bias, 0, 0])  # nothing is written, f is σ(bias)
    weights = cells.LSTMWeights(np.zeros((1, 4)), np.zeros((1, 4)), b)
    start = np.ones((1, 1))
    run = cells.lstm(np.zeros((1, steps, 1)), weights, 0 * start, start)
    assert run.c[0, -1, 0] == pytest.approx(0.5)


def test_the_first_version_is_as_written_and_the_same_version_is_the_same():
    first = [load(COUNT, version) for version in range(1, 7)]
    assert first == [load(COUNT, version) for version in range(1, 7)]
    assert first[0].options[0].text == "135"
    assert len({made.text for made in first}) == 6  # three times two, each once
    assert load(COUNT, 7) == first[0]


def test_a_version_in_which_a_trap_is_right_is_left_out():
    item = COUNT | {"traps": [{"value": 162, "why": "With four inputs it is right."}]}
    assert computed.results(item["compute"] | {"n_in": 4})["answer"] == 150
    item["traps"][0]["value"] = 150
    answers = {load(item, version).options[0].text for version in range(1, 20)}
    assert len(answers) == 5 and "150" not in answers


@pytest.mark.parametrize(
    "changes, says",
    [
        (
            {"compute": {"call": "magic"}},
            "computes `magic`. Write `call:` with one of ",
        ),
        ({"compute": "parameters"}, "computes `parameters`. Write `call:`"),
        ({"compute": COUNT["compute"] | {"x": 1}}, "It takes cell, n_in, n_hidden"),
        (
            {"compute": COUNT["compute"] | {"cell": "cnn"}},
            "cannot compute `parameters`",
        ),
        ({"compute": COUNT["compute"] | {"n_in": "b"}}, "cannot compute `parameters`"),
        ({"answer": 135}, "has both an `answer` and `compute`"),
        ({"vary": {"cells": ["rnn"]}}, "has a `vary` that does not list"),
        ({"vary": {"n_in": 4}}, "has a `vary` that does not list"),
        ({"vary": {"n_in": list(range(4, 300))}}, "more than 200 versions"),
        (
            {"question": "{{n_out}}?"},
            "says {{n_out}}, which is not computed. There are",
        ),
        ({"decimals": "two"}, "needs `decimals` from 0 to 12"),
        ({"traps": [{"why": "x"}]}, "trap 1: must have one of value, change, take"),
        (
            {"traps": [{"value": 1, "take": "n_in", "why": "x"}]},
            "trap 1: must have one",
        ),
        ({"traps": [{"value": 1}]}, "trap 1: must have `why`"),
        ({"traps": [{"take": "cell", "why": "x"}]}, "takes `cell`, which is no number"),
        ({"traps": [{"take": "none", "why": "x"}]}, "takes `none`, which is no number"),
        (
            {"traps": [{"change": {"n_in": 3}, "why": "x"}]},
            "trap 1: is the answer itself",
        ),
        (
            {"traps": [{"value": 136, "why": "x"}], "tolerance": 2, "vary": {}},
            "trap 1: is the answer itself",
        ),
    ],
)
def test_a_faulty_computation_is_told(changes, says):
    told = list(faults(COUNT | changes))
    assert len(told) == 1 and says in told[0]


@pytest.mark.parametrize("unit", UNITS)
def test_every_version_of_every_unit_is_a_quiz(unit):
    path = course.root() / "lessons" / unit / "quiz.yml"
    versions = [quiz.read(path, version) for version in (1, 2, 3)]
    for questions in zip(*(made.questions for made in versions), strict=True):
        for made in questions:
            assert "{{" not in str(made) and "}}" not in made.text.replace("}}$", "")
            if made.kind == "numeric":
                answer, *traps = made.options
                assert made.credit(float(answer.text)) == 1
                assert not any(made.near(float(trap.text), answer) for trap in traps)
