"""What tests/test_padding.py asks of this unit's tagger."""

CELLS = ("echo-data", "echo-net")
ONE_LENGTH = ("Echo",)  # it reads pieces of a stream, which are never padded


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    np, n, n_hidden = lesson.np, lesson.N_SYMBOLS, lesson.N_HIDDEN
    rng = np.random.default_rng(0)
    weights = lesson.cells.rnn_weights(n, n_hidden, rng)
    net = lesson.Echo(weights, rng.normal(size=(n_hidden, n)))

    def ask(x, mask):
        rows = lesson.batches.one_hot(x % n, n, dtype=np.float64)
        return lesson.ur.array(net(lesson.ur.tensor(rows))[0])

    return {"Echo": ask}
