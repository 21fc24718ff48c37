"""Small errors, made mechanically in a right answer, to see which ones a check misses.

python tests/mutants.py UNIT EXERCISE...     prints the mutants that were let through
"""

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import source
from unrolled import check, course
from unrolled.values import plain, same

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
FUNCTIONS = {"tanh": ("sin", "arctan"), "zeros": ("ones",), "stack": ("concatenate",)}


def solution(unit: str, exercise: str, track: str = "pytorch") -> str:
    """Return the source of an exercise's solution cell."""
    assignment = source.read(course.unit_folder(unit) / "assignment.py")
    return next(c.source for c in assignment.cells(track) if c.name == exercise)


def mutants(code: str) -> list[str]:
    """Return versions of the code that differ from it in one place each."""
    tree = ast.parse(code)
    names = [arg.arg for arg in tree.body[0].args.args]
    found = []
    for node in list(ast.walk(tree)):
        for field, old in ast.iter_fields(node):
            if isinstance(old, list):
                places = [(old, i, child) for i, child in enumerate(old)]
            else:
                places = [(vars(node), field, old)]
            for holder, key, child in places:
                for new in _instead(child, names):
                    holder[key] = new
                    found.append(ast.unparse(ast.fix_missing_locations(tree)))
                    holder[key] = child
    return [m for m in dict.fromkeys(found) if m != ast.unparse(tree)]


def _instead(node: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """Yield what could stand in a node's place by mistake."""
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)  # a term is dropped
        yield ast.BinOp(node.right, node.op, node.left)
        for operator in OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, operator(), node.right)
    elif isinstance(node, ast.Call):
        yield from node.args  # the call is dropped
        for i in range(len(node.args) - 1):
            args = list(node.args)
            args[i], args[i + 1] = args[i + 1], args[i]
            yield ast.Call(node.func, args, node.keywords)
        if node.keywords:
            yield ast.Call(node.func, node.args, [])
        for name in FUNCTIONS.get(getattr(node.func, "attr", ""), ()):
            func = ast.Attribute(node.func.value, name, ast.Load())
            yield ast.Call(func, node.args, node.keywords)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in names:
            yield from (ast.Name(n, ast.Load()) for n in names if n != node.id)
            yield ast.Attribute(node, "T", ast.Load())
        yield _code(f"{node.id} - 1")
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) == 2:
        if isinstance(node.ctx, ast.Load):
            yield type(node)(node.elts[::-1], node.ctx)
            yield node.elts[1]
    elif isinstance(node, ast.Assign | ast.Expr):
        yield ast.Pass()
        if isinstance(node, ast.Assign):
            yield ast.AugAssign(node.targets[0], ast.Add(), node.value)
    elif isinstance(node, ast.Return):
        text = ast.unparse(node.value)
        for new in ("-({})", "({}) + 1", "np.asarray({}).astype(int)", "np.abs({})"):
            yield ast.Return(_code(new.format(text)))
        yield ast.Return(_code(f"np.round({text}, 3)"))
        yield ast.Return(_code("None"))


def _code(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def survivors(judge: check.Check, code: str, scope: dict) -> tuple[list[str], int]:
    """Return the wrong mutants that a check lets through, and how many were wrong.

    Wrong is a mutant that gives another value than the code does, on inputs that are
    not the check's own, or that changes them.
    """
    right = _function(judge.name, code, scope)
    others = [judge.draw(np.random.default_rng(99), i) for i in range(judge.cases)]
    found, wrong = [], 0
    with np.errstate(all="ignore"):
        for mutant in mutants(code):
            answer = _function(judge.name, mutant, scope)
            if all(Result(answer, o) == Result(right, o) for o in others):
                continue
            wrong += 1
            try:
                with redirect_stdout(StringIO()):
                    judge(answer)
            except check.NotYet:
                continue
            found.append(mutant)
    return found, wrong


def _function(name: str, code: str, scope: dict) -> Callable:
    own = dict(scope)
    exec(compile(code, f"<{name}>", "exec"), own)
    return own[name]


class Result:
    """What a function gives, and leaves of its inputs; equal up to rounding."""

    def __init__(self, function: Callable, inputs: dict) -> None:
        inputs = copy.deepcopy(inputs)
        try:
            self.value = plain([function(*inputs.values()), *inputs.values()])
        except Exception as error:
            self.value = type(error).__name__

    def __eq__(self, other: object) -> bool:
        return same(self.value, other.value, 1e-6)


def main(unit: str, *exercises: str) -> list[str]:
    """Print every survivor and the score of each exercise; return the survivors."""
    scope = {"np": np}
    everything = []
    for name in exercises:
        code = solution(unit, name)
        found, wrong = survivors(getattr(check.unit(unit), name), code, scope)
        print(f"{name}: {wrong - len(found)} of {wrong} wrong mutants are refused")
        for mutant in found:
            print(f"--- let through:\n{mutant}")
        everything += found
        exec(code, scope)  # a later answer may call an earlier one
    return everything


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
