"""When something was handed in, and what that costs: the due date and the policy."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from unrolled.grade.intake import roster
from unrolled.grade.intake.platforms import Owner
from unrolled.grade.intake.roster import BadRoster, Roster, Student

DAY = timedelta(days=1)
TIME_COLUMNS = ("submission_timestamp", "submitted", "time", "when", "handed in",
                "submission time", "last modified (submission)")  # fmt: skip


class BadPolicy(Exception):
    """A sentence that says what is wrong with a date, a zone or a table of times."""


@dataclass(frozen=True)
class Policy:
    """What is due when, and what being late costs."""

    due: datetime | None = None
    zone: tzinfo = UTC
    grace: float = 0.0  # minutes
    free: int = 0  # days that cost nothing
    penalty: float = 0.0  # share of the points to earn, for each day that costs
    most: int | None = None  # later than so many days, it earns nothing

    def days(self, when: datetime | None, marked: bool = False) -> int | None:
        """Return the days begun after the due date; None if it cannot be told.

        `marked`: the platform says that it was late.
        """
        if self.due is None:
            return None
        if when is None:
            return 1 if marked else None
        over = when - self.due
        if over <= timedelta(minutes=self.grace):
            return 1 if marked else 0
        return math.ceil(over / DAY)

    def deducted(self, days: int | None, points: float, most: float) -> float:
        """Return the points that are taken off; never more than there are."""
        if not days:
            return 0.0
        if self.most is not None and days > self.most:
            return points
        return min(points, max(0, days - self.free) * self.penalty * most)


def zone(name: str) -> tzinfo:
    """Return a time zone by its name; raises BadPolicy."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadPolicy(
            f"There is no time zone `{name}`. Write one as Europe/Berlin, or UTC."
        ) from None


def moment(text: str, where: tzinfo) -> datetime:
    """Return a time that is written in ISO 8601; in `where` if it names no zone.

    A day alone means its end. Raises BadPolicy.
    """
    flat = text.strip().removesuffix(" UTC")
    flat = flat + "+00:00" if flat != text.strip() else flat
    try:
        found = datetime.fromisoformat(flat)
    except ValueError:
        raise BadPolicy(
            f"`{text}` is no time. Write 2026-11-30T23:59, or 2026-11-30 for the end "
            "of that day."
        ) from None
    if len(flat) <= 10:
        found += DAY
    return found if found.tzinfo else found.replace(tzinfo=where)


def read(text: str, where: tzinfo) -> datetime | None:
    """Return the time that a submission came with; None where it tells none."""
    try:
        return moment(text, where) if text else None
    except (BadPolicy, OverflowError):
        return None


class Times:
    """Times that a platform exported: by student, in place of a file's own date."""

    def __init__(self, path: Path, where: tzinfo):
        """Read a CSV with a column for the student and one for the time."""
        try:
            rows = roster.table(path)
        except BadRoster as error:
            raise BadPolicy(str(error)) from None
        column = next(
            (c for c in (rows or [{}])[0] if c.casefold() in TIME_COLUMNS), None
        )
        if column is None:
            raise BadPolicy(
                f"{path} has no column for the time. Call it submission_timestamp."
            )
        told = zip(roster.students(rows), rows, strict=True)
        self._when = {s: moment(r[column], where) for s, r in told if s and r[column]}
        self._roster = Roster(list(dict.fromkeys(self._when)))

    def find(self, owners: Iterable[Owner], student: Student | None) -> datetime | None:
        """Return when somebody handed in, if the table says so."""
        for owner in owners:
            found, _ = self._roster.find(owner)
            if found in self._when:
                return self._when[found]
        if student is None:
            return None
        kinds = (("id", student.id), ("email", student.email), ("name", student.name))
        handles = tuple((k, v) for k, v in (*kinds, *student.more) if v)
        found, _ = self._roster.find(Owner("roster", student.id, student.id, handles))
        return self._when.get(found)
