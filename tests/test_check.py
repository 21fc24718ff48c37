"""The check engine: every kind of wrong answer gets the sentence that fits it."""

import collections
from dataclasses import replace

import numpy as np
import pytest

from courses import UNITS
from unrolled import cells, check
from unrolled.check.blocks import by_block
from unrolled.check.mistakes import Mistake
from unrolled.check.say import difference, failure
from unrolled.check.shrink import shrink
from unrolled.check.slopes import against_nudges
from unrolled.check.values import copied, lies_apart, listing, plain, same, short

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
    known=tuple(
        Mistake(says, f"def step(x, h, w):\n    return {code}\n", {})
        for says, code in {
            "The non-linearity is missing.": "x @ w.w_x + h @ w.w_h + w.b",
            "w_h is transposed.": "np.tanh(x @ w.w_x + h @ w.w_h.T + w.b)",
            "w_x and w_h are exchanged.": "np.tanh(x @ w.w_h + h @ w.w_x)",
        }.items()
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


def test_what_an_answer_prints_is_shown_once(capsys):
    def talks(x, h, w):
        print("inside", x.shape)
        return right(x, h, w)

    step(talks)
    assert capsys.readouterr().out == "inside (1, 2)\nstep: right (6 cases).\n"
    refusal(lambda x, h, w: -talks(x, h, w))
    assert capsys.readouterr().out == "inside (1, 2)\n"


def test_a_check_without_brackets_tells_how_to_call_it_and_no_answer():
    assert (
        repr(step)
        == "The check of `step`: call it with your answer, checks.step(step)."
    )


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
        (lambda x, h, w: right(x, h, w)[0], "but the axis batch, here of length 1,"),
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
        (lambda x: (x.sum(1), np.cumsum(x, 1)), "in another order; expected h, last."),
        (lambda x: (np.cumsum(x, 1).swapaxes(0, 1), x.sum(1)), "axes look swapped"),
    ],
)
def test_sequences_name_the_axis(answer, words):
    assert words in refusal(answer, sequence)


Pair = collections.namedtuple("Pair", "states end")


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: Pair(np.cumsum(x, axis=1), x.sum(1)),
        lambda x: {"last": x.sum(1), "h": np.cumsum(x, axis=1)},
        lambda x: [np.cumsum(x, axis=1).tolist(), x.sum(1)],
    ],
)
def test_results_may_have_names(answer):
    sequence(answer)
    ordered = replace(
        sequence, properties=(lambda _, value: np.shape(value[0]) and None,)
    )
    ordered(answer)


def test_results_of_one_shape_may_come_as_an_array():
    both = check.Check(
        "both",
        lambda rng, case: {"x": rng.normal(size=(2, 3 + case))},
        lambda x: (2 * x, -x),
        outputs=("twice", "minus"),
    )
    both(lambda x: np.stack([2 * x, -x]))
    assert "`both` → `minus` is wrong" in refusal(
        lambda x: np.stack([2 * x, 3 * x]), both
    )
    assert "returned 1 value" in refusal(lambda x: 2 * x, both)


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


@pytest.fixture
def split():
    """Return a check that sets its inputs to zero in turn, and shows a small case."""
    return check.Check(
        "step",
        draw,
        step.reference,
        dims={"x": ("batch", "n_in"), "h": ("batch", "n_hidden")},
        gates="",
    )


def test_inputs_are_set_to_zero_in_turn(split, capsys):
    split(right)
    assert capsys.readouterr().out == "step: right (6 cases).\n"
    assert len(split.inputs()) == len(split.collect(right)) == 8
    assert not split.inputs()[6]["x"].any() and split.inputs()[6]["h"].any()
    says = refusal(lambda x, h, w: right(x, 2 * h, w), split)
    assert "It is right where `h` is zero: look at what it does." in says
    says = refusal(lambda x, h, w: right(x, h, w) + x.sum() * h.sum(), split)
    assert "is zero" not in says  # whatever is zero, it is right
    says = refusal(lambda x, h, w: right(x, h, w) + 1, split)
    assert "is zero" not in says  # whatever is zero, it is wrong
    says = refusal(lambda x, h, w: right(x, h, w) + (not x.any()), split)
    assert says.startswith("Where `x` is zero: `step` is wrong in 6 of 6 values.")
    assert "right in 6 of 6 cases" not in says


