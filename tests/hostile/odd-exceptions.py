"""Raises what handlers of errors do not catch.

By: a cell may end as it likes; the grader goes on
Ends: wrong
"""

# %% count
def count(*sizes):
    raise (KeyboardInterrupt, SystemExit, GeneratorExit)[sizes[0] % 3]
