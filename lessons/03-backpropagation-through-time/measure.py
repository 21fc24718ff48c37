"""Measure what a cut of the way back costs, for the README's tables.

    python lessons/03-backpropagation-through-time/measure.py [NAME ...]

It takes about three minutes of one core and writes `measured.json`; `figures.py` draws
it and renews the tables. NumPy, the course's cell and its backward pass: the lesson's
echo task, sizes and number of updates. Every row gets the learning rate that is best on
a stream of its own (dev), and is scored on another (test). All runs of a row, one for
each rate and seed, go through the loops together, along a first axis called runs.
"""

import json
import sys
from pathlib import Path

import numpy as np

from unrolled import batches, cells

FILE = Path(__file__).resolve().parent / "measured.json"
N_SYMBOLS, N_HIDDEN, BATCH, STEPS, UPDATES = 4, 32, 32, 20, 250
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
READOUT_RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
SEEDS = 10


def stream(rng, batch, n_steps, delay=4):
    """Return letters as one-hot rows, and at each step the letter `delay` before."""
    ids = rng.integers(0, N_SYMBOLS, (batch, n_steps + delay))
    return batches.one_hot(ids[:, delay:], N_SYMBOLS), ids[:, :-delay]


def softmax(logits):
    """Return the probabilities over the last axis."""
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def pieces_of(k):
    """Return a rule: by what to multiply that which goes back from each step."""
    return lambda rng: np.where(np.arange(STEPS) % k == 0, 0.0, 1.0)


def random_lengths(rng):
    """Pieces of 1 to 7 steps, 4 on average."""
    keep, t = np.ones(STEPS), 0
    while t < STEPS:
        keep[t] = 0.0
        t += rng.integers(1, 8)
    return keep


def unbiased(rng):
    """Cut with probability 1/4 at every step, and multiply by 4/3 where not."""
    return np.where(rng.random(STEPS) < 0.25, 0.0, 4 / 3)


def initial(seed):
    """Return the initial weights, the readout's matrix, and the generator after it."""
    rng = np.random.default_rng(seed)
    w = cells.rnn_weights(N_SYMBOLS, N_HIDDEN, rng)
    w_y = cells.rnn_weights(N_SYMBOLS, N_HIDDEN, rng).w_x.T  # (n_hidden, n_out)
    return w, w_y, rng


def forward(x, h, theta):
    """Return all states; x (runs, batch, time, n_in), h (runs, batch, n_hidden)."""
    from_x = x @ theta[0][:, None] + theta[2][:, None, None]
    states = np.empty_like(from_x)
    for t in range(x.shape[2]):
        h = states[:, :, t] = np.tanh(from_x[:, :, t] + h @ theta[1])
    return states


def back(states, d_h, w_h, keep):
    """Return d_a, when what leaves step t for step t − 1 is multiplied by keep[t]."""
    d_a, later, turned = np.empty_like(states), 0.0, w_h.swapaxes(1, 2)
    for t in reversed(range(states.shape[2])):
        d_a[:, :, t] = (d_h[:, :, t] + later) * (1 - states[:, :, t] ** 2)
        later = keep[t] * (d_a[:, :, t] @ turned)
    return d_a


def gradients(x, y, h, theta, for_w_x, for_w_h):
    """Return the states and a gradient for each part, cut by the factors given."""
    states = forward(x, h, theta)
    n_runs, before = len(x), np.concatenate([h[:, :, None], states[:, :, :-1]], axis=2)
    d_y = softmax(states @ theta[3][:, None] + theta[4][:, None, None]) - y
    d_y /= y.shape[1] * y.shape[2]
    d_h = d_y @ theta[3].swapaxes(1, 2)[:, None]

    def over(a, b):
        a, b = (part.reshape(n_runs, -1, part.shape[-1]) for part in (a, b))
        return a.swapaxes(1, 2) @ b

    found = [np.zeros_like(part) for part in theta]
    if for_w_x is not None:
        d_a = back(states, d_h, theta[1], for_w_x)
        found[0] = over(x, d_a)
    if for_w_h is not None:
        if for_w_x is None or not np.array_equal(for_w_x, for_w_h):
            d_a = back(states, d_h, theta[1], for_w_h)
        found[1], found[2] = over(before, d_a), d_a.sum(axis=(1, 2))
    found[3], found[4] = over(states, d_y), d_y.sum(axis=(1, 2))
    return states, found


