"""Our row in PyTorch: `nn.LSTM` on contiguous streams, as unit 11 trains it.

What makes it fast: `nn.LSTM` (oneDNN runs the whole sequence, forward and backward, in
one call; `nn.GRU` has no such kernel), a small embedding (half of an LSTM's arithmetic
would be the input's), a fused optimizer, denormal numbers taken as zero, and a batch
whose rows are shared by the threads (workers_pytorch.py).
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import mixture
from common import Clock, Result, Settings, Task, cosine, endless, score_each
from recipes import Recipe, of
from workers_pytorch import Workers


class CharLSTM(nn.Module):
    """Embedding, LSTM, dropout, linear layer: (batch, time) to logits and a state."""

    def __init__(self, n_symbols: int, recipe: Recipe) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, recipe.embedding)
        self.lstm = nn.LSTM(recipe.embedding, recipe.hidden, batch_first=True)
        self.dropout = nn.Dropout(recipe.dropout)
        self.weight_dropout = nn.Dropout(recipe.weight_dropout)
        self.out = nn.Linear(recipe.hidden, n_symbols)
        n = recipe.hidden
        with torch.no_grad():
            self.embedding.weight.mul_(recipe.embedding_scale)
            self.lstm.weight_hh_l0.mul_(recipe.recurrent_scale)
            self.lstm.bias_ih_l0.zero_()
            self.lstm.bias_ih_l0[n : 2 * n] = 1.0  # remember, to begin with
            self.lstm.bias_hh_l0.zero_()
        self.lstm.bias_hh_l0.requires_grad_(False)  # one bias is enough

    def forward(self, x, state=None):
        """Return logits (batch, time, n_symbols) and the next state."""
        arguments = (self.embedding(x), state)
        if self.training and self.weight_dropout.p:
            w_h = self.weight_dropout(self.lstm.weight_hh_l0)
            changed = {"weight_hh_l0": w_h}
            h, state = torch.func.functional_call(self.lstm, changed, arguments)
        else:
            h, state = self.lstm(*arguments)
        return self.out(self.dropout(h)), state


def optimizer_of(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Return AdamW; matrices decay, biases do not."""
    weights = [w for w in model.parameters() if w.requires_grad]
    groups = [
        {"params": [w for w in weights if w.ndim > 1], "weight_decay": recipe.decay},
        {"params": [w for w in weights if w.ndim == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, betas=recipe.betas, fused=True)


def train(
    task: Task, settings: Settings, recipe: Recipe
) -> tuple[CharLSTM, int, float]:
    """Train until the budget is gone; return the model, characters and seconds."""
    torch.set_flush_denormal(True)
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    clock = Clock(settings)
    model = CharLSTM(task.n_symbols, recipe).train()
    optimizer = optimizer_of(model, recipe)
    characters = 0
    stream = endless(task.train, recipe.batch, recipe.steps, rng)
    with Workers(model, settings.threads) as workers:
        for step, (x, y, new) in enumerate(stream):
            if clock.done:
                break
            warm = min(1, (step + 1) / recipe.warmup)
            for group in optimizer.param_groups:
                group["lr"] = recipe.lr * cosine(clock.fraction) * warm
            workers.gradients(torch.as_tensor(x), torch.as_tensor(y), new)
            nn.utils.clip_grad_norm_(model.parameters(), recipe.clip, foreach=True)
            optimizer.step()
            characters += x.size
    return model.eval(), characters, clock.seconds


def evaluate(model: CharLSTM, valid: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the nats of every symbol of `valid` but the first, and the seconds."""
    state = None

    def nats_of(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        nonlocal state
        with torch.no_grad():
            logits, state = model(torch.as_tensor(x), state)
            target = torch.as_tensor(y).flatten()
            each = cross_entropy(logits.flatten(0, 1), target, reduction="none")
            return each.numpy()

    return score_each(valid, nats_of)


def row(task: Task, settings: Settings) -> Result:
    """Train with the recipe for this budget, and score."""
    recipe = of(settings.budget)
    table, rest = mixture.counted(task, settings)
    model, characters, seconds = train(task, rest, recipe)
    nats, took = evaluate(model, task.valid)
    return mixture.result(
        task,
        recipe,
        table,
        nats,
        parameters=sum(w.numel() for w in model.parameters() if w.requires_grad),
        characters=characters,
        seconds=settings.budget - rest.budget + seconds,
        evaluation_seconds=took,
    )
