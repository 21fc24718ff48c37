"""Whether the marks of a source divide it into the cells that its author meant."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from rules import Fault

# Every line that jupytext, or an editor, takes for the beginning of a cell.
MARK = re.compile(r"\s*#\s*%%")
WRITTEN = re.compile(r"# %%( |$)")  # what the course and tools/as_script.py read
TAGS = re.compile(r'tags=\["[^"]*"(, *"[^"]*")*\]')
# What an editor with jupytext writes above the first cell. The build needs none of it.
HEADER = re.compile(r"# ---\n(?:#.*\n)*?# ---\n")


def body(text: str) -> str:
    """Return a source without an editor's header."""
    header = HEADER.match(text)
    return text[header.end() :].lstrip("\n") if header else text


def written_faults(text: str) -> Iterator[Fault]:
    """Faults in how marks are written, for tools/as_script.py and jupytext alike."""
    for line in filter(MARK.match, text.split("\n")):
        where = f"`{line.strip()}`"
        if not WRITTEN.match(line):
            yield Fault(
                where,
                "begins with a mark of another form. Write `# %% a-name`, at the start "
                "of the line.",
            )
        elif "tags=" in line and not TAGS.search(line):
            yield Fault(
                where, 'has tags of another form. Write `tags=["one", "another"]`.'
            )


def divided_faults(text: str, raw_cells: list[dict]) -> Iterator[Fault]:
    """Faults in how a source is divided; `raw_cells` are what jupytext made of it."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if MARK.match(line)]
    for n, end, raw in zip_longest(starts, [*starts[1:], len(lines)], raw_cells):
        if raw is None or raw["metadata"]["title"] not in lines[n]:
            yield Fault(
                f"`{lines[n]}`",
                "is read as a part of the cell above it, in which a fence or a string "
                "is not closed. Close it.",
            )
            return
        if raw["cell_type"] == "markdown":
            yield from _text_faults(f"`{raw['metadata']['title']}`", lines[n + 1 : end])


def _text_faults(where: str, lines: list[str]) -> Iterator[Fault]:
    for line in lines:
        if line.strip() and not line.startswith("#"):
            yield Fault(
                where,
                f"is text, and its line `{line.strip()}` is no comment. Begin a line "
                "of text with `# `, and put `# %% a-name` above code.",
            )
            return
