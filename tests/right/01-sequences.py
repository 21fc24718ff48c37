"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "codec": {
        "a class, and arrays": """UNKNOWN = "�"

class Coder:
    def __init__(self, text):
        self.symbols = np.unique(list(text))

    def encode(self, s):
        ids = np.full(len(s), len(self.symbols))
        for at, symbol in enumerate(s):
            (found,) = np.nonzero(self.symbols == symbol)
            if found.size:
                ids[at] = found[0]
        return ids

    def decode(self, ids):
        known = list(self.symbols) + [UNKNOWN]
        out = ""
        for k in ids:
            out += str(known[int(k)])
        return out

def codec(text):
    one = Coder(text)
    return one.encode, one.decode
""",
        "from last to first": {"sorted(set(text))": "sorted(set(text), reverse=True)"},
        "by code point, tuples": {
            "sorted(set(text))": "list(map(chr, sorted({ord(c) for c in text})))",
            "return [place.get(symbol, len(symbols)) for symbol in s]": (
                "return tuple(place.get(symbol, len(symbols)) for symbol in s)"
            ),
        },
        "try and except": """UNKNOWN = "�"

def codec(text):
    symbols = []
    for c in sorted(text):
        if c not in symbols:
            symbols.append(c)
    n = len(symbols)

    def encode(s):
        ids = []
        for c in s:
            try:
                ids.append(symbols.index(c))
            except ValueError:
                ids.append(n)
        return ids

    return [encode, lambda ids: "".join(symbols[k] if k < n else UNKNOWN for k in ids)]
""",
    },
    "bigram": {
        "a loop": """def bigram(train, test, n_symbols):
    counts = [[1] * n_symbols for _ in range(n_symbols)]
    for a, b in zip(train, train[1:]):
        counts[a][b] += 1
    table = np.array([[c / sum(row) for c in row] for row in counts])
    total = 0
    for t in range(1, len(test)):
        total -= np.log(table[test[t - 1]][test[t]])
    return table, total / (len(test) - 1)
""",
        "bincount": """def bigram(train, test, n_symbols):
    pairs = np.asarray(train[:-1]) * n_symbols + train[1:]
    c = np.bincount(pairs, minlength=n_symbols**2).reshape(n_symbols, n_symbols) + 1.0
    p = (c.T / c.sum(1)).T
    return [p, float(np.log(1 / p[test[:-1], test[1:]]).mean())]
""",
        "one-hot products": """def bigram(train, test, n_symbols):
    one = np.eye(n_symbols)
    counts = one[train[:-1]].T @ one[train[1:]] + 1
    table = counts / counts.sum(-1)[:, None]
    hot = one[test[:-1]] @ np.log(table)
    return table, -(hot * one[test[1:]]).sum(-1).mean()
""",
    },
    "interpolated": {
        "trust grows with the count": """def interpolated(train, n_symbols, order):
    from collections import Counter, defaultdict
    after = defaultdict(Counter)
    s = list(map(int, train))
    for t, w in enumerate(s):
        for k in range(min(order - 1, t) + 1):
            after[tuple(s[t - k : t])][w] += 1

    def p(context):
        h = tuple(map(int, context))
        h = h[len(h) - (order - 1) :] if len(h) >= order else h
        if order == 1:
            h = ()
        lower = np.ones(n_symbols) / n_symbols if not h else p(h[1:])
        seen = after.get(h)
        if not seen:
            return lower
        total = sum(seen.values())
        trust = total / (total + 3)
        mine = np.zeros(n_symbols)
        for w, c in seen.items():
            mine[w] = c / total
        return trust * mine + (1 - trust) * lower

    return p
""",
        "a discount": {
            "(after + kinds * mixed) / (after.sum() + kinds)": (
                "(np.maximum(after - 0.6, 0) + 0.6 * kinds * mixed) / after.sum()"
            )
        },
    },
    "split": {
        "a loop": """def split(groups, share, rng):
    names = list(np.unique(groups))
    rng.shuffle(names)
    test = []
    while len(test) < share * len(groups):
        name = names.pop()
        test += [row for row, g in enumerate(groups) if g == name]
    learn = [row for row in range(len(groups)) if row not in test]
    return learn, test
""",
        "sets, and rows in any order": """def split(groups, share, rng):
    order = rng.permutation(sorted(set(groups.tolist())))
    chosen, n = set(), 0
    for name in order:
        if n + (groups == name).sum() / 2 > share * len(groups) and chosen:
            break
        chosen.add(name)
        n += (groups == name).sum()
    is_test = np.array([g in chosen for g in groups])
    rows = rng.permutation(len(groups))
    return rows[~is_test[rows]], rows[is_test[rows]]
""",
        "a number for each group": """def split(groups, share, rng):
    names, number = np.unique(groups, return_inverse=True)
    key = rng.random(len(names))
    rank = np.argsort(key)
    n = np.bincount(number)[rank].cumsum()
    last = int(np.searchsorted(n, share * len(groups)))
    test = np.isin(number, rank[: last + 1])
    return np.where(~test)[0], np.where(test)[0]
""",
    },
    "counter": {
        "two more units that do nothing": """def counter():
    w_x = np.zeros((2, 5))
    w_x[0, :2] = 1
    w_h = np.zeros((5, 5))
    w_h[0, 1], w_h[1, 2], w_h[2, 2] = -1, 1, 1
    return w_x, w_h, np.zeros(5), np.array([0, 1, 1, 0, 0])
""",
        "a stronger no, and a column": """def counter():
    w_x = np.array([[1.0, 1, 0], [0, 0, 0]])
    w_h = np.array([[0.0, -2, 0], [0, 0, 1], [0, 0, 1]])
    return w_x, w_h, np.zeros(3), np.array([[0.0], [1], [1]])
""",
        "lists, and another order": """def counter():
    w_x = [[0, 1, 1], [0, 0, 0]]
    w_h = [[1, 0, 0], [1, 0, 0], [0, -1, 0]]
    return [w_x, w_h, [0, 0, 0], [1, 1, 0]]
""",
        "a sum of letters and one of letters after letters": """def counter():
    # Units: letters so far; the last was a letter; letters after a letter.
    w_x = np.array([[1.0, 1, 1, 0], [0, 0, 0, 0]])
    w_h = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1]])
    b = np.array([0.0, 0, -1, 0])
    return w_x, w_h, b, np.array([1.0, 0, -1, -1])
""",
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "codec": {
        "the library": """UNKNOWN = "�"
from unrolled.text import Vocab

def codec(text):
    vocab = Vocab(text)
    n = len(vocab)
    encode = lambda s: [vocab.encode(c)[0] if c in vocab else n for c in s]
    decode = lambda ids: "".join(UNKNOWN if k == n else vocab.symbols[k] for k in ids)
    return encode, decode
""",
    },
    "interpolated": {
        "the library": """def interpolated(train, n_symbols, order):
    from unrolled.baselines import NGram
    table = NGram(order, n_symbols).fit(train)
    return lambda context: table.probabilities(np.asarray(context, dtype=int))
""",
    },
}
