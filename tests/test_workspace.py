"""What `make lab` shows: all that a learner reads, no solution, nobody's work lost."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import courses
import front
import lab
import test_links
from courses import COURSE, SMALL, UNITS
from unrolled.source import layout
from unrolled.source.layout import PARTS, PROJECTS, TRACKS
from unrolled.start import command, copies, page
from unrolled.start import lab as jupyter

NOTEBOOKS = "notebooks/pytorch"
NOTEBOOK = f"{NOTEBOOKS}/{SMALL}"


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The learner's copy of the whole course."""
    folder = tmp_path_factory.mktemp("un ñandú") / "workspace"
    assert copies.renew(COURSE, folder) == []
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("built") / "course")


@pytest.fixture
def small(built, tmp_path):
    """A small course that may be changed, and the learner's copy of it."""
    course = shutil.copytree(built, tmp_path / "course")
    folder = tmp_path / "workspace"
    assert copies.renew(course, folder) == []
    (path,) = (course / NOTEBOOK).glob("*_assignment_pytorch.ipynb")
    return course, folder, path.relative_to(course)


def written(path: Path, text: str) -> None:
    """Write into a notebook's first code cell, as a learner or an author does."""
    nb = nbformat.read(path, as_version=4)
    next(cell for cell in nb.cells if cell.cell_type == "code").source = text
    nbformat.write(nb, path)


def first(path: Path) -> str:
    nb = nbformat.read(path, as_version=4)
    return next(cell for cell in nb.cells if cell.cell_type == "code").source


def test_every_link_of_every_page_and_notebook_leads_somewhere(given):
    pages = [path for path in given.rglob("*") if path.suffix in (".md", ".ipynb")]
    capstone = 1 + len(PROJECTS) * 2
    assert len(pages) == 1 + 1 + 1 + 1 + len(UNITS) * (1 + 1 + 4) + capstone
    assert {p.name: list(test_links.faults(p)) for p in pages} == {
        p.name: [] for p in pages
    }


def test_the_three_links_at_a_notebooks_head_stay_inside(given):
    for path in given.glob("notebooks/*/*/*.ipynb"):
        text = next(c.source for c in nbformat.read(path, 4).cells if c.id == "badges")
        links = re.findall(r"\]\((\.\.[^)]+)\)", text)
        assert len(links) == 3
        assert all(
            (path.parent / link).resolve().is_relative_to(given) for link in links
        )


def test_no_solution_lies_there(given):
    assert not [p for p in given.rglob("*") if p.suffix in (".py", ".yml")]
    there = {path.relative_to(given).parts[0] for path in given.rglob("*")}
    shown = {"GLOSSARY.md", "benchmarks", "docs", "lessons", "notebooks", "quizzes"}
    assert there == shown | {copies.START, copies.RECORD}
    for path in given.glob("notebooks/*/*/*assignment*"):
        assert "BEGIN SOLUTION" not in path.read_text("utf-8")


def test_the_start_page_lists_every_unit(given):
    text = (given / copies.START).read_text("utf-8")
    assert all(f"](lessons/{unit}/README.md)" in text for unit in UNITS)
    assert text.startswith("# Unrolled\n")


def test_the_start_page_says_where_to_begin_and_fits_a_screen(given):
    text = (given / copies.START).read_text("utf-8")
    first, rest = text.split("\n- **An evening** (", 1)
    lesson = "notebooks/{0}/{1}/{2}a_lesson_{0}.ipynb"
    for track in TRACKS:
        assert lesson.format(track, UNITS[0], UNITS[0][:2]) in first
    assert "- **A week** (" in rest and "- **A semester** (" in rest
    assert "**How far are you?**" in rest
    # A screen of JupyterLab holds some 35 lines of a page.
    assert len(text.splitlines()) - len(UNITS) < 25


def test_a_course_without_paths_has_a_start_page_all_the_same():
    table = "<!-- units -->\n| | unit | PyTorch | TensorFlow |\n| - | - | - | - |\n"
    row = "| 01 | [A](lessons/01-a/README.md) | [lesson](x.ipynb) | [lesson](y.ipynb) |"
    made = page.start_page(f"# T\n\n{table}{row}\n<!-- /units -->\n", "pytorch")
    assert "unit 01](lessons/01-a/README.md)" in made and "[PyTorch](x.ipynb)" in made
    assert "y.ipynb" not in made and "one of these paths" not in made


