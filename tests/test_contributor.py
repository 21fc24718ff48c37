"""A contributor's path: the commands of CONTRIBUTING.md, in a copy of the course."""

import os
import re
import shutil
import subprocess
import sys

import pytest

import courses
from courses import COURSE

BLOCK = re.compile(r"## A unit in six commands\n\n```bash\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"make (\w+)(?: UNIT=(\S+))? +# .+")
LEFT = (".git", ".venv", "build", "workspace", "grading", "__pycache__", ".*_cache")


def commands() -> list[tuple[str, str | None]]:
    """Return what the page says, as (command, unit)."""
    page = (COURSE / "CONTRIBUTING.md").read_text("utf-8")
    lines = BLOCK.search(page)[1].splitlines()
    return [COMMAND.fullmatch(line).groups() for line in lines]


@pytest.mark.every
@pytest.mark.slow
def test_six_commands_lead_from_nothing_to_a_green_unit(tmp_path):
    course = tmp_path / "course"
    shutil.copytree(COURSE, course, ignore=shutil.ignore_patterns(*LEFT))
    env = os.environ | courses.ENV | {"PYTHONPATH": str(course / "src")}
    assert len(commands()) == 6
    for command, unit in commands():
        how = [unit] if command == "new" else ["--unit", unit] if unit else []
        ran = subprocess.run(
            [sys.executable, "tools/do.py", command, "--here", *how],
            cwd=course,
            env=env,
            capture_output=True,
            text=True,
        )
        told = f"{command}:\n{ran.stdout[-4000:]}\n{ran.stderr[-2000:]}"
        assert ran.returncode == 0, told


def test_the_commands_of_the_page_are_those_of_the_makefile():
    rules = set(re.findall(r"^(\w+):", (COURSE / "Makefile").read_text(), re.MULTILINE))
    assert {command for command, _ in commands()} <= rules
