"""Windows: wide enough for honest runs, from at least 20 seeds."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import windows


def test_fewer_than_one_honest_run_in_a_thousand_falls_outside():
    rng = np.random.default_rng(0)
    outside = 0
    for _ in range(4000):
        values = rng.normal(2.0, 0.1, 21)
        w = windows.window(values[:20].tolist(), "nats per character")
        outside += not w["low"] <= values[20] <= w["high"]
    assert outside <= 10  # 4 expected; the interval is exact for normal values


def test_an_accuracy_stays_an_accuracy():
    rng = np.random.default_rng(0)
    w = windows.window(np.clip(rng.normal(0.99, 0.02, 20), 0, 1).tolist(), "accuracy")
    assert w["high"] == 1.0 and w["low"] < w["least"]


def test_equal_runs_make_a_thin_window():
    thin = windows.window([0.5] * 20, "nats per character")
    assert 0 < thin["high"] - thin["low"] < 1e-5
    one_item_in_200 = windows.window([1.0] * 20, "accuracy")
    assert (one_item_in_200["low"], one_item_in_200["high"]) == (0.995, 1.0)


def test_too_few_seeds_are_refused():
    with pytest.raises(ValueError, match="at least 20 seeds"):
        windows.window([1.0] * 19, "accuracy")


def test_runs_are_collected_by_result_and_track(tmp_path):
    for track in windows.TRACKS:
        for seed in range(20):
            entry = {"what": "a", "measure": "nats", "value": seed, "corpus": "plays"}
            path = tmp_path / f"{track}-{seed}.jsonl"
            path.write_text(json.dumps(entry) + "\n")
    found = windows.collect(tmp_path, 20)
    assert found["a"]["pytorch"]["mean"] == 9.5
    assert found["a"]["tensorflow"]["corpus"] == "plays"
    assert found["a"]["pytorch"]["seeds"] == 20


def test_one_track_is_measured_and_the_other_kept():
    known = {
        "nats": {"pytorch": {"mean": 1}, "tensorflow": {"mean": 2}},
        "gone": {"tensorflow": {"mean": 3}},
    }
    found = {"nats": {"tensorflow": {"mean": 4}}, "new": {"tensorflow": {"mean": 5}}}
    assert windows.merged(known, found, ["tensorflow"]) == {
        "nats": {"pytorch": {"mean": 1}, "tensorflow": {"mean": 4}},
        "new": {"tensorflow": {"mean": 5}},
    }


def test_a_unit_is_named_by_its_number_or_refused_before_anything_runs(monkeypatch):
    asked = []
    monkeypatch.setattr(windows, "run_all", lambda unit, *rest: asked.append(unit))
    monkeypatch.setattr(windows, "collect", lambda *rest: {})
    monkeypatch.setattr(windows, "merged", lambda *rest: {})
    monkeypatch.setattr(windows.Path, "mkdir", lambda *rest, **options: None)
    monkeypatch.setattr(windows.Path, "write_text", lambda *rest, **options: None)
    monkeypatch.setattr(sys, "argv", ["windows.py", "2", "--track", "pytorch"])
    windows.main()
    assert asked == ["02-recurrent-cell"]
    monkeypatch.setattr(sys, "argv", ["windows.py", "99"])
    with pytest.raises(SystemExit, match="no unit `99`"):
        windows.main()
    assert len(asked) == 1


def test_a_run_that_an_error_of_the_tools_ends_says_which(tmp_path):
    tool = Path(windows.__file__).parent / "run_seeds.py"
    command = [sys.executable, str(tool), "18-none", "pytorch", str(tmp_path), "0"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode
    assert "FileNotFoundError" in done.stderr + done.stdout
