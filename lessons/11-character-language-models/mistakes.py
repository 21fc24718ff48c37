"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _score(bits, perplexity="2**bits", result="bits, perplexity"):
    return f"""
def score(p):
    bits = {bits}
    perplexity = {perplexity}
    return {result}
"""


def _streams(body):
    return f"""
def streams(ids, batch, steps):
    n = (len(ids) - 1) // (batch * steps)
    used = n * batch * steps
    cut = lambda a: a.reshape(batch, n, steps).transpose(1, 0, 2)
    {body}
"""


def _entropy(body):
    return f"""
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    pick = lambda a: np.take_along_axis(a, y[..., None], axis=-1)[..., 0]
    {body}
"""


def _read_torch(*lines, result="torch.cat(states, dim=1)"):
    body = "\n        ".join(lines)
    return f"""
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]
        {body}
        states.append(out)
    return {result}
"""


def _read_keras(*lines, result="tf.concat(states, axis=1)"):
    return _read_torch(*lines, result=result)


def _validate(
    stop="len(ids) - 1",
    each="each, state = nats(ids[start:end], ids[start + 1 : end + 1], state)",
    result="total / (len(ids) - 1)",
    ids="ids",
):
    return f"""
def validate(nats, ids, steps):
    ids, means = {ids}, []
    total, count, state = 0.0, 0, None
    for start in range(0, {stop}, steps):
        end = min(start + steps, len(ids) - 1)
        {each}
        means.append(each.mean())
        total, count = total + each.sum(), count + len(each)
    return {result}
"""


def _torch(
    forward="""
        h, state = self.lstm(self.embed(x), state)
        return self.out(h), state""",
    lstm="nn.LSTM(32, n_hidden, batch_first=True)",
    out="nn.Linear(n_hidden, n_symbols)",
):
    return f"""
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = {lstm}
        self.out = {out}

    def forward(self, x, state=None):
{forward}
"""


def _keras(
    call="""
        h, *state = self.lstm(self.embed(x), initial_state=state)
        return self.out(h), state""",
    lstm="keras.layers.LSTM(n_hidden, return_sequences=True, return_state=True)",
    out="keras.layers.Dense(n_symbols)",
):
    return f"""
class CharLM(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = keras.layers.Embedding(n_symbols, 32)
        self.lstm = {lstm}
        self.out = {out}

    def call(self, x, state=None, training=False):
{call}
"""


def _both(name, hint, torch_code, keras_code):
    """Return the same mistake in both frameworks."""
    return [
        Mistake(name, hint, torch_code, "pytorch"),
        Mistake(f"{name} (Keras)", hint, keras_code, "tensorflow"),
    ]


_LAST = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h[:, -1]), state"""
_IGNORED = """
        h, state = self.lstm(self.embed(x))
        return self.out(h), state"""
_NO_LSTM = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(self.embed(x)), state"""
_NO_STATE = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h), None"""
_ONE_RESULT = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h)"""
_SOFTMAX = """
        h, state = self.lstm(self.embed(x), state)
        return torch.softmax(self.out(h), dim=-1), state"""
_TWO_WAYS = """
        h, _ = self.lstm(self.embed(x))
        return self.out(h), (h[:, -1],)"""


def _in_keras(body):
    """Return the body of `forward` as the body of `call`."""
    return (
        body.replace("h, state = self.lstm", "h, *state = self.lstm")
        .replace("(self.embed(x), state)", "(self.embed(x), initial_state=state)")
        .replace("torch.softmax(self.out(h), dim=-1)", "tf.nn.softmax(self.out(h))")
    )


