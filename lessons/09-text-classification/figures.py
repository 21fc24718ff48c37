"""Draw this unit's README figures: `python lessons/09-text-classification/figures.py`.

`occlusion` shows two of the sentences that the lesson's cell of that name drew in the
PyTorch track with seed 0; the numbers are copied from there.
"""

from pathlib import Path

import numpy as np

from unrolled import plot

IMAGES = Path(__file__).parent / "img"
BLUE, PALE = plot.COLORS[0], "#D6E6F2"


def pooling() -> None:
    """Draw which states each of the four poolings looks at."""
    from matplotlib.patches import Rectangle

    words = ["the", "ending", "is", "not", "clever", ".", "", ""]
    rows = {
        "last": [0, 0, 0, 0, 0, 1, None, None],
        "mean": [1 / 3] * 6 + [None, None],
        "attention": [0.03, 0.1, 0.05, 0.65, 0.75, 0.05, None, None],
    }
    fig, ax = plot.figure(7.2, 3.6)
    ax.set(xlim=(-1.6, 8.2), ylim=(5.9, -0.9))
    ax.axis("off")

    def box(column, row, share, high=1.0):
        padding = share is None
        face = plt_shade(0 if padding else share)
        ax.add_patch(
            Rectangle(
                (column + 0.06, row),
                0.88,
                0.62 * high,
                facecolor="white" if padding else face,
                edgecolor="#999999" if padding else BLUE,
                linestyle=":" if padding else "-",
            )
        )

    for column, word in enumerate(words):
        said, color = (word, "black") if word else ("padding", "#888888")
        ax.text(column + 0.5, -0.35, said, ha="center", color=color, fontsize=9.5)
    places = {"last": 0.0, "mean": 1.0, "attention": 4.6}
    for name, shares in rows.items():
        ax.text(-0.15, places[name] + 0.36, name, ha="right", va="center")
        for column, share in enumerate(shares):
            box(column, places[name], share)
    ax.text(-0.15, 3.15, "highest", ha="right", va="center")
    for unit, winner in enumerate((4, 1, 3)):
        for column in range(8):
            share = None if column > 5 else float(column == winner)
            box(column, 2.1 + 0.72 * unit, share)
        text = f"unit {unit + 1}"
        ax.text(8.1, 2.42 + 0.72 * unit, text, fontsize=8, va="center")
    ax.set_title("What each pooling takes from the states", loc="left", fontsize=10.5)
    plot.save(fig, IMAGES / "pooling.svg")


def plt_shade(share: float) -> tuple:
    """Return a blue between pale (0) and full (1)."""
    low = np.array([0.93, 0.96, 0.98])
    full = np.array([0.0, 0.447, 0.698])
    return tuple(low + (full - low) * share)


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
    pooling()
    occlusion()
