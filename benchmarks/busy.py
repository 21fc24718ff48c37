"""Measure PyTorch on a quiet machine, and beside programs that hold its cores.

    python benchmarks/busy.py                        sixty passes of an LSTM
    python benchmarks/busy.py --rounds 9 --loops 4
    python benchmarks/busy.py --lessons 05,11        whole lessons, as scripts
    python benchmarks/busy.py --lessons all --track tensorflow

Every row of the passes runs in a process of its own. They take turns: in each round
every row is measured once, first alone and then beside the loops. A lesson runs with
the course's settings, in seconds of the clock on the wall, imports included.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from unrolled.source.layout import TRACKS
from unrolled.threads import BRIEFLY, SHARED_OUT, fixed

ROOT = Path(__file__).resolve().parents[1]
COURSE = "as the course sets it"
SETTINGS = {
    # What GNU's OpenMP does when nobody has told it anything.
    "as PyTorch comes": {"GOMP_SPINCOUNT": "300000"},
    COURSE: {},
    "waiting threads sleep at once": {"OMP_WAIT_POLICY": "passive"},
    "one thread": fixed(1),
}


def child(n_passes: int) -> None:
    """Get ready; then, for every line that comes in, print the seconds of the passes.

    One pass reads a batch of 32 sequences of 64 steps into 192 units.
    """
    import torch

    torch.manual_seed(0)
    layer = torch.nn.LSTM(64, 192, batch_first=True)
    x = torch.randn(32, 64, 64)
    with torch.no_grad():
        layer(x)
        print("ready", flush=True)
        for _ in sys.stdin:
            began = time.perf_counter()
            for _ in range(n_passes):
                layer(x)
            print(time.perf_counter() - began, flush=True)


def environment(setting: dict[str, str]) -> dict[str, str]:
    """Return this environment with one setting, and nothing that was set before."""
    ours = {*BRIEFLY, *SHARED_OUT, *fixed(1), "OMP_WAIT_POLICY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | setting


@contextlib.contextmanager
def loops(n: int) -> Iterator[None]:
    """Keep `n` processes busy meanwhile."""
    running = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(n)
    ]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def passes(
    n_passes: int, rounds: int, n_loops: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Return, for each setting, the seconds of each round: alone, beside the loops."""
    children = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--child", str(n_passes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(setting),
        )
        for name, setting in SETTINGS.items()
    }
    found = {name: ([], []) for name in SETTINGS}
    for name, process in children.items():
        if not process.stdout.readline():
            sys.exit(f"The row {name!r} ended before it was measured; see above.")
    for _ in range(rounds):
        for k in (0, 1):
            with loops(n_loops * k):
                for name, process in children.items():
                    process.stdin.write("again\n")
                    process.stdin.flush()
                    found[name][k].append(float(process.stdout.readline()))
    for process in children.values():
        process.stdin.close()
        process.wait()
    return found


def lesson(unit: str, track: str) -> float:
    """Return the seconds of a lesson, as a script, with the course's settings."""
    command = [sys.executable, "tools/run.py", "--plain", unit, track]
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=environment({}), capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"Unit {unit} failed:\n{done.stderr}")
    return time.perf_counter() - began


def passes_table(found: dict[str, tuple[list[float], list[float]]]) -> list[str]:
    """Return table lines: seconds alone and beside the loops, and the worst of these.

    `× course` is the median over the rounds of the ratio to the course's settings,
    alone: what a setting costs on a quiet machine.
    """
    lines = []
    for name, (alone, beside) in found.items():
        pairs = zip(alone, found[COURSE][0], strict=True)
        costs = statistics.median(one / course for one, course in pairs)
        lines.append(
            f"| {name} | {statistics.median(alone):.2f} | {costs:.2f} "
            f"| {statistics.median(beside):.2f} | {max(beside):.2f} |"
        )
    return lines


def main() -> None:
    """Read the command line, measure, and print Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    cores = os.cpu_count() or 1
    parser.add_argument("--loops", type=int, default=cores, help="as many as cores")
    parser.add_argument("--lessons", help="numbers, 05,11 say, or all")
    parser.add_argument("--track", choices=TRACKS, default="pytorch")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child)
        return
    machine = f"{cores} cores, {args.loops} busy loops"
    if hasattr(os, "getloadavg"):
        machine += f", load {os.getloadavg()[0]:.1f} before"
    if not args.lessons:
        print("| threads | alone, s | × course | beside, s | at worst, s |")
        print("| --- | --: | --: | --: | --: |")
        print("\n".join(passes_table(passes(args.passes, args.rounds, args.loops))))
        print(f"\n{args.passes} passes of an LSTM; {args.rounds} rounds; {machine}.")
        return
    folders = sorted(p.name for p in (ROOT / "lessons").glob("[0-9][0-9]-*"))
    units = [name for name in folders if args.lessons == "all"]
    units = units or args.lessons.split(",")
    print(f"| {args.track} lesson | alone, s | beside, s | × |")
    print("| --- | --: | --: | --: |")
    for unit in units:
        alone = lesson(unit, args.track)
        with loops(args.loops):
            beside = lesson(unit, args.track)
        row = f"| {unit} | {alone:.0f} | {beside:.0f} | {beside / alone:.1f} |"
        print(row, flush=True)
    print(f"\nWhole lessons as scripts; {machine}.")


if __name__ == "__main__":
    main()
