"""Measure what windows cost in sentences, and whether training finds a counter.

    python lessons/01-sequences/measure.py [PART]

measures what is not in `measured.json` yet, or those of it whose name holds PART.

**Pauses.** The lesson's spoken sentences, and a linear model on counts of up to k + 2
words in a row, from 250 to 4,000 sentences. The model's strength is chosen on held-out
sentences.

**Brackets.** Every network reads strings of 20 brackets, open or closed by a fair coin,
and is to say the depth after each: a closed bracket takes one away unless there is
none. It learns by squared error, in PyTorch. The rate is chosen for each kind of
network, on held-out strings of the same length; then strings of up to 320 are asked.

Takes about six minutes of one core and writes `measured.json`; `figures.py` writes the
page's tables.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from unrolled import baselines
from unrolled.data import opinions

FILE = Path(__file__).resolve().parent / "measured.json"
RATES, SEEDS, UPDATES, BATCH = (0.003, 0.01, 0.03), 5, 500, 64
LEARNED, LENGTHS, STRINGS = 20, (20, 40, 80, 160, 320), 500

SIZES, STRENGTHS, BETWEEN, ASKED = (
    (250, 1000, 4000),
    (5.0, 50.0, 500.0),
    3,
    2000,
)
PAUSES = "well um really like actually honestly somehow basically maybe anyway so quite"
PAUSES = np.array(PAUSES.split())


def spoken(k, n, rng):
    """Return n sentences with k words between those that count, and their signs."""
    y, straight = rng.integers(0, 2, n), rng.random(n) < 0.5
    words = np.stack([rng.choice(opinions.BAD, n), rng.choice(opinions.GOOD, n)], 1)
    gaps, said = rng.choice(PAUSES, (n, 5, k)), []
    for i in range(n):
        a, b = words[i, y[i]], words[i, 1 - y[i]]  # the whole has the sign of a
        form = (a, "not", b) if straight[i] else ("not", b, "but", a)
        cores = zip(form, gaps[i], strict=False)
        body = [word for core, gap in cores for word in (*gap, core)]
        said.append(" ".join(["it was", *body, *gaps[i, -1]]))
    return said, y


def windows(k, n, seed):
    """Return what a linear model on counts gets right, held out and in the test."""
    rng = np.random.default_rng(seed)
    held_out, test, learn = (spoken(k, size, rng) for size in (ASKED, ASKED, n))
    found = {}
    for strength in STRENGTHS:
        model = baselines.linear_words(*learn, n=(1, k + 2), strength=strength)
        found[str(strength)] = [model.score(*held_out), model.score(*test)]
    return found


def strings(n, length, rng):
    """Return n strings, (n, length) of +1 for open and -1, and the depths."""
    steps = 1 - 2 * rng.integers(0, 2, (n, length))
    depth, depths = np.zeros(n, int), []
    for t in range(length):
        depth = np.maximum(0, depth + steps[:, t])
        depths.append(depth)
    return steps, np.stack(depths, axis=1)


def one_hot(steps):
    """Return (n, length, 2) as a tensor: open, closed."""
    return torch.from_numpy(np.stack([steps > 0, steps < 0], -1).astype(np.float32))


NETWORKS = {
    "ReLU cell, 3 units": lambda: nn.RNN(2, 3, nonlinearity="relu", batch_first=True),
    "ReLU cell, 16 units": lambda: nn.RNN(2, 16, nonlinearity="relu", batch_first=True),
    "tanh cell, 16 units": lambda: nn.RNN(2, 16, batch_first=True),
    "LSTM, 16 units": lambda: nn.LSTM(2, 16, batch_first=True),
}


class Reader(nn.Module):
    """A recurrent layer, and one number read from each of its states."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.out = nn.Linear(layer.hidden_size, 1)

    def forward(self, x):
        """Return the depth it says after every bracket, (batch, time)."""
        return self.out(self.layer(x)[0])[..., 0]


def right(model, n, length, seed):
    """Return the share of brackets after which the rounded depth is right."""
    steps, depths = strings(n, length, np.random.default_rng(seed))
    with torch.no_grad():
        said = model(one_hot(steps)).numpy()
    return float((np.round(said) == depths).mean())


def trained(make, rate, seed):
    """Train one network; return what it gets right, held out and by length."""
    torch.manual_seed(seed)
    rng, model = np.random.default_rng(seed), Reader(make())
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    fall = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, UPDATES)
    for _ in range(UPDATES):
        steps, depths = strings(BATCH, LEARNED, rng)
        target = torch.from_numpy(depths.astype(np.float32))
        loss = ((model(one_hot(steps)) - target) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        fall.step()
    held_out = right(model, STRINGS, LEARNED, 10_000)
    by_length = [right(model, STRINGS, n, 20_000 + n) for n in LENGTHS]
    return {"held out": held_out, "test": by_length}


def by_hand():
    """Return what the lesson's cell gets right, its first unit read as the depth."""
    layer = nn.RNN(2, 1, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.zero_()
        layer.weight_ih_l0[:] = torch.tensor([[1.0, -1.0]])
        layer.weight_hh_l0[:] = 1.0
    model = Reader(layer)
    with torch.no_grad():
        model.out.weight[:], model.out.bias[:] = 1.0, 0.0
    found = [right(model, STRINGS, n, 20_000 + n) for n in LENGTHS]
    return {"test": found, "lengths": LENGTHS}


def by_window():
    """Return what is right if only the last 20 brackets are counted, from depth 0."""
    found = []
    for length in LENGTHS:
        rng = np.random.default_rng(20_000 + length)
        steps, depths = strings(STRINGS, length, rng)
        hits = []
        for t in range(length):
            depth = np.zeros(len(steps), int)
            for s in range(max(0, t + 1 - LEARNED), t + 1):
                depth = np.maximum(0, depth + steps[:, s])
            hits.append(depth == depths[:, t])
        found.append(float(np.mean(hits)))
    return {"test": found}


def main(part=""):
    """Measure what is not in the file yet, and write each at once."""
    torch.set_num_threads(1)
    todo = {"set by hand, 1 unit": by_hand, "the last 20, counted": by_window}
    for name, make in NETWORKS.items():
        for rate in RATES:
            for seed in range(SEEDS):
                key = f"{name}; rate {rate}; seed {seed}"
                todo[key] = lambda make=make, rate=rate, seed=seed: trained(
                    make, rate, seed
                )
    for k in range(BETWEEN):
        for n in SIZES:
            for seed in range(SEEDS):
                todo[f"pauses {k}; {n} sentences; seed {seed}"] = (
                    lambda k=k, n=n, s=seed: windows(k, n, s)
                )
    for name, do in todo.items():
        kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        if name not in kept and part in name:
            kept[name] = do()
            FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
            print(name, kept[name], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
