# %% title [markdown]
# # The LSTM, hands on
#
# Show an LSTM one of four symbols, then 59 others, and ask which came first. Before the
# training you may set **one number a unit**. Which of them decides whether 120 updates
# are enough, and why?

# %% imports
import time

import numpy as np

from unrolled import batches, cells, data, ledger, metrics, plot, quiz, text

UNIT = "05-lstm"
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

# %% about-by-hand [markdown]
# ## 1 · One memory cell, by hand
#
# The cell of the README: one unit that stores +1, holds it for a step, shows it when
# asked. Its inputs are a value, a marker (*store this*) and a question (*show it*).


# %% one-cell
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def one_cell(value, marker, ask, c, reach=2.0):
    i = sigmoid(2 * reach * marker - reach)  # write?
    f = sigmoid(reach - 2 * reach * marker)  # keep?
    g = np.tanh(value)  # what to write
    o = sigmoid(2 * reach * ask - reach)  # show?
    c = f * c + i * g
    return o * np.tanh(c), c, (i, f, g, o)


# %% about-by-hand-steps [markdown]
# **Predict, on paper:** c after each of the three steps. You need σ(2) = 0.881, σ(−2) =
# 0.119 and tanh 1 = 0.762.

# %% by-hand tags=["nbval-check-output", "predicted"]
steps = {"store +1": (1, 1, 0), "hold, -1 goes by": (-1, 0, 0), "show": (-1, 0, 1)}
c = 0.0
print("                     i     f      g     o       c      h")
for name, (value, marker, ask) in steps.items():
    h, c, (i, f, g, o) = one_cell(value, marker, ask, c)
    print(f"{name:17} {i:.3f} {f:.3f} {g:6.3f} {o:.3f}  {c:6.3f} {h:6.3f}")

# %% about-leak [markdown]
# The bit is there, but it leaks: 0.671, 0.500, 0.350. A gate is never quite 0 or 1. Let
# −1 go by for as long as it takes. **Predict:** how many steps until the sign is lost,
# with the gates' pre-activations at ±2, ±4, ±6?

# %% leak tags=["nbval-check-output", "predicted"]
for reach in (2.0, 4.0, 6.0):
    c, held = one_cell(1, 1, 0, 0.0, reach)[1], 0
    while c > 0:
        c, held = one_cell(-1, 0, 0, c, reach)[1], held + 1
    print(f"±{reach:.0f}: f = {sigmoid(reach):.4f}, lost after {held} steps")

# %% about-equations [markdown]
# The nearer the forget gate is to 1, the longer this cell holds its bit. Section 5 asks
# what that means for the gradient.
#
# ## 2 · Six equations
#
# The same for many units. One product makes all four pre-activations; `w_x` is
# `(n_in, 4 n_hidden)` and its columns come in the order i, f, g, o.


# %% step
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b  # (batch, 4 n_hidden)
    i, f, g, o = np.split(a, 4, axis=-1)  # each (batch, n_hidden)
    i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)  # three gates
    g = np.tanh(g)  # and a candidate
    c = f * c + i * g  # (batch, n_hidden)
    h = o * np.tanh(c)  # (batch, n_hidden)
    return h, c, (i, f, g, o)


# %% shapes tags=["nbval-check-output"]
batch, n_steps, n_in, n_hidden = 2, 5, 4, 3
rng = np.random.default_rng(0)
weights = cells.lstm_weights(n_in, n_hidden, rng)
x = rng.normal(size=(batch, n_steps, n_in))  # (batch, time, n_in)
h, c = np.zeros((2, batch, n_hidden))  # two states now
h, c, gates = step(x[:, 0], h, c, *weights)
print("w_x", weights.w_x.shape, " w_h", weights.w_h.shape, " b", weights.b.shape)
print("h", h.shape, " c", c.shape, " each gate", gates[0].shape)

# %% about-reads [markdown]
# Who reads what? Nudge one thing at a time and see what moves: x, h, c, and last the
# output gate itself, through its bias. **Predict** the four lines.

# %% reads tags=["nbval-check-output", "predicted"]
given = {"x": x[:, 1], "h": h, "c": c, "b": weights.b}
names = ["i", "f", "g", "o", "new c", "new h"]


