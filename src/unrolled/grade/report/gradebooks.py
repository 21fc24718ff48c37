"""Files that the grade books of Canvas and Moodle import.

Where nothing could be graded the grade is left empty, and an import changes nothing
there: what an absent student gets is the instructor's to say.
"""

from collections.abc import Sequence

from unrolled.grade.book.rows import Row
from unrolled.grade.report.table import written

# Canvas finds the student by one of three ids; the section must be there.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# Moodle's grading worksheet: it needs the identifier, the grade and its date.
MOODLE = (
    *("Identifier", "Full name", "Email address", "Grade", "Maximum grade"),
    *("Last modified (grade)", "Feedback comments"),
)


def canvas(rows: Sequence[Row], column: str) -> str:
    """Return Canvas' grade book with one column, which Canvas takes for `column`."""
    lines = [[*CANVAS, column]]
    most = max((row.most for row in rows), default=0.0)
    lines.append(["    Points Possible", "", "", "", "", f"{most:g}"])
    for row in rows:
        student = row.student
        number, login = (
            student.get("canvas") or _number(row, "canvas"),
            student.get("login"),
        )
        own = student.id if student.id not in (number, login) and row.known else ""
        section = student.get("section")
        lines.append(
            [student.name or student.id, number, own, login, section, _grade(row)]
        )
    return written(lines)


def moodle(rows: Sequence[Row]) -> str:
    """Return Moodle's grading worksheet; rows without Moodle's number are left out."""
    lines = [list(MOODLE)]
    for row in rows:
        number = row.student.get("moodle") or _number(row, "moodle")
        number = "".join(c for c in number if c.isdigit())
        if number:
            comments = [f"{n}: {text}" if n else text for n, text in row.comments]
            grade, most = _grade(row), f"{row.most:g}"
            student = row.student
            own = [f"Participant {number}", student.name or student.id, student.email]
            lines.append([*own, grade, most, "", " | ".join(comments)])
    return written(lines)


def _grade(row: Row) -> str:
    return f"{row.points:g}" if row.readable or "" in row.changed else ""


def _number(row: Row, kind: str) -> str:
    """Return a platform's own number, from the names of what was handed in."""
    for one in row.attempts:
        if value := dict(one.owner.handles).get(kind):
            return value
    return ""
