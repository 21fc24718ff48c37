"""Room for the text of a figure: what is too long is wrapped, or the figure grows."""

import functools
from typing import Any

SCREEN = 80  # pixels an inch
PAD = 0.12  # inches between a text and the edge of the figure
LINE = 1.25  # from one line of text to the next, in its font's size


@functools.cache
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(8, 8, SCREEN)


def width(text: str, size: float = 10, **font: Any) -> float:
    """Return how wide a text is in inches, its longest line; no part is a formula."""
    from matplotlib.font_manager import FontProperties

    face = FontProperties(size=size, **font)
    lines = str(text).split("\n")
    measured = _renderer().get_text_width_height_descent
    widest = max(measured(line, face, False)[0] if line else 0 for line in lines)
    return 1.02 * widest / SCREEN  # at other resolutions letters are rounded otherwise


def height(text: str, size: float = 10) -> float:
    """Return how high the lines of a text stand, in inches."""
    return (str(text).count("\n") + 1) * size * LINE / 72


def wrapped(text: str, inches: float, size: float = 10, **font: Any) -> str:
    """Return a text in lines of at most so many inches; a short one as it is."""
    if width(text, size, **font) <= inches:
        return text
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size, **font) <= inches:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:  # in one piece, if it fits
            if lines[-1] and width(lines[-1] + letter, size, **font) > inches:
                lines.append("")
            lines[-1] += letter
    return "\n".join(lines)


def frame(ax: Any) -> tuple[float, float, float, float]:
    """Lay a figure out; return left, bottom, right and top of its axes, in inches."""
    ax.figure.draw_without_rendering()
    box = ax.get_window_extent()
    return tuple(side / ax.figure.dpi for side in (box.x0, box.y0, box.x1, box.y1))


def resize(ax: Any, inches: tuple[float, float]) -> None:
    """Make the figure so large that its axes have about this width and height."""
    for _ in range(3):
        left, bottom, right, top = frame(ax)
        more = inches[0] - (right - left), inches[1] - (top - bottom)
        if max(map(abs, more)) < 0.02:
            return
        size = ax.figure.get_size_inches()
        ax.figure.set_size_inches(max(1.0, size[0] + more[0]), size[1] + more[1])


def labels(
    ax: Any,
    title: str,
    x_label: str,
    y_label: str,
    size: tuple[float, float] | None = None,
) -> None:
    """Write title and labels, in the lines they need, around axes of a size in inches.

    Without `size` it is what a figure of this size leaves beside labels of one line.
    """
    asked = {"title": title, "x": x_label, "y": y_label}
    lines: dict[str, str] = {}
    _write(ax, {k: text and "X" for k, text in asked.items()})
    for _ in range(4):
        if size:
            resize(ax, size)
        left, bottom, right, top = frame(ax)
        across, up = ax.figure.get_size_inches()
        middle, center = (left + right) / 2, (bottom + top) / 2
        room = {
            "title": (across - left - PAD, 10.5),
            "x": (2 * min(middle, across - middle) - PAD, 10),
            "y": (2 * min(center, up - center) - PAD, 10),
        }
        last, lines = (
            lines,
            {k: wrapped(asked[k], max(0.6, room[k][0]), room[k][1]) for k in asked},
        )
        if lines == last:
            return
        _write(ax, lines)
        if lines == asked and not size:
            return
        size = size or (right - left, top - bottom)


def _write(ax: Any, said: dict[str, str]) -> None:
    as_it_is = {"parse_math": False}
    ax.set_title(said["title"], loc="left", fontsize=10.5, **as_it_is)
    ax.set_xlabel(said["x"], **as_it_is)
    ax.set_ylabel(said["y"], **as_it_is)


def legend(ax: Any) -> None:
    """Put a legend into the axes, or below them where it would cover half of them."""
    handles, names = ax.get_legend_handles_labels()
    left, bottom, right, top = frame(ax)
    across, up = max(map(width, names)) + 0.6, sum(map(height, names))
    if across < 0.6 * (right - left) and up < 0.5 * (top - bottom):
        _as_it_is(ax.legend(frameon=False))
        return
    room = ax.figure.get_size_inches()[0] - 0.8
    names = [wrapped(name, room - 0.6) for name in names]
    columns = max(1, int(room // (max(map(width, names)) + 0.8)))
    place = {"loc": "outside lower left", "ncols": columns, "frameon": False}
    _as_it_is(ax.figure.legend(handles, names, **place))
    resize(ax, (right - left, top - bottom))


def _as_it_is(found: Any) -> None:
    for text in found.get_texts():
        text.set(parse_math=False)


def inside(ax: Any, texts: list) -> None:
    """Turn a text that stands right of its point to its left where it would be cut."""
    frame(ax)
    for text in texts:
        box = text.get_window_extent()
        if box.x1 > ax.figure.bbox.x1 - 2:
            text.set(ha="right")
            text.xyann = (-text.xyann[0], text.xyann[1])
        box = text.get_window_extent()
        if box.y1 > ax.get_window_extent().y1:
            text.set(va="top")
            text.xyann = (text.xyann[0], -text.xyann[1])


def integers(axis: Any, values: Any) -> None:
    """Give an axis whose values are all whole numbers ticks at whole numbers alone."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    values = np.asarray(values)
    numbers = values.dtype.kind in "iuf" and np.isfinite(values).all()
    if axis.get_scale() == "linear" and numbers and (values == values.round()).all():
        axis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


def decades(axis: Any) -> None:
    """Number a logarithmic axis: 0.2, 0.5, 1 over few decades, powers of ten else."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = sorted(axis.get_view_interval())
    few = high < 200 * low and low > 1e-4 and high < 1e5
    if few:
        subs = (1, 2, 3, 5, 7) if high < 8 * low else (1, 2, 5)
        axis.set_major_locator(LogLocator(subs=subs, numticks=20))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
