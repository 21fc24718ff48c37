"""The parts that drawings of cells are made of, in one style and one color code.

What carries a value has one color in all units, and a letter beside it, so that no
drawing relies on color alone. Letters can be read at half the size.
"""

from collections.abc import Sequence
from typing import Any

from unrolled import plot

Point = tuple[float, float]

# Gates of like work share a color: forget and reset, input and update, candidates.
COLOR = {
    "x": "#009E73",
    "h": "#0072B2",
    "c": "#D55E00",
    "i": "#E69F00",
    "f": "#CC79A7",
    "g": "#56B4E9",
    "o": "#6E6E6E",
    "r": "#CC79A7",
    "z": "#E69F00",
    "n": "#56B4E9",
    "y": "#000000",
}
BLACK = "#000000"
SIZE = 15  # points; a drawing is at most 8 inches wide
LINE = 1.6


def canvas(width: float, height: float, right: float, top: float) -> tuple[Any, Any]:
    """Return a figure of (width, height) inches and its empty axes.

    Coordinates go from (0, 0) at the lower left to (right, top); the scale is the same
    both ways, so that circles are round.
    """
    fig, ax = plot.figure(width, height)
    ax.set(xlim=(0, right), ylim=(0, top), aspect="equal")
    ax.axis("off")
    return fig, ax


def pale(color: str, share: float = 0.2) -> str:
    """Return a color mixed with white: `share` of it, as "#rrggbb"."""
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + share * (v - 255)):02x}" for v in parts)


def box(
    ax: Any,
    at: Point,
    text: str,
    color: str = BLACK,
    width: float = 6,
    height: float = 4,
) -> None:
    """Draw a rounded box around `at`, its middle: a layer, a gate."""
    from matplotlib.patches import FancyBboxPatch

    corner = (at[0] - width / 2, at[1] - height / 2)
    style = {"facecolor": pale(color), "edgecolor": color, "linewidth": LINE}
    shape = "round,pad=0,rounding_size=0.6"
    ax.add_patch(
        FancyBboxPatch(corner, width, height, boxstyle=shape, zorder=2, **style)
    )
    write(ax, at, text)


def node(
    ax: Any, at: Point, text: str, color: str = BLACK, radius: float = 1.7
) -> None:
    """Draw a circle around `at`: an operation, such as × or +, or a value."""
    from matplotlib.patches import Circle

    fill = "#ffffff" if color == BLACK else pale(color)
    style = {"facecolor": fill, "edgecolor": color, "linewidth": LINE}
    ax.add_patch(Circle(at, radius, zorder=3, **style))
    write(ax, at, text)


def arrow(
    ax: Any, points: Sequence[Point], color: str = BLACK, *, head: bool = True, **style
) -> None:
    """Draw a line through points, with a head at its end; `style` is matplotlib's."""
    xs, ys = zip(*points, strict=True)
    style = {"linewidth": LINE, "zorder": 1, "solid_capstyle": "round"} | style
    ax.plot(xs, ys, color=color, **style)
    if head:
        how = {"arrowstyle": "-|>,head_width=.3,head_length=.6", "color": color}
        how |= {"linewidth": style["linewidth"], "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", points[-1], points[-2], arrowprops=how, zorder=1)


def write(ax: Any, at: Point, text: str, color: str = BLACK, **style: Any) -> None:
    """Write text around `at`, formulas between $ signs; `style` is matplotlib's."""
    style = {"ha": "center", "va": "center", "fontsize": SIZE, "zorder": 4} | style
    ax.text(*at, text, color=color, **style)
