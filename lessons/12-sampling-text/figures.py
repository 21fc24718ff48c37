"""Draw this unit's README figures, and renew its measured tables.

`python lessons/12-sampling-text/figures.py` reads `measured.json`, which `measure.py`
writes.
"""

import json
from pathlib import Path
from statistics import median

import numpy as np

from unrolled import drawing, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
SEEDS = range(5)

# ---- tables --------------------------------------------------------------------------

WAYS = ("temperature", "top-k", "nucleus", "min-p")
LENGTHS = (4, 6, 8, 10, 12, 15, 20, 25, 30, 40)
TEXTS = {
    "network, τ = 1": "network, τ = 1",
    "network, τ = 0.7": "network, τ = 0.7",
    "network, τ = 0.5": "network, τ = 0.5",
    "held-out text": "held-out text",
    "7-gram": "7-gram (Kneser–Ney)",
}


def strengths(found: dict, way: str) -> list[tuple[float, list[dict]]]:
    """Return the strengths at which a way was tried, and its runs."""
    tried = found["decoding"].items()
    mine = [(k.removeprefix(way), runs) for k, runs in tried if k.startswith(f"{way} ")]
    return [(float(strength), runs) for strength, runs in mine]


def at_nats(found: dict, way: str, wanted: float, key: str) -> list[float]:
    """Return a measure where a way's text has so many nats, seed by seed.

    Between two strengths of the way, in a straight line.
    """
    out = []
    for seed in SEEDS:
        points = sorted(
            (runs[seed]["nats"], runs[seed][key]) for _, runs in strengths(found, way)
        )
        if not points[0][0] <= wanted <= points[-1][0]:
            raise ValueError(f"{way} was not tried at {wanted} nats, nor around them.")
        out.append(float(np.interp(wanted, *zip(*points, strict=True))))
    return out


EQUAL = (1.0, 1.1, 1.2)


def _decoding(found: dict) -> str:
    head = [f"at {nats:g} nats" for nats in EQUAL]
    rows = [
        [way, *(measured.middle(at_nats(found, way, n, "words")) for n in EQUAL)]
        for way in WAYS
    ]
    return measured.table(["share of real words", *head], rows)


def _beams(found: dict) -> str:
    rows = [
        [f"beam of {width}", *_three(runs)] for width, runs in found["beams"].items()
    ]
    for tau in (0.5, 1.0):
        rows.append(
            [f"drawn, τ = {tau:g}", *_three(found["decoding"][f"temperature {tau}"])]
        )
    real = found["decoding"]["real"]
    rows.append(
        [
            "real text",
            f"{real['nats']:.2f}",
            f"{real['distinct']:.3f}",
            f"{real['loop']:.0f}",
        ]
    )
    return measured.table(
        ["text", "nats per character", "distinct-10", "longest loop"], rows
    )


def _three(runs: list[dict]) -> list[str]:
    return [
        measured.middle([run[key] for run in runs], digits)
        for key, digits in (("nats", 2), ("distinct", 3), ("loop", 0))
    ]


def _novelty(found: dict) -> str:
    rows = []
    for name, shown in TEXTS.items():
        runs = [found["novelty"][f"{name}, seed {seed}"] for seed in SEEDS]
        rows.append(
            [shown, *(measured.middle(at) for at in zip(*runs, strict=True))][:9]
        )
    return measured.table(["letters", *LENGTHS[:8]], rows)


def runs_of(found: dict, name: str) -> list[list[dict]]:
    """Return what the five seeds of one kind of network found, moment by moment."""
    return [found["heart"][f"{name}, seed {seed}"] for seed in SEEDS]


DROPOUTS = {"dropout 0": "no dropout", "dropout 0.5": "dropout 0.5"}


def _heart(found: dict) -> str:
    at, one = LENGTHS.index(15), found["heart"]
    head = ["", "rate", "epochs", "training text", "new text", "15 letters known"]
    rows = []
    for name, shown in DROPOUTS.items():
        for looks in zip(*runs_of(found, name), strict=True):
            nats = [
                measured.middle([look[part] for look in looks], 2)
                for part in ("train", "valid")
            ]
            seen = measured.middle([look["seen"][at] for look in looks])
            rate = one[f"{name}, rate"]
            rows.append([shown, rate, looks[0]["epoch"], *nats, seen])
    rows.append(["new text itself", "", "", "", "", f"{one['held-out text'][at]:.3f}"])
    seen = measured.middle([one[f"7-gram, seed {seed}"][at] for seed in SEEDS])
    nats = f"{one['7-gram, nats']:.2f}"
    rows.append(["7-gram of the same text", "", 1, "", nats, seen])
    return measured.table(head, rows)


def _canaries(found: dict) -> str:
    head, rows = ["planted", "never", "once", "twice", "4 times", "8 times"], []
    for name, shown in DROPOUTS.items():
        for looks in zip(*runs_of(found, name), strict=True):
            bits = zip(*(look["exposure"].values() for look in looks), strict=True)
            epoch = looks[0]["epoch"]
            told = f"{shown}, {epoch} {'epoch' if epoch == 1 else 'epochs'}"
            rows.append([told, *(measured.middle(one, 1) for one in bits)])
    return measured.table(head, rows)


KINDS = ("characters", "500 pieces", "4,000 words, the rest spelled")


