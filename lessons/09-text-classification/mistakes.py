"""The wrong answers that learners give: what to say, and what it is in the solution."""

OWN_WORDS = """    one, n = encode(train), len(known)
    count = Counter(word for sentence in test for word in sentence)
    known = sorted(word for word in count if count[word] >= min_count)
    ids = {word: 2 + place for place, word in enumerate(known)}
    return one, encode(test), 2 + n"""
VOCABULARY = {
    "The words of `test` are in your vocabulary. That is a leak: a word that training "
    "never showed has no trained embedding, and you would not have known it. Count in "
    "`train` alone.": {"in train for": "in train + test for"},
    "The test set has a vocabulary of its own: the same integer means two words. "
    "Encode both with the words of `train`.": {
        "    return encode(train), encode(test), 2 + len(known)": OWN_WORDS
    },
    "What occurs exactly `min_count` times is known: `>=`, not `>`.": {">=": ">"},
    "You count in how many sentences a word occurs. Count how often it occurs.": {
        "for word in sentence)": "for word in set(sentence))"
    },
    "`min_count` is not used: rare words are to become 1.": {" if n >= min_count": ""},
    "Your known words begin at 0, which is the padding's: a word and a hole would look "
    "the same. Begin at 2.": {"2 + ": ""},
    "Your known words begin at 1, so one of them cannot be told from an unknown word. "
    "Begin at 2.": {"2 + ": "1 + "},
    "Unknown words are 0 in your answer. 0 is padding, which a network leaves out; an "
    "unknown word was there. It is 1.": {"(word, 1)": "(word, 0)"},
    "Unknown words are left out, so the sentences get shorter. Write a 1.": {
        "ids.get(word, 1) for word in sentence": "ids[word] for word in sentence if "
        "word in ids"
    },
    "Your words are in the order of their counts. Sort them: the same words then "
    "always have the same integers.": [
        {
            "n >= min_count)": "n >= min_count)\n"
            "    known.sort(key=lambda word: (-count[word], word))"
        },
        {
            "sorted(": "list(",
            "count.items()": "count.most_common()",
        },
    ],
    "Your words are in the order in which they come up. Sort them: another order of "
    "the sentences must not change the integers.": {"sorted(": "list("},
    "Your words are sorted whatever their case. Sort them as `sorted` does by itself: "
    "`Not` before `a`.": {
        "n >= min_count)": "n >= min_count)\n    known.sort(key=str.lower)"
    },
    "Words are made lower case: `Not` and `not` are two words here.": {
        "Counter(word for": "Counter(word.lower() for",
        "(word, 1)": "(word.lower(), 1)",
    },
    "The third result counts the known words only. Padding and unknown have integers "
    "too.": {", 2 + len": ", len"},
    "The third result is the largest integer. There is one more of them: 0.": {
        ", 2 + len": ", 1 + len"
    },
}

