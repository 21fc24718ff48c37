"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, Slopes, Suspect, Term
from unrolled.check.values import has_float32, plain, same
from unrolled.check.say import difference

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
    suspects=(
        Suspect(
            "You take tanh once more. `h` is already what tanh gave: use it as it is.",
            lambda h: 1 - np.tanh(h) ** 2,
        ),
        Suspect(
            "That is the slope of the logistic sigmoid, s(1 − s). For tanh it is "
            "another one.",
            lambda h: h * (1 - h),
        ),
        Suspect("The square is missing: 1 − h².", lambda h: 1 - h),
        Suspect("The square belongs to `h` alone: 1 − h².", lambda h: (1 - h) ** 2),
        Suspect(
            "The slope of tanh is largest, 1, where h is 0, and falls to both sides. "
            "Yours rises.",
            lambda h: 1 + h**2,
        ),
        Suspect("The 1 is missing: 1 − h².", lambda h: -(h**2)),
        Suspect(
            "That is the derivative of the slope's formula. The formula itself is "
            "what is wanted.",
            lambda h: -2 * h,
        ),
        Suspect(
            "That is the slope of ReLU, 1 or 0.", lambda h: (h > 0).astype(h.dtype)
        ),
        Suspect(
            "No root: the slope of tanh is 1 − h² itself.",
            lambda h: np.sqrt(1 - h**2),
        ),
        Suspect(
            "That is tanh, taken once more. Its slope is wanted: 1 − h².",
            lambda h: np.tanh(h),
        ),
        Suspect(
            "The square of `h` is wanted, not its double: 1 − h².",
            lambda h: 1 - 2 * h,
        ),
        Suspect(
            "That is the slope of the inverse of tanh, one divided by what is wanted.",
            lambda h: 1 / (1 - h**2),
        ),
    ),
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


def _nudged(loss, w, epsilon, up=1.0, down=1.0, divide=2.0, keep=False, scale=None):
    """Return the gradient by differences; the arguments make the known wrong ways."""
    w, gradient = w.astype(np.float64), np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        step = epsilon * (1 if scale is None else scale(w[i]))
        high, low = w.copy(), w.copy()
        high[i] += up * step
        low[i] -= down * step
        gradient[i] = (loss(high) - loss(low)) / (divide * epsilon)
        if keep:
            w[i] = low[i]
    return gradient


def _all_at_once(loss, w, epsilon):
    slope_ = (loss(w + epsilon) - loss(w - epsilon)) / (2 * epsilon)
    return np.full(w.shape, slope_)


def _rows(loss, w, epsilon):
    """Nudge along the first axis only: whole rows, where there are rows."""
    gradient = np.zeros_like(w)
    for i in range(len(w)):
        high, low = w.copy(), w.copy()
        high[i] += epsilon
        low[i] -= epsilon
        gradient[i] = (loss(high) - loss(low)) / (2 * epsilon)
    return gradient


def _by_entry(slope_):
    """Return the gradient with `slope_(high, low, i, w, epsilon)` for its numbers."""

    def formula(loss, w, epsilon):
        found = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            high, low = w.copy(), w.copy()
            high[i] += epsilon
            low[i] -= epsilon
            found[i] = slope_(loss, high, low, i, epsilon)
        return found

    return formula


def _number_alone(loss, high, low, i, epsilon):
    return (loss(high[i]) - loss(low[i])) / (2 * epsilon)


def _number_replaced(loss, high, low, i, epsilon):
    high[i], low[i] = epsilon, -epsilon
    return (loss(high) - loss(low)) / (2 * epsilon)


def _copied_once(loss, w, epsilon):
    found, high, low = np.zeros(w.shape), w.copy(), w.copy()
    for i in np.ndindex(w.shape):
        high[i] += epsilon
        low[i] -= epsilon
        found[i] = (loss(high) - loss(low)) / (2 * epsilon)
    return found


