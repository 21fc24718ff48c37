"""Returns an object that is another array each time one looks.

By: it is asked once, in its own process; what it said then is judged
Ends: wrong
"""

# %% count
import numpy as np

class Liar:
    shape, dtype, ndim = (), np.dtype(float), 0

    def __init__(self):
        self.n = 0

    def __array__(self, *given, **more):
        self.n += 1
        return np.full((), self.n)

def count(*sizes):
    return Liar()
