"""docs/api.md is what the docstrings say today, of every public name."""

import ast
import subprocess
import sys

from courses import COURSE

PAGE = (COURSE / "docs/api.md").read_text("utf-8")


def test_the_page_is_what_the_docstrings_say():
    """In a process of its own: the page needs PyTorch, and these tests do not."""
    code = "import sys, api; sys.stdout.reconfigure(encoding='utf-8', newline='')\n"
    code += "print(api.page(), end='')"
    wrote = subprocess.run(
        [sys.executable, "-c", code],
        cwd=COURSE / "tools",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert PAGE == wrote.stdout, "run python tools/api.py"


def test_no_module_that_a_lesson_imports_is_left_out():
    """And what a unit's checks import is for authors: CONTRIBUTING.md has that."""
    taken = set()
    for lesson in COURSE.glob("lessons/*/lesson.py"):
        for node in ast.walk(ast.parse(lesson.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "unrolled":
                taken |= {alias.name for alias in node.names}
    assert {"batches", "data", "metrics"} <= taken
    assert [name for name in taken if f"## `unrolled.{name}`" not in PAGE] == []


def test_every_function_that_lessons_call_has_its_line():
    calls = {"ur": set(), "metrics": set(), "batches": set(), "baselines": set()}
    for lesson in COURSE.glob("lessons/*/lesson.py"):
        for node in ast.walk(ast.parse(lesson.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                calls.get(node.value.id, set()).add(node.attr)
    assert "fit" in calls["ur"] and "Buckets" in calls["batches"]
    missing = {n for of in calls.values() for n in of if f"### `{n}(" not in PAGE}
    assert missing == set()
