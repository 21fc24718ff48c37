"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled import batches, cells
from unrolled.check import Check, Suspect
from unrolled.check.values import same
from unrolled.check.say import difference

# (batch, time, n): in the first case no two are equal or neighbors (nor with n + 1), so
# that a wrong shape has one cause. Later some are equal, and one size comes twice.
SIZES = [(6, 8, 2), (3, 4, 2), (4, 4, 3), (3, 4, 2), (2, 3, 1), (6, 5, 2)]


def _right(rng, batch, time, full=True):
    """Return a mask of right padding, its rows in no order of length.

    One row is as short as can be; if `full`, one has no padding.
    """
    longest = time if full else time - 1
    lengths = rng.integers(1, longest + 1, batch)
    lengths[0], lengths[-1] = longest, 1
    if batch > 2:
        lengths[1] = max(1, longest - 2)
        lengths = rng.permutation(lengths)
    return np.arange(time) < lengths[:, None]


def _anywhere(rng, batch, time, full=True):
    """Return a mask with holes: one row with one real step; if `full`, one without."""
    mask = rng.random((batch, time)) < 0.6
    mask[:, 0] |= ~mask.any(axis=1)
    mask[0] = True
    mask[-1] = np.arange(time) == 0
    if not full:
        mask[:, 1] = False
    return mask


# ---- last ----------------------------------------------------------------------------


def _draw_last(rng, case):
    batch, time, n = SIZES[case]
    return {
        "h": rng.normal(size=(batch, time, n)),
        "mask": _right(rng, batch, time, case % 3 < 2),
    }


def _last(h, mask, shift=0):
    return h[np.arange(len(h)), mask.sum(axis=1) - 1 + shift]


