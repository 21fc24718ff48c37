"""A network and a counted table together: their probabilities, weighted and added.

The network and the n-gram table of unit 11 are wrong at different places: the table
knows strings by heart, the network generalizes. Mixing the probabilities of different
models is as old as language modeling (Jelinek and Mercer, 1980). The table is counted
on the clock, from the same training text.
"""

from dataclasses import replace

import numpy as np

from common import Clock, Result, Settings, Task
from recipes import Recipe
from unrolled.baselines import NGram

ORDER = 7  # six letters of context, smoothed after Kneser and Ney


def counted(task: Task, settings: Settings) -> tuple[NGram, Settings]:
    """Return the table, and the settings with what is left of the budget."""
    clock = Clock(settings)
    table = NGram(ORDER, task.n_symbols, "kneser-ney").fit(task.train)
    return table, replace(settings, budget=settings.budget - clock.seconds)


def mixed(nats: np.ndarray, p_table: np.ndarray, share: float) -> float:
    """Return the mean nats of `share` times the network and the rest of the table.

    nats: (n,) of the network, p_table: (n,) probabilities, for the same n symbols.
    """
    return float(-np.log(share * np.exp(-nats) + (1.0 - share) * p_table).mean())


def result(
    task: Task,
    recipe: Recipe,
    table: NGram,
    nats: np.ndarray,
    **measured: float,
) -> Result:
    """Return the row's result: the network alone, and mixed with the table."""
    return Result(
        nats=float(nats.mean()),
        mixed=mixed(nats, table.each(task.valid)[1:], recipe.share),
        **measured,
    )
