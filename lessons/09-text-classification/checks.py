"""What the exercises of this unit are asked, and what they must compute."""

import re
import zlib
from collections import Counter
from difflib import SequenceMatcher

import numpy as np

from unrolled import baselines, batches, metrics, text
from unrolled.check import Check, models, over
from unrolled.check.layers import size
from unrolled.check.say import difference
from unrolled.check.values import same
from unrolled.data import opinions

SHARED = (
    "_by_heart",
    "_Critic",
    "_sound",
    "FAULTS",
    "AXES",
)  # what answers are tried on; knowing it is no answer

# ---- vocabulary ----------------------------------------------------------------------

TRAIN = "not Not good bad été Élan film films plot the The a an so SO dull".split()
TEST = "été not naïve plot film Film dull zoo the an I so new".split()
# min_count, and how many sentences; in one case no word is known, in one there are many
PARTS = [(1, 4, 2), (2, 5, 3), (3, 9, 4), (1, 3, 7), (99, 4, 3), (2, 60, 30)]


def _draw_vocabulary(rng, min_count, n_train, n_test):

    def sentences(words, n):
        return [rng.choice(words, rng.integers(1, 8)).tolist() for _ in range(n)]

    train, test = sentences(TRAIN, n_train), sentences(TEST, n_test)
    # One word is rare in training and frequent in the test.
    train[0], test[0] = [*train[0], "rare"], ["rare", "rare", "zest", "bad"]
    train[1] = ["much", "much", "much"]  # and one is frequent in a single sentence
    return {"train": train, "test": test, "min_count": min_count}


def _vocabulary(train, test, min_count):
    counts = Counter(word for words in train for word in words)
    known = [word for word in sorted(set(counts)) if counts[word] >= min_count]
    both = [
        [[2 + known.index(w) if w in known else 1 for w in words] for words in part]
        for part in (train, test)
    ]
    return *both, 2 + len(known)


vocabulary = Check(
    name="vocabulary",
    **over(PARTS, _draw_vocabulary),
    reference=_vocabulary,
    outputs=("train", "test", "the number of integers"),
    start="Count the words of `train` with a `Counter`, and sort those that stay.",
)


# ---- attend --------------------------------------------------------------------------

# (batch, time, n_hidden): one sentence alone, one step, many steps; as many steps as
# units; and one size comes twice.
SIZES = [(2, 3, 2), (3, 4, 4), (2, 6, 3), (1, 5, 2), (3, 4, 4), (4, 5, 2)]
SIZES += [(5, 50, 3), (2, 1, 4)]
LOW, LARGE, LONG = 4, 5, 6  # cases of scores far below 0, of large ones, of huge pads


def _draw_attend(rng, case):
    batch, time, n_hidden = SIZES[case]
    mask = np.arange(time) < rng.integers(1, max(2, time), batch)[:, None]
    mask[0] |= batch > 1
    h = rng.normal(size=(batch, time, n_hidden))
    w = rng.normal(size=n_hidden) * (400 if case == LARGE else 1)
    if case == LOW:
        h[1, mask[1]] -= 3000 * w / (w @ w)
    if case == LONG:
        h = np.where(mask[..., None], h, 1e20 * h)
    return {"h": h, "mask": mask, "w": w}


def _attend(h, mask, w):
    def pooled(states):
        e = np.exp(states @ w - (states @ w).max())
        return e @ states / e.sum()

    return np.stack([pooled(row[real]) for row, real in zip(h, mask, strict=True)])


attend = Check(
    name="attend",
    draw=_draw_attend,
    reference=_attend,
    cases=len(SIZES),
    dims={"h": ("batch", "time", "n_hidden"), "mask": ("batch", "time"), "w": None},
    axes=("batch", "n_hidden"),
    tolerance32=2e-3,
    start="`score = h @ w` is (batch, time). Put -inf where the mask is False.",
)


# ---- scores --------------------------------------------------------------------------

ITEMS = [(12, 3), (21, 4), (30, 5), (39, 6), (5, 12), (300, 4)]  # n, n_classes


def _draw_scores(rng, case):
    n, n_classes = ITEMS[case]
    y = rng.integers(0, n_classes - 1, n)
    y[:3] = 0, 0, 1
    predicted = np.where(rng.random(n) < 0.5, y, rng.integers(0, 2, n))
    predicted[:3] = 1, 1, 0
    if case:  # the last class but one occurs and is never said
        y[4], predicted[predicted == n_classes - 2] = n_classes - 2, 0
    if case % 2:  # the last class is said once and never true; else neither
        predicted[3] = n_classes - 1
    return {"predicted": predicted, "y": y, "n_classes": n_classes}


