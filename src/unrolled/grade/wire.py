"""The language between the grader and a sandbox: JSON and raw arrays, nothing else.

Nothing that is read here can run code, as a pickle could. A message has limits: bytes,
depth, number of values. What a sandbox cannot say in this language (an object, a
function) arrives as `Other`, with the name of its type.
"""

import json
import math
import re
import struct
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_BYTES = 32 << 20
MOST_VALUES = 200_000
MOST_DEPTH = 30
MOST_DIGITS = 4000
DTYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16|U\d{1,4})")
NAME = re.compile(r"[A-Za-z_]\w{0,60}")
HEAD = struct.Struct(">II")  # bytes of JSON, bytes of arrays


class WireError(Exception):
    """A message that is not in the language, or breaks its limits."""


class Other:
    """Something that is no number, text, array or collection of them."""


def other(name: str) -> Any:
    """Return an object whose type has this name, as the sentences of a check show."""
    name = name if NAME.fullmatch(name) else "object"
    return type(name, (Other,), {"__repr__": lambda self: f"<{name}>"})()


def pack(value: Any, strict: bool = False) -> bytes:
    """Return a value as a message. Strict raises WireError for what has no word."""
    blobs: list[bytes] = []
    tree = _tree(value, blobs, strict, 0)
    text = json.dumps(tree, allow_nan=False).encode("ascii")
    arrays = b"".join(blobs)
    return HEAD.pack(len(text), len(arrays)) + text + arrays


def _tree(value: Any, blobs: list[bytes], strict: bool, depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise WireError(f"A value is nested more than {MOST_DEPTH} deep.")
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        if value.bit_length() > 3 * MOST_DIGITS:
            raise WireError(f"A whole number has more than {MOST_DIGITS} digits.")
        return {"i": str(value)}
    if type(value) is float:
        return {"f": value.hex() if math.isfinite(value) else str(value)}
    if type(value) is complex:
        return _tree(np.array(value), blobs, strict, depth)

    def inner(one: Any) -> Any:
        return _tree(one, blobs, strict, depth + 1)

    if isinstance(value, np.ma.MaskedArray):
        return {"m": list(value.shape)}
    if isinstance(value, np.ndarray | np.generic):
        return _array(np.asarray(value), blobs, strict)
    if type(value) is list:
        return {"l": [inner(v) for v in value]}
    if type(value) is tuple:
        return {"t": [inner(v) for v in value]}
    if type(value) is dict:
        return {"d": [[inner(k), inner(v)] for k, v in value.items()]}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = list(value._fields)
        return {"n": [type(value).__name__, fields, [inner(v) for v in value]]}
    if strict:
        raise WireError(f"A {type(value).__name__} cannot be sent: {value!r:.80}.")
    return {"o": str(type(value).__name__)}


def _array(array: np.ndarray, blobs: list[bytes], strict: bool) -> Any:
    if array.dtype.kind in "fc" and not DTYPE.fullmatch(array.dtype.str):
        array = array.astype("f8" if array.dtype.kind == "f" else "c16")
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    if not DTYPE.fullmatch(little.dtype.str):
        if strict:
            raise WireError(f"An array of dtype {array.dtype} cannot be sent.")
        return {"o": "ndarray"}
    blobs.append(little.tobytes())
    return {"a": [little.dtype.str, list(array.shape)]}


def unpack(message: bytes, trusted: bool = False) -> Any:
    """Return the value of a message; raises WireError for anything unexpected.

    Only a trusted message may hold named tuples.
    """
    try:
        n_text, n_arrays = HEAD.unpack_from(message)
        if len(message) != HEAD.size + n_text + n_arrays:
            raise WireError("A message has another length than it says.")
        tree = json.loads(message[HEAD.size : HEAD.size + n_text].decode("ascii"))
        reader = _Reader(memoryview(message)[HEAD.size + n_text :], trusted)
        value = reader.read(tree, 0)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, struct.error) as error:
        raise WireError(f"A message is malformed: {error!s:.100}") from None
    if reader.at != n_arrays:
        raise WireError("A message has bytes that no array uses.")
    return value


