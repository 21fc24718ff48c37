"""NumPy beside one framework, from the same weights: see test_parity.py.

Runs in a process of its own, so that no test sees both frameworks at once:
`python tests/parity_cases.py pytorch 100` tries 100 cases of each kind of cell. Prints
JSON. A case that fails is shrunk by hypothesis and printed.
"""

import importlib
import json
import sys
import traceback
from typing import NamedTuple

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parity_mutants
from parity_layers import SIDES, flat
from unrolled import cells

# Largest difference of a state; of a gradient, relative to its largest number.
BOUNDS = {"h": 1e-6, "last": 1e-6, "gradient": 1e-5, "round trip": 0.0}


class Case(NamedTuple):
    """One comparison: a kind of cell, its sizes, and the seed of its numbers."""

    kind: str
    batch: int = 3
    steps: int = 7
    n_in: int = 4
    n_hidden: int = 5
    layers: int = 1
    two: bool = False
    mask: str = "none"  # or "right": padding; or "any": gaps as well
    activation: str = "tanh"
    reset: str = "after"
    z: str = "old"
    dtype: str = "float64"
    seed: int = 0

    @property
    def options(self) -> dict:
        """What the cell and the loading are told beside the weights."""
        if self.kind == "rnn":
            return {"activation": self.activation}
        return {"reset": self.reset, "z": self.z} if self.kind == "gru" else {}


def cases(kind: str, track: str, dtype: str):
    resets = ["after"] if track == "pytorch" else ["after", "before"]
    return st.builds(
        Case,
        kind=st.just(kind),
        batch=st.integers(1, 5),
        steps=st.integers(1, 40),
        n_in=st.integers(1, 33),
        n_hidden=st.integers(1, 33),
        layers=st.integers(1, 3),
        two=st.booleans(),
        mask=st.sampled_from(["none", "right", "any"]),
        activation=st.sampled_from(["tanh", "relu"]),
        reset=st.sampled_from(resets),
        z=st.sampled_from(["old", "new"]),
        dtype=st.just(dtype),
        seed=st.integers(0, 2**32 - 1),
    )


def weights_of(case: Case, rng) -> list:
    layers, n_in = [], case.n_in
    for _ in range(case.layers):
        drawn = [
            getattr(cells, f"{case.kind}_weights")(n_in, case.n_hidden, rng, case.dtype)
            for _ in range(1 + case.two)
        ]
        layers.append(tuple(drawn) if case.two else drawn[0])
        n_in = case.n_hidden * (1 + case.two)
    return layers


def states_of(case: Case, rng) -> list:
    """Random numbers in the form of the states of every layer."""

    def one():
        h, c = rng.normal(size=(2, case.batch, case.n_hidden)).astype(case.dtype)
        return (h, c) if case.kind == "lstm" else h

    return [(one(), one()) if case.two else one() for _ in range(case.layers)]


def mask_of(case: Case, rng):
    if case.mask == "none":
        return None
    if case.mask == "right":
        lengths = rng.integers(1, case.steps + 1, (case.batch, 1))
        return np.arange(case.steps) < lengths
    mask = rng.random((case.batch, case.steps)) < 0.6
    mask[np.arange(case.batch), rng.integers(0, case.steps, case.batch)] = True
    return mask


def as_loaded(case: Case, weights):
    """What `dump` must give back: z="old", and one bias where the layer has one."""
    if isinstance(weights, list) or type(weights) is tuple:
        return type(weights)(as_loaded(case, w) for w in weights)
    if case.kind != "gru":
        return weights
    weights = cells.flip_z(weights) if case.z == "new" else weights
    if case.reset == "before":
        b = weights.b.copy()
        b[2 * case.n_hidden :] += weights.b_n
        weights = weights._replace(b=b, b_n=np.zeros_like(weights.b_n))
    return weights


def gradients_of(case: Case, gradients) -> tuple[list, list]:
    """The gradients of the initial states, and of the weights as `dump` shows them."""
    if hasattr(gradients, "layers"):
        parts = [gradients_of(case, g) for g in gradients.layers]
    elif hasattr(gradients, "forward"):
        parts = [gradients_of(case, g) for g in (gradients.forward, gradients.backward)]
    else:
        names = ["h", "c"] if case.kind == "lstm" else ["h"]
        weights = getattr(cells, f"{case.kind.upper()}Weights")
        own = weights(*(getattr(gradients, name) for name in weights._fields))
        if case.kind == "gru":
            own = cells.flip_z(own) if case.z == "new" else own
            if case.reset == "before":
                own = own._replace(b_n=np.zeros_like(own.b_n))
        return [getattr(gradients, name) for name in names], list(own)
    return [a for s, _ in parts for a in s], [a for _, w in parts for a in w]


