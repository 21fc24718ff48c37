"""The table of a capstone's numbers: its rows, their spreads, its file."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

FILE = "capstone.json"  # beside the notebook
ROUNDING = 1e-4  # of a number that no seed changes: another processor rounds otherwise
SLOWER = 4.0  # another machine may take five times as long: this much more
LEAST_SECONDS = 60.0  # and a busy one far longer; of a short training that is no fault
DIGITS = 6


class TableError(ValueError):
    """A file that is no table of a capstone; a sentence says why."""


@dataclass(frozen=True)
class Row:
    """One number: of which part, what it is called, and how far it may be repeated.

    `values` are those of the seeds, of which `value` is the mean; without seeds the
    list is empty. A number is reproduced where a second run is at most `spread` away.
    """

    part: str  # "split", "baseline", "contender", "ablation", "errors" or "cost"
    name: str
    unit: str
    value: float
    spread: float
    values: tuple[float, ...] = ()

    @property
    def called(self) -> str:
        """How a sentence names this number."""
        return f"`{self.name}` ({self.part}, {self.unit})"

    @property
    def shown(self) -> str:
        """The number as text, with the least and the most of its seeds."""
        if not self.values:
            return f"{self.value:.4g}"
        return f"{self.value:.4g} ({min(self.values):.4g} to {max(self.values):.4g})"


def row(part: str, name: str, unit: str, given: Any) -> Row:
    """Return the row of a number, or of one for each seed; raises ValueError."""
    several = isinstance(given, Sequence | np.ndarray)
    values = tuple(_rounded(name, v) for v in (given if several else [given]))
    if not values:
        raise ValueError(f"No number was given for `{name}`.")
    value = _rounded(name, np.mean(values))
    kept = values if len(values) > 1 else ()
    return Row(part, name, unit, value, spread(unit, value, kept), kept)


def spread(unit: str, value: float, values: Sequence[float]) -> float:
    """Return how far from `value` a second run may be.

    Of several seeds it is the distance from the least to the greatest; of seconds,
    four times as many, and a minute at least; of all else what rounding may change.
    """
    if unit == "seconds":
        return _rounded("seconds", max(LEAST_SECONDS, SLOWER * value))
    apart = max(values) - min(values) if values else 0.0
    return _rounded("a spread", max(apart, ROUNDING * abs(value)))


def _rounded(name: str, value: Any) -> float:
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"`{name}` was given {value!r}, which is no number.") from None
    if not math.isfinite(value):
        raise ValueError(
            f"`{name}` is {value}, not a finite number: a training diverged, or a mean "
            "was taken of nothing."
        )
    return float(f"{value:.{DIGITS}g}")


def write(path: Path, told: dict[str, Any], rows: Sequence[Row]) -> None:
    """Write a table: what is told in words, and its rows."""
    whole = told | {"rows": [asdict(one) for one in rows]}
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def read(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """Return what a table tells in words, and its rows; raises TableError."""
    try:
        told = json.loads(path.read_text("utf-8"))
        rows = [
            Row(**one | {"values": tuple(one["values"])}) for one in told.pop("rows")
        ]
        for one in rows:
            numbers = (one.value, one.spread, *one.values)
            if not all(isinstance(n, int | float) for n in numbers):
                raise TypeError(f"{one.name} holds what is no number")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise TableError(
            f"{path.name} is no table of a capstone ({error}). Delete it and run the "
            "notebook to its last cell, which writes it."
        ) from error
    return told, rows
