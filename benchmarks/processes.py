"""One measurement in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from unrolled.threads import fixed


def in_own_process(script: Path, arguments: list[str], threads: int) -> dict:
    """Run a script of this folder and return the JSON of its last line.

    Its libraries of arithmetic use so many threads. Where the script fails, this
    process ends as well.
    """
    env = os.environ | fixed(threads)
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(
            f"{script.name} {' '.join(arguments)} ended with status {done.returncode}; "
            "its words are above."
        )
    return json.loads(done.stdout.splitlines()[-1])
