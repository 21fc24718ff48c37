"""Labelled sets out of their files: sequences, the class of each, the classes."""

import csv
import html
import io
import re
from collections.abc import Callable, Iterator

import numpy as np

Items = tuple[list[str], np.ndarray, tuple[str, ...]]

SENTIMENT = ("negative", "positive")
TOPICS = ("World", "Sports", "Business", "Sci/Tech")
_BREAK = re.compile(r"<br\s*/?>")
# The news lost the "&" of their character references: " #36;" was "&#36;", a dollar.
_REFERENCE = re.compile(r" *#(\d+);")
_FIELD = 1 << 24  # characters: more than any field has, and fits every platform


def sentences(text: str) -> Items:
    """Return the sentences of the film reviews, as they stand in the file."""
    return _films(text, "rotten_tomatoes")


def long_reviews(text: str) -> Items:
    """Return the long film reviews; a line break in HTML becomes a space."""
    inputs, labels, classes = _films(text, "imdb")
    return [_BREAK.sub(" ", review) for review in inputs], labels, classes


def news(text: str) -> Items:
    """Return title and first lines of each piece of news, joined by a space.

    A backslash stands for a line end there; character references are resolved.
    """
    inputs, labels = [], []
    for topic, title, body in _rows(text):
        joined = _REFERENCE.sub(r" &#\1;", f"{title} {body}".replace("\\", " "))
        inputs.append(html.unescape(joined))
        labels.append(int(topic) - 1)
    return inputs, np.array(labels, dtype=np.int64), TOPICS


READERS: dict[str, Callable[[str], Items]] = {
    "rotten-tomatoes": sentences,
    "film-reviews": long_reviews,
    "ag-news": news,
}


def embedded(name: str) -> Items:
    """Return a set that needs no file: surnames, or opinions from templates."""
    if name == "surnames":
        from .languages import by_language

        return by_language()
    from .opinions import by_templates

    inputs, labels = by_templates()
    return inputs, labels, SENTIMENT


def _films(text: str, source: str) -> Items:
    chosen = [row for row in _rows(text) if row[2] == source]
    labels = np.array([int(label) for _, label, _ in chosen], dtype=np.int64)
    return [review for review, _, _ in chosen], labels, SENTIMENT


def _rows(text: str) -> Iterator[list[str]]:
    before = csv.field_size_limit(_FIELD)
    try:
        yield from csv.reader(io.StringIO(text))
    finally:
        csv.field_size_limit(before)
