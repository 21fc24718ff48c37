"""TensorFlow rows of the classification benchmark: ours, and four re-written ones."""

import os
from types import ModuleType
from typing import Any

import numpy as np

from classify_recipe import OURS, WITH_VECTORS, Recipe, rate
from classify_task import (
    Task,
    as_they_come,
    encode,
    endless,
    judged,
    shares,
    start,
    vocabulary,
)
from common import Clock, Settings
from unrolled import batches


def backend(threads: int, seed: int) -> ModuleType:
    """Import TensorFlow quietly with so many threads, and return our backend."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)
    from unrolled.backends import tensorflow as ur

    ur.seed(seed)
    return ur


def our_model(n_words: int, n_out: int, given: np.ndarray, r: Recipe) -> Any:
    """Return the model of the PyTorch row, in Keras; see `classify_pytorch.Ours`."""
    import keras
    import tensorflow as tf

    normal = keras.initializers.RandomNormal(stddev=r.embedding_scale)

    class Ours(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.given = tf.constant(given * r.vectors_scale)
            self.embed = keras.layers.Embedding(n_words, r.embedding, normal)
            self.lstm = keras.layers.LSTM(r.hidden, return_sequences=True)
            self.drop_words = keras.layers.Dropout(r.drop_words)
            self.drop = keras.layers.Dropout(r.drop)
            self.out = keras.layers.Dense(n_out)

        def call(self, x, mask, training=False):
            e = tf.concat([self.embed(x), tf.gather(self.given, x)], axis=-1)
            e = self.drop_words(e, training=training)  # (batch, time, n_in)
            h = self.lstm(e)  # padding comes after all real steps
            real = mask[..., None]
            highest = tf.reduce_max(tf.where(real, h, -1.0), axis=1)
            weight = tf.cast(real, e.dtype)
            mean = tf.reduce_sum(e * weight, axis=1) / tf.reduce_sum(weight, axis=1)
            v = self.drop(tf.concat([highest, mean], axis=-1), training=training)
            return self.out(v)

    return Ours()


def ours(task: Task, settings: Settings, pretrained: bool, limit: int = 0) -> dict:
    """Train our networks until their epochs or the seconds are over."""
    ur = backend(settings.threads, settings.seed)
    import keras

    recipe = WITH_VECTORS if pretrained else OURS
    known, given, before = start(task, pretrained, limit, settings)
    clock, models, epochs = Clock(settings), [], 0.0
    ids = encode(task, known)
    train = [ids[row] for row in task.train]
    rng = np.random.default_rng(settings.seed)
    for share in shares(settings.budget - before, recipe.networks, clock):
        ur.seed(1000 * settings.seed + len(models))
        model = our_model(1 + len(known), task.n_classes, given, recipe)
        optimizer = keras.optimizers.AdamW(recipe.lr, weight_decay=recipe.decay)
        update = _updater(model, optimizer, recipe.clip)
        for x, mask, y, epoch in endless(train, task.y[task.train], recipe.batch, rng):
            done = max(share(), epoch / recipe.epochs)
            if done >= 1:
                break
            optimizer.learning_rate.assign(recipe.lr * rate(done))
            update(x, mask, y)
        models.append(model)
        epochs += epoch / recipe.networks
    seconds = before + clock.seconds
    found = result(models, seconds, epochs)
    test = batches.Buckets([ids[row] for row in task.test], task.y[task.test], 256)
    return found | judged(task, [ur.predict(m, test) for m in models], clock)


def _updater(model: Any, optimizer: Any, clip: float = 0.0) -> Any:
    """Return one step of training as a compiled function of NumPy arrays."""
    import tensorflow as tf

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, None), tf.int32),
            tf.TensorSpec((None, None), tf.bool),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def step(x, mask, y):
        with tf.GradientTape() as tape:
            logits = model(x, mask, training=True)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            loss = tf.reduce_mean(each)
        slopes = tape.gradient(loss, model.trainable_variables)
        if clip:
            slopes, _ = tf.clip_by_global_norm(slopes, clip)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))

    def update(x, mask, y):
        if not model.built:
            model(x[:1].astype(np.int32), mask[:1])
            optimizer.build(model.trainable_variables)
        step(x.astype(np.int32), mask, y.astype(np.int32))

    return update


# Kind of layer, units, how many (two directions each where it is 2), masked or not.
PUBLISHED = {
    "afb-tensorflow-rnn": ("SimpleRNN", 16, 1, False),
    "afb-tensorflow-rnn-masked": ("SimpleRNN", 16, 1, True),
    "afb-tensorflow-lstm": ("LSTM", 8, 1, True),
    "afb-tensorflow-bilstm": ("LSTM", 64, 2, True),
}


def published_model(n_words: int, n_out: int, row: str) -> Any:
    """Return one re-written configuration: embedding 64, its layers, a dense layer."""
    import keras

    kind, units, n_layers, masked = PUBLISHED[row]

    def layer(k: int) -> Any:
        made = getattr(keras.layers, kind)(units, return_sequences=k + 1 < n_layers)
        return keras.layers.Bidirectional(made) if n_layers > 1 else made

    class Published(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.embed = keras.layers.Embedding(n_words, 64)
            self.stack = [layer(k) for k in range(n_layers)]
            self.out = keras.layers.Dense(n_out)

        def call(self, x, mask, training=False):
            h = self.embed(x)
            for one in self.stack:
                h = one(h, mask=mask) if masked else one(h)
            return self.out(h)

    return Published()


def published(task: Task, settings: Settings, row: str) -> dict:
    """Train one re-written configuration for the seconds: batch 16, Adam, 1e-3.

    Batches are drawn at random and padded to their longest item.
    """
    ur = backend(settings.threads, settings.seed)
    import keras

    clock = Clock(settings)
    known = vocabulary(task)
    ids = encode(task, known)
    model = published_model(1 + len(known), task.n_classes, row)
    update = _updater(model, keras.optimizers.Adam(1e-3))
    rng, updates = np.random.default_rng(settings.seed), 0
    while not clock.done:
        order = rng.permutation(task.train)
        for first in range(0, len(order), 16):
            rows = order[first : first + 16]
            x, mask = batches.pad([ids[row] for row in rows])
            update(x, mask, task.y[rows])
            updates += 1
            if clock.done:
                break
    epochs = updates * 16 / len(task.train)
    seconds = clock.seconds
    said = ur.predict(model, as_they_come(task, ids)).argmax(axis=-1)
    right = float(np.mean(said == task.y[task.test]))
    return result([model], seconds, epochs) | {"accuracy": right}


def result(models: list, seconds: float, epochs: float) -> dict:
    """Return what a row took."""
    sizes = [np.prod(w.shape) for model in models for w in model.trainable_variables]
    return {"seconds": seconds, "epochs": float(epochs), "parameters": int(sum(sizes))}
