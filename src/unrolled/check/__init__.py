"""What a learner calls on an answer, and what says in a sentence what is wrong.

    check     what a learner calls, and how a unit's checks are loaded
    exercise  what is asked: inputs, a reference, properties
    run       runs an answer on inputs; gives plain values or a sentence
    withheld  what of this package an answer may not call
    mistakes  the known wrong answers: edits of the solution, keyed by their sentence
    trying    runs these beside an answer
    judge     says what is wrong with such values, and needs no answer for it
    say       the sentences about a difference, an error, a missing attempt
    patterns  a sign, a factor, a lag: differences of a well-known form
    blocks    what lies side by side in an array, as the gates do
    left      what a used layer still holds, where something was to be loaded
    slopes    gradients against nudges
    shrink    which part must be zero, and how small a case fails
    values    answers as plain values, and when two are the same
    layers    what a layer holds, and whether an answer leaves it there
    models    what a model answers: its form, and whether it depends on its company

A unit's checks stand in `lessons/<unit>/checks.py`; `unit` loads them.
"""

from unrolled.check.check import Check, NotYet, unit
from unrolled.check.run import Outcome, Refused
from unrolled.check.shrink import arrays, axes_of, over
from unrolled.check.slopes import Slopes

__all__ = [
    "Check",
    "NotYet",
    "Outcome",
    "Refused",
    "Slopes",
    "arrays",
    "axes_of",
    "over",
    "unit",
]
