"""What the exercises of this unit must compute, and the known wrong ways."""

import traceback
from functools import partial
from itertools import permutations, product
from types import SimpleNamespace

import numpy as np

from unrolled import batches, cells
from unrolled.check import Check, Suspect, Term, zeroed
from unrolled.check.values import same

# ---- step ----------------------------------------------------------------------------

# n_in and n_hidden are sometimes equal: then a swap fits, and only values betray it.
STEP_SIZES = [(1, 2, 3), (2, 3, 3), (4, 1, 2), (3, 5, 4)]
STEP_SIZES += [(2, 3, 3), (5, 3, 6), (2, 4, 1), (3, 2, 5)]
READINGS = [(reset, z) for reset in ("after", "before") for z in ("old", "new")]


def _weights(rng, n_in, n, scale=1.0):
    return {
        "w_x": rng.normal(0, scale, (n_in, 3 * n)),
        "w_h": rng.normal(0, scale, (n, 3 * n)),
        "b": rng.normal(size=3 * n),
        "b_n": rng.normal(size=n),
    }


def _draw_step(rng, case):
    batch, n_in, n = STEP_SIZES[case]
    # Odd cases are float32: give each precision each of the four readings.
    reset, z = READINGS[(case + case // 4) % 4]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "h": rng.uniform(-1, 1, (batch, n)),
        **_weights(rng, n_in, n),
        "reset": reset,
        "z": z,
    }


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _gru(
    x, h, w_x, w_h, b, b_n, reset, z, *,
    order=(0, 1, 2), f=np.tanh, gate=_sigmoid, old_in_gates=1, fixed_r=None,
    fixed_z=None, from_x=None,
):  # fmt: skip
    """Return the next state; the arguments after the star make the known wrong ways."""
    of_x = np.split(x @ w_x + b, 3, axis=1) if from_x is None else from_x
    u = np.split(w_h, 3, axis=1)
    i_r, i_z, i_n = order
    r = gate(of_x[i_r] + old_in_gates * h @ u[i_r]) if fixed_r is None else fixed_r
    share = gate(of_x[i_z] + old_in_gates * h @ u[i_z]) if fixed_z is None else fixed_z
    if reset == "after":
        n = f(of_x[i_n] + r * (h @ u[i_n] + b_n))
    elif reset == "before":
        n = f(of_x[i_n] + (r * h) @ u[i_n] + b_n)
    elif reset == "after, bias outside":
        n = f(of_x[i_n] + r * (h @ u[i_n]) + b_n)
    elif reset == "before, bias inside":
        n = f(of_x[i_n] + r * (h @ u[i_n]) + r * b_n)
    elif reset == "r of all":
        n = f(r * (of_x[i_n] + h @ u[i_n] + b_n))
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n


def _read(change):
    """Return a wrong formula: `change(reset, z)` gives what is read instead."""

    def formula(x, h, w_x, w_h, b, b_n, reset, z):
        return _gru(x, h, w_x, w_h, b, b_n, *change(reset, z))

    return formula


def _with(**wrong):
    return lambda **inputs: _gru(**inputs, **wrong)


def _always(reset, name):
    return {"after": reset, "before": "before"}[name]


def _only(gate):
    """Return inputs in which one gate alone depends on anything.

    The others are half open; for r the candidate repeats the state, so that there is
    something to reset.
    """

    def alone(**inputs):
        n = len(inputs["w_h"])
        keep = np.repeat([name == gate for name in "rzn"], n)
        kept = {name: inputs[name] * keep for name in ("w_x", "w_h", "b")}
        if gate == "r":
            kept["w_h"][:, 2 * n :] = np.eye(n)
        return inputs | kept | {"b_n": inputs["b_n"] * (gate == "n")}

    return alone


step = Check(
    name="step",
    draw=_draw_step,
    reference=_gru,
    cases=len(STEP_SIZES),
    suspects=(
        Suspect(
            'z is read the other way round: with "old" it is the share of the old '
            "state, `z * h + (1 - z) * n`.",
            _read(lambda reset, z: (reset, "new" if z == "old" else "old")),
        ),
        Suspect(
            "The argument `z` is not used: z always weights the old state.",
            _read(lambda reset, z: (reset, "old")),
        ),
        Suspect(
            "The argument `z` is not used: z always weights the new state.",
            _read(lambda reset, z: (reset, "new")),
        ),
        Suspect(
            '`reset` is read the other way round: "after" means `r * (h @ u_n + b_n)`, '
            "r after the product.",
            _read(lambda reset, z: ("before" if reset == "after" else "after", z)),
        ),
        Suspect(
            "The argument `reset` is not used: r always acts after the product.",
            _read(lambda reset, z: ("after", z)),
        ),
        Suspect(
            "The argument `reset` is not used: r always acts before the product.",
            _read(lambda reset, z: ("before", z)),
        ),
        Suspect(
            'With reset="after" the bias `b_n` stands inside the product with r: '
            "`r * (h @ u_n + b_n)`.",
            _read(lambda reset, z: (_always("after, bias outside", reset), z)),
        ),
        Suspect(
            "r multiplies the input's part too. It acts on what comes from the old "
            "state alone: `x_n + r * (…)`.",
            _read(lambda reset, z: (_always("r of all", reset), z)),
        ),
        Suspect(
            "r and z are exchanged. The blocks of `w_x`, `w_h` and `b` come in the "
            "order r, z, n.",
            _with(order=(1, 0, 2)),
        ),
        Suspect(
            "The blocks are cut in the order of Keras' memory, z, r, n, or joined so. "
            "Here it is r, z, n.",
            _with(order=(1, 2, 0)),
        ),
        Suspect(
            "The candidate goes through a sigmoid. It may be negative: use tanh.",
            _with(f=_sigmoid),
        ),
        Suspect(
            "The gates go through tanh. A gate is a share between 0 and 1: use the "
            "sigmoid.",
            _with(gate=np.tanh),
        ),
        Suspect(
            "The gates do not read the old state. Each gate reads x and h: add "
            "`h @ u_r`, `h @ u_z`.",
            _with(old_in_gates=0),
        ),
        Suspect(
            "r is not used: the candidate hears all of the old state.",
            _with(fixed_r=1.0),
        ),
        Suspect(
            "z is not used: nothing is mixed, the candidate is returned as it is.",
            lambda **i: _gru(**{**i, "z": "old"}, fixed_z=0.0),
        ),
        Suspect(
            "`b` is missing: add it to `x @ w_x`.",
            lambda **i: _gru(**{**i, "b": 0 * i["b"]}),
        ),
        Suspect(
            "`b_n` is missing.",
            lambda **i: _gru(**{**i, "b_n": 0 * i["b_n"]}),
        ),
        Suspect(
            "The old state is not kept: `h` itself must be in the mix, z · h.",
            lambda **i: _gru(**i) - _kept(**i),
        ),
    ),
    terms=(
        Term("the reset gate r", _only("r")),
        Term("the update gate z", _only("z")),
        Term("the candidate n", _only("n")),
        Term("x @ w_x", zeroed("h", "b", "b_n")),
        Term("h @ w_h", zeroed("x", "b", "b_n")),
        Term("b", zeroed("x", "h", "b_n")),
        Term("b_n", zeroed("x", "h", "b")),
    ),
    dims={
        "x": ("batch", "n_in"),
        "h": ("batch", "n_hidden"),
        "w_x": ("n_in", "3*n_hidden"),
        "w_h": ("n_hidden", "3*n_hidden"),
        "b": ("3*n_hidden",),
        "b_n": ("n_hidden",),
    },
    axes=("batch", "n_hidden"),
    start="Cut `x @ w_x + b` and `w_h` into three with `np.split(…, 3, axis=1)`.",
)


def _kept(x, h, w_x, w_h, b, b_n, reset, z):
    share = _sigmoid(
        np.split(x @ w_x + b, 3, axis=1)[1] + h @ np.split(w_h, 3, axis=1)[1]
    )
    return (share if z == "old" else 1 - share) * h


# ---- convert -------------------------------------------------------------------------

SHARED = ("REFUSED", "RAISED", "UPDATES")
REFUSED = "None: no exact conversion"
RAISED = "a `raise` of "
CONVERT_CASES = [  # reading, form of u_n
    ("after", "old", "full"),
    ("after", "new", "full"),
    ("before", "new", "diagonal"),
    ("before", "new", "full"),
    ("before", "old", "diagonal"),
    ("before", "old", "full"),
    ("after", "new", "diagonal"),
    ("before", "old", "one below"),
    ("before", "old", "one above"),
    ("before", "old", "symmetric"),
]


def _draw_convert(rng, case):
    reset, z, form = CONVERT_CASES[case]
    n_in, n = (2, 3) if case % 2 else (3, 4)
    weights = _weights(rng, n_in, n)
    u_n = weights["w_h"][:, 2 * n :]
    if form == "diagonal":
        u_n *= np.eye(n)
    elif form == "symmetric":
        u_n += u_n.T.copy()
    elif form != "full":  # one entry beside the diagonal is enough to forbid it
        u_n *= np.eye(n) + np.eye(n, k=-(n - 1) if form == "one below" else n - 1)
    return {**weights, "reset": reset, "z": z}


def _probe(w_x, w_h):
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 6, len(w_x))), np.zeros((3, len(w_h)))


