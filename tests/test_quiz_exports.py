"""Exports: each is read back by an independent reader, and means the same quiz."""

import itertools
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quiz_readers
import quiz_readers_qti
from courses import COURSE, UNITS
from quiz_readers import canonical
from unrolled import quiz
from unrolled.quiz import export
from unrolled.quiz.loading import question as load
from unrolled.quiz.model import Quiz
from unrolled.quiz.rules import faults

READERS = {
    "moodle": quiz_readers.moodle,
    "gift": quiz_readers.gift,
    "json": quiz_readers.lossless,
    "qti12": quiz_readers_qti.qti12,
    "qti21": quiz_readers_qti.qti21,
}


def responses(question):
    """Yield what learners may answer: right, wrong, in part, at the edges."""
    draw = random.Random(question.id)
    options = list(question.options)
    if question.kind == "numeric":
        for option in options:
            value, reach = float(option.text), question.tolerance
            yield from (value, value + 0.9 * reach, value - 0.9 * reach)
            yield value + 1.5 * reach + 1e-6 * max(1, abs(value))
        return
    if question.kind == "order":
        yield from (options, options[::-1], options[1:] + options[:1])
        yield draw.sample(options, len(options))
    elif question.kind == "single":
        yield from ([option] for option in options)
    else:
        sizes = range(1, min(4, len(options)) + 1)
        for size in (*sizes, len(options)):
            yield from itertools.islice(itertools.combinations(options, size), 8)
        yield [option for option in options if option.right]


def feedback(form, question, response):
    """Return what a learner should be told, in a format that may group reasons."""
    if question.kind == "order":
        return [after(canonical(o.text), o.why) for o in question.options]
    if question.kind == "numeric":
        met = [o for o in question.options if question.near(response, o)]
        if form != "qti12":
            return [canonical(o.why) for o in met[:1]]
        if met[:1] == [question.options[0]]:
            return [canonical(met[0].why)]
        return [after(float(o.text), o.why) for o in question.options[1:]]
    return [canonical(o.why) for o in response]


def after(head, why):
    """Return a reason in a list, behind what it is about; a block begins a line."""
    return f"{head}:{'¶' if why.startswith('```') else ' '}{canonical(why)}"


def as_float(found):
    return str(float(found[0]))


def assert_same(form, question, read):
    assert read.kind == question.kind
    assert read.text == canonical(question.text)
    if question.kind != "numeric":
        texts = [canonical(o.text) for o in question.options]
        assert sorted(read.options) == sorted(texts)
    for response in responses(question):
        credit = question.credit(response)
        if form == "qti12" and question.kind in ("multiple", "order"):
            credit = float(credit > 1 - 1e-9)  # its readers give all or nothing
        if question.kind == "numeric":
            share, said = read.grade(response)
            said = [re.sub(r"^-?[\d.]+(?=:)", as_float, one) for one in said]
        else:
            share, said = read.grade([canonical(o.text) for o in response])
        assert share == pytest.approx(credit, abs=1e-6), response
        assert sorted(said) == sorted(feedback(form, question, response)), response


def assert_round_trip(form, made):
    files = export.files(made, form, "A <title> & more")
    assert files == export.files(made, form, "A <title> & more"), "not repeatable"
    read = [one for content in files.values() for one in READERS[form](content)]
    names = [one.id.split(".")[-1] for one in read]
    assert names == [question.id for question in made.questions]
    for question, one in zip(made.questions, read, strict=True):
        assert_same(form, question, one)


@pytest.fixture(params=UNITS)
def unit(request):
    return COURSE / "lessons" / request.param / "quiz.yml"


@pytest.mark.parametrize(
    "form, version",
    [*((form, 1) for form in export.FORMATS), ("gift", 2), ("qti12", 3)],
)
def test_every_quiz_comes_back_as_it_was(unit, form, version):
    if form == "qti21":
        pytest.importorskip("latex2mathml")
    assert_round_trip(form, quiz.read(unit, version))


