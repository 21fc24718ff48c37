"""Measure what the README's tables say: stored networks, and as they were in training.

    python lessons/13-inside-the-network/measure.py units       # hunted, on five texts
    python lessons/13-inside-the-network/measure.py ablation    # what the units cost
    python lessons/13-inside-the-network/measure.py probe       # who reads best
    python lessons/13-inside-the-network/measure.py maps        # gradient and occlusion
    python lessons/13-inside-the-network/measure.py moments     # while it was trained
    python lessons/13-inside-the-network/measure.py gates       # before and after

Each writes its part of `measured.json` as results come; `figures.py` draws it and
renews the tables in the README. All ask the stored networks, in NumPy. The functions
that label, rank and ablate are the cells of `lesson.py`.
"""

import dataclasses
import json
import re
import sys
import time
from pathlib import Path

import numpy as np

from unrolled import batches, cells, data, models
from unrolled.source import percent

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
ROWS, STEPS, SKIPPED = 32, 800, 100  # a piece of text; what a row begins with
TEXTS = 5  # pairs of pieces: one to choose on, one to test on
CORPORA = {"python": "stdlib-source", "plays": "plays", "wikipedia": "wikipedia"}
WIKI = re.compile(
    r"(?P<link>\[\[[^\[\]\n]+\]\])|(?P<template>\{\{[^{}]+\}\})"
    r"|(?P<quotation>&quot;[^\n]*?&quot;)|(?P<URL>https?://[^\s|\]}<]+.)"
)
OTHERS = 10  # units that are ablated beside the chosen one
CELLS = ("inside", "labels", "stage", "auc", "nulls", "hunt", "ablated")


def lesson(rng: np.random.Generator) -> dict:
    """Return what the lesson's cells define, drawing from `rng`."""
    scope = {"np": np, "re": re, "cells": cells, "rng": rng}
    scope["dataclasses"] = dataclasses
    for cell in percent.cells(HERE / "lesson.py", "pytorch"):
        if cell.name in CELLS:
            exec(compile(cell.code, cell.name, "exec"), scope)
    return scope


class Text:
    """A corpus with its labels, and five pairs of pieces of what was held out."""

    def __init__(self, name: str):
        self.name, self.rng = name, np.random.default_rng(0)
        self.do = lesson(self.rng)
        self.whole = data.text(CORPORA[name], fallback=False).text
        self.learned, self.text = batches.split(self.whole, 0.95)
        self.labels = self.labelled(len(self.learned))

    def labelled(self, first):
        """Return the labels of the corpus, each (letters from `first` on,)."""
        kinds = {"python": "labels_of", "plays": "stage_labels_of"}
        if self.name in kinds:
            return self.do[kinds[self.name]](self.whole, first)
        part = self.do["inside"](self.whole, WIKI, first)
        return {f"in a {kind}": on for kind, on in part.items()}

    def pairs(self):
        """Yield the starts of five pieces of either half of the held-out part."""
        half = len(self.text) // 2
        room = half - ROWS * STEPS - 1
        for k in range(TEXTS):
            at = k * room // (TEXTS - 1)
            yield at, at + half

    def rows(self, values, start):
        """Return a piece in rows, (ROWS, STEPS)."""
        return values[start : start + ROWS * STEPS].reshape(ROWS, STEPS)

    def label(self, name, start):
        """Return a label of a piece, (letters,)."""
        return flat(self.rows(self.labels[name], start))


def flat(values):
    """Return what comes after the first steps of every row, as one long axis."""
    return values[:, SKIPPED:].reshape(-1, *values.shape[2:])


