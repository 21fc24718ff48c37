"""Cut the student's copy out of a solved notebook with nbgrader's own preprocessors."""

import copy

import nbformat
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

# nbgrader's own order in `generate_assignment`, without the steps that need a database.
STEPS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ClearHiddenTests,
    ComputeChecksums,
    CheckCellMetadata,
)


def student_copy(solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook that nbgrader would release; raises what nbgrader raises."""
    nb = copy.deepcopy(solved)
    for step in STEPS:
        nb, _ = step().preprocess(nb, {})
    return nb
