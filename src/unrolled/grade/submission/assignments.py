"""Finds out which assignment a submission is of: by its name, else by its cells."""

import json
from functools import cache
from pathlib import Path

from unrolled.grade.submission.reading import Cell
from unrolled.grade.submission.restore import Assignment, release
from unrolled.source.layout import HANDED_IN, notebook

FEWEST = 3  # cells that must be an assignment's own, before it is taken for that one
MOSTLY = (
    0.8  # of an assignment's cells: where they are there, no other one is looked at
)


class NoSuchAssignment(Exception):
    """A sentence that says which assignments there are."""


@cache
def known(course: Path) -> tuple[tuple[str, str], ...]:
    """Return every (unit, track) of which a course has an assignment."""
    found = sorted(course.glob(notebook("*", "assignment", "*")))
    return tuple((p.parent.name, p.parents[1].name) for p in found)


@cache
def read(course: Path, unit: str, track: str) -> Assignment:
    """Read an assignment; raises NoSuchAssignment."""
    names = [u for u, t in known(course) if t == track]
    matching = [u for u in names if unit in (u, u[:2])]
    if not matching:
        raise NoSuchAssignment(
            f"There is no assignment `{unit}` for {track} in {course}. There are: "
            f"{', '.join(names) or 'none'}. Give its name or its number."
        )
    try:
        return release(course, matching[0], track)
    except (ValueError, KeyError, json.JSONDecodeError) as error:
        raise NoSuchAssignment(f"{matching[0]}, {track}: {error}") from None


def guess(
    course: Path,
    path: Path,
    cells: list[Cell],
    unit: str | None = None,
    track: str | None = None,
) -> Assignment:
    """Return the assignment of a submission; what is given narrows the choice.

    Raises NoSuchAssignment when nothing fits, or its cells are another assignment's.
    """
    codes = {cell.bare for cell in cells}
    if unit and track:
        return _agreed(course, read(course, unit, track), codes)
    pairs = [
        (u, t)
        for u, t in known(course)
        if track in (None, t) and unit in (None, u, u[:2])
    ]
    named = HANDED_IN.search(path.name)
    if named and (named[1], named[2]) in {(u[:2], t) for u, t in pairs}:
        found = read(course, named[1], named[2])
        return _rival(course, found, codes) or found  # a name is soon given wrong
    best, most = None, 0
    for pair in pairs:
        assignment = read(course, *pair)
        fits = len(_locked(assignment) & codes)
        if fits > most:
            best, most = assignment, fits
    if best is None or most < FEWEST:
        if pairs and (unit or track):  # perhaps it is another one's
            _agreed(course, best or read(course, *pairs[0]), codes)
        if len({u for u, _ in pairs}) == 1 and pairs and unit:
            raise NoSuchAssignment(
                "It cannot be told for which track it is. Say so with --track."
            )
        raise NoSuchAssignment(
            "It cannot be told of which assignment it is. Say so with --assignment "
            "and --track."
        )
    return _agreed(course, best, codes) if unit or track else best


def _locked(assignment: Assignment) -> set[str]:
    return {s.bare for s in assignment.steps if s.kind in ("locked", "check")}


def _agreed(course: Path, asked: Assignment, codes: set[str]) -> Assignment:
    """Return the assignment that was asked for, unless the cells are another one's."""
    rival = _rival(course, asked, codes)
    if rival is None:
        return asked
    raise NoSuchAssignment(
        f"This is the assignment of {rival.unit} for {rival.track}, and {asked.unit} "
        f"for {asked.track} was asked for."
    )


def _rival(course: Path, asked: Assignment, codes: set[str]) -> Assignment | None:
    """Return the assignment whose cells these are, if it is clearly another one.

    Clearly: it has cells that the one asked for has not, and not the other way round.
    """
    own = _locked(asked)
    if len(own & codes) >= MOSTLY * len(own):
        return None
    best, most = None, 0
    for pair in known(course):
        other = _locked(read(course, *pair))
        theirs = len((other - own) & codes)
        least = 1 if pair[0] == asked.unit else 2
        if theirs >= max(least, most + 1) and not (own - other) & codes:
            best, most = read(course, *pair), theirs
    return best
