# %% title [markdown]
# # Inside the network, hands on
#
# A network learned to predict the next letter of Python files. Nobody told it what a
# string is. Is there one unit, of its 256, that knows whether a string is open?
#
# And if one looks as if it knew: would any 256 numbers have held one that does? Bet
# now; the last cell settles both.

# %% imports
import dataclasses
import re

import numpy as np

from unrolled import batches, cells, data, ledger, models, plot, quiz

from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

UNIT = "13-inside-the-network"
SEED = ledger.seed()
rng = np.random.default_rng(SEED)

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

# %% about-network [markdown]
# ## 1 · A network that is trained already
#
# An embedding, one LSTM layer of 256 units, a linear layer: unit 11's network. It
# travels with the course. It read the first 95 % of Python's own library, in one long
# text; the rest is held out.

# %% network
model = models.load("python")
print(f"{model.n_hidden} units, {model.n_parameters:,} parameters")
corpus = data.text("stdlib-source")
learned, held_out = batches.split(corpus.text, 0.95)
print(f"{len(held_out):,} letters held out, which begin\n{held_out[:200]}")

# %% about-labels [markdown]
# ## 2 · What a unit might know
#
# To ask whether a unit knows that a string is open, we need to know it ourselves, at
# every letter. A regular expression cuts the text into docstrings, strings, comments
# and code. A letter is *inside* once the opening mark has been read, and until the
# closing one is.

# %% inside
PYTHON = re.compile(
    r'(?P<doc>"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\')'
    r'|(?P<string>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
    r"|(?P<comment>#[^\n]*\n)"
)


def inside(text, parts, first=0):
    """Return, for each kind of part, which letters from `first` on are inside one."""
    found = {kind: np.zeros(len(text) - first, bool) for kind in parts.groupindex}
    for part in parts.finditer(text):
        start, end = part.start() - first, part.end() - 1 - first
        found[part.lastgroup][max(0, start) : max(0, end)] = True
    return found


# %% labels
def columns(letters):
    """Return how many letters ago the line began."""
    at = np.arange(len(letters))
    return at - np.maximum.accumulate(np.where(letters == "\n", at, 0))


def labels_of(text, first=0):
    part, letters = inside(text, PYTHON, first), np.array(list(text[first:]))
    code = ~(part["doc"] | part["string"] | part["comment"])
    brackets = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
    depth = np.cumsum(sum((letters == k) * v for k, v in brackets.items()) * code)
    at, column = np.arange(len(letters)), columns(letters)
    other = np.maximum.accumulate(np.where(letters != " ", at, 0))  # no blank
    indented = np.maximum.accumulate(np.where(at - other >= column, at, 0))
    return {
        "in a string": part["string"],
        "in a docstring": part["doc"],
        "in a comment": part["comment"],
        "in brackets": depth > depth.min(),
        "indented by 8": indented - (at - column) >= 8,
        "past column 40": column > 40,
    }


# %% labels-shown
labels = labels_of(corpus.text, len(learned))  # each (letters held out,)
begins = int(labels["in a string"].argmax())  # the first string of the held-out text
at = held_out.rindex("\n", 0, begins) + 1
for line in held_out[at:].split("\n")[:9]:
    marked = labels["in a string"][at : at + len(line)]
    print(line + "\n" + "".join("^" if on else " " for on in marked))
    at += len(line) + 1

# %% about-pieces [markdown]
# ### Read, and keep every state
#
# Two pieces of the held-out text: on A we will choose, on B we will test. Each is 32
# rows of 800 letters. A row starts from a state of zero, so its first 100 letters are
# left out of what follows.

# %% pieces
ROWS, STEPS, SKIPPED = 32, 800, 100
half, size = len(held_out) // 2, ROWS * STEPS + 1
start_a = int(rng.integers(half - size))
start_b = half + int(rng.integers(half - size))


def rows(values, start):
    """Return a piece as rows, (ROWS, STEPS, …)."""
    piece = values[start : start + ROWS * STEPS]
    return piece.reshape(ROWS, STEPS, *piece.shape[1:])


def flat(values):
    """Return what comes after the skipped steps of every row, as one long axis."""
    return values[:, SKIPPED:].reshape(-1, *values.shape[2:])


