"""Sentences about differences of a well-known form: a sign, a factor, a lag."""

import numpy as np

from unrolled.check.values import same


def pattern(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    """Return a sentence about how two arrays of one shape differ, or nothing.

    It begins with a space, so that it can be put behind another sentence.
    """
    if given.dtype.kind == "b" or not np.issubdtype(expected.dtype, np.number):
        return ""
    if given.dtype.kind in "iu" and expected.dtype.kind == "f":
        if same(given, np.trunc(expected), tolerance):
            return (
                " Your array holds whole numbers, which cut the fractions off: make "
                "it with `dtype=float`."
            )
    if same(-given, expected, tolerance):
        return " Every sign is turned round."
    # A few whole numbers are equal by chance.
    many = expected.size > (2 if given.dtype.kind == "f" else 7)
    alike = [many and np.allclose(a, a.flat[0]) for a in (given, expected)]
    if alike == [True, False]:
        return " All your values are the same: it looks as if the inputs are not used."
    return (
        _at_zeros(given, expected, tolerance)
        or _made_of_it(given, expected, tolerance)
        or _by_an_amount(given, expected)
        or _along_an_axis(given, expected, tolerance)
        or _close(given, expected)
    )


MADE = {  # of the right value, by a step too many or one that is missing
    "in bits, divided by ln 2": lambda right: right / np.log(2),
    "multiplied by ln 2": lambda right: right * np.log(2),
    "as an exponent: e to its power": np.exp,
    "squared": np.square,
    "under a root": np.sqrt,
}


def _made_of_it(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    if "f" not in (
        given.dtype.kind,
        expected.dtype.kind,
    ):  # of whole numbers, by chance
        return ""
    with np.errstate(all="ignore"):
        for how, made in MADE.items():
            if same(given, made(expected), tolerance):
                return f" That is the right value {how}."
    return ""


def _by_an_amount(given: np.ndarray, expected: np.ndarray) -> str:
    steps = given - expected
    if expected.size > 2 and np.allclose(steps, steps.flat[0], rtol=1e-3):
        return f" All are off by the same amount, {steps.flat[0]:.6g}."
    usable = np.abs(expected) > 1e-6
    if usable.sum() > 2:
        ratio = given[usable] / expected[usable]
        # Rounding makes ratios near 1, but not the same one: compare what is beyond 1.
        same_ratio = np.allclose(ratio - 1, ratio.flat[0] - 1, rtol=1e-3)
        if same_ratio and same(given, ratio.flat[0] * expected, 1e-3):
            return f" All are {ratio.flat[0]:.6g} times what they should be."
    return ""


def _at_zeros(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    zero = expected == 0
    if (
        zero.all()
        or not zero.any()
        or not same(given[~zero], expected[~zero], tolerance)
    ):
        return ""
    return " Only values that should be 0 are wrong."


def _along_an_axis(given: np.ndarray, expected: np.ndarray, tolerance: float) -> str:
    if expected.ndim >= 2:
        n_first, n_second = expected.shape[:2]
        if n_first == n_second and same(given.swapaxes(0, 1), expected, tolerance):
            return " The first two axes are swapped: it is transposed."
        if n_second > 2 and expected.any():  # of two steps, by chance
            if same(given[:, ::-1], expected, tolerance):
                return " The second axis runs backwards."
            if same(given[:, 1:], expected[:, :-1], tolerance):
                return " It lags by one step along the second axis."
            if same(given[:, :-1], expected[:, 1:], tolerance):
                return " It is ahead by one step along the second axis."
    if expected.size > 2 and same(
        np.sort(given, axis=None), np.sort(expected, axis=None), tolerance
    ):
        return (
            " All the right values are there, in the wrong places: were parts put in "
            "another order, or axes swapped with `reshape`, where `transpose` does it?"
            if expected.ndim > 1
            else " All the right values are there, in another order."
        )
    return ""


def _close(given: np.ndarray, expected: np.ndarray) -> str:
    farthest = np.abs(given - expected).max()
    largest = np.abs(expected).max()
    if expected.dtype.kind == "f" and farthest <= 1e-3 * largest < np.inf:
        return (
            " All are close: were they rounded, computed in fewer digits than the "
            "inputs have (float32, float16), or is an epsilon added or left out?"
        )
    return ""
