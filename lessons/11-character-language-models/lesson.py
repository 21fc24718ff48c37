# %% title [markdown]
# # Character language models, hands on
#
# Shakespeare's plays hold five million letters. A table counts them all in a moment.
# A network reads two million of them, once, in some twenty seconds.
#
# Which of the two predicts the next letter better? Bet now; the last cell settles it.

# %% imports
import itertools
import time

import numpy as np

from unrolled import baselines, batches, data, ledger, metrics, plot, quiz, text

UNIT = "11-character-language-models"
SEED = ledger.seed()
CORPUS = "plays"  # or "tiny-shakespeare", to compare with what others publish

# %% framework tags=["pytorch"]
import torch
from torch import nn
from torch.nn.functional import cross_entropy

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

# %% about-corpus [markdown]
# ## 1 · The text
#
# 38 plays, with `**NAME**` above each speech and two spaces at the end of each line.
# If they cannot be had, a box says so and a smaller text takes their place.

# %% corpus
corpus = data.text(CORPUS)
print(corpus.text[300:600])

# %% ids
vocab = text.Vocab.from_text(corpus.text)
ids = vocab.encode(corpus.text)  # (characters,)
train, valid = batches.split(ids, 0.95)
print(f"{len(vocab)} symbols: {''.join(vocab.symbols)!r}")
print(f"{len(train):,} characters to learn from, {len(valid):,} held out")

# %% about-split [markdown]
# The last 5 % are held out *in order*. Were single characters held out at random, their
# neighbors on both sides would stand in the training text and give them away.
#
# ## 2 · What counting can do
#
# The score is the mean of −ln p over the characters that really came: nats, lower is
# better. **Predict** the score of a model that finds every symbol equally likely.

# %% uniform
uniform = np.log(len(vocab))
print(f"uniform: {uniform:.3f} nats, {metrics.bits(uniform):.3f} bits")
print(f"perplexity {metrics.perplexity(uniform):.1f}")

# %% about-counting [markdown]
# Perplexity is the number of equally likely symbols with the same score: here, all.
#
# Now count. An n-gram sees n − 1 letters back. **Predict:** does each further letter
# help? How far?

# %% counting
V, tables = len(vocab), {}
print("letters in the gram:   1      3      5      7")
for smoothing in ("witten-bell", "kneser-ney"):
    began = time.perf_counter()
    for order in (1, 3, 5, 7):
        counts = baselines.NGram(order, V, smoothing).fit(train)
        tables[smoothing, order] = counts.nats(valid)
    row = [f"{tables[smoothing, order]:.3f}" for order in (1, 3, 5, 7)]
    print(f"{smoothing:18}", "  ".join(row), f"({time.perf_counter() - began:.1f} s)")

# %% about-orders [markdown]
# More context helps, as long as the table knows what to do with strings that it never
# saw. Witten and Bell's way gives out at seven letters, Kneser and Ney's does not. Two
# tables to beat: the customary 5-gram and the best one.
#
# Before we trust such numbers: on how much text must they be measured?

# %% pieces
usual, best = tables["witten-bell", 5], tables["kneser-ney", 7]
five = baselines.NGram(5, V).fit(train)
starts = range(0, max(1, len(valid) - 11_999), 12_000)
pieces = [five.nats(valid[i : i + 12_000]) for i in starts]
print(f"{len(pieces)} of 12,000 characters say {min(pieces):.3f} to {max(pieces):.3f};")
print(f"all {len(valid):,} say {usual:.3f} nats")

# %% pieces-curve tags=["aside"]
title = f"One model, one text: {min(pieces):.2f} to {max(pieces):.2f} nats by piece"
fig = plot.lines(
    {"12,000 characters at a time": pieces},
    title if len(pieces) > 1 else "The held-out part is one piece",
    "piece of the held-out part",
    "nats per character",
    levels={"the whole held-out part": usual},
    markers=True,
)
fig.axes[0].margins(y=0.35)  # room for the legend
fig

# %% about-pieces [markdown]
# A published script validates on 12,000 characters. The pieces above differ by more
# than our two tables do. From here on: always the whole held-out part.
#
# ## 3 · From symbols to vectors
#
# The first layer multiplies a one-hot row by a matrix. **Predict** what such a product
# returns.

