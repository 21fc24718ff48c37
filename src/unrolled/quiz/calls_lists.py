"""Computations of a quiz on lists of numbers: padding, masked means, scores."""

from collections.abc import Sequence

import numpy as np

from unrolled import lengths as padded
from unrolled import metrics


def padding(lengths: Sequence[int]) -> dict[str, float]:
    """Return how many steps of a padded batch are padding.

    Also `rows`, `longest`, `whole` (steps of the array) and `real` (valid steps).
    """
    mask = _mask(lengths)
    return {
        "answer": mask.size - mask.sum(),
        "rows": mask.shape[0],
        "longest": mask.shape[1],
        "whole": mask.size,
        "real": mask.sum(),
    }


def packed(lengths: Sequence[int], step: int) -> dict:
    """Return how many sequences a packed batch holds at a step, counted from 1.

    Also `left`, their lengths, `rows`, all sequences, and `length`, of the one that
    stands at that place.
    """
    return {
        "answer": _mask(lengths)[:, step - 1].sum(),
        "left": [n for n in lengths if n >= step],
        "rows": len(lengths),
        "length": lengths[step - 1],
    }


def masked_loss(losses: Sequence[float], other: float) -> dict[str, float]:
    """Return the masked mean loss of a sequence and of another that has one step.

    Also `total`, `steps` (valid ones), `places` (all of the array); what is wrong:
    `by_rows`, the mean of the two means, and `by_places`, pads counted.
    """
    total, steps, places = sum(losses) + other, len(losses) + 1, 2 * len(losses)
    return {
        "answer": np.average([*losses, other]),
        "total": total,
        "steps": steps,
        "places": places,
        "by_rows": (np.mean(losses) + other) / 2,
        "by_places": total / places,
    }


def masked_mean(states: Sequence[float], pad: float) -> dict[str, float]:
    """Return the mean of a unit's states at valid steps, beside one step of padding.

    Also `total`, `steps`; what is wrong: `with_pad`, the pad in sum and count,
    `pad_in_sum`, and `pad_in_count`.
    """
    total, steps = sum(states), len(states)
    return {
        "answer": np.mean(states),
        "total": total,
        "steps": steps,
        "all_steps": steps + 1,
        "with_pad": (total + pad) / (steps + 1),
        "pad_in_sum": (total + pad) / steps,
        "pad_in_count": total / (steps + 1),
    }


def f1_of(tp: int, missed: Sequence[int], wrongly: Sequence[int]) -> dict[str, float]:
    """Return the F1 of a class from its row and column of a confusion matrix.

    `missed` is the rest of its row, `wrongly` of its column. Also `fn`, `fp`, `twice`
    the true positives, and what is wrong: `once`, those counted once.
    """
    fn, fp = sum(missed), sum(wrongly)
    truth = np.repeat([0, 0, 1], [tp, fn, fp])
    predicted = np.repeat([0, 1, 0], [tp, fn, fp])
    return {
        "answer": metrics.f1(predicted, truth, 2)[0],
        "fn": fn,
        "fp": fp,
        "twice": 2 * tp,
        "once": tp / (tp + fn + fp),
    }


def nobody(words: int, in_names: int) -> dict[str, float]:
    """Return the accuracy of a tagger that says O at every word.

    `in_names` of its `words` belong to names. Also `right`, how many do not, and what
    is wrong: `missed`, the share of those that do.
    """
    true = np.arange(words) < in_names
    return {
        "answer": np.mean(~true),
        "right": (~true).sum(),
        "missed": true.mean(),
    }


def spans_f1(there: int, said: int, right: int) -> dict[str, float]:
    """Return F1 of spans from how many there are, were said, and are right.

    Also what is wrong: `precision`, `recall`, and `once`, what is right counted once.
    """
    found, missed, wrongly = ["B-X"] * right, there - right, said - right
    true = found + ["B-X"] * missed + ["O"] * wrongly
    told = found + ["O"] * missed + ["B-X"] * wrongly
    score = metrics.entity_f1([told], [true])
    return {
        "answer": score.f1,
        "precision": score.precision,
        "recall": score.recall,
        "once": right / (there + said),
    }


def auc(inside: Sequence[float], outside: Sequence[float]) -> dict:
    """Return in which share of pairs the value inside is the larger one.

    Also `wins`, `pairs`, `each` (how many outside each value inside beats); what is
    wrong: `turned`, and `difference`, of the means.
    """
    beats = np.greater.outer(np.array(inside), np.array(outside))
    return {
        "answer": beats.mean(),
        "wins": beats.sum(),
        "pairs": beats.size,
        "each": [int(n) for n in beats.sum(axis=1)],
        "turned": 1 - beats.mean(),
        "difference": np.mean(inside) - np.mean(outside),
    }


def _mask(lengths: Sequence[int]) -> np.ndarray:
    return padded.pad([np.ones(n, int) for n in lengths])[1]


CALLS = (padding, packed, masked_loss, masked_mean, f1_of, nobody, spans_f1, auc)
