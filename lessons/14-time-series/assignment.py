# %% title [markdown]
# # Time series: assignment
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
checks = check.unit("14-time-series")

# %% about-windows [markdown]
# ## Exercise 1: windows without look-ahead
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `values` is `(time,)`, NaN where nothing was measured. Return `x` `(n, steps)` and `y`
# `(n, horizon)`: every run of `steps` values, and the `horizon` values right after it,
# in order of time. Leave out the windows in which anything is missing, in `x` or in
# `y`.
#
# *Beware:* count the windows on paper for five values, two steps and a horizon of one.


# %% windows
def windows(values, steps, horizon):
    ### BEGIN SOLUTION
    n = len(values) - steps - horizon + 1
    at = np.arange(n)[:, None] + np.arange(steps + horizon)
    whole = values[at]  # (n, steps + horizon)
    whole = whole[~np.isnan(whole).any(axis=1)]
    return whole[:, :steps], whole[:, steps:]
    ### END SOLUTION


# %% check-windows nbgrader={"grade": true, "points": 2}
checks.windows(windows)

# %% about-recursive [markdown]
# ## Exercise 2: many steps with a model of one
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `step(x)` takes windows `(batch, steps)` and returns the next value of each,
# `(batch,)`. Return the next `horizon` values, `(batch, horizon)`: each forecast
# becomes the last value of the window for the next one, and the oldest value drops out.
# The windows that you were given must stay as they are.


# %% recursive
def recursive(step, x, horizon):
    ### BEGIN SOLUTION
    said = []
    for _ in range(horizon):
        said.append(step(x))  # (batch,)
        x = np.concatenate([x[:, 1:], said[-1][:, None]], axis=1)
    return np.stack(said, axis=1)  # (batch, horizon)
    ### END SOLUTION


# %% check-recursive nbgrader={"grade": true, "points": 2}
checks.recursive(recursive)

# %% about-published [markdown]
# ## Exercise 3: bug clinic, four ways to see the future
#
# A preparation as many tutorials have it, in our words. It runs, and whatever is
# trained on it looks good. Find four leaks.


# %% published
def published(values, steps, share):
    there = np.flatnonzero(~np.isnan(values))
    filled = np.interp(np.arange(len(values)), there, values[there])
    scaled = (filled - filled.mean()) / filled.std()
    x = np.lib.stride_tricks.sliding_window_view(scaled[:-1], steps)
    y = scaled[steps:]
    rows = np.random.default_rng(0).permutation(len(x))
    learn, test = np.split(rows, [int(share * len(x))])
    return x[learn], y[learn], x[test], y[test]


# %% about-prepare [markdown]
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write it right. In `x`, a gap holds the last measured value before it (`values[0]` is
# measured). Mean and deviation are those of the *measured* values among the first
# `int(share * len(values))`; nothing else is fitted. A window is for training if its
# target lies among those values, else for the test; both in order of time. A target
# that was not measured is none: leave its window out.
#
# Return `x_learn, y_learn, x_test, y_test`.


# %% prepare
def prepare(values, steps, share):
    ### BEGIN SOLUTION
    real, cut = ~np.isnan(values), int(share * len(values))
    last = np.maximum.accumulate(np.where(real, np.arange(len(values)), 0))
    past = values[:cut][real[:cut]]
    scaled = (values[last] - past.mean()) / past.std()
    x = np.lib.stride_tricks.sliding_window_view(scaled[:-1], steps)
    y, at = scaled[steps:], np.arange(steps, len(values))  # (n,), of each target
    learn, test = real[at] & (at < cut), real[at] & (at >= cut)
    return x[learn], y[learn], x[test], y[test]
    ### END SOLUTION


# %% check-prepare nbgrader={"grade": true, "points": 4}
checks.prepare(prepare)

# %% about-quantile-loss [markdown]
# ## Exercise 4: the quantile loss and its gradient
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# `said` is `(batch, horizon, n_q)`: for each of the quantiles `q` `(n_q,)` a forecast.
# `y` is `(batch, horizon)`. With `off = y - said`, a forecast costs `q * off` where
# `off` is positive, and `(q - 1) * off` where it is negative. Return the mean of all,
# one number, and its gradient for `said`.
#
# *Beware:* the mean divides the gradient too.


# %% quantile-loss
def quantile_loss(said, y, q):
    ### BEGIN SOLUTION
    off = y[..., None] - said  # (batch, horizon, n_q)
    loss = np.maximum(q * off, (q - 1) * off).mean()
    d_said = np.where(off > 0, -q, 1 - q) / off.size
    return loss, d_said
    ### END SOLUTION


# %% check-quantile-loss nbgrader={"grade": true, "points": 3}
checks.quantile_loss(quantile_loss)

# %% about-score [markdown]
# ## Exercise 5: score what is not as it should be
#
# *Difficulty 3 of 5, 25 minutes, 3 points.*
#
# `values` `(time,)` repeat themselves every `season` moments, but for noise, and some
# days on which something fails. Return a score for each moment, `(time,)`: the higher
# the more suspicious, from that moment and those before it alone. Asked is an AUC of
# 0.7, and 0.15 more than a rolling z-score's, without the first two seasons.
#
# *Beware:* the failures do not leave the range of ordinary values.


# %% score
def score(values, season):
    ### BEGIN SOLUTION
    off = np.zeros(len(values))
    off[season:] = np.abs(values[season:] - values[:-season])
    total = np.concatenate([np.zeros(season), np.cumsum(off)])
    return (total[season:] - total[:-season]) / season  # the mean of a season
    ### END SOLUTION


# %% check-score nbgrader={"grade": true, "points": 3}
checks.score(score)

# %% about-forecaster [markdown]
# ## Exercise 6: a network that beats both baselines
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write a network from windows `(batch, steps, 1)` to `(batch, horizon)` forecasts, with
# a recurrent layer of `n_hidden` units. The check trains it for 250 updates on the
# equation of Mackey and Glass, and measures it on what comes later. Its mean absolute
# error must be at most half of the seasonal naive forecast's *and* of a linear
# autoregression's.
#
# *Beware:* forecasts are numbers of any size and sign.


# %% forecaster tags=["pytorch"]
class Forecaster(nn.Module):
    def __init__(self, n_hidden, horizon):
        super().__init__()
        ### BEGIN SOLUTION
        self.layer = nn.GRU(1, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, horizon)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        h, _ = self.layer(x)  # (batch, steps, n_hidden)
        return self.out(h[:, -1])  # (batch, horizon)
        ### END SOLUTION


# %% forecaster tags=["tensorflow"]
class Forecaster(keras.Model):
    def __init__(self, n_hidden, horizon):
        super().__init__()
        ### BEGIN SOLUTION
        self.layer = keras.layers.GRU(n_hidden)
        self.out = keras.layers.Dense(horizon)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        h = self.layer(x)  # (batch, n_hidden)
        return self.out(h)  # (batch, horizon)
        ### END SOLUTION


# %% check-forecaster nbgrader={"grade": true, "points": 4}
checks.forecaster(Forecaster, ur=ur)
