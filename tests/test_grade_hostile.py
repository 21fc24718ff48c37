"""Hostile submissions gain nothing, harm nothing, and cost honest exercises nothing."""

import json
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

import pytest

import grade_bank
from grade_bank import COURSE, HONEST, SMALL, assignment, bank, notebook
from unrolled.grade.book import rows
from unrolled.grade.marking.grader import Grader, secret
from unrolled.grade.report import files, table
from unrolled.grade.report.pages import as_html, as_markdown
from unrolled.grade.sandbox import fork_server, limits

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
BANK = {hostile.name: hostile for hostile in bank()}
isolated = pytest.mark.skipif(
    fork_server.level() != "bubblewrap", reason="bubblewrap does not work here"
)
PYTHON = fork_server._python()
SECRET = "the grader's secret 4711"


@pytest.fixture(scope="module")
def grader():
    os.environ["UNROLLED_TEST_SECRET"] = SECRET
    servers = fork_server.Servers("bubblewrap", secret(COURSE))
    yield Grader(COURSE, assignment(), servers, SMALL)
    servers.close()


@pytest.fixture
def server():
    """A server that must never be called; yields its port and its callers."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        done = threading.Event()

        def answer():
            while not done.is_set():
                try:
                    line, address = listening.accept()
                except TimeoutError:
                    continue
                calls.append(address)
                line.sendall(b"613")
                line.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1], calls
        done.set()
        thread.join()


def words(tmp_path, port=1):  # what the hostile code is told of this machine
    return {
        "course": str(COURSE),
        "out": str(tmp_path),
        "port": str(port),
        "brackets": "(" * 10_000 + ")" * 10_000,
    }


def earned(result):
    return {v.name: v.points for v in result.exercises}


def left_behind(grader):
    """Return the processes below the fork server; there must be none."""
    return grader.servers.get("pytorch").members()


@isolated
@pytest.mark.parametrize("name", BANK)
def test_hostile(name, grader, server, tmp_path):
    hostile, (port, calls) = BANK[name], server
    before = {p for p in tmp_path.iterdir()}
    result = grader.grade(name, notebook(hostile, words(tmp_path, port)))
    assert earned(result) == {**HONEST, "count": 0}, _told(result)
    verdict = next(v for v in result.exercises if v.name == "count")
    assert verdict.word in hostile.ends, _told(result)
    assert left_behind(grader) == []
    assert calls == [] and set(tmp_path.iterdir()) == before
    assert not list(COURSE.glob("**/pwned"))
    for one in result.exercises:
        one.lines = ""  # the page shows a learner's own lines, which say such words
    shown = json.dumps([as_html(result), files.gradescope(result)])
    assert SECRET not in shown and "gained" not in shown


def _told(result):
    return [(v.name, v.word, v.says) for v in result.exercises]


def test_the_bank_is_large():
    assert len(BANK) >= 30


@isolated
def test_an_honest_submission_still_earns_everything_after_them(grader):
    content = json.dumps(grade_bank.solved()).encode()
    assert earned(grader.grade("honest", content)) == {**HONEST, "count": 2}


@isolated
def test_nothing_passes_from_one_submission_to_the_next(grader, tmp_path):
    leave = (
        "import glob, os\n"
        "for place in ('/tmp', '/dev/shm', '/var/tmp', '.', '/'):\n"
        "    try:\n"
        "        open(f'{place}/left', 'w').write('here')\n"
        "    except OSError:\n"
        "        pass\n"
        "from unrolled.check import values; values.left = 1\n"
        "def count(*sizes):\n"
        "    raise ValueError('left')\n"
    )
    take = (
        "import glob, os; from unrolled.check import values\n"
        "seen = [p for p in ('/tmp', '/dev/shm', '/var/tmp', '.', '/')\n"
        "        if os.path.exists(p + '/left')]\n"
        "def count(*sizes):\n"
        "    raise ValueError(f'seen {seen} {hasattr(values, \"left\")}')\n"
    )
    said = []
    for code in (leave, take):
        hostile = grade_bank.Hostile("x", "", "", (), (("count", "", code),))
        result = grader.grade("x", notebook(hostile, {}))
        said.append(next(v.says for v in result.exercises if v.name == "count"))
    assert "left" in said[0] and "seen [] False" in said[1]


@isolated
def test_what_is_shown_of_a_hostile_text_is_harmless(grader, tmp_path):
    result = grader.grade("=1+1\u202e<b>", notebook(BANK["bidi"], words(tmp_path)))
    says = next(v.says for v in result.exercises if v.name == "count")
    assert "<script>" in says  # it came through, and is told as text
    page = as_html(result)
    assert "<script>" not in page and "<img" not in page and "&lt;script&gt;" in page
    shown = [page, as_markdown(result), files.as_junit([result])]
    listed = table.class_csv(rows.of_results([result]), 0.6)
    shown += [listed, json.dumps(files.gradescope(result))]
    for text in shown:
        assert not set(text) & set("\u202e\u202c\u200b\x1b\x00")
    assert "'=1+1" in listed
    # The block of Markdown is longer than any fence in the text.
    assert "````text" in as_markdown(result)


@isolated
def test_a_broken_fork_server_is_started_anew(grader, tmp_path):
    grader.grade("x", notebook(BANK["os-exit"], words(tmp_path)))
    server = grader.servers.get("pytorch")
    server.process.kill()
    server.process.wait()
    content = json.dumps(grade_bank.solved()).encode()
    assert earned(grader.grade("honest", content)) == {**HONEST, "count": 2}


@isolated
def test_the_sandbox_shows_neither_course_nor_home(grader):
    paths = [COURSE / p for p in ("lessons", "solutions", "tests", ".git", "src")]
    paths += [Path.home() / ".bashrc", Path.home() / ".ssh", Path("/etc/shadow")]
    server = grader.servers.get("pytorch")
    assert server.sees([str(p) for p in paths]) == []
    assert server.sees(["/usr", "/bin/sh"]) == ["/usr", "/bin/sh"]


@isolated
def test_python_in_a_folder_that_is_emptied_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/tmp/venv")
    with pytest.raises(fork_server.CannotStart, match="another folder"):
        fork_server.ForkServer("pytorch", "bubblewrap")


@pytest.fixture
def open_folder():
    """A folder that another user may read, as the sandbox of root is one."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@isolated
