"""Draw this unit's README figures.

`python lessons/11-character-language-models/figures.py`
"""

from pathlib import Path

import numpy as np

from unrolled import plot

IMAGES = Path(__file__).parent / "img"
BLUE, ORANGE, GREEN = plot.COLORS[:3]
PALE = ("#D6E6F2", "#F8E2D3", "#D3EDE4")

# Measured on the 38 plays, 95/5, over the whole held-out part, in nats a character.
# `baselines.NGram(order, 84, smoothing).fit(train).nats(valid)`:
WITTEN_BELL = (3.279, 2.488, 1.934, 1.656, 1.527, 1.509, 1.554, 1.633)
KNESER_NEY = (3.279, 2.487, 1.929, 1.625, 1.453, 1.392, 1.375, 1.375)

# The same tables on the first updates' letters, in millions, as in lesson.py:
READ = (0.102, 0.205, 0.512, 1.024, 2.048, 5.053)
USUAL = (1.871, 1.759, 1.668, 1.622, 1.567, 1.527)  # Witten-Bell, order 5
BEST = (1.709, 1.622, 1.535, 1.482, 1.427, 1.375)  # Kneser-Ney, order 7
# The lesson's LSTM, and two longer runs of it (measure.py), PyTorch: seed 0, streams of
# 32 x 64, output weights drawn as Keras does. 192 units: 4,000 updates at a rate of
# 0.012. 384 units: the first 4,000 of 5,000 updates at 0.006, 262 s of one core.
SHORT = ((0.102, 0.205, 0.512, 1.024, 2.048), (2.089, 1.896, 1.746, 1.655, 1.568))
LONG = ((2.048, 4.096, 6.144, 8.192), (1.607, 1.536, 1.467, 1.440))
WIDE = ((2.048, 4.096, 6.144, 8.192), (1.510, 1.451, 1.382, 1.336))


def streams() -> None:
    """Draw three rows of a text, cut into windows, and what passes between them."""
    rows = (
        ("Now, fair ", "Hippolyta,", " our nupti"),
        ("Go, Philos", "trate, sti", "r up the A"),
        ("Happy be T", "heseus, ou", "r renowned"),
    )
    fig, ax = plot.figure(8, 3.3)
    ax.set(xlim=(-5, 80), ylim=(-6, 30))
    ax.axis("off")
    for k in range(3):
        ax.text(25 * k + 12, 28, f"batch {k + 1}", ha="center", fontsize=10)
        for r, row in enumerate(rows):
            x, y = 25 * k + 2, 20 - 9 * r
            ax.add_patch(
                _box(x, y, 20, 4, facecolor=PALE[r], edgecolor="#555555", linewidth=0.8)
            )
            shown = row[k].replace(" ", "␣")
            ax.text(
                x + 10, y + 1.9, shown, family="monospace", ha="center", va="center"
            )
            if k < 2:
                _arrow(ax, (x + 20.3, y + 2.8), (x + 24.7, y + 2.8), BLUE, "-")
                _arrow(ax, (x + 24.7, y + 1.0), (x + 20.3, y + 1.0), ORANGE, "--")
                ax.text(
                    x + 22.5, y + 0.95, "×", color=ORANGE, ha="center", va="center",
                    fontsize=15, weight="bold",
                )  # fmt: skip
    for r in range(3):
        ax.text(0, 22 - 9 * r, f"row {r}", ha="right", va="center", fontsize=10)
    _arrow(ax, (2, -3.5), (8, -3.5), BLUE, "-")
    ax.text(9, -3.5, "the state goes on", va="center", fontsize=9.5)
    _arrow(ax, (46, -3.5), (40, -3.5), ORANGE, "--")
    ax.text(43, -3.5, "×", color=ORANGE, ha="center", va="center", fontsize=15)
    ax.text(47, -3.5, "the gradient does not come back", va="center", fontsize=9.5)
    plot.save(fig, IMAGES / "streams.svg")


def _box(x: float, y: float, width: float, height: float, **style):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, **style)


def _arrow(ax, start, end, color: str, line: str) -> None:
    how = {"arrowstyle": "->", "color": color, "linestyle": line, "linewidth": 1.6}
    ax.annotate("", end, start, arrowprops=how)


def orders() -> None:
    """Draw the score of n-grams by order, for two smoothings."""
    n = np.arange(1, 9)
    fig = plot.lines(
        {"Witten–Bell": (n, WITTEN_BELL), "Kneser–Ney": (n, KNESER_NEY)},
        "The same counts: what is done with the unseen decides how far they reach",
        "order of the n-gram (letters)",
        "nats per character, held-out text",
        markers=True,
    )
    plot.save(fig, IMAGES / "orders.svg")


def temperature() -> None:
    """Draw what temperature does to three symbols."""
    scores = np.array([2.0, 1.0, 0.0])
    fig, axes = plot.figure(7.2, 2.4, columns=4)
    for ax, tau in zip(axes, (0.2, 0.5, 1.0, 1.5), strict=True):
        p = np.exp(scores / tau) / np.exp(scores / tau).sum()
        ax.bar(["a", "b", "c"], p, color=BLUE, width=0.65)
        for place, value in enumerate(p):
            ax.text(place, value + 0.02, f"{value:.2f}", ha="center", fontsize=8.5)
        ax.set(ylim=(0, 1.12), title=f"τ = {tau:g}")
        ax.grid(axis="x", visible=False)
    axes[0].set_ylabel("probability")
    fig.supxlabel("symbols with the scores 2, 1 and 0", fontsize=9.5)
    plot.save(fig, IMAGES / "temperature.svg")


def race() -> None:
    """Draw the tables and three networks by the letters they have read."""
    fig = plot.lines(
        {
            "5-gram, Witten–Bell": (READ, USUAL),
            "7-gram, Kneser–Ney": (READ, BEST),
            "LSTM-192, 1,000 updates": SHORT,
            "LSTM-192, 4,000 updates": LONG,
            "LSTM-384": WIDE,
        },
        "Tables end where the text ends; networks read it again",
        "letters read (millions)",
        "nats per character, held-out text",
        markers=True,
    )
    ax = fig.axes[0]
    ax.set_xscale("log")
    ticks = (0.1, 0.2, 0.5, 1, 2, 5, 10)
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.set_xticks([], minor=True)
    ax.axvline(READ[-1], color="#777777", linewidth=1, linestyle=":")
    ax.text(READ[-1] * 0.97, 2.06, "the text ends", ha="right", fontsize=9)
    ax.set_xlim(0.09, 11)
    ax.legend(frameon=False, loc="upper right", bbox_to_anchor=(0.83, 0.93))
    plot.save(fig, IMAGES / "race.svg")


if __name__ == "__main__":
    streams()
    orders()
    temperature()
    race()
