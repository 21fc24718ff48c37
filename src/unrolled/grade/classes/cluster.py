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
from collections.abc import Iterator
from pathlib import Path

from unrolled.grade.classes import classroom, worker
from unrolled.grade.marking.grader import Result, digest, from_json
from unrolled.grade.submission import assignments, reading

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
    works: list[classroom.Work],
    folder: Path | None,
    address: str,
) -> Iterator[Result]:
    """Yield results as the cluster gives them; those that are kept at once."""
    from distributed import Client, as_completed

    # Before the client starts its threads: what reads a submission forks.
    known = [(work, *_kept_or_asked(plan, work, folder)) for work in works]
    with Client(address) as client:
        running = {}
        for work, done, asked in known:
            if done:
                yield done
            else:
                running[client.submit(task, *asked, pure=False, retries=2)] = work
        for future in as_completed(list(running)):
            work = running.pop(future)
            if future.status != "finished":
                why = f"No worker of the cluster could grade it: {future.exception()}"
                yield classroom.unreadable(plan, work, why)
            else:
                result = from_json(future.result())
                if folder and not result.unreadable:
                    classroom.keep(folder, result)
                yield result
            future.release()


def _kept_or_asked(
    plan: classroom.Plan, work: classroom.Work, folder: Path | None
) -> tuple[Result | None, tuple[str, str]]:
    """Return a result that is there, or else what a worker is given."""
    try:
        content = reading.load(work.path)
        cells = reading.read_limited(content)
        given = (plan.unit, plan.track)
        what = assignments.guess(plan.course, work.path, cells, *given)
    except (reading.Unreadable, assignments.NoSuchAssignment) as error:
        return classroom.unreadable(plan, work, str(error)), ("", "")
    expected = digest(content, what, plan.seed, plan.limits, plan.isolation)
    if folder and (result := classroom.kept(folder, work, expected)):
        return result, ("", "")
    asked = {
        "plan": worker.plan_as_json(plan),
        "name": work.name,
        "path": work.path.name,
        "content": base64.b64encode(content).decode("ascii"),
    }
    return None, (json.dumps(asked), expected)