def test_git_sees_nothing_of_it():
    asked = ["git", "check-ignore", "workspace/START.md", "notebooks/x.ipynb"]
    done = subprocess.run(asked, cwd=COURSE, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("the course is no clone here")
    assert done.stdout.split() == ["workspace/START.md"]


def test_a_file_that_was_not_touched_is_renewed(small):
    course, folder, path = small
    written(course / path, "answer = None  # the course's second version")
    # Jupyter saves what it opens, with more about the kernel than was there.
    nb = nbformat.read(folder / path, as_version=4)
    nb.metadata.language_info["version"] = "3.12"
    nbformat.write(nb, folder / path)
    assert copies.renew(course, folder) == []
    assert "second version" in first(folder / path)


def test_a_learners_work_stays_when_the_course_changes(small):
    course, folder, path = small
    written(folder / path, "answer = 42  # mine")
    assert copies.renew(course, folder) == []
    for version in (2, 3):
        written(course / path, f"answer = None  # version {version}")
        (said,) = copies.renew(course, folder)
        beside = f"{path.stem} (new {version - 1}).ipynb"
        assert said == (
            f"{path.as_posix()} changed in the course and yours is kept; the new one "
            f"is {beside}, beside it."
        )
        assert first(folder / path) == "answer = 42  # mine"
        assert f"version {version}" in first((folder / path).with_name(beside))
        assert copies.renew(course, folder) == []  # said once
    assert "version 2" in first((folder / path).with_name(f"{path.stem} (new 1).ipynb"))


def test_outputs_count_as_work(small):
    course, folder, path = small
    nb = nbformat.read(folder / path, as_version=4)
    code = next(cell for cell in nb.cells if cell.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="an hour of training")]
    nbformat.write(nb, folder / path)
    written(course / path, "answer = None  # the course's second version")
    assert len(copies.renew(course, folder)) == 1
    assert "an hour of training" in (folder / path).read_text("utf-8")


def test_work_stays_when_the_record_is_lost(small):
    course, folder, path = small
    written(folder / path, "answer = 42  # mine")
    (folder / copies.RECORD).write_text("no JSON")
    assert len(copies.renew(course, folder)) == 1
    assert first(folder / path) == "answer = 42  # mine"


def test_a_notebook_that_was_deleted_comes_afresh_and_other_files_stay(small):
    course, folder, path = small
    (folder / path).unlink()
    notes = folder / "notes.md"
    notes.write_text("mine")
    assert copies.renew(course, folder) == []
    assert (folder / path).read_bytes() == (course / path).read_bytes()
    assert notes.read_text() == "mine"