def parts(x, h, c, b):
    new_h, new_c, gates = step(x, h, c, weights.w_x, weights.w_h, b)
    return dict(zip(names, [*gates, new_c, new_h], strict=True))


still = parts(**given)
for name in given:
    nudge = np.repeat([0, 0, 0, 0.1], n_hidden) if name == "b" else 0.1  # b of o only
    moved = parts(**(given | {name: given[name] + nudge}))
    found = [part for part in names if not np.allclose(moved[part], still[part])]
    print(f"{'o' if name == 'b' else name} moves:", ", ".join(found))

# %% about-sequence [markdown]
# Every gate reads `x` and `h`; none reads `c`. The output gate makes `h`, and leaves
# `c` alone.
#
# The loop over time is that of unit 02, with two states. `cells.lstm` is the course's
# own; it returns every gate of every step.

# %% sequence
h, c = np.zeros((2, batch, n_hidden))
states = []
for t in range(n_steps):
    h, c, _ = step(x[:, t], h, c, *weights)
    states.append(h)
run = cells.lstm(x, weights)
assert np.allclose(np.stack(states, axis=1), run.h)  # (batch, time, n_hidden)
assert np.allclose(c, run.last[1])
print(*run._fields[:6], "are each", run.f.shape)

# %% about-layer [markdown]
# ## 3 · The framework's layer
#
# 64 inputs, 128 units. The plain cell of unit 02 had 24,704 parameters. **Predict** how
# many this layer has.

# %% layer tags=["pytorch"]
layer = nn.LSTM(64, 128, batch_first=True)
for name, parameter in layer.named_parameters():
    print(f"{name:14} {tuple(parameter.shape)}")
count = sum(p.numel() for p in layer.parameters())

# %% layer tags=["tensorflow"]
layer = keras.layers.LSTM(128, return_sequences=True)
layer.build((None, None, 64))
for weight in layer.weights:
    print(f"{weight.name:16} {tuple(weight.shape)}")
count = layer.count_params()

# %% count tags=["predicted"]
formula = 4 * (64 * 128 + 128 * 128 + 128)
assert formula == cells.n_parameters(cells.lstm_weights(64, 128, rng))
print(f"formula {formula:,}, layer {count:,}: {count - formula} more")

# %% about-count [markdown] tags=["pytorch"]
# Four times the plain cell, and PyTorch's second bias on top, 4 · 128. The rows of
# `weight_ih_l0` are i, f, g, o: our order, transposed.

# %% about-count [markdown] tags=["tensorflow"]
# Four times the plain cell. The columns of `kernel` come as i, f, c, o. What Keras
# calls *c* is the candidate, our g: it is our order.

# %% about-same-numbers [markdown]
# Load our weights and compare. Then load them as a paper might print them, with the
# forget gate first. **Predict** whether anything complains.

# %% small-layer tags=["pytorch"]
layer = nn.LSTM(n_in, n_hidden, batch_first=True)

# %% small-layer tags=["tensorflow"]
layer = keras.layers.LSTM(n_hidden, return_sequences=True)

# %% same-numbers
x = np.random.default_rng(SEED).normal(size=(batch, n_steps, n_in))
ur.load_lstm(layer, weights)
mine = cells.lstm(x, weights).h
difference = np.abs(ur.run(layer, x).h - mine).max()
print(f"largest difference between NumPy and the layer: {difference:.1e}")
assert difference <= 1e-6


# %% gate-order tags=["predicted"]
def exchanged(w):  # i f g o -> f i g o
    i, f, g, o = np.split(w, 4, axis=-1)
    return np.concatenate([f, i, g, o], axis=-1)


ur.load_lstm(layer, cells.LSTMWeights(*map(exchanged, weights)))
print(f"input and forget gate exchanged: {np.abs(ur.run(layer, x).h - mine).max():.2f}")

# %% about-belt [markdown]
# Nothing complains, since all four blocks have one shape: only a comparison of values
# shows the mistake. The order differs between libraries (ONNX: i, o, f, c), so compare
# whenever you load somebody's weights.
#
# ## 4 · The conveyor belt
#
# c' = f · c + i · g. If the gates were given numbers, the derivative of the new c with
# respect to the old one would be f alone: no matrix, no tanh. **Predict** the
# derivative over 20 steps, if all f are about 0.5.

