"""Run a notebook source as an ordinary script: no Jupyter, no jupytext, no IPython."""

import ast
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType

from unrolled.source.layout import TRACKS
from unrolled.source.percent import CodeCell, cells

__all__ = ["TRACKS", "CellFailed", "CodeCell", "cells", "run"]


class CellFailed(Exception):
    """A cell of a source that raised; the message names file, line and cell."""


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
