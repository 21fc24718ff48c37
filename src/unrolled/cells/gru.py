"""Gated recurrent units: one state, which z mixes and r lets the new value forget.

Two conventions differ, and papers and libraries do not agree on either.

Where r acts, `reset`:

    "before"   n = tanh(x W + b + (r * h) U)         Cho et al. (2014), most textbooks
    "after"    n = tanh(x W + b + r * (h U + b_n))   cuDNN, PyTorch, Keras' default

What z weights, `z`:

    "old"      h' = z * h + (1 - z) * n              Cho et al. (2014), PyTorch, Keras
    "new"      h' = (1 - z) * h + z * n              Chung et al. (2014)

with r, z = σ(x W + h U + b), each with its own weights. Cho et al. (2014), "Learning
phrase representations using RNN encoder-decoder for statistical machine translation";
Chung, Gulcehre, Cho and Bengio (2014), "Empirical evaluation of gated recurrent neural
networks on sequence modeling".
"""

from typing import NamedTuple

import numpy as np

from unrolled.cells import common


class GRUWeights(NamedTuple):
    """The weights of a GRU; the gates r, z, n side by side on the last axis.

    `w_x` (n_in, 3 n_hidden), `w_h` (n_hidden, 3 n_hidden), `b` (3 n_hidden,), `b_n`
    (n_hidden,) the bias that r multiplies with reset="after"; with reset="before" it is
    simply added to that of n.
    """

    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray
    b_n: np.ndarray


class GRURun(NamedTuple):
    """What `gru` returns: state and gates of every step, the last state.

    `h`, `r`, `z`, `n` are each (batch, time, n_hidden); `last` and `start` (batch,
    n_hidden); `x` (batch, time, n_in). At a masked step the state is that of the step
    before, and the gates mean nothing.
    """

    h: np.ndarray
    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    last: np.ndarray
    x: np.ndarray
    start: np.ndarray
    weights: GRUWeights
    reset: str
    z_weights: str
    mask: np.ndarray | None = None


class GRUGradients(NamedTuple):
    """Gradients of a loss, each in the shape of the argument it belongs to.

    `x` (batch, time, n_in), `h` (batch, n_hidden) of the initial state, `w_x`, `w_h`,
    `b`, `b_n` summed over batch and time.
    """

    x: np.ndarray
    h: np.ndarray
    w_x: np.ndarray
    w_h: np.ndarray
    b: np.ndarray
    b_n: np.ndarray


def gru_weights(
    n_in: int, n_hidden: int, rng: np.random.Generator, dtype: type = np.float64
) -> GRUWeights:
    """Draw weights uniformly from ±1/√n_hidden, as PyTorch's layers do.

    Returns `w_x` (n_in, 3 n_hidden), `w_h` (n_hidden, 3 n_hidden), `b` (3 n_hidden,),
    `b_n` (n_hidden,).
    """
    n = n_hidden
    shapes = (n_in, 3 * n), (n, 3 * n), (3 * n,), (n,)
    return GRUWeights(*common.uniform(rng, n, dtype, *shapes))


def flip_z(weights: GRUWeights) -> GRUWeights:
    """Return the same function under the other z convention; twice gives it back.

    1 - σ(a) = σ(-a): the weights of z change their sign, in every shape as given.
    """
    n = len(weights.w_h)
    sign = np.ones(3 * n, weights.b.dtype)
    sign[n : 2 * n] = -1
    w_x, w_h, b, b_n = weights
    return GRUWeights(w_x * sign, w_h * sign, b * sign, b_n)


def gru_step(
    x: np.ndarray,
    h: np.ndarray,
    weights: GRUWeights,
    reset: str = "after",
    z: str = "old",
) -> np.ndarray:
    """Return the next state.

    `x` (batch, n_in), `h` (batch, n_hidden) → (batch, n_hidden). `reset` is "before" or
    "after", `z` "old" or "new" (see the top of this file); others raise ValueError.
    """
    check_conventions(reset, z)
    common.check_kind(weights, GRUWeights)
    return _step(x @ weights.w_x + weights.b, h, weights, reset, z)[0]


def gru(
    x: np.ndarray,
    weights: GRUWeights,
    h: np.ndarray | None = None,
    reset: str = "after",
    z: str = "old",
    mask: np.ndarray | None = None,
) -> GRURun:
    """Run the cell over whole sequences; the same weights at every step.

    `x` (batch, time, n_in), `h` (batch, n_hidden) the initial state, zeros if None,
    `reset` and `z` the conventions, `mask` (batch, time) True where a step is real.
    Returns a `GRURun`. Raises ValueError if a shape or a convention does not fit.
    """
    check_conventions(reset, z)
    # from_x: (batch, time, 3 n_hidden)
    x, from_x, mask = common.inputs_of(x, weights, GRUWeights, 3, mask)
    h = start = common.initial(h, from_x, len(weights.w_h))
    hs, rs, zs, ns = (
        np.empty((*x.shape[:2], len(weights.w_h)), from_x.dtype) for _ in range(4)
    )
    for t in range(x.shape[1]):
        new, rs[:, t], zs[:, t], ns[:, t] = _step(from_x[:, t], h, weights, reset, z)
        hs[:, t] = h = common.keep(mask, t, new, h)
    return GRURun(hs, rs, zs, ns, h, x, start, weights, reset, z, mask)


