"""docs/your-own-data.md does in both tracks what it says."""

import json
import os
import subprocess
import sys

import pytest

import document
from unrolled import threads
from unrolled.source.layout import TRACKS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=TRACKS)
def ran(request, tmp_path_factory):
    """What came of the page, run on made-up opinions in a process of its own."""
    folder = tmp_path_factory.mktemp("own")
    done = subprocess.run(
        [sys.executable, document.__file__, request.param],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | threads.fixed(1),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "found.json").read_text("utf-8")), done.stdout


def test_the_reader_learns_and_stops_at_its_best(ran):
    found, said = ran
    assert found["accuracy"] > 0.85 > 0.6 > found["majority"]  # 1 in 20 is wrong
    assert f"Reader {found['accuracy']}" in said
    assert found["kept"] == pytest.approx(found["best"], abs=1e-5)
    assert found["best"] == pytest.approx(found["least"], abs=1e-6)
    assert found["steps"] < found["planned"]  # it stopped


def test_what_was_saved_gives_the_same_answers(ran):
    assert ran[0]["again"] < 1e-6


def test_two_halves_are_the_whole(ran):
    assert ran[0]["halves"] < 1e-6
    assert ran[0]["fresh optimizer"] > 1e-5  # so its state matters


def test_other_losses_learn(ran):
    assert ran[0]["several"] > 0.85
    assert ran[0]["squared"] < 0.5 * ran[0]["variance"]


def test_a_reader_of_unit_09_is_saved_too(ran):
    """With its pooling, its cell and the vectors that it was given."""
    assert max(ran[0]["unit 09"]) < 1e-6
