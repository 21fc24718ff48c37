"""Every report says the same of a submission: after lateness, and after a hand."""

import argparse
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from unrolled.grade import command
from unrolled.grade.book import rows
from unrolled.grade.book.overrides import Override
from unrolled.grade.intake.gather import Work
from unrolled.grade.intake.lateness import Policy
from unrolled.grade.intake.platforms import Owner, owners
from unrolled.grade.intake.roster import Roster, Student
from unrolled.grade.report import files
from unrolled.grade.result import Result, Verdict
from unrolled.grade.storage import place

UNIT = "02-recurrent-cell"
ON_TIME, LATE = "2026-11-30T10:00:00+00:00", "2026-12-01T10:00:00+00:00"
POLICY = Policy(datetime(2026, 11, 30, 12, tzinfo=UTC), penalty=0.2)
CLASS = Roster(
    [Student(n, f"{n} Lee", more=(("moodle", "7"),)) for n in ("ann", "ben")]
)


def result(name, a="right", b="wrong", **more):
    return Result(
        name, UNIT, "pytorch", [Verdict("a", 3, a), Verdict("b", 2, b)], **more
    )


def work(name, when, whose=None):
    whose = whose or owners("plain", f"{name}.ipynb")
    return Work(name, None, owners=whose, when=when)


def reported(tmp_path, capsys, graded, whens, overrides=(), works=None):
    """Return the console, every file by name, and the exit status."""
    works = works or [work(r.submission, w) for r, w in zip(graded, whens, strict=True)]
    book = rows.build(works, graded, CLASS, POLICY, overrides=overrides)
    told = argparse.Namespace(assignment=None, track=None, pass_mark=0.6)
    command._tell(graded, book, told)
    made = files.write_all(tmp_path, graded, told.pass_mark, book)
    texts = {
        str(path.relative_to(tmp_path)): path.read_text("utf-8-sig")
        for path in made
        if path.suffix != ".zip"
    }
    status = command.exit_status(graded, told.pass_mark, book)
    return capsys.readouterr().out, texts, status


def at(texts, folder, name, ending):
    """Return the file of a submission, whatever the folder calls it."""
    return texts[f"{folder}/{place(Path(), name).stem}.{ending}"]


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def agree(texts, name, points, status):
    """Require the same points and status of every file that tells them."""
    [own] = [r for r in table(texts["class.csv"]) if r["student"] == name]
    assert (own["points"], own["status"]) == (points, status)
    counted = [r for r in table(texts["attempts.csv"]) if r["student"] == name]
    assert [r["points"] for r in counted if r["counts"] == "yes"] == [points]
    [grade] = [r for r in table(texts["canvas.csv"]) if r["Student"] == f"{name} Lee"]
    assert grade[UNIT] == points
    assert points in [r["Grade"] for r in table(texts["moodle.csv"])]
    assert f"{points} of 5 points" in at(texts, "feedback", name, "md")
    assert f"<p>{points} of 5 points" in at(texts, "feedback", name, "html")
    whole = json.loads(texts["results.json"])
    if isinstance(whole, list):
        [one] = [r for r in whole if r["student"] == name and r["counts"]]
        assert (f"{one['points']:g}", one["status"]) == (points, status)
    else:
        assert f"{whole['score']:g}" == points
    scope = json.loads(at(texts, "gradescope", name, "json"))
    assert f"{scope['score']:g}" == points


def test_what_is_late_is_below_the_mark_in_every_report(tmp_path, capsys):
    said, texts, status = reported(tmp_path, capsys, [result("ann")], [LATE])
    agree(texts, "ann", "2", "below the pass mark")
    assert said.splitlines()[1:] == [
        "ann: 2 of 5 points, below the pass mark; 1 taken off for 1 day",
        "  a, 3 of 3, right",
        "  b, 0 of 2, wrong",
        "ben Lee: absent",
    ]
    output = json.loads(texts["results.json"])["output"]
    assert "Handed in 1 day late: 1 points were taken off." in output
    assert status == command.BELOW


def test_on_time_the_same_submission_has_passed(tmp_path, capsys):
    said, texts, _ = reported(tmp_path, capsys, [result("ann")], [ON_TIME])
    agree(texts, "ann", "3", "passed")
    assert "ann: 3 of 5 points, passed\n" in said


def test_points_of_an_exercise_by_hand_count_in_every_report(tmp_path, capsys):
    given = [Override("ann", "b", 2, "Right, but for a name.")]
    both = [result("ann"), result("ben")]
    said, texts, _ = reported(tmp_path, capsys, both, [LATE, ON_TIME], given)
    agree(texts, "ann", "4", "passed")
    agree(texts, "ben", "3", "passed")
    assert "ann: 4 of 5 points, passed, by hand; 1 taken off for 1 day\n" in said
    listed = json.loads(texts["results.json"])
    assert [(r["earned"], r["by_hand"]) for r in listed] == [(3, {"b": 2}), (3, {})]
    b = json.loads(at(texts, "gradescope", "ann", "json"))["tests"][1]
    assert (b["score"], b["status"]) == (2, "passed")
    assert "given by hand" in b["output"] and "Right, but for a name." in b["output"]
    suites = ElementTree.fromstring(texts["junit.xml"].encode())
    assert [s.get("failures") for s in suites] == ["0", "1"]


