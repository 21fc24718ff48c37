"""Finds what was handed in below files, folders and archives: a row for everybody.

What lies at the top of a class, a folder or a file, is somebody's. If there is a
notebook in it, or an archive that holds one, that is a submission; if there is none,
the row says what there is instead. Nobody is left out in silence.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from unrolled.grade.intake import archives, platforms, whose
from unrolled.grade.intake.platforms import Owner
from unrolled.grade.intake.roster import Roster
from unrolled.grade.submission import reading
from unrolled.grade.submission.reading import Unreadable
from unrolled.source.layout import HANDED_IN

ZIP = re.compile(r"\.zip$", re.IGNORECASE)
SHADOWS = ("._", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN")
TOOLS = {
    ".git", ".github", ".svn", ".hg", ".vscode", ".idea", ".ipynb_checkpoints", ".venv",
    "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".devcontainer",
    ".cache", ".config", "node_modules",
}  # fmt: skip
# What somebody hands in who hands in no notebook; a list of names is none of these.
INSTEAD = {
    ".pdf": "a PDF", ".py": "a Python file",
    ".html": "a web page", ".htm": "a web page",
    ".docx": "a Word file", ".doc": "a Word file", ".odt": "a text document",
    ".rtf": "a text document", ".pages": "a Pages document", ".webloc": "a link",
    ".url": "a link", ".lnk": "a link", ".gdoc": "a link",
}  # fmt: skip
HANDED_OUT = re.compile(rf"^{HANDED_IN.pattern}(\s*\(\d+\))?\.ipynb$", re.IGNORECASE)
MOST_IN_ZIP = 20  # notebooks of one student's archive
SHOWN = 60  # letters of a name in a sentence


@dataclass(frozen=True)
class Work:
    """One submission: what it is called, where it lies, and whose it is."""

    name: str
    path: Path
    inside: tuple[str, ...] = ()  # the names of archives' members that lead to it
    reason: str = ""  # why it cannot be graded, if that is known already
    owners: tuple[Owner, ...] = ()
    when: str = ""  # ISO 8601; without a zone where an archive told it

    @property
    def called(self) -> Path:
        """The path whose last part is what the file itself is called."""
        return Path(self.path, *self.inside)

    def load(self) -> bytes:
        """Return its bytes; raises Unreadable."""
        if self.reason:
            raise Unreadable(self.reason)
        if self.inside:
            return archives.content(self.path, self.inside)
        return reading.load(self.path)


@dataclass(frozen=True)
class Entry:
    """A file or a folder of a class, on a disk or in an archive."""

    parts: tuple[str, ...]  # below the top of the class
    path: Path
    inside: tuple[str, ...] = ()
    kind: str = "file"  # folder, link, other, unread, bad
    why: str = ""
    when: str = ""

    @property
    def name(self) -> str:
        """The path below the top of the class."""
        return "/".join(self.parts)


def gather(
    paths: Iterable[Path], roster: Roster | None = None
) -> tuple[list[Work], list[Path]]:
    """Return the submissions in files, folders and zips, and what is none.

    The `roster` settles whose something is, where the names alone leave it open.
    """
    found, ignored = [], []
    paths = list(paths)
    for number, path in enumerate(paths):
        before = len(found)
        if path.is_dir() and not path.is_symlink():
            entries = list(_on_disk(path))
            own = any((path / name).is_dir() for name in (".git", ".github"))
            works = _class(entries, path.name, ignored, roster, path if own else None)
            found += sorted(works, key=lambda work: (work.path, work.name))
        elif ZIP.search(path.name):
            found += _class_in_zip(path, ignored, roster)
        else:
            found.append(_single(path))
        if len(paths) > 1:  # two of one name in two folders are two people
            found[before:] = [_apart(work, number) for work in found[before:]]
    if roster:
        _claim(found, ignored, roster)
    return found, ignored


def _claim(found: list[Work], ignored: list[Path], roster: Roster) -> None:
    """Give a row to a student of whom there is nothing but a file that is no notebook.

    It must be called like the student and nothing else: a list of names is nobody's.
    """
    there = {roster.find(owner)[0] for work in found for owner in work.owners}
    for path in tuple(ignored):
        student, owner = whose.named_exactly(roster, path)
        if student and student not in there:
            why = f"This is no notebook, but `{path.name[:SHOWN]}`. {_HAND_IN}"
            found.append(Work(path.name, path, (), why, (owner,), _changed(path)))
            ignored.remove(path)


def _apart(work: Work, number: int) -> Work:
    return replace(
        work,
        owners=tuple(
            replace(o, key=f"{number}/{o.key}") if o.layout == "plain" else o
            for o in work.owners
        ),
    )


def _single(path: Path) -> Work:
    owners = platforms.owners("plain", path.name)
    if platforms.MOODLE.match(path.name):
        owners = platforms.owners("moodle", path.name)
    return Work(_stem(path.name), path, owners=owners, when=_changed(path))


def _class_in_zip(path: Path, ignored: list[Path], roster: Roster | None) -> list[Work]:
    """Return what is in an archive on the command line: a class, or one student's."""
    own = platforms.owners("plain", path.name)
    try:
        found = archives.members(path)
    except Unreadable as error:
        return [Work(path.name, path, reason=_no_zip(path, error), owners=own)]
    entries = [
        Entry(
            m.parts,
            path,
            (m.name,),
            "bad" if m.bad else "folder" if m.folder else "file",
            m.bad,
            m.when,
        )
        for m in found
        if not _is_shadow(m.parts)
    ]
    works = _class(entries, path.stem, ignored, roster)
    works = sorted(works, key=lambda work: work.name)
    plain = all(o.layout == "plain" for work in works for o in work.owners)
    # An archive of one notebook is that student's, and so is one called like a student.
    if plain and (len(works) == 1 or whose.student(roster, path.name)):
        works = [replace(w, name=f"{path.name}/{w.name}", owners=own) for w in works]
    return works or [Work(path.name, path, reason="The zip file is empty.", owners=own)]


