"""The built parts of Markdown pages: the table of units, the links of a unit."""

import re

from unit import Unit
from unrolled.source import layout
from unrolled.source.layout import TRACKS


def units_table(units: list[Unit]) -> str:
    """Return the table of units for the course's README."""
    titles = " | ".join(layout.TITLES[track] for track in TRACKS)
    rows = [
        f"| | unit | minutes | {titles} | quiz | slides |",
        f"| --- | --- | --: |{' --- |' * len(TRACKS)} --- | --- |",
    ]
    for unit in units:
        page = f"[{unit.title}](lessons/{unit.name}/README.md)"
        tracks = " | ".join(_notebooks(unit, track) for track in TRACKS)
        quiz = f"[quiz](quizzes/{unit.name}.md)"
        deck = f"[slides](lessons/{unit.name}/slides.md)" if unit.has_slides else "–"
        cells = [unit.name[:2], page, str(unit.minutes), tracks, quiz, deck]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _notebooks(unit: Unit, track: str) -> str:
    return ", ".join(
        f"[{part}]({layout.notebook(unit.name, part, track)})" for part in layout.PARTS
    )


def unit_links(unit: Unit) -> str:
    """Return the links of one unit for its own README."""
    up = "../../"
    return (
        f"Lesson: {_both(unit, 'lesson', up)} · "
        f"Assignment: {_both(unit, 'assignment', up)} · "
        f"[Quiz, before and after]({up}quizzes/{unit.name}.md)"
    )


def _both(unit: Unit, kind: str, up: str = "") -> str:
    return ", ".join(
        f"[{layout.TITLES[t]}]({up}{layout.notebook(unit.name, kind, t)})"
        for t in TRACKS
    )


def fill(page: str, mark: str, text: str) -> str:
    """Put `text` between `<!-- mark -->` and `<!-- /mark -->`, if a page has them."""
    between = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return between.sub(lambda m: f"{m[1]}{text}\n{m[2]}", page)
