"""What the exercises of this unit must compute, and the known wrong ways."""

import re
import zlib
from collections import Counter
from difflib import SequenceMatcher

import numpy as np

from unrolled import baselines, batches, metrics, text
from unrolled.check import Check, Suspect
from unrolled.data import opinions
from unrolled.check.values import same
from unrolled.check.say import difference

# ---- vocabulary ----------------------------------------------------------------------


def _draw_vocabulary(rng, case):
    # The words of the test come from further on in the alphabet, so some are unseen.
    train = [list(rng.choice(list("abcdefgh"), 5)) for _ in range(3 + 2 * case)]
    test = [list(rng.choice(list("bdfhijkl"), 4)) for _ in range(2 + case)]
    # One word is rare in training and frequent in the test.
    train[0][0], test[0] = "j", ["j", "j", "z", "b"]
    train[1] = ["m", "m", "m"]  # and one is frequent in a single sentence
    test[-1] = test[-1][:3]  # sentences differ in length
    strings = [[[str(w) for w in words] for words in part] for part in (train, test)]
    return {"train": strings[0], "test": strings[1], "min_count": 1 + case % 3}


def _vocabulary(
    train,
    test,
    min_count,
    count=None,
    order=sorted,
    first=2,
    unknown=1,
    strict=False,
    drop=False,
):
    """Return what is asked for; the arguments make the known wrong ways."""
    counts = count or Counter(word for words in train for word in words)
    known = order([w for w, n in counts.items() if n >= min_count + strict])
    ids = {word: first + place for place, word in enumerate(known)}

    def encode(sentences):
        return [
            [ids.get(w, unknown) for w in words if not drop or w in ids]
            for words in sentences
        ]

    return encode(train), encode(test), first + len(known)


def _counted(*parts):
    return Counter(word for part in parts for words in part for word in words)


def _by_sentence(train):
    return Counter(word for words in train for word in set(words))


def _by_count(train):
    counts = _counted(train)
    return lambda words: sorted(words, key=lambda w: (-counts[w], w))


def _unequal(train, test, min_count):
    """Return the test set encoded with a vocabulary of its own."""
    mine = _vocabulary(train, test, min_count)
    own = _vocabulary(test, test, min_count)
    return mine[0], own[0], mine[2]


vocabulary = Check(
    name="vocabulary",
    draw=_draw_vocabulary,
    reference=_vocabulary,
    suspects=(
        Suspect(
            "The words of `test` are in your vocabulary. That is a leak: a word that "
            "training never showed has no trained embedding, and you would not have "
            "known it. Count in `train` alone.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, count=_counted(train, test)
            ),
        ),
        Suspect(
            "The test set has a vocabulary of its own: the same integer means two "
            "words. Encode both with the words of `train`.",
            _unequal,
        ),
        Suspect(
            "A word that occurs exactly `min_count` times is known: `>=`, not `>`.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, strict=True
            ),
        ),
        Suspect(
            "You count in how many sentences a word occurs. Count how often it occurs.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, count=_by_sentence(train)
            ),
        ),
        Suspect(
            "`min_count` is not used: rare words are to become 1.",
            lambda train, test, min_count: _vocabulary(train, test, 1),
        ),
        Suspect(
            "Your known words begin at 0, which is the padding's: a word and a hole "
            "would look the same. Begin at 2.",
            lambda train, test, min_count: _vocabulary(train, test, min_count, first=0),
        ),
        Suspect(
            "Your known words begin at 1, so one of them cannot be told from an "
            "unknown word. Begin at 2.",
            lambda train, test, min_count: _vocabulary(train, test, min_count, first=1),
        ),
        Suspect(
            "Unknown words are 0 in your answer. 0 is padding, which a network leaves "
            "out; an unknown word was there. It is 1.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, unknown=0
            ),
        ),
        Suspect(
            "Unknown words are left out, so the sentences get shorter. Write a 1.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, drop=True
            ),
        ),
        Suspect(
            "Your words are in the order of their counts. Sort them: the same words "
            "then always have the same integers.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, order=_by_count(train)
            ),
        ),
        Suspect(
            "Your words are in the order in which they come up. Sort them: another "
            "order of the sentences must not change the integers.",
            lambda train, test, min_count: _vocabulary(
                train, test, min_count, order=list
            ),
        ),
        Suspect(
            "The third result counts the known words only. Padding and unknown have "
            "integers too.",
            lambda train, test, min_count: (
                *_vocabulary(train, test, min_count)[:2],
                _vocabulary(train, test, min_count)[2] - 2,
            ),
        ),
    ),
    outputs=("train", "test", "the number of integers"),
    start="Count the words of `train` with a `Counter`, and sort those that stay.",
)


