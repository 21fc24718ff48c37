"""Draw this unit's README figures, and renew its tables from `measured.json`.

python lessons/04-vanishing-gradients/figures.py
"""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from unrolled import cells, measured, plot

HERE = Path(__file__).parent
IMAGES = HERE / "img"
LEARNED = 0.9  # a network that is right more often has learned the task
BLUE, ORANGE, GREEN = plot.COLORS[:3]
SENTENCE = "The cat , which the dogs behind the mice saw , was".split()
N_HIDDEN = 64


def _orthogonal(rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(N_HIDDEN, N_HIDDEN)))
    return q * np.sign(np.diag(r))


def _norms(x, weights, d_last, f="tanh") -> tuple[np.ndarray, float]:
    """Return the gradient's norm 0, 1, … steps back, and that of all the weights'."""
    run = cells.rnn(x, weights, activation=f)
    d = cells.rnn_backward(run, np.zeros_like(run.h), d_last)
    whole = np.sqrt(sum((g**2).sum() for g in (d.w_x, d.w_h, d.b)))
    return np.sqrt((d.x**2).sum(axis=(0, 2)))[::-1], float(whole)


def sentence() -> None:
    """Draw how much of the verb's gradient reaches each word, in two networks."""
    rng = np.random.default_rng(0)
    words = SENTENCE[:-1]
    symbols = sorted(set(words))
    ids = [symbols.index(word) for word in words]
    x = np.eye(len(symbols))[[ids] * 200]  # many directions of the error: their mean
    uniform = cells.rnn_weights(len(symbols), N_HIDDEN, rng)
    turned = uniform._replace(w_h=_orthogonal(rng))
    d_last = rng.normal(size=(200, N_HIDDEN))
    fig, ax = plot.figure(7.8, 3.4)
    places = np.arange(len(words))
    for i, (name, weights) in enumerate(
        {"uniform start": uniform, "orthogonal start": turned}.items()
    ):
        reached = _norms(x, weights, d_last)[0][::-1]
        ax.bar(
            places + 0.4 * i - 0.2,
            reached / reached[-1],
            width=0.36,
            color=plot.COLORS[i],
            hatch=("", "///")[i],
            edgecolor="white",
            label=name,
        )
    ax.annotate(
        "",
        (len(words), 1.12),
        (1, 1.12),
        arrowprops={"arrowstyle": "-|>", "connectionstyle": "arc3,rad=-0.12"},
    )
    ax.text(6, 1.4, "one cat: was, not were", ha="center", fontsize=10)
    ax.set(ylim=(0, 1.8), xlim=(-0.7, len(words) + 0.5))
    ax.set_yticks([0, 0.5, 1])
    ax.set_xticks([*places, len(words)], SENTENCE, fontsize=11)
    ax.get_xticklabels()[-1].set_weight("bold")
    ax.get_xticklabels()[1].set_weight("bold")
    ax.grid(axis="x", visible=False)
    ax.set_ylabel("gradient that arrives\n(last word = 1)")
    ax.set_title(
        "The verb's error hardly reaches the cat unless the start preserves it",
        loc="left",
        fontsize=10.5,
    )
    ax.legend(frameon=False, loc="upper left", ncols=2, bbox_to_anchor=(0, 1.02))
    plot.save(fig, IMAGES / "sentence.svg")


def growth() -> None:
    """Draw the three 2 x 2 matrices of the text: what a gradient becomes."""
    turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    norms = {}
    for name, w in {
        "shrink, radius 0.90": np.diag([0.9, 0.5]),
        "turn, radius 1.05": 1.05 * turn,
        "shear, radius 0.80": np.array([[0.8, 1.0], [0.0, 0.8]]),
    }.items():
        d = np.array([0.6, 0.8])
        norms[name] = [
            np.linalg.norm(np.linalg.matrix_power(w, t) @ d) for t in range(41)
        ]
    fig = plot.lines(
        norms,
        "The shear grows first; in the end the radius decides",
        "steps back",
        "norm of the gradient",
        log_y=True,
    )
    plot.save(fig, IMAGES / "growth.svg")


def back() -> None:
    """Draw the gradient's norm against distance, as the lesson's section 5 does."""
    start = cells.rnn_weights(8, N_HIDDEN, np.random.default_rng(0))
    q = _orthogonal(np.random.default_rng(0))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 81, 8))
    d_last = rng.normal(size=(16, N_HIDDEN))
    large, whole = _norms(x, start._replace(w_h=3 * start.w_h), d_last, "relu")
    curves = {
        "ReLU, 3 × uniform": large,
        "tanh, orthogonal": _norms(x, start._replace(w_h=q), d_last)[0],
        "tanh, uniform": _norms(x, start, d_last)[0],
        "ReLU, uniform": _norms(x, start, d_last, "relu")[0],
        "ReLU, 3 × uniform, clipped": large / whole,
    }
    fig = plot.lines(
        curves,
        "Straight lines: each step multiplies. Clipping shifts a line, no more",
        "steps back",
        "norm of the gradient",
        log_y=True,
    )
    ax = fig.axes[0]
    fig.set_size_inches(7.6, 4.2)
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    plot.save(fig, IMAGES / "back.svg")


