"""The TensorFlow track: `from unrolled.backends import tensorflow as ur`.

Same names, signatures and meanings as `unrolled.backends.pytorch`.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from unrolled.backends import parts, quiet, shared
from unrolled.backends.parts import Parts
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


def device(name: str | None = None) -> str:
    """Return where models run: a GPU if there is one, else the CPU.

    `device("cpu")` or `device("GPU:1")` hides the other GPUs from TensorFlow; choose
    before anything is computed. Raises ValueError for one that is not there.
    """
    if name is not None:
        there = tf.config.list_physical_devices()
        found = [d for d in there if name.upper() in (_short(d), d.device_type)]
        if not found:
            raise ValueError(
                f"There is no device {name!r} here; there are "
                f"{', '.join(map(_short, there))}."
            )
        wanted = [found[0]] if found[0].device_type == "GPU" else []
        if wanted != tf.config.get_visible_devices("GPU"):
            tf.config.set_visible_devices(wanted, "GPU")
    return "GPU:0" if tf.config.get_visible_devices("GPU") else "CPU:0"


def _short(device: Any) -> str:
    return device.name.removeprefix("/physical_device:")


def seed(n: int) -> None:
    """Make what follows repeatable: initial weights, dropout, sampling."""
    keras.utils.set_random_seed(n)


def tensor(a: Any) -> Any:
    """Return a NumPy array as a tensor on `device()`.

    Lists and columns of a table are taken too; what holds no numbers is a ValueError.
    """
    with tf.device(device()):
        return tf.convert_to_tensor(parts.numbers(a))


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
    loss: Callable | None = None,
    optimizer: Any = None,
) -> History:
    """Train a model to predict `y` from `x`; one visible loop with AdamW.

    `batches` yields (x, y) and has a length; `model(x, state)` returns logits and the
    next state. `stateful` hands the state from batch to batch, without its gradient:
    truncated backpropagation through time. Or `batches` yields (x, mask, y), as
    `batches.Buckets` does; then `model(x, mask)` returns logits alone, (batch, n_out)
    or (batch, time, n_out), and the loss leaves out the steps that are not real. In (x,
    y, weight) and (x, mask, y, weight) each target has its weight. `clip` bounds the
    norm of the whole gradient. `after(step)` is called every `every` steps, and at the
    end; a number that it returns goes to `History.valid`, and by raising StopIteration
    it ends the training. `loss(outputs, y)` takes the place of cross-entropy: it gets
    outputs (targets, n_out) and their y, padding left out, and returns a number for
    each target, or one for each of its outputs, which are averaged. `optimizer`, one of
    the framework's own, takes the place of AdamW; `lr` and `schedule` set its rate.
    Raises ValueError if there is nothing to train on.
    """
    total = shared.n_steps(batches, steps, epochs, lr, clip)
    optimizer = optimizer or keras.optimizers.AdamW(lr, weight_decay=0.01)
    ask, meter, state, rows = _asker(model), shared.Meter(), None, None

    def update(x, mask, y, weight, state):
        with tf.GradientTape() as tape:
            batch = Parts(x, mask, y, weight, None, None)
            each, weight, state = _losses(ask, batch, state, loss, training=True)
            if weight is None:
                mean = tf.reduce_mean(each)
            else:
                mean = tf.reduce_sum(each * weight) / tf.reduce_sum(weight)
        grads = tape.gradient(mean, model.trainable_variables)
        norm = tf.linalg.global_norm(grads)
        if clip is not None:
            grads, _ = tf.clip_by_global_norm(grads, clip, norm)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        return mean, norm, state

    compiled, starts = _Compiled(model, update), {}
    for step, new_epoch, batch in shared.cycle(batches, total, progress, meter):
        batch = _parts(batch, loss is None)
        shared.refuse_empty(batch, step + 1)
        if new_epoch or not stateful:
            state = rows = None
        rows = shared.same_rows(batch, rows)
        if step == 0:
            n_out = _first(ask, batch)[0].shape[-1]  # and makes the weights
            run_step = compiled.function()
        parts.refuse_high(batch.highest, n_out)
        if stateful and state is None:
            if rows not in starts:  # None would be compiled too: seconds for one step
                starts[rows] = _zeros(ask, batch)
            state = starts[rows]
        optimizer.learning_rate.assign(shared.rate(step, total, lr, schedule))
        mean, norm, state = run_step(*batch[:4], state)
        meter.add(mean, norm)
        if after and shared.due(step + 1, total, every):
            if not meter.ask(after, step + 1):
                break
            run_step = compiled.function()
    finite = (tf.reduce_all(tf.math.is_finite(w)) for w in model.trainable_variables)
    return meter.done(all(finite))


def evaluate(
    model: Any,
    batches: Iterable,
    *,
    stateful: bool = False,
    loss: Callable | None = None,
) -> float:
    """Return the mean nats over every target of `batches`.

    A batch is (x, y), (x, y, weight), (x, mask, y), or (x, mask, y, weight): with a
    mask the model is called as `model(x, mask)`, and targets of steps that are not real
    do not count. `loss` is another one than cross-entropy, as `fit` takes it.
    """
    ask = None
    nats, count, state, rows = 0.0, 0.0, None, None
    for batch in batches:
        batch = _parts(batch, loss is None)
        ask = ask or _forward(model, batch)
        rows = shared.same_rows(batch, rows) if stateful else None
        if stateful and state is None:
            state = _zeros(_asker(model), batch)
        state = state if stateful else None
        each, weight, state = _losses(ask, batch, state, loss)
        weight = weight if weight is None else array(weight)
        found = shared.nats_of(array(each), weight)
        nats, count = nats + found[0], count + found[1]
    return shared.mean_nats(nats, count)


def predict(model: Any, batches: Iterable) -> Any:
    """Return the logits of every sequence, in the order of the sequences.

    `batches` yields (x, mask, y), as `batches.Buckets` does, whose order is undone; y
    is not looked at. `model(x, mask)` returns (batch, n_out), and the result is (n,
    n_out); or (batch, time, n_out), and it is a list of (time, n_out) without padding.
    """
    ask = None
    rows, places = [], []
    for batch in batches:
        given = _parts((*batch[:2], None))
        ask = ask or _forward(model, given)
        logits = array(ask(given.x, given.mask, None)[0])
        rows += parts.rows_of(logits, array(given.mask))
        places += shared.places_of(batch, len(places))
    return shared.in_order(rows, places)


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
    rng = shared.sampler(prompt, n, rng)
    ask, ids = _asker(model), []
    logits, state = ask(tensor(vocab.encode(prompt)[None]), None, None)
    shared.refuse_no_state(state)
    ask = _forward(model)
    for _ in range(n):
        p = shared.softmax(array(logits[0, -1]), temperature)
        ids.append(int(rng.choice(len(p), p=p)))
        logits, state = ask(tensor(np.array([[ids[-1]]])), None, state)
    return prompt + vocab.decode(np.array(ids, np.int64))


def _asker(model: Any) -> Callable:
    return parts.asker(model, getattr(model, "call", model))


def _parts(batch: Any, classes: bool = True) -> Parts:
    """Return a batch as tensors; Keras brings the floats of x to the model's type."""
    return parts.parts_of(batch, _convert, classes)


