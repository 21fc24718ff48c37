# %% title [markdown]
# # Sampling text, hands on
#
# A trained network gives every next letter a probability. It writes nothing: somebody
# has to choose.
#
# How one chooses decides whether the text is dull, fluent or mad. And when it is
# fluent: is it new, or is it copied? Bet now; section 6 counts.

# %% imports
import itertools
import os
import re
import time
from collections import Counter
from fractions import Fraction
from functools import cache

import numpy as np

from unrolled import baselines, batches, data, ledger, metrics, models, plot, quiz, text

UNIT = "12-sampling-text"
SEED = ledger.seed()

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

# %% about-model [markdown]
# ## 1 · A network that can already write
#
# Unit 11 trained for twenty seconds. This network was trained for longer, and its
# weights come with the course. It has the same three layers: an embedding, an LSTM, and
# a linear layer to the logits.

# %% model
model = models.load("plays")
V = model.n_symbols
print(model.sample("**ROMEO**", 300, 0.7, np.random.default_rng(SEED + 1)))

# %% model-facts tags=["aside"]
about = model.about
print(f"{V} symbols, {model.n_hidden} units, {model.n_parameters:,} parameters")
print(f"{about['characters read']:,} letters read")
print(f"held-out text: {about['nats']:.3f} nats a letter, ", end="")
print(f"a 7-gram has {about['nats of a 7-gram']:.3f}")

# %% about-guess [markdown]
# Other networks of this kind read other texts (the course's gallery has them all). Here
# are four pieces of what they wrote at τ = 1, some of them early in their training.
# **Predict** of each: which text, and was it early or late?

# %% guess tags=["aside"]
written = models.samples()
places = np.random.default_rng(SEED).choice(len(written), 4, replace=False)
chosen = [written[place] for place in places]
for k, one in enumerate(chosen, 1):
    print(f"--- {k} ---\n{one.text[:180]}\n")

# %% guessed tags=["aside", "predicted"]
for k, one in enumerate(chosen, 1):
    print(
        f"{k}: {one.title}, after {one.characters:,} letters (moment {one.moment} of 5)"
    )

# %% about-corpus [markdown]
# The text that it was trained on, and the last 5 % that it never saw. (If a box says
# that another text takes the place of the plays, then what follows compares with a text
# that the network has never read.)

# %% corpus
corpus = data.text("plays")
train, valid = batches.split(model.encode(corpus.text), 0.95)
print(f"{len(train):,} letters to compare with, {len(valid):,} held out")

# %% about-step [markdown]
# In your framework the same numbers are ordinary layers. `step` reads letters and
# returns the logits of the next one, and the state.


# %% step tags=["pytorch"]
def stepper(network):
    @torch.no_grad()
    def step(ids, state=None):  # ids: (batch, time)
        z, state = ur.ready(network)(ur.tensor(ids), state)
        return ur.array(z[:, -1]), state  # (batch, n_symbols)

    return step


step = stepper(ur.language_model(model))


# %% step tags=["tensorflow"]
def stepper(network):
    compiled = tf.function(network, reduce_retracing=True)

    def step(ids, state=None):  # ids: (batch, time)
        z, state = compiled(ur.tensor(ids), state)
        return ur.array(z[:, -1]), state  # (batch, n_symbols)

    return step


step = stepper(ur.language_model(model))


# %% same-numbers tags=["nbval-check-output"]
ids = model.encode("To be, or not to be")[None]  # (batch, time)
ours, theirs = step(ids)[0], model.run(ids).logits[:, -1]
print("the logits of the NumPy model:", np.allclose(ours, theirs, atol=1e-4))

# %% about-draw [markdown]
# ## 2 · One letter at a time
#
# To draw a letter, lay the probabilities side by side on the line from 0 to 1 and throw
# a number `u` on it. All chance is in `u`: the same numbers give the same letters.


# %% draw
def softmax(z, tau=1.0):
    e = np.exp((z - z.max(axis=-1, keepdims=True)).astype(float) / tau)
    return e / e.sum(axis=-1, keepdims=True)


def draw(p, u):
    return int((np.cumsum(p)[:-1] <= u).sum())  # how many pieces end below u


# %% known-draw tags=["aside", "nbval-check-output"]
p = np.array([0.5, 0.25, 0.125, 0.125])
print([draw(p, u) for u in (0.0, 0.49, 0.5, 0.8, 0.99)])

# %% about-write [markdown]
# Now the loop. The prompt is read once; from then on each letter costs one step, since
# all that the network keeps of the text is in its state.


# %% write tags=["aside"]
def write(prompt, u, tau=1.0):
    """Return one letter for each number of u."""
    ids = []
    z, state = step(model.encode(prompt)[None])  # the whole prompt, once
    for number in u:
        ids.append(draw(softmax(z[0], tau), number))
        z, state = step(np.array([[ids[-1]]]), state)  # one letter, and the state
    return model.decode(ids)


