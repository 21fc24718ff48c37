# %% title [markdown]
# # Backpropagation through time: assignment
#
# Seven exercises, from one line to a training loop's heart. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong. Code uses the row convention: `x @ w_x + h @ w_h + b`.

# %% imports
import numpy as np

from unrolled import cells, check

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("03-backpropagation-through-time")

# %% about-slope [markdown]
# ## Exercise 1: the slope of tanh
#
# *Difficulty 1 of 5, 5 minutes, 1 point.*
#
# `h` is what tanh gave, not what went in. Return the slope of tanh there, in the shape
# of `h`. One line is enough, without calling tanh again.


# %% slope
def slope(h):
    ### BEGIN SOLUTION
    return 1 - h**2
    ### END SOLUTION


# %% check-slope nbgrader={"grade": true, "points": 1}
checks.slope(slope)

# %% about-numeric [markdown]
# ## Exercise 2: a gradient without a derivation
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# `loss(w)` takes an array and returns one number. Return the gradient for every number
# of `w` by central differences: nudge it up and down by `epsilon`, all others left
# alone. You will need this tool to trust the next exercises.
#
# *Beware:* `w` must be as it was when you return. If you nudge it in place, put the
# kept number back: adding and taking away again leaves a rounding error.


# %% numeric
def numeric(loss, w, epsilon):
    ### BEGIN SOLUTION
    gradient = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += epsilon
        down[i] -= epsilon
        gradient[i] = (loss(up) - loss(down)) / (2 * epsilon)
    return gradient
    ### END SOLUTION


# %% check-numeric nbgrader={"grade": true, "points": 2}
checks.numeric(numeric)

# %% about-back [markdown]
# ## Exercise 3: one step back
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# Forward, the step was `h = tanh(x @ w_x + h_before @ w_h + b)`. Given `d_h`, the
# gradient for `h`, return five gradients: for `x`, `h_before`, `w_x`, `w_h` and `b`,
# each in the shape of its argument. The README derives them, in columns.
#
# *Beware:* `w_h` is square, so a wrong transpose fits.


# %% back
def back(d_h, x, h_before, h, w_x, w_h):
    ### BEGIN SOLUTION
    d_a = d_h * slope(h)  # (batch, n_hidden)
    d_x = d_a @ w_x.T  # (batch, n_in)
    d_before = d_a @ w_h.T  # (batch, n_hidden)
    d_w_x = x.T @ d_a  # (n_in, n_hidden)
    d_w_h = h_before.T @ d_a  # (n_hidden, n_hidden)
    d_b = d_a.sum(axis=0)  # (n_hidden,)
    return d_x, d_before, d_w_x, d_w_h, d_b
    ### END SOLUTION


# %% check-back nbgrader={"grade": true, "points": 3}
checks.back(back)

# %% about-through [markdown]
# ## Exercise 4: all the way back
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# `h` `(batch, time, n_hidden)` holds every state, `start` the one before them; `d_h`,
# in the shape of `h`, is the loss' own gradient for each state. Call your `back` once
# for each step and return five gradients: for `x`, `start`, `w_x`, `w_h` and `b`. The
# check nudges every argument: the relative error must stay below 1e-7.
#
# *Beware:* two things are added up, and before step 0 comes `start`, not `h[:, -1]`.


# %% through
def through(d_h, x, start, h, w_x, w_h):
    ### BEGIN SOLUTION
    d_x = np.zeros_like(x)  # (batch, time, n_in)
    d_w_x, d_w_h, d_b = 0, 0, 0
    later = np.zeros_like(start)  # (batch, n_hidden): nothing comes after the end
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d_x[:, t], later, one_x, one_h, one_b = back(
            d_h[:, t] + later, x[:, t], before, h[:, t], w_x, w_h
        )
        d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b
    return d_x, later, d_w_x, d_w_h, d_b
    ### END SOLUTION


# %% check-through nbgrader={"grade": true, "points": 3}
checks.through(through)

# %% about-character [markdown]
# ## Exercise 5: a character model, all of it
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# The states come from `cells.rnn`, the logits are `h @ w_y + b_y`, and the loss is the
# mean cross-entropy over all letters, in nats. `targets` `(batch, time)` holds the
# right letters as integers. Return five gradients: for `w_x`, `w_h`, `b`, `w_y` and
# `b_y`. Your `through` does the way back in time; the check nudges every parameter.
#
# *Beware:* with large logits, `np.exp` overflows.


