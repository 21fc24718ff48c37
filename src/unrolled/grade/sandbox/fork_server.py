"""Starts a fork server in bubblewrap where that works, and says what holds.

In bubblewrap it sees Python, its packages and the helper package, read-only: not the
course's lessons and solutions, not the submissions, no home, no network.
"""

import contextlib
import functools
import os
import shutil
import site
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import unrolled
from unrolled import threads
from unrolled.grade.sandbox import cgroup, users, wire
from unrolled.grade.sandbox.inside import receive, send
from unrolled.grade.sandbox.limits import Limits, family

PACKAGE = Path(unrolled.__file__).resolve().parent
START = 300.0  # seconds that a framework may take to import on a busy machine
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache")
SYSTEM += ("/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives")
HOME = "/grader"  # where the helper package is inside
# Where packages lie: of any Python of the system, of environments of conda and pyenv.
PACKAGES = ("", "local/", "envs/*/", "pkgs/*/", "versions/*/")
PACKAGES = tuple(f"{above}lib*/*/*-packages" for above in PACKAGES)


class CannotStart(Exception):
    """Why no sandbox could be started, in a sentence."""


def environment() -> dict[str, str]:
    """Return the whole environment of a fork server: nothing of the grader's own."""
    return threads.fixed(1) | {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONPATH": HOME,
        "MPLBACKEND": "Agg",
        "UNROLLED_OFFLINE": "1",
        "UNROLLED_STATIC": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


@functools.cache
def level() -> str:
    """Return "bubblewrap" where it works on this machine, else "limits"."""
    if shutil.which("bwrap") is None:
        return "limits"
    trial = [sys.executable, "-c", "print(1)"]
    try:
        with _bubblewrap(trial) as (command, passed):
            ran = subprocess.run(
                command, capture_output=True, timeout=60, env={}, pass_fds=passed
            )
    except (OSError, subprocess.TimeoutExpired, users.RootStaysRoot):
        return "limits"
    return "bubblewrap" if ran.stdout == b"1\n" else "limits"


@contextlib.contextmanager
def _bubblewrap(command: list[str]) -> Iterator[tuple[list[str], tuple[int, ...]]]:
    """Give the command that runs another one in bubblewrap, and what it must inherit.

    Raises RootStaysRoot.
    """
    program = shutil.which("bwrap")
    if not users.needed():
        outside = ["--unshare-user", "--uid", "1000", "--gid", "1000"]
        yield [program, *outside, *_walls(), "--", *command], ()
        return
    space = users.namespace()
    try:
        outside = ["--userns", str(space)]
        outside += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        yield [program, *_walls(), *outside, "--", *command], (space,)
    finally:
        os.close(space)


WARNING = """\
************************************************************************
*  NOT ISOLATED. bubblewrap does not work on this machine, so only      *
*  limits on time, memory and files hold. A submission can read the     *
*  checks, and read and change all that you can. Grade only people whom *
*  you trust, or install bubblewrap (docs/grading.md says how).         *
************************************************************************"""


def _walls() -> list[str]:
    """Return bubblewrap's arguments: what is there, and nothing besides."""
    made = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    made += ["--unshare-cgroup-try", "--cap-drop", "ALL", "--hostname", "sandbox"]
    made += ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
    for name, value in environment().items():
        made += ["--setenv", name, value]
    # Without these bubblewrap makes what lies above a folder for its own user alone.
    above = {str(up) for path in (*SYSTEM, *_python()) for up in Path(path).parents}
    for path in sorted(above - {"/", "/usr"}):
        made += ["--dir", path]
    for path in SYSTEM:
        if os.path.islink(path):
            made += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            made += ["--ro-bind", path, path]
    made += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    # After these folders: Python may lie inside one of them.
    for path in _python():
        made += ["--ro-bind", path, path]
    made += ["--dir", HOME, "--ro-bind", str(PACKAGE), f"{HOME}/unrolled"]
    for path in _secret():
        made += ["--tmpfs", path]
    for path in _known_texts():
        made += ["--ro-bind", "/dev/null", path]
    return [*made, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/tmp"]


def _python() -> list[str]:
    """Return the folders that this Python and its packages live in."""
    paths = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib")}
    paths |= {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    paths |= {str(Path(sys.executable).resolve().parents[1])}
    kept = sorted(p for p in paths if p and not p.startswith("/usr/"))
    return [p for p in kept if p not in ("/", "/usr") and os.path.isdir(p)]


def _secret() -> list[str]:
    """Return the folders of lessons that the sandbox would show, and may not."""
    inside = [f"{HOME}/unrolled/lessons"] if (PACKAGE / "lessons").is_dir() else []
    return inside + [path for path in _copies() if os.path.isdir(path)]


def _copies() -> list[str]:
    """Return where any Python that is shown would keep an installed course."""
    return _lessons(tuple(_python()))


@functools.cache  # a folder for packages does not come and go; what is in it may
def _lessons(python: tuple[str, ...]) -> list[str]:
    places = {*python, *sys.path, *site.getsitepackages(), site.getusersitepackages()}
    for top in ("/usr", *python):
        for pattern in PACKAGES:
            places |= {str(path) for path in Path(top).glob(pattern)}
    found = {Path(p, "unrolled", "lessons").resolve() for p in places if p}
    shown = [Path(p).resolve() for p in ("/usr", *python)]
    return sorted(str(f) for f in found if any(map(f.is_relative_to, shown)))


def _known_texts() -> list[str]:
    """Return files from which a model could look up what it shall predict."""
    topics = Path(sysconfig.get_path("stdlib"), "pydoc_data", "topics.py")
    return [str(topics)] if topics.is_file() else []


class ForkServer:
    """A fork server for one track, and the line to it."""

    def __init__(self, track: str, isolation: str):
        """Start it; `isolation` is "bubblewrap" or "limits". Raises CannotStart."""
        self.nested = isolation == "bubblewrap"
        self.line, theirs = socket.socketpair()
        ours = str(theirs.fileno())
        command = [
            sys.executable,
            "-s",
            "-m",
            "unrolled.grade.sandbox.zygote",
            track,
            ours,
        ]
        env = environment()
        if self.nested and level() != "bubblewrap":
            raise CannotStart("bubblewrap does not work on this machine.")
        if self.nested and sys.prefix.startswith(("/tmp/", "/dev/shm/")):
            raise CannotStart(
                f"Python lies in {sys.prefix}, and every submission gets an empty "
                "/tmp. Make the environment in another folder."
            )
        if self.nested:
            start = _bubblewrap([*command, *(["step-down"] if users.needed() else [])])
        else:
            env["PYTHONPATH"] = str(PACKAGE.parent)
            start = contextlib.nullcontext((command, ()))
        self.group = cgroup.make()
        entering = self.group.entering() if self.group else []
        with start as (command, passed):
            self.process = subprocess.Popen(
                [*entering, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=env,
                cwd="/",
                pass_fds=(theirs.fileno(), *passed),
                start_new_session=True,
            )
        theirs.close()
        self.line.settimeout(START)
        try:
            self._read()
        except (EOFError, OSError, wire.WireError):
            self.close()
            said = self.process.stderr.read().decode(errors="replace")[-800:]
            raise CannotStart(
                f"The sandbox for {track} did not start. Is the framework installed? "
                f"It said: {said.strip() or 'nothing'}"
            ) from None
        self.line.settimeout(60)

    def fork(self, limits: Limits) -> tuple[int, socket.socket]:
        """Return the process of a new submission, and the line to it."""
        ours, theirs = socket.socketpair()
        asked = {"do": "fork", "limits": asdict(limits), "nested": self.nested}
        send(self.line, wire.pack(asked, strict=True))
        socket.send_fds(self.line, [b"x"], [theirs.fileno()])
        theirs.close()
        return self._read()["pid"], ours

    def end(self, pid: int, wait: float = 0.0) -> int | None:
        """End a process and all below it; return how it had ended by itself, if so."""
        send(self.line, wire.pack({"do": "end", "pid": pid, "wait": wait}))
        told = self._read()
        if not told["clean"]:  # something would not die: end it all
            self.close()
        return told["status"]

    def sees(self, paths: list[str]) -> list[str]:
        """Return which of some files a submission would see."""
        send(self.line, wire.pack({"do": "look", "paths": paths}))
        return self._read()["seen"]

    def members(self) -> list[int]:
        """Return the processes of the submission that runs now."""
        found = family(self.process.pid)
        return found[2:] if self.nested else found[1:]

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it, and with it whatever still runs in it."""
        self.line.close()
        self.process.kill()
        self.process.wait()
        if self.group:
            self.group.close()

    def _read(self) -> dict:
        return wire.unpack(receive(self.line), trusted=False)


class Servers:
    """One fork server for each track, started when it is first needed."""

    def __init__(self, isolation: str, secret: tuple[str, ...] = ()):
        """Start nothing yet. `secret` are paths that no submission may see."""
        self.isolation, self.secret = isolation, secret
        self._running: dict[str, ForkServer] = {}

    def get(self, track: str) -> ForkServer:
        """Return a track's fork server; raises CannotStart."""
        server = self._running.get(track)
        # Asked again each time: a copy of the course may have been installed meanwhile
        # into a folder that the sandbox shows. Started anew, it hides that too.
        if server is None or not server.alive or self._shown(server):
            if server:
                server.close()
            server = self._running[track] = ForkServer(track, self.isolation)
            if seen := self._shown(server):
                self.close()
                raise CannotStart(
                    f"The sandbox would show {', '.join(seen)} to a submission: that "
                    "lies in a folder that Python needs. Move it elsewhere."
                )
        return server

    def _shown(self, server: ForkServer) -> list[str]:
        if not server.nested:
            return []
        return server.sees([*self.secret, *_copies(), f"{HOME}/unrolled/lessons"])

    def close(self) -> None:
        """End all of them."""
        for server in self._running.values():
            server.close()
        self._running.clear()
