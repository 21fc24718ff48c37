"""Made-up requests with three layers of tags: no file, no network, always there.

They stand in for treebanks, entities and slots that cannot be had. Some words have a
tag that only their neighbors tell ("play a song", "the play"), and the names are put
together from syllables, so that the test part has names that training never showed,
whose endings tell what they are.
"""

from collections.abc import Callable

import numpy as np

LAYERS = ("upos", "entities", "slots")

# A form is an intent and its words, each with its part of speech; {kind} is a filler.
FORMS = (
    ("PlayMusic", "play/VERB {title} by/ADP {artist}"),
    ("PlayMusic", "can/AUX you/PRON play/VERB something/PRON {mood} by/ADP {artist}"),
    ("PlayMusic", "i/PRON want/VERB to/PART hear/VERB the/DET play/NOUN {title}"),
    ("GetWeather", "is/AUX it/PRON {mood} in/ADP {city} {day}"),
    ("GetWeather", "how/ADV {mood} will/AUX it/PRON be/AUX near/ADP {city}"),
    ("GetWeather", "will/AUX the/DET cold/NOUN reach/VERB {city} {day}"),
    ("BookRestaurant", "book/VERB a/DET table/NOUN for/ADP {number} at/ADP {house}"),
    ("BookRestaurant", "we/PRON are/AUX {number} and/CCONJ eat/VERB in/ADP {city}"),
    ("BookRestaurant", "{artist} likes/VERB {house} ,/PUNCT book/VERB it/PRON {day}"),
    ("RateBook", "rate/VERB the/DET book/NOUN {title} {number} points/NOUN"),
    ("RateBook", "give/VERB {number} stars/NOUN to/ADP {title} by/ADP {artist}"),
    ("RateBook", "the/DET rate/NOUN of/ADP {title} is/AUX {number} ,/PUNCT ok/INTJ"),
)  # fmt: skip
SLOTS = {
    "title": "title",
    "artist": "artist",
    "city": "city",
    "house": "restaurant",
    "number": "number",
    "day": "day",
    "mood": "condition",
}
ENTITIES = {"artist": "PER", "city": "LOC", "house": "ORG"}
MOODS = ("cold", "warm", "windy", "quiet", "slow", "sunny", "light")
NUMBERS = ("two", "three", "four", "five", "six", "seven", "ten")
DAYS = ("today", "tomorrow", "on/ADP monday/PROPN", "on/ADP friday/PROPN", "tonight")
NOUNS = ("rivers", "night", "book", "table", "winter", "stars", "city", "song")
FIRST = ("ana", "bela", "carl", "dora", "emil", "fay", "gil", "hana")
STARTS = (
    "ba",
    "den",
    "fer",
    "gol",
    "har",
    "kin",
    "lo",
    "mar",
    "nor",
    "pel",
    "ro",
    "sil",
)
ENDS = {"city": ("ton", "ville", "burg"), "artist": ("son", "ski", "ez")}
HOUSES = ("house", "grill", "kitchen")


def by_templates(layer: str, n: int = 1_600, seed: int = 0) -> tuple:
    """Return words, tags, intents, and the rows to train on and to test on.

    layer: "upos" for parts of speech, "entities" or "slots" for BIO tags. The same
    sentences for every layer and each seed; three quarters are for training. Intents
    are there for slots alone. Raises ValueError for another layer.
    """
    if layer not in LAYERS:
        raise ValueError(
            f"There is no layer called {layer!r}. The layers are: {', '.join(LAYERS)}."
        )
    rng = np.random.default_rng(seed)
    found = [_request(*FORMS[rng.integers(len(FORMS))], rng) for _ in range(n)]
    place = LAYERS.index(layer)
    words = [[word for word, *_ in request] for _, request in found]
    tags = [[tag[place] for _, *tag in request] for _, request in found]
    intents = [intent for intent, _ in found] if layer == "slots" else []
    cut = 3 * n // 4
    return words, tags, intents, np.arange(cut), np.arange(cut, n)


def _request(intent: str, form: str, rng: np.random.Generator) -> tuple[str, list]:
    """Return the intent, and (word, part of speech, entity, slot) of each word."""
    out = []
    for piece in form.split():
        kind = piece.strip("{}")
        if kind == piece:
            out.append((*piece.split("/"), "O", "O"))
            continue
        for k, (word, upos) in enumerate(_filler(kind, rng)):
            mark = "I" if k else "B"
            entity = f"{mark}-{ENTITIES[kind]}" if kind in ENTITIES else "O"
            out.append((word, upos, entity, f"{mark}-{SLOTS[kind]}"))
    return intent, out


def _filler(kind: str, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return the words of one kind of filler, with their parts of speech."""

    def one(among: tuple) -> str:
        return str(rng.choice(among))

    def name(end: str) -> str:
        return "".join(one(STARTS) for _ in range(rng.integers(2, 4))) + one(ENDS[end])

    fillers: dict[str, Callable[[], str]] = {
        "mood": lambda: f"{one(MOODS)}/ADJ",
        "number": lambda: f"{one(NUMBERS)}/NUM",
        "day": lambda: " ".join(
            d if "/" in d else f"{d}/NOUN" for d in one(DAYS).split()
        ),
        "title": lambda: " ".join(
            ("the/DET",) * int(rng.integers(2))
            + tuple(f"{one(MOODS)}/ADJ" for _ in range(rng.integers(3)))
            + (f"{one(NOUNS)}/NOUN",)
        ),
        "artist": lambda: f"{one(FIRST)}/PROPN {name('artist')}/PROPN",
        "city": lambda: (
            ("new/ADJ " if rng.random() < 0.3 else "") + f"{name('city')}/PROPN"
        ),
        "house": lambda: f"{name('artist')}/PROPN {one(HOUSES)}/NOUN",
    }
    return [tuple(piece.split("/")) for piece in fillers[kind]().split()]
