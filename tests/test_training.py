"""What a training is made of, without a framework: parts, steps, the meter."""

import numpy as np
import pytest

from unrolled.backends import answers, parts, shared, training
from unrolled.given import count, generator


class Loss(float):
    """A loss on a device: says how often it was read."""

    read = 0

    def __float__(self):
        Loss.read += 1
        return float.__float__(self)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is told to go on."""
    now = [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: now[0])
    return now


def test_losses_are_read_once_a_second_and_at_the_end(clock):
    Loss.read = 0
    meter = training.Meter()
    for _ in range(50):
        meter.add(Loss(1), Loss(2))
    assert Loss.read == 0  # a read at each step would make a GPU wait
    clock[0] = 1.5
    meter.add(Loss(3), Loss(4))
    assert Loss.read == 2 * 51
    meter.add(Loss(5), Loss(6))
    assert Loss.read == 2 * 51
    history = meter.done(finite=True)
    assert history.loss == [1.0] * 50 + [3.0, 5.0]
    assert history.norms == [2.0] * 50 + [4.0, 6.0]
    assert history.seconds == 1.5


@pytest.mark.parametrize("wrong", [(np.nan, 1.0), (1.0, np.inf)])
def test_the_first_step_that_is_not_finite_is_named(clock, wrong):
    meter = training.Meter()
    for pair in [(1.0, 1.0), (1.0, 1.0), wrong, (np.nan, np.nan)]:
        meter.add(*pair)
    with pytest.raises(FloatingPointError, match="at step 3 the loss is"):
        meter.ask(lambda step: None, 4)  # before anything is asked of such a model
    with pytest.raises(FloatingPointError, match="After step 0 some weights"):
        training.Meter().done(finite=False)


def test_the_time_of_what_is_asked_does_not_count(clock):
    meter = training.Meter()

    def after(step):
        clock[0] += 10
        return step / 2

    clock[0] = 1.0
    meter.ask(after, 3)
    meter.ask(lambda step: None, 4)
    clock[0] += 1.0
    history = meter.done(finite=True)
    assert history.valid == [(3, 1.5)] and history.seconds == 2.0


def test_a_cycle_begins_again_and_says_where():
    found = list(training.cycle(["a", "b"], 5, progress=False))
    assert found == [
        *[(0, True, "a"), (1, False, "b"), (2, True, "a"), (3, False, "b")],
        (4, True, "a"),
    ]


@pytest.mark.parametrize(
    ("batches", "made"),
    [([], 0), (iter([]), 0), (iter("abc"), 3), ((c for c in ""), 0)],
)
def test_a_cycle_that_ends_is_an_error_and_no_hang(batches, made):
    found = []
    with pytest.raises(ValueError, match=f"ended after {made} of 7 steps"):
        for step, *_ in training.cycle(batches, 7, progress=False):
            found.append(step)
    assert found == list(range(made))


def test_a_generator_without_end_is_read_as_far_as_needed():
    forever = iter(int, 1)
    assert len(list(training.cycle(forever, 9, progress=False))) == 9


@pytest.mark.parametrize(
    ("steps", "epochs", "n"), [(None, 2, 6), (4, 2, 4), (4.0, 1, 4)]
)
def test_steps_win_over_epochs(steps, epochs, n):
    assert training.n_steps("abc", steps, epochs, 0.1, None) == n


def plain(a):
    return a


BOOLS, INTS, FLOATS = (np.ones((2, 3), kind) for kind in (bool, np.int64, np.float32))


def test_what_a_batch_of_three_is_follows_from_the_kinds():
    found = parts.parts_of((INTS, BOOLS, INTS), plain)
    assert found.mask is not None and found.weight is None
    for weight in (FLOATS, BOOLS):
        found = parts.parts_of((INTS, INTS, weight), plain)
        assert found.mask is None and found.weight is not None
    for batch in ((INTS, INTS, INTS), (INTS, FLOATS, INTS), (INTS, INTS, None)):
        with pytest.raises(ValueError, match="a mask of bools"):
            parts.parts_of(batch, plain)


def test_only_what_counts_is_looked_at():
    y = np.array([[1, 4, -100], [2, -100, 9]])
    mask = np.array([[True, True, False], [True, False, False]])
    found = parts.parts_of((INTS, mask, y), plain)
    assert (found.counts, found.highest) == (3, 4)
    weight = mask * 0.5
    found = parts.parts_of((INTS, y, weight), plain)
    assert (found.counts, found.highest) == (1.5, 4)
    assert found.y.tolist() == [[1, 4, 0], [2, 0, 0]]
    with pytest.raises(ValueError, match="A label is -100"):
        parts.parts_of((INTS, y), plain)


class Far:
    """A tensor on a GPU, which nobody may read."""

    device, dtype, shape = "cuda:0", "torch.int64", (2, 3)

    def __array__(self, *_):
        raise AssertionError("the GPU was made to wait")


def test_what_lies_on_a_gpu_is_not_read():
    found = parts.parts_of((Far(), Far()), plain)
    assert found.counts is None and found.highest is None


@pytest.mark.parametrize("kind", [">i4", "<f8", "u1", "?"])
def test_arrays_come_as_frameworks_take_them(kind):
    given = np.arange(6).reshape(2, 3).astype(kind)[:, ::-1]
    given.flags.writeable = False
    found = parts.numbers(given)
    assert found.flags.writeable and found.flags.c_contiguous and found.dtype.isnative
    assert np.array_equal(found, given) and found.dtype.kind == given.dtype.kind


def test_lists_and_single_numbers_become_arrays():
    assert parts.numbers([[0.5], [1]]).dtype == np.float32
    assert parts.numbers([1, 2]).dtype == np.int64
    assert parts.numbers(3).shape == ()


@pytest.mark.parametrize("wrong", [[[1], [1, 2]], ["a"], [None], [{}]])
def test_what_is_no_numbers_is_said(wrong):
    with pytest.raises(ValueError, match="Given"):
        parts.numbers(wrong)


def test_a_model_is_asked_as_it_wants_to_be():
    def of(call):
        ask = answers.asker(call, call)
        return lambda mask=None: ask("x", mask, "state")[0].tolist()

    def said(*found):
        return np.array(found), None

    assert of(lambda x: said(x))() == ["x"]
    assert of(lambda x, state: said(x, state))() == ["x", "state"]
    assert of(lambda x, h=None, training=False: said(x, h))() == ["x", "state"]
    assert of(lambda x, mask: said(x, mask))("mask") == ["x", "mask"]
    assert of(lambda x, real: said(x, real))("mask") == ["x", "mask"]
    assert of(lambda *a: said(*a))("mask") == ["x", "mask"]
    sequential = of(lambda x, training=None, mask=None: said(x, training, mask))
    assert sequential("mask") == ["x", None, "mask"] and sequential() == [
        "x",
        None,
        None,
    ]
    assert of(lambda x: np.array([x]))() == ["x"]  # logits alone
    with pytest.raises(ValueError, match="the model takes x alone"):
        of(lambda x: said(x))("mask")
    with pytest.raises(ValueError, match="The model returned str"):
        of(lambda x: "logits")()


def test_a_state_is_changed_where_it_holds_tensors():
    a = np.ones(2)
    found = answers.mapped(lambda t: t * 2, {"h": [a, None], "n": (3, (a,))})
    assert found["h"][0].tolist() == found["n"][1][0].tolist() == [2, 2]
    assert found["h"][1] is None and found["n"][0] == 3
    named = shared.Run(a, a)
    assert type(answers.mapped(np.zeros_like, named)) is shared.Run


@pytest.mark.parametrize("right", [1, 20, 20.0, np.int8(3), np.float32(4)])
def test_whole_numbers_count(right):
    assert count("n", right) == right and type(count("n", right)) is int


@pytest.mark.parametrize("wrong", [0, -1, 2.5, np.nan, np.inf, "3", None, True, [1, 2]])
def test_other_things_do_not_count(wrong):
    with pytest.raises(
        ValueError, match=r"n=.* was given; it must be a whole number, 1"
    ):
        count("n", wrong)


def test_a_seed_is_no_generator():
    rng = np.random.default_rng(0)
    assert generator(rng) is rng
    with pytest.raises(ValueError, match=r"rng=7 .*default_rng\(7\)"):
        generator(7)
