"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, Slopes, arrays
from unrolled.check.slopes import error as error_of
from unrolled.check.slopes import numeric as numeric_slope
from unrolled.check.values import has_float32, plain, same

# ---- slope ---------------------------------------------------------------------------

SLOPE_SHAPES = [(2, 4), (4,), (2, 3, 4), (5,), (3, 2), (1, 4, 2)]


def _draw_slope(rng, case):
    shape = SLOPE_SHAPES[case]
    return {"h": rng.uniform(0.1, 1, shape) * rng.choice([-1, 1], shape)}


def _slope(h):
    return 1 - h**2


slope = Check(
    name="slope",
    draw=_draw_slope,
    reference=_slope,
    dims={"h": ("first axis", "second axis")},
    start="With t for tanh a, the derivative of tanh a is 1 − t².",
)


# ---- numeric -------------------------------------------------------------------------

NUMERIC_SHAPES = [(2, 4), (3,), (2,), (3, 2), (2, 2, 2), (1, 4)]


class _Wave:
    """A loss: one number for an array; its slopes differ from place to place."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, w):
        waves = np.sin(self.factor * w) + self.factor * w**3
        return float(waves.sum() + np.prod(w))

    def __repr__(self):
        return "a function"  # for the sentences of the check

    def __deepcopy__(self, memo):
        return self


def _draw_numeric(rng, case):
    shape = NUMERIC_SHAPES[case]
    return {
        "loss": _Wave(rng.uniform(-1.5, 1.5, shape)),
        "w": rng.normal(size=shape),
        "epsilon": (0.1, 0.05, 0.01)[case % 3],
    }


def _plain(inputs):
    """Return the inputs with numbers in place of the function."""
    return {"the factors of the loss": inputs["loss"].factor} | {
        name: inputs[name] for name in ("w", "epsilon")
    }


def _on_a_wave(answer, inputs):
    factor, w, epsilon = inputs.values()
    return answer(_Wave(factor), w, epsilon)


def _central(loss, w, epsilon):
    slopes = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        nudge = np.zeros(w.shape)
        nudge[i] = epsilon
        slopes[i] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return slopes


numeric = Check(
    name="numeric",
    draw=_draw_numeric,
    given=_plain,
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

THROUGH_SIZES = [
    (2, 4, 6, 8),
    (2, 3, 3, 3),
    (3, 5, 2, 4),
    (1, 2, 1, 2),
    (2, 4, 6, 8),  # again: see above
    (5, 2, 1, 3),
]
WHOLE = ("x", "start", "w_x", "w_h", "b")


def _draw_through(rng, case):
    batch, n_steps, n_in, n_hidden = THROUGH_SIZES[case]
    x = rng.normal(size=(batch, n_steps, n_in))
    weights = cells.rnn_weights(n_in, n_hidden, rng)
    weights = weights._replace(b=np.zeros(n_hidden))  # the answer is not given the bias
    start = rng.uniform(-1, 1, (batch, n_hidden))
    return {
        "d_h": rng.normal(size=(batch, n_steps, n_hidden)),
        "x": x,
        "start": start,
        "h": cells.rnn(x, weights, start).h,
        "w_x": weights.w_x,
        "w_h": weights.w_h,
        "b": weights.b,  # for the judge, which nudges it
    }


def _without_b(inputs):
    return {name: value for name, value in inputs.items() if name != "b"}


def _by_nudges(name, loss, arguments, inputs, value):
    """Return a sentence if a gradient is off by more than 1e-7 from the nudged one."""
    for argument, derived in zip(arguments, value, strict=True):
        slope = numeric_slope(Slopes(loss, arguments), inputs, argument)
        if error_of(slope, derived) > 1e-7:
            return (
                f"`{name}` → `{argument}`: nudged numbers give another gradient, the "
                f"relative error is {error_of(slope, derived):.1e}."
            )
    return None


def _through(d_h, x, start, h, w_x, w_h, b=None):
    d_x, later = np.zeros_like(x), np.zeros_like(start)
    totals = [np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(w_h[0])]
    for t in reversed(range(x.shape[1])):
        old = h[:, t - 1] if t else start
        new = _back(d_h[:, t] + later, x[:, t], old, h[:, t], w_x, w_h)
        d_x[:, t], later, *one = new
        totals = [a + b for a, b in zip(totals, one, strict=True)]
    return (d_x, later, *totals)


def _loss_of_states(d_h, x, start, h, w_x, w_h, b):
    weights = cells.RNNWeights(w_x, w_h, b)
    return (d_h * cells.rnn(x, weights, start).h).sum()


def _nudges_agree(inputs, value):
    """The gate of the unit: every argument nudged, relative error at most 1e-7."""
    if has_float32(inputs):
        return None
    h, weights = inputs["h"], cells.RNNWeights(*(inputs[n] for n in WHOLE[2:]))
    if not same(h, cells.rnn(inputs["x"], weights, inputs["start"]).h, 1e-8):
        return None  # a case made smaller: its states are those of another one
    return _by_nudges("through", _loss_of_states, WHOLE, inputs, value)


through = Check(
    name="through",
    draw=_draw_through,
    given=_without_b,
    reference=_through,
    properties=(_nudges_agree,),
    slopes=Slopes(_loss_of_states, WHOLE),
    dims={
        "d_h": ("batch", "time", "n_hidden"),
        "x": ("batch", "time", "n_in"),
        "start": ("batch", "n_hidden"),
        "h": ("batch", "time", "n_hidden"),
        "w_x": ("n_in", "n_hidden"),
        "w_h": ("n_hidden", "n_hidden"),
        "b": ("n_hidden",),
    },
    outputs=WHOLE,
    start="Loop over `reversed(range(x.shape[1]))` and call `back`.",
)


# ---- character -----------------------------------------------------------------------

# The last size is the scale of the readout: with 1e4, the exponential overflows.
CHARACTER_SIZES = [
    (2, 3, 4, 3, 5, 1),
    (3, 5, 2, 4, 3, 1),
    (1, 1, 3, 2, 4, 1),
    (5, 4, 3, 3, 3, 1),
    (2, 3, 4, 5, 5, 1e4),
]
PARAMETERS = ("w_x", "w_h", "b", "w_y", "b_y")


def _draw_character(rng, case):
    batch, n_steps, n_in, n_hidden, n_out, scale = CHARACTER_SIZES[case]
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
    h = cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start).h
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


def _cross_entropy(**inputs):
    return _surprise(**inputs)[2]


def _letters_agree(inputs, value):
    """The gate once more, where the loss is smooth enough to be nudged."""
    if has_float32(inputs) or np.abs(inputs["w_y"]).max() > 100:
        return None
    return _by_nudges("character", _cross_entropy, PARAMETERS, inputs, value)


character = Check(
    name="character",
    draw=_draw_character,
    reference=_character,
    cases=len(CHARACTER_SIZES),
    properties=(_letters_agree,),
    slopes=Slopes(_cross_entropy, PARAMETERS),
    outputs=PARAMETERS,
    start="Forward first: states, logits, probabilities. Then `d_y`, then `through`.",
)


# ---- pieces --------------------------------------------------------------------------

PIECES_SIZES = [
    (1, 5, 2, 4, 3),  # the last piece is shorter
    (3, 21, 5, 9, 7),
    (5, 6, 3, 3, 3),  # more sequences than steps in a piece
    (1, 5, 2, 3, 8),  # one piece holds it all
]


def _draw_pieces(rng, case):
    batch, n_steps, n_in, n_hidden, k = PIECES_SIZES[case]
    return {
        "weights": cells.rnn_weights(n_in, n_hidden, rng),
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "y": rng.uniform(-1, 1, (batch, n_steps, n_hidden)),
        "k": k,
    }


def _in_pieces(answer, inputs, *, prepare):
    """Return loss and gradients, in the row convention; a batch is read twice."""
    layer, x, y = prepare(inputs["weights"], inputs["x"], inputs["y"])
    before, at_once = _weights(layer), _watch(layer)
    try:
        found = _in_rows(answer(layer, x, y, inputs["k"]), len(before))
        if len(inputs["x"]) > 1:
            again = answer(layer, x, y, inputs["k"])
            found = found | {AGAIN: _in_rows(again, len(before))}
    except (RuntimeError, ValueError) as error:
        says = [says for sign, says in IN_WORDS.items() if sign in str(error)]
        if not says:
            raise
        raise RuntimeError(says[0]).with_traceback(error.__traceback__) from None
    pairs = zip(before, _weights(layer), strict=True)
    if not all(np.array_equal(a, b) for a, b in pairs):
        return {"instead": "moved"}
    return found | {KEPT: max(at_once, default=0)}


SHARED = ("AGAIN", "KEPT")
AGAIN, KEPT = "a second call", "pieces kept until the end"
IN_WORDS = {  # what the frameworks say, and what it means here
    "a second time": (
        "the gradient walks back into a piece that is done with. The state still hangs "
        "on it: cut it off with `h.detach()`, and keep the result. (`retain_graph=True`"
        " would keep all pieces, and cut nothing.) Write `h = h.detach()`"
    ),
    "does not require grad": (
        "the loss does not know the layer's weights. Was the layer run under "
        "`no_grad`, or its result detached before the loss was computed?"
    ),
    "(None)": (
        "a gradient is None, since the tape did not see how the loss came from the "
        "weights. Run the layer and compute the loss inside the `with`"
    ),
}


def _weights(layer):
    of_keras = hasattr(layer, "get_weights")
    return plain(layer.get_weights() if of_keras else list(layer.parameters()))


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
    """Return the loss and the gradients of w_x, w_h and b, or what came instead."""
    result = plain(result)
    pair = isinstance(result, tuple | list) and len(result) == 2
    if not pair or not isinstance(result[1], tuple | list):
        parts = result if isinstance(result, tuple | list) else [result]
        return {"instead": "given " + ", ".join(type(p).__name__ for p in parts)}
    loss, found = result
    if any(g is None for g in found):
        return {"instead": "none"}
    if np.size(loss) != 1:
        return {"instead": "losses"}
    if len(found) != n_weights:
        return {"instead": f"{len(found)} gradients for {n_weights} weights"}
    # PyTorch has two biases, which have equal gradients, and keeps the transposes.
    w_x, w_h, b = (found[0].T, found[1].T, found[2]) if len(found) == 4 else found
    loss = float(np.reshape(loss, ()))
    return {"loss": np.array(loss), "w_x": w_x, "w_h": w_h, "b": b}


def _cut(weights, x, y, k):
    """Return loss and gradients with the gradient cut every k steps."""
    run = cells.rnn(x, weights)
    found = cells.rnn_backward(run, run.h - y, truncate=k)
    loss = np.array(0.5 * ((run.h - y) ** 2).sum())
    right = {"loss": loss, "w_x": found.w_x, "w_h": found.w_h, "b": found.b}
    return right | ({AGAIN: right} if len(x) > 1 else {}) | {KEPT: 0}


def _returned(inputs, value):
    instead = value.get("instead")
    if instead == "none":
        return (
            "Some gradients are None. Either the framework did not see the layer at "
            "work: run the layer and compute the loss while it records. Or they were "
            "cleared after the backward pass: clear them once, before the loop."
        )
    if instead == "losses":
        return (
            "The loss is not one number. Add the losses of the pieces up, and return "
            "the sum."
        )
    if instead == "moved":
        return (
            "The layer's weights are others than before. Only differentiate: leave "
            "out the optimizer's step."
        )
    if instead and "weights" in instead:
        return (
            f"`pieces` returned {instead} of the layer. Return one gradient for each, "
            "added up over the pieces (with lists, `+` puts one behind the other)."
        )
    if instead:
        return (
            "`pieces` must return two things: the loss, one number, and a list with "
            f"one gradient for each weight of the layer; {instead}."
        )
    return None


pieces = Check(
    name="pieces",
    draw=_draw_pieces,
    call=_in_pieces,
    first=_returned,
    reference=_cut,
    tolerance=1e-6,
    cases=len(PIECES_SIZES),
    float32=False,
    start="Loop over `range(0, x.shape[1], k)`; a piece is `x[:, t : t + k]`.",
)


# ---- mend ----------------------------------------------------------------------------

MEND_SIZES = [(2, 4, 6, 8, 10), (3, 1, 4, 3, 2), (1, 4, 3, 4, 2), (4, 3, 2, 3, 3)]
PARTS = ("table", "w_h", "w_y")


def _draw_mend(rng, case):
    batch, n_steps, n_symbols, n_hidden, n_out = MEND_SIZES[case]
    ids = rng.integers(0, n_symbols, (batch, n_steps))
    table = rng.normal(size=(n_symbols, n_hidden))
    w_h = rng.normal(size=(n_hidden, n_hidden))
    states = [rng.uniform(-1, 1, (batch, n_hidden))]
    for t in range(n_steps):
        states.append(np.tanh(table[ids[:, t]] + states[-1] @ w_h))
    return {
        "ids": ids,
        "d_y": rng.normal(size=(batch, n_steps, n_out)),
        "h": np.stack(states, axis=1),
        "table": table,
        "w_h": w_h,
        "w_y": rng.normal(size=(n_hidden, n_out)),
    }


def _mend(ids, d_y, h, table, w_h, w_y):
    """Return the gradients of the course's cells: symbols as one-hot rows."""
    x = np.eye(len(table), dtype=h.dtype)[ids]
    d_table, d_w_h, d_w_y = np.zeros_like(table), np.zeros_like(w_h), 0
    later = np.zeros_like(h[:, 0])
    for t in reversed(range(ids.shape[1])):
        d_w_y = d_w_y + h[:, t + 1].T @ d_y[:, t]
        d_a = (d_y[:, t] @ w_y.T + later) * (1 - h[:, t + 1] ** 2)
        d_table, d_w_h = d_table + x[:, t].T @ d_a, d_w_h + h[:, t].T @ d_a
        later = d_a @ w_h.T
    return d_table, d_w_h, d_w_y


def _loss_of_outputs(ids, d_y, h, table, w_h, w_y):
    weights = cells.RNNWeights(table, w_h, np.zeros(len(w_h)))
    states = cells.rnn(np.eye(len(table))[ids], weights, h[:, 0]).h
    return (d_y * (states @ w_y)).sum()


mend = Check(
    name="mend",
    draw=_draw_mend,
    reference=_mend,
    cases=len(MEND_SIZES),
    slopes=Slopes(_loss_of_outputs, PARTS),
    dims={
        "ids": ("batch", "time"),
        "d_y": ("batch", "time", "n_out"),
        "h": ("batch", "one step more", "n_hidden"),
        "table": ("n_symbols", "n_hidden"),
        "w_h": ("n_hidden", "n_hidden"),
        "w_y": ("n_hidden", "n_out"),
    },
    outputs=PARTS,
    start="Copy `patient`. Which of its lines should add, and do not?",
)
