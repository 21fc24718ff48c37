"""Every sentence of a unit's page that compares, and the measurement that shows it.

python tools/claims.py [UNIT]     prints each sentence and what it is shown by

Where something is compared, the paragraph, item, list, table or figure ends with a
pointer, `<!-- shown by: lesson CELL; cited Author YEAR -->`. Exits with 1, and a
sentence for each comparison without a pointer and for each pointer that leads nowhere.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import source
from run import matches
from unrolled.source import layout

ROOT = Path(__file__).resolve().parents[1]
POINTER = re.compile(r"<!-- shown by: *(.*?) *-->", re.DOTALL)
# Sections that say what will be done or read, not what was found.
QUIET = ("Objectives", "Words of this unit", "What comes next", "Further reading")
NOT_PROSE = re.compile(
    r"<!--.*?-->|^```.*?^```|^\$\$.*?\$\$|<summary>.*?</summary>|</?(?:details|summary|br|sub|sup|img|p|div)\b[^>]*>",
    re.DOTALL | re.MULTILINE,
)
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
TERMS = re.compile(r"``.*?``|`[^`]*`|\$[^$]+\$")
ITEM = re.compile(r"(?:[-*]|\d+\.) ")
ENDS = re.compile(r"(?<=[.!?])[\"”')*_]*\s+(?=[\"“'(*_]*[A-Z0-9X])")
SHORT = re.compile(r"\b(?:al|e\.g|i\.e|vs|Fig|No|cf)\.$")
MORE = (
    "better|worse|faster|slower|more|less|fewer|higher|lower|longer|shorter|larger|"
    "smaller|greater|bigger|cheaper|easier|harder|earlier|later|sooner|nearer|closer|"
    "further|farther|stronger|weaker|deeper|wider|steeper|quicker|safer|steadier"
)
HOW_MANY = (
    r"(?:an?|half|one|two|three|four|five|six|seven|eight|nine|ten|twenty|\w*ty|"
    r"hundreds?|thousands?|\d+|X)\b"
)
COMPARES = re.compile(
    rf"\b(?:{MORE})\b[^.;:]*?\bthan\b"
    r"|\b(?:better|worse|worst|faster|fastest|slower|slowest|cheaper|cheapest)\b"
    r"|(?<!not )\bagainst (?:\w+ )?[.\d]*\d|\d%?,? (?:\w+ )?against\b"
    r"|\bas (?:good|bad|fast|slow|accurate|long|far) as\b"
    r"|\bnone of (?:the|these|them)\b"
    r"|\b(?:falls?|rises?|drops?|grows?|climbs?|gains?)\b[^.;:]{0,40}?\d"
    r"|\b(?:beats?|beaten|wins?|won|out(?:performs?|does)|overtakes?|surpass\w*)\b"
    r"|\bahead of\b|\b(?:is|are|was|were|stays?|stands?|comes?|ends?)\b(?: \w+){0,3}? "
    r"(?:ahead|behind)\b(?! the)"
    r"|(?<!at )(?<!do )(?<!does )\bbest\b"
    r"|\b(?:twice|\w+ times) as (?!if)\w+"
    r"|\b(?:needs?|costs?|takes?|uses?|gains?|loses?|forgets?|remembers?|learns?|lasts?)"
    r"\b(?: \w+){0,2}? (?:more|less|fewer|longer|sooner|further|earlier|later)\b",
    re.IGNORECASE,
)
# Numbers of things, and turns of speech, in which nothing is compared.
NO_CLAIM = re.compile(
    rf"\b(?:no )?(?:more|less|fewer|longer|later) than {HOW_MANY}"
    r"|\b(?:no )?(?:rather|other) than\b|\bmore or less\b|\bthe better of\b",
    re.IGNORECASE,
)


@dataclass
class Block:
    """A paragraph, an item of a list or a table of a page, and what shows it."""

    line: int
    kind: str  # "text", "item", "table" or "none"
    text: str
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Claim:
    """One sentence that compares, and its pointers."""

    line: int
    sentence: str
    shown: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """Return what a page says, in order, each with the pointers that end it."""
    page = POINTER.sub(lambda m: f"\x00{' '.join(m[1].split())}\x01", page)
    page = NOT_PROSE.sub(lambda m: "\n" * m[0].count("\n"), page)
    found: list[Block] = []
    quiet = open_ = False
    for number, line in enumerate(page.split("\n"), 1):
        pointers = re.findall("\x00(.*?)\x01", line)
        text = re.sub("\x00.*?\x01", "", line)
        bare = text.strip()
        if heading := re.match(r"#+ +(.*)", bare):
            quiet = heading[1].strip() in QUIET if bare.startswith("## ") else quiet
            found.append(Block(number, "none", ""))
            open_ = False
        elif bare and not quiet:
            kind = "table" if bare.startswith("|") else "text"
            if ITEM.match(bare) and not (open_ and found[-1].kind == "text"):
                kind = "item"
                found.append(Block(number, kind, ITEM.sub("", bare, count=1)))
            elif open_ or (found and found[-1].kind == "item" and text[0] == " "):
                found[-1].text += f"\n{bare}"
            else:
                found.append(Block(number, kind, bare))
            open_ = True
        elif not pointers:
            open_ = False
        if pointers and found:
            own_line = not bare and not line.startswith(" ")
            for block in _ended(found, whole_list=own_line):
                block.shown += pointers
            open_ = False
    return found


def _ended(found: list[Block], whole_list: bool) -> list[Block]:
    """Return the blocks that end where the last does: it, its list, what leads in."""
    ended = [found[-1]]
    if found[-1].kind == "item" and (whole_list or not _pointed(found)):
        ended = _items(found)
    before = found[: len(found) - len(ended)]
    leads_in = found[-1].kind == "table" or len(ended) > 1
    if before and before[-1].text.endswith(":") and leads_in:
        ended.append(before[-1])
    return ended


def _items(found: list[Block]) -> list[Block]:
    items = []
    for block in reversed(found):
        if block.kind != "item":
            break
        items.append(block)
    return items


def _pointed(found: list[Block]) -> bool:
    """Whether an item of the last list is pointed at by itself."""
    return any(item.shown for item in _items(found)) or len(_items(found)) == 1


def claims(page: str) -> list[Claim]:
    """Return the sentences of a page that compare."""
    found = []
    for block in blocks(page):
        if block.kind in ("none", "table"):
            continue
        for sentence in sentences(block.text):
            if compares(sentence):
                shown = "; ".join(block.shown).split(";")
                named = tuple(s.strip() for s in shown if s.strip())
                found.append(Claim(block.line, sentence, named))
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of a block of text, without images."""
    text = " ".join(IMAGE.sub("", text).split())
    found: list[str] = []
    for part in ENDS.split(text):
        if found and SHORT.search(found[-1]):
            found[-1] += f" {part}"
        elif part:
            found.append(part)
    return found


