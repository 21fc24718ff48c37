"""Grades many submissions: some at a time, each result kept as soon as it is there.

A result is a file of its own, written whole or not at all. A grader that was stopped
goes on where it was: what has a result for the same bytes, checks, package, limits and
isolation is not graded again.
"""

import json
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from unrolled import threads
from unrolled.grade import harmless, storage
from unrolled.grade.classes import again
from unrolled.grade.classes.again import Ask
from unrolled.grade.intake import gather
from unrolled.grade.intake.gather import Work
from unrolled.grade.intake.roster import Roster
from unrolled.grade.marking.grader import Grader, digest, secret
from unrolled.grade.result import Result, from_json
from unrolled.grade.sandbox.fork_server import CannotStart, Servers
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission import assignments, reading, restore

DEFAULT, FIRST = Limits(), Ask()
TRIALS = 2  # how often a submission is tried whose grader itself died


@dataclass(frozen=True)
class Plan:
    """What all submissions of one call have in common."""

    course: Path
    isolation: str
    unit: str | None = None
    track: str | None = None
    limits: Limits = DEFAULT
    seed: int = 0


def submissions(
    paths: Iterable[Path], roster: Roster | None = None
) -> tuple[list[Work], list[Path]]:
    """Return the submissions in files, folders and zips, and the files that are none.

    Names are unique.
    """
    found, ignored = gather.gather(paths, roster)
    return _unique(found), ignored


def _unique(works: list[Work]) -> list[Work]:
    """Give a number to all but the first of those whose names would be read as one."""

    def read_as(name: str) -> str:
        return unicodedata.normalize("NFKC", harmless.cell(name)).casefold()

    taken, unique = {read_as(work.name) for work in works}, []
    first: set[str] = set()
    for work in works:
        name, n = work.name, 1
        if read_as(name) in first:
            while read_as(name) in taken:
                n += 1
                name = f"{work.name} ({n})"
            taken.add(read_as(name))
        first.add(read_as(name))
        unique.append(replace(work, name=name))
    return unique


def before(folder: Path | None, work: Work) -> Result | None:
    """Return the result of an earlier call, whatever it depends on."""
    if folder is None:
        return None
    try:
        data = json.loads(storage.place(folder, work.name).read_text("utf-8"))
        result = from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return result if result.submission == work.name else None


def kept(folder: Path, work: Work, expected: str) -> Result | None:
    """Return the result of an earlier call if all that it depends on is the same."""
    result = before(folder, work)
    return result if result and result.digest == expected else None


def keep(folder: Path, result: Result) -> None:
    """Write a result to its file."""
    text = json.dumps(result.as_json(), indent=1, sort_keys=True) + "\n"
    storage.write(storage.place(folder, result.submission), text)


_servers: dict[tuple, Servers] = {}  # in each worker
_graders: dict[tuple, Grader] = {}


def grade_one(
    plan: Plan,
    work: Work,
    folder: Path | None = None,
    ask: Ask = FIRST,
    old: Result | None = None,
) -> Result:
    """Grade one submission, or take the result that is there; in a worker.

    `old` is the result of an earlier call, if it is not in the folder.
    """
    try:
        content = work.load()
    except reading.Unreadable as error:
        return unreadable(plan, work, str(error))
    return grade_content(plan, work, content, folder, ask, old)


def grade_content(
    plan: Plan,
    work: Work,
    content: bytes,
    folder: Path | None = None,
    ask: Ask = FIRST,
    old: Result | None = None,
) -> Result:
    """Grade the bytes of a submission; of its path only the name counts."""
    old = old or before(folder, work)
    result = _guarded(plan, work, lambda: _settled(plan, work, content, ask, old))
    if folder and not result.unreadable and result is not old:
        keep(folder, result)
    return result


def grade_some(
    plan: Plan, work: Work, content: bytes, only: frozenset[str] | None
) -> Result:
    """Grade some exercises of a submission, or all, whatever is kept of it."""

    def graded() -> Result:
        cells, what, _ = _what(plan, work, content)
        return _grader(plan, what).grade(work.name, content, cells, only)

    return _guarded(plan, work, graded)


