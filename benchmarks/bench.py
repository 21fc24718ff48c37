"""Measure how fast the course's language models learn, beside three references.

    python benchmarks/bench.py                          every row, 60 seconds each
    python benchmarks/bench.py --budget 200 --rows pytorch,tensorflow --split 90/10
    python benchmarks/bench.py --list | --table

Each row runs in a process of its own, one after the other. Each result is appended to
build/bench.jsonl as soon as it is there; the table is made from that file.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "build" / "bench.jsonl"
LISTED = {
    "pytorch": "unit 11's LSTM in PyTorch",
    "tensorflow": "unit 11's LSTM in TensorFlow",
    "min-char-rnn": "NumPy min-char-rnn: tanh 100, 25 steps, batch 1, Adagrad 0.1",
    "char-rnn": "char-rnn's default: LSTM 2 × 128 on one-hot, RMSProp 2e-3",
    "tensorflow-tutorial": "TensorFlow's tutorial: GRU 1024, batch 64 × 100, Adam",
    "five-gram": "counting: an interpolated 5-gram",
    "generate-pytorch": "1,000 characters from the PyTorch model",
    "generate-tensorflow": "1,000 characters from the TensorFlow model",
}


def runner(row: str) -> Callable:
    """Return the function that measures `row`; only its own framework is imported."""
    if row == "pytorch":
        import ours_pytorch

        return ours_pytorch.row
    if row == "tensorflow":
        import ours_tensorflow

        return ours_tensorflow.row
    if row.startswith("generate-"):
        import generation

        return generation.ROWS[row]
    import references

    return references.ROWS[row]


def measure(row: str, args: argparse.Namespace) -> dict:
    """Run one row in this process and return everything that is known about it."""
    from common import Settings, task

    settings = Settings(args.budget, args.threads, args.seed, args.split, args.clock)
    result = runner(row)(task(args.split, args.corpus, args.limit), settings)
    return {"row": row, **asdict(settings), **asdict(result), "on": machine()}


def machine() -> dict[str, str]:
    """Return what a reader needs to know of the machine; no name and no path of it."""
    cpu = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        lines = facts.read_text().splitlines()
        named = [k.split(":")[1].strip() for k in lines if k.startswith("model name")]
        cpu = named[0] if named else cpu
    packages = ("numpy", "torch", "tensorflow", "keras")
    versions = {name: version(name) for name in packages}
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "system": platform.system(),
        "python": platform.python_version(),
        **versions,
    }


def alone(row: str, args: argparse.Namespace) -> dict:
    """Measure `row` in a fresh process whose libraries see the right thread count."""
    from processes import in_own_process

    given = ["--here", "--rows", row]
    for name in ("budget", "threads", "seed", "split", "clock", "corpus", "limit"):
        given += [f"--{name}", str(getattr(args, name))]
    return in_own_process(Path(__file__), given, args.threads)


def read(path: Path) -> list[dict]:
    """Return every measured row, the oldest first."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def table(results: list[dict]) -> str:
    """Return Markdown tables, one a split and budget; of a row, the newest result."""
    if not results:
        return "Nothing has been measured yet: run `python benchmarks/bench.py`."
    latest = {}
    for r in results:
        latest[r["split"], r["budget"], r["threads"], r["seed"], r["row"]] = r
    order = list(LISTED)
    parts, seen = [], None
    key = lambda k: (SPLITS.index(k[0]), k[1], k[2], order.index(k[4]), k[3])  # noqa: E731
    for name in sorted(latest, key=key):
        r = latest[name]
        split, budget, threads, *_ = name
        if (split, budget, threads) != seen:
            seen = (split, budget, threads)
            parts.append(
                f"\n**{split}, {budget:g} seconds of training, {threads} "
                f"thread{'s' * (threads != 1)}**\n\n"
                "| row | seed | nats | bits | mixed with a table, nats | characters/s "
                "| parameters | seconds | evaluation |\n"
                "| --- | --: | --: | --: | --: | --: | --: | --: | --: |"
            )
        speed = r["characters"] / r["seconds"] if r["seconds"] else 0.0
        nats = f"{r['nats']:.4f} | {r['nats'] / 0.693147:.4f}" if r["nats"] else "— | —"
        mixed = f"{r['mixed']:.4f}" if r["mixed"] else "—"
        parts.append(
            f"| {LISTED[r['row']]} | {r['seed']} | {nats} | {mixed} | {speed:,.0f} | "
            f"{r['parameters']:,} | {r['seconds']:.1f} | "
            f"{r['evaluation_seconds']:.1f} s |"
        )
    facts = ", ".join(f"{k} {v}" for k, v in results[-1]["on"].items())
    return "\n".join(parts).strip() + f"\n\nMeasured on: {facts}."


SPLITS = ["95/5", "90/10"]


def main() -> int:
    """Read the command line, measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--budget", type=float, default=60.0, help="seconds")
    parser.add_argument("--rows", default=",".join(LISTED), help="comma-separated")
    parser.add_argument("--split", default="95/5", choices=SPLITS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clock", default="wall", choices=["wall", "cpu"])
    parser.add_argument("--corpus", default="tiny-shakespeare")
    parser.add_argument("--limit", type=int, default=0, help="first characters only")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--list", action="store_true", help="say what rows there are")
    parser.add_argument("--table", action="store_true", help="print what is measured")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    rows = [row.strip() for row in args.rows.split(",")]
    unknown = [row for row in rows if row not in LISTED]
    if unknown:
        parser.error(f"no row is called {unknown[0]!r}; there are {', '.join(LISTED)}")
    if args.list:
        print("\n".join(f"{name:20} {what}" for name, what in LISTED.items()))
    elif args.table:
        print(table(read(args.results) if args.results.exists() else []))
    elif args.here:
        print(json.dumps(measure(rows[0], args)))
    else:
        args.results.parent.mkdir(parents=True, exist_ok=True)
        for row in rows:
            result = alone(row, args)
            with args.results.open("a") as file:
                file.write(json.dumps(result) + "\n")
            told = f"{result['nats']:.4f} nats, " if result["nats"] else ""
            print(f"{row}: {told}{result['seconds']:.2f} s", flush=True)
        print("\n" + table(read(args.results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
