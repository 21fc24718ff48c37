"""What a loader returns, and how bytes become text."""

import bz2
import gzip
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Corpus:
    """A text; `name` is the registry's, so a fallback shows its own name."""

    name: str
    text: str = field(repr=False)
    title: str
    licence: str
    source: str

    def summary(self) -> str:
        """Return one line: what it is, its size, licence and source."""
        return (
            f"{self.name}: {self.title}; {len(self.text):,} characters, "
            f"{len(set(self.text))} symbols; licence: {self.licence}; "
            f"source: {self.source}."
        )


@dataclass(frozen=True)
class Labelled:
    """Sequences with one class each: `classes[labels[i]]` is the class of input i."""

    name: str
    inputs: list[str] = field(repr=False)
    labels: np.ndarray = field(repr=False)
    classes: tuple[str, ...]
    licence: str
    source: str

    def summary(self, title: str) -> str:
        """Return one line: what it is, its size, licence and source."""
        return (
            f"{self.name}: {title}; {len(self.inputs):,} items, {len(self.classes)} "
            f"classes; licence: {self.licence}; source: {self.source}."
        )


@dataclass(frozen=True)
class Series:
    """Numbers in order of time: `values[t]` (time,) was measured at `times[t]`.

    The moments lie equally far apart, but for trading days; where nothing was measured
    the value is NaN. `season` is how many moments one season has, 1 for none.
    `anomalous` (time,) says where something was wrong, and is None where nobody knows.
    `more` holds other series of the same moments.
    """

    name: str
    values: np.ndarray = field(repr=False)
    times: np.ndarray = field(repr=False)
    unit: str
    season: int
    licence: str
    source: str
    anomalous: np.ndarray | None = field(repr=False, default=None)
    more: dict[str, np.ndarray] = field(repr=False, default_factory=dict)

    def summary(self, title: str) -> str:
        """Return one line: what it is, its size, licence and source."""
        missing = np.count_nonzero(np.isnan(self.values))
        return (
            f"{self.name}: {title}; {len(self.values):,} values in {self.unit}, "
            f"{missing:,} missing, {self.times[0]} to {self.times[-1]}; licence: "
            f"{self.licence}; source: {self.source}."
        )


@dataclass(frozen=True)
class Tagged:
    """Sentences with a tag for each word: `tags[i][t]` is that of `words[i][t]`.

    `train` and `test` are row numbers, sorted; `intents[i]` is the intent of sentence
    i, where the set has intents, else the list is empty.
    """

    name: str
    words: list[list[str]] = field(repr=False)
    tags: list[list[str]] = field(repr=False)
    intents: list[str] = field(repr=False)
    train: np.ndarray = field(repr=False)
    test: np.ndarray = field(repr=False)
    licence: str
    source: str

    @property
    def kinds(self) -> list[str]:
        """Every tag that occurs, in order of the alphabet."""
        return sorted({tag for sentence in self.tags for tag in sentence})

    def summary(self, title: str) -> str:
        """Return one line: what it is, its size, licence and source."""
        return (
            f"{self.name}: {title}; {len(self.words):,} sentences, "
            f"{sum(map(len, self.words)):,} words, {len(self.kinds)} tags; licence: "
            f"{self.licence}; source: {self.source}."
        )


@dataclass(frozen=True)
class Pairs:
    """Texts and what each becomes: `targets[i]` is wanted where `sources[i]` is given.

    `train` and `test` are row numbers, sorted, that share no date, sentence or word.
    """

    name: str
    sources: list[str] = field(repr=False)
    targets: list[str] = field(repr=False)
    train: np.ndarray = field(repr=False)
    test: np.ndarray = field(repr=False)
    licence: str
    source: str

    def summary(self, title: str) -> str:
        """Return one line: what it is, its size, licence and source."""
        return (
            f"{self.name}: {title}; {len(self.train):,} pairs to train on, "
            f"{len(self.test):,} for the test; licence: {self.licence}; "
            f"source: {self.source}."
        )


@dataclass(frozen=True)
class Recordings:
    """What was spoken: `signals[i]` has the class `classes[labels[i]]`.

    A signal is (samples,) at `rate` samples a second, or (time, features) if somebody
    has turned it into frames already. `who[speakers[i]]` spoke it. `train` and `test`
    are row numbers.
    """

    name: str
    signals: list[np.ndarray] = field(repr=False)
    labels: np.ndarray = field(repr=False)
    classes: tuple[str, ...]
    speakers: np.ndarray = field(repr=False)
    who: tuple[str, ...]
    train: np.ndarray = field(repr=False)
    test: np.ndarray = field(repr=False)
    rate: int
    licence: str
    source: str

    def summary(self, title: str) -> str:
        """Return one line: what it is, its size, licence and source."""
        return (
            f"{self.name}: {title}; {len(self.signals):,} recordings, "
            f"{len(self.classes)} classes, {len(self.who)} speakers; licence: "
            f"{self.licence}; source: {self.source}."
        )


def decoded(data: bytes | str, name: str = "", encoding: str = "utf-8") -> str:
    """Return text whose every line ends in one "\\n", on every system.

    A name that ends in .bz2 or .gz is unpacked first.
    """
    if isinstance(data, bytes):
        unpack = {"bz2": bz2.decompress, "gz": gzip.decompress}
        raw = unpack.get(name.rpartition(".")[2], bytes)(data)
        data = raw.decode(encoding)
    return data.replace("\r\n", "\n").replace("\r", "\n")
