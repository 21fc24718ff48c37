# %% title [markdown]
# # Character language models: assignment
#
# Six exercises, from two lines to a small experiment. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong.

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
checks = check.unit("11-character-language-models")

# %% about-score [markdown]
# ## Exercise 1: bits and perplexity
#
# *Difficulty 1 of 5, 5 minutes, 2 points.*
#
# `p` (n,) holds the probabilities that a model gave to the n symbols that really came.
# Return its bits per symbol and its perplexity.
#
# *Beware:* a model is judged by a mean of logarithms, not by the logarithm of a mean.


# %% score
def score(p):
    ### BEGIN SOLUTION
    bits = -np.log2(p).mean()
    return bits, 2**bits
    ### END SOLUTION


# %% check-score nbgrader={"grade": true, "points": 2}
checks.score(score)

# %% about-streams [markdown]
# ## Exercise 2: contiguous streams
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Cut `ids` (n,) into `batch` long rows, and each row into windows of `steps`. Return
# `x` and `y`, both `(n_batches, batch, steps)`: row r of batch k + 1 goes on where row
# r of batch k ended, and `y` is the symbol after each `x`. Use as many batches as have
# targets. Row r begins at `ids[r * n_batches * steps]`.
#
# *Beware:* one `reshape` alone puts neighboring windows into the same batch.


# %% streams
def streams(ids, batch, steps):
    ### BEGIN SOLUTION
    n_batches = (len(ids) - 1) // (batch * steps)  # the last x needs a target too
    used = n_batches * batch * steps

    def rows(values):
        by_row = values.reshape(batch, n_batches, steps)
        return by_row.transpose(1, 0, 2)  # (n_batches, batch, steps)

    return rows(ids[:used]), rows(ids[1 : used + 1])
    ### END SOLUTION


# %% check-streams nbgrader={"grade": true, "points": 3}
checks.streams(streams)

# %% about-cross-entropy [markdown]
# ## Exercise 3: cross-entropy from logits
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# Return the mean of −ln softmax(logits)[y], in nats: one number. `logits` is
# `(batch, time, n_symbols)`, `y` is `(batch, time)`. No logit may be too large for you.
#
# *Beware:* exp(1000) is infinite. Taking the largest logit away from all changes no
# probability.


# %% cross-entropy
def cross_entropy(logits, y):
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))  # (batch, time)
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return (log_sum - chosen).mean()
    ### END SOLUTION


# %% check-cross-entropy nbgrader={"grade": true, "points": 2}
checks.cross_entropy(cross_entropy)

# %% about-probe [markdown]
# ## Exercise 4: carry the state, cut the gradient
#
# First, the measuring device. It lets `read` run a layer over `x` and returns all
# states, and the gradient of the last state for every input.


# %% probe tags=["pytorch"]
def probe(read, x, steps, weights):
    layer = nn.RNN(*weights.w_x.shape, batch_first=True).to(ur.device())
    ur.load_rnn(layer, weights)
    x = ur.tensor(x).requires_grad_(True)  # (batch, time, n_in)
    h = read(layer, x, steps)  # (batch, time, n_hidden)
    if h.requires_grad:
        h[:, -1].sum().backward()
    slope = torch.zeros_like(x) if x.grad is None else x.grad
    return ur.array(h), ur.array(slope)


# %% probe tags=["tensorflow"]
def probe(read, x, steps, weights):
    layer = keras.layers.SimpleRNN(len(weights.b), return_sequences=True)
    ur.load_rnn(layer, weights)
    x = tf.Variable(x)  # (batch, time, n_in)
    with tf.GradientTape() as tape:
        h = read(layer, x, steps)  # (batch, time, n_hidden)
        loss = tf.reduce_sum(h[:, -1])
    slope = tape.gradient(loss, x, unconnected_gradients="zero")
    return ur.array(h), ur.array(slope)


# %% about-read [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Complete the loop. Each window starts from the state in which the last one ended, so
# the states are those of one long run. But no gradient may pass from one window into
# the one before.
#
# *Beware:* forgetting either half raises no error.


