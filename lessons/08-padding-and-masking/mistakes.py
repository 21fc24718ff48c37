"""The wrong answers that learners give: what to say, and what it is in the solution."""

SQUEEZED = (
    "An axis of length 1 is gone, as `squeeze` does: the batch where there is one "
    "sequence, or the units where there is one. Both must stay."
)
AT = "np.arange(len(h)), steps"
LENGTH = "mask.sum(axis=1)"
LAST = {
    "That is the state at the end of the array, after the pads. Each sequence has an "
    "end of its own.": {AT: ":, -1"},
    "One step too far: a sequence of length 3 has its last real step at index 2. (A "
    "full row has no step there at all.)": {" - 1": ""},
    "One step too far, except in full rows: a sequence of length 3 has its last real "
    "step at index 2.": {" - 1": "", "steps]": "np.minimum(steps, mask.shape[1] - 1)]"},
    "One step too early: the last real step is at index length - 1.": {" - 1": " - 2"},
    "That is the *first* step of each sequence. The padding is on the right.": {
        AT: ":, 0"
    },
    "Only the first row came back. Does the `return` stand in the loop?": {
        "steps]": "steps][:1]"
    },
    "Your index counts the pads. The last real step is at index length - 1, and the "
    "mask's sum over time is the length.": {f"{LENGTH} - 1": "(~mask).sum(axis=1)"},
    "`len(mask)` is the number of sequences. The length of each is its mask's sum over "
    "time, axis 1.": {LENGTH: "len(mask)"},
    "The last step of the *longest* sequence is not everybody's: take an index for "
    "each row.": {LENGTH: f"{LENGTH}.max()"},
    "Every row is combined with every index. Index rows and steps together: "
    "`h[np.arange(batch), steps]`.": {"np.arange(len(h))": ":"},
    "The steps index the first axis, which is the batch. Index rows and steps "
    "together: `h[np.arange(batch), steps]`.": {AT: "steps"},
    "The mask is summed over the batch (axis 0). The length of a sequence is its sum "
    "over time, axis 1.": {"axis=1": "axis=0"},
    "That is the state at the last step, if it is real, and 0 if not. Take each row's "
    "own last real step.": {f"h[{AT}]": "(h * mask[..., None])[:, -1]"},
    "That is the mean over the real steps. The last one is asked for.": {
        f"h[{AT}]": f"(h * mask[..., None]).sum(axis=1) / {LENGTH}[:, None]"
    },
    "That is the sum over the real steps. The last one is asked for.": {
        f"h[{AT}]": "(h * mask[..., None]).sum(axis=1)"
    },
    "That is each unit's largest value over the real steps. The last state is asked "
    "for.": {f"h[{AT}]": "np.where(mask[..., None], h, -np.inf).max(axis=1)"},
    "Those are all real states, one below the other. Take the last one of each "
    "sequence.": {AT: "mask"},
    "Sorting puts equal values in any order, so the last place of `argsort` need not "
    "be the last True. The mask's sum over time is the length.": {
        f"{LENGTH} - 1": "mask.argsort(axis=1)[:, -1]"
    },
    SQUEEZED: {"steps]": "steps].squeeze()"},
}

