"""The quiz in a terminal: what is asked, understood, explained and remembered."""

import json
import os
import subprocess
import sys

import pytest

from courses import COURSE
from test_quizzes import MULTIPLE, NUMERIC, ORDER, SINGLE, write
from unrolled import quiz
from unrolled.cli import main
from unrolled.quiz import scores, terminal
from unrolled.quiz.letters import formula, plain
from unrolled.quiz.loading import question as load


@pytest.fixture
def kept(monkeypatch, tmp_path):
    path = tmp_path / "data" / "scores.jsonl"
    monkeypatch.setenv("UNROLLED_SCORES", str(path))
    return path


@pytest.fixture
def made(tmp_path):
    return quiz.read(write(tmp_path, SINGLE, NUMERIC, MULTIPLE, ORDER))


def answers(*lines):
    """Return a `read` that types lines, then ends."""
    left = list(lines)

    def read(prompt):
        print(prompt, end="")
        if not left:
            raise EOFError
        return left.pop(0)

    return read


def right(asked):
    """Return the line that answers a question rightly."""
    if asked.kind == "numeric":
        return asked.options[0].text
    mixed = asked.mixed()
    return "".join("ABCDEFGHIJ"[mixed.index(o)] for o in asked.options if o.right)


def test_right_answers_earn_all_points_and_every_reason_is_told(made, kept, capsys):
    part = made.part("after")
    assert terminal.take(made, "after", "Cells", answers(*map(right, part))) == 3
    out = capsys.readouterr().out
    assert out.count("Right.") == 3 and "Score: 3 of 3." in out
    for asked in part:
        reasons = asked.options[:1] if asked.kind == "numeric" else asked.options
        for option in reasons:
            assert plain(option.why) in out
    assert "That is a sum." not in out  # the trap was not met


def test_the_trap_that_was_met_is_explained_and_the_answer_is_not_before(capsys):
    asked = load(NUMERIC)
    assert terminal.ask(asked, "1/1", answers("7.2")) == 0
    out = capsys.readouterr().out
    before, after = out.split("Wrong.")
    assert "12" not in before.replace("1/1", "")
    assert "7: That is a sum." in after and "12 (± 0.5) is right. 3 · 4" in after


def test_a_part_of_the_answer_is_worth_a_part(capsys):
    asked = load(ORDER)
    a, b, c = right(asked)
    assert terminal.ask(asked, "1/1", answers(a + c + b)) == pytest.approx(1 / 3)
    out = capsys.readouterr().out
    assert "Partly right: 0.33 of 1." in out
    reasons = ["Nothing is needed for it.", "It needs the first.", "It needs both."]
    assert [out.index(why) for why in reasons] == sorted(map(out.index, reasons))


@pytest.mark.parametrize(
    "item, line, says",
    [
        (SINGLE, "C", "Write one letter from A to B."),
        (SINGLE, "AB", "Write one letter from A to B."),
        (MULTIPLE, "", "Write one or more letters, each once, from A to B."),
        (MULTIPLE, "AA", "each once"),
        (ORDER, "AB", "Write all 3 letters, each once, from A to C."),
        (NUMERIC, "twelve", "That is no number."),
        (NUMERIC, "nan", "That is no number."),
        (NUMERIC, "inf", "That is no number."),
    ],
)
def test_what_is_no_answer_is_told_and_asked_again(item, line, says, capsys):
    asked = load(item)
    assert terminal.ask(asked, "1/1", answers(line, right(asked))) == 1
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("line", ["b a", "B,A", " ba. "])
def test_letters_are_understood_however_they_are_typed(line):
    asked = load(MULTIPLE)
    mixed = asked.mixed()
    assert terminal.understood(asked, mixed, line) == [mixed[1], mixed[0]]


@pytest.mark.parametrize("line", ["12", "12.0", "1.2e1", "12,0", "+12"])
def test_numbers_are_understood_however_they_are_typed(line):
    assert terminal.understood(load(NUMERIC), [], line) == 12
    assert terminal.understood(load(NUMERIC), [], "−12") == -12


def test_the_answer_can_be_shown_and_counts_for_nothing(made, kept, capsys):
    lines = ["?", right(made.part("after")[1]), "q"]
    assert terminal.take(made, "after", "Cells", answers(*lines)) == 1
    out = capsys.readouterr().out
    assert "Not counted." in out and "Stopped after 2 of 3" in out
    assert not kept.exists()


