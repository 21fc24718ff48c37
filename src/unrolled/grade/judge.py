"""Judges what came out of a sandbox, with the unit's own checks, outside of it."""

import importlib.util
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from unrolled.check import Check, Outcome
from unrolled.grade import cuts
from unrolled.grade.guarded import guarded


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
    course: Path,
    unit: str,
    name: str,
    told: dict,
    seed: int,
    known: Sequence[tuple[str, dict]] = (),
) -> tuple[str, str]:
    """Return the word and the sentence about what a sandbox told of one check.

    `known` is what it told of the known mistakes, each with its sentence.
    """
    check: Check = getattr(checks_of(course, unit), name)
    if isinstance(told.get("error"), str):
        return "wrong", told["error"]
    cases, outcomes = _cases(course, unit, name, seed), told.get("outcomes")
    if not isinstance(outcomes, list) or len(outcomes) != len(cases):
        return "refused", "It did not answer every case."
    found = [_outcome(i, o) for i, o in zip(cases, outcomes, strict=True)]
    one = [
        (says, [_outcome(i, o) for i, o in zip(cases, made["outcomes"], strict=True)])
        for says, made in known
        if "outcomes" in made and not check.free
    ]
    tried = [(says, made.__getitem__) for says, made in one]
    says = guarded(lambda: check.judge(found, known=(tried, ())))
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
        None if error is None else str(error) or "It failed.",
        None if changed is None else str(changed)[:80],
    )
