"""Draw this unit's README figures, and renew its measured tables.

`python lessons/13-inside-the-network/figures.py` reads `measured.json`, which
`measure.py` writes, and the stored network.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from unrolled import drawing, measured, models, plot
from unrolled.drawing import COLOR

HERE = Path(__file__).parent
IMAGES = HERE / "img"

# Code of our own, which no network has read.
CODE = """def greet(names, polite=True):
    \"\"\"Return a greeting for every name, or one for nobody.\"\"\"
    said = {"short": "Hi", 'long': 'Good morning, and how are you today'}
    word = said["long" if polite else "short"]  # "long" by default
    if not names:
        return [f"{word}, whoever it is that reads this"]
    return [word + ", " + name.strip() for name in names]
"""

# ---- tables --------------------------------------------------------------------------


def _of(rows: list[dict], what: str) -> list[float]:
    return [row[what] for row in rows]


def _units(found: dict) -> str:
    head = ["text", "label", "units chosen", "AUC on A", "best by luck", "AUC on B"]
    head += ["untrained, on B", "directions, on B"]
    rows = []
    for name, labels in found["units"].items():
        for label, one in labels.items():
            chosen = list(dict.fromkeys(_of(one, "unit")))
            scores = [
                measured.middle(_of(one, what), 2)
                for what in ("a", "luck", "b", "untrained", "directions")
            ]
            rows.append([name, label, ", ".join(map(str, chosen)), *scores])
    return measured.table(head, rows)


def _ablation(found: dict) -> str:
    head = ["unit for", "letter to predict", "without it", "10 others: median", "most"]
    rows = []
    for name, texts in found["ablation"].items():
        said = name.split(", ", 1)[1]
        places = f"closes it, {said}", "inside", "elsewhere"
        for place, where in enumerate(places):
            chosen = [one["chosen"][place] for one in texts]
            others = np.array(
                [[each[place] for each in one["others"]] for one in texts]
            )
            middle = np.median(others, axis=1).tolist()
            cells_ = [measured.middle(each) for each in (chosen, middle)]
            most = measured.middle(others.max(axis=1).tolist())
            rows.append([name if place == 0 else "", where, *cells_, most])
    return measured.table(head, rows)


def _probe(found: dict) -> str:
    labels = list(found["probe"])
    rows = [
        [who, *(measured.middle(_of(found["probe"][label], who)) for label in labels)]
        for who in found["probe"][labels[0]][0]
    ]
    return measured.table(["read from", *labels], rows)


def _gates(found: dict) -> str:
    head = ["network", "f above 0.9", "f below 0.1", "i below 0.1", "o below 0.1"]
    head += ["units with f above 0.9 in 9 of 10", "steps to 1/e: median", "most"]
    rows = []
    for name, one in found["gates"].items():
        shares = [
            f"{np.mean(one[gate][side]):.0%}"
            for gate, side in (
                ("f", "right"),
                ("f", "left"),
                ("i", "left"),
                ("o", "left"),
            )
        ]
        keepers = sum(share > 0.9 for share in one["f"]["right"])
        steps = f"{np.median(one['steps']):.1f}", f"{max(one['steps']):.0f}"
        rows.append([name, *shares, keepers, *steps])
    return measured.table(head, rows)


def _maps(found: dict) -> str:
    texts = list(found["maps"].values())

    def each(of: Any, what: str) -> str:
        return measured.middle([float(of(_of(rows, what))) for rows in texts], 2)

    said = "correlation with the gradient's estimate: the embedding moved "
    rows = [
        [f"{said}{share} of the way, median", each(np.median, share)]
        for share in ("1%", "10%", "100%")
    ]
    rows += [
        [
            "the same with other letters in its place, median",
            each(np.median, "letters"),
        ],
        ["size of occlusion and norm of the gradient, median", each(np.median, "norm")],
        ["first letter the same: estimate and occlusion", each(np.mean, "same first")],
        ["first letter the same: norm and occlusion", each(np.mean, "norm first")],
        [
            "how many letters back the first of occlusion is, median",
            each(np.median, "back"),
        ],
    ]
    return measured.table(["12 predictions on each of five texts", ""], rows)


def _moments(found: dict) -> str:
    head = ["text", "characters read", "nats", "label", "units chosen", "best by luck"]
    shown = {
        "python": ("in a string", "in brackets", "past column 40"),
        "plays": ("in a speaker's name", "past column 30"),
    }
    rows = []
    for name, moments in found["moments"].items():
        for label in shown[name]:
            for one in moments:
                chosen = ", ".join(map(str, dict.fromkeys(_of(one[label], "unit"))))
                scores = [
                    measured.middle(_of(one[label], what), 2) for what in ("luck", "b")
                ]
                nats = measured.middle(one["nats"], 2)
                rows.append(
                    [name, f"{one['characters']:,}", nats, label, chosen, *scores]
                )
    return measured.table([*head, "AUC on B"], rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {"units": _units, "ablation": _ablation, "probe": _probe, "gates": _gates}
    made |= {"maps": _maps, "moments": _moments}
    known = {name: of(found) for name, of in made.items() if name in found}
    measured.renew(HERE / "README.md", known)


# ---- drawings ------------------------------------------------------------------------


def readers() -> None:
    """Draw who reads h of one unit, and what they see instead when it is ablated."""
    fig, ax = drawing.canvas(8, 3.6, 80, 36)
    for left, title, held in ((0, "as it is", "$h_j$"), (42, "ablated", "$\\mu$")):
        drawing.write(ax, (left + 17, 34), title)
        color = COLOR["h"] if left == 0 else drawing.BLACK
        drawing.node(ax, (left + 5, 18), held, color, 3.2)
        drawing.box(ax, (left + 20, 26), "$V_{:,j}$", COLOR["y"], 9, 6)
        drawing.box(ax, (left + 20, 10), "$U_{:,j}$", COLOR["c"], 9, 6)
        drawing.write(ax, (left + 28, 26), "logits", ha="left")
        drawing.write(ax, (left + 28, 10), "gates of\nstep t + 1", ha="left")
        for y in (26, 10):
            drawing.arrow(ax, [(left + 8.2, 18), (left + 15.5, y)], color)
            drawing.arrow(ax, [(left + 24.5, y), (left + 27.5, y)])
    drawing.write(ax, (40, 2.5), "a constant times a column is a constant: a bias")
    plot.save(fig, IMAGES / "readers.svg")


def colored(found: dict) -> None:
    """Draw code of our own over the unit for strings."""
    model = models.load("python")
    one = found["units"]["python"]["in a string"][0]
    run = model.run(model.encode(CODE)[None])
    fig = plot.letters(
        CODE,
        one["sign"] * run.h[0, :, one["unit"]],
        f"Unit {one['unit']}, chosen on other text",
        "bars upwards, red: as inside a string; downwards, blue: as outside",
    )
    plot.save(fig, IMAGES / "colored.svg")


def gates(found: dict) -> None:
    """Draw how often the gates of every unit are saturated, before and after."""
    fig, panels = plot.figure(8.4, 3.2, columns=3)
    said = {"f": "forget gate", "i": "input gate", "o": "output gate"}
    for ax, (gate, title) in zip(panels, said.items(), strict=True):
        for who, marker, color in (
            ("untrained", "x", plot.COLORS[1]),
            ("trained", "o", plot.COLORS[0]),
        ):
            at = found["gates"][f"python, {who}"][gate]
            style = {"markersize": 3, "alpha": 0.6, "color": color, "label": who}
            ax.plot(at["right"], at["left"], marker, **style)
        ax.plot([0, 1], [1, 0], ":", color="#777777")
        ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), title=title)
        ax.set_xlabel("share of time above 0.9")
    panels[0].set_ylabel("share of time below 0.1")
    panels[2].legend(frameon=False)
    plot.save(fig, IMAGES / "gates.svg")


if __name__ == "__main__":
    found = json.loads((HERE / "measured.json").read_text("utf-8"))
    readers()
    if "units" in found:
        colored(found)
    if "gates" in found:
        gates(found)
    tables(found)
