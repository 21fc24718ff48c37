"""The text of a quiz: words, `code`, blocks of it, $formulas$, **bold**; its HTML."""

import re
from collections.abc import Callable, Iterator

# A formula's dollar signs touch it, and no digit follows the second: so two prices are
# no formula. This is pandoc's rule. `\$` is a dollar sign everywhere.
SPANS = re.compile(
    r"""
    ^```(?P<language>[^\n`]*)\n(?P<block>.*?)\n?^```[ \t]*$
    | (?P<dollar>\\\$)
    | \$\$(?![ \t])(?P<display>.+?)(?<![ \t])\$\$
    | \$(?!\s)(?P<math>(?:\\[^\n]|[^$\\\n`])+?)(?<!\s)\$(?!\d)
    | `(?P<code>[^`]+)`
    """,
    re.S | re.M | re.X,
)
# What Markdown would change inside a formula: a backslash before a sign, an underscore
# after one, stars, angle brackets, link brackets.
HAZARD = re.compile(r"\\[^A-Za-z\s]|[^\w\s]_|[*<>~|]|\]\(")
# What a platform's own typesetting would take for the border of a formula.
BORDER = re.compile(r"\$|\\(?=[()\[\]])")
# What would begin a list, a quotation, a link, an emphasis and so on in Markdown.
MEANT = re.compile(
    r"""
    [*`~\[\]|] | \\(?=[!-/:-@\[-`{-~]) | &(?=\#?\w+;) | (?<![^\W_])_ | _(?![^\W_])
    | (?<=^\d)[.)](?=\s) | (?<=^\d\d)[.)](?=\s) | ^[-+>=\#]
    """,
    re.X,
)
LIST = re.compile(r"\n *((?:[-+*]|\d+[.)]) .*)")
COMMAND = re.compile(r"\\[A-Za-z]+ *(?:\{[^{}]*\})?")
PROSE = re.compile(r"(?:^|\s)[A-Za-z]{2,}\s|\s[A-Za-z]{2,}$")
PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
# No star inside: then an italic holds a whole bold, and the two never cross.
BOLD = re.compile(r"\*\*(?=[^\s*])([^*]*[^\s*])\*\*")
ITALIC = re.compile(r"\*(?=[^\s*])([^*]*[^\s*])\*")


def spans(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, content) in order; kinds: text, code, math, display, block.

    A block is a piece of code on lines of its own; its content begins with a line that
    holds the name of the language, or nothing.
    """
    end, before = 0, ""
    for found in SPANS.finditer(text):
        before += text[end : found.start()]
        end = found.end()
        kind = found.lastgroup
        if kind == "dollar":
            before += "$"
            continue
        if kind == "block":
            before = before.rstrip()
        if before:
            yield "text", before
        before = ""
        if kind == "block":
            yield kind, f"{found['language'].strip()}\n{found['block']}"
            end += len(text[end:]) - len(text[end:].lstrip())
        else:
            yield kind, found[kind] if kind == "code" else found[kind].strip()
    if before + text[end:]:
        yield "text", before + text[end:]


def faults(text: str) -> Iterator[str]:
    """Yield a sentence for what would not be shown as its author means it."""
    kept = SPANS.sub(lambda m: "" if m.lastgroup == "block" else m.group(), text)
    if "```" in kept:
        yield (
            "has three backticks that open or close nothing. A block of code begins "
            "and ends with ``` at the start of a line of its own."
        )
    if listed := LIST.search(kept):
        yield (
            f"has the line `{listed[1]}`, which looks like a list, and a quiz shows "
            "none. Make it a sentence, or a block of code."
        )
    for kind, content in spans(kept):
        if kind == "text" and "`" in content and "```" not in kept:
            yield "has a backtick without a second one, which would close the code."
        if kind in ("math", "display") and PROSE.search(COMMAND.sub(".", content)):
            yield (
                f"has the formula `{content}`, which holds words. Write `\\$` for a "
                "dollar sign, and \\text{…} for a word in a formula."
            )


def lines(block: str) -> list[str]:
    """Return the lines of code of a block, without the name of the language."""
    return block.split("\n")[1:]


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
        elif kind == "block":
            # A break keeps a line where a format, or its reader, joins lines.
            code = "<br/>".join(_guarded(line) for line in lines(content))
            made.append(f"<pre><code>{code}</code></pre>")
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
    return PARAGRAPHS.sub("<br/><br/>", text)


def github(text: str) -> str:
    """Return text as Markdown in which GitHub shows the same as the exports.

    GitHub's own marks keep formulas out of Markdown's hands where it matters. What
    means something in Markdown or HTML, but not in a quiz, is escaped.
    """
    made = []
    for kind, content in spans(text):
        if kind == "text":
            made.append(_markdown(content))
        elif kind == "code":
            made.append(f"`{content}`")
        elif kind == "block":
            made.append(f"\n\n```{content}\n```\n\n")
        elif kind == "math":
            made.append(f"$`{content}`$" if HAZARD.search(content) else f"${content}$")
        elif HAZARD.search(content):
            made.append(f"\n\n```math\n{content}\n```\n\n")
        else:
            made.append(f"$${content}$$")
    return "".join(made).strip("\n")


def _markdown(text: str) -> str:
    paragraphs = []
    for paragraph in PARAGRAPHS.split(text):
        words = re.sub(r"\s*\n\s*", " ", paragraph)
        words = BOLD.sub("\ue001\\1\ue001", words)  # two signs that no text has
        words = ITALIC.sub("\ue000\\1\ue000", words)
        words = MEANT.sub(r"\\\g<0>", words).replace("<", "&lt;")
        words = words.replace("$", "<span>$</span>")
        paragraphs.append(words.replace("\ue001", "**").replace("\ue000", "*"))
    return "\n\n".join(paragraphs)
