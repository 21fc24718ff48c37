"""Grading: the solution earns every point, the untouched copy none, by nbgrader."""

import json
from unittest.mock import patch

import nbformat
import pytest
from nbgrader.utils import determine_grade, is_grade

import courses
from courses import COURSE, SMALL, edit
from execute import execute
from unrolled.source.layout import TRACKS

# tests/test_grade_units.py grades every unit in the sandbox, and the suite executes
# every solved notebook, where a check that refuses is an error.
SOME = courses.sampled("02-recurrent-cell")


def grades(nb: nbformat.NotebookNode) -> dict[str, tuple[float, float]]:
    """Return nbgrader's points and most points for each check of an executed copy."""
    return {cell.id: determine_grade(cell) for cell in nb.cells if is_grade(cell)}


def executed(course, unit, kind, track) -> nbformat.NotebookNode:
    path = courses.path(course, unit, kind, track)
    # stderr stays: to nbgrader, a check that writes there has failed
    with patch("execute.clean"):
        return execute(path, env=courses.ENV, may_fail=True)


def assert_all_points(nb):
    lost = {name: got for name, got in grades(nb).items() if got[0] != got[1]}
    said = [
        output.evalue if output.output_type == "error" else output.text
        for cell in nb.cells
        if cell.id in lost
        for output in cell.outputs
    ]
    assert not lost, said
    assert grades(nb), "nothing is graded"


def assert_no_points(nb):
    assert [name for name, (points, _) in grades(nb).items() if points] == []
    for cell in nb.cells:  # and each refusal says that nothing was tried yet
        if is_grade(cell):
            assert cell.outputs[-1].ename == "NotYet"
            assert "has not been attempted yet" in cell.outputs[-1].evalue


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("unit", SOME)
def test_the_solution_earns_every_point(unit, track):
    assert_all_points(executed(COURSE, unit, "solution", track))


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("unit", SOME)
def test_the_untouched_copy_earns_nothing(unit, track):
    assert_no_points(executed(COURSE, unit, "assignment", track))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("graded") / "course")


@pytest.mark.parametrize("track", TRACKS)
def test_a_new_unit_is_graded(course, track):
    assert_all_points(executed(course, SMALL, "solution", track))
    assert_no_points(executed(course, SMALL, "assignment", track))


def test_a_wrong_solution_loses_its_points(course):
    path = courses.path(course, SMALL, "solution", "pytorch")
    before = path.read_text("utf-8")
    edit(path, "h = keep * h +", "h = -keep * h +")
    try:
        nb = executed(course, SMALL, "solution", "pytorch")
    finally:
        path.write_text(before, "utf-8")
    assert grades(nb) == {"check-average": (0, 2.0)}
    with pytest.raises(AssertionError):
        assert_all_points(nb)


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("unit", [SMALL, *SOME])
def test_the_student_copy_is_what_nbgrader_releases(tmp_path, course, unit, track):
    here = tmp_path / "course"
    source = courses.path(course if unit == SMALL else COURSE, unit, "solution", track)
    copy = here / source.relative_to(source.parents[3])
    copy.parent.mkdir(parents=True)
    copy.write_bytes(source.read_bytes())
    config = here / "nbgrader_config.py"
    config.write_text((COURSE / config.name).read_text("utf-8"), "utf-8")
    ran = courses.run(
        *("-m", "nbgrader", "generate_assignment", unit),
        course=here,
        UNROLLED_TRACK=track,
        JUPYTER_CONFIG_DIR=str(tmp_path),
    )
    assert ran.returncode == 0, ran.stderr
    released = here / "grading" / track / "release" / unit / source.name
    mine = source.parents[3] / "notebooks" / track / unit / source.name
    theirs, ours = (json.loads(p.read_text("utf-8"))["cells"] for p in (released, mine))
    assert theirs == ours
    assert {p.name for p in here.iterdir()} == {"solutions", "grading", config.name}


def test_a_check_that_writes_to_stderr_loses_its_points(course):
    path = courses.path(course, SMALL, "solution", "pytorch")
    nb = nbformat.read(path, as_version=4)
    nb.cells[-1].source += "\nimport sys; print('a warning', file=sys.stderr)"
    noisy = path.with_name("noisy.ipynb")
    nbformat.write(nb, noisy)
    with patch("execute.clean"):
        assert grades(execute(noisy, may_fail=True))["check-average"][0] == 0
    noisy.unlink()


def test_nbgrader_refuses_a_track_that_is_none(tmp_path):
    ran = courses.run(
        *("-m", "nbgrader", "generate_assignment", SMALL),
        UNROLLED_TRACK="jax",
        JUPYTER_CONFIG_DIR=str(tmp_path),
    )
    assert ran.returncode != 0
    assert "UNROLLED_TRACK is `jax`" in ran.stdout + ran.stderr
