"""What the exercises of this unit are asked, and what they must compute."""

import numpy as np

from unrolled import batches, cells
from unrolled.check import Check, Refused, axes_of, over
from unrolled.check.values import same

# (batch, time, n): in the first case no two are equal or neighbors (nor with n + 1), so
# that a wrong shape has one cause. Then all are equal, one sequence comes alone, one
# step; many steps; and one size comes twice: what an answer keeps would fit.
SIZES = [(6, 8, 2), (3, 4, 2), (4, 4, 4), (1, 5, 2)]
SIZES += [(9, 50, 3), (3, 4, 2), (2, 3, 1), (2, 1, 5)]
PADDED = {"h": "batch time n_hidden", "mask": "batch time"}
LONG = 4  # the case of many steps, in which the pads hold huge numbers


def _right(rng, case):
    """Return a mask of right padding, its rows in no order of length.

    One row is as short as can be; in every second case none is without padding.
    """
    batch, time, _ = SIZES[case]
    longest = max(1, time - case % 2)
    lengths = [longest, 1, max(1, longest - 2), *rng.integers(1, longest + 1, batch)]
    return np.arange(time) < rng.permutation(lengths[:batch])[:, None]


def _anywhere(rng, case):
    """Return a mask with holes, and one row with one real step."""
    batch, time, _ = SIZES[case]
    mask = rng.random((batch, time)) < 0.6
    if batch > 1:
        mask[0], mask[-1] = True, np.arange(time) == 0
    if case % 2 and time > 1:  # no row without a hole
        mask[:, 1] = False
    mask[:, 0] |= ~mask.any(axis=1)
    return mask


def _padded(values, mask, case):
    """Return values (batch, time, n) as they are, or with huge ones at the pads."""
    return np.where(mask[..., None] | (case != LONG), values, 1e20 * values)


# ---- last ----------------------------------------------------------------------------


def _draw_last(rng, case):
    mask = _right(rng, case)
    return {"h": _padded(rng.normal(size=SIZES[case]), mask, case), "mask": mask}


last = Check(
    name="last",
    draw=_draw_last,
    reference=lambda h, mask: np.stack(
        [row[real][-1] for row, real in zip(h, mask, strict=True)]
    ),
    cases=len(SIZES),
    dims=axes_of(**PADDED),
    axes=("batch", "n_hidden"),
    start="How long is each sequence? The mask's sum over time says it.",
)


# ---- mean ----------------------------------------------------------------------------


def _draw_mean(rng, case):
    batch, _, n = SIZES[case]
    mask, h = _anywhere(rng, case), rng.normal(size=SIZES[case]) + 1
    h[0, mask[0].argmax()] = 0  # a real step
    return {
        "h": _padded(h, mask, case),
        "mask": mask,
        "d_mean": rng.normal(size=(batch, n)),
    }


def _mean(h, mask, d_mean):
    d_h = np.zeros_like(h)
    for row, real, d in zip(d_h, mask, d_mean, strict=True):
        row[real] = d / real.sum()
    rows = zip(h, mask, strict=True)
    return np.stack([row[real].mean(axis=0) for row, real in rows]), d_h


mean = Check(
    name="mean",
    draw=_draw_mean,
    reference=_mean,
    cases=len(SIZES),
    dims=axes_of(**PADDED, d_mean="batch n_hidden"),
    axes=("batch", "n_hidden"),
    outputs=("mean", "d_h"),
    start="Multiply by the mask, sum over time, divide by the number of real steps.",
)


# ---- loss ----------------------------------------------------------------------------


def _draw_loss(rng, case):
    batch, time, n = SIZES[case]
    mask, size = _anywhere(rng, case), 500 if case == 2 else 2  # exp(1000) is inf
    logits = size * rng.normal(size=(batch, time, n + 1))
    return {
        "logits": _padded(logits, mask, case),
        "y": np.where(mask, rng.integers(0, n + 1, (batch, time)), 0),
        "mask": mask,
    }


def _loss(logits, y, mask):
    real = logits[mask]  # (real steps, n_out)
    label = np.arange(len(real)), y[mask]
    shifted = real - real.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    d_real, d_logits = np.exp(log_p), np.zeros_like(logits)
    d_real[label] -= 1
    d_logits[mask] = d_real / len(real)
    return -log_p[label].mean(), d_logits


loss = Check(
    name="loss",
    draw=_draw_loss,
    reference=_loss,
    cases=len(SIZES),
    dims=axes_of(logits="batch time n_out", y="batch time", mask="batch time"),
    outputs=("loss", "d_logits"),
    start="First the loss of each step, `(batch, time)`. Then its mean over the mask.",
)


# ---- answers -------------------------------------------------------------------------

# n, batch, longest: full batches and others, fewer sequences than a batch, one alone.
COMPANIES = [(5, 2, 6), (3, 8, 4), (12, 4, 9), (1, 1, 4)]
COMPANIES += [(23, 5, 30), (9, 1, 3), (40, 7, 50), (4, 4, 1)]
N_SYMBOLS, N_HIDDEN, N_OUT = 6, 5, 3
ROOM = 1.25  # times the steps that sorting by length needs


def _draw_answers(rng, n, batch, longest):
    lengths = [longest, 1, *rng.integers(1, longest + 1, n)][:n]
    return {
        "sequences": [rng.integers(0, N_SYMBOLS, k) for k in lengths],
        "batch": batch,
    }


