"""The roster: who is in the class, and whose a submission is.

A CSV with a heading: `id`, `name`, `email`, in any order and under the names that the
platforms' own exports give them; more columns help to find somebody: `github`, `moodle`
(the number in Moodle's folder names), `canvas` (the user's number there).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unrolled.grade.intake.platforms import Owner

MOST = 20 << 20  # bytes
COLUMNS = {
    "id": ("id", "student id", "student_id", "sid", "id number", "matriculation",
           "sis user id", "username", "roster identifier", "roster_identifier"),
    "name": ("name", "full name", "student", "student name", "display name"),
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "email address", "e-mail", "mail"),
    "github": ("github", "github_username", "github username", "github user"),
    "moodle": ("moodle", "identifier", "moodle id", "participant"),
    "canvas": ("canvas", "canvas id", "canvas_id", "canvas user id"),
    "section": ("section",),
    "login": ("sis login id", "login", "login id"),
}  # fmt: skip
WORD = re.compile(r"\w+")


class BadRoster(Exception):
    """A sentence that says what is wrong with a roster."""


@dataclass(frozen=True)
class Student:
    """Somebody of the class. `more` are the roster's other columns, by their kind."""

    id: str
    name: str = ""
    email: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def get(self, kind: str) -> str:
        """Return what the roster's column of a kind says, or nothing."""
        return dict(self.more).get(kind, "")


class Roster:
    """The students of a class, and how one is found."""

    def __init__(self, students: Sequence[Student]):
        """Take the students, in the order of the roster."""
        self.students = tuple(students)
        self._by: dict[tuple[str, str], list[Student]] = {}
        for student in self.students:
            for key in dict.fromkeys(_keys(student)):
                self._by.setdefault(key, []).append(student)

    def find(self, owner: Owner) -> tuple[Student | None, str]:
        """Return the student of a submission; or None, and a sentence that says why."""
        several: list[Student] = []
        for kind, value in owner.handles:
            found = self._found(kind, value, owner)
            if len(found) == 1:
                return found[0], ""
            several = several or found
        if several:
            names = ", ".join(s.id for s in several[:5])
            return None, f"Several of the roster are called so: {names}."
        return None, "Nobody of the roster is called so."

    def _found(self, kind: str, value: str, owner: Owner) -> list[Student]:
        if kind == "canvas":
            found = self._by.get(("canvas", _plain(value)), [])
            named = dict(owner.handles).get("letters", "")
            alike = [
                s for s in self._by.get(("id", _plain(value)), [])
                if _letters(s.name) == _letters(named) or named.casefold() == "anon"
            ]  # fmt: skip
            return found or alike  # a number alone may be another one's by chance
        if kind == "letters":
            exact = self._by.get((kind, _letters(value)), [])
            return exact or self._by.get(
                ("ascii", _letters(value, ascii_only=True)), []
            )
        if kind == "name":
            return self._by.get((kind, _words(value)), [])
        if kind != "any":
            return self._by.get((kind, _plain(value)), [])
        kinds = ("id", "login", "email", "user", "github", "name")
        for one in kinds:
            key = _words(value) if one == "name" else _plain(value)
            if found := self._by.get((one, key), []):
                return found
        return self._inside(value)

    def _inside(self, text: str) -> list[Student]:
        """Return whose id, address or name stands in a text, between other words."""
        words = [w for part in WORD.findall(_plain(text)) for w in part.split("_") if w]
        runs = {
            " ".join(words[i:j])
            for i in range(len(words))
            for j in range(i + 1, min(i + 5, len(words)) + 1)
        }
        for kinds in (("id", "login", "email", "user", "github"), ("name", "ordered")):
            found: dict[Student, None] = {}
            for kind in kinds:
                for run in runs:
                    key = _words(run) if kind == "name" else run
                    if kind == "ordered" and " " not in run:
                        continue  # a first name alone is nobody's
                    found |= dict.fromkeys(self._by.get((kind, key), []))
            if found:
                return list(found)
        return []


