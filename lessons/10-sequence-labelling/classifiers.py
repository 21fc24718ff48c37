"""What tests/test_padding.py asks of this unit's taggers."""

CELLS = ("task", "states", "tagger", "crf")


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    np, n = lesson.np, lesson.n_symbols

    def asked(model):
        ask = lesson.by_mask(model)

        def spelled(
            x, mask
        ):  # each word's letters come from its number; pads have none
            letters = np.arange(1, 1 + lesson.WIDE) * x[..., None] % 7
            return ask(np.concatenate([x[..., None], letters], axis=-1), mask)

        return spelled

    return {
        "Tagger": asked(lesson.Tagger(n, 7, 3)),
        "Tagger, words alone": asked(lesson.Tagger(n, 7, 3, letters=False)),
        "CRF": asked(lesson.CRF(n, 7, 3)),
    }
