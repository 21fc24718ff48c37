# %% title [markdown]
# # Speech, video and music: assignment
#
# Five exercises. Fill the cells that say `YOUR CODE HERE`, run them, then run the check
# below: it says in a sentence what is wrong.

# %% imports
import re

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
checks = check.unit("16-speech-video-music")

# %% about-log-bands [markdown]
# ## Exercise 1: from a wave to frames
#
# *Difficulty 2 of 5, 20 minutes, 2 points.*
#
# `wave` is `(samples,)`. A frame of `size` samples begins every `hop` samples, as long
# as a whole one is left. Multiply each by `window` `(size,)`, take its power, the
# square of the size of `np.fft.rfft`, add it up by `filters` `(n_bands, size // 2 +
# 1)`, add `1e-6` and take the natural logarithm. Return `(n_frames, n_bands)`.
#
# *Beware:* the last frame ends exactly where the wave does, if it fits.


# %% log-bands
def log_bands(wave, window, hop, filters):
    ### BEGIN SOLUTION
    size = len(window)
    n = 1 + (len(wave) - size) // hop
    at = hop * np.arange(n)[:, None] + np.arange(size)  # (n_frames, size)
    power = np.abs(np.fft.rfft(wave[at] * window)) ** 2  # (n_frames, size // 2 + 1)
    return np.log(power @ filters.T + 1e-6)
    ### END SOLUTION


# %% check-log-bands nbgrader={"grade": true, "points": 2}
checks.log_bands(log_bands)

# %% about-collapse [markdown]
# ## Exercise 2: read a path
#
# *Difficulty 1 of 5, 10 minutes, 1 point.*
#
# `path` `(time,)` holds a symbol for each frame; `blank` is one of them. Return what it
# says, as a list of integers: what is repeated is said once, and blanks are not said.
#
# *Beware:* "11" can be said.


# %% collapse
def collapse(path, blank):
    ### BEGIN SOLUTION
    said, before = [], blank
    for symbol in path:
        if symbol != before and symbol != blank:
            said.append(int(symbol))
        before = symbol
    return said
    ### END SOLUTION


# %% check-collapse nbgrader={"grade": true, "points": 1}
checks.collapse(collapse)

# %% about-ctc [markdown]
# ## Exercise 3: the forward algorithm
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# `log_p` `(time, n_symbols)` holds the logarithm of each symbol's probability in each
# frame; symbol 0 is the blank. `label` is a list of symbols above 0. Return the loss,
# −ln of the probability of all paths that say it, one number; `np.inf` if there is
# none. A label may be empty.
#
# *Beware:* 400 frames: a product of so many probabilities is 0 for a computer. Stay
# with logarithms, and add with `np.logaddexp`.


# %% ctc
def ctc(log_p, label):
    ### BEGIN SOLUTION
    places = [0]
    for symbol in label:
        places += [symbol, 0]
    alpha = np.full(len(places), -np.inf)
    alpha[:2] = log_p[0, places[:2]]
    for now in log_p[1:]:
        before = alpha.copy()
        for s, symbol in enumerate(places):
            if s > 0:
                alpha[s] = np.logaddexp(alpha[s], before[s - 1])
            if s > 1 and symbol != 0 and symbol != places[s - 2]:
                alpha[s] = np.logaddexp(alpha[s], before[s - 2])
            alpha[s] += now[symbol]
    return -np.logaddexp.reduce(alpha[-2:])
    ### END SOLUTION


# %% check-ctc nbgrader={"grade": true, "points": 4}
checks.ctc(ctc)

# %% about-bar-length [markdown]
# ## Exercise 4: is the bar full?
#
# *Difficulty 3 of 5, 25 minutes, 3 points.*
#
# Return the sum of the lengths of all notes (`A` to `G`, `a` to `g`) and rests (`z`) of
# a `bar`. After the letter may come `,` or `'`, then the length: nothing is 1, `2` is
# 2, `3/2` is 1.5, `/2` and `/` are one half. `^`, `_` or `=` may stand before it. After
# `(3` the next *three* have two thirds of their length. Spaces mean nothing.
#
# *Beware:* a rest takes time as well.


# %% bar-length
def bar_length(bar):
    ### BEGIN SOLUTION
    total, short = 0.0, 0
    found = re.finditer(r"\(3|[A-Ga-gz][,']*(\d*)(/?)(\d*)", bar)
    for token in found:
        if token[0] == "(3":
            short = 3
            continue
        above, slash, below = token.groups()
        length = int(above or 1) / (int(below or 2) if slash else 1)
        total += length * (2 / 3 if short else 1)
        short = max(0, short - 1)
    return total
    ### END SOLUTION


# %% check-bar-length nbgrader={"grade": true, "points": 3}
checks.bar_length(bar_length)

# %% about-watcher [markdown]
# ## Exercise 5: which way does it move?
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# Write a network from clips `(batch, time, 12, 12)` to `(batch, 4)` logits: the *same*
# small network looks at each frame, and a recurrent layer of `n_hidden` units reads
# what it saw. The check trains it for 250 updates on digits that move up, down, left or
# right, and asks for 70 % on digits that it has not seen.
#
# *Beware:* batch and time are two axes. Whoever folds them together must take them
# apart again.


# %% watcher tags=["pytorch"]
class Watcher(nn.Module):
    def __init__(self, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.look = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.layer = nn.GRU(8 * 6 * 6, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, 4)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        batch, time = x.shape[:2]
        seen = self.look(x.reshape(batch * time, 1, 12, 12)).relu()
        h, _ = self.layer(seen.reshape(batch, time, -1))  # (batch, time, n_hidden)
        return self.out(h[:, -1])  # (batch, 4)
        ### END SOLUTION


# %% watcher tags=["tensorflow"]
class Watcher(keras.Model):
    def __init__(self, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        look = keras.layers.Conv2D(8, 3, 2, padding="same", activation="relu")
        self.look = keras.layers.TimeDistributed(look)
        self.flat = keras.layers.TimeDistributed(keras.layers.Flatten())
        self.layer = keras.layers.GRU(n_hidden)
        self.out = keras.layers.Dense(4)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        seen = self.flat(self.look(x[..., None]))  # (batch, time, 8 * 6 * 6)
        return self.out(self.layer(seen))  # (batch, 4)
        ### END SOLUTION


# %% check-watcher nbgrader={"grade": true, "points": 4}
checks.watcher(Watcher, ur=ur)
