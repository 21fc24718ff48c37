"""The class book: attempts, overrides, ids, hints; what is graded again, what stays."""

import json
import zipfile
from dataclasses import replace
from typing import ClassVar

import pytest

from unrolled.grade import storage
from unrolled.grade.book import anonymous, overrides, rows
from unrolled.grade.book.overrides import BadOverride, Override
from unrolled.grade.classes import again, classroom
from unrolled.grade.classes.again import Ask
from unrolled.grade.intake.gather import Work
from unrolled.grade.intake.platforms import owners
from unrolled.grade.intake.roster import Roster, Student
from unrolled.grade.marking import signs
from unrolled.grade.report import files, pages, table
from unrolled.grade.result import Result, Verdict

UNIT = "02-recurrent-cell"


def result(name, a="right", b="right", **more):
    both = [Verdict("a", 2, a), Verdict("b", 3, b)]
    return Result(name, UNIT, "pytorch", both, **more)


def work(name, when="", path=None):
    return Work(name, path, owners=owners("plain", f"{name}.ipynb"), when=when)


def book(*results, roster=None, whens=(), **more):
    whens = [*whens, *[""] * len(results)]
    works = [work(r.submission, w) for r, w in zip(results, whens, strict=False)]
    return rows.build(works, results, roster, **more)


TWO = Roster([Student("ann", "Ann Lee"), Student("ben", "Ben Okafor")])


# ---- attempts ------------------------------------------------------------------------


def test_the_last_attempt_counts_by_its_time_and_not_by_its_name():
    late, early = "2026-11-30T11:00:00+00:00", "2026-11-30T10:00:00+00:00"
    found = book(
        result("ann", b="wrong"), result("ann (1)"), roster=TWO, whens=(late, early)
    )
    assert [len(r.attempts) for r in found] == [2, 0]
    assert found[0].points == 2 and found[1].status(0.5) == rows.ABSENT


def test_an_attempt_that_cannot_be_graded_counts_only_alone():
    broken = Result("ann (1)", unreadable="It is empty.")
    [ann, _] = book(result("ann"), broken, roster=TWO)
    assert ann.points == 5 and len(ann.attempts) == 2
    assert any("the one before counts" in flag for flag in ann.flags)
    [ann, _] = book(broken, roster=TWO)
    assert ann.status(0) == rows.UNREADABLE and ann.result.unreadable


def test_who_is_not_in_the_roster_has_a_row_after_it():
    found = book(result("ann"), result("eve"), roster=TWO)
    assert [r.student.id for r in found] == ["ann", "ben", "eve"]
    assert not found[2].known and "not in the roster" in found[2].flags[0]


def test_a_student_has_a_row_for_each_unit():
    other = replace(result("ann-2"), unit="05-lstm")
    works = [work("ann"), replace(work("ann"), name="ann-2")]
    found = rows.build(works, [result("ann"), other], TWO)
    assert [(r.student.id, r.unit) for r in found] == [
        ("ann", UNIT), ("ben", UNIT), ("ann", "05-lstm"), ("ben", "05-lstm"),
    ]  # fmt: skip


# ---- overrides -----------------------------------------------------------------------


def written(tmp_path, text):
    (tmp_path / "o.csv").write_text(text, "utf-8")
    return overrides.read(tmp_path / "o.csv", {"a", "b"})


