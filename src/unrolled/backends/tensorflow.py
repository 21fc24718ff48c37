"""The TensorFlow track: `from unrolled.backends import tensorflow as ur`.

Same names, signatures and meanings as `unrolled.backends.pytorch`.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from unrolled.backends import quiet, shared
from unrolled.backends.shared import History
from unrolled.backends.tensorflow_layers import gradients, run
from unrolled.backends.tensorflow_weights import dump, load_gru, load_lstm, load_rnn

tf, keras = quiet.start()

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


def _forward(model: Any) -> Callable:
    """Return the model as one compiled function, made once for each model."""
    if not hasattr(model, "_unrolled_forward"):
        model._unrolled_forward = tf.function(
            lambda x, state: model(x, state, training=False), reduce_retracing=True
        )
    return model._unrolled_forward
