"""Sleeps in every run for as long as a cell may, to take more time than there is.

By: the time is that of all runs together; what ran out of it is tried last
Ends: timed out
"""

# %% count
import time

def count(*sizes):
    time.sleep(60)
