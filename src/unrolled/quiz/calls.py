"""The computations that a quiz may name: a closed list, each done by the cells' code.

Each takes what stands in the question and returns its numbers by name: `answer`, and
what a reason or a trap may want to quote.
"""

from collections.abc import Sequence

import numpy as np

from unrolled import cells

from . import (
    calls_cost,
    calls_lists,
    calls_series,
    calls_speech,
    calls_symbols,
    calls_translation,
)

CELLS = {
    "rnn": (cells.rnn_weights, cells.rnn),
    "lstm": (cells.lstm_weights, cells.lstm),
    "gru": (cells.gru_weights, cells.gru),
}


def parameters(cell: str, n_in: int, n_hidden: int, biases: int = 1) -> dict:
    """Count the numbers of a layer that has `biases` bias vectors (PyTorch has two).

    Also `sets` (of weights: 1, 4 or 3), `from_input`, `from_state`, `one_bias`, and
    two counts that are wrong: `without_state`, and `square_of_input`, where the
    recurrent matrices are n_in × n_in.
    """
    weights = CELLS[cell][0](n_in, n_hidden, np.random.default_rng(0))
    from_input, from_state, one_bias = (a.size for a in weights[:3])
    sets = one_bias // n_hidden
    without_state = from_input + biases * one_bias
    return {
        "answer": without_state + from_state,
        "sets": sets,
        "from_input": from_input,
        "from_state": from_state,
        "one_bias": one_bias,
        "without_state": without_state,
        "square_of_input": without_state + sets * n_in**2,
    }


