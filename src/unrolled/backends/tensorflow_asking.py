"""How a Keras model is asked: tensors, the parts of a batch, compiled calls."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from unrolled.backends import answers, parts, quiet
from unrolled.backends.parts import Parts, differing

tf, _ = quiet.start()


def device(name: str | None = None) -> str:
    """Return where models run: a GPU if there is one, else the CPU.

    `device("cpu")` or `device("GPU:1")` hides the other GPUs from TensorFlow; choose
    before anything is computed. Raises ValueError for one that is not there.
    """
    if name is not None:
        there = tf.config.list_physical_devices()
        found = [d for d in there if name.upper() in (_short(d), d.device_type)]
        if not found:
            raise ValueError(
                f"There is no device {name!r} here; there are "
                f"{', '.join(map(_short, there))}."
            )
        wanted = [found[0]] if found[0].device_type == "GPU" else []
        if wanted != tf.config.get_visible_devices("GPU"):
            tf.config.set_visible_devices(wanted, "GPU")
    return "GPU:0" if tf.config.get_visible_devices("GPU") else "CPU:0"


def _short(device: Any) -> str:
    return device.name.removeprefix("/physical_device:")


def tensor(a: Any) -> Any:
    """Return a NumPy array as a tensor on `device()`.

    Lists and columns of a table are taken too; what holds no numbers is a ValueError.
    """
    with tf.device(device()):
        return tf.convert_to_tensor(parts.numbers(a))


def array(t: Any) -> np.ndarray:
    """Return a tensor as a NumPy array."""
    return np.asarray(t)


def asker(model: Any) -> Callable:
    """Return ask(x, mask, state) -> (logits, next state) for a model or a function."""
    return answers.asker(model, getattr(model, "call", model))


def parts_of(batch: Any, classes: bool = True) -> Parts:
    """Return a batch as tensors; Keras brings the floats of x to the model's type."""
    return parts.parts_of(batch, _convert, classes)


def _convert(a: Any) -> Any:
    """Return a tensor; integers of any width as int64, which every layer takes."""
    a = tensor(a)
    return tf.cast(a, tf.int64) if parts.kind(a) == "i" else a


def first(ask: Callable, batch: Parts) -> tuple[Any, Any]:
    """Ask for a little of a batch, which makes the weights: its logits, its state."""
    x, mask, *_ = batch
    # One row with all its steps: a model may tell what a step is by its place.
    return ask(x[:1], None if mask is None else mask[:1], None)


def zeros(ask: Callable, batch: Parts) -> Any:
    """Return a state of a model's shape for a batch, all zeros."""
    return answers.mapped(tf.zeros_like, ask(batch.x[:, :1], None, None)[1])


def forward(model: Any, batch: Parts | None = None, batches: Any = None) -> Callable:
    """Return ask(x, mask, state), compiled; kept with the model.

    `batch` is the first of `batches`, all of which are asked with no state.
    """
    ask = asker(model)
    if batch is not None and not getattr(model, "built", True):
        first(ask, batch)
    if not hasattr(model, "_unrolled_forward"):
        model._unrolled_forward = Compiled(model, partial(ask, training=False))
    like = None if batches is None else (*specs(batch, batches)[:2], None)
    return model._unrolled_forward.function(like)


def specs(batch: Parts, batches: Any) -> list:
    """Return TensorSpecs of x, mask, y and weight that fit every batch; None for none.

    `batch` is one of `batches`; an axis whose length differs among them is None.
    """
    differ, found = iter(differing(batches)), []
    for part in batch[:4]:
        if part is not None:
            axes = next(differ, frozenset())
            shape = [None if k in axes else n for k, n in enumerate(part.shape)]
            part = tf.TensorSpec(shape, part.dtype)
        found.append(part)
    return found


class Compiled:
    """A function of a model, compiled anew once a Python value in the model changes.

    What is compiled keeps such a value as it was: model.way = "mean" would do nothing.
    """

    def __init__(self, model: Any, function: Callable) -> None:
        self._model, self._python, self._values, self._function = model, function, 0, 0

    def function(self, like: Any = None) -> Callable:
        """Return the compiled function for the values as they are now.

        `like` says of what arguments it will be asked, as TensorSpecs. Without it
        TensorFlow compiles it for the first shape, for a second one, and only then for
        any, and compiling takes as long as a hundred steps.
        """
        layers = getattr(self._model, "_flatten_layers", list)()
        values = [_value(vars(layer)) for layer in layers]
        if values != self._values:
            # A new partial, for which TensorFlow does not warn of "retracing".
            self._function = tf.function(partial(self._python), reduce_retracing=True)
            self._values = values
        if like is not None:
            self._function.get_concrete_function(*like)
        return self._function


def _value(a: Any) -> Any:
    """Return what to compare of a Python value: itself, its items, or its identity."""
    if isinstance(a, dict):
        return {key: _value(item) for key, item in a.items()}
    if isinstance(a, list | tuple):
        return [_value(item) for item in a]
    return a if a is None or isinstance(a, bool | int | float | str) else id(a)
