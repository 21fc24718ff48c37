"""Weights between the NumPy layout and PyTorch's layers.

PyTorch stores `weight_ih` (gates · n_hidden, n_in), the transpose of `w_x`, and adds
two biases, one beside each matrix. In its RNN and LSTM only their sum matters, but both
are trained: the sum moves twice as far as the one bias of Keras' layers. To train as
Keras does, freeze the second: `layer.bias_hh_l0.requires_grad_(False)`. In its GRU r
acts after the product ("after") and z weights the old state ("old").
"""

from typing import Any

import numpy as np
import torch

from unrolled import cells
from unrolled.backends import structure

# The layer's class: our weights, our order of the gates, PyTorch's order.
KINDS = {
    torch.nn.RNN: (cells.RNNWeights, "h", "h"),
    torch.nn.LSTM: (cells.LSTMWeights, "ifgo", "ifgo"),
    torch.nn.GRU: (cells.GRUWeights, "rzn", "rzn"),
}


def load_rnn(layer: torch.nn.RNN, weights: Any) -> None:
    """Copy NumPy weights into a simple recurrent layer, in place.

    `weights` is an RNNWeights, a pair for two directions, or a list of layers. The
    second bias is set to zero. Raises ValueError if the sizes differ.
    """
    _load(layer, weights, torch.nn.RNN)


def load_lstm(layer: torch.nn.LSTM, weights: Any) -> None:
    """Copy NumPy weights into an LSTM, in place.

    `weights` is an LSTMWeights, a pair for two directions, or a list of layers. The
    second bias is set to zero. Raises ValueError if the sizes differ.
    """
    _load(layer, weights, torch.nn.LSTM)


def load_gru(
    layer: torch.nn.GRU, weights: Any, reset: str = "after", z: str = "old"
) -> None:
    """Copy NumPy weights into a GRU, in place; refuses what it cannot compute.

    `weights` is a GRUWeights, a pair for two directions, or a list of layers; `reset`
    and `z` say which convention they are for. z="new" is converted: its weights change
    their sign. Raises ValueError if the sizes differ, and for reset="before".
    """
    layers = structure.layers_of(weights, cells.GRUWeights)
    layers = structure.in_old_convention(layers, reset, z)
    if reset == "before":
        raise ValueError(
            'These weights are for reset="before", where r acts on the state before it '
            "meets w_h. PyTorch's GRU applies r after that: another function, which no "
            'weights make equal. Train with reset="after", or run these weights in '
            "keras.layers.GRU(reset_after=False) or in cells.gru."
        )
    _load(layer, layers, torch.nn.GRU)


def dump(layer: torch.nn.Module) -> Any:
    """Return a layer's weights in the NumPy layout, nested as `load_*` takes them.

    Two biases become their sum, but for the one that a GRU's r multiplies. GRU weights
    are for z="old".
    """
    kind = check(layer)
    layers = [
        tuple(_weights(layer, suffix, kind) for suffix in _suffixes(layer, k))
        for k in range(layer.num_layers)
    ]
    return structure.nested(layers, layer.num_layers > 1)


def check(layer: Any) -> type:
    """Return which of the three classes a layer is; raises ValueError for another."""
    kind = next((k for k in KINDS if isinstance(layer, k)), None)
    if kind is None or not layer.bias or getattr(layer, "proj_size", 0):
        raise ValueError(
            f"Given {layer}; expected torch.nn.RNN, LSTM or GRU with a bias and no "
            "projection. Of a model, give the layer itself: model.rnn, say."
        )
    return kind


def _load(layer: Any, weights: Any, kind: type) -> None:
    if check(layer) is not kind:
        raise ValueError(f"Given {layer}; expected torch.nn.{kind.__name__}.")
    layers = structure.layers_of(weights, KINDS[kind][0])
    structure.refuse_unlike(layers, layer.num_layers, 1 + layer.bidirectional)
    for k, directions in enumerate(layers):
        for suffix, one in zip(_suffixes(layer, k), directions, strict=True):
            for name, value in _parts(one, kind).items():
                target = getattr(layer, name + suffix)
                structure.refuse_shape(name + suffix, target.shape, value.shape, one)
                with torch.no_grad():
                    target.copy_(torch.as_tensor(np.ascontiguousarray(value)))


def _parts(weights: Any, kind: type) -> dict[str, np.ndarray]:
    """Return one direction's weights as PyTorch stores them."""
    _, ours, theirs = KINDS[kind]
    second = np.zeros_like(weights.b)
    if kind is torch.nn.GRU:
        second[-len(weights.b_n) :] = weights.b_n
    return {
        "weight_ih": structure.reordered(weights.w_x, ours, theirs).T,
        "weight_hh": structure.reordered(weights.w_h, ours, theirs).T,
        "bias_ih": structure.reordered(weights.b, ours, theirs),
        "bias_hh": structure.reordered(second, ours, theirs),
    }


def _weights(layer: Any, suffix: str, kind: type) -> Any:
    """Return the weights of one direction in the NumPy layout."""
    names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
    found = (getattr(layer, name + suffix).detach().cpu().numpy() for name in names)
    ours_of, ours, theirs = KINDS[kind]
    w_x, w_h, b, second = (structure.reordered(a.T, theirs, ours) for a in found)
    if kind is not torch.nn.GRU:
        return ours_of(w_x, w_h, b + second)
    n = len(w_h)
    b[: 2 * n] += second[: 2 * n]
    return ours_of(w_x, w_h, b, second[2 * n :].copy())


def _suffixes(layer: Any, k: int) -> list[str]:
    return [f"_l{k}", f"_l{k}_reverse"][: 1 + layer.bidirectional]
