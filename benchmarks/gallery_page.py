"""docs/gallery.md, made of what was measured: the table, the checks, the samples."""

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from gallery_corpora import EXHIBITS, PASSES, Exhibit
from unrolled import measured
from unrolled.metrics import bits
from unrolled.models import written

PAGE = Path(__file__).resolve().parents[1] / "docs/gallery.md"
NEAR = 0.03  # shares that differ by less are called level
SEEDS = 0.02  # nats by which seeds differed where it was tried
FEW = 20  # of fewer, a share says too little to be put into a sentence

HEAD = """\
# A gallery of texts

One small program, an LSTM of 256 units that reads one character after the other and
predicts the next, read {n} texts: plays, raw XML, LaTeX, C, names, tunes, this course.
Below stands what each network wrote at five moments of its training and at four
temperatures, what it scores beside a 7-gram on text that neither has seen, and which of
the rules of its text it keeps: counted by programs, not judged by eye.

The idea, and several of the texts, are those of Karpathy (2015), [The unreasonable
effectiveness of recurrent neural
networks](https://karpathy.github.io/2015/05/21/rnn-effectiveness/). How such a network
works is the subject of [unit
11](../lessons/11-character-language-models/README.md).

```bash
python benchmarks/gallery.py             # train, measure; hours on one core
python benchmarks/gallery.py --write     # this page anew, of what was measured
python benchmarks/gallery.py --model plays   # one network that travels with the package
```

Three of the networks, `plays`, `python` and `wikipedia`, travel with the package:
[`unrolled.models`](api.md#unrolledmodels) loads each in NumPy, PyTorch and Keras.

## How it was measured

- **The text** is cut in order: the first 95 % are learned from, the end is held out. A
  character that makes up less than one in 100,000 has no symbol of its own; all such
  share one. The names are an exception: each stands once, and their order was drawn.
- **The score** is the mean of −ln p over every character of the held-out part but the
  first, each with what stands before it as its context: nats, and the same in bits.
- **The 7-gram** counts all of the training part and is smoothed after Kneser and Ney.
  It gets the same symbols and is scored on the same characters.
- **The network** is an embedding of 64, an LSTM of 256 units and a linear layer,
  trained with AdamW at one rate, which was tuned for none of the texts, with *one*
  seed. Its weights are rounded to two bytes. Four runs of
  [another network](../benchmarks/README.md#what-this-says-and-what-it-does-not) on one
  text differed by about 0.02 nats, so smaller differences say nothing here.
- **The budget** is counted in characters read, and stands in the table: two to four
  million, six million for the three networks that travel, and never more than {passes}
  times the training text. A text that is read three times or more is read with dropout.
- **The checks** are made of five texts of 4,000 characters each that the network wrote
  at temperature 1, of as many by the 7-gram, and of as many pieces of the held-out text
  (shorter ones, where they would be more than half of it). A check counts how many of
  something are right: what the real text itself does not reach, cut as it is, a network
  need not reach either.

## All of them

"""


def table(found: dict) -> str:
    """Return one row for each exhibit: text, size, scores."""
    head = ["text", "licence", "characters", "symbols", "read", "seconds of one core"]
    head += ["7-gram, nats", "network, nats", "7-gram, bits", "network, bits"]
    rows = []
    for name, one in found.items():
        last, seven = one["moments"][-1], one["nats of a 7-gram"]
        size = one["training characters"] + one["held-out characters"]
        rows.append(
            [
                f"[{title(name)}](#{anchor(title(name))})",
                one["licence"],
                f"{size:,}",
                one["symbols"],
                f"{last['characters']:,}",
                last["seconds"],
                *(f"{x:.3f}" for x in (seven, last["nats"])),
                *(f"{bits(x):.3f}" for x in (seven, last["nats"])),
            ]
        )
    return measured.table(head, rows)


def exhibit_of(name: str) -> Exhibit:
    """Return the exhibit of a result."""
    return next(exhibit for exhibit in EXHIBITS if exhibit.name == name)


def title(name: str) -> str:
    """Return the heading of an exhibit."""
    return exhibit_of(name).title


def anchor(heading: str) -> str:
    """Return what GitHub makes of a heading, to link to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def share(count: list[int] | None) -> str:
    """Return a share, (right, of), for a table; of few, the two numbers."""
    if not count or not count[1]:
        return "—"
    right, of = count
    return f"{right / of:.2f}" if of >= FEW else f"{right} of {of}"


def checks(one: dict) -> str:
    """Return the table of an exhibit's checks."""
    steps = [f"after {short(m['characters'])}" for m in one["moments"]]
    hot = [f"at {t}" for t in one["temperatures"]]
    head = ["", "held-out text", "7-gram", *steps, *hot]
    parts = [one["real"], one["7-gram"], *one["moments"], *one["temperatures"].values()]
    rows = [
        [check, *(share(part["checks"].get(check)) for part in parts)]
        for check in one["7-gram"]["checks"]
    ]
    return measured.table(head, rows)


def short(n: int) -> str:
    """Return a number of characters in thousands or millions."""
    return f"{n / 1e6:.1f} M" if n >= 1e6 else f"{n / 1e3:.0f} K"


