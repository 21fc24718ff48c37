"""The folder that keeps fetched data, and the only way a file gets into it.

A set is one folder whose name ends in its hash. It is written under a temporary name
beside its place and moved there whole, so a half file never has a final name, and of
two processes that fetch the same set at once one simply finds the other's work.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .faults import explained
from .registry import Entry

_PART = ".part-"
_DAY = 24 * 3600.0


def folder() -> Path:
    """Return the data folder: UNROLLED_DATA, or the user's cache on this system."""
    chosen = os.environ.get("UNROLLED_DATA")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("unrolled", appauthor=False))


def place(entry: Entry) -> Path:
    """Return the folder of one set; it need not exist."""
    return folder() / f"{entry.name}-{entry.sha256[:12]}"


def digest(files: dict[str, bytes]) -> str:
    """Return one SHA-256 for a set of files, in hexadecimal.

    Of one file it is the file's own hash. Of several it is the hash of the lines
    "<hash of the file>  <its path>\\n" in the order of the paths, the format of
    `sha256sum`.
    """
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    lines = "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def read(entry: Entry) -> dict[str, bytes] | None:
    """Return the set's files by path, or None if absent, incomplete or damaged."""
    where = place(entry)
    files = {}
    try:
        for path in sorted(p for p in where.rglob("*") if p.is_file()):
            files[path.relative_to(where).as_posix()] = path.read_bytes()
    except OSError:
        return None
    return files if files and digest(files) == entry.sha256 else None


@contextmanager
def workspace(entry: Entry) -> Iterator[Path]:
    """Give a temporary folder beside the sets; it is gone afterwards, come what may.

    Raises DataError when the disk is full or the cache cannot be written.
    """
    base = folder()
    with explained(entry, base):
        base.mkdir(parents=True, exist_ok=True)
        _sweep(base)
        temporary = Path(tempfile.mkdtemp(prefix=_PART, dir=base))
    try:
        with explained(entry, base):
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def install(entry: Entry, files: dict[str, bytes]) -> None:
    """Put checked files in their place, all at once.

    Raises DataError when the disk is full or the cache cannot be written.
    """
    final = place(entry)
    with workspace(entry) as temporary:
        new = temporary / "new"
        for path, data in files.items():
            target = new / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if final.exists() and read(entry) is None:
            _aside(final, temporary / "damaged")
        try:
            os.rename(new, final)
        except OSError:
            # Another process was faster. Its files carry the same hash.
            if read(entry) is None:
                raise


def _aside(final: Path, to: Path) -> None:
    try:
        os.rename(final, to)
    except FileNotFoundError:  # another process has cleared it away
        pass


def _sweep(base: Path) -> None:
    """Remove what a process that was killed left behind more than a day ago."""
    for left in base.glob(f"{_PART}*"):
        try:
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue
