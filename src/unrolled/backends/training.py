"""A training, whatever the framework: its steps, its rates, what it measures."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from unrolled.backends.parts import Parts
from unrolled.backends.shared import History
from unrolled.given import count
from unrolled.progress import bar as progress_bar


def n_steps(
    batches: Any,
    steps: int | None,
    epochs: int,
    lr: float,
    clip: float | None,
) -> int:
    """Return how many updates a training makes; `steps` wins over `epochs`.

    Raises ValueError if that is none, or if `lr` or `clip` are no sizes of a step.
    """
    if not 0 <= lr < math.inf:
        raise ValueError(f"lr={lr} was given; it must be a number, 0 or above.")
    if clip is not None and not clip > 0:
        raise ValueError(
            f"clip={clip} was given; it bounds the gradient's norm, so it must be "
            "above 0. None leaves the gradient as it is."
        )
    if steps is not None:
        return count("steps", steps)
    epochs = count("epochs", epochs)
    if not hasattr(batches, "__len__"):
        raise ValueError(
            f"Given {type(batches).__name__}, which has no length, and no steps; give "
            "`steps=`, or a list of batches."
        )
    if not len(batches):
        raise ValueError(
            "Training would make 0 steps: the data gave 0 batches. Give more data, a "
            "smaller batch or fewer time steps."
        )
    return epochs * len(batches)


def rate(step: int, total: int, peak: float, schedule: str) -> float:
    """Return the learning rate of a step.

    "constant", or "cosine": a short linear warm-up (2 % of the steps), then half a
    cosine down to 0 (Loshchilov and Hutter, 2017).
    """
    if schedule == "constant":
        return peak
    if schedule != "cosine":
        raise ValueError(f"schedule is {schedule!r}; it can be cosine or constant.")
    warm = max(1, total // 50)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))


def cycle(
    batches: Iterable, total: int, progress: bool, meter: "Meter | None" = None
) -> Iterator:
    """Yield (step, starts_an_epoch, batch) `total` times; a bar shows `meter`'s loss.

    Raises ValueError if the batches end before that, as an iterator does.
    """
    options = {"disable": not progress, "ascii": True, "mininterval": 1.0}
    with progress_bar(total=total, **options) as bar:
        step = 0
        while step < total:
            first = step
            for batch in batches:
                yield step, step == first, batch
                step += 1
                if progress and meter:
                    bar.set_postfix_str(meter.shown(step == total), refresh=False)
                bar.update()
                if step == total:
                    return
            if step == first:
                raise ValueError(
                    f"The batches ended after {step} of {total} steps, and gave none "
                    "when asked again: a generator or an iterator can be read once, "
                    "and drop_last may leave nothing. Give a list of batches, or an "
                    "object that begins anew with each epoch, like batches.Buckets."
                )


class Meter:
    """Reads losses and norms of gradients off the device, about once a second.

    Reading them at every step would make a GPU wait at every step.
    """

    def __init__(self) -> None:
        """Begin with nothing measured; `history` is where it goes."""
        self.history = History()
        self._unread: list[tuple] = []
        self._began = self._last = time.perf_counter()

    def add(self, loss: Any, norm: Any) -> None:
        """Take the loss and the norm of one step, still on their device."""
        self._unread.append((loss, norm))
        if time.perf_counter() - self._last > 1.0:
            self.read()

    def read(self) -> None:
        """Read what was added; FloatingPointError at the first that is not finite."""
        history = self.history
        for each in self._unread:
            loss, norm = map(float, each)
            history.loss.append(loss)
            history.norms.append(norm)
            if not math.isfinite(loss + norm):
                raise FloatingPointError(
                    f"Training stops: at step {len(history.loss)} the loss is "
                    f"{loss:g} and the gradient's norm {norm:g}. Begin anew with a "
                    "smaller lr, and look whether x holds a NaN; the weights are "
                    "of no use now."
                )
        self._unread.clear()
        self._last = time.perf_counter()

    def shown(self, now: bool) -> str:
        """Return what the bar says: the loss that was read last, or the one now."""
        if now:
            self.read()
        return f"loss {self.history.loss[-1]:.3f}" if self.history.loss else ""

    def ask(self, after: Callable, step: int) -> bool:
        """Call `after(step)`, keep what it returns, and leave its time uncounted.

        Returns whether to go on: `after` ends a training by raising StopIteration.
        """
        self.read()
        pause = time.perf_counter()
        try:
            value = after(step)
        except StopIteration:
            return False
        finally:
            self._began += time.perf_counter() - pause
        if value is not None:
            self.history.valid.append((step, float(value)))
        return True

    def done(self, finite: bool) -> History:
        """Read what is left; return the history, with the seconds of training.

        `finite` says whether all weights are, after the last step.
        """
        self.read()
        if not finite:
            raise FloatingPointError(
                f"After step {len(self.history.loss)} some weights are no numbers "
                "any more. Begin anew with a smaller lr."
            )
        self.history.seconds = time.perf_counter() - self._began
        return self.history


def due(step: int, total: int, every: int | None) -> bool:
    """Return whether `after` is called once `step` steps are made."""
    return step == total or (bool(every) and step % every == 0)


def refuse_empty(parts: Parts, step: int) -> None:
    """Raise ValueError if a batch has no label that counts, and so no mean loss."""
    if parts.counts == 0:
        raise ValueError(
            f"In the batch of step {step} no label counts: all weights are 0, or the "
            "mask is False everywhere. It has no mean loss; leave it out."
        )


def same_rows(parts: Parts, before: int | None) -> int:
    """Return a batch's rows; each continues a row of the batch before, if one was.

    Raises ValueError if they are not as many.
    """
    rows = len(parts.x)
    if before not in (None, rows):
        raise ValueError(
            f"With stateful=True each row continues the same row of the batch before, "
            f"which had {before} rows, and this one has {rows}. Take batches.Streams, "
            "or leave the short batch out."
        )
    return rows
