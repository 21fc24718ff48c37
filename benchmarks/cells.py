"""Measure our NumPy cells beside PyTorch, Keras and min-char-rnn.

    python benchmarks/cells.py                       three cells, one thread each
    python benchmarks/cells.py --threads 2 --rounds 9 --cells lstm
    python benchmarks/cells.py --clock cpu           on a machine that others use too

Every row runs in a process of its own. They take turns: in each round every row is
measured once, so that what disturbs the machine disturbs all of them. A ratio is the
median of the ratios within the rounds.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from unrolled.threads import fixed

LAYERS, CHARACTERS = (
    ("numpy", "pytorch", "keras"),
    ("numpy characters", "min-char-rnn", "one by one"),
)
NAMES = {
    "numpy": "`unrolled.cells` (NumPy)",
    "pytorch": "`torch.nn`",
    "keras": "`keras.layers`, compiled",
    "numpy characters": "our RNN of 100 units, 32 × 64, float32",
    "min-char-rnn": "min-char-rnn's setting, as in `references.py`",
    "one by one": "min-char-rnn's setting, one symbol at a time",
}


def child(row: str, kind: str, seconds: float, clock: str) -> None:
    """Get ready; then, for every line that comes in, print the seconds of one step."""
    from cell_rows import ROWS

    now = time.process_time if clock == "cpu" else time.perf_counter
    step, symbols = ROWS[row](kind)
    for _ in range(3):
        step()
    print(symbols, flush=True)
    for _ in sys.stdin:
        times, began = [], now()
        while now() - began < seconds:
            before = now()
            step()
            times.append(now() - before)
        print(statistics.median(times), flush=True)


def measure(
    rows: tuple[str, ...], kind: str, args: argparse.Namespace
) -> dict[str, tuple[int, list[float]]]:
    """Return, for each row, its symbols a step and the seconds a step in each round."""
    # Here a layer is measured by itself: its products may be shared in Keras too.
    limits = fixed(args.threads) | {"TF_NUM_INTRAOP_THREADS": str(args.threads)}
    children, found = {}, {}
    for row in rows:
        command = [sys.executable, __file__, "--child", row, "--cells", kind]
        children[row] = subprocess.Popen(
            [*command, "--seconds", str(args.seconds), "--clock", args.clock],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **limits},
        )
        ready = children[row].stdout.readline()
        if not ready:
            sys.exit(f"The row {row!r} ended before it was measured; see above.")
        found[row] = (int(ready), [])
    for _ in range(args.rounds):
        for row, process in children.items():
            process.stdin.write("again\n")
            process.stdin.flush()
            found[row][1].append(float(process.stdout.readline()))
    for process in children.values():
        process.stdin.close()
        process.wait()
    return found


def ratio(one: list[float], other: list[float]) -> float:
    """Return how many times longer `one` took, the median over the rounds."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def layers_table(found: dict, kind: str) -> list[str]:
    """Return table lines: milliseconds for forward and backward, ratio to PyTorch."""
    lines = []
    for row, (symbols, seconds) in found.items():
        middle = statistics.median(seconds)
        per_step = 1e6 * middle / (symbols / 32)
        times = ratio(seconds, found["pytorch"][1])
        lines.append(
            f"| {kind.upper()}: {NAMES[row]} | {1e3 * middle:.1f} | {per_step:.0f} "
            f"| {times:.2f} |"
        )
    return lines


def characters_table(found: dict) -> list[str]:
    """Return table lines: characters a second, and how many times ours is that."""
    symbols, ours = found["numpy characters"]
    lines = []
    for row, (n, seconds) in found.items():
        times = ratio(seconds, ours) * symbols / n
        speed = n / statistics.median(seconds)
        lines.append(f"| {NAMES[row]} | {speed:,.0f} | {times:.1f} |")
    return lines


def main() -> None:
    """Measure what the command line asks for and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", default="lstm,gru,rnn", help="lstm, gru, rnn")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="a row and round")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.cells, args.seconds, args.clock)
        return
    print("Forward and backward, batch 32, 64 steps, 128 → 128, float32\n")
    print("| layer | ms | µs a time step | × PyTorch |\n| --- | --: | --: | --: |")
    for kind in args.cells.split(","):
        found = measure(LAYERS, kind, args)
        print("\n".join(layers_table(found, kind)), flush=True)
    print("\nTraining on characters: forward, backward, Adagrad\n")
    print("| | characters/s | ours is × |\n| --- | --: | --: |")
    print("\n".join(characters_table(measure(CHARACTERS, "rnn", args))))
    packages = ("numpy", "torch", "tensorflow", "keras")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"\n{args.threads} thread(s) each, {args.clock} clock, {args.rounds} rounds of "
        f"{args.seconds} s; {os.cpu_count()} cores{load}, {platform.system()}, "
        f"{versions}."
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