u = np.random.default_rng(SEED).random(300)
print(write("**HAMLET**", u))

# %% about-same-text [markdown]
# The notebook of the other track has other layers and other arithmetic, and the same
# `u`. **Predict:** does it write the same 300 letters? Here the NumPy model takes its
# place.

# %% same-text tags=["aside", "predicted"]
run = model.run(model.encode("**HAMLET**")[None])
z, state, ids = run.logits[:, -1], run.state, []
for number in u:
    ids.append(draw(softmax(z[0]), number))
    z, state = model.step(np.array(ids[-1:]), state)
same = sum(map(str.__eq__, model.decode(ids), write("**HAMLET**", u)))
print(f"{same} of {len(u)} letters are the same")

# %% about-float32 [markdown]
# Both compute in float32, and their probabilities differ in the seventh digit. A letter
# differs only where `u` falls between two borders so close to each other; then, since
# the letter is read, all that follows differs. On 300 letters that is rare: some 300
# times a few millionths.
#
# What does the loop carry? **Predict:** how many numbers after 10 letters, and after
# 1,000?

# %% state-size tags=["aside", "predicted"]
for n in (10, 100, 1000):
    run = model.run(train[None, :n])
    size = sum(part.size for pair in run.state for part in pair)
    print(f"after {n:5,} letters: {size} numbers")

# %% about-reread [markdown]
# A program that keeps no state has to read its whole text again for every letter.
# **Predict:** when the text becomes twice as long, how many times as many letters does
# each of the two read? And how many times as many seconds does it take?


# %% reread tags=["aside"]
def reread(prompt, u):
    ids = list(model.encode(prompt))
    for number in u:
        z, _ = step(np.array([ids]))  # all of it, from a state of zero
        ids.append(draw(softmax(z[0]), number))
    return model.decode(ids[-len(u) :])


# %% two-ways tags=["aside", "predicted"]
for way in (write, reread):
    way("\n", u[:3])  # what is compiled once shall not count
print("letters   read: carried   anew    seconds: carried     anew")
for n in (50, 100, 200):
    seconds, texts = [], []
    for way in (write, reread):
        began = time.perf_counter()
        texts.append(way("\n", u[:n]))
        seconds.append(time.perf_counter() - began)
    row = f"{n:7} {n + 1:15,} {n * (n + 1) // 2:6,}"
    print(f"{row} {seconds[0]:19.3f} {seconds[1]:8.3f}", texts[0] == texts[1])

# %% about-two-ways [markdown]
# The text is the same (the last column). With the state carried, twice the text is
# twice the work. Reading anew is 1 + 2 + … + n letters, about four times as many for
# twice the text. Its seconds grow by less where a call's fixed cost counts most.
#
# ### Priming
#
# The prompt is not a command. It leaves a state, and the next letters are likely after
# such texts. **Predict** what three prompts lead to, with the same `u`.

# %% prompts tags=["aside", "predicted"]
for prompt in ("**JULIET**  \n", "SCENE II. ", "My lord, "):
    print(f"--- {prompt!r} ---\n{write(prompt, u[:160], 0.7)}\n")

# %% about-fading [markdown]
# How long does a prompt count? Take two texts that differ up to a point and then share
# their last k letters. Compare what the network expects next: the *total variation* of
# two distributions is the probability that would have to be moved to make them equal,
# between 0 and 1. **Predict** it for k = 1, 4, 16 and 64.


# %% fading tags=["aside", "predicted"]
rng = np.random.default_rng(SEED)
at = rng.integers(200, len(valid) - 200, size=64)
before, other = (valid[a[:, None] + np.arange(-96, 0)] for a in (at, at[::-1] - 7))
print("letters shared   total variation")
for k in (1, 2, 4, 8, 16, 32, 64):
    mixed = np.concatenate([other[:, :-k], before[:, -k:]], axis=1)
    p, q = (softmax(step(ids)[0]) for ids in (before, mixed))
    print(f"{k:14} {np.abs(p - q).sum(axis=1).mean() / 2:17.3f}")

# %% about-temperature [markdown]
# The table falls at every doubling: a network of this kind forgets its prompt, and what
# it wrote last counts most. (The page of unit 11 measures the same in nats.)
#
# ## 3 · Temperature
#
# Dividing the logits by τ raises every probability to the power 1/τ and makes the sum 1
# again. **Predict** τ = ½ and τ = 2 for the known distribution ½, ¼, ⅛, ⅛. Fractions
# are enough for the first.

# %% exact tags=["aside", "nbval-check-output", "predicted"]
p = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
squared = [k**2 for k in p]
print("τ = 1/2:", *(k / sum(squared) for k in squared))
roots = np.sqrt(np.array(p, float))
print("τ = 2:  ", *np.round(roots / roots.sum(), 3))

