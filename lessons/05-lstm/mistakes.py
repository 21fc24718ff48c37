"""The wrong answers that learners give: what to say, and what it is in the solution."""

# Of `step` and of `mend`.
SHOWN = {
    "The tanh of c is missing in h: what is shown is o * tanh(c).": {"np.tanh(c)": "c"},
    "`h` is made from the old cell state. It shows the new one: compute c first.": {
        "    c = ": "    old, c = c, ",
        "np.tanh(c)": "np.tanh(old)",
    },
}

STEP = {
    "The last two blocks are exchanged: the order is i, f, g, o, with the candidate "
    "before the output gate.": {"i, f, g, o": "i, f, o, g"},
    "The blocks are read in the order i, o, f, g, as in ONNX. Here it is i, f, g, o.": {
        "i, f, g, o": "i, o, f, g"
    },
    "The gates are on the wrong sides: f keeps the old c, i lets the candidate in.": {
        "i, f, g, o": "f, i, g, o"
    },
    "The gates of the units are read in turn, `a[:, 0::4]`. All units' input gates "
    "come first, then all forget gates: four blocks.": {
        "np.split(a, 4, axis=-1)": "(a[:, k::4] for k in range(4))"
    },
    "The bias is missing in the four pre-activations. Add `b`.": {" + b": ""},
    "The gates do not read the old `h`: add `h @ w_h`. Every gate reads x and h.": {
        "h @ w_h": "0"
    },
    "The gates do not read the input: add `x @ w_x`. Every gate reads x and h.": {
        "x @ w_x": "0"
    },
    "The gates read the old `c`. They read x and h; c only passes them.": {
        "h @ w_h": "c @ w_h"
    },
    "The candidate goes through a sigmoid, so it can never be negative. It is no "
    "gate: take the tanh.": {"np.tanh(g)": "sigmoid(g)"},
    "The candidate does not go through a tanh: what is written is i * tanh(g).": {
        "np.tanh(g)": "g"
    },
    "The gates go through tanh, so they can be negative. A gate lies between 0 and 1:"
    " take the sigmoid, and the tanh for the candidate alone.": {
        "sigmoid(": "np.tanh("
    },
    "The gates pass the sigmoid twice.": {
        "    c = ": "    i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)\n    c = "
    },
    "1 is added to the forget gate's pre-activation. That is a way to begin training,"
    " and no part of the cell: the gate is sigmoid(f).": {
        "sigmoid(f)": "sigmoid(f + 1)"
    },
    "Nothing is forgotten: that is the cell of 1997. Multiply the old c by f.": {
        "sigmoid(f) * ": ""
    },
    "The forget gate keeps what it should forget: f itself multiplies the old c, not "
    "1 - f.": {"sigmoid(f)": "(1 - sigmoid(f))"},
    "The input gate is not used: the whole candidate is written. Write i * g.": {
        "sigmoid(i) * ": ""
    },
    "You write (1 - f) * g, as a GRU does. An LSTM has an input gate of its own: i * "
    "g.": {"sigmoid(i)": "(1 - sigmoid(f))"},
    "The old c and the new candidate are multiplied. They are added: f * c + i * g.": {
        "* c + sig": "* c * sig"
    },
    "The output gate makes h, not c: `c` is f * c + i * g and is handed on as it is; "
    "only `h` goes through the output gate.": {
        "np.tanh(c), c": "np.tanh(c), sigmoid(o) * np.tanh(c)"
    },
    "The output gate is applied to `c`, and `h` is the tanh of that. It makes h, not "
    "c: h = o * tanh(c).": {
        "sigmoid(o) * np.tanh(c), c": "np.tanh(sigmoid(o) * c), sigmoid(o) * c"
    },
    "The output gate is not used: `h` is the tanh of c alone.": {"sigmoid(o) * ": ""},
    "`h` shows the sigmoid of c; it shows its tanh, o * tanh(c).": {
        "np.tanh(c)": "sigmoid(c)"
    },
    **SHOWN,
    "`h` and `c` are returned in the wrong order: first h, then c.": {
        "sigmoid(o) * np.tanh(c), c": "c, sigmoid(o) * np.tanh(c)"
    },
}

