"""Running notebooks: copies and a report, in place, and sources as plain scripts."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupyter_client.connect
import nbformat
import psutil
import pytest

import as_script
import execute
import kernels
import results
import run
import source
from unrolled.source import layout
from unrolled.source.layout import notebook as place

COURSE = Path(__file__).resolve().parents[1]
RECORD = """\
import json, os
entry = dict(what="loss", value={value}, measure="nats", baseline=2.0,
             baseline_name="5-gram", low=1.0, high=1.5, seeds=20, corpus="plays",
             seconds=0.5, device="cpu")
with open(os.environ["UNROLLED_LEDGER"], "a") as ledger:
    ledger.write(json.dumps(entry) + chr(10))
"""


def notebook(*cells, tags=()):
    """A notebook of code cells named a, b, c …; the last one carries `tags`."""
    made = [
        nbformat.v4.new_code_cell(text, id="abcdefgh"[i])
        for i, text in enumerate(cells)
    ]
    if tags:
        made[-1].metadata.tags = list(tags)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


def put(root, nb, unit="02-cell", track="pytorch", kind="lesson"):
    path = root / place(unit, kind, track)
    path.parent.mkdir(parents=True, exist_ok=True)
    (root / "lessons" / unit).mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)
    return path


def outputs(nb, cell=0):
    return "".join(o.get("text", "") for o in nb.cells[cell].outputs)


# --- one notebook


def test_outputs_are_kept_and_noise_is_not(tmp_path):
    noisy = "import sys, os\nprint('50 %\\r100 %')\nprint(object())\n"
    noisy += "print('warning', file=sys.stderr); os.write(2, b'from C'); os.getcwd()"
    path = put(tmp_path, notebook(noisy, "print(2)"))
    first = execute.execute(path)
    assert outputs(first) == "100 %\n<object object at 0x…>\n"
    assert first.cells[0].outputs[-1].data["text/plain"] == repr(str(path.parent))
    assert [c.execution_count for c in first.cells] == [1, 2]
    assert first.metadata == nbformat.read(path, 4).metadata
    assert all("execution" not in cell.metadata for cell in first.cells)
    assert nbformat.writes(execute.execute(path)) == nbformat.writes(first)


def test_a_failure_names_its_cell_error_and_line(tmp_path):
    path = put(tmp_path, notebook("x = 1", "y = 2\nraise ValueError(f'no {x}')"))
    with pytest.raises(execute.NotebookFailed) as failed:
        execute.execute(path)
    said = str(failed.value)
    assert said == "cell `b`: ValueError: no 1\n    raise ValueError(f'no {x}')"


def test_only_a_blank_assignment_may_fail_where_it_is_tagged(tmp_path):
    tagged = notebook("1 / 0", tags=["raises-exception"])
    blank = put(tmp_path, tagged, kind="assignment")
    solved = put(tmp_path, tagged, kind="solution")
    assert execute.execute(blank, may_fail=True).cells[0].outputs[0].ename
    with pytest.raises(execute.NotebookFailed, match="`a`: ZeroDivisionError"):
        execute.execute(solved)


def test_a_cell_that_does_not_end_and_a_kernel_that_dies_are_said(tmp_path):
    path = put(tmp_path, notebook("import time; time.sleep(60)"))
    with pytest.raises(execute.NotebookFailed, match="still running after 1 s"):
        execute.execute(path, timeout=1)
    path = put(tmp_path, notebook("import os; os._exit(1)"))
    with pytest.raises(execute.NotebookFailed, match="the kernel died"):
        execute.execute(path)


def gone(pid: int) -> bool:
    """Whether a process has ended (who has not been waited for has, too)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("end", ["", "1 / 0", "import time; time.sleep(60)"])
def test_the_kernel_ends_with_its_notebook_and_leaves_the_file_as_it_was(tmp_path, end):
    told = tmp_path / "pid"
    cell = f"import os; open({str(told)!r}, 'w').write(str(os.getpid()))\n{end}"
    path = put(tmp_path, notebook(cell))
    before = path.read_bytes()
    with contextlib.suppress(execute.NotebookFailed):
        execute.execute(path, timeout=3)
    assert gone(int(told.read_text()))
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


# A kernel that ends before its first word, `TIMES` times; then one that starts.
UNLUCKY = """\
import sys, pathlib
import kernels
def unlucky(given=kernels.get_kernel_dict):
    spec = given()
    code = (
        "import pathlib, runpy, sys; count = pathlib.Path(sys.argv.pop(1)); "
        "n = int(count.read_text()); count.write_text(str(n - 1)); "
        "n > 0 and sys.exit('Address already in use'); "
        "runpy.run_module('ipykernel_launcher', run_name='__main__')"
    )
    return spec | {"argv": [sys.executable, "-c", code, COUNT, *spec["argv"][3:]]}
kernels.get_kernel_dict = unlucky
"""


