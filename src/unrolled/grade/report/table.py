"""The tables of a class: a row for each student, and one for each attempt."""

import csv
import io
from collections.abc import Iterable, Sequence

from unrolled.grade import harmless
from unrolled.grade.book.rows import BY_HAND, Row

MARK = "\ufeff"  # by which Excel knows UTF-8
HEAD = ("student", "name", "email", "points", "of", "share", "status", "days late",
        "deducted", "attempts", "submission", "handed in", "unit", "track", "flags",
        "comment")  # fmt: skip
ATTEMPTS = ("student", "name", "submission", "handed in", "days late", "counts", "unit",
            "track", "earned", "points", "of", "note")  # fmt: skip


def class_csv(rows: Sequence[Row], pass_mark: float) -> str:
    """Return a row for each student, and a column for each exercise.

    The column has the word that the exercise earned, or the points that were given by
    hand.
    """
    results = [row.result for row in rows if row.readable]
    names = list(dict.fromkeys(v.name for r in results for v in r.exercises))
    lines = [[*HEAD, *names]]
    for row in rows:
        told = row.result
        counted = row.counted
        words = {v.name: v.word for v in told.exercises} if told else {}
        words |= {n: f"{p:g} {BY_HAND}" for n, p in row.changed.items() if n}
        flags = [*row.flags, *([told.unreadable] if told and told.unreadable else [])]
        comments = [f"{n}: {text}" if n else text for n, text in row.comments]
        lines.append(
            [
                row.student.id,
                row.student.name,
                row.student.email,
                f"{row.points:g}",
                f"{row.most:g}",
                f"{row.share:.4f}",
                row.status(pass_mark),
                _days(counted.days if counted else None),
                f"{row.deducted:g}" if row.deducted else "",
                str(len(row.attempts)),
                counted.work.name if counted else "",
                _when(counted.when if counted else None),
                row.unit,
                told.track if told else "",
                "; ".join(flags),
                " | ".join(comments),
                *(words.get(name, "") for name in names),
            ]
        )
    return written(lines)


def attempts_csv(rows: Sequence[Row]) -> str:
    """Return a row for each submission, and which of them count.

    `earned` is what was graded, `points` what the class's table has of one that counts.
    """
    lines = [list(ATTEMPTS)]
    for row in rows:
        for one in row.attempts:
            result = one.result
            lines.append(
                [
                    row.student.id,
                    row.student.name,
                    one.work.name,
                    _when(one.when),
                    _days(one.days),
                    "yes" if one is row.counted else "no",
                    result.unit,
                    result.track,
                    f"{result.points:g}",
                    f"{(row if one is row.counted else result).points:g}",
                    f"{result.most:g}",
                    result.unreadable,
                ]
            )
    return written(lines)


def written(lines: Iterable[Sequence[str]]) -> str:
    """Return lines as a CSV that a spreadsheet may open."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    for line in lines:
        table.writerow(map(harmless.cell, line))
    return MARK + out.getvalue()


def _days(days: int | None) -> str:
    return "" if days is None else str(days)


def _when(when) -> str:
    return when.isoformat(sep=" ", timespec="minutes") if when else ""
