"""The glossary: every unit's words in one table; and what is wrong with a unit's."""

import shutil

import pytest

import build
import courses
import glossary
import new
from courses import SMALL, edit

OTHER = "02-other-unit"
ROW = "| share kept | how much of the old average stays, $a$ in the formula | |\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return courses.small_course(tmp_path_factory.mktemp("built") / "course")


@pytest.fixture
def course(built, tmp_path):
    return shutil.copytree(built, tmp_path / "course")


def table(course) -> list[str]:
    page = (course / "GLOSSARY.md").read_text("utf-8")
    return [line for line in page.splitlines() if line.startswith("|")]


def test_the_words_of_all_units_stand_in_the_order_of_the_alphabet(course):
    new.new(course, OTHER)
    page = course / f"lessons/{OTHER}/README.md"
    words = (
        r"| **$k$-gram** | counts of $\|k\|$, see [there](../a.md) and [here](#b) | n |"
    )
    rows = page.read_text("utf-8").split("| --- | --- | --- |\n")[1].split("\n\n")[0]
    edit(page, rows, words + "\n| Abate | [to end](https://a.org/b) | |")
    assert build.main(["--course", str(course)]) == 0
    link = f"[02](lessons/{OTHER}/README.md)"
    assert table(course)[2:] == [
        f"| Abate | [to end](https://a.org/b) | | {link} |",
        r"| **$k$-gram** | counts of $\|k\|$, see [there](lessons/a.md) and "
        f"[here](lessons/{OTHER}/README.md#b) | n | {link} |",
        "| running average | an average that is corrected at every step and needs no "
        f"past values | exponential moving average | [01](lessons/{SMALL}/README.md) |",
        f"{ROW.strip()} [01](lessons/{SMALL}/README.md) |",
    ]


def test_a_stale_glossary_is_named(course, capsys):
    edit(course / f"lessons/{SMALL}/README.md", "in the formula |", "here |")
    capsys.readouterr()
    assert build.main(["--check", "--course", str(course)]) == 1
    assert "stale: GLOSSARY.md" in capsys.readouterr().out.splitlines()


def test_a_unit_without_the_heading_has_no_words(course):
    edit(course / f"lessons/{SMALL}/README.md", glossary.HEADING, "## Words")
    assert build.main(["--course", str(course)]) == 0
    assert len(table(course)) == 2


def test_a_word_of_two_units_names_both(course, capsys):
    new.new(course, OTHER)
    edit(course / f"lessons/{OTHER}/README.md", "| share kept |", "| **Share kept** |")
    edit(course / f"lessons/{OTHER}/README.md", "| running", "| walking")
    assert build.main(["--course", str(course)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"lessons/{OTHER}/README.md: defines `share kept`, which "
        f"lessons/{SMALL}/README.md defines. Keep one of the two."
    ]


MALFORMED = {
    "header": ("| word | what it means |", "| words | what it means |", "has no table"),
    "rule": ("| --- | --- | --- |", "| a | b | c |", "has no table"),
    "two cells": (ROW, "| share kept | what is handed on |\n", "has three cells"),
    "four cells": (ROW, "| share kept | of | it | all |\n", "has three cells"),
    "no meaning": (ROW, "| share kept | | |\n", "only the last may be empty"),
    "no words": (ROW, "| | of it | |\n", "only the last may be empty"),
    "too many": (ROW, ROW + ROW * 9, "has 11 rows"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_table_that_is_none_is_told(course, capsys, case):
    old, text, what = MALFORMED[case]
    edit(course / f"lessons/{SMALL}/README.md", old, text)
    assert build.main(["--course", str(course)]) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"lessons/{SMALL}/README.md: ") and what in said