last = Check(
    name="last",
    draw=_draw_last,
    reference=_last,
    suspects=(
        Suspect(
            "That is the state at the end of the array, after the pads. Each sequence "
            "has an end of its own.",
            lambda h, mask: h[:, -1],
        ),
        Suspect(
            "One step too far: a sequence of length 3 has its last real step at index "
            "2. (A full row has no step there at all.)",
            lambda h, mask: _last(h, mask, 1),
        ),
        Suspect(
            "One step too far, except in full rows: a sequence of length 3 has its "
            "last real step at index 2.",
            lambda h, mask: h[
                np.arange(len(h)), np.minimum(mask.sum(axis=1), mask.shape[1] - 1)
            ],
        ),
        Suspect(
            "One step too early: the last real step is at index length - 1.",
            lambda h, mask: _last(h, mask, -1),
        ),
        Suspect(
            "That is the *first* step of each sequence. The padding is on the right.",
            lambda h, mask: h[:, 0],
        ),
        Suspect(
            "Only the first row came back. Does the `return` stand in the loop?",
            lambda h, mask: _last(h, mask)[:1],
        ),
        Suspect(
            "Your index counts the pads. The last real step is at index length - 1, "
            "and the mask's sum over time is the length.",
            lambda h, mask: h[np.arange(len(h)), (~mask).sum(axis=1)],
        ),
        Suspect(
            "`len(mask)` is the number of sequences. The length of each is its mask's "
            "sum over time, axis 1.",
            lambda h, mask: h[:, len(mask) - 1],
        ),
        Suspect(
            "The last step of the *longest* sequence is not everybody's: take an index "
            "for each row.",
            lambda h, mask: h[:, mask.sum(axis=1).max() - 1],
        ),
        Suspect(
            "Every row is combined with every index. Index rows and steps together: "
            "`h[np.arange(batch), steps]`.",
            lambda h, mask: h[:, mask.sum(axis=1) - 1],
        ),
        Suspect(
            "The steps index the first axis, which is the batch. Index rows and steps "
            "together: `h[np.arange(batch), steps]`.",
            lambda h, mask: h[mask.sum(axis=1) - 1],
        ),
        Suspect(
            "The mask is summed over the batch (axis 0). The length of a sequence is "
            "its sum over time, axis 1.",
            lambda h, mask: h[np.arange(len(h)), mask.sum(axis=0) - 1],
        ),
        Suspect(
            "That is the state at the last step, if it is real, and 0 if not. Take "
            "each row's own last real step.",
            lambda h, mask: (h * mask[..., None])[:, -1],
        ),
        Suspect(
            "That is the mean over the real steps. The last one is asked for.",
            lambda h, mask: (
                (h * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            ),
        ),
        Suspect(
            "That is the sum over the real steps. The last one is asked for.",
            lambda h, mask: (h * mask[..., None]).sum(axis=1),
        ),
    ),
    dims={"h": ("batch", "time", "n_hidden"), "mask": ("batch", "time")},
    axes=("batch", "n_hidden"),
    start="How long is each sequence? The mask's sum over time says it.",
)


# ---- mean ----------------------------------------------------------------------------


def _draw_mean(rng, case):
    batch, time, n = SIZES[case]
    h = rng.normal(size=(batch, time, n)) + 1
    h[0, 0] = 0  # a real step
    return {
        "h": h,
        "mask": _anywhere(rng, batch, time, case % 3 < 2),
        "d_mean": rng.normal(size=(batch, n)),
    }


def _mean(h, mask, d_mean, value=None, gradient=None):
    """Return the mean and its gradient; `value` and `gradient` name wrong ways."""
    real, time = mask[..., None], mask.shape[1]
    count = mask.sum(axis=1)[:, None]  # (batch, 1)
    top, under = (h * real).sum(axis=1), count
    if value == "all":
        top, under = h.sum(axis=1), time
    elif value == "count of all":
        under = time
    elif value == "pads in the sum":
        top = h.sum(axis=1)
    elif value == "sum":
        under = 1
    elif value == "one count":
        under = mask.sum()
    elif value == "longest":
        under = mask.sum(axis=1).max()
    elif value == "share":
        under = mask.mean(axis=1)[:, None]
    elif value == "no zeros":
        under = (h * real != 0).sum(axis=1)
    first = np.arange(time) < count  # (batch, time): as many steps as are real
    if value == "first":
        top = (h * first[..., None]).sum(axis=1)
    d_h = real * (d_mean / count)[:, None]
    if gradient == "pads too":
        d_h = np.broadcast_to((d_mean / count)[:, None], h.shape)
    elif gradient == "all":
        d_h = np.broadcast_to((d_mean / time)[:, None], h.shape)
    elif gradient == "count of all":
        d_h = real * (d_mean / time)[:, None]
    elif gradient == "no count":
        d_h = real * d_mean[:, None]
    elif gradient == "times h":
        d_h = real * h * (d_mean / count)[:, None]
    elif gradient == "one count":
        d_h = real * (d_mean / mask.sum())[:, None]
    elif gradient == "share":
        d_h = real * (d_mean / mask.mean(axis=1)[:, None])[:, None]
    elif gradient == "first":
        d_h = first[..., None] * (d_mean / count)[:, None]
    elif gradient == "times count":
        d_h = real * (d_mean * count)[:, None]
    return top / under, d_h


MEANS = {
    "all": "The pads are in the mean: in the sum, and in the count that divides it.",
    "count of all": "The sum leaves the pads out, but the count that divides it is the "
    "array's length. Divide by the number of real steps.",
    "pads in the sum": "The count is right, but the pads are in the sum. They may hold "
    "anything.",
    "sum": "That is the sum. Divide by the number of real steps.",
    "one count": "Every row is divided by the number of real steps of the whole batch. "
    "Each row has its own.",
    "longest": "Every row is divided by the longest one's count. Each has its own.",
    "share": "The mask's mean is the share of real steps. Divide by their number, the "
    "mask's sum.",
    "no zeros": "The values that are not 0 are counted, but a real one may be 0 too. "
    "Count where the mask is True.",
    "first": "That is the mean of the first steps, as many as are real. Padding may "
    "stand anywhere: take the steps where the mask is True.",
}
MEAN_GRADIENTS = {
    "pads too": "The pads get a gradient. They have no part in the mean, so theirs is "
    "0.",
    "all": "The gradient is that of a mean over all steps: the pads get one too, and "
    "the array's length divides it.",
    "count of all": "The gradient is divided by the array's length. Divide it by each "
    "row's number of real steps, as the mean is.",
    "no count": "The gradient is not divided by the count: each real step has the "
    "share 1 / count in the mean.",
    "share": "The gradient is divided by the share of real steps. Divide it by their "
    "number, the mask's sum.",
    "first": "The gradient goes to the first steps, as many as are real. Padding may "
    "stand anywhere: it goes where the mask is True.",
    "times count": "The gradient is multiplied by the count. Each real step has the "
    "share 1 / count in the mean.",
    "times h": "The gradient contains `h`. The mean is linear in h: its gradient does "
    "not depend on it.",
    "one count": "The gradient is divided by the number of real steps of the whole "
    "batch. Each row has its own count.",
}
SAME = {  # the same error in both
    (name, name): MEANS[name] + " The same holds for the gradient."
    for name in ("all", "count of all", "one count", "share", "first")
} | {("sum", "no count"): MEANS["sum"] + " Divide the gradient too."}

mean = Check(
    name="mean",
    draw=_draw_mean,
    reference=_mean,
    suspects=(
        *(
            Suspect(
                says,
                lambda value=v, gradient=g, **given: _mean(
                    **given, value=value, gradient=gradient
                ),
            )
            for (v, g), says in SAME.items()
        ),
        *(
            Suspect(says, lambda value=v, **given: _mean(**given, value=value))
            for v, says in MEANS.items()
        ),
        *(
            Suspect(says, lambda gradient=g, **given: _mean(**given, gradient=gradient))
            for g, says in MEAN_GRADIENTS.items()
        ),
    ),
    dims={
        "h": ("batch", "time", "n_hidden"),
        "mask": ("batch", "time"),
        "d_mean": ("batch", "n_hidden"),
    },
    axes=("batch", "n_hidden"),
    outputs=("mean", "d_h"),
    start="Multiply by the mask, sum over time, divide by the number of real steps.",
)


# ---- loss ----------------------------------------------------------------------------


def _draw_loss(rng, case):
    batch, time, n = SIZES[case]
    n += 1
    mask = _anywhere(rng, batch, time, case % 3 < 2)
    return {
        "logits": 2 * rng.normal(size=(batch, time, n)),
        "y": np.where(mask, rng.integers(0, n, (batch, time)), 0),
        "mask": mask,
    }


def _loss(logits, y, mask, value=None, gradient=None, axis=-1):
    """Return the loss and its gradient; `value` and `gradient` name wrong ways."""
    shifted = logits - logits.max(axis=axis, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    label = np.eye(logits.shape[-1])[y]
    chosen = {"logits": logits, "probabilities": np.exp(log_p)}.get(value, log_p)
    nats, size = -(chosen * label).sum(axis=-1), mask.size
    counts = mask.sum(axis=1, keepdims=True)
    weights = {
        None: mask / mask.sum(),
        "all": np.ones(mask.shape) / size,
        "count of all": mask / size,
        "rows": mask / counts / len(mask),
        "sum": mask * 1.0,
        "pads in the sum": np.ones(mask.shape) / mask.sum(),
        "pads only": ~mask / max(1, (~mask).sum()),
        "batch": mask / len(mask),
        "labels": (y > 0) / max(1, (y > 0).sum()),
    }
    found = (nats * weights[value if value in weights else None]).sum()
    if value == "sign":
        found = -found
    elif value == "rows apart":
        found = (nats * mask).sum(axis=1) / counts[:, 0]
    elif value == "each step":
        found = nats * mask
    elif value == "classes":
        found = found / logits.shape[-1]
    d = np.exp(log_p) - label
    if gradient == "no label":
        d = np.exp(log_p)
    elif gradient == "log":
        d = log_p - label
    elif gradient == "logits":
        d = logits - label
    elif gradient == "sign":
        d = -d
    key = gradient if gradient in weights else None
    return found, d * weights[key][..., None]


LOSSES = {
    "all": "The pads are in the mean: in the sum, and in the count. A label of 0 at a "
    "pad is no label.",
    "count of all": "The sum leaves the pads out, but it is divided by all steps. So "
    "the loss depends on how much was padded.",
    "rows": "That is the mean of the rows' means, in which a step of a short sequence "
    "counts more. Divide the sum over all real steps by their number.",
    "sum": "That is the sum over the real steps. Divide by their number.",
    "pads in the sum": "The count is right, but the pads are in the sum.",
    "pads only": "The mask is turned round: those are the pads. True is real.",
    "batch": "The sum is divided by the number of sequences. Divide by the number of "
    "real steps.",
    "labels": "The mask is made of the labels, but 0 is a label too where a step is "
    "real. Use `mask`.",
}
LOSS_GRADIENTS = {
    "all": "The gradient is that of a mean over all steps: the pads get one too.",
    "count of all": "The gradient is divided by all steps, pads too. Divide it as the "
    "loss is: by the number of real steps.",
    "sum": "The gradient is not divided by the number of real steps.",
    "pads in the sum": "The pads get a gradient. They have no part in the loss, so "
    "theirs is 0.",
    "rows": "The gradient is that of the mean of the rows' means.",
    "no label": "The 1 at the label is missing in the gradient: softmax minus 1 there.",
    "logits": "The gradient holds the logits. It is their softmax, minus 1 at the "
    "label.",
    "log": "The gradient holds the logarithms of the probabilities. It is the "
    "probabilities, minus 1 at the label.",
    "sign": "The gradient's sign is turned round: softmax minus label.",
}

loss = Check(
    name="loss",
    draw=_draw_loss,
    reference=_loss,
    suspects=(
        *(
            Suspect(
                says + " The same holds for the gradient.",
                lambda way=way, **given: _loss(**given, value=way, gradient=way),
            )
            for way, says in LOSSES.items()
        ),
        *(
            Suspect(says, lambda way=way, **given: _loss(**given, value=way))
            for way, says in {
                **LOSSES,
                "sign": "The sign is turned round: the loss is *minus* the logarithm.",
                "rows apart": "`loss` returned one number for each row; expected one "
                "for the batch: the sum over all real steps, divided by their number.",
                "probabilities": "The loss holds the probabilities of the labels. Take "
                "their logarithms, `log_softmax(logits)`.",
                "logits": "The loss holds the logits of the labels. Take the "
                "logarithms of the probabilities, `log_softmax(logits)`.",
                "classes": "The loss is divided by n_out too: a step's loss is the sum "
                "of −log softmax times the one-hot label, not the mean.",
                "each step": "`loss` returned the loss of each step; expected one "
                "number: their sum, divided by the number of real steps.",
            }.items()
        ),
        *(
            Suspect(says, lambda way=way, **given: _loss(**given, gradient=way))
            for way, says in LOSS_GRADIENTS.items()
        ),
        Suspect(
            "The softmax runs over time. It belongs to one step's logits, the last "
            "axis: `log_softmax(logits)` as it is given.",
            lambda **given: _loss(**given, axis=1),
        ),
    ),
    dims={
        "logits": ("batch", "time", "n_out"),
        "y": ("batch", "time"),
        "mask": ("batch", "time"),
    },
    outputs=("loss", "d_logits"),
    start="First the loss of each step, `(batch, time)`. Then its mean over the mask.",
)


# ---- answers -------------------------------------------------------------------------

# n, batch, longest; n is a multiple of batch in two cases.
COMPANIES = [(5, 2, 6), (2, 2, 3), (12, 4, 9), (23, 5, 30), (40, 7, 25)]
N_SYMBOLS, N_HIDDEN, N_OUT = 6, 5, 3
ROOM = 1.25  # times the steps that sorting by length needs


def _draw_answers(rng, case):
    n, batch, longest = COMPANIES[case]
    lengths = rng.integers(1, longest + 1, n)
    lengths[:2] = longest, 1
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
        self.rows, self.steps, self.real = [], 0, 0

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
        self.real += int(mask.sum())
        return cells.gru(self.embedding[x], self.weights, mask=mask).last @ self.out


SHARED = ("_Model",)  # what the answer is given to ask; knowing it is no answer


def _asked(answer, inputs):
    model = _Model()
    logits = answer(model, **inputs)
    read = {"rows": model.rows, "steps": model.steps, "real": model.real}
    return {"logits": logits} | read


def _alone(sequences):
    model = _Model()
    return np.concatenate([model(s[None], s[None] >= 0) for s in sequences])


def _same_answers(inputs, value):
    sequences, batch = inputs["sequences"], inputs["batch"]
    if value["logits"] is None:
        return "`answers` returned nothing. Does it end with a `return`?"
    right, logits = _alone(sequences), value["logits"]
    if not value["rows"]:
        return "The model was never called."
    if isinstance(logits, list) and any(np.ndim(part) != 1 for part in logits):
        return (
            "`answers` returned a list with an array for each batch. Join them: "
            "`np.concatenate`."
        )
    if np.shape(logits) != right.shape:
        n = len(sequences)
        if n % batch and np.shape(logits) == (n - n % batch, N_OUT):
            return "The last batch, which is not full, is left out."
        return (
            f"`answers` returned something of shape {np.shape(logits)}; expected (n, "
            f"n_out), {right.shape}: a row for each of the sequences."
        )
    if same(logits, right, 1e-8):
        return None
    order = np.argsort([len(s) for s in sequences], kind="stable")
    for fault, says in {
        tuple(order): "The answers come in the order in which the model saw the "
        "sequences. Bring them back: the first row belongs to the first sequence.",
        tuple(order[::-1]): "The answers come in the order in which the model saw the "
        "sequences. Bring them back: the first row belongs to the first sequence.",
    }.items():
        if same(logits, right[list(fault)], 1e-8):
            return says
    if same(logits, right[order][order], 1e-8):
        return (
            "The sorting is done twice, not undone: `out[order] = rows` puts row k at "
            "place order[k]; `rows[order]` does something else."
        )
    if same(np.sort(logits, axis=0), np.sort(right, axis=0), 1e-8):
        return "The right answers, in another order than the sequences."
    if all(any(same(row, one, 1e-8) for one in right) for row in logits):
        return (
            "Each row is the answer to one of the sequences, but not always to its own."
            " Keep the answers by place: several sequences may have one length."
        )
    p = np.exp(right - right.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    if same(logits, p, 1e-8) or same(logits, np.log(p), 1e-8):
        return "A softmax was applied. Return the model's logits as they are."
    says = difference("answers", logits, right, 1e-8, ("n", "n_out"))
    says += " Each row must be what the model says of that sequence alone"
    masked = value["real"] == sum(map(len, sequences))
    return says + ("." if masked else ": is the mask right?")


def _cheap(inputs, value):
    sequences, batch = inputs["sequences"], inputs["batch"]
    n = len(sequences)
    if max(value["rows"]) > batch:
        return (
            f"The answers are right, but the model got {max(value['rows'])} sequences "
            f"at once; at most batch = {batch} are allowed."
        )
    if len(value["rows"]) > 2 * -(-n // batch) + 2:
        return (
            f"The answers are right, but the model was called {len(value['rows'])} "
            f"times for {n} sequences; with batch = {batch}, {-(-n // batch)} calls "
            "are enough."
        )
    ordered = sorted(map(len, sequences))
    parts = [ordered[k : k + batch] for k in range(0, n, batch)]
    least = sum(len(part) * part[-1] for part in parts)
    if value["steps"] > ROOM * least + batch:
        return (
            f"The answers are right, but the model read {value['steps']} steps, pads "
            f"and all; with sequences of about one length together it is {least}."
        )
    return None


answers = Check(
    name="answers",
    draw=_draw_answers,
    call=_asked,
    properties=(_same_answers, _cheap),
    cases=len(COMPANIES),
    float32=False,
    start="Begin with the order: `np.argsort` of the lengths.",
)


# ---- state ---------------------------------------------------------------------------


def _draw_state(rng, case):
    batch, time, n = SIZES[case]
    mask = _right(rng, batch, time, case % 3 < 2)
    e = rng.normal(size=(batch, time, 4))
    e[mask.sum(axis=1).argmax(), 1] = 0  # a real step
    return {"weights": cells.lstm_weights(4, n, rng), "e": e, "mask": mask}


def _mended(answer, inputs, *, ur, new_layer):
    weights, e, mask = inputs.values()
    lstm = new_layer(e.shape[-1], len(weights.w_h))
    ur.load_lstm(lstm, weights)
    return answer(lstm, ur.tensor(np.float32(e)), ur.tensor(mask))


def _state(weights, e, mask, way=None):
    run = cells.lstm(e, weights, mask=mask if way in (None, "c", "mean") else None)
    rows, steps = np.arange(len(e)), mask.sum(axis=1) - 1
    if way == "c":
        return run.last[1]
    if way == "zeroed":
        return cells.lstm(e * mask[..., None], weights).last[0]
    if way == "next":
        return run.h[rows, np.minimum(steps + 1, mask.shape[1] - 1)]
    if way == "far":
        return run.h[rows, steps + 1]
    if way == "before":
        return run.h[rows, steps - 1]
    if way == "mean":
        real = mask[..., None]
        return (run.h * real).sum(axis=1) / real.sum(axis=1)
    if way == "first":
        return run.h[:, 0]
    if way == "sorted":
        order = np.argsort(-mask.sum(axis=1), kind="stable")
        return run.h[rows, steps][order]
    if way == "all":
        return run.h
    if way == "turned":
        return cells.lstm(e, weights, mask=~mask).last[0]
    if way == "not 0":
        return cells.lstm(e, weights, mask=e.any(axis=-1)).last[0]
    if way == "real and not 0":
        return cells.lstm(e, weights, mask=mask & e.any(axis=-1)).last[0]
    if way == "end":
        return run.h[:, -1] * mask[:, -1:]
    if way == "padded again":
        return np.where((steps == steps.max())[:, None], run.h[rows, steps], 0)
    if way == "pads":
        return run.last[0]
    return run.last[0]


state = Check(
    name="state",
    draw=_draw_state,
    reference=_state,
    call=_mended,
    suspects=tuple(
        Suspect(says, lambda way=way, **given: _state(**given, way=way))
        for way, says in {
            "pads": "Still the state after the pads: the layer reads them as inputs. "
            "It must be told the lengths, or the mask.",
            "zeroed": "The pads' inputs are set to 0, but the layer still takes those "
            "steps, and an input of 0 changes the state too.",
            "next": "One step too far: index length - 1 is the last real step.",
            "far": "One step too far: index length - 1 is the last real step.",
            "before": "One step too early: index length - 1 is the last real step.",
            "c": "That is the cell state c. An LSTM shows h.",
            "mean": "That is the mean over the real steps. The last one is asked for.",
            "first": "That is the state after the first step.",
            "sorted": "The rows come sorted by length. They must come as they went in.",
            "all": "That is every state, `(batch, time, n_hidden)`. Take one of each "
            "row.",
            "turned": "The mask is turned round: True is real, here and in the "
            "framework.",
            "not 0": "The pads are still read: they hold anything, and the only steps "
            "left out are real ones whose inputs are all 0. Use `mask`.",
            "real and not 0": "A real step whose inputs are all 0 is taken for "
            "padding. Only `mask` knows what is real: give it to the layer.",
            "end": "That is the state at the last step, if it is real, and 0 if not. "
            "Take each row's own last real step.",
            "padded again": "After unpacking, the last column holds the padding's 0 "
            "for every sequence but the longest. Take the state that the layer returns "
            "beside its outputs.",
        }.items()
    ),
    axes=("batch", "n_hidden"),
    tolerance=1e-5,
    tolerance32=1e-4,
    start="Run `patient` on one sequence alone. What must it know to stop in time?",
)


# ---- hot -----------------------------------------------------------------------------

SYMBOLS = [3, 2, 4, 5, 3, 6]


def _draw_hot(rng, case):
    batch, time, _ = SIZES[case]
    mask = _right(rng, batch, time, case % 3 < 2)
    n, lacks = SYMBOLS[case], case == 3  # there the last symbol does not occur
    sequences = [rng.integers(0, n - lacks, k).tolist() for k in mask.sum(axis=1)]
    for s in sequences:
        s[-1] = 0  # symbol 0 is a symbol, at the end of a sequence too
    sequences[int(mask.sum(axis=1).argmax())][0] = n - 1 - lacks
    return {"sequences": sequences, "n": n}


def _hot(sequences, n, way=None):
    side = "left" if way == "left" else "right"
    ids, mask = batches.pad(sequences, side=side)
    rows = batches.one_hot(ids, n)
    if way == "blind":
        return rows
    if way == "no zero":
        rows[..., 0] = 0
        return rows
    if way == "turned":
        return rows * ~mask[..., None]
    if way == "wider":
        return batches.one_hot(ids + mask, n + 1)
    if way == "wider, erased":
        return batches.one_hot(ids + mask, n + 1) * mask[..., None]
    if way == "no column":
        return batches.one_hot(ids, n)[..., 1:]
    if way == "seen":
        return (rows * mask[..., None])[..., : ids.max() + 1]
    if way == "mask":
        return mask
    if way == "ids":
        return ids * mask
    if way == "minus":
        return np.where(mask[..., None], rows, -1.0)
    return rows * mask[..., None]


hot = Check(
    name="hot",
    draw=_draw_hot,
    reference=_hot,
    suspects=tuple(
        Suspect(says, lambda way=way, **given: _hot(**given, way=way))
        for way, says in {
            "blind": "Still nothing is masked: a pad is a 1 in column 0. After the "
            "one-hot encoding, set the rows of the pads to 0.",
            "no zero": "Column 0 is erased everywhere, so the real symbol 0 looks like "
            "padding now. Use the mask: only it knows which 0 is a pad.",
            "turned": "The real steps are erased and the pads are kept: the mask is "
            "True where a step is real.",
            "wider": "There is a column too many, and a pad is a 1 in column 0 of it. "
            "Keep `n` columns and erase the pads' rows.",
            "wider, erased": "There is a column too many: with the pads erased by the "
            "mask, no symbol needs to move. Keep `n` columns.",
            "no column": "Column 0 is cut off, and symbol 0 with it.",
            "seen": "There are as many columns as the largest symbol of these "
            "sequences needs. Make `n`: another batch may have larger ones.",
            "left": "The padding is on the left; it is asked for on the right.",
            "mask": "That is the mask. Return the one-hot rows, `(batch, time, n)`.",
            "ids": "Those are the integers. Return one-hot rows, `(batch, time, n)`.",
            "minus": "The pads' rows hold -1; whoever looks for rows of 0 finds none.",
        }.items()
    ),
    axes=("batch", "time", "n"),
    start="Copy `blind`. What does `batches.pad` return beside the integers?",
)
