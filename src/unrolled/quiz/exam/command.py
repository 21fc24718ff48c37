"""`unrolled exam`: write an exam and its key."""

import argparse
import sys
from pathlib import Path

from unrolled.quiz.command import all_folders, title, unit_folder
from unrolled.quiz.model import QuizError

from .draw import Exam, draw
from .forms import markdown, page
from .sheet import key, sheet


def main(arguments: list[str]) -> int:
    """Run `unrolled exam …`; return the exit status: 0 done, 2 it cannot be done."""
    parser = argparse.ArgumentParser(
        prog="unrolled exam",
        description="Write an exam from the quizzes' computed questions, and its key "
        "apart. Each seed has other numbers; docs/teaching.md says more.",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        required=True,
        help="a whole number that nobody guesses: with it anybody computes the key",
    )
    parser.add_argument("--units", help="such as 02,05; without it, every unit")
    parser.add_argument(
        "--out", type=Path, default=Path("build/exam"), metavar="FOLDER"
    )
    parser.add_argument("--html", action="store_true", help="pages to print, besides")
    chosen = parser.parse_args(arguments)
    try:
        folders = _folders(chosen.units)
        exam = draw(folders, chosen.seed)
        titles = {folder.name: title(folder) for folder in folders}
        for path in write(exam, titles, chosen.out, chosen.html):
            print(path)
    except (FileNotFoundError, QuizError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"The exam could not be written to {chosen.out}: {error.strerror}. Name a "
            "folder that can be written with --out.",
            file=sys.stderr,
        )
        return 2
    return 0


def write(
    exam: Exam, titles: dict[str, str], out: Path, also_html: bool = False
) -> list[Path]:
    """Write sheet and key, and return their paths.

    The Markdown is the same bytes on every system; what draws the formulas of the HTML
    may move them by a hair's breadth.
    """
    out.mkdir(parents=True, exist_ok=True)
    forms = {"md": markdown, "html": page} if also_html else {"md": markdown}
    paths = []
    for ending, blocks in (("", sheet), ("-key", key)):
        for form, made in forms.items():
            path = out / f"exam-{exam.code}{ending}.{form}"
            path.write_bytes(made(blocks(exam, titles)).encode())
            paths.append(path)
    return paths


def _folders(names: str | None) -> list[Path]:
    if names is None:
        return all_folders()
    given = [name.strip() for name in names.split(",")]
    folders = [unit_folder(name) for name in given if name]
    if not folders:
        raise QuizError(
            f"--units `{names}` names no unit. Write numbers, such as 02,05."
        )
    return sorted(set(folders))


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise argparse.ArgumentTypeError(
            f"`{text}` is no whole number of 0 or more, with 18 digits at most"
        )
    return int(text)
