"""Answers that do not tell all: each part of a right value, left out in turn.

What comes out of a sandbox may lack any part: a submission's own process sends it. What
is not told counts as wrong.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from unrolled.check import Check, Outcome, judge


def listen() -> list[tuple[Check, list[Outcome]]]:
    """Return a list to which every check adds itself and what it judges."""
    told: list[tuple[Check, list[Outcome]]] = []
    fresh: Callable[..., str | None] = Check.judge

    def noted(check: Check, outcomes: list[Outcome], *more, **named) -> str | None:
        told.append((check, outcomes))
        return fresh(check, outcomes, *more, **named)

    Check.judge = noted
    return told


def entries(exercise: str, check: Check, outcomes: list[Outcome]) -> Iterator[dict]:
    """Yield what the check says where one case lacks something, a part at a time."""
    for place, outcome in enumerate(outcomes):
        for what, value in without("the value", outcome.value):
            with np.errstate(all="ignore"):
                says = judge.fault(check, outcome._replace(value=value))
            about = {"exercise": exercise, "answer": f"case {place}: {what}"}
            told = {"kind": "lacking", "refused": bool(says), "said": says or ""}
            yield about | told


def without(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield values that lack something, each with what that is."""
    yield f"{name} is None", None
    if not isinstance(value, list | tuple | dict) or value:
        yield f"{name} is empty", {}
    if isinstance(value, dict):
        for part, held in value.items():
            rest = {k: v for k, v in value.items() if k != part}
            yield f"{name} without {part}", rest
            for what, other in without(f"{name}, {part}", held):
                yield what, value | {part: other}
