"""Three paths through the course, made of the units that there are and their minutes.

An evening reads the pages of a few units; a week reads every page and runs every
lesson; a semester does everything, in so many lectures. What takes how long, each
unit's page says near its top.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from unit import Unit

EVENING = ("01", "02", "05", "11", "12")
DAYS, LECTURES = 7, 14
PARTS = re.compile(
    r"minutes:\s(\d+) for this page, (\d+) for the\slesson, (\d+) for the\s"
    r"assignment, (\d+)"
)


class Minutes(NamedTuple):
    """How long the parts of a unit take."""

    page: int
    lesson: int
    assignment: int
    quizzes: int


def minutes(unit: Unit) -> Minutes:
    """Return what a unit's page says of its time; raises ValueError if it does not."""
    found = PARTS.search(unit.readme)
    if not found:
        raise ValueError(
            f"lessons/{unit.name}/README.md: says not what its minutes are for. Write "
            "“40 minutes: 10 for this page, 10 for the lesson, 10 for the assignment, "
            "10 for the quizzes” near its top."
        )
    return Minutes(*map(int, found.groups()))


def together(lengths: Sequence[int], n: int) -> list[list[int]]:
    """Share things out, in their order, among n days; return their places.

    The longest day is as short as it can be. With fewer things than days, each has one.
    """
    found: list[list[int]] = []
    for limit in range(max(lengths), sum(lengths) + 1):
        found, left = [[]], limit
        for place, length in enumerate(lengths):
            if length > left:
                found.append([])
                left = limit
            found[-1].append(place)
            left -= length
        if len(found) <= n:
            break
    while len(found) < min(n, len(lengths)):
        several = [day for day in found if len(day) > 1]
        fullest = max(several, key=lambda day: sum(lengths[place] for place in day))
        at = found.index(fullest)
        half = len(fullest) // 2
        found[at : at + 1] = [fullest[:half], fullest[half:]]
    return found


def lectures(lengths: Sequence[int], n: int) -> list[list[int]]:
    """Return the units of each of n lectures; a long unit has several in a row.

    Where there are more units than lectures, neighbors share one.
    """
    if len(lengths) >= n:
        return together(lengths, n)
    times = [1] * len(lengths)
    for _ in range(n - len(lengths)):
        longest = max(
            range(len(times)), key=lambda place: (lengths[place] / times[place], -place)
        )
        times[longest] += 1
    return [[place] for place, many in enumerate(times) for _ in range(many)]


def overview(units: list[Unit], folder: str) -> str:
    """Return the table of the paths; `folder` leads from the page to the units."""
    takes = [minutes(unit) for unit in units]
    evening = [k for k, unit in enumerate(units) if unit.name[:2] in EVENING]
    few = ", ".join(_link(units[k], folder) for k in evening)
    read = sum(takes[k].page for k in evening)
    run = sum(one.page + one.lesson for one in takes)
    rows = (
        ("an evening", "reads the pages", few, read),
        ("a week", "reads the pages and runs the lessons", f"all {len(units)}", run),
        ("a semester", "does everything", f"all {len(units)}", sum(map(sum, takes))),
    )
    head = ["| path | what one does | units | hours |", "| --- | --- | --- | --- |"]
    told = [f"| {a} | {b} | {c} | {time / 60:.0f} |" for a, b, c, time in rows]
    return "\n".join(head + told)


def days(units: list[Unit], folder: str) -> str:
    """Return the overview, the days of the week and the lectures of the semester."""
    takes = [minutes(unit) for unit in units]
    run = [one.page + one.lesson for one in takes]
    work = [one.assignment + one.quizzes for one in takes]
    lines = ["", "| day | units | hours |", "| --- | --- | --- |"]
    for day, places in enumerate(together(run, DAYS), 1):
        chosen = ", ".join(_link(units[place], folder) for place in places)
        lines.append(f"| {day} | {chosen} | {sum(run[p] for p in places) / 60:.1f} |")
    lines += ["", "| lecture | units | hours | at home |", "| --- | --- | --- | --- |"]
    shared = lectures(run, LECTURES)
    flat = [place for places in shared for place in places]
    begun: Counter = Counter()
    for lecture, places in enumerate(shared, 1):
        begun.update(places)
        said = ", ".join(
            _link(units[p], folder) + f", part {begun[p]}" * (flat.count(p) > 1)
            for p in places
        )
        hours, home = (
            sum(time[p] / flat.count(p) for p in places) / 60 for time in (run, work)
        )
        lines.append(f"| {lecture} | {said} | {hours:.1f} | {home:.1f} |")
    return overview(units, folder) + "\n" + "\n".join(lines)


def _link(unit: Unit, folder: str) -> str:
    return f"[{unit.name[:2]}]({folder}{unit.name}/README.md)"