def test_overrides_change_points_and_say_so(tmp_path):
    given = written(
        tmp_path,
        "student,exercise,points,comment\nAnn Lee,a,1.5,The <idea> is right.\n"
        "ben,,4,\nben,,,Come and see me.\n",
    )
    ann, ben = book(result("ann", a="wrong"), result("ben", a="wrong"), roster=TWO,
                    overrides=given)  # fmt: skip
    assert (ann.points, ben.points) == (4.5, 4)
    page = pages.as_html(ann)
    assert "1.5 of 2 points (given by hand)" in page
    assert "Comment: The &lt;idea&gt; is right." in page and "4.5 of 5 points" in page
    text = table.class_csv([ann, ben], 0.6)
    assert "1.5 by hand" in text and "Come and see me." in text
    assert "by hand: `all points`" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("student,exercise,points,comment\nann,c,1,\n", "there is no exercise `c`"),
        ("student,exercise,points,comment\nann,a,-1,\n", "0 or more"),
        ("student,exercise,points,comment\nann,a,nan,\n", "0 or more"),
        ("student,exercise,points,comment\nann,a,many,\n", "no number"),
        ("student,exercise,points,comment\n,a,1,\n", "names no student"),
        ("who,what\n1,2\n", "It needs student"),
    ],
)
def test_overrides_that_cannot_be_are_told_in_a_sentence(text, says, tmp_path):
    with pytest.raises(BadOverride, match=says):
        written(tmp_path, text)


def test_an_override_of_nobody_is_told():
    with pytest.raises(BadOverride, match="nobody of the class"):
        book(result("ann"), roster=TWO, overrides=[Override("eve", "a", 1)])


# ---- ids in place of names -----------------------------------------------------------


def test_anonymous_ids_survive_a_second_call_and_hide_the_name(tmp_path):
    found = book(result("ann"), result("ben"), roster=TWO)
    first = anonymous.ids(tmp_path, found)
    assert len(set(first.values())) == 2 and anonymous.ids(tmp_path, found) == first
    assert (tmp_path / anonymous.NAME).stat().st_mode & 0o777 == 0o600
    results = [row.result for row in found]
    files.write_all(tmp_path, results, 0.6, found, first)
    assert sorted(p.stem for p in (tmp_path / "anonymous").glob("*.html")) == sorted(
        first.values()
    )
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        assert set(archive.namelist()) == {f"{i}/feedback.html" for i in first.values()}
    for show in (pages.as_html, pages.as_markdown):
        page = show(found[0], first["ann"])
        assert first["ann"] in page and "Ann Lee" not in page


# ---- hints ---------------------------------------------------------------------------

LOOP = "def f(x, w):\n    h = 0\n    for t in x:\n        h = h + t @ w\n    return h\n"
SAME = '''def f(inputs, weights):
    """Another text."""
    state = 0  # and a comment

    for one in inputs:
        state = state + one @ weights
    return state
'''


def test_equal_answers_are_found_whatever_the_names_are():
    assert signs.fingerprint(LOOP) == signs.fingerprint(SAME) != ""
    for other in (LOOP.replace("+", "-"), LOOP.replace("= 0", "= 1")):
        assert signs.fingerprint(other) != signs.fingerprint(LOOP)
    assert (
        signs.fingerprint("def f():\n    return 7\n") == ""
    )  # soon the same by chance
    assert signs.fingerprint("def f(:") == signs.fingerprint("(" * 5000) == ""


def test_calls_of_the_helper_package_are_named():
    helpers = {"cells": "cells", "lstm_step": "cells.lstm_step"}
    code = "def f(x):\n    return cells.step(x), lstm_step(x), other.step(x)\n"
    assert signs.called(code, helpers) == ["cells.lstm_step", "cells.step"]
    inside = "def f(x):\n    from unrolled import metrics as m\n    return m.bits(x)\n"
    assert signs.called(inside, {}) == ["metrics.bits"]


def test_what_is_worth_a_look_stands_in_the_row():
    ann, ben = result("ann", flags=["edited check `a`"]), result("ben", a="timed out")
    for one in (ann, ben):
        one.exercises[1].print = "same"
    ann.exercises[0].calls = ["cells.step"]
    first, second = book(ann, ben, roster=TWO)
    assert first.flags == [
        "edited check `a`", "helper in `a`: cells.step", "equal answer `b`: Ben Okafor",
    ]  # fmt: skip
    assert second.flags == ["timed out: `a`", "equal answer `b`: Ann Lee"]


# ---- again, and only -----------------------------------------------------------------