NASTY = st.text(
    st.sampled_from("ab z{}~=#:%[]<>&\"'*_|\\/-;,.!?é日σ😀\u200f\u2028\n\t"),
    max_size=12,
)
NASTIEST = (
    *("<b>bold</b>", "</text>", "]]>", "&amp;", "<!-- x", "<script>", "####", "->"),
    *("::", "{=a ~b}", "%100%", "[html]", "\\n", "\\:", "\\(", "\\]", "\\\\", "//"),
    *("**bold**", "*it* ", "a * b", "&&092;", "&#36;", "$CATEGORY", "T", "= >"),
)
WORDS = st.sampled_from(NASTIEST)
CODE = st.text(
    st.sampled_from("ab {}~=#:$<>&\"'*_|\\()[]é日😀/"), min_size=1, max_size=9
)
TEX = st.sampled_from(
    [
        *("x", "a<b", "a > b", r"\{x\}", r"x_{t-1}^2", r"\frac{1}{2}", r"f'(x) = 2x"),
        *(r"\text{é σ}", r"W_{hh}^T", "a * b * c", r"\max(0, x)", r"|h_t|", "p{=}q"),
        *(
            r"\sum_{i} x_i",
            "10^{-5}",
            r"a \& b",
            r'"a"',
            "[0, 1]",
            r"x\,y",
            "a~b",
            "#1",
        ),
    ]
)
PIECE = st.one_of(
    NASTY.map(lambda t: t.replace("`", "")),
    WORDS.map(lambda t: t.replace("$", "")),
    CODE.filter(str.strip).map(lambda t: f"`{t}`"),
    TEX.map(lambda t: f"${t}$"),
)
LISTED = re.compile(r"\n *([-+*]|\d+[.)]) ")  # a line that a quiz refuses
BLOCK = "for t in range(2):\n\n    print(`a`, '$x$ **b** <i>')\n  # \\( {}=~#"
FENCED = f"\n\n```python\n{BLOCK}\n```\n\n"
TEXT = (
    st.tuples(st.lists(PIECE, min_size=1, max_size=5), st.sampled_from(["", " 5 $"]))
    .map(lambda pair: " ".join(pair[0]) + pair[1])
    .filter(lambda text: canonical(text) and text.strip())
    .filter(lambda text: not LISTED.search(text))
)
LONG = st.one_of(TEXT, TEXT.map(lambda text: text + FENCED), st.just(FENCED))
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: float(f"{x:.6g}")),
)


def distinct(texts):
    return len({canonical(text) for text in texts}) == len(texts)


@st.composite
def items(draw, kind):
    item = {"id": "nasty", "when": "after", "kind": kind, "objective": draw(TEXT)}
    item["question"] = draw(LONG)
    if kind == "numeric":
        answer, *others = draw(st.lists(NUMBERS, min_size=1, max_size=4, unique=True))
        item |= {"answer": answer, "why": draw(LONG)}
        item["tolerance"] = draw(st.sampled_from([0, 0.5, 1e-3, 0.1, 12]))
        item["traps"] = [{"value": value, "why": draw(LONG)} for value in others]
        return item
    one = TEXT if kind == "order" else LONG
    texts = draw(st.lists(one, min_size=3, max_size=6).filter(distinct))
    whys = [draw(LONG) for _ in texts]
    pairs = [{"text": t, "why": w} for t, w in zip(texts, whys, strict=True)]
    if kind == "order":
        return item | {"items": pairs}
    right = draw(st.integers(0, 2 ** len(texts) - 2)) + 1
    if kind == "single":
        right = 1 << draw(st.integers(0, len(texts) - 1))
    options = [{**p, "right": bool(right >> n & 1)} for n, p in enumerate(pairs)]
    return item | {"options": options}


@pytest.mark.parametrize("form", export.FORMATS)
@pytest.mark.parametrize("kind", ["single", "multiple", "numeric", "order"])
def test_nasty_text_comes_back_as_it_was(form, kind):
    if form == "qti21":
        pytest.importorskip("latex2mathml")

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(items(kind))
    def check(item):
        assert list(faults(item)) == []
        assert_round_trip(form, Quiz("01-unit", (load(item),)))

    check()


@pytest.mark.parametrize("form", export.FORMATS)
def test_every_nasty_word_comes_back_wherever_it_stands(form):
    if form == "qti21":
        pytest.importorskip("latex2mathml")
    words = [w for w in (*NASTIEST, *"{}~=#:%[]<>&\"'*_|\\/-\u2028") if w.strip()]
    texts = [f"{w} a {w} $x < y${w} `{w}` b{w}".replace("$CAT", "CAT") for w in words]
    questions = []
    for number, text in enumerate(texts):
        options = [quiz.Option(f"{n}{text}"[n:], n == 1, text) for n in range(2)]
        kind = ("single", "multiple")[number % 2]
        made = quiz.Question(f"q{number}", "after", kind, text, text, tuple(options))
        questions.append(made)
    order = tuple(
        quiz.Option(f"{text} {n}", True, text) for n, text in enumerate(texts)
    )
    for number in range(0, len(order) - 2, 5):
        some = order[number : number + 5]
        questions.append(
            quiz.Question(f"o{number}", "after", "order", "o", texts[number], some)
        )
    assert_round_trip(form, Quiz("01-unit", tuple(questions)))


def test_a_reader_notices_a_quiz_that_changed():
    """The readers are no mirror: a wrong mark or a lost reason is seen."""
    made = quiz.read(COURSE / "lessons/05-lstm/quiz.yml")
    (content,) = export.files(made, "moodle", "t").values()
    for old, new in (
        (b'fraction="100"', b'fraction="50"'),
        (b"<tolerance>0.1<", b"<tolerance>1<"),
        (b"The name is unlucky.", b""),
        (b"e^{-a}", b"e^{a}"),
        (b"2.0000000", b"3.0000000"),
    ):
        assert old in content, old
        with pytest.raises(AssertionError):
            read = quiz_readers.moodle(content.replace(old, new))
            for question, one in zip(made.questions, read, strict=True):
                assert_same("moodle", question, one)


