"""What an instructor decided by hand: points and comments in a small CSV.

    student,exercise,points,comment
    ann,step,1.5,"The idea is right."
    ben,,,"Come and see me."

Without an exercise, points are those of the whole assignment. The file is read, never
written: what stands there survives every regrading.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from unrolled.grade.intake import roster

NAME = "overrides.csv"  # in the folder of the reports
COLUMNS = ("student", "exercise", "points", "comment")


class BadOverride(Exception):
    """A sentence that says what is wrong with the file."""


@dataclass(frozen=True)
class Override:
    """One row: of whom, of which exercise or of all, points or None, a comment."""

    student: str
    exercise: str = ""
    points: float | None = None
    comment: str = ""
    line: int = 0


def read(path: Path, exercises: Collection[str]) -> list[Override]:
    """Read the file; raises BadOverride. `exercises` are those that there are."""
    try:
        rows = roster.table(path)
    except roster.BadRoster as error:
        raise BadOverride(str(error)) from None
    found = []
    for number, row in enumerate(rows, 2):
        told = {k.casefold(): v for k, v in row.items()}
        if "student" not in told or not {"points", "comment"} & set(told):
            raise BadOverride(
                f"{path} has the columns {', '.join(row)}. It needs student, exercise, "
                "points and comment."
            )
        found.append(_override(path, number, told, exercises))
    return found


def _override(
    path: Path, number: int, told: dict[str, str], exercises: Collection[str]
) -> Override:
    where = f"{path}, row {number}"
    who, exercise = told["student"], told.get("exercise", "")
    text = told.get("points", "").replace(",", ".")
    if not who:
        raise BadOverride(f"{where} names no student.")
    if exercise and exercises and exercise not in exercises:
        raise BadOverride(
            f"{where}: there is no exercise `{exercise}`. There are: "
            f"{', '.join(sorted(exercises))}."
        )
    try:
        points = float(text) if text else None
    except ValueError:
        raise BadOverride(f"{where}: `{text}` is no number of points.") from None
    if points is not None and not (math.isfinite(points) and points >= 0):
        raise BadOverride(f"{where}: points are 0 or more, and not {text}.")
    return Override(who, exercise, points, told.get("comment", ""), number)
