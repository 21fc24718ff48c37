"""Draw this unit's README figures, and renew its measured table.

`python lessons/02-recurrent-cell/figures.py` reads `measured.json`, which `measure.py`
writes.
"""

import json
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "img"
ORANGE = plot.COLORS[1]
H, X, Y = (drawing.COLOR[name] for name in "hxy")


def by_hand() -> None:
    """Draw the three states of the cell that is worked by hand."""
    states = np.array([[0, 0], [0.762, 0], [0.762, 0.642]])
    fig = plot.trajectory(
        {"state": states},
        "The two l's leave different states behind",
        "unit 1: is the letter an l?",
        "unit 2: what unit 1 was one step ago",
    )
    ax = fig.axes[0]
    ax.axhline(0.5, linestyle="--", color=ORANGE, linewidth=1.2)
    ax.text(-0.18, 0.53, "above: say o", color=ORANGE, fontsize=12)
    ax.text(-0.18, 0.43, "below: say l", color=ORANGE, fontsize=12)
    for text, (x, y), (right, up) in (
        ("start, and after e\n(0, 0)", states[0], (-6, 14)),
        ("after the first l\n(0.762, 0)", states[1], (8, 8)),
        ("after the second l\n(0.762, 0.642)", states[2], (8, -2)),
    ):
        ax.annotate(text, (x, y), (right, up), textcoords="offset points", fontsize=12)
    ax.set(xlim=(-0.2, 1.35), ylim=(-0.12, 0.8))
    plot.save(fig, IMAGES / "by-hand.svg")


def cell() -> None:
    """Draw what is inside a recurrent cell: two products, a sum, tanh."""
    fig, ax = drawing.canvas(8, 4.4, 80, 44)
    ax.add_patch(_frame(15, 10.5, 49, 21.5))
    drawing.write(ax, (3.5, 23), "$h_{t-1}$", H)
    drawing.box(ax, (23, 23), "$W_{hh}$", H, 9, 6)
    drawing.node(ax, (37, 23), "+", radius=2.4)
    drawing.box(ax, (48, 23), "tanh", H, 10, 6)
    drawing.write(ax, (75.5, 23), "$h_t$", H)
    drawing.box(ax, (37, 15), "$W_{xh}$", X, 9, 5)
    drawing.write(ax, (37, 5), "$x_t$", X)
    drawing.write(ax, (30.5, 29), "$b$")
    drawing.arrow(ax, [(7.5, 23), (18.4, 23)], H)
    drawing.arrow(ax, [(27.5, 23), (34.5, 23)], H)
    drawing.arrow(ax, [(37, 7.4), (37, 12.4)], X)
    drawing.arrow(ax, [(37, 17.5), (37, 20.5)], X)
    drawing.arrow(ax, [(31.8, 28.2), (35.2, 24.8)])
    drawing.arrow(ax, [(39.4, 23), (42.9, 23)], H)
    drawing.write(ax, (41.2, 26), "$a_t$")
    drawing.arrow(ax, [(53, 23), (72.5, 23)], H)
    drawing.arrow(ax, [(59, 23), (59, 34.9)], H)
    drawing.box(ax, (59, 37.5), "$W_{hy}$, $b_y$", Y, 15, 5)
    drawing.arrow(ax, [(66.5, 37.5), (73, 37.5)], Y)
    drawing.write(ax, (75.5, 37.5), "$y_t$", Y)
    plot.save(fig, IMAGES / "cell.svg")


def _frame(left, low, width, height):
    """Return the dashed outline of a cell."""
    from matplotlib.patches import Rectangle

    style = {"fill": False, "linestyle": "--", "edgecolor": "#777777", "zorder": 0}
    return Rectangle((left, low), width, height, **style)


def shapes() -> None:
    """Draw the equation as boxes whose sides are the sizes."""
    from matplotlib.patches import Rectangle

    d, m, n, top = 6, 9, 5, 15.5
    fig, ax = drawing.canvas(8, 2.4, 80, 24)
    ax.set_ylim(-3, 21)
    x = 1.0
    parts = (
        (m, n, "$h_t$", H, "m × n", "= f ("),
        (m, m, "$W_{hh}$", H, "m × m", ""),
        (m, n, "$h_{t-1}$", H, "m × n", "+"),
        (m, d, "$W_{xh}$", X, "m × d", ""),
        (d, n, "$x_t$", X, "d × n", "+"),
        (m, 1.4, "$b$", Y, "m × 1", ")"),
    )
    for height, width, name, color, shape, after in parts:
        style = {"facecolor": drawing.pale(color), "edgecolor": color, "linewidth": 1.6}
        ax.add_patch(Rectangle((x, top - height), width, height, **style))
        drawing.write(ax, (x + width / 2, top + 2.2), name)
        drawing.write(ax, (x + width / 2, top - m - 2.4), shape)
        x += width
        gap = {"= f (": 11.5, "": 4.6, "+": 7.0, ")": 4.0}[after]
        drawing.write(ax, (x + gap / 2, top - m / 2), after)
        x += gap
    drawing.write(ax, (1, 0), "d features, m units, n sequences", ha="left")
    plot.save(fig, IMAGES / "shapes.svg")


