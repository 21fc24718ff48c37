"""What the exercises of this unit are asked, and what they must compute."""

from itertools import product

import numpy as np

from unrolled import models
from unrolled.check import Check
from unrolled.check.values import same

# ---- temper: how many symbols, and the temperature; one with zeros, one with a
# probability that no power may make 0 alone.
TEMPER = [(2, 0.5), (3, 2.0), (5, 0.7), (4, 1.0), (6, 0.001), (8, 0.01), (5, 5.0)]
TEMPER += [(40, 0.3), (1, 0.2), (7, 50.0)]


def _distribution(rng, n, spread=1.0):
    p = np.exp(rng.normal(size=n) * spread)
    return p / p.sum()


def _draw_temper(rng, case):
    n, tau = TEMPER[case]
    p = _distribution(rng, n, 1.5)
    if case in (2, 5, 6):
        p[::3] = 0
        p /= p.sum()
    return {"p": p, "tau": tau}


def _temper(p, tau):
    """Raise p / max p to 1 / tau: the likeliest stays 1, and nothing overflows."""
    raised = (np.asarray(p, float) / np.max(p)) ** (1 / tau)
    return raised / raised.sum()


def _sums_to_one(inputs, value):
    """Say which of two things fails where the numbers add up to something else."""
    p = np.asarray(value)
    if p.shape != inputs["p"].shape or p.dtype.kind not in "fiu":
        return None  # the shape is told first
    if np.isnan(p).any():
        return (
            f"With tau = {inputs['tau']:g} your answer is not a number: a power made "
            "every probability 0, or the logarithm of 0 met another infinity. Take the "
            "largest logarithm away from all before `exp`."
        )
    return None


temper = Check(
    name="temper",
    draw=_draw_temper,
    reference=_temper,
    first=_sums_to_one,
    cases=len(TEMPER),
    axes=("n",),
    start="Begin with `scores = np.log(p) / tau`.",
)

# ---- nucleus: how many symbols, top_p, and how uneven they are. In case 1 the sum
# reaches top_p exactly, in case 3 rounding leaves the sum of all below 1.
NUCLEUS = [(4, 0.8, 1), (4, 0.75, 0), (6, 0.5, 1), (10, 1.0, 2), (5, 0.01, 1)]
NUCLEUS += [(30, 0.9, 2), (84, 0.95, 3), (8, 0.3, 0.1), (1, 0.9, 1), (12, 0.999, 4)]


def _draw_nucleus(rng, case):
    n, top_p, spread = NUCLEUS[case]
    p = _distribution(rng, n, spread)
    if case == 1:
        p = rng.permutation([0.5, 0.25, 0.125, 0.125])
    return {"p": p, "top_p": top_p}


def _nucleus(p, top_p):
    """Add one symbol after the other until enough is there."""
    kept, total = np.zeros(len(p)), 0.0
    for k in sorted(range(len(p)), key=lambda k: -p[k]):
        if total >= top_p:
            break
        kept[k], total = p[k], total + p[k]
    return kept / kept.sum()


nucleus = Check(
    name="nucleus",
    draw=_draw_nucleus,
    reference=_nucleus,
    cases=len(NUCLEUS),
    axes=("n",),
    start="Begin with `order = np.argsort(-p)` and `np.cumsum(p[order])`.",
)

# ---- a tiny network for what follows. SHARED is what an answer is asked with: to know
# it is no answer.
SHARED = ("tiny",)


def tiny(weights, read=None):
    """Return `read(ids, state)` of a recurrent network; adds to the list `read`."""
    w_x, w_h, w_out = (np.asarray(w, float) for w in weights)

    def step(ids, state):
        ids = [int(k) for k in np.asarray(ids).reshape(-1)]
        if not ids:
            raise ValueError("read was given no symbol; it needs one or more")
        h = np.zeros(len(w_h)) if state is None else state
        for k in ids:
            h = np.tanh(w_x[k] + h @ w_h)
        if read is not None:
            read.append(len(ids))
        p = np.exp(h @ w_out)
        return p / p.sum(), h

    return step


def _weights(rng, n_symbols, n_hidden=5):
    """Return weights with which a text is remembered for some symbols."""
    w_x = rng.normal(size=(n_symbols, n_hidden))
    w_h = rng.normal(size=(n_hidden, n_hidden)) * 0.9
    return w_x, w_h, rng.normal(size=(n_hidden, n_symbols)) * 1.5


def _whole(weights, prompt, u):
    """Return what is drawn when the text is read again from its start each time."""
    ids = list(prompt)
    for number in u:
        p, _ = tiny(weights)(ids, None)
        ids.append(int(np.sum(np.cumsum(p)[:-1] <= number)))
    return ids[len(prompt) :]


