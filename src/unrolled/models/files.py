"""Models as files: .npz without pickle, two bytes a number, a checksum of it all."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from unrolled.cells import LSTMWeights

from .character import CharacterModel

FORMAT = 1
Model = TypeVar("Model")
# What reading damaged bytes raises, wherever the damage is.
_FAULTS = (
    *(AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError),
    *(OverflowError, SyntaxError, TypeError, ValueError),
    *(struct.error, zipfile.BadZipFile, zlib.error),
)


class ModelError(ValueError):
    """A file that holds no model, or a damaged one; the message says which and why."""


def save(model: CharacterModel, path: Path) -> None:
    """Write a model to `path`, rounded to float16: two bytes a number.

    What `load` reads is the rounded model. The same model gives the same bytes.
    """
    arrays = {
        "embedding": model.embedding,
        "w_out": model.w_out,
        "b_out": model.b_out,
    }
    for k, layer in enumerate(model.layers):
        arrays |= {f"{part}_{k}": a for part, a in layer._asdict().items()}
    arrays = {name: np.asarray(a, np.float16) for name, a in arrays.items()}
    head = {
        "name": model.name,
        "title": model.title,
        "symbols": model.symbols,
        "unknown": model.unknown,
        "layers": len(model.layers),
        "about": model.about,
    }
    pack(path, head, arrays)


def read(path: Path) -> CharacterModel:
    """Return the model of a file; nothing in the file is run.

    Raises ModelError if the file is not there, or is not a whole model.
    """
    return unpack(path, _model, "python benchmarks/gallery.py --model NAME")


def pack(path: Path, head: dict, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays and what is said of them to one file, with a checksum."""
    head = {"format": FORMAT, **head, "sha256": _digest(arrays)}
    written = np.frombuffer(json.dumps(head).encode("ascii"), np.uint8)
    held = io.BytesIO()
    np.savez_compressed(held, head=written, **arrays)
    Path(path).write_bytes(held.getvalue())


def unpack(path: Path, build: Callable[[dict, dict], Model], anew: str) -> Model:
    """Return what `build` makes of the head and the arrays of a file, in float32.

    Raises ModelError, which says the command `anew`, if the file is not there, is
    damaged, or `build` finds no model in it.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        head = json.loads(arrays.pop("head").tobytes())
        whole = head["format"] == FORMAT and head["sha256"] == _digest(arrays)
        if not whole:
            raise ValueError("its numbers are not those that were written")
        held = {name: a.astype(np.float32) for name, a in arrays.items()}
        if not all(np.isfinite(a).all() for a in held.values()):
            raise ValueError("some of its numbers are not finite")
        return build(head, held)
    except FileNotFoundError as error:
        raise ModelError(
            f"There is no file {path}. Install the course again, or train the model "
            f"anew: {anew}."
        ) from error
    except _FAULTS as error:
        raise _damaged(path, error, anew) from error


def _model(head: dict, held: dict[str, np.ndarray]) -> CharacterModel:
    layers = tuple(
        LSTMWeights(held[f"w_x_{k}"], held[f"w_h_{k}"], held[f"b_{k}"])
        for k in range(head["layers"])
    )
    said = {name: head[name] for name in ("name", "title", "symbols", "unknown")}
    out = {name: held[name] for name in ("embedding", "w_out", "b_out")}
    return CharacterModel(**said, **out, layers=layers, about=head["about"])


def _digest(arrays: dict[str, np.ndarray]) -> str:
    """Return one SHA-256 for arrays: their names, types, shapes and bytes."""
    found = hashlib.sha256()
    for name in sorted(arrays):
        a = np.ascontiguousarray(arrays[name])
        found.update(f"{name} {a.dtype.str} {a.shape}\n".encode())
        found.update(a.tobytes())
    return found.hexdigest()


def _damaged(path: Path, error: Exception, anew: str) -> ModelError:
    said = str(error).strip().split("\n")[0] or type(error).__name__
    return ModelError(
        f"{path} is no whole model ({said}), so it is not used: install the course "
        f"again, or train the model anew with {anew}."
    )
