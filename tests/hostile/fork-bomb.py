"""Forks for ever.

By: processes are limited, watched, and end with their namespace
Ends: killed, wrong, timed out
"""

# %% count
import os

def count(*sizes):
    while True:
        os.fork()
