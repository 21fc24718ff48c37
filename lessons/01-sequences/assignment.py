# %% title [markdown]
# # Sequences: assignment
#
# Five exercises, from two short functions to a network whose weights you set by hand.
# Fill the cells that say `YOUR CODE HERE`, run them, then run the check below: it says
# in a sentence what is wrong.

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
checks = check.unit("01-sequences")

# %% about-codec [markdown]
# ## Exercise 1: there and back
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# Return two functions. `encode(s)` gives the integers of the characters of `s`: each of
# the n different characters of `text` has its own, from 0 to n − 1, and every other
# character has n. `decode(ids)` gives the string back, with `UNKNOWN` for n.
#
# *Beware:* texts with the same characters must give the same integers, in every run of
# Python. Else nobody can read what a network of yesterday writes.

# %% codec
UNKNOWN = "�"


def codec(text):
    ### BEGIN SOLUTION
    symbols = sorted(set(text))
    place = {symbol: k for k, symbol in enumerate(symbols)}

    def encode(s):
        return [place.get(symbol, len(symbols)) for symbol in s]

    def decode(ids):
        return "".join([*symbols, UNKNOWN][k] for k in ids)

    return encode, decode
    ### END SOLUTION


# %% check-codec nbgrader={"grade": true, "points": 2}
checks.codec(codec)

# %% about-bigram [markdown]
# ## Exercise 2: a table of pairs, and its nats
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# Count in `train` (n,) how often each symbol follows each, and add one to every count.
# Return `table` `(n_symbols, n_symbols)` with `table[i, j]` the probability of j after
# i, and the mean of −ln p over every symbol of `test` after its first, in nats.
#
# *Beware:* `table[a, b] += 1` counts a pair once, however often it stands in a and b;
# `np.add.at` counts each time.


# %% bigram
def bigram(train, test, n_symbols):
    ### BEGIN SOLUTION
    table = np.ones((n_symbols, n_symbols))  # (symbol, next symbol)
    np.add.at(table, (train[:-1], train[1:]), 1)
    table = table / table.sum(axis=1, keepdims=True)
    p = table[test[:-1], test[1:]]  # (n - 1,), of those that came
    return table, -np.log(p).mean()
    ### END SOLUTION


# %% check-bigram nbgrader={"grade": true, "points": 3}
checks.bigram(bigram)

# %% about-interpolated [markdown]
# ## Exercise 3: longer contexts, with help from shorter ones
#
# *Difficulty 4 of 5, 35 minutes, 4 points.*
#
# Count in `train` what follows contexts of up to `order` − 1 symbols. Return a
# function: `p(context)` gives the probabilities `(n_symbols,)` of what follows the last
# `order` − 1 symbols of `context`, or fewer. Mix each count with the
# probabilities after the context one shorter, down to `1 / n_symbols`. On new text,
# order 4 must be 0.4 nats better than pairs.
#
# *Beware:* a context that was never met has no counts to divide by.


# %% interpolated
def interpolated(train, n_symbols, order):
    ### BEGIN SOLUTION
    counts = {}  # context: how often each symbol followed, (n_symbols,)
    train = [int(symbol) for symbol in train]
    for k in range(order):
        for t in range(k, len(train)):
            context = tuple(train[t - k : t])
            if context not in counts:
                counts[context] = np.zeros(n_symbols)
            counts[context][train[t]] += 1

    def p(context):
        context = [int(symbol) for symbol in context]
        mixed = np.full(n_symbols, 1 / n_symbols)
        for k in range(min(len(context), order - 1) + 1):
            after = counts.get(tuple(context[len(context) - k :]))
            if after is not None:
                kinds = (after > 0).sum()  # how many different symbols followed
                mixed = (after + kinds * mixed) / (after.sum() + kinds)
        return mixed

    return p
    ### END SOLUTION


# %% check-interpolated nbgrader={"grade": true, "points": 4}
checks.interpolated(interpolated)

# %% about-split [markdown]
# ## Exercise 4: a split without leakage
#
# *Difficulty 2 of 5, 20 minutes, 3 points.*
#
# `groups` (n,) says to which group each row belongs: a play, a person, a day. Draw
# groups with `rng` until they hold about `share` of all rows, one group more or less.
# Return the numbers of the rows to learn from, then of those to test on: each row in
# one part, no group in both.
#
# *Beware:* the rows of a group need not stand together, and groups differ in size.


# %% split
def split(groups, share, rng):
    ### BEGIN SOLUTION
    names, sizes = np.unique(groups, return_counts=True)
    order = rng.permutation(len(names))
    before = np.cumsum(sizes[order]) - sizes[order]  # rows drawn before each group
    drawn = names[order[before < share * len(groups)]]
    test = np.isin(groups, drawn)  # (n,)
    return np.flatnonzero(~test), np.flatnonzero(test)
    ### END SOLUTION


# %% check-split nbgrader={"grade": true, "points": 3}
checks.split(split)

# %% about-counter [markdown]
# ## Exercise 5: a network that counts words, set by hand
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# A ReLU cell, `h = np.maximum(0, x @ w_x + h @ w_h + b)`, starts at 0. `x` is
# one-hot: place 0 a letter, place 1 a space. Return `w_x`, `w_h`, `b` and `w_y`
# `(n_hidden,)` such that after each symbol `h @ w_y` is the number of words *begun*: by
# a letter after a space or at the start. Three units are enough.
#
# *Beware:* every unit sees the *old* state of the others.


# %% counter
def counter():
    ### BEGIN SOLUTION
    # Units: the last symbol was a letter; a word begins now; words begun before.
    w_x = np.array([[1.0, 1, 0], [0, 0, 0]])  # (n_in, n_hidden)
    w_h = np.array([[0.0, -1, 0], [0, 0, 1], [0, 0, 1]])  # (n_hidden, n_hidden)
    b = np.zeros(3)
    w_y = np.array([0.0, 1, 1])  # (n_hidden,)
    return w_x, w_h, b, w_y
    ### END SOLUTION


# %% check-counter nbgrader={"grade": true, "points": 4}
checks.counter(counter)
