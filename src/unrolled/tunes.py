"""Tunes in ABC notation: taken apart, checked, drawn as notes, and heard.

ABC writes a note as a letter: `C` is middle C, `c` the octave above; `^` and `_` raise
and lower it by a half tone, a number after it is its length. The standard is at
https://abcnotation.com/wiki/abc:standard:v2.1. What is read here is what dance tunes
use: notes, rests, lengths, tuplets, dotted pairs (`>`), bars and repeats; grace notes
and ornaments are passed over. A repeated part is not played twice.
"""

import re
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

HEADERS = ("M", "L", "K")  # meter, the length of a plain letter, key: what is kept
_TOKEN = re.compile(
    r"(?P<grace>\{[^{}\n]*\})|(?P<text>\"[^\"\n]*\"|![^!\n]*!|\+[a-z]+\+)"
    r"|(?P<field>\[[A-Z]:[^\]\n]*\])|\((?P<tuplet>[2-9])(?::\d?){0,2}"
    r"|(?P<bar>:*[|\]\[]*\|[|\]]*:*|::|\|?\[[1-9]|\|\])(?P<ending>[1-9])?"
    r"|(?P<accidental>\^\^?|__?|=)?(?P<letter>[A-Ga-gzx])(?P<octave>[,']*)"
    r"(?P<length>\d*(?:/+\d*)?)|(?P<dotted><+|>+)"
    r"|(?P<passed>[\s()\-~.\\TuvHLMPSJRO\[\]:&y`*$])"
)
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {"mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "loc": -5}
_MODES |= {"lyd": 1, "maj": 0, "ion": 0, "": 0}


class Note(NamedTuple):
    """A note: `pitch` counts half tones, 60 is middle C, None a rest.

    `start` and `length` are in whole notes, `bar` counts the bar lines before it.
    """

    pitch: int | None
    start: Fraction
    length: Fraction
    bar: int


class Bar(NamedTuple):
    """What stands between two bar lines; `inner` if both are plain, `|`."""

    length: Fraction
    inner: bool


class Tune(NamedTuple):
    """A tune of a collection: settings of one tune share their number."""

    number: int
    text: str


def collection(text: str) -> list[Tune]:
    """Return each tune of a collection: the lines M, L and K, and its notes.

    Titles, sources and comments are left out, and so is a tune that lacks one of the
    three headers. A tune ends in one line end.
    """
    found = []
    for piece in re.split(r"(?m)^X:", text)[1:]:
        head, body = {}, []
        number = re.match(r"\s*(\d+)", piece)
        for line in piece.split("\n")[1:]:
            line = line.partition("%")[0].strip()
            field = re.match(r"([A-Za-z]):(.*)", line)
            if field and "K" in head and field[1] in HEADERS:
                break  # another meter or key: the tune is kept up to there
            if field:
                head.setdefault(field[1], field[2].strip())
            elif line and "K" in head:
                body.append(line)
        if number and body and all(head.get(name) for name in HEADERS):
            top = [f"{name}:{head[name]}" for name in HEADERS]
            tune = "\n".join([*top, *body]) + "\n"
            found.append(Tune(int(number[1]), tune))
    return found


def meter(tune: str) -> Fraction:
    """Return the length of a full bar in whole notes; ValueError without one."""
    said = _header(tune, "M")
    if said in ("C", "C|"):
        return Fraction(1)
    if not re.fullmatch(r"[1-9]\d*/[1-9]\d*", said):
        raise ValueError(f"The meter is {said!r}; expected two numbers, `6/8`, or `C`.")
    return Fraction(said)


def notes(tune: str) -> list[Note]:
    """Return the notes of a tune, one after the other.

    Raises ValueError, with what stands where, for what is no ABC.
    """
    return _read(tune)[0]


def bars(tune: str) -> list[Bar]:
    """Return the bars of a tune. Raises what `notes` raises."""
    return _read(tune)[1]


def fault(tune: str) -> str:
    """Return what is wrong with a tune in a sentence, or an empty string.

    Wrong is what is no ABC, a tune without notes, and a bar between two plain bar lines
    that is not as long as the meter says. A bar beside a repeat may hold an upbeat.
    """
    try:
        full, found = meter(tune), bars(tune)
    except ValueError as error:
        return str(error)
    if not any(bar.length for bar in found):
        return "There is no note in it."
    for place, bar in enumerate(found, 1):
        if bar.inner and bar.length != full:
            return f"Bar {place} is {bar.length} long, and the meter says {full}."
    return ""


def full_bars(tune: str) -> tuple[int, int]:
    """Return how many bars between two plain bar lines fill the meter, and how many.

    Raises what `notes` and `meter` raise.
    """
    full = meter(tune)
    inner = [bar.length == full for bar in bars(tune) if bar.inner]
    return sum(inner), len(inner)


def picture(tune: str, title: str) -> Any:
    """Draw the notes of a tune over time, and return the figure."""
    from unrolled import fit, plot

    fig, ax = plot.figure(8.4, 2.8)
    found = [note for note in notes(tune) if note.pitch is not None]
    for note in found:
        ends = [float(note.start), float(note.start + note.length)]
        ax.plot(ends, [note.pitch] * 2, color=plot.COLORS[0], linewidth=4)
    lines = sorted({note.bar: note.start for note in reversed(found)}.values())
    for place in lines:
        ax.axvline(float(place), color="#999999", linewidth=0.6)
    fit.labels(ax, title, "whole notes from the start", "pitch, half tones (60 = C)")
    return fig


def sound(
    tune: str, rate: int = 8000, seconds: float = 1.6, longest: float = 20.0
) -> np.ndarray:
    """Return a tune as a wave (samples,) from -1 to 1, at most `longest` seconds.

    `seconds` is what a whole note lasts. Each note is a sum of five overtones that die
    away, as a plucked string's do.
    """
    found = notes(tune)
    end = float(sum(note.length for note in found)) * seconds
    wave = np.zeros(int(rate * min(end, longest)) + 1)
    for note in found:
        start = int(rate * float(note.start) * seconds)
        n = min(int(rate * float(note.length) * seconds), len(wave) - start)
        if note.pitch is None or n < 2:
            continue
        t = np.arange(n) / rate
        hertz = 440.0 * 2 ** ((note.pitch - 69) / 12)
        for k in range(1, 6):
            if k * hertz < rate / 2:
                wave[start : start + n] += (
                    np.sin(2 * np.pi * k * hertz * t) * np.exp(-3 * k * t) / k
                )
        fade = min(n, rate // 100)  # no click where a note ends
        wave[start + n - fade : start + n] *= np.linspace(1, 0, fade)
    return wave / max(np.abs(wave).max(), 1e-9)


def _header(tune: str, name: str) -> str:
    found = re.search(rf"(?m)^{name}:(.*)$", tune)
    if not found:
        raise ValueError(f"There is no line `{name}:` in it.")
    return found[1].strip()


def _key(tune: str) -> dict[str, int]:
    """Return by how many half tones the key raises a letter."""
    said = _header(tune, "K")
    found = re.match(r"([A-G])([#b]?)\s*([A-Za-z]{0,3})", said)
    mode = found[3].lower() if found else None
    if mode not in _MODES:
        raise ValueError(f"The key is {said!r}; expected one as `G`, `Am` or `Ddor`.")
    sharps = _FIFTHS[found[1]] + 7 * ((found[2] == "#") - (found[2] == "b"))
    sharps += _MODES[mode]
    raised = {letter: 0 for letter in _STEPS}
    for k in range(abs(sharps)):
        letter = ("FCGDAEB" if sharps > 0 else "BEADGCF")[k % 7]
        raised[letter] += 1 if sharps > 0 else -1
    return raised


def _unit(tune: str) -> Fraction:
    said = _header(tune, "L")
    if not re.fullmatch(r"[1-9]\d*/[1-9]\d*", said):
        raise ValueError(f"The length of a letter is {said!r}; expected `1/8`, say.")
    return Fraction(said)


def _length(said: str) -> Fraction:
    """Return the factor that stands after a note: `2`, `/`, `3/2`, `//`."""
    above, slash, below = re.fullmatch(r"(\d*)(/*)(\d*)", said).groups()
    under = int(below) if below else 2 ** len(slash)
    if under == 0:
        raise ValueError(f"The length {said!r} divides by 0.")
    return Fraction(int(above or 1), under)


def _read(tune: str) -> tuple[list[Note], list[Bar]]:
    unit, key = _unit(tune), _key(tune)
    body = re.split(r"(?m)^K:.*$", tune, maxsplit=1)[1]
    found: list[Note] = []
    closed: list[Bar] = []
    now, begun, plain, place = Fraction(0), Fraction(0), False, 0
    raised, tuplet, dotted = dict(key), [Fraction(1), 0], Fraction(1)
    while place < len(body):
        token = _TOKEN.match(body, place)
        if token is None:
            where = body[max(0, place - 8) : place + 8].replace("\n", "↵")
            raise ValueError(f"{body[place]!r} is no ABC here: …{where}…")
        place = token.end()
        if token["tuplet"]:
            n = int(token["tuplet"])
            tuplet = [Fraction({2: 3, 4: 3, 8: 3, 3: 2, 6: 2}.get(n, 2), n), n]
        elif token["bar"]:
            is_plain = token["bar"] == "|" and not token["ending"]
            if now > begun:
                closed.append(Bar(now - begun, plain and is_plain))
            begun, plain, raised = now, is_plain, dict(key)
        elif token["dotted"]:
            if not found:
                raise ValueError("A dotted pair has no first note.")
            part = Fraction(1, 2 ** len(token["dotted"]))
            short, long = part, 2 - part
            first = long if token["dotted"][0] == ">" else short
            last = found[-1]
            found[-1] = last._replace(length=last.length * first)
            now += found[-1].length - last.length
            dotted = 2 - first
        elif token["letter"]:
            length = unit * _length(token["length"]) * dotted
            dotted = Fraction(1)
            if tuplet[1]:
                length, tuplet[1] = length * tuplet[0], tuplet[1] - 1
            found.append(Note(_pitch(token, raised), now, length, len(closed)))
            now += length
    if now > begun:
        closed.append(Bar(now - begun, False))
    return found, closed


def _pitch(token: re.Match, raised: dict[str, int]) -> int | None:
    letter = token["letter"]
    if letter in "zx":
        return None
    if token["accidental"]:
        sign = token["accidental"]
        raised[letter.upper()] = sign.count("^") - sign.count("_")
    octave = token["octave"].count("'") - token["octave"].count(",")
    octave += letter.islower()
    return 60 + _STEPS[letter.upper()] + raised[letter.upper()] + 12 * octave
