"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, Suspect


def _plain(rng, n_in, n):
    """Return (w_x, w_h, b) of a plain cell."""
    w_x, w_h = rng.normal(0, 0.7, (n_in, n)), rng.normal(0, 0.7, (n, n))
    return w_x, w_h, rng.normal(0, 0.7, n)


def _states(x, weights, start=None):
    return cells.rnn(x, cells.RNNWeights(*weights), start).h


# ---- both ----------------------------------------------------------------------------

# batch, time, n_in, n_hidden. First all unequal, so that a wrong shape names its cause;
# then sometimes equal: a wrong axis fits, and only values betray it.
BOTH_SIZES = [(3, 7, 1, 5), (1, 3, 1, 1), (3, 3, 3, 3), (4, 2, 1, 3), (2, 5, 3, 2)]


def _draw_both(rng, case):
    batch, n_steps, n_in, n = BOTH_SIZES[case]
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "ahead": _plain(rng, n_in, n),
        "back": _plain(rng, n_in, n),
    }


def _join(*parts):
    return np.concatenate(parts, axis=-1)


def _both(x, ahead, back, turn=True, in_place=True):
    """Return the states of the two cells, each (batch, time, n_hidden)."""
    backward = _states(x[:, ::-1] if turn else x, back)
    return _states(x, ahead), backward[:, ::-1] if in_place else backward


def _result(forward, backward):
    return _join(forward, backward), _join(forward[:, -1], backward[:, 0])


def _wrong(change):
    """Return a wrong formula: `change(forward, backward)` of the right states."""
    return lambda **inputs: change(*_both(**inputs))


def _unplaced(x, ahead, back):
    forward, backward = _both(x, ahead, back, in_place=False)
    return _join(forward, backward), _join(forward[:, -1], backward[:, -1])


def _only_ahead(x, ahead, back):
    forward, backward = _both(x, ahead, back, turn=False, in_place=False)
    return _join(forward, backward), _join(forward[:, -1], backward[:, -1])


def _no_zeros(x, ahead, back):
    forward = _states(x, ahead)
    backward = _states(x[:, ::-1], back, forward[:, -1])[:, ::-1]
    return _result(forward, backward)


def _turned_axis(axis, in_place=False):
    def formula(x, ahead, back):
        turned = _states(np.flip(x, axis), back)
        turned = turned[:, ::-1] if in_place else turned
        return _join(_states(x, ahead), turned), None

    return formula


def _flipped(read, place):
    """Return a formula whose second cell reads `read(x)`; `place` turns its states."""
    return lambda x, ahead, back: _result(
        _states(x, ahead), place(_states(read(x), back))
    )


def _turned(values):
    return values[:, ::-1]


def _minus_t(values):
    """Return steps 0, T - 1, ..., 1: what `x[:, -t]` reads."""
    return np.roll(values[:, ::-1], 1, axis=1)


def _step_by_step(x, ahead, back, stop=-1, after=1):
    """Fill the backward states from the last step down to `stop`, not included.

    Step t goes on from the state at t + `after`, in an array of zeros.
    """
    n_steps, start = x.shape[1], np.zeros((len(x), len(back[1])))
    backward = np.zeros((*x.shape[:2], len(back[1])))
    for t in range(n_steps - 1, stop, -1):
        before = start if t + after == n_steps else backward[:, t + after]
        backward[:, t] = _states(x[:, t : t + 1], back, before)[:, 0]
    return _result(_states(x, ahead), backward)


def _no_memory(x, ahead, back):
    def alone(weights):
        each = [_states(x[:, t : t + 1], weights) for t in range(x.shape[1])]
        return np.concatenate(each, axis=1)

    return _result(alone(ahead), alone(back))


def _short_loops(x, ahead, back):
    """Return what loops over `range(len(x))` give, as far as they can run."""
    n_steps = len(x)
    if n_steps > x.shape[1]:
        raise IndexError("there are fewer steps than sequences")
    backward = _turned(_states(_turned(x)[:, :n_steps], back))
    return _result(_states(x[:, :n_steps], ahead), backward)


def _late(forward, backward):
    """Return what loops give that append the state before each step."""
    forward, backward = np.roll(forward, 1, axis=1), np.roll(backward, -1, axis=1)
    forward[:, 0], backward[:, -1] = 0, 0
    return _result(forward, backward)


def _h_alone(formula):
    """Return a formula whose `last` is read off the ends of its h."""

    def whole(**inputs):
        h, _ = formula(**inputs)
        n = h.shape[-1] // 2
        return h, _join(h[:, -1, :n], h[:, 0, n:])

    return whole


def _h_last(formula):
    """Return a formula whose `last` is h[:, -1]."""

    def whole(**inputs):
        h, _ = formula(**inputs)
        return h, h[:, -1]

    return whole


_NOT_IN_PLACE = (
    "The backward states stand in the order in which they were computed, the last step "
    "first. Turn them round again, so that row t speaks of step t."
)
_BOTH_FORWARD = (
    "Both cells read from the first step to the last. The second must read x from its "
    "end: `x[:, ::-1]`. (`x[::-1]` turns the batch round, not the time.)"
)
_INPUT_NOT_TURNED = (
    "The second cell's states are turned round, but it read x from the beginning. Turn "
    "its input too."
)
_BATCH_TURNED = (
    "You turned the batch round, not the time: `[::-1]` turns the first axis. Write "
    "`[:, ::-1]`."
)
_FEATURES_TURNED = (
    "You turned the features round, not the time: `[..., ::-1]` turns the last axis. "
    "Write `[:, ::-1]`."
)