class _Model:
    """A small recurrent classifier that keeps a record of what it was given."""

    def __init__(self):
        rng = np.random.default_rng(7)
        self.embedding = rng.normal(size=(N_SYMBOLS, 4))
        self.weights = cells.gru_weights(4, N_HIDDEN, rng)
        self.out = rng.normal(size=(N_HIDDEN, N_OUT))
        self.rows, self.steps = [], 0

    def __call__(self, x, mask):
        x, mask = np.asarray(x), np.asarray(mask)
        if x.ndim != 2 or x.dtype.kind not in "iu":
            raise ValueError(
                f"the model got x of shape {x.shape} and type {x.dtype}; it takes "
                "integers (rows, time)"
            )
        if mask.dtype != bool or mask.shape != x.shape:
            raise ValueError(
                f"the model got a mask of shape {mask.shape} and type {mask.dtype}; it "
                f"takes bools of x's shape, {x.shape}"
            )
        if (mask[:, 1:] > mask[:, :-1]).any():
            raise ValueError(
                "the model got a mask with a True after a False; the padding is on the "
                "right, so each row of the mask is True for its real steps, then False"
            )
        self.rows.append(len(x))
        self.steps += x.size
        return cells.gru(self.embedding[x], self.weights, mask=mask).last @ self.out


def _limits(sequences, batch):
    """Return the most rows of a call, the most calls, and the most steps read."""
    ordered = sorted(map(len, sequences))
    parts = [ordered[k : k + batch] for k in range(0, len(ordered), batch)]
    least = sum(len(part) * part[-1] for part in parts)
    return batch, 2 * len(parts) + 2, int(ROOM * least) + batch


SHARED = ("_Model", "_limits")  # what the answer is asked with: knowing it is no answer


def _asked(answer, inputs):
    """Return the logits, and by how much the model was asked for too much."""
    model, limits = _Model(), _limits(**inputs)
    logits = answer(model, *inputs.values())
    if logits is None:
        return None
    if not model.rows:
        raise Refused("The model was never called.")
    asked = max(model.rows), len(model.rows), model.steps
    over = [max(0, a - most) for a, most in zip(asked, limits, strict=True)]
    return {"logits": logits} | dict(zip(("rows", "calls", "steps"), over, strict=True))


def _answers(sequences, batch):
    logits = _Model()(*batches.pad(sequences))
    return {"logits": logits, "rows": 0, "calls": 0, "steps": 0}


TOO_MUCH = {
    "rows": "got {} sequences at once; at most batch = {} are allowed",
    "calls": "was called {} times; n / batch calls are enough, and {} are allowed",
    "steps": "read {} steps, pads and all; with sequences of about one length together "
    "{} are more than enough",
}


def _company(inputs, value):
    """Say what is wrong with how the model was asked, or with the order of rows."""
    if not isinstance(value, dict):
        return None
    logits, right = value["logits"], _answers(**inputs)["logits"]
    if not same(logits, right, 1e-8):
        if np.shape(right) != getattr(logits, "shape", None):
            return None
        if not all(any(same(row, one, 1e-8) for one in right) for row in logits):
            return None
        return (
            "Each row is the answer to one of the sequences, but not always to its "
            "own: row k belongs to sequence k. Was the sorting undone?"
        )
    for (key, says), most in zip(TOO_MUCH.items(), _limits(**inputs), strict=True):
        if over := value.get(key):
            says = says.format(most + over, most)
            return f"The answers are right, but the model {says}."
    return None


answers = Check(
    name="answers",
    **over(COMPANIES, _draw_answers),
    call=_asked,
    first=_company,
    reference=_answers,
    axes=("n", "n_out"),
    float32=False,
    start="Begin with the order: `np.argsort` of the lengths.",
    may=("batches.pad",),
)


# ---- state ---------------------------------------------------------------------------


def _draw_state(rng, case):
    mask = _right(rng, case)[:, :20]  # of 50 steps, which are slow in Keras
    e = rng.normal(size=(*mask.shape, 4))
    e[mask.sum(axis=1).argmax(), 1:2] = 0  # a real step
    weights = cells.lstm_weights(4, SIZES[case][2], rng)
    return {"weights": weights, "e": _padded(e, mask, case), "mask": mask}


def _mended(answer, inputs, *, ur, new_layer):
    weights, e, mask = inputs.values()
    lstm = new_layer(e.shape[-1], len(weights.w_h))
    ur.load_lstm(lstm, weights)
    return answer(lstm, ur.tensor(np.float32(e)), ur.tensor(mask))


state = Check(
    name="state",
    draw=_draw_state,
    call=_mended,
    reference=lambda weights, e, mask: cells.lstm(e, weights, mask=mask).last[0],
    cases=len(SIZES),
    axes=("batch", "n_hidden"),
    tolerance=1e-5,
    tolerance32=1e-4,
    start="Run `patient` on one sequence alone. What must it know to stop in time?",
)


# ---- hot -----------------------------------------------------------------------------

SYMBOLS = [3, 2, 4, 5, 3, 6, 1, 9]


def _draw_hot(rng, case):
    n, lacks = SYMBOLS[case], case == 3  # there the last symbol does not occur
    lengths = _right(rng, case).sum(axis=1)
    sequences = [rng.integers(0, n - lacks, k).tolist() for k in lengths]
    for s in sequences:
        s[-1] = 0  # symbol 0 is a symbol, at the end of a sequence too
    sequences[int(lengths.argmax())][0] = n - 1 - lacks
    return {"sequences": sequences, "n": n}


def _hot(sequences, n):
    rows = np.zeros((len(sequences), max(map(len, sequences)), n))
    for row, symbols in zip(rows, sequences, strict=True):
        row[range(len(symbols)), symbols] = 1
    return rows


hot = Check(
    name="hot",
    draw=_draw_hot,
    reference=_hot,
    cases=len(SIZES),
    axes=("batch", "time", "n"),
    start="Copy `blind`. What does `batches.pad` return beside the integers?",
    may=("batches.pad", "batches.one_hot"),
)