# %% read tags=["pytorch"]
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]  # (batch, steps, n_in)
        ### BEGIN SOLUTION
        out, h = layer(window, h)  # out: (batch, steps, n_hidden)
        h = h.detach()
        ### END SOLUTION
        states.append(out)
    return torch.cat(states, dim=1)  # (batch, time, n_hidden)


# %% read tags=["tensorflow"]
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]  # (batch, steps, n_in)
        ### BEGIN SOLUTION
        out = layer(window, initial_state=h)  # (batch, steps, n_hidden)
        h = tf.stop_gradient(out[:, -1])
        ### END SOLUTION
        states.append(out)
    return tf.concat(states, axis=1)  # (batch, time, n_hidden)


# %% check-read nbgrader={"grade": true, "points": 3}
checks.read(read, probe=probe)

# %% about-published [markdown]
# ## Exercise 5: bug clinic, the partial validation
#
# Below is a published validation, in our words. `nats(x, y, state)` scores the symbols
# `y` after `x` and returns their nats, one by one, and its next state. The function
# runs, and its number has been compared with other people's. Find three faults.


# %% published
def published(nats, ids, steps):
    ids, means = ids[:12_000], []
    for start in range(0, len(ids) - steps, steps):
        x = ids[start : start + steps]  # (steps,)
        y = ids[start + 1 : start + steps + 1]  # (steps,)
        each, _ = nats(x, y, None)
        means.append(each.mean())
    return np.mean(means)


# %% about-validate [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Write it right: every symbol after the first is predicted exactly once, in windows of
# `steps` (the last may be shorter), from the state in which the window before ended.
# Return the mean over all predicted symbols. Start with `state = None`.
#
# *Beware:* a mean of means counts a short window as much as a long one.


# %% validate
def validate(nats, ids, steps):
    ### BEGIN SOLUTION
    total, state = 0.0, None
    for start in range(0, len(ids) - 1, steps):
        stop = min(start + steps, len(ids) - 1)
        each, state = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        total += each.sum()
    return total / (len(ids) - 1)
    ### END SOLUTION


# %% check-validate nbgrader={"grade": true, "points": 3}
checks.validate(validate)

# %% about-char-lm [markdown] tags=["pytorch"]
# ## Exercise 6: a language model that beats counting pairs
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write the model: embedding, LSTM of `n_hidden` units, logits. It maps `x`
# `(batch, time)` and a state to logits `(batch, time, n_symbols)` and the next state.
# The check looks for leaks, then trains for 300 updates; it must be 0.1 nats
# better than a 2-gram on new text.
#
# *Beware:* a model that sees the symbol it has to predict gets a wonderful loss.

# %% about-char-lm [markdown] tags=["tensorflow"]
# ## Exercise 6: a language model that beats counting pairs
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write the model: embedding, LSTM of `n_hidden` units, logits. It maps `x`
# `(batch, time)` and a state to logits `(batch, time, n_symbols)` and the next state.
# The check looks for leaks, then trains for 300 updates; it must be 0.1 nats
# better than a 2-gram on new text.
#
# *Beware:* seeing the symbol to predict makes a wonderful loss.
# Start the embedding as the lesson does, not with Keras' small numbers.


# %% char-lm tags=["pytorch"]
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)
        ### END SOLUTION

    def forward(self, x, state=None):
        ### BEGIN SOLUTION
        h, state = self.lstm(self.embed(x), state)  # (batch, time, n_hidden)
        return self.out(h), state  # (batch, time, n_symbols)
        ### END SOLUTION


# %% char-lm tags=["tensorflow"]
class CharLM(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embed = keras.layers.Embedding(n_symbols, 32, normal)
        self.lstm = keras.layers.LSTM(
            n_hidden, return_sequences=True, return_state=True
        )
        self.out = keras.layers.Dense(n_symbols)
        ### END SOLUTION

    def call(self, x, state=None, training=False):
        ### BEGIN SOLUTION
        h, *state = self.lstm(self.embed(x), initial_state=state)
        return self.out(h), state  # (batch, time, n_symbols)
        ### END SOLUTION


# %% check-char-lm nbgrader={"grade": true, "points": 4}
checks.char_lm(CharLM, ur=ur)