SCORE = "np.where(mask, h @ w, -np.inf)"
TOP, WEIGHT = "score.max(axis=1, keepdims=True)", "e / e.sum(axis=1, keepdims=True)"
TOPS = "score.max()", "(h @ w).max()", "(h @ w).max(axis=1, keepdims=True)"
RESULT = "(weight[..., None] * h).sum(axis=1)"
ATTEND = {
    "The mask is not used: padding takes part of the attention.": {SCORE: "h @ w"},
    "You set the weights of padding to 0 after the softmax, so the others no longer "
    "add up to 1. Padding must be out before it: a score of -inf.": {
        SCORE: "h @ w",
        WEIGHT: f"{WEIGHT} * mask",
    },
    "Padding has the score 0, and exp(0) is 1: it gets attention. Its score is -inf.": {
        SCORE: "h @ w * mask"
    },
    "Padding has a fixed score. Real ones may all be lower, and then it takes all the "
    "attention. Its score is -inf.": [
        {"-np.inf": str(score)} for score in (-1, -10, -100, -1000)
    ],
    "A fixed amount is taken from the scores of padding. It may hold anything, and "
    "then that is not enough: choose a score of -inf with `np.where`.": {
        SCORE: "h @ w - 1e9 * ~mask"
    },
    "The mask is turned round: True is real. `np.where(mask, a, b)` takes a where the "
    "mask is True.": [
        {SCORE: "np.where(mask, -np.inf, h @ w)"},
        {SCORE: "np.where(mask, -1e9, h @ w)"},
    ],
    "Every value is nan. Is -inf multiplied by the mask, or by 1 - mask? 0 × inf is "
    "nan: choose with `np.where`.": {SCORE: "h @ w * mask + (1 - mask) * -np.inf"},
    "The softmax runs over the batch: one sentence takes attention from another. It "
    "runs over the time steps, axis 1.": [
        {"axis=1, keepdims": "axis=0, keepdims"},
        {"axis=1, keepdims": "axis=0, keepdims", "-np.inf": "-1e9"},
    ],
    "All real steps have the same weight: that is mean pooling. The weights are a "
    "softmax of the scores.": {WEIGHT: "mask / mask.sum(axis=1, keepdims=True)"},
    "The scores themselves are the weights. Put them through a softmax.": {
        WEIGHT: "np.where(mask, score, 0)"
    },
    "The weights are the scores divided by their sum: they can be negative. Use a "
    "softmax.": {
        WEIGHT: "np.where(mask, score, 0)\n    weight /= weight.sum(1, keepdims=True)"
    },
    "Only the state with the highest score is taken. A softmax is a soft choice: the "
    "weighted sum of all.": {RESULT: "h[np.arange(len(h)), score.argmax(axis=1)]"},
    "You divide by the number of steps on top of the weights, which add up to 1 "
    "already. Sum, not mean.": {"* h).sum": "* h).mean"},
    "Where scores are large, exp overflows and the result is not a number. Take the "
    "largest score of each row away first; it changes no weight.": {f" - {TOP}": ""},
    "You take away the largest score of the whole batch, or one of padding. Where a "
    "row's real scores are far lower, each exp is 0, and 0 / 0 is nan. Take away the "
    "largest *real* score of each row.": [{TOP: top} for top in TOPS],
    "Those are the weights. Return the weighted sum of the states.": {RESULT: "weight"},
    "An axis of length 1 is gone, as `squeeze` does: the batch where there is one "
    "sentence. It must stay.": {RESULT: f"np.squeeze({RESULT})"},
}

F1 = "(2 * np.diag(counts)[there] / both[there])"
PRECISION, RECALL = (
    f"(np.diag(counts) / np.maximum(counts.sum(axis={axis}), 1))[there].mean()"
    for axis in (0, 1)
)
SCORES = {
    "Your matrix is transposed: rows are what is true, columns what was said.": {
        "(y, predicted)": "(predicted, y)"
    },
    "Each place is counted once: `counts[y, predicted] += 1` writes a place that comes "
    "again one time only. `np.add.at` adds every time.": {
        "np.add.at(counts, (y, predicted), 1)": "counts[y, predicted] += 1"
    },
    "Your second result is the accuracy, in which a frequent class counts most. "
    "Compute F1 for each class, then the plain mean.": {
        f"{F1}.mean()": "np.mean(predicted == y)"
    },
    "A class that neither occurs nor is said counts as 0 in your mean. Leave it out.": {
        F1: "(2 * np.diag(counts) / np.maximum(both, 1))"
    },
    "You leave out classes that occur but are never said. They were missed every time: "
    "their F1 is 0 and counts.": {"both > 0": "counts.sum(axis=0) > 0"},
    "You leave out a class that was said and never true. Each time was an error: its "
    "F1 is 0 and counts.": {"both > 0": "counts.sum(axis=1) > 0"},
    "Every class without a single hit falls out of your mean: precision, recall or F1 "
    "is 0 / 0 there, and `nanmean` skips that. A class that occurs or is said counts, "
    "with F1 0. Use 2 TP / (2 TP + FP + FN).": {"both > 0": "np.diag(counts) > 0"},
    "Each class counts by how often it occurs: that is the weighted F1. In the macro "
    "F1 all classes count the same.": {
        f"{F1}.mean()": f"({F1} * counts.sum(axis=1)[there]).sum() / len(y)"
    },
    "You average precision and recall first and make one F1 of the two means. Make F1 "
    "for each class, then average.": {
        f"{F1}.mean()": f"2 / (1 / {PRECISION} + 1 / {RECALL})"
    },
    "That is the mean precision: it does not see what was missed.": {
        f"{F1}.mean()": PRECISION
    },
    "That is the mean recall: it does not see what was said wrongly.": {
        f"{F1}.mean()": RECALL
    },
    "Your matrix holds shares. Count.": {
        "return counts": "return counts / np.maximum(counts.sum(1, keepdims=True), 1)"
    },
    "TP / (TP + FP + FN) is the overlap, another measure. In F1 the TP count twice, "
    "above and below.": {F1: "(np.diag(counts) / (both - np.diag(counts)))[there]"},
}

