"""The wrong answers that learners give: what to say, and what it is in the solution."""

SLOPE = {
    "You take tanh once more. `h` is already what tanh gave: use it as it is.": [
        {"h**2": "np.tanh(h) ** 2"},
        {"1 - h**2": "1 / np.cosh(h) ** 2"},
    ],
    "That is the slope of the logistic sigmoid, s(1 − s). For tanh it is another "
    "one.": {"1 - h**2": "h * (1 - h)"},
    "The square is missing: 1 − h².": [{"**2": ""}, {"h**2": "np.abs(h)"}],
    "The square belongs to `h` alone: 1 − h².": {"1 - h**2": "(1 - h) ** 2"},
    "The slope of tanh is largest, 1, where h is 0, and falls to both sides. Yours "
    "rises.": {"-": "+"},
    "The 1 is missing: 1 − h².": {"1 - h**2": "-(h**2)"},
    "That is the slope of the inverse of tanh, one divided by what is wanted.": {
        "1 - h**2": "1 / (1 - h**2)"
    },
    "The square of `h` is wanted, not its double: 1 − h².": {"h**2": "2 * h"},
}

STAYS = {"down[i] -= epsilon": "down[i] -= epsilon\n        w[i] -= epsilon"}
COPIES = "up, down = w.copy(), w.copy()"
DIVISOR = {"(2 * epsilon)": "epsilon"}
ONE_SIDE = {"loss(down)": "loss(w)"}
NUMERIC = {
    "You nudge to one side only. Go up and down: the error then shrinks like epsilon², "
    "not like epsilon.": ONE_SIDE | DIVISOR,
    "From `w - epsilon` to `w + epsilon` it is 2 epsilon: divide by that.": DIVISOR,
    "You nudge to one side and divide by 2 epsilon. Go to both sides.": ONE_SIDE,
    "Mind the brackets: `/ 2 * epsilon` divides by 2 and multiplies by epsilon. Write "
    "`/ (2 * epsilon)`.": {"(2 * epsilon)": "2 * epsilon"},
    "The difference is not divided by anything. A slope is a rise divided by a run, 2 "
    "epsilon.": {" / (2 * epsilon)": ""},
    "All numbers of `w` are nudged at once. Nudge one and leave the others alone, for "
    "each in turn.": {"up[i]": "up", "down[i]": "down"},
    "The nudge is `epsilon * w`, but you divide by `epsilon`. Add epsilon itself.": {
        "= epsilon": "= epsilon * w[i]"
    },
    "The numbers that you nudged stay nudged while you go on to the next. Put each "
    "back first.": [
        STAYS,
        {"gradient = np": "w = w.copy()\n    gradient = np"} | STAYS,
    ],
    "You nudge whole rows: with more than one axis, `w[i]` is a row. Go through single "
    "numbers, `np.ndindex(w.shape)`.": {"np.ndindex(w.shape)": "range(len(w))"},
    "Up and down give the same loss everywhere. Are they one array, nudged up and down "
    "again (`up = down = …`)? Make two copies of `w`.": [
        {COPIES: f"up = down = {one}"} for one in ("w", "w.copy()")
    ],
    "The copies are made once, before the loop, and what you nudged stays nudged in "
    "them. Copy `w` anew for each number.": {
        f"        {COPIES}\n": "",
        "    for": f"    {COPIES}\n    for",
    },
    "`loss` is given one number of `w`. It needs the whole array, in which one number "
    "is nudged.": {"loss(up)": "loss(up[i])", "loss(down)": "loss(down[i])"},
    "A number of `w` is replaced by epsilon. Add epsilon to it: `up[i] += epsilon`.": {
        "+= epsilon": "= epsilon",
        "-= epsilon": "= -epsilon",
    },
    "Every slope is added to all numbers of the gradient. Put each at its own place: "
    "`gradient[i] = …`.": {"gradient[i] =": "gradient +="},
    "The two losses are added. A slope is their difference.": {") - l": ") + l"},
    "The signs are lost: a slope may be negative.": {"= (loss": "= abs(loss"},
    "You nudge by an epsilon of your own. Use the one that is given.": [
        {" epsilon\n": f" {own}\n", "2 * epsilon": f"2 * {own}"}
        for own in (1e-3, 1e-4, 1e-5, 1e-6)
    ],
}

