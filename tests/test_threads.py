"""How threads wait: set in one place, before a framework is there, unless told."""

import ast
import os
import re
import subprocess
import sys

import pytest

import as_script
from courses import COURSE, UNITS
from unrolled import threads
from unrolled.source.layout import TRACKS

CALM = {"GOMP_SPINCOUNT": "1000"}
# What brings OpenMP with it; a library that is loaded reads nothing any more.
LOADERS = {"torch", "tensorflow", "keras", "sklearn", "scipy"}


@pytest.mark.parametrize(
    ("told", "added"),
    [
        ({}, CALM),
        ({"OMP_NUM_THREADS": "2"}, CALM),
        ({"GOMP_SPINCOUNT": "7"}, {}),
        # Ours would win over it.
        ({"OMP_WAIT_POLICY": "active"}, {}),
    ],
)
def test_what_the_user_set_stays(told, added):
    environ = dict(told)
    threads.wait_briefly(environ)
    assert environ == told | added


def fresh(code: str, **env: str) -> subprocess.CompletedProcess:
    """Run a line in a process whose environment says nothing about threads."""
    ours = {*threads.fixed(1), *CALM, "OMP_WAIT_POLICY"}
    kept = {k: v for k, v in os.environ.items() if k not in ours}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | env, capture_output=True, text=True
    )


@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP tells what it read")
def test_openmp_has_read_it_when_pytorch_is_there():
    code = "import unrolled, torch; assert torch.get_num_threads()"
    for told, read in (({}, "1000"), ({"GOMP_SPINCOUNT": "77"}, "77")):
        done = fresh(code, OMP_DISPLAY_ENV="verbose", **told)
        assert set(re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)) == {read}


@pytest.mark.parametrize("kind", ["lesson", "assignment"])
@pytest.mark.parametrize("unit", [*UNITS, "template"])
def test_a_notebook_imports_the_course_before_what_it_settles(unit, kind):
    folder = "tools" if unit == "template" else "lessons"
    for track in TRACKS:
        order = []
        for cell in as_script.cells(COURSE / folder / unit / f"{kind}.py", track):
            for node in ast.walk(ast.parse(cell.code)):
                if isinstance(node, ast.Import):
                    order += [alias.name.split(".")[0] for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    order.append(node.module.split(".")[0])
        early = LOADERS & set(order[: order.index("unrolled")])
        assert not early, f"{early} before unrolled"


def test_only_one_module_says_how_many_threads_there_are():
    saying = set()
    for folder in ("src", "tools", "tests", "benchmarks"):
        for path in (COURSE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                keys = node.keys if isinstance(node, ast.Dict) else []
                names = {getattr(key, "value", None) for key in keys}
                if names & {*threads.fixed(1), *CALM}:
                    saying.add(path.name)
    # One benchmark tries others, one lets Keras share a layer's product; and tests.
    told = {"threads.py", "busy.py", "cells.py"}
    assert saying == told | {"test_threads.py", "test_busy_benchmark.py"}
