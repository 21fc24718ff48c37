"""Figures: drawn, legible without color, and the same bytes each time."""

import io

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from unrolled import plot


def drawn():
    rng = np.random.default_rng(0)
    yield plot.lines(
        {"a": [1, 2, 3], "b": ([0, 2], [3, 1])}, "t", "x", "y", levels={"l": 2.0}
    )
    yield plot.lines({"a": [1e-3, 1, 3]}, "t", "x", "y", log_y=True, markers=True)
    yield plot.bars({"one": 1.0, "two": 2.0}, "t", "x", spread=[0.1, 0.2])
    yield plot.heatmap(rng.normal(size=(3, 4)), "t", "x", "y", symmetric=True)
    yield plot.heatmap(
        np.arange(4).reshape(2, 2), "t", "x", "y", rows="ab", columns="cd", numbers=True
    )
    yield plot.trajectory(
        {"p": rng.normal(size=(3, 2)), "q": rng.normal(size=(2, 2))},
        "t",
        "x",
        "y",
        labels={"p": "abc"},
    )


def test_saved_figures_have_the_same_bytes_each_time(tmp_path):
    for i, (one, two) in enumerate(zip(drawn(), drawn(), strict=True)):
        plot.save(one, tmp_path / f"{i}.svg")
        plot.save(two, tmp_path / f"{i}b.svg")
        first = (tmp_path / f"{i}.svg").read_bytes()
        assert first == (tmp_path / f"{i}b.svg").read_bytes()
        assert b"<dc:date>" not in first


def test_a_notebook_shows_a_figure_without_pyplot_sharp_and_at_its_size():
    fig = next(drawn())
    data, metadata = DisplayFormatter().format(fig)
    assert data["image/png"].startswith(b"\x89PNG")
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.size == (2 * 512, 2 * 288)
    assert metadata["image/png"] == {"width": 512, "height": 288}
    assert len(data["image/png"]) < 20_000


def test_lines_differ_in_dash_and_not_by_color_alone():
    ax = next(drawn()).axes[0]
    dashes = {line.get_linestyle() for line in ax.get_lines()}
    assert len(dashes) == 3
    assert ax.get_title(loc="left") == "t"


def test_letters_stand_on_bars_and_not_on_color_alone():
    said = 'x = "a$b"\nlong' + "g" * 80
    values = np.linspace(-1, 2, len(said))
    fig = plot.letters(said, values, "Title", "key", width=40)
    ax = fig.axes[0]
    shown = "".join(text.get_text() for text in ax.texts)
    assert shown == said.replace(" ", "").replace("\n", "↵") + "key"
    heights = [bar.get_height() for bar in ax.patches if bar.get_width() < 1]
    assert np.allclose(heights, -0.5 * values / 2)  # upwards where a value is above 0
    assert len({round(bar.get_y(), 6) for bar in ax.patches}) == 2 * 4  # four lines
    assert len(plot.letters(said, values, "Title", rows=1).axes[0].texts) < 12
    with pytest.raises(ValueError, match="each letter needs one"):
        plot.letters("abc", [1.0, 2.0], "Title")


def test_words_carry_their_numbers():
    rows = [("one", ["not", "bad", "."], [-0.2, 0.8, 0.0])]
    fig = plot.words(rows, "Title", "key")
    texts = {t.get_text(): t for t in fig.axes[0].texts}
    assert {"one", "not", "bad", ".", "-0.20", "+0.80", "+0.00", "key"} <= set(texts)
    assert texts["bad"].get_weight() == "bold" and texts["not"].get_weight() == "normal"
    red, _, blue, _ = texts["bad"].get_bbox_patch().get_facecolor()
    assert red > blue
    with pytest.raises(ValueError, match="2 words and 1 scores"):
        plot.words([("one", ["not", "bad"], [0.1])], "Title")


ODD = ["$$", "$2 and $3", "a_b^c", r"\$", r"\frac", "$x", "%", "{", "é", " "]


def odd(kind):
    """A figure with odd labels in every place that holds one."""
    same = dict.fromkeys(ODD, 1.0)
    title, x, y = ODD[1], ODD[0], ODD[4]
    if kind == "lines":
        return plot.lines({k: [1, 2] for k in ODD}, title, x, y, levels=same)
    if kind == "bars":
        return plot.bars(same, title, x, form="${:.0f}$")
    if kind == "heatmap":
        eye = np.eye(len(ODD))
        named = {"columns": ODD, "rows": ODD, "bar_label": title}
        return plot.heatmap(eye, title, x, y, **named)
    if kind == "trajectory":
        points = dict.fromkeys(ODD[:2], np.zeros((len(ODD), 2)))
        return plot.trajectory(points, title, x, y, labels={ODD[0]: ODD})
    return plot.words([(title, ODD, [1.0] * len(ODD))], title, key=x, form="${:.0f}$")


@pytest.mark.parametrize("kind", ["lines", "bars", "heatmap", "trajectory", "words"])
def test_labels_are_shown_as_they_are(kind, tmp_path):
    from matplotlib.text import Text

    fig = odd(kind)
    plot.save(fig, tmp_path / "a.svg")  # raises where one is taken for a formula
    shown = {text.get_text(): text for text in fig.findobj(Text) if text.get_text()}
    asked = {ODD[0], ODD[1]} | (set(ODD) if kind != "words" else set(ODD[:-1]))
    assert asked <= set(shown)
    for label, text in shown.items():
        if "$" in label:
            assert text._preprocess_math(label) == (label, False)


def test_numbers_of_an_axis_are_still_typeset():
    fig = plot.lines({"a": [1e-3, 1, 1e3]}, "t", "x", "y", log_y=True)
    fig.draw_without_rendering()
    assert any("10^{" in label.get_text() for label in fig.axes[0].get_yticklabels())


@pytest.mark.parametrize(
    "name, start",
    [
        ("a.png", b"\x89PNG"), ("b.PDF", b"%PDF"), ("new/c.svg", b"<?xml"),
    ],
)  # fmt: skip
def test_a_figure_is_saved_as_its_name_ends(tmp_path, name, start):
    for copy in ("one", "two"):
        plot.save(next(drawn()), tmp_path / copy / name)
    first = (tmp_path / "one" / name).read_bytes()
    assert first.startswith(start)
    assert first == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", ["a", "a.jpeg", "a.svg.gz"])
def test_a_name_of_another_kind_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=rf"\.svg, \.png or \.pdf; `{name}` was given"):
        plot.save(next(drawn()), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
