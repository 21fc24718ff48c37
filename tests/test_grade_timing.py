"""The timing in the documents is what was measured, and the class can be made anew."""

import importlib.util
import json

import pytest

import courses
import grade_bank
from courses import COURSE
from unrolled.source.layout import TRACKS

SPEC = importlib.util.spec_from_file_location(
    "grading_benchmark", COURSE / "benchmarks" / "grading.py"
)
benchmark = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(benchmark)


def test_the_table_in_the_documents_was_measured():
    stored = json.loads(benchmark.RESULTS.read_text("utf-8"))
    assert set(stored) == set(TRACKS)
    shown = benchmark.table([stored[track] for track in TRACKS])
    page = grade_bank.PAGE.read_text("utf-8")
    assert f"{benchmark.MARKS[0]}\n{shown}\n{benchmark.MARKS[1]}" in page
    for row in stored.values():
        assert row["wrong"] == {} and row["resumed"] is True
        assert row["each"] < row["nbgrader each"]


@pytest.mark.parametrize("track", TRACKS)
def test_the_class_is_mixed_and_its_points_are_known(track, tmp_path):
    expected = benchmark.pupils(tmp_path, track, 40)
    found = {p.parent.name for p in tmp_path.rglob("*.ipynb")}
    assert len(expected) == len(found) == 40
    kinds = [name.split("/")[0].split("-", 2)[2] for name in expected]
    assert {k: kinds.count(k) for k in kinds} == {
        "solved": 16,
        "mistake": 16,
        "untouched": 6,
        "hostile": 2,
    }
    assert {v for k, v in expected.items() if "untouched" in k} == {0}
    most = {v for k, v in expected.items() if "solved" in k}
    assert most == {16}
    assert courses.path(COURSE, benchmark.UNIT, "solution", track).is_file()
