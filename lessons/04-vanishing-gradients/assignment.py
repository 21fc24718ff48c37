# %% title [markdown]
# # Vanishing and exploding gradients: assignment
#
# Six exercises: predict a gradient, measure it, bound it, and train over 30 steps of
# noise. Fill the cells that say `YOUR CODE HERE`, run them, then run the check below:
# it says in a sentence what is wrong. Code uses the row convention: `x @ w_x + h @
# w_h`.

# %% imports
import numpy as np

from unrolled import check

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("04-vanishing-gradients")

# %% about-radius [markdown]
# ## Exercise 1: the spectral radius
#
# *Difficulty 1 of 5, 5 minutes, 2 points.*
#
# Return the spectral radius of a square matrix: the largest absolute value among its
# eigenvalues. `np.linalg.eigvals` gives the eigenvalues.
#
# *Beware:* they may be negative, or complex.


# %% radius
def radius(w):
    ### BEGIN SOLUTION
    return np.abs(np.linalg.eigvals(w)).max()
    ### END SOLUTION


# %% check-radius nbgrader={"grade": true, "points": 2}
checks.radius(radius)

# %% about-reach [markdown]
# ## Exercise 2: how far back?
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# In the long run each step back multiplies a gradient by about `slope` times the
# spectral radius of `w_h`; `slope` is a typical slope of the non-linearity. After how
# many whole steps is at most the share `least` (0.01, say) left? Return `np.inf` if
# that never happens.
#
# *Beware:* a product of equal factors is a power, and a logarithm undoes it.


# %% reach
def reach(w_h, slope, least):
    ### BEGIN SOLUTION
    factor = slope * radius(w_h)
    if factor >= 1:
        return np.inf
    return np.ceil(np.log(least) / np.log(factor))
    ### END SOLUTION


# %% check-reach nbgrader={"grade": true, "points": 2}
checks.reach(reach)

# %% about-back [markdown]
# ## Exercise 3: measure it
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# A tanh cell read one sequence; `h`, `(time, n_hidden)`, are its states. The loss looks
# at the last state only; its gradient there is `d_last`, `(n_hidden,)`. Return the norm
# of the loss' gradient for every state, `(time,)`, the first state first.
#
# *Beware:* the last norm is that of `d_last` itself. And which state's slope stands
# between step t and step t − 1?


# %% back
def back(h, w_h, d_last):
    ### BEGIN SOLUTION
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.linalg.norm(d))
        d = (d * (1 - state**2)) @ w_h.T  # through this state's tanh, one step back
    return np.array(norms[::-1])  # (time,)
    ### END SOLUTION


# %% check-back nbgrader={"grade": true, "points": 3}
checks.back(back)

# %% about-clip [markdown]
# ## Exercise 4: clip by norm
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# `gradient` is a list of arrays: for `w_x`, `w_h` and `b`. Return a list of the same
# shapes with the same direction, scaled so that the norm of the *whole* gradient, all
# arrays together, is at most `most`. A gradient that is small enough
# comes back as it is.
#
# Use NumPy: the framework's own clipping is withheld.
#
# *Beware:* one factor for all arrays, and a gradient may be zero.


# %% clip
def clip(gradient, most):
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    if norm <= most:
        return list(gradient)
    return [g * (most / norm) for g in gradient]
    ### END SOLUTION


# %% check-clip nbgrader={"grade": true, "points": 3}
checks.clip(clip)

# %% about-new-layer [markdown]
# ## Exercise 5: bug clinic
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# A training run diverges, although its author clips. First the layer: no bias, and
# plain gradient descent with rate 1, so that what an update moves *is* the gradient
# used.


# %% new-layer tags=["pytorch"]
def new_layer(w_x, w_h):
    layer = nn.RNN(*w_x.shape, batch_first=True, bias=False).to(ur.device())
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(w_x.T))
        layer.weight_hh_l0.copy_(torch.tensor(w_h.T))
    return layer, torch.optim.SGD(layer.parameters(), lr=1.0)


def weights_of(layer):
    return ur.array(layer.weight_ih_l0).T.copy(), ur.array(layer.weight_hh_l0).T.copy()


# %% new-layer tags=["tensorflow"]
def new_layer(w_x, w_h):
    layer = keras.layers.SimpleRNN(w_x.shape[1], return_sequences=True, use_bias=False)
    layer.build((None, None, w_x.shape[0]))
    layer.set_weights([w_x, w_h])
    return layer, keras.optimizers.SGD(1.0)


def weights_of(layer):
    return tuple(w.copy() for w in layer.get_weights())


# %% about-patient [markdown]
# The function to be repaired is `patient`. It makes one update: the loss is the squared
# distance of the last state from a target, summed; the norm of the gradient should be
# bounded by `most`. Look at its code, then at its symptoms.


# %% patient tags=["pytorch"]
def patient(layer, optimizer, x, target, most):
    h, _ = layer(x)  # (batch, time, n_hidden)
    loss = ((h[:, -1] - target) ** 2).sum()
    for parameter in layer.parameters():
        nn.utils.clip_grad_norm_(parameter, most)
    loss.backward()
    optimizer.step()
    return loss


