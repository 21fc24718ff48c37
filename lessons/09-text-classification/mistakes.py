"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _vocabulary(
    count="word for sentence in train for word in sentence",
    known="sorted(word for word, n in count.items() if n >= min_count)",
    start="2",
    encode="[[ids.get(word, 1) for word in s] for s in sentences]",
    result="encode(train), encode(test), 2 + len(known)",
    before="pass",
):
    return f"""
def vocabulary(train, test, min_count):
    {before}
    count = Counter({count})
    known = {known}
    ids = {{word: {start} + place for place, word in enumerate(known)}}
    encode = lambda sentences: {encode}
    return {result}
"""


def _attend(body):
    return f"""
def attend(h, mask, w):
    score = h @ w
    {body}
"""


def _scores(body, counts="np.add.at(counts, (y, predicted), 1)"):
    return f"""
def scores(predicted, y, n_classes):
    counts = np.zeros((n_classes, n_classes), int)
    {counts}
    tp, said, true = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    f1 = 2 * tp / np.maximum(said + true, 1)
    there = said + true > 0
    {body}
"""


def _honest(
    train="order[:cut]",
    test="order[cut:]",
    seen="test = [i for i in test if texts[i] not in seen]",
    fit="fit([texts[i] for i in train], labels[train])",
    before="pass",
):
    return f"""
def honest(texts, labels, order, fit):
    {before}
    cut = int(0.8 * len(texts))
    train, test = {train}, {test}
    seen = {{texts[i] for i in train}}
    {seen}
    predict = {fit}
    return np.mean(predict([texts[i] for i in test]) == labels[test])
"""


def _probe(
    body="return ((one == 1) & (two == 0)).mean()",
    pairs="[(s, g, b) for s in subjects for g in good for b in bad]",
    first="{s} is {g} , not {b} .",
    second="{s} is {b} , not {g} .",
):
    return f"""
def probe(predict, subjects, good, bad):
    pairs = {pairs}
    first = [f"{first}" for s, g, b in pairs]
    second = [f"{second}" for s, g, b in pairs]
    one, two = np.asarray(predict(first)), np.asarray(predict(second))
    {body}
"""


def _torch(forward, gru="nn.GRU(24, 32, batch_first=True)", out="nn.Linear(32, n_out)"):
    body = "\n        ".join(forward.split("; "))
    return f"""
class Reader(nn.Module):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = nn.Embedding(n_words, 24)
        self.gru = {gru}
        self.out = {out}

    def forward(self, x, mask):
        e = self.embed(x)
        {body}
"""


def _keras(
    call,
    gru="keras.layers.GRU(32, return_sequences=True)",
    out="keras.layers.Dense(n_out)",
):
    body = "\n        ".join(call.split("; "))
    return f"""
class Reader(keras.Model):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = keras.layers.Embedding(n_words, 24)
        self.gru = {gru}
        self.out = {out}

    def call(self, x, mask, training=False):
        e = self.embed(x)
        {body}
"""


def _both(name, hint, torch_code, keras_code):
    """Return the same mistake in both frameworks."""
    return [
        Mistake(name, hint, torch_code, "pytorch"),
        Mistake(f"{name} (Keras)", hint, keras_code, "tensorflow"),
    ]


_PACKED = (
    "p = nn.utils.rnn.pack_padded_sequence(e, mask.sum(1).cpu(), batch_first=True, "
    "enforce_sorted=False); _, h = self.gru(p)"
)

_TORCH_MAX = "h, _ = self.gru(e); h = h.masked_fill(~mask[..., None], -2.0)"
_KERAS_MAX = "h = self.gru(e); h = tf.where(mask[..., None], h, -2.0)"

