"""Baselines: true distributions, the textbook's numbers, and speed."""

import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_sources import MIRROR
from unrolled import baselines, batches, data
from unrolled.baselines import NGram
from unrolled.text import Vocab

SMOOTHINGS = ("witten-bell", "kneser-ney")
TEXT = "the cat sat on the mat, the rat sat on the cat. " * 3 + "that was that."


def fitted(order, smoothing, text=TEXT):
    vocab = Vocab.from_text(text)
    ids = vocab.encode(text)
    return NGram(order, len(vocab), smoothing).fit(ids), ids


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@settings(max_examples=60, deadline=None)
@given(
    train=st.lists(st.integers(0, 4), min_size=1, max_size=40),
    context=st.lists(st.integers(0, 6), max_size=6),
    order=st.integers(1, 5),
)
def test_probabilities_sum_to_one(smoothing, train, context, order):
    model = NGram(order, 7, smoothing).fit(train)
    p = model.probabilities(context)
    assert p.shape == (7,) and p.sum() == pytest.approx(1)
    assert (p > 0).all()


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@settings(max_examples=40, deadline=None)
@given(
    train=st.lists(st.integers(0, 4), min_size=1, max_size=40),
    test=st.lists(st.integers(0, 5), min_size=1, max_size=20),
    order=st.integers(1, 5),
)
def test_nats_are_the_mean_of_the_probabilities(smoothing, train, test, order):
    model = NGram(order, 6, smoothing).fit(train)
    each = [-np.log(model.probabilities(test[:i])[s]) for i, s in enumerate(test)]
    assert model.nats(test) == pytest.approx(np.mean(each))


def slow_witten_bell(train, context, symbol, n_symbols):
    """Return the formula as it stands in the docstring, recursively."""
    if context is None:
        return 1 / n_symbols
    shorter = context[1:] if context else None
    below = slow_witten_bell(train, shorter, symbol, n_symbols)
    size = len(context)
    after = Counter(
        train[i + size]
        for i in range(len(train) - size)
        if train[i : i + size] == context
    )
    if not after:
        return below
    total, types = sum(after.values()), len(after)
    return (after[symbol] + types * below) / (total + types)


def slow_kneser_ney(train, context, symbol, n_symbols, top=True):
    """Return modified Kneser-Ney from sets of grams, recursively."""
    if context is None:
        return 1 / n_symbols
    size = len(context) + 1
    if top:
        counts = Counter(
            tuple(train[i : i + size]) for i in range(len(train) - size + 1)
        )
    else:
        longer = {tuple(train[i : i + size + 1]) for i in range(len(train) - size)}
        counts = Counter(gram[1:] for gram in longer)
    shorter = context[1:] if context else None
    below = slow_kneser_ney(train, shorter, symbol, n_symbols, top=False)
    n = Counter(counts.values())
    base = n[1] / (n[1] + 2 * n[2]) if n[1] + n[2] else 0
    discount = {0: 0}
    for k in (1, 2, 3):
        guess = k - (k + 1) * base * n[k + 1] / n[k] if n[k] else 0
        discount[k] = guess if 0 < guess <= k else k / 2
    here = {g: c for g, c in counts.items() if list(g[:-1]) == context}
    if not here:
        return below
    total = sum(here.values())
    taken = sum(discount[min(c, 3)] for c in here.values())
    count = here.get((*context, symbol), 0)
    return (count - discount[min(count, 3)] + taken * below) / total


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_against_the_formula(smoothing):
    order = 4
    model, ids = fitted(order, smoothing)
    train, v = ids.tolist(), model.n_symbols
    slow = {"witten-bell": slow_witten_bell, "kneser-ney": slow_kneser_ney}[smoothing]
    for start in (0, 10, 40, 120):
        context = train[start : start + order - 1]
        expected = [slow(train, context, s, v) for s in range(v)]
        assert model.probabilities(context) == pytest.approx(expected)
    # A context that was never seen falls back to the part of it that was.
    context = [train[0], train[0], train[1]]
    expected = [slow(train, context, s, v) for s in range(v)]
    assert model.probabilities(context) == pytest.approx(expected)


def test_by_order_agrees_with_models_of_these_orders():
    model, ids = fitted(4, "witten-bell")
    new = ids[::-1]
    found = model.by_order(new)
    assert list(found) == [1, 2, 3, 4]
    for order, nats in found.items():
        assert nats == pytest.approx(fitted(order, "witten-bell")[0].nats(new))


