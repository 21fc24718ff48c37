"""What the exercises of this unit are asked, and what they must compute."""

import re
from functools import cache

import numpy as np

from unrolled import baselines, batches, cells, data, text
from unrolled.check import Check, Refused, models, over
from unrolled.check.layers import size
from unrolled.check.values import same

# ---- score ---------------------------------------------------------------------------


def _draw_score(rng, case):
    n = (4, 5, 12, 30, 2000, 700, 50, 1)[case]
    p = rng.uniform(0.02, 0.9, size=n)
    if case == 0:
        p[:] = 0.25
    if case == 6:
        p[::5] *= 1e-30
    return {"p": p}


def _score(p):
    bits = np.log2(1 / np.asarray(p, float)).mean()  # 0 for p = 1, not -0
    return bits, 2**bits


score = Check(
    name="score",
    draw=_draw_score,
    reference=_score,
    cases=8,
    dims={"p": ("n",)},
    outputs=("bits", "perplexity"),
    start="One line for the bits: the mean of the logarithms to base 2, turned round.",
)

# ---- streams: batch, steps, n_batches, and how many symbols are over; the first fits
# exactly, but for the target of the last symbol.
STREAMS = [(2, 6, 4, 12), (2, 3, 3, 1), (3, 2, 4, 4), (4, 5, 5, 7), (1, 4, 6, 3)]
STREAMS += [(5, 3, 7, 11), (3, 1, 5, 2), (2, 50, 3, 99), (4, 4, 1, 1)]


def _draw_streams(rng, batch, steps, n_batches, over):
    ids = rng.integers(0, 90, size=n_batches * batch * steps + over)
    return {"ids": ids, "batch": batch, "steps": steps}


def _streams(ids, batch, steps):
    n = (len(ids) - 1) // (batch * steps)
    starts = np.arange(batch) * n * steps + np.arange(n)[:, None] * steps
    at = starts[..., None] + np.arange(steps)  # (n_batches, batch, steps)
    return ids[at], ids[at + 1]


streams = Check(
    name="streams",
    **over(STREAMS, _draw_streams),
    reference=_streams,
    dims={"ids": ("n",), "batch": (), "steps": ()},
    axes=("n_batches", "batch", "time"),
    outputs=("x", "y"),
    start="Count how many batches fit, then reshape to (batch, n_batches, steps).",
)

# ---- cross_entropy: batch, time, n_symbols, and how large; odd cases come as float32,
# where exp(100) is already infinite. In the last all are so large, near to each other.
LOGITS = [(2, 4, 7, 1), (1, 3, 4, 2), (3, 4, 4, 3), (1, 5, 6, 100), (2, 6, 7, 1000)]
LOGITS += [(3, 2, 8, 2), (4, 1, 3, 2), (2, 50, 3, 1), (1, 1, 1, 5), (2, 3, 4, 1)]


def _draw_logits(rng, case):
    *shape, scale = LOGITS[case]
    logits = rng.normal(size=shape) * scale + 100 * (case == 9)
    y = rng.integers(0, shape[-1], size=shape[:-1])
    if scale >= 100:  # where exp is infinite, it is asked for
        logits[0, 0, 0], y[0, 0] = 3 * scale, 0
    return {"logits": logits, "y": y}


def _log_softmax(logits):
    logits = np.asarray(logits, float)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _nats(logits, y):
    log_p = _log_softmax(logits).reshape(y.size, -1)
    return 0 - log_p[range(y.size), y.ravel()].mean()  # 0 for p = 1, not -0


cross_entropy = Check(
    name="cross_entropy",
    draw=_draw_logits,
    reference=_nats,
    cases=len(LOGITS),
    dims={"logits": ("batch", "time", "n_symbols"), "y": ("batch", "time")},
    start="Begin with `shifted = logits - logits.max(axis=-1, keepdims=True)`.",
)

