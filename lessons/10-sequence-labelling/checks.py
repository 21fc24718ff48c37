"""What the exercises of this unit are asked, and what they must compute."""

import itertools

import numpy as np

from unrolled import batches, cells, metrics
from unrolled.check import Check
from unrolled.check.values import same
from unrolled.data import requests

# ---- span_f1 -------------------------------------------------------------------------

KINDS = ("PER", "LOC", "ORG")
# Spans at both ends, an I without its B, two spans side by side, a change of kind.
HARD = ["B-PER I-PER O I-LOC", "B-LOC B-LOC I-LOC I-ORG", "O O", "I-PER O B-ORG"]
HARD_SAID = ["B-PER I-PER O I-LOC", "B-LOC I-LOC I-LOC I-ORG", "B-PER O", "O O B-ORG"]
SENTENCES = (3, 8, 20, 40, 1, 12)


def _sentence(rng):
    marks = rng.choice(["O", "B", "I", "I"], rng.integers(1, 9)).tolist()
    return [m if m == "O" else f"{m}-{rng.choice(KINDS)}" for m in marks]


def _altered(rng, tags):
    """Return tags of which some spans are right, some cut, some renamed."""
    return [t if rng.random() < 0.75 else _sentence(rng)[0] for t in tags]


def _draw_span_f1(rng, case):
    true = [_sentence(rng) for _ in range(SENTENCES[case])]
    said = [_altered(rng, tags) for tags in true]
    if case in (0, 2):  # every way to begin and to end a span
        true = [t.split() for t in HARD] + true[1:]
        said = [t.split() for t in HARD_SAID] + said[1:]
    if case == 1:  # the same span at the same place in two sentences, found in one
        true += [["B-PER", "O"], ["B-PER", "O"]]
        said += [["B-PER", "O"], ["O", "O"]]
    if case == 4:
        said, true = [["O", "O"]], [["O", "O"]]  # nothing to find, nothing found
    if case == 5:
        said = [["O"] * len(tags) for tags in true]  # nothing found
    return {"said": said, "true": true}


span_f1 = Check(
    name="span_f1",
    draw=_draw_span_f1,
    reference=lambda said, true: tuple(metrics.entity_f1(said, true)),
    cases=len(SENTENCES),
    outputs=("F1", "precision", "recall"),
    float32=False,
    start="First the spans of one sentence, as a set of (kind, first, last).",
)


# ---- viterbi -------------------------------------------------------------------------

# (time, n_tags): short ones, for which every sequence is tried; one word; long ones.
LENGTHS = [(3, 2), (5, 3), (4, 4), (1, 3), (6, 2), (60, 5), (7, 3), (200, 4)]
LENGTHS += [(5, 4), (2, 5)]
TIES, FORBIDDEN = (4,), (1, 2, 5, 6)  # cases of whole numbers, and with moves of -inf
ONLY_FIRST = 6  # the case in which no step leads to tag 2


def _draw_viterbi(rng, case):
    time, n = LENGTHS[case]
    scores, moves = 2 * rng.normal(size=(time, n)), 2 * rng.normal(size=(n, n))
    if case in TIES:
        scores, moves = np.round(scores), np.round(moves)
    if case in FORBIDDEN:
        moves[0, 1:] = -np.inf  # after tag 0 comes tag 0 alone
        scores[0, 0] += 2
        scores[-1, 1] += 3
    if case == ONLY_FIRST:
        moves[:, 2] = -np.inf
        scores[0, 2] += 2
    return {"scores": scores, "moves": moves}


def _score(scores, moves, path):
    path = np.asarray(path)
    each = scores[np.arange(len(scores)), path].sum()
    return float(each + moves[path[:-1], path[1:]].sum())


def _highest(scores, moves):
    """Return the highest score: by trying all, or where they are many, step by step."""
    time, n = scores.shape
    if n**time < 5000:
        every = itertools.product(range(n), repeat=time)
        return max(_score(scores, moves, path) for path in every)
    best = scores[0]
    for now in scores[1:]:
        best = np.max(best[:, None] + moves, axis=0) + now
    return float(best.max())


def _a_path(inputs, value):
    """Say what the tags must be to be scored at all."""
    time, n = inputs["scores"].shape
    value = np.asarray(value)
    if value.shape != (time,) or value.dtype.kind not in "iu":
        return (
            f"`viterbi` returned {value.dtype} of shape {value.shape}; expected a tag "
            f"for each word, integers of shape ({time},)."
        )
    if value.min() < 0 or value.max() >= n:
        return (
            f"A tag is {value[(value < 0) | (value >= n)][0]}; the tags are 0 to "
            f"{n - 1}."
        )
    return None