def compare(ur, track: str, case: Case) -> dict[str, float]:
    """Return the largest differences between NumPy and the framework."""
    rng, side = np.random.default_rng(case.seed), SIDES[track]
    layers, start, mask = (
        weights_of(case, rng),
        states_of(case, rng),
        mask_of(case, rng),
    )
    x = rng.normal(size=(case.batch, case.steps, case.n_in)).astype(case.dtype)
    ours = cells.stacked(x, layers, start, mask, **case.options)
    outer = (lambda a: a) if case.layers > 1 else (lambda a: a[0])
    layer = side.made(case)
    told = case.options if case.kind == "gru" else {}
    getattr(ur, f"load_{case.kind}")(layer, outer(layers), **told)
    worst = dict.fromkeys(BOUNDS, 0.0)

    def see(name, found, expected, relative=False):
        found, expected = flat(found), flat(expected)
        # In float32 a gradient whose parts cancel has few digits left: there the
        # largest number of all the gradients is the measure, else that of each one.
        largest = max(np.abs(b).max() for b in expected)
        for a, b in zip(found, expected, strict=True):
            assert a.shape == b.shape and a.dtype == b.dtype, (name, a, b)
            assert np.isfinite(a).all(), name
            size = largest if case.dtype == "float32" else np.abs(b).max()
            # float32 rounds a sum by its size: that of a ReLU's states, which have no
            # bound, and that of many inputs to few units.
            unit = max(1.0, np.sqrt(case.n_in / case.n_hidden))
            unit = max(unit, largest) if case.activation == "relu" else unit
            unit = unit if case.dtype == "float32" else 1.0
            size = size + 1e-9 if relative else unit
            worst[name] = max(worst[name], float(np.abs(a - b).max() / size))

    see("round trip", ur.dump(layer), as_loaded(case, outer(layers)))
    theirs = ur.run(layer, x, outer(start), mask)
    see("h", theirs.h, ours.h)
    see("last", theirs.last, outer(ours.last))
    see("gradient", *of_each_step(ur, layer, case, x, layers, rng), relative=True)
    # `run` says the same as the layer itself; packed sequences are padded on the right.
    if case.mask == "any" and track == "pytorch":
        return worst
    real = np.ones((case.batch, case.steps), bool) if mask is None else mask
    d_h = rng.normal(size=ours.h.shape).astype(case.dtype) * real[..., None]
    d_last = states_of(case, rng)
    found = cells.stacked_backward(ours, d_h, d_last)
    h, last, d_x, d_start = side.gradients(layer, case, x, start, mask, d_h, d_last)
    see("h", h[real], ours.h[real])
    see("last", last, flat(ours.last))
    of_start, of_weights = gradients_of(case, found)
    d_weights = flat(ur.dump(layer))
    see(
        "gradient", [found.x, *of_start, *of_weights], [d_x, *d_start, *d_weights], True
    )
    return worst


def of_each_step(ur, layer, case: Case, x, layers: list, rng) -> tuple:
    """Return the norms at each step: by `ur.gradients`, and from our own gradients."""
    shape = (1 + case.two, case.batch, case.n_hidden)
    d = np.ones(shape, x.dtype) if case.seed % 2 else rng.normal(size=shape)
    ends = [(one, None) if case.kind == "lstm" else one for one in d]
    run = cells.stacked(x, layers, **case.options)
    last = [None] * (case.layers - 1) + [tuple(ends) if case.two else ends[0]]
    d_x = cells.stacked_backward(run, np.zeros_like(run.h), last).x
    given = None if case.seed % 2 else (tuple(d) if case.two else d[0])
    return ur.gradients(layer, x, given), np.sqrt((d_x**2).sum(axis=(0, 2)))


def over(worst: dict[str, float]) -> list[str]:
    """Return the names of what is larger than its bound."""
    return [name for name, bound in BOUNDS.items() if not worst[name] <= bound]


def explore(ur, track: str, kind: str, dtype: str, examples: int) -> dict:
    """Let hypothesis look for a case that fails; return the worst that was seen."""
    seen = {"cases": 0, "failed": "", **dict.fromkeys(BOUNDS, 0.0)}

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(kind, track, dtype))
    def agrees(case):
        worst = compare(ur, track, case)
        assert not over(worst), (case, worst)
        seen["cases"] += 1
        for name, value in worst.items():
            seen[name] = max(seen[name], value)

    try:
        agrees()
    except Exception:
        seen["failed"] = traceback.format_exc()
    return seen


def noticed(ur, track: str, mutant: parity_mutants.Mutant) -> list[str]:
    """Return what differs too much, over a few cases, with the mutant in place."""
    with parity_mutants.mutated(mutant):
        found = set()
        for case in (Case(mutant.kind, mask="right"), Case(mutant.kind, two=True)):
            found.update(over(compare(ur, track, case)))
    return sorted(found)


def main(track: str, examples: int) -> dict:
    ur = importlib.import_module(f"unrolled.backends.{track}")
    parity = {
        f"{kind} {dtype}": explore(ur, track, kind, dtype, n)
        for kind in ("rnn", "lstm", "gru")
        for dtype, n in (("float64", examples), ("float32", examples // 2))
    }
    mutants = [*parity_mutants.OF_TRACK[track], *parity_mutants.SHARED]
    return {
        "parity": parity,
        "mutants": {mutant.name: noticed(ur, track, mutant) for mutant in mutants},
        "intact": {
            kind: over(compare(ur, track, Case(kind, mask="right")))
            for kind in ("rnn", "lstm", "gru")
        },
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
