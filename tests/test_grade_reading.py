"""Any file is read as a submission or refused in a sentence; cells find their place."""

import bz2
import gzip
import io
import json
import lzma
import os
import re
import tarfile

import pytest

import grade_bank
from grade_bank import code_cell
from unrolled.grade.submission import assignments, reading
from unrolled.grade.submission.reading import Unreadable
from unrolled.grade.submission.restore import release, restore

ASSIGNMENT = release(grade_bank.COURSE, grade_bank.UNIT, "pytorch")


def handed_out():
    """Return the untouched copy, as a notebook."""
    folder = grade_bank.COURSE / "notebooks/pytorch" / grade_bank.UNIT
    return json.loads(next(folder.glob("*_assignment_*")).read_text("utf-8"))


def restored(nb, **how):
    return restore(reading.read(json.dumps(nb, **how).encode()), ASSIGNMENT)


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
    assert answers(restore(reading.read(content), ASSIGNMENT)) == solved_answers()


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


def cell_of(nb, name):
    return next(c for c in nb["cells"] if c["id"] == name)


def as_text(cell, kind="markdown"):
    """What Jupyter makes of a code cell when one presses M, or R."""
    cell["cell_type"] = kind
    del cell["outputs"], cell["execution_count"]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("by", ["mark", "id"])
def test_an_answer_that_became_text_is_made_code_again(kind, by):
    nb = grade_bank.solved()
    as_text(cell_of(nb, "step"), kind)
    cell_of(nb, "step").update({"metadata": {}} if by == "id" else {"id": "new"})
    found = restored(nb)
    assert answers(found) == solved_answers() and not found.untouched
    assert found.notes == (
        "The cell `step` was no code cell any more, and was made one again.",
    )


def test_a_stub_that_became_text_is_still_a_stub():
    nb = handed_out()
    as_text(cell_of(nb, "step"))
    assert restored(nb).untouched == set(ASSIGNMENT.exercises)


def test_a_draft_kept_as_text_beside_the_answer_stays_text():
    nb = grade_bank.solved()
    draft = dict(code_cell("step", "def step(*given):\n    return 0"), id="copy")
    as_text(draft, "raw")
    nb["cells"].append(draft)
    assert answers(restored(nb)) == solved_answers()


def test_a_check_that_became_text_is_put_back():
    nb = grade_bank.solved()
    as_text(cell_of(nb, "check-step"))
    found = restored(nb)
    assert [s.name for s in found.steps] == [s.name for s in ASSIGNMENT.steps]
    assert answers(found) == solved_answers()


def joined(nb, name, into, delete=True, above=False):
    """Write one exercise's answer into another one's cell."""
    one, other = cell_of(nb, name), cell_of(nb, into)
    codes = [code_of(other), code_of(one)]
    other["source"] = "\n\n".join(codes[::-1] if above else codes)
    if delete:
        nb["cells"].remove(one)
    return nb


def order(found, *wanted):
    """Return the places of some pieces of code among the steps."""
    codes = [(s.name, s.kind) for s in found.steps]
    return [codes.index(w) for w in wanted]


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("change", [lambda nb: nb, without_marks, version_3])
def test_two_answers_in_one_cell_are_both_there(above, change):
    nb = change(joined(grade_bank.solved(), "sequence", "step", above=above))
    found = restored(nb)
    assert not found.untouched and not found.missing
    codes = "\n".join(s.code for s in found.steps if s.name != "check-step")
    assert codes.count("def step(") == codes.count("def sequence(") == 1
    assert "raise NotImplementedError" not in codes.partition("def count")[0]
    assert any("`sequence` was missing; its answer stands in" in n for n in found.notes)
    assert not any("handed out" in note for note in found.notes)


def test_an_answer_in_a_later_cell_is_run_before_its_check_too():
    found = restored(joined(grade_bank.solved(), "step", "mend"))
    assert not found.untouched
    [i, j, k] = order(
        found, ("step", "answer"), ("check-step", "check"), *[("mend", "answer")]
    )
    assert i < j < k and found.steps[i].code == found.steps[k].code


def test_an_answer_in_an_own_cell_above_its_check_counts_as_in_jupyter():
    nb, blank = grade_bank.solved(), handed_out()
    mine = code_cell("mine", code_of(cell_of(nb, "step")))
    at = next(i for i, c in enumerate(blank["cells"]) if c["id"] == "step")
    blank["cells"].insert(at + 1, mine)
    found = restored(blank)
    assert found.untouched == set(ASSIGNMENT.exercises) - {"step"}
    assert [s.code for s in found.steps if "def step" in s.code] == [mine["source"]]
    # Below the check it answers nothing, in Jupyter and here.
    blank["cells"].append(blank["cells"].pop(at + 1))
    assert restored(blank).untouched == set(ASSIGNMENT.exercises)


def test_two_answers_in_one_cell_above_a_stub_do_not_count_for_it():
    """The stub comes after them, and takes their place: in Jupyter too."""
    nb = grade_bank.solved()
    stub = code_of(cell_of(handed_out(), "sequence"))
    joined(nb, "sequence", "step", delete=False)
    cell_of(nb, "sequence")["source"] = stub
    found = restored(nb)
    assert found.untouched == {"sequence"} and not found.missing


