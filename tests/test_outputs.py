"""Committed notebooks: executed in order, without errors, noise or private paths."""

import copy
import json
import re

import nbformat
import pytest

import courses
import covers
from courses import COURSE, KINDS, UNITS
from unrolled.source.layout import TRACKS

MOST_BYTES = 300_000
# A path of some machine: not part of an address, a word or encoded data.
PATHS = re.compile(
    r"(?<![\w+/=.:~-])/(?:work|home|root|Users|tmp|usr|opt)/\w|\b[A-Z]:\\+\w"
)


def faults(nb: nbformat.NotebookNode, kind: str, size: int = 0) -> list[str]:
    """Return what must not stand in a committed notebook."""
    code = [c for c in nb.cells if c.cell_type == "code" and c.source.strip()]
    wrong = [f"has {size} bytes; {MOST_BYTES} is the most"] if size > MOST_BYTES else []
    if "widgets" in nb.metadata:
        wrong.append("keeps the state of widgets")
    if kind == "assignment":
        wrong += [
            f"{cell.id}: has outputs, and assignments are committed without"
            for cell in code
            if cell.outputs or cell.execution_count is not None
        ]
    else:
        wrong += [
            f"{cell.id}: has the count {cell.execution_count} and not {number}; "
            "`make run` executes what lacks outputs"
            for number, cell in enumerate(code, 1)
            if cell.execution_count != number
        ]
    for cell in code:
        hidden = covers.HIDE in cell.metadata.get("tags", [])
        if (
            hidden
            and cell.outputs
            and covers.KIND not in cell.outputs[0].get("data", {})
        ):
            wrong.append(f"{cell.id}: is hidden, and its first line gives it away")
        for output in cell.outputs:
            wrong += [f"{cell.id}: {fault}" for fault in _output_faults(output)]
    return wrong


def _output_faults(output: nbformat.NotebookNode) -> list[str]:
    wrong = []
    if output.output_type == "error":
        wrong.append(f"stopped with {output.ename}: {output.evalue}")
    if output.get("name") == "stderr":
        wrong.append("wrote to stderr")
    if "COULD NOT BE HAD" in output.get("text", ""):
        wrong.append("was run on what stands in for its data")
    data = output.get("data", {})
    if any("widget" in kind for kind in data):
        wrong.append("shows a widget, which nobody sees in a stored notebook")
    said = {k: v for k, v in data.items() if not k.startswith("image/png")}
    found = PATHS.search(json.dumps([output.get("text", ""), said], ensure_ascii=False))
    if found:
        wrong.append(f"shows a path of the machine it ran on: {found.group()}…")
    return wrong


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", UNITS)
def test_a_committed_notebook_is_fit_to_be_read(unit, kind, track):
    size = courses.path(COURSE, unit, kind, track).stat().st_size
    assert faults(courses.load(COURSE, unit, kind, track), kind, size) == []


@pytest.fixture
def good():
    nb = nbformat.v4.new_notebook()
    for number, name in enumerate(("one", "two"), 1):
        text = nbformat.v4.new_output(
            "stream", text=f"{name} of https://a.org/home/b\n"
        )
        cell = nbformat.v4.new_code_cell(
            "print()", id=name, execution_count=number, outputs=[text]
        )
        nb.cells.append(cell)
    return nb


def test_a_good_notebook_has_no_faults(good):
    assert faults(good, "lesson") == []


def test_a_deleted_count_is_a_fault(good):
    good.cells[1].execution_count = None
    assert "two: has the count None" in faults(good, "lesson")[0]


def test_cells_run_out_of_order_are_a_fault(good):
    good.cells[0].execution_count, good.cells[1].execution_count = 2, 1
    assert len(faults(good, "solution")) == 2


def test_an_assignment_with_outputs_is_a_fault(good):
    assert len(faults(good, "assignment")) == 2


def test_a_large_notebook_and_widget_state_are_faults(good):
    assert "bytes" in faults(good, "lesson", 300_001)[0]
    good.metadata.widgets = {}
    assert "widgets" in faults(good, "lesson")[0]


OUTPUTS = {
    "stderr": nbformat.v4.new_output("stream", name="stderr", text="a warning\n"),
    "stopped with ValueError": nbformat.v4.new_output(
        "error", ename="ValueError", evalue="no", traceback=[]
    ),
    "stands in": nbformat.v4.new_output(
        "stream", text="`plays` COULD NOT BE HAD. Instead you get `pydoc-topics`.\n"
    ),
    "widget": nbformat.v4.new_output(
        "display_data", {"application/vnd.jupyter.widget-view+json": {}}
    ),
    **{
        path: nbformat.v4.new_output("stream", text=f"saved to {path}\n")
        for path in ("/work/main/x", "/home/ann/x", "/root/x", "C:\\Users\\ann")
    },
    "/tmp/a": nbformat.v4.new_output(
        "display_data", {"text/html": "<a href='/tmp/a'>"}
    ),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_noise_in_an_output_is_a_fault(good, case):
    good.cells[0].outputs.append(copy.deepcopy(OUTPUTS[case]))
    found = faults(good, "lesson")
    assert len(found) == 1
    assert case in found[0] or "path of the machine" in found[0]


def test_a_picture_is_not_searched_for_paths(good):
    encoded = "iVBORw0KGgo +/home/x"
    good.cells[0].outputs.append(
        nbformat.v4.new_output("display_data", {"image/png": encoded})
    )
    assert faults(good, "lesson") == []
