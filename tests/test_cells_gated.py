"""LSTM and GRU: against the equations written out, and numeric gradients."""

import math

import numpy as np
import pytest

from numeric import numeric, some_mask
from unrolled import cells

RNG = np.random.default_rng(4)
GRUS = [(reset, z) for reset in ("before", "after") for z in ("old", "new")]
SHAPES = [(1, 1, 1, 1), (3, 6, 3, 4), (3, 4, 4, 4)]


def made(kind, batch=3, time=5, n_in=2, n_hidden=4, dtype=np.float64, n_states=1):
    weights = getattr(cells, f"{kind}_weights")(n_in, n_hidden, RNG, dtype)
    x = RNG.normal(size=(batch, time, n_in)).astype(dtype)
    states = RNG.normal(size=(n_states, batch, n_hidden)).astype(dtype)
    return x, weights, *states


def sigma(a):
    return 1 / (1 + math.exp(-a))


def before_gate(x, h, w, k, n, unit, bias=True):
    """The sum that gate k of a unit is a function of, number by number."""
    column = k * n + unit
    a = sum(x[i] * w.w_x[i, column] for i in range(len(x)))
    if h is not None:
        a += sum(h[j] * w.w_h[j, column] for j in range(n))
    return a + w.b[column] if bias else a


def test_lstm_is_the_equations_written_out_number_by_number():
    x, w, h0, c0 = made("lstm", n_states=2)
    run = cells.lstm(x, w, h0, c0)
    for row in range(3):
        h, c = h0[row], c0[row]
        for t in range(5):
            a = [
                [before_gate(x[row, t], h, w, k, 4, u) for u in range(4)]
                for k in range(4)
            ]
            i, f, o = ([sigma(v) for v in a[k]] for k in (0, 1, 3))
            g = [math.tanh(v) for v in a[2]]
            c = np.array([f[u] * c[u] + i[u] * g[u] for u in range(4)])
            h = np.array([o[u] * math.tanh(c[u]) for u in range(4)])
            written = {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}
            for name, value in written.items():
                assert np.allclose(getattr(run, name)[row, t], value, atol=1e-12), name
        assert np.allclose(run.last[0][row], h) and np.allclose(run.last[1][row], c)


@pytest.mark.parametrize(("reset", "z_weights"), GRUS)
def test_gru_is_the_equations_written_out_number_by_number(reset, z_weights):
    x, w, h0 = made("gru")
    run = cells.gru(x, w, h0, reset, z_weights)
    for row in range(3):
        h = h0[row]
        for t in range(5):
            now = x[row, t]
            r = [sigma(before_gate(now, h, w, 0, 4, u)) for u in range(4)]
            z = [sigma(before_gate(now, h, w, 1, 4, u)) for u in range(4)]
            n = []
            for u in range(4):
                a = before_gate(now, None, w, 2, 4, u)
                column = [w.w_h[j, 8 + u] for j in range(4)]
                if reset == "before":
                    a += sum(r[j] * h[j] * column[j] for j in range(4)) + w.b_n[u]
                else:
                    a += r[u] * (sum(h[j] * column[j] for j in range(4)) + w.b_n[u])
                n.append(math.tanh(a))
            old = z if z_weights == "old" else [1 - v for v in z]
            h = np.array([old[u] * h[u] + (1 - old[u]) * n[u] for u in range(4)])
            for name, value in {"r": r, "z": z, "n": n, "h": h}.items():
                assert np.allclose(getattr(run, name)[row, t], value, atol=1e-12), name
        assert np.allclose(run.last[row], h)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_gradient_of_the_lstm_agrees_with_a_numeric_one(shape, masked):
    x, w, h, c = made("lstm", *shape, n_states=2)
    mask = some_mask(RNG, *shape[:2]) if masked else None
    d_h = RNG.normal(size=(*shape[:2], shape[3]))
    of_h, of_c = RNG.normal(size=(2, shape[0], shape[3]))

    def loss():
        run = cells.lstm(x, w, h, c, mask)
        return (
            (run.h * d_h).sum()
            + (run.last[0] * of_h).sum()
            + (run.last[1] * of_c).sum()
        )

    found = cells.lstm_backward(cells.lstm(x, w, h, c, mask), d_h, (of_h, of_c))
    for name, argument in {"x": x, "h": h, "c": c, **w._asdict()}.items():
        assert np.allclose(getattr(found, name), numeric(loss, argument), atol=1e-7), (
            name
        )


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("reset", "z"), GRUS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_gradient_of_the_gru_agrees_with_a_numeric_one(shape, reset, z, masked):
    x, w, h = made("gru", *shape)
    mask = some_mask(RNG, *shape[:2]) if masked else None
    d_h = RNG.normal(size=(*shape[:2], shape[3]))
    d_last = RNG.normal(size=(shape[0], shape[3]))

    def loss():
        run = cells.gru(x, w, h, reset, z, mask)
        return (run.h * d_h).sum() + (run.last * d_last).sum()

    found = cells.gru_backward(cells.gru(x, w, h, reset, z, mask), d_h, d_last)
    for name, argument in {"x": x, "h": h, **w._asdict()}.items():
        assert np.allclose(getattr(found, name), numeric(loss, argument), atol=1e-7), (
            name
        )