CLIFF_STEPS, CLIFF_GOAL, CLIFF_RATE, CLIFF_BOUND = 50, 0.5, 0.1, 0.5
CLIFF_START = (1.6, 0.3)


def cliff_loss(w, b):
    """Return the loss of one tanh unit after 50 steps, and its slopes by w and b.

    h starts at 0.5; the loss is the squared distance of the last h from 0.5.
    """
    h = np.full(np.broadcast(w, b).shape, 0.5)
    by_w, by_b = np.zeros_like(h), np.zeros_like(h)
    for _ in range(CLIFF_STEPS):
        new = np.tanh(w * h + b)
        slope = 1 - new**2
        by_w, by_b = slope * (h + w * by_w), slope * (1 + w * by_b)
        h = new
    far = h - CLIFF_GOAL
    return far**2, 2 * far * by_w, 2 * far * by_b


def descend(bound: float, updates: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Return the points (w, b) of gradient descent, and the norm at each."""
    points, norms = [np.array(CLIFF_START)], []
    for _ in range(updates):
        gradient = np.array(cliff_loss(*points[-1])[1:])
        norms.append(np.linalg.norm(gradient))
        step = gradient * min(1.0, bound / norms[-1])
        points.append(points[-1] - CLIFF_RATE * step)
    return np.array(points), np.array(norms)


def cliff() -> None:
    """Draw the loss of one unit over its two parameters, and two descents on it."""
    from matplotlib.colors import LogNorm

    fig, (left, right) = plot.figure(8, 4.4, columns=2)
    b = np.linspace(-0.8, 0.6, 701)
    left.plot(b, cliff_loss(1.5, b)[0], color="black", linewidth=1.8)
    left.set(xlim=(-0.8, 0.6), ylim=(-0.1, 2.5))
    left.set_xlabel("b, at w = 1.5", fontsize=13)
    left.set_ylabel("loss", fontsize=13)
    left.set_title("A cut across the cliff", loc="left", fontsize=14)
    w, b = np.meshgrid(np.linspace(0.7, 1.8, 111), np.linspace(-0.4, 0.8, 121))
    loss = np.maximum(cliff_loss(w, b)[0], 1e-3)
    levels = np.geomspace(1e-3, 4, 10)
    right.contourf(w, b, loss, levels, norm=LogNorm(1e-3, 30), cmap="Greys")
    for bound, name, color, mark in (
        (np.inf, "no bound", ORANGE, "s"),
        (CLIFF_BOUND, f"norm ≤ {CLIFF_BOUND}", BLUE, "o"),
    ):
        points, _ = descend(bound)
        style = {"color": color, "marker": mark, "markersize": 4, "linewidth": 1.6}
        right.plot(*points.T, label=name, zorder=3, **style)
    right.set(xlim=(0.7, 1.8), ylim=(-0.4, 0.8))
    right.set_xlabel("w", fontsize=13)
    right.set_ylabel("b", fontsize=13, rotation=0)
    right.set_title("Two descents, from above", loc="left", fontsize=14)
    right.legend(frameon=True, fontsize=12, loc="lower left")
    right.text(1.62, 0.32, "start", fontsize=13, ha="center", va="bottom")
    away = descend(np.inf)[0][-1]
    right.text(
        1.27, 0.66, f"to w = {away[0]:.1f},\nb = {away[1]:.1f}", fontsize=13, ha="right"
    )
    left.text(-0.72, 1.6, "high", fontsize=13)
    left.text(0.1, 0.32, "low", fontsize=13)
    for ax in (left, right):
        ax.tick_params(labelsize=11)
        ax.grid(False)
    plot.save(fig, IMAGES / "cliff.svg")


# ---- tables --------------------------------------------------------------------------


def _row(*columns) -> str:
    return "| " + " | ".join(map(str, columns)) + " |"


def _head(*columns) -> Iterator[str]:
    yield _row(*columns)
    yield _row(*["---"] * len(columns))


def _of(part: dict, *key) -> list[dict]:
    """Return what was measured of one setting, a dict for each seed."""
    begin = "/".join(map(str, key)) + "/"
    return [v for k, v in part.items() if k.startswith(begin)]


def _solved(runs: list[dict], what: str = "test") -> str:
    if not runs:
        return "–"
    return f"{sum(run[what] > LEARNED for run in runs)} of {len(runs)}"


def _mean(runs: list[dict], what: str) -> float:
    return statistics.mean(run[what] for run in runs)


def _counts(kept: dict, task: str, sizes: tuple[int, ...]) -> Iterator[str]:
    """Yield how many of ten learned at the lesson's rate, in both tracks."""
    yield from _head("start", *sizes)
    for start in ("uniform", "orthogonal"):
        for track, name in (("pytorch", "PyTorch"), ("tensorflow", "TensorFlow")):
            runs = list(kept[track].values())
            row = [_solved(runs, f"{task} {start} {n}") for n in sizes]
            yield _row(f"{start}, {name}", *row)


def recall_counts(kept: dict) -> Iterator[str]:
    """Yield the table of recall, at the lesson's rate."""
    return _counts(kept, "recall", (10, 30, 60))


def agreement_counts(kept: dict) -> Iterator[str]:
    """Yield the table of agreement, at the lesson's rate."""
    return _counts(kept, "agreement", (6, 12, 18, 24))


TASKS = {
    "recall 60": "recall, 60 steps",
    "agreement 24": "the cat, 24 words",
}


def rates(kept: dict) -> Iterator[str]:
    """Yield how many learn at each rate; the rate that held-out rows choose is bold."""
    tried = sorted({float(key.split("/")[2]) for key in kept["rates"]})
    yield from _head("task", "start", *(f"{rate:g}" for rate in tried))
    for task, name in TASKS.items():
        for start in ("uniform", "orthogonal"):
            runs = {r: _of(kept["rates"], task, start, f"{r:g}") for r in tried}
            if not any(runs.values()):
                continue
            best = max(
                (r for r in tried if runs[r]), key=lambda r: _mean(runs[r], "held out")
            )
            cells_ = [
                f"**{_solved(runs[r])}**" if r == best else _solved(runs[r])
                for r in tried
            ]
            yield _row(name, start, *cells_)


def slopes(kept: dict) -> Iterator[str]:
    """Yield how far two rules are from the measured factor, over twenty starts."""
    yield from _head(
        "start",
        "slope × radius",
        "slope × mean stretch",
        "measured",
        "first rule off, a step",
        "second rule off",
        "first rule after 50 steps, at worst",
    )
    for name in ("tanh, uniform", "ReLU, uniform", "tanh, orthogonal"):
        yield _slope_row(kept, name)
    yield _slope_row(kept, "ReLU, 3 × uniform")


def _slope_row(kept: dict, name: str) -> str:
    runs = _of(kept["slopes"], name)
    found = np.array([run["measured"] for run in runs])
    rules, off = [], []
    for rule in ("radius", "mean stretch"):
        rules.append(np.array([run["slope"] * run[rule] for run in runs]))
        off.append(np.sqrt(np.mean(np.log(rules[-1] / found) ** 2)))
    worst = np.exp(50 * np.abs(np.log(rules[0] / found)).max())
    worst = f"{worst:.1f}" if worst < 10 else f"{float(f'{worst:.1e}'):,.0f}"
    means = (f"{a.mean():.3f}" for a in (*rules, found))
    return _row(name, *means, *(f"{100 * o:.1f} %" for o in off), f"{worst} times")


def masks(kept: dict) -> Iterator[str]:
    """Yield the factor of a gradient that is carried back through altered slopes."""
    yield from _head("slopes", "tanh, uniform", "ReLU, uniform")
    for key, name in {
        "measured": "as they were",
        "units shuffled each step": "units shuffled at every step",
        "one step's slopes at all": "one step's slopes at all steps",
        "the mean slope at all": "the mean slope for all units and steps",
    }.items():
        row = [
            f"{_mean(_of(kept['slopes'], start), key):.3f}"
            for start in ("tanh, uniform", "ReLU, uniform")
        ]
        yield _row(name, *row)


def parts(kept: dict) -> Iterator[str]:
    """Yield what is learned of two cues, by where the near one stands."""
    yield from _head(
        "near cue",
        "rate",
        "near right",
        "far right",
        "last loss",
        "norm, first to last",
    )
    for gap, name in ((0, "the last symbol"), (3, "3 steps before the end")):
        for rate in sorted({float(key.split("/")[1]) for key in kept["parts"]}):
            runs = _of(kept["parts"], gap, f"{rate:g}")
            norms = " to ".join(
                f"{_mean(runs, 'norm at ' + when):.2f}" for when in ("first", "last")
            )
            yield _row(
                name,
                f"{rate:g}",
                _solved(runs, "near"),
                _solved(runs, "far"),
                f"{_mean(runs, 'loss'):.2f}",
                norms,
            )


def explosion(kept: dict) -> Iterator[str]:
    """Yield who knows the task before and after one long minibatch."""
    yield from _head("rule", "rate", "bound", "learned before", "right at the end")
    settings = dict.fromkeys(tuple(key.split("/")[:3]) for key in kept["explosion"])
    order = sorted(settings, key=lambda s: (s[0] != "SGD", float(s[2]), s[1] == "1"))
    for rule, bound, rate in order:
        runs = _of(kept["explosion"], rule, bound, rate)
        before = sum(run["loss before"] < 0.2 for run in runs)
        before = f"{before} of {len(runs)}"
        yield _row(rule, rate, bound, before, _solved(runs))


def tables() -> None:
    """Renew the tables in the README between their marks."""
    kept = json.loads((HERE / "measured.json").read_text("utf-8"))
    made = {
        "recall": recall_counts,
        "agreement": agreement_counts,
        "rates": rates,
        "slopes": slopes,
        "masks": masks,
        "parts": parts,
        "explosion": explosion,
    }
    lines = {name: "\n".join(of(kept)) for name, of in made.items()}
    measured.renew(HERE / "README.md", lines)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    sentence()
    growth()
    back()
    cliff()
    tables()
