"""Forks for ever.

By: processes are limited, watched, and end with their namespace
Ends: killed, wrong
"""

# %% count
import os

def count(*sizes):
    while True:
        os.fork()
