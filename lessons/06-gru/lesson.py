# %% title [markdown]
# # The gated recurrent unit, hands on
#
# Two libraries each have a layer called `GRU`. Transpose the weights of one and copy
# them into the other: every shape fits, and the answers are wrong. Which GRU is the
# right one? And does a cell with one gate fewer than the LSTM do less? The theory is in
# the unit's README.

# %% imports
import time

import numpy as np

from unrolled import baselines, batches, cells, data, ledger, plot, quiz, text

UNIT = "06-gru"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-by-hand [markdown]
# ## 1 · One unit, gates set by hand
#
# A **candidate** `n` is computed from the input and from the part of the old state that
# the **reset gate** `r` lets through. Then the **update gate** `z` mixes the two: a
# share `z` of the old state, and the rest of the candidate.


# %% by-hand
def mix(x, h, z, r):
    n = np.tanh(x + r * h)  # both weights are 1, no bias
    return n, z * h + (1 - z) * n


# %% about-three-steps [markdown]
# Three steps with other gates than on the page, from h = 0. **Predict** the three
# states; you need tanh 1 = 0.762 and nothing else.

# %% prediction-three-steps [markdown]
# *Your prediction:*

# %% three-steps tags=["nbval-check-output", "predicted"]
inputs = [(-1, 0.0, 1.0), (1, 0.25, 0.0), (1, 1.0, 1.0)]  # x, z, r of each step
h = 0.0
for x, z, r in inputs:
    n, h = mix(x, h, z, r)
    print(f"x = {x:2}  z = {z:.2f}  r = {r}  n = {n:6.3f}  h = {h:6.3f}")

# %% about-other-reader [markdown]
# Step 1 took the candidate whole. Step 2 went three quarters of the way to a candidate
# that had heard nothing of the old state. Step 3 computed a candidate and threw it
# away.
#
# Now somebody for whom `z` is the share of the *new* state reads the same gates.
# **Predict:** is the last state the same, nearer to 1, or nearer to −1?

# %% other-reader tags=["nbval-check-output", "predicted"]
h = 0.0
for x, z, r in inputs:
    n, h = mix(x, h, 1 - z, r)
    print(f"x = {x:2}  z = {z:.2f}  r = {r}  n = {n:6.3f}  h = {h:6.3f}")

# %% about-names [markdown]
# This reader's cell writes where the other one keeps, and keeps where the other one
# writes. Section 4 shows that libraries and papers are such readers.
#
# ## 2 · A GRU that learns names
#
# First see one work. The task: surnames, one after the other; say each next letter. One
# name in ten is kept for the test.

# %% names
surnames = sorted(set(data.surnames().inputs))
np.random.default_rng(0).shuffle(surnames)
known, unseen = batches.split(surnames, 0.9)
known, unseen = "\n".join(known) + "\n", "\n".join(unseen) + "\n"
vocab = text.Vocab.from_text(known, min_count=3, unknown="?")
train, test = vocab.encode(known), vocab.encode(unseen)  # (characters,)
print(f"{len(train):,} letters to learn from, {len(test):,} to test, {vocab}")
print(known[:60].split("\n"))

# %% about-baselines [markdown]
# Three tables of counts give the scale: an n-gram says the next letter from the n − 1
# letters before it. The score is in nats a letter, so lower is better.

# %% baselines
tables = {
    order: baselines.NGram(order, len(vocab), "kneser-ney").fit(train).nats(test)
    for order in (1, 3, 5)
}
print({order: round(nats, 3) for order, nats in tables.items()}, "nats a letter")

# %% about-budget [markdown]
# The network may hold 25,000 parameters in the recurrent layer and the readout. A GRU
# has three sets of weights; each reads the input and the state and has two biases, as
# in PyTorch. How many units does that buy?


# %% budget tags=["nbval-check-output"]
def count(sets, n, n_in, n_out):
    return sets * n * (n_in + n + 2) + (n + 1) * n_out


