"""Leaves a process behind that has cut itself loose.

By: its namespace ends, and everything in it
Ends: wrong
"""

# %% count
import os, time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.1)
    os._exit(0)

def count(*sizes):
    return 0
