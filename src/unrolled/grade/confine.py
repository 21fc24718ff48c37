"""Shuts the door behind a process of the fork server: its own namespaces, no way up.

The fork server runs in bubblewrap: no network, a read-only disk, nothing of the course
that is secret. Submissions that are forked from it must not meet each other either. So
each gets its own processes, mounts and memory segments, an own empty /tmp, no
privilege, and a filter of system calls that it has no use for.
"""

import ctypes
import os
import platform
import struct

from unrolled.grade.limits import Limits, bind

NEW = 0x10000000 | 0x20000000 | 0x00020000 | 0x08000000 | 0x40000000
#     user         pid          mount        ipc          network
NOSUID_NODEV = 2 | 4
SET_DUMPABLE, SET_PDEATHSIG, SET_NO_NEW_PRIVS, SET_SECCOMP, CAP_DROP = 4, 1, 38, 22, 24
SIGKILL = 9
# Numbers of system calls on (x86-64, ARM64). None means that it does not exist there.
DENIED = {
    "ptrace": (101, 117),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "setns": (308, 268),
    "unshare": (272, 97),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "swapon": (167, 224),
    "quotactl": (179, 60),
    "personality": (135, 92),
}
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def alone(limits: Limits, nested: bool) -> None:
    """Go on in a child that is alone; the caller only waits for it, and exits.

    Not nested (no namespaces): the limits alone hold. Raises OSError when a door
    cannot be shut; then nothing of the submission has run.
    """
    libc = ctypes.CDLL(None, use_errno=True)
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
    bind(limits)
    _filter(libc)


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
    size = f"size={limits.disk}m,nr_inodes=4096,mode=0700".encode()
    for place in (b"/tmp", b"/dev/shm"):
        if os.path.isdir(place):
            _call(libc.mount, b"tmpfs", place, b"tmpfs", NOSUID_NODEV, size)
    # A /proc of its own, where the kernel lets us; else the fork server's, which
    # shows its processes and lets nobody touch them.
    libc.mount(b"proc", b"/proc", b"proc", NOSUID_NODEV | 8, None)
    os.makedirs("/tmp/home", exist_ok=True)
    os.chdir("/tmp")


def _drop(libc) -> None:
    """Give up every privilege in the new namespaces, for good."""
    for number in range(64):
        libc.prctl(CAP_DROP, number, 0, 0, 0)
    header = struct.pack("=II", 0x20080522, 0)
    _call(libc.capset, header, bytes(24))


def _filter(libc) -> None:
    """Answer system calls that no exercise needs with "not permitted"."""
    if platform.machine() not in MACHINES:
        return
    column, architecture = MACHINES[platform.machine()]
    numbers = sorted({n[column] for n in DENIED.values()})
    load, equal, at_least, has, give = 0x20, 0x15, 0x35, 0x45, 0x06
    deny, unknown, allow, kill = 0x00050001, 0x00050026, 0x7FFF0000, 0x80000000
    code = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, kill)]
    code += [(load, 0, 0, 0)]
    if column == 0:  # the x32 numbers would go round the list
        code += [(at_least, 0, 1, 0x40000000), (give, 0, 0, deny)]
    # clone3 hides its flags, so it is "unknown", and libc takes clone. clone may not
    # make user namespaces, in which a process has privileges again.
    code += [(equal, 0, 1, 435), (give, 0, 0, unknown)]
    code += [(equal, 0, 4, (56, 220)[column]), (load, 0, 0, 16)]
    code += [(has, 0, 1, 0x10000000), (give, 0, 0, deny), (give, 0, 0, allow)]
    for i, number in enumerate(numbers):
        code.append((equal, len(numbers) - i, 0, number))
    code += [(give, 0, 0, allow), (give, 0, 0, deny)]
    raw = b"".join(struct.pack("=HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(raw, len(raw))
    program = struct.pack("=HxxxxxxQ", len(code), ctypes.addressof(buffer))
    program = ctypes.create_string_buffer(program, len(program))
    _call(libc.prctl, SET_SECCOMP, 2, ctypes.byref(program), 0, 0)
