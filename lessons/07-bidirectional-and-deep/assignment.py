# %% title [markdown]
# # Two directions, many layers: assignment
#
# Six exercises, from one line to a clinic. Fill the cells that say `YOUR CODE HERE`,
# run them, then run the check below: it says in a sentence what is wrong.

# %% imports
import numpy as np

from unrolled import check

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("07-bidirectional-and-deep")


# %% step
def step(x, h, w_x, w_h, b):
    """One step of a plain cell: x (batch, n_in), h (batch, n_hidden)."""
    return np.tanh(x @ w_x + h @ w_h + b)


# %% about-both [markdown]
# ## Exercise 1: one layer from two cells
#
# *Difficulty 2 of 5, 20 minutes, 3 points.*
#
# `ahead` and `back` are the weights `(w_x, w_h, b)` of two cells; both start from
# zeros. Return `h`, `(batch, time, 2 n_hidden)`, the forward cell's states first, and
# `last`, `(batch, 2 n_hidden)`: what each cell knows when it has read **everything**.
#
# *Beware:* row t of `h` speaks of step t, in both halves.


# %% both
def both(x, ahead, back):
    ### BEGIN SOLUTION
    def states(x, weights):
        h, found = np.zeros((len(x), len(weights[1]))), []
        for t in range(x.shape[1]):
            h = step(x[:, t], h, *weights)
            found.append(h)
        return np.stack(found, axis=1)  # (batch, time, n_hidden)

    forward = states(x, ahead)
    backward = states(x[:, ::-1], back)[:, ::-1]  # from the end, then in place
    last = np.concatenate([forward[:, -1], backward[:, 0]], axis=-1)
    return np.concatenate([forward, backward], axis=-1), last
    ### END SOLUTION


# %% check-both nbgrader={"grade": true, "points": 3}
checks.both(both)

# %% about-shapes [markdown]
# ## Exercise 2: every shape
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# A stack of LSTM layers; `n_directions` is 1 or 2, `merge` is "concat" or "sum" and
# counts for two directions only, at every layer. Return three shapes: of the top
# layer's output, of `w_x` in one cell of the **top** layer (a row for each of its
# inputs, as in the course's cells, not as in PyTorch), and of all last h's in one
# array as PyTorch stacks them, `(layers · directions, ...)`.


# %% shapes
def shapes(batch, time, n_in, n_hidden, n_layers, n_directions, merge):
    ### BEGIN SOLUTION
    width = n_hidden * (n_directions if merge == "concat" else 1)
    reads = n_in if n_layers == 1 else width  # the top layer may be the first
    return (
        (batch, time, width),
        (reads, 4 * n_hidden),
        (n_layers * n_directions, batch, n_hidden),
    )
    ### END SOLUTION


# %% check-shapes nbgrader={"grade": true, "points": 2}
checks.shapes(shapes)

# %% about-count [markdown]
# ## Exercise 3: count the parameters
#
# *Difficulty 2 of 5, 10 minutes, 1 point.*
#
# How many parameters does the stack hold, its directions concatenated? Each of the four
# pre-activations has `n_biases` biases: 1 in Keras, 2 in PyTorch. To build the stack
# and to count what the framework made is allowed, and a good test of your formula.


# %% count
def count(n_in, n_hidden, n_layers, n_directions, n_biases):
    ### BEGIN SOLUTION
    total = 0
    for _ in range(n_layers):
        total += n_directions * 4 * n_hidden * (n_in + n_hidden + n_biases)
        n_in = n_directions * n_hidden  # what the next layer reads
    return total
    ### END SOLUTION


# %% check-count nbgrader={"grade": true, "points": 1}
checks.count(count)

# %% about-new-layers [markdown]
# ## Exercise 4: the last states of a stack
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# Two layers of two directions, as the framework makes them:


