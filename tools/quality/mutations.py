"""Small errors, made mechanically in the code of a right answer.

`mutations(code)` gives versions of a solution cell that differ from it in one place of
its solution: a term dropped, a sign flipped, arguments swapped, a wrong axis, a bound
one off, whole numbers in place of fractions, and their like.
"""

import ast
import difflib
from collections.abc import Iterator
from typing import NamedTuple

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
SWAPS = (ast.Sub, ast.Div, ast.FloorDiv, ast.MatMult, ast.Pow)  # a∘b is not b∘a
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
NAMES = {  # what stands in the place of a function or a type, by its last name
    "tanh": ("sin", "sigmoid"),
    "sigmoid": ("tanh",),
    "sum": ("mean",),
    "reduce_sum": ("reduce_mean",),
    "mean": ("sum",),
    "max": ("min",),
    "argmax": ("argmin",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "stack": ("concatenate",),
    "concatenate": ("stack",),
    "log": ("log2", "log1p"),
    "log2": ("log",),
    "ceil": ("floor", "round"),
    "eigvals": ("eigvalsh",),
    "zero_": ("detach",),
    "float": ("int",),
    "clip_grad_norm_": ("clip_grad_value_",),
    "Adam": ("SGD",),
    "GRU": ("SimpleRNN", "RNN"),
    "LSTM": ("GRU",),
}
RETURNS = (
    "-({})",
    "({}) + 1",
    "2 * ({})",
    "np.asarray({}).astype(int)",
    "np.abs({})",
    "np.round({}, 3)",
    "None",
)


class Mutation(NamedTuple):
    """The code of a wrong answer, and the change in one line."""

    code: str
    change: str


def mutations(code: str) -> list[Mutation]:
    """Return versions of the code that differ from it in one place each."""
    tree = ast.parse(code)
    inside = _solution_lines(code)
    before = ast.unparse(tree)
    found: dict[str, str] = {}

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        if isinstance(node, ast.FunctionDef):
            names = tuple(arg.arg for arg in node.args.args if arg.arg != "self")
        for field, old in ast.iter_fields(node):
            if isinstance(old, list):
                places = [(old, i, child) for i, child in enumerate(old)]
            else:
                places = [(vars(node), field, old)]
            for holder, key, child in places:
                if not isinstance(child, ast.AST):
                    continue
                if getattr(child, "lineno", 0) in inside:
                    whole = _read_whole(node, field)
                    for new in _instead(child, names, whole):
                        holder[key] = new
                        text = ast.unparse(ast.fix_missing_locations(tree))
                        found.setdefault(text, _change(before, text))
                        holder[key] = child
                visit(child, names)

    visit(tree, ())
    found.pop(before, None)
    return [Mutation(text, change) for text, change in found.items()]


def _read_whole(parent: ast.AST, field: str) -> bool:
    """Return whether it is a name's value that counts in its place.

    A name that is called, whose attribute is read or whose length is taken is better
    left alone: one less than a module is nothing, and `len(x - 1)` is `len(x)`.
    """
    if isinstance(parent, ast.Attribute):
        return False
    if isinstance(parent, ast.Call):
        return field != "func" and getattr(parent.func, "id", "") != "len"
    return True


def _solution_lines(code: str) -> set[int]:
    """Return the numbers of the lines between the marks; every line if none has."""
    lines, inside, marked = set(), False, BEGIN in code
    for number, line in enumerate(code.splitlines(), 1):
        inside = (inside or line.strip() == BEGIN) and line.strip() != END
        if inside or not marked:
            lines.add(number)
    return lines


def _change(before: str, after: str) -> str:
    """Return `old line → new line`, or what was added or taken away."""
    lines = [
        line
        for line in difflib.ndiff(before.splitlines(), after.splitlines())
        if line[:2] in ("- ", "+ ")
    ]
    old = " ⏎ ".join(line[2:].strip() for line in lines if line[0] == "-")
    new = " ⏎ ".join(line[2:].strip() for line in lines if line[0] == "+")
    return f"{old or '(nothing)'} → {new or '(nothing)'}"


def _instead(node: ast.AST, names: tuple[str, ...], whole: bool) -> Iterator[ast.AST]:
    """Yield what could stand in a node's place by mistake."""
    make = WAYS.get(type(node))
    if make:
        yield from make(node, names)
    if whole and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id not in NAMES:
            yield _code(f"{node.id} - 1")
        if node.id in names:
            yield ast.Attribute(node, "T", ast.Load())


def _binary(node: ast.BinOp, names: tuple[str, ...]) -> Iterator[ast.AST]:
    yield from (node.left, node.right)  # a term is dropped
    if isinstance(node.op, SWAPS):
        yield ast.BinOp(node.right, node.op, node.left)
    for operator in OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, operator(), node.right)


def _compare(node: ast.Compare, names: tuple[str, ...]) -> Iterator[ast.AST]:
    for operator in COMPARISONS.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [operator(), *node.ops[1:]], node.comparators)


