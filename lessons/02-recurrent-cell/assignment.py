# %% title [markdown]
# # The recurrent cell: assignment
#
# Six exercises, from one line to a small experiment. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong. Code uses the row convention: `x @ w_x + h @ w_h + b`.

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
checks = check.unit("02-recurrent-cell")

# %% about-step [markdown]
# ## Exercise 1: one step
#
# *Difficulty 1 of 5, 5 minutes, 2 points.*
#
# Return the next state, tanh of input, old state and bias together. `x` is
# `(batch, n_in)`, `h` and the result are `(batch, n_hidden)`. One line is enough.
#
# *Beware:* the recurrent matrix is square. Its transpose fits too, and is wrong.


# %% step
def step(x, h, w_x, w_h, b):
    ### BEGIN SOLUTION
    return np.tanh(x @ w_x + h @ w_h + b)  # (batch, n_hidden)
    ### END SOLUTION


# %% check-step nbgrader={"grade": true, "points": 2}
checks.step(step)

# %% about-sequence [markdown]
# ## Exercise 2: a whole sequence
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# Start from the state `h`, and return the state after each time step: your `step` makes
# one from the one before. `x` is `(batch, time, n_in)`, the result `(batch, time,
# n_hidden)`.
#
# *Beware:* the state moves along time, never from one sequence of the batch to another.


# %% sequence
def sequence(x, h, w_x, w_h, b):
    ### BEGIN SOLUTION
    states = []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)  # (batch, n_hidden)
        states.append(h)
    return np.stack(states, axis=1)  # (batch, time, n_hidden)
    ### END SOLUTION


# %% check-sequence nbgrader={"grade": true, "points": 2}
checks.sequence(sequence)

# %% about-own-count [markdown]
# ## Exercise 3: count the parameters
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# A network has an embedding of `n_symbols` symbols, a recurrent layer, and a linear
# layer with a bias that gives `n_out` logits. This is what the framework counts for 30
# symbols, emb_size 8, hid_size 16 and 5 outputs.

# %% own-count tags=["pytorch"]
net = [nn.Embedding(30, 8), nn.RNN(8, 16), nn.Linear(16, 5)]
print(sum(p.numel() for part in net for p in part.parameters()))

# %% own-count tags=["tensorflow"]
layers = keras.layers
net = [layers.Embedding(30, 8), layers.SimpleRNN(16), layers.Dense(5)]
print(keras.Sequential([keras.Input((None,)), *net]).count_params())

# %% about-count [markdown]
# Return how many parameters the network has. The recurrent layer has `n_biases` biases:
# 1 in Keras, 2 in PyTorch.
#
# *Beware:* the first and the last part of a network are learned too.


# %% count
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    ### BEGIN SOLUTION
    embedding = n_symbols * emb_size
    recurrent = emb_size * hid_size + hid_size * hid_size + n_biases * hid_size
    readout = hid_size * n_out + n_out
    return embedding + recurrent + readout
    ### END SOLUTION


# %% check-count nbgrader={"grade": true, "points": 2}
checks.count(count)
# %% about-new-layer [markdown]
# ## Exercise 4: load a cell into the framework
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# First a look at the layer that you will fill. It comes with all its parameters set to
# 0.5, so those that you forget to load will show.


# %% new-layer tags=["pytorch"]
def new_layer(n_in, n_hidden):
    layer = nn.RNN(n_in, n_hidden, batch_first=True)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 0.5)
    return layer


for name, parameter in new_layer(2, 3).named_parameters():
    print(name, tuple(parameter.shape))


# %% new-layer tags=["tensorflow"]
def new_layer(n_in, n_hidden):
    layer = keras.layers.SimpleRNN(n_hidden, return_sequences=True)
    layer.build((None, None, n_in))
    layer.set_weights([np.full(w.shape, 0.5) for w in layer.get_weights()])
    return layer


for weight in new_layer(2, 3).weights:
    print(weight.name, tuple(weight.shape))

# %% about-load [markdown]
# A paper prints its cell in the column convention, as one matrix that acts on the state
# above the input: `w` is $[W_{hh}\ \ W_{xh}]$, `(n_hidden, n_hidden + n_in)`, and `b`
# is `(n_hidden,)`. Copy it into the layer's own parameters, in place. Every number must
# agree to 1e-6.
#
# *Beware:* which convention does your framework keep, and how many biases?


