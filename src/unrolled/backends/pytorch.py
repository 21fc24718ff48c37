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
    "predict",
    "ready",
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


def ready(model: Any) -> Any:
    """Return the model as it should be asked: on `device()`, and without dropout.

    What is no `nn.Module`, a function say, comes back as it is.
    """
    return model.to(device()).eval() if isinstance(model, torch.nn.Module) else model


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

    `batches` yields (x, y) and has a length; `model(x, state)` returns logits and the
    next state. `stateful` hands the state from batch to batch, without its gradient:
    truncated backpropagation through time. Or `batches` yields (x, mask, y), as
    `batches.Buckets` does; then `model(x, mask)` returns logits alone, (batch, n_out)
    or (batch, time, n_out), and the loss leaves out the steps that are not real. In (x,
    y, weight) each target has its weight. `clip` bounds the norm of the whole gradient.
    `after(step)` is called every `every` steps, and at the end; a number that it
    returns goes to `History.valid`. Raises ValueError if there is nothing to train on.
    """
    total = shared.n_steps(batches, steps, epochs)
    model.to(device()).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    history, state, paused = History(), None, 0.0
    losses, norms = [], []
    began = time.perf_counter()
    for step, new_epoch, batch in shared.cycle(batches, total, progress):
        if new_epoch or not stateful:
            state = None
        for group in optimizer.param_groups:
            group["lr"] = shared.rate(step, total, lr, schedule)
        each, weight, state = _nats(model, batch, state)
        loss = each.mean() if weight is None else each @ weight / weight.sum()
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
    """Return the mean nats over every target of `batches`.

    A batch is (x, y), (x, y, weight), or (x, mask, y): the model is then called as
    `model(x, mask)`, and targets of steps that are not real do not count.
    """
    ready(model)
    nats, count, state = 0.0, 0.0, None
    with torch.no_grad():
        for batch in batches:
            each, weight, state = _nats(model, batch, state if stateful else None)
            nats += float(each.sum() if weight is None else each @ weight)
            count += len(each) if weight is None else float(weight.sum())
    return nats / count


def predict(model: torch.nn.Module, batches: Iterable) -> Any:
    """Return the logits of every sequence, in the order of the sequences.

    `batches` yields (x, mask, y), as `batches.Buckets` does, whose order is undone; y
    is not looked at. `model(x, mask)` returns (batch, n_out), and the result is (n,
    n_out); or (batch, time, n_out), and it is a list of (time, n_out) without padding.
    """
    ready(model)
    rows = []
    with torch.no_grad():
        for x, mask, _ in batches:
            rows += shared.rows_of(array(model(tensor(x), tensor(mask))), mask)
    return shared.in_order(rows, batches)


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
    ready(model)
    ids = []
    with torch.no_grad():
        logits, state = model(tensor(vocab.encode(prompt)[None]), None)
        for _ in range(n):
            p = shared.softmax(array(logits[0, -1]), temperature)
            ids.append(int(rng.choice(len(p), p=p)))
            logits, state = model(tensor(np.array([[ids[-1]]])), state)
    return prompt + vocab.decode(np.array(ids, np.int64))


def _nats(model: Any, batch: tuple, state: Any) -> tuple[Any, Any, Any]:
    """Return the nats of each real target, the weights if given, the next state."""
    x, mask, y, weight = shared.parts(batch)
    y = tensor(y)
    if mask is None:
        logits, state = model(tensor(x), state)  # (batch, time, n_out)
    else:
        mask = tensor(mask)
        logits = model(tensor(x), mask)  # (batch, n_out) or (batch, time, n_out)
        if y.ndim > 1:  # a label for each step: padding has none
            logits, y = logits[mask], y[mask]
    each = cross_entropy(logits.flatten(0, -2), y.flatten(), reduction="none")
    if weight is not None:
        weight = tensor(weight).flatten().to(each.dtype)
    return each, weight, state


def _detach(state: Any) -> Any:
    """Keep the state's values and let go of its history."""
    if isinstance(state, tuple | list):
        return tuple(map(_detach, state))
    return state if state is None else state.detach()
