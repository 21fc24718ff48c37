"""Exams: right numbers, others for each seed, no answer on the sheet, faults told."""

import math
import re

import pytest
import yaml

from courses import COURSE, UNITS
from test_quiz_computed import COUNT
from unrolled import cli
from unrolled.quiz import QuizError, computed, exam
from unrolled.quiz.choices import FEWEST, expand
from unrolled.quiz.exam.draw import versions
from unrolled.quiz.loading import question as load
from unrolled.quiz.rules import faults
from unrolled.quiz.yaml12 import load as load_yaml

FOLDERS = [COURSE / "lessons" / unit for unit in UNITS]
LEAST = 2  # questions of each unit


def items(folder):
    found, _ = load_yaml((folder / "quiz.yml").read_text("utf-8"))
    return [item for item in found if "exam" in item]


ITEMS = {item["id"]: (folder, item) for folder in FOLDERS for item in items(folder)}


def mean(values):
    return sum(values) / len(values)


def layer(sets, n_in, n, biases=1):
    return sets * n * (n_in + n + biases)


def cut(probabilities, p):
    """How many of the likeliest reach p, in whole per cents."""
    total = 0
    for k, one in enumerate(probabilities, 1):
        total += round(100 * one)
        if total >= round(100 * p):
            return k
    raise AssertionError("they do not reach p")


def wins(inside, outside):
    return mean([a > b for a in inside for b in outside])


# What each question's answer is, from the numbers in its text in their order. Nothing
# of the package is used here: the formulas are written out.
BY_HAND = {
    "from-nats": lambda nats: nats / math.log(2),
    "contexts": lambda symbols, before: symbols**before,
    "three-steps-by-hand": lambda _, w_h, w_x, *__: (w_x - 1) * (1 + w_h + w_h**2),
    "nats-of-guessing": lambda symbols: math.log(symbols),
    "count-one-bias": lambda n_in, n: layer(1, n_in, n),
    "chain-rule": lambda outer, x: 2 * outer * x,
    "by-hand": lambda start, w: 3 * start * w**2,
    "how-long": lambda gap: gap + 1,
    "scalar-growth": lambda w, h: w * (1 - h**2),
    "radius-of-two": lambda _, above, below, __: math.sqrt(-above * below),
    "clip-by-norm": lambda a, b, c, norm: a * norm / math.hypot(a, b, c),
    "one-step": lambda c, i, f, g, _: f * c + i * g,
    "half-life": lambda steps: -math.log(2 ** (1 / steps) - 1),
    "what-it-costs": lambda n_in, n: layer(4, n_in, n, 2),
    "count-of-four": lambda _, n_in, n: layer(4, n_in, n),
    "step-by-hand": lambda h, n, z: z * h + (1 - z) * n,
    "slope-of-z": lambda h, n, z, d: d * (h - n) * z * (1 - z),
    "held-product": lambda steps, factor, _: factor**steps,
    "lstm-count": lambda n_in, n: layer(4, n_in, n),
    "bi-stack-count": lambda n_in, n: 2 * (layer(4, n_in, n) + layer(4, 2 * n, n)),
    "rectangle": lambda *lengths: sum(max(lengths) - n for n in lengths),
    "pack-size": lambda *n: sum(length >= n[-2] for length in n[:-2]),
    "masked-loss-value": lambda *losses: mean(losses),
    "pool-mean": lambda *states: mean(states[:-1]),
    "confusion-row": lambda *n: 2 * n[0] / (sum(n[:3]) + sum(n[3:])),
    "all-o": lambda words, in_names: 1 - in_names / words,
    "f1-by-hand": lambda there, said, right: 2 * right / (there + said),
    "bits-from-nats": lambda nats: nats / math.log(2),
    "uniform-perplexity": lambda symbols: symbols,
    "temperature-ratio": lambda _, ratio, temperature: ratio ** (1 / temperature),
    "power-of-p": lambda a, b, c, _: a**2 / (a**2 + b**2 + c**2),
    "nucleus-by-hand": lambda *n: cut(n[:6], n[6]),
    "min-p-by-hand": lambda *n: sum(
        round(10000 * p) >= round(10000 * n[6] * n[0]) for p in n[:6]
    ),
    "cost-of-a-letter": lambda letters: letters * (letters + 1) / 2,
    "auc-by-hand": lambda *n: wins(n[:3], n[3:]),
    "steps-of-a-gate": lambda f, *_: -1 / math.log(f),
    "count-windows": lambda values, reads, ahead: values - reads - ahead + 1,
    "pinball": lambda q, said, came: (
        q * (came - said) if came > said else (1 - q) * (said - came)
    ),
    "share-by-hand": lambda one, other, _: (
        math.exp(one) / (math.exp(one) + math.exp(other))
    ),
    "context-by-hand": lambda share, _, value, __, other: (
        share * value + (1 - share) * other
    ),
    "brevity": lambda said, wanted, _: math.exp(1 - wanted / said),
    "beam-cost": lambda n, width, steps: n + (steps - 1) * width * n,
    "two-points": lambda size, cost, larger, there: (
        math.log(there / cost) / math.log(larger / size)
    ),
    "kilobytes-of-a-cache": lambda layers, width, steps: (
        layers * width * steps * 8 / 1000
    ),
    "unequal-shares": lambda a, g, b, h: (a * g + b * h) / (a + b),
    "count-frames": lambda samples, size, hop: 1 + (samples - size) // hop,
    "three-frames": lambda a, b, c: 1 - (1 - a) * (1 - b) * (1 - c) - a * (1 - b) * c,
}
# How the numbers of a question are read where a sign or an index is no number of it.
INDEX = re.compile(r"_\{?[\w-]+\}?|\^2|\b1/e\b")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