def largest(sets, budget=25_000):
    return max(n for n in range(1, 500) if count(sets, n, 24, len(vocab)) <= budget)


n = largest(sets=3)
print(f"a GRU of {n} units has {count(3, n, 24, len(vocab)):,} parameters")


# %% net tags=["pytorch"]
class NextLetter(nn.Module):
    def __init__(self, kind, n_symbols, n_hidden):
        super().__init__()
        cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind]
        self.embedding = nn.Embedding(n_symbols, 24)
        self.rnn = cell(24, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.rnn(self.embedding(x), state)  # (batch, time, n_hidden)
        return self.out(h), state  # (batch, time, n_symbols)


# %% net tags=["tensorflow"]
class NextLetter(keras.Model):
    def __init__(self, kind, n_symbols, n_hidden):
        super().__init__()
        layers = keras.layers
        cell = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[kind]
        # Keras' default is uniform, ±0.05. This is PyTorch's, for twin results.
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embedding = layers.Embedding(n_symbols, 24, normal)
        self.rnn = cell(n_hidden, return_sequences=True, return_state=True)
        self.out = layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):
        h, *state = self.rnn(self.embedding(x), initial_state=state)
        return self.out(h), state  # (batch, time, n_symbols)


# %% about-learn [markdown]
# 250 updates with AdamW, the state carried from batch to batch. **Predict:** which of
# the three tables will the GRU reach?

# %% learn
train_stream = batches.Streams(train, batch=32, steps=32)
test_stream = batches.Streams(test, batch=32, steps=32, whole=True)


def learn(kind, n_hidden):
    ur.seed(SEED)
    model = NextLetter(kind, len(vocab), n_hidden)
    history = ur.fit(
        model, train_stream, steps=250, lr=0.01, stateful=True, progress=False
    )
    return model, ur.evaluate(model, test_stream, stateful=True), history.seconds


# %% first-gru tags=["predicted"]
score, seconds = {}, {}
model, score["gru"], seconds["gru"] = learn("gru", n)
print(f"GRU: {score['gru']:.3f} nats a letter in {seconds['gru']:.0f} s")

# %% about-sample [markdown]
# Let it write: it says a letter, takes that letter as its next input, and so on.

# %% sample tags=["aside"]
written = ur.sample(model, vocab, "\n", 60, rng=np.random.default_rng(0))
print(written.split("\n")[1:-1])

# %% about-step [markdown]
# Names that nobody has, but that could be names. What is inside the layer that learned
# this?
#
# ## 3 · The four equations
#
# Here the gates are computed. Weights stand side by side in the order r, z, n. The
# arguments `reset` and `z` choose a convention: two times two. (`share` is the gate.)


# %% step
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, weights, reset="after", z="old"):
    w_x, w_h, b, b_n = weights
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)  # each (batch, n_hidden)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)  # each (n_hidden, n_hidden)
    r = sigmoid(x_r + h @ u_r)
    share = sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ u_n + b_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n


# %% shapes tags=["nbval-check-output"]
batch, n_steps, n_in, n_hidden = 4, 20, 3, 5
weights = cells.gru_weights(n_in, n_hidden, np.random.default_rng(0))
for name, value in weights._asdict().items():
    print(f"{name:4} {value.shape}")
print(cells.n_parameters(weights), "parameters")

# %% about-reference [markdown]
# Three times the weights of a simple cell, and one bias more in each unit. Run it along
# time, in each of the four readings, beside the course's own cell.


# %% sequence
def sequence(x, weights, **convention):
    h, states = np.zeros((len(x), len(weights.w_h))), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, weights, **convention)  # (batch, n_hidden)
        states.append(h)
    return np.stack(states, axis=1)  # (batch, time, n_hidden)


# %% reference tags=["nbval-check-output"]
x = np.random.default_rng(1).normal(size=(batch, n_steps, n_in))
readings = [(reset, z) for reset in ("after", "before") for z in ("old", "new")]
states = {}
for reset, z in readings:
    states[reset, z] = sequence(x, weights, reset=reset, z=z)
    assert np.allclose(states[reset, z], cells.gru(x, weights, reset=reset, z=z).h)