# %% exact-draws tags=["aside", "nbval-check-output"]
z = np.log(np.array(p, float))  # logits of p
drawn = [draw(softmax(z, 0.5), u) for u in np.random.default_rng(0).random(20_000)]
share = np.bincount(drawn) / len(drawn)
exact = np.array([float(k / sum(squared)) for k in squared])
print("20,000 draws differ by less than 0.01:", np.abs(share - exact).max() < 0.01)

# %% about-chain [markdown]
# A text is a product of such steps, and the temperature acts on each of them alone.
# Here is a whole language: it writes two letters. First *a* with 0.6 or *b* with 0.4.
# After *a* both letters have ½; after *b*, *a* has 0.9.
#
# **Predict:** which text is the likeliest? Which does a temperature near 0 write?

# %% prediction-chain [markdown]
# *Your prediction:*

# %% chain tags=["aside", "nbval-check-output", "predicted"]
first, after = np.array([0.6, 0.4]), np.array([[0.5, 0.5], [0.9, 0.1]])


def cold(p, tau):
    return softmax(np.log(p), tau)


print("text   p       each step at τ = 0.1   whole text at τ = 0.1")
texts = list(itertools.product("ab", repeat=2))
p = (first[:, None] * after).ravel()
steps = (cold(first, 0.1)[:, None] * cold(after, 0.1)).ravel()
for row in zip(texts, p, steps, cold(p, 0.1), strict=True):
    print("{0[0]}{0[1]} {1:8.2f} {2:17.3f} {3:23.3f}".format(*row))

# %% about-many [markdown]
# The likeliest text begins with the less likely letter. A low temperature never finds
# it, since it decides letter by letter. Section 5 searches for it.
#
# Now the network. To measure we need much text, so we draw many texts side by side:
# each row has its own state, its own prompt of 100 held-out letters and its own `u`.


# %% many
def write_many(n, rng, change=lambda p: p, rows=64):
    """Return ids (rows, n), and the nats of a letter that the network itself gives."""
    at = rng.integers(100, len(valid), size=rows)
    z, state = step(valid[at[:, None] + np.arange(-100, 0)])
    ids, nats = [], 0.0
    for _ in range(n):
        p = softmax(z)  # (rows, n_symbols)
        u = rng.random((rows, 1))
        k = (np.cumsum(change(p), axis=1)[:, :-1] <= u).sum(axis=1)  # (rows,)
        nats -= np.log(p[np.arange(rows), k]).mean() / n
        ids.append(k)
        z, state = step(k[:, None], state)
    return np.stack(ids, axis=1), nats


def temper(p, tau):
    return softmax(np.log(np.maximum(p, 1e-300)), tau)


# %% about-judges [markdown]
# How does one judge a text that nobody wrote? Three counts: the share of its words that
# are words of the training text; the share of different pieces of ten letters among all
# of a row (*distinct-10*); and the *longest loop*, how many letters in a row repeat
# those that stood a fixed distance before them.


# %% judges
known_words = set(text.tokenize(corpus.text[: len(train)]))


def real_words(ids):
    words = [w for row in ids for w in text.tokenize(model.decode(row)) if w.isalpha()]
    return sum(w in known_words for w in words) / max(1, len(words))


def distinct(ids, n=10):
    grams = np.lib.stride_tricks.sliding_window_view(ids, n, axis=1)
    return np.mean([len(np.unique(row, axis=0)) / len(row) for row in grams])


