"""Run Keras' recurrent layers from NumPy: every state, and gradients per step."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from unrolled.backends import quiet, structure, tensorflow_weights
from unrolled.backends.shared import Run

tf, keras = quiet.start()


def run(layer: Any, x: Any, state: Any = None, mask: Any = None) -> Run:
    """Run a recurrent layer over `x` (batch, time, n_in); every state, as NumPy.

    `state` is where it starts, zeros if None: (batch, n_hidden), the pair (h, c) of an
    LSTM; a pair of these for two directions, a list for several layers. `mask` (batch,
    time) is True where a step is real: a masked step changes nothing, and shows the
    state before it. Raises ValueError if a shape does not fit.
    """
    layers, stacked = tensorflow_weights.directions_of(layer), isinstance(layer, list)
    x = structure.inputs(x, tensorflow_weights.n_in_of(layers[0][0]))
    mask = structure.real_steps(mask, x.shape[:2])
    if mask is not None:  # what stands in a masked step may be anything, NaN even
        x = np.where(mask[..., None], x, np.zeros((), x.dtype))
    is_lstm = tensorflow_weights.check(layers[0][0]) is keras.layers.LSTM
    start = structure.states_of(
        state,
        [len(directions) for directions in layers],
        stacked,
        lambda k: (len(x), layers[k][0].units),
        2 if is_lstm else 1,
    )
    tensorflow_weights.build(layer, x.shape[-1], len(x))
    with _exact():
        h, last = _forward(layers, x, start, mask)
    shown = [
        structure.carry(side, mask, start[-1][k][0], layers[-1][k].go_backwards)
        for k, side in enumerate(np.split(np.asarray(h), len(layers[-1]), axis=-1))
    ]
    ends = [
        [tuple(map(np.asarray, end)) if is_lstm else np.asarray(end[0]) for end in each]
        for each in last
    ]
    return Run(np.concatenate(shown, axis=-1), structure.nested(ends, stacked))


def gradients(layer: Any, x: Any, d_last: Any = None) -> np.ndarray:
    """Return the gradient's norm at each time step, (time,).

    The loss is the sum of the top layer's last state h, or `d_last` (batch, n_hidden)
    times it, a pair of them for two directions; the norm at step t is that of its
    gradient for the input `x[:, t]` (batch, n_in). Raises ValueError if a shape does
    not fit.
    """
    layers = tensorflow_weights.directions_of(layer)
    x = structure.inputs(x, tensorflow_weights.n_in_of(layers[0][0]))
    top = layers[-1]
    of_last = structure.of_last(d_last, len(top), (len(x), top[0].units))
    tensorflow_weights.build(layer, x.shape[-1], len(x))
    x = tf.convert_to_tensor(x, layers[0][0].compute_dtype)
    with _exact(), tf.GradientTape() as tape:
        tape.watch(x)
        _, last = _forward(layers, x)
        h = [end[0] for end in last[-1]]  # of each direction, (batch, n_hidden)
        products = [a * tf.cast(d, a.dtype) for a, d in zip(h, of_last, strict=True)]
        loss = tf.add_n([tf.reduce_sum(product) for product in products])
    grad = tape.gradient(loss, x)
    return np.asarray(tf.sqrt(tf.reduce_sum(grad**2, axis=(0, 2))))


def _forward(layers: list, x: Any, start: Any = None, mask: Any = None) -> tuple:
    """Return h (batch, time, ·) of the top layer and every last state, as tensors."""
    last = []
    for k, directions in enumerate(layers):
        sides, ends = [], []
        for j, one in enumerate(directions):
            state = None if start is None else start[k][j]
            h, *end = _every_state(one, x, state, mask)
            # The backward layer's first output belongs to the last step.
            sides.append(tf.reverse(h, [1]) if one.go_backwards else h)
            ends.append(end)
        x = tf.concat(sides, axis=-1)
        last.append(ends)
    return x, last


def _every_state(layer: Any, x: Any, state: Any, mask: Any) -> Any:
    """Return every h and the last state, whatever the layer itself returns."""
    whole = {"return_sequences": True, "return_state": True, "stateful": False}
    twin = type(layer).from_config({**layer.get_config(), **whole})
    twin.cell = layer.cell  # the same weights, not copies
    twin.built = True
    dtype = layer.compute_dtype
    if state is not None:
        state = [tf.convert_to_tensor(part, dtype) for part in state]
    mask = None if mask is None else tf.convert_to_tensor(mask)
    return twin(tf.convert_to_tensor(x, dtype), initial_state=state, mask=mask)


@contextlib.contextmanager
def _exact() -> Iterator[None]:
    """Multiply in full float32: a GPU may round to ten bits (TF32) by default."""
    config = tf.config.experimental
    kept = config.tensor_float_32_execution_enabled()
    config.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        config.enable_tensor_float_32_execution(kept)
