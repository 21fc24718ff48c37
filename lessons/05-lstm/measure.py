"""Measure what the README's tables say.

    python lessons/05-lstm/measure.py bias        # gradients, belt alone and whole
    python lessons/05-lstm/measure.py saturation  # the recipe for the biases, whole
    python lessons/05-lstm/measure.py race        # plain, LSTM, GRU; 60 and 200 steps
    python lessons/05-lstm/measure.py roads       # training with one way back cut
    python lessons/05-lstm/measure.py parts       # an LSTM without one of its parts
    python lessons/05-lstm/measure.py seconds     # a layer, oneDNN on and off

`race` takes a distance, and then contenders, if not all are wanted. Each writes its
part of `measured.json`; `figures.py` renews the tables in the README. All run on one
core, in PyTorch or NumPy. In `race`, `roads` and `parts` every contender has its own
learning rate: the best of RATES with the seeds TUNING, which are used for nothing else.
What is counted are the runs with the seeds SEEDS at that rate.
"""

import json
import math
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from unrolled import batches, cells, measured

FILE = Path(__file__).parent / "measured.json"
SEEDS, TUNING = range(5), (100, 101)
RATES = (0.0003, 0.001, 0.003, 0.01)
RATES_PARTS = (0.01, 0.03)
BATCH, SYMBOLS, MEAN_OF, SOLVED = 32, 4, 10, 0.95
PARAMETERS = 3_400  # of layer and readout, at most
BIASES = (0, 1, 3, 5)

# ---- the task, and one training ------------------------------------------------------


def recall(n: int, distance: int, rng: np.random.Generator):
    """Return x (n, distance + 1, 8), one-hot, and y (n,): the first symbol."""
    ids = rng.integers(SYMBOLS, 2 * SYMBOLS, (n, distance + 1))
    ids[:, 0] = y = rng.integers(0, SYMBOLS, n)
    return batches.one_hot(ids, 2 * SYMBOLS), y


def train_recall(model, distance: int, rate: float, seed: int, updates: int) -> dict:
    """Train on new sequences until solved: SOLVED right, over MEAN_OF batches."""
    import torch

    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    right, norms, began = [], [], time.process_time()
    for _ in range(updates):
        x, y = (torch.as_tensor(part) for part in recall(BATCH, distance, rng))
        logits = model(x)  # (batch, n_out)
        loss = torch.nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if not math.isfinite(norm):
            break
        optimizer.step()
        norms.append(float(norm))
        right.append(float((logits.argmax(-1) == y).float().mean()))
        if len(right) >= MEAN_OF and np.mean(right[-MEAN_OF:]) >= SOLVED:
            break
    found = {"updates": len(right), "clipped": float(np.mean(np.array(norms) > 1))}
    found["largest norm"] = max(norms)
    found["finite"] = len(norms) == len(right) and math.isfinite(sum(norms))
    found["right"] = float(np.mean(right[-5 * MEAN_OF :]))
    found["solved"] = bool(np.mean(right[-MEAN_OF:]) >= SOLVED)
    found["seconds"] = time.process_time() - began
    return found


def score(model, distance: int, n: int = 500) -> float:
    """Return the accuracy on new sequences, which no training saw."""
    import torch

    x, y = recall(n, distance, np.random.default_rng(10_000 + distance))
    with torch.no_grad():
        return float(np.mean(model(torch.as_tensor(x)).argmax(-1).numpy() == y))


def best(trials: dict[float, list[dict]]) -> float:
    """Return the rate that solved most often, or else was soonest, or most right."""

    def key(rate):
        solved, updates, right = (
            sum(run[name] for run in trials[rate])
            for name in ("solved", "updates", "right")
        )
        return solved, -updates, right

    return max(trials, key=key)


def tuned(one, rates=RATES) -> dict:
    """Return the tuned rate and five runs at it; `one(rate, seed)` returns a run."""
    trials = {rate: [one(rate, seed) for seed in TUNING] for rate in rates}
    rate = best(trials)
    solved = {str(r): sum(t["solved"] for t in ts) for r, ts in trials.items()}
    return {
        "rate": rate,
        "tuning": solved,
        "runs": [one(rate, seed) for seed in SEEDS],
    }


