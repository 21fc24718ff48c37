"""TensorFlow in the classification benchmark: our model, four re-written, a step."""

import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from classify_recipe import Recipe


def backend(threads: int, seed: int) -> ModuleType:
    """Import TensorFlow quietly with so many threads, and return our backend."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)
    from unrolled.backends import tensorflow as ur

    ur.seed(seed)
    return ur


def size(model: Any) -> int:
    """Return how many numbers a model learns."""
    return sum(int(np.prod(w.shape)) for w in model.trainable_variables)


def _updater(model: Any, optimizer: Any, clip: float = 0.0) -> Callable:
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
            # An embedding's rows of equal words are added up before they are measured;
            # the published rows train without, as Keras does.
            slopes = [tf.convert_to_tensor(g) for g in slopes]
            slopes, _ = tf.clip_by_global_norm(slopes, clip)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))

    def update(x, mask, y, lr):
        if not model.built:
            model(x[:1].astype(np.int32), mask[:1])
            optimizer.build(model.trainable_variables)
        optimizer.learning_rate.assign(lr)
        step(x.astype(np.int32), mask, y.astype(np.int32))

    return update


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


def our_trainer(
    n_words: int, n_out: int, given: np.ndarray, recipe: Recipe
) -> tuple[Any, Callable]:
    """Return our model and its step."""
    import keras

    model = our_model(n_words, n_out, given, recipe)
    optimizer = keras.optimizers.AdamW(
        recipe.lr, weight_decay=recipe.decay, epsilon=1e-8
    )
    return model, _updater(model, optimizer, recipe.clip)


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


def published_trainer(n_words: int, n_out: int, row: str) -> tuple[Any, Callable]:
    """Return one re-written configuration and its step."""
    import keras

    model = published_model(n_words, n_out, row)
    return model, _updater(model, keras.optimizers.Adam())