def _scores(predicted, y, n_classes):
    counts = metrics.confusion(predicted, y, n_classes)
    there = counts.sum(axis=0) + counts.sum(axis=1) > 0
    return counts, metrics.f1(predicted, y, n_classes)[there].mean()


scores = Check(
    name="scores",
    draw=_draw_scores,
    reference=_scores,
    cases=len(ITEMS),
    outputs=("counts", "macro F1"),
    start="Count first: `counts[truth, said] += 1` for every item.",
)


# ---- honest --------------------------------------------------------------------------

TEXTS = [20, 33, 51, 67, 84, 99]  # 80 % of most are no whole number


def _draw_honest(rng, case):
    n = TEXTS[case]
    texts = [f"text {k}" for k in rng.integers(0, n, n)]  # some come twice
    texts[-4:] = [f"text {n + k}" for k in range(4)]  # and some surely do not
    texts[-1] = texts[-2]  # one of these twice, both times in the test
    known = {name: int(rng.integers(0, 2)) for name in sorted(set(texts))}
    labels = np.array([known[name] for name in texts])
    labels[-1] = 1 - labels[-2]  # so it is said right once and wrong once
    order = rng.permutation(n - 4)
    return {"texts": texts, "labels": labels, "order": np.r_[order, n - 4 : n]}


def _by_heart(texts, labels):
    """Return a predictor that learns by heart, but forgets every fourth text.

    What it does not know it answers by a rule that depends on all that it was given, so
    that each way of giving it wrong texts or labels leads to a number of its own.
    """
    known = dict(zip(texts, (int(label) for label in labels), strict=True))
    given = sum(
        label * (int(text.split()[1]) + 3) ** 2 for text, label in known.items()
    )

    def one(text):
        number = int(text.split()[1])
        guess = (number * 7 + (given + len(known)) % 97 * (number % 5)) // 2 % 2
        return guess if number % 4 == 0 else known.get(text, guess)

    return lambda asked: np.array([one(text) for text in asked])


def _watched(answer, inputs):
    """Return the accuracy, and which texts `fit` was given, in all its calls."""
    learned = []

    def fit(texts, labels):
        learned.extend(map(str, texts))
        return _by_heart(texts, labels)

    accuracy = answer(*inputs.values(), fit)
    return {"accuracy": accuracy, "learned": sorted(learned)}


def _honest(texts, labels, order):
    n = int(0.8 * len(order))
    learned = [texts[i] for i in order[:n]]
    predict = _by_heart(learned, labels[order[:n]])
    new = [i for i in order[n:] if texts[i] not in learned]
    hits = [predict([texts[i]])[0] == labels[i] for i in new]
    return {"accuracy": sum(hits) / len(hits), "learned": sorted(learned)}


def _learned(inputs, value):
    """Say what `fit` should not have been given, if the accuracy is right."""
    right = _honest(**inputs)
    if not same(value["accuracy"], right["accuracy"], 1e-8):
        return None
    if value["learned"] == right["learned"]:
        return None
    more = len(set(value["learned"]) - set(right["learned"]))
    other = f"{more} texts of the test" if more else f"{len(value['learned'])} texts"
    return (
        f"The accuracy is right, but `fit` was given {other}. It may remember all that "
        f"it is given: call it once, with the {len(right['learned'])} texts of the "
        "training part."
    )


honest = Check(
    name="honest",
    draw=_draw_honest,
    call=_watched,
    first=_learned,
    reference=_honest,
    cases=len(TEXTS),
    float32=False,
    start="Correct a copy of `published`, one fault after the other.",
)


# ---- reader --------------------------------------------------------------------------

EPOCHS, MARGIN, CUT = 8, 0.05, 1_600
AXES = "batch n_out"
N_OUT = 30  # so many that by chance alone they are never all above 0


def _draw_reader(rng, case):
    x = rng.integers(1, 9, (4, 7))
    mask = np.arange(7) < np.array([7, 3, 5, 1])[:, None]
    sentences, signs = _in_other_words(rng)
    few = {"x": np.where(mask, x, 0), "mask": mask, "n_words": 9, "n_out": N_OUT}
    many = {"sentences": sentences[:CUT], "signs": signs[:CUT]}
    return few | many | {"asked": sentences[CUT:], "truth": signs[CUT:]}


