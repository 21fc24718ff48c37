"""Measure what the README's tables say: RNN, LSTM and GRU compared, gates fixed.

    python lessons/06-gru/measure.py names       # next letter: equal updates, seconds
    python lessons/06-gru/measure.py recall 60   # remember one symbol; 30, 10 likewise
    python lessons/06-gru/measure.py recall-again 60    # more trials, where runs differ
    python lessons/06-gru/measure.py recall-at 0.01 60    # all cells with one rate
    python lessons/06-gru/measure.py gates recall    # a GRU with gates fixed, on recall
    python lessons/06-gru/measure.py gates names      # and on names
    python lessons/06-gru/measure.py seconds pytorch       # a layer's time in PyTorch
    python lessons/06-gru/measure.py seconds tensorflow    # and in Keras
    python lessons/06-gru/measure.py without-onednn        # PyTorch without its routine

Each writes its part of `measured.json`; `figures.py` draws it and renews the tables in
the README. All but `seconds tensorflow` run PyTorch. Seconds are those of one core
(`time.process_time`, one thread), so that other work on the machine counts less.
"""

import itertools
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from unrolled import baselines, batches, data, text

FILE = Path(__file__).parent / "measured.json"
SEEDS = 10
GATES = {"rnn": 1, "gru": 3, "lstm": 4}  # sets of weights in each cell
BUDGET_NAMES, EMBEDDING, UPDATES, SECONDS = 30_000, 24, 1000, 5.0
RATES = (0.003, 0.01, 0.03)  # each cell gets the best of them, by the dev names
BUDGET_RECALL, UPDATES_RECALL, SYMBOLS, KEEP = 4_000, 400, 4, 5.0
RATES_RECALL = (0.001, 0.002, 0.005, 0.01, 0.02)
RATES_FEW = (0.002, 0.005, 0.01)
TRIALS = range(100, 105)  # seeds that choose a rate, and are not reported
MORE_TRIALS = range(105, 115)  # where the reported runs disagree, and so may the trials
SOLVED = 0.95
FEW = 5  # seeds where less is asked, and there only three of the trials
RECALLING = ("rnn", "rnn orthogonal", "gru", "lstm", "gru keep", "lstm keep")


def hidden_size(kind: str, n_in: int, n_out: int, budget: int) -> int:
    """Return the largest n whose layer and readout hold at most `budget` numbers."""

    def count(n: int) -> int:
        return GATES[kind] * n * (n_in + n + 2) + (n + 1) * n_out

    return next(n for n in range(1, budget) if count(n + 1) > budget)


# ---- the networks --------------------------------------------------------------------


def layer(kind: str, n_in: int, n: int, start: str = ""):
    """Return PyTorch's layer as it comes, or with one thing set by `start`.

    "keep": the bias of the gate that keeps the state is `KEEP`; "orthogonal": so is the
    recurrent matrix.
    """
    import torch

    made = getattr(torch.nn, kind.upper())(n_in, n, batch_first=True)
    with torch.no_grad():
        if start == "keep":  # LSTM: i f g o; GRU: r z n; the second gate keeps
            made.bias_ih_l0[n : 2 * n] = KEEP
            made.bias_hh_l0[n : 2 * n] = 0
        if start == "orthogonal":
            torch.nn.init.orthogonal_(made.weight_hh_l0)
    return made


