"""The first page of the site: what the course is, its map, where to begin."""

import re
from pathlib import Path

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
    page = (tree.ROOT / "lessons" / unit / "README.md").read_text("utf-8")
    title = re.match(r"# (.+)", page)[1]
    bold = re.search(r"\*\*([^*]+\?)\*\*", page)
    question = bold[1] if bold else page.split("\n\n")[1]
    minutes = re.search(r"About (\d+) minutes", page)[1]
    return CARD.format(
        number=unit[:2],
        title=title,
        unit=unit,
        question=" ".join(question.split()),
        minutes=minutes,
    )


def write(source: Path) -> None:
    """Write the first page, and the table of contents that all pages hang on."""
    readme = (tree.ROOT / "README.md").read_text("utf-8")
    picture = re.search(r"!\[(?P<alt>[^\]]+)\]\((?P<to>[^)]+)\)", readme)
    opening = readme.split("\n\n")[1]
    cards = "\n".join(card(unit) for unit in layout.units(tree.ROOT))
    units = [f"lessons/{unit}/README" for unit in layout.units(tree.ROOT)]
    others = [
        path.relative_to(tree.ROOT).with_suffix("").as_posix()
        for path in tree.documents()
        if path.parent.parent.name != "lessons"
    ]
    text = f"""# Unrolled

{opening}

![{picture["alt"]}]({picture["to"]})

## The units

::::{{grid}} 1 1 2 3
:gutter: 2

{cards}
::::

```{{toctree}}
:hidden:
:caption: Units

{chr(10).join(units)}
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
