"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _last(line):
    return f"def last(h, mask):\n    {line}\n"


LAST = [
    Mistake("h[:, -1]", "end of the array, after the pads", _last("return h[:, -1]")),
    Mistake(
        "length as index",
        "One step too far",
        _last("return h[np.arange(len(h)), mask.sum(axis=1)]"),
    ),
    Mistake(
        "length as index, kept inside",
        "except in full rows",
        _last(
            "return h[np.arange(len(h)), np.minimum(mask.sum(1), mask.shape[1] - 1)]"
        ),
    ),
    Mistake(
        "one too early",
        "One step too early",
        _last("return h[np.arange(len(h)), mask.sum(axis=1) - 2]"),
    ),
    Mistake("the first step", "*first* step", _last("return h[:, 0]")),
    Mistake(
        "padding taken to be on the left",
        "*first* step",
        _last("return h[np.arange(len(h)), mask.argmax(axis=1)]"),
    ),
    Mistake(
        "the longest's end for all",
        "The last step of the *longest* sequence",
        _last("return h[:, mask.sum(axis=1).max() - 1]"),
    ),
    Mistake(
        "every row with every index",
        "combined with every index",
        _last("return h[:, mask.sum(axis=1) - 1]"),
    ),
    Mistake(
        "index on the first axis",
        "which is the batch",
        _last("return h[mask.sum(axis=1) - 1]"),
    ),
    Mistake(
        "summed over the batch",
        "summed over the batch",
        _last("return h[np.arange(len(h)), mask.sum(axis=0) - 1]"),
    ),
    Mistake(
        "masked, then the end",
        "if it is real, and 0 if not",
        _last("return (h * mask[..., None])[:, -1]"),
    ),
    Mistake(
        "sum of the real steps",
        "sum over the real steps",
        _last("return (h * mask[..., None]).sum(axis=1)"),
    ),
    Mistake(
        "mean of the real steps",
        "mean over the real steps",
        _last("return (h * mask[..., None]).sum(axis=1) / mask.sum(axis=1)[:, None]"),
    ),
    Mistake(
        "return in the loop",
        "Does the `return` stand in the loop",
        """
def last(h, mask):
    out = []
    for row, real in zip(h, mask):
        out.append(row[real.sum() - 1])
        return np.array(out)
""",
    ),
    Mistake(
        "pads counted",
        "Your index counts the pads",
        _last("return h[np.arange(len(h)), mask[:, ::-1].argmax(axis=1)]"),
    ),
    Mistake(
        "len of the mask",
        "`len(mask)` is the number of sequences",
        _last("return h[np.arange(len(h)), len(mask) - 1]"),
    ),
    Mistake(
        "the largest state",
        "A small case that fails",
        _last("return np.where(mask[..., None], h, -np.inf).max(axis=1)"),
    ),
    Mistake(
        "every real state",
        "expected",
        _last("return h[mask]"),
    ),
    Mistake(
        "nothing returned",
        "returned nothing",
        _last("h[np.arange(len(h)), mask.sum(axis=1) - 1]"),
    ),
]


def _mean(
    count="mask.sum(axis=1, keepdims=True)",
    top="(h * real).sum(axis=1)",
    d_h="real * (d_mean / count)[:, None]",
    back="top / count, d_h",
):
    return f"""
def mean(h, mask, d_mean):
    real = mask[..., None]
    count = {count}
    top = {top}
    d_h = {d_h}
    return {back}
"""


