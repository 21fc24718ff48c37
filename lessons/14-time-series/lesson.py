# %% title [markdown]
# # Time series, hands on
#
# Carbon dioxide, taxis, share prices, and an equation that never repeats itself. For
# each of them we write the simplest forecast first.
#
# For which of the four does a network pay? Write your bet down, and come back to it at
# the end.

# %% imports
import itertools

import numpy as np

from unrolled import batches, data, ledger, plot, quiz

from sklearn.metrics import roc_auc_score

UNIT = "14-time-series"
SEED = ledger.seed()

# %% framework tags=["pytorch"]
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras

# %% about-quiz-before [markdown]
# ## Before you start
#
# A few questions. Guess freely: they are not graded, and every answer says why.

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-air [markdown]
# ## 1 · A series with gaps
#
# The air over Mauna Loa, one mean a week. In some weeks nothing was measured; such a
# week holds NaN, which is no number, and spoils every sum that it enters.

# %% air
air = data.series("co2")
missing = np.isnan(air.values)
print("missing at", [int(t) for t in np.flatnonzero(missing)[:12]], "…")

# %% air-figure tags=["aside"]
plot.lines(
    {air.unit: (np.flatnonzero(~missing), air.values[~missing])},
    "The series as it was measured",
    "moment",
    air.unit,
)

# %% about-carry [markdown]
# Who stands in a gap knows the last value before it, and nothing else. So in what the
# model *reads*, a gap holds that value. As a *target* a gap is nothing: it is left out.


# %% carry
def carried(values):
    at = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(at)]  # (time,)


filled = carried(air.values)
t = int(np.flatnonzero(missing)[0])
print("around the first gap:", filled[t - 2 : t + 3])

# %% about-line [markdown]
# Many tutorials draw a straight line across a gap instead. Forecast the value after a
# gap by what stands in its last place, filled in either way. **Predict** the factor
# between the two errors. To count enough of them, 1 moment in 10 is taken out, the same
# ones for both.

# %% prediction-line [markdown]
# *Your prediction:*

