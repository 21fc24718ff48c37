"""What an exercise asks: its inputs, its reference, and how an answer is run on them.

Running gives plain arrays, and judging looks at those arrays alone. So the same check
judges an answer in the learner's own notebook, and outputs that were computed
elsewhere.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np

from unrolled.check.mistakes import Mistake
from unrolled.check.run import Outcome, run
from unrolled.check.shrink import zeros
from unrolled.check.slopes import Slopes
from unrolled.check.values import apart, cast

APART = 2  # the first case of three whose arrays are views with gaps in memory


@dataclass(frozen=True)
class Exercise:
    """One exercise, as data.

    `draw(rng, case)` returns the inputs of a case as `{name: value}`; case 0 is the
    smallest, so that the first counter-example is small. The answer is called with the
    values in that order, unless `call(answer, inputs, **context)` says how to call it
    (to build a layer and run it, say). Odd cases are cast to float32; in every third
    the arrays are views, whose numbers lie apart in memory. `hidden` names
    what the judge alone knows of them, the right labels of a test set, say, or the seed
    that they are drawn with; `given(inputs)` returns what the answer's side gets where
    that is another thing, less what is hidden. No sentence tells what is.
    `reference(**inputs)` returns the right value; without one the `properties` alone
    decide, each `(inputs, value) -> sentence or None`. `first`, of the same form, is
    asked before the reference: it says what a value must be to be compared at all.
    `axes` names the axes of the result, `outputs` the parts of a tuple. `start` says
    how to begin. `free` marks an exercise with several right answers: the learner
    builds and trains a model. `measured` names the parts of a value that come from a
    training, in the last case. `tells` names those that every right answer's value has:
    one that lacks them is no answer, whatever its others are. `may` names the functions
    of this package that the answer may call, "batches.one_hot": all others are withheld
    from it. `bars` names those of a framework that it may not call.

    Some fields help to say what is wrong. `known` are the mistakes of `mistakes.py`;
    `unit` fills it. `gates` names the blocks, "i f g o", that lie side by side in the
    inputs whose axis is "4*n_hidden" in `dims`: inputs and gates are set to zero in
    turn, so that the sentence can name the one at fault ("": inputs alone). `slopes`
    says of which loss the results are gradients, so that a wrong one is set against
    nudges. `blocks` names what lies side by side in the first or last axis of some
    outputs: `{"d_b": "i f g o"}`. `before` is what every number of a used layer is,
    into which the answer loads. `dims` names the axes of the inputs that may be cut,
    so that a counter-example can be made small.
    """

    name: str
    draw: Callable[[np.random.Generator, int], dict[str, Any]]
    reference: Callable[..., Any] | None = None
    properties: tuple[Callable[[dict, Any], str | None], ...] = ()
    call: Callable[..., Any] | None = None
    given: Callable[[dict], dict] | None = None
    hidden: tuple[str, ...] = ()
    cases: int = 6
    tolerance: float = 1e-8
    tolerance32: float = 1e-4
    axes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    start: str = "Read the text above the cell and replace the `raise` line."
    float32: bool = True
    free: bool = False
    slopes: Slopes | None = None
    blocks: dict[str, str] | None = None
    dims: dict[str, tuple[str, ...] | None] | None = None
    gates: str | None = None
    first: Callable[[dict, Any], str | None] | None = None
    before: float | None = None
    measured: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    known: tuple[Mistake, ...] = ()

    def inputs(self, seed: int | None = None) -> list[dict[str, Any]]:
        """Return the inputs of every case, then those with something set to zero.

        They are the same ones each time for one seed.
        """
        name = zlib.crc32(self.name.encode())
        rng = np.random.default_rng(name if seed is None else [name, seed, 1])
        drawn = [self.draw(rng, case) for case in range(self.cases)]
        # A part is taken away from the third case: in float64, and seldom square.
        whole = drawn[min(2, self.cases - 1)]
        less = [] if self.gates is None else zeros(whole, self.dims, self.gates)
        if self.float32 and not self.free:
            drawn = [cast(d) if case % 2 else d for case, d in enumerate(drawn)]
        for case in range(APART, self.cases, 3):
            drawn[case] = apart(drawn[case])
        return drawn + [inputs for _, inputs in less]

    def collect(self, answer: Any, **context: Any) -> list[Outcome]:
        """Run an answer on all inputs; the values come back as plain arrays."""
        return list(self.each(answer, context))

    def each(self, answer: Any, context: dict[str, Any]) -> Iterator[Outcome]:
        """Yield what `collect` returns, each case run when it is asked for.

        What an answer prints is shown once, for the first case; of a training, for
        each.
        """
        first, *others = self.inputs()
        yield self.one(answer, first, context)
        run = self.one if self.free else self.quietly
        yield from (run(answer, inputs, context) for inputs in others)

    def seen(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return what the answer's side gets of a case's inputs."""
        given = inputs if self.given is None else self.given(inputs)
        return {k: v for k, v in given.items() if k not in self.hidden}

    def one(self, answer: Any, inputs: dict, context: dict) -> Outcome:
        """Run an answer on what it may see of a case; keep what the judge needs."""
        told = run(
            self.name,
            answer,
            self.seen(inputs),
            self.call,
            context,
            self.may,
            self.bars,
        )
        return told._replace(inputs=inputs)

    def quietly(self, answer: Any, inputs: dict, context: dict) -> Outcome:
        """Do as `one` does, and let nothing be printed."""
        with redirect_stdout(StringIO()):
            return self.one(answer, inputs, context)
