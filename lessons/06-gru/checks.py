"""What the exercises of this unit are asked, and what they must compute."""

import math
import traceback
from types import SimpleNamespace

import numpy as np

from unrolled import batches, cells
from unrolled.check import Check, Refused, Slopes, arrays, over
from unrolled.check.layers import keeping
from unrolled.check.values import kind, same

SHARED = ("WEIGHTS", "ON_LAYER", "LAST")  # names of arrays and of their axes
WEIGHTS = {
    "w_x": "n_in 3*n_hidden",
    "w_h": "n_hidden 3*n_hidden",
    "b": "3*n_hidden",
    "b_n": "n_hidden",
}

# ---- step ----------------------------------------------------------------------------

# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
SIZES = [(1, 2, 3), (2, 3, 3), (4, 1, 2), (3, 5, 4)]
SIZES += [(2, 3, 3), (5, 3, 6), (2, 4, 1), (3, 2, 5)]
READINGS = [(reset, z) for reset in ("after", "before") for z in ("old", "new")]
STEP = arrays(
    "batch n_in n_hidden", SIZES, x="batch n_in", h="batch n_hidden", **WEIGHTS
)


def _draw_step(rng, case):
    # Odd cases are float32: give each precision each of the four readings.
    reset, z = READINGS[(case + case // 4) % 4]
    return STEP["draw"](rng, case) | {"reset": reset, "z": z}


step = Check(
    name="step",
    **STEP | {"draw": _draw_step},
    gates="r z n",
    reference=lambda x, h, w_x, w_h, b, b_n, reset, z: cells.gru_step(
        x, h, cells.GRUWeights(w_x, w_h, b, b_n), reset, z
    ),
    axes=("batch", "n_hidden"),
    start="Cut `x @ w_x + b` and `w_h` into three with `np.split(…, 3, axis=1)`.",
)

# ---- backward ------------------------------------------------------------------------

BACKWARD = arrays(
    "batch n_in n_hidden",
    SIZES,
    d_h="batch n_hidden",
    x="batch n_in",
    h="batch n_hidden",
    **WEIGHTS,
)
SLOPES = ("x", "h", *WEIGHTS)


def _draw_backward(rng, case):
    reset = ("after", "before")[(case + case // 2) % 2]
    return BACKWARD["draw"](rng, case) | {"reset": reset}


def _backward(d_h, x, h, w_x, w_h, b, b_n, reset):
    """Return the gradients as the course's own cell computes them."""
    run = cells.gru(x[:, None], cells.GRUWeights(w_x, w_h, b, b_n), h, reset)
    back = cells.gru_backward(run, d_h[:, None])
    return back.x[:, 0], *back[1:]


def _loss(d_h, x, h, w_x, w_h, b, b_n, reset):
    """Return a loss whose gradient for the new state is d_h."""
    return (d_h * cells.gru_step(x, h, cells.GRUWeights(w_x, w_h, b, b_n), reset)).sum()


backward = Check(
    name="backward",
    **BACKWARD | {"draw": _draw_backward},
    gates="r z n",
    reference=_backward,
    tolerance=1e-7,
    blocks=dict.fromkeys(("d_w_x", "d_w_h", "d_b"), "r z n"),
    slopes=Slopes(_loss, SLOPES),
    outputs=tuple(f"d_{name}" for name in SLOPES),
    start="Begin with the gradients for the arguments of n and of z, as in unit 05.",
)

# ---- convert -------------------------------------------------------------------------

CONVERT = [  # n_in, n_hidden, the reading, what stands beside the diagonal of u_n
    (3, 4, "after", "old", "numbers"),
    (2, 3, "after", "new", "numbers"),
    (4, 4, "before", "new", "zeros"),
    (2, 3, "before", "new", "numbers"),
    (3, 4, "before", "old", "zeros"),
    (2, 3, "before", "old", "numbers"),
    (3, 3, "after", "new", "zeros"),
    (2, 3, "before", "old", "one below"),
    (5, 4, "before", "old", "one above"),
    (2, 3, "before", "old", "symmetric"),
    (3, 4, "before", "new", "sums of zero"),
    (2, 3, "before", "old", "ring"),
    (3, 1, "before", "new", "zeros"),  # there is no other unit to hear
]


def _draw_convert(rng, n_in, n, reset, z, beside):
    weights = arrays("n_in n_hidden", [(n_in, n)], **WEIGHTS)["draw"](rng, 0)
    u_n, one = weights["w_h"][:, 2 * n :], np.eye(n)
    next_to = np.roll(one, 1, axis=1)
    u_n[:] = {
        "zeros": u_n * one,
        "numbers": u_n,
        "one below": u_n * one - 2 * np.eye(n, k=1 - n),
        "one above": u_n * one + 0.01 * np.eye(n, k=n - 1),
        "symmetric": u_n + u_n.T,
        "sums of zero": u_n * one + next_to - next_to.T,  # in each row and column
        "ring": next_to,  # no more numbers than a diagonal has
    }[beside]
    return weights | {"reset": reset, "z": z}


def _converted(answer, inputs):
    """Return the converted weights, or that it refused: by None or by a `raise`."""
    try:
        given = answer(*inputs.values())
    except NotImplementedError:  # not attempted yet
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        own = last.name == getattr(answer, "__name__", "")
        if not own or "raise " not in (last.line or ""):
            raise
        return {"refused": f"a `raise` of {type(error).__name__}"}
    if given is None:
        return {"refused": "None"}
    if isinstance(given, tuple | list) and len(given) == len(WEIGHTS):
        return dict(zip(WEIGHTS, given, strict=True))
    what = repr(given) if isinstance(given, bool | int | str) else kind(given)
    if isinstance(given, tuple | list):
        what = f"{len(given)} arrays"
    raise Refused(
        f"`convert` returned {what}; expected (w_x, w_h, b, b_n) in the shapes as they "
        "were given, or None."
    )


def _convertible(w_h, reset):
    n = len(w_h)
    return reset == "after" or not np.any(w_h[:, 2 * n :] * (1 - np.eye(n)))


def _convert(w_x, w_h, b, b_n, reset, z):
    """Return the only weights that compute the same states, or that there are none."""
    if not _convertible(w_h, reset):
        return {"refused": "None"}
    if reset == "before":
        n = len(b_n)
        b, b_n = b + np.pad(b_n, (2 * n, 0)), 0 * b_n
    weights = cells.GRUWeights(w_x, w_h, b, b_n)
    return (cells.flip_z(weights) if z == "new" else weights)._asdict()


def _decided(inputs, value):
    """Say whether the weights were refused or converted where they should not be."""
    reset, possible = inputs["reset"], _convertible(inputs["w_h"], inputs["reset"])
    case, refused = f'for reset="{reset}", z="{inputs["z"]}"', value.get("refused")
    if refused and possible:
        why = "no unit hears another" if reset == "before" else "r is where it belongs"
        says = f"You refuse weights {case} that can be converted: {why}."
        return says + " Or is a `return` missing?" * (refused == "None")
    if refused not in (None, "None"):
        return (
            f"`convert` refuses weights {case} with {refused}, which stops the program."
            " They cannot be converted, but the exercise asks for None: write `return "
            "None`."
        )
    if not refused and not possible:
        return (
            f"These weights {case} have no exact counterpart, and you returned one: "
            "some unit hears another through `u_n`, before through the other's r, "
            "after through its own. Return None."
        )
    return None


convert = Check(
    name="convert",
    **over(CONVERT, _draw_convert),
    call=_converted,
    first=_decided,
    reference=_convert,
    blocks=dict.fromkeys(("w_x", "w_h", "b"), "r z n"),
    start='Begin with z: change a sign where z is "new". Then ask when r may move.',
)

# ---- load ----------------------------------------------------------------------------

# What the layer then holds; told by gates, since each framework has its own order.
ON_LAYER = ("w of r, z, n", "u of r, z, n", "b of r, z, n", "the bias inside, r * (…)")
PAPER = {"w": "3*n_hidden n_in", "u": "3*n_hidden n_hidden", "b": "3*n_hidden"}
LOAD_SIZES = [(1, 2), (3, 3), (2, 4), (5, 2), (3, 1)]


def _loaded(answer, inputs, *, ur, new_layer):
    """Return what the layer holds after the answer."""
    layer = new_layer(inputs["w"].shape[1], inputs["u"].shape[1])
    with keeping(layer):
        answer(layer, *inputs.values())
    return dict(zip(ON_LAYER, ur.dump(layer), strict=True))


def _load(w, u, b):
    """Return r, z, n of the paper's z, r, n, side by side, and z of the old state."""
    n = len(b) // 3
    order = np.r_[n : 2 * n, :n, 2 * n : 3 * n]
    weights = cells.GRUWeights(w[order].T, u[order].T, b[order], np.zeros(n))
    return dict(zip(ON_LAYER, cells.flip_z(weights), strict=True))


load = Check(
    name="load",
    draw=arrays("n_in n_hidden", LOAD_SIZES, **PAPER)["draw"],
    call=_loaded,
    reference=_load,
    before=0.5,
    cases=len(LOAD_SIZES),
    blocks=dict.fromkeys(ON_LAYER[:3], "r z n"),
    tolerance=1e-6,
    tolerance32=1e-6,
    start="Cut each array into z, r, n; turn z; join them in the layer's order.",
)

# ---- sizes ---------------------------------------------------------------------------

BUDGETS = [  # n_in, n_out, n_biases, budget
    (2, 3, 1, 100),
    (10, 5, 2, 80 * 32 + 21 * 5),  # an LSTM of 20 units meets it exactly
    (10, 5, 1, 80 * 31 + 21 * 5 - 1),  # one number less, and it has 19
    (4, 2, 1, 3 * 6 + 2 + 2),  # not one unit of an LSTM fits, and just one of a GRU
    (3, 10, 1, 7),  # the readout's biases alone are too much; two mistakes name it
    (6, 4, 0, 3 * 30 * 36 + 31 * 4),  # no biases; a GRU meets it exactly
    (7, 7, 3, 8 * (7 + 8 + 3) + 9 * 7),  # an RNN does
]


def _draw_sizes(rng, case):
    if case < len(BUDGETS):
        n_in, n_out, n_biases, budget = BUDGETS[case]
    else:
        n_in, n_out = (int(v) for v in rng.integers(4, 120, 2))
        n_biases, budget = 1 + case % 2, int(rng.integers(5_000, 60_000))
    return {"n_in": n_in, "n_out": n_out, "n_biases": n_biases, "budget": budget}


def _sizes(n_in, n_out, n_biases, budget):
    """Solve g·n² + n·(g·(n_in + n_biases) + n_out) + n_out = budget for n."""
    found = []
    for g in (1, 3, 4):
        linear, spare = g * (n_in + n_biases) + n_out, budget - n_out
        root = math.isqrt(linear**2 + 4 * g * max(spare, 0))
        found.append((root - linear) // (2 * g))
    return tuple(found)


sizes = Check(
    name="sizes",
    draw=_draw_sizes,
    reference=_sizes,
    cases=len(BUDGETS) + 3,
    dims={"n_in": (), "n_out": (), "n_biases": (), "budget": ()},
    outputs=("rnn", "gru", "lstm"),
    float32=False,
    start="Write the count as a function of n, and raise n while it fits.",
)

# ---- gated ---------------------------------------------------------------------------

GATED = [  # batch, time, n_in, n_hidden, r, z
    (2, 4, 8, 6, None, None),
    (4, 6, 5, 2, 1.0, None),
    (1, 5, 3, 3, None, 0.5),
    (3, 2, 3, 5, 1.0, 0.0),
    (5, 3, 4, 6, 0.0, None),
    (2, 1, 2, 3, 0.3, 0.8),
    (3, 50, 2, 4, None, None),
]
MUST_REMEMBER, MUST_FORGET, UPDATES = 0.9, 0.6, 100
LAST = "the last state"


def _draw_gated(rng, case):
    if case == len(GATED):
        first, noise = rng.integers(0, 4, 400), rng.integers(4, 8, (400, 12))
        ids = np.column_stack([first, noise])  # what `Recall` draws
        return {"train": True, "x": batches.one_hot(ids, 8), "y": first}
    batch, n_steps, n_in, n, r, z = GATED[case]
    weights = arrays("n_in n_hidden", [(n_in, n)], **WEIGHTS)["draw"](rng, 0)
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "slope": rng.normal(size=(batch, n)),  # that of the loss at the last state
        **weights | {name: weights[name] / 2 for name in ("w_x", "w_h")},
        "r": r,
        "z": z,
    }


def _last(answer, inputs, *, ur, Reader, Recall):
    """Return the last state and the gradients, or what two trained readers say."""
    if "train" in inputs:

        def logits(**fixed):
            ur.seed(0)
            model, task = Reader(answer, **fixed), Recall(np.random.default_rng(0))
            ur.fit(model, task, steps=UPDATES, lr=0.02, progress=False)
            return ur.array(model(ur.tensor(inputs["x"]))[0])

        return {"r at 1": logits(r=1.0), "z at 1/2": logits(z=0.5)}

    def tensor(name):
        return ur.tensor(inputs[name].astype(np.float32))

    weights = {name: tensor(name) for name in WEIGHTS}

    def state():
        given = SimpleNamespace(**weights)
        return answer(tensor("x"), given, r=inputs["r"], z=inputs["z"])

    last, slopes = _gradients(state, list(weights.values()), tensor("slope"))
    names = [f"the gradient of {name}" for name in weights]
    return {LAST: last} | dict(zip(names, slopes, strict=True))


def _gradients(state, weights, slope):
    """Return the state, and the gradients for the weights if it has that slope.

    Those of weights that the framework does not connect with the state are zeros.
    """
    if hasattr(slope, "requires_grad"):
        import torch

        for weight in weights:
            weight.requires_grad_()
        last, found = state(), [None] * len(weights)
        if getattr(last, "requires_grad", False) and last.shape == slope.shape:
            found = torch.autograd.grad(last, weights, slope, allow_unused=True)
        pairs = zip(found, weights, strict=True)
        return last, [torch.zeros_like(w) if g is None else g for g, w in pairs]
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(weights)
        last = state()
    if not tf.is_tensor(last) or last.shape != slope.shape:
        return last, [tf.zeros_like(weight) for weight in weights]
    found = tape.gradient(last, weights, slope, unconnected_gradients="zero")
    return last, [tf.convert_to_tensor(g) for g in found]


def _gated(**inputs):
    """Return the last state and the gradients of a cell with its gates held by b."""
    if "train" in inputs:
        return {}  # what is trained has a property
    x, slope, w_x, w_h, b, b_n, *gates = inputs.values()
    gates = np.array([*gates, None], float)  # not a number where it is computed
    free = np.repeat(np.isnan(gates), len(b_n))
    with np.errstate(divide="ignore"):  # the sums whose sigmoids are the gates
        held = np.repeat(np.log(gates / (1 - gates)), len(b_n))
    b = np.where(free, b, held)
    run = cells.gru(x, cells.GRUWeights(w_x * free, w_h * free, b, b_n))
    back = cells.gru_backward(run, np.zeros_like(run.h), slope)
    found = {"w_x": back.w_x * free, "w_h": back.w_h * free, "b": back.b * free}
    found["b_n"] = back.b_n
    return {LAST: run.last} | {f"the gradient of {k}": v for k, v in found.items()}


def _reached(inputs, value):
    """Say which weights get no gradient, or a wrong one, where the state is right."""
    right = _gated(**inputs)
    if not right or not same(value[LAST], right[LAST], 1e-4):
        return None
    cut = [k for k, v in right.items() if v.any() and not np.any(value[k])]
    wrong = cut or [k for k, v in right.items() if not same(value[k], v, 1e-4)]
    if not wrong:
        return None
    names = ", ".join(f"`{name.split()[-1]}`" for name in wrong)
    says = (
        f"no gradient reaches {names}" if cut else f"the gradients of {names} are not"
    )
    return (
        f"The last state is right, but {says}. What goes through NumPy, `detach` or "
        "`stop_gradient` is a constant to the framework: use its own operations alone, "
        "through every gate and every step."
    )


def _remembered(inputs, value):
    """Say what is wrong with what the trained readers remember."""
    if "train" not in inputs:
        return None
    full, half = (np.mean(v.argmax(-1) == inputs["y"]) for v in value.values())
    if full < MUST_REMEMBER:
        return (
            f"The states are right, but after {UPDATES} updates the reader with r "
            f"fixed at 1 remembers {full:.2f}; {MUST_REMEMBER} is asked, guessing has "
            "0.25. Are `Reader` and `Recall` as they were?"
        )
    if half > MUST_FORGET:
        return (
            f"With z fixed at 1/2 the reader remembers {half:.2f} after 12 steps; that "
            "is more than a halving at each step allows. Is z really fixed in training?"
        )
    return None


gated = Check(
    name="gated",
    draw=_draw_gated,
    call=_last,
    hidden=("y",),
    first=_reached,
    reference=_gated,
    properties=(_remembered,),
    measured=("r at 1", "z at 1/2"),
    cases=len(GATED) + 1,
    float32=False,
    axes=("batch", "n_hidden"),
    start="Write the loop of the lesson's layer, and return `h` after it.",
    may=("batches.one_hot",),
)

# ---- mend ----------------------------------------------------------------------------

OUT = ("kernel", "recurrent", "bias")


def _mend(w_ih, w_hh, b_ih, b_hh):
    n = len(b_ih) // 3
    order = np.r_[n : 2 * n, :n, 2 * n : 3 * n]
    return w_ih[order].T, w_hh[order].T, np.stack([b_ih, b_hh])[:, order]


mend = Check(
    name="mend",
    **arrays(
        "n_in n",
        [(2, 3), (3, 3), (1, 2), (4, 5), (3, 1), (2, 4)],
        w_ih="3*n n_in",
        w_hh="3*n n",
        b_ih="3*n",
        b_hh="3*n",
    ),
    reference=_mend,
    gates="",
    blocks=dict.fromkeys(OUT, "z r n"),
    outputs=OUT,
    start="Copy `patient`, and compare its order with the one in the exercise's text.",
)
