"""A character model in one framework beside NumPy: see test_models.py.

Runs in a process of its own: `python tests/model_cases.py pytorch`. Prints JSON.
"""

import importlib
import itertools
import json
import sys

import numpy as np

from unrolled import batches, cells, models


def small(layers: int = 1, n_hidden: int = 7, seed: int = 0) -> models.CharacterModel:
    """Return a model of five symbols with random weights."""
    rng = np.random.default_rng(seed)
    sizes = [3, *[n_hidden] * layers]
    stack = tuple(
        cells.lstm_weights(a, b, rng, np.float32) for a, b in itertools.pairwise(sizes)
    )
    drawn = (rng.normal(size=s).astype(np.float32) for s in ((5, 3), (n_hidden, 5), 5))
    embedding, w_out, b_out = drawn
    return models.CharacterModel(
        name="small",
        title="five symbols",
        symbols="\nabc\ufffd",
        unknown="\ufffd",
        embedding=embedding,
        layers=stack,
        w_out=w_out,
        b_out=b_out,
        about={"corpus": "none"},
    )


def compared(ur, model: models.CharacterModel) -> dict:
    """Largest differences of logits: at once, in two parts, one symbol at a time."""
    rng = np.random.default_rng(3)
    ids = rng.integers(0, model.n_symbols, (3, 40))
    net = ur.language_model(model)
    ours = model.run(ids).logits
    whole = ur.array(net(ur.tensor(ids))[0])
    first, half = net(ur.tensor(ids[:, :20]))
    second, _ = net(ur.tensor(ids[:, 20:]), half)
    parts = np.concatenate([ur.array(first), ur.array(second)], axis=1)
    steps, carried = [], None
    for t in range(ids.shape[1]):
        logits, carried = net(ur.tensor(ids[:, t : t + 1]), carried)
        steps.append(ur.array(logits))
    found = {
        "whole": ur.array(whole),
        "parts": parts,
        "steps": np.concatenate(steps, 1),
    }
    # Of the largest logit, which is 20 or so: float32 has seven digits.
    size = np.abs(ours).max()
    worst = {name: float(np.abs(a - ours).max() / size) for name, a in found.items()}
    prompt = model.decode(ids[0, :4])
    rng = np.random.default_rng(5)
    return worst | {
        "sampled": ur.sample(net, model.vocab, prompt, 60, 0.7, rng),
        "sampled in NumPy": model.sample(prompt, 60, 0.7, np.random.default_rng(5)),
        "nats": ur.evaluate(net, [(ids[:1, :-1], ids[:1, 1:])]),
        "nats in NumPy": float(model.nats(ids[:1]).mean()),
    }


def trained(ur, model: models.CharacterModel) -> dict:
    """The framework's model is one to train on: its loss falls."""
    ur.seed(0)
    net = ur.language_model(model)
    ids = model.encode("abcabc\n" * 60)
    streams = batches.Streams(ids, 4, 10)
    history = ur.fit(net, streams, steps=60, lr=2e-2, stateful=True, progress=False)
    return {"first": history.loss[0], "last": history.loss[-1]}


def main(track: str) -> dict:
    ur = importlib.import_module(f"unrolled.backends.{track}")
    found = {name: compared(ur, models.load(name)) for name in models.names()}
    found["one layer"] = compared(ur, small())
    found["two layers"] = compared(ur, small(2))
    return {"compared": found, "trained": trained(ur, small())}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
