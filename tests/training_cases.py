"""Sixty updates of `ur.fit` from given weights: see test_training_parity.py.

Runs in a process of its own: `python tests/training_cases.py TRACK FILE` writes what
each case gives, losses, norms and final weights, as arrays.
"""

import importlib
import sys

import numpy as np

from unrolled import batches, cells

N_SYMBOLS, N_IN, N_HIDDEN, STEPS = 7, 5, 9, 60
KINDS = ("rnn", "lstm", "gru")
LAYERS = {"rnn": ("RNN", "SimpleRNN"), "lstm": ("LSTM", "LSTM"), "gru": ("GRU", "GRU")}


def weights(kind: str) -> tuple:
    """An embedding, a cell's weights and a readout; the same for both tracks."""
    rng = np.random.default_rng(7)
    embedding = rng.normal(size=(N_SYMBOLS, N_IN)).astype(np.float32)
    cell = getattr(cells, f"{kind}_weights")(N_IN, N_HIDDEN, rng, np.float32)
    readout = rng.normal(size=(N_HIDDEN, N_SYMBOLS)).astype(np.float32) / 3
    return embedding, cell, readout


def pytorch_model(ur, kind: str, masked: bool):
    import torch

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(N_SYMBOLS, N_IN)
            layer = getattr(torch.nn, LAYERS[kind][0])
            self.rnn = layer(N_IN, N_HIDDEN, batch_first=True)
            self.out = torch.nn.Linear(N_HIDDEN, N_SYMBOLS)

        def forward(self, x, other=None):
            h, state = self.rnn(self.embedding(x), None if masked else other)
            return self.out(h) if masked else (self.out(h), state)

    embedding, cell, readout = weights(kind)
    model = Model()
    with torch.no_grad():
        model.embedding.weight.copy_(torch.tensor(embedding))
        model.out.weight.copy_(torch.tensor(readout.T))
        model.out.bias.zero_()
    getattr(ur, f"load_{kind}")(model.rnn, cell)
    if kind != "gru":
        # Keras' layer has one bias. PyTorch's second is redundant, but it is trained
        # as well, and then the sum of the two moves twice as far.
        model.rnn.bias_hh_l0.requires_grad_(False)
    return model


def tensorflow_model(ur, kind: str, masked: bool):
    import keras

    embedding, cell, readout = weights(kind)
    given = keras.initializers.Constant

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = keras.layers.Embedding(N_SYMBOLS, N_IN, given(embedding))
            layer = getattr(keras.layers, LAYERS[kind][1])
            self.rnn = layer(N_HIDDEN, return_sequences=True, return_state=True)
            self.out = keras.layers.Dense(N_SYMBOLS, kernel_initializer=given(readout))

        def call(self, x, other=None, training=False):
            start = None if masked else other
            h, *state = self.rnn(self.embedding(x), initial_state=start)
            return self.out(h) if masked else (self.out(h), state)

    model = Model()
    getattr(ur, f"load_{kind}")(model.rnn, cell)
    return model


def final(ur, track: str, model) -> np.ndarray:
    """Every weight after training, in one order for both tracks."""
    if track == "pytorch":
        embedding, readout = model.embedding.weight, model.out.weight.T
        bias = model.out.bias
    else:
        embedding, readout = model.embedding.embeddings, model.out.kernel
        bias = model.out.bias
    parts = [embedding, *ur.dump(model.rnn), readout, bias]
    return np.concatenate([np.ravel(ur.array(p)) for p in parts])


def tasks() -> dict:
    """Each case: batches and options of `fit`. Symbols repeat many times a batch."""
    rng = np.random.default_rng(11)
    text = rng.integers(0, N_SYMBOLS, 2000) * rng.integers(0, 2, 2000)  # half are 0
    streams = batches.Streams(text, 8, 16)
    x, y = (part[:, :12] for part in next(iter(streams)))
    weight = rng.integers(0, 3, x.shape).astype(np.float32)
    lengths = rng.integers(1, 20, 44)  # batches of 8, the last ones smaller
    sequences = [text[k : k + n] for k, n in enumerate(lengths)]
    labels = [(s + 1) % N_SYMBOLS for s in sequences]
    return {
        "state, clipped": (streams, {"stateful": True, "clip": 0.1}),
        "weights, unequal": ([(x, y, weight), (x[:3], y[:3], weight[:3])], {}),
        "masks": (batches.Buckets(sequences, labels, 8), {"clip": 0.5}),
    }


def main() -> None:
    """Train every kind on every task, and keep what came out."""
    track, path = sys.argv[1:]
    ur = importlib.import_module(f"unrolled.backends.{track}")
    model_of = {"pytorch": pytorch_model, "tensorflow": tensorflow_model}[track]
    found = {}
    for kind in KINDS:
        for name, (data, options) in tasks().items():
            model = model_of(ur, kind, masked=name == "masks")
            history = ur.fit(model, data, steps=STEPS, progress=False, **options)
            found[f"{kind} {name} loss"] = np.array(history.loss)
            found[f"{kind} {name} norms"] = np.array(history.norms)
            found[f"{kind} {name} weights"] = final(ur, track, model)
    np.savez(path, **found)


if __name__ == "__main__":
    main()
