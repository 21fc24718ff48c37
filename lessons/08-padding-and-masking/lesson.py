# %% title [markdown]
# # Padding and masking, hands on
#
# The same network, the same sentences, the same updates: once it answers no better than
# a coin, once it is right about every sentence. It starts from the same weights, in the
# same sizes. What differs?

# %% imports
import time

import numpy as np

from unrolled import batches, cells, data, ledger, metrics, plot, quiz, text

from sklearn.linear_model import LogisticRegression

UNIT = "08-padding-and-masking"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

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
# Sequences differ in length, an array does not. So the short ones are filled up with
# **padding**, here the integer 0, on the right or on the left, and a **mask** keeps
# what is real.

# %% rectangle tags=["nbval-check-output"]
three = [[5, 3, 7, 4], [6, 2], [8]]
for side in ("right", "left"):
    x, mask = batches.pad(three, side=side)  # (batch, time) both
    print(f"{side}:\n{x}\n{mask.astype(int)}")
print("lengths, from the mask:", mask.sum(axis=1))

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


def sentences(n, rng):
    xs, y = zip(*[sentence(rng) for _ in range(n)], strict=True)
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
# First the baseline. Count the words of a sentence, and let a linear model decide.
# **Predict** its accuracy. (How often does each class say *not*?)


# %% bag
def counts(xs):
    return np.array([np.bincount(x, minlength=len(WORDS)) for x in xs])


linear = LogisticRegression().fit(counts(train_x), train_y)
bag = metrics.accuracy(linear.predict(counts(test_x)), test_y)
print(f"bag of words: {bag:.3f} of the test sentences")

# %% about-network [markdown]
# Chance: both classes hold the same words. Order decides, so a recurrent network should
# win. An embedding, an LSTM, and a readout of its last state:


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
# All sentences in one array, as long as the longest. **Predict** the share of padding,
# and the accuracy.

# %% padded-data
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

# %% padded-accuracy
accuracy_padded = metrics.accuracy(ask(padded, x_test, mask_test).argmax(-1), test_y)
print(f"padded: accuracy {accuracy_padded:.3f}, loss {loss:.3f} (ln 2 = 0.693)")

# %% about-merge [markdown]
# Chance. Why? Look at the state while the network reads. Two sentences with opposite
# answers, each followed by 40 pads; how far apart are their states?


# %% inside tags=["pytorch"]
def inside(model, x):
    e = ur.array(model.embedding(ur.tensor(x)))  # (batch, time, 16)
    return model.lstm, e


def readout(model, h):
    return ur.array(model.out(ur.tensor(h)))  # (batch, n_out)


# %% inside tags=["tensorflow"]
def inside(model, x):
    embedding, lstm, _ = model.layers
    return lstm, ur.array(embedding(x))  # (batch, time, 16)


def readout(model, h):
    return ur.array(model.layers[-1](h))  # (batch, n_out)


# %% merge
praise, blame = ("it was not bad and good".split(), "it was bad and not good".split())
both = [[WORDS.index(w) for w in words] + [0] * 40 for words in (praise, blame)]
both = np.array(both)  # (2, time)
h = ur.run(*inside(padded, both)).h  # (2, time, 32)
apart_padded = np.linalg.norm(h[0] - h[1], axis=-1)  # (time,)
for step in (5, 15, 25, 45):
    print(f"after {step - 5:2} pads: {apart_padded[step]:.1e}")

# %% about-gradient [markdown]
# The state is told "pad" forty times, and forgets: unit 05's forget gate at work. And
# the gradient, which must come back by the same way? Take that of the last state's sum
# for the input of each step. **Predict** by what factor it is smaller at the last word
# than at the last pad.

# %% gradient
norms = ur.gradients(*inside(padded, both))  # (time,)
print(f"at the last pad {norms[-1]:.1e}, at the last word {norms[5]:.1e}:", end=" ")
print(f"a factor of {norms[-1] / norms[5]:.0e}")

