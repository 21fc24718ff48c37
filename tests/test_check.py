"""The check engine: every kind of wrong answer gets the sentence that fits it."""

import numpy as np
import pytest

from unrolled import cells, check

SHAPES = [(1, 2, 3), (3, 3, 3), (2, 4, 3), (4, 2, 5), (2, 5, 5), (3, 1, 4)]


def draw(rng, case):
    batch, n_in, n_hidden = SHAPES[case]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "h": rng.normal(size=(batch, n_hidden)),
        "weights": cells.rnn_weights(n_in, n_hidden, rng),
    }


def right(x, h, w):
    return np.tanh(x @ w.w_x + h @ w.w_h + w.b)


step = check.Check(
    "step",
    draw,
    lambda x, h, weights: right(x, h, weights),
    suspects=(
        check.Suspect(
            "The non-linearity is missing.",
            lambda x, h, weights: x @ weights.w_x + h @ weights.w_h + weights.b,
        ),
        check.Suspect(
            "w_h is transposed.",
            lambda x, h, weights: right(x, h, weights._replace(w_h=weights.w_h.T)),
        ),
        check.Suspect(
            "w_x and w_h are exchanged.",
            lambda x, h, weights: np.tanh(x @ weights.w_h + h @ weights.w_x),
        ),
    ),
    axes=("batch", "n_hidden"),
    start="Start from `x @ w.w_x`.",
)


def refusal(answer, judge=step):
    with pytest.raises(check.NotYet) as error:
        judge(answer)
    return str(error.value)


def test_a_right_answer_is_accepted_in_both_precisions(capsys):
    step(right)
    assert capsys.readouterr().out == "step: right (6 cases).\n"
    kinds = {i["x"].dtype for i in step.inputs()}
    assert kinds == {np.dtype("float32"), np.dtype("float64")}
    assert step.inputs()[1]["weights"].w_x.dtype == np.float32


def changes_its_input(x, h, w):
    h += 1
    return right(x, h - 1, w)


def unattempted(x, h, w):
    raise NotImplementedError()


def broken(x, h, w):
    return x @ w.no_such_weight


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, h, w: x @ w.w_x + h @ w.w_h + w.b, "non-linearity is missing"),
        (lambda x, h, w: right(x, h, w._replace(w_h=w.w_h.T)), "w_h is transposed"),
        (lambda x, h, w: np.tanh(x @ w.w_h + h @ w.w_x), "exchanged"),
        (lambda x, h, w: np.tanh(x @ w.w_x + h @ w.w_h), "values. The first is at"),
        (lambda x, h, w: right(x, h, w).T, "is it transposed?"),
        (lambda x, h, w: right(x, h, w)[0], "squeeze"),
        (lambda x, h, w: None, "returned nothing"),
        (lambda x, h, w: -right(x, h, w), "Every sign is turned round"),
        (lambda x, h, w: 2 * right(x, h, w), "All are 2 times"),
        (lambda x, h, w: right(x, h, w) + 1, "off by the same amount, 1"),
        (lambda x, h, w: np.ones_like(h), "the inputs are not used"),
        (lambda x, h, w: right(x, h, w) / 0 * 0, "not finite"),
        (lambda x, h, w: "h", "returned a str"),
        (lambda x, h, w: right(x, h, w).sum(), "One number came back"),
        (changes_its_input, "changed its argument `h` in place"),
        (unattempted, "not been attempted yet. Start from"),
        (broken, "AttributeError in line"),
        (broken, "`return x @ w.no_such_weight`"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_wrong_answer_gets_its_sentence(answer, words):
    assert words in refusal(answer)


sequence = check.Check(
    "sequence",
    lambda rng, case: {"x": rng.normal(size=(2, 4 + case, 3))},
    lambda x: (np.cumsum(x, axis=1), x.sum(axis=1)),
    outputs=("h", "last"),
    axes=("batch", "time", "features"),
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: np.cumsum(x, axis=1), "returned 1 value; expected 2: h, last"),
        (lambda x: (x.sum(1), x.sum(1)), "The axis time is missing. Is it only the"),
        (lambda x: (np.cumsum(x, 1)[:, ::-1], x.sum(1)), "second axis runs backwards"),
        (lambda x: (np.cumsum(x, 1) - x, x.sum(1)), "lags by one step"),
        (lambda x: (np.cumsum(x, 1), x.sum(0)), "`sequence` → `last`"),
        (lambda x: (np.cumsum(x, 1).swapaxes(0, 1), x.sum(1)), "axes look swapped"),
    ],
)
def test_sequences_name_the_axis(answer, words):
    assert words in refusal(answer, sequence)


def test_a_number_shows_its_inputs():
    count = check.Check(
        "count",
        lambda rng, case: {"n_in": case + 1, "n_hidden": 2 * case + 3},
        lambda n_in, n_hidden: n_hidden * (n_in + n_hidden + 1),
    )
    count(lambda i, h: i * h + h * h + h)
    says = refusal(lambda i, h: i * h + h * h, count)
    assert "is 12; expected 15 for n_in = 1, n_hidden = 3" in says


def test_named_outputs_and_properties():
    grads = check.Check(
        "backward",
        draw,
        lambda x, h, weights: weights._replace(b=weights.b * 2),
        properties=(lambda inputs, value: "b is small" if value["b"].sum() else None,),
    )
    assert "`backward` → `w_h`" in refusal(
        lambda x, h, w: w._replace(w_h=w.w_h + x.sum(), b=w.b * 2), grads
    )
    assert "must return w_x, w_h, b" in refusal(lambda x, h, w: 3, grads)
    assert refusal(lambda x, h, w: w._replace(b=w.b * 2), grads) == "b is small"


def test_judging_needs_only_the_outcomes():
    outcomes = [
        check.Outcome(inputs, np.tanh(inputs["x"] @ inputs["weights"].w_x))
        for inputs in step.inputs()
    ]
    assert "wrong in" in step.judge(outcomes)


def test_a_refusal_shows_no_stack_trace():
    assert check.NotYet("h is wrong.")._render_traceback_() == ["Not yet. h is wrong."]


def test_tensors_are_understood():
    class Tensor:
        def __init__(self, a):
            self.a = a

        def numpy(self):
            return self.a

    step(lambda x, h, w: Tensor(right(x, h, w)))