# %% load tags=["pytorch"]
def load(layer, w, b):
    ### BEGIN SOLUTION
    n_hidden = len(b)
    w_hh, w_xh = w[:, :n_hidden], w[:, n_hidden:]
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w_hh))
        layer.weight_ih_l0.copy_(torch.tensor(w_xh))
        layer.bias_ih_l0.copy_(torch.tensor(b))
        layer.bias_hh_l0.zero_()  # the two biases are added
    ### END SOLUTION


# %% load tags=["tensorflow"]
def load(layer, w, b):
    ### BEGIN SOLUTION
    n_hidden = len(b)
    w_hh, w_xh = w[:, :n_hidden], w[:, n_hidden:]
    layer.set_weights([w_xh.T, w_hh.T, b])  # Keras keeps the row convention
    ### END SOLUTION


# %% check-load nbgrader={"grade": true, "points": 3}
checks.load(load, ur=ur, new_layer=new_layer)

# %% about-patient [markdown]
# ## Exercise 5: bug clinic
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# `patient` is a function with two bugs, to be found and repaired. It takes sequences
# and returns the last state, `(batch, n_hidden)`. Like much published code it joins
# input and state, so `w` holds `w_x` above `w_h`: `(n_in + n_hidden, n_hidden)`. Read
# it, then look at what it gives.

# %% patient
rng = np.random.default_rng(0)


def patient(x, w, b):
    h = rng.normal(size=(len(x), len(b)))  # (batch, n_hidden)
    for t in range(x.shape[1]):
        both = np.concatenate([x[:, t], h], axis=1)  # (batch, n_in + n_hidden)
        h = both @ w + b  # (batch, n_hidden)
    return h


# %% symptoms
w, b = rng.normal(0, 0.5, (5, 3)), np.zeros(3)
x = rng.normal(size=(1, 4, 2))  # (batch, time, n_in)
print("the same input, twice:", patient(x, w, b)[0, 0], patient(x, w, b)[0, 0])
print("an input 1000 times larger:", patient(1000 * x, w, b)[0, 0])

# %% about-mend [markdown]
# Both bugs are known from published tutorials. The first gives another answer each
# time; the second collapses the whole loop into a single linear map. Write `mend`: what
# `patient` was meant to be, the cell of exercise 1, from the initial state that this
# unit uses.
#
# *Beware:* each bug alone is easy to miss, since the network still trains with it.


# %% mend
def mend(x, w, b):
    ### BEGIN SOLUTION
    h = np.zeros((len(x), len(b)))  # (batch, n_hidden): nothing has been read
    for t in range(x.shape[1]):
        both = np.concatenate([x[:, t], h], axis=1)  # (batch, n_in + n_hidden)
        h = np.tanh(both @ w + b)  # (batch, n_hidden)
    return h
    ### END SOLUTION


# %% check-mend nbgrader={"grade": true, "points": 3}
checks.mend(mend)

# %% about-learn [markdown]
# ## Exercise 6: learn a word
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# `x` is a word without its last letter, one-hot, `(1, time, n_symbols)`; `y` the word
# without its first, integers, `(1, time)`. Both are tensors on `ur.device()`; move a
# PyTorch model there too. Write a model that returns logits `(1, time, n_symbols)`,
# train it, return it. The check gives you "hello" and two harder words, and asks for a
# loss below 0.1 nats a letter.
#
# *Beware:* the answer may depend on earlier letters, not on later ones.


# %% learn tags=["pytorch"]
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h, _ = self.rnn(x)  # (batch, time, n_hidden)
        return self.out(h)  # (batch, time, n_symbols)
        ### END SOLUTION


def learn(x, y):
    ### BEGIN SOLUTION
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(100):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
    ### END SOLUTION


# %% learn tags=["tensorflow"]
class Letters(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.rnn = keras.layers.SimpleRNN(n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_symbols)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        h = self.rnn(x)  # (batch, time, n_hidden)
        return self.out(h)  # (batch, time, n_symbols)
        ### END SOLUTION


def learn(x, y):
    ### BEGIN SOLUTION
    model = Letters(x.shape[-1], n_hidden=8)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(0.05)
    model(x)  # makes the parameters
    optimizer.build(model.trainable_variables)  # else the update is compiled twice
    model.compile(optimizer=optimizer, loss=loss)
    word = tf.data.Dataset.from_tensors((x, y)).repeat(100)  # 100 updates
    model.fit(word, verbose=0, shuffle=False)
    return model
    ### END SOLUTION


# %% check-learn nbgrader={"grade": true, "points": 4}
checks.learn(learn, ur=ur)

# %% further [markdown]
# ## If you want to go on
#
# How few hidden units do "hello" and "pepper" need? Try 1, 2, 3 and 8, five seeds each,
# and write down how often each solves the word. Guess before you run.