# %% about-merge-read [markdown]
# The readout sees a state that holds nothing of the sentence, and nothing tells the
# layer what it should have held.
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

# %% about-masked [markdown] tags=["tensorflow"]
# (True is not yet *handed on*: an LSTM that returns its last state alone has used the
# mask up.) Now the same network, with `mask_zero=True`: word 0 is padding. The
# embedding makes the mask, the LSTM finds it, and a masked step leaves its state alone.


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

# %% masked-accuracy
accuracy_masked = metrics.accuracy(ask(masked, x_test, mask_test).argmax(-1), test_y)
print(f"masked: accuracy {accuracy_masked:.3f}, loss {loss:.4f}")
print(f"padded: accuracy {accuracy_padded:.3f}, bag of words {bag:.3f}")

# %% about-merge-curve [markdown]
# How does this one treat the two sentences, if it is *not* told where they end and
# reads the pads like words? **Predict:** does the distance between its states fall too?

# %% merge-curve tags=["aside"]
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
# An LSTM *can* hold an answer through pads. It had to learn first what is worth
# holding, and from behind the pads it could not. Is the trained network then safe, if
# nobody tells it the lengths? **Predict** its accuracy, read where the array ends.

# %% untold tags=["aside"]
h = ur.run(*inside(masked, x_test)).h  # (batch, time, 32), no mask
untold = readout(masked, h[:, -1]).argmax(-1)
print(f"told {accuracy_masked:.3f}, not told {metrics.accuracy(untold, test_y):.3f}")

# %% about-invariant [markdown]
# Whatever came out: nothing in training asked for it.
#
# ## 5 · The property
#
# A sentence's answer must not depend on what it is batched with. **Padding
# invariance:** add padding, shuffle the rows, and no prediction changes. It can be
# tested without labels, and before any training.


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

# %% invariance
for name, model in {**fresh, "masked, trained": masked}.items():
    print(f"{name:16} a probability changes by up to {change(model):.0e}")
invariance = change(masked)
assert invariance <= 1e-6

# %% about-last [markdown]
# ## 6 · The last valid state, without packing
#
# Padding on the right stands *behind* the words. So the outputs at real steps are right
# even without a mask; only the choice is wrong. Take each row's own last step, by its
# index. **Predict** which of these agree with the sequence alone.

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

# %% last-table tags=["nbval-check-output"]
for name, state in found.items():
    same = np.allclose(state, alone, atol=1e-12)
    print(f"{name:28} the sequence's own state: {same}")

# %% about-same-numbers [markdown] tags=["pytorch"]
# On the left the pads come first. They do not wash the answer out, but the state they
# leave is where the words begin: it depends on how many pads there are.
#
# And the framework? Its packed run must end where our masked cell ends.

# %% about-same-numbers [markdown] tags=["tensorflow"]
# On the left the pads come first. They do not wash the answer out, but the state they
# leave is where the words begin: it depends on how many pads there are.
#
# And the framework? Its masked run must end where our masked cell ends. Here the mask
# is given by hand, `mask=`, as for any tensor that brings none.

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

# %% backward tags=["nbval-check-output"]
pair = (weights, cells.lstm_weights(3, 5, rng))
lone = np.concatenate(
    [cells.bidirectional(s[None], pair).backward.last[0] for s in sequences]
)
for name, given in {"no mask": None, "masked": mask_right}.items():
    state = cells.bidirectional(right, pair, mask=given).backward.last[0]
    print(f"backward, {name}: {np.allclose(state, lone, atol=1e-12)}")

# %% about-means [markdown]
# ## 7 · Means and losses
#
# Every mean is a sum divided by a count, and padding spoils both. The mean of the
# states over time is a common summary of a sequence. **Predict** which line is right.

# %% means tags=["nbval-check-output"]
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
# judge it twice: over everything, and over the words. The *perplexity* is e to the mean
# nats: who guesses evenly among k words has k. **Predict** both; the words without
# opinion are drawn from ten.

# %% over-pads tags=["aside"]
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

