"""The build: what it makes, what it keeps, and the sentences about broken sources."""

import json
import shutil
import sys
from pathlib import Path
from unittest.mock import Mock, patch

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

import build
import courses
import covers
import execute
import source
from courses import KINDS, SMALL, edit
from unrolled.source.layout import TRACKS


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    return courses.small_course(tmp_path_factory.mktemp("built") / "course")


@pytest.fixture
def course(built, tmp_path) -> Path:
    """A built course of one's own, to break."""
    return Path(shutil.copytree(built, tmp_path / "course"))


def files(course: Path) -> dict[str, bytes]:
    found = (p for top in build.BUILT for p in (course / top).rglob("*.*"))
    return {p.relative_to(course).as_posix(): p.read_bytes() for p in found}


def check(course: Path, capsys) -> tuple[int, list[str]]:
    capsys.readouterr()
    status = build.main(["--check", "--course", str(course)])
    return status, capsys.readouterr().out.splitlines()


def test_the_committed_course_equals_a_fresh_build(capsys):
    capsys.readouterr()
    status = build.main(["--check"])
    assert status == 0, "".join(capsys.readouterr())


def test_delete_and_rebuild_gives_the_same_bytes(course):
    before = files(course)
    for top in build.BUILT:
        shutil.rmtree(course / top)
    assert build.main(["--course", str(course)]) == 0
    assert files(course) == before
    assert len(before) == 2 * 3 + 1


def test_check_is_silent_about_a_fresh_build(course, capsys):
    assert check(course, capsys) == (0, [])


def test_an_edited_cell_makes_check_name_the_files(course, capsys):
    before = files(course)
    edit(course / f"lessons/{SMALL}/lesson.py", "keep = 0.8", "keep = 0.7")
    status, said = check(course, capsys)
    assert status == 1
    assert said[:-1] == [
        f"stale: notebooks/{t}/{SMALL}/01a_lesson_{t}.ipynb" for t in TRACKS
    ]
    assert files(course) == before, "--check wrote something"


def test_an_edited_twin_makes_its_own_track_stale_alone(course, capsys):
    lesson = course / f"lessons/{SMALL}/lesson.py"
    edit(lesson, "h = keras.ops.zeros(len(x))", "h = keras.ops.zeros([len(x)])")
    _, said = check(course, capsys)
    assert [line for line in said if "stale" in line] == [
        f"stale: notebooks/tensorflow/{SMALL}/01a_lesson_tensorflow.ipynb"
    ]


def test_check_names_missing_and_surplus_files_and_a_build_mends_them(course, capsys):
    (course / f"quizzes/{SMALL}.md").unlink()
    left = course / "notebooks/pytorch/02-gone/02a_lesson_pytorch.ipynb"
    left.parent.mkdir()
    left.write_text("{}")
    own = course / "notebooks/pytorch/notes.txt"
    own.write_text("a reader's own")
    status, said = check(course, capsys)
    assert status == 1
    assert f"missing: quizzes/{SMALL}.md" in said
    assert "surplus: notebooks/pytorch/notes.txt" in said
    assert f"surplus: {left.relative_to(course).as_posix()}" in said
    assert build.main(["--course", str(course)]) == 0
    assert (course / f"quizzes/{SMALL}.md").exists() and not left.parent.exists()
    assert own.exists(), "the build took away what it never made"


def test_the_tables_are_checked_too(course, capsys):
    edit(course / "README.md", "| 40 |", "| 41 |")
    edit(course / f"lessons/{SMALL}/README.md", "Lesson: [PyTorch]", "Lesson: [Torch]")
    _, said = check(course, capsys)
    assert said[:2] == [f"stale: lessons/{SMALL}/README.md", "stale: README.md"]


def test_a_cell_s_id_is_its_name_and_the_metadata_are_fixed(course):
    names = [
        c.name
        for c in source.read(course / f"lessons/{SMALL}/lesson.py").cells("pytorch")
    ]
    for kind in KINDS:
        for track in TRACKS:
            nb = courses.load(course, SMALL, kind, track)
            nbformat.validate(nb)
            assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
            assert nb.metadata.kernelspec.name == "python3"
            assert nb.metadata.language_info == {"name": "python"}
            ids = [cell.id for cell in nb.cells]
            assert ids[:2] == ["title", "badges"]
            if kind == "lesson":
                assert [i for i in ids if i != "badges"] == names


