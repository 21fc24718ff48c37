# %% title [markdown]
# # The gated recurrent unit: assignment
#
# Seven exercises on one cell and its dialects. Fill the cells that say `YOUR CODE
# HERE`, run them, then run the check below: it says in a sentence what is wrong.
# Vectors are rows; the order of the gates is r, z, n unless something else is said.

# %% imports
import numpy as np

from unrolled import batches, cells, check

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("06-gru")


# %% sigmoid
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# %% about-step [markdown]
# ## Exercise 1: one step, four readings
#
# *Difficulty 2 of 5, 10 minutes, 3 points.*
#
# Return the next state. `reset` is "after" (r acts on `h @ u_n + b_n`) or "before" (r
# acts on `h`, and `b_n` is simply added); `z` is "old" or "new", the state whose share
# it is. Shapes: `x` `(batch, n_in)`, `h` `(batch, n_hidden)`, `w_x`
# `(n_in, 3 * n_hidden)`, `w_h` `(n_hidden, 3 * n_hidden)`, `b` `(3 * n_hidden,)`, `b_n`
# `(n_hidden,)`.
#
# *Beware:* b's third part is never multiplied by r.


# %% step
def step(x, h, w_x, w_h, b, b_n, reset, z):
    ### BEGIN SOLUTION
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)  # each (batch, n_hidden)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)  # each (n_hidden, n_hidden)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ u_n + b_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n
    ### END SOLUTION


# %% check-step nbgrader={"grade": true, "points": 3}
checks.step(step)

# %% about-gates [markdown]
# ## Exercise 2: backwards through one step
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# This computes the gates and the candidate, so that you need not.


# %% gates
def gates(x, h, w_x, w_h, b, b_n, reset):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, z = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    inner = r * (h @ u_n + b_n) if reset == "after" else (r * h) @ u_n + b_n
    return r, z, np.tanh(x_n + inner)  # each (batch, n_hidden)


# %% about-backward [markdown]
# `d_h` `(batch, n_hidden)` is the loss' gradient for the *new* state; z weights the old
# one. Return six gradients, for `x, h, w_x, w_h, b, b_n`, each in the shape of its
# argument, for both places of r. Those of the weights are summed over the batch.
#
# *Beware:* the old state has four ways to the new one, and `u_n` meets `h` in one
# convention and `r * h` in the other.


# %% backward
def backward(d_h, x, h, w_x, w_h, b, b_n, reset):
    r, z, n = gates(x, h, w_x, w_h, b, b_n, reset)
    m = h.shape[1]
    u_rz, u_n = w_h[:, : 2 * m], w_h[:, 2 * m :]
    ### BEGIN SOLUTION
    d_n = d_h * (1 - z) * (1 - n**2)  # for the argument of the tanh
    d_z = d_h * (h - n) * z * (1 - z)  # for that of the sigmoid
    if reset == "after":  # n reads r * (h @ u_n + b_n)
        meets, d_inner = h, d_n * r
        d_r = d_n * (h @ u_n + b_n) * r * (1 - r)
        by_n = d_inner @ u_n.T
    else:  # n reads (r * h) @ u_n + b_n
        meets, d_inner = r * h, d_n
        d_r = d_n @ u_n.T * h * r * (1 - r)
        by_n = d_n @ u_n.T * r
    d_rz = np.concatenate([d_r, d_z], axis=1)
    d_a = np.concatenate([d_rz, d_n], axis=1)  # (batch, 3 * n_hidden)
    d_old = d_h * z + d_rz @ u_rz.T + by_n
    d_w_h = np.concatenate([h.T @ d_rz, meets.T @ d_inner], axis=1)
    return d_a @ w_x.T, d_old, x.T @ d_a, d_w_h, d_a.sum(axis=0), d_inner.sum(axis=0)
    ### END SOLUTION


# %% check-backward nbgrader={"grade": true, "points": 4}
checks.backward(backward)

# %% about-convert [markdown]
# ## Exercise 3: convert, or refuse
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# You get weights and the reading that they were trained for. Return
# `(w_x, w_h, b, b_n)` that compute the same states when they are read as
# `reset="after", z="old"`, or `None` where that is impossible: where some unit hears
# another through `u_n` and r acts before the product. (No two units share a gate here.)
#
# *Beware:* with `reset="before"` no bias is multiplied by r.


# %% convert
def convert(w_x, w_h, b, b_n, reset, z):
    ### BEGIN SOLUTION
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != np.diag(np.diag(u_n))):
            return None
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])  # out of the product
        b_n = np.zeros_like(b_n)
    if z == "new":
        sign = np.repeat([1.0, -1.0, 1.0], n)  # 1 - σ(a) = σ(-a)
        w_x, w_h, b = w_x * sign, w_h * sign, b * sign
    return w_x, w_h, b, b_n
    ### END SOLUTION


# %% check-convert nbgrader={"grade": true, "points": 3}
checks.convert(convert)

# %% about-new-layer [markdown]
# ## Exercise 4: from a paper into the framework
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# First a look at the layer that you will fill. It is a used one: all its numbers are
# 0.5, and what you forget to set stays 0.5.