COUNT = {
    "That is the plain recurrent cell. An LSTM has four such sets of weights: three "
    "gates and a candidate.": {"4 * ": ""},
    "You count three sets of weights. The candidate has weights of its own, besides "
    "the three gates.": {"4": "3"},
    "You count eight sets of weights. There are four: three gates and a candidate.": {
        "4": "8"
    },
    "The biases are missing: n_biases × n_hidden for each of the four pre-"
    "activations.": {" + n_biases": ""},
    "`n_biases` is not used: you count one bias for each pre-activation, whatever it "
    "says.": {"+ n_biases": "+ 1"},
    "You always count two biases. Count `n_biases` of them.": {"+ n_biases": "+ 2"},
    "The biases count once only. Each of the four sets of weights has its own.": {
        " + n_biases)": ") + n_biases * n_hidden"
    },
    "A bias holds one number for each unit: n_biases × n_hidden for each set.": {
        " + n_biases)": ") + 4 * n_biases"
    },
    "The recurrent weights are missing: n_hidden × n_hidden for each set.": {
        " + n_hidden + ": " + "
    },
    "The recurrent weights go from state to state: n_hidden × n_hidden, not n_in × "
    "n_in.": {
        " + n_hidden + n_biases)": " + n_biases) + 4 * n_in * n_in",
    },
    "n_in and n_hidden are exchanged: each set makes n_hidden pre-activations.": {
        "4 * n_hidden": "4 * n_in"
    },
    "Mind the brackets: four times all of it, and n_hidden times all of that.": {
        "(n_in + n_hidden + n_biases)": "n_in + n_hidden + n_biases"
    },
    "You counted c among the weights. The two states are computed anew for every "
    "sequence; they are not learned.": {"n_biases)\n": "n_biases) + n_hidden\n"},
    "The gates do not read c, only x and h: one recurrent matrix each.": {
        "+ n_hidden +": "+ 2 * n_hidden +"
    },
}

BACKWARD = {
    "The way from h to c is missing: h = o * tanh(c), so c also gets d_h * o * (1 - "
    "tanh(new_c)**2).": {" + d_h * o * (1 - shown**2)": ""},
    "`d_c` is not used. The new c has two ways to the loss, through h and through the"
    " next step: add both.": {"d_c = d_c + ": "d_c = "},
    "The slope of the tanh in h = o * tanh(c) is missing: 1 - tanh(new_c)**2.": {
        " * (1 - shown**2)": ""
    },
    "The slope of tanh falls to both sides of 0: 1 - tanh(new_c)**2, with a minus.": {
        "1 - shown**2": "1 + shown**2"
    },
    "The tanh in h is taken of the new c, so its slope is 1 - tanh(new_c)**2, not "
    "that of the old one.": {"1 - shown**2": "1 - np.tanh(c) ** 2"},
    "The output gate is missing on the way from h to c: h is o times tanh(c).": {
        "d_h * o * (1 - shown": "d_h * (1 - shown"
    },
    "The gradient for the old c is the whole of the new one: on the belt it is "
    "multiplied by the forget gate f.": {"d_c * f, x": "d_c, x"},
    "For the old c you pass on `d_c` as it arrived. What came through h goes along "
    "the belt too.": {"    d_c = ": "    old, d_c = d_c, ", "d_c * f, x": "old * f, x"},
    "The forget gate multiplies the old c, so its gradient contains the old c, not "
    "the new one.": {"d_c * c * f": "d_c * new_c * f"},
    "The output gate has no part in c: its gradient comes from `d_h` alone.": {
        "d_h * shown": "d_c * shown"
    },
    "The output gate multiplies tanh(c), so its gradient contains tanh(new_c), not "
    "new_c.": {"d_h * shown": "d_h * new_c"},
    "The slopes of the gates are missing: for s = σ(a) it is s * (1 - s).": {
        f" * {s} * (1 - {s})": "" for s in "ifo"
    },
    "The gates are sigmoids: their slope is s * (1 - s), not 1 - s**2.": {
        f"{s} * (1 - {s})": f"(1 - {s}**2)" for s in "ifo"
    },
    "The candidate is a tanh: its slope is 1 - g**2, not g * (1 - g).": {
        "(1 - g**2)": "g * (1 - g)"
    },
    "The slope of the candidate is missing: 1 - g**2.": {" * (1 - g**2)": ""},
    "In i * g each gets the other as its factor: the gradient of i contains g, that "
    "of g contains i.": {
        "d_c * g * i": "d_c * i * i",
        "i * (1 - g**2)": "g * (1 - g**2)",
    },
    "Two of the four parts are exchanged. Join them in the order of the weights: i, "
    "f, g, o.": {
        "d_c * i * (1 - g**2)": "last",
        "d_h * shown * o * (1 - o)": "d_c * i * (1 - g**2)",
        "last": "d_h * shown * o * (1 - o)",
    },
    "`d_h` is passed on to the old h as it is. The old h reaches the new one through "
    "the four pre-activations only.": {"d_a @ w_h.T": "d_a @ w_h.T + d_h"},
}

