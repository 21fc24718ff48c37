"""Ask classifiers about the same sequences in other company, in one track.

python tests/padding_cases.py TRACK CASES      prints the largest changes, as JSON

CASES is JSON: {name: [unit's folder, [[cell, old, new], ...]]}, where the edits are
bugs to put into cells of the lesson. A process of its own for each track: two
frameworks do not share one. `lessons/<unit>/classifiers.py` says what a unit has.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import source
from unrolled import batches
from unrolled.backends import shared

ALWAYS = ("imports", "framework")
LENGTHS = (5, 1, 12, 3, 7, 2, 9, 4, 5, 11)  # in no order; some come twice
ONE_LENGTH = 6
N_SYMBOLS = 8  # 1 to 7 occur; 0 is left to padding


def declared(folder: Path) -> ModuleType:
    """Return a unit's `classifiers.py` as a module."""
    path = folder / "classifiers.py"
    spec = importlib.util.spec_from_file_location(f"of_{folder.name[:2]}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lesson(folder: Path, track: str, names: tuple, edits: list) -> SimpleNamespace:
    """Run the named cells of a unit's lesson; return what they define."""
    code = {c.name: c.source for c in source.read(folder / "lesson.py").cells(track)}
    for cell, old, new in edits:
        if code[cell].count(old) != 1:
            raise ValueError(f"`{old}` stands {code[cell].count(old)} times in {cell}")
        code[cell] = code[cell].replace(old, new)
    scope: dict = {"__name__": "__main__"}
    for name in (*ALWAYS, *names):
        exec(compile(code[name], f"<{name}>", "exec"), scope)
    made = SimpleNamespace(**scope)
    made.by_mask, made.by_length = by_mask(made.ur), by_length
    made.track, made.n_symbols = track, N_SYMBOLS
    return made


def by_mask(ur: ModuleType) -> Callable:
    """Return what makes `ask` of a model that is called as `model(x, mask)`."""

    def of(model):
        ur.ready(model)  # no dropout: it draws anew at every call
        return lambda x, mask: ur.array(model(ur.tensor(x), ur.tensor(mask)))

    return of


def by_length(answers: Callable) -> Callable:
    """Make `ask` of a function that takes a list of sequences and pads by itself."""
    return lambda x, mask: answers(
        [row[real] for row, real in zip(x, mask, strict=True)]
    )


def changes(ask: Callable, sequences: list, one_length: bool) -> dict[str, float]:
    """Return the largest change of an output against each sequence alone."""
    alone = []
    for s in sequences:
        x, mask = batches.pad([s])
        alone += shared.rows_of(np.asarray(ask(x, mask)), mask)
    x, mask = batches.pad(sequences)
    same = np.arange(len(sequences))
    other = np.random.default_rng(1).permutation(same)
    cases = {"together": (x, mask, same), "shuffled": (x[other], mask[other], other)}
    if not one_length:
        for pads in (1, 20):
            more = [np.pad(a, ((0, 0), (0, pads))) for a in (x, mask)]
            cases[f"{pads} more pads"] = (*more, same)
    found = {}
    for name, (x, mask, places) in cases.items():
        rows = shared.rows_of(np.asarray(ask(x, mask)), mask)
        gaps = [
            np.abs(row - alone[i]).max() for row, i in zip(rows, places, strict=True)
        ]
        found[name] = float(np.max(gaps))
    every = np.concatenate([np.atleast_2d(row) for row in alone])  # (·, n_out)
    spread = np.ptp(every, axis=0).max()
    return found | {"spread": float(spread)}


def of_unit(folder: Path, track: str, edits: list) -> dict[str, dict[str, float]]:
    """Return the changes of every classifier that a unit declares."""
    unit = declared(folder)
    low = getattr(unit, "FLOAT32", False)
    floats(track, "float32" if low else "float64")
    made = lesson(folder, track, unit.CELLS, edits)
    if track == "pytorch":
        made.ur.device("cpu")  # not every device has float64
    made.ur.seed(0)
    found = {}
    for name, ask in unit.classifiers(made).items():
        one = name in getattr(unit, "ONE_LENGTH", ())
        lengths = [ONE_LENGTH] * len(LENGTHS) if one else LENGTHS
        rng = np.random.default_rng(0)
        sequences = [rng.integers(1, N_SYMBOLS, n) for n in lengths]
        found[name] = changes(ask, sequences, one) | {"float32": low}
    return found


def floats(track: str, dtype: str) -> None:
    """Let layers that are made from now on compute in `dtype`."""
    if track == "pytorch":
        import torch

        torch.set_default_dtype(getattr(torch, dtype))
    else:
        from unrolled.backends import tensorflow  # it keeps the start-up quiet

        tensorflow.keras.config.set_floatx(dtype)
        tensorflow.keras.config.set_dtype_policy(dtype)  # it is kept from before


def main(track: str, cases: dict) -> dict:
    """Return the changes of each case, or why it could not be asked."""
    found = {}
    for name, (folder, edits) in cases.items():
        try:
            found[name] = of_unit(Path(folder), track, edits)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with redirect_stdout(sys.stderr):
        result = main(sys.argv[1], json.loads(sys.argv[2]))
    json.dump(result, out)
    out.close()
