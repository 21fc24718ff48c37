"""Draw this unit's README figures, and renew its measured tables.

`python lessons/05-lstm/figures.py` reads `measured.json`, which `measure.py` writes.
"""

import itertools
import json
import statistics
from pathlib import Path

import numpy as np

from unrolled import cells, drawing, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
# What the lesson's latch learned in the PyTorch track with seed 0, to three digits.
LATCH = cells.LSTMWeights(
    w_x=np.array([[0.006, -0.024, 0.607, -0.036], [5.747, -6.430, -0.011, -0.522]]),
    w_h=np.array([[0.148, 0.018, -0.428, -0.301]]),
    b=np.array([-4.864, 5.434, 0.012, 2.900]),
)


def _panel(ax, at: tuple[float, float], parts: str, title: str) -> None:
    """Draw a cell around `at`, its lower left, with the parts that are named."""
    color = drawing.COLOR
    belt, bus, gates, write_at, show_at = 25, 4, 10, 18, 33.5
    columns = {"f": 8, "i": 15.5, "g": 22.5, "o": 29}

    def to(*points):
        return [(at[0] + x, at[1] + y) for x, y in points]

    def line(*points, of="y", **style):
        drawing.arrow(ax, to(*points), color[of], **style)

    def word(x, y, text, of="y", **style):
        drawing.write(ax, *to((x, y)), text, color[of], **style)

    word(1, 31.5, title, ha="left")
    word(2, belt + 2.6, "$c_{t-1}$", "c")
    word(37, belt + 2.6, "$c_t$", "c")
    stops = [1] + [x for part, x in (("f", 8), ("g", 19)) if part in parts] + [38]
    for k, (x, next_x) in enumerate(itertools.pairwise(stops)):
        start = x + 1.7 if k else x
        end = next_x - 1.7 if next_x < 38 else next_x
        line((start, belt), (end, belt), of="c", linewidth=3.2)
    if parts:
        last = columns[parts[-1]]
        line((1, bus), (last, bus), of="h", head=False)
        line((4, 0), (4, bus), of="x", head=False)
        word(1.4, bus + 2.4, "$h_{t-1}$", "h")
        word(6.6, 0.8, "$x_t$", "x")
    for part in parts:
        x, name = columns[part], "tanh" if part == "g" else "σ"
        line((x, bus), (x, gates - 2), of="h")
        wide = 6.2 if part == "g" else 4.6
        drawing.box(ax, *to((x, gates)), name, color[part], width=wide)
    if "f" in parts:
        line((8, gates + 2), (8, belt - 1.7), of="f")
        word(6, 17.5, "$f_t$", "f")
        drawing.node(ax, *to((8, belt)), "×")
    if "g" in parts:
        for part, side in (("i", -1.7), ("g", 1.7)):
            x = columns[part]
            points = (x, gates + 2), (x, write_at), (19 + side, write_at)
            line(*points, of=part)
            beside = -1.8 if part == "i" else 2.2
            word(x + beside, 14.5, f"${part}_t$", part)
        line((19, write_at + 1.7), (19, belt - 1.7))
        drawing.node(ax, *to((19, write_at)), "×")
        drawing.node(ax, *to((19, belt)), "+")
    if "o" in parts:
        line((show_at, belt), (show_at, 21.6), of="c")
        drawing.box(ax, *to((show_at, 19.8)), "tanh", width=6.2, height=3.6)
        line((show_at, 18), (show_at, 15.6))
        line((29, gates + 2), (29, 13.9), (show_at - 1.7, 13.9), of="o")
        word(29, 16.2, "$o_t$", "o")
        drawing.node(ax, *to((show_at, 13.9)), "×")
        line((show_at, 12.2), (show_at, bus), (38, bus), of="h")
        word(37, bus + 2.4, "$h_t$", "h")


def built() -> None:
    """Draw the cell in four pictures, each with one part more."""
    fig, ax = drawing.canvas(8, 6.9, 80, 69)
    _panel(ax, (0, 35), "", "1  The belt: c is left alone")
    _panel(ax, (41, 35), "f", "2  The forget gate: keep?")
    _panel(ax, (0, 0), "fig", "3  Input gate, candidate: write?")
    _panel(ax, (41, 0), "figo", "4  The output gate: show?")
    plot.save(fig, IMAGES / "built.svg")


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
    whole = {"plain RNN": by_distance(cells.rnn_backward, plain)}
    belt = {}
    for bias in (0, 1, 3, 5):
        weights = cells.lstm_weights(
            8, 64, np.random.default_rng(0), forget_bias=float(bias)
        )
        run = cells.lstm(noise, weights)
        whole[f"LSTM, forget bias {bias}"] = by_distance(cells.lstm_backward, run)
        cut = run._replace(weights=weights._replace(w_h=np.zeros_like(weights.w_h)))
        belt[f"LSTM, forget bias {bias}"] = by_distance(cells.lstm_backward, cut)
    fig = plot.lines(
        whole,
        "The whole gradient, and dotted the part of the belt alone",
        "steps back",
        "norm of the gradient",
        log_y=True,
    )
    ax = fig.axes[0]
    colors = {line.get_label(): line.get_color() for line in ax.lines}
    for name, norm in belt.items():
        ax.plot(norm, color=colors[name], linestyle=":", linewidth=1.6)
    ax.legend(frameon=False, fontsize=9, loc="lower left")
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


