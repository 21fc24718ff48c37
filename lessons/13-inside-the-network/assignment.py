# %% title [markdown]
# # Inside the network: assignment
#
# Six exercises, from one number to a map of a prediction. Fill the cells that say
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
checks = check.unit("13-inside-the-network")

# %% about-auc [markdown]
# ## Exercise 1: how well one unit tells two kinds of places apart
#
# *Difficulty 2 of 5, 10 minutes, 2 points.*
#
# `values` (n,) is what a unit shows at n places, `labels` (n,) is True at some of them.
# Return the AUC: of all pairs of one True and one False place, the share in which the
# True place has the larger value. A pair of equal values counts one half.
#
# *Beware:* a unit that is small at every True place has the AUC 0, not 1.


# %% auc
def auc(values, labels):
    ### BEGIN SOLUTION
    ours, others = values[labels], values[~labels]
    above = ours[:, None] > others  # (n_true, n_false), every pair
    equal = ours[:, None] == others
    return (above + 0.5 * equal).mean()
    ### END SOLUTION


# %% check-auc nbgrader={"grade": true, "points": 2}
checks.auc(auc)

# %% about-null [markdown]
# ## Exercise 2: how good the best unit is when there is nothing to find
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# `ranks` (n, n_hidden) holds each unit's ranks, 1 to n, down its column. For each of
# `shifts`, roll `labels` (n,) by that many places, compute every unit's AUC from its
# ranks, then its strength max(AUC, 1 − AUC), and keep that of the best unit. Return one
# number for each shift.
#
# *Beware:* the best unit is chosen anew for each shift.


# %% null
def null(ranks, labels, shifts):
    ### BEGIN SOLUTION
    n_true, best = labels.sum(), []
    n_pairs = n_true * (len(labels) - n_true)
    for shift in shifts:
        rolled = np.roll(labels, shift)
        wins = ranks[rolled].sum(axis=0) - n_true * (n_true + 1) / 2  # (n_hidden,)
        areas = wins / n_pairs
        best.append(np.maximum(areas, 1 - areas).max())
    return np.array(best)
    ### END SOLUTION


# %% check-null nbgrader={"grade": true, "points": 3}
checks.null(null)

# %% about-published [markdown]
# ## Exercise 3: bug clinic, the hunt for a unit
#
# Below is how units are often found, in our words. `areas_a` and `areas_b` (n_hidden,)
# are the AUCs of all units on one text and on another. The function runs, and its
# number looks good, for a network of noise as well. Find two faults.


# %% published
def published(areas_a, areas_b):
    strengths = np.maximum(areas_b, 1 - areas_b)
    unit = strengths.argmax()
    return unit, strengths[unit]


# %% about-hunt [markdown]
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# Write it right. Choose the unit, and whether its sign is turned, on the first text
# alone. Return the unit's number and its AUC on the second text, with the sign of the
# first: 1 − AUC if the unit was turned.
#
# *Beware:* a unit that was only lucky may come out below 0.5. That is the answer, then.


# %% hunt
def hunt(areas_a, areas_b):
    ### BEGIN SOLUTION
    unit = np.maximum(areas_a, 1 - areas_a).argmax()
    turned = areas_a[unit] < 0.5
    return unit, 1 - areas_b[unit] if turned else areas_b[unit]
    ### END SOLUTION


# %% check-hunt nbgrader={"grade": true, "points": 2}
checks.hunt(hunt)

# %% about-workbench [markdown]
# ## Exercise 4: switch one unit off
#
# First, a workbench: it builds an LSTM and a readout from NumPy weights, lets `ablate`
# change them, and returns what they hold then.


# %% workbench tags=["pytorch"]
def workbench(ablate, weights, w_out, b_out, unit, mean):
    lstm = nn.LSTM(*weights.w_x[:, ::4].shape, batch_first=True)
    out = nn.Linear(*w_out.shape)
    ur.load_lstm(lstm, weights)
    with torch.no_grad():
        out.weight.copy_(torch.as_tensor(w_out.T))
        out.bias.copy_(torch.as_tensor(b_out))
        ablate(lstm, out, unit, mean)
    return ur.dump(lstm), ur.array(out.weight).T, ur.array(out.bias)


# %% workbench tags=["tensorflow"]
def workbench(ablate, weights, w_out, b_out, unit, mean):
    lstm, out = keras.layers.LSTM(len(weights.w_h)), keras.layers.Dense(len(b_out))
    ur.load_lstm(lstm, weights)
    out.build((None, len(w_out)))
    out.set_weights([w_out, b_out])
    ablate(lstm, out, unit, mean)
    return ur.dump(lstm), ur.array(out.kernel), ur.array(out.bias)


# %% about-ablate [markdown] tags=["pytorch"]
# *Difficulty 4 of 5, 25 minutes, 3 points.*
#
# Change the weights of `lstm` and `out` in place so that everybody who looks at h of
# unit `unit` sees the constant `mean` instead. `lstm.weight_hh_l0` is (4 n_hidden,
# n_hidden), `out.weight` (n_out, n_hidden): column `unit` is what others make of it.
# There are no gradients to think of here, so assign with `weight[:, unit] = …`.
#
# *Beware:* a column is lost once it is 0. Use it first.

# %% about-ablate [markdown] tags=["tensorflow"]
# *Difficulty 4 of 5, 25 minutes, 3 points.*
#
# Change the weights of `lstm` and `out` in place so that everybody who looks at h of
# unit `unit` sees the constant `mean` instead. `lstm.get_weights()` returns w_x, w_h
# (n_hidden, 4 n_hidden) and b, `out.get_weights()` w (n_hidden, n_out) and b: row
# `unit` is what others make of it. `set_weights` takes the changed list.
#
# *Beware:* a row is lost once it is 0. Use it first.


