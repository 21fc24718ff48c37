"""Tunes of our own in ABC notation, which stand in for others. Always there."""

import numpy as np

KEYS, METERS = ("G", "D", "Am", "Em"), {"6/8": (2, 3), "4/4": (2, 4)}
SCALE = "DEFGABcdefgab"


def made(n: int = 300, seed: int = 0) -> str:
    """Return `n` tunes of two parts of eight bars, whose second half is the first's."""
    rng = np.random.default_rng(seed)
    tunes = []
    for number in range(1, n + 1):
        meter = list(METERS)[int(rng.integers(len(METERS)))]
        groups, size = METERS[meter]
        parts = []
        for _ in range(2):
            half = [_bar(rng, groups, size) for _ in range(3)]
            middle, end = _bar(rng, groups, size), f"G{size} G{size * (groups - 1)}"
            parts.append("|".join([*half, middle, *half, end]) + ":|\n")
        key = KEYS[int(rng.integers(len(KEYS)))]
        head = f"X: {number}\nT: Made {number}\nM:{meter}\nL:1/8\nK:{key}\n"
        tunes.append(head + "".join(parts))
    return "\n\n".join(tunes)


def _bar(rng: np.random.Generator, groups: int, size: int) -> str:
    place, said = int(rng.integers(3, 10)), []
    for _ in range(groups):
        notes = ""
        for _ in range(size):
            place = int(np.clip(place + rng.integers(-2, 3), 0, len(SCALE) - 1))
            notes += SCALE[place]
        said.append(notes)
    return " ".join(said)
