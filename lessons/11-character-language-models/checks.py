"""What the exercises of this unit must compute, and the known wrong ways."""

from functools import cache
from itertools import combinations

import numpy as np

from unrolled import baselines, batches, cells, data, text
from unrolled.check import Check, Suspect

# --- score ------------------------------------------------------------------------


def _draw_score(rng, case):
    n = (4, 5, 12, 30, 2000, 700)[case]
    return {"p": np.full(n, 0.25) if case == 0 else rng.uniform(0.02, 0.9, size=n)}


def _score(p):
    bits = np.log2(1 / np.asarray(p, float)).mean()  # 0 for p = 1, not -0
    return bits, 2**bits


score = Check(
    name="score",
    draw=_draw_score,
    reference=_score,
    suspects=(
        Suspect(
            "Your bits are nats: `np.log` is the natural logarithm. Take the logarithm "
            "to base 2.",
            lambda p: (-np.log(p).mean(), np.exp(-np.log(p).mean())),
        ),
        Suspect(
            "Your bits are nats: `np.log` is the natural logarithm. Take the logarithm "
            "to base 2; the perplexity is then off as well.",
            lambda p: (-np.log(p).mean(), 2 ** -np.log(p).mean()),
        ),
        Suspect(
            "The sign is lost: logarithms of probabilities are negative, and bits are "
            "counted as a positive number.",
            lambda p: (np.log2(p).mean(), 2 ** np.log2(p).mean()),
        ),
        Suspect(
            "These are the bits of the whole text. Divide by the number of symbols.",
            lambda p: (-np.log2(p).sum(), 2 ** -np.log2(p).sum()),
        ),
        Suspect(
            "You took the logarithm of the mean probability. Take the mean of the "
            "logarithms: one symbol that was thought impossible must hurt.",
            lambda p: (-np.log2(p.mean()), 1 / p.mean()),
        ),
        Suspect(
            "The perplexity undoes the logarithm, so it needs the same base: `2 ** "
            "bits`, not `exp(bits)`.",
            lambda p: (-np.log2(p).mean(), np.exp(-np.log2(p).mean())),
        ),
        Suspect(
            "That is the logarithm to base 10. Bits have base 2.",
            lambda p: (-np.log10(p).mean(), 10 ** -np.log10(p).mean()),
        ),
        Suspect(
            "That is an entropy: it weights each logarithm with p. Here every symbol "
            "came once: take the plain mean.",
            lambda p: (-(p * np.log2(p)).sum(), 2 ** -(p * np.log2(p)).sum()),
        ),
        Suspect(
            "That is the median. Take the mean: rare surprises count too.",
            lambda p: (-np.median(np.log2(p)), 2 ** -np.median(np.log2(p))),
        ),
        Suspect(
            "Your perplexity is the mean of 1 / p. It is 2 to the power of the bits: a "
            "geometric mean.",
            lambda p: (-np.log2(p).mean(), (1 / p).mean()),
        ),
        Suspect(
            "Your perplexity is below 1: the sign of the exponent is turned round. It "
            "is `2 ** bits`, with bits positive.",
            lambda p: (-np.log2(p).mean(), 2 ** np.log2(p).mean()),
        ),
        Suspect(
            "Your bits are right, but the perplexity is 2 to the power of the nats: "
            "use the bits.",
            lambda p: (-np.log2(p).mean(), 2 ** -np.log(p).mean()),
        ),
        Suspect(
            "Your bits are right, but the perplexity is 1 over the mean probability. "
            "It is `2 ** bits`.",
            lambda p: (-np.log2(p).mean(), 1 / p.mean()),
        ),
        Suspect(
            "Your bits are right, but the perplexity is their square. It is 2 to the "
            "power of the bits.",
            lambda p: (-np.log2(p).mean(), np.log2(p).mean() ** 2),
        ),
        Suspect(
            "You weight each logarithm with p. Here every symbol came once: take the "
            "plain mean.",
            lambda p: _both_of(-(p * np.log2(p)).mean()),
        ),
        Suspect(
            "You divide `p` by its sum. These are n probabilities of n moments, one "
            "from each distribution: they need not add up to 1.",
            lambda p: _score(p / p.sum()),
        ),
        Suspect(
            "`log2` is to base 2 already: do not divide by ln 2 as well.",
            lambda p: _both_of(-np.log2(p).mean() / np.log(2)),
        ),
        Suspect(
            "Nats become bits when they are divided by ln 2. You multiply.",
            lambda p: _both_of(-np.log(p).mean() * np.log(2)),
        ),
        Suspect(
            "You divide by n - 1. `p` holds n predictions: divide by n.",
            lambda p: _both_of(-np.log2(p).sum() / (len(p) - 1)),
        ),
        Suspect(
            "Bits first, then perplexity: your two results are exchanged.",
            lambda p: _score(p)[::-1],
        ),
        Suspect(
            "A product of so many probabilities is too small for the computer and "
            "becomes 0. Add logarithms instead.",
            lambda p: _by_product(p),
        ),
    ),
    dims={"p": ("n",)},
    outputs=("bits", "perplexity"),
    start="One line for the bits: the mean of the logarithms to base 2, turned round.",
)


