"""What both backends must do, run for one of them: see test_backends.py.

Runs in a process of its own, so that no test sees both frameworks at once:
`python tests/backend_cases.py pytorch`. Prints JSON.
"""

import importlib
import json
import sys

import numpy as np

import fault_cases
import length_cases
from unrolled import batches, cells, text


def layer_of(track: str, n_in: int, n_hidden: int, activation: str):
    if track == "pytorch":
        import torch

        return torch.nn.RNN(n_in, n_hidden, nonlinearity=activation, batch_first=True)
    import keras

    return keras.layers.SimpleRNN(n_hidden, activation=activation)


def char_model(track: str, n_symbols: int):
    if track == "pytorch":
        import torch

        class Model(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = torch.nn.Embedding(n_symbols, 16)
                self.rnn = torch.nn.LSTM(16, 64, batch_first=True)
                self.out = torch.nn.Linear(64, n_symbols)

            def forward(self, x, state=None):
                h, state = self.rnn(self.embedding(x), state)
                return self.out(h), state

        return Model()
    import keras

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = keras.layers.Embedding(n_symbols, 16)
            self.rnn = keras.layers.LSTM(64, return_sequences=True, return_state=True)
            self.out = keras.layers.Dense(n_symbols)

        def call(self, x, state=None, training=False):
            h, *state = self.rnn(self.embedding(x), initial_state=state)
            return self.out(h), state

    return Model()


def parity(ur, track: str) -> dict:
    """Largest differences from NumPy over random sizes: states, last, gradients."""
    rng = np.random.default_rng(3)
    worst = {"h": 0.0, "last": 0.0, "gradient": 0.0, "round_trip": 0.0}
    for case in range(12):
        n_in, n_hidden = map(int, rng.integers(1, 34, 2))
        batch, time = rng.integers(1, 6), rng.integers(1, 41)
        activation = ["tanh", "relu"][case % 2]
        weights = cells.rnn_weights(n_in, n_hidden, rng, np.float32)
        weights = weights._replace(w_h=weights.w_h * 0.5)  # relu must not explode
        x = rng.normal(size=(batch, time, n_in)).astype(np.float32)
        start = rng.normal(size=(batch, n_hidden)).astype(np.float32)
        layer = layer_of(track, n_in, n_hidden, activation)
        ur.load_rnn(layer, weights)
        for state in (None, start):
            ours = cells.rnn(x, weights, state, activation)
            theirs = ur.run(layer, x, state)
            worst["h"] = max(worst["h"], np.abs(ours.h - theirs.h).max())
            worst["last"] = max(worst["last"], np.abs(ours.last - theirs.last).max())
        d_last = rng.normal(size=(batch, n_hidden)).astype(np.float32)
        ours = cells.rnn(x, weights, None, activation)
        grads = cells.rnn_backward(ours, np.zeros_like(ours.h), d_last)
        norms = np.sqrt((grads.x**2).sum(axis=(0, 2)))
        error = np.abs(ur.gradients(layer, x, d_last) - norms).max()
        worst["gradient"] = max(worst["gradient"], error / (norms.max() + 1e-12))
        back = ur.dump(layer)
        for a, b in zip(back, weights, strict=True):
            worst["round_trip"] = max(worst["round_trip"], np.abs(a - b).max())
    return {k: float(v) for k, v in worst.items()}


def training(ur, track: str) -> dict:
    """Train on a periodic text: loss falls, state is carried, sampling follows it."""
    ur.seed(0)
    source = "abcdefgh" * 300
    vocab = text.Vocab.from_text(source)
    ids = vocab.encode(source)
    model = char_model(track, len(vocab))
    calls = []

    def after(step):
        calls.append(step)
        return ur.evaluate(
            model, batches.Streams(ids, 4, 16, whole=True), stateful=True
        )

    history = ur.fit(
        model,
        batches.Streams(ids, 4, 16),
        steps=60,
        lr=2e-2,
        stateful=True,
        every=25,
        after=after,
        progress=False,
    )
    rng = np.random.default_rng(1)
    same = ur.sample(model, vocab, "ab", 40, 0.5, np.random.default_rng(1))
    return {
        "first": history.loss[0],
        "last": history.loss[-1],
        "valid": history.valid,
        "calls": calls,
        "n_norms": len(history.norms),
        "largest_norm": max(history.norms),
        "seconds": history.seconds,
        "sample": ur.sample(model, vocab, "ab", 40, 0.5, rng),
        "again": same,
        "evaluated": ur.evaluate(model, [batch_of(ids)]),
    }


def batch_of(ids):
    return ids[None, :40], ids[None, 1:41]


def gated(track: str, kind: str, n_hidden: int = 3, two: bool = False, **options):
    """An LSTM or a GRU layer of 2 inputs, in one direction or two."""
    if track == "pytorch":
        import torch

        made = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}[kind]
        return made(2, n_hidden, batch_first=True, bidirectional=two, **options)
    import keras

    options = {"use_bias" if k == "bias" else k: v for k, v in options.items()}
    layer = getattr(keras.layers, kind)(n_hidden, **options)
    return keras.layers.Bidirectional(layer) if two else layer


