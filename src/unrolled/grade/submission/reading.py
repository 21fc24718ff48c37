"""Reads any file as a notebook, or says in a sentence why it is none."""

import json
import os
import re
import stat
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from unrolled.grade.child import FAILED, guarded

MOST_BYTES = 100 << 20
MOST_CODES = 2_000_000  # characters of all cells
MOST_CELLS = 2000
MOST_CODE = 200_000  # characters of a cell; the course's longest has under 2000
MOST_TEXT = 20_000  # characters of a text that may be an answer; others hold pictures
SNIFFED = 1 << 16  # bytes of another file that are looked at
NOTEBOOK = re.compile(r"\.ipynb(\.\w+)?$", re.IGNORECASE)
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"}


class Unreadable(Exception):
    """A sentence that says why a file cannot be read as a notebook."""


@dataclass(frozen=True)
class Cell:
    """One cell of a submission: its text, and the names it was given."""

    code: str
    grade_id: str | None = None
    id: str | None = None
    is_code: bool = True  # else Markdown, or raw: an answer may have become that

    @cached_property
    def bare(self) -> str:
        """Return the code without blanks at the ends of lines."""
        return bare(self.code)


def load(path: Path) -> bytes:
    """Return a file's bytes; refuses links, folders, devices and what is too large."""
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise Unreadable(
                f"The file has {size >> 20} MB; at most {MOST_BYTES >> 20} MB are "
                "read. Clear its outputs and hand it in again."
            )
        return file.read(MOST_BYTES + 1)


def handed_in(path: Path) -> bool:
    """Return whether a file is somebody's work: by its name, or what is in it.

    Browsers add endings to a notebook, and archives hold some. What is handed in like
    that is graded, or refused aloud; other files of a folder are none.
    """
    if NOTEBOOK.search(path.name) or path.suffix.lower() in ARCHIVES:
        return True
    try:
        with _opened(path) as file:
            start = _text(file.read(SNIFFED))
    except (Unreadable, OSError, ValueError):
        return False
    marks = ('"cell_type"', '"nbformat"')
    return start.lstrip().startswith("{") and any(mark in start for mark in marks)


def _opened(path: Path) -> BinaryIO:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("This is no regular file.")
    return os.fdopen(handle, "rb")


def read(content: bytes) -> list[Cell]:
    """Return the code cells of a notebook of any version, and texts that bear a name.

    Raises Unreadable.
    """
    if not content.strip():
        raise Unreadable("The file is empty.")
    try:
        found = json.loads(_text(content))
    except RecursionError:
        raise Unreadable("This is no notebook: it is nested too deep.") from None
    except ValueError as error:
        raise Unreadable(f"This is no notebook, but {_guess(content, error)}") from None
    cells = _cells(found)
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; most are {MOST_CELLS}.")
    found = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.code) for cell in found if cell.is_code) > MOST_CODES:
        raise Unreadable(f"Its cells have more than {MOST_CODES} characters of code.")
    return [c for c in found if c.is_code or _may_be_code(c)]


def read_limited(content: bytes) -> list[Cell]:
    """Do what `read` does, in a process that is limited; raises Unreadable."""

    def work() -> list | str:
        try:
            return [astuple(cell) for cell in read(content)]
        except Unreadable as error:
            return str(error)

    found = guarded(work)
    if isinstance(found, str):
        raise Unreadable("The file is too large to read." if found == FAILED else found)
    return [Cell(*cell) for cell in found]


def _text(content: bytes) -> str:
    """Decode: UTF-8 with or without a byte-order mark, or UTF-16 with one."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    return content.decode("utf-8-sig", errors="replace")


def _guess(content: bytes, error: ValueError) -> str:
    starts = {
        b"PK": "a zip file. Hand in the .ipynb file itself.",
        b"\x1f\x8b": "a gzip file. Hand in the .ipynb file itself.",
        b"BZh": "a bzip2 file. Hand in the .ipynb file itself.",
        b"\xfd7zXZ": "an xz file. Hand in the .ipynb file itself.",
        b"\x28\xb5\x2f\xfd": "a zstd file. Hand in the .ipynb file itself.",
        b"7z\xbc\xaf": "a 7z archive. Hand in the .ipynb file itself.",
        b"Rar!": "a rar archive. Hand in the .ipynb file itself.",
        b"%PDF": "a PDF. Hand in the .ipynb file itself.",
        b"<": "a web page. Download the notebook as .ipynb.",
        b"\x80": "a pickle. Hand in the .ipynb file itself.",
    }
    for start, what in starts.items():
        if content.lstrip().startswith(start):
            return what
    if content[257:262] == b"ustar":
        return "a tar archive. Hand in the .ipynb file itself."
    if b'"cells"' in content[:100_000] or b'"nbformat"' in content[-2000:]:
        return f"a damaged one: {error!s:.80}. Was it saved or uploaded whole?"
    return "text of another kind. Hand in the .ipynb file itself."


def _cells(found: Any) -> list:
    """Return the raw cells, of format 4 or of the older sheets."""
    if isinstance(found, dict):
        cells = found.get("cells")
        if cells is None and isinstance(found.get("worksheets"), list):
            sheets = [s for s in found["worksheets"] if isinstance(s, dict)]
            lists = [s["cells"] for s in sheets if isinstance(s.get("cells"), list)]
            cells = [cell for one in lists for cell in one]
        if isinstance(cells, list):
            return cells
    raise Unreadable("This is no notebook: it has no list of cells.")


def _may_be_code(text: Cell) -> bool:
    return bool(text.grade_id or text.id) and len(text.code) <= MOST_TEXT


def _cell(cell: dict) -> Cell:
    code = cell.get("source", cell.get("input", ""))
    if isinstance(code, list):
        code = "".join(part for part in code if isinstance(part, str))
    code = clean(code if isinstance(code, str) else "")
    if len(code) > MOST_CODE:
        code = f"raise ValueError('This cell has more than {MOST_CODE} characters.')"
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    is_code = cell.get("cell_type") == "code"
    return Cell(code, _name(grade_id), _name(cell.get("id")), is_code)


def clean(code: str) -> str:
    """Return code with one kind of line end, and without characters no source has."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    code = code.removeprefix("\ufeff").replace("\x00", "")
    return re.sub(r"[\ud800-\udfff]", "\ufffd", code)


def bare(code: str) -> str:
    """Return code without blanks at the ends of lines, to compare two cells."""
    return "\n".join(line.rstrip() for line in code.strip().splitlines())


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= 200 else None
