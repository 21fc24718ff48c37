"""Measure what the README's tables say; PyTorch, one thread.

    python lessons/12-sampling-text/measure.py decoding  # four ways to change p; beams
    python lessons/12-sampling-text/measure.py novelty   # what the training text has
    python lessons/12-sampling-text/measure.py heart     # epochs, dropout, canaries
    python lessons/12-sampling-text/measure.py units     # characters, pieces, words
    python lessons/12-sampling-text/measure.py pieces    # ours beside `tokenizers`

Each writes its part of `measured.json` as results come, and goes on where it stopped;
`figures.py` draws it and renews the tables in the README. Rates are chosen on text that
is neither trained on nor reported. The last needs `pip install tokenizers`.
"""

import itertools
import json
import re
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

import writing
from unrolled import baselines, batches, data, models, text

FILE = Path(__file__).parent / "measured.json"
SEEDS, TUNING = range(5), 100  # the seed of the runs that choose a rate
LENGTHS = (4, 6, 8, 10, 12, 15, 20, 25, 30, 40)


def keep(name: str, what: str, measure) -> object:
    """Return what `measured.json` has under two names; else measure and add it."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    if what not in known.setdefault(name, {}):
        known[name][what] = measure()
        FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")
        print(name, what, f"{time.process_time():.0f} s", flush=True)
    return known[name][what]


class Shakespeare:
    """The stored model of the plays in PyTorch, and the text that it was trained on."""

    def __init__(self):
        import torch

        from unrolled.backends import pytorch as ur

        self.model = models.load("plays")
        words = data.text("plays", fallback=False).text
        self.train, self.valid = batches.split(self.model.encode(words), 0.95)
        self.words = set(text.tokenize(words[: len(self.train)]))
        network = ur.ready(ur.language_model(self.model))

        @torch.no_grad()
        def step(ids, state=None):  # ids: (batch,) or (batch, time)
            ids = ids if np.ndim(ids) == 2 else np.asarray(ids)[:, None]
            logits, state = network(ur.tensor(ids), state)
            return ur.array(logits[:, -1]), state

        self.step = step

    def start(self, rows, rng):
        """Return what the model says after 100 held-out letters, row by row."""
        at = rng.integers(0, len(self.valid) - 100, size=rows)
        return self.step(self.valid[at[:, None] + np.arange(100)])

    def judged(self, ids):
        """Return the share of real words, and two measures of repetition."""
        loops = [writing.longest_loop(row) for row in ids]
        written = "\n".join(map(self.model.decode, ids))
        return {
            "words": writing.real_words(written, self.words),
            "distinct": writing.distinct(ids, 10),
            "loop": float(np.mean(loops)),
        }


STRENGTHS = {
    "temperature": (writing.temper, (0.4, 0.5, 0.7, 0.85, 1.0, 1.2)),
    "top-k": (writing.top_k, (1, 2, 4, 8, 16)),
    "nucleus": (writing.top_p, (0.5, 0.7, 0.85, 0.95)),
    "min-p": (writing.min_p, (0.4, 0.2, 0.1, 0.03)),
}


def decoding() -> None:
    """Write with each way of changing the distribution, at several strengths."""
    task, rows, n = Shakespeare(), 64, 200
    real = task.valid[: len(task.valid) // n * n].reshape(-1, n)[::8]
    nats = task.model.nats(real[:64]).mean()
    keep("decoding", "letters read", lambda: task.model.about["characters read"])
    keep("decoding", "real", lambda: task.judged(real) | {"nats": float(nats)})

    def run(change, strength, seed):
        rng = np.random.default_rng(seed)
        start = task.start(rows, rng)
        ids, nats = writing.write(
            task.step, start, n, rng, lambda p: change(p, strength)
        )
        return task.judged(ids) | {"nats": float(nats)}

    for way, (change, strengths) in STRENGTHS.items():
        for strength in strengths:
            of = partial(run, change, strength)
            keep("decoding", f"{way} {strength}", lambda of=of: [of(s) for s in SEEDS])
    for width in (1, 2, 4, 8, 16, 32):
        keep("beams", str(width), lambda w=width: beams(task, n, w))


def beams(task, n, width, prompts=10) -> list[dict]:
    """Search a likely text after each of 10 prompts; return what is counted in them."""
    runs = []
    for at in range(2000, 2000 + 10_000 * prompts, 10_000):
        ids, ln_p = beam(task.step, task.valid[at : at + 100], n, width)
        runs.append(task.judged(ids[None]) | {"nats": -ln_p / n})
    return runs


def beam(step, prompt, n, width):
    """Return the best text that a beam finds, (n,), and ln of its probability."""
    logits, state = step(prompt[None])
    scores, texts = np.zeros(1), np.zeros((1, 0), int)
    for _ in range(n):
        table = scores[:, None] + np.log(np.maximum(writing.softmax(logits), 1e-300))
        flat = np.argsort(-table, axis=None)[:width]
        parents, ids = np.unravel_index(flat, table.shape)
        scores = table.ravel()[flat]
        texts = np.concatenate([texts[parents], ids[:, None]], axis=1)
        logits, state = step(ids, tuple(part[:, parents] for part in state))
    return texts[0], float(scores[0])


def novelty() -> None:
    """Look for what was written in the training text, by the length of the pieces."""
    task, rows, n = Shakespeare(), 64, 400
    known = writing.Known(task.train, LENGTHS)
    table = baselines.NGram(7, task.model.n_symbols, "kneser-ney").fit(task.train)
    keep("novelty", "letters read", lambda: task.model.about["characters read"])

    def written(way, seed):
        rng = np.random.default_rng(seed)
        at = rng.integers(0, len(task.valid) - n, size=rows)
        if way == "held-out text":
            return known.curve(task.valid[at[:, None] + np.arange(n)])
        if way == "7-gram":  # fewer: it takes its time
            drawn = table.sample(rows * n // 2, rng, task.valid[int(at[0]) :][:100])
            return known.curve(drawn.reshape(-1, n))
        tau, start = float(way.rpartition(" ")[2]), task.start(rows, rng)
        ids, _ = writing.write(
            task.step, start, n, rng, lambda p: writing.temper(p, tau)
        )
        return known.curve(ids)

    ways = [f"network, τ = {tau}" for tau in (1, 0.7, 0.5)]
    for way, seed in itertools.product([*ways, "held-out text", "7-gram"], SEEDS):
        of = partial(written, way, seed)
        keep("novelty", f"{way}, seed {seed}", of)


# ---- learned by heart ----------------------------------------------------------------

SMALL, MOMENTS = 10_000, (1, 2, 4, 8, 16, 32)
CANARIES = {"Odette": 0, "Brenn": 1, "Calvin": 2, "Dorrit": 4, "Esmond": 8}
RATES = (0.003, 0.01, 0.03)


def planted(words: str, rng) -> tuple[str, dict[str, str]]:
    """Return a text with secret numbers at random line ends, and the numbers."""
    lines, numbers = words.split("\n"), {}
    for name, times in CANARIES.items():
        numbers[name] = "".join(map(str, rng.integers(0, 10, size=4)))
        for place in rng.choice(len(lines), size=times, replace=False):
            lines[place] += f"\nThe number of {name} is {numbers[name]}."
    return "\n".join(lines), numbers


def network(n_symbols: int, n_hidden: int, n_embedding: int, dropout: float = 0.0):
    """Return embedding, LSTM and linear layer, with the start of unit 11's lesson."""
    from torch import nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(n_symbols, n_embedding)
            self.lstm = nn.LSTM(n_embedding, n_hidden, batch_first=True)
            self.out = nn.Linear(n_hidden, n_symbols)
            self.drop = nn.Dropout(dropout)
            nn.init.orthogonal_(self.lstm.weight_hh_l0)
            nn.init.ones_(self.lstm.bias_ih_l0[n_hidden : 2 * n_hidden])
            nn.init.xavier_uniform_(self.out.weight)

        def forward(self, x, state=None):
            h, state = self.lstm(self.drop(self.embed(x)), state)
            return self.out(self.drop(h)), state

    return CharLSTM()


