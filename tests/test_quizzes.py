"""Quizzes: the schema and its sentences, the page on GitHub, the cell in a notebook."""

import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml
from markdown_it import MarkdownIt

from courses import COURSE, UNITS
from quiz_readers import canonical, shown
from test_quiz_exports import FENCED, NASTIEST, READERS
from unrolled import course, quiz
from unrolled.quiz import display, formula
from unrolled.quiz.export import gift, moodle, qti12, qti21
from unrolled.quiz.letters import plain
from unrolled.quiz.loading import question as load
from unrolled.quiz.text import github, spans

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
ORDER = {
    "id": "four",
    "when": "after",
    "kind": "order",
    "objective": "equation",
    "question": "In which order?",
    "items": [
        {"text": "first", "why": "Nothing is needed for it."},
        {"text": "then $h_t$", "why": "It needs the first."},
        {"text": "last", "why": "It needs both."},
    ],
}


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
    "has two options `a matrix`": option(1, text="a matrix "),
    "has 11 options": SINGLE
    | {"options": [dict(SINGLE["options"][0], text=f"{n}") for n in range(11)]},
    "three backticks that open or close nothing": SINGLE
    | {"question": "What is\n```python\nx"},
    "the formula `) and (6`, which holds words": option(0, why="(5$) and (6$)"),
    "the formula `2 per hour`, which holds words": option(0, why="$2 per hour$"),
    "the line `- b`, which looks like a list": SINGLE | {"question": "a\n- b\n- c"},
    "a backtick without a second one": SINGLE | {"question": "What is `x?"},
    "a control character": SINGLE | {"question": "What is \x07?"},
    "needs `items`": ORDER | {"items": ORDER["items"][:2]},
    "item 1: must have": ORDER | {"items": [{"txt": "a"}, *ORDER["items"]]},
    "item 1: has no text": ORDER | {"items": [{"why": "a"}, *ORDER["items"]]},
    "item 1: has no reason": ORDER | {"items": [{"text": "a"}, *ORDER["items"]]},
    "has two items `first`": ORDER | {"items": [ORDER["items"][0], *ORDER["items"]]},
    "unknown key `options`": ORDER | {"options": []},
    "has `vary`, which needs `compute`": NUMERIC | {"vary": {"n_in": [1]}},
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
    assert any(says in line for line in lines) and len(lines) <= 3


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
    path = write(tmp_path, SINGLE, NUMERIC, MULTIPLE, ORDER)
    page = quiz.markdown(quiz.read(path), "Cells")
    assert page.startswith("# Quiz: Cells\n")
    shown = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert page.count("<details>\n<summary>Answer</summary>\n\n") == 4
    for why in ("It maps a state to a state.", "That is a sum.", "$3 \\cdot 4$"):
        assert why in page and why not in shown
    assert "**12** (± 0.5) is right." in page
    assert "**12**" not in shown and "** is right" not in shown
    assert page.index("## Before") < page.index("matrix") < page.index("## After")


def test_the_page_mixes_what_is_to_be_ordered_and_folds_the_order(tmp_path):
    page = quiz.markdown(quiz.read(write(tmp_path, ORDER)))
    shown, folded = page.split("<details>")
    listed = re.findall(r"- \*\*([A-C])\.\*\* (.+)", shown)
    assert sorted(text for _, text in listed) == ["first", "last", "then $h_t$"]
    assert [text for _, text in listed] != ["first", "then $h_t$", "last"]
    letter = {text: letter for letter, text in listed}
    assert re.findall(r"1\. \*\*([A-C])\.\*\* (.+)", folded) == [
        (letter["first"], "Nothing is needed for it."),
        (letter["then $h_t$"], "It needs the first."),
        (letter["last"], "It needs both."),
    ]


@pytest.mark.parametrize("n", range(3, 8))
def test_no_mixture_is_the_right_order(n):
    items = [{"text": f"step {k}", "why": "so"} for k in range(n)]
    for shift in range(n):
        turned = items[shift:] + items[:shift]
        asked = load(ORDER | {"items": turned})
        assert asked.mixed() != list(asked.options)
        assert sorted(map(str, asked.mixed())) == sorted(map(str, asked.options))


