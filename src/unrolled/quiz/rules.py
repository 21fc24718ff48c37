"""What a question of a `quiz.yml` must have, and the sentence that says what lacks."""

import math
import re
from collections.abc import Iterator
from typing import Any

from . import computed
from . import text as shown
from .model import ASKS, LETTERS, WHEN

EVERY = {"id", "when", "kind", "objective", "question"}
KEYS = {
    "single": EVERY | {"options"},
    "multiple": EVERY | {"options"},
    "order": EVERY | {"items"},
    "numeric": EVERY
    | {"answer", "compute", "vary", "exam", "decimals", "tolerance", "why", "traps"},
}
# What no XML document can hold, and no learner can see.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def faults(item: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with one question."""
    if not isinstance(item, dict):
        yield "must be a mapping with id, when, kind, objective and question."
        return
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in ASKS:
        yield f"has the kind `{kind}`. Use one of {', '.join(ASKS)}."
        return
    known = KEYS[kind]
    for key in sorted(set(item) - known, key=str):
        yield f"has the unknown key `{key}`. Known: {', '.join(sorted(known))}."
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", str(item.get("id", ""))):
        yield "needs an id of a-z, 0-9 and hyphens."
    if item.get("when") not in WHEN:
        yield f"has `when: {item.get('when')}`. Use before or after."
    for key in ("objective", "question"):
        if not _text(item.get(key)):
            yield f"has no {key}. Write one."
    if any(UNSEEN.search(text) for text in _texts(item)):
        yield "holds a control character, which no platform can show. Take it out."
    for text in _texts(item):
        yield from shown.faults(text)
    yield from CHECKS[kind](item)


def _choice_faults(item: dict) -> Iterator[str]:
    options = item.get("options")
    if not isinstance(options, list) or len(options) < 2:
        yield "needs `options`, a list of two or more."
        return
    for number, option in enumerate(options, 1):
        if not isinstance(option, dict) or set(option) - {"text", "right", "why"}:
            yield f"option {number}: must have `text`, `right`, `why`, nothing else."
            continue
        if not _text(option.get("text")):
            yield f"option {number}: has no text. Quote it if it is a number."
        if not isinstance(option.get("right"), bool):
            yield f"option {number}: says not whether it is right. Write true or false."
        if not _text(option.get("why")):
            yield f"option {number}: has no reason. Write `why:`, right or wrong."
    yield from _crowd(options, "option")
    right = sum(isinstance(o, dict) and o.get("right") is True for o in options)
    if item["kind"] == "single" and right != 1:
        yield f"has {right} right options, and `single` has exactly one."
    if item["kind"] == "multiple" and right < 1:
        yield "has no right option, and `multiple` has at least one."


def _order_faults(item: dict) -> Iterator[str]:
    items = item.get("items")
    if not isinstance(items, list) or len(items) < 3:
        yield "needs `items`, a list of three or more, in their right order."
        return
    for number, one in enumerate(items, 1):
        if not isinstance(one, dict) or set(one) - {"text", "why"}:
            yield f"item {number}: must have `text` and `why`, nothing else."
            continue
        if not _text(one.get("text")):
            yield f"item {number}: has no text. Quote it if it is a number."
        if not _text(one.get("why")):
            yield f"item {number}: has no reason. Write `why:`, why it stands there."
    yield from _crowd(items, "item")


def _crowd(options: list, what: str) -> Iterator[str]:
    """Too many for letters and for Moodle's shares of a mark; or two that are equal."""
    if len(options) > len(LETTERS):
        yield f"has {len(options)} {what}s. Give {len(LETTERS)} at most."
    texts = [str(o.get("text")).strip() for o in options if isinstance(o, dict)]
    for text in sorted({text for text in texts if texts.count(text) > 1}):
        yield f"has two {what}s `{text}`. Say something else in one of them."


def _numeric_faults(item: dict) -> Iterator[str]:
    if not _number(item.get("tolerance", 0)) or item.get("tolerance", 0) < 0:
        yield "needs a `tolerance` of 0 or more."
    if not _text(item.get("why")):
        yield "has no reason. Write `why:`."
    if "compute" in item:
        if "answer" in item:
            yield "has both an `answer` and `compute`. Take one out."
        decimals = item.get("decimals", 0)
        if not isinstance(decimals, int) or not 0 <= decimals <= 12:
            yield "needs `decimals` from 0 to 12."
            return
        if all(_text(item.get(key)) for key in ("id", "question", "why")):
            yield from computed.faults(item)
        return
    for key in sorted({"vary", "decimals", "exam"} & set(item)):
        yield f"has `{key}`, which needs `compute`."
    if not _number(item.get("answer")):
        yield "needs a number as its `answer`."
    for number, trap in enumerate(item.get("traps") or [], 1):
        if not isinstance(trap, dict) or set(trap) != {"value", "why"}:
            yield f"trap {number}: must have `value` and `why`, nothing else."
        elif not _number(trap["value"]) or not _text(trap["why"]):
            yield f"trap {number}: needs a number as `value` and a reason as `why`."
        elif trap["value"] == item.get("answer"):
            yield f"trap {number}: is the answer itself. Take it out."


CHECKS = {
    "single": _choice_faults,
    "multiple": _choice_faults,
    "order": _order_faults,
    "numeric": _numeric_faults,
}


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: Any) -> bool:
    """A number that a float holds: not infinite, not NaN, no bool."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the largest float
        return False


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a question, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