MISTAKES = {
    "score": [
        Mistake("natural logarithm", "bits are nats", _score("-np.log(p).mean()")),
        Mistake(
            "nats throughout",
            "bits are nats",
            _score("-np.log(p).mean()", "np.exp(bits)"),
        ),
        Mistake("minus forgotten", "sign is lost", _score("np.log2(p).mean()")),
        Mistake("sum", "bits of the whole text", _score("-np.log2(p).sum()")),
        Mistake(
            "logarithm of the mean",
            "logarithm of the mean probability",
            _score("-np.log2(p.mean())"),
        ),
        Mistake(
            "exp of bits",
            "needs the same base",
            _score("-np.log2(p).mean()", "np.exp(bits)"),
        ),
        Mistake(
            "mean of 1 / p",
            "geometric mean",
            _score("-np.log2(p).mean()", "(1 / p).mean()"),
        ),
        Mistake(
            "exchanged",
            "exchanged",
            _score("-np.log2(p).mean()", result="perplexity, bits"),
        ),
        Mistake(
            "product of all",
            "Add logarithms instead",
            _score("np.log2(np.prod(p) ** (-1 / len(p)))"),
        ),
        Mistake(
            "perplexity only", "returned 1 value", _score("0", result="1 / p.mean()")
        ),
    ],
    "streams": [
        Mistake(
            "one reshape",
            "neighboring windows",
            _streams(
                "return tuple(a.reshape(n, batch, steps) for a in "
                "(ids[:used], ids[1 : used + 1]))"
            ),
        ),
        Mistake(
            "the rest left out of each row",
            "at the end of `ids` alone",
            """
def streams(ids, batch, steps):
    long = (len(ids) - 1) // batch
    cut = long // steps * steps
    x = ids[: batch * long].reshape(batch, long)[:, :cut]
    y = ids[1 : batch * long + 1].reshape(batch, long)[:, :cut]
    return tuple(a.reshape(batch, -1, steps).swapaxes(0, 1) for a in (x, y))
""",
        ),
        Mistake(
            "targets not shifted",
            "repeat what it sees",
            _streams("return cut(ids[:used]), cut(ids[:used])"),
        ),
        Mistake(
            "x and y exchanged",
            "predict the past",
            _streams("return cut(ids[1 : used + 1]), cut(ids[:used])"),
        ),
        Mistake(
            "roll of each window",
            "window's own first symbol",
            _streams("x = cut(ids[:used]); return x, np.roll(x, -1, axis=-1)"),
        ),
        Mistake(
            "roll of each row",
            "row's own first symbol",
            _streams(
                "rows = ids[:used].reshape(batch, -1); "
                "return cut(rows), cut(np.roll(rows, -1, axis=1))"
            ),
        ),
        Mistake(
            "no target for the last symbol",
            "has no target left",
            """
def streams(ids, batch, steps):
    n = len(ids) // (batch * steps)
    used = n * batch * steps
    cut = lambda a: a.reshape(batch, n, steps).transpose(1, 0, 2)
    return cut(ids[:used]), cut(ids[1 : used + 1])
""",
        ),
        Mistake(
            "one batch too few",
            "one whole batch",
            """
def streams(ids, batch, steps):
    n = (len(ids) - 1) // (batch * steps) - 1
    used = n * batch * steps
    cut = lambda a: a.reshape(batch, n, steps).transpose(1, 0, 2)
    return cut(ids[:used]), cut(ids[1 : used + 1])
""",
        ),
        Mistake(
            "rows before batches",
            "row comes before the batch",
            _streams(
                "return tuple(a.reshape(batch, n, steps) for a in "
                "(ids[:used], ids[1 : used + 1]))"
            ),
        ),
        Mistake(
            "time before rows",
            "time comes before the rows",
            _streams(
                "return tuple(cut(a).transpose(0, 2, 1) for a in "
                "(ids[:used], ids[1 : used + 1]))"
            ),
        ),
        Mistake("x only", "expected 2: x, y", _streams("return cut(ids[:used])")),
    ],
    "cross-entropy": [
        Mistake(
            "no maximum taken off",
            "Subtract the largest logit first",
            """
def cross_entropy(logits, y):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(p, y[..., None], axis=-1)).mean()
""",
        ),
        Mistake(
            "logarithm of a vanished probability",
            "probability that has become 0",
            _entropy("return -np.log(pick(p)).mean()"),
        ),
        Mistake(
            "a small number in the logarithm",
            "caps the loss",
            _entropy("return -np.log(pick(p) + 1e-9).mean()"),
        ),
        Mistake(
            "sum", "sum over all predictions", _entropy("return -pick(log_p).sum()")
        ),
        Mistake(
            "sum over time",
            "sum over time and the mean over the batch",
            _entropy("return -pick(log_p).sum(axis=1).mean()"),
        ),
        Mistake(
            "minus forgotten", "sign is lost", _entropy("return pick(log_p).mean()")
        ),
        Mistake("bits", "in bits", _entropy("return -pick(log_p).mean() / np.log(2)")),
        Mistake(
            "mean over the symbols too",
            "averaged over the symbols",
            _entropy("return -(np.eye(logits.shape[-1])[y] * log_p).mean()"),
        ),
        Mistake(
            "softmax over time",
            "runs over time",
            """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.take_along_axis(log_p, y[..., None], axis=-1).mean()
""",
        ),
        Mistake(
            "no logarithm", "mean of 1 − p", _entropy("return (1 - pick(p)).mean()")
        ),
        Mistake(
            "the logit", "picked the logit", _entropy("return -pick(logits).mean()")
        ),
        Mistake("not averaged", "expected a number", _entropy("return -pick(log_p)")),
    ],
    "read": [
        *_both(
            "state forgotten",
            "starts from zero again",
            _read_torch("out, _ = layer(window)"),
            _read_keras("out = layer(window)"),
        ),
        *_both(
            "gradient through everything",
            "walk back to the start",
            _read_torch("out, h = layer(window, h)"),
            _read_keras("out = layer(window, initial_state=h)", "h = out[:, -1]"),
        ),
        *_both(
            "cut, and the result thrown away",
            "walk back to the start",
            _read_torch("out, h = layer(window, h)", "h.detach()"),
            _read_keras(
                "out = layer(window, initial_state=h)",
                "h = out[:, -1]",
                "tf.stop_gradient(h)",
            ),
        ),
        *_both(
            "outputs cut too",
            "No gradient is left",
            _read_torch(
                "out, h = layer(window, h)", "out, h = out.detach(), h.detach()"
            ),
            _read_keras(
                "out = tf.stop_gradient(layer(window, initial_state=h))",
                "h = out[:, -1]",
            ),
        ),
        *_both(
            "first state carried",
            "*first* state",
            _read_torch("out, h = layer(window, h)", "h = out[None, :, 0].detach()"),
            _read_keras(
                "out = layer(window, initial_state=h)",
                "h = tf.stop_gradient(out[:, 0])",
            ),
        ),
        *_both(
            "mean state carried",
            "mean of the states",
            _read_torch(
                "out, h = layer(window, h)", "h = out.mean(dim=1)[None].detach()"
            ),
            _read_keras(
                "out = layer(window, initial_state=h)",
                "h = tf.stop_gradient(tf.reduce_mean(out, axis=1))",
            ),
        ),
        *_both(
            "rows exchanged",
            "state of another row",
            _read_torch("out, h = layer(window, h)", "h = h.detach().roll(1, dims=1)"),
            _read_keras(
                "out = layer(window, initial_state=h)",
                "h = tf.roll(tf.stop_gradient(out[:, -1]), 1, axis=0)",
            ),
        ),
        *_both(
            "last window only",
            "has shape",
            _read_torch("out, h = layer(window, h)", "h = h.detach()", result="out"),
            _read_keras(
                "out = layer(window, initial_state=h)",
                "h = tf.stop_gradient(out[:, -1])",
                result="out",
            ),
        ),
    ],
    "validate": [
        Mistake(
            "unchanged",
            "published function unchanged",
            "validate = published",
        ),
        Mistake("12,000 symbols", "first 12,000", _validate(ids="ids[:12_000]")),
        Mistake(
            "state thrown away",
            "starts without a state",
            _validate(
                each="each, _ = nats(ids[start:end], ids[start + 1 : end + 1], None)"
            ),
        ),
        Mistake(
            "tail left out",
            "tail is left out",
            _validate(stop="len(ids) - steps", result="total / count"),
        ),
        Mistake("mean of means", "mean of means", _validate(result="np.mean(means)")),
        Mistake(
            "one too many",
            "one prediction fewer",
            _validate(result="total / len(ids)"),
        ),
        Mistake("sum", "sum of the nats", _validate(result="total")),
        Mistake(
            "a gap in each window",
            "step over one symbol",
            """
def validate(nats, ids, steps):
    values, state = [], None
    for start in range(0, len(ids) - 1, steps + 1):
        piece = ids[start : start + steps + 1]
        each, state = nats(piece[:-1], piece[1:], state)
        values.append(each)
    return np.concatenate(values).mean()
""",
        ),
    ],
    "char-lm": [
        *_both(
            "last moment only",
            "only one moment is left",
            _torch(_LAST),
            _keras(lstm="keras.layers.LSTM(n_hidden, return_state=True)"),
        ),
        *_both(
            "state not passed in",
            "Pass `state` to the layer",
            _torch(_IGNORED),
            _keras(_in_keras(_IGNORED)),
        ),
        *_both(
            "no way through the LSTM",
            "has no memory",
            _torch(_NO_LSTM, out="nn.Linear(32, n_symbols)"),
            _keras(_in_keras(_NO_LSTM)),
        ),
        *_both(
            "state not returned",
            "is None",
            _torch(_NO_STATE),
            _keras(_in_keras(_NO_STATE)),
        ),
        *_both(
            "logits only",
            "return two things",
            _torch(_ONE_RESULT),
            _keras(_in_keras(_ONE_RESULT)),
        ),
        *_both(
            "softmax at the end",
            "been through a softmax",
            _torch(_SOFTMAX),
            _keras(_in_keras(_SOFTMAX)),
        ),
        *_both(
            "states as logits",
            "one number for each symbol",
            _torch(out="nn.Identity()"),
            _keras(out="keras.layers.Identity()"),
        ),
        *_both(
            "reads from both sides",
            "sees the future",
            _torch(
                _TWO_WAYS,
                lstm="nn.LSTM(32, n_hidden, batch_first=True, bidirectional=True)",
                out="nn.Linear(2 * n_hidden, n_symbols)",
            ),
            _keras(
                _TWO_WAYS.replace("h, _ =", "h ="),
                lstm="keras.layers.Bidirectional(\n"
                "            keras.layers.LSTM(n_hidden, return_sequences=True))",
            ),
        ),
        Mistake(
            "batch and time exchanged",
            "the batch comes first",
            _torch(lstm="nn.LSTM(32, n_hidden)"),
            "pytorch",
        ),
        *_both(
            "tanh on the logits",
            "a non-linearity on the logits",
            _torch(out="nn.Sequential(nn.Linear(n_hidden, n_symbols), nn.Tanh())"),
            _keras(out='keras.layers.Dense(n_symbols, activation="tanh")'),
        ),
    ],
}

