"""Measure every model on every set, and what makes the network win."""

import json
from dataclasses import replace

import numpy as np

from classical import autoregression, naive, smoothing
from kept import FILE, keep
from networks import trained
from sets import SETS, load, parts


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
