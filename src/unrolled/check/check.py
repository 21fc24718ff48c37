"""What a learner calls: a check runs an answer to its exercise, and judges it."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from unrolled import course, ledger, unrun
from unrolled.check import judge, mistakes, trying
from unrolled.check.exercise import Exercise
from unrolled.check.run import Outcome


class NotYet(AssertionError):
    """An answer that is not right yet. Shows its sentence without a stack trace."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of the stack trace."""
        return [f"Not yet. {self}"]


@dataclass(frozen=True, repr=False)
class Check(Exercise):
    """One exercise's check: called with an answer, it says whether that is right."""

    def __repr__(self) -> str:
        """Say what a check is for; its fields would tell the answer."""
        name = self.name
        return (
            f"The check of `{name}`: call it with your answer, checks.{name}({name})."
        )

    def __call__(self, answer: Any, **context: Any) -> None:
        """Check an answer; print one line if it is right, raise `NotYet` if not.

        `context` goes to `call` (the backend `ur`, say).
        """
        sentence = self.judge(
            self._collected(answer, context),
            again=lambda inputs: self.quietly(answer, inputs, context),
            known=trying.beside(self, answer, context),
        )
        if sentence:
            raise NotYet(sentence) from None
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        print(f"{self.name}: right ({cases}).")

    def _collected(self, answer: Any, context: dict[str, Any]) -> list[Outcome]:
        """Run an answer on the inputs, as far as is needed: a training takes its time.

        After a fault a free exercise runs no further case, and another one does not run
        its last, which trains; the others tell which mistake was made.
        """
        found: list[Outcome] = []
        for outcome in self.each(answer, context):
            found.append(outcome)
            if self.free or (self.measured and len(found) == self.cases - 1):
                with np.errstate(all="ignore"):
                    if any(judge.fault(self, one) for one in found):
                        break
        return found

    def judge(
        self,
        outcomes: list[Outcome],
        again: Callable[[dict[str, Any]], Outcome] | None = None,
        known: trying.Known = (),
    ) -> str | None:
        """Return the sentence about the first thing that is wrong, or None.

        Needs nothing of the answer but the outcomes. What gives the same as one of the
        `known` mistakes, or as two of them at once, gets their sentence. With `again`,
        which runs the answer on other inputs, a counter-example is made smaller before
        it is shown.
        """
        return judge.sentence(self, outcomes, again, known)


def unit(name: str) -> ModuleType:
    """Load a unit's checks, `lessons/<name>/checks.py`, as a module.

    Each knows the mistakes of its exercise. In a notebook, a check that is called
    before its answer's cell was run says so.
    """
    path = course.unit_folder(name) / "checks.py"
    module_name = unrun.MODULE + name.replace("-", "_")
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    for exercise, known in mistakes.read(path.parent, ledger.track()).items():
        check_name = exercise.replace("-", "_")
        told = replace(getattr(module, check_name), known=known)
        setattr(module, check_name, told)
    unrun.watch()
    return module
