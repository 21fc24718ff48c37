"""Execute the course's notebooks.

python tools/run.py [UNIT] [TRACK] [--force]   in place, where outputs are missing
python tools/run.py [UNIT] [TRACK] --to build  all of them, copies and RESULTS.md there
python tools/run.py --plain UNIT TRACK [KIND]  a source as a script, without Jupyter
"""

import argparse
import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import as_script
import results
from unrolled.source import layout

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("lesson", "assignment", "solution")
ORDER = (*KINDS, *layout.PROJECTS)
KIND = re.compile(
    rf"(?:\d\d[ab]_(lesson|assignment)|({'|'.join(layout.PROJECTS)})_{layout.CAPSTONE})"
    r"_(\w+)"
)


@dataclass(frozen=True)
class Built:
    """One notebook that the build made."""

    path: Path
    unit: str
    track: str
    kind: str  # "lesson", "assignment" (blank) or "solution"

    @property
    def name(self) -> str:
        """How a person would call this notebook."""
        return f"{self.unit} {self.track} {self.kind}"


def matches(unit: str, asked: str | None) -> bool:
    """Whether `asked`, a number, a folder's name or nothing, means this unit."""
    asked = (asked or "").strip("/")
    return not asked or unit == asked or unit.split("-")[0] == asked.zfill(2)


def find(root: Path, unit: str | None = None, track: str | None = None) -> list[Built]:
    """Return the notebooks that are there, by unit, then track, then kind.

    Raises SystemExit with a sentence if a unit or a track was asked for that has none.
    """
    found = []
    for top in ("notebooks", "solutions"):
        for path in (root / top).glob("*/*/*.ipynb"):
            which = KIND.fullmatch(path.stem)
            name = path.parent.name
            if which and matches(name, unit) and track in (None, which[3]):
                kind = "solution" if top == "solutions" else which[1] or which[2]
                found.append(Built(path, name, which[3], kind))
    if not found:
        there = layout.units(root)
        raise SystemExit(
            f"There is no notebook for unit {unit or '(any)'} and track "
            f"{track or '(any)'}. The units are: {', '.join(there) or 'none yet'}; the "
            f"tracks are: {', '.join(layout.TRACKS)}. `make build` makes the notebooks."
        )
    return sorted(found, key=lambda b: (b.unit, b.track, ORDER.index(b.kind)))


def environment(ledger: Path | None = None, threads: int | None = None) -> dict:
    """Return what is added to the environment of the notebooks' kernels."""
    env = {"UNROLLED_STATIC": "1", "UNROLLED_STRICT": "0"}
    if ledger:
        env["UNROLLED_LEDGER"] = str(ledger)
    if threads:
        # Here, not above: in plain mode the package may not be installed.
        from unrolled.threads import fixed

        env |= fixed(threads)
    return env


def run_all(
    found: list[Built], env: Callable[[Built], dict], save: Callable[..., None]
) -> list[results.Outcome]:
    """Execute notebooks one after another, showing how far it is; never raises.

    `env(built)` is the kernel's environment, `save(built, notebook)` keeps the result.
    After Ctrl-C it returns what had ended by then.
    """
    from tqdm import tqdm

    from execute import NotebookFailed, execute

    outcomes = []
    cells = [_code_cells(built.path) for built in found]
    # Where nobody watches, a bar is noise in a log; the lines are enough.
    quiet = not sys.stderr.isatty()
    form = "{desc} |{bar}| {n_fmt} of {total_fmt} cells, {elapsed}"
    with tqdm(total=sum(cells), disable=quiet, leave=False, bar_format=form) as bar:
        for i, built in enumerate(found):
            bar.set_description_str(built.name)
            added, error, started = env(built), "", time.monotonic()
            try:
                save(
                    built,
                    execute(
                        built.path,
                        env=added,
                        may_fail=built.kind == "assignment",
                        on_cell=bar.update,
                    ),
                )
            except NotebookFailed as failed:
                error = str(failed)
            except KeyboardInterrupt:
                # The notebook that was cut short would complain of its kernel's end.
                logging.getLogger("asyncio").setLevel(logging.CRITICAL)
                break
            seconds = time.monotonic() - started
            ledger = added.get("UNROLLED_LEDGER")
            entries = results.read_ledger(Path(ledger)) if ledger else []
            outcomes.append(
                results.Outcome(
                    built.unit, built.track, built.kind, seconds, error, entries
                )
            )
            ended = f"FAILED\n  {error}" if error else f"{seconds:6.1f} s"
            bar.write(f"{built.name:<55}{ended}", file=sys.stdout)
            bar.n = sum(cells[: i + 1])  # those after a failure are not to come
    return outcomes


def _code_cells(path: Path) -> int:
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    return sum(cell.cell_type == "code" for cell in cells)