# ---- attend --------------------------------------------------------------------------


def _draw_attend(rng, case):
    # Once there are as many steps as units, and one size comes twice.
    n, steps, n_hidden = [(2, 3, 2), (3, 4, 4), (2, 6, 3), (4, 5, 2), (3, 4, 4)][
        case % 5
    ]
    mask = np.arange(steps) < rng.integers(1, steps, n)[:, None]
    mask[0] = True
    h = rng.normal(size=(n, steps, n_hidden))
    w = rng.normal(size=n_hidden) * (400, 1)[case != 5]
    if case == 4:  # a padded row's real scores are far below 0 (in float64)
        h[1, mask[1]] -= 3000 * w / (w @ w)
    return {"h": h, "mask": mask, "w": w}


def _pooled(h, weight):
    return (weight[..., None] * h).sum(axis=1)


def _softmax(score, axis=1):
    e = np.exp(score - score.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _attend(h, mask, w):
    return _pooled(h, _softmax(np.where(mask, h @ w, -np.inf)))


def _less(h, mask, w, most):
    """Return the answer if `most(score, mask)` is taken away before exp."""
    with np.errstate(all="ignore"):
        e = np.where(mask, np.exp(h @ w - most(h @ w, mask)), 0)
        return _pooled(h, e / e.sum(axis=1, keepdims=True))


def _filled(h, mask, w, fill):
    """Return the answer if padding has the score `fill`."""
    return _pooled(h, _softmax(np.where(mask, h @ w, fill)))


attend = Check(
    name="attend",
    draw=_draw_attend,
    reference=_attend,
    suspects=(
        Suspect(
            "The mask is not used: padding takes part of the attention.",
            lambda h, mask, w: _pooled(h, _softmax(h @ w)),
        ),
        Suspect(
            "You set the weights of padding to 0 after the softmax, so the others no "
            "longer add up to 1. Padding must be out before it: a score of -inf.",
            lambda h, mask, w: _pooled(h, _softmax(h @ w) * mask),
        ),
        Suspect(
            "Padding has the score 0, and exp(0) is 1: it gets attention. Its score "
            "is -inf.",
            lambda h, mask, w: _filled(h, mask, w, 0),
        ),
        *(
            Suspect(
                "Padding has a fixed score. Real ones may all be lower, and then it "
                "takes all the attention. Its score is -inf.",
                lambda h, mask, w, fill=fill: _filled(h, mask, w, fill),
            )
            for fill in (-1, -10, -100, -1000)
        ),
        *(
            Suspect(
                "The mask is turned round: True is real. `np.where(mask, a, b)` takes "
                "a where the mask is True.",
                lambda h, mask, w, fill=fill: _filled(h, ~mask, w, fill),
            )
            for fill in (-np.inf, -1e9)
        ),
        Suspect(
            "Every value is nan. Is -inf multiplied by the mask, or by 1 - mask? 0 × "
            "inf is nan: choose with `np.where`.",
            lambda h, mask, w: np.full((len(h), len(w)), np.nan),
        ),
        Suspect(
            "The softmax runs over the batch: one sentence takes attention from "
            "another. It runs over the time steps, axis 1.",
            lambda h, mask, w: _pooled(
                h, np.nan_to_num(_softmax(np.where(mask, h @ w, -1e9), axis=0))
            ),
        ),
        Suspect(
            "All real steps have the same weight: that is mean pooling. The weights "
            "are a softmax of the scores.",
            lambda h, mask, w: _pooled(h, mask / mask.sum(axis=1, keepdims=True)),
        ),
        Suspect(
            "The scores themselves are the weights. Put them through a softmax.",
            lambda h, mask, w: _pooled(h, np.where(mask, h @ w, 0)),
        ),
        Suspect(
            "The weights are the scores divided by their sum: they can be negative. "
            "Use a softmax.",
            lambda h, mask, w: _pooled(
                h,
                np.where(mask, h @ w, 0)
                / np.where(mask, h @ w, 0).sum(axis=1, keepdims=True),
            ),
        ),
        Suspect(
            "Only the state with the highest score is taken. A softmax is a soft "
            "choice: the weighted sum of all.",
            lambda h, mask, w: h[
                np.arange(len(h)), np.where(mask, h @ w, -np.inf).argmax(axis=1)
            ],
        ),
        Suspect(
            "You divide by the number of steps on top of the weights, which add up to "
            "1 already. Sum, not mean.",
            lambda h, mask, w: _attend(h, mask, w) / h.shape[1],
        ),
        Suspect(
            "Where scores are large, exp overflows and the result is not a number. "
            "Take the largest score of each row away first; it changes no weight.",
            lambda h, mask, w: _less(h, mask, w, lambda score, mask: 0),
        ),
        *(
            Suspect(
                "You take away the largest score of the whole batch, or one of "
                "padding. Where a row's real scores are far lower, each exp is 0, and "
                "0 / 0 is nan. Take away the largest *real* score of each row.",
                lambda h, mask, w, most=most: _less(h, mask, w, most),
            )
            for most in (
                lambda score, mask: score[mask].max(),
                lambda score, mask: score.max(),
                lambda score, mask: score.max(axis=1, keepdims=True),
            )
        ),
    ),
    axes=("batch", "n_hidden"),
    tolerance32=2e-3,
    start="`score = h @ w` is (batch, time). Put -inf where the mask is False.",
)


# ---- scores --------------------------------------------------------------------------


def _draw_scores(rng, case):
    n_classes = 3 + case
    y = rng.integers(0, n_classes - 1, 12 + 9 * case)
    y[:3] = 0, 0, 1
    predicted = np.where(rng.random(len(y)) < 0.5, y, rng.integers(0, 2, len(y)))
    predicted[:3] = 1, 1, 0
    if case:  # the last class but one occurs and is never said
        y[4], predicted[predicted == n_classes - 2] = n_classes - 2, 0
    if case % 2:  # the last class is said once and never true; else neither
        predicted[3] = n_classes - 1
    return {"predicted": predicted, "y": y, "n_classes": n_classes}


def _scores(predicted, y, n_classes, mean=None, turned=False):
    counts = metrics.confusion(predicted, y, n_classes)
    each = metrics.f1(predicted, y, n_classes)
    there = counts.sum(axis=0) + counts.sum(axis=1) > 0
    value = each[there].mean() if mean is None else mean(counts, each, there)
    return (counts.T if turned else counts), value


def _as_shares(predicted, y, n_classes):
    counts, value = _scores(predicted, y, n_classes)
    return counts / np.maximum(1, counts.sum(axis=1, keepdims=True)), value


def _of(mean):
    """Return the wrong way whose F1 is `mean(counts, f1 of each class, there)`."""
    return lambda **inputs: _scores(**inputs, mean=mean)


def _of_means(counts, each, there):
    said, true = counts.sum(axis=0), counts.sum(axis=1)
    p = (np.diag(counts) / np.maximum(said, 1))[there].mean()
    r = (np.diag(counts) / np.maximum(true, 1))[there].mean()
    return 2 * p * r / (p + r)


def _ratio(axis):
    """Return the mean precision (axis 0) or recall (axis 1)."""

    def mean(counts, each, there):
        return (np.diag(counts) / np.maximum(counts.sum(axis=axis), 1))[there].mean()

    return mean


scores = Check(
    name="scores",
    draw=_draw_scores,
    reference=_scores,
    suspects=(
        Suspect(
            "Your matrix is transposed: rows are what is true, columns what was said.",
            lambda **inputs: _scores(**inputs, turned=True),
        ),
        Suspect(
            "Your second result is the accuracy, in which a frequent class counts "
            "most. Compute F1 for each class, then the plain mean.",
            _of(lambda counts, each, there: np.trace(counts) / counts.sum()),
        ),
        Suspect(
            "A class that neither occurs nor is said counts as 0 in your mean. Leave "
            "it out.",
            _of(lambda counts, each, there: each.mean()),
        ),
        Suspect(
            "You leave out classes that occur but are never said. They were missed "
            "every time: their F1 is 0 and counts.",
            _of(lambda counts, each, there: each[counts.sum(axis=0) > 0].mean()),
        ),
        Suspect(
            "You leave out a class that was said and never true. Each time was an "
            "error: its F1 is 0 and counts.",
            _of(lambda counts, each, there: each[counts.sum(axis=1) > 0].mean()),
        ),
        Suspect(
            "Every class without a single hit falls out of your mean: precision, "
            "recall or F1 is 0 / 0 there, and `nanmean` skips that. A class that "
            "occurs or is said counts, with F1 0. Use 2 TP / (2 TP + FP + FN).",
            _of(lambda counts, each, there: each[np.diag(counts) > 0].mean()),
        ),
        Suspect(
            "Each class counts by how often it occurs: that is the weighted F1. In the "
            "macro F1 all classes count the same.",
            _of(
                lambda counts, each, there: (
                    (each * counts.sum(axis=1)).sum() / counts.sum()
                )
            ),
        ),
        Suspect(
            "You average precision and recall first and make one F1 of the two means. "
            "Make F1 for each class, then average.",
            _of(_of_means),
        ),
        Suspect(
            "That is the mean precision: it does not see what was missed.",
            _of(_ratio(0)),
        ),
        Suspect(
            "That is the mean recall: it does not see what was said wrongly.",
            _of(_ratio(1)),
        ),
        Suspect(
            "Your matrix holds shares. Count.",
            _as_shares,
        ),
        Suspect(
            "TP / (TP + FP + FN) is the overlap, another measure. In F1 the TP count "
            "twice, above and below.",
            _of(
                lambda counts, each, there: (
                    np.diag(counts)
                    / np.maximum(
                        counts.sum(axis=0) + counts.sum(axis=1) - np.diag(counts), 1
                    )
                )[there].mean()
            ),
        ),
    ),
    outputs=("counts", "macro F1"),
    start="Count first: `counts[truth, said] += 1` for every item.",
)


# ---- honest --------------------------------------------------------------------------


def _draw_honest(rng, case):
    n = 20 + 15 * case
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


def _cut(order):
    cut = int(0.8 * len(order))
    return order[:cut], order[cut:]


def _accuracy(texts, labels, learned, test, of=None):
    """Return the accuracy in `test` after the rows `learned`, with labels `of` them."""
    of = labels[list(learned)] if of is None else of
    predict = _by_heart([texts[i] for i in learned], of)
    return float(np.mean(predict([texts[i] for i in test]) == labels[list(test)]))


def _new(texts, part, other):
    """Return the rows of a part whose texts are not in the other."""
    seen = {texts[i] for i in other}
    return [i for i in part if texts[i] not in seen]


def _honest(
    texts, labels, order, on_all=False, on_train=False, twins=False, once=False
):
    """Return the accuracy; the arguments put the faults of the published one back."""
    if once:  # repeated texts are thrown away before the split
        _, first = np.unique(texts, return_index=True)
        order = np.array([i for i in order if i in set(first.tolist())])
    train, test = _cut(order)
    if on_train:
        test = order[: len(test)]
    elif not twins:
        test = _new(texts, test, train)
    return _accuracy(texts, labels, range(len(texts)) if on_all else train, test)


def _each_once(texts, labels, order, step):
    """Leave repeats out of the test too: the first stays, or with step -1 the last."""
    train, test = _cut(order)
    rows = {texts[i]: i for i in _new(texts, test, train)[::-step]}
    return _accuracy(texts, labels, train, list(rows.values()))


def _less_to_learn(texts, labels, order):
    train, test = _cut(order)
    return _accuracy(texts, labels, _new(texts, train, test), test)


def _mismatched(texts, labels, order, texts_of_file):
    """Take the texts to learn, or their labels, as they stand in the file."""
    train, test = _cut(order)
    test, file = _new(texts, test, train), range(len(train))
    learned, of = (file, train) if texts_of_file else (train, file)
    return _accuracy(texts, labels, learned, test, labels[list(of)])


def _in_file_order(texts, labels, order):
    return _honest(texts, labels, np.arange(len(texts)))


def _exchanged(texts, labels, order):
    test, train = _cut(order)
    return _accuracy(texts, labels, train, _new(texts, test, train))


SHARED = ("_by_heart", "_Critic")  # what answers are tried on; knowing it is no answer

honest = Check(
    name="honest",
    draw=_draw_honest,
    reference=_honest,
    call=lambda answer, inputs: answer(*inputs.values(), _by_heart),
    suspects=(
        Suspect(
            "That is the published function unchanged: it learns from everything and "
            "asks about what it learned.",
            lambda **a: _honest(**a, on_all=True, on_train=True),
        ),
        Suspect(
            "You still ask about the first rows of `order`, which it was trained on. "
            "The test is the part after the cut.",
            lambda **a: _honest(**a, on_train=True),
        ),
        Suspect(
            "`fit` still gets all texts, those of the test too. Give it the training "
            "part alone.",
            lambda **a: _honest(**a, on_all=True),
        ),
        Suspect(
            "`fit` still gets all texts, those of the test too. (And repeated texts "
            "are still in the test.)",
            lambda **a: _honest(**a, on_all=True, twins=True),
        ),
        Suspect(
            "Texts that occur in the training part are still in the test: whoever "
            "learns by heart knows them. Leave them out of the test.",
            lambda **a: _honest(**a, twins=True),
        ),
        Suspect(
            "You threw repeated texts away before the split. The training part keeps "
            "them; only the test loses those that it shares with it.",
            lambda **a: _honest(**a, once=True),
        ),
        *(
            Suspect(
                "You leave repeats out within the test too. Only texts that the "
                "training part has are left out; one that comes twice in the test "
                "alone counts twice.",
                lambda step=step, **a: _each_once(**a, step=step),
            )
            for step in (1, -1)
        ),
        Suspect(
            "You left the shared texts out of the training part. They stay there; "
            "leave them out of the test.",
            _less_to_learn,
        ),
        *(
            Suspect(
                "`fit` gets texts and labels that do not belong together: one of them "
                "in `order`, the other as it stands in the file (`[:cut]`). Take both "
                "in `order`.",
                lambda which=which, **a: _mismatched(**a, texts_of_file=which),
            )
            for which in (False, True)
        ),
        Suspect(
            "That is the share of errors. Return the accuracy, the share that is "
            "right.",
            lambda **a: 1 - _honest(**a),
        ),
        Suspect(
            "`order` is not used: the rows are split as they stand in the file, and "
            "files are often sorted by label.",
            _in_file_order,
        ),
        Suspect(
            "The parts are exchanged: 80 % are for training, the rest for the test.",
            _exchanged,
        ),
    ),
    start="Mend a copy of `published`, one fault after the other.",
)


# ---- reader --------------------------------------------------------------------------

EPOCHS, MARGIN, CUT = 8, 0.05, 1_600
N_OUT = 30  # so many that by chance alone they are never all above 0


def _draw_reader(rng, case):
    x = rng.integers(1, 9, (4, 7))
    mask = np.arange(7) < np.array([7, 3, 5, 1])[:, None]
    sentences, signs = opinions.by_templates(CUT + 400, seed=int(rng.integers(10_000)))
    few = {"x": np.where(mask, x, 0), "mask": mask, "n_words": 9, "n_out": N_OUT}
    many = {"sentences": sentences[:CUT], "signs": signs[:CUT]}
    return few | many | {"asked": sentences[CUT:], "truth": signs[CUT:]}


def _without_truth(inputs):
    return {name: value for name, value in inputs.items() if name != "truth"}


def _learned(model_class, sentences, signs, asked, ur):
    """Train a model on the sentences; return what it says of those `asked`, (n,)."""
    words = [text.tokenize(sentence) for sentence in sentences]
    known = text.Words.from_text([w for one in words for w in one], unknown="<new>")
    ids = [1 + known.encode(one) for one in words]  # 0 is padding
    ur.seed(0)
    model = model_class(1 + len(known), 2)
    many = batches.Buckets(ids, signs, 32, np.random.default_rng(0))
    ur.fit(model, many, epochs=EPOCHS, lr=0.01, progress=False)
    ids = [1 + known.encode(text.tokenize(sentence)) for sentence in asked]
    new = batches.Buckets(ids, np.zeros(len(ids), int), 256)
    return ur.predict(model, new).argmax(axis=-1)


def _examine(model_class, inputs, ur):
    """Return what a model does, as plain values; it is trained only if it is sound."""
    x, mask, n_words, n_out, sentences, signs, asked = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(n_words, n_out))

    def logits(x, mask):
        given = model(ur.tensor(x), ur.tensor(mask))
        several = isinstance(given, tuple | list | dict)
        return given if given is None or several else ur.array(given)

    first = logits(x, mask)
    if not isinstance(first, np.ndarray):
        return {"returned": "nothing" if first is None else "several"}
    facts = {"shape": first.shape, "finite": bool(np.isfinite(first).all())}
    if first.shape != (len(x), n_out) or not facts["finite"]:
        return facts
    facts |= {"lowest": float(first.min()), "highest": float(first.max())}

    facts["random"] = bool(np.abs(logits(x, mask) - first).max() > 1e-5)
    alone = logits(x[2:3], mask[2:3])
    facts["shape alone"] = alone.shape
    if alone.shape != (1, n_out):
        return facts
    facts["company"] = bool(np.abs(alone[0] - first[2]).max() > 1e-5)

    def moved(x, mask):
        return np.abs(logits(x, mask) - first).max(axis=-1) > 1e-5  # (batch,)

    wider = [(0, 0), (0, 3)]
    facts["more padding"] = bool(moved(np.pad(x, wider), np.pad(mask, wider)).any())
    facts["what padding holds"] = bool(moved(np.where(mask, x, 5), mask).any())
    other = x.copy()
    other[0, :2] = other[0, :2] % 8 + 1
    other[0, 0] = (other[0, 0] + 3) % 8 + 1
    facts["other rows"] = bool(moved(other, mask)[1:].any())
    for name, place in (("first word", 0), ("last word", mask[2].sum() - 1)):
        other = x.copy()
        other[2, place] = other[2, place] % 8 + 1
        facts[name] = bool(moved(other, mask)[2])
    other = x.copy()
    other[0] = [1, 2, 3, 4, 5, 6, 7]
    turned = other.copy()
    turned[0] = other[0, ::-1]
    both = logits(other, mask)[0], logits(turned, mask)[0]
    facts["order"] = bool(np.abs(both[0] - both[1]).max() > 1e-5)
    facts["probabilities"] = bool(np.allclose(first.sum(axis=-1), 1, atol=1e-4))
    facts["none below 0"] = facts["lowest"] >= 0
    right = "first word", "last word", "order"
    wrong = "random", "other rows", "company", "more padding", "what padding holds"
    wrong += "probabilities", "none below 0"
    if all(facts[k] for k in right) and not any(facts[k] for k in wrong):
        facts["said"] = _learned(model_class, sentences, signs, asked, ur)
    return facts