# ---- race ----------------------------------------------------------------------------

DISTANCES = (60, 200)
UPDATES = 500
HOLD = (60, 200, 1000, 3000)  # distances at which a trained network is asked, too
RACERS = {
    "plain, uniform": ("RNN", None),
    "plain, orthogonal": ("RNN", "orthogonal"),
    "LSTM as PyTorch starts it": ("LSTM", None),
    "LSTM, forget bias 5": ("LSTM", 5.0),
    "GRU as PyTorch starts it": ("GRU", None),
    "GRU, update bias 5": ("GRU", 5.0),
}
SETS = {"RNN": 1, "LSTM": 4, "GRU": 3}


def units(kind: str) -> int:
    """Return the largest n whose layer and readout hold at most PARAMETERS numbers."""

    def count(n):
        return SETS[kind] * n * (2 * SYMBOLS + n + 2) + (n + 1) * SYMBOLS

    return next(n for n in range(1, PARAMETERS) if count(n + 1) > PARAMETERS)


def racer(kind: str, start, seed: int):
    """Return a network, its layer started as `start` says, which reads the last h."""
    import torch

    torch.manual_seed(seed)
    n = units(kind)
    layer = getattr(torch.nn, kind)(2 * SYMBOLS, n, batch_first=True)
    if start == "orthogonal":
        torch.nn.init.orthogonal_(layer.weight_hh_l0)
    elif start is not None:  # i f g o and r z n: the second gate keeps the state
        layer.bias_ih_l0.data[n : 2 * n] = start
        layer.bias_hh_l0.data[n : 2 * n] = 0
    out = torch.nn.Linear(n, SYMBOLS)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.out = layer, out

        def forward(self, x):
            return self.out(self.layer(x)[0][:, -1])

    return Net()


def race(found: dict) -> None:
    """Tune and run every contender at every distance; keep each result at once."""
    kept = found.setdefault("race", {})
    for distance in map(int, sys.argv[2:3] or DISTANCES):
        for name, (kind, start) in RACERS.items():
            if name not in (sys.argv[3:] or RACERS):
                continue
            if str(distance) in kept.setdefault(name, {"units": units(kind)}):
                continue

            def one(rate, seed, kind=kind, start=start, distance=distance):
                model = racer(kind, start, seed)
                run = train_recall(model, distance, rate, seed, UPDATES)
                run["accuracy"] = score(model, distance)
                if run["solved"] and seed in SEEDS:
                    run["hold"] = {str(d): score(model, d, 50) for d in HOLD}
                return run

            began = time.process_time()
            kept[name][str(distance)] = tuned(one)
            write(found)
            line = kept[name][str(distance)]
            updates = [run["updates"] for run in line["runs"]]
            solved = sum(run["solved"] for run in line["runs"])
            spent = time.process_time() - began
            print(
                distance,
                name,
                line["rate"],
                line["tuning"],
                solved,
                updates,
                flush=True,
            )
            print(f"    {spent:.0f} s", flush=True)


# ---- bias and saturation: NumPy, the lesson's noise and draws ----------------------


def noise():
    """Return the lesson's inputs, (16, 100, 8), and a function that draws weights."""
    rng = np.random.default_rng(1)
    cells.lstm_weights(8, 64, rng)  # the lesson draws these before the noise
    x = rng.normal(size=(16, 100, 8))

    def drawn(bias, seed):
        weights_rng = np.random.default_rng(seed)
        return cells.lstm_weights(8, 64, weights_rng, forget_bias=float(bias))

    return x, drawn


def by_distance(run, backward=cells.lstm_backward):
    """Return the norm of the gradient for each input, nearest first (distance,)."""
    d_h = np.zeros_like(run.h)
    d_h[:, -1] = 1
    return np.linalg.norm(backward(run, d_h).x, axis=(0, 2))[::-1]


def side_roads_cut(run):
    """Return the run as backward sees it if no gradient may pass from gates to h."""
    w = run.weights
    return run._replace(weights=w._replace(w_h=np.zeros_like(w.w_h)))


