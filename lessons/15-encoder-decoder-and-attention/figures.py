"""Draw this unit's README figures, and renew its measured tables.

`python lessons/15-encoder-decoder-and-attention/figures.py` reads `measured.json`,
which `measure.py` writes.
"""

import json
from pathlib import Path

import numpy as np

from unrolled import drawing, measured, plot
from unrolled.drawing import arrow, box, node, write

HERE = Path(__file__).parent
IMAGES = HERE / "img"
BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "#999999"
KINDS = {
    "one state": "one state, the last",
    "equal shares": "equal shares of all states",
    "dot": "dot (Luong)",
    "general": "general (Luong)",
    "additive": "additive (Bahdanau)",
    "content": "by content (cosine, sharpened)",
}

# ---- tables --------------------------------------------------------------------------


def _reversal(found: dict) -> str:
    rows = []
    for n in lengths(found):
        one = found[f"reversal {n}"]
        cells = [measured.middle(one[k]["alone"]) for k in ("one state", "general")]
        for kind in ("one state", "general"):
            gap = np.subtract(one[kind]["given"], one[kind]["alone"])
            cells.append(measured.middle(gap))
        rows.append([n, *cells])
    lost = "lost without a teacher"
    names = "one state", "attention"
    head = ["length", *names, *(f"{lost}: {name}" for name in names)]
    return measured.table(head, rows)


def _copy(found: dict) -> str:
    rows = [
        [n, *(measured.middle(found[f"copy {n}"][k]["alone"]) for k in MEMORIES)]
        for n in sorted(int(k.split()[1]) for k in found if k.startswith("copy "))
    ]
    return measured.table(["length", *(KINDS[k] for k in MEMORIES)], rows)


MEMORIES = ("one state", "general", "content")


def _dates(found: dict) -> str:
    rows = [
        [title, measured.middle(found["dates"][k]["exact"]), found["dates"][k]["rate"]]
        for k, title in KINDS.items() if k in found["dates"]
    ]  # fmt: skip
    return measured.table(["what a step sees", "exactly right", "rate"], rows)


CAPTIONS = {
    "linear": "everything, a linear model for each word",
    "equal shares": KINDS["equal shares"],
    "dot": "attention, by dot",
}


def _captions(found: dict) -> str:
    one = found["captions"]
    rows = [
        [title, measured.middle(one[k]["exact"]), one[k]["rate"]]
        for k, title in CAPTIONS.items()
    ]
    return measured.table(["what a step sees", "captions exactly right", "rate"], rows)


def _sounds(found: dict) -> str:
    names = {
        "letters in context": "table of letters in their company",
        "one state": "one state",
        "general": "attention",
    }
    rows = [
        [t, measured.middle(found["sounds"]["errors"][k])] for k, t in names.items()
    ]
    return measured.table(["model", "phoneme error rate"], rows)


def _sentences(found: dict) -> str:
    names = {
        "dictionary": "dictionary, word by word",
        "one state": "network, one state",
        "general": "network, attention",
    }
    rows = [
        [title, *(measured.middle([s[k] for s in found["sentences"][key]], 1)
                  for k in ("bleu", "chrf", "shuffled"))]
        for key, title in names.items()
    ]  # fmt: skip
    return measured.table(["model", "BLEU", "chrF", "BLEU, shuffled"], rows)


def lengths(found: dict) -> list[int]:
    """Return the lengths at which reversal was measured."""
    return sorted(int(k.split()[1]) for k in found if k.startswith("reversal "))


def tables(found: dict) -> None:
    """Write the tables of what was measured into the README, between their marks."""
    made = {
        "reversal": _reversal,
        "copy": _copy,
        "dates": _dates,
        "captions": _captions,
        "sounds": _sounds,
        "sentences": _sentences,
    }
    there = {k for k in made if any(name.split()[0] == k for name in found)}
    page = HERE / "README.md"
    there = {k for k in there if f"<!-- measured:{k} -->" in page.read_text("utf-8")}
    measured.renew(page, {k: made[k](found) for k in made if k in there})


# ---- figures -------------------------------------------------------------------------


