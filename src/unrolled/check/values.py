"""Answers as plain values: arrays for tensors, so that two values can be compared.

A plain value is a number, a string, an array, or a tuple, list or dict of them.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

NUMBERS = "biufc"  # the kinds of dtype that hold numbers


def plain(value: Any) -> Any:
    """Return a value with every tensor in it as a NumPy array.

    NamedTuples and dicts become dicts, other tuples and lists keep their kind.
    """
    if isinstance(value, type):
        return value  # a class has the methods of its objects, but no values
    if isinstance(value, str):
        return str(value)
    if np.ma.is_masked(value):
        return value.copy()
    if hasattr(value, "detach"):  # a PyTorch tensor
        return np.array(value.detach().cpu().numpy())
    if hasattr(value, "numpy") and callable(value.numpy):  # a TensorFlow tensor
        return np.array(value.numpy())
    if hasattr(value, "__array__"):
        return np.array(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {k: plain(v) for k, v in zip(value._fields, value, strict=True)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, list):
        return list(map(plain, value))
    return value


def same(a: Any, b: Any, tolerance: float) -> bool:
    """Return whether two plain values are equal up to a relative tolerance.

    Whole numbers must be equal: at a million parameters, one more is an error.
    """
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
        kinds = a.dtype.kind + b.dtype.kind
        if a.shape != b.shape:
            return False
        if set(kinds) <= set("biu") or not set(kinds) <= set(NUMBERS):
            return bool(np.array_equal(a, b))
        if not tolerance:  # asked often, of every input, and told fast
            return bool(np.array_equal(a, b, equal_nan=True))
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))
    except (TypeError, ValueError):  # lists of unequal lengths, fields with names
        return False


def shape(value: Any) -> tuple[int, ...] | None:
    """Return the shape of the array that a value is; None if it can be none."""
    try:
        return np.shape(value)
    except ValueError:  # lists of unequal lengths
        return None


def parts(value: Any) -> dict[Any, Any]:
    """Return the parts of a plain value by name or place; one alone is one part."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value if isinstance(value, tuple | list) else [value]))


def describe(value: Any) -> str:
    """Return a few words about a value: its shape if it is an array."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        return f"of shape {value.shape}" if value.ndim else f"= {value}"
    if isinstance(value, dict):
        return "(" + listing(value) + ")"
    if isinstance(value, tuple | list) and len(value) > 6:
        return f"of {len(value)} items"
    if isinstance(value, tuple | list) and any(_has_size(v) for v in value):
        return "of " + _shapes(value)
    return f"= {value!r}" if len(repr(value)) < 60 else f"of type {kind(value)}"


def _has_size(value: Any) -> bool:
    return isinstance(value, tuple | list) or np.ndim(value) > 0


def _shapes(value: Any) -> str:
    """Return the shapes of arrays, those of a tuple in its brackets."""
    parts = (
        f"({_shapes(v)})"
        if isinstance(v, tuple | list) and any(map(_has_size, v))
        else str(np.shape(v))
        for v in value
    )
    return ", ".join(parts)


def listing(values: dict[str, Any]) -> str:
    """Return the names of some values, each with a few words about it."""
    return ", ".join(f"{k} {describe(v)}" for k, v in values.items())


def listed(names: Sequence[str]) -> str:
    """Return names with a verb: "i and f are", "o is"."""
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"


def kind(value: Any) -> str:
    """Return the name of a value's type."""
    return type(value).__name__


def short(value: Any) -> str:
    """Return a value as Python would write it, cut if it is long."""
    text = repr(_bare(value))
    return text if len(text) <= 80 else text[:77] + "…"


def _bare(value: Any) -> Any:
    """Return a value with numbers in place of arrays that hold one number."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return value.item()
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_bare, value))
    return value


def cast(value: Any) -> Any:
    """Return the value with every float64 array in it as float32."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    return _inside(cast, value)


def _inside(change: Callable[[Any], Any], value: Any) -> Any:
    """Return the value with what is in it changed: in dicts, tuples and lists."""
    if isinstance(value, dict):
        return {k: change(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(change, value))
    if isinstance(value, tuple | list):
        return type(value)(map(change, value))
    return value


def apart(value: Any) -> Any:
    """Return the value with every array in it as a view whose numbers lie apart.

    The numbers are the same; in memory each is followed by another one.
    """
    if isinstance(value, np.ndarray) and value.ndim:
        room = np.zeros((*value.shape, 2), value.dtype)
        room[..., 0] = value
        return room[..., 0]
    return _inside(apart, value)


def stored_plainly(value: Any) -> Any:
    """Return the value with arrays whose numbers lie side by side, in order."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    return _inside(stored_plainly, value)


def widened(value: Any) -> Any:
    """Return the value with every float32 array in it as float64."""
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return value.astype(float)
    return _inside(widened, value)


def lies_apart(value: Any) -> bool:
    """Return whether there is an array in the value whose numbers lie apart."""
    if isinstance(value, dict):
        return any(map(lies_apart, value.values()))
    if isinstance(value, tuple | list):
        return any(map(lies_apart, value))
    return isinstance(value, np.ndarray) and not value.flags.forc


def copied(value: Any) -> Any:
    """Return a copy that shares nothing; arrays that lie apart do so again."""
    if isinstance(value, np.ndarray):
        return apart(value) if lies_apart(value) else value.copy(order="K")
    if isinstance(value, dict | tuple | list):
        return _inside(copied, value)
    return copy.deepcopy(value)


def has_float32(value: Any) -> bool:
    """Return whether there is a float32 array in the value."""
    if isinstance(value, dict):
        return any(map(has_float32, value.values()))
    if isinstance(value, tuple | list):
        return any(map(has_float32, value))
    return isinstance(value, np.ndarray) and value.dtype == np.float32


def finite(value: Any) -> bool:
    """Return whether a plain value holds no nan and no infinite number."""
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, tuple | list):
        return all(map(finite, value))
    array = np.asarray(value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def form(value: Any) -> Any:
    """Return what kind of plain value it is: shapes for numbers, names, words."""
    if isinstance(value, dict):
        return {k: form(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return tuple(map(form, value))
    if value is None or isinstance(value, str):
        return kind(value)
    array = np.asarray(value)
    return array.shape if array.dtype.kind in NUMBERS else kind(value)
