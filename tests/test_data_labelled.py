"""Labelled sets: what their loaders give, and the splits that are committed."""

import json
import subprocess
import sys

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.data import cache, opinions, registry, rows, tables

FETCHED = [
    e.name
    for e in registry.ENTRIES.values()
    if e.kind == "labelled" and e.way != registry.EMBEDDED
]
CSV = """text,label,source
"He said ""no"".<br /><br />Then, more.",0,imdb
"a quiet , moving film .",1,rotten_tomatoes
dull,0,rotten_tomatoes
"""
NEWS = """"3","A title","Ten  #36;s\\more"
"1","Other","Text with, a comma"
"""


def load(name, monkeypatch):
    """Return a set, or skip where there is neither mirror, cache nor network."""
    if registry.find(name).way == registry.URL and MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        return data.labelled(name, fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", FETCHED)
def test_fetched_sets(name, monkeypatch):
    found = load(name, monkeypatch)
    assert len(found.inputs) == registry.find(name).items == len(found.labels)
    assert found.labels.dtype == np.int64 and all(found.inputs)
    counts = np.bincount(found.labels)
    assert len(counts) == len(found.classes) and len(set(counts)) == 1
    left = "#36;" if name == "ag-news" else "<br"
    assert not any(left in text for text in found.inputs)


@pytest.mark.parametrize("name", FETCHED)
def test_committed_split(name, monkeypatch):
    found = load(name, monkeypatch)
    train, test = data.split(found)
    drawn = rows.draw(found.inputs, found.labels)
    assert np.array_equal(train, drawn[0]) and np.array_equal(test, drawn[1])
    assert not set(train) & set(test)
    assert len(train) + len(test) == len(found.inputs)
    share = np.bincount(found.labels[test]) / np.bincount(found.labels)
    assert np.allclose(share, 0.2, atol=0.003)
    words = [" ".join(rows._WORD.findall(t.casefold())) for t in found.inputs]
    assert not {words[i] for i in train} & {words[i] for i in test}


def test_splits_are_of_the_fetched_sets():
    assert sorted(p.stem for p in rows.FOLDER.glob("*.json")) == sorted(FETCHED)
    for name in FETCHED:
        stored = json.loads((rows.FOLDER / f"{name}.json").read_text("utf-8"))
        assert stored["items"] == registry.find(name).items
        assert len(set(stored["test"])) == len(stored["test"])


def test_twins_stay_on_one_side():
    inputs = [f"sentence {k // 2}{'.' * (k % 2)}" for k in range(100)]
    train, test = rows.draw(inputs, np.arange(100) // 2 % 2)
    assert {k // 2 for k in train}.isdisjoint({k // 2 for k in test})
    assert len(test) == 20


def test_split_refuses_a_part():
    part = data.Labelled("ag-news", ["a"], np.zeros(1, int), ("x",), "", "")
    with pytest.raises(ValueError, match=r"of 7600 items and 1 were given"):
        data.split(part)


def test_split_of_an_embedded_set():
    found = data.labelled("opinions")
    train, test = data.split(found)
    assert len(train) == 3200 and len(test) == 800
    assert np.array_equal(test, data.split(found)[1])


def test_reading_films():
    inputs, labels, classes = tables.sentences(CSV)
    assert inputs == ["a quiet , moving film .", "dull"] and list(labels) == [1, 0]
    assert classes == ("negative", "positive")
    assert tables.long_reviews(CSV)[0] == ['He said "no".  Then, more.']


def test_reading_news():
    inputs, labels, classes = tables.news(NEWS)
    assert inputs == ["A title Ten $s more", "Other Text with, a comma"]
    assert [classes[k] for k in labels] == ["Business", "World"]


def test_one_file_is_kept_once(monkeypatch, tmp_path):
    kept = []
    monkeypatch.setattr(cache, "read", lambda entry: kept.append(entry.name))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    with pytest.raises(data.DataError):
        data.labelled("film-reviews", fallback=False)
    assert data.path("film-reviews") is None
    assert set(kept) == {"rotten-tomatoes"}


def test_labelled_fallback_is_loud(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    found = data.labelled("ag-news")
    out = capsys.readouterr().out
    assert found.name == "opinions" and "`ag-news` COULD NOT BE HAD" in out
    assert "Instead you get `opinions`" in out and "=" * 78 in out


def test_opinions():
    inputs, labels = opinions.by_templates()
    assert len(set(inputs)) == len(inputs) == 4000 and labels.sum() == 2000
    again = opinions.by_templates()
    assert inputs == again[0] and np.array_equal(labels, again[1])
    assert inputs != opinions.by_templates(seed=1)[0]
    known = dict(zip(*map(list, opinions.by_templates(14_000)), strict=True))
    assert known["the film is good , not bad ."] == 1
    assert known["the film is bad , not good ."] == 0
    assert known["the plot was not boring but moving ."] == 1
    assert known["this movie feels anything but dull ."] == 1


@pytest.mark.parametrize("name", [name for name, _, _ in opinions.FORMS])
def test_forms_come_in_opposite_pairs(name):
    inputs, labels = opinions.form(name)
    assert (labels[::2] + labels[1::2] == 1).all() and len(inputs) == len(labels)


def test_forms_that_counting_words_cannot_tell():
    inputs, _ = opinions.form("contrast")
    pairs = list(zip(inputs[::2], inputs[1::2], strict=True))
    assert all(sorted(a.split()) == sorted(b.split()) for a, b in pairs)
    with pytest.raises(ValueError, match=r"no form called 'x'.*anything but"):
        opinions.form("x")


def test_script_writes_what_is_committed(tmp_path, monkeypatch):
    for name in FETCHED:
        load(name, monkeypatch)
    done = subprocess.run(
        [sys.executable, "tools/draw_splits.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
