"""Run a notebook source as an ordinary script: no Jupyter, no jupytext, no IPython."""

import ast
import os
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

HEADER = re.compile(r"# %%(?P<mark>.*)$")
TRACKS = ("pytorch", "tensorflow")


class CellFailed(Exception):
    """A cell of a source that raised; the message names file, line and cell."""


@dataclass(frozen=True)
class CodeCell:
    """A code cell of a source; `line` is the line in the file where its code starts."""

    name: str
    line: int
    code: str


def cells(path: Path, track: str, without: str = "") -> Iterator[CodeCell]:
    """Yield the code cells of one track, in order, but for those tagged `without`.

    This reads only what running needs; tools/source.py validates a source.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines) if HEADER.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        mark = HEADER.match(lines[start])["mark"]
        listed = re.search(r"tags=\[(.*?)\]", mark)
        tags = re.findall(r'"([^"]+)"', listed[1]) if listed else []
        name = re.split(r"\s+(?:\[|\w+=)", mark.strip())[0]
        others = set(TRACKS) - {track}
        if "[markdown]" not in mark and not others & set(tags) | {without} & set(tags):
            code = "\n".join(lines[start + 1 : end])
            yield CodeCell(name, start + 2, code)


def run(path: Path, track: str, without: str = "") -> None:
    """Run the code cells of one track in this process, in the folder of the source.

    Cells tagged `without` are left out. Like Jupyter, it prints the value of a cell's
    last expression. Figures are drawn but not shown. Raises CellFailed at the first
    cell that fails.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ.setdefault("UNROLLED_STATIC", "1")
    module = ModuleType("__main__")
    module.__file__ = str(path)
    # Pickling and dataclasses look a class's module up by its name.
    sys.modules["__main__"] = module
    os.chdir(path.parent)
    for cell in cells(path, track, without):
        try:
            _run_cell(cell, path, module.__dict__)
        except Exception as error:
            raise CellFailed(_told(cell, path, error)) from error


def _run_cell(cell: CodeCell, path: Path, namespace: dict) -> None:
    # Blank lines in front give every line its number in the file.
    tree = ast.parse("\n" * (cell.line - 1) + cell.code, filename=str(path))
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        if not cell.code.rstrip().endswith(";"):
            last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, str(path), "exec"), namespace)
    if last is not None:
        value = eval(compile(last, str(path), "eval"), namespace)
        if value is not None:
            print(repr(value))


def _told(cell: CodeCell, path: Path, error: Exception) -> str:
    """Return `file, line N, cell name: error` with the line itself."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = [f.lineno for f in frames if f.filename == str(path)][-1]
    text = path.read_text(encoding="utf-8").splitlines()[line - 1].strip()
    where = f"{path.parent.name}/{path.name}, line {line}, cell `{cell.name}`"
    return f"{where}: {type(error).__name__}: {error}\n    {text}"
