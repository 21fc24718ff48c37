"""Draw this unit's README figures, and renew its measured tables.

`python lessons/06-gru/figures.py` reads `measured.json`, which `measure.py` writes.
"""

import json
import re
import statistics
from pathlib import Path

import numpy as np

from unrolled import plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
BLUE, ORANGE, GREEN = plot.COLORS[:3]
PALE = {BLUE: "#D6E6F2", ORANGE: "#F8E2D3", GREEN: "#D3EDE4", "black": "#EEEEEE"}
KINDS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}

# ---- tables --------------------------------------------------------------------------


def _middle(values: list[float], form: str = "{:.3f}") -> str:
    """Return the median and, in brackets, the least and the most."""
    numbers = (statistics.median(values), min(values), max(values))
    return "{} ({} – {})".format(*map(form.format, numbers))


def _table(head: list[str], rows: list[list]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


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
                    _middle(one["nats"]),
                    f"{one['updates_timed']:,}",
                    _middle(one["nats_timed"]),
                ]
            )
        grams = found[key]["n-grams"]
        best = min(grams, key=grams.get)
        rows.append([f"{best}-gram, {title}", "–", "–", f"{grams[best]:.3f}", "–", "–"])
    return _table(head, rows)


def _recall(found: dict) -> str:
    rows = []
    for name, one in found["recall"].items():
        scores = [_solved(one[steps]) for steps in ("10", "30", "60")]
        rows.append([_keeping(name), one["n_hidden"], *scores])
    return _table(["cell", "units", "10 steps", "30 steps", "60 steps"], rows)


def _recall_timed(found: dict) -> str:
    rows = []
    for name, one in found["recall timed"].items():
        cells = [
            f"{_solved(one[steps])} ({one['updates'][steps]:,})"
            for steps in ("10", "30", "60")
        ]
        rows.append([_keeping(name), *cells])
    return _table(["cell", "10 steps", "30 steps", "60 steps"], rows)


def _keeping(name: str) -> str:
    kind, *keep = name.split(", ")
    bias = f", bias of the keeping gate {keep[0].split()[1]}" if keep else ""
    return KINDS[kind] + bias


def _solved(scores: list[float]) -> str:
    solved = sum(score > 0.95 for score in scores)
    return f"{solved} of {len(scores)}; {statistics.fmean(scores):.2f}"


def _gates(found: dict) -> str:
    rows = [
        [
            name,
            _middle(one["nats"]),
            f"{sum(v > 0.95 for v in one['recall'])} of {len(one['recall'])}; "
            f"{statistics.fmean(one['recall']):.2f}",
        ]
        for name, one in found["gates"].items()
    ]
    return _table(["GRU", "surnames, nats", "recall: solved, mean accuracy"], rows)


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
            counts = found[f"seconds {track}"]["operations"]
            rows.append(
                ["PyTorch, operations, equal units", *(f"{counts[k]:,}" for k in KINDS)]
            )
    return _table(["", *KINDS.values()], rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    path = HERE / "README.md"
    text = path.read_text("utf-8")
    for name, made in {
        "names": _names,
        "recall": _recall,
        "recall-timed": _recall_timed,
        "gates": _gates,
        "seconds": _seconds,
    }.items():
        begin, end = f"<!-- measured:{name} -->", f"<!-- /measured:{name} -->"
        text, count = re.subn(
            f"{begin}\n.*?{end}",
            lambda _, b=begin, e=end, f=made: f"{b}\n{f(found)}\n{e}",
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise ValueError(f"README.md needs the mark {begin} once; it has {count}.")
    path.write_text(text, "utf-8", newline="\n")


# ---- figures -------------------------------------------------------------------------


def comparison(found: dict) -> None:
    """Draw every run of the three cells, at equal updates and at equal seconds."""
    cells = found["names surnames"]
    best = min(cells["n-grams"].values())
    fig, axes = plot.figure(8, 3.3, columns=2)
    titles = ("1,000 updates each", "5 seconds of one core each")
    top = 2.34  # a run that went astray is named, not drawn to scale
    for ax, key, title in zip(axes, ("nats", "nats_timed"), titles, strict=True):
        for place, kind in enumerate(KINDS):
            values = np.array(cells[kind][key])
            aside = place + np.linspace(-0.14, 0.14, len(values))
            ax.plot(
                aside, values, plot.MARKERS[place], color=plot.COLORS[place],
                markersize=4, alpha=0.7,
            )  # fmt: skip
            for value in values[values > top]:
                ax.annotate(
                    f"one run: {value:.2f}", (place, top), (place, top - 0.02),
                    ha="center", fontsize=8.5, arrowprops={"arrowstyle": "->"},
                )  # fmt: skip
            middle = statistics.median(values)
            ax.plot([place - 0.3, place + 0.3], [middle] * 2, "k-", linewidth=1.6)
            ax.text(place + 0.33, middle, f"{middle:.3f}", va="center", fontsize=8.5)
        ax.axhline(best, linestyle=":", color="black", linewidth=1.2)
        ax.text(2.75, best, "5-gram", va="bottom", ha="right", fontsize=8.5)
        ax.set_xticks(range(3), KINDS.values())
        ax.set(xlim=(-0.5, 2.8))
        ax.set_title(title, loc="left", fontsize=9.5)
        ax.grid(axis="x", visible=False)
        ax.set_ylim(2.19, top)
    axes[0].set_ylabel("nats a letter, unseen surnames")
    fig.suptitle(
        "At equal updates LSTM and GRU are close; at equal seconds they are not",
        x=0.01, ha="left", fontsize=10.5,
    )  # fmt: skip
    plot.save(fig, IMAGES / "comparison.svg")


def interpolation() -> None:
    """Draw where the new state lies between candidate and old state."""
    fig, ax = plot.figure(7.4, 1.7)
    new, old = -0.762, 0.762
    ax.plot([-1, 1], [0, 0], color="#999999", linewidth=1)
    ax.plot([new, old], [0, 0], color=BLUE, linewidth=3)
    for z in (0, 0.25, 0.5, 0.75, 1):
        h = z * old + (1 - z) * new
        ax.plot(h, 0, "o" if z in (0, 1) else "|", color=BLUE, markersize=11)
        ax.text(h, 0.35, f"z = {z:g}", ha="center", fontsize=9.5)
        ax.text(h, -0.5, f"{h:.2f}".replace("-", "−"), ha="center", fontsize=9)
    ax.text(new, -0.95, "candidate n", ha="center", color=ORANGE, fontsize=9.5)
    ax.text(old, -0.95, "old state h", ha="center", color=GREEN, fontsize=9.5)
    ax.set(xlim=(-1.05, 1.05), ylim=(-1.15, 0.75), yticks=[], xticks=[])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.grid(False)
    ax.set_title(
        "z is the share of the way that is not gone", loc="left", fontsize=10.5
    )
    plot.save(fig, IMAGES / "interpolation.svg")


def _box(ax, x, y, text, color, width=9.0, height=6.0):
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2 + 0.8, y - height / 2 + 0.8), width - 1.6, height - 1.6,
            boxstyle="round,pad=0.8", facecolor=PALE[color], edgecolor=color,
            linewidth=1.3, zorder=3,
        )
    )  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", fontsize=11, zorder=4)


