"""Draw the README's figures and renew its tables.

python lessons/08-padding-and-masking/figures.py
"""

import json
import statistics
from pathlib import Path

import numpy as np

from unrolled import cells, drawing, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
REAL, PAD = drawing.COLOR["h"], drawing.COLOR["c"]
LENGTHS = (7, 2, 4, 1, 6, 3)


def _cell(ax, x, y, real, text=""):
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle(
            (x, -y),
            0.9,
            0.9,
            facecolor=drawing.pale(REAL) if real else "white",
            edgecolor=REAL if real else PAD,
            hatch="" if real else "////",
            linewidth=0.9,
        )
    )
    drawing.write(ax, (x + 0.45, 0.42 - y), text, fontsize=13)


def layouts() -> None:
    """Draw six sequences as one rectangle, in two buckets, and packed."""
    fig, ax = drawing.canvas(8.0, 3.4, 24.2, 10.2)
    ax.set(ylim=(-6.9, 3.3))
    names, starts = "ABCDEF", (0, 8.5, 17)
    one, two, three = starts
    for y, n in enumerate(LENGTHS):
        for x in range(max(LENGTHS)):
            _cell(ax, one + x, y, x < n, names[y] if x < n else "")
    order = np.argsort(LENGTHS, kind="stable")
    for place, i in enumerate(order):
        longest = LENGTHS[order[2]] if place < 3 else LENGTHS[order[-1]]
        y = place + (0.6 if place >= 3 else 0)
        for x in range(longest):
            _cell(ax, two + x, y, x < LENGTHS[i], names[i] if x < LENGTHS[i] else "")
    for x in range(max(LENGTHS)):
        still = [i for i in order[::-1] if LENGTHS[i] > x]
        for y, i in enumerate(still):
            _cell(ax, three + x, y, True, names[i])
        drawing.write(ax, (three + x + 0.45, -6.2), str(len(still)), fontsize=13)
    real, rectangle = sum(LENGTHS), max(LENGTHS) * len(LENGTHS)
    in_buckets = sum(3 * LENGTHS[order[k]] for k in (2, 5))
    for start, title in zip(
        starts,
        (
            f"one rectangle:\n{rectangle - real} of {rectangle} are pads",
            f"two buckets:\n{in_buckets - real} of {in_buckets}",
            f"packed:\nnone of {real}",
        ),
        strict=True,
    ):
        drawing.write(ax, (start, 2.1), title, ha="left", linespacing=1.3)
    plot.save(fig, IMAGES / "layouts.svg")


def masked() -> None:
    """Draw a step of a masked cell twice: at a real step, and at a pad."""
    fig, ax = drawing.canvas(8.0, 3.8, 84, 40)
    blue, green, gray = drawing.COLOR["h"], drawing.COLOR["x"], "#8C8C8C"
    low, high = 15, 27
    for start, real in ((1, True), (44, False)):
        title = "a real step, $m_t = 1$" if real else "a pad, $m_t = 0$"
        drawing.write(ax, (start + 19, 37), title)
        cell, meet = start + 14, start + 27

        def way(points, color, used):
            style = {"linewidth": 2.6} if used else {"linestyle": ":"}
            drawing.arrow(ax, points, color if used else gray, head=used, **style)

        way([(start + 6, low), (cell - 4, low)], blue, real)
        way([(cell, 7), (cell, low - 3)], green, real)
        way([(cell + 4, low), (meet - 2.2, low)], blue, real)
        up = [(start + 3, low + 3), (start + 3, high), (meet, high), (meet, low + 2.2)]
        way(up, blue, not real)
        way([(meet + 2.2, low), (start + 33, low)], blue, True)
        drawing.node(ax, (start + 3, low), "$h_{t-1}$", blue, 3)
        drawing.node(ax, (cell, 4), "$x_t$", green, 3)
        drawing.box(ax, (cell, low), "$f$", drawing.BLACK, 8, 6)
        drawing.node(ax, (meet, low), "+", radius=2.2)
        drawing.node(ax, (start + 36, low), "$h_t$", blue, 3)
        drawing.write(ax, (meet - 4.6, low - 3.6), f"× {int(real)}")
        drawing.write(ax, (cell, high + 2.6), f"× {int(not real)}")
    plot.save(fig, IMAGES / "masked.svg")


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


# ---- what measure.py measured --------------------------------------------------------


def _groups(found: dict) -> str:
    """Return the table of what counts and what the network reach on both tasks."""
    rows = ["| what decides | first task | second task |", "| --- | --- | --- |"]
    for name, key in (
        ("words, counted", "groups of 1"),
        ("and pairs of neighbors", "groups of 2"),
        ("and triples", "groups of 3"),
        ("which word stands somewhere before which", "before"),
        ("LSTM, told the lengths", "LSTM"),
    ):
        scores = (
            measured.middle(found[f"{task}, {key}"]["test"]) for task in ("near", "far")
        )
        rows.append(f"| {name} | {' | '.join(scores)} |")
    return "\n".join(rows)


def _pads(found: dict) -> str:
    """Return the table of how many updates a network needs, by its company."""
    rows = [
        "| | pads read after a sentence | share of pads | rate | at 150 updates "
        "| learned | after updates | accuracy then |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, key in (
        ("packed: told the lengths", "packed"),
        ("buckets", "buckets"),
        ("batches at random, each to its own longest", "at random"),
        ("one rectangle", "rectangle"),
        ("one rectangle, forget bias 5", "rectangle, forget bias 5"),
        ("one rectangle, pads on the left", "rectangle, pads on the left"),
        ("one rectangle, 50 columns more", "50 pads more"),
    ):
        one = found[f"pads, {key}"]
        n, packed = len(one["test"]), key == "packed"
        good = [
            u for u, a in zip(one["updates"], one["held out"], strict=True) if a >= 0.95
        ]
        when = " – ".join(map(str, sorted({min(good), max(good)}))) if good else ""
        when = when or f"not in {max(one['updates']):,}"
        pads = "none" if packed else f"{statistics.mean(one['pads']):.0f}"
        if "left" in key:
            pads = f"none; {pads} before it"
        share = "–" if packed else f"{statistics.mean(one['share']):.0%}"
        rows.append(
            f"| {name} | {pads} | {share} | {one['rate']:g} "
            f"| {measured.middle(one['at 150'])} | {len(good)} of {n} | {when} "
            f"| {measured.middle(one['test'])} |"
        )
    return "\n".join(rows)


def _untold(found: dict) -> str:
    """Return the table of ten networks that were trained with the lengths."""
    order = np.argsort(found["untold"]["not told"])
    rows = ["| asked | accuracy of ten networks, in one order |", "| --- | --- |"]
    for name, key in (("with the lengths", "told"), ("without", "not told")):
        values = [f"{found['untold'][key][i]:.3f}" for i in order]
        rows.append(f"| {name} | {', '.join(values)} |")
    return "\n".join(rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {"groups": _groups, "pads": _pads, "untold": _untold}
    measured.renew(HERE / "README.md", {name: of(found) for name, of in made.items()})


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    layouts()
    masked()
    wash()
    tables(json.loads((HERE / "measured.json").read_text("utf-8")))
