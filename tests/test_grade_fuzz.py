"""Damaged notebooks, drawn with a seed: each is refused in a sentence, or restored.

python tests/test_grade_fuzz.py 60000 7     tries so many files, with another seed
"""

import copy
import json
import random
import sys
from pathlib import Path

import grade_bank
from unrolled.grade.sandbox import wire
from unrolled.grade.submission import assignments, names, reading
from unrolled.grade.submission.reading import Unreadable
from unrolled.grade.submission.restore import release, restore

COUNT, SEED = 2000, 10
ASSIGNMENT = release(grade_bank.COURSE, grade_bank.UNIT, "pytorch")
SOLVED = grade_bank.solved()
for _cell in SOLVED["cells"]:
    _cell.pop("outputs", None)
LOCKED = [(s.name, s.code) for s in ASSIGNMENT.steps if s.kind in ("locked", "check")]
ODD = (
    *(None, True, 0, -1, 0.5, 10**400, "", "code", "raw", "\ud800", "\x00", "\r\n"),
    *([], {}, [[]], [None], {"": 0}, ["def step(x):\n", 3], "x" * 1000, "%%time"),
    *("def step(x):\n    return x", "%time step = 1", "step", "check-step", "imports"),
    *({"nbgrader": {"grade_id": "step"}}, {"nbgrader": []}, {"nbgrader": {}}),
    *({"cells": 5}, {"cells": [3]}, [{"cells": None}], "(" * 300, "\ufeff", "é" * 50),
)


def nodes(tree, found):
    """Return every dict and list of a tree, with those inside."""
    if isinstance(tree, dict | list):
        found.append(tree)
        for one in tree.values() if isinstance(tree, dict) else tree:
            nodes(one, found)
    return found


def change_tree(draw, nb):
    """Change one value of a notebook, take it out, or put it somewhere else."""
    kept = [node for node in nodes(nb, []) if node]
    node, other = draw.choice(kept), draw.choice(kept)
    places = [list(n) if isinstance(n, dict) else range(len(n)) for n in (node, other)]
    key, source = map(draw.choice, places)
    kind = draw.randrange(4)
    if kind == 0:
        node[key] = draw.choice(ODD)
    elif kind == 1:
        del node[key]
    elif kind == 2:
        node[key] = copy.deepcopy(other[source])
    elif isinstance(node, list):
        node.insert(key, copy.deepcopy(draw.choice(node)))
    else:
        node[draw.choice(["cells", "worksheets", "id", "source", "input"])] = node[key]


def change_cells(draw, nb):
    """Do to whole cells what learners do: move, copy, join, delete, change the type."""
    cells = nb.get("cells")
    if not isinstance(cells, list) or len(cells) < 2:
        return
    i, j = draw.randrange(len(cells)), draw.randrange(len(cells))
    kind = draw.randrange(5)
    if kind == 0:
        cells.insert(i, cells.pop(j))
    elif kind == 1:
        cells.insert(i, copy.deepcopy(cells[j]))
    elif kind == 2 and isinstance(cells[i], dict):
        cells[i]["cell_type"] = draw.choice(["markdown", "raw", "code", "heading", 7])
    elif kind == 3 and all(isinstance(cells[k], dict) for k in (i, j)):
        texts = [cells[k].get("source") or [] for k in (i, j)]
        if all(isinstance(text, list) for text in texts):
            cells[i]["source"] = [*texts[0], "\n", *texts[1]]
            del cells[j]
    else:
        del cells[i]


def change_bytes(draw, content):
    """Change a few bytes, cut some out, or put others in."""
    a = draw.randrange(len(content) + 1)
    b = min(len(content), a + draw.choice([0, 1, 2, 50, len(content)]))
    middle = draw.choice(
        [b"", draw.randbytes(b - a & 63), content[a:b] * 2, b'"', b"{"]
    )
    return content[:a] + middle + content[b:]


def damaged(draw):
    """Return the bytes of a notebook that something has gone wrong with."""
    nb = copy.deepcopy(SOLVED)
    for _ in range(draw.randrange(6)):
        draw.choice([change_tree, change_cells])(draw, nb)
    content = json.dumps(nb, indent=draw.choice([None, 1])).encode()
    if draw.random() < 0.1:
        codec = draw.choice(["utf-16", "utf-8-sig", "utf-32", "utf-16-be"])
        content = content.decode().encode(codec)
    while draw.random() < 0.2 and content:
        content = change_bytes(draw, content)
    return content


def look(content):
    """Read and restore a file; return whether it was a notebook."""
    try:
        cells = reading.read(content)
    except Unreadable as refused:
        said = str(refused)
        assert said.endswith((".", "?")) and 15 < len(said) < 300, said
        return False
    given = (grade_bank.COURSE, Path("x.ipynb"), cells)
    assert assignments.guess(*given, "02", "pytorch").unit == grade_bank.UNIT
    found = restore(cells, ASSIGNMENT)
    kept = [(s.name, s.code) for s in found.steps if s.kind in ("locked", "check")]
    assert kept == LOCKED
    assert found.missing <= found.untouched <= set(ASSIGNMENT.exercises)
    for step in found.steps:
        wire.pack({"name": step.name, "code": step.code}, strict=True)
        names.uses(step.code), names.defines(step.code)
    assert all(isinstance(note, str) for note in found.notes)
    return True


def tried(count, seed):
    """Try so many files; return how many of them were notebooks."""
    read = 0
    for number in range(count):
        content = damaged(random.Random(f"{seed} {number}"))
        try:
            read += look(content)
        except Exception as error:
            error.add_note(f"file {number} of seed {seed}")
            raise
    return read


def test_damaged_notebooks_are_refused_in_a_sentence_or_restored():
    read = tried(COUNT, SEED)
    # Both are tried, or the draw has lost its sense.
    assert COUNT / 2 < read < 0.95 * COUNT


if __name__ == "__main__":
    print(tried(*map(int, sys.argv[1:])), "were notebooks")
