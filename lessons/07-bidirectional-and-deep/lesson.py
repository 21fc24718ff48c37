# %% title [markdown]
# # Two directions, many layers, hands on
#
# *"I read it ..."*: how is *read* pronounced? The next word may tell: *yesterday* or
# *tomorrow*. In this lesson a network must say at every step which symbol comes **three
# steps later**. What must it be given, so that it can? Then the same question is asked
# of surnames, which are real, and of stacks of layers.

# %% imports
import time
import warnings

import numpy as np

from unrolled import baselines, batches, cells, data, ledger, metrics, plot, quiz, text

UNIT = "07-bidirectional-and-deep"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn

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

# %% about-look-ahead [markdown]
# ## 1 · The answer lies ahead
#
# First a task that is made, so that its difficulty is known exactly. A sequence has
# sixteen random symbols, each one of four. The label of a step is the symbol three
# steps later. The last three steps have no such symbol, and are not asked.

# %% look-ahead
AHEAD = 3


def look_ahead(n, rng, n_steps=16):
    x = rng.integers(0, 4, (n, n_steps))
    return batches.one_hot(x, 4), x[:, AHEAD:]  # (batch, time, n_in), (batch, time - 3)


x, y = look_ahead(2, np.random.default_rng(0))
print("x", *x[0].argmax(-1), "\ny", *y[0])


# %% tagger tags=["pytorch"]
class Tagger(nn.Module):
    def __init__(self, layer, width, wait=0):
        super().__init__()
        self.rnn, self.out, self.wait = layer, nn.Linear(width, 4), wait

    def forward(self, x, state=None):
        h, _ = self.rnn(x)  # (batch, time, width)
        end = h.shape[1] - AHEAD + self.wait
        return self.out(h[:, self.wait : end]), ()  # (batch, time - 3, 4)


# %% tagger tags=["tensorflow"]
class Tagger(keras.Model):
    def __init__(self, layer, wait=0):
        super().__init__()
        self.rnn, self.out, self.wait = layer, keras.layers.Dense(4), wait

    def call(self, x, state=None, training=False):
        h = self.rnn(x)  # (batch, time, width)
        end = h.shape[1] - AHEAD + self.wait
        return self.out(h[:, self.wait : end]), ()  # (batch, time - 3, 4)


# %% learn
def learn(model):
    rng = np.random.default_rng(SEED)
    many = [look_ahead(32, rng) for _ in range(120)]
    history = ur.fit(model, many, lr=0.02, progress=False)
    x, y = look_ahead(1000, rng)  # new ones
    logits = ur.array(model(ur.tensor(x))[0])  # (batch, time - 3, 4)
    return metrics.accuracy(logits.argmax(-1), y), history


# %% about-one-way [markdown]
# First the layer that you know: 32 units, from the first step to the last, 120 updates.
# **Predict** its accuracy on new sequences, and what it would be after ten times as
# many updates.

# %% prediction-one-way [markdown]
# *Your prediction:*

# %% one-way tags=["pytorch", "predicted"]
ur.seed(SEED)
one_way = Tagger(nn.RNN(4, 32, batch_first=True), 32)
accuracy_uni, history_uni = learn(one_way)
print(f"one direction: accuracy {accuracy_uni:.3f}, chance is 0.25")

# %% one-way tags=["tensorflow", "predicted"]
ur.seed(SEED)
one_way = Tagger(keras.layers.SimpleRNN(32, return_sequences=True))
accuracy_uni, history_uni = learn(one_way)
print(f"one direction: accuracy {accuracy_uni:.3f}, chance is 0.25")

# %% about-two-ways [markdown]
# At step t nothing that depends on step t + 3 has come in, so no number of updates
# helps: guessing among four symbols is right in a quarter of the cases. Now a second
# cell, which runs **from the end to the beginning**, and a readout that sees the states
# of both. **Predict** again.

# %% two-ways tags=["pytorch", "predicted"]
ur.seed(SEED)
two_ways = Tagger(nn.RNN(4, 32, batch_first=True, bidirectional=True), 2 * 32)
accuracy_bi, history_bi = learn(two_ways)
print(f"two directions: accuracy {accuracy_bi:.3f}, {history_bi.seconds:.1f} s")

