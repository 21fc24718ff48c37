"""Run PyTorch's recurrent layers from NumPy: every state, and gradients per step."""

from typing import Any

import numpy as np
import torch

from unrolled.backends import pytorch_weights, structure
from unrolled.backends.shared import Run


def run(layer: torch.nn.Module, x: Any, state: Any = None, mask: Any = None) -> Run:
    """Run a recurrent layer over `x` (batch, time, n_in); every state, as NumPy.

    `state` is where it starts, zeros if None: (batch, n_hidden), the pair (h, c) of an
    LSTM; a pair of these for two directions, a list for several layers. `mask` (batch,
    time) is True where a step is real: a masked step changes nothing, and shows the
    state before it. Raises ValueError if a shape does not fit.
    """
    kind = pytorch_weights.check(layer)
    x = structure.inputs(x, layer.input_size)
    mask = structure.real_steps(mask, x.shape[:2])
    n_directions, stacked = 1 + layer.bidirectional, layer.num_layers > 1
    start = structure.states_of(
        state,
        [n_directions] * layer.num_layers,
        stacked,
        lambda k: (len(x), layer.hidden_size),
        2 if kind is torch.nn.LSTM else 1,
    )
    flat = [direction for one in start for direction in one]
    first = tuple(_like(layer, np.stack(part)) for part in zip(*flat, strict=True))
    training = layer.training
    layer.eval()  # a dropout between layers would hide what the weights compute
    try:
        # On a GPU cuDNN may round to ten bits (TF32); here the numbers must agree.
        with torch.no_grad(), torch.backends.cudnn.flags(True, allow_tf32=False):
            h, last = _forward(layer, _like(layer, x), first, mask)
    finally:
        layer.train(training)
    sides = np.split(h, n_directions, axis=-1)
    shown = [
        structure.carry(side, mask, start[-1][k][0], reverse=k == 1)
        for k, side in enumerate(sides)
    ]
    # last: (layers · directions, batch, n_hidden), once for each part of the state.
    ends = [parts[0] if len(parts) == 1 else parts for parts in zip(*last, strict=True)]
    steps = range(0, len(ends), n_directions)
    ends = [tuple(ends[k : k + n_directions]) for k in steps]
    return Run(np.concatenate(shown, axis=-1), structure.nested(ends, stacked))


def gradients(layer: torch.nn.Module, x: Any, d_last: Any = None) -> np.ndarray:
    """Return the gradient's norm at each time step, (time,).

    The loss is the sum of the top layer's last state h, or `d_last` (batch, n_hidden)
    times it, a pair of them for two directions; the norm at step t is that of its
    gradient for the input `x[:, t]` (batch, n_in). Raises ValueError if a shape does
    not fit.
    """
    pytorch_weights.check(layer)
    x = _like(layer, structure.inputs(x, layer.input_size)).requires_grad_(True)
    directions = 1 + layer.bidirectional
    of_last = structure.of_last(d_last, directions, (len(x), layer.hidden_size))
    # cuDNN has no gradient for a layer that is not in training mode.
    with torch.backends.cudnn.flags(False):
        _, last = layer(x if layer.batch_first else x.transpose(0, 1))
        h = last[0] if isinstance(last, tuple) else last
        h = h[-directions:]  # (directions, batch, n_hidden)
        loss = (h * _like(layer, np.stack(of_last))).sum()
        grad = torch.autograd.grad(loss, x)[0]
    return grad.pow(2).sum(dim=(0, 2)).sqrt().cpu().numpy()


def _forward(
    layer: Any, x: torch.Tensor, state: tuple, mask: np.ndarray | None
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return h (batch, time, ·), and the parts of the last states, as NumPy.

    PyTorch's own masks are lengths, of sequences that are padded on the right. So the
    real steps move to the left, run, and move back.
    """
    state = state if len(state) == 2 else state[0]
    if mask is None:
        h, last = layer(x if layer.batch_first else x.transpose(0, 1), state)
        h = h if layer.batch_first else h.transpose(0, 1)
        h = h.cpu().numpy()
    else:
        order = np.argsort(~mask, axis=1, kind="stable")
        rows = np.arange(len(mask))[:, None]
        lengths = mask.sum(axis=1)
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            x[rows, order], lengths, batch_first=True, enforce_sorted=False
        )
        packed, last = layer(packed, state)
        found, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        found = found.cpu().numpy()
        h = np.zeros((*mask.shape, found.shape[-1]), found.dtype)
        h[mask] = found[np.arange(found.shape[1]) < lengths[:, None]]
    parts = last if isinstance(last, tuple) else (last,)
    return h, [part.cpu().numpy() for part in parts]


def _like(layer: Any, a: np.ndarray) -> torch.Tensor:
    """Return a copy of an array with the layer's dtype, where the layer is."""
    weight = next(layer.parameters())
    return torch.tensor(a, dtype=weight.dtype, device=weight.device)
