"""The sentences of a check: what differs between an answer and the reference.

Everything here looks at plain values (numbers, strings, arrays, and tuples, lists and
dicts of them). Nothing runs the learner's code.
"""

import inspect
import itertools
import linecache
import os
import re
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unrolled.check.patterns import pattern
from unrolled.check.values import NUMBERS, describe, kind, listing, same, short

__all__ = [
    "difference",
    "failure",
    "in_order",
    "not_callable",
    "reordered",
    "stub",
    "takes",
]

# Code that the learner did not write: ours, the standard library's.
NOT_THEIRS = (str(Path(__file__).resolve().parents[1]), os.path.dirname(os.__file__))
ERROR = re.compile(r"^\s*\w+(Error|Exception): (.+)")
# How TensorFlow quotes a line that it has translated: file, number, function, line.
QUOTED = re.compile(r'File "([^"]+)", line (\d+), in (\S+)[^\n]*\n\s+(\S.*)')
# Keras and TensorFlow put these above and below the message.
HEADINGS = ("Exception encountered when calling", "in user code:")
NO_MESSAGE = ("File ", "Arguments received by", "Call arguments received by")
# What frameworks say when a NumPy function gets their tensor.
NUMPY_ON_A_TENSOR = ("Cannot convert a symbolic", "Can't call numpy() on Tensor that")

IN_WORDS = {  # other things that frameworks say, and what they mean here
    "backward through the graph a second time": (
        "the gradient walks back into a part that is done with, on which the state "
        "still hangs. Cut it off with `h = h.detach()`. (`retain_graph=True` would "
        "keep all parts, and cut nothing.)"
    ),
    "does not require grad": (
        "the loss does not know the layer's weights. Was the layer run under "
        "`no_grad`, or its result detached before the loss was computed?"
    ),
    "convert a value (None)": (
        "a gradient is None, since the tape did not see how the loss came from the "
        "weights. Run the layer and compute the loss inside the `with`."
    ),
}


def failure(name: str, error: BaseException, inputs: dict[str, Any]) -> str:
    """Return a sentence about an exception, with the learner's own line.

    The shapes of what stands in that line follow, or else what the answer was given.
    """
    walked = list(traceback.walk_tb(error.__traceback__))
    frames = traceback.StackSummary.extract(walked)
    theirs = [
        (summary, frame)
        for summary, (frame, _) in zip(frames, walked, strict=True)
        if _theirs(summary.filename)
    ]
    quoted = [q for q in QUOTED.findall(_whole(error)) if _theirs(q[0])]
    where, shapes = " when the check used it", {}
    if quoted:
        _, number, function, line = quoted[-1]
        where = _at(name, number, function, line)
    elif theirs:
        summary, frame = theirs[-1]
        line = _line(summary)
        where = _at(name, summary.lineno, summary.name, line)
        shapes = _shapes_in(line, frame.f_locals)
    message = _message(error)
    if theirs and message.startswith(NUMPY_ON_A_TENSOR):
        message = (
            "a function of NumPy was given a tensor, through which gradients must go. "
            "Use the framework's own (`torch.tanh` or `keras.ops.tanh` for `np.tanh`)"
        )
    message = next((w for sign, w in IN_WORDS.items() if sign in message), message)
    says = f"`{name}` stopped with {kind(error)}{where}"
    says += f": {message}" if message else ""
    says += "" if says.endswith((".", "?", "!")) else "."
    if shapes:
        told = ", ".join(f"`{key}` has shape {shape}" for key, shape in shapes.items())
        return f"{says} In that line {told}."
    return says + (f" It was given {listing(inputs)}." if inputs else "")


def _line(summary: traceback.FrameSummary) -> str:
    line = summary.line or linecache.getline(summary.filename, summary.lineno)
    return line.strip()


def _at(name: str, number: int | str, function: str, line: str) -> str:
    """Return where an answer stopped, in words; `name` is the answer's own."""
    own = function in (name, "<lambda>", "<module>")
    where = f" in line {number}" + ("" if own else f" of `{function}`")
    return where + (f", `{line}`" if line else "")