def test_outputs_stay_while_the_cells_are_unchanged(course):
    path = courses.path(course, SMALL, "lesson", "pytorch")
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].execution_count = 7
    nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="kept\n")]
    nbformat.write(nb, path)
    other = course / f"lessons/{SMALL}/assignment.py"
    edit(other, "One exercise.", "A single exercise.")
    assert build.main(["--course", str(course)]) == 0
    assert nbformat.read(path, as_version=4).cells[2] == nb.cells[2]
    lesson = course / f"lessons/{SMALL}/lesson.py"
    edit(lesson, "# ## The average", "# ## Averages")  # a text changes no output
    assert build.main(["--course", str(course)]) == 0
    assert nbformat.read(path, as_version=4).cells[2] == nb.cells[2]
    edit(lesson, 'the same numbers")', 'the same values")')
    assert build.main(["--course", str(course)]) == 0
    fresh = nbformat.read(path, as_version=4).cells[2]
    assert (fresh.execution_count, fresh.outputs) == (None, [])


def test_a_spoiled_notebook_is_stale_not_a_crash(course, capsys):
    courses.path(course, SMALL, "lesson", "pytorch").write_text("not JSON")
    assert check(course, capsys)[0] == 1


def test_one_unit_can_be_built_alone(course, capsys):
    made = build.build(course, [SMALL])
    assert len(made) == 2 * 3 + 4
    assert build.main(["--course", str(course), "44-none"]) == 1
    assert "no such unit" in capsys.readouterr().err


def test_colab_alone_installs_the_course(course):
    for kind in KINDS:
        nb = courses.load(course, SMALL, kind, "pytorch")
        text = next(c.source for c in nb.cells if c.id == "imports")
        code = TransformerManager().transform_cell(text)
        shell = Mock()
        exec(code, {"get_ipython": lambda shell=shell: shell})
        assert not shell.run_line_magic.called, "a plain Jupyter installs something"
        with patch.dict(sys.modules, {"google.colab": Mock()}):
            exec(code, {"get_ipython": lambda shell=shell: shell})
        assert shell.run_line_magic.call_args.args[0] == "pip"
        assert "git+https://" in shell.run_line_magic.call_args.args[1]
    for path in (course / f"lessons/{SMALL}").glob("*.py"):
        assert "google.colab" not in path.read_text("utf-8")


def test_the_student_copy_holds_no_solution(course):
    for track in TRACKS:
        nb = courses.load(course, SMALL, "assignment", track)
        text = json.dumps(nb)
        assert "SOLUTION" not in text and "states.append" not in text
        exercise = next(c for c in nb.cells if c.id == "average")
        assert "raise NotImplementedError()" in exercise.source
        assert "raises-exception" in exercise.metadata.tags
        for cell in nb.cells:
            assert cell.metadata.nbgrader.grade_id == cell.id
            assert "checksum" in cell.metadata.nbgrader
            assert cell.metadata.deletable is False


def hidden(nb) -> list[str]:
    """Return the cells whose outputs a notebook hides, whoever shows it."""
    wanted = {"outputs_hidden": True}
    cells = [c for c in nb.cells if c.metadata.get("jupyter") == wanted]
    assert cells == [c for c in nb.cells if "hide-output" in c.metadata.get("tags", [])]
    return [cell.id for cell in cells]


def first_line(cell) -> str:
    """Return what JupyterLab shows in place of a cell's hidden outputs."""
    output = cell.outputs[0]
    said = output.get("text") or next(iter(output.data.values()))
    return next(line for line in said.split("\n") if line)


def test_the_result_of_a_prediction_is_hidden_and_other_tags_stay(course):
    lesson = course / f"lessons/{SMALL}/lesson.py"
    edit(lesson, '["nbval-check-output"]', '["nbval-check-output", "predicted"]')
    edit(lesson, "the same numbers.\n", "the same numbers? Predict.\n")
    for track in TRACKS:
        mark = f'["{track}", "predicted", "aside"]'
        edit(lesson, f'start tags=["{track}"]', f"start tags={mark}")
    assert build.main(["--course", str(course)]) == 0
    for track in TRACKS:
        nb = courses.load(course, SMALL, "lesson", track)
        assert hidden(nb) == ["start", "same-numbers", "measured"]
        tags = {c.id: c.metadata.get("tags") for c in nb.cells}
        assert tags["same-numbers"] == ["hide-output", "nbval-check-output"]
        assert tags["start"] == tags["measured"] == ["hide-output"]