def _no_zip(path: Path, error: Unreadable) -> str:
    """Return why something that is called a zip is none, as exactly as can be said."""
    try:
        start = reading.load(path)[:16]
    except Unreadable as refused:
        return str(refused)
    return str(error) if start.startswith(b"PK") or not start else _not_a_zip(start)


def _not_a_zip(start: bytes) -> str:
    try:
        reading.read(start)
    except Unreadable as error:
        return str(error)
    return "This is no zip file, though it is called one."


def _is_shadow(parts: tuple[str, ...]) -> bool:
    """Return whether something is a tool's own: nobody has handed it in."""
    tools = any(part in TOOLS for part in parts)
    return tools or any(part.startswith(SHADOWS) for part in parts)


def _on_disk(top: Path) -> Iterator[Entry]:
    """Yield what lies below a folder; links are told of and not followed."""
    unread: list[OSError] = []
    for where, folders, files in os.walk(top, onerror=unread.append):
        above = Path(where).relative_to(top).parts
        folders[:] = sorted(n for n in folders if not _is_shadow((n,)))
        links = {n for n in folders if os.path.islink(os.path.join(where, n))}
        for name in folders:
            if name not in links:
                yield Entry((*above, name), Path(where, name), kind="folder")
        for name in sorted({*files, *links}):
            path = Path(where, name)
            if _is_shadow((name,)):
                continue
            kind = "file" if path.is_file() else "other"
            kind = "link" if path.is_symlink() else kind
            when = _changed(path) if kind == "file" else ""
            yield Entry((*above, name), path, kind=kind, when=when)
    for error in unread:  # whose is in there cannot be told, and is not forgotten
        path = Path(error.filename)
        why = f"The folder cannot be opened: {error.strerror}."
        yield Entry(path.relative_to(top).parts, path, kind="unread", why=why)