def _states(w_x, w_h, b, b_n, reset, z, x, h, **wrong):
    states = []
    for t in range(x.shape[1]):
        h = _gru(x[:, t], h, w_x, w_h, b, b_n, reset, z, **wrong)
        states.append(h)
    return np.stack(states, axis=1)


def _converted(answer, inputs):
    """Return the converted weights, or that it was refused: None or a `raise`."""
    try:
        given = answer(*inputs.values())
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        own = last.name == getattr(answer, "__name__", "")
        meant = own and "raise " in (last.line or "")
        if not meant or isinstance(error, NotImplementedError):
            raise
        return RAISED + type(error).__name__
    if given is None:
        return REFUSED
    if isinstance(given, bool | int | str):
        return repr(given)
    if not isinstance(given, tuple | list) or len(given) != 4:
        count = len(given) if isinstance(given, tuple | list) else 1
        return f"{count} arrays"
    shapes = [np.shape(inputs[k]) for k in ("w_x", "w_h", "b", "b_n")]
    for name, value, shape in zip(
        ("w_x", "w_h", "b", "b_n"), given, shapes, strict=True
    ):
        if np.shape(value) != shape:
            return f"`{name}` of shape {np.shape(value)} for {shape}"
    return tuple(given)


def _convertible(inputs):
    n = len(inputs["w_h"])
    u_n = inputs["w_h"][:, 2 * n :]
    return inputs["reset"] == "after" or not np.any(u_n * (1 - np.eye(n)))


