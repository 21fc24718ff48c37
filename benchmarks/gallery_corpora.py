"""What the gallery's networks read, and how each text is cut."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unrolled import batches, data, text

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
RARE = 100_000  # a character that makes up less than one in so many has no symbol
HELD_OUT = 0.95  # the share that is learned from; the end of the text is held out


@dataclass(frozen=True)
class Exhibit:
    """One text of the gallery: `corpus` is its name in `unrolled.data`.

    `characters` is how many the network reads in training.
    """

    name: str
    title: str
    corpus: str
    characters: int = 10_000_000
    prompt: str = "\n"


class Texts(NamedTuple):
    """A text as integers, the vocabulary of its training part, where it is from.

    `sha256` is that of the held-out part, so that a score is compared with nothing
    else.
    """

    train: np.ndarray
    held_out: np.ndarray
    vocab: text.Vocab
    licence: str
    source: str
    sha256: str


EXHIBITS = (Exhibit("plays", "Shakespeare, 38 plays", "plays"),)


def find(name: str) -> Exhibit:
    """Return the exhibit called `name`; raises ValueError that lists the names."""
    for exhibit in EXHIBITS:
        if exhibit.name == name:
            return exhibit
    names = ", ".join(exhibit.name for exhibit in EXHIBITS)
    raise ValueError(f"There is no exhibit called {name!r}. The names are: {names}.")


def read(exhibit: Exhibit) -> Texts:
    """Return an exhibit's text, cut in order; raises DataError if it cannot be had."""
    corpus = data.text(exhibit.corpus, fallback=False)
    known, asked = batches.split(corpus.text, HELD_OUT)
    vocab = text.Vocab.from_text(known, max(2, len(known) // RARE), UNKNOWN)
    return Texts(
        vocab.encode(known),
        vocab.encode(asked),
        vocab,
        corpus.licence,
        corpus.source,
        hashlib.sha256(asked.encode("utf-8")).hexdigest(),
    )
