"""What only the class's roster can settle: whose a folder or a stray file is.

A folder that stands alone may be a class that somebody packed with its folder, or one
student's work. A file that is no notebook may be a list, or all that somebody has.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from unrolled.grade.intake import platforms
from unrolled.grade.intake.platforms import Owner
from unrolled.grade.intake.roster import Roster, Student

MOST_ATTEMPTS = 5  # notebooks beside each other that may be one student's
EXACT = ("id", "login", "email", "user", "github", "name")


def student(roster: Roster | None, name: str) -> Student | None:
    """Return the student whose id, address or name stands in the name of a file."""
    if roster is None:
        return None
    return roster.find(platforms.owners("plain", name)[0])[0]


def is_class(folder: str, held: Mapping[str, bool], roster: Roster | None) -> bool:
    """Return whether a folder that stands alone is a class, and not one student's.

    `held` names what lies in it and holds notebooks, and says whether that is a
    folder. The roster knows; without one, several folders are several students, and so
    are more notebooks than one student hands in.
    """
    if student(roster, folder):
        return False
    if len({s for name in held if (s := student(roster, name))}) > 1:
        return True
    folders = sum(held.values())
    return folders > 1 or len(held) - folders > MOST_ATTEMPTS


def named_exactly(roster: Roster, path: Path) -> tuple[Student | None, Owner]:
    """Return whose id, address or name is all that a file is called, and the owner."""
    [owner] = platforms.owners("plain", path.name)
    handles = tuple((kind, path.stem) for kind in EXACT)
    owner = replace(owner, shown=path.stem, back=path.stem, handles=handles)
    return roster.find(owner)[0], owner