def keep(name: str, **found) -> None:
    """Add to one part of `measured.json`, and print it."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known[name] = known.get(name, {}) | found
    FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")
    print(name, found, f"{time.process_time():.0f} s", flush=True)


def read(model, ids):
    """Return the states of a piece, (letters, units), and nothing else."""
    x, states = model.embedding[ids], []
    h = c = np.zeros((len(ids), model.n_hidden), np.float32)
    for t in range(ids.shape[1]):
        h, c = cells.lstm_step(x[:, t], h, c, model.layers[0])
        states.append(h)
    return flat(np.stack(states, axis=1))


def untrained(model, seed):
    """Return the network with weights as PyTorch draws them, embeddings of size 1."""
    rng = np.random.default_rng(seed)
    shape = model.embedding.shape
    weights = cells.lstm_weights(shape[1], model.n_hidden, rng, np.float32)
    embedding = rng.normal(size=shape).astype(np.float32)
    return dataclasses.replace(model, embedding=embedding, layers=(weights,))


def standard(h_a, h_b):
    """Return both with the mean 0 and the size 1 that they have on the first."""
    mean, size = h_a.mean(axis=0), h_a.std(axis=0) + 1e-6
    return (h_a - mean) / size, (h_b - mean) / size


# ---- units ---------------------------------------------------------------------------


def hunted(task, ranks_a, ranks_b, y_a, y_b, n=200):
    """Return what a hunt found, and the best of as many by luck."""
    unit, sign, on_a, on_b = task.do["hunt"](ranks_a, ranks_b, y_a, y_b)
    luck = task.do["null"](ranks_a, task.do["rolled"](y_a, n))
    found = {"unit": int(unit), "sign": int(sign)}
    found |= {"a": float(on_a), "b": float(on_b)}
    return found | {"luck": float(np.quantile(luck, 0.95))}


def units(*names: str) -> None:
    """Hunt for every label on five pairs of texts, with the nulls."""
    for name in names or models.names():
        task, model, found = Text(name), models.load(name), {}
        ids, rank = model.encode(task.text), task.do["ranks_of"]
        for k, (at_a, at_b) in enumerate(task.pairs()):
            pieces = [task.rows(ids, at) for at in (at_a, at_b)]
            states = [read(model, piece) for piece in pieces]
            other = untrained(model, k)
            raw = [rank(read(other, piece)) for piece in pieces]
            axes = np.random.default_rng(k).normal(size=(model.n_hidden, 256))
            mixed = [rank(h @ axes) for h in standard(*states)]
            ranks = [rank(h) for h in states]
            for label in task.labels:
                truth = [task.label(label, at) for at in (at_a, at_b)]
                if not all(0 < y.sum() < len(y) for y in truth):
                    continue
                one = hunted(task, *ranks, *truth)
                one["shuffled"] = float(
                    np.quantile(
                        task.do["null"](ranks[0], task.do["shuffled"](truth[0], 40)),
                        0.95,
                    )
                )
                one["untrained"] = float(task.do["hunt"](*raw, *truth)[3])
                one["directions"] = float(task.do["hunt"](*mixed, *truth)[3])
                one["share"] = float(truth[1].mean())
                found.setdefault(label, []).append(one)
        keep("units", **{name: found})


# ---- ablation ------------------------------------------------------------------------

TAKEN_OUT = {"python": ("in a string",)}


def ablation(*names: str) -> None:
    """Take out the chosen unit, and ten others: what it costs where, on five texts."""
    for name in names or TAKEN_OUT:
        task, model = Text(name), models.load(name)
        ids, rank = model.encode(task.text), task.do["ranks_of"]
        for label in TAKEN_OUT[name]:
            found = []
            for k, (at_a, at_b) in enumerate(task.pairs()):
                h = read(model, task.rows(ids, at_a))
                areas = task.do["areas_of"](rank(h), task.label(label, at_a))
                unit = int(task.do["strength"](areas).argmax())
                piece, on = (task.rows(of, at_b) for of in (ids, task.labels[label]))
                late = np.arange(STEPS - 1) >= SKIPPED
                places = {
                    "closes": on[:, :-1] & ~on[:, 1:] & late,
                    "inside": on[:, :-1] & on[:, 1:] & late,
                    "elsewhere": ~on[:, :-1] & late,
                }
                whole = model.nats(piece)
                rest = np.delete(np.arange(model.n_hidden), unit)
                others = np.random.default_rng(k).permutation(rest)[:OTHERS]
                each = {}
                for one in (unit, *others):
                    less = task.do["ablated"](model, one, h[:, one].mean())
                    more = less.nats(piece) - whole
                    each[int(one)] = [float(more[at].mean()) for at in places.values()]
                chosen = each.pop(unit)
                found.append(
                    {"unit": unit, "chosen": chosen, "others": [*each.values()]}
                )
                keep("ablation", **{f"{name}, {label}": found})


# ---- probe ---------------------------------------------------------------------------

READ_OFF = ("in a string", "in brackets")
STRENGTHS = (0.01, 0.1)  # of a logistic regression: its C
LAST = (16,)


def last_letters(ids, k, n):
    """Return the last k letters at every place, one-hot, as a sparse matrix."""
    from sklearn.preprocessing import OneHotEncoder

    padded = np.pad(ids, ((0, 0), (k - 1, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, k, axis=1)
    return OneHotEncoder(categories=[np.arange(n)] * k).fit_transform(flat(views))


def counted(ids, y, asked, n, most=7):
    """Return P(label | last letters) by counting, Witten and Bell's smoothing.

    `ids` and `y` are what is counted, (letters,); `asked` (rows, steps) what is asked.
    """
    p = np.full(asked.shape, y.mean())
    codes, code = np.zeros(len(ids), np.int64), np.zeros(asked.shape, np.int64)
    for k in range(most):
        codes[k:] += ids[: len(ids) - k] * n**k
        code[:, k:] += asked[:, : asked.shape[1] - k] * n**k
        grams, at = np.unique(codes[k:], return_inverse=True)
        seen, yes = np.bincount(at), np.bincount(at, weights=y[k:])
        kinds = (yes > 0).astype(int) + (yes < seen)
        place = np.minimum(np.searchsorted(grams, code), len(grams) - 1)
        known = grams[place] == code
        mixed = (yes[place] + kinds[place] * p) / (seen[place] + kinds[place])
        p = np.where(known, mixed, p)
    return p


def probe() -> None:
    """Read labels off states, letters, counts; the strength chosen on a part of A."""
    from sklearn.linear_model import LogisticRegression

    task, model = Text("python"), models.load("python")
    ids, rank, areas = model.encode(task.text), task.do["ranks_of"], task.do["areas_of"]
    many, end = model.encode(task.learned), len(task.learned)
    of = {label: task.labelled(0)[label][:end] for label in READ_OFF}
    found = {}
    for k, (at_a, at_b) in enumerate(task.pairs()):
        pieces = [task.rows(ids, at) for at in (at_a, at_b)]
        states = [read(model, piece) for piece in pieces]
        other = untrained(model, k)
        contenders = {
            "all units": standard(*states),
            "untrained, all units": standard(*(read(other, piece) for piece in pieces)),
        }
        for n in LAST:
            windows = [last_letters(piece, n, model.n_symbols) for piece in pieces]
            contenders[f"last letters: {n}"] = windows
        for label in READ_OFF:
            y_a, y_b = (task.label(label, at) for at in (at_a, at_b))

            def area(score, y):
                return float(areas(rank(score[:, None]), y)[0])

            one = {"one unit": hunted(task, *map(rank, states), y_a, y_b, 2)["b"]}
            cut = len(y_a) * 3 // 4
            for who, (x_a, x_b) in contenders.items():
                scores = {}
                for c in STRENGTHS:
                    fit = LogisticRegression(C=c, max_iter=400).fit(
                        x_a[:cut], y_a[:cut]
                    )
                    scores[c] = area(fit.decision_function(x_a[cut:]), y_a[cut:])
                best = max(scores, key=scores.get)
                fit = LogisticRegression(C=best, max_iter=400).fit(x_a, y_a)
                one[who] = area(fit.decision_function(x_b), y_b)
            seen = counted(many, of[label], pieces[1], model.n_symbols)
            one["counts of 7 letters, all of the training text"] = area(flat(seen), y_b)
            found.setdefault(label, []).append(one)
            keep("probe", **found)


# ---- maps ----------------------------------------------------------------------------

CONTEXT, PREDICTIONS, INSTEAD = 60, 12, 8


SHARES = (0.01, 0.1, 1.0)  # of the way to the mean of other letters' embeddings


def maps() -> None:
    """Compare gradient and occlusion, 12 predictions on each of five texts."""
    task, model = Text("python"), models.load("python")
    ids, at = model.encode(task.text), np.arange(CONTEXT)
    for k, (_, at_b) in enumerate(task.pairs()):
        rng = np.random.default_rng(k)
        instead = rng.choice(ids, INSTEAD)
        rows = []
        for start in at_b + rng.integers(CONTEXT, ROWS * STEPS, PREDICTIONS):
            context, target = ids[start - CONTEXT : start], ids[start]
            slope = gradient(model, context, target)
            own = model.embedding[context].astype(float)
            before = logarithms(model, own[None])[0, target]
            change = model.embedding[instead].mean(axis=0) - own
            said, norm = (slope * change).sum(axis=1), np.sqrt((slope**2).sum(axis=1))
            found = {}
            for share in SHARES:
                x = np.tile(own, (CONTEXT, 1, 1))
                x[at, at] += share * change
                found[f"{share:.0%}"] = logarithms(model, x)[:, target] - before
            texts = np.tile(context, (CONTEXT, INSTEAD, 1))
            texts[at, :, at] = instead
            after = logarithms(model, model.embedding[texts.reshape(-1, CONTEXT)])
            real = after[:, target].reshape(CONTEXT, -1).mean(axis=1) - before
            found["letters"] = real
            row = {way: correlation(gain, said) for way, gain in found.items()}
            row["norm"] = correlation(np.abs(real), norm)
            first = np.abs(real).argmax()
            row["same first"] = bool(np.abs(said).argmax() == first)
            row["norm first"] = bool(norm.argmax() == first)
            rows.append(row | {"back": int(CONTEXT - first)})
        keep("maps", **{str(k): rows})


def correlation(a, b) -> float:
    """Return the correlation of two maps, 0 where one of them is constant."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0