def bias(found: dict) -> None:
    """Measure the gradient 99 steps back, of the belt alone and whole, 5 draws each."""
    x, drawn = noise()
    for b in BIASES:
        line = found["bias"].setdefault(str(b), {})
        runs = [cells.lstm(x, drawn(b, seed)) for seed in SEEDS]
        line["whole"] = [by_distance(run)[99] for run in runs]
        line["belt"] = [by_distance(side_roads_cut(run))[99] for run in runs]
    plain = (cells.rnn_weights(8, 64, np.random.default_rng(seed)) for seed in SEEDS)
    found["bias"]["plain"] = [
        by_distance(cells.rnn(x, weights), cells.rnn_backward)[99] for weights in plain
    ]
    write(found)


def whole_recipe(weights, how: str, longest: int = 100, seed: int = 0):
    """Return the weights with one of RECIPES as their biases."""
    b = weights.b.copy()
    n = len(b) // 4
    if how == "b_f = ln of 1 to 99, b_i = -b_f":  # Tallec and Ollivier (2018)
        rng = np.random.default_rng(seed)
        b[n : 2 * n] = np.log(rng.uniform(1, longest - 1, n))
        b[:n] = -b[n : 2 * n]
    else:
        b[n : 2 * n] = 5
        if how == "b_f = 5, b_i = -5":
            b[:n] = -5
    return weights._replace(b=b)


RECIPES = ("b_f = 5", "b_f = 5, b_i = -5", "b_f = ln of 1 to 99, b_i = -b_f")


def saturation(found: dict) -> None:
    """Measure the share of |tanh c| > 0.99 after 100 steps of noise, 5 draws each."""
    x, drawn = noise()
    for how in RECIPES:
        runs = [cells.lstm(x, whole_recipe(drawn(0, s), how, seed=s)) for s in SEEDS]
        shown = [np.abs(np.tanh(run.c[:, -1])) for run in runs]
        found["saturation"][how] = {
            "saturated": [float((part > 0.99).mean()) for part in shown],
            "mean size of c": [float(np.abs(run.c[:, -1]).mean()) for run in runs],
            "whole": [by_distance(run)[99] for run in runs],
        }
    write(found)


# ---- roads and parts: a cell in PyTorch tensors --------------------------------------

DISTANCE, ROADS_UPDATES, PARTS_UPDATES = 60, 300, 250
ROADS_BIASES = (5,)
ROADS = ("whole", "belt alone", "side roads alone")
WITHOUT = {
    "all parts": "",
    "no forget gate, f = 1": "f",
    "no input gate, i = 1": "i",
    "no output gate, o = 1": "o",
    "no tanh in h": "shown",
    "no tanh in g": "g",
}


