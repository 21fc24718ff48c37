"""What a submission could report without having learned it earns no points.

The judge draws what a value is computed from where no process of it can know it.
"""

import ast
import sys

import pytest

import forged

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="graded on Linux only"
    ),
]
FORGED = forged.bank()


@pytest.mark.parametrize("name", FORGED)
def test_what_was_not_learned_earns_nothing(name, servers):
    text = (forged.BANK / f"{name}.py").read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "say what it tries"
    verdict = forged.graded(FORGED[name], servers)
    assert (verdict.word, verdict.points) == ("wrong", 0), verdict
