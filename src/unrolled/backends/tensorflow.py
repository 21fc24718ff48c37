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
    "predict",
    "ready",
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


def ready(model: Any) -> Any:
    """Return the model as it should be asked: on `device()`, and without dropout.

    Keras makes it there, and drops only while training: nothing is left to do.
    """
    return model


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
    optimizer = keras.optimizers.AdamW(lr, weight_decay=0.01)
    optimizer.epsilon = tf.Variable(0.0)  # set at each step, see below
    history, state, paused = History(), None, 0.0
    losses, norms, starts = [], [], {}

    @tf.function(reduce_retracing=True)
    def update(x, mask, y, weight, state):
        with tf.GradientTape() as tape:
            each, weight, state = _nats(model, x, mask, y, weight, state, True)
            if weight is None:
                loss = tf.reduce_mean(each)
            else:
                loss = tf.reduce_sum(each * weight) / tf.reduce_sum(weight)
        grads = _dense(tape.gradient(loss, model.trainable_variables))
        grads, norm = tf.clip_by_global_norm(grads, clip)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        return loss, norm, state

    began = time.perf_counter()
    for step, new_epoch, batch in shared.cycle(batches, total, progress):
        parts = _tensors(batch)
        if new_epoch or not stateful:
            state = _start(model, *parts[:2], starts)
        optimizer.learning_rate.assign(shared.rate(step, total, lr, schedule))
        # Keras adds epsilon before Adam's correction for the start, PyTorch after it.
        optimizer.epsilon.assign(1e-8 * (1 - optimizer.beta_2 ** (step + 1)) ** 0.5)
        loss, norm, state = update(*parts, state)
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
    """Return the mean nats over every target of `batches`.

    A batch is (x, y), (x, y, weight), or (x, mask, y): the model is then called as
    `model(x, mask)`, and targets of steps that are not real do not count.
    """
    forward = _forward(model)
    nats, count, state, starts = 0.0, 0.0, None, {}
    for batch in batches:
        parts = _tensors(batch)
        if not stateful or count == 0:
            state = _start(model, *parts[:2], starts)
        each, weight, state = _nats(forward, *parts, state)
        weight = np.ones(each.shape, np.float32) if weight is None else array(weight)
        nats += float(tf.reduce_sum(each * weight))
        count += float(weight.sum())
    return nats / count


def predict(model: Any, batches: Iterable) -> Any:
    """Return the logits of every sequence, in the order of the sequences.

    `batches` yields (x, mask, y), as `batches.Buckets` does, whose order is undone; y
    is not looked at. `model(x, mask)` returns (batch, n_out), and the result is (n,
    n_out); or (batch, time, n_out), and it is a list of (time, n_out) without padding.
    """
    forward = _forward(model)
    rows = []
    for x, mask, _ in batches:
        rows += shared.rows_of(array(forward(tensor(x), tensor(mask))), mask)
    return shared.in_order(rows, batches)


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


def _tensors(batch: tuple) -> list:
    """Return x, mask, y and weight as tensors; None for what a batch does not have."""
    return [part if part is None else tensor(part) for part in shared.parts(batch)]


def _start(model: Any, x: Any, mask: Any, known: dict) -> Any:
    """Return a state of zeros for as many rows as `x` has; `known` keeps it.

    The model is called once for each number of rows, and that makes its weights.
    """
    if mask is None:
        if len(x) not in known:
            _, state = model(x[:, :1], None)
            known[len(x)] = tf.nest.map_structure(tf.zeros_like, state)
        return known[len(x)]
    if not model.built:
        model(x[:1], mask[:1])
    return ()


def _nats(
    model: Any, x: Any, mask: Any, y: Any, weight: Any, state: Any, training: Any = None
) -> tuple[Any, Any, Any]:
    """Return the nats of each real target, the weights if given, the next state."""
    options = {} if training is None else {"training": training}
    if mask is None:
        logits, state = model(x, state, **options)  # (batch, time, n_out)
    else:
        logits = model(x, mask, **options)  # (batch, n_out) or (batch, time, n_out)
        if len(y.shape) > 1:  # a label for each step: padding has none
            logits, y = tf.boolean_mask(logits, mask), tf.boolean_mask(y, mask)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    return each, weight if weight is None else tf.cast(weight, each.dtype), state


def _dense(grads: list) -> list:
    """Return gradients as whole arrays; None where a weight has none.

    TensorFlow gives an embedding's gradient as one row for each place where a symbol
    stands. A norm, or Adam's squares, of rows that are not yet added up is not that of
    the gradient: every repeated symbol would count once for each place.
    """
    return [g if g is None else tf.convert_to_tensor(g) for g in grads]


def _forward(model: Any) -> Callable:
    """Return the model as one compiled function, made once for each model."""
    if not hasattr(model, "_unrolled_forward"):
        model._unrolled_forward = tf.function(
            lambda x, state: model(x, state, training=False), reduce_retracing=True
        )
    return model._unrolled_forward
