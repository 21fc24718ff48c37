"""Computations of a quiz on time series: windows, the quantile loss."""

import numpy as np


def windows(values: int, reads: int, ahead: int) -> dict[str, float]:
    """Return how many windows a series has, one from each possible moment.

    A window reads `reads` values and is asked for the `ahead` after them. Also `span`,
    of both together; what is wrong: `one_less`, `apart`, the windows that share no
    value, and `inputs_alone`, those without room for targets.
    Raises ValueError where the series is shorter than one window.
    """
    span = reads + ahead
    found = np.lib.stride_tricks.sliding_window_view(np.zeros(values), span)
    return {
        "answer": len(found),
        "span": span,
        "one_less": len(found) - 1,
        "apart": values // span,
        "inputs_alone": values - reads + 1,
    }


def quantile_loss(q: float, said: float, came: float) -> dict[str, float]:
    """Return the quantile loss of the forecast `said` where `came` is the value.

    Also `off`, the value minus the forecast, `low` and `high`, what the two sides of
    the loss give, and `distance`; what is wrong: `exchanged`, q for 1 - q, and
    `negative`, the loss with the other sign.
    """
    off = came - said
    low, high = q * off, (q - 1) * off
    return {
        "answer": max(low, high),
        "off": off,
        "low": low,
        "high": high,
        "distance": abs(off),
        "exchanged": abs(min(low, high)),
        "negative": -max(low, high),
    }


CALLS = (windows, quantile_loss)
