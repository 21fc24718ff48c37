"""A character model in one framework beside NumPy: see test_models.py.

Runs in a process of its own: `python tests/model_cases.py pytorch`. Prints JSON.
"""

import importlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import lesson_cells
from unrolled import batches, cells, models

UNIT = "15-encoder-decoder-and-attention"


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


def translated(track: str) -> dict:
    """Largest differences of unit 15's network, as its lesson loads it, from NumPy."""
    names = ("imports", "framework", "model", "load")
    scope = lesson_cells.defined(UNIT, track, *names)
    stored, ur = scope["stored"], scope["ur"]
    read = stored.encode(["Where is my book?", "Run!", "She has a red car now ."])
    given = np.random.default_rng(0).integers(1, len(stored.signs), (3, stored.steps))
    theirs = scope["reader"].both(ur.tensor(np.concatenate([read, given], axis=1)))
    pairs = zip(stored.run(read, given), map(ur.array, theirs), strict=True)
    worst = [float(np.abs(a - b).max() / np.abs(a).max()) for a, b in pairs]
    return dict(zip(("logits", "weights"), worst, strict=True))


def main(track: str) -> dict:
    ur = importlib.import_module(f"unrolled.backends.{track}")
    found = {name: compared(ur, models.load(name)) for name in models.names()}
    found["one layer"] = compared(ur, small())
    found["two layers"] = compared(ur, small(2))
    rest = {"trained": trained(ur, small()), "translated": translated(track)}
    return {"compared": found, **rest}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
