"""Two directions and several layers, over any cell.

A layer is the weights of a cell, or a pair of them: one for each direction. Which cell
runs follows from the type of the weights. `**options` go to the cell: `activation` of
an RNN, `reset` and `z` of a GRU.
"""

from typing import Any, NamedTuple

import numpy as np

from unrolled.cells.gru import GRUWeights, gru, gru_backward
from unrolled.cells.lstm import LSTMWeights, lstm, lstm_backward
from unrolled.cells.rnn import RNNWeights, rnn, rnn_backward

CELLS = {
    RNNWeights: (rnn, rnn_backward),
    LSTMWeights: (lstm, lstm_backward),
    GRUWeights: (gru, gru_backward),
}


class BiRun(NamedTuple):
    """What `bidirectional` returns.

    `h` (batch, time, 2 n_hidden): both states side by side, forward first. `last` is a
    pair: the forward cell's state after the last step, the backward cell's after the
    first. `forward` and `backward` are the two runs; `backward` read the steps from the
    end, so its step 0 is the last of `x`.
    """

    h: np.ndarray
    last: tuple[Any, Any]
    forward: Any
    backward: Any


class BiGradients(NamedTuple):
    """Gradients of a loss: `x` (batch, time, n_in), and those of the two cells.

    The `x` inside `forward` and `backward` are the two parts of `x`, both in its order.
    """

    x: np.ndarray
    forward: Any
    backward: Any


class StackRun(NamedTuple):
    """What `stacked` returns: `h` of the top layer, `last` and run of each."""

    h: np.ndarray
    last: list
    runs: list


class StackGradients(NamedTuple):
    """Gradients of a loss: `x` (batch, time, n_in), and those of each layer."""

    x: np.ndarray
    layers: list


def bidirectional(
    x: np.ndarray,
    weights: tuple[Any, Any],
    start: tuple[Any, Any] | None = None,
    mask: np.ndarray | None = None,
    **options: str,
) -> BiRun:
    """Run one cell from the first step to the last, another from the last to the first.

    `x` (batch, time, n_in), `weights` a pair, `start` a pair of initial states (a state
    of an LSTM is itself a pair, h and c), `mask` (batch, time). Schuster and Paliwal
    (1997), "Bidirectional recurrent neural networks".
    """
    ahead, back = (None, None) if start is None else start
    forward = _run(x, weights[0], ahead, mask, options)
    turned = None if mask is None else np.asarray(mask)[:, ::-1]
    backward = _run(np.asarray(x)[:, ::-1], weights[1], back, turned, options)
    h = np.concatenate([forward.h, backward.h[:, ::-1]], axis=-1)
    return BiRun(h, (forward.last, backward.last), forward, backward)


def bidirectional_backward(
    run: BiRun,
    d_h: np.ndarray,
    d_last: tuple[Any, Any] | None = None,
    truncate: int | None = None,
) -> BiGradients:
    """Return the gradients of a loss for both directions.

    `d_h` (batch, time, 2 n_hidden), `d_last` a pair, each as the cell's own gradient
    takes it or None. Each direction truncates by its own count of steps.
    """
    if np.shape(d_h) != run.h.shape:
        raise ValueError(
            f"d_h has shape {np.shape(d_h)}; it needs one number for every state of "
            f"both directions, {run.h.shape} (batch, time, 2 n_hidden)."
        )
    d_h = np.asarray(d_h)
    ahead, back = (None, None) if d_last is None else d_last
    n = run.forward.h.shape[-1]
    forward = _backward(run.forward, d_h[..., :n], ahead, truncate)
    backward = _backward(run.backward, d_h[:, ::-1, n:], back, truncate)
    backward = backward._replace(x=backward.x[:, ::-1])
    return BiGradients(forward.x + backward.x, forward, backward)


def stacked(
    x: np.ndarray,
    layers: list,
    start: list | None = None,
    mask: np.ndarray | None = None,
    **options: str,
) -> StackRun:
    """Run layers one upon the other: the states of one are the inputs of the next.

    `x` (batch, time, n_in), `layers` a list of weights or of pairs (two directions),
    `start` a list with the initial state of each layer, or None, `mask` (batch, time)
    the same for all layers. Raises ValueError if `start` is not as long as `layers`.
    """
    start = [None] * len(layers) if start is None else start
    if len(start) != len(layers) or not layers:
        raise ValueError(
            f"{len(layers)} layers and {len(start)} initial states were given; give "
            "one state (or None) for each layer, and at least one layer."
        )
    runs = []
    for weights, state in zip(layers, start, strict=True):
        runs.append(_run(x, weights, state, mask, options))
        x = runs[-1].h
    return StackRun(x, [run.last for run in runs], runs)


def stacked_backward(
    run: StackRun,
    d_h: np.ndarray,
    d_last: list | None = None,
    truncate: int | None = None,
) -> StackGradients:
    """Return the gradients of a loss for every layer.

    `d_h` is for the states of the top layer, `d_last` a list with one entry for each
    layer, as that layer's own gradient takes it or None.
    """
    d_last = [None] * len(run.runs) if d_last is None else d_last
    gradients = []
    for each, of_last in zip(reversed(run.runs), reversed(d_last), strict=True):
        gradients.append(_backward(each, d_h, of_last, truncate))
        d_h = gradients[-1].x
    return StackGradients(d_h, gradients[::-1])


def _run(x: np.ndarray, weights: Any, start: Any, mask: Any, options: dict) -> Any:
    """Run one layer, of whatever kind its weights are."""
    if type(weights) in CELLS:
        states = (
            start
            if isinstance(weights, LSTMWeights) and start is not None
            else (start,)
        )
        return CELLS[type(weights)][0](x, weights, *states, mask=mask, **options)
    if isinstance(weights, tuple) and len(weights) == 2:
        return bidirectional(x, weights, start, mask, **options)
    raise ValueError(
        f"A layer is given as {type(weights).__name__}; it must be RNNWeights, "
        "LSTMWeights or GRUWeights, or a pair of them for two directions."
    )


def _backward(run: Any, d_h: np.ndarray, d_last: Any, truncate: int | None) -> Any:
    if isinstance(run, BiRun):
        return bidirectional_backward(run, d_h, d_last, truncate)
    return CELLS[type(run.weights)][1](run, d_h, d_last, truncate)
