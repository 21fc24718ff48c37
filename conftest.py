"""How nbval judges the course's notebooks; everything else is in tests/conftest.py."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval start kernels as the course does; it has no option for that."""
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        import nbval.kernel

        import kernels

        nbval.kernel.start_new_kernel = kernels.start


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Leave out what only one side has: stderr, and the cover of a hidden result."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/markdown")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let cells fail only in blank assignments: a solution must pass its own checks."""
    if hasattr(item, "cell") and "solutions" in item.path.parts:
        item.options["check_exception"] = False
