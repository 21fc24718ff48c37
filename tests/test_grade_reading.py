"""Any file is read as a submission or refused in a sentence; cells find their place."""

import json
import os

import pytest

import grade_bank
from grade_bank import code_cell
from unrolled.grade import assignments, classroom, notebooks
from unrolled.grade.notebooks import Unreadable
from unrolled.grade.restore import release, restore

ASSIGNMENT = release(grade_bank.COURSE, grade_bank.UNIT, "pytorch")


def handed_out():
    """Return the untouched copy, as a notebook."""
    folder = grade_bank.COURSE / "notebooks/pytorch" / grade_bank.UNIT
    return json.loads(next(folder.glob("*_assignment_*")).read_text("utf-8"))


def restored(nb, **how):
    return restore(notebooks.read(json.dumps(nb, **how).encode()), ASSIGNMENT)


def answers(found):
    """Return the code of each exercise's cells."""
    kept = {}
    for step in found.steps:
        if step.kind == "answer" and step.name not in found.untouched:
            kept.setdefault(step.name, []).append(step.code)
    return kept


def solved_answers():
    return answers(restored(grade_bank.solved()))


def test_a_solved_notebook_is_itself():
    found = restored(grade_bank.solved())
    assert not found.notes and not found.untouched
    names = [s.name for s in found.steps]
    assert names == [s.name for s in ASSIGNMENT.steps]


def test_an_untouched_copy_is_untouched():
    exercises = set(ASSIGNMENT.exercises)
    assert restored(handed_out()).untouched == exercises


def code_of(cell):
    return "".join(cell["source"])


def without_marks(nb):
    """As Colab may save it: no ids, no marks, other metadata."""
    for i, cell in enumerate(nb["cells"]):
        cell.pop("id", None)
        cell["metadata"] = {"id": f"xYz{i}", "colab": {"base_uri": "https://x"}}
    nb["nbformat_minor"] = 0
    nb["metadata"]["colab"] = {"provenance": []}
    return nb


def vs_code(nb):
    for cell in nb["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}} | cell["metadata"]
        cell.pop("id", None)
    return nb


def version_3(nb):
    cells = [
        {
            "cell_type": c["cell_type"],
            "language": "python",
            "metadata": {},
            "input" if c["cell_type"] == "code" else "source": c["source"],
            "outputs": [],
            "collapsed": False,
        }
        for c in nb["cells"]
    ]
    return {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}


def one_line_sources(nb):
    for cell in nb["cells"]:
        cell["source"] = code_of(cell).replace("\n", "\r\n")
    return nb


def reordered(nb):
    nb["cells"] = nb["cells"][::-1]
    return nb


def renamed(nb):
    for cell in nb["cells"]:
        cell["id"] = "new-" + cell["id"]
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = "cell-" + cell["id"]
    return nb


def marks_exchanged(nb):
    """The mark of `step` stands on the cell of `sequence`, and the other way round."""
    cells = {c["id"]: c for c in nb["cells"]}
    a, b = cells["step"], cells["sequence"]
    a["metadata"], b["metadata"] = b["metadata"], a["metadata"]
    a["id"], b["id"] = b["id"], a["id"]
    return nb


@pytest.mark.parametrize(
    "change",
    [
        without_marks,
        vs_code,
        version_3,
        one_line_sources,
        reordered,
        renamed,
        marks_exchanged,
    ],
)
def test_answers_are_found_whatever_saved_the_notebook(change):
    found = restored(change(grade_bank.solved()))
    assert answers(found) == solved_answers()
    assert [s.name for s in found.steps if s.kind != "extra"] == [
        s.name for s in ASSIGNMENT.steps
    ]


def test_order_is_mentioned():
    assert any("another order" in n for n in restored(reordered(handed_out())).notes)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\n\n  " + text.encode() + b"\n",
    ],
    ids=["byte-order mark", "UTF-16", "CRLF", "blanks"],
)
def test_answers_are_found_in_every_encoding(encode):
    content = encode(json.dumps(grade_bank.solved(), indent=1))
    assert answers(restore(notebooks.read(content), ASSIGNMENT)) == solved_answers()


def test_locked_cells_are_put_back_and_own_imports_stay():
    nb = grade_bank.solved()
    cells = {c["id"]: c for c in nb["cells"]}
    cells["imports"]["source"] = "import math\n" + code_of(cells["imports"])
    cells["check-step"]["source"] = "pass"
    nb["cells"].remove(cells["patient"])
    found = restored(nb)
    given = {s.name: s.code for s in ASSIGNMENT.steps}
    kept = {s.name: s.code for s in found.steps if s.kind in ("locked", "check")}
    assert kept == {n: c for n, c in given.items() if n in kept}
    assert "patient" in kept
    assert [s.code for s in found.steps if s.kind == "extra"] == ["import math"]
    assert len(found.notes) == 3


def test_a_missing_exercise_is_not_attempted_and_others_stay():
    nb = grade_bank.solved()
    nb["cells"] = [c for c in nb["cells"] if c["id"] != "count"]
    found = restored(nb)
    assert found.untouched == {"count"} and len(answers(found)) == 5
    assert "The cell `count` was missing." in found.notes


def test_copies_of_an_exercise_all_run_but_not_the_untouched_one():
    nb, blank = grade_bank.solved(), handed_out()
    stub = next(c for c in blank["cells"] if c["id"] == "count")
    nb["cells"] += [stub, code_cell("count", "def count(*given):\n    return 1")]
    found = restored(nb)
    assert len(answers(found)["count"]) == 2
    assert any("2 times" in note for note in found.notes)


