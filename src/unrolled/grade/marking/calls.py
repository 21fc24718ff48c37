"""Takes out of a unit's `checks.py` what must run beside the answer, and no more.

`Check.call` says how an answer is called. It runs in the sandbox, and so does all that
it uses in `checks.py`. What the judge uses (`reference`, `properties`, `first`) must
stay outside. A name that both use is refused, unless the unit says in its tuple
`SHARED` that it gives nothing away.
"""

import ast
from collections.abc import Iterable

from unrolled.grade.submission import names

JUDGES = ("reference", "properties", "first")


class LeakError(Exception):
    """A check whose `call` would carry the judge's own code into the sandbox."""


def call_code(source: str, name: str, where: str = "checks.py") -> str | None:
    """Return code that defines `call` as check `name` does; None if it has no `call`.

    Raises LeakError when the code would hold what the judge uses too.
    """
    tree = ast.parse(source)
    known = _definitions(tree)
    given = _arguments(known, name, where)
    if "call" not in given:
        return None
    used = _reached(_uses(given["call"]), known)
    judged = _reached((n for k in JUDGES if k in given for n in _uses(given[k])), known)
    harmless = {n for n, node in known.items() if _is_import(node) or _is_number(node)}
    leaked = used & judged - harmless - set(_shared(known))
    leaked |= {n for n in used if _is_check(known[n])}
    if leaked:
        raise LeakError(
            f"{where}, check `{name}`: `call` uses {', '.join(sorted(leaked))}, and so "
            "does the judge. In the sandbox an answer could read it. Let `call` "
            "return what the answer made and compute the rest in a property; what "
            "gives nothing away may be listed in SHARED."
        )
    wanted = {id(known[n]) for n in used}
    parts = [ast.unparse(node) for node in tree.body if id(node) in wanted]
    return "\n\n".join([*parts, f"call = {ast.unparse(given['call'])}"]) + "\n"


def _arguments(known: dict, name: str, where: str) -> dict[str, ast.AST]:
    node = known.get(name)
    if node is None or not _is_check(node):
        raise LeakError(
            f"{where}: there is no `{name} = Check(…)` at its top level, so what its "
            "call needs cannot be told from what it must not give away."
        )
    return {keyword.arg: keyword.value for keyword in node.value.keywords}


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return what each name at the top level is defined by."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif _is_import(node):
            for alias in node.names:
                found[(alias.asname or alias.name).split(".")[0]] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                found |= {
                    n.id: node for n in ast.walk(target) if isinstance(n, ast.Name)
                }
    return found


def _uses(node: ast.AST) -> set[str]:
    return names.uses(ast.unparse(node))


def _reached(first: Iterable[str], known: dict[str, ast.stmt]) -> set[str]:
    """Return every definition that these names lead to."""
    found: set[str] = set()
    open_names = [n for n in first if n in known]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += [n for n in _uses(known[name]) if n in known]
    return found


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_number(node: ast.AST) -> bool:
    """Return whether a name, or several, are given single numbers: sizes, limits."""
    value = getattr(node, "value", None)
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    several = isinstance(value, ast.Tuple) and isinstance(node, ast.Assign)
    if several and not isinstance(node.targets[0], ast.Tuple):
        return False  # one name for a list of numbers: an order of gates, say
    return all(
        isinstance(p, ast.Constant) and isinstance(p.value, int | float) for p in parts
    )


def _is_check(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "Check"


def _shared(known: dict[str, ast.stmt]) -> tuple[str, ...]:
    node = known.get("SHARED")
    return tuple(ast.literal_eval(node.value)) if node else ()
