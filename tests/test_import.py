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
import json, sys
before = set(sys.modules)
__import__(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def imported(module):
    """Return the modules that one import loads in a fresh Python."""
    command = [sys.executable, "-c", PROBE, module]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def tops(module):
    return {name.partition(".")[0] for name in imported(module)}


def test_the_package_alone_costs_nothing():
    # Told by what is loaded: seconds depend on what else the machine does.
    found = imported("unrolled")
    assert len(found) < 20 and not {"numpy", "re", "json"} & set(found), found


@pytest.mark.parametrize("module", core())
def test_core_imports_no_framework(module):
    assert not FRAMEWORKS & tops(module)


@pytest.mark.parametrize("module", SIDE)
def test_data_side_imports_nothing_heavy(module):
    assert not HEAVY & tops(f"unrolled.{module}")


def test_the_probe_sees_what_is_imported():
    assert "unittest" in tops("unittest.mock")


def test_core_is_not_empty():
    assert {"unrolled.cells", "unrolled.data.cache", "unrolled.text"} <= set(core())