COUNT, SHARE, SUM = "mask.sum(axis=1, keepdims=True)", "d_mean / count", "(h * real)"
FIRST = "(np.arange(mask.shape[1]) < count)[..., None]"
SAME = " The same holds for the gradient."
DIVIDED_BY = {
    "The sum leaves the pads out, but the count that divides it is the array's length. "
    "Divide by the number of real steps.": "mask.shape[1]",
    "That is the sum. Divide by the number of real steps.": "1",
    "Every row is divided by the number of real steps of the whole batch. Each row has "
    "its own.": "mask.sum()",
    "Every row is divided by the longest one's count. Each has its own.": (
        "mask.sum(axis=1).max()"
    ),
    "The mask's mean is the share of real steps. Divide by their number, the mask's "
    "sum.": "mask.mean(axis=1, keepdims=True)",
}
MEAN = {
    "The pads are in the mean: in the sum, and in the count that divides it." + SAME: {
        COUNT: "mask.shape[1]",
        "mask[..., None]": "np.ones(h.shape)",
    },
    "The pads are in the mean: in the sum, and in the count that divides it.": {
        SUM: "h",
        "/ count, d_h": "/ mask.shape[1], d_h",
    },
    **{says + SAME: {COUNT: by} for says, by in DIVIDED_BY.items()},
    **{says: {"/ count, d_h": f"/ {by}, d_h"} for says, by in DIVIDED_BY.items()},
    "The count is right, but the pads are in the sum. They may hold anything.": {
        SUM: "h"
    },
    "The pads are added, then taken away again. Beside a pad of 1e20 the real numbers "
    "lose all their digits: multiply by the mask first, then add.": {
        f"{SUM}.sum(axis=1)": "(h.sum(axis=1) - (h * ~real).sum(axis=1))"
    },
    "That is one mean for the whole batch. Each sequence has its own: sum over time, "
    "axis 1.": {f"{SUM}.sum(axis=1) / count": "h[mask].mean(axis=0)"},
    "The values that are not 0 are counted, but a real one may be 0 too. Count where "
    "the mask is True.": {"/ count, d_h": f"/ ({SUM} != 0).sum(axis=1), d_h"},
    "That is the mean of the first steps, as many as are real. Padding may stand "
    "anywhere: take the steps where the mask is True." + SAME: {
        "mask[..., None]": FIRST
    },
    "That is the mean of the first steps, as many as are real. Padding may stand "
    "anywhere: take the steps where the mask is True.": {SUM: f"(h * {FIRST})"},
    "The gradient goes to the first steps, as many as are real. Padding may stand "
    "anywhere: it goes where the mask is True.": {"= real *": f"= {FIRST} *"},
    "The pads get a gradient. They have no part in the mean, so theirs is 0.": {
        "= real *": "= np.ones(h.shape) *"
    },
    "The gradient is divided by the array's length. Divide it by each row's number of "
    "real steps, as the mean is.": {SHARE: "d_mean / mask.shape[1]"},
    "The gradient is not divided by the count: each real step has the share 1 / count "
    "in the mean.": {SHARE: "d_mean"},
    "The gradient is multiplied by the count. Each real step has the share 1 / count "
    "in the mean.": {SHARE: "d_mean * count"},
    "The gradient is divided by the share of real steps. Divide it by their number, "
    "the mask's sum.": {SHARE: "d_mean / mask.mean(axis=1, keepdims=True)"},
    "The gradient is divided by the number of real steps of the whole batch. Each row "
    "has its own count.": {SHARE: "d_mean / mask.sum()"},
    "The gradient contains `h`. The mean is linear in h: its gradient does not depend "
    "on it.": {"= real *": "= real * h *"},
    "The whole gradient goes to the last real step. In a mean every real step has the "
    "same share, 1 / count.": {
        f"real * ({SHARE})": (
            "real * (real[:, ::-1].cumsum(axis=1)[:, ::-1] == 1) * (d_mean)"
        )
    },
    "The gradient has no axis of time: each real step gets its share of `d_mean`. "
    "Spread it with `[:, None]` and the mask.": {f"real * ({SHARE})[:, None]": SHARE},
    SQUEEZED: {
        "return (h * real).sum(axis=1) / count": (
            "return np.squeeze((h * real).sum(axis=1) / count)"
        )
    },
}

