"""Tables of what was measured, and how a page gets them between its marks."""

import re
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Measure = TypeVar("Measure")


def asked(known: Mapping[str, Measure], name: str | None = None) -> Measure:
    """Return what is to be measured: `name`, or else the first word of the command.

    Ends the process with a sentence where that is none of `known`.
    """
    name = (sys.argv[1:2] or [""])[0] if name is None else name
    if name in known:
        return known[name]
    said = f"`{name}` is not measured here. " if name else ""
    sys.exit(f"{said}Say what to measure, one of: {', '.join(known)}.")


def middle(values: Sequence[float], digits: int = 3) -> str:
    """Return the median and, in brackets, the least and the most, where they differ."""
    low, high = (f"{end(values):.{digits}f}" for end in (min, max))
    said = f"{statistics.median(values):.{digits}f}"
    return said if low == high else f"{said} ({low} – {high})"


def table(head: Sequence, rows: Iterable[Sequence]) -> str:
    """Return a table in Markdown; each row has as many cells as the head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def renew(page: Path, tables: Mapping[str, str]) -> None:
    """Write each table into a page, between `<!-- measured:NAME -->` and its end.

    Raises ValueError for a page that has not just one place for a table.
    """
    text = page.read_text("utf-8")
    for name, made in tables.items():
        begin, end = f"<!-- measured:{name} -->", f"<!-- /measured:{name} -->"
        new = f"{begin}\n{made.strip()}\n{end}"
        between = f"{re.escape(begin)}\n.*?{re.escape(end)}"
        text, n = re.subn(between, lambda _, new=new: new, text, flags=re.DOTALL)
        if n != 1:
            raise ValueError(f"{page.name} needs the mark {begin} once; it has {n}.")
    page.write_text(text, "utf-8", newline="\n")
