"""What a layer holds, in either framework, and whether an answer leaves it there.

For what runs beside an answer: no framework is imported here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from unrolled.check.run import Refused
from unrolled.check.values import plain


def parameters(layers: Any) -> list[tuple[str, Any]]:
    """Return the parameters of a layer, a model, or a list of them, by name."""
    found: list[tuple[str, Any]] = []
    for layer in layers if isinstance(layers, list | tuple) else [layers]:
        if hasattr(layer, "named_parameters"):  # of PyTorch
            found += layer.named_parameters()
        else:
            found += [(weight.name, weight) for weight in layer.weights]
    return found


def size(model: Any) -> int:
    """Return how many numbers a model learns."""
    return sum(plain(parameter).size for _, parameter in parameters(model))


@contextmanager
def keeping(layers: Any, numbers: bool = False) -> Iterator[None]:
    """Refuse an answer that puts other parameters into layers, in a `with`.

    With `numbers`, one that changes the numbers in them, too.
    """
    own = parameters(layers)  # kept, so that no other object gets its place in memory
    before = [_held(*one) for one in own]
    yield
    after = [_held(*one) for one in parameters(layers)]
    pairs = zip_longest(before, after, fillvalue=("", 0, "", b""))
    other = [b[0] or a[0] for b, a in pairs if b[:3] != a[:3]]
    if other:
        raise Refused(
            f"The layer has another `{other[0]}` than before. An optimizer that was "
            "given the old one would never train it: copy the numbers into the one "
            "that is there, in place (`.copy_(…)` in PyTorch, `.assign(…)` or "
            "`set_weights` in Keras)."
        )
    if numbers and before != after:
        raise Refused(
            "The layer's weights hold other numbers than before. Only read them: no "
            "step of an optimizer, and nothing is loaded."
        )


def _held(name: str, parameter: Any) -> tuple[str, int, str, bytes]:
    return name, id(parameter), str(parameter.dtype), plain(parameter).tobytes()
