"""Whether a split leaks: what is known of one part and tells something of another.

Three ways are looked for: a row that stands in two parts, a row whose content stands
in another part, and parts that are not apart in time, or share a group.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

NAMES = ("train", "choose", "test")


class Leak(ValueError):
    """A split in which one part tells something of another; a sentence says what."""


def rows(name: str, given: Any, n: int) -> np.ndarray:
    """Return the row numbers (m,) of one part; a mask (n,) becomes its numbers.

    Raises ValueError when it is empty, holds no whole numbers, or leaves 0 to n - 1.
    """
    given = np.asarray(given)
    if given.dtype == bool and given.shape == (n,):
        given = np.flatnonzero(given)
    if given.ndim != 1 or not given.size or given.dtype.kind not in "iu":
        raise ValueError(
            f"The part `{name}` must be a list of row numbers, or True and False for "
            f"each of the {n} rows; an array of shape {given.shape} and type "
            f"{given.dtype} was given."
        )
    if given.min() < 0 or given.max() >= n:
        wrong = given.min() if given.min() < 0 else given.max()
        raise ValueError(
            f"The part `{name}` names row {wrong}, and `contents` has the rows 0 to "
            f"{n - 1}."
        )
    return given.astype(np.int64)


def together(groups: Any, shares: Sequence[float], rng: np.random.Generator) -> list:
    """Return the row numbers of three parts in which each group is in one alone.

    groups: (n,) of any comparable type. shares: of train, choose and test, which add
    up to 1; they are met in groups, not in rows.
    """
    names, of_row = np.unique(np.asarray(groups), return_inverse=True)
    cuts = np.round(np.cumsum(shares)[:-1] * len(names)).astype(int)
    parts = np.split(rng.permutation(len(names)), cuts)
    return [np.flatnonzero(np.isin(of_row, part)) for part in parts]


def refuse_leaks(
    parts: dict[str, np.ndarray], contents: Any, time: Any = None, group: Any = None
) -> str:
    """Return how the parts are apart, "by time" or "by group"; raises Leak.

    parts: {name: (m,) row numbers}, in order of time. contents: what each row holds,
    one item for each. time: (n,) when each row's target was, or (n, 2) from when to
    when its targets reach. group: (n,) whose a row is. Raises ValueError where neither
    or both of them are given, or have another length than `contents`.
    """
    if (time is None) == (group is None):
        raise ValueError(
            "Say how the parts are kept apart: either `time=`, the moment of each "
            "row's target, or `group=`, whose each row is (the speaker, the author, "
            "the piece). Rows that are dealt out at random can leak."
        )
    _refuse_shared_rows(parts)
    way = "time" if group is None else "group"
    given = np.asarray(time if group is None else group)
    if len(given) != len(contents):
        raise ValueError(
            f"`{way}` has {len(given)} items and `contents` {len(contents)} rows; each "
            "row needs one."
        )
    _refuse_times(parts, given) if way == "time" else _refuse_groups(parts, given)
    _refuse_copies(parts, contents)
    return f"by {way}"


def _refuse_shared_rows(parts: dict[str, np.ndarray]) -> None:
    for one, other in itertools.combinations(parts, 2):
        both = np.intersect1d(parts[one], parts[other])
        if both.size:
            raise Leak(
                f"Row {both[0]} stands in `{one}` and in `{other}` (such rows: "
                f"{both.size}). A row belongs to one part."
            )


def _refuse_times(parts: dict[str, np.ndarray], time: np.ndarray) -> None:
    time = time[:, None] if time.ndim == 1 else time
    for early, late in itertools.pairwise(parts):
        last, first = time[parts[early]].max(), time[parts[late]].min()
        if not last < first:  # what is no number is before nothing
            raise Leak(
                f"`{early}` reaches to {last}, and `{late}` begins at {first}. Every "
                f"target of `{early}` must lie before the first of `{late}`: cut the "
                "series in order of time, and leave out rows whose targets reach over "
                "the cut."
            )


def _refuse_groups(parts: dict[str, np.ndarray], group: np.ndarray) -> None:
    for one, other in itertools.combinations(parts, 2):
        both = np.intersect1d(group[parts[one]], group[parts[other]])
        if both.size:
            raise Leak(
                f"The group {both[0]} stands in `{one}` and in `{other}` (such groups: "
                f"{both.size}). All rows of a group belong to one part; "
                "`capstone.together` deals groups out."
            )


def _refuse_copies(parts: dict[str, np.ndarray], contents: Any) -> None:
    where: dict[Any, tuple[str, int]] = {}
    for name, members in parts.items():
        for row in members:
            part, first = where.setdefault(_key(contents[row]), (name, row))
            if part != name:
                raise Leak(
                    f"Row {row} of `{name}` holds the same as row {first} of `{part}`. "
                    "Whoever learned the one knows the other: keep one copy of each."
                )


def _key(content: Any) -> Any:
    """Return something hashable that two rows share only if they hold the same."""
    if isinstance(content, str | bytes):
        return content
    if isinstance(content, tuple | list) and not all(np.isscalar(c) for c in content):
        return tuple(_key(one) for one in content)
    array = np.asarray(content)
    return array.shape, array.tobytes()
