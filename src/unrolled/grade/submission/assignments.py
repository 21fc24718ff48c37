"""Finds out which assignment a submission is of: by its name, else by its cells."""

import json
from functools import cache
from pathlib import Path

from unrolled.grade.submission.reading import Cell
from unrolled.grade.submission.restore import Assignment, release
from unrolled.source.layout import HANDED_IN, notebook

FEWEST = 3  # cells that must be an assignment's own, before it is taken for that one


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
            f"{', '.join(names) or 'none'}."
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

    Raises NoSuchAssignment when nothing fits.
    """
    if unit and track:
        return read(course, unit, track)
    pairs = [
        (u, t)
        for u, t in known(course)
        if track in (None, t) and unit in (None, u, u[:2])
    ]
    named = HANDED_IN.search(path.name)
    if named and (named[1], named[2]) in {(u[:2], t) for u, t in pairs}:
        return read(course, named[1], named[2])
    codes = {cell.bare for cell in cells}
    best, most = None, 0
    for pair in pairs:
        assignment = read(course, *pair)
        fits = sum(
            step.bare in codes
            for step in assignment.steps
            if step.kind in ("locked", "check")
        )
        if fits > most:
            best, most = assignment, fits
    if best is None or most < FEWEST:
        if len({u for u, _ in pairs}) == 1 and pairs and unit:
            raise NoSuchAssignment(
                "It cannot be told for which track it is. Say so with --track."
            )
        raise NoSuchAssignment(
            "It cannot be told of which assignment it is. Say so with --assignment "
            "and --track."
        )
    return best
