"""Three paths through the course, made of the units that there are and their minutes.

An evening reads the pages of a few units; a week reads every page and runs every
lesson; a semester does everything, in so many lectures. What takes how long, each
unit's page says near its top.
"""

import re
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


def text(units: list[Unit], folder: str) -> str:
    """Return the tables of the paths; `folder` leads from the page to the units."""
    takes = {unit.name: minutes(unit) for unit in units}
    link = {u.name: f"[{u.name[:2]}]({folder}{u.name}/README.md)" for u in units}
    names = list(takes)

    def row(path: str, what: str, chosen: list[str], time: float) -> str:
        linked = ", ".join(link[name] for name in chosen)
        return f"| {path} | {what} | {linked} | {time / 60:.0f} |"

    evening = [name for name in names if name[:2] in EVENING]
    run = [takes[name].page + takes[name].lesson for name in names]
    work = [takes[name].assignment + takes[name].quizzes for name in names]
    shared = lectures(run, LECTURES)
    lines = [
        "| path | what one does | units | hours |",
        "| --- | --- | --- | --- |",
        row(
            "an evening",
            "reads the pages",
            evening,
            sum(takes[name].page for name in evening),
        ),
        row("a week", "reads the pages and runs the lessons", names, sum(run)),
        row("a semester", "does everything, quizzes too", names, sum(run) + sum(work)),
        "",
        f"The week, with {min(DAYS, len(names))} days, and the semester, with "
        f"{len(shared)} lectures; hours of a lecture for page and lesson, and of work "
        "at home for the assignment and the quizzes:",
        "",
        "| day | units | hours |",
        "| --- | --- | --- |",
    ]
    for day, places in enumerate(together(run, DAYS), 1):
        chosen = ", ".join(link[names[place]] for place in places)
        lines.append(f"| {day} | {chosen} | {sum(run[p] for p in places) / 60:.1f} |")
    lines += [
        "",
        "| lecture | units | hours | at home |",
        "| --- | --- | --- | --- |",
    ]
    flat = [place for places in shared for place in places]
    seen: dict[int, int] = {}
    for lecture, places in enumerate(shared, 1):
        said = []
        for place in places:
            seen[place] = seen.get(place, 0) + 1
            part = f", part {seen[place]}" if flat.count(place) > 1 else ""
            said.append(link[names[place]] + part)
        hours, home = (
            sum(time[p] / flat.count(p) for p in places) / 60 for time in (run, work)
        )
        lines.append(f"| {lecture} | {', '.join(said)} | {hours:.1f} | {home:.1f} |")
    return "\n".join(lines)