print(len(states), "readings, each equal to the course's cell")

# %% about-layer [markdown]
# ## 4 · One set of weights, four readings
#
# Which of the four is your framework's layer? Load the weights into it and compare its
# states with all four. **Predict:** how large are the differences of the three wrong
# readings? States lie between −1 and 1.

# %% layer tags=["pytorch"]
layer = nn.GRU(n_in, n_hidden, batch_first=True)

# %% layer tags=["tensorflow"]
layer = keras.layers.GRU(n_hidden, return_sequences=True)

# %% prediction-which-reading [markdown]
# *Your prediction:*

# %% which-reading tags=["nbval-check-output", "predicted"]
ur.load_gru(layer, weights)
of_layer = ur.run(layer, x).h  # (batch, time, n_hidden)
for (reset, z), ours in states.items():
    difference = np.abs(of_layer - ours).max()
    print(f"reset {reset:6}  z weights the {z}   largest difference {difference:.4f}")
parity = np.abs(of_layer - states["after", "old"]).max()
assert parity <= 1e-6

# %% about-wrong-reading [markdown]
# The layer resets *after* the product, and its `z` weights the *old* state. The last
# line is the cell of Chung and others (2014); the third is that of Cho and others
# (2014), and of the book by Zhang and others (2023). Is the damage an accident of these
# weights? Read twenty sets of weights as Chung's cell; the first is the one above.

# %% wrong-reading
damage = []
for seed in range(20):
    drawn = cells.gru_weights(n_in, n_hidden, np.random.default_rng(seed))
    ours = sequence(x, drawn, reset="after", z="old")
    theirs = sequence(x, drawn, reset="before", z="new")
    damage.append(np.abs(ours - theirs).max())
print(f"read as Chung's cell: wrong by {min(damage):.2f} to {max(damage):.2f}")

# %% about-by-cell [markdown]
# Both libraries also have the single step, `GRUCell`, for loops of your own, in which
# an output becomes the next input, say. It follows the layer's conventions.

# %% by-cell tags=["pytorch", "aside"]
cell = nn.GRUCell(n_in, n_hidden)
cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
x_32 = ur.tensor(x.astype(np.float32))
h, each = torch.zeros(batch, n_hidden), []
for now in x_32.unbind(1):  # (batch, n_in)
    h = cell(now, h)
    each.append(ur.array(h))
print("same states:", np.abs(np.stack(each, axis=1) - of_layer).max() < 1e-6)

# %% by-cell tags=["tensorflow", "aside"]
cell = keras.layers.GRUCell(n_hidden)
cell.build((batch, n_in))
cell.set_weights(layer.get_weights())
x_32 = ur.tensor(x.astype(np.float32))
h, each = keras.ops.zeros((batch, n_hidden)), []
for t in range(n_steps):
    h, _ = cell(x_32[:, t], [h])  # (batch, n_hidden), and the list of states
    each.append(ur.array(h))
print("same states:", np.abs(np.stack(each, axis=1) - of_layer).max() < 1e-6)

# %% about-arrays [markdown]
# ## 5 · Converting
#
# First the layout. Look at how the layer keeps the weights.

# %% arrays tags=["pytorch"]
for name, parameter in layer.named_parameters():
    print(f"{name:14} {tuple(parameter.shape)}")
theirs = [ur.array(p) for p in layer.parameters()]

# %% arrays tags=["tensorflow"]
for weight in layer.weights:
    print(f"{weight.name:16} {tuple(weight.shape)}")
theirs = layer.get_weights()

# %% about-to-ours [markdown] tags=["pytorch"]
# PyTorch keeps the order r, z, n, as we do, but transposed and with two biases. Those
# of r and z are added. Those of n are not, since one of them is inside the product with
# r. Take the arrays out by hand:

