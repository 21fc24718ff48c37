"""Measure bands of quantiles: their coverage, their width, their loss."""

import json

import numpy as np

from classical import linear, one_mean
from kept import FILE, keep
from networks import RATES, ask, train
from sets import SEEDS, TRIAL, Set, formed, load, parts

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