_ALL_TURNED = (
    "`np.flip` without an axis turns every axis round, the batch and the features too. "
    "Turn the time alone: `[:, ::-1]`, or `np.flip(x, axis=1)`."
)
_MINUS_T = (
    "`x[:, -t]` is not the way back: at t = 0 it is `x[:, 0]`. The last step is "
    "`x[:, -1]`, so read `x[:, -1 - t]`."
)


def _input_not_turned(x, ahead, back):
    return _result(*_both(x, ahead, back, turn=False))


def _variants(says, formula):
    """Return the suspects of one wrong h, with each way to read `last` off it."""
    ways = (formula, _h_alone(formula), _h_last(formula))
    return tuple(Suspect(says, way) for way in ways)


both = Check(
    name="both",
    draw=_draw_both,
    reference=lambda **inputs: _result(*_both(**inputs)),
    suspects=(
        Suspect(
            "`last` is `h[:, -1]`, and there the backward half has read one symbol. "
            "The backward cell ends at step 0: `h[:, 0]`, second half.",
            _wrong(lambda f, b: (_join(f, b), _join(f[:, -1], b[:, -1]))),
        ),
        Suspect(
            "`last` is `h[:, 0]`, and there the forward half has read one symbol. The "
            "forward cell ends at the last step.",
            _wrong(lambda f, b: (_join(f, b), _join(f[:, 0], b[:, 0]))),
        ),
        Suspect(
            "`last` has the wrong ends: each cell's first state. Forward ends at the "
            "last step, backward at step 0.",
            _wrong(lambda f, b: (_join(f, b), _join(f[:, 0], b[:, -1]))),
        ),
        Suspect(
            "In `last` the backward half comes first. The forward cell's comes first, "
            "as in h.",
            _wrong(lambda f, b: (_join(f, b), _join(b[:, 0], f[:, -1]))),
        ),
        *_variants(_NOT_IN_PLACE, _unplaced),
        *_variants(_BOTH_FORWARD, _only_ahead),
        *_variants(_INPUT_NOT_TURNED, _input_not_turned),
        *_variants(_BATCH_TURNED, _turned_axis(0)),
        *_variants(_BATCH_TURNED, _turned_axis(0, in_place=True)),
        *_variants(_FEATURES_TURNED, _turned_axis(2)),
        *_variants(_FEATURES_TURNED, _turned_axis(2, in_place=True)),
        *_variants(_ALL_TURNED, _flipped(np.flip, _turned)),
        *_variants(_ALL_TURNED, _flipped(np.flip, np.flip)),
        *_variants(_ALL_TURNED, _flipped(_turned, np.flip)),
        *_variants(_MINUS_T, _flipped(_minus_t, _turned)),
        *_variants(_MINUS_T, _flipped(_minus_t, lambda states: states)),
        *_variants(_MINUS_T, _flipped(_minus_t, _minus_t)),
        Suspect(
            "The backward cell stops at step 1: `range(…, 0, -1)` leaves step 0 out. "
            "Write `range(…, -1, -1)`.",
            lambda **inputs: _step_by_step(**inputs, stop=0),
        ),
        Suspect(
            "Backward, the state before step t is that of step t + 1; you take the one "
            "at t - 1, which is not computed yet.",
            lambda **inputs: _step_by_step(**inputs, after=-1),
        ),
        Suspect(
            "Every step starts from zeros: nothing is remembered. Hand the state that "
            "`step` returns to the next step.",
            _no_memory,
        ),
        Suspect(
            "Your loop counts sequences: `len(x)` is the batch. The number of steps is "
            "`x.shape[1]`.",
            _short_loops,
        ),
        Suspect(
            "Each state stands one step late: row t is the state before step t was "
            "read. Append the state after `step`.",
            _wrong(_late),
        ),
        Suspect(
            "The second cell reads the first cell's states. Both read x: that would be "
            "a second layer.",
            lambda x, ahead, back: _result(
                _states(x, ahead), _turned(_states(_turned(_states(x, ahead)), back))
            ),
        ),
        Suspect(
            "The backward half comes first. The forward cell's states come first.",
            _wrong(lambda f, b: (_join(b, f), _join(b[:, 0], f[:, -1]))),
        ),
        Suspect(
            "Both cells use the weights `ahead`. The second has weights of its own, "
            "`back`.",
            lambda x, ahead, back: _result(*_both(x, ahead, ahead)),
        ),
        Suspect(
            "Both cells use the weights `back`. The first has weights of its own, "
            "`ahead`.",
            lambda x, ahead, back: _result(*_both(x, back, back)),
        ),
        Suspect(
            "The weights are exchanged: `ahead` reads from the first step, `back` from "
            "the last.",
            lambda x, ahead, back: _result(*_both(x, back, ahead)),
        ),
        Suspect(
            "The two halves are added. They stand side by side: concatenate them along "
            "the last axis.",
            _wrong(lambda f, b: (f + b, f[:, -1] + b[:, 0])),
        ),
        Suspect(
            "The two halves are averaged. They stand side by side: concatenate them "
            "along the last axis.",
            _wrong(lambda f, b: ((f + b) / 2, (f[:, -1] + b[:, 0]) / 2)),
        ),
        Suspect(
            "In h the two cells' states alternate, number by number. All of the "
            "forward cell's come first: concatenate, do not stack.",
            _wrong(
                lambda f, b: (
                    np.stack([f, b], axis=-1).reshape(*f.shape[:2], -1),
                    _join(f[:, -1], b[:, 0]),
                )
            ),
        ),
        Suspect(
            "You return the two cells' states apart. Concatenate them to one h, and "
            "return it with `last`.",
            _wrong(lambda f, b: (f, b)),
        ),
        Suspect(
            "In `last` the two halves are added. They stand side by side: concatenate "
            "them along the last axis.",
            _wrong(lambda f, b: (_join(f, b), f[:, -1] + b[:, 0])),
        ),
        Suspect(
            "`last` is the mean over all steps. Take the state in which each cell "
            "ended.",
            _wrong(lambda f, b: (_join(f, b), _join(f, b).mean(axis=1))),
        ),
        Suspect(
            "The backward cell starts from the forward cell's last state. Both start "
            "from zeros.",
            _no_zeros,
        ),
    ),
    axes=("batch", "time", "2 n_hidden"),  # of h; `last` has two
    outputs=("h", "last"),
    cases=len(BOTH_SIZES),
    start="Run one cell along x, the other along `x[:, ::-1]`, each in a loop.",
)


