"""A control group for a fork server: in it the kernel counts all that is held.

That is the memory of processes and what the kernel holds for them, the buffers of
sockets say. Version 1 or 2, where this machine lets the grader make a group; to root it
mostly does.
"""

import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

TOP = Path("/sys/fs/cgroup")
ENTER = ("/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"')
_numbers = itertools.count()


class Group:
    """A group that counts memory."""

    def __init__(self, folder: Path):
        """Take a folder that was made among the control groups."""
        self.folder, self.old = folder, not (folder / "memory.current").exists()

    def entering(self) -> list[str]:
        """Return the start of a command line whose process shall be in the group."""
        return [*ENTER, str(self.folder / "cgroup.procs")]

    def used(self) -> int:
        """Return the bytes that are held, but for copies of what lies on a disk."""
        lines = self._read("memory.stat").splitlines()
        stat = {name: int(n) for name, n in map(str.split, lines)}
        if self.old:
            files = stat["total_cache"] - stat["total_shmem"]
            return int(self._read("memory.usage_in_bytes")) - files
        return int(self._read("memory.current")) - stat["file"] + stat["shmem"]

    def limit(self, most: int) -> None:
        """Let the kernel end a process when more bytes than these are held."""
        name = "memory.limit_in_bytes" if self.old else "memory.max"
        (self.folder / name).write_text(str(most))

    def close(self) -> None:
        """Remove the group, as soon as its processes are gone."""
        for _ in range(200):
            try:
                return self.folder.rmdir()
            except OSError:
                time.sleep(0.01)

    def counts(self) -> bool:
        """Whether it counts memory, and takes a process."""
        try:
            self.used()
            trial = [*self.entering(), "/bin/true"]
            return subprocess.run(trial, capture_output=True).returncode == 0
        except (OSError, KeyError, ValueError):
            return False

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text()


def make() -> Group | None:
    """Return a new group, or None where none can be made."""
    for place in _places():
        _sweep(place)
        folder = place / f"unrolled-{os.getpid()}-{next(_numbers)}"
        try:
            folder.mkdir()
        except OSError:
            continue
        group = Group(folder)
        if group.counts():
            return group
        group.close()
    return None


def _places() -> Iterator[Path]:
    """Yield where a group may perhaps be made: here, or in what this lies in."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        for top in (TOP / "memory",) if controllers else (TOP, TOP / "unified"):
            here = top / path.strip("/")
            yield from (p for p in (here, *here.parents) if p.is_relative_to(top))


def _sweep(place: Path) -> None:
    """Remove the empty groups of graders that were killed."""
    for old in place.glob("unrolled-*-*"):
        if not Path("/proc", old.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                old.rmdir()
