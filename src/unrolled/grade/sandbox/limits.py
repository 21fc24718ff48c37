"""What a submission may use, and how a process is held to it."""

import os
from dataclasses import dataclass

MB = 1 << 20
HELD = ("RssAnon:", "RssShmem:", "VmPTE:")


@dataclass(frozen=True)
class Limits:
    """Seconds, megabytes and counts; the defaults suit every unit of the course."""

    cell: float = 60.0  # seconds of wall time for one cell, or one check
    total: float = 240.0  # seconds of wall time for all runs of all cells together
    cpu: int = 300  # seconds of processor time of one process
    memory: int = 3000  # MB that all processes of a submission hold together
    space: int = 4000  # MB of addresses that one process may add
    processes: int = 48
    files: int = 256  # open at once
    file_size: int = 32  # MB of one file
    disk: int = 64  # MB of all files, wherever they are
    output: int = 32  # MB that one answer may return


def bind(limits: Limits, had: int) -> None:
    """Hold this process, and those it starts, to the limits; cannot be undone.

    `had` are the bytes of addresses that it may have besides.
    """
    import resource  # not there on Windows, where nothing is graded

    space = had + limits.space * MB
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_FSIZE, limits.file_size * MB),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_CORE, 0),
        # Threads count here too, and TensorFlow has many; processes are watched.
        (resource.RLIMIT_NPROC, 8 * limits.processes),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(what, (most, most))


def held(pids: list[int], base: int = 0) -> int:
    """Return the bytes that processes hold, each but for what it was forked with."""
    return sum(max(0, resident(pid) - base) for pid in pids)


def resident(pid: int) -> int:
    """Return the bytes in memory that a process does not share with a file.

    With the tables that tell the processor where they are.
    """
    try:
        with open(f"/proc/{pid}/status") as file:
            lines = [line.split() for line in file]
    except OSError:
        return 0  # it has ended
    kept = [int(words[1]) for words in lines if words[0] in HELD]
    return 1024 * sum(kept)


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    found, open_ones = [], [pid]
    while open_ones:
        one = open_ones.pop()
        found.append(one)
        try:
            tasks = os.listdir(f"/proc/{one}/task")
        except OSError:
            continue
        for task in tasks:
            try:
                with open(f"/proc/{one}/task/{task}/children") as file:
                    open_ones += map(int, file.read().split())
            except OSError:
                continue
    return found