# %% two-ways tags=["tensorflow", "predicted"]
ur.seed(SEED)
layer = keras.layers.SimpleRNN(32, return_sequences=True)
two_ways = Tagger(keras.layers.Bidirectional(layer))
accuracy_bi, history_bi = learn(two_ways)
print(f"two directions: accuracy {accuracy_bi:.3f}, {history_bi.seconds:.1f} s")

# %% about-wait [markdown]
# There is a second cure, if three steps are all that is needed: **wait**. One
# direction, and the answer for step t is taken from the state at step t + 3.
# **Predict** whether that does as well.

# %% wait tags=["pytorch", "aside", "predicted"]
ur.seed(SEED)
waiting = Tagger(nn.RNN(4, 32, batch_first=True), 32, wait=AHEAD)
print(f"one direction, three steps late: accuracy {learn(waiting)[0]:.3f}")

# %% wait tags=["tensorflow", "aside", "predicted"]
ur.seed(SEED)
waiting = Tagger(keras.layers.SimpleRNN(32, return_sequences=True), wait=AHEAD)
print(f"one direction, three steps late: accuracy {learn(waiting)[0]:.3f}")

# %% about-by-hand [markdown]
# So two directions are one way to see what comes later, and a delay is another, where a
# few steps are enough.
#
# ## 2 · Two cells make one layer
#
# By hand, with the adding cell of the page, h' = h + x, on the inputs 1, 2, 3. Before
# you run it, write down the three lines that it prints.

