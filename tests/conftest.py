"""One thread a process: with two processes on two cores, more is far slower."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from unrolled import threads

for _name, _value in threads.fixed(1).items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("MPLBACKEND", "Agg")

# A limit of time for one example says how busy the machine is, and nothing else.
settings.register_profile("on any machine", deadline=None)
settings.load_profile("on any machine")

SANDBOXED = {f"test_grade_{name}" for name in ("class", "classroom", "cluster")}
SANDBOXED |= {"test_grade_hostile", "test_grade_units", "test_grade_forged"}


# Tests of one file share fixtures, so a file is run by one process. These share none,
# or share one for each value of a parameter, and are the longest: two processes divide
# them.
DIVIDED = {
    "test_mistakes": ("name", "track"),
    "test_right_answers": ("name", "track"),
    "test_mutants": ("track",),
    "test_grade_units": ("track",),
    "test_offline": ("unit", "track"),
}
SHARED = {"test_right_answers": "test_mistakes"}  # one report is for both


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Say which tests one process runs; skip those whose sandbox would hide Python."""
    for item in items:
        given = getattr(item, "callspec", None)
        divided = DIVIDED.get(item.path.stem, ()) if given else ()
        file = SHARED.get(item.path.stem, item.path.stem)
        names = [str(given.params[p]) for p in divided if p in given.params]
        item.add_marker(pytest.mark.xdist_group("-".join([file, *names])))
    if not Path(sys.prefix).resolve().is_relative_to("/tmp"):
        return
    reason = f"Python lies in {sys.prefix}, and a sandbox has an empty /tmp"
    for item in items:
        if item.path.stem in SANDBOXED:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def servers():
    """The fork servers that grade: each track's starts when it is first asked for."""
    from courses import COURSE
    from unrolled.grade.marking.grader import secret
    from unrolled.grade.sandbox import fork_server

    made = fork_server.Servers(fork_server.level(), secret(COURSE))
    yield made
    made.close()
