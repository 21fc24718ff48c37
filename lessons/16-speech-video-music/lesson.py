# %% title [markdown]
# # Speech, video and music, hands on
#
# Nine speakers, ten digits, four directions and some hundred dances. In each of the
# four the *order* of the steps carries the answer, or so it seems. A baseline without
# order stands beside each network.
#
# In which of the four will it come closest to the network? Write your bet down.

# %% imports
import itertools

import numpy as np

from unrolled import baselines, batches, data, ledger, metrics, plot, quiz, tunes
from unrolled.text import Vocab

import scipy.signal
from IPython.display import Audio
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

UNIT = "16-speech-video-music"
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

# %% about-vowels [markdown]
# ## 1 · Who is speaking?
#
# Nine men say the same two vowels in a row. Each utterance is some frames of 12
# numbers, the shape of the spectrum. Training and test part are those of who made the
# set (Kudo, Toyama and Shimbo 1999).

# %% vowels
said = data.recordings("japanese-vowels")
lengths = [len(signal) for signal in said.signals]
print(len(said.train), "to learn,", len(said.test), "to test,", end=" ")
print(f"{min(lengths)} to {max(lengths)} frames of {said.signals[0].shape[1]} numbers")

past = np.concatenate([said.signals[i] for i in said.train])
mean, scale = past.mean(axis=0), past.std(axis=0)
frames = [((s - mean) / scale).astype(np.float32) for s in said.signals]

# %% about-listener [markdown]
# The network: a GRU over the frames, its last *real* state, a linear layer. The batches
# are padded, and each has its mask (unit 08).


# %% listener tags=["pytorch"]
class Listener(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.layer = nn.GRU(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x, mask):  # (batch, time, n_in), (batch, time)
        h, _ = self.layer(x)  # (batch, time, n_hidden)
        last = h[torch.arange(len(h)), mask.sum(dim=1) - 1]
        return self.out(last)  # (batch, n_out)


# %% listener tags=["tensorflow"]
class Listener(keras.Model):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.layer = keras.layers.GRU(n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_out)

    def call(self, x, mask):  # (batch, time, n_in), (batch, time)
        h = self.layer(x)  # (batch, time, n_hidden)
        last = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1) - 1
        return self.out(tf.gather(h, last, batch_dims=1))  # (batch, n_out)


# %% learn
def learn(x, y, rows, n_out, epochs, lr=0.01, n_hidden=48):
    """Train a Listener on the sequences x[rows]."""
    ur.seed(SEED)
    rng = np.random.default_rng(SEED)
    many = batches.Buckets([x[i] for i in rows], y[rows], 32, rng, width=64)
    model = Listener(x[0].shape[1], n_hidden, n_out)
    ur.fit(model, many, epochs=epochs, lr=lr, progress=False)
    return model


def right(model, x, y, rows):
    """Return the share of x[rows] that the model gets right."""
    logits = ur.predict(model, batches.Buckets([x[i] for i in rows], None, 128))
    return metrics.accuracy(logits.argmax(axis=-1), y[rows])


def linear(x, y, train, test):
    """The baseline: the mean frame, and a linear model of it. No order is left."""
    means = np.array([one.mean(axis=0) for one in x])
    model = LogisticRegression(max_iter=2000).fit(means[train], y[train])
    return metrics.accuracy(model.predict(means[test]), y[test])


def thirds(x):
    """A second one: the mean of each third, so that some of the order is left."""
    parts = [[p.mean(axis=0) for p in np.array_split(one, 3)] for one in x]
    return [np.concatenate(part)[None] for part in parts]


# %% about-who [markdown]
# Two linear models without a network: one has the mean of an utterance's frames, and
# forgets their order; the other has the mean of each third of them. **Predict** three
# accuracies; guessing has 1 in 9.

# %% prediction-who [markdown]
# *Your prediction:*

