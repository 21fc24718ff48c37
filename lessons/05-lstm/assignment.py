# %% title [markdown]
# # The LSTM: assignment
#
# Seven exercises, from one line to a small experiment. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong. The gates lie side by side in the order i, f, g, o unless something else is
# said.

# %% imports
import numpy as np

from unrolled import batches, check, metrics

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf


# %% checks
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


checks = check.unit("05-lstm")

# %% about-step [markdown]
# ## Exercise 1: one step
#
# *Difficulty 2 of 5, 10 minutes, 3 points.*
#
# Return the next `h` and `c`, each `(batch, n_hidden)`. `w_x` is `(n_in, 4 n_hidden)`,
# `w_h` `(n_hidden, 4 n_hidden)`, `b` `(4 n_hidden,)`.
#
# *Beware:* three of the four are gates. And which state does the output gate make?


# %% step
def step(x, h, c, w_x, w_h, b):
    ### BEGIN SOLUTION
    a = x @ w_x + h @ w_h + b  # (batch, 4 n_hidden)
    i, f, g, o = np.split(a, 4, axis=-1)  # each (batch, n_hidden)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
    ### END SOLUTION


# %% check-step nbgrader={"grade": true, "points": 3}
checks.step(step)

# %% about-count [markdown]
# ## Exercise 2: count the parameters
#
# *Difficulty 1 of 5, 5 minutes, 1 point.*
#
# How many parameters does one LSTM layer have? It has `n_biases` biases for each
# pre-activation: 1 in Keras, 2 in PyTorch. One line is enough.


# %% count
def count(n_in, n_hidden, n_biases):
    ### BEGIN SOLUTION
    return 4 * n_hidden * (n_in + n_hidden + n_biases)
    ### END SOLUTION


# %% check-count nbgrader={"grade": true, "points": 1}
checks.count(count)

# %% about-forward [markdown]
# ## Exercise 3: backwards through one step
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# This computes everything that the step knows, so that you need not. `old_c` is the
# cell state before the step, `new_c` the one after it.


# %% forward
def forward(x, h, old_c, w_x, w_h, b):
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    return i, f, g, o, f * old_c + i * g  # each (batch, n_hidden)


# %% about-backward [markdown]
# `d_h` and `d_c` are the loss' gradients for the step's *new* h and c, each
# `(batch, n_hidden)`. Return six gradients, for `x, h, c, w_x, w_h, b`, each in the
# shape of its argument.
#
# *Beware:* the new c has two ways to the loss. The gradients of the weights are summed
# over the batch.


# %% backward
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    ### BEGIN SOLUTION
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 - shown**2)  # all that reaches the new c
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c * f * (1 - f),
            d_c * i * (1 - g**2),
            d_h * shown * o * (1 - o),
        ],
        axis=-1,
    )  # (batch, 4 n_hidden)
    return d_a @ w_x.T, d_a @ w_h.T, d_c * f, x.T @ d_a, h.T @ d_a, d_a.sum(axis=0)
    ### END SOLUTION


# %% check-backward nbgrader={"grade": true, "points": 4}
checks.backward(backward)

# %% about-through-time [markdown]
# ## Exercise 4: backwards through a whole sequence
#
# *Difficulty 5 of 5, 35 minutes, 4 points.*
#
# The forward pass is here again, over all steps, from states of zeros. It returns what
# each step started from, `h` and `c`, the four of each step, and the `new_c` it made.


# %% forward-time
def forward_time(x, w_x, w_h, b):
    h = c = np.zeros((len(x), len(w_h)))
    steps = []
    for t in range(x.shape[1]):
        i, f, g, o, new_c = forward(x[:, t], h, c, w_x, w_h, b)
        steps.append((h, c, i, f, g, o, new_c))
        h, c = o * np.tanh(new_c), new_c
    return [np.stack(parts, axis=1) for parts in zip(*steps, strict=True)]


# %% about-backward-time [markdown]
# `d_h`, `(batch, time, n_hidden)`, is the loss' own gradient for the h of every step.
# Return the gradients for `x, w_x, w_h, b`, each in the shape of its argument.
#
# *Beware:* from the step after, two gradients arrive at a step, one for its h and one
# for its c. And every step uses the same weights.


