"""Judges what came out of a sandbox, with the unit's own checks, outside of it."""

import importlib.util
import sys
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from unrolled.check import Check, Outcome
from unrolled.check.judge import right, trained
from unrolled.check.trying import Tried
from unrolled.grade.child import FAILED, guarded
from unrolled.grade.marking import calls
from unrolled.grade.marking.known import Known
from unrolled.grade.sandbox import wire

MOST_TOGETHER, SECONDS_TOGETHER = 8 << 20, 10.0  # bytes, seconds of all that is right


@cache
def checks_of(course: Path, unit: str) -> ModuleType:
    """Load the checks of a unit of a course."""
    path = course / "lessons" / unit / "checks.py"
    name = f"unrolled_judge_{unit.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@cache
def code_of(course: Path, unit: str, name: str) -> str | None:
    """Return the code with which a check calls an answer, cut out of its unit."""
    path = course / "lessons" / unit / "checks.py"
    return calls.call_code(path.read_text("utf-8"), name, f"lessons/{unit}/checks.py")


@cache
def _cases(course: Path, unit: str, name: str, seed: int) -> list[dict]:
    return getattr(checks_of(course, unit), name).inputs(seed)


@cache
def _seen(course: Path, unit: str, name: str, seed: int) -> list[dict]:
    check: Check = getattr(checks_of(course, unit), name)
    return [check.seen(inputs) for inputs in _cases(course, unit, name, seed)]


def asked(course: Path, unit: str, name: str, cell: str, code: str, seed: int) -> dict:
    """Return what the sandbox is asked for a check: inputs, and how to call."""
    check: Check = getattr(checks_of(course, unit), name)
    return {
        "name": cell,
        "code": code,
        "check": name,
        "title": check.name,
        "call": code_of(course, unit, name),
        "may": list(check.may),
        "bars": list(check.bars),
        "cases": _seen(course, unit, name, seed),
    }


def judged(
    course: Path,
    unit: str,
    name: str,
    told: wire.Answer,
    seed: int,
    known: Known | None = None,
) -> tuple[str, str]:
    """Return the word and the sentence about what a sandbox told of one check.

    The known mistakes are run where the answer is wrong, as far as they are needed.
    """
    check: Check = getattr(checks_of(course, unit), name)
    if told.kind == wire.ERROR:
        return "wrong", told.sentence
    cases = _cases(course, unit, name, seed)
    while True:
        found = guarded(lambda: _verdict(check, cases, told.body, known))
        if not isinstance(found, dict):
            break
        known.run(found["mistake"], found["cases"])
    if found == FAILED:
        return "refused", FAILED
    return found[0], found[1]


def right_ones(
    course: Path, unit: str, told: dict[str, tuple[str, wire.Answer]], seed: int
) -> set[str]:
    """Return the exercises in which nothing is wrong: most are, and one child sees it.

    `told` has the name of the check, and what a sandbox told of it, by exercise.

    Each of the others is for `judged`, in a child of its own: so are all of them where
    this one is stopped, or would have much to read.
    """
    told = {e: (name, one) for e, (name, one) in told.items() if one.kind != wire.ERROR}
    if sum(len(one.body) for _, one in told.values()) > MOST_TOGETHER:
        return set()
    checks = checks_of(course, unit)
    cases = {e: _cases(course, unit, name, seed) for e, (name, _) in told.items()}

    def work() -> list[str]:
        return [
            e
            for e, (name, one) in told.items()
            if _is_right(getattr(checks, name), cases[e], one.body)
        ]

    found = guarded(work, SECONDS_TOGETHER)
    return set(found) if isinstance(found, list) else set()


def _is_right(check: Check, cases: list[dict], message: bytes) -> bool:
    found = _outcomes(cases, message)
    return not isinstance(found, str) and right(check, found)


class _Needed(Exception):
    """A mistake that must be run before an answer can be judged, and its cases."""


def _verdict(
    check: Check, cases: list[dict], message: bytes, known: Known | None
) -> tuple[str, str] | dict:
    """Read outcomes and judge them; what they hold may be hostile.

    Returns the word and the sentence; or which mistake must be run first, and on what.
    """
    found = _outcomes(cases, message)
    if isinstance(found, str):
        return "refused", found
    try:
        says = check.judge(found, known=_tried(check, found, known))
    except _Needed as needed:
        return dict(zip(("mistake", "cases"), needed.args, strict=True))
    if any((o.error or "").startswith("unattempted") for o in found):
        return "not attempted", str(says)
    return ("right", "") if says is None else ("wrong", str(says))


def _tried(check: Check, found: list[Outcome], known: Known | None) -> list[Tried]:
    """Return the mistakes; one that was not run raises _Needed when it is asked."""
    cases = [i for i, o in enumerate(found) if not trained(check, o)]

    def tried(k: int, i: int) -> Outcome:
        if i not in known.told[k]:
            raise _Needed(k, cases)
        return _outcome(found[i].inputs, known.read(k, i))

    several = enumerate(known.mistakes if known and not check.free else ())
    return [Tried(m.says, partial(tried, k), m.two) for k, m in several]


def _outcomes(cases: list[dict], message: bytes) -> list[Outcome] | str:
    """Read what was told of each case; return a sentence where it cannot be read."""
    try:
        outcomes = wire.unpack(message)
    except wire.WireError as error:
        return str(error)
    if not isinstance(outcomes, list) or len(outcomes) != len(cases):
        return "It did not answer every case."
    return [_outcome(i, o) for i, o in zip(cases, outcomes, strict=True)]


def _outcome(inputs: dict, told: Any) -> Outcome:
    if not isinstance(told, dict) or set(told) != {"value", "error", "changed"}:
        return Outcome(inputs, error="The answer came back in no known form.")
    error, changed = told["error"], told["changed"]
    return Outcome(
        inputs,
        told["value"],
        None if error is None else _text(error, wire.MOST_WORDS) or "It failed.",
        None if changed is None else _text(changed, 80),
    )


def _text(value: Any, most: int) -> str:
    """Return a text that is no longer than it may be; another kind has none."""
    return value[:most] if isinstance(value, str) else ""