def _both_of(bits):
    return bits, 2**bits


def _by_product(p):
    with np.errstate(divide="ignore"):
        perplexity = np.prod(p) ** (-1 / len(p))
    return np.log2(perplexity), perplexity


# --- streams ----------------------------------------------------------------------


def _draw_streams(rng, case):
    batch, steps = ((2, 6), (2, 3), (3, 2), (4, 5), (1, 4), (5, 3))[case]
    # Case 0 fits exactly, but for the target of the last symbol: four batches.
    n = batch * steps * (5, 3, 4, 5, 6, 7)[case] + (0, 1, 4, 7, 3, 11)[case]
    return {"ids": rng.integers(0, 90, size=n), "batch": batch, "steps": steps}


def _cut(ids, batch, steps, shift=1, n=None):
    n = (len(ids) - 1) // (batch * steps) if n is None else n
    used = n * batch * steps

    def rows(values):
        return values.reshape(batch, n, steps).transpose(1, 0, 2)

    return rows(ids[:used]), rows(ids[shift : used + shift])


def _cut_rows(ids, batch, steps):
    long = (len(ids) - 1) // batch  # symbols of a row, whatever is over

    def rows(values):
        whole = values[: batch * long].reshape(batch, long)[:, : long // steps * steps]
        return whole.reshape(batch, -1, steps).transpose(1, 0, 2)

    return rows(ids), rows(ids[1:])


def _targets_in_rows(ids, batch, steps):
    """Cut rows of all of `ids`; the last symbol of a row is nowhere an input."""
    long = len(ids) // batch
    rows, n = ids[: batch * long].reshape(batch, long), (long - 1) // steps
    x, y = rows[:, : n * steps], rows[:, 1 : n * steps + 1]
    return tuple(a.reshape(batch, n, steps).transpose(1, 0, 2) for a in (x, y))


def _step_over(ids, batch, steps):
    """Cut windows of steps + 1, so that the next one starts after the last target."""
    n = len(ids) // (batch * (steps + 1))
    long = ids[: n * batch * (steps + 1)].reshape(batch, n, steps + 1)
    return long[..., :-1].transpose(1, 0, 2), long[..., 1:].transpose(1, 0, 2)


def _neighbors(ids, batch, steps):
    n = (len(ids) - 1) // (batch * steps)
    used = n * batch * steps
    shape = n, batch, steps
    return ids[:used].reshape(shape), ids[1 : used + 1].reshape(shape)


def _rolled(ids, batch, steps, whole_row):
    x, _ = _cut(ids, batch, steps)
    if not whole_row:
        return x, np.roll(x, -1, axis=2)
    n = len(x)
    rows = x.transpose(1, 0, 2).reshape(batch, n * steps)
    y = np.roll(rows, -1, axis=1).reshape(batch, n, steps)
    return x, y.transpose(1, 0, 2)


def _behind(ids, batch, steps):
    x, y = _cut(ids, batch, steps)
    return y, x


streams = Check(
    name="streams",
    draw=_draw_streams,
    reference=_cut,
    suspects=(
        Suspect(
            "Your batch holds neighboring windows, so row r of the next batch does "
            "not go on where row r ended. Give each row a long piece of its own "
            "first, then cut the pieces into windows.",
            _neighbors,
        ),
        Suspect(
            "You leave something out at the end of each row. Leave it out at the end "
            "of `ids` alone: row r begins at `ids[r * n_batches * steps]`.",
            _cut_rows,
        ),
        Suspect(
            "You leave something out at the end of each row. Leave it out at the end "
            "of `ids` alone: row r begins at `ids[r * n_batches * steps]`, and the "
            "target of its last symbol stands at the beginning of row r + 1.",
            _targets_in_rows,
        ),
        Suspect(
            "Your windows are `steps + 1` long and step over one symbol each: the "
            "first of every window is never a target. Cut x and y in the same way, y "
            "one symbol later.",
            _step_over,
        ),
        Suspect(
            "Your `y` equals `x`: the model would learn to repeat what it sees. Shift "
            "the targets by one symbol.",
            lambda ids, batch, steps: _cut(ids, batch, steps, shift=0),
        ),
        Suspect(
            "Your targets are two symbols ahead, so every second prediction is "
            "skipped. Shift by one.",
            lambda ids, batch, steps: _cut(ids, batch, steps, shift=2),
        ),
        Suspect(
            "Your `x` is one symbol ahead of `y`: the model would predict the past.",
            _behind,
        ),
        Suspect(
            "The last target of each window is the window's own first symbol: `roll` "
            "goes round in a circle. Shift `ids` before you cut it.",
            lambda ids, batch, steps: _rolled(ids, batch, steps, whole_row=False),
        ),
        Suspect(
            "The last target of each long row is the row's own first symbol: `roll` "
            "goes round in a circle. Shift `ids` before you cut it.",
            lambda ids, batch, steps: _rolled(ids, batch, steps, whole_row=True),
        ),
        Suspect(
            "When the length is a multiple of `batch * steps`, the last `x` has no "
            "target left. Count with `len(ids) - 1`.",
            lambda ids, batch, steps: _cut(
                ids, batch, steps, n=len(ids) // (batch * steps)
            ),
        ),
        Suspect(
            "You leave out one whole batch that has targets. `(len(ids) - 1) // "
            "(batch * steps)` batches fit.",
            lambda ids, batch, steps: _cut(
                ids, batch, steps, n=(len(ids) - 1) // (batch * steps) - 1
            ),
        ),
        Suspect(
            "The values are right, but the row comes before the batch: swap the first "
            "two axes, so that `x[k]` is batch number k.",
            lambda ids, batch, steps: tuple(
                a.transpose(1, 0, 2) for a in _cut(ids, batch, steps)
            ),
        ),
        Suspect(
            "Within a batch, time comes before the rows. `x[k]` must be (batch, "
            "steps).",
            lambda ids, batch, steps: tuple(
                a.transpose(0, 2, 1) for a in _cut(ids, batch, steps)
            ),
        ),
    ),
    dims={"ids": ("n",), "batch": (), "steps": ()},
    axes=("n_batches", "batch", "time"),
    outputs=("x", "y"),
    start="Count how many batches fit, then reshape to (batch, n_batches, steps).",
)

# --- cross_entropy ----------------------------------------------------------------


def _draw_logits(rng, case):
    shape = ((2, 4, 7), (1, 3, 4), (3, 4, 4), (1, 5, 6), (2, 6, 7), (3, 2, 8))[case]
    # Case 3 comes as float32, where exp(100) is already infinite.
    scale = (1, 2, 3, 100, 1000, 2)[case]
    logits = rng.normal(size=shape) * scale
    y = rng.integers(0, shape[-1], size=shape[:-1])
    logits[0, 0, 0], y[0, 0] = 3 * scale, 0  # where exp is infinite, it is asked for
    return {"logits": logits, "y": y}


def _log_softmax(logits, axis=-1):
    logits = np.asarray(logits, float)
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _chosen(log_p, y):
    return np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0]