BACKWARD_TIME = {
    "The side roads are missing: the h of a step also reaches the loss through the "
    "four pre-activations of the next step. Add that gradient to `d_h[:, t]`.": {
        "d_h[:, t] + next_h": "d_h[:, t]"
    },
    "The belt is missing: the c of a step also reaches the loss through the next c. "
    "Add that gradient to the part that comes through h.": {"next_c + d_h_t": "d_h_t"},
    "Only the last step's `d_h` is used. Every h has its own gradient from the loss.": {
        "d_h[:, t] + next_h": "next_h + (d_h[:, t] if t == x.shape[1] - 1 else 0)"
    },
    "The loss' own gradient is used for c, too. The loss reads h; c gets what comes "
    "through h, and from the next c.": {"next_c + d_h_t": "next_c + d_h[:, t] + d_h_t"},
    "What flows back to the old c is not multiplied by f. On the belt each step has "
    "its forget gate as a factor.": {"d_c * f[:, t]\n": "d_c\n"},
    "What flows back to the old c is multiplied by the forget gate of the wrong step."
    " It is the f of step t, which made c of step t out of the old one.": {
        "d_c * f[:, t]\n": "d_c * f[:, max(t - 1, 0)]\n"
    },
    "The gradient for the old h is not taken through the pre-activations: it is the "
    "step's four, times `w_h` transposed.": {"d_a[:, t] @ w_h.T": "d_h_t"},
    "The forget gate multiplies the old c, so its gradient contains the c before the "
    "step, not the new one.": {"d_c * c[:, t] * f": "d_c * new_c[:, t] * f"},
    "The recurrent weights are multiplied with the h before the step, not with the h "
    "that the step makes.": {'"bti,btj->ij", h': '"bti,btj->ij", o * np.tanh(new_c)'},
    "The output gate's gradient uses only the loss' own `d_h`. Its h reaches the loss"
    " through the next step, too.": {"d_h_t * shown": "d_h[:, t] * shown"},
    "The steps are gone through forwards. A gradient comes from the end: begin with "
    "the last step.": {"in reversed(range(x.shape[1]))": "in range(x.shape[1])"},
    "The gradients of the weights are of the first step alone. Every step uses the "
    "same weights: sum over time.": {
        '"bti,btj->ij", x, d_a': '"bi,bj->ij", x[:, 0], d_a[:, 0]',
        '"bti,btj->ij", h, d_a': '"bi,bj->ij", h[:, 0], d_a[:, 0]',
        "d_a.sum(axis=(0, 1))": "d_a[:, 0].sum(axis=0)",
    },
    "The slopes of the gates are missing: for s = σ(a) it is s * (1 - s).": {
        f" * {s}[:, t] * (1 - {s}[:, t])": "" for s in "ifo"
    },
    "The tanh in h is taken of the new c, so its slope is 1 - tanh(new_c)**2.": {
        "(1 - shown**2)": "(1 - np.tanh(c[:, t]) ** 2)"
    },
}

CONVERT = {
    "`load`: The blocks are loaded in the file's order. The file has i, o, f, g; the "
    "layer wants i, f, g, o.": {"[i, f, g, o]": "[i, o, f, g]"},
    "`load`: The blocks are moved the wrong way round: from the file's i, o, f, g to "
    "the layer's i, f, g, o, not back.": {"[i, f, g, o]": "[i, g, o, f]"},
    "`load`: The matrices are in order, but the bias still has the file's i, o, "
    "f, g.": {
        "pytorch": {"to_ours(b)": "torch.tensor(b)"},
        "tensorflow": {"to_ours(b)": "b"},
    },
    "`load`: The recurrent blocks still have the file's order i, o, f, g.": {
        "pytorch": {"to_ours(r)": "torch.tensor(r)"},
        "tensorflow": {"to_ours(r)": "r.T"},
    },
    "`load`: The bias counts twice: PyTorch adds its two biases. Put `b` into one and"
    " zeros into the other.": {"pytorch": {"zero_()": "copy_(to_ours(b))"}},
    "`load`: 1 is added to the forget gate's bias. A trained layer has its own: load "
    "`b` as it is.": {
        "to_ours(b)": "to_ours(b + np.repeat([0, 0, 1, 0], len(b) // 4))"
    },
    "`save`: The saved blocks have the layer's order, i, f, g, o. The file wants i, "
    "o, f, g.": {"[i, o, f, g]": "[i, f, g, o]"},
    "`save`: The saved blocks are moved the wrong way round: from the layer's i, f, "
    "g, o to the file's i, o, f, g.": {"[i, o, f, g]": "[i, g, o, f]"},
    "`save`: Only one of PyTorch's two biases is saved. The layer adds them: save the"
    " sum.": {
        "pytorch": [
            {" + layer.bias_hh_l0": ""},
            {"layer.bias_ih_l0 + ": ""},
        ]
    },
}

