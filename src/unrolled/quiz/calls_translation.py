"""Computations of a quiz on translation: shares, contexts, search, BLEU's brevity."""

import math


def share(one: float, other: float) -> dict[str, float]:
    """Return the softmax weight of the first of two scores.

    Also `rest`, the weight of the other, `first` and `second`, their exponentials; what
    is wrong: `plain`, the scores divided by their sum, and `difference`.
    """
    first, second = math.exp(one), math.exp(other)
    return {
        "answer": first / (first + second),
        "rest": second / (first + second),
        "first": first,
        "second": second,
        "plain": one / (one + other),
        "difference": one - other,
    }


def weighed(part: float, value: float, other: float) -> dict[str, float]:
    """Return the context of two values, of which the first has the weight `part`.

    Also `rest`, the weight of the other; what is wrong: `exchanged` weights, the plain
    `mean`, and `alone`, the first value's part without the other's.
    """
    return {
        "answer": part * value + (1 - part) * other,
        "rest": 1 - part,
        "exchanged": (1 - part) * value + part * other,
        "mean": (value + other) / 2,
        "alone": part * value,
    }


def brevity(said: int, wanted: int) -> dict[str, float]:
    """Return BLEU's punishment of `said` words where `wanted` stand in the references.

    exp(1 - r/c) for c below r, else 1 (Papineni and others 2002). What is wrong:
    `ratio`, c/r, and `turned`, exp(1 - c/r).
    """
    return {
        "answer": math.exp(min(0, 1 - wanted / said)),
        "ratio": said / wanted,
        "turned": math.exp(1 - said / wanted),
    }


def beam_cost(n_symbols: int, width: int, steps: int) -> dict[str, float]:
    """Return how many continuations a beam search scores where nothing ends early.

    The first step has one beginning, each later one `width`. Also `later`, the
    continuations of a later step; what is wrong: `full`, `width` beginnings at the
    first step too, `greedy`, one beginning at each, and `everything`.
    """
    return {
        "answer": n_symbols + (steps - 1) * width * n_symbols,
        "later": width * n_symbols,
        "full": steps * width * n_symbols,
        "greedy": steps * n_symbols,
        "everything": n_symbols**steps,
    }


CALLS = (share, weighed, brevity, beam_cost)
