"""What stands in a cell that is no Python: read with IPython's own transformer."""

import ast

TIMED = ("time", "capture")  # their cell, without arguments, runs as if it stood alone


def ready() -> None:
    """Import what reads magics: else each child that is forked does so anew."""
    import IPython.core.inputtransformer2  # noqa: F401


def parsed(code: str) -> ast.Module:
    """Parse a cell, with magics and commands as calls; raises SyntaxError."""
    try:
        return ast.parse(code)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        return ast.parse(TransformerManager().transform_cell(code))


def call(node: ast.AST) -> tuple[str, list[str]] | None:
    """Return what IPython is asked for: ("run_line_magic", ["time", "x = 1"]), say."""
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("get_ipython")), name), given):
            texts = [n.value for n in given if isinstance(n, ast.Constant)]
            if given and all(isinstance(text, str) for text in texts):
                return name, texts
    return None


class Inline(ast.NodeTransformer):
    """Puts in the place of `%time x = 1` and of a cell `%%time` what they time.

    So it gives names a value in the cell itself, and an error has a line there.
    """

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        """Return the statements of a magic that stands for itself."""
        return _timed(node.value) or self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Return the expression of a magic whose value is used: `x = %time f()`."""
        match _timed(node):
            case [ast.Expr(value)]:
                return value
        return self.generic_visit(node)


def _timed(node: ast.AST) -> list[ast.stmt]:
    match call(node):
        case "run_line_magic", ["time", code]:
            above = node.lineno - 1
        case "run_cell_magic", [name, "", code] if name in TIMED:
            above = node.lineno
        case _:
            return []
    try:
        tree = Inline().visit(parsed(code))
    except SyntaxError:
        return []  # then it is told as IPython tells it
    return [ast.increment_lineno(statement, above) for statement in tree.body]
