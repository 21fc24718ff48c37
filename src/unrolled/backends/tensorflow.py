"""The TensorFlow track: `from unrolled.backends import tensorflow as ur`.

Same names, signatures and meanings as `unrolled.backends.pytorch`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from unrolled.backends import answers, quiet, shared, training
from unrolled.backends.parts import Parts
from unrolled.backends.shared import History
from unrolled.backends.tensorflow_asking import (
    Compiled,
    array,
    asker,
    device,
    first,
    forward,
    parts_of,
    specs,
    tensor,
    zeros,
)
from unrolled.backends.tensorflow_layers import gradients, run
from unrolled.backends.tensorflow_losses import losses
from unrolled.backends.tensorflow_models import language_model
from unrolled.backends.tensorflow_weights import dump, load_gru, load_lstm, load_rnn

tf, keras = quiet.start()

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
    keras.utils.set_random_seed(n)


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
    ours = optimizer is None
    if ours:
        optimizer = keras.optimizers.AdamW(float(lr), weight_decay=0.01)
        optimizer.epsilon = tf.Variable(0.0)  # set at each step, see below
    ask, meter, state, rows = asker(model), training.Meter(), None, None

    def update(x, mask, y, weight, state):
        with tf.GradientTape() as tape:
            batch = Parts(x, mask, y, weight, None, None)
            each, weight, state = losses(ask, batch, state, loss, training=True)
            if weight is None:
                mean = tf.reduce_mean(each)
            else:
                mean = tf.reduce_sum(each * weight) / tf.reduce_sum(weight)
        grads = _dense(tape.gradient(mean, model.trainable_variables))
        norm = tf.linalg.global_norm(grads)
        if clip is not None:
            grads, _ = tf.clip_by_global_norm(grads, clip, norm)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        return mean, norm, state

    compiled, starts = Compiled(model, update), {}
    for step, new_epoch, batch in training.cycle(batches, total, progress, meter):
        batch = parts_of(batch, loss is None)
        training.refuse_empty(batch, step + 1)
        if new_epoch or not stateful:
            state = rows = None
        rows = training.same_rows(batch, rows)
        if step == 0:
            n_out = first(ask, batch)[0].shape[-1]  # and makes the weights
            if not optimizer.built:  # what makes variables is compiled twice
                optimizer.build(model.trainable_variables)
            like = None if stateful else (*specs(batch, batches), None)
            run_step = compiled.function(like)
        answers.refuse_high(batch.highest, n_out)
        if stateful and state is None:
            if rows not in starts:  # None would be compiled too: seconds for one step
                starts[rows] = zeros(ask, batch)
            state = starts[rows]
        optimizer.learning_rate.assign(training.rate(step, total, lr, schedule))
        # Keras adds epsilon before Adam's correction for the start, PyTorch after it.
        if ours:
            optimizer.epsilon.assign(1e-8 * (1 - optimizer.beta_2 ** (step + 1)) ** 0.5)
        mean, norm, state = run_step(*batch[:4], state)
        meter.add(mean, norm)
        if after and training.due(step + 1, total, every):
            if not meter.ask(after, step + 1):
                break
            run_step = compiled.function(like)
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
    do not count. `loss` is another one than cross-entropy, as `fit` takes it. Raises
    ValueError if nothing counts.
    """
    ask = None
    nats, count, state, rows = 0.0, 0.0, None, None
    for batch in batches:
        batch = parts_of(batch, loss is None)
        ask = ask or forward(model, batch, None if stateful else batches)
        rows = training.same_rows(batch, rows) if stateful else None
        if stateful and state is None:
            state = zeros(asker(model), batch)
        state = state if stateful else None
        each, weight, state = losses(ask, batch, state, loss)
        weight = weight if weight is None else array(weight)
        found = shared.nats_of(array(each), weight)
        nats, count = nats + found[0], count + found[1]
    return shared.mean_nats(nats, count)


def predict(model: Any, batches: Iterable) -> Any:
    """Return the logits of every sequence, in the order of the sequences.

    `batches` yields (x, mask, y). Those of `batches.Buckets`, or a list of them, know
    the places of their sequences; others come in the order of the sequences. y is not
    looked at. `model(x, mask)` returns (batch, n_out), and the result is (n,
    n_out); or (batch, time, n_out), and it is a list of (time, n_out) without padding.
    """
    ask = None
    rows, places = [], []
    for batch in batches:
        given = parts_of((*batch[:2], None))
        ask = ask or forward(model, given, batches)
        logits = array(ask(given.x, given.mask, None)[0])
        rows += shared.rows_of(logits, array(given.mask))
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
    ask, ids = asker(model), []
    logits, state = ask(tensor(vocab.encode(prompt)[None]), None, None)
    shared.refuse_no_state(state)
    ask = forward(model)
    for _ in range(n):
        p = shared.softmax(array(logits[0, -1]), temperature)
        ids.append(int(rng.choice(len(p), p=p)))
        logits, state = ask(tensor(np.array([[ids[-1]]])), None, state)
    return prompt + vocab.decode(np.array(ids, np.int64))


def _dense(grads: list) -> list:
    """Return gradients as whole arrays; None where a weight has none.

    TensorFlow gives an embedding's gradient as one row for each place where a symbol
    stands. A norm, or Adam's squares, of rows that are not yet added up is not that of
    the gradient: every repeated symbol would count once for each place.
    """
    return [g if g is None else tf.convert_to_tensor(g) for g in grads]