# %% about-to-ours [markdown] tags=["tensorflow"]
# Keras keeps rows, as we do, but in the order z, r, n. The bias has two rows, one for
# each product. Those of r and z are added. Those of n are not, since one of them is
# inside the product with r. Take the arrays out by hand:


# %% to-ours tags=["pytorch"]
def to_ours(w_ih, w_hh, b_ih, b_hh):
    n = w_hh.shape[1]
    b = b_ih.copy()
    b[: 2 * n] += b_hh[: 2 * n]  # r and z: only the sum counts
    return cells.GRUWeights(w_ih.T, w_hh.T, b, b_hh[2 * n :])


# %% to-ours tags=["tensorflow"]
def to_ours(kernel, recurrent_kernel, bias):
    def rzn(a):
        z, r, n = np.split(a, 3, axis=-1)
        return np.concatenate([r, z, n], axis=-1)

    n = len(recurrent_kernel)
    b, from_h = rzn(bias)  # each (3 * n_hidden,)
    b[: 2 * n] += from_h[: 2 * n]  # r and z: only the sum counts
    return cells.GRUWeights(rzn(kernel), rzn(recurrent_kernel), b, from_h[2 * n :])


# %% taken-out tags=["nbval-check-output"]
taken = to_ours(*theirs)
difference = np.abs(sequence(x, taken) - of_layer).max()
print("same states:", difference < 1e-6)

# %% about-wrong-order [markdown]
# Now suppose that you forget that the two libraries order the gates differently, and so
# exchange the blocks of r and z. Nothing complains. **Predict:** is the damage larger
# than that of reading z the other way round?


# %% wrong-order tags=["nbval-check-output", "predicted"]
def exchange(a):
    first, second, n = np.split(a, 3, axis=-1)
    return np.concatenate([second, first, n], axis=-1)


swapped = weights._replace(
    w_x=exchange(weights.w_x), w_h=exchange(weights.w_h), b=exchange(weights.b)
)
difference = np.abs(sequence(x, swapped) - of_layer).max()
print(f"r and z exchanged: largest difference {difference:.2f}")

# %% about-flip [markdown]
# Next the meaning of z. Since 1 − σ(a) = σ(−a), changing the sign of everything that
# makes z turns one convention into the other, exactly.

# %% flip tags=["nbval-check-output"]
sign = np.repeat([1, -1, 1], n_hidden)  # r, z, n
flipped = weights._replace(
    w_x=weights.w_x * sign, w_h=weights.w_h * sign, b=weights.b * sign
)
same = np.allclose(sequence(x, flipped, z="new"), states["after", "old"])
print("z flipped: same states:", same)

# %% about-before-after [markdown]
# And the place of r? One convention has `(r * h) @ u_n`, the other `r * (h @ u_n)`.
# Perhaps the second becomes equal to the first with other weights, `v`. Least squares
# finds the nearest `v` for states and gates as they really came. **Predict:** is what
# remains zero?

# %% before-after tags=["nbval-check-output", "predicted"]
run = cells.gru(x, weights, reset="before")
h = run.h[:, :-1].reshape(-1, n_hidden)  # the states before steps 2, 3, …
r = run.r[:, 1:].reshape(-1, n_hidden)
u_n = weights.w_h[:, 2 * n_hidden :]
wanted = (r * h) @ u_n  # (batch * time, n_hidden)
for j in range(3):
    best, *_ = np.linalg.lstsq(r[:, [j]] * h, wanted[:, j], rcond=None)
    left = wanted[:, j] - (r[:, [j]] * h) @ best
    print(f"unit {j}: {np.std(left) / np.std(wanted[:, j]):.0%} cannot be matched")

# %% about-diagonal [markdown]
# It is not: shares of the standard deviation are left, in the three units shown. In the
# first form each old unit reaches the candidate of unit j through *that unit's* gate,
# in the second all reach it through *unit j's own*. Unless units share a gate, the
# forms agree only where no candidate hears another unit: `u_n` diagonal, `b_n` zero.

