"""A kept result counts only while all that it depends on is the same."""

import shutil
from dataclasses import fields, replace

import pytest

import grade_bank
from unrolled.grade.classes import classroom
from unrolled.grade.marking import grader
from unrolled.grade.marking.grader import digest
from unrolled.grade.result import Result, Verdict
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release
from unrolled.source import layout

UNIT = grade_bank.UNIT
CHANGED = {
    "checks": f"lessons/{UNIT}/checks.py",
    "solution": f"lessons/{UNIT}/assignment.py",
    "known mistakes": f"lessons/{UNIT}/mistakes.py",
    "what was handed out": layout.notebook(UNIT, "assignment", "pytorch"),
}


@pytest.fixture
def course(tmp_path):
    for name in CHANGED.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(grade_bank.COURSE / name, tmp_path / name)
    return tmp_path


def told(course, content=b"x", seed=0, limits=None, isolation="bubblewrap"):
    what = release(course, UNIT, "pytorch")
    return digest(content, what, seed, limits or Limits(), isolation)


def test_nothing_changed_is_nothing_to_grade(course):
    assert told(course) == told(course) == told(grade_bank.COURSE)


@pytest.mark.parametrize("what", CHANGED)
def test_a_changed_file_of_the_course(course, what):
    before, path = told(course), course / CHANGED[what]
    old = path.read_bytes()
    new = old + b"# more" if path.suffix == ".py" else old.replace(b"6", b"7", 1)
    assert new != old
    path.write_bytes(new)
    assert told(course) != before


def test_another_file_of_the_course_changes_nothing(course):
    before = told(course)
    (course / "lessons" / UNIT / "README.md").write_text("new")
    assert told(course) == before


@pytest.mark.parametrize(
    "given", [{"content": b"y"}, {"seed": 1}, {"isolation": "limits"}], ids=str
)
def test_another_call(course, given):
    assert told(course, **given) != told(course)


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit(course, name):
    more = replace(Limits(), **{name: getattr(Limits(), name) + 1})
    assert told(course, limits=more) != told(course)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of two files in place of this one; asked for anew each time."""
    top = tmp_path / "unrolled"
    for name in ("check.py", "grade/grader.py", "lessons/02/checks.py"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("a = 1")
    monkeypatch.setattr(grader, "PACKAGE", top)
    monkeypatch.setattr(grader, "package", grader.package.__wrapped__)
    return top


def test_another_version_of_the_package(package, course, monkeypatch):
    before = told(course)
    monkeypatch.setattr("unrolled.__version__", "9.9")
    assert told(course) != before


@pytest.mark.parametrize("name", ["check.py", "grade/grader.py", "new.py"])
def test_another_source_of_the_package(package, course, name):
    before = told(course)
    (package / name).write_text("a = 2")
    assert told(course) != before


def test_the_lessons_in_a_wheel_are_not_those_that_grade(package, course):
    before = told(course)
    (package / "lessons/02/checks.py").write_text("a = 2")
    assert told(course) == before


def test_a_mended_check_is_asked_again(course, tmp_path, monkeypatch):
    """The whole way: what is kept in `--out` is not taken, and is written anew."""
    (tmp_path / "x.ipynb").write_text('{"cells": []}')
    work, out = classroom.Work("x", tmp_path / "x.ipynb"), tmp_path / "out"
    graded = []

    class Counts:
        def __init__(self, plan, what):
            self.given = (what, plan.seed, plan.limits, plan.isolation)

        def grade(self, name, content, cells, only=None):
            graded.append(name)
            verdict = Verdict("step", len(graded), "right")
            return Result(
                name, exercises=[verdict], digest=digest(content, *self.given)
            )

    monkeypatch.setattr(classroom, "_grader", Counts)
    monkeypatch.setattr(classroom.assignments, "read", release)

    def points(isolation="bubblewrap"):
        plan = classroom.Plan(course, isolation, UNIT, "pytorch")
        return classroom.grade_one(plan, work, out).points

    assert [points(), points()] == [1, 1]
    checks = course / CHANGED["checks"]
    checks.write_text(checks.read_text() + "\n# mended\n")
    assert [points(), points()] == [2, 2]
    assert [points("limits"), points("limits"), points()] == [3, 3, 4]