def shift() -> None:
    """Draw what a decoder is given, what it must say, and what counts."""
    fig, ax = drawing.canvas(8, 2.6, 80, 26)
    rows = {
        "is given": ("begin", "d", "o", "g", "·", "·"),
        "must say": ("d", "o", "g", "end", "·", "·"),
        "counts": ("1", "1", "1", "1", "0", "0"),
    }
    for row, (name, cells) in enumerate(rows.items()):
        y = 22 - 8.5 * row
        write(ax, (14, y), name, ha="right")
        for k, text in enumerate(cells):
            color = GRAY if k > 3 else (BLUE, ORANGE, GREEN)[row]
            box(ax, (22 + 10 * k, y), text, color, width=8.6, height=5)
    for k in range(3):
        arrow(ax, [(24 + 10 * k, 16), (30 + 10 * k, 19)], GRAY)
    plot.save(fig, IMAGES / "shift.svg")


def looking() -> None:
    """Draw encoder and decoder, and one step that looks at all states."""
    fig, ax = drawing.canvas(8, 4.0, 80, 40)
    for k in range(4):
        at = 8 + 11 * k
        box(ax, (at, 14), f"$h_{k + 1}$", BLUE, width=7)
        write(ax, (at, 5), f"$x_{k + 1}$", GREEN)
        arrow(ax, [(at, 7), (at, 11.8)], GREEN)
        if k:
            arrow(ax, [(at - 7.5, 14), (at - 3.7, 14)], BLUE)
    for k in range(3):
        at = 54 + 11 * k
        box(ax, (at, 14), f"$s_{k + 1}$", ORANGE, width=7)
        write(ax, (at, 5), "begin" if not k else f"$y_{k}$", GREEN)
        arrow(ax, [(at, 7), (at, 11.8)], GREEN)
        begin = 44.7 if not k else at - 7.5
        arrow(ax, [(begin, 14), (at - 3.7, 14)], ORANGE if k else BLUE)
    node(ax, (41, 31), "$c_2$", BLUE, radius=2.6)
    for k, weight in enumerate((0.1, 0.6, 0.2, 0.1)):
        line = {"linewidth": 0.8 + 6 * weight}
        arrow(ax, [(8 + 11 * k, 16.2), (39.5, 28.8)], BLUE, head=False, **line)
        at = 8 + 11 * k + 0.35 * (31.5 - 11 * k)
        under = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        write(ax, (at, 20.6), f"$a_{{2{k + 1}}}$", fontsize=13, bbox=under)
    arrow(ax, [(65, 16.2), (65, 31), (43.9, 31)], ORANGE, linestyle=":")
    write(ax, (67, 25), "$s_2$ asks", ORANGE, ha="left")
    arrow(ax, [(41, 33.8), (41, 38)], BLUE)
    write(ax, (43, 37), "to the output of step 2", ha="left")
    plot.save(fig, IMAGES / "looking.svg")


def forced() -> None:
    """Draw the test of a map: other weights, all else the same."""
    fig, axes = plot.figure(7.4, 2.6, columns=2)
    ways = {"its own weights": (0.73, 0.27), "forced to equal shares": (0.5, 0.5)}
    for ax, (name, weights), says in zip(axes, ways.items(), "1?", strict=True):
        ax.barh([1, 0], weights, color=BLUE)
        for y, weight in zip((1, 0), weights, strict=True):
            ax.text(weight + 0.02, y, f"{weight:.2f}", va="center", fontsize=13)
        ax.set(yticks=[0, 1], yticklabels=["position 2", "position 1"], xlim=(0, 1))
        ax.set_title(f"{name}: it says {says}", loc="left", fontsize=13)
        ax.set_xlabel("weight")
    plot.save(fig, IMAGES / "forced.svg")


def bottleneck(found: dict) -> None:
    """Draw the share of signs right by length, the medians of five seeds."""
    n = lengths(found)
    lines = {
        name: (n, [float(np.median(found[f"reversal {k}"][kind]["alone"])) for k in n])
        for name, kind in (("attention", "general"), ("one state", "one state"))
    }
    fig = plot.lines(
        lines,
        "Rows written backwards",
        "length of the row",
        "share of signs right",
        levels={"guessing": 0.1},
        markers=True,
    )
    plot.save(fig, IMAGES / "bottleneck.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    MEASURED = json.loads((HERE / "measured.json").read_text("utf-8"))
    shift()
    looking()
    forced()
    bottleneck(MEASURED)
    tables(MEASURED)
