"""What the cells share: drawing weights, masks, sums over steps, errors in words."""

from typing import Any

import numpy as np

from unrolled.given import count, generator


def sigmoid(a: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-a), in any shape; the tanh form never overflows."""
    return 0.5 * np.tanh(0.5 * a) + 0.5


def uniform(
    rng: np.random.Generator, n_hidden: int, dtype: type, *shapes: tuple[int, ...]
) -> list[np.ndarray]:
    """Draw one array for each shape, uniform in ±1/√n_hidden, as PyTorch does."""
    count("n_hidden", n_hidden)
    generator(rng)
    bound = 1 / np.sqrt(n_hidden)
    return [rng.uniform(-bound, bound, shape).astype(dtype) for shape in shapes]


def n_parameters(weights: Any) -> int:
    """Return how many numbers the weights hold: of one cell, a pair, or layers."""
    if isinstance(weights, tuple | list):
        return sum(map(n_parameters, weights))
    return weights.size


def inputs_of(
    x: np.ndarray, weights: Any, kind: type, gates: int, mask: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return the inputs, what they give to every gate, `x @ w_x + b`, and the mask.

    `x` (batch, time, n_in) → the same with zeros where a step is masked, and (batch,
    time, gates · n_hidden). The inputs do not wait for one another: one product serves
    all gates and all steps. Raises ValueError if a shape does not fit, or for weights
    that are not of this kind.
    """
    check_kind(weights, kind)
    _check_weights(weights, gates)
    n_in, width = weights.w_x.shape
    x = check_x(x, n_in)
    if mask is not None:
        mask = check_mask(mask, x.shape[:2])
        x = np.where(mask[..., None], x, np.zeros((), x.dtype))
    from_x = x.reshape(-1, n_in) @ weights.w_x + weights.b
    return x, from_x.reshape(*x.shape[:2], width), mask


def initial(
    state: np.ndarray | None, from_x: np.ndarray, n_hidden: int, name: str = "state"
) -> np.ndarray:
    """Return the state before the first step, (batch, n_hidden); zeros if None."""
    expected = (len(from_x), n_hidden)
    if state is None:
        return np.zeros(expected, from_x.dtype)
    if np.shape(state) != expected:
        raise ValueError(
            f"The initial {name} has shape {np.shape(state)}; it must be "
            f"(batch={expected[0]}, n_hidden={n_hidden})."
        )
    return np.asarray(state, from_x.dtype)


def keep(mask: np.ndarray | None, t: int, new: np.ndarray, old: np.ndarray):
    """Return `new` (batch, n) where step t is real, and `old` where it is masked."""
    return new if mask is None else np.where(mask[:, t, None], new, old)


def before(start: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Return the state that every step began with, (batch, time, n_hidden)."""
    all_states = np.concatenate([start[:, None], states], axis=1)
    return all_states[:, :-1]


def over_steps(inputs: np.ndarray, d_out: np.ndarray) -> np.ndarray:
    """Return the gradient of a matrix, summed over batch and time, by one product.

    `inputs` (batch, time, n) went through the matrix, `d_out` (batch, time, m) is the
    gradient of what came out → (n, m).
    """
    return inputs.reshape(-1, inputs.shape[-1]).T @ d_out.reshape(-1, d_out.shape[-1])


def through(d_out: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the gradient of what went into a matrix, at all steps by one product."""
    flat = d_out.reshape(-1, d_out.shape[-1]) @ w.T
    return flat.reshape(*d_out.shape[:-1], len(w))


def stops(t: int, truncate: int | None) -> bool:
    """Say whether no gradient flows from step t into step t - 1."""
    return truncate is not None and t > 0 and t % truncate == 0


def backward_start(
    h: np.ndarray, d_h: np.ndarray, d_last: np.ndarray | None, truncate: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return d_h and d_last in the dtype of `h`, checked; zeros if d_last is None."""
    if np.shape(d_h) != h.shape:
        raise ValueError(
            f"d_h has shape {np.shape(d_h)}; it needs one number for every state, "
            f"{h.shape} (batch, time, n_hidden)."
        )
    if truncate is not None:
        count("truncate", truncate)
    return np.asarray(d_h, h.dtype), last_gradient(h, d_last)


def last_gradient(
    h: np.ndarray, d_last: np.ndarray | None, name: str = "d_last"
) -> np.ndarray:
    """Return one gradient for the last state, (batch, n_hidden), zeros if None."""
    expected = (h.shape[0], h.shape[2])
    if d_last is None:
        return np.zeros(expected, h.dtype)
    if np.shape(d_last) != expected:
        raise ValueError(
            f"{name} has shape {np.shape(d_last)}; the last state has {expected} "
            "(batch, n_hidden)."
        )
    return np.asarray(d_last, h.dtype)


def _check_weights(weights: Any, gates: int) -> None:
    """Refuse weights whose shapes contradict one another; the bias says n_hidden."""
    n_in, width = weights.w_x.shape
    n = width // gates
    expected = {"w_x": (n_in, gates * n), "w_h": (n, gates * n), "b": (gates * n,)}
    if hasattr(weights, "b_n"):
        expected["b_n"] = (n,)
    found = {name: getattr(weights, name).shape for name in expected}
    if found != expected:
        wanted = ", ".join(f"{name} {shape}" for name, shape in expected.items())
        given = ", ".join(f"{name} {shape}" for name, shape in found.items())
        raise ValueError(
            f"w_x is {weights.w_x.shape}, so w_h must be {expected['w_h']} and b "
            f"{expected['b']}: {wanted}. Given {given}."
        )


def check_kind(weights: Any, kind: type) -> None:
    """Refuse weights of another cell."""
    if not isinstance(weights, kind):
        raise ValueError(
            f"Given {type(weights).__name__} as weights; this cell takes "
            f"{kind.__name__}."
        )


def check_x(x: Any, n_in: int | None) -> np.ndarray:
    """Return inputs (batch, time, n_in) as an array; n_in=None is any number."""
    try:
        x = np.asarray(x)
    except ValueError:  # rows of unequal length
        x = np.empty(0, object)
    if x.dtype.kind not in "biuf" or x.ndim != 3 or n_in not in (None, x.shape[2]):
        n_in = "n_in" if n_in is None else f"n_in={n_in}"
        raise ValueError(
            f"x is {x.dtype} of shape {x.shape}; it must be numbers of shape (batch, "
            f"time, {n_in})."
        )
    return x


def check_mask(mask: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return a mask as an array; refuse what is not bool of `shape`, (batch, time)."""
    mask = np.asarray(mask)
    if mask.dtype.kind != "b" or mask.shape != shape:
        raise ValueError(
            f"The mask is {mask.dtype} of shape {mask.shape}; it must be bool of shape "
            f"{shape} (batch, time), True where a step is real."
        )
    return mask