# %% diagonal tags=["nbval-check-output"]
alone = weights.w_h.copy()
alone[:, 2 * n_hidden :] *= np.eye(n_hidden)
lonely = weights._replace(w_h=alone, b_n=0 * weights.b_n)
before, after = sequence(x, lonely, reset="before"), sequence(x, lonely)
print("diagonal u_n, no b_n: same states:", np.allclose(before, after))

# %% about-refused [markdown] tags=["pytorch"]
# `torch.nn.GRU` resets after the product and has no switch. Weights of the other form
# cannot be put into it, and the course's loader says so.

# %% about-refused [markdown] tags=["tensorflow"]
# Keras has a switch. Its default is `reset_after=True`; with `reset_after=False` it is
# Cho's cell, and Chung's once z is flipped. What does not fit is refused.

# %% refused tags=["pytorch"]
try:
    ur.load_gru(layer, weights, reset="before", z="new")
except ValueError as error:
    print(error)

# %% refused tags=["tensorflow"]
other = keras.layers.GRU(n_hidden, return_sequences=True, reset_after=False)
ur.load_gru(other, weights, reset="before", z="new")
difference = np.abs(ur.run(other, x).h - states["before", "new"]).max()
print("same states as Chung's cell:", difference < 1e-6)
try:
    ur.load_gru(layer, weights, reset="before", z="new")
except ValueError as error:
    print(error)

# %% about-paths [markdown]
# ## 6 · The way back
#
# How does the new state move with the old one? Along four paths: straight through z, by
# changing z, by the candidate, by changing r. Each is a matrix; the README derives
# them.


# %% paths
def paths(x, h, weights):
    """Return dh'/dh of one sequence, (n_hidden new, n_hidden old), path by path."""
    run = cells.gru(x[None, None], weights, h[None])
    r, z, n = run.r[0, 0], run.z[0, 0], run.n[0, 0]
    u_r, u_z, u_n = (u.T for u in np.split(weights.w_h, 3, axis=1))  # columns
    inner, slope = u_n @ h + weights.b_n, (1 - z) * (1 - n**2)
    return {
        "straight, z": np.diag(z),
        "by changing z": ((h - n) * z * (1 - z))[:, None] * u_z,
        "by the candidate": (slope * r)[:, None] * u_n,
        "by changing r": (slope * inner * r * (1 - r))[:, None] * u_r,
    }


# %% about-numeric [markdown]
# Their sum must be the whole derivative. Move each old unit a little, and see.

# %% numeric tags=["nbval-check-output"]
h = states["after", "old"][0, 9]  # (n_hidden,)
eps, whole = 1e-6, sum(paths(x[0, 10], h, weights).values())
nudged = h + eps * np.vstack([np.eye(n_hidden), -np.eye(n_hidden)])
moved = step(np.tile(x[0, 10], (2 * n_hidden, 1)), nudged, weights)
slope = (moved[:n_hidden] - moved[n_hidden:]).T / (2 * eps)  # (new, old)
print("the four paths add up:", np.allclose(whole, slope, atol=1e-8))

# %% about-share [markdown]
# Which path carries most? The size (largest singular value) of each, averaged over the
# sequence. **Predict** the order.

# %% share tags=["predicted"]
sizes = [
    {k: np.linalg.norm(p, 2) for k, p in paths(x[0, t], h, weights).items()}
    for t, h in enumerate(states["after", "old"][0, :-1], start=1)
]
for name in sizes[0]:
    print(f"{name:17} {np.mean([s[name] for s in sizes]):.3f}")

# %% about-far [markdown]
# The straight path is the strongest here. Its size is the *largest* z; the mean is
# about one half, and one half to the power of 60 is 9e-19. Add a bias to z, so that it
# keeps. **Predict**, for a bias of 2 and of 5: which power of ten is left of a gradient
# after 60 steps, all four paths together?

# %% prediction-far [markdown]
# *Your prediction:*