# %% new-layers tags=["pytorch"]
def new_layers(n_in, n_hidden):
    layers = nn.LSTM(n_in, n_hidden, num_layers=2, batch_first=True, bidirectional=True)
    return layers.to(ur.device())


output, (h_n, c_n) = new_layers(4, 3)(ur.tensor(np.zeros((2, 5, 4), np.float32)))
print("output", tuple(output.shape), " h_n", tuple(h_n.shape), " c_n", tuple(c_n.shape))


# %% new-layers tags=["tensorflow"]
def new_layers(n_in, n_hidden):
    layers = [
        keras.layers.Bidirectional(keras.layers.LSTM(n_hidden, return_sequences=True))
        for _ in range(2)
    ]
    keras.Sequential([keras.Input((None, n_in)), *layers])  # builds their weights
    return layers


first, second = new_layers(4, 3)
print("first", tuple(first(tf.zeros((2, 5, 4))).shape))
print("second", tuple(second(first(tf.zeros((2, 5, 4)))).shape))

# %% about-summary [markdown] tags=["pytorch"]
# `summary(layers, x)` returns one row a sequence, `(batch, 2 n_hidden)`: what the
# **top** layer's forward cell knows when it has read everything, then its backward
# cell. `x` is a tensor `(batch, time, n_in)`.
#
# *Beware:* `h_n` is not batch first.

# %% about-summary [markdown] tags=["tensorflow"]
# `summary(layers, x)` returns one row a sequence, `(batch, 2 n_hidden)`: what the
# **top** layer's forward cell knows when it has read everything, then its backward
# cell. `x` is a tensor `(batch, time, n_in)`, `layers` the list.
#
# *Beware:* the two do not end at the same step.


# %% summary tags=["pytorch"]
def summary(layers, x):
    ### BEGIN SOLUTION
    _, (h_n, _) = layers(x)  # (layers * directions, batch, n_hidden)
    return torch.cat([h_n[-2], h_n[-1]], dim=-1)
    ### END SOLUTION


# %% summary tags=["tensorflow"]
def summary(layers, x):
    ### BEGIN SOLUTION
    for layer in layers:
        x = layer(x)  # (batch, time, 2 n_hidden)
    n = x.shape[-1] // 2
    return tf.concat([x[:, -1, :n], x[:, 0, n:]], axis=-1)
    ### END SOLUTION


# %% check-summary nbgrader={"grade": true, "points": 3}
checks.summary(summary, ur=ur, new_layers=new_layers)

# %% about-blocks [markdown]
# ## Exercise 5: bug clinic
#
# *Difficulty 3 of 5, 30 minutes, 4 points.*
#
# A language of blocks: two of *abcd*, a dot, the same two again. Of five symbols two
# are free, so no honest model can lose less than 2/5 ln 4 = 0.55 nats a symbol. `learn`
# trains a model to say the next symbol, `say` lets it speak, symbol after symbol.


# %% blocks
SYMBOLS = np.array(list("abcd."))


def blocks(n, rng):
    two = rng.integers(0, 4, (n, 6, 2))
    dot = np.full((n, 6, 1), 4)
    s = np.concatenate([two, dot, two], axis=-1).reshape(n, -1)
    return s[:, :25], s[:, 1:26]  # x and y, the next symbol: (batch, time) each


def learn(model):
    rng = np.random.default_rng(0)
    many = [blocks(32, rng) for _ in range(150)]
    return np.mean(ur.fit(model, many, lr=0.02, progress=False).loss[-20:])


def say(model, rng, n=25):
    ids = [rng.integers(0, 4)]
    while len(ids) < n:
        logits = ur.array(model(ur.tensor(np.array([ids])))[0])[0, -1]  # (n_out,)
        p = np.exp(logits - logits.max())
        ids.append(rng.choice(5, p=p / p.sum()))
    return "".join(SYMBOLS[ids])


# %% about-patient [markdown]
# Here is the patient, code with a bug. A colleague centers its input and, "for more
# context", uses both directions. Look at its loss, and at what it says.


