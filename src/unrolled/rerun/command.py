"""`unrolled capstone`: begin a capstone, or run one again and compare its numbers."""

import argparse
import json
import sys
from pathlib import Path

from unrolled.source.layout import TRACKS

from . import checking, template

ABOUT = """Begin a capstone, or check one.

unrolled capstone start FOLDER --track pytorch   write the template into a folder
unrolled capstone check FOLDER                   run its notebook again, and compare

`check` runs the notebook of FOLDER from an empty kernel, in a copy of the folder, and
compares the table that this run writes with the one that lies there. It runs the
learner's code with your rights and without a sandbox: check only what you would open
and run yourself, or call it in a container. Exit status: 0 all numbers are reproduced,
1 something is wrong or missing, 2 nothing could be checked."""
MINUTES = 10


def main(arguments: list[str]) -> int:
    """Do one of the two; returns the exit status."""
    args = _parser().parse_args(arguments)
    folder = args.folder.expanduser()
    try:
        if args.do == "start":
            print(f"Your capstone: {template.start(folder, args.track)}")
            return 0
        return _check(folder, args.seconds, args.json)
    except (template.InTheWay, checking.NothingToCheck, FileNotFoundError) as error:
        print(error, file=sys.stderr)
    except ImportError as error:
        print(
            f"To run a notebook `{error.name}` is needed, which is not installed: "
            'pip install "unrolled[lab]"',
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("Stopped; nothing was changed.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unrolled capstone",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    does = parser.add_subparsers(dest="do", required=True, metavar="start|check")
    start = does.add_parser("start", help="write the template into a folder")
    start.add_argument("folder", type=Path, metavar="FOLDER")
    start.add_argument("--track", choices=TRACKS, required=True)
    check = does.add_parser("check", help="run a notebook again, and compare")
    check.add_argument("folder", type=Path, metavar="FOLDER")
    check.add_argument(
        "--seconds",
        type=float,
        default=60.0 * MINUTES,
        help="how long all its cells together may take (%(default).0f)",
    )
    check.add_argument("--json", type=Path, metavar="FILE", help="the report as JSON")
    return parser


def _check(folder: Path, seconds: float, target: Path | None) -> int:
    print("This runs the notebook's code without a sandbox.", file=sys.stderr)
    report = checking.check(folder, seconds)
    print(report.words())
    if target:
        text = json.dumps(report.data(), indent=1, ensure_ascii=False) + "\n"
        try:
            target.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            print(f"{target} cannot be written ({error.strerror}).", file=sys.stderr)
            return 2
    return 0 if report.passed else 1
