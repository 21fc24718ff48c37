"""Calls itself without end, with no limit.

By: a crash ends its own process alone
Ends: killed, wrong
"""

# %% count
import sys

sys.setrecursionlimit(10**9)

def count(*sizes):
    return count(*sizes)