# ---- read: batch, n_in, n_hidden, steps, time; few, as Keras runs them slowly, and a
# short one first, on which every mistake is tried. With two windows only, a missing cut
# between the first two shows. Some end in a shorter window; one is shorter than one.
READ = [(4, 2, 3, 2, 3), (2, 4, 8, 3, 9), (1, 4, 4, 4, 8), (3, 5, 2, 2, 7)]
READ += [(3, 3, 1, 3, 5), (2, 1, 2, 5, 3)]


def _draw_read(rng, batch, n_in, n_hidden, steps, time):
    x = rng.normal(size=(batch, time, n_in)).astype(np.float32)
    weights = cells.rnn_weights(n_in, n_hidden, rng, dtype=np.float32)
    return {"x": x, "steps": steps, "weights": weights}


def _read(x, steps, weights):
    run = cells.rnn(x, weights)
    nothing, ones = np.zeros_like(run.h), np.ones_like(run.last)
    return run.h, cells.rnn_backward(run, nothing, ones, truncate=steps).x


def _measured(answer, inputs, probe):
    def read(*given):
        states = answer(*given)
        if states is None or isinstance(states, tuple | list):
            what = "nothing" if states is None else f"{len(states)} values"
            raise Refused(
                f"`read` returned {what}; it must return one tensor, all states "
                "(batch, time, n_hidden)."
            )
        return states

    return probe(read, *inputs.values())


read = Check(
    name="read",
    **over(READ, _draw_read),
    reference=_read,
    call=_measured,
    float32=False,  # a layer computes in float32, and so the inputs come in it
    axes=("batch", "time", "features"),
    outputs=("states", "gradient"),
    start="Call the layer on the window and the state `h`, then replace `h`.",
    may=("ur.load_rnn",),
)

# ---- validate; SHARED is what the answer is asked with, and how a leak is seen:
# to know it is no answer.
SHARED = ("AXES", "UPDATES", "scorer", "UNSOUND", "_facts", "_sound")
# How many symbols, and steps: no tail, one of 8, of a single prediction; more than
# 12,000 symbols; windows of one; fewer symbols than steps.
VALIDATE = [(9, 4), (41, 8), (58, 7), (97, 16), (12_345, 100), (641, 64), (7, 1)]
VALIDATE += [(6, 50)]


def _draw_validate(rng, n, steps):
    table = rng.normal(size=(6, 6)) * 2
    return {"table": table, "ids": rng.integers(0, 6, size=n), "steps": steps}


def _with_a_model(inputs):
    """Return (trust, symbol, next): the more was read, the surer is the model."""
    table, ids, steps = inputs.values()
    trust = np.sqrt(np.arange(1, 51) / 50)
    log_p = _log_softmax(np.asarray(table, float) * trust[:, None, None])
    return {"log_p": log_p, "ids": ids, "steps": steps}


def scorer(log_p, sizes=None):
    """Return `nats(x, y, state)`, surer the more it has read; adds to `sizes`."""

    def nats(x, y, state=None):
        if len(x) != len(y):
            raise ValueError(
                "`x` and `y` must be of one length, as each x has the symbol after it; "
                f"nats was given {len(x)} and {len(y)}"
            )
        if sizes is not None:
            sizes.append(len(x))
        before = 0 if state is None else state
        trust = np.minimum(before + np.arange(len(x)), len(log_p) - 1)
        return -log_p[trust, x, np.asarray(y)], before + len(x)

    return nats


