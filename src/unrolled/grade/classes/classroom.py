"""Grades many submissions: some at a time, each result kept as soon as it is there.

A result is a file of its own, written whole or not at all. A grader that was stopped
goes on where it was: what has a result for the same bytes, checks, package, limits and
isolation is not graded again.
"""

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from unrolled import threads
from unrolled.grade import storage
from unrolled.grade.marking.grader import Grader, Result, digest, from_json, secret
from unrolled.grade.report import harmless
from unrolled.grade.sandbox.fork_server import CannotStart, Servers
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission import assignments, reading

DEFAULT = Limits()
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


@dataclass(frozen=True)
class Work:
    """One submission: who it is from, and where it lies."""

    name: str
    path: Path


def submissions(paths: Iterable[Path]) -> tuple[list[Work], list[Path]]:
    """Return the submissions in files and folders, and the files that are none.

    In a folder every file is one that is a notebook by its name or by what is in it,
    and every archive; checkpoints and other hidden files are none. Names are unique.
    """
    found, ignored = [], []
    for path in paths:
        if path.is_dir():
            found += sorted(_in_folder(path, ignored), key=lambda work: work.path)
        else:
            found.append(Work(_stem(path.name), path))
    return _unique(found), ignored


def _in_folder(folder: Path, ignored: list[Path]) -> Iterator[Work]:
    """Yield what was handed in below a folder; tell what is ignored."""
    unread: list[OSError] = []
    for where, folders, files in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = {n for n in folders if os.path.islink(os.path.join(where, n))}
        for name in sorted({*files, *links}):
            path = Path(where, name)
            hidden = name.startswith(".") and not reading.NOTEBOOK.search(name)
            if hidden or name.startswith("._"):  # a shadow that macOS writes
                continue
            if name not in links and reading.handed_in(path):
                yield Work(_stem(path.relative_to(folder).as_posix()), path)
            else:
                ignored.append(path)
    for error in unread:  # whose is in there cannot be told, and is not forgotten
        path = Path(error.filename)
        yield Work(path.relative_to(folder).as_posix(), path)


def _stem(name: str) -> str:
    """Return a name without the ending of a notebook."""
    return re.sub(r"(?<=[^/])\.ipynb$", "", name, flags=re.IGNORECASE)


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
        unique.append(Work(name, work.path))
    return unique


def kept(folder: Path, work: Work, expected: str) -> Result | None:
    """Return the result of an earlier call if all that it depends on is the same."""
    try:
        data = json.loads(storage.place(folder, work.name).read_text("utf-8"))
        result = from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    same = (result.digest, result.submission) == (expected, work.name)
    return result if same else None


def keep(folder: Path, result: Result) -> None:
    """Write a result to its file."""
    text = json.dumps(result.as_json(), indent=1, sort_keys=True) + "\n"
    storage.write(storage.place(folder, result.submission), text)


_servers: dict[tuple, Servers] = {}  # in each worker
_graders: dict[tuple, Grader] = {}


def grade_one(plan: Plan, work: Work, folder: Path | None = None) -> Result:
    """Grade one submission, or take the result that is there; in a worker."""
    try:
        content = reading.load(work.path)
    except reading.Unreadable as error:
        return unreadable(plan, work, str(error))
    return grade_content(plan, work, content, folder)


def grade_content(
    plan: Plan, work: Work, content: bytes, folder: Path | None = None
) -> Result:
    """Grade the bytes of a submission; of its path only the name counts."""
    try:
        cells = reading.read_limited(content)
        given = (plan.unit, plan.track)
        what = assignments.guess(plan.course, work.path, cells, *given)
        expected = digest(content, what, plan.seed, plan.limits, plan.isolation)
        if folder and (result := kept(folder, work, expected)):
            return result
        result = _grader(plan, what).grade(work.name, content, cells)
    except (
        reading.Unreadable,
        assignments.NoSuchAssignment,
        CannotStart,
    ) as error:
        return unreadable(plan, work, str(error))
    except Exception as error:  # a fault of the grader: it costs no other submission
        why = f"The grader failed on it, with {type(error).__name__}: {error}"
        return unreadable(plan, work, f"{why}. Please report this.")
    if folder:
        keep(folder, result)
    return result


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
    plan: Plan, works: list[Work], folder: Path | None, jobs: int
) -> Iterator[Result]:
    """Yield results as they come; a worker that dies costs its submission a trial."""
    trials = dict.fromkeys(works, 0)
    waiting = list(works)
    while waiting:
        pool = _pool(jobs)
        running: dict[Future, Work] = {}
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    work = waiting.pop(0)
                    running[pool.submit(grade_one, plan, work, folder)] = work
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    del running[future]
                    yield result
        except BrokenProcessPool:
            for work in running.values():
                trials[work] += 1
                if trials[work] < TRIALS:
                    waiting.append(work)
                else:
                    why = "The grader itself was killed while it graded this."
                    yield unreadable(plan, work, why)
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
