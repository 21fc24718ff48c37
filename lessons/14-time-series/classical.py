"""Forecasts without a network: naive, exponential smoothing, autoregression."""

import itertools
import warnings

import numpy as np

from sets import Part, Set, error, formed, parts

RIDGES = (1e-6, 1e-2, 1.0, 10.0, 100.0, 1000.0)


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
