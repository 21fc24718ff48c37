"""The PyTorch track: `from unrolled.backends import pytorch as ur`.

Same names, signatures and meanings as `unrolled.backends.tensorflow`.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from unrolled.backends import shared
from unrolled.backends.pytorch_layers import gradients, run
from unrolled.backends.pytorch_weights import dump, load_gru, load_lstm, load_rnn
from unrolled.backends.shared import History

__all__ = [
    "array",
    "device",
    "dump",
    "evaluate",
    "fit",
    "gradients",
    "load_gru",
    "load_lstm",
    "load_rnn",
    "run",
    "sample",
    "seed",
    "tensor",
]


def device() -> str:
    """Return where models run: a GPU if there is one, else the CPU."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def seed(n: int) -> None:
    """Make what follows repeatable: initial weights, dropout, sampling."""
    np.random.seed(n)
    torch.manual_seed(n)


def tensor(a: Any) -> torch.Tensor:
    """Return a NumPy array as a tensor on `device()`."""
    return torch.as_tensor(a).to(device())


def array(t: Any) -> np.ndarray:
    """Return a tensor as a NumPy array."""
    return t.detach().cpu().numpy() if isinstance(t, torch.Tensor) else np.asarray(t)


def fit(
    model: torch.nn.Module,
    batches: Any,
    *,
    steps: int | None = None,
    epochs: int = 1,
    lr: float = 2e-3,
    clip: float = 1.0,
    stateful: bool = False,
    schedule: str = "cosine",
    every: int | None = None,
    after: Callable[[int], float | None] | None = None,
    progress: bool = True,
) -> History:
    """Train a model to predict `y` from `x`; one visible loop with AdamW.

    `model(x, state)` returns logits and the next state. `batches` yields (x, y) of
    integers and has a length. `stateful` hands the state from batch to batch, without
    its gradient: truncated backpropagation through time. `clip` bounds the norm of the
    whole gradient. `after(step)` is called every `every` steps, and at the end; a
    number that it returns goes to `History.valid`. Raises ValueError if there is
    nothing to train on.
    """
    total = shared.n_steps(batches, steps, epochs)
    model.to(device()).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    history, state, paused = History(), None, 0.0
    losses, norms = [], []
    began = time.perf_counter()
    for step, new_epoch, (x, y) in shared.cycle(batches, total, progress):
        if new_epoch or not stateful:
            state = None
        for group in optimizer.param_groups:
            group["lr"] = shared.rate(step, total, lr, schedule)
        logits, state = model(tensor(x), state)  # (batch, time, n_out)
        loss = cross_entropy(logits.flatten(0, -2), tensor(y).flatten())
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        state = _detach(state)
        losses.append(loss.detach())
        norms.append(norm)
        if after and ((every and (step + 1) % every == 0) or step + 1 == total):
            pause = time.perf_counter()
            value = after(step + 1)
            if value is not None:
                history.valid.append((step + 1, float(value)))
            model.train()
            paused += time.perf_counter() - pause
    # One transfer at the end: reading a loss each step would make a GPU wait.
    history.loss = torch.stack(losses).tolist()
    history.norms = torch.stack(norms).tolist()
    history.seconds = time.perf_counter() - began - paused
    return history


def evaluate(
    model: torch.nn.Module, batches: Iterable, *, stateful: bool = False
) -> float:
    """Return the mean nats over every target of `batches`, (x, y) or (x, y, weight)."""
    model.to(device()).eval()
    nats, count, state = 0.0, 0.0, None
    with torch.no_grad():
        for x, y, *weight in batches:
            logits, state = model(tensor(x), state if stateful else None)
            each = cross_entropy(
                logits.flatten(0, -2), tensor(y).flatten(), reduction="none"
            )
            weight = weight[0] if weight else np.ones(np.shape(y), np.float32)
            nats += float((each * tensor(weight).flatten()).sum())
            count += float(weight.sum())
    return nats / count


def sample(
    model: torch.nn.Module,
    vocab: Any,
    prompt: str,
    n: int,
    temperature: float = 1.0,
    rng: np.random.Generator | None = None,
) -> str:
    """Return `prompt` and `n` symbols more, drawn one at a time from the model.

    The state is carried: one step a symbol, whatever the length. `vocab` encodes and
    decodes, a low `temperature` makes likely symbols likelier. Raises ValueError if the
    prompt is empty or the temperature is not above 0.
    """
    if not prompt:
        raise ValueError("The prompt is empty; give at least one symbol, '\\n' say.")
    rng = rng or np.random.default_rng(0)
    model.to(device()).eval()
    ids = []
    with torch.no_grad():
        logits, state = model(tensor(vocab.encode(prompt)[None]), None)
        for _ in range(n):
            p = shared.softmax(array(logits[0, -1]), temperature)
            ids.append(int(rng.choice(len(p), p=p)))
            logits, state = model(tensor(np.array([[ids[-1]]])), state)
    return prompt + vocab.decode(np.array(ids, np.int64))


def _detach(state: Any) -> Any:
    """Keep the state's values and let go of its history."""
    if isinstance(state, tuple | list):
        return tuple(map(_detach, state))
    return state if state is None else state.detach()
