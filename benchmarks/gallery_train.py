"""One network of the gallery: trained for a budget of characters, kept at five moments.

The network is that of `ours_pytorch.py`, 256 units. What it has become at a moment is
kept as an `unrolled.models.CharacterModel`, rounded to two bytes a number: what is
scored, sampled and stored is one and the same.
"""

import itertools
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
ROWS, LEAD = 32, 256  # of the text that is scored


class Moment(NamedTuple):
    """What a network has become: characters read, seconds of one core, the model."""

    characters: int
    seconds: float
    model: models.CharacterModel


def recipe_of(exhibit: Exhibit, n_train: int) -> Recipe:
    """Return sizes and rates; the more often the text is read, the more dropout."""
    often = budget(exhibit, n_train) >= FEW_PASSES * n_train
    return Recipe(batch=BATCH, steps=STEPS, lr=RATE, dropout=DROPOUT if often else 0.0)


def short_numbers() -> bool:
    """Return whether this processor multiplies numbers of two bytes, bfloat16.

    Then the products are made with them, in two thirds of the time; the weights and
    what is added up keep four bytes.
    """
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))


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
    ends = [max(1, round(share * total)) for share in MOMENTS]
    stream, state = endless(texts.train, BATCH, STEPS, rng), None
    began, spent = time.process_time(), 0.0
    for step, (x, y, new) in zip(range(1, total + 1), stream, strict=False):
        warm = min(1.0, step / recipe.warmup)
        for group in optimizer.param_groups:
            group["lr"] = recipe.lr * rate((step - 1) / total) * warm
        with torch.autocast("cpu", torch.bfloat16, enabled=short_numbers()):
            logits, state = net(torch.from_numpy(x), None if new else state)
        logits = logits.float().flatten(0, 1)
        loss = cross_entropy(logits, torch.from_numpy(y).flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), recipe.clip, foreach=True)
        optimizer.step()
        state = tuple(part.detach() for part in state)
        if step in ends:
            spent += time.process_time() - began
            about = trained(exhibit, texts, recipe, step, seed, spent)
            model = as_model(net, exhibit, texts, about)
            for _ in range(ends.count(step)):  # of a short run some are the same
                yield Moment(step * x.size, spent, model)
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
        "products": "bfloat16" if short_numbers() else "float32",
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
    """Return the mean nats of every symbol after the first.

    The text is read in rows, side by side, which is faster than one long row. Each row
    begins `LEAD` symbols early, at symbols that another row scores, so that every
    symbol has its context.
    """
    n_rows = max(1, min(ROWS, len(ids) // (4 * LEAD)))
    ends = np.linspace(1, len(ids), n_rows + 1).astype(int)
    parts = [ids[max(0, a - 1 - LEAD) : b] for a, b in itertools.pairwise(ends)]
    width = max(map(len, parts))
    rows = np.stack([np.pad(part, (width - len(part), 0)) for part in parts])
    scored = np.stack([np.arange(1, width) >= width - (b - a)
                       for a, b in itertools.pairwise(ends)])  # fmt: skip
    net, state, found = ur.language_model(model), None, []
    x, y = torch.from_numpy(rows[:, :-1]), torch.from_numpy(rows[:, 1:])
    with torch.no_grad():
        for k in range(0, width - 1, 256):
            logits, state = net(x[:, k : k + 256], state)
            target = y[:, k : k + 256]
            each = cross_entropy(logits.transpose(1, 2), target, reduction="none")
            found.append(ur.array(each))
    return float(np.concatenate(found, axis=1)[scored].mean(dtype=np.float64))
