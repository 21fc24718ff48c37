# %% title [markdown]
# # Capstone, an example: eleven years of sunspots
#
# A worked capstone on a short series: 309 years. The rubric and what a capstone needs
# stand on its page. Before you read on, bet: a network, or a straight line through the
# last 22 years?

# %% imports
import itertools
import time

import numpy as np

from unrolled import batches, capstone, data, ledger, plot

SEEDS = [ledger.seed() + k for k in range(5)]
work = capstone.Capstone("mean absolute error, sunspots", better="lower")

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
    "Does a GRU that reads 22 years forecast the mean number of sunspots of each of "
    "the next 11 years better than a linear autoregression of the same years does?"
)
work.lacks("question")

# %% about-data [markdown]
# ## 2 · The data, in three parts
#
# The years are cut in order: 60 % to learn from, 20 % to choose by, 20 % to look at
# once. A window belongs where all its eleven targets lie. Its 22 inputs may reach into
# the part before, since on the day they are known.

# %% data
spots = data.series("sunspots")
STEPS, HORIZON = 22, 11
years = spots.values[:309].copy()
years[np.isnan(years)] = np.nanmean(years)  # sunspots have no gaps; what stands in has
x, y = batches.windows(years, STEPS, HORIZON)  # (n, 22), (n, 11)
first = STEPS + np.arange(len(x))  # the place of the first target
targets = np.c_[first, first + HORIZON - 1]  # (n, 2): from when to when
cuts = [0, int(0.6 * 309), int(0.8 * 309), 309]
train, choose, test = (
    np.flatnonzero((targets[:, 0] >= low) & (targets[:, 1] < high))
    for low, high in itertools.pairwise(cuts)
)

# %% split
work.split(train, choose, test, contents=x, time=targets, of=spots.name)
work.lacks("split")

# %% about-scale [markdown]
# Mean and deviation are those of the years to learn from. Every model below reads how
# far each value is from the last one, and says how far the future will be: so all have
# the same information.

# %% scale
past = years[: cuts[1]]
scale = past.std()
last = x[:, -1:]
x_in = ((x - last) / scale).astype(np.float32)
y_out = ((y - last) / scale).astype(np.float32)


def error(said, rows):
    return float(np.abs(said * scale + last[rows] - y[rows]).mean())


# %% about-baseline [markdown]
# ## 3 · What must be beaten
#
# Three forecasts without a network: the last value; the value eleven years ago, one
# cycle of the sun; and a linear autoregression. Its ridge, the weight of the squared
# coefficients, is chosen as the network's rate will be.


# %% autoregression
def with_one(rows):
    return np.c_[x_in[rows], np.ones(len(rows))]  # (n, 23)


def autoregression(ridge):
    a = with_one(train)
    return np.linalg.solve(a.T @ a + ridge * np.eye(len(a.T)), a.T @ y_out[train])


ridges = (1.0, 10.0, 100.0, 1000.0, 10_000.0)
tried = {r: error(with_one(choose) @ autoregression(r), choose) for r in ridges}
ridge = work.tune("autoregression", tried, part="choose")
print({r: round(e, 2) for r, e in tried.items()}, "chosen:", ridge)

# %% baseline
work.baseline("last value", error(np.zeros((len(test), HORIZON)), test))
cycle = x_in[:, -HORIZON:]  # the same place of the cycle before
work.baseline("eleven years ago", error(cycle[test], test))
began = time.perf_counter()
w = autoregression(ridge)
linear_seconds = time.perf_counter() - began
work.baseline("autoregression", error(with_one(test) @ w, test))
work.lacks("baseline")

# %% about-contender [markdown]
# ## 4 · The contender
#
# A GRU reads the window, and a linear layer says all eleven years at once.


# %% model tags=["pytorch"]
class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, HORIZON)

    def forward(self, x):  # (batch, time)
        h, _ = self.layer(x[..., None])  # (batch, time, 16)
        return self.out(h[:, -1])  # (batch, 11)