# %% belt tags=["predicted"]
rng = np.random.default_rng(1)
wide = cells.lstm_weights(8, 64, rng)  # sampled as PyTorch samples
noise = rng.normal(size=(16, 100, 8))  # (batch, time, n_in)
run = cells.lstm(noise, wide)
print(f"forget gates: mean {run.f.mean():.2f}, {run.f.min():.2f} to {run.f.max():.2f}")
belt = run.f[:, -20:].prod(axis=1)  # (batch, n_hidden)
print(f"product over 20 steps: median {np.median(belt):.1e}, 0.5^20 = {0.5**20:.1e}")

# %% about-belt-exact [markdown]
# The belt has side roads, because c makes h, and h moves the next gates. How much of
# the whole gradient for an earlier c do they carry? `cells.lstm_backward` gives the
# gradients for an earlier c and h, and what reaches that h reaches c too. The belt is
# the product of the forget gates. **Predict** the side roads' share for one step, and
# for five.

# %% belt-exact tags=["predicted"]
zero = np.zeros((16, 1, 64))  # no loss on h
one = np.ones((16, 64))  # the loss is the sum of c
for steps in (1, 2, 5):
    h, c = run.h[:, 49], run.c[:, 49]  # start in the middle
    piece = cells.lstm(noise[:, 50 : 50 + steps], wide, h, c)
    back = cells.lstm_backward(piece, np.repeat(zero, steps, 1), (None, one))
    by_h = back.h * run.o[:, 49] * (1 - np.tanh(c) ** 2)  # c makes this step's h too
    whole = back.c + by_h  # (batch, n_hidden)
    on_belt = piece.f.prod(axis=1)
    gap = np.linalg.norm(whole - on_belt) / np.linalg.norm(whole)
    print(
        f"{steps} steps: norm {np.linalg.norm(whole):5.2f}, not on the belt {gap:.0%}"
    )

# %% about-distance [markdown]
# Over one step a part of the gradient comes by the side roads, and over five steps most
# of it does. Together they do not carry far at this start: the norm falls from 17 to 2.
#
# ## 5 · Gradient against distance
#
# The forget gate has a bias, one number a unit. **Predict** f at a bias of 1, 3 and 5,
# and what is left of a number on the belt after 99 steps.

# %% forget-table tags=["nbval-check-output", "predicted"]
print("bias   f = σ(bias)    f^99     half gone after")
for bias in (0, 1, 3, 5):
    f = sigmoid(bias)
    print(f"{bias:4}   {f:.4f}      {f**99:8.1e}   {-np.log(2) / np.log(f):5.1f} steps")

# %% about-distance-measure [markdown]
# That is the belt, with every f at σ(bias). Now the whole gradient, side roads
# included, for the input `k` steps before the end; and that of a plain cell.
# **Predict** the order of the five at 99 steps back, and which are below 1e-10.

# %% prediction-distance [markdown]
# *Your prediction:*


# %% distance tags=["predicted"]
def by_distance(backward, run):
    """The gradient's norm for the input, the loss being the sum of the last h."""
    d_h = np.zeros_like(run.h)
    d_h[:, -1] = 1
    return np.linalg.norm(backward(run, d_h).x, axis=(0, 2))[::-1]  # (distance,)


def drawn(bias, seed):
    return cells.lstm_weights(8, 64, np.random.default_rng(seed), forget_bias=bias)


plain = cells.rnn(noise, cells.rnn_weights(8, 64, np.random.default_rng(0)))
norms = {"plain RNN": by_distance(cells.rnn_backward, plain)}
for bias in (0, 1, 3, 5):
    run = cells.lstm(noise, drawn(bias, 0))
    norms[f"LSTM, forget bias {bias}"] = by_distance(cells.lstm_backward, run)
for name, norm in norms.items():
    print(f"{name:20} 50 steps back {norm[50]:.1e}, 99 steps back {norm[99]:.1e}")

# %% about-distance-curve [markdown]
# The same norms, at every distance.

