"""The paths through the course are made of its units, and of their minutes."""

import re
import shutil

import pytest

import build
import courses
import paths
import unit
from courses import COURSE, SMALL, edit

MARKS = "<!-- paths -->\n<!-- /paths -->\n"


@pytest.mark.parametrize("n", [1, 2, 7, 14, 30])
def test_days_hold_everything_once_and_in_order(n):
    lengths = [85, 110, 105, 100, 115, 115, 100, 90, 100, 100]
    days = paths.together(lengths, n)
    assert [place for day in days for place in day] == list(range(10))
    assert len(days) == min(n, 10) and all(days)


def test_the_longest_day_is_as_short_as_it_can_be():
    # Of the 36 ways to cut nine things into three days, none is better.
    lengths = [1, 9, 2, 2, 2, 2, 8, 1, 1]
    most = max(sum(lengths[p] for p in day) for day in paths.together(lengths, 3))
    every = [
        max(sum(lengths[:a]), sum(lengths[a:b]), sum(lengths[b:]))
        for b in range(2, 9)
        for a in range(1, b)
    ]
    assert most == min(every)


def test_a_long_unit_has_several_lectures_and_short_ones_share():
    assert paths.lectures([60, 200, 60], 5) == [[0], [1], [1], [1], [2]]
    assert paths.lectures([10, 10, 90], 2) == [[0, 1], [2]]
    shared = paths.lectures([85] * 18, 14)
    assert len(shared) == 14 and [p for day in shared for p in day] == list(range(18))


def rows(page: str, mark: str) -> list[list[str]]:
    """Return the rows of the tables between two marks of a page."""
    text = (COURSE / page).read_text("utf-8")
    between = text.split(f"<!-- {mark} -->")[1].split(f"<!-- /{mark} -->")[0]
    return [line.strip("| ").split(" | ") for line in between.splitlines()]


def test_the_tables_name_each_unit_and_add_up():
    units = [unit.read(path) for path in unit.folders(COURSE)]
    whole = sum(one.minutes for one in units) / 60
    told = rows("lessons/01-sequences/README.md", "days")
    hours = {row[0]: int(row[-1]) for row in told if row[0].startswith("a")}
    assert hours["a semester"] == round(whole)
    assert hours["an evening"] < hours["a week"] < hours["a semester"]
    days = [row for row in told if len(row) == 3 and row[0].isdigit()]
    assert abs(sum(float(row[2]) for row in days) - hours["a week"]) < 1
    lectures = [row for row in told if len(row) == 4 and row[0].isdigit()]
    assert [int(row[0]) for row in lectures] == list(range(1, paths.LECTURES + 1))
    sums = sum(float(row[2]) + float(row[3]) for row in lectures)
    assert abs(sums - whole) < 1.5  # each was rounded to a tenth of an hour
    for one in units:
        link = f"[{one.name[:2]}](../{one.name}/README.md)"
        assert sum(link in row[1] for row in days) == 1
        assert sum(link in row[1] for row in lectures) >= 1


def test_the_readme_has_the_same_hours():
    here = {row[0]: row[-1] for row in rows("README.md", "paths") if len(row) == 4}
    there = rows("lessons/01-sequences/README.md", "days")
    assert (
        here == {row[0]: row[-1] for row in there if row[0] in here} and len(here) > 3
    )


def test_a_unit_that_does_not_say_its_minutes_is_named(tmp_path, capsys):
    course = courses.small_course(tmp_path / "course")
    readme = course / "README.md"
    readme.write_text(readme.read_text("utf-8") + MARKS, "utf-8")
    assert build.main(["--course", str(course)]) == 0
    assert re.search(r"\| a semester \|.*\| 1 \|", readme.read_text("utf-8"))
    edit(course / f"lessons/{SMALL}/README.md", "10 for this page", "10 for the page")
    assert build.main(["--course", str(course)]) == 1
    said = capsys.readouterr().err
    assert f"lessons/{SMALL}/README.md: says not what its minutes are for" in said
    shutil.rmtree(course)
