"""Returns nan and infinity, which compare oddly.

By: values must be finite where the reference is
Ends: wrong
"""

# %% count
def count(*sizes):
    count.n = getattr(count, "n", 0) + 1
    return float("nan") if count.n % 2 else float("inf")
