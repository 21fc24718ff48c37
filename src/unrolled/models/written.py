"""What the networks of the gallery wrote: texts to guess, by whom and how early."""

import json
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("stored") / "samples.json"


class Sample(NamedTuple):
    """A text that a network wrote at temperature 1, and what that network had read.

    `name` and `title` say which text it read, `characters` how many of it (with
    repetition), `moment` which of its five moments that was, 1 to 5.
    """

    name: str
    title: str
    moment: int
    characters: int
    text: str


def samples() -> tuple[Sample, ...]:
    """Return what each network of the gallery wrote at five moments of its training.

    The page docs/gallery.md shows the same texts, and says how they were made.
    """
    return tuple(Sample(**one) for one in json.loads(PATH.read_text("utf-8")))