# ---- shapes --------------------------------------------------------------------------

SHAPE_CASES = [
    (3, 12, 5, 7, 1, 2, "concat"),
    (2, 5, 4, 3, 2, 2, "concat"),
    (7, 3, 2, 6, 3, 2, "sum"),
    (3, 9, 8, 5, 2, 1, "concat"),
    (4, 6, 3, 2, 1, 1, "sum"),
    (5, 2, 7, 4, 1, 2, "sum"),
    (4, 2, 6, 9, 3, 2, "concat"),
]
NAMES = ("batch", "time", "n_in", "n_hidden", "n_layers", "n_directions", "merge")


def _draw_shapes(rng, case):
    drawn = dict(zip(NAMES, SHAPE_CASES[case], strict=True))
    more = rng.integers(0, 3, 4)
    for name, tens in zip(NAMES, more if case else more[[0] * 4], strict=False):
        drawn[name] += 10 * int(tens)  # so that sizes that differ still do
    return drawn


def _shapes(
    batch, time, n_in, n_hidden, n_layers, n_directions, merge, *,
    double=None, reads=None, sums=4, last=None, output=None,
):  # fmt: skip
    """Return the three shapes; what follows the star makes the known wrong ways."""
    side_by_side = n_directions == 2 and merge == "concat" if double is None else double
    width = n_hidden * (1 + side_by_side)
    known = {"width": width, "n_in": n_in, "1 n": n_hidden, "2 n": 2 * n_hidden}
    reads = known[reads] if reads else (n_in if n_layers == 1 else width)
    last = (n_layers * n_directions, batch, n_hidden) if last is None else last
    output = (batch, time, width) if output is None else output
    return {
        "output": list(output),
        "w_x": [reads, sums * n_hidden],
        "last": list(last),
    }


def _side_by_side(inputs):
    return inputs["merge"] == "concat"


def _given_shapes(answer, inputs):
    """Return the three shapes by name, each as a list."""
    given = answer(*inputs.values())
    if not isinstance(given, tuple | list) or len(given) != 3:
        return given
    if not all(isinstance(one, tuple | list) for one in given):
        return given
    whole = [[int(n) if n == int(n) else n for n in one] for one in given]
    return dict(zip(("output", "w_x", "last"), whole, strict=True))


def _exchanged(**inputs):
    right = _shapes(**inputs)
    return {"output": right["output"], "w_x": right["last"], "last": right["w_x"]}


def _one_upon_the_other(**inputs):
    return _shapes(**inputs) | {"w_x": _shapes(**inputs)["w_x"][::-1]}


def _with_state(**inputs):
    """Return the shapes with the rows of `w_h` counted among those of `w_x`."""
    right = _shapes(**inputs)
    reads, columns = right["w_x"]
    return right | {"w_x": [reads + inputs["n_hidden"], columns]}


def _shaped(**wrong):
    """Return a wrong formula; a value may be a function of the inputs."""

    def formula(**inputs):
        found = {k: v(inputs) if callable(v) else v for k, v in wrong.items()}
        return _shapes(**inputs, **found)

    return formula


