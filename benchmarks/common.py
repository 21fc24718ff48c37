"""What every row of the benchmark shares: the task, the clock, the score."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from unrolled import batches, data, text

SPLITS = {"95/5": 0.95, "90/10": 0.9}


@dataclass(frozen=True)
class Task:
    """A text cut in two: `train` and `valid` (characters,) int64, n_symbols of them."""

    train: np.ndarray
    valid: np.ndarray
    n_symbols: int

    @property
    def uniform(self) -> float:
        """The nats of a model that finds every symbol equally likely."""
        return math.log(self.n_symbols)


def task(split: str = "95/5", corpus: str = "tiny-shakespeare", limit: int = 0) -> Task:
    """Return the corpus as a task; with `limit`, only its first characters."""
    # No fallback: a figure measured on another text would stand in the wrong table.
    written = data.text(corpus, fallback=False).text
    vocab = text.Vocab.from_text(written)
    ids = vocab.encode(written[:limit] if limit else written)
    return Task(*batches.split(ids, SPLITS[split]), len(vocab))


@dataclass(frozen=True)
class Settings:
    """What a row is asked to do: seconds of training, threads, seed, and the split."""

    budget: float
    threads: int = 2
    seed: int = 0
    split: str = "95/5"
    clock: str = "wall"  # or "cpu", which tests use: a busy machine does not change it


@dataclass
class Result:
    """What a row measured. `nats` is the mean over the whole validation part.

    `mixed` is that of the network mixed with a counted table (mixture.py), if it was.
    """

    nats: float
    parameters: int
    characters: int = 0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    mixed: float = 0.0


class Clock:
    """Counts the seconds of training, compiling and first calls included.

    It starts when it is made. Everything that learns from the text happens between
    that moment and the moment at which `done` is true; evaluation comes later.
    """

    def __init__(self, settings: Settings) -> None:
        self.budget = settings.budget
        wall = settings.clock == "wall"
        self._now = time.perf_counter if wall else time.process_time
        self._began = self._now()

    @property
    def seconds(self) -> float:
        """Seconds since the clock was made."""
        return self._now() - self._began

    @property
    def fraction(self) -> float:
        """The share of the budget that is gone, at most 1."""
        return min(1.0, self.seconds / self.budget)

    @property
    def done(self) -> bool:
        """Whether the budget is gone."""
        return self.seconds >= self.budget


def endless(
    ids: np.ndarray, batch: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
    """Yield (x, y, new) for ever: contiguous streams, epoch after epoch.

    x and y: (batch, steps) int64. `new` is true at the first batch of an epoch, when a
    carried state must start again. Each epoch begins a random number of characters
    later, so that rows and batches are cut elsewhere every time.
    """
    while True:
        spare = max(1, min(steps * 4, len(ids) - batch * steps))
        start = int(rng.integers(spare))
        for k, (x, y) in enumerate(batches.Streams(ids[start:], batch, steps)):
            yield x, y, k == 0


def cosine(fraction: float) -> float:
    """Return the cosine schedule's factor, 1 at the start and 0 at the end."""
    return 0.5 * (1.0 + math.cos(math.pi * fraction))


def score_each(
    valid: np.ndarray,
    nats_of: Callable[[np.ndarray, np.ndarray], np.ndarray],
    chunk: int = 4096,
) -> tuple[np.ndarray, float]:
    """Return (nats of each symbol after the first, seconds) over all of `valid`.

    `valid` (n,) is read as one stream. `nats_of(x, y)` gets (1, chunk) inputs and
    targets, keeps the state of its model from call to call, and returns (chunk,). Every
    symbol after the first is predicted once, with everything before it in `valid` as
    its context. (The state is carried; the weights stay as they are.)
    """
    began = time.perf_counter()
    x, y = valid[None, :-1], valid[None, 1:]
    parts = [
        np.asarray(nats_of(x[:, k : k + chunk], y[:, k : k + chunk]), np.float64)
        for k in range(0, x.shape[1], chunk)
    ]
    return np.concatenate(parts), time.perf_counter() - began


def score(
    valid: np.ndarray, nats_of: Callable[[np.ndarray, np.ndarray], float]
) -> tuple[float, float]:
    """Return (mean nats, seconds); as `score_each`, but `nats_of` returns a sum."""
    sums, seconds = score_each(valid, lambda x, y: np.array([nats_of(x, y)]))
    return float(sums.sum()) / (len(valid) - 1), seconds
