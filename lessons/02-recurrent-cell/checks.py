"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled.check import Check, Suspect, Term, zeroed
from unrolled.check.values import has_float32, same
from unrolled.check.say import difference

# ---- step ----------------------------------------------------------------------------

# In the first case no two sizes are equal or neighbors, so that a wrong shape has one
# cause. Later n_in and n_hidden are sometimes equal: then a swap fits, and only values
# betray it. One batch is of one sequence, and one size comes twice: an answer that
# keeps something from one call to the next fits.
STEP_SIZES = [(6, 2, 4), (2, 3, 3), (4, 1, 2), (1, 5, 4), (2, 3, 3), (5, 3, 6)]


def _draw_step(rng, case):
    batch, n_in, n_hidden = STEP_SIZES[case]
    return {
        "x": rng.normal(size=(batch, n_in)),
        "h": rng.uniform(-1, 1, (batch, n_hidden)),
        "w_x": rng.normal(size=(n_in, n_hidden)),
        "w_h": rng.normal(size=(n_hidden, n_hidden)),
        "b": rng.normal(size=n_hidden),
    }


def _step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x + h @ w_h + b)


step = Check(
    name="step",
    draw=_draw_step,
    reference=_step,
    suspects=(
        Suspect(
            "The non-linearity is missing: this is a linear cell. Put `np.tanh` around "
            "the whole sum.",
            lambda x, h, w_x, w_h, b: x @ w_x + h @ w_h + b,
        ),
        Suspect(
            "The bias is missing. Add `b` inside the tanh.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x + h @ w_h),
        ),
        Suspect(
            "The two matrices are exchanged: `w_x` belongs to the input `x`, `w_h` to "
            "the state `h`. It only runs where n_in = n_hidden.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_h + h @ w_x + b),
        ),
        Suspect(
            "The recurrent matrix is transposed. In the row convention it is "
            "`h @ w_h`; the square shape hides the error.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x + h @ w_h.T + b),
        ),
        Suspect(
            "The old state is not used, so the cell remembers nothing. Add `h @ w_h`.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x + b),
        ),
        Suspect(
            "The input is not used: the state only follows itself. Add `x @ w_x`.",
            lambda x, h, w_x, w_h, b: np.tanh(h @ w_h + b),
        ),
        Suspect(
            "That is ReLU. This cell uses tanh.",
            lambda x, h, w_x, w_h, b: np.maximum(x @ w_x + h @ w_h + b, 0),
        ),
        Suspect(
            "That is the logistic sigmoid. This cell uses tanh.",
            lambda x, h, w_x, w_h, b: 1 / (1 + np.exp(-(x @ w_x + h @ w_h + b))),
        ),
        Suspect(
            "The tanh closes too early: it is applied to the sum of all three terms, "
            "not to the input's term alone.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x) + h @ w_h + b,
        ),
        Suspect(
            "The bias stands outside the tanh. It belongs inside, with the products.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x + h @ w_h) + b,
        ),
        Suspect(
            "The old state is added as it is. It must go through its matrix: "
            "`h @ w_h`.",
            lambda x, h, w_x, w_h, b: np.tanh(x @ w_x + h + b),
        ),
        Suspect(
            "These are matrix times vector, the column convention. Here a vector is a "
            "row: `x @ w_x`, `h @ w_h`.",
            lambda x, h, w_x, w_h, b: np.tanh(w_x @ x.T + w_h @ h.T + b[:, None]).T,
        ),
    ),
    terms=(
        Term("x @ w_x", zeroed("h", "b")),
        Term("h @ w_h", zeroed("x", "b")),
        Term("the bias", zeroed("x", "h")),
    ),
    dims={
        "x": ("batch", "n_in"),
        "h": ("batch", "n_hidden"),
        "w_x": ("n_in", "n_hidden"),
        "w_h": ("n_hidden", "n_hidden"),
        "b": ("n_hidden",),
    },
    axes=("batch", "n_hidden"),
    start="Add two products and the bias, and take the tanh of the sum.",
)


# ---- sequence ------------------------------------------------------------------------

SEQUENCE_SIZES = [
    (3, 5, 1, 7),
    (2, 4, 3, 3),
    (3, 5, 2, 4),
    (1, 2, 1, 2),
    (2, 4, 3, 3),  # again: see above
    (5, 2, 1, 3),
]


