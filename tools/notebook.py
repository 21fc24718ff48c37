"""Make notebooks out of a source, in the shape in which they are stored."""

import tomllib
from pathlib import Path

import nbformat

import rules
from covers import HIDE, cover
from source import Cell, Source
from unrolled.source import layout
from unrolled.source.layout import TITLES, TRACKS

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python"}
METADATA = {
    "kernelspec": KERNEL | {"name": "python3"},
    "language_info": {"name": "python"},
}
HIDDEN = {"jupyter": {"outputs_hidden": True}}
COLAB = "https://colab.research.google.com"
INSTALL = """\
import sys

if "google.colab" in sys.modules:  # a fresh Colab has the frameworks, not the course
    %pip install --quiet git+{repository}

"""


def repository(course: Path) -> str:
    """Return the address of the course, which pyproject.toml alone names."""
    project = tomllib.loads((course / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def make(source: Source, track: str, repository: str) -> nbformat.NotebookNode:
    """Make the notebook of one track: a lesson, or an assignment that is solved."""
    graded = source.path.stem == "assignment"
    mark = _graded_metadata if graded else _plain_metadata
    cells = list(source.cells(track))
    project = source.path.parent.name == layout.CAPSTONE
    head = _project_badges if project else _badges
    cells.insert(1, head(source, track, repository))
    for i, cell in enumerate(cells):
        text = cell.source
        if cell.name == "imports":
            text = INSTALL.format(repository=repository) + text
        new = getattr(nbformat.v4, f"new_{cell.kind}_cell")
        cells[i] = new(text, id=cell.name, metadata=mark(cell))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _plain_metadata(cell: Cell) -> dict:
    return _tagged(set(cell.tags))


def _tagged(tags: set[str]) -> dict:
    """Return the metadata of a cell's tags.

    What a learner is asked to predict is hidden until the cell is run or opened: by
    JupyterLab (`outputs_hidden`), and by Jupyter Book (`hide-output`).
    """
    if rules.PREDICTED not in tags:
        return {"tags": sorted(tags)} if tags else {}
    return HIDDEN | {"tags": sorted(tags - {rules.PREDICTED} | {HIDE})}


def _graded_metadata(cell: Cell) -> dict:
    """Every cell is nbgrader's, so that one a learner spoils can be restored."""
    tags = {*cell.tags}
    if cell.is_solution or cell.points:
        tags.add("raises-exception")  # Run All goes on past an unsolved exercise
    mark = {
        "schema_version": 3,
        "grade_id": cell.name,
        "grade": bool(cell.points),
        "solution": cell.is_solution,
        "locked": not cell.is_solution,
        "task": False,
    }
    if cell.points:
        mark["points"] = cell.points
    return {"nbgrader": mark} | _tagged(tags)


def _badges(source: Source, track: str, repository: str) -> Cell:
    unit, kind = source.path.parent.name, source.path.stem
    other_kind = "lesson" if kind == "assignment" else "assignment"
    other_track = next(t for t in TRACKS if t != track)
    up = "../../.."  # notebooks/ and solutions/ are equally deep
    on_colab = repository.replace("https://github.com", f"{COLAB}/github")
    text = (
        f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]"
        f"({on_colab}/blob/main/{layout.notebook(unit, kind, track)})\n\n"
        f"[Read the unit]({up}/lessons/{unit}/README.md)"
        f" · [This {kind} in {TITLES[other_track]}]"
        f"({up}/{layout.notebook(unit, kind, other_track)})"
        f" · [The {other_kind}]({up}/{layout.notebook(unit, other_kind, track)})"
    )
    return Cell("badges", "markdown", text)


def _project_badges(source: Source, track: str, repository: str) -> Cell:
    """Return what stands at the head of a notebook of the capstone."""
    part, up = source.path.stem, "../../.."
    other_track = next(t for t in TRACKS if t != track)
    on_colab = repository.replace("https://github.com", f"{COLAB}/github")
    parts = list(layout.PROJECTS)
    after = parts[(parts.index(part) + 1) % len(parts)]
    text = (
        f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]"
        f"({on_colab}/blob/main/{layout.capstone(part, track)})\n\n"
        f"[What a capstone needs]({up}/lessons/{layout.CAPSTONE}/README.md)"
        f" · [This notebook in {TITLES[other_track]}]"
        f"({up}/{layout.capstone(part, other_track)})"
        f" · [The next one: {after}]({up}/{layout.capstone(after, track)})"
    )
    return Cell("badges", "markdown", text)


def text(nb: nbformat.NotebookNode) -> str:
    """Return a notebook as it is stored: sorted keys, one final newline."""
    nbformat.validate(nb)
    return nbformat.writes(nb) + "\n"


def key(nb: nbformat.NotebookNode) -> list:
    """Return what makes outputs the same: id, source and metadata of the code cells.

    Neither texts nor whether outputs are hidden change any of them.
    """
    return [(c.id, c.source, _unhidden(c.metadata)) for c in code_cells(nb)]


def code_cells(nb: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def _unhidden(metadata: dict) -> dict:
    tags = [tag for tag in metadata.get("tags", ()) if tag != HIDE]
    rest = {k: v for k, v in metadata.items() if k not in ("tags", *HIDDEN)}
    return rest | ({"tags": tags} if tags else {})


def keep_outputs(fresh: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
    """Give a fresh notebook the outputs and counts stored at `path` for its cells.

    All or nothing: outputs depend on every code cell above them.
    """
    try:
        stored = nbformat.read(path, as_version=4)
    except (FileNotFoundError, nbformat.reader.NotJSONError):
        return fresh
    if key(fresh) == key(stored):
        for new, old in zip(code_cells(fresh), code_cells(stored), strict=True):
            new.outputs, new.execution_count = old.outputs, old.execution_count
            cover(new)
    return fresh
