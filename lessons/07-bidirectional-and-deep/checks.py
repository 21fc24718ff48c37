"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check, models, over
from unrolled.check.layers import keeping, size

# ---- both ----------------------------------------------------------------------------

# batch, time, n_in, n_hidden. First all unequal, so that a wrong shape names its cause;
# then sometimes equal: a wrong axis fits, and only values betray it.
BOTH_SIZES = [(3, 7, 1, 5), (1, 3, 1, 1), (3, 3, 3, 3), (4, 2, 1, 3), (2, 5, 3, 2)]
BOTH_SIZES += [(6, 4, 2, 2), (2, 50, 2, 3), (5, 1, 4, 2)]


def _plain(rng, n_in, n):
    """Return (w_x, w_h, b) of a plain cell."""
    w_x, w_h = rng.normal(0, 0.7, (n_in, n)), rng.normal(0, 0.7, (n, n))
    return w_x, w_h, rng.normal(0, 0.7, n)


def _states(x, weights):
    return cells.rnn(x, cells.RNNWeights(*weights)).h


def _draw_both(rng, batch, n_steps, n_in, n):
    return {
        "x": rng.normal(size=(batch, n_steps, n_in)),
        "ahead": _plain(rng, n_in, n),
        "back": _plain(rng, n_in, n),
    }


def _both(x, ahead, back):
    forward, backward = _states(x, ahead), _states(x[:, ::-1], back)
    h = np.concatenate([forward, backward[:, ::-1]], axis=-1)
    return h, np.concatenate([forward[:, -1], backward[:, -1]], axis=-1)


both = Check(
    name="both",
    **over(BOTH_SIZES, _draw_both),
    reference=_both,
    axes=("batch", "time", "2 n_hidden"),  # of h; `last` has two
    outputs=("h", "last"),
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
    (1, 1, 3, 8, 5, 2, "concat"),
]
SIZES = ("batch", "time", "n_in", "n_hidden", "n_layers", "n_directions", "merge")
THREE = ("output", "w_x", "last")


def _draw_shapes(rng, case):
    drawn = dict(zip(SIZES, SHAPE_CASES[case], strict=True))
    more = rng.integers(0, 3, 4)
    for name, tens in zip(SIZES, more if case else more[[0] * 4], strict=False):
        drawn[name] += 10 * int(tens)  # so that sizes that differ still do
    return drawn


def _given_shapes(answer, inputs):
    """Return the three shapes by name, each as a list."""
    given, several = answer(*inputs.values()), (tuple, list, np.ndarray)
    found = given if isinstance(given, several) else ()
    if [isinstance(one, several) for one in found] != [True] * len(THREE):
        return given
    whole = [[int(n) if n == int(n) else n for n in one] for one in given]
    return dict(zip(THREE, whole, strict=True))


def _shapes(batch, time, n_in, n_hidden, n_layers, n_directions, merge):
    width = 2 * n_hidden if (n_directions, merge) == (2, "concat") else n_hidden
    reads = [n_in, *[width] * (n_layers - 1)][-1]
    output, last = [batch, time, width], [n_layers * n_directions, batch, n_hidden]
    return {"output": output, "w_x": [reads, 4 * n_hidden], "last": last}


shapes = Check(
    name="shapes",
    draw=_draw_shapes,
    call=_given_shapes,
    reference=_shapes,
    outputs=THREE,
    cases=len(SHAPE_CASES),
    start="How wide is one layer's output? What does the top layer read?",
)


# ---- count ---------------------------------------------------------------------------

COUNTED = ("n_in", "n_hidden", "n_layers", "n_directions", "n_biases")
COUNT_CASES = [(4, 7, 1, 1, 1), (4, 3, 1, 2, 2), (64, 128, 2, 2, 1), (10, 7, 3, 1, 2)]
COUNT_CASES += [(3, 5, 3, 2, 2), (6, 6, 4, 2, 1), (5, 2, 50, 2, 3)]


def _draw_count(rng, case):
    drawn = dict(zip(COUNTED, COUNT_CASES[case], strict=True))
    for name in COUNTED[:2]:
        drawn[name] += 10 * int(rng.integers(0, 3))
    return drawn


def _count(n_in, n_hidden, n_layers, n_directions, n_biases):
    beside = n_hidden + n_biases  # what a number reads beside what stands below it
    first, other = n_in + beside, n_directions * n_hidden + beside
    return 4 * n_directions * n_hidden * (first + (n_layers - 1) * other)


