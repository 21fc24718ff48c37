"""Our row in TensorFlow: the same LSTM, recipe and streams as in PyTorch.

What makes it fast: an LSTM with a backward pass of its own (lstm_tensorflow.py), the
input's product done for all steps at once, a whole training step, optimizer included,
in one compiled function, and a batch that is shared out: each thread reads its own rows
through all steps (TensorFlow runs what does not depend on each other side by side).
"""

import os
from types import ModuleType
from typing import Any

import numpy as np

import mixture
from common import Clock, Result, Settings, Task, cosine, endless, score_each
from recipes import Recipe, of


def start(threads: int) -> tuple[ModuleType, ModuleType]:
    """Import TensorFlow and Keras quietly; so many operations run at once."""
    # One thread for each operation: two that share a time step's small product wait for
    # each other more than they gain.
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
    os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)
    from unrolled.backends import quiet

    return quiet.start()


class CharLSTM:
    """Embedding, LSTM, dropout, linear layer; `weights` is a dict of variables."""

    def __init__(self, n_symbols: int, recipe: Recipe, seed: int) -> None:
        import tensorflow as tf

        rng = np.random.default_rng(seed)
        n, e, bound = recipe.hidden, recipe.embedding, recipe.hidden**-0.5

        def uniform(*shape: int) -> np.ndarray:
            return rng.uniform(-bound, bound, shape)

        bias = np.zeros(4 * n)
        bias[n : 2 * n] = 1.0  # remember, to begin with (gates in the order i f o g)
        values = {
            "embedding": rng.normal(0.0, recipe.embedding_scale, (n_symbols, e)),
            "w_x": uniform(e, 4 * n),
            "w_h": uniform(n, 4 * n) * recipe.recurrent_scale,
            "w_y": uniform(n, n_symbols),
            "bias": bias,
            "bias_y": uniform(n_symbols),
        }
        self.weights = {k: tf.Variable(v, dtype=tf.float32) for k, v in values.items()}
        self.n_symbols, self.n_hidden, self.recipe = n_symbols, n, recipe

    def zeros(self, batch: int) -> tuple[Any, Any]:
        """Return a state to start from."""
        import tensorflow as tf

        return tf.zeros((batch, self.n_hidden)), tf.zeros((batch, self.n_hidden))

    def __call__(self, x: Any, state: tuple, training: bool = False) -> tuple[Any, Any]:
        """Return logits (time, batch, n_symbols) and the next state; x (batch, time).

        Time comes first inside: a step of the loop then reads one piece of memory.
        """
        import tensorflow as tf

        from lstm_tensorflow import lstm

        batch, steps = x.shape
        w = self.weights
        # A table of what each symbol adds to the gates: embedding and input weights
        # meet once for each symbol of the alphabet, not for each character read.
        table = tf.matmul(w["embedding"], w["w_x"]) + w["bias"]
        # The lookup as a product: its gradient is one too, where a gather's is slow.
        symbols = tf.one_hot(tf.reshape(tf.transpose(x), (-1,)), self.n_symbols)
        projected = tf.reshape(tf.matmul(symbols, table), (steps, batch, -1))
        w_h = w["w_h"]
        if training and self.recipe.weight_dropout:
            w_h = tf.nn.dropout(w_h, self.recipe.weight_dropout)
        h, *state = lstm(projected, w_h, *state)
        if training and self.recipe.dropout:
            h = tf.nn.dropout(h, self.recipe.dropout)
        logits = tf.matmul(tf.reshape(h, (-1, self.n_hidden)), w["w_y"]) + w["bias_y"]
        return tf.reshape(logits, (steps, batch, -1)), tuple(state)


