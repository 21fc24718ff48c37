"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, arrays, models, over
from unrolled.check.layers import keeping
from unrolled.check.values import same, short

# ---- radius --------------------------------------------------------------------------

DOUBLINGS = 60


def _draw_radius(rng, case):
    if case == 0:  # eigenvalues 2i and -2i
        return {"w": np.array([[0.0, -4.0], [1.0, 0.0]])}
    n = (0, 3, 4, 2, 5, 6, 1, 1, 3, 20, 2)[case]
    w = rng.normal(size=(n, n))
    if case in (1, 7):  # the eigenvalue that counts is negative
        w = -np.abs(w) - 0.5 * np.eye(n)
    if case == 8:  # large numbers; above the diagonal, where no eigenvalue shows them
        w = 1e6 * np.triu(w)
    return {"w": 0 * w if case == 10 else w}


def _radius(w):
    """Return by how much a step multiplies in the long run, from a very high power."""
    power, growth = np.asarray(w, float), 0.0
    for k in range(DOUBLINGS):
        size = np.abs(power).max()
        if size == 0:
            return 0.0
        growth += np.log(size) / 2.0**k
        power = (power / size) @ (power / size)
    return np.exp(growth)


radius = Check(
    name="radius",
    draw=_draw_radius,
    reference=_radius,
    cases=11,
    dims={"w": ("n", "n")},
    start="Three calls in one line: eigenvalues, absolute values, maximum.",
)


# ---- reach ---------------------------------------------------------------------------

NEAR = 1e-9  # of a share: rounding must not decide
EXACT = {  # met to the digit: a share that is left exactly, a factor of exactly 1
    0: ([[0.5, 1.0], [0.0, 0.25]], 1.0, 0.125),
    1: ([[2.0, 1.0], [0.0, 1.0]], 0.25, 2.0**-10),
    2: ([[0.0, 1.0], [1.0, 0.0]], 1.0, 0.01),
    3: ([[1.0, 3.0], [0.0, -2.0]], 0.5, 0.1),
}
DRAWN = {  # n, spectral radius, slope, least
    4: (3, 0.8, 0.95, 0.05),
    5: (2, 0.9, 0.8, 1e-3),
    6: (3, 1.3, 0.9, 0.01),  # never falls
    7: (4, 1.1, 0.85, 0.1),  # falls just so
    8: (6, 0.95, 0.7, 1e-6),
    9: (1, 1.0, 0.99, 1e-6),  # many steps
    10: (2, 0.5, 0.1, 0.5),  # one step
}


def _draw_reach(rng, case):
    if case in EXACT:
        w_h, slope, least = EXACT[case]
        return {"w_h": np.array(w_h), "slope": slope, "least": least}
    n, size, slope, least = DRAWN[case]
    w_h = rng.normal(size=(n, n))
    return {"w_h": w_h * (size / _radius(w_h)), "slope": slope, "least": least}


def _reach(w_h, slope, least):
    factor, n = slope * _radius(w_h), 0
    if factor == 0:
        raise ValueError("no case of this exercise: all is gone after one step")
    if factor > 1 - NEAR:
        return np.inf
    while factor**n > least * (1 + NEAR):
        n += 1
    return float(n)


def _never(inputs, value):
    if _reach(**inputs) < np.inf or np.asarray(value).dtype.kind not in "iuf":
        return None
    if not np.isfinite(value).all():
        return None
    return (
        "Where slope × radius is 1 or more, nothing vanishes: return `np.inf`. Yours "
        f"gives {short(value)} there."
    )


reach = Check(
    name="reach",
    draw=_draw_reach,
    first=_never,
    reference=_reach,
    cases=len(EXACT) + len(DRAWN),
    dims={"w_h": ("n", "n")},
    start="With factor = slope × radius, find the first n with factor**n <= least.",
)


# ---- back ----------------------------------------------------------------------------

BACK_SIZES = [(4, 2), (4, 3), (5, 2), (6, 4), (4, 4), (1, 3), (50, 3), (3, 1), (2, 8)]


def _back(h, w_h, d_last):
    """Return the norms by the product of Jacobians, which is carried back instead."""
    norms, jacobian = [], np.eye(len(w_h))
    for state in h[::-1]:
        norms.append(np.linalg.norm(jacobian @ d_last))
        jacobian = (w_h * (1 - state**2)) @ jacobian
    return np.array(norms[::-1])


back = Check(
    name="back",
    **arrays(
        "time n",
        BACK_SIZES,
        then=lambda rng, given: given | {"h": 0.9 * np.tanh(given["h"])},
        h="time n",
        w_h="n n",
        d_last="n",
    ),
    reference=_back,
    gates="",
    axes=("time",),
    start="Loop over `h[::-1]`: keep a norm, then go one step back.",
)


# ---- clip ----------------------------------------------------------------------------

SHARED = ("PARTS", "UPDATES", "AXES")
PARTS = ("w_x", "w_h", "b")
CLIP_SIZES = [(2, 4), (2, 3), (3, 3), (4, 2), (2, 2), (3, 4), (2, 1), (1, 3), (20, 30)]
# Of the norm: 20 is nothing to clip, with 0.98 each array by itself is short enough.
MOST = [0.1, 0.05, 20, 0.2, 0, 0.6, 0.98, 1.02, 0.05]


