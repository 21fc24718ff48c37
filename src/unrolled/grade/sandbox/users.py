"""A user namespace in which root's grader can be somebody else.

bubblewrap alone gives the user another number inside; to the kernel root stays root.
Here a second user is mapped, who is nobody outside too.
"""

import os
import subprocess
import sys

from unrolled.grade.sandbox.confine import INSIDE

NOBODY = 65534  # a user without files, whom every machine and most containers know
HOLD = """
import ctypes, sys
print(ctypes.CDLL(None).unshare(0x10000000), flush=True)
sys.stdin.read()
"""


class RootStaysRoot(Exception):
    """A sandbox of root's would be root's own, and may not be used."""


def needed() -> bool:
    """Whether the grader is root: of the machine, not of a namespace of one user."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/uid_map") as file:
        _, outside, count = map(int, file.readline().split())
    return not (count == 1 and outside != 0)


def namespace() -> int:
    """Return an open namespace with two users, 0 and INSIDE; raises RootStaysRoot."""
    python = [sys.executable, "-I", "-S", "-c", HOLD]
    pipe = subprocess.PIPE
    with subprocess.Popen(python, stdin=pipe, stdout=pipe) as holder:
        try:
            if holder.stdout.readline() != b"0\n":
                raise OSError("unshare")
            for kind in ("uid_map", "gid_map"):
                with open(f"/proc/{holder.pid}/{kind}", "w") as file:
                    file.write(f"0 0 1\n{INSIDE} {NOBODY} 1\n")
            return os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            raise RootStaysRoot from None
        finally:
            holder.stdin.close()
