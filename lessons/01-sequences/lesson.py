# %% title [markdown]
# # Sequences, hands on
#
# Sentences, melodies, prices, the letters of a name: in a **sequence** it matters what
# comes after what. In this hour you measure how far one gets without that order, how
# far with windows of it, and what a *state* changes. The page of the unit explains the
# ideas; here you run them.

# %% imports
import bz2
import zlib
from collections import Counter

import numpy as np

from unrolled import baselines, batches, cells, data, ledger, metrics, models, plot
from unrolled import quiz, text
from unrolled.data import opinions

from sklearn.feature_extraction.text import CountVectorizer

UNIT = "01-sequences"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% about-writes [markdown]
# ## A network writes
#
# This one comes with the course. It is recurrent, it has read Shakespeare's plays
# letter by letter, and nobody told it what a word is, a line or a speaker. Run the
# cell; then change the beginning or the seed and run it again.

# %% writes tags=["aside"]
writer = models.load("plays")
print(writer.sample("To be, or not to be", 400, 0.6, np.random.default_rng(SEED)))

# %% about-written [markdown]
# Each letter was drawn from a bet on what comes next. Of all letters before, the
# network had kept a fixed list of numbers, its **state**, and nothing else. At the end
# of this lesson you know what a bet costs, what a table of counts does with what came
# before, and what a state can do that it cannot.

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-twins [markdown]
# ## 1 · A question that counting cannot answer
#
# A *bag of words* keeps how often each word occurs in a text and forgets where. Here
# are sentences on films, made from templates in two forms. They come in pairs: sentence
# 0 with 1, 2 with 3, and so on.

# %% twins
forms = [opinions.form(name) for name in ("contrast", "but")]
sentences = [sentence for said, _ in forms for sentence in said]
signs = np.concatenate([labels for _, labels in forms])  # 1: for the film, 0: against
for k in (0, 1, len(sentences) - 2, len(sentences) - 1):
    print(signs[k], sentences[k])

# %% about-bags [markdown]
# **Predict:** in how many of the pairs do both sentences have the same bag? In how many
# do they have opposite signs?

# %% bags tags=["nbval-check-output", "predicted"]
bags = [Counter(text.tokenize(sentence)) for sentence in sentences]
same = [a == b for a, b in zip(bags[::2], bags[1::2], strict=True)]
opposite = signs[::2] != signs[1::2]
print(f"{len(same):,} pairs: same bag in {sum(same):,}, opposite in {opposite.sum():,}")

# %% about-bag-accuracy [markdown]
# So whatever is computed from a bag gives both sentences of a pair one answer.
#
# Now a linear model on counts: of words (a bag), and of words and pairs of neighbors.
# It learns from four pairs in five. In the last row the split tears pairs apart: each
# *sentence* goes to one side or the other. **Predict** the three accuracies. Can one of
# them be below one half?

# %% prediction-bag-accuracy [markdown]
# *Your prediction:*


# %% bag-accuracy tags=["predicted"]
def right(said, y, n, learn, ask):
    """Learn from counts of 1 to n words in a row; return what is right of `ask`."""
    model = baselines.linear_words([said[i] for i in learn], y[learn], n=(1, n))
    return model.score([said[i] for i in ask], y[ask])  # the share, 0 to 1


rng = np.random.default_rng(SEED)
together = 2 * rng.permutation(len(same))[:, None] + [0, 1]  # (n_pairs, 2)
cut = int(0.8 * len(together))
kept = together[:cut].ravel(), together[cut:].ravel()  # whole pairs on one side
torn = np.split(rng.permutation(len(sentences)), [2 * cut])
by_bag = right(sentences, signs, 1, *kept)
by_pairs = right(sentences, signs, 2, *kept)
below = right(sentences, signs, 1, *torn)
print(f"words                          {by_bag:.3f}")
print(f"words and pairs of neighbors   {by_pairs:.3f}")
print(f"words, pairs torn apart        {below:.3f}")

