# %% title [markdown]
# # Sequence labelling: assignment
#
# Five exercises: what a tagger is judged by, how the best sequence of tags is found,
# a tagger that reads letters, and two bugs. Fill the cells that say `YOUR CODE HERE`,
# run them, then run the check below: it says in a sentence what is wrong.

# %% imports
import numpy as np

from unrolled import check, metrics

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("10-sequence-labelling")

# %% about-span-f1 [markdown]
# ## Exercise 1: F1 of whole spans
#
# *Difficulty 3 of 5, 25 minutes, 4 points.*
#
# `said` and `true` are lists of sentences, each a list of tags: "O", "B-" or "I-" and a
# kind. A span is right if its kind, its first word and its last word are. Return F1,
# precision and recall over all sentences together; each is 0 where its denominator is.
#
# *Beware:* an I that continues nothing of its kind begins a span. What ends one?


# %% span-f1
def span_f1(said, true):
    ### BEGIN SOLUTION
    def spans(tags):
        found, kind, start = set(), None, 0
        for t, tag in enumerate([*tags, "O"]):  # the O ends a span at the end
            mark, _, name = tag.partition("-")
            if kind is not None and (mark != "I" or name != kind):
                found.add((kind, start, t))
                kind = None
            if mark != "O" and kind is None:
                kind, start = name, t
        return found

    right = n_said = n_true = 0
    for some, others in zip(said, true, strict=True):
        a, b = spans(some), spans(others)
        right, n_said, n_true = right + len(a & b), n_said + len(a), n_true + len(b)
    f1 = 2 * right / max(n_said + n_true, 1)
    return f1, right / max(n_said, 1), right / max(n_true, 1)
    ### END SOLUTION


# %% check-span-f1 nbgrader={"grade": true, "points": 4}
checks.span_f1(span_f1)

# %% about-viterbi [markdown]
# ## Exercise 2: the best sequence of tags
#
# *Difficulty 4 of 5, 30 minutes, 4 points.*
#
# `scores` `(time, n_tags)` scores each tag of each word, `moves` `(n_tags, n_tags)`
# each step from a tag (row) to the next (column); −inf forbids it. A sequence has the
# sum of both. Return the best one, `(time,)` integers. The check tries every sequence
# of short sentences; long ones must be fast.
#
# *Beware:* a worse tag now may allow a better sequence.


# %% viterbi
def viterbi(scores, moves):
    ### BEGIN SOLUTION
    best = scores[0]  # (n_tags,): the best score of a way that ends in each tag
    came = []
    for now in scores[1:]:
        every = best[:, None] + moves  # (from, to)
        came.append(every.argmax(axis=0))
        best = every.max(axis=0) + now
    path = [best.argmax()]
    for back in came[::-1]:
        path.append(back[path[-1]])
    return np.array(path[::-1])
    ### END SOLUTION


# %% check-viterbi nbgrader={"grade": true, "points": 4}
checks.viterbi(viterbi)

# %% about-flattered [markdown]
# ## Exercise 3: bug clinic, a flattered tagger
#
# A tagger of names is judged by this function, as published notebooks judge theirs.
# `said` and `y` are `(batch, time)` integers, padded with 0; `kinds` names the tags,
# and `mask` says what is real.


# %% flattered
def flattered(said, y, mask, kinds):
    accuracy = np.mean(said == y)
    names = [kinds[k] for k in said.flatten()], [kinds[k] for k in y.flatten()]
    return accuracy, metrics.entity_f1([names[0]], [names[1]]).f1


# %% flattered-symptom
kinds = ["O", "B-PER", "I-PER"]
y = np.array([[0, 0, 1], [2, 0, 0], [1, 0, 0]])
mask = np.array([[True] * 3, [True] * 3, [True] * 1 + [False] * 2])
print("a tagger that only says O:", flattered(0 * y, y, mask, kinds))
print("the truth, one name cut  :", flattered(y * (y != 2), y, mask, kinds))

# %% about-judged [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Row 2 begins with an I that no B precedes, as some data sets have it: two names end
# and begin there. Write `judged`: accuracy over the real words, and the F1 of whole
# spans, sentence by sentence. `metrics.entity_f1` is yours to use; it takes one list of
# tags for each sentence.
#
# *Beware:* which two things are wrong with one flattened row of tags?


# %% judged
def judged(said, y, mask, kinds):
    ### BEGIN SOLUTION
    accuracy = np.mean(said[mask] == y[mask])

    def names(rows):
        return [[kinds[k] for k in row[m]] for row, m in zip(rows, mask, strict=True)]

    return accuracy, metrics.entity_f1(names(said), names(y)).f1
    ### END SOLUTION


# %% check-judged nbgrader={"grade": true, "points": 3}
checks.judged(judged)

# %% about-lost [markdown]
# ## Exercise 4: bug clinic, a mask lost on the way
#
# `e` `(batch, time, n)` are the words' vectors, `extra` `(batch, time, m)` more that is
# known of each word; both are put side by side, and a layer in two directions reads
# them. Sentences are padded on the right, with anything.


# %% lost tags=["pytorch"]
def lost(layer, e, extra, mask):
    x = torch.cat([e * mask[..., None], extra], dim=-1)
    return layer(x)[0]  # (batch, time, 2 * n_hidden)


