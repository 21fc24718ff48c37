"""Returns a whole number of a million digits.

By: outputs are limited in size
Ends: wrong
"""

# %% count
def count(*sizes):
    return 1 << 4_000_000