def own_gru(n_in: int, n: int, *, r=None, z=None, reset="after", keep=None):
    """Return a GRU layer in which `r` or `z` may be fixed at a number."""
    import torch
    from torch.nn import functional as f

    class Own(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.x, self.h = torch.nn.Linear(n_in, 3 * n), torch.nn.Linear(n, 3 * n)
            for p in self.parameters():
                torch.nn.init.uniform_(p, -(n**-0.5), n**-0.5)
            if keep is not None:
                self.x.bias.data[n : 2 * n] = keep

        def forward(self, x, h=None):
            h = x.new_zeros(len(x), n) if h is None else h
            w, b, states = self.h.weight, self.h.bias, []
            for now in self.x(x).unbind(1):  # (batch, 3n)
                of_h = f.linear(h, w[: 2 * n], b[: 2 * n])
                gates = torch.sigmoid(now[:, : 2 * n] + of_h).chunk(2, dim=1)
                r_t = gates[0] if r is None else r
                z_t = gates[1] if z is None else z
                if reset == "after":
                    inner = r_t * f.linear(h, w[2 * n :], b[2 * n :])
                else:
                    inner = f.linear(r_t * h, w[2 * n :], b[2 * n :])
                h = z_t * h + (1 - z_t) * torch.tanh(now[:, 2 * n :] + inner)
                states.append(h)
            return torch.stack(states, 1), h

    return Own()


def network(rnn, n: int, n_out: int, n_symbols: int | None = None):
    """Return layer and readout; with `n_symbols` an embedding, an answer every step."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            if n_symbols:
                self.embedding = torch.nn.Embedding(n_symbols, EMBEDDING)
            self.rnn, self.out = rnn, torch.nn.Linear(n, n_out)

        def forward(self, x, state=None):
            h, state = self.rnn(self.embedding(x) if n_symbols else x, state)
            return self.out(h if n_symbols else h[:, -1]), state

    return Net()


VARIANTS = {
    "both gates": {},
    "reset before the product": {"reset": "before"},
    "r fixed at 1": {"r": 1.0},
    "z fixed at 1/2": {"z": 0.5},
    "z fixed at 0": {"z": 0.0},
    "neither (r = 1, z = 0)": {"r": 1.0, "z": 0.0},
}

# ---- the tasks -----------------------------------------------------------------------


class Names:
    """Names joined by line ends: train, dev and test streams, and an n-gram's score."""

    def __init__(self, corpus: str):
        if corpus == "surnames":
            names = data.surnames().inputs
        else:
            names = data.text(corpus, fallback=False).text.split()
        names = sorted(set(names))
        np.random.default_rng(0).shuffle(names)
        cuts = (0, int(0.8 * len(names)), int(0.9 * len(names)), len(names))
        parts = ["\n".join(names[a:b]) + "\n" for a, b in itertools.pairwise(cuts)]
        self.vocab = text.Vocab.from_text(parts[0], min_count=3, unknown="?")
        self.train, self.dev, self.test = map(self.vocab.encode, parts)
        self.n_grams = {
            order: baselines.NGram(order, len(self.vocab), "kneser-ney")
            .fit(self.train)
            .nats(self.test)
            for order in (3, 5)
        }

    def learn(self, model, updates: int, rate: float, seed: int):
        """Train; return the nats on dev and on test, and the seconds of one core."""
        from unrolled.backends import pytorch as ur

        start = seed * 997 % len(self.train)  # another cut of the text for each seed
        ids = np.roll(self.train, -start)
        stream = batches.Streams(ids, batch=32, steps=32)
        began = time.process_time()
        ur.fit(model, stream, steps=updates, lr=rate, stateful=True, progress=False)
        seconds = time.process_time() - began
        held = [
            ur.evaluate(model, batches.Streams(part, 32, 32, whole=True), stateful=True)
            for part in (self.dev, self.test)
        ]
        return *held, seconds


class Recall:
    """One of four symbols, then `steps` others; afterwards: which one was it?"""

    def __init__(self, steps: int, rng: np.random.Generator):
        self.steps, self.rng = steps, rng

    def __len__(self):
        return 100

    def batch(self, size: int):
        """Return x (size, steps + 1, 8), one-hot, and y (size,)."""
        ids = self.rng.integers(SYMBOLS, 2 * SYMBOLS, (size, self.steps + 1))
        ids[:, 0] = y = self.rng.integers(0, SYMBOLS, size)
        return batches.one_hot(ids, 2 * SYMBOLS), y

    def __iter__(self):
        return (self.batch(32) for _ in range(len(self)))

    def learn(self, model, updates: int, rate: float):
        """Train on new sequences; return the accuracy and the nats on 500 more."""
        import torch
        from torch.nn import functional as f

        from unrolled.backends import pytorch as ur

        ur.fit(model, self, steps=updates, lr=rate, progress=False)
        x, y = self.batch(500)
        with torch.no_grad():
            logits = model(ur.tensor(x))[0].cpu()
        nats = f.cross_entropy(logits, torch.as_tensor(y))
        return float(np.mean(logits.argmax(-1).numpy() == y)), float(nats)


# ---- the experiments -----------------------------------------------------------------


def _seeded(seed: int) -> None:
    from unrolled.backends import pytorch as ur

    ur.seed(seed)


def names(corpus: str = "surnames") -> dict:
    """Score the three cells at equal parameters: equal updates, then equal seconds."""
    task, found = Names(corpus), {}
    v = len(task.vocab)
    room = BUDGET_NAMES - v * EMBEDDING

    def run(kind, updates, rate, seed):
        _seeded(seed)
        n = hidden_size(kind, EMBEDDING, v, room)
        model = network(layer(kind, EMBEDDING, n), n, v, v)
        return task.learn(model, updates, rate, seed)

    for kind in GATES:
        trials = {
            rate: statistics.fmean(run(kind, UPDATES, rate, s)[0] for s in (100, 101))
            for rate in RATES
        }
        rate = min(trials, key=trials.get)
        each = min(run(kind, 60, rate, 100)[2] for _ in range(5)) / 60
        runs = [run(kind, UPDATES, rate, s) for s in range(SEEDS)]
        affordable = round(SECONDS / each)
        timed = [run(kind, affordable, rate, s) for s in range(SEEDS)]
        found[kind] = {
            "n_hidden": hidden_size(kind, EMBEDDING, v, room),
            "rate": rate,
            "ms": 1000 * each,
            "nats": [r[1] for r in runs],
            "updates_timed": affordable,
            "nats_timed": [r[1] for r in timed],
        }
        print(corpus, kind, found[kind], flush=True)
    found["n-grams"] = task.n_grams
    return {f"names {corpus}": found}


def keep(path: tuple[str, ...], value) -> None:
    """Write one result into the file at once, below the names in `path`."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    place = known
    for name in path[:-1]:
        place = place.setdefault(name, {})
    place[path[-1]] = value
    FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")


def tuned(run, rates, trials, seeds) -> dict:
    """Try every rate on `trials`; report `seeds` with the one of the least mean nats.

    `run(seed, rate)` returns accuracy and nats on sequences that were not learned from.
    """
    tried = {rate: [run(seed, rate) for seed in trials] for rate in rates}
    rate = min(tried, key=lambda r: statistics.fmean(nats for _, nats in tried[r]))
    runs = [run(seed, rate) for seed in seeds]
    return {
        "rate": rate,
        "trials": {
            str(r): [round(v[0], 3) for v in found] for r, found in tried.items()
        },
        "nats": {
            str(r): round(statistics.fmean(v[1] for v in found), 4)
            for r, found in tried.items()
        },
        "again": {},
        "scores": [round(v[0], 3) for v in runs],
    }


def _recall_size(name: str) -> int:
    return hidden_size(name.split()[0], 2 * SYMBOLS, SYMBOLS, BUDGET_RECALL)


def _recalled(name: str, steps: int):
    """Return run(seed, rate): accuracy and nats of one of `RECALLING` on recall."""
    (kind, *start), n = name.split(), _recall_size(name)

    def run(seed, rate):
        _seeded(seed)
        task = Recall(steps, np.random.default_rng(seed))
        rnn = layer(kind, 2 * SYMBOLS, n, *start)
        return task.learn(network(rnn, n, SYMBOLS), UPDATES_RECALL, rate)

    return run


def recall(steps: str = "60") -> dict:
    """Score the cells on recall over `steps`, each with its own rate."""
    few = steps != "60"
    seeds = range(FEW if few else SEEDS)
    for name in RECALLING:
        run, n = _recalled(name, int(steps)), _recall_size(name)
        rates, trials = (RATES_FEW, TRIALS[:3]) if few else (RATES_RECALL, TRIALS)
        found = tuned(run, rates, trials, seeds)
        keep(("recall", name, steps), {"n_hidden": n} | found)
        print(steps, name, found, flush=True)
    return {}


def recall_again(steps: str = "60", *names: str) -> dict:
    """Try the three best rates of `recall` on ten more seeds, where runs disagreed.

    The rate with the least mean nats over all fifteen trials gets the reported runs.
    """
    for name in names or RECALLING:
        found = json.loads(FILE.read_text("utf-8"))["recall"][name][steps]
        some = any(v > SOLVED for tried in found["trials"].values() for v in tried)
        if not some or min(found["scores"]) > SOLVED or found.get("again"):
            continue
        run, mean = _recalled(name, int(steps)), found["nats"]
        found["again"] = {}
        for rate in sorted(mean, key=mean.get)[:3]:
            more = [run(seed, float(rate)) for seed in MORE_TRIALS]
            found["again"][rate] = [round(v[0], 3) for v in more]
            total = len(TRIALS) * mean[rate] + sum(v[1] for v in more)
            mean[rate] = round(total / (len(TRIALS) + len(more)), 4)
        best = float(min(found["again"], key=mean.get))
        if best != found["rate"]:
            found["rate"] = best
            found["scores"] = [round(run(s, best)[0], 3) for s in range(SEEDS)]
        keep(("recall", name, steps), found)
        print(steps, name, found, flush=True)
    return {}


def recall_at(rate: str = "0.01", steps: str = "60") -> dict:
    """Score the cells on recall over `steps`, all of them with one rate."""
    for name in RECALLING:
        scores = [_recalled(name, int(steps))(s, float(rate))[0] for s in range(SEEDS)]
        keep(("recall one rate", name, rate, steps), scores)
        print(steps, rate, name, scores, flush=True)
    return {}


def gates(task: str) -> dict:
    """Score a GRU with one gate fixed, or both, at equal units, all at rate 0.01."""
    names = Names("surnames") if task == "names" else None
    for name, fixed in VARIANTS.items():
        if names is None:
            n = hidden_size("gru", 2 * SYMBOLS, SYMBOLS, BUDGET_RECALL)

            def run(seed, n=n, fixed=fixed):
                _seeded(seed)
                memory = Recall(30, np.random.default_rng(seed))
                rnn = own_gru(2 * SYMBOLS, n, keep=KEEP, **fixed)
                return memory.learn(network(rnn, n, SYMBOLS), UPDATES_RECALL, 0.01)

            found = {"rate": 0.01, "scores": [run(seed)[0] for seed in range(SEEDS)]}
        else:
            v = len(names.vocab)
            n = hidden_size("gru", EMBEDDING, v, BUDGET_NAMES - v * EMBEDDING)

            def run(seed, rate, n=n, v=v, fixed=fixed):
                _seeded(seed)
                model = network(own_gru(EMBEDDING, n, **fixed), n, v, v)
                return names.learn(model, UPDATES // 2, rate, seed)[1]

            found = {"nats": [run(seed, 0.01) for seed in range(FEW)]}
        keep(("gates", name, task), {"n_hidden": n} | found)
        print(task, name, found, flush=True)
    return {}


def seconds(track: str) -> dict:
    """Time forward and backward of a layer: 32 sequences, 64 steps, 64 inputs."""
    sizes: dict[str, dict] = {"equal units": dict.fromkeys(GATES, 128)}
    budget = GATES["lstm"] * 128 * (64 + 128 + 2)
    sizes["equal parameters"] = {k: hidden_size(k, 64, 0, budget) for k in GATES}
    timed = _pytorch_update if track == "pytorch" else _keras_update
    found = {
        how: {k: {"n_hidden": n, "ms": _best(timed(k, n))} for k, n in those.items()}
        for how, those in sizes.items()
    }
    if track == "pytorch":
        found["operations"] = {k: _operations(k) for k in GATES}
    print(track, found)
    return {f"seconds {track}": found}


def without_onednn() -> dict:
    """Time PyTorch's layers with oneDNN's routines and without, one after the other."""
    import torch

    for kind in GATES:
        found = {"n_hidden": 128, "with": _best(_pytorch_update(kind, 128))}
        with torch.backends.mkldnn.flags(enabled=False):
            found["ms"] = _best(_pytorch_update(kind, 128))
        keep(("seconds pytorch", "without oneDNN", kind), found)
        print(kind, found, flush=True)
    return {}


def _operations(kind: str) -> int:
    """Return how many operations PyTorch's profiler counts in one update, 128 units."""
    import torch

    update = _pytorch_update(kind, 128)
    with torch.profiler.profile() as profile:
        update()
    events = profile.key_averages()
    return sum(e.count for e in events if e.key.startswith("aten::"))


def _best(update) -> float:
    """Return the milliseconds of one core for one update: the best of 20 fives."""
    update()
    times = []
    for _ in range(20):
        began = time.process_time()
        for _ in range(5):
            update()
        times.append((time.process_time() - began) / 5)
    return 1000 * min(times)


def _pytorch_update(kind: str, n: int):
    import torch

    rnn, x = layer(kind, 64, n), torch.randn(32, 64, 64)
    return lambda: rnn(x)[0].sum().backward()


def _keras_update(kind: str, n: int):
    from unrolled.backends import tensorflow as ur  # noqa: F401
    import keras
    import tensorflow as tf

    classes = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
    rnn = getattr(keras.layers, classes[kind])(n, return_sequences=True)
    x = tf.random.normal((32, 64, 64))
    rnn(x)

    @tf.function
    def update():
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(rnn(x))
        return tape.gradient(total, rnn.trainable_variables)

    return update


if __name__ == "__main__":
    what, *more = sys.argv[1:] or ["names"]
    if "tensorflow" not in more:
        import torch

        torch.set_num_threads(1)
    experiment = {
        "names": names,
        "recall": recall,
        "recall-again": recall_again,
        "recall-at": recall_at,
        "gates": gates,
        "seconds": seconds,
        "without-onednn": without_onednn,
    }
    new = experiment[what](*more)
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    FILE.write_text(json.dumps(known | new, indent=1) + "\n", "utf-8", newline="\n")
