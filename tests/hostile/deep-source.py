"""A cell of ten thousand brackets.

By: code is compiled in the sandbox, and taken apart in a limited process
Ends: wrong
"""

# %% count
def count(*sizes):
    return ((((0))))

{brackets}
