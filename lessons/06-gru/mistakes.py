"""The wrong answers that learners give: what to say, and what it is in the solution."""

R_Z_N, MIXED = "np.split({}, 3, axis=1)", "return old * h + (1 - old) * n"
STEP = {
    'z is read the other way round: with "old" it is the share of the old state, '
    "`z * h + (1 - z) * n`.": {'z == "old"': 'z == "new"'},
    "The argument `z` is not used: z always weights the old state.": {
        ' if z == "old" else 1 - share': ""
    },
    '`reset` is read the other way round: "after" means `r * (h @ u_n + b_n)`, r after '
    "the product.": {'reset == "after"': 'reset == "before"'},
    "The argument `reset` is not used: r always acts after the product.": {
        'reset == "after"': "True"
    },
    'With reset="after" the bias `b_n` stands inside the product with r: '
    "`r * (h @ u_n + b_n)`.": {"(h @ u_n + b_n)": "(h @ u_n) + b_n"},
    'With reset="before" `b_n` is simply added: r multiplies the old state alone.': {
        "(r * h) @ u_n + b_n": "(r * h) @ u_n + r * b_n"
    },
    'With reset="before" r acts on `h` before the product: `(r * h) @ u_n`.': {
        "(r * h) @ u_n + b_n": "r * (h @ u_n) + b_n"
    },
    "r multiplies the input's part too. It acts on what comes from the old state "
    "alone: `x_n + r * (…)`.": {"x_n + r * (": "r * (x_n + "},
    "r and z are exchanged. The blocks of `w_x`, `w_h` and `b` come in the order r, z, "
    "n.": {"r, share =": "share, r ="},
    "`x @ w_x + b` is cut in the order z, r, n. It has the order of `w_h`: r, z, n.": {
        "x_r, x_z, x_n": "x_z, x_r, x_n"
    },
    "`w_h` is cut in the order z, r, n. It has the order of `w_x` and `b`: r, z, n.": {
        "u_r, u_z, u_n": "u_z, u_r, u_n"
    },
    "The candidate is cut out second. The blocks come in the order r, z, n.": {
        f"{a}_r, {a}_z, {a}_n": f"{a}_r, {a}_n, {a}_z" for a in "xu"
    },
    "The gates of the units are read in turn, `a[:, 0::3]`. All units' r come first, "
    "then all z: three blocks.": {
        R_Z_N.format(a): f"(({a})[:, k::3] for k in range(3))"
        for a in ("x @ w_x + b", "w_h")
    },
    "The candidate goes through a sigmoid. It may be negative: use tanh.": {
        "np.tanh(": "sigmoid("
    },
    "The gates go through tanh. A gate is a share between 0 and 1: use the sigmoid.": {
        "sigmoid(": "np.tanh("
    },
    "The gates do not read the old state. Each gate reads x and h: add `h @ u_r`, "
    "`h @ u_z`.": {" + h @ u_r": "", " + h @ u_z": ""},
    "r is not used: the candidate hears all of the old state.": {"r * ": ""},
    "z is not used: nothing is mixed, the candidate is returned as it is.": {
        MIXED: "return n"
    },
    "The old state is not kept: `h` itself must be in the mix, z · h.": {
        "old * h + ": ""
    },
    "The candidate has its full weight. It gets what the old state leaves: z and 1 - z "
    "make 1.": {"(1 - old) * n": "n"},
    "`b` is missing: add it to `x @ w_x`.": {" + b,": ","},
    "`b_n` is missing.": {" + b_n": ""},
}

