"""Measure prices, and what makes a predictor of them look good."""

import numpy as np

from kept import keep
from networks import RATES, ask, train
from sets import SEEDS, TRIAL
from unrolled import data


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
