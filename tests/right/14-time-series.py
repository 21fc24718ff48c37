"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "windows": {
        "a loop": """def windows(values, steps, horizon):
    x, y = [], []
    for t in range(steps, len(values) - horizon + 1):
        whole = values[t - steps : t + horizon]
        if not np.isnan(whole.sum()):
            x.append(whole[:steps])
            y.append(whole[steps:])
    return np.array(x), np.array(y)
""",
        "a view": """def windows(series, p, k):
    view = np.lib.stride_tricks.sliding_window_view(series, p + k)
    rows = [row for row in view if np.isfinite(row).all()]
    return np.hsplit(np.vstack(rows), [p])
""",
    },
    "recursive": {
        "one long array": """def recursive(step, x, horizon):
    steps = x.shape[1]
    line = np.hstack([x, np.zeros((len(x), horizon), x.dtype)])
    for t in range(horizon):
        line[:, steps + t] = step(line[:, t : t + steps])
    return line[:, steps:]
""",
        "rolled": """def recursive(step, x, horizon):
    out = np.empty((len(x), horizon))
    window = x.copy()
    for k in range(horizon):
        out[:, k] = step(window)
        window = np.roll(window, -1, axis=1)
        window[:, -1] = out[:, k]
    return out
""",
    },
    "prepare": {
        "a loop": """def prepare(values, steps, share):
    cut = int(share * len(values))
    past = values[:cut]
    m, s = np.nanmean(past), np.nanstd(past)
    z = (values - m) / s
    line = z.copy()
    for t in range(1, len(line)):
        if np.isnan(line[t]):
            line[t] = line[t - 1]
    sides = {True: ([], []), False: ([], [])}
    for t in range(steps, len(z)):
        if np.isnan(z[t]):
            continue
        x, y = sides[t < cut]
        x.append(line[t - steps : t])
        y.append(z[t])
    return [np.array(part) for side in (True, False) for part in sides[side]]
""",
    },
    "quantile-loss": {
        "two cases": """def quantile_loss(said, y, q):
    off = np.expand_dims(y, -1) - said
    low = off >= 0
    cost = np.where(low, q * off, (1 - q) * -off)
    slope = (1 - q) - low
    return np.mean(cost), slope / cost.size
""",
        "half the absolute error": """def quantile_loss(said, y, q):
    off = y[:, :, np.newaxis] - said
    loss = np.abs(off) / 2 + (q - 0.5) * off
    grad = -np.sign(off) / 2 - (q - 0.5)
    return loss.mean(), grad / np.prod(off.shape)
""",
    },
    "score": {
        "median of the seasons before": """def score(values, season):
    off = np.zeros(len(values))
    for t in range(season, len(values)):
        same = values[max(t % season, t - 7 * season) : t : season]
        off[t] = abs(values[t] - np.median(same))
    out = np.zeros(len(values))
    for t in range(len(values)):
        out[t] = off[max(0, t - season + 1) : t + 1].mean()
    return out
""",
        "squares": """def score(values, season):
    off = np.zeros_like(values)
    off[season:] = (values[season:] - values[:-season]) ** 2
    kernel = np.ones(season) / season
    return np.sqrt(np.maximum(np.convolve(off, kernel)[: len(values)], 0))
""",
    },
    "forecaster": {
        "an LSTM and a step between": {
            "pytorch": """class Forecaster(nn.Module):
    def __init__(self, n_hidden, horizon):
        super().__init__()
        self.rnn = nn.LSTM(1, n_hidden, batch_first=True)
        self.head = nn.Sequential(
            nn.Linear(n_hidden, 32), nn.ReLU(), nn.Linear(32, horizon)
        )

    def forward(self, x):
        _, (h, _) = self.rnn(x)
        return self.head(h[-1])
""",
            "tensorflow": """class Forecaster(keras.Model):
    def __init__(self, n_hidden, horizon):
        super().__init__()
        self.rnn = keras.layers.LSTM(n_hidden)
        self.between = keras.layers.Dense(32, activation="relu")
        self.head = keras.layers.Dense(horizon)

    def call(self, x, training=False):
        return self.head(self.between(self.rnn(x)))
""",
        },
        "from the last value": {
            "pytorch": {
                "return self.out(h[:, -1])": ("return x[:, -1] + self.out(h[:, -1])")
            },
            "tensorflow": {"return self.out(h)": "return x[:, -1] + self.out(h)"},
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "windows": {
        "the course's windows": """from unrolled import batches

def windows(values, steps, horizon):
    x, y = batches.windows(values, steps, horizon)
    whole = ~(np.isnan(x).any(1) | np.isnan(y).any(1))
    return x[whole], y[whole]
""",
    },
    "quantile-loss": {
        "the quizzes' own": """from unrolled.quiz import calls_series

one = calls_series.quantile_loss

def quantile_loss(said, y, q):
    y, q = (np.broadcast_to(a, said.shape) for a in (y[..., None], q))
    costs = [one(*three)["answer"] for three in zip(q.flat, said.flat, y.flat)]
    return np.mean(costs), np.where(y > said, -q, 1 - q) / said.size
""",
    },
}
