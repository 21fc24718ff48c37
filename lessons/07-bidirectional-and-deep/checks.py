"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled.check import Check, Suspect


def _draw(rng, case):
    x = rng.normal(size=(2 + case, 3 + 2 * case))  # (batch, time)
    return {"x": x, "keep": 0.9 - 0.1 * case}


def _run(x, old, new, start=None):
    """Return the states of `h = old * h + new * x`, from 0 or from `start`."""
    h, states = np.zeros(len(x)) if start is None else start, []
    for t in range(x.shape[1]):
        h = old * h + new * x[:, t]
        states.append(h)
    return np.stack(states, axis=1)


def _average(x, keep):
    return _run(x, keep, 1 - keep)


average = Check(
    name="average",
    draw=_draw,
    reference=_average,
    suspects=(
        Suspect(
            "`keep` weighs the old average and `1 - keep` the new value; yours are the "
            "other way round.",
            lambda x, keep: _run(x, 1 - keep, keep),
        ),
        Suspect(
            "The new value has its full weight, so the average grows too large. Weigh "
            "it by `1 - keep`.",
            lambda x, keep: _run(x, keep, 1),
        ),
        Suspect(
            "The old average is never used. Is `h` assigned anew at every step?",
            lambda x, keep: _run(x, 0, 1 - keep),
        ),
        Suspect(
            "Your average starts at the first value; here it starts at 0.",
            lambda x, keep: _run(x, keep, 1 - keep, x[:, 0]),
        ),
        Suspect(
            "This is the mean of all values so far, in which nothing is forgotten. Use "
            "`keep`.",
            lambda x, keep: np.cumsum(x, axis=1) / np.arange(1, x.shape[1] + 1),
        ),
        Suspect(
            "Your loop runs over the sequences of the batch. Time is the second axis.",
            lambda x, keep: _run(x.T, keep, 1 - keep).T,
        ),
    ),
    axes=("batch", "time"),
    start="Begin with `h = np.zeros(len(x))` and a loop over the steps.",
)
