"""A gradient against nudges: which argument's is wrong, and what it should be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.check.values import has_float32, plain, shape

NUDGE = 1e-5
NEAR = 1e-6  # relative error of a right gradient in float64


@dataclass(frozen=True)
class Slopes:
    """What an exercise's gradients are those of.

    `loss(**inputs)` returns one number; `arguments` names the inputs whose gradients
    the answer returns, in that order. One that the answer is not given (a bias, say)
    is zero, and `loss` takes it besides.
    """

    loss: Callable[..., float]
    arguments: tuple[str, ...]


def numeric(slopes: Slopes, inputs: dict[str, Any], name: str) -> np.ndarray:
    """Return the gradient for one argument by central differences, in float64."""
    inputs = {
        k: v.astype(float) if getattr(v, "dtype", None) == np.float32 else v
        for k, v in inputs.items()
    }
    argument = inputs[name] = inputs[name].copy()
    found = np.zeros_like(argument)
    for i in np.ndindex(argument.shape):
        kept = argument[i]
        argument[i] = kept + NUDGE
        up = slopes.loss(**inputs)
        argument[i] = kept - NUDGE
        found[i] = (up - slopes.loss(**inputs)) / (2 * NUDGE)
        argument[i] = kept
    return found


def error(slope: np.ndarray, derived: np.ndarray) -> float:
    """Return the relative error of a gradient, by the norms of both."""
    size = np.linalg.norm(slope) + np.linalg.norm(derived)
    return float(np.linalg.norm(slope - derived) / size) if size else 0.0


def nudged(
    name: str, slopes: Slopes, most: float, usable: Callable[[dict], bool]
) -> Callable[[dict, Any], str | None]:
    """Return a property: each gradient is that of the nudged loss, in float64.

    `most` is the largest relative error. It is asked for inputs that are `usable`: for
    which the loss is smooth, and what is given belongs together.
    """

    def agree(inputs: dict, value: Any) -> str | None:
        if has_float32(inputs) or not usable(inputs):
            return None
        for argument, derived in zip(slopes.arguments, value, strict=True):
            far = error(numeric(slopes, inputs, argument), derived)
            if far > most:
                return (
                    f"`{name}` → `{argument}`: nudged numbers give another gradient, "
                    f"the relative error is {far:.1e}."
                )
        return None

    return agree


def against_nudges(
    name: str, slopes: Slopes, inputs: dict[str, Any], value: Any, near: float = NEAR
) -> str:
    """Return a sentence about the first argument whose gradient nudges contradict.

    Returns nothing if there is none, or if the shapes do not allow to tell.
    """
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, tuple | list) or len(parts) != len(slopes.arguments):
        return ""
    fits, first = [], ""
    for argument, derived in zip(slopes.arguments, parts, strict=True):
        if shape(derived := plain(derived)) is None:
            return ""
        derived = np.asarray(derived)
        if derived.dtype.kind not in "fiu":
            return ""
        given = {argument: np.zeros(derived.shape)} | inputs
        if derived.shape != given[argument].shape:
            return ""
        try:
            slope = numeric(slopes, given, argument)
        except ValueError:  # of a shape that the loss cannot take
            return ""
        far = error(slope, derived)
        if far <= near:
            fits.append(f"`{argument}`")
        elif not first:
            worst = np.unravel_index(np.abs(slope - derived).argmax(), slope.shape)
            place = ", ".join(map(str, worst))
            first = (
                f"`{name}`: the gradient for `{argument}` is wrong (relative error "
                f"{far:.2g}). Nudging `{argument}`[{place}] up and down by {NUDGE:g} "
                f"changes the loss at a rate of {slope[worst]:.6g}; yours says "
                f"{derived[worst]:.6g}.{_times(slope, derived, inputs)}"
            )
    if first and fits:
        are = "is" if len(fits) == 1 else "are"
        return f"{first} Right {are} {', '.join(fits)}."
    return first


def _times(slope: np.ndarray, derived: np.ndarray, inputs: dict[str, Any]) -> str:
    """Return a sentence where a gradient is a multiple of the right one, or nothing."""
    size = np.vdot(slope, slope)
    factor = float(np.vdot(slope, derived) / size) if size else 0.0
    if slope.size < 2 or not factor or not np.isfinite(factor):
        return ""
    if error(factor * slope, derived) > NEAR:
        return ""
    sizes = {len(v) for v in inputs.values() if getattr(v, "ndim", 0) > 1}
    if round(1 / factor) in sizes and abs(1 / factor - round(1 / factor)) < 1e-4:
        return (
            f" All of it is 1/{round(1 / factor)} of that: it looks as if a mean is "
            "taken over the batch, where the sum belongs."
        )
    return f" All of it is {factor:.6g} times that."