def _draw_sequence(rng, case):
    batch, n_steps, n_in, n_hidden = SEQUENCE_SIZES[case]
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "h": rng.uniform(-1, 1, (batch, n_hidden)),
        "w_x": rng.normal(size=(n_in, n_hidden)),
        "w_h": rng.normal(size=(n_hidden, n_hidden)),
        "b": rng.normal(size=n_hidden),
    }


def _sequence(x, h, w_x, w_h, b, n_steps=None):
    states = []
    for t in range(x.shape[1] if n_steps is None else n_steps):
        h = _step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)


def _with_start(x, h, w_x, w_h, b):
    return np.concatenate([h[:, None], _sequence(x, h, w_x, w_h, b)], axis=1)


def _not_carried(x, h, w_x, w_h, b):
    return _step(x, h[:, None], w_x, w_h, b)


def _through_the_batch(x, h, w_x, w_h, b):
    """Go through the sequences one after another, and never start anew."""
    h, rows = h[:1], []
    for row in x:
        rows.append(_sequence(row[None], h, w_x, w_h, b)[0])
        h = rows[-1][-1:]
    return np.stack(rows)


def _loop_over_batch(x, h, w_x, w_h, b):
    states = []
    for row in x:
        h = _step(row, h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)


sequence = Check(
    name="sequence",
    draw=_draw_sequence,
    reference=_sequence,
    suspects=(
        Suspect(
            "The state is not carried: every step starts from the first `h`. Assign "
            "the new state to `h` in the loop.",
            _not_carried,
        ),
        Suspect(
            "You begin with zeros. Begin with the state `h` that is given.",
            lambda x, h, w_x, w_h, b: _sequence(x, 0 * h, w_x, w_h, b),
        ),
        Suspect(
            "The state runs from one sequence of the batch into the next. All "
            "sequences step together: `x[:, t]` is one time step of the whole batch.",
            _through_the_batch,
        ),
        Suspect(
            "Your loop runs over the batch. Time is the second axis: `x[:, t]`, for t "
            "in `range(x.shape[1])`.",
            _loop_over_batch,
        ),
        Suspect(
            "Your loop makes as many steps as the batch has sequences. Time is the "
            "second axis of `x`: `range(x.shape[1])`.",
            lambda **inputs: _sequence(**inputs, n_steps=len(inputs["x"])),
        ),
        Suspect(
            "Only the first step came back. Does the `return` stand in the loop?",
            lambda **inputs: _sequence(**inputs)[:, :1],
        ),
        Suspect(
            "Your states lie side by side in one axis. Time has an axis of its own: "
            "`np.stack(states, axis=1)`.",
            lambda **inputs: np.concatenate(
                [*_sequence(**inputs).swapaxes(0, 1)], axis=1
            ),
        ),
        Suspect(
            "The initial state is among your states. Keep only those after a step: as "
            "many states as inputs.",
            _with_start,
        ),
        Suspect(
            "Your states come one step late: each is kept before the step, not after "
            "it.",
            lambda **inputs: _with_start(**inputs)[:, :-1],
        ),
        Suspect(
            "All your states equal the last one. One array is overwritten at each step "
            "and kept several times; make a new array, `h = step(…)`.",
            lambda **inputs: np.repeat(
                _sequence(**inputs)[:, -1:], inputs["x"].shape[1], axis=1
            ),
        ),
        Suspect(
            "You read the sequence backwards. Begin with `x[:, 0]`.",
            lambda x, h, w_x, w_h, b: _sequence(x[:, ::-1], h, w_x, w_h, b),
        ),
    ),
    terms=(
        Term("a single step", lambda **i: i | {"x": i["x"][:, :1]}),
        Term("the start without any input", zeroed("x", "b")),
        Term("the input from a start of zeros", zeroed("h")),
    ),
    dims={
        "x": ("batch", "time", "n_in"),
        "h": ("batch", "n_hidden"),
        "w_x": ("n_in", "n_hidden"),
        "w_h": ("n_hidden", "n_hidden"),
        "b": ("n_hidden",),
    },
    axes=("batch", "time", "n_hidden"),
    start="Make an empty list, loop over `range(x.shape[1])`, and call `step`.",
)