# %% distance-curve tags=["aside"]
plot.lines(
    norms,
    "Without a forget bias the LSTM's gradient vanishes too",
    "steps back",
    "norm of the gradient",
    log_y=True,
)

# %% about-distance-read [markdown]
# With weights sampled as PyTorch samples them, the LSTM's gradient 99 steps back is
# some twenty orders of magnitude smaller than at distance 0. The equations are the same
# for all four lines of the LSTM; only one bias differs. At 3 and 5 the gradient even
# grows, so gradients of an LSTM are clipped too.

# %% about-belt-alone [markdown]
# Does that gradient arrive on the belt? Cut the side roads in the backward pass: with
# `w_h` at zero *there*, nothing flows from a gate into the old h, while every f keeps
# its value. **Predict** the norm that is left at a bias of 5.


# %% belt-alone tags=["predicted"]
def cut(run):
    none = np.zeros_like(run.weights.w_h)
    return run._replace(weights=run.weights._replace(w_h=none))


print("bias   belt alone      whole   ratio")
for bias in (0, 1, 3, 5):
    run = cells.lstm(noise, drawn(bias, 0))
    alone = by_distance(cells.lstm_backward, cut(run))[99]
    whole = norms[f"LSTM, forget bias {bias}"][99]
    print(f"{bias:4}   {alone:10.1e} {whole:10.1e}  {alone / whole:6.1%}")

# %% about-seeds [markdown]
# In every row the belt alone carries less than 2 % of the norm: most of the gradient
# takes ways that leave the belt through some h and come back. Still the forget gate
# decides both columns, for every stretch that such a way spends on the belt is
# multiplied by f, and nothing but the bias of f differs between the rows.
#
# Is that so for other samples of the weights? And what does your framework's own layer
# do?

# %% distance-seeds
for bias in (0, 1, 3, 5):
    far = [
        by_distance(cells.lstm_backward, cells.lstm(noise, drawn(bias, seed)))[99]
        for seed in range(5)
    ]
    print(f"bias {bias}: {min(far):.1e} to {max(far):.1e} over 5 seeds")
far = []
for seed in range(5):
    plain = cells.rnn_weights(8, 64, np.random.default_rng(seed))
    far.append(by_distance(cells.rnn_backward, cells.rnn(noise, plain))[99])
print(f"plain RNN: {min(far):.1e} to {max(far):.1e} over 5 seeds")

# %% own-default tags=["pytorch"]
ur.seed(SEED)
own = nn.LSTM(8, 64, batch_first=True)
print(f"mean forget bias of a new layer: {ur.dump(own).b[64:128].mean():.2f}")

# %% own-default tags=["tensorflow"]
ur.seed(SEED)
own = keras.layers.LSTM(64, return_sequences=True)
own.build((None, None, 8))
print(f"mean forget bias of a new layer: {ur.dump(own).b[64:128].mean():.2f}")

# %% own-distance
own_norms = ur.gradients(own, noise)[::-1]  # (distance,)
print(f"its gradient 99 steps back: {own_norms[99]:.1e}")

# %% about-own [markdown] tags=["pytorch"]
# PyTorch samples every bias around 0, so every forget gate starts near 0.5. "The LSTM
# solved the vanishing gradient" is not true of this layer as it starts.

# %% about-own [markdown] tags=["tensorflow"]
# Keras sets the forget bias to 1 (`unit_forget_bias=True`) and starts from an
# orthogonal recurrent matrix. The gradient is many orders of magnitude above that of a
# bias of 0, and still far below 1. "The LSTM solved the vanishing gradient" is not true
# of this layer as it starts.

# %% about-recall [markdown]
# ## 6 · Does it learn?
#
# A gradient that arrives is not yet a network that learns. So now the task of the
# title: the first of 60 symbols is one of four, the other 59 are sampled from four
# others, and the network says at the end which was first.


# %% recall-data
def recall(n, n_steps, rng):
    x = rng.integers(4, 8, (n, n_steps))  # distractors
    x[:, 0] = rng.integers(0, 4, n)  # the symbol to remember
    return batches.one_hot(x, 8), x[:, 0]  # (batch, time, n_in), (batch,)


x, y = recall(3, 60, np.random.default_rng(SEED))
print("x", x.shape, " y", y.shape, " begins:", x[0].argmax(-1)[:8], "answer:", y[0])


