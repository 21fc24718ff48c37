"""Draw this unit's README figures.

`python lessons/03-backpropagation-through-time/figures.py`

The curves of `epsilon.svg` are computed here, as in the lesson; `accuracy.svg` and the
tables between the marks of the README come from `measured.json`.
"""

import itertools
import json
from pathlib import Path

import numpy as np

from unrolled import cells, drawing, measured, plot

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "img"
STATE, BACK, LOSS = drawing.COLOR["h"], plot.COLORS[1], drawing.COLOR["y"]


def _gradient(ax, *points) -> None:
    """Draw a dashed arrow: only its last stretch, under the head, is solid."""
    (x, y), (right, up) = points[-2:]
    length = np.hypot(right - x, up - y)
    near = (right - (right - x) / length, up - (up - y) / length)
    drawing.arrow(ax, [*points[:-1], near], BACK, head=False, linestyle=(0, (3, 2)))
    drawing.arrow(ax, [near, points[-1]], BACK)


def paths() -> None:
    """Draw the unrolled cell with the state forward and the gradient back."""
    fig, ax = drawing.canvas(8, 5.2, 80, 52)
    for t, x in enumerate((20, 44, 68), 1):
        drawing.box(ax, (x, 29), f"$h_{t}$", STATE, 9, 7)
        drawing.box(ax, (x, 45), rf"$\ell_{t}$", LOSS, 8, 5)
        drawing.arrow(ax, [(x - 2, 32.5), (x - 2, 42.4)], STATE)
        _gradient(ax, (x + 2, 42.5), (x + 2, 32.6))
        drawing.write(ax, (x + 5, 38), f"$g_{t}$", BACK)
        left = x - 24 + 4.5 if t > 1 else 5
        drawing.arrow(ax, [(left, 31), (x - 4.6, 31)], STATE)
        _gradient(ax, (x - 4.5, 27), (left + 0.1, 27))
        middle = (left + x - 4.5) / 2
        drawing.write(ax, (middle, 23.4), f"$W_{{hh}}^T D_{t}$", BACK)
        _gradient(ax, (x, 25.5), (x, 15.1))
        drawing.write(ax, (x - 5.4, 18.2), f"$D_{t} h_{t - 1}^T$", BACK)
    drawing.write(ax, (2.4, 29), "$h_0$", STATE)
    drawing.box(ax, (44, 12), "gradient of $W_{hh}$: sum of the 3 parts", BACK, 60, 6)
    drawing.arrow(ax, [(1, 4), (8, 4)], STATE)
    drawing.write(ax, (9.5, 4), "forward: the state", ha="left")
    _gradient(ax, (50, 4), (43, 4))
    drawing.write(ax, (51.5, 4), "back: the gradient", ha="left")
    plot.save(fig, IMAGES / "paths.svg")


def truncation() -> None:
    """Draw twelve steps three times: nothing cut, pieces of four, pieces of chance."""
    fig, ax = drawing.canvas(8, 6.0, 80, 60)
    rows = (
        (49, "full: every error may go back to step 1", ()),
        (31, "fixed, $k = 4$: no error goes back more than 3 steps", (4, 8)),
        (13, "random: borders fall elsewhere at each update", (2, 7, 8)),
    )
    for y, text, cuts in rows:
        drawing.write(ax, (1, y + 6), text, ha="left")
        for t in range(1, 13):
            x = 6.2 * t - 2.2
            drawing.box(ax, (x, y), str(t), STATE, 3.9, 4.4)
            if t == 12:
                continue
            drawing.arrow(ax, [(x + 2, y + 1.1), (x + 4.1, y + 1.1)], STATE, head=False)
            if t in cuts:
                drawing.arrow(
                    ax, [(x + 3.1, y - 4.6), (x + 3.1, y + 3.8)], head=False,
                    linewidth=2.6,
                )  # fmt: skip
        ends = (0, *cuts, 12)
        for first, last in itertools.pairwise(ends):
            start, end = 6.2 * last - 2.2, 6.2 * (first + 1) - 2.2
            if last - first > 1:
                low = y - 4
                _gradient(
                    ax, (start, y - 2.3), (start, low), (end, low), (end, y - 2.3)
                )
    drawing.arrow(ax, [(1, 3), (7, 3)], STATE, head=False)
    drawing.write(ax, (8, 3), "state", ha="left")
    _gradient(ax, (27, 3), (20, 3))
    drawing.write(ax, (28.4, 3), "gradient", ha="left")
    drawing.arrow(ax, [(48, 1), (48, 5)], head=False, linewidth=2.6)
    drawing.write(ax, (50, 3), "the gradient is cut", ha="left")
    plot.save(fig, IMAGES / "truncation.svg")


def _loss(weights, x, start, y):
    return 0.5 * ((cells.rnn(x, weights, start).h - y) ** 2).sum()


def _errors(dtype, epsilons, one_sided=False):
    """Return the relative error of the nudged gradient of w_h for every epsilon."""
    rng = np.random.default_rng(0)
    exact = cells.rnn_weights(4, 3, rng)
    x, start = rng.normal(size=(2, 6, 4)), rng.uniform(-1, 1, (2, 3))
    rng.normal(size=(2, 3))  # drawn in the lesson too, for another purpose
    y = rng.uniform(-1, 1, (2, 6, 3))
    run = cells.rnn(x, exact, start)
    right = cells.rnn_backward(run, run.h - y).w_h
    weights = cells.RNNWeights(*(part.astype(dtype) for part in exact))
    rest = [part.astype(dtype) for part in (x, start, y)]
    found = []
    for epsilon in epsilons.astype(dtype):
        slope = np.zeros_like(weights.w_h)
        for i in np.ndindex(slope.shape):
            kept = weights.w_h[i]
            weights.w_h[i] = kept + epsilon
            up = _loss(weights, *rest)
            weights.w_h[i] = kept if one_sided else kept - epsilon
            slope[i] = (up - _loss(weights, *rest)) / (epsilon * (2 - one_sided))
            weights.w_h[i] = kept
        size = np.linalg.norm(right) + np.linalg.norm(slope)
        found.append(np.linalg.norm(slope - right) / size)
    return np.array(found)


