"""The checks of every unit refuse small errors, made mechanically in right answers.

A sample of each exercise's mutants is tried here, of all units, and of two in both
tracks; `make test ALL=1` tries all, and the table in docs/mutants.md measures them.
"""

import json
import os
import warnings
from collections import Counter
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import pytest

import forked
import mutants
import mutants_table
import mutations
import source
from courses import COURSE, UNITS
from saying import Saying
from unrolled.check import Check, NotYet
from unrolled.source.layout import TRACKS

# Mutants of each exercise; of one that trains a model, a single one. UNROLLED_ALL=1
# tries all.
MOST = 0 if os.environ.get("UNROLLED_ALL") == "1" else 6
FEWEST = 10  # mutants that an exercise must have, so that a share means something


@pytest.fixture(scope="module")
def sampled(request):
    """The tallies of a unit in a track: all that are asked for start one framework."""
    tool = COURSE / "tools/quality/mutants.py"
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    asked = {(s.params.get("unit"), s.params.get("track")) for s in asked if s}

    @cache
    def of(track: str) -> list[dict]:
        units = sorted(unit for unit, other in asked if unit and other == track)
        options = ("--json", "--track", track, "--most", str(MOST))
        ran = forked.run(track, tool, *options, *units)
        assert ran.returncode == 0, ran.stderr[-3000:]
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return lambda unit, track: [row for row in of(track) if row["unit"] == unit]


# In the second track two units, of layers; a trained model takes minutes there.
BOTH = ("05-lstm", "08-padding-and-masking")
CASES = [
    pytest.param(
        unit,
        track,
        marks=() if track == TRACKS[0] or unit in BOTH else pytest.mark.every,
    )
    for unit in UNITS
    for track in TRACKS
]


@pytest.mark.parametrize(("unit", "track"), CASES)
def test_small_errors_are_refused(unit, track, sampled):
    known = {
        (row["unit"], row["exercise"], change)
        for row in mutants_table.read()
        for change in row["through"]
    }
    rows = sampled(unit, track)
    read = source.read(COURSE / f"lessons/{unit}/assignment.py")
    # What both tracks share is tried in the first alone.
    own = [c for c in read.cells(track) if c.track or track == TRACKS[0]]
    assert {row["exercise"] for row in rows} == {c.name for c in own} & set(
        read.exercises
    )
    new = [
        (row["unit"], row["exercise"], change)
        for row in rows
        for change in row["through"]
        if (row["unit"], row["exercise"], change) not in known
    ]
    assert new == [], "strengthen the check, or measure and explain it in docs/mutants"
    assert [row for row in rows if row["made"] < FEWEST] == []


def test_the_table_shows_what_was_measured_and_every_share_is_high_enough():
    rows, why = mutants_table.read(), mutants_table.reasons()
    assert mutants_table.PAGE.read_text("utf-8") == mutants_table.page(rows, why)
    assert [row for row in rows if mutants_table.share(row) < mutants_table.LEAST] == []
    assert {c for row in rows for c in row["through"]} == set(why)
    measured = [(row["unit"], row["track"], row["exercise"]) for row in rows]
    there = [
        (unit, cell.track or "both", cell.name)
        for unit in UNITS
        for cell in source.read(COURSE / f"lessons/{unit}/assignment.py").all_cells
        if cell.is_solution
    ]
    assert len(set(measured)) == len(measured) and set(measured) <= set(there)
    for unit in sorted({row[0] for row in set(there) - set(measured)}):
        warnings.warn(
            f"docs/mutants.md lacks {unit}: "
            f"python tools/quality/mutants.py --table {unit}",
            stacklevel=1,
        )


def first_answer(check_step):
    """Return the first exercise of unit 02, judged by another check."""
    answer = next(mutants.answers("02-recurrent-cell", "pytorch"))
    answer.scope["checks"] = SimpleNamespace(step=check_step)
    return answer


def step() -> Check:
    return next(mutants.answers("02-recurrent-cell", "pytorch")).scope["checks"].step


@pytest.fixture
def light(monkeypatch):
    """Leave out the cells that import a framework: this process needs none."""
    read = mutants.source.read

    def without(path):
        found = read(path)
        kept = (c for c in found.all_cells if c.name != "framework")
        return replace(found, all_cells=tuple(kept))

    monkeypatch.setattr(mutants.source, "read", without)


def test_a_check_that_looks_too_little_has_survivors(light):
    judge = step()
    assert mutants.tally(first_answer(judge)).through == []
    weak = replace(
        judge,
        draw=lambda rng, case: judge.draw(rng, 4),  # one sequence
        tolerance=0.5,
        tolerance32=0.5,
        cases=1,
        gates=None,
    )
    found = mutants.tally(first_answer(weak))
    assert len(found.through) > 3 and found.share < 0.95


