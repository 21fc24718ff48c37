"""Every test of the course, step by step, with the seconds that each step took."""

import os
import subprocess
import sys
import time
from pathlib import Path

from unrolled import threads

ROOT = Path(__file__).resolve().parents[1]
# Two processes with two threads each on two cores run up to ten times slower than with
# one thread each.
ENV = threads.fixed(1) | {
    "UNROLLED_STATIC": "1",
    "UNROLLED_STRICT": "1",  # a result outside its window is an error
    "PYTHONUTF8": "1",
}
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadfile")
COVERAGE = ("--cov=unrolled", "--cov-report=term:skip-covered", "--cov-fail-under=90")
NBVAL = (
    *("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout", "300"),
    # A kernel must start while another process imports a framework.
    *("--nbval-kernel-startup-timeout", "180"),
)
# pytest comes last, so that its own summary closes the run.
STEPS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "build check": ("tools/build.py", "--check"),
    "tests": (*PYTEST, *COVERAGE, "--durations=10", "tests"),
    "notebooks": (*PYTEST, *NBVAL, "notebooks", "solutions"),
}


def main() -> int:
    """Run every step, also after one that failed; returns the exit status."""
    failed = []
    for name, command in STEPS.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.call(
            [sys.executable, *command], cwd=ROOT, env=os.environ | ENV
        )
        ended = "failed" if status else "passed"
        failed += [name] if status else []
        if name != list(STEPS)[-1]:
            print(f"== {name} {ended} in {time.monotonic() - started:.0f} s")
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped. The suite has no memory: it begins anew.", file=sys.stderr)
        sys.exit(130)
