"""What the exercises of this unit must compute, and the known wrong ways."""

import itertools

import numpy as np

from unrolled import cells
from unrolled.check import Check, Slopes, Suspect, Term, zeroed
from unrolled.values import kind, same
from unrolled.verdicts import difference, failure


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
# One size comes twice: an answer that keeps something from one call to the next fits.
SIZES = [(1, 2, 3), (2, 3, 3), (4, 1, 2), (3, 5, 4), (2, 3, 3), (5, 3, 6)]


def _draw(rng, case, sizes=SIZES):
    batch, n_in, n = sizes[case]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "h": rng.uniform(-1, 1, (batch, n)),
        "c": rng.normal(size=(batch, n)),
        "w_x": rng.normal(size=(n_in, 4 * n)),
        "w_h": rng.normal(size=(n, 4 * n)),
        "b": rng.normal(size=4 * n),
    }


GATES = {"i": "the input gate", "f": "the forget gate"}
GATES |= {"g": "the candidate", "o": "the output gate"}


def _gate_terms(order, axis, *names):
    """Return terms in which one gate alone depends on anything.

    The others are half open, and the candidate is a constant, so that there is
    something to write. `order` and `axis` say where the blocks of the inputs lie.
    """

    def alone(gate):
        def isolated(**inputs):
            n = len(inputs["b"]) // 4
            keep = np.repeat([name == gate for name in order], n)
            changed = {name: inputs[name] * keep[AXES[axis]] for name in names}
            constant = np.repeat([name == "g" != gate for name in order], n)
            return inputs | changed | {"b": inputs["b"] * keep + constant}

        return isolated

    return tuple(Term(GATES[gate], alone(gate)) for gate in "ifgo")


AXES = {0: (slice(None), None), 1: (None, slice(None))}
SOURCES = (
    Term("x @ w_x", zeroed("h", "b")),
    Term("h @ w_h", zeroed("x", "b")),
    Term("b", zeroed("x", "h")),
)
DIMS = {
    "x": ("batch", "n_in"),
    "h": ("batch", "n_hidden"),
    "c": ("batch", "n_hidden"),
    "w_x": ("n_in", "4*n_hidden"),
    "w_h": ("n_hidden", "4*n_hidden"),
    "b": ("4*n_hidden",),
}

# ---- step ----------------------------------------------------------------------------


def _cell(a, c, order="ifgo", gate=_sigmoid, candidate=np.tanh, ways=None):
    """Return (h, c) from the four sums `a`; the arguments make the known wrong ways.

    `ways(i, f, g, o, c)` returns (h, c) in place of the last two equations.
    """
    part = dict(zip(order, np.split(a, 4, axis=-1), strict=True))
    i, f, o = (gate(part[name]) for name in "ifo")
    g = candidate(part["g"])
    if ways:
        return ways(i, f, g, o, c)
    c = f * c + i * g
    return o * np.tanh(c), c


def _step(x, h, c, w_x, w_h, b, **wrong):
    return _cell(x @ w_x + h @ w_h + b, c, **wrong)