def _keys(student: Student) -> Iterable[tuple[str, str]]:
    if student.id:
        yield "id", _plain(student.id)
    if student.name:
        yield "name", _words(student.name)
        yield "letters", _letters(student.name)
        yield "ascii", _letters(student.name, ascii_only=True)
    if student.email:
        yield "email", _plain(student.email)
        yield "user", _plain(student.email.partition("@")[0])
    for kind, value in student.more:
        digits = re.sub(r"\D", "", value) if kind == "moodle" else value
        if digits:
            yield kind, _plain(digits)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _words(text: str) -> str:
    """Return a name's words in one order: `Lee, Ann` and `Ann Lee` are the same."""
    flat = "".join(
        c for c in unicodedata.normalize("NFKD", _plain(text))
        if not unicodedata.combining(c)
    )  # fmt: skip
    return " ".join(sorted(WORD.findall(flat.replace("_", " "))))


def _letters(text: str, ascii_only: bool = False) -> str:
    """Return a name's letters in one order: `leeann` and `Ann Lee` are the same."""
    flat = _plain(text) if ascii_only else _words(text)
    kept = (c for c in flat if c.isalnum() and (c.isascii() or not ascii_only))
    return "".join(sorted(kept))


def read(path: Path) -> Roster:
    """Read a roster; raises BadRoster."""
    rows = table(path)
    if not rows:
        raise BadRoster(f"{path} names nobody.")
    kinds = {_kind(column) for column in rows[0]}
    if not {"id", "name", "email", "login", "first"} & kinds:
        raise BadRoster(
            f"{path} has the columns {', '.join(rows[0]) or 'none'}. A roster needs "
            "`id`, and should have `name` and `email`."
        )
    found = [s for s in students(rows) if s]
    ids = [_plain(s.id) for s in found]
    twice = sorted({s.id for s in found if ids.count(_plain(s.id)) > 1})
    if twice:
        raise BadRoster(f"{path} has the id {', '.join(twice[:5])} more than once.")
    if not found:
        raise BadRoster(f"{path} names nobody.")
    return Roster(found)


def students(rows: list[dict[str, str]]) -> list[Student | None]:
    """Return the student of each row of a table; None where a row names none."""
    kinds = {column: _kind(column) for column in rows[0]} if rows else {}
    canvas = {"Student", "SIS User ID"} <= set(kinds)  # Canvas' own gradebook
    if canvas:
        kinds["ID"] = "canvas"
    found = [_student(row, kinds) for row in rows]
    return [s if s and not (canvas and _no_student(s)) else None for s in found]


def _no_student(student: Student) -> bool:
    """Return whether a row of Canvas' gradebook is none of a student's."""
    return student.name.strip() in ("Points Possible", "Student, Test", "Test Student")


def _student(row: dict[str, str], kinds: dict[str, str]) -> Student | None:
    told: dict[str, str] = {}
    for column, value in row.items():
        kind = kinds.get(column, "")
        if kind and value and kind not in told:
            told[kind] = value
    first, last = told.pop("first", ""), told.pop("last", "")
    name = told.pop("name", "") or f"{first} {last}".strip()
    email = told.pop("email", "")
    own = told.pop("id", "") or told.get("login") or email or told.get("canvas") or name
    own = own or told.get("github", "")
    if not own:
        return None
    return Student(own, name, email, tuple(sorted(told.items())))


def _kind(column: str) -> str:
    flat = _plain(column)
    return next((kind for kind, names in COLUMNS.items() if flat in names), "")


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a small CSV, whatever parts its fields; raises BadRoster."""
    try:
        content = path.read_bytes()[: MOST + 1]
    except OSError as error:
        raise BadRoster(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > MOST:
        raise BadRoster(f"{path} is larger than {MOST >> 20} MB.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:  # a spreadsheet of Windows
            text = content.decode("cp1252", "replace")
    if "\x00" in text:
        raise BadRoster(f"{path} is no CSV. Save the table as CSV.")
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=comma))
    except csv.Error as error:
        raise BadRoster(f"{path} is no CSV: {error}.") from None
    cleaned = [
        {str(k).strip(): (v or "").strip() for k, v in r.items() if isinstance(v, str)}
        for r in rows
    ]
    return [row for row in cleaned if any(row.values())]