# %% character
def character(x, targets, start, w_x, w_h, b, w_y, b_y):
    ### BEGIN SOLUTION
    h = cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start).h
    logits = h @ w_y + b_y  # (batch, time, n_out)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    d_y = (p - np.eye(len(b_y))[targets]) / targets.size  # (batch, time, n_out)
    d_w_y = np.einsum("bth,bto->ho", h, d_y)
    d_b_y = d_y.sum(axis=(0, 1))
    d_h = d_y @ w_y.T  # (batch, time, n_hidden)
    _, _, d_w_x, d_w_h, d_b = through(d_h, x, start, h, w_x, w_h)
    return d_w_x, d_w_h, d_b, d_w_y, d_b_y
    ### END SOLUTION


# %% check-character nbgrader={"grade": true, "points": 4}
checks.character(character)

# %% about-prepare [markdown]
# ## Exercise 6: a long sequence in pieces
#
# *Difficulty 4 of 5, 20 minutes, 4 points.*
#
# Now the framework differentiates, and you cut. These two are given: the loss, and a
# layer in float64 with weights of ours.


# %% prepare tags=["pytorch"]
def half_squared(states, y):
    return 0.5 * ((states - y) ** 2).sum()


def prepare(weights, x, y):
    layer = nn.RNN(*weights.w_x.shape, batch_first=True, dtype=torch.float64)
    ur.load_rnn(layer, weights)
    return layer, torch.tensor(x), torch.tensor(y)


layer, x, y = prepare(
    cells.rnn_weights(2, 3, np.random.default_rng(0)),
    x=np.zeros((1, 5, 2)),  # (batch, time, n_in)
    y=np.ones((1, 5, 3)),  # (batch, time, n_hidden)
)
states, last = layer(x)
print(tuple(states.shape), tuple(last.shape), half_squared(states, y).item())


# %% prepare tags=["tensorflow"]
def half_squared(states, y):
    return 0.5 * tf.reduce_sum((states - y) ** 2)


def prepare(weights, x, y):
    n_in, n_hidden = weights.w_x.shape
    layer = keras.layers.SimpleRNN(n_hidden, return_sequences=True, dtype="float64")
    layer.build((None, None, n_in))
    ur.load_rnn(layer, weights)
    return layer, tf.constant(x), tf.constant(y)


layer, x, y = prepare(
    cells.rnn_weights(2, 3, np.random.default_rng(0)),
    x=np.zeros((1, 5, 2)),  # (batch, time, n_in)
    y=np.ones((1, 5, 3)),  # (batch, time, n_hidden)
)
states = layer(x)
print(tuple(states.shape), float(half_squared(states, y)))

# %% about-pieces [markdown]
# Read `x` in pieces of `k` steps (the last may be shorter). Hand the state on; let no
# gradient cross a border. Differentiate each piece before you read the next, so that
# only one piece is ever kept. Return the loss of the whole sequence, and a list of its
# cut gradients, one for each weight in the layer's own order (three in Keras; four in
# PyTorch, two of them biases).
#
# *Beware:* called twice, it must return the same.


# %% pieces tags=["pytorch"]
def pieces(layer, x, y, k):
    ### BEGIN SOLUTION
    total, h = 0.0, None
    layer.zero_grad()
    for t in range(0, x.shape[1], k):
        states, h = layer(x[:, t : t + k], h)  # (batch, k, n_hidden)
        loss = half_squared(states, y[:, t : t + k])
        loss.backward()  # adds to each weight's .grad
        total += loss.item()
        h = h.detach()
    return total, [weight.grad for weight in layer.parameters()]
    ### END SOLUTION


# %% pieces tags=["tensorflow"]
def pieces(layer, x, y, k):
    ### BEGIN SOLUTION
    total, h = 0.0, None
    weights = layer.trainable_variables
    gradients = [tf.zeros_like(weight) for weight in weights]
    for t in range(0, x.shape[1], k):
        with tf.GradientTape() as tape:  # a new tape does not know the last piece
            states = layer(x[:, t : t + k], initial_state=h)  # (batch, k, n_hidden)
            loss = half_squared(states, y[:, t : t + k])
        new = tape.gradient(loss, weights)
        gradients = [g + one for g, one in zip(gradients, new, strict=True)]
        total += float(loss)
        h = states[:, -1]
    return total, gradients
    ### END SOLUTION


