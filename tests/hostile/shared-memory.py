"""Fills memory that belongs to no process.

By: shared memory is a small disk of its own; other kinds are forbidden
Ends: wrong, killed, timed out
"""

# %% count
import ctypes, mmap, os

def count(*sizes):
    libc = ctypes.CDLL(None)
    kept = []
    for n in range(24):
        try:
            fd = os.memfd_create(f"m{n}")
            os.write(fd, b"x" * 8_000_000)
            kept.append(fd)
        except OSError:
            pass
        libc.shmget(0, 50_000_000, 0o1600)
        kept.append(mmap.mmap(-1, 50_000_000))
        kept[-1].write(b"x" * 50_000_000)
    return len(kept)
