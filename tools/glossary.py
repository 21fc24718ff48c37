"""The glossary: the words that every unit defines, in one table of the alphabet."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NamedTuple

from unit import Unit

HEADING = "## Words of this unit"
HEAD = ["word", "what it means", "also called"]
MOST = 10
CELLS = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\]\((?!\w+:)([^)\s]*)\)")  # not one with a scheme, as https: is
PAGE = """\
# Glossary

Built from the tables “Words of this unit” on the units' pages: the field's words, other
names where there are some, and the unit that defines each.

"""


class Word(NamedTuple):
    """One word of one unit's table, as it is written there."""

    word: str
    meaning: str
    also: str

    @property
    def plain(self) -> str:
        """The word in small letters and without marks: what is sorted and compared."""
        letters = re.sub(r"[*_`$\\{}]", "", self.word)
        return " ".join(letters.casefold().split())


def section(readme: str) -> list[str] | None:
    """Return the lines below the heading, up to the next one; None without it."""
    lines = readme.split("\n")
    if HEADING not in lines:
        return None
    below = lines[lines.index(HEADING) + 1 :]
    ends = (n for n, line in enumerate(below) if re.match(r"##? ", line))
    return below[: next(ends, len(below))]


def words(readme: str) -> list[Word]:
    """Return the words of a page, none without the heading; raises ValueError."""
    lines = section(readme)
    if lines is None:
        return []
    rows = [_cells(line) for line in lines if line.startswith("|")]
    if len(rows) < 3 or rows[0] != HEAD or not all(map(_ruled, rows[1])):
        raise ValueError(
            f"has no table below `{HEADING}`. Its first lines are "
            f"`| {' | '.join(HEAD)} |` and `| --- | --- | --- |`."
        )
    for row in rows[2:]:
        if len(row) != len(HEAD) or not (row[0] and row[1]):
            raise ValueError(
                f"has the row `| {' | '.join(row)} |` below `{HEADING}`. A row has "
                "three cells, a word, what it means, what else it is called, and only "
                r"the last may be empty. Write a bar inside a cell as `\|`."
            )
    if len(rows) - 2 > MOST:
        raise ValueError(
            f"has {len(rows) - 2} rows below `{HEADING}`, and {MOST} is the most. Keep "
            "the words that later units need."
        )
    return [Word(*row) for row in rows[2:]]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in CELLS.split(line.strip())[1:-1]]


def _ruled(cell: str) -> bool:
    return bool(re.fullmatch(r":?-+:?", cell))


def faults(units: list[Unit]) -> Iterator[str]:
    """Yield a sentence for each table that is none, and each word defined twice."""
    first: dict[str, str] = {}
    for unit in units:
        where = f"lessons/{unit.name}/README.md"
        try:
            found = words(unit.readme)
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        for word in found:
            if word.plain in first:
                yield (
                    f"{where}: defines `{word.plain}`, which {first[word.plain]} "
                    "defines. Keep one of the two."
                )
            first.setdefault(word.plain, where)


def page(units: list[Unit]) -> str:
    """Return GLOSSARY.md: every word, in the order of the alphabet."""
    rows = []
    for unit in units:
        link = f"[{unit.name[:2]}](lessons/{unit.name}/README.md)"
        for word in words(unit.readme):
            text = " | ".join([*word, link]).replace("|  |", "| |")
            rows.append((word.plain, f"| {_moved(text, unit)} |"))
    lines = [f"| {' | '.join([*HEAD, 'unit'])} |", "| --- | --- | --- | --- |"]
    return PAGE + "\n".join([*lines, *(row for _, row in sorted(rows))]) + "\n"


def _moved(text: str, unit: Unit) -> str:
    """Return text with its links as they are from the top of the course."""
    here = PurePosixPath("lessons", unit.name)

    def moved(link: re.Match) -> str:
        to = link[1]
        if to.startswith("lessons/"):
            return link[0]
        to = f"README.md{to}" if to.startswith("#") else to
        return f"]({normpath(str(here / to))})"

    return LINK.sub(moved, text)