R_SLOPE, AFTER = " * r * (1 - r)", "meets, d_inner = h, d_n * r"
BACKWARD = {
    "The straight way is missing: `h` itself is in the mix, so the old state gets d_h "
    "* z besides.": {"d_h * z + ": ""},
    "The straight way carries all of d_h. The mix keeps a share z of the old state: "
    "d_h * z.": {"d_h * z + ": "d_h + "},
    "The candidate enters with the share 1 - z, so its gradient does too.": {
        "d_h * (1 - z) * (1": "d_h * (1"
    },
    "The slope of the candidate is missing: it is a tanh, 1 - n**2.": {
        " * (1 - n**2)": ""
    },
    "z moves the new state from n towards h: its gradient contains h - n.": [
        {"(h - n)": "(n - h)"},
        {"(h - n)": "h"},
        {"(h - n)": "-n"},
    ],
    "The slope of z is missing: z * (1 - z).": {"(h - n) * z * (1 - z)": "(h - n)"},
    "The slope of r is missing: r * (1 - r).": {R_SLOPE: ""},
    'r multiplies `h @ u_n + b_n`: with "after" its gradient contains `b_n` too.': {
        "(h @ u_n + b_n) * r": "(h @ u_n) * r"
    },
    'With "after" the way through the candidate passes r: the product `h @ u_n + b_n` '
    "gets d_n * r.": {AFTER: "meets, d_inner = h, d_n"},
    'With "before" the way through the candidate passes r: h is multiplied by r before '
    "`u_n`.": {"d_n @ u_n.T * r\n": "d_n @ u_n.T\n"},
    'With "before" `u_n` reads `r * h`: that is what its gradient contains, not h.': {
        "meets, d_inner = r * h": "meets, d_inner = h"
    },
    'With "before" r multiplies h *before* `u_n`: go back through `u_n` first, then '
    "multiply by h.": {"d_n @ u_n.T * h": "d_n * (h @ u_n)"},
    "`reset` is not used: all is derived as if r acted after the product.": {
        'reset == "after"': "True"
    },
    "`reset` is not used: all is derived as if r acted before the product.": {
        'reset == "after"': "False"
    },
    "The old state reaches the gates too: add the ways by r and z, through `u_r` and "
    "`u_z`.": {" + d_rz @ u_rz.T": ""},
    "The way through the candidate is missing in the gradient for `h`.": {
        " + by_n": ""
    },
    '`b_n` gets the gradient of `b`\'s third part. With "after" r multiplies it.': {
        "d_inner.sum": "d_n.sum"
    },
}

BESIDE, TURNED = "u_n != np.diag(np.diag(u_n))", "w_x * sign, w_h * sign, b * sign"
MOVED, SIGN = "np.concatenate([b[: 2 * n], b[2 * n :] + b_n])", "[1.0, -1.0, 1.0]"
ONE_LESS = "np.where(sign < 0, 1 - {0}, {0})"
CONVERT = {
    "z still means what it meant before: 1 - σ(a) = σ(-a), so change the sign of all "
    "that makes z.": {'z == "new"': "False"},
    "You turned z, which weights the old state already.": {'z == "new"': "True"},
    "Only the matrices of z changed their sign. Its bias is part of the argument "
    "too.": {"b * sign": "b"},
    "Only the bias of z changed its sign. Its two matrices are part of the argument "
    "too.": {"w_x * sign, w_h * sign": "w_x, w_h"},
    "You changed the sign of n's block. The order is r, z, n.": {
        SIGN: "[1.0, 1.0, -1.0]"
    },
    "You changed the sign of r's block. The order is r, z, n.": {
        SIGN: "[-1.0, 1.0, 1.0]"
    },
    "The sign of `b_n` changed too. It belongs to the candidate; only z is turned.": {
        "b * sign": "b * sign\n        b_n = -b_n"
    },
    "You take 1 minus the numbers. It is the gate that becomes 1 - z, and 1 - σ(a) = "
    "σ(-a): change the sign of z's weights and bias.": [
        {TURNED: "1 - w_x, 1 - w_h, 1 - b"},
        {TURNED: ", ".join(map(ONE_LESS.format, ("w_x", "w_h", "b")))},
    ],
    '`b_n` is still multiplied by r. With reset="before" it was not: move it to the '
    "third part of `b` and leave zeros.": {MOVED: "b", "np.zeros_like(b_n)": "b_n"},
    "`b_n` is lost: add it to the third part of `b`.": {MOVED: "b"},
    "`b_n` counts twice: it was added to `b` and left where r multiplies it.": {
        "np.zeros_like(b_n)": "b_n"
    },
    '`b_n` is moved with reset="after" too. There r multiplies it: leave it.': {
        '    if reset == "before":\n        if ': "    if True:\n        if reset == "
        '"before" and ',
        f"np.any({BESIDE})": f"({BESIDE}).any()",
    },
    'You refuse all weights with reset="before". Where `u_n` is diagonal no unit hears '
    "another, and the place of r makes no difference: convert those.": {
        f"np.any({BESIDE})": "True"
    },
    'You refuse weights with reset="after" too. There r stands where it should: all of '
    "them can be converted.": {
        '    if reset == "before":\n        if': "    if",
        "            return None\n": '        return None\n    if reset == "before":\n',
    },
    'You refuse none. With reset="before" and a unit that hears another through `u_n` '
    "there is no exact counterpart: return None.": {f"np.any({BESIDE})": "False"},
    "Some weights have no exact counterpart, and you return one: any number of `u_n` "
    "beside its diagonal lets one unit hear another. Look at each of them.": [
        {f"np.any({BESIDE})": way}
        for way in (
            "n > 1 and u_n[0, 1] != 0",
            "np.any(np.triu(u_n, 1))",
            "np.any(u_n != u_n.T)",
            "not np.allclose(u_n.sum(axis=0), np.diag(u_n))",
            "np.count_nonzero(u_n) > n",
            "np.any(u_n - np.diag(np.diag(u_n)) > 0)",
            "np.abs(u_n - np.diag(np.diag(u_n))).max() > 0.1",
        )
    ],
}


