"""What both backends must do with odd models and wrong batches: see test_backends.py.

Runs inside backend_cases.py, so that each framework starts once.
"""

import collections

import numpy as np

from unrolled import batches, cells, metrics, text

N_OUT = 5
Named = collections.namedtuple("Named", "h")
NESTINGS = {
    "plain": (lambda h: h, lambda state: state),
    "named": (lambda h: Named({"top": [h]}), lambda state: state.h["top"][0]),
    "none": (lambda h: None, lambda state: None),
}
QUIET = {"progress": False}


def letters(track: str, nesting: str = "plain", each_step: bool = True):
    """A GRU over symbols, model(x, state), whose logits are `scale` times larger."""
    nest, unnest = NESTINGS[nesting]
    if track == "pytorch":
        import torch

        class Letters(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.table = torch.nn.Embedding(N_OUT, 4)
                self.rnn = torch.nn.GRU(4, 6, batch_first=True)
                self.out, self.scale = torch.nn.Linear(6, N_OUT), {"by": 1.0}

            def forward(self, x, state=None):
                h, last = self.rnn(
                    self.table(x), None if state is None else unnest(state)
                )
                return self.out(h) * self.scale["by"], nest(last)

        return Letters()
    import keras

    class Letters(keras.Model):
        def __init__(self):
            super().__init__()
            self.table = keras.layers.Embedding(N_OUT, 4)
            self.rnn = keras.layers.GRU(6, return_sequences=True, return_state=True)
            self.out, self.scale = keras.layers.Dense(N_OUT), {"by": 1.0}

        def call(self, x, state=None, training=False):
            start = None if state is None else unnest(state)
            h, last = self.rnn(self.table(x), initial_state=start)
            return self.out(h) * self.scale["by"], nest(last)

    return Letters()


def sequential(track: str):
    """A model that takes x alone, numbers (batch, features), and returns logits."""
    if track == "pytorch":
        import torch

        return torch.nn.Sequential(torch.nn.Linear(3, N_OUT))
    import keras

    return keras.Sequential([keras.layers.Dense(N_OUT)])


def reader(track: str):
    """A classifier of sequences, model(x, mask): the mean of its real symbols."""
    if track == "pytorch":
        import torch

        class Reader(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.table = torch.nn.Embedding(N_OUT, N_OUT)

            def forward(self, x, mask):
                real = mask[..., None].float()
                return (self.table(x) * real).sum(1) / real.sum(1)

        return Reader()
    import keras

    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.table = keras.layers.Embedding(N_OUT, N_OUT)

        def call(self, x, mask):
            real = keras.ops.cast(mask[..., None], "float32")
            return keras.ops.sum(self.table(x) * real, 1) / keras.ops.sum(real, 1)

    return Reader()


def rnn(track: str):
    """A layer of 2 inputs and 3 units."""
    if track == "pytorch":
        import torch

        return torch.nn.RNN(2, 3, batch_first=True)
    import keras

    return keras.layers.SimpleRNN(3)


def pairs(*sizes: int, steps: int = 6) -> list:
    rng = np.random.default_rng(0)
    return [tuple(rng.integers(0, N_OUT, (2, n, steps))) for n in sizes]


def weights_of(ur, track: str, model) -> list:
    found = model.parameters() if track == "pytorch" else model.weights
    return [ur.array(w) for w in found]


def found(ur, track: str) -> dict:
    return {
        "unequal": unequal(ur, track),
        "nestings": nestings(ur, track),
        "sequential": alone(ur, track),
        "changed": changed(ur, track),
        "order": order(ur, track),
        "kinds": kinds(ur, track),
        "uncounted": uncounted(ur, track),
        "backwards": backwards(ur) if track == "tensorflow" else None,
        "said": said(ur, track),
    }


def unequal(ur, track: str) -> dict:
    """Batches of 4, 4 and 2 rows, without a state that is carried."""
    ur.seed(0)
    model, data = letters(track), pairs(4, 4, 2)
    history = ur.fit(model, data, epochs=2, **QUIET)
    logits = [ur.array(ur.ready(model)(ur.tensor(x), None)[0]) for x, _ in data]
    labels = np.concatenate([y for _, y in data])
    return {
        "steps": len(history.loss),
        "evaluated": ur.evaluate(model, data),
        "in NumPy": metrics.cross_entropy(np.concatenate(logits), labels),
    }


def nestings(ur, track: str) -> dict:
    """The losses of one model whose state is nested in different ways."""
    losses = {}
    for nesting in NESTINGS:
        ur.seed(0)
        model, stateful = letters(track, nesting), nesting != "none"
        losses[nesting] = ur.fit(model, pairs(4, 4), stateful=stateful, **QUIET).loss
    return losses


def alone(ur, track: str) -> dict:
    """A model that takes x alone; and what clip=None does."""
    model, rng = sequential(track), np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.integers(0, N_OUT, 8)  # float64
    norms = [ur.fit(model, [(x, y)], lr=0, clip=c, **QUIET).norms for c in (None, 1e9)]
    asked = ur.ready(model)(ur.tensor(x.astype(np.float32)))
    ur.fit(model, [(x, y)] * 3, clip=None, **QUIET)
    return {
        "norms": norms,
        "before": metrics.cross_entropy(ur.array(asked), y),
        "after": ur.evaluate(model, [(x, y)]),
    }


def changed(ur, track: str) -> dict:
    """A value of Python in a model, changed after it was asked and during `fit`."""
    ur.seed(0)
    model, (batch,) = letters(track), pairs(4)
    first = ur.evaluate(model, [batch])
    again = ur.evaluate(model, [batch])
    model.scale["by"] = 0.0
    none = ur.evaluate(model, [batch])

    def after(step):
        model.scale["by"] = 0.0

    model.scale["by"] = 1.0
    history = ur.fit(model, [batch] * 3, lr=0.0, every=2, after=after, **QUIET)
    return {"evaluated": [first, again, none], "losses": history.loss}


def order(ur, track: str) -> dict:
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, N_OUT, n) for n in rng.integers(1, 20, 30)]
    many = batches.Buckets(sequences, [0] * 30, 4, np.random.default_rng(1))
    model = reader(track)
    one_by_one = [(s[None], np.ones((1, len(s)), bool), None) for s in sequences]
    right = ur.predict(model, one_by_one)
    ways = {"buckets": many, "a list": list(many), "turned": list(many)[::-1]}
    off = {k: np.abs(ur.predict(model, way) - right).max() for k, way in ways.items()}
    table = weights_of(ur, track, model)[0]
    means = np.array([table[s].mean(axis=0) for s in sequences])
    off["one by one"] = np.abs(right - means).max()
    return {k: float(v) for k, v in off.items()}


