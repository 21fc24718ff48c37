"""The set-up: what is installed when, and what is said when it cannot be."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import do
import environment

COURSE = Path(__file__).resolve().parents[1]
PROJECT = """\
[project]
name = "unrolled"
[project.optional-dependencies]
lab = ["jupyterlab"]
pytorch = ["unrolled[lab]", "torch"]
tensorflow = ["unrolled[lab]", "tensorflow"]
all = ["unrolled[pytorch,tensorflow]"]
dev = ["unrolled[all]", "pytest"]
"""
EVERYTHING = ["all", "dev", "lab", "pytorch", "tensorflow"]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course whose installs are listed and not done."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "constraints.txt").write_text("torch==1\n")
    installs = []
    monkeypatch.setattr(environment, "_install", lambda _, x, __: installs.append(x))
    # Making a virtual environment is shown once, below; it takes seconds.
    monkeypatch.setattr(environment, "_create", pretend)
    return tmp_path, installs


def pretend(folder):
    python = environment.python_of(folder)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text("#!/bin/sh\nexit 0\n")
    python.chmod(0o755)


def test_an_extra_contains_what_it_names():
    assert environment.closure(["pytorch"]) == {"pytorch", "lab"}
    dev = {*EVERYTHING, "cluster", "quizzes"}
    assert environment.closure(["dev"]) == dev
    with pytest.raises(environment.SetupError, match="the extras are: lab"):
        environment.closure(["jax"])


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Python is a script")
def test_a_second_call_installs_nothing(course):
    root, installs = course
    for _ in range(2):
        assert environment.ensure(["dev"], root) == environment.python_of(
            root / ".venv"
        )
    assert installs == [EVERYTHING]
    environment.ensure(["pytorch"], root)
    assert len(installs) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Python is a script")
def test_a_second_track_is_added_to_the_first(course):
    root, installs = course
    environment.ensure(["pytorch"], root)
    environment.ensure(["tensorflow"], root)
    assert installs == [["lab", "pytorch"], ["lab", "pytorch", "tensorflow"]]


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Python is a script")
@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_installs_again(course, name):
    root, installs = course
    environment.ensure(["all"], root)
    (root / name).write_text((root / name).read_text() + "# changed\n")
    environment.ensure(["all"], root)
    assert len(installs) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Python is a script")
def test_an_install_that_failed_is_tried_again(course, monkeypatch):
    root, _ = course

    def fail(*_):
        raise environment.SetupError("no network")

    monkeypatch.setattr(environment, "_install", fail)
    with pytest.raises(environment.SetupError):
        environment.ensure(["all"], root)
    assert environment.installed(root) == set()


def test_a_virtual_environment_is_made_and_made_again_when_it_is_broken(
    tmp_path, monkeypatch
):
    folder = tmp_path / ".venv"
    make = environment.venv.EnvBuilder
    without = lambda with_pip, **more: make(with_pip=False, **more)  # noqa: E731
    monkeypatch.setattr(environment.venv, "EnvBuilder", without)  # pip takes seconds
    environment._create(folder)
    python = environment.python_of(folder)
    assert environment._runs(python)
    code = "import sys; print(sys.prefix)"
    said = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout
    assert Path(said.strip()).resolve() == folder.resolve()
    (folder / "pyvenv.cfg").unlink()
    python.unlink()
    assert not environment._runs(python)
    environment._create(folder)
    assert environment._runs(python)


def test_no_venv_module_is_said_with_what_to_do(tmp_path, monkeypatch):
    def broken(**_):
        raise subprocess.CalledProcessError(1, ["ensurepip"])

    monkeypatch.setattr(environment.venv, "EnvBuilder", broken)
    with pytest.raises(environment.SetupError, match="apt install python3-venv"):
        environment._create(tmp_path / ".venv")


def test_pip_itself_says_why_and_we_say_what_to_do(tmp_path):
    # A real pip, a package that no index can have.
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "x"\nbackend-path = ["."]\n'
    )
    (tmp_path / "constraints.txt").write_text("")
    with pytest.raises(environment.SetupError) as error:
        environment._install(Path(sys.executable), ["all"], tmp_path)
    assert str(error.value).startswith("pip could not install the course:\n")
    assert "build/setup.log" in str(error.value)
    assert (tmp_path / "build/setup.log").read_text()


@pytest.mark.parametrize("cause", environment.CAUSES)
def test_a_known_cause_has_its_sentence(cause):
    said = environment._reason(["Collecting x", f"ERROR: {cause} (x)"])
    assert f"ERROR: {cause} (x)\n{environment.CAUSES[cause]}" in said


def test_an_unsupported_python_looks_for_another_one(monkeypatch):
    started = []
    monkeypatch.setattr(do.sys, "version_info", (3, 10, 1))
    monkeypatch.setattr(do.sys, "argv", ["tools/do.py", "course"])
    monkeypatch.setattr(do.subprocess, "call", lambda c: started.append(c) or 7)
    monkeypatch.setattr(do, "another_python", lambda: "/x/python3.13")
    with pytest.raises(SystemExit) as ended:
        do.on_a_supported_python()
    assert ended.value.code == 7
    assert started == [["/x/python3.13", "tools/do.py", "course"]]
    monkeypatch.setattr(do, "another_python", lambda: None)
    with pytest.raises(SystemExit, match=r"needs 3\.11, 3\.12 or 3\.13"):
        do.on_a_supported_python()


def test_a_shim_for_a_python_that_is_not_there_is_passed_over(tmp_path, monkeypatch):
    for name, status in (("python3.13", 127), ("python3.12", 0)):
        shim = tmp_path / name
        shim.write_text(f"#!/bin/sh\nexit {status}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if shutil.which("sh", path="/bin:/usr/bin") is None:
        pytest.skip("the shims of this test are shell scripts")
    assert do.another_python() == str(tmp_path / "python3.12")


def arguments(**more):
    return argparse.Namespace(
        **{"track": None, "here": False, "unit": None, "rest": [], **more}
    )


def test_one_track_installs_one_framework(monkeypatch):
    asked = []
    monkeypatch.setattr(environment, "ensure", lambda x: asked.append(list(x)) or "py")
    assert do.prepare_tracks(arguments(track="pytorch")) == ("py", ["pytorch"])
    assert do.prepare_tracks(arguments()) == ("py", ["pytorch", "tensorflow"])
    assert asked == [["pytorch"], ["pytorch", "tensorflow"]]


def test_a_framework_that_cannot_be_installed_leaves_the_other(monkeypatch, capsys):
    def ensure(extras):
        if "tensorflow" in extras:
            raise environment.SetupError("No build for this system.")
        return "py"

    calls = []
    monkeypatch.setattr(environment, "ensure", ensure)
    monkeypatch.setattr(do, "call", lambda *c, **_: calls.append(c[1:]) or 0)
    assert do.course(arguments(unit="11")) == 1  # what was asked for was not all done
    assert calls[-1] == (
        *("tools/run.py", "--unit", "11", "--track", "pytorch", "--to", "build"),
    )
    assert "The tensorflow track was left out" in capsys.readouterr().err


def test_data_that_cannot_be_fetched_stop_nothing(monkeypatch, capsys):
    monkeypatch.setattr(environment, "ensure", lambda _: "py")
    monkeypatch.setattr(do, "call", lambda _, *c, **__: int("unrolled.data" in c))
    assert do.course(arguments()) == 0
    assert "falls back" in capsys.readouterr().out


def test_the_front_door_knows_its_commands():
    door = [sys.executable, "tools/do.py"]
    done = subprocess.run([*door, "course", "--unt", "11"], cwd=COURSE, text=True,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 2 and "course does not take --unt 11" in done.stderr
    for tool in ("tools/build.py", "tools/new.py", "tools/run.py", "tools/suite.py"):
        assert (COURSE / tool).exists()
