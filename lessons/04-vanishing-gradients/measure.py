"""Measure what the README's tables say: who learns, at which rate, what a bound does.

    python lessons/04-vanishing-gradients/measure.py pytorch      # about 8 minutes
    python lessons/04-vanishing-gradients/measure.py tensorflow   # the same in Keras
    python lessons/04-vanishing-gradients/measure.py rates        # each start, tuned
    python lessons/04-vanishing-gradients/measure.py parts        # a near and a far cue
    python lessons/04-vanishing-gradients/measure.py slopes       # slope x radius
    python lessons/04-vanishing-gradients/measure.py explosion    # one long minibatch

Each runs the lesson's own cells and writes its part of `measured.json`, from which
`figures.py` makes the README's tables. `pytorch` and `tensorflow` count how many of ten
networks learn at the lesson's rate; the others run PyTorch. Nothing that is in the file
is measured again; `rates "recall 60"` measures only what begins like this.
"""

import itertools
import json
import os
import sys
from functools import partial
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from unrolled import measured

HERE = Path(__file__).resolve().parent
FILE = HERE / "measured.json"
SEEDS = 10
NEEDED = {
    *("imports", "framework", "words", "sentences", "reader", "train", "score"),
    *("learn", "two-numbers", "radius", "orthogonal", "recall", "two-cues"),
}
RECALL = (10, 30, 60)  # steps between the symbol and the question
PHRASES = (0, 2, 4, 6)  # of the clause: 6, 12, 18, 24 words

ONLY = sys.argv[2] if len(sys.argv) > 2 else ""  # measure only what begins like this
TUNED = 5  # seeds of a tuned comparison
RATES = (0.002, 0.005, 0.01, 0.02)  # of Adam
TUNED_PHRASES = (6,)  # 24 words
TUNED_RECALL = (60,)


def lesson(track: str) -> dict[str, Any]:
    """Return the names that the lesson's cells define, up to its first experiment."""
    sys.path.insert(0, str(HERE.parent.parent / "tools"))
    import as_script

    names: dict[str, Any] = {"__name__": "__main__", "n_hidden": 64}
    for cell in as_script.cells(HERE / "lesson.py", track):
        if cell.name in NEEDED:
            exec(compile(cell.code, cell.name, "exec"), names)
    return names


def keep(part: str, key: str, make: Callable[[], Any]) -> None:
    """Measure what the file does not have yet, and write it at once."""
    if not key.startswith(ONLY):
        return
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    if key in kept.get(part, {}):
        return
    found = make()
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    kept.setdefault(part, {})[key] = found
    new = FILE.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
    new.replace(FILE)  # at once: another part may be measured beside this one
    print(part, key, found, flush=True)


def start_of(names: dict[str, Any], start: str, n_in: int, seed: int) -> Any:
    """Return the weights that a network starts from."""
    weights = names["cells"].rnn_weights(n_in, 64, np.random.default_rng(seed))
    if start == "uniform":
        return weights
    q = names["orthogonal"](64, np.random.default_rng(seed))
    return weights._replace(w_h=q)


# ---- at the lesson's rate ------------------------------------------------------------


def one_seed(names: dict[str, Any], seed: int) -> dict[str, float]:
    """Return the accuracy of every network of one seed, by what it had to do."""
    names["SEED"] = seed
    found = {}
    for start in ("uniform", "orthogonal"):
        for steps in RECALL:
            right, *_ = names["try_recall"](steps, start_of(names, start, 8, seed))
            found[f"recall {start} {steps}"] = right
    rng = np.random.default_rng(seed)
    plain = names["cells"].rnn_weights(21, 64, rng)
    q = names["orthogonal"](64, np.random.default_rng(seed))
    for start, weights in (("uniform", plain), ("orthogonal", plain._replace(w_h=q))):
        for phrases in PHRASES:
            batches = [names["sentences"](64, phrases, rng) for _ in range(300)]
            model, *_ = names["learn"](batches, weights, n_out=2)
            right = names["score"](model, *names["sentences"](1000, phrases, rng))
            found[f"agreement {start} {6 + 3 * phrases}"] = right
    return {name: float(right) for name, right in found.items()}


