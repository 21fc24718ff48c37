"""`unrolled start`: pages and notebooks in one's own folder, and JupyterLab on it."""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from unrolled import course
from unrolled.source.layout import TRACKS

from . import copies, lab

ABOUT = """Write the course's pages and notebooks into FOLDER and open them.

The notebooks are copies of your own. The same command, given again, renews what you
have not touched and keeps what you have. What follows -- goes to JupyterLab:
unrolled start my-course --track pytorch -- --no-browser"""
FRAMEWORKS = {"pytorch": "torch", "tensorflow": "tensorflow"}


def missing(track: str | None) -> list[str]:
    """Return the extras that would bring what is not installed yet."""
    lacking = [t for t in TRACKS if t == (track or t) and not find_spec(FRAMEWORKS[t])]
    if track is None and len(lacking) < len(TRACKS):
        lacking = []  # one of the two is enough to begin
    return lacking or ([] if find_spec("jupyterlab") else ["lab"])


def main(arguments: list[str]) -> int:
    """Write the copies, start JupyterLab; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="unrolled start",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--track", choices=TRACKS, help="one framework's notebooks only"
    )
    parser.add_argument("--unit", help="a number or a name, to begin with")
    parser.add_argument(
        "--write-only", action="store_true", help="write the copies, open nothing"
    )
    own, rest = _cut(arguments)
    args = parser.parse_args(own)
    root, folder = course.root(), args.folder.expanduser().resolve()
    units = sorted(p.parent.name for p in root.glob("lessons/[0-9][0-9]-*/README.md"))
    unit = next((u for u in units if args.unit in (u, u[:2], u[3:])), None)
    if args.unit and unit is None:
        parser.error(
            f"There is no unit `{args.unit}`. The units are: {', '.join(units)}."
        )
    try:
        said = copies.renew(root, folder, args.track)
    except OSError as error:
        print(
            f"The course cannot be written to {folder} ({error.strerror}). Name a "
            "folder that you may write to.",
            file=sys.stderr,
        )
        return 2
    print("\n".join(said or [f"Your own copies of pages and notebooks: {folder}"]))
    if args.write_only:
        return 0
    if lacking := missing(args.track):
        print(
            "To open them, install what is missing, and give the same command again:\n"
            f'pip install "unrolled[{lacking[0]}]"',
            file=sys.stderr,
        )
        return 2
    return lab.launch(folder, unit, rest)


def _cut(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return what stands before a `--`, and what stands after it."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]
