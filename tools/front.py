"""What each command of the course does.

do.py opens this under a Python that the course supports. For authors: setup, build,
check, run, figures, windows, site, slides, new SLUG, bench.
`--here` uses the Python that runs the command instead of making .venv (conda, a
container, Colab).
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import environment
import new
from run import matches
from unrolled.source import layout
from unrolled.source.layout import TRACKS
from unrolled.terminal import forgiving_terminal

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = {"11": "benchmarks/bench.py", "09": "benchmarks/classification.py"}
AUTHORS = ("build", "check", "run", "figures", "windows", "site", "slides", "new")
AUTHORS += ("bench",)
STOPPED = 130  # the exit status of a command that Ctrl-C ended
# A Python that Ctrl-C ended ends by that signal, on Windows with this number.
INTERRUPTED = (-2, 0xC000013A)


def whole_unit(asked: str | None, root: Path = ROOT) -> str | None:
    """Return the folder's name of the unit asked for, if one was.

    Raises SystemExit with a sentence for a unit that there is not.
    """
    units = layout.units(root)
    found = [name for name in units if asked and matches(name, asked)]
    if asked and not found:
        sys.exit(f"There is no unit `{asked}`. The units are: {', '.join(units)}.")
    return found[0] if found else None


def call(python: Path | str, *arguments: str, **env: str) -> int:
    """Run Python with arguments in the root of the course; returns its exit status."""
    # What is printed is not all ASCII, and a Windows console may expect another code.
    added = {"PYTHONUTF8": "1", **env}
    terminal = (sys.stdout.encoding or "utf-8").lower()
    if terminal not in ("utf-8", "utf8"):
        added["PYTHONIOENCODING"] = f"{terminal}:replace"
    process = subprocess.Popen(
        [str(python), *arguments], cwd=ROOT, env={**os.environ, **added}
    )
    # The terminal tells both of Ctrl-C. The other one answers, asks or tidies up, and
    # is waited for; who presses it a third time wants an end.
    for _ in range(3):
        try:
            status = process.wait()
            return STOPPED if status in INTERRUPTED else status
        except KeyboardInterrupt:
            pass
    process.kill()
    return STOPPED


def prepare(args: argparse.Namespace, extras: list[str]) -> Path | str:
    """Return an interpreter that has `extras`; raises environment.SetupError."""
    if args.here:
        return environment.require(extras)
    return environment.ensure(extras)


def prepare_tracks(args: argparse.Namespace) -> tuple[Path | str, list[str]]:
    """Install the frameworks that are asked for; one that fails leaves the other.

    Returns the interpreter and the tracks that it can run.
    """
    wanted = [args.track] if args.track else list(TRACKS)
    if len(wanted) == 1:
        return prepare(args, wanted), wanted
    ensure = environment.require if args.here else environment.ensure
    try:
        return ensure(wanted), wanted
    except environment.SetupError as error:
        print(f"{error}\nTrying each track by itself.\n", file=sys.stderr)
    python, ready = None, []
    for track in wanted:
        try:
            python = ensure([track])
            ready.append(track)
        except environment.SetupError as error:
            print(f"The {track} track was left out. {error}\n", file=sys.stderr)
    if not ready:
        raise environment.SetupError("Neither track can be run.")
    return python, ready


def fetch_data(python: Path | str) -> None:
    """Fetch the default data; a lesson without its data says so and falls back."""
    status = call(python, "-m", "unrolled.data", "fetch")
    if status == STOPPED:
        sys.exit(STOPPED)
    if status:
        print("Not all data could be fetched; a lesson falls back to what there is.")


def narrow(args: argparse.Namespace, tracks: list[str | None]) -> list[str]:
    """Return the options of run.py for the unit and the one track asked for."""
    options = ["--unit", args.unit] if args.unit else []
    one = tracks[0] if len(tracks) == 1 else None
    return options + (["--track", one] if one else [])


def course(args: argparse.Namespace) -> int:
    """Install, fetch the data, execute every notebook asked for, report."""
    python, ready = prepare_tracks(args)
    if not args.unit:  # one unit fetches what it reads, and no other's data
        fetch_data(python)
    status = call(python, "tools/run.py", *narrow(args, ready), "--to", "build")
    missing = not args.track and len(ready) < len(TRACKS)
    return status or int(missing)


def test(args: argparse.Namespace) -> int:
    """Install what developing needs, fetch the data, run every test."""
    python = prepare(args, ["dev"])
    fetch_data(python)
    every = ["--all"] if args.all else []
    return call(python, "tools/suite.py", *narrow(args, [args.track]), *every)


def lab(args: argparse.Namespace) -> int:
    """Install and open JupyterLab on the learner's copies of pages and notebooks."""
    python, _ = prepare_tracks(args)
    unit = ["--unit", args.unit] if args.unit else []
    return call(python, "tools/lab.py", *unit, *args.rest)