numeric = Check(
    name="numeric",
    draw=_draw_numeric,
    given=_plain,
    call=_on_a_wave,
    reference=_nudged,
    suspects=(
        Suspect(
            "You nudge to one side only. Go up and down: the error then shrinks like "
            "epsilon², not like epsilon.",
            lambda **k: _nudged(**k, down=0.0, divide=1.0),
        ),
        Suspect(
            "You nudge to one side only, downwards. Go up and down.",
            lambda **k: _nudged(**k, up=0.0, divide=1.0),
        ),
        Suspect(
            "From `w - epsilon` to `w + epsilon` it is 2 epsilon: divide by that.",
            lambda **k: _nudged(**k, divide=1.0),
        ),
        Suspect(
            "You nudge to one side by epsilon and divide by 2 epsilon. Go to both "
            "sides.",
            lambda **k: _nudged(**k, down=0.0),
        ),
        Suspect(
            "The difference is not divided by anything. A slope is a rise divided by "
            "a run, 2 epsilon.",
            lambda **k: 2 * k["epsilon"] * _nudged(**k),
        ),
        Suspect(
            "Mind the brackets: `/ 2 * epsilon` divides by 2 and multiplies by "
            "epsilon. Write `/ (2 * epsilon)`.",
            lambda **k: k["epsilon"] ** 2 * _nudged(**k),
        ),
        Suspect(
            "All numbers of `w` are nudged at once. Nudge one and leave the others "
            "alone, for each in turn.",
            _all_at_once,
        ),
        Suspect(
            "You nudge whole rows: with more than one axis, `w[i]` is a row. Go "
            "through single numbers, `np.ndindex(w.shape)`.",
            _rows,
        ),
        Suspect(
            "The numbers that you nudged stay nudged while you go on to the next. "
            "Put each back first.",
            lambda **k: _nudged(**k, keep=True),
        ),
        Suspect(
            "The nudge is `epsilon * w`, but you divide by `epsilon`. Add epsilon "
            "itself.",
            lambda **k: _nudged(**k, scale=lambda value: value),
        ),
        Suspect(
            "The two losses are added. A slope is their difference.",
            _by_entry(
                lambda loss, high, low, i, epsilon: (
                    (loss(high) + loss(low)) / (2 * epsilon)
                )
            ),
        ),
        Suspect(
            "Up and down give the same loss everywhere. Are they one array, nudged up "
            "and down again (`up = down = …`)? Make two copies of `w`.",
            lambda **k: np.zeros(k["w"].shape),
        ),
        Suspect(
            "The copies are made once, before the loop, and what you nudged stays "
            "nudged in them. Copy `w` anew for each number.",
            _copied_once,
        ),
        Suspect(
            "`loss` is given one number of `w`. It needs the whole array, in which "
            "one number is nudged.",
            _by_entry(_number_alone),
        ),
        Suspect(
            "A number of `w` is replaced by epsilon. Add epsilon to it: "
            "`up[i] += epsilon`.",
            _by_entry(_number_replaced),
        ),
        Suspect(
            "Every slope is added to all numbers of the gradient. Put each at its own "
            "place: `gradient[i] = …`.",
            lambda **k: np.full(k["w"].shape, _nudged(**k).sum()),
        ),
        Suspect(
            "You nudge by half of epsilon and divide by 2 epsilon. Nudge by epsilon.",
            lambda **k: _nudged(**k, up=0.5, down=0.5),
        ),
        Suspect(
            "You nudge by half of epsilon. Nudge by epsilon itself, up and down, and "
            "divide by 2 epsilon.",
            lambda **k: _nudged(**k, up=0.5, down=0.5, divide=1.0),
        ),
        Suspect(
            "The signs are lost: a slope may be negative.",
            lambda **k: np.abs(_nudged(**k)),
        ),
        Suspect(
            "Only the first number is nudged. Go on to all others "
            "(`np.ndindex(w.shape)`), and let the `return` stand below the loop.",
            lambda **k: (
                _nudged(**k) * (np.arange(k["w"].size) == 0).reshape(k["w"].shape)
            ),
        ),
        *(
            Suspect(
                "You nudge by an epsilon of your own. Use the one that is given.",
                lambda loss, w, epsilon, own=own: _nudged(loss, w, own),
            )
            for own in (1e-3, 1e-4, 1e-5, 1e-6)
        ),
        Suspect(
            "Every sign is turned round: subtract the lower loss from the upper one.",
            lambda **k: -_nudged(**k),
        ),
    ),
    float32=False,
    start="Loop over `np.ndindex(w.shape)`; copy `w`, change one number, call `loss`.",
)


# ---- back ----------------------------------------------------------------------------

# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
# One size comes twice: an answer that keeps something from one call to the next fits.
BACK_SIZES = [(2, 4, 6), (2, 3, 3), (4, 1, 2), (1, 5, 4), (2, 3, 3), (5, 3, 6)]
GRADIENTS = ("x", "h_before", "w_x", "w_h", "b")


