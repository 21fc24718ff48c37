"""The first page of the site: what the course is, its map, where to begin."""

import re
from pathlib import Path

import numpy as np

from unrolled import models
from unrolled.quiz.text import escape
from unrolled.source import layout

from . import tree

CARD = """:::{{grid-item-card}} {number} · {title}
:link: lessons/{unit}/README
:link-type: doc

{question}

*{minutes} minutes*
:::
"""


def card(unit: str) -> str:
    """Return the card of a unit: its title, its question, its minutes."""
    page = tree.readme(unit)
    bold = re.search(r"\*\*([^*]+\?)\*\*", page)
    question = bold[1] if bold else page.split("\n\n")[1]
    return CARD.format(
        number=unit[:2],
        title=tree.title(unit),
        unit=unit,
        question=" ".join(question.split()),
        minutes=tree.minutes(unit),
    )


def sample() -> str:
    """Return a block that writes a text letter by letter: what a stored model drew."""
    model = models.load("plays")
    drawn = model.sample("\n**HAMLET**  \n", 420, 0.7, np.random.default_rng(1))
    text = escape(drawn.strip()).replace("\n\n", "\n&#8203;\n")
    told = (
        "*Written when this page was built, one letter at a time, at a temperature of "
        f"0.7, by a network of {model.n_hidden} units that read {model.title}: the "
        "model `plays` of `unrolled.models`.*"
    )
    return f'```{{raw}} html\n<pre class="writes">{text}</pre>\n```\n\n{told}'


def write(source: Path) -> None:
    """Write the first page, and the table of contents that all pages hang on."""
    readme = (tree.ROOT / "README.md").read_text("utf-8")
    picture = re.search(r"!\[[^\]]+\]\([^)]+\)\n\n\*.+?\*(?=\n\n)", readme, re.DOTALL)
    opening = readme.split("\n\n")[1]
    paths = re.search(r"<!-- paths -->\n(.*?)<!-- /paths -->", readme, re.DOTALL)[1]
    cards = "\n".join(card(unit) for unit in layout.units(tree.ROOT))
    units = [f"lessons/{unit}/README" for unit in layout.units(tree.ROOT)]
    others = [
        path.relative_to(tree.ROOT).with_suffix("").as_posix()
        for path in tree.documents()
        if path.parent.parent.name != "lessons"
    ]
    text = f"""# Unrolled

{opening}

**Begin with [unit 01]({units[0]}.md), look at [the map of the units](#the-units), or
choose one of [three paths](#three-paths): an evening, a week or a semester.**

{sample()}

## Three paths

{paths}
## The units

And at the end the [capstone](lessons/capstone/README.md): data of your own, a baseline
to beat, and a defense.

::::{{grid}} 1 1 2 3
:gutter: 2

{cards}
::::

## One of its results

{picture[0]}

```{{toctree}}
:hidden:
:caption: Units

{chr(10).join(units)}
lessons/{layout.CAPSTONE}/README
```

```{{toctree}}
:hidden:
:caption: More

About the course <README>
results
{chr(10).join(others)}
```
"""
    (source / "index.md").write_text(tree.linked(text, "index.md"), encoding="utf-8")
