"""What a question of a `quiz.yml` must have, and the sentence that says what lacks."""

import re
from collections.abc import Iterator
from typing import Any

WHEN = {"before": "Before the lesson", "after": "After the lesson"}
KINDS = ("single", "multiple", "numeric")
CHOICE_KEYS = {"id", "when", "kind", "objective", "question", "options"}
NUMERIC_KEYS = CHOICE_KEYS - {"options"} | {"answer", "tolerance", "why", "traps"}


def faults(item: Any) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with one question."""
    if not isinstance(item, dict):
        yield "must be a mapping with id, when, kind, objective and question."
        return
    kind = item.get("kind")
    if kind not in KINDS:
        yield f"has the kind `{kind}`. Use one of {', '.join(KINDS)}."
        return
    known = NUMERIC_KEYS if kind == "numeric" else CHOICE_KEYS
    for key in sorted(set(item) - known):
        yield f"has the unknown key `{key}`. Known: {', '.join(sorted(known))}."
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", str(item.get("id", ""))):
        yield "needs an id of a-z, 0-9 and hyphens."
    if item.get("when") not in WHEN:
        yield f"has `when: {item.get('when')}`. Use before or after."
    for key in ("objective", "question"):
        if not _text(item.get(key)):
            yield f"has no {key}. Write one."
    yield from _numeric_faults(item) if kind == "numeric" else _choice_faults(item)


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
    right = sum(isinstance(o, dict) and o.get("right") is True for o in options)
    if item["kind"] == "single" and right != 1:
        yield f"has {right} right options, and `single` has exactly one."
    if item["kind"] == "multiple" and right < 1:
        yield "has no right option, and `multiple` has at least one."


def _numeric_faults(item: dict) -> Iterator[str]:
    if not _number(item.get("answer")):
        yield "needs a number as its `answer`."
    if not _number(item.get("tolerance", 0)) or item.get("tolerance", 0) < 0:
        yield "needs a `tolerance` of 0 or more."
    if not _text(item.get("why")):
        yield "has no reason. Write `why:`."
    for number, trap in enumerate(item.get("traps") or [], 1):
        if not isinstance(trap, dict) or set(trap) != {"value", "why"}:
            yield f"trap {number}: must have `value` and `why`, nothing else."
        elif not _number(trap["value"]) or not _text(trap["why"]):
            yield f"trap {number}: needs a number as `value` and a reason as `why`."
        elif trap["value"] == item.get("answer"):
            yield f"trap {number}: is the answer itself. Take it out."


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
