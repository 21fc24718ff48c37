"""What both backends share: the results they return, as NumPy."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from unrolled.given import count, generator


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


def nats_of(each: np.ndarray, weight: np.ndarray | None) -> tuple[float, float]:
    """Return the sum of nats and the sum of weights; what has weight 0 may be NaN."""
    if weight is None:
        return float(each.sum(dtype=np.float64)), float(each.size)
    weight = weight.reshape(each.shape).astype(np.float64)
    kept = weight > 0
    return float(each[kept] @ weight[kept]), float(weight.sum())


def mean_nats(nats: float, count: float) -> float:
    """Return nats / count; raises ValueError if nothing was counted."""
    if not count:
        raise ValueError(
            "There is nothing to evaluate: no batch came, or no label counts in them. "
            "A generator that was read before gives no more."
        )
    return nats / count


def rows_of(logits: np.ndarray, mask: Any) -> list[np.ndarray]:
    """Return what a model says of each sequence, without what it says of padding.

    logits: (batch, n_out), or (batch, time, n_out) for a tagger.
    """
    if logits.ndim == 2:
        return list(logits)
    return [row[real] for row, real in zip(logits, np.asarray(mask), strict=True)]


def places_of(batch: Any, before: int) -> list[int]:
    """Return the place of each row's sequence; `before` rows came in other batches.

    batches.Buckets writes it on its batches; others come in the order of the sequences.
    """
    return list(getattr(batch, "places", range(before, before + len(batch[0]))))


def in_order(rows: list[np.ndarray], places: list[int]) -> Any:
    """Return rows in the order of the sequences: an array, or a list for a tagger."""
    out = [rows[k] for k in np.argsort(places, kind="stable")]
    return np.stack(out) if rows and rows[0].ndim == 1 else out


def sampler(prompt: str, n: int, rng: Any) -> Any:
    """Return the generator that draws `n` symbols; refuse what cannot be drawn."""
    if not prompt:
        raise ValueError("The prompt is empty; give at least one symbol, '\\n' say.")
    count("n", n, 0)
    return np.random.default_rng(0) if rng is None else generator(rng)


def refuse_no_state(state: Any) -> None:
    """Raise ValueError if a model carries nothing from symbol to symbol."""
    if state is None or state == ():
        raise ValueError(
            "The model returned no state, so it would forget the text at each symbol; "
            "sample needs a model that returns (logits, state)."
        )


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