def own_lstm(n_in: int, n: int, seed: int, forget=0.0, road="whole", without=""):
    """Return an LSTM layer: (batch, time, n_in) to every h, one way or part cut."""
    import torch

    weights = cells.lstm_weights(
        n_in, n, np.random.default_rng(seed), np.float32, forget_bias=forget
    )

    class Own(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w_x, self.w_h, self.b = (
                torch.nn.Parameter(torch.as_tensor(w)) for w in weights
            )

        def forward(self, x):
            h = c = x.new_zeros(len(x), n)
            hs = []
            for from_x in (x @ self.w_x + self.b).unbind(1):
                seen = h.detach() if road == "belt alone" else h
                i, f, g, o = (from_x + seen @ self.w_h).chunk(4, dim=1)
                i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
                g = g if without == "g" else torch.tanh(g)
                f = torch.ones_like(f) if without == "f" else f
                i = torch.ones_like(i) if without == "i" else i
                kept = c.detach() if road == "side roads alone" else c
                c = f * kept + i * g
                h = c if without == "shown" else torch.tanh(c)
                h = h if without == "o" else o * h
                hs.append(h)
            return torch.stack(hs, 1)

    return Own()


def with_readout(layer, n: int, n_out: int, last: bool = True):
    """Return a network: the layer, and a readout of its last h, or of every h."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.out = layer, torch.nn.Linear(n, n_out)

        def forward(self, x):
            h = self.layer(x)
            return self.out(h[:, -1] if last else h)

    return Net()


def roads(found: dict) -> None:
    """Train on recall with the gradient's belt, or its side roads, cut in training."""
    import torch

    n = units("LSTM")
    for b in ROADS_BIASES:
        for road in ROADS:

            def one(rate, seed, b=b, road=road):
                torch.manual_seed(seed)
                layer = own_lstm(2 * SYMBOLS, n, seed, float(b), road)
                model = with_readout(layer, n, SYMBOLS)
                run = train_recall(model, DISTANCE, rate, seed, ROADS_UPDATES)
                return run | {"accuracy": score(model, DISTANCE)}

            line = tuned(one, RATES[1:])
            found["roads"][f"{road}, bias {b}"] = line
            write(found)
            updates = [(r["solved"], r["updates"]) for r in line["runs"]]
            print(road, b, line["rate"], line["tuning"], updates, flush=True)


def latch(n: int, steps: int, rng: np.random.Generator):
    """Return x (n, steps, 2) and y (n, steps): the value at the last marker."""
    value = rng.uniform(-1, 1, (n, steps))
    marker = rng.random((n, steps)) < 0.1
    marker[:, 0] = True
    last = np.maximum.accumulate(np.where(marker, np.arange(steps), 0), axis=1)
    y = np.take_along_axis(value, last, axis=1)
    return np.stack([value, marker], -1).astype("f4"), y.astype("f4")


def train_latch(without: str, rate: float, seed: int) -> dict:
    """Train 8 units on the latch; return the squared error on new sequences."""
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = with_readout(own_lstm(2, 8, seed, 3.0, without=without), 8, 1, last=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    for _ in range(PARTS_UPDATES):
        x, y = (torch.as_tensor(part) for part in latch(BATCH, 30, rng))
        loss = (model(x)[..., 0] - y).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    errors = []
    for test in (50, 51):  # one to choose the rate by, one to report
        x, y = (torch.as_tensor(p) for p in latch(500, 60, np.random.default_rng(test)))
        with torch.no_grad():
            errors.append(float((model(x)[..., 0] - y).pow(2).mean() / y.pow(2).mean()))
    return {"dev": errors[0], "test": errors[1]}


def parts(found: dict) -> None:
    """Leave out one part of the LSTM at a time, on the latch."""
    for name, without in WITHOUT.items():
        trials = {r: train_latch(without, r, TUNING[0])["dev"] for r in RATES_PARTS}
        rate = min(trials, key=trials.get)
        runs = [train_latch(without, rate, seed)["test"] for seed in SEEDS]
        tuning = {str(r): error for r, error in trials.items()}
        found["parts"][name] = {"rate": rate, "tuning": tuning, "test": runs}
        write(found)
        print(name, rate, tuning, runs, flush=True)


# ---- seconds -------------------------------------------------------------------------


def seconds(found: dict) -> None:
    """Measure milliseconds, forward and back, with oneDNN's kernels and without."""
    import torch

    x = torch.randn(32, 64, 128)  # (batch, time, n_in)
    layers = {k: getattr(torch.nn, k)(128, 128, batch_first=True) for k in SETS}
    for on in (True, False):
        with torch.backends.mkldnn.flags(enabled=on):
            for kind, layer in layers.items():
                times = []
                for _ in range(23):
                    began = time.process_time()
                    layer(x)[0].sum().backward()
                    times.append(1000 * (time.process_time() - began))
                key = f"{kind}, oneDNN {'on' if on else 'off'}"
                found["seconds"][key] = statistics.median(times[3:])
                print(key, found["seconds"][key], flush=True)
    write(found)


# ---- the file ------------------------------------------------------------------------


def write(found: dict) -> None:
    """Put what was found into the file, beside what other calls put there."""
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    kept |= found
    FILE.write_text(json.dumps(rounded(kept), indent=1, sort_keys=True) + "\n", "utf-8")


def rounded(value):
    """Return the value with every float in four digits."""
    if isinstance(value, dict):
        return {key: rounded(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v) for v in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


WHAT = {
    "bias": bias,
    "saturation": saturation,
    "race": race,
    "roads": roads,
    "parts": parts,
    "seconds": seconds,
}


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    measure, name = measured.asked(WHAT), sys.argv[1]
    before = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    measure({name: before.get(name, {})})