# %% line tags=["aside", "predicted"]
rng = np.random.default_rng(SEED)
holes = air.values.copy()
holes[1 + rng.choice(len(holes) - 1, len(holes) // 10, replace=False)] = np.nan
there = np.flatnonzero(~np.isnan(holes))
ways = {
    "the last value": carried(holes),
    "a straight line": np.interp(np.arange(len(holes)), there, holes[there]),
}
inside = np.flatnonzero(np.isnan(holes[:-1]) & ~missing[1:])  # one step before a target
for name, way in ways.items():
    off = np.abs(way[inside] - air.values[inside + 1]).mean()
    print(f"{name:16} the next value is off by {off:.3f} {air.unit}")

# %% about-windows [markdown]
# The forecast is the same in both rows, the value that stands in the gap. But the
# straight line ends at the next measured value, which is often the very target. It has
# seen the future, and no such line can be drawn on the day.
#
# ## 2 · Windows
#
# A model reads `steps` values and is asked for the `horizon` values after them. By
# hand, for seven values:

# %% by-hand tags=["aside", "nbval-check-output"]
values, steps, horizon = np.arange(7.0), 3, 2
at = np.arange(len(values) - steps - horizon + 1)[:, None] + np.arange(steps + horizon)
x, y = np.split(values[at], [steps], axis=1)  # (n, steps), (n, horizon)
for row, target in zip(x, y, strict=True):
    print(row, "→", target)
again = batches.windows(values, steps, horizon)
print("batches.windows:", np.array_equal(x, again[0]) and np.array_equal(y, again[1]))

# %% about-parts [markdown]
# No target stands in its own window. Windows of neighboring moments overlap in all but
# one value, though: if windows were dealt out at random, each of the test's would have
# twins in training. Therefore the *series* is cut, in order of time, and a window
# belongs where its targets lie.
#
# **Predict** what goes wrong if mean and deviation are taken over the whole series.


# %% parts
def parts(values, real, steps, horizon):
    """Return training, choosing and test windows, scaled on the training part."""
    cuts = [0, int(0.6 * len(values)), int(0.8 * len(values)), len(values)]
    past = values[: cuts[1]][real[: cuts[1]]]
    mean, scale = past.mean(), past.std()
    x, y = batches.windows((values - mean) / scale, steps, horizon)
    asked = batches.windows(real, steps, horizon)[1].all(axis=1)
    first = steps + np.arange(len(x))  # the place of the first target
    found = []
    for low, high in itertools.pairwise(cuts):
        rows = asked & (first >= low) & (first + horizon <= high)
        found.append((x[rows].astype(np.float32), y[rows].astype(np.float32)))
    return found, scale


STEPS, HORIZON = 60, 26
(learn, choose, test), scale = parts(filled, ~missing, STEPS, HORIZON)
print("windows:", [len(x) for x, _ in (learn, choose, test)])

# %% scales tags=["aside", "predicted"]
cut = int(0.6 * len(filled))
for name, part in (("the past", filled[:cut]), ("everything", filled)):
    top = (filled.max() - part.mean()) / part.std()
    print(f"scaled on {name:10}: the highest value of all is {top:.2f}")

# %% about-baselines [markdown]
# Scaled on everything, the inputs never leave the range of the training part's, however
# far the series will rise; scaled on the past they do, and what the network says there
# is what it would say on the day.
#
# ## 3 · What must be beaten
#
# Five forecasts without a network. The score is the mean absolute error (MAE) over all
# test windows and all 26 steps. **Predict** their order.


# %% linear
def autoregression(x, y, ridge=1.0):
    """Return forecasts of a linear model of the window, by least squares."""
    a = np.c_[x - x[:, -1:], np.ones(len(x))]  # how far from the last value
    w = np.linalg.solve(a.T @ a + ridge * np.eye(len(a.T)), a.T @ (y - x[:, -1:]))
    return lambda x: np.c_[x - x[:, -1:], np.ones(len(x))] @ w + x[:, -1:]


# %% smoothing
def smoothed(values, season, alpha):
    """Return level (time,), of which each is a mixture of the last and the new."""
    level = np.zeros(len(values))
    rise = values[season:] - values[:-season]
    level[season] = rise[0]
    for t in range(season + 1, len(values)):
        level[t] = (1 - alpha) * level[t - 1] + alpha * rise[t - season]
    return level


# %% baselines tags=["predicted"]
def mae(said, part=test):
    return float(np.abs(said - part[1]).mean() * scale)


x, y = test
season = air.season
ahead = np.arange(HORIZON)
before = x[:, -season + ahead % season]  # the same week, a year ago
score = {"last value": mae(x[:, -1:]), "seasonal naive": mae(before)}
last_year = x[:, -1] - x[:, -1 - season]
score["seasonal naive and last year's rise"] = mae(before + last_year[:, None])
level = smoothed(filled / scale, season, alpha=0.1)
real_targets = batches.windows(~missing, STEPS, HORIZON)[1].all(axis=1)
first = STEPS + np.flatnonzero(real_targets)
rows = first[first >= int(0.8 * len(filled))]
score["seasonal naive and smoothed rise"] = mae(before + level[rows - 1, None])
linear = autoregression(*learn)
score["linear autoregression"] = mae(linear(x))
for name, value in score.items():
    print(f"{name:36} {value:.3f} {air.unit}")

# %% about-walk [markdown]
# The smoothed rise is a recurrent cell with one unit: an update gate fixed at 1 − α,
# and the rise as its candidate.
#
# One test part is one piece of history. **Walk-forward** evaluation asks more often:
# fit on all that is past, score on the next piece, move on. **Predict**: does the error
# stay the same from piece to piece?

# %% walk tags=["aside", "predicted"]
everything, targets = batches.windows(filled / scale, STEPS, HORIZON)
begins = np.linspace(0.4, 1, 7)[:-1] * len(everything)
pieces = {"seasonal naive": [], "linear autoregression": []}
for begin in begins.astype(int):
    piece = slice(begin, begin + len(everything) // 10)
    x, y = everything[piece], targets[piece]
    past = slice(0, begin - HORIZON)  # windows whose targets are all known by then
    said = autoregression(everything[past], targets[past])(x)
    pieces["linear autoregression"].append(np.abs(said - y).mean() * scale)
    naive = x[:, -season + ahead % season]
    pieces["seasonal naive"].append(np.abs(naive - y).mean() * scale)

# %% walk-figure tags=["aside", "predicted"]
plot.lines(
    pieces, "The error, piece by piece", "piece of the series", air.unit, markers=True
)

# %% about-network [markdown]
# The errors change from piece to piece. Where two models differ by less than that, a
# single split does not tell which of them is better.
#
# ## 4 · A network on the same windows
#
# A GRU reads the window; a linear layer turns its last state into all 26 forecasts at
# once: the *direct* way. Like the linear model it reads how far each value is from the
# last one, and says how far the future will be.


# %% forecaster tags=["pytorch"]
class Forecaster(nn.Module):
    def __init__(self, n_hidden, n_out, n_in=1):
        super().__init__()
        self.layer = nn.GRU(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x):  # (batch, time, n_in)
        h, _ = self.layer(x)  # (batch, time, n_hidden)
        return self.out(h[:, -1])  # (batch, n_out)


# %% forecaster tags=["tensorflow"]
class Forecaster(keras.Model):
    def __init__(self, n_hidden, n_out, n_in=1):
        super().__init__()
        self.layer = keras.layers.GRU(n_hidden)
        self.out = keras.layers.Dense(n_out)

    def call(self, x):  # (batch, time, n_in)
        return self.out(self.layer(x))  # (batch, n_out)


# %% train
def absolute(said, y):
    return abs(said - y)


def train(model, x, y, lr, updates=300, loss=absolute):
    """Fit a model to windows (n, time[, features]) drawn at random."""
    rng = np.random.default_rng(SEED)
    x = x if x.ndim == 3 else x[..., None]
    rows = rng.integers(len(x), size=(updates, 32))
    ur.fit(model, [(x[r], y[r]) for r in rows], lr=lr, loss=loss, progress=False)
    return model


def ask(model, x):
    x = x if x.ndim == 3 else x[..., None]
    return ur.array(ur.ready(model)(ur.tensor(x.astype(np.float32))))


# %% about-first [markdown]
# **Predict**: does it beat the linear model?

# %% prediction-first [markdown]
# *Your prediction:*

# %% first tags=["predicted"]
ur.seed(SEED)
(x, y), (x_test, _) = learn, test
gru = train(Forecaster(16, HORIZON), x - x[:, -1:], y - x[:, -1:], lr=0.01)
score["GRU"] = mae(ask(gru, x_test - x_test[:, -1:]) + x_test[:, -1:])
for name in ("linear autoregression", "GRU"):
    print(f"{name:24} {score[name]:.3f} {air.unit}")

# %% about-mackey [markdown]
# One seed and one rate are no race. The page has five seeds, tuned rates and five
# series; look at it after the last section.
#
# ## 5 · Where a straight line is not enough
#
# The equation of Mackey and Glass (1977) has the blood's cells made by how many there
# *were*: the more late cells, up to a point, the more new ones. Beyond it they become
# fewer. We add noise, as a measurement has it.


# %% mackey
def mackey_glass(n, noise, seed=0):
    rng = np.random.default_rng(seed)
    x = list(1.2 + 0.1 * rng.normal(size=18))
    for _ in range(3 * n + 600):
        late = x[-18]  # 17 steps ago
        x.append(x[-1] + 0.2 * late / (1 + late**10) - 0.1 * x[-1])
    s = np.array(x[-3 * n :: 3])
    return (s - s.mean()) / s.std() + noise * rng.normal(size=n)


blood = mackey_glass(3000, noise=0.2)
all_there = np.ones(len(blood), bool)
(m_learn, m_choose, m_test), m_scale = parts(blood, all_there, 32, 16)

# %% mackey-figure tags=["aside"]
plot.lines(
    {"with noise": blood[:200]}, "The equation, sampled", "step", "standard deviations"
)


# %% about-linear-rnn [markdown]
# Three models get the same 32 values and are asked for the next 16: the linear one, the
# GRU, and a recurrent layer *without* its non-linearity. **Predict**: which two are
# alike?


# %% linear-rnn tags=["pytorch"]
class LinearRNN(nn.Module):
    def __init__(self, n_hidden, n_out):
        super().__init__()
        self.x, self.h = nn.Linear(1, n_hidden), nn.Linear(n_hidden, n_hidden, False)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.h.weight)

    def forward(self, x):
        h = 0.0
        for now in self.x(x).unbind(1):  # (batch, n_hidden), of each step
            h = now if isinstance(h, float) else now + self.h(h)  # and no tanh
        return self.out(h)


# %% linear-rnn tags=["tensorflow"]
class LinearRNN(keras.Model):
    def __init__(self, n_hidden, n_out):
        super().__init__()
        self.layer = keras.layers.SimpleRNN(n_hidden, activation=None)  # no tanh
        self.out = keras.layers.Dense(n_out)

    def call(self, x):
        return self.out(self.layer(x))


# %% wins tags=["predicted"]
def m_mae(said):
    return float(np.abs(said - m_test[1]).mean() * m_scale)


m_score = {"last value": m_mae(m_test[0][:, -1:])}
m_linear = autoregression(*m_learn)
m_score["linear autoregression"] = m_mae(m_linear(m_test[0]))
made = {"recurrent, without tanh": (LinearRNN, 0.003), "GRU": (Forecaster, 0.03)}
for name, (build, lr) in made.items():
    ur.seed(SEED)
    m_gru = train(build(16, 16), *m_learn, lr=lr)
    m_score[name] = m_mae(ask(m_gru, m_test[0]))
for name, value in m_score.items():
    print(f"{name:24} {value:.3f}")

# %% about-direct [markdown]
# A linear network, recurrent or not, is a linear model of its window. What wins here is
# the bend in the equation, which only a non-linear model can follow.
#
# ## 6 · Direct or recursive
#
# The GRU says all 16 steps at once. A model of *one* step can be asked 16 times, each
# forecast becoming its newest value: the *recursive* way. **Predict** where the two
# curves cross, if they do.

# %% recursive tags=["aside", "predicted"]
ur.seed(SEED)
one = train(Forecaster(16, 1), m_learn[0], m_learn[1][:, :1], lr=0.03)
window, said = m_test[0].copy(), []
for _ in range(16):
    said.append(ask(one, window))  # (n, 1)
    window = np.concatenate([window[:, 1:], said[-1]], axis=1)
ways = {"direct": ask(m_gru, m_test[0]), "recursive": np.concatenate(said, axis=1)}
curves = {
    k: np.abs(v - m_test[1]).mean(axis=0) * m_scale for k, v in ways.items()
}  # (horizon,)

# %% recursive-figure tags=["aside", "predicted"]
plot.lines(
    {k: (np.arange(1, 17), v) for k, v in curves.items()},
    "Two ways to look far ahead",
    "steps ahead",
    "mean absolute error",
    markers=True,
)

# %% about-state [markdown]
# The recursive model is trained for one step and asked for sixteen, on windows that
# hold more and more of its own errors. The direct one is trained for what it is asked.
#
# ### A window each time, or a state that goes on
#
# A window of 32 means 32 steps of the layer for each forecast. If the state is carried,
# each new value costs one. This model forecasts after *every* step, and returns its
# state.


# %% follower tags=["pytorch", "aside"]
class Follower(nn.Module):
    def __init__(self, n_hidden, n_out):
        super().__init__()
        self.layer = nn.GRU(1, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)

    def forward(self, x, state=None):
        h, state = self.layer(x, state)
        return self.out(h), state  # (batch, time, n_out)


# %% follower tags=["tensorflow", "aside"]
class Follower(keras.Model):
    def __init__(self, n_hidden, n_out):
        super().__init__()
        both = {"return_sequences": True, "return_state": True}
        self.layer = keras.layers.GRU(n_hidden, **both)
        self.out = keras.layers.Dense(n_out)

    def call(self, x, state=None):
        h, state = self.layer(x, initial_state=state)
        return self.out(h), state  # (batch, time, n_out)


# %% streams tags=["aside"]
scaled = ((blood - blood[:1800].mean()) / blood[:1800].std()).astype(np.float32)
future = batches.windows(scaled, 1, 16)[1]  # future[t] follows the value at t
places = np.arange(1760).reshape(16, -1)  # 16 long rows of the training part
rows = [places[:, k : k + 22] for k in range(0, places.shape[1], 22)]
pieces = [(scaled[r][..., None], future[r]) for r in rows]  # (16, 22, 1), (16, 22, 16)
ur.seed(SEED)
follower = Follower(16, 16)
how = {"loss": absolute, "stateful": True, "progress": False}
history = ur.fit(follower, pieces, steps=300, lr=0.03, **how)

# %% about-carried [markdown]
# Each batch goes on where the last one ended, so the state fits; its gradient is cut,
# as in unit 03. **Predict** the error when the follower starts from an empty state 4,
# 8, 16 or 32 values before it is asked, and when it carries its state.

# %% carried-state tags=["aside", "predicted"]
follower = ur.ready(follower)
whole = ur.array(follower(ur.tensor(scaled[None, :, None]))[0])[0]  # (time, 16)
asked = np.arange(2400, len(future))
by_window = {}
for steps in (4, 8, 16, 32):
    x = np.stack([scaled[t - steps + 1 : t + 1] for t in asked])[..., None]
    said = ur.array(follower(ur.tensor(x))[0])[:, -1]
    by_window[steps] = np.abs(said - future[asked]).mean()
    print(f"{steps:2} values from an empty state: {by_window[steps]:.3f}")
kept = np.abs(whole[asked] - future[asked]).mean()
print(f"state carried, 1 value each:   {kept:.3f}")

# %% about-prices [markdown]
# What a carried state saves is steps: one for each new value. A short window from an
# empty state is not what this model was trained for.
#
# ## 7 · Prices
#
# Now the drawing that sells courses: the price of a share, and a network's forecast of
# it, day by day. It is judged by R², the part of the prices' variance that it explains;
# 1 is perfect. **Predict** R² of tomorrow's price, of the network and of a "forecast"
# that repeats today's price.

# %% prediction-prices [markdown]
# *Your prediction:*

# %% prices tags=["aside", "predicted"]
price = data.series("goog").values
(g_learn, _, g_test), g_scale = parts(price, np.ones(len(price), bool), 20, 1)
ur.seed(SEED)
g_gru = train(Forecaster(16, 1), *g_learn, lr=0.01)
true, today = g_test[1][:, 0] * g_scale, g_test[0][:, -1] * g_scale
tomorrow = {"GRU": ask(g_gru, g_test[0])[:, 0] * g_scale, "today's price": today}
for name, said in tomorrow.items():
    r2 = 1 - ((true - said) ** 2).mean() / true.var()
    off = np.abs(true - said).mean()
    print(f"{name:14} R² {r2:.3f}, off by {off:.2f} dollars")

# %% prices-figure tags=["aside", "predicted"]
plot.lines(
    {"price": true[:60], "GRU, a day ahead": tomorrow["GRU"][:60]},
    "A price and a network's forecast, day by day",
    "trading day of the test part",
    "dollars from the mean of the past",
)

# %% about-changes [markdown]
# This network reads prices as they are. Where they are higher than all that it learned
# from, it has never been, and its curve stays behind; repeating today's price has no
# such trouble. And R² is about *levels*: today's explains nearly all of tomorrow's. The
# question that earns money is another one: in which direction? **Predict** the
# correlation of said and real *changes*.

# %% changes tags=["aside", "predicted"]
moved = true - today
g_linear = autoregression(*g_learn)(g_test[0])[:, 0] * g_scale
says = {"GRU": tomorrow["GRU"] - today, "linear": g_linear - today}
for name, change in says.items():
    same = np.mean(np.sign(change) == np.sign(moved))
    r = np.corrcoef(change, moved)[0, 1]
    print(f"{name:8} correlation {r:+.2f}, right direction {same:.0%}")
print(f"who says `down` every day is right on {np.mean(moved < 0):.0%}")

# %% about-leak [markdown]
# A network whose forecasts lie below every price says "down" every day, and is right
# where the market falls. Look at the correlation, and remember that these are 200 days.
#
# Now the leak: deal the windows out at random before they are cut into parts.
# **Predict** R².

# %% leak tags=["aside", "predicted"]
x, y = batches.windows((price - price.mean()) / price.std(), 20, 1)
mixed = np.random.default_rng(SEED).permutation(len(x))
l, t = np.split(mixed, [int(0.8 * len(x))])
ur.seed(SEED)
g_mixed = train(
    Forecaster(16, 1), x[l].astype(np.float32), y[l].astype(np.float32), 0.01
)
for name, said in (("GRU", ask(g_mixed, x[t])), ("today's price", x[t][:, -1:])):
    r2 = 1 - ((y[t] - said) ** 2).mean() / y[t].var()
    off = np.abs(y[t] - said).mean() * price.std()
    print(f"shuffled, {name:14} R² {r2:.3f}, off by {off:.2f} dollars")

# %% about-taxi [markdown]
# Shuffled days come from all years, whose prices differ widely: there is more spread to
# explain, so every R² rises, also that of doing nothing.
#
# ## 8 · Several series, and a band
#
# Taxi passengers have a day and a week. The network reads two series at once: the
# count, and the count of a week before the moment *twelve steps later*, which is known.

# %% taxi
taxi = data.series("nyc-taxi")
count, wrong = carried(taxi.values), taxi.anomalous
first_fault = int(np.flatnonzero(wrong)[0])
cuts = (0.7 * first_fault, 0.85 * first_fault)
lag, T, H = taxi.season, 48, 12
past = count[: int(cuts[0])]
z = ((count - past.mean()) / past.std()).astype(np.float32)
origins = np.arange(max(lag, T), len(z) - H)  # t: the values up to t are known
back = origins[:, None] + np.arange(1 - T, 1)
x = np.stack([z[back], z[back + H - lag]], axis=-1)  # (n, 48, 2)
y = z[origins[:, None] + np.arange(1, H + 1)]  # (n, 12)
week = z[origins[:, None] + np.arange(1, H + 1) - lag]
early = origins + H < cuts[0]
held = (origins >= cuts[1]) & (origins + H < first_fault)
print("x", x.shape, " y", y.shape, " held out:", held.sum())

# %% about-quantiles [markdown]
# One number hides how sure it is. The **quantile loss** makes a forecast that is too
# low in a share q of the cases: too low costs q for each unit, too high costs 1 − q.
# With q = 0.1 and 0.9 that is a band for 80 % of what comes.

# %% quantile-loss
Q = np.array([0.1, 0.5, 0.9], np.float32)


def pinball(said, y):
    """said (targets, 36): 12 steps, each with 3 quantiles; y the same, repeated."""
    off = y - said
    q = ur.tensor(np.tile(Q, H))
    return abs(off) / 2 + (q - 0.5) * off  # q * off above, (q - 1) * off below


# %% about-coverage [markdown]
# (The line is the maximum of `q * off` and `(q - 1) * off`, written without a maximum.)
# **Predict** which share of the values that come later lies in the band.

# %% coverage tags=["predicted"]
ur.seed(SEED)
thrice = np.repeat(y, 3, axis=1)  # (n, 36)
band = train(Forecaster(24, 3 * H, n_in=2), x[early], thrice[early], 0.02, 300, pinball)
said = np.sort(ask(band, x).reshape(-1, H, 3), axis=-1)  # (n, 12, 3)
low, middle, high = np.moveaxis(said, -1, 0)
within = (low <= y) & (y <= high)
for name, rows in (("learned from", early), ("held out", held)):
    print(f"{name:13} {within[rows].mean():.1%} in the band of 80 %")
coverage = within[held].mean()

# %% band-figure tags=["aside", "predicted"]
day = np.flatnonzero(held)[:96]
plot.lines(
    {
        "count": count[origins[day] + H] / 1000,
        "low": (low[day, -1] * past.std() + past.mean()) / 1000,
        "high": (high[day, -1] * past.std() + past.mean()) / 1000,
    },
    "Two days, and the band of six hours before",
    "half hour",
    f"thousand {taxi.unit}",
)

# %% about-width [markdown]
# Coverage alone is cheap: an endless band covers everything. So the loss is compared
# too, with a band around the count of a week ago, as wide as that was wrong in
# training. **Predict** which is lower.

# %% width tags=["aside", "predicted"]
off = np.quantile((y - week)[early], Q, axis=0).T  # (12, 3)
naive_band = week[..., None] + off
losses = {}
for name, forecast in (("GRU", said), ("a week ago", naive_band)):
    far = y[held][..., None] - forecast[held]
    losses[name] = np.maximum(Q * far, (Q - 1) * far).mean()
    inside = np.mean((forecast[held][..., 0] <= y[held]) & (far[..., 2] <= 0))
    print(f"{name:11} quantile loss {losses[name]:.4f}, {inside:.1%} in the band")

# %% about-anomalies [markdown]
# ### Anomalies
#
# In five stretches of this series something unusual happened; people have labeled
# them. A moment is suspicious where the forecast is far off. The score is the area
# under the ROC curve (AUC): the chance that a moment inside a label is more suspicious
# than one outside; one half is guessing. **Predict** the order.

# %% anomalies tags=["predicted"]
DAY = 48
before = np.lib.stride_tricks.sliding_window_view(count, DAY)[:-1]
rolling = np.abs(count[DAY:] - before.mean(1)) / (before.std(1) + 1e-9)
detectors = {
    "rolling z-score": rolling[origins + H - DAY],
    "a week ago": np.abs(y - week)[:, -1],
    "GRU": np.abs(y - middle)[:, -1],
}
late = origins + H >= first_fault
auc = {}
for name, each in detectors.items():
    slow = np.convolve(each, np.ones(DAY) / DAY)[: len(each)]  # the mean of a day
    labels = wrong[origins + H][late]
    auc[name] = roc_auc_score(labels, slow[late])
    alone = roc_auc_score(labels, each[late])
    print(f"{name:16} AUC {alone:.3f}; mean of the last day {auc[name]:.3f}")

# %% about-record [markdown]
# A count that is usual at noon is unusual at night. The rolling z-score compares with
# the day before as a whole; the other two compare with the same hour of a week ago.
#
# ## 9 · What it bought
#
# Below stands each network beside what does without one; the prices had theirs in
# section 7. What has become of your bet? Then open the page's *Answer*: there are more
# series, more seeds, and tuned rates.

# %% record
best = min((v, k) for k, v in score.items() if k != "GRU")
how = {"baseline": best[0], "baseline_name": best[1], "corpus": air.name}
ledger.record(UNIT, "air", score["GRU"], measure=f"MAE, {air.unit}", **how)
how = {"baseline": m_score["linear autoregression"], "baseline_name": "linear"}
ledger.record(UNIT, "mackey-glass", m_score["GRU"], measure="MAE", **how)
how = {"measure": "share in the band", "corpus": taxi.name}
ledger.record(UNIT, "coverage", coverage, **how)
how = {"baseline": auc["rolling z-score"], "baseline_name": "rolling z-score"}
ledger.record(UNIT, "anomalies", auc["GRU"], measure="AUC", corpus=taxi.name, **how)

# %% about-quiz-after [markdown]
# ## Check yourself

# %% quiz-after
quiz.show(UNIT, "after")