def placed(r, z, n):
    """Return the edit that puts these where the layer has its r, z, n."""
    return {
        "pytorch": {"[r, -z, n]": f"[{r}, {z}, {n}]"},
        "tensorflow": {"[-z, r, n]": f"[{z}, {r}, {n}]"},
    }


KEPT = "ours({0} * np.repeat([-1.0, 1.0, 1.0], len(b) // 3){1})"
LOAD = {
    "z means the opposite in this layer: it weights the old state, the paper's the new "
    "one. Change the sign of z's weights and bias.": placed("r", "z", "n"),
    "The bias of z kept its sign. Turn all that makes z: both matrices and the bias.": {
        "ours(b)": KEPT.format("b", "")
    },
    "r and z are exchanged: the paper's order is z, r, n; look up that of the "
    "layer.": placed("-z", "r", "n"),
    "r and z are exchanged, and z is not turned round. Two things differ: the order, "
    "and what z weights.": placed("z", "r", "n"),
    "The sign was changed in the block of r, not of z.": placed("-r", "z", "n"),
    "You load 1 minus the numbers of z. It is the gate that becomes 1 - z, and "
    "1 - σ(a) = σ(-a): only the sign of z's weights and bias changes.": placed(
        "r", "1 - z", "n"
    ),
    "The recurrent blocks are transposed, and their square shape hides that. PyTorch "
    "keeps the paper's rows, Keras the transpose of the whole array.": {
        "ours(u)": "ours(np.concatenate([part.T for part in np.split(u, 3)]))"
    },
    "The bias counts twice: the layer adds its two biases, and multiplies the second "
    "one of n by r. Put `b` into the first and zeros into the second.": {
        "pytorch": {"zero_()": "copy_(ours(b))"},
        "tensorflow": {"np.zeros_like(b)": "ours(b)"},
    },
    "`b` went into the second bias, whose part of n is multiplied by r. It belongs "
    "into the first, the input's.": {
        "pytorch": {
            "ih_l0.copy_(ours(b))": "ih_l0.zero_()",
            "hh_l0.zero_()": "hh_l0.copy_(ours(b))",
        },
        "tensorflow": {"[ours(b), np.zeros_like(b)]": "[np.zeros_like(b), ours(b)]"},
    },
    "`b` is halved between the two biases. That is right for r and z, which read the "
    "sum; but r multiplies the second half of n. Put `b` into the first and zeros into "
    "the second.": {
        "pytorch": {"ours(b)": "ours(b) / 2", "zero_()": "copy_(ours(b) / 2)"},
        "tensorflow": {"[ours(b), np.zeros_like(b)]": "[ours(b) / 2, ours(b) / 2]"},
    },
    "The layer has another `weight_ih_l0` than before.": {
        "pytorch": {"ih_l0.copy_(ours(w))": "ih_l0 = nn.Parameter(ours(w).float())"}
    },
}

