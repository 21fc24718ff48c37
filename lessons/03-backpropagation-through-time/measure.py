"""Measure what a cut of the way back costs, for the README's tables.

    python lessons/03-backpropagation-through-time/measure.py

It takes about ten minutes of one core and writes `measured.json`; `figures.py` draws
it and renews the tables. NumPy, the course's own cell: the lesson's echo task, sizes
and number of updates. Every row gets the learning rate that is best on a stream of its
own (dev), and is scored on another (test).
"""

import json
import sys
from pathlib import Path

import numpy as np

from unrolled import batches, cells

FILE = Path(__file__).resolve().parent / "measured.json"
N_SYMBOLS, N_HIDDEN, BATCH, STEPS, UPDATES = 4, 32, 32, 20, 250
RATES = (0.0003, 0.001, 0.003, 0.01)
SEEDS = 10
WHOLE = STEPS


def stream(rng, batch, n_steps, delay):
    """Return letters as one-hot rows, and at each step the letter `delay` before."""
    ids = rng.integers(0, N_SYMBOLS, (batch, n_steps + delay))
    return batches.one_hot(ids[:, delay:], N_SYMBOLS), ids[:, :-delay]


def softmax(logits):
    """Return the probabilities over the last axis."""
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def pieces_of(k):
    """Return a rule: at which steps of `STEPS` the gradient stops, and its factors."""

    def rule(rng):
        starts = np.arange(STEPS) % k == 0
        return np.where(starts, 0.0, 1.0)

    return rule


def random_lengths(rng):
    """Return factors of the way back: pieces of 1 to 7 steps, 4 on average."""
    keep, t = np.ones(STEPS), 0
    while t < STEPS:
        keep[t] = 0.0
        t += rng.integers(1, 8)
    return keep


def unbiased(rng):
    """Return factors of the way back: cut with odds of 1/4, else scaled by 4/3."""
    return np.where(rng.random(STEPS) < 0.25, 0.0, 4 / 3)


def back(run, d_h, keep):
    """Return d_a, when what leaves step t for step t − 1 is multiplied by keep[t]."""
    d_a, later = np.empty_like(run.h), 0.0
    for t in reversed(range(run.h.shape[1])):
        d_a[:, t] = (d_h[:, t] + later) * (1 - run.h[:, t] ** 2)
        later = keep[t] * (d_a[:, t] @ run.weights.w_h.T)
    return d_a


def start_of(seed, kind="uniform"):
    """Return the first weights, the readout's matrix, and the generator after them."""
    rng = np.random.default_rng(seed)
    w = cells.rnn_weights(N_SYMBOLS, N_HIDDEN, rng)
    w_y = cells.rnn_weights(N_SYMBOLS, N_HIDDEN, rng).w_x.T  # (n_hidden, n_out)
    if kind == "orthogonal":
        q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=w.w_h.shape))
        w = w._replace(w_x=0.5 * w.w_x, w_h=0.95 * q * np.sign(np.diag(r)), b=0 * w.b)
    return w, w_y, rng


def train(seed, rate, for_w_x, for_w_h, delay=4, updates=UPDATES):
    """Train; `for_w_x` and `for_w_h` are rules of the cut, None where not trained."""
    w, w_y, rng = start_of(seed)
    theta = [part.copy() for part in (*w, w_y, np.zeros(N_SYMBOLS))]
    x, y = stream(rng, BATCH, updates * STEPS, delay)
    cut = np.random.default_rng(1000 + seed)
    m, v = ([np.zeros_like(part) for part in theta] for _ in range(2))
    h = None
    for n in range(updates):
        some = slice(n * STEPS, (n + 1) * STEPS)
        w, w_y, b_y = cells.RNNWeights(*theta[:3]), theta[3], theta[4]
        run = cells.rnn(x[:, some], w, h)
        h = run.last
        d_y = softmax(run.h @ w_y + b_y) - batches.one_hot(y[:, some], N_SYMBOLS)
        d_y /= BATCH * STEPS
        before = np.concatenate([run.start[:, None], run.h[:, :-1]], axis=1)
        d_h = d_y @ w_y.T
        gradients = [np.zeros_like(part) for part in theta]
        rules = {rule: rule(cut) for rule in (for_w_x, for_w_h) if rule}
        if for_w_x:
            d_a = back(run, d_h, rules[for_w_x])
            gradients[0] = np.einsum("bti,bth->ih", run.x, d_a)
        if for_w_h:
            d_a = back(run, d_h, rules[for_w_h])
            gradients[1] = np.einsum("bti,bth->ih", before, d_a)
            gradients[2] = d_a.sum(axis=(0, 1))
        gradients[3] = np.einsum("bth,bto->ho", run.h, d_y)
        gradients[4] = d_y.sum(axis=(0, 1))
        norm = np.sqrt(sum((g**2).sum() for g in gradients))
        scale = min(1.0, 1.0 / norm)
        for i, g in enumerate(gradients):
            g = g * scale
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g**2
            step = m[i] / (1 - 0.9 ** (n + 1))
            theta[i] -= rate * step / (np.sqrt(v[i] / (1 - 0.999 ** (n + 1))) + 1e-8)
    return theta