# %% ablate tags=["pytorch"]
def ablate(lstm, out, unit, mean):
    ### BEGIN SOLUTION
    lstm.bias_ih_l0 += mean * lstm.weight_hh_l0[:, unit]
    lstm.weight_hh_l0[:, unit] = 0
    out.bias += mean * out.weight[:, unit]
    out.weight[:, unit] = 0
    ### END SOLUTION


# %% ablate tags=["tensorflow"]
def ablate(lstm, out, unit, mean):
    ### BEGIN SOLUTION
    w_x, w_h, b = lstm.get_weights()
    b = b + mean * w_h[unit]
    w_h[unit] = 0
    lstm.set_weights([w_x, w_h, b])
    w, b = out.get_weights()
    b = b + mean * w[unit]
    w[unit] = 0
    out.set_weights([w, b])
    ### END SOLUTION


# %% check-ablate nbgrader={"grade": true, "points": 3}
checks.ablate(ablate, workbench=workbench)

# %% about-saturation [markdown]
# ## Exercise 5: gates that have made up their mind
#
# *Difficulty 3 of 5, 15 minutes, 3 points.*
#
# `gate` (batch, time, n_hidden) holds values between 0 and 1. Return three arrays, each
# (n_hidden,): the share of all moments in which the gate is below `low`, that in
# which it is above `high`, and the steps until 1/e of a cell state is left, if this is
# the forget gate: −1 / (mean of ln f).
#
# *Beware:* a product is as small as the mean of the *logarithms* says.


# %% saturation
def saturation(gate, low, high):
    ### BEGIN SOLUTION
    left = (gate < low).mean(axis=(0, 1))
    right = (gate > high).mean(axis=(0, 1))
    steps = -1 / np.log(gate).mean(axis=(0, 1))
    return left, right, steps
    ### END SOLUTION


# %% check-saturation nbgrader={"grade": true, "points": 3}
checks.saturation(saturation)

# %% about-network [markdown]
# ## Exercise 6: what one prediction depends on
#
# The device: it builds embedding, LSTM and readout from NumPy weights and calls your
# function with them.


# %% network tags=["pytorch"]
def network(attribute, embedding, weights, w_out, b_out, ids, target, mean):
    lstm = nn.LSTM(*weights.w_x[:, ::4].shape, batch_first=True)
    ur.load_lstm(lstm, weights)
    embed, out = nn.Embedding(*embedding.shape), nn.Linear(*w_out.shape)
    with torch.no_grad():
        embed.weight.copy_(torch.as_tensor(embedding))
        out.weight.copy_(torch.as_tensor(w_out.T))
        out.bias.copy_(torch.as_tensor(b_out))
    ids, mean = torch.as_tensor(ids), torch.as_tensor(mean)
    return attribute(embed, lstm, out, ids, target, mean)


# %% network tags=["tensorflow"]
def network(attribute, embedding, weights, w_out, b_out, ids, target, mean):
    lstm = keras.layers.LSTM(len(weights.w_h), return_sequences=True)
    ur.load_lstm(lstm, weights)
    embed, out = (
        keras.layers.Embedding(*embedding.shape),
        keras.layers.Dense(len(b_out)),
    )
    embed.build((None, None))
    embed.set_weights([embedding])
    out.build((None, len(w_out)))
    out.set_weights([w_out, b_out])
    ids, mean = tf.constant(ids), tf.constant(mean)
    return attribute(embed, lstm, out, ids, target, mean)


# %% about-attribute [markdown]
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# `target` is the number of one symbol. Take the gradient of ln P(target), after the
# last of `ids` (time,), for the embedding of every symbol read. Return two arrays, each
# (time,): the gradient's norm at each place, and its product with `mean` − embedding,
# summed: what ln P would gain if that symbol were replaced by the mean embedding, and
# the network were linear.
#
# *Beware:* it is taken for a place's *vector*, not for the table's row.


# %% attribute tags=["pytorch"]
def attribute(embed, lstm, out, ids, target, mean):
    ### BEGIN SOLUTION
    e = embed(ids[None]).detach().requires_grad_(True)  # (1, time, n_embedding)
    h, _ = lstm(e)  # (1, time, n_hidden)
    log_p = torch.log_softmax(out(h[0, -1]), dim=-1)  # (n_out,)
    log_p[target].backward()
    slope = e.grad[0]  # (time, n_embedding)
    return slope.norm(dim=1), (slope * (mean - e[0])).sum(dim=1)
    ### END SOLUTION


# %% attribute tags=["tensorflow"]
def attribute(embed, lstm, out, ids, target, mean):
    ### BEGIN SOLUTION
    e = embed(ids[None])  # (1, time, n_embedding)
    with tf.GradientTape() as tape:
        tape.watch(e)
        h = lstm(e)  # (1, time, n_hidden)
        log_p = tf.nn.log_softmax(out(h[:, -1]))  # (1, n_out)
        chosen = log_p[0, target]
    slope = tape.gradient(chosen, e)[0]  # (time, n_embedding)
    return tf.norm(slope, axis=1), tf.reduce_sum(slope * (mean - e[0]), axis=1)
    ### END SOLUTION


# %% check-attribute nbgrader={"grade": true, "points": 4}
checks.attribute(attribute, network=network)