def unrolled() -> None:
    """Draw the cell as a loop, and as three copies with the same weights."""
    fig, ax = drawing.canvas(8, 3.7, 80, 37)
    floor = 18.5

    def copy(x: float, t: str) -> None:
        drawing.box(ax, (x, floor), f"$h_{t}$", H, 7, 7)
        drawing.write(ax, (x, 3.5), f"$x_{t}$", X)
        drawing.arrow(ax, [(x, 6), (x, floor - 3.6)], X)
        drawing.write(ax, (x + 4.2, 10.3), "$W_{xh}$", X)
        drawing.arrow(ax, [(x, floor + 3.5), (x, 31)], Y)
        drawing.write(ax, (x + 4.2, 26.5), "$W_{hy}$", Y)
        drawing.write(ax, (x, 33.5), f"$y_{t}$", Y)

    copy(6, "t")
    loop = [(9.5, floor + 1.8), (13.5, floor + 1.8), (13.5, floor - 1.8)]
    drawing.arrow(ax, [*loop, (9.6, floor - 1.8)], H)
    drawing.write(ax, (17.6, floor), "$W_{hh}$", H)
    drawing.write(ax, (23.5, floor), "=", fontsize=20)
    drawing.write(ax, (28, floor), "$h_0$", H)
    for i, x in enumerate((41, 57, 73), 1):
        copy(x, str(i))
        start = 30.2 if i == 1 else x - 16 + 3.5
        drawing.arrow(ax, [(start, floor), (x - 3.6, floor)], H)
        drawing.write(ax, ((start + x - 3.5) / 2, floor + 2.8), "$W_{hh}$", H)
    plot.save(fig, IMAGES / "unrolled.svg")


def activations() -> None:
    """Draw tanh and ReLU, and their slopes."""
    a = np.linspace(-3, 3, 301)
    fig, (left, right) = plot.figure(7.6, 3.0, columns=2)
    curves = {
        "tanh": (np.tanh(a), 1 - np.tanh(a) ** 2),
        "ReLU": (np.maximum(a, 0), np.where(a > 0, 1.0, 0.0)),
    }
    for i, (name, (value, slope)) in enumerate(curves.items()):
        style = {"color": plot.COLORS[i], "linestyle": plot.DASHES[i], "label": name}
        left.plot(a, value, **style)
        right.plot(a, slope, **style)
    left.set(xlabel="a, the pre-activation", ylabel="f(a)")
    right.set(xlabel="a, the pre-activation", ylabel="slope of f at a")
    left.set_title("tanh stays within ±1, ReLU does not", loc="left", fontsize=10.5)
    right.set_title("tanh's slope fades, ReLU's is 0 or 1", loc="left", fontsize=10.5)
    left.legend(frameon=False)
    plot.save(fig, IMAGES / "activations.svg")


def surnames(found: dict) -> str:
    """Return the table of surnames: each model as the held-out names chose it."""
    linear = found["surnames linear"]
    strength = max(linear, key=lambda c: linear[c]["dev"])
    by_rate = {}
    for name, runs in found.items():
        if " seed " in name:
            by_rate.setdefault(name.split()[1], []).append(runs)
    dev = {rate: np.mean([r["dev"] for r in runs], 0) for rate, runs in by_rate.items()}
    rate = max(dev, key=lambda rate: dev[rate].max())
    epoch = int(dev[rate].argmax())
    test = [runs["test"][epoch] for runs in by_rate[rate]]
    spread = f"{np.mean(test):.3f} ({min(test):.3f} to {max(test):.3f})"
    how = f"rate {rate}, {epoch + 1} epochs"
    return (
        "| model | chosen on held-out names | accuracy on test names |\n"
        "| --- | --- | --- |\n"
        f"| recurrent network, {len(test)} seeds | {how} | {spread} |\n"
        f"| linear model on groups of 1 to 3 letters | strength {strength} | "
        f"{linear[strength]['test']:.3f} |\n"
    )


def tables(found: dict) -> None:
    """Renew the measured table of the README."""
    measured.renew(HERE / "README.md", {"surnames": surnames(found)})


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    by_hand()
    cell()
    shapes()
    unrolled()
    activations()
    tables(json.loads((HERE / "measured.json").read_text("utf-8")))
