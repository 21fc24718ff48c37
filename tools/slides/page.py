"""A deck as the Markdown that Sphinx reads: marks replaced, pauses wrapped."""

import re

from slides.deck import Deck, DeckError, Slide, label
from slides.pull import Puller
from unrolled.source.layout import TRACKS

BLOCK = re.compile(r"^\{(\w+) ([^}]+)\}$", re.M)
INLINE = re.compile(r"\{(measured|result)\s+([^}]+)\}")  # a line may end in it
ALONE = re.compile(r"\{(?:figure|output) [^}\n]+\}")  # has the whole slide
LEFT = re.compile(r"^.*\{(?:figure|code|output|table|ask|quiz|mistake|demo) .*$", re.M)
PAUSE = re.compile(r"^\. \. \.$", re.M)
COLUMN = re.compile(r"^\|\|\|$", re.M)
ARGUMENTS = re.compile(
    rf"(\S+)(?: ({'|'.join(TRACKS)}))?(?: (?:lines|part) (\d+(?:-\d+)?))?"
    r"(?: columns (\d+-\d+))?$"
)
RAW = "\n\n```{{raw}} html\n{}\n```\n\n"


def raw(html: str) -> str:
    """Return a block of HTML that Markdown leaves alone."""
    return RAW.format(html)


def written(deck: Deck, puller: Puller) -> str:
    """Return the Markdown of a whole deck; raises DeckError with every fault in it."""
    pages, wrong = [], []
    clock = {False: 0, True: 0}  # with the added slides and without
    for number, slide in enumerate(deck.slides):
        for long in clock:
            clock[long] += slide.minutes if long or not slide.added else 0
        try:
            pages.append(_slide(slide, number, puller, _time(slide, clock)))
        except DeckError as error:
            wrong.append(f"{error} (Slide `{slide.title}`.)")
    if wrong:
        raise DeckError("\n".join(wrong))
    return "\n\n".join(pages) + "\n"


def _time(slide: Slide, clock: dict[bool, int]) -> str:
    """Return what the notes say of a slide's time, and when it should be over."""
    if slide.added:
        return f"{slide.minutes} min, in the lecture of 90 alone: until {clock[True]}"
    return f"{slide.minutes} min: until {clock[False]} (of 90: until {clock[True]})"


def _slide(slide: Slide, number: int, puller: Puller, time: str) -> str:
    extra: list[str] = []
    body = BLOCK.sub(lambda m: _pulled(m, puller, extra), slide.body)
    if ALONE.fullmatch(slide.body):
        body = raw('<div class="alone">') + body + raw("</div>")
    body = INLINE.sub(lambda m: _number(m, puller), body)
    notes = BLOCK.sub(lambda m: _pulled(m, puller, extra), slide.notes)
    notes = PAUSE.sub("", INLINE.sub(lambda m: _number(m, puller), notes))
    for left in LEFT.findall(body + notes):
        raise DeckError(
            f"{label(puller.unit)}: `{left}` stands in a line with other text. Give it "
            "a line of its own."
        )
    if extra:
        notes += "\n\nOn the other answers:\n\n" + "\n".join(extra)
    mark = raw('<span class="added">90</span>') if slide.added else ""
    aside = raw('<aside class="notes">') + f"*{time}*\n\n{notes}" + raw("</aside>")
    return f"{'##' if number else '#'} {slide.title}\n{mark}{_columns(body)}{aside}"


def _sized(table: str) -> str:
    """Return a table, in smaller letters where it is a large one."""
    rows = table.split("\n")
    if len(rows) < 12 and rows[0].count("|") < 8:
        return table
    return raw('<div class="dense">') + table + raw("</div>")


def _columns(body: str) -> str:
    """Return a slide's body, in columns where a line `|||` divides it."""
    parts = [_paused(part) for part in COLUMN.split(body)]
    if len(parts) == 1:
        return "\n" + parts[0]
    cells = (raw('<div class="column">') + part + raw("</div>") for part in parts)
    return raw('<div class="columns">') + "".join(cells) + raw("</div>")


def _paused(part: str) -> str:
    """Return a part of a slide, what follows each `. . .` shown a step later."""
    first, *later = PAUSE.split(part)
    steps = (raw('<div class="fragment">') + p + raw("</div>") for p in later)
    return first + "".join(steps)


def _number(found: re.Match, puller: Puller) -> str:
    asked = " ".join(found[2].split())
    if found[1] == "measured":
        path, _, form = asked.partition(":")
        return puller.measured(path.strip(), form.strip())
    name, _, track = asked.rpartition(" ")
    if track in TRACKS:
        return puller.result(name, track)
    return puller.result(asked, TRACKS[0])


def _pulled(found: re.Match, puller: Puller, extra: list[str]) -> str:
    """Return what a mark on a line of its own stands for."""
    kind, asked = found[1], found[2].strip()
    if kind in ("measured", "result"):
        return _number(found, puller)
    if kind == "figure":
        return puller.figure(asked)
    if kind == "table":
        return _sized(puller.table(asked))
    if kind == "demo":
        return puller.demo(asked)
    if kind == "mistake":
        exercise, _, beginning = asked.partition(":")
        return f"**Expect this:** “{puller.mistake(exercise, beginning.strip())}”"
    if kind == "quiz":
        text, answer, rest = puller.quiz(asked)
        extra += [rest] if rest else []
        return f"{text}\n\n. . .\n\n{answer}"
    if kind not in ("code", "output", "ask"):
        raise DeckError(
            f"{label(puller.unit)}: `{found[0]}` is no mark. The marks are figure, "
            "code, output, table, measured, result, ask, quiz, mistake and demo."
        )
    parts = ARGUMENTS.match(asked)
    if not parts or (parts[4] and kind != "output"):
        raise DeckError(
            f"{label(puller.unit)}: `{found[0]}` is not understood. Write the name of "
            f"a cell, then a track if not {TRACKS[0]}, then `lines 2-5` of code "
            "or `part 2` of a text if not all, and `columns 1-40` of an output."
        )
    pulled = (parts[1], parts[2] or TRACKS[0], parts[3] or "")
    if kind == "output":
        return puller.output(*pulled, parts[4] or "")
    return getattr(puller, kind)(*pulled)