def gru_backward(
    run: GRURun,
    d_h: np.ndarray,
    d_last: np.ndarray | None = None,
    truncate: int | None = None,
) -> GRUGradients:
    """Return the gradients of a loss by backpropagation through time.

    `d_h` (batch, time, n_hidden) is the loss' own gradient for every state, `d_last`
    (batch, n_hidden) one more for the last state. `truncate=k` lets nothing flow from
    step k back into step k - 1, from 2k into 2k - 1, and so on. Raises ValueError if a
    shape does not fit or `truncate` is below 1.
    """
    d_h, d_next = common.backward_start(run.h, d_h, d_last, truncate)
    w_x, w_h, _, b_n = run.weights
    n_hidden, r, z, n = len(w_h), run.r, run.z, run.n
    u_rz, u_n = w_h[:, : 2 * n_hidden], w_h[:, 2 * n_hidden :]
    before = common.before(run.start, run.h)
    kept = z if run.z_weights == "old" else 1 - z  # the share of the old state
    # How h' moves with what z and n are functions of, and the product with what r is.
    into_z = (before - n) * kept * (1 - kept) * (1 if run.z_weights == "old" else -1)
    into_n = (1 - kept) * (1 - n**2)
    into_r = r * (1 - r)
    if run.reset == "after":
        into_r *= before @ u_n + b_n  # what r multiplied
    else:
        into_r *= before
    d_a = np.empty((*run.h.shape[:2], 3 * n_hidden), run.h.dtype)  # r, z, n
    parts = d_a.reshape(*run.h.shape[:2], 3, n_hidden)  # the same numbers by gate
    for t in reversed(range(run.h.shape[1])):
        d = d_h[:, t] + d_next  # all that reaches the state of step t
        d_n = d * into_n[:, t]
        # What r is a factor of: h u_n + b_n, whose product with r is added to n's sum,
        # or h, whose product with r goes through u_n first.
        d_product = d_n if run.reset == "after" else d_n @ u_n.T
        parts[:, t, 0] = d_product * into_r[:, t]
        parts[:, t, 1] = d * into_z[:, t]
        parts[:, t, 2] = d_n
        if run.mask is not None:
            d_a[:, t] *= run.mask[:, t, None]
        d_rz, by_r = d_a[:, t, : 2 * n_hidden], d_product * r[:, t]
        if run.reset == "after":
            through_h = np.concatenate([d_rz, by_r], axis=1) @ w_h.T
        else:
            through_h = d_rz @ u_rz.T + by_r
        d_next = common.keep(run.mask, t, d * kept[:, t] + through_h, d)
        if common.stops(t, truncate):
            d_next = np.zeros_like(d_next)
    d_rz, d_n = d_a[..., : 2 * n_hidden], d_a[..., 2 * n_hidden :]
    if run.reset == "after":  # n reads r * (h u_n + b_n)
        meets_u_n, d_u = before, d_n * r
    else:  # n reads (r * h) u_n + b_n
        meets_u_n, d_u = r * before, d_n
    d_w_h = common.over_steps(before, d_rz), common.over_steps(meets_u_n, d_u)
    return GRUGradients(
        x=common.through(d_a, w_x),
        h=d_next,
        w_x=common.over_steps(run.x, d_a),
        w_h=np.concatenate(d_w_h, axis=1),
        b=d_a.sum(axis=(0, 1)),
        b_n=d_u.sum(axis=(0, 1)),
    )


def _step(
    from_x: np.ndarray, h: np.ndarray, weights: GRUWeights, reset: str, z_weights: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the next state, r, z, n, each (batch, n), from `from_x` (batch, 3 n)."""
    n_hidden, w_h, b_n = len(weights.w_h), weights.w_h, weights.b_n
    if reset == "after":
        from_h = h @ w_h  # one product for all gates
    else:
        from_h = h @ w_h[:, : 2 * n_hidden]
    rz = common.sigmoid(from_x[:, : 2 * n_hidden] + from_h[:, : 2 * n_hidden])
    r, z = rz[:, :n_hidden], rz[:, n_hidden:]
    if reset == "after":
        inner = r * (from_h[:, 2 * n_hidden :] + b_n)
    else:
        inner = (r * h) @ w_h[:, 2 * n_hidden :] + b_n
    n = np.tanh(from_x[:, 2 * n_hidden :] + inner)
    new = z * h + (1 - z) * n if z_weights == "old" else (1 - z) * h + z * n
    return new, r, z, n


def check_conventions(reset: str, z: str) -> None:
    """Refuse a convention that is not at the top of this file."""
    if reset not in ("before", "after"):
        raise ValueError(
            f"reset is {reset!r}; r acts before or after the product with the weights: "
            '"before" (textbooks) or "after" (PyTorch, Keras).'
        )
    if z not in ("old", "new"):
        raise ValueError(
            f'z is {z!r}; it weights the "old" state (PyTorch, Keras) or the "new" one '
            "(Chung et al. 2014)."
        )
