"""Checks one capstone: finds it, runs it, compares, and tells what came out."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from unrolled import capstone
from unrolled.rerun import compare

UNFINISHED = "Not finished."  # how `finish` begins where something is missing
MOST = 80  # letters of a name in the report


class NothingToCheck(Exception):
    """A folder in which no capstone can be checked; a sentence says why."""


@dataclass
class Report:
    """What the check of a capstone found."""

    notebook: str
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[compare.Line] = field(default_factory=list)
    verdict: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every number was reproduced and nothing else was wrong."""
        return not self.faults

    def words(self) -> str:
        """Return the report as text."""
        good = sum(line.word == compare.REPRODUCED for line in self.lines)
        said = [f"{self.notebook}: run from an empty kernel in {self.seconds:.0f} s."]
        for line in self.lines:
            stated, found = (_number(n) for n in (line.stated, line.found))
            said.append(
                f"  {line.part:10} {line.name[:MOST]:34} stated {stated:>9}  found "
                f"{found:>9}  {line.word}"
            )
        if self.lines:
            said.append(f"{good} of {len(self.lines)} numbers are reproduced.")
        said += [f"Wrong: {fault}" for fault in self.faults]
        said += [f"Note: {note}" for note in self.notes]
        if self.passed:
            said += [
                "The notebook says: " + " ".join(self.verdict),
                "Whether it measures what it says is for a reader: the rubric.",
            ]
        return "\n".join(said)

    def data(self) -> dict[str, Any]:
        """Return the report as what JSON can hold."""
        whole = asdict(self)
        return {"passed": self.passed} | whole


def find(folder: Path) -> Path:
    """Return the one notebook of a folder; raises NothingToCheck."""
    if not folder.is_dir():
        raise NothingToCheck(f"There is no folder {folder}.")
    found = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
    if not found:
        raise NothingToCheck(
            f"{folder} holds no notebook. Name the folder of the capstone, or begin "
            f"one with `unrolled capstone start {folder}`."
        )
    if len(found) > 1:
        raise NothingToCheck(
            f"{folder} holds {len(found)} notebooks: "
            f"{', '.join(p.name for p in found)}. Leave the one that is the capstone."
        )
    return found[0]


def check(folder: Path, limit: float) -> Report:
    """Run the notebook of a folder in a copy, and compare the two tables.

    `limit` is in seconds, for all cells together. Raises NothingToCheck where there is
    not one notebook, or one that cannot be read, and ImportError without nbclient.
    """
    from unrolled.rerun.kernel import Runner

    notebook = find(folder)
    report = Report(notebook.name)
    stated: list[capstone.table.Row] = []
    told: dict[str, Any] = {}
    try:
        told, stated = capstone.read(folder / capstone.FILE)
    except capstone.TableError as error:
        if (folder / capstone.FILE).exists():
            report.faults.append(str(error))
        else:
            report.faults.append(
                f"There is no {capstone.FILE} beside the notebook. Its last cell, "
                "`work.finish()`, writes the table when nothing is missing."
            )
    with Runner(notebook, limit) as runner:
        try:
            ran = runner.run()
        except (ValueError, AttributeError, KeyError) as error:
            raise NothingToCheck(
                f"{notebook.name} cannot be read as a notebook: {error}. Save it anew "
                "in Jupyter."
            ) from error
        report.seconds = round(ran.seconds, 1)
        if ran.fault:
            report.faults.append(ran.fault)
            return report
        _compare(report, told, stated, ran)
    return report


def _compare(
    report: Report, told: dict[str, Any], stated: list[capstone.table.Row], ran: Any
) -> None:
    """Put into the report how the table of the run agrees with the one handed in."""
    written = ran.folder / capstone.FILE
    if not written.exists():
        at = ran.printed.rfind(UNFINISHED)
        why = ran.printed[at:].strip() if at >= 0 else "End it with `work.finish()`."
        report.faults.append(f"The run wrote no table. {why}")
        return
    try:
        again, found = capstone.read(written)
    except capstone.TableError as error:
        report.faults.append(f"Of the run: {error}")
        return
    report.verdict = list(again.get("verdict", []))
    if not told:
        return  # there is nothing to compare, which was said
    report.lines = compare.lines(stated, found)
    report.faults += compare.faults(told, again, found)
    report.faults += [line.says for line in report.lines if line.says]
    report.notes = compare.notes(told, again)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
