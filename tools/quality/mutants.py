"""Which small errors, made mechanically in the right answers, the checks let through.

cd tools/quality
python mutants.py UNIT [EXERCISE…] [--track T]   prints what is let through
python mutants.py --table [UNIT…] [--track T]   measures, writes docs/mutants.md

A mutant is wrong if it gives another value than the solution on inputs that are not the
check's own, or if the check refuses it. Where several answers are right, so that no
reference but properties decide (of a model that the learner builds, of a score that is
to rank), it is wrong if the check refuses it on either inputs.
One process has one framework: `--table` starts a process for each track. In the first
it also counts to how many refused mutants each sentence of `mistakes.py` is said.
"""

import argparse
import copy
import json
import os
import random
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]
import exercises  # noqa: E402
import mutations  # noqa: E402
import source  # noqa: E402
import unit  # noqa: E402
from saying import Saying  # noqa: E402
from unrolled.check import Check, Outcome  # noqa: E402
from unrolled.check.judge import fault  # noqa: E402
from unrolled.check.values import has_float32, plain, same  # noqa: E402

SEEDS = (99, 100)  # of inputs that are not the check's own
TRAINED = 8  # mutants tried where each is trained
PATIENCE = 0.5, 10  # CPU seconds for a mutant, and so many times the solution's own


class TooLong(BaseException):
    """A mutant that does not come to an end; no answer may catch it."""


@dataclass
class Answer:
    """An exercise of one track: its solution, and what stands around it."""

    unit: str
    track: str
    cell: source.Cell
    check_cell: source.Cell
    between: list[source.Cell]
    scope: dict

    def judged(self, code: str) -> tuple[Check, Any, dict]:
        """Run the code in the solution's place; return what the check is called with.

        That is the check, the answer and the context. Raises what the code raises.
        """
        scope, calls = copy.copy(self.scope), []
        exercises.run(self.cell, scope, code)
        for cell in self.between:
            exercises.run(cell, scope)
        kept = Check.__call__
        Check.__call__ = lambda judge, answer, **context: calls.append(
            (judge, answer, context)
        )
        try:
            exercises.run(self.check_cell, scope)
        finally:
            Check.__call__ = kept
        return calls[0]


@dataclass
class Tally:
    """What became of the mutants of one exercise."""

    unit: str
    track: str  # "both" where the two tracks share the solution
    exercise: str
    made: int = 0  # mutants that could be tried
    tried: int = 0
    stopped: int = 0  # refused since they raise an exception or do not end
    refused: int = 0  # refused for what they give
    through: list[str] = field(default_factory=list)  # wrong, and accepted
    accepted: list[str] = field(default_factory=list)  # as right as the solution
    named: int | None = None  # refused with a sentence of mistakes.py
    said: dict[str, int] | None = None  # to how many of them, where that was counted

    @property
    def share(self) -> float:
        """The share refused of those that give something wrong."""
        wrong = self.refused + len(self.through)
        return self.refused / wrong if wrong else 1.0


def answers(name: str, track: str) -> Iterator[Answer]:
    """Yield the exercises of a unit; what comes before each has been run."""
    read = source.read(ROOT / "lessons" / name / "assignment.py")
    cells = [cell for cell in read.cells(track) if cell.kind == "code"]
    names = [cell.name for cell in cells]
    scope: dict = {"__name__": "__main__"}
    for place, cell in enumerate(cells):
        if cell.is_solution:
            end = names.index(f"check-{cell.name}")
            between, before = cells[place + 1 : end], copy.copy(scope)
            yield Answer(name, track, cell, cells[end], between, before)
        if cell.points is None:
            exercises.run(cell, scope)


