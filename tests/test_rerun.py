"""`unrolled capstone`: a good folder passes; what is forged, leaks or lacks is said."""

import json
import shutil
import sys

import nbformat
import pytest

import project
from courses import COURSE
from unrolled import data
from unrolled.capstone import FILE
from unrolled.cli import main
from unrolled.rerun import checking, command, template
from unrolled.source import layout
from unrolled.source.layout import TRACKS

# A capstone without a framework: it runs in two seconds.
CELLS = {
    "start": "import numpy as np\nfrom unrolled import capstone\n"
    'work = capstone.Capstone("degrees")\nrng = np.random.default_rng(0)',
    "question": 'work.question("Is the network ahead of the line?")',
    "split": "x, t = np.arange(9), np.arange(9)\n"
    "work.split(t[:3], t[3:6], t[6:], contents=x, time=t, of='numbers')",
    "baseline": 'work.baseline("line", 3.25)',
    "tune": 'rate = work.tune("GRU", {1: 4.0, 2: 2.0, 3: 5.0}, part="choose")',
    "seeds": 'work.contender("GRU", 2 + 0.1 * rng.normal(size=5))',
    "ablation": 'work.ablation("bag", [4, 4.1, 4, 4, 4], without="the order")',
    "errors": 'work.errors({"early": 1.0, "late": 2.0}, says="Late rows are worse '
    'than early ones, perhaps since the level has risen by then.")',
    "cost": 'work.cost("GRU", seconds=1.5, parameters=10)',
    "finish": "work.finish();",
}


def write(folder, cells=CELLS, name="mine.ipynb"):
    folder.mkdir(exist_ok=True)
    made = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    nbformat.write(nbformat.v4.new_notebook(cells=made), folder / name)
    return folder


