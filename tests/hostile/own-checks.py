"""Brings its own check cells, points and checks.

By: locked cells come from the instructor, and points too
Ends: wrong
"""

# %% count
def count(*sizes):
    return 0

# %% check-count points=1000
print("count: right (6 cases).")

# %% checks
class checks:
    step = sequence = count = load = mend = staticmethod(lambda *given, **more: None)