MEND = {
    "The last two blocks are exchanged: the order is i, f, g, o, with the candidate "
    "before the output gate.": {"i, f, g, o": "i, f, o, g"},
    "1 is added to the forget gate's pre-activation. That is a way to begin training,"
    " and no part of the cell: the gate is sigmoid(f).": {
        "sigmoid(f)": "sigmoid(f + 1)"
    },
    "Nothing is forgotten: the forget gate is gone. Multiply the old c by "
    "sigmoid(f).": {"sigmoid(f) * ": ""},
    "The forget gate multiplies `h`. What it keeps is the old `c`.": {
        "sigmoid(f) * c": "sigmoid(f) * h"
    },
    "Input and state are joined in the wrong order: `w` holds `w_x` above `w_h`.": {
        "[x, h]": "[h, x]"
    },
    "The cell state is joined to the input in place of h. The gates read x and h.": {
        "[x, h]": "[x, c]"
    },
    "The state `h` is not read: only the input's rows of `w` are used.": {
        "both @ w": "x @ w[: x.shape[1]]"
    },
    "The input is not read: only the state's rows of `w` are used.": {
        "both @ w": "h @ w[x.shape[1] :]"
    },
    "The output gate still makes c: the second line that assigns `c` should make `h`."
    " What the cell keeps must not pass the output gate.": {"h = sig": "h = c = sig"},
    "Both values are c: the output gate is lost. It makes h = o * tanh(c).": {
        "h = sigmoid(o) * np.tanh(c)": "h = c"
    },
    "`h` and `c` are returned in the wrong order: first h, then c.": {
        "h, c\n": "c, h\n"
    },
    **SHOWN,
    "A tanh squeezes the new c. It stays as it is; only `h` shows its tanh.": {
        "    h = ": "    c = np.tanh(c)\n    h = "
    },
    "The new cell state is lost: `c` comes back as it was given.": {
        "    c = ": "    old, c = c, ",
        "return h, c": "return h, old",
    },
}

REMEMBER = {
    "Nothing changed. Set the layer's own bias in place; a new name or a copy does "
    "not reach it.": {
        "pytorch": {"_l0[": "_l0.clone()["},
        "tensorflow": {"layer.set_weights": "list"},
    },
    "The bias is f itself. The gate is σ(bias), so take the bias whose sigmoid is f: "
    "ln(f / (1 - f)).": {"np.log(f / (1 - f))": "f"},
    "Both of PyTorch's biases are set, and they are added: their sum must be right.": {
        "pytorch": {"= 0\n": "= np.log(f / (1 - f))\n"}
    },
    "PyTorch's second bias is still there, and is added. Set it to zero in the forget"
    " part.": {"pytorch": {"layer.bias_hh_l0[n : 2 * n] = 0": "pass"}},
    "The new bias is added to the old one. Set it.": {
        "pytorch": {"] = np": "] += np", "layer.bias_hh_l0[n : 2 * n] = 0": "pass"},
        "tensorflow": {"] = np": "] += np"},
    },
    **{
        f"That is {gate}'s part of the bias. The order is i, f, g, o.": {
            "[n : 2 * n]": f"[{k} * n : {k + 1} * n]"
        }
        for k, gate in {
            0: "the input gate",
            2: "the candidate",
            3: "the output gate",
        }.items()
    },
    "The whole bias is set, the other gates' too. Set the forget part alone.": {
        "[n : 2 * n]": "[:]"
    },
    "The sign is turned round: this gate forgets what it should keep. Near 1 is "
    "open.": {"f / (1 - f)": "(1 - f) / f"},
    "After `steps` steps a share of 1/e is left, not one half.": {
        "0.5 ** (1 / steps)": "np.exp(-1 / steps)"
    },
    "You took ln(steps): a good rule of thumb, but it leaves about 1/e, not one half."
    " Solve f**steps = 1/2.": {"np.log(f / (1 - f))": "np.log(steps)"},
    "You halve at every step and more: f**steps must be one half, so f is the steps-"
    "th root of it.": {"(1 / steps)": "steps"},
}

MISTAKES = {
    "step": STEP,
    "count": COUNT,
    "backward": BACKWARD,
    "backward-time": BACKWARD_TIME,
    "convert": CONVERT,
    "mend": MEND,
    "remember": REMEMBER,
}