SHARED = "All sequences of the batch share `b`: its gradient is the sum over the batch."
BACK = {
    "The slope of tanh is missing. Multiply `d_h` by it before anything else.": {
        " * slope(h)": ""
    },
    "The slope is taken at the old state. tanh gave `h`, so use `1 - h**2`.": {
        "slope(h)": "slope(h_before)"
    },
    "You take tanh once more for the slope. `h` is already what tanh gave.": {
        "slope(h)": "(1 - np.tanh(h) ** 2)"
    },
    "The gradient for `h_before` needs `w_h.T`: the sum runs over the units that were "
    "fed, the columns of `w_h`. The square shape hides the error.": {"w_h.T": "w_h"},
    "The gradient for `x` needs `w_x.T`.": {"w_x.T": "w_x"},
    "The gradient for `w_h` uses the new state. What was multiplied by `w_h` is the "
    "state before, `h_before`.": {"h_before.T @": "h.T @"},
    "The gradient for `w_h` is transposed. Rows are where a weight comes from: "
    "`h_before.T @ d_a`.": {"h_before.T @ d_a": "d_a.T @ h_before"},
    "Both weight gradients are transposed: that is the column convention.": {
        "x.T @ d_a": "d_a.T @ x",
        "h_before.T @ d_a": "d_a.T @ h_before",
    },
    f"{SHARED} Yours is the mean.": {"sum(": "mean("},
    f"{SHARED} Write `sum(axis=0)`.": {".sum(axis=0)": ""},
    "The gradient for `b` is one number in all. Every unit has a bias of its own: add "
    "over the batch only, `sum(axis=0)`.": {"axis=0": ""},
    "The gradient for `b` is summed over the units: one number for each sequence. Add "
    "over the batch, `sum(axis=0)`.": {"axis=0": "axis=1"},
    "`b` stands inside tanh: its gradient is the sum of `d_a`, after the slope, not of "
    "`d_h`.": {"d_a.sum": "d_h.sum"},
    "The gradients for the weights are divided by the batch. The loss decides whether "
    "it is a mean; here gradients only add up.": {
        "T @ d_a": "T @ d_a / len(d_a)",
        "sum(": "mean(",
    },
    "`h_before` also went through tanh: its gradient starts from `d_a`, after the "
    "slope, not from `d_h`.": {"d_before = d_a": "d_before = d_h"},
    **{
        f"The gradient for `{name}` starts from `d_h`. It too starts from `d_a`, after "
        "the slope of tanh.": {f"{made} d_a": f"{made} d_h"}
        for name, made in {"x": "d_x =", "w_x": " x.T @", "w_h": "h_before.T @"}.items()
    },
    "The gradients for `w_x` and `w_h` start from `d_h`. They too start from `d_a`, "
    "after the slope of tanh.": {"T @ d_a": "T @ d_h"},
    "Only the gradient for `h_before` goes through the slope of tanh. All five start "
    "from `d_a`.": {"d_x = d_a": "d_x = d_h", "T @ d_a": "T @ d_h", "d_a.s": "d_h.s"},
}

THROUGH = {
    "Only the loss' own gradient reaches each state. Add what comes back from the next "
    "step: `d_h[:, t] + later`.": {" + later": ""},
    "The weights' gradients hold one step only, the last that the loop made. The "
    "weights were used at every step: add up, `+=`.": {
        "d_w_x + one_x, d_w_h + one_h, d_b + one_b": "one_x, one_h, one_b"
    },
    "Only the loss at the last step is used. Every step has a gradient of its own, "
    "`d_h[:, t]`, that is added to what comes back.": {
        "d_h[:, t] + later": "d_h[:, t] if t == x.shape[1] - 1 else later"
    },
    "Before step 0 comes `start`. Your index -1 reads the last state.": {
        " if t > 0 else start": ""
    },
    "Before step 0 comes `start`, not zeros.": {"else start": "else 0 * start"},
    "`back` is given the new state as the old one. Before step t comes "
    "`h[:, t - 1]`.": {"h[:, t - 1] if t > 0 else start": "h[:, t]"},
    "Every step is given `start` as the state before it. Before step t comes "
    "`h[:, t - 1]`.": {"h[:, t - 1] if t > 0 else start": "start"},
    "What comes back is added up from step to step. It replaces what came before: "
    "`later` is what the last call of `back` returned.": {
        "        d_x[:, t], later,": "        kept = later\n        d_x[:, t], later,",
        "        d_w_x, d": "        later = later + kept\n        d_w_x, d",
    },
    "The loss at the last step counts twice. Nothing comes back from behind the end: "
    "`later` begins with zeros.": {"np.zeros_like(start)": "d_h[:, -1]"},
    "`d_h` is not used: a gradient that begins with zeros stays zero. Each state gets "
    "`d_h[:, t] + later`.": {"d_h[:, t] + later": "later"},
    "The gradient for `start` holds `d_h` of step 0 too. The loss does not look at "
    "`start`: take what the last call of `back` returned.": {
        "return d_x, later": "return d_x, d_h[:, 0] + later"
    },
    "The gradient for `start` stayed zero. It is what comes back from step 0.": {
        "return d_x, later": "return d_x, np.zeros_like(start)"
    },
    "The gradient for `b` has a row for each sequence. All share one bias: its "
    "gradient has the shape (n_hidden,).": {"d_b\n": "d_b + np.zeros_like(start)\n"},
    "The weights' gradients are averaged over the steps. Each use adds its part in "
    "full.": {"+ one_": "+ 1 / x.shape[1] * one_"},
}

