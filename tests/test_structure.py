"""Both tracks are one lesson: the same cells, but for those that must differ."""

import ast
import re
import shutil

import nbformat
import pytest

import build
import courses
import source
from courses import COURSE, KINDS, SMALL, UNITS, edit
from unrolled.source import percent
from unrolled.source.layout import TRACKS

IMPORTS = {
    "pytorch": r"^\s*(import|from) +torch\b|unrolled\.backends import pytorch",
    "tensorflow": r"^\s*(import|from) +(tensorflow|keras)\b"
    r"|unrolled\.backends import tensorflow",
}
BUILT_FOR_A_TRACK = {"badges"}
# What a learner of a track may use in an answer, whatever the solution uses.
AT_HAND = {"pytorch": {"torch", "nn"}, "tensorflow": {"tf", "keras"}}


def faults(course, unit, kind) -> list[str]:
    """Return what differs between a notebook's tracks and must not."""
    nbs = {t: courses.load(course, unit, kind, t) for t in TRACKS}
    a, b = (nb.cells for nb in nbs.values())
    if [c.id for c in a] != [c.id for c in b]:
        return ["the tracks have different cells"]
    stem = "lesson" if kind == "lesson" else "assignment"
    read = source.read(course / f"lessons/{unit}/{stem}.py")
    twins = {c.name for c in read.all_cells if c.track} | BUILT_FOR_A_TRACK
    wrong = []
    for x, y in zip(a, b, strict=True):
        if x.cell_type != y.cell_type:
            wrong.append(f"{x.id}: is code in one track and text in the other")
        if x.id not in twins and (x.source, x.metadata) != (y.source, y.metadata):
            wrong.append(f"{x.id}: differs between the tracks, and has no twin")
    for track, nb in nbs.items():
        wrong += [f"{track}: {fault}" for fault in _faults_of_one(nb, track)]
    return wrong


def _faults_of_one(nb: nbformat.NotebookNode, track: str) -> list[str]:
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    other = next(t for t in TRACKS if t != track)
    wrong = []
    for cell in code:
        if re.search(IMPORTS[other], cell.source, re.MULTILINE):
            wrong.append(f"{cell.id}: imports the other track's framework")
        lines = [x for x in cell.source.split("\n") if "SOLUTION" not in x]
        if len(lines) > 30:
            wrong.append(f"{cell.id}: has {len(lines)} lines")
    if not any(re.search(IMPORTS[track], c.source, re.MULTILINE) for c in code):
        wrong.append("imports no framework")
    return wrong


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", UNITS)
def test_the_tracks_of_a_unit_are_one_lesson(unit, kind):
    assert faults(COURSE, unit, kind) == []


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("built") / "course")


@pytest.fixture
def course(built, tmp_path):
    return shutil.copytree(built, tmp_path / "course")


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_is_one_lesson(course, kind):
    assert faults(course, SMALL, kind) == []


def at_hand(file, track: str) -> set[str]:
    """Return the names that an assignment imports before its first exercise."""
    code = [c for c in source.read(file).cells(track) if c.kind == "code"]
    names = [cell.name for cell in code]
    start = "\n".join(c.source for c in code[: names.index("checks")])
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(start))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("folder", [f"lessons/{u}" for u in UNITS] + ["tools/template"])
def test_an_assignment_has_all_of_its_framework_at_hand(folder, track):
    assert AT_HAND[track] - at_hand(COURSE / folder / "assignment.py", track) == set()


@pytest.mark.parametrize("stem", ["lesson", "assignment"])
@pytest.mark.parametrize("folder", [f"lessons/{u}" for u in UNITS] + ["tools/template"])
def test_both_readers_of_the_percent_format_find_the_same_code(folder, stem):
    """Of jupytext's cells the build makes notebooks; scripts and grader use ours."""
    path = COURSE / folder / f"{stem}.py"
    for track in TRACKS:
        built = [c for c in source.read(path).cells(track) if c.kind == "code"]
        run = [
            (cell.name, cell.code.rstrip("\n")) for cell in percent.cells(path, track)
        ]
        assert run == [(cell.name, cell.source) for cell in built]


SPOILED = {
    "renamed": ('"id": "start"', '"id": "begin"', "different cells"),
    "shared cell edited": ("keep = 0.8", "keep = 0.7", "average: differs"),
    "both frameworks": ("import keras", "import torch", "framework: imports the other"),
    "long cell": ('"keep = 0.8\\n"', '"keep = 0.8\\n' + "\\n" * 30 + '"', "lines"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_tensorflow_notebook_is_noticed(course, case):
    old, new, says = SPOILED[case]
    edit(courses.path(course, SMALL, "lesson", "tensorflow"), old, new)
    assert says in "; ".join(faults(course, SMALL, "lesson"))


def test_renaming_one_tensorflow_cell_in_a_source_fails_at_that_cell(course, capsys):
    lesson = course / f"lessons/{SMALL}/lesson.py"
    edit(lesson, '# %% start tags=["tensorflow"]', '# %% begin tags=["tensorflow"]')
    assert build.main(["--check", "--course", str(course)]) == 1
    told = capsys.readouterr().err
    assert f"lessons/{SMALL}/lesson.py, cell `begin` (tensorflow): has no twin" in told


def minutes(readme: str, assignment: str) -> dict[str, int]:
    """Return what a unit's README says of its time, and what its exercises say."""
    said = (
        r"(\d+) minutes:\s(\d+) for this page, (\d+) for the\slesson, (\d+) for the\s"
    )
    total, *parts = map(int, re.search(said + r"assignment, (\d+)", readme).groups())
    # An exercise whose text differs between the tracks says its time in each of them.
    each = {}
    for cell in assignment.split("\n# %% "):
        if time := re.search(r"(\d+) minutes, \d+ points?\.", cell):
            each[cell.split()[0]] = int(time[1])  # by the name of the cell
    return {
        "in all": total,
        "of the parts": sum(parts),
        "of the assignment": parts[2],
        "of its exercises": sum(each.values()),
    }


@pytest.mark.parametrize("unit", UNITS)
def test_the_minutes_add_up(unit):
    folder = COURSE / "lessons" / unit
    texts = [(folder / n).read_text("utf-8") for n in ("README.md", "assignment.py")]
    found = minutes(*texts)
    assert found["in all"] == found["of the parts"]
    assert found["of the assignment"] == found["of its exercises"]
