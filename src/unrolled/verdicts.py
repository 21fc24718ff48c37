"""The sentences of a check: what differs between an answer and the reference.

Everything here looks at plain values (numbers, strings, arrays, and tuples, lists and
dicts of them). Nothing runs the learner's code.
"""

import itertools
import linecache
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

OWN = str(Path(__file__).resolve().parent)


def plain(value: Any) -> Any:
    """Return a value with every tensor in it as a NumPy array.

    NamedTuples and dicts become dicts, other tuples and lists keep their kind.
    """
    if hasattr(value, "detach"):  # a PyTorch tensor
        return np.array(value.detach().cpu().numpy())
    if hasattr(value, "numpy") and callable(value.numpy):  # a TensorFlow tensor
        return np.array(value.numpy())
    if isinstance(value, np.ndarray | np.generic):
        return np.array(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {k: plain(v) for k, v in zip(value._fields, value, strict=True)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(plain, value))
    return value


def same(a: Any, b: Any, tolerance: float) -> bool:
    """Return whether two plain values are equal up to a relative tolerance."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k], tolerance) for k in a)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(
            same(x, y, tolerance) for x, y in zip(a, b, strict=True)
        )
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return type(a) is type(b) and a == b
    try:
        a, b = np.asarray(a), np.asarray(b)
    except ValueError:
        return False
    if a.shape != b.shape:
        return False
    if a.dtype.kind not in "biufc" or b.dtype.kind not in "biufc":
        return bool(np.array_equal(a, b))
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))


def failure(name: str, error: Exception, inputs: dict[str, Any]) -> str:
    """Return a sentence about an exception, with the learner's own line."""
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if not f.filename.startswith(OWN) and "site-packages" not in f.filename
    ]
    where = ""
    if frames:
        frame = frames[-1]
        line = frame.line or linecache.getline(frame.filename, frame.lineno).strip()
        where = f" in line {frame.lineno}" + (f", `{line}`" if line else "")
    message = str(error).split("\n")[0]
    given = "; ".join(f"{k} {describe(v)}" for k, v in inputs.items())
    return (
        f"`{name}` stopped with {type(error).__name__}{where}: {message}"
        + ("" if message.endswith((".", "?", "!")) else ".")
        + (f" It was given {given}." if given else "")
    )


