"""The wrong answers that learners give: what to say, and what it is in the solution."""

from itertools import combinations

BY_LN_2 = {"mean()": "mean() / np.log(2)"}
BITS, PERPLEXITY = "-np.log2(p).mean()", "2**bits"
SCORE = {
    "Your bits are nats: `np.log` is the natural logarithm. Take the logarithm to "
    "base 2.": {"log2": "log", PERPLEXITY: "np.exp(bits)"},
    "Your bits are nats: `np.log` is the natural logarithm. Take the logarithm to base "
    "2; the perplexity is then off as well.": {"log2": "log"},
    "That is the logarithm to base 10. Bits have base 2.": {
        "log2": "log10",
        PERPLEXITY: "10**bits",
    },
    "The sign is lost: logarithms of probabilities are negative, and bits are counted "
    "as a positive number.": {"-np": "np"},
    "These are the bits of the whole text. Divide by the number of symbols.": {
        "mean": "sum"
    },
    "You took the logarithm of the mean probability. Take the mean of the logarithms: "
    "one symbol that was thought impossible must hurt.": {BITS: "-np.log2(p.mean())"},
    "You weight each logarithm with p, as in an entropy. Here every symbol came once: "
    "take the plain mean.": [
        {BITS: f"-(p * np.log2(p)).{each}()"} for each in ("sum", "mean")
    ],
    "That is the median. Take the mean: rare surprises count too.": {
        BITS: "-np.median(np.log2(p))"
    },
    "You divide `p` by its sum. These are n probabilities of n moments, one from each "
    "distribution: they need not add up to 1.": {"log2(p)": "log2(p / p.sum())"},
    "`log2` is to base 2 already: do not divide by ln 2 as well.": BY_LN_2,
    "Nats become bits when they are divided by ln 2. You multiply.": {
        BITS: "-np.log(p).mean() * np.log(2)"
    },
    "You divide by n - 1. `p` holds n predictions: divide by n.": {
        "mean()": "sum() / (len(p) - 1)"
    },
    "The small number in your logarithm hides how surprised the model was. None of "
    "these p is 0: leave it out.": [
        {"log2(p)": f"log2({raised.format(f'1e-{digits}')})"}
        for digits in (6, 7, 8, 9, 10, 12, 15, 16)
        for raised in ("p + {}", "np.maximum(p, {})")
    ],
    "A product of so many probabilities is too small for the computer and becomes 0. "
    "Add logarithms instead.": {BITS: "np.log2(np.prod(p) ** (-1 / len(p)))"},
    "Bits first, then perplexity: your two results are exchanged.": {
        "bits, 2**bits": "2**bits, bits"
    },
    "The perplexity undoes the logarithm, so it needs the same base: `2 ** bits`, not "
    "`exp(bits)`.": {PERPLEXITY: "np.exp(bits)"},
    "Your perplexity is the mean of 1 / p. It is 2 to the power of the bits: a "
    "geometric mean.": {PERPLEXITY: "(1 / p).mean()"},
    "Your perplexity is below 1: the sign of the exponent is turned round. It is "
    "`2 ** bits`, with bits positive.": {PERPLEXITY: "2**-bits"},
    "Your bits are right, but the perplexity is 2 to the power of the nats: use the "
    "bits.": {PERPLEXITY: "2 ** -np.log(p).mean()"},
    "Your bits are right, but the perplexity is 1 over the mean probability. It is "
    "`2 ** bits`.": {PERPLEXITY: "1 / p.mean()"},
    "Your bits are right, but the perplexity is their square. It is 2 to the power of "
    "the bits.": {PERPLEXITY: "bits**2"},
}