# %% far tags=["predicted"]
rng = np.random.default_rng(SEED)
wide = cells.gru_weights(8, 32, rng)
noise = rng.normal(size=(16, 60, 8))  # (batch, time, n_in)
reach = {}
for keep in (0, 2, 5):  # the bias of z
    bias = wide.b.copy()
    bias[32:64] += keep  # r z n: the block in the middle
    run = cells.gru(noise, wide._replace(b=bias))
    d_last = np.ones((16, 32))
    back = cells.gru_backward(run, 0 * run.h, d_last).h  # for the initial state
    reach[keep] = np.linalg.norm(back) / np.linalg.norm(d_last)
    print(f"bias {keep}: mean z {run.z.mean():.3f}, 60 steps back {reach[keep]:.1e}")

# %% about-own [markdown]
# So the gates alone do not keep a gradient alive. The GRU as it is initialised loses
# it; a GRU whose z starts near 1 does not.
#
# ## 7 · Fix one gate at a time
#
# What is each gate worth? Write the four equations as a layer of your own, in which a
# gate can be fixed at a number. `keep` is added to z's bias: it starts by keeping.


# %% own tags=["pytorch"]
class OwnGRU(nn.Module):
    def __init__(self, n_in, n, r=None, z=None, keep=5.0):
        super().__init__()
        self.x, self.h = nn.Linear(n_in, 3 * n), nn.Linear(n, 3 * n)
        self.n, self.r, self.z, self.keep = n, r, z, keep
        for p in self.parameters():
            nn.init.uniform_(p, -(n**-0.5), n**-0.5)

    def forward(self, x):
        h = x.new_zeros(len(x), self.n)  # (batch, n_hidden)
        for now in self.x(x).unbind(1):  # (batch, 3 * n_hidden), of each step
            x_r, x_z, x_n = now.chunk(3, dim=1)
            h_r, h_z, h_n = self.h(h).chunk(3, dim=1)
            r = torch.sigmoid(x_r + h_r) if self.r is None else self.r
            z = torch.sigmoid(x_z + h_z + self.keep) if self.z is None else self.z
            h = z * h + (1 - z) * torch.tanh(x_n + r * h_n)
        return h  # the last state


# %% own tags=["tensorflow"]
class OwnCell(keras.layers.Layer):
    def __init__(self, n, r=None, z=None, keep=5.0):
        super().__init__()
        self.state_size, self.r, self.z, self.keep = n, r, z, keep

    def build(self, shape):
        n = self.state_size

        def weight(*shape):
            draw = keras.initializers.RandomUniform(-(n**-0.5), n**-0.5)
            return self.add_weight(shape=shape, initializer=draw)

        self.w_x, self.w_h = weight(shape[-1], 3 * n), weight(n, 3 * n)
        self.b, self.b_h = weight(3 * n), weight(3 * n)

    def call(self, x, states):
        h = states[0]  # (batch, n_hidden)
        x_r, x_z, x_n = keras.ops.split(x @ self.w_x + self.b, 3, axis=1)
        h_r, h_z, h_n = keras.ops.split(h @ self.w_h + self.b_h, 3, axis=1)
        r = keras.ops.sigmoid(x_r + h_r) if self.r is None else self.r
        z = keras.ops.sigmoid(x_z + h_z + self.keep) if self.z is None else self.z
        h = z * h + (1 - z) * keras.ops.tanh(x_n + r * h_n)
        return h, [h]


# %% about-own-lstm [markdown]
# The same way an LSTM is six lines in the framework's own operations. Beside it
# `LSTMCell`, which returns both states, and the layer: all three agree.

