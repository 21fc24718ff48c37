"""Measure what the README's tables say: linear models and networks, each tuned.

    python lessons/09-text-classification/measure.py films     # every contender
    python lessons/09-text-classification/measure.py sizes     # fewer film sentences
    python lessons/09-text-classification/measure.py news      # four topics, counting

`films "vectors, mean"` measures only the rows whose name begins so. Each row is written
to `measured.json` when it is there, and is not measured again; `figures.py` renews the
tables in the README. The networks run in PyTorch on one thread and start as `Reader`
in the lesson does. Rates, epochs and C are chosen on training rows that were held out;
the test part is asked at the end, by what was trained with the chosen settings.
"""

import json
import sys
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from unrolled import batches, data, measured, metrics, text

FILE = Path(__file__).parent / "measured.json"
CHOSEN = "".join(sys.argv[2:3])  # rows whose name begins so
SEEDS = 5
LONGEST = 50  # words of a text that are read, by every contender
STRENGTHS = (0.3, 1, 3, 10, 30, 100)  # scikit-learn's C
SCALES = (1.0, 3.0, 10.0)  # what a mean vector is multiplied by, beside TF-IDF
RATES = {
    "both": (1e-3, 2e-3, 4e-3),
    "mean": (2e-3, 4e-3, 8e-3),
    "states": (2e-3, 4e-3),
}
PARTS = {"both": (True, True), "mean": (False, True), "states": (True, False)}
SIZES = (1456,)  # film sentences; 1,000 others choose the settings

# ---- the data ------------------------------------------------------------------------


class Task:
    """Texts cut to their first words, their classes, and the two parts."""

    def __init__(self, name: str):
        labelled = data.labelled(name, fallback=False)
        self.y, self.n_out = labelled.labels, len(labelled.classes)
        self.train, self.test = data.split(labelled)
        self.words = [text.tokenize(one.lower())[:LONGEST] for one in labelled.inputs]

    def held_out(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return training rows without, and with, the `n` that choose the settings."""
        rows = np.random.default_rng(0).permutation(self.train)
        return rows[n:], rows[:n]

    def encoded(self, rows, more=()) -> tuple[list, text.Words]:
        """Return all texts as integers; words that `rows` show once are `<new>`."""
        seen = [word for row in rows for word in self.words[row]]
        known = text.Words.from_text(seen, min_count=2, unknown="<new>")
        if len(more):
            known = text.Words((*known.symbols, *more), unknown="<new>")
        return [1 + known.encode(words) for words in self.words], known


def vectors() -> tuple[np.ndarray, np.ndarray]:
    """Return words, and a vector of length 1 for each, as the lesson makes them."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(
        tokenizer=text.tokenize,
        token_pattern=None,
        max_features=15_000,
        sublinear_tf=True,
    )
    counts = counter.fit_transform(data.labelled("film-reviews", False).inputs)
    svd = TruncatedSVD(250, n_iter=2, random_state=0)
    found = svd.fit_transform(counts.T.tocsr()) / np.sqrt(svd.singular_values_)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return counter.get_feature_names_out(), found.astype(np.float32)


# ---- counting ------------------------------------------------------------------------


def counted(task: Task, rows, held, given=None, what="pairs", together=True) -> dict:
    """Return a linear model's settings, and what it says of the test part.

    what: "pairs" counts words and pairs, "mean" has the words' mean vector, "pairs and
    mean" both. C, and the scale of the mean beside TF-IDF, are chosen on `held`; with
    them the model learns `rows`, and `held` too if `together`, as the networks do.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    means = None if given is None else _means(task, *given)

    def features(learned, scale):
        parts = []
        if "pairs" in what:
            counter = TfidfVectorizer(
                analyzer=lambda words: [*words, *map(" ".join, pairwise(words))],
                sublinear_tf=True,
            ).fit([task.words[k] for k in learned])
            parts.append(counter.transform(task.words))
        if "mean" in what:
            parts.append(csr_matrix(scale * means))
        return hstack(parts).tocsr()

    def said(learned, asked, x, strength):
        model = LogisticRegression(C=strength, max_iter=1000, solver="newton-cg")
        return model.fit(x[learned], task.y[learned]).predict(x[asked])

    scales = SCALES if what == "pairs and mean" else SCALES[:1]
    trials = {}
    for scale in scales:
        x = features(rows, scale)
        for strength in STRENGTHS:
            found = said(rows, held, x, strength)
            trials[strength, scale] = metrics.accuracy(found, task.y[held])
    best = max(trials, key=trials.get)
    everything = np.r_[rows, held] if together else rows
    answers = said(everything, task.test, features(everything, best[1]), best[0])
    return {"C": best[0], "scale": best[1], "answers": [answers]}


def _means(task: Task, names, found) -> np.ndarray:
    """Return the mean vector of each text, (n, 250): words without one count as 0."""
    place = {name: k for k, name in enumerate(names)}
    out = np.zeros((len(task.words), found.shape[1]), np.float32)
    for k, words in enumerate(task.words):
        known = [place[word] for word in words if word in place]
        if known:
            out[k] = found[known].sum(axis=0) / len(words)
    return out


# ---- reading -------------------------------------------------------------------------


def network(n_words: int, n_out: int, given, parts: str):
    """Return the lesson's `Reader`, or one of its two paths: "states" or "mean"."""
    import torch
    from torch import nn

    layer, bag = PARTS[parts]

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            vectors = torch.zeros(n_words, 0) if given is None else torch.tensor(given)
            self.register_buffer("given", vectors)
            self.embed = nn.Embedding(n_words, 32)
            nn.init.normal_(self.embed.weight, std=0.1)
            n_in = 32 + vectors.shape[1]
            self.layer = nn.LSTM(n_in, 64, batch_first=True) if layer else None
            self.drop_words, self.drop = nn.Dropout(0.3), nn.Dropout(0.5)
            self.out = nn.Linear(64 * layer + n_in * bag, n_out)

        def forward(self, x, mask):
            e = torch.cat([self.embed(x), self.given[x]], dim=-1)
            e, v, real = self.drop_words(e), [], mask[..., None]
            if layer:
                h = self.layer(e)[0].masked_fill(~real, -torch.inf)
                v.append(h.amax(dim=1))
            if bag:
                v.append((e * real).sum(dim=1) / mask.sum(dim=1, keepdim=True))
            return self.out(self.drop(torch.cat(v, dim=-1)))

    return Reader()


