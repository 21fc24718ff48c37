"""Right answers in other styles: how they differ, and what it is in the solution."""

OUT, K_OUT = "        self.out = nn", "        self.out = keras"
DROPPED = "self.drop(h, training=training)"

RIGHT = {
    "score": {
        "by nats": """def score(p):
    nats = -sum(np.log(p)) / len(p)
    return nats / np.log(2), np.exp(nats)
""",
        "an array": """def score(p):
    bits = np.mean(np.log2(1 / np.asarray(p)))
    return np.array([bits, 2.0**bits])
""",
    },
    "streams": {
        "split": """def streams(ids, batch, steps):
    per_row = (len(ids) - 1) // (batch * steps) * steps
    x = ids[: batch * per_row].reshape(batch, per_row)
    y = ids[1 : batch * per_row + 1].reshape(batch, per_row)
    n = per_row // steps
    return np.array(np.split(x, n, 1)), np.array(np.split(y, n, axis=1))
""",
        "indexes": """def streams(ids, batch, steps):
    n = (len(ids) - 1) // batch // steps
    k, row, t = np.ogrid[:n, :batch, :steps]
    at = row * n * steps + k * steps + t
    return ids[at], ids[at + 1]
""",
    },
    "cross-entropy": {
        "logaddexp": """def cross_entropy(logits, y):
    total = np.logaddexp.reduce(logits, axis=-1)
    rows, steps = np.indices(y.shape)
    return np.mean(total - logits[rows, steps, y])
""",
        "flat": """def cross_entropy(logits, y):
    flat = logits.reshape(-1, logits.shape[-1]).astype(float)
    flat = flat - flat.max(1)[:, None]
    log_p = flat - np.log(np.exp(flat).sum(1))[:, None]
    return float(-log_p[range(y.size), y.ravel()].mean())
""",
    },
    "read": {
        "split": {
            "pytorch": """def read(layer, x, steps):
    h, found = None, []
    for part in torch.split(x, steps, dim=1):
        out, h = layer(part, h)
        h = h.data
        found += [out]
    return torch.cat(found, 1)
""",
            "tensorflow": """def read(layer, x, steps):
    h, found = None, []
    for at in range(0, x.shape[1], steps):
        out = layer(x[:, at : at + steps, :], initial_state=h)
        h = tf.identity(tf.stop_gradient(out[:, -1, :]))
        found += [out]
    return keras.ops.concatenate(found, axis=1)
""",
        }
    },
    "validate": {
        "collected": """def validate(nats, ids, steps):
    x, y = ids[:-1], ids[1:]
    state, found = None, []
    for at in range(0, len(x), steps):
        each, state = nats(x[at : at + steps], y[at : at + steps], state)
        found.append(each)
    return np.concatenate(found).mean()
""",
        "weighted means": """def validate(nats, ids, steps):
    state, total, n = None, 0.0, 0
    for at in range(0, len(ids) - 1, steps):
        y = ids[at + 1 : at + 1 + steps]
        each, state = nats(ids[at : at + len(y)], y, state)
        total, n = total + float(np.mean(each)) * len(y), n + len(y)
    return total / n
""",
    },
    "char-lm": {
        "a GRU": {
            "pytorch": {"nn.LSTM(": "nn.GRU("},
            "tensorflow": {"keras.layers.LSTM(": "keras.layers.GRU("},
        },
        "with dropout": {
            "pytorch": {
                OUT: f"        self.drop = nn.Dropout(0.1)\n{OUT}",
                "self.out(h), state": "self.out(self.drop(h)), state",
            },
            "tensorflow": {
                K_OUT: f"        self.drop = keras.layers.Dropout(0.1)\n{K_OUT}",
                "self.out(h), state": f"self.out({DROPPED}), state",
            },
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "score": {
        "the course's measures": """from unrolled import metrics

def score(p):
    nats = -np.log(p).mean()
    return metrics.bits(nats), metrics.perplexity(nats)
""",
    },
    "streams": {
        "the course's batches": """from unrolled import batches

def streams(ids, batch, steps):
    found = list(batches.Streams(ids, batch, steps))
    return np.stack([x for x, _ in found]), np.stack([y for _, y in found])
""",
    },
    "cross-entropy": {
        "the course's measure": """from unrolled import metrics

def cross_entropy(logits, y):
    return metrics.cross_entropy(logits, y)
""",
    },
    "char-lm": {
        "the course's model": {
            "pytorch": """from unrolled.backends import pytorch_models as models

class CharLM(models.LanguageModel):
    def __init__(self, n_symbols, n_hidden):
        super().__init__(n_symbols, 32, n_hidden)
""",
            "tensorflow": """from unrolled.backends import tensorflow_models as models

class CharLM(models.LanguageModel):
    def __init__(self, n_symbols, n_hidden):
        super().__init__(n_symbols, 32, n_hidden)
""",
        },
    },
}
