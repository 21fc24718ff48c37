"""A new unit builds and passes at once."""

import pytest

import courses
import new
import unit
from courses import COURSE
from unrolled.source.layout import TRACKS


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("new") / "course")


def test_a_new_unit_carries_its_own_name(course):
    folder = new.new(course, "18-state-spaces")
    read = unit.read(folder)
    assert (read.name, read.title) == ("18-state-spaces", "State spaces")
    for path in folder.rglob("*.*"):
        assert "00-template" not in path.read_text("utf-8"), path
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.parametrize(
    "name", ["18", "8-slug", "18-Slug", "18_slug", "slug", "18-", "18-a/b", "../18-a"]
)
def test_a_name_that_is_no_slug_is_refused(course, capsys, name):
    assert new.main([name, "--course", str(course)]) == 1
    assert "18-state-spaces" in capsys.readouterr().err


def test_a_number_that_is_taken_is_refused(course, capsys):
    assert new.main(["UNIT=01-other", "--course", str(course)]) == 1
    assert f"lessons/{courses.SMALL} has the number 01" in capsys.readouterr().err
    assert not (course / "lessons/01-other").exists()


def test_the_front_door_starts_a_unit(course, capsys):
    assert new.main(["UNIT=19-other", "--course", str(course)]) == 0
    assert "make build" in capsys.readouterr().out
    assert (course / "lessons/19-other/lesson.py").exists()


def test_figures_are_drawn_with_the_same_bytes_each_time(course):
    drawn = []
    for _ in range(2):
        made = courses.run(f"lessons/{courses.SMALL}/figures.py", course=course)
        assert made.returncode == 0, made.stderr
        path = course / f"lessons/{courses.SMALL}/img/average.svg"
        drawn.append(path.read_bytes())
        path.unlink()
    assert drawn[0] == drawn[1] and b"<svg" in drawn[0]


@pytest.mark.parametrize("track", TRACKS)
def test_the_lesson_of_a_new_unit_runs(course, track, tmp_path):
    # as `make run` does; the assignment runs in test_grading and test_mistakes
    tool = str(COURSE / "tools/run.py")
    ran = courses.run(tool, "--plain", courses.SMALL, track, "--root", str(course))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "400 steps, and the same numbers" in ran.stdout
    assert "forecast by the average" in ran.stdout
