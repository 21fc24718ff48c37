# %% title [markdown]
# # Encoder, decoder, attention: assignment
#
# Six exercises. Fill the cells that say `YOUR CODE HERE`, run them, then run the check
# below: it says in a sentence what is wrong.

# %% imports
from collections import Counter

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
checks = check.unit("15-encoder-decoder-and-attention")

# %% about-shift-right [markdown]
# ## Exercise 1: what the decoder is given
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `sequences` are targets of unequal length, lists of integers. Return `x`, `y` and
# `mask`, each `(batch, steps)`: `y` is a sequence followed by `end`; `x` is what a
# decoder is given with teacher forcing, beginning with `begin`; `mask` is True where
# `y` counts. `steps` fits the longest `y`; what is left over holds 0.
#
# *Beware:* the decoder must learn to end, too.


# %% shift-right
def shift_right(sequences, begin, end):
    ### BEGIN SOLUTION
    steps = max(len(s) for s in sequences) + 1
    x = np.zeros((len(sequences), steps), int)
    y, mask = x.copy(), np.zeros(x.shape, bool)
    for row, s in enumerate(sequences):
        x[row, : len(s) + 1] = [begin, *s]
        y[row, : len(s) + 1] = [*s, end]
        mask[row, : len(s) + 1] = True
    return x, y, mask
    ### END SOLUTION


# %% check-shift-right nbgrader={"grade": true, "points": 2}
checks.shift_right(shift_right)

# %% about-attend [markdown]
# ## Exercise 2: attention that does not see padding
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# `q` is `(batch, n)`, the keys `k` `(batch, time, n)`, the values `v` `(batch, time,
# m)`; `mask` `(batch, time)` is True where a position is real. A score is the product
# of `q` and a key. Return the context `(batch, m)` and the weights `(batch, time)`,
# which are 0 at padding.
#
# *Beware:* scores may be in the hundreds, and padding may hold any number.


