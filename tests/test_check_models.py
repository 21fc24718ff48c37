"""Layers and models of either framework, as a check sees them: what is refused.

The layers and models are made by hand, of NumPy; those of the frameworks are asked by
the units' own mistakes (tests/test_mistakes.py).
"""

import numpy as np
import pytest

from unrolled import check
from unrolled.check import Check, Refused, layers, models
from unrolled.check.mistakes import common

AXES = "batch time n_symbols"
X = np.arange(12).reshape(3, 4) % 5
OTHER = np.concatenate([(X[:1] + 1) % 5, X[1:]])
TABLE = np.random.default_rng(0).normal(size=(5, 5))


class Weight:
    """A parameter, as Keras has them."""

    def __init__(self, name, numbers):
        self.name, self.numbers = name, np.asarray(numbers, float)

    dtype = property(lambda self: self.numbers.dtype)

    def numpy(self):
        return self.numbers


class Layer:
    def __init__(self):
        self.weights = [Weight("kernel", [0.5, 0.5]), Weight("bias", [0.5])]


class OfTorch:
    def __init__(self):
        self.weight = Weight("", [[0.5]])

    def named_parameters(self):
        return iter([("weight_ih_l0", self.weight)])


def replaced(layer):
    layer.weights[1] = Weight("bias", [0.5])


def moved(layer):
    layer.weights[0].numbers = np.ones(2)


def test_parameters_have_names_in_either_framework():
    assert [name for name, _ in layers.parameters([Layer(), OfTorch()])] == [
        *("kernel", "bias", "weight_ih_l0")
    ]
    assert layers.size(Layer()) == 3


@pytest.mark.parametrize(
    ("change", "numbers", "says"),
    [
        (replaced, False, "The layer has another `bias` than before."),
        (lambda layer: layer.weights.pop(), False, "has another `bias` than before"),
        (lambda layer: layer.weights.append(Weight("more", 1)), False, "`more` than"),
        (moved, False, ""),
        (moved, True, "hold other numbers than before"),
        (lambda layer: None, True, ""),
    ],
)
def test_an_answer_must_leave_a_layer_its_parameters(change, numbers, says):
    def answer(n):
        layer = Layer()
        with layers.keeping(layer, numbers):
            change(layer)
        return n

    judge = Check(
        "answer",
        lambda rng, case: {"n": case},
        lambda n: n,
        call=lambda answer, inputs: answer(*inputs.values()),
    )
    if not says:
        return judge(answer)
    with pytest.raises(check.NotYet) as refusal:
        judge(answer)
    assert says in str(refusal.value)


def test_an_optimizers_dtype_is_a_parameters_too():
    layer = OfTorch()
    with pytest.raises(Refused, match="another `weight_ih_l0`"):
        with layers.keeping(layer):
            layer.weight.numbers = layer.weight.numbers.astype(np.float32)


@pytest.mark.parametrize("given", [Layer, 3.5, {"loss": []}])
def test_what_is_no_model_is_refused(given):
    with pytest.raises(Refused, match="expected the trained model itself"):
        models.model("learn", given)
    assert models.model("learn", print) is print and models.model("learn", None) is None


def test_logits_and_state_come_in_this_order():
    assert models.pair([X, ()]) == (X, ())
    for given, says in ((X, "return two things"), (((), X), "are exchanged")):
        with pytest.raises(Refused, match=says):
            models.pair(given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "returned nothing"),
        ((np.ones((3, 4, 5)), X), "returns 2 values in a tuple. Return the logits"),
        ("text", "something of type str"),
        (np.ones((3, 5, 4)), "The axes time and n_symbols have changed places"),
        (np.ones((3, 4)), "Return a number for each class, not the best one"),
        (np.ones((4, 5)), "The batch is missing"),
        (np.ones((3, 5)), "Only one moment is left"),
        (np.ones((3, 4, 7)), "The last layer gives one number for each class"),
        (np.ones((2, 4, 5)), "one row of logits for each letter."),
        (np.full((3, 4, 5), np.nan), "hold nan or inf"),
    ],
)
def test_logits_of_another_form_are_refused_with_their_cause(given, says):
    assert models.logits(np.ones((3, 4, 5)), (3, 4, 5), AXES, "letter").shape == (
        3,
        4,
        5,
    )
    with pytest.raises(Refused) as refusal:
        models.logits(given, (3, 4, 5), AXES, "letter")
    assert says in str(refusal.value)


