"""Every figure of the course, in one style that does not rely on color alone.

Each function returns a matplotlib figure; a notebook shows it, `save` writes it with
the same bytes each time. Labels are shown as they are: no dollar sign begins a formula.
Colors are those of Okabe and Ito (2008), which people with the usual kinds of color
blindness tell apart; lines differ in dash and marker too.
"""

import functools
import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# Labels are often characters and words of a text: a dollar sign begins no formula.
AS_IT_IS = {"parse_math": False}
# What a file of each kind must not say, so that its bytes are the same each time.
UNSAID = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def figure(width: float = 6.4, height: float = 3.6, columns: int = 1):
    """Return a figure and its axes in the course's style, at 80 dpi."""
    fig = _figure_class()(figsize=(width, height), dpi=80, layout="constrained")
    axes = fig.subplots(1, columns, squeeze=False)[0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25, linewidth=0.6)
    return fig, (axes[0] if columns == 1 else axes)


def lines(
    series: Mapping[str, Any],
    title: str,
    x_label: str,
    y_label: str,
    *,
    log_y: bool = False,
    levels: Mapping[str, float] | None = None,
    markers: bool = False,
):
    """Draw one line for each named series, and return the figure.

    A series is a list of y values, or a pair (x values, y values). `levels` are named
    horizontal lines: baselines. `title` states the finding.
    """
    fig, ax = figure()
    for i, (name, values) in enumerate(series.items()):
        pair = isinstance(values, tuple) and len(values) == 2
        x, y = values if pair else (np.arange(len(values)), values)
        ax.plot(
            x,
            y,
            label=name,
            color=COLORS[i % 7],
            linestyle=DASHES[i % 7],
            marker=MARKERS[i % 7] if markers else None,
            markersize=4,
        )
    for i, (name, level) in enumerate((levels or {}).items()):
        color = COLORS[(len(series) + i) % 7]
        ax.axhline(level, color=color, linestyle=":", linewidth=1.4, label=name)
    if log_y:
        ax.set_yscale("log")
    _label(ax, title, x_label, y_label)
    if len(series) + len(levels or {}) > 1:
        _legend(ax)
    return fig


def bars(
    values: Mapping[str, float],
    title: str,
    x_label: str,
    *,
    spread: Sequence[float] | None = None,
    form: str = "{:.3f}",
):
    """Draw one horizontal bar for each named value, its number beside it.

    `spread` gives one standard deviation for each bar.
    """
    fig, ax = figure(height=0.6 + 0.42 * len(values))
    names = list(values)
    rows = range(len(names))
    ax.barh(rows, list(values.values()), xerr=spread, color=COLORS[0], height=0.6)
    ax.set_yticks(rows, names, **AS_IT_IS)
    for row, value in enumerate(values.values()):
        number = " " + form.format(value)
        ax.text(value, row, number, va="center", fontsize=9, **AS_IT_IS)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    ax.grid(axis="y", visible=False)
    _label(ax, title, x_label, "")
    return fig


def heatmap(
    matrix: Any,
    title: str,
    x_label: str,
    y_label: str,
    *,
    columns: Sequence[str] | None = None,
    rows: Sequence[str] | None = None,
    symmetric: bool = False,
    numbers: bool = False,
    bar_label: str = "",
):
    """Draw a matrix (rows, columns) as colored cells with a color bar.

    `symmetric` centers the colors on 0; `numbers` writes each value into its cell.
    """
    matrix = np.asarray(matrix)
    n_rows, n_columns = matrix.shape
    fig, ax = figure(
        min(11, 2.0 + 0.35 * n_columns), max(1.9, min(8, 1.3 + 0.3 * n_rows))
    )
    ax.grid(False)
    top = float(np.abs(matrix).max()) if symmetric else None
    image = ax.imshow(
        matrix,
        aspect="auto",
        cmap="RdBu_r" if symmetric else "cividis",
        vmin=-top if symmetric else None,
        vmax=top,
    )
    fig.colorbar(image, ax=ax).set_label(bar_label, **AS_IT_IS)
    if columns is not None:
        ax.set_xticks(range(n_columns), columns, **AS_IT_IS)
    if rows is not None:
        ax.set_yticks(range(n_rows), rows, **AS_IT_IS)
    if numbers:
        for i, j in np.ndindex(matrix.shape):
            text = f"{matrix[i, j]:.2f}" if matrix.dtype.kind == "f" else matrix[i, j]
            red, green, blue, _ = image.to_rgba(matrix[i, j])
            dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
            color = "white" if dark else "black"
            ax.text(j, i, text, ha="center", va="center", fontsize=8, color=color)
    _label(ax, title, x_label, y_label)
    return fig


