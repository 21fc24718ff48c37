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

from unrolled import fit

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
SHARPER = 2  # a stored PNG has so many pixels for each of the screen's
STEP = 5  # of a stored color's parts: it divides 255, so that white stays white


def figure(width: float = 6.4, height: float = 3.6, columns: int = 1):
    """Return a figure and its axes in the course's style, at 80 dpi."""
    fig = _figure_class()(figsize=(width, height), dpi=fit.SCREEN, layout="constrained")
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
    log_x: bool = False,
    log_y: bool = False,
    levels: Mapping[str, float] | None = None,
    markers: bool = False,
):
    """Draw one line for each named series, and return the figure.

    A series is a list of y values, or a pair (x values, y values). `levels` are named
    horizontal lines: baselines. `title` states the finding. An axis of whole numbers
    has ticks at whole numbers.
    """
    fig, ax = figure()
    along, above = [], list((levels or {}).values())
    for i, (name, values) in enumerate(series.items()):
        pair = isinstance(values, tuple) and len(values) == 2
        x, y = values if pair else (np.arange(len(values)), values)
        along += np.asarray(x).tolist()
        above += np.asarray(y).tolist()
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
    if log_x:
        ax.set_xscale("log")
        fit.decades(ax.xaxis)
    if log_y:
        ax.set_yscale("log")
        fit.decades(ax.yaxis)
    fit.integers(ax.xaxis, along)
    fit.integers(ax.yaxis, above)
    if len(series) + len(levels or {}) > 1:
        fit.legend(ax)
    fit.labels(ax, title, x_label, y_label)
    return fig


def bars(
    values: Mapping[str, float],
    title: str,
    x_label: str,
    *,
    spread: Sequence[float] | None = None,
    start: float | None = None,
    form: str = "{:.3f}",
):
    """Draw one horizontal bar for each named value, its number beside it.

    `spread` gives one standard deviation for each bar. Where all values are positive
    and the least is more than half of the largest, their difference is what is to be
    seen: the axis starts below them and says so, and dots stand for the bars, whose
    lengths would mean nothing. `start` chooses where the axis starts; 0 asks for bars.
    """
    numbers = np.array(list(values.values()), float)
    sides = np.zeros(len(numbers)) if spread is None else np.asarray(spread, float)
    if start is None:
        start = _start(numbers, sides)
    names = [fit.wrapped(name, 3.0) for name in values]
    room = max(fit.width(name) for name in names)
    row = max(0.42, max(fit.height(name) for name in names) + 0.1)
    fig, ax = figure(max(6.4, 3.6 + room), 0.6 + row * len(values))
    rows = range(len(names))
    if start:
        style = {"color": COLORS[0], "fmt": "o", "markersize": 7, "capsize": 4}
        ax.errorbar(numbers, rows, xerr=None if spread is None else sides, **style)
        ax.set_ylim(-0.6, len(names) - 0.4)
        x_label += f" (the axis starts at {start:g})"
    else:
        ax.barh(rows, numbers, xerr=spread, color=COLORS[0], height=0.6, capsize=4)
    ax.set_yticks(rows, names, **AS_IT_IS)
    ends = [max(end, start) for end in numbers + sides]
    texts = []
    for place, (value, end) in enumerate(zip(numbers, ends, strict=True)):
        number = f"{'   ' if start else '  '}{form.format(value)}"
        style = {"va": "center", "fontsize": 9} | AS_IT_IS
        texts.append(ax.text(end, place, number, **style))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    low = start or min(0.0, float((numbers - sides).min()) * 1.1)
    left, _, right, _ = fit.frame(ax)
    across = right - left
    wide = [fit.width(text.get_text(), 9) + 0.05 for text in texts]
    high = max(
        low + (end - low) * across / max(across - w, 0.2 * across)
        for end, w in zip(ends, wide, strict=True)
    )
    ax.set_xlim(low, high if high > low else low + 1)
    if not start:
        fit.integers(ax.xaxis, numbers)
    fit.labels(ax, title, x_label, "")
    return fig