def errors(ur, track: str) -> dict:
    rng = np.random.default_rng(0)
    weights = cells.rnn_weights(2, 3, rng, np.float32)
    lstm, gru = cells.lstm_weights(2, 3, rng), cells.gru_weights(2, 3, rng)
    x, real = rng.normal(size=(2, 4, 2)), np.ones((2, 4), bool)
    nowhere = np.array([[True] * 4, [False] * 4])
    vocab = text.Vocab.from_text("ab")
    model = char_model(track, 2)
    a_gru, an_lstm = gated(track, "GRU"), gated(track, "LSTM")
    wrong = {
        "size": lambda: ur.load_rnn(layer_of(track, 4, 4, "tanh"), weights),
        "kind": lambda: ur.load_rnn(object(), weights),
        "prompt": lambda: ur.sample(model, vocab, "", 3),
        "temperature": lambda: ur.sample(model, vocab, "a", 3, 0.0),
        "schedule": lambda: ur.fit(
            model, [batch_of(np.tile([0, 1], 30))], schedule="x", progress=False
        ),
        "nothing": lambda: ur.fit(model, [], progress=False),
        "before": lambda: ur.load_gru(a_gru, gru, reset="before"),
        "z": lambda: ur.load_gru(a_gru, gru, z="both"),
        "lstm in gru": lambda: ur.load_gru(a_gru, lstm),
        "wrong layer": lambda: ur.load_lstm(a_gru, lstm),
        "no bias": lambda: ur.load_gru(gated(track, "GRU", bias=False), gru),
        "too many layers": lambda: ur.load_lstm(an_lstm, [lstm, lstm]),
        "no pair": lambda: ur.load_lstm(gated(track, "LSTM", two=True), lstm),
        "state": lambda: ur.run(a_gru, x, np.zeros((2, 4))),
        "one of two": lambda: ur.run(an_lstm, x, np.zeros((2, 3))[None]),
        "mask": lambda: ur.run(a_gru, x, mask=real.astype(int)),
        "empty row": lambda: ur.run(a_gru, x, mask=nowhere),
        "a model": lambda: ur.run(model, x),
    }
    if track == "pytorch":
        projected = gated(track, "LSTM", proj_size=2)
        wrong["projection"] = lambda: ur.load_lstm(projected, lstm)
    else:
        import keras

        half = gated(track, "GRU", reset_after=False)
        wrong["after"] = lambda: ur.load_gru(half, gru)
        summed = keras.layers.Bidirectional(keras.layers.LSTM(3), merge_mode="sum")
        wrong["merge"] = lambda: ur.load_lstm(summed, (lstm, lstm))
        relu = gated(track, "LSTM", activation="relu")
        wrong["activation"] = lambda: ur.load_lstm(relu, lstm)
    said = {}
    for name, call in wrong.items():
        try:
            call()
            said[name] = "no error"
        except ValueError as error:
            said[name] = str(error)
    return said


def kept(ur, track: str) -> dict:
    """What `run` and `gradients` must not change in a layer, or be changed by."""
    rng = np.random.default_rng(0)
    x, layer = rng.normal(size=(2, 4, 2)), gated(track, "LSTM")
    h = ur.run(layer, x).h
    ur.gradients(layer, x)
    found = {"the same again": np.array_equal(h, ur.run(layer, x).h)}
    if track == "pytorch":
        import torch

        found["no gradient stays"] = all(p.grad is None for p in layer.parameters())
        found["training mode"] = layer.training
        time_first = torch.nn.LSTM(2, 3)
        time_first.load_state_dict(layer.state_dict())
        found["time first"] = np.array_equal(h, ur.run(time_first, x).h)
        dropping = torch.nn.LSTM(2, 3, 2, dropout=0.5)
        twice = [ur.run(dropping, x).h for _ in range(2)]
        found["no dropout"] = np.array_equal(*twice)
    else:
        import keras

        stateful = keras.layers.LSTM(3, stateful=True)
        ur.run(stateful, x)
        ur.load_lstm(stateful, ur.dump(layer))
        ur.run(stateful, x)
        found["no state stays"] = np.array_equal(h, ur.run(stateful, x).h)
    return found


def devices(ur, track: str) -> list[str]:
    """Ask for the device with the framework's own question answered both ways."""
    found = []
    for gpu in (False, True):
        if track == "pytorch":
            import torch

            torch.cuda.is_available = lambda gpu=gpu: gpu
            torch.backends.mps.is_available = lambda: False
        else:
            import tensorflow as tf

            found_gpus = ["a GPU"] if gpu else []
            tf.config.get_visible_devices = lambda kind=None, g=found_gpus: g
        found.append(ur.device())
    if track == "pytorch":
        torch.cuda.is_available = lambda: False
        torch.backends.mps.is_available = lambda: True
        found.append(ur.device())
    return found


def main(track: str) -> dict:
    ur = importlib.import_module(f"unrolled.backends.{track}")
    ur.seed(5)
    first = ur.dump(made(ur, track)).w_x.tolist()
    ur.seed(5)
    second = ur.dump(made(ur, track)).w_x.tolist()
    there_and_back = ur.array(ur.tensor(np.arange(6).reshape(2, 3))).tolist()
    return {
        "seeded": first == second,
        "there_and_back": there_and_back,
        "parity": parity(ur, track),
        "training": training(ur, track),
        "errors": errors(ur, track),
        "kept": kept(ur, track),
        "lengths": length_cases.found(ur, track),
        "faults": fault_cases.found(ur, track),
        "other_framework": {"pytorch": "tensorflow", "tensorflow": "torch"}[track]
        in sys.modules,
        "devices": devices(ur, track),  # last: it breaks the framework
    }


def made(ur, track: str):
    layer = layer_of(track, 2, 3, "tanh")
    if track == "tensorflow":
        layer.build((None, None, 2))
    return layer


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
