"""Which rows of a labelled set are for training and which for the test.

The rows of the sets that are fetched are committed, in `splits/NAME.json`, so that
every number of the course, in both tracks and in ten years, is measured on the same
ones. `tools/draw_splits.py` made them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from unrolled import batches

from .sets import Labelled

FOLDER = Path(__file__).with_name("splits")
SEED, SHARE = 0, 0.8
_WORD = re.compile(r"\w+")


def split(labelled: Labelled) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and those to test on: two sorted int64 arrays.

    80 to 20, each class in its share; items with the same words, whatever their case
    and punctuation, are on one side. A fetched set has its rows committed; those of an
    embedded set, which may differ by version, are drawn here, with the same seed.
    Raises ValueError when the committed rows are for another number of items.
    """
    path = FOLDER / f"{labelled.name}.json"
    if not path.exists():
        return draw(labelled.inputs, labelled.labels)
    stored = json.loads(path.read_text(encoding="utf-8"))
    n = len(labelled.inputs)
    if stored["items"] != n:
        raise ValueError(
            f"The committed split of `{labelled.name}` is of {stored['items']} items "
            f"and {n} were given. Split the whole set, as data.labelled() returns it."
        )
    test = np.array(stored["test"], dtype=np.int64)
    return np.setdiff1d(np.arange(n), test), test


def draw(inputs: Sequence[str], labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw such a split anew: rows to train on, rows to test on."""
    groups = defaultdict(list)
    for row, text in enumerate(inputs):
        groups[" ".join(_WORD.findall(text.casefold()))].append(row)
    members = list(groups.values())
    firsts = np.asarray(labels)[[rows[0] for rows in members]]
    parts = batches.stratified(firsts, SHARE, np.random.default_rng(SEED))
    train, test = (
        np.sort(np.concatenate([np.array(members[g], np.int64) for g in part]))
        for part in parts
    )
    return train, test
