"""The bank of hostile submissions, and how one is made of the solved notebook.

python tools/quality/grade_bank.py          prints the table of what is defended
python tools/quality/grade_bank.py --write  writes it into docs/grading.md
"""

import ast
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import Assignment, release

COURSE = Path(__file__).resolve().parents[2]
BANK = COURSE / "tests" / "hostile"
UNIT = "02-recurrent-cell"
HONEST = {"step": 2, "sequence": 2, "load": 3, "mend": 3}  # beside the hostile `count`
SMALL = Limits(
    cell=4,
    total=60,
    memory=500,
    space=1500,
    processes=24,
    file_size=8,
    disk=8,
    output=4,
)
CELL = re.compile(r"^# %% (\S+)(?: points=(\d+))?\n", re.MULTILINE)
PAGE = COURSE / "docs" / "grading.md"
MARKS = ("<!-- hostile -->", "<!-- /hostile -->")


@dataclass(frozen=True)
class Hostile:
    """One attack: what it tries, what stops it, and in which word it may end."""

    name: str
    tries: str
    stopped_by: str
    ends: tuple[str, ...]
    cells: tuple[tuple[str, str, str], ...]  # name, points, code


def read(path: Path) -> Hostile:
    """Read one file of the bank."""
    text = path.read_text("utf-8")
    head = ast.get_docstring(ast.parse(text.partition("# %%")[0]))
    tries, by, ends = re.fullmatch(r"(.+)\n\nBy: (.+)\nEnds: (.+)", head).groups()
    parts = CELL.split(text)[1:]
    cells = tuple(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    return Hostile(path.stem, tries, by, tuple(ends.split(", ")), cells)


def bank() -> list[Hostile]:
    """Read every file of the bank."""
    return [read(path) for path in sorted(BANK.glob("*.py"))]


def assignment() -> Assignment:
    """Return the assignment of unit 02 without its longest exercise."""
    whole = release(COURSE, UNIT, "pytorch")
    steps = tuple(s for s in whole.steps if s.name not in ("learn", "check-learn"))
    return replace(whole, steps=steps)


def solved() -> dict:
    """Return the solved notebook of unit 02."""
    folder = COURSE / "solutions" / "pytorch" / UNIT
    return json.loads((folder / "02b_assignment_pytorch.ipynb").read_text("utf-8"))


def code_cell(name: str, code: str, points: float | None = None) -> dict:
    """Return a notebook's code cell with nbgrader's mark."""
    mark = {"grade_id": name, "schema_version": 3, "locked": False, "solution": True}
    if points:
        mark |= {"grade": True, "points": points}
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"nbgrader": mark},
        "source": code,
        "outputs": [],
        "execution_count": None,
    }


def notebook(hostile: Hostile, words: dict[str, str], nb: dict | None = None) -> bytes:
    """Return the solved notebook with the hostile cells in it; `words` fills them."""
    nb = dict(nb or solved())
    names = [name for name, _, _ in hostile.cells]
    cells = []
    for cell in nb["cells"]:
        if cell["id"] not in names:
            cells.append(cell)
        for name, points, code in hostile.cells:
            if name == cell["id"]:
                for word, value in words.items():
                    code = code.replace(f"{{{word}}}", value)
                cells.append(code_cell(name, code, float(points) if points else None))
    nb["cells"] = cells
    return json.dumps(nb).encode()


def table() -> str:
    """Return the table of attacks, for docs/grading.md."""
    rows = [
        "| submission | tries | what stops it | ends as |",
        "| --- | --- | --- | --- |",
    ]
    rows += [
        f"| [{h.name}](../tests/hostile/{h.name}.py) | {h.tries} | {h.stopped_by} | "
        f"{', '.join(h.ends)} |"
        for h in bank()
    ]
    return "\n".join(rows)


def filled(page: str) -> str:
    """Return the page with the table of today between its marks."""
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{table()}\n{MARKS[1]}{after}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
    else:
        print(table())