EVERYWHERE = "np.repeat((d_mean / count)[:, None], h.shape[1], axis=1)"
MEAN = [
    Mistake(
        "plain mean, its own gradient",
        "The same holds for the gradient",
        _mean(count="h.shape[1]", top="h.sum(axis=1)", d_h=EVERYWHERE),
    ),
    Mistake(
        "plain mean of the masked states",
        "the count that divides it is the array's length",
        _mean(count="h.shape[1]"),
    ),
    Mistake(
        "pads in the sum",
        "the pads are in the sum",
        _mean(top="h.sum(axis=1)"),
    ),
    Mistake(
        "pads get a gradient",
        "The pads get a gradient",
        _mean(d_h=EVERYWHERE),
    ),
    Mistake(
        "one count for the batch",
        "real steps of the whole batch",
        _mean(count="mask.sum()"),
    ),
    Mistake(
        "the longest's count",
        "divided by the longest one's count",
        _mean(
            back="top / count.max(), d_h",
        ),
    ),
    Mistake("a sum", "That is the sum", _mean(back="top, d_h")),
    Mistake(
        "a sum, and its gradient",
        "Divide the gradient too",
        _mean(back="top, real * d_mean[:, None]"),
    ),
    Mistake(
        "gradient without the count",
        "has the share 1 / count",
        _mean(d_h="real * d_mean[:, None]"),
    ),
    Mistake(
        "gradient over all steps",
        "divided by the array's length",
        _mean(d_h="real * (d_mean / h.shape[1])[:, None]"),
    ),
    Mistake(
        "h in the gradient",
        "does not depend on it",
        _mean(d_h="real * h * (d_mean / count)[:, None]"),
    ),
    Mistake(
        "as many steps from the start",
        "That is the mean of the first steps",
        _mean(top="np.stack([r[:n].sum(axis=0) for r, n in zip(h, mask.sum(axis=1))])"),
    ),
    Mistake(
        "as many steps from the start, and their gradient",
        "the mean of the first steps, as many as are real. Padding may stand anywhere: "
        "take the steps where the mask is True. The same holds",
        _mean(
            top="np.stack([r[:n].sum(axis=0) for r, n in zip(h, mask.sum(axis=1))])",
            d_h="np.sort(real, axis=1)[:, ::-1] * (d_mean / count)[:, None]",
        ),
    ),
    Mistake(
        "values that are not 0 counted",
        "but a real one may be 0 too",
        _mean(back="top / (h * real != 0).sum(axis=1), d_h"),
    ),
    Mistake(
        "mean of the mask",
        "the share of real steps. Divide by their number, the mask's sum. The same",
        _mean(count="mask.mean(axis=1, keepdims=True)"),
    ),
    Mistake(
        "results exchanged",
        "right results in another order",
        _mean(back="d_h, top / count"),
    ),
    Mistake(
        "gradient times the count",
        "multiplied by the count",
        _mean(d_h="real * (d_mean * count)[:, None]"),
    ),
    Mistake(
        "whole gradient to the last real step",
        "A small case that fails",
        _mean(
            d_h="real * (np.cumsum(real[:, ::-1], axis=1)[:, ::-1] == 1) "
            "* d_mean[:, None]"
        ),
    ),
    Mistake(
        "mean of the whole batch",
        "The axis batch is missing",
        _mean(back="h[mask].mean(axis=0), d_h"),
    ),
    Mistake("only the mean", "expected 2: mean, d_h", _mean(back="top / count")),
    Mistake(
        "d_mean not spread over time",
        "d_h",
        _mean(d_h="d_mean / count"),
    ),
    Mistake(
        "pads erased in place",
        "changed its argument `h` in place",
        _mean(top="np.multiply(h, real, out=h).sum(axis=1)"),
    ),
]


def _loss(
    logs="log_softmax(logits)",
    weight="mask / mask.sum()",
    d_weight="weight",
    nats="-(log_p * label).sum(axis=-1)",
    value="(nats * weight).sum()",
    d="np.exp(log_p) - label",
    back="value, d",
):
    return f"""
def loss(logits, y, mask):
    log_p = {logs}
    label = np.eye(logits.shape[-1])[y]
    nats = {nats}
    weight = {weight}
    value = {value}
    d = ({d}) * ({d_weight})[..., None]
    return {back}
"""


