"""Draw this unit's README figures, and renew its measured tables.

`python lessons/16-speech-video-music/figures.py` reads `measured.json`, which
`measure.py` writes.
"""

import json
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import arrow, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"
BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#999999"

# ---- tables --------------------------------------------------------------------------


def _rows(found: dict, part: str, digits: int = 3) -> list[list[str]]:
    """Return a row for each model; its rate last, where rates were chosen."""
    values = dict(found[part])
    rates = values.pop("rates", None)
    rows = [[name, measured.middle(one, digits)] for name, one in values.items()]
    if rates is not None:
        rows = [[*row, str(rates.get(row[0], ""))] for row in rows]
    return rows


HEADS = {
    "order": ["task, model", "accuracy", "rate"],
    "voices": ["held-out speaker, model", "accuracy", "rate"],
    "strings": ["strings of digits", "digit error rate"],
    "tunes": ["O'Neill's tunes", "bits a symbol"],
    "dances": ["which dance: model", "accuracy", "rate"],
}


def tables(found: dict) -> None:
    """Write the tables of what was measured into the README, between their marks."""
    page = (HERE / "README.md").read_text("utf-8")
    made = {
        part: measured.table(head, _rows(found, part))
        for part, head in HEADS.items()
        if part in found and f"<!-- measured:{part} -->" in page
    }
    measured.renew(HERE / "README.md", made)


# ---- figures -------------------------------------------------------------------------


def frames() -> None:
    """Draw a wave, and the windows of three frames of it."""
    rate, size, hop = 8000, 256, 128
    t = np.arange(800) / rate
    rise = np.sin(np.pi * np.arange(800) / 800)
    wave = rise * (np.sin(2 * np.pi * 180 * t) + 0.4 * np.sin(2 * np.pi * 900 * t))
    fig, ax = plot.figure(8, 3.0)
    ax.plot(1000 * t, wave + 2.4, color=GRAY, linewidth=1)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    for k, style in enumerate(("-", "--", "-.")):
        at = 1000 * (hop * k + np.arange(size)) / rate
        color = (BLUE, ORANGE, "#009E73")[k]
        ax.plot(at, 1.2 * window - 0.4, style, color=color)
        ax.text(at[size // 2], 0.9, f"frame {k}", ha="center", fontsize=11, color=color)
    ax.set(xlabel="milliseconds", yticks=[], ylim=(-0.6, 4.0))
    ax.grid(axis="y", visible=False)
    plot.save(fig, IMAGES / "frames.svg")


def lattice() -> None:
    """Draw the places of a label with blanks, over the frames, and one path."""
    fig, ax = drawing.canvas(8, 3.6, 80, 36)
    names, n_frames = ["–", "a", "–", "b", "–"], 6

    def point(t, s):
        return 14 + 11 * t, 7 + 6.5 * s

    for s, name in enumerate(names):
        write(ax, (6, point(0, s)[1]), name)
    for t in range(n_frames):
        write(ax, (point(t, 0)[0], 2.5), f"{t + 1}")
        for s, name in enumerate(names):
            if t + 1 < n_frames:
                ends = [s, s + 1] + [s + 2] * (name == "a")
                for end in (e for e in ends if e < len(names)):
                    (x0, y0), (x1, y1) = point(t, s), point(t + 1, end)
                    arrow(ax, [(x0 + 1, y0), (x1 - 1, y1)], GRAY, linewidth=0.8)
    path = [0, 1, 1, 3, 3, 4]
    places = [point(t, s) for t, s in enumerate(path)]
    ax.plot(*zip(*places, strict=True), color=BLUE, linewidth=3, zorder=3)
    dots = [point(t, s) for t in range(n_frames) for s in range(len(names))]
    ax.plot(*zip(*dots, strict=True), "o", color=ORANGE, markersize=5, zorder=4)
    write(ax, (6, 2.5), "frame")
    plot.save(fig, IMAGES / "lattice.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    frames()
    lattice()
    file = HERE / "measured.json"
    if file.is_file():
        tables(json.loads(file.read_text("utf-8")))
