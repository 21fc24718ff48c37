"""What the exercises of this unit are asked, and what they must compute."""

import heapq
import itertools
import math
from functools import cache

import numpy as np

from unrolled.check import Check, Slopes, models

# ---- shift_right: the sequences' lengths, begin, end ---------------------------------

SHIFT = [
    ((1,), 1, 2),
    ((2, 1), 1, 2),
    ((3, 0, 5), 1, 2),  # one is empty: the decoder ends at once
    ((4, 4), 8, 9),
    ((2, 6, 3, 1), 2, 1),
    ((7,), 3, 3),  # begin and end may be the same sign
]


def _draw_shift(rng, case):
    lengths, begin, end = SHIFT[case]
    sequences = [[int(k) for k in rng.integers(10, 30, n)] for n in lengths]
    return {"sequences": sequences, "begin": begin, "end": end}


def _shift_right(sequences, begin, end):
    longest = max(map(len, sequences))
    lines = [[begin, *s, end] for s in sequences]
    x = [line[:-1] + [0] * (longest + 2 - len(line)) for line in lines]
    y = [line[1:] + [0] * (longest + 2 - len(line)) for line in lines]
    mask = [[t <= len(s) for t in range(longest + 1)] for s in sequences]
    return np.array(x), np.array(y), np.array(mask)


shift_right = Check(
    name="shift_right",
    draw=_draw_shift,
    reference=_shift_right,
    cases=len(SHIFT),
    outputs=("x", "y", "mask"),
    axes=("batch", "steps"),
    start="Make three arrays of zeros, (batch, longest + 1), and fill them row by row.",
)

# ---- attend: batch, time, n, m, how large the scores are, what padding holds ---------

ATTEND = [
    (1, 2, 2, 2, 1, 0.0),
    (2, 3, 2, 4, 1, 3.0),
    (3, 4, 2, 3, 1, 5.0),
    (2, 5, 3, 4, 400, 0.0),  # scores in the hundreds
    (4, 3, 3, 3, 1, 1e6),
    (3, 3, 3, 3, 2, -4.0),
    (2, 1, 2, 2, 1, 0.0),
]


def _draw_attend(rng, case):
    batch, time, n, m, far, filled = ATTEND[case]
    q, k = far * rng.normal(size=(batch, n)), rng.normal(size=(batch, time, n))
    v, mask = rng.normal(size=(batch, time, m)), np.ones((batch, time), bool)
    if filled:
        for row in range(batch):  # at least one is real, and not always the first
            mask[row, rng.permutation(time)[: rng.integers(1, time)]] = False
        k[~mask] = filled
        v[~mask] = filled
    return {"q": q, "k": k, "v": v, "mask": mask}


def _attend(q, k, v, mask):
    weights = np.zeros(mask.shape, q.dtype)
    context = np.zeros((len(q), v.shape[2]), q.dtype)
    for row in range(len(q)):
        at = np.flatnonzero(mask[row])
        scores = [float(k[row, t] @ q[row]) for t in at]
        powers = [math.exp(score - max(scores)) for score in scores]
        weights[row, at] = np.array(powers) / sum(powers)
        context[row] = weights[row, at] @ v[row, at]
    return context, weights


attend = Check(
    name="attend",
    draw=_draw_attend,
    reference=_attend,
    cases=len(ATTEND),
    outputs=("context", "weights"),
    dims={
        "q": ("batch", "n"),
        "k": ("batch", "time", "n"),
        "v": ("batch", "time", "m"),
        "mask": ("batch", "time"),
    },
    start="Begin with the scores, (batch, time): the products of `q` with each key.",
)

# ---- attend_backward: the same sizes -------------------------------------------------


def _draw_backward(rng, case):
    drawn = _draw_attend(rng, case)
    mask = drawn.pop("mask")
    weights = _attend(**drawn, mask=mask)[1]
    d_context = rng.normal(size=(len(mask), drawn["v"].shape[2]))
    return drawn | {"weights": weights, "d_context": d_context}


def _loss(q, k, v, weights, d_context):
    return float((_attend(q, k, v, weights > 0)[0] * d_context).sum())


