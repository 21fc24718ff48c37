"""What is right in Jupyter keeps its points: graded whole, in a sandbox."""

import json
import sys

import pytest

import grade_bank
from grade_bank import COURSE, UNIT
from unrolled.grade import command
from unrolled.grade.classes import classroom
from unrolled.grade.marking.grader import Grader, secret
from unrolled.grade.sandbox import fork_server
from unrolled.grade.sandbox.limits import Limits
from unrolled.grade.submission.restore import release

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
AROUND = {  # exercise: what stands above its answer, what below it
    "step": ("display('a try')\n%matplotlib inline\n", "\nstep?\n"),
    "sequence": ("get_ipython().user_ns['made'] = !ls\n", "\nassert made == []\n"),
    "count": (
        "%time table = {1: 2}\n",
        "\nassert table[1] == 2\n%time count(1, 1, 1, 1, 1)",
    ),
    "load": ("%%time\n\n", ""),
    "mend": ("", "\nimport asyncio\nawait asyncio.sleep(0)\n"),
    "learn": (
        "from tqdm.notebook import trange\n"
        "speed = %timeit -o -n1 -r1 count(1, 1, 1, 1, 1)\n",
        "\nassert speed.best > 0\n",
    ),
}


@pytest.fixture(scope="module")
def grader():
    servers = fork_server.Servers(fork_server.level(), secret(COURSE))
    yield Grader(COURSE, release(COURSE, UNIT, "pytorch"), servers, Limits(cell=200))
    servers.close()


def written():
    """Return the solved notebook as somebody writes who knows Jupyter well."""
    nb = grade_bank.solved()
    cells = {cell["id"]: cell for cell in nb["cells"]}
    for name, (above, below) in AROUND.items():
        code = "".join(cells[name]["source"])
        if name == "learn":
            assert code.count("range(100)") == 1
            code = code.replace("range(100)", "trange(100)")
        cells[name]["source"] = above + code + below
    cells["step"]["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        del cells["step"][key]
    return nb


def test_answers_with_all_that_jupyter_offers_earn_everything(grader):
    result = grader.grade("ann", json.dumps(written()).encode())
    told = [(v.name, v.word, v.says) for v in result.exercises]
    assert (result.points, result.most) == (16, 16), told


def test_they_earn_it_alone_too(grader):
    """One exercise ends the process; the others are run again, with what they use."""
    nb = written()
    cells = {cell["id"]: cell for cell in nb["cells"]}
    cells["imports"]["source"] = "pass"
    nb["cells"].insert(0, grade_bank.code_cell("mine", "import os\nos._exit(0)"))
    result = grader.grade("ben", json.dumps(nb).encode())
    told = [(v.name, v.word, v.says) for v in result.exercises]
    assert (result.points, result.most) == (16, 16), told


def test_two_answers_in_one_cell_earn_both(grader):
    nb = grade_bank.solved()
    cells = {cell["id"]: cell for cell in nb["cells"]}
    texts = ["".join(cells[name]["source"]) for name in ("step", "sequence")]
    cells["step"]["source"] = "\n\n".join(texts)
    nb["cells"].remove(cells["sequence"])
    result = grader.grade("cem", json.dumps(nb).encode())
    assert result.points == 16
    assert result.notes == [
        "The cell `sequence` was missing; its answer stands in `step`."
    ]


def test_a_cell_that_is_not_there_is_not_said_to_be_as_handed_out(grader):
    nb = grade_bank.solved()
    nb["cells"] = [c for c in nb["cells"] if c["id"] != "count"]
    verdicts = {
        v.name: v for v in grader.grade("dee", json.dumps(nb).encode()).exercises
    }
    assert verdicts["count"].word == "not attempted"
    assert verdicts["count"].says == "The cell is not there."


def test_a_fault_of_the_grader_is_a_row_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "x.ipynb").write_text(json.dumps(grade_bank.solved()))

    def fails(*given):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(classroom, "_grader", fails)
    plan = classroom.Plan(COURSE, "limits", UNIT, "pytorch")
    result = classroom.grade_one(plan, classroom.Work("x", tmp_path / "x.ipynb"))
    assert result.unreadable.startswith("The grader failed on it, with ZeroDivision")
    assert result.points == 0


def test_results_that_cannot_be_written_are_told_in_a_sentence(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "x.ipynb").write_text("{}")

    def full(*given):
        raise OSError(28, "No space left on device", "out/class.csv")

    monkeypatch.setattr(command, "_graded", full)
    line = [str(tmp_path), "--isolation", "limits", "--out", str(tmp_path / "out")]
    assert command.main(line) == command.COULD_NOT
    said = capsys.readouterr().err
    assert "No space left on device: 'out/class.csv'" in said
    assert "The same call goes on where it was." in said