def test_an_axis_of_length_1_must_stay():
    for given, shape, says in (
        ((4, 5), (1, 4, 5), "in a `squeeze`"),
        ((3, 4, 5), (3, 5), "Answer once"),
    ):
        with pytest.raises(Refused, match=says):
            models.logits(np.ones(given), shape, AXES, "letter")


def steady(x):
    return TABLE[x]


def drawn(x):
    return TABLE[x] + np.random.default_rng().normal(size=(*x.shape, 5))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (drawn, "given twice, gets two answers"),
        (
            lambda x: TABLE[x] - TABLE[x].mean(axis=0),
            "changes the logits of another row",
        ),
        (lambda x: TABLE[x] / len(x), "Alone, a sequence gets other logits"),
    ],
)
def test_a_model_that_depends_on_its_company_is_refused(model, says):
    assert np.array_equal(models.alone(steady, X, OTHER), TABLE[X])
    with pytest.raises(Refused, match=says):
        models.alone(model, X, OTHER)


def softmax(a, axis):
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize(
    ("axis", "says"),
    [(-1, "add up to 1: they"), (0, "over batch: they"), (1, "over time: they")],
)
def test_a_softmax_is_seen_along_any_axis(axis, says):
    logits = TABLE[X]
    assert models.softmaxed(logits, AXES) is None
    assert says in models.softmaxed(softmax(logits, axis), AXES)


def test_bounds_of_the_last_layer_are_seen():
    logits = 3 * TABLE[X]
    assert models.squashed(logits) is None
    assert "a sigmoid or a ReLU stand" in models.squashed(1 / (1 + np.exp(-logits)))
    assert "Does a ReLU stand" in models.squashed(np.maximum(logits, 0))
    assert "a tanh stand" in models.squashed(np.tanh(logits))
    assert models.squashed(np.tanh(logits), trained=False) is None


LOADED = Check(
    "load",
    lambda rng, case: {"w": rng.normal(size=3), "b": rng.normal(size=2)},
    lambda w, b: {"w of it": w, "b of it": b},
    before=0.5,
    float32=False,
)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            lambda w, b: {"w of it": w, "b of it": 0 * b + 0.5},
            "0.5 in `b of it`. Change",
        ),
        (lambda w, b: {"w of it": w, "b of it": 0 * b + 1}, "0.5 in `b of it`. Change"),
        (lambda w, b: {"w of it": 0 * w + 0.5, "b of it": 0 * b + 0.5}, "everywhere."),
        (lambda w, b: {"w of it": w, "b of it": b + 0.5}, "In `b of it` a second bias"),
    ],
)
def test_what_a_used_layer_still_holds_is_named(answer, says):
    with pytest.raises(check.NotYet) as refusal:
        LOADED(answer)
    assert says in str(refusal.value)
    with pytest.raises(check.NotYet) as refusal:
        LOADED(lambda w, b: {"w of it": w, "b of it": b + 0.25})
    assert "loaded" not in str(refusal.value) and "bias" not in str(refusal.value)


LOOP = """def run(x):
    states, h = [], 0
    for t in range(x.shape[1]):
        h = h + x[:, t]
        states.append(h)
    return states
"""


def test_every_loop_over_time_invites_the_same_mistakes():
    made = {one.says: one.code for one in common(LOOP)}
    assert [code.splitlines()[2].strip() for code in made.values()] == [
        "for t in range(x.shape[1]):",
        "for t in reversed(range(x.shape[1])):",
        "for t in range(len(x)):",
        "for t in range(1, x.shape[1]):",
        "for t in range(x.shape[1] - 1):",
    ]
    first = next(iter(made.values()))
    assert first.endswith("append(h)\n        return states\n")
    back = LOOP.replace("range(x.shape[1])", "reversed(range(x.shape[1]))")
    assert "forward in time" in [one.says for one in common(back)][1]
    assert len([*common(LOOP, shared=False)]) == 1
    assert [*common(LOOP.replace("[], 0", "np.empty(3), 0"))][1:] == []
    assert [*common("class A:\n" + LOOP)] == []


class Sized:  # as a model of Keras tells its size
    def __init__(self, n):
        self.count_params = lambda: n


def test_a_size_that_is_not_used_is_told():
    sizes = [models.n_parameters(Sized(n)) for n in (9, 16)]
    assert sizes == [9, 16] and models.as_wide(sizes) is None
    assert "`n_hidden` is not used" in models.as_wide((9, 9))
    assert "Make the layers of that size." in models.as_wide((9, 9), "layers")