def _what(plan: Plan, work: Work, content: bytes) -> tuple:
    """Return the cells of a submission, its assignment, and what a result rests on."""
    cells = reading.read_limited(content)
    what = assignments.guess(plan.course, work.called, cells, plan.unit, plan.track)
    return cells, what, digest(content, what, plan.seed, plan.limits, plan.isolation)


def _settled(
    plan: Plan,
    work: Work,
    content: bytes,
    ask: Ask,
    old: Result | None,
) -> Result:
    cells, what, expected = _what(plan, work, content)
    own = restore.digest(content)
    if again.settled(old, ask, own, expected):
        return old
    some = again.part(old, ask, own)
    result = _grader(plan, what).grade(work.name, content, cells, some)
    return result if some is None else again.merged(old, result, some, ask.retry)


def _guarded(plan: Plan, work: Work, graded: Callable[[], Result]) -> Result:
    """Return a result, or that of what could not be graded."""
    try:
        return graded()
    except (
        reading.Unreadable,
        assignments.NoSuchAssignment,
        CannotStart,
    ) as error:
        return unreadable(plan, work, str(error))
    except Exception as error:  # a fault of the grader: it costs no other submission
        why = f"The grader failed on it, with {type(error).__name__}: {error}"
        return unreadable(plan, work, f"{why}. Please report this.")


def unreadable(plan: Plan, work: Work, why: str) -> Result:
    """Return the result of what could not be graded."""
    empty = Result(work.name, plan.unit or "", plan.track or "", unreadable=why)
    empty.isolation = plan.isolation
    return empty


def _grader(plan: Plan, what: assignments.Assignment) -> Grader:
    key = (plan.course, what.unit, what.track, plan.isolation, plan.limits, plan.seed)
    if key not in _graders:
        place = (plan.isolation, secret(plan.course))
        servers = _servers.setdefault(place, Servers(*place))
        _graders[key] = Grader(plan.course, what, servers, plan.limits, plan.seed)
    return _graders[key]


def grade_all(
    plan: Plan,
    works: list[Work],
    folder: Path | None,
    jobs: int,
    asks: Mapping[str, Ask] | None = None,
) -> Iterator[Result]:
    """Yield results as they come; a worker that dies costs its submission a trial.

    What ran out of time is tried once more when nothing else runs any more: perhaps the
    machine was busy. `asks` says of a submission, by its name, what is asked of it.
    """
    late: list[tuple[Work, Result]] = []
    asks = asks or {}
    tasks = [(work, asks.get(work.name, FIRST), None) for work in works]
    for work, result in _all(plan, tasks, folder, jobs):
        if again.timed_out(result) and not result.retried:
            late.append((work, result))
        else:
            yield result
    alone = [(work, Ask(retry=True), old) for work, old in late]
    for _, result in _all(plan, alone, folder, 1):
        yield result


def _all(
    plan: Plan,
    tasks: list[tuple[Work, Ask, Result | None]],
    folder: Path | None,
    jobs: int,
) -> Iterator[tuple[Work, Result]]:
    trials = dict.fromkeys((work for work, _, _ in tasks), 0)
    waiting = [task for task in tasks if not task[0].reason]
    for work, _, _ in tasks:
        if work.reason:
            yield work, unreadable(plan, work, work.reason)
    while waiting:
        pool = _pool(jobs)
        running: dict[Future, tuple] = {}
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    work, ask, old = task = waiting.pop(0)
                    sent = (plan, work, folder, ask, old)
                    running[pool.submit(grade_one, *sent)] = task
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    yield running.pop(future)[0], result
        except BrokenProcessPool:
            for task in running.values():
                trials[task[0]] += 1
                if trials[task[0]] < TRIALS:
                    waiting.append(task)
                else:
                    why = "The grader itself was killed while it graded this."
                    yield task[0], task[2] or unreadable(plan, task[0], why)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # A worker forks, to guard itself, and who forks may have no second thread.
    for name, value in threads.fixed(1).items():
        os.environ.setdefault(name, value)
    # Spawned: what the caller's process holds does not belong into a worker.
    spawn = get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_end_with_caller)


def _end_with_caller() -> None:
    """Let this worker, and its sandboxes, die when the process that called it does."""
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def in_order(results: Iterable[Result], works: list[Work]) -> list[Result]:
    """Return results in the order of the submissions."""
    at = {work.name: i for i, work in enumerate(works)}
    return sorted(results, key=lambda r: at[r.submission])
