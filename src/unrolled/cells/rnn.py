"""The simple recurrent cell: h = f(x w_x + h w_h + b)."""

from typing import NamedTuple

import numpy as np

from unrolled.cells import common


class RNNWeights(NamedTuple):
    """The weights of a simple recurrent cell.

    `w_x` (n_in, n_hidden), `w_h` (n_hidden, n_hidden), `b` (n_hidden,).
    """

    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray


class RNNRun(NamedTuple):
    """What `rnn` returns: every state, the last one, and what the gradient needs.

    `h` (batch, time, n_hidden), `last` (batch, n_hidden), `x` (batch, time, n_in),
    `start` (batch, n_hidden) the state before the first step.
    """

    h: np.ndarray
    last: np.ndarray
    x: np.ndarray
    start: np.ndarray
    weights: RNNWeights
    activation: str
    mask: np.ndarray | None = None


class RNNGradients(NamedTuple):
    """Gradients of a loss, each in the shape of the argument it belongs to.

    `x` (batch, time, n_in), `h` (batch, n_hidden) of the initial state, `w_x`, `w_h`,
    `b` summed over batch and time.
    """

    x: np.ndarray
    h: np.ndarray
    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray


def rnn_weights(
    n_in: int,
    n_hidden: int,
    rng: np.random.Generator,
    dtype: type = np.float64,
) -> RNNWeights:
    """Draw weights uniformly from ±1/√n_hidden, as PyTorch's layers do.

    Returns `w_x` (n_in, n_hidden), `w_h` (n_hidden, n_hidden), `b` (n_hidden,).
    """
    shapes = (n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,)
    return RNNWeights(*common.uniform(rng, n_hidden, dtype, *shapes))


def rnn_step(
    x: np.ndarray, h: np.ndarray, weights: RNNWeights, activation: str = "tanh"
) -> np.ndarray:
    """Return the next state, f(x w_x + h w_h + b).

    `x` (batch, n_in), `h` (batch, n_hidden) → (batch, n_hidden). `activation` is
    "tanh" or "relu"; any other raises ValueError. Elman (1990), in the notation of
    Goodfellow, Bengio and Courville (2016), equations 10.8–10.9.
    """
    f, _ = _activation(activation)
    common.check_kind(weights, RNNWeights)
    return f(x @ weights.w_x + h @ weights.w_h + weights.b)


def rnn(
    x: np.ndarray,
    weights: RNNWeights,
    h: np.ndarray | None = None,
    activation: str = "tanh",
    mask: np.ndarray | None = None,
) -> RNNRun:
    """Run the cell over whole sequences; the same weights at every step.

    `x` (batch, time, n_in), `h` (batch, n_hidden) the initial state, zeros if None,
    `mask` (batch, time) True where a step is real. Returns an `RNNRun`. Raises
    ValueError if a shape does not fit.
    """
    f, _ = _activation(activation)
    # from_x: (batch, time, n_hidden)
    x, from_x, mask = common.inputs_of(x, weights, RNNWeights, 1, mask)
    h = start = common.initial(h, from_x, len(weights.w_h))
    states = np.empty_like(from_x)
    for t in range(x.shape[1]):
        h = common.keep(mask, t, f(from_x[:, t] + h @ weights.w_h), h)
        states[:, t] = h
    return RNNRun(states, h, x, start, weights, activation, mask)


def rnn_backward(
    run: RNNRun,
    d_h: np.ndarray,
    d_last: np.ndarray | None = None,
    truncate: int | None = None,
) -> RNNGradients:
    """Return the gradients of a loss by backpropagation through time.

    `d_h` (batch, time, n_hidden) is the loss' own gradient for every state, `d_last`
    (batch, n_hidden) one more for the last state. `truncate=k` stops the gradient at
    every k-th step: nothing flows from step k back into step k - 1, from 2k into
    2k - 1, and so on, as if the sequence came in pieces of k steps. Werbos (1990);
    truncation as in Williams and Peng (1990).

    Raises ValueError if a shape does not fit or `truncate` is below 1.
    """
    d_h, d_next = common.backward_start(run.h, d_h, d_last, truncate)
    w_x, w_h, _ = run.weights
    _, slope_of = _activation(run.activation)
    slope = slope_of(run.h)
    d_a = np.empty_like(run.h)  # gradient before the activation
    for t in reversed(range(run.h.shape[1])):
        d = d_h[:, t] + d_next  # all that reaches the state of step t
        d_a[:, t] = common.keep(run.mask, t, d * slope[:, t], 0)
        d_next = common.keep(run.mask, t, d_a[:, t] @ w_h.T, d)
        if common.stops(t, truncate):
            d_next = np.zeros_like(d_next)
    return RNNGradients(
        x=common.through(d_a, w_x),
        h=d_next,
        w_x=common.over_steps(run.x, d_a),
        w_h=common.over_steps(common.before(run.start, run.h), d_a),
        b=d_a.sum(axis=(0, 1)),
    )


def _activation(name: str):
    """Return the function and its slope, the slope written in terms of the result."""
    known = {
        "tanh": (np.tanh, lambda h: 1 - h**2),
        "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(h.dtype)),
    }
    if name not in known:
        raise ValueError(f"The activation is {name!r}; this cell knows tanh and relu.")
    return known[name]
