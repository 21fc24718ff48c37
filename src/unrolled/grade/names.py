"""Which global names a cell defines, and which it reads."""

import re
from collections.abc import Sequence
from symtable import SymbolTable, symtable

MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
WHOLE = re.compile(r"^\s*%%(\w+).*\n?")
KEPT = ("time", "timeit", "capture", "prun")  # magics whose cell is Python


def uses(code: str) -> set[str]:
    """Return the global names that code reads; nothing for what does not parse."""
    top = _table(code)
    if top is None:
        return set()
    return {s.get_name() for s in top.get_symbols() if s.is_referenced()} | _inner(top)


def defines(code: str) -> set[str]:
    """Return the global names that code gives a value."""
    top = _table(code)
    if top is None:
        return set()
    return {
        s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()
    }


def needed(codes: Sequence[str], fixed: Sequence[int], last: int) -> list[int]:
    """Return which of the first pieces of code the piece `last` cannot do without.

    The `fixed` ones, those that define what is read, and what those read, in turn. What
    a fixed one defines is taken from there alone.
    """
    wanted = {i for i in fixed if i < last} | {last}
    made = [defines(code) for code in codes[:last]]
    read = [uses(code) for code in codes[: last + 1]]
    given = set().union(*(made[i] for i in wanted if i < last))
    while True:
        names = set().union(*(read[i] for i in wanted)) - given
        more = {i for i in range(last) if i not in wanted and made[i] & names}
        if not more:
            return sorted(wanted)
        wanted |= more


def as_python(code: str) -> str:
    """Return a cell without the lines that only a notebook understands."""
    if found := WHOLE.match(code):
        if found[1] not in KEPT:
            return ""
        code = "\n" + code[found.end() :]
    try:
        compile(code, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        mended = MAGIC.sub(r"\1pass", code)
        return re.sub(
            r"^([ \t]*)(\?.*|[\w.]+\?+)[ \t]*$", r"\1pass", mended, flags=re.M
        )
    return code


def _table(code: str) -> SymbolTable | None:
    try:
        return symtable(as_python(code), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _inner(table: SymbolTable) -> set[str]:
    found: set[str] = set()
    for inner in table.get_children():
        symbols = inner.get_symbols()
        found |= {s.get_name() for s in symbols if s.is_global() and s.is_referenced()}
        found |= _inner(inner)
    return found