# %% own-lstm tags=["pytorch", "aside"]
lstm, cell = nn.LSTM(n_in, n_hidden, batch_first=True), nn.LSTMCell(n_in, n_hidden)
cell.load_state_dict({k.removesuffix("_l0"): v for k, v in lstm.state_dict().items()})
w_x, w_h, b_x, b_h = lstm.parameters()  # (4 * n_hidden, n_in), …: i, f, g, o
h = c = h_cell = c_cell = torch.zeros(batch, n_hidden)
for now in x_32.unbind(1):
    i, f, g, o = (now @ w_x.T + b_x + h @ w_h.T + b_h).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    h_cell, c_cell = cell(now, (h_cell, c_cell))
by_layer = lstm(x_32)[0][:, -1]
for other in (by_layer, h_cell):
    print("same states:", torch.allclose(h, other, atol=1e-6))

# %% own-lstm tags=["tensorflow", "aside"]
lstm, cell = keras.layers.LSTM(n_hidden), keras.layers.LSTMCell(n_hidden)
by_layer = lstm(x_32)  # (batch, n_hidden)
cell.build((batch, n_in))
cell.set_weights(lstm.get_weights())
w_x, w_h, b = lstm.weights  # (n_in, 4 * n_hidden), …: i, f, g, o
sigmoid_, tanh = keras.ops.sigmoid, keras.ops.tanh
h = c = h_cell = c_cell = keras.ops.zeros((batch, n_hidden))
for t in range(n_steps):
    now = x_32[:, t]
    i, f, g, o = keras.ops.split(now @ w_x + h @ w_h + b, 4, axis=1)
    c = sigmoid_(f) * c + sigmoid_(i) * tanh(g)
    h = sigmoid_(o) * tanh(c)
    h_cell, (_, c_cell) = cell(now, [h_cell, c_cell])
for other in (by_layer, h_cell):
    print("same states:", np.allclose(ur.array(h), ur.array(other), atol=1e-6))

# %% about-recall [markdown]
# Now the question. The task is called **recall**: one of four symbols, then 30 others
# that mean nothing, then: which one was it? Chance is 0.25.


# %% recall
class Recall:
    def __init__(self, steps, rng):
        self.steps, self.rng = steps, rng

    def batch(self, size):
        ids = self.rng.integers(4, 8, (size, self.steps + 1))  # (batch, time)
        ids[:, 0] = y = self.rng.integers(0, 4, size)  # (batch,)
        return batches.one_hot(ids, 8), y

    def __len__(self):
        return 50

    def __iter__(self):
        return (self.batch(32) for _ in range(50))


# %% reader tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, **fixed):
        super().__init__()
        self.rnn, self.out = OwnGRU(8, 32, **fixed), nn.Linear(32, 4)

    def forward(self, x, state=None):
        return self.out(self.rnn(x)), None  # (batch, n_out)


# %% reader tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, **fixed):
        super().__init__()
        self.rnn = keras.layers.RNN(OwnCell(32, **fixed))
        self.out = keras.layers.Dense(4)

    def call(self, x, state=None, training=False):
        return self.out(self.rnn(x)), ()  # (batch, n_out)


# %% about-fixed [markdown]
# Five variants, 150 updates, one rate and one seed for all. **Predict** for each
# whether it remembers.

# %% prediction-fixed [markdown]
# *Your prediction:*

# %% fixed tags=["aside", "predicted"]
variants = {
    "both gates": {},
    "both gates, z not told to keep": {"keep": 0.0},
    "r fixed at 1": {"r": 1.0},
    "z fixed at 1/2": {"z": 0.5},
    "neither: r = 1, z = 0": {"r": 1.0, "z": 0.0},
}
remembered = {}
for name, fixed in variants.items():
    ur.seed(SEED)
    task, reader = Recall(30, np.random.default_rng(SEED)), Reader(**fixed)
    ur.fit(reader, task, steps=150, lr=0.01, progress=False)
    x_new, y_new = task.batch(500)
    said = ur.array(reader(ur.tensor(x_new))[0]).argmax(-1)
    remembered[name] = np.mean(said == y_new)
    print(f"{name:31} {remembered[name]:.2f}")