def _told_convert(inputs, value):
    """Say what is wrong with one conversion; the states decide, not the arrays."""
    w_x, w_h, b, b_n, reset, z = inputs.values()
    n, probe = len(w_h), _probe(w_x, w_h)
    right = _states(w_x, w_h, b, b_n, reset, z, *probe)
    case = f'for reset="{reset}", z="{z}"'
    raised = isinstance(value, str) and value.startswith(RAISED)
    if raised or (isinstance(value, str) and value == REFUSED):
        if _convertible(inputs):
            why = (
                "z can always be turned round"
                if reset == "after"
                else "where `u_n` is diagonal no unit hears another, and the place of "
                "r makes no difference"
            )
            return f"You refuse weights {case} that can be converted: {why}."
        if raised:
            return (
                f"`convert` refuses weights {case} with {value}, which stops the "
                "program. They cannot be converted, but the exercise asks for None: "
                "write `return None`."
            )
        return None
    if isinstance(value, str):
        return (
            f"`convert` returned {value}; expected (w_x, w_h, b, b_n) in the shapes as "
            "they were given, or None."
        )
    if not _convertible(inputs):
        return (
            f"These weights {case} have no exact counterpart, and you returned one: "
            "some unit hears another through `u_n`, before through the other's r, "
            "after through its own. Return None."
        )
    near = 1e-4 if w_x.dtype == np.float32 else 1e-8
    value = _states(*value, "after", "old", *probe)
    if same(value, right, near):
        return None
    flip = np.repeat([1, -1, 1], n)
    turned = 1 if z == "old" else flip
    moved = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
    known = {
        "z still means what it meant before: 1 - σ(a) = σ(-a), so change the sign of "
        "all that makes z.": (w_x, w_h, b, b_n, reset, "old"),
        "Only the matrices of z changed their sign. Its bias is part of the argument "
        "too.": (w_x * flip, w_h * flip, b, b_n, reset, "old"),
        "Only the bias of z changed its sign. Its two matrices are part of the "
        "argument too.": (w_x, w_h, b * flip, b_n, reset, "old"),
        "`w_h`'s part of z kept its sign: all of z's argument must turn.": (
            w_x * flip, w_h, b * flip, b_n, reset, "old",
        ),
        "`w_x`'s part of z kept its sign: all of z's argument must turn.": (
            w_x, w_h * flip, b * flip, b_n, reset, "old",
        ),
        "You changed the sign of n's block. The order is r, z, n.": (
            *(a * np.repeat([1, 1, -1], n) for a in (w_x, w_h, b)), b_n, reset, "old",
        ),
        "You changed the sign of r's block. The order is r, z, n.": (
            *(a * np.repeat([-1, 1, 1], n) for a in (w_x, w_h, b)), b_n, reset, "old",
        ),
        "You turned z, which weights the old state already.": (
            w_x * flip, w_h * flip, b * flip, b_n, reset, "old",
        ),
        "The sign of every gate's weights changed. Only z is turned round.": (
            -w_x, -w_h, -b, b_n, reset, "old",
        ),
    }  # fmt: skip
    for says, (a, u, c, d, how, share) in known.items():
        if same(value, _states(a, u, c, d, how, share, *probe), near):
            return f"{says} (Seen {case}.)"
    biases = {
        "`b_n` is still multiplied by r. With reset=\"before\" it was not: move it to "
        "the third part of `b` and leave zeros.": (b, b_n),
        "`b_n` counts twice: it was added to `b` and left where r multiplies it.": (
            moved, b_n,
        ),
        "`b_n` is lost: add it to the third part of `b`.": (b, 0 * b_n),
    }  # fmt: skip
    for says, (c, d) in biases.items():
        made = (w_x * turned, w_h * turned, c * turned, d)
        if same(value, _states(*made, "after", "old", *probe), near):
            return f"{says} (Seen {case}.)"
    worst = np.abs(value - right).max()
    return (
        f"The converted weights {case} compute other states: the largest difference is "
        f"{worst:.3g}, and {near:g} is allowed."
    )


convert = Check(
    name="convert",
    draw=_draw_convert,
    call=_converted,
    properties=(_told_convert,),
    cases=len(CONVERT_CASES),
    start='Begin with z: change a sign where z is "new". Then ask when r may move.',
)


# ---- load ----------------------------------------------------------------------------

LOAD_SIZES = [(1, 2, 1, 2), (2, 3, 3, 3), (3, 5, 2, 4), (4, 3, 5, 2)]
LEFT = 0.5  # what every number of the layer is before the answer loads into it


def _draw_load(rng, case):
    batch, n_steps, n_in, n = LOAD_SIZES[case]
    return {
        "w": rng.normal(0, 0.7, (3 * n, n_in)),
        "u": rng.normal(0, 0.7, (3 * n, n)),
        "b": rng.normal(size=3 * n),
        "x": rng.normal(size=(batch, n_steps, n_in)),
    }


def _loaded(answer, inputs, *, ur, new_layer):
    """Load into a new layer of the framework and return the states that it computes."""
    x, n = inputs["x"], len(inputs["b"]) // 3
    layer = new_layer(x.shape[2], n)
    answer(layer, inputs["w"], inputs["u"], inputs["b"])
    return ur.run(layer, x).h


def _paper(
    w, u, b, x, order=(1, 0, 2), sign=(1, 1, 1), z="new", b_n=0.0, t=False, bias=None
):
    """Return the paper's states; the other arguments make the known wrong ways."""

    def rows(a):
        parts = np.split(a, 3)
        return np.concatenate(
            [parts[i] * s for i, s in zip(order, sign, strict=True)]
        ).T

    n = u.shape[1]
    w_h = rows(u)
    if t:
        w_h = np.concatenate([p.T for p in np.split(w_h, 3, axis=1)], axis=1)
    b_n = np.full(n, b_n) if np.ndim(b_n) == 0 else b_n
    start = np.zeros((len(x), n))
    return _states(
        rows(w), w_h, rows(b) if bias is None else bias, b_n, "after", z, x, start
    )


def _added(b, amount):
    """Return r, z, n of `b` (z, r, n; z turned), r and z with `amount` added."""
    z, r, n = np.split(b, 3)
    return np.concatenate([r + amount, -z + amount, n])


TURNED = {"sign": (1, -1, 1), "z": "old"}


def _z_less_one(a):
    """Return `a` with 1 taken from the block of z, so that its sign makes it 1 - z."""
    z, r, n = np.split(a, 3)
    return np.concatenate([z - 1, r, n])


def _left(a):
    """Return what must have been given for the layer to hold its old 0.5."""
    z, r, n = np.split(np.full_like(a, LEFT), 3)
    return np.concatenate([-z, r, n])


