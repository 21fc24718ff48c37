"""The sets that measure.py forecasts, each cut into windows in order of time."""

import itertools
from dataclasses import dataclass, replace

import numpy as np

from unrolled import data

SEEDS, TRIAL = range(5), 100  # reported seeds, and one that only chooses
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
