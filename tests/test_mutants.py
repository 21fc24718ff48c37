"""The checks of unit 02 refuse small errors, made mechanically in the right answers."""

from dataclasses import replace

import numpy as np
import pytest

import mutants
from unrolled import check

UNIT = "02-recurrent-cell"
FEWEST = 40  # wrong mutants of each exercise, so that a share means something


@pytest.fixture(scope="module")
def scope():
    names = {"np": np}
    exec(mutants.solution(UNIT, "step"), names)
    return names


@pytest.mark.parametrize("name", ["step", "sequence", "count", "mend"])
def test_small_errors_are_refused(name, scope):
    judge = getattr(check.unit(UNIT), name)
    found, wrong = mutants.survivors(judge, mutants.solution(UNIT, name), scope)
    assert wrong >= FEWEST
    assert 1 - len(found) / wrong >= 0.95, "\n\n".join(found)


def test_a_check_that_looks_too_little_has_survivors(scope):
    judge = check.unit(UNIT).step
    code = mutants.solution(UNIT, "step")
    weak = replace(judge, tolerance=0.5, tolerance32=0.5, cases=1)
    found, wrong = mutants.survivors(weak, code, scope)
    assert len(found) > 0.1 * wrong


def test_mutants_differ_in_one_place():
    code = "def f(a, b):\n    return np.stack([a, b @ a], axis=1)"
    made = mutants.mutants(code)
    for line in (
        "np.stack([a, b @ a], axis=2)",  # off by one
        "np.stack([a, b @ a])",  # wrong axis
        "np.stack([b @ a, a], axis=1)",  # swapped
        "np.stack([a, a @ b], axis=1)",
        "np.stack([a, b], axis=1)",  # a term is dropped
        "np.stack([a, b.T @ a], axis=1)",
        "-np.stack([a, b @ a], axis=1)",  # a sign
        "np.asarray(np.stack([a, b @ a], axis=1)).astype(int)",  # float for int
    ):
        assert f"def f(a, b):\n    return {line}" in made, line
    assert len(set(made)) == len(made)