def _allowed(inputs, value):
    moves, path = inputs["moves"], np.asarray(value)
    for t, (a, b) in enumerate(itertools.pairwise(path)):
        if np.isneginf(moves[a, b]):
            return (
                f"Word {t} has tag {a} and the next one tag {b}; moves[{a}, {b}] is "
                "-inf, so that step is forbidden."
            )
    return None


def _as_high(inputs, value):
    found, best = _score(**inputs, path=value), _highest(**inputs)
    if same(found, best, 1e-8):
        return None
    time, n = inputs["scores"].shape
    return (
        f"For {time} words and {n} tags yours score {found:.4g} in all, and there is a "
        f"sequence that scores {best:.4g}. Keep, for each tag, the best score of a way "
        "that ends there, and where it came from."
    )


viterbi = Check(
    name="viterbi",
    draw=_draw_viterbi,
    properties=(_a_path, _allowed, _as_high),
    cases=len(LENGTHS),
    float32=False,
    start="Two words: the best of all `scores[0][a] + moves[a, b] + scores[1][b]`.",
)


# ---- judged --------------------------------------------------------------------------

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
ROWS = [(3, 4), (5, 6), (8, 9), (1, 5), (20, 12), (4, 3)]  # batch, time


def _draw_judged(rng, case):
    batch, time = ROWS[case]
    y = rng.choice(5, (batch, time), p=[0.4, 0.2, 0.2, 0.1, 0.1])
    said = np.where(rng.random(y.shape) < 0.7, y, rng.integers(0, 5, y.shape))
    lengths = rng.permutation([time, *rng.integers(1, time + 1, batch)][:batch])
    mask = np.arange(time) < lengths[:, None]
    y[:, 0] = rng.choice([1, 2, 3, 4], batch)  # a name at the beginning of each row,
    full = np.flatnonzero(lengths == time)
    y[full, -1], said[full, -1] = 1, 1  # and one at the end of a long one
    said = np.where(mask | (case % 2 == 0), said, rng.integers(0, 5, y.shape))
    return {"said": np.where(mask | (case % 2 == 1), said, 0),
            "y": np.where(mask, y, 0), "mask": mask, "kinds": TAGS}  # fmt: skip


def _judged(said, y, mask, kinds):
    right = [a == b for a, b in zip(said[mask], y[mask], strict=True)]
    rows = [
        [[kinds[k] for k, real in zip(row, m, strict=True) if real]
         for row, m in zip(table, mask, strict=True)]
        for table in (said, y)
    ]  # fmt: skip
    return sum(right) / len(right), metrics.entity_f1(*rows).f1


judged = Check(
    name="judged",
    draw=_draw_judged,
    reference=_judged,
    cases=len(ROWS),
    outputs=("accuracy", "F1"),
    float32=False,
    start="Cut each row to its real words before its tags get their names.",
    may=("metrics.entity_f1",),
)


# ---- kept ----------------------------------------------------------------------------

# (batch, time, n_hidden): none alike; then one sentence, one step, as many as units.
SIZES = [(3, 5, 2), (4, 6, 3), (1, 4, 2), (3, 1, 2), (4, 4, 4), (6, 12, 3)]


def _draw_kept(rng, case):
    batch, time, n = SIZES[case]
    longest = max(1, time - case % 2)  # in every second case no sentence is so long
    lengths = [longest, 1, max(1, longest - 2), *rng.integers(1, longest + 1, batch)]
    mask = np.arange(time) < rng.permutation(lengths[:batch])[:, None]
    e, extra = rng.normal(size=(batch, time, 3)), rng.normal(size=(batch, time, 2))
    weights = tuple(cells.gru_weights(5, n, rng) for _ in range(2))
    pads = (1, 1e3)[case % 2]
    e, extra = (np.where(mask[..., None], a, pads * a) for a in (e, extra))
    return {"weights": weights, "e": e, "extra": extra, "mask": mask}


def _read(answer, inputs, *, ur, new_layer):
    weights, e, extra, mask = inputs.values()
    layer = new_layer(e.shape[-1] + extra.shape[-1], len(weights[0].w_h))
    ur.load_gru(layer, weights)
    some = (ur.tensor(np.float32(a)) for a in (e, extra))
    return answer(layer, *some, ur.tensor(mask))