def _start(numbers: np.ndarray, sides: np.ndarray) -> float:
    """Return where an axis starts on which the numbers can be told apart."""
    low, high = float((numbers - sides).min()), float((numbers + sides).max())
    if not 0 < high / 2 < low or numbers.min() == numbers.max():
        return 0.0
    step = 10.0 ** np.floor(np.log10(high - low))
    return float(np.round(max(0.0, np.floor(low / step - 0.3) * step), 12))


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
    diagonal: bool = True,
):
    """Draw a matrix (rows, columns) as colored cells with a color bar.

    `symmetric` centers the colors on 0; `numbers` writes each value into its cell. The
    figure grows with its cells, numbers and labels. Without `diagonal` the diagonal is
    gray, and the colors are shared out among the other cells: so a confusion matrix
    shows its confusions, which are few beside what is right.
    """
    matrix = np.asarray(matrix)
    n_rows, n_columns = matrix.shape
    fig, ax = figure()
    ax.grid(False)
    colored = np.ma.masked_array(matrix, np.eye(n_rows, n_columns) > (diagonal or 0))
    top = float(np.abs(colored).max()) if symmetric else None
    if not diagonal:
        ax.set_facecolor("#dddddd")
        top = top or (float(colored.max()) or 1.0)
    image = ax.imshow(
        colored,
        aspect="auto",
        cmap="RdBu_r" if symmetric else "cividis",
        vmin=-top if symmetric else None,
        vmax=top,
    )
    said = [
        f"{matrix[at]:.2f}" if matrix.dtype.kind == "f" else f"{matrix[at]}"
        for at in np.ndindex(matrix.shape)
    ]
    cell = max(map(fit.width, said)) if numbers else 0.0
    across = max(0.35 if n_columns < 24 else 8.4 / n_columns, cell)
    across = _ticks(ax.xaxis, columns, n_columns, across)
    up = max(0.3 if n_rows < 24 else 7.0 / n_rows, 0.22 if numbers else 0)
    up = _ticks(ax.yaxis, rows, n_rows, up)
    if numbers:
        for (i, j), text in zip(np.ndindex(matrix.shape), said, strict=True):
            ink = "black"
            if colored[i, j] is not np.ma.masked:
                red, green, blue, _ = image.to_rgba(matrix[i, j])
                dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
                ink = "white" if dark else "black"
            ax.text(j, i, text, ha="center", va="center", fontsize=8, color=ink)
    across = max(across * n_columns, min(fit.width(title, 10.5) - 0.4, 4.4), 1.2)
    up = max(up * n_rows, 1.0)
    bar = fig.colorbar(image, ax=ax, aspect=up / 0.13, pad=0.1 / across)
    fit.integers(bar.ax.yaxis, colored.compressed())
    bar.set_label(fit.wrapped(bar_label, 1.2 * up), **AS_IT_IS)
    fit.labels(ax, title, x_label, y_label, (across, up))
    return fig


def _ticks(axis: Any, names: Sequence[str] | None, count: int, room: float) -> float:
    """Name the cells along an axis; return the inches that each needs.

    Names that are longer than 0.8 inches stand upright; where there is no room for each
    of them, some are left out.
    """
    if names is None:
        fit.integers(axis, np.arange(count))
        return room
    need, turned = max(fit.height(fit.wrapped(name, 3.0)) for name in names), False
    if axis.axis_name == "x":
        wide = max(map(fit.width, names))
        wide += 0.12 if max(map(len, names)) > 1 else 0.04
        turned = wide > 0.8
        need = need if turned else wide
    if count * max(room, need) <= 9:
        room = max(room, need)
    every = int(np.ceil(need / room - 1e-9))
    places = range(0, count, every)
    named = [fit.wrapped(names[place], 3.0) for place in places]
    axis.set_ticks(places, named, rotation=90 if turned else 0, **AS_IT_IS)
    return room


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
    texts: list = []
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
            texts.append(ax.annotate(text, point, **place, **AS_IT_IS))
    ax.margins(0.12)
    if len(paths) > 1:
        fit.legend(ax)
    fit.labels(ax, title, x_label, y_label)
    fit.inside(ax, texts)
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
        name = fit.wrapped(name, 7.2, 9)
        placed.append((0, row + 0.6 * name.count("\n"), name, None))
        row, column = row + 1.4 + 1.2 * name.count("\n"), 0
        for word, score in zip(said, scores, strict=True):
            room = max(len(word), len(form.format(score)), 6) + 2
            if column + room > width:
                row, column = row + 2, 0
            placed.append((column, row, word, float(score)))
            column += room
        row += 2.4
    key = fit.wrapped(key, 7.2, 8)
    below = (0.6 + 1.0 * key.count("\n")) * bool(key)
    fig, ax = figure(8.4, 0.55 + 0.2 * (row + below))
    ax.set(xlim=(-0.5, width), ylim=(row + below, -0.8))
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
    if key:
        style = {"fontsize": 8, "va": "center", "color": "#555555"}
        ax.text(0, row + 0.5 * key.count("\n"), key, **style, **AS_IT_IS)
    fit.labels(ax, title, "", "")
    return fig


