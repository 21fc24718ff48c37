# %% title [markdown]
# # Cost, and what came next: hands on
#
# A recurrent layer reads a text one step after the other. The networks that write most
# of today's text read all steps at once, and look back at all that they have read.
#
# What does a step cost, and when is a recurrent network still the one to use? Write a
# bet down: who needs less memory after 10,000 letters, and how many times less?

# %% imports
import itertools
import subprocess
import sys
import time

import numpy as np

from unrolled import baselines, batches, course, data, ledger, plot, quiz, text

UNIT = "17-cost-and-what-came-next"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-count [markdown]
# ## 1 · What a step costs
#
# Seconds depend on the machine, and on what else it does. So we count. A product of
# matrices `(m, k)` and `(k, n)` takes m·k·n *multiply-adds*; this function counts all
# of them. The LSTM below also counts what a backward pass would need.

# %% product
DONE = {"multiply-adds": 0}


def product(a, b):
    """Return a @ b, and count its multiply-adds."""
    DONE["multiply-adds"] += a.size * b.shape[-1]
    return a @ b


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# %% lstm-step
def lstm_step(x, h, c, w_x, w_h, b):
    """Return h, c (batch, n_hidden), and the four gates."""
    a = product(x, w_x) + product(h, w_h) + b  # (batch, 4 * n_hidden)
    i, f, g, o = np.split(a, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return o * np.tanh(c), c, (i, f, g, o)


# %% cost
def cost(batch, n_steps, n_hidden):
    """Return multiply-adds, numbers kept for the gradient, numbers of the state."""
    rng = np.random.default_rng(SEED)
    w_x, w_h = 0.1 * rng.normal(size=(2, n_hidden, 4 * n_hidden))
    x = rng.normal(size=(batch, n_steps, n_hidden))
    h = c = np.zeros((batch, n_hidden))
    DONE["multiply-adds"], kept = 0, 0
    for t in range(n_steps):
        h, c, gates = lstm_step(x[:, t], h, c, w_x, w_h, 0.0)
        kept += h.size + c.size + sum(gate.size for gate in gates)
    return DONE["multiply-adds"], kept, h.size + c.size


# %% about-exponent [markdown]
# If a cost grows as a power of a size, its logarithm grows along a line, and the
# line's slope is the exponent: 1 for *twice the size, twice the cost*, 2 for four
# times.
#
# Batch, steps and width (`n_in = n_hidden`) are doubled in turn. **Predict** the nine
# exponents.


# %% exponent
def exponent(sizes, costs):
    return np.polyfit(np.log(sizes), np.log(costs), 1)[0]


# %% exponents tags=["predicted"]
start = {"batch": 8, "n_steps": 8, "n_hidden": 16}
print("doubled     multiply-adds   kept for the gradient   state")
for name in start:
    sizes = start[name] * np.array([1, 2, 4, 8])
    costs = np.array([cost(**start | {name: int(size)}) for size in sizes])
    found = [exponent(sizes, each) for each in costs.T]
    print("{:10} {:10.2f} {:18.2f} {:18.2f}".format(name, *found))

# %% about-seconds [markdown]
# In the width the products grow with the square, all else at most in proportion. The
# state does not grow with the steps at all: remember that for section 6.
#
# And the seconds? The framework's own layer, 32 sequences, twice as many steps each
# time. **Predict** the exponent of the seconds in the steps, and in the width.


# %% layer-seconds tags=["pytorch", "aside"]
def forward(n_steps, n_hidden):
    layer = nn.LSTM(n_hidden, n_hidden, batch_first=True)
    x = torch.randn(32, n_steps, n_hidden)

    def run():
        with torch.no_grad():
            layer(x)

    return run


# %% layer-seconds tags=["tensorflow", "aside"]
def forward(n_steps, n_hidden):
    layer = keras.layers.LSTM(n_hidden, return_sequences=True)
    x = tf.random.normal((32, n_steps, n_hidden))
    compiled = tf.function(layer)
    return lambda: compiled(x)


# %% seconds tags=["aside", "predicted"]
def seconds(run, times=3):
    """Return the shortest of several runs; the first one of all is not counted."""
    run()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return min(found)


for name, sizes in {"steps": (16, 32, 64, 128), "width": (16, 32, 64, 128)}.items():
    both = [(s, 64) if name == "steps" else (32, s) for s in sizes]
    took = [seconds(forward(*sizes_)) for sizes_ in both]
    shown = ", ".join(f"{1000 * s:.1f}" for s in took)
    print(f"{name}: {shown} ms, exponent {exponent(sizes, took):.2f}")

# %% about-wait [markdown]
# A small product leaves most of a processor idle, and starting it costs its own time:
# seconds are not the count.
#
# ## 2 · Why a step waits
#
# The products of all inputs, `x @ w_x`, need no state, so they can be one large
# product. Those of the states cannot: step t needs `h` of step t − 1. Here are equally
# many multiply-adds in one product and in 256. **Predict** the factor between the
# seconds.

# %% one-or-many tags=["aside", "predicted"]
rng = np.random.default_rng(SEED)
x = rng.normal(size=(256, 8, 128)).astype(np.float32)  # (time, batch, n_in)
w = rng.normal(size=(128, 512)).astype(np.float32)
at_once = seconds(lambda: x.reshape(-1, 128) @ w)
in_turn = seconds(lambda: [step @ w for step in x])
print(f"one product {1000 * at_once:.2f} ms, 256 products {1000 * in_turn:.2f} ms")
print(f"factor {in_turn / at_once:.1f}")

# %% about-loop [markdown]
# The numbers are the same. What a framework's layer does about the rest is to spare the
# way back to Python after every operation of every step. Here are the same weights, in
# a loop over a cell and in the layer. **Predict** the factor.

# %% loop tags=["pytorch", "aside"]
layer = nn.LSTM(64, 64, batch_first=True)
cell = nn.LSTMCell(64, 64)
cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
x = torch.randn(8, 100, 64)


@torch.no_grad()
def by_layer():
    return layer(x)[0]  # (batch, time, n_hidden)


@torch.no_grad()
def by_loop():
    h, c, found = torch.zeros(8, 64), torch.zeros(8, 64), []
    for t in range(x.shape[1]):
        h, c = cell(x[:, t], (h, c))
        found.append(h)
    return torch.stack(found, dim=1)


# %% loop tags=["tensorflow", "aside"]
layer = keras.layers.LSTM(64, return_sequences=True)
x = tf.random.normal((8, 100, 64))
layer(x)  # makes the weights
by_layer = tf.function(lambda: layer(x))  # (batch, time, n_hidden)


def by_loop():
    h, c, found = tf.zeros((8, 64)), tf.zeros((8, 64)), []
    for t in range(x.shape[1]):
        h, (h, c) = layer.cell(x[:, t], [h, c])
        found.append(h)
    return tf.stack(found, axis=1)


# %% loop-seconds tags=["aside", "predicted"]
off = np.abs(ur.array(by_layer()) - ur.array(by_loop())).max()
print("same numbers:", off < 1e-6)
print(f"the loop takes {seconds(by_loop) / seconds(by_layer):.1f} times as long")

# %% about-attention [markdown]
# ## 3 · Look back at everything
#
# Instead of a state that is handed on, let each step look at all steps up to itself. It
# asks with a *query*, each step offers a *key*, and the better the two fit, the more of
# that step's *value* is taken. Three steps, two units; queries, keys and values are x
# itself.
#
# **Predict** the first row of weights, and how the last row is shared.

# %% three-positions tags=["predicted"]
x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # (time, n_in)


def softmax(scores):
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def weights(q, k, seen):
    scores = q @ k.T / np.sqrt(q.shape[-1])  # (query, key)
    return softmax(np.where(seen, scores, -np.inf))


seen = np.tri(3, dtype=bool)  # step t sees the keys 0 … t
shares = weights(x, x, seen)
print(shares.round(3))
print("out:\n", (shares @ x).round(3), sep="")

# %% about-mask [markdown]
# The first step sees itself alone. `seen` is a *causal mask*: a score of −∞ gets the
# weight 0, and the other scores share the whole 1.
#
# Some set weights to zero *after* the softmax instead. **Predict** what is wrong with
# the sums of the rows. And does a change of the last step reach the first?

# %% mask-after tags=["predicted"]
after = weights(x, x, np.ones((3, 3), bool)) * seen
print("sums of the rows, mask before:", shares.sum(axis=1).round(3))
print("sums of the rows, mask after: ", after.sum(axis=1).round(3))
other = x.copy()
other[2] = [3.0, -3.0]
shift = weights(other, other, np.ones((3, 3), bool)) * seen @ other - after @ x
print("mask after, step 3 changed: step 1 moves by", np.abs(shift[0]).max().round(3))

# %% about-framework-attention [markdown]
# Masked too late, weights of the past depend on the future, through the sum that they
# were divided by: a leak. Now the framework's own, on 4 sequences with weights drawn at
# random.

# %% random-attention
rng = np.random.default_rng(SEED)
x = rng.normal(size=(4, 7, 6)).astype(np.float32)  # (batch, time, n_in)
w = rng.normal(size=(3, 6, 5)) / np.sqrt(6)
w_q, w_k, w_v = w.astype(np.float32)  # (n_in, n_head)
q, k, v = x @ w_q, x @ w_k, x @ w_v  # (batch, time, n_head)
scores = q @ k.transpose(0, 2, 1) / np.sqrt(5)  # (batch, query, key)
by_hand = softmax(np.where(np.tri(7, dtype=bool), scores, -np.inf)) @ v

# %% framework-attention tags=["pytorch"]
parts = [torch.tensor(part) for part in (q, k, v)]
by_framework = scaled_dot_product_attention(*parts, is_causal=True).numpy()

# %% framework-attention tags=["tensorflow"]
attention = keras.layers.MultiHeadAttention(1, 5, use_bias=False, output_shape=5)
attention(x, x)  # makes the weights
one_head = [w[:, None] for w in (w_q, w_k, w_v)]  # (n_in, heads, n_head)
attention.set_weights([*one_head, np.eye(5)[None]])  # and no mixing of heads
by_framework = ur.array(attention(x, x, use_causal_mask=True))

# %% attention-error tags=["nbval-check-output"]
attention_error = np.abs(by_hand - by_framework).max()
print("the framework's attention is ours:", attention_error < 1e-6)

# %% about-linear [markdown]
# Attention has no chain: all scores are one product. Section 6 has its price.
#
# ## 4 · A recurrence without the wait
#
# In the *minGRU* (Feng and others 2024) the gate reads x alone, and the state enters
# linearly: `h = a * h_before + b`, with `a = 1 - z` and `b = z * n`. Two such steps in
# a row are again one such step. **Predict** its a and b, from `(a1, b1)` and
# `(a2, b2)`.

# %% two-steps tags=["predicted", "nbval-check-output"]
a1, b1, a2, b2, h = 0.5, 1.0, 0.25, -2.0, 4.0
print("one after the other:", a2 * (a1 * h + b1) + b2)
print("both as one step:   ", (a2 * a1) * h + (a2 * b1 + b2))

# %% about-scan [markdown]
# So steps may be combined in any grouping, as sums may. First every step is combined
# with its neighbor before, then every pair with the pair before it, then fours: a
# *parallel scan*. **Predict** how many rounds 1,000 steps need.


# %% shifted tags=["pytorch"]
def shifted(a, by, fill):
    """Return a (batch, time, n), moved to later steps, `fill` in front."""
    return torch.cat([torch.full_like(a[:, :by], fill), a[:, :-by]], dim=1)


# %% shifted tags=["tensorflow"]
def shifted(a, by, fill):
    """Return a (batch, time, n), moved to later steps, `fill` in front."""
    return tf.concat([tf.fill(tf.shape(a[:, :by]), fill), a[:, :-by]], axis=1)


# %% scan
def scan(a, b):
    """Return h (batch, time, n) of h = a * h_before + b, with h = 0 before."""
    by = 1
    while by < a.shape[1]:
        b = b + a * shifted(b, by, 0.0)
        a = a * shifted(a, by, 1.0)
        by *= 2
    return b


def loop(a, b):
    h, found = np.zeros_like(b[:, 0]), []
    for t in range(a.shape[1]):
        h = a[:, t] * h + b[:, t]
        found.append(h)
    return np.stack(found, axis=1)


# %% scan-is-loop tags=["predicted"]
rng = np.random.default_rng(SEED)
a = rng.uniform(size=(2, 1000, 32)).astype(np.float32)
b = (1 - a) * rng.normal(size=a.shape).astype(np.float32)
h = ur.array(scan(ur.tensor(a), ur.tensor(b)))
scan_error = np.abs(h - loop(a, b)).max()
print("the scan gives what the loop gives:", scan_error < 1e-6)
print("rounds:", int(np.ceil(np.log2(a.shape[1]))), "in place of", a.shape[1], "steps")

# %% scan-seconds tags=["aside"]
by_scan = seconds(lambda: ur.array(scan(ur.tensor(a), ur.tensor(b))))
print(f"the loop takes {seconds(lambda: loop(a, b)) / by_scan:.1f} times as long")

# %% about-race [markdown]
# The scan does more arithmetic, in far fewer steps that wait.
#
# ## 5 · Three networks, one text
#
# Shakespeare again, as in unit 11: an LSTM, and a stack of two blocks with attention,
# or with a minGRU, in its middle. A block adds what the middle says to x, then what a
# small network says of each step alone. All have about as many parameters, and read the
# same letters in windows of 64.

# %% corpus
corpus = data.text("plays")
vocab = text.Vocab.from_text(corpus.text)
ids = vocab.encode(corpus.text)  # (characters,)
train, valid = batches.split(ids, 0.95)
V, T, STEPS = len(vocab), 64, 100
streams = batches.Streams(train, 16, T)
valid = valid[:65_536]  # to be quick; the page takes all of it
held_out = batches.Streams(valid, 64, T, whole=True)


# %% lstm tags=["pytorch"]
class LSTM(nn.Module):
    def __init__(self, n_symbols, n=40, n_hidden=76):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, n)
        self.lstm = nn.LSTM(n, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)
        nn.init.orthogonal_(self.lstm.weight_hh_l0)  # as in unit 11
        nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])
        nn.init.xavier_uniform_(self.out.weight)

    def forward(self, x):  # (batch, time)
        return self.out(self.lstm(self.embed(x))[0])  # (batch, time, n_symbols)


