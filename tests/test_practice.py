"""Data of one's own: weights, other losses, optimizers, an early end, a device."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unrolled.source.layout import TRACKS


@pytest.fixture(scope="module", params=TRACKS)
def ran(request):
    """What tests/practice_cases.py found, in a process of its own."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("practice_cases.py"), request.param],
        capture_output=True,
        text=True,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_weights_and_other_losses_are_what_numpy_says(ran):
    assert len(ran["evaluated"]) == 7
    for name, (found, expected) in ran["evaluated"].items():
        assert found == pytest.approx(expected, rel=1e-5), name


def test_an_optimizer_of_ones_own_makes_the_step(ran):
    assert ran["trained"]["sgd"] < 1e-5


def test_stop_iteration_ends_a_training(ran):
    found = ran["trained"]
    assert found["asked"] == [2, 4] and found["steps"] == 4
    assert found["valid"] == [[2, 0.5]]


def test_the_bar_shows_the_last_loss(ran):
    found = ran["trained"]
    assert "3/3" in found["bar"]
    shown = float(found["bar"].rsplit("loss ", 1)[1].rstrip("]\n\r"))
    assert shown == pytest.approx(found["last"], rel=0.2)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no labels", "a loss needs one"),
        ("no labels to evaluate", "Buckets without y are for predict"),
        ("one loss", 'reduction="none"'),
        ("three for one number", "needs n_out=1"),
        ("two for three", "a y of the same shape"),
        ("no mask of bools", "mask.astype(bool)"),
        ("weights of another shape", "each label has one weight"),
        ("negative weights", "The weights go from -3"),
        ("device", "There is no device 'gpu:9' here"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(ran, name, words):
    assert words in ran["refused"][name]


def test_a_device_can_be_chosen(ran):
    assert [name.lower().removesuffix(":0") for name in ran["device"]] == ["cpu"] * 2