# %% lost tags=["tensorflow"]
def lost(layer, e, extra, mask):
    e = keras.layers.Masking()(e * tf.cast(mask, e.dtype)[..., None])
    return layer(tf.concat([e, extra], axis=-1))  # (batch, time, 2 * n_hidden)


# %% new-layer tags=["pytorch"]
def new_layer(n_in, n_hidden):
    layer = nn.GRU(n_in, n_hidden, batch_first=True, bidirectional=True)
    return layer.to(ur.device())


# %% new-layer tags=["tensorflow"]
def new_layer(n_in, n_hidden):
    return keras.layers.Bidirectional(
        keras.layers.GRU(n_hidden, return_sequences=True), merge_mode="concat"
    )


# %% lost-symptom
ur.seed(0)
layer = new_layer(3, 2)
e, extra = np.ones((1, 5, 2), np.float32), np.ones((1, 5, 1), np.float32)
real = np.arange(5)[None] < 2
for n in (2, 5):  # two words; the same two words and three pads
    h = lost(layer, *(ur.tensor(a[:, :n]) for a in (e, extra, real)))
    print(n - 2, "pads, first word:", ur.array(h)[0, 0])

# %% about-kept [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# The same word has other states in other company. Write `kept`: the states `(batch,
# time, 2 * n_hidden)`, each sentence read as if it were alone, and 0 at the pads. The
# rows come in no order of length.
#
# *Beware:* zeros in the input do not stop a layer. What must it be told?


# %% kept tags=["pytorch"]
def kept(layer, e, extra, mask):
    ### BEGIN SOLUTION
    x = torch.cat([e, extra], dim=-1)
    packed = nn.utils.rnn.pack_padded_sequence(
        x, mask.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
    )
    h, _ = nn.utils.rnn.pad_packed_sequence(
        layer(packed)[0], batch_first=True, total_length=x.shape[1]
    )
    return h
    ### END SOLUTION


# %% kept tags=["tensorflow"]
def kept(layer, e, extra, mask):
    ### BEGIN SOLUTION
    x = tf.concat([e, extra], axis=-1)
    h = layer(x, mask=mask)
    return tf.where(mask[..., None], h, 0.0)
    ### END SOLUTION


# %% check-kept nbgrader={"grade": true, "points": 3}
checks.kept(kept, ur=ur, new_layer=new_layer)

# %% about-tagger [markdown]
# ## Exercise 5: a tagger that reads letters
#
# *Difficulty 4 of 5, 35 minutes, 5 points.*
#
# `x` `(batch, time, 1 + 8)` holds each word's number and its last 8 letters, 0 on the
# left where it is shorter; padding is on the right. Return logits `(batch, time,
# n_tags)`. The check tries padding and company, then trains on made-up requests: 0.95
# of all words must get the right part of speech, 0.9 of those never seen in training.
#
# *Beware:* who reads the letters? And who the next word?


# %% tagger tags=["pytorch"]
class Tagger(nn.Module):
    def __init__(self, n_words, n_letters, n_tags):
        super().__init__()
        ### BEGIN SOLUTION
        self.embed = nn.Embedding(n_words, 24)
        self.embed_letters = nn.Embedding(n_letters, 12)
        self.spell = nn.GRU(12, 24, batch_first=True)
        self.read = nn.GRU(48, 24, batch_first=True, bidirectional=True)
        self.out = nn.Linear(48, n_tags)
        ### END SOLUTION

    def forward(self, x, mask):
        ### BEGIN SOLUTION
        letters = self.embed_letters(x[..., 1:]).flatten(0, 1)  # (words, 8, 12)
        spelled = self.spell(letters)[1][0].unflatten(0, mask.shape)
        e = torch.cat([self.embed(x[..., 0]), spelled], dim=-1)  # (batch, time, 48)
        lengths = mask.sum(dim=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(
            e, lengths, batch_first=True, enforce_sorted=False
        )
        h, _ = nn.utils.rnn.pad_packed_sequence(
            self.read(packed)[0], batch_first=True, total_length=x.shape[1]
        )
        return self.out(h)
        ### END SOLUTION


# %% tagger tags=["tensorflow"]
class Tagger(keras.Model):
    def __init__(self, n_words, n_letters, n_tags):
        super().__init__()
        ### BEGIN SOLUTION
        self.embed = keras.layers.Embedding(n_words, 24)
        self.embed_letters = keras.layers.Embedding(n_letters, 12)
        self.spell = keras.layers.GRU(24)
        self.read = keras.layers.Bidirectional(
            keras.layers.GRU(24, return_sequences=True)
        )
        self.out = keras.layers.Dense(n_tags)
        ### END SOLUTION

    def call(self, x, mask, training=False):
        ### BEGIN SOLUTION
        letters = self.embed_letters(tf.reshape(x[..., 1:], (-1, 8)))  # (words, 8, 12)
        size = tf.shape(x)
        spelled = tf.reshape(self.spell(letters), (size[0], size[1], 24))
        e = tf.concat([self.embed(x[..., 0]), spelled], axis=-1)  # (batch, time, 48)
        return self.out(self.read(e, mask=mask))
        ### END SOLUTION


# %% check-tagger nbgrader={"grade": true, "points": 5}
checks.tagger(Tagger, ur=ur)

# %% further [markdown]
# ## If you want to go on
#
# Put your `viterbi` behind the lesson's tagger of entities, with moves that were
# *counted*: the logarithm of how often each tag follows each other one in training.
# Guess before you run: is F1 higher than with moves that only forbid?
