"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "vocabulary": {
        "a loop": """def vocabulary(train, test, min_count):
    count = {}
    for sentence in train:
        for word in sentence:
            count[word] = count.get(word, 0) + 1
    ids = {}
    for word in sorted(count):
        if count[word] >= min_count:
            ids[word] = len(ids) + 2
    turn = lambda rows: [[ids[w] if w in ids else 1 for w in row] for row in rows]
    return [turn(train), turn(test), len(ids) + 2]
""",
        "arrays": """def vocabulary(train, test, min_count):
    words = [w for row in train for w in row]
    known, n = np.unique(words, return_counts=True)
    ids = {str(w): k for k, w in enumerate(known[n >= min_count], start=2)}
    encode = lambda rows: [np.array([ids.get(w, 1) for w in row], int) for row in rows]
    return encode(train), encode(test), 2 + len(ids)
""",
    },
    "attend": {
        "minus a large number": """def attend(h, mask, w):
    score = h @ w
    score = score - score.max(axis=1, keepdims=True, where=mask, initial=-1e300)
    e = np.exp(np.where(mask, score, -1e4))
    return np.einsum("bt,bth->bh", e / e.sum(axis=1)[:, None], h)
""",
        "row by row": """def attend(h, mask, w):
    found = []
    for row, real in zip(h, mask):
        score = row[real] @ w
        e = np.exp(score - score.max())
        found.append((e / e.sum()) @ row[real])
    return np.array(found)
""",
    },
    "scores": {
        "class by class": """def scores(predicted, y, n_classes):
    table = np.zeros((n_classes, n_classes), dtype=int)
    for truth, said in zip(y, predicted):
        table[truth, said] += 1
    each = []
    for k in range(n_classes):
        hits = table[k, k]
        total = table[k].sum() + table[:, k].sum()
        if total:
            each.append(2 * hits / total)
    return table, sum(each) / len(each)
""",
        "bincount": """def scores(predicted, y, n_classes):
    pairs = np.asarray(y) * n_classes + predicted
    table = np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)
    tp, said, true = table.diagonal(), table.sum(0), table.sum(1)
    some = (said + true) > 0
    return table, np.mean(2 * tp[some] / (said + true)[some])
""",
    },
    "honest": {
        "sets and lists": """def honest(texts, labels, order, fit):
    n = len(texts) * 8 // 10
    learn = [int(i) for i in order[:n]]
    known = set(map(texts.__getitem__, learn))
    judge = [int(i) for i in order[n:] if texts[i] not in known]
    predict = fit([texts[i] for i in learn], np.array([labels[i] for i in learn]))
    said = predict([texts[i] for i in judge])
    return sum(a == labels[i] for a, i in zip(said, judge)) / len(judge)
"""
    },
    "reader": {
        "an LSTM, and the mean": {
            "pytorch": """class Reader(nn.Module):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = nn.Embedding(n_words, 32, padding_idx=0)
        self.lstm = nn.LSTM(32, 24, batch_first=True, bidirectional=False)
        self.out = nn.Linear(24, n_out)

    def forward(self, x, mask):
        h, _ = self.lstm(self.embed(x))
        real = mask.unsqueeze(-1).to(h.dtype)
        return self.out((h * real).sum(1) / real.sum(1))
""",
            "tensorflow": """class Reader(keras.Model):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = keras.layers.Embedding(n_words, 32)
        self.lstm = keras.layers.LSTM(24, return_sequences=True)
        self.out = keras.layers.Dense(n_out)

    def call(self, x, mask):
        h = self.lstm(self.embed(x))
        real = tf.cast(mask[:, :, None], h.dtype)
        return self.out(tf.reduce_sum(h * real, 1) / tf.reduce_sum(real, 1))
""",
        },
        "packed, both directions": {
            "pytorch": """class Reader(nn.Module):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = nn.Embedding(n_words, 24)
        self.gru = nn.GRU(24, 16, batch_first=True, bidirectional=True)
        self.out = nn.Linear(32, n_out)

    def forward(self, x, mask):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.embed(x), mask.sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        _, h = self.gru(packed)
        return self.out(torch.cat([h[0], h[1]], dim=1))
""",
            "tensorflow": """class Reader(keras.Model):
    def __init__(self, n_words, n_out):
        super().__init__()
        self.embed = keras.layers.Embedding(n_words, 24)
        self.gru = keras.layers.Bidirectional(keras.layers.GRU(16))
        self.out = keras.layers.Dense(n_out)

    def call(self, x, mask, training=None):
        return self.out(self.gru(self.embed(x), mask=mask, training=training))
""",
        },
    },
    "probe": {
        "product, other names": """from itertools import product

def probe(ask, who, nice, bad):
    pairs = list(product(who, nice, bad))
    a = ask([f"{s} is {g} , not {b} ." for s, g, b in pairs])
    b = ask([f"{s} is {b} , not {g} ." for s, g, b in pairs])
    return sum(p == 1 and q == 0 for p, q in zip(a, b)) / len(pairs)
""",
        "one call": """def probe(predict, subjects, good, bad):
    texts = []
    for s in subjects:
        for g in good:
            for b in bad:
                texts += [f"{s} is {g} , not {b} .", f"{s} is {b} , not {g} ."]
    said = np.asarray(predict(texts)).reshape(-1, 2)
    return float(np.mean((said == [1, 0]).all(axis=1)))
""",
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "scores": {
        "the course's measures": """from unrolled import metrics

def scores(predicted, y, n_classes):
    return (
        metrics.confusion(predicted, y, n_classes),
        metrics.macro_f1(predicted, y, n_classes),
    )
""",
    },
}