MEAN = "The loss is a mean over all letters, of all sequences: use `targets.size`."
SHARES = "(p - np.eye(len(b_y))[targets])"
CHARACTER = {
    "The right letter's 1 is missing: the gradient of the cross-entropy for the logits "
    "is p minus 1 at the right letter, and p elsewhere.": {SHARES: "p"},
    f"You divide by nothing. {MEAN}": {" / targets.size": ""},
    f"You divide by the number of sequences. {MEAN}": {"targets.size": "len(targets)"},
    f"You divide by the number of steps. {MEAN}": {"targets.size": "targets.shape[1]"},
    "The exponential overflows. Subtract the largest logit of each row first: the "
    "probabilities stay the same.": {
        "logits - logits.max(axis=-1, keepdims=True)": "logits"
    },
    "Every row of probabilities must add up to 1: divide by the sum over the last "
    "axis, `sum(axis=-1, keepdims=True)`.": [
        {"e / e.sum(axis=-1, keepdims=True)": wrong}
        for wrong in ("e", "e / e.sum()", "e / e.sum(axis=1, keepdims=True)")
    ],
    "The softmax is followed by its slope, p (1 − p), once more. In p minus the "
    "one-hot row it is already contained.": {SHARES: SHARES + " * p * (1 - p)"},
    "The logits lack `b_y`.": {"h @ w_y + b_y": "h @ w_y"},
    "The gradient for `w_y` pairs `d_y` with the state before. The readout sees the "
    "new state, `h`.": {
        '"bth,bto->ho", h,': '"bth,bto->ho", '
        "np.concatenate([start[:, None], h[:, :-1]], axis=1),"
    },
    "Only the readout's last step counts. It is used at every step: add over the batch "
    "and over time.": {
        'np.einsum("bth,bto->ho", h, d_y)': "h[:, -1].T @ d_y[:, -1]",
        "d_y.sum(axis=(0, 1))": "d_y[:, -1].sum(axis=0)",
    },
    "On the way forward the cell starts from zeros. Let it start from `start`.": {
        "b), start)": "b))"
    },
    "`through` is given zeros as the first state. It needs `start`.": {
        "x, start, h": "x, 0 * start, h"
    },
    "`through` is given the gradient through the slope of tanh. It takes the loss' own "
    "gradient for each state, and does the slope itself.": {
        "d_y @ w_y.T": "d_y @ w_y.T * (1 - h**2)"
    },
}

