"""What a learner calls on an answer, and what says in a sentence what is wrong.

A check is data: how inputs are drawn, the reference, the known wrong formulas with
their sentences, the properties that must hold. `collect` runs an answer on the inputs
and gives plain arrays; `judge` looks at those arrays alone. So the same check can judge
an answer in the learner's own notebook, or outputs that were computed elsewhere.

A unit's checks stand in `lessons/<unit>/checks.py`; `unit` loads them.
"""

import copy
import importlib.util
import io
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache, partial
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from unrolled import course, ledger, mistakes
from unrolled.narrow import (
    Term,
    arrays,
    by_block,
    by_term,
    by_zero,
    example,
    shrink,
    zeroed,
    zeros,
)
from unrolled.slopes import Slopes, against_nudges
from unrolled.values import (
    cast,
    finite,
    form,
    has_float32,
    kind,
    listing,
    parts,
    plain,
    same,
    short,
)
from unrolled.verdicts import difference, failure, not_callable, reordered, stub, takes

__all__ = [
    "Check",
    "Mistake",
    "NotYet",
    "Outcome",
    "Slopes",
    "Suspect",
    "Term",
    "arrays",
    "unit",
    "zeroed",
]


class NotYet(AssertionError):
    """An answer that is not right yet. Shows its sentence without a stack trace."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of the stack trace."""
        return [f"Not yet. {self}"]


class Mistake(NamedTuple):
    """A wrong answer that learners really give, for a unit's `mistakes.py`.

    `code` replaces the whole solution cell; the refusal must contain `hint`; `track`
    limits it to one framework.
    """

    name: str
    hint: str
    code: str
    track: str | None = None


@dataclass(frozen=True)
class Suspect:
    """A known wrong formula. If an answer computes it, `says` is what is wrong."""

    says: str
    formula: Callable[..., Any]


class Outcome(NamedTuple):
    """What an answer made of one case: the inputs, and a value or a failure."""

    inputs: dict[str, Any]
    value: Any = None
    error: str | None = None
    changed: str | None = None  # the input that the answer changed in place


# Known mistakes, one at a time and two: a sentence, and its outcome for a case.
Known = tuple[Iterable[tuple[str, Callable[[int], Outcome]]], ...]


def _muted(run: Callable[[dict], Outcome], inputs: dict) -> Outcome:
    with redirect_stdout(io.StringIO()):
        return run(inputs=inputs)