def test_a_counter_example_is_made_small():
    total = check.Check(
        "total",
        lambda rng, case: {"x": rng.normal(size=(2, 4 + case))},
        lambda x: x.sum(axis=1),
        dims={"x": ("batch", "time")},
    )

    def answer(x):
        return x.sum(axis=1) + (x.shape[1] > 2)

    says = refusal(answer, total)
    assert says.endswith("x = zeros (1, 3) gives [1.], expected [0.].")
    assert says == refusal(answer, total)  # the same each time
    alone = total.judge(total.collect(answer))
    assert says.startswith(alone) and "small case" not in alone
    assert "small case" not in refusal(lambda x: x.sum(), total)  # of another shape


@pytest.mark.parametrize("seed", range(5))
def test_shrinking_keeps_a_counter_example_and_ends(seed):
    rng = np.random.default_rng(seed)
    inputs = {"x": rng.normal(size=(3, 8)), "n": 40, "name": "a"}

    def fails(given):
        return given["x"].shape[1] >= 4 and given["n"] > 6

    small = shrink(inputs, {"x": ("batch", "2*n_hidden"), "n": ()}, fails)
    assert fails(small)
    assert small["x"].shape == (1, 8) and not small["x"].any() and small["n"] == 7
    assert small["name"] == "a" and inputs["n"] == 40
    blocks = shrink(inputs, {"x": ("batch", "n_hidden")}, fails)
    assert blocks["x"].shape == (1, 4)


def test_blocks_are_cut_in_each_block():
    inputs = {"b": np.arange(6.0), "h": np.ones((2, 3))}
    dims = {"b": ("2*n",), "h": ("batch", "n")}
    small = shrink(inputs, dims, lambda g: g["b"].sum() == 1 + 4 + 0 + 3)
    assert small["b"].tolist() == [0, 1, 3, 4] and small["h"].shape == (1, 2)


def test_blocks_are_named():
    outputs, blocks = ("d_w", "d_x"), {"d_w": "i f"}
    given, wanted = (np.ones((2, 4)), np.ones(2)), (np.ones((2, 4)), np.zeros(2))
    assert by_block(given, wanted, outputs, blocks) == ""
    given[0][1, 3] = 9
    says = by_block(given, wanted, outputs, blocks)
    assert says == " By blocks: i is right, f is wrong."
    assert by_block(3, wanted, outputs, blocks) == ""
    unequal = [np.ones(4), np.ones(3)], np.ones(2)
    assert by_block(unequal, wanted, outputs, blocks) == ""


bend = check.Check(
    "bend",
    lambda rng, case: {"x": rng.normal(size=3), "w": rng.normal(size=(3, 2))},
    lambda x, w: (w @ np.ones(2), np.outer(x, np.ones(2))),
    slopes=check.Slopes(lambda x, w: (x @ w).sum(), ("x", "w")),
    outputs=("d_x", "d_w"),
)


def test_inputs_may_follow_from_others():
    drawn = check.arrays(
        "batch n",
        [(2, 3)],
        then=lambda rng, given: given | {"y": 2 * given["x"]},
        x="batch n",
        y="batch n",
    )
    given = drawn["draw"](np.random.default_rng(0), 0)
    assert given["x"].shape == (2, 3) and (given["y"] == 2 * given["x"]).all()
    assert drawn["dims"]["y"] == ("batch", "n")


def test_a_gradient_is_set_against_nudges():
    bend(lambda x, w: (w.sum(1), np.outer(x, np.ones(2))))
    says = refusal(lambda x, w: (w.sum(1), 2 * np.outer(x, np.ones(2))), bend)
    assert "the gradient for `w` is wrong (relative error 0.33). Nudging `w`[" in says
    assert says.count("changes the loss at a rate of") == 1
    assert "Right is `x`." in says
    assert "expected 2" in refusal(lambda x, w: w.sum(1), bend)


