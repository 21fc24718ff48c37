"""Right answers in other styles than the solution's are accepted.

`tests/right/<unit>.py` holds them, as `mistakes.py` holds the wrong ones: edits of the
solution, or whole cells. It holds right answers, too, that a function of the course or
of the framework gives: those are not accepted. Nor is the solution where it does not
tell a part of what it must.
"""

import pytest

import exercise_reports
from exercise_reports import RIGHT
from unrolled.source.layout import TRACKS

CASES = [
    pytest.param(
        name,
        track,
        marks=() if exercise_reports.in_sample(name, track) else pytest.mark.every,
    )
    for name in RIGHT
    for track in TRACKS
]


@pytest.mark.parametrize(("name", "track"), CASES)
def test_a_right_answer_in_another_style_is_accepted(name, track):
    entries = exercise_reports.of_unit(name, track, right=True)
    entries = [e for e in entries if e["kind"] == "right"]
    refused = {
        f"{e['exercise']}, {e['answer']}": e["said"]
        for e in entries
        if e["refused"] is not False
    }
    assert entries and refused == {}


@pytest.mark.parametrize(("name", "track"), CASES)
def test_what_a_function_of_the_course_computes_is_not_the_learners(name, track):
    entries = exercise_reports.of_unit(name, track, right=True)
    told = {
        f"{e['exercise']}, {e['answer']}": e["said"] or "accepted"
        for e in entries
        if e["kind"] == "helped"
    }
    assert {k: says for k, says in told.items() if "but not yours" not in says} == {}


@pytest.mark.parametrize(("name", "track"), CASES)
def test_what_an_answer_does_not_tell_counts_as_wrong(name, track):
    entries = exercise_reports.of_unit(name, track, right=True)
    lacking = [e for e in entries if e["kind"] == "lacking"]
    free = [(e["exercise"], e["answer"]) for e in lacking if not e["refused"]]
    assert lacking and free == []
