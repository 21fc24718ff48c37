"""Measure what the README's tables say: forecasts, their causes, bands, anomalies.

    python lessons/14-time-series/measure.py forecasts          # every set and model
    python lessons/14-time-series/measure.py forecasts co2      # one set of them
    python lessons/14-time-series/measure.py causes             # why the network wins
    python lessons/14-time-series/measure.py stateful           # windows, or a state
    python lessons/14-time-series/measure.py leak               # prices, and one leak
    python lessons/14-time-series/measure.py gaps               # two ways to fill
    python lessons/14-time-series/measure.py bands              # quantiles, coverage
    python lessons/14-time-series/measure.py anomalies          # AUC of detectors

Each writes its part of `measured.json`; `figures.py` makes the README's tables of it.
What that file does not hold (causes, stateful, leak, anomalies, the sea, the band of
CO2) has not been measured yet, and the page says nothing of it.
Networks run in PyTorch on one thread. `forecasts` needs statsmodels for exponential
smoothing, which the course does not: `pip install -c constraints.txt statsmodels`.

A series is cut in order of time: the first 60 % train, the next 20 % choose (the rate,
the number of updates, the ridge, the form of the input), the last 20 % are looked at
once. Each origin in the last part gives one forecast of `horizon` values, from true
values up to it; nothing is fitted again. All models get the same window.
"""

import itertools
import json
import sys
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from unrolled import data

FILE = Path(__file__).parent / "measured.json"
SEEDS, TRIAL = range(5), 100  # reported seeds, and one that only chooses
RATES = (0.003, 0.01, 0.03)
RIDGES = (1e-6, 1e-2, 1.0, 10.0, 100.0, 1000.0)
UPDATES, LOOK, BATCH, UNITS, WIDE = 300, 30, 32, 16, 64
NOISE = 0.2  # of the Mackey-Glass series, in its standard deviations


@dataclass(frozen=True)
class Set:
    """One series: values (time,), which were measured, and how it is cut."""

    values: np.ndarray
    real: np.ndarray
    window: int
    horizon: int
    season: int
    unit: str
    difference: int = 0  # forecast v[t] - v[t - difference] instead of v[t]
    factor: float = 1.0  # of a mean absolute error, to have it in `unit`
    forms: tuple[str, ...] = ("level", "change")


def carried(values: np.ndarray) -> np.ndarray:
    """Return values (time,) in which a gap holds the last value before it."""
    at = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(at)]


def mackey_glass(n: int, seed: int, noise: float, every: int = 3) -> np.ndarray:
    """Return n values of Mackey and Glass's equation (1977), standardized, with noise.

    dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x(t), by Euler's steps of 1, of
    which every third is kept.
    """
    rng = np.random.default_rng(seed)
    x = list(1.2 + 0.1 * rng.normal(size=18))
    for _ in range(n * every + 600):
        late = x[-18]
        x.append(x[-1] + 0.2 * late / (1 + late**10) - 0.1 * x[-1])
    s = np.array(x[-n * every :: every])
    return (s - s.mean()) / s.std() + noise * rng.normal(size=n)


def load(name: str) -> Set:
    """Return one of the sets by name."""
    if name == "mackey-glass":
        values = mackey_glass(4000, 0, NOISE)
        unit = "standard deviations"
        return Set(values, np.ones(len(values), bool), 32, 16, 17, unit)
    found = data.series(name, fallback=False)
    values, real = carried(found.values), ~np.isnan(found.values)
    if name == "nyc-taxi":  # the part before the first anomaly
        values, real = (a[: np.flatnonzero(found.anomalous)[0]] for a in (values, real))
    if name == "goog":
        return Set(np.log(values), real, 20, 5, 1, "percent", factor=100.0)
    window, horizon = {
        "sunspots": (22, 11),
        "co2": (60, 26),
        "sea-temperature": (48, 48),
        "nyc-taxi": (48, 48),
    }[name]
    made = Set(values, real, window, horizon, found.season, found.unit)
    if name == "nyc-taxi":
        return replace(made, difference=found.season, forms=("level",))
    return made


SETS = ("sunspots", "co2", "sea-temperature", "nyc-taxi", "goog", "mackey-glass")

