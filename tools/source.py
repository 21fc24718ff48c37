"""Read a notebook source: percent format, named cells, two tracks in one file."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext

import marks
import rules
from unrolled.source.layout import PROJECTS, TRACKS

UNGRADED = ("lesson", *PROJECTS)
# A comment such as `# cat the halves` or `# float?` is no magic that was commented out.
FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}


class SourceError(Exception):
    """What is wrong with a source, one sentence a line, each naming file and cell."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source; `track` is None when both tracks share it."""

    name: str
    kind: str  # "code" or "markdown"
    source: str
    track: str | None = None
    tags: tuple[str, ...] = ()  # the tags that reach the notebook
    points: float | None = None  # only a graded check has points

    @cached_property
    def is_solution(self) -> bool:
        """Whether the learner's copy of this cell has its solution cut out."""
        return rules.BEGIN in self.source


@dataclass(frozen=True)
class Source:
    """A lesson or an assignment: every cell of both tracks, in order."""

    path: Path
    all_cells: tuple[Cell, ...]

    def cells(self, track: str) -> list[Cell]:
        """Return the cells of one track, in order; raises ValueError for another."""
        if track not in TRACKS:
            raise ValueError(f"`{track}` is no track; the tracks are {TRACKS}.")
        return [cell for cell in self.all_cells if cell.track in (None, track)]

    @property
    def exercises(self) -> list[str]:
        """The names of the solution cells, in order, each once."""
        return list(dict.fromkeys(c.name for c in self.all_cells if c.is_solution))


def label(path: Path) -> str:
    """Return how errors name a file: `lessons/02-recurrent-cell/lesson.py`."""
    return "/".join(path.parts[-3:])


def read(path: Path | str) -> Source:
    """Read and validate one source; raises SourceError with every fault in it."""
    path = Path(path)
    text = marks.body(read_text(path))
    faults = list(marks.written_faults(text))
    if not faults:
        raw = _raw(text, path)
        faults = list(rules.header_faults(raw))
    if not faults:  # the rest presumes that every cell has a name and known marks
        faults = list(marks.divided_faults(text, raw))
    if not faults:
        source = Source(path, tuple(_cell(c) for c in raw))
        faults = list(rules.faults(source.all_cells, graded=path.stem not in UNGRADED))
    if faults:
        lines = (f"{label(path)}, cell {where}: {what}" for where, what in faults)
        raise SourceError("\n".join(lines))
    return source


def read_text(path: Path) -> str:
    """Return a file's text, without a byte-order mark; raises SourceError."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{label(path)}, line {line}: is not UTF-8. Save the file as UTF-8."
        ) from None


def _raw(text: str, path: Path) -> list[dict]:
    try:
        return jupytext.reads(text, FORMAT).cells
    except Exception as error:  # it raises whatever its parsers meet
        reason = " ".join(str(error).split())
        raise SourceError(f"{label(path)}: cannot be read ({reason}).") from None


def _cell(raw: dict) -> Cell:
    tags = raw["metadata"].get("tags", [])
    return Cell(
        name=raw["metadata"]["title"],
        kind=raw["cell_type"],
        source=raw["source"],
        track=next((tag for tag in tags if tag in TRACKS), None),
        tags=tuple(tag for tag in tags if tag not in (*TRACKS, "aside")),
        points=raw["metadata"].get("nbgrader", {}).get("points"),
    )
