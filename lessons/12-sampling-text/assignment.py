# %% title [markdown]
# # Sampling text: assignment
#
# Six exercises, from three lines to a beam search. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong.

# %% imports
import numpy as np

from unrolled import check, models

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("12-sampling-text")

# %% about-temper [markdown]
# ## Exercise 1: temperature
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `p` (n,) is a distribution, `tau` a temperature above 0. Return the distribution that
# is proportional to $p_i^{1/\tau}$. A probability of 0 stays 0. At `tau` = 0.001 your
# answer must still add up to 1.
#
# *Beware:* 0.01 to the power 1,000 is 0 for the computer, for every symbol. What may be
# taken away from all logarithms without a change?


# %% temper
def temper(p, tau):
    ### BEGIN SOLUTION
    with np.errstate(divide="ignore"):
        scores = np.log(p) / tau  # (n,), -inf where p is 0
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()
    ### END SOLUTION


# %% check-temper nbgrader={"grade": true, "points": 2}
checks.temper(temper)

# %% about-nucleus [markdown]
# ## Exercise 2: the nucleus
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Keep the *fewest* symbols whose probabilities add up to `top_p` or more, the likeliest
# first. Give the others the probability 0, and divide by the sum of what is kept.
#
# *Beware:* the symbol with which the sum reaches `top_p` is kept too. With `top_p` = 1
# every symbol stays, even if rounding makes the sum 0.9999999.


# %% nucleus
def nucleus(p, top_p):
    ### BEGIN SOLUTION
    order = np.argsort(-p)  # the likeliest first
    before = np.cumsum(p[order]) - p[order]  # what the likelier ones add up to
    keep = order[before < top_p]
    kept = np.zeros_like(p)
    kept[keep] = p[keep]
    return kept / kept.sum()
    ### END SOLUTION


# %% check-nucleus nbgrader={"grade": true, "points": 3}
checks.nucleus(nucleus)

# %% about-draw [markdown]
# The next exercises draw with this function. The symbols share the line from 0 to 1,
# each has a piece as long as its probability, and `u` says on which piece we land. The
# same numbers give the same text: that is how an answer can be checked.


# %% draw
def draw(p, u):
    at = np.searchsorted(np.cumsum(p), u, side="right")
    return min(int(at), len(p) - 1)  # rounding may leave the sum below u


# %% about-read [markdown]
# And this is a model as they meet it. `read(ids, state)` runs over the list `ids`,
# starting from `state`, or from nothing if it is None. It returns the distribution of
# the next symbol, and the state after the last one. It never changes a state in place.


# %% read tags=["pytorch"]
network = ur.ready(ur.language_model(models.load("plays")))


@torch.no_grad()
def read(ids, state):
    logits, state = network(ur.tensor(np.array([ids])), state)  # (1, time, n_symbols)
    return ur.array(torch.softmax(logits[0, -1].double(), -1)), state


# %% read tags=["tensorflow"]
network = ur.ready(ur.language_model(models.load("plays")))


def read(ids, state):
    logits, state = network(ur.tensor(np.array([ids])), state)  # (1, time, n_symbols)
    return ur.array(tf.nn.softmax(tf.cast(logits[0, -1], "float64"))), state


# %% about-generate [markdown]
# ## Exercise 3: the generator that carries its state
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Write a *generator*: it yields one symbol for each number of `u`. The prompt goes to
# `read` once, each symbol that was drawn once, and nothing else. The check counts, and
# in the end lets your generator write with the network above.
#
# *Beware:* a state that is not handed back is forgotten without an error.


# %% generate
def generate(read, prompt, u):
    ### BEGIN SOLUTION
    p, state = read(prompt, None)
    for number in u:
        symbol = draw(p, number)
        yield symbol
        p, state = read([symbol], state)
    ### END SOLUTION


# %% check-generate nbgrader={"grade": true, "points": 3}
checks.generate(generate, read=read)

# %% about-published [markdown]
# ## Exercise 4: bug clinic, several texts of one prompt
#
# Below are faults of a published generator, in our words. It runs; `u` is (texts, n),
# and each row is to give a text of its own. Find three faults.


# %% published
def published(read, prompt, u):
    texts = [prompt] * len(u)
    p, state = read(prompt, None)
    for text, numbers in zip(texts, u, strict=True):
        for number in numbers:
            p, state = read(text[-1:], state)
            text.append(draw(p, number))
    return texts


# %% about-continuations [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Write it right: return a list of texts, each the prompt and n symbols more. Every text
# starts where the prompt ends, and `prompt` itself stays as it was. Read the prompt
# once, not once a text.
#
# *Beware:* what does `[prompt] * 3` make: three lists, or three names of one?


# %% continuations
def continuations(read, prompt, u):
    ### BEGIN SOLUTION
    start, texts = read(prompt, None), []
    for numbers in u:
        (p, state), text = start, list(prompt)
        for number in numbers:
            text.append(draw(p, number))
            p, state = read(text[-1:], state)
        texts.append(text)
    return texts
    ### END SOLUTION


# %% check-continuations nbgrader={"grade": true, "points": 3}
checks.continuations(continuations)

# %% about-seen [markdown]
# ## Exercise 5: the curve of memorization
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `text` and `train` are strings. For each n of `lengths` return the share of the
# n-grams of `text`, the pieces of n neighboring letters, that stand somewhere in
# `train`. A piece that comes twice in `text` counts twice.
#
# *Beware:* a text of 10 letters has 8 pieces of 3.


# %% seen
def seen(text, train, lengths):
    ### BEGIN SOLUTION
    shares = []
    for n in lengths:
        known = {train[i : i + n] for i in range(len(train) - n + 1)}
        pieces = [text[i : i + n] for i in range(len(text) - n + 1)]
        shares.append(np.mean([piece in known for piece in pieces]))
    return np.array(shares)
    ### END SOLUTION


# %% check-seen nbgrader={"grade": true, "points": 2}
checks.seen(seen)

# %% about-beam [markdown]
# ## Exercise 6: beam search
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# Find a likely text of `n` symbols after the prompt. At each step grow every text that
# is kept by every symbol, then keep the `width` likeliest of all of them together.
# Return the best text, a list of n symbols, and ln of its probability.
#
# The check compares with an exhaustive search where `width` leaves nothing out.
#
# *Beware:* each text has a state of its own.


# %% beam
def beam(read, prompt, n, width):
    ### BEGIN SOLUTION
    beams = [(0.0, [], *read(prompt, None))]
    for _ in range(n):
        grown = [
            (score + np.log(p[k]), [*text, k], state)
            for score, text, p, state in beams
            for k in range(len(p))
        ]
        grown.sort(key=lambda one: one[0], reverse=True)
        beams = [(s, text, *read(text[-1:], state)) for s, text, state in grown[:width]]
    return beams[0][1], beams[0][0]
    ### END SOLUTION


# %% check-beam nbgrader={"grade": true, "points": 4}
checks.beam(beam)