def _nats(logits, y):
    return 0 - _chosen(_log_softmax(logits), y).mean()  # 0 for p = 1, not -0


def _overflowing(logits, y):
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        p = e / e.sum(axis=-1, keepdims=True)
        return -np.log(_chosen(p, y)).mean()


def _underflowing(logits, y):
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        e = np.exp(shifted)
        return -np.log(_chosen(e / e.sum(axis=-1, keepdims=True), y)).mean()


def _with_epsilon(epsilon, clip):
    """Return a suspect that adds a small number to each p, or raises p to it."""

    def formula(logits, y):
        p = np.exp(_chosen(_log_softmax(logits), y))
        return -np.log(np.maximum(p, epsilon) if clip else p + epsilon).mean()

    return Suspect(
        "The small number inside your logarithm caps the loss: a symbol that the model "
        "finds impossible costs far too little. Subtract the largest logit and work "
        "with logarithms; then nothing needs to be added.",
        formula,
    )


def _one_maximum(logits, y):
    with np.errstate(all="ignore"):
        shifted = logits - logits.max()
        return (np.log(np.exp(shifted).sum(axis=-1)) - _chosen(shifted, y)).mean()


def _shifted_outside(logits, y):
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=-1, keepdims=True)
        return (np.log(np.exp(logits).sum(axis=-1)) - _chosen(shifted, y)).mean()


def _weighted(log_p):
    return (np.exp(log_p) * log_p).sum(axis=-1)


def _one_softmax(logits, y):
    logits = np.asarray(logits, float)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(shifted).sum()) - _chosen(shifted, y).mean()


