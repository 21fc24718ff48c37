"""Recordings out of their files: sequences of numbers, who spoke, and what was said."""

import io
import re
import wave

import numpy as np

from .faults import DataError

# Signals, labels, classes, speakers, their names, rows to train on and to test on.
Read = tuple[
    list[np.ndarray],
    np.ndarray,
    tuple[str, ...],
    np.ndarray,
    tuple[str, ...],
    np.ndarray,
    np.ndarray,
]


def read(name: str, files: dict[str, bytes]) -> Read:
    """Return a set out of its files by name; the made ones need none."""
    if name == "japanese-vowels":
        return vowels(files)
    if name == "spoken-digits":
        return digits(files)
    from . import voices

    return voices.MADE[name]()


def vowels(files: dict[str, bytes]) -> Read:
    """Return utterances, each (time, 12) coefficients, whose class is the speaker.

    The files are in the format .ts: below `@data` a line for each utterance, its
    series parted by colons, and at the end the class, which counts from 1.
    """
    signals, labels, ends = [], [], [0]
    for part in ("_TRAIN.ts", "_TEST.ts"):
        (content,) = (c for name, c in files.items() if name.endswith(part))
        text = content.decode("utf-8")
        for line in text[re.search("@data", text, re.I).end() :].split():
            *series, label = line.split(":")
            values = np.array([one.split(",") for one in series], float).T
            signals.append(values[~np.isnan(values).any(axis=1)])
            labels.append(int(label) - 1)
        ends.append(len(signals))
    labels = np.array(labels)
    names = tuple(f"speaker {k + 1}" for k in range(labels.max() + 1))
    train, test = np.arange(ends[1]), np.arange(ends[1], ends[2])
    return signals, labels, names, labels, names, train, test


def digits(files: dict[str, bytes]) -> Read:
    """Return recordings (samples,) from -1 to 1; the last speaker is for the test.

    A file is called DIGIT_SPEAKER_NUMBER.wav.
    """
    signals, labels, said_by = [], [], []
    for name in sorted(files):
        digit, speaker, _ = name.removesuffix(".wav").split("_")
        signals.append(_samples(name, files[name]))
        labels.append(int(digit))
        said_by.append(speaker)
    names, speakers = np.unique(said_by, return_inverse=True)
    held = speakers == len(names) - 1
    return (
        signals,
        np.array(labels),
        tuple("0123456789"),
        speakers,
        tuple(map(str, names)),
        np.flatnonzero(~held),
        np.flatnonzero(held),
    )


def _samples(name: str, content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise DataError(
                f"{name} has {file.getnchannels()} channels of {file.getsampwidth()} "
                "bytes; expected one channel of two bytes: fetch the set again, and "
                "report it if that does not help."
            )
        raw = file.readframes(file.getnframes())
    return np.frombuffer(raw, "<i2").astype(np.float32) / 32768
