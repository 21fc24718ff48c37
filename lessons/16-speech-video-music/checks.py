"""What the exercises of this unit are asked, and what they must compute."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from unrolled.check import Check, models

# ---- log_bands: samples, size, hop, n_bands ------------------------------------------

BANDS = [(8, 4, 2, 2), (20, 8, 4, 3), (19, 6, 3, 4), (8, 8, 3, 2), (40, 8, 8, 3)]
BANDS += [(23, 5, 2, 1), (30, 4, 6, 2)]


def _draw_bands(rng, case):
    samples, size, hop, n_bands = BANDS[case]
    return {
        "wave": rng.normal(size=samples),
        "window": rng.uniform(0.1, 1, size=size),
        "hop": hop,
        "filters": rng.uniform(size=(n_bands, size // 2 + 1)),
    }


def _log_bands(wave, window, hop, filters):
    size, rows = len(window), []
    turn = np.outer(np.arange(size // 2 + 1), np.arange(size)) / size
    turns = np.exp(-2j * np.pi * turn)
    for start in range(0, len(wave) - size + 1, hop):
        z = turns @ (wave[start : start + size] * window)
        rows.append(np.log(filters @ (z.real**2 + z.imag**2) + 1e-6))
    return np.array(rows)


log_bands = Check(
    name="log_bands",
    draw=_draw_bands,
    reference=_log_bands,
    cases=len(BANDS),
    axes=("n_frames", "n_bands"),
    start="Make a table of places, (n_frames, size), and look `wave` up in it.",
)

# ---- collapse ------------------------------------------------------------------------

PATHS = [
    ([0, 1, 1, 0, 1, 2], 0),
    ([1, 0, 1], 0),
    ([0, 0, 0], 0),
    ([2, 2, 0, 0, 2, 3, 3, 0], 0),
    ([1, 2, 1, 2, 2], 0),
    ([3, 1, 1, 3, 3, 1, 0, 0, 3], 3),
    ([1], 0),
    ([0, 2, 0, 2, 0, 2, 2], 0),
    ([4, 4, 4, 5, 4, 0, 4], 0),
    ([5, 3, 3, 5, 1, 1, 2, 2], 5),
]


def _draw_path(rng, case):
    if case < len(PATHS):
        path, blank = PATHS[case]
        return {"path": np.array(path), "blank": blank}
    return {"path": rng.integers(4, size=12), "blank": int(rng.integers(4))}


def _collapse(path, blank):
    first = np.r_[True, path[1:] != path[:-1]]
    return path[first & (path != blank)].tolist()


collapse = Check(
    name="collapse",
    draw=_draw_path,
    reference=_collapse,
    cases=len(PATHS) + 3,
    start="Go through the path, and remember the symbol before.",
)

# ---- ctc: time, n_symbols, label -----------------------------------------------------

LABELS = [
    (3, 2, [1]),
    (4, 3, [1, 2]),
    (5, 3, [1, 1]),
    (6, 4, [2, 1, 2, 3]),
    (5, 3, []),
    (1, 3, [2]),
    (2, 3, [1, 1]),  # too short: a blank must stand between
    (7, 3, [2, 2, 1, 1]),
    (12, 5, [3, 4, 4, 1]),
    (400, 6, [1, 2, 3, 3, 5, 1]),
]


def _draw_ctc(rng, case):
    time, n, label = LABELS[case]
    p = rng.dirichlet(np.ones(n), size=time)
    return {"log_p": np.log(p), "label": label}


def _ctc(log_p, label):
    """Add paths up by what they have said so far, and whether a blank came last."""
    here = {(0, True): 0.0}  # how many symbols were said, is it a blank: log p
    for now in log_p:
        then = {}
        for (said, is_blank), log in here.items():
            moves = [(said, True, 0)]
            if said and not is_blank:
                moves.append((said, False, label[said - 1]))
            if said < len(label) and (
                is_blank or not said or label[said] != label[said - 1]
            ):
                moves.append((said + 1, False, label[said]))
            for to, blank, symbol in moves:
                key, new = (to, blank), log + now[symbol]
                then[key] = np.logaddexp(then.get(key, -np.inf), new)
        here = then
    ends = [here.get((len(label), blank), -np.inf) for blank in (True, False)]
    return -np.logaddexp(*ends)


ctc = Check(
    name="ctc",
    draw=_draw_ctc,
    reference=_ctc,
    cases=len(LABELS),
    float32=False,
    bars=(
        "torch.nn.functional.ctc_loss",
        "keras.ops.ctc_loss",
        "tensorflow.nn.ctc_loss",
    ),
    start="Write blanks around the label, and `alpha` for the first frame.",
)

# ---- bar_length ----------------------------------------------------------------------

BARS = [
    "GAB c2d",
    "a3 b/2c/2 z",
    "^F2 =C, d'4",
    "(3abc d2 e",
    "A3/2 B/ c2",
    "z2 G,,4",
    "d12",
    "(3ABc (3d/e/f/ g2",
    "e",
    "_B/A/ (3G2F2E2 z/",
    "f'3/2 g5/2 a",
    "(3c'2d/^e z3",
]


def _draw_bar(rng, case):
    if case < len(BARS):
        return {"bar": BARS[case]}
    notes = rng.choice(list("CDEFGABcdefgabz"), size=6)
    lengths = rng.choice(["", "2", "3", "/", "/2", "3/2"], size=6)
    return {"bar": "".join(np.char.add(notes, lengths).tolist())}


def _bar_length(bar):
    total, place, short = 0.0, 0, []
    while place < len(bar):
        if bar[place : place + 2] == "(3":
            short, place = [2 / 3] * 3, place + 2
            continue
        is_note = bar[place] in "ABCDEFGabcdefgz"
        place += 1
        if not is_note:
            continue
        while place < len(bar) and bar[place] in ",'":
            place += 1
        start = place
        while place < len(bar) and bar[place] in "0123456789/":
            place += 1
        above, slash, below = bar[start:place].partition("/")
        length = float(above or 1) / float(below or 2 if slash else 1)
        total += length * (short.pop() if short else 1)
    return total


bar_length = Check(
    name="bar_length",
    draw=_draw_bar,
    reference=_bar_length,
    cases=len(BARS) + 3,
    float32=False,
    start="Go from letter to letter, and read the length that follows each.",
)

# ---- watcher; SHARED is what tells whether a training is worth its time --------------

SHARED = ("_sound",)

FIELD, TIME, UPDATES, LEAST = 12, 6, 250, 0.7
MOVES = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])


@cache
def _images():
    return load_digits().images.astype(np.float32) / 16


def _clips(images, n, rng):
    way, start = rng.integers(4, size=n), rng.integers(FIELD, size=(n, 2))
    x = np.zeros((n, TIME, FIELD, FIELD), np.float32)
    for k in range(n):
        picture = np.zeros((FIELD, FIELD), np.float32)
        picture[:8, :8] = images[rng.integers(len(images))]
        for t in range(TIME):
            x[k, t] = np.roll(picture, start[k] + 2 * t * MOVES[way[k]], axis=(0, 1))
    return x, way


@cache
def _data(seed):
    """Return clips to train on and clips to ask, each with its way.

    Which number means which way is drawn: the training part alone tells it.
    """
    rng = np.random.default_rng(seed)
    x, y = _clips(_images()[:1200], 32 * UPDATES // 2, rng)
    asked, truth = _clips(_images()[1200:], 200, rng)
    names = rng.permutation(4)
    return (x, names[y]), (asked, names[truth])


def _draw_watcher(rng, case):
    few, seed = rng.uniform(size=(4, TIME, FIELD, FIELD)), int(rng.integers(2**62))
    return {"few": few, "n_hidden": 6, "seed": seed}


def _without_answers(inputs):
    (x, y), (x_test, _) = _data(inputs["seed"])
    return inputs | {"x": x, "y": y, "asked": x_test}


def _examine(model_class, inputs, ur):
    """Return what a model says; it is trained only if it is sound."""
    few, n_hidden = inputs["few"].astype(np.float32), inputs["n_hidden"]
    ur.seed(0)
    model = ur.ready(model_class(n_hidden))

    def says(clips, model=model):
        return ur.array(model(ur.tensor(np.ascontiguousarray(clips))))

    found = {"said": says(few)}
    if found["said"].shape != (len(few), 4):
        return found
    first, last, other = few.copy(), few.copy(), few.copy()
    first[:, 0], last[:, -1] = 1 - first[:, 0], 1 - last[:, -1]
    other[1:] = 1 - other[1:]
    before = few.copy()
    before[:-1] = 1 - before[:-1]
    found |= {
        "again": says(few),
        "first": says(first),
        "last": says(last),
        "other": says(other),
        "before": says(before),
        "turned": says(few[:, ::-1]),
        "short": says(few[:, :3]),
        "short first": says(few[:1, :3]),
    }
    wider = ur.ready(model_class(n_hidden + 1))
    says(few, wider)
    found["sizes"] = [models.n_parameters(one) for one in (model, wider)]
    if _sound(inputs, found):
        return found
    x, y = inputs["x"], inputs["y"]
    rng = np.random.default_rng(0)
    rows = [rng.integers(len(x), size=32) for _ in range(UPDATES)]
    ur.seed(0)
    model = model_class(64)
    ur.fit(model, [(x[r], y[r]) for r in rows], lr=0.006, progress=False)
    return found | {"trained": says(inputs["asked"], ur.ready(model))}


def _right_shape(inputs, value):
    given, expected = value["said"].shape, (len(inputs["few"]), 4)
    if given == expected:
        return None
    says = ""
    if not given:
        return "Your network returned nothing. Let its last line begin with `return`."
    if len(given) == 3:
        says = " All frames are left: read the layer's answer after the last one alone."
    elif given and given[0] == len(inputs["few"]) * TIME:
        says = " There is a row for each frame: batch and time are still folded."
    return f"The logits have shape {given}; expected {expected}, (batch, 4).{says}"


def _sound(inputs, value):
    """Say what a model does that no watcher should."""

    def moved(name, rows=slice(None)):
        return np.abs(value[name] - value["said"])[rows].max() > 1e-6

    if moved("again"):
        return (
            "The same clips, given twice, get two answers. Is a state kept "
            "(`stateful=True`), or something drawn at random?"
        )
    if moved("other", slice(0, 1)) or moved("before", slice(-1, None)):
        return (
            "A change in one clip changes the answer to another one. Batch and time "
            "are mixed up: is the layer told that the batch comes first, and are the "
            "frames put back in the order in which they were folded?"
        )
    if not moved("last"):
        return (
            "The last frame does not change the answer. Is the first state taken "
            "instead of the last?"
        )
    if not moved("first"):
        return "The first frame does not change the answer: only a part is read."
    if not moved("turned"):
        return (
            "A clip that runs backwards gets the same answer: the order is lost, and "
            "left cannot be told from right. Take the state after the last frame, not "
            "a mean over frames."
        )
    if says := models.as_wide(value["sizes"]):
        return says
    if np.abs(value["short"][:1] - value["short first"]).max() > 1e-5:
        return (
            "A clip alone gets another answer than among others: batch and time are "
            "mixed up, or something is averaged over the batch."
        )
    return None


def _tells(inputs, value):
    _, (_, truth) = _data(inputs["seed"])
    right = float((value["trained"].argmax(axis=-1) == truth).mean())
    if right >= LEAST:
        return None
    return (
        f"After {UPDATES} updates {right:.0%} of the unseen clips are right; "
        f"{LEAST:.0%} is asked, and guessing has 25 %. Does something learn too "
        "little: a `detach`, a network that sees too small a part of a frame, a mean "
        "over places, or a softmax before the loss?"
    )


watcher = Check(
    name="Watcher",
    draw=_draw_watcher,
    call=_examine,
    given=_without_answers,
    hidden=("seed",),
    properties=(_right_shape, _sound, _tells),
    measured=("trained",),
    cases=1,
    float32=False,
    free=True,
    start="Look at each frame, then a recurrent layer, then a linear one of 4 outputs.",
)