COUNT, ROWS = "(len(ids) - 1) // (batch * steps)", "values.reshape("
USED, X, Y = "n_batches * batch * steps", "rows(ids[:used])", "rows(ids[1 : used + 1])"
LEFT_OUT = (
    "You leave something out at the end of each row. Leave it out at the end of `ids` "
    "alone: row r begins at `ids[r * n_batches * steps]`"
)
CIRCLE = "own first symbol: `roll` goes round in a circle. Shift `ids` before you "
STREAMS = {
    "Your batch holds neighboring windows, so row r of the next batch does not go on "
    "where row r ended. Give each row a long piece of its own first, then cut the "
    "pieces into windows.": {
        "(batch, n_batches, steps)": "(n_batches, batch, steps)",
        ".transpose(1, 0, 2)": "",
    },
    f"{LEFT_OUT}.": {
        USED: "(len(ids) - 1) // batch * batch",
        ROWS: f"{ROWS}batch, -1)[:, : n_batches * steps].reshape(",
    },
    f"{LEFT_OUT}, and the target of its last symbol stands at the beginning of row "
    "r + 1.": {
        COUNT: "(len(ids) // batch - 1) // steps",
        USED: "len(ids) // batch * batch",
        "rows(values)": "rows(values, shift=0)",
        ROWS: f"{ROWS}batch, -1)[:, shift : shift + n_batches * steps].reshape(",
        Y: "rows(ids[:used], shift=1)",
    },
    "Your windows are `steps + 1` long and step over one symbol each: the first of "
    "every window is never a target. Cut x and y in the same way, y one symbol "
    "later.": {
        COUNT: "len(ids) // (batch * (steps + 1))",
        USED: "n_batches * batch * (steps + 1)",
        "n_batches, steps)": "n_batches, steps + 1)",
        Y: f"{X}[..., 1:]",
        f"{X},": f"{X}[..., :-1],",
    },
    "Your `y` equals `x`: the model would learn to repeat what it sees. Shift the "
    "targets by one symbol.": {Y: X},
    "Your targets are two symbols ahead, so every second prediction is skipped. Shift "
    "by one.": {"1 : used + 1": "2 : used + 2"},
    "Your `x` is one symbol ahead of `y`: the model would predict the past.": {
        f"{X}, {Y}": f"{Y}, {X}"
    },
    f"The last target of each window is the window's {CIRCLE}cut it.": {
        Y: f"np.roll({X}, -1, axis=2)"
    },
    f"The last target of each long row is the row's {CIRCLE}cut it.": {
        Y: "rows(np.roll(ids[:used].reshape(batch, -1), -1, axis=1))"
    },
    "The last target of all is the first symbol of the text: `roll` goes round in a "
    "circle. Shift `ids` before you cut it.": {Y: "rows(np.roll(ids[:used], -1))"},
    "When the length is a multiple of `batch * steps`, the last `x` has no target "
    "left. Count with `len(ids) - 1`.": {"(len(ids) - 1)": "len(ids)"},
    "You leave out one whole batch that has targets. `(len(ids) - 1) // (batch * "
    "steps)` batches fit.": {COUNT: f"{COUNT} - 1"},
    "The values are right, but the row comes before the batch: swap the first two "
    "axes, so that `x[k]` is batch number k.": {".transpose(1, 0, 2)": ""},
    "Within a batch, time comes before the rows. `x[k]` must be (batch, steps).": {
        "(1, 0, 2)": "(1, 2, 0)"
    },
}

