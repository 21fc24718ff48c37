"""Two processes with unequal shares of a batch train as one process does."""

import subprocess
import sys

import pytest

from courses import COURSE

SCRIPT = COURSE / "lessons" / "17-cost-and-what-came-next" / "parallel.py"
LAUNCH = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]


@pytest.mark.parametrize(("track", "launch"), [("pytorch", LAUNCH), ("tensorflow", [])])
def test_two_processes_give_the_weights_of_one(track, launch):
    command = [sys.executable, *launch, str(SCRIPT), track]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "equal to one process to 1e-6: True" in done.stdout
