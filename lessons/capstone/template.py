# %% title [markdown]
# # Capstone: a title of your own
#
# Choose a text, a series or a recording. Say what must be beaten, try to beat it, and
# defend what you found, whichever side won. Each section below ends with a line that
# says whether its part is there; the last cell writes the table only if nothing is
# missing. A network that loses a fair comparison is as good a capstone as one that
# wins.

# %% imports
import time

import numpy as np

from unrolled import baselines, batches, capstone, data, ledger, metrics, plot

SEEDS = [ledger.seed() + k for k in range(5)]
work = capstone.Capstone("a measure, a unit", better="lower")

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% about-question [markdown]
# ## 1 · The question
#
# One sentence that numbers can answer, written before any number is seen: who against
# whom, on what, measured how? Name the measure and its unit above, where `work` is
# made, and whether lower or higher is better.

# %% question
# work.question("Does a GRU forecast … better than … on …?")
work.lacks("question")

# %% about-data [markdown]
# ## 2 · The data, in three parts
#
# Learn from `train`, choose every setting by `choose`, look at `test` once. Rows dealt
# out at random leak where neighbors in time, or two rows of one speaker, are alike. So
# say how the parts are apart: by time, or by group. `work.split` refuses a leak, and
# two rows with one content in two parts. Anything that is computed from data (a mean, a
# vocabulary) comes from `train` alone.

# %% data
# x, y = …
# train, choose, test = capstone.together(groups, (0.6, 0.2, 0.2), rng)
# work.split(train, choose, test, contents=x, group=groups, of="a name")
# work.split(train, choose, test, contents=x, time=moments, of="a name")
work.lacks("split")

# %% about-baseline [markdown]
# ## 3 · What must be beaten
#
# The simplest model that could win: the last value, the value of a season ago, a linear
# autoregression; the most frequent class, counts of words with a linear model; an
# n-gram. If it has a setting, tune it as well, by the same part: else the comparison is
# one between a tuned model and an untuned one.

# %% baseline
# strength = work.tune("linear", {0.1: …, 1.0: …, 10.0: …}, part="choose")
# work.baseline("linear", score_on_test)
work.lacks("baseline")

# %% about-contender [markdown]
# ## 4 · The contender
#
# A small network to begin with. Change it as your question asks.


# %% model tags=["pytorch"]
class Network(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.layer = nn.GRU(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x):  # (batch, time, n_in)
        h, _ = self.layer(x)  # (batch, time, n_hidden)
        return self.out(h[:, -1])  # (batch, n_out)


# %% model tags=["tensorflow"]
class Network(keras.Model):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.layer = keras.layers.GRU(n_hidden)
        self.out = keras.layers.Dense(n_out)

    def call(self, x):  # (batch, time, n_in)
        return self.out(self.layer(x))  # (batch, n_out)


# %% count tags=["pytorch"]
def parameters(model):
    return sum(p.numel() for p in model.parameters())


# %% count tags=["tensorflow"]
def parameters(model):
    return model.count_params()


# %% about-tune [markdown]
# Try three learning rates or more with one seed, and score each on `choose`. If the
# best is the first or the last that you tried, try one beyond it.

# %% tune
# tried = {rate: score_on_choose(train_with(rate, SEEDS[0])) for rate in (…)}
# rate = work.tune("GRU", tried, part="choose")
work.lacks("tuning")

# %% about-seeds [markdown]
# ## 5 · Five seeds
#
# The same training from five first weights. Only now is the test part looked at. Do not
# go back to section 4 after that: what is chosen after a look at the test part is
# chosen by it.

# %% seeds
# work.contender("GRU", [score_on_test(train_with(rate, seed)) for seed in SEEDS])
work.lacks("seeds")

# %% about-ablation [markdown]
# ## 6 · The cause, taken away
#
# Why does it win, or lose? Name what you think is the cause, take that alone away, and
# train again with five seeds and a rate of its own. If nothing changes, it was not the
# cause.

# %% ablation
# work.ablation("GRU, words in any order", [… for seed in SEEDS], without="the order")
work.lacks("ablation")

# %% about-errors [markdown]
# ## 7 · Where it errs
#
# Divide the test rows into groups by something you can see: short and long, early and
# late, rare and frequent. Score each group, look at single rows, and say what the
# errors have in common.

# %% errors
# work.errors({"short": [… for each seed], "long": […]}, says="…")
work.lacks("errors")

# %% about-cost [markdown]
# ## 8 · What it cost
#
# Seconds of one training, and how many numbers it learns; for the baseline too, if you
# can.

# %% cost
# work.cost("GRU", seconds=…, parameters=parameters(model))
work.lacks("cost")

# %% about-finish [markdown]
# ## 9 · The table
#
# Before you hand in: *Restart kernel and run all cells*, and then
# `unrolled capstone check FOLDER`, which does the same in a copy and compares each
# number. Below the table say in your own words what the answer to your question is, and
# what would have to be measured to doubt it.

# %% finish
finished = work.finish()