def compares(sentence: str) -> bool:
    """Whether a sentence compares; a question does not, nor what is code in it."""
    if re.search(r"\?\W*$", sentence):
        return False
    said = TERMS.sub("X", LINK.sub(r"\1", sentence)).replace("*", "")
    return bool(COMPARES.search(NO_CLAIM.sub("", said)))


def faults(unit: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each claim of a unit that nothing shows."""
    page = (unit / "README.md").read_text("utf-8")
    where = f"lessons/{unit.name}/README.md, line"
    for claim in claims(page):
        if not claim.shown:
            yield (
                f"{where} {claim.line}: nothing shows “{claim.sentence}”. End the "
                "paragraph with `<!-- shown by: … -->`, or take the comparison out."
            )
    for found in POINTER.finditer(page):
        number = page.count("\n", 0, found.start()) + 1
        for pointer in " ".join(found[1].split()).split(";"):
            if not leads(pointer.strip(), unit, page, root):
                yield (
                    f"{where} {number}: `{pointer.strip()}` leads nowhere. Write "
                    "`lesson CELL`, `measured NAME`, `benchmark FILE`, `cited Author "
                    "YEAR` or `derived`, with `; ` between several."
                )


def leads(pointer: str, unit: Path, page: str, root: Path = ROOT) -> bool:
    """Whether there is what a pointer names; `lesson 05 CELL` is in unit 05."""
    kind, _, name = pointer.partition(" ")
    if other := re.fullmatch(r"(\d\d) (.+)", name):
        name = other[2]
        unit = next(unit.parent.glob(f"{other[1]}-*"), None)
        if unit is None:
            return False
        page = (unit / "README.md").read_text("utf-8")
    if kind == "lesson":
        lesson = (unit / "lesson.py").read_text("utf-8")
        return bool(re.search(rf"^# %% {re.escape(name)}(?: |$)", lesson, re.MULTILINE))
    if kind == "measured":
        return name in _measured(unit, page)
    if kind == "benchmark":
        return (root / "benchmarks" / name.removeprefix("benchmarks/")).is_file()
    if kind == "cited":
        return _cited(name, page)
    return pointer == "derived"


def _measured(unit: Path, page: str) -> set[str]:
    names = set(re.findall(r"<!-- measured:(\S+) -->", page))
    file = unit / "measured.json"
    if file.is_file():
        top = json.loads(file.read_text("utf-8"))
        names |= {
            *top,
            *(key for v in top.values() if isinstance(v, dict) for key in v),
        }
    return names


def _cited(name: str, page: str) -> bool:
    *authors, year = name.split()
    authors = [a.strip(",") for a in authors if a not in ("and", "others", "et", "al.")]
    reading = page.partition("\n## Further reading\n")[2]
    items = re.split(r"\n(?=- )", reading)
    return bool(authors) and any(
        all(re.search(rf"\b{re.escape(word)}\b", item) for word in (*authors, year))
        for item in items
    )


def main(arguments: list[str] | None = None) -> int:
    """List the claims of one unit, or of all; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("unit", nargs="?", help="a number or a folder's name")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    names = [n for n in layout.units(asked.root) if matches(n, asked.unit)]
    if not names:
        print(f"There is no unit {asked.unit}.", file=sys.stderr)
        return 1
    wrong = []
    for name in names:
        unit = asked.root / "lessons" / name
        print(f"# {name}")
        for claim in claims(source.read_text(unit / "README.md")):
            print(f"{claim.line}: {claim.sentence}")
            print(f"    → {'; '.join(claim.shown) or '–'}")
        wrong += faults(unit, asked.root)
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