MAX, LOSS = "max(axis=-1, keepdims=True)", "(log_sum - chosen).mean()"
CHOSEN = "np.take_along_axis(shifted, y[..., None], axis=-1)[..., 0]"
P, D = "np.exp(chosen - log_sum)", "-np.log(np.exp(chosen) / np.exp(log_sum))"
CROSS_ENTROPY = {
    "exp of a large logit is infinite, and nothing can be computed from that. Subtract "
    "the largest logit first.": [
        {f" - logits.{MAX}": ""},
        {f" - logits.{MAX}": "", LOSS: f"{D}.mean()"},
    ],
    "You subtract the largest logit, but then take the logarithm of a probability that "
    "has become 0. Use log(softmax) = logit − log of the sum.": {LOSS: f"{D}.mean()"},
    "The small number inside your logarithm caps the loss: a symbol that the model "
    "finds impossible costs far too little. Subtract the largest logit and work with "
    "logarithms; then nothing needs to be added.": [
        {LOSS: f"-np.log({raised.format(f'1e-{digits}')}).mean()"}
        for digits in (5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 30)
        for raised in (P + " + {}", f"np.maximum({P}, {{}})")
    ],
    "You take off the largest logit of all. Where a moment's own are far below it, "
    "every exp becomes 0 and the logarithm infinite: take off each moment's own, "
    "`max(axis=-1, keepdims=True)`.": {MAX: "max()"},
    "You take off each symbol's largest logit over time. Take off each moment's own, "
    "over the symbols: `max(axis=-1, keepdims=True)`.": {"max(axis=-1": "max(axis=1"},
    "The largest logit is taken off the chosen one, but not inside the sum: there exp "
    "is infinite. Both must be of the shifted logits.": {"exp(shifted": "exp(logits"},
    "The largest logit is taken off one part alone, or added again: the sum and the "
    "chosen logit must be of the same numbers.": [
        {"log_sum - ": "log_sum + logits.max(axis=-1) - "},
        {"axis(shifted": "axis(logits"},
    ],
    "You took the logarithm of the mean probability. Take the mean of the "
    "logarithms.": {LOSS: f"-np.log({P}.mean())"},
    "`[..., y]` picks for every moment the symbols of all moments. Each has its own: "
    "`np.take_along_axis(…, y[..., None], axis=-1)`.": {
        CHOSEN: "(shifted - log_sum[..., None])[..., y]",
        LOSS: "-chosen.mean()",
    },
    "You pick the likeliest symbol, the `argmax`. Pick `y`, the one that came.": {
        CHOSEN: "shifted.max(axis=-1)"
    },
    "That is the entropy of the model's own guess: `y` is not used. Pick the logarithm "
    "of the symbol that came.": {
        CHOSEN: "(np.exp(shifted - log_sum[..., None]) * shifted).sum(axis=-1)"
    },
    "`y` is not used: the first symbol is picked each time. Pick the one that came, "
    "with `np.take_along_axis`.": {CHOSEN: "shifted[..., 0]"},
    "That is the sum over all predictions. The loss is their mean, so that it does not "
    "grow with the batch.": {"mean()": "sum()"},
    "That is the sum over time and the mean over the batch. Divide by the number of "
    "all predictions.": {"mean()": "sum(axis=1).mean()"},
    "That is the sum over the batch and the mean over time. Divide by the number of "
    "all predictions.": {"mean()": "sum(axis=0).mean()"},
    "You averaged over the symbols too: a mean over a one-hot product divides by "
    "n_symbols once too often.": {"mean()": "mean() / logits.shape[-1]"},
    "The sum runs over all moments and sequences. Each has a softmax of its own: sum "
    "over the last axis alone.": {".sum(axis=-1)": ".sum()"},
    "Your softmax runs over time, so probabilities of different moments share one sum. "
    "It runs over the last axis, the symbols.": {
        "max(axis=-1": "max(axis=1",
        "sum(axis=-1)": "sum(axis=1, keepdims=True)",
        "axis(shifted": "axis(shifted - log_sum",
        "log_sum - chosen": "-chosen",
    },
    "Without a logarithm this is a mean of 1 − p, not of −ln p.": {
        LOSS: f"(1 - {P}).mean()"
    },
    "You picked the logit itself. It becomes a log-probability only when the logarithm "
    "of the sum of all exponentials is taken off.": {
        "axis(shifted": "axis(logits",
        LOSS: "-chosen.mean()",
    },
}


def begins(torch, keras):
    """Return the edit after which the next window begins with this state."""
    return {
        "pytorch": {"h.detach()": torch},
        "tensorflow": {"tf.stop_gradient(out[:, -1])": keras},
    }


def cut(torch, keras):
    """Return the edit after which it begins with this state, without its gradient."""
    return begins(f"{torch}.detach()", f"tf.stop_gradient({keras})")


