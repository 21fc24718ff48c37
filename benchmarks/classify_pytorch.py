"""PyTorch rows of the classification benchmark: ours, and three re-written ones."""

import numpy as np
import torch
from torch import nn

from classify_recipe import OURS, WITH_VECTORS, Recipe, rate
from classify_task import (
    Task,
    as_they_come,
    encode,
    endless,
    judged,
    shares,
    start,
    vocabulary,
)
from common import Clock, Settings
from unrolled import batches
from unrolled.backends import pytorch as ur


class Ours(nn.Module):
    """Given vectors and learned ones, LSTM; its highest states beside the mean word."""

    def __init__(self, n_words: int, n_out: int, given: np.ndarray, r: Recipe) -> None:
        super().__init__()
        self.register_buffer("given", torch.tensor(given) * r.vectors_scale)
        self.embed = nn.Embedding(n_words, r.embedding)
        nn.init.normal_(self.embed.weight, std=r.embedding_scale)
        n_in = r.embedding + given.shape[1]
        self.lstm = nn.LSTM(n_in, r.hidden, batch_first=True)
        self.drop_words, self.drop = nn.Dropout(r.drop_words), nn.Dropout(r.drop)
        self.out = nn.Linear(r.hidden + n_in, n_out)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, n_out) of x (batch, time) padded on the right."""
        e = torch.cat([self.embed(x), self.given[x]], dim=-1)
        e = self.drop_words(e)  # (batch, time, n_in)
        h, _ = self.lstm(e)  # (batch, time, hidden); padding comes after all real steps
        real = mask[..., None]
        highest = h.masked_fill(~real, -1.0).amax(dim=1)
        mean = (e * real).sum(dim=1) / real.sum(dim=1)
        return self.out(self.drop(torch.cat([highest, mean], dim=-1)))


def ours(task: Task, settings: Settings, pretrained: bool, limit: int = 0) -> dict:
    """Train our networks until their epochs or the seconds are over."""
    torch.set_num_threads(settings.threads)
    recipe = WITH_VECTORS if pretrained else OURS
    known, given, before = start(task, pretrained, limit, settings)
    clock, models, epochs = Clock(settings), [], 0.0
    ids = encode(task, known)
    train = [ids[row] for row in task.train]
    rng = np.random.default_rng(settings.seed)
    for share in shares(settings.budget - before, recipe.networks, clock):
        ur.seed(1000 * settings.seed + len(models))
        model = Ours(1 + len(known), task.n_classes, given, recipe)
        optimizer = torch.optim.AdamW(
            model.parameters(), lr=recipe.lr, weight_decay=recipe.decay
        )
        for x, mask, y, epoch in endless(train, task.y[task.train], recipe.batch, rng):
            done = max(share(), epoch / recipe.epochs)
            if done >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = recipe.lr * rate(done)
            _update(model, optimizer, x, mask, y, recipe.clip)
        models.append(model)
        epochs += epoch / recipe.networks
    seconds = before + clock.seconds
    found = result(models, seconds, epochs)
    test = batches.Buckets([ids[row] for row in task.test], task.y[task.test], 256)
    return found | judged(task, [ur.predict(m, test) for m in models], clock)


def _update(model, optimizer, x, mask, y, clip=0.0) -> None:
    logits = model(torch.as_tensor(x), torch.as_tensor(mask))
    loss = nn.functional.cross_entropy(logits, torch.as_tensor(y))
    optimizer.zero_grad()
    loss.backward()
    if clip:
        nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()


class Published(nn.Module):
    """Embedding 64, one recurrent layer of 32, and three ways to its sentence vector.

    "mean" is the mean of all states, "last column" the state at the end of the padded
    batch, "packed" the last state of the sentence.
    """

    def __init__(self, n_words: int, n_out: int, kind: type, how: str) -> None:
        super().__init__()
        self.embed = nn.Embedding(n_words, 64)
        self.layer, self.how = kind(64, 32, batch_first=True), how
        self.out = nn.Linear(32, n_out)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, n_out) of x (batch, time)."""
        e = self.embed(x)
        if self.how == "packed":
            packed = nn.utils.rnn.pack_padded_sequence(
                e, mask.sum(dim=1), batch_first=True, enforce_sorted=False
            )
            return self.out(self.layer(packed)[1][0][-1])
        h, _ = self.layer(e)
        return self.out(h.mean(dim=1) if self.how == "mean" else h[:, -1])


PUBLISHED = {
    "afb-pytorch-rnn": (nn.RNN, "mean"),
    "afb-pytorch-lstm": (nn.LSTM, "last column"),
    "afb-pytorch-packed": (nn.LSTM, "packed"),
}


def published(task: Task, settings: Settings, row: str) -> dict:
    """Train one re-written configuration for the seconds: batch 16, Adam, 1e-3.

    Batches are drawn at random and padded to their longest item.
    """
    ur.seed(settings.seed)
    torch.set_num_threads(settings.threads)
    clock = Clock(settings)
    known = vocabulary(task)
    ids = encode(task, known)
    model = Published(1 + len(known), task.n_classes, *PUBLISHED[row])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    rng, updates = np.random.default_rng(settings.seed), 0
    while not clock.done:
        order = rng.permutation(task.train)
        for first in range(0, len(order), 16):
            rows = order[first : first + 16]
            x, mask = batches.pad([ids[row] for row in rows])
            _update(model, optimizer, x, mask, task.y[rows])
            updates += 1
            if clock.done:
                break
    epochs = updates * 16 / len(task.train)
    seconds = clock.seconds
    said = ur.predict(model, as_they_come(task, ids)).argmax(axis=-1)
    right = float(np.mean(said == task.y[task.test]))
    return result([model], seconds, epochs) | {"accuracy": right}


def result(models: list, seconds: float, epochs: float) -> dict:
    """Return what a row took."""
    sizes = [p.numel() for model in models for p in model.parameters()]
    return {"seconds": seconds, "epochs": float(epochs), "parameters": sum(sizes)}