@pytest.fixture
def unlucky(tmp_path, monkeypatch):
    """Let so many kernels fail to start; returns the module that does it."""

    def of(times):
        (tmp_path / "count").write_text(str(times))
        code = UNLUCKY.replace("COUNT", repr(str(tmp_path / "count")))
        (tmp_path / "unlucky.py").write_text(code)
        return code

    monkeypatch.setattr(kernels, "get_kernel_dict", kernels.get_kernel_dict)
    return of


def test_a_kernel_that_does_not_start_is_started_once_more(tmp_path, unlucky, capsys):
    path = put(tmp_path, notebook("print(3)"))
    exec(unlucky(1), {})
    assert outputs(execute.execute(path)) == "3\n"
    said = capsys.readouterr().err
    assert "A kernel did not start and is started once more (Kernel died" in said
    assert "its last words: Address already in use" in said
    (tmp_path / "count").write_text("2")
    with pytest.raises(execute.NotebookFailed, match="no kernel started, twice: Kern"):
        execute.execute(path)


def test_nbval_starts_a_kernel_once_more_and_says_so(tmp_path, unlucky, monkeypatch):
    unlucky(1)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    put(tmp_path, notebook("print(3)"))
    put(tmp_path, notebook("1"), kind="solution")
    said = nbval(tmp_path, "-p", "unlucky").stdout
    assert "2 passed" in said, said
    assert said.count("A kernel did not start and is started once more") == 1
    assert "its last words: Address already in use" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such sockets")
