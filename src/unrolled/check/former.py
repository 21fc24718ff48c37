"""The former mould, for the units that are not yet converted. No new unit uses it.

There a wrong answer was written twice: as a formula with its sentence, in `checks.py`,
and as a cell with a phrase of that sentence, in `mistakes.py`.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from unrolled.check.run import Outcome
from unrolled.check.values import listed, plain, same


class Mistake(NamedTuple):
    """A wrong answer that learners really give, for a unit's `mistakes.py`.

    `code` replaces the whole solution cell; the refusal must contain `hint`; `track`
    limits it to one framework.
    """

    name: str
    hint: str
    code: str
    track: str | None = None


@dataclass(frozen=True)
class Suspect:
    """A known wrong formula. If an answer computes it, `says` is what is wrong."""

    says: str
    formula: Callable[..., Any]

    def explains(self, outcome: Outcome, tolerance: float) -> bool:
        """Return whether the formula gives what the answer gave, or fails as it did."""
        try:
            wrong = plain(self.formula(**copy.deepcopy(outcome.inputs)))
        except Exception:
            return outcome.error is not None
        return outcome.error is None and same(wrong, outcome.value, tolerance)


@dataclass(frozen=True)
class Term:
    """A part of the formula; `alone(**inputs)` returns inputs where it acts alone."""

    name: str
    alone: Callable[..., dict[str, Any]]


def zeroed(*names: str) -> Callable[..., dict[str, Any]]:
    """Return a function for `Term`: it sets the inputs of these names to zero."""
    return lambda **inputs: inputs | {name: 0 * inputs[name] for name in names}


def by_term(terms: Sequence[Term], wrong: Sequence[bool]) -> str:
    """Return a sentence about which terms alone come out right and which do not.

    It begins with a space. Nothing is said if no term comes out right: then the error
    is in something that all of them share.
    """
    right = [term.name for term, bad in zip(terms, wrong, strict=True) if not bad]
    bad = [term.name for term, bad in zip(terms, wrong, strict=True) if bad]
    if not terms or not right:
        return ""
    if not bad:
        return " Each term alone is right: look at how they are put together."
    return f" One term at a time: {listed(right)} right, {listed(bad)} wrong."