def stepper(net):
    """Return `step(ids, state)` of a network that is being trained."""
    import torch

    from unrolled.backends import pytorch as ur

    @torch.no_grad()
    def step(ids, state=None):
        ids = ids if np.ndim(ids) == 2 else np.asarray(ids)[:, None]
        logits, state = ur.ready(net)(ur.tensor(ids), state)
        return ur.array(logits[:, -1]), state

    return step


def exposure(step, vocab, name: str, number: str) -> float:
    """Return log2 of how far a number stands before the end of all 10,000 (bits).

    Carlini and others (2019): log2 of the number of candidates less log2 of the rank.
    """
    digits = vocab.encode("0123456789")
    logits, state = step(vocab.encode(f"The number of {name} is ")[None])
    scores = np.zeros(1)
    for place in range(4):
        log_p = np.log(writing.softmax(logits)[:, digits])
        scores = (scores[:, None] + log_p).ravel()
        if place < 3:
            rows = np.repeat(np.arange(len(log_p)), 10)
            state = tuple(part[:, rows] for part in state)
            logits, state = step(np.tile(digits, len(log_p)), state)
    rank = 1 + int((scores > scores[int(number)]).sum())
    return float(np.log2(len(scores) / rank))


def heart() -> None:
    """Train on 10,000 letters for 32 epochs, without dropout and with it."""
    words = data.text("plays", fallback=False).text
    pieces = [words[k * SMALL : (k + 1) * SMALL] for k in (10, 12, 14)]
    vocab = text.Vocab(
        "".join(pieces) + "0123456789The number of is." + "".join(CANARIES)
    )
    for dropout in (0.0, 0.5):
        name, best = f"dropout {dropout:g}", {}
        for rate in RATES:
            train = partial(by_heart, pieces, vocab, TUNING, rate, dropout, epochs=8)
            curve = keep("heart", f"{name}, tried {rate}", train)
            best[rate] = min(look["dev"] for look in curve)
        rate = min(best, key=best.get)
        keep("heart", f"{name}, rate", lambda rate=rate: rate)
        for seed in SEEDS:
            train = partial(by_heart, pieces, vocab, seed, rate, dropout)
            keep("heart", f"{name}, seed {seed}", train)
    small, valid = vocab.encode(pieces[0]), vocab.encode(pieces[2])
    known = writing.Known(small, LENGTHS)
    n_gram = baselines.NGram(7, len(vocab), "kneser-ney").fit(small)
    keep("heart", "held-out text", lambda: known.curve(valid[None]))
    keep("heart", "7-gram, nats", lambda: n_gram.nats(valid))
    for seed in SEEDS:
        drawn = n_gram.sample(8192, np.random.default_rng(seed)).reshape(32, -1)
        keep("heart", f"7-gram, seed {seed}", lambda ids=drawn: known.curve(ids))