# %% recall-net tags=["pytorch"]
class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.lstm = nn.LSTM(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.xavier_uniform_(self.out.weight)  # as Keras starts
        nn.init.zeros_(self.out.bias)

    def forward(self, x, state=None):
        h, state = self.lstm(x, state)  # (batch, time, n_hidden)
        return self.out(h[:, -1]), state  # (batch, n_out)


# %% recall-net tags=["tensorflow"]
class Recall(keras.Model):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.lstm = keras.layers.LSTM(n_hidden, return_state=True)
        self.lstm.build((None, None, n_in))
        self.out = keras.layers.Dense(n_out)

    def call(self, x, state=None, training=False):
        h, *state = self.lstm(x, initial_state=state)  # h: (batch, n_hidden)
        return self.out(h), state  # (batch, n_out)


# %% about-recall-learn [markdown]
# 120 updates with AdamW, 64 new sequences each. In both tracks the LSTM starts from the
# same NumPy weights, `cells.lstm_weights`, and only the forget bias differs from run to
# run.


# %% recall-learn
def learn_recall(bias, seed, n_steps=60):
    rng = np.random.default_rng(seed)
    ur.seed(seed)
    model = Recall(8, 64, 4)
    ur.load_lstm(model.lstm, cells.lstm_weights(8, 64, rng, forget_bias=bias))
    many = [recall(64, n_steps, rng) for _ in range(120)]
    history = ur.fit(model, many, lr=0.002, schedule="constant", progress=False)
    x, y = recall(1000, n_steps, rng)  # new ones
    logits = ur.array(model(ur.tensor(x))[0])  # (batch, n_out)
    return metrics.accuracy(logits.argmax(-1), y), history


# %% about-recall-default [markdown]
# First the start of PyTorch's layer, no forget bias. **Predict** its accuracy; chance
# is 0.25.

# %% prediction-recall [markdown]
# *Your prediction:*

# %% recall-default tags=["predicted"]
accuracy_0, history_0 = learn_recall(0, SEED)
print(f"forget bias 0: accuracy {accuracy_0:.3f}, chance is 0.25")

# %% about-recall-cured [markdown]
# Now a forget bias of 5: σ(5) = 0.993, and half of what the cell holds is gone after
# 103 steps. Seed, sequences, rate and updates stay. **Predict** the accuracy.

# %% recall-cured tags=["predicted"]
accuracy_5, history_5 = learn_recall(5, SEED)
seconds = history_5.seconds
print(f"forget bias 5: accuracy {accuracy_5:.3f} after {seconds:.1f} s")

# %% recall-curve tags=["aside"]
losses = {
    f"forget bias {b}": np.reshape(history.loss, (-1, 5)).mean(axis=1)
    for b, history in ((0, history_0), (5, history_5))
}
learned = "is learned" if accuracy_5 > 0.9 else "is not learned"
plot.lines(
    {name: (np.arange(5, 121, 5), loss) for name, loss in losses.items()},
    f"With a forget bias of 5 the first symbol of 60 {learned}",
    "update",
    "loss (nats)",
    levels={"chance, ln 4": np.log(4)},
)

# %% about-between [markdown]
# And in between? At a bias of 1 half is gone after 2 steps, at 3 after 14, and the
# symbol is 59 steps back. **Predict**, then look: three seeds each.

# %% between tags=["aside", "predicted"]
for bias in (1, 3):
    found = [learn_recall(bias, seed)[0] for seed in range(3)]
    print(f"forget bias {bias}:", "  ".join(f"{a:.2f}" for a in found))

# %% about-latch [markdown]
# A bias of 1, as Keras sets it, is not enough here, and 3 is: section 5 had a gradient
# of 9e-4 and 0.9 for them, 50 steps back. All this is one rate and 120 updates; the
# page gives every kind of cell its own rate.
#
# ## 7 · A gate map whose right answer is known
#
# *Latch:* at every step a value goes by; at a marker, one step in ten, keep it; always
# say the value at the last marker. It has one unit.


# %% latch-data
def latch(n, n_steps, rng):
    value = rng.uniform(-1, 1, (n, n_steps))
    marker = rng.random((n, n_steps)) < 0.1
    marker[:, 0] = True
    place = np.where(marker, np.arange(n_steps), 0)
    last = np.maximum.accumulate(place, axis=1)  # where the last marker was
    y = np.take_along_axis(value, last, axis=1)  # (batch, time)
    x = np.stack([value, marker], axis=-1)  # (batch, time, 2)
    return x.astype(np.float32), y.astype(np.float32)


# %% about-latch-predict [markdown]
# **Predict** the gates. At a marker: input gate? forget gate? And everywhere else? (The
# candidate g reads value and marker too, but it cannot do the input gate's work: it
# must carry the sign of the value.)
#
# The answer is w · h, one number, no bias.


# %% latch-net tags=["pytorch"]
class Latch(nn.Module):
    def __init__(self, n_hidden):
        super().__init__()
        self.lstm = nn.LSTM(2, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, 1, bias=False)
        nn.init.ones_(self.out.weight)

    def forward(self, x):
        h, _ = self.lstm(x)  # (batch, time, n_hidden)
        return self.out(h)[..., 0]  # (batch, time)


# %% latch-net tags=["tensorflow"]
class Latch(keras.Model):
    def __init__(self, n_hidden):
        super().__init__()
        self.lstm = keras.layers.LSTM(n_hidden, return_sequences=True)
        self.lstm.build((None, None, 2))
        self.out = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")

    def call(self, x):
        h = self.lstm(x)  # (batch, time, n_hidden)
        return self.out(h)[..., 0]  # (batch, time)


# %% about-latch-start [markdown]
# It starts from small weights, 0.3 of the usual, a readout of 1 and a forget bias of 3.

# %% latch-start
rng = np.random.default_rng(SEED)
small = cells.LSTMWeights(*(0.3 * w for w in cells.lstm_weights(2, 1, rng)))
small.b[1] += 3  # i f g o, one unit: the forget gate
ur.seed(SEED)
model = Latch(1)
ur.load_lstm(model.lstm, small)

# %% latch-learn tags=["pytorch"]
model.to(ur.device())
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
began = time.perf_counter()
for _ in range(300):
    x, y = map(ur.tensor, latch(32, 30, rng))
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
print(f"{time.perf_counter() - began:.1f} s")

# %% latch-learn tags=["tensorflow"]
model.compile(optimizer=keras.optimizers.Adam(0.05, global_clipnorm=1.0), loss="mse")
many = [latch(32, 30, rng) for _ in range(300)]
x, y = map(np.concatenate, zip(*many, strict=True))
began = time.perf_counter()
model.fit(x, y, batch_size=32, shuffle=False, verbose=0)
print(f"{time.perf_counter() - began:.1f} s")

# %% latch-test
x, y = latch(200, 60, np.random.default_rng(99))  # twice as long as in training
error = np.mean((ur.array(model(ur.tensor(x))) - y) ** 2)
print(f"squared error {error:.4f}; always saying 0 gives {np.mean(y**2):.4f}")

# %% about-latch-gates [markdown]
# The framework's layer does not show its gates, but our NumPy cell does: `ur.dump`
# takes the weights out. Do the gates do what you predicted?

# %% latch-gates tags=["predicted"]
run = cells.lstm(x, ur.dump(model.lstm))  # gates: (batch, time, 1)
marked = x[..., 1] > 0  # (batch, time)
mean = {g: getattr(run, g)[..., 0] for g in "ifo"}
mean = {g: (gate[marked].mean(), gate[~marked].mean()) for g, gate in mean.items()}
for g, (at, elsewhere) in mean.items():
    print(f"{g}: {at:.3f} at markers, {elsewhere:.3f} elsewhere")

# %% latch-map tags=["aside"]
rows = ["marker", "input gate i", "forget gate f", "output gate o"]
shown = [x[1, :40, 1], run.i[1, :40, 0], run.f[1, :40, 0], run.o[1, :40, 0]]
title = "The three gates over one sequence"
if mean["i"][0] > 3 * mean["i"][1] and mean["f"][0] < mean["f"][1] - 0.2:
    title = "The input gate opens at the markers only; there the forget gate lets go"
plot.heatmap(
    np.stack(shown),
    title,
    "time step",
    "",
    rows=rows,
    bar_label="0 shut, 1 open",
)

# %% about-latch-read [markdown]
# Training found an input gate that is almost shut between the markers, since what leaks
# in would spoil the value, and open at a marker. How wide does not matter: i · g is
# written, and `out` rescales it. The forget gate drops most of the old value there.
#
# ## 8 · A gate map over a sentence
#
# Now real text: an LSTM with 64 units learns to say the next letter of Shakespeare's
# plays, for a few seconds. Unit 11 does it properly.

# %% corpus tags=["aside"]
corpus = data.text("plays")
part = corpus.text[:1_000_000]
vocab = text.Vocab.from_text(part)
train, held_out = batches.split(vocab.encode(part), 0.95)


# %% letters tags=["pytorch", "aside"]
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 16)
        self.lstm = nn.LSTM(16, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)
        nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])  # as Keras does

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)  # (batch, time, n_hidden)
        return self.out(h), state  # (batch, time, n_symbols)


