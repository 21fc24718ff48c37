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
SANDBOXED |= {"test_grade_hostile", "test_grade_units"}


def pytest_collection_modifyitems(items):
    """Skip what grades in a sandbox where that sandbox would hide Python itself."""
    if not Path(sys.prefix).resolve().is_relative_to("/tmp"):
        return
    reason = f"Python lies in {sys.prefix}, and a sandbox has an empty /tmp"
    for item in items:
        if item.path.stem in SANDBOXED:
            item.add_marker(pytest.mark.skip(reason=reason))
