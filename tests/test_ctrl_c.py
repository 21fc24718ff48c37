"""Ctrl-C in each place: it ends what runs, and what follows is said."""

import os
import signal
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path

import nbformat
import pytest

import environment
import front
from courses import COURSE
from test_setup import arguments

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a process group is signalled as terminals do it"
)


def interrupted(*command, at, cwd=COURSE, **env):
    """Press Ctrl-C, as a terminal does, once `at()` holds; return how it ended."""
    path = os.pathsep.join([str(COURSE / "tools"), str(COURSE / "src")])
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What is started in the background may be deaf to Ctrl-C, and so its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        deadline = time.monotonic() + 120
        while not at() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_another_process_is_waited_for_since_it_may_ask(tmp_path):
    there = tmp_path / "there"
    child = f"""
import pathlib, time
pathlib.Path({str(there)!r}).touch()
try:
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)  # Jupyter asks a question here
    print("answered")
    raise SystemExit(3)
"""
    code = f"import front, sys; sys.exit(front.call(sys.executable, '-c', {child!r}))"
    status, out, err = interrupted("-c", code, at=there.exists)
    assert (status, out, err) == (3, "answered\n", "")


def test_a_python_that_ctrl_c_ended_is_told_as_that(tmp_path):
    there = tmp_path / "there"
    child = f"import pathlib, time; pathlib.Path({str(there)!r}).touch();time.sleep(60)"
    code = f"import front, sys; sys.exit(front.call(sys.executable, '-c', {child!r}))"
    status, _, err = interrupted("-c", code, at=there.exists)
    assert status == front.STOPPED
    assert err.count("Traceback") == 1  # the other one's own; ours has none


def test_a_fetch_that_is_stopped_runs_no_notebook(monkeypatch):
    called = []
    monkeypatch.setattr(front, "prepare_tracks", lambda _: ("py", ["pytorch"]))
    monkeypatch.setattr(front, "call", lambda *c: called.append(c) or front.STOPPED)
    for command in (front.course, front.test):
        monkeypatch.setattr(front, "prepare", lambda *_: "py")
        with pytest.raises(SystemExit) as ended:
            command(arguments())
        assert ended.value.code == front.STOPPED
    assert called == [("py", "-m", "unrolled.data", "fetch")] * 2


def test_a_blocked_fetch_ends_with_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        asked = []

        def at():
            try:
                asked.append(silent.accept())
            except BlockingIOError:
                return False
            return True

        status, out, err = interrupted(
            *("-m", "unrolled.data", "fetch", "plays"),
            at=at,
            UNROLLED_DATA=str(tmp_path),
            PIP_CONFIG_FILE=os.devnull,
            PIP_INDEX_URL=f"http://127.0.0.1:{silent.getsockname()[1]}/simple",
            PIP_EXTRA_INDEX_URL="",
            PIP_FIND_LINKS="",
        )
    assert status == front.STOPPED and "Traceback" not in err
    assert "Stopped. The sets that are ready stay; fetch again for the others." in out
    assert list(tmp_path.iterdir()) == []  # nothing half


def test_a_virtual_environment_that_was_stopped_leaves_nothing(tmp_path, monkeypatch):
    make = venv.EnvBuilder(symlinks=True)  # all but its pip

    class Builder:
        def __init__(self, **_):
            pass

        def create(self, folder):
            make.create(folder)
            raise KeyboardInterrupt

    monkeypatch.setattr(environment.venv, "EnvBuilder", Builder)
    with pytest.raises(KeyboardInterrupt, match="it begins with that step"):
        environment._create(tmp_path / ".venv")
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_its_pip_is_made_anew(tmp_path, monkeypatch):
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((COURSE / name).read_bytes())
    venv.create(tmp_path / ".venv", symlinks=True)  # what a killed first call left
    made = []
    monkeypatch.setattr(environment, "_create", made.append)
    monkeypatch.setattr(environment, "_install", lambda *_: None)
    environment.ensure(["pytorch"], tmp_path)
    assert made == [tmp_path / ".venv"]


def test_an_install_that_is_stopped_says_what_to_do(tmp_path):
    pip = tmp_path / "python"  # says what pip says, and goes on for a minute
    pip.write_text("#!/bin/sh\necho Collecting torch\nsleep 60\n")
    pip.chmod(0o755)
    (tmp_path / "build").mkdir()
    code = f"""
import environment, front, pathlib, sys
root = pathlib.Path({str(tmp_path)!r})
environment.ensure = lambda _: environment._install(root / "python", ["lab"], root)
sys.argv = ["do.py", "setup"]
sys.exit(front.main())
"""
    log = tmp_path / environment.LOG
    at = lambda: log.exists() and "Collecting" in log.read_text()  # noqa: E731
    status, _, err = interrupted("-c", code, at=at)
    assert status == front.STOPPED
    assert err.strip() == (
        "Stopped. The set-up is not finished. Run the same command again: what pip has "
        "fetched whole is kept in its cache, and what is installed stays."
    )


NOTEBOOK = """\
import os, pathlib, time
pathlib.Path({there!r}).write_text(str(os.getpid()))
time.sleep({seconds})
"""


def test_a_run_that_is_stopped_reports_what_it_did(tmp_path):
    there = tmp_path / "kernel"
    for i, (unit, seconds) in enumerate({"02-cell": 0, "03-more": 60}.items()):
        code = NOTEBOOK.format(there=str(there) if i else os.devnull, seconds=seconds)
        nb = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(code, id="a")],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        path = tmp_path / f"notebooks/pytorch/{unit}/{unit[:2]}a_lesson_pytorch.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)
    report = tmp_path / "build/RESULTS.md"
    report.parent.mkdir()
    report.write_text("what an earlier run measured")
    status, out, err = interrupted(
        *("tools/run.py", "--root", str(tmp_path), "--to", "build"),
        at=lambda: there.exists() and there.read_text(),
    )
    assert status == front.STOPPED, out + err
    assert err.strip() == (
        "Stopped at 03-more pytorch lesson. The same command begins with the first "
        "notebook again; `make course UNIT=03-more` runs this unit alone."
    )
    text = report.read_text("utf-8")
    assert "both tracks, stopped after 1 of 2 notebooks, run on" in text
    assert "| 02-cell | pytorch | lesson |" in text and "03-more" not in text
    gone = Path(f"/proc/{there.read_text()}")
    deadline = time.monotonic() + 20
    while gone.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not gone.exists()
