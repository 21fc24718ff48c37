"""Every sentence of a page that compares is shown by something that is there."""

import json

import pytest

import claims
from courses import COURSE, UNITS


@pytest.mark.parametrize("unit", UNITS)
def test_every_comparison_of_a_unit_is_shown(unit):
    assert list(claims.faults(COURSE / "lessons" / unit)) == []


def test_the_template_is_a_page_whose_claims_are_shown():
    template = COURSE / "tools" / "template"
    assert list(claims.faults(template)) == []
    assert claims.claims((template / "README.md").read_text("utf-8"))


@pytest.mark.parametrize(
    "sentence",
    [
        "The LSTM is better than the GRU on every task.",
        "A GRU needs fewer updates and learns sooner.",
        "It was slower here.",
        "The 5-gram is ahead of all three.",
        "On names the linear model stays well ahead.",
        "Counting wins after twenty seconds.",
        "Eight layers come to 0.379 against 0.724.",
        "The accuracy falls from 0.7 to 0.4.",
        "The GRU took 2.2 times as long as the LSTM.",
        "None of these networks reaches the linear model.",
        "Of the three, the **orthogonal** start is best.",
        "The cell is [longer lived](a.md) than `h`.",
        "It is as good as the other.",
    ],
)
def test_a_sentence_that_compares_is_found(sentence):
    assert claims.compares(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "A network of more than a hundred layers.",
        "It takes no more than 40 steps.",
        "Use the states rather than the outputs, more or less.",
        "Which of the two is better?",
        "The call `better(a, b)` and $better$ are names.",
        "The answer may lie ahead, and the cell looks ahead.",
        "Each gets the better of two learning rates.",
        "At best, do the same again.",
        "More layers read the states of the ones below.",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert not claims.compares(sentence)


PAGE = """\
# A title

A is better than B. It is cheap.
C is worse! <!-- shown by: lesson one; derived -->

## Objectives

- **best**: say which is better.

## Work

They differ:

- D is better
  than E.
- F is faster.

<!-- shown by: measured table -->

- G is slower; <!-- shown by: measured key -->
- H is slower.

The table says that I is best:

| better | worse |
| --- | --- |
<!-- shown by: cited Hochreiter and Schmidhuber 1997 -->

```
J is better than K
```

$$L = better than M$$

![N is better than O](a.svg)

<details>
<summary>What was measured: P is better</summary>

Q is better. <!-- shown by: benchmark cells.py;
lesson two -->

</details>

## Further reading

- Hochreiter and Schmidhuber (1997), better than most.
"""


def test_a_pointer_is_for_what_it_ends():
    found = {claim.sentence: list(claim.shown) for claim in claims.claims(PAGE)}
    assert found == {
        "A is better than B.": ["lesson one", "derived"],
        "C is worse!": ["lesson one", "derived"],
        "D is better than E.": ["measured table"],
        "F is faster.": ["measured table"],
        "G is slower;": ["measured key"],
        "H is slower.": [],
        "The table says that I is best:": ["cited Hochreiter and Schmidhuber 1997"],
        "Q is better.": ["benchmark cells.py", "lesson two"],
    }
    assert {claim.line for claim in claims.claims(PAGE)} >= {3, 14, 16, 20}


@pytest.fixture
def unit(tmp_path):
    unit = tmp_path / "lessons" / "07-some-unit"
    unit.mkdir(parents=True)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/cells.py").touch()
    (unit / "README.md").write_text(PAGE, "utf-8")
    (unit / "lesson.py").write_text('# %% one\n1\n\n# %% two tags=["aside"]\n', "utf-8")
    (unit / "measured.json").write_text(json.dumps({"table": {"key": 1}}), "utf-8")
    return unit


def test_what_nothing_shows_and_what_leads_nowhere_is_told(unit, capsys):
    root = unit.parents[1]
    (told,) = claims.faults(unit, root)
    assert told.startswith(
        f"lessons/{unit.name}/README.md, line 21: nothing shows “H is"
    )
    assert claims.main(["7", "--root", str(root)]) == 1
    said = capsys.readouterr()
    assert said.err.strip() == told
    assert "20: G is slower;\n    → measured key\n" in said.out
    (unit / "README.md").write_text(PAGE.replace("- H is slower.\n", ""), "utf-8")
    assert claims.main(["7", "--root", str(root)]) == 0
    (unit / "lesson.py").write_text("# %% one-more\n1\n\n# %% two\n", "utf-8")
    (told,) = list(claims.faults(unit, root))[:1]
    assert "line 4: `lesson one` leads nowhere" in told


@pytest.mark.parametrize(
    ("pointer", "there"),
    [
        ("lesson one", True),
        ("lesson two", True),
        ("lesson on", False),
        ("lesson 07 one", True),
        ("lesson 08 one", False),
        ("measured table", True),
        ("measured key", True),
        ("measured none", False),
        ("benchmark cells.py", True),
        ("benchmark none.py", False),
        ("cited Hochreiter 1997", True),
        ("cited Hochreiter 1998", False),
        ("cited Gers 1997", False),
        ("cited 1997", False),
        ("derived", True),
        ("derived from it", False),
        ("seen", False),
        ("", False),
    ],
)
def test_a_pointer_leads_to_what_is_there(unit, pointer, there):
    assert claims.leads(pointer, unit, PAGE, unit.parents[1]) is there
