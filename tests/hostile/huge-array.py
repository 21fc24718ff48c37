"""Returns an array of eight gigabytes, which costs nothing to make.

By: outputs are limited in size
Ends: wrong, refused, killed
"""

# %% count
import numpy as np

def count(*sizes):
    return np.broadcast_to(np.float64(0), (1000, 1000, 1000))