def test_witten_bell_by_hand():
    # In "abab" + "a": a is followed by b twice; a 3 of 5, b 2 of 5, two kinds.
    model = NGram(2, 2).fit([0, 1, 0, 1, 0])
    a, b = (3 + 2 * 0.5) / 7, (2 + 2 * 0.5) / 7
    assert model.probabilities() == pytest.approx([a, b])
    assert model.probabilities([0]) == pytest.approx([a / 3, (2 + b) / 3])


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_longer_contexts_help_on_text_that_was_seen(smoothing):
    (one, ids), (five, _) = fitted(1, smoothing), fitted(5, smoothing)
    assert five.nats(ids) < one.nats(ids) / 2


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_sample_follows_the_probabilities(smoothing):
    model, ids = fitted(3, smoothing)
    text = model.sample(10_000, np.random.default_rng(0), context=ids[:2])
    assert text.dtype == np.int64 and text.shape == (10_000,)
    a, b = ids[0], ids[1]
    after = text[2:][(text[:-2] == a) & (text[1:-1] == b)]
    observed = np.bincount(after, minlength=model.n_symbols) / len(after)
    p = model.probabilities([a, b])
    off = np.abs(observed - p) / np.sqrt(p * (1 - p) / len(after))
    assert len(after) > 300 and (off[p > 0.02] < 4).all()
    again = model.sample(50, np.random.default_rng(0), context=ids[:2])
    assert again.tolist() == text[:50].tolist()


def test_sample_without_context():
    model = NGram(1, 3).fit([0, 0, 0, 1])
    text = model.sample(3000, np.random.default_rng(1))
    share = np.bincount(text, minlength=3) / 3000
    assert share == pytest.approx(model.probabilities(), abs=0.04)


def test_tiny_shakespeare(monkeypatch):
    """The syllabus' 5-gram: 1.742 nats a character over the whole validation part."""
    if not MIRROR.is_dir():
        pytest.skip("no mirror folder beside the repository holds tiny Shakespeare")
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    text = data.text("tiny-shakespeare", fallback=False).text
    vocab = Vocab.from_text(text)
    train, valid = batches.split(vocab.encode(text))
    start = time.process_time()
    witten_bell = NGram(5, len(vocab)).fit(train)
    assert time.process_time() - start < 5
    assert witten_bell.nats(valid) == pytest.approx(1.742, abs=0.0005)
    # The trap of the syllabus: a short piece of it looks far better.
    assert witten_bell.nats(valid[:12_000]) == pytest.approx(1.409, abs=0.0005)
    kneser_ney = NGram(5, len(vocab), "kneser-ney").fit(train)
    assert kneser_ney.nats(valid) == pytest.approx(1.599, abs=0.0005)


def test_fitting_the_length_of_the_plays_is_fast():
    ids = np.random.default_rng(0).zipf(1.3, 5_318_730) % 84
    start = time.process_time()
    NGram(5, 84).fit(ids)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: NGram(5), "len.vocab."),
        (lambda: NGram(0, 5), "must be 1 or more"),
        (lambda: NGram(5, 5, "good-turing"), "'witten-bell', 'kneser-ney'"),
        (lambda: NGram(11, 84), "lower order"),
        (lambda: NGram(2, 5).nats([1]), "call fit"),
        (lambda: NGram(2, 5).probabilities(), "call fit"),
        (lambda: NGram(2, 5).fit([]), "empty"),
        (lambda: NGram(2, 5).fit([1]).nats([]), "empty"),
        (lambda: NGram(2, 5).fit([1]).by_order([]), "empty"),
        (lambda: NGram(2, 5, "kneser-ney").fit([1]).by_order([1]), "fit a model for"),
        (lambda: NGram(2, 5).fit([5]), "0 to 4"),
        (lambda: NGram(2, 5).fit([1]).nats([-1]), "-1 to -1"),
        (lambda: NGram(2, 5).fit([[1]]), "Encode the text"),
        (lambda: NGram(2, 5).fit([0.5]), "Encode the text"),
        (lambda: baselines.majority([], [1]), "at least one label"),
        (lambda: baselines.linear_ngrams(["a"], []), "1 texts and 0 labels"),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_majority():
    assert baselines.majority(["b", "a", "b"], ["a", "b", "b", "b"]) == 0.75
    assert baselines.majority([1, 0], [0, 0, 1]) == pytest.approx(2 / 3)


def test_linear_ngrams_on_surnames():
    found = data.surnames()
    split = batches.stratified(found.labels, 0.8, np.random.default_rng(0))
    (train, y_train), (test, y_test) = (
        ([found.inputs[i] for i in part], found.labels[part]) for part in split
    )
    predicted = baselines.linear_ngrams(train, y_train).predict(test)
    right = (predicted == y_test).mean()
    assert predicted.shape == y_test.shape
    assert 0.77 < right < 0.83
    assert right > baselines.majority(y_train, y_test) + 0.4


def test_linear_words_counts_words_and_pairs():
    train = ["good film .", "bad film .", "not bad .", "not good ."] * 5
    y = [1, 0, 1, 0] * 5
    asked = ["good film .", "not bad .", "not good .", "Bad film ."]
    model = baselines.linear_words(train, y)
    assert model.predict(asked[:3]).tolist() == [1, 1, 0]
    p = model.predict_proba(asked)
    assert p.shape == (4, 2) and np.allclose(p.sum(axis=1), 1)
    assert p[:3].argmax(axis=1).tolist() == [1, 1, 0]
    alone = baselines.linear_words(train, y, n=(1, 1))
    # Without pairs "not" cannot turn a word round.
    assert alone.predict(asked[1:3]).tolist() != [1, 0]


def test_linear_words_refuses_unequal_numbers():
    with pytest.raises(ValueError, match="2 texts and 1 labels"):
        baselines.linear_words(["a", "b"], [1])
