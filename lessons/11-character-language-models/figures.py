"""Draw this unit's README figures, and renew its measured tables.

`python lessons/11-character-language-models/figures.py` reads `measured.json`, which
`measure.py` writes.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import COLOR

HERE = Path(__file__).parent
IMAGES = HERE / "img"

# The tables on the first updates' letters, in millions, as in lesson.py; the text ends
# at the last place.
READ = (0.102, 0.205, 0.512, 1.024, 2.048, 5.053)
USUAL = (1.871, 1.759, 1.668, 1.622, 1.567, 1.527)  # Witten-Bell, order 5
BEST = (1.709, 1.622, 1.535, 1.482, 1.427, 1.375)  # Kneser-Ney, order 7
# The lesson's LSTM, seed 0, PyTorch.
SHORT = ((0.102, 0.205, 0.512, 1.024, 2.048), (2.089, 1.896, 1.746, 1.655, 1.568))

# ---- tables --------------------------------------------------------------------------


def _orders(found: dict) -> str:
    rows = [
        [name, *(f"{nats:.3f}" for nats in found["tables"][f"{key}, all"])]
        for name, key in (("Witten–Bell", "witten-bell"), ("Kneser–Ney", "kneser-ney"))
    ]
    return measured.table(["order", *range(1, 9)], rows)


def _state(found: dict) -> str:
    head = ["trained with the state", "rate", "judged: carried", "zero at every window"]
    rows = [
        [way, one["rate"], *map(measured.middle, zip(*one["judged"], strict=True))]
        for way, one in found["state"].items()
    ]
    return measured.table([*head, "another row's"], rows)


def _context(found: dict) -> str:
    from measure import KEPT

    one = found["context"]
    runs = [one[str(seed)] for seed in range(5)]
    head = ["letters of the text", "after a state of zero", "after other text"]
    head += ["n-gram, Witten–Bell", "n-gram, Kneser–Ney"]
    rows = []
    for k, letters in enumerate(KEPT):
        grams = [
            f"{one[name][letters - 1]:.3f}" if letters <= len(one[name]) else "–"
            for name in ("witten-bell", "kneser-ney")
        ]
        cells = [
            measured.middle([run[start][k] for run in runs])
            for start in ("zero", "warm")
        ]
        rows.append([letters, *cells, *grams])
    return measured.table(head, rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {"tables": _orders, "state": _state, "context": _context}
    measured.renew(HERE / "README.md", {name: of(found) for name, of in made.items()})


# ---- drawings ------------------------------------------------------------------------


def model() -> None:
    """Draw the character model over two windows, its state carried between them."""
    fig, ax = drawing.canvas(8, 6.4, 80, 64)
    rows = {
        "letter": 2,
        "embedding": 10,
        "LSTM, layer 1": 22,
        "LSTM, layer 2": 35,
        "linear layer": 46,
        "softmax": 53.5,
    }
    for name, y in rows.items():
        drawing.write(ax, (0, y), name.replace(", ", "\n"), ha="left")
    drawing.write(ax, (31.5, 61), "window 1")
    drawing.write(ax, (62.5, 61), "window 2")
    drawing.arrow(ax, [(47, 0), (47, 63)], "#777777", head=False, linestyle=":")
    letter, embedding, one, two, linear, softmax = rows.values()
    places, seen = (25, 38, 56, 69), "to␣be"
    for k, x in enumerate(places):
        drawing.write(ax, (x, letter), seen[k], family="monospace")
        drawing.box(ax, (x, embedding), f"$e_{k + 1}$", COLOR["x"], 8, 4.4)
        drawing.box(ax, (x, one), "LSTM", COLOR["h"], 8, 6.4)
        drawing.box(ax, (x, two), "LSTM", COLOR["h"], 8, 6.4)
        drawing.box(ax, (x, linear), f"$z_{k + 1}$", COLOR["y"], 8, 4.4)
        drawing.write(ax, (x, softmax), f"P({seen[k + 1]})", family="monospace")
        drawing.arrow(ax, [(x, letter + 1.8), (x, embedding - 2.3)], COLOR["x"])
        drawing.arrow(ax, [(x, embedding + 2.3), (x, one - 3.3)], COLOR["x"])
        drawing.arrow(ax, [(x, one + 3.3), (x, two - 3.3)], COLOR["h"])
        drawing.arrow(ax, [(x, two + 3.3), (x, linear - 2.3)], COLOR["h"])
        drawing.arrow(ax, [(x, linear + 2.3), (x, softmax - 1.8)], COLOR["y"])
        for y in (one, two):
            _pair(ax, places[k - 1] + 4.2 if k else x - 9, x - 4.2, y)
    for y in (one, two):
        _pair(ax, 73.2, 78, y)
        drawing.write(ax, (44.3, y + 4), "$h$", COLOR["h"])
        drawing.write(ax, (44.3, y - 4), "$c$", COLOR["c"])
    plot.save(fig, IMAGES / "model.svg")


def _pair(ax: Any, left: float, right: float, y: float) -> None:
    """Draw h and c, which go from one step to the next."""
    drawing.arrow(ax, [(left, y + 1.6), (right, y + 1.6)], COLOR["h"])
    drawing.arrow(ax, [(left, y - 1.6), (right, y - 1.6)], COLOR["c"])


def streams() -> None:
    """Draw three rows of a text, cut into windows, and what passes between them."""
    rows = (
        ("Now, fair ", "Hippolyta,", " our nupti"),
        ("Go, Philos", "trate, sti", "r up the A"),
        ("Happy be T", "heseus, ou", "r renowned"),
    )
    fig, ax = drawing.canvas(8, 4.1, 80, 41)
    for k in range(3):
        drawing.write(ax, (17.5 + 25 * k, 38.5), f"batch {k + 1}")
        for r, row in enumerate(rows):
            x, y = 17.5 + 25 * k, 31.5 - 8.5 * r
            drawing.box(ax, (x, y), "", COLOR["x"], 17, 4.6)
            shown = row[k].replace(" ", "␣")
            drawing.write(ax, (x, y), shown, family="monospace")
            if k < 2:
                there = [(x + 8.8, y + 1.2), (x + 16.2, y + 1.2)]
                drawing.arrow(ax, there, COLOR["h"])
                _stopped(ax, x + 16.2, y - 1.3)
    for r in range(3):
        drawing.write(ax, (0, 31.5 - 8.5 * r), f"row {r}", ha="left")
    drawing.arrow(ax, [(2, 7), (9.4, 7)], COLOR["h"])
    drawing.write(ax, (11, 7), "the state goes on to the next window", ha="left")
    _stopped(ax, 9.4, 2.2)
    drawing.write(ax, (11, 2.2), "the gradient does not come back", ha="left")
    plot.save(fig, IMAGES / "streams.svg")


def _stopped(ax: Any, x: float, y: float) -> None:
    """Draw a line to the left that ends at a cross, before it arrives."""
    drawing.arrow(ax, [(x, y), (x - 3.1, y)], head=False, linestyle="--")
    drawing.write(ax, (x - 4.1, y), "×", weight="bold")


# ---- charts --------------------------------------------------------------------------


def orders(found: dict) -> None:
    """Draw the score of n-grams by order, for two smoothings."""
    n = np.arange(1, 9)
    fig = plot.lines(
        {
            "Witten–Bell": (n, found["tables"]["witten-bell, all"]),
            "Kneser–Ney": (n, found["tables"]["kneser-ney, all"]),
        },
        "The same counts: smoothing decides how far they reach",
        "order of the n-gram (letters)",
        "nats per character, held-out text",
        markers=True,
    )
    plot.save(fig, IMAGES / "orders.svg")


def context(found: dict) -> None:
    """Draw the score of the same letters by the context that the network has."""
    from measure import KEPT

    runs = [found["context"][str(seed)] for seed in range(5)]
    middle = {
        start: np.median([run[start] for run in runs], axis=0)
        for start in ("zero", "warm")
    }
    grams = found["context"]["kneser-ney"]
    fig = plot.lines(
        {
            "LSTM after a state of zero": (KEPT, middle["zero"]),
            "LSTM after other text": (KEPT, middle["warm"]),
            "n-gram, Kneser–Ney": (range(1, 1 + len(grams)), grams),
        },
        "The same letters, predicted from k letters before them",
        "k, letters of the text",
        "nats per character",
        markers=True,
    )
    ax = fig.axes[0]
    ax.set_xscale("log", base=2)
    ticks = [2**k for k in range(8)]
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.set_xticks([], minor=True)
    plot.save(fig, IMAGES / "context.svg")


def temperature() -> None:
    """Draw what temperature does to three symbols."""
    scores = np.array([2.0, 1.0, 0.0])
    fig, axes = plot.figure(8, 2.8, columns=4)
    for ax, tau in zip(axes, (0.2, 0.5, 1.0, 1.5), strict=True):
        p = np.exp(scores / tau) / np.exp(scores / tau).sum()
        ax.bar(["a", "b", "c"], p, color=plot.COLORS[0], width=0.65)
        for place, value in enumerate(p):
            ax.text(place, value + 0.02, f"{value:.2f}", ha="center", fontsize=12)
        ax.set(ylim=(0, 1.14))
        ax.set_title(f"τ = {tau:g}", fontsize=14)
        ax.tick_params(labelsize=12)
        ax.grid(axis="x", visible=False)
    axes[0].set_ylabel("probability", fontsize=13)
    fig.supxlabel("symbols with the scores 2, 1 and 0", fontsize=13)
    plot.save(fig, IMAGES / "temperature.svg")


def race(found: dict) -> None:
    """Draw the tables and three networks by the letters they have seen."""
    longer = {
        width: tuple(zip(*one["curve"][:4], strict=True))
        for width, one in found["longer"].items()
    }
    fig = plot.lines(
        {
            "5-gram, Witten–Bell": (READ, USUAL),
            "7-gram, Kneser–Ney": (READ, BEST),
            "LSTM-192, 1,000 updates": SHORT,
            "LSTM-192, 4,000 updates": longer["192"],
            "LSTM-384, 5,000 updates": longer["384"],
        },
        "Tables end where the text ends; networks go over it again",
        "letters seen (millions)",
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
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    model()
    streams()
    temperature()
    orders(found)
    if "context" in found:
        context(found)
    race(found)
    tables(found)