def setup(args: argparse.Namespace) -> int:
    """Install only."""
    print(prepare(args, [args.track or "all"]))
    return 0


def author(args: argparse.Namespace) -> int:
    """Run one of the authors' tools."""
    if args.command == "bench" and (args.unit or "11")[:2] not in BENCHMARKS:
        sys.exit(f"There is no benchmark of {args.unit}, only of units 11 and 09.")
    if args.command in ("figures", "windows") and not args.unit:
        sys.exit(f"Say which unit: make {args.command} UNIT=05")
    python = prepare(args, ["dev"])
    tool = {
        "build": ["tools/build.py"],
        "check": ["tools/build.py", "--check"],
        "run": [
            "tools/run.py",
            *narrow(args, [args.track]),
            *(["--force"] if args.force else []),
        ],
        "figures": [f"lessons/{args.unit}/figures.py"],
        "windows": [
            "tools/windows.py",
            str(args.unit),
            *(["--track", args.track] if args.track else []),
        ],
        "site": ["tools/website/build.py"],
        "slides": ["tools/slides/build.py", *([args.unit] if args.unit else [])],
        "bench": [BENCHMARKS.get((args.unit or "11")[:2], "")],
    }[args.command]
    return call(python, *tool, *args.rest)


def start(args: argparse.Namespace) -> int:
    """Start a unit from the template, which needs nothing that is to be installed."""
    if not args.rest:
        sys.exit("Say what the unit is called: make new UNIT=18-state-spaces")
    return new.main(args.rest)


def read_arguments(about: str) -> argparse.Namespace:
    """Return what the command line asks for, what it asks wrongly refused."""
    parser = argparse.ArgumentParser(
        prog="do.py",
        description=f"{about}\n{__doc__}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--unit", help="a number or a folder's name")
    parser.add_argument("--track", choices=TRACKS)
    parser.add_argument("--force", action="store_true", help="run: stored outputs too")
    parser.add_argument("--all", action="store_true", help="test: no samples, hours")
    parser.add_argument("--here", action="store_true", help="make no .venv")
    args, args.rest = parser.parse_known_args()
    if args.rest and args.command not in (*AUTHORS, "lab"):
        parser.error(f"{args.command} does not take {' '.join(args.rest)}")
    return args


COMMANDS = {"course": course, "lab": lab, "test": test, "setup": setup}
COMMANDS |= dict.fromkeys(AUTHORS, author) | {"new": start}


def main(about: str = "") -> int:
    """Read the command line and do what it asks; returns the exit status.

    `about` stands before what `--help` says of the commands.
    """
    forgiving_terminal()
    args = read_arguments(about)
    # Before anything is installed, fetched or deleted.
    args.unit = whole_unit(args.unit)
    try:
        # lab writes into a folder that may lie elsewhere; a check writes nothing.
        if args.command not in ("lab", "check"):
            environment.need_writable(ROOT)
        return COMMANDS[args.command](args)
    except environment.SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt as stopped:
        said = str(stopped) or "Run the same command again to go on."
        print(f"\nStopped. {said}", file=sys.stderr)
        return STOPPED
