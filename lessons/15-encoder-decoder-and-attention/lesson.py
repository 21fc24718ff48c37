# %% title [markdown]
# # Encoder, decoder, attention, hands on
#
# A network reads a row of signs and writes another one: the same backwards, or a date
# in another form. First it must carry all it has read in one state. Then it may look
# back.
#
# What does looking back buy, and can we believe what its drawing shows? Write down a
# bet.

# %% imports
import re

import numpy as np

from unrolled import batches, data, ledger, models, plot, quiz

import sacrebleu
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.neighbors import NearestNeighbors

UNIT = "15-encoder-decoder-and-attention"
SEED = ledger.seed()
PAD, BEGIN = 0, 1  # padding, and the sign with which a decoder begins

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-by-hand [markdown]
# ## 1 · Attention by hand
#
# Two positions have been read, with two units each; the decoder's state is `s`. The
# score of a position is its product with `s`. The softmax makes shares of the scores,
# and the context is the mean of the positions in these shares. **Predict** the shares:
# more than half for which position?

# %% by-hand tags=["predicted", "nbval-check-output"]
keys = np.array([[1.0, 0.0], [0.0, 1.0]])  # (time, n_hidden)
s = np.array([2.0, 1.0])  # (n_hidden,)
scores = keys @ s  # (time,)
weights = np.exp(scores) / np.exp(scores).sum()  # (time,)
context = weights @ keys  # (n_hidden,)
print("scores ", scores)
print("weights", weights.round(3), " context", context.round(3))

# %% about-layer [markdown]
# Both frameworks have this as a layer, for all steps of the decoder at once. A padded
# position must get no share: its score becomes −∞ *before* the softmax. **Predict**
# the weights if a third position is padding whose numbers are huge.

# %% layer tags=["pytorch"]
wide = torch.tensor(np.vstack([keys, [[1e4, 1e4]]]))[None]  # (1, time, n_hidden)
real = torch.tensor([[[True, True, False]]])  # (1, steps, time)
query = torch.tensor(s)[None, None]  # (1, steps, n_hidden)
looked = nn.functional.scaled_dot_product_attention(
    query, wide, wide, attn_mask=real, scale=1.0
)

# %% layer tags=["tensorflow"]
wide = tf.constant(np.vstack([keys, [[1e4, 1e4]]]), tf.float32)[None]
real = tf.constant([[True, True, False]])  # (1, time)
query = tf.constant(s, tf.float32)[None, None]  # (1, steps, n_hidden)
looked = keras.layers.Attention()([query, wide, wide], mask=[None, real])

# %% same-numbers tags=["predicted", "nbval-check-output"]
print("as by hand:", np.allclose(ur.array(looked)[0, 0], context, atol=1e-5))

# %% about-pairs [markdown]
# ## 2 · What the decoder is given
#
# The task: write a row of ten kinds of signs backwards. There are 10ⁿ rows of n signs,
# so that no list of answers helps, and every sign counts.

# %% pairs
LENGTH, N_KINDS = 8, 12  # ten kinds of signs, behind PAD and BEGIN


def rows(how_many, seed):
    rng = np.random.default_rng(seed)
    source = rng.integers(2, N_KINDS, size=(how_many, LENGTH))
    return source, source[:, ::-1].copy()  # (n, time), (n, steps)


source, y = rows(3, SEED)
print("reads ", source[0])
print("writes", y[0])

# %% about-shift [markdown]
# The decoder says one sign at each step. In training it is *given* the right sign of
# the step before, not the one that it said: **teacher forcing**. So its input is the
# target, shifted right by one, behind a sign for the beginning. **Predict** the loss of
# a decoder whose input is the target *without* the shift.


# %% shift
def shifted(y):  # (batch, steps)
    return np.concatenate([np.full((len(y), 1), BEGIN), y[:, :-1]], axis=1)


print("is given", shifted(y)[0])
print("must say", y[0])

# %% about-model [markdown]
# It would find each answer in its own input, learn to copy it, and be lost when there
# is no target to copy. Its loss goes to 0 and says nothing.
#
# ## 3 · One state carries all
#
# The encoder's last state is the decoder's first one. With `attention=False` it is the
# context of every step too; with attention each step takes its own mean over all states
# of the encoder. Both have the same layers.