# %% patient tags=["tensorflow"]
def patient(layer, optimizer, x, target, most):
    with tf.GradientTape() as tape:
        h = layer(x)  # (batch, time, n_hidden)
        loss = tf.reduce_sum((h[:, -1] - target) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    for g in gradients:
        g = tf.clip_by_norm(g, most)
    optimizer.apply(gradients, layer.trainable_variables)
    return loss


# %% symptoms
rng = np.random.default_rng(0)
x = rng.normal(size=(4, 6, 2)).astype(np.float32)  # (batch, time, n_in)
target = rng.uniform(-1, 1, (4, 3)).astype(np.float32)  # (batch, n_hidden)
layer, optimizer = new_layer(rng.normal(size=(2, 3)), rng.normal(size=(3, 3)))
for update in range(2):
    before = weights_of(layer)
    patient(layer, optimizer, ur.tensor(x), ur.tensor(target), most=0.5)
    moved = [a - b for a, b in zip(weights_of(layer), before, strict=True)]
    norm = np.sqrt(sum((m**2).sum() for m in moved))
    print(f"update {update + 1} moved the weights by {norm:.2f}; 0.5 is the most")

# %% about-mend [markdown] tags=["pytorch"]
# Three faults: one clips what does not exist yet, one bounds each array by itself, one
# keeps the last gradient. Write `mend`, the same update without the faults.
#
# *Beware:* the order is forget, backward, clip, step.

# %% about-mend [markdown] tags=["tensorflow"]
# Two faults: one computes something and does not use it, one bounds each array by
# itself. Write `mend`, the same update without the faults.
#
# *Beware:* `clip_by_norm` and `clip_by_global_norm` differ in more than a word.


# %% mend tags=["pytorch"]
def mend(layer, optimizer, x, target, most):
    ### BEGIN SOLUTION
    h, _ = layer(x)  # (batch, time, n_hidden)
    loss = ((h[:, -1] - target) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(layer.parameters(), most)
    optimizer.step()
    return loss
    ### END SOLUTION


# %% mend tags=["tensorflow"]
def mend(layer, optimizer, x, target, most):
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        h = layer(x)  # (batch, time, n_hidden)
        loss = tf.reduce_sum((h[:, -1] - target) ** 2)
    gradients = tape.gradient(loss, layer.trainable_variables)
    clipped, _ = tf.clip_by_global_norm(gradients, most)
    optimizer.apply(clipped, layer.trainable_variables)
    return loss
    ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 3}
checks.mend(mend, ur=ur, new_layer=new_layer, weights_of=weights_of)

# %% about-learn [markdown]
# ## Exercise 6: remember for 30 steps
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# The list `batches` holds 200 pairs on `ur.device()`, where a PyTorch model belongs:
# `x`, one-hot, `(batch, time, 8)`, and `y`, integers, `(batch,)`. The first symbol, one
# of four, is the answer; 30 of noise follow. Write a model that reads `x` of any length
# from first to last, then returns logits `(batch, 4)`. Train it, and return it. At
# least 0.9 must be right.
#
# *Beware:* a plain recurrent layer suffices, but not from every start (section 6).


# %% learn tags=["pytorch"]
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        ### BEGIN SOLUTION
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h, _ = self.rnn(x)  # (batch, time, n_hidden)
        return self.out(h[:, -1])  # (batch, n_out)
        ### END SOLUTION


def learn(batches):
    ### BEGIN SOLUTION
    model = Recall(8, n_hidden=64, n_out=4).to(batches[0][0].device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for x, y in batches:
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model
    ### END SOLUTION


# %% learn tags=["tensorflow"]
class Recall(keras.Model):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        ### BEGIN SOLUTION
        self.rnn = keras.layers.SimpleRNN(n_hidden, recurrent_initializer="orthogonal")
        self.out = keras.layers.Dense(n_out)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        return self.out(self.rnn(x))  # (batch, n_out)
        ### END SOLUTION


def learn(batches):
    ### BEGIN SOLUTION
    model = Recall(8, n_hidden=64, n_out=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.002, global_clipnorm=1.0)
    model(batches[0][0])  # makes the parameters
    optimizer.build(model.trainable_variables)  # else the update is compiled twice
    model.compile(optimizer=optimizer, loss=loss)
    x = tf.concat([x for x, _ in batches], axis=0)
    y = tf.concat([y for _, y in batches], axis=0)
    model.fit(x, y, batch_size=len(batches[0][1]), shuffle=False, verbose=0)
    return model
    ### END SOLUTION


# %% check-learn nbgrader={"grade": true, "points": 4}
checks.learn(learn, ur=ur)

# %% further [markdown]
# ## If you want to go on
#
# Double the noise until your network fails. Then mix in short sequences, as
# section 8 of the lesson does. How far do you come, and what is its gradient over the
# longest distance that it masters?
