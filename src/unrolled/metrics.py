"""What a model is judged by: nats, bits, perplexity, accuracy, F1."""

from typing import Any

import numpy as np

from unrolled.spans import EntityScores, entity_f1, spans

__all__ = [
    "EntityScores",
    "accuracy",
    "bits",
    "confusion",
    "cross_entropy",
    "entity_f1",
    "f1",
    "macro_f1",
    "perplexity",
    "spans",
]


def bits(nats: float) -> float:
    """Return `nats` in bits: nats / ln 2. Works on arrays as well."""
    return nats / np.log(2.0)


def perplexity(nats: float) -> float:
    """Return exp(nats): among how many equally likely symbols the model wavers."""
    return np.exp(nats)


def _weights(weight: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return weights of `shape`, all ones when `weight` is None."""
    if weight is None:
        return np.ones(shape)
    weight = np.asarray(weight, dtype=np.float64)
    if weight.shape != shape:
        raise ValueError(
            f"weight has shape {weight.shape} and the targets have {shape}: there is "
            "one weight for each target."
        )
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError(
            f"The weights go from {weight.min()} to {weight.max()}; each must be 0, "
            "which leaves its target out, or a number above."
        )
    return weight


def _mean(values: np.ndarray, weight: Any) -> float:
    weight = _weights(weight, values.shape)
    total = weight.sum()
    if not total > 0:
        raise ValueError(
            "There is nothing to average: there are no targets, or all their weights "
            "are zero."
        )
    kept = weight > 0  # what does not count may be NaN
    return float((values[kept] * weight[kept]).sum() / total)


def cross_entropy(logits: Any, y: Any, weight: Any = None) -> float:
    """Return the mean of -log softmax(logits)[y], in nats.

    logits: (..., n) real; y: (...) integers below n; weight: (...), 0 where a target
    does not count. Raises ValueError when the shapes do not fit, a target is out of
    range, or the weights sum to zero. Computed in float64 whatever comes in.
    """
    logits = np.asarray(logits, dtype=np.float64)
    y = np.asarray(y)
    if logits.ndim == 0 or logits.shape[:-1] != y.shape:
        raise ValueError(
            f"logits have shape {logits.shape} and targets {y.shape}: logits need the "
            "targets' shape and one last axis more, over the symbols."
        )
    kept = _weights(weight, y.shape) > 0
    if not kept.all():  # anything may stand there: -100 as target, NaN as logits
        y, logits = np.where(kept, y, 0), np.where(kept[..., None], logits, 0.0)
    _in_range(y, logits.shape[-1], "target")
    # Subtracting the largest logit changes nothing and keeps exp() finite.
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return _mean(log_sum - chosen, weight)


def accuracy(predicted: Any, y: Any, weight: Any = None) -> float:
    """Return the share of predictions that are right.

    predicted, y: integers of one shape, or names; weight: the same shape, 0 where a
    target is padding. Raises ValueError when shapes differ or the weights sum to zero,
    for probabilities, and for numbers on one side and names on the other.
    """
    predicted, y = map(_classes, _same_shape(predicted, y))
    if (predicted.dtype.kind == "U") != (y.dtype.kind == "U"):
        raise ValueError(
            f"Predictions are {predicted.dtype} and targets {y.dtype}, so none would "
            "equal another. Give the place of each class on both sides, or its name."
        )
    return _mean((predicted == y).astype(np.float64), weight)


def confusion(predicted: Any, y: Any, n: int, mask: Any = None) -> np.ndarray:
    """Return how often class i (row, the truth) was called j (column): (n, n) int64.

    predicted, y: integers of one shape; mask: bools of the same shape, False where a
    target is padding and does not count. Raises ValueError when shapes differ or a
    class is not one of 0 to n - 1.
    """
    predicted, y = _same_shape(predicted, y)
    if mask is not None:
        real = _real(mask, y.shape)
        predicted, y = predicted[real], y[real]
    _in_range(y, n, "target")
    _in_range(predicted, n, "prediction")
    pairs = y.astype(np.int64).ravel() * n + predicted.astype(np.int64).ravel()
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def f1(predicted: Any, y: Any, n: int, mask: Any = None) -> np.ndarray:
    """Return F1 of each class, shape (n,): 2 TP / (2 TP + FP + FN).

    The arguments and errors are those of `confusion`. A class that neither occurs nor
    is predicted gets 0.
    """
    counts = confusion(predicted, y, n, mask)
    both = counts.sum(axis=0) + counts.sum(axis=1)
    return 2.0 * np.diag(counts) / np.maximum(both, 1)


def macro_f1(predicted: Any, y: Any, n: int, mask: Any = None) -> float:
    """Return the mean F1 of the classes that occur or are predicted.

    Every class counts the same, however rare. The arguments are those of `confusion`.
    Raises ValueError without targets.
    """
    counts = confusion(predicted, y, n, mask)
    present = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return _mean(f1(predicted, y, n, mask), present)


def _same_shape(predicted: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    predicted, y = np.asarray(predicted), np.asarray(y)
    if predicted.shape != y.shape:
        raise ValueError(
            f"Predictions have shape {predicted.shape} and targets {y.shape}: they "
            "must be the same. Did you pass logits? Take their argmax first."
        )
    return predicted, y


def _real(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask of targets of `shape`, checked."""
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != shape:
        raise ValueError(
            f"mask has shape {mask.shape} and type {mask.dtype}, and the targets have "
            f"shape {shape}: a mask is bools, one for each target."
        )
    return mask


def _classes(a: np.ndarray) -> np.ndarray:
    """Return classes, which are whole numbers or names; refuse anything else."""
    a = np.array(a.tolist()) if a.dtype == object else a  # a column of a table
    numbers = a.dtype.kind in "biu" or (a.dtype.kind == "f" and (a == a.round()).all())
    if a.size and not numbers and a.dtype.kind != "U":
        raise ValueError(
            f"Given values of type {a.dtype}, {a.flat[0]!r} first; expected classes, "
            "as integers or as names. Of logits or probabilities take the argmax, or "
            "ask whether they are above a half."
        )
    return a


def _in_range(ids: np.ndarray, n: int, what: str) -> None:
    if ids.dtype.kind not in "iu" and ids.size:
        raise ValueError(
            f"Each {what} is an integer; values of type {ids.dtype} came in. If they "
            "are names: `classes, y = np.unique(names, return_inverse=True)`."
        )
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        wrong = ids.min() if ids.min() < 0 else ids.max()
        raise ValueError(
            f"The {what} {wrong} is out of range: with {n} classes they are 0 to "
            f"{n - 1}."
        )