@dataclass(frozen=True)
class Check:
    """One exercise's check.

    `draw(rng, case)` returns the inputs of a case as `{name: value}`; case 0 is the
    smallest, so that the first counter-example is small. The answer is called with the
    values in that order, unless `call(answer, inputs, **context)` says how to call it
    (to build a layer and run it, say). Odd cases are cast to float32. `given(inputs)`
    returns what the answer's side gets of them, where the judge must know more: the
    right labels of a test set, say.
    `reference(**inputs)` returns the right value; without one the `properties` alone
    decide, each `(inputs, value) -> sentence or None`. `axes` names the axes of the
    result, `outputs` the parts of a tuple. `start` says how to begin. `free` marks an
    exercise with several right answers: the learner builds and trains a model.

    Four fields help to say what is wrong. `terms` are cases of their own, in which one
    term acts alone. `slopes` says of which loss the results are gradients, so that a
    wrong one is set against nudges. `blocks` names what lies side by side in the last
    axis of some outputs, as gates do: `{"d_b": "i f g o"}`. `dims` names the axes of
    the inputs that may be cut, so that a counter-example can be made small.
    """

    name: str
    draw: Callable[[np.random.Generator, int], dict[str, Any]]
    reference: Callable[..., Any] | None = None
    suspects: tuple[Suspect, ...] = ()
    properties: tuple[Callable[[dict, Any], str | None], ...] = ()
    call: Callable[..., Any] | None = None
    given: Callable[[dict], dict] | None = None
    cases: int = 6
    tolerance: float = 1e-8
    tolerance32: float = 1e-4
    axes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    start: str = "Read the text above the cell and replace the `raise` line."
    float32: bool = True
    free: bool = False
    terms: tuple[Term, ...] = ()
    slopes: Slopes | None = None
    blocks: dict[str, str] | None = None
    dims: dict[str, tuple[str, ...] | None] | None = None
    gates: str = ""
    first: Callable[[dict, Any], str | None] | None = None
    measured: tuple[str, ...] = ()
    known: tuple[mistakes.Mistake, ...] = ()

    def __call__(self, answer: Any, **context: Any) -> None:
        """Check an answer; print one line if it is right, raise `NotYet` if not.

        `context` goes to `call` (the backend `ur`, say).
        """
        sentence = self.judge(
            self.collect(answer, **context),
            again=lambda inputs: self._one(answer, inputs, context),
            known=self._known(answer, context),
        )
        if sentence:
            raise NotYet(sentence) from None
        cases = "1 case" if self.cases == 1 else f"{self.cases} cases"
        print(f"{self.name}: right ({cases}).")

    def inputs(self, seed: int | None = None) -> list[dict[str, Any]]:
        """Return the inputs of every case, then of every term.

        They are the same ones each time for one seed.
        """
        name = zlib.crc32(self.name.encode())
        rng = np.random.default_rng(name if seed is None else [name, seed, 1])
        drawn = [self.draw(rng, case) for case in range(self.cases)]
        # A term's case is the third: in float64, and seldom square.
        whole = drawn[min(2, self.cases - 1)]
        alone = [term.alone(**copy.deepcopy(whole)) for term in self.terms]
        if self.gates:
            alone += [less for _, less in zeros(whole, self.dims, self.gates)]
        if self.float32:
            drawn = [cast(d) if case % 2 else d for case, d in enumerate(drawn)]
        return drawn + alone

    def collect(self, answer: Any, **context: Any) -> list[Outcome]:
        """Run an answer on all inputs; the values come back as plain arrays."""
        return [self._one(answer, inputs, context) for inputs in self.inputs()]

    def seen(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return what the answer's side gets of a case's inputs."""
        return inputs if self.given is None else self.given(inputs)

    def _one(self, answer: Any, inputs: dict, context: dict) -> Outcome:
        """Run an answer on what it may see of a case; keep what the judge needs."""
        return self.outcome(answer, self.seen(inputs), context)._replace(inputs=inputs)

    def judge(
        self,
        outcomes: list[Outcome],
        again: Callable[[dict[str, Any]], Outcome] | None = None,
        known: Known = ((), ()),
    ) -> str | None:
        """Return the sentence about the first thing that is wrong, or None.

        Needs nothing of the answer but the outcomes. What gives the same as one of the
        `known` mistakes, each with its outcome for a case, gets that one's sentence.
        With `again`, which runs the answer on other inputs, a counter-example is made
        smaller before it is shown.
        """
        for outcome in outcomes:
            if (outcome.error or "").startswith("unattempted"):
                part = outcome.error.removeprefix("unattempted").strip() or self.name
                how = self.start if part == self.name else "Replace its `raise` line."
                return f"`{part}` has not been attempted yet. {how}"
        with np.errstate(all="ignore"):
            faults = [self._first_fault(o) for o in outcomes]
            if not any(faults):
                return None
            known = self._mistaken(outcomes, known) or self._suspicion(outcomes)
            known = known or self._reordered(outcomes)
            return known or self._told(outcomes, faults, again)

    def outcome(self, answer: Any, inputs: dict, context: dict) -> Outcome:
        """Run an answer on the inputs of one case; needs no reference."""
        given = copy.deepcopy(inputs)
        try:
            with np.errstate(all="ignore"):  # what comes out is judged, with words
                if self.call:
                    value = self.call(answer, given, **context)
                else:
                    value = answer(*given.values())
                value = plain(value)
        except (Exception, SystemExit) as error:  # not the learner's stop button
            return Outcome(inputs, error=self._stopped(answer, error, inputs))
        changed = [k for k in inputs if not same(plain(given[k]), plain(inputs[k]), 0)]
        return Outcome(inputs, value, changed=changed[0] if changed else None)

    def _stopped(self, answer: Any, error: BaseException, inputs: dict) -> str:
        if isinstance(error, NotImplementedError):
            part = stub(error)
            if part is not None:
                own = {self.name, getattr(answer, "__name__", self.name), ""}
                return "unattempted" if part in own else f"unattempted {part}"
        if isinstance(error, TypeError) and not callable(answer):
            return not_callable(self.name, answer)
        if isinstance(error, TypeError) and not self.call:
            says = takes(self.name, answer, inputs)
            if says:
                return says
        return failure(self.name, error, inputs)

    def _first_fault(self, outcome: Outcome) -> str | None:
        if outcome.error:
            return outcome.error
        if outcome.changed:
            return (
                f"`{self.name}` changed its argument `{outcome.changed}` in place. The "
                "caller still needs it: compute a new array instead (`h = h + …`, not "
                "`h += …`)."
            )
        if self.first and (says := self.first(outcome.inputs, outcome.value)):
            return says
        if self.reference is not None:
            says = difference(
                self.name,
                outcome.value,
                self._expected(outcome.inputs),
                self._tolerance(outcome),
                self.axes,
                self.outputs,
                outcome.inputs,
            )
            if says:
                return says
        elif outcome.value is None:
            return f"`{self.name}` returned nothing. Does it end with a `return`?"
        for holds in self.properties:
            try:
                says = holds(outcome.inputs, outcome.value)
            except Exception as error:
                says = (
                    f"`{self.name}` gave something that cannot be judged "
                    f"({short(outcome.value)}): {kind(error)}, {error}."
                )
            if says:
                return says
        return None

    def _as_slopes(self, outcome: Outcome) -> str:
        """Return the sentence about a wrong gradient, if nudges can tell."""
        if self.slopes is None:
            return ""
        near = 1e-3 if self._tolerance(outcome) == self.tolerance32 else 1e-6
        return against_nudges(
            self.name, self.slopes, outcome.inputs, outcome.value, near
        )

    def _told(self, outcomes: list, faults: list[str | None], again: Any) -> str:
        """Return the first fault; then where it is, as narrowly as can be found."""
        first = next(i for i, fault in enumerate(faults) if fault)
        says, right = faults[first], faults[: self.cases].count(None)
        if outcomes[first].error:
            return says + self._how_often(says, right, outcomes[first].inputs)
        says = self._as_slopes(outcomes[first]) or says
        if first >= self.cases and self.terms:
            says = f"With {self.terms[first - self.cases].name} alone: {says}"
        else:
            says += self._how_often(says, right, outcomes[first].inputs)
        if self.blocks and self.reference is not None:
            right_one = self._expected(outcomes[first].inputs)
            value = outcomes[first].value
            says += by_block(value, right_one, self.outputs, self.blocks)
        if not outcomes[first].changed:  # else the terms say nothing of the values
            apart = [bool(f) for f in faults[self.cases :]]
            says += by_term(self.terms, apart[: len(self.terms)])
            if self.gates:
                whole = outcomes[min(2, self.cases - 1)].inputs
                named = [name for name, _ in zeros(whole, self.dims, self.gates)]
                says += by_zero(named, apart[len(self.terms) :])
        return says + self._counterexample(outcomes[first], says, again)

    def _how_often(self, says: str, right: int, given: dict) -> str:
        """Return in how many cases it is right, and which inputs it fails on."""
        if not right:
            return ""
        often = f" It is right in {right} of {self.cases} cases"
        if listing(given) in says:
            return often + "."
        precision = ", in float32" if has_float32(given) else ""
        return f"{often}, but not for {listing(given)}{precision}."

    def _counterexample(self, outcome: Outcome, says: str, again: Any) -> str:
        """Return a sentence with a small case that fails, if one can be shown."""
        if not (again and self.dims and self.reference) or outcome.changed:
            return ""

        def fails(inputs: dict) -> bool:
            try:
                right, tried = self._expected(inputs), again(inputs)
                if tried.error or not finite(right) or form(tried.value) != form(right):
                    return False
                return bool(self._first_fault(tried))
            except Exception:  # no case of this exercise
                return False

        if not fails(outcome.inputs):  # of another shape: that has been said
            return ""
        small = again(shrink(outcome.inputs, self.dims, fails))
        return example(small.inputs, small.value, self._expected(small.inputs))

    def _known(self, answer: Any, context: dict) -> Known:
        """Return the known mistakes, one and two at a time, run beside the answer."""
        scope = getattr(answer, "__globals__", None)
        if self.free or scope is None:  # several are right: values tell nothing
            return (), ()
        cases = self.inputs()

        def ran(group: Iterable[mistakes.Mistake]) -> Iterator[tuple[str, Callable]]:
            for mistake in group:
                made = dict(scope)
                exec(mistake.code, made)
                own = {k: made[k] for k in context if made.get(k) is not scope.get(k)}
                run = partial(self._one, made[self.name], context=context | own)
                yield mistake.says, cache(lambda i, run=run: _muted(run, cases[i]))

        # Pairs are many: they are tried where an answer is no more than a formula.
        return ran(self.known), ran(() if self.call else mistakes.pairs(self.known))

    def _mistaken(self, outcomes: list[Outcome], known: Known) -> str | None:
        """Return the sentence of the mistake that gives what the answer gave.

        In every case: all of it, also of two mistakes at once; else all that one gets
        wrong.
        """
        if any(o.changed for o in outcomes) or all(o.error for o in outcomes):
            return None
        one, two = list(known[0]), known[1]
        for match, group in (
            (self._equal, one),
            (self._equal, two),
            (self._agree, one),
        ):
            for says, made in group:
                if match(made, outcomes):
                    return says
        return None

    def _equal(self, made: Callable[[int], Outcome], outcomes: list[Outcome]) -> bool:
        for i, outcome in enumerate(outcomes):
            if self.measured and set(self.measured) & set(parts(outcome.value)):
                continue  # a training, which takes its time and ends somewhere else
            if bool(made(i).error) != bool(outcome.error):
                return False
            if not same(made(i).value, outcome.value, self._tolerance(outcome)):
                return False
        return True

    def _agree(self, made: Callable[[int], Outcome], outcomes: list[Outcome]) -> bool:
        """Return whether the answer agrees in all that the mistake gets wrong."""
        if self.reference is None or any(o.error for o in outcomes):
            return False
        wrong = False
        for i, (inputs, value, *_) in enumerate(outcomes):
            if isinstance(value, tuple) and len(value) != len(self.outputs):
                return False
            near, made_it = self._tolerance(outcomes[i]), parts(made(i).value)
            for name, right in parts(self._expected(inputs)).items():
                if name in made_it and not same(made_it[name], right, near):
                    wrong = True
                    if not same(made_it[name], parts(value).get(name), near):
                        return False
        return wrong

    def _suspicion(self, outcomes: list[Outcome]) -> str | None:
        """Return the sentence of the suspect that explains every outcome, if one does.

        It must give the answer's value in every case and fail where the answer failed.
        Asked only when there is a fault, else a right answer could be suspected.
        """
        if not any(o.error is None for o in outcomes) or self.reference is None:
            return None
        for suspect in self.suspects:
            if all(self._explains(suspect, outcome) for outcome in outcomes):
                return suspect.says
        return None

    def _reordered(self, outcomes: list[Outcome]) -> str | None:
        """Return a sentence if all results are right but for their order.

        Asked only when there is a fault. With a property at fault alone, the order may
        be right: then nothing is said.
        """
        if self.reference is None or any(o.error or o.changed for o in outcomes):
            return None
        found = [
            (o.value, self._expected(o.inputs), self._tolerance(o)) for o in outcomes
        ]
        if all(same(*one) for one in found) or not all(reordered(*o) for o in found):
            return None
        return (
            f"`{self.name}` returned the right results in another order; expected "
            f"{', '.join(self.outputs) or 'that of the exercise'}."
        )

    def _expected(self, inputs: dict[str, Any]) -> Any:
        return plain(self.reference(**copy.deepcopy(inputs)))

    def _explains(self, suspect: Suspect, outcome: Outcome) -> bool:
        try:
            wrong = plain(suspect.formula(**copy.deepcopy(outcome.inputs)))
        except Exception:
            return outcome.error is not None
        if outcome.error is not None:
            return False
        return same(wrong, outcome.value, self._tolerance(outcome))

    def _tolerance(self, outcome: Outcome) -> float:
        """Return the wider tolerance if the inputs or the answer are in float32."""
        low = has_float32(outcome.inputs) or has_float32(outcome.value)
        return self.tolerance32 if low else self.tolerance


def unit(name: str) -> ModuleType:
    """Load a unit's checks, `lessons/<name>/checks.py`, as a module.

    Each knows the mistakes of its exercise.
    """
    path = course.unit_folder(name) / "checks.py"
    module_name = "unrolled_checks_" + name.replace("-", "_")
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    for exercise, known in mistakes.read(path.parent, ledger.track()).items():
        check_name = exercise.replace("-", "_")
        told = replace(getattr(module, check_name), known=known)
        setattr(module, check_name, told)
    return module