MISTAKES["score"] += [
    Mistake(
        "median",
        "the median",
        """
def score(p):
    bits = -np.median(np.log2(p))
    return bits, 2**bits
""",
    ),
    Mistake(
        "entropy of p",
        "an entropy",
        """
def score(p):
    bits = -(p * np.log2(p)).sum()
    return bits, 2**bits
""",
    ),
    Mistake(
        "log10",
        "base 10",
        """
def score(p):
    bits = -np.log10(p).mean()
    return bits, 10**bits
""",
    ),
    Mistake(
        "rounded",
        "`score` → `bits`",
        """
def score(p):
    bits = round(float(-np.log2(p).mean()), 2)
    return bits, round(2**bits, 2)
""",
    ),
    Mistake(
        "per symbol",
        "expected a number",
        """
def score(p):
    return -np.log2(p), 1 / p
""",
    ),
]

MISTAKES["streams"] += [
    Mistake(
        "steps and batch exchanged",
        "in the wrong places",
        """
def streams(ids, batch, steps):
    n_batches = (len(ids) - 1) // (batch * steps)
    used = n_batches * batch * steps

    def rows(values):
        return values.reshape(steps, n_batches, batch).transpose(1, 2, 0)

    return rows(ids[:used]), rows(ids[1 : used + 1])
""",
    ),
    Mistake(
        "column-major",
        "in the wrong places",
        """
def streams(ids, batch, steps):
    n_batches = (len(ids) - 1) // (batch * steps)
    used = n_batches * batch * steps

    def rows(values):
        return values.reshape(n_batches, batch, steps, order="F")

    return rows(ids[:used]), rows(ids[1 : used + 1])
""",
    ),
    Mistake(
        "true division",
        "stopped with TypeError",
        """
def streams(ids, batch, steps):
    n_batches = (len(ids) - 1) / (batch * steps)
    used = n_batches * batch * steps

    def rows(values):
        return values.reshape(batch, n_batches, steps).transpose(1, 0, 2)

    return rows(ids[:used]), rows(ids[1 : used + 1])
""",
    ),
    Mistake(
        "targets zero at the end",
        "`streams` → `y`",
        """
def streams(ids, batch, steps):
    n_batches = (len(ids) - 1) // (batch * steps)
    used = n_batches * batch * steps

    def rows(values):
        return values.reshape(batch, n_batches, steps).transpose(1, 0, 2)

    return rows(ids[:used]), rows(np.append(ids[1:used], 0))
""",
    ),
    Mistake(
        "windows overlap",
        "A small case that fails",
        """
def streams(ids, batch, steps):
    n = (len(ids) - 1) // (batch * steps)
    x = np.array(
        [[ids[k + r : k + r + steps] for r in range(batch)] for k in range(n)]
    )
    y = np.array(
        [
            [ids[k + r + 1 : k + r + steps + 1] for r in range(batch)]
            for k in range(n)
        ]
    )
    return x, y
""",
    ),
]

