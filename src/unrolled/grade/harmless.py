"""Makes a learner's text harmless where it is shown: terminal, page, table, XML."""

import html
import re
import unicodedata

# What turns the direction of writing, or is not seen at all.
HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
CODE = re.compile(r"`([^`\n]+)`")


def text(value: str) -> str:
    """Return text in which what would act on its reader is written out.

    Control characters, among them those that move a terminal's cursor, lone halves of
    characters, and marks that reverse the direction of writing become `\\u202e`.
    """

    def shown(character: str) -> str:
        if character in "\n\t":
            return character
        kind = unicodedata.category(character)
        if kind in ("Cc", "Cs", "Co", "Zl", "Zp") or HIDDEN.match(character):
            return f"\\u{ord(character):04x}"
        return character

    return "".join(map(shown, str(value)))


def line(value: str) -> str:
    """Return text on one line."""
    return " ".join(text(value).split())


def page(value: str) -> str:
    """Return text for an HTML page; what stands between backticks is set as code."""
    return CODE.sub(r"<code>\1</code>", html.escape(text(value), quote=True))


def code(value: str) -> str:
    """Return lines of code for an HTML page; nothing in them is a mark."""
    return html.escape(text(value), quote=True)


def block(value: str) -> str:
    """Return text as a block of Markdown in which nothing is a mark."""
    shown = text(value)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def cell(value: object) -> str:
    """Return a value for a table that a spreadsheet may open: never a formula."""
    shown = line(str(value))
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "|", "%")) else shown