def _placed(order, sign, w, u, b, x):
    return _paper(w, u, b, x, order=order, sign=sign, z="old")


def _in_places(order, sign):
    found = (
        ("-" if s < 0 else "") + "zrn"[i] for i, s in zip(order, sign, strict=True)
    )
    return (
        f"Where the layer has its r, z, n now stand the paper's {', '.join(found)}; "
        "that should be r, -z, n."
    )


load = Check(
    name="load",
    draw=_draw_load,
    call=_loaded,
    reference=_paper,
    suspects=(
        Suspect(
            "z means the opposite in this layer: it weights the old state, the paper's "
            "the new one. Change the sign of z's weights and bias.",
            lambda w, u, b, x: _paper(w, u, b, x, z="old"),
        ),
        Suspect(
            "The bias of z kept its sign. Turn all that makes z: both matrices and the "
            "bias.",
            lambda w, u, b, x: _paper(
                w,
                u,
                b,
                x,
                **TURNED,
                bias=np.concatenate([np.split(b, 3)[i] for i in (1, 0, 2)]),
            ),
        ),
        Suspect(
            "r and z are exchanged: the paper's order is z, r, n; look up that of the "
            "layer.",
            lambda w, u, b, x: _paper(w, u, b, x, order=(0, 1, 2), **TURNED),
        ),
        Suspect(
            "r and z are exchanged, and the sign was changed in the block of r: the "
            "paper's order is z, r, n; look up that of the layer.",
            lambda w, u, b, x: _paper(
                w, u, b, x, order=(0, 1, 2), sign=(-1, 1, 1), z="old"
            ),
        ),
        Suspect(
            "r and z are exchanged, and z is not turned round. Two things differ: the "
            "order, and what z weights.",
            lambda w, u, b, x: _paper(w, u, b, x, order=(0, 1, 2), z="old"),
        ),
        Suspect(
            "The sign was changed in the block of r, not of z.",
            lambda w, u, b, x: _paper(w, u, b, x, sign=(-1, 1, 1), z="old"),
        ),
        Suspect(
            "The recurrent blocks are transposed, and their square shape hides that. "
            "PyTorch keeps the paper's rows, Keras the transpose of the whole array.",
            lambda w, u, b, x: _paper(w, u, b, x, **TURNED, t=True),
        ),
        Suspect(
            "The bias counts twice: the layer adds its two biases, and multiplies the "
            "second one of n by r. Put `b` into the first and zeros into the second.",
            lambda w, u, b, x: _paper(
                w, u, b, x, **TURNED, bias=_twice(b), b_n=np.split(b, 3)[2]
            ),
        ),
        *(
            Suspect(_in_places(order, sign), partial(_placed, order, sign))
            for order in permutations(range(3))
            for sign in product((1, -1), repeat=3)
            if (order, sign) != ((1, 0, 2), (1, -1, 1))
        ),
        Suspect(
            "The second bias still holds its old 0.5. Set it to zero.",
            lambda w, u, b, x: _paper(
                w, u, b, x, **TURNED, bias=_added(b, LEFT), b_n=LEFT
            ),
        ),
        Suspect(
            "`b` went into the second bias, whose part of n is multiplied by r. It "
            "belongs into the first, the input's.",
            lambda w, u, b, x: _paper(
                w,
                u,
                b,
                x,
                **TURNED,
                bias=_added(
                    np.concatenate([*np.split(b, 3)[:2], 0 * np.split(b, 3)[2]]), 0
                ),
                b_n=np.split(b, 3)[2],
            ),
        ),
        Suspect(
            "`b` is not loaded: the layer's biases are zero.",
            lambda w, u, b, x: _paper(w, u, 0 * b, x, **TURNED),
        ),
        Suspect(
            "`b` is not loaded: the layer's two biases still hold their old 0.5. Put "
            "`b` into the first and zeros into the second.",
            lambda w, u, b, x: _paper(
                w, u, b, x, **TURNED, bias=_added(_left(b), LEFT), b_n=LEFT
            ),
        ),
        Suspect(
            "`b` is not loaded: the layer's first bias still holds its old 0.5.",
            lambda w, u, b, x: _paper(w, u, _left(b), x, **TURNED),
        ),
        Suspect(
            "`b` is halved between the two biases. That is right for r and z, which "
            "read the sum; but r multiplies the second half of n. Put `b` into the "
            "first and zeros into the second.",
            lambda w, u, b, x: _paper(
                w, u, b, x, **TURNED, bias=_half_n(b), b_n=np.split(b, 3)[2] / 2
            ),
        ),
        Suspect(
            "`w` is not loaded: the layer's input weights still hold their old 0.5.",
            lambda w, u, b, x: _paper(_left(w), u, b, x, **TURNED),
        ),
        Suspect(
            "`u` is not loaded: the layer's recurrent weights still hold their old "
            "0.5.",
            lambda w, u, b, x: _paper(w, _left(u), b, x, **TURNED),
        ),
        Suspect(
            "You load 1 minus the numbers of z. It is the gate that becomes 1 - z, and "
            "1 - σ(a) = σ(-a): only the sign of z's weights and bias changes.",
            lambda w, u, b, x: _paper(*map(_z_less_one, (w, u, b)), x, **TURNED),
        ),
        Suspect(
            "Nothing was loaded: the layer still holds 0.5 everywhere. Change the "
            "layer's own weights in place; a new name or a copy does not reach it.",
            lambda w, u, b, x: _paper(
                0 * w + LEFT,
                0 * u + LEFT,
                b,
                x,
                z="old",
                b_n=LEFT,
                bias=np.repeat([2 * LEFT, 2 * LEFT, LEFT], u.shape[1]),
            ),
        ),
    ),
    cases=len(LOAD_SIZES),
    tolerance=1e-6,
    tolerance32=1e-6,
    axes=("batch", "time", "n_hidden"),
    start="Cut each array into z, r, n; turn z; join them in the layer's order.",
)