# %% who tags=["predicted"]
who = learn(frames, said.labels, said.train, 9, epochs=12)
vowels = right(who, frames, said.labels, said.test)
split = said.labels, said.train, said.test
vowels_linear = linear(thirds(frames), *split)
print(f"mean frame, linear             {linear(frames, *split):.3f}")
print(f"means of three thirds, linear  {vowels_linear:.3f}")
print(f"GRU                            {vowels:.3f}")

# %% about-frames [markdown]
# How much is left for the order of the frames to tell, once their mean is known?
#
# ## 2 · From a wave to frames
#
# These utterances came as frames. A recording is a wave: thousands of numbers a second,
# which no layer of this course could read one by one. So it is cut into overlapping
# **frames**, and of each the strength of its frequencies is taken.

# %% wave
spoken = data.recordings("spoken-digits")
wave = spoken.signals[0]
print(len(wave), "samples at", spoken.rate, "a second:", len(wave) / spoken.rate, "s")

# %% wave-figure tags=["aside"]
seconds = np.arange(len(wave)) / spoken.rate
name = f'"{spoken.classes[spoken.labels[0]]}", {spoken.who[spoken.speakers[0]]}'
plot.lines({name: (seconds, wave)}, "One recording", "seconds", "pressure, scaled")

# %% about-spectrum [markdown]
# A **spectrogram**: each frame of 256 samples (32 ms) is faded in and out by a window,
# so that its ends do not look like a jump, and its power at each frequency is taken. A
# new frame begins every 128 samples.

# %% spectrum
SIZE, HOP = 256, 128
WINDOW = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)  # Hann's


def spectrogram(wave):
    """Return the power (n_frames, SIZE // 2 + 1) of each frame and frequency."""
    n = 1 + (len(wave) - SIZE) // HOP
    at = HOP * np.arange(n)[:, None] + np.arange(SIZE)  # (n_frames, SIZE)
    return np.abs(np.fft.rfft(wave[at] * WINDOW)) ** 2


# %% same-power tags=["nbval-check-output"]
settings = {"window": "hann", "nperseg": SIZE, "noverlap": SIZE - HOP}
ours = spectrogram(wave)
_, _, z = scipy.signal.stft(wave, **settings, boundary=None, padded=False)
theirs = np.abs(z.T[: len(ours)] * WINDOW.sum()) ** 2
print("as scipy has it:", np.allclose(ours, theirs, rtol=1e-4, atol=1e-6))

# %% about-mel [markdown]
# Ears tell low tones apart by a few hertz, and high ones by many. On the **mel** scale
# equal steps sound equally far apart. Twenty triangles, equally wide in mel, add the
# frequencies up to 20 bands; the logarithm turns loudness into a sum.


# %% mel
def triangles(rate, n_bands=20):
    """Return filters (n_bands, SIZE // 2 + 1), equally wide in mel."""
    hertz = np.fft.rfftfreq(SIZE, 1 / rate)
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, n_bands + 2) / 2595) - 1)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    up, down = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    return np.maximum(0, np.minimum(up, down))


FILTERS = triangles(spoken.rate)


def log_mel(wave):
    return np.log(spectrogram(wave) @ FILTERS.T + 1e-6)  # (n_frames, n_bands)


print("wave", wave.shape, "→ frames", log_mel(wave).shape)

# %% mel-figure tags=["aside"]
plot.heatmap(
    log_mel(wave).T[::-1], "The same recording, as frames", "frame", "band, high to low"
)

# %% about-unseen [markdown]
# ## 3 · Digits by a speaker whom nobody has heard
#
# Each recording is scaled by its own mean and deviation, band by band: that takes out
# how loud it was and how the microphone colors it, and needs no other recording.
#
# The last speaker is the test part. What if the recordings were dealt out at random
# instead? **Predict** three accuracies: the baseline's and the GRU's on the unseen
# speaker, and the GRU's on a random split.

# %% prediction-unseen [markdown]
# *Your prediction:*