def test_a_mutant_without_end_is_stopped(light):
    answer = first_answer(step())
    endless = "def step(x, h, w_x, w_h, b):\n    while True:\n        pass"
    with pytest.raises(mutants.TooLong), mutants.limited(0.2):
        mutants._verdict(answer, endless, [])


def test_the_check_is_called_with_the_answer_that_stands_in_the_cell(light):
    answer = first_answer(step())
    judge, given, context = answer.judged("def step(x, h, w_x, w_h, b):\n    return 3")
    assert (judge.name, given(*range(5)), context) == ("step", 3, {})
    with pytest.raises(NotYet):
        judge(given)  # the class is as it was


def test_the_sentences_counted_are_those_that_the_check_says(light):
    answer = first_answer(step())
    code = answer.cell.source
    judge, right, context = answer.judged(code)
    written = [known.says for known in judge.known]
    heard, again = Saying(judge, right, context, written), Counter()
    made = [m.code for m in mutations.mutations(code)][::3]
    made.append(code.replace("w_x + h @ w_h", "w_h + h @ w_x"))  # stops at the first
    for mutant in made:
        outcomes = mutants._outcomes(answer, mutant, heard, 9)
        told = heard.hear(outcomes) if outcomes else []
        with pytest.raises(Exception) as refused:
            judge(answer.judged(mutant)[1])
            raise NotYet("It is right.")
        says = str(refused.value)
        assert told == [s for s in written if s in says], (mutant, says)
        again.update(told)
    assert heard.count == again and heard.named <= again.total()
    assert any("The two matrices are exchanged" in sentence for sentence in told)


def test_one_track_is_measured_anew_and_the_other_is_kept(monkeypatch):
    rows = [
        {"unit": unit, "track": track, "exercise": str(number)}
        for number, (unit, track) in enumerate(
            [("01-a", "both"), ("01-a", "tensorflow"), ("02-b", "pytorch")]
        )
    ]
    new = {"unit": "01-a", "track": "pytorch", "exercise": "new"}
    kept = []
    monkeypatch.setattr(mutants_table, "read", lambda: rows)
    monkeypatch.setattr(mutants_table, "measure", lambda *_: [new])
    monkeypatch.setattr(mutants_table, "write", kept.extend)
    mutants_table.main(["01-a"], None, ("pytorch",))
    assert kept == [rows[1], rows[2], new]


def test_mutants_differ_in_one_place():
    code = "def f(a, b):\n    return np.stack([a, b @ a], axis=1)"
    made = [m.code for m in mutations.mutations(code)]
    for line in (
        "np.stack([a, b @ a], axis=2)",  # off by one
        "np.stack([a, b @ a])",  # wrong axis
        "np.concatenate([a, b @ a], axis=1)",
        "np.stack([b @ a, a], axis=1)",  # swapped
        "np.stack([a, a @ b], axis=1)",
        "np.stack([a, b], axis=1)",  # a term is dropped
        "np.stack([a, b.T @ a], axis=1)",
        "-np.stack([a, b @ a], axis=1)",  # a sign
        "np.asarray(np.stack([a, b @ a], axis=1)).astype(int)",  # float for int
    ):
        assert f"def f(a, b):\n    return {line}" in made, line
    assert len(set(made)) == len(made)
    assert all(m.change for m in mutations.mutations(code))


def test_only_the_solution_is_mutated():
    code = (
        "def f(a):\n    b = a + 1\n    ### BEGIN SOLUTION\n    c = b * 2\n"
        "    ### END SOLUTION\n    return c"
    )
    made = [m.code for m in mutations.mutations(code)]
    assert made and all("b = a + 1" in m and m.endswith("return c") for m in made)
    changes = [m.change for m in mutations.mutations(code)]
    assert "c = b * 2 → c = b + 2" in changes and "c = b * 2 → pass" in changes


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("return x[:, t]", "return x[t, :]"),
        ("return x[1:]", "return x[:]"),
        ("return x[::-1]", "return x[:]"),
        ("return a if t <= 0 else b", "return a if t < 0 else b"),
        ("return range(t)", "return range(1, t)"),
        ("return min(a, b)", "return a"),
        ("return x.copy()", "return x"),
        ("return a / b", "return b / a"),
        ("return x.w_x", "return x.w_h"),
        ("return np.eye(2, dtype=float)", "return np.eye(2, dtype=int)"),
        ("x += a", "x = a"),
        ("a, b = t", "b, a = t"),
        ("return (a, b)", "return (b, a)"),
        ("return x.T @ a", "return x @ a"),
    ],
)
def test_kinds_of_errors(line, other):
    made = mutations.mutations(f"def f(x, a, b, t):\n    {line}")
    assert f"def f(x, a, b, t):\n    {other}" in [m.code for m in made]