MISTAKES["cross-entropy"] += [
    Mistake(
        "maximum added twice",
        "taken off once and added once",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return (log_sum + logits.max(axis=-1) - chosen).mean()
""",
    ),
    Mistake(
        "first symbol picked",
        "`y` is not used",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = shifted[..., 0]
    return (log_sum - chosen).mean()
""",
    ),
    Mistake(
        "sum of everything in the log",
        "over all moments",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum())
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return (log_sum - chosen).mean()
""",
    ),
    Mistake(
        "perplexity",
        "the perplexity, exp of the loss",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return np.exp((log_sum - chosen).mean())
""",
    ),
    Mistake(
        "max over time",
        "A small case that fails",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    chosen = np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]
    return (log_sum - chosen).mean()
""",
    ),
]

MISTAKES["read"] += [
    Mistake(
        "state doubled",
        "`read` → `states`",
        """
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]
        out, h = layer(window, h)
        h = 2 * h.detach()
        states.append(out)
    return torch.cat(states, dim=1)
""",
        "pytorch",
    ),
    Mistake(
        "no_grad around the layer",
        "No gradient is left",
        """
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]
        with torch.no_grad():
            out, h = layer(window, h)
        states.append(out)
    return torch.cat(states, dim=1)
""",
        "pytorch",
    ),
    Mistake(
        "h is a tuple",
        "stopped with AttributeError",
        """
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]
        out, h = layer(window, h)
        h = tuple(v.detach() for v in h)
        states.append(out)
    return torch.cat(states, dim=1)