LOSS = [
    Mistake(
        "mean over the pads too",
        "The pads are in the mean",
        _loss(weight="np.ones(y.shape) / y.size"),
    ),
    Mistake(
        "masked sum, mean over all",
        "depends on how much was padded",
        _loss(weight="mask / y.size"),
    ),
    Mistake(
        "value right, gradient over all",
        "the pads get one too",
        _loss(d_weight="np.ones(y.shape) / y.size"),
    ),
    Mistake(
        "mean of means",
        "mean of the rows' means",
        _loss(weight="mask / mask.sum(axis=1, keepdims=True) / len(mask)"),
    ),
    Mistake(
        "gradient of the mean of means",
        "The gradient is that of the mean of the rows' means",
        _loss(d_weight="mask / mask.sum(axis=1, keepdims=True) / len(mask)"),
    ),
    Mistake("a sum", "That is the sum", _loss(weight="mask * 1.0")),
    Mistake(
        "gradient not divided",
        "not divided by the number of real steps",
        _loss(d_weight="mask * 1.0"),
    ),
    Mistake(
        "pads in the gradient",
        "The pads get a gradient",
        _loss(d_weight="np.ones(y.shape) / mask.sum()"),
    ),
    Mistake(
        "no minus at the label",
        "The 1 at the label is missing",
        _loss(d="np.exp(log_p)"),
    ),
    Mistake(
        "logarithms in the gradient",
        "logarithms of the probabilities",
        _loss(d="log_p - label"),
    ),
    Mistake(
        "gradient's sign",
        "softmax minus label",
        _loss(d="label - np.exp(log_p)"),
    ),
    Mistake(
        "no minus in the loss",
        "*minus* the logarithm",
        _loss(nats="(log_p * label).sum(axis=-1)"),
    ),
    Mistake(
        "mask turned round",
        "those are the pads",
        _loss(weight="~mask / max(1, (~mask).sum())"),
    ),
    Mistake(
        "divided by the sequences",
        "divided by the number of sequences",
        _loss(weight="mask / len(mask)"),
    ),
    Mistake(
        "a number for each row",
        "one number for each row",
        _loss(value="(nats * mask).sum(axis=1) / mask.sum(axis=1)"),
    ),
    Mistake(
        "a number for each step",
        "the loss of each step",
        _loss(value="nats * mask"),
    ),
    Mistake(
        "mask made of the labels",
        "The mask is made of the labels",
        _loss(weight="(y > 0) / (y > 0).sum()"),
    ),
    Mistake(
        "softmax over time",
        "The softmax runs over time",
        _loss(
            logs="log_softmax(logits.swapaxes(1, 2)).swapaxes(1, 2)",
        ),
    ),
    Mistake(
        "probability for its logarithm",
        "The loss holds the probabilities",
        _loss(nats="-(np.exp(log_p) * label).sum(axis=-1)"),
    ),
    Mistake(
        "logits for logarithms",
        "The loss holds the logits",
        _loss(nats="-(logits * label).sum(axis=-1)"),
    ),
    Mistake(
        "mean over the classes",
        "divided by n_out too",
        _loss(nats="-(log_p * label).mean(axis=-1)"),
    ),
    Mistake(
        "logits in the gradient",
        "The gradient holds the logits",
        _loss(d="logits - label"),
    ),
    Mistake(
        "in bits",
        "A small case that fails",
        _loss(nats="-(log_p * label).sum(axis=-1) / np.log(2)"),
    ),
    Mistake(
        "results exchanged",
        "right results in another order",
        _loss(back="d, value"),
    ),
    Mistake("only the loss", "expected 2: loss, d_logits", _loss(back="value")),
]


def _answers(
    order="np.argsort([len(s) for s in sequences])",
    stop="len(order)",
    size="batch",
    call="model(x, mask)",
    end="out = np.empty_like(found)\n    out[order] = found\n    return out",
    pad="batches.pad([sequences[i] for i in order[start : start + size]])",
):
    return f"""
def answers(model, sequences, batch):
    order = {order}
    size, rows = {size}, []
    for start in range(0, {stop}, size):
        x, mask = {pad}
        rows.append({call})
    found = np.concatenate(rows)
    {end}
"""


