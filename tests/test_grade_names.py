"""Every file of a class is graded, refused or told of; no two have one name or page."""

import csv
import io
import json
import os
import re
import unicodedata

import pytest

import grade_bank
from unrolled.grade import command, storage
from unrolled.grade.classes import classroom
from unrolled.grade.report import files
from unrolled.grade.result import Result, Verdict


def put(folder, *names, content=b"{}"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def found(*paths):
    works, ignored = classroom.submissions(paths)
    return [w.name for w in works], [p.name for p in ignored]


def test_submissions_in_folders_have_names_of_their_own(tmp_path):
    put(tmp_path, "a/x.ipynb", "b/x.ipynb", "b/.ipynb_checkpoints/x.ipynb", "b/y.txt")
    assert found(tmp_path, tmp_path / "a/x.ipynb") == (["a/x", "b/x", "x"], ["y.txt"])
    assert found(tmp_path / "a", tmp_path / "b")[0] == ["x", "x (2)"]
    assert storage.place(tmp_path, "a/b") != storage.place(tmp_path, "a_b")


# Of each row two or more are read as one, on a screen, in a table or on a disk.
CLASHES = [
    ["x", "x (2)", "x"],
    ["x", "x", "x (2)", "x (2)", "x (2) (2)", "x"],
    ["x (2)", "x", "x", "x (3)", "x"],
    ["Ann", "ann", "ANN"],
    ["é", "e\u0301"],
    ["ann", "ａｎｎ"],
    ["a b", "a  b", "a\tb", " a b "],
    ["a\nb", "a b"],
    ["=x", "'=x"],
    ["a\u202eb", "a\\u202eb"],
    ["", "", " "],
    ["a/b", "a_b", "a b", "a-b"],
    ["x" * 100 + "1", "x" * 100 + "2", "x" * 100 + "1"],
    ["\ud800", "\ud800", "\udfff"],
    ["ﬁx", "fix", "FIX (2)"],
    ["ß", "ss", "SS"],
]


def read_as(name):
    """How somebody who looks a name up in a spreadsheet would find it."""
    shown = " ".join(unicodedata.normalize("NFKC", name).split())
    return shown.casefold()


@pytest.mark.parametrize("names", CLASHES, ids=ascii)
def test_no_two_submissions_are_read_as_one(names, tmp_path):
    works = [classroom.Work(name, tmp_path / str(i)) for i, name in enumerate(names)]
    unique = classroom._unique(works)
    assert [w.path for w in unique] == [w.path for w in works]
    assert len({w.name for w in unique}) == len(names)
    assert unique[0].name == names[0]
    for given, new in zip(names, unique, strict=True):
        assert re.fullmatch(re.escape(given) + r"( \(\d+\))?", new.name)
    results = [
        Result(w.name, "02-x", "pytorch", [Verdict("a", 18, word)])
        for w, word in zip(unique, ["right", *["wrong"] * 9], strict=False)
    ]
    files.write_all(tmp_path / "out", results, 0.5)
    rows = list(
        csv.DictReader(io.StringIO((tmp_path / "out/class.csv").read_text("utf-8-sig")))
    )
    assert len({read_as(row["submission"]) for row in rows}) == len(names)
    # Each has a page, and the page has the points of the row.
    pages = [storage.place(tmp_path / "out/feedback", w.name) for w in unique]
    for row, page in zip(rows, pages, strict=True):
        said = page.with_suffix(".html").read_text()
        assert f"<p>{row['points']} of 18 points" in said
    assert [row["points"] for row in rows] == ["18", *["0"] * (len(names) - 1)]
    assert len(list((tmp_path / "out/feedback").glob("*.html"))) == len(names)


def test_folders_that_are_called_like_a_number_of_another_one(tmp_path):
    put(tmp_path, "1/x.ipynb", "2/x (2).ipynb", "3/x.ipynb")
    names, _ = found(tmp_path / "1", tmp_path / "2", tmp_path / "3")
    assert names == ["x", "x (2)", "x (3)"]


GRADED = ["a.ipynb", "b.IPYNB", "c.ipynb.json", "d.ipynb.txt", "e.Ipynb", ".f.ipynb"]
GRADED += ["g.zip", "h.ZIP", "i.tar.gz", "j.7z", "k.rar", "l.tgz", "m.ipynb.zip"]
NOT_GRADED = ["README.md", "list.txt", "data.json", "photo.png", "none"]
UNSEEN = [".DS_Store", "._a.ipynb", ".git/x.ipynb", "__MACOSX/._a.ipynb"]


def test_what_was_handed_in_is_never_ignored(tmp_path):
    put(tmp_path, *GRADED, *NOT_GRADED, *UNSEEN, content=b'{"a": "cells"}')
    names, ignored = found(tmp_path)
    wanted = sorted(re.sub(r"(?i)\.ipynb$", "", name) for name in GRADED)
    assert sorted(names) == wanted
    assert sorted(ignored) == sorted(NOT_GRADED)


@pytest.mark.parametrize("name", ["ann", "ann.txt", "ann.json", "ann.ipynb~"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_notebook_is_one_whatever_it_is_called(tmp_path, name, codec):
    put(tmp_path, name, content=json.dumps(grade_bank.solved()).encode(codec))
    assert found(tmp_path) == ([name], [])


def test_pipes_and_links_in_a_folder_are_neither_waited_for_nor_followed(tmp_path):
    put(tmp_path, "class/a.ipynb", "other/b.ipynb")
    os.mkfifo(tmp_path / "class/pipe")
    (tmp_path / "class/link").symlink_to(tmp_path / "other")
    (tmp_path / "class/text").symlink_to(tmp_path / "other/b.ipynb")
    names, ignored = found(tmp_path / "class")
    assert (names, ignored) == (["a", "link", "pipe", "text"], [])


def test_a_folder_that_cannot_be_read_is_told_of(tmp_path, monkeypatch):
    put(tmp_path, "ann/a.ipynb", "ben/b.ipynb")
    whole = os.scandir

    def closed(path):
        if os.path.basename(path) == "ben":
            raise PermissionError(13, "Permission denied", path)
        return whole(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert found(tmp_path)[0] == ["ann/a", "ben"]


def test_archives_and_odd_endings_decide_the_exit_status(tmp_path, capsys):
    put(tmp_path, "ann.zip", content=b"PK\x03\x04")
    put(tmp_path, "ben.IPYNB", content=b"")
    line = [str(tmp_path), "--isolation", "limits", "--jobs", "1"]
    assert command.main(line) == command.COULD_NOT
    said = capsys.readouterr().out
    assert "ann.zip: could not be graded. The zip file is damaged." in said
    assert "ben: could not be graded. The file is empty." in said