""",
        "pytorch",
    ),
    Mistake(
        "detached input",
        "No gradient is left",
        """
def read(layer, x, steps):
    states, h = [], None
    for start in range(0, x.shape[1], steps):
        window = x[:, start : start + steps]
        out, h = layer(window.detach(), h)
        h = h.detach()
        states.append(out)
    return torch.cat(states, dim=1)
""",
        "pytorch",
    ),
]

MISTAKES["validate"] += [
    Mistake(
        "overlapping windows",
        "`validate` is",
        """
def validate(nats, ids, steps):
    total, state = 0.0, None
    for start in range(0, len(ids) - 1, max(1, steps // 2)):
        stop = min(start + steps, len(ids) - 1)
        each, state = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        total += each.sum()
    return total / (len(ids) - 1)
""",
    ),
    Mistake(
        "no limit at the end",
        "right in 3 of 6 cases",
        """
def validate(nats, ids, steps):
    total, state = 0.0, None
    for start in range(0, len(ids) - 1, steps):
        stop = start + steps
        each, state = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        total += each.sum()
    return total / (len(ids) - 1)
""",
    ),
    Mistake(
        "bits",
        "in bits",
        """
def validate(nats, ids, steps):
    total, state = 0.0, None
    for start in range(0, len(ids) - 1, steps):
        stop = min(start + steps, len(ids) - 1)
        each, state = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        total += each.sum()
    return total / (len(ids) - 1) / np.log(2)
""",
    ),
    Mistake(
        "perplexity",
        "the perplexity",
        """
def validate(nats, ids, steps):
    total, state = 0.0, None
    for start in range(0, len(ids) - 1, steps):
        stop = min(start + steps, len(ids) - 1)
        each, state = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        total += each.sum()
    return np.exp(total / (len(ids) - 1))
""",
    ),
    Mistake(
        "one symbol at a time without state",
        "One symbol at a time",
        """
def validate(nats, ids, steps):
    return np.mean(
        [
            nats(ids[i : i + 1], ids[i + 1 : i + 2], None)[0][0]
            for i in range(len(ids) - 1)
        ]
    )
""",
    ),
]

MISTAKES["char-lm"] += [
    Mistake(
        "state reset inside",
        "four, then four more",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        state = None
        h, state = self.lstm(self.embed(x), state)
        return self.out(h), state
""",
        "pytorch",
    ),
    Mistake(
        "h without c",
        "stopped with IndexError",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, (hn, cn) = self.lstm(self.embed(x), state)
        return self.out(h), hn
""",
        "pytorch",
    ),
    Mistake(
        "flipped time",
        "the model sees the future",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x).flip(1), state)
        return self.out(h), state
""",
        "pytorch",
    ),
    Mistake(
        "state and logits exchanged",
        "first the logits, then the state",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)
        return state, self.out(h)
""",
        "pytorch",
    ),
    Mistake(
        "relu on the logits",
        "does the output go through a ReLU",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)
        return torch.relu(self.out(h)), state
""",
        "pytorch",
    ),
    Mistake(
        "argmax returned",
        "not the best symbol",
        """
class CharLM(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embed = nn.Embedding(n_symbols, 32)
        self.lstm = nn.LSTM(32, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)
        return self.out(h).argmax(-1), state
""",
        "pytorch",
    ),
]