def _draw_back(rng, case):
    batch, n_in, n_hidden = BACK_SIZES[case]
    return {
        "d_h": rng.normal(size=(batch, n_hidden)),
        "x": rng.normal(size=(batch, n_in)),
        "h_before": rng.uniform(-1, 1, (batch, n_hidden)),
        "h": rng.uniform(-1, 1, (batch, n_hidden)),
        "w_x": rng.normal(size=(n_in, n_hidden)),
        "w_h": rng.normal(size=(n_hidden, n_hidden)),
    }


def _back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h**2)
    return d_a @ w_x.T, d_a @ w_h.T, x.T @ d_a, h_before.T @ d_a, d_a.sum(axis=0)


def _through_slope(make):
    """Return the five gradients with `make(d_h, h_before, h)` in the place of d_a."""

    def formula(d_h, x, h_before, h, w_x, w_h):
        d_a = make(d_h, h_before, h)
        return d_a @ w_x.T, d_a @ w_h.T, x.T @ d_a, h_before.T @ d_a, d_a.sum(axis=0)

    return formula


def _instead(**parts):
    """Return the right gradients with some replaced, `name=formula(d_a, inputs)`."""

    def formula(**inputs):
        d_a = inputs["d_h"] * (1 - inputs["h"] ** 2)
        right = dict(zip(GRADIENTS, _back(**inputs), strict=True))
        return tuple((right | {k: f(d_a, inputs) for k, f in parts.items()}).values())

    return formula


BEFORE_THE_SLOPE_OF_WEIGHTS = {
    "w_x": lambda d_a, i: i["x"].T @ i["d_h"],
    "w_h": lambda d_a, i: i["h_before"].T @ i["d_h"],
}
BEFORE_THE_SLOPE = BEFORE_THE_SLOPE_OF_WEIGHTS | {
    "x": lambda d_a, i: i["d_h"] @ i["w_x"].T,
}


