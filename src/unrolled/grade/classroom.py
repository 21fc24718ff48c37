"""Grades many submissions: some at a time, each result kept as soon as it is there.

A result is a file of its own, written whole or not at all. A grader that was stopped
goes on where it was: what has a result for the same bytes is not graded again.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from unrolled.grade import assignments, notebooks
from unrolled.grade.grader import Grader, Result, digest, from_json, secret
from unrolled.grade.limits import Limits
from unrolled.grade.sandbox import THREADS, CannotStart, Servers

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

    In a folder every `.ipynb` is one, but for checkpoints. Names are unique.
    """
    found, ignored = [], []
    for path in paths:
        if not path.is_dir():
            found.append(Work(path.stem, path))
            continue
        for one in sorted(path.rglob("*")):
            parts = one.relative_to(path).parts
            if any(p.startswith(".") for p in parts) or one.is_dir():
                continue
            if one.suffix == ".ipynb":
                found.append(Work("/".join(parts).removesuffix(".ipynb"), one))
            else:
                ignored.append(one)
    taken: dict[str, int] = {}
    unique = []
    for work in found:
        n = taken[work.name] = taken.get(work.name, 0) + 1
        unique.append(work if n == 1 else Work(f"{work.name} ({n})", work.path))
    return unique, ignored


def place(folder: Path, name: str) -> Path:
    """Return the file of a submission's result; two names never share one."""
    coded = name.encode("utf-8", "surrogatepass")  # a name of no known letters too
    safe = re.sub(r"[^\w.-]+", "_", name)[:60].strip("._") or "submission"
    return folder / f"{safe}-{hashlib.sha256(coded).hexdigest()[:8]}.json"


def write(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(name, 0o644)
    os.replace(name, path)


def kept(folder: Path, work: Work, expected: str) -> Result | None:
    """Return the result of an earlier call if it is of the same bytes."""
    try:
        data = json.loads(place(folder, work.name).read_text("utf-8"))
        result = from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return result if result.digest == expected else None


def keep(folder: Path, result: Result) -> None:
    """Write a result to its file."""
    text = json.dumps(result.as_json(), indent=1, sort_keys=True) + "\n"
    write(place(folder, result.submission), text)


_servers: dict[tuple, Servers] = {}  # in each worker
_graders: dict[tuple, Grader] = {}


def grade_one(plan: Plan, work: Work, folder: Path | None = None) -> Result:
    """Grade one submission, or take the result that is there; in a worker."""
    try:
        content = notebooks.load(work.path)
    except notebooks.Unreadable as error:
        return unreadable(plan, work, str(error))
    return grade_content(plan, work, content, folder)


def grade_content(
    plan: Plan, work: Work, content: bytes, folder: Path | None = None
) -> Result:
    """Grade the bytes of a submission; of its path only the name counts."""
    try:
        cells = notebooks.read_limited(content)
        given = (plan.unit, plan.track)
        what = assignments.guess(plan.course, work.path, cells, *given)
        expected = digest(content, what, plan.seed, plan.limits)
        if folder and (result := kept(folder, work, expected)):
            return result
        result = _grader(plan, what).grade(work.name, content, cells)
    except (
        notebooks.Unreadable,
        assignments.NoSuchAssignment,
        CannotStart,
    ) as error:
        return unreadable(plan, work, str(error))
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
    for name, value in THREADS.items():
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