AFTER, FIRST = "order[cut:]", "order[: len(order) - cut]"
LEAVE_OUT = "    test = [i for i in test if texts[i] not in seen]\n"
FIT = "    predict = fit([texts[i] for i in train], labels[train])\n"
FIT_ALL, TWINS = {FIT: "    predict = fit(texts, labels)\n"}, {LEAVE_OUT: ""}
HONEST = {
    "That is the published function unchanged: it learns from everything and asks "
    "about what it learned.": {AFTER: FIRST} | FIT_ALL | TWINS,
    "You still ask about the first rows of `order`, which it was trained on. The test "
    "is the part after the cut.": {AFTER: FIRST} | TWINS,
    "`fit` still gets all texts, those of the test too. Give it the training part "
    "alone.": FIT_ALL,
    "`fit` still gets all texts, those of the test too. (And repeated texts are still "
    "in the test.)": FIT_ALL | TWINS,
    "`fit` gets the test part. It learns from the training part alone.": {
        FIT: FIT.replace("train", "test")
    },
    "`fit` is called with texts of the test, too. It may remember all that it is "
    "given: call it once, with the training part.": [
        {FIT: FIT.replace("train", "test").replace("predict = ", "") + FIT},
        {FIT: FIT + FIT.replace("train", "test").replace("predict = ", "")},
        {FIT: "    fit(texts, labels)\n" + FIT},
    ],
    "`fit` gets each text of the training part once. Whoever learns may count: give "
    "it the part as it is.": {
        FIT: "    once = [i for k, i in enumerate(train) if texts[i] not in "
        "[texts[j] for j in train[:k]]]\n" + FIT.replace("train", "once")
    },
    "Texts that occur in the training part are still in the test: whoever learns by "
    "heart knows them. Leave them out of the test.": TWINS,
    "You threw repeated texts away before the split. The training part keeps them; "
    "only the test loses those that it shares with it.": {
        "    cut = ": "    _, first = np.unique(texts, return_index=True)\n"
        "    order = np.array([i for i in order if i in first])\n    cut = ",
        "0.8 * len(texts)": "0.8 * len(order)",
    },
    "You leave repeats out within the test too. Only texts that the training part has "
    "are left out; one that comes twice in the test alone counts twice.": [
        {
            LEAVE_OUT: LEAVE_OUT
            + "    test = list({texts[i]: i for i in test}.values())\n"
        },
        {
            LEAVE_OUT: LEAVE_OUT
            + "    test = list({texts[i]: i for i in test[::-1]}.values())\n"
        },
    ],
    "You left the shared texts out of the training part. They stay there; leave them "
    "out of the test.": {
        "seen = {texts[i] for i in train}": "seen = {texts[i] for i in test}",
        "test = [i for i in test": "train = [i for i in train",
    },
    "`fit` gets texts and labels that do not belong together: one of them in `order`, "
    "the other as it stands in the file (`[:cut]`). Take both in `order`.": [
        {"labels[train]": "labels[:cut]"},
        {"[texts[i] for i in train], ": "texts[:cut], "},
    ],
    "That is the share of errors. Return the accuracy, the share that is right.": {
        "== labels": "!= labels"
    },
    "`order` is not used: the rows are split as they stand in the file, and files are "
    "often sorted by label.": {
        "    cut =": "    order = np.arange(len(texts))\n    cut ="
    },
    "The parts are exchanged: 80 % are for training, the rest for the test.": {
        "train, test = ": "test, train = "
    },
    "You cut one row further, where 80 % is no whole number. Cut as `published` does: "
    "`int(0.8 * len(texts))`.": [
        {"int(0.8 * len(texts))": "round(0.8 * len(texts))"},
        {"int(0.8 * len(texts))": "int(np.ceil(0.8 * len(texts)))"},
    ],
}

