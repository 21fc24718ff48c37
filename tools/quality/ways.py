"""The same answer with the same helpers, by other names: no text gives them away.

`spelled(code, scope, bars)` finds what an answer uses of the package, or of the
functions of a framework in `bars`, and writes the answer anew for each way to reach it.
"""

import ast
from collections.abc import Callable
from types import FunctionType
from typing import Any

SYS = '__import__("sys").modules'


def spelled(code: str, scope: dict, bars: tuple[str, ...] = ()) -> dict[str, str]:
    """Return an answer in each way; as it is written alone where it names no helper."""
    tree, names = ast.parse(code), dict(scope)
    imports = [
        node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    for node in imports:
        exec(ast.unparse(node), names)
    found = {
        ast.unparse(node): value
        for node in ast.walk(tree)
        if (value := _value(node, names)) is not None and _is_helper(value, bars)
    }
    told = {"as it is written": code}
    if found:
        told |= {
            "through `getattr`": _with(tree, found, _getattr),
            "through the module": _with(tree, found, _module),
            "by a copied reference": _copied(tree, found, imports),
        }
    return told


def _value(node: ast.AST, names: dict) -> Any:
    """Return what a name, or a name with what follows its dots, stands for."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        return getattr(_value(node.value, names), node.attr, None)
    return None


def _is_helper(value: Any, bars: tuple[str, ...]) -> bool:
    if not isinstance(value, FunctionType | type):
        return False
    barred = value.__name__ in {path.rpartition(".")[2] for path in bars}
    return barred or str(value.__module__).startswith("unrolled.")


def _getattr(value: Any) -> str:
    start, end = value.__qualname__[:2], value.__qualname__[2:]
    return f'getattr({SYS}["{value.__module__}"], "{start}" + "{end}")'


def _module(value: Any) -> str:
    return f'vars({SYS}["{value.__module__}"])["{value.__qualname__}"]'


class _Other(ast.NodeTransformer):
    """Writes other code in the places of some expressions."""

    def __init__(self, other: dict[str, str]):
        self.other = other

    def _replaced(self, node: ast.expr) -> ast.AST:
        written = ast.unparse(node)
        if isinstance(node.ctx, ast.Load) and written in self.other:
            return ast.parse(self.other[written], mode="eval").body
        return self.generic_visit(node)

    visit_Name = visit_Attribute = _replaced


def _with(tree: ast.Module, found: dict, write: Callable[[Any], str]) -> str:
    other = {written: write(value) for written, value in found.items()}
    return ast.unparse(_Other(other).visit(ast.parse(ast.unparse(tree))))


def _copied(tree: ast.Module, found: dict, imports: list) -> str:
    """Return an answer that keeps what it calls under names of its own beforehand."""
    own = {written: f"own_{k}" for k, written in enumerate(found)}
    kept = [ast.unparse(node) for node in imports]
    kept += [f"{name} = {written}" for written, name in own.items()]
    answer = ast.unparse(_Other(own).visit(ast.parse(ast.unparse(tree))))
    return "\n".join([*kept, answer])
