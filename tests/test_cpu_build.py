"""On Linux pip takes the CUDA build of PyTorch: which one is said, or chosen."""

import os
import subprocess
import sys
import venv
import zipfile

import pytest

import cpu_build
import environment
from courses import COURSE

TORCH = next(
    line
    for line in (COURSE / "constraints.txt").read_text("utf-8").splitlines()
    if line.startswith("torch==")
)


@pytest.fixture
def linux(monkeypatch):
    """A Linux machine without a GPU, whose pip has neither PyTorch nor an index."""
    said = {"show": (False, ""), "config": (True, "global.timeout='60'\n")}
    monkeypatch.setattr(cpu_build.sys, "platform", "linux")
    monkeypatch.setattr(cpu_build, "has_gpu", lambda: False)
    monkeypatch.setattr(cpu_build, "_pip", lambda _, what, *__: said[what])
    return said


def test_without_a_gpu_the_build_for_cpus_is_asked_for(linux):
    said, arguments = cpu_build.choice("python", COURSE)
    assert said == cpu_build.CPU and cpu_build.INDEX in said
    assert arguments[-3:] == ["--index-url", cpu_build.INDEX, TORCH]
    assert "--no-deps" in arguments  # all else comes from where it always comes


def test_with_a_gpu_its_size_is_said(linux, monkeypatch):
    monkeypatch.setattr(cpu_build, "has_gpu", lambda: True)
    assert cpu_build.choice("python", COURSE) == (cpu_build.CUDA, [])
    assert "about 5 GB" in cpu_build.CUDA


@pytest.mark.parametrize("line", ["global.index-url='x'", ":env:.extra-index-url='x'"])
def test_an_index_that_somebody_chose_is_left_to_decide(linux, line):
    linux["config"] = (True, line)
    assert cpu_build.choice("python", COURSE) == (cpu_build.OWN_INDEX, [])


def test_nothing_is_said_where_nothing_is_chosen(linux, monkeypatch):
    linux["show"] = (True, "")  # PyTorch is there
    assert cpu_build.choice("python", COURSE) == ("", [])
    linux["show"] = (False, "")
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(cpu_build.sys, "platform", platform)
        assert cpu_build.choice("python", COURSE) == ("", [])


def test_an_address_that_is_not_reached_is_said_and_the_rest_goes_on(
    monkeypatch, tmp_path, capsys
):
    asked = []

    def pip(_, __, *arguments):
        asked.append(arguments)
        return int("--index-url" in arguments), []

    (tmp_path / "build").mkdir()
    monkeypatch.setattr(environment, "_pip", pip)
    first = ["--no-deps", "--index-url", "x", TORCH]
    monkeypatch.setattr(cpu_build, "choice", lambda *_: (cpu_build.CPU, first))
    environment._install("python", ["pytorch"], tmp_path)
    assert [a[0] for a in asked] == ["--no-deps", "-c"]
    said = capsys.readouterr().out
    assert said.index(cpu_build.CPU) < said.index(cpu_build.UNREACHED)
    asked.clear()
    environment._install("python", ["tensorflow"], tmp_path)
    assert len(asked) == 1


def test_pip_is_content_with_the_build_for_cpus(tmp_path, monkeypatch, capsys):
    """A real pip, a pretended PyTorch, its version as PyTorch names its CPU builds."""
    if not sys.platform.startswith("linux") or cpu_build.has_gpu():
        pytest.skip("the choice is made on Linux without a GPU")
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    version = TORCH.removeprefix("torch==") + "+cpu"
    page = tmp_path / "index/torch/index.html"
    page.parent.mkdir(parents=True)
    wheel = f"torch-{version}-py3-none-any.whl"
    page.write_text(f'<a href="{wheel}">{wheel}</a>')
    info = f"torch-{version}.dist-info"
    needs = "Requires-Dist: no-such-package-as-this\n"
    head = f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n{needs}"
    tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(page.with_name(wheel), "w") as file:
        file.writestr("torch/__init__.py", "")
        file.writestr(f"{info}/METADATA", head)
        file.writestr(f"{info}/WHEEL", tag)
        file.writestr(f"{info}/RECORD", "")
    monkeypatch.setattr(cpu_build, "INDEX", (tmp_path / "index").as_uri())
    (tmp_path / "build").mkdir()
    (tmp_path / "constraints.txt").write_text(f"{TORCH}\n")
    venv.create(tmp_path / ".venv", with_pip=True, symlinks=True)
    python = environment.python_of(tmp_path / ".venv")
    environment._choose_build(python, tmp_path)
    log = (tmp_path / environment.LOG).read_text("utf-8")
    assert cpu_build.UNREACHED not in capsys.readouterr().out, log
    again = ["-m", "pip", "install", "--no-index", "--no-deps", TORCH]
    done = subprocess.run([python, *again], capture_output=True, text=True)
    assert f"already satisfied: {TORCH}" in done.stdout
