"""Sequences of unequal length as arrays: padding, masks, length buckets."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from unrolled.given import count, generator


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
    sequences, labels = list(sequences), np.asarray(labels)
    batch = count("batch", batch)
    generator(rng)
    lengths = _lengths(sequences, labels)
    for label in labels[:1]:
        _refuse_names(label)
    out = []
    for length in np.unique(lengths):
        members = rng.permutation(np.flatnonzero(lengths == length))
        for start in range(0, len(members), batch):
            chosen = members[start : start + batch]
            x = np.array([sequences[i] for i in chosen], dtype=np.int64)
            out.append((x, labels[chosen]))
    return [out[i] for i in rng.permutation(len(out))]


class Batch(tuple):
    """`(x, mask, y)`, or with weights `(x, mask, y, weight)`, of some sequences.

    `places` (b,) says where each stood among them.
    """

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
    time), 0 where the mask is False; or an array (n, n_out), several numbers for each
    sequence; or None, to predict, and a batch's y is None. `weight` is one for each
    label; then iterating gives `(x, mask, y, weight)`. With `rng` each epoch has
    another order, drawn from it; without, it goes from short to long, always the same.

    `len()` is the number of batches in an epoch, `order` (n,) the place in `sequences`
    of each row of the epoch that began last: `out[buckets.order] = rows` brings rows
    back into the order of `sequences`.

    Raises ValueError when labels or weights do not match, labels are names, a sequence
    is empty, or there is none.
    """

    def __init__(
        self,
        sequences: Sequence[Any],
        y: Any = None,
        batch: int = 32,
        rng: np.random.Generator | None = None,
        *,
        width: int = 8,
        weight: Any = None,
    ) -> None:
        """Sort the sequences into buckets by their length; see the class."""
        self.batch, self.width = count("batch", batch), count("width", width)
        self._rng = rng if rng is None else generator(rng)
        # By place: the rows of a table have names, which may be in any order.
        self._sequences = list(sequences)
        lengths = _lengths(self._sequences, y)
        if not len(lengths):
            raise ValueError("Buckets() was given no sequence; it needs at least one.")
        self._targets = [_by_place(lengths, y)] if y is not None else []
        if weight is not None:
            if y is None:
                raise ValueError("weight was given and no y: a weight is a label's.")
            _lengths(self._sequences, weight, "weight")
            self._targets.append(_by_place(lengths, weight))
        by_length = np.argsort(lengths, kind="stable")
        edges = np.flatnonzero(np.diff((lengths[by_length] - 1) // self.width)) + 1
        self._buckets = np.split(by_length, edges)
        self.order = self._places(None)[1]

    def __len__(self) -> int:
        return sum(-(-len(bucket) // self.batch) for bucket in self._buckets)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        batches, self.order = self._places(self._rng)
        for places in batches:
            x, mask = pad([self._sequences[i] for i in places])
            found = [
                pad([a[i] for i in places])[0] if isinstance(a, list) else a[places]
                for a in self._targets
            ]
            batch = Batch((x, mask, *(found or [None])))
            batch.places = places
            yield batch

    def shapes(self) -> list[list[tuple[int, ...]]]:
        """Return the shapes of the arrays of each batch, from short to long.

        In another order the batches of a bucket hold other sequences, and may be some
        steps longer or shorter.
        """
        found = []
        for places in self._places(None)[0]:
            size = len(places), max(len(self._sequences[k]) for k in places)
            arrays = [(*size, *np.shape(self._sequences[places[0]])[1:]), size]
            for a in self._targets:
                first = np.shape(a[places[0]])
                arrays.append(
                    (*size, *first[1:]) if isinstance(a, list) else (size[0], *first)
                )
            found.append(arrays)
        return found

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


def _lengths(sequences: Sequence[Any], y: Any, what: str = "label") -> np.ndarray:
    """Return the length of each sequence, of which each needs a label and a step."""
    if y is not None and len(y) != len(sequences):
        raise ValueError(
            f"There are {len(sequences)} sequences and {len(y)} {what}s; each "
            f"sequence needs one {what}."
        )
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    if (lengths == 0).any():
        raise ValueError(
            f"Sequence {int(np.flatnonzero(lengths == 0)[0])} is empty; a network "
            "cannot read nothing. Leave it out."
        )
    return lengths


def _by_place(lengths: np.ndarray, y: Any) -> np.ndarray | list:
    """Return labels by place: an array, or a list if there is one for each step."""
    one_array = getattr(y, "ndim", 1) > 1  # a table has rows of one length
    rows = list(np.asarray(y) if one_array else y)
    _refuse_names(rows[0])
    if np.ndim(rows[0]) == 0:
        return np.asarray(y)
    unlike = [k for k, n in enumerate(lengths) if len(rows[k]) != n]
    if unlike and one_array:
        return np.asarray(y)
    if unlike:
        place = unlike[0]
        raise ValueError(
            f"Sequence {place} has {lengths[place]} steps and {len(rows[place])} "
            "labels; each step needs one. Several numbers for each sequence are an "
            "array, (n, n_out)."
        )
    return rows


def _refuse_names(labels: Any) -> None:
    """Raise ValueError for labels that are text: a network counts classes from 0."""
    found = np.asarray(labels)
    if found.dtype.kind in "USO":
        raise ValueError(
            f"A label is {found.tolist()!r}; it must be a number, a class's place. "
            "`classes, y = np.unique(names, return_inverse=True)` numbers names and "
            "keeps them; for a name at each step, text.Words(names).encode does."
        )
