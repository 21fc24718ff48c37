"""Computations of a quiz on cost: exponents, a cache, shares of a batch."""

import numpy as np


def growth(size: float, cost: float, larger: float, cost_there: float) -> dict:
    """Return the exponent p of cost = factor * size**p through two points.

    What is wrong: `ratio`, of the costs, `ratios`, that ratio over the ratio of the
    sizes, and `exchanged`, the exponent of the size in the cost.
    """
    in_cost, in_size = np.log(cost_there / cost), np.log(larger / size)
    return {
        "answer": in_cost / in_size,
        "times": larger / size,
        "ratio": cost_there / cost,
        "ratios": (cost_there / cost) / (larger / size),
        "exchanged": in_size / in_cost,
    }


def cache(layers: int, width: int, steps: int) -> dict[str, float]:
    """Return the kilobytes of keys and values, four bytes each, of a Transformer.

    A kilobyte has 1,000 bytes. Also `lstm`, the kilobytes of the state of as many LSTM
    layers as wide; what is wrong: `one`, keys alone, `numbers`, not bytes, and
    `single`, one layer's.
    """
    numbers = 2 * layers * width * steps
    return {
        "answer": 4 * numbers / 1000,
        "lstm": 4 * 2 * layers * width / 1000,
        "one": 4 * numbers / 2000,
        "numbers": numbers / 1000,
        "single": 4 * numbers / layers / 1000,
    }


def shares(rows: int, gradient: float, others: int, other: float) -> dict[str, float]:
    """Return the gradient of a mean loss over the rows of two processes.

    Each process gives the gradient of the mean over its own rows. Also `all`, the rows
    of both; what is wrong: `plain`, the mean of the two, `sum`, and `exchanged`, each
    weighed by the other's rows.
    """
    total = rows + others
    return {
        "answer": (rows * gradient + others * other) / total,
        "all": total,
        "plain": (gradient + other) / 2,
        "sum": gradient + other,
        "exchanged": (others * gradient + rows * other) / total,
    }


CALLS = (growth, cache, shares)
