"""The text of a quiz: words, `code`, $formulas$, **bold**; as HTML, for GitHub."""

import re
from collections.abc import Callable, Iterator

SPANS = re.compile(
    r"(?P<display>\$\$.+?\$\$)|(?P<math>\$[^$\n]+?\$)|`(?P<code>[^`]+)`", re.S
)
# What Markdown would change inside a formula: a backslash before a sign, an underscore
# after one, stars, angle brackets, link brackets.
HAZARD = re.compile(r"\\[^A-Za-z\s]|[^\w\s]_|[*<>~|]|\]\(")
# What a platform's own typesetting would take for the border of a formula.
BORDER = re.compile(r"\$|\\(?=[()\[\]])")
# No star inside: then an italic holds a whole bold, and the two never cross.
BOLD = re.compile(r"\*\*(?=[^\s*])([^*]*[^\s*])\*\*")
ITALIC = re.compile(r"\*(?=[^\s*])([^*]*[^\s*])\*")


def spans(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, content) in order; kinds: text, code, math, display."""
    end = 0
    for found in SPANS.finditer(text):
        if text[end : found.start()]:
            yield "text", text[end : found.start()]
        if found["code"]:
            yield "code", found["code"]
        else:
            kind = "display" if found["display"] else "math"
            yield kind, found.group().strip("$").strip()
        end = found.end()
    if text[end:]:
        yield "text", text[end:]


def html(text: str, math: Callable[[str, bool], str]) -> str:
    """Return text as HTML that is XML too; `math(tex, display)` writes the formulas.

    Signs that a platform would take for the border of a formula stand in a span of
    their own, where no typesetting looks across.
    """
    made = []
    for kind, content in spans(text):
        if kind == "text":
            made.append(_words(_guarded(content)))
        elif kind == "code":
            made.append(f"<code>{_guarded(content)}</code>")
        else:
            made.append(math(content, kind == "display"))
    return "".join(made)


def escape(text: str) -> str:
    """Return text with the signs that mean something in HTML and XML written out."""
    for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot")):
        text = text.replace(sign, f"&{name};")
    return text


def _guarded(text: str) -> str:
    made, end = [], 0
    for found in BORDER.finditer(text):
        made += [escape(text[end : found.start()]), f"<span>{found.group()}</span>"]
        end = found.end()
    return "".join([*made, escape(text[end:])])


def _words(text: str) -> str:
    text = BOLD.sub(r"<strong>\1</strong>", text)
    text = ITALIC.sub(r"<em>\1</em>", text)
    return re.sub(r"\n[ \t]*\n\s*", "<br/><br/>", text)


def github(text: str) -> str:
    """Keep formulas out of Markdown's hands: GitHub's own marks where it matters."""

    def span(found: re.Match) -> str:
        whole = found.group()
        if found["display"] and HAZARD.search(whole):
            return f"```math\n{whole.strip('$').strip()}\n```"
        if found["math"] and HAZARD.search(whole):
            return f"$`{whole.strip('$')}`$"
        return whole

    return SPANS.sub(span, text)
