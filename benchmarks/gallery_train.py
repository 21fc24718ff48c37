"""One network of the gallery: trained for a budget of characters, kept at five moments.

The network is that of `ours_pytorch.py`, 256 units. What it has become at a moment is
kept as an `unrolled.models.CharacterModel`, rounded to two bytes a number: what is
scored, sampled and stored is one and the same.
"""

import platform
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from common import endless
from gallery_corpora import Exhibit, Texts, budget
from ours_pytorch import CharLSTM, optimizer_of
from recipes import Recipe
from unrolled import models
from unrolled.backends import pytorch as ur

MOMENTS = (0.01, 0.05, 0.2, 0.5, 1.0)  # of the characters that are read
RATE = 4e-3
BATCH, STEPS = 32, 64
FEW_PASSES = 3  # below, dropout does nothing but slow the learning down
DROPOUT = 0.3


class Moment(NamedTuple):
    """What a network has become: characters read, seconds of one core, the model."""

    characters: int
    seconds: float
    model: models.CharacterModel


def recipe_of(exhibit: Exhibit, n_train: int) -> Recipe:
    """Return sizes and rates; the more often the text is read, the more dropout."""
    often = budget(exhibit, n_train) >= FEW_PASSES * n_train
    return Recipe(batch=BATCH, steps=STEPS, lr=RATE, dropout=DROPOUT if often else 0.0)


def rate(fraction: float) -> float:
    """Return the rate's factor: held for half the run, then falling in a line to 0."""
    return min(1.0, 2.0 * (1.0 - fraction))


def train(exhibit: Exhibit, texts: Texts, seed: int = 0) -> Iterator[Moment]:
    """Train on one thread, and yield what the network has become at each moment."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    recipe = recipe_of(exhibit, len(texts.train))
    net = CharLSTM(len(texts.vocab), recipe).train()
    optimizer = optimizer_of(net, recipe)
    total = budget(exhibit, len(texts.train)) // (BATCH * STEPS)
    ends = {max(1, round(share * total)): share for share in MOMENTS}
    stream, state = endless(texts.train, BATCH, STEPS, rng), None
    began, spent = time.process_time(), 0.0
    for step, (x, y, new) in zip(range(1, total + 1), stream, strict=False):
        warm = min(1.0, step / recipe.warmup)
        for group in optimizer.param_groups:
            group["lr"] = recipe.lr * rate((step - 1) / total) * warm
        logits, state = net(torch.from_numpy(x), None if new else state)
        loss = cross_entropy(logits.flatten(0, 1), torch.from_numpy(y).flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), recipe.clip, foreach=True)
        optimizer.step()
        state = tuple(part.detach() for part in state)
        if step in ends:
            spent += time.process_time() - began
            about = trained(exhibit, texts, recipe, step, seed, spent)
            yield Moment(step * x.size, spent, as_model(net, exhibit, texts, about))
            began = time.process_time()


def trained(
    exhibit: Exhibit, texts: Texts, recipe: Recipe, step: int, seed: int, seconds: float
) -> dict:
    """Return what `about` says of a model: what it read, and how it was trained."""
    return {
        "corpus": exhibit.corpus,
        "licence": texts.licence,
        "source": texts.source,
        "trained on characters": len(texts.train),
        "held-out characters": len(texts.held_out),
        "held-out sha256": texts.sha256,
        "updates": step,
        "characters read": step * recipe.batch * recipe.steps,
        "batch": f"{recipe.batch} rows of {recipe.steps} characters, state carried",
        "rate": f"AdamW, {recipe.lr} for half the run, then falling in a line to 0",
        "dropout": recipe.dropout,
        "seed": seed,
        "seconds of one core": round(seconds),
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
    }


def as_model(
    net: CharLSTM, exhibit: Exhibit, texts: Texts, about: dict
) -> models.CharacterModel:
    """Return a network as it is now, in NumPy, rounded as a file rounds it."""
    layer = ur.dump(net.lstm)
    return models.CharacterModel(
        name=exhibit.name,
        title=exhibit.title,
        symbols="".join(texts.vocab.symbols),
        unknown=texts.vocab.unknown,
        embedding=_rounded(net.embedding.weight),
        layers=(type(layer)(*map(_rounded, layer)),),
        w_out=_rounded(net.out.weight.T),
        b_out=_rounded(net.out.bias),
        about=about,
    )


def _rounded(a) -> np.ndarray:
    return ur.array(a).astype(np.float16).astype(np.float32)


def nats(model: models.CharacterModel, ids: np.ndarray) -> float:
    """Return the mean nats of every symbol after the first, read as one stream."""
    net, state, total = ur.language_model(model), None, 0.0
    x, y = torch.from_numpy(ids[None, :-1]), torch.from_numpy(ids[1:])
    with torch.no_grad():
        for k in range(0, len(y), 4096):
            logits, state = net(x[:, k : k + 4096], state)
            found = cross_entropy(logits[0], y[k : k + 4096], reduction="sum")
            total += float(found)
    return total / len(y)
