"""The results of all lessons on one page, from the windows that were measured."""

import json
from pathlib import Path

from unrolled.source import layout

from . import tree

HEAD = """# Results

What the lessons measure, over {seeds} seeds each: the mean, and in brackets the least
and the most. `make course` runs every lesson on your machine and writes the same table
with its numbers.

| unit | result | {tracks} |
| --- | --- | {rules} |
"""


def write(source: Path) -> None:
    """Write the page of results below `source`."""
    rows, seeds = [], set()
    for unit in layout.units(tree.ROOT):
        file = tree.ROOT / "lessons" / unit / "windows.json"
        windows = json.loads(file.read_text("utf-8"))
        for name, of in windows.items():
            cells = [_cell(of.get(track)) for track in layout.TRACKS]
            seeds |= {one["seeds"] for one in of.values()}
            link = f"[{unit[:2]} {tree.title(unit)}](lessons/{unit}/README.md)"
            rows.append(f"| {link} | {name} | {' | '.join(cells)} |")
    text = HEAD.format(
        seeds=" or ".join(map(str, sorted(seeds))),
        tracks=" | ".join(layout.TITLES.values()),
        rules=" | ".join("--:" for _ in layout.TRACKS),
    )
    (source / "results.md").write_text(text + "\n".join(rows) + "\n", encoding="utf-8")


def _cell(found: dict | None) -> str:
    if not found:
        return "–"
    return "{mean:.3f} ({least:.3f} – {most:.3f})".format(**found)
