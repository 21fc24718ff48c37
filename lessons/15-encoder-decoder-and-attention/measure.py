"""Measure what the README's tables say: dates, reversal, sentences, sounds, pictures.

    python lessons/15-encoder-decoder-and-attention/measure.py reversal     # bottleneck
    python lessons/15-encoder-decoder-and-attention/measure.py memory       # copies
    python lessons/15-encoder-decoder-and-attention/measure.py dates        # scores
    python lessons/15-encoder-decoder-and-attention/measure.py captions     # pictures
    python lessons/15-encoder-decoder-and-attention/measure.py sounds       # cmudict
    python lessons/15-encoder-decoder-and-attention/measure.py sentences    # tatoeba

Each writes its part of `measured.json`, of which `figures.py` makes the README's
tables. Networks run in PyTorch on one thread. `sentences` needs sacrebleu, which the
course's tests have and its learners need not: `pip install -c constraints.txt
sacrebleu`. A rate is chosen among RATES for each contender by itself, on rows that are
held out from training and are not the test's, with a seed of its own.
"""

import importlib.util
import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from unrolled import batches, data, measured
from unrolled.backends import pytorch as ur

HERE = Path(__file__).parent
FILE = HERE / "measured.json"
SEEDS, TRIAL, RATES = range(5), 100, (0.003, 0.01, 0.03)
PAD, BEGIN, END, UNKNOWN = 0, 1, 2, 3
SCORES = ("one state", "equal shares", "dot", "general", "additive")


