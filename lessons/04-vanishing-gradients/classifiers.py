"""What tests/test_padding.py asks of this unit's classifier."""

CELLS = ("reader",)
ONE_LENGTH = ("Reader",)  # each of its tasks has sentences of one length
FLOAT32 = True  # the lesson makes its one-hot rows in float32


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    rng = lesson.np.random.default_rng(0)
    net = lesson.Reader(lesson.cells.rnn_weights(lesson.n_symbols, 6, rng), 3)
    return {"Reader": lambda x, mask: lesson.ur.array(net(lesson.ur.tensor(x)))}