def _in_turn(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    return _cell(np.concatenate([a[:, k::4] for k in range(4)], axis=1), c)


def _ways(ways):
    """Return a step whose last two equations are `ways(i, f, g, o, c)`."""
    return lambda **inputs: _step(**inputs, ways=ways)


def _new(f, c, i, g):
    return f * c + i * g


LAST_EQUATIONS = (
    Suspect(
        "The output gate makes h, not c: `c` is f * c + i * g and is handed on as it "
        "is; only `h` goes through the output gate.",
        _ways(lambda i, f, g, o, c: (o * np.tanh(_new(f, c, i, g)),) * 2),
    ),
    Suspect(
        "The output gate is applied to `c`, and `h` is the tanh of that. It makes h, "
        "not c: h = o * tanh(c).",
        _ways(
            lambda i, f, g, o, c: (np.tanh(o * _new(f, c, i, g)), o * _new(f, c, i, g))
        ),
    ),
    Suspect(
        "`h` and `c` are returned in the wrong order: first h, then c.",
        _ways(lambda i, f, g, o, c: (_new(f, c, i, g), o * np.tanh(_new(f, c, i, g)))),
    ),
    Suspect(
        "The tanh of c is missing in h: what is shown is o * tanh(c).",
        _ways(lambda i, f, g, o, c: (o * _new(f, c, i, g), _new(f, c, i, g))),
    ),
    Suspect(
        "`h` is made from the old cell state. It shows the new one: compute c first.",
        _ways(lambda i, f, g, o, c: (o * np.tanh(c), _new(f, c, i, g))),
    ),
    Suspect(
        "The output gate is not used: `h` is the tanh of c alone.",
        _ways(lambda i, f, g, o, c: (np.tanh(_new(f, c, i, g)), _new(f, c, i, g))),
    ),
    Suspect(
        "Nothing is forgotten: that is the cell of 1997. Multiply the old c by f.",
        _ways(
            lambda i, f, g, o, c: (o * np.tanh(c + i * g), c + i * g),
        ),
    ),
    Suspect(
        "The input gate is not used: the whole candidate is written. Write i * g.",
        _ways(lambda i, f, g, o, c: (o * np.tanh(f * c + g), f * c + g)),
    ),
    Suspect(
        "You write (1 - f) * g, as a GRU does. An LSTM has an input gate of its own: "
        "i * g.",
        _ways(
            lambda i, f, g, o, c: (
                o * np.tanh(f * c + (1 - f) * g),
                f * c + (1 - f) * g,
            )
        ),
    ),
    Suspect(
        "The gates are on the wrong sides: f keeps the old c, i lets the candidate in.",
        _ways(lambda i, f, g, o, c: (o * np.tanh(_new(i, c, f, g)), _new(i, c, f, g))),
    ),
)

step = Check(
    name="step",
    draw=_draw,
    reference=_step,
    suspects=(
        Suspect(
            "The last two blocks are exchanged: the order is i, f, g, o, with the "
            "candidate before the output gate.",
            lambda **inputs: _step(**inputs, order="ifog"),
        ),
        Suspect(
            "The blocks are read in the order i, o, f, g, as in ONNX. Here it is i, f, "
            "g, o.",
            lambda **inputs: _step(**inputs, order="iofg"),
        ),
        Suspect(
            "The candidate goes through a sigmoid, so it can never be negative. It is "
            "no gate: take the tanh.",
            lambda **inputs: _step(**inputs, candidate=_sigmoid),
        ),
        Suspect(
            "The gates go through tanh, so they can be negative. A gate lies between 0 "
            "and 1: take the sigmoid, and the tanh for the candidate alone.",
            lambda **inputs: _step(**inputs, gate=np.tanh),
        ),
        Suspect(
            "The bias is missing in the four sums. Add `b`.",
            lambda x, h, c, w_x, w_h, b: _step(x, h, c, w_x, w_h, 0 * b),
        ),
        Suspect(
            "The gates do not read the old `h`: add `h @ w_h`. Every gate reads x and "
            "h.",
            lambda x, h, c, w_x, w_h, b: _step(x, 0 * h, c, w_x, w_h, b),
        ),
        Suspect(
            "The gates do not read the input: add `x @ w_x`. Every gate reads x and h.",
            lambda x, h, c, w_x, w_h, b: _step(0 * x, h, c, w_x, w_h, b),
        ),
        Suspect(
            "The candidate does not go through a tanh: what is written is i * tanh(g).",
            lambda **inputs: _step(**inputs, candidate=lambda a: a),
        ),
        Suspect(
            "The gates of the units are read in turn, `a[:, 0::4]`. All units' input "
            "gates come first, then all forget gates: four blocks.",
            lambda **inputs: _in_turn(**inputs),
        ),
        Suspect(
            "The gates pass the sigmoid twice.",
            lambda **inputs: _step(**inputs, gate=lambda a: _sigmoid(_sigmoid(a))),
        ),
        Suspect(
            "`h` shows the sigmoid of c; it shows its tanh, o * tanh(c).",
            _ways(
                lambda i, f, g, o, c: (o * _sigmoid(_new(f, c, i, g)), _new(f, c, i, g))
            ),
        ),
        Suspect(
            "The forget gate keeps what it should forget: f itself multiplies the old "
            "c, not 1 - f.",
            _ways(
                lambda i, f, g, o, c: (
                    o * np.tanh(_new(1 - f, c, i, g)),
                    _new(1 - f, c, i, g),
                )
            ),
        ),
        Suspect(
            "The old c and the new candidate are multiplied. They are added: "
            "f * c + i * g.",
            _ways(lambda i, f, g, o, c: (o * np.tanh(f * c * i * g), f * c * i * g)),
        ),
        Suspect(
            "The gates read the old `c`. They read x and h; c only passes them.",
            lambda x, h, c, w_x, w_h, b: _step(x, c, c, w_x, w_h, b),
        ),
        *LAST_EQUATIONS,
    ),
    terms=(*_gate_terms("ifgo", 1, "w_x", "w_h"), *SOURCES),
    dims=DIMS,
    axes=("batch", "n_hidden"),
    outputs=("h", "c"),
    start="Make the four sums with two products, and `np.split` them.",
)


# ---- count ---------------------------------------------------------------------------


def _draw_count(rng, case):
    sizes = (2, 3) if case == 0 else rng.choice(np.arange(4, 300), 2, replace=False)
    return {"n_in": int(sizes[0]), "n_hidden": int(sizes[1]), "n_biases": 1 + case % 2}


def _count(n_in, n_hidden, n_biases):
    return 4 * n_hidden * (n_in + n_hidden + n_biases)


count = Check(
    name="count",
    draw=_draw_count,
    reference=_count,
    suspects=(
        Suspect(
            "That is the plain recurrent cell. An LSTM makes four such sums: three "
            "gates and a candidate.",
            lambda n_in, n_hidden, n_biases: n_hidden * (n_in + n_hidden + n_biases),
        ),
        Suspect(
            "You count three sums. The candidate has weights of its own, besides the "
            "three gates.",
            lambda n_in, n_hidden, n_biases: (
                3 * n_hidden * (n_in + n_hidden + n_biases)
            ),
        ),
        Suspect(
            "The biases are missing: n_biases × n_hidden for each of the four sums.",
            lambda n_in, n_hidden, n_biases: 4 * n_hidden * (n_in + n_hidden),
        ),
        Suspect(
            "`n_biases` is not used: you count one bias for each sum, whatever it "
            "says.",
            lambda n_in, n_hidden, n_biases: 4 * n_hidden * (n_in + n_hidden + 1),
        ),
        Suspect(
            "You always count two biases. Count `n_biases` of them.",
            lambda n_in, n_hidden, n_biases: 4 * n_hidden * (n_in + n_hidden + 2),
        ),
        Suspect(
            "The recurrent weights are missing: n_hidden × n_hidden for each sum.",
            lambda n_in, n_hidden, n_biases: 4 * n_hidden * (n_in + n_biases),
        ),
        Suspect(
            "The recurrent weights go from state to state: n_hidden × n_hidden, not "
            "n_in × n_in.",
            lambda n_in, n_hidden, n_biases: (
                4 * (n_in * n_hidden + n_in * n_in + n_biases * n_hidden)
            ),
        ),
        Suspect(
            "You count eight sums. There are four: three gates and a candidate.",
            lambda n_in, n_hidden, n_biases: (
                8 * n_hidden * (n_in + n_hidden + n_biases)
            ),
        ),
        Suspect(
            "A bias holds one number for each unit: n_biases × n_hidden for each sum.",
            lambda n_in, n_hidden, n_biases: (
                4 * (n_hidden * (n_in + n_hidden) + n_biases)
            ),
        ),
        Suspect(
            "n_in and n_hidden are exchanged: each sum makes n_hidden numbers.",
            lambda n_in, n_hidden, n_biases: 4 * n_in * (n_in + n_hidden + n_biases),
        ),
        Suspect(
            "Mind the brackets: four times all of it, and n_hidden times all of that.",
            lambda n_in, n_hidden, n_biases: 4 * n_hidden * n_in + n_hidden + n_biases,
        ),
        Suspect(
            "The biases count once only. Each of the four sums has its own.",
            lambda n_in, n_hidden, n_biases: (
                4 * n_hidden * (n_in + n_hidden) + n_biases * n_hidden
            ),
        ),
        Suspect(
            "You counted c among the weights. The two states are computed anew for "
            "every sequence; they are not learned.",
            lambda n_in, n_hidden, n_biases: (
                4 * n_hidden * (n_in + n_hidden + n_biases) + n_hidden
            ),
        ),
        Suspect(
            "The gates do not read c, only x and h: one recurrent matrix each.",
            lambda n_in, n_hidden, n_biases: (
                4 * n_hidden * (n_in + 2 * n_hidden + n_biases)
            ),
        ),
    ),
    dims={"n_in": (), "n_hidden": ()},
    start="Count one of the four sums: input weights, recurrent weights, biases.",
)


# ---- backward ------------------------------------------------------------------------


def _draw_backward(rng, case):
    given = _draw(rng, case)
    arriving = {name: rng.normal(size=given["h"].shape) for name in ("d_h", "d_c")}
    return arriving | given


def _reference(d_h, d_c, x, h, c, w_x, w_h, b):
    """Return the gradients as the course's own cell computes them."""
    run = cells.lstm(x[:, None], cells.LSTMWeights(w_x, w_h, b), h, c)
    back = cells.lstm_backward(run, d_h[:, None], (None, d_c))
    return back.x[:, 0], back.h, back.c, back.w_x, back.w_h, back.b


def _backward(d_h, d_c, x, h, c, w_x, w_h, b, wrong=""):
    """Return the gradients of one step; `wrong` names a known wrong way."""
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
    new = f * c + i * g
    shown = np.tanh(new)
    slope = 1 - np.tanh(c if wrong == "old slope" else new) ** 2
    from_h = d_h * (1 if wrong == "no o" else o) * (1 if wrong == "no slope" else slope)
    total = {"no h": d_c, "no c": from_h}.get(wrong, d_c + from_h)

    def gate(s):
        return {"no sigma": 1, "tanh sigma": 1 - s**2}.get(wrong, s * (1 - s))

    of_g = {"sigma g": g * (1 - g), "no g": 1}.get(wrong, 1 - g**2)
    parts = [
        total * (i if wrong == "i for g" else g) * gate(i),
        total * (new if wrong == "new c" else c) * gate(f),
        total * (g if wrong == "i for g" else i) * of_g,
        (total if wrong == "o of c" else d_h)
        * (new if wrong == "o without tanh" else shown)
        * gate(o),
    ]
    if wrong == "order":
        parts = [parts[k] for k in (0, 1, 3, 2)]
    d_a = np.concatenate(parts, axis=-1)
    n = len(x) if wrong == "mean" else 1
    to_c = {"no f": total, "only d_c": d_c * f}.get(wrong, total * f)
    to_h = d_a @ w_h.T + (d_h if wrong == "h passes" else 0)
    weights = x.T @ d_a / n, h.T @ d_a / n, d_a.sum(axis=0) / n
    return d_a @ w_x.T, to_h, to_c, *weights


def _way(wrong):
    return lambda **inputs: _backward(**inputs, wrong=wrong)


def _loss(d_h, d_c, x, h, c, w_x, w_h, b):
    """Return a loss whose gradients for the new h and c are d_h and d_c."""
    new_h, new_c = _step(x, h, c, w_x, w_h, b)
    return (d_h * new_h).sum() + (d_c * new_c).sum()


backward = Check(
    name="backward",
    draw=_draw_backward,
    reference=_reference,
    suspects=tuple(
        Suspect(says, _way(wrong))
        for wrong, says in {
            "no h": "The way from h to c is missing: h = o * tanh(c), so c also gets "
            "d_h * o * (1 - tanh(new_c)**2).",
            "no c": "`d_c` is not used. The new c has two ways to the loss, through h "
            "and through the next step: add both.",
            "no slope": "The slope of the tanh in h = o * tanh(c) is missing: "
            "1 - tanh(new_c)**2.",
            "no o": "The output gate is missing on the way from h to c: h is o times "
            "tanh(c).",
            "old slope": "The tanh in h is taken of the new c, so its slope is "
            "1 - tanh(new_c)**2, not that of the old one.",
            "no f": "The gradient for the old c is the whole of the new one: on the "
            "belt it is multiplied by the forget gate f.",
            "only d_c": "For the old c you pass on `d_c` as it arrived. What came "
            "through h goes along the belt too.",
            "new c": "The forget gate multiplies the old c, so its gradient contains "
            "the old c, not the new one.",
            "o of c": "The output gate has no part in c: its gradient comes from `d_h` "
            "alone.",
            "o without tanh": "The output gate multiplies tanh(c), so its gradient "
            "contains tanh(new_c), not new_c.",
            "no sigma": "The slopes of the gates are missing: for s = σ(a) it is "
            "s * (1 - s).",
            "tanh sigma": "The gates are sigmoids: their slope is s * (1 - s), not "
            "1 - s**2.",
            "sigma g": "The candidate is a tanh: its slope is 1 - g**2, not "
            "g * (1 - g).",
            "no g": "The slope of the candidate is missing: 1 - g**2.",
            "i for g": "In i * g each gets the other as its factor: the gradient of i "
            "contains g, that of g contains i.",
            "order": "Two of the four parts are exchanged. Join them in the order of "
            "the weights: i, f, g, o.",
            "mean": "The gradients of the weights are averaged over the batch. Sum "
            "them: the loss has decided about averaging already.",
            "h passes": "`d_h` is passed on to the old h as it is. The old h reaches "
            "the new one through the four sums only.",
        }.items()
    ),
    tolerance=1e-7,
    terms=(
        Term("what arrives as d_h", zeroed("d_c")),
        Term("what arrives as d_c", zeroed("d_h")),
    ),
    blocks=dict.fromkeys(("d_w_x", "d_w_h", "d_b"), "i f g o"),
    slopes=Slopes(_loss, ("x", "h", "c", "w_x", "w_h", "b")),
    dims={"d_h": ("batch", "n_hidden"), "d_c": ("batch", "n_hidden")} | DIMS,
    outputs=("d_x", "d_h", "d_c", "d_w_x", "d_w_h", "d_b"),
    start="Begin with everything that reaches the new c: `d_c`, and a part of `d_h`.",
)


# ---- convert -------------------------------------------------------------------------

SHARED = ("LEFT", "SECOND")  # what a used layer holds before the answer
CONVERT_SIZES = [(1, 2, 1, 2), (2, 3, 3, 3), (3, 5, 2, 4), (4, 3, 5, 2)]
LEFT = 0.5  # what every number of the layer is before the answer loads into it
SECOND = 0.25  # PyTorch's second bias in the layer to save; the first has the rest
TO_LAYER, BACK = (0, 2, 3, 1), (0, 3, 1, 2)  # i o f g -> i f g o, and its inverse


def _draw_convert(rng, case):
    batch, n_steps, n_in, n = CONVERT_SIZES[case]
    return {
        "w": rng.normal(size=(4 * n, n_in)),
        "r": rng.normal(size=(4 * n, n)),
        "b": rng.normal(size=4 * n),
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "other w": rng.normal(size=(4 * n, n_in)),  # what `save` must give back
        "other r": rng.normal(size=(4 * n, n)),
        "other b": rng.normal(size=4 * n),
    }


def _to_exchange(inputs):
    """Return a file to load, and another layer's weights: none is the other's key."""
    *file, x, w, r, b = inputs.values()
    other = cells.LSTMWeights(*(_blocks(a, TO_LAYER).T for a in (w, r, b)))
    return dict(zip("wrb", file, strict=True)) | {"x": x, "other": other}


def _blocks(a, order):
    parts = np.split(a, 4)
    return np.concatenate([parts[k] for k in order])


def _exchanged(answer, inputs, *, save, ur, new_layer):
    """Return the states after the answer loads, and what it saves of another layer."""
    w, r, b, x, weights = inputs.values()
    layer = new_layer(x.shape[2], len(b) // 4)
    answer(layer, w, r, b)
    h = ur.run(layer, x).h
    other = new_layer(x.shape[2], len(b) // 4)
    ur.load_lstm(other, weights)
    if hasattr(other, "bias_hh_l0"):  # two biases: both must be saved
        other.bias_ih_l0.data -= SECOND
        other.bias_hh_l0.data += SECOND
    try:
        return {"h": h, "saved": save(other)}
    except NotImplementedError:  # not attempted yet
        raise
    except Exception as error:  # the check has the name of the other function, `load`
        return {"h": h, "stopped": failure("save", error, {})}


def _states(x, w, r, b, order=TO_LAYER):
    parts = (_blocks(a, order).T for a in (w, r, b))
    return cells.lstm(x, cells.LSTMWeights(*parts)).h


def _loaded_known(inputs, value):
    w, r, b, x, *_ = inputs.values()
    known = {
        "The blocks are loaded in the file's order. The file has i, o, f, g; the layer "
        "wants i, f, g, o.": _states(x, w, r, b, range(4)),
        "The blocks are moved the wrong way round: from the file's i, o, f, g to the "
        "layer's i, f, g, o, not back.": _states(x, w, r, b, BACK),
        "The matrices are in order, but the bias still has the file's i, o, f, g.": (
            _states(x, w, r, _blocks(b, BACK))
        ),
        "The recurrent blocks still have the file's order i, o, f, g.": (
            _states(x, w, _blocks(r, BACK), b)
        ),
        "The bias counts twice: PyTorch adds its two biases. Put `b` into one and "
        "zeros into the other.": _states(x, w, r, 2 * b),
        "A second bias still holds its old 0.5. PyTorch adds `bias_ih_l0` and "
        "`bias_hh_l0`: set the one you do not need to zero.": _states(
            x, w, r, b + LEFT
        ),
        "`b` is not loaded: the layer keeps its old bias of 0.5.": _states(
            x, w, r, 0 * b + LEFT
        ),
        "`b` is not loaded: the layer keeps its two old biases of 0.5.": _states(
            x, w, r, 0 * b + 2 * LEFT
        ),
        "`w` is not loaded: the layer keeps its old input weights of 0.5.": (
            _states(x, 0 * w + LEFT, r, b)
        ),
        "`r` is not loaded: the layer keeps its old recurrent weights of 0.5.": (
            _states(x, w, 0 * r + LEFT, b)
        ),
        "1 is added to the forget gate's bias. A trained layer has its own: load `b` "
        "as it is.": _states(x, w, r, b + np.repeat([0, 0, 1, 0], len(b) // 4)),
    }
    for n in (1, 2):
        left = _states(x, 0 * w + LEFT, 0 * r + LEFT, 0 * b + n * LEFT)
        if same(value["h"], left, 1e-6):
            return (
                "Nothing was loaded: the layer still holds 0.5 everywhere. Change the "
                "layer's own weights in place; a new name or a copy does not reach it."
            )
    if same(value["h"], _states(x, w, r, b), 1e-6):
        return None
    for says, wrong in known.items():
        if same(value["h"], wrong, 1e-6):
            return "`load`: " + says
    for order in itertools.permutations(range(4)):
        if same(value["h"], _states(x, w, r, b, order), 1e-6):
            now = ", ".join("iofg"[k] for k in order)
            return (
                f"`load`: the layer's four blocks now hold the file's {now}. It reads "
                "them as i, f, g, o."
            )
    right = _states(x, w, r, b)
    axes = ("batch", "time", "n_hidden")
    says = difference("the states after load", value["h"], right, 1e-6, axes)
    return says


def _saved_known(inputs, value):
    *_, w, r, b = inputs.values()
    if "stopped" in value:
        return value["stopped"]
    saved = value["saved"]
    if not isinstance(saved, tuple | list) or len(saved) != 3:
        what = "nothing" if saved is None else f"one value, of type {kind(saved)}"
        if isinstance(saved, tuple | list):
            what = f"{len(saved)} value{'s' * (len(saved) != 1)}"
        return f"`save` must return three arrays, w, r and b; it returned {what}."
    one_bias = (
        "Only one of PyTorch's two biases is saved. The layer adds them: save the sum."
    )
    known = (
        (
            "The saved blocks have the layer's order, i, f, g, o. The file wants i, o, "
            "f, g.",
            [_blocks(a, TO_LAYER) for a in (w, r, b)],
        ),
        (
            "The saved blocks are moved the wrong way round: from the layer's i, f, g, "
            "o to the file's i, o, f, g.",
            [_blocks(_blocks(a, TO_LAYER), TO_LAYER) for a in (w, r, b)],
        ),
        (one_bias, [w, r, b - SECOND]),
        (one_bias, [w, r, 0 * b + SECOND]),
    )
    for says, wrong in known:
        if all(same(a, c, 1e-5) for a, c in zip(saved, wrong, strict=True)):
            return "`save`: " + says
    for name, given, right in zip("wrb", saved, (w, r, b), strict=True):
        says = difference(f"save` → `{name}", given, right, 1e-5)
        if says:
            return says
    return None


convert = Check(
    name="load",
    draw=_draw_convert,
    call=_exchanged,
    given=_to_exchange,
    properties=(_loaded_known, _saved_known),
    cases=len(CONVERT_SIZES),
    terms=_gate_terms("iofg", 0, "w", "r"),
    start="Split `w` into four blocks along its first axis, and join them anew.",
)


# ---- mend ----------------------------------------------------------------------------


MEND_SIZES = [(1, 3, 2), *SIZES[1:]]  # few units in the first: not all can be cut


def _draw_mend(rng, case):
    given = _draw(rng, case, MEND_SIZES)
    w = np.concatenate([given.pop("w_x"), given.pop("w_h")])
    b = given.pop("b")
    return given | {"w": w, "b": b}


def _mended(x, h, c, w, b, **wrong):
    return _cell(np.concatenate([x, h], axis=-1) @ w + b, c, **wrong)


mend = Check(
    name="mend",
    draw=_draw_mend,
    reference=_mended,
    suspects=(
        Suspect(
            "The last two blocks are exchanged: the order is i, f, g, o, with the "
            "candidate before the output gate.",
            lambda **inputs: _mended(**inputs, order="ifog"),
        ),
        Suspect(
            "1 is added to the forget gate's sum. That is a way to begin training, and "
            "no part of the cell: the gate is sigmoid(f).",
            lambda x, h, c, w, b: _mended(
                x, h, c, w, b + np.repeat([0, 1, 0, 0], len(b) // 4)
            ),
        ),
        Suspect(
            "Nothing is forgotten: the forget gate is gone. Multiply the old c by "
            "sigmoid(f).",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (o * np.tanh(c + i * g), c + i * g),
            ),
        ),
        Suspect(
            "Input and state are joined in the wrong order: `w` holds `w_x` above "
            "`w_h`.",
            lambda x, h, c, w, b: _cell(np.concatenate([h, x], axis=-1) @ w + b, c),
        ),
        Suspect(
            "The output gate still makes c: the second line that assigns `c` should "
            "make `h`. What the cell keeps must not pass the output gate.",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (o * np.tanh(_new(f, c, i, g)),) * 2,
            ),
        ),
        Suspect(
            "Both values are c: the output gate is lost. It makes h = o * tanh(c).",
            lambda **inputs: _mended(
                **inputs, ways=lambda i, f, g, o, c: (_new(f, c, i, g),) * 2
            ),
        ),
        Suspect(
            "`h` and `c` are returned in the wrong order: first h, then c.",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (
                    _new(f, c, i, g),
                    o * np.tanh(_new(f, c, i, g)),
                ),
            ),
        ),
        Suspect(
            "The tanh of c is missing in h: what is shown is o * tanh(c).",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (o * _new(f, c, i, g), _new(f, c, i, g)),
            ),
        ),
        Suspect(
            "The state `h` is not read: only the input's rows of `w` are used.",
            lambda x, h, c, w, b: _mended(x, 0 * h, c, w, b),
        ),
        Suspect(
            "The input is not read: only the state's rows of `w` are used.",
            lambda x, h, c, w, b: _mended(0 * x, h, c, w, b),
        ),
        Suspect(
            "The forget gate multiplies `h`. What it keeps is the old `c`.",
            lambda x, h, c, w, b: _cell(np.concatenate([x, h], -1) @ w + b, h),
        ),
        Suspect(
            "`h` is made from the old cell state. It shows the new one: compute c "
            "first.",
            lambda **inputs: _mended(
                **inputs, ways=lambda i, f, g, o, c: (o * np.tanh(c), _new(f, c, i, g))
            ),
        ),
        Suspect(
            "A tanh squeezes the new c. It stays as it is; only `h` shows its tanh.",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (
                    o * np.tanh(np.tanh(_new(f, c, i, g))),
                    np.tanh(_new(f, c, i, g)),
                ),
            ),
        ),
        Suspect(
            "The new cell state is lost: `c` comes back as it was given.",
            lambda **inputs: _mended(
                **inputs,
                ways=lambda i, f, g, o, c: (o * np.tanh(_new(f, c, i, g)), c),
            ),
        ),
        Suspect(
            "The cell state is joined to the input in place of h. The gates read x and "
            "h.",
            lambda x, h, c, w, b: _mended(x, c, c, w, b),
        ),
    ),
    terms=_gate_terms("ifgo", 1, "w"),
    # w's first axis is n_in + n_hidden long: of the sizes the batch alone can be cut.
    dims={"w": (), "b": (), "x": ("batch",), "h": ("batch",), "c": ("batch",)},
    axes=("batch", "n_hidden"),
    outputs=("h", "c"),
    start="Copy `patient`. What shape must `both` have, so that `both @ w` fits?",
)


# ---- remember ------------------------------------------------------------------------

REMEMBER = [(10, 2, 3), (1, 4, 2), (250, 3, 3), (100, 8, 64)]
LEAST = 0.9


def _draw_remember(rng, case):
    steps, n_in, n = REMEMBER[case]
    return {"steps": steps, "weights": cells.lstm_weights(n_in, n, rng)}


def _remembered(answer, inputs, *, ur, new_layer, learn):
    """Return the layer's weights after the answer, and what it learns then."""
    weights = inputs["weights"]
    n_in, n = weights.w_x.shape[0], len(weights.w_h)
    layer = new_layer(n_in, n)
    ur.load_lstm(layer, weights)
    if hasattr(layer, "bias_hh_l0"):  # a used layer has two biases
        layer.bias_hh_l0.data += LEFT
        layer.bias_ih_l0.data -= LEFT
    answer(layer, inputs["steps"])
    value = {"weights": tuple(np.array(w) for w in ur.dump(layer))}
    if n == 64:
        value["accuracy"] = learn(layer)
    return value


def _logit(f):
    return np.log(f / (1 - f))


def _bias_fault(inputs, value):
    k, before = inputs["steps"], inputs["weights"]
    b, old = value["weights"][2], np.asarray(before.b)
    n = len(b) // 4
    right, f = _logit(0.5 ** (1 / k)), 0.5 ** (1 / k)

    def put(number, where=slice(n, 2 * n)):
        new = old.copy()
        new[where] = number
        return new

    forget = slice(n, 2 * n)
    for name, after, first in zip("xh", value["weights"][:2], before[:2], strict=True):
        if not same(after, first, 1e-5):
            return f"The weights `w_{name}` changed too. Only the forget bias may."
    if same(b, put(right), 1e-5):
        return None
    known = {
        "Nothing changed. Set the layer's own bias in place; a new name or a copy does "
        "not reach it.": old,
        "The bias is f itself. The gate is σ(bias), so take the bias whose sigmoid is "
        "f: ln(f / (1 - f)).": put(f),
        "Both of PyTorch's biases are set, and they are added: their sum must be "
        "right.": (put(2 * right)),
        "PyTorch's second bias is still there, and is added. Set it to zero in the "
        "forget part.": put(right + LEFT),
        "The new bias is added to the old one. Set it.": put(old[forget] + right),
        "That is the input gate's part of the bias. The order is i, f, g, o.": put(
            right, slice(0, n)
        ),
        "That is the candidate's part of the bias. The order is i, f, g, o.": put(
            right, slice(2 * n, 3 * n)
        ),
        "That is the output gate's part of the bias. The order is i, f, g, o.": put(
            right, slice(3 * n, 4 * n)
        ),
        "The whole bias is set, the other gates' too. Set the forget part alone.": put(
            right, slice(0, 4 * n)
        ),
        "The sign is turned round: this gate forgets what it should keep. Near 1 is "
        "open.": put(-right) if k > 1 else None,
        "After `steps` steps a share of 1/e is left, not one half.": put(
            _logit(np.exp(-1 / k))
        ),
        "You took ln(steps): a good rule of thumb, but it leaves about 1/e, not one "
        "half. Solve f**steps = 1/2.": put(np.log(k)),
        "You halve at every step and more: f**steps must be one half, so f is the "
        "steps-th root of it.": put(_logit(0.5**k)) if k > 1 else None,
    }
    for says, wrong in known.items():
        if wrong is not None and same(b, wrong, 1e-5):
            return says
    if np.ptp(b[forget]) > 1e-5:
        return (
            "The forget gates of the units differ. Set all n_hidden numbers of the "
            "forget part to one value: `[n : 2 * n]`."
        )
    others = np.delete(np.arange(4 * n), np.arange(n, 2 * n))
    if not same(b[others], old[others], 1e-5):
        return "Biases of other gates changed too. Set the forget part alone."
    return (
        f"With steps = {k} the forget bias is {b[n]:.4g}, so f = {_sigmoid(b[n]):.4f} "
        f"and f**{k} = {_sigmoid(b[n]) ** k:.3g}; expected one half."
    )


def _learns(inputs, value):
    accuracy = value.get("accuracy", 0)
    if len(inputs["weights"].w_h) == 64 and not accuracy >= LEAST:
        return (
            f"The bias is right, but after training the accuracy is {accuracy:.3f}; "
            f"{LEAST} is asked for, guessing has 0.25. Is `learn` as it was?"
        )
    return None


remember = Check(
    name="remember",
    draw=_draw_remember,
    call=_remembered,
    properties=(_bias_fault, _learns),
    cases=len(REMEMBER),
    float32=False,
    start="Which f makes f**steps one half? And which bias makes the gate that f?",
)
