"""What tests/test_padding.py asks of this unit's classifier."""

CELLS = ("recall-net",)
ONE_LENGTH = ("Recall",)  # all its sequences are equally long


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    net, n = lesson.Recall(lesson.n_symbols, 6, 4), lesson.n_symbols

    def ask(x, mask):
        rows = lesson.batches.one_hot(x, n, dtype=lesson.np.float64)
        return lesson.ur.array(net(lesson.ur.tensor(rows))[0])

    return {"Recall": ask}