cross_entropy = Check(
    name="cross_entropy",
    draw=_draw_logits,
    reference=_nats,
    suspects=(
        Suspect(
            "exp of a large logit is infinite, and infinite divided by infinite is "
            "nan. Subtract the largest logit first.",
            _overflowing,
        ),
        Suspect(
            "You subtract the largest logit, but then take the logarithm of a "
            "probability that has become 0. Use log(softmax) = logit − log of the sum.",
            _underflowing,
        ),
        *(
            _with_epsilon(10.0**-digits, clip)
            for digits in (5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 30)
            for clip in (False, True)
        ),
        Suspect(
            "You take off the largest logit of all. Where a moment's own are far below "
            "it, every exp becomes 0 and the logarithm infinite: take off each "
            "moment's own, `max(axis=-1, keepdims=True)`.",
            _one_maximum,
        ),
        Suspect(
            "The largest logit is taken off the chosen one, but not inside the sum: "
            "there exp is infinite. Both must be of the shifted logits.",
            _shifted_outside,
        ),
        Suspect(
            "That is the sum over the batch and the mean over time. Divide by the "
            "number of all predictions.",
            lambda logits, y: _nats(logits, y) * y.shape[0],
        ),
        Suspect(
            "You took the logarithm of the mean probability. Take the mean of the "
            "logarithms.",
            lambda logits, y: -np.log(np.exp(_chosen(_log_softmax(logits), y)).mean()),
        ),
        Suspect(
            "`[..., y]` picks for every moment the symbols of all moments. Each has "
            "its own: `np.take_along_axis(…, y[..., None], axis=-1)`.",
            lambda logits, y: -_log_softmax(logits)[..., y].mean(),
        ),
        Suspect(
            "You pick the likeliest symbol, the `argmax`. Pick `y`, the one that came.",
            lambda logits, y: -_log_softmax(logits).max(axis=-1).mean(),
        ),
        Suspect(
            "That is the entropy of the model's own guess: `y` is not used. Pick the "
            "logarithm of the symbol that came.",
            lambda logits, y: -_weighted(_log_softmax(logits)).mean(),
        ),
        Suspect(
            "That is the sum over all predictions. The loss is their mean, so that it "
            "does not grow with the batch.",
            lambda logits, y: _nats(logits, y) * y.size,
        ),
        Suspect(
            "That is the sum over time and the mean over the batch. Divide by the "
            "number of all predictions.",
            lambda logits, y: _nats(logits, y) * y.shape[1],
        ),
        Suspect(
            "That is the perplexity, exp of the loss. Return the loss itself.",
            lambda logits, y: np.exp(_nats(logits, y)),
        ),
        Suspect(
            "`y` is not used: the first symbol is picked each time. Pick the one that "
            "came, with `np.take_along_axis`.",
            lambda logits, y: _nats(logits, 0 * y),
        ),
        Suspect(
            "The largest logit is taken off once and added once: both parts, the sum "
            "and the chosen logit, must be of the same numbers.",
            lambda logits, y: (
                _nats(logits, y) + np.asarray(logits, float).max(axis=-1).mean()
            ),
        ),
        Suspect(
            "The sum runs over all moments and sequences. Each has a softmax of its "
            "own: sum over the last axis alone.",
            _one_softmax,
        ),
        Suspect(
            "The sign is lost: the loss is minus the logarithm of the probability.",
            lambda logits, y: -_nats(logits, y),
        ),
        Suspect(
            "That is in bits. Nats use the natural logarithm.",
            lambda logits, y: _nats(logits, y) / np.log(2),
        ),
        Suspect(
            "You averaged over the symbols too: a mean over a one-hot product divides "
            "by n_symbols once too often.",
            lambda logits, y: _nats(logits, y) / logits.shape[-1],
        ),
        Suspect(
            "Your softmax runs over time, so probabilities of different moments share "
            "one sum. It runs over the last axis, the symbols.",
            lambda logits, y: -_chosen(_log_softmax(logits, axis=1), y).mean(),
        ),
        Suspect(
            "Without a logarithm this is a mean of 1 − p, not of −ln p.",
            lambda logits, y: (1 - np.exp(_chosen(_log_softmax(logits), y))).mean(),
        ),
        Suspect(
            "You picked the logit itself. It becomes a log-probability only when the "
            "logarithm of the sum of all exponentials is taken off.",
            lambda logits, y: -_chosen(np.asarray(logits, float), y).mean(),
        ),
    ),
    dims={"logits": ("batch", "time", "n_symbols"), "y": ("batch", "time")},
    start="Begin with `shifted = logits - logits.max(axis=-1, keepdims=True)`.",
)

# --- read -------------------------------------------------------------------------


def _draw_read(rng, case):
    batch, n_in, n_hidden = ((2, 4, 8), (3, 3, 4), (1, 4, 4), (3, 5, 2))[case]
    # With two windows only, a missing cut between the first two shows; the odd cases
    # end in a shorter window.
    steps, n_windows = ((6, 3), (3, 2), (4, 2), (2, 4))[case]
    time = steps * n_windows - case % 2
    x = rng.normal(size=(batch, time, n_in)).astype(np.float32)
    weights = cells.rnn_weights(n_in, n_hidden, rng, dtype=np.float32)
    return {"x": x, "steps": steps, "weights": weights}


def _slopes(run, truncate):
    nothing, ones = np.zeros_like(run.h), np.ones_like(run.last)
    return cells.rnn_backward(run, nothing, ones, truncate).x


def _read(x, steps, weights):
    run = cells.rnn(x, weights)
    return run.h, _slopes(run, truncate=steps)


def _untruncated(x, steps, weights):
    run = cells.rnn(x, weights)
    return run.h, _slopes(run, truncate=None)


def _cut_at(step):
    """Return a formula with one cut, at the step that `step(time, steps)` says."""

    def formula(x, steps, weights):
        run = cells.rnn(x, weights)
        slope = _slopes(run, truncate=None)
        slope[:, : step(x.shape[1], steps)] = 0
        return run.h, slope

    return formula


def _not_after_the_first(time, steps):
    last = (time - 1) // steps * steps
    return last if last > steps else 0


def _no_slope(x, steps, weights):
    return cells.rnn(x, weights).h, np.zeros_like(x)


def _from(pick):
    """Return a formula in which `pick(h)` is the state that a window starts from."""

    def formula(x, steps, weights):
        states, start = [], None
        for at in range(0, x.shape[1], steps):
            run = cells.rnn(x[:, at : at + steps], weights, start)
            states.append(run.h)
            start = pick(run.h)
        slope = np.zeros_like(x)
        slope[:, at:] = _slopes(run, truncate=None)
        return np.concatenate(states, axis=1), slope

    return formula