def _attend_backward(q, k, v, weights, d_context):
    d_q, d_k, d_v = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for row, w in enumerate(weights):
        softmax = np.diag(w) - np.outer(w, w)  # (time, time), its Jacobian
        d_scores = softmax @ (v[row] @ d_context[row])
        d_q[row] = k[row].T @ d_scores
        d_k[row] = np.outer(d_scores, q[row])
        d_v[row] = np.outer(w, d_context[row])
    return d_q, d_k, d_v


BACKWARD = [k for k in range(len(ATTEND)) if ATTEND[k][5] < 100]  # no cancelled digits

attend_backward = Check(
    name="attend_backward",
    draw=lambda rng, case: _draw_backward(rng, BACKWARD[case]),
    reference=_attend_backward,
    cases=len(BACKWARD),
    outputs=("d_q", "d_k", "d_v"),
    slopes=Slopes(_loss, ("q", "k", "v")),
    start="Begin with the gradient for the weights, (batch, time).",
)

# ---- beam: symbols, width, longest; SHARED is how the answer's model is made ---------

SHARED = ("model_of_symbols", "_sound")
EVERYTHING = 10_000
BEAM = [
    (2, 1, 1),
    (3, 1, 3),
    (3, 2, 3),
    (3, EVERYTHING, 4),
    (4, 2, 5),
    (4, 3, 4),
    (2, EVERYTHING, 5),
    (5, 4, 6),
    (3, EVERYTHING, 5),
    (6, 2, 3),
]


def _draw_beam(rng, case):
    n, width, longest = BEAM[case]
    scores = 1.5 * rng.normal(size=(longest, n, n))
    scores[:, :, 0] -= 0.8  # to end is seldom the likeliest
    log_p = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return {"log_p": log_p, "width": width, "longest": longest}


def model_of_symbols(log_p):
    """Return `step(symbols)`: the log-probabilities of the next symbol."""

    def step(symbols):
        symbols = list(symbols)
        if 0 in symbols:
            raise ValueError(f"`step` was given {symbols}, which is finished: 0 ends")
        if len(symbols) >= len(log_p):
            raise ValueError(f"`step` was given {len(symbols)} symbols: no more follow")
        return log_p[len(symbols), symbols[-1] if symbols else 0].copy()

    return step


def _searched(answer, inputs):
    step = model_of_symbols(inputs["log_p"])
    return answer(step, inputs["width"], inputs["longest"])


def _score(log_p, symbols):
    before = (0, *symbols[:-1])
    return sum(log_p[t, a, b] for t, (a, b) in enumerate(zip(before, symbols)))  # noqa: B905


def _beam(log_p, width, longest):
    n = log_p.shape[1]
    if width == EVERYTHING:
        whole = {
            line[: line.index(0) + 1] if 0 in line else line
            for line in itertools.product(range(n), repeat=longest)
        }
        best = max(whole, key=lambda line: _score(log_p, line))
    else:
        lines = {()}
        for _ in range(longest):
            ends = {line for line in lines if line and line[-1] == 0}
            more = {(*line, k) for line in lines - ends for k in range(n)}
            lines = set(
                heapq.nlargest(width, ends | more, lambda line: _score(log_p, line))
            )
        best = max(lines, key=lambda line: _score(log_p, line))
    symbols = best[:-1] if best[-1] == 0 else best
    return np.array(symbols, int), float(_score(log_p, best))


beam = Check(
    name="beam",
    draw=_draw_beam,
    call=_searched,
    reference=_beam,
    cases=len(BEAM),
    outputs=("symbols", "score"),
    float32=False,
    start="Begin with one candidate, the empty list with score 0, and grow it.",
)

# ---- bleu: what is said beside what is wanted ----------------------------------------

WORDS = "the a cat dog sat on mat red old house saw and big".split()


def _sentence(rng, n):
    return [WORDS[k] for k in rng.integers(len(WORDS), size=n)]


def _nearly(rng, sentence, changes):
    """Return a sentence in which some words are others, missing, or there twice."""
    words = list(sentence)
    for _ in range(changes):
        at, what = int(rng.integers(len(words))), int(rng.integers(3))
        if what == 0:
            words[at] = WORDS[int(rng.integers(len(WORDS)))]
        elif what == 1 and len(words) > 5:
            del words[at]
        else:
            words.insert(at, words[at])
    return words


BLEU = [("near", 2), ("same", 1), ("short", 1), ("long", 2), ("near", 5), ("none", 2)]
BLEU += [("short", 4), ("near", 8), ("long", 4), ("tiny", 3), ("turned", 2)]


