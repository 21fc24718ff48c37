"""Run a lesson once for each seed; the framework is imported once, and forked.

    python tools/run_seeds.py UNIT TRACK FOLDER SEED [SEED ...] [--jobs N]

What a run recorded goes to FOLDER/TRACK-SEED.jsonl, and what it printed, while it runs,
to a file beside it. Prints each seed that is done. Where Python cannot fork
(Windows), every run is a process of its own.
"""

import argparse
import importlib
import os
import subprocess
import sys
import traceback
from pathlib import Path

import as_script
from unrolled import threads
from unrolled.backends import BEFORE_FORKING
from unrolled.backends.quiet import parked_stderr

ROOT = Path(__file__).resolve().parent.parent


class RunFailed(Exception):
    """A run that ended with an error, or recorded nothing; holds what it printed."""


def settings(seed: int, ledger: Path) -> dict[str, str]:
    """Return the environment of one run."""
    return threads.fixed(1) | {
        "UNROLLED_SEED": str(seed),
        "UNROLLED_LEDGER": str(ledger),
        "UNROLLED_STRICT": "0",
        "UNROLLED_FALLBACK": "0",  # a window on other data would be none
    }


class Runs:
    """Runs of one unit's lesson in one track; `start` begins one, `wait` ends one."""

    def __init__(self, unit: str, track: str, folder: Path):
        self.unit, self.track, self.folder = unit, track, folder
        self.lesson = ROOT / "lessons" / unit / "lesson.py"
        self.running: dict[int, int] = {}  # process: seed

    def start(self, seed: int) -> None:
        """Begin a run in a child."""
        part, said = self._part(seed), self._said(seed)
        part.unlink(missing_ok=True)
        pid = os.fork()
        if pid:
            self.running[pid] = seed
            return
        status = 1
        try:
            with open(said, "w", encoding="utf-8") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            os.environ.update(settings(seed, part))
            as_script.run(self.lesson, self.track, "aside")
            status = 0
        except as_script.CellFailed as error:
            print(error, file=sys.stderr)
        except Exception:  # this process ends below, before Python would print it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def wait(self) -> int:
        """Wait for a run to end; return its seed. Raises RunFailed."""
        pid, status = os.wait()
        seed = self.running.pop(pid)
        return self._ended(seed, os.waitstatus_to_exitcode(status))

    def alone(self, seed: int) -> int:
        """Run in a process of its own; return the seed. Raises RunFailed."""
        command = [sys.executable, "tools/run.py", "--plain", self.unit, self.track]
        command += ["lesson", "--without", "aside"]
        self._part(seed).unlink(missing_ok=True)
        with self._said(seed).open("w", encoding="utf-8") as out:
            status = subprocess.call(
                command,
                cwd=ROOT,
                env=os.environ | settings(seed, self._part(seed)),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        return self._ended(seed, status)

    def _ended(self, seed: int, status: int) -> int:
        part, said = self._part(seed), self._said(seed)
        if status or not part.exists():
            raise RunFailed(
                f"The {self.track} lesson of {self.unit} failed with seed {seed}, or "
                f"recorded nothing:\n{said.read_text('utf-8')[-3000:]}"
            )
        part.rename(part.with_suffix(".jsonl"))
        said.unlink()
        return seed

    def _part(self, seed: int) -> Path:
        return self.folder / f"{self.track}-{seed}.part"

    def _said(self, seed: int) -> Path:
        return self.folder / f"{self.track}-{seed}.out"


def main() -> int:
    """Do what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("unit")
    parser.add_argument("track", choices=as_script.TRACKS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    runs = Runs(asked.unit, asked.track, asked.folder.resolve())
    try:
        if not hasattr(os, "fork"):
            for seed in asked.seeds:
                print(runs.alone(seed), flush=True)
            return 0
        os.environ.update(threads.fixed(1))  # read when the framework is imported
        with parked_stderr():
            for name in BEFORE_FORKING[asked.track]:
                importlib.import_module(name)
        for seed in asked.seeds:
            if len(runs.running) == asked.jobs:
                print(runs.wait(), flush=True)
            runs.start(seed)
        while runs.running:
            print(runs.wait(), flush=True)
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