count = Check(
    name="count",
    draw=_draw_count,
    reference=_count,
    dims=dict.fromkeys(COUNTED, ()),
    cases=len(COUNT_CASES),
    start="One cell first: 4 n_hidden (n_in + n_hidden + n_biases). How many cells?",
)


# ---- summary -------------------------------------------------------------------------

# batch, time, n_in, n_hidden
SUMMARY_SIZES = [(3, 7, 1, 5), (1, 4, 2, 3), (4, 2, 3, 4), (5, 1, 2, 2)]


def _draw_summary(rng, batch, n_steps, n_in, n):
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
    with keeping(layers, numbers=True):
        return answer(layers, ur.tensor(x))


def _summary(x, bottom, top):
    run = cells.bidirectional(cells.bidirectional(x, bottom).h, top)
    return np.concatenate([h for h, _ in run.last], axis=-1)


summary = Check(
    name="summary",
    **over(SUMMARY_SIZES, _draw_summary),
    call=_summed_up,
    reference=_summary,
    axes=("batch", "2 n_hidden"),
    float32=False,
    start="Run the layers. At which step has each cell of the top layer read all of x?",
)


# ---- mend ----------------------------------------------------------------------------

MEND_CASES = [(8, 11), (5, 8), (5, 32)]  # n_symbols, n_hidden
BATCH, STEPS, LEARNED = 4, 6, 32
ENDS = range(20, 25)  # where beginnings of a sequence stop: once at each place of five
# By chance one block in 16 is right; a GRU reaches the same loss, and 60 % of them.
FLOOR, ENOUGH, RIGHT = 0.4 * np.log(4), 0.65, 0.4


def _draw_mend(rng, n_symbols, n_hidden):
    seed = int(rng.integers(1_000_000))
    # What follows is drawn with a seed of its own, which the answer's side is not told.
    later = int(rng.integers(2**62))
    sizes = {"n_symbols": n_symbols, "n_hidden": n_hidden}
    return sizes | {"seed": seed, "later": later}


def _two(model):
    """Return whether a layer of a model has two directions."""
    if hasattr(model, "modules"):
        return any(getattr(part, "bidirectional", False) for part in model.modules())
    parts = model._flatten_layers(include_self=False)
    return any(type(part).__name__ == "Bidirectional" for part in parts)


def _moves(value):
    """Return which answer (row) moves with the symbol at which step (column)."""
    changes = np.abs(np.asarray(value["nudged"]) - value["logits"])
    return changes.max(axis=(1, 3)).T > 1e-5


SHARED = ("_moves", "AXES")  # knowing how a leak is seen is no answer
AXES = "batch time n_symbols"


def _probed(answer, inputs, *, ur, learn, say):
    """Return the logits before and after nudges; of the large one, what it learns."""
    n_symbols, n_hidden, seed, contexts = inputs.values()
    ur.seed(n_hidden)
    model, wider = (ur.ready(answer(n_symbols, n)) for n in (n_hidden, n_hidden + 1))
    rng = np.random.default_rng(seed)
    x = rng.integers(0, n_symbols, (BATCH, STEPS))

    def logits(x, model=model):
        given, _ = models.pair(model(ur.tensor(x)))
        return models.logits(given, (*x.shape, n_symbols), AXES, "symbol")

    other = x.copy()
    other[0] = (other[0] + 1) % n_symbols
    still = models.alone(logits, x, other)
    value = {"logits": still}
    for one in (x[:1, :1], rng.integers(0, n_symbols, (1, 50))):
        logits(one)
    nudged = np.repeat(x[None], STEPS, axis=0)  # (nudged step, batch, time)
    for s in range(STEPS):
        nudged[s, :, s] = (nudged[s, :, s] + 1) % n_symbols
    value["nudged"] = logits(nudged.reshape(-1, STEPS)).reshape(STEPS, *still.shape)
    logits(x, wider)  # Keras makes its weights then
    value |= {"two": _two(model), "fixed": size(model) == size(wider)}
    leaks = np.triu(_moves(value), 1).any()  # then it need not be trained
    if n_hidden == LEARNED and not leaks and not value["fixed"]:
        learn(model)
        model = ur.ready(model)  # dropout is for the training alone
        value["after"] = [logits(part)[:, -1] for part in contexts]
        value["said"] = [say(model, np.random.default_rng(seed)) for seed in range(6)]
    return value