def _validated(answer, inputs):
    """Return the mean, and what is wrong with the windows."""
    log_p, ids, steps = inputs.values()
    sizes, wrong, enough = [], "", -(-(len(ids) - 1) // steps)
    mean = answer(scorer(log_p, sizes), ids, steps)
    if max(sizes, default=0) > steps:
        wrong = f"a window of {max(sizes)}"
    elif np.count_nonzero(sizes) > enough:
        wrong = f"{np.count_nonzero(sizes)} windows, where {enough} are enough"
    return mean if mean is None else {"mean": mean, "windows": wrong}


def _in_windows(inputs, value):
    """Say that a right mean does not come from windows of `steps`."""
    if not isinstance(value, dict) or not value["windows"]:
        return None
    if not same(value["mean"], _validate(**inputs)["mean"], 1e-8):
        return None
    given = f"with steps = {inputs['steps']} `nats` got {value['windows']}"
    return f"The mean is right, but {given}."


def _validate(table, ids, steps):
    log_p = _with_a_model({"table": table, "ids": ids, "steps": steps})["log_p"]
    each, _ = scorer(log_p)(ids[:-1], ids[1:])  # all at once: the state goes on
    return {"mean": each.mean(), "windows": ""}


validate = Check(
    name="validate",
    **over(VALIDATE, _draw_validate),
    call=_validated,
    given=_with_a_model,
    first=_in_windows,
    reference=_validate,
    start="Mend a copy of `published`, one fault after the other.",
)

# ---- char_lm -------------------------------------------------------------------------

AXES = "batch time n_symbols"
UPDATES, MARGIN, CONTEXT = 300, 0.1, 32  # of context: symbols before the predicted one


def _draw_char_lm(rng, case):
    x, seed = rng.integers(0, 11, size=(3, 8)), int(rng.integers(2**62))
    return {"x": x, "n_symbols": 11, "n_hidden": 5, "seed": seed}


@cache
def _corpus(seed):
    """Return what to train on, what to read then, what follows, and its baseline.

    The new text has its words and its spaces in an order that is drawn, and a context
    shares nothing with another one: what follows can be looked up nowhere.
    """
    words = data.text("pydoc-topics").text
    vocab = text.Vocab.from_text(words, min_count=20, unknown="¤")
    cut = int(0.95 * len(words))
    parts, rng = re.split(r"(\s+)", words[cut:]), np.random.default_rng(seed)
    for first in (0, 1):
        parts[first::2] = rng.permutation(parts[first::2]).tolist()
    train, valid = vocab.encode(words[:cut]), vocab.encode("".join(parts))
    ends = np.arange(CONTEXT, len(valid), CONTEXT + 1)
    windows = valid[rng.permutation(ends)[:, None] + np.arange(-CONTEXT, 1)]
    model = baselines.NGram(2, len(vocab)).fit(train)
    pairs = [model.probabilities(line[-2:-1])[line[-1]] for line in windows]
    return train, windows, len(vocab), -np.log(pairs).mean()


def _without_answers(inputs):
    train, windows, n, _ = _corpus(inputs["seed"])
    return inputs | {"train": train, "contexts": windows[:, :-1], "n_train": n}


def _examine(model_class, inputs, ur):
    """Return what a model says; it is trained only if it is sound."""
    x, n_symbols, n_hidden, train, contexts, n_train = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(n_symbols, n_hidden))

    def says(ids, state=None):
        return ur.array(model(ur.tensor(ids), state)[0])

    def checked(ids):
        given, _ = models.pair(model(ur.tensor(ids), None))
        return models.logits(given, (*ids.shape, n_symbols), AXES, "symbol")

    other = x.copy()
    other[0] = (other[0] + 1) % n_symbols
    found = {"logits": models.alone(checked, x, other)}
    for name, time in (("late", 5), ("early", 1)):  # one symbol changes
        other = x.copy()
        other[0, time] = (other[0, time] + 1) % n_symbols
        found[name] = checked(other)
    half = model(ur.tensor(x[:, :4]), None)[1]
    found["state"] = half is not None
    if _sound(inputs, found):
        return found  # nor can the rest be told
    found |= {"rest": says(x[:, 4:], half), "one": checked(x[:1, :1])}
    wider, more = (
        ur.ready(model_class(*sizes))
        for sizes in ((n_symbols, n_hidden + 1), (n_symbols + 1, n_hidden))
    )
    for one in (wider, more):
        one(ur.tensor(x), None)  # in Keras, this makes the weights
    found["n_hidden used"] = size(wider) != size(model)
    found["rows"] = sorted(set(_rows(model)) & set(_rows(more)))
    if _sound(inputs, found):
        return found  # not worth the training
    ur.seed(0)
    model = model_class(n_train, 64)
    streams_ = batches.Streams(train, 16, 32)
    ur.fit(model, streams_, steps=UPDATES, lr=0.02, stateful=True, progress=False)
    model = ur.ready(model)
    parts = np.split(contexts, range(500, len(contexts), 500))
    found["trained"] = np.concatenate([says(part)[:, -1] for part in parts])
    return found


