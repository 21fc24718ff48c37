"""What measure.py measures with: drawing many texts at once, and judging them."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from unrolled import text

Filter = Callable[[np.ndarray], np.ndarray]  # (batch, n_symbols) → the same


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis, in float64."""
    z = np.asarray(logits, np.float64)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def temper(p: np.ndarray, tau: float) -> np.ndarray:
    """Return p ** (1 / tau), normalized."""
    return softmax(np.log(np.maximum(p, 1e-300)) / tau)


def _kept(p: np.ndarray, keep: np.ndarray) -> np.ndarray:
    q = np.where(keep, p, 0.0)
    return q / q.sum(axis=-1, keepdims=True)


def top_k(p: np.ndarray, k: int) -> np.ndarray:
    """Keep the k likeliest symbols."""
    return _kept(p, p >= np.sort(p, axis=-1)[..., -k][..., None])


def top_p(p: np.ndarray, share: float) -> np.ndarray:
    """Keep the fewest symbols that add up to `share` (Holtzman and others 2020)."""
    order = np.argsort(-p, axis=-1)
    ranked = np.take_along_axis(p, order, axis=-1)
    keep = np.zeros(p.shape, bool)
    before = np.cumsum(ranked, axis=-1) - ranked
    np.put_along_axis(keep, order, before < share, axis=-1)
    return _kept(p, keep)


def min_p(p: np.ndarray, share: float) -> np.ndarray:
    """Keep what has at least `share` of the largest probability (Nguyen and others)."""
    return _kept(p, p >= share * p.max(axis=-1, keepdims=True))


def write(
    step: Callable, start: tuple, n: int, rng: np.random.Generator, change: Filter
) -> tuple[np.ndarray, float]:
    """Draw n symbols for each row; return them (batch, n) and their nats at τ = 1.

    `step(ids, state)` reads one symbol of each row; `start` is what it returned last.
    """
    (logits, state), ids, nats = start, [], 0.0
    for _ in range(n):
        p = softmax(logits)
        q = change(p)
        u = rng.random((len(q), 1))
        k = (np.cumsum(q, axis=-1)[:, :-1] <= u).sum(axis=-1)
        nats -= np.log(p[np.arange(len(k)), k]).mean()
        ids.append(k)
        logits, state = step(k, state)
    return np.stack(ids, axis=1), nats / n


def hashes(ids: np.ndarray, n: int) -> np.ndarray:
    """Return one 64-bit number for every n symbols in a row of `ids` (…, time).

    Two different grams share one with a chance of about 1 in 10^19, so that among
    five million and a hundred thousand fewer than one in a million pairs is expected.
    """
    code = np.random.default_rng(12).integers(1, 2**63, size=4096, dtype=np.uint64)
    code = code[ids]
    out = np.zeros((*ids.shape[:-1], ids.shape[-1] - n + 1), np.uint64)
    with np.errstate(over="ignore"):
        for k in range(n):
            out *= np.uint64(0x9E3779B97F4A7C15)
            out += code[..., k : k + out.shape[-1]]
            out ^= out >> np.uint64(29)
    return out


class Known:
    """The n-grams of a training text, in order for each n; np.unique is slower."""

    def __init__(self, ids: np.ndarray, lengths: Iterable[int]) -> None:
        """Sort the grams of every length; see the class."""
        self.grams = {n: np.sort(hashes(ids, n)) for n in lengths}

    def curve(self, written: np.ndarray) -> list[float]:
        """Return the share of the n-grams of `written` (rows, time) that are known."""
        found = []
        for n, grams in self.grams.items():
            asked = hashes(written, n).ravel()
            place = np.minimum(np.searchsorted(grams, asked), len(grams) - 1)
            found.append(float((grams[place] == asked).mean()))
        return found

    def places(self, written: np.ndarray, n: int) -> np.ndarray:
        """Return which n-grams of one text are known, (time - n + 1,) booleans."""
        grams, asked = self.grams[n], hashes(written, n)
        place = np.minimum(np.searchsorted(grams, asked), len(grams) - 1)
        return grams[place] == asked


def distinct(ids: np.ndarray, n: int) -> float:
    """Return the share of different n-grams among those of each row, on average."""
    grams = hashes(ids, n)
    return float(np.mean([len(np.unique(row)) / len(row) for row in grams]))


def longest_loop(ids: np.ndarray) -> int:
    """Return how many symbols at most repeat those a fixed distance before them.

    Over all distances up to half of the text: a text that repeats one phrase of d
    letters to its end has a loop of n - d.
    """
    best = 0
    for d in range(1, len(ids) // 2 + 1):
        same = np.concatenate([[0], ids[d:] == ids[:-d], [0]])
        ends = np.flatnonzero(np.diff(same))
        if len(ends):
            best = max(best, int((ends[1::2] - ends[::2]).max()))
    return best


def real_words(written: str, known: set[str]) -> float:
    """Return the share of the words of a text that are words of the training text."""
    words = [w for w in text.tokenize(written) if w.isalpha()]
    return sum(w in known for w in words) / max(1, len(words))


# ---- byte-pair encoding --------------------------------------------------------------


def merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Return the parts of a word, with every such pair made one."""
    out: list[str] = []
    for part in parts:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


def merges(words: Counter, n: int) -> list[tuple[str, str]]:
    """Return the n most frequent pairs, each after those before it were merged.

    Gage (1994); for words, Sennrich, Haddow and Birch (2016). Of equally frequent pairs
    the first in the alphabet is taken. Counts are kept up to date where a merge changes
    them, so that thousands of merges take seconds.
    """
    parts = {w: list(w) for w in words}
    pairs: Counter = Counter()
    where: dict[tuple[str, str], set[str]] = {}

    def add(word: str, sign: int) -> None:
        for pair in pairwise(parts[word]):
            pairs[pair] += sign * words[word]
            where.setdefault(pair, set()).add(word)

    for word in words:
        add(word, 1)
    found = []
    for _ in range(n):
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        found.append(best)
        for word in where.pop(best):
            add(word, -1)
            parts[word] = merge(parts[word], best)
            add(word, 1)
        del pairs[best]
    return found


def by_merges(word: str, rank: dict[tuple[str, str], int]) -> list[str]:
    """Return the parts of a word: the earliest merge that fits goes first."""
    parts = list(word)
    while len(parts) > 1:
        pairs = list(pairwise(parts))
        best = min(pairs, key=lambda pair: rank.get(pair, len(rank)))
        if best not in rank:
            break
        parts = merge(parts, best)
    return parts