shapes = Check(
    name="shapes",
    draw=_draw_shapes,
    call=_given_shapes,
    reference=_shapes,
    suspects=(
        Suspect(
            "`merge` is not used: with the sum of two directions the width stays "
            "n_hidden.",
            _shaped(double=lambda i: i["n_directions"] == 2),
        ),
        Suspect(
            "The two directions stand side by side when they are concatenated: the "
            "width is 2 n_hidden, of the output and of what the next layer reads.",
            _shaped(double=False),
        ),
        Suspect(
            "`w_x` of the top layer reads what the layer below gives, not `n_in`, "
            "unless there is one layer only.",
            _shaped(reads="n_in"),
        ),
        Suspect(
            "With one layer the top layer is the first: it reads `n_in`.",
            _shaped(reads="width"),
        ),
        Suspect(
            "The layer below may have two directions: the top layer then reads both "
            "halves, 2 n_hidden, when they are concatenated.",
            _shaped(reads=lambda i: "n_in" if i["n_layers"] == 1 else "1 n"),
        ),
        Suspect(
            "`w_x` of an LSTM has four blocks side by side: 4 n_hidden columns.",
            _shaped(sums=1),
        ),
        Suspect(
            "`w_x` is transposed: in the course's cells it has a row for each number "
            "that is read. PyTorch keeps the other shape.",
            _one_upon_the_other,
        ),
        Suspect(
            "`w_x` has the rows of the recurrent matrix too. `w_h` stands apart: `w_x` "
            "has a row for each number that the layer below gives.",
            _with_state,
        ),
        Suspect(
            "The columns of `w_x` belong to one cell, of one direction: 4 n_hidden.",
            _shaped(sums=lambda i: 4 * (i["n_directions"] if _side_by_side(i) else 1)),
        ),
        Suspect(
            "`w_x` and the last states are exchanged: output, `w_x`, last states.",
            _exchanged,
        ),
        Suspect(
            "`merge` counts at every layer: where the two directions are summed, the "
            "next layer reads n_hidden numbers.",
            _shaped(
                reads=lambda i: (
                    "n_in" if i["n_layers"] == 1 else f"{i['n_directions']} n"
                )
            ),
        ),
        Suspect(
            "With one direction there is nothing to merge: the width is n_hidden.",
            _shaped(double=_side_by_side),
        ),
        Suspect(
            "`w_x` counts three gates. The candidate has columns too: 4 n_hidden.",
            _shaped(sums=3),
        ),
        Suspect(
            "Of the last states you count the top layer's alone. Every layer has one "
            "in each direction.",
            _shaped(last=lambda i: (i["n_directions"], i["batch"], i["n_hidden"])),
        ),
        Suspect(
            "You count one last state a layer. Every direction has its own.",
            _shaped(last=lambda i: (i["n_layers"], i["batch"], i["n_hidden"])),
        ),
        Suspect(
            "The last states are not batch first: PyTorch stacks them along the first "
            "axis, (layers · directions, batch, n_hidden).",
            _shaped(
                last=lambda i: (
                    i["batch"],
                    i["n_layers"] * i["n_directions"],
                    i["n_hidden"],
                )
            ),
        ),
        Suspect(
            "The two directions' last states are stacked, not side by side: "
            "(layers · directions, batch, n_hidden).",
            _shaped(
                last=lambda i: (
                    i["n_layers"],
                    i["batch"],
                    i["n_directions"] * i["n_hidden"],
                )
            ),
        ),
        Suspect(
            "The last states keep n_hidden numbers each: only the output joins the two "
            "directions.",
            _shaped(
                last=lambda i: (
                    i["n_layers"] * i["n_directions"],
                    i["batch"],
                    i["n_hidden"] * (i["n_directions"] if _side_by_side(i) else 1),
                )
            ),
        ),
        Suspect(
            "Layers and directions share the first axis of the last states: (layers · "
            "directions, batch, n_hidden), three numbers.",
            _shaped(
                last=lambda i: (
                    i["n_layers"],
                    i["n_directions"],
                    i["batch"],
                    i["n_hidden"],
                )
            ),
        ),
        Suspect(
            "Layers and directions are added. Every layer has each direction: multiply "
            "them.",
            _shaped(
                last=lambda i: (
                    i["n_layers"] + i["n_directions"],
                    i["batch"],
                    i["n_hidden"],
                )
            ),
        ),
        Suspect(
            "`merge` joins outputs alone: also where they are summed, every direction "
            "has a last state of its own.",
            _shaped(
                last=lambda i: (
                    i["n_layers"] * (i["n_directions"] if _side_by_side(i) else 1),
                    i["batch"],
                    i["n_hidden"],
                )
            ),
        ),
        Suspect(
            "The output is batch first here: (batch, time, width).",
            _shaped(
                output=lambda i: (
                    i["time"],
                    i["batch"],
                    i["n_hidden"] * (i["n_directions"] if _side_by_side(i) else 1),
                )
            ),
        ),
        Suspect(
            "The output has a state for every step: (batch, time, width).",
            _shaped(
                output=lambda i: (
                    i["batch"],
                    i["n_hidden"]
                    * (i["n_directions"] if i["merge"] == "concat" else 1),
                )
            ),
        ),
    ),
    outputs=("output", "w_x", "last"),
    cases=len(SHAPE_CASES),
    start="How wide is one layer's output? What does the top layer read?",
)


# ---- count ---------------------------------------------------------------------------

COUNT_CASES = [
    (4, 7, 1, 1, 1),
    (4, 3, 1, 2, 2),
    (64, 128, 2, 2, 1),
    (10, 7, 3, 1, 2),
    (3, 5, 3, 2, 2),
    (6, 6, 4, 2, 1),
]


def _draw_count(rng, case):
    names = ("n_in", "n_hidden", "n_layers", "n_directions", "n_biases")
    drawn = dict(zip(names, COUNT_CASES[case], strict=True))
    for name in names[:2]:
        drawn[name] += 10 * int(rng.integers(0, 3))
    return drawn


def _count(
    n_in, n_hidden, n_layers, n_directions, n_biases, *,
    sums=4, upper=None, recurrent=None, cells_each=None, biases=None,
):  # fmt: skip
    """Return the count; the arguments after the star make the known wrong ways."""
    total, reads = 0, n_in
    state = n_hidden if recurrent is None else recurrent
    each = n_directions if cells_each is None else cells_each
    if biases is None:  # of a whole layer
        biases = each * sums * n_hidden * n_biases
    for _ in range(n_layers):
        total += each * sums * n_hidden * (reads + state) + biases
        reads = n_directions * n_hidden if upper is None else upper
    return total


def _below(**inputs):
    """Return the count of all layers but the top one."""
    return _count(**(inputs | {"n_layers": inputs["n_layers"] - 1}))


def _counted(**wrong):
    def formula(**inputs):
        return _count(**inputs, **{k: v(inputs) for k, v in wrong.items()})

    return formula


