"""The reference cell: against the written-out equation and numeric gradients."""

import numpy as np
import pytest

from numeric import numeric
from unrolled import cells

RNG = np.random.default_rng(2)


def made(batch=3, time=5, n_in=2, n_hidden=4, dtype=np.float64):
    weights = cells.rnn_weights(n_in, n_hidden, RNG, dtype)
    x = RNG.normal(size=(batch, time, n_in)).astype(dtype)
    h = RNG.normal(size=(batch, n_hidden)).astype(dtype)
    return x, weights, h


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_sequence_is_the_step_written_out_number_by_number(activation):
    x, (w_x, w_h, b), h = made()
    run = cells.rnn(x, cells.RNNWeights(w_x, w_h, b), h, activation)
    for row in range(len(x)):
        state = h[row]
        for t in range(x.shape[1]):
            new = np.zeros(4)
            for unit in range(4):
                a = b[unit]
                for i in range(2):
                    a += x[row, t, i] * w_x[i, unit]
                for j in range(4):
                    a += state[j] * w_h[j, unit]
                new[unit] = np.tanh(a) if activation == "tanh" else max(a, 0)
            state = new
            assert np.allclose(run.h[row, t], state, atol=1e-12)
        assert np.allclose(run.last[row], state, atol=1e-12)


def test_one_step_at_a_time_equals_the_sequence():
    x, weights, h = made()
    run = cells.rnn(x, weights, h)
    for t in range(x.shape[1]):
        h = cells.rnn_step(x[:, t], h, weights)
        assert np.allclose(h, run.h[:, t], atol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 6, 3, 4), (3, 4, 4, 4)])
def test_every_gradient_agrees_with_a_numeric_one(activation, shape):
    x, weights, h = made(*shape)
    d_h = RNG.normal(size=(*shape[:2], shape[3]))
    d_last = RNG.normal(size=(shape[0], shape[3]))

    def loss():
        run = cells.rnn(x, weights, h, activation)
        return (run.h * d_h).sum() + (run.last * d_last).sum()

    grads = cells.rnn_backward(cells.rnn(x, weights, h, activation), d_h, d_last)
    arguments = {"x": x, "h": h, **weights._asdict()}
    for name, argument in arguments.items():
        assert np.allclose(getattr(grads, name), numeric(loss, argument), atol=1e-7)


def test_truncation_is_the_gradient_of_separate_pieces():
    x, weights, h = made(time=7)
    d_h = RNG.normal(size=(3, 7, 4))
    whole = cells.rnn(x, weights, h)
    grads = cells.rnn_backward(whole, d_h, truncate=3)
    total = np.zeros_like(weights.w_h)
    state = h
    for first in range(0, 7, 3):
        piece = cells.rnn(x[:, first : first + 3], weights, state)
        part = cells.rnn_backward(piece, d_h[:, first : first + 3])
        total += part.w_h
        assert np.allclose(grads.x[:, first : first + 3], part.x)
        state = piece.last
    assert np.allclose(grads.w_h, total)
    full = cells.rnn_backward(whole, d_h)
    assert not np.allclose(full.w_h, grads.w_h)
    assert np.allclose(cells.rnn_backward(whole, d_h, truncate=7).w_h, full.w_h)


def test_float32_stays_float32():
    x, weights, _ = made(dtype=np.float32)
    run = cells.rnn(x, weights)
    assert run.h.dtype == np.float32
    grads = cells.rnn_backward(run, np.ones_like(run.h))
    assert all(g.dtype == np.float32 for g in grads)


def test_parameters_are_counted():
    assert cells.n_parameters(made()[1]) == 2 * 4 + 4 * 4 + 4


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, w, h: cells.rnn(x[0], w), "(batch, time, n_in=2)"),
        (lambda x, w, h: cells.rnn(x, w._replace(b=h)), "so w_h must be"),
        (lambda x, w, h: cells.rnn(x, w, h[:1]), "initial state has shape (1, 4)"),
        (lambda x, w, h: cells.rnn(x, w, h, "sine"), "knows tanh and relu"),
        (lambda x, w, h: cells.rnn_backward(cells.rnn(x, w), x), "every state"),
        (
            lambda x, w, h: cells.rnn_backward(
                cells.rnn(x, w), cells.rnn(x, w).h, None, 0
            ),
            "truncate=0 was given; it must be a whole number, 1",
        ),
    ],
)
def test_errors_say_what_was_given_and_what_was_expected(call, words):
    with pytest.raises(ValueError) as error:
        call(*made())
    assert words in str(error.value)


RNG = np.random.default_rng(0)
DRAWN = {
    "rnn": (cells.rnn_weights, cells.rnn, cells.rnn_step),
    "lstm": (cells.lstm_weights, cells.lstm, cells.lstm_step),
    "gru": (cells.gru_weights, cells.gru, cells.gru_step),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_lists_are_as_good_as_arrays(kind):
    draw, run, _ = DRAWN[kind]
    x, weights = RNG.normal(size=(2, 3, 2)), draw(2, 4, RNG)
    mask = np.array([[True, True, False], [True, False, True]])
    right = run(x, weights, mask=mask).h
    assert np.array_equal(run(x.tolist(), weights, mask=mask.tolist()).h, right)
    pair = (weights, weights)
    both = cells.bidirectional(x, pair, None, mask).h
    found = cells.bidirectional(x.tolist(), pair, None, mask.tolist()).h
    assert np.array_equal(found, both)


@pytest.mark.parametrize("kind", DRAWN)
def test_what_does_not_fit_a_cell_is_said(kind):
    draw, run, step = DRAWN[kind]
    other = DRAWN["lstm" if kind == "gru" else "gru"][0](2, 4, RNG)
    x, weights, start = np.ones((2, 3, 2)), draw(2, 4, RNG), np.zeros((2, 4))
    states = (start, start) if kind == "lstm" else (start,)
    calls = {
        "this cell takes": lambda: run(x, other),
        "this cell takes ": lambda: step(x[:, 0], *states, other),
        "rng=7 was given": lambda: draw(2, 4, 7),
        "n_hidden=0 was given": lambda: draw(2, 0, RNG),
        "n_hidden=2.5 was given": lambda: draw(2, 2.5, RNG),
        "x is object of shape (0,)": lambda: run([[[1, 2]], []], weights),
        "x is <U1 of shape (1, 1, 1)": lambda: run([[["a"]]], weights),
        "x is float64 of shape (2, 3, 1)": lambda: run(x[..., :1], weights),
        "The mask is int64": lambda: run(x, weights, mask=[[1, 1, 0]] * 2),
    }
    for words, call in calls.items():
        with pytest.raises(ValueError) as error:
            call()
        assert words.strip() in str(error.value)


@pytest.mark.parametrize("truncate", [0, -1, 2.5, "2"])
def test_a_gradient_is_cut_at_whole_numbers_of_steps(truncate):
    x, weights, _ = made()
    run = cells.rnn(x, weights)
    with pytest.raises(ValueError, match=r"truncate=.* was given"):
        cells.rnn_backward(run, np.ones_like(run.h), truncate=truncate)
