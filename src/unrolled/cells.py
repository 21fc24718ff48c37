"""Recurrent cells in NumPy, forward and backward: the reference of the course.

Both frameworks are held to these functions. Arrays are batch first,
`(batch, time, features)`, and a vector is a row: `x @ w_x + h @ w_h + b`.

Read it beside the equations of the lessons. Every cell has the same four parts:
weights, one step, a whole sequence, and the gradients of a whole sequence.
"""

from typing import NamedTuple

import numpy as np


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
    bound = 1 / np.sqrt(n_hidden)

    def draw(*shape: int) -> np.ndarray:
        return rng.uniform(-bound, bound, shape).astype(dtype)

    return RNNWeights(draw(n_in, n_hidden), draw(n_hidden, n_hidden), draw(n_hidden))


def rnn_step(
    x: np.ndarray, h: np.ndarray, weights: RNNWeights, activation: str = "tanh"
) -> np.ndarray:
    """Return the next state, f(x w_x + h w_h + b).

    `x` (batch, n_in), `h` (batch, n_hidden) → (batch, n_hidden). `activation` is
    "tanh" or "relu"; any other raises ValueError. Elman (1990), in the notation of
    Goodfellow, Bengio and Courville (2016), equations 10.8–10.9.
    """
    f, _ = _activation(activation)
    return f(x @ weights.w_x + h @ weights.w_h + weights.b)


def rnn(
    x: np.ndarray,
    weights: RNNWeights,
    h: np.ndarray | None = None,
    activation: str = "tanh",
) -> RNNRun:
    """Run the cell over whole sequences; the same weights at every step.

    `x` (batch, time, n_in), `h` (batch, n_hidden) the initial state, zeros if None.
    Returns an `RNNRun`. Raises ValueError if a shape does not fit.
    """
    _check_shapes(x, weights, h)
    f, _ = _activation(activation)
    batch, n_steps, _ = x.shape
    n_hidden = len(weights.b)
    start = np.zeros((batch, n_hidden), x.dtype) if h is None else h
    # The inputs do not wait for one another: one product serves all steps.
    from_x = x @ weights.w_x + weights.b  # (batch, time, n_hidden)
    states = np.empty_like(from_x)
    h = start
    for t in range(n_steps):
        h = f(from_x[:, t] + h @ weights.w_h)
        states[:, t] = h
    return RNNRun(states, h, x, start, weights, activation)


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
    if d_h.shape != run.h.shape:
        raise ValueError(
            f"d_h has shape {d_h.shape}; it needs one number for every state, "
            f"{run.h.shape} (batch, time, n_hidden)."
        )
    if truncate is not None and truncate < 1:
        raise ValueError(f"truncate is {truncate}; it counts steps, so 1 is the least.")
    w_x, w_h, _ = run.weights
    _, slope = _activation(run.activation)
    d_a = np.empty_like(run.h)  # gradient before the activation
    d_next = np.zeros_like(run.start) if d_last is None else d_last
    for t in reversed(range(run.h.shape[1])):
        d_a[:, t] = (d_h[:, t] + d_next) * slope(run.h[:, t])
        d_next = d_a[:, t] @ w_h.T
        if truncate is not None and t % truncate == 0 and t > 0:
            d_next = np.zeros_like(d_next)
    before = np.concatenate([run.start[:, None], run.h[:, :-1]], axis=1)
    return RNNGradients(
        x=d_a @ w_x.T,
        h=d_next,
        w_x=np.einsum("bti,bth->ih", run.x, d_a),
        w_h=np.einsum("bti,bth->ih", before, d_a),
        b=d_a.sum(axis=(0, 1)),
    )


def n_parameters(weights: tuple) -> int:
    """Return how many numbers the weights hold."""
    return sum(w.size for w in weights)


def _activation(name: str):
    """Return the function and its slope, the slope written in terms of the result."""
    known = {
        "tanh": (np.tanh, lambda h: 1 - h**2),
        "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(h.dtype)),
    }
    if name not in known:
        raise ValueError(f"The activation is {name!r}; this cell knows tanh and relu.")
    return known[name]


def _check_shapes(x: np.ndarray, weights: RNNWeights, h: np.ndarray | None) -> None:
    n_in, n_hidden = weights.w_x.shape
    if x.ndim != 3 or x.shape[2] != n_in:
        raise ValueError(
            f"x has shape {x.shape}; these weights read (batch, time, n_in={n_in})."
        )
    if weights.w_h.shape != (n_hidden, n_hidden) or weights.b.shape != (n_hidden,):
        raise ValueError(
            f"w_x is {weights.w_x.shape}, so w_h must be ({n_hidden}, {n_hidden}) and "
            f"b ({n_hidden},); given {weights.w_h.shape} and {weights.b.shape}."
        )
    if h is not None and h.shape != (len(x), n_hidden):
        raise ValueError(
            f"The initial state has shape {h.shape}; it must be (batch={len(x)}, "
            f"n_hidden={n_hidden})."
        )