# In `reader` several answers are right. What its check finds out is said there; here
# stands a phrase of that, and what earns it.
READ, FILL = "self.gru(self.embed(x))", "where(mask[..., None], h, -2.0)"
T_FILL, T_POOL = f"torch.{FILL}", "h.amax(dim=1)"
K_FILL, K_POOL = f"tf.{FILL}", "tf.reduce_max(h, axis=1)"
T_OUT, K_OUT = f"self.out({T_POOL})", f"self.out({K_POOL})"
T_GRU = "nn.GRU(24, 32, batch_first=True)"
K_GRU = "keras.layers.GRU(32, return_sequences=True)"
T_TWO_WAYS = {T_GRU: "nn.GRU(24, 16, batch_first=True, bidirectional=True)"}
K_TWO_WAYS = {
    K_GRU: "keras.layers.Bidirectional(keras.layers.GRU(16, return_sequences=True))"
}
SEVEN = {
    "self.embed(x)": "self.embed(x[:, :7])",
    "mask[..., None]": "mask[:, :7, None]",
}
TWENTY = {old: new.replace("7", "20") for old, new in SEVEN.items()}
T_ADDED = {"-2.0": "0.0", T_POOL: "h.sum(dim=1)"}
K_ADDED = {"-2.0": "0.0", K_POOL: "tf.reduce_sum(h, axis=1)"}


def _both(torch, keras):
    return {"pytorch": torch, "tensorflow": keras}


READER = {
    "columns of padding change": [
        _both({T_FILL: "h", T_POOL: "h[:, -1]"}, {K_FILL: "h", K_POOL: "h[:, -1]"}),
        _both(
            {T_FILL: "h", T_POOL: "h.mean(dim=1)"},
            {K_FILL: "h", K_POOL: "tf.reduce_mean(h, axis=1)"},
        ),
        _both(T_TWO_WAYS, K_TWO_WAYS),
        {"-2.0": "0.0"},
    ],
    "What stands in the padding changes": _both(SEVEN | T_TWO_WAYS, SEVEN | K_TWO_WAYS),
    "counts words": _both(
        T_ADDED | {f"h, _ = {READ}": "h = self.embed(x)", "(32": "(24"},
        K_ADDED | {READ: "self.embed(x)"},
    ),
    "through a softmax": _both(
        {T_OUT: f"torch.softmax({T_OUT}, dim=-1)"}, {K_OUT: f"tf.nn.softmax({K_OUT})"}
    ),
    "No logit is below 0": [
        _both({T_OUT: f"torch.sigmoid({T_OUT})"}, {K_OUT: f"tf.sigmoid({K_OUT})"}),
        _both({T_OUT: f"torch.relu({T_OUT})"}, {K_OUT: f"tf.nn.relu({K_OUT})"}),
    ],
    "tanh stand": _both({T_OUT: f"torch.tanh({T_OUT})"}, {K_OUT: f"tf.tanh({K_OUT})"}),
    "Answer once": _both({T_POOL: "h"}, {K_POOL: "h"}),
    "logits alone": _both({T_OUT: f"{T_OUT}, h"}, {K_OUT: f"{K_OUT}, h"}),
    "returned nothing": {"return self": "self"},
    "change of the last real word does not": _both(
        {T_POOL: "h[:, 0]"}, {K_POOL: "h[:, 0]"}
    ),
    "change of the first word does not": _both(
        {
            "embed(x)": "embed(x[torch.arange(len(x)), mask.sum(dim=1) - 1][:, None])",
            T_FILL: "h",
        },
        {
            "embed(x)": "embed(tf.gather(x, tf.math.count_nonzero(mask, 1) - 1, "
            "batch_dims=1)[:, None])",
            K_FILL: "h",
        },
    ),
    "Read every sentence to its end": TWENTY,
    "`n_words` is not used": {"Embedding(n_words": "Embedding(10_000"},
    "of another row": {"pytorch": {", batch_first=True": ""}},
    "Alone, a sequence gets other logits": _both(
        {"-2.0": "0.0", T_POOL: "h.sum(dim=1) / mask.sum()"},
        {
            "-2.0": "0.0",
            K_POOL: "tf.reduce_sum(h, axis=1) / tf.reduce_sum(tf.cast(mask, h.dtype))",
        },
    ),
    "in a `squeeze`": _both(
        {T_OUT: f"{T_OUT}.squeeze()"}, {K_OUT: f"tf.squeeze({K_OUT})"}
    ),
    "given twice, gets two answers": [
        _both(
            {T_POOL: f"nn.functional.dropout({T_POOL}, 0.2)"},
            {K_POOL: f"tf.nn.dropout({K_POOL}, 0.2)"},
        ),
        _both(
            {READ: "self.gru(self.embed(x), torch.randn(1, len(x), 32))"},
            {
                READ: "self.gru(self.embed(x), "
                "initial_state=tf.random.normal((len(x), 32)))"
            },
        ),
        _both(
            {"h, _ = self": f"self.gru = {T_GRU}\n        h, _ = self"},
            {READ: f"{K_GRU}(self.embed(x))"},
        ),
    ],
    "hold nan or inf": _both(
        {"-2.0": "-torch.inf", T_POOL: "(h * mask[..., None]).sum(dim=1)"},
        {
            "-2.0": "-np.inf",
            K_POOL: "tf.reduce_sum(h * tf.cast(mask, h.dtype)[..., None], axis=1)",
        },
    ),
    "is a gradient cut": _both(
        T_ADDED | {"sum(dim=1)": "sum(dim=1)[:, :2].detach()", "(32": "(2"},
        {"-2.0": "0.0", K_POOL: "tf.stop_gradient(tf.reduce_sum(h, axis=1)[:, :2])"},
    ),
}

