"""Which tracks there are, and what the files of a unit are called and where they lie.

The one place that says so, for the build, the runs, the grader, the tests and the front
door; standard library only, since the front door opens before anything is installed.
"""

import re
from pathlib import Path

TITLES = {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}
TRACKS = tuple(TITLES)
UNIT = "[0-9][0-9]-*"  # the folder of a unit in lessons/, as a pattern
# In a folder the lesson stands before the assignment; both names begin with what tells
# them apart, since a list or a tab of JupyterLab shows 24 letters.
PARTS = {"lesson": "a", "assignment": "b"}
PLACES = {
    "lesson": ("notebooks", "lesson"),
    "assignment": ("notebooks", "assignment"),
    "solution": ("solutions", "assignment"),
}
# The capstone is a project, and no unit: its sources lie in lessons/capstone/, and each
# of its notebooks in a folder of its own, beside the table that it writes.
CAPSTONE = "capstone"
PROJECTS = {
    "template": CAPSTONE,
    "equation": f"{CAPSTONE}-equation",
    "sunspots": f"{CAPSTONE}-sunspots",
}
# An assignment that was handed in, as it is called today, or with the unit's whole name
# in place of the letter, as it was called before.
HANDED_IN = re.compile(
    rf"(?<!\d)(\d\d)(?:{PARTS['assignment']}|-[a-z][a-z0-9-]*)"
    rf"_assignment_({'|'.join(TRACKS)})"
)


def units(course: Path) -> list[str]:
    """Return the names of the units of a course, `05-lstm` and so on, in order."""
    return sorted(p.name for p in (course / "lessons").glob(UNIT) if p.is_dir())


def notebook(unit: str, kind: str, track: str) -> str:
    """Return the path of a notebook; `kind` is lesson, assignment or solution."""
    top, part = PLACES[kind]
    return f"{top}/{track}/{unit}/{unit[:2]}{PARTS[part]}_{part}_{track}.ipynb"


def capstone(part: str, track: str) -> str:
    """Return the path of a capstone's notebook; `part` is one of PROJECTS."""
    return f"notebooks/{track}/{PROJECTS[part]}/{part}_{CAPSTONE}_{track}.ipynb"