def run_course(root: Path, unit: str | None, track: str | None, to: Path) -> int:
    """Run everything asked for into `to`; returns the exit status of the command."""
    import nbformat

    found = find(root, unit, track)
    # What an earlier run measured is not to stand beside what this one does.
    report, ledgers = to / "RESULTS.md", to / "ledger"
    report.unlink(missing_ok=True)
    shutil.rmtree(ledgers, ignore_errors=True)
    ledgers.mkdir(parents=True)

    def save(built: Built, notebook: nbformat.NotebookNode) -> None:
        copy = to / built.path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, copy)

    def own(built: Built) -> dict:
        """A ledger for each, and for the table of a capstone the folder of its copy."""
        env = environment(ledgers / f"{built.name.replace(' ', '_')}.jsonl")
        copy = to / built.path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        return env | {"UNROLLED_CAPSTONE": str(copy.parent)}

    outcomes = run_all(found, own, save)
    asked = f"{f'Unit {unit}' if unit else 'Every unit'}, "
    asked += f"the {track} track" if track else "both tracks"
    if len(outcomes) < len(found):
        asked += f", stopped after {len(outcomes)} of {len(found)} notebooks"
    text = results.markdown(outcomes, asked, datetime.now())
    report.write_text(text, encoding="utf-8")
    print(f"\n{results.summary(outcomes)}\n")
    print(f"Executed copies and RESULTS.md are in {to.relative_to(root).as_posix()}/.")
    status = _said(results.faults(outcomes))
    if len(outcomes) < len(found):
        return _stopped(
            found[len(outcomes)],
            "The same command begins with the first notebook again; `make course "
            f"UNIT={found[len(outcomes)].unit}` runs this unit alone.",
        )
    return status


def run_in_place(root: Path, unit: str | None, track: str | None, force: bool) -> int:
    """Store outputs in lessons and solutions that lack them; returns an exit status."""
    import nbformat

    from execute import is_stale
    from notebook import text

    found = [
        built
        for built in find(root, unit, track)
        if built.kind != "assignment"
        and (force or is_stale(nbformat.read(built.path, as_version=4)))
    ]
    if not found:
        print("Every lesson and solution has its outputs (--force runs them anew).")
        return 0

    def save(built: Built, notebook: nbformat.NotebookNode) -> None:
        built.path.write_text(text(notebook), encoding="utf-8", newline="\n")

    # Two threads everywhere, so that timings in stored outputs can be compared.
    # And nothing is stored that was measured on what stands in for a set of data.
    env = environment(threads=2) | {"UNROLLED_FALLBACK": "0"}
    outcomes = run_all(found, lambda _: env, save)
    status = _said(results.faults(outcomes))
    if len(outcomes) < len(found):
        return _stopped(
            found[len(outcomes)],
            "What had ended is stored; the same command without FORCE goes on.",
        )
    return status


def _stopped(at: Built, advice: str) -> int:
    print(f"\nStopped at {at.name}. {advice}", file=sys.stderr)
    return 130


def _said(faults: list[str]) -> int:
    for fault in faults:
        print(f"\n{fault}", file=sys.stderr)
    return 1 if faults else 0


def main() -> int:
    """Read the command line and run; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("unit", nargs="?", help="a number or a folder's name")
    parser.add_argument("track", nargs="?", choices=as_script.TRACKS)
    parser.add_argument("kind", nargs="?", choices=KINDS[:2], default="lesson")
    parser.add_argument("--unit", dest="unit_option", metavar="UNIT")
    parser.add_argument("--track", dest="track_option", choices=as_script.TRACKS)
    parser.add_argument("--plain", action="store_true", help="without Jupyter")
    parser.add_argument("--without", default="", metavar="TAG", help="of --plain")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write copies there")
    parser.add_argument("--force", action="store_true", help="stored outputs too")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    args = parser.parse_args()
    unit, track = args.unit or args.unit_option, args.track or args.track_option
    root = args.root.resolve()
    if args.plain:
        return _plain(root, unit, track, args.kind, args.without)
    if args.to:
        return run_course(root, unit, track, (root / args.to).resolve())
    return run_in_place(root, unit, track, args.force)


def _plain(
    root: Path, unit: str | None, track: str | None, kind: str, without: str
) -> int:
    folders = [root / "lessons" / name for name in layout.units(root)]
    folder = next((f for f in folders if unit and matches(f.name, unit)), None)
    if folder is None or track is None:
        names = ", ".join(f.name for f in folders)
        print(
            "Say which unit and which track, as in `python tools/run.py --plain 11 "
            f"pytorch`. The units are: {names}.",
            file=sys.stderr,
        )
        return 2
    # A machine that only runs a lesson may have the clone and not the package.
    sys.path.insert(0, str(root / "src"))
    # This folder's modules must not stand in for others of the same names.
    sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != ROOT / "tools"]
    os.environ.setdefault("UNROLLED_STRICT", "0")
    try:
        as_script.run(folder / f"{kind}.py", track, without)
    except as_script.CellFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