def kinds(ur, track: str) -> dict:
    """One batch, its numbers in every kind of array."""
    model, ((x, y),) = letters(track), pairs(4)
    names = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 >i4".split()
    ways = {name: (x.astype(name), y.astype(name)) for name in names}
    ways["lists"] = x.tolist(), y.tolist()
    ways["turned"] = x[:, ::-1].copy()[:, ::-1], y[::-1].copy()[::-1]
    ways["fixed"] = x.copy(), y.copy()
    for a in ways["fixed"]:
        a.flags.writeable = False
    ways["tensors"] = ur.tensor(x), ur.tensor(y)
    return {name: ur.evaluate(model, [way]) for name, way in ways.items()}


def uncounted(ur, track: str) -> dict:
    """What has the weight 0, or is masked, may hold anything."""
    model, ((x, y),) = letters(track), pairs(4)
    weight = np.ones(y.shape, np.float32)
    weight[:, 4:] = 0
    rubbish = np.where(weight > 0, y, -100)
    one = {"lr": 0.0, **QUIET}
    logits = ur.array(ur.ready(model)(ur.tensor(x), None)[0])
    return {
        "in NumPy": metrics.cross_entropy(logits[:, :4], y[:, :4]),
        "trained": ur.fit(model, [(x, rubbish, weight)], **one).loss[0],
        "evaluated": ur.evaluate(model, [(x, rubbish, weight > 0)]),
    }


def backwards(ur) -> float:
    """A layer that reads from the end, over masked steps."""
    import keras

    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=(3, 5, 2)), cells.gru_weights(2, 4, rng)
    mask = np.arange(5) < [[5], [3], [1]]
    mask[1, 1] = False
    layer = keras.layers.GRU(4, go_backwards=True)
    ur.load_gru(layer, weights)
    right = cells.gru(x[:, ::-1], weights, mask=mask[:, ::-1]).h[:, ::-1]
    return float(np.abs(ur.run(layer, x, mask=mask).h - right).max())