def counts(track: str) -> None:
    """Measure every seed in one track, at the lesson's rate of 0.002."""
    names = lesson(track)
    for seed in range(SEEDS):
        keep(track, str(seed), lambda seed=seed: one_seed(names, seed))


# ---- each start at its own rate ------------------------------------------------------


def tried(names: dict[str, Any], task: Callable, weights: Any, seed: int, **how) -> Any:
    """Train on `task(n, rng)`; return held-out and test accuracy, radius, norms."""
    names["SEED"] = seed
    rng = np.random.default_rng(seed)
    batches = [task(64, rng) for _ in range(how.pop("updates"))]
    held_out, test = task(500, rng), task(1000, rng)
    model, _, norms = names["learn"](batches, weights, **how)
    w_h = names["ur"].dump(model.rnn).w_h
    return {
        "held out": float(names["score"](model, *held_out)),
        "test": float(names["score"](model, *test)),
        "radius": float(names["radius"](w_h)),
        "clipped": float((norms > 1).mean()),
    }


def rates() -> None:
    """Train both starts at every rate, over several distances, five seeds."""
    names = lesson("pytorch")
    tasks: list[tuple[str, Callable, dict[str, int]]] = []
    for phrases in TUNED_PHRASES:
        task = lambda n, rng, p=phrases: names["sentences"](n, p, rng)  # noqa: E731
        how = {"n_in": 21, "n_out": 2, "updates": 300}
        tasks.append((f"agreement {6 + 3 * phrases}", task, how))
    for steps in TUNED_RECALL:
        task = lambda n, rng, s=steps: names["recall"](n, s, rng)  # noqa: E731
        tasks.append((f"recall {steps}", task, {"n_in": 8, "n_out": 4, "updates": 400}))
    for (name, task, how), seed in itertools.product(tasks, range(TUNED)):
        for start, rate in itertools.product(("uniform", "orthogonal"), RATES):
            settings = dict(how)
            weights = start_of(names, start, settings.pop("n_in"), seed)
            settings |= {"lr": rate}
            keep(
                "rates",
                f"{name}/{start}/{rate}/{seed}",
                lambda t=task, w=weights, s=settings, seed=seed: tried(
                    names, t, w, seed, **s
                ),
            )


# ---- a near and a far cue ------------------------------------------------------------

CUE_STEPS, CUE_RATES = 40, (0.002,)