def letters(
    text: str, values: Any, title: str, key: str = "", *, width: int = 76, rows: int = 9
):
    """Draw a text whose every letter stands on a bar, and on the color of its value.

    `values` holds one number a letter; a bar above its line (red) is above 0, one below
    (blue) below 0. The largest size fills half a line. A line breaks after `width`
    letters and after each line end, drawn as ↵; at most `rows` lines are drawn. `key`
    says what the value is. Raises ValueError when there is not one value a letter.
    """
    import matplotlib

    values = np.asarray(values, float)
    if values.shape != (len(text),):
        raise ValueError(
            f"The text has {len(text)} letters, and `values` the shape {values.shape}; "
            f"each letter needs one, so ({len(text)},)."
        )
    pieces: list[tuple[int, int]] = []
    for line in text.splitlines(keepends=True):
        start = pieces[-1][1] if pieces else 0
        ends = [*range(start + width, start + len(line), width), start + len(line)]
        pieces += itertools.pairwise([start, *ends])
    pieces, top = pieces[:rows], float(np.abs(values).max(initial=0.0)) or 1.0
    shade, low = matplotlib.colormaps["RdBu_r"], 2.1 * len(pieces) - 0.6
    key = fit.wrapped(key, 7.6, 8)
    below = (0.8 + 0.7 * key.count("\n")) * bool(key)
    fig, ax = figure(8.4, 0.55 + 0.26 * (low + below))
    ax.set(xlim=(-0.5, width + 0.5), ylim=(low + below, -0.9))
    ax.axis("off")
    mono = {"family": "monospace", "fontsize": 9, "ha": "center", "va": "center"}
    for row, (start, end) in enumerate(pieces):
        line, bars = 2.1 * row, values[start:end] / top
        places, colors = np.arange(end - start) + 0.5, shade(0.5 + 0.35 * bars)
        ax.bar(places, 0.9, 1.0, line - 0.45, color=colors, edgecolor="none")
        ax.axhline(line + 1.0, 0.5 / (width + 1), color="#bbbbbb", linewidth=0.5)
        ax.bar(places, -0.5 * bars, 0.8, line + 1.0, color="#444444")
        for place, letter in zip(places, text[start:end], strict=True):
            shown = "↵" if letter == "\n" else letter
            if not shown.isspace():
                ax.text(place, line, shown, **mono | AS_IT_IS)
    if key:
        style = {"fontsize": 8, "va": "center", "color": "#555555"}
        ax.text(0, low + below / 2, key, **style, **AS_IT_IS)
    fit.labels(ax, title, "", "")
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
        """A matplotlib figure that shows itself as PNG, sharp and small."""

        def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
            from PIL import Image

            drawn, stored = io.BytesIO(), io.BytesIO()
            self.savefig(drawn, format="png", dpi=SHARPER * fit.SCREEN)
            image = Image.open(drawn).convert("RGB")
            size = {"width": image.width // SHARPER, "height": image.height // SHARPER}
            _few_colors(image).save(stored, format="png", optimize=True)
            return stored.getvalue(), size

    return CourseFigure


def _few_colors(image: Any) -> Any:
    """Return an image with a palette of 256 colors, those of most of its pixels.

    They are off by 2 of 255 at most. Where there are more, the rare ones, on the edges
    of letters, are drawn in the nearest of these.
    """
    from PIL import Image

    parts = (np.asarray(image).astype(np.int32) + STEP // 2) // STEP * STEP
    codes = parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
    colors, places, pixels = np.unique(codes, return_inverse=True, return_counts=True)
    shades = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], 1)
    palette = shades[np.argsort(-pixels, kind="stable")[:256]]
    far = np.zeros((len(shades), len(palette)), np.int32)
    for part in range(3):
        far += (shades[:, None, part] - palette[None, :, part]) ** 2
    nearest = far.argmin(1)[places].reshape(codes.shape)
    few = Image.fromarray(nearest.astype(np.uint8))
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few
