"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, Refused, Slopes, arrays, over
from unrolled.check.values import kind, same
from unrolled.check.say import failure

# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
# One size comes twice: an answer that keeps something from one call to the next fits.
SIZES = [(1, 2, 3), (2, 3, 3), (4, 1, 2), (3, 5, 4), (2, 3, 3), (5, 3, 6)]
STATE = {"h": "batch n_hidden", "c": "batch n_hidden"}
WEIGHTS = {"w_x": "n_in 4*n_hidden", "w_h": "n_hidden 4*n_hidden", "b": "4*n_hidden"}
STEP = {"x": "batch n_in"} | STATE | WEIGHTS

# ---- step ----------------------------------------------------------------------------


def _step(x, h, c, w_x, w_h, b):
    return cells.lstm_step(x, h, c, cells.LSTMWeights(w_x, w_h, b))


step = Check(
    name="step",
    **arrays("batch n_in n_hidden", SIZES, **STEP),
    gates="i f g o",
    reference=_step,
    axes=("batch", "n_hidden"),
    outputs=("h", "c"),
    start="Make all pre-activations with two products, and `np.split` them.",
)

# ---- count ---------------------------------------------------------------------------


def _draw_count(rng, case):
    sizes = (2, 3) if case == 0 else rng.choice(np.arange(4, 300), 2, replace=False)
    return {"n_in": int(sizes[0]), "n_hidden": int(sizes[1]), "n_biases": 1 + case % 2}


count = Check(
    name="count",
    draw=_draw_count,
    reference=lambda n_in, n_hidden, n_biases: (
        4 * n_hidden * (n_in + n_hidden + n_biases)
    ),
    dims={"n_in": (), "n_hidden": ()},
    start="Count one of the four sets: input weights, recurrent weights, biases.",
)

# ---- backward ------------------------------------------------------------------------


def _backward(d_h, d_c, x, h, c, w_x, w_h, b):
    """Return the gradients as the course's own cell computes them."""
    run = cells.lstm(x[:, None], cells.LSTMWeights(w_x, w_h, b), h, c)
    back = cells.lstm_backward(run, d_h[:, None], (None, d_c))
    return back.x[:, 0], back.h, back.c, back.w_x, back.w_h, back.b


def _loss(d_h, d_c, **inputs):
    """Return a loss whose gradients for the new h and c are d_h and d_c."""
    new_h, new_c = _step(**inputs)
    return (d_h * new_h).sum() + (d_c * new_c).sum()


backward = Check(
    name="backward",
    **arrays(
        "batch n_in n_hidden",
        SIZES,
        d_h="batch n_hidden",
        d_c="batch n_hidden",
        **STEP,
    ),
    gates="i f g o",
    reference=_backward,
    tolerance=1e-7,
    blocks=dict.fromkeys(("d_w_x", "d_w_h", "d_b"), "i f g o"),
    slopes=Slopes(_loss, tuple(STEP)),
    outputs=("d_x", "d_h", "d_c", "d_w_x", "d_w_h", "d_b"),
    start="Begin with everything that reaches the new c: `d_c`, and a part of `d_h`.",
)

# ---- backward_time -------------------------------------------------------------------

OVER_TIME = {"x": "batch time n_in"} | WEIGHTS


def _backward_time(d_h, x, w_x, w_h, b):
    """Return the gradients as the course's own cell computes them."""
    back = cells.lstm_backward(cells.lstm(x, cells.LSTMWeights(w_x, w_h, b)), d_h)
    return back.x, back.w_x, back.w_h, back.b


def _loss_time(d_h, x, w_x, w_h, b):
    """Return a loss whose own gradient for every h is d_h."""
    return (d_h * cells.lstm(x, cells.LSTMWeights(w_x, w_h, b)).h).sum()


backward_time = Check(
    name="backward_time",
    **arrays(
        "batch time n_in n_hidden",
        [(1, 2, 2, 3), (2, 3, 3, 3), (3, 1, 2, 2), (1, 20, 1, 2), (4, 5, 3, 4)],
        d_h="batch time n_hidden",
        **OVER_TIME,
    ),
    gates="i f g o",
    reference=_backward_time,
    tolerance=1e-7,
    blocks=dict.fromkeys(("d_w_x", "d_w_h", "d_b"), "i f g o"),
    slopes=Slopes(_loss_time, tuple(OVER_TIME)),
    outputs=("d_x", "d_w_x", "d_w_h", "d_b"),
    start="Go through the steps in reverse; at the last one, only `d_h` arrives.",
)

# ---- convert -------------------------------------------------------------------------

SHARED = ("LEFT", "SECOND", "LOADED", "SAVED")  # what a layer holds, names of results
LEFT = 0.5  # what every number of the layer is before the answer loads into it
SECOND = 0.25  # PyTorch's second bias in the layer to save; the first has the rest
LOADED = ("w_x of the layer", "w_h of the layer", "b of the layer")
SAVED = ("w of save", "r of save", "b of save")
FILE = {"w": "4*n_hidden n_in", "r": "4*n_hidden n_hidden", "b": "4*n_hidden"}