_BITS = "-np.log2(p).mean()"
MISTAKES["score"] += [
    Mistake("sign of the exponent", "is below 1", _score(_BITS, "2**-bits")),
    Mistake(
        "2 to the power of the nats",
        "power of the nats",
        _score(_BITS, "2 ** -np.log(p).mean()"),
    ),
    Mistake(
        "perplexity of the mean",
        "1 over the mean probability",
        _score(_BITS, "1 / p.mean()"),
    ),
    Mistake("bits squared", "their square", _score(_BITS, "bits**2")),
    Mistake(
        "mean entropy",
        "You weight each logarithm with p",
        _score("-(p * np.log2(p)).mean()"),
    ),
    Mistake(
        "made to add up to 1",
        "You divide `p` by its sum",
        _score("-np.log2(p / p.sum()).mean()"),
    ),
    Mistake(
        "base taken twice",
        "do not divide by ln 2 as well",
        _score("-np.log2(p).mean() / np.log(2)"),
    ),
    Mistake("times ln 2", "You multiply", _score("-np.log(p).mean() * np.log(2)")),
    Mistake("n - 1", "You divide by n - 1", _score("-np.log2(p).sum() / (len(p) - 1)")),
]

MISTAKES["streams"] += [
    Mistake(
        "rows of all ids",
        "at the beginning of row r + 1",
        """
def streams(ids, batch, steps):
    long = len(ids) // batch
    rows = ids[: batch * long].reshape(batch, long)
    n = (long - 1) // steps
    x, y = rows[:, : n * steps], rows[:, 1 : n * steps + 1]
    return tuple(a.reshape(batch, n, steps).swapaxes(0, 1) for a in (x, y))
""",
    ),
    Mistake(
        "windows of steps + 1",
        "step over one symbol each",
        """
def streams(ids, batch, steps):
    n = len(ids) // (batch * (steps + 1))
    used = n * batch * (steps + 1)
    long = ids[:used].reshape(batch, n, steps + 1).transpose(1, 0, 2)
    return long[..., :-1], long[..., 1:]
""",
    ),
    Mistake(
        "last axis first",
        "n_batches and time have changed places",
        _streams(
            "cut = lambda a: a.reshape(batch, n, steps).transpose(2, 0, 1); "
            "return cut(ids[:used]), cut(ids[1 : used + 1])"
        ),
    ),
]

MISTAKES["cross-entropy"] += [
    Mistake(
        "one maximum for all",
        "the largest logit of all",
        """
def cross_entropy(logits, y):
    shifted = logits - logits.max()
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    return (log_sum - np.take_along_axis(shifted, y[..., None], -1)[..., 0]).mean()
""",
    ),
    Mistake(
        "shifted outside the sum only",
        "not inside the sum",
        _entropy("return (np.log(np.exp(logits).sum(axis=-1)) - pick(shifted)).mean()"),
    ),
    Mistake(
        "clipped",
        "caps the loss",
        _entropy("return -np.log(np.clip(pick(p), 1e-15, 1)).mean()"),
    ),
    Mistake(
        "1e-16 added",
        "caps the loss",
        _entropy("return -np.log(pick(p) + 1e-16).mean()"),
    ),
    Mistake(
        "sum over the batch",
        "sum over the batch and the mean over time",
        _entropy("return -pick(log_p).sum(axis=0).mean()"),
    ),
    Mistake(
        "logarithm of the mean",
        "logarithm of the mean probability",
        _entropy("return -np.log(np.exp(pick(log_p)).mean())"),
    ),
    Mistake(
        "log_p[..., y]",
        "the symbols of all moments",
        _entropy("return -log_p[..., y].mean()"),
    ),
    Mistake(
        "argmax", "the likeliest symbol", _entropy("return -log_p.max(axis=-1).mean()")
    ),
    Mistake(
        "entropy",
        "the entropy of the model's own guess",
        _entropy("return -(p * log_p).sum(axis=-1).mean()"),
    ),
]