def _read(later):
    """Return new sequences, each of blocks: two letters, a dot, the same letters."""
    two = np.random.default_rng(later).integers(0, 4, (256, 6, 2))
    dot = np.full((256, 6, 1), 4)
    return np.concatenate([two, dot, two], axis=-1).reshape(256, -1)


def _contexts(inputs):
    """Add beginnings of new sequences, one more of each place in a block."""
    ids = _read(inputs["later"])
    return inputs | {"contexts": [ids[:, :n] for n in ENDS]}


def _loss(inputs, after):
    """Return the loss on what follows these beginnings, in nats a symbol."""
    ids = _read(inputs["later"])
    losses = []
    for n, scores in zip(ENDS, after, strict=True):
        scores = np.asarray(scores, float)
        log_p = scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)
        losses.append(-np.take_along_axis(log_p, ids[:, n, None], axis=-1).mean())
    return float(np.mean(losses))


def _blocks_right(text):
    """Return the share of blocks of five: two letters, a dot, the same letters."""
    cut = [text[k : k + 5] for k in range(0, len(text) - 4, 5)]
    good = [b[2] == "." and b.count(".") == 1 and b[:2] == b[3:] for b in cut]
    return np.mean(good)


def _leak(inputs, value):
    """Say which symbols an answer moves with and should not, or should and does not."""
    moves = _moves(value)
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
    if value["fixed"]:
        return (
            "Nothing leaks, but the model is equally large whatever `n_hidden` is. "
            "Make the recurrent layer of `n_hidden` units, as the patient does."
        )
    return None


def _honest(inputs, value):
    """Say what is wrong with what the model has learned."""
    if inputs["n_hidden"] != LEARNED:
        return None
    loss = _loss(inputs, value["after"])  # what is not told counts as wrong
    right = float(np.mean([_blocks_right(text) for text in value["said"]]))
    if says := models.softmaxed(value["logits"], AXES):
        return f"Nothing leaks. {says}"
    if loss > ENOUGH:
        return (
            f"Nothing leaks, but after training the loss is {loss:.2f} nats; "
            f"{ENOUGH} is asked for, and {FLOOR:.2f} can be reached. Is a layer "
            "missing that the patient had, or something added that it had not (a tanh "
            "on the logits, a `detach`)?"
        )
    if not right >= RIGHT:  # nor what has said nothing
        return (
            f"Nothing leaks and the loss is {loss:.2f} nats, but of the blocks that it "
            f"says {right:.0%} are right ({value['said'][0]})."
        )
    return None


mend = Check(
    name="Mended",
    **over(MEND_CASES, _draw_mend),
    call=_probed,
    given=_contexts,
    hidden=("later",),
    free=True,  # a model is built and trained
    properties=(_leak, _honest),
    start="Copy the patient. Which of its lines need a symbol that is not there yet?",
    tells=("two", "fixed"),
    may=("ur.fit",),  # with which the notebook's `learn` trains it
)


# ---- residual ------------------------------------------------------------------------

# batch, time, n_in, then the widths of the layers; `still`: the upper compute zeros.
RESIDUAL_CASES = [
    (2, 4, 6, (6, 6), False),
    (3, 5, 2, (4, 4, 4), False),
    (1, 4, 3, (3,), False),
    (2, 3, 4, (4, 2, 2), False),
    (2, 4, 3, (3, 3, 3), True),
    (2, 4, 2, (5, 1, 3, 3), False),  # a width of 1 can be added to any other, unasked
    (5, 1, 2, (2, 2), False),
    (2, 50, 3, (3, 5), False),
]


def _draw_residual(rng, batch, n_steps, n_in, widths, still):
    layers, reads = [], n_in
    for n in widths:
        layers.append(tuple(w * (not still) for w in _plain(rng, reads, n)))
        reads = n
    return {"x": rng.normal(size=(batch, n_steps, n_in)), "layers": layers}


def _residual(x, layers):
    for weights in layers:
        below, x = x, _states(x, weights)
        if below.shape[-1] == x.shape[-1]:
            x = below + x
    return x


residual = Check(
    name="residual",
    **over(RESIDUAL_CASES, _draw_residual),
    reference=_residual,
    axes=("batch", "time", "n_hidden"),
    start="Loop over the layers: run one, then ask whether the widths are equal.",
)
