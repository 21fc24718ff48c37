"""Takes memory in many processes.

By: memory of all processes together is watched
Ends: killed
"""

# %% count
import os, time

def count(*sizes):
    for _ in range(8):
        if os.fork() == 0:
            kept = bytearray(b"x" * 120_000_000)
            time.sleep(60)
    time.sleep(60)
