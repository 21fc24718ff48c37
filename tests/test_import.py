"""Importing the course costs little and imports no framework."""

import json
import pkgutil
import subprocess
import sys

import pytest

import unrolled

FRAMEWORKS = {"torch", "tensorflow", "keras"}
HEAVY = FRAMEWORKS | {"sklearn", "scipy", "faker", "pooch", "requests", "matplotlib"}
SIDE = ["baselines", "batches", "data", "metrics", "text"]


def core():
    """Return every module of the package but the backends."""
    found = pkgutil.walk_packages(unrolled.__path__, "unrolled.")
    names = [m.name for m in found if not m.name.startswith("unrolled.backends")]
    return ["unrolled", *names]


PROBE = """
import json, sys, time
start = time.perf_counter()
__import__(sys.argv[1])
seconds = time.perf_counter() - start
print(json.dumps([seconds, sorted({name.partition('.')[0] for name in sys.modules})]))
"""


def imported(module):
    """Return seconds and top-level modules of one import in a fresh Python."""
    command = [sys.executable, "-c", PROBE, module]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_import_is_fast():
    # The best of several: another process on the machine can only slow it down.
    assert min(imported("unrolled")[0] for _ in range(5)) < 0.3


@pytest.mark.parametrize("module", core())
def test_core_imports_no_framework(module):
    assert not FRAMEWORKS & set(imported(module)[1])


@pytest.mark.parametrize("module", SIDE)
def test_data_side_imports_nothing_heavy(module):
    assert not HEAVY & set(imported(f"unrolled.{module}")[1])
    assert min(imported(f"unrolled.{module}")[0] for _ in range(3)) < 0.5


def test_the_probe_sees_what_is_imported():
    assert "unittest" in imported("unittest.mock")[1]


def test_core_is_not_empty():
    assert {"unrolled.cells", "unrolled.data.cache", "unrolled.text"} <= set(core())
