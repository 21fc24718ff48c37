"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "log-bands": {
        "a loop": """def log_bands(wave, window, hop, filters):
    rows = []
    for start in range(0, len(wave) - len(window) + 1, hop):
        z = np.fft.rfft(wave[start : start + len(window)] * window)
        rows.append(np.log(filters @ (z * z.conj()).real + 1e-6))
    return np.stack(rows)
""",
        "a view": """def log_bands(wave, window, hop, filters):
    view = np.lib.stride_tricks.sliding_window_view(wave, len(window))[::hop]
    z = np.fft.rfft(view * window, axis=-1)
    return np.log(np.einsum("tf,bf->tb", z.real**2 + z.imag**2, filters) + 1e-6)
""",
    },
    "collapse": {
        "groups": """def collapse(path, blank):
    from itertools import groupby

    return [int(k) for k, _ in groupby(path) if k != blank]
""",
        "arrays": """def collapse(path, blank):
    path = np.asarray(path)
    change = np.append(True, np.diff(path) != 0)
    return path[change & (path != blank)].tolist()
""",
    },
    "ctc": {
        "shifted arrays": """def ctc(log_p, label):
    z = np.zeros(2 * len(label) + 1, int)
    z[1::2] = label
    skip = np.zeros(len(z), bool)
    skip[2:] = (z[2:] != 0) & (z[2:] != z[:-2])
    a = np.full(len(z), -np.inf)
    a[:2] = log_p[0, z[:2]]
    for now in log_p[1:]:
        one = np.r_[-np.inf, a[:-1]]
        two = np.where(skip, np.r_[-np.inf, -np.inf, a][: len(a)], -np.inf)
        a = np.logaddexp(np.logaddexp(a, one), two) + now[z]
    return -(np.logaddexp(a[-1], a[-2]) if len(z) > 1 else a[-1])
""",
    },
    "bar-length": {
        "letter by letter": """def bar_length(bar):
    from fractions import Fraction

    lengths, k = [], 0
    triplet = 0
    while k < len(bar):
        if bar[k] == "(":
            triplet, k = 3, k + 2
        elif bar[k].lower() in "abcdefgz":
            k += 1
            while k < len(bar) and bar[k] in ",'":
                k += 1
            said = ""
            while k < len(bar) and (bar[k].isdigit() or bar[k] == "/"):
                said, k = said + bar[k], k + 1
            if said.startswith("/"):
                said = "1" + said
            if said.endswith("/"):
                said += "2"
            length = Fraction(said or 1)
            if triplet:
                length, triplet = length * Fraction(2, 3), triplet - 1
            lengths.append(length)
        else:
            k += 1
    return float(sum(lengths))
""",
    },
    "watcher": {
        "all frames at once": {
            "pytorch": """class Watcher(nn.Module):
    def __init__(self, n_hidden):
        super().__init__()
        self.look = nn.Sequential(nn.Linear(144, 48), nn.ReLU())
        self.layer = nn.GRU(48, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, 4)

    def forward(self, x):
        seen = self.look(x.flatten(2))
        return self.out(self.layer(seen)[1][0])
""",
            "tensorflow": """class Watcher(keras.Model):
    def __init__(self, n_hidden):
        super().__init__()
        self.look = keras.layers.Dense(48, activation="relu")
        self.layer = keras.layers.GRU(n_hidden)
        self.out = keras.layers.Dense(4)

    def call(self, x):
        flat = keras.ops.reshape(x, (-1, x.shape[1], 144))
        return self.out(self.layer(self.look(flat)))
""",
        },
    },
}

HELPED = {
    "bar-length": {
        "the course's reader": """def bar_length(bar):
    from unrolled import tunes

    tune = "M:6/8\\nL:1/1\\nK:C\\n" + bar + "|"
    return float(sum(note.length for note in tunes.notes(tune)))
""",
    },
}
