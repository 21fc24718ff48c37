"""Judges what came out of a sandbox, with the unit's own checks, outside of it."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from unrolled.check import Check, Outcome
from unrolled.grade import cuts, wire
from unrolled.grade.guarded import FAILED, guarded


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
    return cuts.call_code(path.read_text("utf-8"), name, f"lessons/{unit}/checks.py")


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
        "cases": _seen(course, unit, name, seed),
    }


def judged(
    course: Path, unit: str, name: str, told: wire.Answer, seed: int
) -> tuple[str, str]:
    """Return the word and the sentence about what a sandbox told of one check."""
    check: Check = getattr(checks_of(course, unit), name)
    if told.kind == wire.ERROR:
        return "wrong", told.sentence
    cases = _cases(course, unit, name, seed)
    found = guarded(lambda: _verdict(check, cases, told.body))
    if found == FAILED:
        return "refused", FAILED
    return found[0], found[1]


def _verdict(check: Check, cases: list[dict], message: bytes) -> tuple[str, str]:
    """Read outcomes and judge them; what they hold may be hostile."""
    try:
        outcomes = wire.unpack(message)
    except wire.WireError as error:
        return "refused", str(error)
    if not isinstance(outcomes, list) or len(outcomes) != len(cases):
        return "refused", "It did not answer every case."
    found = [_outcome(i, o) for i, o in zip(cases, outcomes, strict=True)]
    says = check.judge(found)
    if any((o.error or "").startswith("unattempted") for o in found):
        return "not attempted", str(says)
    return ("right", "") if says is None else ("wrong", str(says))


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