def test_a_hidden_cell_stays_hidden_when_it_is_run_and_when_it_is_released(course):
    assignment = course / f"lessons/{SMALL}/assignment.py"
    asked = '# %% ask [markdown]\n# Predict.\n\n# %% told tags=["predicted"]\n1 + 1\n\n'
    edit(assignment, "# %% about-average", asked + "# %% about-average")
    assert build.main(["--course", str(course)]) == 0
    released = courses.load(course, SMALL, "assignment", "pytorch")
    assert hidden(released) == ["told"]
    path = courses.path(course, SMALL, "solution", "pytorch")
    nb = nbformat.read(path, as_version=4)
    nb.cells = [c for c in nb.cells if c.id == "told"]
    nbformat.write(nb, path)
    ran = execute.execute(path)
    assert hidden(ran) == ["told"]
    assert first_line(ran.cells[0]) == covers.COVER  # what JupyterLab shows of it
    assert [o.data.get("text/plain") for o in ran.cells[0].outputs] == [None, "2"]


def test_hiding_what_was_stored_keeps_it(course):
    path = courses.path(course, SMALL, "lesson", "pytorch")
    nb = nbformat.read(path, as_version=4)
    cell = next(c for c in nb.cells if c.id == "measured")
    cell.execution_count = 7
    cell.outputs = [nbformat.v4.new_output("stream", text="\n1.5 nats\n")]
    covers.cover(cell)
    assert first_line(cell) == covers.COVER
    nbformat.write(nb, path)
    edit(course / f"lessons/{SMALL}/lesson.py", ' tags=["predicted"]', "")
    assert build.main(["--course", str(course)]) == 0
    nb = nbformat.read(path, as_version=4)
    assert hidden(nb) == []
    measured = next(c for c in nb.cells if c.id == "measured")
    assert measured.execution_count == 7
    assert "1.5 nats" in first_line(measured)


