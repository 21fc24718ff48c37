"""The front door of the course, for people with and without make.

python tools/do.py course [--unit 11] [--track pytorch]   install, run it all, report
python tools/do.py test                                   install, then every test
python tools/do.py lab [--track pytorch]                  install, open JupyterLab
For authors: setup, build, check, run, new SLUG, bench. `--here` uses the Python that
runs this command instead of making .venv (conda, a container, Colab).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = ((3, 11), (3, 12), (3, 13))
TRACKS = ("pytorch", "tensorflow")
BENCHMARKS = {"11": "benchmarks/bench.py", "09": "benchmarks/classification.py"}
AUTHORS = ("build", "check", "run", "new", "bench")


def another_python() -> str | None:
    """Return the path of a Python on this machine that the course supports."""
    for major, minor in SUPPORTED[::-1]:
        found = shutil.which(f"python{major}.{minor}")
        # A name on the path may be a shim for a version that is not there.
        trial = [found or "", "-c", ""]
        if found and not subprocess.run(trial, capture_output=True).returncode:
            return found
    return None


def on_a_supported_python() -> None:
    """Start again with a supported Python if this is none; exits when there is none."""
    if sys.version_info[:2] in SUPPORTED:
        return
    other = another_python()
    if other is None:
        sys.exit(
            f"This is Python {sys.version.split()[0]}; the course needs 3.11, 3.12 or "
            "3.13, which PyTorch and TensorFlow are both built for. Install one of "
            "them and run the same command again."
        )
    sys.exit(subprocess.call([other, *sys.argv]))


def call(python: Path | str, *arguments: str, **env: str) -> int:
    """Run Python with arguments in the root of the course; returns its exit status."""
    # What is printed is not all ASCII, and a Windows console may expect another code.
    utf8 = {"PYTHONUTF8": "1"}
    try:
        return subprocess.call(
            [str(python), *arguments], cwd=ROOT, env={**os.environ, **utf8, **env}
        )
    except KeyboardInterrupt:
        return 130


def prepare(args: argparse.Namespace, extras: list[str]) -> Path | str:
    """Return an interpreter that has `extras`; exits with a sentence if it cannot."""
    if args.here:
        return sys.executable
    import environment

    try:
        return environment.ensure(extras)
    except environment.SetupError as error:
        sys.exit(str(error))


def prepare_tracks(args: argparse.Namespace) -> tuple[Path | str, list[str]]:
    """Install the frameworks that are asked for; one that fails leaves the other.

    Returns the interpreter and the tracks that it can run.
    """
    wanted = [args.track] if args.track else list(TRACKS)
    if args.here or len(wanted) == 1:
        return prepare(args, wanted), wanted
    import environment

    try:
        return environment.ensure(wanted), wanted
    except environment.SetupError as error:
        print(f"{error}\nTrying each track by itself.\n", file=sys.stderr)
    ready = []
    for track in wanted:
        try:
            python = environment.ensure([track])
            ready.append(track)
        except environment.SetupError as error:
            print(f"The {track} track was left out. {error}\n", file=sys.stderr)
    if not ready:
        sys.exit("Neither track could be installed.")
    return python, ready


def fetch_data(python: Path | str) -> None:
    """Fetch the default data; a lesson without its data says so and falls back."""
    if call(python, "-m", "unrolled.data", "fetch"):
        print("Not all data could be fetched; a lesson falls back to what there is.")


def course(args: argparse.Namespace) -> int:
    """Install, fetch the data, execute every notebook asked for, report."""
    python, ready = prepare_tracks(args)
    fetch_data(python)
    narrow = ["--unit", args.unit] if args.unit else []
    if len(ready) == 1:
        narrow += ["--track", ready[0]]
    status = call(python, "tools/run.py", *narrow, "--to", "build")
    missing = not args.track and len(ready) < len(TRACKS)
    return status or int(missing)


def test(args: argparse.Namespace) -> int:
    """Install what developing needs, fetch the data, run every test."""
    python = prepare(args, ["dev"])
    fetch_data(python)
    return call(python, "tools/suite.py")


def lab(args: argparse.Namespace) -> int:
    """Install and open JupyterLab on the notebooks."""
    python, ready = prepare_tracks(args)
    folder = f"notebooks/{ready[0]}" if len(ready) == 1 else "notebooks"
    return call(python, "-m", "jupyterlab", folder)


def author(args: argparse.Namespace) -> int:
    """Run one of the authors' tools."""
    python = prepare(args, ["dev"])
    narrow = ["--unit", args.unit] if args.unit else []
    narrow += ["--track", args.track] if args.track else []
    tool = {
        "build": ["tools/build.py"],
        "check": ["tools/build.py", "--check"],
        "run": ["tools/run.py", *narrow, *(["--force"] if args.force else [])],
        "new": ["tools/new.py"],
        "bench": [BENCHMARKS.get((args.unit or "11")[:2], BENCHMARKS["11"])],
    }[args.command]
    return call(python, *tool, *args.rest)


def main() -> int:
    """Read the command line and do what it asks; returns the exit status."""
    on_a_supported_python()
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=("course", "test", "lab", "setup", *AUTHORS))
    parser.add_argument("--unit", help="a number or a folder's name")
    parser.add_argument("--track", choices=TRACKS)
    parser.add_argument("--force", action="store_true", help="run: stored outputs too")
    parser.add_argument("--here", action="store_true", help="make no .venv")
    args, args.rest = parser.parse_known_args()
    if args.rest and args.command not in AUTHORS:
        parser.error(f"{args.command} does not take {' '.join(args.rest)}")
    if args.command == "setup":
        print(prepare(args, [args.track or "all"]))
        return 0
    return {"course": course, "test": test, "lab": lab}.get(args.command, author)(args)


if __name__ == "__main__":
    sys.exit(main())
