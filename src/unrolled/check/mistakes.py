"""The known mistakes of a unit: each an edit of the solution, and one sentence.

A unit's `mistakes.py` holds `MISTAKES = {exercise: {sentence: edit}}`. An edit is

    {old: new, ...}                        what stands in the solution, what instead
    "def step(…): …"                       a whole cell
    [edit, ...]                            several ways that earn the same sentence
    {"pytorch": edit, "tensorflow": edit}  where the tracks' solutions differ

A mistake is run like an answer, on the same inputs. An answer that gives the same in
every case has made it, and gets the sentence.
"""

import io
import runpy
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from functools import cache
from itertools import permutations
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from unrolled.check.run import Outcome
from unrolled.source.percent import TRACKS, solutions

if TYPE_CHECKING:
    from unrolled.check.check import Check


class Mistake(NamedTuple):
    """A known wrong answer: what to say to it, its cell, and the edit that made it."""

    says: str
    code: str
    edit: dict[str, str]
    two: bool = False  # two mistakes in one


class Tried(NamedTuple):
    """A mistake that can be tried: `outcome(i)` is what it gives for a case."""

    says: str
    outcome: Callable[[int], Outcome]
    two: bool = False


Known = Iterable[Tried]


# ---- reading -------------------------------------------------------------------------


def read(folder: Path, track: str) -> dict[str, tuple[Mistake, ...]]:
    """Return the mistakes of each exercise of a unit, in one track.

    Raises ValueError for an edit of something that the solution does not say, for one
    that makes what another edit has made, and for one without a sentence.
    """
    told = runpy.run_path(str(folder / "mistakes.py"))["MISTAKES"]
    solved = solutions(folder / "assignment.py", track)
    found = {
        exercise: tuple(
            made
            for says, edit in known.items()
            for made in _made(says, edit, solved[exercise], track)
        )
        for exercise, known in told.items()
        if isinstance(known, dict)  # the units that are not yet in this mould
        and exercise in solved  # else both tracks' is another, and none is in use
    }
    for exercise, known in found.items():
        seen = {solved[exercise]: "the solution"}
        for one in known:
            if not one.says.strip():
                raise ValueError(f"In `{exercise}` an edit has no sentence: {one.edit}")
            if one.code in seen:
                raise ValueError(
                    f"In `{exercise}` the edit with the sentence “{one.says}” makes "
                    f"the same cell as {seen[one.code]}."
                )
            seen[one.code] = f"the one with “{one.says}”"
    return found


def _made(says: str, edit: Any, solution: str, track: str) -> Iterator[Mistake]:
    if isinstance(edit, str):
        yield Mistake(says, edit, {})
    elif isinstance(edit, list):
        for one in edit:
            yield from _made(says, one, solution, track)
    elif edit.keys() <= set(TRACKS):
        if track in edit:
            yield from _made(says, edit[track], solution, track)
    else:
        yield Mistake(says, _edited(solution, edit), edit)


def _edited(code: str, edit: dict[str, str]) -> str:
    for old, new in edit.items():
        if old not in code:
            raise ValueError(f"The solution does not say `{old}`:\n{code}")
        code = code.replace(old, new)
    return code


def pairs(known: tuple[Mistake, ...]) -> Iterator[Mistake]:
    """Yield two mistakes in one answer, where the second still finds its place."""
    seen = {one.code for one in known}
    for first, second in permutations(known, 2):
        if second.edit and all(old in first.code for old in second.edit):
            if first.edit and not any(old in first.edit for old in second.edit):
                code = _edited(first.code, second.edit)
                if code not in seen:
                    seen.add(code)
                    says = f"Two things. {first.says} {second.says}"
                    yield Mistake(says, code, {}, two=True)


# ---- trying --------------------------------------------------------------------------


def all_of(check: "Check", known: tuple[Mistake, ...]) -> Iterator[Mistake]:
    """Yield the known mistakes, then two at a time where running them costs little."""
    yield from known
    if not check.call:  # an answer that is no more than a formula
        yield from pairs(known)


def beside(check: "Check", answer: Any, context: dict) -> Iterator[Tried]:
    """Yield the mistakes of a check, each tried beside the answer when it is asked.

    They see the names that the answer sees, and nothing that they do is kept.
    """
    scope = _scope(answer)
    if check.free or scope is None:  # several answers are right: values tell nothing
        return
    cases = check.inputs()

    def tried(mistake: Mistake) -> Callable[[int], Outcome]:
        @cache
        def defined() -> tuple[Any, dict]:
            made = dict(scope)
            exec(_compiled(mistake.code), made)
            own = {k: made[k] for k in context if made.get(k) is not scope.get(k)}
            return made[check.name], context | own

        @cache
        def outcome(i: int) -> Outcome:
            with redirect_stdout(io.StringIO()):
                try:
                    known, around = defined()
                except Exception as error:  # a name that the learner gave away
                    return Outcome(cases[i], error=repr(error))
                return check.one(known, cases[i], around)

        return outcome

    for mistake in all_of(check, check.known):
        yield Tried(mistake.says, tried(mistake), mistake.two)


@cache
def _compiled(code: str) -> CodeType:
    return compile(code, "<a known mistake>", "exec")


def _scope(answer: Any) -> dict[str, Any] | None:
    """Return the names that a function, or a class's methods, see."""
    for one in (answer, *getattr(answer, "__dict__", {}).values()):
        if isinstance(scope := getattr(one, "__globals__", None), dict):
            return scope
    return None
