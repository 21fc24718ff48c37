"""Recordings of our own, which stand in for those that cannot be had. Always there."""

import numpy as np

RATE = 8000
SPEAKERS, EACH = 6, 5  # of the digits
WHO = 9  # of the utterances


def utterances(seed: int = 0):
    """Return made-up utterances, each (time, 12): a curve that each speaker bends."""
    rng = np.random.default_rng(seed)
    start, bend = rng.normal(size=(2, WHO, 12))
    signals, labels = [], []
    for row in range(270 + 180):
        who, time = row % WHO, int(rng.integers(8, 27))
        at = np.linspace(0, 1, time)[:, None]
        curve = 0.3 * start[who] + bend[who] * np.sin(2 * np.pi * at)
        signals.append(curve + 0.5 * rng.normal(size=(time, 12)))
        labels.append(who)
    labels = np.array(labels)
    names = tuple(f"speaker {k + 1}" for k in range(WHO))
    rows = np.arange(len(labels))
    return signals, labels, names, labels, names, rows[:270], rows[270:]


def digits(seed: int = 0):
    """Return made-up digits: two tones that glide, in each voice a little higher."""
    rng = np.random.default_rng(seed)
    low, high = rng.uniform(250, 800, (10, 2)), rng.uniform(900, 2500, (10, 2))
    signals, labels, speakers = [], [], []
    for digit in range(10):
        for who in range(SPEAKERS):
            for _ in range(EACH):
                time = int(rng.integers(2400, 4800))
                at = np.linspace(0, 1, time)
                signal = 0.01 * rng.normal(size=time)
                for begin, end in (low[digit], high[digit]):
                    hertz = (begin + (end - begin) * at) * (0.9 + 0.04 * who)
                    signal += 0.2 * np.sin(2 * np.pi * np.cumsum(hertz) / RATE)
                signals.append((signal * np.sin(np.pi * at)).astype(np.float32))
                labels.append(digit)
                speakers.append(who)
    speakers = np.array(speakers)
    held = speakers == SPEAKERS - 1
    names = tuple(f"voice {k + 1}" for k in range(SPEAKERS))
    rows = np.flatnonzero(~held), np.flatnonzero(held)
    return signals, np.array(labels), tuple("0123456789"), speakers, names, *rows


MADE = {"made-vowels": utterances, "made-digits": digits}
