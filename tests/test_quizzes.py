"""Quizzes: the schema and its sentences, the page on GitHub, the cell in a notebook."""

import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml

from courses import COURSE, UNITS
from unrolled import course, formula, quiz

SINGLE = {
    "id": "one",
    "when": "before",
    "kind": "single",
    "objective": "shapes",
    "question": "What is $w_h$?",
    "options": [
        {"text": "a matrix", "right": True, "why": "It maps a state to a state."},
        {"text": "a number", "right": False, "why": "Only if there is one unit."},
    ],
}
NUMERIC = {
    "id": "two",
    "when": "after",
    "kind": "numeric",
    "objective": "count",
    "question": "How many?",
    "answer": 12,
    "tolerance": 0.5,
    "why": "$3 \\cdot 4$",
    "traps": [{"value": 7, "why": "That is a sum."}],
}
MULTIPLE = SINGLE | {"id": "three", "kind": "multiple", "when": "after"}


def write(folder, *questions):
    path = folder / "lessons/01-unit/quiz.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(list(questions)))
    (path.parent / "lesson.py").write_text("")
    return path


def option(number, **changes):
    options = [dict(o) for o in SINGLE["options"]]
    options[number].update(changes)
    options[number] = {k: v for k, v in options[number].items() if v is not None}
    return SINGLE | {"options": options}


FAULTY = {
    "option 2: has no reason": option(1, why=None),
    "option 1: has no reason": option(0, why="  "),
    "option 1: says not whether it is right": option(0, right=None),
    "option 2: has no text": option(1, text=""),
    "option 2: must have": option(1, hint="no such key"),
    "has 2 right options": option(1, right=True),
    "has 0 right options": option(0, right=False),
    "has no right option": option(0, right=False) | {"kind": "multiple"},
    "two or more": SINGLE | {"options": SINGLE["options"][:1]},
    "needs `options`": {k: v for k, v in SINGLE.items() if k != "options"},
    "has the kind `essay`": SINGLE | {"kind": "essay"},
    "has `when: during`": SINGLE | {"when": "during"},
    "has no objective": SINGLE | {"objective": ""},
    "has no question": SINGLE | {"question": None},
    "needs an id": SINGLE | {"id": "W_h"},
    "unknown key `hint`": SINGLE | {"hint": "look"},
    "needs a number as its `answer`": NUMERIC | {"answer": "twelve"},
    "needs a `tolerance`": NUMERIC | {"tolerance": -1},
    "has no reason. Write `why:`.": NUMERIC | {"why": ""},
    "trap 1: must have": NUMERIC | {"traps": [{"value": 1}]},
    "trap 1: needs a number": NUMERIC | {"traps": [{"value": "x", "why": "y"}]},
    "trap 1: is the answer itself": NUMERIC | {"traps": [{"value": 12, "why": "y"}]},
}


@pytest.mark.parametrize("says", FAULTY)
def test_a_faulty_question_is_told_with_file_and_question(tmp_path, says):
    path = write(tmp_path, MULTIPLE, FAULTY[says])
    with pytest.raises(quiz.QuizError) as told:
        quiz.read(path)
    where = f"lessons/01-unit/quiz.yml, question `{FAULTY[says]['id']}`: "
    lines = str(told.value).split("\n")
    assert all(line.startswith(where) for line in lines)
    assert any(says in line for line in lines) and len(lines) <= 2


def test_every_fault_is_told_at_once(tmp_path):
    path = write(tmp_path, *FAULTY.values())
    with pytest.raises(quiz.QuizError) as told:
        quiz.read(path)
    assert all(says in str(told.value) for says in FAULTY)
    assert "an id that is already taken" in str(told.value)


@pytest.mark.parametrize("text", ["", "a: 1", "- just words", "- [", "- {id: x: y}"])
def test_what_is_no_list_of_questions_is_told(tmp_path, text):
    path = write(tmp_path)
    path.write_text(text)
    with pytest.raises(quiz.QuizError, match=r"quiz\.yml"):
        quiz.read(path)


def test_the_page_folds_every_answer_and_gives_every_reason(tmp_path):
    page = quiz.markdown(quiz.read(write(tmp_path, SINGLE, NUMERIC, MULTIPLE)), "Cells")
    assert page.startswith("# Quiz: Cells\n")
    shown = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert page.count("<details>\n<summary>Answer</summary>\n\n- ") == 3
    for why in ("It maps a state to a state.", "That is a sum.", "$3 \\cdot 4$"):
        assert why in page and why not in shown
    assert "**12** (± 0.5) is right." in page
    assert "**12**" not in shown and "** is right" not in shown
    assert page.index("## Before") < page.index("matrix") < page.index("## After")


