"""The map of the house: what every file of the package and of the tools is for.

python tools/quality/house.py     writes the map into docs/architecture.md
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/architecture.md"
ROOMS = ("src/unrolled", "tools")
sys.path.insert(0, str(ROOT / "tools"))
import pages  # noqa: E402


def tree(root: Path = ROOT) -> str:
    """Return the map: each folder, and in it each file with what it says of itself."""
    return "\n".join(line for room in ROOMS for line in _room(root / room, root))


def imports(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield the dotted names that a file of the package takes from the package."""
    here = path.relative_to(root / "src").with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("unrolled"))
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            if module.startswith("unrolled"):
                yield module
                yield from (f"{module}.{a.name}" for a in node.names)


def _room(folder: Path, root: Path) -> Iterator[str]:
    name = folder.relative_to(root).as_posix()
    yield f"\n**`{name}/`** {_said(folder / '__init__.py')}".rstrip() + "\n"
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            yield f"- `{path.name}`: {_said(path)}"
    for inner in sorted(p for p in folder.iterdir() if p.is_dir()):
        if inner.name != "template" and any(inner.glob("*.py")):
            yield from _room(inner, root)


def _said(path: Path) -> str:
    """Return the first sentence of a file's docstring."""
    if not path.exists():
        return ""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def filled(page: str) -> str:
    """Return the page with the map of today."""
    return pages.fill(page, "map", tree())


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