# %% unseen tags=["predicted"]
unscaled = [log_mel(one) for one in spoken.signals]
mels = [((m - m.mean(0)) / (m.std(0) + 1e-3)).astype(np.float32) for m in unscaled]
y = spoken.labels
ears = learn(mels, y, spoken.train, 10, epochs=16)
digits = right(ears, mels, y, spoken.test)
# The linear model gets the unscaled frames, from which it learns more.
digits_linear = linear(thirds(unscaled), y, spoken.train, spoken.test)
print(f"unseen speaker: means of three thirds, linear  {digits_linear:.3f}")
print(f"unseen speaker: GRU                            {digits:.3f}")

# %% seen tags=["aside", "predicted"]
mixed = np.random.default_rng(SEED).permutation(len(y))
few, rest = mixed[: len(spoken.test)], mixed[len(spoken.test) :]
seen = right(learn(mels, y, rest, 10, epochs=16), mels, y, few)
print(f"random split: GRU                              {seen:.3f}")

# %% about-ctc [markdown]
# Which number would you tell a user? One voice is one draw: the page's *Answer* holds
# out all six.
#
# ## 4 · Labels without moments
#
# A string of digits: the recording has some hundred frames, the label three digits, and
# nobody wrote down when each was said. **Connectionist temporal classification** (CTC,
# Graves et al. 2006) adds a symbol for "nothing new", the *blank* `–`, lets the network
# say one symbol a frame, and reads a **path** so: repeats become one, then blanks go.


# %% collapse tags=["nbval-check-output"]
def collapse(path):
    merged = [symbol for symbol, _ in itertools.groupby(path)]
    return "".join(symbol for symbol in merged if symbol != "–")


for path in ("aa–", "–ab", "a–a", "aaa"):
    print(path, "→", collapse(path))

# %% about-paths [markdown]
# With two symbols, `–` and `a`, and three frames there are 8 paths. Every frame says
# how likely each symbol is. **Predict**: how many paths mean "a"?

# %% paths tags=["predicted", "nbval-check-output"]
p = np.array([[0.6, 0.4], [0.3, 0.7], [0.8, 0.2]])  # (time, symbols): blank, a
total = 0.0
for path in itertools.product((0, 1), repeat=3):
    written = "".join("–a"[k] for k in path)
    chance = np.prod(p[np.arange(3), path])
    if collapse(written) == "a":
        total += chance
        print(written, f"{chance:.3f}")
print(f"P(a) = {total:.3f}")

# %% about-forward [markdown]
# With 11 symbols and 100 frames nobody counts paths. The **forward algorithm** goes
# through the frames once. Write blanks around the label: `–a–`. `alpha[s]` is the
# probability of all beginnings that stand at place s; a path stays, goes on by one, or
# skips a blank between two *different* symbols.


# %% forward
def forward(p, label):
    """Return P(label), all paths added. p (time, symbols), 0 is the blank."""
    places = [0]
    for symbol in label:
        places += [symbol, 0]
    alpha = np.zeros(len(places))
    alpha[:2] = p[0, places[:2]]
    for now in p[1:]:
        before = alpha.copy()
        for s, symbol in enumerate(places):
            alpha[s] = before[s] + (before[s - 1] if s else 0)
            if s > 1 and symbol and symbol != places[s - 2]:
                alpha[s] += before[s - 2]
            alpha[s] *= now[symbol]
    return alpha[-2:].sum() if label else alpha[-1]


# %% same-sum tags=["nbval-check-output"]
rng = np.random.default_rng(0)
q = rng.dirichlet(np.ones(3), size=6)  # (6 frames, 3 symbols)
for label in ([1], [1, 2], [1, 1], [2, 1, 2], []):
    counted = 0.0
    for path in itertools.product(range(3), repeat=6):
        kept = [k for k, _ in itertools.groupby(path) if k]
        counted += np.prod(q[np.arange(6), path]) * (kept == label)
    print(label, f"{counted:.6f}", np.isclose(counted, forward(q, label)))

# %% about-framework [markdown]
# The loss is −ln P(label), and its gradient is found as always. Both frameworks have
# it. They take logits or their logarithms, and the lengths of both sequences, since a
# batch is padded.