# %% about-over-pads-read [markdown]
# One network, one set of answers. Over everything it looks fine; most of what it gets
# right is "pad follows pad". The mean also divides the words' gradient by a count that
# depends on the longest sentence. (`ur.fit` leaves pads out, if it gets the mask.)
#
# ## 8 · Length buckets, and seconds
#
# A mask makes padding harmless, not free. What is not padded need not be masked: put
# sentences of about one length into one batch.

# %% buckets
buckets = batches.Buckets(train_x, train_y, 32, np.random.default_rng(SEED))
for _, (now, real, _) in zip(range(3), buckets, strict=False):
    print(
        "x", now.shape, " lengths", real.sum(axis=1).min(), "to", real.sum(axis=1).max()
    )


# %% shares
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
# Milliseconds for one pass through 800 sentences, the best of four after a first one
# that warms up. **Predict** the cheapest and the dearest of six.


# %% clock tags=["aside"]
def seconds_an_epoch(way, many):
    stamps, model = [], Reader(len(WORDS), 2, way=way)
    ur.fit(
        model,
        many,
        epochs=5,
        every=len(many),
        after=lambda step: stamps.append(time.perf_counter()),
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
# Milliseconds depend on the machine; compare within the table. From *nothing* to the
# last row is the price of the mask, from *buckets* to *rectangle* that of the padding.
# Which is larger? Does it pay to leave steps out?
#
# ## 9 · Surnames, again
#
# The task of unit 02: sixteen languages. There each batch held names of one length; now
# they may mix. How long are they?

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
# before. **Predict:** below, at or above what always saying the largest class gives?
# And how many different answers does it give?

# %% names-padded tags=["aside"]
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
# Now with buckets and a mask, the same number of epochs.

# %% names-masked
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

# %% about-one-hot [markdown]
# ## 10 · Two quiet bugs
#
# **A mask that masks nothing.** Some code finds padding by looking: a step whose inputs
# are all 0 is padding. That holds for vectors padded with zeros. Then somebody puts a
# one-hot encoding in between. **Predict** the lengths that are found.

# %% one-hot tags=["pytorch", "nbval-check-output"]
ids, real = batches.pad([[3, 1, 2], [2]])
hot = batches.one_hot(ids, 4)  # (batch, time, 4)
print("true lengths", real.sum(axis=1))
print("after one-hot", hot.any(axis=-1).sum(axis=1))
print("one-hot, pads erased", (hot * real[..., None]).any(axis=-1).sum(axis=1))

# %% one-hot tags=["tensorflow", "nbval-check-output"]
ids, real = batches.pad([[3, 1, 2], [2]])
hot = batches.one_hot(ids, 4)  # (batch, time, 4)
found = {"after one-hot": hot, "one-hot, pads erased": hot * real[..., None]}
print("true lengths", real.sum(axis=1))
for name, rows in found.items():
    print(name, ur.array(keras.layers.Masking().compute_mask(rows)).sum(axis=1))

# %% about-dropped [markdown] tags=["pytorch"]
# A one-hot pad is a 1 in column 0, not a row of zeros. Erase it, or better: never guess
# a mask from values, carry it along.
#
# **A mask that is dropped on the way.** Two layers: the first gets packed input, its
# output is padded again for something in between, and the second gets it as it is.

# %% about-dropped [markdown] tags=["tensorflow"]
# A one-hot pad is a 1 in column 0, not a row of zeros. Erase it, or better: never guess
# a mask from values, carry it along.
#
# **A mask that is dropped on the way.** Two recurrent layers, and between them one that
# does not hand the mask on.

# %% dropped tags=["pytorch"]
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


# %% dropped tags=["tensorflow"]
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

# %% about-record [markdown]
# Neither bug stops a program, and neither is visible in a loss that goes down. The
# property of section 5 finds both: compare each sequence with itself alone.
#
# ## 11 · What it bought
#
# The network did not change, and neither did the sentences. It was told what is real.

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