def tally(answer: Answer, most: int | None = None, saying: bool = False) -> Tally:
    """Try the mutants of an exercise; at most `most` of them, drawn by seed.

    With `saying` the sentences are counted too, if all mutants are tried.
    """
    track = answer.track if answer.cell.track else "both"
    found = Tally(answer.unit, track, answer.cell.name)
    made = mutations.mutations(answer.cell.source)
    judge, right, context = answer.judged(answer.cell.source)
    if judge.free:  # each mutant is trained
        most = max(1, most // 10) if most else TRAINED
    drawn = made
    if most and most < len(made):
        rng = random.Random(zlib.crc32(f"{answer.unit} {answer.cell.name}".encode()))
        drawn = rng.sample(made, most)
    found.made, found.tried = len(made), len(drawn)
    began = time.process_time()
    for outcome in _each(judge, right, context):  # what it imports is there then
        assert not fault(judge, outcome), f"{judge.name}: the solution is refused"
    compared = not (judge.free or judge.reference is None)
    elsewhere = list(_elsewhere(judge, right, context)) if compared else []
    patience = PATIENCE[0] + PATIENCE[1] * (time.process_time() - began)
    heard = None
    if saying and len(drawn) == len(made):
        folder = ROOT / "lessons" / answer.unit
        written = unit.read_mistakes(folder / "mistakes.py")[answer.cell.name]
        heard = Saying(judge, right, context, written)
    for mutant in drawn:
        try:
            with limited(patience):
                word = _verdict(answer, mutant.code, elsewhere)
        except TooLong:
            word = "stopped"
        if word in ("through", "accepted"):
            getattr(found, word).append(mutant.change)
            continue
        setattr(found, word, getattr(found, word) + 1)
        if heard and (outcomes := _outcomes(answer, mutant.code, heard, patience)):
            heard.hear(outcomes)
    if heard:
        found.named, found.said = heard.named, dict(heard.count)
    return found


def _outcomes(
    answer: Answer, code: str, heard: Saying, patience: float
) -> list[Outcome]:
    """Return what a check sees of a mutant: nothing where its cell does not run."""
    try:
        with limited(patience), np.errstate(all="ignore"), redirect_stdout(StringIO()):
            _, given, context = answer.judged(code)
            return heard.collected(given, context)
    except (Exception, SystemExit, TooLong):
        return []


def _verdict(answer: Answer, code: str, elsewhere: list[Outcome]) -> str:
    """Return `stopped`, `refused`, `accepted` or, where that is wrong, `through`."""
    with np.errstate(all="ignore"), redirect_stdout(StringIO()):
        try:
            judge, given, context = answer.judged(code)
        except (Exception, SystemExit):
            return "stopped"
        for outcome in _each(judge, given, context):
            if fault(judge, outcome):
                stopped = outcome.error and not outcome.refused
                return "stopped" if stopped else "refused"
        others = _elsewhere(judge, given, context)
        if judge.free or judge.reference is None:  # nothing to compare with
            wrong = any(fault(judge, outcome) for outcome in others)
        else:
            pairs = zip(others, elsewhere, strict=True)
            wrong = not all(_equal(a, b) for a, b in pairs)
        return "through" if wrong else "accepted"


def _each(judge: Check, given: Any, context: dict) -> Iterator[Outcome]:
    for inputs in judge.inputs():
        yield judge.one(given, inputs, context)


def _elsewhere(judge: Check, given: Any, context: dict) -> Iterator[Outcome]:
    """Run an answer on inputs that are not the check's own, in float64.

    Where a check draws the same inputs always (words to learn, say), there are none.
    """
    own = judge.inputs()
    for seed in SEEDS[: 1 if judge.free else None]:
        for i in range(judge.cases):
            inputs = judge.draw(np.random.default_rng([seed, i]), i)
            if not (judge.free and same(plain(inputs), plain(own[i]), 0)):
                yield judge.one(given, inputs, context)


def _equal(a: Outcome, b: Outcome) -> bool:
    """Return whether two answers did the same to the same inputs, up to rounding."""
    if a.error or b.error:
        return bool(a.error) == bool(b.error)
    low = has_float32(a.value) or has_float32(b.value)
    return a.changed == b.changed and same(a.value, b.value, 1e-4 if low else 1e-6)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooLong after some CPU seconds, and again if that is swallowed."""
    if not hasattr(signal, "SIGPROF"):  # Windows: a mutant without end hangs there
        yield
        return

    def stop(*_: object) -> None:
        raise TooLong

    kept = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, kept)


def measure(
    track: str,
    names: list[str],
    only: tuple[str, ...] = (),
    most: Callable | None = None,
    saying: bool = False,
) -> Iterator[tuple[Tally, float]]:
    """Yield the tallies of some units in one track, and their CPU seconds.

    A solution that both tracks share is tried in the PyTorch track alone.
    """
    for name in names:
        for answer in answers(name, track):
            shared = answer.cell.track is None and track != source.TRACKS[0]
            if shared or (only and answer.cell.name not in only):
                continue
            began = time.process_time()
            yield (
                tally(answer, most(answer) if most else None, saying),
                time.process_time() - began,
            )


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="a unit, and its exercises")
    parser.add_argument("--track", choices=source.TRACKS)
    parser.add_argument("--table", action="store_true", help="write docs/mutants.md")
    parser.add_argument("--json", action="store_true", help="print tallies as JSON")
    parser.add_argument("--said", action="store_true", help="count the sentences too")
    parser.add_argument("--most", type=int, help="mutants of an exercise, by seed")
    options = parser.parse_args()
    every = [folder.name for folder in unit.folders(ROOT)]
    names = [n for n in every if any(n.startswith(word) for word in options.names)]
    only = tuple(w for w in options.names if not w[:1].isdigit())
    if options.table:
        import mutants_table

        tracks = (options.track,) if options.track else source.TRACKS
        return mutants_table.main(names or every, options.most, tracks)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with redirect_stdout(sys.stderr):
        most = (lambda answer: options.most) if options.most else None
        track = options.track or source.TRACKS[0]
        for found, seconds in measure(track, names or every, only, most, options.said):
            if options.json:
                row = {k: v for k, v in vars(found).items() if v is not None}
                line = json.dumps({**row, "seconds": round(seconds, 1)})
                print(line, file=out, flush=True)
                continue
            print(f"{said(found)} ({seconds:.1f} s)", file=out, flush=True)
            for change in found.through:
                print(f"    let through: {change}", file=out)
            for change in found.accepted:
                print(f"    as right: {change}", file=out)
    out.close()
    return 0


def said(found: Tally) -> str:
    """Return one line about a tally."""
    return (
        f"{found.unit} {found.track} {found.exercise}: {found.tried} of {found.made} "
        f"tried, {len(found.accepted)} as right, {found.stopped} stopped, "
        f"{found.refused} refused, {len(found.through)} let through "
        f"({found.share:.1%})"
    )


if __name__ == "__main__":
    sys.exit(main())