@pytest.mark.parametrize(
    "given, expected",
    [
        ("$w_h$ and $x_t$", "$w_h$ and $x_t$"),
        (r"$\{a\}$ and $b$", r"$`\{a\}`$ and $b$"),
        (r"$\mathbf{W}_h$, $\mathbf{W}_x$", r"$`\mathbf{W}_h`$, $`\mathbf{W}_x`$"),
        ("$a * b * c$", "$`a * b * c`$"),
        ("$a<b>c$", "$`a<b>c`$"),
        (r"$$\tanh\!(x)$$", "```math\n\\tanh\\!(x)\n```"),
        ("code `a$b_c` and `$d`", "code `a$b_c` and `$d`"),
    ],
)
def test_formulas_reach_github_as_they_are(given, expected):
    assert quiz._for_github(given) == expected


@pytest.fixture
def live(monkeypatch, tmp_path):
    """A course with a quiz, in a live notebook; returns what is displayed."""
    write(tmp_path, SINGLE, NUMERIC, MULTIPLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNROLLED_STATIC", raising=False)
    monkeypatch.setattr(quiz, "_live", lambda: True)
    shown = []
    fake = SimpleNamespace(display_quiz=shown.extend)
    monkeypatch.setitem(sys.modules, "jupyterquiz", fake)
    return shown


def test_a_live_notebook_shows_questions_that_can_be_answered(live, capsys):
    quiz.show("01-unit", "before")
    quiz.show("01-unit", "after")
    assert capsys.readouterr().out == ""
    single, numeric, multiple = live
    kinds = [question["type"] for question in live]
    assert kinds == ["multiple_choice", "numeric", "many_choice"]
    assert single["answers"][0]["correct"] is True
    assert single["answers"][1]["feedback"] == "Only if there is one unit."
    right, trap, default = numeric["answers"]
    low, high = right["range"]
    assert low <= 11.5 and high > 12.5 and right["correct"]
    assert trap["range"][0] <= 7 < trap["range"][1] and not trap["correct"]
    assert default["type"] == "default" and "12" not in default["feedback"]
    assert multiple["answers"] == single["answers"]


def test_an_exact_number_is_asked_for_exactly():
    item = quiz._question(NUMERIC | {"tolerance": 0})
    made = quiz._for_jupyterquiz(item, formula.svg)
    assert made["answers"][0]["value"] == 12 and "range" not in made["answers"][0]


def test_text_is_shown_as_it_is_written():
    html = quiz._html("`a < b`, **not** <unk> & $x_t$ [1](2)", lambda tex: f"({tex})")
    assert html == (
        "<code>a &lt; b</code>, <b>not</b> &lt;unk&gt; &amp; (x_t) &#91;1](2)"
    )


def test_formulas_are_drawn_so_that_every_jupyter_shows_them():
    drawn = formula.svg("h_t = x")
    assert drawn.startswith("<svg") and 'aria-label="h_t = x"' in drawn
    assert "currentColor" in drawn and "$" not in drawn and "nan" not in drawn
    with pytest.raises(ValueError, match=r"The formula `\\begin\{x\}` cannot be drawn"):
        formula.svg(r"\begin{x}")


@pytest.mark.parametrize("how", ["static", "plain"])
def test_a_stored_notebook_and_a_script_say_where_the_quiz_is(
    live, monkeypatch, capsys, how
):
    if how == "static":
        monkeypatch.setenv("UNROLLED_STATIC", "1")
    else:
        monkeypatch.setattr(quiz, "_live", lambda: False)
    quiz.show("01-unit", "after")
    assert capsys.readouterr().out == (
        "Quiz: 2 questions. Run this cell to answer them here, or read "
        "quizzes/01-unit.md.\n"
    )
    assert live == []


def test_a_part_that_is_none_is_refused(live):
    with pytest.raises(ValueError, match="`during`"):
        quiz.show("01-unit", "during")


def test_importing_the_quiz_imports_no_notebook():
    code = "import sys, unrolled.quiz; print('IPython' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.strip() == "False"


@pytest.fixture(params=UNITS)
def unit(request):
    return quiz.read(course.root() / "lessons" / request.param / "quiz.yml")


def test_a_unit_asks_enough_and_not_too_much(unit):
    assert 3 <= len(unit.part("before")) <= 5
    assert 6 <= len(unit.part("after")) <= 10


def test_every_question_belongs_to_an_objective_of_the_unit(unit):
    readme = (COURSE / "lessons" / unit.unit / "README.md").read_text("utf-8")
    named = {question.objective for question in unit.questions}
    missing = {name for name in named if f"**{name}**" not in readme}
    assert not missing, "name them in bold in the README's list of objectives"


def test_every_formula_can_be_drawn(unit):
    for question in unit.questions:
        quiz._for_jupyterquiz(question, formula.svg)
