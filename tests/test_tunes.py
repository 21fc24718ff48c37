"""Tunes in ABC: taken apart, checked, heard."""

from fractions import Fraction

import numpy as np
import pytest

from unrolled import data, tunes

JIG = "M:6/8\nL:1/8\nK:G\nd|BAB GBd|cBA G2:|\n"


def of(body, key="C", unit="1/8", meter="4/4"):
    return f"M:{meter}\nL:{unit}\nK:{key}\n{body}\n"


def pitches(body, key="C"):
    return [note.pitch for note in tunes.notes(of(body, key))]


def lengths(body):
    return [8 * note.length for note in tunes.notes(of(body))]


def test_notes_have_pitches():
    assert pitches("CDE c c' C, z") == [60, 62, 64, 72, 84, 48, None]
    assert pitches("FCc", "G") == [66, 60, 72]
    assert pitches("BEF", "Bb") == [70, 63, 65]
    assert pitches("FGC", "Am") == [65, 67, 60]
    assert pitches("FC", "D mix") == [66, 60]
    assert pitches("^F F | F =F") == [66, 66, 65, 65]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A2 B/ c3/2 d// z4", [2, "1/2", "3/2", "1/4", 4]),
        ("(3ABc d", ["2/3", "2/3", "2/3", 1]),
        ("A>B c<d", ["3/2", "1/2", "1/2", "3/2"]),
        ("{ga}A ~B .c T(de)", [1, 1, 1, 1, 1]),
        ('"Am"A !trill!B', [1, 1]),
    ],
)
def test_notes_have_lengths(body, expected):
    assert lengths(body) == [Fraction(value) for value in expected]


def test_bars_are_counted_between_plain_lines_alone():
    found = tunes.bars(JIG)
    assert [bar.length for bar in found] == [Fraction(n, 8) for n in (1, 6, 5)]
    assert [bar.inner for bar in found] == [False, True, False]
    assert tunes.full_bars(JIG) == (1, 1) and tunes.fault(JIG) == ""
    short = JIG.replace("GBd", "GB")
    assert tunes.full_bars(short) == (0, 1)
    assert tunes.fault(short) == "Bar 2 is 5/8 long, and the meter says 3/4."


@pytest.mark.parametrize(
    ("tune", "says"),
    [
        (of("AB?c"), "'?' is no ABC here"),
        (of("A", meter="six"), "The meter is 'six'"),
        (of("A", key="H"), "The key is 'H'"),
        (of("|"), "There is no note in it"),
        (of(">A"), "A dotted pair has no first note"),
        (of("A/0"), "divides by 0"),
        (of("A", unit="short"), "The length of a letter is 'short'"),
        ("L:1/8\nK:G\nA\n", "no line `M:`"),
        ("M:4/4\nK:G\nA\n", "no line `L:`"),
    ],
)
def test_what_is_wrong_is_said(tune, says):
    assert says in tunes.fault(tune)


def test_a_collection_is_taken_apart():
    text = f"X: 7\nT: A title\n{JIG}% a comment\n\nX:8\nT: no music\n"
    assert tunes.collection(text) == [tunes.Tune(7, JIG)]


def test_made_tunes_can_be_played():
    found = tunes.collection(data.text("made-tunes").text)
    assert len(found) == 300 and not any(tunes.fault(tune.text) for tune in found)


def test_a_tune_is_heard():
    wave = tunes.sound(of("A4", unit="1/4"), seconds=1.0)
    assert len(wave) == 8001 and np.abs(wave).max() == pytest.approx(1)
    heard = np.abs(np.fft.rfft(wave[:8000]))
    assert heard.argmax() == 440
    assert len(tunes.sound(of("A" * 400), longest=2.0)) == 16001


def test_a_tune_is_drawn():
    fig = tunes.picture(JIG, "A jig")
    assert fig.axes[0].get_title(loc="left") or fig.axes[0].get_title()
