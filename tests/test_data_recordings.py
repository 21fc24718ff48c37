"""Recordings: what their loaders give, and what stands in for them."""

import io
import wave

import numpy as np
import pytest

from data_sources import MIRROR
from unrolled import data
from unrolled.data import registry, spoken, voices

TS = b"""# a comment
@problemName JapaneseVowels
@data
1.0,2.0,3.0:4.0,5.0,6.0:1
7.5,8.5:9.5,10.5:2
"""
# name: rows to train on, rows to test on, classes, speakers
COUNTED = {"japanese-vowels": (270, 370, 9, 9), "spoken-digits": (250, 50, 10, 6)}


def load(name, monkeypatch):
    """Return a set, or skip where there is neither mirror, cache nor network."""
    if MIRROR.is_dir():
        monkeypatch.setenv("UNROLLED_DATA_MIRROR", str(MIRROR))
    try:
        return data.recordings(name, fallback=False)
    except data.DataError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", COUNTED)
def test_fetched_sets(name, monkeypatch):
    found = load(name, monkeypatch)
    sizes = len(found.train), len(found.test), len(found.classes), len(found.who)
    assert sizes == COUNTED[name]
    assert len(found.signals) == len(found.labels) == registry.find(name).items
    assert not set(found.train) & set(found.test)
    assert all(np.isfinite(signal).all() and len(signal) for signal in found.signals)


def test_vowels_are_frames_and_digits_are_waves(monkeypatch):
    said = load("japanese-vowels", monkeypatch)
    lengths = [len(signal) for signal in said.signals]
    assert (min(lengths), max(lengths), said.rate) == (7, 29, 0)
    assert {signal.shape[1] for signal in said.signals} == {12}
    digits = load("spoken-digits", monkeypatch)
    assert digits.rate == 8000 and digits.signals[0].ndim == 1
    assert max(np.abs(s).max() for s in digits.signals) <= 1
    held = set(digits.speakers[digits.test].tolist())
    assert len(held) == 1 and not held & set(digits.speakers[digits.train].tolist())


def test_a_file_of_series_is_read_line_by_line():
    signals, labels, *_, train, test = spoken.vowels(
        {"a/X_TRAIN.ts": TS, "a/X_TEST.ts": TS}
    )
    assert np.array_equal(signals[0], [[1, 4], [2, 5], [3, 6]])
    assert labels.tolist() == [0, 1, 0, 1]
    assert train.tolist() == [0, 1] and test.tolist() == [2, 3]


def sound(channels=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(np.array([0, 16384, -32768, 1], "<i2").tobytes())
    return file.getvalue()


def test_a_wave_is_read_as_numbers_from_minus_one_to_one():
    files = {"7_ann_0.wav": sound(), "2_bob_0.wav": sound()}
    signals, labels, _, speakers, who, train, test = spoken.digits(files)
    assert labels.tolist() == [2, 7] and who == ("ann", "bob")
    assert speakers.tolist() == [1, 0] and train.tolist() == [1]
    assert test.tolist() == [0] and signals[0].tolist()[:3] == [0, 0.5, -1]


def test_another_form_of_sound_is_refused_in_a_sentence():
    with pytest.raises(data.DataError, match="2 channels of 2 bytes; expected one"):
        spoken.digits({"7_ann_0.wav": sound(channels=2)})


@pytest.mark.parametrize("name", COUNTED)
def test_without_a_network_made_ones_stand_in(name, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    monkeypatch.setenv("UNROLLED_OFFLINE", "1")
    monkeypatch.delenv("UNROLLED_DATA_MIRROR", raising=False)
    found = data.recordings(name)
    assert found.name == registry.find(name).instead
    assert "COULD NOT BE HAD" in capsys.readouterr().out
    assert len(found.classes) == COUNTED[name][2]
    with pytest.raises(data.DataError):
        data.recordings(name, fallback=False)


def test_what_is_no_recording_is_refused():
    with pytest.raises(ValueError, match=r"no recordings; use data\.text"):
        data.recordings("plays")


@pytest.mark.parametrize("name", voices.MADE)
def test_made_recordings_are_the_same_each_time(name):
    one, other = data.recordings(name), data.recordings(name)
    pairs = zip(one.signals, other.signals, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert set(one.labels[one.train]) == set(one.labels[one.test])
