"""Three configurations that others published, written anew from their figures.

Sizes, optimizers, learning rates and initial values are theirs; the code, the clock
and the score are ours, so that every row answers the same question.
"""

from collections.abc import Callable, Iterator

import numpy as np

from common import Clock, Result, Settings, Task, score


# --- NumPy: a tanh RNN of 100 units, 25 steps, batch 1, Adagrad 0.1, clip ±5 ----------
def min_char_weights(
    n_symbols: int, n_hidden: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return w_x, w_h, w_y (normal, 0.01) and two zero biases."""
    shapes = [(n_symbols, n_hidden), (n_hidden, n_hidden), (n_hidden, n_symbols)]
    matrices = [rng.normal(0.0, 0.01, shape) for shape in shapes]
    return [*matrices, np.zeros(n_hidden), np.zeros(n_symbols)]


def min_char_forward(
    weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, h: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the summed nats, the states (steps + 1, n_hidden) and probabilities."""
    w_x, w_h, w_y, b_h, b_y = weights
    states = np.empty((len(x) + 1, len(h)))
    states[0] = h
    for t, symbol in enumerate(x):
        states[t + 1] = np.tanh(w_x[symbol] + states[t] @ w_h + b_h)
    logits = states[1:] @ w_y + b_y
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).sum(), states, p