def by_heart(pieces, vocab, seed, rate, dropout, epochs=MOMENTS[-1]):
    """Return what is found at each moment of one training."""
    from unrolled.backends import pytorch as ur

    rng = np.random.default_rng(seed)
    story, numbers = planted(pieces[0], rng)
    train, dev, valid = (vocab.encode(part) for part in (story, *pieces[1:]))
    known, looks = writing.Known(train, LENGTHS), []
    ur.seed(seed)
    net = network(len(vocab), 128, 32, dropout)
    streams = batches.Streams(train, 8, 32)
    step, whole = (
        stepper(net),
        [batches.Streams(t, 8, 128, whole=True) for t in (train, dev, valid)],
    )

    def look(update):
        epoch = update // len(streams)
        if epoch not in MOMENTS or (looks and looks[-1]["epoch"] == epoch):
            return
        nats = [ur.evaluate(net, part, stateful=True) for part in whole]
        drawing = np.random.default_rng(seed)
        start = step(np.repeat(valid[None, :100], 32, axis=0))
        ids, _ = writing.write(step, start, 256, drawing, lambda p: p)
        looks.append({
            "epoch": epoch, "train": nats[0], "dev": nats[1], "valid": nats[2],
            "seen": known.curve(ids),
            "exposure": {n: exposure(step, vocab, n, numbers[n]) for n in CANARIES},
        })  # fmt: skip

    ur.fit(
        net, streams, epochs=epochs, lr=rate, stateful=True,
        schedule="constant", every=len(streams), after=look, progress=False,
    )  # fmt: skip
    return looks


# ---- characters, pieces, words -------------------------------------------------------

SECONDS, WORD = 6.0, re.compile(r" ?[A-Za-z']+|[^A-Za-z']")


class Pieces:
    """A text in one kind of symbols, of which every text can be written."""

    def __init__(self, kind: str, size: int, train: str):
        counts = Counter(WORD.findall(train))
        letters = sorted(set(train))
        self.rank, self.known = {}, set()
        if kind == "pieces":
            pairs = writing.merges(counts, size - len(letters))
            self.rank = {pair: k for k, pair in enumerate(pairs)}
            letters += sorted({a + b for a, b in pairs})
        elif kind == "words":  # what is no frequent word is spelled
            self.known = {w for w, _ in counts.most_common(size - len(letters))}
            letters = sorted({*letters, *self.known})
        self.ids = {symbol: k for k, symbol in enumerate(letters)}
        self.cache: dict[str, list[int]] = {}
        self.kind = kind

    def encode(self, words: str) -> np.ndarray:
        """Return the integers of a text."""
        out: list[int] = []
        for word in WORD.findall(words):
            if word not in self.cache:
                parts = [word] if word in self.known else list(word)
                if self.rank:
                    parts = writing.by_merges(word, self.rank)
                self.cache[word] = [self.ids.get(p, 0) for p in parts]
            out += self.cache[word]
        return np.array(out)


