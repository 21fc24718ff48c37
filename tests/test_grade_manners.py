"""What the command says before it grades, and that it leaves nothing behind."""

import json
import os
import sys

import pytest

import grade_bank
from courses import COURSE
from unrolled.grade import command, options, storage
from unrolled.grade.report import pages
from unrolled.source import layout

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
SOLVED = json.dumps(grade_bank.solved())


@pytest.fixture
def never(monkeypatch):
    """Fails if anything is graded."""

    def graded(*given):
        raise AssertionError("graded, though nothing can be written")

    monkeypatch.setattr(command, "_graded", graded)


def called(tmp_path, *more):
    (tmp_path / "x.ipynb").write_text(SOLVED)
    line = [str(tmp_path / "x.ipynb"), "--isolation", "limits", *map(str, more)]
    return command.main(line)


def fails(number):
    def failing(*given, **more):
        raise OSError(number, os.strerror(number))

    return failing


@linux
@pytest.mark.parametrize(
    "case", ["a file", "below a file", "full", "no space", "closed"]
)
def test_what_cannot_be_written_is_told_before_anything_is_graded(
    case, tmp_path, never, monkeypatch, capsys
):
    out = tmp_path / "a" / "out"
    if case == "a file":
        out.parent.mkdir()
        out.write_text("mine")
    elif case == "below a file":
        out.parent.write_text("mine")
    elif case == "full":
        usage = storage.shutil.disk_usage(tmp_path)
        monkeypatch.setattr(
            storage.shutil, "disk_usage", lambda path: usage._replace(free=10)
        )
    elif case == "no space":
        monkeypatch.setattr(storage.os, "fsync", fails(28))
    else:  # a folder of somebody else, or one that is read-only
        monkeypatch.setattr(storage.tempfile, "NamedTemporaryFile", fails(30))
    before = sorted(p for p in tmp_path.rglob("*"))
    assert called(tmp_path, "--out", out) == command.COULD_NOT
    said = capsys.readouterr().err.splitlines()[-1]
    assert str(out.parent) in said and said.endswith("Nothing was graded.")
    (tmp_path / "x.ipynb").unlink()
    assert sorted(tmp_path.rglob("*")) == before  # nothing was left behind
    if case == "a file":
        assert out.read_text() == "mine"


@linux
def test_a_folder_that_is_there_stays(tmp_path, never, monkeypatch):
    monkeypatch.setattr(storage.os, "fsync", fails(28))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("x")
    assert called(tmp_path, "--out", tmp_path / "out") == command.COULD_NOT
    assert os.listdir(tmp_path / "out") == ["mine.txt"]


@linux
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--roster", "none.csv"], "none.csv cannot be read"),
        (["--due", "soon"], "`soon` is no time"),
        (["--timezone", "Moon"], "no time zone `Moon`"),
        (["--late-penalty", "0.1"], "without --due"),
        (["--anonymous"], "--anonymous needs --out"),
        (["--only", "nothing"], "no exercise and no student is called so"),
        (["--overrides", "none.csv"], "none.csv cannot be read"),
        (["--assignment", "99"], "There is no assignment `99`"),
        (["--assignment", "lstm"], "There are: 01-sequences, 02-recurrent-cell"),
        (["--times", "none.csv"], "none.csv cannot be read"),
    ],
)
def test_what_is_asked_wrongly_is_a_sentence_before_grading(
    more, says, tmp_path, never, capsys
):
    assert called(tmp_path, *more) == command.COULD_NOT
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--pass-mark", "60%", "write a number: 0.6 for 60 %"),
        ("--pass-mark", "60", "not between 0 and 1"),
        ("--pass-mark", "nan", "no number"),
        ("--pass-mark", "-1", "not between 0 and 1"),
        ("--jobs", "-1", "1 or more"),
        ("--jobs", "two", "no number"),
        ("--jobs", "1.5", "whole number"),
        ("--memory", "-1", "1 or more"),
        ("--cell-seconds", "0", "not above 0"),
        ("--cell-seconds", "inf", "no number"),
        ("--total-seconds", "-1", "not above 0"),
        ("--grace", "-1", "below 0"),
        ("--late-free", "-1", "0 or more"),
        ("--late-penalty", "10%", "percent sign"),
    ],
)
def test_numbers_that_cannot_be_are_refused_in_words(option, value, says, capsys):
    with pytest.raises(SystemExit) as ended:
        options.parser().parse_args(["x.ipynb", option, value])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and says in said and value in said
    assert "invalid" not in said and "_" not in said.splitlines()[-1]


