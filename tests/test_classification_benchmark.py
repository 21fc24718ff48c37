"""The classification benchmark: every row trains, the tables come out."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.source.layout import TRACKS

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def modules(monkeypatch):
    """Put `benchmarks/` on the path for one test; skip without the film reviews."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    if MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        data.labelled("rotten-tomatoes", fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


def bench(results: Path, *arguments: str) -> str:
    command = [sys.executable, str(BENCHMARKS / "classification.py"), *arguments]
    command += ["--sets", "rotten-tomatoes", "--results", str(results)]
    command += ["--limit", "200", "--clock", "cpu", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


FEW = ("majority", "linear", "ours-pytorch")
OTHERS = ("afb-pytorch-packed", "ours-tensorflow", "afb-tensorflow-lstm")
TITLES = {"ours-pytorch": "ours in PyTorch, from scratch"}
TITLES["afb-tensorflow-lstm"] = "TensorFlow: LSTM 8, masked"


@pytest.mark.parametrize(
    "rows", [FEW, pytest.param(OTHERS, marks=pytest.mark.every)], ids=("few", "others")
)
def test_rows_train_and_are_kept(rows, modules, tmp_path):
    results = tmp_path / "results.jsonl"
    arguments = ("--rows", ",".join(rows), "--seeds", "1", "--budget", "10")
    out = bench(results, *arguments)
    kept = [json.loads(line) for line in results.read_text().splitlines()]
    assert sorted(one["row"] for one in kept) == sorted(rows)
    assert all(0.3 < one["accuracy"] < 1 for one in kept)
    networks = [one for one in kept if one["row"] not in ("majority", "linear")]
    assert all(one["epochs"] > 0.5 and one["parameters"] > 1000 for one in networks)
    assert all(f"| {TITLES[row]} |" in out for row in rows if row in TITLES)
    again = bench(results, *arguments)  # nothing is measured twice
    assert again.splitlines()[-4:] == out.splitlines()[-4:]
    assert len(results.read_text().splitlines()) == len(kept)


def test_held_out_rows_are_training_rows(modules):
    import classify_task

    whole = classify_task.task("rotten-tomatoes")
    inner = classify_task.task("rotten-tomatoes", held_out=True)
    assert set(inner.train) | set(inner.test) == set(whole.train)
    assert not set(inner.test) & (set(inner.train) | set(whole.test))


def test_the_vocabulary_is_that_of_training(modules):
    import classify_task

    words = [["a", "b", "b"], ["c", "c", "c"], ["b", "d", "d"]]
    rows = np.array([0, 2]), np.array([1])
    task = classify_task.Task("x", ["", "", ""], words, np.array([0, 1, 0]), *rows, 2)
    assert classify_task.vocabulary(task).symbols == ("<new>", "b", "d")


def test_near_words_count_within_a_review(modules):
    import classify_task

    reviews = [["a", "b"] * 3, ["c", "d"] * 3]
    found = classify_task._near(reviews, ["a", "b", "c", "d"]).toarray()
    assert found[0, 1] > 0 and found[2, 3] > 0
    assert not found[:2, 2:].any() and np.allclose(found[:2, :2], found[2:, 2:])


def test_both_tracks_have_the_same_model(modules):
    code = (
        "import sys, numpy as np; from classify_recipe import WITH_VECTORS as r;"
        "given = np.zeros((50, 7), np.float32);"
        "x = np.array([[1, 2, 0]]); mask = x > 0\n"
        "if sys.argv[1] == 'pytorch':\n"
        "    import torch, classify_pytorch as rows\n"
        "    model = rows.Ours(50, 2, given, r)\n"
        "    n = sum(p.numel() for p in model.parameters())\n"
        "    print(n - model.lstm.bias_hh_l0.numel())\n"
        "else:\n"
        "    import classify_tensorflow as rows\n"
        "    rows.backend(1, 0)\n"
        "    model = rows.our_model(50, 2, given, r)\n"
        "    model(x, mask)\n"
        "    print(sum(int(np.prod(w.shape)) for w in model.trainable_variables))\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code, track],
            cwd=BENCHMARKS,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        for track in TRACKS
    ]
    assert said[0] == said[1]  # but for PyTorch's second bias
