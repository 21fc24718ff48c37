"""What a run of the course measured: `build/RESULTS.md` and a table on the terminal."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """How one notebook of a run ended; `error` is empty if it ran to its end."""

    unit: str
    track: str
    kind: str  # "lesson", "assignment" or "solution"
    seconds: float
    error: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)  # lines of the ledger

    @property
    def name(self) -> str:
        """How a person would call this notebook."""
        return f"{self.unit} {self.track} {self.kind}"


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a ledger file, or none if nothing was recorded."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def verdict(entry: dict[str, Any]) -> str:
    """Return "inside", "OUTSIDE", or "–" for a result that has no window."""
    if entry["low"] is None:
        return "–"
    return "inside" if entry["low"] <= entry["value"] <= entry["high"] else "OUTSIDE"


def faults(outcomes: Sequence[Outcome]) -> list[str]:
    """Return a sentence for each notebook that failed and each result that strayed."""
    said = [f"{o.name}: {o.error}" for o in outcomes if o.error]
    for outcome in outcomes:
        for entry in outcome.results:
            if verdict(entry) == "OUTSIDE":
                said.append(
                    f"{outcome.name}: `{entry['what']}` came to {entry['value']:.4g} "
                    f"{entry['measure']}, outside its window {_window(entry)}"
                )
    return said


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the heading, as columns for a terminal."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the two tables that close a run: the notebooks, and what they measured."""
    rows = [("unit", "track", "notebook", "seconds", "")]
    rows += [
        (o.unit, o.track, o.kind, f"{o.seconds:.1f}", "FAILED" if o.error else "ok")
        for o in outcomes
    ]
    parts = [table(rows)]
    measured = _measured(outcomes)
    if measured:
        heading = ("unit", "track", "result", "value", "baseline", "window", "data")
        short = [(u, t, what, v, b, w, d) for u, t, what, v, b, w, _, _, d in measured]
        parts.append(table([heading, *short]))
    return "\n\n".join(parts)


def markdown(outcomes: Sequence[Outcome], asked: str, when: datetime) -> str:
    """Return the text of RESULTS.md; `asked` says which part of the course was run."""
    heading = (
        *("unit", "track", "what was measured", "value", "baseline", "window"),
        *("seconds", "device", "data"),
    )
    said = faults(outcomes)
    parts = [
        "# Results\n",
        f"{asked}, run on {when:%Y-%m-%d at %H:%M} on this machine: {_machine()}. A "
        "window is where 999 of 1,000 runs fall, as measured over many random seeds on "
        "one machine.\n",
        "## What was measured\n",
        _pipes([heading, *_measured(outcomes)]),
        "## Notebooks\n",
        _pipes(
            [
                ("unit", "track", "notebook", "seconds", "ended"),
                *(
                    (o.unit, o.track, o.kind, f"{o.seconds:.1f}", _ended(o))
                    for o in outcomes
                ),
            ]
        ),
        f"{sum(o.seconds for o in outcomes):.0f} s in all.\n",
    ]
    if said:
        parts += ["## What went wrong\n", "".join(f"- {_flat(s)}\n" for s in said)]
    return "\n".join(parts)


def _measured(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    return [_row(o, e) for o in outcomes for e in o.results]


def _row(outcome: Outcome, entry: dict[str, Any]) -> tuple[str, ...]:
    """Return one measured result as the columns of RESULTS.md."""
    base = entry["baseline"]
    named = "–" if base is None else f"{base:.4g} {entry['baseline_name']}".strip()
    took = entry["seconds"]
    return (
        outcome.unit,
        outcome.track,
        entry["what"],
        f"{entry['value']:.4g} {entry['measure']}",
        named,
        f"{_window(entry)} {verdict(entry)}" if entry["low"] is not None else "–",
        "–" if took is None else f"{took:.1f}",
        entry["device"],
        entry["corpus"] or "–",
    )


def _window(entry: dict[str, Any]) -> str:
    return f"[{entry['low']:.4g}, {entry['high']:.4g}]"


def _ended(outcome: Outcome) -> str:
    return f"failed: {_flat(outcome.error)}" if outcome.error else "ok"


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _pipes(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the heading, as a Markdown table."""
    if len(rows) == 1:
        return "Nothing.\n"
    rule = ["---"] * len(rows[0])
    lines = [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    """Return system, Python and the versions of the frameworks that are installed."""
    parts = [f"{platform.system()} {platform.machine()}"]
    parts.append(f"Python {platform.python_version()}")
    for name in ("torch", "tensorflow", "keras"):
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            parts.append(f"no {name}")
    return ", ".join(parts)