# ---- count ---------------------------------------------------------------------------


def _draw_count(rng, case):
    if case == 0:
        sizes = (5, 2, 3, 4)
    else:
        sizes = rng.choice(np.arange(3, 200), size=4, replace=False)
    keys = ("n_symbols", "emb_size", "hid_size", "n_out")
    return dict(zip(keys, map(int, sizes), strict=True)) | {"n_biases": 1 + case % 2}


def _count(n_symbols, emb_size, hid_size, n_out, n_biases):
    recurrent = emb_size * hid_size + hid_size**2 + n_biases * hid_size
    return n_symbols * emb_size + recurrent + hid_size * n_out + n_out


def _off(change):
    """Return the right count, changed by `change(v, e, h, o, biases)`."""
    return lambda *sizes, **named: (
        _count(*sizes, **named) + change(*sizes, *named.values())
    )


count = Check(
    name="count",
    draw=_draw_count,
    reference=_count,
    suspects=(
        Suspect(
            "The embedding is not counted. It is a table: n_symbols rows of emb_size "
            "numbers, learned like all others.",
            _off(lambda v, e, h, o, k: -v * e),
        ),
        Suspect(
            "`n_biases` is not used: you count one bias in the recurrent layer, "
            "whatever it says.",
            _off(lambda v, e, h, o, k: h - k * h),
        ),
        Suspect(
            "You always count two biases in the recurrent layer. Count `n_biases` of "
            "them.",
            _off(lambda v, e, h, o, k: 2 * h - k * h),
        ),
        Suspect(
            "The biases of the recurrent layer are missing: n_biases × hid_size.",
            _off(lambda v, e, h, o, k: -k * h),
        ),
        Suspect(
            "The recurrent matrix is missing: hid_size × hid_size.",
            _off(lambda v, e, h, o, k: -h * h),
        ),
        Suspect(
            "The bias of the last layer is missing: n_out numbers.",
            _off(lambda v, e, h, o, k: -o),
        ),
        Suspect(
            "The last layer is missing: hid_size × n_out, and n_out biases.",
            _off(lambda v, e, h, o, k: -h * o - o),
        ),
        Suspect(
            "The recurrent layer reads embeddings, not symbols: its first matrix is "
            "emb_size × hid_size.",
            _off(lambda v, e, h, o, k: v * h - e * h),
        ),
        Suspect(
            "The recurrent matrix goes from state to state: hid_size × hid_size, not "
            "emb_size × emb_size.",
            _off(lambda v, e, h, o, k: e * e - h * h),
        ),
        Suspect(
            "An embedding has no bias. It only looks a row up.",
            _off(lambda v, e, h, o, k: e),
        ),
        Suspect(
            "The last layer reads the state: its matrix is hid_size × n_out, not "
            "emb_size × n_out.",
            _off(lambda v, e, h, o, k: (e - h) * o),
        ),
        Suspect(
            "The matrix of the last layer is missing: hid_size × n_out.",
            _off(lambda v, e, h, o, k: -h * o),
        ),
        Suspect(
            "`n_biases` is about the recurrent layer. The last layer has one bias.",
            _off(lambda v, e, h, o, k: k * o - o),
        ),
        Suspect(
            "A bias holds one number for each unit: n_biases × hid_size.",
            _off(lambda v, e, h, o, k: k - k * h),
        ),
        Suspect(
            "Four sets of weights belong to an LSTM. This cell has one.",
            _off(lambda v, e, h, o, k: 3 * (e + h + k) * h),
        ),
        Suspect(
            "One of the recurrent biases has the wrong size. Both are added to the "
            "state, so each holds hid_size numbers.",
            _off(lambda v, e, h, o, k: e - h if k == 2 else 0),
        ),
    ),
    terms=(
        Term("the table", lambda **i: i | {"hid_size": 0, "n_out": 0}),
        Term("the recurrent layer", lambda **i: i | {"n_symbols": 0, "n_out": 0}),
        Term(
            "the bias of the last layer",
            lambda **i: i | {"n_symbols": 0, "emb_size": 0, "hid_size": 0},
        ),
    ),
    dims={k: () for k in ("n_symbols", "emb_size", "hid_size", "n_out")},
    start="Count three parts, one by one: table, recurrent layer, last layer.",
)


