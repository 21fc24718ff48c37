"""Draw this unit's README figures, and renew its measured tables.

`python lessons/06-gru/figures.py` reads `measured.json`, which `measure.py` writes.
"""

import json
import statistics
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import COLOR, arrow, box, node, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"
KINDS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
RECALLING = {
    "rnn": "RNN, as PyTorch starts it",
    "rnn orthogonal": "RNN, orthogonal start",
    "gru": "GRU, as PyTorch starts it",
    "lstm": "LSTM, as PyTorch starts it",
    "gru keep": "GRU, bias of z 5",
    "lstm keep": "LSTM, bias of f 5",
}

# ---- tables --------------------------------------------------------------------------


def _names(found: dict) -> str:
    head = ["cell", "units", "learning rate", "nats after 1,000 updates"]
    head += ["updates in 5 s", "nats after 5 s"]
    rows = []
    for key, title in (("names surnames", "surnames"), ("names given-names", "given")):
        if key not in found:
            continue
        for kind, name in KINDS.items():
            one = found[key][kind]
            rows.append(
                [
                    f"{name}, {title}",
                    one["n_hidden"],
                    one["rate"],
                    measured.middle(one["nats"]),
                    f"{one['updates_timed']:,}",
                    measured.middle(one["nats_timed"]),
                ]
            )
        grams = found[key]["n-grams"]
        best = min(grams, key=grams.get)
        rows.append([f"{best}-gram, {title}", "–", "–", f"{grams[best]:.3f}", "–", "–"])
    return measured.table(head, rows)


def _recall(found: dict) -> str:
    rows = []
    steps = [s for s in ("10", "30", "60") if s in found["recall"]["lstm keep"]]
    for name, one in found["recall"].items():
        cells = [
            f"{_solved(one[s]['scores'])} (rate {one[s]['rate']:g})"
            if s in one
            else "–"
            for s in steps
        ]
        rows.append([RECALLING[name], one["60"]["n_hidden"], *cells])
    return measured.table(["cell", "units", *(f"{s} steps" for s in steps)], rows)


def _rates(found: dict) -> str:
    rates = list(found["recall"]["rnn"]["60"]["trials"])
    rows = []
    for name, one in found["recall"].items():
        first, again = one["60"]["trials"], one["60"].get("again", {})
        tried = [first[rate] + again.get(rate, []) for rate in rates]
        rows.append([RECALLING[name], *map(_solved, tried)])
    return measured.table(["60 steps", *(f"rate {float(r):g}" for r in rates)], rows)


def _solved(scores: list[float]) -> str:
    solved = sum(score > 0.95 for score in scores)
    return f"{solved} of {len(scores)}; {statistics.fmean(scores):.2f}"


def _gates(found: dict) -> str:
    head = ["GRU", "surnames, nats", "recall: solved, mean accuracy", "rate, recall"]
    return measured.table(
        head,
        [
            [
                name,
                measured.middle(one["names"]["nats"]),
                _solved(one["recall"]["scores"]),
                f"{one['recall']['rate']:g}",
            ]
            for name, one in found["gates"].items()
        ],
    )


