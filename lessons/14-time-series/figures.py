"""Draw this unit's README figures, and renew its measured tables.

`python lessons/14-time-series/figures.py` reads `measured.json`, which `measure.py`
writes.
"""

import json
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import arrow, box, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"
SETS = {
    "sunspots": "sunspots, 11 years ahead",
    "co2": "CO2, 26 weeks, in ppm",
    "sea-temperature": "sea, a day, in °C",
    "nyc-taxi": "taxis, a day, passengers",
    "goog": "GOOG, 5 days, in percent",
    "mackey-glass": "Mackey–Glass, 16 steps",
}
MODELS = {
    "last value": "last value",
    "seasonal naive": "seasonal naive",
    "exponential smoothing": "exponential smoothing",
    "autoregression": "autoregression",
    "mlp": "network without recurrence",
    "gru": "GRU",
}
BLUE, ORANGE, GRAY = "#0072B2", "#D55E00", "#999999"

# ---- tables --------------------------------------------------------------------------


def _digits(value: float) -> int:
    return 0 if value >= 100 else 1 if value >= 10 else 3


def _forecasts(found: dict) -> str:
    rows = []
    for name, title in SETS.items():
        models = found.get(f"forecasts {name}", {"models": {}})["models"]
        if not models:
            continue
        cells = []
        for model in MODELS:
            if model not in models:
                cells.append("–")
                continue
            mean, first = models[model]["mean"], np.median(models[model]["first"])
            digits = _digits(min(mean))
            cells.append(f"{measured.middle(mean, digits)} [{first:.{digits}f}]")
        rows.append([title, *cells])
    return measured.table(["series", *MODELS.values()], rows)


def _causes(found: dict) -> str:
    names = {
        "autoregression": "autoregression, window 32",
        "linear rnn": "recurrent layer without tanh, 32",
        "mlp": "network without recurrence, 32",
        "gru": "GRU, 32",
    }
    for window in (16, 8, 4):
        names[f"autoregression {window}"] = f"autoregression, window {window}"
        names[f"mlp {window}"] = f"network without recurrence, {window}"
        names[f"gru {window}"] = f"GRU, {window}"
    rows = [
        [title, measured.middle(found["causes"][key]["mean"])]
        for key, title in names.items()
        if key in found["causes"]
    ]
    return measured.table(["Mackey–Glass, 16 steps", "MAE"], rows)


def _stateful(found: dict) -> str:
    rows = []
    for trained, ways in found["stateful"].items():
        for way, one in ways.items():
            if way != "rate":
                rows.append([trained, way, one["steps"], measured.middle(one["mae"])])
    return measured.table(["trained on", "asked with", "steps a forecast", "MAE"], rows)


def _leak(found: dict) -> str:
    digits = {"mae": 2, "r2": 3, "sign": 2}
    rows = [
        [name, *(measured.middle(one[k], d) for k, d in digits.items())]
        for name, one in found["leak"].items()
    ]
    for row in rows:
        if row[0] in ("last value", "last value, shuffled"):
            row[3] = "–"  # it says that nothing moves
        elif not row[0].startswith("last"):
            row[0] = f"GRU, {row[0]}"
    head = ["GOOG, one day ahead", "MAE, dollars", "R² of the price"]
    return measured.table([*head, "right direction"], rows)


def _gaps(found: dict) -> str:
    rows = []
    for way in ("last value", "straight line"):
        cells = [
            measured.middle(found["gaps"][f"{way}, {where}"])
            for where in ("in a gap", "after a value")
        ]
        rows.append([way, *cells])
    head = ["a gap holds", "MAE from within a gap", "MAE after a measured value"]
    return measured.table(head, rows)


def _bands(found: dict) -> str:
    rows = []
    for name, title in SETS.items():
        one = found.get(f"bands {name}")
        if not one:
            continue
        for model in ("seasonal naive", "autoregression", "gru"):
            of = one[model]
            cells = [f"{MODELS[model]}, {title}"]
            for form in ("", ", widened"):
                percent = [100 * v for v in of["coverage" + form]]
                cells.append(measured.middle(percent, 1))
                for key in ("width" + form, "loss" + form):
                    cells.append(measured.middle(of[key], _digits(min(of[key]))))
            rows.append(cells)
    head = ["model", "coverage, %", "width", "quantile loss"]
    head += ["widened: coverage, %", "width", "quantile loss"]
    return measured.table(head, rows)


