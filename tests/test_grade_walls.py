"""The walls around a submission: users, system calls, memory, packages, time."""

import json
import os
import re
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest

import grade_bank
from grade_bank import COURSE, SMALL, assignment, notebook
from unrolled import threads
from unrolled.grade.classes import classroom
from unrolled.grade.marking import grader
from unrolled.grade.sandbox import cgroup, fork_server, limits, memory, syscalls, users
from unrolled.grade.sandbox.session import Clock, Ended, Session
from unrolled.source.layout import TRACKS

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="graded on Linux only"
)
isolated = pytest.mark.skipif(
    fork_server.level() != "bubblewrap", reason="bubblewrap does not work here"
)
HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.fixture(scope="module")
def server():
    made = fork_server.ForkServer("pytorch", "bubblewrap")
    yield made
    made.close()


def status(pid, name):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))


@isolated
def test_nothing_in_the_sandbox_is_root_outside(server):
    """The kernel asks who somebody is outside, not inside."""
    with Session(server, SMALL, Clock(SMALL)) as session:
        session.run("cell", "x = 1")
        own = limits.family(server.process.pid)[1:]  # without bubblewrap itself
        assert len(own) >= 3
        for pid in own:
            assert "0" not in status(pid, "Uid") + status(pid, "Gid")
            assert status(pid, "Groups") in ([], ["0"]) or os.geteuid()
            assert int(status(pid, "CapEff")[0], 16) == 0 or pid != own[-1]


@isolated
@pytest.mark.parametrize("track", TRACKS)
def test_the_fork_server_has_one_thread(track):
    """A fork copies one thread; what others held would be held for ever."""
    made = fork_server.ForkServer(track, "bubblewrap")
    try:
        assert status(limits.family(made.process.pid)[1], "Threads") == ["1"]
    finally:
        made.close()


def test_a_worker_that_forks_has_one_thread(monkeypatch):
    """A fork beside threads may hang; from 3.12 on Python warns of it."""
    for name in threads.fixed(1):
        monkeypatch.delenv(name, raising=False)
    with classroom._pool(1) as pool:
        assert len(pool.submit(os.listdir, "/proc/self/task").result()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="for a grader that is root")
def test_root_without_a_second_user_is_not_isolated():
    fork_server.level.cache_clear()
    try:
        with patch.object(users, "NOBODY", -1):  # a user whom no machine can map
            with pytest.raises(users.RootStaysRoot):
                users.namespace()
            assert fork_server.level() == "limits"
            with pytest.raises(fork_server.CannotStart):
                fork_server.ForkServer("pytorch", "bubblewrap")
    finally:
        fork_server.level.cache_clear()


@pytest.mark.parametrize("column", HEADERS)
def test_system_calls_have_the_numbers_of_the_kernel(column):
    if not HEADERS[column].is_file():
        pytest.skip("no headers of the kernel here")
    found = re.findall(
        r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[column].read_text(), re.M
    )
    known = {name: int(number) for name, number in found}
    ours = {name: numbers[column] for name, numbers in syscalls.DENIED.items()}
    ours |= syscalls.NEW | {"clone": syscalls.CLONE[column]}
    ours |= {"socket": syscalls.SOCKET[column], "socketpair": syscalls.PAIR[column]}
    ours |= {"prctl": syscalls.PRCTL[column]}
    for name, number in ours.items():
        # Headers may be older than a call; then it is not in them.
        assert number == known.get(name, number if name in syscalls.NEW else None)
    old = [n for n in known.values() if n < 400]  # from there to 423: 32 bits
    assert max(old) + 1 == syscalls.FIRST_NEW[column]


def judged(code, number, *arguments, architecture):
    """Return what a filter says of a call: a small machine of its kind."""
    data = {
        0: number,
        4: architecture,
        **{16 + 8 * i: a for i, a in enumerate(arguments)},
    }
    at, value = 0, 0
    while True:
        what, yes, no, operand = code[at]
        at += 1
        if what == syscalls.LOAD:
            value = data.get(operand, 0)
        elif what == syscalls.AND:
            value &= operand
        elif what == syscalls.GIVE:
            return operand
        else:
            holds = {
                syscalls.EQUAL: value == operand,
                syscalls.AT_LEAST: value >= operand,
                syscalls.HAS: bool(value & operand),
            }[what]
            at += yes if holds else no


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_the_filter_lets_through_what_a_framework_needs(machine):
    column, architecture = syscalls.MACHINES[machine]
    code = syscalls.program(machine)

    def says(number, *arguments, architecture=architecture):
        return judged(code, number, *arguments, architecture=architecture)

    assert says(0, architecture=0x40000003) == syscalls.KILL  # i386
    calls = {"read": (0, 63), "mmap": (9, 222), "futex": (202, 98), "exit": (60, 93)}
    for numbers in calls.values():
        assert says(numbers[column]) == syscalls.ALLOW
    thread, user = 0x003D0F00, 0x10000000 | 17  # flags of a thread; of a new user space
    assert says(syscalls.CLONE[column], thread) == syscalls.ALLOW
    assert says(syscalls.CLONE[column], user) == syscalls.DENY
    assert says(435, 0) == syscalls.UNKNOWN and says(9999) == syscalls.UNKNOWN
    assert says(436, 3, 9) == syscalls.ALLOW
    for call in (syscalls.SOCKET, syscalls.PAIR):
        assert says(call[column], 1, 1 | 0o2000000) == syscalls.ALLOW  # close on exec
        for family, kind in ((1, 2), (1, 5), (2, 1), (16, 3), (40, 1)):
            assert says(call[column], family, kind) == syscalls.NO_FAMILY
    for name, option in (("name", 15), ("died", 1)):
        assert says(syscalls.PRCTL[column], option) == syscalls.ALLOW, name
    assert says(syscalls.PRCTL[column], 22) == syscalls.DENY
    for numbers in syscalls.DENIED.values():
        if numbers[column] is not None:
            assert says(numbers[column]) == syscalls.DENY
    if machine == "x86_64":
        assert says(0x40000000 + 101) == syscalls.DENY