def _shapes_in(line: str, values: dict[str, Any]) -> dict[str, tuple]:
    """Return the shapes of the arrays that a line of code names."""
    found = {}
    for word in dict.fromkeys(re.findall(r"(?<![.\w])[A-Za-z_]\w*", line)):
        try:
            found[word] = tuple(int(n) for n in values[word].shape)
        except Exception:  # no array: modules have a function of that name
            continue
    return found


def stub(error: NotImplementedError) -> str | None:
    """Return the name of the function whose `raise` line stopped the answer, or None.

    The name is "" where it cannot be told or is that of a method. Frameworks raise the
    same error, for a model without `forward`, say, or when a NumPy function gets their
    tensor. Keras raises the learner's error anew, and quotes the line.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = bool(frames) and _theirs(frames[-1].filename)
    line = _line(frames[-1]) if own else ""
    unknown = own and not line and not _message(error)
    if not unknown and "raise NotImplementedError" not in line + _whole(error):
        return None
    name = frames[-1].name if own else ""
    return "" if name.startswith(("_", "<")) or name in ("forward", "call") else name


def not_callable(name: str, answer: Any) -> str:
    """Return a sentence about something that stands where a function should."""
    return (
        f"`{name}` is {describe(answer).removeprefix('= ')}, not a function. Run the "
        f"cell that begins with `def {name}`."
    )


def takes(name: str, answer: Any, inputs: dict[str, Any]) -> str | None:
    """Return a sentence if an answer cannot be called with these inputs, or None."""
    try:
        given = inspect.signature(answer)
    except (TypeError, ValueError):
        return None
    try:
        given.bind(*inputs.values())
    except TypeError:
        return (
            f"`{name}` takes ({', '.join(given.parameters)}); it is called with "
            f"({', '.join(inputs)}). Leave the `def` line as it was given."
        )
    return None


def _theirs(filename: str) -> bool:
    return not (
        filename.startswith((*NOT_THEIRS, "<frozen"))
        or "site-packages" in filename
        or os.path.basename(filename) == "checks.py"
        or "__autograph_generated_file" in filename
    )


def _whole(error: BaseException) -> str:
    """Return an error's message without colors, or nothing if it cannot be had."""
    try:
        return re.sub(r"\x1b\[\d*m", "", str(error))
    except Exception:
        return ""


def _message(error: BaseException) -> str:
    """Return the line of an error's message that says what happened."""
    lines = [line.strip() for line in _whole(error).splitlines() if line.strip()]
    first = lines[0] if lines else ""
    if first.startswith(HEADINGS):
        told = [found[2] if (found := ERROR.match(line)) else line for line in lines]
        last = max(k for k, line in enumerate(told) if line.startswith(HEADINGS))
        if told[last].startswith(HEADINGS[1]):  # code is quoted; then comes the error
            below = [t for t, line in zip(told, lines, strict=True) if t != line]
        else:
            below = told[last + 1 : last + 2]
        first = below[0] if below and not below[0].startswith(NO_MESSAGE) else ""
    elif first.endswith(":"):
        first = " ".join(lines[:2])
    return first if len(first) <= 300 else first[:299] + "…"


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
        return f"`{name}` returned nothing. Does every way through it end in `return`?"
    if isinstance(expected, dict):
        return _parts_by_name(name, given, expected, tolerance, axes, inputs)
    if isinstance(expected, tuple):
        return _parts(name, given, expected, tolerance, axes, outputs, inputs)
    if isinstance(expected, str | bool | list):
        if same(given, expected, tolerance):
            return None
        return (
            f"`{name}` returned {short(given)}; expected {short(expected)}"
            f"{_for(inputs)}."
        )
    right = np.asarray(expected)
    try:
        array = np.asarray(given)
    except ValueError:  # lists of unequal lengths
        array = np.empty(0, object)
    if array.dtype.kind not in NUMBERS or np.ma.is_masked(given):
        return _no_numbers(name, given, right)
    if array.dtype.kind == "c" and right.dtype.kind != "c":
        return f"`{name}` returned complex numbers; expected real ones."
    argument = next((k for k, v in (inputs or {}).items() if _is(v, array)), None)
    if argument and right.ndim and not same(array, right, tolerance):
        return f"`{name}` returned its argument `{argument}` as it was given."
    if array.shape != right.shape:
        if isinstance(given, tuple):
            n, s = len(given), "s" * (len(given) != 1)
            return f"`{name}` returned {n} value{s}; expected {_wanted(right)}."
        return _shape(name, array, right, tolerance, axes)
    return _values(name, array, right, tolerance, axes, inputs)