# Weights of the steps' losses, in place of `mask / mask.sum()`.
ALL, REAL_BY_ALL = "np.ones(y.shape) / y.size", "mask / y.size"
MEANS = "mask / mask.sum(axis=1, keepdims=True) / len(mask)"
ADDED, WITH_PADS = "1.0 * mask", "np.ones(y.shape) / mask.sum()"
ONLY_PADS = "~mask / max(1, (~mask).sum())"
VALUES = {
    "The pads are in the mean: in the sum, and in the count. A label of 0 at a pad is "
    "no label.": ALL,
    "The sum leaves the pads out, but it is divided by all steps. So the loss depends "
    "on how much was padded.": REAL_BY_ALL,
    "That is the mean of the rows' means, in which a step of a short sequence counts "
    "more. Divide the sum over all real steps by their number.": MEANS,
    "That is the sum over the real steps. Divide by their number.": ADDED,
    "The count is right, but the pads are in the sum.": WITH_PADS,
    "The mask is turned round: those are the pads. True is real.": ONLY_PADS,
    "The sum is divided by the number of sequences. Divide by the number of real "
    "steps.": "mask / len(mask)",
    "The mask is made of the labels, but 0 is a label too where a step is real. Use "
    "`mask`.": "(y > 0) / (y > 0).sum()",
}
GRADIENTS = {
    "The gradient is that of a mean over all steps: the pads get one too.": ALL,
    "The gradient is divided by all steps, pads too. Divide it as the loss is: by the "
    "number of real steps.": REAL_BY_ALL,
    "The gradient is that of the mean of the rows' means.": MEANS,
    "The gradient is not divided by the number of real steps.": ADDED,
    "The pads get a gradient. They have no part in the loss, so theirs is 0.": (
        WITH_PADS
    ),
}
SOFTMAX_MINUS_LABEL = "(np.exp(log_p) - label)"
LOSS = {
    **{says + SAME: {"mask / mask.sum()": way} for says, way in VALUES.items()},
    **{says: {"nats * weight": f"nats * ({way})"} for says, way in VALUES.items()},
    **{says: {"* weight[": f"* ({way})["} for says, way in GRADIENTS.items()},
    "The pads are added, then taken away again. Beside a pad of 1e20 the real numbers "
    "lose all their digits: multiply by the mask first, then add.": {
        "(nats * weight).sum()": "(nats.sum() - (nats * ~mask).sum()) / mask.sum()"
    },
    "The sign is turned round: the loss is *minus* the logarithm.": {"-(log": "(log"},
    "`loss` returned one number for each row; expected one for the batch: the sum over "
    "all real steps, divided by their number.": {
        "(nats * weight).sum()": "(nats * mask).sum(axis=1) / mask.sum(axis=1)"
    },
    "`loss` returned the loss of each step; expected one number: their sum, divided by "
    "the number of real steps.": {"(nats * weight).sum()": "nats * mask"},
    "The loss holds the probabilities of the labels. Take their logarithms, "
    "`log_softmax(logits)`.": {"-(log_p": "-(np.exp(log_p)"},
    "The loss holds the logits of the labels. Take the logarithms of the "
    "probabilities, `log_softmax(logits)`.": {"-(log_p": "-(logits"},
    "The loss is divided by n_out too: a step's loss is the sum of −log softmax times "
    "the one-hot label, not the mean.": {"label).sum": "label).mean"},
    "The softmax runs over time. It belongs to one step's logits, the last axis: "
    "`log_softmax(logits)` as it is given.": {
        "log_softmax(logits)": "log_softmax(logits.swapaxes(1, 2)).swapaxes(1, 2)"
    },
    "The softmax overflows where logits are large: np.exp(1000) is inf. Take np.exp of "
    "`log_softmax(logits)`.": {
        "np.exp(log_p)": "np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)"
    },
    "The 1 at the label is missing in the gradient: softmax minus 1 there.": {
        SOFTMAX_MINUS_LABEL: "np.exp(log_p)"
    },
    "The gradient holds the logits. It is their softmax, minus 1 at the label.": {
        SOFTMAX_MINUS_LABEL: "(logits - label)"
    },
    "The gradient holds the logarithms of the probabilities. It is the probabilities, "
    "minus 1 at the label.": {SOFTMAX_MINUS_LABEL: "(log_p - label)"},
}