def _kept(weights, e, extra, mask):
    x = np.concatenate([e, extra], axis=-1)
    out = np.zeros((*mask.shape, 2 * len(weights[0].w_h)))
    for row, real in enumerate(mask):  # each sentence alone
        out[row, real] = cells.bidirectional(x[row : row + 1, real], weights).h[0]
    return out


kept = Check(
    name="kept",
    draw=_draw_kept,
    call=_read,
    reference=_kept,
    cases=len(SIZES),
    axes=("batch", "time", "2 * n_hidden"),
    tolerance=1e-5,
    tolerance32=1e-4,
    start="Run `lost` on one sentence, then with pads. What tells a layer to stop?",
)


# ---- tagger --------------------------------------------------------------------------

WIDE, EPOCHS, NEW, ALL = 8, 6, 0.9, 0.95
N_TAGS = 15


def _encoded(words, known, letters):
    """Return (time, 1 + WIDE) integers of a sentence: each word, its last letters."""
    rows = np.zeros((len(words), 1 + WIDE), np.int64)
    for row, word in zip(rows, words, strict=True):
        row[0] = known.get(word, 1)  # 0 is padding, 1 every unknown word
        row[1 + WIDE - len(word[-WIDE:]) :] = [letters[c] for c in word[-WIDE:]]
    return rows


def _shuffled(rng, names):
    """Return the different names in an order that is drawn."""
    return rng.permutation(sorted(set(names))).tolist()


def _draw_tagger(rng, case):
    seed = int(rng.integers(2**62))  # so many that they cannot be tried out
    words, tags, _, train, test = requests.by_templates("upos", n=1200, seed=seed)
    count = {}
    for row in train:
        for word in words[row]:
            count[word] = count.get(word, 0) + 1
    # Numbers in no order: which is which is told by the training part alone.
    often = _shuffled(rng, (word for word, n in count.items() if n > 1))
    known = {word: 2 + k for k, word in enumerate(often)}
    symbols = _shuffled(rng, (c for s in words for word in s for c in word))
    letters = {c: 1 + k for k, c in enumerate(symbols)}
    kinds = _shuffled(rng, (tag for sentence in tags for tag in sentence))
    x = [_encoded(sentence, known, letters) for sentence in words]
    y = [np.array([kinds.index(tag) for tag in sentence]) for sentence in tags]
    new = [np.array([w not in count for w in words[row]]) for row in test]
    return {
        "x": [x[row] for row in train],
        "y": [y[row] for row in train],
        "asked": [x[row] for row in test],
        "sizes": (2 + len(known), 1 + len(letters), len(kinds)),
        "truth": [y[row] for row in test],
        "new": new,
    }


def _without_truth(inputs):
    return {name: v for name, v in inputs.items() if name not in ("truth", "new")}


def _examine(model_class, inputs, ur):
    """Return what is wrong with a tagger, as {fault: True}; train it if nothing is."""
    some, y, asked, sizes = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(*sizes[:2], N_TAGS))

    def logits(x, mask, model=model):
        given = model(ur.tensor(x), ur.tensor(mask))
        several = isinstance(given, tuple | list | dict)
        return given if given is None or several else ur.array(given)

    x, mask = batches.pad([some[0][:5], some[1][:3], some[2][:4]])
    first = logits(x, mask)
    if not isinstance(first, np.ndarray):
        return {"nothing" if first is None else "several": True}
    facts = {"shape": first.shape, "expected": (*mask.shape, N_TAGS)}
    if first.shape != facts["expected"]:
        return facts | {"one answer" if first.ndim == 2 else "another shape": True}
    if not np.isfinite(first).all():
        return facts | {"not finite": True}

    def moved(x, mask, before=first, real=mask):
        """Return which real steps have other logits than before, (batch, time)."""
        after = logits(x, mask)[:, : before.shape[1]]
        return (np.abs(after - before).max(axis=-1) > 1e-5) & real

    def changed(row, step, place):
        other = x.copy()
        other[row, step, place] = other[row, step, place] % 6 + 1
        return moved(other, mask)

    facts["random"] = bool(moved(x, mask).any())
    alone = logits(x[1:2, :3], mask[1:2, :3])
    facts["company"] = bool(np.abs(alone[0] - first[1, :3]).max() > 1e-5)
    wider = [(0, 0), (0, 3)]
    more = np.pad(x, [*wider, (0, 0)]), np.pad(mask, wider)
    facts["more padding"] = bool(moved(*more).any())
    held = np.where(mask[..., None], x, 3)
    facts["what padding holds"] = bool(moved(held, mask).any())
    facts["other rows"] = bool(changed(0, 0, slice(None))[1:].any())
    facts["no words"] = not changed(0, 1, 0)[0, 1]
    facts["no letters"] = not changed(0, 1, slice(-2, None))[0, 1]
    facts["no past"] = not changed(0, 0, slice(None))[0, 1]
    facts["no future"] = not changed(0, 4, slice(None))[0, 3]
    turned = x.copy()
    turned[0, 1, -3:] = np.arange(1, 4)
    back = turned.copy()
    back[0, 1, -3:] = np.arange(3, 0, -1)
    facts["any order"] = not moved(back, mask, logits(turned, mask))[0, 1]
    facts["softmax"] = bool(np.allclose(first[mask].sum(axis=-1), 1, atol=1e-4))
    facts["none below 0"] = bool(first[mask].min() >= 0)
    if not any(wrong is True for wrong in facts.values()):
        ur.seed(0)
        model = model_class(*sizes)
        many = batches.Buckets(some, y, 16, np.random.default_rng(0))
        ur.fit(model, many, epochs=EPOCHS, lr=0.01, progress=False)
        facts["said"] = [
            row.argmax(axis=-1)
            for row in ur.predict(model, batches.Buckets(asked, None, 64))
        ]
    return facts