def logarithms(model, x):
    """Return ln P of every symbol after texts of embeddings, (texts, n_symbols)."""
    h = c = np.zeros((len(x), model.n_hidden), x.dtype)
    for t in range(x.shape[1]):
        h, c = cells.lstm_step(x[:, t], h, c, model.layers[0])
    z = (h @ model.w_out + model.b_out).astype(float)
    z -= z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def gradient(model, context, target):
    """Return the gradient of ln P(target) for every embedding, (time, n_embedding)."""
    run = model.run(context[None])
    z = run.logits[0, -1].astype(float)
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    d_h = np.zeros_like(run.h)
    d_h[0, -1] = model.w_out @ ((np.arange(len(p)) == target) - p)
    return cells.lstm_backward(run.layers[0], d_h).x[0]


# ---- moments -------------------------------------------------------------------------

KEPT = HERE.parents[1] / "build/gallery"  # where the gallery keeps its five moments


def moments(*names: str) -> None:
    """Hunt in the gallery's networks as they were at five moments of their training.

    `python benchmarks/gallery.py --only python,plays --train` makes them.
    """
    for name in names or ("python", "plays"):
        task, found = Text(name), []
        for path in sorted((KEPT / name).glob("*.npz")):
            model = models.load(path)
            ids, rank = model.encode(task.text), task.do["ranks_of"]
            one = {"characters": model.about["characters read"], "nats": []}
            for at_a, at_b in list(task.pairs())[::2]:
                pieces = [task.rows(ids, at) for at in (at_a, at_b)]
                ranks = [rank(read(model, piece)) for piece in pieces]
                one["nats"].append(float(model.nats(pieces[1]).mean()))
                for label in task.labels:
                    truth = [task.label(label, at) for at in (at_a, at_b)]
                    if all(0 < y.sum() < len(y) for y in truth):
                        hunt = hunted(task, *ranks, *truth, 100)
                        one.setdefault(label, []).append(hunt)
            found.append(one)
            keep("moments", **{name: found})