def test_help_tells_units_defaults_and_examples(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    told = " ".join(options.parser().format_help().split())
    for unit in layout.units(COURSE):
        assert unit in told
    for word in (
        "examples:",
        "(default: 0.6)",
        "seconds",
        "megabytes",
        "(default: 3000)",
    ):
        assert word in told
    actions = options.parser()._actions
    assert all(action.help for action in actions)


def test_a_page_can_be_read_on_a_phone_and_runs_nothing():
    from test_grade_class import result

    one = result(word="wrong", says="`a` is 7 <b>", title="Recurrent <i>cells</i>")
    one.exercises[0].title = "Exercise 1: one `step`"
    one.exercises[0].lines = "def a():\n    return '<script>'  # `x`"
    page = pages.as_html(one)
    assert 'name="viewport" content="width=device-width' in page
    assert "default-src 'none'" in page and "<script" not in page and "<b>" not in page
    assert "Recurrent &lt;i&gt;cells" in page and "one <code>step</code>" in page
    assert "return &#x27;&lt;script&gt;&#x27;  # `x`" in page
    assert "✗ wrong, 0 of 2 points" in page and 'class="wrong"' in page


@linux
def test_the_unit_that_was_recognized_is_told(tmp_path, monkeypatch, capsys):
    from test_grade_class import result

    monkeypatch.setattr(command, "_graded", lambda *given: [result("x")])
    assert called(tmp_path) == command.PASSED
    assert "Recognized: 02-x, pytorch (1 of 1)." in capsys.readouterr().out
    assert called(tmp_path, "--assignment", "02", "--track", "pytorch") == 0
    assert "Recognized" not in capsys.readouterr().out


@linux
def test_another_unit_or_track_is_one_sentence(tmp_path, capsys):
    asked = ("--assignment", "05", "--track", "tensorflow", "--jobs", "1")
    assert called(tmp_path, *asked) == command.COULD_NOT
    said = capsys.readouterr().out
    assert said.count("x:") == 1 and "was changed" not in said
    assert (
        "This is the assignment of 02-recurrent-cell for pytorch, and 05-lstm for "
        "tensorflow was asked for." in said
    )


@linux
def test_the_seed_of_a_class_is_drawn_and_kept_in_its_folder(tmp_path, monkeypatch):
    """The checks are published: with a known seed, so would be what is hidden."""
    plans = []

    def stop(plan, *given):
        plans.append(plan)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_graded", stop)
    one, other = tmp_path / "one", tmp_path / "other"
    for more in (["--out", one], ["--out", one], ["--out", other], [], []):
        assert called(tmp_path, *more) == command.COULD_NOT
    first, again, *others = [plan.seed for plan in plans]
    assert first == again and len({first, *others}) == 4
    assert all(0 <= seed < 1 << 62 for seed in (first, *others))
    kept = one / storage.SEED
    assert kept.read_text() == f"{first}\n" and kept.stat().st_mode & 0o777 == 0o600
    assert called(tmp_path, "--out", one, "--seed", "7") == command.COULD_NOT
    assert plans[-1].seed == 7 and kept.read_text() == f"{first}\n"


@linux
def test_a_seed_that_is_none_is_told(tmp_path, never, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / storage.SEED).write_text("many")
    assert called(tmp_path, "--out", tmp_path / "out") == command.COULD_NOT
    said = capsys.readouterr().err
    assert "keeps the seed of the inputs" in said and "Nothing was graded." in said
