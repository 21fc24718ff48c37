"""Short opinions on films, made from templates: no file, no network, always there.

They stand in for real sentences that cannot be had, and test a classifier for what it
makes of negation and word order: most forms hold a good word and a bad one, or a word
under a negation, so that counting good and bad words is not enough.
"""

import itertools
from collections.abc import Iterator

import numpy as np

SUBJECTS = (
    "the film",
    "this movie",
    "the plot",
    "the acting",
    "the ending",
    "the script",
    "the music",
    "the dialogue",
    "the comedy",
    "the first half",
)
VERBS = ("is", "was", "feels", "seems")
GOOD = (
    "good",
    "funny",
    "moving",
    "clever",
    "charming",
    "fresh",
    "brilliant",
    "warm",
    "gripping",
    "entertaining",
)
BAD = (
    "bad",
    "dull",
    "boring",
    "stupid",
    "flat",
    "stale",
    "awful",
    "tedious",
    "clumsy",
    "predictable",
)

# The name of a form, its words ({a} is the word that is said, {b} one of the other
# sign), and whether the whole has the sign of {a}.
FORMS = (
    ("plain", "{s} {v} {a} .", True),
    ("negated", "{s} {v} not {a} .", False),
    ("contrast", "{s} {v} {a} , not {b} .", True),
    ("never", "{s} {v} never {a} .", False),
    ("but", "{s} {v} not {a} but {b} .", False),
    ("anything but", "{s} {v} anything but {a} .", False),
)


def form(name: str) -> tuple[list[str], np.ndarray]:
    """Return every sentence of one form, and the sign of each: (n,) of 0 and 1.

    The sentences come in pairs that differ in the words {a} and {b} alone and have
    opposite signs. Raises ValueError for an unknown form.
    """
    found = {known: (words, keeps) for known, words, keeps in FORMS}
    if name not in found:
        raise ValueError(
            f"There is no form called {name!r}. The forms are: {', '.join(found)}."
        )
    words, keeps = found[name]
    inputs, labels = [], []
    for s, v, (good, bad) in itertools.product(SUBJECTS, VERBS, _pairs()):
        inputs.append(words.format(s=s, v=v, a=good, b=bad))
        inputs.append(words.format(s=s, v=v, a=bad, b=good))
        labels += [int(keeps), int(not keeps)]
    return inputs, np.array(labels, dtype=np.int64)


def by_templates(n: int = 4_000, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Return `n` different opinions of all forms, and the sign of each, (n,).

    The same ones for the same seed; half of them are positive, up to one.
    """
    every = [form(name) for name, _, _ in FORMS]
    inputs = [sentence for sentences, _ in every for sentence in sentences]
    labels = np.concatenate([signs for _, signs in every])
    inputs, first = np.unique(inputs, return_index=True)
    labels = labels[first]
    rng = np.random.default_rng(seed)
    chosen = [
        rng.permutation(np.flatnonzero(labels == sign))[: (n + sign) // 2]
        for sign in (0, 1)
    ]
    rows = rng.permutation(np.concatenate(chosen))
    return [str(inputs[row]) for row in rows], labels[rows]


def _pairs() -> Iterator[tuple[str, str]]:
    """Yield each good word with three bad ones."""
    for i, good in enumerate(GOOD):
        for shift in (0, 3, 7):
            yield good, BAD[(i + shift) % len(BAD)]
