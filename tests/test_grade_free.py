"""The table of what is earned for nothing: it was measured, it is whole, it is zero."""

import json
import sys
import warnings

import pytest

import forged
import free_points
import ways
from courses import UNITS
from unrolled import cells

STORED = json.loads(free_points.RESULTS.read_text("utf-8"))


def test_the_table_in_the_documents_was_measured():
    page = free_points.PAGE.read_text("utf-8")
    assert list(STORED) == [unit for unit in UNITS if unit in STORED]
    assert free_points.filled(page, STORED) == page
    for unit in sorted({*UNITS} - {*STORED}):  # a new one, that is not finished
        told = f"python tools/quality/free_points.py {unit}"
        warnings.warn(f"docs/grading.md lacks {unit}: {told}", stacklevel=1)


@pytest.mark.parametrize("unit", STORED)
def test_every_answer_was_tried_and_earns_nothing(unit):
    told, held = STORED[unit], free_points.helped(unit)
    tried = {e: set(answers) for e, answers in told["helpers"].items()}
    assert tried == {e: set(answers) for e, answers in held.items()}
    tried = [a for answers in told["helpers"].values() for a in answers.values()]
    assert all(set(answer["ways"].values()) == {0} for answer in tried)
    # Each is right where nothing is withheld: else it is no test of what is.
    assert all(answer["worth"] for answer in tried)
    assert told["missing"]["tried"] > 0 and told["missing"]["earned"] == 0
    mine = {one.name for one in forged.bank().values() if one.unit == unit}
    assert set(told["forged"]) == mine and not any(told["forged"].values())


WRITTEN = {
    "the module": "from unrolled import cells\n\ndef f():\n    return cells.rnn_step\n",
    "a function": "from unrolled.cells import rnn\n\ndef f():\n    return rnn\n",
    "inside": "def f():\n    from unrolled import cells\n    return cells.rnn_step\n",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_each_way_reaches_the_same_function(written):
    found = ways.spelled(WRITTEN[written], {})
    assert next(iter(found)) == "as it is written" and len(found) == 4
    for code in found.values():
        scope: dict = {}
        exec(code, scope)
        assert scope["f"]() in (cells.rnn_step, cells.rnn)
    assert len(set(found.values())) == 4


def test_an_answer_that_names_no_helper_is_tried_as_it_is_written():
    assert list(ways.spelled("def f(x):\n    return x\n", {})) == ["as it is written"]
    own = ways.spelled("def f(x):\n    return norm(x)\n", {"norm": sys.exit})
    assert list(own) == ["as it is written"]
