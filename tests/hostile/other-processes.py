"""Reads and writes the memory of other processes.

By: other processes are not visible; tracing is forbidden
Ends: wrong
"""

# %% count
import ctypes, glob, os

def count(*sizes):
    libc, done = ctypes.CDLL(None), 0
    for path in glob.glob("/proc/[0-9]*"):
        pid = int(path.split("/")[2])
        if pid == os.getpid():
            continue
        done += libc.ptrace(16, pid, 0, 0) == 0
        try:
            with open(f"{path}/mem", "r+b"):
                done += 1
        except OSError:
            pass
    return -1 - done