count = Check(
    name="count",
    draw=_draw_count,
    reference=_count,
    suspects=(
        Suspect(
            "You count every layer like the first. The layers above read the states of "
            "the layer below, not `n_in` numbers.",
            _counted(upper=lambda i: i["n_in"]),
        ),
        Suspect(
            "The layers above read one half only. Concatenated, the layer below gives "
            "n_directions · n_hidden numbers.",
            _counted(upper=lambda i: i["n_hidden"]),
        ),
        Suspect(
            "Every direction is a cell with weights of its own: the second one is not "
            "counted.",
            _counted(cells_each=lambda i: 1),
        ),
        Suspect(
            "You count one cell a layer, and it reads one half. Two directions are two "
            "cells, and the next layer reads both.",
            _counted(cells_each=lambda i: 1, upper=lambda i: i["n_hidden"]),
        ),
        Suspect(
            "You double one direction's whole stack. The layers above read both "
            "halves, so their input matrices are twice as high.",
            lambda **i: i["n_directions"] * _count(**(i | {"n_directions": 1})),
        ),
        Suspect(
            "That is one layer. There are n_layers of them.",
            lambda **i: _count(**(i | {"n_layers": 1})),
        ),
        Suspect(
            "That is the top layer alone: each layer's count replaces the one before. "
            "Add it, `+=`.",
            lambda **i: _count(**i) - _below(**i),
        ),
        Suspect(
            "One layer is missing. Count n_layers of them.",
            _below,
        ),
        Suspect(
            "You count one layer too many.",
            lambda **i: _count(**(i | {"n_layers": i["n_layers"] + 1})),
        ),
        Suspect(
            "The layers above always read 2 n_hidden in your count. With one direction "
            "they read n_hidden.",
            _counted(upper=lambda i: 2 * i["n_hidden"]),
        ),
        Suspect(
            "The layers above read the states h of the layer below, not its four sums: "
            "n_directions · n_hidden numbers.",
            _counted(upper=lambda i: 4 * i["n_directions"] * i["n_hidden"]),
        ),
        Suspect(
            "The recurrent matrix is missing: a sum reads the cell's own state too, "
            "n_hidden numbers.",
            _counted(recurrent=lambda i: 0),
        ),
        Suspect(
            "Biases are vectors: each of the four sums has n_biases of n_hidden "
            "numbers.",
            _counted(biases=lambda i: 4 * i["n_directions"] * i["n_biases"]),
        ),
        Suspect(
            "The biases are counted once a cell. Each of its four sums has its own.",
            _counted(
                biases=lambda i: i["n_directions"] * i["n_hidden"] * i["n_biases"]
            ),
        ),
        Suspect(
            "The biases are counted once a layer. Each direction has its own.",
            _counted(biases=lambda i: 4 * i["n_hidden"] * i["n_biases"]),
        ),
        Suspect(
            "A cell keeps to its own state: its recurrent matrix is n_hidden × "
            "n_hidden, also with two directions.",
            _counted(recurrent=lambda i: i["n_directions"] * i["n_hidden"]),
        ),
        Suspect(
            "That is a stack of plain cells. An LSTM makes four sums.",
            _counted(sums=lambda i: 1),
        ),
        Suspect(
            "You count three sums. The candidate has weights of its own too.",
            _counted(sums=lambda i: 3),
        ),
        Suspect(
            "`n_biases` is not used: you always count one bias for each sum.",
            lambda **i: _count(**(i | {"n_biases": 1})),
        ),
        Suspect(
            "You always count two biases. Count `n_biases` of them.",
            lambda **i: _count(**(i | {"n_biases": 2})),
        ),
        Suspect(
            "The biases are missing.",
            lambda **i: _count(**(i | {"n_biases": 0})),
        ),
    ),
    dims={n: () for n in ("n_in", "n_hidden", "n_layers", "n_directions", "n_biases")},
    cases=len(COUNT_CASES),
    start="One cell first: 4 n_hidden (n_in + n_hidden + n_biases). How many cells?",
)


# ---- summary -------------------------------------------------------------------------

# batch, time, n_in, n_hidden
SUMMARY_SIZES = [(3, 7, 1, 5), (1, 4, 2, 3), (4, 2, 3, 4)]


def _draw_summary(rng, case):
    batch, n_steps, n_in, n = SUMMARY_SIZES[case]
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)).astype(np.float32),
        "bottom": tuple(cells.lstm_weights(n_in, n, rng) for _ in range(2)),
        "top": tuple(cells.lstm_weights(2 * n, n, rng) for _ in range(2)),
    }


def _summed_up(answer, inputs, *, ur, new_layers):
    """Load weights into two new layers, and return what the answer makes of them."""
    x, bottom, top = inputs.values()
    layers = new_layers(x.shape[-1], len(top[0].w_h))
    ur.load_lstm(layers, [bottom, top])
    return answer(layers, ur.tensor(x))


def _summary(x, bottom, top, choose=None):
    """Return the right rows, or what `choose(h, last)` makes of the layers' runs."""
    low = cells.bidirectional(x, bottom)
    high = cells.bidirectional(low.h, top)
    if choose:
        return choose(low, high)
    return _join(high.last[0][0], high.last[1][0])


def _chosen(choose):
    return lambda **inputs: _summary(**inputs, choose=choose)


def _two_of(first, second):
    """Return a formula that joins two of the four last states, as `h_n` has them."""
    return _chosen(
        lambda low, high: _join(*_stacked(low, high)[np.array([first, second])])
    )


def _two_says(first, second):
    if first == second:
        return "Both halves are the same cell's state. " + _LAST_TWO
    if first // 2 == second // 2:
        return "Those are the bottom layer's last states, backward first. " + _LAST_TWO
    both_times = ", forward both times", ", backward both times"
    how = both_times[first % 2] if first % 2 == second % 2 else ""
    return f"The two are taken from different layers{how}. " + _LAST_TWO


_LAST_TWO = (
    "Both halves come from the top layer, forward and backward: in PyTorch the last "
    "two of `h_n`."
)