def _to_layer(*file):
    """Return a file's blocks, i o f g below one another, as weights of a layer."""
    parts = [np.split(a, 4) for a in file]
    return cells.LSTMWeights(*(np.concatenate([i, f, g, o]).T for i, o, f, g in parts))


def _to_exchange(inputs):
    """Return a file to load, and another layer's weights: none is the other's key."""
    *file, w, r, b = inputs.values()
    return dict(zip("wrb", file, strict=True)) | {"other": _to_layer(w, r, b)}


def _exchanged(answer, inputs, *, save, ur, new_layer):
    """Return what the answer loads into a layer, and what it saves of another layer."""
    w, r, b, weights = inputs.values()
    layer = new_layer(w.shape[1], len(b) // 4)
    answer(layer, w, r, b)
    loaded = dict(zip(LOADED, ur.dump(layer), strict=True))
    other = new_layer(w.shape[1], len(b) // 4)
    ur.load_lstm(other, weights)
    if hasattr(other, "bias_hh_l0"):  # two biases: both must be saved
        other.bias_ih_l0.data -= SECOND
        other.bias_hh_l0.data += SECOND
    try:
        saved = save(other)
    except NotImplementedError:  # not attempted yet
        raise
    except Exception as error:  # the check has the name of the other function, `load`
        raise Refused(failure("save", error, {})) from None
    if not isinstance(saved, tuple | list) or len(saved) != 3:
        what = f"one value, of type {kind(saved)}"
        if isinstance(saved, tuple | list):
            what = f"{len(saved)} value{'s' * (len(saved) != 1)}"
        raise Refused(
            f"`save` must return three arrays, w, r and b; it returned {what}."
        )
    return loaded | dict(zip(SAVED, saved, strict=True))


def _exchange(w, r, b, **other):
    loaded = dict(zip(LOADED, _to_layer(w, r, b), strict=True))
    return loaded | dict(zip(SAVED, other.values(), strict=True))


convert = Check(
    name="load",
    **arrays(
        "n_in n_hidden",
        [(1, 2), (3, 3), (2, 4), (5, 2)],
        **FILE,
        **{f"other_{name}": axes for name, axes in FILE.items()},
    ),
    call=_exchanged,
    given=_to_exchange,
    reference=_exchange,
    before=LEFT,
    blocks=dict.fromkeys(LOADED, "i f g o") | dict.fromkeys(SAVED, "i o f g"),
    tolerance=1e-5,
    start="Split `w` into four blocks along its first axis, and join them anew.",
)

# ---- mend ----------------------------------------------------------------------------

MEND_SIZES = [(1, 3, 2), *SIZES[1:]]  # few units in the first: not all can be cut


def _draw_mend(rng, case):
    given = arrays("batch n_in n_hidden", MEND_SIZES, **STEP)["draw"](rng, case)
    w = np.concatenate([given.pop("w_x"), given.pop("w_h")])
    return given | {"w": w, "b": given.pop("b")}


mend = Check(
    name="mend",
    draw=_draw_mend,
    reference=lambda x, h, c, w, b: _step(x, h, c, *np.split(w, [x.shape[1]]), b),
    gates="i f g o",
    # w's first axis is n_in + n_hidden long: of the sizes the batch alone can be cut.
    dims={"w": (), "b": (), "x": ("batch",), "h": ("batch",), "c": ("batch",)},
    axes=("batch", "n_hidden"),
    outputs=("h", "c"),
    start="Copy `patient`. What shape must `both` have, so that `both @ w` fits?",
)

# ---- remember ------------------------------------------------------------------------

REMEMBER = [(10, 2, 3), (1, 4, 2), (250, 3, 3), (100, 8, 64)]
LEAST = 0.9


def _draw_remember(rng, steps, n_in, n):
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


def _bias_fault(inputs, value):
    k, old = inputs["steps"], inputs["weights"]
    b, n = value["weights"][2], len(old.w_h)
    for name, after, first in zip("xh", value["weights"][:2], old[:2], strict=True):
        if not same(after, first, 1e-5):
            return f"The weights `w_{name}` changed too. Only the forget bias may."
    part = b[n : 2 * n]
    if np.ptp(part) > 1e-5:
        return (
            "The forget gates of the units differ. Set all n_hidden numbers of the "
            "forget part to one value: `[n : 2 * n]`."
        )
    if not same(
        np.delete(b, np.s_[n : 2 * n]), np.delete(old.b, np.s_[n : 2 * n]), 1e-5
    ):
        return "Biases of other gates changed too. Set the forget part alone."
    f = 1 / (1 + np.exp(-part[0]))
    if same(part[0], -np.log(2 ** (1 / k) - 1), 1e-5):
        return None
    return (
        f"With steps = {k} the forget bias is {part[0]:.4g}, so f = {f:.4f} and "
        f"f**{k} = {f**k:.3g}; expected one half."
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
    **over(REMEMBER, _draw_remember),
    call=_remembered,
    properties=(_bias_fault, _learns),
    measured=("accuracy",),
    float32=False,
    start="Which f makes f**steps one half? And which bias makes the gate that f?",
    may=("batches.one_hot", "metrics.accuracy", "ur.fit"),
)
