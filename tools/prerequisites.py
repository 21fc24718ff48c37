"""The drawing of which unit needs which, made of what the units' pages say."""

import textwrap
from html import escape

import teaching
from unit import Unit

WIDE, HIGH, DOWN, EDGE = 180, 42, 74, 10  # of a box and a row, in pixels
GAP, LINE, LETTERS = 16, 12, 24  # between boxes; for a line beside them; of a row
STYLE = "font: 13px sans-serif"


def graph(units: list[Unit]) -> dict[str, list[str]]:
    """Return what each unit needs, by number, without what follows from the rest.

    Unit 05 needs 02, 03 and 04; as 04 needs 03, and 03 needs 02, only 04 is left.
    Raises ValueError where units need each other, or one that there is not.
    """
    whole = {unit.name[:2]: teaching.needs(unit) for unit in units}
    behind: dict[str, set[str]] = {}
    for name in whole:
        _behind(name, whole, behind, ())
    return {
        name: [a for a in near if not any(a in behind[b] for b in near)]
        for name, near in whole.items()
    }


def _behind(name: str, whole: dict, behind: dict, way: tuple) -> set[str]:
    if name in way:
        circle = ", ".join((*way, name))
        raise ValueError(f"Units {circle} need each other, in a circle.")
    if name not in whole:
        raise ValueError(f"Unit {way[-1]} needs unit {name}, which there is not.")
    if name not in behind:
        found = [_behind(a, whole, behind, (*way, name)) | {a} for a in whole[name]]
        behind[name] = set().union(*found)
    return behind[name]


def depths(edges: dict[str, list[str]]) -> dict[str, int]:
    """Return the row of each unit: one below the lowest that it needs."""
    rows: dict[str, int] = {}
    while len(rows) < len(edges):
        for name, near in edges.items():
            if all(a in rows for a in near):
                rows[name] = 1 + max((rows[a] for a in near), default=-1)
    return rows


def places(edges: dict[str, list[str]]) -> dict[str, dict[int, int]]:
    """Return where each unit, and each line on its way down, is: {name: {row: x}}.

    `x` is the middle, in pixels from the left. A line that passes rows has a place of
    its own in each, between the boxes; it is named as in `11-16`.
    """
    rows = depths(edges)
    found: dict[str, dict[int, int]] = {name: {} for name in edges}
    for row in range(1 + max(rows.values())):
        wanted = {}
        for name, near in edges.items():
            if rows[name] == row:
                above = [_above(found, a, name, row) for a in near]
                wanted[name] = sum(above) / len(above) if above else 0
            for a in near:
                if rows[a] < row < rows[name]:
                    wanted[f"{a}-{name}"] = _above(found, a, name, row)
        right = EDGE - GAP
        # Beside each other as what they need is, so that few lines cross.
        for name in sorted(wanted, key=lambda name: (wanted[name], "-" in name, name)):
            half = (LINE if "-" in name else WIDE) // 2
            middle = max(right + GAP + half, round(wanted[name]))
            found.setdefault(name, {})[row] = middle
            right = middle + half
    return found


def _above(found: dict, a: str, name: str, row: int) -> int:
    """Return where the line from unit `a` to unit `name` is in the row above `row`."""
    line = found.get(f"{a}-{name}", {})
    return line[row - 1] if row - 1 in line else next(iter(found[a].values()))


def svg(units: list[Unit]) -> str:
    """Return the drawing: a box for each unit, a line down from each that it needs."""
    edges = graph(units)
    rows, found = depths(edges), places(edges)
    middle = {name: found[name][row] for name, row in rows.items()}
    wide = EDGE + WIDE // 2 + max(max(at.values()) for at in found.values())
    high = 2 * EDGE + max(rows.values()) * DOWN + HIGH
    parts = [f'<rect width="{wide}" height="{high}" fill="#fff"/>']
    for name, near in edges.items():
        for a in near:
            way = [f"M{middle[a]} {_top(rows[a]) + HIGH}"]
            for row, x in sorted(found.get(f"{a}-{name}", {}).items()):
                way.append(f"L{x} {_top(row)} L{x} {_top(row) + HIGH}")
            way.append(f"L{middle[name]} {_top(rows[name])}")
            parts.append(
                f'<path d="{" ".join(way)}" stroke="#555" stroke-width="1.5" '
                'fill="none"/>'
            )
    for unit in units:
        name = unit.name[:2]
        x, y = middle[name] - WIDE // 2, _top(rows[name])
        parts.append(
            f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="5" '
            'fill="#eef3f8" stroke="#34618c"/>'
        )
        lines = textwrap.wrap(f"{name} {unit.title}", LETTERS)
        first = y + HIGH // 2 + 5 - 8 * (len(lines) - 1)
        parts += [
            f'<text x="{x + 10}" y="{first + 16 * k}" fill="#111">{escape(line)}</text>'
            for k, line in enumerate(lines)
        ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
    size = f'width="{wide}" height="{high}" style="{STYLE}">'
    return "\n".join([head + size, *parts, "</svg>"]) + "\n"


def _top(row: int) -> int:
    return EDGE + row * DOWN
