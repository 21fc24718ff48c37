"""Measure what the README's tables and its race say; PyTorch, one thread.

    python lessons/11-character-language-models/measure.py tables    # n-grams
    python lessons/11-character-language-models/measure.py example   # one, worked
    python lessons/11-character-language-models/measure.py context   # how far back
    python lessons/11-character-language-models/measure.py state     # carried or not
    python lessons/11-character-language-models/measure.py longer 384  # or 192
    python lessons/11-character-language-models/measure.py tiny      # a small text

Each writes its part of `measured.json` as results come; `figures.py` draws it and
renews the tables in the README. Rates are chosen on the last twentieth of the training
part.
"""

import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np

from unrolled import baselines, batches, data, text

FILE = Path(__file__).parent / "measured.json"
SEEDS, TUNING = range(5), 100  # the seed of the runs that choose a rate
BATCH, STEPS = 32, 64
KEPT = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64)  # letters of true context
LONGER = {192: (4000, 0.012), 384: (5000, 0.006)}  # updates, rate


def char_lstm(n_symbols: int, n_hidden: int, n_layers: int = 1, dropout: float = 0.0):
    """Return the lesson's model, with the lesson's initial weights."""
    from torch import nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(n_symbols, 64)
            self.lstm = nn.LSTM(64, n_hidden, n_layers, batch_first=True)
            self.drop = nn.Dropout(dropout)
            self.out = nn.Linear(n_hidden, n_symbols)
            for k in range(n_layers):
                nn.init.orthogonal_(getattr(self.lstm, f"weight_hh_l{k}"))
                bias = getattr(self.lstm, f"bias_ih_l{k}")
                nn.init.ones_(bias[n_hidden : 2 * n_hidden])
            nn.init.xavier_uniform_(self.out.weight)

        def forward(self, x, state=None):
            h, state = self.lstm(self.embed(x), state)
            return self.out(self.drop(h)), state

    return CharLSTM()


class Shuffled(batches.Streams):
    """The same windows, the rows of each batch in another order, as in the lesson."""

    def __iter__(self):
        rng = np.random.default_rng(0)
        for x, y in super().__iter__():
            order = rng.permutation(len(x))
            yield x[order], y[order]


class Plays:
    """A text of letters: what to train on, what chooses a rate, what is held out."""

    def __init__(self, name: str = "plays"):
        words = data.text(name, fallback=False).text
        self.vocab = text.Vocab.from_text(words)
        self.v = len(self.vocab)
        self.train, self.valid = batches.split(self.vocab.encode(words), 0.95)
        self.most, self.dev = batches.split(self.train, 0.95)

    def learn(self, model, updates, rate, *, tuning=False, **options):
        """Train on streams of 32 x 64; return the nats on dev, or on the held-out."""
        from unrolled.backends import pytorch as ur

        ids = self.most if tuning else self.train
        stream = options.pop("stream", None) or batches.Streams(ids, BATCH, STEPS)
        options = {"stateful": True, "progress": False} | options
        ur.fit(model, stream, steps=updates, lr=rate, **options)
        return self.nats(model, self.dev if tuning else self.valid)

    def nats(self, model, ids):
        """Return the nats over all of `ids`, with the state carried."""
        from unrolled.backends import pytorch as ur

        return ur.evaluate(model, batches.Streams(ids, 64, 128, whole=True), stateful=1)


def seeded(seed: int, *sizes, **more):
    """Return a model whose weights come from this seed."""
    from unrolled.backends import pytorch as ur

    ur.seed(seed)
    return char_lstm(*sizes, **more)