# %% ctc-loss tags=["pytorch"]
def ctc_loss(logits, n_frames, labels, n_labels):
    """Return the loss of each sequence. logits (batch, time, symbols)."""
    log_p = logits.log_softmax(dim=-1).transpose(0, 1)  # time first
    ctc = nn.functional.ctc_loss
    return ctc(log_p, labels, n_frames, n_labels, blank=0, reduction="none")


# %% ctc-loss tags=["tensorflow"]
def ctc_loss(logits, n_frames, labels, n_labels):
    """Return the loss of each sequence. logits (batch, time, symbols)."""
    labels, n_labels, n_frames = (
        tf.cast(a, tf.int32) for a in (labels, n_labels, n_frames)
    )
    return keras.ops.ctc_loss(labels, logits, n_labels, n_frames, mask_index=0)


# %% same-loss tags=["nbval-check-output"]
label = np.array([[2, 1, 2]])
given = [np.log(q)[None].astype(np.float32), np.array([6]), label, np.array([3])]
loss = ur.array(ctc_loss(*map(ur.tensor, given)))[0]
print(f"{loss:.4f} {-np.log(forward(q, [2, 1, 2])):.4f}")

# %% about-strings [markdown]
# ## 5 · Strings of digits
#
# Strings of two to four digits, each by one speaker, glued together from the
# recordings. The network says one of 11 symbols after every frame.


# %% strings tags=["aside"]
def strings(rows, n, rng):
    """Return n strings: frames (time, 20) of each, and its digits, counted from 1."""
    x, labels = [], []
    for _ in range(n):
        voice = rng.choice(spoken.speakers[rows])
        own = rows[spoken.speakers[rows] == voice]
        chosen = rng.choice(own, rng.integers(2, 5))
        x.append(np.concatenate([mels[i] for i in chosen]))
        labels.append(y[chosen] + 1)  # 0 is the blank
    return x, labels


rng = np.random.default_rng(SEED)
x_learn, y_learn = strings(spoken.train, 400, rng)
x_test, y_test = strings(spoken.test, 60, rng)
print("one string:", y_test[0] - 1, "in", len(x_test[0]), "frames")


# %% speller tags=["pytorch", "aside"]
class Speller(nn.Module):
    def __init__(self, ears):
        super().__init__()
        self.layer, self.digits = ears.layer, ears.out
        self.blank = nn.Linear(ears.layer.hidden_size, 1)

    def forward(self, x):
        h, _ = self.layer(x)  # (batch, time, n_hidden)
        return torch.cat([self.blank(h), self.digits(h)], dim=-1)


# %% speller tags=["tensorflow", "aside"]
class Speller(keras.Model):
    def __init__(self, ears):
        super().__init__()
        self.layer, self.digits = ears.layer, ears.out
        self.blank = keras.layers.Dense(1)

    def call(self, x):
        h = self.layer(x)  # (batch, time, n_hidden)
        return tf.concat([self.blank(h), self.digits(h)], axis=-1)


# %% about-ctc-training [markdown]
# `ur.fit` knows one label a sequence or one a step; a label of another length needs a
# loop of its own. From scratch CTC first learns to say blanks, and stays there for
# long. So the network of section 3 is taken over, which knows single digits; the blank
# is new.


# %% update tags=["pytorch", "aside"]
def trainer(model, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr)

    def update(x, n_frames, labels, n_labels):
        loss = ctc_loss(model(x), n_frames, labels, n_labels) / n_labels
        optimizer.zero_grad()
        loss.mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.mean().detach()

    return update


# %% update tags=["tensorflow", "aside"]
def trainer(model, lr):
    optimizer = keras.optimizers.Adam(lr, global_clipnorm=1.0)

    @tf.function(autograph=False, reduce_retracing=True)
    def update(x, n_frames, labels, n_labels):
        with tf.GradientTape() as tape:
            loss = ctc_loss(model(x), n_frames, labels, n_labels)
            loss = tf.reduce_mean(loss / tf.cast(n_labels, tf.float32))
        gradient = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradient, model.trainable_variables, strict=True))
        return loss

    return update