def train(runs, for_w_x, for_w_h, delay=4):
    """Train all `runs`, pairs of rate and seed; a rule is None where not trained."""
    begun = [initial(seed) for _, seed in runs]
    theta = [np.stack(parts) for parts in zip(*(w for w, *_ in begun), strict=True)]
    theta.append(np.stack([w_y for _, w_y, _ in begun]))
    theta.append(np.zeros((len(runs), N_SYMBOLS)))
    theta = [part.astype(np.float32) for part in theta]
    rate = np.array([rate for rate, _ in runs], np.float32)
    cut = np.random.default_rng(0)
    m, v = ([np.zeros_like(part) for part in theta] for _ in range(2))
    h = np.zeros((len(runs), BATCH, N_HIDDEN), np.float32)
    new = [stream(rng, BATCH, UPDATES * STEPS, delay) for *_, rng in begun]
    x = np.stack([x for x, _ in new]).astype(np.float32)
    y = batches.one_hot(np.stack([y for _, y in new]), N_SYMBOLS).astype(np.float32)
    for n in range(UPDATES):
        at = slice(n * STEPS, (n + 1) * STEPS)
        seen = cut.bit_generator.state
        keep = []
        for rule in (for_w_x, for_w_h):
            cut.bit_generator.state = seen  # the same borders for both
            keep.append(rule(cut).astype(np.float32) if rule else None)
        states, g = gradients(x[:, :, at], y[:, :, at], h, theta, *keep)
        h = states[:, :, -1]
        norm = np.sqrt(sum((p.reshape(len(runs), -1) ** 2).sum(axis=1) for p in g))
        scale = np.minimum(1.0, 1.0 / norm)
        for i, part in enumerate(g):
            shape = (-1,) + (1,) * (part.ndim - 1)
            part = part * scale.reshape(shape)
            m[i] += 0.1 * (part - m[i])
            v[i] += 0.001 * (part**2 - v[i])
            size = np.sqrt(v[i] / (1 - 0.999 ** (n + 1))) + 1e-8
            step = m[i] / (1 - 0.9 ** (n + 1)) / size
            theta[i] = (theta[i] - rate.reshape(shape) * step).astype(np.float32)
    return theta


def score(theta, seed, delay=4):
    """Return the accuracy of every run on a stream of its own."""
    x, y = stream(np.random.default_rng(seed), 64, 200, delay)
    h = np.zeros((1, 64, N_HIDDEN))
    found = []
    for i in range(len(theta[0])):
        one = [part[i : i + 1] for part in theta]
        states = forward(x[None], h, one)[0]
        said = (states @ one[3][0] + one[4][0]).argmax(axis=-1)
        found.append(float((said == y)[:, delay:].mean()))
    return found


def row(for_w_x, for_w_h, rates=RATES, delay=4):
    """Return the accuracies of the best rate, chosen on dev, and that rate."""
    runs = [(rate, seed) for rate in rates for seed in range(SEEDS)]
    theta = train(runs, for_w_x, for_w_h, delay)
    dev, test = (np.reshape(score(theta, s, delay), (-1, SEEDS)) for s in (98, 99))
    best = int(dev.mean(axis=1).argmax())
    at_every = zip(map(str, rates), test.mean(axis=1).tolist(), strict=True)
    return {
        "rate": rates[best],
        "test": test[best].tolist(),
        "at every rate": dict(at_every),
    }


def least_squares():
    """Return accuracies with nothing but the readout learned, in one solution."""
    right = []
    for seed in range(SEEDS):
        w, _, rng = initial(seed)
        x, y = stream(rng, BATCH, 500)
        states = cells.rnn(x, w).h[:, 4:].reshape(-1, N_HIDDEN)
        design = np.column_stack([states, np.ones(len(states))])
        target = batches.one_hot(y[:, 4:].ravel(), N_SYMBOLS)
        best, *_ = np.linalg.lstsq(design, target, rcond=None)
        right += score([part[None] for part in (*w, best[:-1], best[-1])], 99)
    return {"test": right}


def angles():
    """Return the cosine of cut and whole gradient, at the start of training."""
    found = {name: {str(k): [] for k in (1, 2, 3, 4, 5, 10)} for name in ("w_x", "w_h")}
    for seed in range(SEEDS):
        w, w_y, rng = initial(seed)
        x, y = stream(rng, BATCH, STEPS)
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
    four, whole = pieces_of(4), pieces_of(STEPS)
    todo = {"angles": angles, "k 0": lambda: row(None, None, READOUT_RATES)}
    for k in (1, 2, 3, 4, 5, 6, 10, 20):
        todo[f"k {k}"] = lambda k=k: row(pieces_of(k), pieces_of(k))
    todo["least squares"] = least_squares
    todo["parts w_x whole, w_h cut"] = lambda: row(whole, four)
    todo["parts w_x cut, w_h whole"] = lambda: row(four, whole)
    todo["parts w_x fixed, w_h cut"] = lambda: row(None, four)
    todo["parts w_x fixed, w_h whole"] = lambda: row(None, whole)
    todo["random lengths"] = lambda: row(random_lengths, random_lengths)
    todo["random unbiased"] = lambda: row(unbiased, unbiased)
    for delay in (2, 6):
        for k in (delay, delay + 1):
            rule = pieces_of(k)
            todo[f"delay {delay} k {k}"] = lambda rule=rule, delay=delay: row(
                rule, rule, delay=delay
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
        row_ = {key: value for key, value in kept[name].items() if key != "test"}
        print(name, row_ if "rate" in row_ else "", flush=True)


if __name__ == "__main__":
    main()
