"""What the gallery's networks read, and how each text is cut."""

import hashlib
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from unrolled import batches, data, text

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
RARE = 100_000  # a character that makes up less than one in so many has no symbol
HELD_OUT = 0.95  # the share that is learned from; the end of the text is held out
MORE = 6_000_000  # characters that the networks read which travel with the package
PASSES = 15  # over the training part, at most


@dataclass(frozen=True)
class Exhibit:
    """One text of the gallery.

    `corpus` is its name in `unrolled.data`, `kind` what is checked in what is written
    (gallery_checks.py), `characters` how many are read in training, at most, `stored`
    whether the network travels with the package, and `shown` how many characters of a
    sample the page shows.
    """

    name: str
    title: str
    corpus: str
    kind: str
    characters: int = 4_000_000
    stored: bool = False
    shown: int = 420


class Texts(NamedTuple):
    """A text as integers, the vocabulary of its training part, where it is from.

    `known` is the training part as it is written, `asked` the held-out part, and
    `sha256` that of the held-out part, so that a score is compared with nothing else.
    """

    train: np.ndarray
    held_out: np.ndarray
    vocab: text.Vocab
    known: str
    asked: str
    licence: str
    source: str
    sha256: str


EXHIBITS = (
    Exhibit("plays", "Shakespeare, 38 plays", "plays", "plays", MORE, True),
    Exhibit("python", "Python's library", "stdlib-source", "python", MORE, True),
    Exhibit("wikipedia", "Wikipedia, raw XML", "wikipedia", "wikipedia", MORE, True),
    Exhibit("latex", "The Stacks project, LaTeX", "algebra-tex", "latex"),
    Exhibit("lessons", "This course itself", "lessons", "lessons"),
    Exhibit("tunes", "Tunes in ABC notation", "oneill-tunes", "abc", shown=240),
    Exhibit("names", "Given names", "given-names", "names", shown=240),
    Exhibit("c", "Linux' headers, C", "linux-headers", "c"),
    Exhibit("cpp", "PyTorch's headers, C++", "c10-headers", "cpp"),
    Exhibit("don-quijote", "Don Quijote, in Spanish", "don-quijote", "spanish"),
    Exhibit("tiny-shakespeare", "Tiny Shakespeare", "tiny-shakespeare", "dialogue"),
)


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
    written = PREPARED.get(exhibit.kind, str)(corpus.text)
    known, asked = batches.split(written, HELD_OUT)
    vocab = text.Vocab.from_text(known, max(2, len(known) // RARE), UNKNOWN)
    return Texts(
        vocab.encode(known),
        vocab.encode(asked),
        vocab,
        known,
        asked,
        corpus.licence,
        corpus.source,
        hashlib.sha256(asked.encode("utf-8")).hexdigest(),
    )


def budget(exhibit: Exhibit, n_train: int) -> int:
    """Return how many characters are read: not more than `PASSES` times the text."""
    return min(exhibit.characters, PASSES * n_train)


def distinct_lines(written: str) -> str:
    """Return each line once, in an order drawn with seed 0.

    The list of names is sorted and has some twice: its end would be no fair sample, and
    a name that is held out would stand in the training part too.
    """
    lines = sorted(set(written.split("\n")) - {""})
    order = np.random.default_rng(0).permutation(len(lines))
    return "\n".join(lines[k] for k in order) + "\n"


def spanish_alone(written: str) -> str:
    """Return the novel without the English notes of its publisher, before and after."""
    begin = written.index("El ingenioso hidalgo")
    end = re.search(r"^(\*\*\* ?)?END OF ", written, re.MULTILINE | re.IGNORECASE)
    return written[begin : end.start() if end else len(written)]


def tunes_alone(written: str) -> str:
    """Return the tunes without the lines that name who typed them, and an address."""
    return re.sub(r"^Z:.*\n", "", written, flags=re.MULTILINE)


PREPARED = {
    "names": distinct_lines,
    "spanish": spanish_alone,
    "abc": tunes_alone,
}