@pytest.mark.parametrize(
    "given, expected",
    [
        ("$w_h$ and $x_t$", "$w_h$ and $x_t$"),
        (r"$\{a\}$ and $b$", r"$`\{a\}`$ and $b$"),
        (r"$\mathbf{W}_h$, $\mathbf{W}_x$", r"$`\mathbf{W}_h`$, $`\mathbf{W}_x`$"),
        ("$a * b * c$", "$`a * b * c`$"),
        ("$a<b>c$", "$`a<b>c`$"),
        (r"$$\tanh\!(x)$$", "```math\n\\tanh\\!(x)\n```"),
        (r"so $$a \& b$$ then", "so \n\n```math\na \\& b\n```\n\n then"),
        ("code `a$b_c` and `$d`", "code `a$b_c` and `$d`"),
    ],
)
def test_formulas_reach_github_as_they_are(given, expected):
    assert github(given) == expected


# --- one text, everywhere: what is written is what is shown

PRICES = "An hour costs $2 here and $3 there, a day \\$9; `$a` and $h_t$ stay."
SEEN = "An hour costs $2 here and $3 there, a day $9; ⟪$a⟫ and ⟦h_t⟧ stay."
LOOP = "What is printed?\n\n```python\nfor t in range(2):\n\n    print(t)\n```\nThis?"
RARE = "A rare word becomes <unk>, <pad> or <b>: `<eos>`."


def rendered(text):
    """Return a page as a Markdown renderer that is not ours shows it."""
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    return made.replace("\\(", "\\<span>(</span>")  # no formula on GitHub


def everywhere(text):
    """Yield (surface, plain form) of a text in each form that is HTML."""
    asked = load(SINGLE | {"question": text})
    made = quiz.Quiz("18-case", (asked,))
    item = quiz.markdown(made).split("### 1\n\n")[1].split("\n\n*One answer")[0]
    page = rendered(item).replace("<span>$</span>", "＄")
    page = re.sub(r"(?<= )\$([^$<]+)\$", r"\\(\1\\)", page)
    yield "page", shown(page).replace("＄", "$")
    cell = display.html(text, lambda tex: f"<math><annotation encoding="
                         f"'application/x-tex'>{tex}</annotation></math>")  # fmt: skip
    yield "notebook", shown(cell.replace("<b>", "<strong>"))
    for form in (gift, moodle, qti12, qti21):
        (content, *_) = form.files(made, "T").values()
        read = READERS[form.__name__.split(".")[-1]](content)
        yield form.__name__, read[0].text


@pytest.mark.parametrize(
    "text, seen",
    [
        (PRICES, SEEN),
        (LOOP, "What is printed?¶⟪for·t·in·range(2):⏎⏎····print(t)⟫¶This?"),
        (RARE, "A rare word becomes <unk>, <pad> or <b>: ⟪<eos>⟫."),
    ],
)
def test_a_text_is_the_same_everywhere(text, seen):
    pytest.importorskip("latex2mathml")
    assert dict.fromkeys(dict(everywhere(text)), seen) == dict(everywhere(text))


def test_a_terminal_shows_prices_blocks_and_angles():
    assert plain(PRICES) == (
        "An hour costs $2 here and $3 there, a day $9; $a and h_t stay."
    )
    assert plain(RARE) == "A rare word becomes <unk>, <pad> or <b>: <eos>."
    code = "    for t in range(2):\n    \n        print(t)"
    assert plain(LOOP) == f"What is printed?\n\n{code}\n\nThis?"


@pytest.mark.parametrize(
    "word", [*NASTIEST, *"_*#>-+=~|[]&", "1. a", "a_b _c_", "~~a~~"]
)
def test_the_page_shows_every_nasty_word_as_it_is(word):
    for text in (word, f"a {word} b", f"a\n\n{word} c", f"{word} <i> {word}"):
        text = text.replace("$", "\\$")
        assert shown(rendered(github(text))) == canonical(text), text
        assert shown(rendered(github(text + FENCED))) == canonical(text + FENCED), text


@pytest.mark.parametrize(
    "text, formulas",
    [
        ("$2 here and $3 there", []),
        ("5$ and 6$", []),
        ("$2/h and US$3", []),
        ("from $2 to $h_t$ and $3", ["h_t"]),
        (r"\$5 and \$6, $\$7$", [r"\$7"]),
        ("$5 `a$` $x$", ["x"]),
        ("one $ or two $$, three $$ more", []),
        ("$$\nx + y\n$$", ["x + y"]),
        ("$x$, $y$-th and ($z$)", ["x", "y", "z"]),
    ],
)
def test_what_is_a_formula_is_what_pandoc_takes_for_one(text, formulas):
    # pandoc.org/MANUAL.html, extension tex_math_dollars
    found = [content for kind, content in spans(text) if kind in ("math", "display")]
    assert found == formulas


