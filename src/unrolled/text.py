"""Characters and words to integers and back.

The symbols of a vocabulary are sorted, so the same text gives the same integers on
every machine and in every run.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

_JOINERS = "\u200c\u200d"  # inside words of Persian and Hindi, and inside emoji


class _Symbols:
    """What a vocabulary of characters and a vocabulary of words have in common."""

    __slots__ = ("_index", "_symbols", "_unknown")
    _symbols: tuple[str, ...]
    _unknown: str | None
    _index: dict[str, int]

    def __init__(self, symbols: Iterable[str], unknown: str | None = None) -> None:
        kept = set(symbols)
        if unknown is not None:
            kept.add(unknown)
        if not kept:
            raise ValueError(
                "A vocabulary needs at least one symbol and was given none. Check that "
                "the text it is built from is not empty."
            )
        for symbol in kept:
            self._admit(symbol)
        ordered = tuple(sorted(kept))
        object.__setattr__(self, "_symbols", ordered)
        object.__setattr__(self, "_unknown", unknown)
        object.__setattr__(self, "_index", {s: i for i, s in enumerate(ordered)})

    def _admit(self, symbol: str) -> None:
        if not isinstance(symbol, str) or not symbol:
            raise ValueError(
                f"A symbol is a string that is not empty; {symbol!r} was given."
            )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"A vocabulary does not change: `{name}` cannot be set. Build a new one."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._symbols, self._unknown)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols in sorted order; a symbol's place is its integer."""
        return self._symbols

    @property
    def unknown(self) -> str | None:
        """Return the symbol that stands for every rare or unseen one, or None."""
        return self._unknown

    def __len__(self) -> int:
        return len(self._symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._index

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return (self._symbols, self._unknown) == (other._symbols, other._unknown)

    def __hash__(self) -> int:
        return hash((self._symbols, self._unknown))

    def __repr__(self) -> str:
        shown = ", ".join(repr(s) for s in self._symbols[:8])
        more = ", …" if len(self) > 8 else ""
        tail = "" if self._unknown is None else f", unknown={self._unknown!r}"
        return f"{type(self).__name__}({len(self)} symbols: {shown}{more}{tail})"

    def _checked(self, ids: Any) -> np.ndarray:
        """Return `ids` as a flat integer array whose every entry is a symbol's."""
        array = np.asarray(ids)
        if array.size == 0:
            return np.zeros(0, dtype=np.int64)
        if array.ndim > 1:
            raise ValueError(
                f"decode() takes one sequence of integers; an array of shape "
                f"{array.shape} was given. Decode its rows one by one."
            )
        if array.dtype.kind not in "iu":
            raise ValueError(
                f"decode() takes integers; values of type {array.dtype} were given. "
                "Did you pass logits or probabilities instead of symbols?"
            )
        wrong = (array < 0) | (array >= len(self))
        if wrong.any():
            where = int(np.flatnonzero(wrong)[0])
            raise ValueError(
                f"There is no symbol {array.flat[where]} (position {where}): this "
                f"vocabulary has the integers 0 to {len(self) - 1}."
            )
        return array.astype(np.int64).reshape(-1)

    def _unseen(self, symbol: str, position: int) -> ValueError:
        return ValueError(
            f"The symbol {symbol!r} at position {position} is not in this vocabulary "
            f"of {len(self)}. Build the vocabulary with `unknown=` and a symbol that "
            "stands for every unseen one, or from a text that holds it."
        )


def _frequent(
    tokens: Iterable[str], min_count: int, unknown: str | None
) -> Iterable[str]:
    """Return the symbols that occur at least `min_count` times."""
    if min_count > 1 and unknown is None:
        raise ValueError(
            f"min_count={min_count} drops rare symbols, so something must stand for "
            "them: give `unknown=` a symbol as well."
        )
    return [s for s, count in Counter(tokens).items() if count >= min_count]


class Vocab(_Symbols):
    """A vocabulary of characters; immutable.

    `symbols` are single characters in any order (they are sorted, and repeats are
    dropped). `unknown` is a character that stands for every rare or unseen one.
    Raises ValueError when a symbol is not exactly one character.
    """

    __slots__ = ("_codes", "_table")
    _codes: np.ndarray
    _table: np.ndarray

    def __init__(self, symbols: Iterable[str], unknown: str | None = None) -> None:
        """Build from characters; see the class."""
        super().__init__(symbols, unknown)
        codes = np.array([ord(s) for s in self.symbols], dtype=np.uint32)
        # One place for each code point up to the highest, and one for all above it.
        table = np.full(int(codes[-1]) + 2, -1, dtype=np.int64)
        if unknown is not None:
            table[:] = self._index[unknown]
        table[codes] = np.arange(len(codes))
        object.__setattr__(self, "_codes", codes)
        object.__setattr__(self, "_table", table)

    def _admit(self, symbol: str) -> None:
        super()._admit(symbol)
        if len(symbol) != 1:
            raise ValueError(
                f"A symbol of Vocab is one character; {symbol!r} has {len(symbol)}. "
                "Use Words for a vocabulary of words."
            )

    @classmethod
    def from_text(
        cls, text: str, min_count: int = 1, unknown: str | None = None
    ) -> "Vocab":
        """Return the vocabulary of the characters that occur in `text`.

        A character that occurs fewer than `min_count` times is left to `unknown`.
        Raises ValueError when `min_count` is above 1 and there is no `unknown`, or
        when the text is empty.
        """
        return cls(_frequent(text, min_count, unknown), unknown)

    def encode(self, text: str) -> np.ndarray:
        """Return the integers of `text`: shape (len(text),), dtype int64.

        An unseen character becomes `unknown`. Without one, raises ValueError that
        names the character and its position.
        """
        # UTF-32 is one fixed-width number a character: the whole text in one look-up.
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        ids = self._table[np.minimum(codes, len(self._table) - 1)]
        if self._unknown is None and ids.size and ids.min() < 0:
            position = int(np.flatnonzero(ids < 0)[0])
            raise self._unseen(text[position], position)
        return ids

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Return the text of integers `ids`, shape (n,).

        Raises ValueError when an integer is not a symbol's.
        """
        codes = self._codes[self._checked(ids)].astype("<u4")
        return codes.tobytes().decode("utf-32-le", "surrogatepass")


def tokenize(text: str) -> list[str]:
    """Return the words and punctuation marks of `text`, in order.

    A word keeps the apostrophes inside it ("don't"), and every letter the accents and
    vowel signs that combine with it; a punctuation mark is a token of its own; white
    space separates and is dropped. As in Unicode's Annex 29, nothing is cut before a
    character that extends the one before it.
    """
    if text.isascii():  # nothing in it combines
        return _tokens("").findall(text)
    marks = sorted(c for c in set(text) if unicodedata.category(c)[0] == "M")
    return _tokens(f"[{''.join(marks)}{_JOINERS}]*").findall(text)


@lru_cache(maxsize=64)
def _tokens(more: str) -> re.Pattern:
    """Return the pattern of a token; `more` is that of what a character may carry."""
    letters = rf"(?:\w{more})+"
    sign = rf"[^\w\s]{more}"
    joined = rf"{sign}(?:(?<=\u200d){sign})*"  # 👩‍👧 is three, and one token
    return re.compile(rf"{letters}(?:['’]{letters})*|{joined}")


def _refuse_texts(tokens: list) -> None:
    """Raise ValueError if a token is a text of several words."""
    for token in tokens:
        if isinstance(token, str) and len(token.split()) > 1:
            raise ValueError(
                f"{token!r} has white space in it: a text where a word was expected. "
                "Of several texts give the words of each, tokenize(text), to encode "
                "them; and the words of all, tokenize(' '.join(texts)), to from_text."
            )


class Words(_Symbols):
    """A vocabulary of words; immutable.

    `symbols` are words in any order (they are sorted, and repeats are dropped).
    `unknown` is a word that stands for every rare or unseen one.
    """

    __slots__ = ()

    @classmethod
    def from_text(
        cls,
        text: str | Iterable[str],
        min_count: int = 1,
        unknown: str | None = None,
    ) -> "Words":
        """Return the vocabulary of the words of `text`, a string or tokens.

        A word that occurs fewer than `min_count` times is left to `unknown`. Raises
        ValueError when `min_count` is above 1 and there is no `unknown`, when there
        is no word at all, and for a list of texts.
        """
        tokens = tokenize(text) if isinstance(text, str) else list(text)
        _refuse_texts(tokens)
        return cls(_frequent(tokens, min_count, unknown), unknown)

    def encode(self, text: str | Iterable[str]) -> np.ndarray:
        """Return the integers of the words of `text`: shape (words,), dtype int64.

        An unseen word becomes `unknown`. Without one, raises ValueError that names
        the word and its position among the words; and for a list of texts.
        """
        tokens = tokenize(text) if isinstance(text, str) else list(text)
        _refuse_texts([t for t in tokens if t not in self._index])
        stand_in = -1 if self._unknown is None else self._index[self._unknown]
        ids = np.array([self._index.get(t, stand_in) for t in tokens], dtype=np.int64)
        if ids.size and ids.min() < 0:
            position = int(np.flatnonzero(ids < 0)[0])
            raise self._unseen(tokens[position], position)
        return ids

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Return the words of integers `ids`, joined by single spaces.

        Raises ValueError when an integer is not a symbol's.
        """
        return " ".join(self._symbols[i] for i in self._checked(ids))
