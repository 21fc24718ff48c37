"""Surnames by language, from the lists that Faker carries.

The sixteen languages are those written in Latin letters whose `last_names` lists in
Faker are longest. All locales of one language count as that language ("en_IE" is
English, "ga_IE" Irish). A name that occurs in more than one of them, in capitals or
not, is dropped, since no reader could say which it is.
"""

import importlib
import pkgutil
import unicodedata
from collections import Counter

import numpy as np

LANGUAGES = {
    "az": "Azerbaijani",
    "cs": "Czech",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "hr": "Croatian",
    "it": "Italian",
    "nl": "Dutch",
    "sk": "Slovak",
    "sv": "Swedish",
    "uz": "Uzbek",
    "zu": "Zulu",
}


def by_language() -> tuple[list[str], np.ndarray, tuple[str, ...]]:
    """Return names, the class of each (n,) int64, and the languages.

    Names and languages are sorted, so the order is the same everywhere; accents are
    single characters (Unicode NFC).
    """
    lists = _lists()
    classes = tuple(sorted(lists))
    times = Counter(
        name for found in lists.values() for name in {n.casefold() for n in found}
    )
    pairs = sorted(
        (name, place)
        for place, language in enumerate(classes)
        for name in lists[language]
        if times[name.casefold()] == 1
    )
    labels = np.array([place for _, place in pairs], dtype=np.int64)
    return [name for name, _ in pairs], labels, classes


def _lists() -> dict[str, set[str]]:
    """Return the set of names of each language."""
    from faker.providers import person

    lists: dict[str, set[str]] = {language: set() for language in LANGUAGES.values()}
    for module in pkgutil.iter_modules(person.__path__):
        code = module.name.partition("_")[0]
        if code in LANGUAGES:
            provider = importlib.import_module(f"{person.__name__}.{module.name}")
            # Only a locale's own list: an inherited one belongs to another locale.
            found = vars(provider.Provider).get("last_names", ())
            cleaned = (unicodedata.normalize("NFC", name).strip() for name in found)
            lists[LANGUAGES[code]].update(name for name in cleaned if name)
    return lists