# %% about-torn [markdown]
# One answer for both of a pair: one half, exactly, for every rule that sees bags only.
# Order decides, and neighbors are enough here: *not good* and *not bad* differ.
#
# With torn pairs the score falls *below* one half. A test sentence's twin is often
# among those learned from: the same bag, the opposite sign. The model has learned it
# well. A score tells something about the split, too; section 7 returns to this.

# %% about-spoken [markdown]
# People do not speak in neighbors: “it was, um, basically good, I mean, really, not,
# well, bad”. Let us put `k` words of hesitation between the words that count.


# %% spoken
PAUSES = "well um really like actually honestly somehow basically maybe anyway so quite"
PAUSES = np.array(PAUSES.split())


def spoken(k, n, rng):
    """Return n sentences with k words between those that count, and their signs."""
    y, straight = rng.integers(0, 2, n), rng.random(n) < 0.5
    words = np.stack([rng.choice(opinions.BAD, n), rng.choice(opinions.GOOD, n)], 1)
    gaps, said = rng.choice(PAUSES, (n, 5, k)), []
    for i in range(n):
        a, b = words[i, y[i]], words[i, 1 - y[i]]  # the whole has the sign of a
        form = (a, "not", b) if straight[i] else ("not", b, "but", a)
        cores = zip(form, gaps[i], strict=False)
        body = [word for core, gap in cores for word in (*gap, core)]
        said.append(" ".join(["it was", *body, *gaps[i, -1]]))
    return said, y


for k in (0, 2):
    print(*spoken(k, 3, np.random.default_rng(SEED))[0], sep="\n")

# %% about-reach [markdown]
# The models count runs of up to n words, and learn from 1,000 such sentences for each
# `k`. **Predict** the table: which n does each k need? Is that n enough?

# %% prediction-reach [markdown]
# *Your prediction:*

# %% reach tags=["predicted"]
rng = np.random.default_rng(SEED)
reach = {}
print("words between   " + "".join(f"{f'up to {n}':>10}" for n in (1, 2, 3, 4)))
for k in (0, 1, 2):
    said, y = spoken(k, 2000, rng)
    halves = np.arange(1000), np.arange(1000, 2000)
    for n in (1, 2, 3, 4):
        reach[k, n] = right(said, y, n, *halves)
    print(f"{k:13}   " + "".join(f"{reach[k, n]:10.3f}" for n in (1, 2, 3, 4)))

# %% about-more [markdown]
# A window must be as long as the distance: `k` + 2 words. With one pause that is not
# enough yet, with 1,000 sentences to learn from. Between *not* and its word stand 12
# different runs of pauses for `k` = 1 and 144 for `k` = 2, and the table learns about
# each by itself: *not um good* and *not well good* have nothing in common.
#
# **Predict** the accuracies with more sentences.

# %% more tags=["aside", "predicted"]
SIZES = (250, 1000, 4000)
print("words between   " + "".join(f"{size:>8,}" for size in SIZES) + "   sentences")
for k in (0, 1, 2):
    rng = np.random.default_rng(SEED)
    said, y = spoken(k, 1000 + max(SIZES), rng)
    ask = np.arange(1000)
    shares = [right(said, y, k + 2, np.arange(1000, 1000 + n), ask) for n in SIZES]
    print(f"{k:13}   " + "".join(f"{share:8.3f}" for share in shares))

# %% about-costs [markdown]
# Keep both costs in mind: how far a window reaches, and how much must be met until it
# is of use. The page has the measurement with more seeds and more sentences.
#
# First we need symbols as numbers, and a score.

# %% about-corpus [markdown]
# ## 2 · Symbols, integers, vectors
#
# The text is Shakespeare's plays, with `**NAME**` above each speech. If it cannot be
# had, a box says so and a smaller text takes its place. The last twentieth is held out,
# *in order*.

# %% corpus
corpus = data.text("plays")
vocab = text.Vocab.from_text(corpus.text)
V = len(vocab)
ids = vocab.encode(corpus.text)  # (characters,)
train, valid = batches.split(ids, 0.95)
print(f"{V} symbols, {len(train):,} characters to learn from, {len(valid):,} held out")
print(vocab.encode("to be"), vocab.decode(vocab.encode("to be")))

