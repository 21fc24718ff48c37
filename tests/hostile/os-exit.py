"""Ends its process, with success as exit status.

By: an exit status says nothing; only arrays count
Ends: killed
"""

# %% count
import os

def count(*sizes):
    os._exit(0)
