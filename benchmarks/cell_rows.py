"""What `cells.py` measures: one training step of each cell, in NumPy and frameworks.

A row is a function that gets ready and returns two things: a function without
arguments that does one step, and how many symbols (batch · steps) it reads. A step on
characters returns its loss, mean nats.
"""

from collections.abc import Callable

import numpy as np

from unrolled import cells

BATCH, STEPS, N_IN, N_HIDDEN, N_SYMBOLS = 32, 64, 128, 128, 65
Row = tuple[Callable[[], object], int]


def numbers(*shape: int) -> np.ndarray:
    """Return the same standard normal numbers every time, float32."""
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


# --- forward and backward of one layer: all gradients, of the inputs too --------------
def numpy_layer(kind: str) -> Row:
    """Our cell, forward and backward."""
    rng = np.random.default_rng(0)
    weights = getattr(cells, f"{kind}_weights")(N_IN, N_HIDDEN, rng, np.float32)
    forward, backward = getattr(cells, kind), getattr(cells, f"{kind}_backward")
    x, d_h = numbers(BATCH, STEPS, N_IN), numbers(BATCH, STEPS, N_HIDDEN)
    return lambda: backward(forward(x, weights), d_h), BATCH * STEPS


def pytorch_layer(kind: str) -> Row:
    """torch.nn.RNN, LSTM or GRU, forward and backward."""
    import os

    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    layer = getattr(torch.nn, kind.upper())(N_IN, N_HIDDEN, batch_first=True)
    x = torch.tensor(numbers(BATCH, STEPS, N_IN), requires_grad=True)
    d_h = torch.tensor(numbers(BATCH, STEPS, N_HIDDEN))
    wanted = [x, *layer.parameters()]
    return lambda: torch.autograd.grad(layer(x)[0], wanted, d_h), BATCH * STEPS


def keras_layer(kind: str) -> Row:
    """keras.layers.SimpleRNN, LSTM or GRU, forward and backward, compiled."""
    from unrolled.backends import quiet

    tf, keras = quiet.start()
    keras.utils.set_random_seed(0)
    names = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
    layer = getattr(keras.layers, names[kind])(N_HIDDEN, return_sequences=True)
    x = tf.constant(numbers(BATCH, STEPS, N_IN))
    d_h = tf.constant(numbers(BATCH, STEPS, N_HIDDEN))
    layer.build(x.shape)

    @tf.function
    def both(x, d_h):
        with tf.GradientTape() as tape:
            tape.watch(x)
            h = layer(x, training=True)
        return tape.gradient(h, [x, *layer.trainable_variables], d_h)

    return lambda: [np.asarray(g) for g in both(x, d_h)], BATCH * STEPS


# --- whole training steps on characters: forward, backward, Adagrad -------------------
def some_text() -> np.ndarray:
    """Return integers to read; the time does not depend on what they say."""
    return np.random.default_rng(1).integers(0, N_SYMBOLS, 200_000)


def adagrad(weights: list, squares: list, gradients: list) -> None:
    """Update in place: learning rate 0.1, gradients clipped to ±5, as min-char-rnn."""
    for w, square, d in zip(weights, squares, gradients, strict=True):
        d = np.clip(d, -5.0, 5.0)
        square += d * d
        w -= 0.1 * d / np.sqrt(square + 1e-8)


def min_char_rnn(kind: str) -> Row:
    """min-char-rnn's setting: tanh 100, batch 1, 25 steps, float64 (references.py)."""
    from references import min_char_forward, min_char_gradients, min_char_weights

    ids, at, h = some_text(), 0, np.zeros(100)
    weights = min_char_weights(N_SYMBOLS, 100, np.random.default_rng(0))
    squares = [np.zeros_like(w) for w in weights]

    def step() -> float:
        nonlocal at, h
        x, y = ids[at : at + 25], ids[at + 1 : at + 26]
        nats, states, p = min_char_forward(weights, x, y, h)
        adagrad(weights, squares, min_char_gradients(weights, x, y, states, p))
        h, at = states[-1], (at + 25) % (len(ids) - 26)
        return nats / 25

    return step, 25