READ = {
    "Every window starts from zero again, so nothing is remembered from one window to "
    "the next. Hand the state to the layer.": {
        "pytorch": {"(window, h)": "(window)"},
        "tensorflow": {", initial_state=h": ""},
    },
    "The gradient passes through all windows, and each update would walk back to the "
    "start of the text. Cut it where one window ends and the next begins; what cuts it "
    "returns a new tensor, so keep that one.": begins("h", "out[:, -1]"),
    "The state is cut after the first window only: later ones still pass the gradient "
    "on. Cut it in every turn of the loop.": begins(
        "h if start else h.detach()",
        "out[:, -1] if start else tf.stop_gradient(out[:, -1])",
    ),
    "The state of the first window is not cut: at `start` 0 too a state goes on into "
    "the next window.": begins(
        "h.detach() if start else h",
        "tf.stop_gradient(out[:, -1]) if start else out[:, -1]",
    ),
    "You cut at every step, so a window learns nothing of what came before inside it. "
    "Cut only where one window ends and the next begins.": {
        "x.shape[1], steps": "x.shape[1], 1",
        "+ steps": "+ 1",
    },
    "No gradient is left at all: you cut the outputs too, so nothing could be learned. "
    "Cut only the state that goes into the next window.": {
        "pytorch": {"append(out)": "append(out.detach())"},
        "tensorflow": {"append(out)": "append(tf.stop_gradient(out))"},
    },
    "The next window starts from the *first* state of the window before. It goes on "
    "from the last one.": cut("out[None, :, 0]", "out[:, 0]"),
    "The next window starts from the state before the last one. It goes on from the "
    "last one, `[:, -1]`.": cut("out[None, :, -2]", "out[:, -2]"),
    "The next window starts from the mean of the states before. It goes on from the "
    "last one.": cut("out.mean(dim=1)[None]", "tf.reduce_mean(out, axis=1)"),
    "Each row goes on from the state of another row. Row r of a window goes on from "
    "row r.": cut("h.roll(1, dims=1)", "tf.roll(out[:, -1], 1, axis=0)"),
    "The sequences of the batch share one state, their mean. Each goes on from its "
    "own.": cut(
        "(0 * h + h.mean(dim=1, keepdim=True))",
        "0 * out[:, -1] + tf.reduce_mean(out[:, -1], axis=0)",
    ),
}