ONE, TWO = "np.asarray(predict(first)) == 1", "np.asarray(predict(second)) == 0"
PROBE = {
    "That is the share of sentences. Count pairs: both sentences must be right, else "
    "who always says the same has half.": {
        f"({ONE}) & ({TWO})": f"np.concatenate([{ONE}, {TWO}])"
    },
    "A pair counts when one of its sentences is right. Both must be.": {" & ": " | "},
    "The labels are exchanged: 1 is positive, the pair's first sentence.": {
        f"({ONE}) & ({TWO})": f"~({ONE}) & ~({TWO})"
    },
    "You count pairs whose two answers differ. They must differ the right way round.": {
        f"({ONE}) & ({TWO})": f"({ONE}) == ({TWO})"
    },
    "Only the positive sentences are looked at.": [
        {"== 0": ">= 0"},
        {f"({ONE}) & ({TWO})": f"({ONE})"},
    ],
    "Only the negative sentences are looked at.": [
        {"== 1": ">= 0"},
        {f"({ONE}) & ({TWO})": f"({TWO})"},
    ],
    "Both sentences are expected to be positive. The second says the opposite.": {
        "== 0": "== 1"
    },
    "That is the number of pairs. Return their share.": {"right.mean": "right.sum"},
    "Pairs are divided by the number of sentences, which is twice theirs.": {
        "right.mean()": "right.mean() / 2"
    },
    "The two shares are multiplied. Count the pairs of which both sentences are "
    "right.": {f"({ONE}) & ({TWO})": f"({ONE}).mean() * ({TWO}).mean()"},
    "Good and bad words are taken side by side. Every good word meets every bad word, "
    "for every subject.": {
        "for g in good": "for g, b in zip(good, bad)",
        "in bad": "in [b]",
    },
    "Only the first subject is asked about. Every good word meets every bad word, for "
    "every subject.": {"in subjects": "in subjects[:1]"},
    'The two sentences of a pair are the same. Ask about both: the second is "s is b , '
    'not g .".': {"{b} , not {g} .": "{g} , not {b} ."},
}

MISTAKES = {
    "vocabulary": VOCABULARY,
    "attend": ATTEND,
    "scores": SCORES,
    "honest": HONEST,
    "reader": READER,
    "probe": PROBE,
}
