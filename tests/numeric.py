"""Gradients by differences, for the tests of the cells."""

import numpy as np


def numeric(f, a, step=1e-6):
    """Return the gradient of f() for each number in `a`, changed in place."""
    grad = np.zeros_like(a)
    for index in np.ndindex(a.shape):
        kept = a[index]
        a[index] = kept + step
        up = f()
        a[index] = kept - step
        down = f()
        a[index] = kept
        grad[index] = (up - down) / (2 * step)
    return grad


def some_mask(rng, batch, time):
    """Return a mask with gaps, padding at the start and a row without a real step."""
    mask = rng.random((batch, time)) < 0.6
    mask[0, :2], mask[-1] = False, False
    return mask