def trajectory(
    paths: Mapping[str, Any],
    title: str,
    x_label: str,
    y_label: str,
    *,
    labels: Mapping[str, Iterable[str]] | None = None,
):
    """Draw paths of states in the plane: one arrow a step, one label a point.

    Each path is (steps, 2); `labels[name]` gives the text of its points.
    """
    fig, ax = figure(5.2, 4.4)
    for i, (name, points) in enumerate(paths.items()):
        points = np.asarray(points)
        color = COLORS[i % 7]
        ax.plot(*points.T, MARKERS[i % 7], color=color, label=name, markersize=5)
        for start, end in itertools.pairwise(points):
            ax.annotate(
                "",
                end,
                start,
                arrowprops={
                    "arrowstyle": "->",
                    "color": color,
                    "linestyle": "-" if i == 0 else "--",
                },
            )
        for text, point in zip((labels or {}).get(name, ()), points, strict=False):
            place = {"xytext": (5, 5), "textcoords": "offset points"}
            ax.annotate(text, point, **place, **AS_IT_IS)
    _label(ax, title, x_label, y_label)
    ax.margins(0.12)
    if len(paths) > 1:
        _legend(ax)
    return fig


def words(
    sentences: Sequence[tuple[str, Sequence[str], Sequence[float]]],
    title: str,
    key: str = "",
    form: str = "{:+.2f}",
):
    """Draw sentences whose words are colored by a score, the number below each word.

    A sentence is (its name, words, scores), one score a word; red above 0, blue below,
    and bold where its size is at least half the largest. `key` says what the score is.
    Raises ValueError when a sentence has not one score a word.
    """
    import matplotlib

    for name, said, scores in sentences:
        if len(said) != len(scores):
            raise ValueError(
                f"`{name}` has {len(said)} words and {len(scores)} scores; each word "
                "needs one."
            )
    top = max(np.abs(scores).max() for _, _, scores in sentences) or 1.0
    shade = matplotlib.colormaps["RdBu_r"]
    width, placed, row = 100, [], 0.0
    for name, said, scores in sentences:
        placed.append((0, row, name, None))
        row, column = row + 1.4, 0
        for word, score in zip(said, scores, strict=True):
            room = max(len(word), 6) + 2
            if column + room > width:
                row, column = row + 2, 0
            placed.append((column, row, word, float(score)))
            column += room
        row += 2.4
    fig, ax = figure(8.4, 0.55 + 0.2 * row)
    ax.set(xlim=(0, width), ylim=(row + 0.6 * bool(key), -0.8))
    ax.axis("off")
    mono = {"family": "monospace", "fontsize": 9, "va": "center"} | AS_IT_IS
    for column, line, word, score in placed:
        if score is None:
            style = {"fontsize": 9, "va": "center", "color": "#555555"}
            ax.text(column, line, word, **style, **AS_IT_IS)
            continue
        box = {"facecolor": shade(0.5 + 0.4 * score / top), "edgecolor": "none"}
        weight = "bold" if abs(score) >= top / 2 else "normal"
        ink = "white" if abs(score) > 0.7 * top else "black"
        style = mono | {"weight": weight, "color": ink}
        ax.text(column, line, word, bbox=box | {"pad": 2}, **style)
        number = form.format(score)
        ax.text(column, line + 0.95, number, **mono | {"fontsize": 6})
    ax.set_title(title, loc="left", fontsize=10.5, **AS_IT_IS)
    if key:
        style = {"fontsize": 8, "va": "center", "color": "#555555"}
        ax.text(0, row, key, **style, **AS_IT_IS)
    return fig


def save(fig: Any, path: str | Path) -> None:
    """Write a figure as SVG, PNG or PDF, as its name ends; the same bytes each time.

    Raises ValueError for a name that ends otherwise.
    """
    import matplotlib

    path = Path(path)
    kind = path.suffix.lower()
    if kind not in UNSAID:
        raise ValueError(
            f"A figure is saved as .svg, .png or .pdf; `{path.name}` was given. Let "
            "the name end in one of them."
        )
    with matplotlib.rc_context({"svg.hashsalt": "unrolled", "svg.fonttype": "path"}):
        path.parent.mkdir(parents=True, exist_ok=True)
        fig.savefig(path, format=kind[1:], metadata=UNSAID[kind])


@functools.cache
def _figure_class() -> type:
    """Return a figure that a notebook shows without pyplot.

    Figures made with pyplot stay open until closed, and a notebook shows them twice.
    """
    from matplotlib.figure import Figure

    class CourseFigure(Figure):
        """A matplotlib figure that shows itself as PNG."""

        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", metadata={"Software": None})
            return buffer.getvalue()

    return CourseFigure


def _label(ax: Any, title: str, x_label: str, y_label: str) -> None:
    ax.set_title(title, loc="left", fontsize=10.5, **AS_IT_IS)
    ax.set_xlabel(x_label, **AS_IT_IS)
    ax.set_ylabel(y_label, **AS_IT_IS)


def _legend(ax: Any) -> None:
    for text in ax.legend(frameon=False).get_texts():
        text.set(**AS_IT_IS)
