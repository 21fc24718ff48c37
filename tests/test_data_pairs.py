"""Sets of pairs: what their loaders give, how they are split, and what stands in."""

import io
import zipfile
from datetime import date

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.data import pairing, registry

PAIRS = [e.name for e in registry.ENTRIES.values() if e.kind == "pairs"]
FETCHED = [n for n in PAIRS if registry.find(n).way != registry.EMBEDDED]


def load(name, monkeypatch):
    """Return a set, or skip where there is neither mirror, cache nor network."""
    if MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        return data.pairs(name, fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", PAIRS)
def test_sets(name, monkeypatch):
    found = load(name, monkeypatch)
    n = registry.find(name).items
    assert len(found.sources) == len(found.targets) == n
    assert sorted([*found.train, *found.test]) == list(range(n))
    assert 0.08 < len(found.test) / n < 0.12
    assert all(found.sources) and all(found.targets)


@pytest.mark.parametrize("name", PAIRS)
def test_no_group_is_in_both_parts(name, monkeypatch):
    found = load(name, monkeypatch)
    side = found.targets if name == "dates" else found.sources
    train, test = (
        {side[k].casefold() for k in part} for part in (found.train, found.test)
    )
    assert train and test and not train & test


def test_dates_are_what_they_say():
    found = data.pairs("dates")
    assert len(set(found.targets)) == len(found.targets)
    for written, iso in zip(found.sources[:500], found.targets, strict=False):
        day = date.fromisoformat(iso)
        assert str(day.year) in written and str(day.day) in written
        assert day.strftime("%b") in written
    again = pairing.dates()
    assert again[0] == found.sources


def test_sentences_out_of_an_archive():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("spa-eng/spa.txt", "Go.\tVe.\nGo.\tVete.\ngo.\tVaya.\n")
    sources, targets, train, test = pairing.read("tatoeba", {"z": archive.getvalue()})
    assert sources == ["Go.", "Go.", "go."] and targets[1] == "Vete."
    assert {len(train), len(test)} == {0, 3}  # one group, whatever its capitals


def test_pronunciations_without_stress_and_comments():
    text = b"read R EH1 D\nread(2) R IY1 D\naalen AE1 L AH0 N # place, german\n"
    sources, targets, train, test = pairing.read("cmudict", {"d": text})
    assert sources == ["read", "read", "aalen"]
    assert targets == ["R EH D", "R IY D", "AE L AH N"]
    assert {0, 1} <= set(train) or {0, 1} <= set(test)


def test_groups_decide_by_themselves():
    groups = [str(k) for k in range(2000)]
    train, test = pairing.parts(groups)
    fewer, _ = pairing.parts(groups[:100])
    assert np.array_equal(fewer, train[train < 100]) and len(train) + len(test) == 2000


@pytest.mark.parametrize("name", FETCHED)
def test_dates_stand_in(name, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    assert data.pairs(name).name == "dates"
    assert f"`{name}` COULD NOT BE HAD" in capsys.readouterr().out
    with pytest.raises(data.DataError, match="UNROLLED_OFFLINE"):
        data.pairs(name, fallback=False)


def test_another_kind_of_set_is_refused():
    with pytest.raises(ValueError, match=r"no pairs of texts; use data.series"):
        data.pairs("co2")
    with pytest.raises(ValueError, match=r"use data.pairs\('dates'\)"):
        data.series("dates")


def test_without_babel(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "babel.dates", None)
    with pytest.raises(data.DataError, match="pip install babel"):
        data.pairs("dates")