class Translator(nn.Module):
    """Encoder and decoder; `score` says how a step looks at what was read.

    "one state": not at all, its context is the encoder's last state. "equal shares": at
    the mean of all states. "dot" and "general": Luong and others 2015. "additive": the
    score of Bahdanau and others 2015, read after the step as Luong does. "content": the
    cosine, times a sharpness that the step says, by which a Neural Turing Machine reads
    (Graves and others 2014, section 3.3.1); the states are its memory.
    """

    def __init__(self, n_source, n_target, steps, n_hidden=64, score="general"):
        super().__init__()
        self.steps, self.kind = steps, score
        self.read = nn.Embedding(n_source, n_hidden // 2)
        self.said = nn.Embedding(n_target, n_hidden // 2)
        self.encoder = nn.GRU(n_hidden // 2, n_hidden, batch_first=True)
        self.decoder = nn.GRU(n_hidden // 2, n_hidden, batch_first=True)
        if score in ("general", "additive", "content"):
            self.of_state = nn.Linear(n_hidden, n_hidden, bias=False)
        if score == "additive":
            self.of_key = nn.Linear(n_hidden, n_hidden, bias=False)
            self.v = nn.Linear(n_hidden, 1, bias=False)
        if score == "content":
            self.sharp = nn.Linear(n_hidden, 1)
        self.mix = nn.Linear(2 * n_hidden, n_hidden)
        self.out = nn.Linear(n_hidden, n_target)

    def forward(self, x):
        """Return logits (batch, steps, n_target) of x (batch, time + steps)."""
        source, given = x[:, : -self.steps], x[:, -self.steps :]
        real = source != PAD
        keys, _ = self.encoder(self.read(source))  # (batch, time, n_hidden)
        last = keys[torch.arange(len(x)), real.sum(1) - 1]
        s, _ = self.decoder(self.said(given), last[None])  # (batch, steps, n_hidden)
        context = self.context(s, keys, last, real)
        return self.out(torch.tanh(self.mix(torch.cat([s, context], -1))))

    def context(self, s, keys, last, real):
        """Return what each step gets to see, (batch, steps, n_hidden)."""
        if self.kind == "one state":
            return last[:, None].expand_as(s)
        scores = torch.zeros(len(s), s.shape[1], keys.shape[1])
        if self.kind == "dot":
            scores = s @ keys.transpose(1, 2)
        elif self.kind == "general":
            scores = self.of_state(s) @ keys.transpose(1, 2)
        elif self.kind == "additive":
            both = self.of_state(s)[:, :, None] + self.of_key(keys)[:, None]
            scores = self.v(torch.tanh(both))[..., 0]
        elif self.kind == "content":
            unit = [
                nn.functional.normalize(a, dim=-1) for a in (self.of_state(s), keys)
            ]
            sharp = nn.functional.softplus(self.sharp(s))  # above 0
            scores = sharp * (unit[0] @ unit[1].transpose(1, 2))
        weights = scores.masked_fill(~real[:, None], -torch.inf).softmax(-1)
        return weights @ keys


def shifted(y):
    """Return y (n, steps) shifted right by one, behind BEGIN."""
    return np.concatenate([np.full((len(y), 1), BEGIN), y[:, :-1]], axis=1)


def train(model, source, y, updates, lr, seed, batch=64):
    """Train with teacher forcing on rows drawn at random; y == PAD does not count."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([source, shifted(y)], axis=1)
    rows = rng.integers(len(x), size=(updates, batch))
    steps = [(x[r], y[r], (y[r] != PAD).astype(np.float32)) for r in rows]
    ur.fit(model, steps, lr=lr, progress=False)
    return ur.ready(model)


def write(model, source, given=None):
    """Return what the model says, the likeliest each time; or with `given` forced."""
    steps = model.steps
    line = np.full((len(source), steps + 1), BEGIN)
    if given is not None:
        x = np.concatenate([source, shifted(given)], axis=1)
        return ur.array(model(ur.tensor(x))).argmax(-1)
    for t in range(steps):
        x = np.concatenate([source, line[:, :steps]], axis=1)
        line[:, t + 1] = ur.array(model(ur.tensor(x)))[:, t].argmax(-1)
    return line[:, 1:]


def loss_of(model, source, y):
    """Return the mean nats of the targets that count."""
    x = np.concatenate([source, shifted(y)], axis=1)
    return ur.evaluate(model, [(x, y, (y != PAD).astype(np.float32))])


def best_rate(build, learn, held, updates):
    """Return the rate whose model has the lowest loss on `held`, with a trial seed."""
    found = {}
    for rate in RATES:
        ur.seed(TRIAL)
        found[rate] = loss_of(train(build(), *learn, updates, rate, TRIAL), *held)
    return min(found, key=found.get)


def reversal(*lengths, updates=300):
    """Measure the share of signs right by the length of the row, of ten kinds."""
    for n in map(int, lengths or (5, 10, 20, 40)):
        found = {"updates": updates}
        for kind in ("one state", "general"):
            found[kind] = rows_written(kind, n, backwards, updates)
        keep(f"reversal {n}", found)


def memory(*lengths, updates=300):
    """Measure a copy of rows: from one state, by a matrix, by content."""
    for n in map(int, lengths or (10, 20)):
        found = {"updates": updates}
        for kind in ("one state", "general", "content"):
            found[kind] = rows_written(kind, n, forwards, updates)
        keep(f"copy {n}", found)


def rows_written(kind, n, rows_of, updates):
    """Tune, train and try a network on rows of n signs, once for each seed."""

    def build():
        return Translator(12, 12, n, score=kind)

    trial = rows_of(n, 20_000, 1), rows_of(n, 300, 2)
    rate = best_rate(build, *trial, updates)
    one = {"rate": rate, "alone": [], "given": [], "whole": []}
    for seed in SEEDS:
        ur.seed(seed)
        part = rows_of(n, 20_000, 10 + seed)
        model = train(build(), *part, updates, rate, seed)
        source, y = rows_of(n, 300, 3)
        right = write(model, source) == y
        one["alone"].append(right.mean())
        one["whole"].append(right.all(1).mean())
        one["given"].append((write(model, source, y) == y).mean())
    return one


def forwards(n, how_many, seed):
    """Return rows (how_many, n) of signs 2 to 11, and the same again."""
    source = np.random.default_rng([seed, n]).integers(2, 12, size=(how_many, n))
    return source, source.copy()


def backwards(n, how_many, seed):
    """Return rows (how_many, n) of signs 2 to 11, and the same backwards."""
    source, _ = forwards(n, how_many, seed)
    return source, source[:, ::-1].copy()


def dates(*kinds, updates=1000):
    """Measure dates exactly right, by how a step looks at what was read."""
    pairs = data.pairs("dates", fallback=False)
    signs = sorted(set("".join(pairs.sources + pairs.targets)))
    number = {sign: k for k, sign in enumerate(signs, start=2)}
    source, y = (
        batches.pad([[number[s] for s in text] for text in texts])[0]
        for texts in (pairs.sources, pairs.targets)
    )
    held, learn = pairs.train[:500], pairs.train[500:]
    found = {}
    for kind in kinds or SCORES:

        def build(kind=kind):
            return Translator(len(signs) + 2, len(signs) + 2, 10, score=kind)

        learned = source[learn], y[learn]
        part = source[held], y[held]
        rate = best_rate(build, learned, part, updates // 4)
        found[kind] = {"rate": rate, "exact": [], "seconds": []}
        for seed in SEEDS:
            ur.seed(seed)
            began = time.perf_counter()
            model = train(build(), *learned, updates, rate, seed)
            found[kind]["seconds"].append(time.perf_counter() - began)
            said = write(model, source[pairs.test])
            found[kind]["exact"].append((said == y[pairs.test]).all(1).mean())
    keep("dates", found | {"updates": updates, "test": len(pairs.test)})


def captions(updates=500):
    """Measure captions exactly right, with attention and with equal shares."""
    spec = importlib.util.spec_from_file_location("checks", HERE / "checks.py")
    spec.loader.exec_module(checks := importlib.util.module_from_spec(spec))
    cells, words = checks._scenes()
    found = {"linear": linear_captions(cells, words)}
    cells = cells + 1  # 0 is padding
    for kind in ("equal shares", "dot"):

        def build(kind=kind):
            return Captioner(kind)

        test, held, learn = slice(400), slice(400, 700), slice(700, None)
        part = cells[learn], words[learn]
        trial = cells[held], words[held]
        rate = best_rate(build, part, trial, updates)
        found[kind] = {"rate": rate, "exact": []}
        for seed in SEEDS:
            ur.seed(seed)
            model = train(build(), *part, updates, rate, seed)
            right = write(model, cells[test]) == words[test]
            found[kind]["exact"].append(right.all(1).mean())
    keep("captions", found | {"pictures": len(cells) - 700, "updates": updates})


def linear_captions(cells, words):
    """Return what a linear model for each word makes of what each cell holds."""
    x = np.eye(10)[cells].reshape(len(cells), -1)

    def exact(strength, asked):
        right = np.ones(len(x[asked]), bool)
        for column in words.T:
            model = LogisticRegression(max_iter=3000, C=strength)
            model.fit(x[700:], column[700:])
            right &= model.predict(x[asked]) == column[asked]
        return right.mean()

    scores = {c: exact(c, slice(400, 700)) for c in (1.0, 10.0, 100.0)}
    best = max(scores, key=scores.get)
    return {"rate": f"C = {best:.0f}", "exact": [exact(best, slice(400))]}


class Captioner(Translator):
    """A decoder over nine cells, each the sum of what it holds and where it is."""

    def __init__(self, score):
        super().__init__(11, 16, 6, n_hidden=32, score=score)
        self.kinds, self.places = nn.Embedding(11, 32), nn.Embedding(9, 32)

    def forward(self, x):
        """Return logits (batch, 6, 16) of x (batch, 9 + 6)."""
        cells, given = x[:, :9], x[:, 9:]
        keys = self.kinds(cells) + self.places.weight
        s, _ = self.decoder(self.said(given))
        context = self.context(s, keys, None, cells != PAD)
        return self.out(torch.relu(self.mix(torch.cat([s, context], -1))))


# ---- pronunciations ------------------------------------------------------------------


def sounds(updates=2500, n_learn=40_000, n_test=500):
    """Measure the phoneme error rate, beside a table of letters in their company."""
    pairs = data.pairs("cmudict", fallback=False)
    plain = re.compile(r"[a-z]{2,12}$")
    rng = np.random.default_rng(0)
    learn = [k for k in rng.permutation(pairs.train) if plain.match(pairs.sources[k])]
    tests = [k for k in rng.permutation(pairs.test) if plain.match(pairs.sources[k])]
    wanted = defaultdict(list)
    for k in tests:
        wanted[pairs.sources[k]].append(pairs.targets[k].split())
    words = list(wanted)[:n_test]
    learn = learn[: n_learn + 500]
    spelled = [pairs.sources[k] for k in learn]
    said = [pairs.targets[k].split() for k in learn]
    table = contexts(spelled[500:], said[500:])
    rates = {
        "letters in context": [error_rate([table(w) for w in words], words, wanted)]
    }
    letters = {c: k for k, c in enumerate("abcdefghijklmnopqrstuvwxyz", start=4)}
    phones = sorted({p for line in said for p in line})
    number = {p: k for k, p in enumerate(phones, start=4)}
    source = batches.pad([[letters[c] for c in w] for w in spelled])[0]
    steps = max(map(len, said)) + 1
    y = np.zeros((len(said), steps), int)
    for row, line in enumerate(said):
        y[row, : len(line) + 1] = [*(number[p] for p in line), END]
    asked = batches.pad([[letters[c] for c in w] for w in words])[0]
    part, held = (source[500:], y[500:]), (source[:500], y[:500])
    found = {"rates": {}, "test": len(words), "updates": updates}
    for kind in ("one state", "general"):

        def build(kind=kind):
            return Translator(30, len(phones) + 4, steps, 128, kind)

        rate = best_rate(build, part, held, updates // 3)
        found["rates"][kind], rates[kind] = rate, []
        for seed in SEEDS:
            ur.seed(seed)
            model = train(build(), *part, updates, rate, seed)
            lines = [
                [phones[k - 4] for k in cut(row) if k > UNKNOWN]
                for row in write(model, asked)
            ]
            rates[kind].append(error_rate(lines, words, wanted))
    keep("sounds", found | {"errors": rates})


def cut(row):
    """Return the numbers before the first END."""
    row = list(row)
    return row[: row.index(END)] if END in row else row


def error_rate(lines, words, wanted):
    """Return edits for each phoneme, against the nearest pronunciation of the word."""
    edits = [min((distance(line, w), len(w)) for w in wanted[word])
             for line, word in zip(lines, words, strict=True)]  # fmt: skip
    return sum(e for e, _ in edits) / sum(n for _, n in edits)


def distance(a, b):
    """Return the fewest insertions, deletions and changes from a to b."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def contexts(spelled, said, rounds=3):
    """Return a table's answer: the phonemes that a letter had in the most like company.

    Letters and phonemes are aligned first: a letter has none, one or two phonemes, and
    the likeliest cut is found again after each count (hard expectation-maximization).
    Asked for is the widest company that was seen, of up to three letters to each side.
    """
    counts, totals = Counter(), Counter()
    for word, line in zip(spelled, said, strict=True):
        for i, c in enumerate(word):  # to begin with: what stands about there
            at = i * len(line) // len(word)
            for piece in [()] + [tuple(line[at : at + n]) for n in (1, 2)]:
                counts[c, piece] += 1
                totals[c] += 1
    for _ in range(rounds):
        cost = {k: -np.log(n / totals[k[0]]) for k, n in counts.items()}
        counts, totals, cuts = Counter(), Counter(), []
        for word, line in zip(spelled, said, strict=True):
            cuts.append(aligned(word, line, cost))
            counts.update(zip(word, cuts[-1], strict=True))
            totals.update(word)
    seen = defaultdict(Counter)
    for word, pieces in zip(spelled, cuts, strict=True):
        padded = f"###{word}###"
        for i, piece in enumerate(pieces):
            for width in COMPANY:
                seen[company(padded, i, *width)][piece] += 1

    def answer(word):
        padded, found = f"###{word}###", []
        for i in range(len(word)):
            keys = (company(padded, i, *width) for width in COMPANY)
            key = next((k for k in keys if k in seen), None)
            found += seen[key].most_common(1)[0][0] if key else ()
        return found

    return answer


COMPANY = ((3, 3), (2, 3), (2, 2), (1, 2), (1, 1), (0, 1), (0, 0))


def company(padded, i, before, after):
    """Return the letter i of a word, which stands behind three signs, in company."""
    return before, after, padded[i + 3 - before : i + 4 + after]


def aligned(word, line, cost):
    """Return for each letter its phonemes, a tuple of none, one or two."""
    best = {0: (0.0, ())}
    for c in word:
        grown = {}
        for j, (total, pieces) in best.items():
            for n in (0, 1, 2):
                piece = tuple(line[j : j + n])
                if len(piece) == n:
                    now = total + cost.get((c, piece), 12.0)
                    if j + n not in grown or now < grown[j + n][0]:
                        grown[j + n] = now, (*pieces, piece)
        best = grown
    if len(line) in best:
        return best[len(line)][1]
    return best[max(best)][1]  # more than two phonemes a letter: the rest is left out


# ---- sentences -----------------------------------------------------------------------


def sentences(updates=2000, n_words=2500, n_test=500, longest=7):
    """Measure BLEU and chrF of English to Spanish, beside a dictionary word by word."""
    import sacrebleu

    pairs = data.pairs("tatoeba", fallback=False)
    english, spanish = (
        [split(t) for t in side] for side in (pairs.sources, pairs.targets)
    )
    short = [k for k in range(len(english))
             if len(english[k]) <= longest and len(spanish[k]) <= longest]  # fmt: skip
    rng, short = np.random.default_rng(0), set(short)
    learn = [k for k in rng.permutation(pairs.train) if k in short]
    tests, seen = [], set()
    for k in rng.permutation(pairs.test):
        if k in short and pairs.sources[k] not in seen:
            seen.add(pairs.sources[k])
            tests.append(k)
    tests = tests[:n_test]
    sides = []
    for side in (english, spanish):
        common = Counter(w for k in learn for w in side[k]).most_common(n_words)
        sides.append({w: n for n, (w, _) in enumerate(common, start=4)})
    source, y = (
        np.zeros((len(english), longest), int),
        np.zeros((len(english), longest + 1), int),
    )
    for k in [*learn, *tests]:
        source[k, : len(english[k])] = [sides[0].get(w, UNKNOWN) for w in english[k]]
        line = [*(sides[1].get(w, UNKNOWN) for w in spanish[k]), END]
        y[k, : len(line)] = line
    names = {n: w for w, n in sides[1].items()}
    wanted = [" ".join(spanish[k]) for k in tests]
    others = [wanted[k] for k in rng.permutation(len(wanted))]

    def scored(lines):
        how = {"tokenize": "none", "force": True}
        return {
            "bleu": sacrebleu.corpus_bleu(lines, [wanted], **how).score,
            "chrf": sacrebleu.corpus_chrf(lines, [wanted]).score,
            "shuffled": sacrebleu.corpus_bleu(lines, [others], **how).score,
        }

    held, learn = learn[:500], learn[500:]
    words = dictionary(source[learn], y[learn], n_words + 4)
    lines = [" ".join(names.get(words[n], "") for n in source[k] if n) for k in tests]
    found = {"dictionary": [scored(lines)], "rates": {}, "pairs": len(learn)}
    found |= {"test": len(tests), "updates": updates}
    part, held = (source[learn], y[learn]), (source[held], y[held])
    for kind in ("one state", "general"):

        def build(kind=kind):
            return Translator(n_words + 4, n_words + 4, longest + 1, 128, kind)

        rate = best_rate(build, part, held, updates // 4)
        found["rates"][kind], found[kind] = rate, []
        for seed in SEEDS:
            ur.seed(seed)
            model = train(build(), *part, updates, rate, seed)
            rows = write(model, source[tests])
            lines = [" ".join(names.get(n, "?") for n in cut(row)) for row in rows]
            found[kind].append(scored(lines))
    found["examples"] = [
        [" ".join(english[k]), wanted[i], lines[i]] for i, k in enumerate(tests[:8])
    ]
    keep("sentences", found)


def split(text):
    """Return words and marks of a text, in small letters."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def dictionary(source, y, n, rounds=5):
    """Return for each word of the source its likeliest word: IBM's model 1 (1993)."""
    a = np.repeat(source, y.shape[1], axis=1).ravel()
    b = np.tile(np.where(y == END, PAD, y), (1, source.shape[1])).ravel()
    place = np.repeat(np.arange(len(y)), source.shape[1] * y.shape[1])
    target = np.tile(np.arange(y.shape[1]), len(y) * source.shape[1])
    real = (a > UNKNOWN) & (b > UNKNOWN)
    a, b = a[real], b[real]
    word = place[real] * y.shape[1] + target[real]  # one number for each target word
    shares = np.ones(len(a))
    for _ in range(rounds):
        shares /= np.bincount(word, shares)[word]
        counts = np.zeros((n, n), np.float32)
        np.add.at(counts, (a, b), shares)
        counts /= counts.sum(axis=1, keepdims=True) + 1e-9
        shares = counts[a, b].astype(float)
    return counts.argmax(axis=1)


def keep(name, found):
    """Write one part of `measured.json`."""
    stored = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    stored[name] = found
    text = json.dumps(stored, indent=1, default=_plain, ensure_ascii=False) + "\n"
    FILE.write_text(text, "utf-8")
    print(name, json.dumps(found, default=_plain)[:2000], flush=True)


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value.tolist()


if __name__ == "__main__":
    ASKED = {"reversal": reversal, "dates": dates, "captions": captions}
    ASKED |= {"sounds": sounds, "sentences": sentences, "memory": memory}
    measured.asked(ASKED)(*sys.argv[2:])
