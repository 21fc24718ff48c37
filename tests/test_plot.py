"""Figures: drawn, legible without color, and the same bytes each time."""

import numpy as np
import pytest

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


def test_a_notebook_shows_a_figure_without_pyplot():
    fig = next(drawn())
    assert fig._repr_png_().startswith(b"\x89PNG")


def test_lines_differ_in_dash_and_not_by_color_alone():
    ax = next(drawn()).axes[0]
    dashes = {line.get_linestyle() for line in ax.get_lines()}
    assert len(dashes) == 3
    assert ax.get_title(loc="left") == "t"


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