def test_the_score_is_remembered(made, kept, capsys):
    part = made.part("after")
    terminal.take(made, "after", "Cells", answers("7", *map(right, part[1:])))
    assert "Last time" not in capsys.readouterr().out
    terminal.take(made, "after", "Cells", answers(*map(right, part)))
    assert "2 of 3. Best so far: 67%." in capsys.readouterr().out
    terminal.take(made, "after", "Cells", answers())
    assert "3 of 3. Best so far: 100%." in capsys.readouterr().out
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [line["points"] for line in lines] == [2, 3]
    assert scores.earlier("01-unit", "before") == []


def test_a_broken_file_of_scores_harms_nothing(kept):
    kept.parent.mkdir()
    good = '{"unit": "u", "when": "after", "day": "2026-01-02", "points": 1, "of": 2}'
    bad = ["", "{", "[]", "null", '{"unit": "u"}', good.replace("2}", "0}"), "\x00"]
    kept.write_bytes("\n".join([*bad, good]).encode() + b"\n\xff\xfe{")
    assert [one["points"] for one in scores.earlier("u", "after")] == [1]


def test_a_score_that_cannot_be_kept_is_told(kept, capsys):
    kept.parent.write_text("a file where the folder should be")
    scores.remember("u", "after", 1, 2)
    assert "The score could not be kept in" in capsys.readouterr().err


def test_scores_go_to_the_users_data_folder(monkeypatch):
    monkeypatch.delenv("UNROLLED_SCORES", raising=False)
    assert scores.file().parent.name == "unrolled"


@pytest.mark.parametrize(
    "tex, text",
    [
        ("h_{t-1}^2", "h_(t-1)²"),
        (r"W_{hh}^T \cdot 10^{-5}", "W_hhᵀ · 10⁻⁵"),
        (r"\frac{1}{1 + e^{-a}}", "1/(1 + e^(-a))"),
        (r"\frac{\partial L}{\partial h}", "(∂ L)/(∂ h)"),
        (r"\sqrt{2}\,\tanh(c) \odot \sigma", "√2 tanh(c) ⊙ σ"),
        (r"\ln 65 + 2\ln x", "ln 65 + 2 ln x"),
        (r"\log_2 x", "log_2 x"),
        (r"\mathbf{W} \text{ is } \{1\}", "W is {1}"),
        (r"\left( a \right)", "( a )"),
        (r"\unknown{x} a^", "unknownx a^"),
        ("{{{", ""),
        ("a}b", "a"),
    ],
)
def test_formulas_are_readable_as_plain_text(tex, text):
    assert formula(tex) == text


def test_code_and_bold_lose_their_marks():
    assert plain("**not** `a_b * c` and $x_t$") == "not a_b * c and x_t"


def run(*arguments, lines="", **environment):
    return subprocess.run(
        [sys.executable, "-m", "unrolled.cli", *arguments],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=COURSE,
        env={**os.environ, **environment},
    )


def test_the_command_works_without_a_terminal_and_without_color(tmp_path):
    path = tmp_path / "s.jsonl"
    done = run(
        "quiz", "05", "--when", "before", lines="0.001\n", UNROLLED_SCORES=f"{path}"
    )
    assert done.returncode == 0 and done.stderr == ""
    assert "The LSTM. Before the lesson: 4 questions." in done.stdout
    assert "Your answer, a number: 0.001\nRight." in done.stdout
    assert "Stopped after 1 of 4 questions." in done.stdout
    assert "\033" not in done.stdout and "$" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_command_works_where_the_terminal_knows_only_ascii(tmp_path):
    lines = "0.001\nq\n"
    done = run(
        *("quiz", "05-lstm", "--when", "before"),
        lines=lines,
        PYTHONIOENCODING="ascii",
        PYTHONUTF8="0",
        UNROLLED_SCORES=str(tmp_path / "s"),
    )
    assert done.returncode == 0 and done.stderr == ""
    assert "?(a) = 1 / (1 + e^(-a))" in done.stdout


def test_a_unit_that_is_none_is_told(capsys, monkeypatch):
    monkeypatch.chdir(COURSE)
    assert main(["quiz", "77"]) == 2
    assert "There is no unit `77`. The units are: " in capsys.readouterr().err


def test_an_interrupt_ends_it_quietly(capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.chdir(COURSE)
    monkeypatch.setattr("builtins.input", interrupt)
    monkeypatch.setattr(terminal, "_line", interrupt)
    assert main(["quiz", "05"]) == 0
    assert capsys.readouterr().out.endswith("\nStopped.\n")