def check(folder, *more):
    return main(["capstone", "check", str(folder), *more])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder whose notebook has run: its table lies beside it."""
    folder = write(tmp_path_factory.mktemp("whole") / "mine")
    from unrolled.rerun.kernel import Runner

    with Runner(folder / "mine.ipynb", 120) as runner:
        ran = runner.run()
        assert ran.fault == ""
        shutil.copy(ran.folder / FILE, folder)
    return folder


@pytest.fixture
def good(written, tmp_path):
    return shutil.copytree(written, tmp_path / "mine")


def change(folder, **cells):
    """Write the notebook with other cells, None for one that is left out."""
    kept = {k: v for k, v in (CELLS | cells).items() if v is not None}
    return write(folder, kept)


def forge(folder, part, name, **to):
    told = json.loads((folder / FILE).read_text("utf-8"))
    (row,) = (r for r in told["rows"] if (r["part"], r["name"]) == (part, name))
    row |= to
    (folder / FILE).write_text(json.dumps(told), "utf-8")


def test_a_good_folder_passes_and_stays_as_it_is(good, tmp_path, capsys):
    before = {p.name: p.read_bytes() for p in good.iterdir()}
    assert check(good, "--json", str(tmp_path / "report.json")) == 0
    said = capsys.readouterr()
    assert "10 of 10 numbers are reproduced." in said.out
    assert "The notebook says: GRU: " in said.out
    assert "without a sandbox" in said.err
    assert {p.name: p.read_bytes() for p in good.iterdir()} == before
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["passed"] and not report["faults"]
    assert {line["word"] for line in report["lines"]} == {"reproduced"}


def values(folder, name="GRU"):
    rows = json.loads((folder / FILE).read_text("utf-8"))["rows"]
    return next(r["values"] for r in rows if r["name"] == name)


FORGED = {
    "a baseline": (
        lambda f: forge(f, "baseline", "line", value=4.5),
        "`line` (baseline, degrees) states a spread of",
    ),
    "with its spread": (
        lambda f: forge(f, "baseline", "line", value=4.5, spread=4.5e-4),
        "is stated as 4.5, and the run gave 3.25: they are 1.25 apart",
    ),
    "a wide spread": (
        lambda f: forge(f, "baseline", "line", value=4.5, spread=9.0),
        "states a spread of 9; what it holds gives 0.00045",
    ),
    "a mean": (
        lambda f: forge(f, "contender", "GRU", value=1.0),
        "is stated as 1, and the mean of its own 5 seeds is",
    ),
    "all seeds": (
        lambda f: forge(
            f,
            "contender",
            "GRU",
            value=1.0,
            values=[0.96, 0.98, 1, 1.02, 1.04],
            spread=0.08,
        ),
        "is stated as 1, and the run gave",
    ),
    "seeds far apart": (
        lambda f: forge(
            f, "contender", "GRU", value=1.0, values=[-9, 0, 1, 2, 11], spread=20.0
        ),
        "has seeds that lie 20 apart in the table, and in the run only",
    ),
    "a seed more": (
        lambda f: forge(
            f, "contender", "GRU", value=2.0, values=[2.0] * 6, spread=2e-4
        ),
        "has 6 seeds in the table, and the run had 5",
    ),
}


def test_a_forged_number_is_found(good, capsys):
    """The run is made once; what is forged lies in the table held against it."""
    from unrolled import capstone
    from unrolled.rerun import compare

    found = capstone.read(good / FILE)[1]
    for case, (spoil, says) in FORGED.items():
        shutil.copy(good / FILE, good / "kept")
        spoil(good)
        lines = compare.lines(capstone.read(good / FILE)[1], found)
        wrong = [line.says for line in lines if line.says]
        assert len(wrong) == 1 and says in wrong[0], (case, wrong)
        shutil.move(good / "kept", good / FILE)
    FORGED["with its spread"][0](good)
    assert check(good) == 1
    said = capsys.readouterr().out
    assert "Wrong: `line` (baseline, degrees) is stated as 4.5" in said
    assert "9 of 10 numbers are reproduced." in said


def test_numbers_that_one_side_lacks_are_said(good, capsys):
    told = json.loads((good / FILE).read_text("utf-8"))
    told["rows"] = [r for r in told["rows"] if r["name"] != "bag"]
    told["rows"].append(dict(told["rows"][-1], part="baseline", name="dreamt"))
    told["data"] = "other numbers"
    (good / FILE).write_text(json.dumps(told), "utf-8")
    assert check(good) == 1
    said = capsys.readouterr().out
    assert (
        "`dreamt` (baseline, parameters) stands in the table as 10, and the run" in said
    )
    assert "`bag` (ablation, degrees) was measured by the run" in said
    assert "measured on `other numbers`, and this run had `numbers`" in said


SPOILED = {
    "a split that leaks": (
        {"split": CELLS["split"].replace("t[3:6]", "t[2:6]")},
        "Cell `split`, code cell 3 of 10, fails, at `work.split(t[:3], t[2:6]",
        "Leak: Row 2 stands in `train` and in `choose` (such rows: 1).",
    ),
    "a missing part": (
        {"ablation": None},
        "The run wrote no table. Not finished. This is missing:",
        "- An ablation: write `work.ablation(",
    ),
    "no last cell": (
        {"finish": None},
        "The run wrote no table.",
        "End it with `work.finish()`",
    ),
    "another number": (
        {"baseline": 'work.baseline("line", 3.5)'},
        "is stated as 3.25, and the run gave 3.5",
        "Wrong: ",
    ),
    "a name from a cell that is gone": (
        {"start": CELLS["start"].replace("import numpy as np\n", "")},
        "Cell `start`, code cell 1 of 10, fails, at `rng = np.random",
        "NameError: name 'np' is not defined",
    ),
    "a kernel that dies": (
        {"seeds": "import os; os._exit(1)"},
        "The kernel died",
        "Wrong: ",
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_notebook_that_does_not_repeat_its_table_fails(good, case, capsys):
    cells, *says = SPOILED[case]
    assert check(change(good, **cells)) == 1
    said = capsys.readouterr().out
    assert all(words in said for words in says), said


def test_a_table_written_by_hand_lacks_what_finish_asks_for(good, capsys):
    by_hand = (
        "import json; row = dict(part='contender', name='GRU', unit='x', value=1.0, "
        "spread=1e-4, values=[])\n"
        f"json.dump({{'rows': [row]}}, open({FILE!r}, 'w'))"
    )
    assert check(change(good, finish=by_hand)) == 1
    said = capsys.readouterr().out
    assert "without what a finished capstone has: split, baseline, ablation" in said
    assert "Fewer than five seeds were run of: GRU." in said


def test_a_notebook_that_takes_too_long_is_stopped(good, capsys):
    change(good, seeds="import time; time.sleep(60)")
    assert check(good, "--seconds", "1") == 1
    said = capsys.readouterr().out
    assert "was still running after 1 seconds and was stopped" in said
    assert "--seconds" in said


def test_without_a_table_the_notebook_still_runs_and_fails(good, capsys):
    (good / FILE).unlink()
    assert check(good) == 1
    said = capsys.readouterr().out
    assert f"There is no {FILE} beside the notebook. Its last cell" in said


def test_folders_in_which_nothing_can_be_checked(good, tmp_path, capsys):
    assert check(tmp_path / "nowhere") == 2
    assert "There is no folder" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert check(tmp_path / "empty") == 2
    assert "holds no notebook" in capsys.readouterr().err
    (good / "b.ipynb").write_text("no notebook")
    assert check(good) == 2
    assert "holds 2 notebooks: b.ipynb, mine.ipynb" in capsys.readouterr().err
    (good / "mine.ipynb").unlink()
    assert check(good) == 2
    assert "b.ipynb cannot be read as a notebook" in capsys.readouterr().err


def test_what_is_needed_and_where_a_report_cannot_be_written(good, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "unrolled.rerun.kernel", None)
    assert check(good) == 2
    assert 'pip install "unrolled[lab]"' in capsys.readouterr().err
    fine = checking.Report("mine.ipynb")
    monkeypatch.setattr(command.checking, "check", lambda *_: fine)
    assert check(good, "--json", str(good / "nowhere" / "report.json")) == 2
    assert "cannot be written" in capsys.readouterr().err

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.checking, "check", stop)
    assert check(good) == 2
    assert "Stopped; nothing was changed." in capsys.readouterr().err


# --- start


@pytest.mark.parametrize("track", TRACKS)
def test_start_writes_a_template_without_outputs_once(track, tmp_path, capsys):
    folder = tmp_path / "mine"
    line = ["capstone", "start", str(folder), "--track", track]
    assert main(line) == 0
    (made,) = folder.iterdir()
    assert (
        made.name == f"capstone_{track}.ipynb" and made.name in capsys.readouterr().out
    )
    cells = nbformat.read(made, 4).cells
    assert not any(cell.get("outputs") for cell in cells)
    assert not any("](../" in cell.source for cell in cells)
    assert main(line) == 2
    assert f"holds capstone_{track}.ipynb already" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["capstone", "start", str(tmp_path / "file"), "--track", track]) == 2
    assert "Name a folder of its own" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(template.Path, "write_text", full)
    with pytest.raises(template.InTheWay, match="No space left on device"):
        template.start(tmp_path / "mine", "pytorch")


# --- the worked examples

EXAMPLES = [("sunspots", "pytorch"), ("sunspots", "tensorflow")]
EXAMPLES += [("equation", "pytorch"), ("equation", "tensorflow")]
SAMPLE = ("sunspots", "pytorch")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "track"),
    [e if e == SAMPLE else pytest.param(*e, marks=pytest.mark.every) for e in EXAMPLES],
)
def test_a_worked_example_is_reproduced(part, track, tmp_path, capsys):
    """One of the four by default: all take minutes."""
    if part == "sunspots":
        try:
            data.series(part, fallback=False)
        except data.DataError as error:
            pytest.skip(f"the data of this example cannot be had: {error}")
    folder = tmp_path / "example"
    folder.mkdir()
    for place in (layout.capstone(part, track), project.table(part, track)):
        shutil.copy(COURSE / place, folder)
    assert check(folder) == 0, capsys.readouterr().out
