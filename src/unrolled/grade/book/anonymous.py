"""Ids by which whoever reads feedback does not learn whose it is.

They are drawn, and kept in a file for the instructor alone: an id that is computed from
a name can be computed by anybody who has the roster.
"""

import csv
import io
import secrets
from collections.abc import Sequence
from pathlib import Path

from unrolled.grade import storage
from unrolled.grade.book.rows import Row
from unrolled.grade.intake import roster

NAME = "anonymous.csv"  # in the folder of the reports
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # no two of which look the same


def ids(out: Path, rows: Sequence[Row]) -> dict[str, str]:
    """Return the id of each student by the student's own; new ones are added."""
    path = out / NAME
    kept = {}
    if path.exists():
        kept = {r.get("student", ""): r.get("id", "") for r in roster.table(path)}
    for row in rows:
        if not kept.get(row.student.id):
            kept[row.student.id] = _drawn(set(kept.values()))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["student", "id"])
    table.writerows(sorted(kept.items()))
    storage.write(path, text.getvalue(), mode=0o600)
    return kept


def _drawn(taken: set[str]) -> str:
    while True:
        found = "".join(secrets.choice(LETTERS) for _ in range(8))
        if found not in taken:
            return found
