"""Draw this unit's README figures: `python lessons/02-recurrent-cell/figures.py`."""

from pathlib import Path

import numpy as np

from unrolled import plot

IMAGES = Path(__file__).parent / "img"
BLUE, ORANGE, GREEN = plot.COLORS[:3]
PALE = {BLUE: "#D6E6F2", ORANGE: "#F8E2D3", GREEN: "#D3EDE4", "black": "#EEEEEE"}


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
    ax.text(-0.18, 0.53, "above: say o", color=ORANGE, fontsize=9)
    ax.text(-0.18, 0.44, "below: say l", color=ORANGE, fontsize=9)
    for text, (x, y), (right, up) in (
        ("start, and after e\n(0, 0)", states[0], (-6, 14)),
        ("after the first l\n(0.762, 0)", states[1], (8, 8)),
        ("after the second l\n(0.762, 0.642)", states[2], (8, -2)),
    ):
        ax.annotate(text, (x, y), (right, up), textcoords="offset points", fontsize=9)
    ax.set(xlim=(-0.2, 1.25), ylim=(-0.12, 0.8))
    plot.save(fig, IMAGES / "by-hand.svg")


def _blank(width: float, height: float):
    """Return a figure without axes, one unit an eightieth of its width."""
    fig, ax = plot.figure(width, height)
    ax.set(xlim=(0, 80), ylim=(0, 80 * height / width), aspect="equal")
    ax.axis("off")
    return fig, ax


def _box(ax, x, y, width, height, text, color="black", size=11, round_=False):
    from matplotlib.patches import FancyBboxPatch, Rectangle

    style = {"facecolor": PALE[color], "edgecolor": color, "linewidth": 1.3}
    if round_:
        patch = FancyBboxPatch(
            (x + 0.8, y + 0.8),
            width - 1.6,
            height - 1.6,
            boxstyle="round,pad=0.8",
            **style,
        )
    else:
        patch = Rectangle((x, y), width, height, **style)
    ax.add_patch(patch)
    ax.text(
        x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=size
    )


def _arrow(ax, start, end, text="", offset=(0, 0), color="black", bend=0.0):
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "linewidth": 1.4,
            "shrinkA": 0,
            "shrinkB": 0,
            "connectionstyle": f"arc3,rad={bend}",
        },
    )
    if text:
        x = (start[0] + end[0]) / 2 + offset[0]
        y = (start[1] + end[1]) / 2 + offset[1]
        ax.text(x, y, text, ha="center", va="center", fontsize=11, color=color)


def shapes() -> None:
    """Draw the equation as boxes whose sides are the sizes."""
    d, m, n, top = 6, 9, 5, 15.5
    fig, ax = _blank(7.6, 2.2)
    x = 2.0
    parts = (
        (m, n, "$h_t$", BLUE, "m × n", "= f ("),
        (m, m, "$W_{hh}$", ORANGE, "m × m", ""),
        (m, n, "$h_{t-1}$", BLUE, "m × n", "+"),
        (m, d, "$W_{xh}$", ORANGE, "m × d", ""),
        (d, n, "$x_t$", GREEN, "d × n", "+"),
        (m, 1.4, "$b$", ORANGE, "m × 1", ")"),
    )
    for height, width, name, color, shape, after in parts:
        wide = width > 3
        _box(ax, x, top - height, width, height, name if wide else "", color)
        if not wide:
            ax.text(x + width / 2, top + 1.3, name, ha="center", fontsize=11)
        ax.text(x + width / 2, top - m - 2.2, shape, ha="center", fontsize=9.5)
        x += width
        gap = {"= f (": 10.5, "": 3.2, "+": 7.0, ")": 4.0}[after]
        ax.text(x + gap / 2, top - m / 2, after, ha="center", va="center", fontsize=14)
        x += gap
    ax.text(
        2,
        top - m - 6,
        "d numbers a step, m hidden units, n sequences (drawn: 6, 9, 5). "
        "b is added to every column.",
        fontsize=9.5,
    )
    ax.set_title(
        "n columns go in and n columns come out; only b is a single one",
        loc="left",
        size=11,
    )
    plot.save(fig, IMAGES / "shapes.svg")


def unrolled() -> None:
    """Draw the cell as a loop, and as three copies with the same weights."""
    fig, ax = _blank(8.4, 3.1)
    side, floor = 8.0, 10.5

    def copy(x: float, t: str) -> None:
        _box(ax, x, floor, side, side, f"$h_{{{t}}}$", BLUE, 13, round_=True)
        middle = x + side / 2
        _arrow(ax, (middle, 5), (middle, floor), "$W_{xh}$", (3.3, 0), ORANGE)
        ax.text(middle, 3.4, f"$x_{{{t}}}$", ha="center", va="center", fontsize=13)
        _arrow(ax, (middle, floor + side), (middle, 24), "$W_{hy}$", (3.3, 0), ORANGE)
        ax.text(middle, 25.6, f"$y_{{{t}}}$", ha="center", va="center", fontsize=13)

    copy(4, "t")
    _arrow(ax, (12, 16.5), (12, 12.5), "$W_{hh}$", (7.2, 0), ORANGE, bend=-2.4)
    ax.text(25.6, 14.5, "=", ha="center", va="center", fontsize=20)
    ax.text(29.8, 14.5, "$h_0$", ha="center", va="center", fontsize=13)
    for i, x in enumerate((38, 53, 68), 1):
        copy(x, str(i))
        start = 31.6 if i == 1 else x - 15 + side
        _arrow(ax, (start, 14.5), (x, 14.5), "$W_{hh}$", (0, 2), ORANGE)
    ax.set_title(
        "Unrolled in time: one copy a step, the same weights in all",
        loc="left",
        size=11,
    )
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
    left.set(xlabel="a, the sum before f", ylabel="f(a)")
    right.set(xlabel="a, the sum before f", ylabel="slope of f at a")
    left.set_title("tanh stays within ±1, ReLU does not", loc="left", fontsize=10.5)
    right.set_title("tanh's slope fades, ReLU's is 0 or 1", loc="left", fontsize=10.5)
    left.legend(frameon=False)
    plot.save(fig, IMAGES / "activations.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    by_hand()
    shapes()
    unrolled()
    activations()
