"""Draw this unit's README figures and renew its table.

python lessons/07-bidirectional-and-deep/figures.py
"""

import itertools
import json
import statistics
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
BLUE, ORANGE = plot.COLORS[:2]
AHEAD, BACK = drawing.COLOR["h"], drawing.COLOR["c"]


def directions() -> None:
    """Draw the two cells over four steps, and where each of them ends."""
    _, ax = (made := drawing.canvas(8.0, 4.6, 80, 46))
    xs, rows = (14, 31, 48, 65), {"x": 3.5, "forward": 14, "backward": 26, "h": 38}
    for t, x in enumerate(xs):
        drawing.node(ax, (x, rows["x"]), f"$x_{t}$", drawing.COLOR["x"], 2.6)
        left, right = x - 4.5, x + 4.5
        drawing.arrow(ax, [(x - 1.9, rows["x"] + 1.9), (left, rows["forward"] - 2.5)])
        drawing.arrow(ax, [(x + 1.9, rows["x"] + 1.9), (right, rows["backward"] - 2.5)])
        to = rows["h"] - 2.5
        drawing.arrow(ax, [(left, rows["forward"] + 2.5), (left, to)], AHEAD)
        drawing.arrow(ax, [(right, rows["backward"] + 2.5), (right, to)], BACK)
        drawing.box(ax, (left, rows["forward"]), "cell", AHEAD, 8, 5)
        drawing.box(ax, (right, rows["backward"]), "cell", BACK, 8, 5)
        drawing.box(ax, (x, rows["h"]), f"$h_{t}$", drawing.BLACK, 13, 5)
    for one, two in itertools.pairwise(xs):
        drawing.arrow(
            ax, [(one - 0.5, rows["forward"]), (two - 8.5, rows["forward"])], AHEAD
        )
        drawing.arrow(
            ax, [(two + 0.5, rows["backward"]), (one + 8.5, rows["backward"])], BACK
        )
    drawing.arrow(ax, [(xs[-1] - 0.5, rows["forward"]), (73, rows["forward"])], AHEAD)
    drawing.write(ax, (74, rows["forward"]), "ends\nhere", AHEAD, ha="left")
    drawing.arrow(ax, [(xs[0] + 0.5, rows["backward"]), (7.5, rows["backward"])], BACK)
    drawing.write(ax, (6.5, rows["backward"]), "ends\nhere", BACK, ha="right")
    plot.save(made[0], IMAGES / "directions.svg")


def stack() -> None:
    """Draw two layers over three steps: plain, and with residual connections."""
    fig, ax = drawing.canvas(8.0, 4.9, 80, 49)
    blue, green = drawing.COLOR["h"], drawing.COLOR["x"]
    layers = (14, 30)
    for start, add in ((0, False), (41, True)):
        xs = [start + k for k in (6, 19, 32)]
        title = "with residual connections" if add else "plain"
        drawing.write(ax, (start + 19, 46.5), title)
        for t, x in enumerate(xs):
            drawing.node(ax, (x, 3.5), f"$x_{t}$", green, 2.6)
            low = 6.1
            for k, y in enumerate(layers):
                drawing.arrow(ax, [(x, low), (x, y - 2.4)], head=True)
                drawing.box(ax, (x, y), f"{k + 1}", blue, 6.5, 4.8)
                low = y + 2.4
                if add:
                    plus = y + 6.6
                    drawing.arrow(ax, [(x, low), (x, plus - 1.6)])
                    side = x + 5.2
                    way = [(x, y - 4.6), (side, y - 4.6), (side, plus), (x + 1.6, plus)]
                    drawing.arrow(ax, way, green, linewidth=2.4)
                    drawing.node(ax, (x, plus), "+", radius=1.6)
                    low = plus + 1.6
            drawing.arrow(ax, [(x, low), (x, 42.5)])
        for one, two in itertools.pairwise(xs):
            for y in layers:
                drawing.arrow(ax, [(one + 3.25, y), (two - 3.25, y)], blue)
    plot.save(fig, IMAGES / "stack.svg")


def _grid(ax, filled, title, x_label, y_label):
    """Draw a yes-or-no matrix as filled and empty cells."""
    from matplotlib.colors import ListedColormap

    ax.imshow(filled, cmap=ListedColormap(["#F2F2F2", BLUE]), vmin=0, vmax=1)
    n_rows, n_columns = filled.shape
    ax.set_xticks(np.arange(n_columns + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n_rows + 1) - 0.5, minor=True)
    ax.grid(False)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    ax.set_title(title, loc="left", fontsize=10)
    ax.set(xlabel=x_label, ylabel=y_label)


def reach() -> None:
    """Draw which output moves with which input, for three ways to read."""
    fig, axes = plot.figure(8.0, 3.2, columns=3)
    n = 8
    whole = np.ones((n, n))
    kinds = {
        "one direction": np.tril(whole),
        "waiting for 3 steps": np.tril(whole, 3),
        "two directions": whole,
    }
    for ax, (name, filled) in zip(axes, kinds.items(), strict=True):
        _grid(ax, filled, name, "changed input step", "output step")
        ax.plot([-0.5, n - 0.5], [-0.5, n - 0.5], color="black", linewidth=1)
        ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5))
    fig.suptitle(
        "What is filled above the diagonal comes from the future",
        x=0.01,
        ha="left",
        fontsize=10.5,
    )
    plot.save(fig, IMAGES / "reach.svg")


