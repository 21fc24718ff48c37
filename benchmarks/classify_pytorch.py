"""PyTorch in the classification benchmark: our model, three re-written ones, a step."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import torch
from torch import nn

from classify_recipe import Recipe
from unrolled.backends import pytorch as ur


def backend(threads: int, seed: int) -> ModuleType:
    """Let PyTorch use so many threads, seed it, and return our backend."""
    torch.set_num_threads(threads)
    ur.seed(seed)
    return ur


def size(model: nn.Module) -> int:
    """Return how many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())


def _updater(model: nn.Module, optimizer: torch.optim.Optimizer, clip=0.0) -> Callable:
    """Return one step of training as a function of NumPy arrays."""

    def update(x, mask, y, lr):
        for group in optimizer.param_groups:
            group["lr"] = lr
        logits = model(torch.as_tensor(x), torch.as_tensor(mask))
        loss = nn.functional.cross_entropy(logits, torch.as_tensor(y))
        optimizer.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()

    return update


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


def our_trainer(
    n_words: int, n_out: int, given: np.ndarray, recipe: Recipe
) -> tuple[Ours, Callable]:
    """Return our model and its step."""
    model = Ours(n_words, n_out, given, recipe)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.lr, weight_decay=recipe.decay
    )
    return model, _updater(model, optimizer, recipe.clip)


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


def published_trainer(n_words: int, n_out: int, row: str) -> tuple[Published, Callable]:
    """Return one re-written configuration and its step."""
    model = Published(n_words, n_out, *PUBLISHED[row])
    return model, _updater(model, torch.optim.Adam(model.parameters()))