def _draw_clip(rng, case):
    n_in, n_hidden = CLIP_SIZES[case]
    shapes = ((n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,))
    gradient = [rng.normal(size=shape) for shape in shapes]
    gradient[1] *= 3  # unequal parts, as they are in practice
    if MOST[case] == 0:
        return {"gradient": [0 * g for g in gradient], "most": 1.0}
    norm = float(np.linalg.norm(np.concatenate(gradient, axis=None)))
    return {"gradient": gradient, "most": round(MOST[case] * norm, 2)}


def _clipped(answer, inputs):
    parts = answer(inputs["gradient"], inputs["most"])
    if isinstance(parts, np.ndarray) and parts.dtype.kind == "O":
        parts = list(parts)  # arrays of unequal shapes in one
    if not isinstance(parts, tuple | list):
        bare = parts is None or hasattr(parts, "shape")
        return parts if bare else f"a {type(parts).__name__}"
    if len(parts) == len(PARTS):
        return dict(zip(PARTS, parts, strict=True))
    only = " (does the `return` stand in the loop?)" if len(parts) == 1 else ""
    return f"a {type(parts).__name__} of {len(parts)}{only}"


def _scaled(gradient, most):
    norm = np.linalg.norm(np.concatenate(gradient, axis=None))
    factor = most / norm if norm > most else 1.0
    return {name: g * factor for name, g in zip(PARTS, gradient, strict=True)}


clip = Check(
    name="clip",
    draw=_draw_clip,
    call=_clipped,
    reference=_scaled,
    cases=len(CLIP_SIZES),
    tolerance=1e-5,  # PyTorch's own rule, most / (norm + 1e-6), is right too
    start="First the norm over all arrays; then one factor for all of them.",
    bars=(
        "torch.nn.utils.clip_grad_norm_",
        "torch.nn.utils.clip_grads_with_norm_",
        "tensorflow.clip_by_global_norm",
    ),
)


# ---- mend ----------------------------------------------------------------------------

UPDATES = ("first update", "second update")
MEND_CASES = [  # updates, batch, n_steps, n_in, n_hidden, most
    (1, 3, 2, 4, 5, 0.1),  # every mistake is tried on the first: one update is enough
    (2, 3, 4, 2, 3, 0.2),
    (2, 4, 5, 3, 2, None),  # nothing to clip
    (2, 1, 2, 1, 2, 0.05),
    (2, 2, 1, 3, 3, 0.1),
    (2, 5, 9, 2, 2, 0.2),
]


def _draw_mend(rng, updates, batch, n_steps, n_in, n_hidden, most):
    # Small numbers: else an update that is not bounded magnifies rounding errors.
    inputs = {
        "x": 0.3 * rng.normal(size=(batch, n_steps, n_in)),
        "target": 0.5 * rng.uniform(-1, 1, (batch, n_hidden)),
        "w_x": 0.3 * rng.normal(size=(n_in, n_hidden)),
        "w_h": 0.3 * rng.normal(size=(n_hidden, n_hidden)),
    }
    if most is None:
        _, *gradient = _gradient(**inputs)
        most = 1.5 * float(np.linalg.norm(np.concatenate(gradient, axis=None)))
    return inputs | {"most": most, "updates": updates}


def _updated(answer, inputs, *, ur, new_layer, weights_of):
    """Make updates of a layer; return the first loss and what each update moved."""
    layer, optimizer = new_layer(inputs["w_x"], inputs["w_h"])
    x, target = (ur.tensor(inputs[k].astype(np.float32)) for k in ("x", "target"))
    found = {}
    for name in UPDATES[: inputs["updates"]]:
        before = weights_of(layer)
        with keeping(layer):
            loss = answer(layer, optimizer, x, target, inputs["most"])
        found.setdefault("loss", loss)
        pairs = zip(("w_x", "w_h"), before, weights_of(layer), strict=True)
        found[name] = {key: now - old for key, old, now in pairs}
    return found


def _gradient(x, target, w_x, w_h):
    """Return the loss and its gradients; the cell has no bias."""
    run = cells.rnn(x, cells.RNNWeights(w_x, w_h, np.zeros(len(w_h))))
    far = run.h[:, -1] - target
    back = cells.rnn_backward(run, np.zeros_like(run.h), 2 * far)
    return (far**2).sum(), back.w_x, back.w_h


def _bounded(x, target, w_x, w_h, most, updates):
    """Return the loss before the first bounded update, and what each moves."""
    found = {}
    for name in UPDATES[:updates]:
        loss, *gradient = _gradient(x, target, w_x, w_h)
        norm = np.linalg.norm(np.concatenate(gradient, axis=None))
        d_x, d_h = (-min(1.0, most / norm) * g for g in gradient)
        w_x, w_h = w_x + d_x, w_h + d_h
        found.setdefault("loss", loss)
        found[name] = {"w_x": d_x, "w_h": d_h}
    return found


