"""Which global names a cell defines, and which it reads; magics are looked into."""

import ast
import keyword
import re
from collections.abc import Sequence
from symtable import SymbolTable, symtable

from unrolled.grade.magics import Inline, call, parsed

WORD = re.compile(r"[A-Za-z_]\w*")


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
    """Return a cell as Python that gives and reads the same names; SyntaxError."""
    try:
        ast.parse(code)
        return code
    except SyntaxError:
        tree = _Words().visit(Inline().visit(parsed(code)))
        return ast.unparse(ast.fix_missing_locations(tree))


class _Words(ast.NodeTransformer):
    """Puts in the place of a magic, or a command, the names that its text may read."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        """Let `%%capture name` give a value to the name, and to what is in its cell."""
        match call(node.value):
            case "run_cell_magic", ["capture", line, body]:
                given = [f"{word} = 0" for word in line.split() if WORD.fullmatch(word)]
                return ast.parse("\n".join([*given, as_python(body)])).body
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Return a tuple of names."""
        if (found := call(node)) is None:
            return self.generic_visit(node)
        texts = found[1][found[0].startswith("run_") :]  # without the magic's name
        words = {w for text in texts for w in WORD.findall(text)}
        kept = sorted(w for w in words if not keyword.iskeyword(w))
        return ast.Tuple([ast.Name(w, ast.Load()) for w in kept], ast.Load())


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
