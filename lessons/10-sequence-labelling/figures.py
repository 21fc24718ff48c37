"""Draw the README's figures and renew its tables.

python lessons/10-sequence-labelling/figures.py
"""

import json
import statistics
from pathlib import Path

from unrolled import drawing, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
PERSON, PLACE, GRAY = drawing.COLOR["i"], drawing.COLOR["h"], "#8C8C8C"
WORDS = ("Ana", "lives", "in", "Tampa", "Bay", ".")
LINE = {"english": "English", "spanish": "Spanish"}


def spans() -> None:
    """Draw one sentence with its true spans, and what two taggers say."""
    from matplotlib.patches import FancyBboxPatch

    fig, ax = drawing.canvas(8.0, 3.5, 80, 35)
    at = (20, 30, 38, 46, 56, 64)
    for x, word in zip(at, WORDS, strict=True):
        drawing.write(ax, (x, 32), word)
    rows = (
        (24, "true", "", (((16, 24), "PER", PERSON), ((41, 60), "LOC", PLACE))),
        (14, "tagger 1", "accuracy 3 of 6\n$F_1 = 0$", ()),
        (
            4,
            "tagger 2",
            "accuracy 5 of 6\n$F_1 = 1/2$",
            (((16, 24), "PER", PERSON), ((41, 51), "LOC", PLACE)),
        ),
    )
    for y, name, score, boxes in rows:
        drawing.write(ax, (0, y), name, ha="left")
        drawing.write(ax, (80, y), score, ha="right", fontsize=12)
        drawing.arrow(ax, [(14, y - 3.6), (66, y - 3.6)], GRAY, head=False)
        for (left, right), kind, color in boxes:
            style = {"facecolor": drawing.pale(color), "edgecolor": color}
            shape = "round,pad=0,rounding_size=0.8"
            ax.add_patch(
                FancyBboxPatch(
                    (left, y - 2.4), right - left, 4.8, boxstyle=shape, **style
                )
            )
            drawing.write(ax, ((left + right) / 2, y), kind)
    for a, b in (((41, 1), (51, 7)), ((41, 7), (51, 1))):  # the span that is cut short
        drawing.arrow(ax, [a, b], head=False, linewidth=1.2, zorder=5)
    plot.save(fig, IMAGES / "spans.svg")


def lattice() -> None:
    """Draw every allowed way through three words, and the best one."""
    scores = {"O": (2, 1, 0.2), "B": (0, 0.8, 0.3), "I": (None, 0.1, 1.5)}
    best = {"O": ("2", "3", "3.2"), "B": ("0", "2.8", "3.3"), "I": ("–", "0.1", "4.3")}
    fig, ax = drawing.canvas(7.0, 4.2, 60, 36)
    across, up = (14, 33, 52), {"O": 25, "B": 15, "I": 5}
    for x, word in zip(across, ("in", "Tampa", "Bay"), strict=True):
        drawing.write(ax, (x, 33), word)
    way = [("O", "B"), ("B", "I")]
    for k in range(2):
        for a, y in up.items():
            for b, to in up.items():
                first = a == "I" and k == 0
                if first or (b == "I" and a == "O"):
                    continue
                thick = (a, b) == way[k]
                color = drawing.COLOR["c"] if thick else GRAY
                style = {"linewidth": 3.0 if thick else 1.0}
                ends = [(across[k] + 3, y), (across[k + 1] - 3, to)]
                drawing.arrow(ax, ends, color, head=thick, **style)
    for tag, y in up.items():
        drawing.write(ax, (4, y), tag)
        for k, x in enumerate(across):
            on = tag == "OBI"[k]
            color = drawing.COLOR["c"] if on else drawing.BLACK
            drawing.node(ax, (x, y), best[tag][k], color, radius=3.0)
            said = "" if scores[tag][k] is None else f"{scores[tag][k]:g}"
            drawing.write(ax, (x, y - 4.3), said, GRAY, fontsize=11)
    plot.save(fig, IMAGES / "lattice.svg")