back = Check(
    name="back",
    draw=_draw_back,
    reference=_back,
    suspects=(
        Suspect(
            "The slope of tanh is missing. Multiply `d_h` by it before anything else.",
            _through_slope(lambda d_h, before, h: d_h),
        ),
        Suspect(
            "The slope is taken at the old state. tanh gave `h`, so use `1 - h**2`.",
            _through_slope(lambda d_h, before, h: d_h * (1 - before**2)),
        ),
        Suspect(
            "You take tanh once more for the slope. `h` is already what tanh gave.",
            _through_slope(lambda d_h, before, h: d_h * (1 - np.tanh(h) ** 2)),
        ),
        Suspect(
            "You divide by the slope. By the chain rule it multiplies: "
            "`d_h * (1 - h**2)`.",
            _through_slope(lambda d_h, before, h: d_h / (1 - h**2)),
        ),
        Suspect(
            "The gradient for `h_before` needs `w_h.T`: the sum runs over the units "
            "that were fed, the columns of `w_h`. The square shape hides the error.",
            _instead(h_before=lambda d_a, i: d_a @ i["w_h"]),
        ),
        Suspect(
            "The gradient for `x` needs `w_x.T`.",
            _instead(x=lambda d_a, i: d_a @ i["w_x"]),
        ),
        Suspect(
            "The gradient for `w_h` uses the new state. What was multiplied by `w_h` "
            "is the state before, `h_before`.",
            _instead(w_h=lambda d_a, i: i["h"].T @ d_a),
        ),
        Suspect(
            "The gradient for `w_h` is transposed. Rows are where a weight comes "
            "from: `h_before.T @ d_a`.",
            _instead(w_h=lambda d_a, i: d_a.T @ i["h_before"]),
        ),
        Suspect(
            "Both weight gradients are transposed: that is the column convention.",
            _instead(
                w_x=lambda d_a, i: d_a.T @ i["x"],
                w_h=lambda d_a, i: d_a.T @ i["h_before"],
            ),
        ),
        Suspect(
            "`b` was added to every sequence of the batch, so its gradient is the sum "
            "over the batch. Yours is the mean.",
            _instead(b=lambda d_a, i: d_a.mean(axis=0)),
        ),
        Suspect(
            "`b` was added to every sequence of the batch, so its gradient is the sum "
            "over the batch: `sum(axis=0)`.",
            _instead(b=lambda d_a, i: d_a),
        ),
        Suspect(
            "The gradient for `b` is one number in all. Every unit has a bias of its "
            "own: add over the batch only, `sum(axis=0)`.",
            _instead(b=lambda d_a, i: d_a.sum()),
        ),
        Suspect(
            "The gradient for `b` is summed over the units: one number for each "
            "sequence. Add over the batch, `sum(axis=0)`.",
            _instead(b=lambda d_a, i: d_a.sum(axis=1)),
        ),
        Suspect(
            "`b` stands inside tanh: its gradient is the sum of `d_a`, after the "
            "slope, not of `d_h`.",
            _instead(b=lambda d_a, i: i["d_h"].sum(axis=0)),
        ),
        Suspect(
            "The gradients for the weights are divided by the batch. The loss decides "
            "whether it is a mean; here gradients only add up.",
            _instead(
                w_x=lambda d_a, i: i["x"].T @ d_a / len(d_a),
                w_h=lambda d_a, i: i["h_before"].T @ d_a / len(d_a),
                b=lambda d_a, i: d_a.mean(axis=0),
            ),
        ),
        Suspect(
            "`h_before` also went through tanh: its gradient starts from `d_a`, after "
            "the slope, not from `d_h`.",
            _instead(h_before=lambda d_a, i: i["d_h"] @ i["w_h"].T),
        ),
        *(
            Suspect(
                f"The gradient for `{name}` starts from `d_h`. It too starts from "
                "`d_a`, after the slope of tanh.",
                _instead(**{name: part}),
            )
            for name, part in BEFORE_THE_SLOPE.items()
        ),
        Suspect(
            "The gradients for `w_x` and `w_h` start from `d_h`. They too start from "
            "`d_a`, after the slope of tanh.",
            _instead(**BEFORE_THE_SLOPE_OF_WEIGHTS),
        ),
        Suspect(
            "`np.outer` pairs every number with every other, across sequences. "
            "`x.T @ d_a` pairs those of one sequence, and adds over the batch.",
            _instead(
                w_x=lambda d_a, i: np.outer(i["x"], d_a),
                w_h=lambda d_a, i: np.outer(i["h_before"], d_a),
            ),
        ),
        Suspect(
            "The gradient for `h_before` goes through a slope of its own. That belongs "
            "to the step before; here only `d_a @ w_h.T` is wanted.",
            _instead(
                h_before=lambda d_a, i: d_a @ i["w_h"].T * (1 - i["h_before"] ** 2)
            ),
        ),
    ),
    dims={
        "d_h": ("batch", "n_hidden"),
        "x": ("batch", "n_in"),
        "h_before": ("batch", "n_hidden"),
        "h": ("batch", "n_hidden"),
        "w_x": ("n_in", "n_hidden"),
        "w_h": ("n_hidden", "n_hidden"),
    },
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


def _through(d_h, x, start, h, w_x, w_h, b=None):
    d_x, later = np.zeros_like(x), np.zeros_like(start)
    totals = [np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(w_h[0])]
    for t in reversed(range(x.shape[1])):
        old = h[:, t - 1] if t else start
        new = _back(d_h[:, t] + later, x[:, t], old, h[:, t], w_x, w_h)
        d_x[:, t], later, *one = new
        totals = [a + b for a, b in zip(totals, one, strict=True)]
    return (d_x, later, *totals)


def _nudges_agree(inputs, value):
    """The gate of the unit: every argument nudged, relative error at most 1e-7."""
    if has_float32(inputs):
        return None
    d_h, x, start, h, w_x, w_h, b = inputs.values()
    if not same(h, cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start).h, 1e-8):
        return None  # a case made smaller: its states are those of another one
    arguments = [a.copy() for a in (x, start, w_x, w_h, b)]

    def loss():
        x, start, w_x, w_h, b = arguments
        return (d_h * cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start).h).sum()

    for name, argument, derived in zip(WHOLE, arguments, value, strict=True):
        slopes = np.zeros_like(argument)
        for i in np.ndindex(argument.shape):
            kept = argument[i]
            argument[i] = kept + 1e-5
            up = loss()
            argument[i] = kept - 1e-5
            slopes[i] = (up - loss()) / 2e-5
            argument[i] = kept
        error = np.linalg.norm(slopes - derived)
        error /= np.linalg.norm(slopes) + np.linalg.norm(derived)
        if error > 1e-7:
            return (
                f"`through` → `{name}`: nudged numbers give another gradient, the "
                f"relative error is {error:.1e}."
            )
    return None