def longest_loop(row):
    best = 0
    for d in range(1, len(row) // 2 + 1):  # the distance
        runs = itertools.groupby(row[d:] == row[:-d])
        best = max([best, *(len(list(run)) for same, run in runs if same)])
    return best


# %% judged
def judged(name, ids, nats):
    loop = np.mean([longest_loop(row) for row in ids[:16]])
    row = f"{real_words(ids):10.1%} {distinct(ids):12.3f} {loop:13.1f}"
    print(f"{name:14} {nats:5.2f} {row}")


HEAD = f"{'':15} nats real words  distinct-10  longest loop"
real = valid[: len(valid) // 300 * 300].reshape(-1, 300)[:64]

# %% about-warmth [markdown]
# **Predict** three of the columns: at which τ are there most real words? Most different
# pieces? Which τ comes closest to real text in all of them?

# %% prediction-warmth [markdown]
# *Your prediction:*

# %% samples
samples = {}  # by temperature: ids, and the nats of a letter
for tau in (1.0, 0.5):
    rng = np.random.default_rng(SEED)
    samples[tau] = write_many(300, rng, lambda p, tau=tau: temper(p, tau))

# %% warmth tags=["aside", "predicted"]
for tau in (0.2, 0.8, 1.3):
    rng = np.random.default_rng(SEED)
    samples[tau] = write_many(300, rng, lambda p, tau=tau: temper(p, tau))
print(HEAD)
for tau in sorted(samples):
    judged(f"τ = {tau}", *samples[tau])
judged("real text", real, model.nats(real).mean())

# %% about-tail [markdown]
# Low temperatures write real words and repeat them; high ones misspell. Look for the
# numbers of real text: each column has them at another τ. (One seed; the page has
# five.)
#
# ## 4 · Cutting the tail
#
# Where do misspellings come from? Most symbols are impossible at most places, but none
# has the probability 0. **Predict:** what do all symbols with less than 0.01 have
# together? How likely is one of them within 40 letters?

# %% tail tags=["aside", "predicted"]
p = softmax(step(valid[at[:, None] + np.arange(-100, 0)])[0])  # (64, n_symbols)
tail = np.where(p < 0.01, p, 0).sum(axis=1).mean()
print(f"tail: {tail:.3f}; within 40 letters: {1 - (1 - tail) ** 40:.2f}")

# %% about-cuts [markdown]
# Three rules cut it off. *Top-k* keeps the k likeliest symbols. The *nucleus*, top-p,
# keeps the fewest that add up to p. *Min-p* keeps what has at least a share of the
# largest probability. **Predict** how many symbols each keeps where the network is
# sure, and where it is not.


# %% cuts
def keep(p, chosen):
    q = np.where(chosen, p, 0)
    return q / q.sum(axis=-1, keepdims=True)


def top_k(p, k):
    return keep(p, p >= np.sort(p, axis=-1)[..., -k, None])


def top_p(p, share):
    order = np.argsort(-p, axis=-1)
    ranked = np.take_along_axis(p, order, axis=-1)
    chosen = np.zeros(p.shape, bool)
    np.put_along_axis(chosen, order, np.cumsum(ranked, -1) - ranked < share, -1)
    return keep(p, chosen)


def min_p(p, share):
    return keep(p, p >= share * p.max(axis=-1, keepdims=True))


# %% kept tags=["aside", "predicted"]
CUTS = {
    "top-k 5": lambda p: top_k(p, 5),
    "nucleus 0.9": lambda p: top_p(p, 0.9),
    "min-p 0.1": lambda p: min_p(p, 0.1),
}
print(f"{'':24}likeliest   " + "  ".join(CUTS))
for prompt in ("To be, or not to b", "I have seen the "):
    p = softmax(step(model.encode(prompt)[None])[0])
    kept = [int((cut(p) > 0).sum()) for cut in CUTS.values()]
    print(f"{prompt:24}{p.max():9.3f}" + "".join(f"{n:10}" for n in kept))

# %% about-cut-text [markdown]
# Top-k keeps as many symbols where the network is sure as where it is not. The other
# two keep few here and more there.
#
# **Predict** for each: more real words than τ = 1? Fewer different pieces?

# %% cut-text tags=["aside", "predicted"]
print(HEAD)
for name, cut in CUTS.items():
    judged(name, *write_many(300, np.random.default_rng(SEED), cut))

# %% about-fair-cuts [markdown]
# Each rule has a strength, and with other strengths the order may be another. So the
# page draws all four ways over their whole range.
#
# ## 5 · The likeliest text
#
# Drawing is one way to write. Another is to search. *Beam search* keeps the `width`
# likeliest texts, grows each of them by every symbol, and keeps the likeliest again.
# With a width of 1 it takes the likeliest letter each time: the *greedy* search.


# %% beam
def rows_of(state, rows):
    """Return the states of some rows; a state is nested, in each framework its own."""
    if isinstance(state, list | tuple):
        return type(state)(rows_of(part, rows) for part in state)
    return ur.tensor(ur.array(state)[..., rows, :])


def beam(prompt, n, width):
    z, state = step(model.encode(prompt)[None])
    score, ids = np.zeros(1), np.zeros((1, 0), int)
    for _ in range(n):
        grown = score[:, None] + np.log(softmax(z))  # (beams, n_symbols)
        best = np.argsort(-grown, axis=None)[:width]
        parent, symbol = np.unravel_index(best, grown.shape)
        score = grown[parent, symbol]
        ids = np.concatenate([ids[parent], symbol[:, None]], axis=1)
        z, state = step(symbol[:, None], rows_of(state, parent))
    return ids[0], score[0]


# %% about-exhaustive [markdown]
# For three letters we can try all texts there are. **Predict:** which width finds the
# likeliest? And is the greedy text far from it?


# %% exhaustive tags=["aside", "predicted"]
def exhaustive(prompt):
    """Return the likeliest three letters: all of them are tried."""
    z, state = step(model.encode(prompt)[None])
    score = np.log(softmax(z)).ravel()  # (V,)
    for k in (1, 2):
        symbol, parent = np.tile(np.arange(V), V ** (k - 1)), np.arange(V**k) // V
        z, state = step(symbol[:, None], rows_of(state, parent))
        score = (score[:, None] + np.log(softmax(z))).ravel()  # one for each text
    return score.max(), np.unravel_index(score.argmax(), (V, V, V))


for prompt in ("To be, or not to be, ", "**HAMLET**  \n", "the sweet "):
    score, best = exhaustive(prompt)
    found = [beam(prompt, 3, width) for width in (1, 2, 4, 16)]
    print(f"{prompt!r}: the best of {V**3:,} is {model.decode(best)!r}, {score:.2f}")
    print("   beams 1, 2, 4, 16:", *(f"{s:.2f} {model.decode(i)!r}" for i, s in found))

# %% about-dull [markdown]
# Now 200 letters. **Predict:** how many nats a letter has the text that the widest beam
# finds, beside the 200 letters that Shakespeare wrote there? How does it read?

# %% dull tags=["aside", "predicted"]
place = valid[2000:2100]
widths = {1: [], 8: [], 32: []}
for width in widths:
    ids, score = beam(model.decode(place), 200, width)
    widths[width] = ids
    print(f"beam {width:2}: {-score / 200:.2f} nats a letter, ", end="")
    print(f"loop of {longest_loop(ids)}\n{model.decode(ids)}\n")
z = model.nats(valid[None, 2000:2300])[0, -200:]
print(f"real text: {z.mean():.2f} nats, loop of {longest_loop(valid[2100:2300])}")

# %% about-surprise [markdown]
# What is likely at every letter says little. Real text spends its nats unevenly: few
# inside a word, many where the next word begins. A search avoids just those places.
# **Predict:** the nats of real text inside words and at their first letters.

# %% surprise tags=["aside", "predicted"]
ids = valid[:10_000]
nats = model.nats(ids[None])[0]
letter = np.array([c.isalpha() for c in model.decode(ids)])
for name, here in (
    ("first letters", letter[1:] & ~letter[:-1]),
    ("inside words", letter[1:] & letter[:-1]),
    ("all else", ~letter[1:]),
):
    print(f"{name:14} {nats[here].mean():.2f} nats, {here.mean():.0%} of the text")

# %% about-copied [markdown]
# ## 6 · Is it copied?
#
# A network that had learned its text by heart would write pieces of it. So we look for
# every piece of n letters of a sample in the training text. To look for them quickly,
# each piece becomes one number of 64 bits.


# %% pieces
def pieces(ids, n):
    """Return one number for every n letters in a row, (..., time - n + 1)."""
    code = np.zeros((*ids.shape[:-1], ids.shape[-1] - n + 1), np.uint64)
    for k in range(n):
        code *= np.uint64(0x9E3779B97F4A7C15)  # any large odd number
        code += (ids[..., k : k + code.shape[-1]] + 1).astype(np.uint64)
    return code


def known_pieces(ids, n):
    return np.sort(pieces(ids, n))  # in order, a piece is found quickly


def are_known(asked, known, n):
    mine = pieces(asked, n)
    place = np.searchsorted(known, mine).clip(max=len(known) - 1)
    return known[place] == mine


def found(asked, known, n):
    """Return the share of the pieces of `asked` that are known."""
    return are_known(asked, known, n).mean()


# %% pieces-right tags=["aside", "nbval-check-output"]
a, b = ("the cat sat on the mat", "a cat sat on a mat and the dog")
ids, seen = (np.array([ord(c) for c in s]) for s in (a, b))
grams = [a[i : i + 6] for i in range(len(a) - 5)]
print(
    np.isclose(found(ids, known_pieces(seen, 6), 6), np.mean([g in b for g in grams]))
)

# %% about-null [markdown]
# A share alone says nothing: every text shares short pieces with every other. Three
# texts of the same size stand beside the network's: held-out plays, which Shakespeare
# wrote and nobody copied; and a 7-gram's own writing.
#
# **Predict** the four curves. Above or below the held-out text?

# %% prediction-copied [markdown]
# *Your prediction:*

# %% others tags=["aside"]
table = baselines.NGram(7, V, "kneser-ney").fit(train)
drawn = table.sample(4500, np.random.default_rng(SEED), valid[2000:2100])
texts = {
    "network, τ = 1": samples[1.0][0],
    "network, τ = 0.5": samples[0.5][0],
    "held-out text": real,
    "7-gram": drawn.reshape(-1, 300),
}

# %% copied tags=["aside", "predicted"]
LENGTHS = (5, 7, 10, 15, 20)
known = {n: known_pieces(train, n) for n in LENGTHS}
curves = {
    name: [found(ids, known[n], n) for n in LENGTHS] for name, ids in texts.items()
}
print("letters          ", "".join(f"{n:7}" for n in LENGTHS))
for name, curve in curves.items():
    print(f"{name:17}", "".join(f"{share:7.3f}" for share in curve))

# %% copied-curve tags=["aside", "predicted"]
net, new = (np.array(curves[k]) for k in ("network, τ = 1", "held-out text"))
title = "Pieces that stand in the training text, by their length"
if corpus.name == "plays" and (net - new).max() < 0.03:
    title = "At τ = 1 the network shares no more with its text than a new text does"
plot.lines(
    {name: (LENGTHS, curve) for name, curve in curves.items()},
    title,
    "letters of the piece",
    "share found in the training text",
    markers=True,
)

# %% copied-ten
known_tens = known_pieces(train, 10)
copied, uncopied = (found(ids, known_tens, 10) for ids in (samples[1.0][0], real))
print(f"pieces of 10 letters: network {copied:.3f}, held-out text {uncopied:.3f}")

# %% about-longest [markdown]
# **Predict:** what is the longest piece of 19,200 letters that the network copied?

# %% longest tags=["aside", "predicted"]
whole = model.decode(train)


def longest(ids):
    """Return the longest piece that stands in the training text."""
    best = ""
    for row, at in np.argwhere(are_known(ids, known[20], 20)):
        rest = model.decode(ids[row, at:])
        while len(best) < len(rest) and rest[: len(best) + 1] in whole:
            best = rest[: len(best) + 1]
    return best


for name in ("network, τ = 1", "network, τ = 0.5", "held-out text"):
    piece = longest(texts[name])
    print(f"{name:17} {len(piece):3} letters: {piece!r}")

# %% about-heart [markdown]
# ## 7 · Learning by heart
#
# The network above saw each of its millions of letters once or twice. What if a text
# is small and read many times? Take 20,000 letters and read them 20 times.
#
# We also plant a *canary*: a secret number that stands in one sentence. If the network
# learned it, then it finds that number likelier than the 9,999 others.

# %% canary tags=["aside"]
SMALL, SECRETS = 20_000, {"Dorrit": 16, "Calvin": 4, "Brenn": 1, "Odette": 0}
rng = np.random.default_rng(SEED)
lines = corpus.text[200_000 : 200_000 + SMALL].split("\n")
numbers = {}
for name, times in SECRETS.items():
    numbers[name] = "".join(map(str, rng.integers(0, 10, size=4)))
    for place in rng.choice(len(lines), size=times, replace=False):
        lines[place] += f"\nThe number of {name} is {numbers[name]}."
story, later = "\n".join(lines), corpus.text[240_000 : 240_000 + SMALL]
vocab = text.Vocab(set(story + later + "0123456789The number of is" + "".join(numbers)))
small, new_text = vocab.encode(story), vocab.encode(later)
print(f"{len(small):,} letters, {len(vocab)} symbols; planted: {SECRETS}")


# %% heart-model tags=["pytorch", "aside"]
class CharLSTM(nn.Module):
    def __init__(self, n_symbols, n_hidden, n_embedding=32):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, n_embedding)
        self.lstm = nn.LSTM(n_embedding, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)
        nn.init.orthogonal_(self.lstm.weight_hh_l0)  # start as Keras does
        nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])
        nn.init.xavier_uniform_(self.out.weight)

    def forward(self, x, state=None):  # x: (batch, time)
        h, state = self.lstm(self.embed(x), state)  # h: (batch, time, n_hidden)
        return self.out(h), state  # (batch, time, n_symbols)


