"""What every row of the classification benchmark shares: sets, vectors, batches."""

import functools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common import Clock, Settings
from unrolled import baselines, batches, data, text

FOLDER = Path(__file__).resolve().parent.parent / "build" / "vectors"
SETS = ("rotten-tomatoes", "ag-news")
LONGEST = 60  # words of an item that are read; 8 % of the news have more
WINDOW, N_WORDS, N_DIRECTIONS = 10, 20_000, 200


@dataclass(frozen=True)
class Task:
    """One labelled set, split; `words` are its items as lists of tokens."""

    name: str
    texts: list[str]
    words: list[list[str]]
    y: np.ndarray
    train: np.ndarray
    test: np.ndarray
    n_classes: int


@functools.cache
def task(name: str, held_out: bool = False, limit: int = 0) -> Task:
    """Return a set with its committed split; with `limit`, that many rows of each part.

    `held_out` leaves the test alone: a fifth of the training rows takes its place, the
    part on which settings are chosen.
    """
    # No fallback: a figure measured on other text would stand in the wrong table.
    found = data.labelled(name, fallback=False)
    train, test = data.split(found)
    if held_out:
        rng = np.random.default_rng(0)
        inner, outer = batches.stratified(found.labels[train], 0.8, rng)
        train, test = train[inner], train[outer]
    if limit:
        train, test = train[:: len(train) // limit], test[:: len(test) // limit]
    texts = [item.lower() for item in found.inputs]
    words = [text.tokenize(item)[:LONGEST] for item in texts]
    n_classes = len(found.classes)
    return Task(name, texts, words, found.labels, train, test, n_classes)


def vocabulary(task: Task, extra: tuple[str, ...] = ()) -> text.Words:
    """Return the words that training shows twice or more, and those of `extra`."""
    seen = [word for row in task.train for word in task.words[row]]
    known = text.Words.from_text(seen, min_count=2, unknown="<new>")
    return text.Words((*known.symbols, *extra), unknown="<new>") if extra else known


def encode(task: Task, known: text.Words) -> list[np.ndarray]:
    """Return every item as integers; 0 is padding."""
    return [1 + known.encode(words) for words in task.words]


def endless(
    ids: list[np.ndarray], y: np.ndarray, batch: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, float]]:
    """Yield (x, mask, y, epochs that are done) for ever, in buckets of one length."""
    buckets = batches.Buckets(ids, y, batch, rng)
    epoch = 0
    while True:
        for k, (x, mask, labels) in enumerate(buckets):
            yield x, mask, labels, epoch + k / len(buckets)
        epoch += 1


def shares(seconds: float, n: int, clock: Clock) -> Iterator[Callable[[], float]]:
    """Yield, for each of `n` networks, a function: how much of its time is over.

    What a network leaves over goes to those after it.
    """
    for k in range(n):
        began = clock.seconds
        mine = (seconds - began) / (n - k)
        yield lambda began=began, mine=mine: (clock.seconds - began) / mine


def judged(task: Task, networks: list[np.ndarray], clock: Clock) -> dict:
    """Return the accuracy of networks that vote, and mixed with the linear model.

    networks: the logits of each on the test, (n, n_classes). They vote with the mean of
    their probabilities. Mixed is the geometric mean of that and of what
    `baselines.linear_words` gives, half and half; its seconds are `mixed_seconds`.
    """
    logits = np.stack(networks).astype(np.float64)
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = (p / p.sum(axis=-1, keepdims=True)).mean(axis=0)  # (n, n_classes)
    truth, began = task.y[task.test], clock.seconds
    train, test = ([task.texts[k] for k in rows] for rows in (task.train, task.test))
    linear = baselines.linear_words(train, task.y[task.train]).predict_proba(test)
    return {
        "accuracy": float(np.mean(p.argmax(axis=-1) == truth)),
        "mixed": float(np.mean((p * linear).argmax(axis=-1) == truth)),
        "mixed_seconds": clock.seconds - began,
    }


# ---- vectors from text without labels ------------------------------------------------