# %% attend
def attend(q, k, v, mask):
    ### BEGIN SOLUTION
    scores = np.einsum("bn,btn->bt", q, k)  # (batch, time)
    scores = np.where(mask, scores, -np.inf)
    scores = scores - scores.max(axis=1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / weights.sum(axis=1, keepdims=True)
    context = np.einsum("bt,btm->bm", weights, v)
    return context, weights
    ### END SOLUTION


# %% check-attend nbgrader={"grade": true, "points": 3}
checks.attend(attend)

# %% about-attend-backward [markdown]
# ## Exercise 3: its gradient
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# `weights` `(batch, time)` are those that `attend` returned, 0 at padding; `d_context`
# `(batch, m)` is the gradient of a loss for the context. Return `d_q`, `d_k` and `d_v`,
# each of the shape of what it belongs to.
#
# *Beware:* a softmax ties the weights together. Raising one score lowers all other
# weights.


# %% attend-backward
def attend_backward(q, k, v, weights, d_context):
    ### BEGIN SOLUTION
    d_weights = np.einsum("btm,bm->bt", v, d_context)
    mean = (weights * d_weights).sum(axis=1, keepdims=True)
    d_scores = weights * (d_weights - mean)  # (batch, time)
    d_q = np.einsum("bt,btn->bn", d_scores, k)
    d_k = np.einsum("bt,bn->btn", d_scores, q)
    d_v = np.einsum("bt,bm->btm", weights, d_context)
    return d_q, d_k, d_v
    ### END SOLUTION


# %% check-attend-backward nbgrader={"grade": true, "points": 4}
checks.attend_backward(attend_backward)

# %% about-beam [markdown]
# ## Exercise 4: beam search
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# `step(symbols)` takes the symbols so far, a list, and returns the log-probabilities
# `(n_symbols,)` of the next one. Symbol 0 ends a sequence: such a one is finished,
# keeps its score, and stays among the candidates. In each of `longest` steps keep the
# `width` best. Return the best one at the end, without its 0, and its score, the sum of
# all its log-probabilities.
#
# *Beware:* `step` refuses a finished sequence.


# %% beam
def beam(step, width, longest):
    ### BEGIN SOLUTION
    kept = [([], 0.0, False)]
    for _ in range(longest):
        grown = [one for one in kept if one[2]]
        for symbols, score, done in kept:
            if not done:
                for k, log_p in enumerate(step(symbols)):
                    grown.append(([*symbols, k], score + log_p, k == 0))
        kept = sorted(grown, key=lambda one: one[1], reverse=True)[:width]
    symbols, score, done = kept[0]
    return symbols[:-1] if done else symbols, score
    ### END SOLUTION


# %% check-beam nbgrader={"grade": true, "points": 4}
checks.beam(beam)

# %% about-published [markdown]
# ## Exercise 5: bug clinic, a score that is too good
#
# BLEU compares translations with references by the pieces of one to four words that
# they share. This version, in our words, is one that reports found on the web are made
# with. It runs, gives 1 for a perfect translation, and has four faults.


# %% published
def published(said, wanted):
    said, wanted = sorted(said, key=len), sorted(wanted, key=len)
    scores = []
    for s, w in zip(said, wanted, strict=True):
        product = 1.0
        for n in range(1, 5):
            pieces = [tuple(s[i : i + n]) for i in range(len(s) - n + 1)]
            there = {tuple(w[i : i + n]) for i in range(len(w) - n + 1)}
            product *= sum(p in there for p in pieces) / max(1, len(pieces))
        scores.append(product ** (1 / 4))
    return np.mean(scores)


# %% about-bleu [markdown]
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write it right. `said` and `wanted` are lists of sentences, lists of words, in the
# same order. For n = 1 … 4 count over *all* sentences how many pieces of n words were
# said and how many hit: a piece hits at most as often as its reference has it. BLEU is
# the geometric mean of the four shares, times exp(1 − r/c) if c, all words said, are
# fewer than r, all words wanted. A share of 0 makes it 0.


# %% bleu
def bleu(said, wanted):
    ### BEGIN SOLUTION
    logs = []
    for n in range(1, 5):
        hits = total = 0
        for s, w in zip(said, wanted, strict=True):
            pieces = Counter(tuple(s[i : i + n]) for i in range(len(s) - n + 1))
            there = Counter(tuple(w[i : i + n]) for i in range(len(w) - n + 1))
            hits += (pieces & there).total()
            total += pieces.total()
        if hits == 0:
            return 0.0
        logs.append(np.log(hits / total))
    c, r = sum(map(len, said)), sum(map(len, wanted))
    return float(np.exp(np.mean(logs) + min(0, 1 - r / c)))
    ### END SOLUTION


# %% check-bleu nbgrader={"grade": true, "points": 4}
checks.bleu(bleu)

# %% about-captioner [markdown]
# ## Exercise 6: captions for small pictures
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# A picture has 3 × 3 cells; each holds 0 for nothing or one of nine things. A caption:
# color, form, cell of the first thing in reading order, then the second. `x` is
# `(batch, 9 + 6)`: cells, then words, shifted right. Return logits `(batch, 6,
# n_words)`. The check trains it and asks for 95 % of unseen pictures.
#
# *Beware:* a sum over cells forgets places; and from embeddings near 0, as Keras'
# begin, looking is learned late: begin from N(0, 1).


# %% captioner tags=["pytorch"]
class Captioner(nn.Module):
    def __init__(self, n_kinds, n_words, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION
        self.kinds = nn.Embedding(n_kinds, n_hidden)
        self.places = nn.Embedding(9, n_hidden)
        self.words = nn.Embedding(n_words, n_hidden)
        self.layer = nn.GRU(n_hidden, n_hidden, batch_first=True)
        self.mix = nn.Linear(2 * n_hidden, 2 * n_hidden)
        self.out = nn.Linear(2 * n_hidden, n_words)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        cells, given = x[:, :9], x[:, 9:]
        keys = self.kinds(cells) + self.places.weight  # (batch, 9, n_hidden)
        s, _ = self.layer(self.words(given))  # (batch, 6, n_hidden)
        scores = s @ keys.transpose(1, 2)  # (batch, 6, 9)
        # Embeddings from N(0, 1) have large products: the root makes them smaller.
        weights = (scores / keys.shape[-1] ** 0.5).softmax(-1)  # (batch, 6, 9)
        mixed = self.mix(torch.cat([s, weights @ keys], -1))
        return self.out(torch.relu(mixed))  # (batch, 6, n_words)
        ### END SOLUTION


# %% captioner tags=["tensorflow"]
class Captioner(keras.Model):
    def __init__(self, n_kinds, n_words, n_hidden):
        super().__init__()
        ### BEGIN SOLUTION

        def embedding(n):  # from N(0, 1), as PyTorch begins
            normal = keras.initializers.RandomNormal(stddev=1.0)
            return keras.layers.Embedding(n, n_hidden, normal)

        self.kinds, self.places = embedding(n_kinds), embedding(9)
        self.words = embedding(n_words)
        self.layer = keras.layers.GRU(n_hidden, return_sequences=True)
        self.mix = keras.layers.Dense(2 * n_hidden, activation="relu")
        self.out = keras.layers.Dense(n_words)
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        cells, given = x[:, :9], x[:, 9:]
        keys = self.kinds(cells) + self.places(tf.range(9))  # (batch, 9, n_hidden)
        s = self.layer(self.words(given))  # (batch, 6, n_hidden)
        scores = tf.matmul(s, keys, transpose_b=True)  # (batch, 6, 9)
        # Embeddings from N(0, 1) have large products: the root makes them smaller.
        weights = tf.nn.softmax(scores / keys.shape[-1] ** 0.5)  # (batch, 6, 9)
        mixed = self.mix(tf.concat([s, tf.matmul(weights, keys)], -1))
        return self.out(mixed)  # (batch, 6, n_words)
        ### END SOLUTION


# %% check-captioner nbgrader={"grade": true, "points": 4}
checks.captioner(Captioner, ur=ur)
