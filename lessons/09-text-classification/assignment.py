# %% title [markdown]
# # Text classification: assignment
#
# Six exercises, from a few lines to a small experiment. Fill the cells that say
# `YOUR CODE HERE`, run them, then run the check below: it says in a sentence what is
# wrong.

# %% imports
from collections import Counter

import numpy as np

from unrolled import baselines, batches, check, text
from unrolled.data import opinions

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("09-text-classification")

# %% about-vocabulary [markdown]
# ## Exercise 1: a vocabulary without leakage
#
# *Difficulty 2 of 5, 15 minutes, 3 points.*
#
# `train` and `test` are lists of sentences, a sentence is a list of words. Return both
# as integers (lists of lists), and how many integers are in use. 0 is padding, 1 every
# unknown word; the known ones have 2, 3, … in the order of `sorted`. A word is known if
# it occurs `min_count` times or more.
#
# *Beware:* occurs where? Nothing may be learned from `test`, not even its words.


# %% vocabulary
def vocabulary(train, test, min_count):
    ### BEGIN SOLUTION
    count = Counter(word for sentence in train for word in sentence)
    known = sorted(word for word, n in count.items() if n >= min_count)
    ids = {word: 2 + place for place, word in enumerate(known)}

    def encode(sentences):
        return [[ids.get(word, 1) for word in sentence] for sentence in sentences]

    return encode(train), encode(test), 2 + len(known)
    ### END SOLUTION


# %% check-vocabulary nbgrader={"grade": true, "points": 3}
checks.vocabulary(vocabulary)

# %% about-attend [markdown]
# ## Exercise 2: attention pooling
#
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# From all states to one vector. `h` is `(batch, time, n_hidden)`, `mask` `(batch,
# time)` is True at real steps, `w` `(n_hidden,)`. Each real step has a score, `h @ w`;
# a softmax over the real steps turns scores into weights; the result `(batch,
# n_hidden)` is the weighted sum of the states.
#
# *Beware:* padding may hold anything; it has weight 0 and takes nothing from the
# others. Scores may be large.


# %% attend
def attend(h, mask, w):
    ### BEGIN SOLUTION
    score = np.where(mask, h @ w, -np.inf)  # (batch, time)
    e = np.exp(score - score.max(axis=1, keepdims=True))  # exp(-inf) is 0
    weight = e / e.sum(axis=1, keepdims=True)
    return (weight[..., None] * h).sum(axis=1)  # (batch, n_hidden)
    ### END SOLUTION


# %% check-attend nbgrader={"grade": true, "points": 3}
checks.attend(attend)

# %% about-scores [markdown]
# ## Exercise 3: the confusion matrix and macro F1
#
# *Difficulty 2 of 5, 15 minutes, 2 points.*
#
# `predicted` and `y` are `(n,)`, classes from 0 to `n_classes - 1`. Return the counts
# `(n_classes, n_classes)`, rows what is true, columns what was said, and the macro F1:
# the mean over the classes of 2 TP / (2 TP + FP + FN).
#
# *Beware:* a class that neither occurs nor is said has no F1 and is left out of the
# mean. One that occurs and is never said has 0.


# %% scores
def scores(predicted, y, n_classes):
    ### BEGIN SOLUTION
    counts = np.zeros((n_classes, n_classes), int)
    np.add.at(counts, (y, predicted), 1)
    both = counts.sum(axis=0) + counts.sum(axis=1)  # 2 TP + FP + FN
    there = both > 0
    return counts, (2 * np.diag(counts)[there] / both[there]).mean()
    ### END SOLUTION


# %% check-scores nbgrader={"grade": true, "points": 2}
checks.scores(scores)

# %% about-published [markdown]
# ## Exercise 4: bug clinic, tested on what was learned
#
# Below is an evaluation as published lessons have it, in our words. `texts` is a list,
# `labels` `(n,)`, `order` a random order of the rows. `fit(texts, labels)` trains and
# returns a function from texts to predicted labels. The number that comes back is
# excellent. Find three faults; for one of them think of texts that occur twice.


# %% published
def published(texts, labels, order, fit):
    predict = fit(texts, labels)
    cut = int(0.8 * len(texts))
    test = order[cut:]
    some = order[: len(test)]  # "some random examples"
    return np.mean(predict([texts[i] for i in some]) == labels[some])


# %% symptom
def by_heart(texts, labels):
    known = dict(zip(texts, labels, strict=True))
    return lambda asked: np.array([known.get(text, 0) for text in asked])


rng = np.random.default_rng(0)
some_texts = [f"text {k}" for k in range(100)]
random_labels = rng.integers(0, 2, 100)  # nothing can be learned here
print(published(some_texts, random_labels, rng.permutation(100), by_heart))

# %% about-honest [markdown]
# *Difficulty 3 of 5, 20 minutes, 3 points.*
#
# Labels were drawn at random, and it scores 1.0. Write it right: the first 80 % of
# `order` are for training, as above; the rest is the test. A text of the test that
# also occurs in the training part is left out of the test.
#
# *Beware:* `fit` may remember all that it is given.


