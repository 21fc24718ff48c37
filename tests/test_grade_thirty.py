"""A class of thirty, as five platforms export it: one command, every cell of the table.

Each kind of notebook is graded once, in the sandbox; the command then takes that result
for every submission of the same bytes, so that five classes do not take five times as
long. All else is its own: it finds the files, reads them out of archives, and writes.
"""

import csv
import io
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

import grade_bank
import thirty
from courses import COURSE
from unrolled.grade import command
from unrolled.grade.classes import classroom
from unrolled.grade.sandbox import fork_server
from unrolled.grade.submission import reading

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
EXERCISES = ["step", "sequence", "count", "load", "mend", "learn"]
SHARED = 3  # students with the same answer are named, of how many there are


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The result of each kind of notebook, by its bytes."""
    folder, works = tmp_path_factory.mktemp("kinds"), []
    for kind, content in thirty.contents().items():
        (folder / f"{kind}.ipynb").write_bytes(content)
        works.append(classroom.Work(kind, folder / f"{kind}.ipynb"))
    plan = classroom.Plan(COURSE, fork_server.level())
    found = {r.submission: r for r in classroom.grade_all(plan, works, None, 1)}
    assert {k: r.points for k, r in found.items()} == {
        "solved": 16, "mistake": 14, "blank": 0,
    }  # fmt: skip
    return {content: found[kind] for kind, content in thirty.contents().items()}


@pytest.fixture(scope="module")
def grade(graded):
    """A call of the command; returns the exit status and the folder of the reports."""

    def taken(plan, works, folder, jobs, asks=None):
        for work in works:
            try:
                content = work.load()
                reading.read(content)
            except reading.Unreadable as error:
                yield classroom.unreadable(plan, work, str(error))
            else:
                yield replace(graded[content], submission=work.name)

    def call(*arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(classroom, "grade_all", taken)
            return command.main([str(a) for a in arguments])

    return call


def read(path):
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")  # by which Excel knows UTF-8
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.fixture(scope="module", params=thirty.LAYOUTS)
def exported(request, grade, tmp_path_factory):
    """One layout, graded: its name, the folder of the reports, the way back."""
    top = tmp_path_factory.mktemp(request.param)
    thirty.roster(top / "students.csv")
    arguments, back = thirty.export(top / "in", request.param)
    status = grade(
        *arguments,
        *("--roster", top / "students.csv", "--out", top / "out"),
        *("--due", "2026-11-30T12:00", "--timezone", "Europe/Berlin"),
        *("--late-penalty", "0.1", "--late-most", "7"),
    )
    assert status == command.COULD_NOT
    return request.param, top / "out", back


def equal_answers(graded, pupil):
    """Return the flags of answers that others have given too, as they must be."""
    made = thirty.contents()
    others = [p for p in thirty.pupils() if p.kind and p.i != pupil.i]
    flags = []
    for k, verdict in enumerate(
        graded[made[pupil.kind]].exercises if pupil.kind else ()
    ):
        alike = [
            p.name for p in others
            if verdict.print
            and graded[made[p.kind]].exercises[k].print == verdict.print
        ]  # fmt: skip
        if alike:
            named = ", ".join(alike[:SHARED])
            more = f" and {len(alike) - SHARED} more" if len(alike) > SHARED else ""
            flags.append(f"equal answer `{verdict.name}`: {named}{more}")
    return flags


def test_every_cell_of_the_table(exported, graded):
    layout, out, _ = exported
    rows = read(out / "class.csv")
    assert [r["student"] for r in rows] == [f"s{i:02d}" for i in range(30)]
    words = {"solved": {}, "mistake": {"count": "wrong"}}
    words["blank"] = dict.fromkeys(EXERCISES, "not attempted")
    for row, pupil in zip(rows, thirty.pupils(), strict=True):
        known = {name: row.pop(name) for name in EXERCISES}
        told = words.get(pupil.kind, {})
        right = "right" if pupil.kind else ""
        assert known == {name: told.get(name, right) for name in EXERCISES}
        flags, handed_in = row.pop("flags"), row.pop("handed in")
        name = row.pop("submission")
        link = pupil.i == 25 and layout not in ("moodle", "gradescope")
        untimed = link and layout != "github"  # a link has no time of its own
        assert row == {
            "student": pupil.id,
            "name": pupil.name,
            "email": f"{pupil.id}@uni.example",
            "points": f"{pupil.points:g}",
            "of": "16",
            "share": f"{pupil.points / 16:.4f}",
            "status": pupil.status,
            "days late": "" if untimed else pupil.days,
            "deducted": pupil.deducted,
            "attempts": str(len(pupil.files)),
            "unit": grade_bank.UNIT,
            "track": "pytorch" if pupil.kind else "",
            "comment": "",
        }, pupil
        if pupil.kind:
            told = flags.split("; ") if flags else []
            assert told == equal_answers(graded, pupil), pupil
        else:
            assert pupil.why in flags and bool(flags) == bool(pupil.files)
        if pupil.files and not untimed:
            assert datetime.fromisoformat(handed_in) == pupil.files[-1][2], pupil
        assert bool(name) == bool(pupil.files)


def test_all_attempts_are_listed_and_the_last_counts(exported):
    rows = read(exported[1] / "attempts.csv")
    assert len(rows) == sum(len(p.files) for p in thirty.pupils())
    twice = [(r["student"], r["counts"], r["points"]) for r in rows]
    assert [t for t in twice if t[0] in ("s22", "s23")] == [
        ("s22", "no", "14"),
        ("s22", "yes", "16"),
        ("s23", "no", "16"),
        ("s23", "yes", "0"),
    ]


def test_feedback_goes_back_under_the_names_it_came_with(exported):
    _, out, back = exported
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        assert sorted(archive.namelist()) == sorted(back.values())
        page = archive.read(back["s12"]).decode()
    assert "<p>14.4 of 16 points (90%)." in page and "Mia Schmidt (s12)" in page
    assert "Handed in 1 day late: 1.6 points were taken off." in page
    assert "The recurrent cell: assignment" in page and "Exercise 1: one step" in page


def test_grade_books_have_the_columns_that_are_imported(exported):
    layout, out, _ = exported
    rows = read(out / "canvas.csv")
    assert list(rows[0])[:5] == [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
    ]
    assert rows[0]["Student"].strip() == "Points Possible"
    assert rows[0][grade_bank.UNIT] == "16"
    by = {r["SIS User ID"]: r for r in rows[1:]}
    assert len(by) == 30 and by["s13"][grade_bank.UNIT] == "11.2"
    assert by["s24"][grade_bank.UNIT] == by["s19"][grade_bank.UNIT] == ""  # no change
    assert by["s13"]["ID"] == ("2013" if layout == "canvas" else "")
    rows = read(out / "moodle.csv")
    assert len(rows) == (
        29 if layout == "moodle" else 0
    )  # the absent one has no number
    if rows:
        assert rows[13] == {
            "Identifier": "Participant 1013",
            "Full name": "Noé Dubois",
            "Email address": "s13@uni.example",
            "Grade": "11.2",
            "Maximum grade": "16",
            "Last modified (grade)": "",
            "Feedback comments": "",
        }


def test_without_a_roster_nobody_is_lost_and_nobody_is_two(exported, grade, tmp_path):
    layout, _, _ = exported
    arguments, _ = thirty.export(tmp_path / "in", layout)
    assert grade(*arguments, "--out", tmp_path / "out") == command.COULD_NOT
    rows = read(tmp_path / "out/class.csv")
    found = Counter(r["status"] for r in rows)
    # Of loose files, `s22 (1)` may be another student than `s22`.
    twice = 2 if layout == "plain" else 0
    assert found == {
        "passed": 20 + twice,
        "below the pass mark": 2,
        "could not be graded": 7,
    }
