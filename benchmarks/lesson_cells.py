"""What cells of a lesson define, so that a benchmark measures the lesson's own."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def defined(unit: str, track: str, *names: str) -> dict:
    """Return the names that some cells of a unit's lesson define, and their values.

    Raises ValueError if the lesson has no cell of one of the `names`.
    """
    sys.path.insert(0, str(ROOT / "tools"))
    import source

    path = ROOT / "lessons" / unit / "lesson.py"
    cells = [c for c in source.read(path).cells(track) if c.name in names]
    if lacking := sorted(set(names) - {cell.name for cell in cells}):
        raise ValueError(
            f"The lesson of {unit} has no cell {lacking[0]!r} in {track}: was it given "
            "another name?"
        )
    scope: dict = {}
    for cell in cells:
        exec(compile(cell.source, cell.name, "exec"), scope)
    return scope
