"""What the exercises of this unit are asked, and what they must compute."""

from contextlib import redirect_stdout
from io import StringIO
from itertools import combinations

import numpy as np

from unrolled.check import Check, arrays, models, over
from unrolled.check.layers import keeping
from unrolled.check.values import same

LARGE = 1000  # how large one sequence of a batch is where the exp of a sum overflows
STEP = {"x": "batch n_in", "h": "batch n_hidden"}
WEIGHTS = {"w_x": "n_in n_hidden", "w_h": "n_hidden n_hidden", "b": "n_hidden"}

# ---- step ----------------------------------------------------------------------------

# In the first case no two sizes are equal or neighbors, so that a wrong shape has one
# cause. Later n_in and n_hidden are sometimes equal: then a swap fits, and only values
# betray it. One size comes twice: an answer that keeps something from one call to the
# next fits.
STEP_SIZES = [(6, 2, 4), (2, 3, 3), (4, 1, 2), (2, 3, 3), (1, 5, 4), (5, 3, 6)]
STEP_SIZES += [(2, 3, 4, LARGE)]


def _step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x + h @ w_h + b)


step = Check(
    name="step",
    **arrays("batch n_in n_hidden scale", STEP_SIZES, **STEP, **WEIGHTS),
    gates="",
    reference=_step,
    axes=("batch", "n_hidden"),
    start="Add two products and the bias, and take the tanh of the sum.",
)

# ---- sequence ------------------------------------------------------------------------

SEQUENCE_SIZES = [
    (3, 5, 1, 7),
    (2, 4, 3, 3),
    (3, 5, 2, 4),
    (2, 4, 3, 3),  # again: see above
    (1, 50, 3, 2),
    (5, 2, 1, 3),
    (2, 4, 2, 5, LARGE),
    (2, 1, 4, 2),
]


def _sequence(x, h, w_x, w_h, b):
    states = []
    for now in x.swapaxes(0, 1):
        h = _step(now, h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)


sequence = Check(
    name="sequence",
    **arrays(
        "batch time n_in n_hidden scale",
        SEQUENCE_SIZES,
        x="batch time n_in",
        h="batch n_hidden",
        **WEIGHTS,
    ),
    gates="",
    reference=_sequence,
    axes=("batch", "time", "n_hidden"),
    start="Make an empty list, loop over `range(x.shape[1])`, and call `step`.",
)

# ---- count ---------------------------------------------------------------------------

SIZES = ("n_symbols", "emb_size", "hid_size", "n_out")


def _draw_count(rng, case):
    drawn = rng.choice(np.arange(3, 200), size=4, replace=False)
    sizes = map(int, drawn if case else (5, 2, 3, 4))
    return dict(zip(SIZES, sizes, strict=True)) | {"n_biases": 1 + case % 2}


def _count(n_symbols, emb_size, hid_size, n_out, n_biases):
    shapes = [(n_symbols, emb_size), (emb_size, hid_size), (hid_size, hid_size)]
    shapes += [(n_biases, hid_size), (hid_size, n_out), (1, n_out)]
    return sum(rows * columns for rows, columns in shapes)


count = Check(
    name="count",
    draw=_draw_count,
    reference=_count,
    dims=dict.fromkeys(SIZES, ()),
    start="Count three parts, one by one: table, recurrent layer, last layer.",
)

# ---- load ----------------------------------------------------------------------------

LOAD_SIZES = [(8, 4), (3, 3), (2, 4), (5, 2)]


def _draw_load(rng, n_in, n_hidden):
    w = rng.normal(size=(n_hidden, n_hidden + n_in))
    return {"w": w, "b": rng.normal(size=n_hidden)}


def _loaded(answer, inputs, *, ur, new_layer):
    """Return what a used layer holds after the answer, as the paper prints it."""
    w, b = inputs.values()
    layer = new_layer(w.shape[1] - len(b), len(b))
    with keeping(layer):
        answer(layer, w, b)
    held = ur.dump(layer)
    return {"W_hh": held.w_h.T, "W_xh": held.w_x.T, "b": held.b}


def _load(w, b):
    return {"W_hh": w[:, : len(b)], "W_xh": w[:, len(b) :], "b": b}


load = Check(
    name="load",
    **over(LOAD_SIZES, _draw_load),
    call=_loaded,
    reference=_load,
    before=0.5,
    tolerance=1e-6,
    tolerance32=1e-6,
    axes=("row", "column"),
    start="Cut `w` after its first n_hidden columns.",
)

# ---- mend ----------------------------------------------------------------------------


def _draw_mend(rng, case):
    given = sequence.draw(rng, case)
    w = np.concatenate([given["w_x"], given["w_h"]])
    return {"x": given["x"], "w": w, "b": given["b"]}