COUNT, SETS = "sets * n * (n_in + n + n_biases)", "largest(1), largest(3), largest(4)"
LARGEST = """n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n"""
SIZES = {
    "You return -1 where the budget is below n_out, for `sizes(3, 10, 1, 7)` say. Not "
    "one unit fits there: return 0.": {"n + 1)": "n)", "return n\n": "return n - 1\n"},
    "Your code stops with an error where the budget is below n_out: try "
    "`sizes(3, 10, 1, 7)`. Not one unit fits there: return 0.": {
        LARGEST: "return max(n for n in range(999) if count(sets, n) <= budget)"
    },
    "The readout is not counted. It has n_hidden × n_out weights and n_out biases, and "
    "pays from the same budget.": {" + n * n_out + n_out": ""},
    "The readout's biases are missing: n_out numbers.": {"n_out + n_out": "n_out"},
    "The readout is paid for once, not once for each set of weights.": {
        f"{COUNT} + n * n_out + n_out": "sets * (n * (n_in + n + n_biases + n_out) + "
        "n_out)"
    },
    "`n_biases` is about the recurrent layer. The readout has one bias.": {
        "n_out + n_out": "n_out + n_biases * n_out"
    },
    "Each set of weights has its own biases: n_biases a unit *and set*.": {
        COUNT: "sets * n * (n_in + n) + n * n_biases"
    },
    "The biases of the recurrent layer are missing: n_biases a unit and set.": {
        " + n_biases": ""
    },
    "A GRU has three sets of weights (r, z, the candidate), an LSTM four (i, f, o and "
    "the candidate). The candidate is no gate, but it is paid for.": {
        SETS: "largest(1), largest(2), largest(3)"
    },
    "One unit too many: with that size the budget is exceeded. Return the last size "
    "that still fits.": {"return n\n": "return n + 1\n"},
    "A budget that is met exactly is not exceeded: compare with `<=`.": {"<=": "<"},
    "You divide the RNN's units by the number of sets. The count grows with the square "
    "of the units: a third of the numbers is more than a third of the units.": {
        SETS: "largest(1), largest(1) // 3, largest(1) // 4"
    },
}

MIX, NEXT = "z_t * h + (1 - z_t) * n", "        x_r, x_z"
CUT = {"pytorch": "{}.detach()", "tensorflow": "ops.stop_gradient({})"}
STAYS = (
    "as at the first step: after `{0} = …` the argument is not None any more. Give the "
    "gate of a step a name of its own, `{0}_t`."
)
GATED = {
    "z is read the other way round: it is the share of the old state.": {
        MIX: "(1 - z_t) * h + z_t * n"
    },
    "r acts before the product; it should act after it, on `h @ u_n + b_n`.": {
        "r_t * (h_n": "((r_t * h) @ weights.w_h[:, 2 * h.shape[1] :]"
    },
    "`b_n` stands outside the product with r.": {
        "(h_n + weights.b_n)": "h_n + weights.b_n"
    },
    "r multiplies the input's part too.": {"x_n + r_t * (": "r_t * (x_n + "},
    "r and z are exchanged: the order is r, z, n.": {
        f"{a}_r, {a}_z, {a}_n": f"{a}_z, {a}_r, {a}_n" for a in "xh"
    },
    "The gates do not read the old state: add `h @ w_h`'s parts of r and z.": {
        f" + h_{g}": "" for g in "rz"
    },
    "The candidate goes through a sigmoid. It may be negative: use tanh.": {
        "tanh": "sigmoid"
    },
    "The gates go through tanh. A gate is a share between 0 and 1: use the sigmoid.": {
        "sigmoid": "tanh"
    },
    "`b_n` is missing.": {"(h_n + weights.b_n)": "h_n"},
    "`b` is missing: add it to `x @ w_x`.": {"w_x + weights.b": "w_x"},
    "0 is a number too, and a gate that is fixed at 0 is computed here. Ask "
    "`is None`.": [
        {f"{g} is None": f"not {g}" for g in gates} for gates in ("r", "z", "rz")
    ],
    "r is computed although it is fixed.": {" if r is None else r": ""},
    "z is computed although it is fixed.": {" if z is None else z": ""},
    "A fixed gate goes through the sigmoid. The number is the gate itself: take it as "
    "it is.": [
        {f"None else {g}": f"None else float(sigmoid({g}))" for g in gates}
        for gates in ("r", "z", "rz")
    ],
    f"r stays {STAYS.format('r')}": {"r_t = ": "r = r_t = "},
    f"z stays {STAYS.format('z')}": {"z_t = ": "z = z_t = "},
    "Every state came back; only the last one is asked, (batch, n_hidden).": {
        track: [
            {
                "    for": "    states = []\n    for",
                MIX: f"{MIX}\n        states.append(h)",
                "return h": f"return {every}",
            }
            for every in (f"{stack}(states)", f"{stack}(states, 1)")
        ]
        for track, stack in (("pytorch", "torch.stack"), ("tensorflow", "ops.stack"))
    },
    "Only the last sequence's state came back: return `h`, not `h[-1]`.": {
        "return h": "return h[-1]"
    },
    "As many steps are taken as there are sequences. The axes of `x` are batch, time, "
    "n_in: loop over `range(x.shape[1])`.": {"range(x.shape[1])": "range(x.shape[0])"},
    "The state starts anew at each step: set it to zero before the loop.": {
        NEXT: f"        h = 0 * h\n{NEXT}"
    },
    "The state starts with ones. It starts with zeros.": {"zeros(": "ones("},
    "The last state is right, but no gradient reaches the weights. What goes through "
    "NumPy, `detach` or `stop_gradient` is a constant to the framework: use its own "
    "operations alone.": {
        track: {"return h": f"return {cut.format('h')}"} for track, cut in CUT.items()
    },
    "The last state is right, but gradients come from the last step alone: before each "
    "step the state is cut off (`detach`, `stop_gradient`). They must flow back "
    "through all steps.": {
        track: {NEXT: f"        h = {cut.format('h')}\n{NEXT}"}
        for track, cut in CUT.items()
    },
    "The last state is right, but in `h @ w_h` the state is a constant (`detach`, "
    "`stop_gradient`). Gradients must flow back through every gate and every step.": {
        track: {"h @ w": f"{cut.format('h')} @ w"} for track, cut in CUT.items()
    },
}

