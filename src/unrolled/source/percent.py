"""Notebook sources in the percent format: which code cells one track has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unrolled.source.layout import TRACKS

HEADER = re.compile(r"# %%(?P<mark>.*)$")
MARK = re.compile(r" *### (BEGIN|END) SOLUTION\n?")


@dataclass(frozen=True)
class CodeCell:
    """A code cell of a source; `line` is the line in the file where its code starts."""

    name: str
    line: int
    code: str


def cells(path: Path, track: str, without: str = "") -> Iterator[CodeCell]:
    """Yield the code cells of one track, in order, but for those tagged `without`.

    This reads only what running needs, with the standard library, since it is
    installed with the package; tools/source.py reads and validates with jupytext all
    that a build needs. A test compares.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if HEADER.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        mark = HEADER.match(lines[start])["mark"]
        listed = re.search(r"tags=\[(.*?)\]", mark)
        tags = re.findall(r'"([^"]+)"', listed[1]) if listed else []
        name = re.split(r"\s+(?:\[|\w+=)", mark.strip())[0]
        others = set(TRACKS) - {track}
        if "[markdown]" not in mark and not others & set(tags) | {without} & set(tags):
            code = "\n".join(lines[start + 1 : end])
            yield CodeCell(name, start + 2, code)


def solutions(path: Path, track: str) -> dict[str, str]:
    """Return the solved cells of an assignment by name, without nbgrader's marks."""
    found = {cell.name: cell.code for cell in cells(path, track)}
    return {k: MARK.sub("", code) for k, code in found.items() if MARK.search(code)}
