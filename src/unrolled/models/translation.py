"""A trained translator in NumPy: a GRU that reads, a GRU that writes and looks back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from unrolled import cells

from . import files

# The first signs: padding, how a target begins and ends, every word that is not known.
PAD, BEGIN, END, UNKNOWN = range(4)
SPECIAL = ("<pad>", "<begin>", "<end>", "<unknown>")
ANEW = "python benchmarks/translator.py --store"


def split(text: str) -> list[str]:
    """Return words and marks of a text, in small letters."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


@dataclass(frozen=True, eq=False)
class TranslationModel:
    """A trained encoder and decoder with attention, the network of unit 15's lesson.

    Sign k is `signs[k]`: SPECIAL, then the words of the source, from `n_source` on
    those of the target. `embedding` (n_signs, n_embedding), the same for both sides;
    `encoder` and `decoder` with reset="after", z="old"; `w_score` (n_hidden, n_hidden);
    `w_mix` (2 n_hidden, n_hidden), `b_mix` (n_hidden,); `w_out` (n_hidden, n_signs),
    `b_out` (n_signs,), all float32. `dictionary` (n_signs,) has for each word of the
    source its likeliest word. `time` signs are read, padding among them, `steps` are
    written. `about` says what it learned from and how well it does.
    """

    signs: tuple[str, ...] = field(repr=False)
    n_source: int
    time: int
    steps: int
    dictionary: np.ndarray = field(repr=False)
    embedding: np.ndarray = field(repr=False)
    encoder: cells.GRUWeights = field(repr=False)
    decoder: cells.GRUWeights = field(repr=False)
    w_score: np.ndarray = field(repr=False)
    w_mix: np.ndarray = field(repr=False)
    b_mix: np.ndarray = field(repr=False)
    w_out: np.ndarray = field(repr=False)
    b_out: np.ndarray = field(repr=False)
    about: dict[str, Any] = field(repr=False)

    @property
    def n_hidden(self) -> int:
        """Return how many units the encoder and the decoder have."""
        return len(self.encoder.w_h)

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        """Return the signs of sentences, (n, time), padded; longer ones are cut."""
        known = {w: k for k, w in enumerate(self.signs[: self.n_source]) if k > UNKNOWN}
        rows = np.full((len(sentences), self.time), PAD)
        for row, sentence in zip(rows, sentences, strict=True):
            said = [known.get(w, UNKNOWN) for w in split(sentence)[: self.time]]
            row[: len(said)] = said
        return rows

    def decode(self, rows: np.ndarray) -> list[str]:
        """Return what rows of signs (n, steps) say, each up to its first END."""
        found = []
        for row in np.asarray(rows).tolist():
            said = row[: row.index(END)] if END in row else row
            words = ["?" if k == UNKNOWN else self.signs[k] for k in said if k != PAD]
            found.append(" ".join(words))
        return found

    def run(
        self, source: np.ndarray, given: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the scores of every step, and where each step looked.

        `source` (n, time) as `encode` makes it, `given` (n, steps) the sign before, for
        each step → logits (n, steps, n_signs) and weights (n, steps, time). Every row
        of `source` needs at least one sign that is not padding.
        """
        real = source != PAD
        keys = cells.gru(self.embedding[source], self.encoder).h
        last = keys[np.arange(len(source)), real.sum(axis=1) - 1]
        s = cells.gru(self.embedding[given], self.decoder, last).h
        scores = (s @ self.w_score) @ keys.transpose(0, 2, 1)
        scores = np.where(real[:, None], scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        both = np.concatenate([s, weights @ keys], axis=-1)
        mixed = np.tanh(both @ self.w_mix + self.b_mix)
        return mixed @ self.w_out + self.b_out, weights

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Return translations, the likeliest sign at each step."""
        source = self.encode(sentences)
        said = np.full((len(source), self.steps + 1), BEGIN)
        for t in range(self.steps):
            logits, _ = self.run(source, said[:, : self.steps])
            said[:, t + 1] = logits[:, t].argmax(axis=-1)
        return self.decode(said[:, 1:])


def save(model: TranslationModel, path: Path) -> None:
    """Write a model to `path`, rounded to two bytes a number, as a character model."""
    held, head = {}, {}
    for name in (f.name for f in fields(model)):
        value = getattr(model, name)
        if isinstance(value, cells.GRUWeights):
            held |= {f"{name}_{part}": a for part, a in value._asdict().items()}
        elif isinstance(value, np.ndarray):
            held[name] = value
        else:
            head[name] = value
    held = {
        name: np.asarray(a, np.int16 if name == "dictionary" else np.float16)
        for name, a in held.items()
    }
    files.pack(path, head, held)


def read(path: Path) -> TranslationModel:
    """Return the model of a file; ModelError, a sentence, if it is not a whole one."""
    return files.unpack(path, _model, ANEW)


def _model(head: dict, arrays: dict[str, np.ndarray]) -> TranslationModel:
    floats = {name: a for name, a in arrays.items() if name != "dictionary"}
    layers = {
        name: cells.GRUWeights(
            *(floats.pop(f"{name}_{part}") for part in cells.GRUWeights._fields)
        )
        for name in ("encoder", "decoder")
    }
    named = {f.name for f in fields(TranslationModel)} & set(head)
    rest = {name: head[name] for name in named} | {"signs": tuple(head["signs"])}
    dictionary = arrays["dictionary"].astype(np.int64)
    return TranslationModel(**rest, **layers, **floats, dictionary=dictionary)
