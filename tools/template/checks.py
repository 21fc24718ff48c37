"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled.check import Check


def _draw(rng, case):
    x = rng.normal(size=(2 + case, 3 + 2 * case))  # (batch, time)
    return {"x": x, "keep": 0.9 - 0.1 * case}


def _average(x, keep):
    """Return the averages as sums over all values so far, each with its weight."""
    age = np.arange(x.shape[1])[:, None] - np.arange(x.shape[1])  # (time, time)
    weights = np.where(age < 0, 0, (1 - keep) * keep ** np.maximum(age, 0))
    return x @ weights.astype(x.dtype).T


average = Check(
    name="average",
    draw=_draw,
    reference=_average,
    axes=("batch", "time"),
    start="Begin with `h = np.zeros(len(x))` and a loop over the steps.",
)
