"""Measure text classification: ours, counting, and re-written published configurations.

    python benchmarks/classification.py                     the whole table
    python benchmarks/classification.py --rows ours-pytorch-vectors --seeds 3
    python benchmarks/classification.py --epoch             seconds for an epoch
    python benchmarks/classification.py --list | --table

Each run is a process of its own with one seed; `--jobs` of them side by side. What is
measured is appended to build/classification.jsonl and not measured again, so a run that
was broken off goes on. Every network row has the same seconds, `--budget`; those of the
pre-training are counted in.
"""

import argparse
import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "build" / "classification.jsonl"
SETS = ("rotten-tomatoes", "ag-news")
COUNTED = ("majority", "linear")
ABOUT_FILMS = ("rotten-tomatoes",)  # what vectors from film reviews are for
LISTED = {
    "ours-pytorch-vectors": "ours in PyTorch, vectors from unlabelled reviews",
    "ours-tensorflow-vectors": "ours in TensorFlow, vectors from unlabelled reviews",
    "ours-pytorch": "ours in PyTorch, from scratch",
    "ours-tensorflow": "ours in TensorFlow, from scratch",
    "linear": "TF-IDF of words and pairs, logistic regression",
    "majority": "the majority",
    "afb-pytorch-rnn": "PyTorch: RNN 32, mean over all states",
    "afb-pytorch-lstm": "PyTorch: LSTM 32, the state after the padding",
    "afb-pytorch-packed": "PyTorch: LSTM 32, packed",
    "afb-tensorflow-rnn": "TensorFlow: SimpleRNN 16, no mask",
    "afb-tensorflow-rnn-masked": "TensorFlow: SimpleRNN 16, masked",
    "afb-tensorflow-lstm": "TensorFlow: LSTM 8, masked",
    "afb-tensorflow-bilstm": "TensorFlow: 2 × BiLSTM 64, masked",
}


def measure(row: str, name: str, seed: int, args: argparse.Namespace) -> dict:
    """Run one row in this process; only its own framework is imported."""
    from classify_task import task
    from common import Settings

    one = task(name, args.held_out, args.limit)
    settings = Settings(args.budget, args.threads, seed, "", args.clock)
    if row in COUNTED:
        return counted(row, one, settings)
    if "pytorch" in row:
        import classify_pytorch as frame
    else:
        import classify_tensorflow as frame
    import classify_rows

    if row.startswith("ours"):
        pretrained = row.endswith("vectors")
        return classify_rows.ours(frame, one, settings, pretrained, args.limit)
    return classify_rows.published(frame, one, settings, row)


def counted(row: str, one, settings) -> dict:
    """Return the accuracy of a model that has no seed and trains once."""
    from common import Clock
    from unrolled import baselines

    clock, truth = Clock(settings), one.y[one.test]
    if row == "majority":
        found = baselines.majority(one.y[one.train], truth)
    else:
        train, test = ([one.texts[k] for k in rows] for rows in (one.train, one.test))
        found = baselines.linear_words(train, one.y[one.train]).score(test, truth)
    seconds = clock.seconds
    return {"accuracy": float(found), "seconds": seconds, "epochs": 0, "parameters": 0}


def alone(row: str, name: str, seed: int, args: argparse.Namespace) -> dict:
    """Measure one row with one seed in a fresh process."""
    from processes import in_own_process

    given = ["--here", "--rows", row, "--sets", name, "--seeds", str(seed)]
    for option in ("budget", "threads", "clock", "limit"):
        given += [f"--{option}", str(getattr(args, option))]
    given += ["--held-out"] * args.held_out
    return in_own_process(Path(__file__), given, args.threads)


def key_of(row: str, name: str, seed: int, args: argparse.Namespace) -> dict:
    """Return what tells one run from all others."""
    about = {"row": row, "set": name, "seed": seed}
    options = ("budget", "threads", "clock", "limit", "held_out")
    return about | {option: getattr(args, option) for option in options}