def test_no_port_is_taken_that_another_process_could_be_given(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("a port was asked for")

    monkeypatch.setattr(jupyter_client.connect.socket, "socket", refuse)
    made = [kernels.Kernel(), kernels.WaitingKernel(), kernels.Kernel()]
    for kernel in made:
        kernel.write_connection_file()
    files = {f"{k.ip}-{port}" for k in made for port in k.ports}
    assert len(files) == 15 and {k.transport for k in made} == {"ipc"}
    # Another process has another folder, and a socket's path has at most 104 bytes.
    code = "import kernels; print(kernels.Kernel().connection_file)"
    env = os.environ | {"PYTHONPATH": str(COURSE / "tools")}
    other = subprocess.check_output([sys.executable, "-c", code], env=env, text=True)
    assert Path(other).parent not in {Path(f).parent for f in files}
    assert max(map(len, files)) < 104 and not Path(other).parent.exists()


def test_where_the_path_is_too_long_for_a_socket_ports_are_taken(monkeypatch):
    monkeypatch.setattr(kernels, "_folder", lambda: "/" + "x" * 100)
    assert kernels.Kernel().transport == "tcp"


def test_the_kernel_is_this_python_whatever_the_user_installed(tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["/nowhere"], "display_name": "x"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    path = put(tmp_path, notebook("import sys; print(sys.executable)"))
    assert outputs(execute.execute(path)).strip() == sys.executable


# --- which notebooks


def test_a_unit_is_found_by_its_number_or_its_name(tmp_path):
    for unit in ("02-cell", "11-models", "12-models"):
        for track in as_script.TRACKS:
            for kind in run.KINDS:
                put(tmp_path, notebook("1"), unit, track, kind)
    assert len(run.find(tmp_path)) == 18
    assert {b.unit for b in run.find(tmp_path, "2")} == {"02-cell"}
    assert {b.unit for b in run.find(tmp_path, "11")} == {"11-models"}
    found = run.find(tmp_path, "lessons/12-models".split("/")[1], "tensorflow")
    assert [b.kind for b in found] == list(run.KINDS)
    assert {b.track for b in found} == {"tensorflow"}
    with pytest.raises(
        SystemExit, match="The units are: 02-cell, 11-models, 12-models"
    ):
        run.find(tmp_path, "1")


# --- the whole course


def test_a_run_reports_everything_and_goes_on_past_a_failure(tmp_path, capsys):
    (tmp_path / "build").mkdir()
    put(tmp_path, notebook("import no_such_framework"), track="tensorflow")
    put(tmp_path, notebook(RECORD.format(value=1.25), "print('done')"))
    assert run.run_course(tmp_path, None, None, tmp_path / "build") == 1
    said = capsys.readouterr()
    assert "cell `a`: ModuleNotFoundError: No module named 'no_such" in said.err
    assert "FAILED" in said.out and "1.25 nats" in said.out
    copy = tmp_path / "build/notebooks/pytorch/02-cell/02a_lesson_pytorch.ipynb"
    assert outputs(nbformat.read(copy, 4), 1) == "done\n"
    text = (tmp_path / "build/RESULTS.md").read_text(encoding="utf-8")
    assert (
        "| 02-cell | pytorch | loss | 1.25 nats | 2 5-gram | [1, 1.5] inside |" in text
    )
    assert "## What went wrong" in text and "No module named" in text
    # The notebooks of the course itself are left alone.
    (built,) = run.find(tmp_path, track="pytorch")
    assert nbformat.read(built.path, 4).cells[0].execution_count is None


@pytest.mark.parametrize(("value", "status"), [(1.25, 0), (1.6, 1)])
def test_a_result_outside_its_window_fails_the_run(tmp_path, capsys, value, status):
    put(tmp_path, notebook(RECORD.format(value=value)))
    assert run.run_course(tmp_path, "02", "pytorch", tmp_path / "build") == status
    said = capsys.readouterr()
    text = (tmp_path / "build/RESULTS.md").read_text(encoding="utf-8")
    assert text.startswith("# Results\n\nUnit 02, the pytorch track, run on ")
    assert ("OUTSIDE" in text) == ("OUTSIDE" in said.out) == bool(status)
    assert ("outside its window [1, 1.5]" in said.err) == bool(status)


def test_a_unit_that_is_none_deletes_nothing(tmp_path):
    put(tmp_path, notebook(RECORD.format(value=1.25)))
    kept = [tmp_path / "build/ledger/kept.jsonl", tmp_path / "build/RESULTS.md"]
    kept[0].parent.mkdir(parents=True)
    for path in kept:
        path.write_text("{}")
    with pytest.raises(SystemExit, match="The units are: 02-cell"):
        run.run_course(tmp_path, "99", None, tmp_path / "build")
    assert all(path.exists() for path in kept)


def test_a_second_run_forgets_what_the_first_one_measured(tmp_path):
    put(tmp_path, notebook(RECORD.format(value=1.25)))
    for _ in range(2):
        run.run_course(tmp_path, None, None, tmp_path / "build")
    text = (tmp_path / "build/RESULTS.md").read_text(encoding="utf-8")
    assert text.count("1.25 nats") == 1


def test_a_result_without_a_window_is_neither_inside_nor_outside():
    entry = {"low": None, "value": 3.0}
    assert results.verdict(entry) == "–"
    inside = {"low": 1, "high": 3, "value": 3.0}
    assert results.verdict(inside) == "inside"
    assert results.verdict(inside | {"value": float("nan")}) == "OUTSIDE"


# --- in place


def test_only_missing_outputs_are_stored_in_place(tmp_path, capsys):
    stale = put(tmp_path, notebook("print('a')", "print('b')"))
    blank = put(tmp_path, notebook("print('a')"), kind="assignment")
    before = blank.read_bytes()
    assert run.run_in_place(tmp_path, None, None, force=False) == 0
    stored = stale.read_bytes()
    assert b"\r" not in stored and stored.endswith(b"}\n")
    assert not execute.is_stale(nbformat.read(stale, 4))
    assert blank.read_bytes() == before
    assert run.run_in_place(tmp_path, None, None, force=False) == 0
    assert "has its outputs" in capsys.readouterr().out
    assert run.run_in_place(tmp_path, None, None, force=True) == 0
    assert stale.read_bytes() == stored


def test_a_notebook_that_fails_is_not_stored(tmp_path):
    path = put(tmp_path, notebook("print(1)", "1 / 0"))
    before = path.read_bytes()
    assert run.run_in_place(tmp_path, None, None, force=False) == 1
    assert path.read_bytes() == before


# --- plain


def script(tmp_path, text):
    folder = tmp_path / "lessons" / "02-cell"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lesson.py").write_text(text, encoding="utf-8")
    return folder / "lesson.py"


TWO_TRACKS = """\
# %% title [markdown]
# # A title
# %% imports
from dataclasses import dataclass
# %% framework tags=["pytorch"]
track = "torch"
# %% framework tags=["tensorflow"]
track = "tf"
# %% shown tags=["nbval-check-output"]
@dataclass
class A:
    x: int
A(1)
# %% figure
import matplotlib.pyplot as plt
plt.plot([1, 2]);
# %% slow tags=["aside"]
print("slow")
# %% last
print(track)
"""


def run_plain(root, *arguments, before=""):
    """Run plain mode in a process of its own, after some lines of Python."""
    code = f"import sys, runpy; sys.path.insert(0, {str(COURSE / 'tools')!r})\n"
    code += f"{before}\nsys.argv = {['run.py', '--plain', '--root', str(root)]} + "
    code += f"{list(arguments)}\nrunpy.run_path({str(COURSE / 'tools/run.py')!r}, "
    code += "run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_plain_runs_one_track_without_jupyter(tmp_path):
    script(tmp_path, TWO_TRACKS)
    names = "jupytext nbformat nbclient IPython ipykernel jupyter_client tqdm".split()
    block = f"for name in {names}: sys.modules[name] = None"
    for track, said in (("pytorch", "torch"), ("tensorflow", "tf")):
        done = run_plain(tmp_path, "2", track, before=block)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"A(x=1)\nslow\n{said}\n"
    done = run_plain(tmp_path, "2", "pytorch", "--without", "aside")
    assert done.stdout == "A(x=1)\ntorch\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f():\n    return 1 / 0\n", "line 3, cell `b`: ZeroDivisionError"),
        ("import json\ndef f():\n    json.loads('x')\n", "line 4, cell `b`: JSONDec"),
    ],
)
def test_plain_names_the_line_of_the_source(tmp_path, text, said):
    script(tmp_path, f"# %% a\n{text}# %% b\nf()\n")
    done = run_plain(tmp_path, "02-cell", "pytorch")
    assert done.returncode == 1
    assert f"02-cell/lesson.py, {said}" in done.stderr
    assert "Traceback" not in done.stderr