def test_a_gradient_of_something_that_is_not_given_starts_at_zero():
    slopes = check.Slopes(lambda x, b=0.0: ((x + b) ** 2).sum(), ("x", "b"))
    x = np.array([1.0, 2])
    assert against_nudges("f", slopes, {"x": x}, (2 * x, 2 * x)) == ""
    assert "for `b`" in against_nudges("f", slopes, {"x": x}, (2 * x, 3 * x))
    assert against_nudges("f", slopes, {"x": x}, ("a", x)) == ""
    unequal = [[1.0, 2.0], [3.0]]
    assert against_nudges("f", slopes, {"x": x}, (2 * x, unequal)) == ""
    # Of a shape that the loss cannot take: that has been said elsewhere.
    assert against_nudges("f", slopes, {"x": x}, (2 * x, np.ones(7))) == ""


def test_a_multiple_of_the_right_gradient_is_called_one():
    slopes = check.Slopes(lambda x, b: ((x + b) ** 2).sum(), ("x", "b"))
    x, b = np.random.default_rng(0).normal(size=(3, 4)), np.zeros(4)
    right = 2 * (x + b)
    said = against_nudges("f", slopes, {"x": x, "b": b}, (right, right.mean(axis=0)))
    assert "1/3 of that" in said and "mean is taken over the batch" in said
    said = against_nudges("f", slopes, {"x": x, "b": b}, (3 * right, right.sum(axis=0)))
    assert said.count("All of it is 3 times that.") == 1
    other = right.sum(axis=0)
    other[3] += 1
    said = against_nudges("f", slopes, {"x": x, "b": b}, (right, other))
    assert "for `b` is wrong" in said and "All of it" not in said


def test_a_gradient_that_overflows_is_called_wrong():
    slopes = check.Slopes(lambda x: (x**2).sum(), ("x",))
    for number in (np.nan, np.inf):
        said = against_nudges("f", slopes, {"x": np.ones(3)}, (np.full(3, number),))
        assert "for `x` is wrong" in said and "All of it" not in said


@pytest.mark.parametrize("name", UNITS)
def test_references_agree_with_nudges(name):
    for judge in vars(check.unit(name)).values():
        if isinstance(judge, check.Check) and judge.slopes:
            for inputs in judge.inputs()[::2]:
                value = plain(judge.reference(**inputs))
                assert not against_nudges(judge.name, judge.slopes, inputs, value)


@pytest.mark.parametrize("name", UNITS)
def test_inputs_are_seeded_vary_in_size_and_are_not_constant(name):
    for judge in vars(check.unit(name)).values():
        if not isinstance(judge, check.Check) or judge.free:
            continue
        once, again = (
            [{k: v for k, v in g.items() if not callable(v)} for g in judge.inputs()]
            for _ in range(2)
        )
        assert all(
            same(plain(a), plain(b), 0) for a, b in zip(once, again, strict=True)
        )
        sizes = {listing(given) for given in once[: judge.cases]}
        assert judge.cases == 1 or len(sizes) > 1, judge.name
        arrays = [v for g in once for v in g.values() if isinstance(v, np.ndarray)]
        arrays = [v for v in arrays if v.size > 3 and v.dtype.kind == "f"]
        varied = sum(np.ptp(v[~np.isnan(v)]) > 0 for v in arrays)  # NaN: not measured
        assert varied >= 0.6 * len(arrays), judge.name
        if judge.cases > 2 and any(isinstance(v, np.ndarray) for v in once[2].values()):
            assert lies_apart(once[2]), judge.name
        if judge.float32 and arrays and not judge.call:
            assert {v.dtype.name for v in arrays} == {"float32", "float64"}, judge.name


def test_tensors_are_understood():
    class Tensor:
        def __init__(self, a):
            self.a = a

        def numpy(self):
            return self.a

    step(lambda x, h, w: Tensor(right(x, h, w)))


class Broken:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array for you")


class Silent(Exception):
    def __str__(self):
        raise ValueError


def raises(error):
    def answer(x, h, w):
        raise error

    return answer


