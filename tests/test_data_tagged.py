"""Sets with a tag for each word: what their loaders give, and several files at once."""

from dataclasses import replace

import numpy as np
import pytest

from data_sources import BODY, MIRROR, Server, url_entry
from unrolled import data, metrics
from unrolled.data import cache, registry, requests, tagging, upstream

TAGGED = [e.name for e in registry.ENTRIES.values() if e.kind == "tagged"]
FETCHED = [n for n in TAGGED if registry.find(n).way != registry.EMBEDDED]
# name: rows to train on, rows to test on, how many tags
COUNTED = {
    "ewt": (2001, 2077, 17),
    "gsd": (1400, 427, 17),
    "pud-english": (0, 1000, 17),
    "pud-spanish": (0, 1000, 17),
    "uner": (2001, 2077, 7),
    "snips": (13_784, 700, 72),
}
TREEBANK = """# text = Vamos al mar
1\tVamos\tir\tVERB\t_
2-3\tal\t_\t_\t_
2\ta\ta\tADP\t_
3\tel\tel\tDET\t_
3.1\tnada\tnada\tNOUN\t_
4\tmar\tmar\tNOUN\t_
5\t5 000\t5 000\tNUM\t_

1\tSí\tsí\tINTJ\t_
"""
REQUESTS = (
    b'{"Play": [{"data": [{"text": "play "}, {"text": "Don\'t Stop", "entity": "track"}'
    b', {"text": " now!"}, {"text": "\xed\xa0\xbc", "entity": "mood"}]}]}'
)


