"""The way back: feedback in the folder names of the platform that it came from, zipped.

Moodle takes the zip as "feedback files", Canvas as re-uploaded submissions; for the
others the zip has a folder for each student.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from unrolled.grade import harmless
from unrolled.grade.book.rows import Row

FILE = "feedback.html"
SINCE = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made
UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|]+')


def zipped(
    rows: Sequence[Row], pages: Mapping[int, str], anonymous: Mapping[str, str]
) -> bytes:
    """Return a zip of pages; `pages` are by the number of the row.

    With anonymous ids a folder is called by the id: it cannot be uploaded then.
    """
    out, taken = io.BytesIO(), set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, row in enumerate(rows):
            if i not in pages:
                continue
            name = wanted = _name(row, anonymous)
            n = 1
            while name.casefold() in taken:
                n += 1
                stem, _, end = wanted.rpartition(".")
                name = f"{stem} ({n}).{end}"
            taken.add(name.casefold())
            info = zipfile.ZipInfo(name, SINCE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, pages[i])
    return out.getvalue()


def _name(row: Row, anonymous: Mapping[str, str]) -> str:
    if row.student.id in anonymous:
        return f"{anonymous[row.student.id]}/{FILE}"
    owner = row.counted.owner
    # Only where the platform named it: another name leads into a folder of its own.
    if owner.layout == "canvas":
        return f"{owner.back}{FILE}"
    return f"{_safe(owner.back or owner.shown)}/{FILE}"


def _safe(name: str) -> str:
    kept = UNSAFE.sub("_", harmless.line(name)).strip(". ")
    return kept or "submission"