def dropout() -> None:
    """Draw what three kinds of dropout leave of twelve units over 24 steps."""
    rng = np.random.default_rng(3)
    fig, axes = plot.figure(8.0, 3.0, columns=3)
    drawn = rng.random((12, 24)) > 0.2
    once = np.repeat(rng.random((12, 1)) > 0.2, 24, axis=1)
    anew = np.cumprod(rng.random((12, 24)) > 0.2, axis=1)
    kinds = {
        "between layers, anew each step": drawn,
        "on the state, one mask": once,
        "on the state, anew each step": anew,
    }
    for ax, (name, left) in zip(axes, kinds.items(), strict=True):
        _grid(ax, left, name, "step", "unit")
        ax.set_aspect("auto")
    fig.suptitle(
        "Filled: what is left of 12 units, p = 0.2",
        x=0.01,
        ha="left",
        fontsize=10.5,
    )
    plot.save(fig, IMAGES / "dropout.svg")


# ---- what measure.py measured --------------------------------------------------------


def _row(name: str, one: dict) -> str:
    cells = (
        name,
        one["n_layers"],
        one["n_hidden"],
        f"{one['parameters']:,}",
        one["epochs"],
        f"{one['rate']:g}",
        measured.middle(one["test"]),
        f"{statistics.median(one['loss']):.2f}",
        f"{statistics.median(one['seconds']):.1f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def depth_table(found: dict) -> str:
    """Return the README's table of depths."""
    head = (
        "| | layers | units | parameters | epochs | rate | accuracy | loss | seconds |"
    )
    names = [
        (f"equal parameters, {words}", f"equal numbers, {n} x {k}")
        for n, words in ((1, "one direction"), (2, "two directions"))
        for k in (1, 2, 4)
    ]
    names += [
        (f"64 units, {kind}", f"{kind}, {k}")
        for k in (2, 4, 8)
        for kind in ("plain", "residual")
    ]
    names.append(("64 units, longer", "longer, 1"))
    rows = [_row(name, found[key]) for name, key in names]
    return "\n".join([head, "| --- " * 9 + "|", *rows])


def summary_table(found: dict) -> str:
    """Return the README's table of what sums up a name."""
    rows = ["| what gives the answer | accuracy |", "| --- | --- |"]
    for name, key in (
        ("two directions, the two ends", "equal numbers, 2 x 1"),
        ("two directions, `output[:, -1]`", "last column"),
        ("two directions, the mean over the steps", "mean"),
        ("one direction, its last state", "equal numbers, 1 x 1"),
    ):
        rows.append(f"| {name} | {measured.middle(found[key]['test'])} |")
    return "\n".join(rows)


def depth(found: dict) -> None:
    """Draw accuracy against depth: equal numbers on the left, equal width right."""
    fig, axes = plot.figure(8.0, 3.4, columns=2)
    lines = {
        "one direction": [(k, f"equal numbers, 1 x {k}") for k in (1, 2, 4)],
        "two directions": [(k, f"equal numbers, 2 x {k}") for k in (1, 2, 4)],
    }
    _lines(axes[0], lines, found, "equal parameters (25,000)")
    one = (1, "equal numbers, 1 x 1")  # 64 units as well
    lines = {
        kind: [one, *((k, f"{kind}, {k}") for k in (2, 4, 8))]
        for kind in ("plain", "residual")
    }
    _lines(axes[1], lines, found, "64 units a layer")
    low = min(ax.get_ylim()[0] for ax in axes)
    high = max(ax.get_ylim()[1] for ax in axes)
    for ax in axes:
        ax.set_ylim(low, high)
    plot.save(fig, IMAGES / "depth.svg")


def _lines(ax, lines, found, title):
    for i, (name, points) in enumerate(lines.items()):
        depths = [k for k, _ in points]
        values = [found[key]["test"] for _, key in points]
        middle = [statistics.median(v) for v in values]
        color, mark = plot.COLORS[i], plot.MARKERS[i]
        x = np.array(depths) * (1 + 0.03 * i)
        ax.plot(x, middle, plot.DASHES[i], color=color, marker=mark, label=name)
        for at, several in zip(x, values, strict=True):
            ax.plot([at, at], [min(several), max(several)], color=color, linewidth=1)
    ax.set_xscale("log", base=2)
    ax.set_xticks(depths, [str(k) for k in depths])
    ax.minorticks_off()
    ax.set_title(title, loc="left", fontsize=10.5)
    ax.set(xlabel="layers", ylabel="accuracy on test names")
    ax.legend(frameon=False, loc="lower left")


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {"depth": depth_table(found), "summary": summary_table(found)}
    measured.renew(HERE / "README.md", made)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    directions()
    stack()
    reach()
    dropout()
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    depth(found)
    tables(found)
