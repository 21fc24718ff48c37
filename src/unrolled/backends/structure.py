"""One layer or several, one direction or two: how weights and states are nested.

Outside, one layer of one direction is a set of weights, two directions are a pair of
them, and several layers a list; states are nested in the same way, and a state of an
LSTM is the pair (h, c). Inside the backends there is one form only: a list of layers,
each a tuple of directions, and a state of a direction is a tuple of arrays.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from unrolled import cells
from unrolled.cells.common import check_mask, check_x
from unrolled.cells.gru import check_conventions


def layers_of(weights: Any, kind: type) -> list[tuple]:
    """Return weights as layers of directions; refuses what is not of this kind."""
    layers = weights if isinstance(weights, list) else [weights]
    found = [w if type(w) is tuple else (w,) for w in layers]
    for direction in (d for layer in found for d in layer):
        if not isinstance(direction, kind):
            raise ValueError(
                f"Given {type(direction).__name__}; expected {kind.__name__}, a pair "
                "of them for two directions, or a list with one entry for each layer."
            )
    return found


def nested(layers: list, stacked: bool) -> Any:
    """Return layers of directions in the outer form: the way back of `layers_of`."""
    found = [tuple(d) if len(d) == 2 else d[0] for d in layers]
    return found if stacked else found[0]


def in_old_convention(layers: list[tuple], reset: str, z: str) -> list[tuple]:
    """Return GRU weights for z="old", the convention of both frameworks."""
    check_conventions(reset, z)
    if z == "old":
        return layers
    return [tuple(map(cells.flip_z, layer)) for layer in layers]


def refuse_unlike(layers: list[tuple], n_layers: int, n_directions: int) -> None:
    """Raise ValueError if the weights have not as many layers or directions."""
    counts = [len(layer) for layer in layers]
    if counts != [n_directions] * n_layers:
        raise ValueError(
            f"The layer has {n_layers} layers of {n_directions} directions, the "
            f"weights have {len(counts)} layers with {counts} directions. Make the "
            "layer anew, or give a list of layers, each one set of weights or a pair."
        )


def refuse_shape(name: str, found: Any, given: Any, weights: Any) -> None:
    """Raise ValueError if the layer's shape is not that of the weights."""
    if tuple(found) != tuple(given):
        n_hidden, n_in = len(weights.w_h), len(weights.w_x)
        raise ValueError(
            f"The layer's {name} has shape {tuple(found)}, the weights give "
            f"{tuple(given)}. Make the layer with n_in={n_in} and n_hidden={n_hidden}."
        )


def reordered(a: np.ndarray, given: str, wanted: str) -> np.ndarray:
    """Return `a` with the gates of its last axis in another order, "ifgo" say."""
    parts = dict(zip(given, np.split(a, len(given), axis=-1), strict=True))
    return np.concatenate([parts[gate] for gate in wanted], axis=-1)


def states_of(
    state: Any, layers: list[int], stacked: bool, sizes: Callable[[int], tuple], n: int
) -> list[list]:
    """Return a state as [layer][direction] tuples of arrays, zeros where it is None.

    `layers` says how many directions each layer has, `sizes(layer)` the shape of one
    state, `n` how many arrays it has: 1, or 2 for an LSTM.
    """
    outer = state if stacked else [state]
    outer = [None] * len(layers) if state is None else outer
    _refuse_count("state", outer, len(layers), "layers")
    found = []
    for k, (one, directions) in enumerate(zip(outer, layers, strict=True)):
        each = [one] if directions == 1 else one
        each = [None] * directions if one is None else each
        _refuse_count("state", each, directions, "directions")
        found.append([_arrays(d, sizes(k), n) for d in each])
    return found


def carry(
    h: np.ndarray, mask: np.ndarray | None, start: np.ndarray, reverse: bool = False
) -> np.ndarray:
    """Return `h` (batch, time, n) with every masked step showing the state before it.

    `start` (batch, n) is what stands before the first; with `reverse`, the direction
    that reads from the end.
    """
    if mask is None:
        return h
    if reverse:
        return carry(h[:, ::-1], mask[:, ::-1], start)[:, ::-1]
    # Where each step's state is: 0 is the start, t + 1 the state after step t.
    place = np.where(mask, np.arange(1, mask.shape[1] + 1), 0)
    place = np.maximum.accumulate(place, axis=1)
    states = np.concatenate([start[:, None], h], axis=1)
    return np.take_along_axis(states, place[..., None], axis=1)


def inputs(x: Any, n_in: int | None) -> np.ndarray:
    """Return inputs (batch, time, n_in), checked; a layer cannot run over nothing."""
    x = check_x(x, n_in)
    if not x.size:
        raise ValueError(
            f"x has shape {x.shape} (batch, time, n_in); it must have one row, one "
            "step and one input at least."
        )
    return x


def real_steps(mask: Any, shape: tuple[int, int]) -> np.ndarray | None:
    """Return the mask, checked; each row must have a real step."""
    if mask is None:
        return None
    mask = check_mask(mask, shape)
    empty = np.flatnonzero(~mask.any(axis=1))
    if len(empty):
        raise ValueError(
            f"Row {empty[0]} of the mask has no real step, and a layer cannot run over "
            "nothing. Leave the row out."
        )
    return mask


def of_last(d_last: Any, directions: int, shape: tuple[int, int]) -> list:
    """Return the gradients for the last state of each direction, ones if None."""
    if d_last is None:
        return [np.ones(shape)] * directions
    found = [np.asarray(d) for d in (d_last if directions == 2 else [d_last])]
    if [d.shape for d in found] != [shape] * directions:
        raise ValueError(
            f"d_last has the shapes {[d.shape for d in found]}; expected {shape} "
            f"(batch, n_hidden) for each of {directions} directions, two as a pair."
        )
    return found


def _arrays(state: Any, shape: tuple, n: int) -> tuple[np.ndarray, ...]:
    parts = (state,) if n == 1 else state
    parts = (None,) * n if state is None else parts
    _refuse_count("state of an LSTM", parts, n, "arrays, h and c")
    filled = tuple(np.zeros(shape) if p is None else np.asarray(p) for p in parts)
    for part in filled:
        if part.shape != shape:
            raise ValueError(
                f"A state has shape {part.shape}; expected {shape} (batch, n_hidden)."
            )
    return filled


def _refuse_count(name: str, found: Any, expected: int, what: str) -> None:
    if not isinstance(found, tuple | list) or len(found) != expected:
        given = len(found) if isinstance(found, tuple | list) else "one array"
        raise ValueError(
            f"The {name} has {given} where {expected} {what} are; nest it like the "
            "weights: a list for several layers, a pair for two directions, a pair "
            "(h, c) for an LSTM."
        )
