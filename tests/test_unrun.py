"""A check that is run before its answer's cell says what to do, in the notebook."""

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from unrolled import check, unrun

UNIT = "02-recurrent-cell"
LOAD = f"from unrolled import check\nchecks = check.unit({UNIT!r})"
CELLS = {
    "before": "checks.step(step)",
    "other": "x = 1\nprint(nothing)",
    "spread": "x = step\nchecks.step(\n    x,\n)",
    "in the answer": "def f(*given):\n    return lost\nchecks.step(f)",
    "several": "f = 1\nchecks.load(\n    f,\n    ur=ur,\n)",
    "attribute": "import numpy as np\nnp.tanh(step)",
    "inside": "def make():\n    return lost\nchecks.step(make())",
    "after": "step = 3\nchecks.step(step)",
}


@pytest.fixture(scope="module")
def said():
    """What a kernel shows under each cell."""
    book = new_notebook(cells=[new_code_cell(code) for code in [LOAD, *CELLS.values()]])
    client = nbclient.NotebookClient(book, kernel_name="python3", allow_errors=True)
    client.execute()
    shown = [cell.outputs[0] for cell in book.cells[1:]]
    nbformat.validate(book)
    return dict(zip(CELLS, shown, strict=True))


@pytest.mark.parametrize(("name", "missing"), [("before", "step"), ("several", "ur")])
def test_a_check_before_its_answer_is_a_sentence(said, name, missing):
    assert said[name].ename == "NameError"
    assert said[name].traceback == [
        f"Not yet. There is no `{missing}` so far. Run the cell above that defines it, "
        "then this one again; after a restart of the kernel, run all."
    ]


@pytest.mark.parametrize("name", ["other", "spread", "attribute", "inside"])
def test_other_errors_look_as_they_always_do(said, name):
    text = "\n".join(said[name].traceback)
    assert said[name].ename == "NameError"
    assert "Traceback (most recent call last)" in text and "Not yet" not in text


def test_what_the_check_says_stays(said):
    assert said["in the answer"].ename == "NotYet"
    assert "NameError" in said["in the answer"].evalue
    assert "not a function" in said["after"].evalue


def test_outside_a_notebook_nothing_is_installed(monkeypatch):
    monkeypatch.setitem(unrun.sys.modules, "IPython", None)
    assert check.unit(UNIT).step.name == "step"


def test_another_handler_of_the_notebook_stays(monkeypatch):
    class Shell:
        custom_exceptions = (ValueError,)

        def set_custom_exc(self, *given):
            raise AssertionError

    class IPython:
        get_ipython = Shell

    monkeypatch.setitem(unrun.sys.modules, "IPython", IPython)
    check.unit(UNIT)
