"""Measure two ways to fill the gaps of a series."""

import numpy as np

from classical import linear
from kept import keep
from sets import SEEDS, Part, Set, carried, formed, parts
from unrolled import data


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
