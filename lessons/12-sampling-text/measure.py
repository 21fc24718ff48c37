"""Measure what the README's tables say; PyTorch, one thread.

    python lessons/12-sampling-text/measure.py decoding  # four ways to change p; beams
    python lessons/12-sampling-text/measure.py novelty   # what the training text has
    python lessons/12-sampling-text/measure.py heart     # epochs, dropout, canaries
    python lessons/12-sampling-text/measure.py units     # characters, pieces, words
    python lessons/12-sampling-text/measure.py pieces    # ours beside `tokenizers`

Each writes its part of `measured.json` as results come; `figures.py` draws it and
renews the tables in the README. Rates are chosen on text that is neither trained on nor
reported. The last needs `pip install tokenizers`.
"""

import itertools
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

import writing
from unrolled import baselines, batches, data, models, text

FILE = Path(__file__).parent / "measured.json"
SEEDS, TUNING = range(5), 100  # the seed of the runs that choose a rate
LENGTHS = (4, 6, 8, 10, 12, 15, 20, 25, 30, 40)


def keep(name: str, **found) -> None:
    """Add to one part of `measured.json`, and print it."""
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    known[name] = known.get(name, {}) | found
    FILE.write_text(json.dumps(known, indent=1) + "\n", "utf-8", newline="\n")
    print(name, found, f"{time.process_time():.0f} s", flush=True)


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
    "temperature": (writing.temper, (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)),
    "top-k": (writing.top_k, (1, 2, 3, 4, 6, 10, 20)),
    "nucleus": (writing.top_p, (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)),
    "min-p": (writing.min_p, (0.5, 0.3, 0.2, 0.1, 0.05, 0.02)),
}


