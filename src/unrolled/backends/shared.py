"""What both backends share: the results they return, as NumPy."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from unrolled.progress import bar as progress_bar


class Run(NamedTuple):
    """Every state of a recurrent layer: `h` (batch, time, n_hidden), `last`.

    `last` (batch, n_hidden) is the state after the last step; a pair (h, c) of an LSTM.
    """

    h: np.ndarray
    last: Any


@dataclass
class History:
    """What training measured, one entry a step: `loss` in nats, gradient `norms`.

    `valid` holds (step, nats) pairs, `seconds` the time spent training.
    """

    loss: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    valid: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0


def n_steps(batches: Any, steps: int | None, epochs: int) -> int:
    """Return how many updates a training makes; `steps` wins over `epochs`."""
    total = epochs * len(batches) if steps is None else steps
    if total < 1:
        raise ValueError(
            f"Training would make {total} steps: the data gave {len(batches)} batches. "
            "Give more data, a smaller batch or fewer time steps."
        )
    return total


def rate(step: int, total: int, peak: float, schedule: str) -> float:
    """Return the learning rate of a step.

    "constant", or "cosine": a short linear warm-up (2 % of the steps), then half a
    cosine down to 0 (Loshchilov and Hutter, 2017).
    """
    if schedule == "constant":
        return peak
    if schedule != "cosine":
        raise ValueError(f"schedule is {schedule!r}; it can be cosine or constant.")
    warm = max(1, total // 50)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))


def cycle(batches: Iterable, total: int, progress: bool) -> Iterator:
    """Yield (step, starts_an_epoch, batch) `total` times, with a progress bar."""
    bar = progress_bar(total=total, disable=not progress, ascii=True, mininterval=1.0)
    step = 0
    while step < total:
        for i, batch in enumerate(batches):
            yield step, i == 0, batch
            bar.update()
            step += 1
            if step == total:
                break
    bar.close()


def parts(batch: tuple) -> tuple[Any, Any, Any, Any]:
    """Return (x, mask, y, weight) of a batch; None for what it does not have.

    A batch is (x, y), (x, mask, y) with a bool mask, or (x, y, weight).
    """
    if len(batch) == 2:
        x, y = batch
        return x, None, y, None
    if len(batch) == 3:
        x, second, third = batch
        if np.asarray(second).dtype == bool:
            return x, second, third, None
        return x, None, second, third
    raise ValueError(
        f"A batch has {len(batch)} parts; expected (x, y), (x, mask, y) with a mask of "
        "bools, or (x, y, weight)."
    )


def rows_of(logits: np.ndarray, mask: Any) -> list[np.ndarray]:
    """Return what a model says of each sequence, without what it says of padding.

    logits: (batch, n_out), or (batch, time, n_out) for a tagger.
    """
    if logits.ndim == 2:
        return list(logits)
    return [row[real] for row, real in zip(logits, np.asarray(mask), strict=True)]


def in_order(rows: list[np.ndarray], batches: Any) -> Any:
    """Return rows in the order of the sequences: an array, or a list for a tagger."""
    out: list[Any] = [None] * len(rows)
    places = getattr(batches, "order", range(len(rows)))
    for place, row in zip(places, rows, strict=True):
        out[place] = row
    return np.stack(out) if rows and rows[0].ndim == 1 else out


def softmax(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities, (n_out,); a low temperature sharpens them."""
    if temperature <= 0:
        raise ValueError(
            f"temperature is {temperature}; it divides the logits, so it must be above "
            "0. For the most likely symbol each time, take a small one, 0.01."
        )
    scaled = np.asarray(logits, np.float64) / temperature
    e = np.exp(scaled - scaled.max())
    return e / e.sum()