def only(condition, other=None):
    """Make an answer that is right on some inputs."""
    return lambda x, h, w: right(x, h, w) if condition(x, h) else other


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, h, w: right(x, h, w).astype(complex), "returned complex numbers"),
        (lambda x, h, w: np.ma.masked_array(right(x, h, w), True), "hides some of"),
        (lambda x, h, w: right(x, h, w).astype(object), "array of dtype object"),
        (lambda x, h, w: [[1.0], [2.0, 3.0]], "a list that does not form an array"),
        (lambda x, h, w: (right(x, h, w), h), "returned 2 values; expected one array"),
        (lambda x, h, w: (np.ones(2), np.ones(3)), "returned 2 values; expected one"),
        (lambda x, h, w: np.zeros(h.shape, [("a", float)]), "does not hold numbers"),
        (lambda x, h, w: np.tanh, "returned an ufunc; expected one array of shape"),
        (lambda x, h, w: np.ndarray, "returned a type"),
        (lambda x, h, w: (v for v in h), "was `yield` written for `return`?"),
        (lambda x, h, w: right, "a function (are the brackets of a call missing?)"),
        (lambda x, h, w: Broken(), "no array for you"),
        (lambda x, h, w: h, "returned its argument `h` as it was given"),
        (lambda x, h, w: right(x, h, w).astype(int), "whole numbers, which cut the"),
        (lambda x, h, w: right(x, h, w).astype(np.float16), "fewer digits than"),
        (lambda x, h, w: np.round(right(x, h, w), 6), "All are close: were they"),
        (lambda x, h, w: right(x, h, w)[:, :-1], "The axis n_hidden is one short"),
        (lambda x, h, w: right(x, h, w)[:, [0] * (h.shape[1] + 1)], "is one too long"),
        (lambda x, h, w: h.sum(1, keepdims=True), "was something summed along it"),
        (lambda x, h, w: np.ones((9, 9)), "expected (1, 3) (batch, n_hidden)."),
        (raises(SystemExit("bye")), "stopped with SystemExit in line"),
        (raises(ValueError()), "`raise error`. It was given x of shape (1, 2), h of"),
        (raises(Silent()), "stopped with Silent in line"),
        (raises(ValueError("a" * 999)), "aaa…"),
        (raises(RuntimeError("Errors in loading:\n\tMissing key")), ": Missing key."),
        (lambda x: x, "`step` takes (x); it is called with (x, h, weights). Leave"),
        (None, "`step` is None, not a function. Run the cell that begins with `def"),
        (3, "`step` is 3, not a function"),
        (only(lambda x, h: len(x) > 2), "returned nothing. Does every way through it"),
        (only(lambda x, h: len(x) > 2), "It is right in 3 of 6 cases, but not for x"),
        (only(lambda x, h: h.dtype == np.float64, 0), "of shape (3,)), in float32."),
    ],
)
def test_odd_answers_get_a_sentence(answer, words):
    assert words in refusal(answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, h, w: right(x, h, w).tolist(),
        lambda x, h, w: tuple(right(x, h, w)),
        lambda x, h, w: [list(row) for row in right(x, h, w)],
        lambda x, h, w: np.asfortranarray(right(x, h, w)),
        lambda x, h, w: np.ma.masked_array(right(x, h, w)),
        lambda x, h, w: right(x, h, w).astype(np.float32),
        lambda x, h, w: np.einsum("ij->ij", right(x, h, w)),
        lambda *args: right(*args),
    ],
)
def test_right_answers_of_any_style_are_accepted(answer):
    step(answer)


def test_the_stop_button_works():
    with pytest.raises(KeyboardInterrupt):
        step(raises(KeyboardInterrupt()))


def test_the_learners_own_line_is_named_not_the_librarys():
    def answer(x, h, w):
        collections.deque().popleft() if len(x) > 9 else collections.namedtuple("1", "")

    assert 'collections.namedtuple("1", "")`' in refusal(answer)


def stub_in(filename):
    """Return a function whose only line, in that file, is that of an empty cell."""
    code, scope = "def forward(x):\n    raise NotImplementedError", {}
    exec(compile(code, filename, "exec"), scope)
    return scope["forward"]


def test_the_part_that_is_not_attempted_is_named():
    def save(x):
        raise NotImplementedError()

    says = refusal(lambda x, h, w: save(x))
    assert says == "`save` has not been attempted yet. Replace its `raise` line."


def test_the_shapes_in_the_line_that_failed_are_told():
    def answer(x, h, w):
        both = np.ones((3, 9))
        return both @ h.T[:1]

    says = refusal(answer)
    assert "`return both @ h.T[:1]`" in says
    assert says.endswith("In that line `both` has shape (3, 9), `h` has shape (1, 3).")
    assert "It was given" not in says


