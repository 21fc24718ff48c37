"""Series out of their files: values in order of time, on a grid without holes."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .faults import DataError
from .registry import Entry
from .sets import Series, decoded

# How far apart two moments are.
HALF_HOUR, FIVE_MINUTES, WEEK, YEAR = (
    np.timedelta64(30, "m"),
    np.timedelta64(5, "m"),
    np.timedelta64(7, "D"),
    np.timedelta64(1, "Y"),
)


def on_grid(
    times: np.ndarray, values: np.ndarray, step: np.timedelta64
) -> tuple[np.ndarray, np.ndarray]:
    """Return the moments from first to last, `step` apart, and the value at each.

    What is missing is NaN, and of several values of one moment the mean is taken: a
    clock that is set back in autumn shows an hour twice. times, values: (n,), in any
    order; both results: (time,). Raises ValueError for a moment beside the grid.
    """
    places, beside = np.divmod(times - times.min(), step)
    if np.any(beside != np.timedelta64(0)):
        raise ValueError(
            f"Given a moment that is no multiple of {step} after the first, "
            f"{times[np.flatnonzero(beside)[0]]}; expected moments on one grid. Choose "
            "a step that divides all distances."
        )
    counts = np.bincount(places, ~np.isnan(values))
    sums = np.bincount(places, np.nan_to_num(values), minlength=len(counts))
    with np.errstate(invalid="ignore"):
        found = np.where(counts > 0, sums / counts, np.nan)
    return times.min() + np.arange(len(counts)) * step, found


def table(text: str, step: np.timedelta64) -> tuple[np.ndarray, np.ndarray]:
    """Return the moments and values of a table of two columns with a heading."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row][1:]
    times = np.array([_moment(row[0]) for row in rows])
    values = np.array([float(row[1] or "nan") for row in rows])
    return on_grid(times.astype(f"M8[{np.datetime_data(step)[0]}]"), values, step)


def _moment(word: str) -> np.datetime64:
    """Return a moment: a year, YYYYMMDD, or ISO 8601, in UTC where it ends in Z."""
    if len(word) == 8 and word.isdigit():
        word = f"{word[:4]}-{word[4:6]}-{word[6:]}"
    return np.datetime64(word.removesuffix("Z").replace(" ", "T"), "m")


# The file of a set, as a part of its name, and its step.
FILES: dict[str, tuple[str, np.timedelta64]] = {
    "sunspots": ("sunspots.csv", YEAR),
    "co2": ("co2.csv", WEEK),
    "sea-temperature": ("sea_surface_temperature.csv", HALF_HOUR),
    "nyc-taxi": ("nyc_taxi.csv", HALF_HOUR),
    "machine-temperature": ("machine_temperature_system_failure.csv", FIVE_MINUTES),
}


def fetched(entry: Entry, files: Callable[[Entry], dict[str, bytes]]) -> Series:
    """Return a set that is fetched; `files(entry)` gives its files by path.

    Raises DataError, as `files` does.
    """
    from .registry import find

    part, step = FILES[entry.name]
    of_all = files(entry)
    name = next(name for name in of_all if part in name)
    times, values = table(decoded(of_all[name], name), step)
    wrong = None
    if entry.labels:
        (content,) = files(find(entry.labels)).values()
        wrong = _within(times, json.loads(content), part)
    return _series(entry, times, values, wrong)


def _within(times: np.ndarray, windows: dict, part: str) -> np.ndarray:
    """Return which moments lie in one of a file's windows, both ends included."""
    found = next(pairs for name, pairs in windows.items() if name.endswith(part))
    wrong = np.zeros(len(times), bool)
    for start, end in found:
        wrong |= (times >= np.datetime64(start)) & (times <= np.datetime64(end))
    return wrong


def embedded(entry: Entry) -> Series:
    """Return a set that needs no network. Raises DataError if its file is left out."""
    if entry.name == "goog":
        days = _goog()
        names = ("open", "high", "low", "volume")
        more = {name: days[name].astype(float) for name in names}
        return _series(entry, days["date"], days["adj_close"], more=more)
    from .seasons import made

    values, faulty = made()
    times = np.datetime64("2020-01-06T00:00", "m") + np.arange(len(values)) * HALF_HOUR
    return _series(entry, times, values, faulty)


def _goog() -> np.ndarray:
    import matplotlib

    file = Path(matplotlib.get_data_path()) / "sample_data" / "goog.npz"
    if not file.is_file():
        raise DataError(
            "Matplotlib was installed without its sample data, where the prices are: "
            "reinstall it with `pip install --force-reinstall matplotlib`, or choose "
            "another series."
        )
    with np.load(file) as stored:
        return stored["price_data"]


def _series(entry: Entry, times, values, wrong=None, more=None) -> Series:
    return Series(
        entry.name,
        np.asarray(values, float),
        times,
        entry.unit,
        entry.season,
        entry.licence,
        entry.source,
        wrong,
        more or {},
    )