def _stacked(*runs):
    """Return h_n as PyTorch stacks it, (layers * directions, batch, n_hidden)."""
    return np.stack([state[0] for run in runs for state in run.last])


summary = Check(
    name="summary",
    draw=_draw_summary,
    call=_summed_up,
    reference=_summary,
    suspects=(
        Suspect(
            "That is `output[:, -1]`. Its backward half stands at the backward cell's "
            "first step; that cell ends at step 0.",
            _chosen(lambda low, high: high.h[:, -1]),
        ),
        Suspect(
            "That is `output[:, 0]`. Its forward half stands at the forward cell's "
            "first step; that cell ends at the last step.",
            _chosen(lambda low, high: high.h[:, 0]),
        ),
        Suspect(
            "Those are the bottom layer's last states. The top layer's come last.",
            _chosen(lambda low, high: _join(low.last[0][0], low.last[1][0])),
        ),
        Suspect(
            "The sequences of the batch are mixed: `h_n` is (layers · directions, "
            "batch, n_hidden), and a view or reshape does not move the batch to the "
            "front. Join the two states along the last axis.",
            _chosen(lambda low, high: _stacked(high).reshape(len(high.h), -1)),
        ),
        Suspect(
            "The sequences of the batch are mixed: a view or reshape of all of `h_n` "
            "does not move the batch to the front. Take two states and join them along "
            "the last axis.",
            _chosen(lambda low, high: _stacked(low, high).reshape(len(high.h), -1)),
        ),
        Suspect(
            "That is the forward cell alone. The backward cell's last state belongs "
            "beside it.",
            _chosen(lambda low, high: high.last[0][0]),
        ),
        Suspect(
            "That is the backward cell alone. The forward cell's last state belongs "
            "beside it, first.",
            _chosen(lambda low, high: high.last[1][0]),
        ),
        Suspect(
            "The backward half comes first. The forward cell's comes first.",
            _chosen(lambda low, high: _join(high.last[1][0], high.last[0][0])),
        ),
        *(
            Suspect(_two_says(*pair), _two_of(*pair))
            for pair in np.ndindex(4, 4)
            if pair not in ((0, 1), (2, 3), (3, 2))
        ),
        Suspect(
            "The second half is the cell state c. Both halves are last h's: the last "
            "two of `h_n`.",
            _chosen(lambda low, high: _join(high.last[1][0], high.last[1][1])),
        ),
        Suspect(
            "The two states are added. Join them along the last axis.",
            _chosen(lambda low, high: high.last[0][0] + high.last[1][0]),
        ),
        Suspect(
            "In each row the two cells' numbers alternate. The forward cell's come "
            "first, all of them: join the two states along the last axis.",
            _chosen(
                lambda low, high: (
                    _stacked(high).transpose(1, 2, 0).reshape(len(high.h), -1)
                )
            ),
        ),
        Suspect(
            "Those are the last states of all four cells. The top layer's two are "
            "wanted, the last two of `h_n`.",
            _chosen(
                lambda low, high: (
                    _stacked(low, high).transpose(1, 0, 2).reshape(len(high.h), -1)
                )
            ),
        ),
        Suspect(
            "`h_n[:, -1]` is the last sequence of the batch. The cells stand on the "
            "first axis of `h_n`: `h_n[-2]`, `h_n[-1]`.",
            _chosen(lambda low, high: _stacked(low, high)[:, -1]),
        ),
        Suspect(
            "That is the largest value over all steps. Take the state in which each "
            "cell ended.",
            _chosen(lambda low, high: high.h.max(axis=1)),
        ),
        Suspect(
            "Those are the cell states c. What is shown is h.",
            _chosen(lambda low, high: _join(high.last[0][1], high.last[1][1])),
        ),
        Suspect(
            "That is the mean over all steps, a summary too, but not the last states.",
            _chosen(lambda low, high: high.h.mean(axis=1)),
        ),
        Suspect(
            "The two states lie one upon the other. Join them along the last axis, so "
            "that a sequence has one row.",
            _chosen(
                lambda low, high: np.concatenate([high.last[0][0], high.last[1][0]])
            ),
        ),
        Suspect(
            "Each cell's first state is taken. Forward ends at the last step, backward "
            "at step 0.",
            _chosen(
                lambda low, high: _join(high.forward.h[:, 0], high.backward.h[:, 0])
            ),
        ),
    ),
    axes=("batch", "2 n_hidden"),
    cases=len(SUMMARY_SIZES),
    float32=False,
    start="Run the layers. At which step has each cell of the top layer read all of x?",
)


# ---- mend ----------------------------------------------------------------------------

MEND_CASES = [(8, 11), (5, 8), (5, 32)]
STEPS, LEARNED = 6, 32
# By chance one block in 16 is right; a GRU reaches the same loss, and 60 % of them.
FLOOR, ENOUGH, RIGHT = 0.4 * np.log(4), 0.65, 0.4


def _draw_mend(rng, case):
    n_symbols, n_hidden = MEND_CASES[case]
    seed = int(rng.integers(1_000_000))
    return {"n_symbols": n_symbols, "n_hidden": n_hidden, "seed": seed}


def _two_ways(model):
    """Say whether a part of the model is a layer of two directions."""
    if hasattr(model, "modules"):
        parts = model.modules()
        return any(getattr(part, "bidirectional", False) for part in parts)
    parts = model._flatten_layers(include_self=False)
    return any(type(part).__name__ == "Bidirectional" for part in parts)


