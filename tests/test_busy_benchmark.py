"""The benchmark of a busy machine: settings arrive, loops end, the table comes out."""

import subprocess
import sys

import psutil
import pytest

from courses import COURSE


@pytest.fixture
def busy(monkeypatch):
    monkeypatch.syspath_prepend(str(COURSE / "benchmarks"))
    import busy

    return busy


def test_a_row_has_its_own_setting_and_nothing_of_the_users(busy, monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("GOMP_SPINCOUNT", "5")
    ours = busy.environment({"GOMP_SPINCOUNT": "300000"})
    assert ours["GOMP_SPINCOUNT"] == "300000"
    assert not {"OMP_WAIT_POLICY", "OMP_NUM_THREADS"} & set(ours)
    assert "GOMP_SPINCOUNT" not in busy.environment(busy.SETTINGS[busy.COURSE])
    assert "PATH" in ours


def test_the_loops_are_busy_and_end(busy):
    mine = psutil.Process()
    before = set(mine.children())
    with busy.loops(2):
        running = set(mine.children()) - before
        assert len(running) == 2
    assert not {p for p in running if p.is_running()}


def test_what_a_setting_costs_is_its_ratio_to_the_courses_within_a_round(busy):
    found = {
        busy.COURSE: ([1.0, 2.0, 4.0], [3.0, 3.0, 9.0]),
        "other": ([2.0, 2.0, 6.0], [8.0, 50.0, 7.0]),
    }
    assert busy.passes_table(found) == [
        f"| {busy.COURSE} | 2.00 | 1.00 | 3.00 | 9.00 |",
        "| other | 2.00 | 1.50 | 8.00 | 50.00 |",
    ]


@pytest.mark.slow
def test_the_table_comes():
    command = [sys.executable, str(COURSE / "benchmarks/busy.py"), "--passes", "1"]
    command += ["--rounds", "1", "--loops", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if " | " in line]
    assert [len(row) for row in rows] == [5] * 6  # head, rule, four settings
    assert all(float(row[1]) > 0 for row in rows[2:])