# %% letters tags=["tensorflow", "aside"]
class Letters(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)  # as PyTorch starts
        self.embed = keras.layers.Embedding(n_symbols, 16, normal)
        self.lstm = keras.layers.LSTM(
            n_hidden, return_sequences=True, return_state=True
        )
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):
        h, *state = self.lstm(self.embed(x), initial_state=state)
        return self.out(h), state  # (batch, time, n_symbols)


# %% gates-of tags=["pytorch", "aside"]
def gates_of(model, ids):
    e = ur.array(model.embed.weight)[ids]  # (time, 16)
    return cells.lstm(e[None], ur.dump(model.lstm))


# %% gates-of tags=["tensorflow", "aside"]
def gates_of(model, ids):
    e = ur.array(model.embed.embeddings)[ids]  # (time, 16)
    return cells.lstm(e[None], ur.dump(model.lstm))


# %% letters-made tags=["pytorch", "aside"]
ur.seed(SEED)
letters = Letters(len(vocab), 64).to(ur.device())

# %% letters-made tags=["tensorflow", "aside"]
ur.seed(SEED)
letters = Letters(len(vocab), 64)
_ = letters(train[None, :2])  # builds the weights

# %% about-boundary [markdown]
# Which unit forgets where words end? For each unit take the mean of its forget gate at
# all other symbols, less that at spaces and line ends. Choose the unit on training text
# and measure it on held-out text, since the best of 64 looks good wherever it was
# chosen.