LOOP, STOP = "range(0, len(ids) - 1, steps)", "min(start + steps, len(ids) - 1)"
WHOLE = "range(0, len(ids) - steps, steps)"  # the full windows
SHORT = "range(0, len(ids) - 1 - steps, steps)"  # without the last, if all are full
PAIR, M = "ids[start:stop], ids[start + 1 : stop + 1]", "total / (len(ids) - 1)"
EACH = {"1, steps)": "1, 1)", "+ steps": "+ 1"}
FAULTS = {  # what may be left of `published`, or made of it
    "it still looks at the first 12,000 symbols only": {
        "    for": "    ids = ids[:12_000]\n    for"
    },
    "each window starts without a state": {"each, state = ": "each, _ = "},
    "the tail after the last full window is left out": {
        LOOP: WHOLE,
        M: "np.divide(total, (len(ids) - 1) // steps * steps)",
    },
    "a mean of means counts a short window as much as a long one": {
        "total, state = 0.0,": "means, state = [],",
        "total += each.sum()": "means.append(each.mean())",
        M: "np.mean(means)",
    },
}
MOST, CARRY, TAIL, MEANS = FAULTS.values()
VALIDATE = {
    "That is the published function unchanged: 12,000 symbols, no tail, and a new "
    "state in each window. Mend all three.": MOST | CARRY | TAIL,
    "You still look at the first 12,000 symbols only. Score all of `ids`.": MOST,
    "Each window starts without a state, so its first symbols are guessed without what "
    "came before. Pass the state on.": CARRY,
    "The tail is left out: the symbols after the last full window are predicted too.": [
        TAIL,
        TAIL | {M: "total / ((len(ids) - 1) // steps * steps)"},
        TAIL | {M: "total / max(1, (len(ids) - 1) // steps * steps)"},
    ],
    "The tail is left out of the sum, and counted in the number that divides it. Score "
    "it too: the symbols after the last full window are predicted.": {LOOP: WHOLE},
    "The last full window is left out with the tail. A window may end at `len(ids) - "
    "1`, and the last may be shorter.": [
        {LOOP: SHORT},
        {LOOP: SHORT, M: "total / ((len(ids) - 2) // steps * steps)"},
    ],
    "A mean of means gives the short last window the weight of a full one. Add up all "
    "nats, divide once.": MEANS,
    **{
        f"Not all faults are mended: {one}; {two}.": FAULTS[one] | FAULTS[two]
        for one, two in list(combinations(FAULTS, 2))[:-1]  # the last two are one
    },
    f"Not all faults are mended: {'; '.join(n for n in FAULTS if 'tail' not in n)}.": (
        MOST | CARRY | MEANS
    ),
    "Some windows, the short last one, start without a state. Pass the state on to "
    "every window.": {", state)": ", state if stop - start == steps else None)"},
    "Every window after the first starts from the first one's state. Replace the state "
    "in each turn of the loop.": {
        "each, state = ": "each, after = ",
        "total +=": "state = after if state is None else state\n        total +=",
    },
    "The targets equal the inputs: the symbol after each x is to be predicted, "
    "`ids[start + 1 : stop + 1]`.": {PAIR: "ids[start:stop], ids[start:stop]"},
    "`x` and `y` are exchanged: the model would predict the past. `nats(x, y, state)` "
    "scores y after x.": {PAIR: "ids[start + 1 : stop + 1], ids[start:stop]"},
    "The last symbol is never predicted: a window may end at `len(ids) - 1`.": {
        STOP: "min(start + steps, len(ids) - 2)"
    },
    "The second symbol is never predicted. Let the first window start at 0.": {
        "range(0": "range(1"
    },
    "Your windows step over one symbol each: the first of every window is never "
    "predicted. Let the next window start at the last target.": [
        {"1, steps)": "1, steps + 1)"},
        {
            "1, steps)": "1, steps + 1)",
            M: "total / (len(ids) - 1 - (len(ids) - 1) // (steps + 1))",
        },
    ],
    "A mean times `steps` is the sum of a full window; the last may be shorter. Add up "
    "the nats themselves.": {"each.sum()": "each.mean() * steps"},
    "Only the last window is counted: each sum replaces the one before. Add it, "
    "`+=`.": {"total +=": "total ="},
    "You divide by `len(ids)`, but the first symbol is not predicted: there is one "
    "prediction fewer.": {M: "total / len(ids)"},
    "You divide by two less than there are symbols. Only the first is not predicted: "
    "divide by `len(ids) - 1`.": {M: "total / (len(ids) - 2)"},
    "That is the sum of the nats. Divide by the number of predictions.": {M: "total"},
    "One symbol at a time, and each without a state: nothing of what came before is "
    "known. Pass the state on.": CARRY | EACH,
    "The mean is right, but `steps` is not used: all of `ids` goes to `nats` in one "
    "call. Score windows of `steps` symbols.": {LOOP: "[0]", STOP: "len(ids) - 1"},
    "The mean is right, but `steps` is not used: each symbol gets a call of its own. "
    "Score windows of `steps` symbols.": EACH,
}


def made(torch, keras):
    """Return the edit of what the model returns."""
    return {"pytorch": {"self.out(h)": torch}, "tensorflow": {"self.out(h)": keras}}