# %% read
ids = model.encode(held_out)
ids_a, ids_b = rows(ids, start_a), rows(ids, start_b)  # (rows, steps)
run_a, run_b = model.run(ids_a), model.run(ids_b)  # h, c, gates: (rows, steps, units)
h_a, h_b = flat(run_a.h), flat(run_b.h)  # (letters, units)
y_a = {name: flat(rows(of, start_a)) for name, of in labels.items()}
y_b = {name: flat(rows(of, start_b)) for name, of in labels.items()}
nats = model.nats(ids_b)  # (rows, steps - 1)
print("h of A:", h_a.shape, "  of B:", h_b.shape)
print(f"the network pays {nats.mean():.2f} nats a letter on B")
for name in labels:
    print(f"{name:15} {y_a[name].mean():6.1%} of A, {y_b[name].mean():6.1%} of B")

# %% about-layer [markdown]
# The states came from NumPy. Your framework's own layer, with the same weights, must
# give the same ones.

# %% layer tags=["pytorch", "aside"]
net = ur.language_model(model)
x = model.embedding[ids_a[:, :50]]  # (rows, 50, n_embedding)
own = ur.run(net.lstm, x).h
print("largest difference:", f"{np.abs(own - run_a.h[:, :50]).max():.1e}")
assert np.allclose(own, run_a.h[:, :50], atol=1e-5)

# %% layer tags=["tensorflow", "aside"]
net = ur.language_model(model)
x = model.embedding[ids_a[:, :50]]  # (rows, 50, n_embedding)
own = ur.run(net.lstms[0], x).h
print("largest difference:", f"{np.abs(own - run_a.h[:, :50]).max():.1e}")
assert np.allclose(own, run_a.h[:, :50], atol=1e-5)

# %% about-auc [markdown]
# ## 3 · One number for one unit
#
# Take one place inside a string and one outside, at random. The **AUC** is the
# probability that the unit is larger inside; 0.5 says nothing. A unit that is *smaller*
# inside tells as much, so its strength is max(AUC, 1 − AUC). From ranks, all units are
# done in one product (the page derives it).


# %% auc
def ranks_of(h):
    """Return each unit's ranks, 1 to n, of (letters, units)."""
    order = np.argsort(h.T, axis=1)  # (units, letters)
    ranks = np.empty(order.shape, np.float32)
    np.put_along_axis(ranks, order, np.arange(1, len(h) + 1, dtype=np.float32), 1)
    return ranks.T


def areas_of(ranks, labels):
    """Return every unit's AUC; `labels` (letters,), or (many, letters)."""
    n_true = labels.sum(axis=-1, keepdims=True)
    wins = labels.astype(np.float32) @ ranks - n_true * (n_true + 1) / 2
    return wins / (n_true * (labels.shape[-1] - n_true))


def strength(areas):
    return np.maximum(areas, 1 - areas)


# %% about-first [markdown]
# **Predict**, for "in a string" on A: the strength of the median unit, and of the best
# of all 256.

# %% first tags=["predicted"]
ranks_a, ranks_b = ranks_of(h_a), ranks_of(h_b)
found = strength(areas_of(ranks_a, y_a["in a string"]))
print(f"median unit {np.median(found):.3f}, best of 256 {found.max():.3f}")
print("the best five:", np.argsort(-found)[:5], np.sort(found)[::-1][:5].round(3))

# %% about-shuffle [markdown]
# ## 4 · What the best of 256 is worth
#
# The best of many is always good at something. How good, if there is nothing to find?
# Give the labels to the wrong letters, and choose the best unit again. There are two
# ways: *shuffle* the labels, letter by letter; or *roll* all of them by some distance,
# so that a string stays a string, in another place.
#
# **Predict** both: the strength that the best unit reaches in 95 of 100 trials.

# %% prediction-shuffle [markdown]
# *Your prediction:*


# %% nulls
def shuffled(labels, n=60):
    return np.stack([rng.permutation(labels) for _ in range(n)])


