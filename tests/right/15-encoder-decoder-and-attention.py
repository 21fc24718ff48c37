"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "shift-right": {
        "lists": """def shift_right(sequences, begin, end):
    longest = max(map(len, sequences))
    x, y, mask = [], [], []
    for s in sequences:
        fill = [0] * (longest - len(s))
        x.append([begin] + list(s) + fill)
        y.append(list(s) + [end] + fill)
        mask.append([1] * (len(s) + 1) + fill)
    return np.array(x), np.array(y), np.array(mask) > 0
""",
        "from one array": """def shift_right(seqs, b, e):
    n = np.array([len(s) for s in seqs])
    mask = np.arange(n.max() + 1) <= n[:, None]
    x, y = np.zeros(mask.shape, int), np.zeros(mask.shape, int)
    for k, s in enumerate(seqs):
        x[k, 1 : n[k] + 1] = s
        y[k, : n[k]] = s
        y[k, n[k]] = e
    x[:, 0] = b
    return x, y, mask
""",
    },
    "attend": {
        "a loop": """def attend(q, k, v, mask):
    weights = np.zeros(mask.shape)
    for b in range(len(q)):
        s = k[b][mask[b]] @ q[b]
        e = np.exp(s - s.max())
        weights[b, mask[b]] = e / e.sum()
    return (weights[:, None] @ v)[:, 0], weights
""",
        "a large number instead of infinity": """def attend(q, k, v, mask):
    scores = (k @ q[:, :, None])[..., 0]
    scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(1)[:, None]) * mask
    a = e / e.sum(-1, keepdims=True)
    return np.sum(a[..., None] * v, axis=1), a
""",
    },
    "attend-backward": {
        "the Jacobian": """def attend_backward(q, k, v, a, g):
    J = a[:, :, None] * np.eye(a.shape[1]) - a[:, :, None] * a[:, None]
    d = (J @ (v @ g[..., None]))[..., 0]
    return (d[:, None] @ k)[:, 0], d[..., None] * q[:, None], a[..., None] * g[:, None]
""",
        "against the context": """def attend_backward(q, k, v, weights, d_context):
    context = (weights[..., None] * v).sum(1)
    off = v - context[:, None]
    d = weights * (off * d_context[:, None]).sum(-1)
    d_q = (d[..., None] * k).sum(1)
    return [d_q, d[..., None] * q[:, None], weights[..., None] * d_context[:, None]]
""",
    },
    "beam": {
        "tuples": """def beam(step, width, longest):
    live, done = [(0.0, ())], []
    for _ in range(longest):
        pool = list(done)
        for s, line in live:
            logs = step(list(line))
            pool += [(s + float(p), (*line, k)) for k, p in enumerate(logs)]
        pool.sort(key=lambda one: -one[0])
        pool = pool[:width]
        done = [one for one in pool if one[1][-1] == 0]
        live = [one for one in pool if one[1][-1] != 0]
        if not live:
            break
    s, line = max(live + done)
    return np.array([k for k in line if k], int), s
""",
    },
    "bleu": {
        "products": """def bleu(said, wanted):
    product = 1.0
    for n in (1, 2, 3, 4):
        hit = all_ = 0
        for s, w in zip(said, wanted):
            left = [tuple(w[i : i + n]) for i in range(len(w) - n + 1)]
            for i in range(len(s) - n + 1):
                all_ += 1
                piece = tuple(s[i : i + n])
                if piece in left:
                    left.remove(piece)
                    hit += 1
        if not hit:
            return 0.0
        product *= hit / all_
    c = sum(len(s) for s in said)
    r = sum(len(w) for w in wanted)
    if c < r:
        return product**0.25 * np.exp(1 - r / c)
    return product**0.25
""",
    },
    "captioner": {
        "everything at once, without attention": {
            "pytorch": """class Captioner(nn.Module):
    def __init__(self, n_kinds, n_words, n_hidden):
        super().__init__()
        self.kinds = nn.Embedding(n_kinds, n_hidden)
        self.first = nn.Linear(9 * n_hidden, n_hidden)
        self.words = nn.Embedding(n_words, n_hidden)
        self.layer = nn.GRU(2 * n_hidden, 2 * n_hidden, batch_first=True)
        self.out = nn.Linear(2 * n_hidden, n_words)

    def forward(self, x):
        seen = torch.relu(self.first(self.kinds(x[:, :9]).flatten(1)))
        words = self.words(x[:, 9:])
        both = torch.cat([words, seen[:, None].expand_as(words)], -1)
        return self.out(self.layer(both)[0])
""",
            "tensorflow": """class Captioner(keras.Model):
    def __init__(self, n_kinds, n_words, n_hidden):
        super().__init__()
        self.kinds = keras.layers.Embedding(n_kinds, n_hidden)
        self.first = keras.layers.Dense(n_hidden, activation="relu")
        self.words = keras.layers.Embedding(n_words, n_hidden)
        self.layer = keras.layers.GRU(2 * n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_words)

    def call(self, x):
        seen = self.kinds(x[:, :9])
        seen = tf.reshape(seen, (-1, 9 * self.kinds.output_dim))
        seen, words = self.first(seen), self.words(x[:, 9:])
        both = tf.concat([words, 0 * words + seen[:, None]], -1)
        return self.out(self.layer(both))
""",
        },
        "einsum": {
            "pytorch": {
                "s @ keys.transpose(1, 2)": ("torch.einsum('bsn,bkn->bsk', s, keys)")
            },
            "tensorflow": {
                "tf.matmul(s, keys, transpose_b=True)": (
                    "tf.einsum('bsn,bkn->bsk', s, keys)"
                )
            },
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "shift-right": {
        "the course's padding": """from unrolled import batches

def shift_right(sequences, begin, end):
    x, mask = batches.pad([[begin, *s] for s in sequences])
    return x, batches.pad([[*s, end] for s in sequences])[0], mask
""",
    },
}