# %% after-fixed [markdown]
# With this rate and seed, a cell that is told to keep remembers, with r or without it.
# One that is not told does not, nor does one whose z is fixed at 1/2. The plain cell
# has only its weights to hold on by, and what it does varies with the seed. One rate
# for all is no fair race. The page has more seeds, and says which rates were tuned.

# %% about-sizes [markdown]
# ## 8 · Three cells, one budget
#
# A fair comparison fixes what is paid: 25,000 parameters, as above. A cell with more
# gates must have fewer units. (Keras' RNN and LSTM have one bias in a set; they get the
# same units here, and hold about 1 % less.) **Predict** the order of the three sizes.

# %% sizes tags=["nbval-check-output", "predicted"]
sizes = {kind: largest(sets) for kind, sets in (("rnn", 1), ("gru", 3), ("lstm", 4))}
print(sizes)

# %% about-race [markdown]
# Equal parameters, equal updates, and for now one learning rate and one seed for all.
# **Predict** the order.

# %% prediction-race [markdown]
# *Your prediction:*

# %% race tags=["predicted"]
for kind in ("rnn", "lstm"):
    _, score[kind], seconds[kind] = learn(kind, sizes[kind])
for kind in sizes:
    print(f"{kind:4} {score[kind]:.3f} nats a letter")

# %% race-figure tags=["aside", "predicted"]
ahead = sorted(kind for kind in score if score[kind] < tables[5])
title = "After 250 updates the 5-gram is still ahead of every cell"
if ahead:
    title = f"After 250 updates ahead of the 5-gram: {', '.join(ahead)}"
plot.bars(
    {kind: score[kind] for kind in sizes}
    | {f"{order}-gram": nats for order, nats in tables.items()},
    title,
    "nats a letter on unseen names (lower is better)",
)

# %% about-seconds [markdown]
# A single rate may suit one cell and not another. On the page each cell has its own,
# one of three, and ten seeds.
#
# Is a cell with three sets of weights faster than one with four? That is a question to
# a program, not to equations. Forward and backward with 96 units, in Keras with a loss
# and a step of SGD. **Predict** the order.


# %% update tags=["pytorch"]
def update(kind, x):
    cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind]
    layer, x = cell(24, 96, batch_first=True), torch.as_tensor(x)
    return lambda: layer(x)[0].sum().backward()


# %% update tags=["tensorflow"]
def update(kind, x):
    layers = keras.layers
    cell = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[kind]
    model = keras.Sequential([cell(96)])
    model.compile(optimizer="sgd", loss="mse")
    return lambda: model.train_on_batch(x, np.zeros((32, 96), np.float32))


# %% speed tags=["aside", "predicted"]
x_24 = np.random.default_rng(0).normal(size=(32, 32, 24)).astype(np.float32)
for kind in sizes:
    f = update(kind, x_24)
    f()  # the first call prepares
    took = []
    for _ in range(30):
        began = time.perf_counter()
        f()
        took.append(time.perf_counter() - began)
    print(f"{kind:4} {1000 * min(took):5.1f} ms an update, at best")

# %% about-record [markdown]
# Where the LSTM is faster than the GRU, it does so with more products: another program
# computes them. Your machine may say otherwise.
#
# ## 9 · What it bought
#
# One set of weights, four readings, one right one for each library. And one table
# instead of an opinion: three cells on the same budget, beside a table of counts.
# Before you choose a cell, open the page's *Answer*: there each has its own rate, ten
# seeds, and equal seconds too.

# %% record
how = {
    "measure": "nats per character",
    "baseline": tables[5],
    "baseline_name": "5-gram",
    "corpus": "surnames",
}
ledger.record(UNIT, "names rnn", score["rnn"], seconds=seconds["rnn"], **how)
ledger.record(UNIT, "names gru", score["gru"], seconds=seconds["gru"], **how)
ledger.record(UNIT, "names lstm", score["lstm"], seconds=seconds["lstm"], **how)
ledger.record(UNIT, "parity", parity, measure="largest difference", at_most=1e-6)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