def tagger() -> None:
    """Draw letters that become a vector beside a word's, and two directions above."""
    x_color, h_color = drawing.COLOR["x"], drawing.COLOR["h"]
    fig, ax = drawing.canvas(8.0, 6.0, 84, 63)
    for k, letter in enumerate("Tampa"):
        x = 6 + 8 * k
        drawing.write(ax, (x, 3), letter, x_color)
        drawing.arrow(ax, [(x, 5), (x, 8)], x_color)
        drawing.box(ax, (x, 10.5), "", h_color, 4.6, 4.6)
        if k:
            drawing.arrow(ax, [(x - 5.7, 10.5), (x - 2.4, 10.5)], h_color)
    drawing.arrow(ax, [(38, 13), (38, 20.5)], h_color)
    drawing.write(ax, (34.5, 17), "$s_t$", h_color)
    drawing.write(ax, (56, 10.5), "tampa", x_color)
    drawing.arrow(ax, [(56, 12.5), (56, 17), (46, 17), (46, 20.5)], x_color)
    drawing.write(ax, (52, 19), "$E[w_t]$", x_color)
    across = (14, 42, 70)
    for x, word in zip(across, ("in", "Tampa", "Bay"), strict=True):
        drawing.box(ax, (x, 23), f"$e$ of {word}", x_color, 16, 5)
        drawing.arrow(ax, [(x - 4, 25.6), (x - 4, 31.5)], x_color)
        drawing.arrow(ax, [(x + 4, 25.6), (x + 4, 40.5)], x_color)
        drawing.box(ax, (x - 4, 34), "", h_color, 5, 5)
        drawing.box(ax, (x + 4, 43), "", h_color, 5, 5)
        drawing.arrow(ax, [(x - 4, 36.6), (x - 4, 51.4)], h_color)
        drawing.arrow(ax, [(x + 4, 45.6), (x + 4, 51.4)], h_color)
        drawing.box(ax, (x, 54), "readout", drawing.BLACK, 14, 5)
        drawing.arrow(ax, [(x, 56.6), (x, 60)])
    for k in (0, 1):
        a, b = across[k], across[k + 1]
        drawing.arrow(ax, [(a - 1.4, 34), (b - 6.6, 34)], h_color)
        drawing.arrow(ax, [(b + 1.4, 43), (a + 6.6, 43)], h_color)
    for x, y in zip(across, ("O", "B-LOC", "I-LOC"), strict=True):
        drawing.write(ax, (x, 61.6), y, fontsize=12)
    plot.save(fig, IMAGES / "tagger.svg")


def _cell(runs: list, k: int) -> str:
    """Return the mean of score k over the seeds, ± their standard deviation."""
    values = [run[k] for run in runs if len(run) > k]
    if not values:
        return "–"
    mean = f"{statistics.mean(values):.3f}"
    return f"{mean} ± {statistics.stdev(values):.3f}" if len(values) > 1 else mean


def _rows(part: dict, columns: tuple[int, ...]) -> list[list]:
    rows = []
    for name, found in part.items():
        if found["judged"]:
            chosen = found["chosen"] if found["trials"] else "–"
            seconds = f"{statistics.mean(found['seconds']):.0f}"
            scores = [_cell(found["judged"], k) for k in columns]
            rows.append([name, chosen, len(found["judged"]), *scores, seconds])
    return rows


HEADS = {
    "english": (("accuracy", "on parallel sentences"), (0, 1)),
    "spanish": (("accuracy", "on parallel sentences"), (0, 1)),
    "names": (("F1", "precision", "recall", "F1, each tag by itself"), (0, 1, 2, 3)),
    "slots": (("F1 of slots", "intents", "all right", "F1, by itself"), (0, 1, 2, 3)),
}  # fmt: skip


def tables() -> None:
    """Write the measured tables into the README."""
    file = HERE / "measured.json"
    found = json.loads(file.read_text("utf-8")) if file.exists() else {}
    made = {}
    for name, part in found.items():
        head, columns = HEADS[name]
        row = ["", "chosen", "runs", *head, "CPU seconds a run"]
        made[name] = measured.table(row, _rows(part, columns))
    measured.renew(HERE / "README.md", made)


if __name__ == "__main__":
    spans()
    lattice()
    tagger()
    tables()