def _draw_bleu(rng, case):
    what, n = BLEU[case]
    wanted = [_sentence(rng, int(rng.integers(8, 14))) for _ in range(n)]
    if what == "same":
        said = [list(w) for w in wanted]
    elif what == "short":
        said = [w[: len(w) - 1 - k % 3] for k, w in enumerate(wanted)]
    elif what == "long":  # a piece that is repeated hits no more often
        said = [w + w[-5:] for w in wanted]
    elif what == "turned":  # every word, and no piece of four
        said = [w[::-1] for w in wanted]
    elif what == "none":
        said = [["fish"] * len(w) for w in wanted]
    else:
        said = [_nearly(rng, w, 1 + k % 3) for k, w in enumerate(wanted)]
    if what == "tiny":  # sentences that hold no piece of four words
        said[0], wanted[0] = ["the", "cat"], ["the", "old", "cat"]
    return {"said": said, "wanted": wanted}


def _bleu(said, wanted):
    hits, total = np.zeros(4), np.zeros(4)
    for s, w in zip(said, wanted, strict=True):
        for n in range(4):
            free = [w[i : i + n + 1] for i in range(len(w) - n)]
            for i in range(len(s) - n):
                total[n] += 1
                if s[i : i + n + 1] in free:
                    free.remove(s[i : i + n + 1])
                    hits[n] += 1
    if not hits.all():
        return 0.0
    c, r = sum(map(len, said)), sum(map(len, wanted))
    short = 1.0 if c >= r else math.exp(1 - r / c)
    return float(short * np.prod(hits / total) ** 0.25)


bleu = Check(
    name="bleu",
    draw=_draw_bleu,
    reference=_bleu,
    cases=len(BLEU),
    float32=False,
    start="Mend a copy of `published`: counts over all sentences, for each n.",
)

# ---- captioner -----------------------------------------------------------------------

CELLS, STEPS, KINDS, N_WORDS = 9, 6, 10, 16
UPDATES, LEAST = 600, 0.95


