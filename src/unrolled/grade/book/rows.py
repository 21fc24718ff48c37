"""A row for each student: which attempt counts, how late it was, what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from unrolled.grade.book.overrides import BadOverride, Override
from unrolled.grade.intake import lateness
from unrolled.grade.intake.gather import Work
from unrolled.grade.intake.lateness import Policy, Times
from unrolled.grade.intake.platforms import Owner
from unrolled.grade.intake.roster import Roster, Student
from unrolled.grade.result import Result, Verdict

ABSENT, UNREADABLE = "absent", "could not be graded"
PASSED, BELOW = "passed", "below the pass mark"
BY_HAND = "by hand"
MOST_NAMED = 3  # students with the same answer that are named in a row


@dataclass
class Attempt:
    """One submission of a student."""

    work: Work
    result: Result
    owner: Owner
    when: datetime | None = None
    days: int | None = None  # after the due date; None if that cannot be told

    def order(self) -> tuple:
        """What comes later is greater."""
        stamp = self.when.timestamp() if self.when else 0.0
        return stamp, self.owner.attempt, self.work.name


@dataclass
class Row:
    """What one student gets for one assignment."""

    student: Student
    unit: str
    attempts: list[Attempt] = field(default_factory=list)
    counted: Attempt | None = None
    deducted: float = 0.0
    flags: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)  # (exercise, text)
    changed: dict[str, float] = field(default_factory=dict)  # points by hand
    most: float = 0.0
    known: bool = True  # in the roster, or there is none

    @property
    def result(self) -> Result | None:
        """The result that counts."""
        return self.counted.result if self.counted else None

    @property
    def readable(self) -> bool:
        """Whether the student handed in something that could be graded."""
        return self.result is not None and not self.result.unreadable

    @property
    def earned(self) -> float:
        """Points before anything is taken off, with those that were given by hand."""
        if "" in self.changed:
            return self.changed[""]
        found = self.result.exercises if self.result else ()
        return sum(self.of(v) for v in found)

    @property
    def points(self) -> float:
        """What counts in the end. Points for the whole are not made less."""
        return self.earned - self.deducted

    @property
    def share(self) -> float:
        """Points of points to earn."""
        return self.points / self.most if self.most else 0.0

    def status(self, pass_mark: float) -> str:
        """Return passed, below the pass mark, absent, or could not be graded."""
        if not self.readable and "" not in self.changed:
            return UNREADABLE if self.counted else ABSENT
        # A share that is the mark but for rounding has reached it.
        return PASSED if self.share >= pass_mark - 1e-9 else BELOW

    def of(self, verdict: Verdict) -> float:
        """Return the points of one exercise: by hand, if somebody gave any."""
        return self.changed.get(verdict.name, verdict.points)

    def said(self, exercise: str) -> str:
        """Return the comment on an exercise, or on the whole."""
        return " ".join(text for name, text in self.comments if name == exercise)


def of_results(results: Sequence[Result]) -> list[Row]:
    """Return a row for each result, where nothing is known of who they are from."""
    found = []
    for result in results:
        owner = Owner("plain", result.submission, result.submission, ())
        one = Attempt(Work(result.submission, None), result, owner)
        row = Row(Student(result.submission), result.unit, [one], one)
        row.most = result.most
        found.append(row)
    _flagged(found)
    return found


def build(
    works: Sequence[Work],
    results: Sequence[Result],
    roster: Roster | None = None,
    policy: Policy | None = None,
    times: Times | None = None,
    overrides: Sequence[Override] = (),
) -> list[Row]:
    """Return the rows of a class: in a roster's order, then whom it does not know.

    Raises BadOverride where one names nobody.
    """
    policy = policy or Policy()
    by_name: Mapping[str, Result] = {r.submission: r for r in results}
    rows: dict[tuple, Row] = {}
    for work in works:
        result = by_name[work.name]
        for owner in work.owners or (Owner("plain", work.name, work.name, ()),):
            student, flag = _student(owner, work, roster)
            key = (student, result.unit)
            row = rows.setdefault(key, Row(student, result.unit, known=not flag))
            row.flags += [flag] if flag and flag not in row.flags else []
            row.attempts.append(_attempt(work, result, owner, student, policy, times))
    _gathered(rows)
    done = _in_order(rows, roster)
    most = {r.unit: r.most for r in results if r.most}
    for row in done:
        _count(row, policy)
        row.most = row.result.most if row.readable else most.get(row.unit, 0.0)
    _override(done, overrides)
    for row in done:
        counted = row.counted
        days = counted.days if counted else None
        if "" not in row.changed:
            row.deducted = policy.deducted(days, row.earned, row.most)
    _flagged(done)
    return done


def _student(owner: Owner, work: Work, roster: Roster | None) -> tuple[Student, str]:
    """Return whose a submission is, and a flag if the roster does not know."""
    kinds = dict(reversed(owner.handles))
    more = tuple((k, kinds[k]) for k in ("moodle", "canvas", "github") if k in kinds)
    told = kinds.get("id") or kinds.get("email") or owner.shown
    name = kinds.get("name", "")
    # Two who are called the same are two: the key tells them apart.
    own = Student(told, name, kinds.get("email", ""), (*more, ("key", owner.key)))
    if roster is None:
        return own, ""
    found, why = roster.find(owner)
    if found is None and owner.layout == "plain":  # a folder may hold several people's
        inner = work.name.rpartition("/")[2]
        found, _ = roster.find(Owner("plain", inner, inner, (("any", inner),)))
    return (found, "") if found else (own, f"not in the roster: {why}")


def _attempt(
    work: Work,
    result: Result,
    owner: Owner,
    student: Student,
    policy: Policy,
    times: Times | None,
) -> Attempt:
    told = times.find((owner,), student) if times else None
    when = told or lateness.read(work.when, policy.zone)
    return Attempt(work, result, owner, when, policy.days(when, owner.late))


def _gathered(rows: dict[tuple, Row]) -> None:
    """Put what could not be graded beside the same student's other attempts."""
    for (student, unit), row in list(rows.items()):
        others = [r for (s, u), r in rows.items() if s == student and u != unit and u]
        if not unit and others:
            for other in others:
                other.attempts += row.attempts
            del rows[student, unit]


