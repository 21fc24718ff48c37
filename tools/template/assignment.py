# %% title [markdown]
# # A new unit: assignment
#
# One exercise. Fill the cell that says `YOUR CODE HERE`, run it, then run its check.

# %% imports
import numpy as np

from unrolled import check

# %% framework tags=["pytorch"]
import torch
from torch import nn

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras
import tensorflow as tf

# %% checks
checks = check.unit("00-template")
print("This track runs on:", ur.device())

# %% about-average [markdown]
# ## Exercise 1: the running average
#
# *Difficulty 1 of 5, 10 minutes, 2 points.*
#
# Return $h_t = a\,h_{t-1} + (1 - a)\,x_t$ for every step, from $h_0 = 0$. `x` has the
# shape `(batch, time)`, and so has the result. `keep` is $a$.


# %% average
def average(x, keep):
    ### BEGIN SOLUTION
    h, states = np.zeros(len(x), x.dtype), []
    for t in range(x.shape[1]):
        h = keep * h + (1 - keep) * x[:, t]
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


# %% check-average nbgrader={"grade": true, "points": 2}
checks.average(average)