def one_by_one(kind: str) -> Row:
    """The same setting, every product and every sum one symbol at a time.

    So does Karpathy's program: one-hot columns, and outer products added at each step.
    """
    rng, ids, at = np.random.default_rng(0), some_text(), 0
    shapes = [(100, N_SYMBOLS), (100, 100), (N_SYMBOLS, 100)]
    weights = [rng.normal(0, 0.01, shape) for shape in shapes]
    weights += [np.zeros((100, 1)), np.zeros((N_SYMBOLS, 1))]
    squares, last = [np.zeros_like(w) for w in weights], np.zeros((100, 1))
    eye = np.eye(N_SYMBOLS)[..., None]

    def step() -> float:
        nonlocal at, last
        w_x, w_h, w_y, b_h, b_y = weights
        x, y = ids[at : at + 25], ids[at + 1 : at + 26]
        states, probabilities, nats = [last], [], 0.0
        for symbol, target in zip(x, y, strict=True):
            h = np.tanh(w_x @ eye[symbol] + w_h @ states[-1] + b_h)
            e = np.exp(w_y @ h + b_y)
            states.append(h)
            probabilities.append(e / e.sum())
            nats -= np.log(probabilities[-1][target, 0])
        d = [np.zeros_like(w) for w in weights]
        d_next = np.zeros_like(last)
        for t in reversed(range(25)):
            d_y = probabilities[t] - eye[y[t]]
            d_a = (w_y.T @ d_y + d_next) * (1 - states[t + 1] ** 2)
            d[0] += d_a @ eye[x[t]].T
            d[1] += d_a @ states[t].T
            d[2] += d_y @ states[t + 1].T
            d[3] += d_a
            d[4] += d_y
            d_next = w_h.T @ d_a
        adagrad(weights, squares, d)
        last, at = states[-1], (at + 25) % (len(ids) - 26)
        return nats / 25

    return step, 25


def numpy_characters(kind: str) -> Row:
    """Our RNN of 100 units on one-hot, 32 streams of 64 steps, float32."""
    rng, ids, at = np.random.default_rng(0), some_text(), 0
    weights = list(cells.rnn_weights(N_SYMBOLS, 100, rng, np.float32))
    w_y = rng.normal(0, 0.01, (100, N_SYMBOLS)).astype(np.float32)
    weights += [w_y, np.zeros(N_SYMBOLS, np.float32)]
    squares, last = [np.zeros_like(w) for w in weights], None
    eye, n = np.eye(N_SYMBOLS, dtype=np.float32), BATCH * STEPS

    def step() -> float:
        nonlocal at, last
        x, y = ids[at : at + n].reshape(BATCH, STEPS), ids[at + 1 : at + n + 1]
        run = cells.rnn(eye[x], cells.RNNWeights(*weights[:3]), last)
        h = run.h.reshape(n, 100)
        logits = h @ weights[3] + weights[4]
        d = np.exp(logits - logits.max(axis=1, keepdims=True))
        d /= d.sum(axis=1, keepdims=True)
        nats = -np.log(d[np.arange(n), y]).mean()
        d[np.arange(n), y] -= 1
        d /= n
        back = cells.rnn_backward(run, (d @ weights[3].T).reshape(run.h.shape))
        of_cell = [back.w_x, back.w_h, back.b]
        adagrad(weights, squares, [*of_cell, h.T @ d, d.sum(axis=0)])
        last, at = run.last, (at + n) % (len(ids) - n - 1)
        return float(nats)

    return step, n


ROWS = {
    "numpy": numpy_layer,
    "pytorch": pytorch_layer,
    "keras": keras_layer,
    "min-char-rnn": min_char_rnn,
    "one by one": one_by_one,
    "numpy characters": numpy_characters,
}
