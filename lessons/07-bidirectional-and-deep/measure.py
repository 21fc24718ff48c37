"""Measure what the README's table says: depth against accuracy on surnames.

    python lessons/07-bidirectional-and-deep/measure.py depth       # equal numbers
    python lessons/07-bidirectional-and-deep/measure.py residual    # equal width
    python lessons/07-bidirectional-and-deep/measure.py summary     # of a name
    python lessons/07-bidirectional-and-deep/measure.py longer      # equal seconds

Each writes its part of `measured.json`; `figures.py` draws it and renews the tables in
the README. Seven names in ten to learn from, one in ten to choose the learning rate,
two in ten for the score. PyTorch, LSTM layers. Seconds are those of one core
(`time.process_time`, one thread), so that other work on the machine counts less.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from unrolled import batches, data, measured, text
from unrolled.backends import pytorch as ur

FILE = Path(__file__).parent / "measured.json"
SEEDS, EPOCHS, LONGER, EMBEDDING = 5, 3, 24, 32
RATES = (0.01, 0.02)  # each network gets its best, by the names held out
# Slower for the stack that learns least; the longest training has one rate.
OTHER_RATES = {"plain, 8": (0.003, 0.01), "longer, 1": (0.01,)}
BUDGET = 25_088  # one layer of 64 units, with PyTorch's two biases
WIDTH = 64


def parameters(n_hidden: int, n_layers: int, n_directions: int) -> int:
    """Return the parameters of a stack of PyTorch's LSTM layers."""
    wider = n_layers - 1
    rows = EMBEDDING + wider * n_directions * n_hidden + n_layers * (n_hidden + 2)
    return 4 * n_directions * n_hidden * rows


def hidden_size(n_layers: int, n_directions: int) -> int:
    """Return the largest n_hidden whose stack holds at most `BUDGET` parameters."""
    fits = (n for n in range(1, 500) if parameters(n, n_layers, n_directions) <= BUDGET)
    return max(fits)


class Names:
    """Surnames in three parts, as integers, with their languages."""

    def __init__(self):
        names, rng = data.surnames(), np.random.default_rng(0)
        rest, self.test = batches.stratified(names.labels, 0.8, rng)
        first, second = batches.stratified(names.labels[rest], 0.875, rng)
        self.train, self.dev = rest[first], rest[second]
        known = "".join(names.inputs[i] for i in self.train)
        self.vocab = text.Vocab.from_text(known, min_count=3, unknown="?")
        self.x = [self.vocab.encode(name) for name in names.inputs]
        self.y, self.n_out = names.labels, len(names.classes)

    def part(self, where: np.ndarray, batch: int, rng: np.random.Generator) -> list:
        """Return minibatches of names of one length."""
        chosen = [self.x[i] for i in where]
        return batches.same_length(chosen, self.y[where], batch, rng)

    def learn(self, make, rate: float, seed: int, epochs: int = EPOCHS) -> dict:
        """Train a network; return its accuracies and the seconds of one core."""
        ur.seed(seed)
        rng, model = np.random.default_rng(seed), make(len(self.vocab), self.n_out)
        many = [b for _ in range(epochs) for b in self.part(self.train, 128, rng)]
        began = time.process_time()
        history = ur.fit(model, many, lr=rate, progress=False)
        seconds = time.process_time() - began
        right = {}
        model.eval()
        for name in ("dev", "test"):
            found = self.part(getattr(self, name), 500, rng)
            with torch.no_grad():
                hits = [
                    (ur.array(model(ur.tensor(x))[0]).argmax(-1) == y) for x, y in found
                ]
            right[name] = float(np.concatenate(hits).mean())
        return right | {"loss": float(np.mean(history.loss[-100:])), "seconds": seconds}


class Reader(torch.nn.Module):
    """An LSTM stack; its ends, or another summary of its states, give the answer."""

    def __init__(
        self, n_symbols, n_out, n_hidden, n_layers, n_directions, residual, summary=""
    ):
        super().__init__()
        self.embedding = torch.nn.Embedding(n_symbols, EMBEDDING)
        width, one = n_directions * n_hidden, []
        for k in range(n_layers):
            n_in = width if k else EMBEDDING
            bi = n_directions == 2
            one.append(
                torch.nn.LSTM(n_in, n_hidden, batch_first=True, bidirectional=bi)
            )
        self.layers, self.residual = torch.nn.ModuleList(one), residual
        self.n, self.out = n_hidden, torch.nn.Linear(width, n_out)
        self.summary = summary

    def forward(self, x, state=None):
        """Return logits (batch, n_out) for x (batch, time)."""
        h = self.embedding(x)
        for k, layer in enumerate(self.layers):
            new, _ = layer(h)
            h = h + new if self.residual and k else new  # the first changes the width
        if self.summary == "last column":
            return self.out(h[:, -1]), ()
        if self.summary == "mean":
            return self.out(h.mean(dim=1)), ()
        ends = torch.cat([h[:, -1, : self.n], h[:, 0, self.n :]], dim=-1)
        return self.out(ends), ()


def _scores(task: Names, found: dict, name: str, *shape, epochs=EPOCHS) -> None:
    """Run every seed at every rate; keep those of the rate that is best held out."""
    if name in found:
        return

    def make(n_symbols, n_out):
        return Reader(n_symbols, n_out, *shape)

    by_rate = {
        rate: [task.learn(make, rate, seed, epochs) for seed in range(SEEDS)]
        for rate in OTHER_RATES.get(name, RATES)
    }
    held_out = {rate: np.mean([r["dev"] for r in by_rate[rate]]) for rate in by_rate}
    rate = max(held_out, key=held_out.get)
    runs = by_rate[rate]
    n_hidden, n_layers, n_directions = shape[:3]
    found[name] = {
        "n_hidden": n_hidden,
        "n_layers": n_layers,
        "n_directions": n_directions,
        "parameters": parameters(n_hidden, n_layers, n_directions),
        "rate": rate,
        "held out, by rate": {str(k): float(v) for k, v in held_out.items()},
        "epochs": epochs,
        **{k: [run[k] for run in runs] for k in runs[0]},
    }
    print(name, found[name], flush=True)


def depth(task: Names, found: dict) -> None:
    """Score 1, 2 and 4 layers, one direction and two, at equal numbers."""
    for n_directions in (1, 2):
        for n_layers in (1, 2, 4):
            n = hidden_size(n_layers, n_directions)
            name = f"equal numbers, {n_directions} x {n_layers}"
            _scores(task, found, name, n, n_layers, n_directions, False)
            _keep(found)


def residual(task: Names, found: dict) -> None:
    """Score stacks of 64 units, with and without residual connections."""
    for n_layers in (2, 4, 8):
        for add in (False, True):
            name = f"{'residual' if add else 'plain'}, {n_layers}"
            _scores(task, found, name, WIDTH, n_layers, 1, add)
            _keep(found)


def summary(task: Names, found: dict) -> None:
    """Score two directions whose states are summed up in other ways."""
    for way in ("last column", "mean"):
        _scores(task, found, way, hidden_size(1, 2), 1, 2, False, way)
        _keep(found)


def longer(task: Names, found: dict) -> None:
    """Score one layer that learns for about the seconds of eight."""
    _scores(task, found, "longer, 1", WIDTH, 1, 1, False, epochs=LONGER)
    _keep(found)


def _keep(found: dict) -> None:
    FILE.write_text(json.dumps(found, indent=1) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    experiments = {"depth": depth, "residual": residual, "longer": longer}
    experiments["summary"] = summary
    names = Names()
    for experiment in sys.argv[1:]:
        measured.asked(experiments, experiment)(names, known)
