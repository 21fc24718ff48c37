"""From the same weights and batches both tracks train to the same network."""

from pathlib import Path

import numpy as np
import pytest

import forked
import training_cases
from unrolled.source.layout import TRACKS

CASES = [
    f"{kind} {task}" for kind in training_cases.KINDS for task in training_cases.tasks()
]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What training_cases.py gives in each track."""
    folder = tmp_path_factory.mktemp("training")
    script = Path(__file__).with_name("training_cases.py")
    out = {}
    for track in TRACKS:
        path = folder / f"{track}.npz"
        done = forked.run(track, script, track, path)
        assert done.returncode == 0, done.stderr
        with np.load(path) as arrays:
            out[track] = dict(arrays)
    return out


@pytest.mark.parametrize("what", ["loss", "norms", "weights"])
@pytest.mark.parametrize("case", CASES)
def test_sixty_updates_agree(found, case, what):
    one, other = (found[track][f"{case} {what}"] for track in TRACKS)
    assert one.shape == other.shape
    assert np.abs(one - other).max() <= 1e-4


@pytest.mark.parametrize("case", CASES)
def test_the_updates_are_worth_comparing(found, case):
    """Something was learned, and in the cases with a small bound all was clipped."""
    losses = found["pytorch"][f"{case} loss"]
    assert losses[-5:].mean() < losses[:5].mean() - 0.02
    if case.endswith("clipped"):
        assert found["pytorch"][f"{case} norms"].min() > 0.1
