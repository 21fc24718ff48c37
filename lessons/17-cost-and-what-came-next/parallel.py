"""Train a GRU in two processes, and in one: the same weights come out.

    python -m torch.distributed.run --standalone --nproc-per-node=2 parallel.py pytorch
    python parallel.py tensorflow

In PyTorch these are two processes, which talk through gloo. In TensorFlow they are two
virtual devices of one processor below `tf.distribute.MirroredStrategy`; on two machines
`MultiWorkerMirroredStrategy` takes its place. The shares are unequal, so each gradient
is weighed by its rows. Prints the largest difference of a weight, and ends with 1 if
that is above 1e-6.
"""

import contextlib
import os
import sys

import numpy as np

BATCH, N_STEPS, N_IN, N_HIDDEN, UPDATES, LR = 10, 12, 5, 8, 5, 0.1
SHARES = (7, 3)  # rows of the batch for each process


def batches() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the batches that everybody draws alike: x, and the sum of its start."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(UPDATES, BATCH, N_STEPS, N_IN)).astype(np.float32)
    return [(one, one[:, :3].sum(axis=(1, 2))[:, None]) for one in x]


def rows(rank: int) -> slice:
    """Return which rows of a batch belong to a process."""
    first = sum(SHARES[:rank])
    return slice(first, first + SHARES[rank])


def report(weights: list[np.ndarray], alone: list[np.ndarray], what: str) -> None:
    """Say how far the weights are from those of one process alone."""
    off = max(np.abs(a - b).max() for a, b in zip(weights, alone, strict=True))
    print(f"{what}, shares of {SHARES[0]} and {SHARES[1]} rows, {UPDATES} updates")
    print(f"equal to one process to 1e-6: {off < 1e-6}")
    if off >= 1e-6:
        sys.exit(f"off by {off:g}")


def in_pytorch() -> None:
    """Be one of two processes that `torch.distributed.run` has started."""
    import torch
    from torch import distributed, nn

    torch.set_num_threads(1)

    def train(total) -> list[np.ndarray]:
        """Train on a share of each batch; `total` adds up gradients of all shares."""
        torch.manual_seed(0)
        layer, out = nn.GRU(N_IN, N_HIDDEN, batch_first=True), nn.Linear(N_HIDDEN, 1)
        weights = [*layer.parameters(), *out.parameters()]
        for x, y in batches():
            mine = slice(None) if total is None else rows(distributed.get_rank())
            x, y = torch.tensor(x[mine]), torch.tensor(y[mine])
            loss = ((out(layer(x)[0][:, -1]) - y) ** 2).mean()
            for w, d in zip(weights, torch.autograd.grad(loss, weights), strict=True):
                if total is not None:
                    d = total(d * (len(x) / BATCH))
                w.data -= LR * d
        return [w.detach().numpy() for w in weights]

    def total(d: torch.Tensor) -> torch.Tensor:
        distributed.all_reduce(d)  # the sum over all processes, in each of them
        return d

    distributed.init_process_group("gloo")
    weights = train(total)
    if distributed.get_rank() == 0:
        report(weights, train(None), "two processes")
    distributed.barrier()
    distributed.destroy_process_group()


def in_tensorflow() -> None:
    """Make two devices of one processor, and train on both."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    device = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [device, device])
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

    def gradients(layer, out, x, y) -> list:
        """Return the gradients of a share, weighed by its rows."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((out(layer(x)) - y) ** 2)
        found = tape.gradient(loss, [*layer.weights, *out.weights])
        return [d * (x.shape[0] / BATCH) for d in found]

    def train(together: bool) -> list[np.ndarray]:
        """Train on all shares at once, each on its device, or on whole batches."""
        keras.utils.set_random_seed(0)
        with strategy.scope() if together else contextlib.nullcontext():
            layer, out = keras.layers.GRU(N_HIDDEN), keras.layers.Dense(1)
            layer.build((None, N_STEPS, N_IN))
            out.build((None, N_HIDDEN))
            for x, y in batches():
                if together:
                    x, y = (_dealt(strategy, a) for a in (x, y))
                    each = strategy.run(gradients, args=(layer, out, x, y))
                    found = [strategy.reduce("SUM", d, axis=None) for d in each]
                else:
                    found = gradients(layer, out, x, y)
                for w, d in zip([*layer.weights, *out.weights], found, strict=True):
                    w.assign(w - LR * d)
        return [np.asarray(w) for w in [*layer.weights, *out.weights]]

    report(train(True), train(False), "two devices")


def _dealt(strategy, a: np.ndarray):
    """Return the rows of a batch, to each device its own."""
    return strategy.experimental_distribute_values_from_function(
        lambda context: a[rows(context.replica_id_in_sync_group)]
    )


if __name__ == "__main__":
    {"pytorch": in_pytorch, "tensorflow": in_tensorflow}[sys.argv[1]]()
