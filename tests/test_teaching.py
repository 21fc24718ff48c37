"""The instructor's pages: solutions that compute, plans that add up, no circle."""

import ast
import json
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest

import build
import courses
import paths
import prerequisites
import slips
import source
import teaching
import unit
from courses import COURSE, UNITS
from unrolled.check import mistakes
from unrolled.quiz.text import github
from unrolled.source.layout import TRACKS

READ = [unit.read(folder) for folder in unit.folders(COURSE)]
PAGES = sorted(COURSE.glob("lessons/*/teaching.md"))
PLAN = COURSE / "docs/teaching.md"
SOLUTION = re.compile(
    r"<summary>Solution</summary>\n\n(.*?)\n\n```python\n(.*?)\n```\n\n</details>", re.S
)
BOLD = re.compile(r"\*\*(-?[\d.]+)\*\*")


def value(code):
    """Run code and return the value of its last line, as a notebook would."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    names = {}
    exec(compile(tree, "solution", "exec"), names)
    return eval(compile(last, "solution", "eval"), names)


def agrees(said, computed):
    """Whether a number that is written with some decimals is the computed one."""
    decimals = len(said.partition(".")[2])
    return abs(float(said) - computed) <= 0.5 * 10**-decimals + 1e-9


def solutions():
    for page in PAGES:
        for number, found in enumerate(SOLUTION.finditer(page.read_text("utf-8")), 1):
            yield pytest.param(*found.groups(), id=f"{page.parent.name}-{number}")


@pytest.mark.parametrize("told, code", list(solutions()))
def test_a_solution_on_paper_says_what_its_code_computes(told, code):
    (said,) = BOLD.findall(told)
    assert agrees(said, value(code)), (said, value(code))


@pytest.mark.parametrize("said, right", [("2.63", 1), ("2.64", 0), ("3", 1), ("2", 0)])
def test_a_wrong_number_would_be_noticed(said, right):
    assert agrees(said, 2.6345) == bool(right)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_has_its_parts(page):
    text = page.read_text("utf-8")
    exercises = text.count("<summary>Solution</summary>")
    assert 2 <= exercises == len(SOLUTION.findall(text)) <= 3
    assert 3 <= text.count("A good answer: ") <= 5
    one = next(u for u in READ if u.name == page.parent.name)
    for name, known in one.mistakes.items():
        assert f"Exercise {name}: {len(known)} known wrong answers" in text
    assert f"unrolled exam --seed 27182818284 --units {one.name[:2]}\n" in text
    assert len(re.findall(r"^- \*\*", teaching.goals(one), re.M)) >= 4
    assert teaching.goals(one) in text


def sentences(page, exercise):
    """Return each sentence that a page has of an exercise, and its number."""
    begins = rf"<summary>Exercise {re.escape(exercise)}: [^<]*</summary>\n\n"
    (listed,) = re.findall(begins + r"(.*?)\n\n</details>", page, re.S)
    lines = [re.fullmatch(r"- (.*?)(?: \((\d+)\))?", s) for s in listed.split("\n")]
    return [(found[1], found[2] and int(found[2])) for found in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_numbers_behind_the_sentences_are_the_counted_ones(page):
    text = page.read_text("utf-8")
    one = next(u for u in READ if u.name == page.parent.name)
    rows = {
        row["exercise"]: row
        for row in json.loads((COURSE / "docs/mutants.json").read_text("utf-8"))
        if row["unit"] == one.name and row["track"] != TRACKS[1]
    }
    known = mistakes.read(page.parent, TRACKS[0])
    counted = [row for row in rows.values() if "said" in row]
    for name, told in one.mistakes.items():
        said = rows[name].get("said", {}) if name in rows else {}
        listed = sentences(text, name)
        assert dict(listed) == {github(s): said.get(s) for s in told}
        assert len(listed) == len(told)
        numbers = [-1 if count is None else count for _, count in listed]
        assert numbers == sorted(numbers, reverse=True)
        for count in set(numbers):  # among equals, in the order of the file
            equal = [s for s, n in listed if n == (None if count < 0 else count)]
            assert equal == [github(s) for s in told if github(s) in equal]
        if name in rows and rows[name]["tried"] < rows[name]["made"]:
            assert not said and f"`{name}` (" in text
        elif set(said) != {m.says for m in known[name]} & set(told):
            warnings.warn(
                f"lessons/{one.name}/teaching.md lacks numbers of {name}: python "
                f"tools/quality/mutants.py --table {one.name}",
                stacklevel=1,
            )
    refused = sum(row["refused"] + row["stopped"] for row in counted)
    named = sum(row["named"] for row in counted)
    words = f"{refused} such slips were refused, {named} of them with sentences below"
    assert words in " ".join(text.split())
    for row in counted:
        assert max(row["said"].values()) <= row["named"] <= sum(row["said"].values())


def test_a_sentence_that_was_not_counted_has_no_number():
    one = replace(
        READ[0], mistakes={"codec": {"Seldom.": "", "New.": "", "Often.": ""}}
    )
    row = slips.Slips(9, 9, 8, 3, {"Seldom.": 0, "Often.": 3})
    made = teaching.wrong(one, {(one.name, "codec"): row})
    assert "- Often. (3)\n- Seldom. (0)\n- New.\n" in made
    assert "3 known wrong answers, 3 of 8 slips</summary>" in made
    words = " ".join(made.split())
    assert "8 such slips were refused, 3 of them with sentences" in words
    assert "What has no number was not tried in PyTorch. <details>" in words
    made = teaching.wrong(one, {})
    assert made.startswith("<details>") and "- Seldom.\n- New.\n- Often.\n" in made


def test_every_unit_has_a_page():
    assert [page.parent.name for page in PAGES] == UNITS


def test_no_unit_needs_itself_and_each_is_drawn():
    edges = prerequisites.graph(READ)
    assert sorted(edges) == [name[:2] for name in UNITS]
    rows = prerequisites.depths(edges)
    assert all(rows[a] < rows[name] for name, near in edges.items() for a in near)
    drawn = (COURSE / "docs/img/prerequisites.svg").read_text("utf-8")
    words = " ".join(re.findall(r"<text [^>]*>(.*?)</text>", drawn))
    for one in READ:
        assert f"{one.name[:2]} {one.title}" in unescape(words)
    assert drawn.count("<path ") == sum(map(len, edges.values()))


def crossed(drawn):
    """Return the pairs of a line and a box that it runs through."""
    boxes = re.findall(r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', drawn)
    found = []
    for path in re.findall(r'<path d="M([^"]+)"', drawn):
        points = [tuple(map(int, point.split())) for point in path.split("L")]
        for (x0, y0), (x1, y1) in pairwise(points):
            steps = [k / 100 for k in range(1, 100)]
            between = [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * s) for s in steps]
            for box in boxes:
                x, y, wide, high = map(int, box)
                if any(x < a < x + wide and y < b < y + high for a, b in between):
                    found.append((path, box))
    return found


def test_no_line_of_the_drawing_runs_through_a_box():
    drawn = (COURSE / "docs/img/prerequisites.svg").read_text("utf-8")
    assert crossed(drawn) == []
    assert crossed(re.sub(r'd="M(\d+ \d+) .* L', r'd="M\1 L', drawn)) != []


@pytest.mark.parametrize(
    "last, says",
    [
        (
            "[03](../03-c/README.md)",
            "01, 03, 02, 01 need each other, in a circle",
        ),
        ("[09](../09-x/README.md)", "Unit 01 needs unit 09, which there is not"),
    ],
)
def test_a_circle_and_a_missing_unit_are_told(last, says):
    needed = {
        "01-a": last,
        "02-b": "[01](../01-a/README.md)",
        "03-c": "[02](../02-b/README.md)",
    }
    one = READ[0]
    units = [
        replace(one, name=name, readme=f"You need {text}.\n\nMore.")
        for name, text in needed.items()
    ]
    with pytest.raises(ValueError, match=says):
        prerequisites.graph(units)


def rows(mark):
    text = PLAN.read_text("utf-8")
    between = text.split(f"<!-- {mark} -->")[1].split(f"<!-- /{mark} -->")[0]
    cells = [line.strip("| ").split(" | ") for line in between.strip().splitlines()]
    return cells[2:]


def test_the_semester_adds_up():
    takes = [paths.minutes(one) for one in READ]
    told = rows("semester")
    assert len(told) == paths.LECTURES
    assert sum(int(row[2]) for row in told) == sum(t.page for t in takes)
    assert sum(int(row[4]) for row in told) == sum(t.lesson for t in takes)
    home = sum(t.assignment + t.quizzes for t in takes)
    assert sum(int(row[5]) for row in told) == home
    for row in told:
        assert int(row[2]) + int(row[3]) == teaching.LECTURE and int(row[3]) > 0


def test_the_week_adds_up():
    takes = [paths.minutes(one) for one in READ]
    told = rows("week")
    assert len(told) == teaching.DAYS
    whole = sum(t.page + t.lesson for t in takes)
    assert sum(int(row[4]) for row in told) == whole


def test_the_workshop_lasts_two_hours_and_says_what_it_cuts():
    """A part of a unit has the minutes that the unit states, less what is cut."""
    takes = {one.name[:2]: paths.minutes(one) for one in READ}
    clock = 0
    for start, minutes, what, whole, cut in rows("workshop"):
        assert int(start) == clock
        clock += int(minutes)
        part = re.match(r"(\d\d), (page|lesson)", what)
        if part:
            assert int(whole) == getattr(takes[part[1]], part[2])
            assert int(cut) == int(whole) - int(minutes) >= 0
    assert clock == 120


def workshop(unit, part):
    """Return what the plan of the workshop says of a part of a unit."""
    text = PLAN.read_text("utf-8").split("<!-- /workshop -->")[1]
    begins = rf"^- \*\*{unit}, {part}:\*\* "
    found = re.search(begins + r"(.*?)(?=\n- |\n\n)", text, re.M | re.S)
    return " ".join(found[1].split())


@pytest.mark.parametrize("unit", ["02", "05", "12"])
def test_the_workshop_keeps_parts_that_the_page_has(unit):
    (folder,) = COURSE.glob(f"lessons/{unit}-*")
    page = re.sub(r"\s+", " ", (folder / "README.md").read_text("utf-8"))
    kept = re.findall(r"\*([A-Z][^*]+)\*", workshop(unit, "page").split("Cut")[0])
    assert kept and all(f"## {name}" in page for name in kept)


def undefined(unit, sections, track):
    """Return the names that the cells of some sections use and nowhere define."""
    (folder,) = COURSE.glob(f"lessons/{unit}-*")
    code, section = [], 0
    for cell in source.read(folder / "lesson.py").cells(track):
        if cell.kind == "markdown":
            # Sections without a number are quizzes; the first comes before them all.
            for number in re.findall(r"^## (\d*)", cell.source, re.M):
                section = int(number or (99 if section else 0))
        elif section in {0, *sections}:
            code.append(cell.source)
    asked = ["check", "--isolated", "--select", "F821", "--output-format", "json", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *asked],
        input="\n\n".join(code),
        capture_output=True,
        encoding="utf-8",
    )
    assert code and done.returncode in (0, 1), done.stderr
    return {fault["message"] for fault in json.loads(done.stdout)}


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("unit", ["02", "11"])
def test_the_workshop_runs_no_cell_that_needs_one_that_is_cut(unit, track):
    plan = workshop(unit, "lesson")
    told = re.match(r"run sections (.*?)[,:.]? (?:and speak|\(|Cut)", plan)
    sections = set()
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", told[1]):
        sections |= set(range(int(first), int(last or first) + 1))
    assert len(sections) >= 4
    assert undefined(unit, sections, track) == set()
    if unit == "11":
        assert undefined(unit, sections - {2, 4, 5}, track) != set()


def test_a_page_is_built_from_the_unit(tmp_path):
    course = courses.small_course(tmp_path / "course")
    page = course / f"lessons/{courses.SMALL}/teaching.md"
    page.write_text("<!-- wrong -->\nstale words\n<!-- /wrong -->\n", "utf-8")
    made = build.build(course)[f"lessons/{courses.SMALL}/teaching.md"].decode()
    assert "stale words" not in made and "known wrong answers</summary>" in made


def test_what_a_class_got_wrong_is_counted(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", PLAN.read_text("utf-8"), re.S)
    folder = tmp_path / "results/submissions"
    folder.mkdir(parents=True)
    wrong = {"name": "step", "word": "wrong", "says": "The bias is missing."}
    other = {"name": "count", "word": "wrong", "says": "It counts twice."}
    right = {"name": "count", "word": "right", "says": ""}
    for number, exercises in enumerate(([wrong, right], [wrong, other])):
        file = folder / f"{number}.json"
        file.write_text(json.dumps({"exercises": exercises}), "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(PLAN), "exec"), {})
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "   2  step: The bias is missing.",
        "   1  count: It counts twice.",
    ]


def test_the_minutes_of_a_class_are_the_measured_ones():
    said = re.search(r"took (\d+) seconds in PyTorch and (\d+) in", PLAN.read_text())
    measured = (COURSE / "docs/grading.md").read_text("utf-8")
    row = f"| the whole class | 200 in {said[1]} s | 200 in {said[2]} s |"
    assert row in measured