def test_one_step_at_a_time_equals_the_sequence():
    x, w, h, c = made("lstm", n_states=2)
    run = cells.lstm(x, w, h, c)
    for t in range(5):
        h, c = cells.lstm_step(x[:, t], h, c, w)
        assert np.allclose(h, run.h[:, t], atol=1e-14)
        assert np.allclose(c, run.c[:, t], atol=1e-14)
    for reset, z in GRUS:
        x, w, h = made("gru")
        run = cells.gru(x, w, h, reset, z)
        for t in range(5):
            h = cells.gru_step(x[:, t], h, w, reset, z)
            assert np.allclose(h, run.h[:, t], atol=1e-14)


def test_flip_z_is_the_same_function_and_its_own_inverse():
    x, w, h = made("gru")
    flipped = cells.flip_z(w)
    for reset in ("before", "after"):
        old = cells.gru(x, w, h, reset, "old")
        new = cells.gru(x, flipped, h, reset, "new")
        assert np.allclose(old.h, new.h, atol=1e-14)
        assert np.allclose(old.z, 1 - new.z, atol=1e-14)
        assert not np.allclose(old.h, cells.gru(x, w, h, reset, "new").h, atol=1e-3)
    assert all(
        np.array_equal(a, b) for a, b in zip(cells.flip_z(flipped), w, strict=True)
    )


def test_the_two_resets_are_two_functions():
    x, w, h = made("gru")
    after, before = (cells.gru(x, w, h, reset).h for reset in ("after", "before"))
    assert not np.allclose(after, before, atol=1e-3)


def test_the_forget_bias_lands_on_the_forget_gate():
    drawn = cells.lstm_weights(2, 3, np.random.default_rng(0))
    raised = cells.lstm_weights(2, 3, np.random.default_rng(0), forget_bias=1.0)
    difference = raised.b - drawn.b
    assert np.allclose(difference, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    x = np.zeros((1, 1, 2))
    assert (cells.lstm(x, raised).f > cells.lstm(x, drawn).f).all()


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_truncation_is_the_gradient_of_separate_pieces(kind):
    x, w, *_ = made(kind, time=7)
    forward, backward = getattr(cells, kind), getattr(cells, f"{kind}_backward")
    d_h = RNG.normal(size=(3, 7, 4))
    whole = forward(x, w)
    found = backward(whole, d_h, truncate=3)
    total, state = 0, ()
    for first in range(0, 7, 3):
        piece = forward(x[:, first : first + 3], w, *state)
        part = backward(piece, d_h[:, first : first + 3])
        total = total + part.w_h
        assert np.allclose(found.x[:, first : first + 3], part.x)
        state = piece.last if kind == "lstm" else (piece.last,)
    assert np.allclose(found.w_h, total)
    assert not np.allclose(backward(whole, d_h).w_h, found.w_h)
    assert np.allclose(backward(whole, d_h, truncate=7).w_h, backward(whole, d_h).w_h)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_float32_stays_float32(kind):
    x, w, *_ = made(kind, dtype=np.float32)
    mask = some_mask(RNG, 3, 5)
    run = getattr(cells, kind)(x, w, mask=mask)
    arrays = [
        a for a in (*run, *run.last) if isinstance(a, np.ndarray) and a is not mask
    ]
    assert all(a.dtype == np.float32 for a in arrays)
    found = getattr(cells, f"{kind}_backward")(run, np.ones(run.h.shape))
    assert all(g.dtype == np.float32 for g in found)


def test_parameters_are_counted():
    assert cells.n_parameters(made("lstm")[1]) == 4 * (2 * 4 + 4 * 4 + 4)
    assert cells.n_parameters(made("gru")[1]) == 3 * (2 * 4 + 4 * 4 + 4) + 4
    pair = made("lstm")[1], made("lstm")[1]
    assert cells.n_parameters([pair, made("lstm")[1]]) == 3 * 112


def test_a_large_sum_saturates_without_a_warning():
    x, w, *_ = made("lstm", dtype=np.float32)
    with np.errstate(all="raise", under="ignore"):
        run = cells.lstm(x * 1e4, w)
    assert set(np.unique(run.i.round(3))) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cells.lstm(*made("gru")[:2]), "this cell takes LSTMWeights"),
        (lambda: cells.gru(*made("gru")[:2], reset="never"), '"before" (textbooks)'),
        (lambda: cells.gru(*made("gru")[:2], z="none"), 'weights the "old" state'),
        (lambda: cells.gru_step(None, None, None, "x"), "reset is 'x'"),
        (lambda: cells.lstm(*made("lstm"), np.zeros((1, 4))), "initial c has shape"),
        (
            lambda: cells.lstm(*made("lstm")[:2], mask=np.ones((3, 5))),
            "The mask is float64",
        ),
        (
            lambda: cells.gru(*made("gru")[:2], mask=np.ones((3, 4), bool)),
            "bool of shape (3, 5)",
        ),
        (
            lambda: cells.lstm_backward(
                cells.lstm(*made("lstm")[:2]), np.zeros((3, 5, 4)), (None, np.zeros(4))
            ),
            "the c of d_last has shape (4,)",
        ),
        (
            lambda: cells.gru(made("gru")[0], made("gru")[1]._replace(b_n=np.zeros(3))),
            "b_n (4,)",
        ),
    ],
)
def test_errors_say_what_was_given_and_what_was_expected(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert words in str(error.value)