def numbers(text):
    return [float(n) for n in NUMBER.findall(INDEX.sub("", text))]


@pytest.mark.parametrize("name", ITEMS)
def test_every_number_in_a_key_is_what_one_gets_by_hand(name):
    folder, item = ITEMS[name]
    for made in versions(item, folder.name):
        asked = load(made)
        by_hand = BY_HAND[name](*numbers(asked.text))
        key = float(asked.options[0].text)
        assert abs(key - by_hand) <= max(asked.tolerance, 1e-9), asked.text
        assert asked.credit(by_hand) == 1
        for trap in asked.options[1:]:
            assert asked.credit(float(trap.text)) == 0, (asked.text, trap)


def test_every_unit_has_questions():
    for folder in FOLDERS:
        assert len(items(folder)) >= LEAST, folder.name


def test_neighboring_seeds_differ_in_every_question():
    for folder, item in ITEMS.values():
        made = versions(item, folder.name)
        for start in (0, 20261130):
            seeds = range(start, start + FEWEST)
            assert len({made[seed % len(made)]["question"] for seed in seeds}) == FEWEST
    one, other = (exam.draw(FOLDERS[4:6], seed).asked for seed in (7, 8))
    for a, b in zip(one, other, strict=True):
        assert a.question.id == b.question.id
        assert a.question.text != b.question.text


@pytest.mark.parametrize("name", ITEMS)
def test_no_exam_has_the_numbers_of_a_quiz(name):
    folder, item = ITEMS[name]
    published = {computed.make(item, version)["question"] for version in range(1, 21)}
    assert published.isdisjoint(one["question"] for one in versions(item, folder.name))


def pages(folder):
    (sheet,) = [p for p in folder.glob("*.md") if "key" not in p.name]
    return sheet.read_bytes().decode(), (
        sheet.with_name(f"{sheet.stem}-key.md").read_bytes().decode()
    )


def test_the_command_writes_the_same_bytes_and_keeps_the_key_apart(tmp_path, capsys):
    for name in "ab":
        line = ["exam", "--seed", "20261130", "--units", "05,02", "--out"]
        assert cli.main([*line, str(tmp_path / name)]) == 0
    sheet, key = pages(tmp_path / "a")
    assert (sheet, key) == pages(tmp_path / "b")
    assert len(capsys.readouterr().out.split()) == 4 and "\r" not in sheet + key
    assert "20261130" in key and "20261130" not in sheet
    drawn = exam.draw([FOLDERS[1], FOLDERS[4]], 20261130)
    assert sheet.index("The recurrent cell") < sheet.index("The LSTM")
    for one in drawn.asked:
        right = one.question.options[0]
        assert f"**{right.text}**" in key and f"**{right.text}**" not in sheet
        for option in one.question.options:
            assert option.why not in sheet
    points = sum(one.points for one in drawn.asked)
    minutes = sum(one.minutes for one in drawn.asked)
    assert f"6 questions, {points} points, {minutes} minutes." in sheet


def test_a_sheet_holds_what_the_questions_say_and_room_and_no_more(tmp_path):
    drawn = exam.draw(FOLDERS[2:5], 3)
    titles = dict.fromkeys(UNITS, "A unit")
    texts = [text for kind, text in exam.sheet(drawn, titles) if kind == "text"]
    asked = [one.question.text for one in drawn.asked]
    assert texts[2::2] == asked
    room = re.compile(r"Your answer \((exact|± [\d.]+)\): \.{40}")
    assert all(room.fullmatch(text) for text in texts[3::2])