def test_only_arrays_have_shapes_to_tell():
    class Odd:
        @property
        def shape(self):
            raise RuntimeError

    def answer(x, h, w):
        module, odd = np, Odd()
        return module.nothing(odd, h)

    assert refusal(answer).endswith("In that line `h` has shape (1, 3).")


def test_an_error_in_a_helper_names_it():
    def helper(x):
        return x.nothing

    assert "of `helper`, `return x.nothing`" in refusal(lambda x, h, w: helper(x))


def test_an_error_of_a_framework_is_no_missing_attempt():
    """PyTorch raises the error of an empty cell for a model without `forward`."""
    theirs, own = stub_in("/lib/site-packages/torch/module.py"), stub_in("<cell>")
    assert "with NotImplementedError in line" in refusal(lambda x, h, w: theirs(x))
    assert "not been attempted" in refusal(lambda x, h, w: own(x))
    quoted = NotImplementedError("in user code:\n    raise NotImplementedError()")
    assert "not been attempted" in refusal(raises(quoted))


def test_a_framework_that_refuses_numpy_is_no_missing_attempt():
    """TensorFlow raises the error of an empty cell when NumPy gets its tensor."""
    symbolic = "Cannot convert a symbolic tf.Tensor (Neg:0) to a numpy array."

    def sigmoid(x):
        (_ for _ in ()).throw(NotImplementedError(symbolic))

    says = refusal(lambda x, h, w: sigmoid(x))
    assert "Use the framework's own" in says and "attempted" not in says


def test_a_line_that_tensorflow_quotes_is_named():
    quoted = (
        'in user code:\n\n    File "<cell>", line 13, in sigmoid  *\n'
        "        return 1 / (1 + np.exp(-x))\n\n"
        "    ValueError: Exception encountered when calling C.call().\n\n"
        "    two inputs\n\n    Arguments received by C.call():\n"
    )
    says = refusal(raises(ValueError(quoted)))
    assert "in line 13 of `sigmoid`, `return 1 / (1 + np.exp(-x))`: two inputs." in says


def test_a_changed_argument_does_not_accuse_what_is_zero(split):
    def answer(x, h, w):
        h *= 2  # where h is zero nothing changes
        return right(x, h / 2, w)

    says = refusal(answer, split)
    assert "changed its argument `h`" in says and "is zero" not in says


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "Exception encountered when calling A.call().\n\n\x1b[1mtwo inputs\x1b[0m",
            "ValueError when the check used it: two inputs.",
        ),
        (
            'in user code:\n\n    File "a.py", line 3\n\n    KeyError: no such key\n',
            "ValueError when the check used it: no such key.",
        ),
    ],
)
def test_headings_of_frameworks_are_left_out(message, words):
    assert words in failure("net", ValueError(message), {})


big = check.Check(
    "big", lambda rng, case: {"n": case + 5}, lambda n: n * 10**9, cases=2
)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n: n * 10**9 + 1, "is 5000000001; expected 5000000000 for n = 5."),
        (lambda n: n * 10**30, "a whole number of more than 19 digits; expected one"),
        (lambda n: [n], "returned an array of shape (1,); expected a number"),
        (lambda n: -n * 10**9, "Every sign is turned round"),
        (lambda n: n > 3, "is True; expected 5000000000"),
        (
            lambda n: n * 10**9 if n == 5 else 0,
            "for n = 6. It is right in 1 of 2 cases.",
        ),
    ],
)
def test_whole_numbers_are_exact(answer, words):
    assert words in refusal(answer, big)
    big(lambda n: float(n * 10**9))


spelled = check.Check(
    "spelled",
    lambda rng, case: {"text": "ab" * (case + 1)},
    lambda text: [*text],
    cases=2,
    float32=False,
)


