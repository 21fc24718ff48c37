"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "last": {
        "row by row": """def last(h, mask):
    return np.array([row[real][-1] for row, real in zip(h, mask)])
""",
        "take along the axis": """def last(h, mask):
    at = mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)
    return np.take_along_axis(h, at[:, None, None], axis=1)[:, 0]
""",
        "by a mask of one step": """def last(h, mask):
    after = np.zeros_like(mask)
    after[:, :-1] = mask[:, 1:]
    return h[mask & ~after]
""",
    },
    "mean": {
        "where": """def mean(h, mask, d_mean):
    n = mask.sum(1)[:, None]
    out = np.where(mask[:, :, None], h, 0).sum(axis=1) / n
    d_h = np.where(mask[:, :, None], d_mean[:, None, :] / n[:, :, None], 0)
    return out, d_h
""",
        "einsum": """def mean(h, mask, d_mean):
    weight = mask / mask.sum(axis=1, keepdims=True)
    return np.einsum("bt,bth->bh", weight, h), np.einsum("bt,bh->bth", weight, d_mean)
""",
        "row by row": """def mean(h, mask, d_mean):
    d_h = np.zeros_like(h)
    found = []
    for k, real in enumerate(mask):
        found.append(h[k, real].mean(axis=0))
        d_h[k, real] = d_mean[k] / real.sum()
    return np.array(found), d_h
""",
    },
    "loss": {
        "the real ones alone": """def loss(logits, y, mask):
    log_p = log_softmax(logits[mask])
    n = mask.sum()
    d = np.zeros_like(logits)
    one = np.exp(log_p)
    one[np.arange(n), y[mask]] -= 1
    d[mask] = one / n
    return -log_p[np.arange(n), y[mask]].mean(), d
""",
        "softmax by hand": """def loss(logits, y, mask):
    e = np.exp(logits - logits.max(axis=2, keepdims=True))
    p = e / e.sum(axis=2, keepdims=True)
    rows, steps = np.indices(y.shape)
    nats = -log_softmax(logits)[rows, steps, y]
    p[rows, steps, y] -= 1
    n = np.count_nonzero(mask)
    return nats[mask].sum() / n, p * mask[:, :, None] / n
""",
    },
    "answers": {
        "by length, in a dict": """def answers(model, sequences, batch):
    order = sorted(range(len(sequences)), key=lambda k: len(sequences[k]))
    found = {}
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        x, mask = batches.pad([sequences[k] for k in part])
        found.update(zip(part, np.asarray(model(x, mask))))
    return np.stack([found[k] for k in range(len(sequences))])
""",
        "the inverse order, a list": """def answers(model, sequences, batch):
    order = np.argsort([-len(s) for s in sequences], kind="stable")
    rows = []
    for part in np.split(order, range(batch, len(order), batch)):
        x, mask = batches.pad([sequences[k] for k in part])
        rows.extend(model(x, mask))
    return [rows[k] for k in np.argsort(order)]
""",
    },
    "state": {
        "gathered": {
            "pytorch": """import torch

def state(lstm, e, mask):
    h, _ = lstm(e)
    return h[torch.arange(len(h)), mask.sum(1) - 1]
""",
            "tensorflow": """def state(lstm, e, mask):
    return lstm(e, mask=tf.cast(mask, tf.bool), training=False)
""",
        },
        "sorted first": {
            "pytorch": """import torch

def state(lstm, e, mask):
    n, order = mask.sum(1).sort(descending=True)
    packed = nn.utils.rnn.pack_padded_sequence(e[order], n.tolist(), batch_first=True)
    h = lstm(packed)[1][0]
    out = torch.empty_like(h[0])
    out[order] = h[0]
    return out
"""
        },
    },
    "hot": {
        "from zeros": """def hot(sequences, n):
    out = np.zeros((len(sequences), max(map(len, sequences)), n))
    for k, one in enumerate(sequences):
        out[k, np.arange(len(one)), one] = 1
    return out
""",
        "whole numbers": """def hot(sequences, n):
    ids, mask = batches.pad(sequences)
    return np.where(mask[..., None], np.eye(n, dtype=int)[ids], 0)
""",
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "loss": {
        "the course's measure": """from unrolled import metrics

def loss(logits, y, mask):
    found = metrics.cross_entropy(logits, y, mask)
    weight = mask / mask.sum()
    p = np.exp(log_softmax(logits))
    return found, (p - np.eye(logits.shape[-1])[y]) * weight[..., None]
""",
    },
    "answers": {
        "the course's answers": """from unrolled import lengths

def answers(model, sequences, batch):
    order = np.argsort([len(s) for s in sequences])
    many = []
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        one = lengths.Batch((*batches.pad([sequences[i] for i in places]), None))
        one.places = places
        many.append(one)

    def call(self, x, mask):
        return ur.tensor(np.asarray(model(ur.array(x), ur.array(mask))))

    made = getattr(globals().get("nn", globals().get("keras")), "Module", None)
    made = made or keras.Model
    return ur.predict(type("Asked", (made,), {"forward": call, "call": call})(), many)
""",
    },
    "state": {
        "the course's run": """def state(layer, e, mask):
    run = ur.run(layer, ur.array(e), mask=ur.array(mask))
    return ur.tensor(run.last[0])
""",
    },
}
