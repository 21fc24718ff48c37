"""How a model is asked, and what it answers, checked, in either framework."""

import inspect
from collections.abc import Callable
from typing import Any

from unrolled.backends.parts import kind


def asker(model: Any, call: Callable) -> Callable:
    """Return ask(x, mask, state, **options) -> (logits, next state), for any model.

    `call` is the function that a model's class defines; its arguments tell how the
    model is asked: `model(x, state)`, `model(x, mask)`, or `model(x)`, as Sequential
    is. A model that returns logits alone has no state.
    """
    named = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    arguments = inspect.signature(call).parameters.values()
    names = [a.name for a in arguments if a.kind in named][1:]
    others = [name for name in names if name != "training"]
    if any(a.kind == inspect.Parameter.VAR_POSITIONAL for a in arguments):
        names = others = ["mask or state"]  # unknown, so the second one
    masked = "mask" if "mask" in others else others[0] if others else None
    carried = others[0] if others and others[0] != "mask" else None

    def ask(x: Any, mask: Any, state: Any, **options: Any) -> Any:
        name, second = (carried, state) if mask is None else (masked, mask)
        if name is None and mask is not None:
            raise ValueError(
                "The batch has a mask, and the model takes x alone; expected a model "
                "that is called as model(x, mask)."
            )
        if name is None:
            found = model(x, **options)
        elif name == names[0]:
            found = model(x, second, **options)
        else:  # Keras' own order: training comes before mask
            found = model(x, **{name: second}, **options)
        if isinstance(found, tuple | list) and len(found) == 2:
            return found
        if hasattr(found, "shape"):
            return found, None
        raise ValueError(
            f"The model returned {type(found).__name__}; expected logits, or the pair "
            "(logits, state)."
        )

    return ask


def mapped(change: Callable, state: Any) -> Any:
    """Return a state with each tensor in it changed; its nesting stays as it is."""
    if isinstance(state, dict):
        return {name: mapped(change, part) for name, part in state.items()}
    if isinstance(state, tuple | list):
        found = [mapped(change, part) for part in state]
        return type(state)(*found) if hasattr(state, "_fields") else type(state)(found)
    return change(state) if hasattr(state, "shape") else state


def refuse_logits(logits: Any, y: Any) -> None:
    """Raise ValueError if logits are not one row for each label, as far as is known."""
    found, expected = tuple(logits.shape), tuple(y.shape)
    pairs = zip(found, expected, strict=False)
    unlike = any(None not in pair and pair[0] != pair[1] for pair in pairs)
    if len(found) != len(expected) + 1 or unlike:
        raise ValueError(
            f"The logits have shape {found} and the labels {expected}; expected a row "
            "of logits for each label: (batch, n_out) with (batch,), or (batch, time, "
            "n_out) with (batch, time)."
        )


def refuse_unlike(outputs: Any, y: Any) -> None:
    """Raise ValueError if another loss than cross-entropy cannot have these targets.

    outputs: (..., n_out), y: (...) or (..., n_out), as far as is known.
    """
    found, given = tuple(outputs.shape), tuple(y.shape)
    pairs = zip(found[:-1], given, strict=False)
    unlike = any(None not in pair and pair[0] != pair[1] for pair in pairs)
    unlike |= len(given) == len(found) and found[-1] != given[-1]
    numbers = kind(y) == "f" and len(given) < len(found) and found[-1] != 1
    if unlike or len(given) < len(found) - 1 or numbers:
        raise ValueError(
            f"The outputs have shape {found} and y {given}; expected a row of outputs "
            "for each target: (batch, n_out), or (batch, time, n_out), with a y of the "
            "same shape, or without its last axis. A single number for each target "
            "needs n_out=1."
        )


def refuse_whole(each: Any) -> None:
    """Raise ValueError for a loss that was averaged already."""
    if not len(each.shape):
        raise ValueError(
            "The loss returned one number for the whole batch; expected one for each "
            'target, so that weights can count: reduction="none" in PyTorch, and no '
            "reduce_mean in TensorFlow."
        )


def refuse_high(highest: int | None, n_out: int) -> None:
    """Raise ValueError if the highest label is not one of `n_out` classes."""
    if highest is not None and highest >= n_out:
        raise ValueError(
            f"A label is {highest}, and the model tells {n_out} classes apart, 0 to "
            f"{n_out - 1}. Make it with n_out={highest + 1}, or look at the labels."
        )
