"""Lesson 09's reader on sentences of many classes, beside linear models of n-grams.

    python benchmarks/many_classes.py train.csv test.csv
    python benchmarks/many_classes.py --snips FOLDER

The files have a head line and two columns, the sentence and its class, as banking77's
have. FOLDER is `2017-06-custom-intent-engines` of the public Snips benchmark: of its
sentences the classes are the 77 most frequent pairs of an intent and the slots that are
filled. Each row is a process of its own on one thread; seconds are the processor's.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

import lesson_cells
from unrolled.source.layout import TRACKS

CLASSES = 77
LONGEST = 50  # words of a sentence that are read, as in the lesson
STRENGTHS = (1.0, 5.0, 25.0, 125.0, 625.0)  # of the linear models, to choose from
# `ours` was chosen on a fifth of the training rows.
READERS = {
    "lesson": {"epochs": 4, "lr": 3e-3, "vectors": 0},
    "ours": {"epochs": 12, "lr": 6e-3, "vectors": 100},
}
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
Part = tuple[list[str], np.ndarray]


def read(path: Path) -> Part:
    """Return the sentences and the classes of a file."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [row[0] for row in rows], np.array([row[1] for row in rows])


def snips(folder: Path) -> tuple[Part, Part]:
    """Return the Snips sentences to train on and to test on; none is in both."""
    from unrolled.data import rows

    found = {}
    for path in sorted(folder.glob("*/*.json")):
        intent = path.parent.name
        if path.name == f"train_{intent}.json":
            continue  # a part of train_…_full.json
        raw = path.read_bytes()
        try:
            queries = json.loads(raw.decode("utf-8"))[intent]
        except UnicodeDecodeError:
            queries = json.loads(raw.decode("latin-1"))[intent]
        for query in queries:
            parts = query["data"]
            said = re.sub(r"\s+", " ", "".join(part["text"] for part in parts)).strip()
            slots = sorted({part["entity"] for part in parts if "entity" in part})
            found.setdefault(said.lower(), (said, f"{intent}: {', '.join(slots)}"))
    frequent = Counter(name for _, name in found.values()).most_common(CLASSES)
    kept = {name for name, _ in frequent}
    pairs = [pair for pair in found.values() if pair[1] in kept]
    texts, names = [text for text, _ in pairs], np.array([name for _, name in pairs])
    return tuple(
        ([texts[i] for i in part], names[part]) for part in rows.draw(texts, names)
    )


def linear(kind: str, train: Part, test: Part, strength: float) -> float:
    """Return the accuracy of a linear model of "words" or of characters, "ngrams"."""
    from unrolled import baselines

    fit = getattr(baselines, f"linear_{kind}")
    model = fit([t.lower() for t in train[0]], train[1], strength=strength)
    return float((model.predict([t.lower() for t in test[0]]) == test[1]).mean())


def chosen(kind: str, train: Part) -> float:
    """Return the strength of a linear model that does best on a fifth of its rows."""
    from unrolled.data import rows

    texts, y = train
    parts = [([texts[i] for i in part], y[part]) for part in rows.draw(texts, y)]
    return max(STRENGTHS, key=lambda strength: linear(kind, *parts, strength))


def vectors(words: list[list[str]], known, n: int) -> np.ndarray:
    """Return vectors (1 + len(known), n) from which sentences each word occurs in.

    As cell `vectors` of the lesson makes them, here of the training sentences alone.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = [[w if w in known else known.unknown for w in row] for row in words]
    counter = TfidfVectorizer(analyzer=lambda row: row, sublinear_tf=True)
    counts = counter.fit_transform(words)
    n = min(n, *(size - 1 for size in counts.shape))
    svd = TruncatedSVD(n, n_iter=2, random_state=0)
    found = svd.fit_transform(counts.T.tocsr()) / np.sqrt(svd.singular_values_)
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    given = np.zeros((1 + len(known), n), np.float32)
    given[1 + known.encode(counter.get_feature_names_out().tolist())] = 6 * found
    return given


def reader(track: str, settings: dict, seed: int, train: Part, test: Part) -> float:
    """Return the accuracy of the lesson's `Reader`; documented calls alone."""
    from unrolled import batches, text

    scope = lesson(track)
    ur = scope["ur"]
    classes, y = np.unique(train[1], return_inverse=True)
    words, asked = (
        [text.tokenize(t.lower()) for t in part[0]] for part in (train, test)
    )
    seen = [word for row in words for word in row]
    known = text.Words.from_text(seen, min_count=2, unknown="<new>")
    ids, others = (
        [1 + known.encode(row)[:LONGEST] for row in rows] for rows in (words, asked)
    )
    n = settings["vectors"]
    given = vectors(words, known, n) if n else None
    ur.seed(seed)
    model = scope["Reader"](1 + len(known), len(classes), given)
    many = batches.Buckets(ids, y, 32, np.random.default_rng(seed))
    options = {"epochs": settings["epochs"], "lr": settings["lr"], "progress": False}
    ur.fit(model, many, **options)
    logits = ur.predict(model, batches.Buckets(others, batch=256))
    return float((classes[logits.argmax(axis=-1)] == test[1]).mean())


def lesson(track: str) -> dict:
    """Return what the lesson's cells define that its `Reader` needs."""
    names = ("imports", "framework", "pooling", "states", "reader")
    return lesson_cells.defined("09-text-classification", track, *names)


def measure(row: str, seed: int, train: Part, test: Part) -> tuple[float, float]:
    """Return the accuracy of a row, "linear-words" or "ours-pytorch", and its seconds.

    What is imported does not count.
    """
    kind, _, of = row.partition("-")
    if kind != "linear":
        lesson(of)
    began = time.process_time()
    if kind == "linear":
        found = linear(of, train, test, chosen(of, train))
    else:
        found = reader(of, READERS[kind], seed, train, test)
    return found, time.process_time() - began


def main() -> None:
    """Measure every row asked for, and print a line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--snips", type=Path)
    tracks = [f"{name}-{t}" for t in TRACKS for name in READERS]
    rows = ["linear-words", "linear-ngrams", *tracks]
    parser.add_argument("--rows", default=",".join(rows))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--one", type=int, help="this seed alone, in this process")
    args = parser.parse_args()
    if args.one is None:
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        for row in args.rows.split(","):
            for seed in range(1 if row.startswith("linear") else args.seeds):
                command = [sys.executable, *sys.argv, "--rows", row, "--one", str(seed)]
                subprocess.run(command, check=True)
        return
    both = snips(args.snips) if args.snips else tuple(map(read, args.files))
    found, seconds = measure(args.rows, args.one, *both)
    print(f"{args.rows:18} seed {args.one}  {found:.4f}  {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