# %% boundary tags=["aside"]
ends = vocab.encode(" \n")


def drop_at_ends(model, ids):
    f, end = gates_of(model, ids).f[0], np.isin(ids, ends)  # (time, n_hidden), (time,)
    return f[~end].mean(axis=0) - f[end].mean(axis=0)  # (n_hidden,)


untrained = drop_at_ends(letters, train[:20_000])
print(f"untrained: the largest of 64 is {untrained.max():.2f}")

# %% letters-learn tags=["aside"]
streams = batches.Streams(train, 32, 64)
history = ur.fit(letters, streams, steps=300, lr=0.01, stateful=True, progress=False)
drop = drop_at_ends(letters, train[:20_000])
unit = drop.argmax()
f, end = gates_of(letters, held_out).f[0], np.isin(held_out, ends)
print(f"{history.seconds:.0f} s, loss {np.mean(history.loss[-20:]):.2f} nats a letter")
print(f"unit {unit}, held-out text: mean f, and the share of symbols with f below 1/2")
for where, at in (("spaces and line ends", end), ("all other symbols", ~end)):
    print(f"{where:21} {f[at, unit].mean():.2f}  {(f[at, unit] < 0.5).mean():.0%}")

# %% about-sentence-map [markdown]
# Over a held-out sentence: both gates of the chosen unit, and the forget gates of the
# unit that is most open on the whole and of one from the middle of the ranking.
# **Predict** where the first row is dark, and whether it is dark anywhere else.