def _measured(answer, inputs, probe):
    def read(*given):
        states = answer(*given)
        if states is None or isinstance(states, tuple | list):
            what = "nothing" if states is None else f"{len(states)} values"
            raise TypeError(
                f"your `read` returned {what}; it must return one tensor, all states "
                "(batch, time, n_hidden)"
            )
        return states

    return probe(read, *inputs.values())


read = Check(
    name="read",
    draw=_draw_read,
    reference=_read,
    call=_measured,
    suspects=(
        Suspect(
            "Every window starts from zero again, so nothing is remembered from one "
            "window to the next. Hand the state to the layer.",
            _from(lambda h: None),
        ),
        Suspect(
            "The gradient passes through all windows, and each update would walk back "
            "to the start of the text. Cut it where one window ends and the next "
            "begins; what cuts it returns a new tensor, so keep that one.",
            _untruncated,
        ),
        Suspect(
            "The state is cut after the first window only: later ones still pass the "
            "gradient on. Cut it in every turn of the loop.",
            _cut_at(lambda time, steps: steps),
        ),
        Suspect(
            "The state of the first window is not cut: at `start` 0 too a state goes "
            "on into the next window.",
            _cut_at(_not_after_the_first),
        ),
        Suspect(
            "You cut at every step, so a window learns nothing of what came before "
            "inside it. Cut only where one window ends and the next begins.",
            _cut_at(lambda time, steps: time - 1),
        ),
        Suspect(
            "No gradient is left at all: you cut the outputs too, so nothing could be "
            "learned. Cut only the state that goes into the next window.",
            _no_slope,
        ),
        Suspect(
            "The next window starts from the *first* state of the window before. It "
            "goes on from the last one.",
            _from(lambda h: h[:, 0]),
        ),
        Suspect(
            "Each row goes on from the state of another row. Row r of a window goes on "
            "from row r.",
            _from(lambda h: np.roll(h[:, -1], 1, axis=0)),
        ),
        Suspect(
            "The next window starts from the state before the last one. It goes on "
            "from the last one, `[:, -1]`.",
            _from(lambda h: h[:, -2]),
        ),
        Suspect(
            "The sequences of the batch share one state, their mean. Each goes on from "
            "its own.",
            _from(lambda h: 0 * h[:, -1] + h[:, -1].mean(axis=0)),
        ),
        Suspect(
            "The next window starts from the mean of the states before. It goes on "
            "from the last one.",
            _from(lambda h: h.mean(axis=1)),
        ),
    ),
    cases=4,
    float32=False,  # a layer computes in float32, and so the inputs come in it
    axes=("batch", "time", "features"),
    outputs=("states", "gradient"),
    start="Call the layer on the window and the state `h`, then replace `h`.",
)

# --- validate ---------------------------------------------------------------------


def _draw_validate(rng, case):
    # Case 0 has no tail; that of case 2 is a single prediction.
    n = (9, 41, 58, 97, 12_345, 12_800)[case]
    steps = (4, 8, 7, 16, 100, 64)[case]
    table = rng.normal(size=(6, 6)) * 2
    return {"table": table, "ids": rng.integers(0, 6, size=n), "steps": steps}


def _log_probabilities(table):
    """Return (trust, symbol, next): the more was read, the surer is the model."""
    table = np.asarray(table, float)
    trust = np.sqrt(np.arange(1, 51) / 50)
    return np.stack([_log_softmax(table * each) for each in trust])


def _with_a_model(inputs):
    table, ids, steps = inputs.values()
    return {"log_p": _log_probabilities(table), "ids": ids, "steps": steps}


def scorer(log_p):
    """Return `nats(x, y, state)` of a model that grows surer, the more it has read."""

    def nats(x, y, state=None):
        if len(x) != len(y):
            raise ValueError(
                "`x` and `y` must be of one length, as each x has the symbol after it; "
                f"nats was given {len(x)} and {len(y)}"
            )
        before = 0 if state is None else state
        trust = np.minimum(before + np.arange(len(x)), len(log_p) - 1)
        return -log_p[trust, x, np.asarray(y)], before + len(x)

    return nats


def _windows(table, ids, steps, most=None, carry=True, tail=True):
    """Return the nats of every window, as a list of arrays."""
    nats, state, out = scorer(_log_probabilities(table)), None, []
    ids = ids[:most]
    last = len(ids) - 1 if tail else len(ids) - steps
    for start in range(0, last, steps):
        stop = min(start + steps, len(ids) - 1)
        each, after = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        state = after if carry else None
        out.append(each)
    return out


def _mean(table, ids, steps, **how):
    return np.concatenate(_windows(table, ids, steps, **how)).mean()


def _mean_of_means(table, ids, steps, **how):
    return np.mean([each.mean() for each in _windows(table, ids, steps, **how)])


def _pairs(table, ids, steps, x=0, y=1, first=0, last=1):
    """Score the symbols at `y` from those at `x`, both counted from a window's start.

    `first` and `last` symbols at the two ends are not predicted.
    """
    nats, state, total = scorer(_log_probabilities(table)), None, 0
    for start in range(first, len(ids) - last, steps):
        stop = min(start + steps, len(ids) - last)
        each, state = nats(ids[start + x : stop + x], ids[start + y : stop + y], state)
        total += each.sum()
    return total / (len(ids) - 1)


