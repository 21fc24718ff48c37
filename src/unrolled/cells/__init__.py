"""Recurrent cells in NumPy, forward and backward: the reference of the course.

Both frameworks are held to these functions. Arrays are batch first,
`(batch, time, features)`, and a vector is a row: `x @ w_x + h @ w_h + b`. The gates of
a cell stand side by side on the last axis of its weights.

Read it beside the equations of the lessons, `rnn.py` first, then `lstm.py` and
`gru.py`. Every cell has the same four parts: weights, one step, a whole sequence, and
the gradients of a whole sequence. `layers.py` stacks cells and runs them both ways.

A `mask` (batch, time) is True where a step is real. A masked step changes nothing: the
state is carried past it, `h` is repeated there, and its input gets no gradient.
"""

from unrolled.cells.common import n_parameters
from unrolled.cells.gru import (
    GRUGradients,
    GRURun,
    GRUWeights,
    flip_z,
    gru,
    gru_backward,
    gru_step,
    gru_weights,
)
from unrolled.cells.layers import (
    BiGradients,
    BiRun,
    StackGradients,
    StackRun,
    bidirectional,
    bidirectional_backward,
    stacked,
    stacked_backward,
)
from unrolled.cells.lstm import (
    LSTMGradients,
    LSTMRun,
    LSTMWeights,
    lstm,
    lstm_backward,
    lstm_step,
    lstm_weights,
)
from unrolled.cells.rnn import (
    RNNGradients,
    RNNRun,
    RNNWeights,
    rnn,
    rnn_backward,
    rnn_step,
    rnn_weights,
)

__all__ = [
    "BiGradients",
    "BiRun",
    "GRUGradients",
    "GRURun",
    "GRUWeights",
    "LSTMGradients",
    "LSTMRun",
    "LSTMWeights",
    "RNNGradients",
    "RNNRun",
    "RNNWeights",
    "StackGradients",
    "StackRun",
    "bidirectional",
    "bidirectional_backward",
    "flip_z",
    "gru",
    "gru_backward",
    "gru_step",
    "gru_weights",
    "lstm",
    "lstm_backward",
    "lstm_step",
    "lstm_weights",
    "n_parameters",
    "rnn",
    "rnn_backward",
    "rnn_step",
    "rnn_weights",
    "stacked",
    "stacked_backward",
]