# ---- load ----------------------------------------------------------------------------

LOAD_SIZES = [(2, 6, 8, 4), (2, 3, 3, 3), (3, 5, 2, 4), (1, 3, 5, 2)]
LEFT = 0.5  # what every number of the layer is before the answer loads into it


def _draw_load(rng, case):
    batch, n_steps, n_in, n_hidden = LOAD_SIZES[case]
    return {
        "w": rng.normal(0, 0.7, (n_hidden, n_hidden + n_in)),
        "b": rng.normal(size=n_hidden),
        "x": rng.normal(size=(batch, n_steps, n_in)),
    }


def _loaded(answer, inputs, *, ur, new_layer):
    """Load into a new layer of the framework and return the states that it computes."""
    x, n_hidden = inputs["x"], len(inputs["b"])
    layer = new_layer(x.shape[2], n_hidden)
    answer(layer, inputs["w"], inputs["b"])
    return ur.run(layer, x).h


def _states(x, w_hh, w_xh, b):
    return _sequence(x, np.zeros((len(x), len(b))), w_xh.T, w_hh.T, b)


def _load(w, b, x):
    return _states(x, w[:, : len(b)], w[:, len(b) :], b)


def _w_xh(w, b, x):
    return {"w": w * (np.arange(w.shape[1]) >= len(b)), "b": 0 * b, "x": x}


def _w_hh(w, b, x):
    return {"w": w * (np.arange(w.shape[1]) < len(b)), "b": b, "x": x}


load = Check(
    name="load",
    draw=_draw_load,
    call=_loaded,
    reference=_load,
    suspects=(
        Suspect(
            "The blocks are cut in the wrong order: the state stands above the input, "
            "so the first n_hidden columns of `w` are W_hh.",
            lambda w, b, x: _states(x, w[:, x.shape[2] :], w[:, : x.shape[2]], b),
        ),
        Suspect(
            "The recurrent matrix is transposed, and its square shape hides that. "
            "PyTorch keeps the column convention, Keras the row convention.",
            lambda w, b, x: _states(x, w[:, : len(b)].T, w[:, len(b) :], b),
        ),
        Suspect(
            "Both matrices lie the wrong way round: PyTorch keeps the column "
            "convention of `w`, Keras the row convention.",
            lambda w, b, x: _states(x, w[:, : len(b)].T, w[:, len(b) :].T, b),
        ),
        Suspect(
            "The bias counts twice: PyTorch adds its two biases. Put `b` into one and "
            "zeros into the other.",
            lambda w, b, x: _load(w, 2 * b, x),
        ),
        Suspect(
            "A second bias still holds its old 0.5. PyTorch adds `bias_ih_l0` and "
            "`bias_hh_l0`: set the one you do not need to zero.",
            lambda w, b, x: _load(w, b + LEFT, x),
        ),
        Suspect(
            "`b` is not loaded: the layer keeps its old bias of 0.5.",
            lambda w, b, x: _load(w, 0 * b + LEFT, x),
        ),
        Suspect(
            "`b` is not loaded: the layer keeps its two old biases of 0.5.",
            lambda w, b, x: _load(w, 0 * b + 2 * LEFT, x),
        ),
        Suspect(
            "`b` is not loaded: the layer's bias is zero.",
            lambda w, b, x: _load(w, 0 * b, x),
        ),
        Suspect(
            "W_hh is not loaded: the layer keeps its old recurrent weights of 0.5.",
            lambda w, b, x: _states(
                x, np.full((len(b), len(b)), LEFT), w[:, len(b) :], b
            ),
        ),
        Suspect(
            "W_xh is not loaded: the layer keeps its old input weights of 0.5.",
            lambda w, b, x: _states(
                x, w[:, : len(b)], np.full((len(b), x.shape[2]), LEFT), b
            ),
        ),
        *(
            Suspect(
                "Nothing was loaded: the layer still holds 0.5 everywhere. Change the "
                "layer's own weights in place; a new name or a copy does not reach it.",
                lambda w, b, x, n=n: _load(0 * w + LEFT, 0 * b + n * LEFT, x),
            )
            for n in (1, 2)
        ),
    ),
    terms=(
        Term("W_xh", _w_xh),
        Term("b", zeroed("w")),
        Term("W_hh with b", _w_hh),
    ),
    cases=len(LOAD_SIZES),
    tolerance=1e-6,
    tolerance32=1e-6,
    axes=("batch", "time", "n_hidden"),
    start="Cut `w` after its first n_hidden columns.",
)


