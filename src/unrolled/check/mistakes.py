"""The known mistakes of a unit: each an edit of the solution, and one sentence.

A unit's `mistakes.py` holds `MISTAKES = {exercise: {sentence: edit}}`. An edit is

    {old: new, ...}                        what stands in the solution, what instead
    "def step(…): …"                       a whole cell
    [edit, ...]                            several ways that earn the same sentence
    {"pytorch": edit, "tensorflow": edit}  where the tracks' solutions differ

A mistake is run like an answer, on the same inputs. An answer that gives the same in
every case has made it, and gets the sentence.
"""

import runpy
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

from unrolled.source.layout import TRACKS
from unrolled.source.percent import solutions


class Mistake(NamedTuple):
    """A known wrong answer: what to say to it, its cell, and the edit that made it."""

    says: str
    code: str
    edit: dict[str, str]
    two: bool = False  # two mistakes in one


def read(folder: Path, track: str) -> dict[str, tuple[Mistake, ...]]:
    """Return the mistakes of each exercise of a unit, in one track.

    Raises ValueError for an edit of something that the solution does not say, for one
    that makes what another edit has made, and for one without a sentence.
    """
    told = runpy.run_path(str(folder / "mistakes.py"))["MISTAKES"]
    solved = solutions(folder / "assignment.py", track)
    found = {
        exercise: tuple(
            made
            for says, edit in known.items()
            for made in made_by(says, edit, solved[exercise], track)
        )
        for exercise, known in told.items()
        if exercise in solved  # else both tracks' is another, and none is in use
    }
    for exercise, known in found.items():
        seen = {solved[exercise]: "the solution"}
        for one in known:
            if not one.says.strip():
                raise ValueError(f"In `{exercise}` an edit has no sentence: {one.edit}")
            if one.code in seen:
                raise ValueError(
                    f"In `{exercise}` the edit with the sentence “{one.says}” makes "
                    f"the same cell as {seen[one.code]}."
                )
            seen[one.code] = f"the one with “{one.says}”"
    return found


def made_by(says: str, edit: Any, solution: str, track: str) -> Iterator[Mistake]:
    """Yield the wrong cells that an edit makes of a solution, in one track."""
    if isinstance(edit, str):
        yield Mistake(says, edit, {})
    elif isinstance(edit, list):
        for one in edit:
            yield from made_by(says, one, solution, track)
    elif edit.keys() <= set(TRACKS):
        if track in edit:
            yield from made_by(says, edit[track], solution, track)
    else:
        yield Mistake(says, edited(solution, edit), edit)


def edited(code: str, edit: dict[str, str]) -> str:
    """Return code with every `old` replaced; raises ValueError for one it lacks."""
    for old, new in edit.items():
        if old not in code:
            raise ValueError(f"The solution does not say `{old}`:\n{code}")
        code = code.replace(old, new)
    return code


def pairs(known: tuple[Mistake, ...]) -> Iterator[Mistake]:
    """Yield two mistakes in one answer, where the second still finds its place."""
    seen = {one.code for one in known}
    for first, second in permutations(known, 2):
        if second.edit and all(old in first.code for old in second.edit):
            if first.edit and not any(old in first.edit for old in second.edit):
                code = edited(first.code, second.edit)
                if code not in seen:
                    seen.add(code)
                    says = f"Two things. {first.says} {second.says}"
                    yield Mistake(says, code, {}, two=True)