# %% spell-training tags=["aside"]
ur.seed(SEED)
speller = Speller(ears)
update, losses = trainer(speller, lr=0.01), []
for _ in range(120):
    rows = rng.integers(len(x_learn), size=16)
    x, mask = batches.pad([x_learn[i] for i in rows])
    label, there = batches.pad([y_learn[i] for i in rows])
    sizes = mask.sum(1), there.sum(1)
    batch = map(ur.tensor, (x, sizes[0], label, sizes[1]))
    losses.append(float(update(*batch)))

# %% spell-figure tags=["aside"]
plot.lines({"a digit": losses}, "The CTC loss", "update", "nats a digit")

# %% about-greedy [markdown]
# Read a path by the likeliest symbol of each frame, collapsed. The error rate counts
# the insertions, deletions and swaps that lead to the true string, by its digits.
# **Predict** it, and where in a digit the network says so: at its beginning, all
# through it, or at its end?

# %% prediction-greedy [markdown]
# *Your prediction:*


# %% greedy tags=["aside", "predicted"]
def distance(a, b):
    """Return how many insertions, deletions and swaps lead from a to b."""
    row = list(range(len(b) + 1))
    for i, symbol in enumerate(a, 1):
        before, row = row, [i]
        for j, other in enumerate(b, 1):
            best = min(before[j], row[-1]) + 1
            row.append(min(best, before[j - 1] + (symbol != other)))
    return row[-1]


x, mask = batches.pad(x_test)
best = ur.array(ur.ready(speller)(ur.tensor(x))).argmax(axis=-1)  # (n, time)
paths = [row[real] for row, real in zip(best, mask, strict=True)]
wrong = 0
for path, true in zip(paths, y_test, strict=True):
    heard = [k for k, _ in itertools.groupby(path) if k]
    wrong += distance(heard, list(true))
print(f"digit error rate, unseen speaker: {wrong / sum(map(len, y_test)):.3f}")
print("true:", *(y_test[0] - 1), " path:", "".join("–0123456789"[k] for k in paths[0]))

# %% about-motion [markdown]
# ## 6 · Motion
#
# A video is a sequence of pictures. Here a handwritten digit moves two pixels a frame,
# up, down, left or right, over a field whose edges are joined. It may begin anywhere.
# Digits of the test are unseen.

# %% clips
images = load_digits().images.astype(np.float32) / 16  # (1797, 8, 8)
STEPS = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])  # up, down, left, right


def clips(images, n, rng, n_frames=6, field=12):
    """Return n clips (n, n_frames, field, field), and their directions (n,)."""
    way, start = rng.integers(4, size=n), rng.integers(field, size=(n, 2))
    time = np.arange(n_frames)[None, :, None]
    corner = start[:, None] + 2 * time * STEPS[way][:, None]  # (n, n_frames, 2)
    at = (corner[..., None] + np.arange(8)) % field  # (n, n_frames, 2, 8)
    x = np.zeros((n, n_frames, field, field), np.float32)
    where = np.ix_(range(n), range(n_frames))
    rows, columns = at[:, :, 0, :, None], at[:, :, 1, None, :]
    picture = images[rng.integers(len(images), size=n)][:, None]
    x[where[0][..., None, None], where[1][..., None, None], rows, columns] = picture
    return x, way


x_clips, way = clips(images[1200:], 500, np.random.default_rng(1000 + SEED))
print("clips", x_clips.shape, "directions", np.bincount(way))

# %% clip-figure tags=["aside"]
plot.heatmap(np.hstack(x_clips[0, :4]), "Four frames of one clip", "column", "row")

# %% about-watcher [markdown]
# A small convolutional network looks at each frame, a GRU at what it saw. Three
# contenders: with the GRU; with the *mean* over frames and a layer of as many units in
# its place; and the first one with one frame alone.


