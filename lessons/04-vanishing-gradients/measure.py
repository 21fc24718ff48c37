"""Count how many of ten networks learn, for the README's two tables.

    python lessons/04-vanishing-gradients/measure.py pytorch      # about 8 minutes
    python lessons/04-vanishing-gradients/measure.py tensorflow
    python lessons/04-vanishing-gradients/measure.py tables       # print both tables

It runs the lesson's own cells with ten seeds and writes `measured.json`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
FILE = HERE / "measured.json"
SEEDS = 10
LEARNED = 0.9  # a network that is right more often has learned the task
NEEDED = {
    *("imports", "framework", "words", "sentences", "reader", "train", "score"),
    *("learn", "two-numbers", "radius", "orthogonal", "recall"),
}
RECALL = (10, 30, 60)  # steps between the symbol and the question
PHRASES = (0, 2, 4, 6)  # of the clause: 6, 12, 18, 24 words


def lesson(track: str) -> dict[str, Any]:
    """Return the names that the lesson's cells define, up to its first experiment."""
    sys.path.insert(0, str(HERE.parent.parent / "tools"))
    import as_script

    names: dict[str, Any] = {"__name__": "__main__", "n_hidden": 64}
    for cell in as_script.cells(HERE / "lesson.py", track):
        if cell.name in NEEDED:
            exec(compile(cell.code, cell.name, "exec"), names)
    return names


def one_seed(names: dict[str, Any], seed: int) -> dict[str, float]:
    """Return the accuracy of every network of one seed, by what it had to do."""
    names["SEED"], cells = seed, names["cells"]
    q = names["orthogonal"](64, np.random.default_rng(seed))
    found = {}
    plain = cells.rnn_weights(8, 64, np.random.default_rng(seed))
    for start, weights in (("uniform", plain), ("orthogonal", plain._replace(w_h=q))):
        for steps in RECALL:
            right, *_ = names["try_recall"](steps, weights)
            found[f"recall {start} {steps}"] = right
    rng = np.random.default_rng(seed)
    plain = cells.rnn_weights(21, 64, rng)
    for start, weights in (("uniform", plain), ("orthogonal", plain._replace(w_h=q))):
        for phrases in PHRASES:
            batches = [names["sentences"](64, phrases, rng) for _ in range(300)]
            model, *_ = names["learn"](batches, weights, n_out=2)
            right = names["score"](model, *names["sentences"](1000, phrases, rng))
            found[f"agreement {start} {6 + 3 * phrases}"] = right
    return {name: float(right) for name, right in found.items()}


def measure(track: str) -> None:
    """Measure every seed that is not in the file yet, and write each at once."""
    names = lesson(track)
    for seed in range(SEEDS):
        kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        if str(seed) in kept.get(track, {}):
            continue
        found = one_seed(names, seed)
        kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        kept.setdefault(track, {})[str(seed)] = found
        FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
        print(track, seed, found, flush=True)


def tables() -> None:
    """Print both tables as Markdown: of ten networks, how many learned."""
    kept = json.loads(FILE.read_text("utf-8"))

    def learned(task: str, track: str) -> str:
        runs = [run[task] for run in kept[track].values()]
        return f"{sum(right > LEARNED for right in runs)} of {len(runs)}"

    for task, sizes in (("recall", RECALL), ("agreement", (6, 12, 18, 24))):
        print("| start | " + " | ".join(map(str, sizes)) + " |")
        print("| --- |" + " --- |" * len(sizes))
        for start in ("uniform", "orthogonal"):
            for track, name in (("pytorch", "PyTorch"), ("tensorflow", "TensorFlow")):
                row = [learned(f"{task} {start} {n}", track) for n in sizes]
                print(f"| {start}, {name} | " + " | ".join(row) + " |")
        print()


if __name__ == "__main__":
    if sys.argv[1:] == ["tables"]:
        tables()
    else:
        measure(sys.argv[1])