def test_a_call_that_was_stopped_leaves_no_half_file(small, monkeypatch):
    course, folder, path = small
    before = (folder / path).read_bytes()
    written(course / path, "answer = None  # the course's second version")

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(copies.os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            copies.renew(course, folder)
    assert (folder / path).read_bytes() == before
    assert copies.renew(course, folder) == []
    assert "second version" in first(folder / path)


def test_the_settings_are_settings_of_this_jupyterlab():
    asked = json.loads((jupyter.SETTINGS / "overrides.json").read_text("utf-8"))
    from jupyterlab.commands import get_app_dir

    schemas = Path(get_app_dir()) / "schemas"
    for plugin, values in asked.items():
        name, which = plugin.split(":")
        schema = json.loads((schemas / name / f"{which}.json").read_text("utf-8"))
        assert set(values) <= set(schema["properties"]), plugin


def test_a_folder_that_cannot_be_written_is_said(monkeypatch, capsys):
    if not Path("/proc/self").exists():
        pytest.skip("the folder of this test, which root cannot write, is Linux'")
    monkeypatch.setenv("UNROLLED_WORKSPACE", "/proc/nowhere")
    monkeypatch.setattr(lab.sys, "argv", ["lab.py"])
    assert lab.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("Your copy of the notebooks cannot be written to /proc/now")
    assert "UNROLLED_WORKSPACE=~/unrolled make lab" in said


@pytest.mark.parametrize("track", TRACKS)
def test_a_copy_of_one_track_has_no_link_to_the_other(track, tmp_path):
    assert command.main([str(tmp_path / "mine"), "--track", track, "--write-only"]) == 0
    given = tmp_path / "mine"
    assert {p.name for p in (given / "notebooks").iterdir()} == {track}
    pages = [p for p in given.rglob("*") if p.suffix in (".md", ".ipynb")]
    capstone = 1 + len(PROJECTS)
    assert len(pages) == 1 + 1 + 1 + 1 + len(UNITS) * (1 + 1 + 2) + capstone
    assert {p.name: list(test_links.faults(p)) for p in pages} == {
        p.name: [] for p in pages
    }
    other = next(t for t in TRACKS if t != track)
    assert f"notebooks/{other}/" not in (given / copies.START).read_text("utf-8")


@pytest.mark.parametrize("unit, fetched", [(None, 1), ("01-sequences", 0)])
def test_who_asks_for_one_unit_waits_for_no_other_units_data(
    unit, fetched, monkeypatch
):
    called = []
    monkeypatch.setattr(front, "prepare_tracks", lambda _: ("py", ["pytorch"]))
    monkeypatch.setattr(front, "call", lambda *asked: called.append(asked) or 0)
    front.course(argparse.Namespace(unit=unit, track="pytorch", here=False))
    assert called.count(("py", "-m", "unrolled.data", "fetch")) == fetched
    assert "tools/run.py" in called[-1]


def test_what_is_missing_is_named_before_jupyterlab_is_looked_for(monkeypatch):
    there = {"torch", "jupyterlab"}
    monkeypatch.setattr(command, "find_spec", lambda name: name in there or None)
    assert command.missing(None) == []
    assert command.missing("pytorch") == []
    assert command.missing("tensorflow") == ["tensorflow"]
    there.remove("jupyterlab")
    assert command.missing("pytorch") == ["lab"]


def test_an_unknown_unit_and_a_file_in_the_way_are_told(tmp_path, capsys):
    with pytest.raises(SystemExit):
        command.main([str(tmp_path / "mine"), "--unit", "99"])
    assert "The units are: " in capsys.readouterr().err
    (tmp_path / "file").write_text("in the way")
    assert command.main([str(tmp_path / "file"), "--write-only"]) == 2
    assert "Name a folder" in capsys.readouterr().err


def built_wheel(folder: Path) -> Path:
    """Return the course's wheel, built into a folder."""
    wheel = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "."]
    made = [*wheel, "--no-build-isolation", "-w", str(folder)]
    subprocess.run(made, cwd=COURSE, check=True)
    (built,) = folder.glob("*.whl")
    return built


def is_a_learners_course(folder: Path) -> None:
    """Assert that all units of the PyTorch track are there, and nothing of authors."""
    given = [p.relative_to(folder) for p in folder.rglob("*")]
    assert {p.as_posix() for p in given if p.suffix == ".ipynb"} == {
        f"{NOTEBOOKS}/{unit}/{unit[:2]}{letter}_{part}_pytorch.ipynb"
        for unit in UNITS
        for part, letter in PARTS.items()
    } | {layout.capstone(part, "pytorch") for part in PROJECTS}
    assert not [p for p in given if p.name in ("assignment.py", "checks.py")]


def test_the_wheel_alone_writes_the_course(tmp_path):
    """pip, and neither git nor make: what a newcomer may have."""
    place = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "-q"]
    wheel = str(built_wheel(tmp_path))
    subprocess.run([*install, "--target", str(place), wheel], check=True)
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); "
        "from unrolled.cli import main; import unrolled; "
        "assert unrolled.__file__.startswith(sys.path[0]); sys.exit(main())"
    )
    line = [sys.executable, "-I", "-c", code, str(place), "start", "mine"]
    asked = [*line, "--track", "pytorch", "--write-only"]
    subprocess.run(asked, cwd=tmp_path, check=True)
    is_a_learners_course(tmp_path / "mine")


@pytest.mark.every
@pytest.mark.slow
def test_the_wheel_is_enough_in_an_empty_environment(tmp_path):
    """What it needs comes from the package index; JupyterLab and PyTorch do not."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    constraints = ["-c", str(COURSE / "constraints.txt")]
    install = [scripts / "python", "-m", "pip", "install", "-q", *constraints]
    subprocess.run([*install, built_wheel(tmp_path)], check=True)
    (tmp_path / "elsewhere").mkdir()
    started = subprocess.run(
        [scripts / "unrolled", "start", "mine", "--track", "pytorch"],
        cwd=tmp_path / "elsewhere",
        capture_output=True,
        text=True,
    )
    assert started.returncode == 2, started.stderr
    assert 'pip install "unrolled[pytorch]"' in started.stderr
    is_a_learners_course(tmp_path / "elsewhere/mine")
    code = "from unrolled import models; print(models.load('plays').sample('A', 9))"
    wrote = subprocess.run(
        [scripts / "python", "-c", code], capture_output=True, text=True, check=True
    )
    assert len(wrote.stdout) == 11