def test_lists_and_words():
    spelled(lambda text: [np.str_(letter) for letter in text])
    assert "returned ['a']; expected ['a', 'b'] for text = 'ab'." in refusal(
        lambda text: ["a"], spelled
    )
    assert "returned [1, 2]" in refusal(
        lambda text: [np.int64(1), np.int64(2)], spelled
    )
    assert "…; expected" in refusal(lambda text: ["long"] * 99, spelled)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.arange(6.0).reshape(3, 2).T.reshape(3, 2), "axes swapped with `reshape`"),
        (np.arange(6.0).reshape(3, 2)[:2], "The axis number 0 is one short"),
        (np.arange(6.0).reshape(3, 2)[:, [0]], "The axis number 1 has length 1"),
        (
            np.array([[7, 1], [2, 3], [4, 5.0]]),
            "Only values that should be 0 are wrong",
        ),
        (np.arange(6.0).reshape(2, 3, order="F").reshape(6), "in another order"),
        (np.arange(6.0), "It holds the right values: reshape"),
        (np.arange(1.0, 7).reshape(3, 2), "off by the same amount, 1."),
    ],
)
def test_patterns(given, words):
    assert words in difference("f", given, np.arange(6.0).reshape(3, 2), 1e-8)


def test_a_pattern_is_not_seen_in_so_few_numbers_that_chance_makes_it():
    steps = np.arange(8.0).reshape(2, 4)
    says = difference("f", np.roll(steps, -1, axis=1), steps, 1e-8)
    assert "ahead by one step" in says
    says = difference("f", np.roll(steps, -1, axis=1)[:, :2], steps[:, :2], 1e-8)
    assert "ahead" not in says
    says = difference("f", steps[:, 1::-1], steps[:, :2], 1e-8)
    assert "backwards" not in says
    few, many = np.array([1, 0]), np.arange(9)
    assert "the same" not in difference("f", 0 * few, few, 1e-8)
    assert "it looks as if" in difference("f", 0 * many + 3, many, 1e-8)
    says = difference("f", np.ones(1), np.ones(2), 1e-8)
    assert "is a loop or a slice one off, was something summed" in says


def test_more_patterns():
    square = np.arange(9.0).reshape(3, 3) ** 2
    assert "it is transposed" in difference("f", square.T, square, 1e-8)
    flat = np.array([3.0, 1, 2])
    assert "in another order" in difference("f", np.sort(flat), flat, 1e-8)
    assert "turned" not in difference("f", flat > 1, flat, 1e-8)
    assert "0.1234568, " not in difference("f", 0.12345678, 0.12345679, 1e-12)
    assert "wrong in 2" in difference("f", np.zeros(3), np.array([0, 1, 5.0]), 1e-8)


def test_values_that_cannot_be_compared_are_different():
    assert not same([[1], [2, 3]], np.ones((2, 2)), 0)
    assert not same(np.zeros(2, [("a", float)]), np.zeros(2), 0)
    assert not same(np.ones(2), np.ones(3), 0)
    assert not same("1", 1, 0)
    assert same({"a": [1, "b"]}, {"a": [1, "b"]}, 0)
    assert short({"a": np.array(1), "b": [np.array(2.5)]}) == "{'a': 1, 'b': [2.5]}"


def test_a_pytorch_tensor_is_detached():
    class Tensor:
        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return np.arange(2)

    assert plain({"a": [Tensor()]})["a"][0].tolist() == [0, 1]


without = check.Check(
    "without",
    lambda rng, case: {"items": list(range(8 * case)), "table": {"a": np.ones(3)}},
    call=lambda answer, inputs, **context: answer(inputs["items"]),
    properties=(lambda inputs, value: None if value + 1 > 0 else "too small",),
    cases=2,
)


def test_lists_of_numbers_show_their_lengths():
    assert listing({"s": [[1, 2], [3]]}) == "s of (2,), (1,)"
    assert listing({"s": [([1], [2, 3]), np.ones(4)]}) == "s of ((1,), (2,)), (4,)"


def test_properties_alone_decide():
    without(len)
    assert refusal(lambda items: -1, without) == "too small"
    assert "returned nothing" in refusal(lambda items: None, without)
    assert "cannot be judged ('a'): TypeError" in refusal(lambda items: "a", without)
    says = refusal(lambda items: -len(items), without)
    # Neither how the numbers are stored nor where they lie is the cause.
    assert says.endswith("not for items of 8 items, table (a of shape (3,)).")