def _in_other_words(rng):
    """Return opinions in which each word stands for another one, and their signs.

    What a word means is told by the training part alone.
    """
    seed = int(rng.integers(2**62))  # so many that they cannot be tried out
    sentences, signs = opinions.by_templates(CUT + 400, seed=seed)
    words = sorted({w for s in sentences for w in s.split() if w.isalpha()})
    other = dict(zip(words, rng.permutation(words).tolist(), strict=True))
    told = [" ".join(other.get(w, w) for w in s.split()) for s in sentences]
    return told, signs


def _trained(model_class, sentences, signs, asked, ur):
    """Train a model on the sentences; return its logits for those `asked`, (n, 2)."""
    words = [text.tokenize(sentence) for sentence in sentences]
    known = text.Words.from_text([w for one in words for w in one], unknown="<new>")
    ids = [1 + known.encode(one) for one in words]  # 0 is padding
    ur.seed(0)
    model = model_class(1 + len(known), 2)
    many = batches.Buckets(ids, signs, 32, np.random.default_rng(0))
    ur.fit(model, many, epochs=EPOCHS, lr=0.01, progress=False)
    ids = [1 + known.encode(text.tokenize(sentence)) for sentence in asked]
    new = batches.Buckets(ids, np.zeros(len(ids), int), 256)
    return ur.predict(model, new)


def _examine(model_class, inputs, ur):
    """Return what is wrong with a model, as {fault: bool}; train it if nothing is."""
    x, mask, n_words, n_out, sentences, signs, asked = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(n_words, n_out))

    def logits(x, mask, model=model):
        given = model(ur.tensor(x), ur.tensor(mask))
        return models.logits(given, (len(x), n_out), AXES, "sentence")

    other = x.copy()
    other[0, :2] = other[0, :2] % 8 + 1
    first = models.alone(logits, x, other, mask)
    facts = {"untrained": first}

    def moved(x, mask, before=first):
        return np.abs(logits(x, mask) - before).max(axis=-1) > 1e-5  # (batch,)

    def changed(row, places):
        other = x.copy()
        other[row, places] = other[row, places] % 8 + 1
        return moved(other, mask)

    wider = [(0, 0), (0, 3)]
    facts["more padding"] = bool(moved(np.pad(x, wider), np.pad(mask, wider)).any())
    facts["what padding holds"] = bool(moved(np.where(mask, x, 5), mask).any())
    facts["not the first word"] = not changed(2, 0)[2]
    facts["not the last word"] = not changed(2, mask[2].sum() - 1)[2]
    forth, back = x.copy(), x.copy()
    forth[0], back[0] = np.arange(1, 8), np.arange(7, 0, -1)
    facts["any order"] = not moved(back, mask, logits(forth, mask))[0]
    long = np.arange(180).reshape(3, 60) ** 2 % 8 + 1
    end, real = np.where(np.arange(60) < 50, long, long % 8 + 1), np.ones((3, 60), bool)
    facts["cut"] = not moved(end, real, logits(long, real)).any()
    larger = ur.ready(model_class(n_words + 11, n_out))
    logits(x, mask, larger)
    facts["fixed"] = size(larger) == size(model)
    if not _sound(inputs, facts):
        facts["logits"] = _trained(model_class, sentences, signs, asked, ur)
    return facts


FAULTS = {
    "not the last word": "A change of the last real word does not change the logits. "
    "Is the padding's place read instead, or the sentence cut?",
    "not the first word": "A change of the first word does not change the logits. Does "
    "anything carry it to the end?",
    "more padding": "Three more columns of padding change the logits. Use the mask "
    "where you pool, let no layer read padding before words (bidirectional: lengths or "
    "mask), and fill with less than any state before a maximum.",
    "what padding holds": "What stands in the padding changes the logits. Use the mask "
    "where you pool, and read from left to right only, or turn round the real words "
    "alone.",
    "any order": "The words backwards give the same logits: the model counts words and "
    "cannot know what `not` belongs to. Let a recurrent layer read them.",
    "cut": "Other words at the end of a sentence of 60 words do not change the logits. "
    "Read every sentence to its end.",
    "fixed": "The model has as many weights for 9 words as for 20: `n_words` is not "
    "used. Give the embedding a row for each.",
}


def _sound(inputs, facts):
    for fault, says in FAULTS.items():
        if facts[fault] not in (False,):  # nor is it enough to tell nothing
            return says
    first, trained = facts["untrained"], facts.get("logits")
    says = models.softmaxed(first, AXES) or models.squashed(first, trained=False)
    return says or (None if trained is None else models.squashed(trained))


