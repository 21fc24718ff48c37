"""What tests/test_padding.py asks of this unit's classifiers."""

CELLS = ("name-net", "predict")


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs.

    The lesson never pads: each of its minibatches holds names of one length.
    """
    net = lesson.NameNet(lesson.n_symbols, emb_size=4, hid_size=6, n_out=3)
    lesson.predict.__globals__["model"] = net  # which the lesson trains first
    np, same_length = lesson.np, lesson.batches.same_length

    def answers(names):
        found = np.zeros((len(names), 3))
        places = np.arange(len(names))
        for x, place in same_length(names, places, 4, np.random.default_rng(0)):
            found[place] = lesson.predict(x)
        return found

    return {"NameNet": lesson.by_length(answers)}