def _is(value: Any, array: np.ndarray) -> bool:
    return isinstance(value, np.ndarray) and same(value, array, 0)


def _wanted(right: np.ndarray) -> str:
    return f"one array of shape {right.shape}" if right.ndim else "one number"


def _no_numbers(name: str, given: Any, right: np.ndarray) -> str:
    article = "an" if kind(given)[0].lower() in "aeiou" else "a"
    what = f"{article} {kind(given)}"
    if inspect.isgenerator(given):
        what = "a generator (was `yield` written for `return`?)"
    elif inspect.isroutine(given) and not isinstance(given, np.ufunc):
        what = "a function (are the brackets of a call missing?)"
    elif isinstance(given, int):
        what = "a whole number of more than 19 digits"
    elif np.ma.is_masked(given):
        what = "a masked array, which hides some of its values"
    elif isinstance(given, np.ndarray):
        what = f"an array of dtype {given.dtype}, which does not hold numbers"
    elif isinstance(given, tuple):
        what = f"{len(given)} values"
    elif isinstance(given, list):
        what = "a list that does not form an array of numbers"
    return f"`{name}` returned {what}; expected {_wanted(right)}."


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


def in_order(given: Any, expected: Any, outputs: Sequence[str]) -> Any:
    """Return the values of a NamedTuple, or an array's rows, where a tuple is asked."""
    if isinstance(expected, tuple):
        if isinstance(given, dict) and len(given) == len(expected):
            named = outputs if set(given) == set(outputs) else given
            return tuple(given[name] for name in named)
        if isinstance(given, np.ndarray):
            if all(given.shape == (len(expected), *np.shape(e)) for e in expected):
                return tuple(given)
    return given


def reordered(given: Any, expected: Any, tolerance: float) -> bool:
    """Return whether all of several results are right, in whatever order."""
    several = isinstance(given, tuple | list) and isinstance(expected, tuple)
    if not several or len(given) != len(expected):
        return False
    left = list(given)
    for right in expected:
        place = next((k for k, v in enumerate(left) if same(v, right, tolerance)), None)
        if place is None:
            return False
        del left[place]
    return True


def _parts_by_name(name, given, expected, tolerance, axes, inputs):
    if isinstance(given, tuple | list) and len(given) == len(expected):
        given = dict(zip(expected, given, strict=True))
    if not isinstance(given, dict) or given.keys() != expected.keys():
        return f"`{name}` must return {', '.join(expected)}; given {short(given)}."
    for key, right in expected.items():
        says = difference(
            f"{name}` → `{key}", given[key], right, tolerance, axes, (), inputs
        )
        if says:
            return says
    return None