class _Reader:
    def __init__(self, arrays: memoryview, trusted: bool):
        self.arrays, self.at, self.trusted, self.count = arrays, 0, trusted, 0

    def read(self, tree: Any, depth: int) -> Any:
        self.count += 1
        if self.count > MOST_VALUES or depth > MOST_DEPTH + 1:
            raise WireError("A message holds too many values, or too deep ones.")
        if tree is None or isinstance(tree, bool | str):
            return tree
        if not isinstance(tree, dict) or len(tree) != 1:
            raise WireError("A message holds something that is no value.")
        (tag, given), next_depth = next(iter(tree.items())), depth + 1
        if tag == "a":
            return self._array(*given)
        if tag in "lt":
            found = [self.read(v, next_depth) for v in _list(given)]
            return found if tag == "l" else tuple(found)
        if tag == "d":
            pairs = (_list(pair, 2) for pair in _list(given))
            return {
                _key(self.read(k, next_depth)): self.read(v, next_depth)
                for k, v in pairs
            }
        if tag == "n" and self.trusted:
            name, fields, values = given
            read = [self.read(v, next_depth) for v in values]
            return _named(name, fields)(*read)
        simple: dict[str, Callable[[Any], Any]] = {
            "i": _whole,
            "f": lambda text: float.fromhex(str(text)),
            # Of nan: what lies under a mask must equal nothing.
            "m": lambda shape: np.ma.array(np.full(_shape(shape), np.nan), mask=True),
            "o": lambda name: other(str(name)),
        }
        if tag not in simple:
            raise WireError(f"A message holds a value of the unknown kind {tag!r:.20}.")
        return simple[tag](given)

    def _array(self, dtype: str, shape: list) -> np.ndarray:
        if not isinstance(dtype, str) or not DTYPE.fullmatch(dtype):
            raise WireError(f"An array has the dtype {dtype!r:.20}.")
        shape, kind = _shape(shape), np.dtype(dtype)
        n = math.prod(shape) * kind.itemsize
        if n > len(self.arrays) - self.at:
            raise WireError("An array is larger than the message that holds it.")
        raw = self.arrays[self.at : self.at + n]
        self.at += n
        if kind.kind == "U":  # code points beyond Unicode would stop Python later
            points = np.frombuffer(raw, "<u4")
            if (points > 0x10FFFF).any():
                raise WireError("A text holds what is no character.")
        if kind.kind == "b":
            return (np.frombuffer(raw, "u1") != 0).reshape(shape)
        return np.frombuffer(raw, kind).reshape(shape).copy()


def _list(given: Any, length: int | None = None) -> list:
    if not isinstance(given, list) or length not in (None, len(given)):
        raise WireError("A message holds a malformed list.")
    return given


def _key(key: Any) -> Any:
    if not isinstance(key, str | int | float | bool | tuple | None):
        raise WireError("A message holds a dict with keys that are no keys.")
    hash(key)
    return key


def _shape(shape: Any) -> tuple[int, ...]:
    sizes = _list(shape)
    if len(sizes) > 16 or not all(
        type(n) is int and 0 <= n <= MOST_BYTES for n in sizes
    ):
        raise WireError("An array has an impossible shape.")
    if math.prod(n for n in sizes if n) > MOST_BYTES:
        raise WireError("An array has an impossible shape.")
    return tuple(sizes)


def _whole(text: Any) -> int:
    if not isinstance(text, str) or len(text) > MOST_DIGITS:
        raise WireError(f"A whole number has more than {MOST_DIGITS} digits.")
    return int(text)


def _named(name: str, fields: list[str]) -> type:
    from unrolled import cells

    found = getattr(cells, name, None)
    if isinstance(found, type) and list(getattr(found, "_fields", [])) == fields:
        return found
    return namedtuple(name, fields)
