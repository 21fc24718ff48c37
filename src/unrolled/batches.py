"""From one long sequence, or many short ones, to minibatches."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from unrolled.given import count, generator
from unrolled.lengths import Buckets, pad, same_length

__all__ = [
    "Buckets",
    "Streams",
    "one_hot",
    "pad",
    "same_length",
    "split",
    "stratified",
    "windows",
]


def split(ids: Any, fraction: float = 0.95) -> tuple[Any, Any]:
    """Return the first `fraction` of `ids` and the rest, in order, without a shuffle.

    ids: anything that has a length and can be sliced. The first part has
    int(fraction * len(ids)) items. Raises ValueError when a part would be empty.
    """
    if not 0 < fraction < 1:
        raise ValueError(
            f"fraction={fraction} was given; it is the share of the first part, "
            "between 0 and 1, for example 0.95."
        )
    cut = int(fraction * len(ids))
    if cut == 0 or cut == len(ids):
        raise ValueError(
            f"{len(ids)} items cannot be split {fraction:g} to {1 - fraction:g}: one "
            "part would be empty. Use more items."
        )
    return ids[:cut], ids[cut:]


def stratified(
    labels: Any, fraction: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return indices of two parts in which every class has the same share.

    labels: (n,) of any comparable type. `fraction` of each class, rounded, goes to
    the first part; a class of two or more is in both. Both parts are sorted. Raises
    ValueError when fraction is not between 0 and 1.
    """
    labels = np.asarray(labels)
    generator(rng)
    if not 0 < fraction < 1:
        raise ValueError(
            f"fraction={fraction} was given; it is the share of the first part, "
            "between 0 and 1, for example 0.8."
        )
    first = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        share = round(fraction * len(members))
        if len(members) > 1:
            share = min(max(share, 1), len(members) - 1)
        first[members[:share]] = True
    return np.flatnonzero(first), np.flatnonzero(~first)


class Streams:
    """Contiguous streams for truncated backpropagation through time.

    The sequence is cut into `batch` long rows, and each batch takes the next `steps`
    symbols of every row: row r of batch k + 1 starts where row r of batch k ended, so
    a state carried from batch to batch belongs to the text that comes next.

    ids: (n,) integers. Iterating gives `(x, y)`, each (batch, steps) int64, where y
    is x shifted by one. The rows are made equal by leaving out fewer than
    batch * steps symbols at the end.

    With `whole=True`, for validation, nothing is left out: iterating gives
    `(x, y, weight)`, every symbol after the first is predicted exactly once, and
    weight (batch, steps) float32 is 1 for a target and 0 for padding. All batches
    have the same shape.

    Raises ValueError when the sequence is too short for one batch.
    """

    def __init__(
        self, ids: Any, batch: int, steps: int, *, whole: bool = False
    ) -> None:
        """Cut `ids` into rows; see the class."""
        ids, batch, steps = (
            np.asarray(ids),
            count("batch", batch),
            count("steps", steps),
        )
        _check_ids(ids, batch, steps, whole)
        self.batch, self.steps, self.whole = batch, steps, whole
        x, y = ids[:-1].astype(np.int64, copy=False), ids[1:].astype(np.int64)
        self._weight: np.ndarray | None = None
        if whole:
            row = -(-len(x) // batch)
            width = -(-row // steps) * steps
            self._x = _rows(x, batch, row, width)
            self._y = _rows(y, batch, row, width)
            self._weight = _rows(np.ones(len(x), np.float32), batch, row, width)
            self.n_targets = len(x)
        else:
            width = len(x) // (batch * steps) * steps
            self._x = x[: batch * width].reshape(batch, width)
            self._y = y[: batch * width].reshape(batch, width)
            self.n_targets = batch * width
        self._batches = width // steps

    def __len__(self) -> int:
        return self._batches

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        arrays = [self._x, self._y]
        if self._weight is not None:
            arrays.append(self._weight)
        for k in range(self._batches):
            now = slice(k * self.steps, (k + 1) * self.steps)
            # Copies, so that nobody who changes a batch changes the text.
            yield tuple(a[:, now].copy() for a in arrays)


def _check_ids(ids: np.ndarray, batch: int, steps: int, whole: bool) -> None:
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise ValueError(
            f"Streams takes one sequence of integers; an array of shape {ids.shape} "
            f"and type {ids.dtype} was given. Encode the text first."
        )
    need = 2 if whole else batch * steps + 1
    if len(ids) < need:
        raise ValueError(
            f"A sequence of {len(ids)} symbols is too short: batch={batch} and "
            f"steps={steps} need {need}. Use a smaller batch or fewer steps."
        )


def _rows(values: np.ndarray, batch: int, row: int, width: int) -> np.ndarray:
    """Return `values` as rows of `row` items, each padded with zeros to `width`."""
    flat = np.zeros(batch * row, dtype=values.dtype)
    flat[: len(values)] = values
    rows = np.zeros((batch, width), dtype=values.dtype)
    rows[:, :row] = flat.reshape(batch, row)
    return rows


def windows(
    values: Any, steps: int, horizon: int = 1, stride: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return every window of `steps` values and the `horizon` values that follow it.

    values: (time,) or (time, features). x: (n, steps[, features]); y: (n, horizon[,
    features]); window i starts at i * stride, and y never overlaps its own x. Raises
    ValueError when the series is too short for one window.
    """
    values, steps = np.asarray(values), count("steps", steps)
    horizon, stride = count("horizon", horizon), count("stride", stride)
    if values.ndim == 0 or len(values) < steps + horizon:
        raise ValueError(
            f"A series of shape {values.shape} is too short for windows of {steps} "
            f"and a horizon of {horizon}: it needs {steps + horizon} values in time."
        )
    view = np.lib.stride_tricks.sliding_window_view(values, steps + horizon, axis=0)
    view = np.moveaxis(view[::stride], -1, 1)
    return view[:, :steps].copy(), view[:, steps:].copy()


def one_hot(ids: Any, n: int, dtype: Any = np.float32) -> np.ndarray:
    """Return one-hot rows: (...) integers below n become (..., n) of `dtype`.

    Raises ValueError when an integer is not one of 0 to n - 1.
    """
    ids = np.asarray(ids)
    if ids.size and ids.dtype.kind not in "iu":
        raise ValueError(
            f"one_hot() takes integers; values of type {ids.dtype} were given."
        )
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        wrong = ids.min() if ids.min() < 0 else ids.max()
        raise ValueError(f"{wrong} has no place among n={n} symbols, 0 to {n - 1}.")
    out = np.zeros((*ids.shape, n), dtype=dtype)
    np.put_along_axis(out, ids.astype(np.int64)[..., None], 1, axis=-1)
    return out