FILL = grade_bank.read(grade_bank.BANK / "socket-buffers.py").cells[0][2]


@isolated
@pytest.mark.parametrize("grouped", [True, False])
def test_memory_of_the_kernel_is_counted(grouped, tmp_path):
    """With a control group the kernel counts; without, every socket counts."""
    with patch.object(cgroup, "make", cgroup.make if grouped else lambda: None):
        server = fork_server.ForkServer("pytorch", "bubblewrap")
    if grouped and server.group is None:
        server.close()
        pytest.skip("this machine lets nobody make a control group here")
    try:
        small = limits.Limits(memory=200, cell=60)
        with Session(server, small, Clock(small)) as session:
            assert session.memory.used(server.members()) < 100 << 20
            with pytest.raises(Ended, match="more than 200 MB") as ended:
                session.run("cell", f"{FILL}\ncount()")
        assert ended.value.word == "killed"
    finally:
        server.close()
    assert server.group is None or not server.group.folder.exists()


def test_groups_of_graders_that_were_killed_are_removed(tmp_path, monkeypatch):
    for pid in (os.getpid(), 2**22 + 1):
        (tmp_path / f"unrolled-{pid}-0").mkdir()
    monkeypatch.setattr(cgroup, "_places", lambda: iter([tmp_path]))
    assert cgroup.make() is None  # a folder on a disk counts nothing
    assert [p.name for p in tmp_path.iterdir()] == [f"unrolled-{os.getpid()}-0"]


def test_a_group_of_either_version_is_read(tmp_path):
    """Numbers of a real machine's files, in their real form."""
    (tmp_path / "memory.stat").write_text("anon 500\nfile 300\nshmem 100\nkernel 60\n")
    (tmp_path / "memory.current").write_text("860\n")
    assert cgroup.Group(tmp_path).used() == 660
    (tmp_path / "memory.current").unlink()
    (tmp_path / "memory.stat").write_text("cache 1\ntotal_cache 300\ntotal_shmem 100\n")
    (tmp_path / "memory.usage_in_bytes").write_text("860\n")
    assert cgroup.Group(tmp_path).used() == 660


def test_a_socket_counts_with_what_the_kernel_allows_it():
    for line, name in ((2, "wmem_max"), (1, "wmem_default")):
        path = Path(f"/proc/sys/net/core/{name}")
        if path.is_file():
            assert line * int(path.read_text()) <= memory.SOCKET


@isolated
def test_all_runs_together_have_one_time(tmp_path):
    """Each of five exercises would take a second in each of its two runs."""
    nb = grade_bank.solved()
    for cell in nb["cells"]:
        if cell["id"] in ("step", "sequence", "count", "load", "mend"):
            cell["source"] = f"import time\ntime.sleep(9)\n{cell['source']}"
    few = limits.Limits(cell=2, total=5)
    servers = fork_server.Servers("bubblewrap")
    servers.get("pytorch")  # to import the framework takes no submission's time
    one = grader.Grader(COURSE, assignment(), servers, few)
    spent = []

    class Timed(Session):
        def _end(self, wait=0.0):
            if self.open:
                spent.append(time.monotonic() - self.began)
            return super()._end(wait)

    try:
        with patch.object(grader, "Session", Timed):
            result = one.grade("slow", json.dumps(nb).encode())
    finally:
        servers.close()
    assert sum(spent) < few.total + 2 and len(spent) > 3
    assert result.points == 0
    assert "All cells together took more than 5 seconds" in result.exercises[-1].says


@isolated
def test_what_ran_out_of_time_leaves_time_to_the_others():
    slow = "import time\ndef count(*sizes):\n    time.sleep(60)"
    hostile = grade_bank.Hostile("x", "", "", (), (("count", "", slow),))
    servers = fork_server.Servers("bubblewrap")
    few = limits.Limits(cell=20, total=45)
    try:
        result = grader.Grader(COURSE, assignment(), servers, few).grade(
            "slow", notebook(hostile, {})
        )
    finally:
        servers.close()
    earned = {v.name: v.points for v in result.exercises}
    assert earned == {**grade_bank.HONEST, "count": 0}


@pytest.mark.parametrize(
    "place",
    [
        "lib/python3.11/site-packages",
        "lib/python3/dist-packages",
        "local/lib/python3.12/dist-packages",
        "lib64/python3.13/site-packages",
        "envs/other/lib/python3.12/site-packages",
        "versions/3.12.1/lib/python3.12/site-packages",
    ],
)
def test_lessons_are_hidden_in_every_python(place, tmp_path, monkeypatch):
    """Of the system too: Debian's pip, or a container's, puts packages there."""
    packages = tmp_path / place
    lessons = packages / "unrolled" / "lessons"
    lessons.mkdir(parents=True)
    shown = [*fork_server._python(), str(tmp_path)]
    monkeypatch.setattr(fork_server, "_python", lambda: shown)
    assert str(lessons) in fork_server._secret()
    assert str(lessons) in fork_server._walls()


def test_lessons_of_the_systems_own_python_are_looked_for():
    """Whatever Python runs the grader, all of /usr is shown."""
    found = fork_server._copies()
    for top in ("/usr/lib", "/usr/local/lib"):
        for packages in Path(top).glob("python*/*-packages"):
            assert str(packages.resolve() / "unrolled" / "lessons") in found
