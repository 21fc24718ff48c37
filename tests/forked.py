"""Scripts whose framework is there already: it is imported once for many of them.

`run(track, script, …)` runs a Python file as `python script …` would, in a fork of a
process that has imported the track's framework. Such a process lives as long as the
tests of one worker. Where Python cannot fork (Windows), each script starts its own.

python tests/forked.py TRACK        is that process; a line of JSON for each script
"""

import atexit
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path

from unrolled import threads
from unrolled.backends import BEFORE_FORKING

COURSE = Path(__file__).resolve().parents[1]
READERS = ("jupytext", "nbformat")  # of a unit's sources
LONGEST = 1800  # seconds that a script may take; then the system ends it


class Server:
    """A process with a framework, that runs one script after the other."""

    def __init__(self, track: str):
        """Start it; it ends with this process."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, track],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **threads.fixed(1)},
            text=True,
            encoding="utf-8",
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End it, and wait for what it has measured."""
        self.process.stdin.close()
        self.process.wait()

    def run(
        self, command: list[str], course: Path, env: dict
    ) -> subprocess.CompletedProcess:
        """Run a script in a folder; return how it ended, and what it printed."""
        with tempfile.TemporaryDirectory() as folder:
            said = [os.path.join(folder, name) for name in ("out", "err")]
            asked = {"command": command, "folder": str(course), "env": env}
            asked["said"] = said
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            status = json.loads(self.process.stdout.readline())
            told = (Path(one).read_text("utf-8", "replace") for one in said)
            return subprocess.CompletedProcess(command, status, *told)


@cache
def server(track: str) -> Server:
    """Return this process's server of a track, which is started when it is needed."""
    return Server(track)


def run(
    track: str,
    script: Path | str,
    *arguments: Path | str,
    course: Path = COURSE,
    **env: str | None,
) -> subprocess.CompletedProcess:
    """Run a script in a course's folder; a setting that is None is taken away."""
    settings = {**os.environ, **threads.fixed(1), "PYTHONUTF8": "1", **env}
    settings = {name: value for name, value in settings.items() if value is not None}
    command = [str(script), *map(str, arguments)]
    if hasattr(os, "fork"):
        return server(track).run(command, course, settings)
    return subprocess.run(
        [sys.executable, *command],
        cwd=course,
        env=settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def _serve(track: str) -> None:
    from unrolled.backends.quiet import parked_stderr

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.pop(0)  # a script's own folder takes that place
    with parked_stderr():
        for name in (*BEFORE_FORKING[track], *READERS):
            import_module(name)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _child(**json.loads(line))
        _, status = os.waitpid(pid, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


def _child(command: list[str], folder: str, env: dict, said: list[str]) -> None:
    status = 1
    try:
        signal.alarm(LONGEST)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, name in enumerate(said, start=1):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        measured = _measured()
        sys.argv = command
        sys.path.insert(0, os.path.dirname(os.path.abspath(command[0])))
        try:
            runpy.run_path(command[0], run_name="__main__")
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else bool(ended.code)
            if isinstance(ended.code, str):
                print(ended.code, file=sys.stderr)
        if measured:
            measured.stop()
            measured.save()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _measured():
    """Begin to measure coverage anew, where this process's parent measures it."""
    if "COVERAGE_PROCESS_CONFIG" not in os.environ:
        return None
    import coverage

    if parent := coverage.Coverage.current():
        parent._auto_save = False
        parent.stop()
    return coverage.process_startup(force=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
