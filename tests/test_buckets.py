"""Buckets: every sequence once, masks that are right, lengths that are near."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import batches

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=60)
BATCH, WIDTH = st.integers(1, 9), st.integers(1, 12)
SEED = st.none() | st.integers(0, 5)


def made(lengths, features=()):
    """Sequences of which each step says whose it is: place + 1 everywhere."""
    return [np.full((n, *features), i + 1) for i, n in enumerate(lengths)]


def rng_of(seed):
    return None if seed is None else np.random.default_rng(seed)


@settings(deadline=None)
@given(LENGTHS, BATCH, WIDTH, SEED, st.sampled_from([(), (2,)]))
def test_every_sequence_comes_once_with_its_label_and_mask(
    lengths, batch, width, seed, features
):
    buckets = batches.Buckets(
        made(lengths, features),
        np.arange(len(lengths)) * 10,
        batch,
        rng_of(seed),
        width=width,
    )
    for _ in range(2):  # each epoch
        found = list(buckets)
        assert len(found) == len(buckets)
        places = []
        for x, mask, y in found:
            assert 1 <= len(x) == len(mask) == len(y) <= batch
            assert mask.dtype == bool and mask.shape == x.shape[:2]
            assert x.shape[2:] == features
            real = mask.sum(axis=1)
            assert real.tolist() == [lengths[i] for i in y // 10]
            assert real.max() == x.shape[1]  # no step that nobody needs
            assert (np.diff(mask.astype(int), axis=1) <= 0).all()  # right padding
            for row, its_mask, label in zip(x, mask, y, strict=True):
                assert (row[its_mask] == label // 10 + 1).all()
                assert (row[~its_mask] == 0).all()
            places += (y // 10).tolist()
        assert sorted(places) == list(range(len(lengths)))
        assert buckets.order.tolist() == places


@settings(deadline=None)
@given(LENGTHS, BATCH, WIDTH, SEED)
def test_no_batch_mixes_far_lengths(lengths, batch, width, seed):
    labels = np.zeros(len(lengths), int)
    for _, mask, _ in batches.Buckets(
        made(lengths), labels, batch, rng_of(seed), width=width
    ):
        real = mask.sum(axis=1)
        assert real.max() - real.min() < width


@settings(deadline=None)
@given(LENGTHS, BATCH, SEED)
def test_labels_of_steps_are_padded_with_the_steps(lengths, batch, seed):
    sequences = made(lengths)
    tags = [s * 2 for s in sequences]
    for x, mask, y in batches.Buckets(sequences, tags, batch, rng_of(seed)):
        assert y.shape == x.shape == mask.shape
        assert (y[mask] == 2 * x[mask]).all() and (y[~mask] == 0).all()


def test_the_order_is_drawn_from_rng_alone_and_anew_each_epoch():
    sequences, labels = made([3, 9, 17, 5] * 20), np.arange(80)

    def orders(rng):
        buckets = batches.Buckets(sequences, labels, 4, rng)
        found = []
        for _ in range(2):
            list(buckets)
            found.append(buckets.order.tolist())
        return found

    assert orders(rng_of(1)) == orders(rng_of(1)) != orders(rng_of(2))
    first, second = orders(rng_of(1))
    assert first != second
    lengths = [len(sequences[i]) for i in first]
    assert lengths != sorted(lengths) and lengths != sorted(lengths)[::-1]


def test_without_rng_it_goes_from_short_to_long_always_the_same():
    sequences, labels = made([3, 9, 17, 5] * 5), np.arange(20)
    buckets = batches.Buckets(sequences, labels, 4)
    before = buckets.order.tolist()
    list(buckets)
    assert buckets.order.tolist() == before
    lengths = [len(sequences[i]) for i in before]
    assert lengths == sorted(lengths)


def test_what_buckets_save():
    lengths = np.random.default_rng(0).integers(1, 100, 500)
    labels = np.zeros(500, int)

    def padded(width):
        return sum(
            (~mask).sum()
            for _, mask, _ in batches.Buckets(made(lengths), labels, 32, width=width)
        )

    assert padded(8) < 8 * 500
    assert padded(8) < padded(100)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: batches.Buckets([[1]], [], 1), "1 sequences and 0 labels"),
        (lambda: batches.Buckets([], [], 1), "no sequence"),
        (lambda: batches.Buckets([[1], []], [0, 1], 1), "Sequence 1 is empty"),
        (lambda: batches.Buckets([[1]], [0], 0), "batch=0"),
        (lambda: batches.Buckets([[1]], [0], 1, width=0), "width=0"),
        (
            lambda: batches.Buckets([[1, 2], [3]], [[0, 0], [0, 1]], 1),
            "Sequence 1 has 1 steps and 2 labels",
        ),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_without_labels_the_order_is_known_and_y_is_none():
    found = list(batches.Buckets(made([3, 1, 9])))
    assert [len(batch) for batch in found] == [3, 3]
    assert all(y is None for _, _, y in found)
    assert [x[:, 0].tolist() for x, _, _ in found] == [[2, 1], [3]]


@given(LENGTHS, SEED)
@settings(deadline=None)
def test_weights_and_several_numbers_stay_with_their_sequence(lengths, seed):
    n = len(lengths)
    y = np.stack([np.arange(n), np.arange(n) * 10], axis=1)  # (n, 2)
    buckets = batches.Buckets(
        made(lengths), y, 4, rng_of(seed), weight=np.arange(n) / 2
    )
    for x, _, two, weight in buckets:
        assert (two == (x[:, :1] - 1) * [1, 10]).all()
        assert (weight == (x[:, 0] - 1) / 2).all()


@given(LENGTHS, BATCH, WIDTH, st.sampled_from([(), (2,)]))
@settings(deadline=None)
def test_the_shapes_are_those_of_the_batches(lengths, batch, width, features):
    sequences = made(lengths, features)
    steps = [np.ones(n) for n in lengths]
    several = np.ones((len(lengths), 3))
    for y, weight in ((None, None), (steps, steps), (several, np.ones(len(lengths)))):
        buckets = batches.Buckets(sequences, y, batch, width=width, weight=weight)
        shapes = [[a.shape for a in parts if a is not None] for parts in buckets]
        assert buckets.shapes() == shapes


def test_weights_of_steps_are_padded_with_0():
    weight = [[1.0, 2.0], [3.0]]
    [(_, mask, _, padded)] = batches.Buckets(made([2, 1]), weight, 2, weight=weight)
    assert padded[mask].tolist() == [3, 1, 2] and padded[~mask].tolist() == [0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: batches.Buckets([[1], [2]], ["a", "b"]), "return_inverse=True"),
        (lambda: batches.Buckets([[1]], [["B-PER"]]), "text.Words"),
        (
            lambda: batches.same_length([[1]], ["a"], 1, np.random.default_rng(0)),
            "A label is 'a'",
        ),
        (lambda: batches.Buckets([[1]], weight=[1.0]), "no y"),
        (lambda: batches.Buckets([[1]], [0], weight=[1, 2]), "2 weights"),
        (lambda: batches.Buckets([[1]], [[0, 1]]), "an array, \\(n, n_out\\)"),
    ],
)
def test_names_and_lonely_weights_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


class Column:
    """A column of a table whose rows are shuffled: [name], as pandas has it."""

    def __init__(self, values, names):
        self.values, self.names = values, names

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    def __getitem__(self, name):
        return self.values[self.names.index(name)]

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


@pytest.mark.parametrize("each_step", [False, True])
@pytest.mark.parametrize("names", [[3, 0, 1, 2], [7, 8, 9, 10]])  # shuffled, a part
def test_a_row_of_a_table_keeps_its_own_label(names, each_step):
    lengths = [2, 4, 1, 3]
    sequences = Column([[n] * n for n in lengths], names)
    labels = [[n] * n for n in lengths] if each_step else lengths
    if each_step:
        found = batches.Buckets(sequences, Column(labels, names), 2, width=1)
        rows = [zip(x[m], y[m], strict=True) for x, m, y in found]
        assert all(a == b for row in rows for a, b in row)
        return
    found = batches.Buckets(sequences, Column(labels, names), 2, width=1)
    met = [
        (len(row[real]), label)
        for x, mask, y in found
        for row, real, label in zip(x, mask, y, strict=True)
    ]
    assert sorted(met) == [(n, n) for n in (1, 2, 3, 4)]
    same = batches.same_length(
        sequences, Column(labels, names), 2, np.random.default_rng(0)
    )
    assert all((x.shape[1] == y).all() for x, y in same)


def test_a_batch_knows_the_places_of_its_sequences_wherever_it_goes():
    sequences = made([3, 1, 2, 1])
    many = batches.Buckets(sequences, [0] * 4, 2, np.random.default_rng(0), width=1)
    kept = pickle.loads(pickle.dumps(list(many)))
    list(many)  # another epoch, in another order
    for batch in kept:
        x, _, _ = batch
        assert (x[:, 0] == batch.places + 1).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: batches.Buckets(made([2]), [0], 2.5),
        lambda: batches.Buckets(made([2]), [0], 2, width=0.5),
        lambda: batches.Buckets(made([2]), [0], 2, rng=3),
        lambda: batches.same_length(made([2]), [0], 2, 3),
        lambda: batches.same_length(made([2]), [0], "2", np.random.default_rng(0)),
        lambda: batches.stratified([0, 1], 0.5, 3),
    ],
)
def test_what_was_given_is_named(call):
    with pytest.raises(ValueError, match="was given; it must be a"):
        call()
