"""pyproject.toml, constraints.txt, environment.yml, workflow and Makefile agree."""

import json
import re
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import do
import front
import suite

COURSE = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text("utf-8"))["project"]
PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?: ; (sys_platform == \"\w+\"))?")


def read_pins(text: str) -> dict[str, str]:
    """Return {name: version}; raises ValueError for a line that is not a plain pin."""
    pins = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            match = PIN.fullmatch(line)
            if not match:
                raise ValueError(f"constraints.txt: `{line}` is no `name==version`.")
            if canonicalize_name(match[1]) in pins:
                raise ValueError(f"constraints.txt names `{match[1]}` twice.")
            pins[canonicalize_name(match[1])] = match[2]
    return pins


def unmet(requirements: Iterable[str], pins: dict[str, str]) -> list[str]:
    """Return the requirements that no pin meets, but for the project's own extras."""
    wrong = []
    for text in requirements:
        need = Requirement(text)
        name = canonicalize_name(need.name)
        if name == PROJECT["name"]:
            continue
        if name not in pins or not need.specifier.contains(pins[name]):
            wrong.append(f"{text}: constraints.txt has {pins.get(name, 'no line')}")
    return wrong


PINS = read_pins((COURSE / "constraints.txt").read_text("utf-8"))
DIRECT = [
    *PROJECT["dependencies"],
    *(r for extra in PROJECT["optional-dependencies"].values() for r in extra),
]


def reached(name: str, extras: Iterable[str] = (), seen: set | None = None) -> set[str]:
    """Return what an installed distribution needs here, and what that needs."""
    seen = set() if seen is None else seen
    for text in metadata.requires(name) or []:
        need = Requirement(text)
        contexts = [{"extra": extra} for extra in ("", *extras)]
        if need.marker and not any(need.marker.evaluate(c) for c in contexts):
            continue
        key = canonicalize_name(need.name)
        if (key, *sorted(need.extras)) not in seen:
            seen.add((key, *sorted(need.extras)))
            reached(need.name, need.extras, seen)
    return {key[0] for key in seen}


def test_every_requirement_is_met_by_its_pin():
    assert unmet(DIRECT, PINS) == []


def test_a_requirement_that_moved_on_alone_is_found():
    assert unmet(["numpy>=99", "no-such-package"], PINS) == [
        f"numpy>=99: constraints.txt has {PINS['numpy']}",
        "no-such-package: constraints.txt has no line",
    ]


@pytest.mark.parametrize(
    "line", ["-e .", "a @ file:///x", "a>=1", "--index-url https://x", "a==1\nA==2"]
)
def test_only_plain_pins_are_read(line):
    with pytest.raises(ValueError, match=r"constraints\.txt"):
        read_pins(line)


def test_no_pin_is_of_one_build_or_one_place():
    assert not [v for v in PINS.values() if "+" in v or "/" in v]
    assert PROJECT["name"] not in PINS


def test_everything_that_is_needed_here_is_pinned():
    # The CUDA libraries of a Linux machine are PyTorch's to choose.
    cuda = re.compile(r"nvidia-|cuda-|triton$")
    needed = {n for n in reached("unrolled", ["dev"]) if not cuda.match(n)}
    assert "torch" in needed and "nbclient" in needed  # the walk goes deep enough
    assert sorted(needed - set(PINS) - {"unrolled"}) == []


def test_one_track_brings_what_runs_its_notebooks():
    tools = {"nbclient", "nbformat", "ipykernel", "jupyter-client", "tqdm"}
    for track, other in (("pytorch", "tensorflow"), ("tensorflow", "torch")):
        needed = reached("unrolled", [track])
        assert tools <= needed
        assert other not in needed


def test_the_tests_run_with_the_pinned_versions():
    different = {}
    for name in reached("unrolled", ["dev"]) & set(PINS):
        version = metadata.version(name).split("+")[
            0
        ]  # torch's build is not its version
        if version != PINS[name]:
            different[name] = f"{version} is installed, {PINS[name]} is pinned"
    assert different == {}, "install with `-c constraints.txt`"


