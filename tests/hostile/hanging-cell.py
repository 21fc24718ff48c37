"""Hangs already where the function is defined.

By: wall time of a cell is limited; the exercises after it are run without it
Ends: timed out
"""

# %% count
import time

time.sleep(600)
