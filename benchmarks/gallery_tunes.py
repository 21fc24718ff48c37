"""Is it a tune in ABC? Rules of this course's own, made from the notation's standard.

The standard is abcnotation.com's, version 2.1; what is checked here is a small part.
"""

import re
from fractions import Fraction

FIELD = re.compile(r"^([A-Za-z]):\s*(.*)$")
NEEDED = "XTMLK"  # number, title, meter, unit length, key
# One symbol of music: a note or a rest, or what may stand between them.
NOTE = re.compile(r"[_^=]*[A-Ga-gzxZ][,']*(?P<n>\d*)(?P<slash>/*)(?P<d>\d*)")
OTHER = re.compile(
    r"\{[^{}\n]*\}"  # grace notes
    r'|"[^"\n]*"'  # chords by name
    r"|!\w+!|[.~HLMOPSTuv]"  # decorations
    r"|\[(?:\d|[A-Za-z]:[^]\n]*\])"  # endings, fields in a line
    r"|\((?P<tuplet>[2-9])(?::\d?){0,2}"
    r"|[-()<>&*`\\ \t]|\d"
)
BAR = re.compile(r":?\|+[]:]?\d?|::|\[\|")
CHORD = re.compile(r"\[([^]|\n:]*)\]((?:\d*)(?:/*)(?:\d*))")
TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # a tuplet of so many takes the time of so many
Count = tuple[int, int]


def tunes(written: str) -> list[str]:
    """Return the tunes of a text, each from its X: on, without what is cut."""
    return re.split(r"^(?=X:)", written, flags=re.MULTILINE)[1:-1]


def heads(written: str) -> Count:
    """Return how many tunes have the fields X, T, M, L, K, X first and K last."""
    found = tunes(written)
    right = 0
    for tune in found:
        head = []
        for line in tune.split("\n"):
            field = FIELD.match(line)
            if not field:
                break
            head.append(field[1])
            if field[1] == "K":
                break
        right += set(NEEDED) <= set(head) and head[0] == "X" and head[-1] == "K"
    return right, len(found)


def music(written: str) -> list[tuple[Fraction | None, str]]:
    """Return each line of music with the length of its measure, in unit lengths.

    None is a meter that is no fraction.
    """
    meter, unit, found = None, Fraction(1, 8), []
    for line in written.split("\n"):
        field = FIELD.match(line)
        if not field:
            if "|" in line:
                found.append((meter and meter / unit, line.split("%")[0]))
            continue
        if field[1] == "M":
            meter = _fraction({"C": "4/4", "C|": "2/2"}.get(field[2].strip(), field[2]))
        elif field[1] == "L":
            unit = _fraction(field[2]) or unit
        elif field[1] == "X":
            meter, unit = None, Fraction(1, 8)
    return found


def _fraction(said: str) -> Fraction | None:
    found = re.match(r"\s*(\d+)\s*/\s*([1-9]\d*)", said)
    return Fraction(int(found[1]), int(found[2])) if found and int(found[1]) else None


def symbols(written: str) -> Count:
    """Return how many characters of the lines of music belong to a symbol of ABC."""
    right = of = 0
    for _, line in music(written):
        rest = line
        for pattern in (CHORD, BAR, OTHER, NOTE):
            rest = pattern.sub("", rest)
        right, of = right + len(line) - len(rest), of + len(line)
    return right, of


def bars(written: str) -> Count:
    """Return how many bars are as long as the meter says, of those between two lines.

    What stands before the first bar line of a line of music, or after the last, may be
    a part of a bar, and does not count.
    """
    right = of = 0
    for measure, line in music(written):
        parts = BAR.split(line)[1:-1]
        for part in (p for p in parts if NOTE.search(OTHER.sub("", p))):
            of += 1
            right += measure is not None and length(part) == measure
    return right, of


def length(bar: str) -> Fraction:
    """Return how long the notes of a bar are together, in unit lengths."""
    bar = CHORD.sub(lambda m: (NOTE.search(m[1]) or [""])[0] + m[2], bar)
    total, at = Fraction(0), 0
    left, share, dots = 0, Fraction(1), []  # of a tuplet; of a broken rhythm
    lengths: list[Fraction] = []
    while at < len(bar):
        found = OTHER.match(bar, at)
        if found:
            if found["tuplet"]:
                left = int(found["tuplet"])
                share = Fraction(TIME.get(left, left - 1), left)
            elif found[0] in "<>" and lengths:
                dots.append((len(lengths) - 1, found[0]))
            at = found.end()
            continue
        found = NOTE.match(bar, at)
        if not found:
            at += 1
            continue
        lengths.append(_length(found) * (share if left > 0 else 1))
        left, at = left - 1, found.end()
    for k, sign in dots:
        _dot(lengths, k, sign)
    total += sum(lengths)
    return total


def _length(note: re.Match) -> Fraction:
    number = Fraction(int(note["n"] or 1))
    if not note["slash"]:
        return number
    divisor = int(note["d"]) if note["d"] else 2 ** len(note["slash"])
    return number / divisor if divisor else number


def _dot(lengths: list[Fraction], k: int, sign: str) -> None:
    """Lengthen one of two neighbors by a half and halve the other: a>b, a<b."""
    if k + 1 < len(lengths):
        longer, shorter = (k, k + 1) if sign == ">" else (k + 1, k)
        lengths[longer] *= Fraction(3, 2)
        lengths[shorter] /= 2