RETURN = "    return total, "
EVERY, PIECE = "range(0, x.shape[1], k)", "x[:, t : t + k]"
AT_THE_END = {
    "        loss.backward()  # adds to each weight's .grad\n": "",
    "loss.item()": "loss",
    RETURN: "    total.backward()\n    return total, ",
}
LAST_GRADIENT = {
    "pytorch": {"        loss.b": "        layer.zero_grad()\n        loss.b"},
    "tensorflow": {"g + one": "one"},
}
LAST_LOSS = {"total +=": "total ="}
PIECES = {
    "Every piece starts from zeros. The state is handed on: only its gradient is "
    "cut.": {
        "pytorch": {"h = h.detach()": "h = None"},
        "tensorflow": {"states[:, -1]": "None"},
    },
    "The gradient crosses the borders: nothing is cut. Let go of the state's history "
    "between two pieces.": {
        "pytorch": [
            AT_THE_END | {"h = h.detach()": "pass"},
            {"ward()": "ward(retain_graph=True)", "h = h.detach()": "pass"},
        ],
        "tensorflow": {PIECE + ", initial_state=h)": "x[:, : t + k])[:, t:]"},
    },
    "The numbers are right, but every piece is kept until the end. Differentiate each "
    "piece before you read the next: `loss.backward()` in the loop.": {
        "pytorch": AT_THE_END
    },
    "Called a second time on the same layer, it returns other numbers: gradients of "
    "the first call are still there. Begin from zero.": {
        "pytorch": {"    layer.zero_grad()\n": ""}
    },
    "The gradient is cut at every step. Cut it every `k` steps: a piece goes through "
    "the layer in one call.": {EVERY: "range(x.shape[1])", "t + k]": "t + 1]"},
    "The pieces overlap: each begins one step after the last. Begin every `k` steps, "
    "`range(0, x.shape[1], k)`.": {EVERY: "range(x.shape[1])"},
    "You cut the sequence into `k` pieces. Each piece has `k` steps.": {
        "    total, h": "    k = max(1, x.shape[1] // k)\n    total, h"
    },
    "You cut the batch into pieces. Time is the second axis: `x[:, t : t + k]`.": {
        "x.shape[1]": "x.shape[0]",
        "[:, t : t + k]": "[t : t + k]",
    },
    "The last piece is left out where it is shorter than `k`. Its steps count too.": {
        EVERY: "range(0, max(x.shape[1] // k, 1) * k, k)"
    },
    "The last piece is always left out. Let the loop run to the end, "
    "`range(0, x.shape[1], k)`.": {EVERY: "range(0, x.shape[1] - k, k)"},
    "Loss and gradients are those of the last piece. Add up over the pieces.": {
        track: edit | LAST_LOSS for track, edit in LAST_GRADIENT.items()
    },
    "The gradients are those of the last piece only. Add them up over the pieces.": (
        LAST_GRADIENT
    ),
    "The loss is that of the last piece only. Add the losses up.": LAST_LOSS,
    "You return the mean over the pieces. Losses and gradients of the pieces are "
    "added.": {"loss = half": f"loss = 1 / len({EVERY}) * half"},
    "The loss is a mean; `half_squared` is a sum over all steps.": {
        RETURN: f"    return total / len({EVERY}), "
    },
    "Every piece is compared with the first `k` steps of `y`. Cut `y` as you cut `x`: "
    "`y[:, t : t + k]`.": {"y[:, t : t + k]": "y[:, : states.shape[1]]"},
    "The targets are one step ahead. Cut `y` as you cut `x`: `y[:, t : t + k]`.": {
        "y[:, t : t + k]": "y[:, t + 1 : t + k + 1]"
    },
    "Only the last state of each piece is compared with `y`. The loss looks at every "
    "state.": {"states, y[:, t : t + k]": "states[:, -1:], y[:, t : t + k][:, -1:]"},
    "The first state of a piece is handed on. The next piece continues from the last "
    "one, `states[:, -1]`.": {
        "pytorch": {"h.detach()": "states[:, 0].detach()[None]"},
        "tensorflow": {"states[:, -1]": "states[:, 0]"},
    },
    "These are the weights themselves, in place of their gradients.": {
        "pytorch": {"weight.grad": "weight.data"},
        "tensorflow": {"total, gradients\n": "total, weights\n"},
    },
}

STEPS = {"d_w_y +=": "d_w_y ="}
PATHS = {" + later": ""}
ADD = "np.add.at(d_table, ids[:, t], d_a)"
SYMBOLS = {ADD: "d_table[ids[:, t]] += d_a"}
MEND = {
    "`w_y` is used at every step, so its gradient is a sum over the steps.": STEPS,
    "A state is used twice, by its output and by the next "
    "state: a gradient comes back from both.": PATHS,
    "A symbol that comes twice in `ids[:, t]` is counted once: "
    "`array[ids] += …` writes each place one time only. `np.add.at` adds every time.": (
        SYMBOLS
    ),
    "All three sums are still missing.": STEPS | PATHS | SYMBOLS,
    "The table's gradient is written, not added: a symbol that comes again, in another "
    "step or another sequence, wipes out what was there.": {
        ADD: "d_table[ids[:, t]] = d_a"
    },
    "The table's gradient begins at zero again in every step. Make the zeros once, "
    "before the loop.": {"        np.add": "        d_table[:] = 0\n        np.add"},
    "The table's gradient is divided by the batch. Every use of a symbol adds its part "
    "in full.": {"ids[:, t], d_a)": "ids[:, t], d_a / len(ids))"},
    "The gradient of `w_h` holds one step only. `patient` had that right.": {
        "d_w_h +=": "d_w_h ="
    },
    "On the way back the recurrent matrix must be transposed: `d_a @ w_h.T`.": {
        "w_h.T": "w_h"
    },
    "What goes back to the state before has not gone through the slope of tanh: "
    "`later` is made from `d_a`, not from `d_h`.": {"later = d_a": "later = d_h"},
    "What comes back is added up from step to step. It replaces what came before: "
    "`later = d_a @ w_h.T`.": {"later = d_a": "later = later + d_a"},
    "`w_y` reads the new state: `h[:, t + 1]`, as in `patient`.": {
        "d_w_y += h[:, t + 1]": "d_w_y += h[:, t]"
    },
}


MISTAKES = {
    "slope": SLOPE,
    "numeric": NUMERIC,
    "back": BACK,
    "through": THROUGH,
    "character": CHARACTER,
    "pieces": PIECES,
    "mend": MEND,
}