# %% patient tags=["pytorch"]
class Patient(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, 16)
        self.rnn = nn.LSTM(16, n_hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * n_hidden, n_symbols)

    def forward(self, x, state=None):
        e = self.embedding(x)  # (batch, time, 16)
        e = e - e.mean(dim=1, keepdim=True)
        h, _ = self.rnn(e)  # (batch, time, 2 n_hidden)
        return self.out(h), ()  # (batch, time, n_symbols)


# %% patient tags=["tensorflow"]
class Patient(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embedding = keras.layers.Embedding(n_symbols, 16, normal)
        one = keras.layers.LSTM(n_hidden, return_sequences=True)
        self.rnn = keras.layers.Bidirectional(one)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):
        e = self.embedding(x)  # (batch, time, 16)
        e = e - tf.reduce_mean(e, axis=1, keepdims=True)
        h = self.rnn(e)  # (batch, time, 2 n_hidden)
        return self.out(h), ()  # (batch, time, n_symbols)


# %% symptoms
ur.seed(0)
patient = Patient(5, 32)
print(f"loss {learn(patient):.2f}; no honest model can go below {0.4 * np.log(4):.2f}")
print("it says", say(patient, np.random.default_rng(1)))

# %% about-mend [markdown]
# A loss that no causal model could reach, and text that is worthless. What the patient
# should say reaches it **in two ways**. Write `Mended`, the same model without them. It
# may still center its input, if that needs no future.
#
# *Beware:* with one of the two closed, the loss may look honest.


# %% mend tags=["pytorch"]
class Mended(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(n_symbols, 16)
        self.rnn = nn.LSTM(16, n_hidden, batch_first=True)  # one direction
        self.out = nn.Linear(n_hidden, n_symbols)
        ### END SOLUTION

    def forward(self, x, state=None):
        ### BEGIN SOLUTION
        e = self.embedding(x)  # (batch, time, 16): no mean over time
        h, _ = self.rnn(e)  # (batch, time, n_hidden)
        return self.out(h), ()  # (batch, time, n_symbols)
        ### END SOLUTION


# %% mend tags=["tensorflow"]
class Mended(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embedding = keras.layers.Embedding(n_symbols, 16, normal)
        self.rnn = keras.layers.LSTM(n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_symbols)
        ### END SOLUTION

    def call(self, x, state=None, training=False):
        ### BEGIN SOLUTION
        e = self.embedding(x)  # (batch, time, 16): no mean over time
        h = self.rnn(e)  # (batch, time, n_hidden)
        return self.out(h), ()  # (batch, time, n_symbols)
        ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 4}
checks.mend(Mended, ur=ur, learn=learn, say=say)

# %% about-states [markdown]
# ## Exercise 6: residual connections
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# Here is one layer of one direction, so that you need not write it again.


# %% states
def states(x, w_x, w_h, b):
    h, found = np.zeros((len(x), len(w_h))), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        found.append(h)
    return np.stack(found, axis=1)  # (batch, time, n_hidden)


# %% about-residual [markdown]
# `layers` is a list of weights `(w_x, w_h, b)`, the bottom first. Return the output of
# the stack in which every layer's **own input** is added to its output, where the two
# have the same width; elsewhere nothing is added.


# %% residual
def residual(x, layers):
    ### BEGIN SOLUTION
    h = x
    for w_x, w_h, b in layers:
        new = states(h, w_x, w_h, b)  # (batch, time, n_hidden)
        h = h + new if h.shape == new.shape else new
    return h
    ### END SOLUTION


# %% check-residual nbgrader={"grade": true, "points": 3}
checks.residual(residual)

# %% further [markdown]
# ## If you want to go on
#
# Take the surnames of the lesson and stacks of 1, 2, 4 and 8 layers, with and without
# residual connections, three seeds each. Draw the accuracy on the test names against
# the depth, with the spread. Guess before you run: where does depth begin to hurt?
