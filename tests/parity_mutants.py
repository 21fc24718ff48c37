"""Errors put into the source on purpose: the parity tests must see each of them."""

import contextlib
import importlib
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In `module`, `old` is replaced by `new`; the cases of `kind` must notice."""

    name: str
    kind: str
    module: str
    old: str
    new: str


TURNED = "np.concatenate([g.T for g in np.split(weights.w_h, len(ours), -1)], -1)"
SHARED = [
    Mutant("z for 1 - z", "gru", "backends.structure", 'z == "old"', 'z == "new"'),
    Mutant("z in the cell", "gru", "cells.gru", "z * h + (1 - z) * n if", "n if"),
    Mutant("gates of the cell", "lstm", "cells.lstm", "f * c + i * g", "i * c + f * g"),
    Mutant("w_h backward", "rnn", "cells.rnn", "@ w_h.T", "@ w_h"),
    Mutant("belt backward", "lstm", "cells.lstm", "dc * f[:, t]", "dc"),
    Mutant("r backward", "gru", "cells.gru", "d_product * r[:, t]", "d_product"),
    Mutant(
        "bias backward", "rnn", "cells.rnn", "d_a.sum(axis=(0, 1))", "d_a[0].sum(0)"
    ),
    Mutant("mask", "lstm", "cells.common", "new if mask is None", "new if True"),
]
PYTORCH = "backends.pytorch_weights"
KERAS = "backends.tensorflow_weights"
OF_TRACK = {
    "pytorch": [
        Mutant("i and f", "lstm", PYTORCH, '"ifgo", "ifgo"', '"ifgo", "figo"'),
        Mutant("g and o", "lstm", PYTORCH, '"ifgo", "ifgo"', '"ifgo", "ifog"'),
        Mutant("r and z", "gru", PYTORCH, '"rzn", "rzn"', '"rzn", "zrn"'),
        *(
            Mutant(
                f"no bias, {kind}",
                kind,
                PYTORCH,
                '"bias_ih": structure.reordered(weights.b, ours',
                '"bias_ih": structure.reordered(0 * weights.b, ours',
            )
            for kind in ("rnn", "lstm", "gru")
        ),
        Mutant("no b_n", "gru", PYTORCH, "] = weights.b_n", "] = 0"),
        *(
            Mutant(
                f"w_h transposed, {kind}",
                kind,
                PYTORCH,
                "structure.reordered(weights.w_h, ours",
                f"structure.reordered({TURNED}, ours",
            )
            for kind in ("rnn", "lstm", "gru")
        ),
        Mutant("dump's bias", "gru", PYTORCH, "second[2 * n :].copy()", "b[2 * n :]"),
    ],
    "tensorflow": [
        Mutant("i and f", "lstm", KERAS, '"ifgo", "ifgo"', '"ifgo", "figo"'),
        Mutant("g and o", "lstm", KERAS, '"ifgo", "ifgo"', '"ifgo", "ifog"'),
        Mutant("r and z", "gru", KERAS, '"rzn", "zrn"', '"rzn", "rzn"'),
        *(
            Mutant(
                f"no bias, {kind}",
                kind,
                KERAS,
                "return [w_x, w_h, b]",
                "return [w_x, w_h, 0 * b]",
            )
            for kind in ("rnn", "lstm", "gru")
        ),
        Mutant("no b_n", "gru", KERAS, "] = weights.b_n", "] = 0"),
        *(
            Mutant(
                f"w_h transposed, {kind}",
                kind,
                KERAS,
                "(structure.reordered(a, ours, theirs) for a in weights[:3])",
                "(structure.reordered(a, ours, theirs) for a in "
                f"(weights.w_x, {TURNED}, weights.b))",
            )
            for kind in ("rnn", "lstm", "gru")
        ),
        Mutant("dump's bias", "gru", KERAS, "second[2 * n :].copy()", "b[2 * n :]"),
    ],
}


@contextlib.contextmanager
def mutated(mutant: Mutant) -> Iterator[None]:
    """Let every function of the module do what the changed source says, meanwhile."""
    module = importlib.import_module(f"unrolled.{mutant.module}")
    source = inspect.getsource(module)
    if source.count(mutant.old) < 1:
        raise ValueError(f"{mutant.name}: {mutant.old!r} is not in {module.__name__}.")
    _become(module, source.replace(mutant.old, mutant.new))
    try:
        yield
    finally:
        _become(module, source)


def _become(module: types.ModuleType, source: str) -> None:
    """Change functions in place, so that whoever imported one has it changed too."""
    found = {"__name__": module.__name__}
    exec(compile(source, module.__file__, "exec"), found)
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            value.__code__ = found[name].__code__
    if hasattr(module, "KINDS"):
        module.KINDS.update(found["KINDS"])
