"""The ledger: what it prints, writes and refuses."""

import json

import pytest

from unrolled import course, ledger


@pytest.fixture
def unit(tmp_path, monkeypatch):
    folder = tmp_path / "lessons" / "05-lstm"
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text("")
    window = {"low": 0.8, "high": 0.9, "mean": 0.85, "sd": 0.01, "seeds": 20}
    everything = {"recall": {"numpy": window | {"corpus": "plays"}}}
    (folder / "windows.json").write_text(json.dumps(everything))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ledger, "track", lambda: "numpy")
    monkeypatch.setenv("UNROLLED_LEDGER", str(tmp_path / "out" / "ledger.jsonl"))
    monkeypatch.delenv("UNROLLED_STRICT", raising=False)
    monkeypatch.delenv("UNROLLED_SEED", raising=False)
    return tmp_path


def written(unit):
    lines = (unit / "out" / "ledger.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_result_is_printed_beside_its_baseline_and_window(unit, capsys):
    ledger.record("05-lstm", "recall", 0.85, baseline=0.25, baseline_name="chance")
    out = capsys.readouterr().out
    assert out == (
        "recall: 0.85 accuracy | baseline chance 0.25 | inside its window [0.8, 0.9]\n"
    )
    (entry,) = written(unit)
    assert entry["value"] == 0.85 and entry["low"] == 0.8 and entry["seed"] == 0
    assert entry["device"] == "cpu" and entry["track"] == "numpy"


def test_a_result_outside_its_window_is_said_and_fails_in_strict_mode(
    unit, capsys, monkeypatch
):
    ledger.record("05-lstm", "recall", 0.7)
    assert "OUTSIDE its window" in capsys.readouterr().out
    monkeypatch.setenv("UNROLLED_STRICT", "1")
    with pytest.raises(ledger.OutsideWindow, match="20 seeds before it"):
        ledger.record("05-lstm", "recall", 0.95)
    assert len(written(unit)) == 2  # written before it fails


def test_a_stated_bound_is_a_window(unit, capsys, monkeypatch):
    monkeypatch.setenv("UNROLLED_STRICT", "1")
    ledger.record("05-lstm", "parity", 2e-7, at_most=1e-6, measure="difference")
    assert "inside its window [0, 1e-06]" in capsys.readouterr().out
    with pytest.raises(ledger.OutsideWindow, match=r"it must be in \[0, 1e-06\]"):
        ledger.record("05-lstm", "parity", 2e-6, at_most=1e-6, measure="difference")
    assert written(unit)[-1]["at_most"] == 1e-6


def test_a_window_holds_only_for_the_data_it_was_measured_on(unit, capsys, monkeypatch):
    monkeypatch.setenv("UNROLLED_STRICT", "1")
    ledger.record("05-lstm", "recall", 0.1, corpus="pydoc-topics")
    assert "measured on plays, not on pydoc-topics" in capsys.readouterr().out
    with pytest.raises(ledger.OutsideWindow):
        ledger.record("05-lstm", "recall", 0.1, corpus="plays")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_number_is_never_a_result(unit, value):
    with pytest.raises(ValueError, match="the training diverged"):
        ledger.record("05-lstm", "recall", value)


def test_a_result_without_a_window_says_so(unit, capsys):
    ledger.record("05-lstm", "new", 1.0)
    assert "no window yet" in capsys.readouterr().out


def test_the_seed_comes_from_the_environment(monkeypatch):
    monkeypatch.delenv("UNROLLED_SEED", raising=False)
    assert ledger.seed() == 0
    monkeypatch.setenv("UNROLLED_SEED", "7")
    assert ledger.seed() == 7


def test_units_are_found_from_a_folder_below_and_named_when_missing(unit, monkeypatch):
    below = unit / "notebooks" / "pytorch"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert course.root() == unit
    with pytest.raises(FileNotFoundError, match=r"The units are: 05-lstm\."):
        course.unit_folder("99-none")