def _knot(ax, x, y, text):
    ax.plot(
        x, y, "o", markersize=19, markerfacecolor="white", markeredgecolor="black",
        zorder=3,
    )  # fmt: skip
    ax.text(x, y - 0.1, text, ha="center", va="center", fontsize=12, zorder=4)


def _way(ax, *points, color="black", line="-", head=True):
    """Draw a line through points, with an arrow's head at its end."""
    xs, ys = zip(*points, strict=True)
    stop = len(points) - (1 if head else 0)
    ax.plot(xs[:stop], ys[:stop], color=color, linestyle=line, linewidth=1.5, zorder=1)
    if head:
        how = {
            "arrowstyle": "-|>", "color": color, "linewidth": 1.5, "linestyle": line,
            "shrinkA": 0, "shrinkB": 0,
        }  # fmt: skip
        ax.annotate("", points[-1], points[-2], arrowprops=how, zorder=2)


def cell() -> None:
    """Draw how the old state and the input become the new state."""
    fig, ax = plot.figure(8.2, 4.1)
    ax.set(xlim=(0, 82), ylim=(0, 41), aspect="equal")
    ax.axis("off")
    top, low = 33.0, 17.0
    # The old state: straight on at the top, down to the gates and to the candidate.
    ax.text(3, top, "$h_{t-1}$", ha="center", va="center", fontsize=14)
    _way(ax, (5.5, top), (58.3, top), color=BLUE)
    _knot(ax, 60, top, "×")
    _way(ax, (61.7, top), (69.3, top), color=BLUE)
    _knot(ax, 71, top, "+")
    _way(ax, (72.7, top), (76.5, top), color=BLUE)
    ax.text(79, top, "$h_t$", ha="center", va="center", fontsize=14)
    # r, and the product with it.
    _way(ax, (12, top), (12, low + 3), color=BLUE)
    _box(ax, 12, low, "r   σ", GREEN)
    _way(ax, (16.5, low), (24.3, low), color=GREEN, line="--")
    _way(ax, (26, top), (26, low + 1.7), color=BLUE)
    ax.text(27, 26.5, "$U_n h_{t-1} + c_n$", fontsize=10, va="center")
    _knot(ax, 26, low, "×")
    _way(ax, (27.7, low), (36.5, low))
    ax.text(32, low + 1.4, "heard", fontsize=9, ha="center")
    _box(ax, 41, low, "n   tanh", ORANGE)
    # z, and the two shares.
    _way(ax, (52, top), (52, low + 3), color=BLUE)
    _box(ax, 52, low, "z   σ", GREEN, width=8)
    _way(ax, (56, low), (60, low), (60, top - 1.7), color=GREEN, line="--")
    ax.text(60.7, 27.5, "$z$", fontsize=11, color=GREEN, va="center")
    _way(ax, (60, low), (66, low), (66, 9.5), (69.3, 9.5), color=GREEN, line="--")
    ax.text(66.6, 13, "$1 - z$", fontsize=11, color=GREEN, va="center")
    # The candidate passes below z and meets its share.
    _way(ax, (45.5, low), (46.7, low), (46.7, 6.5), (71, 6.5), (71, 7.8), color=ORANGE)
    _knot(ax, 71, 9.5, "×")
    _way(ax, (71, 11.2), (71, top - 1.7), color=ORANGE)
    # The input reads into all three.
    ax.text(3, 3, "$x_t$", ha="center", va="center", fontsize=14)
    _way(ax, (5.5, 3), (52, 3), head=False)
    for x in (12, 41, 52):
        _way(ax, (x, 3), (x, low - 3))
    ax.set_title(
        "r decides what the candidate hears, z how old and new are mixed",
        loc="left",
        fontsize=10.5,
    )
    plot.save(fig, IMAGES / "cell.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    measured = json.loads((HERE / "measured.json").read_text("utf-8"))
    cell()
    interpolation()
    comparison(measured)
    tables(measured)
