# %% title [markdown]
# # Padding and masking: assignment
#
# Six exercises, from one line to a function that batches anything. Fill the cells that
# say `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what
# is wrong. A mask is `(batch, time)` of bools, True where a step is real.

# %% imports
import numpy as np

from unrolled import batches, check

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("08-padding-and-masking")

# %% about-last [markdown]
# ## Exercise 1: the last valid state
#
# *Difficulty 1 of 5, 10 minutes, 2 points.*
#
# `h` `(batch, time, n_hidden)` holds every state of sequences that are padded on the
# **right**. Return each one's state after its own last real step, `(batch, n_hidden)`.
#
# *Beware:* steps are counted from 0. And which two axes are indexed together?


# %% last
def last(h, mask):
    ### BEGIN SOLUTION
    steps = mask.sum(axis=1) - 1  # (batch,)
    return h[np.arange(len(h)), steps]
    ### END SOLUTION


# %% check-last nbgrader={"grade": true, "points": 2}
checks.last(last)

# %% about-mean [markdown]
# ## Exercise 2: the mean of what is real, and its gradient
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# Return the mean of `h` over each sequence's real steps, `(batch, n_hidden)`, and the
# loss' gradient for `h`, `(batch, time, n_hidden)`, when its gradient for the mean is
# `d_mean` `(batch, n_hidden)`. Padding may stand anywhere, and hold any finite number;
# each sequence has a real step.
#
# *Beware:* what is the count that divides? And how much does a pad get?


# %% mean
def mean(h, mask, d_mean):
    ### BEGIN SOLUTION
    count = mask.sum(axis=1, keepdims=True)  # (batch, 1)
    real = mask[..., None]  # (batch, time, 1)
    d_h = real * (d_mean / count)[:, None]  # (batch, time, n_hidden)
    return (h * real).sum(axis=1) / count, d_h
    ### END SOLUTION


# %% check-mean nbgrader={"grade": true, "points": 3}
checks.mean(mean)

# %% about-log-softmax [markdown]
# ## Exercise 3: the loss of what is real, and its gradient
#
# *Difficulty 3 of 5, 20 minutes, 4 points.*
#
# This is given:


# %% log-softmax
def log_softmax(logits):
    """The logarithms of the probabilities, in the shape of the logits."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


# %% about-loss [markdown]
# A tagger gives `logits` `(batch, time, n_out)`; the labels are `y` `(batch, time)`, 0
# at pads, which is no label there.
# Return the mean of −log softmax(logits)[y] over **all real steps of the batch**, one
# number, and its gradient for the logits, in their shape. The gradient of one step's
# loss is its softmax, minus 1 at the label: `np.eye(n_out)[y]` has those.
#
# *Beware:* the mean of the rows' means is another number. And logits may be large.


# %% loss
def loss(logits, y, mask):
    ### BEGIN SOLUTION
    log_p = log_softmax(logits)  # (batch, time, n_out)
    label = np.eye(logits.shape[-1])[y]  # (batch, time, n_out)
    weight = mask / mask.sum()  # (batch, time), 0 at pads, together 1
    nats = -(log_p * label).sum(axis=-1)  # (batch, time)
    return (nats * weight).sum(), (np.exp(log_p) - label) * weight[..., None]
    ### END SOLUTION


# %% check-loss nbgrader={"grade": true, "points": 4}
checks.loss(loss)

# %% about-answers [markdown]
# ## Exercise 4: the same answer in any company
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# `model(x, mask)` takes a batch of integers, padded with 0 on the right, and its bool
# mask; it returns logits `(rows, n_out)`. Return the logits of **all** `sequences`,
# `(n, n_out)`, in their order. Give the model at most `batch` rows at once, in about
# n / batch calls, and little padding: sequences of about one length together.
#
# *Beware:* `batches.pad` pads. Who undoes the sorting?


# %% answers
def answers(model, sequences, batch):
    ### BEGIN SOLUTION
    order = np.argsort([len(s) for s in sequences])  # from short to long
    rows = []
    for start in range(0, len(order), batch):
        x, mask = batches.pad([sequences[i] for i in order[start : start + batch]])
        rows.append(np.asarray(model(x, mask)))
    found = np.concatenate(rows)  # (n, n_out), from short to long
    out = np.empty_like(found)
    out[order] = found  # back to the order of the sequences
    return out
    ### END SOLUTION


# %% check-answers nbgrader={"grade": true, "points": 4}
checks.answers(answers)

# %% about-patient [markdown]
# ## Exercise 5: bug clinic, the state after the pads
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# `e` `(batch, time, n_in)` is padded on the right, `mask` says what is real, and this
# should return each sequence's last state, `(batch, n_hidden)`. The patient is code
# with a bug that published lessons have. Read it, then look at its symptom.


# %% patient tags=["pytorch"]
def patient(lstm, e, mask):
    _, (h, _) = lstm(e)  # h: (layers, batch, n_hidden)
    return h[-1]


# %% patient tags=["tensorflow"]
def patient(lstm, e, mask):
    return lstm(e)  # its last state, (batch, n_hidden)


# %% new-layer tags=["pytorch"]
def new_layer(n_in, n_hidden):
    return nn.LSTM(n_in, n_hidden, batch_first=True).to(ur.device())


# %% new-layer tags=["tensorflow"]
def new_layer(n_in, n_hidden):
    return keras.layers.LSTM(n_hidden)


# %% symptoms
ur.seed(0)
lstm = new_layer(2, 3)
e, mask = batches.pad([np.ones((2, 2)), np.ones((6, 2))])
e, mask = ur.tensor(e.astype(np.float32)), ur.tensor(mask)
print("alone:      ", ur.array(patient(lstm, e[:1, :2], mask[:1, :2]))[0])
print("with a long:", ur.array(patient(lstm, e, mask))[0])

# %% about-state [markdown] tags=["pytorch"]
# Write `state`, the same function without the bug. Use `pack_padded_sequence`, or the
# index of exercise 1. The rows are in no order of length, and the pads hold anything.

# %% about-state [markdown] tags=["tensorflow"]
# Write `state`, the same function without the bug: tell the layer what is real. The
# rows are in no order of length, and the pads hold anything.


# %% state tags=["pytorch"]
def state(lstm, e, mask):
    ### BEGIN SOLUTION
    packed = nn.utils.rnn.pack_padded_sequence(
        e, mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
    )
    _, (h, _) = lstm(packed)
    return h[-1]
    ### END SOLUTION


# %% state tags=["tensorflow"]
def state(lstm, e, mask):
    ### BEGIN SOLUTION
    return lstm(e, mask=mask)
    ### END SOLUTION


# %% check-state nbgrader={"grade": true, "points": 3}
checks.state(state, ur=ur, new_layer=new_layer)

# %% about-blind [markdown]
# ## Exercise 6: bug clinic, the mask that masks nothing
#
# *Difficulty 2 of 5, 10 minutes, 3 points.*
#
# Somewhere behind this function, a step whose inputs are all 0 is taken for padding.


# %% blind
def blind(sequences, n):
    ids, _ = batches.pad(sequences)  # (batch, time)
    return batches.one_hot(ids, n)  # (batch, time, n)


# %% found tags=["pytorch"]
def found(x):
    return x.any(axis=-1).astype(int)  # 1 where a step is taken for real


# %% found tags=["tensorflow"]
def found(x):
    mask = keras.layers.Masking(mask_value=0.0).compute_mask(tf.constant(x))
    return ur.array(mask).astype(int)  # 1 where a step is taken for real


# %% blind-symptoms
print(found(blind([[2, 0, 1], [0]], 3)))

# %% about-hot [markdown]
# Two sequences, of three symbols and of one: nothing is masked. Write `hot`, the same
# function without the bug: padding on the right, and all zeros.
#
# *Beware:* 0 is a symbol too, and `n` is how many there are.


# %% hot
def hot(sequences, n):
    ### BEGIN SOLUTION
    ids, mask = batches.pad(sequences)  # (batch, time)
    return batches.one_hot(ids, n) * mask[..., None]  # (batch, time, n)
    ### END SOLUTION


# %% check-hot nbgrader={"grade": true, "points": 3}
checks.hot(hot)

# %% further [markdown]
# ## If you want to go on
#
# Does a gated recurrent unit mind the pads as much as an LSTM does? Take the lesson's
# surnames in one rectangle, without a mask, with `RNN`, `GRU` and `LSTM` layers. Guess
# before you run; then set the LSTM's forget bias to 5 (unit 05) and run again.
