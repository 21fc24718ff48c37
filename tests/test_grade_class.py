"""A class: graded in one call, resumed after a kill, told in every report."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

import courses
import grade_bank
from courses import COURSE
from unrolled import cli
from unrolled.grade import command, harmless, storage
from unrolled.grade.classes import classroom
from unrolled.grade.report import files
from unrolled.grade.result import Result, Verdict
from unrolled.grade.sandbox.limits import family

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
MISTAKE = "def count(n_symbols, emb_size, hid_size, n_out, n_biases):\n    return 7\n"


def with_cell(name, code):
    """Return the solved notebook with another cell in one place."""
    nb = grade_bank.solved()
    next(c for c in nb["cells"] if c["id"] == name)["source"] = code
    return json.dumps(nb).encode()


@pytest.fixture(scope="module")
def pupils(tmp_path_factory):
    """A folder of a small class."""
    folder = tmp_path_factory.mktemp("pupils")
    solved = json.dumps(grade_bank.solved()).encode()
    blank = courses.path(COURSE, grade_bank.UNIT, "assignment", "pytorch").read_bytes()
    for name, content in {
        "ann": solved,
        "ben": blank,
        "cem/02-recurrent-cell_assignment_pytorch": with_cell("count", MISTAKE),
        "dee": with_cell("learn", "import os; os._exit(0)"),
        "eve": b"no notebook",
    }.items():
        (folder / f"{name}.ipynb").parent.mkdir(exist_ok=True)
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "list.txt").write_text("ann, ben")
    return folder


SEED = ("--seed", 0)  # two folders are compared: each would draw its own
EARNED = {"ann": 16, "ben": 0, "cem/02-recurrent-cell_assignment_pytorch": 14}
EARNED |= {"dee": 12, "eve": 0}


def command_of(pid: int) -> bytes:
    """Return how a process was called, or nothing if it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def line(*arguments):
    return [sys.executable, "-m", "unrolled.cli", "grade", *map(str, arguments)]


def env():
    return {**os.environ, **courses.ENV}