_LAST_T = "out, h = layer(window, h)"
_LAST_K = "out = layer(window, initial_state=h)"
MISTAKES["read"] += [
    *_both(
        "first window not cut",
        "The state of the first window is not cut",
        _read_torch(_LAST_T, "h = h.detach() if start else h"),
        _read_keras(
            _LAST_K, "h = out[:, -1]", "h = tf.stop_gradient(h) if start else h"
        ),
    ),
    *_both(
        "first window cut alone",
        "after the first window only",
        _read_torch(_LAST_T, "h = h if start else h.detach()"),
        _read_keras(
            _LAST_K, "h = out[:, -1]", "h = h if start else tf.stop_gradient(h)"
        ),
    ),
    *_both(
        "state before the last",
        "the state before the last one",
        _read_torch(_LAST_T, "h = out[None, :, -2].detach()"),
        _read_keras(_LAST_K, "h = tf.stop_gradient(out[:, -2])"),
    ),
    *_both(
        "one state for all rows",
        "share one state",
        _read_torch(_LAST_T, "h = (0 * h + h.mean(dim=1, keepdim=True)).detach()"),
        _read_keras(
            _LAST_K,
            "h = tf.reduce_mean(out[:, -1], axis=0, keepdims=True)",
            "h = tf.stop_gradient(0 * out[:, -1] + h)",
        ),
    ),
    *_both(
        "state returned too",
        "it must return one tensor",
        _read_torch(_LAST_T, "h = h.detach()", result="torch.cat(states, dim=1), h"),
        _read_keras(
            _LAST_K,
            "h = tf.stop_gradient(out[:, -1])",
            result="tf.concat(states, axis=1), h",
        ),
    ),
    *_both(
        "nothing returned",
        "returned nothing",
        _read_torch(_LAST_T, "h = h.detach()", result="None"),
        _read_keras(_LAST_K, "h = tf.stop_gradient(out[:, -1])", result="None"),
    ),
    Mistake(
        "cut at every step",
        "You cut at every step",
        _read_torch(
            "out = []",
            "for t in range(window.shape[1]):",
            "    each, h = layer(window[:, t : t + 1], h)",
            "    h = h.detach()",
            "    out.append(each)",
            "out = torch.cat(out, dim=1)",
        ),
        "pytorch",
    ),
]