def test_a_second_version_has_other_numbers_and_other_names(tmp_path):
    folder = COURSE / "lessons/02-recurrent-cell"
    paths = list(export.write([folder], "json", tmp_path, versions=3))
    assert [path.name for path in paths] == [
        "02-recurrent-cell.json",
        "02-recurrent-cell-v2.json",
        "02-recurrent-cell-v3.json",
    ]
    assert len({path.read_bytes() for path in paths}) == 3


def test_the_command_writes_files_and_says_what_changed_form(tmp_path):
    command = [sys.executable, "-m", "unrolled.cli", "quiz", "export", "05-lstm"]
    done = subprocess.run(
        [*command, "--format", "gift", "--out", str(tmp_path / "new/folder")],
        capture_output=True,
        text=True,
        cwd=COURSE,
    )
    assert done.returncode == 0, done.stderr
    path = tmp_path / "new/folder/05-lstm.gift.txt"
    assert done.stdout.split() == [str(path)] and path.is_file()
    assert done.stderr.count("\n") == 1 and "matching questions" in done.stderr


def test_what_cannot_be_exported_is_told(tmp_path, monkeypatch, capsys):
    from unrolled.cli import main

    monkeypatch.chdir(COURSE)
    assert main(["quiz", "export", "99-none", "--format", "json"]) == 2
    assert "There is no unit `99-none`" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    export.formulas.mathml.cache_clear()
    target = ["--out", str(tmp_path)]
    assert main(["quiz", "export", "05", "--format", "qti21", *target]) == 2
    assert "unrolled[quizzes]" in capsys.readouterr().err
    export.formulas.mathml.cache_clear()


@pytest.mark.parametrize("form", ["moodle", "gift", "qti12", "qti21"])
def test_only_what_changes_form_is_told(form):
    made = quiz.read(COURSE / "lessons/05-lstm/quiz.yml")
    plain = Quiz("u", tuple(q for q in made.questions if q.kind == "single"))
    assert any("order" in note for note in export.notes(made, form))
    assert not any("order" in note for note in export.notes(plain, form))


@pytest.mark.skipif(
    "UNROLLED_QTI_DTD" not in os.environ, reason="the IMS document type is not at hand"
)
def test_qti12_is_valid_by_its_document_type(unit):
    etree = pytest.importorskip("lxml.etree")
    dtd = etree.DTD(os.environ["UNROLLED_QTI_DTD"])
    for content in export.files(quiz.read(unit), "qti12", "A title").values():
        kinds = quiz_readers_qti.PACKAGE_ONE, "imsqti_xmlv1p2"
        (root,) = quiz_readers_qti.unpacked(content, *kinds)
        text = ET.tostring(root).replace(b"ns0:", b"").replace(b"xmlns:ns0", b"xmlns")
        text = re.sub(rb' xmlns="[^"]*"', b"", text)  # a document type knows no spaces
        assert dtd.validate(etree.fromstring(text)), dtd.error_log


def test_one_choice_is_written_as_text2qti_writes_it():
    """A kept library for Canvas gives the same elements for the same question."""
    pytest.importorskip("text2qti")
    from text2qti.config import Config
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz as Text

    config = Config()
    config["latex_render_url"] = "https://example.org/equation_images/"
    source = (
        "Quiz title: T\n\n1. What is it?\n... \na) no\n... It is not.\n"
        "*b) yes\n... It is.\n".replace("... \n", "")
    )
    theirs = QTI(Text(source, config=config)).assessment
    item = {
        "id": "it",
        "when": "after",
        "kind": "single",
        "objective": "o",
        "question": "What is it?",
        "options": [
            {"text": "no", "right": False, "why": "It is not."},
            {"text": "yes", "right": True, "why": "It is."},
        ],
    }
    ours = export.qti12._item(load(item))
    space = quiz_readers_qti.ONE
    (theirs,) = ET.fromstring(theirs).iter(f"{space}item")
    ours = ET.fromstring(f'<x xmlns="{space[1:-1]}">{ours}</x>')[0]
    for name in ("presentation", "resprocessing", "itemfeedback"):
        assert shape(ours, space + name) == shape(theirs, space + name)


def shape(item, name):
    """Return the elements below a name, with the attributes that are no names."""
    kept = ("rcardinality", "texttype", "action", "varname", "continue", "feedbacktype")
    return [
        (e.tag, [(key, e.get(key)) for key in kept if e.get(key)])
        for top in item.iter(name)
        for e in top.iter()
    ]
