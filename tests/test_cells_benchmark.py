"""The benchmark of the cells: its rows compute what they say, its tables come out."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import cell_rows

    return cell_rows


@pytest.mark.parametrize("row", ["min-char-rnn", "one by one", "numpy characters"])
def test_a_row_of_characters_learns(row, rows, monkeypatch):
    monkeypatch.setattr(rows, "some_text", lambda: np.arange(50_000) % 10)
    step, symbols = rows.ROWS[row]("rnn")
    assert symbols in (25, 32 * 64)
    losses = [step() for _ in range(80)]
    assert losses[0] > 3.5  # near ln 65: nothing is known yet
    assert losses[-1] < 1.5


def test_one_by_one_is_the_same_training_as_by_one_product(rows, monkeypatch):
    monkeypatch.setattr(rows, "some_text", lambda: np.arange(50_000) % 10)

    class Same:
        """Draws the same numbers for a matrix and for its transpose."""

        def normal(self, mean, spread, shape):
            a, b = sorted(shape)
            drawn = spread * np.sin(np.arange(a * b)).reshape(a, b)
            if a == b:  # w_h: one of them multiplies it from the other side
                return (drawn + drawn.T) / 2
            return drawn if shape == (a, b) else drawn.T.copy()

    monkeypatch.setattr(rows.np.random, "default_rng", lambda seed: Same())
    losses = [
        [step() for _ in range(5)]
        for step, _ in (
            rows.ROWS[name]("rnn") for name in ("min-char-rnn", "one by one")
        )
    ]
    assert np.allclose(*losses, rtol=1e-9)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_our_layer_gives_every_gradient(rows, kind):
    step, symbols = rows.ROWS["numpy"](kind)
    found = step()
    assert symbols == 32 * 64 and found.x.shape == (32, 64, 128)
    assert all(np.isfinite(g).all() and g.dtype == np.float32 for g in found)


def test_the_tables_come_out():
    command = [sys.executable, str(BENCHMARKS / "cells.py"), "--cells", "rnn"]
    done = subprocess.run(
        [*command, "--rounds", "1", "--seconds", "0.05", "--clock", "cpu"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split("|") for line in done.stdout.splitlines() if line[:1] == "|"]
    figures = {line[1].strip(): line[2:-1] for line in lines}
    assert float(figures["RNN: `torch.nn`"][2]) == 1.0
    assert float(figures["RNN: `unrolled.cells` (NumPy)"][2]) > 0
    assert float(figures["our RNN of 100 units, 32 × 64, float32"][1]) == 1.0
    assert "1 thread(s) each, cpu clock" in done.stdout