# What is broken in a file of the unit: the file, old and new text, and what the error
# must say: the cell, then words of the sentence.
BROKEN = {
    "unnamed cell": (
        "lesson.py", "# %% average\n", "# %%\n", "number 9", "no name",
    ),
    "duplicate name": (
        "lesson.py", "# %% drawn", "# %% average", "`average`", "already taken",
    ),
    "bad characters": (
        "lesson.py", "# %% drawn", "# %% Drawn_it", "`Drawn_it`", "bad name",
    ),
    "the build's own name": (
        "lesson.py", "# %% drawn", "# %% badges", "`badges`", "build uses",
    ),
    "unknown tag": (
        "lesson.py", "# %% drawn", '# %% drawn tags=["jax"]', "`drawn`", "tag `jax`",
    ),
    "unknown mark": (
        "lesson.py", "# %% drawn", "# %% drawn slow=true", "`drawn`", "mark `slow`",
    ),
    "renamed twin": (
        "lesson.py",
        '# %% start tags=["tensorflow"]',
        '# %% begin tags=["tensorflow"]',
        "`begin` (tensorflow)",
        "no twin",
    ),
    "twin further down": (
        "lesson.py",
        '# %% start tags=["tensorflow"]',
        '# %% between\nz = 1\n\n# %% start tags=["tensorflow"]',
        "`start` (pytorch)",
        "right after it",
    ),
    "twins of two kinds": (
        "lesson.py",
        '# %% start tags=["tensorflow"]\nh = keras.ops.zeros(len(x))',
        '# %% start [markdown] tags=["tensorflow"]\n# text',
        "`start` (pytorch)",
        "one kind",
    ),
    "framework in a shared cell": (
        "lesson.py", "keep = 0.8", "keep = torch.tensor(0.8)", "`average`", "`torch`",
    ),
    "framework imported in a shared cell": (
        "lesson.py", "import numpy as np", "import tensorflow.data as d", "`imports`",
        "`tensorflow`",
    ),
    "backend imported in a shared cell": (
        "lesson.py", "import numpy as np", "from unrolled.backends import pytorch",
        "`imports`", "`torch`",
    ),
    "the other track's framework": (
        "lesson.py", "import keras", "import torch", "`framework`", "tensorflow track",
    ),
    "long code": (
        "lesson.py", "keep = 0.8", "keep = 0.8\n" * 31, "`average`", "30 is the most",
    ),
    "long text": (
        "lesson.py", "# A slow wave", "# " + "word " * 81, "`about-series`", "README",
    ),
    "not Python": (
        "lesson.py", "keep = 0.8", "keep = = 0.8", "`average`", "not plain Python",
    ),
    "no mark above code": (
        "lesson.py", "# %% average\n", "", "`about-average`",
        "its line `keep = 0.8` is no comment",
    ),
    "code in text": (
        "lesson.py", "# A slow wave", "sum(range(9))\n# A slow wave", "`about-series`",
        "Begin a line of text with",
    ),
    "no mark above text": (
        "lesson.py", "# %% about-average [markdown]\n", "", "`series`",
        "`# ## The average` is a heading",
    ),
    "text that is not marked as such": (
        "lesson.py", "# %% about-framework [markdown]", "# %% about-framework",
        "`about-framework`", "without code",
    ),
    "a fence over two cells": (
        "lesson.py", "is all that\n", "is all that\n# ```\n# %% b [markdown]\n# ```\n",
        "`# %% b [markdown]`", "is not closed",
    ),
    "a mark in a string": (
        "lesson.py", "keep = 0.8", 'keep = """\n# %% b\n"""', "`# %% b`", "not closed",
    ),
    "a mark without its space": (
        "lesson.py", "# %% drawn", "#%% drawn", "`#%% drawn`", "another form",
    ),
    "a mark that is indented": (
        "lesson.py", "# %% drawn", " # %% drawn", "`# %% drawn`", "start of the line",
    ),
    "tags that are no list": (
        "lesson.py", "# %% drawn", '# %% drawn tags="aside"', "# %% drawn", "tags of",
    ),
    "a tag that is no word": (
        "lesson.py", "# %% drawn", "# %% drawn tags=[3]", "# %% drawn", "tags of",
    ),
    "a tag in single quotes": (
        "lesson.py", 'tags=["tensorflow"]\nh =', "tags=['tensorflow']\nh =",
        "# %% start", "tags of",
    ),
    "another encoding by name": (
        "lesson.py", "# %% title", "# coding: latin-1\n# %% title", "lesson.py",
        "cannot be read",
    ),
    "no title": (
        "lesson.py", "# %% title [markdown]", "# %% top [markdown]", "number 1",
        "title",
    ),
    "a prediction that nobody asks for": (
        "lesson.py", "# %% drawn", '# %% drawn tags=["predicted"]', "`drawn`",
        "asks for no prediction",
    ),
    "a text that is predicted": (
        "lesson.py", "about-series [markdown]",
        'about-series [markdown] tags=["predicted"]', "`about-series`", "Tag the code",
    ),
    "one track that is predicted": (
        "lesson.py", 'start tags=["pytorch"]', 'start tags=["pytorch", "predicted"]',
        "`start` (pytorch)", "Tag its twin too",
    ),
    "no room for a prediction": (
        "lesson.py", "*Your prediction:*", "Your prediction:", "`prediction-measured`",
        "*Your prediction:*",
    ),
    "a prediction where nobody can write": (
        "assignment.py", "# %% about-average",
        "# %% prediction-a [markdown]\n# *Your prediction:*\n\n# %% about-average",
        "`prediction-a`", "is locked",
    ),
    "marks in a lesson": (
        "lesson.py", "# %% drawn", '# %% drawn nbgrader={"grade": true, "points": 1}',
        "`drawn`", "assignment.py",
    ),
    "exercise without its check": (
        "assignment.py", "# %% check-average", "# %% checked", "`average`",
        "without its check",
    ),
    "points on nothing": (
        "assignment.py", "# %% check-average", "# %% check-other", "`check-other`",
        "points on nothing",
    ),
    "no points": (
        "assignment.py", '{"grade": true, "points": 2}', '{"grade": true}',
        "`check-average`", "without points",
    ),
    "zero points": (
        "assignment.py", '"points": 2', '"points": 0', "`check-average`",
        "without points",
    ),
    "points without grade": (
        "assignment.py", '"grade": true', '"grade": false', "`check-average`",
        "points on nothing",
    ),
    "BEGIN without END": (
        "assignment.py", "    ### END SOLUTION\n", "", "`average`", "unpaired",
    ),
    "no text that sets the exercise": (
        "assignment.py", "# %% about-average", "# %% about-mean", "`average`",
        "no text that sets it",
    ),
    "mistake for no exercise": (
        "mistakes.py", '{"average": ', '{"mean": ', "mistakes.py", "no such exercise",
    ),
    "mistake without a sentence": (
        "mistakes.py",
        '"The old average is never used. Is `h` assigned anew at every step?"', '" "',
        "`average`", "has no sentence",
    ),
    "mistake that edits what is not there": (
        "mistakes.py", '"keep * h + "', '"kept * h + "', "tensorflow",
        "does not say `kept * h + `",
    ),
    "mistakes that do not run": (
        "mistakes.py", "MISTAKES = {", "MISTAKES = 1 / 0, {", "mistakes.py",
        "does not run",
    ),
    "option without a reason": (
        "quiz.yml", "      why: Then the average could not depend on earlier values.\n",
        "", "question `carried`", "option 3: has no reason",
    ),
    "no minutes": ("README.md", "40 minutes", "", "README.md", "how long"),
    "no heading": ("README.md", "# Small unit", "Small unit", "README.md", "no title"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_source_is_told_with_file_and_cell(course, capsys, case):
    name, old, new, where, what = BROKEN[case]
    before = files(course)
    edit(course / f"lessons/{SMALL}/{name}", old, new)
    assert build.main(["--course", str(course)]) == 1
    told = capsys.readouterr().err.splitlines()
    first = f"lessons/{SMALL}/{name}"
    assert any(
        line.startswith(first) and where in line and what in line for line in told
    ), "\n".join(told)
    assert files(course) == before, "a course with a fault was built in part"


def test_every_fault_of_every_file_is_told_at_once(course, capsys):
    unit = course / f"lessons/{SMALL}"
    edit(unit / "lesson.py", "# %% drawn", "# %%")
    edit(unit / "quiz.yml", "answer: 0.125", "answer: much")
    edit(unit / "mistakes.py", '{"average": ', '{"mean": ')
    assert build.main(["--course", str(course)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3


# Comments that jupytext would take for commands of a shell, magics or questions.
COMMENTS = (
    *("# cat the two halves, then go on", "# echo state networks do the same"),
    *("# cd, ls and rm are words too", "# mv the state on", "# float?", "# why ?"),
    *("# %matplotlib inline", "# !ls", "# ?x", "# y = !ls", "# cat a \\\n# and b"),
)


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_stays_a_comment(course, comment):
    edit(course / f"lessons/{SMALL}/lesson.py", "keep = 0.8", f"{comment}\nkeep = 0.8")
    assert build.main(["--course", str(course)]) == 0
    nb = courses.load(course, SMALL, "lesson", "pytorch")
    (cell,) = (c.source for c in nb.cells if c.id == "average")
    assert cell.startswith(f"{comment}\nkeep = 0.8")


HEADERS = {
    "byte-order mark": "\ufeff",
    "kernel without a display name": (
        "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n"
    ),
    "settings of jupytext": (
        "# ---\n# jupyter:\n#   jupytext:\n#     comment_magics: true\n"
        "#     text_representation:\n#       format_name: light\n# ---\n"
    ),
    "not YAML": "# ---\n# jupyter: [\n# ---\n\n",
    "both": "\ufeff# ---\n# title: a\n# ---\n\n",
}


@pytest.mark.parametrize("case", HEADERS)
def test_what_an_editor_puts_before_the_first_cell_changes_nothing(course, case):
    before = files(course)
    for name in ("lesson.py", "assignment.py"):
        path = course / f"lessons/{SMALL}/{name}"
        path.write_text(HEADERS[case] + path.read_text("utf-8"), "utf-8")
    assert build.main(["--course", str(course)]) == 0
    assert files(course) == before


@pytest.mark.parametrize("name", ["lesson.py", "README.md", "quiz.yml"])
def test_a_byte_order_mark_is_read_and_latin_1_is_told(course, capsys, name):
    path = course / f"lessons/{SMALL}/{name}"
    text = path.read_text("utf-8")
    path.write_text("\ufeff" + text, "utf-8")
    assert build.main(["--course", str(course)]) == 0
    path.write_bytes(text.encode() + b"\n# caf\xe9\n")
    assert build.main(["--course", str(course)]) == 1
    line = text.count("\n") + 2
    said = capsys.readouterr().err
    assert f"lessons/{SMALL}/{name}, line {line}: is not UTF-8" in said


def test_a_missing_file_is_named(course, capsys):
    (course / f"lessons/{SMALL}/checks.py").unlink()
    assert build.main(["--course", str(course)]) == 1
    assert f"lessons/{SMALL}/checks.py: is missing" in capsys.readouterr().err