MISTAKES = {
    "vocabulary": [
        Mistake(
            "counted in both sets",
            "That is a leak",
            _vocabulary(count="word for s in train + test for word in s"),
        ),
        Mistake(
            "a vocabulary each",
            "vocabulary of its own",
            """
def vocabulary(train, test, min_count):
    def encode(sentences):
        count = Counter(word for sentence in sentences for word in sentence)
        known = sorted(word for word, n in count.items() if n >= min_count)
        ids = {word: 2 + place for place, word in enumerate(known)}
        return [[ids.get(word, 1) for word in s] for s in sentences], 2 + len(known)

    return encode(train)[0], encode(test)[0], encode(train)[1]
""",
        ),
        Mistake(
            "more than min_count",
            "`>=`, not `>`",
            _vocabulary(
                known="sorted(word for word, n in count.items() if n > min_count)"
            ),
        ),
        Mistake(
            "in how many sentences",
            "in how many sentences",
            _vocabulary(count="word for s in train for word in set(s)"),
        ),
        Mistake(
            "every word known",
            "`min_count` is not used",
            _vocabulary(known="sorted(count)"),
        ),
        Mistake(
            "from 0 on",
            "begin at 0",
            _vocabulary(start="0", result="encode(train), encode(test), len(known)"),
        ),
        Mistake(
            "from 1 on",
            "begin at 1",
            _vocabulary(
                start="1", result="encode(train), encode(test), 1 + len(known)"
            ),
        ),
        Mistake(
            "unknown is 0",
            "0 is padding",
            _vocabulary(encode="[[ids.get(word, 0) for word in s] for s in sentences]"),
        ),
        Mistake(
            "unknown dropped",
            "get shorter",
            _vocabulary(
                encode="[[ids[word] for word in s if word in ids] for s in sentences]"
            ),
        ),
        Mistake(
            "by count",
            "order of their counts",
            _vocabulary(
                known="sorted((w for w, n in count.items() if n >= min_count), "
                "key=lambda w: (-count[w], w))"
            ),
        ),
        Mistake(
            "as they come",
            "in which they come up",
            _vocabulary(known="[w for w, n in count.items() if n >= min_count]"),
        ),
        Mistake(
            "known words only",
            "known words only",
            _vocabulary(result="encode(train), encode(test), len(known)"),
        ),
        Mistake(
            "unknown words fail",
            "stopped with KeyError",
            _vocabulary(encode="[[ids[word] for word in s] for s in sentences]"),
        ),
    ],
    "attend": [
        Mistake(
            "no mask",
            "mask is not used",
            _attend(
                "e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "mask after the softmax",
            "no longer add up to 1",
            _attend(
                "e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True) * mask\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "score 0",
            "exp(0) is 1",
            _attend(
                "score = score * mask\n"
                "    e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "over the batch",
            "runs over the batch",
            _attend(
                "score = np.where(mask, score, -1e9)\n"
                "    e = np.exp(score - score.max(0, keepdims=True))\n"
                "    a = e / e.sum(0, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "mean",
            "mean pooling",
            _attend(
                "a = mask / mask.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "no softmax",
            "scores themselves",
            _attend("return ((score * mask)[..., None] * h).sum(1)"),
        ),
        Mistake(
            "the best alone",
            "highest score",
            _attend(
                "best = np.where(mask, score, -np.inf).argmax(1)\n"
                "    return h[np.arange(len(h)), best]"
            ),
        ),
        Mistake(
            "mean of the weighted",
            "Sum, not mean",
            _attend(
                "score = np.where(mask, score, -np.inf)\n"
                "    e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).mean(1)"
            ),
        ),
        Mistake(
            "overflow",
            "exp overflows",
            _attend(
                "e = np.where(mask, np.exp(score), 0)\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "weights returned",
            "has shape",
            _attend(
                "score = np.where(mask, score, -np.inf)\n"
                "    e = np.exp(score - score.max(1, keepdims=True))\n"
                "    return e / e.sum(1, keepdims=True)"
            ),
        ),
        *(
            Mistake(
                f"padding {fill}",
                "fixed score",
                _attend(
                    f"score = np.where(mask, score, {fill})\n"
                    "    e = np.exp(score - score.max(1, keepdims=True))\n"
                    "    a = e / e.sum(1, keepdims=True)\n"
                    "    return (a[..., None] * h).sum(1)"
                ),
            )
            for fill in (-100, -1000)
        ),
        Mistake(
            "mask turned round",
            "mask is turned round",
            _attend(
                "score = np.where(mask, -np.inf, score)\n"
                "    e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "0 times inf",
            "choose with `np.where`",
            _attend(
                "score = score * mask + (1 - mask) * -np.inf\n"
                "    e = np.exp(score - score.max(1, keepdims=True))\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "the largest of the batch",
            "largest *real* score of each row",
            _attend(
                "score = np.where(mask, score, -np.inf)\n"
                "    e = np.exp(score - score.max())\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
        Mistake(
            "the largest may be padding",
            "largest *real* score of each row",
            _attend(
                "e = np.exp(score - score.max(1, keepdims=True)) * mask\n"
                "    a = e / e.sum(1, keepdims=True)\n"
                "    return (a[..., None] * h).sum(1)"
            ),
        ),
    ],
    "scores": [
        Mistake(
            "transposed",
            "is transposed",
            _scores(
                "return counts, f1[there].mean()",
                "np.add.at(counts, (predicted, y), 1)",
            ),
        ),
        Mistake(
            "accuracy",
            "second result is the accuracy",
            _scores("return counts, np.trace(counts) / counts.sum()"),
        ),
        Mistake("all classes", "Leave it out", _scores("return counts, f1.mean()")),
        Mistake(
            "only those said",
            "never said",
            _scores("return counts, f1[said > 0].mean()"),
        ),
        Mistake(
            "only those true",
            "never true",
            _scores("return counts, f1[true > 0].mean()"),
        ),
        Mistake(
            "weighted",
            "weighted F1",
            _scores("return counts, (f1 * true).sum() / true.sum()"),
        ),
        Mistake(
            "F1 of the means",
            "one F1 of the two means",
            _scores(
                "p = (tp / np.maximum(said, 1))[there].mean()\n"
                "    r = (tp / np.maximum(true, 1))[there].mean()\n"
                "    return counts, 2 * p * r / (p + r)"
            ),
        ),
        Mistake(
            "precision",
            "mean precision",
            _scores("return counts, (tp / np.maximum(said, 1))[there].mean()"),
        ),
        Mistake(
            "recall",
            "mean recall",
            _scores("return counts, (tp / np.maximum(true, 1))[there].mean()"),
        ),
        Mistake(
            "shares",
            "holds shares",
            _scores("return counts / np.maximum(true, 1)[:, None], f1[there].mean()"),
        ),
        Mistake(
            "repeated cells counted once",
            "wrong in",
            _scores("return counts, f1[there].mean()", "counts[y, predicted] += 1"),
        ),
        Mistake(
            "results exchanged",
            "right results in another order",
            _scores("return f1[there].mean(), counts"),
        ),
        Mistake(
            "0 / 0 left out",
            "`nanmean` skips that",
            _scores(
                "p, r = tp / said, tp / true\n"
                "    return counts, np.nanmean(2 * p * r / (p + r))"
            ),
        ),
    ],
    "honest": [
        Mistake(
            "unchanged",
            "published function unchanged",
            _honest(
                test="order[: len(order[cut:])]",
                seen="pass",
                fit="fit(texts, labels)",
            ),
        ),
        Mistake(
            "asked about training rows",
            "still ask about the first rows",
            _honest(test="order[: len(order[cut:])]", seen="pass"),
        ),
        Mistake(
            "learned from all",
            "`fit` still gets all texts",
            _honest(fit="fit(texts, labels)"),
        ),
        Mistake(
            "learned from all, twins",
            "repeated texts are still",
            _honest(fit="fit(texts, labels)", seen="pass"),
        ),
        Mistake("twins", "learns by heart", _honest(seen="pass")),
        Mistake(
            "as in the file",
            "`order` is not used",
            _honest(before="order = np.arange(len(texts))"),
        ),
        Mistake(
            "parts exchanged",
            "parts are exchanged",
            _honest(train="order[cut:]", test="order[:cut]"),
        ),
        Mistake(
            "deduplicated first",
            "before the split",
            """
def honest(texts, labels, order, fit):
    _, first = np.unique(texts, return_index=True)
    order = np.array([i for i in order if i in set(first.tolist())])
    cut = int(0.8 * len(order))
    train, test = order[:cut], order[cut:]
    predict = fit([texts[i] for i in train], labels[train])
    return np.mean(predict([texts[i] for i in test]) == labels[test])
""",
        ),
        Mistake(
            "each text once in the test, the last",
            "repeats out within the test",
            _honest(
                seen="test = list({texts[i]: i for i in test if texts[i] not in seen}"
                ".values())"
            ),
        ),
        Mistake(
            "each text once in the test, the first",
            "repeats out within the test",
            _honest(
                seen="test = [i for k, i in enumerate(test) if texts[i] not in seen "
                "and texts[i] not in [texts[j] for j in test[:k]]]"
            ),
        ),
        Mistake(
            "left out of training",
            "out of the training part",
            _honest(
                seen="asked = {texts[i] for i in test}; "
                "train = [i for i in train if texts[i] not in asked]"
            ),
        ),
        Mistake(
            "labels of the file",
            "do not belong together",
            _honest(fit="fit([texts[i] for i in train], labels[:cut])"),
        ),
        Mistake(
            "texts of the file",
            "do not belong together",
            _honest(fit="fit(texts[:cut], labels[train])"),
        ),
        Mistake(
            "share of errors",
            "share of errors",
            """
def honest(texts, labels, order, fit):
    cut = int(0.8 * len(texts))
    train, test = order[:cut], order[cut:]
    seen = {texts[i] for i in train}
    test = [i for i in test if texts[i] not in seen]
    predict = fit([texts[i] for i in train], labels[train])
    return np.mean(predict([texts[i] for i in test]) != labels[test])
""",
        ),
    ],
    "reader": [
        *_both(
            "the last column",
            "columns of padding change",
            _torch("h, _ = self.gru(e); return self.out(h[:, -1])"),
            _keras("h = self.gru(e); return self.out(h[:, -1])"),
        ),
        *_both(
            "mean over padding too",
            "columns of padding change",
            _torch("h, _ = self.gru(e); return self.out(h.mean(1))"),
            _keras("h = self.gru(e); return self.out(tf.reduce_mean(h, 1))"),
        ),
        *_both(
            "a bag of words",
            "counts words",
            _torch(
                "e = e.masked_fill(~mask[..., None], 0); "
                "return self.out(e.sum(1) / mask.sum(1, keepdim=True))",
                out="nn.Linear(24, n_out)",
            ),
            _keras(
                "m = tf.cast(mask, tf.float32)[..., None]; "
                "return self.out(tf.reduce_sum(e * m, 1) / tf.reduce_sum(m, 1))"
            ),
        ),
        *_both(
            "softmax",
            "through a softmax",
            _torch(
                "h, _ = self.gru(e); h = h.masked_fill(~mask[..., None], -2.0); "
                "return torch.softmax(self.out(h.amax(1)), -1)"
            ),
            _keras(
                "h = self.gru(e); h = tf.where(mask[..., None], h, -2.0); "
                "return tf.nn.softmax(self.out(tf.reduce_max(h, 1)))"
            ),
        ),
        *_both(
            "one answer a word",
            "one answer for each word",
            _torch("h, _ = self.gru(e); return self.out(h)"),
            _keras("h = self.gru(e); return self.out(h)"),
        ),
        *_both(
            "state returned too",
            "logits alone",
            _torch(_PACKED + "; return self.out(h[-1]), h"),
            _keras("h = self.gru(e, mask=mask); return self.out(h[:, -1]), h[:, -1]"),
        ),
        *_both(
            "only the first word",
            "last real word",
            _torch("h, _ = self.gru(e); return self.out(h[:, 0])"),
            _keras("h = self.gru(e); return self.out(h[:, 0])"),
        ),
        *_both(
            "only the last word",
            "first word does not change",
            _torch(
                "last = mask.sum(1) - 1; h, _ = self.gru(e[torch.arange(len(e)), "
                "last][:, None]); return self.out(h[:, 0])"
            ),
            _keras(
                "last = tf.reduce_sum(tf.cast(mask, tf.int32), 1) - 1; "
                "h = self.gru(tf.gather(e, last, batch_dims=1)[:, None]); "
                "return self.out(h[:, 0])"
            ),
        ),
        *_both(
            "reads the padding from behind",
            "What stands in the padding",
            _torch(
                "h, _ = self.gru(e[:, :7]); "
                "h = h.masked_fill(~mask[:, :7, None], -2.0); "
                "return self.out(h.amax(1))",
                gru="nn.GRU(24, 16, batch_first=True, bidirectional=True)",
            ),
            _keras(
                "h = tf.reverse(self.gru(e[:, :7]), [1]); "
                "h = tf.where(mask[:, :7, None], h, -2.0); "
                "return self.out(tf.reduce_max(h, 1))",
                gru="keras.layers.GRU(32, return_sequences=True, go_backwards=True)",
            ),
        ),
        Mistake(
            "time first",
            "of another row",
            _torch(
                "h, _ = self.gru(e); h = h.masked_fill(~mask[..., None], -2.0); "
                "return self.out(h.amax(1))",
                gru="nn.GRU(24, 32)",
            ),
            "pytorch",
        ),
        *_both(
            "the gradient cut",
            "is a gradient cut",
            _torch(
                "h, _ = self.gru(e); h = h.masked_fill(~mask[..., None], 0.0); "
                "return self.out(h.sum(1)[:, :2].detach())",
                out="nn.Linear(2, n_out)",
            ),
            _keras(
                "h = self.gru(e); h = tf.where(mask[..., None], h, 0.0); "
                "return self.out(tf.stop_gradient(tf.reduce_sum(h, 1)[:, :2]))"
            ),
        ),
        *_both(
            "one count for the batch",
            "Alone, a sentence gets other logits",
            _torch(
                "h, _ = self.gru(e); h = (h * mask[..., None]).sum(1) / mask.sum(); "
                "return self.out(h)"
            ),
            _keras(
                "m = tf.cast(mask, tf.float32); h = self.gru(e) * m[..., None]; "
                "return self.out(tf.reduce_sum(h, 1) / tf.reduce_sum(m))"
            ),
        ),
        *_both(
            "squeezed",
            "leave out `squeeze`",
            _torch(_TORCH_MAX + "; return self.out(h.amax(1)).squeeze()"),
            _keras(_KERAS_MAX + "; return tf.squeeze(self.out(tf.reduce_max(h, 1)))"),
        ),
        *_both(
            "sigmoid",
            "is below 0",
            _torch(_TORCH_MAX + "; return torch.sigmoid(self.out(h.amax(1)))"),
            _keras(
                _KERAS_MAX + "; return self.out(tf.reduce_max(h, 1))",
                out="keras.layers.Dense(n_out, activation='sigmoid')",
            ),
        ),
        *_both(
            "ReLU",
            "is below 0",
            _torch(_TORCH_MAX + "; return torch.relu(self.out(h.amax(1)))"),
            _keras(
                _KERAS_MAX + "; return self.out(tf.reduce_max(h, 1))",
                out="keras.layers.Dense(n_out, activation='relu')",
            ),
        ),
        *_both(
            "dropout always",
            "read twice, gets two answers",
            _torch(
                _TORCH_MAX + "; h = nn.functional.dropout(h.amax(1), 0.2); "
                "return self.out(h)"
            ),
            _keras(
                _KERAS_MAX + "; h = tf.nn.dropout(tf.reduce_max(h, 1), 0.2); "
                "return self.out(h)"
            ),
        ),
        *_both(
            "a random first state",
            "read twice, gets two answers",
            _torch(
                "h, _ = self.gru(e, torch.randn(1, len(x), 32)); "
                "h = h.masked_fill(~mask[..., None], -2.0); return self.out(h.amax(1))"
            ),
            _keras(
                "h = self.gru(e, initial_state=tf.random.normal((len(x), 32))); "
                "h = tf.where(mask[..., None], h, -2.0); "
                "return self.out(tf.reduce_max(h, 1))"
            ),
        ),
        *_both(
            "layers made anew",
            "read twice, gets two answers",
            _torch(
                "self.gru = nn.GRU(24, 32, batch_first=True); "
                + _TORCH_MAX
                + "; return self.out(h.amax(1))"
            ),
            _keras(
                "h = keras.layers.GRU(32, return_sequences=True)(e); "
                "h = tf.where(mask[..., None], h, -2.0); "
                "return self.out(tf.reduce_max(h, 1))"
            ),
        ),
        *_both(
            "both directions over padding",
            "bidirectional: lengths or mask",
            _torch(
                _TORCH_MAX + "; return self.out(h.amax(1))",
                gru="nn.GRU(24, 16, batch_first=True, bidirectional=True)",
            ),
            _keras(
                _KERAS_MAX + "; return self.out(tf.reduce_max(h, 1))",
                gru="keras.layers.Bidirectional("
                "keras.layers.GRU(16, return_sequences=True))",
            ),
        ),
        *_both(
            "0 before the maximum",
            "less than any state before a maximum",
            _torch(
                "h, _ = self.gru(e); h = h * mask[..., None]; "
                "return self.out(h.amax(1))"
            ),
            _keras(
                "h = self.gru(e); h = tf.where(mask[..., None], h, 0.0); "
                "return self.out(tf.reduce_max(h, 1))"
            ),
        ),
        *_both(
            "scores of -inf times 0",
            "hold nan or inf",
            _torch(
                "h, _ = self.gru(e); h = h.masked_fill(~mask[..., None], -torch.inf); "
                "return self.out((h * mask[..., None]).sum(1))"
            ),
            _keras(
                "h = self.gru(e); h = tf.where(mask[..., None], h, -np.inf); "
                "h = h * tf.cast(mask, tf.float32)[..., None]; "
                "return self.out(tf.reduce_sum(h, 1))"
            ),
        ),
        *_both(
            "no return",
            "returned nothing",
            _torch(_TORCH_MAX + "; self.out(h.amax(1))"),
            _keras(_KERAS_MAX + "; self.out(tf.reduce_max(h, 1))"),
        ),
    ],
    "probe": [
        Mistake(
            "share of sentences",
            "share of sentences",
            _probe("return np.concatenate([one == 1, two == 0]).mean()"),
        ),
        Mistake(
            "one is enough",
            "one of its sentences",
            _probe("return ((one == 1) | (two == 0)).mean()"),
        ),
        Mistake(
            "labels exchanged",
            "labels are exchanged",
            _probe("return ((one == 0) & (two == 1)).mean()"),
        ),
        Mistake(
            "they differ", "differ the right way", _probe("return (one != two).mean()")
        ),
        Mistake(
            "positive only", "Only the positive", _probe("return (one == 1).mean()")
        ),
        Mistake(
            "negative only", "Only the negative", _probe("return (two == 0).mean()")
        ),
        Mistake(
            "both positive",
            "expected to be positive",
            _probe("return ((one == 1) & (two == 1)).mean()"),
        ),
        Mistake(
            "word by word",
            "meets every bad word",
            _probe(
                "return ((one == 1) & (two == 0)).mean()",
                "[(s, g, b) for s in subjects for g, b in zip(good, bad)]",
            ),
        ),
        Mistake(
            "a number",
            "number of pairs",
            _probe("return ((one == 1) & (two == 0)).sum()"),
        ),
        Mistake(
            "divided by sentences",
            "number of sentences",
            _probe("return ((one == 1) & (two == 0)).sum() / (len(one) + len(two))"),
        ),
        Mistake(
            "another word denied",
            "is not",
            _probe(second="{s} is not {g} , {b} ."),
        ),
        Mistake(
            "subject last",
            "You ask about",
            _probe(second="{b} , not {g} is {s} ."),
        ),
        Mistake(
            "no spaces",
            ".'; expected 'the",
            _probe(first="{s} is {g}, not {b}.", second="{s} is {b}, not {g}."),
        ),
        Mistake(
            "a capital",
            "You ask about 'The",
            _probe(first="{s.capitalize()} is {g} , not {b} ."),
        ),
        Mistake(
            "one subject",
            "for every subject",
            _probe(pairs="[(subjects[0], g, b) for g in good for b in bad]"),
        ),
        Mistake(
            "the first sentence twice",
            "ask about both",
            _probe(second="{s} is {g} , not {b} ."),
        ),
        Mistake(
            "the subjects asked about too",
            "belongs to no pair",
            _probe(
                "alone = np.asarray(predict(subjects))\n"
                "    return (((one == 1) & (two == 0)).sum() + (alone == 1).sum()) "
                "/ (len(pairs) + len(alone))"
            ),
        ),
        Mistake(
            "one string at a time",
            "it got one string",
            """
def probe(predict, subjects, good, bad):
    pairs = [(s, g, b) for s in subjects for g in good for b in bad]
    right = [
        predict(f"{s} is {g} , not {b} .") == 1
        and predict(f"{s} is {b} , not {g} .") == 0
        for s, g, b in pairs
    ]
    return np.mean(right)
""",
        ),
    ],
}
