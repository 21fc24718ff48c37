"""Read a deck, `lessons/<unit>/slides.md`: its slides, with minutes and notes."""

import re
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"^(##?) +(.+?)\s*(?:\{(\d+) min(, 90)?\})?\s*$")
FENCE = re.compile(r"^(```|~~~)")
SHORT, LONG = (40, 45), (80, 90)  # the minutes of the two lectures, least and most


class DeckError(Exception):
    """What is wrong with a deck, a sentence that names the deck and the place in it."""


@dataclass(frozen=True)
class Slide:
    """One slide as it is written; the first of a deck has the deck's title."""

    title: str
    minutes: int
    added: bool  # whether only the lecture of 90 minutes has it
    body: str
    notes: str


@dataclass(frozen=True)
class Deck:
    """The slides of a unit, in order."""

    unit: str
    slides: tuple[Slide, ...]

    def minutes(self, lecture: int) -> int:
        """Return how long the lecture of 45 or of 90 minutes takes."""
        return sum(s.minutes for s in self.slides if lecture == 90 or not s.added)


def label(unit: str) -> str:
    """Return how errors name a deck."""
    return f"lessons/{unit}/slides.md"


def read(path: Path) -> Deck:
    """Read a deck; raises DeckError with every fault of its form, one a line."""
    unit = path.parent.name
    slides, wrong = [], []
    for title, minutes, added, lines in _divided(path.read_text("utf-8")):
        where = f"{label(unit)}, slide `{title}`"
        body, found, notes = "\n".join(lines).partition("\nNote:\n")
        if not minutes:
            wrong.append(f"{where}: has no minutes. Write `## {title} {{3 min}}`.")
        if not found or not notes.strip():
            wrong.append(
                f"{where}: has no speaker notes. Write them below a line `Note:`."
            )
        slides.append(
            Slide(title, int(minutes or 0), added, body.strip(), notes.strip())
        )
    if not slides:
        wrong.append(f"{label(unit)}: has no slide. Begin it with `# Title {{2 min}}`.")
    deck = Deck(unit, tuple(slides))
    for lecture, (least, most) in ((45, SHORT), (90, LONG)):
        if slides and not least <= deck.minutes(lecture) <= most:
            wrong.append(
                f"{label(unit)}: the slides of the lecture of {lecture} minutes take "
                f"{deck.minutes(lecture)}. Change their minutes, or mark another slide "
                f"`{{5 min, 90}}`, until the sum lies between {least} and {most}."
            )
    if wrong:
        raise DeckError("\n".join(wrong))
    return deck


def _divided(text: str) -> list[tuple[str, str | None, bool, list[str]]]:
    """Return (title, minutes, added, lines) of each slide; code has no headings."""
    found: list[tuple] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(FENCE.match(line))
        heading = None if fenced else HEADING.match(line)
        if heading:
            found.append((heading[2], heading[3], bool(heading[4]), []))
        elif found:
            found[-1][3].append(line)
    return found
