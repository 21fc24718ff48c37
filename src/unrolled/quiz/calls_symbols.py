"""Computations of a quiz on symbols: contexts, nats and bits, temperature, cut-offs."""

from collections.abc import Sequence

import numpy as np

from unrolled import metrics

REACH = 1e-9  # a sum of decimals may miss its bound by the last bits of a float


def contexts(symbols: int, before: int) -> dict[str, float]:
    """Return how many contexts of `before` symbols there are.

    Also what is wrong: `added`, `with_next` (one place more), `fewer` (one less).
    """
    return {
        "answer": symbols**before,
        "added": symbols * before,
        "with_next": symbols ** (before + 1),
        "fewer": symbols ** (before - 1),
    }


def bits(nats: float) -> dict[str, float]:
    """Turn nats into bits; also `perplexity`, and `wrong_way`, the nats times ln 2."""
    return {
        "answer": metrics.bits(nats),
        "perplexity": metrics.perplexity(nats),
        "wrong_way": nats * np.log(2),
    }


def uniform(symbols: int, give: str = "perplexity") -> dict[str, float]:
    """Return what equally likely symbols cost: their `perplexity`, or the `nats`.

    Also `perplexity`, `nats`, `in_bits`, and `share`, the probability of each.
    """
    nats = -np.log(1 / symbols)
    made = {
        "perplexity": metrics.perplexity(nats),
        "nats": nats,
        "in_bits": metrics.bits(nats),
        "share": 1 / symbols,
    }
    return {"answer": made[give], **made}


def temperature_ratio(ratio: float, temperature: float) -> dict[str, float]:
    """Return how many times as likely one symbol is at a temperature.

    Also `power`, 1 / temperature; what is wrong: `divided`, the ratio by the
    temperature, and `inverse`, the ratio to the power of the temperature.
    """
    power = 1 / temperature
    return {
        "answer": ratio**power,
        "power": power,
        "divided": ratio / temperature,
        "inverse": ratio**temperature,
    }


def tempered(first: float, second: float) -> dict[str, float]:
    """Return the probability of the first of three symbols at temperature 0.5.

    Also `third`, its probability, the squares `square1` to `square3` and their sum
    `squares`; what is wrong: `rooted`, the answer at temperature 2.
    """
    third = round(1 - first - second, 9)
    p = np.array([first, second, third])
    squares, roots = p**2, np.sqrt(p)
    return {
        "answer": squares[0] / squares.sum(),
        "third": third,
        "square1": squares[0],
        "square2": squares[1],
        "square3": squares[2],
        "squares": squares.sum(),
        "rooted": roots[0] / roots.sum(),
    }


def nucleus(probabilities: Sequence[float], p: float) -> dict[str, float]:
    """Return how many symbols, likeliest first, a nucleus of `p` keeps.

    Also `fewer` and `more`, by one, and what is reached: `less`, `reached`.
    """
    sums = np.cumsum(probabilities)
    kept = int(np.argmax(sums >= p - REACH)) + 1
    return {
        "answer": kept,
        "fewer": kept - 1,
        "more": kept + 1,
        "less": sums[kept - 2] if kept > 1 else 0,
        "reached": sums[kept - 1],
    }


def min_p(probabilities: Sequence[float], share: float) -> dict[str, float]:
    """Return how many symbols have at least a share of the largest probability.

    Also `bound`, `largest`, `smallest`, `symbols`, and what is wrong: `by_share`, how
    many have at least the share itself.
    """
    p = np.array(probabilities)
    bound = share * p.max()
    return {
        "answer": (p >= bound - REACH).sum(),
        "bound": bound,
        "largest": p.max(),
        "smallest": p.min(),
        "symbols": len(p),
        "by_share": (p >= share - REACH).sum(),
    }


def letters_read(letters: int) -> dict[str, float]:
    """Return how many letters are read when the text is read anew for every letter.

    Also what is wrong: `square`, all of the final text each time.
    """
    return {"answer": sum(range(1, letters + 1)), "square": letters**2}


CALLS = (
    contexts,
    bits,
    uniform,
    temperature_ratio,
    tempered,
    nucleus,
    min_p,
    letters_read,
)
