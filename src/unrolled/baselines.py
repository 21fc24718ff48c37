"""What a network must beat: n-grams for text, a linear model for classes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from unrolled.text import tokenize


class _Level(NamedTuple):
    """What grams of one length contribute: p = share + rest * (p one level down)."""

    grams: np.ndarray  # (n_grams,) sorted; context * n_symbols + symbol
    share: np.ndarray  # (n_grams,) the discounted relative frequency
    contexts: np.ndarray  # (n_contexts,) sorted
    rest: np.ndarray  # (n_contexts,) the mass left for the level below


class NGram:
    """An interpolated n-gram model of integers 0 to n_symbols - 1.

    order: symbols in a gram, so order - 1 of context. smoothing:

    - "witten-bell": a context that was followed by many different symbols gives more
      to the shorter context: P(w|h) = (c(hw) + T(h) P(w|h')) / (c(h) + T(h)), T(h) the
      number of different symbols after h (Witten and Bell 1991, method C).
    - "kneser-ney": modified Kneser-Ney with three discounts a level, and below the top
      level counts of different left neighbors (Chen and Goodman 1998).

    Both end in the uniform distribution, so no symbol has probability 0. Raises
    ValueError for another smoothing, or an order too high for the number of symbols.
    """

    def __init__(
        self, order: int = 5, n_symbols: int = 0, smoothing: str = "witten-bell"
    ) -> None:
        """Choose the order and the smoothing; see the class."""
        if order < 1 or n_symbols < 1:
            raise ValueError(
                f"order={order} and n_symbols={n_symbols} were given; both must be 1 "
                "or more. n_symbols is the size of the vocabulary, len(vocab)."
            )
        if smoothing not in _SMOOTHINGS:
            raise ValueError(
                f"smoothing={smoothing!r} was given; it is one of "
                f"{', '.join(map(repr, _SMOOTHINGS))}."
            )
        if n_symbols**order >= 2**63:
            raise ValueError(
                f"{n_symbols} symbols and order {order} make more different grams than "
                "a 64-bit integer can number; use a lower order."
            )
        self.order, self.n_symbols, self.smoothing = order, n_symbols, smoothing
        self._levels: list[_Level] = []

    def fit(self, ids: Any) -> "NGram":
        """Count the grams of `ids`, (n,) integers, and return the model itself.

        Raises ValueError when `ids` is empty or holds an integer out of range.
        """
        ids = self._checked(ids)
        if len(ids) == 0:
            raise ValueError("fit() was given an empty sequence; there is no count.")
        counted = self._counted(ids)
        smooth = _SMOOTHINGS[self.smoothing]
        below = [self._below(counted, k) for k in range(1, len(counted))]
        self._levels = [smooth(g, c, self.n_symbols) for g, c in [*below, counted[-1]]]
        return self

    def nats(self, ids: Any) -> float:
        """Return the mean of -ln P over all of `ids`, (n,) integers, in nats a symbol.

        Every symbol counts, the first ones with the shorter context they have. Raises
        ValueError when `ids` is empty or out of range, or the model is not fitted.
        """
        p = self.each(ids)
        if len(p) == 0:
            raise ValueError("nats() was given an empty sequence; there is no mean.")
        return float(-np.log(p).mean())

    def each(self, ids: Any) -> np.ndarray:
        """Return P of every symbol of `ids` after those before it, (n,) of 0 to 1.

        The first symbols have the shorter context they have. Raises ValueError when one
        is out of range, or the model is not fitted.
        """
        levels = self._fitted()
        ids = self._checked(ids)
        p = np.full(len(ids), 1.0 / self.n_symbols)
        for k, level in enumerate(levels[: len(ids)], start=1):
            p = self._with(level, k, ids, p)
        return p

    def probabilities(self, context: Any = ()) -> np.ndarray:
        """Return P(next symbol | context), shape (n_symbols,); it sums to 1.

        context: any number of integers; only the last order - 1 matter. Raises
        ValueError when one is out of range, or the model is not fitted.
        """
        levels = self._fitted()
        context = self._checked(context)
        p = np.full(self.n_symbols, 1.0 / self.n_symbols)
        code = 0
        for k, level in enumerate(levels[: len(context) + 1]):
            if k:
                code += int(context[-k]) * self.n_symbols ** (k - 1)
            place, seen = _look_up(level.contexts, np.array([code]))
            if not seen[0]:
                break  # an unseen context has no longer context that was seen
            ends = np.array([code, code + 1]) * self.n_symbols
            start, stop = np.searchsorted(level.grams, ends)
            p *= level.rest[place[0]]
            p[level.grams[start:stop] % self.n_symbols] += level.share[start:stop]
        return p

    def sample(self, n: int, rng: np.random.Generator, context: Any = ()) -> np.ndarray:
        """Return `n` symbols drawn one after the other, (n,) int64, after `context`."""
        text = list(self._checked(context))
        start = len(text)
        for _ in range(n):
            recent = text[-(self.order - 1) :] if self.order > 1 else ()
            summed = np.cumsum(self.probabilities(recent))
            text.append(
                int(np.searchsorted(summed, rng.random() * summed[-1], "right"))
            )
        return np.array(text[start:], dtype=np.int64)

    def _counted(self, ids: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the different grams of each length, and how often each occurs."""
        return [
            np.unique(self._codes(ids, k), return_counts=True)
            for k in range(1, min(self.order, len(ids)) + 1)
        ]

    def _below(self, counted: list, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the grams of k symbols and their counts, where longer ones follow."""
        if self.smoothing != "kneser-ney":
            return counted[k - 1]
        # How many different symbols stand to the left of each gram of k.
        left = counted[k][0] % self.n_symbols**k
        return np.unique(left, return_counts=True)

    def _with(
        self, level: _Level, k: int, ids: np.ndarray, p: np.ndarray
    ) -> np.ndarray:
        """Return P of every symbol with the grams of k symbols; `p` is without them."""
        grams = self._codes(ids, k)
        place, seen = _look_up(level.contexts, grams // self.n_symbols)
        share_at, counted = _look_up(level.grams, grams)
        share = np.where(counted, level.share[share_at], 0.0)
        below, p = p[k - 1 :], p.copy()
        p[k - 1 :] = np.where(seen, share + level.rest[place] * below, below)
        return p

    def _codes(self, ids: np.ndarray, k: int) -> np.ndarray:
        """Return every gram of k symbols as one integer, the last symbol lowest."""
        codes = np.zeros(len(ids) - k + 1, dtype=np.int64)
        for offset in range(k):
            codes *= self.n_symbols
            codes += ids[offset : offset + len(codes)]
        return codes

    def _checked(self, ids: Any) -> np.ndarray:
        ids = np.asarray(ids)
        if ids.size == 0:
            return np.zeros(0, dtype=np.int64)
        if ids.ndim != 1 or ids.dtype.kind not in "iu":
            raise ValueError(
                f"An n-gram takes one sequence of integers; shape {ids.shape} of type "
                f"{ids.dtype} was given. Encode the text first."
            )
        if ids.min() < 0 or ids.max() >= self.n_symbols:
            raise ValueError(
                f"Symbols run from 0 to {self.n_symbols - 1} here, and {ids.min()} to "
                f"{ids.max()} were given. Pass n_symbols=len(vocab)."
            )
        return ids.astype(np.int64, copy=False)

    def _fitted(self) -> list[_Level]:
        if not self._levels:
            raise ValueError(
                "This n-gram has counted nothing yet: call fit(ids) first."
            )
        return self._levels


def _look_up(table: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each wanted value in a sorted table, and if it is there."""
    place = np.minimum(np.searchsorted(table, wanted), len(table) - 1)
    return place, table[place] == wanted


def _by_context(
    grams: np.ndarray, values: np.ndarray, n_symbols: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the contexts, the sum of `values` in each, and each gram's context."""
    contexts, first, of_gram = np.unique(
        grams // n_symbols, return_index=True, return_inverse=True
    )
    return contexts, np.add.reduceat(values, first), of_gram


def _witten_bell(grams: np.ndarray, counts: np.ndarray, n_symbols: int) -> _Level:
    contexts, total, of_gram = _by_context(grams, counts, n_symbols)
    types = np.bincount(of_gram)
    share = counts / (total + types)[of_gram]
    return _Level(grams, share, contexts, types / (total + types))


def _kneser_ney(grams: np.ndarray, counts: np.ndarray, n_symbols: int) -> _Level:
    discount = _discounts(counts)[np.minimum(counts, 3)]
    contexts, total, of_gram = _by_context(grams, counts, n_symbols)
    taken = np.bincount(of_gram, weights=discount)
    share = (counts - discount) / total[of_gram]
    return _Level(grams, share, contexts, taken / total)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Return what to take from a count of 0, 1, 2 and of 3 or more (Chen, Goodman).

    Where a formula has no grams to stand on, half of its bound is taken.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[:5].astype(float)
    base = n[1] / (n[1] + 2 * n[2]) if n[1] + n[2] else 0.0
    out = np.zeros(4)
    for k in (1, 2, 3):
        guess = k - (k + 1) * base * n[k + 1] / n[k] if n[k] else 0.0
        out[k] = guess if 0 < guess <= k else k / 2
    return out


_SMOOTHINGS = {"witten-bell": _witten_bell, "kneser-ney": _kneser_ney}


def nats_by_order(
    train: Any,
    held_out: Any,
    orders: Sequence[int],
    n_symbols: int,
    smoothing: str = "witten-bell",
) -> dict[int, float]:
    """Return the nats a symbol on `held_out` of an n-gram of each order, by order.

    The same numbers as `NGram(order, n_symbols, smoothing).fit(train).nats(held_out)`
    for every order, but the grams of each length are counted once for all of them.
    Raises what `NGram` raises, and ValueError when there is no order, or a text is
    shorter than the longest gram.
    """
    if not len(orders):
        raise ValueError("nats_by_order() was given no order; give one or more.")
    for order in orders:
        NGram(order, n_symbols, smoothing)  # refuses what makes no sense
    longest = NGram(max(orders), n_symbols, smoothing)
    train, ids = longest._checked(train), longest._checked(held_out)
    if min(len(train), len(ids)) < longest.order:
        raise ValueError(
            f"Grams of {longest.order} symbols need texts at least as long; "
            f"{len(train)} symbols to count and {len(ids)} to score were given."
        )
    counted, smooth = longest._counted(train), _SMOOTHINGS[smoothing]
    p, found = np.full(len(ids), 1.0 / n_symbols), {}
    for k in range(1, longest.order + 1):
        with_top = longest._with(smooth(*counted[k - 1], n_symbols), k, ids, p)
        found[k] = float(-np.log(with_top).mean())
        if smoothing == "witten-bell":
            p = with_top  # its levels are the same below a longer gram
        elif k < longest.order:
            p = longest._with(smooth(*longest._below(counted, k), n_symbols), k, ids, p)
    return {order: found[order] for order in orders}


def majority(y_train: Any, y_test: Any) -> float:
    """Return the accuracy on `y_test` of always giving the most frequent `y_train`.

    Both (n,) of any type; of equally frequent labels the first in order is given.
    Raises ValueError when either is empty.
    """
    y_train, y_test = np.asarray(y_train), np.asarray(y_test)
    if not len(y_train) or not len(y_test):
        raise ValueError("majority() needs at least one label to train and to test.")
    values, counts = np.unique(y_train, return_counts=True)
    return float((y_test == values[counts.argmax()]).mean())


def linear_ngrams(
    train_texts: Sequence[str],
    y_train: Any,
    n: tuple[int, int] = (1, 3),
    strength: float = 10.0,
) -> Any:
    """Return a linear model of the characters of `train_texts` (n,), fitted.

    TF-IDF of character n-grams of n[0] to n[1] characters, counted inside words with
    a space at either end, then multinomial logistic regression with scikit-learn's
    C = `strength`: a scikit-learn pipeline, with predict(texts) (n,) and
    predict_proba(texts) (n, n_classes). Raises ValueError when texts and labels differ
    in number.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    features = TfidfVectorizer(analyzer="char_wb", ngram_range=n, sublinear_tf=True)
    return _regression(features, strength, train_texts, y_train)


def linear_words(
    train_texts: Sequence[str],
    y_train: Any,
    n: tuple[int, int] = (1, 2),
    strength: float = 5.0,
) -> Any:
    """Return a linear model of the words of `train_texts` (n,), fitted.

    TF-IDF of words and of n[0] to n[1] words in a row, then multinomial logistic
    regression with scikit-learn's C = `strength`. Words are `text.tokenize`'s, in small
    letters. A scikit-learn pipeline as that of `linear_ngrams`, with the same errors.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    features = TfidfVectorizer(
        tokenizer=tokenize, token_pattern=None, ngram_range=n, sublinear_tf=True
    )
    return _regression(features, strength, train_texts, y_train)


def _regression(features: Any, strength: float, train_texts: Any, y_train: Any) -> Any:
    """Return logistic regression on `features` of the texts, fitted."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    y_train = np.asarray(y_train)
    if len(train_texts) != len(y_train):
        raise ValueError(
            f"There are {len(train_texts)} texts and {len(y_train)} labels to learn "
            "from; each text needs one label."
        )
    # Newton's way comes to the optimum on one thread as fast as on many; L-BFGS on two
    # threads that wait for each other takes five times as long on a busy machine.
    model = LogisticRegression(C=strength, max_iter=1000, solver="newton-cg")
    return make_pipeline(features, model).fit(train_texts, y_train)