# ---- generate: symbols, letters of the prompt, and how many to draw; the last lets the
# notebook's own network write, and has no weights.
GENERATE = [(3, 1, 2), (4, 3, 6), (5, 4, 5), (6, 2, 12), (4, 5, 1), (84, 6, 8)]


def _draw_generate(rng, case):
    n_symbols, n_prompt, n = GENERATE[case]
    prompt = rng.integers(0, n_symbols, size=n_prompt)
    if case == len(GENERATE) - 1:
        model = models.load("plays")
        prompt = model.encode("ROMEO.")
        return {"weights": (), "prompt": prompt, "u": _in_the_middle(model, prompt, n)}
    u = rng.random(n)
    return {"weights": _weights(rng, n_symbols), "prompt": prompt, "u": u}


def _in_the_middle(model, prompt, n):
    """Return numbers that hit the middle of a symbol's piece, where 1e-6 is nothing."""
    ids, u = list(prompt), []
    for k in range(n):
        p = _next(model, ids)
        likely = np.argsort(-p)[k % 3]
        u.append(np.cumsum(p)[likely] - p[likely] / 2)
        ids.append(likely)
    return np.array(u)


def _next(model, ids):
    logits = model.run(np.array([ids])).logits[0, -1].astype(float)
    p = np.exp(logits - logits.max())
    return p / p.sum()


def _generated(answer, inputs, read):
    """Return what a generator yields, and how much more it reads than it must."""
    weights, prompt, u = inputs.values()
    counts = []
    step = tiny(weights, counts) if weights else read
    made = answer(step, [int(k) for k in prompt], list(u))
    kind = type(made).__name__
    if kind != "generator":
        return made if made is None else {"text": list(made), "wasted": "", "is": kind}
    text = [next(made, -1)]
    early = sum(counts)
    text += list(made)
    wasted = ""
    if early > len(prompt) + 1:
        wasted = f"{early} symbols were read before the first was there"
    elif sum(counts) > len(prompt) + len(u):
        wasted = f"{sum(counts)} symbols were read for a text of {len(u)}"
    return {"text": np.array(text), "wasted": wasted, "is": kind}


def _generate(weights, prompt, u):
    if weights:
        text = _whole(weights, prompt, u)
    else:
        model, ids = models.load("plays"), list(prompt)
        for number in u:
            ids.append(int(np.sum(np.cumsum(_next(model, ids))[:-1] <= number)))
        text = ids[len(prompt) :]
    return {"text": np.array(text), "wasted": "", "is": "generator"}


def _right_but(inputs, value):
    """Say that a right text was made in another way than asked."""
    if not isinstance(value, dict) or value.get("text") is None:
        return None
    right = same(np.array(value["text"]), _generate(**inputs)["text"], 0)
    if right and value["is"] != "generator":
        return f"The text is right, but it is a {value['is']}. `yield` each symbol."
    if right and value["wasted"]:
        n = len(inputs["prompt"])
        return (
            f"The text is right, but after a prompt of {n} {value['wasted']}. Read "
            "each symbol once, and go on from the state."
        )
    return None


generate = Check(
    name="generate",
    draw=_draw_generate,
    call=_generated,
    first=_right_but,
    reference=_generate,
    cases=len(GENERATE),
    float32=False,
    start="Read the prompt once, then draw, `yield`, and read what was drawn.",
    may=("ur.LanguageModel",),
)

# ---- continuations: symbols, letters of the prompt, texts, and how many to draw
CONTINUE = [(3, 2, 2, 2), (4, 3, 3, 4), (5, 1, 2, 5), (6, 4, 4, 3), (4, 2, 1, 6)]


def _draw_continue(rng, case):
    n_symbols, n_prompt, texts, n = CONTINUE[case]
    prompt = rng.integers(0, n_symbols, size=n_prompt)
    u = rng.random((texts, n))
    return {"weights": _weights(rng, n_symbols), "prompt": prompt, "u": u}


def _continued(answer, inputs):
    """Return the texts, and what became of the prompt; and if it was read anew."""
    weights, prompt, u = inputs.values()
    counts, given = [], [int(k) for k in prompt]
    texts = answer(tiny(weights, counts), given, u)
    if texts is None:
        return None
    again = sum(counts) > len(prompt) + u.size
    return {"texts": [list(t) for t in texts], "prompt": given, "again": again}


def _continuations(weights, prompt, u):
    prompt = [int(k) for k in prompt]
    texts = [prompt + _whole(weights, prompt, numbers) for numbers in u]
    return {"texts": texts, "prompt": prompt, "again": False}