# %% backward-time
def backward_time(d_h, x, w_x, w_h, b):
    # Each (batch, time, n_hidden); h and c are those before the step.
    h, c, i, f, g, o, new_c = forward_time(x, w_x, w_h, b)
    ### BEGIN SOLUTION
    d_a = np.empty((*x.shape[:2], len(b)))  # (batch, time, 4 n_hidden)
    next_h = next_c = np.zeros_like(c[:, 0])  # nothing comes from behind the end
    for t in reversed(range(x.shape[1])):
        shown = np.tanh(new_c[:, t])
        d_h_t = d_h[:, t] + next_h  # all that reaches h of step t
        d_c = next_c + d_h_t * o[:, t] * (1 - shown**2)  # and its c
        parts = [
            d_c * g[:, t] * i[:, t] * (1 - i[:, t]),
            d_c * c[:, t] * f[:, t] * (1 - f[:, t]),
            d_c * i[:, t] * (1 - g[:, t] ** 2),
            d_h_t * shown * o[:, t] * (1 - o[:, t]),
        ]
        d_a[:, t] = np.concatenate(parts, axis=-1)
        next_h, next_c = d_a[:, t] @ w_h.T, d_c * f[:, t]
    d_w_x = np.einsum("bti,btj->ij", x, d_a)  # summed over batch and time
    d_w_h = np.einsum("bti,btj->ij", h, d_a)
    return d_a @ w_x.T, d_w_x, d_w_h, d_a.sum(axis=(0, 1))
    ### END SOLUTION


# %% check-backward-time nbgrader={"grade": true, "points": 4}
checks.backward_time(backward_time)

# %% about-new-layer [markdown]
# ## Exercise 5: weights from another library
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# First a look at the layer. It has been used before: all its parameters are 0.5, also
# the ones that are easily overlooked.


# %% new-layer tags=["pytorch"]
def new_layer(n_in, n_hidden):
    layer = nn.LSTM(n_in, n_hidden, batch_first=True)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 0.5)
    return layer


for name, parameter in new_layer(2, 3).named_parameters():
    print(name, tuple(parameter.shape))


# %% new-layer tags=["tensorflow"]
def new_layer(n_in, n_hidden):
    layer = keras.layers.LSTM(n_hidden, return_sequences=True)
    layer.build((None, None, n_in))
    layer.set_weights([np.full(w.shape, 0.5) for w in layer.get_weights()])
    return layer


for weight in new_layer(2, 3).weights:
    print(weight.name, tuple(weight.shape))

# %% about-convert [markdown]
# A file holds an LSTM as ONNX orders it: the four blocks are **i, o, f, g**, below one
# another. `w` is `(4 n_hidden, n_in)`, `r` `(4 n_hidden, n_hidden)`, `b`
# `(4 n_hidden,)`. Write `load`, which copies them into a layer in place, and `save`,
# which returns `w, r, b` of any layer.
#
# *Beware:* your framework's order, its convention, and the number of its biases.


# %% convert tags=["pytorch"]
def load(layer, w, r, b):
    ### BEGIN SOLUTION
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()  # the two biases are added
    ### END SOLUTION


def save(layer):
    ### BEGIN SOLUTION
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), to_file(b)
    ### END SOLUTION


# %% convert tags=["tensorflow"]
def load(layer, w, r, b):
    ### BEGIN SOLUTION
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return np.concatenate([i, f, g, o]).T  # Keras keeps the row convention

    layer.set_weights([to_ours(w), to_ours(r), to_ours(b)])
    ### END SOLUTION


def save(layer):
    ### BEGIN SOLUTION
    def to_file(a):
        i, f, g, o = np.split(a.T, 4)
        return np.concatenate([i, o, f, g])

    return tuple(map(to_file, layer.get_weights()))
    ### END SOLUTION


# %% check-convert nbgrader={"grade": true, "points": 3}
checks.convert(load, save=save, ur=ur, new_layer=new_layer)

# %% about-patient [markdown]
# ## Exercise 6: bug clinic
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# A cell that joins input and state, so that `w` holds `w_x` above `w_h`:
# `(n_in + n_hidden, 4 n_hidden)`. It should return the next h and c. Read it, then look
# at its symptom.


# %% patient
def patient(x, h, c, w, b):
    both = np.stack([x, h], axis=1)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    c = sigmoid(o) * np.tanh(c)
    return c, c