def _probed(answer, inputs, *, ur, learn, say):
    """Return the logits before and after nudges; of the large one, what it learns."""
    n_symbols, n_hidden, seed = inputs.values()
    ur.seed(n_hidden)
    model = answer(n_symbols, n_hidden)
    rng = np.random.default_rng(seed)
    x = rng.integers(0, n_symbols, (4, STEPS))

    def logits(x):
        found = model(ur.tensor(x))
        if not isinstance(found, tuple | list) or len(found) != 2:
            return "alone"
        if isinstance(found[0], tuple | list):
            return "exchanged"
        return np.array(ur.array(found[0]))

    still = logits(x)
    if isinstance(still, str):
        return {still: True}
    value = {"logits": still, "two": _two_ways(model)}
    if still.shape != (4, STEPS, n_symbols):
        return value
    value["again"] = logits(x)
    other = x.copy()
    other[0] = (other[0] + 1) % n_symbols
    value["one row"] = logits(other)
    nudged = np.repeat(x[None], STEPS, axis=0)  # (nudged step, batch, time)
    for s in range(STEPS):
        nudged[s, :, s] = (nudged[s, :, s] + 1) % n_symbols
    value["nudged"] = np.stack([logits(one) for one in nudged])
    if n_hidden == LEARNED:
        value["loss"] = float(learn(model))
        value["said"] = [say(model, np.random.default_rng(seed)) for seed in range(6)]
    return value


def _blocks_right(text):
    """Return the share of blocks of five: two letters, a dot, the same letters."""
    cut = [text[k : k + 5] for k in range(0, len(text) - 4, 5)]
    good = [b[2] == "." and b.count(".") == 1 and b[:2] == b[3:] for b in cut]
    return np.mean(good)


def _leak(inputs, value):
    if "alone" in value:
        return (
            "The model must return two things, the logits and a state (an empty tuple "
            "will do), as the patient does."
        )
    if "exchanged" in value:
        return "Your two results are exchanged: first the logits, then the state."
    if "nudged" not in value:
        expected = (4, STEPS, inputs["n_symbols"])
        return (
            f"The logits have shape {value['logits'].shape}; expected {expected} "
            "(batch, time, n_symbols): an answer at every step."
        )
    if np.abs(value["again"] - value["logits"]).max() > 1e-6:
        return (
            "The same x, given twice, gets two answers. Is a state kept in `self`, or "
            "something drawn at random, as dropout does? Start each call afresh."
        )
    if np.abs(value["one row"] - value["logits"])[1:].max() > 1e-6:
        return (
            "A change in one sequence of the batch changes the answers of another. "
            "Does the layer take the batch for the time (`batch_first=True` in "
            "PyTorch), or is something averaged over the batch?"
        )
    changes = np.abs(np.asarray(value["nudged"]) - value["logits"])
    moves = changes.max(axis=(1, 3)).T > 1e-6  # (output step, nudged step)
    future, past = np.triu(moves, 1).any(), np.tril(moves, -1).any()
    if (moves == np.tri(STEPS, dtype=bool)[:, ::-1]).all():
        return (
            "The layer reads from the end, and its states stand in that order: the "
            "answer at step 0 knows the last symbol alone. Read x forward."
        )
    if future and not past:
        return (
            "The model reads from the end to the beginning: every answer depends on "
            "the symbols after it, and on none before. Keep the forward direction."
        )
    if future and value["two"]:
        return (
            "The leak is the layer of two directions: the answer at step t moves with "
            "the symbol at step t + 1, which is the very symbol that it should say. "
            "Use one direction, forward."
        )
    if future and not np.triu(moves, 2).any():
        return (
            "A leak: the answer at step t moves with the symbol at step t + 1, its "
            "target. Is something shifted by one step?"
        )
    if future:
        return (
            "One leak is left: no layer runs backward, and yet the answer at step 0 "
            f"moves with the symbol at step {int(np.flatnonzero(moves[0]).max())}. "
            "Something is computed over all steps at once, as the mean over time that "
            "centers the input."
        )
    if not np.diag(moves).any():
        return (
            "The answer at step t does not move with the symbol at step t. That one is "
            "known, and allowed: nothing needs to be shifted."
        )
    if not past:
        return (
            "Nothing leaks, but nothing is remembered either: the answer moves with "
            "its own symbol alone. The letters before the dot must be remembered: keep "
            "the recurrent layer."
        )
    return None


def _honest(inputs, value):
    if "loss" not in value:
        return None
    loss = float(value["loss"])
    right = float(np.mean([_blocks_right(text) for text in value["said"]]))
    if np.allclose(value["logits"].sum(axis=-1), 1, atol=1e-4):
        return (
            "Nothing leaks, but the logits add up to 1: they have been through a "
            "softmax. The loss applies softmax itself: return them as they are."
        )
    if loss > ENOUGH:
        return (
            f"Nothing leaks, but after training the loss is {loss:.2f} nats; "
            f"{ENOUGH} is asked for, and {FLOOR:.2f} can be reached. Is a layer "
            "missing that the patient had, or something added that it had not (a tanh "
            "on the logits, a `detach`)?"
        )
    if right < RIGHT:
        return (
            f"Nothing leaks and the loss is {loss:.2f} nats, but of the blocks that it "
            f"says {right:.0%} are right ({value['said'][0]})."
        )
    return None


mend = Check(
    name="Mended",
    draw=_draw_mend,
    call=_probed,
    free=True,  # a model is built and trained
    properties=(_leak, _honest),
    cases=len(MEND_CASES),
    float32=False,
    start="Copy the patient. Which of its lines need a symbol that is not there yet?",
)


# ---- residual ------------------------------------------------------------------------

