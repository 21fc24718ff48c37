"""How long 1,000 characters take: one step a symbol, the state carried, then drawn.

The weights are as they are made: how long it takes does not depend on what they know.
The first call, which compiles, is counted: a learner waits for it too.
"""

import numpy as np

from common import Clock, Result, Settings, Task
from recipes import of


def pytorch(task: Task, settings: Settings, n: int = 1000) -> Result:
    """One call of `nn.LSTM` for each symbol; the draw is NumPy's."""
    import torch

    import ours_pytorch

    torch.set_num_threads(1)  # one row times a matrix: a second thread only waits
    model = ours_pytorch.CharLSTM(task.n_symbols, of(settings.budget)).eval()
    rng = np.random.default_rng(settings.seed)
    clock = Clock(settings)
    x, state = torch.zeros((1, 1), dtype=torch.int64), None
    with torch.inference_mode():
        for _ in range(n):
            logits, state = model(x, state)
            p = torch.softmax(logits[0, 0].double(), dim=0).numpy()
            x[0, 0] = int(rng.choice(len(p), p=p))
    weights = sum(w.numel() for w in model.parameters() if w.requires_grad)
    return Result(0.0, weights, n, clock.seconds)


def tensorflow(task: Task, settings: Settings, n: int = 1000) -> Result:
    """One compiled step, called for each symbol; the draw is NumPy's as well."""
    import ours_tensorflow

    tf, _ = ours_tensorflow.start(1)
    model = ours_tensorflow.CharLSTM(task.n_symbols, of(settings.budget), settings.seed)
    rng = np.random.default_rng(settings.seed)
    clock = Clock(settings)

    @tf.function
    def step(x, h, c):
        logits, state = model(x, (h, c))
        return tf.nn.softmax(tf.cast(logits[0, 0], tf.float64)), state

    x, state = np.zeros((1, 1), np.int32), model.zeros(1)
    for _ in range(n):
        p, state = step(tf.constant(x), *state)
        x[0, 0] = rng.choice(len(p), p=p.numpy())
    weights = sum(int(np.prod(w.shape)) for w in model.weights.values())
    return Result(0.0, weights, n, clock.seconds)


ROWS = {"generate-pytorch": pytorch, "generate-tensorflow": tensorflow}
