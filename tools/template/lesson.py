# %% title [markdown]
# # A new unit
#
# We compute a running average in NumPy and in a framework, and ask what it is good for.

# %% imports
import numpy as np

from unrolled import ledger, plot, quiz

UNIT = "00-template"

# %% framework tags=["pytorch"]
import torch

from unrolled.backends import pytorch as ur

# %% framework tags=["tensorflow"]
from unrolled.backends import tensorflow as ur  # first: it keeps the start-up quiet

import keras

# %% quiz-before
quiz.show(UNIT, "before")

# %% about-series [markdown]
# ## A noisy series
#
# A slow wave, and noise that is about as large.

# %% series
rng = np.random.default_rng(0)
time = np.arange(400)
wave = np.sin(time / 20)
x = (wave + rng.normal(0, 0.7, time.size))[None]  # (batch, time)
x.shape

# %% about-average [markdown]
# ## The average
#
# `keep` is the $a$ of the formula. The state `h` is all that
# one step hands to the next.

# %% average
keep = 0.8
h, states = np.zeros(len(x)), []
for t in range(x.shape[1]):
    h = keep * h + (1 - keep) * x[:, t]
    states.append(h)
average = np.stack(states, axis=1)  # (batch, time)
assert average.shape == x.shape

# %% about-framework [markdown]
# The same loop on the framework's tensors gives the same numbers.

# %% start tags=["pytorch"]
h = torch.zeros(len(x))

# %% start tags=["tensorflow"]
h = keras.ops.zeros(len(x))

# %% same-numbers tags=["nbval-check-output"]
states = []
for t in range(x.shape[1]):
    h = keep * h + (1 - keep) * ur.tensor(x[:, t].astype(np.float32))
    states.append(ur.array(h))
assert np.allclose(np.stack(states, axis=1), average, atol=1e-5)
print(len(states), "steps, and the same numbers")

# %% drawn
plot.lines(
    {"series": x[0], "running average": average[0]},
    "A noisy series, and its running average",
    "step",
    "value",
)

# %% about-measured [markdown]
# ## What it bought
#
# We forecast the next value twice: by the average so far, and by the last value seen.
# Predict: which of the two is nearer to it, and by about how much?

# %% prediction-measured [markdown]
# *Your prediction:*

# %% measured tags=["predicted"]
by_average = np.abs(x[:, 1:] - average[:, :-1]).mean()
by_last = np.abs(x[:, 1:] - x[:, :-1]).mean()
ledger.record(
    UNIT,
    "forecast by the average",
    by_average,
    measure="mean absolute error",
    baseline=by_last,
    baseline_name="last value",
)

# %% quiz-after
quiz.show(UNIT, "after")
