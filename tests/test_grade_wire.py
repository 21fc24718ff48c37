"""The language between grader and sandbox: exact there and back, nothing else."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unrolled import cells
from unrolled.check.values import same
from unrolled.grade import wire

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def there_and_back(value, trusted=False):
    return wire.unpack(wire.pack(value), trusted)


@given(PLAIN)
@settings(max_examples=200, deadline=None)
def test_plain_values_come_back_as_they_were(value):
    assert repr(there_and_back(value)) == repr(value)


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "i8", "u4", "f2", "f4", "f8", "c8", "c16", "U3"]
)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (1, 0, 2)])
def test_arrays_come_back_as_they_were(dtype, shape):
    array = np.ones(shape, dtype)
    back = there_and_back(array)
    assert back.dtype == array.dtype and back.shape == shape
    assert np.array_equal(back, array)
    back[...] = back  # it can be written


def test_views_and_odd_numbers_come_back():
    array = np.arange(12.0).reshape(3, 4).astype(">f8").T[::2]
    assert np.array_equal(there_and_back(array), array)
    odd = np.array([np.nan, np.inf, -0.0])
    assert there_and_back(odd).tobytes() == odd.tobytes()
    assert math.isnan(there_and_back(float("nan")))
    assert there_and_back(np.longdouble(1.5)) == 1.5
    assert there_and_back(2j) == 2j


def test_named_tuples_come_only_from_a_trusted_side():
    weights = cells.rnn_weights(2, 3, np.random.default_rng(0))
    back = there_and_back(weights, trusted=True)
    assert type(back) is cells.RNNWeights and same(tuple(back), tuple(weights), 0)
    with pytest.raises(wire.WireError):
        there_and_back(weights)


def test_other_things_arrive_as_the_name_of_their_type():
    class Thing:
        pass

    for value, name in ((Thing(), "Thing"), (print, "builtin_function_or_method")):
        assert type(there_and_back(value)).__name__ == name
    assert type(there_and_back(np.array([{}, 1]))).__name__ == "ndarray"
    masked = there_and_back(np.ma.masked_all((2,)))
    assert np.ma.is_masked(masked) and np.isnan(np.asarray(masked)).all()
    with pytest.raises(wire.WireError, match="cannot be sent"):
        wire.pack(Thing(), strict=True)


def test_what_is_too_deep_or_too_long_is_not_packed():
    endless = []
    endless.append(endless)
    for value in (endless, 1 << 100_000):
        with pytest.raises(wire.WireError):
            wire.pack(value)


def message(tree, arrays=b""):
    text = json.dumps(tree).encode()
    return wire.HEAD.pack(len(text), len(arrays)) + text + arrays


BAD = {
    "nothing": b"",
    "too short": b"\x00\x00",
    "wrong length": message(1)[:-1],
    "no JSON": wire.HEAD.pack(1, 0) + b"{",
    "bare number": message(7),
    "bare list": message([1]),
    "two tags": message({"i": "1", "f": "2"}),
    "unknown tag": message({"z": 1}),
    "no tag": message({}),
    "long number": message({"i": "9" * 5000}),
    "number of another kind": message({"i": 3}),
    "no float": message({"f": "x"}),
    "no list": message({"l": 3}),
    "half a pair": message({"d": [[None]]}),
    "key of a kind that is none": message({"d": [[{"l": []}, None]]}),
    "objects": message({"a": ["|O8", [1]]}, b"12345678"),
    "structured": message({"a": ["V8", [1]]}, b"12345678"),
    "array beyond the message": message({"a": ["<f8", [9]]}, b"12345678"),
    "negative size": message({"a": ["<f8", [-1]]}, b""),
    "huge empty": message({"a": ["<f8", [0, 1 << 40, 1 << 40]]}),
    "many axes": message({"a": ["<f8", [1] * 40]}, b"12345678"),
    "size of another kind": message({"a": ["<f8", ["1"]]}, b"12345678"),
    "bytes left over": message(None, b"12345678"),
    "no characters": message({"a": ["<U1", [1]]}, b"\xff\xff\xff\xff"),
    "named": message({"n": ["X", ["a"], [None]]}),
    "masked and huge": message({"m": [1 << 30, 1 << 30]}),
    "too many": message({"l": [None] * 300_000}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_in_the_language_is_refused(name):
    with pytest.raises(wire.WireError):
        wire.unpack(BAD[name])


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    try:
        wire.unpack(data)
    except wire.WireError:
        pass


@given(PLAIN, st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_any_broken_message_is_read_or_refused(value, at, byte):
    data = bytearray(wire.pack(value))
    data[at % len(data)] = byte
    try:
        wire.unpack(bytes(data))
    except wire.WireError:
        pass


def test_the_name_of_a_type_is_only_a_name():
    told = there_and_back({"value": None})
    assert told == {"value": None}
    odd = wire.unpack(message({"o": "<script>"}))
    assert type(odd).__name__ == "object"
