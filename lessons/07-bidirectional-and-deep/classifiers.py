"""What tests/test_padding.py asks of this unit's tagger and classifier."""

CELLS = ("look-ahead", "tagger", "reader")
ONE_LENGTH = ("Tagger",)  # all its sequences are equally long


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    np, n, ur = lesson.np, lesson.n_symbols, lesson.ur
    names = {"letters": range(n), "names": type("Names", (), {"classes": range(3)})}
    lesson.Reader.__init__.__globals__.update(names)
    reader = lesson.Reader(6, two_ways=True, n_layers=2)

    def answers(sequences):  # as the lesson: names of one length together
        found, places = np.zeros((len(sequences), 3)), np.arange(len(sequences))
        rng = np.random.default_rng(0)
        for x, place in lesson.batches.same_length(sequences, places, 4, rng):
            found[place] = ur.array(reader(ur.tensor(x))[0])
        return found

    if lesson.track == "pytorch":
        tagger = lesson.Tagger(lesson.nn.LSTM(4, 6, batch_first=True), 6)
    else:
        tagger = lesson.Tagger(lesson.keras.layers.LSTM(6, return_sequences=True))

    def tag(x, mask):
        rows = lesson.batches.one_hot(x % 4, 4, dtype=np.float64)
        early = ur.array(tagger(ur.tensor(rows))[0])  # no answer for the last steps
        return np.pad(early, ((0, 0), (0, x.shape[1] - early.shape[1]), (0, 0)))

    return {"Reader": lesson.by_length(answers), "Tagger": tag}