def _twice(b):
    z, r, n = np.split(b, 3)
    return np.concatenate([2 * r, -2 * z, n])


def _half_n(b):
    z, r, n = np.split(b, 3)
    return np.concatenate([r, -z, n / 2])


# ---- sizes ---------------------------------------------------------------------------


def _draw_sizes(rng, case):
    if case == 0:
        return {"n_in": 2, "n_out": 3, "n_biases": 1, "budget": 100}
    n_in, n_out = (int(v) for v in rng.integers(4, 120, 2))
    if case == 1:  # a budget that an LSTM of 20 units meets exactly
        return {"n_in": 10, "n_out": 5, "n_biases": 2, "budget": 80 * 32 + 21 * 5}
    if case == 2:  # one number less, and it has 19
        return {"n_in": 10, "n_out": 5, "n_biases": 1, "budget": 80 * 31 + 21 * 5 - 1}
    if case == 3:  # too little for a single unit of an LSTM, and just for a GRU's
        return {"n_in": 4, "n_out": 2, "n_biases": 1, "budget": 3 * 6 + 2 + 2}
    if case == 4:  # too little for the readout's biases; two suspects name this case
        return {"n_in": 3, "n_out": 10, "n_biases": 1, "budget": 7}
    budget = int(rng.integers(5_000, 60_000))
    return {"n_in": n_in, "n_out": n_out, "n_biases": 1 + case % 2, "budget": budget}


def _sizes(n_in, n_out, n_biases, budget, sets=(1, 3, 4), cost=None, spare=0):
    def count(g, n):
        return g * n * (n_in + n + n_biases) + n * n_out + n_out

    cost, found = cost or count, []
    for g in sets:
        n = 0
        while cost(g, n + 1) <= budget:
            n += 1
        found.append(n + spare)
    return tuple(found)


def _paid(**wrong):
    """Return a wrong formula: parts of the count changed by a factor."""

    def formula(n_in, n_out, n_biases, budget):
        def cost(g, n):
            return (
                wrong.get("x", 1) * g * n * n_in
                + wrong.get("h", 1) * g * n * n
                + g * n * (n_biases if wrong.get("bias") is None else wrong["bias"])
                + wrong.get("readout", 1) * n * n_out
                + wrong.get("readout_bias", 1) * n_out
            )

        return _sizes(n_in, n_out, n_biases, budget, cost=cost)

    return formula


def _per_set(n_in, n_out, n_biases, budget):
    def cost(g, n):
        return g * (n * (n_in + n + n_biases) + n * n_out + n_out)

    return _sizes(n_in, n_out, n_biases, budget, cost=cost)


def _below_none(**inputs):
    """Return the sizes; where even the readout's biases are too much, -1."""
    below = inputs["budget"] < inputs["n_out"]
    return tuple(n - below for n in _sizes(**inputs))


def _stops_below_none(**inputs):
    if inputs["budget"] < inputs["n_out"]:
        raise ValueError
    return _sizes(**inputs)


def _paid_biases(n_in, n_out, n_biases, budget):
    def cost(g, n):
        return g * n * (n_in + n + n_biases) + n_out * (n + n_biases)

    return _sizes(n_in, n_out, n_biases, budget, cost=cost)


def _shared_biases(n_in, n_out, n_biases, budget):
    def cost(g, n):
        return g * n * (n_in + n) + n_biases * n + n_out * (n + 1)

    return _sizes(n_in, n_out, n_biases, budget, cost=cost)


