"""Hands the same work to a Dask cluster: `unrolled grade --scheduler tcp://…:8786`.

The workers need the package, the framework and the course at the same path; they get
the submissions' bytes and return results. A worker that dies loses what it was at, and
Dask gives that to another one.
"""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from unrolled.grade.classes import again, classroom, worker
from unrolled.grade.classes.again import Ask
from unrolled.grade.intake.gather import Work
from unrolled.grade.marking.grader import digest
from unrolled.grade.result import Result, from_json
from unrolled.grade.submission import assignments, reading, restore

_here = threading.local()  # each thread of a worker has a grader of its own


def task(asked: str, expected: str) -> dict:
    """Grade one submission; runs in a worker of the cluster.

    The worker's grader outlives a call. What it has read of the course may have been
    changed since then: a result that depends on other things than `expected` names is
    not taken, and the grader starts anew.
    """
    told = _told(asked)
    if not told["unreadable"] and told["digest"] != expected:
        _here.process.kill()
        _here.process.wait()
        told = _told(asked)
    if not told["unreadable"] and told["digest"] != expected:
        raise RuntimeError(
            "The course or the package of a worker is not the one of this machine."
        )
    return told


def _told(asked: str) -> dict:
    process = getattr(_here, "process", None)
    if process is None or process.poll() is not None:
        process = _here.process = subprocess.Popen(
            [sys.executable, "-m", "unrolled.grade.classes.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    process.stdin.write(asked + "\n")
    process.stdin.flush()
    told = process.stdout.readline()
    if not told:
        process.wait()
        raise RuntimeError("The grader of this worker ended before it had answered.")
    return json.loads(told)


def grade_all(
    plan: classroom.Plan,
    works: list[Work],
    folder: Path | None,
    address: str,
    asks: Mapping[str, Ask] | None = None,
) -> Iterator[Result]:
    """Yield results as the cluster gives them; those that are kept at once.

    What ran out of time is tried once more, one after the other.
    """
    from distributed import Client

    asks = asks or {}
    tasks = [(work, asks.get(work.name, classroom.FIRST), None) for work in works]
    # Before the client starts its threads: what reads a submission forks.
    known = [_prepared(plan, *task, folder) for task in tasks]
    late: list[_Task] = []
    with Client(address) as client:
        for one, result in _answered(client, plan, known, folder):
            if again.timed_out(result) and not result.retried:
                late.append(one.once_more(result))
            else:
                yield result
        for one in late:
            yield from (r for _, r in _answered(client, plan, [one], folder))


@dataclass
class _Task:
    """One submission: its result if that is known, else what a worker is asked."""

    work: Work
    done: Result | None = None
    asked: dict = field(default_factory=dict)
    expected: str = ""
    before: Result | None = None
    retry: bool = False

    def once_more(self, result: Result) -> "_Task":
        """Return the task of trying again what ran out of time."""
        only = sorted(again.timed_out(result))
        asked = self.asked | {"only": only}
        return replace(self, done=None, asked=asked, before=result, retry=True)


def _answered(
    client: Any, plan: classroom.Plan, tasks: list[_Task], folder: Path | None
) -> Iterator[tuple[_Task, Result]]:
    from distributed import as_completed

    running = {}
    for one in tasks:
        if one.done:
            yield one, one.done
        else:
            sent = (json.dumps(one.asked), one.expected)
            running[client.submit(task, *sent, pure=False, retries=2)] = one
    for future in as_completed(list(running)):
        one = running.pop(future)
        if future.status != "finished":
            why = f"No worker of the cluster could grade it: {future.exception()}"
            found = one.before or classroom.unreadable(plan, one.work, why)
        else:
            found = from_json(future.result())
            if one.asked["only"] is not None and not found.unreadable:
                only = frozenset(one.asked["only"])
                found = again.merged(one.before, found, only, one.retry)
            if folder and not found.unreadable:
                classroom.keep(folder, found)
        yield one, found
        future.release()


def _prepared(
    plan: classroom.Plan, work: Work, ask: Ask, old: Result | None, folder: Path | None
) -> _Task:
    """Return a result that is there, or else what a worker is given."""
    try:
        content = work.load()
        cells = reading.read_limited(content)
        given = (plan.unit, plan.track)
        what = assignments.guess(plan.course, work.called, cells, *given)
    except (reading.Unreadable, assignments.NoSuchAssignment) as error:
        return _Task(work, classroom.unreadable(plan, work, str(error)))
    expected = digest(content, what, plan.seed, plan.limits, plan.isolation)
    old, own = old or classroom.before(folder, work), restore.digest(content)
    done = old if again.settled(old, ask, own, expected) else None
    only = again.part(old, ask, own)
    asked = {
        "plan": worker.plan_as_json(plan),
        "name": work.name,
        "path": work.called.name,
        "content": base64.b64encode(content).decode("ascii"),
        "only": None if only is None else sorted(only),
    }
    return _Task(work, done, asked, expected, old)