def _call(node: ast.Call, names: tuple[str, ...]) -> Iterator[ast.AST]:
    func, args, keywords = node.func, node.args, node.keywords
    name = getattr(func, "attr", getattr(func, "id", ""))
    yield from (arg for arg in args if not isinstance(arg, ast.Starred))  # no call
    if isinstance(func, ast.Attribute):
        yield func.value  # a method's call is dropped: `w.copy()` becomes `w`
    for i in range(len(args) - 1):
        swapped = list(args)
        swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
        yield ast.Call(func, swapped, keywords)
    for i in range(len(args)):
        if len(args) + len(keywords) > 1:
            yield ast.Call(func, args[:i] + args[i + 1 :], keywords)
    for i in range(len(keywords)):
        yield ast.Call(func, args, keywords[:i] + keywords[i + 1 :])
    if name == "range" and len(args) == 1:
        yield _code(f"range(1, {ast.unparse(args[0])})")
        yield _code(f"range({ast.unparse(args[0])} - 1)")
        yield _code(f"reversed(range({ast.unparse(args[0])}))")


def _constant(node: ast.Constant, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node.value, float):
        yield from (ast.Constant(node.value * 2), ast.Constant(int(node.value)))


def _name(node: ast.Name, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load):
        return
    for other in NAMES.get(node.id, ()):
        yield ast.Name(other, ast.Load())
    if node.id in names:
        yield from (ast.Name(n, ast.Load()) for n in names if n != node.id)


def _attribute(node: ast.Attribute, names: tuple[str, ...]) -> Iterator[ast.AST]:
    for other in NAMES.get(node.attr, ()):
        yield ast.Attribute(node.value, other, node.ctx)
    for old, new in (("_ih_", "_hh_"), ("w_x", "w_h"), ("b_n", "b")):
        for one, two in ((old, new), (new, old)):
            if one == node.attr or (len(one) > 3 and one in node.attr):
                yield ast.Attribute(node.value, node.attr.replace(one, two), node.ctx)
    if node.attr == "T":
        yield node.value


def _subscript(node: ast.Subscript, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load):
        return
    yield node.value
    index = node.slice
    if isinstance(index, ast.Tuple) and len(index.elts) > 1:
        for i in range(len(index.elts) - 1):
            elts = list(index.elts)
            elts[i], elts[i + 1] = elts[i + 1], elts[i]
            yield ast.Subscript(node.value, ast.Tuple(elts, ast.Load()), node.ctx)


def _slice(node: ast.Slice, names: tuple[str, ...]) -> Iterator[ast.AST]:
    lower, upper, step = node.lower, node.upper, node.step
    if lower is None and step is None:
        yield ast.Slice(ast.Constant(1), upper, step)
    if upper is None and step is None:
        yield ast.Slice(lower, ast.Constant(-1), step)
    for parts in ((None, upper, step), (lower, None, step), (lower, upper, None)):
        if parts != (lower, upper, step):
            yield ast.Slice(*parts)


def _several(node: ast.List | ast.Tuple, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if not isinstance(node.ctx, ast.Load) or not 1 < len(node.elts) < 9:
        return
    for i in range(len(node.elts) - 1):
        elts = list(node.elts)
        elts[i], elts[i + 1] = elts[i + 1], elts[i]
        yield type(node)(elts, node.ctx)
    for i in range(len(node.elts)):
        yield type(node)(node.elts[:i] + node.elts[i + 1 :], node.ctx)


def _assign(node: ast.Assign, names: tuple[str, ...]) -> Iterator[ast.AST]:
    yield ast.Pass()
    if isinstance(node.targets[0], ast.Tuple):
        elts = node.targets[0].elts
        if len(elts) > 1 and not any(isinstance(e, ast.Starred) for e in elts):
            turned = ast.Tuple([elts[1], elts[0], *elts[2:]], ast.Store())
            yield ast.Assign([turned], node.value)
    else:
        yield ast.AugAssign(node.targets[0], ast.Add(), node.value)


def _augmented(node: ast.AugAssign, names: tuple[str, ...]) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.Assign([node.target], node.value)
    if isinstance(node.op, ast.Add):
        yield ast.AugAssign(node.target, ast.Sub(), node.value)


def _returned(node: ast.Return, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if node.value is None:
        return
    if isinstance(node.value, ast.Tuple):  # one part of it at a time
        for i, part in enumerate(node.value.elts):
            # A tuple of whole numbers as an array of whole numbers is no mistake.
            some = RETURNS[:3] if isinstance(part, ast.Tuple) else RETURNS[:4]
            for new in some:
                elts = list(node.value.elts)
                elts[i] = _code(new.format(ast.unparse(part)))
                yield ast.Return(ast.Tuple(elts, ast.Load()))
        yield ast.Return(_code("None"))
    else:
        for new in RETURNS:
            yield ast.Return(_code(new.format(ast.unparse(node.value))))


def _condition(node: ast.If | ast.IfExp, names: tuple[str, ...]) -> Iterator[ast.AST]:
    for test in (
        ast.UnaryOp(ast.Not(), node.test),
        ast.Constant(True),
        ast.Constant(False),
    ):
        new = type(node)(test, node.body, node.orelse)
        yield new


def _unary(node: ast.UnaryOp, names: tuple[str, ...]) -> Iterator[ast.AST]:
    yield node.operand


def _statement(node: ast.Expr, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if not isinstance(node.value, ast.Constant):
        yield ast.Pass()


WAYS = {
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.List: _several,
    ast.Tuple: _several,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.Return: _returned,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.UnaryOp: _unary,
    ast.Expr: _statement,
}


def _code(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