def train(
    task: Task, settings: Settings, recipe: Recipe
) -> tuple[CharLSTM, int, float]:
    """Train until the budget is gone; return the model, characters and seconds."""
    tf, _ = start(settings.threads)
    tf.random.set_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    clock = Clock(settings)
    model = CharLSTM(task.n_symbols, recipe, settings.seed)
    step_of = training_step(tf, model, recipe, settings.threads)
    state, characters = None, 0
    stream = endless(task.train, recipe.batch, recipe.steps, rng)
    for step, (x, y, new) in enumerate(stream):
        if clock.done:
            break
        rate = recipe.lr * cosine(clock.fraction) * min(1, (step + 1) / recipe.warmup)
        state = model.zeros(recipe.batch) if new else state
        x, y = x.astype(np.int32), y.astype(np.int32)
        state = step_of(tf.constant(x), tf.constant(y), *state, tf.constant(rate))
        characters += x.size
    return model, characters, clock.seconds


def training_step(tf: ModuleType, model: CharLSTM, recipe: Recipe, workers: int) -> Any:
    """Return one compiled function: loss, gradients, clipping and AdamW.

    `workers` share the rows of a batch; the gradient is that of the whole batch.
    """
    names = list(model.weights)
    weights = [model.weights[k] for k in names]
    means = [tf.Variable(tf.zeros_like(w)) for w in weights]
    squares = [tf.Variable(tf.zeros_like(w)) for w in weights]
    count = tf.Variable(0.0)
    beta_1, beta_2 = recipe.betas
    rows, rest = divmod(recipe.batch, workers)
    if rest:
        raise ValueError(
            f"A batch of {recipe.batch} rows cannot be shared by {workers} threads."
        )

    def share(x, y, h, c):
        with tf.GradientTape() as tape:
            logits, state = model(x, (h, c), training=True)
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.transpose(y), logits
            )
            loss = tf.reduce_mean(loss) / workers
        return tape.gradient(loss, weights), state

    @tf.function
    def step(x, y, h, c, rate):
        cuts = [slice(k * rows, (k + 1) * rows) for k in range(workers)]
        shares = [share(x[k], y[k], h[k], c[k]) for k in cuts]
        gradients = [tf.add_n(g) for g in zip(*[g for g, _ in shares], strict=True)]
        state = [
            tf.concat(s, axis=0) for s in zip(*[s for _, s in shares], strict=True)
        ]
        gradients, _ = tf.clip_by_global_norm(gradients, recipe.clip)
        t = count.assign_add(1.0)
        # Both corrections of Adam in one factor.
        pace = rate / (1.0 - beta_1**t)
        wide = tf.sqrt(1.0 - beta_2**t)
        for w, m, s, g in zip(weights, means, squares, gradients, strict=True):
            m.assign(m + (1.0 - beta_1) * (g - m))
            s.assign(s + (1.0 - beta_2) * (g * g - s))
            keep = 1.0 - rate * recipe.decay if w.shape.rank > 1 else 1.0
            w.assign(w * keep - pace * m / (tf.sqrt(s) / wide + 1e-8))
        return state

    return step


def evaluate(model: CharLSTM, valid: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the nats of every symbol of `valid` but the first, and the seconds."""
    import tensorflow as tf

    @tf.function
    def nats(x, y, h, c):
        logits, state = model(x, (h, c))
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.transpose(y), logits)
        return tf.reshape(each, (-1,)), state

    state = model.zeros(1)

    def nats_of(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        nonlocal state
        each, state = nats(tf.constant(x), tf.constant(y), *state)
        return each.numpy()

    return score_each(valid, nats_of)


def row(task: Task, settings: Settings) -> Result:
    """Train with the recipe for this budget, and score."""
    recipe = of(settings.budget)
    table, rest = mixture.counted(task, settings)
    model, characters, seconds = train(task, rest, recipe)
    nats, took = evaluate(model, task.valid)
    return mixture.result(
        task,
        recipe,
        table,
        nats,
        parameters=sum(int(np.prod(w.shape)) for w in model.weights.values()),
        characters=characters,
        seconds=settings.budget - rest.budget + seconds,
        evaluation_seconds=took,
    )