class Grades:
    """Stands in for a grader: every exercise is right; notes what it was asked for."""

    asked: ClassVar[list] = []

    def grade(self, name, content, cells, only=None):
        Grades.asked.append((name, only and sorted(only)))
        words = {"a": "right", "b": "right"}
        found = result(name, **{n: words[n] if only is None or n in only else
                                "not attempted" for n in words})  # fmt: skip
        found.digest, found.content = Grades.digest, Grades.own
        return found


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A submission that was graded with older checks, one exercise wrong."""
    path = tmp_path / "ann.ipynb"
    path.write_text(json.dumps({"cells": []}))
    Grades.asked, Grades.digest = [], "new"
    Grades.own = classroom.restore.digest(path.read_bytes())
    monkeypatch.setattr(classroom, "_grader", lambda plan, what: Grades())
    monkeypatch.setattr(classroom.assignments, "guess", lambda *given: None)
    monkeypatch.setattr(classroom, "digest", lambda *given: Grades.digest)
    out = tmp_path / "out"

    def call(ask, old):
        if old:
            classroom.keep(out, old)
        plan = classroom.Plan(tmp_path, "limits")
        return classroom.grade_one(plan, work("ann", path=path), out, ask)

    return call


def words(found):
    return {v.name: v.word for v in found.exercises}


def test_one_exercise_is_graded_again_and_the_other_stays(kept):
    old = result("ann", "wrong", "wrong", digest="old", content=Grades.own)
    found = kept(Ask(again=True, only=frozenset({"a"})), old)
    assert words(found) == {"a": "right", "b": "wrong"}
    assert Grades.asked == [("ann", ["a"])]
    assert found.digest == "old"  # so that a call of everything grades it anew
    assert words(kept(Ask(), None)) == {"a": "right", "b": "right"}


def test_who_is_not_chosen_stays_as_graded_even_with_older_checks(kept):
    old = result("ann", "wrong", digest="old", content=Grades.own)
    assert words(kept(Ask(again=True, chosen=False), old))["a"] == "wrong"
    assert Grades.asked == []
    changed = replace(old, content="other bytes")
    assert words(kept(Ask(again=True, chosen=False), changed))["a"] == "right"


def test_again_grades_what_is_there_and_without_it_nothing(kept):
    old = result("ann", "wrong", digest="new", content=Grades.own)
    assert words(kept(Ask(), old))["a"] == "wrong"
    assert words(kept(Ask(again=True), old))["a"] == "right"
    assert Grades.asked == [("ann", None)]


def test_what_ran_out_of_time_is_tried_once_more_alone(kept):
    old = result("ann", "timed out", "wrong", digest="new", content=Grades.own)
    found = kept(Ask(retry=True), old)
    assert words(found) == {"a": "right", "b": "wrong"} and found.retried
    assert "timed out at first: `a`" in found.flags
    assert Grades.asked == [("ann", ["a"])]


def test_all_late_ones_are_tried_after_the_others_and_one_at_a_time(
    tmp_path, monkeypatch
):
    calls = []

    def graded(plan, tasks, folder, jobs):
        calls.append(([w.name for w, _, _ in tasks], jobs))
        for one, ask, _ in tasks:
            done = result(
                one.name, "right" if ask.retry else one.name.partition("-")[2]
            )
            yield one, replace(done, retried=ask.retry)

    monkeypatch.setattr(classroom, "_all", graded)
    works = [work(n) for n in ("x-timed out", "y-right", "z-timed out")]
    found = list(classroom.grade_all(None, works, None, 2))
    assert calls == [([w.name for w in works], 2), (["x-timed out", "z-timed out"], 1)]
    assert [words(r)["a"] for r in found] == ["right"] * 3
    assert again.timed_out(found[1]) == frozenset()


def test_a_result_of_an_older_version_is_read(tmp_path):
    old = result("ann", digest="1").as_json()
    for name in ("content", "title", "flags", "retried"):
        del old[name]
    for verdict in old["exercises"]:
        for name in ("title", "lines", "print", "calls"):
            del verdict[name]
    storage.write(storage.place(tmp_path, "ann"), json.dumps(old))
    assert classroom.kept(tmp_path, work("ann"), "1").points == 5
