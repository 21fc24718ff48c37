"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, Refused, Slopes, arrays, over
from unrolled.check.layers import keeping, parameters
from unrolled.check.slopes import nudged
from unrolled.check.values import kind, plain, same

# ---- slope ---------------------------------------------------------------------------

SLOPE_SHAPES = [(2, 4), (4,), (2, 3, 4), (5,), (3, 2), (1, 4, 2)]


def _draw_slope(rng, case):
    shape = SLOPE_SHAPES[case]
    return {"h": rng.uniform(0.1, 1, shape) * rng.choice([-1, 1], shape)}


slope = Check(
    name="slope",
    draw=_draw_slope,
    reference=lambda h: 1 - h**2,
    dims={"h": ("first axis", "second axis")},
    start="With t for tanh a, the derivative of tanh a is 1 − t².",
)


# ---- numeric -------------------------------------------------------------------------

NUMERIC_SHAPES = [(2, 4), (3,), (2,), (3, 2), (2, 2, 2), (1, 4)]


def _wave(factor):
    """Return a loss, one number for an array; its slopes differ from place to place."""

    def loss(w):
        waves = np.sin(factor * w) + factor * w**3
        return float(waves.sum() + np.prod(w))

    return loss


def _draw_numeric(rng, case):
    shape = NUMERIC_SHAPES[case]
    return {
        "the factors of the loss": rng.uniform(-1.5, 1.5, shape),
        "w": rng.normal(size=shape),
        "epsilon": (0.1, 0.05, 0.01)[case % 3],
    }


def _on_a_wave(answer, inputs):
    factor, w, epsilon = inputs.values()
    return answer(_wave(factor), w, epsilon)


def _central(w, epsilon, **factors):
    loss, slopes = _wave(*factors.values()), np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        nudge = np.zeros(w.shape)
        nudge[i] = epsilon
        slopes[i] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return slopes


numeric = Check(
    name="numeric",
    draw=_draw_numeric,
    call=_on_a_wave,
    reference=_central,
    float32=False,
    start="Loop over `np.ndindex(w.shape)`; copy `w`, change one number, call `loss`.",
)


# ---- back ----------------------------------------------------------------------------

# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
# One size comes twice: an answer that keeps something from one call to the next fits.
BACK_SIZES = [(2, 4, 6), (2, 3, 3), (4, 1, 2), (1, 5, 4), (2, 3, 3), (5, 3, 6)]
GRADIENTS = ("x", "h_before", "w_x", "w_h", "b")


def _back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return d_a @ w_x.T, d_a @ w_h.T, x.T @ d_a, h_before.T @ d_a, d_a.sum(axis=0)


back = Check(
    name="back",
    **arrays(
        "batch n_in n_hidden",
        BACK_SIZES,
        d_h="batch n_hidden",
        x="batch n_in",
        h_before="batch n_hidden",
        h="batch n_hidden",
        w_x="n_in n_hidden",
        w_h="n_hidden n_hidden",
    ),
    gates="",
    reference=_back,
    outputs=GRADIENTS,
    start="First `d_a = d_h * slope(h)`; all five gradients are made from `d_a`.",
)


# ---- through -------------------------------------------------------------------------

THROUGH_SIZES = [(2, 4, 6, 8), (2, 3, 3, 3), (3, 5, 2, 4), (1, 2, 1, 2)]
THROUGH_SIZES += [(2, 4, 6, 8), (5, 2, 1, 3)]  # one comes again: see above
WHOLE = ("x", "start", "w_x", "w_h", "b")


def _of_a_run(rng, given):
    """Make h the states of the cell; the bias, which the answer does not get, is 0."""
    given |= {"start": np.tanh(given["start"]), "w_h": given["w_h"] / 2}
    given["b"][:] = 0
    return given | {"h": _states(**given)}


def _run(x, start, w_x, w_h, b=None):
    b = np.zeros_like(w_h[0]) if b is None else b
    return cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start)


def _states(d_h, h, **given):
    return _run(**given).h


def _through(d_h, x, start, h, w_x, w_h, b=None):
    """Return the gradients of the course's cell, of the states that are given."""
    return tuple(cells.rnn_backward(_run(x, start, w_x, w_h)._replace(h=h), d_h))