# ---- windows -------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """The windows of one part: x (n, window), y (n, horizon), the first target's t."""

    x: np.ndarray
    y: np.ndarray
    t: np.ndarray


def parts(one: Set) -> tuple[list[Part], float, float]:
    """Return training, choosing and test windows, scaled, and the mean and the scale.

    Mean and scale are those of the training part. A window belongs to the part in which
    all its targets lie; one whose targets were not all measured is left out.
    """
    v, real, lag = one.values, one.real, one.difference
    if lag:
        v = np.r_[np.zeros(lag), v[lag:] - v[:-lag]]
        real = real & np.r_[np.zeros(lag, bool), real[:-lag]]
    cuts = [lag, lag + int(0.6 * (len(v) - lag)), lag + int(0.8 * (len(v) - lag))]
    mean, scale = v[lag : cuts[1]].mean(), v[lag : cuts[1]].std()
    scaled = (v - mean) / scale
    view = np.lib.stride_tricks.sliding_window_view
    whole = view(scaled, one.window + one.horizon)
    measured = view(real, one.horizon)[one.window :].all(1)
    first = np.arange(len(whole)) + one.window  # t of the first target
    found = []
    for low, high in itertools.pairwise([*cuts, len(v)]):
        begins = first - one.window >= low if low == lag else first >= low
        rows = begins & (first + one.horizon <= high) & measured
        x, y = np.split(whole[rows], [one.window], axis=1)
        found.append(Part(x, y, first[rows]))
    return found, mean, scale