def said(ur, track: str) -> dict:
    """The sentence for each thing that cannot be done."""
    model, plain, classifier = letters(track), sequential(track), reader(track)
    ((x, y),) = pairs(4)
    real, some = np.ones(x.shape, bool), np.ones(x.shape, np.float32)
    none, last = some * 0, np.where(np.arange(6) == 5, -1, some)
    numbers, classes = np.ones((4, 3), np.float32), y[:, 0]
    spent, vocab = iter([]), text.Vocab.from_text("abcde")
    layer = rnn(track)
    ur.load_rnn(layer, cells.rnn_weights(2, 3, np.random.default_rng(0)))
    gap = np.where(np.arange(4) == 2, np.nan, 1)[:, None, None] * numbers  # 3rd batch

    def fit(*data, model=model, **options):
        return lambda: ur.fit(model, list(data), **QUIET, **options)

    calls = {
        "empty": lambda: ur.fit(model, [], steps=5, **QUIET),
        "spent": lambda: ur.fit(model, spent, steps=5, **QUIET),
        "ends": lambda: ur.fit(plain, iter([(numbers, classes)] * 3), steps=9, **QUIET),
        "no length": lambda: ur.fit(model, iter([(x, y)]), **QUIET),
        "half a step": fit((x, y), steps=2.5),
        "no epoch": fit((x, y), epochs=0),
        "lr": fit((x, y), lr=float("nan")),
        "clip": fit((x, y), clip=0),
        "evaluate nothing": lambda: ur.evaluate(model, []),
        "nothing counts": lambda: ur.evaluate(model, [(x, y, none)]),
        "whole mask": fit((x, real.astype(int), y)),
        "real mask": fit((x, some, y)),
        "asked with a whole mask": lambda: ur.predict(
            classifier, [(x, real.astype(int), None)]
        ),
        "-100": fit((x, np.where(y == 2, -100, y))),
        "no such class": fit((x, np.where(y == 2, 9, y))),
        "evaluate no such class": lambda: ur.evaluate(model, [(x, y + 9)]),
        "negative weight": fit((x, y, last)),
        "nan weight": fit((x, y, some * np.nan)),
        "no weight": fit((x, y), (x, y, none)),
        "no real step": fit((x, ~real, y), model=classifier),
        "real labels": fit((x, y.astype(float))),
        "names": fit((x, np.array([["a"] * 6] * 4))),
        "rows": fit((x, y[:2])),
        "mask's shape": fit((x, real[:, 1:], y)),
        "weights' shape": fit((x, y, some[:, 1:])),
        "logits": fit((x, y[:, 1:])),
        "no rows": fit((x[:0], y[:0])),
        "no steps": fit((x[:, :0], y[:, :0])),
        "ragged": fit(([[1], [1, 2]], [0, 1])),
        "short": fit((x, y), (x[:2], y[:2]), stateful=True),
        "nan": fit(*((part, classes) for part in gap), model=plain),
        "no state": lambda: ur.sample(letters(track, "none"), vocab, "a", 2),
        "seed": lambda: ur.sample(model, vocab, "a", 2, rng=7),
        "run flat": lambda: ur.run(layer, np.ones((4, 2))),
        "run wide": lambda: ur.run(layer, np.ones((1, 4, 3))),
        "run no steps": lambda: ur.run(layer, np.ones((1, 0, 2))),
        "run no rows": lambda: ur.gradients(layer, np.ones((0, 3, 2))),
        "run ragged": lambda: ur.run(layer, [[[1, 2]], []]),
        "d_last": lambda: ur.gradients(layer, np.ones((1, 4, 2)), np.ones((1, 4))),
    }
    sentences = {}
    for name, call in calls.items():
        try:
            call()
            sentences[name] = "no error"
        except (ValueError, FloatingPointError) as error:
            sentences[name] = f"{type(error).__name__}: {error}"
        except Exception as error:
            sentences[name] = f"framework's {type(error).__name__}: {error}"
    finite = all(np.isfinite(w).all() for w in weights_of(ur, track, model))
    return sentences | {"weights after": "finite" if finite else "not finite"}
