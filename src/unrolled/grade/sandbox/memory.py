"""How much memory a submission holds: its processes, and the kernel for them."""

from unrolled.grade.sandbox.cgroup import Group
from unrolled.grade.sandbox.limits import MB, held, resident

MARGIN = 256 * MB  # above the limit the kernel acts, if the grader was too slow


def most_of_socket() -> int:
    """Return the bytes that one socket may hold, as this machine is set."""
    sizes = []
    for name in ("wmem_max", "wmem_default"):
        try:
            with open(f"/proc/sys/net/core/{name}") as file:
                sizes.append(int(file.read()))
        except OSError:  # not shown in here; what Linux is delivered with
            sizes.append(212_992)
    return max(2 * sizes[0], sizes[1])  # the kernel doubles what a process asks for


SOCKET = most_of_socket()


class Memory:
    """Counts what a submission holds beyond what it was forked with."""

    def __init__(self, pids: list[int], group: Group | None, most: int):
        """Begin; nothing of the submission has run. `most` is the limit in bytes."""
        self.group = group
        if group:
            self.base = group.used()
            group.limit(self.base + most + MARGIN)
        else:
            self.base = resident(pids[0]) if pids else 0

    def used(self, pids: list[int]) -> int:
        """Return the bytes that it holds now, in these processes."""
        if self.group:
            return self.group.used() - self.base
        return held(pids, self.base) + SOCKET * sockets(pids)


def sockets(pids: list[int]) -> int:
    """Return how many sockets there are in the network of some processes.

    Those too that lie in the queue of another one, where no process holds them.
    """
    for pid in pids:
        try:
            with open(f"/proc/{pid}/net/unix") as file:
                return sum(1 for _ in file) - 1  # the first line is a heading
        except OSError:
            continue  # it has ended
    return 0
