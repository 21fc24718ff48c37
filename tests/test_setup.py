"""The set-up: what is installed when, and what is said when it cannot be."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import do
import environment
import front

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
    dev = {*EVERYTHING, "cluster", "quizzes", "site"}
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


def test_an_unsupported_python_looks_for_another_one(monkeypatch, capsys):
    started = []

    class Process:
        def __init__(self, command):
            started.append(command)

        def wait(self):
            return 7

    monkeypatch.setattr(do.sys, "version_info", (3, 10, 1))
    monkeypatch.setattr(do.sys, "argv", ["tools/do.py", "course"])
    monkeypatch.setattr(do.subprocess, "Popen", Process)
    monkeypatch.setattr(do, "another_python", lambda: ["py", "-3.13"])
    assert do.main() == 7
    assert started == [["py", "-3.13", "tools/do.py", "course"]]
    monkeypatch.setattr(do, "another_python", lambda: None)
    assert do.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("This is Python 3.10; the course needs 3.11, 3.12 or 3.13")


def test_a_shim_for_a_python_that_is_not_there_is_passed_over(tmp_path, monkeypatch):
    for name, status in (("python3.13", 127), ("python3.12", 0)):
        shim = tmp_path / name
        shim.write_text(f"#!/bin/sh\nexit {status}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if shutil.which("sh", path="/bin:/usr/bin") is None:
        pytest.skip("the shims of this test are shell scripts")
    assert do.another_python() == ["python3.12"]


def test_the_launcher_of_windows_finds_a_python(tmp_path, monkeypatch):
    if shutil.which("sh", path="/bin:/usr/bin") is None:
        pytest.skip("the launcher of this test is a shell script")
    launcher = tmp_path / "py"
    launcher.write_text('#!/bin/sh\n[ "$1" = -3.12 ]\n')
    launcher.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert do.another_python() == ["py", "-3.12"]


def test_an_old_python_can_read_the_door():
    vermin = "from vermin.main import main; main()"
    command = [sys.executable, "-c", vermin, "--no-tips", "-t=2.7-", "-t=3.0-"]
    done = subprocess.run([*command, "tools/do.py"], cwd=COURSE, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()
    # What stands behind the door is of today, and vermin can tell.
    done = subprocess.run([*command, "tools/front.py"], cwd=COURSE, capture_output=True)
    assert done.returncode == 1
    (COURSE / "tools/do.py").read_bytes().decode("ascii")  # all that Python 2 expects


def arguments(**more):
    return argparse.Namespace(
        **{"track": None, "here": False, "unit": None, "rest": [], **more}
    )


def test_one_track_installs_one_framework(monkeypatch):
    asked = []
    monkeypatch.setattr(environment, "ensure", lambda x: asked.append(list(x)) or "py")
    assert front.prepare_tracks(arguments(track="pytorch")) == ("py", ["pytorch"])
    assert front.prepare_tracks(arguments()) == ("py", ["pytorch", "tensorflow"])
    assert asked == [["pytorch"], ["pytorch", "tensorflow"]]


def test_a_framework_that_cannot_be_installed_leaves_the_other(monkeypatch, capsys):
    def ensure(extras):
        if "tensorflow" in extras:
            raise environment.SetupError("No build for this system.")
        return "py"

    calls = []
    monkeypatch.setattr(environment, "ensure", ensure)
    monkeypatch.setattr(front, "call", lambda *c, **_: calls.append(c[1:]) or 0)
    assert (
        front.course(arguments(unit="11")) == 1
    )  # what was asked for was not all done
    assert calls[-1] == (
        *("tools/run.py", "--unit", "11", "--track", "pytorch", "--to", "build"),
    )
    assert "The tensorflow track was left out" in capsys.readouterr().err


def test_data_that_cannot_be_fetched_stop_nothing(monkeypatch, capsys):
    monkeypatch.setattr(environment, "ensure", lambda _: "py")
    monkeypatch.setattr(front, "call", lambda _, *c, **__: int("unrolled.data" in c))
    assert front.course(arguments()) == 0
    assert "falls back" in capsys.readouterr().out


def door(*arguments, course=COURSE, **env):
    return subprocess.run(
        [sys.executable, str(course / "tools/do.py"), *arguments],
        cwd=course,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="latin-1" if "PYTHONIOENCODING" in env else "utf-8",
        timeout=120,
    )


@pytest.fixture
def clone(tmp_path):
    """A clone in which nothing is installed: what is asked wrongly must not start."""
    root = tmp_path / "un ñandú"
    ignored = shutil.ignore_patterns("__pycache__", "template")
    for top in ("tools", "src"):
        shutil.copytree(COURSE / top, root / top, ignore=ignored)
    for name in ("02-recurrent-cell", "05-lstm"):
        (root / "lessons" / name).mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(COURSE / name, root)
    return root


def test_the_front_door_knows_its_commands():
    done = door("course", "--unt", "11")
    assert done.returncode == 2 and "course does not take --unt 11" in done.stderr
    for tool in ("build", "new", "run", "suite", "lab"):
        assert (COURSE / f"tools/{tool}.py").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("course", "--unit", "99"), "There is no unit `99`. The units are: 02-recur"),
        (("course", "--unit", "abc"), "There is no unit `abc`. The units are: 02-rec"),
        (("lab", "--unit", "0"), "There is no unit `0`."),
        (("run", "--unit", "99"), "There is no unit `99`."),
        (("bench", "--unit", "99"), "There is no unit `99`."),
        (("bench", "--unit", "5"), "There is no benchmark of 05-lstm, only of units"),
        (("new",), "Say what the unit is called: make new UNIT=18-state-spaces"),
        (("new", "LSTM"), "`LSTM` is no name for a unit."),
        (("new", "05-more"), "lessons/05-lstm has the number 05 already."),
        (("course", "--track", "jax"), "invalid choice: 'jax'"),
    ],
)
def test_what_is_asked_wrongly_starts_nothing(clone, asked, said):
    measured = clone / "build/ledger/kept.jsonl"
    measured.parent.mkdir(parents=True)
    measured.write_text("{}")
    done = door(*asked, course=clone)
    assert done.returncode != 0 and said in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert measured.exists() and not (clone / ".venv").exists()


def test_a_unit_is_asked_for_by_its_number_or_its_name(clone):
    for asked in ("5", "05", "05-lstm", "05-lstm/"):
        assert front.whole_unit(asked, clone) == "05-lstm"
    assert front.whole_unit(None, clone) is None


def test_here_without_the_packages_says_what_is_missing(clone):
    site = clone / "bare"  # a Python that has nothing of what the course needs
    command = [sys.executable, "-S", "tools/do.py", "course", "--here"]
    for track in ([], ["--track", "pytorch"]):
        done = subprocess.run([*command, *track], cwd=clone, capture_output=True,
                              text=True, env={"PATH": str(site)})  # fmt: skip
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "ipykernel, ipywidgets, jupyterlab" in done.stderr
        assert "torch" in done.stderr
        assert "-m pip install -c constraints.txt -e" in done.stderr
        assert not (clone / "build").exists()


def test_here_takes_a_python_that_has_it_all():
    assert environment.require(["dev"]) == sys.executable


def test_a_folder_that_cannot_be_written_is_said_as_that(tmp_path):
    if not Path("/proc/self").exists():
        pytest.skip("the folder of this test, which root cannot write, is Linux'")
    with pytest.raises(environment.SetupError) as error:
        environment.need_writable(Path("/proc"))
    said = str(error.value)
    assert said.startswith("Nothing can be written into the folder of the course, /pr")
    assert "apt" not in said and "Copy it to a folder of yours" in said


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Python is a script")
def test_a_course_that_cannot_be_written_makes_no_environment(course, monkeypatch):
    root, installs = course

    def refuse(_):
        raise environment.SetupError("Nothing can be written")

    environment.ensure(["pytorch"], root)
    monkeypatch.setattr(environment, "need_writable", refuse)
    environment.ensure(["pytorch"], root)  # what is there already may be used
    with pytest.raises(environment.SetupError, match="Nothing can be written"):
        environment.ensure(["tensorflow"], root)
    assert len(installs) == 1


SET_UP = """
import sys, types
import cpu_build, environment, front
made = types.SimpleNamespace(create=lambda folder: folder.mkdir())
environment.venv.EnvBuilder = lambda **_: made
environment._pip = lambda *_: (0, [])
cpu_build.choice = lambda *_: ("", [])
sys.argv[1:] = ["setup"]
sys.exit(front.main())
"""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_a_terminal_without_our_signs_shows_others(clone, encoding):
    done = subprocess.run(
        [sys.executable, "-c", SET_UP],
        cwd=clone / "tools",
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode(encoding)
    end = "…" if encoding == "utf-8" else "?"
    first, second = done.stdout.decode(encoding).splitlines()[:2]
    assert first.startswith("Making .venv with Python 3.") and first.endswith(end)
    assert second.startswith("Installing .[all,") and second.endswith(end)


@pytest.mark.parametrize("encoding", ["iso8859-1", "utf-8"])
def test_another_process_writes_what_the_terminal_reads(monkeypatch, capfd, encoding):
    class Terminal:
        pass

    Terminal.encoding = encoding
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    with monkeypatch.context() as patched:
        patched.setattr(front.sys, "stdout", Terminal())
        code = "import sys; print(sys.stdout.encoding, '\N{RIGHTWARDS ARROW}')"
        assert front.call(sys.executable, "-c", code) == 0
    arrow = "?" if encoding == "iso8859-1" else "→"
    assert capfd.readouterr().out.split() == [encoding, arrow]
