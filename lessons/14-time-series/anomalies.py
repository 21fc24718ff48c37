"""Measure detectors of anomalies, by forecasts and without: AUC."""

import numpy as np

from classical import linear
from kept import keep
from networks import RATES, ask, train
from sets import SEEDS, TRIAL
from unrolled import data


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
