"""Batches: what continues, what is covered, what is masked."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from unrolled import batches

SIZES = st.integers(1, 7)
IDS = st.integers(2, 300).map(np.arange)  # each symbol says where it stood
SEQUENCES = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), max_size=30)


@given(st.integers(2, 400), st.floats(0.01, 0.99))
def test_split_keeps_the_order(n, fraction):
    cut = int(fraction * n)
    assume(0 < cut < n)
    first, second = batches.split(np.arange(n), fraction)
    assert len(first) == cut
    assert np.concatenate([first, second]).tolist() == list(range(n))


def test_split_of_text_and_of_tiny_shakespeares_length():
    assert batches.split("abcd", 0.5) == ("ab", "cd")
    train, valid = batches.split(range(1_115_394))
    assert (len(train), len(valid)) == (1_059_624, 55_770)


@given(IDS, SIZES, SIZES)
def test_streams_really_continue(ids, batch, steps):
    assume(len(ids) > batch * steps)
    stream = batches.Streams(ids, batch, steps)
    found = list(stream)
    assert len(found) == len(stream) >= 1
    for x, y in found:
        assert x.shape == y.shape == (batch, steps)
        assert x.dtype == y.dtype == np.int64
    xs = np.concatenate([x for x, _ in found], axis=1)
    ys = np.concatenate([y for _, y in found], axis=1)
    assert (np.diff(xs, axis=1) == 1).all()  # a row is one piece of the input
    assert (ys == xs + 1).all()
    # Each target once, and together the beginning of the text without a gap.
    assert sorted(ys.ravel().tolist()) == list(range(1, stream.n_targets + 1))
    assert 0 <= len(ids) - 1 - stream.n_targets < batch * steps


@given(IDS, SIZES, SIZES)
def test_whole_predicts_every_symbol_after_the_first_once(ids, batch, steps):
    stream = batches.Streams(ids, batch, steps, whole=True)
    found = list(stream)
    assert len(found) == len(stream)
    for part in found:
        assert [a.shape for a in part] == [(batch, steps)] * 3
        assert part[2].dtype == np.float32
    x, y, weight = (np.concatenate(side, axis=1) for side in zip(*found, strict=True))
    assert set(np.unique(weight)) <= {0.0, 1.0}
    assert weight.sum() == stream.n_targets == len(ids) - 1
    real = weight == 1
    assert sorted(y[real].tolist()) == list(range(1, len(ids)))
    assert (y[real] == x[real] + 1).all()
    assert (x[~real] == 0).all() and (y[~real] == 0).all()
    assert weight[0].sum() == -(-(len(ids) - 1) // batch)  # rows of ceil length
    for row in range(batch):  # what is real comes first, in one piece
        n = int(weight[row].sum())
        assert weight[row, :n].all()
        assert (np.diff(x[row, :n]) == 1).all()


def test_streams_can_be_read_again_and_do_not_share_the_text():
    ids = np.arange(7)
    stream = batches.Streams(ids, 1, 3)
    first = [(x.copy(), y.copy()) for x, y in stream]
    for x, y in stream:
        x[:], y[:] = -1, -1
    assert np.array_equal(list(stream), first) and ids.tolist() == list(range(7))


@given(st.integers(2, 60), SIZES, SIZES, SIZES, st.sampled_from([(), (2,)]))
def test_windows_never_look_ahead(n, steps, horizon, stride, features):
    assume(n >= steps + horizon)
    values = np.arange(n, dtype=float)
    if features:
        values = np.stack([values, -values], axis=1)
    x, y = batches.windows(values, steps, horizon, stride)
    count = (n - steps - horizon) // stride + 1
    assert x.shape == (count, steps, *features)
    assert y.shape == (count, horizon, *features)
    for i in range(count):
        assert np.array_equal(x[i], values[i * stride : i * stride + steps])
        start = i * stride + steps
        assert np.array_equal(y[i], values[start : start + horizon])


@given(SEQUENCES.filter(len), st.sampled_from(["left", "right"]), st.integers(-1, 1))
def test_pad(sequences, side, value):
    array, mask = batches.pad(sequences, value, side)
    longest = max(map(len, sequences))
    assert array.shape == mask.shape == (len(sequences), longest)
    assert mask.dtype == bool and array.dtype == np.int64
    assert (array[~mask] == value).all()
    for row, real, sequence in zip(array, mask, sequences, strict=True):
        assert row[real].tolist() == sequence
        edge = real[: len(sequence)] if side == "right" else real[-len(sequence) :]
        assert edge.all()


def test_pad_keeps_features_and_types():
    array, mask = batches.pad(
        [np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)]
    )
    assert array.shape == (2, 2, 3) and array.dtype == np.float32
    assert mask.tolist() == [[True, True], [True, False]]
    array, mask = batches.pad([[1, 2], []], side="left")
    assert array.tolist() == [[1, 2], [0, 0]] and array.dtype == np.int64
    assert mask.sum() == 2


@given(SEQUENCES, SIZES, st.integers(0, 5))
def test_same_length_covers_every_item_once(sequences, batch, seed):
    labels = np.arange(len(sequences))
    found = batches.same_length(sequences, labels, batch, np.random.default_rng(seed))
    covered = []
    for x, y in found:
        assert x.dtype == np.int64 and x.ndim == 2
        assert 1 <= len(x) == len(y) <= batch
        covered += y.tolist()
        assert x.tolist() == [sequences[i] for i in y]
    assert sorted(covered) == labels.tolist()


def test_same_length_is_shuffled_and_repeatable():
    sequences = [[i, i] for i in range(50)] + [[i] for i in range(50)]

    def order(seed):
        found = batches.same_length(
            sequences, np.arange(100), 5, np.random.default_rng(seed)
        )
        return np.concatenate([y for _, y in found]).tolist()

    assert order(1) == order(1) != order(2)
    lengths = [len(sequences[i]) for i in order(1)]
    assert lengths != sorted(lengths) and lengths != sorted(lengths)[::-1]


@given(st.lists(st.sampled_from("abc"), max_size=60), st.floats(0.05, 0.95))
def test_stratified(labels, fraction):
    first, second = batches.stratified(labels, fraction, np.random.default_rng(0))
    assert sorted([*first, *second]) == list(range(len(labels)))
    assert (np.diff(first) > 0).all() and (np.diff(second) > 0).all()
    for label in set(labels):
        count = labels.count(label)
        taken = sum(labels[i] == label for i in first)
        assert abs(taken - fraction * count) <= 1
        if count > 1:
            assert 0 < taken < count


def test_stratified_depends_on_the_seed_alone():
    labels = np.repeat([0, 1], 50)
    one, two, other = (
        batches.stratified(labels, 0.8, np.random.default_rng(s))[0].tolist()
        for s in (1, 1, 2)
    )
    assert one == two != other and len(one) == 80


@given(st.lists(st.integers(0, 4), max_size=12))
def test_one_hot(ids):
    rows = batches.one_hot(ids, 5)
    assert rows.shape == (len(ids), 5) and rows.dtype == np.float32
    assert rows.argmax(axis=-1).tolist() == ids and (rows.sum(axis=-1) == 1).all()


def test_one_hot_of_a_batch():
    rows = batches.one_hot([[0, 2]], 3, dtype=np.float64)
    assert rows.tolist() == [[[1, 0, 0], [0, 0, 1]]] and rows.dtype == np.float64


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: batches.split("abc", 1.5), "between 0 and 1"),
        (lambda: batches.split("a"), "one part would be empty"),
        (lambda: batches.stratified([0, 1], 0, RNG), "between 0 and 1"),
        (lambda: batches.Streams(np.arange(12), 3, 4), "12 symbols .* need 13"),
        (lambda: batches.Streams([1], 1, 1, whole=True), "need 2"),
        (
            lambda: batches.Streams(np.arange(12), 0, 4),
            "=0 was given; it must be a whole number, 1 or more",
        ),
        (lambda: batches.Streams([[1, 2]], 1, 1), "Encode the text first"),
        (lambda: batches.Streams([0.5, 1.0], 1, 1), "Encode the text first"),
        (lambda: batches.windows([1, 2, 3], 3), "it needs 4"),
        (
            lambda: batches.windows([1, 2, 3], 1, 0),
            "=0 was given; it must be a whole number, 1 or more",
        ),
        (lambda: batches.pad([]), "no sequence"),
        (lambda: batches.pad([[1]], side="both"), "side='both'"),
        (lambda: batches.pad([np.ones((1, 2)), np.ones((1, 3))]), "differ in length"),
        (lambda: batches.same_length([[1]], [], 1, RNG), "1 sequences and 0 labels"),
        (lambda: batches.same_length([[1]], [0], 0, RNG), "batch=0"),
        (lambda: batches.same_length([[1], []], [0, 1], 1, RNG), "Sequence 1 is empty"),
        (lambda: batches.one_hot([3], 3), "3 has no place"),
        (lambda: batches.one_hot([-1], 3), "-1 has no place"),
        (lambda: batches.one_hot([0.5], 3), "float64"),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call()
