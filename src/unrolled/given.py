"""Checks of what was given: whole numbers that count something, random generators."""

from typing import Any


def count(name: str, value: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`; 20.0 is one, 2.5 and "20" are not.

    Raises ValueError that names the argument, what was given and what was expected.
    """
    try:
        whole = int(value) if value == int(value) else None
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or isinstance(value, bool) or whole < least:
        raise ValueError(
            f"{name}={value!r} was given; it must be a whole number, {least} or more."
        )
    return whole


def generator(rng: Any) -> Any:
    """Return a NumPy generator as it is; raises ValueError for a seed, say."""
    if not hasattr(rng, "uniform"):
        raise ValueError(
            f"rng={rng!r} was given; it must be a random generator: "
            f"np.random.default_rng({rng if isinstance(rng, int) else 0})."
        )
    return rng