def _read_thrice(answer, inputs):
    """Return the last state, that of a second reading, and that of silence."""
    x, w, b = inputs.values()
    h = answer(x, w, b)
    with redirect_stdout(StringIO()):  # what it prints is shown once
        again, silence = answer(x, w, b), answer(0 * x, w, 0 * b)
    return {"h": h, "again": again, "silence": silence}


def _mend(x, w, b):
    start = np.zeros((len(x), len(b)), x.dtype)
    h = _sequence(x, start, *np.split(w, [x.shape[2]]), b)[:, -1]
    return {"h": h, "again": h, "silence": 0 * h}


def _starts_from_zeros(inputs, value):
    if not same(value["h"], value["again"], 1e-6):
        return (
            "The same sequences, read twice, gave two answers. It looks as if the "
            "first state is drawn at random, or left over from the last call: before "
            "anything is read there is nothing to remember."
        )
    silence = value["silence"]
    if isinstance(silence, np.ndarray) and silence.dtype.kind == "f" and silence.any():
        return (
            "With all inputs zero and no bias the state must stay zero; yours does "
            "not. Which state does it start from?"
        )
    return None


mend = Check(
    name="mend",
    draw=_draw_mend,
    call=_read_thrice,
    first=_starts_from_zeros,
    reference=_mend,
    gates="",
    # w's first axis is n_in + n_hidden long: of the sizes two alone can be cut.
    dims={"x": ("batch", "time"), "w": (), "b": ()},
    cases=len(SEQUENCE_SIZES),
    axes=("batch", "n_hidden"),
    start="Copy `patient`, and mend the two lines that cause the symptoms.",
)

# ---- learn ---------------------------------------------------------------------------

SHARED = ("_encoded", "AXES")  # how a word is written in numbers
AXES = "batch time n_symbols"
# In each word one letter is followed by several. The first has more letters to read
# than symbols, so that an array whose axes are swapped has another shape.
WORDS = ("pepper", "hello", "level")
MOST_NATS = 0.1


def _encoded(word):
    symbols = sorted(set(word))
    ids = np.array([symbols.index(letter) for letter in word])
    return np.eye(len(symbols), dtype=np.float32)[ids[None, :-1]], ids[None, 1:]


def _learned(answer, inputs, *, ur):
    """Train on one word; return what the model says to it and to each of its starts."""
    x, y = _encoded(inputs["word"])
    ur.seed(len(inputs["word"]))
    model = models.model("learn", answer(ur.tensor(x), ur.tensor(y)))
    if model is None:
        return None
    ur.ready(model)

    def says(part, seed=1):
        ur.seed(seed)
        return models.logits(model(ur.tensor(part)), part.shape, AXES, "letter")

    found = {"logits": says(x), "again": says(x), "backwards": says(x[:, ::-1].copy())}
    found |= {"after another": says(x), "another seed": says(x, seed=2)}
    starts = [says(x[:, :t])[0, -1] for t in range(1, x.shape[1])]
    return found | {"starts": starts}


def _depends_on_the_word_alone(inputs, value):
    logits = value["logits"]
    if not same([logits] * 2, [value["again"], value["after another"]], 1e-5):
        return (
            "The answer to a word depends on what was read before it: something is "
            "left over from the last call. Start every call from a state of zeros."
        )
    if not same(logits, value["another seed"], 1e-5):
        return (
            "The same word, read twice, gets two answers. Start from a state of zeros, "
            "not from a random one, and leave no dropout on after the training."
        )
    return None


def _are_logits(inputs, value):
    return models.softmaxed(value["logits"], AXES)


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


def _not_squashed(inputs, value):
    says = models.squashed(value["logits"])
    far = says and _loss(inputs, value)[0] >= MOST_NATS
    return _trained(inputs, value) + says if far else None


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
    word, logits = inputs["word"], value["logits"][0]
    pairs = combinations(range(len(word) - 1), 2)
    pairs = [(i, j) for i, j in pairs if word[i] == word[j]]
    if not all(same(logits[i], logits[j], 1e-5) for i, j in pairs):
        return None
    return (
        f"Each letter {word[pairs[0][0]]} of {word!r} gets the same answer: it looks "
        "as if nothing is carried from step to step. Does a recurrent layer read along "
        "the time axis (`batch_first=True` in PyTorch), and is the learning rate not "
        "too large?"
    )


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
    said = _trained(inputs, value)
    x, _ = _encoded(inputs["word"])
    if (guesses == x[0].argmax(-1)).all():
        return said + "It repeats the letter it has just read: was `y` its target?"
    if nats > 0.9 * chance:
        return said + (
            "It has learned nothing: are there enough updates, and is every update "
            "applied to the model?"
        )
    return said + "Are there enough updates, and does the loss expect logits?"


learn = Check(
    name="learn",
    draw=lambda rng, case: {"word": WORDS[case]},
    call=_learned,
    tells=("backwards", "starts"),
    properties=(
        _depends_on_the_word_alone,
        _are_logits,
        _not_squashed,
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