FAULTS = {
    "nothing": "The model returned nothing. Does its `forward` (in Keras `call`) end "
    "with a `return`?",
    "several": "The model returns several things. Return logits alone.",
    "one answer": "The logits have shape {shape}: one answer for each sentence. A "
    "tagger answers at every word; expected {expected} (batch, time, n_tags).",
    "another shape": "The logits have shape {shape}; expected {expected} (batch, time, "
    "n_tags).",
    "not finite": "The logits hold nan or inf.",
    "random": "The same batch, read twice, gets two answers: dropout that ignores "
    "`training`, a random first state, or layers made anew in each call.",
    "other rows": "A change in one sentence changes the logits of another one. Is the "
    "layer told that the batch comes first? Do letters of one word run into the next?",
    "more padding": "Three more columns of padding change the logits of real words. "
    "Tell the layer in two directions what is real: lengths, or the mask.",
    "what padding holds": "What stands in the padding changes the logits of real "
    "words. The backward direction must begin at the last real word.",
    "company": "Alone, a sentence gets other logits than in a batch. Is something "
    "counted or summed over the batch?",
    "no words": "Another word number changes nothing at that word. Embed `x[..., 0]`.",
    "no letters": "Other letters at the end of a word change nothing there. Let a "
    "recurrent layer read `x[..., 1:]`, word by word, and keep its last state.",
    "no past": "Another first word changes nothing at the second one. Does a recurrent "
    "layer read the words?",
    "no future": "Another last word changes nothing at the word before it. Read the "
    "sentence in both directions.",
    "any order": "The letters of a word backwards give the same logits: they are "
    "counted, not read. An ending is letters in order.",
    "softmax": "The logits add up to 1: they have been through a softmax. The loss "
    "applies softmax itself; after two of them little can be learned.",
    "none below 0": "None of the logits is below 0. Does a sigmoid or a ReLU stand on "
    "the output? Return what the last layer gives.",
}


# These are told where they are so, and then nothing else is; all others always.
AT_ONCE = ("nothing", "several", "one answer", "another shape", "not finite")


def _sound(inputs, facts):
    for fault, says in FAULTS.items():
        if facts.get(fault, fault not in AT_ONCE) not in (False,):
            return says.format(**facts)
    if tuple(facts["shape"]) != tuple(facts["expected"]):
        return FAULTS["another shape"].format(**facts)
    return None


def _tags_well(inputs, facts):
    right = [s == t for s, t in zip(facts["said"], inputs["truth"], strict=True)]
    right, new = np.concatenate(right), np.concatenate(inputs["new"])
    of_all, of_new = float(right.mean()), float(right[new].mean())
    if of_all >= ALL and of_new >= NEW:
        return None
    return (
        f"After {EPOCHS} epochs {of_all:.3f} of the words have the right tag and "
        f"{of_new:.3f} of those that training never showed; {ALL} and {NEW} are asked "
        "for. Is something too small, or does a non-linearity stand on the logits?"
    )


tagger = Check(
    name="Tagger",
    draw=_draw_tagger,
    call=_examine,
    given=_without_truth,
    properties=(_sound, _tags_well),
    cases=1,
    float32=False,
    free=True,
    start="Two embeddings, one layer over letters, one over words, and a readout.",
)