# n_in, then the widths of the layers; `still`: the upper layers compute zeros.
RESIDUAL_CASES = [
    (6, (6, 6), False),
    (2, (4, 4, 4), False),
    (3, (3,), False),
    (4, (4, 2, 2), False),
    (3, (3, 3, 3), True),
    (2, (5, 1, 3, 3), False),  # a width of 1 can be added to any other, unasked
]


def _draw_residual(rng, case):
    n_in, widths, still = RESIDUAL_CASES[case]
    layers, reads = [], n_in
    for n in widths:
        layers.append(tuple(w * (not still) for w in _plain(rng, reads, n)))
        reads = n
    batch = 1 if case == 2 else 2
    return {"x": rng.normal(size=(batch, 4, n_in)), "layers": layers}


def _residual(x, layers, add=None):
    """Return the top's output; `add(k, h, new, x)` makes the known wrong ways."""
    h = x
    for k, weights in enumerate(layers):
        new = _states(h, weights)
        if add is not None:
            h = add(k, h, new, x)
        else:
            h = h + new if h.shape == new.shape else new
    return h


def _added(add):
    return lambda **inputs: _residual(**inputs, add=add)


def _fits(a, b):
    return a.shape == b.shape


def _sums_kept(x, layers, hand_on):
    """Return what comes out if `below`, all sums so far, is added to every output.

    The next layer reads the sum if `hand_on`, else the layer's output alone.
    """
    h, below = x, [x]
    for weights in layers:
        new = _states(h, weights)
        total = new + sum(b for b in below if _fits(b, new))
        h = total if hand_on else new
        below.append(h)
    return total


def _not_handed_on(x, layers):
    h = x
    for weights in layers:
        new = _states(h, weights)
        out, h = (h + new if _fits(h, new) else new), new
    return out


def _all_read_x(x, layers):
    h = x
    for weights in layers:
        new = _states(x, weights)
        h = h + new if _fits(h, new) else new
    return h


def _added_anyhow(h, new):
    """Return a sum wherever NumPy can make one, also by broadcasting."""
    return h + new if 1 in (h.shape[-1], new.shape[-1]) or _fits(h, new) else new


residual = Check(
    name="residual",
    draw=_draw_residual,
    reference=_residual,
    suspects=(
        Suspect(
            "Nothing is added: that is the plain stack. Add each layer's input to its "
            "output.",
            _added(lambda k, h, new, x: new),
        ),
        Suspect(
            "You add `x`, the input of the stack, at every layer. Add the layer's own "
            "input, what the layer below gave.",
            _added(lambda k, h, new, x: x + new if _fits(x, new) else new),
        ),
        Suspect(
            "The first layer's input is not added, though it has the same width as its "
            "output.",
            _added(lambda k, h, new, x: h + new if k and _fits(h, new) else new),
        ),
        Suspect(
            "The sum is halved. Add the two, do not average them: with a layer that "
            "computes zeros the input should pass unchanged.",
            _added(lambda k, h, new, x: (h + new) / 2 if _fits(h, new) else new),
        ),
        Suspect(
            "The two are multiplied. Add them.",
            _added(lambda k, h, new, x: h * new if _fits(h, new) else new),
        ),
        Suspect(
            "You add only once, at the end: `x` to the output of the plain stack. "
            "Every layer has its own connection.",
            lambda x, layers: (
                x + _residual(x, layers, lambda k, h, new, x: new)
                if _fits(x, _residual(x, layers, lambda k, h, new, x: new))
                else _residual(x, layers, lambda k, h, new, x: new)
            ),
        ),
        Suspect(
            "A tanh is put around the sum. It closes the straight way: return the sum "
            "as it is.",
            _added(lambda k, h, new, x: np.tanh(h + new) if _fits(h, new) else new),
        ),
        Suspect(
            "The last layer's input is not added: its output is returned alone.",
            lambda x, layers: _states(_residual(x, layers[:-1]), layers[-1]),
        ),
        Suspect(
            "The layer's output is added twice. Its input is what is missing.",
            _added(lambda k, h, new, x: new + new),
        ),
        Suspect(
            "The sum is not handed on: the next layer reads the output alone. It must "
            "read the sum.",
            _not_handed_on,
        ),
        Suspect(
            "Every layer reads `x`. A layer reads what the layer below it gave.",
            _all_read_x,
        ),
        Suspect(
            "That is the first layer alone. Does the `return` stand in the loop?",
            lambda x, layers: _residual(x, layers[:1]),
        ),
        Suspect(
            "The layers run from the top to the bottom. The bottom comes first in "
            "`layers`.",
            lambda x, layers: _residual(x, layers[::-1]),
        ),
        Suspect(
            "What all layers below gave is added. Add a layer's own input alone: it "
            "holds the rest already.",
            lambda x, layers: _sums_kept(x, layers, hand_on=True),
        ),
        Suspect(
            "You add up the outputs of all layers. Add to each output the layer's own "
            "input, and let the next layer read that sum.",
            lambda x, layers: _sums_kept(x, layers, hand_on=False),
        ),
        Suspect(
            "You compare a layer's width with that of `x`. Compare it with the layer's "
            "own input.",
            _added(lambda k, h, new, x: h + new if _fits(x, new) else new),
        ),
        Suspect(
            "A width of 1 is added to another width: NumPy repeats the 1 (it "
            "broadcasts) and raises nothing. Compare the shapes.",
            _added(lambda k, h, new, x: _added_anyhow(h, new)),
        ),
        Suspect(
            "You subtract. Add input and output.",
            _added(lambda k, h, new, x: new - h if _fits(h, new) else new),
        ),
    ),
    axes=("batch", "time", "n_hidden"),
    cases=len(RESIDUAL_CASES),
    start="Loop over the layers: run one, then ask whether the widths are equal.",
)
