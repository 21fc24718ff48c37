"""Wrong answers that learners give are refused with their hint; the solution is not."""

import pytest

import courses
import exercise_reports
import source
import unit
from courses import COURSE, SMALL, UNITS, edit
from exercise_reports import report
from exercises import tried_elsewhere
from unrolled.check import mistakes
from unrolled.source.layout import TRACKS

FEWEST = 6


def faults(entries: list[dict]) -> list[str]:
    """Return the mistakes that were let through, or refused without their hint."""
    wrong = []
    for e in entries:
        name = f"{e['exercise']}, {e['answer']}"
        if e["refused"] is False:
            wrong.append(f"{name}: was accepted")
        elif e["refused"] is None:
            wrong.append(f"{name}: was not judged: {e['said']}")
        elif e["answer"] not in e["said"]:
            wrong.append(f"{e['exercise']}: says not `{e['answer']}` but: {e['said']}")
    return wrong


# In the second track every other unit; `make test ALL=1` has the rest.
CASES = [
    pytest.param(
        name,
        track,
        marks=() if track == TRACKS[0] or place % 2 else pytest.mark.every,
    )
    for place, name in enumerate(UNITS)
    for track in TRACKS
]


@pytest.mark.parametrize(("name", "track"), CASES)
def test_every_mistake_is_refused_with_its_hint(name, track):
    right = exercise_reports.in_sample(name, track)
    entries = exercise_reports.of_unit(name, track, right)
    entries = [e for e in entries if e["kind"] == "wrong"]
    assert faults(entries) == []
    read = source.read(COURSE / f"lessons/{name}/assignment.py")
    exercises = read.exercises
    cells = [cell for cell in read.cells(track) if cell.is_solution]
    own = {c.name for c in cells if not tried_elsewhere(c, track)}
    assert {e["exercise"] for e in entries} == own  # of some, a sample
    known = mistakes.read(COURSE / f"lessons/{name}", track)
    assert {e: len(known[e]) for e in exercises if len(known[e]) < FEWEST} == {}


@pytest.fixture
def course(tmp_path):
    return courses.small_course(tmp_path / "course")


def wrong_answers(course):
    entries = report(course, SMALL, "pytorch")
    return [entry for entry in entries if entry["kind"] == "wrong"]


def test_a_new_unit_knows_its_mistakes(course):
    entries = wrong_answers(course)  # both tracks share its exercise
    assert faults(entries) == [] and len(entries) >= FEWEST


def test_a_right_answer_and_equal_values_among_the_mistakes_are_noticed(course):
    mistakes = course / f"lessons/{SMALL}/mistakes.py"
    edit(mistakes, '"(1 - keep) * h + keep * x"', '"0 * h + (1 - keep) * x"')
    edit(mistakes, '{"(1 - keep) * ": ""}', '{"keep * h": "h * keep"}')
    edit(mistakes, '"x[:, : t + 1].mean(axis=1)"', '"1 +"')
    said = faults(wrong_answers(course))
    assert "The new value has its full weight" in said[0] and "accepted" in said[0]
    assert "says not `The old average is never used" in said[1]
    assert "but: `keep` weighs the old" in said[1]
    assert "was not judged: the answer fails" in said[2]
    assert len(said) == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"(1 - keep) * ": ""', '"(1 - kept) * ": ""', "does not say `(1 - kept) * `"),
        (
            '"keep * h + ": ""',
            '"(1 - keep) * ": ""',
            "makes the same cell as the one with “The new value has its full weight",
        ),
        ('"keep * h + ": ""', '"keep": "keep"', "the same cell as the solution"),
    ],
)
def test_the_build_refuses_an_edit_that_does_not_fit(course, old, new, words):
    edit(course / f"lessons/{SMALL}/mistakes.py", old, new)
    with pytest.raises(unit.UnitError) as refused:
        unit.read(course / f"lessons/{SMALL}")
    assert words in str(refused.value) and "mistakes.py" in str(refused.value)


def test_a_solution_that_its_check_refuses_is_noticed(course):
    edit(course / f"lessons/{SMALL}/assignment.py", "keep * h + (1", "keep * h + (2")
    with pytest.raises(AssertionError, match="the solution was refused"):
        report(course, SMALL, "pytorch")
