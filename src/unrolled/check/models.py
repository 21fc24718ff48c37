"""What a model answers: its form, whether its company counts, and what was done to it.

The first part is for what runs beside an answer, and refuses it; the second part looks
at arrays. Several models are right, so nothing here compares with a reference.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from unrolled.check.run import Refused
from unrolled.check.values import kind, plain

NEAR = 1e-3  # of the largest logit: a batch is summed up in another order than one row


def model(name: str, given: Any) -> Any:
    """Return what an answer called `name` gave, if it is a model; None stays None."""
    if isinstance(given, type) or not (given is None or callable(given)):
        what = f"the class `{given.__name__}`" if isinstance(given, type) else ""
        raise Refused(
            f"`{name}` returned {what or f'something of type {kind(given)}'}; expected "
            "the trained model itself."
        )
    return given


def pair(given: Any) -> tuple[Any, Any]:
    """Return logits and state, if a model gave these two."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise Refused(
            "The model must return two things: the logits, and the state for the next "
            "window. Where there is none, an empty tuple will do."
        )
    if isinstance(given[0], tuple | list):
        raise Refused(
            "Your two results are exchanged: first the logits, then the state."
        )
    return tuple(given)


def logits(given: Any, shape: tuple[int, ...], axes: str, each: str) -> np.ndarray:
    """Return logits as an array, if they have a shape whose `axes` are named.

    `each` says in a few words what there is one row of logits for.
    """
    if given is None:
        raise Refused("The model returned nothing. Does it end with a `return`?")
    found = plain(given)
    if not isinstance(found, np.ndarray | list):
        raise Refused(f"The model returns {_several(given)}. Return the logits alone.")
    found = np.asarray(found)
    if found.shape != shape:
        names = axes.split()
        raise Refused(
            f"The logits have shape {found.shape}; expected {shape} "
            f"({', '.join(names)}): one row of logits for each {each}."
            f"{_why(found.shape, shape, names)}"
        )
    if not np.isfinite(found).all():
        raise Refused(
            "The logits hold nan or inf. Did the training diverge, so that the "
            "gradient must be bounded or the rate lowered? Or is a -inf multiplied by "
            "0, or averaged?"
        )
    return found


def _several(given: Any) -> str:
    if isinstance(given, tuple | list | dict):
        return f"{len(given)} values in a {kind(given)}"
    return f"something of type {kind(given)}"


def _why(given: tuple, shape: tuple, names: list[str]) -> str:
    """Return what may have happened to a shape; it begins with a space."""
    for a in range(len(shape)):
        for b in range(a):
            order = list(range(len(shape)))
            order[a], order[b] = b, a
            if given == tuple(shape[k] for k in order) != shape:
                return (
                    f" The axes {names[b]} and {names[a]} have changed places. If the "
                    "loss wants them so, swap them there, not in the model."
                )
    if given == tuple(n for n in shape if n != 1):
        return " Was an axis of length 1 lost, in a `squeeze`? It must stay."
    if given == shape[:-1]:
        return " Return a number for each class, not the best one: the loss needs all."
    if given == shape[1:]:
        return (
            " The batch is missing. Was one sequence taken for all? In Keras, "
            "`h, *state = ` does that to a layer without `return_state=True`."
        )
    if given == (shape[0], shape[-1]) or len(given) == len(shape) - 1 == 2:
        return (
            " Only one moment is left. Every step has its answer: return every state "
            "of the layer, not the last one."
        )
    if len(given) == len(shape) + 1 == 3:
        return " Answer once, when all is read, not at every step."
    if given[:-1] == shape[:-1]:
        return " The last layer gives one number for each class."
    return ""


def alone(
    says: Callable[..., np.ndarray], x: Any, other: Any, *more: Any
) -> np.ndarray:
    """Return what a model says to `x`, if only a row itself decides about its logits.

    `other` has other symbols in its first row; `more` is what goes with x (a mask).
    `says` returns logits, and refuses those of a wrong shape.
    """
    first = says(x, *more)

    def differs(found: np.ndarray, right: np.ndarray) -> bool:
        return not np.abs(found - right).max() <= NEAR * np.abs(right).max()

    if differs(says(x, *more), first):
        raise Refused(
            "The same x, given twice, gets two answers. Is a state kept in `self` or "
            "in the layer (`stateful=True`), is something drawn at random (a first "
            "state, dropout after the training), or a layer made anew in each call?"
        )
    if len(x) > 1 and differs(says(other, *more)[1:], first[1:]):
        raise Refused(
            "A change in one row of the batch changes the logits of another row. "
            "Sequences must not hear of each other: is the layer told that the batch "
            "comes first (`batch_first=True` in PyTorch), or is something averaged or "
            "summed over the batch?"
        )
    last = [part[-1:] for part in (x, *more)]
    if differs(says(*last), first[-1:]):
        raise Refused(
            "Alone, a sequence gets other logits than in a batch. Is something counted "
            "or summed over the batch, or is the batch read as its past "
            "(`batch_first=True` in PyTorch)?"
        )
    return first


# ---- what was done to logits ---------------------------------------------------------


def softmaxed(found: np.ndarray, axes: str) -> str | None:
    """Return a sentence about logits that have been through a softmax, or None."""
    names = axes.split()
    for axis in (found.ndim - 1, *range(found.ndim - 1)):
        if found.shape[axis] > 1 and found.min() >= 0:
            if np.allclose(found.sum(axis=axis), 1, atol=1e-4):
                over = "" if axis == found.ndim - 1 else f" over {names[axis]}"
                return (
                    f"The logits add up to 1{over}: they have been through a softmax. "
                    "The loss applies it itself (`from_logits=True` in Keras): return "
                    "them as they are."
                )
    return None


def squashed(found: np.ndarray, trained: bool = True) -> str | None:
    """Return a sentence about logits that a non-linearity keeps in bounds, or None.

    Before the training those of a linear layer may be small, as behind a tanh.
    """
    low, high = found.min(), found.max()
    says = ""
    if low >= 0:
        says = f"No logit is below 0: they lie between {low:.2f} and {high:.2f}. Does "
        says += "a sigmoid or a ReLU" if high <= 1 else "a ReLU"
    elif trained and 0.9 < np.abs(found).max() <= 1:
        says = "No logit is above 1 or below −1. Does a tanh"
    if not says:
        return None
    return f"{says} stand on the output? Return what the last layer gives."


def n_parameters(model: Any) -> int:
    """Return how many parameters a model has, in either framework."""
    if hasattr(model, "count_params"):  # Keras
        return model.count_params()
    return sum(p.numel() for p in model.parameters())


def as_wide(sizes: tuple[int, int], layers: str = "recurrent layer") -> str | None:
    """Return what is wrong where one hidden unit more brings no parameter more.

    `sizes` are the numbers of parameters with some hidden units, and with one more;
    `layers` are those that should be of that size.
    """
    size, wider = sizes
    if size < wider:
        return None
    return (
        "`n_hidden` is not used: with one unit more the model has no more weights. "
        f"Make the {layers} of that size."
    )
