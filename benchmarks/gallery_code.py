"""Is it C, Python, LaTeX, XML? What tokenizers and parsers say of a text."""

import ast
import re
import textwrap
import warnings
from xml.etree import ElementTree

NAME = re.compile(r"[A-Za-z_]\w*")
COMMAND = re.compile(r"\\[A-Za-z]+")
BRACKETS = r"[][(){}]"
ENVIRONMENT = r"\\begin\{(?P<open>\w+\*?)\}|\\end\{(?P<close>\w+\*?)\}"
TAG = r"<(?P<open>\w+)(?: [^<>]*?)?(?P<alone>/)?>|</(?P<close>\w+)>"
WIKI = r"(?P<open>\[\[|\{\{)|(?P<close>\]\]|\}\})"
COMMENT = r"(?P<open>/\*)|(?P<close>\*/)"
CONDITION = r"^ *# *(?:(?P<open>ifdef|ifndef|if)|(?P<close>endif))\b"
HEAD = re.compile(r" *<page>.*?<text [^<>]*>", re.DOTALL)
DEFINES = re.compile(r"^( *)(?:async )?def ", re.MULTILINE)
# What a line needs around it, to be a statement that stands alone.
BEFORE = {
    "elif": "if 0:\n pass\n",
    "else": "if 0:\n pass\n",
    "except": "try:\n pass\n",
    "finally": "try:\n pass\n",
    "case": "match 0:\n ",
}
AFTER = {"try": "finally:\n pass", "match": " case _:\n  pass"}
Count = tuple[int, int]


def parses(written: str) -> bool:
    """Return whether Python can parse a text; it is not run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings
        try:
            ast.parse(written)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def lines(written: str) -> Count:
    """Return how many lines of Python parse on their own; of comments none counts.

    A line that opens a block gets an empty one, `else` an `if` before it, and so on.
    """
    found = [line.strip() for line in written.split("\n")[1:-1]]
    found = [line for line in found if line and not line.startswith("#")]
    return sum(parses(_alone(line)) for line in found), len(found)


def _alone(line: str) -> str:
    word = re.match(r"\w*", line)[0]
    if line.startswith("@"):
        return line + "\ndef f(): pass"
    if not line.endswith(":"):
        return line
    inner = "\n" if word == "match" else "\n  pass\n"
    return BEFORE.get(word, "") + line + inner + AFTER.get(word, "")


def functions(written: str) -> Count:
    """Return how many functions of Python parse whole, of those that have an end.

    A function is its line with `def` and all lines below that are empty or indented
    deeper.
    """
    right = of = 0
    rows = written.split("\n")
    for k, row in enumerate(rows):
        found = DEFINES.match(row)
        if not found:
            continue
        deeper = re.compile(rf"{found[1]} |\s*$")
        end = next(
            (j for j in range(k + 1, len(rows)) if not deeper.match(rows[j])), None
        )
        if end is not None:
            of += 1
            right += parses(textwrap.dedent("\n".join(rows[k:end])))
    return right, of


def indents(written: str) -> Count:
    """Return how many indented lines are indented by a multiple of 4 spaces."""
    found = [len(m[1]) for m in re.finditer(r"^( +)\S", written, re.MULTILINE)]
    return sum(n % 4 == 0 for n in found), len(found)


def tokens(written: str, language: str) -> Count:
    """Return how many characters stand in a token that Pygments does not call Error."""
    from pygments import lexers, token

    lexer = lexers.get_lexer_by_name(language)
    wrong = sum(
        len(part)
        for _, kind, part in lexer.get_tokens_unprocessed(written)
        if kind in token.Error
    )
    return len(written) - wrong, len(written)


def dollars(written: str) -> Count:
    """Return how many paragraphs with a $ have an even number of them, of whole ones.

    The first and the last paragraph may be cut, so they do not count.
    """
    whole = [p for p in written.split("\n\n")[1:-1] if "$" in p]
    return sum(p.count("$") % 2 == 0 for p in whole), len(whole)


def page_heads(written: list[str]) -> Count:
    """Return of how many pages of Wikipedia the head parses as XML.

    A head goes from <page> to the tag that opens the text; the tags that are open there
    are closed for it.
    """
    right = 0
    for page in written:
        found = HEAD.match(page)
        if found:
            try:
                ElementTree.fromstring(found[0] + "</text></revision></page>")
                right += 1
            except ElementTree.ParseError:
                pass
    return right, len(written)
