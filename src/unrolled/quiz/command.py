"""`unrolled quiz`: take a unit's quiz in a terminal, or export quizzes."""

import argparse
import sys
from pathlib import Path

from unrolled import course

from .loading import read
from .model import WHEN, QuizError


def main(arguments: list[str]) -> int:
    """Run `unrolled quiz …`; return the exit status: 0 done, 2 it cannot be done."""
    try:
        if arguments[:1] == ["export"]:
            return _export(arguments[1:])
        return _take(arguments)
    except (FileNotFoundError, QuizError) as error:
        print(error, file=sys.stderr)
        return 2


def _take(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="unrolled quiz",
        description="Ask a unit's quiz here. `unrolled quiz export` writes quizzes for "
        "a learning platform.",
    )
    parser.add_argument("unit", help="a unit, such as 05-lstm, or its number")
    parser.add_argument(
        "--when",
        choices=WHEN,
        default="after",
        help="what a lesson builds on, or what it teaches (default: after)",
    )
    parser.add_argument(
        "--version",
        type=_version,
        default=1,
        help="other numbers in computed questions",
    )
    chosen = parser.parse_args(arguments)
    from .terminal import take

    folder = unit_folder(chosen.unit)
    quiz = read(folder / "quiz.yml", chosen.version)
    try:
        take(quiz, chosen.when, title(folder))
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def _export(arguments: list[str]) -> int:
    from .export import FORMATS, ExportError, write

    parser = argparse.ArgumentParser(
        prog="unrolled quiz export",
        description="Write quizzes for a learning platform; docs/quizzes.md says how "
        "to import them.",
    )
    parser.add_argument("units", nargs="*", metavar="UNIT", help="units; else all")
    parser.add_argument("--format", required=True, choices=FORMATS)
    parser.add_argument("--out", type=Path, default=Path("build/quizzes"))
    parser.add_argument(
        "--versions",
        type=_version,
        default=1,
        metavar="N",
        help="write N versions, with other numbers in computed questions",
    )
    chosen = parser.parse_args(arguments)
    try:
        folders = [unit_folder(name) for name in chosen.units] or all_folders()
        for path in write(folders, chosen.format, chosen.out, chosen.versions):
            print(path)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def unit_folder(name: str) -> Path:
    """Return a unit's folder from its name or the number it begins with."""
    found = [folder for folder in all_folders() if folder.name.split("-")[0] == name]
    return found[0] if len(found) == 1 else course.unit_folder(name)


def all_folders() -> list[Path]:
    """Return the folders of all units that have a quiz, in order."""
    return sorted(path.parent for path in course.root().glob("lessons/*/quiz.yml"))


def title(folder: Path) -> str:
    """Return the title of a unit: the heading of its page."""
    page = folder / "README.md"
    lines = page.read_text("utf-8").splitlines() if page.is_file() else []
    titles = [line[2:].strip() for line in lines if line.startswith("# ")]
    return titles[0] if titles else folder.name


def _version(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 1 to 1000")
    return int(text)
