"""A unit, a section or a cell that some text mentions is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courses import COURSE, UNITS

FILES = ("README.md", "lesson.py", "assignment.py", "quiz.yml")
LINKED = r"(?:\]\([^)]*\))?"
UNIT = re.compile(
    rf"\b[Uu]nits? +(\[?\d\d{LINKED}(?:(?:,| and| or| to|–)+ *\[?\d\d\b{LINKED})*)"
)
OTHER = re.compile(rf"\b[Uu]nit (\d\d)\b{LINKED}(?:'s)?[,:]? \(?(?:lesson,? )?$")
SECTION = re.compile(
    r"\b[Ss]ections? +(\d+)\b(?!\.\d)((?:(?:, \d+)*(?: and| or| to|–) ?\d+\b)?)"
    r"(?! of (?!(?:the|this) lesson))"
)
CELL = re.compile(
    r"\bcells? `([a-z0-9]+(?:-[a-z0-9]+)*)`|`([a-z0-9]+(?:-[a-z0-9]+)+)` cell"
)
COMMENT = re.compile(r"^ *# ?(?!%%)", re.MULTILINE)


def text(path: Path) -> str:
    """Return what a file says, on one line, without the signs of comments."""
    said = path.read_text("utf-8")
    if path.suffix == ".py":
        said = COMMENT.sub("", said)
    return " ".join(said.split())


def faults(unit: Path) -> Iterator[str]:
    """Yield a sentence for each mention in a unit of what is not there."""
    lessons = {path.name[:2]: path for path in unit.parent.glob("[0-9][0-9]-*")}
    for name in FILES:
        said, where = text(unit / name), f"{unit.name}/{name}"
        for found in UNIT.finditer(said):
            for number in re.findall(r"(?<!\d)\d\d(?!\d)(?![^(]*\))", found[1]):
                if number not in lessons:
                    yield f"{where}: there is no unit {number}: {_about(said, found)}"
        for found in SECTION.finditer(said):
            other = OTHER.search(said[max(0, found.start() - 90) : found.start()])
            number = other[1] if other else unit.name[:2]
            there = sections(lessons[number]) if number in lessons else set()
            for section in re.findall(r"\d+", found[1] + found[2]):
                if int(section) not in there:
                    yield (
                        f"{where}: the lesson of unit {number} has no section "
                        f"{section}: {_about(said, found)}"
                    )
        for found in CELL.finditer(said):
            if (found[1] or found[2]) not in cells(unit):
                yield (
                    f"{where}: there is no cell {found[1] or found[2]}: "
                    f"{_about(said, found)}"
                )


def sections(unit: Path) -> set[int]:
    """Return the numbers of the sections of a unit's lesson."""
    lesson = (unit / "lesson.py").read_text("utf-8")
    return {int(n) for n in re.findall(r"^# ## (\d+)\b", lesson, re.MULTILINE)}


def cells(unit: Path) -> set[str]:
    """Return the names of the cells of a unit's lesson and assignment."""
    both = "".join(
        (unit / f"{n}.py").read_text("utf-8") for n in ("lesson", "assignment")
    )
    return set(re.findall(r"^# %% ([\w-]+)", both, re.MULTILINE))


def _about(said: str, found: re.Match) -> str:
    return f"“…{said[max(0, found.start() - 50) : found.end() + 30]}…”"


@pytest.mark.parametrize("unit", UNITS)
def test_what_a_unit_mentions_is_there(unit):
    assert list(faults(COURSE / "lessons" / unit)) == []


def test_every_application_is_done_in_a_place_that_the_first_unit_names():
    """Whether the place is there, `faults` says."""
    page = (COURSE / "lessons" / UNITS[0] / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+) \| [^|]*→[^|]* \|(.*)\|$", page, re.MULTILINE)
    assert len(rows) >= 12 and "no sequence" in rows[0][0]
    for task, place in rows[1:]:
        link = r"\[unit \d\d\]\(\S+\), (sections? \d|last exercise)"
        assert re.search(link, place), task


@pytest.fixture
def unit(tmp_path):
    for name, lesson in {
        "02-one": "# %% title [markdown]\n# # One\n\n# %% a-b [markdown]\n# ## 1 · A\n",
        "05-two": "# %% title [markdown]\n# # Two\n\n# %% d [markdown]\n# ## 9 · B\n",
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        for file in FILES:
            (folder / file).write_text("" if file != "lesson.py" else lesson, "utf-8")
    return tmp_path / "02-one"


MENTIONS = {
    "Unit 05 does, as [unit 02](../02-one/README.md) did.": [],
    "See units [02](../02-one/README.md), 05 and 13.": ["no unit 13"],
    "Unit 12 looks closer.": ["no unit 12"],
    "A layer of 40 units; 99 units and 98.": [],
    "The lesson (section 1) measures it.": [],
    "The lesson (section 2) measures it.": ["unit 02 has no section 2"],
    "Lesson, sections 1 and 3": ["unit 02 has no section 3"],
    "In section 1, 50 steps back": [],
    "Unit 05's section 9, and unit 05 (lesson, section 9)": [],
    "[unit 05](../05-two/README.md), section 1": ["unit 05 has no section 1"],
    "Unit 77, section 1": ["no unit 77", "unit 77 has no section 1"],
    "Section 3 of Cho and others; their section 10.2.2": [],
    "Section 3 of the lesson": ["unit 02 has no section 3"],
    "the cell `a-b`, and the `a-b` cell": [],
    "the cell `b`": ["no cell b"],
    "a `b-c` cell": ["no cell b-c"],
    "an `LSTM` cell, a cell `GRU`": [],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("said", MENTIONS)
def test_a_mention_of_what_is_not_there_is_told(unit, said, name):
    before = (unit / name).read_text("utf-8")
    mark = "# %% more [markdown]\n# " if name.endswith(".py") else ""
    (unit / name).write_text(f"{before}{mark}{said}\n", "utf-8")
    told = list(faults(unit))
    assert len(told) == len(MENTIONS[said]), told
    for line, what in zip(told, MENTIONS[said], strict=True):
        assert line.startswith(f"02-one/{name}: ") and what in line
