"""Never ends.

By: wall time of a check is limited
Ends: timed out
"""

# %% count
def count(*sizes):
    while True:
        pass