def decoding() -> None:
    """Write with each way of changing the distribution, at several strengths."""
    task, rows, n = Shakespeare(), 100, 300
    real = task.valid[: len(task.valid) // n * n].reshape(-1, n)[::8]
    nats = task.model.nats(task.valid[None, :100_000]).mean()
    keep("decoding", real=task.judged(real) | {"nats": float(nats)})
    for way, (change, strengths) in STRENGTHS.items():
        for strength in strengths:
            runs = []
            for seed in SEEDS:
                rng = np.random.default_rng(seed)
                start = task.start(rows, rng)
                ids, nats = writing.write(
                    task.step, start, n, rng, lambda p, c=change, s=strength: c(p, s)
                )
                runs.append(task.judged(ids) | {"nats": float(nats)})
            keep("decoding", **{f"{way} {strength}": runs})
    beams(task, n)


def beams(task, n, prompts=20) -> None:
    """Search likely texts after 20 prompts, with beams of several widths."""
    for width in (1, 2, 4, 8, 16, 32):
        runs = []
        for prompt in range(prompts):
            at = 2000 + 10_000 * prompt
            ids, ln_p = beam(task.step, task.valid[at : at + 100], n, width)
            runs.append(task.judged(ids[None]) | {"nats": -ln_p / n})
        keep("beams", **{str(width): runs})


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
    task, rows, n = Shakespeare(), 128, 400
    known = writing.Known(task.train, LENGTHS)
    table = baselines.NGram(7, task.model.n_symbols, "kneser-ney").fit(task.train)
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        at = rng.integers(0, len(task.valid) - n, size=rows)
        found = {"held-out text": task.valid[at[:, None] + np.arange(n)]}
        ways = {"network, τ = 1": 1.0, "network, τ = 0.7": 0.7, "network, τ = 0.5": 0.5}
        for way, tau in ways.items():
            found[way], _ = writing.write(
                task.step,
                task.start(rows, rng),
                n,
                rng,
                lambda p, t=tau: writing.temper(p, t),
            )
        context = task.valid[int(at[0]) :][:100]
        drawn = table.sample(rows * n // 2, rng, context)  # half: it takes its time
        found["7-gram"] = drawn.reshape(-1, n)
        for way, ids in found.items():
            keep("novelty", **{f"{way}, seed {seed}": known.curve(ids)})


# ---- learned by heart ----------------------------------------------------------------

SMALL, MOMENTS = 20_000, (1, 2, 4, 8, 16, 32)
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
    """Train on 20,000 letters for 32 epochs, without dropout and with it."""
    words = data.text("plays", fallback=False).text
    pieces = [words[k * SMALL : (k + 1) * SMALL] for k in (10, 12, 14)]
    vocab = text.Vocab(
        "".join(pieces) + "0123456789The number of is." + "".join(CANARIES)
    )
    for dropout in (0.0, 0.5):
        best = {}
        for rate in RATES:
            curve = by_heart(pieces, vocab, TUNING, rate, dropout)
            best[rate] = min(look["dev"] for look in curve)
        rate = min(best, key=best.get)
        runs = [by_heart(pieces, vocab, seed, rate, dropout) for seed in SEEDS]
        keep(
            "heart",
            **{f"dropout {dropout:g}": {"rate": rate, "tried": best, "runs": runs}},
        )
    known = writing.Known(vocab.encode(pieces[0]), LENGTHS)
    n_gram = baselines.NGram(7, len(vocab), "kneser-ney").fit(vocab.encode(pieces[0]))
    drawn = [
        n_gram.sample(16_384, np.random.default_rng(s)).reshape(64, -1) for s in SEEDS
    ]
    valid = vocab.encode(pieces[2])
    real = known.curve(valid[None])
    keep("heart", **{
        "held-out text": real,
        "7-gram": [known.curve(ids) for ids in drawn],
        "7-gram, nats": n_gram.nats(valid),
    })  # fmt: skip


def by_heart(pieces, vocab, seed, rate, dropout):
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
        start = step(np.repeat(valid[None, :100], 64, axis=0))
        ids, _ = writing.write(step, start, 256, drawing, lambda p: p)
        looks.append({
            "epoch": epoch, "train": nats[0], "dev": nats[1], "valid": nats[2],
            "seen": known.curve(ids),
            "exposure": {n: exposure(step, vocab, n, numbers[n]) for n in CANARIES},
        })  # fmt: skip

    ur.fit(
        net, streams, steps=MOMENTS[-1] * len(streams), lr=rate, stateful=True,
        schedule="constant", every=len(streams), after=look, progress=False,
    )  # fmt: skip
    print(seed, rate, dropout, looks[-1], f"{time.process_time():.0f} s", flush=True)
    return looks


# ---- characters, pieces, words -------------------------------------------------------

SECONDS, WORD = 15.0, re.compile(r" ?[A-Za-z']+|[^A-Za-z']")


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
    "2,000 pieces": ("pieces", 2000, 24),
    "4,000 words, the rest spelled": ("words", 4000, 24),
}
UNIT_RATES = (0.004, 0.008, 0.016)


def units() -> None:
    """Train one network for equal seconds on each kind of symbol."""
    import torch

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

        tried = {rate: run(TUNING, rate, most, dev)["bits"] for rate in UNIT_RATES}
        rate = min(tried, key=tried.get)
        found = {"symbols": len(coded.ids), "per letter": len(ids[valid]) / len(valid)}
        found |= {"tried": tried, "rate": rate}
        keep(
            "units",
            **{name: found | {"runs": [run(s, rate, train, valid) for s in SEEDS]}},
        )
    assert torch.get_num_threads() == 1
    counted(train, valid)


def counted(train: str, valid: str) -> None:
    """Score tables of counts in the same symbols."""
    for name, (kind, size, _) in KINDS.items():
        coded = Pieces(kind, size, train)
        a, b = coded.encode(train), coded.encode(valid)
        scores = {}
        for order in range(2, 8):
            if len(coded.ids) ** order < 2**63:
                table = baselines.NGram(order, len(coded.ids), "kneser-ney").fit(a)
                scores[order] = table.nats(b) * len(b) / np.log(2) / len(valid)
        keep("counted", **{name: scores})


def pieces() -> None:
    """Learn merges with our twenty lines and with the library, and compare them."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    words = data.text("plays", fallback=False).text[:500_000]
    counts, n = Counter(WORD.findall(words)), 300
    began = time.process_time()
    ours = writing.merges(counts, n)
    seconds = time.process_time() - began
    library = Tokenizer(models.BPE())
    pattern = pre_tokenizers.Split(WORD.pattern, "removed", invert=True)
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
    keep("pieces", merges=n, same_from_the_start=len(same),
         same=len(set(ours) & {tuple(t) for t in theirs}), encoded_equal=equal,
         seconds=[seconds, time.process_time() - began],
         first=["".join(p) for p in ours[:12]])  # fmt: skip


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    known = (decoding, novelty, heart, units, pieces)
    what = (sys.argv[1:] or [""])[0]
    experiment = {each.__name__: each for each in known}.get(what)
    if experiment is None:
        raise SystemExit(f"Say which: {', '.join(each.__name__ for each in known)}.")
    experiment()