# %% watcher tags=["pytorch"]
class Watcher(nn.Module):
    def __init__(self, order=True):
        super().__init__()
        self.eye = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten()
        )
        self.memory = nn.GRU(288, 64, batch_first=True) if order else None
        self.mix = None if order else nn.Linear(288, 64)
        self.out = nn.Linear(64, 4)

    def forward(self, x):  # (batch, time, 12, 12)
        seen = self.eye(x.flatten(0, 1)[:, None])  # (batch * time, 288)
        seen = seen.unflatten(0, x.shape[:2])  # (batch, time, 288)
        if self.memory is None:
            return self.out(self.mix(seen.mean(dim=1)).relu())
        return self.out(self.memory(seen)[0][:, -1])  # (batch, 4)


# %% watcher tags=["tensorflow"]
class Watcher(keras.Model):
    def __init__(self, order=True):
        super().__init__()
        look = keras.layers.Conv2D(8, 3, 2, padding="same", activation="relu")
        self.look = keras.layers.TimeDistributed(look)  # the same for each frame
        self.flat = keras.layers.TimeDistributed(keras.layers.Flatten())
        self.memory = keras.layers.GRU(64) if order else None
        self.mix = None if order else keras.layers.Dense(64, "relu")
        self.out = keras.layers.Dense(4)

    def call(self, x):  # (batch, time, 12, 12)
        seen = self.flat(self.look(x[..., None]))  # (batch, time, 288)
        if self.memory is None:
            return self.out(self.mix(keras.ops.mean(seen, axis=1)))
        return self.out(self.memory(seen))  # (batch, 4)


# %% about-directions [markdown]
# **Predict** three accuracies; guessing has 0.25.

# %% prediction-directions [markdown]
# *Your prediction:*


# %% directions tags=["predicted"]
def watch(order, frames, updates=250):
    """Train on fresh clips; return the accuracy on clips of unseen digits."""
    ur.seed(SEED)
    rng = np.random.default_rng(SEED)
    many = (clips(images[:1200], 32, rng) for _ in range(updates))
    many = [(x[:, :frames], y) for x, y in many]
    model = Watcher(order)
    ur.fit(model, many, lr=0.006, progress=False)
    asked = ur.tensor(np.ascontiguousarray(x_clips[:, :frames]))
    return metrics.accuracy(ur.array(ur.ready(model)(asked)).argmax(-1), way)


motion = watch(order=True, frames=6)
print(f"CNN and GRU, six frames  {motion:.3f}")

# %% directions-without tags=["aside", "predicted"]
print(f"CNN and mean, six frames  {watch(order=False, frames=6):.3f}")
print(f"CNN and GRU, one frame   {watch(order=True, frames=1):.3f}")

# %% about-tunes [markdown]
# Played backwards, "left" is "right". The mean of the frames is the same for both: it
# can tell the axis, and no more. That is what order is worth here.
#
# ## 7 · Dances, letter by letter
#
# O'Neill's tunes are written in ABC: letters for notes, numbers for lengths, `|` for
# bars. Meter, unit and key stay; titles go. Settings of one tune have one number, and
# stay on one side of the split.