def _tail_afresh(table, ids, steps):
    """Score the last, shorter window without a state."""
    out = _windows(table, ids, steps)
    full = (len(ids) - 1) // steps * steps
    if full and full < len(ids) - 1:
        nats = scorer(_log_probabilities(table))
        out[-1], _ = nats(ids[full:-1], ids[full + 1 :])
    return np.concatenate(out).mean()


def _first_state(table, ids, steps):
    """Hand the state after the first window to all the others."""
    nats, state, out = scorer(_log_probabilities(table)), None, []
    for start in range(0, len(ids) - 1, steps):
        stop = min(start + steps, len(ids) - 1)
        each, after = nats(ids[start:stop], ids[start + 1 : stop + 1], state)
        state = after if state is None else state
        out.append(each)
    return np.concatenate(out).mean()


LEFT = {
    "most": "it still looks at the first 12,000 symbols only",
    "carry": "each window starts without a state",
    "tail": "the tail after the last full window is left out",
    "pooled": "a mean of means counts a short window as much as a long one",
}
WRONG = {"most": 12_000, "carry": False, "tail": False}


def _still_wrong(faults):
    """Return the suspect that has these faults of `published`, two or more."""
    how = {name: WRONG[name] for name in faults if name in WRONG}
    mean = _mean_of_means if "pooled" in faults else _mean
    return Suspect(
        "Not all faults are mended: " + "; ".join(LEFT[f] for f in faults) + ".",
        lambda **inputs: mean(**inputs, **how),
    )


def _gaps(table, ids, steps):
    nats, state, out = scorer(_log_probabilities(table)), None, []
    for start in range(0, len(ids), steps + 1):
        piece = ids[start : start + steps + 1]
        if len(piece) > 1:
            each, state = nats(piece[:-1], piece[1:], state)
            out.append(each)
    return np.concatenate(out).mean()


validate = Check(
    name="validate",
    draw=_draw_validate,
    reference=_mean,
    call=lambda answer, inputs: answer(
        scorer(inputs["log_p"]), inputs["ids"], inputs["steps"]
    ),
    given=_with_a_model,
    suspects=(
        Suspect(
            "That is the published function unchanged: 12,000 symbols, no tail, and a "
            "new state in each window. Mend all three.",
            lambda **a: _mean_of_means(**a, most=12_000, carry=False, tail=False),
        ),
        Suspect(
            "You still look at the first 12,000 symbols only. Score all of `ids`.",
            lambda **a: _mean(**a, most=12_000),
        ),
        Suspect(
            "Each window starts without a state, so its first symbols are guessed "
            "without what came before. Pass the state on.",
            lambda **a: _mean(**a, carry=False),
        ),
        Suspect(
            "The tail is left out: the symbols after the last full window are "
            "predicted too.",
            lambda **a: _mean(**a, tail=False),
        ),
        Suspect(
            "A mean of means gives the short last window the weight of a full one. Add "
            "up all nats, divide once.",
            _mean_of_means,
        ),
        Suspect(
            "You divide by `len(ids)`, but the first symbol is not predicted: there is "
            "one prediction fewer.",
            lambda table, ids, steps: (
                _mean(table, ids, steps) * (len(ids) - 1) / len(ids)
            ),
        ),
        *(
            _still_wrong(faults)
            for n in (2, 3)
            for faults in combinations(LEFT, n)
            if not {"tail", "pooled"} <= set(faults)  # full windows: the same mean
        ),
        Suspect(
            "Some windows, the short last one, start without a state. Pass the state "
            "on to every window.",
            _tail_afresh,
        ),
        Suspect(
            "Every window after the first starts from the first one's state. Replace "
            "the state in each turn of the loop.",
            _first_state,
        ),
        Suspect(
            "The targets equal the inputs: the symbol after each x is to be predicted, "
            "`ids[start + 1 : stop + 1]`.",
            lambda **a: _pairs(**a, y=0),
        ),
        Suspect(
            "`x` and `y` are exchanged: the model would predict the past. `nats(x, y, "
            "state)` scores y after x.",
            lambda **a: _pairs(**a, x=1, y=0),
        ),
        Suspect(
            "The last symbol is never predicted: a window may end at `len(ids) - 1`.",
            lambda **a: _pairs(**a, last=2),
        ),
        Suspect(
            "The second symbol is never predicted. Let the first window start at 0.",
            lambda **a: _pairs(**a, first=1),
        ),
        Suspect(
            "A mean times `steps` is the sum of a full window; the last may be "
            "shorter. Add up the nats themselves.",
            lambda table, ids, steps: (
                sum(each.mean() * steps for each in _windows(table, ids, steps))
                / (len(ids) - 1)
            ),
        ),
        Suspect(
            "Only the first window is counted. Does the `return` stand in the loop?",
            lambda table, ids, steps: (
                _windows(table, ids, steps)[0].sum() / (len(ids) - 1)
            ),
        ),
        Suspect(
            "Only the last window is counted: each sum replaces the one before. Add "
            "it, `+=`.",
            lambda table, ids, steps: (
                _windows(table, ids, steps)[-1].sum() / (len(ids) - 1)
            ),
        ),
        Suspect(
            "You divide by two less than there are symbols. Only the first is not "
            "predicted: divide by `len(ids) - 1`.",
            lambda table, ids, steps: (
                _mean(table, ids, steps) * (len(ids) - 1) / (len(ids) - 2)
            ),
        ),
        Suspect(
            "That is in bits. The mean of the nats is asked for.",
            lambda table, ids, steps: _mean(table, ids, steps) / np.log(2),
        ),
        Suspect(
            "That is the perplexity. The mean of the nats is asked for.",
            lambda table, ids, steps: np.exp(_mean(table, ids, steps)),
        ),
        Suspect(
            "One symbol at a time, and each without a state: nothing of what came "
            "before is known. Pass the state on.",
            lambda table, ids, steps: _mean(table, ids, 1, carry=False),
        ),
        Suspect(
            "That is the sum of the nats. Divide by the number of predictions.",
            lambda table, ids, steps: _mean(table, ids, steps) * (len(ids) - 1),
        ),
        Suspect(
            "Your windows step over one symbol each: the first of every window is "
            "never predicted. Let the next window start at the last target.",
            _gaps,
        ),
    ),
    start="Mend a copy of `published`, one fault after the other.",
)