# %% about-words [markdown]
# Characters or words? Words make shorter sequences, but there are more of them.
# **Predict:** how many different words does the first part hold, and what share of the
# words in the held-out part did never occur in it? And of the characters?

# %% words tags=["aside", "predicted"]
learned = text.tokenize(corpus.text[: len(train)])
new = text.tokenize(corpus.text[len(train) :])
count = Counter(learned)
once = sum(n == 1 for n in count.values()) / len(count)
print(f"{len(learned):,} words in place of {len(train):,} characters")
print(f"{len(count):,} different words, of which {once:.0%} occur once")
new_words = np.mean([word not in count for word in new])
new_letters = np.isin(valid, train, invert=True).mean()
print(f"new in the held-out part: {new_words:.1%} of the words,")
print(f"{new_letters:.3%} of the letters")

# %% about-one-hot [markdown]
# A vocabulary of characters is small and complete. One of words is large, and every new
# text brings words that are not in it.
#
# An integer is only a name: symbol 40 is not twice symbol 20. The input of a network is
# therefore a *one-hot* row, 1 at the symbol's place and 0 elsewhere.

# %% one-hot tags=["pytorch"]
x = ur.tensor(vocab.encode("to be")[None])  # (batch, time)
rows = one_hot(x, V).float()  # (batch, time, n_symbols)
print(tuple(x.shape), "->", tuple(rows.shape))
print("ones at", ur.array(rows.argmax(-1)))

# %% one-hot tags=["tensorflow"]
x = ur.tensor(vocab.encode("to be")[None])  # (batch, time)
rows = tf.one_hot(x, V)  # (batch, time, n_symbols)
print(tuple(x.shape), "->", tuple(rows.shape))
print("ones at", ur.array(tf.argmax(rows, -1)))

# %% about-lookup [markdown]
# A one-hot row times a matrix picks one row of the matrix: all others are multiplied by
# 0. So one can look the row up and leave the product out. Such a table, with a row for
# each symbol, is an *embedding*; its rows are learned like any weights.

# %% embedding tags=["pytorch"]
embedding = nn.Embedding(V, 8).to(ur.device())
looked_up = embedding(x)  # (batch, time, 8)
by_product = rows @ embedding.weight  # (batch, time, n_symbols) @ (n_symbols, 8)
print(tuple(looked_up.shape), "the same:", torch.allclose(looked_up, by_product))

# %% embedding tags=["tensorflow"]
embedding = keras.layers.Embedding(V, 8)
looked_up = embedding(x)  # (batch, time, 8)
by_product = rows @ embedding.embeddings  # (batch, time, n_symbols) @ (n_symbols, 8)
print(tuple(looked_up.shape), "the same:", np.allclose(looked_up, by_product))

# %% about-bigram [markdown]
# ## 3 · A bet on the next letter, and its score
#
# The simplest model that knows any order: count which letter follows which. One is
# added to each count, so that no pair is impossible.

# %% bigram
counts = np.zeros((V, V))  # (letter, next letter)
np.add.at(counts, (train[:-1], train[1:]), 1)
follows = (counts + 1) / (counts + 1).sum(axis=1, keepdims=True)  # each row sums to 1
for letter in "qt ":
    p = follows[vocab.encode(letter)[0]]
    top = ", ".join(f"{vocab.symbols[j]!r} {p[j]:.2f}" for j in p.argsort()[:-4:-1])
    print(f"after {letter!r}: {top}")

# %% bigram-map tags=["aside"]
letters = " " + "abcdefghijklmnopqrstuvwxyz"
known = [letter for letter in letters if letter in vocab]
at = vocab.encode("".join(known))
names = ["␣" if letter == " " else letter for letter in known]
plot.heatmap(
    follows[np.ix_(at, at)],
    "Which letter follows which",
    "next letter",
    "letter",
    columns=names,
    rows=names,
    bar_label="probability",
)

