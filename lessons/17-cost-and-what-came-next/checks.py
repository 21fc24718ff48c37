"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled.check import Check, Refused, Slopes, arrays

# ---- growth: exponent, factor, how many sizes, how much noise ------------------------

GROWTH = [
    (2.0, 3.0, 4, 0.2),
    (1.0, 0.5, 5, 0.3),
    (1.5, 10.0, 3, 0.1),
    (0.5, 2.0, 6, 0.4),
    (0.0, 7.0, 4, 0.2),
    (2.8, 1e-3, 8, 0.5),
]


def _draw_growth(rng, case):
    exponent, factor, n, noise = GROWTH[case]
    sizes = np.sort(rng.choice(np.arange(2, 60), n, replace=False)).astype(float)
    costs = factor * sizes**exponent * np.exp(noise * rng.normal(size=n))
    return {"sizes": sizes, "costs": costs, "far": 100.0}


def _growth(sizes, costs, far):
    exponent, log_factor = np.polyfit(np.log(sizes), np.log(costs), 1)
    return exponent, np.exp(log_factor), np.exp(log_factor) * far**exponent


growth = Check(
    name="growth",
    draw=_draw_growth,
    reference=_growth,
    cases=len(GROWTH),
    tolerance=1e-7,
    outputs=("exponent", "factor", "cost of far"),
    start="Take the logarithms of both first; then it is a straight line.",
)

# ---- attend --------------------------------------------------------------------------

SIZES = [(1, 2, 2, 2), (2, 3, 3, 3), (2, 4, 2, 3), (1, 1, 2, 1), (3, 5, 4, 2)]
SIZES += [(2, 20, 3, 4), (2, 3, 3, 2, 60), (1, 6, 2, 2)]
WEIGHTS = dict.fromkeys(("w_q", "w_k", "w_v"), "n_in n_head")


def _attention(q, k, v):
    """Return what each step of each sequence gets, one after the other."""
    y = np.empty_like(v)
    for row in range(len(q)):
        for t in range(q.shape[1]):
            scores = k[row, : t + 1] @ q[row, t] * q.shape[2] ** -0.5
            parts = np.exp(scores - scores.max())
            y[row, t] = parts @ v[row, : t + 1] / parts.sum()
    return y


def _attend(x, w_q, w_k, w_v):
    return _attention(x @ w_q, x @ w_k, x @ w_v)


attend = Check(
    name="attend",
    **arrays("batch time n_in n_head scale", SIZES, x="batch time n_in", **WEIGHTS),
    reference=_attend,
    axes=("batch", "time", "n_head"),
    start="Make q, k and v, then all scores with one product: (batch, query, key).",
)

# ---- attend_backward -----------------------------------------------------------------

BACK = [(1, 2, 2), (2, 3, 3), (2, 4, 3), (1, 1, 2), (3, 5, 2), (2, 6, 4)]


def _draw_backward(rng, case):
    d_y, q, k, v = rng.normal(size=(4, *BACK[case]))
    return {"d_y": d_y, "q": q, "k": k, "v": v, "shares": _shares(q, k)}


def _shares(q, k):
    scores = np.einsum("bqn,bkn->bqk", q, k) / np.sqrt(q.shape[2])
    parts = np.exp(scores) * np.tri(q.shape[1])
    return parts / parts.sum(axis=2, keepdims=True)


def _backward(d_y, q, k, v, shares):
    """Go through the queries one by one, with the whole matrix of the softmax."""
    d_q, d_k, d_v = (np.zeros_like(a) for a in (q, k, v))
    scale = q.shape[2] ** -0.5
    for row, t in np.ndindex(q.shape[:2]):
        s = shares[row, t]
        slope = np.diag(s) - np.outer(s, s)
        d_score = slope @ (v[row] @ d_y[row, t]) * scale
        d_q[row, t] = d_score @ k[row]
        d_k[row] += np.outer(d_score, q[row, t])
        d_v[row] += np.outer(s, d_y[row, t])
    return d_q, d_k, d_v


def _loss(d_y, q, k, v, shares):
    """Return a loss whose gradient for what attention gives is d_y."""
    return (d_y * _attention(q, k, v)).sum()


attend_backward = Check(
    name="attend_backward",
    draw=_draw_backward,
    reference=_backward,
    cases=len(BACK),
    tolerance=1e-7,
    slopes=Slopes(_loss, ("q", "k", "v")),
    outputs=("d_q", "d_k", "d_v"),
    start="Begin with `d_v`, a product with the shares; then the shares' own gradient.",
)

# ---- scan: batch, time, n, and where a is 0 ------------------------------------------

SCAN = [(1, 2, 1), (2, 3, 2), (1, 1, 3), (2, 7, 2), (3, 8, 1), (1, 200, 2), (2, 33, 3)]