# %% model tags=["pytorch"]
class Translator(nn.Module):
    def __init__(self, n_signs, steps, n_hidden=64, attention=True):
        super().__init__()
        self.steps, self.attention = steps, attention
        self.embed = nn.Embedding(n_signs, n_hidden // 2)
        self.encoder = nn.GRU(n_hidden // 2, n_hidden, batch_first=True)
        self.decoder = nn.GRU(n_hidden // 2, n_hidden, batch_first=True)
        self.score = nn.Linear(n_hidden, n_hidden, bias=False)
        self.mix = nn.Linear(2 * n_hidden, n_hidden)
        self.out = nn.Linear(n_hidden, n_signs)

    def both(self, x, forced=None):
        source, given = x[:, : -self.steps], x[:, -self.steps :]
        real = source != PAD  # (batch, time)
        keys, _ = self.encoder(self.embed(source))  # (batch, time, n_hidden)
        last = keys[torch.arange(len(x)), real.sum(1) - 1]  # (batch, n_hidden)
        s, _ = self.decoder(self.embed(given), last[None])  # (batch, steps, n_hidden)
        scores = self.score(s) @ keys.transpose(1, 2)  # (batch, steps, time)
        weights = scores.masked_fill(~real[:, None], -torch.inf).softmax(-1)
        weights = weights if forced is None else forced
        context = weights @ keys if self.attention else last[:, None].expand_as(s)
        return self.out(torch.tanh(self.mix(torch.cat([s, context], -1)))), weights

    def forward(self, x):
        return self.both(x)[0]  # (batch, steps, n_signs)


# %% model tags=["tensorflow"]
class Translator(keras.Model):
    def __init__(self, n_signs, steps, n_hidden=64, attention=True):
        super().__init__()
        self.steps, self.attention = steps, attention
        wide = keras.initializers.RandomNormal(stddev=1.0)  # as PyTorch has it
        self.embed = keras.layers.Embedding(n_signs, n_hidden // 2, wide)
        self.encoder = keras.layers.GRU(n_hidden, return_sequences=True)
        self.decoder = keras.layers.GRU(n_hidden, return_sequences=True)
        self.score = keras.layers.Dense(n_hidden, use_bias=False)
        self.mix = keras.layers.Dense(n_hidden, activation="tanh")
        self.out = keras.layers.Dense(n_signs)

    def both(self, x, forced=None):
        source, given = x[:, : -self.steps], x[:, -self.steps :]
        real = source != PAD  # (batch, time)
        keys = self.encoder(self.embed(source))  # (batch, time, n_hidden)
        ends = tf.reduce_sum(tf.cast(real, tf.int32), 1) - 1
        last = tf.gather(keys, ends, batch_dims=1)  # (batch, n_hidden)
        s = self.decoder(self.embed(given), initial_state=last)
        scores = tf.matmul(self.score(s), keys, transpose_b=True)
        scores = tf.where(real[:, None], scores, -1e9)  # (batch, steps, time)
        weights = tf.nn.softmax(scores) if forced is None else forced
        context = weights @ keys
        if not self.attention:  # its own layer `score` has the gradient 0
            context = 0 * context + last[:, None]
        return self.out(self.mix(tf.concat([s, context], -1))), weights

    def call(self, x):
        return self.both(x)[0]  # (batch, steps, n_signs)


# %% about-write [markdown]
# Training has the targets. Afterwards there are none: the decoder's own sign becomes
# its next input, so that the signs come one at a time. (Here the whole network runs
# again for each sign, which is simple and slow.)


# %% write
def train(model, x, y, updates, lr=0.01):
    rng = np.random.default_rng(SEED)
    rows = rng.integers(len(x), size=(updates, 64))
    ur.fit(model, [(x[r], y[r]) for r in rows], lr=lr, progress=False)
    return ur.ready(model)


def asked(model, x, forced=None):
    """Return logits (n, steps, n_signs) and weights (n, steps, time) as arrays."""
    forced = None if forced is None else ur.tensor(forced.astype(np.float32))
    return [ur.array(a) for a in model.both(ur.tensor(x), forced)]


def write(model, source, steps):
    """Return what the model says by itself, the likeliest sign each time."""
    given = np.full((len(source), steps + 1), BEGIN)
    for t in range(steps):
        x = np.concatenate([source, given[:, :steps]], axis=1)
        given[:, t + 1] = asked(model, x)[0][:, t].argmax(-1)
    return given[:, 1:]  # (n, steps)


# %% about-without [markdown]
# **Predict**: which share of the signs, and of the whole rows, does one state of 64
# numbers get right, after 200 updates?

# %% prediction-without [markdown]
# *Your prediction:*


# %% without tags=["predicted"]
def reversal(attention, updates=200):
    ur.seed(SEED)
    model = Translator(N_KINDS, LENGTH, attention=attention)
    source, y = rows(20_000, SEED)
    x = np.concatenate([source, shifted(y)], axis=1)  # (n, time + steps)
    return train(model, x, y, updates)


test, wanted = rows(300, SEED + 1000)  # other rows than those of training
plain = reversal(attention=False)
alone = {"one state": write(plain, test, LENGTH) == wanted}  # (n, steps)
right = alone["one state"]
print(f"signs {right.mean():.3f}, whole rows {right.all(axis=1).mean():.3f}")

# %% about-attention [markdown]
# ## 4 · Looking back, and a map that is tested
#
# The same layers, rows and updates; only the context is another one. **Predict** both
# shares again.

# %% attention tags=["predicted"]
looking = reversal(attention=True)
alone["attention"] = write(looking, test, LENGTH) == wanted
for name, right in alone.items():
    print(f"{name:10} signs {right.mean():.3f}, rows {right.all(axis=1).mean():.3f}")

# %% about-map [markdown]
# Each row of the map is a step of the decoder, each column a sign that was read: where
# does the decoder look while it writes? **Predict** the picture.

# %% map tags=["aside", "predicted"]
x = np.concatenate([test, shifted(wanted)], axis=1)
free, weights = asked(looking, x)
plot.heatmap(
    weights[0],
    "Where the decoder looks",
    "sign that was read",
    "sign that is written",
    columns=[str(k) for k in test[0]],
    rows=[str(k) for k in wanted[0]],
    bar_label="weight",
)

# %% about-forced [markdown]
# A state of the encoder holds what was read *up to* it, so a map need not show the very
# sign.
#
# Does the answer depend on these weights? *Force* them elsewhere and count how many
# signs change: to equal shares, to the first sign, to where the model itself looked
# least. **Predict** the three counts.

# %% forced tags=["predicted"]
x = np.concatenate([test, shifted(wanted)], axis=1)
free, weights = asked(looking, x)
first = np.zeros_like(weights)
first[..., 0] = 1
elsewhere = {
    "equal shares": np.full_like(weights, 1 / LENGTH),
    "the first sign": first,
    "where it looked least": np.eye(LENGTH)[weights.argmin(-1)],
    "where it looked": weights,
}
changed = {}
for name, forced in elsewhere.items():
    other = asked(looking, x, forced)[0].argmax(-1)
    changed[name] = np.mean(other != free.argmax(-1))
    print(f"{name:22} changes {changed[name]:.1%} of the signs")

# %% about-exposure [markdown]
# The last row is the control: forcing its own weights must change nothing.
#
# ## 5 · What training never showed
#
# With teacher forcing the decoder never reads its own mistakes. By itself it must.
# **Exposure bias** is the difference, on the same rows. **Predict** it for the network
# with one state.

# %% exposure tags=["aside", "predicted"]
given = asked(plain, x)[0].argmax(-1) == wanted
right = alone["one state"]
print(f"right sign given {given.mean():.3f}, by itself {right.mean():.3f}")
wrong_before = ~np.logical_and.accumulate(right, axis=1)[:, :-1]
after = right[:, 1:]
for name, steps in (("after a mistake", wrong_before), ("without", ~wrong_before)):
    print(f"{name:16} {after[steps].mean():.3f}")

# %% about-dates [markdown]
# Careful with the last two lines: a mistake is also a sign of a *hard* row or place.
# The first line compares the same rows and places, and is the fair one.
#
# ## 6 · Dates
#
# Real words, in several forms. No date that is tested was in training, in whatever form
# it was written.

# %% dates tags=["aside"]
pairs = data.pairs("dates")
signs = sorted(set("".join(pairs.sources + pairs.targets)))
number = {sign: k for k, sign in enumerate(signs, start=2)}


def encoded(texts):
    return batches.pad([[number[sign] for sign in text] for text in texts])[0]


read, iso = encoded(pairs.sources), encoded(pairs.targets)
both_parts = {pairs.targets[k] for k in pairs.train}
both_parts &= {pairs.targets[k] for k in pairs.test}
for k in pairs.train[:4]:
    print(f"{pairs.sources[k]:20} {pairs.targets[k]}")
print("dates in both parts:", len(both_parts))

# %% about-baselines [markdown]
# Two baselines without a network: the most similar date of the training part, by the
# pieces of one to three signs that it has; and a rule. **Predict** how many test dates
# each gets right.

# %% baselines tags=["aside", "predicted"]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def rule(text):
    words = text.replace(",", " ").replace("-", " ").split()
    year = next(w for w in words if w.isdigit() and len(w) == 4)
    day = next(w for w in words if w.isdigit() and len(w) < 3)
    month = next(MONTHS.index(w[:3]) + 1 for w in words if w[:3] in MONTHS)
    return f"{year}-{month:02d}-{int(day):02d}"


asked_dates = pairs.test[:400]
true = np.array(pairs.targets)[asked_dates]
counts = CountVectorizer(analyzer="char", ngram_range=(1, 3), binary=True)
near = NearestNeighbors(n_neighbors=1, metric="cosine")
near.fit(counts.fit_transform(pairs.sources[k] for k in pairs.train))
found = near.kneighbors(counts.transform(pairs.sources[k] for k in asked_dates))[1]
nearest = pairs.train[found[:, 0]]
exact = {
    "most similar date": np.mean(np.array(pairs.targets)[nearest] == true),
    "a rule": np.mean([rule(pairs.sources[k]) for k in asked_dates] == true),
}
for name, value in exact.items():
    print(f"{name:18} {value:.3f} of the dates exactly right")

# %% about-dates-network [markdown]
# For dates a rule is enough, and whoever needs them converted should write it. It is a
# task on which one can *see* a network work; for Spanish nobody has written such a
# rule. **Predict** the share for the network with attention.

# %% dates-network tags=["aside", "predicted"]
STEPS = iso.shape[1]
ur.seed(SEED)
writer = Translator(len(signs) + 2, STEPS)
x = np.concatenate([read, shifted(iso)], axis=1)
train(writer, x[pairs.train], iso[pairs.train], updates=500)
said = write(writer, read[asked_dates], STEPS)
exact["attention"] = (said == iso[asked_dates]).all(axis=1).mean()
for name, value in exact.items():
    print(f"{name:18} {value:.3f}")

# %% about-date-map [markdown]
# A source that is padded has fewer signs than the longest; the weights of padding are
# 0. **Predict** the row of the *month*: the letters of its name, or elsewhere?

# %% date-map tags=["aside", "predicted"]
row = int(asked_dates[0])
length = len(pairs.sources[row])
weights = asked(writer, x[[row]])[1][0]  # (steps, time)
print("weight on padding:", weights[:, length:].sum())
plot.heatmap(
    weights[:, :length],
    "Where the decoder looks",
    "sign that was read",
    "sign that is written",
    columns=list(pairs.sources[row]),
    rows=list(pairs.targets[row]),
    bar_label="weight",
)

# %% about-sentences [markdown]
# ## 7 · Sentences
#
# English into Spanish. To train for that takes twelve minutes of one core, so a network
# of our class with 128 units travels with the course, already trained, by
# `benchmarks/translator.py`. We make the layers and copy its weights in. Sentences have
# at most seven words and marks.

# %% load tags=["pytorch", "aside"]
stored = models.translator()
reader = Translator(len(stored.signs), stored.steps, stored.n_hidden)
ur.load_gru(reader.encoder, stored.encoder)
ur.load_gru(reader.decoder, stored.decoder)
others = {
    "embed.weight": stored.embedding,  # (n_signs, n_embedding)
    "score.weight": stored.w_score.T,  # nn.Linear keeps (n_out, n_in)
    "mix.weight": stored.w_mix.T,
    "mix.bias": stored.b_mix,
    "out.weight": stored.w_out.T,
    "out.bias": stored.b_out,
}
others = {name: torch.tensor(a) for name, a in others.items()}
reader.load_state_dict(others, strict=False)  # the two layers are loaded already
reader = ur.ready(reader)

# %% load tags=["tensorflow", "aside"]
stored = models.translator()
reader = Translator(len(stored.signs), stored.steps, stored.n_hidden)
reader(ur.tensor(np.ones((1, stored.time + stored.steps), int)))  # makes the weights
ur.load_gru(reader.encoder, stored.encoder)
ur.load_gru(reader.decoder, stored.decoder)
others = {
    reader.embed: [stored.embedding],  # (n_signs, n_embedding)
    reader.score: [stored.w_score],
    reader.mix: [stored.w_mix, stored.b_mix],
    reader.out: [stored.w_out, stored.b_out],
}
for layer, weights in others.items():
    layer.set_weights(weights)

# %% sentences tags=["aside"]
END = 2  # the sign with which a sentence ends
OWN = {  # where the pairs cannot be had
    "I am hungry.": "Tengo hambre.",
    "Where is my book?": "¿Dónde está mi libro?",
    "She has a red car.": "Ella tiene un coche rojo.",
    "We don't speak French.": "No hablamos francés.",
}
spoken, has = data.pairs("tatoeba"), stored.about["pairs learned from"]
both = {spoken.sources[k]: spoken.targets[k] for k in spoken.test[::-1]}
both = both if spoken.name == "tatoeba" else OWN


def marks(sentence):  # words and marks, in small letters
    return re.findall(r"\w+|[^\w\s]", sentence.lower())


english = [e for e, s in both.items() if max(len(marks(e)), len(marks(s))) <= 7]
english = [english[k] for k in np.random.default_rng(0).permutation(len(english))[:400]]
spanish = [" ".join(marks(both[e])) for e in english]
print(f"learned from {has:,} pairs; {len(english)} English sentences, none among them")

# %% about-translated [markdown]
# The scores are by `sacrebleu`, from 0 to 100. A baseline beside the network: each word
# of English becomes the Spanish word that goes with it most often (a table by IBM's
# first model, from the same pairs). And a control: the same translations beside *other*
# sentences' references. **Predict** the BLEU of the two, and what is left of it in the
# control.

# %% translated tags=["aside", "predicted"]
source = stored.encode(english)  # (n, time)
said = write(reader, source, stored.steps)  # (n, steps)
ways = {
    "word by word": stored.decode(stored.dictionary[source]),
    "network": stored.decode(said),
}
shuffled = np.random.default_rng(SEED).permutation(spanish).tolist()
for way, lines in ways.items():
    how = {"tokenize": "none", "force": True}  # they are cut into words already
    bleu = sacrebleu.corpus_bleu(lines, [spanish], **how).score
    control = sacrebleu.corpus_bleu(lines, [shuffled], **how).score
    print(f"{way:12}  BLEU {bleu:4.1f}   beside other references {control:4.1f}")
for e, line in list(zip(english, ways["network"], strict=True))[:6]:
    print(f"{e}  →  {line}")

# %% about-yours [markdown]
# `?` stands for a word that is not among the 2,500 it can say. Write a sentence of your
# own into the next cell. It knows 1,500 words of English.
#
# Spanish puts most adjectives behind their nouns. **Predict** the map of the sentence
# below: where does the network look while it writes the word for *car*?

# %% sentence-map tags=["aside", "predicted"]
yours = ["She has a red car."]
read = stored.encode(yours)
wrote = write(reader, read, stored.steps)
words = stored.decode(wrote)[0].split()
print(" ".join(words))
weights = asked(reader, np.concatenate([read, shifted(wrote)], axis=1))[1][0]
plot.heatmap(
    weights[: len(words), : len(marks(yours[0]))],
    "Where the decoder looks",
    "word that was read",
    "word that is written",
    columns=marks(yours[0]),
    rows=words,
    bar_label="weight",
)

# %% about-sentence-forced [markdown]
# It looks one word *further* than the one it translates: the state there has read that
# word, too. A map shows states, not words.
#
# Is it true otherwise? The test of section 4, on all the sentences: equal shares of
# what is no padding, and where the network itself looked least. **Predict**, beside the
# rows written backwards.

# %% sentence-forced tags=["aside", "predicted"]
x = np.concatenate([source, shifted(said)], axis=1)
free, weights = asked(reader, x)  # (n, steps, n_signs), (n, steps, time)
real = np.broadcast_to((source != PAD)[:, None], weights.shape)
least = np.eye(stored.time)[np.where(real, weights, 2).argmin(-1)]
ended = np.cumsum(said == END, axis=1) - (said == END) > 0  # behind the first END
for name, forced in {
    "equal shares": real / real.sum(-1, keepdims=True),
    "where it looked least": least,
    "where it looked": weights,
}.items():
    other = asked(reader, x, forced)[0].argmax(-1)
    moved = (other != free.argmax(-1))[~ended].mean()
    print(f"{name:22} changes {moved:.1%} of the words")

# %% about-after-sentences [markdown]
# Fewer words change than signs did in the rows. A step also has the decoder's own
# state, which began from the whole sentence and knows what was written. The page has
# a network without attention beside this kind, with five seeds each.

# %% about-greedy [markdown]
# ## 8 · Greedy, or beam
#
# The likeliest sign at each step does not make the likeliest whole. A table by hand:
# the first sign is `a` with 0.55 or `b` with 0.45; after `a` come three signs with 0.4,
# 0.3, 0.3; after `b` two with 0.9 and 0.1. **Predict** which pair greedy takes, and its
# probability beside the best one's.

# %% greedy tags=["aside", "predicted", "nbval-check-output"]
after = {"a": {"x": 0.4, "y": 0.3, "z": 0.3}, "b": {"x": 0.9, "y": 0.1}}
first = {"a": 0.55, "b": 0.45}
whole = {f + s: first[f] * p for f in first for s, p in after[f].items()}
greedy = max(first, key=first.get)
greedy += max(after[greedy], key=after[greedy].get)
print("greedy", greedy, round(whole[greedy], 3))
best = max(whole, key=whole.get)
print("best  ", best, round(whole[best], 3))

# %% about-beam [markdown]
# **Beam search** keeps the `width` likeliest beginnings at each step. A finished one
# stays among them. Here it writes surnames, from a table of which letter follows which,
# `$` being the end. No network is needed to see what comes.


# %% beam tags=["aside"]
people = data.surnames().inputs
letters = sorted({c for name in people for c in name.lower()} | {"$"})
place = {c: k for k, c in enumerate(letters)}
table = np.full((len(letters), len(letters)), 0.01)
for name in people:
    for a, b in zip("$" + name.lower(), name.lower() + "$", strict=True):
        table[place[a], place[b]] += 1
log_p = np.log(table / table.sum(axis=1, keepdims=True))


def beam(width, longest=12):
    kept = [("", 0.0)]
    for _ in range(longest):
        grown = [(text, score) for text, score in kept if text.endswith("$")]
        for text, score in kept:
            if not text.endswith("$"):
                row = log_p[place[text[-1] if text else "$"]]
                grown += [(text + c, score + row[k]) for c, k in place.items()]
        kept = sorted(grown, key=lambda one: -one[1])[:width]
    return kept[0]


# %% about-widths [markdown]
# **Predict**: with a wider beam, does the likeliest name become longer or shorter?

# %% widths tags=["aside", "predicted"]
found = {width: beam(width) for width in (1, 3, 10, 100)}
for width, (text, score) in found.items():
    print(f"width {width:3}: {text[:12]:12} log-probability {score:7.2f}")
print("mean length of a name:", round(np.mean([len(n) for n in people]), 1))

# %% about-record [markdown]
# Every sign multiplies by a probability below 1, so the likeliest text tends to be a
# short one: the **length bias**. The better the search, the more it shows. Translators
# therefore divide the score by a power of the length.
#
# ## 9 · What it bought
#
# What has become of your bet? The page's *Answer* has more lengths and more seeds.

# %% record
how = {"measure": "signs right", "baseline_name": "one state"}
share = {name: right.mean() for name, right in alone.items()}
ledger.record(UNIT, "attention", share["attention"], baseline=share["one state"], **how)
how = {"measure": "signs right", "baseline": 0.1, "baseline_name": "guessing"}
ledger.record(UNIT, "one-state", share["one state"], **how)
how = {"measure": "signs changed", "baseline": changed["where it looked"]}
ledger.record(UNIT, "forced", changed["equal shares"], baseline_name="own", **how)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