def _at(d_h, step):
    alone = np.zeros_like(d_h)
    alone[:, step] = d_h[:, step]
    return alone


def _loss_of_states(d_h, x, start, h, w_x, w_h, b):
    weights = cells.RNNWeights(w_x, w_h, b)
    return (d_h * cells.rnn(x, weights, start).h).sum()


through = Check(
    name="through",
    draw=_draw_through,
    given=_without_b,
    reference=_through,
    properties=(_nudges_agree,),
    terms=(
        Term("the loss at the first step", lambda **i: i | {"d_h": _at(i["d_h"], 0)}),
        Term("the loss at the last step", lambda **i: i | {"d_h": _at(i["d_h"], -1)}),
    ),
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


# ---- pieces --------------------------------------------------------------------------

PIECES_SIZES = [
    (3, 21, 5, 9, 7),
    (2, 6, 3, 3, 3),
    (1, 7, 2, 4, 3),  # the last piece is shorter
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
    """Call the answer twice on one layer; gradients come back in the row convention."""
    layer, x, y = prepare(inputs["weights"], inputs["x"], inputs["y"])
    before, at_once = _weights(layer), _watch(layer)
    try:
        results = [answer(layer, x, y, inputs["k"])]
        results = [_in_rows(results[0], len(before))]
        results.append(_in_rows(answer(layer, x, y, inputs["k"]), len(before)))
    except (RuntimeError, ValueError) as error:
        says = [says for sign, says in IN_WORDS.items() if sign in str(error)]
        if not says:
            raise
        raise RuntimeError(says[0]).with_traceback(error.__traceback__) from None
    pairs = zip(before, _weights(layer), strict=True)
    about = {
        "again": results[1],
        "moved": not all(np.array_equal(a, b) for a, b in pairs),
        "kept": max(at_once, default=0),
    }
    return results[0] | about


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


def _whole(weights, x, y, k, h=None):
    """Return loss and gradients with the gradient cut every k steps; None: not cut."""
    run = cells.rnn(x, weights, h)
    d_h = run.h - y
    found = cells.rnn_backward(run, d_h, truncate=k)
    return np.array([0.5 * (d_h**2).sum(), found.w_x, found.w_h, found.b], object)


def _each(weights, x, y, k, carry=True):
    """Return loss and gradients of each piece by itself."""
    found, h = [], None
    for t in range(0, x.shape[1], k):
        x_, y_ = x[:, t : t + k], y[:, t : t + k]
        found.append(_whole(weights, x_, y_, None, h if carry else None))
        h = cells.rnn(x_, weights, h).last
    return found


def _added(weights, x, y, k, starts, aim=None, hand=-1):
    """Return loss and gradients added over the pieces that begin at `starts`.

    `aim(states, y, t)` returns another target of a piece, `hand` says which of its
    states is handed on.
    """
    total, h = np.zeros(4, object), None
    for t in starts:
        x_, y_ = x[:, t : t + k], y[:, t : t + k]
        states = cells.rnn(x_, weights, h).h
        if aim is not None:
            y_ = aim(states, y, t)
        total = total + _whole(weights, x_, y_, None, h)
        h = states[:, hand]
    return total


def _last_only(states, y, t):
    """Return a target that only the last state of a piece can miss."""
    aim = states.copy()
    aim[:, -1] = y[:, t + states.shape[1] - 1]
    return aim


def _first_target(states, y, t):
    return y[:, : states.shape[1]]


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
    if value["moved"]:
        return (
            "The layer's weights are others than before. Only differentiate: leave "
            "out the optimizer's step."
        )
    return None


def _known_cuts(inputs, value):
    """Name the known wrong ways; loss and gradients are looked at apart."""
    weights, x, y, k = inputs.values()
    right, each = _whole(**inputs), _each(**inputs)
    fresh = sum(_each(**inputs, carry=False))
    n_steps = x.shape[1]
    used, starts = n_steps // k * k, range(0, n_steps, k)
    sizes = [y[:, t : t + k].size for t in starts]
    found = [value[name] for name in RESULTS]
    shapes = [np.shape(r) for r in right]
    if same([right[i] for i in (0, 2, 1, 3)], found, 1e-6):
        return (
            "The gradients of the two matrices are in another order. Return them in "
            "the layer's own: first the input's matrix, then the recurrent one."
        )
    if [np.shape(f) for f in found] != shapes:
        return None
    known = (
        (
            "Every piece starts from zeros. The state is handed on: only its gradient "
            "is cut.",
            fresh,
        ),
        (
            "The gradient crosses the borders: nothing is cut. Let go of the state's "
            "history between two pieces.",
            _whole(weights, x, y, None),
        ),
        (
            "The gradient is cut at every step. Cut it every `k` steps: a piece goes "
            "through the layer in one call.",
            _whole(weights, x, y, 1),
        ),
        (
            "The last piece is left out where it is shorter than `k`. Its steps count "
            "too.",
            _whole(weights, x[:, :used], y[:, :used], k) if used else None,
        ),
        (
            "You return the mean over the pieces. Losses and gradients of the pieces "
            "are added.",
            right / len(each),
        ),
        (
            "Loss and gradients are those of the last piece. Add up over the pieces.",
            each[-1],
        ),
        (
            "The gradients are those of the last piece only. Add them up over the "
            "pieces.",
            [right[0], *each[-1][1:]],
        ),
        (
            "The loss is that of the last piece only. Add the losses up.",
            [each[-1][0], *right[1:]],
        ),
        (
            "These are the weights themselves, in place of their gradients.",
            [right[0], weights.w_x, weights.w_h, weights.b],
        ),
        (
            "You cut the sequence into `k` pieces. Each piece has `k` steps.",
            _whole(weights, x, y, max(1, n_steps // k)),
        ),
        (
            "The pieces overlap: each begins one step after the last. Begin every `k` "
            "steps, `range(0, x.shape[1], k)`.",
            _added(**inputs, starts=range(n_steps)),
        ),
        (
            "Only the first piece is read. Does the `return` stand in the loop?",
            each[0],
        ),
        (
            "The last piece is always left out. Let the loop run to the end, "
            "`range(0, x.shape[1], k)`.",
            _added(**inputs, starts=range(0, n_steps - k, k)),
        ),
        (
            "Every piece is compared with the first `k` steps of `y`. Cut `y` as you "
            "cut `x`: `y[:, t : t + k]`.",
            _added(**inputs, starts=starts, aim=_first_target),
        ),
        (
            "Only the last state of each piece is compared with `y`. The loss looks "
            "at every state.",
            _added(**inputs, starts=starts, aim=_last_only),
        ),
        (
            "The first state of a piece is handed on. The next piece continues from "
            "the last one, `states[:, -1]`.",
            _added(**inputs, starts=starts, hand=0),
        ),
        (
            "Loss and gradients are twice what they should be: the half is missing. "
            "Use `half_squared`.",
            2 * right,
        ),
        (
            "You take the mean over each piece. `half_squared` is a sum over all "
            "numbers.",
            sum(piece / size for piece, size in zip(each, sizes, strict=True)),
        ),
        (
            "The loss is divided by the number of steps. It is a sum over all steps.",
            [right[0] / n_steps, *right[1:]],
        ),
        (
            "The loss is a mean; `half_squared` is a sum over all steps.",
            [right[0] / len(each), *right[1:]],
        ),
    )
    if same(list(right), found, 1e-6):
        return None
    for says, wrong in known:
        if wrong is not None and same(list(wrong), found, 1e-6):
            return says
    return None


RESULTS = ("loss", "w_x", "w_h", "b")


def _cut_right(inputs, value):
    found = {name: value[name] for name in RESULTS}
    right = dict(zip(RESULTS, _whole(**inputs), strict=True))
    right["loss"] = np.array(right["loss"], float)
    return difference("pieces", found, right, 1e-6)


def _same_again(inputs, value):
    first = {name: value[name] for name in RESULTS}
    if not same(first, value["again"], 1e-6):
        return (
            "Called a second time on the same layer, it returns other numbers: "
            "gradients of the first call are still there. Begin from zero."
        )
    return None


def _one_at_a_time(inputs, value):
    if value["kept"]:
        return (
            "The numbers are right, but every piece is kept until the end. "
            "Differentiate each piece before you read the next: `loss.backward()` in "
            "the loop."
        )
    return None


pieces = Check(
    name="pieces",
    draw=_draw_pieces,
    call=_in_pieces,
    properties=(_returned, _known_cuts, _cut_right, _same_again, _one_at_a_time),
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