LSTM = (
    "keras.layers.LSTM(\n            n_hidden, return_sequences=True, return_state=True"
)
CHAR_LM = {
    "return two things": {"self.out(h), state": "self.out(h)"},
    "first the logits, then the state": {"self.out(h), state": "state, self.out(h)"},
    "Only one moment is left": [
        {"self.out(h)": "self.out(h[:, -1])"},
        {"tensorflow": {"return_sequences=True, ": ""}},
    ],
    "The batch is missing": {"tensorflow": {", return_state=True": ""}},
    "not the best one": made("self.out(h).argmax(-1)", "tf.argmax(self.out(h), -1)"),
    "have changed places": made(
        "self.out(h).mT", "tf.transpose(self.out(h), [0, 2, 1])"
    ),
    "The last layer gives one number for each class": {
        "pytorch": {"nn.Linear(n_hidden, n_symbols)": "nn.Identity()"},
        "tensorflow": {"keras.layers.Dense(n_symbols)": "keras.layers.Identity()"},
    },
    "gets two answers": [
        made(
            "self.out(nn.functional.dropout(h, 0.3))", "self.out(tf.nn.dropout(h, 0.3))"
        ),
        {
            "pytorch": {
                "h, state =": "h, self.kept =",
                "(x), state)": '(x), getattr(self, "kept", None))',
                "(h), state": "(h), self.kept",
            },
            "tensorflow": {
                ", initial_state=state": "",
                "return_state=True": "return_state=True, stateful=True",
            },
        },
    ],
    "Sequences must not hear of each other": [
        {"pytorch": {", batch_first=True": ""}},
        made(
            "self.out(h - h.mean(dim=0, keepdim=True))",
            "self.out(h - tf.reduce_mean(h, axis=0, keepdims=True))",
        ),
    ],
    "over time: they have been through a softmax": made(
        "torch.softmax(self.out(h), dim=1)", "tf.nn.softmax(self.out(h), axis=1)"
    ),
    "the model sees the future": [
        {
            "pytorch": {
                "batch_first=True": "batch_first=True, bidirectional=True",
                "Linear(n_hidden": "Linear(2 * n_hidden",
            },
            "tensorflow": {LSTM: f"keras.layers.Bidirectional({LSTM})"},
        },
        {
            "pytorch": {"self.embed(x)": "self.embed(x).flip(1)"},
            "tensorflow": {"self.embed(x)": "self.embed(x)[:, ::-1]"},
        },
    ],
    "has no memory": {
        "pytorch": {"self.out(h)": "self.out(self.embed(x))", "(n_hidden,": "(32,"},
        "tensorflow": {"self.out(h)": "self.out(self.embed(x))"},
    },
    "been through a softmax": made(
        "torch.softmax(self.out(h), dim=-1)", "tf.nn.softmax(self.out(h))"
    ),
    "a sigmoid or a ReLU": [
        made("torch.relu(self.out(h))", "tf.nn.relu(self.out(h))"),
        made("torch.sigmoid(self.out(h))", "tf.sigmoid(self.out(h))"),
    ],
    "The state that is returned is None": {"self.out(h), state": "self.out(h), None"},
    "Pass `state` to the layer": {
        "pytorch": {"(x), state)": "(x))"},
        "tensorflow": {", initial_state=state": ""},
    },
    "in a `squeeze`": made("self.out(h).squeeze()", "tf.squeeze(self.out(h))"),
    "`n_hidden` is not used": {
        "pytorch": {"(32, n_hidden": "(32, 64", "(n_hidden,": "(64,"},
        "tensorflow": {"n_hidden, return": "64, return"},
    },
    "The embedding has 10000 rows": {"Embedding(n_symbols": "Embedding(10000"},
    "a non-linearity on the logits": made(
        "torch.tanh(self.out(h))", "tf.tanh(self.out(h))"
    ),
    "a `detach`": made("self.out(h.detach())", "self.out(tf.stop_gradient(h))"),
}

MISTAKES = {"score": SCORE, "streams": STREAMS, "cross-entropy": CROSS_ENTROPY}
MISTAKES |= {"read": READ, "validate": VALIDATE, "char-lm": CHAR_LM}
