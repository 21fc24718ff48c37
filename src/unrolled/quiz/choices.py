"""What a computed question varies over in an exam, and what is wrong with saying so.

exam:
  minutes: 3
  points: 2
  vary:
    n_in: [4, 6, 8]                        # these values
    n_hidden: {from: 10, to: 30, by: 5}    # 10, 15 … 30
    lengths: {each: [[2, 3], [5], [7, 8]]} # lists: one of each, place by place
"""

import itertools
import math
from typing import Any

KEYS = {"minutes", "points", "vary"}
FEWEST, MOST = 40, 450  # versions of a question in exams


def expand(values: Any) -> list:
    """Return the values that an entry of `vary` names; ValueError for another form."""
    if isinstance(values, list) and values:
        return values
    if isinstance(values, dict) and set(values) == {"each"}:
        return [list(one) for one in itertools.product(*values["each"])]
    if isinstance(values, dict) and {"from", "to"} <= set(values) <= {
        "from",
        "to",
        "by",
    }:
        start, end, by = values["from"], values["to"], values.get("by", 1)
        steps = math.floor((end - start) / by + 1e-9)
        if steps >= 0:
            # Decimals are rounded, or 0.1 three times would be 0.30000000000000004.
            return [_tidy(start + k * by) for k in range(steps + 1)]
    raise ValueError(
        f"`{values}` names no values. Write a list, `{{from: 4, to: 9}}` with or "
        "without `by:`, or `{each: [[…], […]]}`."
    )


def exam_fault(item: dict[str, Any]) -> str | None:
    """Return what is wrong with a question's `exam`, as a sentence without subject."""
    exam = item.get("exam")
    if exam is None:
        return None
    if not isinstance(exam, dict) or set(exam) != KEYS:
        return f"has an `exam` that must have {', '.join(sorted(KEYS))}, nothing else."
    for key in ("minutes", "points"):
        if not isinstance(exam[key], int) or not 1 <= exam[key] <= 60:
            return f"has an `exam` whose {key} are no whole number from 1 to 60."
    vary = exam["vary"]
    if not isinstance(vary, dict) or not set(vary) <= set(item["compute"]):
        return "has an `exam` that varies what `compute` is not given."
    try:
        n = math.prod(len(expand(values)) for values in vary.values())
    except (ValueError, TypeError, ZeroDivisionError) as error:
        return f"has an `exam` that cannot be read: {error}"
    if not FEWEST <= n <= MOST:
        return (
            f"has {n} versions in its `exam`. From {FEWEST} to {MOST} are needed: "
            "name more values, or fewer."
        )
    return None


def _tidy(value: float) -> float:
    value = round(value, 9)
    return int(value) if float(value).is_integer() else value
