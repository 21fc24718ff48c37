"""A grader that a worker of a cluster talks to: one line of JSON in, one out.

python -m unrolled.grade.classes.worker

A process of its own, since it forks, and a worker has threads. It ends when the worker
does: then there is nothing more to read.
"""

import base64
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from unrolled.grade.classes import classroom
from unrolled.grade.result import Result
from unrolled.grade.sandbox.limits import Limits


def plan_as_json(plan: classroom.Plan) -> dict[str, Any]:
    """Return a plan as plain data."""
    return asdict(plan) | {"course": str(plan.course)}


def plan_from_json(data: dict[str, Any]) -> classroom.Plan:
    """Return the plan that `plan_as_json` gave."""
    limits = Limits(**data["limits"])
    return classroom.Plan(**data | {"course": Path(data["course"]), "limits": limits})


def answer(line: str) -> str:
    """Grade what one line asks for; return the line that tells the result."""
    asked = json.loads(line)
    content = base64.b64decode(asked["content"])
    work = classroom.Work(asked["name"], Path(asked["path"]))
    only = asked.get("only")
    result: Result = classroom.grade_some(
        plan_from_json(asked["plan"]),
        work,
        content,
        None if only is None else frozenset(only),
    )
    return json.dumps(result.as_json())


def main() -> None:
    """Answer line after line."""
    # What else is printed in this process must not stand between the answers.
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    for line in sys.stdin:
        out.write(answer(line) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
