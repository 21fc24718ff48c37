"""Figures have room for their text: nothing is cut, and no number covers another."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from unrolled import fit, plot

LONG = "a rather long label that goes on and on, as those of careful authors do"
TITLE = f"The title states a finding, 0.123, and its condition: {LONG}"
WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
NAMES = [LONG, "b", WORD, "four words or five", "e"]
RNG = np.random.default_rng(0)
FLOATS = RNG.normal(size=(5, 5))
COUNTS = RNG.integers(0, 30, (5, 5)) + np.diag([4321] * 5)
SENTENCE = ["a", WORD, *"film that is not bad at all but long".split()] * 2
NAMED = {"rows": NAMES, "columns": NAMES, "bar_label": LONG}
FIGURES = {
    "lines": lambda: plot.lines(
        {name: RNG.random(5) for name in NAMES}, TITLE, LONG, LONG, levels={"l": 0.5}
    ),
    "one line": lambda: plot.lines({"a": [1, 2]}, TITLE, LONG, LONG),
    "few decades": lambda: plot.lines(
        {"a": ([1, 2, 4], [0.62, 0.9, 5.0])}, "t", "x", "y", log_x=True, log_y=True
    ),
    "bars": lambda: plot.bars(
        dict(zip(NAMES, [-1, 0.001, 2, 5, 4.9], strict=True)),
        TITLE,
        LONG,
        spread=[0.1] * 5,
        form="{:.9f}",
    ),
    "bars that are close": lambda: plot.bars(
        {"GRU": 2.424, LONG: 2.415, WORD: 2.47}, TITLE, LONG, spread=[0.01, 0.02, 0]
    ),
    "heatmap": lambda: plot.heatmap(1e4 * FLOATS, TITLE, LONG, LONG, numbers=True),
    "named heatmap": lambda: plot.heatmap(
        FLOATS, TITLE, LONG, LONG, numbers=True, symmetric=True, **NAMED
    ),
    "confusions": lambda: plot.heatmap(
        COUNTS,
        "Short",
        "says",
        "is",
        numbers=True,
        diagonal=False,
        rows=["World", "Sports", "Business", "Sci/Tech", "Other"],
        columns=["World", "Sports", "Business", "Sci/Tech", "Other"],
    ),
    "letters": lambda: plot.heatmap(
        RNG.random((3, 48)), TITLE, "text", "", columns="m" * 48, rows=NAMES[:3]
    ),
    "many names": lambda: plot.heatmap(
        RNG.random((60, 90)), "Many", "x", "y", columns=["word"] * 90, rows=["w"] * 60
    ),
    "trajectory": lambda: plot.trajectory(
        {LONG: np.eye(5, 2), "q": 2 * np.eye(2)}, TITLE, LONG, LONG,
        labels={LONG: ["top left", "far to the right of it"]},
    ),
    "words": lambda: plot.words(
        [(f"{LONG}, {LONG}", SENTENCE, FLOATS.ravel()[: len(SENTENCE)])], TITLE, TITLE
    ),
}  # fmt: skip


def boxes(fig) -> dict[tuple, list]:
    """Return where the texts of a figure are: {axes and kind: [(text, box), …]}."""
    fig.draw_without_rendering()
    found: dict[tuple, list] = {}
    for n, ax in enumerate(fig.axes):
        shown = {
            "x": ax.get_xticklabels() if ax.axison else [],
            "y": ax.get_yticklabels() if ax.axison else [],
            "cell": ax.texts,
        }
        for kind, texts in shown.items():
            seen = [t for t in texts if t.get_text() and t.get_visible()]
            low, high = sorted(ax.get_xlim() if kind == "x" else ax.get_ylim())
            if kind in "xy":  # matplotlib keeps labels of ticks that it does not draw
                at = 0 if kind == "x" else 1
                seen = [t for t in seen if low <= t.get_position()[at] <= high]
            found[n, kind] = [(t.get_text(), t.get_window_extent()) for t in seen]
    return found


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.filterwarnings("error")
def test_every_text_lies_inside_the_figure_and_covers_no_other(kind):
    fig = FIGURES[kind]()
    found = boxes(fig)
    edge = fig.bbox
    drawn = [pair for pairs in found.values() for pair in pairs]
    others = [ax._left_title for ax in fig.axes]
    others += [axis.label for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)]
    legends = [*fig.legends, *(ax.get_legend() for ax in fig.axes)]
    others += [text for one in legends if one for text in one.get_texts()]
    drawn += [(t.get_text(), t.get_window_extent()) for t in others if t.get_text()]
    assert len(drawn) > 4
    for text, box in drawn:
        inside = box.x0 >= -1 and box.y0 >= -1
        assert inside and box.x1 <= edge.x1 + 1 and box.y1 <= edge.y1 + 1, text
    for (_, what), pairs in found.items():
        if kind == "trajectory" and what == "cell":
            continue  # points may be anywhere
        for (one, a), (two, b) in itertools.combinations(pairs, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            up = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across <= 0 or up <= 0, f"`{one}` and `{two}` cover each other"


def ticks(axis) -> list[str]:
    """Return the numbers on an axis, as they are drawn."""
    axis.figure.draw_without_rendering()
    low, high = sorted(axis.get_view_interval())
    both = axis.get_ticklabels() + axis.get_ticklabels(minor=True)
    at = 0 if axis.axis_name == "x" else 1
    return [t.get_text() for t in both if low <= t.get_position()[at] <= high]


def test_whole_numbers_get_whole_ticks():
    fig = plot.lines({"a": ([1, 2, 3], [1, 2, 2])}, "t", "layers", "y")
    assert ticks(fig.axes[0].xaxis) == ["1", "2", "3"]
    assert set(ticks(fig.axes[0].yaxis)) <= {"1", "2"}
    fig = plot.heatmap(np.eye(2), "t", "x", "y")
    assert ticks(fig.axes[0].xaxis) == ticks(fig.axes[0].yaxis) == ["0", "1"]
    fig = plot.lines({"a": [0.1, 0.2]}, "t", "x", "y")
    assert "0.12" in ticks(fig.axes[0].yaxis)


@pytest.mark.parametrize("values", [[0.6, 0.9], [0.5, 40.0], [1e-9, 1], [3, 2000]])
def test_a_logarithmic_axis_prints_no_multiple_of_a_power(values):
    fig = plot.lines({"a": values}, "t", "x", "y", log_y=True)
    said = [text for text in ticks(fig.axes[0].yaxis) if text]
    assert len(said) >= 2
    assert not any("times" in text or "×" in text for text in said)


def test_values_that_are_close_are_dots_on_an_axis_that_says_where_it_starts():
    near = {"GRU": 2.424, "LSTM": 2.415}
    (ax,) = plot.bars(near, "t", "nats", spread=[0.004, 0.002]).axes
    assert not ax.patches and len(ax.collections) == 1, "bars, or no spread"
    start = ax.get_xlim()[0]
    assert 2.40 <= start < 2.413
    assert ax.get_xlabel() == f"nats (the axis starts at {start:g})"
    assert ax.lines[0].get_xydata().tolist() == [[2.424, 0], [2.415, 1]]


@pytest.mark.parametrize(
    ("values", "named"),
    [({"a": 1.0, "b": 3.0}, {}), ({"a": 2.424, "b": 2.415}, {"start": 0})],
)
def test_other_values_are_bars_from_zero(values, named):
    (ax,) = plot.bars(values, "t", "x", **named).axes
    assert ax.get_xlim()[0] == 0 and ax.get_xlabel() == "x"
    assert [bar.get_width() for bar in ax.patches] == list(values.values())


def test_without_its_diagonal_a_matrix_shows_what_is_beside_it():
    for diagonal, top in ((True, COUNTS.max()), (False, 29)):
        fig = plot.heatmap(COUNTS, "t", "x", "y", numbers=True, diagonal=diagonal)
        (image,) = fig.axes[0].images
        assert image.norm.vmax == pytest.approx(top, abs=3)
        assert len(fig.axes[0].texts) == 25
        assert bool(np.ma.getmaskarray(image.get_array())[2, 2]) is not diagonal
    fig = plot.heatmap(np.eye(3), "t", "x", "y", diagonal=False)  # nothing beside it
    assert fig.axes[0].images[0].norm.vmax == 1


def test_a_text_is_wrapped_at_spaces_and_a_long_word_within():
    assert fit.wrapped(" as  it is ", 3) == " as  it is "
    lines = fit.wrapped(f"{LONG} {WORD}", 2).split("\n")
    assert all(fit.width(line) <= 2 for line in lines)
    assert " ".join(lines[:-2]).startswith(LONG) or "".join(lines).endswith(WORD)
    assert fit.height("a\nb") == 2 * fit.height("a")


def test_a_stored_picture_keeps_the_colors_of_its_cells():
    fig = plot.heatmap(FLOATS, TITLE, "x", "y", symmetric=True, numbers=True)
    plain = io.BytesIO()
    fig.savefig(plain, format="png", dpi=160)
    drawn = np.asarray(Image.open(plain).convert("RGB")).astype(int)
    stored = fig._repr_png_()[0]
    image = Image.open(io.BytesIO(stored))
    assert image.mode == "P" and len(stored) < 0.6 * len(plain.getvalue())
    off = np.abs(np.asarray(image.convert("RGB")).astype(int) - drawn).max(2)
    assert np.quantile(off, 0.95) <= 2 and off.max() <= 64
    assert fig._repr_png_()[0] == stored