def rolled(labels, n=200):
    far = rng.integers(len(labels) // 12, len(labels) * 11 // 12, n)
    return np.stack([np.roll(labels, shift) for shift in far])


def null(ranks, many):
    """Return the strength of the best unit for each row of labels."""
    return strength(areas_of(ranks, many)).max(axis=1)


# %% shuffle tags=["aside", "predicted"]
y = y_a["in a string"]
for way, many in {"shuffled": shuffled(y), "rolled": rolled(y)}.items():
    best = null(ranks_a, many)
    print(f"{way:9} median {np.median(best):.3f}, 95th percentile", end=" ")
    print(f"{np.quantile(best, 0.95):.3f}")
print(f"the real labels: {found.max():.3f}")

# %% about-rolled [markdown]
# Shuffled labels change from letter to letter. No unit does that, so they make chance
# look smaller than it is: rolled labels, which keep their runs, are what luck can do
# here. From now on the null is the rolled one.
#
# Two more things could make a good unit without any learning: the network's *form*, so
# we ask an untrained one, and the choice of *axes*, so we ask 256 random directions
# through the trained states.

# %% untrained tags=["pytorch"]
ur.seed(SEED)
layer = nn.LSTM(*model.layers[0].w_x[:, ::4].shape, batch_first=True)
letters = rng.normal(size=model.embedding.shape).astype(np.float32)
raw_a, raw_b = (flat(ur.run(layer, letters[i]).h) for i in (ids_a, ids_b))
print("states of an untrained layer:", raw_a.shape)

# %% untrained tags=["tensorflow"]
ur.seed(SEED)
layer = keras.layers.LSTM(model.n_hidden, return_sequences=True)
letters = rng.normal(size=model.embedding.shape).astype(np.float32)
raw_a, raw_b = (flat(ur.run(layer, letters[i]).h) for i in (ids_a, ids_b))
print("states of an untrained layer:", raw_a.shape)

# %% directions
scaler = StandardScaler().fit(h_a)
axes = rng.normal(size=(model.n_hidden, 256)) / 16
mixed_a, mixed_b = scaler.transform(h_a) @ axes, scaler.transform(h_b) @ axes


# %% hunt
def hunt(ranks_a, ranks_b, y_a, y_b):
    """Choose unit and sign on A; return the unit, its sign, its AUC on A and on B."""
    areas = areas_of(ranks_a, y_a)
    unit = strength(areas).argmax()
    sign = 1 if areas[unit] > 0.5 else -1
    on_b = areas_of(ranks_b[:, [unit]], y_b)[0]
    return unit, sign, strength(areas)[unit], on_b if sign > 0 else 1 - on_b


# %% about-hunt [markdown]
# Now the hunt, for all six labels: chosen on A, tested on B. A unit counts only if B
# agrees, and only if it beats the null, the untrained network and the directions.
#
# **Predict:** for which labels is there such a unit? For which does even the untrained
# network have a good one?

# %% prediction-hunt [markdown]
# *Your prediction:*

# %% hunted tags=["predicted"]
raw = ranks_of(raw_a), ranks_of(raw_b)
mixed = ranks_of(mixed_a), ranks_of(mixed_b)
hunted, floor, rivals = {}, {}, {}
print(f"{'':15} unit  AUC on A   null 95 %   on B   untrained   directions")
for name in labels:
    truth = y_a[name], y_b[name]
    hunted[name] = unit, _, on_a, on_b = hunt(ranks_a, ranks_b, *truth)
    floor[name] = np.quantile(null(ranks_a, rolled(y_a[name])), 0.95)
    rivals[name] = others = [hunt(*pair, *truth)[3] for pair in (raw, mixed)]
    print(f"{name:15} {unit:4} {on_a:9.3f} {floor[name]:11.3f}", end="")
    print(f" {on_b:6.3f} {others[0]:11.3f} {others[1]:12.3f}")

# %% above tags=["predicted"]
above = [k for k in labels if hunted[k][3] > max(floor[k], *rivals[k])]
print("on B above luck, untrained network and directions:", ", ".join(above) or "none")
print("not so:", ", ".join(k for k in labels if k not in above) or "none")

# %% about-memory [markdown]
# One text B is one draw: the page has five, and tells which labels hold on all of them.
#
# A unit could be good by answering to the *mark* alone, for a letter or two. Does it
# remember? Look only at places where no quote stands among the last ten letters.
# **Predict** its AUC there.

# %% memory tags=["predicted"]
unit, sign, _, everywhere = hunted["in a string"]
quotes = np.isin(flat(ids_b), model.encode("\"'"))
recent = np.convolve(quotes, np.ones(10))[: len(quotes)] > 0.5
values, inside_b = sign * h_b[:, unit], y_b["in a string"]
far = areas_of(ranks_of(values[~recent, None]), inside_b[~recent])[0]
print(f"unit {unit}: everywhere {everywhere:.3f}, far from any quote {far:.3f}")
print(f"({inside_b[~recent].sum()} places inside a string, far from its beginning)")

# %% about-color [markdown]
# ### The text, colored by the unit
#
# Color is what everybody shows, and the easiest to be fooled by: the eye sees what
# fits. So the label chooses the passage, not the unit: the one of B that has most
# letters in strings. It is a picture with bars, since GitHub removes the styles of
# colored HTML, and a bar survives a black and white print.

# %% color tags=["aside"]
now = rows(labels["in a string"], start_b)[:, SKIPPED:]  # (rows, steps)
shares = np.lib.stride_tricks.sliding_window_view(now, 540, axis=1).mean(axis=-1)
row, begins = np.unravel_index(shares.argmax(), shares.shape)
place = slice(SKIPPED + begins, SKIPPED + begins + 540)
plot.letters(
    model.decode(ids_b[row, place]),
    sign * (run_b.h[row, place, unit] - h_a[:, unit].mean()),
    "The unit chosen for strings, over text on which it was not chosen",
    "above its mean: red, bars upwards, as inside a string; below it: blue, downwards",
)

# %% about-ablation [markdown]
# ## 5 · Does the network use it?
#
# A unit that knows need not be one that is *used*. Replace its h by its mean, at all
# steps and for all who read it, and count what that costs. The page shows that this is
# a change of weights: what others made of the unit, times its mean, goes into the
# biases.


# %% ablated
def ablated(model, unit, mean):
    w_x, w_h, b = (w.copy() for w in model.layers[0])
    w_out, b_out = model.w_out.copy(), model.b_out + mean * model.w_out[unit]
    b += mean * w_h[unit]
    w_h[unit], w_out[unit] = 0, 0
    layers = (cells.LSTMWeights(w_x, w_h, b),)
    return dataclasses.replace(model, layers=layers, w_out=w_out, b_out=b_out)


# %% by-hand tags=["aside", "nbval-check-output"]
h, c = np.zeros((2, ROWS, model.n_hidden), np.float32)
for t in range(20):
    h[:, unit] = 0.25  # what all who read the unit see
    h, c = cells.lstm_step(model.embedding[ids_b[:, t]], h, c, model.layers[0])
h[:, unit] = 0.25
by_loop = h @ model.w_out + model.b_out  # (rows, n_symbols)
by_weights = ablated(model, unit, 0.25).run(ids_b[:, :20]).logits[:, -1]
print("a loop and other weights agree:", np.allclose(by_loop, by_weights, atol=1e-3))

# %% about-cost [markdown]
# Three kinds of places on B: the letter to predict *closes* a string; it lies inside
# one; all others. And ten other units, drawn at random, since switching off anything
# costs something. **Predict** the three costs of the unit in nats, and whether the ten
# others cost less.

# %% prediction-cost [markdown]
# *Your prediction:*


# %% cost
def cost(unit):
    """Return what every letter of B costs more without a unit, (rows, steps - 1)."""
    return ablated(model, unit, h_a[:, unit].mean()).nats(ids_b) - nats


now = rows(labels["in a string"], start_b)
late = np.arange(STEPS - 1) >= SKIPPED
places = {
    "closes a string": now[:, :-1] & ~now[:, 1:] & late,
    "inside a string": now[:, :-1] & now[:, 1:] & late,
    "elsewhere": ~now[:, :-1] & late,
}
costs = {unit: cost(unit)}

# %% costs tags=["aside", "predicted"]
drawn = rng.permutation(np.delete(np.arange(model.n_hidden), unit))[:10]
costs |= {k: cost(k) for k in drawn}
print(f"{'the letter':20} unit {unit:3}   10 others: median   most")
for name, at in places.items():
    others = [costs[k][at].mean() for k in drawn]
    print(f"{name:20} {costs[unit][at].mean():8.3f}", end="")
    print(f" {np.median(others):19.3f} {max(others):6.3f}")

# %% about-probe [markdown]
# ## 6 · All units together, and a simpler witness
#
# A **linear probe** is a logistic regression that reads the label off the states. A
# good one says that the label *can be read*, not that the network made it. So the same
# probe also reads an untrained network's states, the best unit, and the last letters
# themselves, 1, 4 or 16, without any network. (All have one strength of regularization;
# the page's table chooses it for each.)
#
# **Predict** the order of the six on B.

# %% prediction-probe [markdown]
# *Your prediction:*


# %% windows
def last_letters(ids, k):
    """Return the last k letters at every place, one-hot and sparse."""
    padded = np.pad(ids, ((0, 0), (k - 1, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, k, axis=1)
    encoder = OneHotEncoder(categories=[np.arange(model.n_symbols)] * k)
    return encoder.fit_transform(flat(views))  # (letters, k * n_symbols)


# %% probe
def probe(x_a, x_b, name):
    """Learn a label from features on A; return the AUC on B."""
    reader = LogisticRegression(C=0.1, max_iter=300).fit(x_a, y_a[name])
    return areas_of(ranks_of(reader.decision_function(x_b)[:, None]), y_b[name])[0]


raw_scaler = StandardScaler().fit(raw_a)
features = {
    "all 256 units": (scaler.transform(h_a), scaler.transform(h_b)),
    "untrained, 256 units": (raw_scaler.transform(raw_a), raw_scaler.transform(raw_b)),
}
features |= {
    f"last {k} letters": [last_letters(i, k) for i in (ids_a, ids_b)]
    for k in (1, 4, 16)
}

# %% probes tags=["predicted"]
asked = ("in a string", "in brackets")
probes = {who: [probe(*x, name) for name in asked] for who, x in features.items()}
probes |= {"the best unit": [hunted[name][3] for name in asked]}
print(f"{'AUC on B':22}", *(f"{name:>14}" for name in asked))
for who, found in sorted(probes.items(), key=lambda one: one[1][0]):
    print(f"{who:22}", *(f"{area:14.3f}" for area in found))

# %% about-gates [markdown]
# What all units hold together and one alone does not is spread over many axes; what the
# untrained states hold is there without any learning.
#
# ## 7 · The gates
#
# A gate is *saturated* when it is nearly shut (below 0.1, "left") or nearly open (above
# 0.9, "right"). Each unit is a dot. In the lower right corner of the forget gate's
# picture it nearly always keeps its cell state. **Predict** where most dots lie.

# %% gates tags=["aside", "predicted"]
fig, panels = plot.figure(8.4, 3.2, columns=3)
for ax, name in zip(panels, "fio", strict=True):
    gate = flat(getattr(run_a, name))  # (letters, units)
    left, right = (gate < 0.1).mean(axis=0), (gate > 0.9).mean(axis=0)
    ax.plot(right, left, "o", markersize=3, alpha=0.6)
    ax.plot([0, 1], [1, 0], ":", color="#777777")  # beyond it there is nothing
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xlabel="share of time above 0.9")
    ax.set_title({"f": "forget gate", "i": "input gate", "o": "output gate"}[name])
panels[0].set_ylabel("share of time below 0.1")
fig

# %% keepers tags=["aside", "predicted"]
f = np.maximum(flat(run_a.f), 1e-6)  # some are 0 up to rounding
steps = -1 / np.log(f).mean(axis=0)  # until 1/e of a cell state is left
print(
    f"f above 0.9 for nine tenths of the time: {((f > 0.9).mean(0) > 0.9).sum()} units"
)
print(f"steps until 1/e is left: median {np.median(steps):.1f}, most {steps.max():.0f}")
print(f"unit {unit}: {steps[unit]:.1f} steps")
for name in ("in a string", "in a docstring"):
    runs = np.diff(np.flatnonzero(np.diff(labels[name].astype(np.int8))))[::2]
    print(f"{name}: {np.median(runs):.0f} letters long, the median")

# %% about-map [markdown]
# ## 8 · One prediction, traced back
#
# Which letters made this prediction? Two ways to ask. The **gradient** of ln P for each
# letter's embedding says what a very small change would do. **Occlusion** puts another
# letter in its place and reads again: here, the mean over 8 letters drawn from the
# text. Each time the network starts 60 letters before.

# %% moment tags=["aside"]
ends = np.argwhere(places["closes a string"][:, 200:])
ends = ends[rng.permutation(len(ends))] + [0, 200]  # each (row, step)
row, t = ends[0]
context, target = ids_b[row, t - 59 : t + 1], ids_b[row, t + 1]  # (60,), one letter
print(repr(model.decode(context)), "→", repr(model.decode([target])))


# %% gradient tags=["pytorch", "aside"]
def gradient(context, target):
    e = net.embed(ur.tensor(context[None])).detach().requires_grad_(True)
    h, _ = net.lstm(e)  # (1, time, n_hidden)
    torch.log_softmax(net.out(h[0, -1]), dim=-1)[target].backward()
    return ur.array(e.grad[0])  # (time, n_embedding)


# %% gradient tags=["tensorflow", "aside"]
def gradient(context, target):
    e = net.embed(ur.tensor(context[None]))
    with tf.GradientTape() as tape:
        tape.watch(e)
        h, *_ = net.lstms[0](e)  # (1, time, n_hidden)
        log_p = tf.nn.log_softmax(net.out(h[:, -1]))[0, int(target)]
    return ur.array(tape.gradient(log_p, e)[0])  # (time, n_embedding)


# %% by-hand-gradient tags=["aside"]
def by_hand(context, target):
    run = model.run(context[None])
    z = run.logits[0, -1]
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    d_h = np.zeros_like(run.h)
    d_h[0, -1] = model.w_out @ ((np.arange(len(p)) == target) - p)
    return cells.lstm_backward(run.layers[0], d_h).x[0]  # (time, n_embedding)


slope = gradient(context, target)
assert np.allclose(slope, by_hand(context, target), atol=1e-4)

# %% occlusion tags=["aside"]
instead = rng.choice(ids, 8)  # letters as frequent as in the text


def log_p(x, target):
    """Return ln P(target) after each text of embeddings, (texts, time, n_embedding)."""
    h = c = np.zeros((len(x), model.n_hidden), x.dtype)
    for t in range(x.shape[1]):
        h, c = cells.lstm_step(x[:, t], h, c, model.layers[0])
    z = h @ model.w_out + model.b_out  # (texts, n_symbols)
    z -= z.max(axis=1, keepdims=True)
    return z[:, target] - np.log(np.exp(z).sum(axis=1))


def occlusion(context, target):
    """Return the gain of ln P where each letter is replaced, (time,)."""
    n = len(context)
    texts = np.tile(context, (n, len(instead), 1))  # (place, letter, time)
    texts[np.arange(n), :, np.arange(n)] = instead
    after = log_p(model.embedding[texts.reshape(-1, n)], target)
    before = log_p(model.embedding[context][None], target)
    return after.reshape(n, -1).mean(axis=1) - before


# %% about-maps [markdown]
# **Predict:** which letters add most to the logarithm of P of the letter that came?

# %% maps tags=["aside", "predicted"]
real = occlusion(context, target)
print("the letter that came:", repr(model.decode([target])))
plot.letters(
    model.decode(context),
    -real,
    "What each letter adds to ln P of the one that came, by occlusion",
    "bars upwards, red: replacing the letter lowers ln P",
)

# %% about-agreement [markdown]
# A replacement moves the embedding by (other − own), so the gradient's own estimate of
# what that changes is slope · (other − own). Is it right? Move each embedding a
# hundredth of the way to the mean of the 8 others, then a tenth, then all the way; then
# put the real letters there. **Predict:** how well does the estimate correlate with
# each of the four, over the 60 places?


# %% agreement tags=["aside"]
def moved(context, target, share):
    """Return the gain of ln P for each place's embedding moved, (time,), per share."""
    own = model.embedding[context].astype(float)  # (time, n_embedding)
    texts = np.tile(own, (len(own), 1, 1))  # (place, time, n_embedding)
    at = np.arange(len(own))
    texts[at, at] += share * (model.embedding[instead].mean(axis=0) - own)
    return (log_p(texts, target) - log_p(own[None], target)) / share


def estimate(context, target):
    change = model.embedding[instead].mean(axis=0) - model.embedding[context]
    return (gradient(context, target) * change).sum(axis=1)


# %% agreements tags=["aside", "predicted"]
ways = {f"{share:.0%} of the way": share for share in (0.01, 0.1, 1.0)}
found = {way: [] for way in (*ways, "other letters")}
for row, t in ends[:6]:
    context, target = ids_b[row, t - 59 : t + 1], ids_b[row, t + 1]
    said = estimate(context, target)
    for way in found:
        real = moved(context, target, ways[way]) if way in ways else None
        real = occlusion(context, target) if real is None else real
        found[way].append(np.corrcoef(real, said)[0, 1])
print("correlation with the gradient's estimate, over 60 places:")
for way, values in found.items():
    print(f"{way:17} median {np.median(values):5.2f}", end="")
    print(f", from {min(values):5.2f} to {max(values):5.2f} in {len(values)}")

# %% about-plays [markdown]
# For a step that is small enough the gradient is right, as it must be. How far it can
# be trusted is another question, and a change of letter is no small step.
#
# ## 9 · Another text, another network, and what was found
#
# The plays, and the network that read them. Labels: inside a speaker's **NAME**, inside
# a stage _direction_, past column 30. (If the plays cannot be had, the network writes a
# text itself, and we look at that.)

# %% stage
STAGE = re.compile(r"(?P<name>\*\*[^*\n]+\*\*)|(?P<direction>_(?:[^_\n]|\n(?!\n))+_)")


def stage_labels_of(text, first=0):
    part = inside(text, STAGE, first)
    return {
        "in a speaker's name": part["name"],
        "in a stage direction": part["direction"],
        "past column 30": columns(np.array(list(text[first:]))) > 30,
    }


# %% plays tags=["aside"]
poet, plays = models.load("plays"), data.text("plays")
if plays.name == "plays":
    spoken, first = plays.text, len(batches.split(plays.text, 0.95)[0])
else:
    spoken, first = poet.sample("\n", 12_000, rng=rng), 0
known = stage_labels_of(spoken, first)
said = poet.encode(spoken[first:])

# %% about-plays-hunt [markdown]
# The same hunt: chosen on the first half, tested on the second. **Predict** which of
# the three is easiest, and for which the null is hardest to beat.

# %% plays-hunted tags=["aside", "predicted"]
half = len(said) // 2
size = min(half, ROWS * STEPS) // ROWS * ROWS


def both(values):
    """Return the beginning of either half, in rows, its first steps left out."""
    return [flat(values[k : k + size].reshape(ROWS, -1)) for k in (0, half)]


states = [poet.run(said[k : k + size].reshape(ROWS, -1)).h for k in (0, half)]
tables = [ranks_of(flat(h)) for h in states]
print(f"{'':21} unit  AUC on A   null 95 %   on B")
for name, label in known.items():
    truth = both(label)
    if not all(0 < part.sum() < len(part) for part in truth):
        print(f"{name:21} does not occur in both halves")
        continue
    unit, _, on_a, on_b = hunt(*tables, *truth)
    limit = np.quantile(null(tables[0], rolled(truth[0])), 0.95)
    print(f"{name:21} {unit:4} {on_a:9.3f} {limit:11.3f} {on_b:6.3f}")

# %% about-answer [markdown]
# ### What was found
#
# Two numbers settle the bets: how well the chosen unit tells inside from outside on a
# text on which it was not chosen, beside what the best of 256 reaches by luck; and what
# taking it out costs where a string closes, beside elsewhere.

# %% measured
_, _, _, on_b = hunted["in a string"]
ledger.record(
    UNIT,
    "one unit for strings, on another text",
    on_b,
    measure="AUC",
    baseline=floor["in a string"],
    baseline_name="best of 256 by luck, 95 %",
    corpus=corpus.name,
)

# %% measured-cost
unit = hunted["in a string"][0]
by_place = {name: costs[unit][at].mean() for name, at in places.items()}
ledger.record(
    UNIT,
    "cost without it, where a string closes",
    by_place["closes a string"],
    measure="nats",
    baseline=by_place["elsewhere"],
    baseline_name="elsewhere",
    corpus=corpus.name,
)

# %% measured-probe
ledger.record(
    UNIT,
    "strings, read off all units",
    probes["all 256 units"][0],
    measure="AUC",
    baseline=probes["last 16 letters"][0],
    baseline_name="last 16 letters",
    corpus=corpus.name,
)

# %% quiz-after
quiz.show(UNIT, "after")
