"""Draw this unit's README figures.

`python lessons/03-backpropagation-through-time/figures.py`

The curves of `epsilon.svg` are computed here, as in the lesson.
"""

from pathlib import Path

import numpy as np

from unrolled import cells, plot

IMAGES = Path(__file__).parent / "img"
BLUE, ORANGE, GREEN = plot.COLORS[:3]
PALE = {BLUE: "#D6E6F2", ORANGE: "#F8E2D3", GREEN: "#D3EDE4"}


def _blank(width: float, height: float):
    """Return a figure without axes, one unit an eightieth of its width."""
    fig, ax = plot.figure(width, height)
    ax.set(xlim=(0, 80), ylim=(0, 80 * height / width), aspect="equal")
    ax.axis("off")
    return fig, ax


def _box(ax, x, y, width, height, text, color, size=12):
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (x + 0.6, y + 0.6),
            width - 1.2,
            height - 1.2,
            boxstyle="round,pad=0.6",
            facecolor=PALE[color],
            edgecolor=color,
            linewidth=1.3,
        )
    )
    middle = (x + width / 2, y + height / 2)
    ax.text(*middle, text, ha="center", va="center", fontsize=size)


def _arrow(ax, start, end, back=False, text="", at=(0, 0)):
    color = ORANGE if back else BLUE
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": color,
            "linestyle": "--" if back else "-",
            "linewidth": 1.4,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    if text:
        x, y = (start[0] + end[0]) / 2 + at[0], (start[1] + end[1]) / 2 + at[1]
        ax.text(x, y, text, ha="center", va="center", fontsize=10.5, color=color)


def paths() -> None:
    """Draw the unrolled cell with the state forward and the gradient back."""
    fig, ax = _blank(8.8, 4.5)
    side, floor = 8.0, 18.0
    for t, x in enumerate((15, 40, 65), 1):
        middle, top = x + side / 2, floor + side
        _box(ax, x, floor, side, side, f"$h_{t}$", BLUE, 14)
        _arrow(ax, (middle - 1.8, top), (middle - 1.8, top + 6))
        _arrow(ax, (middle + 1.8, top + 6), (middle + 1.8, top), True)
        ax.text(middle + 3.9, top + 3, f"$g_{t}$", color=ORANGE, va="center")
        _box(ax, x + 1, top + 6, side - 2, 4.6, rf"$\ell_{t}$", GREEN)
        left = 7.0 if t == 1 else x - 25 + side
        _arrow(ax, (left, floor + 5.6), (x, floor + 5.6))
        _arrow(ax, (x, floor + 2.4), (left, floor + 2.4), True)
        at = ((left + x) / 2, floor + 0.2)
        back = rf"$W_{{hh}}^{{T}} D_{t}$"
        ax.text(*at, back, color=ORANGE, ha="center", va="center", fontsize=10.5)
        before = f"$D_{t} h_{{{t - 1}}}^{{T}}$"
        _arrow(ax, (middle, floor), (middle, 8.2), True, before, (5, -1.0))
    ax.text(5, floor + 4, "$h_0$", ha="center", va="center", fontsize=14)
    _box(ax, 15, 3.4, 58, 4.8, "", ORANGE)
    total = r"gradient of $W_{hh}$: the three parts, added"
    ax.text(44, 5.8, total, ha="center", va="center", fontsize=11)
    _arrow(ax, (1, 1), (6, 1))
    ax.text(7, 1, "the state, forward", va="center", fontsize=9.5)
    _arrow(ax, (36, 1), (31, 1), True)
    told = "the gradient, back (the raised T: transposed)"
    ax.text(37, 1, told, va="center", fontsize=9.5)
    ax.set_title(
        "Two gradients meet in each state but the last; three uses give three parts",
        loc="left",
        size=11,
    )
    plot.save(fig, IMAGES / "paths.svg")