# %% heart-model tags=["tensorflow", "aside"]
class CharLSTM(keras.Model):
    def __init__(self, n_symbols, n_hidden, n_embedding=32):
        super().__init__()
        # Start as PyTorch does: embeddings of size 1, not 0.05.
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embed = keras.layers.Embedding(n_symbols, n_embedding, normal)
        both = {"return_sequences": True, "return_state": True}
        self.lstm = keras.layers.LSTM(n_hidden, **both)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):  # x: (batch, time)
        h, *state = self.lstm(self.embed(x), initial_state=state)
        return self.out(h), state  # (batch, time, n_symbols)


# %% about-exposure [markdown]
# The network scores all 10,000 numbers after "The number of Brenn is ". The *rank* of
# the true one is its place among them, and its *exposure* is log₂(10,000 / rank), in
# bits (Carlini and others, 2019): 0 if it is last, 13.3 if it is first.
#
# **Predict** the mean exposure of a number that was never planted. (It is *not* 0.)


# %% exposure tags=["aside"]
def exposure(small_step, name):
    """Return log2(10,000 / rank) of the true number: all numbers are tried."""
    digits = vocab.encode("0123456789")
    z, state = small_step(vocab.encode(f"The number of {name} is ")[None])
    score = np.zeros(1)
    for place in range(4):
        score = (score[:, None] + np.log(softmax(z)[:, digits])).ravel()
        if place < 3:
            parent = np.arange(len(score)) // 10
            symbol = np.tile(digits, len(score) // 10)
            z, state = small_step(symbol[:, None], rows_of(state, parent))
    return np.log2(len(score) / (1 + (score > score[int(numbers[name])]).sum()))


# %% exposure-null tags=["aside", "nbval-check-output"]
ranks = np.arange(1, 10_001)  # a number that nobody knows has any rank
print(f"mean exposure of a random rank: {np.log2(10_000 / ranks).mean():.2f} bits")

# %% about-train-heart [markdown]
# A random rank has 1.44 bits on average, and x bits or more with probability 2 to the
# power −x. So an exposure of 3 happens by chance once in eight.
#
# **Predict** for 20 epochs: does the loss on new text follow that on the training text?
# When does the share of known pieces rise? Which secret is learned, and when?

# %% prediction-heart [markdown]
# *Your prediction:*


# %% small-sample tags=["aside"]
def small_sample(small_step, rows=32, n=256):
    rng = np.random.default_rng(SEED)
    z, state = small_step(np.tile(new_text[:100], (rows, 1)))
    ids = []
    for _ in range(n):
        u = rng.random((rows, 1))
        ids.append((np.cumsum(softmax(z), axis=1)[:, :-1] <= u).sum(axis=1))
        z, state = small_step(ids[-1][:, None], state)
    return np.stack(ids, axis=1)


# %% train-heart tags=["aside"]
MOMENTS, looks = (1, 3, 6, 12, 20), []
streams = batches.Streams(small, 8, 32)
old, unseen = (batches.Streams(ids, 8, 128, whole=True) for ids in (small, new_text))


def look(update):
    epoch = max(1, round(update / len(streams)))
    if epoch in MOMENTS and epoch not in [one[0] for one in looks]:
        nats = [ur.evaluate(heart, part, stateful=True) for part in (old, unseen)]
        share = found(small_sample(small_step), small_known, 15)
        bits = [exposure(small_step, name) for name in SECRETS]
        looks.append((epoch, *nats, share, bits))


ur.seed(SEED)
heart = CharLSTM(len(vocab), 128)
heart(ur.tensor(new_text[None, :1]))  # in Keras, this makes the weights
small_step, small_known = stepper(heart), known_pieces(small, 15)
how = {"schedule": "constant", "every": len(streams), "after": look, "progress": False}
history = ur.fit(heart, streams, epochs=MOMENTS[-1], lr=0.01, stateful=True, **how)

# %% heart-table tags=["aside", "predicted"]
planted = [f"planted {times}" for times in SECRETS.values()]
print("epoch  training    new  15 letters known   exposure:", *planted)
for epoch, a, b, share, bits in looks:
    row = f"{epoch:5} {a:9.2f} {b:6.2f} {share:17.3f} {'':9}"
    print(row, "".join(f"{bit:10.1f}" for bit in bits))
real_share = found(new_text[None], small_known, 15)
print(f"new text itself: {real_share:.3f} of its 15 letters are known")

# %% heart-curve tags=["aside", "predicted"]
epochs, a, b, shares, _ = zip(*looks, strict=True)
title = "Loss by the epochs that were read"
if min(b) < b[-1] - 0.1 and a[-1] < a[0]:
    title = f"New text is predicted best after {epochs[int(np.argmin(b))]} epochs"
plot.lines(
    {"training text": (epochs, a), "new text": (epochs, b)},
    title,
    "epochs",
    "nats per character",
    log_x=True,
    markers=True,
)

# %% about-heart-found [markdown]
# One network does both: first it learns what holds for new text too, then it learns
# this text. The loss on new text says when. Compare the columns of the secrets: what
# does it take? The page repeats this with five seeds, and with dropout.
#
# ## 8 · Characters, pieces, words
#
# A model need not write letters. *Byte-pair encoding* begins with letters and again and
# again makes one symbol of the pair that is most frequent (Sennrich and others, 2016).


# %% merges
def merge(parts, pair):
    out = []
    for part in parts:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


def learn(words, n):
    """Return the n pairs that were merged, and the parts of every word."""
    parts, merged = {w: list(w) for w in words}, []
    for _ in range(n):
        pairs = Counter()
        for w, count in words.items():
            for pair in itertools.pairwise(parts[w]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        parts = {w: merge(p, best) if best[0] in p else p for w, p in parts.items()}
        merged.append(best)
    return merged, parts


# %% about-merges [markdown]
# A word here is a space and letters, or one mark. **Predict** the first ten pairs of
# 100,000 letters, and how many symbols a letter costs after 200 merges.

# %% first-merges tags=["aside", "predicted"]
WORD = re.compile(r" ?[A-Za-z']+|[^A-Za-z']")
some = corpus.text[:100_000]
words = Counter(WORD.findall(some))
merged, parts = learn(words, 200)
print("first:", *(repr("".join(pair)) for pair in merged[:10]))
print("last: ", *(repr("".join(pair)) for pair in merged[-10:]))
n_symbols = sum(len(parts[w]) * count for w, count in words.items())
print(f"{n_symbols / len(some):.3f} symbols for a letter")

# %% library tags=["aside"]
try:
    import tokenizers
except ImportError:
    print("The library `tokenizers` is not installed; pip install tokenizers adds it.")
else:
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=len(merged) + len(set(some)),
        initial_alphabet=sorted(set(some)),
        show_progress=False,
    )
    library = tokenizers.Tokenizer(tokenizers.models.BPE())
    library.pre_tokenizer = tokenizers.pre_tokenizers.Split(
        tokenizers.Regex(WORD.pattern), "removed", invert=True
    )
    library.train_from_iterator([some], trainer)
    print(len(library.encode(some).tokens), "symbols; ours:", n_symbols)

# %% about-bits [markdown]
# A loss per symbol cannot be compared when the symbols differ: a word costs more nats
# than a letter. Add up the bits of the whole text and divide by its *letters*.
#
# Three tables of counts, then, in bits per character. A table of words needs a rule for
# words that it never saw. One that calls them all `<unk>` does not pay for their
# spelling. **Predict** what that is worth.

# %% kinds tags=["aside"]
counted, held = corpus.text[: len(train)][:600_000], corpus.text[-60_000:]
ranks = {pair: k for k, pair in enumerate(merged)}


@cache
def cut(word):
    """Return the pieces of a word; the merge that was learned first is done first."""
    left = list(word)
    while fit := [pair for pair in itertools.pairwise(left) if pair in ranks]:
        left = merge(left, min(fit, key=ranks.get))
    return left


frequent = {w for w, _ in Counter(WORD.findall(counted)).most_common(5000)}
KINDS = {
    "letters": list,
    "pieces": lambda t: [p for w in WORD.findall(t) for p in cut(w)],
    "words, the rest spelled": lambda t: [
        p for w in WORD.findall(t) for p in ([w] if w in frequent else w)
    ],
    "words, the rest <unk>": lambda t: [
        w if w in frequent else "<unk>" for w in WORD.findall(t)
    ],
}

# %% kinds-bits tags=["aside", "predicted"]
print(f"{'':24} symbols  nats a symbol  bits a letter")
for name, coded in KINDS.items():
    old_text, new = coded(counted), coded(held)
    code = {symbol: k for k, symbol in enumerate(sorted({*old_text, *new}))}
    old_text, new = ([code[s] for s in part] for part in (old_text, new))
    order = {"letters": 7, "pieces": 4}.get(name, 3)
    nats = baselines.NGram(order, len(code), "kneser-ney").fit(old_text).nats(new)
    bits = metrics.bits(nats * len(new) / len(held))
    print(f"{name:24} {len(code):7,} {nats:14.3f} {bits:14.3f}")

# %% about-play [markdown]
# `<unk>` is a cheat: it says "some rare word comes" and never which one. The row above
# it spells them, and pays. (The tables look back 6 letters, 3 pieces or 2 words, in one
# try each; tuned, and with networks, the order of the rows may be another.)
#
# ### Play
#
# In a live notebook with `ipywidgets` you get sliders. Elsewhere, call `play` yourself.


# %% play tags=["aside"]
def play(prompt="**ROMEO**  \n", tau=0.8, share=0.95, seed=SEED, n=300):
    rng, ids = np.random.default_rng(seed), []
    z, state = step(model.encode(prompt or "\n")[None])
    for _ in range(n):
        p = top_p(temper(softmax(z), tau), share)
        ids.append(draw(p[0], rng.random()))
        z, state = step(np.array([ids[-1:]]), state)
    print(prompt + model.decode(ids))


# %% sliders tags=["aside"]
live = os.environ.get("UNROLLED_STATIC") != "1" and "get_ipython" in globals()
try:
    import ipywidgets
except ImportError:
    live = False
if live:
    ranges = {"tau": (0.1, 2.0, 0.1), "share": (0.05, 1.0, 0.05), "seed": (0, 99)}
    ipywidgets.interact_manual(play, **ranges, n=(50, 1000, 50))
else:
    play(tau=0.8, share=0.95)

# %% about-closing [markdown]
# ## 9 · What changed and what it bought
#
# Two results, each beside its baseline: how many pieces of ten letters the network
# shares with the text that it was trained on, beside a text that cannot have copied it;
# and what half the temperature is worth in real words.

# %% measured
ledger.record(
    UNIT,
    "pieces of 10 letters at τ = 1",
    copied,
    measure="share found in the training text",
    baseline=uncopied,
    baseline_name="held-out text",
    corpus=corpus.name,
)

# %% measured-words
ledger.record(
    UNIT,
    "real words at τ = 0.5",
    real_words(samples[0.5][0]),
    measure="share of all words",
    baseline=real_words(samples[1.0][0]),
    baseline_name="τ = 1",
    corpus=corpus.name,
)

# %% about-answer [markdown]
# So, is it new or copied? The cells say it for this network, and the page collects what
# five seeds say: for how long pieces, after how many epochs, with which of four ways of
# drawing.

# %% quiz-after
quiz.show(UNIT, "after")
