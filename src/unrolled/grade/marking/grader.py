"""Grades one submission: runs it whole, then what failed alone, and adds up.

An exercise counts when its outputs are right, in the whole notebook or alone: alone
means without the other answers, but for those that it uses. So nothing that one
exercise does can cost another its points.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import unrolled
from unrolled.check import Check, mistakes, trying
from unrolled.grade import magics
from unrolled.grade.child import guarded
from unrolled.grade.marking import judge, signs
from unrolled.grade.marking.known import Known
from unrolled.grade.result import Result, Verdict
from unrolled.grade.sandbox import wire
from unrolled.grade.sandbox.fork_server import PACKAGE, Servers
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.sandbox.session import Clock, Ended, Session
from unrolled.grade.submission import names, restore
from unrolled.grade.submission.reading import Cell, Unreadable, read_limited
from unrolled.grade.submission.restore import Assignment, Restored, Step
from unrolled.source import percent

WORDS = ("right", "wrong", "not attempted", "killed", "timed out", "refused")
LESSONS = "lessons"  # a copy in an installed package; a course's own ones count
MOST_WORDS = 1200  # characters of one sentence


def secret(course: Path) -> tuple[str, ...]:
    """Return what of a course no submission may see."""
    parts = ("lessons", "solutions", "notebooks", "tests", ".git")
    return tuple(str(course / part) for part in parts)


def digest(
    content: bytes, assignment: Assignment, seed: int, limits: Limits, isolation: str
) -> str:
    """Return what a result depends on, as a short text."""
    given = repr((seed, limits, isolation)).encode()
    parts = (content, assignment.digest.encode(), given, package().encode())
    return restore.digest(*parts)


@cache
def package() -> str:
    """Return which package grades here: a digest of its version and its sources.

    Of both, since a checkout is changed without another version.
    """
    files = (p for p in PACKAGE.rglob("*.py") if p.parts[len(PACKAGE.parts)] != LESSONS)
    found = sorted((p.relative_to(PACKAGE).as_posix(), p.read_bytes()) for p in files)
    parts = [part for name, source in found for part in (name.encode(), source)]
    return restore.digest(unrolled.__version__.encode(), *parts)


class Grader:
    """Grades submissions of one assignment."""

    def __init__(
        self,
        course: Path,
        assignment: Assignment,
        servers: Servers,
        limits: Limits | None = None,
        seed: int = 0,
    ):
        """Prepare; a fork server starts with the first submission."""
        self.course, self.assignment, self.seed = course, assignment, seed
        self.servers, self.limits = servers, limits or Limits()
        for step in assignment.exercises.values():  # complain now, not in the middle
            self._asked(step)
        magics.ready()
        self._folder = course / "lessons" / assignment.unit
        self._known: dict[str, Known] = {}

    def grade(
        self,
        name: str,
        content: bytes,
        cells: list[Cell] | None = None,
        only: frozenset[str] | None = None,
    ) -> Result:
        """Grade the bytes of one submission; the same bytes give the same result.

        `cells` are its cells, if they have been read already. `only` these exercises
        are asked for, if it names any; the others are not attempted then.
        """
        what = self.assignment
        result = Result(name, what.unit, what.track, isolation=self.servers.isolation)
        given = (self.seed, self.limits, self.servers.isolation)
        result.digest = digest(content, what, *given)
        result.content, result.title = restore.digest(content), what.title
        verdicts = {
            e: Verdict(e, s.points, title=what.titles.get(e, ""))
            for e, s in what.exercises.items()
        }
        result.exercises = list(verdicts.values())
        try:
            cells = read_limited(content) if cells is None else cells
        except Unreadable as error:
            result.unreadable = str(error)
            return result
        restored = restore.restore(cells, what)
        result.notes, result.flags = list(restored.notes), list(restored.flags)
        written, found = signs.answers(restored), signs.seen(restored)
        for exercise, verdict in verdicts.items():
            verdict.lines = signs.lines(written.get(exercise, ""))
            verdict.print = found.prints.get(exercise, "")
            verdict.calls = found.calls.get(exercise, [])
        self.clock = Clock(self.limits)
        asked = frozenset(verdicts if only is None else only)
        first = self._whole(restored, asked)
        # What ran out of time comes last: it shall not take that of the others.
        late = {e for e, (word, _) in first.items() if word == "timed out"}
        chosen = [e for e in verdicts if e in asked]
        for exercise in sorted(chosen, key=lambda e: e in late):
            verdict = verdicts[exercise]
            if exercise in restored.untouched:
                verdict.says = _MISSING if exercise in restored.missing else _START
                continue
            word, says = first.get(exercise, ("", ""))
            if word != "right":
                word, says = self._better(restored, exercise, (word, says))
            verdict.word, verdict.says = word, says[:MOST_WORDS]
        return result

    def _asked(self, step: Step) -> dict:
        what = (self.course, self.assignment.unit, step.checks[0])
        return judge.asked(*what, step.name, step.code, self.seed)

    def _check(self, step: Step) -> Check:
        checks = judge.checks_of(self.course, self.assignment.unit)
        return getattr(checks, step.checks[0])

    def _session(self, clock: Clock) -> Session:
        server = self.servers.get(self.assignment.track)
        return Session(server, self.limits, clock)

    def _whole(
        self, restored: Restored, asked: frozenset[str]
    ) -> dict[str, tuple[str, str]]:
        """Run all cells in order, as the learner would, until something ends it."""
        others = set(self.assignment.exercises) - asked
        skip = {f"check-{name}" for name in restored.untouched | others}
        steps = [s for s in restored.steps if s.name not in skip]
        if all(s.kind != "check" for s in steps):
            return {}  # nothing is asked: a blank copy need not run
        return self._run(steps)

    def _better(self, restored: Restored, exercise: str, first: tuple) -> tuple:
        """Give an exercise that failed a second trial, alone; return the verdict."""
        steps = restored.steps
        last = next(i for i, s in enumerate(steps) if s.name == f"check-{exercise}")
        fixed = [
            i for i, s in enumerate(steps)
            if s.kind == "locked" or s.name == exercise
        ]  # fmt: skip
        codes = [s.code if s.kind != "check" else "" for s in steps[:last]]
        codes.append(steps[last].code)
        kept = guarded(lambda: names.needed(codes, fixed, last))
        if not isinstance(kept, list):  # its code cannot be taken apart
            kept = [*(i for i in fixed if i < last), last]
        alone = [steps[i] for i in kept if steps[i].kind != "check" or i == last]
        ran = [s for s in steps[: last + 1] if s.kind != "check"] + [steps[last]]
        if first[0] and alone == [s for s in ran if s in alone] == ran:
            return first  # it was as much alone as it can be
        found = self._run(alone)
        word, says = found.get(exercise) or found.get("") or ("", "")
        if word == "right" or first[0] in ("", "killed", "timed out", "refused"):
            return (word, says) if word else first
        return first

    def _mistakes(self, exercise: str) -> Known:
        """Return the known mistakes of an exercise; none has been run yet."""
        if exercise not in self._known:
            check, folder = self.assignment.exercises[exercise], self._folder
            solved = percent.solutions(folder / "assignment.py", self.assignment.track)
            steps = self.assignment.steps
            before = [
                replace(s, code=solved.get(s.name, s.code))
                for s in steps[: steps.index(check)]
                if s.kind != "check"
            ]
            told = mistakes.read(folder, self.assignment.track).get(exercise, ())
            known = trying.all_of(self._check(check), told)
            made = (before, exercise, self._asked(check), list(known))

            def session() -> Session:  # on no submission's time
                return self._session(Clock(self.limits))

            self._known[exercise] = Known(session, *made)
        return self._known[exercise]

    def _run(self, steps: list[Step]) -> dict[str, tuple[str, str]]:
        """Run steps in one process; return the word and sentence of each exercise."""
        found: dict[str, tuple[str, str]] = {}
        errors: dict[str, str] = {}
        answers: dict[str, tuple[Step, wire.Answer]] = {}
        with self._session(self.clock) as session:
            for step in steps:
                exercise = step.name.removeprefix("check-")
                try:
                    if step.kind != "check":
                        error = session.run(step.name, step.code)
                        if error and step.kind == "answer":
                            errors[step.name] = error
                        continue
                    answers[exercise] = step, session.check(self._asked(step))
                except Ended as ended:
                    where = "" if step.kind == "check" else f" (in `{step.name}`)"
                    found[exercise] = found[""] = (ended.word, f"{ended.says}{where}")
                    break
        # Only now, when nothing of the submission runs: a mistake may have to be run.
        course, unit = self.course, self.assignment.unit
        together = {e: (step.checks[0], told) for e, (step, told) in answers.items()}
        right = judge.right_ones(course, unit, together, self.seed)
        for exercise, (step, told) in answers.items():
            if exercise in right:
                found[exercise] = ("right", "")
                continue
            what = (course, unit, step.checks[0])
            known = None if exercise in errors else self._mistakes(exercise)
            word, says = judge.judged(*what, told, self.seed, known)
            if word == "wrong" and exercise in errors:
                says = errors[exercise]  # the cell itself stopped: say that
            found[exercise] = (word, says)
        return found


_START = "The cell is as it was handed out."
_MISSING = "The cell is not there."