# %% about-score [markdown]
# Three models bet on every letter of the held-out part: one finds all letters equally
# likely, one knows how often each occurs, one knows the letter before. The score is the
# mean of −ln p, in *nats*. **Predict** the first row: you know how many symbols there
# are. How much does the letter before buy?

# %% prediction-score [markdown]
# *Your prediction:*

# %% score tags=["predicted"]
before, after = valid[:-1], valid[1:]
often = (np.bincount(train, minlength=V) + 1) / (len(train) + V)  # (n_symbols,)
bets = {
    "all equally likely": np.full(len(after), 1 / V),
    "how often": often[after],
    "after the letter before": follows[before, after],
}
print(f"{'':24} nats   bits   perplexity")
for name, p in bets.items():  # p: (letters,), of those that really came
    nats = -np.log(p).mean()
    bits, among = metrics.bits(nats), metrics.perplexity(nats)
    print(f"{name:24} {nats:.3f}  {bits:.3f}  {among:6.2f}")

# %% about-frameworks [markdown]
# A framework's loss, the *cross-entropy*, takes the right symbols and *logits*: any
# numbers, which it turns into probabilities. Unit 02 shows how. Logarithms of
# probabilities come out as these probabilities, so the framework must find our number.

# %% framework-loss tags=["pytorch"]
logits = ur.tensor(np.log(follows)[before])  # (letters, n_symbols)
loss = cross_entropy(logits, ur.tensor(after)).item()

# %% framework-loss tags=["tensorflow"]
logits = ur.tensor(np.log(follows)[before])  # (letters, n_symbols)
bet = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
loss = float(bet(after, logits))

# %% same-loss
bigram_nats = -np.log(follows[before, after]).mean()
print(f"framework {loss:.4f}, by hand {bigram_nats:.4f} nats")
assert abs(loss - bigram_nats) < 1e-4

# %% about-files [markdown]
# Bits are real. A file in which each letter costs −log₂ p bits can be written and read
# back, by arithmetic coding. So programs that make files smaller are language models,
# and can be scored as one: how many bytes does the held-out part *add* to what it
# follows? **Predict:** are they below or above the bigram?

# %% files tags=["aside", "predicted"]
whole = corpus.text.encode()
first = corpus.text[: len(train)].encode()
for name, squeeze in {"zlib": zlib, "bzip2": bz2}.items():
    added = len(squeeze.compress(whole)) - len(squeeze.compress(first))
    print(f"{name:6} {8 * added / len(valid):.3f} bits a letter")
print(f"bigram {metrics.bits(bigram_nats):.3f} bits a letter")

# %% about-windows [markdown]
# They all use more than one letter before. So shall we.
#
# ## 4 · Windows, and what they cost
#
# An *n-gram* model predicts from the n − 1 letters before. Contexts that were never
# counted get help from shorter ones (page, and exercise 3). **Predict:** up to which n
# do the nats fall? How many of the held-out contexts of six letters are new?

# %% prediction-windows [markdown]
# *Your prediction:*


# %% contexts tags=["aside"]
def runs(ids, n):
    """Return every run of n symbols as one integer."""
    code = np.zeros(len(ids) - n + 1, np.int64)
    for start in range(n):
        code = code * V + ids[start : start + len(code)]
    return code