KINDS = {  # size, steps of a window
    "characters": ("letters", 0, 64),
    "500 pieces": ("pieces", 500, 32),
    "4,000 words, the rest spelled": ("words", 4000, 24),
}
UNIT_RATES = (0.004, 0.008, 0.016)


def units() -> None:
    """Train one network for equal seconds on each kind of symbol."""
    from unrolled.backends import pytorch as ur

    words = data.text("plays", fallback=False).text
    cut = int(len(words) * 0.95)
    train, valid = words[:cut], words[cut:]
    most, dev = train[: int(cut * 0.95)], train[int(cut * 0.95) :][:100_000]
    for name, (kind, size, steps) in KINDS.items():
        coded = Pieces(kind, size, train)
        ids = {part: coded.encode(part) for part in (train, most, dev, valid)}

        def run(seed, rate, learn, judge, coded=coded, ids=ids, steps=steps):
            ur.seed(seed)
            net = network(len(coded.ids), 192, 64)
            stream = batches.Streams(ids[learn], 32, steps)
            began = time.process_time()
            ur.fit(net, stream, steps=30, lr=1e-9, stateful=True, progress=False)
            updates = int(30 * SECONDS / (time.process_time() - began))
            ur.seed(seed)
            net, began = network(len(coded.ids), 192, 64), time.process_time()
            ur.fit(net, stream, steps=updates, lr=rate, stateful=True, progress=False)
            seconds = time.process_time() - began
            held = batches.Streams(ids[judge], 64, 64, whole=True)
            nats = ur.evaluate(net, held, stateful=True) * (len(ids[judge]) - 1)
            bits = nats / np.log(2) / len(judge)
            letters = updates * 32 * steps * len(learn) / len(ids[learn])
            return {"bits": bits, "seconds": seconds, "letters": letters}

        facts = {"symbols": len(coded.ids), "per letter": len(ids[valid]) / len(valid)}
        keep("units", f"{name}, facts", lambda facts=facts: facts)
        best = {}
        for rate in UNIT_RATES:
            one = partial(run, TUNING, rate, most, dev)
            best[rate] = keep("units", f"{name}, tried {rate}", one)["bits"]
        rate = min(best, key=best.get)
        keep("units", f"{name}, rate", lambda rate=rate: rate)
        for seed in SEEDS:
            keep(
                "units", f"{name}, seed {seed}", partial(run, seed, rate, train, valid)
            )


def pieces() -> None:
    """Learn merges with our twenty lines and with the library, and compare them."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    words = data.text("plays", fallback=False).text[:500_000]
    counts, n = Counter(WORD.findall(words)), 300
    began = time.process_time()
    ours = writing.merges(counts, n)
    seconds = time.process_time() - began
    library = Tokenizer(models.BPE())
    pattern = pre_tokenizers.Split(Regex(WORD.pattern), "removed", invert=True)
    library.pre_tokenizer = pattern
    trainer = trainers.BpeTrainer(
        vocab_size=n + len(set(words)),
        show_progress=False,
        initial_alphabet=sorted(set(words)),
    )
    began = time.process_time()
    library.train_from_iterator([words], trainer)
    theirs = json.loads(library.to_str())["model"]["merges"]
    same = list(
        itertools.takewhile(
            lambda ab: ab[0] == tuple(ab[1]), zip(ours, theirs, strict=False)
        )
    )
    rank = {pair: k for k, pair in enumerate(ours)}
    coded = [
        p for w in WORD.findall(words[:50_000]) for p in writing.by_merges(w, rank)
    ]
    equal = coded == library.encode(words[:50_000]).tokens
    found = {
        "merges": n,
        "the same from the start": len(same),
        "in both": len(set(ours) & {tuple(pair) for pair in theirs}),
        "50,000 letters encoded alike": equal,
        "seconds": [seconds, time.process_time() - began],
    }
    keep("pieces", "library", lambda: found)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    known = (decoding, novelty, heart, units, pieces)
    what = (sys.argv[1:] or [""])[0]
    experiment = {each.__name__: each for each in known}.get(what)
    if experiment is None:
        raise SystemExit(f"Say which: {', '.join(each.__name__ for each in known)}.")
    experiment()
