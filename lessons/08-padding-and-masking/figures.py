"""Draw the README's figures: `python lessons/08-padding-and-masking/figures.py`."""

from pathlib import Path

import numpy as np

from unrolled import cells, plot

IMAGES = Path(__file__).parent / "img"
BLUE, ORANGE = plot.COLORS[:2]
LENGTHS = (7, 2, 4, 1, 6, 3)


def _cell(ax, x, y, real, text=""):
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle(
            (x, -y),
            0.9,
            0.9,
            facecolor="#D6E6F2" if real else "white",
            edgecolor=BLUE if real else ORANGE,
            hatch="" if real else "////",
            linewidth=0.9,
        )
    )
    ax.text(x + 0.45, 0.45 - y, text, ha="center", va="center", fontsize=8)


def layouts() -> None:
    """Draw six sequences as one rectangle, in two buckets, and packed."""
    fig, (one, two, three) = plot.figure(9.6, 3.2, columns=3)
    names = "ABCDEF"
    for y, n in enumerate(LENGTHS):
        for x in range(max(LENGTHS)):
            _cell(one, x, y, x < n, names[y] if x < n else "")
    order = np.argsort(LENGTHS, kind="stable")
    for place, i in enumerate(order):
        longest = LENGTHS[order[2]] if place < 3 else LENGTHS[order[-1]]
        y = place + (0.6 if place >= 3 else 0)
        for x in range(longest):
            _cell(two, x, y, x < LENGTHS[i], names[i] if x < LENGTHS[i] else "")
    for x in range(max(LENGTHS)):
        still = [i for i in order[::-1] if LENGTHS[i] > x]
        for y, i in enumerate(still):
            _cell(three, x, y, True, names[i])
        three.text(x + 0.45, -6.3, len(still), ha="center", fontsize=8)
    three.text(3.5, -7.2, "batch_sizes: who is left at each step", ha="center", size=8)
    real, rectangle = sum(LENGTHS), max(LENGTHS) * len(LENGTHS)
    in_buckets = sum(3 * LENGTHS[order[k]] for k in (2, 5))
    for ax, title in (
        (one, f"One rectangle: {rectangle - real} of {rectangle} are pads"),
        (two, f"Two buckets: {in_buckets - real} of {in_buckets}"),
        (three, f"Packed: none of {real}"),
    ):
        ax.set(xlim=(-0.3, 7.3), ylim=(-7.6, 1.2), aspect="equal")
        ax.axis("off")
        ax.set_title(title, loc="left", fontsize=10)
    plot.save(fig, IMAGES / "layouts.svg")


def wash() -> None:
    """Draw how the states of two sequences come together while pads are read."""
    rng = np.random.default_rng(0)
    n_in, n_hidden, pairs, words, pads = 16, 32, 50, 6, 60
    x = rng.normal(size=(2 * pairs, words + pads, n_in))
    x[:, words:] = rng.normal(size=n_in)  # the vector of the padding
    series = {}
    for bias in (0, 1, 5):
        weights = cells.lstm_weights(
            n_in, n_hidden, np.random.default_rng(1), forget_bias=float(bias)
        )
        h = cells.lstm(x, weights).h[:, words - 1 :]
        gap = np.linalg.norm(h[:pairs] - h[pairs:], axis=-1).mean(axis=0)
        series[f"LSTM, forget bias {bias}"] = np.maximum(gap / gap[0], 1e-16)
    series["masked, any cell"] = np.ones(pads + 1)
    fig = plot.lines(
        series,
        "Pads bring the states of different sentences together",
        "pads read after the sentence",
        "distance left, of 1",
        log_y=True,
    )
    plot.save(fig, IMAGES / "wash.svg")
    for name, left in series.items():
        print(f"{name:20} after 10 pads {left[10]:.1e}, after 40 pads {left[40]:.1e}")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    layouts()
    wash()
