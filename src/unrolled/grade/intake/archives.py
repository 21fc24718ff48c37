"""Zip files, which may be hostile: nothing is unpacked to a disk, all is bounded.

A file is read out of an archive into memory, when it is graded. So a path that leads
out of the archive leads nowhere; an archive that holds one is refused nevertheless.
"""

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import astuple, dataclass
from pathlib import Path

from unrolled.grade.child import FAILED, guarded
from unrolled.grade.submission.reading import MOST_BYTES, Unreadable, load

MOST_OF_CLASS = 4 << 30  # bytes of the archive of a class
MOST_ENTRIES = {"class": 50_000, "student": 2000}
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes
ABSOLUTE = re.compile(r"^/|^[A-Za-z]:")
SAID = 60  # letters of a name in a sentence


@dataclass(frozen=True)
class Member:
    """A file or a folder in an archive; `bad` says in a sentence why it is not read."""

    name: str  # as the archive spells it
    parts: tuple[str, ...]
    when: str  # local time of who packed it, without a zone
    folder: bool = False
    bad: str = ""


def members(path: Path, inside: tuple[str, ...] = (), kind: str = "class") -> list:
    """Return the Members of an archive, or of one in an archive; raises Unreadable.

    Read in a child that is limited, since a directory of millions is a small file.
    """

    def work() -> list | str:
        try:
            with _opened(path, inside) as archive:
                return [astuple(m) for m in _listed(archive, MOST_ENTRIES[kind])]
        except Unreadable as error:
            return str(error)

    found = guarded(work)
    if isinstance(found, str):
        raise Unreadable("The zip file is too large." if found == FAILED else found)
    return [Member(m[0], tuple(m[1]), *m[2:]) for m in found]


def content(path: Path, inside: tuple[str, ...]) -> bytes:
    """Return the bytes of a member; raises Unreadable."""
    with _opened(path, inside[:-1]) as archive:
        return _read(archive, inside[-1])


def _opened(path: Path, inside: tuple[str, ...]) -> zipfile.ZipFile:
    """Open an archive, and in it the one that `inside` names."""
    try:
        if not inside:
            if path.is_symlink() or not path.is_file():
                raise Unreadable("This is no regular file.")
            if path.stat().st_size > MOST_OF_CLASS:
                raise Unreadable(
                    f"The zip file has more than {MOST_OF_CLASS >> 30} GB."
                )
            return zipfile.ZipFile(path)
        with _opened(path, inside[:-1]) as outer:
            return zipfile.ZipFile(io.BytesIO(_read(outer, inside[-1])))
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable(_DAMAGED) from None


def of_student(path: Path, inside: tuple[str, ...] = ()) -> list[Member]:
    """Return the Members of what a student packed; one bad one refuses all."""
    if not inside:
        load(path)  # as large as a notebook may be, and no link
    found = members(path, inside, "student")
    for member in found:
        if member.bad:
            raise Unreadable(f"The zip file is refused. {member.bad}")
    return found


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        info = archive.getinfo(name)
        if info.flag_bits & 1 or info.compress_type not in PACKED:
            raise Unreadable(_packed(info))
        if info.file_size > MOST_BYTES:
            raise Unreadable(
                f"The file in the zip file has {info.file_size >> 20} MB; at most "
                f"{MOST_BYTES >> 20} MB are read. Clear its outputs, and hand it in "
                "again."
            )
        with archive.open(info) as file:
            found = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError):
        raise Unreadable(_DAMAGED) from None
    except (NotImplementedError, RuntimeError, OSError):
        raise Unreadable(_DAMAGED) from None
    return found


def _listed(archive: zipfile.ZipFile, most: int) -> list[Member]:
    infos = archive.infolist()
    if len(infos) > most:
        raise Unreadable(f"The zip file holds {len(infos)} files; most are {most}.")
    found, seen = [], set()
    for info in infos:
        name = _name(info)
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        bad = _bad(info, name, parts)
        as_read = unicodedata.normalize("NFKC", "/".join(parts)).casefold()
        if not bad and not info.is_dir() and as_read in seen:
            bad = f"It holds `{_short(name)}` twice."
        seen.add(as_read)
        when = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)
        folder = info.is_dir() or name.endswith("/")
        found.append(Member(info.filename, parts or ("?",), when, folder, bad))
    return found


def _bad(info: zipfile.ZipInfo, name: str, parts: tuple[str, ...]) -> str:
    if ABSOLUTE.match(name) or ".." in parts or not parts:
        return f"It holds a path that leads out of it, `{_short(name)}`."
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return f"It holds a link, `{_short(name)}`; links are not followed."
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return f"It holds a device or a pipe, `{_short(name)}`."
    if info.flag_bits & 1 or info.compress_type not in PACKED:
        return _packed(info)
    return ""


def _packed(info: zipfile.ZipInfo) -> str:
    name = _short(info.filename)
    if info.flag_bits & 1:
        return f"`{name}` in it needs a password. Zip it without one."
    return f"`{name}` in it is packed in a way that is not read. Zip it as usual."


def _name(info: zipfile.ZipInfo) -> str:
    """Return a name with / between its parts, in UTF-8 where it was meant so."""
    name = info.filename
    if not info.flag_bits & 0x800:  # without this mark zipfile has read cp437
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


def _short(name: str) -> str:
    return name if len(name) <= SAID else f"{name[:SAID]}…"


_DAMAGED = "The zip file is damaged. Was it uploaded whole?"