# ---- gates ---------------------------------------------------------------------------


def rounded(values) -> list[float]:
    """Return numbers with three digits, as a picture needs them."""
    return [float(f"{value:.3g}") for value in values]


def gates() -> None:
    """Count saturated gates of the stored networks, and of untrained ones."""
    for name in models.names():
        task, model = Text(name), models.load(name)
        ids = model.encode(task.text)
        for who, net in (("trained", model), ("untrained", untrained(model, 0))):
            start, _ = next(task.pairs())
            x = net.embedding[task.rows(ids, start)]
            run = cells.lstm(x, net.layers[0])
            found = {}
            for gate in "fio":
                at = flat(getattr(run, gate))
                left, right = (at < 0.1).mean(axis=0), (at > 0.9).mean(axis=0)
                found[gate] = {"left": rounded(left), "right": rounded(right)}
            steps = -1 / np.log(np.maximum(flat(run.f), 1e-6)).mean(axis=0)
            found["steps"] = rounded(steps)
            keep("gates", **{f"{name}, {who}": found})


if __name__ == "__main__":
    known = (units, ablation, probe, maps, moments, gates)
    what, *more = sys.argv[1:] or [""]
    experiment = {each.__name__: each for each in known}.get(what)
    if experiment is None:
        raise SystemExit(f"Say which: {', '.join(each.__name__ for each in known)}.")
    experiment(*more)
