"""The page that a learner's copy opens with: what to do first, and where all is."""

import re

from unrolled.source.layout import TITLES, TRACKS

LECTURER = "slides"  # a column that is for who lectures: a copy has none of them
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
PAGE = """\
# {title}

**First** read {page}, and then run its lesson: {lessons}.
Shift+Enter runs a cell and goes on to the next. All these are copies of your own: what
you change stays, also when the course is renewed. To begin a notebook afresh, rename it
or delete it and give the same command again.

{paths}{table}{capstone}

**How far are you?** Each lesson has a quiz at its beginning and its end, which says why
an answer is right or wrong. In an assignment the cell below each exercise checks it and
says what is not right yet. The [glossary](GLOSSARY.md) has every word that a unit
defines.
"""
CAPSTONE = """

**At the end** the [capstone](lessons/capstone/README.md): data of your own, a baseline
to beat, and a template that says what is missing."""


def start_page(readme: str, track: str | None = None) -> str:
    """Return the start page, made of the course's README; of one track, or of all."""
    title = re.search(r"^# (.+)$", readme, re.MULTILINE)[1]
    table = _between(readme, "units")
    others = [TITLES[t] for t in TRACKS if track and t != track]
    for column in (*others, LECTURER):
        table = _without_column(table, column)
    known = "](lessons/capstone/README.md)" in readme
    head, first = (_cells(line) for line in (table[0], table[2]))
    lessons = [
        f"[{name}]({dict(LINK.findall(cell))['lesson']})"
        for name, cell in zip(head, first, strict=True)
        if name in TITLES.values()
    ]
    return PAGE.format(
        title=title,
        page=f"the page of [unit {first[0]}]({LINK.search(first[1])[2]})",
        lessons=" or ".join(lessons),
        paths=_paths(readme),
        table="\n".join(table),
        capstone=CAPSTONE if known else "",
    )


def _paths(readme: str) -> str:
    """Return the paths through the course as a list, or nothing where none are told."""
    rows = [_cells(line) for line in _between(readme, "paths")[2:]]
    lines = [
        f"- **{path.capitalize()}** ({hours} hours) {does}: {units}."
        for path, does, units, hours in rows
    ]
    if not lines:
        return ""
    return "\n".join(["**Then** take one of these paths:\n", *lines]) + "\n\n"


def _between(readme: str, mark: str) -> list[str]:
    """Return the lines of the table between two marks of the README."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", readme, re.DOTALL)
    return found[1].strip().splitlines() if found else []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _without_column(table: list[str], title: str) -> list[str]:
    """Return a Markdown table without the column of that title, if it has one."""
    rows = [line.strip().strip("|").split("|") for line in table]
    titles = [cell.strip() for cell in rows[0]]
    if title not in titles:
        return table
    left_out = titles.index(title)
    kept = [row[:left_out] + row[left_out + 1 :] for row in rows]
    return [f"|{'|'.join(row)}|" for row in kept]