def _shape(name, given, expected, tolerance, axes) -> str:
    if expected.ndim == 0:
        return f"`{name}` returned an array of shape {given.shape}; expected a number."
    named = len(axes) == expected.ndim
    labels = list(axes) if named else [f"number {i}" for i in range(expected.ndim)]
    names = f" ({', '.join(axes)})" if named else ""
    says = f"`{name}` has shape {given.shape}; expected {expected.shape}{names}."
    if given.ndim == expected.ndim:
        for order in itertools.permutations(range(given.ndim)):
            if given.transpose(order).shape == expected.shape:
                fits = same(given.transpose(order), expected, tolerance)
                how = "The values are right but the" if fits else "Its"
                says += f" {how} axes look swapped: is it transposed?"
                return says + _changed_places(order, axes if named else ())
    if given.size == expected.size:
        if same(given.reshape(expected.shape), expected, tolerance):
            says += " It holds the right values"
            lost = _missing_axis(given.shape, expected.shape)
            if lost is None:
                return f"{says}: reshape or `squeeze` it."
            return f"{says}, but the axis {labels[lost]}, here of length 1, must stay."
        return (
            f"{says} It holds the right number of values, in another order: "
            "`reshape` will not do. Were they joined or stacked along another axis?"
        )
    if given.ndim == expected.ndim:
        return says + _one_axis(given.shape, expected.shape, labels)
    if given.ndim == 0:
        return f"{says} One number came back: was something summed that should not be?"
    if given.ndim == expected.ndim - 1:
        missing = _missing_axis(given.shape, expected.shape)
        if missing is not None:
            last = np.take(expected, -1, axis=missing)
            only = " Is it only the last one?" if same(given, last, tolerance) else ""
            if labels[missing] == "batch" and not only:
                only = " Was one sequence taken in place of all, or the batch summed?"
            return f"{says} The axis {labels[missing]} is missing.{only}"
    return says


def _changed_places(order: Sequence[int], axes: Sequence[str]) -> str:
    """Return which two axes changed places, if their names are known."""
    moved = [axes[i] for i, place in enumerate(order) if i != place and axes]
    if len(moved) != 2:
        return ""
    return f" {moved[0]} and {moved[1]} have changed places."


def _one_axis(given: tuple, expected: tuple, labels: list[str]) -> str:
    """Return a sentence about the only axis whose length is wrong, or nothing."""
    wrong = [i for i in range(len(expected)) if given[i] != expected[i]]
    if len(wrong) != 1:
        return ""
    extra, label = given[wrong[0]] - expected[wrong[0]], labels[wrong[0]]
    if given[wrong[0]] == 1:
        short = "is a loop or a slice one off, " if extra == -1 else ""
        return (
            f" The axis {label} has length 1: {short}was something summed along it, or "
            "does the `return` stand in the loop?"
        )
    if abs(extra) == 1:
        how = "too long" if extra > 0 else "short"
        return f" The axis {label} is one {how}: is a loop or a slice one off?"
    return ""


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
                "overflow, a logarithm of 0, a division by 0 or 0 times inf."
            )
    if expected.ndim == 0:
        found, right = _numbers(given, expected)
        says = f"`{name}` is {found}; expected {right}{_for(inputs)}."
        return says + pattern(given, expected, tolerance)
    wrong = ~np.isclose(given, expected, rtol=tolerance, atol=tolerance)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    names = axes if len(axes) == len(index) else ["axis"] * len(index)
    place = ", ".join(f"{axis} {i}" for axis, i in zip(names, index, strict=True))
    found, right = _numbers(given[index], expected[index])
    says = (
        f"`{name}` is wrong in {int(wrong.sum())} of {wrong.size} values. The first is "
        f"at {place}: {found}, expected {right}."
    )
    return says + pattern(given, expected, tolerance)


def _numbers(given: Any, expected: Any) -> tuple[str, str]:
    """Return two numbers with as many digits as tell them apart."""
    for digits in (6, 9, 17):
        pair = tuple(
            f"{v:.{digits}g}" if np.asarray(v).dtype.kind == "f" else str(v)
            for v in (np.asarray(given), np.asarray(expected))
        )
        if pair[0] != pair[1]:
            break
    return pair


def _for(inputs: dict[str, Any] | None) -> str:
    """Return the inputs in words if they are few and small, else nothing."""
    small = all(
        isinstance(v, int | float | str) and len(repr(v)) < 40
        for v in (inputs or {}).values()
    )
    return f" for {listing(inputs)}" if inputs and small else ""