def pieces() -> None:
    """Draw twelve steps in three pieces, and where the gradient stops."""
    fig, ax = _blank(8.8, 2.5)
    side, y = 3.6, 10.0
    for t in range(12):
        x = 5.0 + 6 * t + 1.6 * (t // 4)
        _box(ax, x, y, side, side, str(t + 1), BLUE, 9.5)
        if t == 11:
            break
        end = 5.0 + 6 * (t + 1) + 1.6 * ((t + 1) // 4)
        _arrow(ax, (x + side, y + 2.6), (end, y + 2.6))
        _arrow(ax, (end, y + 1.0), (x + side, y + 1.0), True)
        if t % 4 == 3:
            middle = (x + side + end) / 2
            ax.text(
                middle, y + 0.95, "×", color=ORANGE, ha="center", va="center",
                fontsize=17, weight="bold",
            )  # fmt: skip
            ax.plot((middle, middle), (y - 2.5, y + 6), color="#777777", linewidth=0.8)
    for piece in range(3):
        x = 5.0 + 25.6 * piece
        ax.text(x + 10.8, y + 5.6, f"piece {piece + 1}", ha="center", fontsize=10)
    _arrow(ax, (5, 3.5), (10, 3.5))
    ax.text(11, 3.5, "the state goes on", va="center", fontsize=9.5)
    _arrow(ax, (40, 3.5), (35, 3.5), True)
    told = "the gradient comes back, but not across ×"
    ax.text(41, 3.5, told, va="center", fontsize=9.5)
    title = "Pieces of k = 4: no error travels back more than 3 steps"
    ax.set_title(title, loc="left", size=11)
    plot.save(fig, IMAGES / "pieces.svg")


def _loss(weights, x, start, y):
    return 0.5 * ((cells.rnn(x, weights, start).h - y) ** 2).sum()


def _errors(dtype, epsilons, one_sided=False):
    """Return the relative error of the nudged gradient of w_h for every epsilon."""
    rng = np.random.default_rng(0)
    exact = cells.rnn_weights(4, 3, rng)
    x, start = rng.normal(size=(2, 6, 4)), rng.uniform(-1, 1, (2, 3))
    rng.normal(size=(2, 3))  # drawn in the lesson too, for another purpose
    y = rng.uniform(-1, 1, (2, 6, 3))
    run = cells.rnn(x, exact, start)
    right = cells.rnn_backward(run, run.h - y).w_h
    weights = cells.RNNWeights(*(part.astype(dtype) for part in exact))
    rest = [part.astype(dtype) for part in (x, start, y)]
    found = []
    for epsilon in epsilons.astype(dtype):
        slope = np.zeros_like(weights.w_h)
        for i in np.ndindex(slope.shape):
            kept = weights.w_h[i]
            weights.w_h[i] = kept + epsilon
            up = _loss(weights, *rest)
            weights.w_h[i] = kept if one_sided else kept - epsilon
            slope[i] = (up - _loss(weights, *rest)) / (epsilon * (2 - one_sided))
            weights.w_h[i] = kept
        size = np.linalg.norm(right) + np.linalg.norm(slope)
        found.append(np.linalg.norm(slope - right) / size)
    return np.array(found)


def epsilon() -> None:
    """Draw the error of the numerical gradient against the nudge."""
    epsilons = 10.0 ** np.arange(-12, 0.1, 0.25)
    curves = {
        "two sides, float64": _errors(np.float64, epsilons),
        "one side, float64": _errors(np.float64, epsilons, one_sided=True),
        "two sides, float32": _errors(np.float32, epsilons),
    }
    fig = plot.lines(
        {name: (epsilons, error) for name, error in curves.items()},
        "The error has a valley: too coarse on its right, rounding on its left",
        "epsilon",
        "relative error",
        log_y=True,
    )
    ax = fig.axes[0]
    ax.set_xscale("log")
    for place, text in (
        ((3e-4, 2e-10), "slope 2: the series"),
        ((1.2e-12, 1.2e-7), "slope −1: rounding"),
        ((2e-6, 2e-5), "slope 1"),
    ):
        ax.text(*place, text, fontsize=9)
    plot.save(fig, IMAGES / "epsilon.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    paths()
    pieces()
    epsilon()