def _fact(name, wrong, says):
    def holds(inputs, facts):
        return says if facts.get(name) is wrong else None

    return holds


def _right_shape(inputs, facts):
    expected = (len(inputs["x"]), inputs["n_out"])
    given = tuple(facts.get("shape", expected))
    if given == expected:
        return None
    if len(given) == 3:
        return (
            f"The logits have shape {given}: one answer for each word. Pool the states "
            f"to one vector for each sentence; expected {expected} (batch, n_out)."
        )
    return f"The logits have shape {given}; expected {expected} (batch, n_out)."


def _right_shape_alone(inputs, facts):
    expected = (1, inputs["n_out"])
    given = tuple(facts.get("shape alone", expected))
    if given == expected:
        return None
    return (
        f"Alone, a sentence gets logits of another shape than in a batch: {given}; "
        f"expected {expected}. A batch of one is a batch: leave out `squeeze`, or "
        "name its axis."
    )


def _both_signs(inputs, facts):
    if not facts.get("none below 0"):
        return None
    return (
        f"None of {facts['shape'][0] * facts['shape'][1]} logits is below 0: they lie "
        f"between {facts['lowest']:.2f} and {facts['highest']:.2f}. Does a sigmoid or "
        "a ReLU stand on the output? Return what the last layer gives: the loss "
        "applies softmax itself."
    )


