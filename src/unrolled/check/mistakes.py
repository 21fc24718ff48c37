"""The known mistakes of a unit: each an edit of the solution, and one sentence.

A unit's `mistakes.py` holds `MISTAKES = {exercise: {sentence: edit}}`. An edit is

    {old: new, ...}                        what stands in the solution, what instead
    "def step(…): …"                       a whole cell
    [edit, ...]                            several ways that earn the same sentence
    {"pytorch": edit, "tensorflow": edit}  where the tracks' solutions differ

A mistake is run like an answer, on the same inputs. An answer that gives the same in
every case has made it, and gets the sentence.
"""

import re
import runpy
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

from unrolled.source.layout import TRACKS
from unrolled.source.percent import solutions

# The last statement of a function, below a loop; the line above it stands in the loop.
LOOP_THEN_RETURN = re.compile(
    r"^    (?:for|while) [^\n]*:\n(?: {8}[^\n]*\n)+(    return [^\n]*)\s*\Z",
    re.MULTILINE,
)


OVER_TIME = re.compile(r"(reversed\()?range\((\w+)\.shape\[1\]\)\)?(?=:)")


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
    first, other = (solutions(folder / "assignment.py", one) for one in TRACKS)
    solved = first if track == TRACKS[0] else other
    shared = {exercise for exercise in first if first[exercise] == other.get(exercise)}
    found = {
        exercise: tuple(
            _of_one(exercise, known, solved[exercise], track, exercise in shared)
        )
        for exercise, known in told.items()
        if exercise in solved  # else both tracks' is another, and none is in use
    }
    return found


def _of_one(
    exercise: str, known: dict[str, Any], solution: str, track: str, shared: bool
) -> Iterator[Mistake]:
    """Yield the mistakes of one exercise, then those that its form invites."""
    seen = {solution: "the solution"}
    for says, edit in known.items():
        for one in made_by(says, edit, solution, track):
            if not says.strip():
                raise ValueError(f"In `{exercise}` an edit has no sentence: {edit}")
            if one.code in seen:
                raise ValueError(
                    f"In `{exercise}` the edit with the sentence “{says}” makes the "
                    f"same cell as {seen[one.code]}."
                )
            seen[one.code] = f"the one with “{says}”"
            yield one
    for one in common(solution, shared):
        if one.code not in seen:
            yield one


def common(solution: str, shared: bool = True) -> Iterator[Mistake]:
    """Yield the mistakes that a solution's loop invites, whatever it computes.

    Few of a solution that the tracks do not share: to run a framework takes its time.
    """
    if not solution.startswith("def "):  # a class: a model that is built freely
        return
    if ends := LOOP_THEN_RETURN.search(solution):
        code = f"{solution[: ends.start(1)]}    {solution[ends.start(1) :]}"
        says = "Only one round of the loop is made. Does the `return` stand in it?"
        yield Mistake(says, code, {})
    if "np.empty" in solution:  # what a step leaves out is then any number
        return
    if shared and (over_time := OVER_TIME.search(solution)):
        turned, steps = over_time[1], f"{over_time[2]}.shape[1]"
        old = over_time[0]
        other = f"range({steps})" if turned else f"reversed(range({steps}))"
        way = "forward" if turned else "backward"
        for says, new in {
            f"The loop runs {way} in time: begin at the other end, `{old}`.": other,
            "The loop makes as many steps as the batch has sequences. Time is the "
            f"second axis: `{old}`.": old.replace(steps, f"len({over_time[2]})"),
            "The first step is left out of the loop.": old.replace(
                steps, f"1, {steps}"
            ),
            "The last step is left out of the loop.": old.replace(
                steps, f"{steps} - 1"
            ),
        }.items():
            edit = {old: new}
            yield Mistake(says, edited(solution, edit), edit)


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