def _seconds(found: dict) -> str:
    rows = []
    for track, title in (("pytorch", "PyTorch"), ("tensorflow", "Keras")):
        for how in ("equal units", "equal parameters"):
            cells = found[f"seconds {track}"][how]
            times = [
                f"{c['ms']:.1f} ms ({c['n_hidden']} units)"
                for c in (cells[k] for k in KINDS)
            ]
            rows.append([f"{title}, {how}", *times])
        if track == "pytorch":
            again = found["seconds pytorch"]["without oneDNN"]
            for how, key in (("with oneDNN", "with"), ("without it", "ms")):
                times = [f"{again[k][key]:.1f} ms (128 units)" for k in KINDS]
                rows.append([f"{title}, measured again, {how}", *times])
            counts = found[f"seconds {track}"]["operations"]
            rows.append(
                ["PyTorch, operations, equal units", *(f"{counts[k]:,}" for k in KINDS)]
            )
    return measured.table(["", *KINDS.values()], rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {
        "names": _names,
        "recall": _recall,
        "rates": _rates,
        "gates": _gates,
        "seconds": _seconds,
    }
    measured.renew(HERE / "README.md", {name: of(found) for name, of in made.items()})


# ---- figures -------------------------------------------------------------------------


def comparison(found: dict) -> None:
    """Draw every run of the three cells, at equal updates and at equal seconds."""
    cells = found["names surnames"]
    best = min(cells["n-grams"].values())
    fig, axes = plot.figure(8, 4.2, columns=2)
    titles = ("1,000 updates each", "5 seconds of one core each")
    top = 2.34  # a run that went astray is named, not drawn to scale
    for ax, key, title in zip(axes, ("nats", "nats_timed"), titles, strict=True):
        for place, kind in enumerate(KINDS):
            values = np.array(cells[kind][key])
            aside = place + np.linspace(-0.14, 0.14, len(values))
            ax.plot(
                aside, values, plot.MARKERS[place], color=plot.COLORS[place],
                markersize=6, alpha=0.7,
            )  # fmt: skip
            for value in values[values > top]:
                ax.annotate(
                    f"one run: {value:.2f}", (place, top), (place + 0.1, top - 0.015),
                    ha="center", fontsize=12, arrowprops={"arrowstyle": "->"},
                )  # fmt: skip
            middle = statistics.median(values)
            ax.plot([place - 0.3, place + 0.3], [middle] * 2, "k-", linewidth=1.6)
            ax.text(place + 0.33, middle, f"{middle:.3f}", va="center", fontsize=11)
        ax.axhline(best, linestyle=":", color="black", linewidth=1.2)
        ax.text(2.95, best, "5-gram", va="bottom", ha="right", fontsize=13)
        ax.set_xticks(range(3), KINDS.values())
        ax.tick_params(labelsize=13)
        ax.set(xlim=(-0.5, 3.0))
        ax.set_title(title, loc="left", fontsize=14)
        ax.grid(axis="x", visible=False)
        ax.set_ylim(2.19, top)
    axes[0].set_ylabel("nats a letter, unseen names", fontsize=13)
    plot.save(fig, IMAGES / "comparison.svg")


def interpolation() -> None:
    """Draw where the new state lies between candidate and old state."""
    fig, ax = drawing.canvas(8, 2.3, 80, 23)
    new, old = -0.762, 0.762

    def place(h):
        return 40 + 40 * h

    arrow(ax, [(0, 11), (80, 11)], "#999999", head=False)
    arrow(ax, [(place(new), 11), (place(old), 11)], "#000000", head=False, linewidth=3)
    for z in (0, 0.25, 0.5, 0.75, 1):
        h = z * old + (1 - z) * new
        color = {0: COLOR["n"], 1: COLOR["h"]}.get(z, "#000000")
        ax.plot(place(h), 11, "o" if z in (0, 1) else "|", color=color, markersize=14)
        write(ax, (place(h), 15), f"z = {z:g}")
        write(ax, (place(h), 7), f"{h:.2f}".replace("-", "−"))
    write(ax, (place(new), 2.5), "candidate $n_t$", COLOR["n"], weight="bold")
    write(ax, (place(old), 2.5), "old state $h_{t-1}$", COLOR["h"], weight="bold")
    write(ax, (40, 20.5), "z is the share of the old state in the new one")
    plot.save(fig, IMAGES / "interpolation.svg")


def cell() -> None:
    """Draw how the old state and the input become the new state."""
    fig, ax = drawing.canvas(8, 4.0, 82, 41)
    top, low = 35.0, 18.0
    h, x, r, z, n = (COLOR[k] for k in "hxrzn")
    # The old state: straight on at the top, down to the gates and to the candidate.
    write(ax, (3.5, top), "$h_{t-1}$", h)
    arrow(ax, [(7, top), (58.3, top)], h)
    node(ax, (60, top), "×")
    arrow(ax, [(61.7, top), (69.3, top)], h)
    node(ax, (71, top), "+")
    arrow(ax, [(72.7, top), (77, top)], h)
    write(ax, (79.5, top), "$h_t$", h)
    # r, and the product with it.
    arrow(ax, [(12, top), (12, low + 2)], h)
    box(ax, (12, low), "r   σ", r, width=9)
    arrow(ax, [(16.5, low), (24.3, low)], r)
    arrow(ax, [(26, top), (26, low + 1.7)], h)
    write(ax, (27.3, 27), "$U_n h_{t-1} + c_n$", ha="left")
    node(ax, (26, low), "×")
    arrow(ax, [(27.7, low), (35.5, low)], h)
    box(ax, (40.5, low), "n   tanh", n, width=10)
    # z, and the two shares.
    arrow(ax, [(53, top), (53, low + 2)], h)
    box(ax, (53, low), "z   σ", z, width=8)
    arrow(ax, [(57, low), (60, low), (60, top - 1.7)], z)
    write(ax, (61, 27), "$z$", ha="left")
    arrow(ax, [(60, low), (63, low), (63, 10), (69.3, 10)], z)
    write(ax, (63.8, 14), "$1 - z$", ha="left")
    # The candidate passes below z and meets its share.
    arrow(ax, [(45.5, low), (47, low), (47, 6.5), (71, 6.5), (71, 8.3)], n)
    node(ax, (71, 10), "×")
    arrow(ax, [(71, 11.7), (71, top - 1.7)], n)
    # The input goes into all three.
    write(ax, (3.5, 3), "$x_t$", x)
    arrow(ax, [(6, 3), (53, 3)], x, head=False)
    for place in (12, 40.5, 53):
        arrow(ax, [(place, 3), (place, low - 2)], x)
    plot.save(fig, IMAGES / "cell.svg")


def beside() -> None:
    """Draw the LSTM above the GRU: what does the same work stands at the same place."""
    fig, ax = drawing.canvas(8, 6.0, 80, 60)
    for belt, title, name in ((51, "LSTM", "c"), (20, "GRU", "h")):
        kept = "f" if name == "c" else "z"
        color, low = COLOR[name], belt - 13
        write(ax, (1, belt + 6.5), title, ha="left", weight="bold")
        write(ax, (4.5, belt), f"${name}_{{t-1}}$", color)
        arrow(ax, [(8, belt), (20.3, belt)], color)
        node(ax, (22, belt), "×")
        arrow(ax, [(23.7, belt), (40.3, belt)], color)
        node(ax, (42, belt), "+")
        arrow(ax, [(43.7, belt), (73, belt)], color)
        write(ax, (76, belt), f"${name}_t$", color)
        box(ax, (22, low), f"{kept}   σ", COLOR[kept], width=8)
        arrow(ax, [(22, low + 2), (22, belt - 1.7)], COLOR[kept])
        node(ax, (42, belt - 6.5), "×")
        arrow(ax, [(42, belt - 4.8), (42, belt - 1.7)])
        places = [(22, "keep"), (35, "write"), (49, "candidate")]
        if name == "c":
            box(ax, (35, low), "i   σ", COLOR["i"], width=8)
            box(ax, (49, low), "g   tanh", COLOR["g"], width=11)
            box(ax, (62, low), "o   σ", COLOR["o"], width=8)
            arrow(ax, [(66, low), (68.3, low)], COLOR["o"])
            box(ax, (70, belt - 6), "tanh", COLOR["c"], width=7)
            arrow(ax, [(70, belt), (70, belt - 4)], COLOR["c"])
            arrow(ax, [(70, belt - 8), (70, low + 1.7)], COLOR["c"])
            node(ax, (70, low), "×")
            arrow(ax, [(71.7, low), (74.5, low)], COLOR["h"])
            write(ax, (77, low), "$h_t$", COLOR["h"])
            second, candidate, places = "i", "g", [*places, (62, "show")]
        else:
            box(ax, (35, low), "1 − z", COLOR["z"], width=8)
            arrow(ax, [(26, low), (31, low)], COLOR["z"])
            box(ax, (49, low), "n   tanh", COLOR["n"], width=11)
            box(ax, (66, low), "r   σ", COLOR["r"], width=8)
            arrow(ax, [(62, low), (54.5, low)], COLOR["r"])
            second, candidate, places = "z", "n", [*places, (66, "reset")]
        up = belt - 6.5
        arrow(ax, [(35, low + 2), (35, up), (40.3, up)], COLOR[second])
        arrow(ax, [(49, low + 2), (49, up), (43.7, up)], COLOR[candidate])
        for place, work in places:
            write(ax, (place, low - 4.2), work, ha="center")
    plot.save(fig, IMAGES / "beside.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    cell()
    interpolation()
    beside()
    comparison(found)
    tables(found)