def _changed(path: Path) -> str:
    try:
        seconds = path.lstat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def _class(
    entries: list[Entry],
    parent: str,
    ignored: list[Path],
    roster: Roster | None,
    own: Path | None = None,
) -> list[Work]:
    """Return the submissions among the entries of a class, each with its owners."""
    layout, entries, start, told, above = _layout(entries, parent, roster, own)
    works: dict[str, list[Work]] = {}
    others: dict[str, list[Entry]] = {}
    owned: dict[str, tuple[Owner, ...]] = {}
    for entry in entries:
        if not entry.parts or (layout == "gradescope" and _is_metadata(entry)):
            continue
        top = entry.parts[0]
        owners = platforms.owners(layout, top, start, told)
        if layout == "github":  # the time of a clone says nothing
            entry = replace(entry, when="")
        loose = layout == "plain" and len(entry.parts) == 1 and entry.kind == "file"
        if loose and HANDED_OUT.search(top):  # called as everybody's is
            owners = platforms.owners("plain", parent)
        if own is not None:
            owners = platforms.owners("plain", own.name)
        key = owners[0].key
        owned.setdefault(key, owners)
        found = [replace(w, owners=owners) for w in _works(entry, above)]
        if owners[0].when:
            found = [replace(w, when=owners[0].when) for w in found]
        works.setdefault(key, []).extend(found)
        others.setdefault(key, []).extend([] if found else [entry])
    done = []
    for key, mine in works.items():
        rest = others[key]
        if not mine:
            mine = _instead(rest, owned[key], above, own is not None)
            rest = [] if mine else rest
        done += mine
        ignored += [_shown(e) for e in rest if e.kind != "folder" and not _hidden(e)]
    return done


def _is_metadata(entry: Entry) -> bool:
    return len(entry.parts) == 1 and entry.parts[0] == platforms.METADATA


def _hidden(entry: Entry) -> bool:
    return entry.parts[-1].startswith(".")


def _shown(entry: Entry) -> Path:
    return Path(entry.path, *entry.inside)


def _layout(
    entries: list[Entry], parent: str, roster: Roster | None, own: Path | None
) -> tuple:
    """Return the layout of a class, its entries below the class's own folder, and more.

    A class may lie in a folder of its own: then that one is the class.
    """
    above: tuple[str, ...] = ()
    while True:
        tops = list(dict.fromkeys(e.parts[0] for e in entries if e.parts))
        folders = {
            e.parts[0] for e in entries if len(e.parts) > 1 or e.kind == "folder"
        }
        inside = [t for t in tops if t in folders]
        repositories = [
            e for e in entries
            if e.kind == "folder" and len(e.parts) == 1 and (e.path / ".git").exists()
        ]  # fmt: skip
        cloned = bool(repositories)
        layout = platforms.layout_of(tops, inside, parent, cloned)
        alone = len(tops) == 1 and len(inside) == 1
        if layout != "plain" or not alone or len(above) > 3:
            break
        below = [replace(e, parts=e.parts[1:]) for e in entries if len(e.parts) > 1]
        names = [e.parts[0] for e in below]
        inner = {e.parts[0] for e in below if len(e.parts) > 1 or e.kind == "folder"}
        given = (list(dict.fromkeys(names)), sorted(inner), tops[0])
        wrapped = platforms.layout_of(*given, cloned=False)
        if wrapped == "plain":
            held = {e.parts[0]: e.parts[0] in inner for e in below if _book(e)}
            if own is not None or not whose.is_class(tops[0], held, roster):
                break
        entries, parent, above = below, tops[0], (*above, tops[0])
    start = platforms.slug(inside, parent) if layout == "github" else ""
    told = {}
    for entry in entries if layout == "gradescope" else ():
        if _is_metadata(entry) and entry.kind == "file":
            told = platforms.metadata(Work("", entry.path, entry.inside).load())
    return layout, entries, start, told, above


def _book(entry: Entry) -> bool:
    """Return whether an entry is called a notebook, or may be packed with one."""
    called = reading.NOTEBOOK.search(entry.parts[-1]) or ZIP.search(entry.parts[-1])
    return bool(called) and not HANDED_OUT.search(entry.parts[0])