WAYS = Slopes(lambda d_h, h, **given: (d_h * _run(**given).h).sum(), WHOLE)
through = Check(
    name="through",
    **arrays(
        "batch time n_in n_hidden",
        THROUGH_SIZES,
        then=_of_a_run,
        d_h="batch time n_hidden",
        x="batch time n_in",
        start="batch n_hidden",
        h="batch time n_hidden",
        w_x="n_in n_hidden",
        w_h="n_hidden n_hidden",
        b="n_hidden",  # for the judge, which nudges it
    ),
    hidden=("b",),
    reference=_through,
    properties=(  # where h holds the states: not in a case that was made smaller
        nudged("through", WAYS, 1e-7, lambda i: same(i["h"], _states(**i), 1e-8)),
    ),
    slopes=WAYS,
    outputs=WHOLE,
    start="Loop over `reversed(range(x.shape[1]))` and call `back`.",
)


# ---- character -----------------------------------------------------------------------

# The last size is the scale of the readout: with 1e4, the exponential overflows.
CHARACTER_SIZES = [(2, 3, 4, 3, 5, 1), (3, 5, 2, 4, 3, 1), (1, 1, 3, 2, 4, 1)]
CHARACTER_SIZES += [(5, 4, 3, 3, 3, 1), (2, 3, 4, 5, 5, 1e4)]
PARAMETERS = ("w_x", "w_h", "b", "w_y", "b_y")


def _draw_character(rng, batch, n_steps, n_in, n_hidden, n_out, scale):
    weights = cells.rnn_weights(n_in, n_hidden, rng)
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "targets": rng.integers(0, n_out, (batch, n_steps)),
        "start": rng.uniform(-1, 1, (batch, n_hidden)),
        **weights._asdict(),
        "w_y": scale * rng.normal(size=(n_hidden, n_out)),
        "b_y": rng.normal(size=n_out),
    }


def _surprise(x, targets, start, w_x, w_h, b, w_y, b_y):
    """Return states, probabilities, and the nats that each right letter costs."""
    h = _run(x, start, w_x, w_h, b).h
    y = h @ w_y + b_y
    y = y - y.max(axis=-1, keepdims=True)
    log_p = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    at = np.take_along_axis(log_p, targets[..., None], axis=-1)
    return h, np.exp(log_p), -at.mean()


def _character(x, targets, start, w_x, w_h, b, w_y, b_y):
    h, d_y, _ = _surprise(x, targets, start, w_x, w_h, b, w_y, b_y)
    for i in np.ndindex(targets.shape):
        d_y[i][targets[i]] -= 1
    d_y = d_y / targets.size
    back = _through(d_y @ w_y.T, x, start, h, w_x, w_h)
    return *back[2:], np.tensordot(h, d_y, ((0, 1), (0, 1))), d_y.sum(axis=(0, 1))


LETTERS = Slopes(lambda **given: _surprise(**given)[2], PARAMETERS)
character = Check(
    name="character",
    **over(CHARACTER_SIZES, _draw_character),
    reference=_character,
    properties=(  # where the loss is smooth enough
        nudged("character", LETTERS, 1e-7, lambda given: given["w_y"].max() < 100),
    ),
    slopes=LETTERS,
    outputs=PARAMETERS,
    start="Forward first: states, logits, probabilities. Then `d_y`, then `through`.",
    may=("cells.rnn",),
)


# ---- pieces --------------------------------------------------------------------------

PIECES_SIZES = [
    (1, 5, 2, 4, 3),  # the last piece is shorter
    (3, 21, 5, 9, 7),
    (5, 6, 3, 3, 3),  # more sequences than steps in a piece
    (1, 5, 2, 3, 8),  # one piece holds it all
]


def _draw_pieces(rng, batch, n_steps, n_in, n_hidden, k):
    return {
        "weights": cells.rnn_weights(n_in, n_hidden, rng),
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "y": rng.uniform(-1, 1, (batch, n_steps, n_hidden)),
        "k": k,
    }


def _in_pieces(answer, inputs, *, prepare):
    """Return loss and gradients, in the row convention; a batch is read twice."""
    layer, x, y = prepare(inputs["weights"], inputs["x"], inputs["y"])
    n_weights, at_once = len(parameters(layer)), _watch(layer)
    with keeping(layer, numbers=True):
        found = _in_rows(answer(layer, x, y, inputs["k"]), n_weights)
        if len(inputs["x"]) > 1:
            again = answer(layer, x, y, inputs["k"])
            found = found | {AGAIN: _in_rows(again, n_weights)}
    return found | {KEPT: max(at_once, default=0)}


SHARED = ("AGAIN", "KEPT", "_wave")
AGAIN, KEPT = "a second call", "pieces kept until the end"


