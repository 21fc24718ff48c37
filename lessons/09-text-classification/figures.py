"""Draw this unit's README figures, and renew its measured tables.

`python lessons/09-text-classification/figures.py` reads `measured.json`, which
`measure.py` writes. `occlusion` shows two of the sentences that the lesson's cell of
that name drew in the PyTorch track with seed 0; the numbers are copied from there.
"""

import json
import statistics
from pathlib import Path

from matplotlib.patches import Rectangle

from unrolled import measured, plot
from unrolled.drawing import COLOR, arrow, box, canvas, pale, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"


# ---- tables --------------------------------------------------------------------------

FILMS = {
    "counting": "TF-IDF",
    "mean vector": "mean vector",
    "both counted": "TF-IDF and mean vector",
    "scratch, both": "network from scratch",
    "scratch, states": "network from scratch, LSTM alone",
    "scratch, mean": "network from scratch, mean alone",
    "vectors, both": "network with vectors",
    "vectors, states": "network with vectors, LSTM alone",
    "vectors, mean": "network with vectors, mean alone",
}


def _spread(values: list[float]) -> str:
    """Return the mean and, of several, the standard deviation."""
    mean = f"{statistics.fmean(values):.3f}"
    return mean if len(values) == 1 else f"{mean} ± {statistics.stdev(values):.3f}"


def _setting(one: dict) -> str:
    return f"C {one['C']:g}" if "C" in one else f"rate {one['rate']:g}"


def _films(found: dict) -> str:
    parts = ("accuracy", "with not", "without")
    rows = [
        [title, _setting(found[name]), *(_spread(found[name][k]) for k in parts)]
        for name, title in FILMS.items()
        if name in found
    ]
    return measured.table(
        ["", "chosen", "all 1,706", "*not* and the like", "others"], rows
    )


def _by_size(found: dict) -> str:
    kinds = ("counting", "network", "counting, vectors", "network, vectors")
    sizes = sorted({int(name.split(",")[0]) for name in found})
    kinds = [k for k in kinds if f"{sizes[0]}, {k}" in found]
    titles = [k.replace("counting", "TF-IDF") for k in kinds]
    rows = [
        [f"{n:,}", *(_spread(found[f"{n}, {k}"]["accuracy"]) for k in kinds)]
        for n in sizes
        if all(f"{n}, {k}" in found for k in kinds)
    ]
    return measured.table(["to learn from", *titles], rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {"films": _films, "sizes": _by_size}
    there = {name: of(found[name]) for name, of in made.items() if name in found}
    measured.renew(HERE / "README.md", there)


# ---- figures -------------------------------------------------------------------------


def classifier() -> None:
    """Draw the lesson's network: embedding, LSTM, pooling, readout, and the mean."""
    fig, ax = canvas(8, 5.9, 84, 62)
    words = ["the", "ending", "is", "not", "clever"]
    columns = [9 + 13 * k for k in range(5)]
    green, blue = COLOR["x"], COLOR["h"]
    arrow(ax, [(columns[0], 16.2), (76, 16.2), (76, 21.6)], green)
    for step, (x, word) in enumerate(zip(columns, words, strict=True), 1):
        write(ax, (x, 2), word)
        arrow(ax, [(x, 4), (x, 6.4)])
        box(ax, (x, 9), f"$e_{step}$", green, 8, 5)
        arrow(ax, [(x, 11.6), (x, 21.4)], green)
        ax.plot(x, 16.2, "o", color=green, markersize=6)
        box(ax, (x, 24), "LSTM", blue, 9, 5)
        arrow(ax, [(x, 26.6), (x, 34.4)], blue)
        write(ax, (x + 3, 30.2), f"$h_{step}$", blue)
        if step < 5:
            arrow(ax, [(x + 4.6, 24), (x + 8.4, 24)], blue)
    box(ax, (35, 37), "pooling: highest, mean, last or attention", blue, 61, 5)
    box(ax, (76, 24), "mean", green, 11, 5)
    arrow(ax, [(35, 39.6), (35, 44.4)], blue)
    arrow(ax, [(76, 26.6), (76, 47), (67.2, 47)], green)
    box(ax, (28, 47), "$m$ numbers", blue, 30, 5)
    box(ax, (55, 47), "$n_{in}$ numbers", green, 24, 5)
    write(ax, (8, 47), "$v$ =")
    arrow(ax, [(42, 49.6), (42, 53.4)])
    box(ax, (42, 56), "$W_o\\,v + b_o$", width=20, height=5)
    arrow(ax, [(52, 56), (57, 56)])
    write(ax, (58, 56), "one logit a class", ha="left")
    plot.save(fig, IMAGES / "classifier.svg")


def pooling() -> None:
    """Draw which states each of the four poolings looks at."""
    words = ["the", "ending", "is", "not", "clever", ".", "pad", "pad"]
    rows = {
        "last": [0, 0, 0, 0, 0, 1],
        "mean": [1 / 6] * 6,
        "highest, unit 1": [0, 0, 0, 0, 1, 0],
        "unit 2": [0, 1, 0, 0, 0, 0],
        "unit 3": [0, 0, 0, 1, 0, 0],
        "attention": [0.03, 0.07, 0.04, 0.38, 0.44, 0.04],
    }
    fig, ax = canvas(8, 4.4, 92, 50.6)
    edges = [21.5 + 8.9 * k for k in range(8)]
    for x, word in zip(edges, words, strict=True):
        write(ax, (x + 4, 47.5), word, "#000000" if word != "pad" else "#666666")
    for (name, shares), y in zip(rows.items(), (41, 33, 25, 18, 11, 3), strict=True):
        write(ax, (20, y), name, ha="right")
        for x, share in zip(edges, [*shares, None, None], strict=True):
            padding = share is None
            face = "#ffffff" if padding else pale(COLOR["h"], 0.12 + 0.88 * share)
            style = {"facecolor": face, "linestyle": ":" if padding else "-"}
            edge = "#777777" if padding else COLOR["h"]
            ax.add_patch(
                Rectangle((x, y - 2.9), 8, 5.8, edgecolor=edge, linewidth=1.2, **style)
            )
            if share:
                number = f"{share:.2f}".removeprefix("0") if share < 1 else "1"
                ink = "#ffffff" if share > 0.6 else "#000000"
                write(ax, (x + 4, y), number, ink)
    plot.save(fig, IMAGES / "pooling.svg")


# Sentences of the test part (Pang and Lee 2005, CC BY 4.0), both of them positive.
SENTENCES = (
    (
        "says negative, is positive",
        "the biggest problem with this movie is that it's not nearly long enough .",
        "-.07 -.77 -1.61 .28 .20 -.20 .40 .31 .41 -.12 -.23 -.11 -.05 -.19",
    ),
    (
        "says negative, is positive",
        "not the best herzog perhaps , but unmistakably herzog .",
        "-.50 .26 1.43 -.33 .32 .15 -.15 .00 -.24 -.23",
    ),
)


def occlusion() -> None:
    """Draw what each word of two sentences added to the log odds."""
    rows = [
        (name, said.split(), list(map(float, scores.split())))
        for name, said, scores in SENTENCES
    ]
    fig = plot.words(rows, "What each word adds to the log odds of positive")
    plot.save(fig, IMAGES / "occlusion.svg")


if __name__ == "__main__":
    classifier()
    pooling()
    occlusion()
    tables(json.loads((HERE / "measured.json").read_text("utf-8")))