# %% tunes tags=["aside"]
book = data.text("oneill-tunes")
every = tunes.collection(book.text)
numbers = np.random.default_rng(0).permutation(sorted({t.number for t in every}))
held = set(numbers[: len(numbers) // 10].tolist())
learned = [t.text for t in every if t.number not in held]
order = np.random.default_rng(0).permutation(len(learned))
train_text = "\n".join(learned[k] for k in order)
test_text = "\n".join(t.text for t in every if t.number in held)
vocab = Vocab(train_text + test_text)
train_ids, test_ids = vocab.encode(train_text), vocab.encode(test_text)
print(len(every), "tunes,", len(train_ids), "symbols,", len(vocab), "kinds\n")
print(learned[0])

# %% about-bits [markdown]
# The table is a 6-gram with Kneser and Ney's smoothing, the network an LSTM that reads
# the tunes as unit 11 reads prose, for some seconds. **Predict**: who needs fewer bits
# for a symbol of unseen tunes?

# %% prediction-bits [markdown]
# *Your prediction:*


# %% composer tags=["pytorch", "aside"]
class Composer(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.layer = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.layer(self.embed(x), state)
        return self.out(h), state  # (batch, time, n_symbols)


# %% composer tags=["tensorflow", "aside"]
class Composer(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = keras.layers.Embedding(
            n_symbols, 32, keras.initializers.RandomNormal(stddev=1.0)
        )
        both = {"return_sequences": True, "return_state": True}
        self.layer = keras.layers.LSTM(n_hidden, **both)
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None):
        h, *state = self.layer(self.embed(x), initial_state=state)
        return self.out(h), state  # (batch, time, n_symbols)


# %% bits tags=["aside", "predicted"]
table = baselines.NGram(6, len(vocab), "kneser-ney").fit(train_ids)
ur.seed(SEED)
composer = Composer(len(vocab), 128)
streams = batches.Streams(train_ids, 32, 64)
how = {"steps": 150, "lr": 0.01, "stateful": True, "progress": False}
ur.fit(composer, streams, **how)
held_out = batches.Streams(test_ids, 16, 128, whole=True)
bits = metrics.bits(ur.evaluate(composer, held_out, stateful=True))
table_bits = metrics.bits(table.nats(test_ids[1:]))
print(f"6-gram  {table_bits:.3f} bits a symbol")
print(f"LSTM    {bits:.3f} bits a symbol")

# %% about-valid [markdown]
# ## 8 · Is it a tune?
#
# A bar of a jig holds six eighths, whatever the letters are. `tunes.fault` reads a tune
# as a player would, and says what is wrong first. **Predict**: in which share of their
# bars do the table and the network count right?
#
# In training the network's state was carried on and began from zeros only once. So it
# reads three tunes first, before it writes (unit 11).


# %% writers tags=["aside"]
TAU = 0.7  # the temperature of both


def written_by(say, n, rng):
    """Return n pieces of 150 symbols, each cut at the end of its tune."""
    start = "M:6/8\nL:1/8\nK:G\n"
    texts = [start + say(start, rng) for _ in range(n)]
    return [text.partition("\n\n")[0].rpartition("|")[0] + "|\n" for text in texts]


def by_network(start, rng):
    prompt = "\n".join(learned[:3]) + "\n" + start
    return ur.sample(composer, vocab, prompt, 150, TAU, rng)[len(prompt) :]


def by_table(start, rng):
    ids = vocab.encode(start).tolist()
    for _ in range(150):
        p = table.probabilities(ids[-5:]) ** (1 / TAU)
        ids.append(rng.choice(len(p), p=p / p.sum()))
    return vocab.decode(ids)[len(start) :]


# %% valid tags=["aside", "predicted"]
rng = np.random.default_rng(SEED)
shares = {}
for name, say in (("6-gram", by_table), ("LSTM", by_network)):
    good = bad = whole = 0
    pieces = written_by(say, 6, rng)
    for piece in pieces:
        try:
            full, of = tunes.full_bars(piece)
            good, whole = good + full, whole + of
        except ValueError:  # no ABC at all
            bad += 1
    shares[name] = good / max(whole, 1)
    print(f"{name:14} {good} of {whole} bars are full; {bad} of 6 are no ABC")

# %% about-notes [markdown]
# The network's first piece that can be played, as notes and as sound. What does the ear
# find that the count of bars does not?

# %% notes tags=["aside"]
playable = [piece for piece in pieces if not tunes.fault(piece)]
chosen = (playable or [learned[0]])[0]
print("written by the network:" if playable else "none can be played; from the book:")
print(chosen)
tunes.picture(chosen, "Its notes")

# %% heard tags=["aside"]
Audio(tunes.sound(chosen, longest=4), rate=8000)

# %% about-record [markdown]
# ## 9 · What it bought
#
# Each network beside what does without one; the tunes had theirs in section 7. What has
# become of your bet? The page's *Answer* has more seeds.

# %% record
how = {"baseline": vowels_linear, "baseline_name": "linear", "corpus": said.name}
ledger.record(UNIT, "vowels", vowels, **how)
how = {"baseline": digits_linear, "baseline_name": "linear", "corpus": spoken.name}
ledger.record(UNIT, "digits", digits, **how)
ledger.record(UNIT, "motion", motion, baseline=0.25, baseline_name="guessing")

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
