"""Draw this unit's README figures: `python lessons/05-lstm/figures.py`."""

from pathlib import Path

import numpy as np

from unrolled import cells, plot

IMAGES = Path(__file__).parent / "img"
BLUE, ORANGE, GREEN = plot.COLORS[:3]
PALE = {BLUE: "#D6E6F2", ORANGE: "#F8E2D3", GREEN: "#D3EDE4", "black": "#EEEEEE"}

# What the lesson's latch learned in the PyTorch track with seed 0, to three digits.
LATCH = cells.LSTMWeights(
    w_x=np.array([[0.006, -0.024, 0.607, -0.036], [5.747, -6.430, -0.011, -0.522]]),
    w_h=np.array([[0.148, 0.018, -0.428, -0.301]]),
    b=np.array([-4.864, 5.434, 0.012, 2.900]),
)


def _box(ax, x, y, text, color):
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (x - 2.4, y - 1.6),
            4.8,
            3.2,
            boxstyle="round,pad=0.3",
            facecolor=PALE[color],
            edgecolor=color,
            linewidth=1.3,
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=11)


def _node(ax, x, y, text):
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), 1.7, facecolor="white", edgecolor="black", zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=13, zorder=4)


def _line(ax, points, color="black", width=1.4, arrow=True):
    """Draw a line through the points, with an arrow head at its end."""
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=color, linewidth=width, solid_capstyle="round", zorder=1)
    if arrow:
        style = {"arrowstyle": "-|>", "color": color, "linewidth": width}
        style |= {"shrinkA": 0, "shrinkB": 0}
        ax.annotate("", points[-1], points[-2], arrowprops=style, zorder=1)


def cell() -> None:
    """Draw how x, h and c flow through one step."""
    fig, ax = plot.figure(8.2, 4.5)
    ax.set(xlim=(0, 80), ylim=(-1, 43), aspect="equal")
    ax.axis("off")
    belt, bus, gates = 36, 7, 14
    f, i, g, o = 16, 28, 38, 51
    sum_at, show_at = 33, 62
    # The belt: the only way on which nothing but f and a sum is met.
    _line(ax, [(4, belt), (f - 1.7, belt)], BLUE, 3.2)
    _line(ax, [(f + 1.7, belt), (sum_at - 1.7, belt)], BLUE, 3.2)
    _line(ax, [(sum_at + 1.7, belt), (76, belt)], BLUE, 3.2)
    # What all four read.
    _line(ax, [(4, bus), (o, bus)], ORANGE, arrow=False)
    _line(ax, [(9, 1.5), (9, bus)], ORANGE, arrow=False)
    for x in (f, i, g, o):
        _line(ax, [(x, bus), (x, gates - 1.9)], ORANGE)
    # What the gates do.
    _line(ax, [(f, gates + 1.9), (f, belt - 1.7)])
    _line(ax, [(i, gates + 1.9), (i, 25), (sum_at - 1.7, 25)])
    _line(ax, [(g, gates + 1.9), (g, 25), (sum_at + 1.7, 25)])
    _line(ax, [(sum_at, 26.7), (sum_at, belt - 1.7)])
    _line(ax, [(o, gates + 1.9), (o, 21), (show_at - 1.7, 21)])
    # What is shown.
    _line(ax, [(show_at, belt), (show_at, 31)])
    _line(ax, [(show_at, 27), (show_at, 22.7)])
    _line(ax, [(show_at, 19.3), (show_at, bus), (76, bus)], ORANGE)
    for x, name, color in (
        (f, "σ", GREEN),
        (i, "σ", GREEN),
        (g, "tanh", BLUE),
        (o, "σ", GREEN),
    ):
        _box(ax, x, gates, name, color)
    _box(ax, show_at, 29, "tanh", "black")
    _node(ax, f, belt, "×")
    _node(ax, sum_at, belt, "+")
    _node(ax, sum_at, 25, "×")
    _node(ax, show_at, 21, "×")
    ax.text(f + 1.2, 25, "$f$ keep?", fontsize=11, va="center")
    ax.text(o + 1.0, 18.4, "$o$ show?", fontsize=11, va="center")
    ax.text(i - 1.0, 21, "$i$ write?", fontsize=11, va="center", ha="right")
    ax.text(g + 1.0, 21, "$g$ what?", fontsize=11, va="center")
    for x, y, text, color in (
        (4, belt + 3, "$c_{t-1}$", BLUE),
        (76, belt + 3, "$c_t$", BLUE),
        (4, bus + 3, "$h_{t-1}$", ORANGE),
        (76, bus + 3, "$h_t$", ORANGE),
        (9, 0, "$x_t$", ORANGE),
    ):
        ax.text(x, y, text, ha="center", va="center", fontsize=13, color=color)
    ax.set_title(
        "All four read x and h. The belt (thick) meets only f and a sum; o makes h",
        loc="left",
        fontsize=10.5,
    )
    plot.save(fig, IMAGES / "cell.svg")


def distance() -> None:
    """Draw the gradient's norm against the distance, as the lesson measures it."""

    def by_distance(backward, run):
        d_h = np.zeros_like(run.h)
        d_h[:, -1] = 1
        return np.linalg.norm(backward(run, d_h).x, axis=(0, 2))[::-1]

    rng = np.random.default_rng(1)
    cells.lstm_weights(8, 64, rng)  # the lesson draws these before the noise
    noise = rng.normal(size=(16, 100, 8))
    plain = cells.rnn(noise, cells.rnn_weights(8, 64, np.random.default_rng(0)))
    norms = {"plain RNN": by_distance(cells.rnn_backward, plain)}
    for bias in (0, 1, 3, 5):
        weights = cells.lstm_weights(
            8, 64, np.random.default_rng(0), forget_bias=float(bias)
        )
        run = cells.lstm(noise, weights)
        norms[f"LSTM, forget bias {bias}"] = by_distance(cells.lstm_backward, run)
    fig = plot.lines(
        norms,
        "Without a forget bias the LSTM's gradient vanishes too",
        "steps back",
        "norm of the gradient",
        log_y=True,
    )
    fig.axes[0].legend(frameon=False, fontsize=9, loc="lower left")
    plot.save(fig, IMAGES / "distance.svg")


def latch() -> None:
    """Draw the gates of the trained latch over 40 steps."""
    rng = np.random.default_rng(4)
    value = rng.uniform(-1, 1, 40)
    marker = rng.random(40) < 0.1
    marker[0] = True
    x = np.stack([value, marker], axis=-1)[None]
    run = cells.lstm(x, LATCH)
    rows = ["marker", "input gate i", "forget gate f", "output gate o"]
    shown = np.stack([marker, *(getattr(run, g)[0, :, 0] for g in "ifo")])
    fig = plot.heatmap(
        shown,
        "The input gate opens at the markers only; there the forget gate lets go",
        "time step",
        "",
        rows=rows,
        bar_label="0 shut, 1 open",
    )
    plot.save(fig, IMAGES / "latch.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    cell()
    distance()
    latch()