def scores(one: dict) -> str:
    """Return the sentences on an exhibit's nats, made of its numbers."""
    last, seven = one["moments"][-1]["nats"], one["nats of a 7-gram"]
    ahead = next((m for m in one["moments"] if m["nats"] < seven), None)
    said = f"The 7-gram has {seven:.3f} nats, the network (one seed) "
    said += ", ".join(
        f"{m['nats']:.3f} after {short(m['characters'])}" for m in one["moments"]
    )
    if abs(last - seven) <= SEEDS:
        return said + ": at the end the two are level."
    if not ahead:
        return said + f": it stays {last - seven:.3f} behind."
    if last < seven:
        return said + f": it ends {seven - last:.3f} below the table."
    return said + f": it was ahead once, and ends {last - seven:.3f} above the table."


def learned(one: dict) -> Iterator[str]:
    """Yield what the network keeps of the rules of its text, and what it does not."""
    level, short_of, ahead, behind = [], [], [], []
    last = one["moments"][-1]["checks"]
    for check, (right, of) in last.items():
        real, seven = one["real"]["checks"].get(check), one["7-gram"]["checks"][check]
        if check in NOT_HIGHER or not real or min(of, real[1], seven[1]) < FEW:
            continue
        network, text, counted = right / of, real[0] / real[1], seven[0] / seven[1]
        if network >= text - NEAR:
            level.append(check)
        else:
            short_of.append(f"{check} ({network:.2f} against {text:.2f})")
        if network > counted + NEAR:
            ahead.append(f"{check} ({network:.2f} against {counted:.2f})")
        if network < counted - NEAR:
            behind.append(f"{check} ({network:.2f} against {counted:.2f})")
    for words, these in (
        (f"Like the real text, or less than {NEAR} below it", level),
        ("Not as often as in the real text", short_of),
        (f"More often than with the 7-gram, by over {NEAR}", ahead),
        ("Less often than with the 7-gram", behind),
    ):
        if these:
            yield wrapped(f"- {words}: {'; '.join(these)}.", "  ")


# More is not better, or the real text has all or none by the way it was cut.
NOT_HIGHER = {
    "names of speakers that the training text has",
    "names that are not in the training text",
    "new names that are in the rest of the held-out list",
    "different names",
}


def fenced(sample: str) -> str:
    """Return a sample as a block, by a fence that is longer than any in it."""
    longest = max(map(len, re.findall(r"`+", sample)), default=0)
    fence = "`" * max(3, longest + 1)
    kept = "\n".join(line.rstrip() for line in sample.strip("\n").split("\n"))
    return f"{fence}text\n{kept}\n{fence}"


def wrapped(said: str, indent: str = "") -> str:
    """Return a paragraph in lines of the length that pages have."""
    options = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(said, 88, subsequent_indent=indent, **options)


def section(name: str, one: dict) -> str:
    """Return the section of one exhibit."""
    said = f"The text: {one['source']}; licence: {one['licence']}. {scores(one)}"
    parts = [f"## {title(name)}", wrapped(said)]
    parts.append(checks(one))
    parts.append("\n".join(learned(one)))
    for moment in one["moments"]:
        said = f"**After {moment['characters']:,} characters**, temperature 1"
        parts += [f"{said} ({moment['nats']:.2f} nats):", fenced(moment["sample"])]
    folded = [f"**At the end, temperature {t}:**\n\n{fenced(part['sample'])}"
              for t, part in one["temperatures"].items()]  # fmt: skip
    folded.append(f"**The 7-gram:**\n\n{fenced(one['7-gram']['sample'])}")
    inner = "\n\n".join(folded)
    summary = "Other temperatures, and the 7-gram"
    parts.append(f"<details>\n<summary>{summary}</summary>\n\n{inner}\n\n</details>")
    return "\n\n".join(part for part in parts if part)


def summary(found: dict) -> str:
    """Return what the table says in one paragraph, made of its numbers."""
    below = [
        title(name)
        for name, one in found.items()
        if one["moments"][-1]["nats"] < one["nats of a 7-gram"] - SEEDS
    ]
    said = f"In {len(below)} of {len(found)} texts the network ends by more than "
    said += f"{SEEDS} nats below the 7-gram"
    said += f": {'; '.join(below)}. " if below else ". "
    python = next(iter(found.values()))["about"]["versions"]
    return (
        said + "This says what so small a budget reaches, and not what networks can: "
        "each had a few minutes, one rate and one seed. Made with Python "
        f"{python['python']}, NumPy {python['numpy']} and PyTorch {python['torch']}. "
        "What an installed package or this system carries (Python's library, the "
        "headers) differs by its version, and this course's lessons change with each "
        "unit: [gallery.json](../benchmarks/gallery.json) has the SHA-256 of every "
        "held-out part."
    )


def page(found: dict) -> str:
    """Return the page."""
    head = HEAD.format(n=len(found), passes=PASSES)
    sections = [section(name, one) for name, one in found.items()]
    return (
        head
        + table(found)
        + "\n\n"
        + wrapped(summary(found))
        + "\n\n"
        + "\n\n".join(sections)
        + "\n"
    )


def travelling(found: dict) -> list[dict]:
    """Return the samples that travel with the package: `unrolled.models.samples`."""
    return [
        {
            "name": name,
            "title": title(name),
            "moment": k,
            "characters": moment["characters"],
            "text": moment["sample"],
        }
        for name, one in found.items()
        for k, moment in enumerate(one["moments"], 1)
    ]


def write(found: dict) -> None:
    """Write docs/gallery.md, and the samples that travel with the package."""
    PAGE.write_text(page(found), "utf-8", newline="\n")
    said = json.dumps(travelling(found), indent=1, ensure_ascii=False) + "\n"
    written.PATH.write_text(said, "utf-8", newline="\n")
