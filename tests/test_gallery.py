"""The gallery: its checks count what they say, its page is what was measured."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unrolled import models

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import gallery  # noqa: E402
import gallery_checks as checks  # noqa: E402
import gallery_code as code  # noqa: E402
import gallery_corpora as corpora  # noqa: E402
import gallery_page as page  # noqa: E402
import gallery_tunes as tunes  # noqa: E402
from gallery_pairs import closed  # noqa: E402

FOUND = gallery.results()


@pytest.mark.parametrize(
    ("pattern", "written", "count"),
    [
        (code.BRACKETS, "f(a[0], {1})", (6, 6)),
        (code.BRACKETS, "f(a[0)", (2, 3)),
        (code.BRACKETS, ")(", (0, 2)),
        (code.BRACKETS, "((((", (0, 4)),
        (code.BRACKETS, "no brackets", (0, 0)),
        (code.ENVIRONMENT, r"\begin{a}\begin{b}\end{b}\end{a}", (4, 4)),
        (code.ENVIRONMENT, r"\begin{lemma} \end{proof}", (0, 2)),
        (code.ENVIRONMENT, r"\begin{align*}\end{align*}", (2, 2)),
        (code.TAG, '<a x="1"><b/></a></c>', (2, 3)),
        (code.TAG, "a < b > c", (0, 0)),
        (code.WIKI, "[[a]] {{b}} ]]", (4, 5)),
        (code.COMMENT, "/* a */ x */", (2, 3)),
        (code.CONDITION, "#ifdef A\n# if B\n#endif\n#endif\n", (4, 4)),
        (code.CONDITION, "#endif\n", (0, 1)),
        (r"[¿?¡!]", "¿Qué? ¡No! Sí?", (4, 5)),
    ],
)
def test_signs_have_partners(pattern, written, count):
    assert closed(pattern, written) == count


def test_words_are_those_of_the_training_text():
    known = checks.Known("The cat's dog ran.", "A fish")
    found = checks.checked("dialogue", "the CAT'S a fish", known)
    assert found["words that stand in the training text"] == (2, 3)
    assert found["words that stand in the rest of the held-out text"] == (1, 3)


def test_speakers_are_those_of_the_training_text():
    known = checks.Known("ROMEO:\nAh me.\n\n", "")
    found = checks.checked("dialogue", "ROMEO:\nOh\n\nBARD:\nNo: not:\n", known)
    assert found["names of speakers that the training text has"] == (1, 2)
    known = checks.Known("**ROMEO**  \nAh me.", "")
    found = checks.checked("plays", "**ROMEO**  \nOh.\n**BARD**\n", known)
    assert found["names of speakers that the training text has"] == (1, 2)


def test_names_are_new_and_real():
    known = checks.Known("anna\nbob\n", "carla\ndora\n")
    found = checks.checked("names", "anna\ncarla\nxx\nxx\ncut", known)
    assert found["names that are not in the training text"] == (3, 4)
    assert found["new names that are in the rest of the held-out list"] == (1, 3)
    assert found["different names"] == (3, 4)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("x = 1", 1),
        ("if x:", 1),
        ("elif x == 2:", 1),
        ("else:", 1),
        ("except ValueError as error:", 1),
        ("finally:", 1),
        ("try:", 1),
        ("return x", 1),
        ("@property", 1),
        ("case 1:", 1),
        ("match x:", 1),
        ("x = (1", 0),
        ("if x", 0),
        ("def f(:", 0),
    ],
)
def test_a_line_of_python_parses_alone(line, right):
    assert code.lines(f"cut\n    {line}\n# a comment\n\ncut") == (right, 1)


def test_functions_parse_whole():
    written = (
        "def good(x):\n    return x\n\n\n"
        "class A:\n    def bad(self:\n        pass\n\n    def fine(self):\n        1\n"
        "x = 1\ndef cut(x):\n    retu"
    )
    assert code.functions(written) == (2, 3)
    assert code.indents("    a\n   b\n        c\n") == (2, 3)


def test_tokens_are_those_of_the_language():
    assert code.tokens("int main(void) { return 0; }", "c") == (28, 28)
    right, of = code.tokens("int a = \x01\x02;", "c")
    assert of - right == 2


def test_dollars_come_in_pairs_in_whole_paragraphs():
    assert code.dollars("cut$\n\n$a$ and $b$\n\n$c\n\nno\n\ncut$") == (1, 2)


def test_heads_of_pages_parse():
    head = "  <page>\n <title>A</title>\n <revision><id>1</id><text a='b'>"
    wrong = head.replace("</title>", "</titl>")
    assert code.page_heads([head + "Words", wrong, "  <page> no end"]) == (1, 3)


TUNE = "X: 1\nT: A\nM: 6/8\nL: 1/8\nK:G\n"


@pytest.mark.parametrize(
    ("bar", "length"),
    [
        ("abc", 3),
        ("a2 b/ c/2 z", 4),
        ("a3/2 b//", Fraction(7, 4)),
        ("(3abc d2", 4),
        ("a>b", 2),
        ("a3>b", 4 + Fraction(1, 1)),
        ("{gf}^a,2 _B'", 3),
        ('"Am"a ~b .c', 3),
        ("[ace]2 d", 3),
        ("(ab) c-|"[:-1], 3),
    ],
)
def test_a_bar_is_as_long_as_its_notes(bar, length):
    assert tunes.length(bar) == length


def test_bars_fill_their_measure():
    assert tunes.bars(TUNE + "D | GAB d2d | ab | g6 ||\n") == (2, 3)
    assert tunes.bars(TUNE.replace("6/8", "C|") + "| d8 | d4 |\n") == (1, 2)
    assert tunes.bars("| no meter | abc |\n") == (0, 2)


def test_heads_of_tunes_are_complete():
    wrong = TUNE.replace("L: 1/8\n", "")
    written = "cut\n" + TUNE + "abc|\n\n" + wrong + "abc|\n\n" + "X: 3\ncut"
    assert tunes.heads(written) == (1, 2)


def test_what_is_no_abc_is_counted():
    assert tunes.symbols("M:4/4\n| ABc d2 [1 (3efg :|\n") == (20, 20)
    assert tunes.symbols("| A%B\n| A?B\n") == (7, 8)


def test_prepared_texts():
    names = corpora.distinct_lines("bob\nanna\nbob\n\n")
    assert sorted(names.split("\n")) == ["", "anna", "bob"]
    novel = "The licence\nEl ingenioso hidalgo. Fin\nEnd of Project\nMore licence"
    assert corpora.spanish_alone(novel) == "El ingenioso hidalgo. Fin\n"
    assert corpora.tunes_alone("X:1\nZ: me@home\nK:G\n") == "X:1\nK:G\n"
    assert corpora.budget(corpora.find("names"), 1000) == 15_000
    with pytest.raises(ValueError, match=r"no exhibit called 'nothing'.*plays"):
        corpora.find("nothing")


def test_a_network_is_trained_and_kept_at_five_moments(tmp_path):
    torch = pytest.importorskip("torch", reason="the gallery is trained in PyTorch")
    import gallery_measure
    import gallery_train

    exhibit = replace(corpora.find("lessons"), characters=60_000)
    texts = corpora.read(exhibit)
    texts = texts._replace(held_out=texts.held_out[:600], asked=texts.asked[:600])
    state = torch.get_num_threads()
    moments = list(gallery_train.train(exhibit, texts))
    torch.set_num_threads(state)
    torch.set_flush_denormal(False)
    read = [moment.characters for moment in moments]
    assert read == sorted(read) and len(read) == 5 and read[-1] == 29 * 2048
    for k, moment in enumerate(moments):
        models.save(moment.model, tmp_path / f"{k}.npz")
    found = gallery_measure.measure(exhibit, texts, tmp_path)
    nats = [moment["nats"] for moment in found["moments"]]
    assert nats[-1] < nats[0] - 0.5 and nats[-1] < np.log(found["symbols"]) - 0.5
    again = models.load(tmp_path / "4.npz")
    ids = texts.held_out[None]
    assert again.nats(ids).mean() == pytest.approx(nats[-1], abs=1e-3)
    assert len(found["moments"][0]["sample"]) == found["pieces"][1] == 60
    table = page.table({"lessons": found})
    assert "[This course itself](#this-course-itself)" in table


def test_every_exhibit_has_its_checks_and_was_measured():
    assert set(FOUND) == {exhibit.name for exhibit in corpora.EXHIBITS}
    for exhibit in corpora.EXHIBITS:
        one = FOUND[exhibit.name]
        asked = set(checks.KINDS[exhibit.kind])
        for part in (one["real"], one["7-gram"], *one["moments"]):
            assert asked <= set(part["checks"])
        assert len(one["moments"]) == 5 and len(one["temperatures"]) == 3
        assert one["moments"][-1]["characters"] <= one["budget"]


def test_the_page_is_what_was_measured():
    assert page.PAGE.read_text("utf-8") == page.page(FOUND), "gallery.py --write"


def test_the_samples_travel():
    sent = models.samples()
    assert len(sent) == 5 * len(FOUND)
    for one in sent:
        moment = FOUND[one.name]["moments"][one.moment - 1]
        assert one.text == moment["sample"]
        assert one.characters == moment["characters"]
        assert one.title == corpora.find(one.name).title


def test_the_sentences_follow_the_numbers():
    one = json.loads(json.dumps(FOUND["plays"]))
    one["nats of a 7-gram"] = 1.5
    for moment, nats in zip(one["moments"], (3, 2.5, 2, 1.6, 1.4), strict=True):
        moment["nats"] = nats
    assert "it ends 0.100 below the table" in page.scores(one)
    one["moments"][-1]["nats"] = 1.51
    assert "the two are level" in page.scores(one)
    one["moments"][-1]["nats"] = 1.6
    assert "it stays 0.100 behind" in page.scores(one)
    one["moments"][-2]["nats"] = 1.4
    assert "it was ahead once" in page.scores(one)


def test_a_sample_stays_inside_its_fence():
    shown = page.fenced("a\n```python\nb\n```\n")
    assert shown.startswith("````text\n") and shown.endswith("\n````")
    assert page.share([0, 0]) == "—" and page.share([3, 4]) == "3 of 4"
    assert page.share([30, 40]) == "0.75"


def test_the_command_shows_its_table():
    command = [sys.executable, str(BENCHMARKS / "gallery.py")]
    shown = subprocess.run([*command, "--table"], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert len(re.findall(r"^\| \[", shown.stdout, re.MULTILINE)) == len(FOUND)
    wrong = subprocess.run([*command, "--only", "x"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "no exhibit called 'x'" in wrong.stderr
