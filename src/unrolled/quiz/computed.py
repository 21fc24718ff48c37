"""Numeric questions whose answer is computed by the course's own code, not typed.

    compute: {call: parameters, cell: gru, n_in: 3, n_hidden: 5}
    vary: {n_in: [4, 6], n_hidden: [7, 8]}     # what it is in other versions
    exam: {minutes: 2, points: 1, vary: …}     # and in an exam: exam/draw.py
    question: "... reads {{n_in}} numbers ..." # arguments and results stand in {{ }}
    traps:
      - {change: {biases: 0}, why: ...}        # the same call with another argument
      - {take: from_input, why: ...}           # another of its results
      - {value: 12, why: ...}                  # the same number in every version

The calls there are: calls.py.
"""

import inspect
import itertools
import math
import random
import re
from collections.abc import Iterator
from typing import Any

from .calls import CALLS
from .choices import exam_fault

PLACE = re.compile(r"\{\{(\w+)( and)?\}\}")
HOW = ("value", "change", "take")  # the ways to say what number a trap is
MANY = 200  # versions of one question
ONLY_COMPUTED = ("compute", "vary", "exam")  # what a typed question has not


class ComputeError(ValueError):
    """What is wrong with a computed question, as a sentence without its subject."""


def results(compute: Any) -> dict[str, Any]:
    """Return the arguments and results of a call by name, `answer` among them.

    Raises ComputeError for a call that is not in the list, or that fails.
    """
    if not isinstance(compute, dict) or compute.get("call") not in CALLS:
        name = compute.get("call") if isinstance(compute, dict) else compute
        raise ComputeError(
            f"computes `{name}`. Write `call:` with one of {', '.join(sorted(CALLS))}."
        )
    call = CALLS[compute["call"]]
    arguments = {key: value for key, value in compute.items() if key != "call"}
    try:
        bound = inspect.signature(call).bind(**arguments)
        bound.apply_defaults()
        made = call(**arguments)
    except (TypeError, ValueError, KeyError, ArithmeticError) as error:
        takes = ", ".join(inspect.signature(call).parameters)
        raise ComputeError(
            f"cannot compute `{compute['call']}` ({error}). It takes {takes}."
        ) from None
    return {**bound.arguments, **{key: _tidy(value) for key, value in made.items()}}


def faults(item: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a computed question."""
    try:
        results(item["compute"])
    except ComputeError as error:
        yield str(error)
        return
    vary = item.get("vary", {})
    lists = isinstance(vary, dict) and all(isinstance(v, list) for v in vary.values())
    if not lists or not all(vary.values()) or not set(vary) <= set(item["compute"]):
        yield "has a `vary` that does not list other values of what `compute` is given."
        return
    for number, trap in enumerate(item.get("traps") or [], 1):
        if not isinstance(trap, dict) or len(set(trap) & set(HOW)) != 1:
            yield f"trap {number}: must have one of {', '.join(HOW)}, and `why`."
            return
        if (
            set(trap) - {*HOW, "why", "decimals"}
            or not str(trap.get("why", "")).strip()
        ):
            yield f"trap {number}: must have `why`, and nothing unknown."
            return
    if math.prod(len(values) + 1 for values in vary.values()) > MANY:
        yield f"has a `vary` of more than {MANY} versions. Name fewer values."
        return
    if told := exam_fault(item):
        yield told
        return
    try:
        versions = [typed(item, compute) for compute in computes(item)]
    except ComputeError as error:
        yield str(error)
        return
    for number in traps_that_are_right(versions[0]):
        yield f"trap {number}: is the answer itself. Take it out."


def make(item: dict[str, Any], version: int = 1) -> dict[str, Any]:
    """Return a computed question as a typed one, with its numbers filled in.

    Version 1 is computed from `compute` as it is written. The others follow in an order
    that only depends on the question's id, without those in which a wrong number would
    be right; after the last of them the first comes again.
    """
    first, *others = (typed(item, compute) for compute in computes(item))
    others = [made for made in others if not traps_that_are_right(made)]
    random.Random(item["id"]).shuffle(others)
    versions = [first, *others]
    return versions[(version - 1) % len(versions)]


def computes(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield `compute` as it is written, then with every other choice of what varies."""
    compute, vary = item["compute"], item.get("vary", {})
    choices = ([compute[name], *values] for name, values in vary.items())
    for values in itertools.product(*choices):
        yield {**compute, **dict(zip(vary, values, strict=True))}


def traps_that_are_right(made: dict[str, Any]) -> list[int]:
    """Return the numbers of the traps, from 1, that would count as the answer."""
    reach = made.get("tolerance", 0)
    return [
        number
        for number, trap in enumerate(made["traps"], 1)
        if abs(trap["value"] - made["answer"]) <= reach
    ]


def typed(item: dict[str, Any], compute: dict[str, Any]) -> dict[str, Any]:
    """Return a computed question as a typed one, with the numbers of `compute`.

    Raises ComputeError for a call that fails, or a name that is not computed.
    """
    names = results(compute)
    decimals = item.get("decimals")
    made = {key: value for key, value in item.items() if key not in ONLY_COMPUTED}
    made["answer"] = _rounded(names["answer"], decimals)
    names["answer"] = made["answer"]
    made["traps"] = []
    for trap in item.get("traps") or []:
        digits = trap.get("decimals", decimals)
        value = _rounded(_trap(trap, compute, names), digits)
        why = _fill(trap["why"], {**names, "value": value})
        made["traps"].append({"value": value, "why": why})
    for key in ("question", "why"):
        made[key] = _fill(item[key], names)
    return made


def _trap(trap: dict[str, Any], compute: dict[str, Any], names: dict[str, Any]) -> Any:
    if "change" in trap:
        return results({**compute, **trap["change"]})["answer"]
    if "take" in trap:
        if not isinstance(names.get(trap["take"]), int | float):
            raise ComputeError(
                f"has a trap that takes `{trap['take']}`, which is no number here. "
                f"There are {', '.join(names)}."
            )
        return names[trap["take"]]
    return trap["value"]


def _fill(text: Any, names: dict[str, Any]) -> Any:
    def value(found: re.Match) -> str:
        if found[1] not in names:
            raise ComputeError(
                f"says {found[0]}, which is not computed. There are {', '.join(names)}."
            )
        value = names[found[1]]
        if not isinstance(value, list):
            return _shown(value)
        shown = [_shown(one) for one in value]
        if found[2] and len(shown) > 1:
            return f"{', '.join(shown[:-1])} and {shown[-1]}"
        return ", ".join(shown)

    return PLACE.sub(value, text) if isinstance(text, str) else text


def _tidy(value: float | list) -> float | list:
    """Return a number without the dust of its last bits, an int where it is one."""
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    value = float(f"{float(value):.12g}") if abs(value) > 1e-12 else 0.0
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _shown(value: Any) -> str:
    """Return a value for a reader: of a number with many decimals, six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _rounded(value: float, decimals: int | None) -> float:
    return value if decimals is None else _tidy(round(value, decimals))