def grade(*arguments):
    """Run the command; return what `subprocess.run` does."""
    return subprocess.run(
        line(*arguments, *SEED),
        env=env(),
        cwd=COURSE,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def whole(pupils, tmp_path_factory):
    """An uninterrupted call, and the folder that it wrote."""
    out = tmp_path_factory.mktemp("whole")
    return grade(pupils, "--out", out, "--jobs", 2), out


@linux
def test_a_class_is_graded_and_summed(whole):
    ran, out = whole
    assert ran.returncode == 2, ran.stderr  # one could not be graded
    rows = list(csv.DictReader(io.StringIO((out / "class.csv").read_text("utf-8-sig"))))
    assert {r["submission"]: float(r["points"]) for r in rows} == EARNED
    status = {r["submission"]: r["status"] for r in rows}
    assert status["ann"] == status["dee"] == "passed"
    assert status["ben"] == "below the pass mark"
    assert status["eve"] == "could not be graded"
    words = next(r for r in rows if r["submission"] == "dee")
    assert words["learn"] == "killed" and words["mend"] == "right"
    assert "ann: 16 of 16 points, passed" in ran.stdout
    assert "ignored, no notebook" in ran.stderr and "list.txt" in ran.stderr


@linux
def test_every_report_is_there_and_can_be_read(whole):
    _, out = whole
    suites = ElementTree.parse(out / "junit.xml").getroot()
    assert {s.get("name") for s in suites} == set(EARNED)
    by_name = {s.get("name"): s for s in suites}
    assert by_name["ann"].get("failures") == "0"
    assert by_name["ben"].get("failures") == "6"
    assert by_name["eve"].get("errors") == "1"
    for path in (out / "gradescope").glob("*.json"):
        found = json.loads(path.read_text())
        assert found["score"] == sum(t["score"] for t in found["tests"])
    cem = next((out / "feedback").glob("cem*.md")).read_text()
    assert "## count: ✗ wrong, 0 of 2 points" in cem and "is 7; expected" in cem
    page = next((out / "feedback").glob("cem*.html")).read_text()
    assert "<code>count</code> is 7; expected" in page
    listed = json.loads((out / "results.json").read_text())
    assert [r["submission"] for r in listed] == list(EARNED)


def reported(out):
    """Return every file that a call wrote, by its name."""
    files = [p for p in out.rglob("*") if p.is_file()]
    assert not [p for p in files if p.name.endswith(".part")]
    return {str(p.relative_to(out)): p.read_bytes() for p in files}


@linux
def test_grading_twice_gives_the_same(whole, pupils, tmp_path):
    again = grade(pupils, "--out", tmp_path / "x", "--jobs", 1)
    assert again.returncode == 2
    assert reported(tmp_path / "x") == reported(whole[1])


@linux
def test_a_killed_grader_goes_on_and_leaves_nothing_running(whole, pupils, tmp_path):
    out = tmp_path / "x"
    with subprocess.Popen(
        line(pupils, "--out", out, "--jobs", 1, *SEED),
        env=env(),
        cwd=COURSE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        until = time.monotonic() + 300
        while not (kept := list((out / "submissions").glob("*.json"))):
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        below = family(running.pid)
        running.kill()
    until = time.monotonic() + 30
    while left := [p for p in below if Path(f"/proc/{p}/cmdline").exists()]:
        assert time.monotonic() < until, left
        time.sleep(0.05)
    assert 1 <= len(kept) < 4 and not (out / "class.csv").exists()
    before = {p: p.stat().st_mtime_ns for p in kept}
    grade(pupils, "--out", out, "--jobs", 2)
    assert {p: p.stat().st_mtime_ns for p in kept} == before  # not graded again
    assert reported(out) == reported(whole[1])


@linux
def test_an_exercise_of_another_unit_is_not_graded_in_silence(whole, pupils):
    out = whole[1].parent / "again"
    grade(pupils / "ann.ipynb", "--out", out)
    before = reported(out)
    ran = grade(pupils / "ann.ipynb", "--out", out, "--only", "viterbi", "--again")
    assert ran.returncode == 2 and reported(out) == before
    assert "--only viterbi: the units of these submissions have no such" in ran.stderr
    assert "They have count, learn, load" in ran.stderr


@linux
def test_a_kept_result_counts_only_for_the_same_submission(whole, pupils, tmp_path):
    out, work = tmp_path / "x", classroom.Work("ann", pupils / "ann.ipynb")
    kept = storage.place(whole[1] / "submissions", "ann")
    data = json.loads(kept.read_text())
    for change in ({}, {"digest": "0"}, {"submission": "ben"}, {"exercises": 3}):
        path = storage.place(out, "ann")
        storage.write(path, json.dumps(data | change))
        found = classroom.kept(out, work, data["digest"])
        assert (found is None) == bool(change)
    path.write_text("{")
    assert classroom.kept(out, work, data["digest"]) is None


@linux
def test_a_killed_worker_costs_nothing(pupils, tmp_path):
    out = tmp_path / "x"
    with subprocess.Popen(
        line(pupils / "ann.ipynb", pupils / "dee.ipynb", "--out", out, "--jobs", 1),
        env=env(),
        cwd=COURSE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        until = time.monotonic() + 300
        worker = None
        while worker is None:
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.05)
            for pid in family(running.pid)[1:]:
                if b"spawn_main" in command_of(pid) and len(family(pid)) > 1:
                    worker = pid
        os.kill(worker, signal.SIGKILL)
        said, _ = running.communicate(timeout=300)
    assert "ann: 16 of 16" in said and "dee: 12 of 16" in said
    assert running.returncode == 0


@linux
@pytest.mark.parametrize(
    ("name", "more", "status"),
    [
        ("ann", (), 0),
        ("cem/02-recurrent-cell_assignment_pytorch", (), 0),
        ("cem/02-recurrent-cell_assignment_pytorch", ("--pass-mark", "0.9"), 1),
        ("ben", ("--pass-mark", "0"), 0),
        ("ben", (), 1),
        ("eve", (), 2),
        ("eve", ("--assignment", "02", "--track", "pytorch"), 2),
        ("none", (), 2),
        ("ann", ("--assignment", "99", "--track", "pytorch"), 2),
    ],
)
def test_exit_status(whole, pupils, name, more, status):
    # Results are kept from one of these to the next, so that few are graded anew.
    ran = grade(pupils / f"{name}.ipynb", "--out", whole[1].parent / "again", *more)
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


@linux
def test_one_submission_tells_each_exercise_and_gradescope(whole, pupils, tmp_path):
    ran = grade(pupils / "ben.ipynb", "--out", tmp_path)
    assert "step, 0 of 2, not attempted" in ran.stdout
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["score"] == 0 and len(found["tests"]) == 6


def result(name="x", word="right", says="", **more):
    return Result(name, "02-x", "pytorch", [Verdict("a", 2, word, says)], **more)


def test_the_worst_gives_the_exit_status():
    good, bad = result(), result(word="wrong")
    none = result(unreadable="It is empty.")
    assert command.exit_status([good, good], 0.6) == 0
    assert command.exit_status([good, bad], 0.6) == 1
    assert command.exit_status([good, bad, none], 0.6) == 2
    assert command.exit_status([bad], 0.0) == 0


def test_without_a_sandbox_every_page_says_so():
    from unrolled.grade.report.pages import as_html, as_markdown

    for show in (as_html, as_markdown):
        assert "WITHOUT a sandbox" in show(result(isolation="limits"))
        assert "WITHOUT a sandbox" not in show(result(isolation="bubblewrap"))


def test_another_system_is_told_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert command.main(["x.ipynb"]) == 2
    assert "needs Linux" in capsys.readouterr().err


@linux
def test_a_call_that_is_interrupted_says_how_to_go_on(monkeypatch, capsys, tmp_path):
    def stop(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_graded", stop)
    (tmp_path / "x.ipynb").write_text("{}")
    line = [str(tmp_path), "--out", str(tmp_path), "--isolation", "limits"]
    assert cli.main(["grade", *line]) == 2
    said = capsys.readouterr().err
    assert "goes on where it was" in said and "NOT ISOLATED" in said


def test_the_command_tells_what_it_can(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["grade", "--help"])
    assert ended.value.code == 0 and "--pass-mark" in capsys.readouterr().out
    for wrong in (["--jobs", "0"], ["--pass-mark", "7"]):
        with pytest.raises(SystemExit):
            cli.main(["grade", "x.ipynb", *wrong])


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a" / "b.json"
    storage.write(path, "one")

    def fails(*given):
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError):
        storage.write(path, "two")
    assert path.read_text() == "one"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("\x1b[2J", "\\u001b[2J"),
        ("two\nlines\t.", "two\nlines\t."),
        ("\ud800", "\\ud800"),
        ("Grüße, ≤ 1e-6 ✓", "Grüße, ≤ 1e-6 ✓"),
    ],
)
def test_text_is_made_harmless(text, shown):
    assert harmless.text(text) == shown


def test_cells_pages_and_blocks_are_harmless():
    for formula in ("=1+1", "+1", "-1", "@x", "|x", "%x"):
        assert harmless.cell(formula) == f"'{formula}"
    assert harmless.cell("  =1") == "'=1"
    assert harmless.page('`<b>` & "x"') == "<code>&lt;b&gt;</code> &amp; &quot;x&quot;"
    assert harmless.block("``` x ````").startswith("`````text")
    xml = files.as_junit([result("x\ufffe", "wrong", "]]> \x00 & <")])
    assert ElementTree.fromstring(xml.encode()) is not None
