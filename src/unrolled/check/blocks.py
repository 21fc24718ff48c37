"""Which of the blocks that lie side by side, as gates do, are wrong or out of order.

`blocks` names them for some outputs, `{"d_b": "i f g o"}`; they lie along the first or
the last axis, whichever fits.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from unrolled.check.values import listed, parts, same, shape


def by_block(
    given: Any, expected: Any, outputs: Sequence[str], blocks: dict[str, str]
) -> str:
    """Return a sentence about which blocks of the outputs are wrong.

    It begins with a space. Nothing is said if all blocks are wrong, or none.
    """
    wrong: dict[str, bool] = {}
    for _, labels, ways in _split(given, expected, outputs, blocks):
        judged = [
            [not same(a, b, 1e-4) for a, b in zip(*way, strict=True)] for way in ways
        ]
        for label, is_wrong in zip(labels, min(judged, key=sum), strict=True):
            wrong[label] = wrong.get(label, False) or is_wrong
    bad = [label for label, is_wrong in wrong.items() if is_wrong]
    good = [label for label in wrong if label not in bad]
    if not bad or not good:
        return ""
    return f" By blocks: {listed(good)} right, {listed(bad)} wrong."


def moved(
    given: Any,
    expected: Any,
    tolerance: float,
    outputs: Sequence[str],
    blocks: dict[str, str],
) -> str | None:
    """Return a sentence if all is right but for the order of the blocks.

    Returns "" if that does not explain it, None if there is nothing to explain.
    """
    if same(given, expected, tolerance):
        return None
    found, right = _named(given, outputs), _named(expected, outputs)
    orders: dict[tuple, list[str]] = {}
    for name, labels, ways in _split(given, expected, outputs, blocks):
        if not same(found[name], right[name], tolerance):
            told = [order for way in ways if (order := _order(*way, tolerance))]
            if not told:
                return ""
            order = ", ".join(labels[k] for k in told[0])
            orders.setdefault((order, ", ".join(labels)), []).append(f"`{name}`")
    told = {name.strip("`") for names in orders.values() for name in names}
    if found.keys() != right.keys() or not all(
        name in told or same(found[name], right[name], tolerance) for name in right
    ):
        return ""
    return " ".join(
        f"In {' and '.join(names)} every block is right, but they stand in the order "
        f"{order}; expected {wanted}."
        for (order, wanted), names in orders.items()
    )


def _order(given: list, expected: list, tolerance: float) -> list[int] | None:
    """Return which expected block stands in each place, if each stands in one."""
    found = [
        [k for k, b in enumerate(expected) if same(a, b, tolerance)] for a in given
    ]
    order = [places[0] for places in found if len(places) == 1]
    return order if len(set(order)) == len(expected) else None


def _split(
    given: Any, expected: Any, outputs: Sequence[str], blocks: dict[str, str]
) -> Iterator[tuple[str, list[str], list[tuple[list, list]]]]:
    """Yield an output's name, its labels, and given and expected blocks each way."""
    found, right = _named(given, outputs), _named(expected, outputs)
    for name, text in blocks.items():
        if name not in found or name not in right:
            continue
        labels, size = text.split(), np.shape(right[name])
        if shape(found[name]) != size:
            continue
        axes = [k for k in {0, len(size) - 1} if size[k] % len(labels) == 0]
        pair = np.asarray(found[name]), np.asarray(right[name])
        ways = [tuple(np.split(a, len(labels), axis=k) for a in pair) for k in axes]
        yield name, labels, ways


def _named(value: Any, outputs: Sequence[str]) -> dict[Any, Any]:
    """Return the parts of a value by the names of the outputs."""
    if isinstance(value, tuple | list) and len(value) == len(outputs):
        return dict(zip(outputs, value, strict=True))
    return parts(value)