def test_the_pages_to_print_need_nothing_else(tmp_path):
    line = ["exam", "--seed", "8", "--units", "03", "--html", "--out", str(tmp_path)]
    assert cli.main(line) == 0
    (sheet,) = [p for p in tmp_path.glob("*.html") if "key" not in p.name]
    text = sheet.read_text("utf-8")
    assert text.count("<h3>") == 3 and "<svg" in text and "http" not in text
    assert "(exact): ....." in text and "$" not in text


def test_a_change_of_one_item_changes_no_other(tmp_path):
    folder = tmp_path / "lessons/05-lstm"
    folder.mkdir(parents=True)
    found = items(COURSE / "lessons/05-lstm")
    (folder / "quiz.yml").write_text(yaml.safe_dump(found[1:]), "utf-8")
    one = exam.draw([COURSE / "lessons/05-lstm"], 11).asked[1:]
    assert exam.draw([folder], 11).asked == one


@pytest.mark.parametrize(
    "line, says",
    [
        (["--seed", "-3"], "`-3` is no whole number of 0 or more"),
        (["--seed", "2.5"], "`2.5` is no whole number of 0 or more"),
        (["--seed", "1" * 19], "with 18 digits at most"),
        ([], "the following arguments are required: --seed"),
        (["--seed", "1", "--units", "77"], "There is no unit `77`. The units are: 01-"),
        (["--seed", "1", "--units", ","], "--units `,` names no unit. Write numbers"),
    ],
)
def test_what_is_asked_wrongly_is_told(tmp_path, monkeypatch, capsys, line, says):
    monkeypatch.chdir(COURSE)
    try:
        status = cli.main(["exam", *line, "--out", str(tmp_path / "out")])
    except SystemExit as told:
        status = told.code
    assert status == 2 and says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    line = ["exam", "--seed", "1", "--units", "02", "--out", str(tmp_path / "file/x")]
    assert cli.main(line) == 2
    told = capsys.readouterr().err
    assert "The exam could not be written to" in told and "--out" in told


EXAM = {
    "minutes": 2,
    "points": 1,
    "vary": {"n_in": {"from": 4, "to": 12}, "n_hidden": {"from": 6, "to": 12}},
}


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"points": 0}, "points are no whole number from 1 to 60"),
        ({"minutes": "two"}, "minutes are no whole number from 1 to 60"),
        ({"hours": 2}, "must have minutes, points, vary"),
        ({"vary": {"n": [1]}}, "varies what `compute` is not given"),
        ({"vary": {"n_in": 4}}, "`4` names no values"),
        ({"vary": {"n_in": {"from": 9, "to": 4}}}, "names no values"),
        ({"vary": {"n_in": {"from": 4, "to": 9, "by": 0}}}, "cannot be read"),
        ({"vary": {"n_in": [4, 5]}}, "has 2 versions in its `exam`"),
        ({"vary": {"n_in": {"from": 1, "to": 900}}}, "has 900 versions"),
    ],
)
def test_a_faulty_exam_is_told(changes, says):
    assert list(faults(COUNT | {"exam": EXAM})) == []
    (told,) = faults(COUNT | {"exam": EXAM | changes})
    assert says in told


def test_an_exam_needs_a_computed_question_and_enough_versions(tmp_path):
    typed = {k: v for k, v in COUNT.items() if k not in ("compute", "vary", "traps")}
    typed |= {"answer": 3, "question": "How many?", "why": "So.", "exam": EXAM}
    assert list(faults(typed)) == ["has `exam`, which needs `compute`."]
    few = {**EXAM, "vary": {"n_in": {"from": 1, "to": 41}}}
    with pytest.raises(QuizError, match="question `count`: has 38 versions"):
        versions(COUNT | {"exam": few}, "05-lstm")
    folder = tmp_path / "lessons/09-none"
    folder.mkdir(parents=True)
    (folder / "quiz.yml").write_text(yaml.safe_dump([COUNT]), "utf-8")
    with pytest.raises(QuizError, match="09-none: no question of these units"):
        exam.draw([folder], 1)


def test_values_are_expanded_without_dust():
    assert expand({"from": 0.1, "to": 0.4, "by": 0.1}) == [0.1, 0.2, 0.3, 0.4]
    assert expand({"from": 1, "to": 3}) == [1, 2, 3]
    assert expand({"each": [[1, 2], [3]]}) == [[1, 3], [2, 3]]