SORTED = "np.argsort([len(s) for s in sequences])"
PAD = "batches.pad([sequences[i] for i in order[start : start + batch]])"
BEGIN, BACK = "    order = ", "    out[order] = found"
NOT_BACK = {BACK: "    out = found"}
FULL_ONLY = NOT_BACK | {"len(order), batch": "len(order) - batch + 1, batch"}
ANSWERS = {
    "The answers come in the order in which the model saw the sequences. Bring them "
    "back: the first row belongs to the first sequence.": [
        NOT_BACK,
        NOT_BACK | {"[len(s)": "[-len(s)"},
        NOT_BACK
        | {SORTED: "sorted(range(len(sequences)), key=lambda i: len(sequences[i]))"},
    ],
    "The sorting is done twice, not undone: `out[order] = rows` puts row k at place "
    "order[k]; `rows[order]` does something else.": {BACK: "    out = found[order]"},
    "The last batch, which is not full, is left out.": [
        FULL_ONLY,
        FULL_ONLY | {SORTED: "np.arange(len(sequences))"},
    ],
    "The model is told that everything is real, pads too. Give it the mask that "
    "`batches.pad` returns.": {"model(x, mask)": "model(x, np.ones_like(mask))"},
    "A softmax was applied. Return the model's logits as they are.": [
        {BACK: "    out[order] = np.exp(found)\n    out /= out.sum(1, keepdims=True)"},
        {
            BACK: "    p = np.exp(found)\n"
            "    out[order] = np.log(p / p.sum(axis=1, keepdims=True))"
        },
    ],
    "Those are classes. Return the model's logits as they are, `(n, n_out)`.": {
        "return out": "return out.argmax(axis=-1)"
    },
    "The answers are kept by length, but several sequences may have one length. Keep "
    "them by place.": {
        BACK: "    of = {len(sequences[i]): row for i, row in zip(order, found)}\n"
        "    out = np.array([of[len(s)] for s in sequences])"
    },
    "`answers` returned a list with an array for each batch. Join them: "
    "`np.concatenate`.": {"    found = np": "    return rows\n    found = np"},
    "The model got all sequences at once. Give it at most `batch`.": {
        BEGIN: "    batch = len(sequences)\n    order = "
    },
    "The model got one sequence at a time. With `batch` at once, n / batch calls are "
    "enough.": {BEGIN: "    batch = 1\n    order = "},
    "The sequences come as they are, long beside short, and the model reads many pads. "
    "Sort them by length first.": {SORTED: "np.arange(len(sequences))"},
    "Every batch is padded to the longest of all sequences. Pad each for itself.": {
        PAD: "(a[order[start : start + batch]] for a in batches.pad(sequences))"
    },
}

# PyTorch only, in place of `h[-1]`; the layer has read the pads too.
EVERY, AT_ROW = "lstm(e)[0]", "lstm(e)[0][list(range(len(e))), mask.sum(dim=1)"
READ = {
    "One step too far: index length - 1 is the last real step.": f"{AT_ROW}]",
    "One step too far, except in full rows: index length - 1 is the last real step.": (
        f"{AT_ROW}.clamp(max=e.shape[1] - 1)]"
    ),
    "One step too early: index length - 1 is the last real step.": f"{AT_ROW} - 2]",
    "That is the mean over the real steps. The last one is asked for.": (
        f"({EVERY} * mask[..., None]).sum(dim=1) / mask.sum(dim=1)[:, None]"
    ),
    "That is every state, `(batch, time, n_hidden)`. Take one of each row.": EVERY,
    "The rows come sorted by length. They must come as they went in.": (
        "h[-1][mask.sum(dim=1).argsort(descending=True, stable=True)]"
    ),
    "After unpacking, the last column holds the padding's 0 for every sequence but the "
    "longest. Take the state that the layer returns beside its outputs.": (
        "nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True)[0][:, -1]"
    ),
}
STATE = {
    "Still the state after the pads: the layer reads them as inputs. It must be told "
    "the lengths, or the mask.": {
        "pytorch": {"lstm(packed)": "lstm(e)"},
        "tensorflow": {", mask=mask": ""},
    },
    "The pads' inputs are set to 0, but the layer still takes those steps, and an "
    "input of 0 changes the state too.": {
        "pytorch": {"lstm(packed)": "lstm(e * mask[..., None])"},
        "tensorflow": {"e, mask=mask": "tf.where(mask[..., None], e, 0.0)"},
    },
    "The last step of the *longest* sequence is not everybody's. Each has its own.": {
        "pytorch": {"h[-1]": f"{EVERY}[:, mask.sum(dim=1).max() - 1]"},
        "tensorflow": {
            "e, mask=mask": "e[:, : int(tf.reduce_max(tf.math.count_nonzero(mask, 1)))]"
        },
    },
    "That is the state after the first step.": {
        "pytorch": {"h[-1]": f"{EVERY}[:, 0]"},
        "tensorflow": {"e, mask=mask": "e[:, :1]"},
    },
    "That is the state at the last step, if it is real, and 0 if not. Take each row's "
    "own last real step.": {
        "pytorch": {"h[-1]": f"({EVERY} * mask[..., None])[:, -1]"},
        "tensorflow": {
            "lstm(e, mask=mask)": "lstm(e) * tf.cast(mask[:, -1:], e.dtype)"
        },
    },
    SQUEEZED: {
        "pytorch": {"h[-1]": "h.squeeze()"},
        "tensorflow": {"lstm(e, mask=mask)": "tf.squeeze(lstm(e, mask=mask))"},
    },
    **{says: {"pytorch": {"h[-1]": way}} for says, way in READ.items()},
    "That is the cell state c. An LSTM shows h.": {
        "pytorch": {"_, (h, _)": "_, (_, h)"}
    },
    "That is the cell state c, after the pads. An LSTM shows h; it must be told the "
    "lengths.": {"pytorch": {"_, (h, _)": "_, (_, h)", "lstm(packed)": "lstm(e)"}},
    "It looks as if inputs that are not 0 are counted. The pads hold anything, and a "
    "real step may be all 0: the length is the mask's sum.": {
        "pytorch": {"mask.sum(dim=1)": "e.any(dim=-1).sum(dim=1)"}
    },
    "The mask is turned round: True is real, here and in the framework.": {
        "tensorflow": {"=mask": "=~mask"}
    },
    "The pads are still read: they hold anything, and the only steps left out are real "
    "ones whose inputs are all 0. Use `mask`.": {
        "tensorflow": {"=mask": "=tf.reduce_any(e != 0, axis=-1)"}
    },
    "A real step whose inputs are all 0 is taken for padding. Only `mask` knows what "
    "is real: give it to the layer.": {
        "tensorflow": {"=mask": "=mask & tf.reduce_any(e != 0, axis=-1)"}
    },
}

