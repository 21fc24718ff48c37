"""What both backends do for data of one's own, run for one: see test_practice.py.

`python tests/practice_cases.py pytorch` prints JSON, in a process of its own.
"""

import importlib
import io
import json
import sys
from contextlib import redirect_stderr

import numpy as np

from unrolled import batches, metrics

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4, 3)).astype(np.float32)  # (batch, time, features)
MASK = np.arange(4) < np.array([4, 3, 4, 1, 2, 4])[:, None]
LABELS = np.array([0, 1, 2, 2, 1, 0])
TAGS = np.where(MASK, RNG.integers(0, 3, (6, 4)), -100)  # padding has no label
WEIGHT = np.array([1.0, 0.5, 2.0, 0.0, 1.5, 3.0], np.float32)
EACH_WEIGHT = RNG.random((6, 4)).astype(np.float32)
NUMBERS = RNG.normal(size=6).astype(np.float32)


def first(x, mask, training=False):
    """The first step's features: (batch, 3), the same in NumPy and both frameworks."""
    return x[:, 0]


def every(x, mask, training=False):
    return x


def one(x, mask, training=False):
    return x[:, 0, :1]


def losses(track: str) -> tuple:
    """Squared error and binary cross-entropy, as docs/your-own-data.md has them."""
    if track == "pytorch":
        from torch.nn import functional

        return (
            lambda outputs, y: functional.mse_loss(outputs, y, reduction="none"),
            lambda outputs, y: functional.binary_cross_entropy_with_logits(
                outputs, y.to(outputs.dtype), reduction="none"
            ),
        )
    import tensorflow as tf

    return (
        lambda outputs, y: (outputs - y) ** 2,
        lambda outputs, y: tf.nn.sigmoid_cross_entropy_with_logits(
            tf.cast(y, outputs.dtype), outputs
        ),
    )


def evaluated(ur, track: str) -> dict:
    """Return {case: [what evaluate says, what NumPy says]}."""
    squared, binary = losses(track)
    real = MASK.astype(float)
    has = np.eye(3, dtype=np.int64)[LABELS]
    nats = np.log1p(np.exp(-np.where(has, X[:, 0], -X[:, 0]).astype(float)))
    tagged = np.where(MASK, TAGS, 0)
    error = (X[:, 0, 0] - NUMBERS).astype(float) ** 2
    cases = {
        "weights beside a mask": (
            (first, [(X, MASK, LABELS, WEIGHT)], None),
            metrics.cross_entropy(X[:, 0], LABELS, WEIGHT),
        ),
        "weights of steps beside a mask": (
            (every, [(X, MASK, TAGS, EACH_WEIGHT)], None),
            metrics.cross_entropy(X, tagged, real * EACH_WEIGHT),
        ),
        "numbers, n_out is 1": ((one, [(X, MASK, NUMBERS)], squared), error.mean()),
        "numbers, weighted": (
            (one, [(X, MASK, NUMBERS, WEIGHT)], squared),
            np.average(error, weights=WEIGHT),
        ),
        "numbers at each step": (
            (every, [(X, MASK, 2 * X)], squared),
            (X[MASK].astype(float) ** 2).mean(),
        ),
        "several labels": ((first, [(X, MASK, has)], binary), nats.mean()),
        "several labels, weighted": (
            (first, [(X, MASK, has, WEIGHT)], binary),
            np.average(nats.mean(axis=1), weights=WEIGHT),
        ),
    }
    found = {}
    for name, ((model, given, loss), expected) in cases.items():
        found[name] = [ur.evaluate(model, given, loss=loss), float(expected)]
    return found


def linear(track: str):
    """A model of one number for each sequence: the sum of its first step's features."""
    if track == "pytorch":
        import torch

        class Model(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.out = torch.nn.Linear(3, 1)
                torch.nn.init.zeros_(self.out.bias)
                torch.nn.init.ones_(self.out.weight)

            def forward(self, x, mask):
                return self.out(x[:, 0])

        model = Model()
        return model, torch.optim.SGD(model.parameters(), lr=1.0)
    import keras

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = keras.layers.Dense(1, kernel_initializer="ones")

        def call(self, x, mask):
            return self.out(x[:, 0])

    return Model(), keras.optimizers.SGD(1.0)


def trained(ur, track: str) -> dict:
    """One step with an optimizer of one's own, beside its formula; a training ended."""
    squared, _ = losses(track)
    model, optimizer = linear(track)
    batch = (X, MASK, NUMBERS, WEIGHT)
    options = {"loss": squared, "progress": False, "clip": None}
    ur.fit(model, [batch], lr=0.1, schedule="constant", optimizer=optimizer, **options)
    share = WEIGHT / WEIGHT.sum()
    slope = 2 * share * (X[:, 0].sum(axis=1) - NUMBERS)
    after = X[:, 0] @ (1 - 0.1 * slope @ X[:, 0]) - 0.1 * slope.sum()
    said = ur.predict(model, [(X, MASK, None)])[:, 0]
    asked = []

    def enough(step):
        asked.append(step)
        if step == 4:
            raise StopIteration
        return 0.5

    bar = io.StringIO()
    options["progress"] = True
    with redirect_stderr(bar):
        history = ur.fit(model, [batch] * 10, every=2, after=enough, lr=1e-3, **options)
        ur.fit(model, [batch] * 3, lr=1e-3, **options)
    return {
        "sgd": float(np.abs(said - after).max()),
        "asked": asked,
        "steps": len(history.loss),
        "valid": history.valid,
        "bar": bar.getvalue()[-120:],
        "last": ur.fit(model, [batch], lr=0, **options).loss[-1],
    }


def refused(ur, track: str) -> dict:
    """Return the sentence for each thing that cannot be done."""
    squared, _ = losses(track)
    unlabelled = batches.Buckets(list(X))
    model, _ = linear(track)
    cases = {
        "no labels": lambda: ur.fit(model, unlabelled, progress=False),
        "no labels to evaluate": lambda: ur.evaluate(first, unlabelled),
        "one loss": lambda: ur.evaluate(
            one, [(X, MASK, NUMBERS)], loss=lambda outputs, y: ur.tensor(1.0)
        ),
        "three for one number": lambda: ur.evaluate(
            first, [(X, MASK, NUMBERS)], loss=squared
        ),
        "two for three": lambda: ur.evaluate(
            first, [(X, MASK, X[:, 0, :2])], loss=squared
        ),
        "no mask of bools": lambda: ur.evaluate(
            first, [(X, MASK.astype(int), LABELS, WEIGHT)]
        ),
        "weights of another shape": lambda: ur.evaluate(
            first, [(X, MASK, LABELS, WEIGHT[:3])]
        ),
        "negative weights": lambda: ur.evaluate(
            one, [(X, MASK, NUMBERS, -WEIGHT)], loss=squared
        ),
        "device": lambda: ur.device("gpu:9"),
    }
    said = {}
    for name, call in cases.items():
        try:
            call()
            said[name] = "nothing was refused"
        except ValueError as error:
            said[name] = str(error)
    return said


if __name__ == "__main__":
    track = sys.argv[1]
    ur = importlib.import_module(f"unrolled.backends.{track}")
    # Before anything is computed, as the docstring says.
    chosen = [ur.device("cpu"), ur.device()]
    result = {
        "evaluated": evaluated(ur, track),
        "trained": trained(ur, track),
        "refused": refused(ur, track),
        "device": chosen,
    }
    json.dump(result, sys.stdout)
