"""Weights between the NumPy layout and Keras' layers.

Keras stores `kernel` (n_in, gates · n_hidden) and `recurrent_kernel` as the NumPy
layout does, with one bias. Its GRU keeps z before r, and with reset_after=True a bias
(2, 3 n_hidden), of which the second row is added to the product with the state.
"""

from typing import Any

import numpy as np

from unrolled import cells
from unrolled.backends import quiet, structure

_, keras = quiet.start()

# The layer's class: our weights, our order of the gates, Keras' order.
KINDS = {
    keras.layers.SimpleRNN: (cells.RNNWeights, "h", "h"),
    keras.layers.LSTM: (cells.LSTMWeights, "ifgo", "ifgo"),
    keras.layers.GRU: (cells.GRUWeights, "rzn", "zrn"),
}


def load_rnn(layer: Any, weights: Any) -> None:
    """Copy NumPy weights into a simple recurrent layer, in place.

    `layer` is keras.layers.SimpleRNN, a Bidirectional of it, or a list of them;
    `weights` an RNNWeights, a pair, or a list. Raises ValueError if the sizes differ.
    """
    _load(layer, weights, keras.layers.SimpleRNN)


def load_lstm(layer: Any, weights: Any) -> None:
    """Copy NumPy weights into an LSTM, in place.

    `layer` is keras.layers.LSTM, a Bidirectional of it, or a list of them; `weights` an
    LSTMWeights, a pair, or a list. Raises ValueError if the sizes differ.
    """
    _load(layer, weights, keras.layers.LSTM)


def load_gru(layer: Any, weights: Any, reset: str = "after", z: str = "old") -> None:
    """Copy NumPy weights into a GRU, in place; refuses what it cannot compute.

    `layer` is keras.layers.GRU, a Bidirectional of it, or a list of them; `weights` a
    GRUWeights, a pair, or a list; `reset` and `z` say which convention they are for.
    z="new" is converted: its weights change their sign. A layer with reset_after=False
    has one bias, so b_n is added to it. Raises ValueError if the sizes differ, and if
    `reset` is not the layer's.
    """
    layers = structure.layers_of(weights, cells.GRUWeights)
    layers = structure.in_old_convention(layers, reset, z)
    for one in (d for directions in directions_of(layer) for d in directions):
        if check(one) is keras.layers.GRU and one.reset_after != (reset == "after"):
            raise ValueError(
                f'These weights are for reset="{reset}", and the layer was made with '
                f"reset_after={one.reset_after}: r acts on the other side of the "
                "product with w_h, another function, which no weights make equal. Make "
                f"the layer with reset_after={reset == 'after'}."
            )
    _load(layer, layers, keras.layers.GRU)


def dump(layer: Any) -> Any:
    """Return a layer's weights in the NumPy layout, nested as `load_*` takes them.

    GRU weights are for z="old". Those of a layer with reset_after=False are for
    reset="before", and their b_n is zero.
    """
    layers = [tuple(map(_weights, each)) for each in directions_of(layer)]
    return structure.nested(layers, isinstance(layer, list))


def directions_of(layer: Any) -> list[tuple]:
    """Return a layer, a Bidirectional or a list of them as layers of directions."""
    found = []
    for one in layer if isinstance(layer, list) else [layer]:
        if isinstance(one, keras.layers.Bidirectional):
            if one.merge_mode != "concat":
                raise ValueError(
                    f"Bidirectional has merge_mode={one.merge_mode!r}; expected "
                    '"concat", which keeps the two directions side by side.'
                )
            found.append((one.forward_layer, one.backward_layer))
        else:
            found.append((one,))
    return found


def n_in_of(layer: Any) -> int | None:
    """Return how many inputs a layer reads; None while it has no weights."""
    check(layer)
    return layer.cell.kernel.shape[0] if layer.built else None


def check(layer: Any) -> type:
    """Return which of the three classes a layer is; raises ValueError for another."""
    kind = next((k for k in KINDS if isinstance(layer, k)), None)
    if kind is None or not layer.use_bias:
        raise ValueError(
            f"Given {layer}; expected keras.layers.SimpleRNN, LSTM or GRU with a bias, "
            "a Bidirectional of one, or a list of them. Of a model, give the layer "
            "itself."
        )
    if kind is not keras.layers.SimpleRNN:
        functions = layer.activation.__name__, layer.recurrent_activation.__name__
        if functions != ("tanh", "sigmoid"):
            raise ValueError(
                f"The layer's activations are {functions}; expected tanh and sigmoid, "
                "which our cells and PyTorch's layers use."
            )
    return kind


def build(layer: Any, n_in: int, batch: int | None = None) -> None:
    """Make the weights of every layer that has none yet, for `n_in` inputs.

    `batch` is needed only by layers that keep their state (stateful=True).
    """
    for one in layer if isinstance(layer, list) else [layer]:
        if not one.built:
            one.build((batch, None, n_in))
        directions = directions_of(one)[0]
        n_in = len(directions) * directions[0].units


def _load(layer: Any, weights: Any, kind: type) -> None:
    directions = directions_of(layer)
    for one in (d for each in directions for d in each):
        if check(one) is not kind:
            raise ValueError(f"Given {one}; expected keras.layers.{kind.__name__}.")
    layers = structure.layers_of(weights, KINDS[kind][0])
    structure.refuse_unlike(layers, len(directions), len(directions[0]))
    build(layer, len(layers[0][0].w_x))
    for targets, given in zip(directions, layers, strict=True):
        for target, one in zip(targets, given, strict=True):
            parts = _parts(one, kind, target)
            for variable, value in zip(target.weights, parts, strict=True):
                structure.refuse_shape(variable.name, variable.shape, value.shape, one)
            target.set_weights(parts)


def _parts(weights: Any, kind: type, layer: Any) -> list[np.ndarray]:
    """Return one direction's weights as Keras stores them."""
    _, ours, theirs = KINDS[kind]
    w_x, w_h, b = (structure.reordered(a, ours, theirs) for a in weights[:3])
    if kind is keras.layers.GRU:
        second = np.zeros_like(b)
        second[-len(weights.b_n) :] = weights.b_n
        b = np.stack([b, second]) if layer.reset_after else b + second
    return [w_x, w_h, b]


def _weights(layer: Any) -> Any:
    """Return the weights of one direction in the NumPy layout."""
    kind = check(layer)
    ours_of, ours, theirs = KINDS[kind]
    found = (np.array(a) for a in layer.get_weights())
    w_x, w_h, b = (structure.reordered(a, theirs, ours) for a in found)
    if kind is not keras.layers.GRU:
        return ours_of(w_x, w_h, b)
    n = len(w_h)
    b, second = b if layer.reset_after else (b, np.zeros_like(b))
    b = np.concatenate([b[: 2 * n] + second[: 2 * n], b[2 * n :]])
    return ours_of(w_x, w_h, b, second[2 * n :].copy())
