"""Grades one submission: runs it whole, then what failed alone, and adds up.

An exercise counts when its outputs are right, in the whole notebook or alone: alone
means without the other answers, but for those that it uses. So nothing that one
exercise does can cost another its points.
"""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from unrolled import percent
from unrolled.check import Check, mistakes
from unrolled.grade import judge, names
from unrolled.grade.guarded import guarded
from unrolled.grade.known import Known
from unrolled.grade.limits import Limits
from unrolled.grade.notebooks import Cell, Unreadable, read_limited
from unrolled.grade.restore import Assignment, Restored, Step, restore
from unrolled.grade.sandbox import Servers
from unrolled.grade.session import Ended, Session

WORDS = ("right", "wrong", "not attempted", "killed", "timed out", "refused")
MOST_WORDS = 1200  # characters of one sentence


@dataclass
class Verdict:
    """What one exercise earned, in which word, and why."""

    name: str
    most: float
    word: str = "not attempted"
    says: str = ""

    @property
    def points(self) -> float:
        """All points or none."""
        return self.most if self.word == "right" else 0.0


@dataclass
class Result:
    """What one submission earned."""

    submission: str
    unit: str = ""
    track: str = ""
    exercises: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreadable: str = ""  # why it could not be graded at all
    isolation: str = ""
    digest: str = ""  # of the submission, the assignment and the seed

    @property
    def points(self) -> float:
        """The sum over the exercises."""
        return sum(v.points for v in self.exercises)

    @property
    def most(self) -> float:
        """What could be earned."""
        return sum(v.most for v in self.exercises)

    @property
    def share(self) -> float:
        """Points earned of points to earn, 0 to 1."""
        return self.points / self.most if self.most else 0.0

    def as_json(self) -> dict:
        """Return it as plain data; `from_json` is the way back."""
        return asdict(self) | {"points": self.points, "most": self.most}


def from_json(data: dict) -> Result:
    """Return the result that `as_json` gave; raises TypeError or KeyError."""
    kept = {k: v for k, v in data.items() if k not in ("points", "most")}
    kept["exercises"] = [Verdict(**v) for v in kept["exercises"]]
    return Result(**kept)


def secret(course: Path) -> tuple[str, ...]:
    """Return what of a course no submission may see."""
    parts = ("lessons", "solutions", "notebooks", "tests", ".git")
    return tuple(str(course / part) for part in parts)


def digest(content: bytes, assignment: Assignment, seed: int, limits: Limits) -> str:
    """Return what a result depends on, as a short text."""
    parts = (content, assignment.digest.encode(), repr((seed, limits)).encode())
    return hashlib.sha256(
        b"".join(hashlib.sha256(p).digest() for p in parts)
    ).hexdigest()


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
        self._folder = course / "lessons" / assignment.unit
        self._known: dict[str, Known] = {}

    def grade(
        self, name: str, content: bytes, cells: list[Cell] | None = None
    ) -> Result:
        """Grade the bytes of one submission; the same bytes give the same result.

        `cells` are its cells, if they have been read already.
        """
        what = self.assignment
        result = Result(name, what.unit, what.track, isolation=self.servers.isolation)
        result.digest = digest(content, what, self.seed, self.limits)
        verdicts = {
            e: Verdict(e, step.points, says=_START)
            for e, step in what.exercises.items()
        }
        result.exercises = list(verdicts.values())
        try:
            cells = read_limited(content) if cells is None else cells
        except Unreadable as error:
            result.unreadable = str(error)
            return result
        restored = restore(cells, what)
        result.notes = list(restored.notes)
        first = self._whole(restored)
        for exercise, verdict in verdicts.items():
            if exercise in restored.untouched:
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

    def _session(self) -> Session:
        return Session(self.servers.get(self.assignment.track), self.limits)

    def _whole(self, restored: Restored) -> dict[str, tuple[str, str]]:
        """Run all cells in order, as the learner would, until something ends it."""
        skip = {f"check-{name}" for name in restored.untouched}
        steps = [s for s in restored.steps if s.name not in skip]
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
            known = mistakes.all_of(self._check(check), told)
            made = (self._session, before, exercise, self._asked(check), list(known))
            self._known[exercise] = Known(*made)
        return self._known[exercise]

    def _run(self, steps: list[Step]) -> dict[str, tuple[str, str]]:
        """Run steps in one process; return the word and sentence of each exercise."""
        found: dict[str, tuple[str, str]] = {}
        errors: dict[str, str] = {}
        with self._session() as session:
            for step in steps:
                exercise = step.name.removeprefix("check-")
                try:
                    if step.kind != "check":
                        error = session.run(step.name, step.code)
                        if error and step.kind == "answer":
                            errors[step.name] = error
                        continue
                    told = session.check(self._asked(step))
                except Ended as ended:
                    where = "" if step.kind == "check" else f" (in `{step.name}`)"
                    found[exercise] = found[""] = (ended.word, f"{ended.says}{where}")
                    break
                what = (self.course, self.assignment.unit, step.checks[0])
                known = None if exercise in errors else self._mistakes(exercise)
                word, says = judge.judged(*what, told, self.seed, known)
                if word == "wrong" and exercise in errors:
                    says = errors[exercise]  # the cell itself stopped: say that
                found[exercise] = (word, says)
        return found


_START = "The cell is as it was handed out."
