"""Measure the surnames of section 9 once more, with a rate and a length chosen fairly.

    python lessons/02-recurrent-cell/measure.py

The lesson's network in PyTorch, with the lesson's split. One training name in eight is
held out; on it each network's learning rate and number of epochs are chosen, and the
linear model's strength. Both learn from the other seven, and are scored once on the
test names. It takes about ten minutes of one core and writes `measured.json`;
`figures.py` writes the README's table.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from unrolled import batches, data, text
from unrolled.backends import pytorch as ur

FILE = Path(__file__).resolve().parent / "measured.json"
RATES, SEEDS, EPOCHS = (0.001, 0.002, 0.005), 5, 16
STRENGTHS = (3.0, 10.0, 30.0)


class NameNet(nn.Module):
    """The lesson's: an embedding, a recurrent layer, a readout of its last state."""

    def __init__(self, n_symbols, emb_size, hid_size, n_out):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, emb_size)
        self.rnn = nn.RNN(emb_size, hid_size, batch_first=True)
        self.out = nn.Linear(hid_size, n_out)

    def forward(self, x):
        """Return the logits of the last step, (batch, n_out)."""
        return self.out(self.rnn(self.embedding(x))[1][0])


class Names:
    """Surnames in three parts: to learn from, held out, test."""

    def __init__(self):
        names = data.surnames()
        rest, test = batches.stratified(names.labels, 0.8, np.random.default_rng(0))
        rng = np.random.default_rng(1)
        first, second = batches.stratified(names.labels[rest], 0.875, rng)
        self.at = {"train": rest[first], "dev": rest[second], "test": test}
        self.names, self.y, self.n_out = names.inputs, names.labels, len(names.classes)
        known = "".join(names.inputs[i] for i in self.at["train"])
        self.vocab = text.Vocab.from_text(known, min_count=3, unknown="?")
        self.x = [self.vocab.encode(name) for name in names.inputs]

    def batches(self, part, size, rng):
        """Return minibatches of names of one length."""
        at = self.at[part]
        return batches.same_length([self.x[i] for i in at], self.y[at], size, rng)

    def right(self, model, part, rng):
        """Return the accuracy on a part."""
        with torch.no_grad():
            hits = [
                ur.array(model(ur.tensor(x))).argmax(-1) == y
                for x, y in self.batches(part, 500, rng)
            ]
        return float(np.concatenate(hits).mean())


def network(names, rate, seed):
    """Train; return the accuracy on dev and on test after every epoch."""
    ur.seed(seed)
    rng, found = np.random.default_rng(seed), {"dev": [], "test": []}
    model = NameNet(len(names.vocab), 32, 128, names.n_out)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(EPOCHS):
        for x, y in names.batches("train", 64, rng):
            loss = cross_entropy(model(ur.tensor(x)), ur.tensor(y))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        for part in found:
            found[part].append(names.right(model, part, rng))
    return found


def linear(names):
    """Return the accuracies of the linear model: on dev by strength, on test."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = {part: [names.names[i] for i in at] for part, at in names.at.items()}
    y = {part: names.y[at] for part, at in names.at.items()}
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True)
    x = {"train": counts.fit_transform(texts["train"])}
    x |= {part: counts.transform(texts[part]) for part in ("dev", "test")}
    found = {}
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=300)
        model.fit(x["train"], y["train"])
        found[str(strength)] = {
            part: float((model.predict(x[part]) == y[part]).mean())
            for part in ("dev", "test")
        }
    return found


def main():
    """Measure what is not in the file yet, and write each at once."""
    torch.set_num_threads(1)
    names = Names()
    todo = {"surnames linear": lambda: linear(names)}
    for seed in range(SEEDS):
        for rate in RATES:
            name = f"surnames {rate} seed {seed}"
            todo[name] = lambda rate=rate, seed=seed: network(names, rate, seed)
    for name, do in todo.items():
        kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        if name not in kept:
            kept[name] = do()
            FILE.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
            print(name, kept[name], flush=True)


if __name__ == "__main__":
    main()