MISTAKES["validate"] += [
    Mistake(
        "first fault mended",
        "without a state; the tail",
        """
def validate(nats, ids, steps):
    means = []
    for start in range(0, len(ids) - steps, steps):
        x, y = ids[start : start + steps], ids[start + 1 : start + steps + 1]
        means.append(nats(x, y, None)[0].mean())
    return np.mean(means)
""",
    ),
    Mistake(
        "state mended alone",
        "12,000 symbols only; the tail",
        """
def validate(nats, ids, steps):
    ids, means, state = ids[:12_000], [], None
    for start in range(0, len(ids) - steps, steps):
        x, y = ids[start : start + steps], ids[start + 1 : start + steps + 1]
        each, state = nats(x, y, state)
        means.append(each.mean())
    return np.mean(means)
""",
    ),
    Mistake(
        "no state, mean of means",
        "without a state; a mean of means",
        _validate(
            each="each, _ = nats(ids[start:end], ids[start + 1 : end + 1], None)",
            result="np.mean(means)",
        ),
    ),
    Mistake(
        "tail without the state",
        "the short last one, start without a state",
        _validate(
            each="each, state = nats(ids[start:end], ids[start + 1 : end + 1], "
            "state if end - start == steps else None)"
        ),
    ),
    Mistake(
        "state of the first window",
        "starts from the first one's state",
        _validate(
            each="each, after = nats(ids[start:end], ids[start + 1 : end + 1], state); "
            "state = state or after"
        ),
    ),
    Mistake(
        "targets not shifted",
        "The targets equal the inputs",
        _validate(each="each, state = nats(ids[start:end], ids[start:end], state)"),
    ),
    Mistake(
        "x and y exchanged",
        "would predict the past",
        _validate(
            each="each, state = nats(ids[start + 1 : end + 1], ids[start:end], state)"
        ),
    ),
    Mistake(
        "last symbol left out",
        "The last symbol is never predicted",
        _validate().replace(
            "len(ids) - 1)\n        each", "len(ids) - 2)\n        each"
        ),
    ),
    Mistake(
        "begins at 1",
        "The second symbol is never predicted",
        _validate().replace("range(0, ", "range(1, "),
    ),
    Mistake(
        "mean times steps",
        "A mean times `steps`",
        _validate(result="np.sum(means) * steps / (len(ids) - 1)"),
    ),
    Mistake(
        "return inside the loop",
        "Only the first window is counted",
        _validate().replace("    return", "        return"),
    ),
    Mistake(
        "sum replaced",
        "Only the last window is counted",
        _validate().replace("total + each.sum()", "each.sum()"),
    ),
    Mistake(
        "divided by n - 2",
        "two less than there are symbols",
        _validate(result="total / (len(ids) - 2)"),
    ),
    Mistake(
        "window too long at the end",
        "must be of one length",
        _validate().replace("len(ids) - 1)\n        each", "len(ids))\n        each"),
    ),
]

_TRANSPOSED = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h).transpose(1, 2), state"""
_OVER_TIME = """
        h, state = self.lstm(self.embed(x), state)
        return torch.softmax(self.out(h), dim=1), state"""
_SIGMOID = """
        h, state = self.lstm(self.embed(x), state)
        return torch.sigmoid(self.out(h)), state"""
_DROPOUT = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(nn.functional.dropout(h, 0.3)), state"""
_CENTERED = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h - h.mean(dim=0, keepdim=True)), state"""
_IN_SELF = """
        h, self.kept = self.lstm(self.embed(x), getattr(self, "kept", None))
        return self.out(h), self.kept"""
_CUT_OFF = """
        h, state = self.lstm(self.embed(x), state)
        return self.out(h.detach()), state"""


def _translated(body):
    for ours, theirs in (
        ("self.out(h).transpose(1, 2)", "tf.transpose(self.out(h), [0, 2, 1])"),
        ("torch.softmax(self.out(h), dim=1)", "tf.nn.softmax(self.out(h), axis=1)"),
        ("torch.sigmoid", "tf.sigmoid"),
        ("nn.functional.dropout", "tf.nn.dropout"),
        ("h.mean(dim=0, keepdim=True)", "tf.reduce_mean(h, axis=0, keepdims=True)"),
        ("h.detach()", "tf.stop_gradient(h)"),
    ):
        body = body.replace(ours, theirs)
    return _keras(_in_keras(body))


MISTAKES["char-lm"] += [
    entry
    for name, hint, body in (
        ("time and symbols exchanged", "have changed places", _TRANSPOSED),
        ("softmax over time", "add up to 1 over time", _OVER_TIME),
        ("sigmoid on the logits", "a ReLU or a sigmoid", _SIGMOID),
        ("dropout at all times", "get two answers", _DROPOUT),
        ("mean over the batch", "averaged over the batch", _CENTERED),
        ("states detached", "a `detach`", _CUT_OFF),
    )
    for entry in _both(name, hint, _torch(body), _translated(body))
]
MISTAKES["char-lm"] += [
    Mistake("state kept in self", "get two answers", _torch(_IN_SELF), "pytorch"),
    Mistake(
        "stateful layer",
        "get two answers",
        _keras(
            """
        h, *state = self.lstm(self.embed(x))
        return self.out(h), state""",
            lstm="keras.layers.LSTM(\n            n_hidden, return_sequences=True, "
            "return_state=True, stateful=True)",
        ),
        "tensorflow",
    ),
    Mistake(
        "no return_state",
        "the batch is missing",
        _keras(lstm="keras.layers.LSTM(n_hidden, return_sequences=True)"),
        "tensorflow",
    ),
]
