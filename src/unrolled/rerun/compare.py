"""The table that was handed in beside the one that a second run wrote."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from unrolled.capstone.table import ROUNDING, Row, spread

# A spread over a few seeds is itself uncertain; one far larger was not measured.
WIDER = 3.0
SURELY = 0.01  # of the number itself: so much more is always allowed of a spread
REPRODUCED = "reproduced"
PARTS = ("split", "baseline", "contender", "ablation", "errors", "cost")


@dataclass(frozen=True)
class Line:
    """One number: stated, found, and a word for how they agree; a sentence if not."""

    part: str
    name: str
    stated: float | None
    spread: float | None
    found: float | None
    word: str
    says: str = ""


def lines(stated: list[Row], found: list[Row]) -> list[Line]:
    """Return a line for each number of either table, the handed-in ones first."""
    again = {(row.part, row.name): row for row in found}
    made = [_line(row, again.pop((row.part, row.name), None)) for row in stated]
    made += [
        Line(
            row.part,
            row.name,
            None,
            None,
            row.value,
            "not stated",
            f"{row.called} was measured by the run, {row.shown}, and is missing in the "
            "table that was handed in. Run the notebook to its end, and hand in the "
            "table that it writes.",
        )
        for row in again.values()
    ]
    return made


def _line(row: Row, again: Row | None) -> Line:
    if again is None:
        word = "not measured"
        says = (
            f"{row.called} stands in the table as {row.shown}, and the run measured no "
            "such number."
        )
    elif says := _inconsistent(row, again):
        word = "not its own seeds"
    elif abs(again.value - row.value) <= row.spread:
        word, says = REPRODUCED, ""
    else:
        word, apart = "outside its spread", abs(again.value - row.value)
        says = (
            f"{row.called} is stated as {row.value:.6g}, and the run gave "
            f"{again.value:.6g}: they are {apart:.3g} apart, and the stated spread is "
            f"{row.spread:.3g}."
        )
    found = None if again is None else again.value
    return Line(row.part, row.name, row.value, row.spread, found, word, says)


def _inconsistent(row: Row, again: Row) -> str:
    """Return a sentence if a row is not what its own seeds, or this run's, can give."""
    if row.values:
        mean = float(np.mean(row.values))
        if abs(mean - row.value) > ROUNDING * max(abs(mean), abs(row.value)):
            return (
                f"{row.called} is stated as {row.value:.6g}, and the mean of its own "
                f"{len(row.values)} seeds is {mean:.6g}."
            )
    if len(row.values) != len(again.values):
        return (
            f"{row.called} has {len(row.values) or 'no'} seeds in the table, and the "
            f"run had {len(again.values) or 'none'}."
        )
    own = spread(row.unit, row.value, row.values)
    if abs(own - row.spread) > ROUNDING * own:
        return (
            f"{row.called} states a spread of {row.spread:.4g}; what it holds gives "
            f"{own:.4g}."
        )
    most = WIDER * again.spread + SURELY * abs(again.value)
    if row.values and row.spread > most:
        return (
            f"{row.called} has seeds that lie {row.spread:.3g} apart in the table, and "
            f"in the run only {again.spread:.3g}."
        )
    return ""


def faults(told: dict[str, Any], again: dict[str, Any], found: list[Row]) -> list[str]:
    """Return sentences on what is told in words: the data, and what a table must have.

    `again` and `found` are of the run: a notebook may write a table by itself, without
    the parts that `finish` asks for.
    """
    said = []
    if told.get("data") != again.get("data"):
        said.append(
            f"The table was measured on `{told.get('data')}`, and this run had "
            f"`{again.get('data')}`. Without its data a capstone cannot be checked: "
            "fetch them, or put their file into the folder."
        )
    lacking = [part for part in PARTS if part not in {row.part for row in found}]
    lacking += [k for k in ("question", "split", "tuned", "errors") if not again.get(k)]
    if lacking:
        said.append(
            "The run wrote a table without what a finished capstone has: "
            f"{', '.join(dict.fromkeys(lacking))}. End it with `work.finish()`."
        )
    few = [
        row.name
        for row in found
        if row.part in ("contender", "ablation") and len(row.values) < 5
    ]
    if few:
        said.append(f"Fewer than five seeds were run of: {', '.join(few)}.")
    return said


def notes(told: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Return sentences on what differs and is no fault: a setting that was chosen."""
    before, now = told.get("tuned") or {}, again.get("tuned") or {}
    return [
        f"The run chose {now[name]['chosen']} for {name}, and the table "
        f"{of['chosen']}: the two are nearly as good."
        for name, of in before.items()
        if name in now and now[name]["chosen"] != of["chosen"]
    ]