# %% one-hot
rng = np.random.default_rng(SEED)
w = rng.normal(size=(V, 64)).astype(np.float32)  # (n_symbols, n_embedding)
x = train[: 32 * 64].reshape(32, 64)  # (batch, time)
by_product = batches.one_hot(x, V) @ w  # (batch, time, n_embedding)
by_index = w[x]  # (batch, time, n_embedding)
print("largest difference:", np.abs(by_product - by_index).max())
assert np.array_equal(by_product, by_index)


# %% one-hot-seconds tags=["aside"]
def microseconds(f):
    began = time.perf_counter()
    for _ in range(50):
        f()
    return (time.perf_counter() - began) / 50 * 1e6


product = microseconds(lambda: batches.one_hot(x, V) @ w)
index = microseconds(lambda: w[x])
print(f"one-hot and product {product:.0f} µs, look-up {index:.0f} µs")

# %% about-embedding [markdown]
# It returns a row of the matrix, so look the row up: the same function, without the
# zeros. That is all an *embedding* is.
#
# ## 4 · The model
#
# Embedding, LSTM, and one score (a *logit*) for each symbol. The model takes the state
# it starts from and returns the one it ends in.


# %% model tags=["pytorch"]
class CharLSTM(nn.Module):
    def __init__(self, n_symbols, n_hidden, n_embedding=64, dropout=0.0):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, n_embedding)
        self.lstm = nn.LSTM(n_embedding, n_hidden, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(n_hidden, n_symbols)
        # Start as Keras does: orthogonal recurrence, open forget gates, Glorot.
        nn.init.orthogonal_(self.lstm.weight_hh_l0)
        nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])
        nn.init.xavier_uniform_(self.out.weight)

    def forward(self, x, state=None):  # x: (batch, time)
        h, state = self.lstm(self.embed(x), state)  # h: (batch, time, n_hidden)
        return self.out(self.drop(h)), state  # (batch, time, n_symbols)


# %% model tags=["tensorflow"]
class CharLSTM(keras.Model):
    def __init__(self, n_symbols, n_hidden, n_embedding=64, dropout=0.0):
        super().__init__()
        # Start as PyTorch does: embeddings of size 1, not 0.05.
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embed = keras.layers.Embedding(n_symbols, n_embedding, normal)
        self.lstm = keras.layers.LSTM(
            n_hidden, return_sequences=True, return_state=True
        )
        self.drop = keras.layers.Dropout(dropout)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):  # x: (batch, time)
        h, *state = self.lstm(self.embed(x), initial_state=state)
        h = self.drop(h, training=training)  # (batch, time, n_hidden)
        return self.out(h), state  # (batch, time, n_symbols)


# %% about-parameters [markdown]
# With 192 units, an embedding of 64 and 84 symbols: **predict** in which of the three
# layers most numbers are.

# %% parameters tags=["pytorch"]
ur.seed(SEED)
model = CharLSTM(V, n_hidden=192).to(ur.device())
model(ur.tensor(x))
sizes = {
    name: sum(p.numel() for p in layer.parameters())
    for name, layer in model.named_children()
}

# %% parameters tags=["tensorflow"]
ur.seed(SEED)
model = CharLSTM(V, n_hidden=192)
model(x)
sizes = {layer.name: layer.count_params() for layer in model.layers}

# %% count
for name, size in sizes.items():
    print(f"{name:12} {size:9,}")
print(f"{'all':12} {sum(sizes.values()):9,}")

# %% about-streams [markdown]
# ## 5 · Streams: what comes next really comes next
#
# The text is cut into 32 long rows. Each batch takes the next 64 letters of every row.
# **Predict** how row 0 of the second batch begins.

# %% streams
streams = batches.Streams(train, 32, 64)
(x, y), (x_next, _) = itertools.islice(streams, 2)
print("x", x.shape, " y", y.shape, " batches an epoch:", len(streams))  # (batch, time)
for row in (0, 1):
    print(f"row {row}: {vocab.decode(x[row])!r}")
    print(f"   then: {vocab.decode(x_next[row])!r}")