# ---- mend ----------------------------------------------------------------------------


def _draw_mend(rng, case):
    batch, n_steps, n_in, n_hidden = SEQUENCE_SIZES[case]
    silence = case == 0  # no input and no bias: nothing may come out
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)) * (not silence),
        "w": rng.normal(size=(n_in + n_hidden, n_hidden)),
        "b": rng.normal(size=n_hidden) * (not silence),
    }


def _twice(answer, inputs):
    x, w, b = inputs.values()
    return {"h": answer(x, w, b), "again": answer(x, w, b)}


def _read(x, w, b, f=np.tanh, keep=True, state_first=False):
    """Return the last state; the arguments make the known wrong ways."""
    h = np.zeros((len(x), len(b)), x.dtype)
    for t in range(x.shape[1]):
        both = [x[:, t], h * keep]
        both = np.concatenate(both[::-1] if state_first else both, axis=1)
        h = f(both @ w + b)
    return h


def _late_tanh(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        h = np.concatenate([x[:, t], np.tanh(h)], axis=1) @ w + b
    return h


def _same_twice(inputs, value):
    if value["h"] is None:
        return "`mend` returned nothing. Does it end with a `return`?"
    if not same(value["h"], value["again"], 1e-6):
        return (
            "The same sequences, read twice, gave two answers: the first state is "
            "drawn at random, or left over from the last call. Before anything is read "
            "there is nothing to remember."
        )
    return None


def _known_ways(inputs, value):
    x, w, b = inputs.values()
    known = {
        "It is still linear: an input 1000 times larger gives an answer 1000 times "
        "larger. What is missing at every step?": _read(x, w, b, f=lambda a: a),
        "The tanh is applied once, after the last step; the steps before it are still "
        "linear. Put it into the loop.": np.tanh(_read(x, w, b, f=lambda a: a)),
        "That is ReLU: it mends the linearity, but the states have no bound. This cell "
        "uses tanh.": _read(x, w, b, f=lambda a: np.maximum(a, 0)),
        "That is the logistic sigmoid. This cell uses tanh.": _read(
            x, w, b, f=lambda a: 1 / (1 + np.exp(-a))
        ),
        "The state starts anew at every step, so only the last input counts. Set it to "
        "zero once, before the loop.": _read(x, w, b, keep=False),
        "Input and state are joined in the wrong order: `w` holds `w_x` above `w_h`.": (
            _read(x, w, b, state_first=True)
        ),
        "Only the first step is made. Does the `return` stand in the loop?": _read(
            x[:, :1], w, b
        ),
        "The last step is left out. Read all of them: `range(x.shape[1])`.": _read(
            x[:, :-1], w, b
        ),
        "The first step is left out. Begin with `x[:, 0]`.": _read(x[:, 1:], w, b),
        "The loop makes as many steps as the batch has sequences. Time is the second "
        "axis of `x`: `range(x.shape[1])`.": _read(x[:, : len(x)], w, b),
        "The tanh is taken once more, after the last step. It belongs in the loop "
        "alone.": np.tanh(_read(x, w, b)),
        "The bias is lost. `patient` had it right: `both @ w + b`.": _read(x, w, 0 * b),
        "The bias stands outside the tanh: take the tanh of the whole sum.": _read(
            x, w, b, f=lambda a: np.tanh(a - b) + b
        ),
        "The sequences are read backwards.": _read(x[:, ::-1], w, b),
        "The tanh is taken of the old state, so the last state is still linear. Take "
        "it of the whole sum, as the last thing in the loop.": _late_tanh(x, w, b),
    }
    near = _near(inputs, value)
    if not same(value["h"], _read(x, w, b), near):
        for says, wrong in known.items():
            if same(value["h"], wrong, near):
                return says
    return None


def _silent(inputs, value):
    h = value["h"]
    if (
        inputs["x"].any()
        or inputs["b"].any()
        or not isinstance(h, np.ndarray)
        or h.dtype.kind != "f"
    ):
        return None
    if np.abs(h).max() > 1e-6:
        return (
            "With all inputs zero and no bias the state must stay zero; yours does "
            "not. Which state does it start from?"
        )
    return None


def _mended(inputs, value):
    right = _read(*inputs.values())
    axes = ("batch", "n_hidden")
    return difference("mend", value["h"], right, _near(inputs, value), axes)


def _near(*values):
    return 1e-4 if has_float32(values) else 1e-8


mend = Check(
    name="mend",
    draw=_draw_mend,
    call=_twice,
    properties=(_same_twice, _known_ways, _silent, _mended),
    terms=(
        Term("a single step", lambda **i: i | {"x": i["x"][:, :1]}),
        Term("the bias, without input", zeroed("x")),
        Term("the input, without bias", zeroed("b")),
    ),
    start="Copy `patient`, and mend the two lines that cause the symptoms.",
)


# ---- learn ---------------------------------------------------------------------------

SHARED = ("_encoded",)  # how a word is written in numbers
# In each word one letter is followed by several. The first has more letters to read
# than symbols, so that an array whose axes are swapped has another shape.
WORDS = ("pepper", "hello", "level")
MOST_NATS = 0.1


def _draw_learn(rng, case):
    return {"word": WORDS[case]}


def _encoded(word):
    symbols = sorted(set(word))
    ids = np.array([symbols.index(letter) for letter in word])
    return np.eye(len(symbols), dtype=np.float32)[ids[None, :-1]], ids[None, 1:]


def _learned(answer, inputs, *, ur):
    """Train on one word; return what the model says to it and to each of its starts."""
    x, y = map(ur.tensor, _encoded(inputs["word"]))
    ur.seed(len(inputs["word"]))
    model = answer(x, y)
    if model is None:
        return None
    if isinstance(model, type):
        return {"instead": f"the class {model.__name__}"}
    if not callable(model):
        return {"instead": f"something of type {type(model).__name__}"}
    ur.ready(model)
    first = model(x)
    if isinstance(first, tuple | list):
        return {"count": len(first)}
    other = ur.tensor(_encoded(inputs["word"])[0][:, ::-1].copy())
    said = {}
    for name, part, seed in (
        ("logits", x, 1),
        ("again", x, 1),
        ("backwards", other, 1),
        ("after another", x, 1),
        ("another seed", x, 2),
    ):
        ur.seed(seed)
        said[name] = np.asarray(ur.array(model(part)))
    starts = []
    if said["logits"].shape == ur.array(x).shape:
        starts = [model(x[:, :t]) for t in range(1, x.shape[1])]
        starts = [np.asarray(ur.array(part))[0, -1] for part in starts]
    return said | {"starts": starts}


def _is_a_model(inputs, value):
    if "instead" in value:
        return f"`learn` returned {value['instead']}; expected the trained model."
    if "count" in value:
        n = value["count"]
        return (
            f"The model returns {n} value{'s' * (n != 1)} in a tuple or list; return "
            "the logits alone."
        )
    x, _ = _encoded(inputs["word"])
    if value["logits"].shape != x.shape:
        says = (
            f"The model gives an array of shape {value['logits'].shape}; expected "
            f"{x.shape} (batch, time, n_symbols): one row of logits for every letter."
        )
        if value["logits"].shape == x.swapaxes(1, 2).shape:
            says += (
                " The axes time and n_symbols have changed places. If the loss wants "
                "them so, swap them there, not in the model."
            )
        return says
    if not np.isfinite(value["logits"]).all():
        return "The model gives nan or inf: the training diverged."
    if any(
        not same(value["logits"], value[name], 1e-5)
        for name in ("again", "after another")
    ):
        return (
            "The answer to a word depends on what was read before it: something is "
            "left over from the last call. Start every call from a state of zeros."
        )
    if not same(value["logits"], value["another seed"], 1e-5):
        return (
            "The same word, read twice, gets two answers. Start from a state of zeros, "
            "not from a random one."
        )
    return None


def _are_logits(inputs, value):
    sums = value["logits"].sum(axis=-1)
    if (value["logits"] >= 0).all() and np.allclose(sums, 1, atol=1e-4):
        return (
            "Your model returns probabilities: each row sums to 1. Return logits; the "
            "loss applies the softmax (`from_logits=True` in Keras)."
        )
    return None


def _loss(inputs, value):
    """Return the mean nats a letter, those of blind guessing, and the guesses."""
    _, y = _encoded(inputs["word"])
    logits = value["logits"][0].astype(np.float64)
    top = logits - logits.max(axis=-1, keepdims=True)
    nats = np.log(np.exp(top).sum(-1)) - top[range(y.size), y[0]]
    return nats.mean(), np.log(logits.shape[-1]), logits.argmax(-1)


def _trained(inputs, value):
    """Return the first words about a loss that is too large."""
    nats, chance, _ = _loss(inputs, value)
    return (
        f"After your training on {inputs['word']!r} the loss is {nats:.3f} nats a "
        f"letter; below {MOST_NATS} is asked, blind guessing has {chance:.3f}. "
    )


def _not_clipped(inputs, value):
    logits = value["logits"]
    if logits.min() == 0 and _loss(inputs, value)[0] >= MOST_NATS:
        return _trained(inputs, value) + (
            "No logit is below 0, and some are 0: does the output go through a ReLU?"
        )
    return None


def _reads_its_input(inputs, value):
    if same(value["logits"], value["backwards"], 1e-5):
        return "Another word gets the same answer: the model does not read its input."
    return None


def _no_worse_than_guessing(inputs, value):
    nats, chance, guesses = _loss(inputs, value)
    x, _ = _encoded(inputs["word"])
    if nats > 3 * chance and (guesses != x[0].argmax(-1)).any():
        return (
            f"After your training on {inputs['word']!r} the loss is {nats:.3f} nats a "
            f"letter, worse than blind guessing ({chance:.3f}). Is the learning rate "
            "too large, the sign of the loss turned round, or `y` shifted?"
        )
    return None


def _remembers(inputs, value):
    word = inputs["word"]
    for i, letter in enumerate(word[:-1]):
        for j in range(i):
            if letter == word[j] and word[i + 1] != word[j + 1]:
                if same(value["logits"][0, i], value["logits"][0, j], 1e-5):
                    return (
                        f"Both letters {letter} of {word!r} get the same answer, so "
                        "nothing is carried from step to step. Does a recurrent layer "
                        "read along the time axis (`batch_first=True` in PyTorch)?"
                    )
    return None


def _looks_back_only(inputs, value):
    for t, start in enumerate(value["starts"]):
        if not same(start, value["logits"][0, t], 1e-4):
            return (
                f"The answer after {inputs['word'][: t + 1]!r} changes with the "
                "letters that come later: the model looks ahead, at what it must "
                "predict."
            )
    return None


def _learned_enough(inputs, value):
    nats, chance, guesses = _loss(inputs, value)
    if nats < MOST_NATS:
        return None
    said, logits = _trained(inputs, value), value["logits"]
    x, _ = _encoded(inputs["word"])
    if (guesses == x[0].argmax(-1)).all():
        return said + "It repeats the letter it has just read: was `y` its target?"
    if nats > 0.9 * chance:
        return said + (
            "It has learned nothing: are there enough updates, and is every update "
            "applied to the model?"
        )
    if logits.min() >= 0 and logits.max() <= 1:
        return said + (
            "All logits are between 0 and 1: does the output go through a sigmoid?"
        )
    if 0.98 < np.abs(logits).max() <= 1:
        return said + "No logit is beyond 1: does the output go through a tanh?"
    return said + "Are there enough updates, and does the loss expect logits?"


learn = Check(
    name="learn",
    draw=_draw_learn,
    call=_learned,
    properties=(
        _is_a_model,
        _are_logits,
        _not_clipped,
        _reads_its_input,
        _no_worse_than_guessing,
        _remembers,
        _looks_back_only,
        _learned_enough,
    ),
    cases=len(WORDS),
    free=True,
    start="The parts: a recurrent layer, a linear one, updates (lesson, section 8).",
)