def load(name, monkeypatch):
    """Return a set, or skip where there is neither mirror, cache nor network."""
    if MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        return data.tagged(name, fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", FETCHED)
def test_fetched_sets(name, monkeypatch):
    found = load(name, monkeypatch)
    assert (len(found.train), len(found.test), len(found.kinds)) == COUNTED[name]
    assert len(found.words) == registry.find(name).items == len(found.tags)
    assert not set(found.train) & set(found.test)
    pairs = zip(found.words, found.tags, strict=True)
    assert all(len(words) == len(tags) > 0 for words, tags in pairs)
    assert all(
        word and word.split() == [word] for words in found.words for word in words
    )


def test_snips_is_the_published_split(monkeypatch):
    found = load("snips", monkeypatch)
    assert len(found.intents) == len(found.words) and len(set(found.intents)) == 7
    intents = np.array(found.intents)
    counts = np.unique(intents[found.test], return_counts=True)[1]
    assert (counts == 100).all()
    assert "O" in found.kinds and found.kinds[0].startswith("B-")


def test_treebank_lines():
    words, tags, intents, train, test = tagging.read(
        "gsd", {"es-dev.conllu": TREEBANK.encode(), "es-test.conllu": TREEBANK.encode()}
    )
    assert words[0] == ["Vamos", "a", "el", "mar", "5000"] and words[1] == ["Sí"]
    assert tags[0] == ["VERB", "ADP", "DET", "NOUN", "NUM"] and intents == []
    assert train.tolist() == [0, 1] and test.tolist() == [2, 3]


def test_slots_become_spans():
    files = {"train_Play_full.json": REQUESTS, "validate_Play.json": REQUESTS}
    words, tags, intents, train, test = tagging.read("snips", files)
    assert words[0][:5] == ["play", "Don't", "Stop", "now", "!"]
    assert metrics.spans(tags[0])[0] == ("track", 1, 3)
    assert metrics.spans(tags[0])[1][0] == "mood"
    assert intents == ["Play", "Play"] and (train, test) == ([0], [1])


@pytest.mark.parametrize("layer", requests.LAYERS)
def test_requests(layer):
    found = data.tagged(f"requests-{layer}")
    again = data.tagged(f"requests-{layer}")
    assert found.words == again.words and found.tags == again.tags
    assert len(found.train) == 1200 and len(found.test) == 400
    assert all(len(w) == len(t) for w, t in zip(found.words, found.tags, strict=True))
    assert len(found.intents) == (1600 if layer == "slots" else 0)
    seen = {word for row in found.train for word in found.words[row]}
    asked = [word for row in found.test for word in found.words[row]]
    assert 0.05 < np.mean([word not in seen for word in asked]) < 0.3
    if layer != "upos":
        true = [found.tags[row] for row in found.test]
        assert metrics.entity_f1(true, true).f1 == 1
    else:
        tags = {}
        for words, kinds in zip(found.words, found.tags, strict=True):
            for word, kind in zip(words, kinds, strict=True):
                tags.setdefault(word, set()).add(kind)
        assert tags["play"] == tags["book"] == tags["rate"] == {"VERB", "NOUN"}


def test_layers_and_kinds_are_checked():
    with pytest.raises(ValueError, match=r"no layer called 'x'.*upos"):
        requests.by_templates("x")
    with pytest.raises(ValueError, match=r"`plays` has no tag.*data.text\('plays'\)"):
        data.tagged("plays")
    with pytest.raises(ValueError, match=r"use data.tagged\('ewt'\)"):
        data.labelled("ewt")
    with pytest.raises(ValueError, match=r"use data.tagged\('ewt'\)"):
        data.text("ewt")


@pytest.mark.parametrize("name", FETCHED)
def test_fallback_is_loud(name, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    found = data.tagged(name)
    out = capsys.readouterr().out
    assert found.name == registry.find(name).instead
    assert f"`{name}` COULD NOT BE HAD. Instead you get `{found.name}`." in out
    with pytest.raises(data.DataError, match="UNROLLED_OFFLINE"):
        data.tagged(name, fallback=False)


# --- several files of one repository

TWO = {"a.txt": BODY, "b.txt": BODY[:500]}


def two_files(**changes):
    entry = url_entry(
        name="two",
        kind="tagged",
        instead="requests-upos",
        sha256=cache.digest(TWO),
        path="",
        members=("folder/a.txt", "other/b.txt"),
    )
    return replace(entry, **changes)


@pytest.fixture
def store(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNROLLED_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    monkeypatch.delenv("UNROLLED_OFFLINE", raising=False)
    monkeypatch.setattr(upstream, "_RETRIES", 0)
    return folder


def test_two_files_are_fetched_and_kept(store, monkeypatch):
    with Server(TWO["a.txt"], TWO["b.txt"]) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        assert upstream.fetch(two_files(), progress=False) == TWO
        asked = ["/owner/repo/abc/folder/a.txt", "/owner/repo/abc/other/b.txt"]
        assert server.asked == asked
    assert cache.read(two_files()) == TWO


def test_one_of_two_files_is_another(store, monkeypatch):
    with Server(TWO["a.txt"], b"<html>Please log in</html>") as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        with pytest.raises(data.DataError, match=r"SHA-256 differs.*thrown away"):
            upstream.fetch(two_files(), progress=False)
    assert cache.read(two_files()) is None
    assert not list(store.rglob("*.txt"))


def test_second_of_two_files_is_gone_or_cut(store, monkeypatch):
    for answer, says in ((404, "other/b.txt answered 404"), (("cut", BODY), "cut off")):
        with Server(TWO["a.txt"], answer) as server:
            monkeypatch.setattr(upstream, "BASE", server.base)
            with pytest.raises(data.DataError, match=says):
                upstream.fetch(two_files(), progress=False)
        assert not list(store.rglob("*.txt"))


def test_two_files_in_the_mirror(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(tmp_path / "mirror"))
    root = tmp_path / "mirror" / "owner" / "repo"
    for path, body in zip(two_files().members, TWO.values(), strict=True):
        assert upstream.mirrored(two_files()) is None
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(body)
    assert upstream.mirrored(two_files()) == TWO
    (root / "other" / "b.txt").write_bytes(b"something else")
    assert upstream.mirrored(two_files()) is None
    assert "passed over" in capsys.readouterr().out
