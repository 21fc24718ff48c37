"""Draw a formula as inline SVG, for places where a notebook typesets none."""

import html
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SIZE, EDGE = 13, 1  # of the letters and of the margin, in the drawing's own unit


@cache
def svg(tex: str) -> str:
    """Return the drawing of a TeX formula, in the text's color, size and baseline.

    JupyterLab 4 no longer typesets what a script inserts into a page, so a quiz brings
    its formulas drawn. matplotlib draws them; what it cannot read raises ValueError.
    """
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    try:
        path = TextPath((0, 0), f"${tex}$", size=SIZE)
    except ValueError as error:
        raise ValueError(
            f"The formula `{tex}` cannot be drawn ({str(error).splitlines()[-1]}). "
            "Write it with what matplotlib's mathtext knows."
        ) from None
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
    outline = "".join(
        letters[code] + _coordinates(points) if code in letters else "Z"
        for points, code in path.iter_segments(simplify=False)
    )
    box = path.get_extents()
    width, height = box.width + 2 * EDGE, box.height + 2 * EDGE
    wide, high, low = (f"{x / SIZE:.3f}em" for x in (width, height, box.y0 - EDGE))
    label = html.escape(tex).replace("[", "&#91;")  # or jupyterquiz may see a link
    return (
        f'<svg role="img" aria-label="{label}" '
        f'style="display: inline; max-width: none; vertical-align: {low}" '
        f'width="{wide}" height="{high}" '
        f'viewBox="{box.x0 - EDGE:.2f} {-box.y1 - EDGE:.2f} {width:.2f} {height:.2f}">'
        f'<path fill="currentColor" d="{outline}"/></svg>'
    )


def _coordinates(points: "np.ndarray") -> str:
    return " ".join(f"{x:.2f} {-y:.2f}" for x, y in points.reshape(-1, 2))
