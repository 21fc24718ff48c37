"""Draw the figures of this unit's README: `python lessons/09-text-classification/figures.py`."""

from pathlib import Path

import numpy as np

from unrolled import plot

IMAGES = Path(__file__).parent / "img"


def average() -> None:
    """Draw a noisy series and its running average."""
    x = np.sin(np.arange(120) / 20)
    x = x + np.random.default_rng(0).normal(0, 0.4, x.size)
    h, states = 0.0, []
    for value in x:
        h = 0.8 * h + 0.2 * value
        states.append(h)
    drawn = plot.lines(
        {"series": x, "running average, a = 0.8": states},
        "The average follows, smoother and a little later",
        "step t",
        "value",
    )
    plot.save(drawn, IMAGES / "average.svg")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    average()
