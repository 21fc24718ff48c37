"""Write quizzes for learning platforms. What each format holds: docs/quizzes.md."""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from unrolled.quiz.loading import read
from unrolled.quiz.model import Quiz

from .formulas import ExportError

__all__ = ["FORMATS", "ExportError", "files", "notes", "write"]

FORMATS = ("moodle", "gift", "qti12", "qti21", "json")


def files(quiz: Quiz, form: str, title: str) -> dict[str, bytes]:
    """Return a quiz in a format: file name -> content, the same bytes each time.

    Raises ExportError, a sentence, where a package is missing or a formula fails.
    """
    return _module(form).files(quiz, title)


def notes(quiz: Quiz, form: str) -> list[str]:
    """Return a sentence for all that a format holds in another form than the course."""
    return _module(form).notes(quiz)


def write(
    folders: Sequence[Path], form: str, out: Path, versions: int = 1
) -> Iterator[Path]:
    """Write the quizzes of units, and yield the path of each file.

    Says on stderr, once, what the format holds in another form than the course does.
    """
    out.mkdir(parents=True, exist_ok=True)
    said = set()
    for folder in folders:
        title = _title(folder)
        for version in range(1, versions + 1):
            quiz = read(folder / "quiz.yml", version)
            for note in notes(quiz, form):
                if note not in said:
                    print(f"{form}: {note}", file=sys.stderr)
                said.add(note)
            for name, content in files(quiz, form, title).items():
                (out / name).write_bytes(content)
                yield out / name


def _module(form: str):
    if form not in FORMATS:
        raise ExportError(f"There is no format `{form}`. Use {', '.join(FORMATS)}.")
    name = "lossless" if form == "json" else form
    return import_module(f"{__name__}.{name}")


def _title(folder: Path) -> str:
    page = folder / "README.md"
    lines = page.read_text("utf-8").splitlines() if page.is_file() else []
    titles = [line[2:].strip() for line in lines if line.startswith("# ")]
    return titles[0] if titles else folder.name
