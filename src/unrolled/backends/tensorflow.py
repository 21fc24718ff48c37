"""The TensorFlow track: `from unrolled.backends import tensorflow as ur`.

Same names, signatures and meanings as `unrolled.backends.pytorch`.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from unrolled import cells
from unrolled.backends import quiet, shared
from unrolled.backends.shared import History, Run

tf, keras = quiet.start()

__all__ = [
    "array",
    "device",
    "dump",
    "evaluate",
    "fit",
    "gradients",
    "load_rnn",
    "run",
    "sample",
    "seed",
    "tensor",
]


def device() -> str:
    """Return where models run: a GPU if there is one, else the CPU."""
    return "GPU:0" if tf.config.list_physical_devices("GPU") else "CPU:0"


def seed(n: int) -> None:
    """Make what follows repeatable: initial weights, dropout, sampling."""
    keras.utils.set_random_seed(n)


def tensor(a: Any) -> Any:
    """Return a NumPy array as a tensor on `device()`."""
    with tf.device(device()):
        return tf.convert_to_tensor(a)


def array(t: Any) -> np.ndarray:
    """Return a tensor as a NumPy array."""
    return np.asarray(t)


def load_rnn(layer: Any, weights: cells.RNNWeights) -> None:
    """Copy NumPy weights into a layer, in place.

    Keras stores `kernel` (n_in, n_hidden) and `recurrent_kernel` as the NumPy layout
    does, with one bias. Raises ValueError if the sizes differ.
    """
    _one_layer(layer)
    n_in, n_hidden = weights.w_x.shape
    if not layer.built:
        layer.build((None, None, n_in))
    for target, value in zip(layer.weights, weights, strict=True):
        if tuple(target.shape) != value.shape:
            raise ValueError(
                f"The layer's {target.name} has shape {tuple(target.shape)}, the "
                f"weights give {value.shape}. Make the layer with n_in={n_in} and "
                f"n_hidden={n_hidden}."
            )
    layer.set_weights(list(weights))


def dump(layer: Any) -> cells.RNNWeights:
    """Return a layer's weights in the NumPy layout; two biases become their sum."""
    _one_layer(layer)
    return cells.RNNWeights(*(np.array(w) for w in layer.get_weights()))


def run(layer: Any, x: Any, state: Any = None) -> Run:
    """Run a recurrent layer over `x` (batch, time, n_in); every state, as NumPy.

    `state` (batch, n_hidden) is where it starts, zeros if None.
    """
    x = tf.convert_to_tensor(np.asarray(x), layer.compute_dtype)
    if not layer.built:
        layer.build(x.shape)
    if state is not None:
        state = tf.convert_to_tensor(np.asarray(state), layer.compute_dtype)
    with _exact():
        states = _states(layer, x, state)
    return Run(array(states), array(states[:, -1]))


def fit(
    model: Any,
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
    optimizer = keras.optimizers.AdamW(lr, weight_decay=0.01)
    history, state, paused = History(), None, 0.0
    losses, norms = [], []

    @tf.function(reduce_retracing=True)
    def update(x, y, state):
        with tf.GradientTape() as tape:
            logits, state = model(x, state, training=True)  # (batch, time, n_out)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            )
        grads = tape.gradient(loss, model.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, clip)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        return loss, norm, state

    began = time.perf_counter()
    for step, new_epoch, (x, y) in shared.cycle(batches, total, progress):
        if state is None:  # once, to learn the shape of the state
            state = model(tensor(x[:, :1]), None)[1]
        if new_epoch or not stateful:
            state = tf.nest.map_structure(tf.zeros_like, state)
        optimizer.learning_rate.assign(shared.rate(step, total, lr, schedule))
        loss, norm, state = update(tensor(x), tensor(y), state)
        losses.append(loss)
        norms.append(norm)
        if after and ((every and (step + 1) % every == 0) or step + 1 == total):
            pause = time.perf_counter()
            value = after(step + 1)
            if value is not None:
                history.valid.append((step + 1, float(value)))
            paused += time.perf_counter() - pause
    history.loss = array(tf.stack(losses)).tolist()
    history.norms = array(tf.stack(norms)).tolist()
    history.seconds = time.perf_counter() - began - paused
    return history


def evaluate(model: Any, batches: Iterable, *, stateful: bool = False) -> float:
    """Return the mean nats over every target of `batches`, (x, y) or (x, y, weight)."""
    forward = _forward(model)
    nats, count, state = 0.0, 0.0, None
    for x, y, *weight in batches:
        if state is None:
            state = model(tensor(x[:, :1]), None)[1]
        if not stateful or count == 0:
            state = tf.nest.map_structure(tf.zeros_like, state)
        logits, state = forward(tensor(x), state)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tensor(y), logits)
        weight = weight[0] if weight else np.ones(np.shape(y), np.float32)
        nats += float(tf.reduce_sum(each * weight))
        count += float(weight.sum())
    return nats / count


def sample(
    model: Any,
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
    forward = _forward(model)
    ids = []
    logits, state = model(tensor(vocab.encode(prompt)[None]), None)
    for _ in range(n):
        p = shared.softmax(array(logits[0, -1]), temperature)
        ids.append(int(rng.choice(len(p), p=p)))
        logits, state = forward(tensor(np.array([[ids[-1]]])), state)
    return prompt + vocab.decode(np.array(ids, np.int64))


def gradients(layer: Any, x: Any, d_last: Any = None) -> np.ndarray:
    """Return the gradient's norm at each time step, (time,).

    The loss is the sum of the last state, or `d_last` (batch, n_hidden) times it; the
    norm at step t is that of its gradient for the input `x[:, t]` (batch, n_in).
    """
    x = tf.convert_to_tensor(np.asarray(x), layer.compute_dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        last = _states(layer, x)[:, -1]
        weight = 1.0 if d_last is None else tf.cast(d_last, last.dtype)
        loss = tf.reduce_sum(last * weight)
    grad = tape.gradient(loss, x)
    return array(tf.sqrt(tf.reduce_sum(grad**2, axis=(0, 2))))


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


def _states(layer: Any, x: Any, state: Any = None) -> Any:
    """Return every state (batch, time, n_hidden), whatever the layer itself returns."""
    config = {**layer.get_config(), "return_sequences": True, "return_state": False}
    twin = type(layer).from_config(config)
    twin.cell = layer.cell  # the same weights, not copies
    twin.built = True
    return twin(x, initial_state=state)


def _forward(model: Any) -> Callable:
    """Return the model as one compiled function, made once for each model."""
    if not hasattr(model, "_unrolled_forward"):
        model._unrolled_forward = tf.function(
            lambda x, state: model(x, state, training=False), reduce_retracing=True
        )
    return model._unrolled_forward


def _one_layer(layer: Any) -> None:
    if not isinstance(layer, keras.layers.SimpleRNN) or not layer.use_bias:
        raise ValueError(
            f"Given {layer}; expected keras.layers.SimpleRNN with a bias (one layer, "
            "one direction)."
        )
