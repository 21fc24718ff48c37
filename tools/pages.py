"""The built parts of Markdown pages: the table of units, the links of a unit."""

import re

import notebook
from source import TRACKS
from unit import Unit


class PageError(Exception):
    """What a README lacks, in a sentence that names the file."""


def title(unit: Unit) -> str:
    """Return the H1 of a unit's README, without a leading number."""
    found = re.search(r"^# +(?:\d+[ .:·–-]+)?(.+?) *$", unit.readme, re.MULTILINE)
    if not found:
        raise PageError(
            f"lessons/{unit.name}/README.md: has no title. Add `# A title`."
        )
    return found[1]


def minutes(unit: Unit) -> int:
    """Return how long a unit takes: the first "N minutes" in its README."""
    found = re.search(r"\b(\d+) minutes\b", unit.readme)
    if not found:
        raise PageError(
            f"lessons/{unit.name}/README.md: says not how long the unit takes. Write "
            "`about 90 minutes` near its top."
        )
    return int(found[1])


def units_table(units: list[Unit]) -> str:
    """Return the table of units for the course's README."""
    rows = [
        "| | unit | minutes | lesson | assignment | quiz |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for unit in units:
        rows.append(
            f"| {unit.name[:2]} | [{title(unit)}](lessons/{unit.name}/README.md) "
            f"| {minutes(unit)} | {_both(unit, 'lesson')} "
            f"| {_both(unit, 'assignment')} | [quiz](quizzes/{unit.name}.md) |"
        )
    return "\n".join(rows)


def unit_links(unit: Unit) -> str:
    """Return the links of one unit for its own README."""
    up = "../../"
    return (
        f"Lesson: {_both(unit, 'lesson', up)} · "
        f"Assignment: {_both(unit, 'assignment', up)} · "
        f"[Quiz, before and after]({up}quizzes/{unit.name}.md)"
    )


def _both(unit: Unit, kind: str, up: str = "") -> str:
    return ", ".join(
        f"[{notebook.TITLES[t]}]({up}{notebook.place(unit.name, kind, t)})"
        for t in TRACKS
    )


def fill(page: str, mark: str, text: str) -> str:
    """Put `text` between `<!-- mark -->` and `<!-- /mark -->`, if a page has them."""
    between = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return between.sub(lambda m: f"{m[1]}{text}\n{m[2]}", page)