# %% symptoms
rng = np.random.default_rng(0)
x, h, c = rng.normal(size=(3, 4, 2))  # (batch, n_in) and twice (batch, n_hidden)
w, b = rng.normal(size=(2 + 2, 4 * 2)), np.zeros(4 * 2)
try:
    patient(x, h, c, w, b)
except ValueError as error:
    print(error)
print("stacked:", np.stack([x, h], axis=1).shape, " w:", w.shape)

# %% about-mend [markdown]
# Two bugs. The first is loud; a printed book once had it. The second is silent: with
# the forget gate wide open the memory still shrinks. Write `mend`, the same function
# without them.
#
# *Beware:* n_in and n_hidden need not be equal.


# %% mend
def mend(x, h, c, w, b):
    ### BEGIN SOLUTION
    both = np.concatenate([x, h], axis=-1)  # (batch, n_in + n_hidden)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)  # the output gate makes h; c stays
    return h, c
    ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 3}
checks.mend(mend)

# %% about-recall [markdown]
# ## Exercise 7: a memory of the right length
#
# *Difficulty 3 of 5, 20 minutes, 4 points.*
#
# The recall task of the lesson, 40 symbols long. `learn` trains a layer on it, 100
# updates, and returns the accuracy on new sequences. The check uses it.


# %% recall tags=["pytorch"]
class Recall(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.lstm, self.out = layer, nn.Linear(layer.hidden_size, 4)

    def forward(self, x, state=None):
        h, state = self.lstm(x, state)  # (batch, time, n_hidden)
        return self.out(h[:, -1]), state  # (batch, n_out)


# %% recall tags=["tensorflow"]
class Recall(keras.Model):
    def __init__(self, layer):
        super().__init__()
        self.lstm, self.out = layer, keras.layers.Dense(4)

    def call(self, x, state=None, training=False):
        h = self.lstm(x)  # (batch, time, n_hidden)
        return self.out(h[:, -1]), ()  # (batch, n_out)


# %% learn
def recall(n, n_steps, rng):
    x = rng.integers(4, 8, (n, n_steps))  # distractors
    x[:, 0] = rng.integers(0, 4, n)  # the symbol to remember
    return batches.one_hot(x, 8), x[:, 0]  # (batch, time, 8), (batch,)


def learn(layer):
    rng = np.random.default_rng(1)
    ur.seed(1)
    model = Recall(layer)
    many = [recall(64, 40, rng) for _ in range(100)]
    ur.fit(model, many, lr=0.002, schedule="constant", progress=False)
    x, y = recall(500, 40, rng)
    return metrics.accuracy(ur.array(model(ur.tensor(x))[0]).argmax(-1), y)


# %% about-remember [markdown]
# `remember(layer, steps)` sets the layer's forget bias, in place, so that half of what
# the cell holds is left after `steps` steps (if the bias alone decides). Change nothing
# else in the layer, whatever it held. The check calls `remember(layer, 100)`, trains
# the layer with `learn`, and asks for an accuracy of 0.9; chance is 0.25.
#
# *Beware:* in PyTorch the forget gate has two biases.


# %% remember tags=["pytorch"]
def remember(layer, steps):
    ### BEGIN SOLUTION
    n, f = layer.hidden_size, 0.5 ** (1 / steps)  # f**steps is one half
    with torch.no_grad():
        layer.bias_ih_l0[n : 2 * n] = np.log(f / (1 - f))  # sigmoid of it is f
        layer.bias_hh_l0[n : 2 * n] = 0
    ### END SOLUTION


# %% remember tags=["tensorflow"]
def remember(layer, steps):
    ### BEGIN SOLUTION
    n, f = layer.units, 0.5 ** (1 / steps)  # f**steps is one half
    w_x, w_h, b = layer.get_weights()
    b[n : 2 * n] = np.log(f / (1 - f))  # sigmoid of it is f
    layer.set_weights([w_x, w_h, b])
    ### END SOLUTION


# %% check-remember nbgrader={"grade": true, "points": 4}
checks.remember(remember, ur=ur, new_layer=new_layer, learn=learn)

# %% further [markdown]
# ## If you want to go on
#
# How short may the memory be for a distance of 40? Try `remember` with 2, 5, 10, 20 and
# 1000 steps before `learn`, three seeds each, and draw the accuracy against the bias.
# Guess before you run: is longer always better?
