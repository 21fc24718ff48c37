# %% title [markdown]
# # Capstone, an example: an equation with a delay
#
# A worked capstone on a series that nobody can run out of: an equation of blood cells,
# with noise, as a measurement has it. The rubric and what a capstone needs stand on its
# page. Before you read on, bet: a network, or a straight line through the last 32
# values?

# %% imports
import itertools
import time

import numpy as np

from unrolled import batches, capstone, ledger, plot

SEEDS = [ledger.seed() + k for k in range(5)]
work = capstone.Capstone("mean absolute error, standard deviations", better="lower")

# %% framework tags=["pytorch"]
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras

# %% about-question [markdown]
# ## 1 · The question

# %% question
work.question(
    "Does a GRU that reads 32 values of the equation of Mackey and Glass, with noise, "
    "forecast the next 16 better than a linear autoregression of the same values does?"
)
work.lacks("question")

# %% about-data [markdown]
# ## 2 · The data, in three parts
#
# The equation of Mackey and Glass (1977) is the one of unit 14: how many new cells
# there are depends on how many there *were*, 17 steps ago. Every third value is kept,
# and noise of a fifth of the deviation is added.


# %% series
def mackey_glass(n, noise, seed=0):
    rng = np.random.default_rng(seed)
    x = list(1.2 + 0.1 * rng.normal(size=18))
    for _ in range(3 * n + 600):
        late = x[-18]  # 17 steps ago
        x.append(x[-1] + 0.2 * late / (1 + late**10) - 0.1 * x[-1])
    s = np.array(x[-3 * n :: 3])
    return (s - s.mean()) / s.std() + noise * rng.normal(size=n)


values = mackey_glass(3000, noise=0.2)

# %% about-parts [markdown]
# The series is cut in order: 60 % to learn from, 20 % to choose by, 20 % to look at
# once. A window belongs where all its 16 targets lie. Its 32 inputs may reach into the
# part before, since at that moment they are known.

# %% data
STEPS, HORIZON = 32, 16
x, y = batches.windows(values, STEPS, HORIZON)  # (n, 32), (n, 16)
first = STEPS + np.arange(len(x))  # the place of the first target
targets = np.c_[first, first + HORIZON - 1]  # (n, 2): from when to when
cuts = [0, 1800, 2400, 3000]
train, choose, test = (
    np.flatnonzero((targets[:, 0] >= low) & (targets[:, 1] < high))
    for low, high in itertools.pairwise(cuts)
)

# %% split
work.split(train, choose, test, contents=x, time=targets, of="mackey-glass")
work.lacks("split")

# %% about-scale [markdown]
# The series was standardized as a whole, before the noise came. The equation gives as
# many values as one likes, so its mean and deviation are known without the test part;
# of a recording they would have to come from `train`. Every model below reads the same
# 32 values.

# %% scale
x_in, y_out = x.astype(np.float32), y.astype(np.float32)


def error(said, rows):
    return float(np.abs(said - y[rows]).mean())


# %% about-baseline [markdown]
# ## 3 · What must be beaten
#
# Two forecasts without a network: the last value, and a linear autoregression. Its
# ridge, the weight of the squared coefficients, is chosen as the network's rate will
# be.


# %% autoregression
def with_one(rows):
    return np.c_[x_in[rows], np.ones(len(rows))]  # (n, 33)


def autoregression(ridge):
    a = with_one(train)
    return np.linalg.solve(a.T @ a + ridge * np.eye(len(a.T)), a.T @ y_out[train])


ridges = (0.01, 0.1, 1.0, 10.0, 100.0)
tried = {r: error(with_one(choose) @ autoregression(r), choose) for r in ridges}
ridge = work.tune("autoregression", tried, part="choose")
print({r: round(e, 2) for r, e in tried.items()}, "chosen:", ridge)

# %% baseline
work.baseline("last value", error(x[test][:, -1:], test))
began = time.perf_counter()
w = autoregression(ridge)
linear_seconds = time.perf_counter() - began
work.baseline("autoregression", error(with_one(test) @ w, test))
work.lacks("baseline")

# %% about-contender [markdown]
# ## 4 · The contender
#
# A GRU reads the window, and a linear layer says all 16 values at once.


# %% model tags=["pytorch"]
class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, HORIZON)

    def forward(self, x):  # (batch, time)
        h, _ = self.layer(x[..., None])  # (batch, time, 16)
        return self.out(h[:, -1])  # (batch, 16)


