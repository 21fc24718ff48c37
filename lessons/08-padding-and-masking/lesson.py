# %% title [markdown]
# # Padding and masking, hands on
#
# Sequences differ in length, and an array does not. So the short ones are filled up
# with a symbol that means nothing to us. Does the network know that it means nothing?
# Here it is trained twice, from the same weights on the same sentences, and only one
# thing differs: whether it is told where a sentence ends.

# %% imports
import tempfile
import time

import numpy as np

from unrolled import batches, cells, data, ledger, metrics, plot, quiz, text

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

UNIT = "08-padding-and-masking"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pad_packed_sequence,
    pad_sequence,
)
from torch.utils.data import DataLoader

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
import warnings

from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-rectangle [markdown]
# ## 1 · A rectangle
#
# The symbol that fills up is **padding**, here the integer 0; it stands on the right or
# on the left. A **mask** keeps what is real.

# %% rectangle tags=["nbval-check-output"]
three = [[5, 3, 7, 4], [6, 2], [8]]
for side in ("right", "left"):
    x, mask = batches.pad(three, side=side)  # (batch, time) both
    print(f"{side}:\n{x}\n{mask.astype(int)}")
print("lengths, from the mask:", mask.sum(axis=1))

# %% about-own-pad [markdown]
# The framework has a function for this too. **Predict** on which side it pads, if it is
# asked nothing else.

# %% own-pad tags=["pytorch", "nbval-check-output", "predicted"]
print(pad_sequence([torch.tensor(s) for s in three], batch_first=True))

# %% own-pad tags=["tensorflow", "nbval-check-output", "predicted"]
print(keras.utils.pad_sequences(three))
print(keras.utils.pad_sequences(three, padding="post"))

# %% about-sentences [markdown]
# ## 2 · A task in which order decides
#
# Each sentence says *good* once and *bad* once, and *not* stands before one of them:
# *not bad* is praise (1), *not good* is none (0). Most sentences are short and a few
# are long, as in real text.

# %% sentences
WORDS = "<pad> not good bad the a film was it story and then with some".split()


def sentence(rng):
    n = min(4 + rng.geometric(1 / 8), 50)
    x = rng.integers(4, len(WORDS), n)  # (time,) the words without opinion
    places = rng.choice(np.arange(1, n, 2), 2, replace=False)
    x[places] = 2, 3
    negated = rng.choice(places)
    x[negated - 1] = 1
    return x, int(x[negated] == 3)


def sentences(n, rng, make=sentence):
    xs, y = zip(*[make(rng) for _ in range(n)], strict=True)
    return list(xs), np.array(y)


# %% sentences-made
rng = np.random.default_rng(SEED)
train_x, train_y = sentences(1600, rng)
test_x, test_y = sentences(1000, rng)
lengths = np.array([len(x) for x in train_x])
for x, y in zip(train_x[:3], train_y, strict=False):
    print(y, " ".join(WORDS[i] for i in x))
print(
    f"{lengths.min()} to {lengths.max()} words, half have at most", np.median(lengths)
)

# %% about-bag [markdown]
# First the simplest model: count the words of a sentence, and let a linear model
# decide. **Predict** its accuracy. (How often does each class say *not*?)


# %% bag tags=["predicted"]
def counts(xs):
    return np.array([np.bincount(x, minlength=len(WORDS)) for x in xs])


linear = LogisticRegression().fit(counts(train_x), train_y)
bag = metrics.accuracy(linear.predict(counts(test_x)), test_y)
print(f"bag of words: {bag:.3f} of the test sentences")

# %% about-groups [markdown]
# Both classes hold the same words, so counting words is guessing. But neighbors tell
# them apart. Count pairs of neighbors as well, *not good* and *not bad* among them.
# **Predict** the accuracy.


# %% groups tags=["aside"]
def spelled(xs):
    return [" ".join(WORDS[i] for i in x) for x in xs]


def grouped(k, train, test):
    """Return the accuracy of a linear model that counts groups of up to k neighbors."""
    count = CountVectorizer(ngram_range=(1, k), token_pattern=r"\S+")
    model = make_pipeline(count, LogisticRegression(max_iter=1000))
    (x, y), (x_new, y_new) = train, test
    return model.fit(spelled(x), y).score(spelled(x_new), y_new)


# %% pairs tags=["aside", "predicted"]
pairs = grouped(2, (train_x, train_y), (test_x, test_y))
print(f"words and pairs: {pairs:.3f} of the test sentences")

# %% about-far [markdown]
# So this task needs no recurrent network: pairs are enough. It is small enough to look
# inside, and that is what it is for. A second task moves the words apart: *not* negates
# the next *good* or *bad* that follows, and at least two other words stand between any
# two of the three. **Predict** what pairs and triples reach.

# %% far tags=["aside"]
ORDERS = ((1, 2, 3), (3, 1, 2), (1, 3, 2), (2, 1, 3))  # 1 not, 2 good, 3 bad


def far_sentence(rng):
    n = min(13 + rng.geometric(1 / 8), 50)
    x = rng.integers(4, len(WORDS), n)  # (time,)
    places = np.sort(rng.choice(n - 8, 3, replace=False)) + np.array([2, 4, 6])
    order = rng.integers(4)
    x[places] = ORDERS[order]
    return x, int(order >= 2)  # not ... bad


# %% far-groups tags=["aside", "predicted"]
far_rng = np.random.default_rng(SEED)
far_train, far_test = (sentences(n, far_rng, far_sentence) for n in (1600, 1000))
i = np.argmin([len(one) for one in far_train[0]])  # a short one
print(far_train[1][i], *spelled([far_train[0][i]]))
for k, name in ((2, "words and pairs"), (3, "and triples")):
    print(f"{name:15} {grouped(k, far_train, far_test):.3f} of the far sentences")

# %% about-network [markdown]
# No group of neighbors holds two of the three words, so a count of neighbors guesses.
# (A linear model on "*not* somewhere before *bad*", counted at any distance, would do:
# the page has it.) The recurrent network gets the words, and nobody chooses groups for
# it. An embedding, an LSTM, and a readout of its last state:


# %% network tags=["pytorch"]
class LastState(nn.Module):
    def __init__(self, n_symbols, n_out):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, 16)
        self.lstm = nn.LSTM(16, 32, batch_first=True)
        self.out = nn.Linear(32, n_out)

    def forward(self, x, lengths):
        e = self.embedding(x)  # (batch, time, 16)
        _, (h, _) = self.lstm(e)  # h: (layers, batch, 32)
        return self.out(h[-1])  # (batch, n_out)


# %% network tags=["tensorflow"]
def last_state(n_symbols, n_out, **options):
    normal = keras.initializers.RandomNormal(stddev=1.0)  # as PyTorch starts
    return keras.Sequential(
        [
            keras.layers.Embedding(n_symbols, 16, normal, **options),
            keras.layers.LSTM(32),  # its last state, (batch, 32)
            keras.layers.Dense(n_out),
        ]
    )


# %% about-learn [markdown] tags=["pytorch"]
# `h[-1]` is the last layer's last state, the usual summary. (`lengths` comes in and is
# not used yet.) The loop of unit 02: shuffle, cut into batches, update.

# %% about-learn [markdown] tags=["tensorflow"]
# `LSTM` returns its last state, the usual summary. Shuffle, cut into batches, update:
# `model.fit`, with unit 02's `Adam`, which adds up the gradient rows of equal words
# before it squares them.


# %% learn tags=["pytorch"]
def learn(model, x, mask, y, epochs=3):
    rng = np.random.default_rng(SEED)
    model.to(ur.device())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    began = time.perf_counter()
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(y)), len(y) // 32):
            now, lengths = ur.tensor(x[rows]), ur.tensor(mask[rows].sum(axis=1))
            loss = cross_entropy(model(now, lengths), ur.tensor(y[rows]))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return loss.item(), time.perf_counter() - began


# %% learn tags=["tensorflow"]
class Adam(keras.optimizers.Adam):
    def apply(self, grads, trainable_variables=None):
        whole = [tf.convert_to_tensor(g) for g in grads]  # equal words added up
        super().apply(whole, trainable_variables)


