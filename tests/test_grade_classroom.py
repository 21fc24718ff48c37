"""The example of a classroom: its workflow grades what a learner pushes."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

import courses
import grade_bank
from courses import COURSE
from unrolled.grade import command
from unrolled.grade.sandbox import fork_server
from unrolled.source import layout

HERE = COURSE / "examples" / "classroom"
FLOW = yaml.safe_load((HERE / ".github/workflows/grade.yml").read_text("utf-8"))
STEPS = {s["name"]: s["run"] for s in FLOW["jobs"]["grade"]["steps"] if "run" in s}


@pytest.fixture
def machine(tmp_path):
    """What the workflow's machine has when the grade step begins."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "course").symlink_to(COURSE)
    program = tmp_path / "bin" / "unrolled"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m unrolled.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


def ran(machine, step):
    env = {**os.environ, **courses.ENV, **FLOW["env"]}
    env["PATH"] = f"{machine / 'bin'}:{env['PATH']}"
    env["GITHUB_STEP_SUMMARY"] = str(machine / "summary.md")
    return subprocess.run(
        ["bash", "-e", "-c", STEPS[step]],
        cwd=machine,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.skipif(fork_server.level() != "bubblewrap", reason="needs bubblewrap")
@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [("solution", 0, "16 of 16 points"), ("assignment", 1, "0 of 16 points")],
)
def test_a_pushed_notebook_is_graded(machine, kind, status, says):
    path = courses.path(COURSE, grade_bank.UNIT, kind, "pytorch")
    shutil.copy(path, machine / "submission")
    shutil.copy(HERE / "README.md", machine / "submission")  # is ignored
    found = ran(machine, "grade")
    assert found.returncode == status, found.stdout + found.stderr
    assert says in found.stdout
    assert ran(machine, "show").returncode == 0
    assert says in (machine / "summary.md").read_text("utf-8")
    assert (machine / "results" / "junit.xml").is_file()


def test_the_workflow_names_what_there_is():
    env = FLOW["env"]
    assert env["ASSIGNMENT"] in courses.UNITS and env["TRACK"] in layout.TRACKS
    assert set(re.findall(r"\$(\w+)", STEPS["grade"])) <= set(env)
    # Nothing that a learner has pushed is used before the sandbox is there.
    steps = FLOW["jobs"]["grade"]["steps"]
    assert [s["with"]["path"] for s in steps if "checkout" in s.get("uses", "")] == [
        "submission",
        "course",
    ]
    assert FLOW["permissions"] == {"contents": "read"}
    chosen = command.parser().parse_args(["x", "--isolation", "bubblewrap"])
    assert chosen.isolation == "bubblewrap"
