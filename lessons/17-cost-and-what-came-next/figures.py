"""Draw this unit's README figures, and renew its measured tables.

`python lessons/17-cost-and-what-came-next/figures.py` reads `measured.json`, which
`measure.py` writes.
"""

import json
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import arrow, box, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"
BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#999999"

# ---- tables --------------------------------------------------------------------------


def _race(found: dict) -> str:
    rows = []
    for name, one in found["race"].items():
        if not isinstance(one, dict):
            continue
        updates = [key for key in one if key.isdigit()]
        cells = [name, f"{one['parameters']:,}", one["rate"]]
        cells += [measured.middle(one[key]["nats"]) for key in updates]
        cells += [measured.middle(one["seconds"]["nats"])]
        letters = one["seconds"]["updates"] * 1024 / 1e6
        rows.append([*cells, f"{letters:.1f}"])
    head = ["network", "parameters", "rate"]
    head += [f"{int(key) * 1024 / 1e6:.1f} million letters" for key in updates]
    head += ["4 seconds", "millions of letters in these"]
    return measured.table(head, rows)


def _lengths(found: dict) -> str:
    steps, models = found["lengths"]["steps"], found["lengths"]["models"]
    rows = []
    for name, one in models.items():
        pairs = zip(one["multiply-adds"], one["ms"], strict=True)
        rows.append([name, *(f"{m / 1000:.0f} ({ms:.0f})" for m, ms in pairs)])
    return measured.table(["network", *(f"window {n:,}" for n in steps)], rows)


def _streaming(found: dict) -> str:
    steps, models = found["streaming"]["steps"], found["streaming"]["models"]
    rows = []
    for name, one in models.items():
        cells = [name, *(f"{size:,}" for size in one["bytes"])]
        rows.append([*cells, *(f"{one['ms'][k]:.2f}" for k in (0, -1))])
    head = ["network", *(f"bytes after {n:,}" for n in steps)]
    head += [f"ms a letter near {n:,}" for n in (steps[0], steps[-1])]
    return measured.table(head, rows)


def tables(found: dict) -> None:
    """Write the tables of what was measured into the README, between their marks."""
    made = {"race": _race, "lengths": _lengths, "streaming": _streaming}
    measured.renew(HERE / "README.md", {k: made[k](found) for k in made if k in found})


# ---- figures -------------------------------------------------------------------------


def attention() -> None:
    """Draw three steps, and what the third one takes from each."""
    fig, ax = drawing.canvas(7, 3.1, 70, 31)
    at = {t: 15 + 20 * (t - 1) for t in (1, 2, 3)}
    for t, shares in {1: "1", 2: "0.33, 0.67", 3: "0.25, 0.25, 0.50"}.items():
        box(ax, (at[t], 5), f"$x_{t}$", GRAY, width=7)
        box(ax, (at[t], 14), f"$k_{t}, v_{t}$", BLUE, width=9)
        box(ax, (at[t], 24), f"$y_{t}$", ORANGE, width=7)
        write(ax, (at[t], 28.5), shares, ORANGE)
        arrow(ax, [(at[t], 7.2), (at[t], 11.5)], GRAY)
    for t in (1, 2, 3):
        for j in range(1, t + 1):
            color = ORANGE if t == 3 else GRAY
            arrow(ax, [(at[j], 16.5), (at[t] - 1.5 * (t - j), 21.5)], color)
    plot.save(fig, IMAGES / "attention.svg")


def scan() -> None:
    """Draw the three rounds of a scan over eight steps."""
    fig, ax = drawing.canvas(8, 3.4, 80, 34)
    x = 14 + 8.5 * np.arange(8)
    for row in range(4):
        y = 30 - 8.5 * row
        write(ax, (4, y), f"round {row}" if row else "steps")
        for t in range(8):
            first = max(0, t + 1 - 2**row)
            name = f"{first + 1}–{t + 1}" if first < t else f"{t + 1}"
            color = ORANGE if first == 0 else BLUE
            box(ax, (x[t], y), name, color, width=5.6)
            if row < 3:
                arrow(ax, [(x[t], y - 2.3), (x[t], y - 6.2)], GRAY)
                if t + 2**row < 8:
                    end = (x[t + 2**row] - 1.6, y - 6.2)
                    arrow(ax, [(x[t] + 1.2, y - 2.3), end], BLUE)
    plot.save(fig, IMAGES / "scan.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    attention()
    scan()
    if (HERE / "measured.json").exists():
        tables(json.loads((HERE / "measured.json").read_text("utf-8")))