def _watch(layer):
    """Return a list: how many pieces each reading finds that wait for a backward pass.

    PyTorch only. It stays empty for a layer of Keras, which has no hooks.
    """
    waiting, found = set(), []
    if not hasattr(layer, "register_forward_hook"):
        return found

    def read(layer, given, result):
        states, number = result[0], len(found)
        if states.requires_grad:
            waiting.add(number)
            states.register_hook(lambda _: waiting.discard(number))

    layer.register_forward_pre_hook(lambda *_: found.append(len(waiting)))
    layer.register_forward_hook(read)
    return found


def _in_rows(result, n_weights):
    """Return the loss and the gradients of w_x, w_h and b; refuse what else came."""
    result = plain(result)
    parts = result if isinstance(result, tuple | list) else [result]
    if len(parts) != 2 or not isinstance(parts[1], tuple | list):
        raise Refused(
            "`pieces` must return two things: the loss, one number, and a list with "
            "one gradient for each weight of the layer; given "
            f"{', '.join(map(kind, parts))}."
        )
    loss, found = parts
    if any(g is None for g in found):
        raise Refused(
            "Some gradients are None. Either the framework did not see the layer at "
            "work: run the layer and compute the loss while it records. Or they were "
            "cleared after the backward pass: clear them once, before the loop."
        )
    if np.size(loss) != 1:
        raise Refused(
            "The loss is not one number. Add the losses of the pieces up, and return "
            "the sum."
        )
    if len(found) != n_weights:
        raise Refused(
            f"`pieces` returned {len(found)} gradients for {n_weights} weights of the "
            "layer. Return one gradient for each, added up over the pieces (with "
            "lists, `+` puts one behind the other)."
        )
    # PyTorch has two biases, which have equal gradients, and keeps the transposes.
    w_x, w_h, b = (found[0].T, found[1].T, found[2]) if len(found) == 4 else found
    loss = np.reshape(loss, ()).astype(float)
    return {"loss": loss, "w_x": w_x, "w_h": w_h, "b": b}


def _cut(weights, x, y, k):
    """Return loss and gradients with the gradient cut every k steps."""
    run = cells.rnn(x, weights)
    found = cells.rnn_backward(run, run.h - y, truncate=k)
    loss = np.array(0.5 * ((run.h - y) ** 2).sum())
    right = {"loss": loss, "w_x": found.w_x, "w_h": found.w_h, "b": found.b}
    return right | ({AGAIN: right} if len(x) > 1 else {}) | {KEPT: 0}


pieces = Check(
    name="pieces",
    **over(PIECES_SIZES, _draw_pieces),
    call=_in_pieces,
    reference=_cut,
    tolerance=1e-6,
    float32=False,
    start="Loop over `range(0, x.shape[1], k)`; a piece is `x[:, t : t + k]`.",
    may=("ur.load_rnn",),
)


# ---- mend ----------------------------------------------------------------------------

MEND_SIZES = [(2, 4, 5, 6, 8, 10), (3, 1, 2, 4, 3, 2), (1, 4, 5, 3, 4, 2)]
MEND_SIZES += [(4, 3, 4, 2, 3, 3)]
PARTS = ("table", "w_h", "w_y")


def _of_a_reading(rng, given):
    """Make ids symbols, and h the first state and those that the cell has then."""
    ids, _, h, table, w_h, _ = given.values()
    given["ids"] = rng.integers(0, len(table), ids.shape)
    h[:, 0] = np.tanh(h[:, 0])
    h[:, 1:] = _run(np.eye(len(table))[given["ids"]], h[:, 0], table, w_h).h
    return given


def _mend(ids, d_y, h, table, w_h, w_y):
    """Return the gradients of the course's cells: symbols as one-hot rows."""
    x, states = np.eye(len(table), dtype=h.dtype)[ids], h[:, 1:]
    _, _, d_table, d_w_h, _ = _through(d_y @ w_y.T, x, h[:, 0], states, table, w_h)
    return d_table, d_w_h, np.tensordot(states, d_y, ((0, 1), (0, 1)))


def _loss_of_outputs(ids, d_y, h, table, w_h, w_y):
    states = _run(np.eye(len(table))[ids], h[:, 0], table, w_h).h
    return (d_y * (states @ w_y)).sum()


mend = Check(
    name="mend",
    **arrays(
        "batch time steps_and_one n_symbols n_hidden n_out",
        MEND_SIZES,
        then=_of_a_reading,
        ids="batch time",
        d_y="batch time n_out",
        h="batch steps_and_one n_hidden",
        table="n_symbols n_hidden",
        w_h="n_hidden n_hidden",
        w_y="n_hidden n_out",
    ),
    reference=_mend,
    slopes=Slopes(_loss_of_outputs, PARTS),
    outputs=PARTS,
    start="Copy `patient`. Which of its lines should add, and do not?",
)
