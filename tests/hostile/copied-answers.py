"""Holds five copies of an exercise, one of them right-looking.

By: all copies are run in order, as a notebook would
Ends: wrong
"""

# %% count
def count(*sizes):
    return sum(sizes)

# %% count
count = lambda *sizes: 0

# %% count
count = "right"