def learn(model, x, mask, y, epochs=3):
    model.compile(
        optimizer=Adam(0.01, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    began = time.perf_counter()
    history = model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    return history.history["loss"][-1], time.perf_counter() - began


# %% ask tags=["pytorch"]
def ask(model, x, mask):
    with torch.no_grad():
        lengths = ur.tensor(mask.sum(axis=1))
        return ur.array(model(ur.tensor(x), lengths))  # (batch, n_out)


# %% ask tags=["tensorflow"]
def ask(model, x, mask):
    return ur.array(model(x))  # (batch, n_out)


# %% about-padded [markdown]
# ## 3 · Padded, and nothing else
#
# All sentences of the first task in one array, as long as the longest. **Predict** the
# share of padding, and the accuracy on the test sentences.

# %% prediction-padded [markdown]
# *Your prediction:*

# %% padded-data tags=["predicted"]
x, mask = batches.pad(train_x)  # (batch, time)
x_test, mask_test = batches.pad(test_x)
print("x", x.shape, f" {1 - mask.mean():.0%} of it is padding")

# %% padded tags=["pytorch"]
ur.seed(SEED)
padded = LastState(len(WORDS), 2)
loss, seconds_padded = learn(padded, x, mask, train_y)

# %% padded tags=["tensorflow"]
ur.seed(SEED)
padded = last_state(len(WORDS), 2)
loss, seconds_padded = learn(padded, x, mask, train_y)

# %% padded-accuracy tags=["predicted"]
accuracy_padded = metrics.accuracy(ask(padded, x_test, mask_test).argmax(-1), test_y)
print(f"padded: accuracy {accuracy_padded:.3f}, loss {loss:.3f} (ln 2 = 0.693)")

# %% about-merge [markdown]
# To see why, look at the state while the network reads. Two sentences with opposite
# answers are each followed by 40 pads. **Predict:** how far apart are their states
# after 0, 10, 20 and 40 of them?


# %% inside tags=["pytorch"]
def inside(model, x):
    e = ur.array(model.embedding(ur.tensor(x)))  # (batch, time, 16)
    return model.lstm, e


# %% inside tags=["tensorflow"]
def inside(model, x):
    embedding, lstm, _ = model.layers
    return lstm, ur.array(embedding(x))  # (batch, time, 16)


def readout(model, h):
    return ur.array(model.layers[-1](h))  # (batch, n_out)


# %% merge tags=["predicted"]
praise, blame = ("it was not bad and good".split(), "it was bad and not good".split())
both = [[WORDS.index(w) for w in words] + [0] * 40 for words in (praise, blame)]
both = np.array(both)  # (2, time)
h = ur.run(*inside(padded, both)).h  # (2, time, 32)
apart_padded = np.linalg.norm(h[0] - h[1], axis=-1)  # (time,)
for step in (5, 15, 25, 45):
    print(f"after {step - 5:2} pads: {apart_padded[step]:.1e}")

# %% about-gradient [markdown]
# The state takes the same input forty times, and unit 05's forget gate multiplies away
# what it held. And the gradient, which must come back by the same way? Take that of the
# last state's sum for the input of each step. **Predict** by what factor it is smaller
# at the last word than at the last pad.

# %% gradient tags=["predicted"]
norms = ur.gradients(*inside(padded, both))  # (time,)
print(f"at the last pad {norms[-1]:.1e}, at the last word {norms[5]:.1e}:", end=" ")
print(f"a factor of {norms[-1] / norms[5]:.0e}")

# %% about-merge-read [markdown]
# After 150 updates on so much padding, the readout sees a state that holds next to
# nothing of the sentence, and the gradient that should teach the layer to hold it has
# all but vanished. (This is one arrangement and one number of updates. The page has
# others, in which a network that reads the pads does learn.)
#
# ## 4 · The cure: say what is real
#
# The framework must know the lengths. First a look at how it is told.

# %% look tags=["pytorch"]
small, small_mask = batches.pad([[6, 2], [5, 3, 7, 4], [8]])  # not sorted by length
packed = pack_padded_sequence(
    torch.tensor(small),
    torch.tensor(small_mask.sum(axis=1)),
    batch_first=True,
    enforce_sorted=False,
)
print("data          ", packed.data.tolist())
print("batch_sizes   ", packed.batch_sizes.tolist())
print("sorted_indices", packed.sorted_indices.tolist())

# %% look tags=["tensorflow"]
small, small_mask = batches.pad([[6, 2], [5, 3, 7, 4], [8]])
layer = keras.layers.Embedding(10, 3, mask_zero=True)
print("the mask that goes with the output:")
print(ur.array(layer.compute_mask(small)).astype(int))
masking = keras.layers.Masking(mask_value=0.0)  # for inputs that are vectors
vectors = small_mask[..., None] * np.ones((3, 4, 2))  # (batch, time, features)
print("Masking finds the rows that are all 0:")
print(ur.array(masking.compute_mask(vectors)).astype(int))

# %% about-look [markdown] tags=["pytorch"]
# A packed sequence has no padding at all: `data` holds the first symbols of all, then
# the second ones, and so on, the longest sequence first. `batch_sizes` says how many
# are still there at each step; `sorted_indices` who they are. Without
# `enforce_sorted=False` you must sort yourself:

# %% about-look [markdown] tags=["tensorflow"]
# The mask travels with the tensor from layer to layer, unseen: a layer that knows about
# masks uses it, and hands it on. Which layers do?

# %% rules tags=["pytorch"]
try:
    pack_padded_sequence(torch.tensor(small), torch.tensor([2, 4, 1]), batch_first=True)
except RuntimeError as error:
    print(str(error).splitlines()[0][:72])

# %% rules tags=["tensorflow"]
for made in (
    keras.layers.Dense(3),
    keras.layers.Dropout(0.5),
    keras.layers.LSTM(3, return_sequences=True),
    keras.layers.Reshape((4, 3)),
    keras.layers.Conv1D(3, 2),
    keras.layers.Lambda(lambda x: x),
):
    print(f"{type(made).__name__:8} supports masking: {made.supports_masking}")

# %% about-masked [markdown] tags=["pytorch"]
# Now the same network, told the lengths. Two statements differ. `h` is then each
# sequence's state after *its own* last word, in the order in which they came in.
# **Predict** its accuracy after the same updates.

# %% about-masked [markdown] tags=["tensorflow"]
# (True is not yet *handed on*: an LSTM that returns its last state alone has used the
# mask up.) Now the same network, with `mask_zero=True`: word 0 is padding. The
# embedding makes the mask, the LSTM finds it, and a masked step leaves its state alone.
# **Predict** its accuracy after the same updates.


# %% told tags=["pytorch"]
class Told(LastState):
    def forward(self, x, lengths):
        e = self.embedding(x)  # (batch, time, 16)
        # The lengths must be on the CPU, wherever the model is.
        p = pack_padded_sequence(
            e, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h, _) = self.lstm(p)  # h: (layers, batch, 32)
        return self.out(h[-1])  # (batch, n_out)


# %% told tags=["tensorflow"]
def told(n_symbols, n_out):
    return last_state(n_symbols, n_out, mask_zero=True)


# %% masked tags=["pytorch"]
ur.seed(SEED)
masked = Told(len(WORDS), 2)
loss, seconds_masked = learn(masked, x, mask, train_y)

# %% masked tags=["tensorflow"]
ur.seed(SEED)
masked = told(len(WORDS), 2)
loss, seconds_masked = learn(masked, x, mask, train_y)

# %% masked-accuracy tags=["predicted"]
accuracy_masked = metrics.accuracy(ask(masked, x_test, mask_test).argmax(-1), test_y)
print(f"masked: accuracy {accuracy_masked:.3f}, loss {loss:.4f}")
print(f"padded: accuracy {accuracy_padded:.3f}, bag of words {bag:.3f}")

# %% about-far-network [markdown]
# And the second task, which groups of neighbors could not do? The same network, the
# same number of updates. **Predict.**

# %% far-network tags=["pytorch", "aside", "predicted"]
ur.seed(SEED)
far_network = Told(len(WORDS), 2)
learn(far_network, *batches.pad(far_train[0]), far_train[1])
right = ask(far_network, *batches.pad(far_test[0])).argmax(-1) == far_test[1]
print(f"far sentences, told the lengths: {right.mean():.3f}")

# %% far-network tags=["tensorflow", "aside", "predicted"]
ur.seed(SEED)
far_network = told(len(WORDS), 2)
learn(far_network, *batches.pad(far_train[0]), far_train[1])
right = ask(far_network, *batches.pad(far_test[0])).argmax(-1) == far_test[1]
print(f"far sentences, told the lengths: {right.mean():.3f}")

# %% about-merge-curve [markdown]
# How does the network of the first task treat the two sentences, if it is *not* told
# where they end and reads the pads like words? **Predict:** does the distance between
# its states fall too?

# %% merge-curve tags=["aside", "predicted"]
h = ur.run(*inside(masked, both)).h  # no mask here
apart_masked = np.linalg.norm(h[0] - h[1], axis=-1)  # (time,)
title = "How far apart two sentences are, as pads are read"
if apart_padded[-1] < 0.1 * apart_masked[-1]:
    title = "Trained without a mask, the network never learns to hold its answer"
plot.lines(
    {
        # A logarithm has no place for 0.
        "trained without a mask": np.maximum(apart_padded[5:], 1e-9),
        "trained with a mask": apart_masked[5:],
    },
    title,
    "pads read after the sentence",
    "distance between the states",
    log_y=True,
)

# %% about-untold [markdown]
# An LSTM *can* hold an answer through pads, once it has learned what to hold. Is a
# network that was trained with the lengths then safe, if nobody tells it the lengths?
# Take four of them, from four initializations. **Predict** their accuracies, read where
# the array ends.

# %% untold tags=["pytorch", "aside", "predicted"]
for k in range(4):
    ur.seed(SEED + k)
    model = Told(len(WORDS), 2)
    learn(model, x, mask, train_y)
    for name, given in {"told": mask_test, "not told": mask_test >= 0}.items():
        right = ask(model, x_test, given).argmax(-1) == test_y
        print(f"{name} {right.mean():.3f}", end="\n" if name == "not told" else ", ")

# %% untold tags=["tensorflow", "aside", "predicted"]
for k in range(4):
    ur.seed(SEED + k)
    model = told(len(WORDS), 2)
    learn(model, x, mask, train_y)
    right = ask(model, x_test, mask_test).argmax(-1) == test_y
    h = ur.run(*inside(model, x_test)).h  # (batch, time, 32), no mask
    untold = readout(model, h[:, -1]).argmax(-1) == test_y
    print(f"told {right.mean():.3f}, not told {untold.mean():.3f}")

# %% about-invariant [markdown]
# Each of the four was trained on sentences that end where they end. Nothing asked its
# forget gates to hold the answer any longer, so where one does, it is by chance.
#
# ## 5 · The property
#
# A sentence's answer must not depend on what it is batched with. **Padding
# invariance:** add padding, shuffle the rows, and no prediction changes. It needs no
# labels and no training. **Predict** which of three networks have it: padded and
# masked, both untrained, and masked and trained.


# %% invariant
def probabilities(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def change(model, n=25):
    """The largest change of a probability, from alone to shuffled company."""
    rows = np.random.default_rng(1).permutation(n)
    company = probabilities(ask(model, x_test[rows], mask_test[rows]))
    some = [test_x[i][None] for i in rows]  # each (1, time), no padding
    alone = np.concatenate([ask(model, x, np.ones(x.shape, bool)) for x in some])
    return np.abs(company - probabilities(alone)).max()


# %% fresh tags=["pytorch"]
ur.seed(SEED)
fresh = {
    "padded, fresh": LastState(len(WORDS), 2).to(ur.device()),
    "masked, fresh": Told(len(WORDS), 2).to(ur.device()),
}

# %% fresh tags=["tensorflow"]
ur.seed(SEED)
fresh = {
    "padded, fresh": last_state(len(WORDS), 2),
    "masked, fresh": told(len(WORDS), 2),
}

# %% invariance tags=["predicted"]
for name, model in {**fresh, "masked, trained": masked}.items():
    print(f"{name:16} a probability changes by up to {change(model):.0e}")
invariance = change(masked)
assert invariance <= 1e-6

# %% about-padding-idx [markdown] tags=["pytorch"]
# PyTorch's embedding takes `padding_idx=0`, which holds the vector of symbol 0 at
# zeros. Is that a mask? **Predict:** by how much does a probability change now?

# %% about-padding-idx [markdown] tags=["tensorflow"]
# A vector of zeros for symbol 0 is one that Keras' embedding may have like any other.
# Is that a mask? Set it to zeros in the padded network, and **predict** by how much a
# probability changes.

# %% padding-idx tags=["pytorch", "aside", "predicted"]
zeros = LastState(len(WORDS), 2)
zeros.embedding = nn.Embedding(len(WORDS), 16, padding_idx=0)
zeros.to(ur.device())
print("the pad's vector is zeros:", not zeros.embedding.weight[0].any().item())
print(f"and a probability changes by up to {change(zeros):.0e}")

# %% padding-idx tags=["tensorflow", "aside", "predicted"]
zeros = fresh["padded, fresh"]
vectors = zeros.layers[0].get_weights()[0]  # (n_symbols, 16)
vectors[0] = 0
zeros.layers[0].set_weights([vectors])
print(f"a probability changes by up to {change(zeros):.0e}")

# %% about-last [markdown]
# An input of zeros is still an input: bias and old state go on. Only a mask stops a
# step.
#
# ## 6 · The last valid state, and two quiet bugs
#
# Padding on the right stands *behind* the words. So the states at real steps are right
# even without a mask; only the choice among them is wrong. Take each row's own last
# step, by its index. **Predict** which of these agree with the sequence alone.

# %% last-valid
rng = np.random.default_rng(SEED)
weights = cells.lstm_weights(3, 5, rng)
sequences = [rng.normal(size=(n, 3)) for n in (4, 9, 6)]
alone = np.concatenate([cells.lstm(s[None], weights).last[0] for s in sequences])
right, mask_right = batches.pad(sequences)
left, mask_left = batches.pad(sequences, side="left")
rows, ends = np.arange(3), mask_right.sum(axis=1) - 1
h = cells.lstm(right, weights).h  # (batch, time, n_hidden)
found = {
    "right, h[:, -1]": h[:, -1],
    "right, h[rows, lengths - 1]": h[rows, ends],
    "right, masked": cells.lstm(right, weights, mask=mask_right).last[0],
    "left, h[:, -1]": cells.lstm(left, weights).h[:, -1],
    "left, masked": cells.lstm(left, weights, mask=mask_left).last[0],
}

# %% last-table tags=["nbval-check-output", "predicted"]
for name, state in found.items():
    same = np.allclose(state, alone, atol=1e-12)
    print(f"{name:28} the sequence's own state: {same}")

# %% about-same-numbers [markdown] tags=["pytorch"]
# On the left the pads come first. The words that follow them are read last, but the
# state in which they begin depends on how many pads there are.
#
# And the framework? Its packed run must end where our masked cell ends.

# %% about-same-numbers [markdown] tags=["tensorflow"]
# On the left the pads come first. The words that follow them are read last, but the
# state in which they begin depends on how many pads there are.
#
# And the framework? Its masked run must end where our masked cell ends. Here the mask
# is given by hand, `mask=`, as for any tensor that brings none. (On a GPU the fast
# kernel wants right padding; Keras' error names the way out, `use_cudnn=False`, which
# changes nothing else.)

# %% same-numbers tags=["pytorch"]
layer = nn.LSTM(3, 5, batch_first=True)
ur.load_lstm(layer, weights)
p = pack_padded_sequence(
    torch.tensor(right, dtype=torch.float32),
    torch.tensor(ends + 1),
    batch_first=True,
    enforce_sorted=False,
)
_, (h_n, c_n) = layer(p)
difference = np.abs(ur.array(h_n[0]) - alone).max()
print(f"packed: {difference:.0e} from NumPy")

# %% same-numbers tags=["tensorflow"]
layer = keras.layers.LSTM(5)
ur.load_lstm(layer, weights)
last = layer(tf.constant(right, tf.float32), mask=tf.constant(mask_right))
difference = np.abs(ur.array(last) - alone).max()
print(f"with mask=: {difference:.0e} from NumPy")

# %% about-backward [markdown]
# Two directions need more than an index. The backward layer starts at the right end:
# it reads the pads *first*. **Predict** whether its state at step 0 is right without a
# mask.

# %% backward tags=["nbval-check-output", "predicted"]
pair = (weights, cells.lstm_weights(3, 5, rng))
lone = np.concatenate(
    [cells.bidirectional(s[None], pair).backward.last[0] for s in sequences]
)
for name, given in {"no mask": None, "masked": mask_right}.items():
    state = cells.bidirectional(right, pair, mask=given).backward.last[0]
    print(f"backward, {name}: {np.allclose(state, lone, atol=1e-12)}")

# %% about-one-hot [markdown]
# **A mask that masks nothing.** Some code finds padding by looking: a step whose inputs
# are all 0 is padding. That holds for vectors padded with zeros. Then somebody puts a
# one-hot encoding in between. **Predict** the lengths that are found.

# %% one-hot tags=["pytorch", "nbval-check-output", "predicted"]
ids, real = batches.pad([[3, 1, 2], [2]])
hot = batches.one_hot(ids, 4)  # (batch, time, 4)
print("true lengths", real.sum(axis=1))
print("after one-hot", hot.any(axis=-1).sum(axis=1))
print("one-hot, pads erased", (hot * real[..., None]).any(axis=-1).sum(axis=1))

# %% one-hot tags=["tensorflow", "nbval-check-output", "predicted"]
ids, real = batches.pad([[3, 1, 2], [2]])
hot = batches.one_hot(ids, 4)  # (batch, time, 4)
found = {"after one-hot": hot, "one-hot, pads erased": hot * real[..., None]}
print("true lengths", real.sum(axis=1))
for name, rows in found.items():
    print(name, ur.array(keras.layers.Masking().compute_mask(rows)).sum(axis=1))

# %% about-dropped [markdown] tags=["pytorch"]
# A one-hot pad is a 1 in column 0, not a row of zeros. Set it to zeros, or better:
# never guess a mask from values, and carry it along.
#
# **A mask that is dropped on the way.** Two layers: the first gets packed input, its
# output is padded again for something in between, and the second gets it as it is.
# **Predict** which of the two ways agrees with the sequence alone.

# %% about-dropped [markdown] tags=["tensorflow"]
# A one-hot pad is a 1 in column 0, not a row of zeros. Set it to zeros, or better:
# never guess a mask from values, and carry it along.
#
# **A mask that is dropped on the way.** Two recurrent layers, and between them one that
# may or may not hand the mask on. **Predict** which of the two does.

# %% dropped tags=["pytorch", "predicted"]
first, second = nn.LSTM(3, 5, batch_first=True), nn.LSTM(5, 5, batch_first=True)


def both_layers(x, lengths, again):
    p = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    h, _ = pad_packed_sequence(first(p)[0], batch_first=True)  # (batch, time, 5)
    if again:
        h = pack_padded_sequence(h, lengths, batch_first=True, enforce_sorted=False)
    return ur.array(second(h)[1][0][-1])  # (batch, 5)


padded_3 = torch.tensor(right, dtype=torch.float32)
for again in (False, True):
    given = [(torch.tensor(s[None], dtype=torch.float32), len(s)) for s in sequences]
    lone = [both_layers(s, torch.tensor([n]), again)[0] for s, n in given]
    gap = np.abs(both_layers(padded_3, torch.tensor(ends + 1), again) - lone).max()
    print(f"packed again: {again!s:5}  {gap:.0e} from the sequence alone")


# %% dropped tags=["tensorflow", "predicted"]
def both_layers(between):
    first, second = keras.layers.LSTM(5, return_sequences=True), keras.layers.LSTM(5)
    return keras.Sequential([keras.layers.Masking(), first, between, second])


for between in (keras.layers.Reshape((-1, 5)), keras.layers.Dropout(0.5)):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = both_layers(between)
        lone = [ur.array(model(tf.constant(s[None], tf.float32)))[0] for s in sequences]
        gap = np.abs(ur.array(model(tf.constant(right, tf.float32))) - lone).max()
    print(f"{type(between).__name__:8} {gap:.0e} from the sequence alone")
    for text_said in sorted({str(w.message).split(". ")[-1].strip() for w in said}):
        print("  it says:", text_said)

# %% about-means [markdown]
# Neither bug stops a program, and neither is visible in a loss that goes down. The
# property of section 5 finds both: compare each sequence with itself alone.
#
# ## 7 · Means and losses
#
# Every mean is a sum divided by a count, and padding spoils both. The mean of the
# states over time is a common summary of a sequence. **Predict** which line is right.

# %% means tags=["nbval-check-output", "predicted"]
h = cells.lstm(right, weights, mask=mask_right).h  # a masked step repeats the state
true = np.stack([cells.lstm(s[None], weights).h[0].mean(axis=0) for s in sequences])
real = mask_right[..., None]  # (batch, time, 1)
means = {
    "h.mean(axis=1)": h.mean(axis=1),
    "(h * mask).mean(axis=1)": (h * real).mean(axis=1),
    "(h * mask).sum / mask.sum": (h * real).sum(axis=1) / real.sum(axis=1),
}
for name, mean in means.items():
    print(f"{name:26} {np.allclose(mean, true)}")

# %% about-tagger [markdown]
# A loss is a mean too. Let a network say the *next word* at every step. Its targets are
# padded like its inputs: behind the sentence, the next word is 0, always.


# %% tagger tags=["pytorch", "aside"]
class NextWord(nn.Module):
    def __init__(self, n_symbols):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, 16)
        self.lstm = nn.LSTM(16, 32, batch_first=True)
        self.out = nn.Linear(32, n_symbols)

    def forward(self, x, mask):
        h, _ = self.lstm(self.embedding(x))  # no mask: pads come after the words
        return self.out(h)  # (batch, time, n_symbols)


ur.seed(SEED)
tagger = NextWord(len(WORDS))


# %% tagger tags=["tensorflow", "aside"]
class NextWord(keras.Model):
    def __init__(self, n_symbols):
        super().__init__()
        self.embedding = keras.layers.Embedding(n_symbols, 16)
        self.lstm = keras.layers.LSTM(32, return_sequences=True)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, mask):
        h = self.lstm(self.embedding(x))  # no mask: pads come after the words
        return self.out(h)  # (batch, time, n_symbols)


ur.seed(SEED)
tagger = NextWord(len(WORDS))

# %% about-over-pads [markdown]
# Train it with the loss over everything, pads too (a mask that says all is real). Then
# measure its loss twice: over everything, and over the words. The *perplexity* is e to
# the mean nats: a guess among k equally likely words has k. **Predict** both; the words
# without opinion are sampled from ten.

# %% over-pads tags=["aside", "predicted"]
now, after, real = x[:, :-1], x[:, 1:], mask[:, 1:]  # (batch, time - 1)
everything = np.ones_like(real)
parts = [slice(k, k + 32) for k in range(0, len(x), 32)]
ur.fit(
    tagger,
    [(now[p], everything[p], after[p]) for p in parts],
    epochs=3,
    lr=0.01,
    progress=False,
)
logits = np.stack(ur.predict(tagger, [(now, everything, after)]))
for name, weight in {"over everything": everything, "over the words": real}.items():
    nats = metrics.cross_entropy(logits, after, weight)
    share = metrics.accuracy(logits.argmax(-1), after, weight)
    print(
        f"{name:15} {nats:.3f} nats, perplexity {np.exp(nats):.2f}, right {share:.3f}"
    )

# %% about-ignore [markdown] tags=["pytorch"]
# One network, one set of answers, two verdicts: most of what it gets right "over
# everything" is that a pad follows a pad. `ur.fit` leaves pads out, if it gets the
# mask. The framework's own loss has a label that it ignores. **Predict** which of the
# two numbers of nats it gives.

# %% about-ignore [markdown] tags=["tensorflow"]
# One network, one set of answers, two verdicts: most of what it gets right "over
# everything" is that a pad follows a pad. `ur.fit` leaves pads out, if it gets the
# mask. Keras has two ways, and **only one** of them divides by the number of real
# steps. **Predict** which.

# %% ignore tags=["pytorch", "aside", "predicted"]
labels = torch.tensor(np.where(real, after, -100))  # (batch, time)
found = torch.tensor(logits).transpose(1, 2)  # the classes stand in the middle
nats = cross_entropy(found, labels, ignore_index=-100)  # -100 is the default
print(f"ignore_index: {nats:.3f} nats")

# %% ignore tags=["tensorflow", "aside", "predicted"]
entropy = keras.losses.SparseCategoricalCrossentropy
ignore = entropy(from_logits=True, ignore_class=-1)
print(f"ignore_class:  {ignore(np.where(real, after, -1), logits):.3f} nats")
weighted = entropy(from_logits=True)(after, logits, sample_weight=real)
print(f"sample_weight: {weighted:.3f} nats")

# %% about-over-pads-read [markdown] tags=["pytorch"]
# ## 8 · Length buckets, seconds, and real names
#
# A mask makes padding harmless, but the layer still takes every step. So put sentences
# of about one length into one batch: a **length bucket**. **Predict** the share of
# padding: one rectangle, batches at random that are padded to their own longest, and
# buckets.

# %% about-over-pads-read [markdown] tags=["tensorflow"]
# `sample_weight` leaves the pads out of the sum, and divides by all steps.
#
# ## 8 · Length buckets, seconds, and real names
#
# A mask makes padding harmless, but the layer still takes every step. So put sentences
# of about one length into one batch: a **length bucket**. **Predict** the share of
# padding: one rectangle, batches at random that are padded to their own longest, and
# buckets.

# %% buckets
buckets = batches.Buckets(train_x, train_y, 32, np.random.default_rng(SEED))
for _, (now, real, _) in zip(range(3), buckets, strict=False):
    print(
        "x", now.shape, " lengths", real.sum(axis=1).min(), "to", real.sum(axis=1).max()
    )


# %% shares tags=["predicted"]
def share_of_padding(many):
    steps = sum(real.size for _, real, _ in many)
    return 1 - sum(real.sum() for _, real, _ in many) / steps


order = np.random.default_rng(SEED).permutation(len(train_x))
random = []
for rows in np.array_split(order, len(order) // 32):
    random.append((*batches.pad([train_x[i] for i in rows]), train_y[rows]))
arranged = {
    "one rectangle": [
        (x[k : k + 32], mask[k : k + 32], train_y[k : k + 32])
        for k in range(0, 1600, 32)
    ],
    "batches at random": random,
    "length buckets": buckets,
}
for name, many in arranged.items():
    print(f"{name:18} {len(many)} batches, {share_of_padding(many):4.0%} padding")

# %% about-ways [markdown]
# Now the clock. From here on the model's protocol is the course's: `model(x, mask)`
# returns logits, and `ur.fit` trains it on `(x, mask, y)`.


# %% ways tags=["pytorch"]
class Reader(nn.Module):
    def __init__(self, n_symbols, n_out, n_hidden=32, way="packed"):
        super().__init__()
        self.way = way
        self.embedding = nn.Embedding(n_symbols, 16)
        self.lstm = nn.LSTM(16, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x, mask):
        e, lengths = self.embedding(x), mask.sum(dim=1)
        if self.way == "packed":
            e = pack_padded_sequence(
                e, lengths.cpu(), batch_first=True, enforce_sorted=False
            )
        h, (last, _) = self.lstm(e)
        if self.way == "index":  # each row's own last step
            return self.out(h[torch.arange(len(x), device=x.device), lengths - 1])
        return self.out(last[-1])  # (batch, n_out)


WAYS = ("nothing", "index", "packed")


# %% ways tags=["tensorflow"]
class Reader(keras.Model):
    def __init__(self, n_symbols, n_out, n_hidden=32, way="masked"):
        super().__init__()
        self.way = way
        normal = keras.initializers.RandomNormal(stddev=1.0)  # as PyTorch starts
        self.embedding = keras.layers.Embedding(n_symbols, 16, normal)
        self.lstm = keras.layers.LSTM(n_hidden, return_sequences=way == "index")
        self.out = keras.layers.Dense(n_out)

    def call(self, x, mask):
        e = self.embedding(x)  # (batch, time, 16)
        h = self.lstm(e, mask=mask if self.way == "masked" else None)
        if self.way == "index":  # each row's own last step
            lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
            h = tf.gather(h, lengths - 1, batch_dims=1)
        return self.out(h)  # (batch, n_out)


WAYS = ("nothing", "index", "masked")

# %% about-clock [markdown]
# Milliseconds of processor time for one pass through 800 sentences, the best of four
# after a first one that warms up. **Predict** the cheapest and the dearest of six.


# %% clock tags=["aside", "predicted"]
def seconds_an_epoch(way, many):
    stamps, model = [], Reader(len(WORDS), 2, way=way)
    ur.fit(
        model,
        many,
        epochs=5,
        every=len(many),
        after=lambda step: stamps.append(time.process_time()),
        progress=False,
    )
    return np.diff(stamps).min()


half = [
    (x[k : k + 32], mask[k : k + 32], train_y[k : k + 32]) for k in range(0, 800, 32)
]
layouts = {
    "rectangle": half,
    "buckets": batches.Buckets(train_x[:800], train_y[:800], 32),
}
for way in WAYS:
    took = {k: 1000 * seconds_an_epoch(way, many) for k, many in layouts.items()}
    print(f"{way:8}", "  ".join(f"{k} {ms:.0f} ms" for k, ms in took.items()))

# %% about-clock-read [markdown]
# Milliseconds depend on the machine, so compare within the table. From *nothing* to the
# last row is the price of the mask, from *buckets* to *rectangle* that of the padding.
# Buckets with a mask may well cost less than the rectangle without one.
#
# Now real sequences: unit 02's surnames, sixteen languages. There each batch held names
# of one length; now they may mix. How long are they?

# %% names
names = data.surnames()
train_at, test_at = batches.stratified(names.labels, 0.8, np.random.default_rng(0))
train_names = [names.inputs[i] for i in train_at]
letters = text.Vocab.from_text("".join(train_names), min_count=3, unknown="?")
name_x = [letters.encode(names.inputs[i]) + 1 for i in train_at]  # 0 is padding
name_test = [letters.encode(names.inputs[i]) + 1 for i in test_at]
name_y, name_test_y = names.labels[train_at], names.labels[test_at]
sizes = np.array([len(n) for n in name_x])
print(
    f"half have at most {np.median(sizes):.0f} characters, the longest {sizes.max()}:"
)
print(max(train_names, key=len))
print(f"in one rectangle {1 - sizes.mean() / sizes.max():.0%} would be padding")

# %% about-names-padded [markdown]
# One name of 15,000 sets the width for all. First the rectangle without a mask, as
# before. **Predict:** below, at or above the accuracy of the largest class? And how
# many different answers does it give?

# %% names-padded tags=["aside", "predicted"]
ur.seed(SEED)
wide, wide_mask = batches.pad(name_x)
order = np.random.default_rng(SEED).permutation(len(name_x))
parts = np.array_split(order, len(order) // 128)
careless = Reader(1 + len(letters), len(names.classes), 64, way="nothing")
history = ur.fit(
    careless,
    [(wide[p], wide_mask[p], name_y[p]) for p in parts],
    epochs=4,
    lr=0.008,
    progress=False,
)
test_wide = batches.pad(name_test)[0]
test_wide = np.pad(test_wide, ((0, 0), (0, wide.shape[1] - test_wide.shape[1])))
logits = ur.predict(careless, [(test_wide, test_wide >= 0, None)])
print(f"padded: {metrics.accuracy(logits.argmax(-1), name_test_y):.3f}", end=" ")
print(f"after {history.seconds:.1f} s;", end=" ")
print(f"{len(np.unique(logits.argmax(-1)))} of {len(names.classes)} answers are given")

# %% about-names-masked [markdown]
# Now with buckets and a mask, the same number of epochs at the same rate. **Predict.**

# %% names-masked tags=["predicted"]
ur.seed(SEED)
reader = Reader(1 + len(letters), len(names.classes), 64)
many = batches.Buckets(name_x, name_y, 128, np.random.default_rng(SEED), width=4)
history = ur.fit(reader, many, epochs=4, lr=0.008, progress=False)
test = batches.Buckets(name_test, name_test_y, 256)
logits = ur.predict(reader, test)  # (n, n_out), in the order of name_test
accuracy_names = metrics.accuracy(logits.argmax(-1), name_test_y)
largest = np.mean(name_test_y == np.bincount(name_y).argmax())
print(f"buckets and mask: {accuracy_names:.3f} after {history.seconds:.1f} s")
print(f"the largest class: {largest:.3f}")

# %% about-own-texts [markdown]
# ## 9 · The same without this course's package
#
# A project of yours has no `unrolled`. From sentences as text to a trained network with
# the framework alone: words to integers, 0 for padding and 1 for a word that training
# did not have.

# %% own-words tags=["pytorch", "aside"]
sentences_as_text = spelled(train_x)
known = {"<pad>": 0, "<new>": 1}
for one in sentences_as_text:
    for word in one.split():
        known.setdefault(word, len(known))


def encode(one):
    return torch.tensor([known.get(word, 1) for word in one.split()])


print(sentences_as_text[0], encode(sentences_as_text[0]).tolist(), sep="\n")

# %% own-words tags=["tensorflow", "aside"]
sentences_as_text = spelled(train_x)
encode = keras.layers.TextVectorization(standardize=None)  # splits at spaces
encode.adapt(sentences_as_text)
print("0 and 1 are", encode.get_vocabulary()[:2])
print(sentences_as_text[0], ur.array(encode(sentences_as_text[0])), sep="\n")

# %% about-own-batches [markdown] tags=["pytorch"]
# A `DataLoader` shuffles and cuts into batches; `collate_fn` makes one batch of the
# rows that it is given. That is where padding belongs.

# %% about-own-batches [markdown] tags=["tensorflow"]
# `tf.data` shuffles, cuts into batches and pads each to its own longest.


# %% own-batches tags=["pytorch", "aside"]
def collate(rows):
    x, y = zip(*rows, strict=True)
    lengths = torch.tensor([len(one) for one in x])
    return pad_sequence(x, batch_first=True), lengths, torch.tensor(y)


rows = [(encode(s), int(y)) for s, y in zip(sentences_as_text, train_y, strict=True)]
torch.manual_seed(SEED)
loader = DataLoader(rows, batch_size=32, shuffle=True, collate_fn=collate)
now, lengths, label = next(iter(loader))
print(
    "x", tuple(now.shape), " lengths", lengths.min().item(), "to", lengths.max().item()
)

# %% own-batches tags=["tensorflow", "aside"]
rows = tf.data.Dataset.from_tensor_slices((sentences_as_text, train_y))
rows = rows.map(lambda s, y: (encode(s), y)).cache()
loader = rows.shuffle(1600, seed=SEED).padded_batch(32).prefetch(1)
for now, label in loader.take(1):
    print("x", tuple(now.shape), " y", tuple(label.shape))
buckets = rows.bucket_by_sequence_length(
    lambda s, y: tf.size(s), bucket_boundaries=[9, 17, 33], bucket_batch_sizes=4 * [32]
)
print("in buckets", *(tuple(now.shape) for now, _ in buckets.take(3)))

# %% about-own-model [markdown] tags=["pytorch"]
# `Told` of section 4 uses PyTorch alone; only its embedding is made anew, with the
# pad's vector held at zeros. The loop is the usual one. **Predict** the accuracy.

# %% about-own-model [markdown] tags=["tensorflow"]
# The network of section 4 in one list. **Predict** the accuracy.

# %% own-model tags=["pytorch", "aside", "predicted"]
own = Told(len(known), 2)
own.embedding = nn.Embedding(len(known), 16, padding_idx=0)
optimizer = torch.optim.Adam(own.parameters(), lr=0.01)
for _ in range(3):
    for now, lengths, label in loader:
        loss = cross_entropy(own(now, lengths), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
now, lengths, label = collate(
    list(zip(map(encode, spelled(test_x)), test_y, strict=True))
)
with torch.no_grad():
    right = own(now, lengths).argmax(-1) == label
print(f"without this course's package: {right.float().mean():.3f}")

# %% own-model tags=["tensorflow", "aside", "predicted"]
keras.utils.set_random_seed(SEED)
own = keras.Sequential(
    [
        keras.layers.Embedding(encode.vocabulary_size(), 16, mask_zero=True),
        keras.layers.LSTM(32),
        keras.layers.Dense(2),
    ]
)
entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
own.compile(keras.optimizers.Adam(0.01), entropy, metrics=["accuracy"])
own.fit(loader, epochs=3, shuffle=False, verbose=0)
_, right = own.evaluate(encode(spelled(test_x)), test_y, verbose=0)
print(f"without this course's package: {right:.3f}")

# %% about-own-sentence [markdown]
# And a sentence of your own, alone and in company. (A word that training did not have
# is symbol 1, whose vector was never trained.)

# %% own-sentence tags=["pytorch", "aside"]
yours = ["the story was not bad and with it some good", "not good but bad"]
for several in ([yours[0]], yours):
    now, lengths, _ = collate([(encode(s), 0) for s in several])
    p = torch.softmax(own(now, lengths), dim=-1)[:, 1]  # (batch,) of praise
    print([round(v, 4) for v in p.tolist()])

# %% own-sentence tags=["tensorflow", "aside"]
yours = ["the story was not bad and with it some good", "not good but bad"]
for several in ([yours[0]], yours):
    p = tf.nn.softmax(own(encode(several)))[:, 1]  # (batch,) of praise
    print([round(float(v), 4) for v in p])

# %% about-own-saved [markdown]
# What a project keeps is the trained network and its words. Saved, loaded, and asked
# again: is it the same answer?

# %% own-saved tags=["pytorch", "aside"]
folder = tempfile.mkdtemp()
torch.save({"known": known, "weights": own.state_dict()}, f"{folder}/own.pt")
kept = torch.load(f"{folder}/own.pt")
again = Told(len(kept["known"]), 2)
again.load_state_dict(kept["weights"])
with torch.no_grad():
    same = torch.equal(again(now, lengths), own(now, lengths))
print("the same logits:", same)

# %% own-saved tags=["tensorflow", "aside"]
whole = keras.Sequential([keras.Input((), dtype="string"), encode, own])
folder = tempfile.mkdtemp()
whole.save(f"{folder}/own.keras")
again = keras.models.load_model(f"{folder}/own.keras")
texts_asked = tf.constant(yours)
print("the same logits:", np.array_equal(again(texts_asked), whole(texts_asked)))

# %% about-record [markdown]
# What changed between sections 3 and 4 is one piece of information: which steps are
# real. The numbers to keep:

# %% record
ledger.record(
    UNIT,
    "order, padded without a mask",
    accuracy_padded,
    baseline=bag,
    baseline_name="bag of words",
    seconds=seconds_padded,
)
ledger.record(
    UNIT,
    "order, masked",
    accuracy_masked,
    baseline=accuracy_padded,
    baseline_name="without a mask",
    seconds=seconds_masked,
)
ledger.record(
    UNIT,
    "surnames, buckets and mask",
    accuracy_names,
    baseline=largest,
    baseline_name="the largest class",
    corpus=names.name,
    seconds=history.seconds,
)
ledger.record(UNIT, "invariance", invariance, measure="largest change", at_most=1e-6)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
