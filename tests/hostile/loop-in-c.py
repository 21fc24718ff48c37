"""Never ends inside one call of C, where Python cannot interrupt.

By: the process is killed from outside
Ends: timed out
"""

# %% count
import re

def count(*sizes):
    return re.match("(a+)+$", "a" * 64 + "b")