def test_a_missing_cell_is_not_said_to_be_as_it_was_handed_out():
    nb = grade_bank.solved()
    nb["cells"].remove(cell_of(nb, "count"))
    found = restored(nb)
    assert found.missing == found.untouched == {"count"}
    assert found.notes == ("The cell `count` was missing.",)
    assert restored(handed_out()).missing == frozenset()


def tar_file():
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("ann.ipynb"))
    return whole.getvalue()


BAD = {
    "empty": b"",
    "blank": b" \n ",
    "text": b"Dear teacher",
    "zip file": b"PK\x03\x04 ...",
    "PDF": b"%PDF-1.7",
    "web page": b"<!doctype html>",
    "pickle": b"\x80\x04\x95",
    "gzip file": gzip.compress(b"x"),
    "bzip2 file": bz2.compress(b"x"),
    "xz file": lzma.compress(b"x"),
    "zstd file": b"\x28\xb5\x2f\xfd...",
    "7z archive": b"7z\xbc\xaf\x27\x1c...",
    "rar archive": b"Rar!\x1a\x07...",
    "tar archive": tar_file(),
    "number": b"7",
    "list": b"[]",
    "no cells": b"{}",
    "cells of no kind": b'{"cells": 3}',
    "sheets of no kind": b'{"worksheets": [3]}',
    "sheets without cells": b'{"worksheets": [{"cells": 5}, {}]}',
    "damaged": b'{"cells": [{"cell_type": "code", "source": "x"',
    "too deep": b"[" * 200_000,
    "binary": bytes(range(256)),
    "too many cells": json.dumps({"cells": [{}] * 2001}).encode(),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_notebook_is_refused_in_a_sentence(name):
    if name.startswith("sheets"):
        assert reading.read(BAD[name]) == []
        return
    with pytest.raises(Unreadable) as refused:
        reading.read(BAD[name])
    assert str(refused.value).endswith(".") or str(refused.value).endswith("?")
    if name.endswith(("file", "archive")) or name in ("PDF", "web page", "pickle"):
        assert re.search(rf"but an? {name}", str(refused.value))


def test_a_file_that_would_fill_the_memory_is_refused():
    bomb = b'{"cells": [' + b"[]," * 30_000_000 + b"[]]}"
    with pytest.raises(Unreadable):
        reading.read_limited(bomb)
    long = {"cell_type": "code", "source": "x" * 150_000}
    with pytest.raises(Unreadable, match="characters of code"):
        reading.read_limited(json.dumps({"cells": [long] * 20}).encode())
    assert reading.read_limited(b'{"cells": []}') == []


def test_odd_cells_do_no_harm():
    odd = [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": 4}]
    odd += [{"cell_type": "code", "source": [1, "x = 1"], "metadata": 3, "id": []}]
    odd += [{"cell_type": "code", "source": "y", "metadata": {"nbgrader": {}}}]
    odd += [{"cell_type": "code", "source": "a\x00b\ud800", "metadata": {}}]
    codes = [c.code for c in reading.read(json.dumps({"cells": odd}).encode())]
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
            reading.load(tmp_path / f"{name}.ipynb")


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    (tmp_path / "x.ipynb").write_bytes(b"x" * 11)
    with pytest.raises(Unreadable, match="Clear its outputs"):
        reading.load(tmp_path / "x.ipynb")


def test_the_assignment_is_told_by_name_or_by_cells(tmp_path):
    course = grade_bank.COURSE
    content = reading.read_limited(json.dumps(grade_bank.solved()).encode())
    few = [cell for cell in content if cell.bare.startswith("def step(")]
    for name in (
        "ann_02b_assignment_tensorflow (1)",
        "2026-11-02b_assignment_tensorflow",
        "ann_02-recurrent-cell_assignment_tensorflow",  # as it was called before
    ):
        found = assignments.guess(course, tmp_path / f"{name}.ipynb", few)
        assert (found.unit, found.track) == (grade_bank.UNIT, "tensorflow")
        # A name is soon given wrong: cells that are another assignment's decide.
        found = assignments.guess(course, tmp_path / f"{name}.ipynb", content)
        assert (found.unit, found.track) == (grade_bank.UNIT, "pytorch")
    found = assignments.guess(course, tmp_path / "ann.ipynb", content)
    assert (found.unit, found.track) == (grade_bank.UNIT, "pytorch")
    found = assignments.guess(course, tmp_path / "x.ipynb", few, "02", "tensorflow")
    assert found.track == "tensorflow"
    told = "This is the assignment of 02-recurrent-cell for pytorch, and"
    for asked in (("02", "tensorflow"), ("05", "pytorch"), ("05", None)):
        with pytest.raises(assignments.NoSuchAssignment, match=told):
            assignments.guess(course, tmp_path / "x.ipynb", content, *asked)
    with pytest.raises(assignments.NoSuchAssignment, match="cannot be told"):
        assignments.guess(course, tmp_path / "x.ipynb", [])
    with pytest.raises(assignments.NoSuchAssignment, match="02-recurrent-cell, 03"):
        assignments.read(course, "99-none", "pytorch")
