"""Fills /tmp and /dev/shm at the same time, each as if it were the only one.

By: both lie on one small disk in memory
Ends: wrong
"""

# %% count
import os

def count(*sizes):
    written = 0
    for place in ("/tmp", "/dev/shm"):
        for i in range(8):
            try:
                with open(f"{place}/{i}", "wb", 0) as file:
                    while True:
                        written += file.write(b"x" * (1 << 16))
            except OSError:
                pass
    if written > 9 << 20:  # the bank gives it 8 MB
        raise ValueError(f"gained {written} bytes")
    return -written