# %% continues tags=["nbval-check-output"]
print("y is x, one step later:", np.array_equal(y[:, :-1], x[:, 1:]))
print("every row continues:", np.array_equal(y[:, -1], x_next[:, 0]))

# %% about-update [markdown] tags=["pytorch"]
# Row 0 goes on in mid-sentence. So the state that ends one batch fits the start of the
# next: carry it. But `detach` it, or the next `backward` would walk back into the batch
# before, whose graph is gone: an error. This is *truncated* backpropagation through
# time.

# %% about-update [markdown] tags=["tensorflow"]
# Row 0 goes on in mid-sentence. So the state that ends one batch fits the start of the
# next: carry it. It was made outside the next update's tape, so no gradient passes
# through it. This is *truncated* backpropagation through time.
#
# (A Keras layer can also keep its state itself, with `stateful=True`. We pass it, so
# that one model serves training, judging and sampling.)


# %% update tags=["pytorch"]
def update(x, y, state):
    logits, state = model(x, state)  # (batch, time, n_symbols)
    loss = cross_entropy(logits.flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    state = tuple(s.detach() for s in state)  # the values stay, the graph goes
    return loss.item(), norm.item(), state


optimizer = torch.optim.AdamW(model.parameters(), lr=0.015)


# %% update tags=["tensorflow"]
@tf.function
def update(x, y, state):
    with tf.GradientTape() as tape:
        logits, state = model(x, state, training=True)  # (batch, time, n_symbols)
        loss = tf.reduce_mean(
            keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        )
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients = [tf.convert_to_tensor(g) for g in gradients]  # equal letters added up
    gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply(gradients, model.trainable_variables)
    return loss, norm, state


optimizer = keras.optimizers.AdamW(0.015, weight_decay=0.01, epsilon=1e-8)

# %% about-first-loss [markdown]
# **Predict** the loss before anything is learned. You have seen the number.

# %% first-updates
state = None
for step, (x, y) in enumerate(itertools.islice(streams, 20), 1):
    loss, norm, state = update(ur.tensor(x), ur.tensor(y), state)
    if step in (1, 2, 5, 10, 20):
        print(f"update {step:2}: loss {loss:.3f}, gradient norm {norm:.2f}")

# %% about-short [markdown]
# It starts near ln V, as it must. The norm is what clipping looks at: above 1, the
# whole gradient is scaled down to norm 1.
#
# From here on `ur.fit` runs this loop; its learning rate sinks to 0 towards the end.
#
# ## 6 · What the carried state is worth
#
# First the failures. Small models, trained for a moment, in windows of only 8 letters.


# %% short
def short(data, stateful, dropout=0.0):
    ur.seed(SEED)
    small = CharLSTM(V, n_hidden=96, dropout=dropout)
    ur.fit(small, data, steps=400, lr=0.015, stateful=stateful, progress=False)
    return small


held_out = batches.Streams(valid, 64, 128, whole=True)  # every character, once
by_8 = batches.Streams(valid, 512, 8, whole=True)  # the same, in windows of 8


# %% shuffled
class Shuffled(batches.Streams):
    """The same windows, the rows of each batch in another order."""

    def __iter__(self):
        rng = np.random.default_rng(SEED)
        for x, y in super().__iter__():
            order = rng.permutation(len(x))
            yield x[order], y[order]


# %% about-state-cost [markdown]
# Three ways to train: the state carried; set to zero at every window; carried while the
# rows change places, so that each row gets a stranger's state (`shuffle=True` in a data
# loader does that).
#
# Each is judged twice, with the state carried and without. **Predict** best and worst.

# %% state-cost
windows = batches.Streams(train, 64, 8)
ways = {
    "carried": (windows, True),
    "zero at every window": (windows, False),
    "carried to a wrong row": (Shuffled(train, 64, 8), True),
}
judged = {}
print("                    judged: carried   zero at every window")
for way, (stream, stateful) in ways.items():
    small = short(stream, stateful)
    with_state = ur.evaluate(small, held_out, stateful=True)
    without = ur.evaluate(small, by_8, stateful=False)
    judged[way] = with_state, without
    print(f"{way:22} {with_state:12.3f} {without:12.3f}")

# %% about-carried [markdown]
# Best: carried in training and in judging. Carried in neither, 0.13 nats are lost, and
# most of them in judging: trained from zero but judged with its state, the network is
# only 0.02 to 0.03 behind. Worst is a wrong row, judged without a state. A wrong row is
# worse than zero in both columns: it teaches the network to distrust its state.
#
# Can dropout help? It hides a share of the units, at random, at every update.
# **Predict.**

# %% dropout tags=["aside"]
hidden = ur.evaluate(short(windows, True, dropout=0.3), held_out, stateful=True)
print(f"no dropout {judged['carried'][0]:.3f}, dropout 0.3 {hidden:.3f}")

# %% about-dropout [markdown]
# Dropout costs here. It is a cure for learning a text by heart, and this run sees each
# letter less than once. Try it again where a small text is read many times.
#
# ## 7 · Twenty seconds of Shakespeare
#
# Now 192 units, windows of 64, 1,000 updates: two million letters, each read once. We
# look in at four moments.

# %% train
STEPS, LOOK = 1000, (0, 50, 250, 500, 1000)
samples = {}
prompt = vocab.decode(valid[:200]).rpartition("\n")[0] + "\n"  # it writes the next line


def look(step):
    if step in LOOK:
        rng = np.random.default_rng(SEED)
        samples[step] = ur.sample(model, vocab, prompt, 160, 0.8, rng)
        return ur.evaluate(model, held_out, stateful=True) if step else None


ur.seed(SEED)
model = CharLSTM(V, n_hidden=192)
look(0)
history = ur.fit(
    model, streams, steps=STEPS, lr=0.015, stateful=True, every=50, after=look
)
lstm = history.valid[-1][1]
speed = STEPS * 32 * 64 / history.seconds
print(f"{history.seconds:.0f} s of training, {speed:,.0f} letters a second")

# %% about-samples [markdown]
# **Predict:** what appears first: spelling, line breaks, speakers' names, meaning?

# %% samples tags=["aside"]
for step, sample in sorted(samples.items()):
    print(f"--- after {step} updates ---\n{sample[len(prompt) :]}\n")

# %% about-race [markdown]
# Line ends and short words come first, names in stars later; sense does not come.
#
# Now the race. To be fair to the network, we also make tables that counted only what it
# had read by then. **Predict** who leads, and when.


# %% read-so-far tags=["aside"]
def table_by(step, order, smoothing):
    seen = itertools.islice(streams, step)
    ids = np.concatenate([x for x, _ in seen], axis=1).ravel()
    return baselines.NGram(order, V, smoothing).fit(ids).nats(valid)


checked, nats = zip(*history.valid, strict=True)
usual_so_far = [table_by(step, 5, "witten-bell") for step in checked]
best_so_far = [table_by(step, 7, "kneser-ney") for step in checked]

# %% race tags=["aside"]
letters = np.array(checked) * 32 * 64 / 1e6
behind = np.array(nats) - usual_so_far  # of the 5-gram that read the same
title = "Two ways to learn, by the letters read"
if behind[0] > 0 and behind[-1] < behind[0] / 2:
    title = "Counting learns faster, letter for letter; the network catches up"
plot.lines(
    {
        "LSTM": (letters, nats),
        "5-gram, Witten-Bell, same letters": (letters, usual_so_far),
        "7-gram, Kneser-Ney, same letters": (letters, best_so_far),
    },
    title,
    "letters read (millions)",
    "nats per character, whole held-out part",
    levels={"7-gram, all letters": best},
    markers=True,
)

# %% standings tags=["aside"]
print("updates   LSTM   5-gram   7-gram, of the same letters")
for row in zip(checked, nats, usual_so_far, best_so_far, strict=True):
    print("{:7}  {:.3f}    {:.3f}    {:.3f}".format(*row))
print(f"all letters:     {usual:.3f}    {best:.3f}")

# %% about-norms [markdown]
# Counting wins, even on equal reading. But the network, 0.2 nats behind the 5-gram at
# first, has drawn level with it. Its rate has sunk to 0, so this run is over; longer
# ones, with a schedule of their own, get further (README).
#
# What did clipping do in this run?

# %% norms tags=["aside"]
clipped = np.mean(np.array(history.norms) > 1.0)
print(f"clipped: {clipped:.1%} of the updates")
rarely = "The gradient stays below the bound: clipping hardly ever acts"
plot.lines(
    {"gradient norm": history.norms},
    rarely if clipped < 0.02 else f"Clipping acts at {clipped:.1%} of the updates",
    "update",
    "norm before clipping",
    log_y=True,
    levels={"clip": 1.0},
)

# %% about-how-far [markdown]
# Next to nothing: with this start and this rate it is insurance, and costs nothing.
#
# ## 8 · How far back does it look?
#
# Set the state to zero, let the trained model read 64 letters, score it at each of the
# 64 places. **Predict** from which place on more context stops helping.


# %% logits tags=["pytorch", "aside"]
@torch.no_grad()
def logits(ids):  # (batch, time)
    return ur.array(model(ur.tensor(ids))[0])  # (batch, time, n_symbols)


# %% logits tags=["tensorflow", "aside"]
forward = tf.function(model, reduce_retracing=True)


def logits(ids):  # (batch, time)
    return ur.array(forward(ids)[0])  # (batch, time, n_symbols)


# %% by-position tags=["aside"]
n = (len(valid) - 1) // 64 * 64
x, y = valid[:n].reshape(-1, 64), valid[1 : n + 1].reshape(-1, 64)  # (batch, time)
z = np.concatenate([logits(part) for part in np.array_split(x, 8)])
by_position = [metrics.cross_entropy(z[:, t], y[:, t]) for t in range(64)]
reset = np.mean(by_position)
for t in (0, 3, 6):
    print(f"after {t + 1} letters:       {by_position[t]:.3f} nats")
print(f"after 17 to 32 letters: {np.mean(by_position[16:32]):.3f} nats")
print(f"after 33 to 64 letters: {np.mean(by_position[32:]):.3f} nats")
print(f"all 64 places: {reset:.3f}; state carried: {lstm:.3f}")

# %% how-far tags=["aside"]
seven, later = by_position[5], np.mean(by_position[16:32])  # a 7-gram sees 6 letters
more = "The network uses more letters than any table here sees"
plot.lines(
    {"place after the state was set to zero": (np.arange(1, 65), by_position)},
    more if later < seven - 0.02 else "Six letters tell the network what more would",
    "letters read since the state was zero",
    "nats per character",
    levels={"state carried": lstm},
)

# %% about-sampling [markdown]
# A 7-gram sees six letters; the network gains clearly up to 17 to 32, and after that
# only 0.01 to 0.03 nats more. And it pays for the blind start of each window: judged
# with its state thrown away, a model looks worse than it is.
#
# ## 9 · Sampling, one step a letter
#
# To continue a text one can read all of it again for every new letter, or carry the
# state and read one. **Predict** the ratio for 400 letters, in steps and in seconds.


# %% two-ways tags=["aside"]
def reread(n):
    rng, ids = np.random.default_rng(SEED), vocab.encode("\n")
    for _ in range(n):
        z = logits(ids[None])[0, -1].astype(float)  # (n_symbols,)
        p = np.exp(z - z.max())
        ids = np.append(ids, rng.choice(V, p=p / p.sum()))
    return vocab.decode(ids)


def carry(n):
    return ur.sample(model, vocab, "\n", n, rng=np.random.default_rng(SEED))


# %% two-ways-seconds tags=["aside"]
for n in (100, 400):
    seconds, texts = [], []
    for way in (reread, carry):
        began = time.perf_counter()
        texts.append(way(n))
        seconds.append(time.perf_counter() - began)
    print(f"{n} letters: reread {seconds[0]:.2f} s, carried {seconds[1]:.2f} s")
print("the same text:", texts[0] == texts[1])

# %% about-temperature [markdown]
# The same text. In steps the ratio is (1 + 2 + … + 400) / 400, about 200. In seconds it
# is far less: a call has a fixed cost, and a short text is read almost as fast as one
# letter.
#
# ## 10 · Temperature
#
# Before the draw, the scores are divided by τ. **Predict** what τ = 0.2 and τ = 1.5 do
# to three symbols with scores 2, 1, 0.

# %% three-symbols tags=["nbval-check-output"]
for tau in (0.2, 0.5, 1.0, 1.5):
    p = np.exp(np.array([2.0, 1.0, 0.0]) / tau)
    print(f"τ = {tau}:", np.round(p / p.sum(), 3))

# %% temperature tags=["aside"]
warm = {
    tau: ur.sample(model, vocab, prompt, 600, tau, np.random.default_rng(SEED))
    for tau in (0.2, 0.5, 1.0, 1.5)
}
for tau, sample in warm.items():
    print(f"--- τ = {tau} ---\n{sample[len(prompt) :][:240]}\n")

# %% about-words [markdown]
# **Predict:** at which τ are most words real? At which are most of them different?

# %% words tags=["aside"]
known = set(text.tokenize(corpus.text[: len(train)]))
print("   τ   words found in the text   different words")
for tau, sample in warm.items():
    words = [w for w in text.tokenize(sample[len(prompt) :]) if w.isalpha()]
    n = max(1, len(words))
    found, different = sum(w in known for w in words) / n, len(set(words)) / n
    print(f"{tau:4} {found:25.0%} {different:17.0%}")

# %% about-other [markdown]
# Cold is correct and repeats itself; hot is new and cannot spell. Unit 12 looks closer.
#
# ## 11 · Another text: change one line
#
# Look for what is *closed*: brackets and indentation in `c10-headers` (with PyTorch
# installed) and `stdlib-source`, `\begin … \end` in `algebra-tex`, tags in `wikipedia`,
# accents in `don-quijote`, endings in `given-names`, this Python's help in
# `pydoc-topics`.

# %% other-corpus tags=["aside"]
OTHER = "stdlib-source"  # the one line
other = data.text(OTHER).text[:1_000_000]
other_vocab = text.Vocab.from_text(other, min_count=10, unknown="¤")
other_train, other_valid = batches.split(other_vocab.encode(other), 0.95)

# %% other-train tags=["aside"]
n = len(other_vocab)
other_streams = batches.Streams(other_train, 32, 64)
other_held_out = batches.Streams(other_valid, 32, 64, whole=True)
ur.seed(SEED)
reader = CharLSTM(n, n_hidden=128)
ur.fit(reader, other_streams, steps=100, lr=0.015, stateful=True)
score = ur.evaluate(reader, other_held_out, stateful=True)
table = baselines.NGram(5, n).fit(other_train).nats(other_valid)
print(f"LSTM {score:.3f} nats, 5-gram {table:.3f}")

# %% other-sample tags=["aside"]
print(ur.sample(reader, other_vocab, "\n", 400, 0.6, np.random.default_rng(SEED)))

# %% about-measured [markdown]
# ## 12 · What changed and what it bought
#
# Every row is scored on the whole held-out part.

# %% table tags=["aside"]
rows = {
    "uniform": uniform,
    "1-gram": tables["witten-bell", 1],
    "LSTM, state zero every 64 letters": reset,
    "5-gram, the letters the LSTM read": usual_so_far[-1],
    "LSTM": lstm,
    "5-gram, all letters": usual,
    "7-gram, the letters the LSTM read": best_so_far[-1],
    "7-gram, all letters": best,
}
print(f"{'':34} nats   bits   perplexity")
for name, value in rows.items():
    bits, wavering = metrics.bits(value), metrics.perplexity(value)
    print(f"{name:34} {value:.3f}  {bits:.3f}  {wavering:6.2f}")

# %% measured
ledger.record(
    UNIT,
    "LSTM-192 after 1,000 updates",
    lstm,
    measure="nats per character",
    baseline=usual,
    baseline_name="5-gram",
    corpus=corpus.name,
    seconds=history.seconds,
)

# %% measured-state
ledger.record(
    UNIT,
    "small LSTM without a carried state",
    judged["zero at every window"][1],
    measure="nats per character",
    baseline=judged["carried"][0],
    baseline_name="state carried",
    corpus=corpus.name,
)

# %% about-answer [markdown]
# So, who won? The table, after some twenty seconds. But it is finished: another reading
# adds no new count, and the network goes on learning. With twice the units and four
# times the updates it is past the best table: the README has the curves.

# %% quiz-after
quiz.show(UNIT, "after")
