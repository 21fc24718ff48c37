"""The language between the grader and a sandbox: JSON and raw arrays, nothing else.

Nothing that is read here can run code, as a pickle could. A message has limits: bytes,
depth, number of values, and what they take up once they are built; they are looked at
before anything is built. What a sandbox cannot say in this language (an object, a
function) arrives as `Other`, with the name of its type.

An answer of a sandbox is a token, one letter that says what it is, and a body. What is
not the outcomes of a check is read here without a parser; outcomes are a message, to be
unpacked where that can do no harm (`judge`).
"""

import json
import math
import re
import struct
import sys
from collections import namedtuple
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from unrolled.check.values import apart, lies_apart

MOST_BYTES = 32 << 20  # of arrays, and of what stands for them
MOST_TEXT = 8 << 20  # bytes of JSON
MOST_VALUES = 200_000
MOST_DEPTH = 30
MOST_DIGITS = 4000
MOST_KEYS = 1000  # of dicts, of kinds whose hash a sender can choose
MOST_NAMES = 100  # of types
MOST_WORDS = 2000  # bytes of a sentence
PRIME = sys.hash_info.modulus  # smaller whole numbers have different hashes
DTYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16|U\d{1,4})")
NAME = re.compile(r"[A-Za-z_]\w{0,60}")
HEAD = struct.Struct(">II")  # bytes of JSON, bytes of arrays


TOKEN = 32  # letters
DONE, ERROR, OUTCOMES, LARGE = b"d", b"e", b"o", b"l"


class WireError(Exception):
    """A message that is not in the language, or breaks its limits."""


class Answer(NamedTuple):
    """What a sandbox says: DONE, ERROR with a sentence, OUTCOMES, or LARGE."""

    kind: bytes
    body: bytes = b""

    @property
    def sentence(self) -> str:
        """The body as a sentence."""
        return self.body[:MOST_WORDS].decode("utf-8", "replace")


def sealed(token: str, answer: Answer) -> bytes:
    """Return an answer as it is sent."""
    return token.encode("ascii") + answer.kind + answer.body


def opened(message: bytes, token: str) -> Answer:
    """Return the answer that was sent; raises WireError without the right token."""
    if message[:TOKEN] != token.encode("ascii"):
        raise WireError("An answer came that nobody had asked for.")
    kind, body = message[TOKEN : TOKEN + 1], message[TOKEN + 1 :]
    if kind not in (DONE, ERROR, OUTCOMES, LARGE):
        raise WireError("An answer came that is of no known kind.")
    return Answer(kind, body)


class Other:
    """Something that is no number, text, array or collection of them."""


def other(name: str) -> Any:
    """Return an object whose type has this name, as the sentences of a check show."""
    name = name if NAME.fullmatch(name) else "object"
    return type(name, (Other,), {"__repr__": lambda self: f"<{name}>"})()


def pack(value: Any, strict: bool = False) -> bytes:
    """Return a value as a message. Strict raises WireError for what has no word.

    Strict too, an array whose numbers lie apart in memory is told to be one.
    """
    blobs: list[bytes] = []
    tree = _tree(value, blobs, strict, 0)
    text = json.dumps(tree, allow_nan=False).encode("ascii")
    if len(text) > MOST_TEXT:
        raise WireError(f"Its texts and lists have more than {MOST_TEXT >> 20} MB.")
    arrays = b"".join(blobs)
    return HEAD.pack(len(text), len(arrays)) + text + arrays


def _tree(value: Any, blobs: list[bytes], strict: bool, depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise WireError(f"A value is nested more than {MOST_DEPTH} deep.")
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is np.str_:  # a text, and no array of one
        return str(value)
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
    how = [little.dtype.str, list(array.shape)]
    return {"v" if strict and lies_apart(array) else "a": how}


def unpack(message: bytes, trusted: bool = False) -> Any:
    """Return the value of a message; raises WireError for anything unexpected.

    Only a trusted message may hold named tuples, and arrays that lie apart.
    """
    try:
        n_text, n_arrays = HEAD.unpack_from(message)
        if len(message) != HEAD.size + n_text + n_arrays:
            raise WireError("A message has another length than it says.")
        tree = _parsed(message[HEAD.size : HEAD.size + n_text])
        reader = _Reader(memoryview(message)[HEAD.size + n_text :], trusted)
        value = reader.read(tree, 0)
    except WireError:
        raise
    except Exception as error:  # whatever a sender has thought of
        raise WireError(f"A message is malformed: {error!s:.100}") from None
    if reader.at != n_arrays:
        raise WireError("A message has bytes that no array uses.")
    return value


def _parsed(text: bytes) -> Any:
    """Return the JSON of a text that cannot hold more than may be read."""
    # Every thing in it that takes memory begins at one of these.
    marks = (text.count(b"{"), text.count(b"[") // 2, text.count(b",") // 2)
    if len(text) > MOST_TEXT or max(marks) > MOST_VALUES:
        raise WireError("A message holds too many values.")
    return json.loads(text.decode("ascii"))


class _Reader:
    def __init__(self, arrays: memoryview, trusted: bool):
        self.arrays, self.at, self.trusted, self.count = arrays, 0, trusted, 0
        self.room, self.keys = MOST_BYTES, MOST_KEYS
        self.types: dict[str, Any] = {}

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
        if tag == "v" and self.trusted:
            return apart(self._array(*given))
        if tag in ("l", "t"):
            found = [self.read(v, next_depth) for v in _list(given)]
            return found if tag == "l" else tuple(found)
        if tag == "d":
            pairs = (_list(pair, 2) for pair in _list(given))
            return {
                self._key(self.read(k, next_depth)): self.read(v, next_depth)
                for k, v in pairs
            }
        if tag == "n" and self.trusted:
            name, fields, values = given
            read = [self.read(v, next_depth) for v in values]
            return _named(name, fields)(*read)
        simple: dict[str, Callable[[Any], Any]] = {
            "i": _whole,
            "f": lambda text: float.fromhex(str(text)),
            "m": self._masked,
            "o": self._other,
        }
        if tag not in simple:
            raise WireError(f"A message holds a value of the unknown kind {tag!r:.20}.")
        return simple[tag](given)

    def _key(self, key: Any) -> Any:
        if not isinstance(key, str | int | float | bool | tuple | None):
            raise WireError("A message holds a dict with keys that are no keys.")
        # A sender who chooses hashes makes a dict slow; that of a text he cannot know.
        if not (type(key) is str or (type(key) is int and abs(key) < PRIME)):
            self.keys -= 1
        if self.keys < 0:
            raise WireError(f"A message holds more than {MOST_KEYS} odd keys.")
        return key

    def _other(self, name: Any) -> Any:
        name = str(name)[:100]
        if name not in self.types:
            if len(self.types) >= MOST_NAMES:
                raise WireError(f"A message names more than {MOST_NAMES} types.")
            self.types[name] = other(name)
        return self.types[name]

    def _masked(self, shape: Any) -> np.ma.MaskedArray:
        sizes = _shape(shape)
        self.room -= 9 * math.prod(sizes)  # bytes of a number and of its mask
        if self.room < 0:
            raise WireError("A message holds masked arrays that are too large.")
        # Of nan: what lies under a mask must equal nothing.
        return np.ma.array(np.full(sizes, np.nan), mask=True)

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