def _draw_scan(rng, case):
    batch, time, n = SCAN[case]
    a = rng.uniform(0.2, 1, size=(batch, time, n))
    a[:, 4::5] = 0.0
    b = rng.normal(size=(batch, time, n))
    return {"a": a, "b": b, "h0": rng.normal(size=(batch, n))}


class Counted(np.ndarray):
    """An array that counts how often arrays like it are multiplied."""

    made = 0

    def __array_ufunc__(self, ufunc, method, *given, out=(), **named):
        """Do as NumPy does, and count what multiplies."""
        Counted.made += ufunc in (np.multiply, np.matmul, np.divide)
        plain = [g.view(np.ndarray) if isinstance(g, Counted) else g for g in given]
        if out:
            named["out"] = tuple(
                o.view(np.ndarray) if isinstance(o, Counted) else o for o in out
            )
        found = getattr(ufunc, method)(*plain, **named)
        return found.view(Counted) if isinstance(found, np.ndarray) else found


def _counted(answer, inputs):
    """Return what an answer gives; refuse one that multiplies at every step."""
    Counted.made = 0
    h = answer(*(v.view(Counted) for v in inputs.values()))
    steps = inputs["a"].shape[1]
    most = 4 * int(np.ceil(np.log2(steps + 1))) + 8
    if Counted.made > most:
        raise Refused(
            f"`scan` makes {Counted.made} multiplications of arrays for {steps} steps, "
            f"one or more a step; at most {most} are asked. In each round combine all "
            "steps at once with those 1, 2, 4, 8 … steps before them."
        )
    return h.view(np.ndarray) if isinstance(h, Counted) else h


def _scan(a, b, h0):
    h, found = h0, []
    for t in range(a.shape[1]):
        h = a[:, t] * h + b[:, t]
        found.append(h)
    return np.stack(found, axis=1)


scan = Check(
    name="scan",
    draw=_draw_scan,
    call=_counted,
    reference=_scan,
    cases=len(SCAN),
    axes=("batch", "time", "n"),
    start="Begin with one round: combine each step with the step before it.",
)

# ---- together: rows of each process, shapes of the weights, clip ---------------------

TOGETHER = [
    ((3, 1), [(2,)], 10.0),
    ((2, 2), [(2, 3), (3,)], 10.0),
    ((4, 1, 2), [(3, 2), (2,)], 0.5),
    ((5, 0, 3), [(2, 2)], 10.0),
    ((1, 6), [(2, 2), (1,), (3,)], 0.3),
    ((7,), [(3,), (2,)], 0.2),
    ((2, 9, 4), [(1, 4), (4,)], 1.0),
]


def _draw_together(rng, case):
    n_rows, shapes, clip = TOGETHER[case]
    gradients = [
        [rng.normal(size=s) if n else np.full(s, np.nan) for s in shapes]
        for n in n_rows
    ]
    return {"gradients": gradients, "n_rows": n_rows, "clip": clip}


def _together(gradients, n_rows, clip):
    flat = [np.concatenate([g.ravel() for g in of_one]) for of_one in gradients]
    kept = [p for p, n in enumerate(n_rows) if n]
    whole = np.average(
        [flat[p] for p in kept], axis=0, weights=[n_rows[p] for p in kept]
    )
    norm = np.linalg.norm(whole)
    whole = whole * (clip / norm if norm > clip else 1)
    ends = np.cumsum([g.size for g in gradients[0]])[:-1]
    parts = np.split(whole, ends)
    return [p.reshape(g.shape) for p, g in zip(parts, gradients[0], strict=True)]


together = Check(
    name="together",
    draw=_draw_together,
    reference=_together,
    cases=len(TOGETHER),
    start="Add the gradients up, each times its rows, and divide by all rows.",
)

# ---- attend_next ---------------------------------------------------------------------


def _in_turn(answer, inputs):
    """Feed an answer one step at a time; return all outputs and the last cache."""
    x, *weights = inputs.values()
    empty = np.zeros((len(x), 0, weights[0].shape[1]), x.dtype)
    cache, found = (empty, empty), []
    for t in range(x.shape[1]):
        given = answer(x[:, t], cache, *weights)
        if not (isinstance(given, tuple | list) and len(given) == 2):
            raise Refused(
                "`attend_next` must return two things: the output of this step, and "
                "the cache, a pair of keys and values."
            )
        y, cache = given
        if not (isinstance(cache, tuple | list) and len(cache) == 2):
            raise Refused("The cache must be a pair of arrays: keys, values.")
        found.append(y)
    return np.stack(found, axis=1), *cache


def _next(x, w_q, w_k, w_v):
    return _attend(x, w_q, w_k, w_v), x @ w_k, x @ w_v


attend_next = Check(
    name="attend_next",
    **arrays("batch time n_in n_head scale", SIZES, x="batch time n_in", **WEIGHTS),
    call=_in_turn,
    reference=_next,
    outputs=("y", "keys", "values"),
    start="Put this step's key and value at the cache's end; then ask with its query.",
)