met = {6: np.unique(runs(train, 6))}  # the runs of six letters, each once
for k in range(5, 0, -1):  # those of k letters begin longer ones, or end the text
    met[k] = np.unique(np.append(met[k + 1] // V, runs(train[-k:], k)))
fresh = {k: 1 - np.isin(runs(valid, k), met[k]).mean() for k in met}

# %% windows tags=["aside", "predicted"]
tables = baselines.nats_by_order(train, valid, range(1, 8), V)  # n = 1, 2, … 7
print("n   contexts possible   met          new in held-out   nats")
for n, nats in tables.items():
    known, unknown = (len(met[n - 1]), fresh[n - 1]) if n > 1 else (1, 0.0)
    print(f"{n}  {V ** (n - 1):18,}   {known:9,} {unknown:17.1%}    {nats:.3f}")

# %% window-curve tags=["aside", "predicted"]
best = min(tables, key=tables.get)
plot.lines(
    {"n-gram": (list(tables), list(tables.values()))},
    f"Longer windows help up to n = {best}",
    "n: the letter that is predicted and n − 1 before it",
    "nats per character, held out",
    markers=True,
)

# %% about-cost [markdown]
# Each letter more multiplies the contexts that are possible by the number of symbols.
# Of those most never occur; but of the contexts that *do* occur in new text, more and
# more were never met. A table knows them by heart or not at all. And what lies before
# the window it cannot see, however clear it was.

# %% about-state [markdown]
# ## 5 · From a window to a state
#
# How do *you* read a sentence with fifty pauses? You do not keep them. You keep what is
# said so far, and that a *not* is waiting for its word. Here is that rule: a function
# of what was kept and the next word, which returns what is kept now.

# %% reader
SIGN = dict.fromkeys(opinions.GOOD, 1) | dict.fromkeys(opinions.BAD, -1)


def step(state, word):
    verdict, turned = state  # what is said so far; is a *not* waiting?
    if word == "not":
        return verdict, True
    if word in SIGN:
        return (-SIGN[word] if turned else SIGN[word]), False
    return state


def read(sentence):
    state = (0, False)
    for word in sentence.split():
        state = step(state, word)
    return int(state[0] > 0)


# %% about-far [markdown]
# **Predict** its accuracy with 0, 2, 50 and 1,000 pauses between the words that count.

# %% far tags=["nbval-check-output", "predicted"]
ruled = {}
for k in (0, 2, 50, 1000):
    said, y = spoken(k, 200, np.random.default_rng(SEED))
    ruled[k] = np.mean([read(sentence) for sentence in said] == y)
    print(f"{k:5} between: {ruled[k]:.3f}")

# %% about-kept [markdown]
# What is kept is a **state**: here one of three verdicts and one yes or no, six
# possibilities, whatever the length. A window keeps everything near and nothing far; a
# state keeps what matters.
#
# The rule was written by somebody who knew what matters, while the windows had to learn
# it from sentences. To *learn* such a step is what the next units are about.

# %% about-learned [markdown]
# The network of the first cell has learned one. **Predict:** does it hold more numbers
# than the table of up to six letters holds counts? Which of the two predicts better?

# %% writer tags=["aside", "predicted"]
if corpus.name == "plays":
    seen = writer.encode(corpus.text)  # its own integers: rare letters share one
    table = baselines.NGram(6, len(writer.symbols)).fit(seen[: len(train)])
    rows = seen[len(train) :][: 64 * 1000].reshape(64, 1000)  # held out
    by_table = -np.log(table.each(rows.ravel())).reshape(rows.shape)[:, 1:]
    counted = sum(len(met[k]) for k in range(1, 7))
    holds, keeps = writer.n_parameters, 2 * writer.n_hidden
    by_network = writer.nats(rows).mean()
    print(f"6-gram   holds {counted:9,}, keeps   5 letters, {by_table.mean():.3f} nats")
    print(f"network  holds {holds:9,}, keeps {keeps:3} numbers, {by_network:.3f} nats")
else:
    print(
        "The network has read the plays: on another text there is nothing to compare."
    )

# %% about-writer [markdown]
# One table and one network, trained once: this is no race yet. Unit 11 runs it, with
# better tables and on equal terms.

# %% about-brackets [markdown]
# ## 6 · A network that counts, set by hand
#
# Six states do not suffice for everything. Is every bracket closed? For that one must
# know how many are open, and of those there is no largest number. So let the state be
# *numbers*, and the step that of a recurrent cell: one matrix for the input, one for
# the state, and max(0, ·), called ReLU. **Predict** the three numbers after each symbol
# of `f(x))(`.

# %% counter tags=["nbval-check-output", "predicted"]
w_x = np.array([[1.0, 1, 0], [-1, 0, 1], [0, 0, 0]])  # (n_in, n_hidden)
w_h = np.eye(3)  # (n_hidden, n_hidden): each unit keeps its own number
h = np.zeros(3)
print("   depth opened closed")
for symbol in "f(x))(":
    x = np.eye(3)["()".find(symbol)]  # one-hot "(", ")", other: -1 is the last row
    h = np.maximum(0, x @ w_x + h @ w_h)
    print(symbol, *(f"{value:6.0f}" for value in h))

# %% about-clipped [markdown]
# The first unit is the depth. ReLU keeps it at 0 when a bracket is closed that was not
# open; the other two only count. How many were closed in vain? Without ReLU the depth
# would be opened − closed, so the difference tells: depth − opened + closed.
#
# A text is in order if at its end both this number and the depth are 0. Is that
# *always* right? **Predict** in how many of all strings of up to ten symbols it is
# wrong.


# %% exact tags=["nbval-check-output", "predicted"]
def in_order(ids):
    """ids: (batch, time) of 0 "(", 1 ")" and 2. Return bools (batch,)."""
    weights = cells.RNNWeights(w_x, w_h, np.zeros(3))
    depth, opened, closed = cells.rnn(np.eye(3)[ids], weights, activation="relu").last.T
    return (depth == 0) & (depth - opened + closed == 0)


def by_hand(string):  # take "()" away until there is none
    while "()" in string:
        string = string.replace("()", "")
    return string == ""


wrong = tried = 0
for n in range(1, 11):
    every = np.indices((3,) * n).reshape(n, -1).T  # (3^n, n)
    strings = ("".join("() "[k] for k in row).replace(" ", "") for row in every)
    wrong += (in_order(every) != [by_hand(string) for string in strings]).sum()
    tried += len(every)
print(f"{tried:,} strings tried, {wrong} wrong")

# %% deep tags=["nbval-check-output"]
deep = np.repeat([[0, 1]], 30_000, axis=1)  # 30,000 open, then 30,000 close
print(in_order(deep), in_order(deep[:, 1:]))
print("float32 counts up to", f"{2**24:,}:", np.float32(2**24) + 1 == 2**24)

# %% about-exact [markdown]
# Exact, at any depth that a floating-point number can count. No window can do that: if
# it starts after the first bracket, it cannot know whether that one was there.
#
# It is a recurrent cell like all those of this course, so a framework's layer can hold
# it. Its states must be the same numbers.

# %% layer tags=["pytorch"]
layer = nn.RNN(3, 3, nonlinearity="relu", batch_first=True)

# %% layer tags=["tensorflow"]
layer = keras.layers.SimpleRNN(3, activation="relu", return_sequences=True)

# %% same-states tags=["nbval-check-output"]
weights = cells.RNNWeights(w_x, w_h, np.zeros(3))
ur.load_rnn(layer, weights)
x = np.eye(3)[np.random.default_rng(0).integers(0, 3, (4, 200))]  # (batch, time, n_in)
states = ur.run(layer, x).h  # (batch, time, n_hidden)
print(states.shape, np.array_equal(states, cells.rnn(x, weights, activation="relu").h))

# %% code-depth tags=["aside"]
code = data.text("stdlib-source").text[100_000:101_500]
x = np.eye(3)[["()".find(symbol) for symbol in code]][None]  # (1, time, n_in)
depth = ur.run(layer, x).h[0, :, 0]  # (time,)
plot.lines(
    {"first unit": depth},
    "The depth of the brackets in 1,500 letters of Python's library",
    "letters read",
    "depth",
)

# %% about-honest [markdown]
# Nobody trained it. Whether training *finds* such weights is another question, and the
# page has the measurement.
#
# ## 7 · A baseline scored honestly
#
# Cut the text into 20 pieces and toss a coin for each. Take passages from every piece:
# a passage has the coin of its piece, heads or tails. A linear model of words is to say
# which.

# %% coins
N_PIECES, EACH = 20, 40
length = len(corpus.text) // N_PIECES
size = min(1200, length // EACH)  # passages do not overlap
starts = np.linspace(0, length - size, EACH).astype(int)
piece = np.repeat(np.arange(N_PIECES), EACH)  # (passages,)
begins = (piece * length).reshape(-1, EACH) + starts  # (pieces, passages of each)
passages = [corpus.text[begin : begin + size] for begin in begins.ravel()]
print(f"{len(passages)} passages of {size} letters, {EACH} from each piece")

# %% about-coins [markdown]
# In one split, one passage in five is for the test. In the other, one *piece* in five
# is, with all its passages. Coins are thrown and parts drawn a hundred times.
# **Predict** both means. What would you think of a colleague who reports the first?

# %% prediction-coins [markdown]
# *Your prediction:*

# %% split tags=["predicted"]
words_of = CountVectorizer().fit_transform(passages).astype(float)  # (passages, words)


def named(y, learn, ask):
    """Weigh words by how often they stood under heads; return what is right."""
    tails, heads = (words_of[learn][y[learn] == k].sum(axis=0).A1 + 1 for k in (0, 1))
    weights = np.log(heads / heads.sum()) - np.log(tails / tails.sum())  # (words,)
    return np.mean((words_of[ask] @ weights > 0) == y[ask])


rng, scores = np.random.default_rng(SEED), []
for _ in range(100):
    coins = rng.permutation(np.repeat([0, 1], N_PIECES // 2))  # (pieces,)
    y = coins[piece]  # (passages,)
    at_random = batches.stratified(y, 0.8, rng)
    parts = batches.stratified(coins, 0.8, rng)  # of pieces
    by_piece = [np.flatnonzero(np.isin(piece, part)) for part in parts]
    scores.append([named(y, *at_random), named(y, *by_piece)])
leaked, honest = np.mean(scores, axis=0)
print(f"coins of passages split at random: {leaked:.3f} right")
print(f"coins of pieces never met:         {honest:.3f} right")

# %% about-leak [markdown]
# Nobody can read a coin from a text. The model has learned *which piece* a passage is
# from, by names and subjects, and looks its coin up. That is **leakage**: something of
# the test part was met in training.
#
# So ask first what will be new when the model is used: another play, another person,
# tomorrow. Split by *that*: whole groups on one side, or the past on one side and the
# future on the other.

# %% about-table [markdown]
# ## 8 · What changed, and what it bought
#
# **Predict** which of these rows you could have written down without running anything.

# %% table tags=["aside", "predicted"]
rows = {
    "bag of words, pairs kept together": by_bag,
    "pairs of neighbors, no pause": reach[0, 2],
    "runs of up to 3 words, 1 pause": reach[1, 3],
    "runs of up to 4 words, 2 pauses": reach[2, 4],
    "a rule with six states, 2 pauses": ruled[2],
    "a coin, passages split at random": leaked,
    "a coin, pieces never met": honest,
}
for name, share in rows.items():
    print(f"{name:36} {share:.3f}")

# %% measured
ledger.record(
    UNIT,
    "a coin, passages split at random",
    leaked,
    baseline=honest,
    baseline_name="pieces never met",
    corpus=corpus.name,
)

# %% measured-runs
ledger.record(
    UNIT,
    "runs of up to three words, one pause",
    reach[1, 3],
    baseline=reach[1, 1],
    baseline_name="words",
)

# %% measured-bigram
ledger.record(
    UNIT,
    "bigram",
    bigram_nats,
    measure="nats per character",
    baseline=-np.log(often[after]).mean(),
    baseline_name="how often each letter occurs",
    corpus=corpus.name,
)

# %% about-answer [markdown]
# A bag of words could not have known, whatever it had learned; that follows from the
# question. A window can know what is near, if it has met it. A state can keep what
# matters, from any distance. The page's answer puts the numbers together, and unit 02
# builds the cell that carries such a state.

# %% quiz-after
quiz.show(UNIT, "after")