# --- char_lm ----------------------------------------------------------------------

SHARED = ("UPDATES", "scorer")
UPDATES, MARGIN = 300, 0.1
CONTEXT = 32  # symbols read before the one that is predicted


def _draw_char_lm(rng, case):
    return {"x": rng.integers(0, 11, size=(3, 8)), "n_symbols": 11, "n_hidden": 5}


@cache
def _corpus():
    """Return what to train on, what to read then, what follows, and its baseline."""
    words = data.text("pydoc-topics").text
    vocab = text.Vocab.from_text(words, min_count=20, unknown="¤")
    train, valid = batches.split(vocab.encode(words), 0.95)
    starts = np.arange(0, len(valid) - CONTEXT, 8)
    windows = valid[starts[:, None] + np.arange(CONTEXT + 1)]
    pairs = baselines.NGram(2, len(vocab)).fit(train).each(valid)[starts + CONTEXT]
    return train, windows, len(vocab), -np.log(pairs).mean()


def _without_answers(inputs):
    train, windows, n, _ = _corpus()
    return inputs | {"train": train, "contexts": windows[:, :-1], "n_train": n}


def _examine(model_class, inputs, ur):
    """Return what a model says; it is trained only if it is sound."""
    x, n_symbols, n_hidden, train, contexts, n_train = inputs.values()
    ur.seed(0)
    model = ur.ready(model_class(n_symbols, n_hidden))

    def says(ids, state=None):
        return ur.array(model(ur.tensor(ids), state)[0])

    given = model(ur.tensor(x), None)
    if not isinstance(given, tuple | list) or len(given) != 2:
        return {"pair": False}
    if isinstance(given[0], tuple | list):
        return {"pair": True, "logits first": False}
    logits = ur.array(given[0])
    found = {"pair": True, "logits": logits}
    if logits.shape != (*x.shape, n_symbols):
        return found
    found["again"] = says(x)
    if np.abs(found["again"] - logits).max() > 1e-6:
        return found  # nor can the rest be told
    for name, time in (("late", 5), ("early", 1)):  # one symbol changes
        other = x.copy()
        other[0, time] = (other[0, time] + 1) % n_symbols
        found[name] = says(other)
    half = model(ur.tensor(x[:, :4]), None)[1]
    found["state"] = half is not None
    if half is None or np.abs(found["late"] - logits)[0, :5].max() > 1e-6:
        return found  # not worth the training
    found["rest"] = says(x[:, 4:], half)
    if np.allclose(found["rest"], logits[:, 4:], atol=1e-4):
        ur.seed(0)
        model = model_class(n_train, 64)
        streams_ = batches.Streams(train, 16, 32)
        ur.fit(model, streams_, steps=UPDATES, lr=0.02, stateful=True, progress=False)
        parts = np.split(contexts, range(500, len(contexts), 500))
        found["trained"] = np.concatenate([says(part)[:, -1] for part in parts])
    return found


def _facts(inputs, value):
    """Return what the logits show, fact by fact."""
    x, n_symbols, _ = inputs.values()
    facts = {name: value[name] for name in ("pair", "logits first") if name in value}
    if "logits" not in value:
        return facts
    logits = value["logits"]
    facts["shape"] = tuple(logits.shape)
    if logits.shape != (*x.shape, n_symbols):
        return facts
    facts["the same again"] = bool(np.abs(value["again"] - logits).max() <= 1e-6)
    if not facts["the same again"]:
        return facts
    late, early = (
        np.abs(value[name] - logits).max(axis=-1) > 1e-6 for name in ("late", "early")
    )
    facts["to the past"] = bool(late[0, :5].any())
    facts["to other rows"] = bool(late[1:].any() or early[1:].any())
    facts["to the present"] = bool(late[0, 5])
    facts["to the future"] = bool(early[0, 2])
    facts["below zero"] = bool((logits < 0).any())
    facts["probabilities"] = bool(np.allclose(logits.sum(axis=-1), 1, atol=1e-4))
    over_time = np.allclose(logits.sum(axis=1), 1, atol=1e-4)
    facts["probabilities over time"] = bool(over_time)
    facts["state"] = value["state"]
    if facts["state"]:
        rest = value.get("rest", np.nan)  # what is not shown is not right
        facts["carried"] = bool(np.allclose(rest, logits[:, 4:], atol=1e-4))
    return facts


