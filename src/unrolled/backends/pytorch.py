"""The PyTorch track: `from unrolled.backends import pytorch as ur`.

Same names, signatures and meanings as `unrolled.backends.tensorflow`.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from unrolled.backends import answers, shared, training
from unrolled.backends.pytorch_asking import array, asker, device, parts_of, tensor
from unrolled.backends.pytorch_layers import gradients, run
from unrolled.backends.pytorch_losses import losses
from unrolled.backends.pytorch_models import language_model
from unrolled.backends.pytorch_weights import dump, load_gru, load_lstm, load_rnn
from unrolled.backends.shared import History

__all__ = [
    "array",
    "device",
    "dump",
    "evaluate",
    "fit",
    "gradients",
    "language_model",
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


def seed(n: int) -> None:
    """Make what follows repeatable: initial weights, dropout, sampling."""
    np.random.seed(n)
    torch.manual_seed(n)


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
    clip: float | None = 1.0,
    stateful: bool = False,
    schedule: str = "cosine",
    every: int | None = None,
    after: Callable[[int], float | None] | None = None,
    progress: bool = True,
    loss: Callable | None = None,
    optimizer: Any = None,
) -> History:
    """Train a model to predict `y` from `x`; one visible loop with AdamW.

    `batches` yields (x, y) and has a length; `model(x, state)` returns logits and the
    next state, or `model(x)` logits alone. `stateful` hands the state from batch to
    batch, without its gradient: truncated backpropagation through time. Or `batches`
    yields (x, mask, y), as `batches.Buckets` does; then `model(x, mask)` returns logits
    alone, (batch, n_out) or (batch, time, n_out), and the loss leaves out the steps
    that are not real. In (x, y, weight) and (x, mask, y, weight) each target has its
    weight. `clip` bounds the norm of the whole gradient, None does not. `after(step)`
    is called every `every` steps, and at the end; a number that it returns goes to
    `History.valid`, and by raising StopIteration it ends the training.

    `loss(outputs, y)` takes the place of cross-entropy: it gets outputs (targets,
    n_out) and their y, padding left out, and returns a number for each target, or one
    for each of its outputs, which are averaged. `optimizer`, one of the framework's
    own, takes the place of AdamW; `lr` and `schedule` set its rate. Raises ValueError
    if there is nothing to train on or a batch does not fit, and FloatingPointError once
    a loss or a gradient is not finite.
    """
    total = training.n_steps(batches, steps, epochs, lr, clip)
    model.to(device()).train()
    optimizer = optimizer or torch.optim.AdamW(model.parameters(), lr=lr)
    ask, meter, state, rows = asker(model), training.Meter(), None, None
    for step, new_epoch, batch in training.cycle(batches, total, progress, meter):
        batch = parts_of(model, batch, loss is None)
        training.refuse_empty(batch, step + 1)
        if new_epoch or not stateful:
            state = rows = None
        rows = training.same_rows(batch, rows)
        for group in optimizer.param_groups:
            group["lr"] = training.rate(step, total, lr, schedule)
        each, weight, state = losses(ask, batch, state, loss)
        mean = each.mean() if weight is None else each @ weight / weight.sum()
        optimizer.zero_grad()
        mean.backward()
        bound = math.inf if clip is None else clip
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), bound)
        optimizer.step()
        state = answers.mapped(torch.Tensor.detach, state)
        meter.add(mean.detach(), norm)
        if after and training.due(step + 1, total, every):
            if not meter.ask(after, step + 1):
                break
            model.train()
    return meter.done(all(p.isfinite().all() for p in model.parameters()))


def evaluate(
    model: torch.nn.Module,
    batches: Iterable,
    *,
    stateful: bool = False,
    loss: Callable | None = None,
) -> float:
    """Return the mean nats over every target of `batches`.

    A batch is (x, y), (x, y, weight), (x, mask, y), or (x, mask, y, weight): with a
    mask the model is called as `model(x, mask)`, and targets of steps that are not real
    do not count. `loss` is another one than cross-entropy, as `fit` takes it. Raises
    ValueError if nothing counts.
    """
    ask = asker(ready(model))
    nats, count, state, rows = 0.0, 0.0, None, None
    with torch.no_grad():
        for batch in batches:
            batch = parts_of(model, batch, loss is None)
            rows = training.same_rows(batch, rows) if stateful else None
            state = state if stateful else None
            each, weight, state = losses(ask, batch, state, loss)
            weight = weight if weight is None else array(weight)
            found = shared.nats_of(array(each), weight)
            nats, count = nats + found[0], count + found[1]
    return shared.mean_nats(nats, count)


def predict(model: torch.nn.Module, batches: Iterable) -> Any:
    """Return the logits of every sequence, in the order of the sequences.

    `batches` yields (x, mask, y). Those of `batches.Buckets`, or a list of them, know
    the places of their sequences; others come in the order of the sequences. y is not
    looked at. `model(x, mask)` returns (batch, n_out), and the result is (n,
    n_out); or (batch, time, n_out), and it is a list of (time, n_out) without padding.
    """
    ask = asker(ready(model))
    rows, places = [], []
    with torch.no_grad():
        for batch in batches:
            x, mask, *_ = parts_of(model, (*batch[:2], None))
            logits = array(ask(x, mask, None)[0])
            rows += shared.rows_of(logits, array(mask))
            places += shared.places_of(batch, len(places))
    return shared.in_order(rows, places)


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
    rng = shared.sampler(prompt, n, rng)
    ask, ids = asker(ready(model)), []
    with torch.no_grad():
        logits, state = ask(tensor(vocab.encode(prompt)[None]), None, None)
        shared.refuse_no_state(state)
        for _ in range(n):
            p = shared.softmax(array(logits[0, -1]), temperature)
            ids.append(int(rng.choice(len(p), p=p)))
            logits, state = ask(tensor(np.array([[ids[-1]]])), None, state)
    return prompt + vocab.decode(np.array(ids, np.int64))