# %% model tags=["tensorflow"]
class Forecaster(keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = keras.layers.GRU(16)
        self.out = keras.layers.Dense(HORIZON)

    def call(self, x):  # (batch, time)
        return self.out(self.layer(x[..., None]))  # (batch, 16)


# %% count tags=["pytorch"]
def parameters(model):
    return sum(p.numel() for p in model.parameters())


# %% count tags=["tensorflow"]
def parameters(model):
    return model.count_params()


# %% train
UPDATES, BATCH = 150, 32


def absolute(said, y):
    return abs(said - y)


def trained(make, rate, seed):
    ur.seed(seed)
    rows = np.random.default_rng(seed).choice(train, (UPDATES, BATCH))
    seen = [(x_in[r], y_out[r]) for r in rows]
    model = make()
    ur.fit(model, seen, lr=rate, loss=absolute, progress=False)
    return model


def ask(model, rows):
    return ur.array(ur.ready(model)(ur.tensor(x_in[rows])))


# %% about-tune [markdown]
# Four rates, one seed, scored on the windows to choose by.

# %% tune
rates = (0.01, 0.03, 0.1, 0.3)


def scores(make):
    return {r: error(ask(trained(make, r, SEEDS[0]), choose), choose) for r in rates}


tried = scores(Forecaster)
rate = work.tune("GRU", tried, part="choose")
print({r: round(e, 2) for r, e in tried.items()}, "chosen:", rate)
work.lacks("tuning")

# %% about-seeds [markdown]
# ## 5 · Five seeds

# %% seeds
models = []
began = time.perf_counter()
for seed in SEEDS:
    models.append(trained(Forecaster, rate, seed))
seconds = (time.perf_counter() - began) / len(SEEDS)
said = np.stack([ask(model, test) for model in models])  # (5, n, 16)
work.contender("GRU", [error(each, test) for each in said])
work.lacks("seeds")

# %% about-ablation [markdown]
# ## 6 · The cause, taken away
#
# Two guesses at the cause: the recurrence, or the bend in the equation, which a linear
# model cannot follow. Take away the first alone: two layers look at the whole window at
# once. Then take the bend from those two layers as well: without the tanh they are a
# linear model. Each gets the same batches, and a rate of its own.


# %% window tags=["pytorch"]
class Window(nn.Module):
    def __init__(self, bend=True):
        super().__init__()
        self.hidden, self.out = nn.Linear(STEPS, 32), nn.Linear(32, HORIZON)
        self.bend = nn.Tanh() if bend else nn.Identity()

    def forward(self, x):  # (batch, time)
        return self.out(self.bend(self.hidden(x)))  # (batch, 16)


# %% window tags=["tensorflow"]
class Window(keras.Model):
    def __init__(self, bend=True):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="tanh" if bend else None)
        self.out = keras.layers.Dense(HORIZON)

    def call(self, x):  # (batch, time)
        return self.out(self.hidden(x))  # (batch, 16)


# %% ablation
def ablated(name, make, without):
    own = work.tune(name, scores(make), part="choose")
    began = time.perf_counter()
    models = [trained(make, own, seed) for seed in SEEDS]
    seconds = (time.perf_counter() - began) / len(SEEDS)
    work.ablation(name, [error(ask(m, test), test) for m in models], without=without)
    work.cost(name, seconds=seconds, parameters=parameters(models[0]))


ablated(
    "window without recurrence",
    Window,
    "the recurrence: every value of the window has weights of its own",
)
ablated(
    "window without a bend",
    lambda: Window(bend=False),
    "the recurrence and the bend: two layers without a tanh between them",
)
work.lacks("ablation")

# %% about-errors [markdown]
# ## 7 · Where it errs
#
# Two ways to divide the test windows: near steps and far ones, and windows that end
# above the middle or below it.

# %% errors-groups
off = np.abs(said - y[test])  # (5, n, 16)
linear_off = np.abs(with_one(test) @ w - y[test])
high = x[test][:, -1] > np.median(values[: cuts[1]])
groups = {
    "GRU, steps 1 to 4": off[..., :4].mean((1, 2)),
    "autoregression, steps 1 to 4": linear_off[:, :4].mean(),
    "GRU, steps 13 to 16": off[..., 12:].mean((1, 2)),
    "autoregression, steps 13 to 16": linear_off[:, 12:].mean(),
    "GRU, from a high value": off[:, high].mean((1, 2)),
    "autoregression, from a high value": linear_off[high].mean(),
    "GRU, from a low value": off[:, ~high].mean((1, 2)),
    "autoregression, from a low value": linear_off[~high].mean(),
}
for group, value in groups.items():
    print(f"{group:34} {np.mean(value):.3f}")

# %% errors
noise = 0.2 * np.sqrt(2 / np.pi)  # the mean absolute value of the noise alone
means = [np.mean(value) for value in groups.values()]
gains = [linear / gru for gru, linear in zip(means[::2], means[1::2], strict=True)]
work.errors(
    groups,
    says="The autoregression's error is so many times the GRU's: "
    f"{gains[0]:.2f} in steps 1 to 4, {gains[1]:.2f} in steps 13 to 16, {gains[2]:.2f} "
    f"from a high value, {gains[3]:.2f} from a low one. The noise alone, which nobody "
    f"can forecast, is {noise:.3f}.",
)
work.lacks("errors")

# %% errors-figure
plot.lines(
    {
        "GRU": (np.arange(1, 17), off.mean((0, 1))),
        "autoregression": (np.arange(1, 17), linear_off.mean(0)),
        "the noise alone": (np.arange(1, 17), np.full(16, noise)),
    },
    "The error, step by step",
    "steps ahead",
    "mean absolute error",
    markers=True,
)

# %% about-cost [markdown]
# ## 8 · What it cost

# %% cost
work.cost("GRU", seconds=seconds, parameters=parameters(models[0]))
work.cost("autoregression", seconds=linear_seconds, parameters=w.size)
work.lacks("cost")

# %% about-finish [markdown]
# ## 9 · The table

# %% finish
finished = work.finish()

# %% about-doubt [markdown]
# ## 10 · What would make me doubt it
#
# One draw of the noise, one size of network, one number of updates, windows of one
# length. The ablations say what 150 updates can show, and an equation is no recording:
# of real blood this says nothing.
