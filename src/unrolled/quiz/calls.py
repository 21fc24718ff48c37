"""The computations that a quiz may name: a closed list, each done by the cells' code.

Each takes what stands in the question and returns its numbers by name: `answer`, and
what a reason or a trap may want to quote.
"""

from collections.abc import Sequence

import numpy as np

from unrolled import cells, metrics

CELLS = {
    "rnn": (cells.rnn_weights, cells.rnn),
    "lstm": (cells.lstm_weights, cells.lstm),
    "gru": (cells.gru_weights, cells.gru),
}


def parameters(cell: str, n_in: int, n_hidden: int, biases: int = 1) -> dict:
    """Count the numbers of a layer that has `biases` bias vectors (PyTorch has two).

    Also `sets` (of weights: 1, 4 or 3), `from_input`, `from_state`, `one_bias`.
    """
    weights = CELLS[cell][0](n_in, n_hidden, np.random.default_rng(0))
    sizes = weights.w_x.size, weights.w_h.size, weights.b.size
    return {
        "answer": sizes[0] + sizes[1] + biases * sizes[2],
        "sets": weights.b.size // n_hidden,
        "from_input": sizes[0],
        "from_state": sizes[1],
        "one_bias": sizes[2],
    }


def size(
    cell: str, of: str, batch: int, steps: int, n_in: int, n_hidden: int
) -> dict[str, float]:
    """Count the numbers in the `states`, the `last` state or the inputs `x` of a run.

    Also `states`, `last`, `x`.
    """
    weights, run = CELLS[cell]
    done = run(
        np.zeros((batch, steps, n_in)),
        weights(n_in, n_hidden, np.random.default_rng(0)),
    )
    last = done.h[:, -1]
    sizes = {"states": done.h.size, "last": last.size, "x": done.x.size}
    return {"answer": sizes[of], **sizes}


def rnn_steps(
    inputs: Sequence[float],
    w_x: float,
    w_h: float,
    b: float,
    activation: str = "tanh",
    start: float = 0,
) -> dict[str, float]:
    """Run one unit over some inputs and return its last state; also h1, h2 …"""
    weights = cells.RNNWeights(*_arrays([[w_x]], [[w_h]], [b]))
    x = np.array(inputs, float).reshape(1, -1, 1)
    h = cells.rnn(x, weights, np.array([[float(start)]]), activation).h.ravel()
    states = {f"h{t}": value for t, value in enumerate(h, 1)}
    return {"answer": h[-1], **states}


def rnn_gradient(w: float, start: float, steps: int) -> dict[str, float]:
    """Return the gradient for w of the last state of h = w h, w and start above 0.

    Also `state`, the last state, and `one`, the part of one step.
    """
    if min(w, start) <= 0:  # the cell used is ReLU, which is the identity above 0 only
        raise ValueError(f"w and start must be above 0, and are {w} and {start}")
    weights = cells.RNNWeights(*_arrays([[0]], [[w]], [0]))
    run = cells.rnn(
        np.zeros((1, steps, 1)), weights, np.array([[float(start)]]), "relu"
    )
    gradient = cells.rnn_backward(run, np.zeros_like(run.h), np.ones((1, 1))).w_h.item()
    return {"answer": gradient, "state": run.last.item(), "one": gradient / steps}


def step_back(w: float, h: float) -> dict[str, float]:
    """Return the factor of a gradient over one step back through a tanh unit.

    `w` is its recurrent weight, `h` its state after the step. Also `slope`.
    """
    weights = cells.RNNWeights(*_arrays([[1]], [[w]], [0]))
    run = cells.rnn(np.full((1, 1, 1), np.arctanh(h)), weights)
    factor = cells.rnn_backward(run, np.zeros_like(run.h), np.ones((1, 1))).h.item()
    return {"answer": factor, "slope": 1 - h**2}


def lstm_step(
    c: float, i: float, f: float, g: float, o: float, give: str = "c"
) -> dict[str, float]:
    """Return the new cell state of one unit whose gates are given, or h.

    Also `keeps` (f c) and `writes` (i g).
    """
    with np.errstate(divide="ignore"):
        b = [_logit(i), _logit(f), np.arctanh(g), _logit(o)]
    weights = cells.LSTMWeights(*_arrays(np.zeros((1, 4)), np.zeros((1, 4)), b))
    zero = np.zeros((1, 1))
    h, c_next = cells.lstm_step(zero, zero, np.array([[float(c)]]), weights)
    made = {"c": c_next.item(), "h": h.item()}
    return {"answer": made[give], "keeps": f * c, "writes": i * g}


def gru_step(h: float, n: float, z: float, weighs: str = "old") -> dict[str, float]:
    """Return the new state of one unit from its old state, candidate and gate z.

    `weighs` says which state z weights, old or new. Also `keeps` and `writes`.
    """
    with np.errstate(divide="ignore"):
        b = [0.0, _logit(z), np.arctanh(n)]
    weights = cells.GRUWeights(*_arrays(np.zeros((1, 3)), np.zeros((1, 3)), b, [0]))
    new = cells.gru_step(np.zeros((1, 1)), np.array([[float(h)]]), weights, z=weighs)
    share = z if weighs == "old" else 1 - z
    return {"answer": new.item(), "keeps": share * h, "writes": (1 - share) * n}


def forget_bias(steps: float, left: float = 0.5) -> dict[str, float]:
    """Return the forget bias that leaves a share after some steps; also `f`."""
    f = left ** (1 / steps)
    return {"answer": _logit(f), "f": f}


def clip(arrays: Sequence[Sequence[float]], norm: float = 1) -> dict[str, float]:
    """Return the first number of a gradient clipped to a norm; also `whole`, its norm.

    And `apart`, that number if its array were clipped by itself.
    """
    whole = np.linalg.norm(np.concatenate([np.ravel(a) for a in arrays]).astype(float))
    first, alone = np.ravel(arrays[0])[0], np.linalg.norm(np.ravel(arrays[0]))
    return {
        "answer": first * min(1, norm / whole),
        "whole": whole,
        "apart": first * min(1, norm / alone),
    }


def bits(nats: float) -> dict[str, float]:
    """Turn nats into bits; also `perplexity`."""
    return {"answer": metrics.bits(nats), "perplexity": metrics.perplexity(nats)}


def uniform(symbols: int) -> dict[str, float]:
    """Return the perplexity of equally likely symbols; also `nats`, `in_bits`."""
    nats = -np.log(1 / symbols)
    return {
        "answer": metrics.perplexity(nats),
        "nats": nats,
        "in_bits": metrics.bits(nats),
    }


def _logit(share: float) -> float:
    return float(np.log(share) - np.log(np.subtract(1, share)))


def _arrays(*values: Sequence) -> list[np.ndarray]:
    return [np.array(value, float) for value in values]


CALLS = {
    call.__name__: call
    for call in (
        parameters,
        size,
        rnn_steps,
        rnn_gradient,
        step_back,
        lstm_step,
        gru_step,
        forget_bias,
        clip,
        bits,
        uniform,
    )
}
