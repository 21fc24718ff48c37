"""Long short-term memory: a cell state c that gates write to, keep and read.

With i, f, o = σ(x W + h U + b) and g = tanh(x W + h U + b), each with its own weights:

    c' = f * c + i * g        the conveyor belt: what is kept, and what is written
    h' = o * tanh(c')         what is shown

Hochreiter and Schmidhuber (1997), "Long short-term memory", without peepholes; the
forget gate f is from Gers, Schmidhuber and Cummins (2000), "Learning to forget".
"""

from typing import NamedTuple

import numpy as np

from unrolled.cells import common


class LSTMWeights(NamedTuple):
    """The weights of an LSTM; the gates i, f, g, o side by side on the last axis.

    `w_x` (n_in, 4 n_hidden), `w_h` (n_hidden, 4 n_hidden), `b` (4 n_hidden,).
    """

    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray


class LSTMRun(NamedTuple):
    """What `lstm` returns: states and gates of every step, the last states.

    `h`, `c`, `i`, `f`, `g`, `o` are each (batch, time, n_hidden); `last` and `start`
    are pairs (h, c) of (batch, n_hidden); `x` (batch, time, n_in). At a masked step the
    states are those of the step before, and the gates mean nothing.
    """

    h: np.ndarray
    c: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    last: tuple[np.ndarray, np.ndarray]
    x: np.ndarray
    start: tuple[np.ndarray, np.ndarray]
    weights: LSTMWeights
    mask: np.ndarray | None = None


class LSTMGradients(NamedTuple):
    """Gradients of a loss, each in the shape of the argument it belongs to.

    `x` (batch, time, n_in), `h` and `c` (batch, n_hidden) of the initial states, `w_x`,
    `w_h`, `b` summed over batch and time.
    """

    x: np.ndarray
    h: np.ndarray
    c: np.ndarray
    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray


def lstm_weights(
    n_in: int,
    n_hidden: int,
    rng: np.random.Generator,
    dtype: type = np.float64,
    forget_bias: float = 0.0,
) -> LSTMWeights:
    """Draw weights uniformly from ±1/√n_hidden; add `forget_bias` to the bias of f.

    Returns `w_x` (n_in, 4 n_hidden), `w_h` (n_hidden, 4 n_hidden), `b` (4 n_hidden,).
    A forget bias of 1 keeps the belt moving at the start: Gers et al. (2000);
    Jozefowicz, Zaremba and Sutskever (2015).
    """
    shapes = (n_in, 4 * n_hidden), (n_hidden, 4 * n_hidden), (4 * n_hidden,)
    weights = LSTMWeights(*common.uniform(rng, n_hidden, dtype, *shapes))
    weights.b[n_hidden : 2 * n_hidden] += forget_bias
    return weights


def lstm_step(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: LSTMWeights
) -> tuple[np.ndarray, np.ndarray]:
    """Return the next states (h, c).

    `x` (batch, n_in), `h` and `c` (batch, n_hidden) → two (batch, n_hidden).
    Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000).
    """
    common.check_kind(weights, LSTMWeights)
    i, f, g, o = _gates(x @ weights.w_x + h @ weights.w_h + weights.b)
    c = f * c + i * g
    return o * np.tanh(c), c


def lstm(
    x: np.ndarray,
    weights: LSTMWeights,
    h: np.ndarray | None = None,
    c: np.ndarray | None = None,
    mask: np.ndarray | None = None,
) -> LSTMRun:
    """Run the cell over whole sequences; the same weights at every step.

    `x` (batch, time, n_in), `h` and `c` (batch, n_hidden) the initial states, zeros if
    None, `mask` (batch, time) True where a step is real. Returns an `LSTMRun`. Raises
    ValueError if a shape does not fit.
    """
    # from_x: (batch, time, 4 n_hidden)
    x, from_x, mask = common.inputs_of(x, weights, LSTMWeights, 4, mask)
    n = len(weights.w_h)
    h, c = start = common.initial(h, from_x, n), common.initial(c, from_x, n, "c")
    gates = np.empty_like(from_x)
    hs, cs = (np.empty((*x.shape[:2], n), from_x.dtype) for _ in range(2))
    for t in range(x.shape[1]):
        i, f, g, o = _gates(from_x[:, t] + h @ weights.w_h, out=gates[:, t])
        new_c = f * c + i * g
        new_h = o * np.tanh(new_c)
        h, c = common.keep(mask, t, new_h, h), common.keep(mask, t, new_c, c)
        hs[:, t], cs[:, t] = h, c
    return LSTMRun(hs, cs, *_four(gates), (h, c), x, start, weights, mask)


