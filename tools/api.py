"""Write docs/api.md from the docstrings: every public name of the package.

    python tools/api.py     writes the page; a test compares

Public is what a module's `__all__` names, or else what it defines without underscore.
"""

import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

COURSE = Path(__file__).resolve().parents[1]
PAGE = COURSE / "docs" / "api.md"

# A module, and which of its names are public where it does not say so itself.
MODULES: dict[str, tuple[str, ...]] = {
    "backends.pytorch": (),
    "backends.shared": ("History", "Run"),
    "data": (),
    "text": (),
    "batches": (),
    "baselines": (),
    "metrics": (),
    "cells": (),
    "models": (),
    "tunes": (),
    "plot": (),
    "ledger": (),
    "course": (),
    "capstone": (),
    "quiz": (),
    "check": (),
}
HEAD = """\
# The package, name by name

Every public name of `unrolled`, with what it takes, returns and raises. The page is
written from the docstrings by `python tools/api.py`, and a test compares the two.
[your-own-data.md](your-own-data.md) shows the names at work.

"""
BACKENDS = """\
In TensorFlow it is `from unrolled.backends import tensorflow as ur`: the same names,
signatures and meanings.

"""


def names(module: ModuleType) -> list[str]:
    """Return the public names of a module, in the order in which it lists them."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    ]


def entry(name: str, value: Any) -> str:
    """Return what the page says of one name, and of a class's own methods."""
    if not callable(value):
        return f"### `{name}`\n\n`{value!r}`\n\n"
    said = f"### `{call(name, value)}`\n\n{markdown(value)}\n\n"
    if not inspect.isclass(value):
        return said
    for method, found in sorted(vars(value).items()):
        shown = getattr(found, "__func__", found)  # what a classmethod wraps
        if isinstance(found, property):
            said += f"- `.{method}`: {markdown(found.fget, '  ')}\n"
        elif not method.startswith("_") and inspect.isfunction(shown):
            said += f"- `.{call(method, getattr(value, method))}`: "
            said += markdown(shown, "  ") + "\n"
    return said.rstrip() + "\n\n"


def call(name: str, value: Any) -> str:
    """Return a name with its parameters and their defaults, without types."""
    try:
        signature = inspect.signature(value)
    except ValueError:
        return name
    bare = inspect.Parameter.empty
    kept = [p.replace(annotation=bare) for p in signature.parameters.values()]
    shown = str(inspect.Signature([p for p in kept if p.name != "self"]))
    return name + re.sub(r"<class '([\w.]+)'>", r"\1", shown)


def markdown(value: Any, indent: str = "") -> str:
    """Return a docstring as Markdown: an example in it becomes a block of code."""
    text = inspect.getdoc(value) or ""
    parts = []
    for part in re.split(r"\n\n+", text):
        if part.startswith("    "):
            part = "```\n" + inspect.cleandoc(part) + "\n```"
        else:
            part = re.sub(r"(`[^`]*`)|([<*])", lambda m: m[1] or "\\" + m[2], part)
        parts.append(part)
    return (
        "\n\n".join(parts).replace("\n", "\n" + indent).replace(f"\n{indent}\n", "\n\n")
    )


def page() -> str:
    """Return the page."""
    said = HEAD
    for place in MODULES:
        module = importlib.import_module(f"unrolled.{place}")
        said += f"## `unrolled.{place}`\n\n{markdown(module)}\n\n"
        said += BACKENDS if place.startswith("backends") else ""
        for name in MODULES[place] or names(module):
            said += entry(name, getattr(module, name))
    return said.rstrip() + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(COURSE / "src"))
    PAGE.write_text(page(), "utf-8")