# %% sentence-map tags=["aside", "predicted"]
some = vocab.decode(held_out[:20_000])
begin = some.index(". ") + 2  # a sentence's end
run = gates_of(letters, held_out[: begin + 48])
open_most, middle = f.mean(axis=0).argmax(), np.argsort(drop)[32]
rows = {f"unit {unit}, forget gate": run.f[0, begin:, unit]}
rows[f"unit {unit}, input gate"] = run.i[0, begin:, unit]
rows[f"unit {open_most}, forget gate"] = run.f[0, begin:, open_most]
rows[f"unit {middle}, forget gate"] = run.f[0, begin:, middle]
shut, stops = run.f[0, begin:, unit] < 0.5, end[begin : begin + 48]
plot.heatmap(
    np.stack(list(rows.values())),
    f"Below 1/2 at {shut[stops].sum()} of {stops.sum()} spaces and line ends, at "
    f"{shut[~stops].sum()} of {(~stops).sum()} other symbols",
    "held-out text (␣ space, ↵ line end)",
    "",
    columns=list(some[begin : begin + 48].replace(" ", "␣").replace("\n", "↵")),
    rows=list(rows),
    bar_label="0 shut, 1 open",
)

# %% about-cost [markdown]
# The unit was chosen for being dark at spaces, and on held-out text it is. But it is
# dark at some letters inside words, too, so "it forgets where a word ends" says more
# than the map shows. And the map shows *when* a unit forgets, never what it held.
#
# ## 9 · What it costs, and what it bought
#
# An LSTM layer has four times the parameters of a plain one. **Predict:** does it take
# four times the seconds?


# %% cost tags=["pytorch", "aside", "predicted"]
def milliseconds(layer, x, times=20):
    for n in range(times + 3):
        if n == 3:  # the first ones warm up
            began = time.perf_counter()
        layer(x)[0].sum().backward()
    return 1000 * (time.perf_counter() - began) / times


x = torch.randn(32, 64, 128)  # (batch, time, n_in)
rows = {"RNN": nn.RNN(128, 128, batch_first=True)}
rows["LSTM"] = nn.LSTM(128, 128, batch_first=True)
for name, layer in rows.items():
    size = sum(p.numel() for p in layer.parameters())
    ms = [milliseconds(layer, x)]
    with torch.backends.mkldnn.flags(enabled=False):
        ms.append(milliseconds(layer, x))
    print(f"{name:5} {size:8,} parameters, {ms[0]:.1f} ms; without oneDNN {ms[1]:.1f}")


# %% cost tags=["tensorflow", "aside", "predicted"]
def milliseconds(layer, x, times=20):
    @tf.function
    def both_ways(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x))
        return tape.gradient(loss, layer.trainable_variables)

    for n in range(times + 3):
        if n == 3:  # the first ones build the graph
            began = time.perf_counter()
        both_ways(x)
    return 1000 * (time.perf_counter() - began) / times


x = tf.random.normal((32, 64, 128))  # (batch, time, n_in)
rows = {"RNN": keras.layers.SimpleRNN(128), "LSTM": keras.layers.LSTM(128)}
for name, layer in rows.items():
    ms = milliseconds(layer, x)
    print(f"{name:5} {layer.count_params():8,} parameters, {ms:.1f} ms")

# %% about-cost-read [markdown] tags=["pytorch"]
# Milliseconds, forward and back, depend on the machine. PyTorch has a fused CPU kernel
# (oneDNN) for the LSTM and none for the plain layer: the second number is without it,
# and the difference is what that kernel saves.

# %% about-cost-read [markdown] tags=["tensorflow"]
# Milliseconds, forward and back, depend on the machine and on what else it does. Run
# the cell twice before you believe the ratio.

# %% about-record [markdown]
# The number in the question is the forget gate's bias. At this rate and after 120
# updates the equations alone are at chance over 60 steps, and with a bias of 5 the
# network remembers. And a trained input gate opens at the markers and hardly anywhere
# else.

# %% record
ledger.record(
    UNIT,
    "recall of 60 steps",
    accuracy_5,
    baseline=accuracy_0,
    baseline_name="forget bias 0",
    seconds=seconds,
)
ledger.record(
    UNIT,
    "input gate at markers",
    mean["i"][0] - mean["i"][1],
    measure="more open than elsewhere",
    baseline=0.0,
    baseline_name="a gate that ignores markers",
)
ledger.record(UNIT, "parity", difference, measure="largest difference", at_most=1e-6)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
