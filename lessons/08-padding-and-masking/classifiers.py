"""What tests/test_padding.py asks of this unit's classifiers and tagger."""

CELLS = ("sentences", "network", "told", "ask", "tagger", "ways")


def classifiers(lesson):
    """Return {name: ask}, where ask(x, mask) returns the network's outputs."""
    n = lesson.n_symbols
    if lesson.track == "pytorch":
        told = lesson.Told(n, 3)
    else:
        told = lesson.told(n, 3)
    found = {"told the lengths": lambda x, mask: lesson.ask(told, x, mask)}
    for way in lesson.WAYS[1:]:  # the first is told nothing
        found[f"Reader, {way}"] = lesson.by_mask(lesson.Reader(n, 3, way=way))
    return found | {"NextWord": lesson.by_mask(lesson.NextWord(n))}
