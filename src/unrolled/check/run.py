"""Runs an answer on the inputs of one case, and keeps what a judge needs of it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from unrolled.check.say import failure, not_callable, stub, takes
from unrolled.check.values import copied, plain, same
from unrolled.check.withheld import NotYours, sentence, withheld


class Refused(Exception):
    """A sentence about an answer: raised by what calls it, and said as it is."""


class Outcome(NamedTuple):
    """What an answer made of one case: the inputs, and a value or a failure."""

    inputs: dict[str, Any]
    value: Any = None
    error: str | None = None
    changed: str | None = None  # the input that the answer changed in place
    refused: bool = False  # the error is what calls the answer says of it


def run(
    name: str,
    answer: Any,
    inputs: dict[str, Any],
    call: Callable[..., Any] | None = None,
    context: dict[str, Any] | None = None,
    may: Iterable[str] = (),
    bars: Iterable[str] = (),
) -> Outcome:
    """Run an answer on one case; what it does wrong is told, and never raised.

    It is called with the inputs in their order, or as `call(answer, inputs, **context)`
    says. `name` is what the sentences call it. Of the package's own functions it may
    call those in `may` alone, and of a framework's none of those in `bars`.
    """
    given = copied(inputs)
    try:
        # What comes out is judged, with words.
        with np.errstate(all="ignore"), withheld(answer, may, call, bars):
            if call:
                value = call(answer, given, **(context or {}))
            else:
                value = answer(*given.values())
            value = plain(value)
    except NotYours as helped:
        return Outcome(inputs, error=sentence(name, helped.helper), refused=True)
    except Refused as refusal:
        return Outcome(inputs, error=str(refusal), refused=True)
    except (Exception, SystemExit) as error:  # not the learner's stop button
        return Outcome(inputs, error=_stopped(name, answer, error, inputs, call))
    changed = [k for k in inputs if not same(plain(given[k]), plain(inputs[k]), 0)]
    return Outcome(inputs, value, changed=changed[0] if changed else None)


def _stopped(
    name: str, answer: Any, error: BaseException, inputs: dict, call: Any
) -> str:
    if isinstance(error, NotImplementedError):
        part = stub(error)
        if part is not None:
            own = {name, getattr(answer, "__name__", name), ""}
            return "unattempted" if part in own else f"unattempted {part}"
    if isinstance(error, TypeError) and not callable(answer):
        return not_callable(name, answer)
    if isinstance(error, TypeError) and not call:
        if says := takes(name, answer, inputs):
            return says
    return failure(name, error, inputs)
