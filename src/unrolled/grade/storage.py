"""Where the result of a submission is kept, and how a file is written whole."""

import hashlib
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

MB = 1 << 20
EACH = 50_000  # bytes of reports and results of one submission, with room
FOLDERS = ("submissions", "feedback", "gradescope", "anonymous")
SEED = "seed.txt"  # in the folder of the reports
TRIED = 1 << 16  # bytes that are written to see whether they can be


class Unwritable(Exception):
    """A sentence that says why no report can be written."""


def prepare(out: Path, count: int) -> None:
    """See before anything is graded that reports can be written; raises Unwritable.

    What was made for that is taken back where it cannot be done. `count` are the
    submissions.
    """
    made = [p for p in (out, *out.parents) if not p.exists() and not p.is_symlink()]
    try:
        _try(out, count)
    except (OSError, Unwritable) as error:
        for path in made:
            if path.is_dir():
                path.rmdir()
        if isinstance(error, OSError):
            why = error.strerror or type(error).__name__
            raise Unwritable(
                f"Nothing can be written to {out}: {why}. Nothing was graded."
            ) from None
        raise


def _try(out: Path, count: int) -> None:
    for path in (out, *(out / name for name in FOLDERS)):
        if (path.exists() or path.is_symlink()) and not path.is_dir():
            raise Unwritable(
                f"{path} is a file, and a folder is needed there. Nothing was graded."
            )
    out.mkdir(parents=True, exist_ok=True)
    free, needed = shutil.disk_usage(out).free, MB + count * EACH
    if free < needed:
        raise Unwritable(
            f"The disk of {out} has {free / MB:.0f} MB left, and {needed / MB:.0f} MB "
            "may be needed. Nothing was graded."
        )
    for folder in [out, *(out / name for name in FOLDERS if (out / name).is_dir())]:
        with tempfile.NamedTemporaryFile(
            dir=folder, prefix=".", suffix=".part"
        ) as file:
            file.write(b"\0" * TRIED)
            file.flush()
            os.fsync(file.fileno())


def seed(out: Path | None) -> int:
    """Return the seed of the inputs of a class, which its folder keeps.

    It is drawn, and for the instructor alone: the checks are published, so whoever
    knows the seed can draw the inputs, and what the judge alone may know of them.
    Raises Unwritable.
    """
    drawn = secrets.randbelow(1 << 62)
    if out is None:
        return drawn
    path = out / SEED
    try:
        if not path.exists():
            write(path, f"{drawn}\n", mode=0o600)
        return int(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Unwritable(
            f"{path} keeps the seed of the inputs, and holds none ({error}). Delete "
            "it, and all is graded anew; or give --seed. Nothing was graded."
        ) from None


def place(folder: Path, name: str) -> Path:
    """Return the file of a submission's result; two names never share one."""
    coded = name.encode("utf-8", "surrogatepass")  # a name of no known letters too
    safe = re.sub(r"[^\w.-]+", "_", name)[:60].strip("._") or "submission"
    return folder / f"{safe}-{hashlib.sha256(coded).hexdigest()[:16]}.json"


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        text = isinstance(content, str)
        coded = content.encode("utf-8", "replace") if text else content
        with os.fdopen(handle, "wb") as file:
            file.write(coded)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        if os.path.exists(name):
            os.unlink(name)
        raise
