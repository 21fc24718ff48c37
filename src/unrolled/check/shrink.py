"""What must be zero for an answer to be right, and how small a case fails.

`zeros` takes away one part after another, so that the sentence can name the one at
fault. `shrink` makes a counter-example smaller and its numbers simpler for as long as
it stays one, as Hypothesis does with examples that it found itself.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from unrolled.check.values import short

MOST_TRIES = 200  # calls of an answer while a counter-example is made smaller
LONGEST = 240  # characters of a counter-example that is worth showing


def axes_of(**axes: str) -> dict[str, tuple[str, ...]]:
    """Return `dims` for inputs whose axes are named: `h="batch time n_hidden"`."""
    return {name: tuple(axis.split()) for name, axis in axes.items()}


def over(sizes: Sequence[tuple], draw: Callable[..., dict]) -> dict[str, Any]:
    """Return `draw` and `cases` for a check: `draw(rng, *sizes[case])` for each."""
    return {
        "draw": lambda rng, case: draw(rng, *sizes[case]),
        "cases": len(sizes),
    }


def arrays(
    names: str,
    sizes: Sequence[tuple],
    then: Callable[[np.random.Generator, dict], dict] | None = None,
    **axes: str,
) -> dict[str, Any]:
    """Return `draw` and `dims` for a check whose inputs are arrays of normal numbers.

    `names` are the sizes that each case of `sizes` gives: "batch n_in n_hidden". The
    inputs follow, with their axes: `x="batch n_in", b="4*n_hidden"`. A last size named
    "scale", which a case may leave out, multiplies what the first of a batch holds:
    1000 lets an exp overflow. `then(rng, inputs)` returns them with some that follow
    from the others.
    """
    dims = axes_of(**axes)

    def length(axis: str, given: dict[str, int]) -> int:
        blocks, _, base = axis.rpartition("*")
        return int(blocks or 1) * given[base]

    def draw(rng: np.random.Generator, case: int) -> dict[str, np.ndarray]:
        given = {"scale": 1} | dict(zip(names.split(), sizes[case], strict=False))
        drawn = {
            name: rng.normal(size=[length(axis, given) for axis in of])
            for name, of in dims.items()
        }
        for name, of in dims.items():
            if of[0] == "batch":
                drawn[name][0] *= given["scale"]
        return then(rng, drawn) if then else drawn

    return {"draw": draw, "dims": dims, "cases": len(sizes)}


def zeros(
    inputs: dict[str, Any], dims: dict[str, tuple[str, ...] | None], gates: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the inputs with one of them zero, then with one gate's blocks zero."""
    for name in dims:
        yield f"`{name}`", inputs | {name: 0 * inputs[name]}
    labels = gates.split()
    for k, label in enumerate(labels):
        less = {}
        for name, axes in dims.items():
            if axes and axes[-1].startswith(f"{len(labels)}*"):
                parts = np.split(inputs[name], len(labels), axis=-1)
                parts[k] = 0 * parts[k]
                less[name] = np.concatenate(parts, axis=-1)
        yield f"block {label}", inputs | less


def by_zero(names: Sequence[str], wrong: Sequence[bool]) -> str:
    """Return a sentence about what must be zero for the answer to be right.

    It begins with a space. Nothing is said if that is nothing, or anything.
    """
    right = [name for name, bad in zip(names, wrong, strict=True) if not bad]
    if not right or len(right) == len(names):
        return ""
    return f" It is right where {' or '.join(right)} is zero: look at what it does."


def shrink(
    inputs: dict[str, Any],
    dims: dict[str, tuple[str, ...] | None],
    fails: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """Return the smallest inputs found for which `fails` still holds.

    `dims` names the axes of each input that may be changed, `()` for a number, None
    where the sizes must stay. Axes of one name are cut together; "4*n_hidden" is an
    axis of four blocks. Sizes go first, then numbers: zeros, then fewer digits.
    """
    tries, smaller = MOST_TRIES, True
    while smaller:
        smaller = False
        for candidate in _simpler(inputs, dims):
            if not tries:
                return inputs
            tries -= 1
            if fails(candidate):
                inputs, smaller = candidate, True
                break
    return inputs


def _simpler(inputs: dict, dims: dict) -> Iterator[dict]:
    sizes: dict[str, int] = {}
    for name, axes in dims.items():
        for axis, size in zip(axes or (), np.shape(inputs[name]), strict=False):
            sizes |= {} if "*" in axis else {axis: size}
    for axis, size in sizes.items():
        for length in dict.fromkeys((1, size // 2, size - 1)):
            if 0 < length < size:
                yield _cut(inputs, dims, axis, length)
    for name in dims:
        value = inputs[name]
        if isinstance(value, int) and not isinstance(value, bool):
            for less in dict.fromkeys((1, value // 2, value - 1)):
                if 0 < less < value:
                    yield inputs | {name: less}
        elif np.asarray(value).dtype.kind == "f":
            yield from (inputs | {name: v} for v in _plainer(np.asarray(value)))


def _cut(inputs: dict, dims: dict, axis: str, length: int) -> dict:
    """Return the inputs with every axis of that name cut to a length."""
    changed = {}
    for name, axes in dims.items():
        value = inputs[name]
        for place, label in enumerate(axes or ()):
            blocks, _, base = label.rpartition("*")
            if base == axis:
                blocks = int(blocks or 1)
                size = value.shape[place] // blocks
                keep = np.arange(length) + size * np.arange(blocks)[:, None]
                value = value.take(keep.ravel(), axis=place)
        changed[name] = value
    return inputs | changed


def _plainer(value: np.ndarray) -> Iterator[np.ndarray]:
    """Yield simpler numbers of the same shape: zeros, a single one, fewer digits."""
    if value.any():
        yield np.zeros_like(value)
    if np.count_nonzero(value) > 1:
        for place in np.argwhere(value)[:8]:
            alone = np.zeros_like(value)
            alone[tuple(place)] = value[tuple(place)]
            yield alone
    if np.isin(value, (0.0, 0.5, 1.0)).all():
        return
    for number in (1.0, 0.5):
        yield np.where(value != 0, value.dtype.type(number), 0 * value)
    for digits in (0, 1):
        fewer = np.round(value, digits)
        if (fewer != value).any() and fewer.any():
            yield fewer


def example(inputs: dict, given: Any, expected: Any) -> str:
    """Return a sentence that shows a small counter-example, or nothing if it is long.

    It begins with a space.
    """
    part = ""
    if isinstance(given, dict) and isinstance(expected, dict):  # the first that differs
        keys = (k for k in expected if _written(given[k]) != _written(expected[k]))
        key = next(keys, None)
        if key is None:
            return ""
        part, given, expected = f"{key} = ", given[key], expected[key]
    if _written(given) == _written(expected):
        return ""
    parts = [f"{name} = {_written(value)}" for name, value in inputs.items()]
    says = f" A small case that fails: {', '.join(parts)}"
    says += f" gives {part}{_written(given)}, expected {_written(expected)}."
    return says if len(says) <= LONGEST else ""


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return short({k: _number(v) for k, v in value.items()})
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_written, value)) + ")"
    array = np.asarray(value)
    if array.ndim and array.size > 1 and not array.any():
        return f"zeros {array.shape}"
    if array.ndim:
        return (
            np.array2string(array, precision=4, separator=", ", max_line_width=10**6)
            .replace("\n", "")
            .replace("[ ", "[")
            .replace(",  ", ", ")
        )
    return str(_number(value))


def _number(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind == "f" and not array.ndim:
        return float(f"{float(array):.6g}")
    return array.item() if not array.ndim else array.tolist()