@cache
def _scenes():
    """Return cells (n, 9) and captions (n, 6) of every picture, in a fixed order.

    Words: 0 begins, 1-3 are colors, 4-6 forms, 7-15 the cells.
    """
    cells, words = [], []
    for a, b in itertools.combinations(range(CELLS), 2):
        for one, two in itertools.product(range(1, KINDS), repeat=2):
            row = np.zeros(CELLS, int)
            row[a], row[b] = one, two
            cells.append(row)
            things = (one, a), (two, b)
            said = [((k - 1) // 3 + 1, (k - 1) % 3 + 4, at + 7) for k, at in things]
            words.append([*said[0], *said[1]])
    order = np.random.default_rng(5).permutation(len(cells))
    return np.array(cells)[order], np.array(words)[order]


N_TEST = 400


@cache
def _in_other_words(seed):
    """Return the pictures and captions in an order, and by numbers, that are drawn.

    Which word is which color, form or cell is told by the training part alone.
    """
    rng, (cells, words) = np.random.default_rng(seed), _scenes()
    order = rng.permutation(len(cells))
    kinds = np.r_[0, rng.permutation(np.arange(1, KINDS))]
    names = np.r_[0, rng.permutation(np.arange(1, N_WORDS))]
    return kinds[cells[order]], names[words[order]]


def _draw_captioner(rng, case):
    few = rng.integers(0, KINDS, size=(4, CELLS))
    few = np.hstack([few, rng.integers(1, N_WORDS, size=(4, STEPS))])
    return {"few": few, "seed": int(rng.integers(2**62))}


def _without_captions(inputs):
    cells, words = _in_other_words(inputs["seed"])
    learn = {"cells": cells[N_TEST:], "words": words[N_TEST:]}
    return inputs | learn | {"asked": cells[:N_TEST]}


def _examine(model_class, inputs, ur):
    """Return what a model says; it is trained only if it is sound."""
    few, cells, words, asked = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(10, 16, 6))

    def says(x, model=model):
        return ur.array(model(ur.tensor(np.ascontiguousarray(x))))

    found = {"said": says(few)}
    if found["said"].shape != (len(few), 6, 16):
        return found
    changed, other, swapped, later = (few.copy() for _ in range(4))
    changed[:, :9] = (changed[:, :9] + 3) % 10
    other[1:] = 0
    swapped[:, :9] = np.roll(swapped[:, :9], 4, axis=1)
    later[:, -1] = later[:, -1] % 15 + 1
    before = few.copy()
    before[:, 9] = before[:, 9] % 15 + 1
    found |= {
        "again": says(few),
        "changed": says(changed),
        "other": says(other),
        "swapped": says(swapped),
        "later": says(later),
        "before": says(before),
    }
    wider = ur.ready(model_class(10, 16, 7))
    says(few, wider)
    found["sizes"] = [models.n_parameters(one) for one in (model, wider)]
    if _sound(inputs, found):
        return found
    rng = np.random.default_rng(0)
    given = np.hstack([np.zeros((len(words), 1), int), words[:, :-1]])
    x = np.hstack([cells, given])
    rows = [rng.integers(len(x), size=64) for _ in range(600)]
    ur.seed(0)
    model = model_class(10, 16, 32)
    ur.fit(model, [(x[r], words[r]) for r in rows], lr=0.02, progress=False)
    model = ur.ready(model)
    line = np.zeros((len(asked), 7), int)
    for t in range(6):
        logits = says(np.hstack([asked, line[:, :6]]), model)
        line[:, t + 1] = logits[:, t].argmax(-1)
    return found | {"written": line[:, 1:]}


def _right_shape(inputs, value):
    given, expected = value["said"].shape, (len(inputs["few"]), STEPS, N_WORDS)
    if given == expected:
        return None
    says = ""
    if len(given) == 2:
        says = " Only one step is left: there are logits for each of the six words."
    elif given[1:2] == (CELLS + STEPS,):
        says = " The decoder steps through the cells too: its input is `x[:, 9:]`."
    elif given[:2] == expected[:2]:
        says = " Give the last layer `n_words` outputs."
    return f"The logits have shape {given}; expected {expected}.{says}"


def _sound(inputs, value):
    """Say what a model does that no writer of captions should."""

    def moved(name, rows=slice(None), steps=slice(None)):
        far = np.abs(value[name] - value["said"])
        return far[rows, steps].max() > 1e-6

    if moved("again"):
        return (
            "The same pictures, given twice, get two answers. Is a state kept "
            "(`stateful=True`), or something drawn at random?"
        )
    if moved("other", slice(0, 1)):
        return (
            "A change in one picture changes the caption of another one. Is the layer "
            "told that the batch comes first, or is something averaged over the batch?"
        )
    if moved("later", steps=slice(0, STEPS - 1)):
        return (
            "The last word that is given changes the logits of earlier steps: the "
            "decoder looks ahead. A word may depend on those before it alone. Does a "
            "layer read both ways, or is the softmax over the steps, not the cells?"
        )
    if not moved("before", steps=slice(1, None)):
        return (
            "The first word that is given does not change the steps after it: the "
            "decoder carries no state. Let a recurrent layer read `x[:, 9:]`."
        )
    if not moved("changed"):
        return (
            "Another picture gets the same logits: the cells `x[:, :9]` are not used."
        )
    if not moved("swapped"):
        return (
            "The same things in other cells get the same logits: a mean over the cells "
            "forgets where a thing is. Add an embedding of the place to each cell."
        )
    return models.as_wide(value["sizes"], "layers")


def _exact(inputs, value):
    wanted, said = _in_other_words(inputs["seed"])[1][:N_TEST], value["written"]
    right = said == wanted
    found = float(right.all(axis=1).mean())
    if found >= LEAST:
        return None
    return (
        f"After {UPDATES} updates {found:.2f} of the unseen pictures have exactly the "
        f"right caption; {LEAST} is asked. Does each step weigh the cells anew, bends "
        "anything between context and logits, is a softmax at the end, or a `detach`? "
        "With embeddings from N(0, 1), divide the scores by the root of `n_hidden`."
    )


captioner = Check(
    name="Captioner",
    draw=_draw_captioner,
    call=_examine,
    given=_without_captions,
    hidden=("seed",),
    properties=(_right_shape, _sound, _exact),
    measured=("written",),
    cases=1,
    float32=False,
    free=True,
    start="Embed cells and their places, read the words with a GRU, and let each step "
    "take its own weights over the cells.",
)
