"""What the tests of the course share: its units, and a small course to break."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import build
import new
import unit
from unrolled import threads
from unrolled.source import layout

COURSE = Path(__file__).resolve().parents[1]
UNITS = [folder.name for folder in unit.folders(COURSE)]
SMALL = "01-small-unit"  # the one unit of the small course: the template
KINDS = ("lesson", "assignment", "solution")
ENV = threads.fixed(1) | {
    "UNROLLED_STATIC": "1",
    "MPLBACKEND": "Agg",
    "PYTHONUTF8": "1",
    # nbgrader calls alembic by its name
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


def sampled(*sample: str) -> list:
    """Return all units for `parametrize`; those not in the sample are marked `every`.

    So a suite that runs all tests leaves them out, unless it is asked for every one.
    """
    every = pytest.mark.every
    return [u if u in sample else pytest.param(u, marks=every) for u in UNITS]


def small_course(folder: Path) -> Path:
    """Make a course of one unit, which is the template, and build it."""
    (folder / "lessons").mkdir(parents=True)
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(COURSE / name, folder)
    page = "# A course\n\n<!-- units -->\n<!-- /units -->\n"
    (folder / "README.md").write_text(page, "utf-8")
    new.new(folder, SMALL)
    assert build.main(["--course", str(folder)]) == 0
    return folder


def path(course: Path, name: str, kind: str, track: str) -> Path:
    """Return where a built notebook lies."""
    return course / layout.notebook(name, kind, track)


def load(course: Path, name: str, kind: str, track: str) -> nbformat.NotebookNode:
    """Read a built notebook."""
    return nbformat.read(path(course, name, kind, track), as_version=4)


def edit(file: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands in a file."""
    text = file.read_text("utf-8")
    assert text.count(old) == 1, (
        f"`{old}` stands {text.count(old)} times in {file.name}"
    )
    file.write_text(text.replace(old, new), "utf-8")


def run(
    *command: str, course: Path = COURSE, **env: str
) -> subprocess.CompletedProcess:
    """Run this Python with arguments, in the course's folder, one thread a process."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=course,
        env={**os.environ, **ENV, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
    )
