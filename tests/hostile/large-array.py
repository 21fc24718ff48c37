"""Returns more than may come back.

By: outputs are limited in size
Ends: refused, killed
"""

# %% count
import numpy as np

def count(*sizes):
    return np.random.default_rng(0).normal(size=2_000_000)
