"""Ends its process where the function is defined.

By: the exercises after it are run without it
Ends: killed
"""

# %% count
import os

os._exit(0)
