"""Small trained models that travel with the course: they write from the first cell.

    from unrolled import models
    print(models.names())
    shakespeare = models.load("plays")
    print(shakespeare.sample("ROMEO", 300, rng=np.random.default_rng(1)))

Each is a character language model: an embedding, an LSTM, a linear layer. `about`
says of each what it read, under which licence, how it was trained, and what it scores
on the held-out part of its corpus beside a 7-gram. `ur.language_model(model)` in either
backend is the same network in the framework's own layers.

`models.translator()` is unit 15's network, trained to translate short sentences from
English into Spanish.
"""

from pathlib import Path

from . import translation
from .character import CharacterModel, CharacterRun
from .files import ModelError, read, save
from .translation import TranslationModel
from .written import Sample, samples

__all__ = [
    "CharacterModel",
    "CharacterRun",
    "ModelError",
    "Sample",
    "TranslationModel",
    "load",
    "names",
    "samples",
    "save",
    "translator",
]

STORED = Path(__file__).with_name("stored")


def names() -> tuple[str, ...]:
    """Return the names of the stored models."""
    return tuple(sorted(path.stem for path in STORED.glob("*.npz")))


def load(name: str | Path) -> CharacterModel:
    """Return a stored model by its name, or one that `save` wrote by its Path.

    Raises ValueError, which lists the names, for an unknown one, and ModelError, a
    sentence, for a file that is missing or damaged.
    """
    if isinstance(name, Path):
        return read(name)
    if name not in names():
        raise ValueError(
            f"There is no stored model called {name!r}. The names are: "
            f"{', '.join(names())}. A file of your own is given as a pathlib.Path."
        )
    return read(STORED / f"{name}.npz")


def translator() -> TranslationModel:
    """Return the stored translator; ModelError, a sentence, if its file is damaged."""
    return translation.read(STORED / "translators" / "english-spanish.npz")
