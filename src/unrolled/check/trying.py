"""Runs the known mistakes of an exercise beside an answer, on the same inputs."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from functools import cache
from types import CodeType
from typing import Any, NamedTuple

from unrolled.check.exercise import Exercise
from unrolled.check.mistakes import Mistake, pairs
from unrolled.check.run import Outcome


class Tried(NamedTuple):
    """A mistake that can be tried: `outcome(i)` is what it gives for a case."""

    says: str
    outcome: Callable[[int], Outcome]
    two: bool = False


Known = Iterable[Tried]


def all_of(check: Exercise, known: tuple[Mistake, ...]) -> Iterator[Mistake]:
    """Yield the known mistakes, then two at a time where running them costs little."""
    yield from known
    if not check.call:  # an answer that is no more than a formula
        yield from pairs(known)


def beside(check: Exercise, answer: Any, context: dict) -> Iterator[Tried]:
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
