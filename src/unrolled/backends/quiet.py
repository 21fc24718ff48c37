"""Starts TensorFlow without its start-up noise.

TensorFlow writes to file descriptor 2 while it is imported and when it first looks for
a device, whatever TF_CPP_MIN_LOG_LEVEL says. Here the descriptor is parked meanwhile.
UNROLLED_TF_NOISE=1 leaves it alone: set it when a GPU is not found and you want to
know why.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType


def start() -> tuple[ModuleType, ModuleType]:
    """Import TensorFlow and Keras, ask for the devices once, and return both."""
    if os.environ.get("UNROLLED_TF_NOISE") == "1":
        return _import()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with parked_stderr():
        return _import()


@contextlib.contextmanager
def parked_stderr() -> Iterator[None]:
    """Send what is written to file descriptor 2 to the null device meanwhile."""
    sys.stderr.flush()
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def _import() -> tuple[ModuleType, ModuleType]:
    import keras
    import tensorflow as tf

    # One thread for an operation, several operations at once. A time step of a
    # recurrent layer is a small product: threads that share it wait for each other at
    # every step. TensorFlow itself does not read these variables.
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", "1")
    at_once = os.environ.get("TF_NUM_INTEROP_THREADS", "0")  # 0: as many as cores
    tf.config.threading.set_intra_op_parallelism_threads(int(threads))
    tf.config.threading.set_inter_op_parallelism_threads(int(at_once))
    tf.config.list_logical_devices()
    return tf, keras