ROWS_OF_1, ERASED = "batches.one_hot(ids, n)", " * mask[..., None]"
HOT = {
    "Still nothing is masked: a pad is a 1 in column 0. After the one-hot encoding, "
    "set the rows of the pads to 0.": {ERASED: ""},
    "Column 0 is erased everywhere, so the real symbol 0 looks like padding now. Use "
    "the mask: only it knows which 0 is a pad.": {"mask[": "(ids != 0)["},
    "The real steps are erased and the pads are kept: the mask is True where a step is "
    "real.": {"mask[": "~mask["},
    "There is a column too many, and a pad is a 1 in column 0 of it. Keep `n` columns "
    "and erase the pads' rows.": {"ids, n)" + ERASED: "ids + mask, n + 1)"},
    "There is a column too many: with the pads erased by the mask, no symbol needs to "
    "move. Keep `n` columns.": {"ids, n)": "ids + 1, n + 1)"},
    "Column 0 is cut off, and symbol 0 with it.": {ERASED: "[..., 1:]"},
    "There are as many columns as the largest symbol of these sequences needs. Make "
    "`n`: another batch may have larger ones.": {
        ROWS_OF_1: "np.eye(ids.max() + 1)[ids]"
    },
    "The padding is on the left; it is asked for on the right.": {
        "pad(sequences": 'pad(sequences, side="left"'
    },
    "That is the mask. Return the one-hot rows, `(batch, time, n)`.": {
        ROWS_OF_1 + ERASED: "mask"
    },
    "Those are the integers. Return one-hot rows, `(batch, time, n)`.": {
        ROWS_OF_1 + ERASED: "ids * mask"
    },
    "The pads' rows hold -1; whoever looks for rows of 0 finds none.": {
        ROWS_OF_1 + ERASED: f"np.where(mask[..., None], {ROWS_OF_1}, -1)"
    },
    "A pad is a 1 in the last column: index -1 counts from the end. Pad with a symbol, "
    "and erase the pads' rows by the mask.": {
        "pad(sequences": "pad(sequences, -1",
        ROWS_OF_1 + ERASED: "np.eye(n)[ids]",
    },
    "Every sequence is cut to the length of the shortest. Pad them to the longest.": {
        "pad(sequences)": "pad([s[: min(map(len, sequences))] for s in sequences])"
    },
}

MISTAKES = {
    "last": LAST,
    "mean": MEAN,
    "loss": LOSS,
    "answers": ANSWERS,
    "state": STATE,
    "hot": HOT,
}
