"""Sets with a tag for each word out of their files: treebanks, entities, slots."""

import json
from collections.abc import Callable, Iterator

import numpy as np

from unrolled import text

from .sets import decoded

Sentence = tuple[list[str], list[str], str]  # words, a tag for each, an intent or ""
Parts = tuple[list[list[str]], list[list[str]], list[str], np.ndarray, np.ndarray]


def read(name: str, files: dict[str, bytes]) -> Parts:
    """Return words, tags and intents of all sentences, and the rows of both parts.

    files: as they are fetched, by name; {} for an embedded set. A file whose name says
    "test" or "validate" is for the test, the others are for training.
    """
    if not files:
        from .requests import by_templates

        return by_templates(name.partition("-")[2])
    found: list[Sentence] = []
    tested: list[bool] = []
    for file in sorted(files):
        sentences = list(_READERS[name](file, files[file]))
        found += sentences
        tested += [("-test." in file) or file.startswith("validate_")] * len(sentences)
    words, tags, intents = (list(column) for column in zip(*found, strict=True))
    test = np.array(tested)
    train_rows, test_rows = np.flatnonzero(~test), np.flatnonzero(test)
    return words, tags, [i for i in intents if i], train_rows, test_rows


def _column(k: int) -> Callable[[str, bytes], Iterator[Sentence]]:
    """Return a reader of a treebank's lines, whose tag stands in column `k`.

    A line is a word, columns parted by tabs; an empty line ends a sentence. A word that
    is written as one and analyzed as several ("del", de + el: its number is "3-4")
    counts as those several, and a word that was only understood ("8.1") not at all. A
    number that is written with a space ("5 000") loses it.
    """

    def sentences(_: str, data: bytes) -> Iterator[Sentence]:
        words, tags = [], []
        for line in [*decoded(data).split("\n"), ""]:
            if not line and words:
                yield words, tags, ""
                words, tags = [], []
            columns = line.split("\t")
            if columns[0].isdigit():
                words.append("".join(columns[1].split()))
                tags.append(columns[k])

    return sentences


def _slots(file: str, data: bytes) -> Iterator[Sentence]:
    """Yield the requests of one intent; the words of a slot are B-, I-, I-, …

    One file holds an emoji in halves, which is no UTF-8: it becomes the sign for that.
    """
    ((intent, requests),) = json.loads(data.decode("utf-8", "replace")).items()
    for request in requests:
        words, tags = [], []
        for piece in request["data"]:
            found = text.tokenize(piece["text"])
            slot = piece.get("entity")
            words += found
            tags += [f"{'I' if k else 'B'}-{slot}" if slot else "O"
                     for k in range(len(found))]  # fmt: skip
        yield words, tags, intent


_READERS: dict[str, Callable[[str, bytes], Iterator[Sentence]]] = {
    "ewt": _column(3),
    "gsd": _column(3),
    "pud-english": _column(3),
    "pud-spanish": _column(3),
    "uner": _column(2),
    "snips": _slots,
}