def epsilon() -> None:
    """Draw the error of the numerical gradient against the nudge."""
    epsilons = 10.0 ** np.arange(-12, 0.1, 0.25)
    curves = {
        "two sides, float64": _errors(np.float64, epsilons),
        "one side, float64": _errors(np.float64, epsilons, one_sided=True),
        "two sides, float32": _errors(np.float32, epsilons),
    }
    fig = plot.lines(
        {name: (epsilons, error) for name, error in curves.items()},
        "The error has a valley: too coarse on its right, rounding on its left",
        "epsilon",
        "relative error",
        log_y=True,
    )
    ax = fig.axes[0]
    ax.set_xscale("log")
    for place, text in (
        ((3e-4, 2e-10), "slope 2: the series"),
        ((1.2e-12, 2e-8), "slope −1: rounding"),
        ((2e-6, 2e-5), "slope 1"),
    ):
        ax.text(*place, text, fontsize=11)
    plot.save(fig, IMAGES / "epsilon.svg")


# ---- what measure.py measured --------------------------------------------------------


def accuracy(found: dict) -> None:
    """Draw the accuracy against k, of every seed, at one rate and at the best one."""
    ks = (1, 2, 3, 4, 5, 6, 10, 20)
    best = [np.mean(found[f"k {k}"]["test"]) for k in ks]
    fixed = [found[f"k {k}"]["at every rate"]["0.01"] for k in ks]
    fig = plot.lines(
        {"best rate of each k": (ks, best), "rate 0.01": (ks, fixed)},
        "Accuracy by the steps in a piece, delay 4, mean of 10 seeds",
        "k, steps in a piece",
        "accuracy",
        levels={"guessing": 0.25},
        markers=True,
    )
    ax = fig.axes[0]
    for k in ks:
        runs = found[f"k {k}"]["test"]
        ax.plot([k] * len(runs), runs, ".", color=plot.COLORS[0], alpha=0.35)
    ax.set_xticks(ks)
    ax.set_ylim(0.2, 1.03)
    plot.save(fig, IMAGES / "accuracy.svg")


def _spread(values) -> str:
    """Return the mean, and the least and most of the runs."""
    return f"{np.mean(values):.3f} | {min(values):.3f} to {max(values):.3f}"


def tables(found: dict) -> None:
    """Renew the measured tables of the README."""
    blocks = {}
    head = "| | best rate | mean of 10 seeds | least to most | mean at rate 0.01 |\n"
    head += "| --- | --- | --- | --- | --- |\n"

    def line(name: str, key: str) -> str:
        row = found[key]
        at = row["at every rate"]["0.01"]
        return f"| {name} | {row['rate']} | {_spread(row['test'])} | {at:.3f} |\n"

    rows = [line("k = 0, readout alone", "k 0")]
    rows += [line(f"k = {k}", f"k {k}") for k in (1, 2, 3, 4, 5, 6, 10, 20)]
    rows.append(line("random lengths 1 to 7", "random lengths"))
    rows.append(line("random, unbiased, q = 1/4", "random unbiased"))
    blocks["cuts"] = head + "".join(rows)
    rows = [
        line("$W_{xh}$ whole, $W_{hh}$ and $b$ cut", "parts w_x whole, w_h cut"),
        line("$W_{xh}$ cut, $W_{hh}$ and $b$ whole", "parts w_x cut, w_h whole"),
        line("$W_{xh}$ fixed, $W_{hh}$ and $b$ cut", "parts w_x fixed, w_h cut"),
        line("$W_{xh}$ fixed, $W_{hh}$ and $b$ whole", "parts w_x fixed, w_h whole"),
    ]
    blocks["parts"] = head.replace("| |", "| gradients |", 1) + "".join(rows)
    rows = ["| | best rate | mean of 10 seeds | least to most |\n"]
    rows.append("| --- | --- | --- | --- |\n")
    for delay in (2, 4, 6):
        for k in (delay, delay + 1):
            row = found[f"k {k}" if delay == 4 else f"delay {delay} k {k}"]
            name = f"delay {delay}, k = {k}"
            rows.append(f"| {name} | {row['rate']} | {_spread(row['test'])} |\n")
    blocks["delays"] = "".join(rows)
    rows = ["| k | 1 | 2 | 3 | 4 | 5 | 10 |\n| --- |" + " --- |" * 6 + "\n"]
    for name, angles in found["angles"].items():
        means = [f"{np.mean(angles[k]):.3f}" for k in ("1", "2", "3", "4", "5", "10")]
        symbol = {"w_x": "$W_{xh}$", "w_h": "$W_{hh}$"}[name]
        rows.append(f"| cosine for {symbol} | " + " | ".join(means) + " |\n")
    blocks["cosines"] = "".join(rows)
    measured.renew(HERE / "README.md", blocks)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    paths()
    truncation()
    epsilon()
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    accuracy(found)
    tables(found)
