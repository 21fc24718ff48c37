"""Progress bars go where a notebook does not color them like an error."""

import sys

import pytest

from unrolled import progress
from unrolled.backends.training import cycle
from unrolled.data import upstream, wheel


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.delenv("UNROLLED_STATIC", raising=False)
    monkeypatch.setattr(progress, "in_notebook", lambda: True)


def training():
    assert len(list(cycle([1, 2], 4, progress=True))) == 4


def test_training_shows_its_bar_on_stdout_in_a_notebook(notebook, capsys):
    training()
    said = capsys.readouterr()
    assert "4/4" in said.out and said.err == ""


def test_elsewhere_and_where_outputs_are_stored_it_is_on_stderr(
    notebook, capsys, monkeypatch
):
    monkeypatch.setenv("UNROLLED_STATIC", "1")  # what is on stderr is not stored
    training()
    monkeypatch.delenv("UNROLLED_STATIC")
    monkeypatch.setattr(progress, "in_notebook", lambda: False)
    training()
    said = capsys.readouterr()
    assert said.err.count("4/4") == 2 and said.out == ""


def test_downloads_use_the_same_bar(notebook, capsys, monkeypatch):
    import test_data_faults as faults

    entry = faults.url_entry()
    monkeypatch.setattr(upstream.cache, "install", lambda *_: None)
    with faults.Server(faults.BODY) as server:
        monkeypatch.setattr(upstream, "BASE", server.base)
        upstream.fetch(entry, progress=True)
    said = capsys.readouterr()
    assert "100%" in said.out and said.err == ""
    words = "Progress 5 of 10\nProgress 10 of 10"
    pip = [sys.executable, "-c", f"print({words!r})"]
    assert wheel._run(entry, pip, progress=True)[0] == 0
    said = capsys.readouterr()
    assert "10.0/10.0" in said.out and said.err == ""
