"""What stands above a result that is hidden until the learner asks for it.

JupyterLab folds a hidden output and shows its first line in its place, which would tell
the result. So the first line of such an output is one that tells nothing.
"""

import nbformat

HIDE = "hide-output"  # the tag of a cell whose result is predicted, in Jupyter Book too
COVER = "Predicted? Then compare with what came out:"
KIND = "text/markdown"  # which no cell of the course prints; conftest.py skips it


def cover(cell: nbformat.NotebookNode) -> None:
    """Put the cover above the outputs of a hidden cell; take it off any other."""
    cell.outputs = [o for o in cell.outputs if o.get("data", {}).get(KIND) != COVER]
    if cell.outputs and HIDE in cell.metadata.get("tags", []):
        first = nbformat.v4.new_output("display_data", data={KIND: COVER})
        cell.outputs.insert(0, first)