def describe(value: Any) -> str:
    """Return a few words about a value: its shape if it is an array."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        return f"of shape {value.shape}" if value.ndim else f"= {value}"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{k} {describe(v)}" for k, v in value.items()) + ")"
    if isinstance(value, tuple | list) and len(value) > 6:
        return f"of {len(value)} items"
    return (
        f"= {value!r}" if len(repr(value)) < 60 else f"of type {type(value).__name__}"
    )


def difference(
    name: str,
    given: Any,
    expected: Any,
    tolerance: float,
    axes: Sequence[str] = (),
    outputs: Sequence[str] = (),
    inputs: dict[str, Any] | None = None,
) -> str | None:
    """Return a sentence about the first difference, or None if there is none."""
    if given is None and expected is not None:
        return f"`{name}` returned nothing. Does it end with a `return`?"
    if isinstance(expected, dict):
        return _parts_by_name(name, given, expected, tolerance, axes, inputs)
    if isinstance(expected, tuple):
        return _parts(name, given, expected, tolerance, axes, outputs, inputs)
    if isinstance(expected, str | bool | list):
        if same(given, expected, tolerance):
            return None
        return (
            f"`{name}` returned {_short(given)}; expected {_short(expected)}"
            f"{_for(inputs)}."
        )
    try:
        array, right = np.asarray(given), np.asarray(expected)
    except ValueError:
        array = None
    if array is None or array.dtype.kind not in "biufc":
        return f"`{name}` returned a {type(given).__name__}; expected " + (
            f"an array of shape {right.shape}." if right.ndim else "a number."
        )
    if array.shape != right.shape:
        return _shape(name, array, right, tolerance, axes)
    return _values(name, array, right, tolerance, axes, inputs)


def _parts(name, given, expected, tolerance, axes, outputs, inputs):
    if not isinstance(given, tuple | list) or len(given) != len(expected):
        what = ", ".join(outputs) or f"{len(expected)} values"
        count = len(given) if isinstance(given, tuple | list) else 1
        return (
            f"`{name}` returned {count} value{'s' if count != 1 else ''}; expected "
            f"{len(expected)}: {what}."
        )
    labels = list(outputs) or [f"value {i + 1}" for i in range(len(expected))]
    for label, one, right in zip(labels, given, expected, strict=True):
        part = f"{name}` → `{label}"
        says = difference(part, one, right, tolerance, axes, (), inputs)
        if says:
            return says
    return None


def _parts_by_name(name, given, expected, tolerance, axes, inputs):
    if isinstance(given, tuple | list) and len(given) == len(expected):
        given = dict(zip(expected, given, strict=True))
    if not isinstance(given, dict) or given.keys() != expected.keys():
        return f"`{name}` must return {', '.join(expected)}; given {_short(given)}."
    for key, right in expected.items():
        says = difference(
            f"{name}` → `{key}", given[key], right, tolerance, axes, (), inputs
        )
        if says:
            return says
    return None


def _shape(name, given, expected, tolerance, axes) -> str:
    names = f" ({', '.join(axes)})" if len(axes) == expected.ndim else ""
    says = f"`{name}` has shape {given.shape}; expected {expected.shape}{names}."
    if given.ndim == expected.ndim:
        for order in itertools.permutations(range(given.ndim)):
            if given.transpose(order).shape == expected.shape:
                fits = same(given.transpose(order), expected, tolerance)
                how = "The values are right but the" if fits else "Its"
                return f"{says} {how} axes look swapped: is it transposed?"
    if given.size == expected.size:
        return f"{says} It holds the right number of values: reshape or `squeeze` it."
    if given.ndim == expected.ndim - 1:
        missing = _missing_axis(given.shape, expected.shape)
        if missing is not None:
            axis = axes[missing] if names else f"number {missing}"
            last = np.take(expected, -1, axis=missing)
            only = " Is it only the last one?" if same(given, last, tolerance) else ""
            return f"{says} The axis {axis} is missing.{only}"
    if given.ndim == 0:
        return f"{says} One number came back: was something summed that should not be?"
    return says


def _missing_axis(given: tuple, expected: tuple) -> int | None:
    for axis in range(len(expected)):
        if expected[:axis] + expected[axis + 1 :] == given:
            return axis
    return None


def _values(name, given, expected, tolerance, axes, inputs) -> str | None:
    if same(given, expected, tolerance):
        return None
    if given.dtype.kind in "fc" and not np.isfinite(given).all():
        if np.isfinite(expected).all():
            return (
                f"`{name}` holds values that are not finite (nan or inf). Look for an "
                "overflow, a logarithm of 0 or a division by 0."
            )
    if expected.ndim == 0:
        return (
            f"`{name}` is {_number(given)}; expected {_number(expected)}"
            f"{_for(inputs)}.{_pattern(given, expected, tolerance)}"
        )
    wrong = ~np.isclose(given, expected, rtol=tolerance, atol=tolerance)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = ", ".join(
        f"{axis} {i}"
        for axis, i in zip(
            axes if len(axes) == len(index) else ["axis"] * len(index),
            index,
            strict=True,
        )
    )
    return (
        f"`{name}` is wrong in {int(wrong.sum())} of {wrong.size} values. The first is "
        f"at {place}: {_number(given[index])}, expected {_number(expected[index])}."
        + _pattern(given, expected, tolerance)
    )


def _pattern(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    """Return a sentence about a difference of a well-known form, or nothing."""
    if given.dtype.kind == "b" or not np.issubdtype(expected.dtype, np.number):
        return ""
    if same(-given, expected, tolerance):
        return " Every sign is turned round."
    if expected.size > 1 and np.allclose(given, given.flat[0]):
        return " All your values are the same: the inputs are not used."
    steps = given - expected
    if expected.size > 2 and np.allclose(steps, steps.flat[0], rtol=1e-3):
        return f" All are off by the same amount, {_number(steps.flat[0])}."
    usable = np.abs(expected) > 1e-6
    if usable.sum() > 2:
        ratio = given[usable] / expected[usable]
        if np.allclose(ratio, ratio.flat[0], rtol=1e-3):
            return f" All are {_number(ratio.flat[0])} times what they should be."
    if expected.ndim >= 2:
        if expected.shape[0] == expected.shape[1]:
            if same(np.swapaxes(given, 0, 1), expected, tolerance):
                return " The first two axes are swapped: it is transposed."
        if same(given[:, ::-1], expected, tolerance):
            return " The second axis runs backwards."
        if expected.shape[1] > 1 and same(given[:, 1:], expected[:, :-1], tolerance):
            return " It lags by one step along the second axis."
        if expected.shape[1] > 1 and same(given[:, :-1], expected[:, 1:], tolerance):
            return " It is ahead by one step along the second axis."
    return ""


def _number(value: Any) -> str:
    value = np.asarray(value)
    return f"{value:.6g}" if value.dtype.kind == "f" else str(value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _for(inputs: dict[str, Any] | None) -> str:
    """Return the inputs in words if they are few and small, else nothing."""
    small = {
        k: v
        for k, v in (inputs or {}).items()
        if isinstance(v, int | float | str) and len(repr(v)) < 40
    }
    if not inputs or len(small) != len(inputs):
        return ""
    return " for " + ", ".join(f"{k} = {v!r}" for k, v in small.items())