# %% check-pieces nbgrader={"grade": true, "points": 4}
checks.pieces(pieces, prepare=prepare)

# %% about-patient [markdown]
# ## Exercise 7: bug clinic
#
# *Difficulty 4 of 5, 15 minutes, 3 points.*
#
# `patient` is a function with three bugs, to be found and repaired. It is the backward
# pass of a network whose inputs are symbols: `table[ids]` is added to `h @ w_h`, tanh
# makes the state, and `h @ w_y` is the output `y`. `h` holds one state more than there
# are steps, the initial one first. It returns the gradients of `table`, `w_h` and
# `w_y`.


# %% patient
def patient(ids, d_y, h, table, w_h, w_y):
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    for t in reversed(range(ids.shape[1])):
        d_w_y = h[:, t + 1].T @ d_y[:, t]  # (n_hidden, n_out)
        d_h = d_y[:, t] @ w_y.T  # (batch, n_hidden)
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        d_table[ids[:, t]] += d_a
        d_w_h += h[:, t].T @ d_a
    return d_table, d_w_h, d_w_y


# %% about-symptoms [markdown]
# Its errors, measured against the right gradients: with one sequence of one step there
# are none. In the two other cases there are.


# %% right
def right(ids, d_y, h, table, w_h, w_y):
    """Return the right gradients, from the course's cells: symbols as one-hot rows."""
    x = np.eye(len(table))[ids]  # (batch, time, n_symbols)
    run = cells.rnn(x, cells.RNNWeights(table, w_h, np.zeros(len(w_h))), h[:, 0])
    found = cells.rnn_backward(run, d_y @ w_y.T)
    return found.w_x, found.w_h, np.einsum("bth,bto->ho", h[:, 1:], d_y)


# %% symptoms
rng = np.random.default_rng(0)
table, w_h, w_y = (rng.normal(size=size) for size in ((5, 3), (3, 3), (3, 2)))
for ids in ([[2]], [[1], [2], [3], [2]], [[1, 2, 3, 4]]):
    ids, h = np.array(ids), [np.ones((len(ids), 3))]  # ids (batch, time)
    for t in range(ids.shape[1]):
        h.append(np.tanh(table[ids[:, t]] + h[-1] @ w_h))
    given = ids, rng.normal(size=(*ids.shape, 2)), np.stack(h, 1), table, w_h, w_y
    errors = [
        np.abs(a - b).max() for a, b in zip(patient(*given), right(*given), strict=True)
    ]
    print(ids.tolist(), "table {:.2f}, w_h {:.2f}, w_y {:.2f}".format(*errors))

# %% about-mend [markdown]
# Three sums are missing, of three kinds. Write `mend`, the same function without the
# bugs, and without calling the cells of the course.
#
# *Beware:* NumPy's `array[ids] += …` counts an index that comes twice only once.


# %% mend
def mend(ids, d_y, h, table, w_h, w_y):
    ### BEGIN SOLUTION
    d_table, d_w_h = np.zeros_like(table), np.zeros_like(w_h)
    d_w_y, later = np.zeros_like(w_y), np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y += h[:, t + 1].T @ d_y[:, t]  # (n_hidden, n_out)
        d_h = d_y[:, t] @ w_y.T + later  # (batch, n_hidden): two paths
        d_a = d_h * (1 - h[:, t + 1] ** 2)
        np.add.at(d_table, ids[:, t], d_a)  # adds for every index, repeated or not
        d_w_h += h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y
    ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 3}
checks.mend(mend)

# %% further [markdown]
# ## If you want to go on
#
# Nudge a weight by an imaginary epsilon: the imaginary part of `loss(w + 1e-20j)`,
# divided by 1e-20, is the gradient, without any difference of nearly equal numbers. Try
# it on one weight of `cells.rnn`; make `x` complex too, or the imaginary part is
# dropped. Which of the two errors of the lesson is gone, and how small is the other?