def _in_order(rows: dict[tuple, Row], roster: Roster | None) -> list[Row]:
    """Return a row for each student of the roster and each unit, then the others."""
    if roster is None:
        return list(rows.values())
    units = sorted({unit for _, unit in rows if unit}) or [""]
    known = []
    for unit in units:
        for student in roster.students:
            row = rows.pop((student, unit), None) or rows.pop((student, ""), None)
            known.append(row or Row(student, unit))
            known[-1].unit = unit
    return known + list(rows.values())


def _count(row: Row, policy: Policy) -> None:
    """Let the last attempt count that could be graded, or else the last."""
    row.attempts.sort(key=Attempt.order)
    readable = [a for a in row.attempts if not a.result.unreadable]
    row.counted = (readable or row.attempts or [None])[-1]
    if readable and readable[-1] is not row.attempts[-1]:
        row.flags.append("the last attempt could not be graded; the one before counts")
    if row.counted is None or row.counted.result.unreadable:
        return
    if row.counted.owner.late and policy.due is None:
        row.flags.append("late, says the platform")
    if policy.due and row.counted.days is None:
        row.flags.append("when it was handed in is not known")


def _override(rows: Sequence[Row], overrides: Sequence[Override]) -> None:
    for one in overrides:
        mine = [row for row in rows if _is(row, one.student)]
        if not mine:
            raise BadOverride(
                f"The overrides name `{one.student}` in row {one.line}, and nobody of "
                "the class is called so."
            )
        for row in mine:
            names = [v.name for v in row.result.exercises] if row.readable else []
            if one.exercise and one.exercise not in names:
                continue
            if one.points is not None:
                row.changed[one.exercise] = one.points
            if one.comment:
                row.comments.append((one.exercise, one.comment))
    for row in rows:
        row.flags += [f"{BY_HAND}: `{n or 'all points'}`" for n in row.changed]


def _is(row: Row, text: str) -> bool:
    """Return whether a student is called so: by id, name, email or submission."""
    wanted = text.casefold()
    names = [row.student.id, row.student.name, row.student.email]
    names += [a.work.name for a in row.attempts] + [a.owner.shown for a in row.attempts]
    return wanted in {name.casefold() for name in names if name}


def whose(result: Result, rows: Sequence[Row]) -> list[tuple[Row, bool]]:
    """Return each row that a result is in, and whether it counts there.

    A group's is in several. What lateness and a hand have made of its points stands in
    the row where it counts; elsewhere they are what was graded.
    """
    return [
        (row, one is row.counted)
        for row in rows
        for one in row.attempts
        if one.result is result
    ]


def called(row: Row) -> str:
    """Return what a student is called in a sentence."""
    return row.student.name or row.student.id


def _flagged(rows: Sequence[Row]) -> None:
    """Add what is worth a look: hints, and no verdicts."""
    alike: dict[tuple, list[Row]] = {}
    for row in rows:
        for verdict in row.result.exercises if row.readable else ():
            if verdict.print:
                alike.setdefault((verdict.name, verdict.print), []).append(row)
    for row in rows:
        if not row.readable:
            continue
        row.flags += row.result.flags
        for v in row.result.exercises:
            if v.word == "timed out":
                row.flags.append(f"timed out: `{v.name}`")
            if v.calls:
                row.flags.append(f"helper in `{v.name}`: {', '.join(v.calls)}")
            others = [
                r for r in alike.get((v.name, v.print), ()) if r.student != row.student
            ]
            if others:
                row.flags.append(f"equal answer `{v.name}`: {_named(others)}")


def _named(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(map(called, rows)))
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
