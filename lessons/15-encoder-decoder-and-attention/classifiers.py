"""What tests/test_padding.py asks of this unit's networks."""

CELLS = ("model",)  # cells of lesson.py that define the networks, in order


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    np, n = lesson.np, lesson.n_symbols

    def asked(model):
        def ask(x, mask):
            given = np.ones((len(x), 3), x.dtype)  # what the decoder is given
            read = np.concatenate([np.where(mask, x, 0), given], axis=1)
            ur = lesson.ur
            return ur.array(ur.ready(model)(ur.tensor(read))).reshape(len(x), -1)

        return ask

    return {
        "one state": asked(lesson.Translator(n, 3, attention=False)),
        "attention": asked(lesson.Translator(n, 3)),
    }