def test_a_copy_of_the_course_that_is_installed_meanwhile_is_hidden(open_folder):
    folder = open_folder / "lib"
    (folder / "unrolled").mkdir(parents=True)
    lessons = folder / "unrolled" / "lessons"
    with patch.object(fork_server, "_python", lambda: [*PYTHON, str(folder)]):
        servers = fork_server.Servers("bubblewrap")
        try:
            server = servers.get("pytorch")
            assert servers.get("pytorch") is server
            lessons.mkdir()
            (lessons / "checks.py").write_text("secret")
            assert server.sees([str(lessons)])  # so it must not be used again
            again = servers.get("pytorch")
            assert again is not server and again.sees([str(lessons)]) == []
            servers.secret = (str(folder),)
            with pytest.raises(fork_server.CannotStart, match="Move it elsewhere"):
                servers.get("pytorch")
        finally:
            servers.close()


LIMITED = ("infinite-loop", "os-exit", "patch-numpy", "large-array", "lying-equal")
LIMITED += ("garbled-messages", "daemon", "patch-the-checks")


@pytest.mark.parametrize("name", LIMITED)
def test_hostile_with_limits_only(name, limited, tmp_path):
    """Without namespaces files can be read; what a submission earns still holds."""
    result = limited.grade(name, notebook(BANK[name], words(tmp_path)))
    assert earned(result) == {**HONEST, "count": 0}, _told(result)
    assert left_behind(limited) == []


@pytest.fixture(scope="module")
def limited():
    servers = fork_server.Servers("limits")
    yield Grader(COURSE, assignment(), servers, SMALL)
    servers.close()


def test_the_table_in_the_documents_is_the_bank():
    page = grade_bank.PAGE.read_text("utf-8")
    assert page == grade_bank.filled(page), (
        "run python tools/quality/grade_bank.py --write"
    )


def test_held_counts_memory_of_a_family():
    own = limits.resident(os.getpid())
    assert own > 1 << 20
    assert limits.held([os.getpid()], own // 2) > own // 3
    assert limits.held([2**22 + 1]) == 0