ANSWERS = [
    Mistake(
        "order not undone",
        "in the order in which the model saw",
        _answers(end="return found"),
    ),
    Mistake(
        "sorted twice",
        "done twice, not undone",
        _answers(end="return found[order]"),
    ),
    Mistake(
        "last batch left out",
        "which is not full, is left out",
        _answers(
            order="np.arange(len(sequences))",
            stop="len(order) - len(order) % size",
            end="return found",
        ),
    ),
    Mistake(
        "all is real",
        "is the mask right?",
        _answers(call="model(x, np.ones_like(mask))"),
    ),
    Mistake(
        "mask turned round",
        "a mask with a True after a False",
        _answers(call="model(x, ~mask)"),
    ),
    Mistake(
        "mask guessed from the values",
        "a mask with a True after a False",
        _answers(call="model(x, x != 0)"),
    ),
    Mistake(
        "left padding",
        "the padding is on the right",
        _answers(
            pad="batches.pad([sequences[i] for i in order[start : start + size]], "
            'side="left")'
        ),
    ),
    Mistake(
        "softmax applied",
        "A softmax was applied",
        _answers(
            end="out = np.empty_like(found)\n    out[order] = np.exp(found)\n    "
            "return out / out.sum(axis=1, keepdims=True)"
        ),
    ),
    Mistake(
        "whole numbers",
        "says of that sequence alone.",
        _answers(
            end="out = np.zeros(found.shape, int)\n    out[order] = found\n    "
            "return out"
        ),
    ),
    Mistake(
        "answers kept by length",
        "but not always to its own",
        _answers(
            end="kept = {len(sequences[i]): row for i, row in zip(order, found)}\n    "
            "return np.array([kept[len(s)] for s in sequences])"
        ),
    ),
    Mistake(
        "mask of integers",
        "the model got a mask",
        _answers(call="model(x, mask.astype(int))"),
    ),
    Mistake(
        "no mask",
        "missing 1 required positional argument",
        _answers(call="model(x)"),
    ),
    Mistake(
        "not sorted",
        "sequences of about one length together",
        _answers(order="np.arange(len(sequences))"),
    ),
    Mistake(
        "everything at once",
        "sequences at once; at most batch",
        _answers(size="len(sequences)"),
    ),
    Mistake(
        "one at a time",
        "calls are enough",
        _answers(size="1"),
    ),
    Mistake(
        "a list of batches",
        "Join them",
        """
def answers(model, sequences, batch):
    order = np.argsort([len(s) for s in sequences])
    rows = []
    for start in range(0, len(order), batch):
        x, mask = batches.pad([sequences[i] for i in order[start : start + batch]])
        rows.append(model(x, mask))
    return rows
""",
    ),
    Mistake(
        "classes in place of logits",
        "expected (n, n_out)",
        _answers(call="model(x, mask).argmax(axis=-1)"),
    ),
    Mistake(
        "the learner's own sequences sorted",
        "changed its argument",
        """
def answers(model, sequences, batch):
    sequences.sort(key=len)
    rows = []
    for start in range(0, len(sequences), batch):
        x, mask = batches.pad(sequences[start : start + batch])
        rows.append(model(x, mask))
    return np.concatenate(rows)
""",
    ),
]


def _state(body):
    return f"def state(lstm, e, mask):\n    {body}\n"


PACK = (
    "packed = nn.utils.rnn.pack_padded_sequence(\n        e, {lengths}, "
    "batch_first=True, enforce_sorted={sorted})\n    "
)
GOOD = PACK.format(lengths="mask.sum(dim=1)", sorted="False")
STATE = [
    Mistake(
        "as it was",
        "Still the state after the pads",
        _state("return lstm(e)[1][0][-1]"),
        "pytorch",
    ),
    Mistake(
        "pads set to zero",
        "an input of 0 changes the state too",
        _state("return lstm(e * mask[..., None])[1][0][-1]"),
        "pytorch",
    ),
    Mistake(
        "sorted by promise",
        "enforce_sorted",
        _state(
            PACK.format(lengths="mask.sum(dim=1)", sorted="True")
            + "return lstm(packed)[1][0][-1]"
        ),
        "pytorch",
    ),
    Mistake(
        "lengths of the batch axis",
        "stopped with",
        _state(
            PACK.format(lengths="mask.sum(dim=0)", sorted="False")
            + "return lstm(packed)[1][0][-1]"
        ),
        "pytorch",
    ),
    Mistake(
        "the cell state",
        "An LSTM shows h",
        _state(GOOD + "return lstm(packed)[1][1][-1]"),
        "pytorch",
    ),
    Mistake(
        "the last column after unpacking",
        "the last column holds the padding's 0",
        _state(
            GOOD + "h, _ = nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], "
            "batch_first=True)\n    return h[:, -1]"
        ),
        "pytorch",
    ),
    Mistake(
        "sorted and left so",
        "sorted by length",
        _state(
            "order = mask.sum(dim=1).argsort(descending=True, stable=True)\n    "
            "return lstm(e)[0][list(range(len(e))), mask.sum(dim=1) - 1][order]"
        ),
        "pytorch",
    ),
    Mistake(
        "one too far",
        "One step too far",
        _state("return lstm(e)[0][list(range(len(e))), mask.sum(dim=1)]"),
        "pytorch",
    ),
    Mistake(
        "one too early",
        "One step too early",
        _state("return lstm(e)[0][list(range(len(e))), mask.sum(dim=1) - 2]"),
        "pytorch",
    ),
    Mistake(
        "masked, then the end",
        "if it is real, and 0 if not",
        _state("return (lstm(e)[0] * mask[..., None])[:, -1]"),
        "pytorch",
    ),
    Mistake(
        "every state",
        "That is every state",
        _state("return lstm(e)[0]"),
        "pytorch",
    ),
    Mistake(
        "as it was",
        "Still the state after the pads",
        _state("return lstm(e)"),
        "tensorflow",
    ),
    Mistake(
        "pads set to zero",
        "an input of 0 changes the state too",
        _state("return lstm(e * tf.cast(mask, e.dtype)[..., None])"),
        "tensorflow",
    ),
    Mistake(
        "mask turned round",
        "True is real",
        _state("return lstm(e, mask=~mask)"),
        "tensorflow",
    ),
    Mistake(
        "a mask of the values",
        "The pads are still read",
        _state("return lstm(e, mask=tf.reduce_any(e != 0, axis=-1))"),
        "tensorflow",
    ),
    Mistake(
        "a Masking layer that finds no zeros but real ones",
        "The pads are still read",
        _state("return lstm(keras.layers.Masking()(e))"),
        "tensorflow",
    ),
    Mistake(
        "zeros for the pads, and a Masking layer",
        "A real step whose inputs are all 0 is taken for padding",
        _state(
            "return lstm(keras.layers.Masking()(tf.where(mask[..., None], e, 0.0)))"
        ),
        "tensorflow",
    ),
    Mistake(
        "masked, then the end",
        "if it is real, and 0 if not",
        _state("return lstm(e) * tf.cast(mask[:, -1:], e.dtype)"),
        "tensorflow",
    ),
    Mistake(
        "lengths for a mask",
        "stopped with",
        _state("return lstm(e, mask=tf.reduce_sum(tf.cast(mask, tf.int32), axis=1))"),
        "tensorflow",
    ),
    Mistake(
        "zeros in, and the mask forgotten",
        "an input of 0 changes the state too",
        _state("return lstm(tf.where(mask[..., None], e, 0.0))"),
        "tensorflow",
    ),
]


