"""Measure what the README's tables say, on the lesson's sentences.

    python lessons/08-padding-and-masking/measure.py groups   # counting groups of words
    python lessons/08-padding-and-masking/measure.py pads     # how long until it learns
    python lessons/08-padding-and-masking/measure.py untold   # trained with lengths

Each writes its part of `measured.json`; `figures.py` renews the tables in the README.
PyTorch, with the lesson's own cells. Every network gets the rate that was best for a
seed of its own, on held-out sentences; the score is that of other, new sentences.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from unrolled import batches, measured

HERE = Path(__file__).resolve().parent
FILE = HERE / "measured.json"
NEEDED = {"imports", "framework", "sentences", "far", "network", "told", "learn", "ask"}
RATES, SEEDS, CHOOSING = (0.003, 0.01, 0.03), 5, 100
LOOK, ENOUGH = 50, 0.95  # held out every 50 updates; above 0.95 the task is learned
MOST = {"50 pads more": 1000}  # updates; the others may take 2,000
# In what company the sentences stand, and what the network is told.
KINDS = (
    "packed",
    "buckets",
    "at random",
    "rectangle",
    "rectangle, forget bias 5",
    "rectangle, pads on the left",
    "50 pads more",
)


def lesson() -> SimpleNamespace:
    """Return the names that the lesson's first cells define, PyTorch's track."""
    sys.path.insert(0, str(HERE.parent.parent / "tools"))
    import as_script

    names = {"__name__": "__main__"}
    for cell in as_script.cells(HERE / "lesson.py", "pytorch"):
        if cell.name in NEEDED:
            exec(compile(cell.code, cell.name, "exec"), names)
    return SimpleNamespace(**names)


def keep(name: str, value: object) -> None:
    """Write one value into `measured.json`, at once."""
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    kept[name] = value
    text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
    FILE.write_text(text, "utf-8", newline="\n")
    print(name, value, flush=True)


# ---- groups: what a linear model reaches that counts ---------------------------------


def groups_of(x: np.ndarray, k: int) -> Counter:
    """Return how often each group of up to k neighbors stands in a sentence."""
    ids = x.tolist()
    return Counter(
        str(ids[i : i + n]) for n in range(1, k + 1) for i in range(len(ids) - n + 1)
    )


def before(x: np.ndarray) -> dict:
    """Return which word stands somewhere before which, at any distance."""
    ids = x.tolist()
    return {f"{a} < {b}": 1 for i, a in enumerate(ids) for b in set(ids[i + 1 :])}


def linear(features, train: tuple, test: tuple) -> float:
    """Return the accuracy of a logistic regression on `features(sentence)`, a dict."""
    rows, best = DictVectorizer(), (-1.0, 0.0)
    (x, y), (x_test, y_test) = train, test
    cut = len(x) * 3 // 4  # the last quarter chooses the penalty
    counted = [features(one) for one in x]
    inner, outer = rows.fit_transform(counted[:cut]), rows.transform(counted[cut:])
    for strength in (0.01, 0.1, 1.0, 10.0):
        model = LogisticRegression(C=strength, max_iter=2000).fit(inner, y[:cut])
        best = max(best, (model.score(outer, y[cut:]), strength))
    model = LogisticRegression(C=best[1], max_iter=2000)
    model.fit(rows.fit_transform(counted), y)
    return model.score(rows.transform([features(one) for one in x_test]), y_test)


def groups(unit: SimpleNamespace) -> None:
    """Score counts of words, pairs, triples and order, and the LSTM, on both tasks."""
    for task, make in (("near", unit.sentence), ("far", unit.far_sentence)):
        found: dict[str, list[float]] = {}
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            train, test = (unit.sentences(n, rng, make) for n in (1600, 1000))
            for k in (1, 2, 3):
                score = linear(lambda x, k=k: groups_of(x, k), train, test)
                found.setdefault(f"groups of {k}", []).append(score)
            score = linear(before, train, test)
            found.setdefault("before", []).append(score)
        for name in ("groups of 1", "groups of 2", "groups of 3", "before"):
            keep(f"{task}, {name}", {"test": found[name]})
        rate = choose(unit, "packed", make)
        runs = [train_one(unit, "packed", rate, s, make) for s in range(SEEDS)]
        keep(f"{task}, LSTM", joined(rate, runs))


# ---- pads: updates until the task is learned -----------------------------------------


def arranged(kind: str, xs: list, y: np.ndarray, rng: np.random.Generator) -> list:
    """Return minibatches (x, mask, y) of an epoch, as `kind` arranges them."""
    if kind == "buckets":
        return list(batches.Buckets(xs, y, 32, rng))
    side = "left" if "left" in kind else "right"
    more = 50 if kind == "50 pads more" else 0
    x, mask = (
        np.pad(a, ((0, 0), (0, more))) for a in batches.pad(xs, side=side)
    )  # (n, time)
    parts = np.array_split(rng.permutation(len(y)), len(y) // 32)
    made = [(x[rows], mask[rows], y[rows]) for rows in parts]
    if kind in ("at random", "packed"):  # each padded to its own longest
        longest = [part[1].sum(axis=1).max() for part in made]
        made = [
            (a[:, :n], b[:, :n], c) for (a, b, c), n in zip(made, longest, strict=True)
        ]
    return made


def network(unit: SimpleNamespace, kind: str) -> torch.nn.Module:
    """Return a fresh network: told the lengths, or not; with its forget bias."""
    model = (unit.Told if kind == "packed" else unit.LastState)(len(unit.WORDS), 2)
    if "forget bias 5" in kind:
        n = model.lstm.hidden_size
        with torch.no_grad():
            model.lstm.bias_hh_l0[n : 2 * n], model.lstm.bias_ih_l0[n : 2 * n] = 5, 0
    return model


def score(model: torch.nn.Module, parts: list) -> float:
    """Return the accuracy over minibatches."""
    right = n = 0
    with torch.no_grad():
        for x, mask, y in parts:
            lengths = torch.as_tensor(mask.sum(axis=1))
            found = model(torch.as_tensor(x), lengths).argmax(-1).numpy()
            right, n = right + int((found == y).sum()), n + len(y)
    return right / n


def train_one(unit: SimpleNamespace, kind: str, rate: float, seed: int, make) -> dict:
    """Train until the held-out sentences are learned, or the updates are spent."""
    rng = np.random.default_rng(seed)
    (x, y), held, test = (unit.sentences(n, rng, make) for n in (1600, 400, 1000))
    held, test = (arranged(kind, *part, rng) for part in (held, test))
    unit.ur.seed(seed)
    model = network(unit, kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    most, step, seen, learned, at_150 = MOST.get(kind, 2000), 0, 0.0, None, None
    began = time.process_time()
    while step < most and (step < 150 or learned is None):
        for now, mask, label in arranged(kind, x, y, rng):
            logits = model(torch.as_tensor(now), torch.as_tensor(mask.sum(axis=1)))
            loss = torch.nn.functional.cross_entropy(logits, torch.as_tensor(label))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            if step % LOOK == 0:
                seen = score(model, held)
                learned = learned or (step if seen >= ENOUGH else None)
                at_150 = score(model, test) if step == 150 else at_150
                if step >= 150 and (learned or step >= most):
                    break
    pads = [(~mask).sum() for _, mask, _ in test]
    return {
        "updates": learned or step,
        "held out": seen,
        "at 150": at_150,
        "test": score(model, test),
        "pads": float(sum(pads) / 1000),
        "share": float(sum(pads) / sum(mask.size for _, mask, _ in test)),
        "seconds": time.process_time() - began,
    }


def choose(unit: SimpleNamespace, kind: str, make) -> float:
    """Return the rate that learns soonest, or comes furthest, with another seed."""
    trials = {rate: train_one(unit, kind, rate, CHOOSING, make) for rate in RATES}
    for rate, run in trials.items():
        print("  choosing:", kind, rate, run, flush=True)
    soonest = {r: -run["updates"] for r, run in trials.items()}
    return max(RATES, key=lambda r: (soonest[r], trials[r]["held out"]))


def joined(rate: float, runs: list[dict]) -> dict:
    """Return runs as one dict of lists, with their rate."""
    return {"rate": rate, **{key: [run[key] for run in runs] for key in runs[0]}}


def pads(unit: SimpleNamespace) -> None:
    """Train in every kind of company; keep updates and accuracies of every seed."""
    for kind in KINDS:
        rate = choose(unit, kind, unit.sentence)
        runs = [train_one(unit, kind, rate, s, unit.sentence) for s in range(SEEDS)]
        keep(f"pads, {kind}", joined(rate, runs))


# ---- untold: trained with the lengths, asked without ---------------------------------


def untold(unit: SimpleNamespace) -> None:
    """Train ten networks as the lesson does, and ask each with and without lengths."""
    found: dict[str, list[float]] = {"told": [], "not told": []}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        (x, y), (xs, test) = unit.sentences(1600, rng), unit.sentences(1000, rng)
        (x, mask), (x_test, mask_test) = batches.pad(x), batches.pad(xs)
        unit.ur.seed(seed)
        model = unit.Told(len(unit.WORDS), 2)
        unit.learn(model, x, mask, y)
        for name, given in (("told", mask_test), ("not told", mask_test >= 0)):
            right = unit.ask(model, x_test, given).argmax(-1) == test
            found[name].append(float(right.mean()))
    keep("untold", found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for experiment in sys.argv[1:]:
        known = {"groups": groups, "pads": pads, "untold": untold}
        measured.asked(known, experiment)(lesson())
