"""Says what is wrong with what an answer gave. Nothing here runs it but `again`."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from unrolled.check.blocks import by_block, moved
from unrolled.check.exercise import Exercise
from unrolled.check.left import left
from unrolled.check.run import Outcome
from unrolled.check.say import difference, in_order, reordered
from unrolled.check.shrink import by_zero, example, shrink, zeros
from unrolled.check.slopes import against_nudges
from unrolled.check.trying import Known, Tried
from unrolled.check.values import (
    finite,
    form,
    has_float32,
    kind,
    lies_apart,
    listing,
    parts,
    plain,
    same,
    shape,
    short,
    stored_plainly,
    widened,
)


def sentence(
    check: Exercise,
    outcomes: list[Outcome],
    again: Callable[[dict[str, Any]], Outcome] | None,
    known: Known,
) -> str | None:
    """Return the sentence about the first thing that is wrong, or None."""
    for outcome in outcomes:
        if (outcome.error or "").startswith("unattempted"):
            part = outcome.error.removeprefix("unattempted").strip() or check.name
            how = check.start if part == check.name else "Replace its `raise` line."
            return f"`{part}` has not been attempted yet. {how}"
    with np.errstate(all="ignore"):
        outcomes = [_in_order(check, o) for o in outcomes]
        faults = [fault(check, o) for o in outcomes]
        if not any(faults):
            return None
        return (
            _left(check, outcomes)
            or _mistaken(check, outcomes, known)
            or _reordered(check, outcomes)
            or _told(check, outcomes, faults, again)
        )


def right(check: Exercise, outcomes: list[Outcome]) -> bool:
    """Return whether nothing is wrong, without looking for what it could be."""
    with np.errstate(all="ignore"):
        return not any(fault(check, outcome) for outcome in outcomes)


def fault(check: Exercise, outcome: Outcome) -> str | None:
    """Return what is wrong with one outcome, or None."""
    if outcome.error:
        return outcome.error
    if outcome.changed:
        return (
            f"`{check.name}` changed its argument `{outcome.changed}` in place. The "
            "caller still needs it: compute a new array instead (`h = h + …`, not "
            "`h += …`)."
        )
    outcome = _in_order(check, outcome)
    value = outcome.value
    if check.first and (says := _asked(check, check.first, outcome)):
        return says
    if check.reference is not None:
        says = difference(
            check.name,
            _compared(check, value),
            _compared(check, _expected(check, outcome.inputs)),
            tolerance(check, outcome),
            check.axes,
            check.outputs,
            outcome.inputs,
        )
        if says:
            return says
    elif value is None:
        return f"`{check.name}` returned nothing. Does it end with a `return`?"
    untold = [part for part in check.tells if not _has(value, part)]
    if untold:
        return f"Of `{check.name}` these parts were not told: {', '.join(untold)}."
    for holds in check.properties:
        if says := _asked(check, holds, outcome):
            return says
    return None


def _asked(check: Exercise, holds: Callable, outcome: Outcome) -> str | None:
    """Return what a property says; where it stumbles over the value, that is wrong."""
    try:
        return holds(outcome.inputs, outcome.value)
    except Exception as error:
        return (
            f"`{check.name}` gave something that cannot be judged "
            f"({short(outcome.value)}): {kind(error)}, {error}."
        )


def _has(value: Any, part: str) -> bool:
    held = value.get(part) if isinstance(value, dict) else None
    return isinstance(held, np.ndarray) or held not in (None, {}, [])


def tolerance(check: Exercise, outcome: Outcome) -> float:
    """Return the wider tolerance if the inputs or the answer are in float32."""
    low = has_float32(outcome.inputs) or has_float32(outcome.value)
    return check.tolerance32 if low else check.tolerance


def trained(check: Exercise, outcome: Outcome) -> bool:
    """Return whether part of an outcome was measured after a training."""
    return bool(set(check.measured) & set(parts(outcome.value)))


def _compared(check: Exercise, value: Any) -> Any:
    """Return a value without what a training gave, which has no reference."""
    if not check.measured or not isinstance(value, dict):
        return value
    return {name: part for name, part in value.items() if name not in check.measured}


def _in_order(check: Exercise, outcome: Outcome) -> Outcome:
    """Return an outcome with a tuple for a NamedTuple, or for an array of results."""
    value = outcome.value
    several = isinstance(value, dict)
    several |= isinstance(value, np.ndarray) and bool(check.outputs)
    if not several or check.reference is None:
        return outcome
    right = _expected(check, outcome.inputs)
    return outcome._replace(value=in_order(value, right, check.outputs))


def _expected(check: Exercise, inputs: dict[str, Any]) -> Any:
    return plain(check.reference(**copy.deepcopy(inputs)))


# ---- a known cause -------------------------------------------------------------------


def _left(check: Exercise, outcomes: list[Outcome]) -> str | None:
    """Return a sentence about what a used layer still holds from before, or None."""
    if check.before is None or any(o.error or o.value is None for o in outcomes):
        return None
    pairs = [(o.value, _expected(check, o.inputs)) for o in outcomes]
    says = left(pairs, check.before)
    return f"`{check.name}`: {says}" if says else None


def _mistaken(check: Exercise, outcomes: list[Outcome], known: Known) -> str | None:
    """Return the sentence of the mistake that gives what the answer gave.

    In every case: all of it, also of two mistakes at once; else all that one gets
    wrong. But for the cases that are measured after a training: that takes its time,
    and ends somewhere else.
    """
    compared = [o for o in outcomes if not trained(check, o)]
    if all(o.error for o in compared):
        return None
    found = list(known)
    for tried in found:
        if _equal(check, tried, outcomes):
            return tried.says
    if check.reference is None or any(o.error or o.changed for o in outcomes):
        return None
    rights = [parts(_expected(check, o.inputs)) for o in outcomes]
    faulty = sum(
        not all(
            same(parts(o.value).get(k), v, tolerance(check, o)) for k, v in r.items()
        )
        for o, r in zip(outcomes, rights, strict=True)
        if not trained(check, o)
    )
    for tried in found:
        if not tried.two and _agree(check, tried, outcomes, rights, faulty):
            return tried.says
    return None


def _equal(check: Exercise, tried: Tried, outcomes: list[Outcome]) -> bool:
    for i, outcome in enumerate(outcomes):
        if trained(check, outcome):
            continue
        made = tried.outcome(i)
        if bool(made.error) != bool(outcome.error) or made.changed != outcome.changed:
            return False
        if not same(made.value, outcome.value, tolerance(check, outcome)):
            return False
    return True


def _agree(
    check: Exercise,
    tried: Tried,
    outcomes: list[Outcome],
    rights: list[dict[str, Any]],
    faulty: int,
) -> bool:
    """Return whether the answer agrees in all that the mistake gets wrong.

    And not by chance: the mistake must be wrong in half of the cases that the answer
    gets wrong, or more, and in more than one whole number. `rights` holds what the
    reference gives for each outcome, in parts; `faulty` of them are wrong.
    """
    explained, asked = 0, [i for i, o in enumerate(outcomes) if not trained(check, o)]
    for done, i in enumerate(asked):
        outcome, right = outcomes[i], rights[i]
        value = outcome.value
        if 2 * (explained + len(asked) - done) < faulty:  # whatever the rest gives
            return False
        if isinstance(value, tuple) and len(value) != len(check.outputs):
            return False
        if tried.outcome(i).error:
            return False
        near, made = tolerance(check, outcome), parts(tried.outcome(i).value)
        given = parts(value)
        wrong = [k for k in right if k in made and not same(made[k], right[k], near)]
        if any(_whole_number(right[k]) for k in wrong):
            return False
        if not all(same(made[k], given.get(k), near) for k in wrong):
            return False
        explained += bool(wrong)
    return explained > 0 and 2 * explained >= faulty


def _whole_number(value: Any) -> bool:
    return shape(value) == () and np.asarray(value).dtype.kind in "biu"


def _reordered(check: Exercise, outcomes: list[Outcome]) -> str | None:
    """Return a sentence if all is right but for the order of results, or of blocks.

    Asked only when there is a fault. With a property at fault alone, the order may be
    right: then nothing is said.
    """
    if check.reference is None or any(o.error or o.changed for o in outcomes):
        return None
    found = [
        (o.value, _expected(check, o.inputs), tolerance(check, o))
        for o in outcomes[: check.cases]  # with parts set to zero, blocks look alike
        if not trained(check, o)
    ]
    if all(same(*one) for one in found):
        return None
    if all(reordered(*one) for one in found):
        return (
            f"`{check.name}` returned the right results in another order; expected "
            f"{', '.join(check.outputs) or 'that of the exercise'}."
        )
    told = [moved(*one, check.outputs, check.blocks or {}) for one in found]
    says = next(filter(None, told), "")
    if not says or any(t != says for t in told if t is not None):
        return None
    return f"`{check.name}`: {says}"


# ---- where it is ---------------------------------------------------------------------


def _told(
    check: Exercise, outcomes: list[Outcome], faults: list[str | None], again: Any
) -> str:
    """Return the first fault; then where it is, as narrowly as can be found."""
    first = next(i for i, says in enumerate(faults) if says)
    says, tried = faults[first], faults[: check.cases]
    named, whole = [], outcomes[min(2, len(tried) - 1)].inputs
    if check.gates is not None:
        named = [name for name, _ in zeros(whole, check.dims, check.gates)]
    if not outcomes[first].error:
        says = _as_slopes(check, outcomes[first]) or says
    if first < check.cases:
        says += _how_often(check, says, tried, outcomes, first, again)
    else:
        says = f"Where {named[first - check.cases]} is zero: {says}"
    if outcomes[first].error or _not_compared(check, outcomes[first]):
        return says
    if check.blocks and check.reference is not None:
        right_one = _expected(check, outcomes[first].inputs)
        says += by_block(outcomes[first].value, right_one, check.outputs, check.blocks)
    # What is changed in place says nothing of the values.
    if first < check.cases and not outcomes[first].changed:
        says += by_zero(named, [bool(f) for f in faults[check.cases :]])
    return says + _counterexample(check, outcomes[first], again)


def _not_compared(check: Exercise, outcome: Outcome) -> bool:
    return bool(check.first and check.first(outcome.inputs, outcome.value))


def _how_often(
    check: Exercise,
    says: str,
    faults: list[str | None],
    outcomes: list[Outcome],
    first: int,
    again: Any,
) -> str:
    """Return in how many cases it is right, and which inputs it fails on.

    How the arrays are stored is said only where all that fail are stored so, and where
    the answer is right as soon as the same numbers are stored in another way.
    """
    if not (right := faults.count(None)):
        return ""
    inputs = outcomes[first].inputs
    given = {name: v for name, v in inputs.items() if name not in check.hidden}
    often = f" It is right in {right} of {len(faults)} cases"
    if listing(given) in says:
        return often + "."
    wrong = [outcomes[k].inputs for k, fault in enumerate(faults) if fault]
    how = ""
    for so, otherwise, told in STORED:
        if again and all(map(so, wrong)) and not fault(check, again(otherwise(inputs))):
            how = told
    return f"{often}, but not for {listing(given)}{how}."


STORED = (  # how arrays are stored, how else they may be, and what to say of it
    (has_float32, widened, ", in float32"),
    (lies_apart, stored_plainly, ", as views whose numbers lie apart in memory"),
)


def _as_slopes(check: Exercise, outcome: Outcome) -> str:
    """Return the sentence about a wrong gradient, if nudges can tell."""
    if check.slopes is None:
        return ""
    near = 1e-3 if tolerance(check, outcome) == check.tolerance32 else 1e-6
    return against_nudges(check.name, check.slopes, outcome.inputs, outcome.value, near)


def _counterexample(check: Exercise, outcome: Outcome, again: Any) -> str:
    """Return a sentence with a small case that fails, if one can be shown."""
    if not (again and check.dims and check.reference) or outcome.changed:
        return ""

    def fails(inputs: dict) -> bool:
        try:
            right, tried = _expected(check, inputs), again(inputs)
            if tried.error or not finite(right) or form(tried.value) != form(right):
                return False
            return bool(fault(check, tried))
        except Exception:  # no case of this exercise
            return False

    if not fails(outcome.inputs):  # of another shape: that has been said
        return ""
    small = again(shrink(outcome.inputs, check.dims, fails))
    return example(small.inputs, small.value, _expected(check, small.inputs))
