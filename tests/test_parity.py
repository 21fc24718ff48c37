"""NumPy = PyTorch = Keras: from the same weights, the same states and gradients.

Each framework runs in a process of its own (tests/parity_cases.py), over cases that
hypothesis chooses; then small errors are put into the source, and each must be seen.
"""

import json
import os
from pathlib import Path

import pytest

import forked
import parity_mutants

# Keras runs a loop in Python for each step, so it gets fewer cases of each kind, and
# the most where everything is tried.
EVERY = os.environ.get("UNROLLED_ALL") == "1"
EXAMPLES = {"pytorch": 120, "tensorflow": 40 if EVERY else 20}
KINDS = [
    f"{kind} {dtype}"
    for kind in ("rnn", "lstm", "gru")
    for dtype in ("float64", "float32")
]
MUTANTS = [
    (track, mutant)
    for track, own in parity_mutants.OF_TRACK.items()
    for mutant in own + parity_mutants.SHARED
]
found_in = {}


def found(track):
    if track not in found_in:
        script = Path(__file__).with_name("parity_cases.py")
        done = forked.run(track, script, track, EXAMPLES[track])
        assert done.returncode == 0, done.stderr
        found_in[track] = json.loads(done.stdout)
    return found_in[track]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("track", EXAMPLES)
def test_states_and_every_gradient_agree(track, kind):
    seen = found(track)["parity"][kind]
    assert not seen["failed"], seen["failed"]
    assert seen["cases"] >= EXAMPLES[track] // 2
    assert seen["h"] <= 1e-6 and seen["last"] <= 1e-6
    assert seen["gradient"] <= 1e-5
    assert seen["round trip"] == 0
    assert seen["h"] > 0  # two computations, not one that is compared with itself


@pytest.mark.parametrize(
    ("track", "mutant"), MUTANTS, ids=[f"{t}-{m.name}" for t, m in MUTANTS]
)
def test_an_error_in_the_source_is_noticed(track, mutant):
    assert found(track)["mutants"][mutant.name], mutant


@pytest.mark.parametrize("track", EXAMPLES)
def test_a_wrong_conversion_shows_in_the_states(track):
    conversions = {m.name for m in parity_mutants.OF_TRACK[track]} - {"dump's bias"}
    for name in [*conversions, "z for 1 - z"]:
        assert {"h", "last"} <= set(found(track)["mutants"][name]), name


@pytest.mark.parametrize("track", EXAMPLES)
def test_without_an_error_nothing_is_noticed(track):
    assert found(track)["intact"] == {"rnn": [], "lstm": [], "gru": []}


def test_a_mutant_that_fits_nowhere_is_an_error():
    lost = parity_mutants.Mutant("lost", "rnn", "cells.rnn", "no such line", "")
    with pytest.raises(ValueError, match="no such line"), parity_mutants.mutated(lost):
        pass


@pytest.mark.parametrize("track", EXAMPLES)
def test_both_frameworks_are_given_the_same_errors(track):
    names = [m.name for m in parity_mutants.OF_TRACK[track]]
    assert names == [m.name for m in parity_mutants.OF_TRACK["pytorch"]]
    assert len(names) == len(set(names))