# %% new-layer tags=["pytorch"]
def new_layer(n_in, n_hidden):
    layer = nn.GRU(n_in, n_hidden, batch_first=True)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 0.5)
    return layer


for name, parameter in new_layer(2, 3).named_parameters():
    print(name, tuple(parameter.shape))


# %% new-layer tags=["tensorflow"]
def new_layer(n_in, n_hidden):
    layer = keras.layers.GRU(n_hidden, return_sequences=True)
    layer.build((None, None, n_in))
    layer.set_weights([np.full(w.shape, 0.5) for w in layer.get_weights()])
    return layer


for weight in new_layer(2, 3).weights:
    print(weight.name, tuple(weight.shape))

# %% about-load [markdown]
# A paper prints columns, $W x$, with the update gate first. `w` `(3 * n_hidden, n_in)`,
# `u` `(3 * n_hidden, n_hidden)` and `b` `(3 * n_hidden,)` hold the rows of z, then r,
# then n. Its z weights the **new** state; its r acts **after** the product, and there
# is no bias inside. Copy all of it into the layer, in place. Every state must agree to
# 1e-6.
#
# *Beware:* order, sign of z, transposition, and a bias you do not need.


# %% load tags=["pytorch"]
def load(layer, w, u, b):
    ### BEGIN SOLUTION
    def ours(a):
        z, r, n = np.split(a, 3)
        return torch.tensor(np.concatenate([r, -z, n]))  # PyTorch: r, z, n

    with torch.no_grad():
        layer.weight_ih_l0.copy_(ours(w))
        layer.weight_hh_l0.copy_(ours(u))
        layer.bias_ih_l0.copy_(ours(b))
        layer.bias_hh_l0.zero_()  # its part of n would be multiplied by r
    ### END SOLUTION


# %% load tags=["tensorflow"]
def load(layer, w, u, b):
    ### BEGIN SOLUTION
    def ours(a):
        z, r, n = np.split(a, 3)
        return np.concatenate([-z, r, n]).T  # Keras: z, r, n, and rows

    bias = np.stack([ours(b), np.zeros_like(b)])  # the second is multiplied by r
    layer.set_weights([ours(w), ours(u), bias])
    ### END SOLUTION


# %% check-load nbgrader={"grade": true, "points": 3}
checks.load(load, ur=ur, new_layer=new_layer)

# %% about-sizes [markdown]
# ## Exercise 5: equal budgets
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# How many units can each cell have? The recurrent layer and a readout (with bias) of
# `n_out` outputs may hold `budget` parameters together, and should use as many as they
# can. Each of a cell's sets of weights has two matrices and `n_biases` biases a unit.
# Return the units of an RNN, a GRU and an LSTM; 0 where not one fits.
#
# *Beware:* the readout grows too.


# %% sizes
def sizes(n_in, n_out, n_biases, budget):
    ### BEGIN SOLUTION
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n * n_out + n_out

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return largest(1), largest(3), largest(4)
    ### END SOLUTION


# %% check-sizes nbgrader={"grade": true, "points": 2}
checks.sizes(sizes)

# %% about-gated [markdown]
# ## Exercise 6: fix a gate, and train
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Run a GRU (after, old) along `x` `(batch, time, n_in)` from a state of zeros and
# return the **last** state, with the framework's own operations. Where `r` or `z` is a
# number, it takes the place of that gate; where it is `None`, the gate is computed.
# `weights` has `w_x, w_h, b, b_n`, as above.
#
# *Beware:* 0 is a number. And what goes through NumPy has no gradient.


# %% gated tags=["pytorch"]
def gated(x, weights, r=None, z=None):
    ### BEGIN SOLUTION
    h = x.new_zeros(len(x), len(weights.w_h))
    for t in range(x.shape[1]):
        x_r, x_z, x_n = (x[:, t] @ weights.w_x + weights.b).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ weights.w_h).chunk(3, dim=1)
        r_t = torch.sigmoid(x_r + h_r) if r is None else r
        z_t = torch.sigmoid(x_z + h_z) if z is None else z
        n = torch.tanh(x_n + r_t * (h_n + weights.b_n))
        h = z_t * h + (1 - z_t) * n  # (batch, n_hidden)
    return h
    ### END SOLUTION


# %% gated tags=["tensorflow"]
def gated(x, weights, r=None, z=None):
    ### BEGIN SOLUTION
    ops = keras.ops
    h = ops.zeros((x.shape[0], weights.w_h.shape[0]))
    for t in range(x.shape[1]):
        x_r, x_z, x_n = ops.split(x[:, t] @ weights.w_x + weights.b, 3, axis=1)
        h_r, h_z, h_n = ops.split(h @ weights.w_h, 3, axis=1)
        r_t = ops.sigmoid(x_r + h_r) if r is None else r
        z_t = ops.sigmoid(x_z + h_z) if z is None else z
        n = ops.tanh(x_n + r_t * (h_n + weights.b_n))
        h = z_t * h + (1 - z_t) * n  # (batch, n_hidden)
    return h
    ### END SOLUTION