# %% by-hand tags=["nbval-check-output"]
adds = cells.RNNWeights(np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
x = np.array([[[1.0], [2.0], [3.0]]])  # (batch, time, n_in)
forward = cells.rnn(x, adds, activation="relu").h[0, :, 0]  # (time,)
backward = cells.rnn(x[:, ::-1], adds, activation="relu").h[0, :, 0]
print("forward            ", forward)
print("backward, as it ran", backward)
print("backward, in place ", backward[::-1])

# %% about-in-place [markdown]
# The second cell ran 3, 2, 1. Its states must be **turned round again**, so that both
# rows speak of the same step. In place, step 0 has (1, 6): what lies behind it and what
# lies ahead, the step itself in both.
#
# The same with LSTMs:


# %% both-ways
def both_ways(x, ahead, back):
    forward = cells.lstm(x, ahead).h  # (batch, time, n_hidden)
    backward = cells.lstm(x[:, ::-1], back).h  # runs from the end
    backward = backward[:, ::-1]  # in place
    return np.concatenate([forward, backward], axis=-1)  # (batch, time, 2 n_hidden)


# %% course-cell tags=["nbval-check-output"]
batch, n_steps, n_in, n_hidden = 2, 5, 4, 3
rng = np.random.default_rng(0)
ahead, back = (cells.lstm_weights(n_in, n_hidden, rng) for _ in range(2))
x = rng.normal(size=(batch, n_steps, n_in))  # (batch, time, n_in)
run = cells.bidirectional(x, (ahead, back))
print("h", run.h.shape, " as ours:", np.allclose(run.h, both_ways(x, ahead, back)))

# %% about-layer [markdown]
# Two cells with weights of their own hold twice the parameters, and give states of
# twice the width. Now the framework's layer: it must hold the same arrays, and compute
# the same numbers.

# %% layer tags=["pytorch"]
layer = nn.LSTM(n_in, n_hidden, batch_first=True, bidirectional=True)
for name, parameter in layer.named_parameters():
    print(f"{name:22} {tuple(parameter.shape)}")

# %% layer tags=["tensorflow"]
layer = keras.layers.Bidirectional(
    keras.layers.LSTM(n_hidden, return_sequences=True, return_state=True)
)
layer.build((None, None, n_in))
for weight in layer.weights:
    print(f"{weight.path.split('/', 1)[1]:40} {tuple(weight.shape)}")

# %% same-numbers
x = np.random.default_rng(SEED).normal(size=(batch, n_steps, n_in))
run = cells.bidirectional(x, (ahead, back))
ur.load_lstm(layer, (ahead, back))
difference = np.abs(ur.run(layer, x).h - run.h).max()
print(f"largest difference between NumPy and the layer: {difference:.1e}")
assert difference <= 1e-6

# %% outputs tags=["pytorch", "nbval-check-output"]
output, (h_n, c_n) = layer(torch.tensor(x, dtype=torch.float32))
print("output", tuple(output.shape), " (batch, time, 2 n_hidden)")
print("h_n   ", tuple(h_n.shape), " (directions, batch, n_hidden)")
print("c_n   ", tuple(c_n.shape))

# %% outputs tags=["tensorflow", "nbval-check-output"]
output, *states = layer(x)
print("output", tuple(output.shape), " (batch, time, 2 n_hidden)")
for name, state in zip(
    ["h forward", "c forward", "h backward", "c backward"], states, strict=True
):
    print(f"{name:11}", tuple(state.shape), " (batch, n_hidden)")

# %% about-last [markdown]
# ## 3 · Which last state?
#
# To sum up a sequence in one vector, `output[:, -1]` is a habit. Take the adding cells:
# the whole sum is 6. **Predict** what `h[:, -1]` holds, and what the last states of the
# two cells are.

# %% last tags=["nbval-check-output", "predicted"]
sums = cells.bidirectional(
    np.array([[[1.0], [2.0], [3.0]]]), (adds, adds), activation="relu"
)
print("h[:, -1]   ", sums.h[0, -1])
print("last states", *(state[0] for state in sums.last))

# %% about-has-read [markdown]
# The forward cell ends at the last step, the backward cell **at step 0**. Which inputs
# can change which state? The norm of the gradient of a state with respect to each input
# answers that. Four states, five inputs: **predict** where the map below is zero.


# %% has-read
def has_read(step, half):
    """Return how strongly one half of h[:, step] depends on each input step."""
    d_h = np.zeros_like(run.h)  # (batch, time, 2 n_hidden)
    d_h[:, step, :n_hidden] = half == "forward"
    d_h[:, step, n_hidden:] = half == "backward"
    d_x = cells.bidirectional_backward(run, d_h).x  # (batch, time, n_in)
    return np.linalg.norm(d_x, axis=(0, 2))  # (time,)


rows = {
    f"h[:, {k}], {half}": (k, half) for half in ("forward", "backward") for k in (-1, 0)
}
reach = np.stack([has_read(*row) for row in rows.values()])  # (4, time)

# %% reach-map tags=["predicted"]
plot.heatmap(
    reach,
    "At the last step the backward half has read one symbol",
    "input step",
    "state",
    rows=list(rows),
    numbers=True,
    bar_label="gradient norm",
)

# %% about-summary [markdown]
# Two rows of the map are full: forward at −1 and backward at 0. These two states, side
# by side, depend on every input, and they are what the layer itself returns as its last
# states.

# %% summary tags=["pytorch", "nbval-check-output"]
right = torch.cat([output[:, -1, :n_hidden], output[:, 0, n_hidden:]], dim=-1)
print("the two ends are h_n:", torch.equal(right, torch.cat([h_n[0], h_n[1]], dim=-1)))
print("output[:, -1] is h_n:", torch.equal(right, output[:, -1]))

# %% summary tags=["tensorflow", "nbval-check-output"]
once = keras.layers.Bidirectional(keras.layers.LSTM(n_hidden))  # no sequences
ur.load_lstm(once, (ahead, back))
ends = tf.concat([output[:, -1, :n_hidden], output[:, 0, n_hidden:]], axis=-1)
print("the two ends are what Bidirectional gives:", np.allclose(once(x), ends))
print("output[:, -1] is:", np.allclose(once(x), output[:, -1]))

# %% about-scrambled [markdown] tags=["pytorch"]
# `h_n` is `(directions, batch, n_hidden)`. A `view` to `(batch, 2 n_hidden)` fits, and
# mixes the sequences of the batch. Nothing complains.

# %% about-scrambled [markdown] tags=["tensorflow"]
# Without `return_sequences` Keras takes the right two states by itself. A reshape of
# stacked states, `(directions, batch, n_hidden)` to `(batch, 2 n_hidden)`, fits too,
# and mixes the sequences of the batch. Nothing complains.

# %% scrambled tags=["nbval-check-output"]
stack = np.stack([run.last[0][0], run.last[1][0]])  # (directions, batch, n_hidden)
right = np.concatenate(list(stack), axis=-1)  # (batch, 2 n_hidden)
reshaped = stack.reshape(batch, 2 * n_hidden)
print("same shape:", right.shape == reshaped.shape)
print("same numbers:", np.allclose(right, reshaped))

# %% about-surnames [markdown]
# ## 4 · Real sequences: surnames
#
# Unit 02's task: a name, letter by letter; which of 16 languages? The same split, one
# name in five for the test. The whole name is there when the answer is given, so both
# directions are allowed.

# %% surnames
names = data.surnames()
train_at, test_at = batches.stratified(names.labels, 0.8, np.random.default_rng(0))
train_names = [names.inputs[i] for i in train_at]
test_names = [names.inputs[i] for i in test_at]
train_y, test_y = names.labels[train_at], names.labels[test_at]
letters = text.Vocab.from_text("".join(train_names), min_count=3, unknown="?")
train_x = [letters.encode(name) for name in train_names]
test_x = [letters.encode(name) for name in test_names]
print(f"{len(train_x):,} names to learn from, {len(test_x):,} to test")

# %% about-reader [markdown]
# The summary of a name is the top layer's last state in each direction. Names of one
# length stand in one batch, so that there is no padding before unit 08.


# %% reader tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, n_hidden, two_ways, n_layers=1):
        super().__init__()
        self.embedding = nn.Embedding(len(letters), 32)
        self.rnn = nn.LSTM(
            32, n_hidden, n_layers, batch_first=True, bidirectional=two_ways
        )
        self.out = nn.Linear((1 + two_ways) * n_hidden, len(names.classes))
        self.directions = 1 + two_ways

    def forward(self, x, state=None):
        _, (h, _) = self.rnn(self.embedding(x))  # (layers * directions, batch, n)
        top = torch.cat(list(h[-self.directions :]), dim=-1)
        return self.out(top), ()  # (batch, n_out)


# %% reader tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, n_hidden, two_ways, n_layers=1):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)  # as PyTorch starts
        self.embedding = keras.layers.Embedding(len(letters), 32, normal)
        self.rnn = []
        for k in range(n_layers):
            one = keras.layers.LSTM(n_hidden, return_sequences=k < n_layers - 1)
            self.rnn.append(keras.layers.Bidirectional(one) if two_ways else one)
        self.out = keras.layers.Dense(len(names.classes))

    def call(self, x, state=None, training=False):
        h = self.embedding(x)
        for layer in self.rnn:
            h = layer(h)  # the last one gives its ends, (batch, directions * n)
        return self.out(h), ()  # (batch, n_out)


# %% learn-names
def learn_names(model):
    rng = np.random.default_rng(SEED)
    many = []
    for _ in range(EPOCHS):  # names of one length together: no padding before unit 08
        many += batches.same_length(train_x, train_y, 256, rng)
    history = ur.fit(model, many, lr=0.02, progress=False)
    right = 0
    for x, y in batches.same_length(test_x, test_y, 500, rng):
        right += (ur.array(model(ur.tensor(x))[0]).argmax(-1) == y).sum()
    return right / len(test_y), history.seconds


# %% about-fair [markdown]
# At equal parameters (about 25,000 in the LSTM): 64 units in one direction, or 41 in
# each of two. **Predict** how much the second direction adds here. (What does the last
# state of one direction not depend on?)

# %% prediction-fair [markdown]
# *Your prediction:*

# %% names-learned tags=["predicted"]
EPOCHS = 4
ur.seed(SEED)
names_uni, seconds_uni = learn_names(Reader(64, two_ways=False))
ur.seed(SEED)
names_bi, seconds_bi = learn_names(Reader(41, two_ways=True))
print(f"one direction {names_uni:.3f} in {seconds_uni:.1f} s")
print(f"two directions {names_bi:.3f} in {seconds_bi:.1f} s")

# %% about-merge [markdown]
# The last state of one direction already depends on every letter, so the second
# direction has less to add than in section 1. (One run each, at one rate. The page has
# five seeds and tuned rates, with another split and other epochs.)
#
# ## 5 · Merging
#
# Side by side is not the only way to merge the two halves. Add or average them, and the
# width stays n_hidden: the next matrix has half the rows.

# %% merge tags=["pytorch", "nbval-check-output"]
forward, backward = output.unflatten(-1, (2, n_hidden)).unbind(-2)
merged = {
    "concatenate": torch.cat([forward, backward], dim=-1),
    "sum": forward + backward,
    "mean": (forward + backward) / 2,
}
for name, h in merged.items():
    print(f"{name:12} {tuple(h.shape)}")

# %% merge tags=["tensorflow", "nbval-check-output"]
merged = {}
for mode in ("concat", "sum", "ave"):
    one = keras.layers.LSTM(n_hidden, return_sequences=True)
    both = keras.layers.Bidirectional(one, merge_mode=mode)
    both.build((None, None, n_in))
    both.set_weights(layer.get_weights())
    merged[mode] = both(x)
    print(f"{mode:7} {tuple(merged[mode].shape)}")

# %% about-lossy [markdown]
# What does a sum lose? A readout after concatenation can do whatever a readout after
# the sum does, by giving both halves the same weights. The reverse fails. Exchange the
# two cells and turn the sequence round: **predict** what happens to the sums.

# %% lossy tags=["nbval-check-output", "predicted"]
w = rng.normal(size=(n_hidden, 2))  # a readout of the sum, (n_hidden, n_out)
halves = run.h[..., :n_hidden], run.h[..., n_hidden:]
print("same:", np.allclose(sum(halves) @ w, run.h @ np.concatenate([w, w])))
turned = cells.bidirectional(x[:, ::-1], (back, ahead))  # sequence and cells exchanged
sums = run.h[..., :n_hidden] + run.h[..., n_hidden:]
other = turned.h[..., :n_hidden] + turned.h[..., n_hidden:]
print("the sums cannot tell:", np.allclose(sums, other[:, ::-1]))

# %% about-allowed [markdown]
# ## 6 · Is reading ahead allowed?
#
# Only if the future is there when the answer is needed. One test shows whether a model
# uses it: **change one input and see which outputs change.** Row: output step; column:
# changed step.


# %% reads
def reads(states, x):
    """Return which output step (row) moves with which input step (column)."""
    still, n = states(x), x.shape[1]
    moves = np.zeros((n, n), bool)
    for s in range(n):
        nudged = x.copy()
        nudged[:, s] += 1.0
        moves[:, s] = np.abs(states(nudged) - still).max(axis=(0, 2)) > 1e-6
    return moves


# %% about-moves [markdown]
# **Predict** the two patterns before you run it.

# %% moves tags=["nbval-check-output", "predicted"]
patterns = {
    "one direction": reads(lambda x: cells.lstm(x, ahead).h, x),
    "two directions": reads(lambda x: cells.bidirectional(x, (ahead, back)).h, x),
}
for name, moves in patterns.items():
    print(name, *("".join(".x"[int(m)] for m in row) for row in moves), sep="\n  ")
    print("  reads ahead:", bool(np.triu(moves, 1).any()))

# %% about-cheating [markdown]
# Above the diagonal stand the outputs that depend on a later input. A tagger of
# finished sentences may have them. A generator, or a forecast at every step, may not:
# in training the answer stands in the input, and in use it does not. Exercise 5 of the
# assignment has such a generator.
#
# ## 7 · Stacks
#
# The states of one layer are the inputs of the next. **Predict** the shape of the
# second layer's `w_x`, above a layer of two directions.

# %% stack tags=["nbval-check-output", "predicted"]
first = tuple(cells.lstm_weights(n_in, n_hidden, rng) for _ in range(2))
second = tuple(cells.lstm_weights(2 * n_hidden, n_hidden, rng) for _ in range(2))
run = cells.stacked(x, [first, second])
print("second layer's w_x", second[0].w_x.shape, " (2 n_hidden, 4 n_hidden)")
print("h", run.h.shape, "and", len(run.last), "layers with two last states each")

# %% stack-layer tags=["pytorch"]
layers = nn.LSTM(n_in, n_hidden, num_layers=2, batch_first=True, bidirectional=True)
output, (h_n, _) = layers(torch.zeros(batch, n_steps, n_in))
print("output", tuple(output.shape), " h_n", tuple(h_n.shape))

# %% stack-layer tags=["tensorflow"]
layers = [
    keras.layers.Bidirectional(keras.layers.LSTM(n_hidden, return_sequences=True))
    for _ in range(2)
]
output = keras.Sequential(layers)(tf.zeros((batch, n_steps, n_in)))
print("output", tuple(output.shape))

# %% stack-same
ur.load_lstm(layers, [first, second])
difference = max(difference, np.abs(ur.run(layers, x).h - run.h).max())
print(f"largest difference, one layer or two: {difference:.1e}")
assert difference <= 1e-6

# %% about-h-n [markdown] tags=["pytorch"]
# `output` holds the states of the top layer alone. `h_n` has the last states of every
# layer, in the order layer 0 forward, layer 0 backward, layer 1 forward, layer 1
# backward: so the top's are `h_n[-2]` and `h_n[-1]`.

# %% about-h-n [markdown] tags=["tensorflow"]
# In Keras a stack is a list of layers. All but the last must return sequences; the last
# may return its two ends alone.

# %% ends tags=["nbval-check-output"]
top = [state for state, _ in run.last[-1]]  # h of the top's forward, backward
ends = np.concatenate([run.h[:, -1, :n_hidden], run.h[:, 0, n_hidden:]], axis=-1)
print("the top's last states are the ends:", np.allclose(np.concatenate(top, -1), ends))

# %% about-depth [markdown]
# And what does depth do on the surnames? Two layers of the same width, two directions.
# **Predict** accuracy and seconds.

# %% depth tags=["aside", "predicted"]
ur.seed(SEED)
deep = Reader(41, two_ways=True, n_layers=2)
names_deep, seconds_deep = learn_names(deep)
print(f"two layers {names_deep:.3f} in {seconds_deep:.1f} s")

# %% about-baseline [markdown]
# One run says little, and the rate was not chosen for this network: the page measures
# stacks over five seeds, each with a rate of its own. The linear model on groups of
# letters is the baseline to know:

# %% baseline tags=["aside"]
linear = baselines.linear_ngrams(train_names, train_y).predict(test_names)
linear_accuracy = metrics.accuracy(linear, test_y)
print(f"linear n-grams {linear_accuracy:.3f}")

# %% about-residual [markdown]
# A deeper stack has a difficulty of its own. Take twelve layers: how much of a gradient
# at the top arrives at the bottom? Each layer multiplies it by a matrix and by the
# slope of a tanh, as each time step did in unit 04. A **residual connection** adds the
# input of a layer to its output, h + layer(h). **Predict** both curves.


# %% residual
def norms(n_layers, add, n=32):
    """Return the norm of the gradient above each layer, from the bottom to the top."""
    rng = np.random.default_rng(1)
    h, runs = rng.normal(size=(8, 20, n)), []  # (batch, time, n)
    for _ in range(n_layers):
        runs.append(cells.rnn(h, cells.rnn_weights(n, n, rng)))
        h = h + runs[-1].h if add else runs[-1].h
    d_h = np.zeros_like(h)
    d_h[:, -1] = 1 / n  # the loss is the mean of the last state
    found = [np.linalg.norm(d_h)]
    for run in reversed(runs):
        through = cells.rnn_backward(run, d_h).x
        d_h = d_h + through if add else through
        found.append(np.linalg.norm(d_h))
    return np.array(found[::-1]) / found[0]


# %% residual-norms tags=["predicted"]
plain, residual = norms(12, add=False), norms(12, add=True)
plot.lines(
    {"plain stack": plain, "with residual connections": residual},
    "With residual connections the gradient reaches the input undiminished",
    "layer (0: the input)",
    "gradient, top = 1",
    log_y=True,
    markers=True,
)

# %% residual-said tags=["predicted"]
print(f"at the input: plain {plain[0]:.1e}, residual {residual[0]:.1e} of the top's")

# %% about-residual-layer [markdown]
# In a framework it is one sign. All layers must have the same width, or a first layer
# brings the input to it. (With two directions, n_hidden is half of the width.)


# %% residual-layer tags=["pytorch"]
class Residual(nn.Module):
    def __init__(self, n, n_layers):
        super().__init__()
        one = [nn.LSTM(n, n, batch_first=True) for _ in range(n_layers)]
        self.layers = nn.ModuleList(one)

    def forward(self, h):
        for layer in self.layers:
            h = h + layer(h)[0]  # (batch, time, n)
        return h


print(tuple(Residual(8, 3)(torch.zeros(2, 5, 8)).shape))

# %% residual-layer tags=["tensorflow"]
h = inputs = keras.Input((None, 8))  # (batch, time, n)
for _ in range(3):
    h = h + keras.layers.LSTM(8, return_sequences=True)(h)
residual_model = keras.Model(inputs, h)

print(tuple(residual_model(tf.zeros((2, 5, 8))).shape))

# %% about-dropout [markdown]
# ## 8 · Dropout, and where
#
# Dropout sets a share p of some values to 0 while training. On a memory that is held
# for 40 steps: is the mask sampled anew at every step, or once for all steps?
# **Predict** how many of 1,000 units still hold, with p = 0.2.

# %% held tags=["predicted"]
rng = np.random.default_rng(SEED)
anew = rng.random((1000, 40)) > 0.2  # (units, time)
once = np.repeat(rng.random((1000, 1)) > 0.2, 40, axis=1)
for name, kept in {"anew at every step": anew, "once for all steps": once}.items():
    left = np.cumprod(kept, axis=1).mean(axis=0)  # (time,)
    print(f"{name}: after 1 step {left[0]:.3f}, 10 {left[9]:.3f}, 40 {left[39]:.3f}")

# %% about-where [markdown]
# Sampled anew, every memory is soon gone: 0.8 to the 40th is 0.0001. So recurrent
# connections get **one mask a sequence** (Gal and Ghahramani 2016). Connections upward,
# from layer to layer, hold nothing over time, and may have either.
#
# What does your layer do? Cells that only copy their input make its masks visible: a
# row is a unit, a column a step, and a dot is a zero.

# %% masks tags=["pytorch"]
copies = cells.RNNWeights(np.eye(6), np.zeros((6, 6)), np.zeros(6))
layer = nn.RNN(6, 6, num_layers=2, dropout=0.5, batch_first=True)
ur.load_rnn(layer, [copies, copies])
torch.manual_seed(SEED)
h = layer(torch.ones(1, 12, 6))[0]  # (batch, time, n_hidden)
masks = {"dropout=0.5, between two layers": ur.array(h[0])}

# %% masks tags=["tensorflow"]
copies = cells.RNNWeights(np.eye(6), np.zeros((6, 6)), np.zeros(6))
layer = keras.layers.SimpleRNN(6, return_sequences=True, dropout=0.5)
ur.load_rnn(layer, copies)
keras.utils.set_random_seed(SEED)
anew = keras.layers.Dropout(0.5)(tf.ones((1, 12, 6)), training=True)
masks = {
    "SimpleRNN(dropout=0.5)": ur.array(layer(tf.ones((1, 12, 6)), training=True)[0])
}
masks["a Dropout layer"] = ur.array(anew[0])

# %% masks-shown
for name, h in masks.items():  # (time, n_hidden)
    print(name)
    for unit in h.T:
        print("  unit:", "".join(".x"[int(a > 0)] for a in unit))

# %% about-masks [markdown] tags=["pytorch"]
# PyTorch samples anew at every step, and between layers only. Above the last layer
# there is none, and with **one layer** `dropout=` does nothing, which it says:

# %% about-masks [markdown] tags=["tensorflow"]
# Keras' `dropout=` drops *inputs* of the layer, with one mask for all steps. A
# `Dropout` layer samples anew at every step. And `recurrent_dropout=` drops the old
# state, again with one mask for all steps:

# %% one-layer tags=["pytorch"]
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    layer = nn.LSTM(4, 8, batch_first=True, dropout=0.5)
print(str(said[0].message).split(", but")[0])
x = torch.randn(1, 5, 4)
print("two passes while training are equal:", torch.equal(layer(x)[0], layer(x)[0]))

# %% one-layer tags=["tensorflow"]
layer = keras.layers.SimpleRNN(6, return_sequences=True, recurrent_dropout=0.5)
holds = cells.RNNWeights(np.zeros((6, 6)), np.eye(6), np.zeros(6))
ur.load_rnn(layer, holds)
h = layer(tf.zeros((1, 12, 6)), initial_state=tf.ones((1, 6)), training=True)
for unit in ur.array(h[0]).T:
    print("  unit:", "".join(".x"[int(a > 0)] for a in unit))

# %% about-recurrent [markdown] tags=["pytorch"]
# Recurrent dropout is not in `nn.LSTM`. Merity, Keskar and Socher (2018) drop *weights*
# instead of states, once a batch, so the fused layer still runs. In PyTorch that is a
# function call with other weights. Step 0 comes from a state of zeros, so it stays
# equal. `layer.eval()` turns off `dropout=`; one that you call yourself asks for
# `training=`:

# %% about-recurrent [markdown] tags=["tensorflow"]
# A unit whose old state is dropped is dropped at each step; the others hold. By Keras'
# documentation `recurrent_dropout=0` is one of the conditions for the fused kernel on a
# GPU; `dropout=` is not among them. (There is no GPU here, so the price was not timed.)
#
# Outside training all of this is off:

# %% recurrent tags=["pytorch"]
dropped = nn.functional.dropout(layer.weight_hh_l0, 0.5, training=layer.training)
h, _ = torch.func.functional_call(layer, {"weight_hh_l0": dropped}, (x,))
same = (h == layer(x)[0]).flatten(2).all(dim=-1)[0]  # (time,)
print(f"{(dropped == 0).float().mean():.0%} of the recurrent weights are gone")
print("states equal to those of the whole layer, step by step:", same.tolist())

# %% recurrent tags=["tensorflow"]
x, start = tf.zeros((1, 5, 6)), tf.ones((1, 6))
for name, training in {"while training": True, "outside": False}.items():
    first, again = (layer(x, initial_state=start, training=training) for _ in range(2))
    print(f"two passes {name} are equal:", np.allclose(first, again))

# %% about-cost [markdown]
# ## 9 · What it costs, and what it bought
#
# 32 sequences of 64 steps, 64 inputs. **Predict:** which costs more, twice the width or
# twice the depth? In parameters, and in milliseconds?


# %% milliseconds tags=["pytorch", "aside"]
def milliseconds(model, x):
    times, threads = [], torch.get_num_threads()
    torch.set_num_threads(1)
    for _ in range(8):
        began = time.process_time()
        model(x)[0].sum().backward()
        times.append(1000 * (time.process_time() - began))
    torch.set_num_threads(threads)
    return min(times)


# %% milliseconds tags=["tensorflow", "aside"]
def milliseconds(model, x):
    @tf.function
    def both_ways(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(x))
        return tape.gradient(loss, model.trainable_variables)

    times = []
    for _ in range(8):
        began = time.process_time()
        both_ways(x)
        times.append(1000 * (time.process_time() - began))
    return min(times)


# %% cost tags=["pytorch", "aside", "predicted"]
x = torch.randn(32, 64, 64)  # (batch, time, n_in)
plain = {"input_size": 64, "hidden_size": 64, "batch_first": True}
kinds = {f"{k} layers": {"num_layers": k} for k in (1, 2, 4)}
kinds["2 directions"] = {"bidirectional": True}
kinds |= {f"{n} units": {"hidden_size": n} for n in (128, 256)}
for name, kind in kinds.items():
    layer = nn.LSTM(**(plain | kind))
    count, ms = sum(p.numel() for p in layer.parameters()), milliseconds(layer, x)
    print(f"{name:13} {count:8,} parameters {ms:6.1f} ms, both ways")

# %% cost tags=["tensorflow", "aside", "predicted"]
x = tf.random.normal((32, 64, 64))  # (batch, time, n_in)
kinds = {f"{k} layers": (64, k) for k in (1, 2, 4)}
kinds |= {"2 directions": (64, 1), "128 units": (128, 1), "256 units": (256, 1)}
for name, (n, n_layers) in kinds.items():
    layers = [keras.layers.LSTM(n, return_sequences=True) for _ in range(n_layers)]
    if name == "2 directions":
        layers = [keras.layers.Bidirectional(layers[0])]
    model = keras.Sequential([keras.Input((64, 64)), *layers])
    count, ms = model.count_params(), milliseconds(model, x)
    print(f"{name:13} {count:8,} parameters {ms:6.1f} ms, both ways")

# %% about-record [markdown]
# Twice the depth: twice the parameters. Twice the width: three times as many. For the
# milliseconds look at your own rows; which of the two costs more there depends on the
# program. (Processor time, the best of eight.)
#
# What was bought: where the answer lies ahead, the second direction changed everything,
# and so did waiting. Where one answer comes after the whole sequence, look at the two
# surname rows. Depth the page measures.

# %% record
ledger.record(
    UNIT,
    "look-ahead, one direction",
    accuracy_uni,
    baseline=0.25,
    baseline_name="chance",
    seconds=history_uni.seconds,
)
ledger.record(
    UNIT,
    "look-ahead, two directions",
    accuracy_bi,
    baseline=accuracy_uni,
    baseline_name="one direction",
    seconds=history_bi.seconds,
)
ledger.record(
    UNIT,
    "surnames, two directions",
    names_bi,
    baseline=names_uni,
    baseline_name="one direction, equal numbers",
    corpus=names.name,
    seconds=seconds_bi,
)
ledger.record(UNIT, "parity", difference, measure="largest difference", at_most=1e-6)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