def _anomalies(found: dict) -> str:
    both = {k: found.get(f"anomalies {k}") for k in ("nyc-taxi", "machine-temperature")}
    both = {k: v["auc"] for k, v in both.items() if v}
    rows = []
    for name in next(iter(both.values())):
        cells = []
        for auc in both.values():
            cells += [measured.middle(auc[name][k], 2) for k in (0, 1)]
        rows.append([name.replace("gru", "GRU"), *cells])
    head = ["score"]
    for name in both:
        short = name.split("-")[-1]
        head += [f"{short}, each moment", f"{short}, mean of a day"]
    return measured.table(head, rows)


def tables(found: dict) -> None:
    """Write the tables of what was measured into the README, between their marks."""
    made = {
        "forecasts": _forecasts,
        "causes": _causes,
        "stateful": _stateful,
        "leak": _leak,
        "gaps": _gaps,
        "bands": _bands,
        "anomalies": _anomalies,
    }
    page = (HERE / "README.md").read_text("utf-8")
    there = {k for k in made if any(name.startswith(k) for name in found)}
    there = {k for k in there if f"<!-- measured:{k} -->" in page}
    measured.renew(HERE / "README.md", {k: made[k](found) for k in made if k in there})


# ---- figures -------------------------------------------------------------------------


def windows() -> None:
    """Draw which values a training window and a test window hold."""
    fig, ax = drawing.canvas(8, 3.0, 80, 30)
    n, cut, wide = 14, 9, 5.2

    def place(k):
        return 5 + wide * k

    for row, first, name in ((16, 3, "training window"), (7, 6, "test window")):
        for k in range(4):
            box(
                ax, (place(first + k), row), f"$v_{{{first + k + 1}}}$", BLUE, width=4.4
            )
        for k in range(4, 6):
            at = (place(first + k), row)
            box(ax, at, f"$v_{{{first + k + 1}}}$", ORANGE, width=4.4)
        write(ax, (place(first) - 3.5, row), name, ha="right")
        write(ax, (place(first + 1.5), row - 4), "x", BLUE)
        write(ax, (place(first + 4.5), row - 4), "y", ORANGE)
    for k in range(n):
        write(ax, (place(k), 24), f"$v_{{{k + 1}}}$")
    middle = place(cut) - wide / 2
    arrow(ax, [(middle, 2), (middle, 28)], GRAY, head=False)
    write(ax, (middle - 1, 28), "training part", ha="right")
    write(ax, (middle + 1, 28), "test part", ha="left")
    plot.save(fig, IMAGES / "windows.svg")


def gap() -> None:
    """Draw a gap that holds the last value, and one with a line to the next."""
    fig, axes = plot.figure(8, 2.8, columns=2)
    t, v = np.arange(8), np.array([2.0, 2.4, 2.1, 2.6, np.nan, np.nan, 4.0, 3.6])
    real = ~np.isnan(v)
    ways = {
        "the last value before it": np.array([2.6, 2.6]),
        "a straight line": np.interp([4, 5], t[real], v[real]),
    }
    for ax, (name, filled) in zip(axes, ways.items(), strict=True):
        ax.plot(t[:4], v[:4], "o-", color=BLUE)
        ax.plot(t[6:], v[6:], "o-", color=BLUE)
        ax.plot([4, 5], filled, "s", color=ORANGE, markerfacecolor="white")
        ax.set_title(f"A gap holds {name}", loc="left", fontsize=13)
        ax.set(ylim=(1.6, 4.5), xlabel="moment", xticks=range(8))
    axes[1].plot([3, 6], [2.6, 4.0], ":", color=ORANGE)
    axes[1].annotate(
        "not known yet", (6, 4.0), (2.2, 3.9), fontsize=12,
        arrowprops={"arrowstyle": "<-"}, va="center",
    )  # fmt: skip
    plot.save(fig, IMAGES / "gap.svg")


def quantile() -> None:
    """Draw two quantile losses."""
    u = np.linspace(-2, 2, 81)
    fig = plot.lines(
        {f"q = {q}": (u, np.maximum(q * u, (q - 1) * u)) for q in (0.9, 0.5, 0.1)},
        "The quantile loss of one forecast",
        "value minus forecast",
        "loss",
    )
    plot.save(fig, IMAGES / "quantile.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    windows()
    gap()
    quantile()
    tables(json.loads((HERE / "measured.json").read_text("utf-8")))
