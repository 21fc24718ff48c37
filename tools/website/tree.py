"""Where the pages of the site come from, and where their links lead.

The sources of the site stand in the same tree as the files that they are made of, so
that a link from one page to another holds on the site as it does on GitHub. A link to a
notebook leads to the page of its lesson or assignment; one to any other file of the
course, which the site does not hold, leads to the repository.
"""

import os
import re
from functools import cache
from pathlib import Path

from notebook import repository
from unit import MINUTES, TITLE
from unrolled.source import layout

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("GLOSSARY.md", "docs/*.md", "lessons/*/README.md", "benchmarks/README.md")
LINK = re.compile(r"(?P<before>!?\[[^\]]*\]\()(?P<to>[^)\s]+)(?P<after>\))")
NOTEBOOK = re.compile(
    r"notebooks/(?P<track>\w+)/(?P<unit>[^/]+)/[^/]*_(?P<part>[a-z]+)_"
)
PROJECT = re.compile(
    rf"notebooks/\w+/[\w-]+/(?P<part>\w+)_{layout.CAPSTONE}_\w+\.ipynb"
)
FENCE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.S | re.M)
CODE = re.compile(r"`[^`\n]+`")


def documents() -> list[Path]:
    """Return the Markdown files that become pages as they are."""
    return sorted(path for kind in DOCUMENTS for path in ROOT.glob(kind))


def readme(unit: str) -> str:
    """Return the text of a unit's page."""
    return (ROOT / "lessons" / unit / "README.md").read_text("utf-8")


def title(unit: str) -> str:
    """Return the title of a unit, as its page has it."""
    return TITLE.search(readme(unit))[1]


def minutes(unit: str) -> str:
    """Return how many minutes a unit takes, as its page says."""
    return MINUTES.search(readme(unit))[1]


def quiz(unit: str) -> str:
    """Return the place of a unit's quiz, from the root of the course."""
    return f"quizzes/{unit}.md"


def sheet(unit: str, part: str) -> str:
    """Return the place of the page that shows a notebook of both tracks."""
    return f"lessons/{unit}/{part}.md"


@cache
def held() -> set[str]:
    """Return the place of every page of the site, from the root of the course."""
    found = {path.relative_to(ROOT).as_posix() for path in documents()} | {"README.md"}
    for unit in layout.units(ROOT):
        found |= {quiz(unit), *(sheet(unit, part) for part in layout.PARTS)}
    found |= {sheet(layout.CAPSTONE, part) for part in layout.PROJECTS}
    return found


def linked(text: str, place: str) -> str:
    """Return a page's text with links that hold on the site; `place` is the page's."""
    known = held()
    folder = Path(place).parent

    def lead(found: re.Match) -> str:
        to, _, anchor = found["to"].partition("#")
        if not to or "://" in to or to.startswith("mailto:"):
            return found.group()
        target = os.path.normpath(folder / to)
        notebook, project = NOTEBOOK.match(target), PROJECT.match(target)
        if project:
            target = sheet(layout.CAPSTONE, project["part"])
        elif notebook:
            target = sheet(notebook["unit"], notebook["part"])
        elif found["before"].startswith("!"):
            return found.group()
        elif target not in known:
            kind = "tree" if (ROOT / target).is_dir() else "blob"
            address = f"{repository(ROOT)}/{kind}/main/{target}"
            return f"{found['before']}{address}{found['after']}"
        near = os.path.relpath(target, folder)
        return f"{found['before']}{near}{'#' * bool(anchor)}{anchor}{found['after']}"

    return outside_code(text, lambda part: LINK.sub(lead, part))


def outside_code(text: str, change) -> str:
    """Return text with `change` made in all of it but blocks and spans of code."""
    made, end = [], 0
    for block in FENCE.finditer(text):
        made += [_outside_spans(text[end : block.start()], change), block.group()]
        end = block.end()
    return "".join([*made, _outside_spans(text[end:], change)])


def _outside_spans(text: str, change) -> str:
    kept: list[str] = []

    def keep(found: re.Match) -> str:
        kept.append(found.group())
        return f"\ue000{len(kept) - 1}\ue001"

    changed = change(CODE.sub(keep, text))
    return re.sub("\ue000(\\d+)\ue001", lambda m: kept[int(m[1])], changed)