def test_plain_names_the_line_of_a_syntax_error(tmp_path):
    script(tmp_path, "# %% a\nx = 1\n# %% b\nx = = 1\n")
    done = run_plain(tmp_path, "02-cell", "pytorch")
    assert "line 4, cell `b`: SyntaxError" in done.stderr
    assert done.stderr.rstrip().endswith("x = = 1")


def test_plain_says_which_units_there_are(tmp_path):
    script(tmp_path, TWO_TRACKS)
    done = run_plain(tmp_path, "7", "pytorch")
    assert done.returncode == 2 and "The units are: 02-cell." in done.stderr


SOURCES = sorted(
    p
    for folder in ("lessons/[0-9][0-9]-*", "tools/template", "lessons/capstone")
    for p in COURSE.glob(f"{folder}/*.py")
    if p.stem in ("lesson", "assignment", *layout.PROJECTS)
)


@pytest.mark.parametrize("track", as_script.TRACKS)
@pytest.mark.parametrize("path", SOURCES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_plain_reads_the_cells_that_the_build_reads(path, track):
    built = [c for c in source.read(path).cells(track) if c.kind == "code"]
    read = list(as_script.cells(path, track))
    assert [c.name for c in read] == [c.name for c in built]
    assert [c.code.strip() for c in read] == [c.source.strip() for c in built]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all(lines[c.line - 2].startswith(f"# %% {c.name}") for c in read)


# --- nbval judges as we say it does


def nbval(folder, *arguments):
    shutil.copy(COURSE / "conftest.py", folder)
    paths = (str(COURSE / "tools"), os.environ.get("PYTHONPATH", ""))
    with_tools = os.pathsep.join(paths)
    command = ["-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", folder]
    command += ["--nbval-lax", "--nbval-current-env", *arguments]
    return subprocess.run(
        [sys.executable, *command, "notebooks", "solutions"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"COV_CORE_SOURCE": ""} | {"PYTHONPATH": with_tools},
    )


def test_nbval_ignores_stderr_compares_checked_cells_and_lets_no_solution_fail(
    tmp_path,
):
    tags = ["nbval-check-output"]
    noisy = notebook("import sys; print(3); print('n', file=sys.stderr)", tags=tags)
    stored = nbformat.v4.new_output("stream", name="stdout", text="3\n")
    noisy.cells[0].outputs, noisy.cells[0].execution_count = [stored], 1
    path = put(tmp_path, noisy)
    failing = notebook("1 / 0", tags=["raises-exception"])
    put(tmp_path, failing, kind="assignment")
    put(tmp_path, notebook("1"), kind="solution")
    done = nbval(tmp_path)
    assert "3 passed" in done.stdout, done.stdout
    path.write_text(path.read_text().replace("print(3)", "print(4)"))
    put(tmp_path, failing, kind="solution")
    assert "2 failed, 1 passed" in nbval(tmp_path).stdout