def _works(entry: Entry, above: tuple[str, ...]) -> list[Work]:
    """Return the submissions that an entry is, or holds; none for other files."""
    name = "/".join((*above, *entry.parts))
    work = Work(_stem(name), entry.path, entry.inside, when=entry.when)
    called = reading.NOTEBOOK.search(entry.parts[-1])
    if entry.kind == "unread" or (entry.kind == "bad" and called):
        return [replace(work, name=name, reason=entry.why)]
    if entry.kind == "link" and called:
        return [replace(work, reason=_LINK)]
    if entry.kind not in ("file",) or (_hidden(entry) and not called):
        return []
    if ZIP.search(name):
        return _in_zip(replace(work, name=name))
    if entry.inside:  # in an archive a file is known by its name alone
        suffix = Path(name).suffix.lower()
        return [work] if called or suffix in reading.ARCHIVES else []
    if reading.handed_in(entry.path):
        return [work]
    if not os.access(entry.path, os.R_OK):
        return [replace(work, reason="The file cannot be opened: Permission denied.")]
    return []


def _in_zip(work: Work) -> list[Work]:
    """Return the notebooks in what a student packed, or the one sentence about it."""
    try:
        found = archives.of_student(work.path, work.inside)
    except Unreadable as error:
        why = str(error) if work.inside else _no_zip(work.path, error)
        return [replace(work, reason=why)]
    files = [m for m in found if not m.folder and not _is_shadow(m.parts)]
    books = [m for m in files if reading.NOTEBOOK.search(m.parts[-1])]
    if len(books) > MOST_IN_ZIP:
        why = f"The zip file holds {len(books)} notebooks; most are {MOST_IN_ZIP}."
        return [replace(work, reason=why)]
    if not books:
        return [replace(work, reason=f"The zip file holds no notebook{_but(files)}.")]
    return [
        replace(
            work,
            name=_stem(f"{work.name}/{'/'.join(m.parts)}"),
            inside=(*work.inside, m.name),
        )
        for m in books
    ]


def _but(files: list) -> str:
    """Return what there is instead of a notebook, as the end of a sentence."""
    if not files:
        return ": it is empty"
    name = files[0].parts[-1]
    suffix = Path(name).suffix.lower()
    what = ", another archive" if suffix in reading.ARCHIVES else ""
    what = f", {INSTEAD[suffix]}" if suffix in INSTEAD else what
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f", but `{name[:SHOWN]}`{what}{more}"


def _instead(
    entries: list[Entry], owners: tuple[Owner, ...], above: tuple[str, ...], own: bool
) -> list[Work]:
    """Return the row of somebody who handed in no notebook; none for a loose file."""
    first = entries[0]
    top = first.parts[0]
    alone = len(entries) == 1 and len(first.parts) == 1 and first.kind != "folder"
    if own or (alone and owners[0].layout in ("plain", "github", "gradescope")):
        suffix = Path(top).suffix.lower()
        if first.kind == "file" and suffix not in INSTEAD:
            return []
        if first.kind == "bad":
            why = first.why
        elif first.kind == "link":
            why = _LINK
        elif first.kind != "file":
            why = "This is no regular file."
        else:
            why = f"This is no notebook, but {INSTEAD[suffix]}. {_HAND_IN}"
        if _hidden(first) and first.kind == "file":
            return []
    else:
        files = [e for e in entries if e.kind != "folder" and not _hidden(e)]
        bad = [e.why for e in files if e.why]
        why = f"There is no notebook{_but(files)}. {_HAND_IN}"
        why = bad[0] if bad else why if files else "The folder is empty."
    name = "/".join((*above, top))
    when = max(e.when for e in entries)
    return [Work(name, first.path, reason=why, owners=owners, when=when)]


def _stem(name: str) -> str:
    """Return a name without the ending of a notebook."""
    return re.sub(r"(?<=[^/])\.ipynb$", "", name, flags=re.IGNORECASE)


_LINK = "This is a link, and links are not followed. Hand in the .ipynb file itself."
_HAND_IN = "Hand in the .ipynb file itself."