def formed(part: Part, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y as they go into a model: levels, or changes from the last one."""
    last = part.x[:, -1:]
    x, y = (part.x, part.y) if form == "level" else (part.x - last, part.y)
    return x, y - last  # every model says how far the future is from the last value


def error(said: np.ndarray, part: Part) -> np.ndarray:
    """Return the mean absolute error at each horizon, of forecasts of changes."""
    return np.abs(said + part.x[:, -1:] - part.y).mean(0)


# ---- models without a network --------------------------------------------------------


def linear(x: np.ndarray, y: np.ndarray, ridge: float, absolute: bool) -> np.ndarray:
    """Return the weights of a linear autoregression, its intercept last.

    `absolute` asks for the least absolute error instead of the least squared one, by
    least squares that are weighted again and again, a column of y at a time.
    """
    a = np.c_[x, np.ones(len(x))]
    penalty = ridge * np.eye(a.shape[1])
    penalty[-1, -1] = 0
    w = np.linalg.solve(a.T @ a + penalty, a.T @ y)
    if absolute:
        for k in range(y.shape[1]):
            for _ in range(15):
                each = 1 / np.maximum(np.abs(a @ w[:, k] - y[:, k]), 1e-3)
                w[:, k] = np.linalg.solve(
                    (a.T * each) @ a + penalty, a.T @ (each * y[:, k])
                )
    return w


def autoregression(one: Set, three: list[Part]) -> dict:
    """Return the test error of the linear model that chose best, and what it chose."""
    train, choose, test = three
    best = None
    for form, ridge, absolute in itertools.product(one.forms, RIDGES, (False, True)):
        if absolute and ridge != 1.0:
            continue
        w = linear(*formed(train, form), ridge, absolute)

        def say(part, w=w, form=form):
            x, _ = formed(part, form)
            return np.c_[x, np.ones(len(x))] @ w

        found = error(say(choose), choose).mean(), form, ridge, absolute, say
        if best is None or found[0] < best[0]:
            best = found
    _, form, ridge, absolute, say = best
    chose = {"form": form, "ridge": ridge, "absolute": absolute}
    return {"mae": error(say(test), test), **chose}


def smoothing(one: Set, three: list[Part], scale: float) -> dict:
    """Return the test error of exponential smoothing, fitted by statsmodels.

    Trend and season are in it or not, whichever chose best. With what was fitted to the
    training part, level, trend and season run on through the series, one value at a
    time; `off` is how far that is from statsmodels' own forecasts of that part.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    cut, best = int(0.6 * len(one.values)), None
    train = one.values[:cut]
    view = np.lib.stride_tricks.sliding_window_view(one.values, one.horizon)
    for trend, season in itertools.product((None, "add"), (None, "add")):
        if season and one.season == 1:
            continue
        for damped in (False, True) if trend else (False,):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = ExponentialSmoothing(
                    train,
                    trend=trend,
                    damped_trend=damped,
                    seasonal=season,
                    seasonal_periods=one.season if season else None,
                    initialization_method="heuristic",
                ).fit()
            says = _run_on(one, fitted.params, trend, season, damped)
            off = np.abs(says[:cut, 0] - fitted.fittedvalues).max() / train.std()
            chose, mae = (
                np.abs(says[part.t] - view[part.t]).mean(0) / scale
                for part in three[1:]
            )
            form = {"trend": trend, "season": season, "damped": damped}
            if best is None or chose.mean() < best[0]:
                best = chose.mean(), {"mae": mae, "off": round(float(off), 6)} | form
    return best[1]


def _run_on(one: Set, p: dict, trend, season, damped: bool) -> np.ndarray:
    """Return what is said before each value, (time, horizon)."""
    alpha, gamma = p["smoothing_level"], p["smoothing_seasonal"] if season else 0.0
    beta, phi = p["smoothing_trend"] if trend else 0.0, p["damping_trend"]
    phi = phi if damped else 1.0
    level, slope = p["initial_level"], p["initial_trend"] if trend else 0.0
    around = list(p["initial_seasons"]) if season else [0.0]
    m, steps = len(around), np.cumsum(phi ** np.arange(1, one.horizon + 1))
    says = np.zeros((len(one.values), one.horizon))
    for t, value in enumerate(one.values):
        ahead = np.array([around[(t + k) % m] for k in range(one.horizon)])
        says[t] = level + steps * slope + ahead
        expected, s = level + phi * slope, around[t % m]
        new = alpha * (value - s) + (1 - alpha) * expected
        slope = beta * (new - level) + (1 - beta) * phi * slope
        around[t % m] = gamma * (value - expected) + (1 - gamma) * s
        level = new
    return says


def naive(one: Set, test: Part, season: int) -> np.ndarray:
    """Return the test error of the last value, or of the value a season before."""
    if one.difference and season == one.difference:  # the difference is 0
        return np.abs(test.y + one_mean(one)).mean(0)
    if one.difference:
        view = np.lib.stride_tricks.sliding_window_view(one.values, one.horizon)
        last = one.values[test.t - 1][:, None]
        return np.abs(last - view[test.t]).mean(0) / parts(one)[2]
    rows = -season + np.arange(one.horizon) % season
    return np.abs(test.x[:, rows] - test.y).mean(0)


def one_mean(one: Set) -> float:
    """Return the mean of the training part in units of its scale."""
    _, mean, scale = parts(one)
    return mean / scale


# ---- networks ------------------------------------------------------------------------


def network(kind: str, window: int, n_out: int):
    """Return a network from (batch, window) to (batch, n_out).

    "gru", "rnn": a recurrent layer of `UNITS`, read at its last state; "linear rnn":
    the same without a non-linearity; "mlp": two layers of `WIDE` on the whole window.
    """
    from torch import nn

    if kind == "mlp":
        return nn.Sequential(
            nn.Linear(window, WIDE), nn.Tanh(), nn.Linear(WIDE, WIDE), nn.Tanh(),
            nn.Linear(WIDE, n_out),
        )  # fmt: skip

    class Forecaster(nn.Module):
        def __init__(self):
            super().__init__()
            layers = {"gru": nn.GRU, "rnn": nn.RNN, "linear rnn": Linear}
            self.layer = layers[kind](1, UNITS, batch_first=True)
            self.out = nn.Linear(UNITS, n_out)

        def forward(self, x):
            return self.out(self.layer(x[..., None])[0][:, -1])

    class Linear(nn.RNN):
        """h = x w_x + h w_h + b: the recurrent layer without its tanh."""

        def forward(self, x):
            h, b = x.new_zeros(len(x), UNITS), self.bias_ih_l0 + self.bias_hh_l0
            for now in (x @ self.weight_ih_l0.T + b).unbind(1):
                h = now + h @ self.weight_hh_l0.T
            return h[:, None], None

    return Forecaster()


def absolute(said, y):
    """Return the mean absolute error of a batch."""
    return (said - y).abs().mean()


def train(kind, seed, rate, learn, choose, loss=absolute, times=1):
    """Train on `learn` (x, y); return the model at its best on `choose`, and its loss.

    Every `LOOK` updates the loss on `choose` is looked at, and the best weights kept.
    The model says `times` numbers for each target.
    """
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    (x, y), (x_new, y_new) = (
        [torch.tensor(a, dtype=torch.float32) for a in part] for part in (learn, choose)
    )
    keep = np.linspace(0, len(x_new) - 1, min(len(x_new), 800)).astype(int)
    x_new, y_new = x_new[keep], y_new[keep]
    model = network(kind, x.shape[1], y.shape[1] * times)
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, UPDATES)
    rng, best, kept = np.random.default_rng(seed), np.inf, None
    for step in range(1, UPDATES + 1):
        rows = torch.as_tensor(rng.integers(len(x), size=BATCH))
        optimizer.zero_grad()
        loss(model(x[rows]), y[rows]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        slower.step()
        if step % LOOK == 0:
            with torch.no_grad():
                found = float(loss(model(x_new), y_new))
            if found < best:
                best = found
                kept = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return model, best


def ask(model, x: np.ndarray) -> np.ndarray:
    """Return what a model says of windows x (n, window), in pieces."""
    import torch

    with torch.no_grad():
        pieces = torch.tensor(x, dtype=torch.float32).split(1000)
        return np.concatenate([model(piece).numpy() for piece in pieces])


def trained(kind: str, three: list[Part], forms: tuple[str, ...]) -> dict:
    """Return the test errors of five seeds with the rate and form that chose best."""
    learn, choose, test = three

    def trial(form, rate):
        return train(kind, TRIAL, rate, formed(learn, form), formed(choose, form))[1]

    # The form at the rate in the middle; then the rate, for that form.
    tried = {(form, RATES[1]): trial(form, RATES[1]) for form in forms}
    form, _ = min(tried, key=tried.get)
    tried |= {(form, rate): trial(form, rate) for rate in (RATES[0], RATES[-1])}
    rate = min(RATES, key=lambda rate: tried[form, rate])
    runs = []
    for seed in SEEDS:
        model, _ = train(kind, seed, rate, formed(learn, form), formed(choose, form))
        runs.append(error(ask(model, formed(test, form)[0]), test))
    return {"mae": np.array(runs), "form": form, "rate": rate}


# ---- what is asked -------------------------------------------------------------------


def forecasts(*names: str) -> None:
    """Measure every model on every set: one step ahead, and the mean of all steps."""
    for name in names or SETS:
        one = load(name)
        three, _, scale = parts(one)
        test, found = three[2], {}
        found["last value"] = {"mae": naive(one, test, 1)}
        if one.season > 1:
            found["seasonal naive"] = {"mae": naive(one, test, one.season)}
        found["exponential smoothing"] = smoothing(one, three, scale)
        found["autoregression"] = autoregression(one, three)
        for kind in ("mlp", "gru"):
            found[kind] = trained(kind, three, one.forms)
        for of_model in found.values():
            _means(of_model, scale * one.factor)
        sizes = {"windows": [len(part.x) for part in three], "unit": one.unit}
        sizes |= {"window": one.window, "horizon": one.horizon}
        keep(f"forecasts {name}", sizes | {"models": found})


def _means(of_model: dict, unit: float) -> None:
    """Put the errors one step ahead, and of all steps, in place of those at each."""
    mae = np.atleast_2d(of_model.pop("mae")) * unit
    of_model["first"] = np.round(mae[:, 0], 5).tolist()
    of_model["mean"] = np.round(mae.mean(1), 5).tolist()


def smooth(*names: str) -> None:
    """Measure exponential smoothing alone, anew, in what `forecasts` has written."""
    for name in names or SETS:
        one, stored = load(name), json.loads(FILE.read_text("utf-8"))
        three, _, scale = parts(one)
        found = smoothing(one, three, scale)
        _means(found, scale * one.factor)
        stored[f"forecasts {name}"]["models"]["exponential smoothing"] = found
        keep(f"forecasts {name}", stored[f"forecasts {name}"])


def causes() -> None:
    """Take the non-linearity, and then the window, from what wins on Mackey-Glass."""
    one = load("mackey-glass")
    three, _, scale = parts(one)
    found = {"autoregression": autoregression(one, three)}
    for kind in ("linear rnn", "mlp", "gru"):
        found[kind] = trained(kind, three, ("level",))
    for window in (4, 8, 16):
        three, _, _ = parts(replace(one, window=window))
        found[f"autoregression {window}"] = autoregression(one, three)
        for kind in ("mlp", "gru"):
            found[f"{kind} {window}"] = trained(kind, three, ("level",))
    for of_model in found.values():
        mae = np.atleast_2d(of_model.pop("mae")) * scale
        of_model["mean"] = np.round(mae.mean(1), 5).tolist()
    keep("causes", found)


# ---- a state that is carried ---------------------------------------------------------

STREAMS, CHUNK = 16, 32


def stateful() -> None:
    """Train on windows, or on long rows whose state is carried; the same updates.

    Both see 16 rows of 32 steps at an update and are asked at every step, on
    Mackey-Glass. "window w": at the test the state is empty w values before each
    origin; "carried": it has read the whole series up to it.
    """
    one = load("mackey-glass")
    (learn, choose, test), mean, scale = parts(one)
    v, h = (one.values - mean) / scale, one.horizon
    ahead = np.lib.stride_tricks.sliding_window_view(v, h)  # ahead[t]: from v[t] on
    end = learn.t[-1] + 1
    found = {}
    for carry in (False, True):
        tried = {r: _follow(v, ahead, end, choose, r, TRIAL, carry) for r in RATES}
        rate = min(tried, key=lambda r: tried[r][1])
        runs = [_follow(v, ahead, end, choose, rate, seed, carry)[0] for seed in SEEDS]
        ways = {}
        for window in (8, 16, 32, 64):
            x = np.stack([v[t - window : t] for t in test.t])
            ways[f"window {window}"] = window, [_last(model, x) for model in runs]
        said = [_all(model, v)[test.t - 1] for model in runs]
        ways["carried"] = 1, said
        name = "state carried" if carry else "windows"
        found[name] = {"rate": rate}
        for way, (steps, forecasts_) in ways.items():
            maes = [np.abs(f - ahead[test.t]).mean() * scale for f in forecasts_]
            found[name][way] = {"mae": np.round(maes, 5).tolist(), "steps": steps}
    keep("stateful", found)


def _follow(v, ahead, end, choose, rate, seed, carry):
    """Return a GRU that forecasts at each step, and its error on the choosing part."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng, long = np.random.default_rng(seed), (end // STREAMS) // CHUNK * CHUNK
    model, state = _every_step(ahead.shape[1]), None
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, UPDATES)
    for step in range(UPDATES):
        if carry:
            at = step * CHUNK % long
            starts = np.arange(STREAMS) * long + at
            state = None if at == 0 else tuple(s.detach() for s in state)
        else:
            starts, state = rng.integers(0, end - CHUNK, STREAMS), None
        rows = starts[:, None] + np.arange(CHUNK)
        x, y = torch.tensor(v[rows]).float(), torch.tensor(ahead[rows + 1]).float()
        said, *state = model(x, None if state is None else state[0])
        optimizer.zero_grad()
        absolute(said, y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        slower.step()
    if carry:
        off = np.abs(_all(model, v)[choose.t - 1] - ahead[choose.t]).mean()
    else:
        x = np.stack([v[t - CHUNK : t] for t in choose.t])
        off = np.abs(_last(model, x) - ahead[choose.t]).mean()
    return model, off


def _every_step(n_out: int):
    from torch import nn

    class Follower(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.GRU(1, UNITS, batch_first=True)
            self.out = nn.Linear(UNITS, n_out)

        def forward(self, x, state=None):
            h, state = self.layer(x[..., None], state)
            return self.out(h), state

    return Follower()


def _last(model, x: np.ndarray) -> np.ndarray:
    import torch

    with torch.no_grad():
        return model(torch.tensor(x).float())[0][:, -1].numpy()


def _all(model, v: np.ndarray) -> np.ndarray:
    """Return the forecasts after each value of a series that is read once."""
    import torch

    with torch.no_grad():
        return model(torch.tensor(v).float()[None])[0][0].numpy()


# ---- prices, and what makes a predictor of them look good ----------------------------


def leak() -> None:
    """Forecast GOOG's next price: scaled on the past, on everything, shuffled."""
    price = data.series("goog", fallback=False).values
    window, found = 20, {}
    whole = np.lib.stride_tricks.sliding_window_view(price, window + 1)
    n = len(whole)
    cuts = [int(0.6 * n), int(0.8 * n)]
    for name in ("scaled on the past", "scaled on everything", "shuffled, then split"):
        runs = []
        for seed in SEEDS:
            order = np.arange(n)
            if name.startswith("shuffled"):
                order = np.random.default_rng(seed).permutation(n)
            past = price if name != "scaled on the past" else price[: cuts[0]]
            low, high = past.min(), past.max()
            scaled = (whole[order] - low) / (high - low)
            three = [(p[:, :-1], p[:, -1:]) for p in np.split(scaled, cuts)]
            if seed == SEEDS[0]:
                tried = {r: train("gru", TRIAL, r, *three[:2])[1] for r in RATES}
                rate = min(tried, key=tried.get)
            model, _ = train("gru", seed, rate, *three[:2])
            said = ask(model, three[2][0])[:, 0] * (high - low) + low
            true, last = (whole[order][cuts[1] :, k] for k in (-1, -2))
            runs.append(_prices(said, true, last))
        found[name] = {"rate": rate} | {k: [r[k] for r in runs] for k in runs[0]}
        if name.startswith("shuffled"):
            last_runs = []
            for seed in SEEDS:
                order = np.random.default_rng(seed).permutation(n)[cuts[1] :]
                true, last = whole[order, -1], whole[order, -2]
                last_runs.append(_prices(last, true, last))
            found["last value, shuffled"] = {
                k: [r[k] for r in last_runs] for k in last_runs[0]
            }
    true, last = whole[cuts[1] :, -1], whole[cuts[1] :, -2]
    rise = np.diff(price[: cuts[0]]).mean()
    for name, said in (("last value", last), ("last value and mean rise", last + rise)):
        found[name] = {k: [v] for k, v in _prices(said, true, last).items()}
    keep("leak", found)


def _prices(said: np.ndarray, true: np.ndarray, last: np.ndarray) -> dict:
    """Return MAE in dollars, R2 of the prices, and how often the sign is right."""
    squared = ((true - said) ** 2).mean() / true.var()
    moved = true != last
    right = np.sign(said - last)[moved] == np.sign(true - last)[moved]
    return {
        "mae": round(float(np.abs(said - true).mean()), 4),
        "r2": round(float(1 - squared), 5),
        "sign": round(float(right.mean()), 4),
    }


# ---- gaps ----------------------------------------------------------------------------


def gaps() -> None:
    """Take weeks out of CO2 and fill them in two ways; a linear autoregression.

    One week in ten is taken out, as pieces of one to six weeks. The score is that of
    one step ahead, where the window's last value is missing, and where it is not.
    """
    found, true = {}, data.series("co2", fallback=False).values
    for seed in SEEDS:
        rng, v = np.random.default_rng(seed), true.copy()
        while np.isnan(v).mean() < 0.12:
            start = rng.integers(100, len(v))
            v[start : start + rng.integers(1, 7)] = np.nan
        there = np.flatnonzero(~np.isnan(v))
        line = np.interp(np.arange(len(v)), there, v[there])
        for way, filled in (("last value", carried(v)), ("straight line", line)):
            one = Set(filled, ~np.isnan(true), 60, 1, 52, "ppm")
            three, _, scale = parts(one)
            three = [_targets(part, true, filled, scale) for part in three]
            x, y = formed(three[0], "change")
            kept = ~np.isnan(v[three[0].t])  # what was taken out is no target
            x, y = x[kept], y[kept]
            w = linear(x, y, 1.0, False)
            test = three[2]
            said = np.c_[formed(test, "change")[0], np.ones(len(test.x))] @ w
            off = np.abs(said + test.x[:, -1:] - test.y)[:, 0] * scale
            gap = np.isnan(v)[test.t - 1]
            for name, rows in (("in a gap", gap), ("after a value", ~gap)):
                found.setdefault(f"{way}, {name}", []).append(
                    round(off[rows].mean(), 4)
                )
            found.setdefault(f"windows in a gap, {way}", []).append(int(gap.sum()))
        rows = ~np.isnan(np.lib.stride_tricks.sliding_window_view(v, 61)).any(1)
        found.setdefault("windows without any gap", []).append(int(rows.sum()))
    keep("gaps", found)


def _targets(part: Part, true: np.ndarray, filled: np.ndarray, scale: float) -> Part:
    """Return the part with targets as they were measured, also those taken out."""
    off = (true[part.t] - filled[part.t]) / scale
    return Part(part.x, part.y + off[:, None], part.t)


# ---- bands ---------------------------------------------------------------------------

QUANTILES = (0.1, 0.5, 0.9)
BANDS = ("co2", "nyc-taxi")


def pinball(said, y):
    """Return the mean quantile loss of (batch, horizon * 3), quantiles innermost."""
    import torch

    q = torch.tensor(QUANTILES)
    off = y[..., None] - said.reshape(*y.shape, len(QUANTILES))
    return torch.maximum(q * off, (q - 1) * off).mean()


def bands(*names: str) -> None:
    """Measure the 80 % band: its coverage, its width, and its quantile loss."""
    stored = json.loads(FILE.read_text("utf-8"))
    for name in names or BANDS:
        one = load(name)
        (learn, choose, test), _, scale = parts(one)
        form = stored[f"forecasts {name}"]["models"]["gru"]["form"]
        three = [formed(part, form) for part in (learn, choose, test)]
        of_ar = stored[f"forecasts {name}"]["models"]["autoregression"]
        tried = {
            rate: train("gru", TRIAL, rate, *three[:2], loss=pinball, times=3)[1]
            for rate in RATES
        }
        rate, rows = min(tried, key=tried.get), []
        for seed in SEEDS:
            model, _ = train("gru", seed, rate, *three[:2], loss=pinball, times=3)
            said = [np.sort(ask(model, x).reshape(len(x), -1, 3)) for x, _ in three]
            rows.append(_bands(said, three))
        found = {"rate": rate, "form": form, "gru": _columns(rows, scale)}
        # The baseline: a linear model, and the quantiles of what it was off by.
        xy = [formed(part, of_ar["form"]) for part in (learn, choose, test)]
        w = linear(*xy[0], of_ar["ridge"], of_ar["absolute"])
        middle = [np.c_[x, np.ones(len(x))] @ w for x, _ in xy]
        off = np.quantile(xy[0][1] - middle[0], QUANTILES, axis=0).T  # (horizon, 3)
        said = [m[..., None] + off for m in middle]
        found["autoregression"] = _columns([_bands(said, xy)], scale)
        # And a simpler one: what came a season before, in the same way.
        xy = [formed(part, "level") for part in (learn, choose, test)]
        middle = [seasonal(one, x) - x[:, -1:] for x, _ in xy]
        off = np.quantile(xy[0][1] - middle[0], QUANTILES, axis=0).T
        said = [m[..., None] + off for m in middle]
        found["seasonal naive"] = _columns([_bands(said, xy)], scale)
        keep(f"bands {name}", found)


def seasonal(one: Set, x: np.ndarray) -> np.ndarray:
    """Return what came a season before (n, horizon), scaled, of windows x of levels."""
    if one.difference:  # the difference to that is 0
        return np.full((len(x), one.horizon), -one_mean(one))
    return x[:, -one.season + np.arange(one.horizon) % one.season]


def _bands(said: list[np.ndarray], three: list) -> dict:
    """Return coverage, width and loss at the test, and those of a widened band.

    The band is widened, at each horizon, by the 80 % quantile of how far the choosing
    part lies outside it (Romano, Patterson and Candes 2019).
    """
    found = {}
    outside = np.maximum(said[1][..., 0] - three[1][1], three[1][1] - said[1][..., 2])
    wider = np.quantile(outside, 0.8, axis=0)
    for name, add in (("", 0.0), (", widened", wider)):
        low, middle, high = np.moveaxis(said[2], -1, 0)
        low, high, y = low - add, high + add, three[2][1]
        found["coverage" + name] = np.mean((low <= y) & (y <= high))
        found["width" + name] = np.mean(high - low)
        off = y[..., None] - np.stack([low, middle, high], -1)
        q = np.array(QUANTILES)
        found["loss" + name] = np.maximum(q * off, (q - 1) * off).mean()
    return found


def _columns(rows: list[dict], scale: float) -> dict:
    return {
        k: [round(float(r[k] * (1 if "coverage" in k else scale)), 4) for r in rows]
        for k in rows[0]
    }


# ---- anomalies -----------------------------------------------------------------------


def anomalies(*names: str) -> None:
    """Score moments by how far a forecast is off, against labelled windows: AUC."""
    for name, form, learn_to, test_from in (
        ("nyc-taxi", "seasonal difference", 4200, 5000),
        ("machine-temperature", "level", 1600, 2126),
    ):
        if names and name not in names:
            continue
        series = data.series(name, fallback=False)
        v, wrong = series.values, series.anomalous[test_from:]
        day = 48 if name == "nyc-taxi" else 288
        lag = series.season
        scores = {
            "rolling z-score, a day": [rolling_z(v, day)],
            "rolling z-score, two days": [rolling_z(v, 2 * day)],
            "seasonal naive": [np.abs(v - np.roll(v, lag))],
        }
        base, start = (v, 0) if form == "level" else (v - np.roll(v, lag), lag)
        for ahead in (1, 48):
            for kind in ("autoregression", "gru"):
                title = f"{kind}, {ahead} ahead"
                scores[title] = residuals(
                    base, (start, learn_to, test_from), ahead, kind
                )
        found = {}
        for title, runs in scores.items():
            both = []
            for score in runs:
                slow = np.convolve(score, np.ones(day) / day)[: len(score)]
                both.append([auc(wrong, s[test_from:]) for s in (score, slow)])
            found[title] = np.round(both, 4).T.tolist()
        keep(f"anomalies {name}", {"form": form, "day": day, "auc": found})


def rolling_z(v: np.ndarray, width: int) -> np.ndarray:
    """Return how many standard deviations each value is from the `width` before it."""
    before = np.lib.stride_tricks.sliding_window_view(v, width)[:-1]
    z = np.zeros(len(v))
    z[width:] = np.abs(v[width:] - before.mean(1)) / (before.std(1) + 1e-9)
    return z


def residuals(v: np.ndarray, cuts: tuple, ahead: int, kind: str) -> list[np.ndarray]:
    """Return, of one run or five, how far each value was from its forecast."""
    start, learn_to, test_from = cuts
    mean, scale = v[start:learn_to].mean(), v[start:learn_to].std()
    whole = np.lib.stride_tricks.sliding_window_view((v - mean) / scale, 48 + ahead)
    x, y, t = whole[:, :48], whole[:, -1:], np.arange(len(whole)) + 47 + ahead
    learn = (t < learn_to) & (t >= start + 47 + ahead)
    choose = (t >= learn_to) & (t < test_from)
    if kind == "autoregression":
        said = [np.c_[x, np.ones(len(x))] @ linear(x[learn], y[learn], 1.0, False)]
    else:
        parts_ = (x[learn], y[learn]), (x[choose], y[choose])
        tried = {rate: train(kind, TRIAL, rate, *parts_)[1] for rate in RATES}
        rate = min(tried, key=tried.get)
        said = [ask(train(kind, seed, rate, *parts_)[0], x) for seed in SEEDS]
    return [np.r_[np.zeros(len(v) - len(t)), np.abs(s - y)[:, 0]] for s in said]


def auc(wrong: np.ndarray, score: np.ndarray) -> float:
    """Return the chance that a moment in a window scores above one outside."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(wrong, score))


def keep(name: str, found: dict) -> None:
    """Write one part of `measured.json`."""
    stored = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    stored[name] = found
    text = json.dumps(stored, indent=1, default=_plain) + "\n"
    FILE.write_text(text, "utf-8")
    print(name, json.dumps(found, default=_plain)[:2000], flush=True)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value.tolist()


if __name__ == "__main__":
    ASKED = {"forecasts": forecasts, "causes": causes, "stateful": stateful}
    ASKED |= {
        "smooth": smooth,
        "leak": leak,
        "gaps": gaps,
        "bands": bands,
        "anomalies": anomalies,
    }
    ASKED[sys.argv[1]](*sys.argv[2:])