# %% lstm tags=["tensorflow"]
class LSTM(keras.Model):
    def __init__(self, n_symbols, n=40, n_hidden=76):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)  # as in unit 11
        self.embed = keras.layers.Embedding(n_symbols, n, normal)
        self.lstm = keras.layers.LSTM(n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x):  # (batch, time)
        return self.out(self.lstm(self.embed(x)))  # (batch, time, n_symbols)


# %% mixers tags=["pytorch"]
class Attention(nn.Module):
    def __init__(self, n, n_heads=4):
        super().__init__()
        self.qkv, self.out = nn.Linear(n, 3 * n), nn.Linear(n, n)
        self.n_heads = n_heads

    def forward(self, x):  # (batch, time, n)
        parts = self.qkv(x).unflatten(-1, (3, self.n_heads, -1))
        q, k, v = parts.permute(2, 0, 3, 1, 4)  # (batch, heads, time, n_head)
        mixed = scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).flatten(2))


class MinGRU(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.z, self.n, self.out = nn.Linear(n, n), nn.Linear(n, n), nn.Linear(n, n)

    def forward(self, x):  # (batch, time, n)
        z = torch.sigmoid(self.z(x))
        return self.out(scan(1 - z, z * self.n(x)))


# %% mixers tags=["tensorflow"]
class Attention(keras.layers.Layer):
    def __init__(self, n, n_heads=4):
        super().__init__()
        self.heads = keras.layers.MultiHeadAttention(n_heads, n // n_heads)

    def call(self, x):  # (batch, time, n)
        return self.heads(x, x, use_causal_mask=True)


class MinGRU(keras.layers.Layer):
    def __init__(self, n):
        super().__init__()
        self.z = keras.layers.Dense(n, activation="sigmoid")
        self.n, self.out = keras.layers.Dense(n), keras.layers.Dense(n)

    def call(self, x):  # (batch, time, n)
        z = self.z(x)
        return self.out(scan(1 - z, z * self.n(x)))


# %% block tags=["pytorch"]
class Block(nn.Module):
    def __init__(self, mixer, n, n_between):
        super().__init__()
        self.mix, self.norm, self.norm2 = mixer(n), nn.LayerNorm(n), nn.LayerNorm(n)
        self.each = nn.Sequential(
            nn.Linear(n, n_between), nn.GELU(), nn.Linear(n_between, n)
        )

    def forward(self, x):
        x = x + self.mix(self.norm(x))
        return x + self.each(self.norm2(x))


class Stack(nn.Module):
    def __init__(self, n_symbols, mixer, n_between, n=40, n_blocks=2):
        super().__init__()
        self.embed, self.place = nn.Embedding(n_symbols, n), nn.Embedding(T, n)
        self.blocks = nn.Sequential(
            *(Block(mixer, n, n_between) for _ in range(n_blocks))
        )
        self.norm, self.out = nn.LayerNorm(n), nn.Linear(n, n_symbols)
        nn.init.normal_(self.place.weight, std=0.1)

    def forward(self, x):  # (batch, time)
        x = self.embed(x) + self.place.weight[: x.shape[1]]
        return self.out(self.norm(self.blocks(x)))


# %% block tags=["tensorflow"]
class Block(keras.layers.Layer):
    def __init__(self, mixer, n, n_between):
        super().__init__()
        self.mix = mixer(n)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.wide = keras.layers.Dense(n_between, activation="gelu")
        self.back = keras.layers.Dense(n)

    def call(self, x):
        x = x + self.mix(self.norm(x))
        return x + self.back(self.wide(self.norm2(x)))


class Stack(keras.Model):
    def __init__(self, n_symbols, mixer, n_between, n=40, n_blocks=2):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embed = keras.layers.Embedding(n_symbols, n, normal)
        near = keras.initializers.RandomNormal(stddev=0.1)
        self.place = self.add_weight(shape=(T, n), initializer=near)
        self.all = [Block(mixer, n, n_between) for _ in range(n_blocks)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x):  # (batch, time)
        x = self.embed(x) + self.place[: x.shape[1]]
        for block in self.all:
            x = block(x)
        return self.out(self.norm(x))


# %% about-places [markdown]
# Attention alone does not know which step is which: its sums have no order. So a vector
# of its *place* is added to each letter. Has a minGRU an order without it? It has, and
# gets the vector too, so that the two stacks differ in one thing alone.


# %% parameters tags=["pytorch"]
def parameters(model):
    return sum(p.numel() for p in model.parameters())


# %% parameters tags=["tensorflow"]
def parameters(model):
    return model.count_params()


# %% sizes
made = {
    "LSTM": (lambda: LSTM(V), 0.04),
    "Transformer": (lambda: Stack(V, Attention, 152), 0.02),
    "minGRU": (lambda: Stack(V, MinGRU, 172), 0.02),
}
for name, (build, _) in made.items():
    model = ur.ready(build())
    model(ur.tensor(np.zeros((1, T), np.int64)))  # in Keras, this makes the weights
    print(f"{name:12} {parameters(model):,} parameters")

# %% about-tables [markdown]
# Each reads 102,400 letters once, with the best of the rates that were tried (the page
# tells), and begins each window of 64 from nothing. First the LSTM. Two tables of
# counts have read the same letters. **Predict** where it stands between them.


# %% contest
nats, took = {}, {}


def contest(name):
    build, lr = made[name]
    ur.seed(SEED)
    model = build()
    history = ur.fit(model, streams, steps=STEPS, lr=lr, progress=False)
    nats[name], took[name] = ur.evaluate(model, held_out), history.seconds


# %% lstm-and-tables tags=["predicted"]
contest("LSTM")
read = [x for x, _ in itertools.islice(streams, STEPS)]
read = np.concatenate(read, axis=1).ravel()  # (letters,)
for order in (2, 5):
    nats[f"{order}-gram"] = baselines.NGram(order, V).fit(read).nats(valid)
for name, score in sorted(nats.items(), key=lambda pair: pair[1]):
    print(f"{name:12} {score:.3f} nats a letter")

# %% about-predict-race [markdown]
# Now the two stacks, which differ in what stands in the middle of a block. **Predict**
# the order of all five, and which network takes the most seconds.

# %% prediction-race [markdown]
# *Your prediction:*

# %% race tags=["aside", "predicted"]
contest("Transformer")
contest("minGRU")
for name, score in sorted(nats.items(), key=lambda pair: pair[1]):
    print(f"{name:12} {score:.3f} nats a letter, {took.get(name, 0):4.0f} s")

# %% about-streaming [markdown]
# One seed and one budget. The page has five seeds, tuned rates and equal seconds, and
# what becomes of it with longer windows.
#
# ## 6 · One symbol at a time
#
# A network that writes, or listens, gets its text step by step. Attention then keeps
# the keys and values of all steps: a *cache*. The new query looks at the whole cache.


# %% attend-step
def attend_step(x, cache, w_q, w_k, w_v):
    """Return one step's output (1, n), and the cache with this step in it."""
    q, k, v = product(x, w_q), product(x, w_k), product(x, w_v)  # (1, n)
    keys, values = (np.concatenate(pair) for pair in zip(cache, (k, v), strict=True))
    shares = softmax(product(q, keys.T) / np.sqrt(q.shape[-1]))  # (1, steps so far)
    return product(shares, values), (keys, values)


# %% cache-is-mask
rng = np.random.default_rng(SEED)
x, w = rng.normal(size=(50, 6)), rng.normal(size=(3, 6, 6)) / 2
q, k, v = x @ w
at_once = weights(q, k, np.tri(50, dtype=bool)) @ v  # (time, n)
cache, found = (np.zeros((0, 6)), np.zeros((0, 6))), []
for t in range(50):
    y, cache = attend_step(x[t : t + 1], cache, *w)
    found.append(y[0])
cache_error = np.abs(np.array(found) - at_once).max()
print("step by step is all at once:", cache_error < 1e-6)

# %% about-stream-cost [markdown]
# **Predict**, for one layer of 64 units each: the multiply-adds of the *last* of T
# steps, and the bytes that must be kept, at T = 10, 100 and 1,000. Where do the two
# networks cross?


# %% stream
def stream(n_steps, n=64):
    """Return {name: (multiply-adds of the last step, bytes kept, ms a step)}."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(n_steps, 1, n)).astype(np.float32)
    w = (rng.normal(size=(11, n, n)) / np.sqrt(n)).astype(np.float32)
    of_lstm = [np.hstack(w[:4]), np.hstack(w[4:8]), np.float32(0)]
    steps = {
        "LSTM": lambda x, kept: lstm_step(x, *kept, *of_lstm)[:2],
        "attention": lambda x, kept: attend_step(x, kept, *w[8:])[1],
    }
    found = {}
    for name, step in steps.items():
        kept = (np.zeros((int(name == "LSTM"), n), np.float32),) * 2
        began = time.perf_counter()
        for t in range(n_steps):
            DONE["multiply-adds"] = 0
            kept = step(x[t], kept)
        ms = 1000 * (time.perf_counter() - began) / n_steps
        found[name] = DONE["multiply-adds"], sum(a.nbytes for a in kept), ms
    return found


# %% streaming tags=["predicted"]
lengths = (10, 100, 1000)
costs = [stream(n) for n in lengths]
print("             steps   multiply-adds     bytes kept")
for name in costs[0]:
    for n, each in zip(lengths, costs, strict=True):
        print(f"{name:12} {n:5} {each[name][0]:15,} {each[name][1]:14,}")
ratio = costs[-1]["attention"][1] / costs[-1]["LSTM"][1]
print(f"bytes after 1,000 steps, attention over LSTM: {ratio:.0f}")

# %% stream-figure tags=["aside", "predicted"]
plot.lines(
    {name: (lengths, [c[name][1] for c in costs]) for name in costs[0]},
    "What must be kept to go on",
    "steps read",
    "bytes of one layer, 64 units",
    log_x=True,
    log_y=True,
    markers=True,
)

# %% stream-seconds tags=["aside", "predicted"]
for name in costs[0]:
    shown = ", ".join(f"{c[name][2]:.3f}" for c in costs)
    print(f"{name:12} {shown} ms a step")

# %% about-two [markdown]
# ## 7 · Two processes, one gradient
#
# In *data-parallel* training each of several processes has all weights and a share of
# the batch. They average their gradients, and all take the same step. First by hand:
# seven rows, one process has four of them, the other three. **Predict**: is the mean of
# the two gradients the gradient of the mean?

# %% shares tags=["predicted"]
rng = np.random.default_rng(SEED)
x, y, w = rng.normal(size=(7, 3)), rng.normal(size=7), np.zeros(3)


def gradient(x, y):
    return 2 * x.T @ (x @ w - y) / len(y)  # of the mean square


whole = gradient(x, y)
first, second = gradient(x[:4], y[:4]), gradient(x[4:], y[4:])
print("mean of the two is off by ", np.abs((first + second) / 2 - whole).max().round(3))
weighed = (4 * first + 3 * second) / 7
print("weighed by rows, off by   ", np.abs(weighed - whole).max().round(12))

# %% about-processes [markdown]
# Each share counts as many times as it has rows. Now with real processes and a real
# layer: `parallel.py`, beside this lesson, trains a GRU on unequal shares, and once
# more in one process alone.

# %% processes tags=["pytorch", "aside"]
script = course.unit_folder(UNIT) / "parallel.py"
launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
command = [sys.executable, *launch, script, "pytorch"]

# %% processes tags=["tensorflow", "aside"]
script = course.unit_folder(UNIT) / "parallel.py"
command = [sys.executable, script, "tensorflow"]  # two devices, made of one processor

# %% two-processes tags=["aside"]
done = subprocess.run(command, capture_output=True, text=True, timeout=300)
print(done.stdout or done.stderr[-500:])

# %% about-device [markdown]
# ## 8 · Another device, shorter numbers
#
# This notebook runs on a GPU where there is one: `ur.device()` chooses it, `ur.tensor`
# and `ur.fit` bring numbers and weights there. A GPU multiplies numbers of 16 bits
# faster; *mixed precision* does the products in bfloat16 and keeps the weights in
# float32. **Predict** how far the outputs move.

# %% mixed tags=["pytorch", "aside", "predicted"]
layer, x = ur.ready(nn.GRU(64, 64, batch_first=True)), torch.randn(8, 50, 64)
x = x.to(ur.device())
device = ur.device().partition(":")[0]
with torch.no_grad():
    exact = layer(x)[0]
    with torch.autocast(device, dtype=torch.bfloat16):
        short = layer(x)[0]
print("on", ur.device(), "outputs", short.dtype, "weights", layer.weight_hh_l0.dtype)
print(f"moved by at most {(short.float() - exact).abs().max():.4f}")

# %% mixed tags=["tensorflow", "aside", "predicted"]
x = tf.random.normal((8, 50, 64))
layer = keras.layers.GRU(64, return_sequences=True)
same = keras.layers.GRU(64, return_sequences=True, dtype="mixed_bfloat16")
exact, _ = layer(x), same(x)
same.set_weights(layer.get_weights())
short = same(x)
print("on", ur.device(), "outputs", short.dtype.name, "weights", same.variable_dtype)
moved = ur.array(tf.cast(short, "float32")) - ur.array(exact)
print(f"moved by at most {np.abs(moved).max():.4f}")

# %% about-record [markdown]
# bfloat16 has 8 bits for its digits, so a relative error near 1/256 is all it can
# promise. How many times faster a GPU is was not measured for this course.
#
# ## 9 · What it bought
#
# Below stands the LSTM beside the table, and what had to be equal and is. What has
# become of your bet? Then open the page's *Answer*: there are more seeds, equal
# seconds, and 10,000 letters.

# %% record
how = {"baseline": nats["5-gram"], "baseline_name": "5-gram", "corpus": corpus.name}
ledger.record(UNIT, "LSTM", nats["LSTM"], measure="nats per character", **how)
how = {"measure": "difference"}
ledger.record(UNIT, "attention error", attention_error, at_most=1e-6, **how)
ledger.record(UNIT, "scan error", scan_error, at_most=1e-6, **how)
ledger.record(UNIT, "cache error", cache_error, at_most=1e-6, **how)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
