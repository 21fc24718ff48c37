# %% title [markdown]
# # Cost, and what came next: assignment
#
# Six exercises. Fill the cells that say `YOUR CODE HERE`, run them, then run the check
# below: it says in a sentence what is wrong.

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
checks = check.unit("17-cost-and-what-came-next")

# %% about-growth [markdown]
# ## Exercise 1: how a cost grows
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `costs` `(n,)` were measured at `sizes` `(n,)`. Suppose that cost = factor ·
# size^exponent, fit a straight line to the natural logarithms by least squares, and
# return `exponent`, `factor`, and the cost that they foretell for the size `far`.
#
# *Beware:* the line knows the logarithm of the factor.


# %% growth
def growth(sizes, costs, far):
    ### BEGIN SOLUTION
    x, y = np.log(sizes), np.log(costs)
    off = x - x.mean()
    exponent = (off * (y - y.mean())).sum() / (off**2).sum()
    factor = np.exp(y.mean() - exponent * x.mean())
    return exponent, factor, factor * far**exponent
    ### END SOLUTION


# %% check-growth nbgrader={"grade": true, "points": 2}
checks.growth(growth)

# %% about-attend [markdown]
# ## Exercise 2: causal self-attention
#
# *Difficulty 3 of 5, 25 minutes, 3 points.*
#
# `x` is `(batch, time, n_in)`, the weights `(n_in, n_head)` each. Queries, keys and
# values are its products with them. A score is a query times a key, divided by the root
# of `n_head`. Step t sees the steps 0 to t; the softmax is over what it sees. Return
# `(batch, time, n_head)`.
#
# *Beware:* what is not seen must not count in the softmax's sum either, and scores may
# be in the thousands.


# %% attend
def attend(x, w_q, w_k, w_v):
    ### BEGIN SOLUTION
    q, k, v = x @ w_q, x @ w_k, x @ w_v  # (batch, time, n_head)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])  # (batch, query, key)
    seen = np.tri(x.shape[1], dtype=bool)
    scores = np.where(seen, scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = shares / shares.sum(axis=-1, keepdims=True)
    return shares @ v
    ### END SOLUTION


# %% check-attend nbgrader={"grade": true, "points": 3}
checks.attend(attend)

# %% about-attend-backward [markdown]
# ## Exercise 3: its gradient
#
# *Difficulty 4 of 5, 35 minutes, 4 points.*
#
# `d_y` `(batch, time, n_head)` is the gradient of the loss for what attention returned.
# `q`, `k`, `v` are `(batch, time, n_head)`, `shares` `(batch, query, key)` what the
# softmax gave. Return the gradients for `q`, `k` and `v`.
#
# *Beware:* the shares of a row add up to 1, so each score moves all of them: the slope
# of a softmax is `s_i (δ_ij − s_j)`.


# %% attend-backward
def attend_backward(d_y, q, k, v, shares):
    ### BEGIN SOLUTION
    d_v = shares.transpose(0, 2, 1) @ d_y
    d_shares = d_y @ v.transpose(0, 2, 1)  # (batch, query, key)
    mean = (shares * d_shares).sum(axis=-1, keepdims=True)
    d_scores = shares * (d_shares - mean) / np.sqrt(q.shape[-1])
    d_q = d_scores @ k
    d_k = d_scores.transpose(0, 2, 1) @ q
    return d_q, d_k, d_v
    ### END SOLUTION


# %% check-attend-backward nbgrader={"grade": true, "points": 4}
checks.attend_backward(attend_backward)

# %% about-scan [markdown]
# ## Exercise 4: a scan in place of a loop
#
# *Difficulty 4 of 5, 30 minutes, 3 points.*
#
# Return all states h `(batch, time, n)` of `h[t] = a[t] * h[t-1] + b[t]`, where `h0`
# `(batch, n)` comes before the first step, and `a` and `b` are `(batch, time, n)`.
# Combine in rounds; the check counts multiplications of arrays, and a loop over the
# steps makes too many.
#
# *Beware:* `a` may be 0, so nothing can be divided by it.


# %% scan
def scan(a, b, h0):
    ### BEGIN SOLUTION
    b = np.concatenate([h0[:, None], b], axis=1)  # a step that sets h to h0
    a = np.concatenate([np.zeros_like(a[:, :1]), a], axis=1)
    by = 1
    while by < a.shape[1]:
        later = a[:, by:] * b[:, :-by] + b[:, by:]
        both = a[:, by:] * a[:, :-by]
        b = np.concatenate([b[:, :by], later], axis=1)
        a = np.concatenate([a[:, :by], both], axis=1)
        by = 2 * by
    return b[:, 1:]
    ### END SOLUTION


# %% check-scan nbgrader={"grade": true, "points": 3}
checks.scan(scan)

# %% about-together [markdown]
# ## Exercise 5: many processes, one gradient
#
# *Difficulty 2 of 5, 20 minutes, 2 points.*
#
# `gradients[p]` is a list of arrays, one for each weight: the gradient of the *mean*
# loss over the `n_rows[p]` rows of process p. Return the list that one process with all
# rows would get, scaled down so that the norm over all weights is at most `clip`.
#
# *Beware:* shares may be unequal, and one may be empty; its gradient is NaN.


# %% together
def together(gradients, n_rows, clip):
    ### BEGIN SOLUTION
    whole = [np.zeros_like(g) for g in gradients[0]]
    for of_one, n in zip(gradients, n_rows, strict=True):
        if n:
            share = n / sum(n_rows)
            whole = [w + share * g for w, g in zip(whole, of_one, strict=True)]
    norm = np.sqrt(sum((w**2).sum() for w in whole))
    return [w * min(1.0, clip / norm) for w in whole]
    ### END SOLUTION


# %% check-together nbgrader={"grade": true, "points": 2}
checks.together(together)

# %% about-attend-next [markdown]
# ## Exercise 6: attention that goes on
#
# *Difficulty 3 of 5, 25 minutes, 3 points.*
#
# `x` `(batch, n_in)` is one step. `cache` is a pair of arrays `(batch, steps so far,
# n_head)`, keys and values; before the first step they have 0 steps. Return the output
# of this step, `(batch, n_head)`, and the cache with this step at its end. Step by
# step, it must give what exercise 2 gives at once.
#
# *Beware:* a step sees itself.


# %% attend-next
def attend_next(x, cache, w_q, w_k, w_v):
    ### BEGIN SOLUTION
    keys, values = cache
    keys = np.concatenate([keys, (x @ w_k)[:, None]], axis=1)
    values = np.concatenate([values, (x @ w_v)[:, None]], axis=1)
    q = (x @ w_q)[:, :, None]  # (batch, n_head, 1)
    scores = (keys @ q)[:, :, 0] / np.sqrt(q.shape[1])  # (batch, steps so far)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = shares / shares.sum(axis=1, keepdims=True)
    y = (shares[:, None] @ values)[:, 0]
    return y, (keys, values)
    ### END SOLUTION


# %% check-attend-next nbgrader={"grade": true, "points": 3}
checks.attend_next(attend_next)
