"""Draw this unit's README figures, and renew its measured tables.

`python lessons/01-sequences/figures.py` reads `measured.json`, which `measure.py`
writes.
"""

import json
from pathlib import Path

from unrolled import drawing, measured, plot

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "img"
H, X, Y = (drawing.COLOR[name] for name in "hxy")
TEST = plot.COLORS[1]


def tasks() -> None:
    """Draw the five kinds of tasks: where inputs come in and outputs are read."""
    fig, ax = drawing.canvas(8, 7.0, 80, 70)
    kinds = (  # left edge, height, steps, inputs at, outputs at, name, example
        (5, 47, 1, (0,), (0,), "one to one", "no sequence"),
        (26, 47, 3, (0,), (0, 1, 2), "one to many", "picture, caption"),
        (56, 47, 3, (0, 1, 2), (2,), "many to one", "name, language"),
        (
            7,
            12,
            3,
            (0, 1, 2),
            (0, 1, 2),
            "many to many, aligned",
            "letter, next letter",
        ),
        (45, 12, 4, (0, 1), (2, 3), "many to many", "sentence, translation"),
    )
    for left, y, steps, ins, outs, name, example in kinds:
        xs = [left + 3 + 8 * i for i in range(steps)]
        for i, x in enumerate(xs):
            drawing.box(ax, (x, y), "$h$", H, 5, 5)
            if i:
                drawing.arrow(ax, [(x - 5.5, y), (x - 2.6, y)], H)
            if i in ins:
                drawing.node(ax, (x, y - 8), "$x$", X, radius=2.2)
                drawing.arrow(ax, [(x, y - 5.8), (x, y - 2.6)], X)
            if i in outs:
                drawing.node(ax, (x, y + 8), "$y$", Y, radius=2.2)
                drawing.arrow(ax, [(x, y + 2.5), (x, y + 5.7)], Y)
        middle = (xs[0] + xs[-1]) / 2
        drawing.write(ax, (middle, y + 18), name, weight="bold")
        drawing.write(ax, (middle, y + 14), example)
    plot.save(fig, IMAGES / "tasks.svg")


def window_and_state() -> None:
    """Draw what a window of three symbols sees, and a state that is handed on."""
    from matplotlib.patches import Rectangle

    fig, ax = drawing.canvas(8, 4.0, 80, 40)
    xs = [5 + 8.2 * i for i in range(8)]
    for top, name in ((33, "window"), (15, "state")):
        drawing.write(ax, (1, top + 4.5), name, weight="bold", ha="left")
        for i, x in enumerate(xs):
            drawing.node(ax, (x, top), f"$x_{i + 1}$", X, radius=2.3)
    style = {"fill": False, "linestyle": "--", "edgecolor": H, "linewidth": 1.8}
    ax.add_patch(Rectangle((xs[5] - 3.4, 29.2), 23.2, 7.6, **style))
    drawing.arrow(ax, [(xs[7] + 3.4, 33), (xs[7] + 8.5, 33)], H)
    drawing.write(ax, (xs[7] + 11.5, 33), "$y_8$", Y)
    drawing.write(ax, ((xs[0] + xs[4]) / 2, 27), "out of reach", "#777777")
    for i, x in enumerate(xs):
        drawing.box(ax, (x, 6), f"$h_{i + 1}$", H, 5.2, 5.2)
        drawing.arrow(ax, [(x, 12.6), (x, 8.7)], X)
        if i:
            drawing.arrow(ax, [(xs[i - 1] + 2.6, 6), (x - 2.7, 6)], H)
    drawing.arrow(ax, [(xs[7] + 2.6, 6), (xs[7] + 8.5, 6)], H)
    drawing.write(ax, (xs[7] + 11.5, 6), "$y_8$", Y)
    plot.save(fig, IMAGES / "window-state.svg")


def splits() -> None:
    """Draw three splits of four groups with four rows each."""
    from matplotlib.patches import Rectangle

    fig, ax = drawing.canvas(8, 3.0, 80, 30)
    ways = {"at random": (1, 6, 9, 15), "by group": (8, 9, 10, 11)}
    ways["in time"] = (12, 13, 14, 15)
    for k, (name, test) in enumerate(ways.items()):
        y = 20 - 8 * k
        drawing.write(ax, (1, y + 2), name, ha="left", weight="bold")
        for i in range(16):
            x = 18 + 3.4 * i + 1.6 * (i // 4)
            color = TEST if i in test else H
            fill = color if i in test else drawing.pale(color)
            style = {"facecolor": fill, "edgecolor": color, "linewidth": 1.4}
            ax.add_patch(Rectangle((x, y), 2.8, 4, **style))
    drawing.write(ax, (18, 27.5), "four groups of four rows; filled: test", ha="left")
    plot.save(fig, IMAGES / "splits.svg")


def pauses(found: dict) -> str:
    """Return what windows of k + 2 words get right, by k and by sentences learned from.

    The model's strength is the one that was best on held-out sentences.
    """
    runs: dict[str, dict[str, list[dict]]] = {}
    for key, run in found.items():
        if key.startswith("pauses"):
            between, size, _ = key.split("; ")
            runs.setdefault(between.split()[1], {}).setdefault(size, []).append(run)
    sizes = sorted({size for of in runs.values() for size in of}, key=_number)
    rows = []
    for between, by_size in sorted(runs.items()):
        row = [between, f"{int(between) + 2}"]
        for size in sizes:
            seeds = by_size[size]
            best = max(seeds[0], key=lambda s, seeds=seeds: sum(r[s][0] for r in seeds))
            row.append(measured.middle([run[best][1] for run in seeds]))
        rows.append(row)
    named = [f"{_number(size):,} sentences" for size in sizes]
    return measured.table(["pauses", "words in a window", *named], rows)


def _number(size: str) -> int:
    return int(size.split()[0])


def brackets(found: dict) -> str:
    """Return the table of cells that learned to count, and of those that need not.

    Each network at the rate that was best on held-out strings.
    """
    runs: dict[str, dict[str, list]] = {}
    for key, run in found.items():
        if "; rate" in key:
            name, rate, _ = key.split("; ")
            runs.setdefault(name, {}).setdefault(rate.split()[1], []).append(run)
    rows = []
    for name, by_rate in runs.items():
        rate = max(by_rate, key=lambda r, of=by_rate: sum(x["held out"] for x in of[r]))
        scores = zip(*(run["test"] for run in by_rate[rate]), strict=True)
        rows.append([name, rate, *map(measured.middle, scores)])
    for name in ("the last 20, counted", "set by hand, 1 unit"):
        rows.append([name, "–", *(f"{score:.3f}" for score in found[name]["test"])])
    lengths = found["set by hand, 1 unit"]["lengths"]
    return measured.table(["network", "rate", *lengths], rows)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    tasks()
    window_and_state()
    splits()
    told = json.loads((HERE / "measured.json").read_text("utf-8"))
    tables = {"pauses": pauses(told), "brackets": brackets(told)}
    measured.renew(HERE / "README.md", tables)