# %% honest
def honest(texts, labels, order, fit):
    ### BEGIN SOLUTION
    cut = int(0.8 * len(texts))
    train, test = order[:cut], order[cut:]
    seen = {texts[i] for i in train}
    test = [i for i in test if texts[i] not in seen]
    predict = fit([texts[i] for i in train], labels[train])
    return np.mean(predict([texts[i] for i in test]) == labels[test])
    ### END SOLUTION


# %% check-honest nbgrader={"grade": true, "points": 3}
checks.honest(honest)

# %% about-reader [markdown]
# ## Exercise 5: a classifier that reads
#
# *Difficulty 4 of 5, 25 minutes, 4 points.*
#
# Write the model: embedding, a recurrent layer, pooling, logits. It maps `x` and `mask`
# `(batch, time)`, however long, to `(batch, n_out)`; the embedding has `n_words` rows,
# the padding's too. The check tries padding and order, then trains on 1,600 opinions in
# which "not" flips the meaning: it must be 0.05 better than a linear model that counts
# words.
#
# *Beware:* padding is on the right, and the last column is not the last word.


# %% reader tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, n_words, n_out):
        super().__init__()
        ### BEGIN SOLUTION
        self.embed = nn.Embedding(n_words, 24)
        self.gru = nn.GRU(24, 32, batch_first=True)
        self.out = nn.Linear(32, n_out)
        ### END SOLUTION

    def forward(self, x, mask):
        ### BEGIN SOLUTION
        h, _ = self.gru(self.embed(x))  # (batch, time, 32)
        h = torch.where(mask[..., None], h, -2.0)  # below every tanh
        return self.out(h.amax(dim=1))  # (batch, n_out)
        ### END SOLUTION


# %% reader tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, n_words, n_out):
        super().__init__()
        ### BEGIN SOLUTION
        self.embed = keras.layers.Embedding(n_words, 24)
        self.gru = keras.layers.GRU(32, return_sequences=True)
        self.out = keras.layers.Dense(n_out)
        ### END SOLUTION

    def call(self, x, mask, training=False):
        ### BEGIN SOLUTION
        h = self.gru(self.embed(x))  # (batch, time, 32)
        h = tf.where(mask[..., None], h, -2.0)  # below every tanh
        return self.out(tf.reduce_max(h, axis=1))  # (batch, n_out)
        ### END SOLUTION


# %% check-reader nbgrader={"grade": true, "points": 4}
checks.reader(Reader, ur=ur)

# %% about-probe [markdown]
# ## Exercise 6: a probe for negation
#
# *Difficulty 3 of 5, 20 minutes, 4 points.*
#
# An accuracy does not say *what* was learned. `predict` maps sentences to labels, 1 is
# positive. For every subject s, every good word g and every bad word b, ask about the
# pair "s is g , not b ." (positive) and "s is b , not g ." (negative). Return the share
# of pairs of which **both** sentences are right.
#
# *Beware:* who always says "positive" has half of the sentences right, and no pair.


# %% probe
def probe(predict, subjects, good, bad):
    ### BEGIN SOLUTION
    first, second = [], []
    for s in subjects:
        for g in good:
            for b in bad:
                first.append(f"{s} is {g} , not {b} .")
                second.append(f"{s} is {b} , not {g} .")
    right = (np.asarray(predict(first)) == 1) & (np.asarray(predict(second)) == 0)
    return right.mean()
    ### END SOLUTION


# %% check-probe nbgrader={"grade": true, "points": 4}
checks.probe(probe)

# %% about-probed [markdown]
# Now the probe on two that have learned from the same 1,600 opinions: your `Reader`,
# and a linear model that counts single words. Both sentences of a pair have the same
# ones. **Predict** both numbers.


# %% trained
sentences, signs = opinions.by_templates(1_600)
words = [text.tokenize(sentence) for sentence in sentences]
known = text.Words.from_text([w for one in words for w in one])


def encode(asked):
    return [1 + known.encode(text.tokenize(one)) for one in asked]  # 0 is padding


def trained():
    ur.seed(0)
    model = Reader(1 + len(known), 2)
    rng = np.random.default_rng(0)
    many = batches.Buckets(encode(sentences), signs, 32, rng)
    ur.fit(model, many, epochs=8, lr=0.01, progress=False)

    def read(asked):
        some = batches.Buckets(encode(asked), np.zeros(len(asked), int), 256)
        return ur.predict(model, some).argmax(axis=-1)

    return read


counting = baselines.linear_words(sentences, signs, n=(1, 1))


# %% probed
try:
    readers = {"your Reader": trained(), "counting": counting.predict}
    for name, predict in readers.items():
        asked = opinions.SUBJECTS[:5], opinions.GOOD[:6], opinions.BAD[:6]
        print(f"{name:12} has {probe(predict, *asked):.2f} of the pairs right")
except NotImplementedError:
    print("This cell needs your `Reader` and your `probe`.")

# %% further [markdown]
# ## If you want to go on
#
# Give `Reader` another pooling (the last real state, the masked mean, `attend`) and
# another cell, and print accuracy and probe for each, three seeds. Then leave all
# sentences with "anything but" out of the training set and probe those. Guess before
# you run: what carries over?