def _read_once(inputs, value):
    """Say that right texts cost more than they must, or that the prompt has grown."""
    if not isinstance(value, dict):
        return None
    right = _continuations(**inputs)
    if not same(value["texts"], right["texts"], 0):
        return None
    if len(value["prompt"]) != len(right["prompt"]):
        return "The texts are right, but `prompt` has grown: each needs its own list."
    if value["again"]:
        return (
            "The texts are right, but more was read than the prompt once and each "
            "symbol once. Keep what `read(prompt, None)` returned, and start each text "
            "from that."
        )
    return None


continuations = Check(
    name="continuations",
    draw=_draw_continue,
    call=_continued,
    first=_read_once,
    reference=_continuations,
    cases=len(CONTINUE),
    float32=False,
    start="Mend a copy of `published`, one fault after the other.",
)

# ---- seen: letters of the alphabet, of the text and of the training text, and lengths
SEEN = [(2, 6, 6, (1, 2, 3)), (3, 30, 50, (1, 2, 3, 4)), (4, 20, 20, (2, 4, 5))]
SEEN += [(2, 12, 300, (5, 1, 8, 12)), (5, 200, 90, (1, 3, 2)), (3, 8, 5, (6, 4, 5))]


def _draw_seen(rng, case):
    n_letters, n_text, n_train, lengths = SEEN[case]
    letters = np.array(list("aA éb"[:n_letters]))  # a capital is another letter
    text, train = ("".join(rng.choice(letters, size=n)) for n in (n_text, n_train))
    if case == 2:  # one half was learned by heart, and one letter is new
        text = train[:10] + "z" + text[11:]
    return {"text": text, "train": train, "lengths": lengths}


def _seen(text, train, lengths):
    """Look for each piece in the training text itself."""
    places = [range(len(text) - n + 1) for n in lengths]
    return np.array(
        [
            sum(text[i : i + n] in train for i in at) / len(at)
            for n, at in zip(lengths, places, strict=True)
        ]
    )


seen = Check(
    name="seen",
    draw=_draw_seen,
    reference=_seen,
    cases=len(SEEN),
    axes=("lengths",),
    start="Make the set of all pieces of n letters of `train`.",
)

# ---- beam: symbols, letters of the prompt, steps, width; the exhaustive ones keep all
BEAM = [(2, 1, 2, 1), (3, 2, 3, 27), (3, 1, 4, 2), (4, 2, 3, 64), (4, 3, 4, 3)]
BEAM += [(5, 2, 5, 1), (6, 1, 4, 4), (3, 2, 1, 3), (3, 1, 6, 2)]


MISSED = {2: 67, 4: 172}  # cases, and seeds with which so narrow a beam misses the best


def _draw_beam(rng, case):
    n_symbols, n_prompt, n, width = BEAM[case]
    prompt = rng.integers(0, n_symbols, size=n_prompt) * (case not in MISSED)
    inputs = {"weights": _weights(rng, n_symbols), "prompt": prompt, "n": n}
    if case in MISSED:
        inputs["weights"] = _weights(np.random.default_rng(MISSED[case]), n_symbols)
    return inputs | {"width": width}


def _searched(answer, inputs):
    """Return the text that was found and the logarithm of its probability."""
    weights, prompt, n, width = inputs.values()
    found = answer(tiny(weights), [int(k) for k in prompt], n, width)
    if not isinstance(found, tuple | list) or len(found) != 2:
        what = "nothing" if found is None else f"a {type(found).__name__}"
        raise TypeError(
            f"your `beam` returned {what}; return the text, and ln of its p"
        )
    if np.ndim(found[0]) == 0 or np.ndim(found[1]):
        raise TypeError("the text comes first, a list of symbols, then one number")
    return {"text": np.array(found[0]), "ln p": float(found[1])}


def _ln_p(weights, prompt, text):
    """Return ln of the probability of a text, read from its start at every symbol."""
    ids, total = list(prompt), 0.0
    for k in text:
        total += np.log(tiny(weights)(ids, None)[0][k])
        ids.append(k)
    return total


def _beam(weights, prompt, n, width):
    """Score every text that is left, from its start; with enough width, all of them."""
    symbols = range(len(weights[0]))
    if width >= len(symbols) ** n:
        scored = {t: _ln_p(weights, prompt, t) for t in product(symbols, repeat=n)}
    else:
        kept = [()]
        for _ in range(n):
            grown = [(*text, k) for text in kept for k in symbols]
            scored = {text: _ln_p(weights, prompt, text) for text in grown}
            kept = sorted(scored, key=scored.get, reverse=True)[:width]
    best = max(scored, key=scored.get)
    return {"text": np.array(best), "ln p": scored[best]}


beam = Check(
    name="beam",
    draw=_draw_beam,
    call=_searched,
    reference=_beam,
    cases=len(BEAM),
    float32=False,
    start="Keep a list of (score, text, p, state); begin with one, from the prompt.",
)