def read(task: Task, rows, asked, given, parts, rate, epochs, seed):
    """Train one network on `rows`; return its logits for the rows `asked`."""
    from unrolled.backends import pytorch as ur

    ids, known = task.encoded(rows, () if given is None else given[0])
    if given is not None:
        names, found = given
        given = np.zeros((1 + len(known), found.shape[1]), np.float32)
        given[1 + known.encode(names.tolist())] = 6 * found
    ur.seed(seed)
    model = network(1 + len(known), task.n_out, given, parts)
    rng = np.random.default_rng(seed)
    many = batches.Buckets([ids[k] for k in rows], task.y[rows], 32, rng)
    ur.fit(model, many, epochs=epochs, lr=rate, progress=False)
    new = batches.Buckets([ids[k] for k in asked], np.zeros(len(asked), int), 256)
    return ur.predict(model, new)


def chosen(task: Task, rows, held, given, parts, rates, epochs=(4,)) -> tuple:
    """Return rate and epochs: the best rate at the fewest epochs, then more epochs.

    One seed each, judged on `held`.
    """

    def score(rate, n):
        logits = read(task, rows, held, given, parts, rate, n, 100)
        return metrics.accuracy(logits.argmax(-1), task.y[held])

    trials = {(rate, epochs[0]): score(rate, epochs[0]) for rate in rates}
    rate = max(trials, key=trials.get)[0]
    trials |= {(rate, n): score(rate, n) for n in epochs[1:]}
    print("chosen on", len(held), parts, trials, flush=True)
    return max(trials, key=trials.get)


def readers(task, rows, held, given, parts, rates, epochs=(4,), together=True) -> dict:
    """Return what networks say of the test part, each with another seed."""
    rate, n = chosen(task, rows, held, given, parts, rates, epochs)
    learned = np.r_[rows, held] if together else rows
    logits = [
        read(task, learned, task.test, given, parts, rate, n, seed)
        for seed in range(SEEDS)
    ]
    answers = [one.argmax(-1) for one in logits]
    return {"rate": rate, "epochs": n, "answers": answers}


# ---- the experiments -----------------------------------------------------------------


def known() -> dict:
    """Return all that was measured."""
    return json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}


def keep(part: str, task: Task, rows: dict, groups=None) -> None:
    """Measure each row {name: what measures it} that is not kept yet, and keep it.

    Kept are settings and accuracies, in all of the test and in each of its groups.
    """
    for name, measure in rows.items():
        if name in known().get(part, {}) or not name.startswith(CHOSEN):
            continue
        began = time.process_time()
        found = measure()
        right = [answers == task.y[task.test] for answers in found.pop("answers")]
        found["accuracy"] = [float(r.mean()) for r in right]
        for group, there in (groups or {}).items():
            found[group] = [float(r[there].mean()) for r in right]
        print(part, name, found, f"{time.process_time() - began:.0f} s", flush=True)
        everything = known()
        everything.setdefault(part, {})[name] = found
        text = json.dumps(everything, indent=1) + "\n"
        FILE.write_text(text, "utf-8", newline="\n")


def films() -> None:
    """Score every contender on the film sentences, and where a *not* is among them."""
    task, given = Task("rotten-tomatoes"), vectors()
    rows, held = task.held_out(len(task.train) // 5)
    no = {"not", "no", "never"}
    negated = np.array(
        [any(w in no or w[-3:] == "n't" for w in task.words[k]) for k in task.test]
    )
    todo = {
        "counting": partial(counted, task, rows, held),
        "mean vector": partial(counted, task, rows, held, given, "mean"),
        "both counted": partial(counted, task, rows, held, given, "pairs and mean"),
    }
    for kind, its in {"vectors": given, "scratch": None}.items():
        for parts in PARTS:
            todo[f"{kind}, {parts}"] = partial(
                readers, task, rows, held, its, parts, RATES[parts]
            )
    keep("films", task, todo, {"with not": negated, "without": ~negated})


def sizes() -> None:
    """Score linear models and networks on few film sentences.

    The rows that choose the settings are the same for all sizes, and are not learned.
    """
    task, todo = Task("rotten-tomatoes"), {}
    rest, held = task.held_out(1_000)
    for n in SIZES:
        for kind, its in {"": None, ", vectors": vectors()}.items():
            given = (task, rest[:n], held, its)
            what = "pairs" if its is None else "pairs and mean"
            todo[f"{n}, counting{kind}"] = partial(
                counted, *given, what, together=False
            )
            todo[f"{n}, network{kind}"] = partial(
                readers, *given, "both", (2e-3, 4e-3), (4, 8, 16), together=False
            )
    keep("sizes", task, todo)


def news() -> None:
    """Score the linear model on four topics, with the words that the network gets."""
    task = Task("ag-news")
    rows, held = task.held_out(len(task.train) // 5)
    keep("news", task, {"counting": partial(counted, task, rows, held)})


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    measured.asked({"films": films, "sizes": sizes, "news": news})()