def _hot(body):
    return f"def hot(sequences, n):\n    {body}\n"


def _rows(line):
    return _hot(
        "ids, mask = batches.pad(sequences)\n    "
        f"x = batches.one_hot(ids, n)\n    {line}"
    )


HOT = [
    Mistake("as it was", "Still nothing is masked", _rows("return x")),
    Mistake(
        "column 0 erased",
        "the real symbol 0 looks like padding",
        _rows("x[..., 0] = 0\n    return x"),
    ),
    Mistake(
        "every 0 taken for a pad",
        "the real symbol 0 looks like padding",
        _rows("return x * (ids != 0)[..., None]"),
    ),
    Mistake(
        "mask turned round",
        "The real steps are erased",
        _rows("return x * ~mask[..., None]"),
    ),
    Mistake(
        "one symbol more",
        "a pad is a 1 in column 0 of it",
        _hot(
            "ids, mask = batches.pad([np.array(s) + 1 for s in sequences])\n    "
            "return batches.one_hot(ids, n + 1)"
        ),
    ),
    Mistake(
        "one symbol more, erased",
        "no symbol needs to move",
        _hot(
            "ids, mask = batches.pad([np.array(s) + 1 for s in sequences])\n    "
            "return batches.one_hot(ids, n + 1) * mask[..., None]"
        ),
    ),
    Mistake(
        "padded with -1",
        "-1 has no place",
        _hot("ids, _ = batches.pad(sequences, -1)\n    return batches.one_hot(ids, n)"),
    ),
    Mistake(
        "column 0 cut off",
        "symbol 0 with it",
        _rows("return x[..., 1:]"),
    ),
    Mistake(
        "no axis for the mask",
        "stopped with ValueError",
        _rows("return x * mask"),
    ),
    Mistake(
        "left padding",
        "The padding is on the left",
        _hot(
            'ids, mask = batches.pad(sequences, side="left")\n    '
            "return batches.one_hot(ids, n) * mask[..., None]"
        ),
    ),
    Mistake(
        "columns counted from the data",
        "as many columns as the largest symbol",
        _hot(
            "ids, mask = batches.pad(sequences)\n    "
            "return np.eye(ids.max() + 1)[ids] * mask[..., None]"
        ),
    ),
    Mistake("integers masked", "Those are the integers", _rows("return ids * mask")),
    Mistake("the mask", "That is the mask", _rows("return mask")),
    Mistake(
        "pads of -1",
        "finds none",
        _rows("return np.where(mask[..., None], x, -1)"),
    ),
]

MISTAKES = {
    "last": LAST,
    "mean": MEAN,
    "loss": LOSS,
    "answers": ANSWERS,
    "state": STATE,
    "hot": HOT,
}