def test_a_training_is_left_out_after_a_fault():
    asked = []
    judge = check.Check(
        "trains",
        lambda rng, case: {"n": case},
        lambda n: {"double": 2 * n},
        call=lambda answer, inputs: answer(**inputs),
        measured=("accuracy",),
        cases=4,
    )

    def answer(factor):
        asked.clear()

        def trains(n):
            asked.append(n)
            return {"double": factor * n} | ({"accuracy": 0.9} if n == 3 else {})

        return trains

    judge(answer(2))
    assert asked == [0, 1, 2, 3]
    assert "It is right in 1 of 3 cases" in refusal(answer(3), judge)
    assert asked[:3] == [0, 1, 2] and 3 not in asked


def test_what_is_hidden_only_the_judge_knows():
    judge = check.Check(
        "shown",
        lambda rng, case: {"x": case, "truth": 2 * case},
        lambda x, truth: truth,
        hidden=("truth",),
    )
    judge(lambda x: 2 * x)


def side_by_side(x, h, w):
    """Read `x` as if each number followed the one before in memory."""
    strides = (x.shape[1] * x.itemsize, x.itemsize)
    return right(np.lib.stride_tricks.as_strided(x, x.shape, strides), h, w)


def test_an_answer_must_read_views_whose_numbers_lie_apart():
    says = refusal(side_by_side)
    assert "It is right in 4 of 6 cases, but not for x of shape (2, 4)" in says
    assert says.endswith("as views whose numbers lie apart in memory.")


def test_how_numbers_are_stored_is_blamed_only_where_storing_them_otherwise_helps():
    for case, how in ((2, "lie apart"), (3, "float32")):
        size = SHAPES[case][:2]  # wrong in one case, whatever its numbers are stored in
        says = refusal(lambda x, h, w, n=size: right(x, h, w) + (x.shape == n))
        assert "It is right in 5 of 6 cases" in says and how not in says


def test_a_copy_of_inputs_keeps_how_their_numbers_lie():
    rows = np.arange(12.0).reshape(3, 4)
    given = {"apart": (rows[:, ::2], [rows[::-1]]), "not": rows, "turned": rows.T}
    made = copied(given)
    assert same(made, given, 0)
    assert lies_apart(made["apart"][0]) and lies_apart(made["apart"][1])
    assert not lies_apart({k: v for k, v in made.items() if k != "apart"})
    made["apart"][0][:], made["not"][:] = 7, 7
    assert rows.max() == 11


def test_lists_and_tuples_are_cast_to_float32():
    seen = check.Check(
        "seen",
        lambda rng, case: {"pair": (np.ones(1), [np.ones(1)])},
        lambda pair: str(pair[1][0].dtype),
        cases=2,
    )
    seen(lambda pair: str(pair[0].dtype))
    assert "; expected 'float64'" in refusal(lambda pair: "float16", seen)


def test_views_are_named_only_where_nothing_else_fails():
    def draw(rng, case):
        return {"x": rng.normal(size=3)}

    double = check.Check(name="double", draw=draw, reference=lambda x: 2 * x, cases=6)

    def wrong_from_the_third_on(seen):
        return lambda x: 2 * x + (seen.append(1) or len(seen) > 2)

    with pytest.raises(check.NotYet) as told:
        double(wrong_from_the_third_on([]))
    assert "It is right in 2 of 6 cases" in str(told.value)
    assert "lie apart" not in str(told.value)
    with pytest.raises(check.NotYet) as told:
        double(lambda x: 2 * x + (not x.flags.c_contiguous))
    assert "as views whose numbers lie apart in memory" in str(told.value)


def test_what_is_hidden_is_neither_given_nor_told():
    one = check.Check(
        name="f",
        draw=lambda rng, case: {"n": case, "seed": 4711 + case},
        given=lambda inputs: inputs | {"x": inputs["seed"] % 7},
        hidden=("seed",),
        properties=(lambda inputs, value: "Wrong." if inputs["n"] == 2 else None,),
        cases=3,
        float32=False,
    )
    asked = []
    outcomes = one.collect(lambda n, x: asked.append((n, x)) or n)
    assert asked == [(n, (4711 + n) % 7) for n in range(3)]
    assert [told.inputs["seed"] for told in outcomes] == [4711, 4712, 4713]
    says = one.judge(outcomes)
    assert says == "Wrong. It is right in 2 of 3 cases, but not for n = 2."
