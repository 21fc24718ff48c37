"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import cells
from unrolled.check import Check

# ---- auc: how many places, how many of them True, and how many different values (0: as
# many as places). Equal values come in most; one True place, and one False.
AUC = [(5, 2, 0), (9, 4, 3), (12, 5, 0), (30, 1, 4), (40, 39, 5), (25, 10, 1)]
AUC += [(200, 30, 0), (60, 20, 7)]


def _marks(rng, n, n_true):
    """Return n labels, n_true of them True."""
    labels = np.zeros(n, bool)
    labels[rng.permutation(n)[:n_true]] = True
    return labels


def _draw_auc(rng, case):
    n, n_true, levels = AUC[case]
    labels = _marks(rng, n, n_true)
    values = rng.normal(size=n) + (1.5 if case % 3 else -1.0) * labels
    if levels:
        values = np.round(values * levels / 4) / 2 if levels > 1 else np.ones(n)
    return {"values": values, "labels": labels}


def _auc(values, labels):
    """Return it from ranks: the sum of the True places' ranks, less the least sum."""
    order, n = np.sort(values), len(values)
    low, high = (np.searchsorted(order, values, side) for side in ("left", "right"))
    ranks = (low + 1 + high) / 2  # equal values share the mean of their ranks
    n_true = int(labels.sum())
    wins = ranks[labels].sum(dtype=float) - n_true * (n_true + 1) / 2
    return wins / (n_true * (n - n_true))


auc = Check(
    name="auc",
    draw=_draw_auc,
    reference=_auc,
    cases=len(AUC),
    float32=False,
    start="Compare every True value with every False one: `ours[:, None] > others`.",
)

# ---- null: places, units, True places, shifts
NULL = [(7, 2, 3, (0, 2)), (12, 3, 4, (1, 5, 9)), (30, 5, 6, (7, -3, 12, 29))]
NULL += [(50, 1, 25, (10,)), (64, 8, 5, tuple(range(3, 60, 6))), (40, 6, 38, (20, 3))]


def _draw_null(rng, case):
    n, n_hidden, n_true, shifts = NULL[case]
    labels = np.roll(np.arange(n) < n_true, int(rng.integers(n)))  # in one block
    if case % 2:
        labels = _marks(rng, n, n_true)
    drift = np.cumsum(rng.normal(size=(n, n_hidden)), axis=0)  # neighbors are alike
    ranks = drift.argsort(axis=0).argsort(axis=0) + 1
    ranks[:, 0] = n + 1 - ranks[:, 0] if case % 3 == 0 else ranks[:, 0]
    return {"ranks": ranks, "labels": labels, "shifts": np.array(shifts)}


def _null(ranks, labels, shifts):
    n, found = len(labels), []
    for shift in shifts:
        at = (np.flatnonzero(labels) + shift) % n
        areas = np.array([_auc(unit, np.isin(np.arange(n), at)) for unit in ranks.T])
        found.append(0.5 + np.abs(areas - 0.5).max())
    return np.array(found)


null = Check(
    name="null",
    draw=_draw_null,
    reference=_null,
    cases=len(NULL),
    float32=False,
    axes=("shifts",),
    start="Loop over `shifts`; in the loop, begin with `np.roll(labels, shift)`.",
)

# ---- hunt: in odd cases the best unit of the first text is turned; in some the second
# text has a better one, and the chosen unit has changed sides there.
HUNT = (3, 4, 6, 8, 5, 16)


def _draw_hunt(rng, case):
    n = HUNT[case]
    areas_a = rng.uniform(0.35, 0.65, size=n)
    areas_b = rng.uniform(0.3, 0.7, size=n)
    best, other = rng.permutation(n)[:2]
    areas_a[best] = 0.1 if case % 2 else 0.85
    areas_a[other] = 0.75 if case % 2 else 0.3
    areas_b[best] = (0.6, 0.2, 0.45, 0.55, 0.8, 0.1)[case]
    areas_b[other] = 0.95 if case % 4 < 2 else 0.05
    return {"areas_a": areas_a, "areas_b": areas_b}


def _hunt(areas_a, areas_b):
    unit = int(np.abs(areas_a - 0.5).argmax())
    sign = 1 if areas_a[unit] > 0.5 else -1
    return unit, 0.5 + sign * (areas_b[unit] - 0.5)


hunt = Check(
    name="hunt",
    draw=_draw_hunt,
    reference=_hunt,
    cases=len(HUNT),
    outputs=("unit", "AUC"),
    start="Mend a copy of `published`, one fault after the other.",
)

# ---- ablate: inputs, units, outputs, the unit that is switched off
SHARED = ("HELD",)  # names of what the workbench returns
HELD = ("w_x", "w_h", "b", "w_out", "b_out")
ABLATE = [(2, 3, 2, 0), (3, 4, 4, 3), (4, 4, 4, 1), (1, 2, 5, 1), (5, 6, 3, 2)]


def _weights(rng, n_in, n_hidden, n_out):
    """Return the weights of an LSTM and of a readout, in float32."""
    weights = cells.lstm_weights(n_in, n_hidden, rng, dtype=np.float32)
    w_out = rng.normal(size=(n_hidden, n_out)).astype(np.float32)
    b_out = rng.normal(size=n_out).astype(np.float32)
    return {"weights": weights, "w_out": w_out, "b_out": b_out}