def _fact(name, wrong, says):
    def holds(inputs, value):
        return says if _facts(inputs, value).get(name) is wrong else None

    return holds


def _right_shape(inputs, value):
    expected = (*inputs["x"].shape, inputs["n_symbols"])
    given = _facts(inputs, value).get("shape", expected)
    if given == expected:
        return None
    if given == inputs["x"].shape:
        return (
            f"The logits have shape {given}: one number for each symbol read. Return "
            "n_symbols numbers each, not the best symbol: the loss needs them all."
        )
    if given == expected[1:]:
        return (
            f"The logits have shape {given}: the batch is missing. Was one sequence "
            "taken for all? In Keras, `h, *state = ` does that to a layer without "
            "`return_state=True`."
        )
    if given == (expected[0], *expected[:0:-1]):
        return (
            f"The logits have shape {given}: time and symbols have changed places. "
            "Return (batch, time, n_symbols), as the last layer gives them."
        )
    if len(given) == 2:
        return (
            f"The logits have shape {given}: only one moment is left. Every symbol is "
            "a target, so return every state of the layer, not the last one."
        )
    if given[-1] != expected[-1]:
        return (
            f"The logits have shape {given}; expected {expected} (batch, time, "
            "n_symbols). The last layer gives one number for each symbol."
        )
    return (
        f"The logits have shape {given}; expected {expected} (batch, time, n_symbols)."
    )


def _beats_pairs(inputs, value):
    _, windows, _, base = _corpus()
    y = windows[:, -1]
    nats = _nats(value["trained"], y)
    if nats <= base - MARGIN:
        return None
    return (
        f"After {UPDATES} updates the model reaches {nats:.2f} nats on {len(y)} "
        f"symbols of the held-out text; a 2-gram has {base:.2f}, and at least {MARGIN} "
        "less is asked for. Is something between the embedding and the logits that "
        "learns too little: a hidden layer too small, a non-linearity on the logits, a "
        "`detach`? Or are the symbols' numbers read without an embedding?"
    )


char_lm = Check(
    name="CharLM",
    draw=_draw_char_lm,
    call=_examine,
    given=_without_answers,
    properties=(
        _fact(
            "pair",
            False,
            "The model must return two things: the logits, and the state for the next "
            "window.",
        ),
        _fact(
            "logits first",
            False,
            "Your two results are exchanged: first the logits, then the state.",
        ),
        _right_shape,
        _fact(
            "the same again",
            False,
            "The same x and state, given twice, get two answers. Is a state kept in "
            "`self` or in the layer (`stateful=True`), or is something drawn at "
            "random, as dropout does? All that is remembered must be in `state`.",
        ),
        _fact(
            "to other rows",
            True,
            "A change in one row of the batch changes the logits of another row. "
            "Texts must not hear of each other: is the layer told that the batch "
            "comes first, or is something averaged over the batch?",
        ),
        _fact(
            "probabilities over time",
            True,
            "The logits add up to 1 over time: they have been through a softmax, and "
            "along the wrong axis. The loss applies softmax itself: leave it out.",
        ),
        _fact(
            "to the past",
            True,
            "A change at step 5 changes the logits *before* step 5: the model sees the "
            "future, which it is to predict. Read in one direction only, shift "
            "nothing, and compute nothing over all steps at once, as a mean does.",
        ),
        _fact(
            "to the present",
            False,
            "A change of the symbol at step 5 does not change the logits at step 5: "
            "does the input reach the output?",
        ),
        _fact(
            "to the future",
            False,
            "A change at step 1 does not change the logits at step 2: the model has no "
            "memory, and cannot beat a table of pairs.",
        ),
        _fact(
            "probabilities",
            True,
            "The logits add up to 1: they have been through a softmax. The loss "
            "applies softmax itself; after two of them little can be learned.",
        ),
        _fact(
            "below zero",
            False,
            "No logit is below 0: does the output go through a ReLU or a sigmoid? A "
            "symbol that is unlikely needs a logit below the others, however low.",
        ),
        _fact(
            "state",
            False,
            "The state that is returned is None. Return what the layer ended in.",
        ),
        _fact(
            "carried",
            False,
            "Reading eight symbols at once and reading four, then four more from the "
            "state, must give the same logits. Pass `state` to the layer, and return "
            "the state that the layer gives back, both parts of it.",
        ),
        _beats_pairs,
    ),
    cases=1,
    float32=False,
    free=True,
    start="Three layers in `__init__`, two lines below.",
)