@pytest.fixture
def live(monkeypatch, tmp_path):
    """A course with a quiz, in a live notebook; returns what is displayed."""
    write(tmp_path, SINGLE, NUMERIC, MULTIPLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNROLLED_STATIC", raising=False)
    monkeypatch.setattr(display, "_live", lambda: True)
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
    first, fold = default["feedback"].split("<details>")
    assert default["type"] == "default" and first == "Not yet. Try again."
    assert "12 (± 0.5) is right. " in fold and 'aria-label="3 \\cdot 4"' in fold
    assert multiple["answers"] == single["answers"]


def test_a_notebook_asks_for_an_order_by_its_letters():
    asked = load(ORDER)
    made = display.for_jupyterquiz(asked, lambda tex: f"({tex})")
    assert made["type"] == "string"
    question = re.sub("</?span.*?>", "", made["question"])
    listed = dict(re.findall(r"<br>([A-C])\. ([^<]+)", question))
    assert sorted(listed.values()) == ["first", "last", "then (h_t)"]
    letter = {text: letter for letter, text in listed.items()}
    right = letter["first"] + letter["then (h_t)"] + letter["last"]
    *rights, default = made["answers"]
    assert {a["answer"].replace(",", "").replace(" ", "") for a in rights} == {right}
    assert all(a["correct"] and "It needs both." in a["feedback"] for a in rights)
    first, fold = default["feedback"].split("<details>")
    assert default["type"] == "default" and first == "Not yet. Try again."
    assert "Nothing is needed for it." in fold and "It needs both." in fold


@pytest.mark.parametrize(
    "kind, given, credit",
    [
        ("single", [0], 1),
        ("single", [1], 0),
        ("single", [0, 1], 0),
        ("multiple", [0, 1], 1),
        ("multiple", [0], 0.5),
        ("multiple", [0, 1, 2], 0.5),
        ("multiple", [0, 1, 2, 3], 0),
        ("multiple", [3], 0),
        ("order", [0, 1, 2, 3], 1),
        ("order", [0, 1, 3, 2], 0.5),
        ("order", [3, 0, 1, 2], 0),
    ],
)
def test_an_answer_is_worth_its_share(kind, given, credit):
    right = {"single": [0], "multiple": [0, 1], "order": range(4)}[kind]
    options = [quiz.Option(str(n), n in right, "so") for n in range(4)]
    asked = quiz.Question("a", "after", kind, "b", "c", tuple(options))
    assert asked.credit([options[n] for n in given]) == credit


@pytest.mark.parametrize("given, right", [(12.5, 1), (11.5, 1), (12.51, 0), (7, 0)])
def test_a_number_counts_within_its_tolerance(given, right):
    assert load(NUMERIC).credit(given) == right
    assert load(NUMERIC | {"tolerance": 0}).credit(12) == 1
    assert load(NUMERIC | {"answer": 0.3, "tolerance": 0}).credit(0.1 + 0.2) == 1


def test_an_exact_number_is_asked_for_exactly():
    item = load(NUMERIC | {"tolerance": 0})
    made = display.for_jupyterquiz(item, formula.svg)
    assert made["answers"][0]["value"] == 12 and "range" not in made["answers"][0]


def test_text_is_shown_as_it_is_written():
    html = display.html("`a < b`, **not** <unk> & $x_t$ [1](2)", lambda tex: f"({tex})")
    assert html == (
        "<code>a &lt; b</code>, <b>not</b> &lt;unk&gt; &amp; "
        '<span style="white-space: nowrap">(x_t)</span> &#91;1](2)'
    )


def test_a_formula_stays_with_the_signs_that_touch_it():
    html = display.html("If ($x$), a $y$/$z$. <$w$>", lambda tex: f"<svg>{tex}</svg>")
    kept = re.findall('<span style="white-space: nowrap">(.*?)</span>', html)
    x, y, z, w = (f"<svg>{letter}</svg>" for letter in "xyzw")
    assert kept == [f"({x}),", f"{y}/{z}.", w]
    assert re.sub("<.*?>", "", html) == "If (x), a y/z. &lt;w&gt;"


def test_a_formula_is_as_large_as_the_text_around_it():
    """Its size is in em: once as large in text of 21 pixels, and in a heading."""
    drawn = formula.svg("x")
    sizes = re.findall(
        r'(?:width|height)="([\d.]+)em"|vertical-align: (-?[\d.]+)em', drawn
    )
    assert len(sizes) == 3 and "px" not in drawn
    assert 0.4 < float(sizes[1][0]) < 0.9  # an x and its margins


def test_a_notebook_that_is_not_trusted_says_where_the_quiz_is(monkeypatch, tmp_path):
    """Such a notebook runs no script, and shows the plain text that is stored."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    write(tmp_path, SINGLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNROLLED_STATIC", raising=False)
    shell = InteractiveShell.instance()
    try:
        with capture_output() as shown:
            shell.run_cell("from unrolled import quiz; quiz.show('01-unit', 'before')")
    finally:
        InteractiveShell.clear_instance()
    plain = [output.data["text/plain"] for output in shown.outputs
             if "text/plain" in output.data]  # fmt: skip
    assert plain == [
        "Quiz: 1 question. Run this cell to answer them here, or read "
        "quizzes/01-unit.md."
    ]
    assert any("What is " in o.data.get(display.SCRIPT, "") for o in shown.outputs)
    assert any("<div" in o.data.get("text/html", "") for o in shown.outputs)


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
        monkeypatch.setattr(display, "_live", lambda: False)
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
        display.for_jupyterquiz(question, formula.svg)


ONE = """
- id: one
  when: after
  kind: single
  objective: weights
  question: Which?
  options:
    - {text: A, right: true, why: W}
    - {text: B, right: false, why: V}
"""


@pytest.mark.parametrize(
    "old, new, says",
    [
        (
            "text: A,",
            "text: A, right: false,",
            "the key `right` twice, again in line 8",
        ),
        ("text: A,", "text: A, 'why': W,", "the key `why` twice, again in line 8"),
        (
            "  question: W",
            "  id: two\n  question: W",
            "key `id` twice, again in line 6",
        ),
        (
            "- id: one",
            "- id: one\n  options: []",
            "key `options` twice, again in line 8",
        ),
    ],
)
def test_a_key_that_stands_twice_is_told(tmp_path, old, new, says):
    path = write(tmp_path)
    path.write_text(ONE.replace(old, new))
    with pytest.raises(quiz.QuizError) as told:
        quiz.read(path)
    lines = str(told.value).split("\n")
    assert any(says in line and "lessons/01-unit/quiz.yml" in line for line in lines)
    assert all("question `one`" in line or "question `two`" in line for line in lines)


# What YAML 1.2's core schema says of each plain value (yaml.org/spec/1.2.2, 10.3.2).
@pytest.mark.parametrize(
    "written, value",
    [("1e-3", 1e-3), ("1E5", 1e5), ("012", 12), ("+.5e1", 5.0), ("-2.", -2.0)],
)
def test_numbers_are_those_of_yaml_1_2(tmp_path, written, value):
    path = write(tmp_path, NUMERIC)
    text = path.read_text().replace("answer: 12", f"answer: {written}")
    path.write_text(text.replace("value: 7", "value: 1e-4"))
    (asked,) = quiz.read(path).questions
    assert [float(option.text) for option in asked.options] == [value, 1e-4]
    path.write_text(path.read_text().replace("tolerance: 0.5", "tolerance: 5e-1"))
    assert quiz.read(path).questions[0].tolerance == 0.5


@pytest.mark.parametrize("written", ["1:30", "1_000", "0x1f", ".inf", ".nan", "1e999"])
def test_what_is_no_number_in_decimals_is_told(tmp_path, written):
    path = write(tmp_path, NUMERIC)
    path.write_text(path.read_text().replace("answer: 12", f"answer: {written}"))
    with pytest.raises(quiz.QuizError, match="question `two`: needs a number as its"):
        quiz.read(path)


def test_words_stay_words_without_quotes(tmp_path):
    path = write(tmp_path)
    words = ["No", "on", "2024-01-31", "12:30", "="]
    options = "".join(
        f"    - {{text: {w}, right: {str(w == 'on').lower()}, why: Y}}\n" for w in words
    )
    path.write_text(ONE.split("    - {")[0] + options)
    (asked,) = quiz.read(path).questions
    assert [option.text for option in asked.options] == words
    assert {option.why for option in asked.options} == {"Y"}