def test_conda_users_get_what_pip_users_get():
    conda = yaml.safe_load((COURSE / "environment.yml").read_text("utf-8"))
    python, pip, parts = conda["dependencies"]
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(
        PROJECT["requires-python"]
    )
    assert pip == "pip"
    assert parts == {"pip": ["-c constraints.txt", "-e .[all]"]}
    assert conda["name"] == PROJECT["name"]
    assert conda["channels"] == ["conda-forge"]


def test_the_same_pythons_are_named_everywhere():
    allowed = SpecifierSet(PROJECT["requires-python"])
    minors = {(3, n) for n in range(30) if allowed.contains(f"3.{n}.99")}
    assert set(do.SUPPORTED) == minors
    text = (COURSE / ".github/workflows/test.yml").read_text("utf-8")
    matrix = yaml.safe_load(text)["jobs"]["test"]["strategy"]["matrix"]
    assert {tuple(map(int, p.split("."))) for p in matrix["python"]} == minors
    assert {os.split("-")[0] for os in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_the_container_has_a_supported_python_and_installs_the_course():
    text = (COURSE / ".devcontainer/devcontainer.json").read_text("utf-8")
    container = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    python = container["image"].split(":")[1]
    assert tuple(map(int, python.split("."))) in do.SUPPORTED
    assert container["postCreateCommand"].split()[1:] == ["tools/do.py", "setup"]


def test_the_makefile_only_opens_the_front_door():
    text = (COURSE / "Makefile").read_text("utf-8")
    rules = re.findall(r"^([a-z]+):.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    called = {name: recipe for name, recipe in rules if name != "help"}
    assert set(called) == {"course", "test", "lab", "setup", *front.AUTHORS}
    for name, recipe in called.items():
        assert recipe.count("\n") == 1 and f"$(DO) {name}" in recipe


def test_continuous_integration_runs_make_test():
    assert "make test" in (COURSE / ".ci/run").read_text("utf-8")
    workflow = (COURSE / ".github/workflows/test.yml").read_text("utf-8")
    assert "python tools/do.py test" in workflow


def test_the_documents_say_what_the_project_says():
    cite = yaml.safe_load((COURSE / "CITATION.cff").read_text("utf-8"))
    assert cite["version"] == PROJECT["version"]
    assert cite["repository-code"] == PROJECT["urls"]["Repository"]
    changes = (COURSE / "CHANGES.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['version'])}\b", changes, re.MULTILINE)
    readme = (COURSE / "README.md").read_text("utf-8")
    for command in ("course", "lab", "test"):
        assert f"python3 tools/do.py {command}" in readme


def test_every_data_set_is_listed_with_its_licence():
    from unrolled import data

    text = (COURSE / "LICENSE-text").read_text("utf-8")
    listed = re.findall(r"^([a-z0-9-]+)  +\S", text, re.MULTILINE)
    assert sorted(listed) == sorted(data.names())


def test_where_everything_runs_this_course_is_measured_and_no_copy_of_it():
    """Tests copy the course and run the copies, whose lines would halve the figure."""
    measured = [
        [a.removeprefix("--cov=") for a in command if a.startswith("--cov=")]
        for command in (suite.steps(every=True)["tests"], suite.steps()["tests"])
    ]
    assert measured == [[str(COURSE / "src" / "unrolled")], []]


def notebooks_of(**asked) -> set[str]:
    return {a for a in suite.steps(**asked)["notebooks"] if a.endswith(".ipynb")}


def test_the_suite_runs_every_lesson_and_every_notebook_if_asked():
    built = {
        path.relative_to(COURSE).as_posix()
        for top in ("notebooks", "solutions")
        for path in (COURSE / top).rglob("*.ipynb")
        # tests/test_rerun.py runs the capstone's, by the command that is for it
        if "capstone" not in path.name
    }
    lessons = {path for path in built if "_lesson_" in path}
    of_sample = {path for path in built if suite.SAMPLE in path}
    assert notebooks_of() == lessons | of_sample
    assert len(of_sample) == 6 < len(lessons)
    assert notebooks_of(every=True) == built
    assert notebooks_of(unit=suite.SAMPLE) == of_sample