def score(theta, seed, delay=4):
    """Return the accuracy on a stream of its own."""
    x, y = stream(np.random.default_rng(seed), 64, 200, delay)
    states = cells.rnn(x, cells.RNNWeights(*theta[:3])).h
    said = (states @ theta[3] + theta[4]).argmax(axis=-1)
    return float((said == y)[:, delay:].mean())


def row(for_w_x, for_w_h, delay=4, updates=UPDATES, rates=RATES, seeds=SEEDS):
    """Return the accuracies of the best rate, chosen on dev, and that rate."""
    found = {}
    for rate in rates:
        runs = [
            train(seed, rate, for_w_x, for_w_h, delay, updates) for seed in range(seeds)
        ]
        found[rate] = [[score(run, place, delay) for run in runs] for place in (98, 99)]
    best = max(found, key=lambda rate: np.mean(found[rate][0]))
    at_every = {str(rate): float(np.mean(test)) for rate, (_, test) in found.items()}
    return {"rate": best, "test": found[best][1], "at every rate": at_every}


def least_squares(kind):
    """Return accuracies with nothing but the readout learned, in one solution."""
    right = []
    for seed in range(SEEDS):
        w, _, rng = start_of(seed, kind)
        x, y = stream(rng, BATCH, 1000, 4)
        states = cells.rnn(x, w).h[:, 20:].reshape(-1, N_HIDDEN)
        design = np.column_stack([states, np.ones(len(states))])
        target = batches.one_hot(y[:, 20:].ravel(), N_SYMBOLS)
        best = np.linalg.solve(
            design.T @ design + 1e-6 * np.eye(N_HIDDEN + 1), design.T @ target
        )
        right.append(score([*w, best[:-1], best[-1]], 99))
    return {"test": right}


def angles():
    """Return the cosine of cut and whole gradient, at the start of training."""
    found = {name: {str(k): [] for k in (1, 2, 3, 4, 5, 10)} for name in ("w_x", "w_h")}
    for seed in range(SEEDS):
        w, w_y, rng = start_of(seed)
        x, y = stream(rng, BATCH, STEPS, 4)
        run = cells.rnn(x, w)
        d_h = (softmax(run.h @ w_y) - batches.one_hot(y, N_SYMBOLS)) @ w_y.T
        whole = cells.rnn_backward(run, d_h)
        for k in (1, 2, 3, 4, 5, 10):
            cut = cells.rnn_backward(run, d_h, truncate=k)
            for name in found:
                a, b = getattr(whole, name), getattr(cut, name)
                cosine = (a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b)
                found[name][str(k)].append(float(cosine))
    return found


def plan():
    """Return what is measured, by name: a function that does it."""
    todo = {"angles": angles}
    todo["k 0"] = lambda: row(None, None, rates=(0.003, 0.01, 0.03, 0.1))
    for kind in ("uniform", "orthogonal"):
        todo[f"least squares {kind}"] = lambda kind=kind: least_squares(kind)
    for k in (4, 5, 3, 2, 1, 6, 10, 20):
        todo[f"k {k}"] = lambda k=k: row(pieces_of(k), pieces_of(k))
    four, whole = pieces_of(4), pieces_of(WHOLE)
    todo["parts w_x whole, w_h cut"] = lambda: row(whole, four)
    todo["parts w_x cut, w_h whole"] = lambda: row(four, whole)
    todo["parts w_x fixed, w_h cut"] = lambda: row(None, four)
    todo["parts w_x fixed, w_h whole"] = lambda: row(None, whole)
    todo["random lengths"] = lambda: row(random_lengths, random_lengths)
    todo["random unbiased"] = lambda: row(unbiased, unbiased)
    for delay in (2, 6):
        for k in (delay, delay + 1):
            todo[f"delay {delay} k {k}"] = lambda d=delay, k=k: row(
                pieces_of(k), pieces_of(k), delay=d, seeds=5
            )
    for k in (0, 4):
        rule = pieces_of(k) if k else None
        rates = RATES if k else (0.003, 0.01, 0.03, 0.1)
        todo[f"longer k {k}"] = lambda rule=rule, rates=rates: row(
            rule, rule, updates=1000, rates=rates, seeds=5
        )
    return todo


def main():
    """Measure what is not in the file yet, and write each at once."""
    for name, do in plan().items():
        kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        if name in kept or (sys.argv[1:] and name not in sys.argv[1:]):
            continue
        kept[name] = do()
        FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
        print(name, kept[name], flush=True)


if __name__ == "__main__":
    main()