def test_some_points_by_hand_are_no_whole_exercise(tmp_path, capsys):
    given = [Override("ann", "b", 1.5), Override("ann", "a", 0)]
    said, texts, _ = reported(tmp_path, capsys, [result("ann")], [ON_TIME], given)
    agree(texts, "ann", "1.5", "below the pass mark")
    assert "  b, 1.5 by hand of 2, wrong\n" in said
    assert "  a, 0 by hand of 3, right\n" in said
    tests = json.loads(texts["results.json"])["tests"]
    assert [t["status"] for t in tests] == ["failed", "failed"]
    assert "wrong (1.5 of 2 points, given by hand)" in texts["junit.xml"]


def test_points_for_the_whole_are_not_made_less_in_any_report(tmp_path, capsys):
    given = [Override("ann", "", 4)]
    said, texts, _ = reported(tmp_path, capsys, [result("ann")], [LATE], given)
    agree(texts, "ann", "4", "passed")
    [own, _] = table(texts["class.csv"])
    assert own["deducted"] == ""  # what was taken off, and nothing was
    assert "ann: 4 of 5 points, passed, by hand\n" in said
    assert "taken off" not in said + at(texts, "feedback", "ann", "md")


def test_what_could_not_be_graded_has_the_points_of_a_hand(tmp_path, capsys):
    broken = Result("ann", UNIT, unreadable="It is empty.")
    graded, whens = [broken, result("ben")], [LATE, ON_TIME]
    said, _, status = reported(tmp_path / "1", capsys, graded, whens)
    assert "ann: could not be graded. It is empty." in said
    assert status == command.COULD_NOT
    given = [Override("ann", "", 4)]
    said, texts, status = reported(tmp_path / "2", capsys, graded, whens, given)
    agree(texts, "ann", "4", "passed")
    assert "ann: 4 of 5 points, passed, by hand\n" in said
    assert status == command.PASSED


def test_an_absent_student_has_the_points_of_a_hand(tmp_path, capsys):
    given = [Override("ben", "", 5)]
    said, texts, _ = reported(tmp_path, capsys, [result("ann")], [ON_TIME], given)
    [_, ben] = table(texts["class.csv"])
    assert (ben["points"], ben["status"]) == ("5", "passed")
    assert "ben Lee: 5 of 5 points, passed, by hand\n" in said


def test_an_attempt_that_does_not_count_has_not_passed(tmp_path, capsys):
    graded = [result("ann", b="right"), result("ann (1)")]
    said, texts, status = reported(tmp_path, capsys, graded, [ON_TIME, LATE])
    assert "ann: 5 of 5 points, another attempt counts\n" in said
    assert "ann (1): 2 of 5 points, below the pass mark; 1 taken off" in said
    assert status == command.BELOW
    first, last = json.loads(texts["results.json"])
    assert (first["counts"], first["points"]) == (False, 5) and "status" not in first
    assert (last["counts"], last["points"]) == (True, 2)
    scope = json.loads(at(texts, "gradescope", "ann", "json"))
    assert scope["score"] == 5 and "Another attempt counts." in scope["output"]
    found = table(texts["attempts.csv"])[:2]
    assert [(r["earned"], r["points"]) for r in found] == [("5", "5"), ("3", "2")]


@pytest.mark.parametrize("differ", [False, True])
def test_a_group_is_told_once_or_each_that_differs(differ, tmp_path, capsys):
    whose = tuple(Owner("plain", n, n, (("id", n),)) for n in ("ann", "ben"))
    one = replace(work("both", ON_TIME), owners=whose)
    given = [Override("ben", "a", 0)] if differ else []
    said, texts, _ = reported(tmp_path, capsys, [result("both")], [], given, [one])
    lines = [line for line in said.splitlines() if line.startswith("both")]
    scopes = [n for n in texts if n.startswith("gradescope/")]
    listed = json.loads(texts["results.json"])
    suites = ElementTree.fromstring(texts["junit.xml"].encode())
    if differ:
        assert lines == [
            "both (ann Lee): 3 of 5 points, passed",
            "both (ben Lee): 0 of 5 points, below the pass mark, by hand",
        ]
        found = [json.loads(texts[n])["score"] for n in scopes]
        assert found == [3, 0] == [r["points"] for r in listed]
        assert [s.get("failures") for s in suites] == ["1", "2"]
    else:
        assert lines == ["both: 3 of 5 points, passed"]
        assert len(scopes) == len(suites) == 1 and listed["score"] == 3