# ---- tables --------------------------------------------------------------------------


def _span(values: list[float]) -> str:
    """Return the least and the most of some seeds, with two digits."""
    least, most = (f"{v:.2g}".replace("e-0", "e-") for v in (min(values), max(values)))
    return least if least == most else f"{least} to {most}"


def _solved(line: dict) -> str:
    """Return how many runs solved it, and the median of their updates."""
    updates = [run["updates"] for run in line["runs"] if run["solved"]]
    middle = f" ({statistics.median(updates):.0f})" if updates else ""
    return f"{len(updates)} of {len(line['runs'])}{middle}"


def _bias(found: dict) -> str:
    rows = []
    for name, line in found.items():
        if name == "plain":
            rows.append(["plain cell", "–", "–", "–", _span(line), "–"])
            continue
        f = 1 / (1 + np.exp(-float(name)))
        ratios = [b / w for b, w in zip(line["belt"], line["whole"], strict=True)]
        f_99 = f"{f**99:.2g}".replace("e-0", "e-")
        rows.append([name, f"{f:.3f}", f_99, _span(line["belt"]), _span(line["whole"])])
        rows[-1].append(f"{max(ratios):.1g}".replace("e-0", "e-"))
    head = ["$b_f$", "$f = \\sigma(b_f)$", "$f^{99}$", "belt alone", "whole"]
    return measured.table([*head, "belt / whole, at most"], rows)


def _saturation(found: dict) -> str:
    rows = []
    for name in ("b_f = 5", "b_f = 5, b_i = -5", "b_f = ln of 1 to 99, b_i = -b_f"):
        line = found[name]
        shares = [f"{share:.0%}" for share in line["saturated"]]
        shown = sorted({min(shares), max(shares)})
        size = _span(line["mean size of c"])
        name = name.replace("-", "−").replace("ln of 1 to 99", "ln u, u from 1 to 99")
        rows.append([name, " to ".join(shown), size, _span(line["whole"])])
    head = ["biases", "saturated", "mean size of c", "gradient 99 steps back"]
    return measured.table(head, rows)


def _roads(found: dict) -> str:
    rows = []
    for road in ("whole", "belt alone", "side roads alone"):
        line = found[f"{road}, bias 5"]
        rows.append([road, line["rate"], _solved(line)])
    return measured.table(["gradient in training", "rate", "solved"], rows)


def _parts(found: dict) -> str:
    rows = []
    for name, line in found.items():
        errors = [f"{error:.3f}" for error in sorted(line["test"])]
        middle = f"{errors[2]} ({errors[0]} to {errors[-1]})"
        rows.append([name, line["rate"], middle])
    rows.sort(key=lambda row: row[2])
    return measured.table(["LSTM", "rate", "squared error, middle of five"], rows)


RACERS = ("plain, uniform", "plain, orthogonal", "LSTM as PyTorch starts it")
RACERS += ("LSTM, forget bias 5", "GRU as PyTorch starts it", "GRU, update bias 5")


def _race(found: dict) -> str:
    rows = []
    for name in (n for n in RACERS if n in found):
        row = [f"{name}, {found[name]['units']} units"]
        for distance in ("60", "200"):
            one = found[name].get(distance)
            rate = (
                f", rate {one['rate']}" if one and any(one["tuning"].values()) else ""
            )
            row.append(_solved(one) + rate if one else "not run")
        rows.append(row)
    return measured.table(["contender", "60 steps", "200 steps"], rows)


def _seconds(found: dict) -> str:
    rows = []
    for kind, name in (("RNN", "plain"), ("LSTM", "LSTM"), ("GRU", "GRU")):
        times = [found[f"{kind}, oneDNN {way}"] for way in ("on", "off")]
        rows.append([name, *(f"{ms:.0f} ms" for ms in times)])
    return measured.table(["layer", "as PyTorch comes", "without oneDNN"], rows)


TABLES = {
    "bias": _bias,
    "saturation": _saturation,
    "roads": _roads,
    "race": _race,
    "parts": _parts,
    "seconds": _seconds,
}


def tables() -> None:
    """Write what was measured between the page's marks."""
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    made = {n: of(found[n]) for n, of in TABLES.items() if n in found}
    measured.renew(HERE / "README.md", made)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    built()
    distance()
    latch()
    tables()