sizes = Check(
    name="sizes",
    draw=_draw_sizes,
    reference=_sizes,
    cases=9,
    suspects=(
        Suspect(
            "You return -1 where the budget is below n_out, for `sizes(3, 10, 1, 7)` "
            "say. Not one unit fits there: return 0.",
            _below_none,
        ),
        Suspect(
            "Your code stops with an error where the budget is below n_out: try "
            "`sizes(3, 10, 1, 7)`. Not one unit fits there: return 0.",
            _stops_below_none,
        ),
        Suspect(
            "The readout is not counted. It has n_hidden × n_out weights and n_out "
            "biases, and pays from the same budget.",
            _paid(readout=0, readout_bias=0),
        ),
        Suspect(
            "The readout is paid for once, not once for each set of weights.",
            lambda **i: _per_set(**i),
        ),
        Suspect(
            "`n_biases` is about the recurrent layer. The readout has one bias.",
            _paid_biases,
        ),
        Suspect(
            "The order is RNN, GRU, LSTM; yours runs the other way.",
            lambda **i: _sizes(**i)[::-1],
        ),
        Suspect(
            "You return how many numbers the cells hold. Return their units.",
            lambda **i: tuple(
                g * n * (i["n_in"] + n + i["n_biases"]) + (n + 1) * i["n_out"]
                for g, n in zip((1, 3, 4), _sizes(**i), strict=True)
            ),
        ),
        Suspect(
            "Each set of weights has its own biases: n_biases a unit *and set*.",
            lambda **i: _shared_biases(**i),
        ),
        Suspect(
            "The readout's biases are missing: n_out numbers.", _paid(readout_bias=0)
        ),
        Suspect(
            "The readout's weights are missing: n_hidden × n_out numbers.",
            _paid(readout=0),
        ),
        Suspect(
            "The biases of the recurrent layer are missing: n_biases a unit and set.",
            _paid(bias=0),
        ),
        Suspect(
            "`n_biases` is not used: you count one bias a unit and set.", _paid(bias=1)
        ),
        Suspect(
            "`n_biases` is not used: you count two biases a unit and set.",
            _paid(bias=2),
        ),
        Suspect(
            "The recurrent matrices are missing: n_hidden × n_hidden for each set.",
            _paid(h=0),
        ),
        Suspect(
            "The input's matrices are missing: n_in × n_hidden for each set.",
            _paid(x=0),
        ),
        Suspect(
            "A GRU has three sets of weights (r, z, the candidate), an LSTM four (i, "
            "f, o and the candidate). The candidate is no gate, but it is paid for.",
            lambda **i: _sizes(**i, sets=(1, 2, 3)),
        ),
        Suspect(
            "GRU and LSTM are exchanged: return them in the order RNN, GRU, LSTM.",
            lambda **i: tuple(np.array(_sizes(**i))[[0, 2, 1]].tolist()),
        ),
        Suspect(
            "One unit too many: with that size the budget is exceeded. Return the last "
            "size that still fits.",
            lambda **i: _sizes(**i, spare=1),
        ),
        Suspect(
            "One unit too few: one more would still fit. A budget that is met exactly "
            "is not exceeded.",
            lambda **i: _sizes(**i, spare=-1),
        ),
        Suspect(
            "A budget that is met exactly is not exceeded: compare with `<=`.",
            lambda **i: _sizes(**{**i, "budget": i["budget"] - 1}),
        ),
        Suspect(
            "You divide the RNN's units by the number of sets. The count grows with "
            "the square of the units: a third of the numbers is more than a third of "
            "the units.",
            lambda **i: tuple(_sizes(**i)[0] // g for g in (1, 3, 4)),
        ),
    ),
    dims={"n_in": (), "n_out": (), "n_biases": (), "budget": ()},
    outputs=("rnn", "gru", "lstm"),
    float32=False,
    start="Write the count as a function of n, and raise n while it fits.",
)


# ---- gated ---------------------------------------------------------------------------

GATED_FIXED = [
    (None, None),
    (1.0, None),
    (None, 0.5),
    (1.0, 0.0),
    (0.0, None),
    (0.3, 0.8),
    (None, None),  # the gradients too
]
# Batch, time, n_hidden, with n_in = 8: far apart, so that a shape tells what came back.
GATED_SIZES = [(2, 4, 6), (4, 6, 2), (1, 5, 3)]
MUST_REMEMBER, MUST_FORGET, UPDATES = 0.9, 0.6, 100


def _draw_gated(rng, case):
    if case == len(GATED_FIXED):
        first, noise = rng.integers(0, 4, 400), rng.integers(4, 8, (400, 12))
        ids = np.column_stack([first, noise])  # what `Recall` draws
        return {"train": True, "x": batches.one_hot(ids, 8), "y": first}
    batch, n_steps, n = GATED_SIZES[case % 3]
    r, z = GATED_FIXED[case]
    given = {
        "x": rng.normal(size=(batch, n_steps, 8)),
        **_weights(rng, 8, n, 0.5),
        "r": r,
        "z": z,
    }
    if case == len(GATED_FIXED) - 1:  # what the loss' slope is at the last state
        given["slope"] = rng.normal(size=(batch, n))
    return given


def _without_answers(inputs):
    return {name: value for name, value in inputs.items() if name != "y"}


def _last(answer, inputs, *, ur, Reader, Recall):
    """Return the last state, in one case with the weights' gradients.

    In the last case return what two trained readers say.
    """
    if "train" in inputs:

        def logits(**fixed):
            ur.seed(0)
            model, task = Reader(answer, **fixed), Recall(np.random.default_rng(0))
            ur.fit(model, task, steps=UPDATES, lr=0.02, progress=False)
            return ur.array(model(ur.tensor(inputs["x"]))[0])

        return {"r at 1": logits(r=1.0), "z at 1/2": logits(z=0.5)}

    def tensor(name):
        return ur.tensor(inputs[name].astype(np.float32))

    weights = {name: tensor(name) for name in ("w_x", "w_h", "b", "b_n")}

    def state():
        given = SimpleNamespace(**weights)
        return answer(tensor("x"), given, r=inputs["r"], z=inputs["z"])

    if "slope" not in inputs:
        return state()
    last, slopes = _gradients(state, list(weights.values()), tensor("slope"))
    return {"last": last, "gradients": dict(zip(weights, slopes, strict=True))}


def _gradients(state, weights, slope):
    """Return the state, and the gradients for the weights if it has that slope.

    Those of weights that the framework does not connect with the state are zeros.
    """
    if hasattr(slope, "requires_grad"):
        import torch

        for weight in weights:
            weight.requires_grad_()
        last = state()
        if not getattr(last, "requires_grad", False):
            return last, [torch.zeros_like(weight) for weight in weights]
        found = torch.autograd.grad(last, weights, slope, allow_unused=True)
        pairs = zip(found, weights, strict=True)
        return last, [torch.zeros_like(w) if g is None else g for g, w in pairs]
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(weights)
        last = tf.convert_to_tensor(state())
    found = tape.gradient(last, weights, slope, unconnected_gradients="zero")
    return last, [tf.convert_to_tensor(g) for g in found]


def _gated(x, w_x, w_h, b, b_n, r, z, reset="after", share="old", **wrong):
    h = np.zeros((len(x), len(w_h)))
    where = {"fixed_r": r, "fixed_z": z} | wrong
    return _states(w_x, w_h, b, b_n, reset, share, x, h, **where)


def _told_gated(inputs, value):
    """Say what is wrong with a state, a gradient, or what the readers remember."""
    if "train" in inputs:
        y = inputs["y"]
        return _remembered({k: np.mean(v.argmax(-1) == y) for k, v in value.items()})
    if "slope" in inputs:
        given = {name: v for name, v in inputs.items() if name != "slope"}
        wrong = _told_state(given, value["last"])
        return wrong or _told_gradients(inputs, value["gradients"])
    return _told_state(inputs, value)


def _told_state(inputs, value):
    states = _gated(**inputs)
    case = f"for r={inputs['r']}, z={inputs['z']}"
    if isinstance(value, tuple | list):
        count = f"{len(value)} value{'s' * (len(value) != 1)}"
        return f"`gated` returned {count}; expected one array, the last state."
    value = np.asarray(value)
    if any(_is(value, every) for every in (states, states.swapaxes(0, 1))):
        return "Every state came back; only the last one is asked, (batch, n_hidden)."
    if _is(value, states[-1, -1]):
        return "Only the last sequence's state came back: return `h`, not `h[-1]`."
    if value.shape != states[:, -1].shape:
        return (
            f"`gated` has shape {value.shape} {case}; expected {states[:, -1].shape} "
            "(batch, n_hidden): the last state."
        )
    if _is(value, states[:, -1]):
        return None
    r, z = inputs["r"], inputs["z"]
    # Small cells come near one another: take the nearest of the known wrong ways.
    known = _known_states(inputs)
    far = {
        says: np.abs(value - _gated(**{**inputs, **wrong})[:, -1]).max()
        for says, wrong in known.items()
    }
    says = min(far, key=far.get)
    if far[says] < 1e-4:
        zero = 0.0 in (r, z) and "although" in says
        asks = " 0 is a number too: ask `is None`." if zero else ""
        return f"{says}{asks} (Seen {case}.)"
    says = _other_steps(inputs, value, states)
    if says:
        return says
    worst = np.abs(value - states[:, -1]).max()
    return f"The last state is off by up to {worst:.3g} {case}."


def _is(value, states):
    return value.shape == states.shape and same(value, states, 1e-4)


def _known_states(inputs):
    """Return the known wrong ways to compute a state, as arguments of `_gated`."""
    x, w_x, _, b, b_n, r, z = inputs.values()
    n = len(b_n)
    known = {
        "z is read the other way round: it is the share of the old state.": {
            "share": "new"
        },
        "r acts before the product; it should act after it, on `h @ u_n + b_n`.": {
            "reset": "before"
        },
        "`b_n` stands outside the product with r.": {"reset": "after, bias outside"},
        "r and z are exchanged: the order is r, z, n.": {"order": (1, 0, 2)},
        "r multiplies the input's part too.": {"reset": "r of all"},
        "The gates do not read the old state: add `h @ w_h`'s parts of r and z.": {
            "old_in_gates": 0
        },
        "The candidate goes through a sigmoid. It may be negative: use tanh.": {
            "f": _sigmoid
        },
        "The gates go through tanh. A gate is a share between 0 and 1: use the "
        "sigmoid.": {"gate": np.tanh},
        "`b_n` is missing.": {"b_n": 0 * b_n},
        "`b` is missing: add it to `x @ w_x`.": {"b": 0 * b},
        "`b` counts twice. Add it once, to `x @ w_x`.": {"b": 2 * b},
        "`b` counts twice: it is added to `h @ w_h` too. Add it to `x @ w_x` alone.": {
            "b": np.concatenate([2 * b[: 2 * n], b[2 * n :]]),
            "b_n": b_n + b[2 * n :],
        },
    }
    fixed = {"r": r, "z": z}
    for i, (gate, number) in enumerate(fixed.items()):
        if number is not None:
            known[f"{gate} is computed although it is fixed."] = {f"fixed_{gate}": None}
            known[
                f"The fixed {gate} goes through the sigmoid. It is the gate itself: "
                "take it as it is."
            ] = {f"fixed_{gate}": _sigmoid(number)}
            continue
        first = _sigmoid(x[:, 0] @ w_x + b)[:, i * n : (i + 1) * n]
        fixed[gate] = first
        known[_kept_from_first(gate)] = {f"fixed_{gate}": first}
    if r is None and z is None:
        known[_kept_from_first("r", "z")] = {f"fixed_{g}": fixed[g] for g in "rz"}
    if r is not None and z is not None:
        known["Both gates are computed although both are fixed."] = {
            "fixed_r": None, "fixed_z": None,
        }  # fmt: skip
        known["r and z are exchanged: the two fixed numbers changed places."] = {
            "fixed_r": z, "fixed_z": r,
        }  # fmt: skip
    return known


def _kept_from_first(*gates):
    name = gates[0]
    return (
        f"{' and '.join(gates)} stay{'s' * (len(gates) == 1)} as at the first step: "
        f"after `{name} = …` the argument is not None any more. Give the gate of a "
        f"step a name of its own, `{name}_t`."
    )


def _other_steps(inputs, value, states):
    """Return a sentence if the state is one of other steps than all, in order."""
    x, (n_sequences, n_steps) = inputs["x"], states.shape[:2]
    if 1 < n_sequences < n_steps and _is(value, states[:, n_sequences - 1]):
        return (
            f"Only {n_sequences} of {n_steps} steps are taken, as many as there are "
            "sequences. The axes of `x` are batch, time, n_in: loop over "
            "`range(x.shape[1])`."
        )
    if _is(value, states[:, 0]):
        return "Only the first step is taken. Does the `return` stand in the loop?"
    if _is(value, states[:, -2]):
        return "The last step is left out: is the loop one short?"
    if _is(value, _gated(**{**inputs, "x": x[:, ::-1]})[:, -1]):
        return "The sequences are read backwards. Begin with `x[:, 0]`."
    if _is(value, _gated(**{**inputs, "x": x[:, -1:]})[:, -1]):
        return "The state starts anew at each step: set it to zero before the loop."
    return None


def _told_gradients(inputs, value):
    """Say which weights the gradient does not reach, or for which it is wrong."""
    weights = cells.GRUWeights(*(inputs[k] for k in ("w_x", "w_h", "b", "b_n")))
    run = cells.gru(inputs["x"], weights)
    back = cells.gru_backward(run, np.zeros_like(run.h), inputs["slope"])
    if all(same(value[k], getattr(back, k), 1e-4) for k in value):
        return None
    cut = {}  # which gates' gradients are zero: in which arrays
    for name, slopes in value.items():
        gates = "n" if name == "b_n" else "rzn"
        parts = np.split(slopes, len(gates), axis=-1)
        zero = [g for g, part in zip(gates, parts, strict=True) if not part.any()]
        where = "all" if len(zero) == len(gates) else " and ".join(zero)
        cut.setdefault(where, []).append(f"`{name}`")
    cut.pop("", None)
    wrong = [f"`{k}`" for k in value if not same(value[k], getattr(back, k), 1e-4)]
    if len(cut.get("all", ())) == len(value):
        says = "no gradient reaches the weights."
    elif cut:
        named = [
            ("" if gates == "all" else f"the part of {gates} in ") + ", ".join(names)
            for gates, names in sorted(cut.items())
        ]
        says = f"no gradient reaches {', nor '.join(named)}."
    else:
        says = (
            f"the gradients for {', '.join(wrong)} are not: a part of them is cut off. "
            "They must flow back through every gate and every step."
        )
    return (
        f"The states are right, but {says} What goes through NumPy, `detach` or "
        "`stop_gradient` is a constant to the framework: use its own operations alone."
    )


def _remembered(value):
    full, half = value["r at 1"], value["z at 1/2"]
    if full < MUST_REMEMBER:
        return (
            f"The states are right, but after {UPDATES} updates the reader with r "
            f"fixed at 1 remembers {full:.2f}; {MUST_REMEMBER} is asked, guessing has "
            "0.25. Does a gradient flow through every step where r is fixed, too? What "
            "goes through NumPy, or through `detach`, is a constant to the framework."
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
    given=_without_answers,
    properties=(_told_gated,),
    cases=len(GATED_FIXED) + 1,
    start="Write the loop of the lesson's layer, and return `h` after it.",
)


# ---- mend ----------------------------------------------------------------------------


def _draw_mend(rng, case):
    n_in, n = [(2, 3), (3, 3), (1, 2), (4, 5), (3, 3), (2, 4)][case]
    return {
        "w_ih": rng.normal(0, 0.7, (3 * n, n_in)),
        "w_hh": rng.normal(0, 0.7, (3 * n, n)),
        "b_ih": rng.normal(size=3 * n),
        "b_hh": rng.normal(size=3 * n),
    }


def _in_keras(
    order=(1, 0, 2), sign=(1, 1, 1), bias="two", transpose=True, blocks=False
):
    """Return a converter to Keras' arrays; the arguments make the known wrong ways."""

    def convert(w_ih, w_hh, b_ih, b_hh):
        def a(value):
            parts = np.split(value, 3)
            parts = [parts[i] * s for i, s in zip(order, sign, strict=True)]
            if blocks and value.ndim == 2 and value.shape[1] == len(parts[0]):
                parts = [p.T for p in parts]
            joined = np.concatenate(parts)
            return joined.T if transpose else joined

        two = {
            "two": [a(b_ih), a(b_hh)],
            "sum": [a(b_ih + b_hh), 0 * a(b_hh)],
            "exchanged": [a(b_hh), a(b_ih)],
            "doubled": [a(b_ih + b_hh), a(b_hh)],
            "first": [a(b_ih), 0 * a(b_hh)],
            "unordered": [b_ih, b_hh],
        }[bias]
        return a(w_ih), a(w_hh), np.stack(two)

    return convert


OUT = ("kernel", "recurrent", "bias")

mend = Check(
    name="mend",
    draw=_draw_mend,
    reference=_in_keras(),
    suspects=tuple(
        Suspect(says, _in_keras(**wrong))
        for says, wrong in (
            (
                "All three bugs are still there.",
                {"order": (0, 1, 2), "sign": (1, -1, 1), "bias": "sum"},
            ),
            (
                "The order is still PyTorch's r, z, n; Keras keeps z, r, n.",
                {"order": (0, 1, 2)},
            ),
            (
                "The sign of z still changes. PyTorch and Keras agree on what z "
                "weights: the old state.",
                {"sign": (-1, 1, 1)},
            ),
            (
                "The order is still PyTorch's r, z, n, and the sign of z still "
                "changes.",
                {"order": (0, 1, 2), "sign": (1, -1, 1)},
            ),
            (
                "Now the sign of r changes. No sign needs to: both libraries weight "
                "the old state with z.",
                {"sign": (1, -1, 1)},
            ),
            (
                "The two biases are still added. r multiplies the second one of n: "
                "keep two rows.",
                {"bias": "sum"},
            ),
            (
                "The order is right, but the sign of z still changes and the two "
                "biases are still added.",
                {"sign": (-1, 1, 1), "bias": "sum"},
            ),
            (
                "The sign is right, but the order is still r, z, n and the two biases "
                "are still added.",
                {"order": (0, 1, 2), "bias": "sum"},
            ),
            (
                "The rows of the bias are exchanged: the input's comes first.",
                {"bias": "exchanged"},
            ),
            (
                "`b_hh` counts twice, in the sum and in the second row.",
                {"bias": "doubled"},
            ),
            ("`b_hh` is dropped. It is the second row.", {"bias": "first"}),
            (
                "The biases are not reordered: they have blocks as the matrices do.",
                {"bias": "unordered"},
            ),
            (
                "n comes first now: Keras' order is z, r, n.",
                {"order": (2, 1, 0)},
            ),
            (
                "Each recurrent block is transposed once too often: transpose the "
                "whole array, and nothing else.",
                {"blocks": True},
            ),
        )
    ),
    blocks=dict.fromkeys(OUT, "z r n"),
    dims={  # made simple in this order: an error in all arrays is shown in the first
        "b_hh": ("3*n",),
        "b_ih": ("3*n",),
        "w_hh": ("3*n", "n"),
        "w_ih": ("3*n", "n_in"),
    },
    outputs=OUT,
    start="Copy `patient`, and compare its order with the one in the exercise's text.",
)