mend = Check(
    name="mend",
    **over(MEND_CASES, _draw_mend),
    call=_updated,
    reference=_bounded,
    tolerance=1e-5,  # the layer is in float32
    tolerance32=1e-5,
    float32=False,
    start="Copy `patient`. What is clipped, by which norm, and what does the step use?",
)


# ---- learn ---------------------------------------------------------------------------

N_STEPS, N_UPDATES, LEAST = 30, 200, 0.9
FAR = 600  # who reads backwards has forgotten, by the first symbol, what came last


def _draw_learn(rng, case):
    return {"n_steps": N_STEPS, "seed": case + 1}


def _data(n_steps, seed):
    """Return the batches to train on, then new sequences with their answers.

    First some of the length trained on, then some that are too long.
    """
    rng = np.random.default_rng(seed)
    batches = [_recall(64, n_steps, rng) for _ in range(N_UPDATES)]
    return batches, _recall(500, n_steps, rng), _recall(60, FAR, rng)


def _without_answers(inputs):
    batches, (x, _), (far, _) = _data(**inputs)
    return {"batches": batches, "x": x, "far": far, "seed": inputs["seed"]}


def _recall(n, n_steps, rng):
    first = rng.integers(0, 4, (n, 1))
    noise = rng.integers(4, 8, (n, n_steps))
    ids = np.concatenate([first, noise], axis=1)
    return np.eye(8, dtype=np.float32)[ids], first[:, 0]


AXES = "batch n_out"


def _learned(answer, inputs, *, ur):
    """Train; return the logits for new sequences."""
    batches, x, far, seed = inputs.values()
    ur.seed(seed)
    model = answer([tuple(map(ur.tensor, batch)) for batch in batches])
    if models.model("learn", model) is None:
        return None
    ur.ready(model)

    def says(x):
        return models.logits(model(ur.tensor(x)), (len(x), 4), AXES, "sequence")

    start, early, late = x.copy(), far.copy(), far.copy()
    start[:, 0] = np.roll(x[:, 0], 1, axis=0)  # another first symbol
    early[:, 1], late[:, -1] = (np.roll(far[:, t], 1, axis=0) for t in (1, -1))
    other = np.concatenate([x[1:2], x[1:]])
    asked = {"other start": start, "noise before": np.hstack([x[:, 1:2], x])}
    asked |= {"noise turned": np.concatenate([x[:, :1], x[:, :0:-1]], axis=1)}
    asked |= {"far": far, "other early noise": early, "other late noise": late}
    found = {"logits": models.alone(says, x, other)}
    return found | {name: says(part) for name, part in asked.items()}


def _are_logits(inputs, value):
    logits = value["logits"]
    return models.softmaxed(logits, AXES) or models.squashed(logits)


def _learned_enough(inputs, value):
    logits, (_, (_, y), _) = value["logits"], _data(**inputs)
    right = np.mean(logits.argmax(-1) == y)
    if right >= LEAST:
        return None
    said = (
        f"{right:.2f} of the answers are right; {LEAST} is asked, guessing has 0.25. "
    )
    if same(logits, value["other start"], models.NEAR * np.abs(logits).max()):
        return said + (
            "The first symbol does not reach it. From which recurrent matrix does the "
            "layer start, with what spectral radius? Or is an update wrong: the last "
            "gradient kept, the rate too high, `from_logits=True` missing in Keras?"
        )
    if right > 0.4:
        return said + (
            "It has begun to learn. Is the learning rate too low or too high, the "
            "network too small, the last gradient kept (`zero_grad()` in PyTorch)?"
        )
    return said + (
        "The first symbol reaches the answer, and is not used rightly. Are the updates "
        "applied to the model that you return, neither too large nor too small, and is "
        "`y` the target?"
    )


def _reads_to_the_end(inputs, value):
    """Refuse a model that has nothing to remember, since it hears the answer last."""
    _, (_, y), _ = _data(**inputs)
    found = np.mean(value["noise before"].argmax(-1) == y)
    noises = value["other early noise"], value["other late noise"]
    early, late = (np.abs(logits - value["far"]).mean() for logits in noises)
    if not late <= 0.03 * early or found >= 0.4:
        return None
    return (
        "What is last in `x` hardly changes the answer; a symbol put before all others "
        f"spoils it ({found:.2f} are right). It looks as if `x` is read backwards, or "
        "its first state is taken. Read from first to last, then answer."
    )


def _reads_in_order(inputs, value):
    """Refuse a model that adds up which symbols there are: it remembers nothing."""
    logits = value["logits"]
    if not same(logits, value["noise turned"], models.NEAR * np.abs(logits).max()):
        return None
    return (
        "The noise may come in any order, and every answer stays the same. It looks as "
        "if `x` is summed over time and not read: let a recurrent layer read it from "
        "first to last."
    )


learn = Check(
    name="learn",
    draw=_draw_learn,
    call=_learned,
    tells=("other start", "noise turned"),
    given=_without_answers,
    properties=(
        _are_logits,
        _learned_enough,
        _reads_to_the_end,
        _reads_in_order,
    ),
    cases=2,  # with luck a poor start may get through once
    free=True,
    start="The parts: a layer with a careful start, a readout, clipped updates.",
)
