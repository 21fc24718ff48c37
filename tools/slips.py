"""How many machine-made slips each known sentence was said to: for instructors.

`tools/quality/mutants.py --table` counts them, in NumPy and PyTorch. They are slips
of one place and not of learners, and the pages say so.
"""

import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from unrolled.source.layout import TRACKS

DATA = "docs/mutants.json"


@dataclass(frozen=True)
class Slips:
    """The slips of one exercise."""

    made: int
    tried: int
    refused: int  # those that stop are refused too
    named: int  # refused with a known sentence
    said: dict[str, int] | None  # to how many of these; None where not counted

    def behind(self, sentence: str) -> str:
        """Return what stands behind a sentence: its count, if there is one."""
        count = (self.said or {}).get(sentence)
        return "" if count is None else f" ({count})"

    def ordered(self, sentences: Iterable[str]) -> list[str]:
        """Return sentences, the most frequent first, those without a count last."""
        said = self.said or {}
        return sorted(sentences, key=lambda sentence: -said.get(sentence, -1))


NONE = Slips(0, 0, 0, 0, None)


def read(course: Path) -> dict[tuple[str, str], Slips]:
    """Return the slips of each exercise that was measured, by unit and exercise."""
    file = course / DATA
    rows = json.loads(file.read_text("utf-8")) if file.is_file() else []
    return {
        (row["unit"], row["exercise"]): Slips(
            row["made"],
            row["tried"],
            row["stopped"] + row["refused"],
            row.get("named", 0),
            row.get("said"),
        )
        for row in rows
        if row["track"] in ("both", TRACKS[0])
    }


def about(mistakes: dict[str, Iterable[str]], of: dict[str, Slips]) -> str:
    """Return what the numbers of a unit's page count, and what they do not.

    `mistakes` has the sentences of every exercise, `of` its slips; "" if none was
    counted.
    """
    counted = [one for one in of.values() if one.said is not None]
    if not counted:
        return ""
    refused, named = (
        sum(getattr(one, what) for one in counted) for what in ("refused", "named")
    )
    text = (
        "The numbers in brackets count slips that a machine made, not learners. It "
        "changed each solution, in NumPy and PyTorch, in one place. "
        f"{refused} such slips were refused, {named} of them with sentences below, "
        "each as often as its number says; the others with something else, or by an "
        "exception. A wrong answer that no such slip gives, since it takes two "
        "changes, say, counts 0, and is none the less common."
    )
    if any(s not in of[e].said for e in mistakes if of[e].said for s in mistakes[e]):
        text += " What has no number was not tried in PyTorch."
    few = [
        f"`{name}` ({one.tried} of {one.made})"
        for name, one in of.items()
        if one.said is None
    ]
    if few:
        text += f" Not counted, since only some slips were tried: {', '.join(few)}."
    return textwrap.fill(text, 88)
