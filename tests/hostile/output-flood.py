"""Prints for ever.

By: what is printed goes nowhere; the time is limited
Ends: timed out
"""

# %% count
def count(*sizes):
    while True:
        print("x" * 100_000)