def keep(name: str, **found) -> None:
    """Add to one part of `measured.json`, and print it."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known[name] = known.get(name, {}) | found
    FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")
    print(name, found, f"{time.process_time():.0f} s", flush=True)


def tables() -> None:
    """Score n-grams of order 1 to 8 that counted all letters."""
    task = Plays()
    for smoothing in ("witten-bell", "kneser-ney"):
        nats = [
            baselines.NGram(order, task.v, smoothing).fit(task.train).nats(task.valid)
            for order in range(1, 9)
        ]
        keep("tables", **{f"{smoothing}, all": nats})


def example() -> None:
    """Work the page's example of Kneser and Ney's smoothing, and count neighbors."""
    task = Plays()
    code, letters = task.vocab.encode, task.vocab.decode(task.train)
    n_gram = baselines.NGram(6, task.v, "kneser-ney")
    _, counts = np.unique(n_gram._codes(task.train, 6), return_counts=True)
    discounts = baselines._discounts(counts)
    after = {w: letters.count("rphan" + w) for w in (" ", "s", "'", ",")}
    p = n_gram.fit(task.train).probabilities(code("rphan"))
    rest = sum(discounts[min(c, 3)] for c in after.values()) / sum(after.values())
    n_gram._levels.pop()  # below the top level: what follows "phan"
    lower = n_gram.probabilities(code("phan"))
    for w, c in after.items():
        k = code(w)[0]
        taken = max(c - discounts[min(c, 3)], 0) / sum(after.values())
        assert np.isclose(p[k], taken + rest * lower[k])
        keep("kneser-ney", **{w: [c, float(lower[k]), float(p[k])]})
    keep("kneser-ney", discounts=list(discounts[1:]), rest=float(rest))
    for w in ("h", "'"):
        left = task.train[:-1][task.train[1:] == code(w)[0]]
        keep("neighbors", **{w: [len(left), len(np.unique(left))]})


def context() -> None:
    """Score the same 2,048 letters after k letters of their text.

    Before the k letters comes nothing, the state being zero, or 64 letters from another
    place of the held-out part. An n-gram that counted the same two million letters gets
    k letters too.
    """
    import torch

    from unrolled.backends import pytorch as ur

    task = Plays()
    valid, most = task.valid, max(KEPT)
    at = np.linspace(most, len(valid) - 1, 2048).astype(int)  # places of the targets
    other = np.roll(at, len(at) // 2)  # half the held-out part away
    stream = batches.Streams(task.train, BATCH, STEPS)
    read = np.concatenate(
        [x for x, _ in itertools.islice(stream, 1000)], axis=1
    ).ravel()
    for smoothing in ("witten-bell", "kneser-ney"):
        scores = []
        for order in range(2, 9):
            p = baselines.NGram(order, task.v, smoothing).fit(read).each(valid)
            scores.append(-np.log(p[at]).mean())
        keep("context", **{smoothing: scores})

    @torch.no_grad()
    def score(model, before):
        """Return the nats of the targets after `before` (targets, time)."""
        nats = 0.0
        for ids, y in zip(
            np.array_split(before, 8), np.array_split(valid[at], 8), strict=True
        ):
            z = model.out(model.lstm(model.embed(ur.tensor(ids)))[0][:, -1])
            log_p = torch.log_softmax(z.double(), -1).numpy()
            nats -= log_p[np.arange(len(y)), y].sum()
        return float(nats / len(at))

    def letters(places, n):
        return valid[places[:, None] + np.arange(-n, 0)]

    for seed in SEEDS:
        model = seeded(seed, task.v, 192)
        found = {"carried": task.learn(model, 1000, 0.015)}
        model.eval()
        unrelated = letters(other, 64)
        found["zero"] = [score(model, letters(at, k)) for k in KEPT]
        found["warm"] = [
            score(model, np.concatenate([unrelated, letters(at, k)], 1)) for k in KEPT
        ]
        keep("context", **{str(seed): found})


def state() -> None:
    """Train and judge with the state carried, set to zero, or a stranger's."""
    import torch

    from unrolled.backends import pytorch as ur

    task = Plays()
    by_8 = batches.Streams(task.valid, 512, 8, whole=True)

    @torch.no_grad()
    def stranger(model):
        """Return the nats when each row starts from the state of the row above."""
        model.eval()
        nats, count, now = 0.0, 0.0, None
        for x, y, weight in by_8:
            if now is not None:
                now = tuple(part.roll(1, dims=1) for part in now)
            z, now = model(ur.tensor(x), now)
            each = torch.nn.functional.cross_entropy(
                z.flatten(0, 1), ur.tensor(y).flatten(), reduction="none"
            )
            nats += float(each.numpy() @ weight.ravel())
            count += float(weight.sum())
        return float(nats / count)

    ways = {
        "carried": (batches.Streams, True, 0.0),
        "zero at every window": (batches.Streams, False, 0.0),
        "carried to a wrong row": (Shuffled, True, 0.0),
        "carried, dropout 0.3": (batches.Streams, True, 0.3),
    }
    for way, (kind, stateful, dropout) in ways.items():

        def run(seed, rate, tuning=False, way=(kind, stateful, dropout)):
            kind, stateful, dropout = way
            model = seeded(seed, task.v, 96, dropout=dropout)
            stream = kind(task.most if tuning else task.train, 64, 8)
            options = {"stream": stream, "stateful": stateful, "tuning": tuning}
            return model, task.learn(model, 400, rate, **options)

        trials = {rate: run(TUNING, rate, True)[1] for rate in (0.0075, 0.015, 0.03)}
        best = min(trials, key=trials.get)
        found = {"trials": trials, "rate": best, "judged": []}
        for seed in SEEDS:
            model, carried = run(seed, best)
            zero = ur.evaluate(model, by_8, stateful=False)
            found["judged"].append([carried, zero, stranger(model)])
        keep("state", **{way: found})


def longer(width: str) -> None:
    """Train the two longer runs of the page's figure; one seed, no rate tuned."""
    task, (updates, rate) = Plays(), LONGER[int(width)]
    model, began, curve = seeded(0, task.v, int(width)), time.process_time(), []

    def look(step):
        curve.append([step * BATCH * STEPS / 1e6, task.nats(model, task.valid)])

    task.learn(model, updates, rate, every=1000, after=look)
    found = {"rate": rate, "updates": updates, "curve": curve}
    keep("longer", **{width: found | {"seconds": time.process_time() - began}})


def tiny() -> None:
    """Score n-grams on tiny Shakespeare: all that is held out, and its beginning."""
    task = Plays("tiny-shakespeare")
    for smoothing, order in (("witten-bell", 5), ("kneser-ney", 7)):
        n_gram = baselines.NGram(order, task.v, smoothing).fit(task.train)
        nats = n_gram.nats(task.valid), n_gram.nats(task.valid[:12_000])
        keep("tiny", **{f"{smoothing} {order}": nats})


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    known = (tables, example, context, state, longer, tiny)
    what, *more = sys.argv[1:] or [""]
    experiment = {each.__name__: each for each in known}.get(what)
    if experiment is None:
        raise SystemExit(f"Say which: {', '.join(each.__name__ for each in known)}.")
    experiment(*more)
