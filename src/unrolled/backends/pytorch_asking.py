"""How a PyTorch model is asked: tensors, the parts of a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from unrolled.backends import answers, parts
from unrolled.backends.parts import Parts

_chosen: list[str] = []


def device(name: str | None = None) -> str:
    """Return where models run: a GPU if there is one, else the CPU.

    `device("cpu")` or `device("cuda:1")` chooses, from then on; choose before anything
    is computed. Raises ValueError for one that is not there.
    """
    if name is not None:
        try:
            torch.zeros(1, device=name)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"There is no device {name!r} here: {str(error).splitlines()[0]}"
            ) from error
        _chosen[:] = [name]
    if _chosen:
        return _chosen[0]
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def tensor(a: Any) -> torch.Tensor:
    """Return a NumPy array as a tensor on `device()`.

    Lists and columns of a table are taken too; what holds no numbers is a ValueError.
    """
    return torch.as_tensor(parts.numbers(a)).to(device())


def array(t: Any) -> np.ndarray:
    """Return a tensor as a NumPy array."""
    return t.detach().cpu().numpy() if isinstance(t, torch.Tensor) else np.asarray(t)


def asker(model: Any) -> Callable:
    """Return ask(x, mask, state) -> (logits, next state) for a model or a function."""
    return answers.asker(model, getattr(model, "forward", model))


def parts_of(model: Any, batch: Any, classes: bool = True) -> Parts:
    """Return a batch as tensors: integers as int64, floats of x as the model's."""
    found = parts.parts_of(batch, _convert, classes)
    weights = model.parameters() if isinstance(model, torch.nn.Module) else ()
    like = next((w.dtype for w in weights if w.is_floating_point()), found.x.dtype)
    return found._replace(x=found.x.to(like)) if parts.kind(found.x) == "f" else found


def _convert(a: Any) -> torch.Tensor:
    """Return a tensor; integers of any width as int64, which every layer takes."""
    a = tensor(a)
    return a.long() if parts.kind(a) == "i" else a
