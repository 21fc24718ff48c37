"""The drawing of which unit needs which, made of what the units' pages say."""

from html import escape

import teaching
from unit import Unit

WIDE, HIGH, ACROSS, DOWN, EDGE = 270, 34, 290, 58, 10  # in pixels
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


def svg(units: list[Unit]) -> str:
    """Return the drawing: a box for each unit, a line down from each that it needs."""
    edges = graph(units)
    rows = depths(edges)
    lanes: dict[str, int] = {}
    for row in range(1 + max(rows.values())):
        # Beside each other as what they need is, so that few lines cross.
        names = [name for name in edges if rows[name] == row]
        names.sort(key=lambda name: [lanes[a] for a in edges[name]])
        lanes |= {name: lane for lane, name in enumerate(names)}
    corner = {
        name: (EDGE + lanes[name] * ACROSS, EDGE + row * DOWN)
        for name, row in rows.items()
    }
    wide = 2 * EDGE + max(lanes.values()) * ACROSS + WIDE
    high = 2 * EDGE + max(rows.values()) * DOWN + HIGH
    parts = [f'<rect width="{wide}" height="{high}" fill="#fff"/>']
    for name, near in edges.items():
        (x, y), half = corner[name], WIDE // 2
        for a in near:
            x0, y0 = corner[a]
            parts.append(
                f'<path d="M{x0 + half} {y0 + HIGH} L{x + half} {y}" stroke="#555" '
                'stroke-width="1.5" fill="none"/>'
            )
    for unit in units:
        x, y = corner[unit.name[:2]]
        parts.append(
            f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="5" '
            'fill="#eef3f8" stroke="#34618c"/>'
            f'<text x="{x + 10}" y="{y + 22}" fill="#111">{unit.name[:2]} '
            f"{escape(unit.title)}</text>"
        )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
    size = f'width="{wide}" height="{high}" style="{STYLE}">'
    return "\n".join([head + size, *parts, "</svg>"]) + "\n"