def min_char_gradients(
    weights: list[np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    states: np.ndarray,
    p: np.ndarray,
) -> list[np.ndarray]:
    """Return the gradients of the summed nats, in the order of `weights`."""
    w_x, w_h, w_y, b_h, _ = weights
    d_logits = p.copy()
    d_logits[np.arange(len(y)), y] -= 1.0
    d_before = np.empty((len(x), len(b_h)))  # before the tanh
    d_h = np.zeros(len(b_h))
    for t in range(len(x) - 1, -1, -1):
        d_h = d_h + d_logits[t] @ w_y.T
        d_before[t] = d_h * (1.0 - states[t + 1] ** 2)
        d_h = d_before[t] @ w_h.T
    d_x = np.zeros_like(w_x)
    np.add.at(d_x, x, d_before)
    return [
        d_x,
        states[:-1].T @ d_before,
        states[1:].T @ d_logits,
        d_before.sum(0),
        d_logits.sum(0),
    ]


def min_char_rnn(task: Task, settings: Settings) -> Result:
    """Karpathy's min-char-rnn (2015)."""
    rng = np.random.default_rng(settings.seed)
    clock = Clock(settings)
    weights = min_char_weights(task.n_symbols, 100, rng)
    squares = [np.zeros_like(w) for w in weights]
    h, at, characters = np.zeros(100), 0, 0
    while not clock.done:
        if at + 26 > len(task.train):
            h, at = np.zeros(100), 0
        x, y = task.train[at : at + 25], task.train[at + 1 : at + 26]
        _, states, p = min_char_forward(weights, x, y, h)
        gradients = min_char_gradients(weights, x, y, states, p)
        for w, square, d in zip(weights, squares, gradients, strict=True):
            np.clip(d, -5.0, 5.0, out=d)
            square += d * d
            w -= 0.1 * d / np.sqrt(square + 1e-8)
        h, at, characters = states[-1], at + 25, characters + 25
    seconds, state = clock.seconds, np.zeros(100)

    def nats_of(x: np.ndarray, y: np.ndarray) -> float:
        nonlocal state
        nats, states, _ = min_char_forward(weights, x[0], y[0], state)
        state = states[-1]
        return nats

    nats, took = score(task.valid, nats_of)
    n = sum(w.size for w in weights)
    return Result(nats, n, characters, seconds, took)


# --- PyTorch: two LSTM layers of 128 on one-hot, batch 50, 50 steps -------------------
def char_rnn(task: Task, settings: Settings) -> Result:
    """The defaults of Karpathy's char-rnn: RMSProp 2e-3, decay .95, clip ±5, no drop.

    Its learning rate falls by 0.97 an epoch after the tenth; its state is carried;
    weights start uniform in ±0.08, the forget gates' bias at 1.
    """
    import torch
    from torch.nn.functional import cross_entropy, one_hot

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    clock = Clock(settings)
    lstm = torch.nn.LSTM(task.n_symbols, 128, num_layers=2, batch_first=True)
    out = torch.nn.Linear(128, task.n_symbols)
    weights = [*lstm.parameters(), *out.parameters()]
    with torch.no_grad():
        for w in weights:
            w.uniform_(-0.08, 0.08)
        for layer in range(2):
            getattr(lstm, f"bias_hh_l{layer}")[128:256] = 0.0
            getattr(lstm, f"bias_ih_l{layer}")[128:256] = 1.0
    optimizer = torch.optim.RMSprop(weights, lr=2e-3, alpha=0.95, foreach=True)

    def forward(x, state):
        h, state = lstm(one_hot(torch.as_tensor(x), task.n_symbols).float(), state)
        return out(h).flatten(0, 1), tuple(s.detach() for s in state)

    state, characters, epoch = None, 0, 0
    for x, y, new in _epochs(task.train, 50, 50):
        if clock.done:
            break
        epoch += new
        state = None if new else state
        optimizer.param_groups[0]["lr"] = 2e-3 * 0.97 ** max(0, epoch - 10)
        logits, state = forward(x, state)
        optimizer.zero_grad()
        cross_entropy(logits, torch.as_tensor(y).flatten()).backward()
        torch.nn.utils.clip_grad_value_(weights, 5.0)
        optimizer.step()
        characters += x.size
    seconds, state = clock.seconds, None

    def nats_of(x: np.ndarray, y: np.ndarray) -> float:
        nonlocal state
        with torch.no_grad():
            logits, state = forward(x, state)
            return float(
                cross_entropy(logits, torch.as_tensor(y).flatten(), reduction="sum")
            )

    nats, took = score(task.valid, nats_of)
    n = sum(w.numel() for w in weights)
    return Result(nats, n, characters, seconds, took)


# --- TensorFlow: GRU of 1024 on embeddings of 256, batch 64, 100 steps, Adam ----------
def tensorflow_tutorial(task: Task, settings: Settings) -> Result:
    """TensorFlow's text-generation tutorial: Keras' own loop, no state carried.

    Sequences of 100 are shuffled; the state starts from zero in each of them. Keras
    compiles with XLA where it finds that possible, as in the tutorial.
    """
    from ours_tensorflow import start

    tf, keras = start(settings.threads)
    keras.utils.set_random_seed(settings.seed)
    clock = Clock(settings)
    gru = keras.layers.GRU(1024, return_sequences=True, return_state=True)
    embedding = keras.layers.Embedding(task.n_symbols, 256)
    out = keras.layers.Dense(task.n_symbols)
    symbols = keras.Input((None,), dtype="int32")
    model = keras.Model(symbols, out(gru(embedding(symbols))[0]))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    rows = len(task.train) // 101
    sequences = task.train[: rows * 101].reshape(rows, 101)
    batch = min(64, rows)
    dataset = tf.data.Dataset.from_tensor_slices((sequences[:, :-1], sequences[:, 1:]))
    dataset = dataset.shuffle(10_000, seed=settings.seed).repeat()
    dataset = dataset.batch(batch, drop_remainder=True).prefetch(tf.data.AUTOTUNE)

    class Stop(keras.callbacks.Callback):
        characters = 0

        def on_train_batch_end(self, batch_number, logs=None):
            self.characters += batch * 100
            self.model.stop_training = clock.done

    stop = Stop()
    # One long epoch: `repeat` has no end, the clock stops it.
    model.fit(
        dataset, verbose=0, callbacks=[stop], steps_per_epoch=10**9, shuffle=False
    )
    seconds = clock.seconds

    @tf.function(reduce_retracing=True)
    def forward(x, y, h):
        states, h = gru(embedding(x), initial_state=h)
        logits = out(states)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
        return tf.reduce_sum(each), h

    state = tf.zeros((1, 1024))

    def nats_of(x: np.ndarray, y: np.ndarray) -> float:
        nonlocal state
        nats, state = forward(tf.constant(x), tf.constant(y), state)
        return float(nats)

    nats, took = score(task.valid, nats_of)
    return Result(nats, model.count_params(), stop.characters, seconds, took)


# --- Counting: what a network must beat -----------------------------------------------
def five_gram(task: Task, settings: Settings) -> Result:
    """An interpolated 5-gram; it counts the text once, whatever the budget."""
    from unrolled.baselines import NGram

    clock = Clock(settings)
    counts = NGram(5, task.n_symbols).fit(task.train)
    seconds = clock.seconds
    nats = counts.nats(task.valid)
    return Result(nats, 0, len(task.train), seconds, clock.seconds - seconds)


def _epochs(
    ids: np.ndarray, batch: int, steps: int
) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
    """Yield the same batches in the same order every epoch, as char-rnn does."""
    from unrolled.batches import Streams

    while True:
        for k, (x, y) in enumerate(Streams(ids, batch, steps)):
            yield x, y, k == 0


ROWS: dict[str, Callable[[Task, Settings], Result]] = {
    "five-gram": five_gram,
    "min-char-rnn": min_char_rnn,
    "char-rnn": char_rnn,
    "tensorflow-tutorial": tensorflow_tutorial,
}