def lstm_backward(
    run: LSTMRun,
    d_h: np.ndarray,
    d_last: tuple[np.ndarray | None, np.ndarray | None] | None = None,
    truncate: int | None = None,
) -> LSTMGradients:
    """Return the gradients of a loss by backpropagation through time.

    `d_h` (batch, time, n_hidden) is the loss' own gradient for every h, `d_last` a pair
    of (batch, n_hidden), either may be None, for the last h and c. `truncate=k` lets
    nothing flow from step k back into step k - 1, from 2k into 2k - 1, and so on.
    Raises ValueError if a shape does not fit or `truncate` is below 1.
    """
    of_h, of_c = (None, None) if d_last is None else d_last
    d_h, d_next_h = common.backward_start(run.h, d_h, of_h, truncate)
    d_next_c = common.last_gradient(run.c, of_c, "the c of d_last")
    i, f, g, o, w_h = run.i, run.f, run.g, run.o, run.weights.w_h
    shown = np.tanh(run.c)  # what the output gate lets through
    # How c' moves with what i, f, g are functions of, and h' with what o is.
    into_c = np.stack(
        [
            g * i * (1 - i),
            common.before(run.start[1], run.c) * f * (1 - f),
            i - i * g**2,
        ],
        axis=2,
    )  # (batch, time, 3, n_hidden)
    into_h = shown * o * (1 - o)
    h_to_c = o * (1 - shown**2)
    d_a = np.empty((*run.h.shape[:2], w_h.shape[1]), run.h.dtype)
    parts = d_a.reshape(*run.h.shape[:2], 4, len(w_h))  # the same numbers, gate by gate
    for t in reversed(range(run.h.shape[1])):
        dh = d_h[:, t] + d_next_h  # all that reaches h of step t
        dc = d_next_c + dh * h_to_c[:, t]
        parts[:, t, :3] = dc[:, None] * into_c[:, t]
        parts[:, t, 3] = dh * into_h[:, t]
        if run.mask is not None:
            d_a[:, t] *= run.mask[:, t, None]
        d_next_h = common.keep(run.mask, t, d_a[:, t] @ w_h.T, dh)
        d_next_c = common.keep(run.mask, t, dc * f[:, t], d_next_c)
        if common.stops(t, truncate):
            d_next_h, d_next_c = np.zeros_like(dh), np.zeros_like(dc)
    return LSTMGradients(
        x=common.through(d_a, run.weights.w_x),
        h=d_next_h,
        c=d_next_c,
        w_x=common.over_steps(run.x, d_a),
        w_h=common.over_steps(common.before(run.start[0], run.h), d_a),
        b=d_a.sum(axis=(0, 1)),
    )


def _gates(a: np.ndarray, out: np.ndarray | None = None) -> list[np.ndarray]:
    """Return i, f, g, o (batch, n) from `a` (batch, 4 n), written into `out`."""
    out = np.empty_like(a) if out is None else out
    n = a.shape[-1] // 4
    out[:, : 2 * n] = common.sigmoid(a[:, : 2 * n])
    out[:, 2 * n : 3 * n] = np.tanh(a[:, 2 * n : 3 * n])
    out[:, 3 * n :] = common.sigmoid(a[:, 3 * n :])
    return _four(out)


def _four(gates: np.ndarray) -> list[np.ndarray]:
    return np.split(gates, 4, axis=-1)