def _beats_counting(inputs, facts):
    if "said" not in facts:  # a property above has said why
        return None
    truth, given = inputs["truth"], (inputs["sentences"], inputs["signs"])
    accuracy = float(np.mean(np.asarray(facts["said"]) == truth))
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
    given=_without_truth,
    properties=(
        _fact(
            "returned",
            "nothing",
            "The model returned nothing. Does its `forward` (in Keras `call`) end with "
            "a `return`?",
        ),
        _fact(
            "returned",
            "several",
            "The model returns several things. Return logits alone.",
        ),
        _right_shape,
        _fact(
            "finite",
            False,
            "The logits hold nan or inf. Is a score or a state of -inf multiplied by "
            "0, or averaged?",
        ),
        _fact(
            "random",
            True,
            "The same batch, read twice, gets two answers: dropout that ignores "
            "`training`, a random first state, or layers made anew in each call.",
        ),
        _fact(
            "other rows",
            True,
            "A change in one row of the batch changes the logits of another row. "
            "Sentences must not hear of each other: is the layer told that the batch "
            "comes first? Is something summed over the batch?",
        ),
        _right_shape_alone,
        _fact(
            "company",
            True,
            "Alone, a sentence gets other logits than in a batch. Is something counted "
            "or summed over the batch? Each row has its own number of words: "
            "`mask.sum(1)`, not `mask.sum()`.",
        ),
        _fact(
            "last word",
            False,
            "A change of the last real word does not change the logits. Is the "
            "padding's place read instead, or the sentence cut?",
        ),
        _fact(
            "first word",
            False,
            "A change of the first word does not change the logits. Does anything "
            "carry it to the end?",
        ),
        _fact(
            "more padding",
            True,
            "Three more columns of padding change the logits. Whoever is batched with "
            "a long sentence gets another answer: use the mask where you pool, let no "
            "layer read padding before words (bidirectional: lengths or mask), and "
            "fill with less than any state before a maximum.",
        ),
        _fact(
            "what padding holds",
            True,
            "What stands in the padding changes the logits. Use the mask where you "
            "pool, and read from left to right only, or turn round the real words "
            "alone.",
        ),
        _fact(
            "order",
            False,
            "The words backwards give the same logits: the model counts words and "
            "cannot know what `not` belongs to. Let a recurrent layer read them.",
        ),
        _fact(
            "probabilities",
            True,
            "The logits add up to 1: they have been through a softmax. The loss "
            "applies softmax itself; after two of them little can be learned.",
        ),
        _both_signs,
        _beats_counting,
    ),
    cases=1,
    float32=False,
    free=True,
    start="Three layers in `__init__`; below, read, pool with the mask, and classify.",
)


