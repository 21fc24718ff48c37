"""What a batch holds, checked, in either framework."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from unrolled.batches import Buckets


class Parts(NamedTuple):
    """The tensors of a batch, None for what it does not have.

    `counts` is how many targets count, or what their weights sum to, and `highest` the
    highest label of them; None where they could only be read from a GPU.
    """

    x: Any
    mask: Any
    y: Any
    weight: Any
    counts: float | None
    highest: int | None


def kind(a: Any) -> str:
    """Return what an array or tensor holds: "b"ools, "i"ntegers, "f"loats, or "?"."""
    name = str(a.dtype).lower()
    words = {"bool": "b", "int": "i", "float": "f"}
    return next((words[word] for word in words if word in name), "?")


def numbers(a: Any) -> Any:
    """Return lists, columns and arrays as an array that both frameworks take.

    A tensor comes back as it is. Python's floats become float32, as the frameworks have
    it. Raises ValueError for text, and for rows of unequal length.
    """
    if hasattr(a, "device") and not isinstance(a, np.ndarray):
        return a
    try:
        found = np.asarray(a)
    except ValueError:
        found = np.empty(0, object)
    if found.dtype == object:
        raise ValueError(
            "Given rows of unequal length, or no numbers; expected an array of one "
            "shape. batches.Buckets and batches.pad make arrays and masks of sequences."
        )
    if found.dtype.kind not in "biufc":
        raise ValueError(
            f"Given {found.dtype}; expected numbers. Encode text first: text.Words, or "
            "a list of the label names and the place of each in it."
        )
    if found.dtype == np.float64 and not hasattr(a, "dtype"):
        found = found.astype(np.float32)
    # PyTorch refuses turned views (x[:, ::-1]) and other byte orders.
    return np.require(found, found.dtype.newbyteorder("="), ["C", "W"])


def parts_of(batch: Any, convert: Callable, classes: bool = True) -> Parts:
    """Return the parts of a batch, each through `convert`, which makes tensors.

    A batch is (x, y), (x, mask, y) with a bool mask, (x, y, weight), or (x, mask, y,
    weight). `classes` says that y holds the numbers of classes, as cross-entropy takes
    them. Raises ValueError if a shape, a label or a weight is not as it must be.
    """
    x, mask, y, weight = _named(batch)
    if not x.shape or 0 in x.shape[:2]:
        raise ValueError(
            f"The batch is empty: x has shape {tuple(x.shape)}. Leave it out."
        )
    _refuse_shape("mask", mask, x, x.shape[:2])
    counts = highest = None
    if y is not None and classes:
        n = 2 if mask is not None and len(y.shape) > 1 else 1
        _refuse_shape("y", y, x, (*x.shape[:n], *y.shape[n:]))
        _refuse_shape("weight", weight, x, y.shape)
        y, counts, highest = _labels(mask, y, weight)
    elif y is not None:
        _refuse_shape("y", y, x, (x.shape[0], *y.shape[1:]))
        counts = _weighed(x, weight)
    tensors = (None if a is None else convert(a) for a in (x, mask, y, weight))
    return Parts(*tensors, counts, highest)


def _named(batch: Any) -> list:
    """Return x, mask, y and weight of a batch, as arrays or tensors, or None."""
    if len(batch) not in (2, 3, 4):
        raise ValueError(
            f"A batch has {len(batch)} parts; expected (x, y), (x, mask, y) with a "
            "mask of bools, (x, y, weight), or (x, mask, y, weight)."
        )
    x, *rest = (None if a is None else numbers(a) for a in batch)
    if len(rest) == 1:
        return [x, None, rest[0], None]
    if len(rest) == 3 and rest[0] is not None and kind(rest[0]) != "b":
        raise ValueError(
            f"A batch of four holds {rest[0].dtype} second; expected (x, mask, y, "
            "weight) with a mask of bools: mask.astype(bool), say."
        )
    if len(rest) == 3:
        return [x, *rest]
    second, third = rest
    if kind(second) == "b":
        return [x, second, third, None]
    if third is None or kind(third) not in "bf":
        raise ValueError(
            f"A batch of three holds {second.dtype} second and "
            f"{None if third is None else third.dtype} third; expected (x, mask, y) "
            "with a mask of bools (mask.astype(bool), say), or (x, y, weight) with "
            "weights of floats."
        )
    return [x, None, second, third]


def _refuse_shape(name: str, a: Any, x: Any, expected: Any) -> None:
    if a is not None and tuple(a.shape) != tuple(expected):
        raise ValueError(
            f"In this batch x has shape {tuple(x.shape)} and {name} {tuple(a.shape)}; "
            f"expected {tuple(expected)}. A mask is (batch, time), y has one row for "
            "each row of x, and each label has one weight."
        )


def _labels(mask: Any, y: Any, weight: Any) -> tuple[Any, float | None, int | None]:
    """Return y, how much of it counts, and the highest label that does.

    What does not count may hold anything, -100 say, and becomes 0. What lies on a GPU
    is not looked at: reading it would make the GPU wait.
    """
    if kind(y) not in "bi":
        raise ValueError(
            f"The labels are {y.dtype}; expected integers, the place of each class: "
            "cross-entropy is for classes."
        )
    mask, found, weight = map(_on_cpu, (mask, y, weight))
    if found is None:
        return y, None, None
    counted = np.ones(found.shape, bool) if mask is None or found.ndim == 1 else mask
    counts = float(counted.sum())
    if weight is not None:
        _refuse_negative(weight)
        counted = counted & (weight > 0)
        counts = float(weight[counted].sum())
        y = np.where(counted, found, 0)
    real = found[counted]
    if real.size and real.min() < 0:
        raise ValueError(
            f"A label is {real.min()}; labels are 0 and above. What shall not count "
            "(-100 elsewhere) gets a mask that is False there, or the weight 0."
        )
    return y, counts, int(real.max()) if real.size else -1


def _weighed(x: Any, weight: Any) -> float | None:
    """Return what the weights of any targets sum to, or how many rows there are."""
    if weight is None:
        return float(x.shape[0])
    _refuse_shape("weight", weight, x, x.shape[: max(1, len(weight.shape))])
    weight = _on_cpu(weight)
    if weight is None:
        return None
    _refuse_negative(weight)
    return float(weight.sum())


def _refuse_negative(weight: np.ndarray) -> None:
    if not (weight >= 0).all() or not np.isfinite(weight).all():
        raise ValueError(
            f"The weights go from {weight.min()} to {weight.max()}; each must be "
            "0, which leaves its label out, or a number above."
        )


def _on_cpu(a: Any) -> np.ndarray | None:
    if a is None or isinstance(a, np.ndarray):
        return a
    return np.asarray(a) if "cpu" in str(a.device).lower() else None


def differing(batches: Any) -> list[set[int]]:
    """Return for each array of a batch the axes whose lengths differ among batches.

    It is empty where that is not known before they are read.
    """
    if isinstance(batches, Buckets):
        every = batches.shapes()
    elif isinstance(batches, list | tuple):
        every = [
            [getattr(a, "shape", None) for a in batch if a is not None]
            for batch in batches
        ]
    else:
        return []
    arrays = list(zip(*every, strict=False))
    if any(None in shapes or len(set(map(len, shapes))) > 1 for shapes in arrays):
        return []
    return [
        {
            k
            for k, lengths in enumerate(zip(*shapes, strict=True))
            if len(set(lengths)) > 1
        }
        for shapes in arrays
    ]


def refuse_unlabelled(y: Any) -> None:
    """Raise ValueError for a batch without labels, as batches.Buckets makes them."""
    if y is None:
        raise ValueError(
            "The batch has no y, and a loss needs one; expected batches with labels. "
            "Buckets without y are for predict."
        )