def test_own_cells_stay_behind_the_cell_that_they_followed():
    nb = grade_bank.solved()
    at = next(i for i, c in enumerate(nb["cells"]) if c["id"] == "step")
    nb["cells"].insert(at, code_cell("mine", "import math"))
    nb["cells"].insert(0, code_cell("first", "top = 1"))
    names = [s.name for s in restored(nb).steps]
    assert names[0] == "at the top"
    assert names[names.index("step") - 1] == "after checks"


def test_an_own_cell_that_defines_the_same_name_is_no_answer():
    nb = grade_bank.solved()
    nb["cells"].append(code_cell("try", "def step(*given):\n    return 0"))
    assert answers(restored(nb)) == solved_answers()


BAD = {
    "empty": b"",
    "blank": b" \n ",
    "text": b"Dear teacher",
    "zip file": b"PK\x03\x04 ...",
    "PDF": b"%PDF-1.7",
    "web page": b"<!doctype html>",
    "pickle": b"\x80\x04\x95",
    "number": b"7",
    "list": b"[]",
    "no cells": b"{}",
    "cells of no kind": b'{"cells": 3}',
    "sheets of no kind": b'{"worksheets": [3]}',
    "damaged": b'{"cells": [{"cell_type": "code", "source": "x"',
    "too deep": b"[" * 200_000,
    "binary": bytes(range(256)),
    "too many cells": json.dumps({"cells": [{}] * 2001}).encode(),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_notebook_is_refused_in_a_sentence(name):
    if name in ("sheets of no kind",):
        assert notebooks.read(BAD[name]) == []
        return
    with pytest.raises(Unreadable) as refused:
        notebooks.read(BAD[name])
    assert str(refused.value).endswith(".") or str(refused.value).endswith("?")
    if name in ("zip file", "PDF", "web page", "pickle"):
        assert f"a {name}" in str(refused.value)


def test_a_file_that_would_fill_the_memory_is_refused():
    bomb = b'{"cells": [' + b"[]," * 30_000_000 + b"[]]}"
    with pytest.raises(Unreadable):
        notebooks.read_limited(bomb)
    long = {"cell_type": "code", "source": "x" * 150_000}
    with pytest.raises(Unreadable, match="characters of code"):
        notebooks.read_limited(json.dumps({"cells": [long] * 20}).encode())
    assert notebooks.read_limited(b'{"cells": []}') == []


def test_odd_cells_do_no_harm():
    odd = [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 4}]
    odd += [{"cell_type": "code", "source": [1, "x = 1"], "metadata": 3, "id": []}]
    odd += [{"cell_type": "code", "source": "y", "metadata": {"nbgrader": {}}}]
    odd += [{"cell_type": "code", "source": "a\x00b\ud800", "metadata": {}}]
    codes = [c.code for c in notebooks.read(json.dumps({"cells": odd}).encode())]
    assert codes == ["", "", "x = 1", "y", "ab\ufffd"]


def test_fifty_megabytes_of_output_are_read():
    nb = grade_bank.solved()
    text = {"output_type": "stream", "name": "stdout", "text": "x" * (50 << 20)}
    nb["cells"][3]["outputs"] = [text]
    assert answers(restored(nb)) == solved_answers()


def test_links_folders_and_devices_are_not_followed(tmp_path):
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name in ("link", "folder", "pipe", "none"):
        with pytest.raises(Unreadable):
            notebooks.load(tmp_path / f"{name}.ipynb")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "MOST_BYTES", 10)
    (tmp_path / "x.ipynb").write_bytes(b"x" * 11)
    with pytest.raises(Unreadable, match="Clear its outputs"):
        notebooks.load(tmp_path / "x.ipynb")


def test_the_assignment_is_told_by_name_or_by_cells(tmp_path):
    course = grade_bank.COURSE
    content = notebooks.read_limited(json.dumps(grade_bank.solved()).encode())
    for name in (
        "ann_02b_assignment_tensorflow (1)",
        "2026-11-02b_assignment_tensorflow",
        "ann_02-recurrent-cell_assignment_tensorflow",  # as it was called before
    ):
        found = assignments.guess(course, tmp_path / f"{name}.ipynb", content)
        assert (found.unit, found.track) == (grade_bank.UNIT, "tensorflow")
    found = assignments.guess(course, tmp_path / "ann.ipynb", content)
    assert (found.unit, found.track) == (grade_bank.UNIT, "pytorch")
    found = assignments.guess(course, tmp_path / "x.ipynb", content, "02", "tensorflow")
    assert found.track == "tensorflow"
    with pytest.raises(assignments.NoSuchAssignment, match="cannot be told"):
        assignments.guess(course, tmp_path / "x.ipynb", [])
    with pytest.raises(assignments.NoSuchAssignment, match="There are: 02"):
        assignments.read(course, "99-none", "pytorch")


def test_submissions_in_folders_have_names_of_their_own(tmp_path):
    for name in ("a/x.ipynb", "b/x.ipynb", "b/.ipynb_checkpoints/x.ipynb", "b/y.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    works, ignored = classroom.submissions([tmp_path, tmp_path / "a/x.ipynb"])
    assert [w.name for w in works] == ["a/x", "b/x", "x"]
    assert [p.name for p in ignored] == ["y.txt"]
    again, _ = classroom.submissions([tmp_path / "a", tmp_path / "b"])
    assert [w.name for w in again] == ["x", "x (2)"]
    assert classroom.place(tmp_path, "a/b") != classroom.place(tmp_path, "a_b")
