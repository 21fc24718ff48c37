"""What is checked in a text that a network has written: (right, of) for each check.

Every check is asked of a network's text, of as long a piece of the held-out text, and
of as long a text by a 7-gram: a number beside which those two do not stand says
nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import gallery_code as code
import gallery_tunes as tunes
from gallery_pairs import closed

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
Count = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """What a text is compared with: the training part, and the rest of the held-out."""

    train: str
    rest: str

    @cached_property
    def words(self) -> set[str]:
        """Return the words of the training part, in small letters."""
        return set(words(self.train))

    @cached_property
    def rest_words(self) -> set[str]:
        """Return the words of the rest of the held-out part, in small letters."""
        return set(words(self.rest))

    @cached_property
    def names(self) -> set[str]:
        """Return the identifiers of the training part."""
        return set(code.NAME.findall(self.train))

    @cached_property
    def lines(self) -> set[str]:
        """Return the lines of the training part."""
        return set(self.train.split("\n"))

    @cached_property
    def rest_lines(self) -> set[str]:
        """Return the lines of the rest of the held-out part."""
        return set(self.rest.split("\n"))

    @cached_property
    def commands(self) -> set[str]:
        """Return the LaTeX commands of the training part."""
        return set(code.COMMAND.findall(self.train))


Check = Callable[[str, Known], Count]


def words(written: str) -> list[str]:
    """Return the words of a text, in small letters; an apostrophe may be inside.

    Words of one letter or two do not count: chance makes many of them.
    """
    return [word for word in WORD.findall(written.lower()) if len(word) > 2]


def among(found: Iterable[str], known: set[str]) -> Count:
    """Return how many of `found` are known, and of how many."""
    found = list(found)
    return sum(one in known for one in found), len(found)


def speakers(written: str, known: Known, pattern: str) -> Count:
    """Return how many lines that name a speaker name one of the training part."""
    there = set(re.findall(pattern, known.train, re.MULTILINE))
    return among(re.findall(pattern, written, re.MULTILINE), there)


def new_names(written: str, known: Known) -> Count:
    """Return how many lines do not stand in the training part."""
    lines = complete_lines(written)
    return sum(line not in known.lines for line in lines), len(lines)


def real_new_names(written: str, known: Known) -> Count:
    """Return how many of the new lines stand in the rest of the held-out part."""
    new = (line for line in complete_lines(written) if line not in known.lines)
    return among(new, known.rest_lines)


def different(written: str, known: Known) -> Count:
    """Return how many different lines there are among all."""
    lines = complete_lines(written)
    return len(set(lines)), len(lines)


def complete_lines(written: str) -> list[str]:
    """Return the lines that are not cut off at the end, without empty ones."""
    return [line for line in written.split("\n")[:-1] if line]


def ticks(written: str, known: Known) -> Count:
    """Return how many lines with a backtick have an even number of them."""
    with_ticks = [line for line in written.split("\n") if "`" in line]
    return sum(line.count("`") % 2 == 0 for line in with_ticks), len(with_ticks)


IN_TRAIN = {
    "words that stand in the training text": lambda t, k: among(words(t), k.words)
}
IN_REST = {
    "words that stand in the rest of the held-out text": lambda t, k: among(
        words(t), k.rest_words
    )
}
PROSE: Mapping[str, Check] = IN_TRAIN | IN_REST
NAMES: Mapping[str, Check] = {
    "identifiers that stand in the training text": lambda t, k: among(
        code.NAME.findall(t), k.names
    )
}
BRACKETS: Mapping[str, Check] = {
    "brackets that close": lambda t, k: closed(code.BRACKETS, t)
}
KINDS: Mapping[str, Mapping[str, Check]] = {
    "plays": {
        **PROSE,
        "names of speakers that the training text has": lambda t, k: speakers(
            t, k, r"^\*\*(.+)\*\* *$"
        ),
        "stage directions in brackets that close": lambda t, k: closed(r"[][]", t),
    },
    "dialogue": {
        **PROSE,
        "names of speakers that the training text has": lambda t, k: speakers(
            t, k, r"^([A-Z][A-Za-z ]+):$"
        ),
    },
    "spanish": {
        **PROSE,
        "questions and exclamations that close": lambda t, k: closed(r"[¿?¡!]", t),
    },
    "wikipedia": {
        **PROSE,
        "XML tags that close, escaped ones too": lambda t, k: closed(
            code.TAG, t.replace("&lt;", "<").replace("&gt;", ">")
        ),
        "links and templates that close": lambda t, k: closed(code.WIKI, t),
    },
    "latex": {
        **PROSE,
        "commands that the training text has": lambda t, k: among(
            code.COMMAND.findall(t), k.commands
        ),
        "environments that close": lambda t, k: closed(code.ENVIRONMENT, t),
        **BRACKETS,
        "paragraphs whose dollar signs come in pairs": lambda t, k: code.dollars(t),
    },
    "c": {
        **NAMES,
        "characters in tokens of C (Pygments)": lambda t, k: code.tokens(t, "c"),
        **BRACKETS,
        "comments that close": lambda t, k: closed(code.COMMENT, t),
        "#if and #endif that meet": lambda t, k: closed(code.CONDITION, t),
    },
    "cpp": {
        **NAMES,
        "characters in tokens of C++ (Pygments)": lambda t, k: code.tokens(t, "cpp"),
        **BRACKETS,
        "#if and #endif that meet": lambda t, k: closed(code.CONDITION, t),
    },
    "python": {
        **NAMES,
        "lines that parse on their own": lambda t, k: code.lines(t),
        "functions that parse whole": lambda t, k: code.functions(t),
        **BRACKETS,
        "indents that are a multiple of 4": lambda t, k: code.indents(t),
    },
    "names": {
        "names that are not in the training text": new_names,
        "new names that are in the rest of the held-out list": real_new_names,
        "different names": different,
    },
    "abc": {
        "tunes whose head is complete": lambda t, k: tunes.heads(t),
        "symbols of music that are ABC": lambda t, k: tunes.symbols(t),
        "bars that fill their measure": lambda t, k: tunes.bars(t),
    },
    "lessons": {
        **PROSE,
        **BRACKETS,
        "lines whose backticks come in pairs": ticks,
    },
}


def checked(kind: str, written: str, known: Known) -> dict[str, Count]:
    """Return (right, of) for each check of a kind of text."""
    return {name: ask(written, known) for name, ask in KINDS[kind].items()}