def _convert(a: Any) -> Any:
    """Return a tensor; integers of any width as int64, which every layer takes."""
    a = tensor(a)
    return tf.cast(a, tf.int64) if parts.kind(a) == "i" else a


def _losses(
    ask: Callable, batch: Parts, state: Any, loss: Callable | None, **options: Any
) -> tuple[Any, Any, Any]:
    """Return the loss of each real target, the weights if given, the next state."""
    x, mask, y, weight, _, highest = batch
    parts.refuse_unlabelled(y)
    outputs, state = ask(x, mask, state, **options)  # (batch, [time,] n_out)
    if loss is None:
        parts.refuse_logits(outputs, y)
        parts.refuse_high(highest, outputs.shape[-1])
    else:
        parts.refuse_unlike(outputs, y)
    n = len(outputs.shape) - 1
    if mask is not None and n > 1:  # a target for each step: padding has none
        keep = partial(tf.boolean_mask, mask=mask)
        outputs, y = keep(outputs), keep(y)
        weight = weight if weight is None else keep(weight)
        n = 1
    outputs = tf.reshape(outputs, [-1, outputs.shape[-1]])
    y = tf.reshape(y, [-1, *y.shape[n:]])
    each = (_nats if loss is None else _another(loss))(outputs, y)
    if weight is not None:
        weight = tf.cast(tf.reshape(weight, [-1]), each.dtype)
    return each, weight, state


def _nats(logits: Any, y: Any) -> Any:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y, tf.int64), logits)


def _another(loss: Callable) -> Callable:
    """Return `loss` as a function of outputs (targets, n_out), one number for each."""

    def each_of(outputs: Any, y: Any) -> Any:
        if parts.kind(y) == "f":
            y = tf.reshape(tf.cast(y, outputs.dtype), tf.shape(outputs))
        each = loss(outputs, y)
        parts.refuse_whole(each)
        return tf.reduce_mean(tf.reshape(each, [tf.shape(outputs)[0], -1]), axis=1)

    return each_of


def _first(ask: Callable, batch: Parts) -> tuple[Any, Any]:
    """Ask for a little of a batch, which makes the weights: its logits, its state."""
    x, mask, *_ = batch
    if mask is not None:
        return ask(x[:1], mask[:1], None)
    steps = len(x.shape) > 2 or parts.kind(x) == "i"  # else the axis may be features
    return ask(x[:, :1] if steps else x[:1], None, None)


def _zeros(ask: Callable, batch: Parts) -> Any:
    """Return a state of a model's shape for a batch, all zeros."""
    return parts.mapped(tf.zeros_like, ask(batch.x[:, :1], None, None)[1])


def _forward(model: Any, batch: Parts | None = None) -> Callable:
    """Return ask(x, mask, state), compiled; kept with the model."""
    ask = _asker(model)
    if batch is not None and not getattr(model, "built", True):
        _first(ask, batch)
    if not hasattr(model, "_unrolled_forward"):
        model._unrolled_forward = _Compiled(model, partial(ask, training=False))
    return model._unrolled_forward.function()


class _Compiled:
    """A function of a model, compiled anew once a Python value in the model changes.

    What is compiled keeps such a value as it was: model.way = "mean" would do nothing.
    """

    def __init__(self, model: Any, function: Callable) -> None:
        self._model, self._python, self._values, self._function = model, function, 0, 0

    def function(self) -> Callable:
        """Return the compiled function for the values as they are now."""
        layers = getattr(self._model, "_flatten_layers", list)()
        values = [_value(vars(layer)) for layer in layers]
        if values != self._values:
            # A partial is new to TensorFlow, which then does not warn of retracing.
            self._function = tf.function(partial(self._python), reduce_retracing=True)
            self._values = values
        return self._function


def _value(a: Any) -> Any:
    """Return what to compare of a Python value: itself, its items, or its identity."""
    if isinstance(a, dict):
        return {key: _value(item) for key, item in a.items()}
    if isinstance(a, list | tuple):
        return [_value(item) for item in a]
    return a if a is None or isinstance(a, bool | int | float | str) else id(a)
