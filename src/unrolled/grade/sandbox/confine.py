"""Shuts the door behind a process of the fork server: its own namespaces, no way up.

The fork server runs in bubblewrap: no network, a read-only disk, nothing of the course
that is secret. Submissions that are forked from it must not meet each other either. So
each gets its own processes, mounts and memory segments, an own empty /tmp, an empty
/proc, no privilege, and a filter of system calls that it has no use for.
"""

import ctypes
import os
import struct
import sys

from unrolled.grade.child import addresses
from unrolled.grade.sandbox import syscalls
from unrolled.grade.sandbox.limits import Limits, bind

NEW = 0x10000000 | 0x20000000 | 0x00020000 | 0x08000000 | 0x40000000
#     user         pid          mount        ipc          network
READ_ONLY, NOSUID_NODEV, NOEXEC, REMOUNT, BIND = 1, 2 | 4, 8, 32, 4096
SET_DUMPABLE, SET_PDEATHSIG, SET_NO_NEW_PRIVS, CAP_DROP = 4, 1, 38, 24
SIGKILL = 9
INSIDE = 1000  # the user's number in there


def alone(limits: Limits, nested: bool) -> None:
    """Go on in a child that is alone; the caller only waits for it, and exits.

    Not nested (no namespaces): the limits alone hold. Raises OSError when a door
    cannot be shut; then nothing of the submission has run.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    had = addresses()  # while there is a /proc
    os.setsid()
    if nested:
        _unshare(libc)
        _become_child()  # the first process of the new namespace
        _call(libc.prctl, SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        _mounts(libc, limits)
        _call(libc.prctl, SET_DUMPABLE, 0, 0, 0, 0)
        _become_child()  # what runs the cells: as an init it could ignore signals
        _call(libc.prctl, SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        _drop(libc)
        _call(libc.prctl, SET_DUMPABLE, 1, 0, 0, 0)
    _call(libc.prctl, SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    bind(limits, had)
    syscalls.forbid(libc)


def step_down() -> None:
    """Become an ordinary user, where root has set up the sandbox and its users.

    Outside of the sandbox too this is another user than root.
    """
    os.chmod("/tmp", 0o1777)
    os.setgroups([])
    os.setresgid(INSIDE, INSIDE, INSIDE)
    os.setresuid(INSIDE, INSIDE, INSIDE)  # and with that every privilege is gone
    libc = ctypes.CDLL(None, use_errno=True)
    _call(libc.prctl, SET_DUMPABLE, 1, 0, 0, 0)


def _call(function, *arguments) -> None:
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _unshare(libc) -> None:
    user, group = os.getuid(), os.getgid()
    _call(libc.unshare, NEW)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def _become_child() -> None:
    """Fork; the parent waits, reaps what is left to it, and ends as the child did."""
    child = os.fork()
    if child == 0:
        return
    for fd in range(3, 64):  # the child alone may hold the line to the grader
        try:
            os.close(fd)
        except OSError:
            continue
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _mounts(libc, limits: Limits) -> None:
    # One disk for both places, so that they share its size.
    size = f"size={limits.disk}m,nr_inodes=4096,mode=0700".encode()
    _call(libc.mount, b"tmpfs", b"/tmp", b"tmpfs", NOSUID_NODEV, size)
    for part, place in (("shm", "/dev/shm"), ("tmp", "/tmp")):
        os.mkdir(f"/tmp/{part}", 0o700)
        if os.path.isdir(place):
            _call(libc.mount, f"/tmp/{part}".encode(), place.encode(), None, BIND, None)
    # It would tell about the machine, and lets root change it. Two entries stay, of no
    # use to anybody: TensorFlow ends a process that cannot read what program it is.
    flags = NOSUID_NODEV | NOEXEC
    _call(libc.mount, b"tmpfs", b"/proc", b"tmpfs", flags, b"size=4k,nr_inodes=8")
    os.mkdir("/proc/self")
    os.symlink(sys.executable, "/proc/self/exe")
    with open("/proc/self/cmdline", "wb") as file:
        file.write(b"python\0answers\0")
    _call(libc.mount, None, b"/proc", None, flags | REMOUNT | READ_ONLY, None)
    os.makedirs("/tmp/home", exist_ok=True)
    os.chdir("/tmp")


def _drop(libc) -> None:
    """Give up every privilege in the new namespaces, for good."""
    for number in range(64):
        libc.prctl(CAP_DROP, number, 0, 0, 0)
    header = struct.pack("=II", 0x20080522, 0)
    _call(libc.capset, header, bytes(24))