# ---- probe ---------------------------------------------------------------------------


CRITICS = 5  # classifiers that an answer is tried on in each case


def _draw_probe(rng, case):
    pick = [list(rng.permutation(words)) for words in (opinions.GOOD, opinions.BAD)]
    n_good, n_bad = 2 + case % 3, 2 + case % 2
    return {
        "subjects": [str(s) for s in rng.choice(opinions.SUBJECTS, 2, replace=False)],
        "good": [str(w) for w in pick[0][:n_good]],
        "bad": [str(w) for w in pick[1][:n_bad]],
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
    shares = [answer(critic, **inputs) for critic in critics]
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


WAYS = (
    Suspect(
        "That is the share of sentences. Count pairs: both sentences must be right, "
        "else who always says the same has half.",
        lambda x, y: np.concatenate([x, y]).mean(),
    ),
    Suspect(
        "A pair counts when one of its sentences is right. Both must be.",
        lambda x, y: (x | y).mean(),
    ),
    Suspect(
        "The labels are exchanged: 1 is positive, the pair's first sentence.",
        lambda x, y: (~x & ~y).mean(),
    ),
    Suspect(
        "You count pairs whose two answers differ. They must differ the right way "
        "round.",
        lambda x, y: (x == y).mean(),
    ),
    Suspect("Only the positive sentences are looked at.", lambda x, y: x.mean()),
    Suspect("Only the negative sentences are looked at.", lambda x, y: y.mean()),
    Suspect(
        "Both sentences are expected to be positive. The second says the opposite.",
        lambda x, y: (x & ~y).mean(),
    ),
    Suspect(
        "That is the number of pairs. Return their share.",
        lambda x, y: (x & y).sum(),
    ),
    Suspect(
        "Pairs are divided by the number of sentences, which is twice theirs.",
        lambda x, y: (x & y).mean() / 2,
    ),
)


def _right_share(inputs, value):
    first, second = _pairs(**inputs)
    critics = [_Critic(number) for number in range(CRITICS)]
    right = [(critic(first) == 1, critic(second) == 0) for critic in critics]
    expected = [float((x & y).mean()) for x, y in right]
    if same(value["shares"], expected, 1e-8):
        return None
    for way in WAYS:
        if same(value["shares"], [float(way.formula(*xy)) for xy in right], 1e-8):
            return way.says
    told = (
        difference("probe", given, share, 1e-8)
        for given, share in zip(value["shares"], expected, strict=True)
    )
    return _wrong_question(inputs, value["asked"]) or next(filter(None, told))


probe = Check(
    name="probe",
    draw=_draw_probe,
    call=_tried,
    properties=(_right_share,),
    float32=False,
    start="Make two lists of sentences, ask `predict` about each, compare.",
)