# %% model tags=["tensorflow"]
class Forecaster(keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = keras.layers.GRU(16)
        self.out = keras.layers.Dense(HORIZON)

    def call(self, x):  # (batch, time)
        return self.out(self.layer(x[..., None]))  # (batch, 11)


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
# Five rates, one seed, scored on the years to choose by.

# %% tune
rates = (0.001, 0.003, 0.01, 0.03, 0.1)


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
said = np.stack([ask(model, test) for model in models])  # (5, n, 11)
work.contender("GRU", [error(each, test) for each in said])
work.lacks("seeds")

# %% about-ablation [markdown]
# ## 6 · The cause, taken away
#
# Is it the recurrence that decides? Take it away alone: two layers look at the whole
# window at once, with as many parameters as the GRU has, the same batches, and a rate
# of their own.


# %% window tags=["pytorch"]
class Window(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(STEPS, 32), nn.Linear(32, HORIZON)

    def forward(self, x):  # (batch, time)
        return self.out(self.hidden(x).tanh())  # (batch, 11)


# %% window tags=["tensorflow"]
class Window(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="tanh")
        self.out = keras.layers.Dense(HORIZON)

    def call(self, x):  # (batch, time)
        return self.out(self.hidden(x))  # (batch, 11)


# %% ablation
name = "window without recurrence"
own = work.tune(name, scores(Window), part="choose")
began = time.perf_counter()
windows = [trained(Window, own, seed) for seed in SEEDS]
window_seconds = (time.perf_counter() - began) / len(SEEDS)
work.ablation(
    name,
    [error(ask(model, test), test) for model in windows],
    without="the recurrence: every year of the window has weights of its own",
)
work.lacks("ablation")

# %% about-errors [markdown]
# ## 7 · Where it errs
#
# Two ways to divide the test windows: near years and far ones, and windows that end
# high in the cycle or low in it.

# %% errors-near
off = np.abs(said * scale + last[test] - y[test])  # (5, n, 11)
linear_off = np.abs((with_one(test) @ w) * scale + last[test] - y[test])
high = last[test][:, 0] > np.median(past)
groups = {
    "GRU, years 1 to 3": off[..., :3].mean((1, 2)),
    "autoregression, years 1 to 3": linear_off[:, :3].mean(),
    "GRU, years 9 to 11": off[..., 8:].mean((1, 2)),
    "autoregression, years 9 to 11": linear_off[:, 8:].mean(),
    "GRU, from a high year": off[:, high].mean((1, 2)),
    "autoregression, from a high year": linear_off[high].mean(),
    "GRU, from a low year": off[:, ~high].mean((1, 2)),
    "autoregression, from a low year": linear_off[~high].mean(),
}
for group, value in groups.items():
    print(f"{group:34} {np.mean(value):.1f}")

# %% errors
bias = np.mean(said * scale + last[test] - y[test])
linear_bias = np.mean((with_one(test) @ w) * scale + last[test] - y[test])
work.errors(
    groups,
    says="Against what came, the GRU's forecasts lie on average at "
    f"{bias:+.1f} sunspots and the autoregression's at {linear_bias:+.1f}; the mean of "
    f"the years to learn from is {past.mean():.1f}, that of the test years "
    f"{y[test].mean():.1f}.",
)
work.lacks("errors")

# %% errors-figure
plot.lines(
    {
        "GRU": (np.arange(1, 12), off.mean((0, 1))),
        "autoregression": (np.arange(1, 12), linear_off.mean(0)),
    },
    "The error, year by year",
    "years ahead",
    "mean absolute error, sunspots",
    markers=True,
)

# %% about-cost [markdown]
# ## 8 · What it cost

# %% cost
work.cost("GRU", seconds=seconds, parameters=parameters(models[0]))
work.cost(name, seconds=window_seconds, parameters=parameters(windows[0]))
work.cost("autoregression", seconds=linear_seconds, parameters=w.size)
work.lacks("cost")

# %% about-finish [markdown]
# ## 9 · The table

# %% finish
finished = work.finish()

# %% about-doubt [markdown]
# ## 10 · What would make me doubt it
#
# One series, of which 153 windows are to learn from and 52 are the test; one size of
# network, one number of updates, windows of one length. With more to learn from, or
# with another network, the answer may be another one.