def stack_parameters(cell: str, n_in: int, n_hidden: int) -> dict[str, float]:
    """Count the numbers of two layers of two directions, one bias, for rnn and lstm.

    Also `sets`, `first` and `second`, the layers, `joined`, the second layer's inputs;
    what is wrong: `like_first`, both layers as the first, `one_half`, the second layer
    reading one direction, and `one_way`, one direction of each layer.
    """
    layer = parameters(cell, n_in, n_hidden)
    first = 2 * layer["answer"]
    second = 2 * parameters(cell, 2 * n_hidden, n_hidden)["answer"]
    half = 2 * parameters(cell, n_hidden, n_hidden)["answer"]
    return {
        "answer": first + second,
        "sets": layer["sets"],
        "first": first,
        "second": second,
        "joined": 2 * n_hidden,
        "like_first": 2 * first,
        "one_half": first + half,
        "one_way": (first + second) / 2,
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

    Also `state`, the last state, `one`, the part of one step, and `product`, of those;
    `h0` and so on, and `back1` and so on, what comes back to a step.
    """
    if min(w, start) <= 0:  # the cell used is ReLU, which is the identity above 0 only
        raise ValueError(f"w and start must be above 0, and are {w} and {start}")
    weights = cells.RNNWeights(*_arrays([[0]], [[w]], [0]))
    run = cells.rnn(
        np.zeros((1, steps, 1)), weights, np.array([[float(start)]]), "relu"
    )
    gradient = cells.rnn_backward(run, np.zeros_like(run.h), np.ones((1, 1)))
    total, one = gradient.w_h.item(), gradient.w_h.item() / steps
    states = [start, *run.h.ravel()]
    return {
        "answer": total,
        "state": states[-1],
        "one": one,
        "product": one**steps,
        **{f"h{t}": value for t, value in enumerate(states)},
        **{f"back{t}": w ** (steps - t) for t in range(1, steps + 1)},
    }


def chain(outer: float, x: float) -> dict[str, float]:
    """Return the slope of outer · u with u = x² at x; `inner`, the slope of u.

    Also what is wrong: `added`, the slopes added up.
    """
    inner = 2 * x
    return {"answer": outer * inner, "inner": inner, "added": outer + inner}


def shortest_piece(gap: int) -> dict[str, float]:
    """Return the steps of the shortest piece that holds a cause `gap` steps back.

    Also `between`, the steps between the two, and `double`, twice the gap.
    """
    return {"answer": gap + 1, "between": gap - 1, "double": 2 * gap}


def radius(above: float, below: float) -> dict[str, float]:
    """Return the spectral radius of [[0, -above], [below, 0]].

    Also `product`, of the two, and `stretch`, the largest singular value.
    """
    matrix = np.array([[0, -above], [below, 0]], float)
    return {
        "answer": max(abs(np.linalg.eigvals(matrix))),
        "product": above * below,
        "stretch": np.linalg.norm(matrix, 2),
    }


def step_back(w: float, h: float) -> dict[str, float]:
    """Return the factor of a gradient over one step back through a tanh unit.

    `w` is its recurrent weight, `h` its state after the step. Also `slope`, and what is
    wrong: `linear`, with the slope 1 - h, and `by_state`, with h in its place.
    """
    weights = cells.RNNWeights(*_arrays([[1]], [[w]], [0]))
    run = cells.rnn(np.full((1, 1, 1), np.arctanh(h)), weights)
    factor = cells.rnn_backward(run, np.zeros_like(run.h), np.ones((1, 1))).h.item()
    return {
        "answer": factor,
        "slope": 1 - h**2,
        "linear": w * (1 - h),
        "by_state": w * h,
    }


def lstm_step(
    c: float, i: float, f: float, g: float, o: float, give: str = "c"
) -> dict[str, float]:
    """Return the new cell state of one unit whose gates are given, or h.

    Also what is wrong: `exchanged`, i for f, and `unsigned`, g without its sign.
    """
    with np.errstate(divide="ignore"):
        b = [_logit(i), _logit(f), np.arctanh(g), _logit(o)]
    weights = cells.LSTMWeights(*_arrays(np.zeros((1, 4)), np.zeros((1, 4)), b))
    zero = np.zeros((1, 1))
    h, c_next = cells.lstm_step(zero, zero, np.array([[float(c)]]), weights)
    made = {"c": c_next.item(), "h": h.item()}
    wrong = {"exchanged": i * c + f * g, "unsigned": f * c + i * abs(g)}
    return {"answer": made[give], **wrong}


def gru_step(h: float, n: float, z: float, weighs: str = "old") -> dict[str, float]:
    """Return the new state of one unit from its old state, candidate and gate z.

    `weighs` says which state z weights, old or new. Also `rest`, 1 - z.
    """
    with np.errstate(divide="ignore"):
        b = [0.0, _logit(z), np.arctanh(n)]
    weights = cells.GRUWeights(*_arrays(np.zeros((1, 3)), np.zeros((1, 3)), b, [0]))
    new = cells.gru_step(np.zeros((1, 1)), np.array([[float(h)]]), weights, z=weighs)
    return {"answer": new.item(), "rest": 1 - z}


def gru_slope(h: float, n: float, z: float, d: float) -> dict[str, float]:
    """Return the gradient for z's pre-activation of one unit in PyTorch's form.

    `h` is the old state, `n` the candidate, `d` the gradient for the new state. Also
    `of_z`, the gradient for z itself; what is wrong: `turned`, the other sign, and
    `summed`, with h + n in place of h - n.
    """
    with np.errstate(divide="ignore"):
        b = [0.0, _logit(z), np.arctanh(n)]
    weights = cells.GRUWeights(*_arrays(np.zeros((1, 3)), np.zeros((1, 3)), b, [0]))
    run = cells.gru(np.zeros((1, 1, 1)), weights, np.array([[float(h)]]))
    slope = cells.gru_backward(run, np.full((1, 1, 1), float(d))).b[1]
    return {
        "answer": slope,
        "of_z": d * (h - n),
        "turned": -slope,
        "summed": d * (h + n) * z * (1 - z),
        "shut": 1 - z,
    }


def power(factor: float, steps: int) -> dict[str, float]:
    """Return a factor to the power of some steps; also `lost`, 1 - factor."""
    return {"answer": factor**steps, "lost": 1 - factor}


def gate_life(f: float) -> dict[str, float]:
    """Return after how many steps a forget gate leaves 1/e of a cell state.

    Also `half`, after how many one half, and `near`, 1 / (1 - f).
    """
    return {
        "answer": -1 / np.log(f),
        "half": np.log(0.5) / np.log(f),
        "near": 1 / (1 - f),
    }


def forget_bias(steps: float, left: float = 0.5) -> dict[str, float]:
    """Return the forget bias that leaves a share after some steps.

    Also `f`, the gate, and `shut`, 1 - f, to three decimals; what is wrong: `turned`,
    the bias with the other sign, and `log_steps`, ln of the steps.
    """
    f = left ** (1 / steps)
    return {
        "answer": _logit(f),
        "f": round(f, 3),
        "shut": round(1 - f, 3),
        "turned": -_logit(f),
        "log_steps": np.log(steps),
    }


def clip(arrays: Sequence[Sequence[float]], norm: float = 1) -> dict[str, float]:
    """Return the first number of a gradient clipped to a norm; also `whole`, its norm.

    And `first`, that number before; what is wrong: `apart`, clipped with its own array,
    `by_sum`, divided by the sum of the norms, `by_square`, by the square of the norm.
    """
    whole = np.linalg.norm(np.concatenate([np.ravel(a) for a in arrays]).astype(float))
    norms = [np.linalg.norm(np.ravel(a)) for a in arrays]
    first = np.ravel(arrays[0])[0]
    return {
        "answer": first * min(1, norm / whole),
        "whole": whole,
        "first": first,
        "apart": first * min(1, norm / norms[0]),
        "by_sum": first * norm / sum(norms),
        "by_square": first * norm / whole**2,
    }


def _logit(share: float) -> float:
    return float(np.log(share) - np.log(np.subtract(1, share)))


def _arrays(*values: Sequence) -> list[np.ndarray]:
    return [np.array(value, float) for value in values]


CALLS = {
    call.__name__: call
    for call in (
        parameters,
        stack_parameters,
        size,
        rnn_steps,
        rnn_gradient,
        chain,
        shortest_piece,
        radius,
        step_back,
        lstm_step,
        gru_step,
        gru_slope,
        power,
        gate_life,
        forget_bias,
        clip,
        *calls_lists.CALLS,
        *calls_cost.CALLS,
        *calls_series.CALLS,
        *calls_speech.CALLS,
        *calls_translation.CALLS,
        *calls_symbols.CALLS,
    )
}