def _units(found: dict) -> str:
    head = ["symbols", "how many", "a letter", "rate", "letters read, in millions"]
    head += ["bits per character"]
    rows, one = [], found["units"]
    for name in KINDS:
        runs = [one[f"{name}, seed {seed}"] for seed in SEEDS]
        rows.append(
            [
                name,
                f"{one[f'{name}, facts']['symbols']:,}",
                f"{one[f'{name}, facts']['per letter']:.2f}",
                one[f"{name}, rate"],
                measured.middle([run["letters"] / 1e6 for run in runs], 1),
                measured.middle([run["bits"] for run in runs]),
            ]
        )
    return measured.table(head, rows)


def tables(found: dict) -> None:
    """Write the tables into the README, between their marks."""
    made = {
        "decoding": _decoding,
        "beams": _beams,
        "novelty": _novelty,
        "heart": _heart,
        "canaries": _canaries,
    }
    if f"{KINDS[-1]}, seed 4" in found.get("units", {}):
        made["units"] = _units
    measured.renew(HERE / "README.md", {name: of(found) for name, of in made.items()})


# ---- drawings ------------------------------------------------------------------------


def line() -> None:
    """Draw four probabilities side by side at three temperatures, and one u."""
    fig, ax = drawing.canvas(8, 3.0, 100, 37.5)
    p, u = np.array([0.5, 0.25, 0.15, 0.1]), 0.68
    left, wide, colors = 14, 84, [drawing.COLOR[k] for k in "xhci"]
    for row, tau in enumerate((0.5, 1.0, 2.0)):
        q, y = p ** (1 / tau), 29 - 10 * row
        q, start = q / q.sum(), left
        drawing.write(ax, (2, y), f"τ = {tau:g}", ha="left")
        for name, share, color in zip("abcd", q, colors, strict=True):
            middle = (start + wide * share / 2, y)
            drawing.box(ax, middle, "", color, wide * share - 0.7, 5.4)
            if share > 0.04:
                drawing.write(
                    ax, middle, f"{name}  {share:.2f}" if share > 0.1 else name
                )
            start += wide * share
    at = left + wide * u
    drawing.arrow(ax, [(at, 35), (at, 4)], linestyle="--")
    drawing.write(ax, (at, 36.3), f"u = {u:g}")
    drawing.write(ax, (left, 2.2), "0")
    drawing.write(ax, (left + wide, 2.2), "1")
    plot.save(fig, IMAGES / "line.svg")


def tradeoff(found: dict) -> None:
    """Draw real words against the nats of the text for each way."""
    series = {}
    for way in WAYS:
        points = sorted(
            (median(r["nats"] for r in runs), median(r["words"] for r in runs))
            for _, runs in strengths(found, way)
        )
        series[way] = tuple(np.array(points).T)
    fig = plot.lines(
        series,
        "What each way pays in real words for a less likely text",
        "nats per character that the network gives its text",
        "real words, share",
        markers=True,
        levels={"real text": found["decoding"]["real"]["words"]},
    )
    plot.save(fig, IMAGES / "tradeoff.svg")


def novelty(found: dict) -> None:
    """Draw the share of known pieces by their length."""
    series = {}
    for name, shown in TEXTS.items():
        runs = [found["novelty"][f"{name}, seed {seed}"] for seed in SEEDS]
        series[shown] = (LENGTHS, np.median(runs, axis=0))
    fig = plot.lines(
        series,
        "Pieces that stand in the training text, by their length",
        "letters of the piece",
        "share found in the training text",
        markers=True,
    )
    plot.save(fig, IMAGES / "novelty.svg")


def heart(found: dict) -> None:
    """Draw loss and known pieces against epochs, without dropout and with it."""
    at = LENGTHS.index(15)
    fig, axes = plot.figure(9, 3.8, columns=2)
    for (name, shown), dash in zip(DROPOUTS.items(), ("-", "--"), strict=True):
        runs = runs_of(found, name)
        epochs = [look["epoch"] for look in runs[0]]
        for part, color, said in (
            ("train", plot.COLORS[0], "training text"),
            ("valid", plot.COLORS[1], "new text"),
        ):
            values = np.median([[look[part] for look in run] for run in runs], axis=0)
            axes[0].plot(
                epochs, values, dash, color=color, marker="o", markersize=3,
                label=f"{said}, {shown}",
            )  # fmt: skip
        seen = [[look["seen"][at] for look in run] for run in runs]
        axes[1].plot(
            epochs, np.median(seen, axis=0), dash, color=plot.COLORS[2], marker="o",
            markersize=3, label=shown,
        )  # fmt: skip
    axes[1].axhline(
        found["heart"]["held-out text"][at],
        color="#777777",
        linestyle=":",
        label="new text itself",
    )
    for ax, label in zip(
        axes, ("nats per character", "known pieces of 15 letters, share"), strict=True
    ):
        ax.set(xscale="log", xlabel="epochs", ylabel=label)
        ax.set_xticks(epochs, map(str, epochs))
        ax.minorticks_off()
        ax.legend(frameon=False, fontsize=8)
    plot.save(fig, IMAGES / "heart.svg")


if __name__ == "__main__":
    line()
    results = json.loads((HERE / "measured.json").read_text("utf-8"))
    tradeoff(results)
    novelty(results)
    heart(results)
    tables(results)