def run_all(rows: list[str], args: argparse.Namespace) -> None:
    """Measure what is missing, `--jobs` runs side by side."""
    kept = read(args.results)
    there = [{k: v for k, v in one.items() if k not in MEASURED} for one in kept]
    todo = [
        (row, name, seed)
        for seed in range(args.seeds)
        for name in args.sets.split(",")
        for row in rows
        if (seed == 0 or row not in COUNTED)
        and (name in ABOUT_FILMS or not row.endswith("vectors") or args.everywhere)
        and key_of(row, name, seed, args) not in there
    ]
    if any(row.endswith("vectors") for row, _, _ in todo):
        from classify_task import vectors  # once, with nothing beside it

        print(f"vectors: {vectors(args.limit, args.clock)[2]:.1f} s", flush=True)
    args.results.parent.mkdir(parents=True, exist_ok=True)

    def one(run: tuple[str, str, int]) -> None:
        found = key_of(*run, args) | alone(*run, args)
        with args.results.open("a") as file:
            file.write(json.dumps(found) + "\n")
        said = f"{found['accuracy']:.4f}, {found['seconds']:.1f} s"
        if "mixed" in found:
            said += (
                f", mixed {found['mixed']:.4f} ({found['mixed_seconds']:.1f} s more)"
            )
        print(*run, said, f"{found['epochs']:.1f} epochs", flush=True)

    with ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(one, todo))


MEASURED = (
    "accuracy",
    "seconds",
    "epochs",
    "parameters",
    "mixed",
    "mixed_seconds",
)


def read(path: Path) -> list[dict]:
    """Return every measured run, the oldest first."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def table(results: list[dict], args: argparse.Namespace) -> str:
    """Return one Markdown table for each set: mean, spread, range, seconds, epochs."""
    parts = []
    for name in SETS:
        lines = []
        for row, what in LISTED.items():
            wanted = key_of(row, name, 0, args)
            wanted.pop("seed")
            runs = [r for r in results if all(r.get(k) == v for k, v in wanted.items())]
            if runs:
                lines.append((row, what, runs))
        if not lines:
            continue
        parts.append(
            f"\n**{name}**, {args.budget:g} seconds, {args.threads} thread(s)"
            f"{', held-out training rows' * args.held_out}\n\n"
            "| | accuracy | sd | least – most | mixed with the linear model | seeds "
            "| seconds | epochs |\n| --- | --: | --: | --: | --: | --: | --: | --: |"
        )
        for _, what, runs in lines:
            found = [r["accuracy"] for r in runs]
            spread = f"{statistics.stdev(found):.4f}" if len(found) > 1 else "—"
            seconds, epochs = (
                statistics.fmean(r[k] for r in runs) for k in ("seconds", "epochs")
            )
            mixed = [r["mixed"] for r in runs if "mixed" in r]
            both = f"{statistics.fmean(mixed):.4f}" if mixed else "—"
            if len(mixed) > 1:
                both += f" ± {statistics.stdev(mixed):.4f}"
            parts.append(
                f"| {what} | {statistics.fmean(found):.4f} | {spread} | "
                f"{min(found):.4f} – {max(found):.4f} | {both} | {len(found)} | "
                f"{seconds:.1f} | "
                f"{epochs:.1f} |"
            )
    return "\n".join(parts).strip() or "Nothing has been measured yet."


def main() -> int:
    """Read the command line, measure, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--budget", type=float, default=60.0, help="seconds a run")
    parser.add_argument("--rows", default=",".join(LISTED), help="comma-separated")
    parser.add_argument("--sets", default=",".join(SETS), help="comma-separated")
    parser.add_argument("--seeds", type=int, default=10, help="how many: 0, 1, …")
    parser.add_argument("--jobs", type=int, default=2, help="runs side by side")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    parser.add_argument("--clock", default="wall", choices=["wall", "cpu"])
    parser.add_argument("--limit", type=int, default=0, help="so many rows only")
    parser.add_argument("--held-out", action="store_true", help="choose, not test")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--everywhere", action="store_true", help="vectors for news")
    parser.add_argument("--epoch", action="store_true", help="seconds for an epoch")
    parser.add_argument("--list", action="store_true", help="say what rows there are")
    parser.add_argument("--table", action="store_true", help="print what is measured")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    rows = [row.strip() for row in args.rows.split(",")]
    unknown = [row for row in rows if row not in LISTED]
    if unknown:
        parser.error(f"no row is called {unknown[0]!r}; there are {', '.join(LISTED)}")
    if args.list:
        print("\n".join(f"{name:26} {what}" for name, what in LISTED.items()))
    elif args.epoch:
        import classify_epochs

        print(classify_epochs.table(args))
    elif args.here:
        print(json.dumps(measure(rows[0], args.sets, args.seeds, args)))
    else:
        if not args.table:
            began = time.perf_counter()
            run_all(rows, args)
            print(f"{(time.perf_counter() - began) / 60:.0f} minutes\n")
        print(table(read(args.results), args))
    return 0


if __name__ == "__main__":
    sys.exit(main())
