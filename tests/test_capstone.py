"""What a capstone must have, what its helper refuses, and the table that it writes."""

import json

import nbformat
import numpy as np
import pytest

import project
from courses import COURSE
from unrolled import capstone
from unrolled.capstone import FILE, Capstone, Leak, table
from unrolled.capstone.record import MISSING
from unrolled.source import layout
from unrolled.source.layout import PROJECTS, TRACKS

ROWS = [f"row {k}" for k in range(10)]
TIME = np.arange(10)
PARTS = ([0, 1, 2, 3], [4, 5, 6], [7, 8, 9])
SAYS = "Late rows are worse than early ones, perhaps since the level has risen by then."


def split(work, *parts, **given):
    work.split(*(parts or PARTS), **{"contents": ROWS, "time": TIME} | given)


FILL = {
    "question": lambda work: work.question("Is the network ahead of the line?"),
    "split": split,
    "baseline": lambda work: work.baseline("line", 3.0),
    "tuning": lambda work: work.tune("GRU", {1: 4.0, 2: 2.0, 3: 5.0}, part="choose"),
    "seeds": lambda work: work.contender("GRU", [2.0, 2.1, 2.2, 1.9, 3.1]),
    "ablation": lambda work: work.ablation("bag", [4, 4.1, 4, 4, 4], without="order"),
    "errors": lambda work: work.errors({"early": [1.0] * 5, "late": 2.0}, says=SAYS),
    "cost": lambda work: work.cost("GRU", seconds=1.5, parameters=10),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.delenv("UNROLLED_CAPSTONE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def filled(without=""):
    work = Capstone("mean error, degrees", better="lower")
    for part, fill in FILL.items():
        if part != without:
            fill(work)
    return work


# --- what must be there


def test_an_empty_capstone_names_all_that_is_missing(here, capsys):
    assert not Capstone().finish()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Not finished. This is missing:"
    assert said[1:] == [f"- {says}" for says in MISSING.values()]
    assert list(MISSING) == list(FILL) and not (here / FILE).exists()


@pytest.mark.parametrize("part", FILL)
def test_one_missing_part_is_named_and_no_table_is_left(here, part, capsys):
    (here / FILE).write_text("an older one")
    work = filled(without=part)
    assert not work.finish()
    assert capsys.readouterr().out.splitlines()[1:] == [f"- {MISSING[part]}"]
    assert not (here / FILE).exists()
    work.lacks(part)
    assert capsys.readouterr().out == f"{MISSING[part]}\n"
    FILL[part](work)
    work.lacks(part)
    assert capsys.readouterr().out == f"There: {part}.\n"
    assert work.finish() and (here / FILE).exists()


def test_every_contender_is_tuned_and_has_its_cost(here):
    work = filled()
    work.contender("LSTM", [1.0] * 5)
    assert list(work.missing()) == ["tuning", "cost"]


def test_no_other_part_can_be_asked_for():
    with pytest.raises(ValueError, match="`speed` is no part; the parts are question"):
        Capstone().lacks("speed")


REFUSED = {
    "no question": (lambda w: w.question("The GRU wins."), "is no question"),
    "a word": (lambda w: w.question("Why?"), "is no question"),
    "the test part": (
        lambda w: w.tune("GRU", {1: 1.0, 2: 2.0, 3: 3.0}, part="test"),
        "scored on `test`. Choose them on the part `choose`",
    ),
    "two rates": (
        lambda w: w.tune("GRU", {1: 1.0, 2: 2.0}, part="choose"),
        "2 settings of `GRU` were tried; try 3 or more",
    ),
    "four seeds": (
        lambda w: w.contender("GRU", [1.0] * 4),
        "has 4 numbers; give one for each of 5 seeds",
    ),
    "four of an ablation": (
        lambda w: w.ablation("bag", [1.0] * 4, without="order"),
        "`bag` has 4 numbers",
    ),
    "an ablation of nothing": (
        lambda w: w.ablation("bag", [1.0] * 5, without=" "),
        "Say what `bag` was made without",
    ),
    "one group": (lambda w: w.errors({"all": 1.0}, says=SAYS), "compares groups"),
    "no words": (
        lambda w: w.errors({"a": 1.0, "b": 2.0}, says="It errs."),
        "`says` has 2 words",
    ),
    "half a parameter": (
        lambda w: w.cost("GRU", seconds=1.0, parameters=1.5),
        "parameters=1.5 was given",
    ),
    "not finite": (lambda w: w.baseline("line", np.nan), "not a finite number"),
    "no number": (lambda w: w.baseline("line", "low"), "which is no number"),
    "nothing": (lambda w: w.baseline("line", []), "No number was given for `line`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_given_wrongly_is_refused_in_a_sentence(case):
    give, says = REFUSED[case]
    with pytest.raises(ValueError) as refused:
        give(Capstone("nats"))
    assert says in str(refused.value) and str(refused.value)[-1] in ".:`)?"


def test_lower_or_higher():
    with pytest.raises(
        ValueError, match="'lower' for an error and 'higher' for an acc"
    ):
        Capstone("accuracy", better="more")
    scores = {1: 0.5, 2: 0.9, 3: 0.7}
    assert Capstone("accuracy", better="higher").tune("a", scores, part="choose") == 2
    assert Capstone("error").tune("a", scores, part="choose") == 1


# --- the split

LEAKS = {
    "a row in two parts": (
        ([0, 1, 2, 4], *PARTS[1:]),
        {},
        "Row 4 stands in `train` and in `choose` (such rows: 1)",
    ),
    "not in order": (
        ([7, 8, 9], *PARTS[:2]),
        {},
        "`train` reaches to 9, and `choose` begins at 0",
    ),
    "at one moment": (PARTS, {"time": [0, 1, 2, 3, 3, 4, 5, 6, 7, 8]}, "reaches to 3"),
    "targets that overlap": (
        PARTS,
        {"time": np.c_[TIME, TIME + 1]},
        "`train` reaches to 4, and `choose` begins at 4",
    ),
    "no moment": (PARTS, {"time": [*range(9), np.nan]}, "begins at nan"),
    "a group in two": (
        PARTS,
        {"time": None, "group": list("aaabbbcccc")},
        "The group b stands in `train` and in `choose` (such groups: 1)",
    ),
    "a copy": (
        PARTS,
        {"contents": [*ROWS[:9], "row 2"]},
        "Row 9 of `test` holds the same as row 2 of `train`",
    ),
    "a copy of an array": (
        PARTS,
        {"contents": np.array([*range(9), 0.0])[:, None]},
        "Row 9 of `test` holds the same as row 0",
    ),
    "a copy of lists": (
        PARTS,
        {"contents": [([k % 9], "x") for k in range(10)]},
        "Row 9 of `test`",
    ),
}


@pytest.mark.parametrize("case", LEAKS)
def test_a_split_that_leaks_is_refused(case):
    parts, given, says = LEAKS[case]
    work = Capstone("nats")
    with pytest.raises(Leak) as refused:
        split(work, *parts, **given)
    assert says in str(refused.value)
    assert "split" in work.missing()


NO_SPLITS = {
    "neither": ({"time": None}, "Rows that are dealt out at random can leak"),
    "both": ({"group": ROWS}, "either `time=`"),
    "too short": ({"time": TIME[:9]}, "`time` has 9 items and `contents` 10 rows"),
    "outside": ({"parts": ([0], [1], [10])}, "`test` names row 10, and `contents` has"),
    "empty": ({"parts": ([0], [], [10])}, "`choose` must be a list of row numbers"),
    "shares": ({"parts": (0.6, 0.2, 0.2)}, "`train` must be a list of row numbers"),
}


@pytest.mark.parametrize("case", NO_SPLITS)
def test_what_is_no_split_is_refused(case):
    given, says = NO_SPLITS[case]
    with pytest.raises(ValueError) as refused:
        told = {k: v for k, v in given.items() if k != "parts"}
        split(Capstone("nats"), *given.get("parts", PARTS), **told)
    assert says in str(refused.value)


def test_copies_within_a_part_and_masks_are_fine():
    contents = ["the same", "the same", *ROWS[2:]]
    for parts in (PARTS, [np.isin(TIME, part) for part in PARTS]):
        work = Capstone("nats")
        split(work, *parts, contents=contents)
        assert "split" not in work.missing()


def test_groups_are_dealt_out_whole():
    groups = np.repeat(np.arange(50), 3)
    parts = capstone.together(groups, (0.6, 0.2, 0.2), np.random.default_rng(0))
    assert [len(part) for part in parts] == [90, 30, 30]
    work = Capstone("nats")
    split(work, *parts, contents=np.arange(150), time=None, group=groups)
    assert "split" not in work.missing()


# --- the table


def test_the_table_has_every_number_with_its_spread(here, capsys):
    assert filled().finish()
    told, rows = capstone.read(here / FILE)
    named = {(row.part, row.name): row for row in rows}
    gru = named["contender", "GRU"]
    assert gru.values == (2.0, 2.1, 2.2, 1.9, 3.1) and gru.value == pytest.approx(2.26)
    assert gru.spread == pytest.approx(1.2)  # from the least to the greatest
    assert named["baseline", "line"].spread == pytest.approx(3e-4)
    assert named["cost", "GRU, one training"].spread == 60  # at least
    assert table.spread("seconds", 30.0, ()) == 120
    assert named["split", "train"].value == 4
    assert told["question"] == "Is the network ahead of the line?"
    assert told["split"] == "by time" and told["tuned"]["GRU"]["chosen"] == "2"
    said = capsys.readouterr().out
    assert "GRU: 2.26 (1.9 to 3.1), ahead of line, 3, in 4 of 5 seeds" in said
    assert "bag: 4.02 (4 to 4.1). Its seeds and those of GRU do not overlap." in said


def test_a_rate_at_the_edge_and_an_ablation_that_changes_nothing_are_told(here):
    work = filled()
    work.tune("GRU", {1: 1.0, 2: 2.0, 3: 5.0}, part="choose")
    work.ablation("bag", [2.0, 2.0, 2.0, 2.0, 2.1], without="order")
    said = " ".join(work.verdict())
    assert "The best of the settings of GRU, 1, was the first or the last" in said
    assert "Its seeds and those of GRU overlap." in said


def test_a_cell_that_is_run_twice_gives_one_row(here):
    work = filled()
    FILL["seeds"](work)
    work.finish()
    assert len(capstone.read(here / FILE)[1]) == 3 + 1 + 1 + 1 + 2 + 2


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rows": [{"a": 1}]}', '{"rows": 3}', "no"]
)
def test_a_file_that_is_no_table_is_said(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(capstone.TableError, match="is no table of a capstone"):
        capstone.read(tmp_path / FILE)


def test_a_number_that_is_a_word_is_said(here):
    filled().finish()
    told = json.loads((here / FILE).read_text("utf-8"))
    told["rows"][0]["value"] = "many"
    (here / FILE).write_text(json.dumps(told))
    with pytest.raises(capstone.TableError, match="holds what is no number"):
        capstone.read(here / FILE)


# --- the notebooks of the course


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("part", PROJECTS)
def test_the_stored_notebooks_are_executed_and_examples_have_their_table(part, track):
    path = COURSE / layout.capstone(part, track)
    code = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    assert [c.execution_count for c in code] == list(range(1, len(code) + 1))
    outputs = [o for c in code for o in c.outputs]
    assert not [o for o in outputs if o.output_type == "error"]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    last = "".join(o.text for o in code[-1].outputs)
    if part == "template":
        missing = [f"- {says}" for says in MISSING.values()]
        assert last.splitlines() == ["Not finished. This is missing:", *missing]
        assert not (COURSE / project.table(part, track)).exists()
        return
    told, rows = capstone.read(COURSE / project.table(part, track))
    assert told["track"] == track and told["verdict"][0] in last
    assert {row.part for row in rows} == {
        *("split", "baseline", "contender", "ablation", "errors", "cost")
    }


@pytest.mark.parametrize("part", PROJECTS)
def test_the_tracks_of_a_notebook_have_the_same_cells(part):
    cells = [nbformat.read(COURSE / layout.capstone(part, t), 4).cells for t in TRACKS]
    assert [c.id for c in cells[0]] == [c.id for c in cells[1]]


@pytest.mark.parametrize("track", TRACKS)
def test_one_example_is_won_and_the_other_lost(track):
    """In all five seeds: else the page could not call them that."""
    ahead = {}
    for part in ("equation", "sunspots"):
        _, rows = capstone.read(COURSE / project.table(part, track))
        best = min(row.value for row in rows if row.part == "baseline")
        (gru,) = (row for row in rows if row.part == "contender")
        ahead[part] = [value < best for value in gru.values]
    assert ahead == {"equation": [True] * 5, "sunspots": [False] * 5}
