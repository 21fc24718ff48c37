"""What a used layer still holds, where an answer was to load something into it.

Such a layer is given with one number everywhere. What still holds it was not loaded.
"""

from typing import Any

import numpy as np

from unrolled.check.values import parts, same, shape


def left(pairs: list[tuple[Any, Any]], before: float) -> str:
    """Return a sentence about what is left of a layer, or nothing.

    `pairs` are what it holds and what it should hold, in each case. PyTorch has two
    biases: what is left of both adds up.
    """
    names = [name for name, right in parts(pairs[0][1]).items() if np.ndim(right)]
    told = {
        name: [(parts(a).get(name), parts(b)[name]) for a, b in pairs] for name in names
    }
    held = [
        f"`{name}`"
        for name, several in told.items()
        if all(np.isin(given, (before, 2 * before)).all() for given, _ in several)
    ]
    if held:
        where = "everywhere" if len(held) == len(names) else f"in {' and '.join(held)}"
        return (
            f"Nothing was loaded: the layer still holds its old {before:g} {where}. "
            "Change the layer's own weights in place; a new name or a copy does not "
            "reach it."
        )
    for name, several in told.items():
        if all(shape(a) == b.shape and same(a, b + before, 1e-5) for a, b in several):
            return (
                f"In `{name}` a second bias still holds its old {before:g}. PyTorch "
                "adds `bias_ih_l0` and `bias_hh_l0`: set the one you do not need to "
                "zero."
            )
    return ""
