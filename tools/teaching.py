"""What the instructor's pages are built from: goals, wrong answers, plans, needs.

`lessons/<unit>/teaching.md` has the marks `goals` and `wrong`; `docs/teaching.md` has
`units`, `semester` and `week`. All numbers come from the units.
"""

import re
from collections import Counter

import paths
import slips
from unit import Unit
from unrolled.quiz.text import github

OBJECTIVES = re.compile(r"^## Objectives\n[^-]*(?P<list>- .*?)\n\n(?=## )", re.M | re.S)
NEED = re.compile(r"\bYou need\b.*?\n\n", re.S)
LINKED = re.compile(r"\(\.\./(\d\d)-[\w-]+/README\.md")
DAYS, LECTURE = 5, 90  # days of a week's course; minutes of a lecture


def needs(unit: Unit) -> list[str]:
    """Return the numbers of the units that a unit's page says it needs, in order.

    They are those that the paragraph that begins with "You need" links to.
    """
    said = NEED.search(unit.readme)
    return sorted(set(LINKED.findall(said[0]))) if said else []


def goals(unit: Unit) -> str:
    """Return the objectives of a unit's page, one a line."""
    return OBJECTIVES.search(unit.readme)["list"]


def wrong(unit: Unit, counted: dict[tuple[str, str], slips.Slips]) -> str:
    """Return what a unit's checks say to known wrong answers, folded by exercise.

    Behind each stands to how many slips of a machine it was said.
    """
    of = {name: counted.get((unit.name, name), slips.NONE) for name in unit.mistakes}
    about = slips.about(unit.mistakes, of)
    parts = [about] if about else []
    for exercise, known in unit.mistakes.items():
        one = of[exercise]
        often = f", {one.named} of {one.refused} slips" if one.said is not None else ""
        said = "\n".join(f"- {github(s)}{one.behind(s)}" for s in one.ordered(known))
        parts.append(
            f"<details>\n<summary>Exercise {exercise}: {len(known)} known wrong answers"
            f"{often}</summary>\n\n{said}\n\n</details>"
        )
    return "\n\n".join(parts)


def units_table(units: list[Unit], folder: str) -> str:
    """Return the table of units: minutes, what each needs, known wrong answers."""
    rows = ["| unit | minutes | needs | exercises | known wrong answers |"]
    rows.append("| --- | --- | --- | --- | --- |")
    for unit in units:
        known = sum(map(len, unit.mistakes.values()))
        page = f"[{unit.name[:2]} {unit.title}]({folder}{unit.name}/teaching.md)"
        needed = ", ".join(needs(unit)) or "nothing"
        rows.append(
            f"| {page} | {unit.minutes} | {needed} | {len(unit.mistakes)} | {known} |"
        )
    return "\n".join(rows)


def semester(units: list[Unit], folder: str) -> str:
    """Return 14 lectures of 90 minutes: what is told there, and what is left."""
    takes = [paths.minutes(unit) for unit in units]
    shared = paths.lectures([a.page + a.lesson for a in takes], paths.LECTURES)
    times = Counter(place for places in shared for place in places)
    rows = ["| lecture | units | page | board and questions | lab | at home |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    begun: Counter = Counter()
    for lecture, places in enumerate(shared, 1):
        begun.update(places)
        page, lab, home = (
            sum(_part(time(takes[p]), begun[p], times[p]) for p in places)
            for time in (_page, _lesson, _home)
        )
        said = ", ".join(
            _link(units[p], folder) + f", part {begun[p]}" * (times[p] > 1)
            for p in places
        )
        left = LECTURE - page
        rows.append(f"| {lecture} | {said} | {page} | {left} | {lab} | {home} |")
    return "\n".join(rows)


def week(units: list[Unit], folder: str) -> str:
    """Return five days: every page and every lesson, and what is left out."""
    takes = [paths.minutes(unit) for unit in units]
    run = [_page(one) + _lesson(one) for one in takes]
    rows = ["| day | units | pages | lessons | together | left out |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for day, places in enumerate(paths.together(run, DAYS), 1):
        said = ", ".join(_link(units[p], folder) for p in places)
        page, lesson, home = (
            sum(time(takes[p]) for p in places) for time in (_page, _lesson, _home)
        )
        both = page + lesson
        rows.append(f"| {day} | {said} | {page} | {lesson} | {both} | {home} |")
    return "\n".join(rows)


def _page(one: paths.Minutes) -> int:
    return one.page


def _lesson(one: paths.Minutes) -> int:
    return one.lesson


def _home(one: paths.Minutes) -> int:
    return one.assignment + one.quizzes


def _part(minutes: int, part: int, of: int) -> int:
    """Return the minutes of one part of several, which add up to the whole."""
    return minutes * part // of - minutes * (part - 1) // of


def _link(unit: Unit, folder: str) -> str:
    return f"[{unit.name[:2]}]({folder}{unit.name}/teaching.md)"
