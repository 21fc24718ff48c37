"""What is worth a look in a submission, beside its points: hints, and no verdicts.

Calls of the helper package, and a print of each answer, by which two equal ones are
found: names, comments and blanks do not count in it.
"""

import ast
import hashlib
from dataclasses import dataclass, field

from unrolled.grade.child import guarded
from unrolled.grade.submission import names
from unrolled.grade.submission.restore import Restored

SMALL = 24  # nodes of a tree: below that, two people write the same by chance
MOST_CALLS = 5  # that are named of one exercise
MOST_LINES = 60  # of an answer that is shown to its author
MOST_WIDTH = 160


@dataclass
class Signs:
    """What was seen of the answers of one submission, by exercise."""

    prints: dict[str, str] = field(default_factory=dict)
    calls: dict[str, list[str]] = field(default_factory=dict)


def answers(restored: Restored) -> dict[str, str]:
    """Return what was written for each exercise; nothing for one as handed out."""
    kept: dict[str, list[str]] = {}
    for step in restored.steps:
        if step.kind == "answer" and step.name not in restored.untouched:
            kept.setdefault(step.name, []).append(step.code)
    return {name: "\n\n".join(codes) for name, codes in kept.items()}


def seen(restored: Restored) -> Signs:
    """Look at the answers; in a child that is limited, since code may be anything."""
    written = answers(restored)
    if not written:
        return Signs()
    others = "\n".join(s.code for s in restored.steps if s.kind in ("locked", "extra"))

    def work() -> list:
        helpers = _helpers(others)
        prints = {name: fingerprint(code) for name, code in written.items()}
        calls = {name: called(code, helpers) for name, code in written.items()}
        return [prints, calls]

    found = guarded(work)
    return Signs(*found) if isinstance(found, list) else Signs()


def lines(code: str) -> str:
    """Return an answer as its author is shown it: not longer than a page."""
    all_lines = code.strip("\n").splitlines()
    kept = [
        line if len(line) <= MOST_WIDTH else line[:MOST_WIDTH] + "…"
        for line in all_lines[:MOST_LINES]
    ]
    more = len(all_lines) - len(kept)
    return "\n".join(kept + ([f"… {more} more lines"] if more else []))


def fingerprint(code: str) -> str:
    """Return a text that is the same for equal answers; nothing for a short one."""
    tree = _parsed(code)
    if tree is None:
        return ""
    tree = _Plain().visit(tree)
    if sum(1 for _ in ast.walk(tree)) < SMALL:
        return ""
    return hashlib.sha256(ast.dump(tree).encode("utf-8", "replace")).hexdigest()[:16]


class _Plain(ast.NodeTransformer):
    """Numbers the names in the order in which they come; drops texts for readers."""

    def __init__(self):
        self.number: dict[str, str] = {}

    def _called(self, name: str) -> str:
        return self.number.setdefault(name, f"n{len(self.number)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._called(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self._called(node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns = self._called(node.name), None
        self.generic_visit(node)
        node.body = _code(node.body)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._called(node.name)
        self.generic_visit(node)
        node.body = _code(node.body)
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        node.body = _code(node.body)
        return node


def _code(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements without texts that stand alone, and without `pass`."""
    return [
        s for s in body
        if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        and not isinstance(s, ast.Pass)
    ]  # fmt: skip


def called(code: str, helpers: dict[str, str]) -> list[str]:
    """Return what of the helper package code uses: `cells.lstm_step`, say."""
    tree = _parsed(code)
    if tree is None:
        return []
    known = helpers | _imported(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in known:
                found.append(f"{known[node.value.id]}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if "." in known.get(node.func.id, ""):
                found.append(known[node.func.id])
    return sorted(set(found))[:MOST_CALLS]


def _helpers(code: str) -> dict[str, str]:
    found: dict[str, str] = {}
    tree = _parsed(code)
    return found if tree is None else _imported(tree)


def _imported(tree: ast.AST) -> dict[str, str]:
    """Return the names that stand for parts of the helper package, and for which."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _ours(node.module):
            above = (node.module or "").partition(".")[2]
            for alias in node.names:
                part = f"{above}.{alias.name}" if above else alias.name
                # `ur` is the framework's own side, which answers are meant to use.
                if not part.startswith("backends"):
                    found[alias.asname or alias.name] = part
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _ours(alias.name):
                    own = alias.name.partition(".")[2] or "unrolled"
                    found[alias.asname or "unrolled"] = own
    found.pop("check", None)
    return found


def _ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] == "unrolled"


def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(names.as_python(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
