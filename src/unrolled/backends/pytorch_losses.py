"""The loss of each target in PyTorch: cross-entropy, or one of the caller's own."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from unrolled.backends import answers, parts
from unrolled.backends.parts import Parts


def losses(
    ask: Callable, batch: Parts, state: Any, loss: Callable | None = None
) -> tuple[Any, Any, Any]:
    """Return the loss of each real target, the weights if given, the next state."""
    x, mask, y, weight, *_ = batch
    parts.refuse_unlabelled(y)
    outputs, state = ask(x, mask, state)  # (batch, n_out) or (batch, time, n_out)
    if loss is None:
        answers.refuse_logits(outputs, y)
        answers.refuse_high(batch.highest, outputs.shape[-1])
    else:
        answers.refuse_unlike(outputs, y)
    if mask is not None and outputs.ndim > 2:  # a target for each step: not of padding
        outputs, y = outputs[mask], y[mask]
        weight = weight if weight is None else weight[mask]
    each_of = _nats if loss is None else _another(loss)
    each = each_of(outputs.flatten(0, -2), y.flatten(0, outputs.ndim - 2))
    if weight is not None:
        weight = weight.flatten().to(each.dtype)
    return each, weight, state


def _nats(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return cross_entropy(logits, y.long(), reduction="none")


def _another(loss: Callable) -> Callable:
    """Return `loss` as a function of outputs (targets, n_out), one number for each."""

    def each_of(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        if y.is_floating_point():
            y = y.to(outputs.dtype).reshape(outputs.shape)
        each = loss(outputs, y)
        answers.refuse_whole(each)
        return each.reshape(len(outputs), -1).mean(dim=1)

    return each_of
