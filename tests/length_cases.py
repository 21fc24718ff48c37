"""What both backends must do with sequences of unequal length: see test_backends.py.

python tests/length_cases.py TRACK      prints what `padding` finds, as JSON, in the
backend as it is, and in copies of it into which a bug was put: see test_padding.py.
"""

import importlib
import json
import sys
import types
from pathlib import Path

import numpy as np

from unrolled import batches, metrics

N_SYMBOLS, N_HIDDEN = 6, 12


def model_of(track: str, each_step: bool):
    """A classifier of the last real state, or a tagger: model(x, mask) -> logits."""
    if track == "pytorch":
        import torch

        class Model(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = torch.nn.Embedding(N_SYMBOLS, 8)
                self.rnn = torch.nn.GRU(8, N_HIDDEN, batch_first=True)
                self.out = torch.nn.Linear(N_HIDDEN, 2)

            def forward(self, x, mask):
                h, _ = self.rnn(self.embedding(x))
                if not each_step:
                    h = h[torch.arange(len(x)), mask.sum(dim=1) - 1]
                return self.out(h)

        return Model()
    import keras

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = keras.layers.Embedding(N_SYMBOLS, 8)
            self.rnn = keras.layers.GRU(N_HIDDEN, return_sequences=each_step)
            self.out = keras.layers.Dense(2)

        def call(self, x, mask):
            return self.out(self.rnn(self.embedding(x), mask=mask))

    return Model()


def found(ur, track: str) -> dict:
    """Train and ask a classifier and a tagger; return what must hold of them."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 30, 300)
    sequences = [rng.integers(0, N_SYMBOLS, n) for n in lengths]
    labels = np.array([s[-1] % 2 for s in sequences])  # padding must not hide it
    tags = [np.cumsum(s == 1) % 2 for s in sequences]
    return {
        "classifier": classifier(ur, track, sequences, labels),
        "tagger": tagger(ur, track, sequences, tags),
        "padding is left out": padding(ur, track, sequences, tags),
        "five parts": refused(ur, track),
        "calls": calls(ur, track, sequences, labels),
    }


def classifier(ur, track: str, sequences: list, labels: np.ndarray) -> dict:
    ur.seed(0)
    model = model_of(track, each_step=False)
    rng = np.random.default_rng(1)
    training = batches.Buckets(sequences, labels, 16, rng)
    history = ur.fit(model, training, epochs=6, lr=2e-2, progress=False)
    logits = ur.predict(model, training)  # shuffled, and brought back
    some = sequences[:50]
    alone = [ur.predict(model, [(s[None], s[None] >= 0, None)])[0] for s in some]
    plain = batches.Buckets(sequences, labels, 50, width=100)
    return {
        "steps": len(history.loss) == 6 * len(training),
        "accuracy": metrics.accuracy(logits.argmax(-1), labels),
        "alone": float(np.abs(logits[:50] - alone).max()),
        "other batches": float(np.abs(logits - ur.predict(model, plain)).max()),
        "evaluated": ur.evaluate(model, plain),
        "in NumPy": metrics.cross_entropy(logits, labels),
    }


def tagger(ur, track: str, sequences: list, tags: list) -> dict:
    ur.seed(0)
    model = model_of(track, each_step=True)
    training = batches.Buckets(sequences, tags, 16, np.random.default_rng(1))
    ur.fit(model, training, epochs=6, lr=2e-2, progress=False)
    rows = ur.predict(model, training)
    every, right = np.concatenate(rows), np.concatenate(tags)
    return {
        "lengths": [len(r) for r in rows] == [len(s) for s in sequences],
        "accuracy": metrics.accuracy(every.argmax(-1), right),
        "evaluated": ur.evaluate(model, training),
        "in NumPy": metrics.cross_entropy(every, right),
    }


def padding(ur, track: str, sequences: list, tags: list) -> dict:
    """The loss of one batch, whatever stands in its padding, and with weights."""
    ur.seed(0)
    model = model_of(track, each_step=True)
    x, mask, y = next(iter(batches.Buckets(sequences, tags, 40, width=100)))
    rows = ur.predict(model, [(x, mask, y)])
    right = metrics.cross_entropy(np.concatenate(rows), y[mask])
    rubbish = np.where(mask, x, 5), mask, np.where(mask, y, 1)
    one = {"lr": 0.0, "progress": False}
    return {
        "right": right,
        "trained": ur.fit(model, [(x, mask, y)], **one).loss[0],
        "rubbish": ur.fit(model, [rubbish], **one).loss[0],
        "evaluated": ur.evaluate(model, [rubbish]),
    }


def calls(ur, track: str, sequences: list, labels: np.ndarray) -> list[int]:
    """How often a model's Python runs: in a training, a prediction, an evaluation."""
    model = model_of(track, each_step=False)
    run, counted = model.rnn.__class__, [0]

    class Counting(run):
        def __call__(self, *given, **named):
            counted[0] += 1
            return super().__call__(*given, **named)

    model.rnn.__class__ = Counting
    buckets = batches.Buckets(sequences, labels, 16, np.random.default_rng(1))
    ur.predict(model, list(buckets)[:1])  # makes the weights
    counts = []
    for step in (
        lambda: ur.fit(model, buckets, epochs=2, progress=False),
        lambda: ur.predict(model, buckets),
        lambda: ur.evaluate(model, list(buckets)),
    ):
        counted[0] = 0
        step()
        counts.append(counted[0])
    return counts


def refused(ur, track: str) -> str:
    x = np.ones((1, 2), int)
    try:
        ur.fit(model_of(track, False), [(x, x, x, x, x)], progress=False)
    except ValueError as error:
        return str(error)
    return "no error"


# What stands in a backend's losses, and what would take them over the pads as well.
BUGS = {
    "pytorch": {
        "loss over pads": ("mask is not None and outputs.ndim > 2:", "False:"),
    },
    "tensorflow": {
        "loss over pads": ("mask is not None and n > 1:", "False:"),
    },
}


def with_bug(track: str, old: str, new: str) -> types.ModuleType:
    """Return a copy of a backend in whose losses one place was changed."""
    text = _source(f"{track}_losses")
    assert text.count(old) == 1, f"`{old}` stands {text.count(old)} times"
    backend = _module(f"{track}_with_a_bug", _source(track))
    assert callable(backend.losses)
    backend.losses = _module(f"{track}_bug", text.replace(old, new)).losses
    return backend


def _source(name: str) -> str:
    right = importlib.import_module(f"unrolled.backends.{name}")
    return Path(right.__file__).read_text("utf-8")


def _module(name: str, text: str) -> types.ModuleType:
    made = types.ModuleType(name)
    exec(compile(text, name, "exec"), made.__dict__)
    return made


def main(track: str) -> dict:
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, N_SYMBOLS, n) for n in rng.integers(1, 30, 60)]
    tags = [np.cumsum(s == 1) % 2 for s in sequences]
    copies = {"as it is": importlib.import_module(f"unrolled.backends.{track}")}
    copies |= {name: with_bug(track, *edit) for name, edit in BUGS[track].items()}
    return {name: padding(ur, track, sequences, tags) for name, ur in copies.items()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
