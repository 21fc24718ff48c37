"""How the suite divides its tests between two processes."""

import os

import pytest


def test_one_process_runs_all_tests_of_a_file(request):
    """Fixtures of a file build a site, start a server: two at once break each other."""
    if not request.config.getoption("loadgroup", False):
        pytest.skip("tests are not grouped here: --dist loadgroup was not asked for")
    assert os.environ["PYTEST_XDIST_WORKER"]
    assert request.node.nodeid.endswith(f"@{request.path.stem}")


def test_the_suite_asks_for_groups():
    import suite

    assert "loadgroup" in suite.steps()["tests"]


def test_coverage_is_asked_for_where_all_tests_run():
    import suite

    asked = {every: suite.steps(every=every)["tests"] for every in (True, False)}
    assert "--cov-fail-under=90" in asked[True]
    assert not any("--cov" in word for word in asked[False])
