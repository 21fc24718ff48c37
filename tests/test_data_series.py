"""Series of numbers: what their loaders give, on which grid, and with which gaps."""

import json
import os

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.data import cache, grids, registry, seasons, sets, upstream

FETCHED = [
    e.name
    for e in registry.ENTRIES.values()
    if e.kind == "series" and e.way != registry.EMBEDDED
]
MISSING = {"co2": 59, "sea-temperature": 24}
WRONG = {"nyc-taxi": 1035, "machine-temperature": 2268}
TABLE = """time,value
2020-01-01 00:00:00,1
2020-01-01 01:30:00,4
2020-01-01 00:30:00,2
2020-01-01 00:30:00,3
"""
HALF_HOUR = grids.HALF_HOUR


def load(name, monkeypatch):
    """Return a series, or skip where there is neither mirror, cache nor network."""
    if registry.find(name).way == registry.URL and MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        return data.series(name, fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", FETCHED)
def test_fetched_series(name, monkeypatch):
    found, entry = load(name, monkeypatch), registry.find(name)
    assert len(found.values) == len(found.times) == entry.items
    assert found.values.dtype == np.float64 and found.unit == entry.unit
    assert np.isnan(found.values).sum() == MISSING.get(name, 0)
    assert not np.isnan(found.values[0])
    assert len(set(np.diff(found.times))) == 1
    assert found.season > 1 and 2 * found.season < len(found.values)
    wrong = 0 if found.anomalous is None else found.anomalous.sum()
    assert wrong == WRONG.get(name, 0)


def test_a_series_is_as_its_publisher_says(monkeypatch):
    spots, air = load("sunspots", monkeypatch), load("co2", monkeypatch)
    assert str(spots.times[0]) == "1700" and spots.values[:3].tolist() == [5, 11, 16]
    assert str(air.times[0]) == "1958-03-29" and air.values[0] == 316.1
    taxi = load("nyc-taxi", monkeypatch)
    first = np.flatnonzero(taxi.anomalous)[0]
    assert str(taxi.times[first]) == "2014-10-30T15:30" and taxi.values[0] == 10844


def test_two_sets_of_one_wheel_are_kept_once():
    one, two = registry.find("sunspots"), registry.find("co2")
    assert (one.sha256, one.members) == (two.sha256, two.members)
    assert registry.keeper(two) is one


def test_prices_are_embedded(capsys):
    found = data.series("goog")
    assert len(found.values) == 1047 and found.season == 1
    assert str(found.times[0]) == "2004-08-19" and found.values[0] == 100.34
    assert set(found.more) == {"open", "high", "low", "volume"}
    high, low = found.more["high"], found.more["low"]
    assert (high >= low).all() and (found.values <= high + 0.01).all()
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "1,047 values in US dollars, 0 missing" in said


def test_matplotlib_without_its_sample_data(tmp_path, monkeypatch):
    monkeypatch.setattr("matplotlib.get_data_path", lambda: str(tmp_path))
    with pytest.raises(data.DataError, match=r"without its sample data.*reinstall"):
        data.series("goog", fallback=False)
    assert data.fetch("goog") == {"goog": False}
    assert data.series("goog").name == registry.SERIES_FALLBACK


def test_the_series_of_our_own():
    found = data.series("seasons")
    values, faulty = seasons.made()
    assert np.array_equal(found.values, values, equal_nan=True)
    assert np.array_equal(values, seasons.made()[0], equal_nan=True)
    assert not np.array_equal(values, seasons.made(seed=1)[0], equal_nan=True)
    assert np.isnan(values).sum() == seasons.GAPS and not np.isnan(values[0])
    assert faulty.sum() == seasons.FAULTS * seasons.FAULT
    assert np.flatnonzero(faulty)[0] > len(values) // 2
    # What makes a season: a day is like the day before, and a fault is not.
    day = values[seasons.DAY :] - values[: -seasons.DAY]
    with np.errstate(invalid="ignore"):
        calm = ~faulty[seasons.DAY :] & ~np.isnan(day)
    assert np.abs(day[calm]).mean() < np.nanstd(values)


def test_a_grid_has_no_holes_and_no_doubles():
    times, values = grids.table(TABLE, HALF_HOUR)
    assert [str(t)[11:] for t in times] == ["00:00", "00:30", "01:00", "01:30"]
    assert np.array_equal(values, [1, 2.5, np.nan, 4], equal_nan=True)


def test_moments_in_every_form():
    for word in ("1958-03-29", "19580329", "1958-03-29T00:00:00Z"):
        assert grids._moment(word) == np.datetime64("1958-03-29T00:00")
    assert grids._moment("1700") == np.datetime64("1700-01-01T00:00")


def test_a_moment_beside_the_grid_is_refused():
    text = TABLE.replace("01:30", "01:31")
    with pytest.raises(ValueError, match=r"01:31.*moments on one grid"):
        grids.table(text, HALF_HOUR)


def test_windows_include_both_ends():
    times = np.datetime64("2020-01-01T00:00", "m") + np.arange(6) * HALF_HOUR
    windows = {"folder/x.csv": [["2020-01-01 00:30:00.000000", "2020-01-01 01:30:00"]]}
    found = grids._within(times, windows, "x.csv")
    assert found.tolist() == [False, True, True, True, False, False]


def test_gzipped_text_is_unpacked():
    import gzip

    assert sets.decoded(gzip.compress(b"a\r\n"), "table.csv.gz") == "a\n"


def test_the_fallback_is_loud(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    for name in FETCHED:
        found = data.series(name)
        out = capsys.readouterr().out
        assert found.name == "seasons" and f"`{name}` COULD NOT BE HAD" in out
        with pytest.raises(data.DataError, match="UNROLLED_OFFLINE forbids"):
            data.series(name, fallback=False)


def test_a_series_whose_labels_are_lost_cannot_be_had(monkeypatch, tmp_path):
    """The values alone are not enough where somebody asks what was wrong."""
    if not MIRROR.is_dir():
        pytest.skip(f"no mirror folder at {MIRROR.name}/ beside the repository")
    entry = registry.find("nyc-taxi")
    folder = tmp_path / "mirror" / entry.repo
    (folder / entry.path).parent.mkdir(parents=True)
    (folder / entry.path).write_bytes((MIRROR / entry.repo / entry.path).read_bytes())
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    with pytest.raises(data.DataError, match="`nab-windows` is not in the data folder"):
        data.series("nyc-taxi", fallback=False)
    assert data.series("nyc-taxi").name == "seasons"


def test_a_damaged_mirror_is_passed_over(monkeypatch, tmp_path, capsys):
    entry = registry.find("nab-windows")
    file = tmp_path / "mirror" / entry.repo / entry.path
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({}))
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path / "mirror"))
    assert upstream.mirrored(entry) is None
    assert "passed over" in capsys.readouterr().out


def test_a_kept_series_needs_no_network(monkeypatch, tmp_path):
    entry = registry.find("sunspots")
    files = cache.read(entry)
    if files is None:
        pytest.skip("`sunspots` is not in the cache")
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    cache.install(entry, files)
    monkeypatch.setitem(os.environ, "UNROLLED_OFFLINE", "1")
    assert data.series("co2", fallback=False).name == "co2"
    (cache.place(entry) / "statsmodels/datasets/co2/co2.csv").write_bytes(b"date,co2\n")
    assert data.series("co2").name == "seasons"
