"""Sequences of unequal length as arrays: padding, masks, length buckets."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


def pad(
    sequences: Sequence[Any], value: float = 0, side: str = "right"
) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences of unequal length as one array, and a mask of what is real.

    sequences: n of shape (time,) or (time, features). array: (n, longest[,
    features]), filled with `value`; mask: (n, longest) bool. `side` is where the
    padding goes, "right" or "left". Raises ValueError when there is no sequence, the
    features differ, or `side` is something else.
    """
    if side not in ("right", "left"):
        raise ValueError(f'side={side!r} was given; it is "right" or "left".')
    arrays = [np.asarray(s) for s in sequences]
    if not arrays:
        raise ValueError("pad() was given no sequence; it needs at least one.")
    shapes = {a.shape[1:] for a in arrays}
    if len(shapes) > 1 or any(a.ndim == 0 for a in arrays):
        raise ValueError(
            "The sequences have different features: their shapes after the first axis "
            f"are {sorted(map(str, shapes))}. They may differ in length only."
        )
    # An empty list is float64 to NumPy; it must not turn integers into reals.
    dtype = np.result_type(*([a for a in arrays if a.size] or arrays))
    longest = max(len(a) for a in arrays)
    out = np.full((len(arrays), longest, *arrays[0].shape[1:]), value, dtype=dtype)
    mask = np.zeros((len(arrays), longest), dtype=bool)
    for row, a in enumerate(arrays):
        place = slice(len(a)) if side == "right" else slice(longest - len(a), longest)
        out[row, place] = a
        mask[row, place] = True
    return out, mask


def same_length(
    sequences: Sequence[Any], labels: Any, batch: int, rng: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return minibatches in which all sequences have one length: no padding.

    sequences: n of shape (time,) integers; labels: (n,). Each item is in exactly one
    `(x, y)` with x (b, steps) int64, y (b,), b at most `batch`. Items are shuffled
    within their length and the batches among themselves, by `rng`. Raises ValueError
    when a sequence is empty or labels do not match.
    """
    labels = np.asarray(labels)
    if batch < 1:
        raise ValueError(f"batch={batch} was given; it must be 1 or more.")
    lengths = _lengths(sequences, labels)
    out = []
    for length in np.unique(lengths):
        members = rng.permutation(np.flatnonzero(lengths == length))
        for start in range(0, len(members), batch):
            chosen = members[start : start + batch]
            x = np.array([sequences[i] for i in chosen], dtype=np.int64)
            out.append((x, labels[chosen]))
    return [out[i] for i in rng.permutation(len(out))]


class Batch(tuple):
    """`(x, mask, y)` of some sequences, and `places` (b,), where each stood in them."""

    places: np.ndarray


class Buckets:
    """Minibatches of sequences of about one length, padded, each with its mask.

    Iterating gives `(x, mask, y)`: x (b, time[, features]), padded with 0 on the right;
    mask (b, time) bool, True where a step is real; b at most `batch`. In one batch the
    lengths differ by fewer than `width` steps, so little is padded; a bucket's last
    batch may be small, and a larger `width` makes fewer of those. Every sequence comes
    once an epoch.

    sequences: n of shape (time,) or (time, features). y: (n,) labels, and a batch's y
    is (b,); or n of shape (time,), one label for each step, and a batch's y is (b,
    time), 0 where the mask is False. With `rng` each epoch has another order, drawn
    from it; without, it goes from short to long, always the same.

    `len()` is the number of batches in an epoch, `order` (n,) the place in `sequences`
    of each row of the epoch that began last: `out[buckets.order] = rows` brings rows
    back into the order of `sequences`.

    Raises ValueError when labels do not match, a sequence is empty, or there is none.
    """

    def __init__(
        self,
        sequences: Sequence[Any],
        y: Any,
        batch: int,
        rng: np.random.Generator | None = None,
        *,
        width: int = 8,
    ) -> None:
        """Sort the sequences into buckets by their length; see the class."""
        if batch < 1 or width < 1:
            raise ValueError(
                f"batch={batch} and width={width} were given; both must be 1 or more."
            )
        lengths = _lengths(sequences, y)
        if not len(lengths):
            raise ValueError("Buckets() was given no sequence; it needs at least one.")
        self.batch, self.width, self._rng = batch, width, rng
        # By place: a column of a table has labels for its rows, in any order.
        self._sequences, self._y = list(sequences), list(y)
        self._each_step = np.ndim(self._y[0]) > 0
        if self._each_step:
            _check_steps(lengths, self._y)
        else:
            self._y = np.asarray(y)
        by_length = np.argsort(lengths, kind="stable")
        edges = np.flatnonzero(np.diff((lengths[by_length] - 1) // width)) + 1
        self._buckets = np.split(by_length, edges)
        self.order = self._places(None)[1]

    def __len__(self) -> int:
        return sum(-(-len(bucket) // self.batch) for bucket in self._buckets)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        batches, self.order = self._places(self._rng)
        for places in batches:
            x, mask = pad([self._sequences[i] for i in places])
            if self._each_step:
                y, _ = pad([self._y[i] for i in places])
            else:
                y = self._y[places]
            batch = Batch((x, mask, y))
            batch.places = places
            yield batch

    def _places(
        self, rng: np.random.Generator | None
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Return which sequences each batch of an epoch holds, and all in one array."""
        found = []
        for bucket in self._buckets:
            members = bucket if rng is None else rng.permutation(bucket)
            steps = range(0, len(members), self.batch)
            found += [members[k : k + self.batch] for k in steps]
        if rng is not None:
            found = [found[k] for k in rng.permutation(len(found))]
        return found, np.concatenate(found)


def _lengths(sequences: Sequence[Any], y: Any) -> np.ndarray:
    """Return the length of each sequence, of which each needs a label and a step."""
    if len(y) != len(sequences):
        raise ValueError(
            f"There are {len(sequences)} sequences and {len(y)} labels; each "
            "sequence needs one label."
        )
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    if (lengths == 0).any():
        raise ValueError(
            f"Sequence {int(np.flatnonzero(lengths == 0)[0])} is empty; a network "
            "cannot read nothing. Leave it out."
        )
    return lengths


def _check_steps(lengths: np.ndarray, y: Any) -> None:
    """Refuse labels of steps where a sequence has another number of steps."""
    for place, (length, labels) in enumerate(zip(lengths, y, strict=True)):
        if len(labels) != length:
            raise ValueError(
                f"Sequence {place} has {length} steps and {len(labels)} labels; each "
                "step needs one."
            )