def _beats_counting(inputs, facts):
    truth, given = inputs["truth"], (inputs["sentences"], inputs["signs"])
    accuracy = float(np.mean(np.argmax(facts["logits"], axis=-1) == truth))
    linear = baselines.linear_words(*given, n=(1, 1)).score(inputs["asked"], truth)
    if accuracy >= linear + MARGIN:
        return None
    return (
        f"After {EPOCHS} epochs the model is right in {accuracy:.2f} of the new "
        f"opinions; a linear model that counts words in {linear:.2f}, and {MARGIN} "
        "more are asked for. Is something too small, is a gradient cut, or does a "
        "non-linearity stand on the logits?"
    )


reader = Check(
    name="Reader",
    draw=_draw_reader,
    call=_examine,
    hidden=("truth",),
    properties=(_sound, _beats_counting),
    cases=1,
    free=True,
    start="Three layers in `__init__`; below, read, pool with the mask, and classify.",
)


# ---- probe ---------------------------------------------------------------------------

CRITICS = 5  # classifiers that an answer is tried on in each case
ASKED = [(2, 2, 3), (3, 2, 2), (1, 1, 1), (2, 3, 4), (1, 5, 2), (4, 1, 3)]
SUBJECTS = (*opinions.SUBJECTS, "Amélie", "The Third Man")


def _draw_probe(rng, case):
    pools = {"subjects": SUBJECTS, "good": opinions.GOOD, "bad": opinions.BAD}
    return {
        name: rng.choice(words, n, replace=False).tolist()
        for n, (name, words) in zip(ASKED[case], pools.items(), strict=True)
    }


class _Critic:
    """A classifier that labels by a checksum and records what it was asked.

    So another sentence has another label, as often as not, and another share results.
    """

    def __init__(self, number):
        self.number, self.asked = number, set()

    def __call__(self, sentences):
        if isinstance(sentences, str):
            raise ValueError("`predict` takes a list of sentences; it got one string")
        sentences = [str(s) for s in sentences]
        self.asked.update(sentences)
        sums = [zlib.crc32(s.encode()) for s in sentences]
        return np.array([n % (5 + 2 * self.number) % 2 for n in sums])


def _tried(answer, inputs):
    critics = [_Critic(number) for number in range(CRITICS)]
    shares = [answer(critic, *inputs.values()) for critic in critics]
    asked = set().union(*(critic.asked for critic in critics))
    return {"shares": shares, "asked": sorted(asked)}


def _pairs(subjects, good, bad):
    every = [(s, g, b) for s in subjects for g in good for b in bad]
    return (
        [f"{s} is {g} , not {b} ." for s, g, b in every],
        [f"{s} is {b} , not {g} ." for s, g, b in every],
    )


def _nearest(sentence, others):
    """Return which of the others was meant: the same words if possible."""

    def likeness(other):
        words = [sorted(re.findall(r"\w+", s.lower())) for s in (sentence, other)]
        return words[0] == words[1], SequenceMatcher(None, sentence, other).ratio()

    return max(others, key=likeness)


def _wrong_question(inputs, asked):
    """Return a sentence about what was asked, or None.

    Who has the first sentence of a pair wrong need not ask about the second.
    """
    first, second = _pairs(**inputs)
    missing = [s for s in first + second if s not in asked]
    wrong = [s for s in asked if s not in first + second]
    if not asked:
        return "`predict` was never asked. Give it lists of sentences."
    if wrong and missing:
        return f"You ask about {wrong[0]!r}; expected {_nearest(wrong[0], missing)!r}."
    if wrong:
        return f"You ask about {wrong[0]!r} too. It belongs to no pair: leave it out."
    if missing in (first, second):
        return (
            f"You never ask about {missing[0]!r}, nor any other of that form. A pair "
            "has two sentences: ask about both."
        )
    for pair in zip(first, second, strict=True):
        if not set(pair) & set(asked):
            return (
                f"You never ask about {pair[0]!r}. Every good word meets every bad "
                "word, for every subject."
            )
    return None


def _right_share(inputs, value):
    first, second = _pairs(**inputs)
    critics = [_Critic(number) for number in range(CRITICS)]
    right = [(critic(first) == 1) & (critic(second) == 0) for critic in critics]
    expected = [float(pairs.mean()) for pairs in right]
    asked = value["asked"]
    if asked and same(value["shares"], expected, 1e-8):
        return None
    told = (
        difference("probe", given, share, 1e-8)
        for given, share in zip(value["shares"], expected, strict=True)
    )
    return _wrong_question(inputs, asked) or next(filter(None, told))


probe = Check(
    name="probe",
    draw=_draw_probe,
    call=_tried,
    properties=(_right_share,),
    cases=len(ASKED),
    float32=False,
    start="Make two lists of sentences, ask `predict` about each, compare.",
)