def _draw_ablate(rng, case):
    n_in, n_hidden, n_out, unit = ABLATE[case]
    more = {"unit": unit, "mean": (0.5, -0.25, 1.0, -0.75, 0.3)[case]}
    return _weights(rng, n_in, n_hidden, n_out) | more


def _held(answer, inputs, workbench):
    weights, w_out, b_out = workbench(answer, **inputs)
    held = dict(zip(HELD, (*weights, w_out, b_out), strict=True))
    n, unit = len(weights.w_h), inputs["unit"]
    for name in ("w_x", "w_h", "b"):  # what comes into the unit is nobody's business
        held[name] = held[name].copy()
        held[name][..., unit::n] = 0
    return held


def _ablate(weights, w_out, b_out, unit, mean):
    w_x, w_h, b = (np.array(w, float) for w in weights)
    n = len(w_h)
    seen = np.eye(n)[unit] * mean  # what is read of h when only this unit is heard
    b, b_out = b + seen @ w_h, b_out + seen @ w_out
    others = 1 - np.eye(n)[unit]
    kept = np.tile(others, 4)
    layer = w_x * kept, w_h * others[:, None] * kept, b * kept
    readout = w_out * others[:, None], b_out
    return dict(zip(HELD, (*layer, *readout), strict=True))


ablate = Check(
    name="ablate",
    draw=_draw_ablate,
    reference=_ablate,
    call=_held,
    cases=len(ABLATE),
    float32=False,
    tolerance=1e-5,
    start="Two biases gain `mean` times what others make of the unit; then that is 0.",
    may=("ur.load_lstm", "ur.dump"),
)

# ---- saturation: batch, time, units; the bounds; some values lie on them
SATURATION = [(1, 4, 2), (2, 5, 3), (3, 3, 3), (4, 1, 5), (2, 30, 4), (1, 1, 1)]
BOUNDS = [(0.25, 0.75), (0.1, 0.9), (0.25, 0.5), (0.5, 0.5), (0.1, 0.9), (0.3, 0.6)]


def _draw_saturation(rng, case):
    gate = 1 / (1 + np.exp(-4 * rng.normal(size=SATURATION[case])))
    low, high = BOUNDS[case]
    flat = gate.reshape(-1)
    if case in (0, 2, 4):  # exactly on a bound: neither below nor above
        flat[0], flat[-1] = low, high
    return {"gate": np.clip(gate, 1e-3, 1 - 1e-3), "low": low, "high": high}


def _saturation(gate, low, high):
    moments = np.asarray(gate, float).reshape(-1, gate.shape[-1])
    n = len(moments)
    left, right = (moments < low).sum(0) / n, (moments > high).sum(0) / n
    return left, right, -n / np.log(moments).sum(0)


saturation = Check(
    name="saturation",
    draw=_draw_saturation,
    reference=_saturation,
    cases=len(SATURATION),
    float32=False,
    axes=("n_hidden",),
    outputs=("left", "right", "steps"),
    start="`(gate < low)` is an array of True and False; its mean is a share.",
)

# ---- attribute: symbols, n_embedding, units, time; one symbol stands twice in a text
ATTRIBUTE = [(4, 2, 3, 3), (6, 3, 4, 5), (5, 4, 4, 4), (7, 3, 2, 1), (6, 5, 3, 12)]


def _draw_attribute(rng, case):
    n_symbols, n_embedding, n_hidden, time = ATTRIBUTE[case]
    embedding = rng.normal(size=(n_symbols, n_embedding)).astype(np.float32)
    ids = rng.integers(0, n_symbols, size=time)
    ids[-1] = ids[0]
    inputs = {"embedding": embedding} | _weights(rng, n_embedding, n_hidden, n_symbols)
    target = int(rng.integers(0, n_symbols))
    return inputs | {"ids": ids, "target": target, "mean": embedding.mean(axis=0)}


def _attributed(answer, inputs, network):
    return network(answer, **inputs)


def _attribute(embedding, weights, w_out, b_out, ids, target, mean):
    """Return both maps from the course's own backward pass."""
    wide = [np.asarray(a, float) for a in (embedding, w_out, b_out, mean)]
    embedding, w_out, b_out, mean = wide
    weights = cells.LSTMWeights(*(np.asarray(w, float) for w in weights))
    x = embedding[ids][None]  # (1, time, n_embedding)
    run = cells.lstm(x, weights)
    z = run.h[0, -1] @ w_out + b_out
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    d_h = np.zeros_like(run.h)
    d_h[0, -1] = w_out @ (np.eye(len(p))[target] - p)  # of ln P: one-hot less P
    slope = cells.lstm_backward(run, d_h).x[0]
    return np.sqrt((slope**2).sum(1)), (slope * (mean - x[0])).sum(1)


attribute = Check(
    name="attribute",
    draw=_draw_attribute,
    reference=_attribute,
    call=_attributed,
    cases=len(ATTRIBUTE),
    float32=False,
    tolerance=1e-4,
    axes=("time",),
    outputs=("norm", "gain"),
    start="Look up the embeddings first: the gradient is taken for what comes out.",
    may=("ur.load_lstm",),
)