def vectors(limit: int = 0, clock: str = "wall") -> tuple:
    """Return words, their vectors (n_words, 2 * N_DIRECTIONS), and the seconds it took.

    From the long film reviews, whose labels are not looked at: half of a vector says in
    which reviews a word occurs (latent semantic analysis), half which words stand near
    it (positive pointwise mutual information, compressed in the same way). Computed
    once and kept in build/; whoever uses them counts these seconds as his own.
    """
    path = FOLDER / f"reviews-{N_WORDS}-{N_DIRECTIONS}-{WINDOW}-{limit}.npz"
    if not path.exists():
        wall, cpu = time.perf_counter(), time.process_time()
        words, found = _vectors(limit)
        took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, words=json.dumps(words), found=found, **took)
    with np.load(path) as kept:
        words = tuple(json.loads(str(kept["words"])))
        return words, kept["found"], float(kept[clock])


def _vectors(limit: int) -> tuple[list[str], np.ndarray]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    reviews = data.labelled("film-reviews", fallback=False).inputs
    tokens = [text.tokenize(review.lower()) for review in reviews[: limit or None]]
    counter = TfidfVectorizer(
        analyzer=lambda words: words, max_features=N_WORDS, sublinear_tf=True
    )
    counts = counter.fit_transform(tokens)  # (reviews, words)
    words = counter.get_feature_names_out().tolist()
    by_review = _compressed(counts.T.tocsr())
    by_window = _compressed(_near(tokens, words))
    return words, np.concatenate([by_review, by_window], axis=1).astype(np.float32)


def _near(tokens: list[list[str]], words: list[str]):
    """Return how much likelier than chance two words stand near each other: sparse.

    A pair counts less the farther apart it is; only what is above chance is kept, and
    the context's share is smoothed by a power of 3/4 (Levy and others 2015).
    """
    from scipy import sparse

    place, n = {word: k for k, word in enumerate(words)}, len(words)
    gap = [-1] * WINDOW  # no pair crosses from one review to the next
    ids = np.array([place.get(w, -1) for t in tokens for w in [*t, *gap]], np.int32)
    pairs = sparse.csr_matrix((n, n), dtype=np.float32)
    for far in range(1, WINDOW + 1):
        a, b = ids[:-far], ids[far:]
        real = (a >= 0) & (b >= 0)
        weight = np.full(int(real.sum()), 1 - (far - 1) / WINDOW, np.float32)
        pairs = pairs + sparse.csr_matrix((weight, (a[real], b[real])), shape=(n, n))
    pairs = (pairs + pairs.T).tocoo()
    total = np.asarray(pairs.sum(axis=1)).ravel()
    context = total**0.75
    chance = total[pairs.row] * context[pairs.col] / context.sum()
    value = np.log(pairs.data / chance)
    kept = value > 0
    above = value[kept], (pairs.row[kept], pairs.col[kept])
    return sparse.csr_matrix(above, shape=(n, n))


def _compressed(matrix) -> np.ndarray:
    """Return N_DIRECTIONS numbers for each row of a sparse matrix, of length 1."""
    from sklearn.utils.extmath import randomized_svd

    k = min(N_DIRECTIONS, min(matrix.shape) - 1)
    u, s, _ = randomized_svd(matrix, k, n_iter=3, random_state=0)
    found = u * np.sqrt(s)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def start(
    task: Task, pretrained: bool, limit: int, settings: Settings
) -> tuple[text.Words, np.ndarray, float]:
    """Return a vocabulary, given vectors (len + 1, n), and seconds to add to the clock.

    Without pre-training n is 0. With it the vocabulary holds all words that have a
    vector, and the seconds are those that making the vectors took, whenever that was.
    """
    if not pretrained:
        known = vocabulary(task)
        return known, np.zeros((1 + len(known), 0), np.float32), 0.0
    words, found, seconds = vectors(limit, settings.clock)
    known = vocabulary(task, words)
    given = np.zeros((1 + len(known), found.shape[1]), np.float32)
    given[1 + known.encode(list(words))] = found
    return known, given, seconds


def as_they_come(
    task: Task, ids: list[np.ndarray], batch: int = 16
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the test in the order of its rows, each batch padded to its longest."""
    found = []
    for k in range(0, len(task.test), batch):
        rows = task.test[k : k + batch]
        found.append((*batches.pad([ids[row] for row in rows]), task.y[rows]))
    return found
