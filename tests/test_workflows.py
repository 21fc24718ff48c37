"""The workflows for GitHub, as far as they can be checked without it."""

import re
from pathlib import Path

import pytest
import yaml

import front
from courses import COURSE
from website import build as website

FLOWS = sorted((COURSE / ".github/workflows").glob("*.yml"))
PAGES = COURSE / ".github/workflows/pages.yml"
OTHERS = sorted((COURSE / "examples").rglob(".github/workflows/*.yml"))
MAKEFILE = (COURSE / "Makefile").read_text("utf-8")
PINNED = re.compile(r"[\w-]+(/[\w.-]+)+@(v\d+(\.\d+)*|[0-9a-f]{40})")
SITE = website.SITE.relative_to(COURSE).as_posix()
DEPLOYS = {"pages": "write", "id-token": "write"}  # what actions/deploy-pages asks for


def command(line):
    """Return what a command of a step lacks in this project, or ""."""
    words = line.split()
    if words[:1] == ["make"]:
        target, *variables = words[1:]
        if not re.search(rf"^{re.escape(target)}:.*##", MAKEFILE, re.M):
            return f"there is no `make {target}`"
        names = [word.partition("=")[0] for word in variables]
        recipe = re.search(rf"^{target}:.*\n\t(.*)", MAKEFILE, re.M)[1]
        recipe = recipe.replace("$(NARROW)", re.search("NARROW = .*", MAKEFILE)[0])
        lost = [name for name in names if f"$({name})" not in recipe]
        return f"`make {target}` takes no {', '.join(lost)}" if lost else ""
    if words[:2] == ["python", "tools/do.py"]:
        return "" if words[2] in front.COMMANDS else f"there is no `{words[2]}`"
    return f"`{line}` is no command of the project"


def faults(flow):
    """Return what is wrong with a workflow."""
    wrong = []
    for job in flow["jobs"].values():
        steps = job["steps"]
        uses = [step.get("uses", "").partition("@")[0] for step in steps]
        runs = [line for s in steps for line in s.get("run", "").strip().splitlines()]
        wrong += filter(None, map(command, runs))
        wrong += [
            f"`{step['uses']}` is not pinned"
            for step in steps
            if "uses" in step and not PINNED.fullmatch(step["uses"])
        ]
        wrong += referred(job)
        if uses[0] != "actions/checkout":
            wrong.append("nothing is checked out at first")
        allowed = job.get("permissions", flow.get("permissions"))
        deploys = "actions/deploy-pages" in uses
        if allowed != {"contents": "read"} | (DEPLOYS if deploys else {}):
            wrong.append(f"it may do {allowed}")
        if deploys:
            wrong += deployed(job, uses)
    return wrong


def referred(job):
    """Yield what a job refers to and does not have: steps, its matrix, files."""
    text = yaml.safe_dump(job, width=1000)
    ids = {step["id"] for step in job["steps"] if "id" in step}
    matrix = job.get("strategy", {}).get("matrix", {})
    for kind, there in (("steps", ids), ("matrix", set(matrix))):
        for name in sorted(set(re.findall(rf"\b{kind}\.(\w+)", text)) - there):
            yield f"there is no {kind}.{name}"
    named = re.findall(r"hashFiles\(['\"]+([^'\"]+)['\"]+\)", text)
    for step in job["steps"]:
        named += step.get("with", {}).get("cache-dependency-path", "").split()
    for file in named:
        if not (COURSE / file).is_file():
            yield f"there is no {file}"


def deployed(job, uses):
    """Yield what hinders a job from publishing the site that `make site` builds."""
    steps = job["steps"]
    order = ["actions/upload-pages-artifact", "actions/deploy-pages"]
    places = [uses.index(name) for name in order if name in uses]
    built = [i for i, step in enumerate(steps) if step.get("run") == "make site"]
    if [*built, *places] != sorted(built + places) or len(built + places) != 3:
        yield "the site is not built, uploaded and published, in this order"
        return
    if (path := steps[places[0]].get("with", {}).get("path")) != SITE:
        yield f"it uploads {path}, and `make site` writes {SITE}"
    environment = job.get("environment", {})
    if environment.get("name") != "github-pages":
        yield "its environment is not github-pages"
    step = steps[places[1]].get("id")
    if environment.get("url") != f"${{{{ steps.{step}.outputs.page_url }}}}":
        yield "its address is not what the step that publishes gives"


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_what_there_is(path):
    flow = yaml.safe_load(path.read_text("utf-8"))
    assert faults(flow) == []
    assert flow["name"] == path.stem
    assert flow[True]  # `on`, which YAML 1.1 reads as a truth


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_a_workflow_of_an_example_is_pinned(path):
    uses = re.findall(r"^ *(?:- )?uses: *(\S+)", path.read_text("utf-8"), re.M)
    assert uses and [one for one in uses if not PINNED.fullmatch(one)] == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("make site", "make sites", "there is no `make sites`"),
        ("make site", "make site TRACK=x", "`make site` takes no TRACK"),
        ("make site", "python tools/do.py sites", "there is no `sites`"),
        ("make site", "make slides", "is not built, uploaded and published"),
        ("make site", "npm run site", "is no command of the project"),
        ("path: build/site", "path: build/html", "it uploads build/html"),
        ("  id-token: write\n", "", "it may do"),
        ("  pages: write\n", "  pages: read\n", "it may do"),
        ("id: published", "id: done", "there is no steps.published"),
        ("page_url", "url", "its address is not"),
        ("name: github-pages", "name: site", "its environment is not"),
        ("deploy-pages@v4", "deploy-pages@main", "is not pinned"),
        ("checkout@v4", "checkout", "is not pinned"),
        ("constraints.txt", "constraint.txt", "there is no constraint.txt"),
        ("${{ steps.", "${{ matrix.", "there is no matrix.published"),
    ],
)
def test_a_fault_of_a_workflow_is_noticed(old, new, says):
    text = PAGES.read_text("utf-8")
    assert text.count(old) == 1
    found = faults(yaml.safe_load(text.replace(old, new)))
    assert says in " ".join(found)


def test_make_site_runs_what_writes_the_uploaded_folder(monkeypatch):
    """From the Makefile to the file that has the folder: nothing is built."""
    recipe = re.search(r"^site:.*\n\t\$\(DO\) (.*)", MAKEFILE, re.M)[1]
    called = []
    monkeypatch.setattr("sys.argv", ["do.py", *recipe.split()])
    monkeypatch.setattr(front, "prepare", lambda args, extras: "python")
    monkeypatch.setattr(front, "call", lambda *told: called.append(told) or 0)
    assert front.main() == 0
    tool = Path(website.__file__).relative_to(COURSE).as_posix()
    assert called == [("python", tool)]
