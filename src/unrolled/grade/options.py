"""The command line of `unrolled grade`: what may be asked, what is refused in words."""

import argparse
import math
from pathlib import Path

from unrolled import course
from unrolled.grade.sandbox.limits import Limits
from unrolled.source import layout

DESCRIPTION = (
    "Grade one notebook, or a whole class: folders, files and zips of any layout."
)
EPILOG = """\
examples:
  unrolled grade ann.ipynb
  unrolled grade class/ --out results/
  unrolled grade moodle-export.zip --roster students.csv --out results/ \\
      --due 2026-11-30T23:59 --timezone Europe/Berlin --late-penalty 0.1
  unrolled grade class/ --roster students.csv --out results/ --only step --again

Exit status: 0 all passed, 1 some are below the pass mark or absent, 2 some could not be
graded, or nothing could be written. With --out a call that was stopped goes on where it
was. Points and comments by hand: overrides.csv in the folder of --out, with the columns
student, exercise, points, comment.

"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="unrolled grade",
        description=DESCRIPTION,
        epilog=EPILOG + _units(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _what(made.add_argument_group("what is graded").add_argument)
    _who(made.add_argument_group("who, and when").add_argument)
    _limits(made.add_argument_group("what a submission may use").add_argument)
    made.add_argument(
        "submissions",
        nargs="+",
        type=Path,
        metavar="SUBMISSION",
        help="a notebook, a folder of a class, or a zip of one",
    )
    return made


def _what(add) -> None:
    add(
        "--assignment",
        metavar="UNIT",
        help="05-lstm, or 05 (default: told by the cells)",
    )
    add(
        "--track",
        choices=layout.TRACKS,
        help="the framework (default: told by the cells)",
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the reports go (default: nowhere)",
    )
    add(
        "--jobs",
        type=_count,
        metavar="N",
        help="how many submissions at a time (default: one for each processor)",
    )
    add(
        "--pass-mark",
        type=_share,
        default=0.6,
        metavar="SHARE",
        help="share of the points to pass, 0 to 1 (default: 0.6)",
    )
    add(
        "--again",
        action="store_true",
        help="grade also what has a result already; with --only, that alone",
    )
    add(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="an exercise or a student; all else stays as it was; may be repeated",
    )
    add(
        "--overrides",
        type=Path,
        metavar="CSV",
        help="points and comments by hand (default: overrides.csv in --out)",
    )
    add(
        "--course",
        type=Path,
        metavar="DIR",
        help="a checkout of the course (default: the one around this folder)",
    )
    add(
        "--seed",
        type=int,
        metavar="N",
        help="of the inputs that answers are tried on (default: drawn, and kept in "
        "--out)",
    )
    add("--scheduler", metavar="ADDRESS", help="of a Dask cluster that does the work")


def _who(add) -> None:
    add(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the class: id, name, email, and github, moodle, canvas if you have "
        "them; then everybody has one row, absent ones too",
    )
    add(
        "--anonymous",
        action="store_true",
        help="feedback bears an id; anonymous.csv says whose (needs --out)",
    )
    add("--due", metavar="TIME", help="2026-11-30T23:59, or a day, which means its end")
    add(
        "--timezone",
        default="UTC",
        metavar="ZONE",
        help="of times that name none (default: UTC)",
    )
    add(
        "--times",
        type=Path,
        metavar="CSV",
        help="who handed in when, in place of the files' dates: GitHub Classroom's "
        "grades, say",
    )
    add(
        "--grace",
        type=_amount,
        default=0.0,
        metavar="MINUTES",
        help="after the due time that are not late (default: 0)",
    )
    add(
        "--late-free",
        type=_whole,
        default=0,
        metavar="DAYS",
        help="late days that cost nothing (default: 0)",
    )
    add(
        "--late-penalty",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="of the points to earn, for each day after those (default: 0)",
    )
    add(
        "--late-most",
        type=_whole,
        metavar="DAYS",
        help="later than that earns nothing (default: no end)",
    )


def _limits(add) -> None:
    most = Limits()
    add(
        "--cell-seconds",
        type=_seconds,
        default=most.cell,
        metavar="S",
        help=f"seconds for one cell, or one check (default: {most.cell:g})",
    )
    add(
        "--total-seconds",
        type=_seconds,
        default=most.total,
        metavar="S",
        help=f"seconds for all cells of a submission (default: {most.total:g})",
    )
    add(
        "--memory",
        type=_count,
        default=most.memory,
        metavar="MB",
        help=f"megabytes of all its processes (default: {most.memory})",
    )
    add(
        "--isolation",
        choices=("auto", "bubblewrap", "limits"),
        default="auto",
        help="bubblewrap refuses to grade without a sandbox (default: auto)",
    )


def _units() -> str:
    try:
        found = layout.units(course.root())
    except (FileNotFoundError, OSError):
        return ""
    return f"Units: {', '.join(found)}.\n" if found else ""


def _number(text: str, what: str) -> float:
    if text.strip().endswith("%"):
        raise argparse.ArgumentTypeError(
            f"`{text}` is written with a percent sign; write a number: 0.6 for 60 %"
        )
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f"`{text}` is no number; {what}")
    return found


def _whole(text: str, least: int = 0) -> int:
    what = f"write a whole number, {least} or more"
    found = _number(text, what)
    if found != int(found) or found < least:
        raise argparse.ArgumentTypeError(f"`{text}` cannot be; {what}")
    return int(found)


def _count(text: str) -> int:
    return _whole(text, 1)


def _share(text: str) -> float:
    what = "write a share between 0 and 1, 0.6 say"
    found = _number(text, what)
    if not 0 <= found <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not between 0 and 1; {what}")
    return found


def _amount(text: str) -> float:
    found = _number(text, "write a number, 0 or more")
    if found < 0:
        raise argparse.ArgumentTypeError(f"`{text}` is below 0; write 0 or more")
    return found


def _seconds(text: str) -> float:
    found = _number(text, "write a number of seconds, 60 say")
    if found <= 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not above 0; write 60, say")
    return found