def parts() -> None:
    """Train the uniform start on two cues, the near one last or three steps before."""
    names = lesson("pytorch")
    learn, two_cues, ur = names["learn"], names["two_cues"], names["ur"]

    def one(gap: int, rate: float, seed: int) -> dict[str, float]:
        names["SEED"] = seed
        rng = np.random.default_rng(seed)
        batches = [two_cues(64, CUE_STEPS, gap, rng) for _ in range(300)]
        x, y = two_cues(1000, CUE_STEPS, gap, rng)
        weights = start_of(names, "uniform", 12, seed)
        model, losses, norms = learn(batches, weights, n_out=16, lr=rate)
        said = ur.array(model(ur.tensor(x))).argmax(-1)
        return {
            "near": float((said % 4 == y % 4).mean()),
            "far": float((said // 4 == y // 4).mean()),
            "loss": float(losses[-20:].mean()),
            "norm at first": float(norms[:20].mean()),
            "norm at last": float(norms[-20:].mean()),
            "radius": float(names["radius"](ur.dump(model.rnn).w_h)),
        }

    for seed, gap, rate in itertools.product(range(TUNED), (0, 3), CUE_RATES):
        keep("parts", f"{gap}/{rate}/{seed}", lambda a=(gap, rate, seed): one(*a))


# ---- explosion -----------------------------------------------------------------------

SGD_RATES, ADAM_RATES = (0.001, 0.003, 0.01, 0.03), (0.002,)


def explosion() -> None:
    """Train on 10 steps with one minibatch of 60; keep the losses before and after."""
    names = lesson("pytorch")
    recall, learn, score = names["recall"], names["learn"], names["score"]

    def one(rule: str, bound: float, rate: float, seed: int) -> dict[str, float]:
        names["SEED"] = seed
        rng = np.random.default_rng(seed)
        lengths = [60 if update == 200 else 10 for update in range(300)]
        batches = [recall(64, n, rng) for n in lengths]
        held_out, test = recall(500, 10, rng), recall(1000, 10, rng)
        weights = start_of(names, "uniform", 8, seed)
        weights = weights._replace(w_h=np.eye(64), b=np.zeros(64))
        how = {"n_out": 4, "f": "relu", "rule": rule, "lr": rate, "clip": bound}
        model, losses, norms = learn(batches, weights, **how)
        found = {
            "held out": float(score(model, *held_out)),
            "test": float(score(model, *test)),
            "loss before": float(losses[180:200].mean()),
            "loss after": float(losses[201:221].mean()),
            "loss then": float(losses[-20:].mean()),
            "norm of it": float(norms[200]),
        }
        return {k: v if np.isfinite(v) else None for k, v in found.items()}

    settings = [("SGD", rate) for rate in SGD_RATES]
    settings += [("Adam", rate) for rate in ADAM_RATES]
    for seed, (rule, rate) in itertools.product(range(TUNED), settings):
        for bound, name in ((1e9, "none"), (1.0, "1")):
            key = f"{rule}/{name}/{rate}/{seed}"
            keep("explosion", key, lambda a=(rule, bound, rate, seed): one(*a))


# ---- slope x radius ------------------------------------------------------------------


def slopes() -> None:
    """Compare two rules with the measured factor, and take ReLU's masks apart."""
    names = lesson("pytorch")
    cells, radius, n = names["cells"], names["radius"], 64
    for seed in range(20):
        weights = start_of(names, "uniform", 8, seed)
        turned = start_of(names, "orthogonal", 8, seed)
        starts = {
            "tanh, uniform": (weights, "tanh"),
            "ReLU, uniform": (weights, "relu"),
            "tanh, orthogonal": (turned, "tanh"),
            "ReLU, 3 × uniform": (weights._replace(w_h=3 * weights.w_h), "relu"),
        }
        rng = np.random.default_rng(seed)
        x, d_last = rng.normal(size=(16, 81, 8)), rng.normal(size=(16, n))
        for name, (w, f) in starts.items():
            h = cells.rnn(x, w, activation=f).h
            slope = 1 - h**2 if f == "tanh" else (h > 0) * 1.0  # (batch, time, n)
            mean = np.sqrt((slope**2).mean())
            shuffled = np.random.default_rng(seed + 100).permuted(slope, axis=2)
            same = np.repeat(slope[:, 40:41], 81, axis=1)
            found = {
                "radius": radius(w.w_h),
                "mean stretch": np.linalg.norm(w.w_h) / np.sqrt(n),
                "slope": mean,
                "measured": factor(slope, w.w_h, d_last),
                "units shuffled each step": factor(shuffled, w.w_h, d_last),
                "one step's slopes at all": factor(same, w.w_h, d_last),
                "the mean slope at all": factor(
                    np.full_like(slope, mean), w.w_h, d_last
                ),
            }
            rounded = {k: round(float(v), 5) for k, v in found.items()}
            keep("slopes", f"{name}/{seed}", lambda rounded=rounded: rounded)


def factor(slope: np.ndarray, w_h: np.ndarray, d: np.ndarray) -> float:
    """Return the factor a step of a gradient carried back, from 10 to 60 steps."""
    norms = []
    for t in reversed(range(slope.shape[1])):
        norms.append(np.linalg.norm(d))
        d = (d * slope[:, t]) @ w_h.T
    return (norms[60] / norms[10]) ** (1 / 50)


if __name__ == "__main__":
    known = {track: partial(counts, track) for track in ("pytorch", "tensorflow")}
    known |= {"rates": rates, "parts": parts, "slopes": slopes, "explosion": explosion}
    measured.asked(known)()