ROWS, ORDER = "[keras_order(b_ih), keras_order(b_hh)]", "[z, r, n]"
ADDED = {ROWS: "[keras_order(b_ih + b_hh), 0 * b_hh]"}
MEND = {
    "All three bugs are still there.": {ORDER: "[r, -z, n]"} | ADDED,
    "The order is still PyTorch's r, z, n; Keras keeps z, r, n.": {ORDER: "[r, z, n]"},
    "The sign of z still changes. PyTorch and Keras agree on what z weights: the old "
    "state.": {ORDER: "[-z, r, n]"},
    "The two biases are still added. r multiplies the second one of n: keep two "
    "rows.": ADDED,
    "The order is still PyTorch's r, z, n, and the sign of z still changes.": {
        ORDER: "[r, -z, n]"
    },
    "Now the sign of r changes. No sign needs to: both libraries weight the old state "
    "with z.": {ORDER: "[z, -r, n]"},
    "The rows of the bias are exchanged: the input's comes first.": {
        ROWS: "[keras_order(b_hh), keras_order(b_ih)]"
    },
    "`b_hh` counts twice, in the sum and in the second row.": {
        "(b_ih)": "(b_ih + b_hh)"
    },
    "The biases of r and z are added, in the first row. Keras would compute the same, "
    "but keep them apart there too: the second row holds all of `b_hh`.": {
        "(b_ih)": "(b_ih + b_hh * np.repeat([1, 1, 0], len(b_hh) // 3))",
        "(b_hh)": "(b_hh * np.repeat([0, 0, 1], len(b_hh) // 3))",
    },
    "The biases are not reordered: they have blocks as the matrices do.": {
        ROWS: "[b_ih, b_hh]"
    },
    "Each recurrent block is transposed once too often: transpose the whole array, and "
    "nothing else.": {
        "keras_order(w_hh)": "np.hstack([np.split(w_hh, 3)[k] for k in (1, 0, 2)])"
    },
}

MISTAKES = {
    "step": STEP,
    "backward": BACKWARD,
    "convert": CONVERT,
    "load": LOAD,
    "sizes": SIZES,
    "gated": GATED,
    "mend": MEND,
}
