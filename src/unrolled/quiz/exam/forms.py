"""The pages of an exam as Markdown, and as HTML to print."""

from collections.abc import Iterable
from itertools import groupby

from unrolled.quiz.text import escape, github, html

from .sheet import Block

MARKS = {"title": "# ", "unit": "## ", "number": "### ", "text": "", "item": "- "}
TAGS = {"title": "h1", "unit": "h2", "number": "h3", "text": "p", "item": "li"}
STYLE = (
    "body { font: 12pt/1.5 serif; max-width: 17cm; margin: 1cm auto } "
    "h2, h3 { break-after: avoid } h3 { margin-bottom: 0 } p { break-inside: avoid }"
)


def markdown(blocks: Iterable[Block]) -> str:
    """Return a page as Markdown for GitHub, its items in one list."""
    parts = []
    for kind, group in groupby(blocks, key=lambda block: block[0]):
        gap = "\n" if kind == "item" else "\n\n"
        parts.append(gap.join(MARKS[kind] + github(text) for _, text in group))
    return "\n\n".join(parts) + "\n"


def page(blocks: Iterable[Block]) -> str:
    """Return a page as HTML that needs nothing else: its formulas are drawn in it."""
    made, name = [], ""
    for kind, group in groupby(blocks, key=lambda block: block[0]):
        body = [f"<{TAGS[kind]}>{html(t, _draw)}</{TAGS[kind]}>" for _, t in group]
        made += ["<ul>", *body, "</ul>"] if kind == "item" else body
        name = name or body[0][4:-5]
    head = f'<meta charset="utf-8"><title>{name}</title><style>{STYLE}</style>'
    top = f'<!doctype html>\n<html lang="en"><head>{head}</head><body>'
    return "\n".join([top, *made, "</body></html>"]) + "\n"


def _draw(tex: str, display: bool) -> str:
    from unrolled.quiz.formula import svg

    try:
        return svg(tex)
    except ValueError:  # what matplotlib does not know stays as it is written
        return f"<code>{escape(tex)}</code>"
