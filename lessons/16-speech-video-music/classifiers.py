"""What tests/test_padding.py asks of this unit's networks of unequal lengths."""

CELLS = ("listener", "speller")


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs.

    A frame is the one-hot row of its number, so that padding is no row of zeros.
    """
    np, n = lesson.np, lesson.n_symbols
    listen = lesson.by_mask(lesson.Listener(n, 7, 3))
    speller = lesson.ur.ready(lesson.Speller(lesson.Listener(n, 7, 3)))

    def spelled(frames):
        return lesson.ur.array(speller(lesson.ur.tensor(frames)))

    return {
        "Listener": lambda x, mask: listen(np.eye(n)[x], mask),
        "Speller": lambda x, mask: spelled(np.eye(n)[x]),
    }