def _rows(model):
    """Return how many rows each embedding of a model has."""
    keras = not hasattr(model, "modules")
    layers = model._flatten_layers() if keras else model.modules()
    key = "input_dim" if keras else "num_embeddings"
    return [getattr(one, key) for one in layers if type(one).__name__ == "Embedding"]


def _facts(inputs, value):
    """Return what the logits show, fact by fact, as far as it is known."""
    logits = value["logits"]
    late, early = (
        np.abs(value[name] - logits).max(axis=-1) > 1e-6 for name in ("late", "early")
    )
    facts = {
        "to the past": late[0, :5].any(),
        "to the present": late[0, 5],
        "to the future": early[0, 2],
        "state": value["state"],
    }
    if "rest" in value:
        facts |= {
            "carried": same(value["rest"], logits[:, 4:], 1e-4),
            "one symbol": same(value["one"], logits[:1, :1], 1e-4),
            "n_hidden": value["n_hidden used"],
        }
    return facts


UNSOUND = {  # a fact, what it must not be, and what to say then; the first is said
    ("to the past", True): "A change at step 5 changes the logits *before* step 5: the "
    "model sees the future, which it is to predict. Read in one direction only, shift "
    "nothing, and compute nothing over all steps at once, as a mean does.",
    ("to the present", False): "A change of the symbol at step 5 does not change the "
    "logits at step 5: does the input reach the output?",
    ("to the future", False): "A change at step 1 does not change the logits at step "
    "2: the model has no memory, and cannot beat a table of pairs.",
    ("state", False): "The state that is returned is None. Return what the layer ended "
    "in.",
    ("carried", False): "Reading eight symbols at once and reading four, then four "
    "more from the state, must give the same logits. Pass `state` to the layer, and "
    "return the state that the layer gives back, both parts of it.",
    ("one symbol", False): "One symbol alone gets other logits than the same one among "
    "others. Is something computed over all steps?",
    ("n_hidden", False): "`n_hidden` is not used: a model with one unit more has no "
    "more weights. Make the LSTM of that size.",
}


def _sound(inputs, value):
    logits = value["logits"]
    if says := models.softmaxed(logits, AXES) or models.squashed(logits, trained=False):
        return says
    facts = _facts(inputs, value)
    for (name, wrong), says in UNSOUND.items():
        if name in facts and bool(facts[name]) is wrong:
            return says
    rows = value.get("rows", ())
    if len(rows):
        return (
            f"The embedding has {rows[0]} rows, for {inputs['n_symbols']} symbols and "
            "for one more. Give it a row for each symbol, `n_symbols`."
        )
    return None


TOLD = {"rest", "one", "n_hidden used", "rows"}  # by every model that is sound


def _beats_pairs(inputs, value):
    if missing := TOLD - value.keys():
        return (
            f"The model was not asked for everything: {', '.join(missing)} is missing."
        )
    _, windows, _, base = _corpus(inputs["seed"])
    nats = _nats(value["trained"], windows[:, -1])
    if nats <= base - MARGIN:
        return None
    return (
        f"After {UPDATES} updates the model has {nats:.2f} nats on new text; a 2-gram "
        f"has {base:.2f}, and at least {MARGIN} less is asked. Does something "
        "learn too little: a hidden layer too small, a non-linearity on the logits, a "
        "`detach`? Or are the symbols' numbers read without an embedding?"
    )


char_lm = Check(
    name="CharLM",
    draw=_draw_char_lm,
    call=_examine,
    given=_without_answers,
    hidden=("seed",),
    properties=(_sound, _beats_pairs),
    cases=1,
    free=True,
    start="Three layers in `__init__`, two lines below.",
)