# %% about-reader [markdown]
# This model calls your function; z starts with a bias of 4. The check compares states
# and gradients, then trains it to remember one symbol of four for 12 steps: once with r
# fixed at 1, once with z fixed at 1/2. One of the two must learn it, the other must
# not. Which?


# %% reader tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, gated, n_hidden=16, r=None, z=None):
        super().__init__()
        self.gated, self.fixed, n = gated, {"r": r, "z": z}, n_hidden
        shapes = {"w_x": (8, 3 * n), "w_h": (n, 3 * n), "b": (3 * n,), "b_n": (n,)}
        for name, shape in shapes.items():
            start = torch.empty(shape).uniform_(-(n**-0.5), n**-0.5)
            setattr(self, name, nn.Parameter(start))
        nn.init.constant_(self.b[n : 2 * n], 4.0)
        self.out = nn.Linear(n, 4)

    def forward(self, x, state=None):
        return self.out(self.gated(x, self, **self.fixed)), None


# %% reader tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, gated, n_hidden=16, r=None, z=None):
        super().__init__()
        self.gated, self.fixed, n = gated, {"r": r, "z": z}, n_hidden
        shapes = {"w_x": (8, 3 * n), "w_h": (n, 3 * n), "b": (3 * n,), "b_n": (n,)}
        for name, shape in shapes.items():
            draw = keras.initializers.RandomUniform(-(n**-0.5), n**-0.5)
            setattr(self, name, self.add_weight(shape=shape, initializer=draw))
        self.b.assign(np.where(np.arange(3 * n) // n == 1, 4.0, self.b))
        self.out = keras.layers.Dense(4)

    def call(self, x, state=None, training=False):
        return self.out(self.gated(x, self, **self.fixed)), ()


# %% recall
class Recall:
    def __init__(self, rng):
        self.rng = rng

    def batch(self, size=32):
        ids = self.rng.integers(4, 8, (size, 13))  # (batch, time)
        ids[:, 0] = y = self.rng.integers(0, 4, size)  # (batch,)
        return batches.one_hot(ids, 8), y

    def __len__(self):
        return 50

    def __iter__(self):
        return (self.batch() for _ in range(50))


# %% check-gated nbgrader={"grade": true, "points": 4}
checks.gated(gated, ur=ur, Reader=Reader, Recall=Recall)

# %% about-patient [markdown]
# ## Exercise 7: bug clinic
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# `patient` takes the four arrays of `torch.nn.GRU` (r, z, n along the first axis; two
# biases) and should return the three of `keras.layers.GRU` (z, r, n along the last
# axis; the bias `(2, 3 * n_hidden)`). Every shape is right. The models that it makes
# are not.


# %% patient
def patient(w_ih, w_hh, b_ih, b_hh):
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([r, -z, n]).T  # Keras' z is the other way round

    kernel = keras_order(w_ih)  # (n_in, 3 * n_hidden)
    recurrent = keras_order(w_hh)  # (n_hidden, 3 * n_hidden)
    bias = np.stack([keras_order(b_ih + b_hh), 0 * b_hh])  # one bias is enough
    return kernel, recurrent, bias


# %% keras-step
def keras_step(x, h, kernel, recurrent, bias):
    """Return the next state as keras.layers.GRU computes it, by default."""
    x_z, x_r, x_n = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, h_n = np.split(h @ recurrent + bias[1], 3, axis=1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_n + r * h_n)


# %% symptoms
rng = np.random.default_rng(0)
w_ih, w_hh = rng.normal(0, 0.5, (9, 2)), rng.normal(0, 0.5, (9, 3))
b_ih, b_hh = rng.normal(0, 0.5, (2, 9))
x, h = rng.normal(size=(1, 2)), rng.uniform(-1, 1, (1, 3))
converted = patient(w_ih, w_hh, b_ih, b_hh)
print("Keras:  ", keras_step(x, h, *converted).round(3))
b = b_ih + np.r_[b_hh[:6], 0 * b_hh[6:]]  # r and z: only the sum counts
right = cells.GRUWeights(w_ih.T, w_hh.T, b, b_hh[6:])
print("PyTorch:", cells.gru_step(x, h, right).round(3))

# %% about-mend [markdown]
# Three bugs, each harmless to every shape. Write `mend`, the same function without
# them. Keep the two biases apart, those of r and z too: the first row holds `b_ih`, the
# second `b_hh`. What happens to `b_hh` of n inside the layer?
#
# *Beware:* two of the bugs touch z, and one hides the other.


# %% mend
def mend(w_ih, w_hh, b_ih, b_hh):
    ### BEGIN SOLUTION
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([z, r, n]).T  # both weight the old state: no sign

    bias = np.stack([keras_order(b_ih), keras_order(b_hh)])  # r multiplies the second
    return keras_order(w_ih), keras_order(w_hh), bias
    ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 3}
checks.mend(mend)

# %% further [markdown]
# ## If you want to go on
#
# A cell with r fixed at 1 needs two sets of weights, so it gets more units for the same
# budget. Add it to the race of the lesson, five seeds, and write down whether r is
# worth its third. Guess before you run.
