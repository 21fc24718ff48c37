"""What tests/test_padding.py asks of this unit's classifiers."""

CELLS = ("pooling", "states", "reader")
FLOAT32 = True  # the lesson keeps given vectors in float32


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    poolings = (lesson.highest, lesson.mean, lesson.last, lesson.attention)
    options = {pool.__name__: {"pool": pool} for pool in poolings}
    given = lesson.np.ones((lesson.n_symbols, 3), lesson.np.float32)
    options |= {"two directions": {"ways": 2}, "given vectors": {"given": given}}
    return {
        name: lesson.by_mask(lesson.Reader(lesson.n_symbols, 3, **chosen))
        for name, chosen in options.items()
    }
