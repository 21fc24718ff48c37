"""A Dask cluster grades the same class with the same results, one worker killed."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

import courses
import grade_bank
from courses import COURSE
from unrolled.grade.classes import classroom, cluster, worker

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="graded on Linux only"
    ),
]
NAMES = ("ann", "ben", "cem", "dee", "eve", "fay")


@pytest.fixture
def pupils(tmp_path):
    """Six submissions: solved, but that each has another wrong answer."""
    folder = tmp_path / "pupils"
    folder.mkdir()
    for i, name in enumerate(NAMES):
        nb = grade_bank.solved()
        cell = next(c for c in nb["cells"] if c["id"] == "count")
        if i:
            cell["source"] = f"def count(*sizes):\n    return {i}\n"
        path = folder / f"{name}_{grade_bank.UNIT}_assignment_pytorch.ipynb"
        path.write_text(json.dumps(nb))
    return folder


@pytest.fixture
def workers():
    from distributed import LocalCluster

    os.environ.update(courses.ENV)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_a_killed_worker_costs_nothing(pupils, workers, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "unrolled.cli", "grade", str(pupils)]
    command += ["--seed", "0"]  # what is compared below has the same inputs
    command += ["--out", str(out), "--scheduler", workers.scheduler_address]
    with subprocess.Popen(
        command, cwd=COURSE, env={**os.environ, **courses.ENV}, stderr=-1, text=True
    ) as running:
        until = time.monotonic() + 300
        while not list((out / "submissions").glob("*.json")):
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        os.kill(workers.workers[0].pid, signal.SIGKILL)
        _, said = running.communicate(timeout=300)
    assert running.returncode == 0, said
    with (out / "class.csv").open(encoding="utf-8-sig") as table:
        points = [float(row["points"]) for row in csv.DictReader(table)]
    assert points == [16.0] + [14.0] * 5
    # The same, graded here.
    again = tmp_path / "again"
    command = [*command[:7], "--out", str(again), "--jobs", "1"]
    subprocess.run(command, cwd=COURSE, env={**os.environ, **courses.ENV}, check=True)
    for path in again.rglob("*.*"):
        assert path.read_bytes() == (out / path.relative_to(again)).read_bytes()


def test_a_plan_is_the_same_there():
    plan = classroom.Plan(COURSE, "bubblewrap", "02", seed=3)
    assert worker.plan_from_json(json.loads(json.dumps(worker.plan_as_json(plan)))) == (
        plan
    )


class Grader:
    """A process of a worker that answers with what it has read when it started."""

    course = "new"  # the digest of what lies there now

    def __init__(self, *given, **more):
        self.stdin = self.stdout = self
        self.read = self.course if started else "old"
        started.append(self)
        self.ended = False

    def readline(self):
        return json.dumps({"digest": self.read, "unreadable": ""})

    def poll(self):
        return 0 if self.ended else None

    def kill(self):
        self.ended = True

    def wait(self):
        assert self.ended

    def write(self, line):
        assert not self.ended

    def flush(self):
        pass


started = []


def test_a_worker_that_has_read_another_course_starts_anew(monkeypatch):
    """The checks were mended while the cluster ran."""
    started.clear()
    monkeypatch.setattr(cluster.subprocess, "Popen", Grader)
    monkeypatch.setattr(cluster._here, "process", None, raising=False)
    assert cluster.task("asked", "new")["digest"] == "new"
    assert cluster.task("asked", "new")["digest"] == "new"
    assert [grader.ended for grader in started] == [True, False]
    with pytest.raises(RuntimeError, match="not the one of this machine"):
        cluster.task("asked", "newer")
