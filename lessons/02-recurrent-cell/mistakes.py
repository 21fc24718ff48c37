"""The wrong answers that learners give: what to say, and what it is in the solution."""

# A tanh of one's own, whose exp overflows.
OWN_TANH = [
    "(lambda a: (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a)))(",
    "(lambda a: (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1))(",
]
OVERFLOW = (
    "Where the sum is large, your tanh is inf / inf, which is no number. Use "
    "`np.tanh`, which has no such limit."
)

STEP = {
    "The non-linearity is missing: this is a linear cell. Put `np.tanh` around the "
    "whole sum.": {"np.tanh": ""},
    "The bias is missing. Add `b` inside the tanh.": {" + b": ""},
    "The two matrices are exchanged: `w_x` belongs to the input `x`, `w_h` to the "
    "state `h`. It only runs where n_in = n_hidden.": {
        "x @ w_x + h @ w_h": "x @ w_h + h @ w_x"
    },
    "The recurrent matrix is transposed. In the row convention it is `h @ w_h`; the "
    "square shape hides the error.": {"h @ w_h": "h @ w_h.T"},
    "The old state is not used, so the cell remembers nothing. Add `h @ w_h`.": {
        " + h @ w_h": ""
    },
    "Every row reads the first sequence's input, `x[0]`. Each reads its own: take `x` "
    "as it is.": {"x @ w_x": "x[0] @ w_x"},
    "The input is not used: the state only follows itself. Add `x @ w_x`.": {
        "x @ w_x + ": ""
    },
    "That is ReLU. This cell uses tanh.": {"np.tanh(": "np.maximum(0, "},
    "That is the logistic sigmoid. This cell uses tanh.": {
        "np.tanh(": "1 / (1 + np.exp(-1 * (",
        "+ b)": "+ b)))",
    },
    "That is a softmax, so each row sums to 1. This cell uses tanh, on each number by "
    "itself.": {
        "np.tanh(": "(lambda a: np.exp(a) / np.exp(a).sum(axis=1, keepdims=True))("
    },
    "You cut the sum at -1 and 1. That is no tanh, which bends long before.": {
        "np.tanh(": "np.clip(",
        "+ b)": "+ b, -1, 1)",
    },
    OVERFLOW: [{"np.tanh(": own} for own in OWN_TANH],
    "The tanh is taken twice. Once is enough.": {
        "np.tanh(": "np.tanh(np.tanh(",
        "+ b)": "+ b))",
    },
    "The tanh closes too early: it is applied to the sum of all three terms, not to "
    "the input's term alone.": {"w_x +": "w_x) +", "+ b)": "+ b"},
    "Input and state go through a tanh each. There is one, around the whole sum.": [
        {"w_x + h @ w_h + b": "w_x) + np.tanh(h @ w_h + b"},
        {"w_x + h @ w_h + b)": "w_x) + np.tanh(h @ w_h) + b"},
        {"w_x + h @ w_h + b": "w_x) + np.tanh(h @ w_h) + np.tanh(b"},
    ],
    "The bias stands outside the tanh. It belongs inside, with the products.": {
        " + b)": ") + b"
    },
    "The old state is added as it is. It must go through its matrix: `h @ w_h`.": {
        "h @ w_h": "h"
    },
    "The old state is added once more, outside the tanh. The new state is the tanh "
    "alone.": {"return": "return h +"},
    "The two products are multiplied. Add them.": {
        "x @ w_x + h @ w_h": "(x @ w_x) * (h @ w_h)"
    },
    "These are matrix times vector, the column convention. Here a vector is a row: "
    "`x @ w_x`, `h @ w_h`.": {
        "x @ w_x + h @ w_h + b)": "w_x @ x.T + w_h @ h.T + b[:, None]).T"
    },
}

ACROSS = """def sequence(x, h, w_x, w_h, b):
    states, h = np.zeros((len(x), x.shape[1], len(b))), h[:1]
    for i in range(len(x)):
        for t in range(x.shape[1]):
            h = step(x[i : i + 1, t], h, w_x, w_h, b)
            states[i, t] = h[0]
    return states
"""
SEQUENCE = {
    "The state is not carried: every step starts from the first `h`. Assign the new "
    "state to `h` in the loop.": {
        "  h = step": "  new = step",
        "append(h)": "append(new)",
    },
    "You begin with zeros. Begin with the state `h` that is given.": {
        "    states = []": "    states, h = [], 0 * h"
    },
    "The state runs from one sequence of the batch into the next. All sequences step "
    "together: `x[:, t]` is one time step of the whole batch.": ACROSS,
    "Your loop runs over the batch. Time is the second axis: `x[:, t]`, for t in "
    "`range(x.shape[1])`.": {"x.shape[1]": "len(x)", "x[:, t]": "x[t]"},
    "Your states lie side by side in one axis. Time has an axis of its own: "
    "`np.stack(states, axis=1)`.": {"np.stack": "np.concatenate"},
    "The initial state is among your states. Keep only those after a step: as many "
    "states as inputs.": {"states = []": "states = [h]"},
    "Your states come one step late: each is kept before the step, not after it.": {
        "        states.append(h)\n": "",
        "        h = step": "        states.append(h)\n        h = step",
    },
    "All your states equal the last one. One array is overwritten at each step and "
    "kept several times; make a new array, `h = step(…)`.": {
        "states = []": "states, h = [], h.copy()",
        "  h = step": "  h[:] = step",
    },
    "All sequences read the first one's inputs, `x[0]`. Step t of the whole batch is "
    "`x[:, t]`.": {"[:, t]": "[0, t]"},
    "Every step reads the first input. Step t reads `x[:, t]`.": {"[:, t]": "[:, 0]"},
    "Every step reads the last input. Step t reads `x[:, t]`.": {"[:, t]": "[:, -1]"},
    "Each new state is added to the old one. It takes its place: `h = step(…)`.": {
        "  h = step": "  h = h + step"
    },
}

COUNT = {
    "The embedding is not counted. It is a table: n_symbols rows of emb_size numbers, "
    "learned like all others.": {"embedding + ": ""},
    "The recurrent layer is not counted: two matrices and n_biases biases.": {
        "recurrent + ": ""
    },
    "The last layer is missing: hid_size × n_out, and n_out biases.": {
        " + readout": ""
    },
    "`n_biases` is not used: you count one bias in the recurrent layer, whatever it "
    "says.": {"n_biases * hid_size": "hid_size"},
    "You always count two biases in the recurrent layer. Count `n_biases` of them.": {
        "n_biases * hid_size": "2 * hid_size"
    },
    "The biases of the recurrent layer are missing: n_biases × hid_size.": {
        " + n_biases * hid_size": ""
    },
    "The recurrent matrix is missing: hid_size × hid_size.": {
        " + hid_size * hid_size": ""
    },
    "The bias of the last layer is missing: n_out numbers.": {" + n_out": ""},
    "The matrix of the last layer is missing: hid_size × n_out.": {
        "hid_size * n_out + ": ""
    },
    "The recurrent layer reads embeddings, not symbols: its first matrix is emb_size × "
    "hid_size.": {"emb_size * hid_size": "n_symbols * hid_size"},
    "The recurrent matrix goes from state to state: hid_size × hid_size, not emb_size "
    "× emb_size.": {"hid_size * hid_size": "emb_size * emb_size"},
    "An embedding has no bias. It only looks a row up.": {
        "n_symbols * emb_size": "(n_symbols + 1) * emb_size"
    },
    "The last layer reads the state: its matrix is hid_size × n_out, not emb_size × "
    "n_out.": {"hid_size * n_out": "emb_size * n_out"},
    "`n_biases` is about the recurrent layer. The last layer has one bias.": {
        "+ n_out": "+ n_biases * n_out"
    },
    "A bias holds one number for each unit: n_biases × hid_size.": {
        "n_biases * hid_size": "n_biases"
    },
    "Four sets of weights belong to an LSTM. This cell has one.": {
        "+ recurrent": "+ 4 * recurrent"
    },
    "One of the recurrent biases has the wrong size. Both are added to the state, so "
    "each holds hid_size numbers.": {
        "n_biases * hid_size": "(n_biases - 1) * emb_size + hid_size"
    },
}

# What a line of `load` is, and what takes its place.
W_HH = "layer.weight_hh_l0.copy_(torch.tensor(w_hh))"
FIRST = "layer.bias_ih_l0.copy_(torch.tensor(b))"
LOAD = {
    "The blocks are cut in the wrong order: the state stands above the input, so the "
    "first n_hidden columns of `w` are W_hh.": {
        "w[:, :n_hidden], w[:, n_hidden:]": "w[:, -n_hidden:], w[:, :-n_hidden]"
    },
    "The two matrices are exchanged: W_hh goes from state to state, so it is the "
    "square one.": {"w_hh, w_xh =": "w_xh, w_hh ="},
    "The recurrent matrix is transposed, and its square shape hides that. PyTorch "
    "keeps the column convention, Keras the row convention.": {
        "pytorch": {"(w_hh)": "(w_hh.T)"},
        "tensorflow": {"w_hh.T": "w_hh"},
    },
    "The input's matrix is transposed. PyTorch keeps the column convention, Keras the "
    "row convention.": {
        "pytorch": {"(w_xh)": "(w_xh.T)"},
        "tensorflow": {"w_xh.T": "w_xh"},
    },
    "Both matrices lie the wrong way round: PyTorch keeps the column convention of "
    "`w`, Keras the row convention.": {
        "pytorch": {"(w_hh)": "(w_hh.T)", "(w_xh)": "(w_xh.T)"},
        "tensorflow": {".T": ""},
    },
    "The bias counts twice: PyTorch adds its two biases. Put `b` into one and zeros "
    "into the other.": {"pytorch": {".zero_()": ".copy_(torch.tensor(b))"}},
    "The bias counts twice. Keras has one: load `b` as it is.": {
        "tensorflow": {", b]": ", 2 * b]"}
    },
    "`b` is not loaded: the layer's bias is zero.": {
        "pytorch": {FIRST: "layer.bias_ih_l0.zero_()"},
        "tensorflow": {", b]": ", 0 * b]"},
    },
    "The layer has another `weight_hh_l0` than before.": {
        "pytorch": {
            W_HH: "layer.weight_hh_l0 = nn.Parameter(torch.tensor(w_hh).float())"
        }
    },
}

ZEROS, SUM = "np.zeros((len(x), len(b)))", "np.tanh(both @ w + b)"
MEND = {
    "The same sequences, read twice, gave two answers. It looks as if the first state "
    "is drawn at random, or left over from the last call: before anything is read "
    "there is nothing to remember.": [
        {"np.zeros(": "np.random.normal(size="},
        {
            "def": "kept = {}\n\n\ndef",
            ZEROS: f"kept.get(x.shape, {ZEROS})",
            "    return h": "    kept[x.shape] = h\n    return h",
        },
    ],
    "With all inputs zero and no bias the state must stay zero; yours does not. Which "
    "state does it start from?": [
        {"np.zeros(": "np.random.default_rng(0).normal(size="},
        {"zeros": "ones"},
    ],
    "It is still linear: an input 1000 times larger gives an answer 1000 times larger. "
    "What is missing at every step?": {"np.tanh": ""},
    "The tanh is applied once, after the last step; the steps before it are still "
    "linear. Put it into the loop.": {"np.tanh": "", "return h": "return np.tanh(h)"},
    "That is ReLU: it mends the linearity, but the states have no bound. This cell "
    "uses tanh.": {"np.tanh(": "np.maximum(0, "},
    "That is the logistic sigmoid. This cell uses tanh.": {
        SUM: "1 / (1 + np.exp(-(both @ w + b)))"
    },
    "You cut the sum at -1 and 1. That is no tanh, which bends long before.": {
        SUM: "np.clip(both @ w + b, -1, 1)"
    },
    OVERFLOW: [{"np.tanh(": own} for own in OWN_TANH],
    "The state starts anew at every step, so only the last input counts. Set it to "
    "zero once, before the loop.": {"t], h]": "t], 0 * h]"},
    "Input and state are joined in the wrong order: `w` holds `w_x` above `w_h`.": {
        "[x[:, t], h]": "[h, x[:, t]]"
    },
    "The tanh is taken once more, after the last step. It belongs in the loop alone.": {
        "return h": "return np.tanh(h)"
    },
    "The bias is lost. `patient` had it right: `both @ w + b`.": {" + b": ""},
    "The bias stands outside the tanh: take the tanh of the whole sum.": {
        " + b)": ") + b"
    },
    "The tanh is taken of the old state, so the last state is still linear. Take it of "
    "the whole sum, as the last thing in the loop.": {
        SUM: "both @ w + b",
        "t], h]": "t], np.tanh(h)]",
    },
}

# What the check says of a model that was trained so: in part, since it names numbers.
RNN = "keras.layers.SimpleRNN(n_hidden, return_sequences=True)"
LOSS = "cross_entropy(model(x).flatten(0, 1), y.flatten())"


def _at_the_end(function):
    """Return edits that put the logits through a function."""
    return {
        "pytorch": {"self.out(h)": f"self.out(h).{function}()"},
        "tensorflow": {"n_symbols)\n\n": f'n_symbols, activation="{function}")\n\n'},
    }


LEARN = {
    "as if nothing is carried from step to step.": {
        "pytorch": [
            {", batch_first=True": ""},
            {
                "nn.RNN(n_symbols, n_hidden, batch_first=True)": (
                    "nn.Linear(n_symbols, n_hidden)"
                ),
                "h, _ = self.rnn(x)": "h = self.rnn(x).tanh()",
            },
        ],
        "tensorflow": {RNN: 'keras.layers.Dense(n_hidden, activation="tanh")'},
    },
    "the model looks ahead, at what it must predict.": {
        "pytorch": {
            "batch_first=True": "batch_first=True, bidirectional=True",
            "nn.Linear(n_hidden": "nn.Linear(2 * n_hidden",
        },
        "tensorflow": {RNN: f"keras.layers.Bidirectional({RNN})"},
    },
    "one row of logits for each letter.": {
        "pytorch": [
            {"h, _ =": "_, (h,) =", LOSS: "cross_entropy(model(x), y[:, -1])"},
            {"self.out(h)": "h"},
        ],
        "tensorflow": {", return_sequences=True": "", "(x, y))": "(x, y[:, -1]))"},
    },
    "The axes time and n_symbols have changed places.": {
        "pytorch": {
            "self.out(h)": "self.out(h).transpose(1, 2)",
            LOSS: "cross_entropy(model(x), y)",
        }
    },
    "The model returns 2 values in a tuple. Return the logits alone.": {
        "pytorch": {
            "h, _ =": "h, last =",
            "self.out(h)": "self.out(h), last",
            "model(x).": "model(x)[0].",
        }
    },
    "expected the trained model itself.": {
        "pytorch": [
            {"return model": "return loss.item()"},
            {"return model": "return Letters"},
        ],
        "tensorflow": {
            "    model.fit": "    history = model.fit",
            "return model": "return history.history",
        },
    },
    "Another word gets the same answer: the model does not read its input.": {
        "pytorch": {
            "return model": "return lambda z: "
            "99.0 * torch.eye(x.shape[-1], device=x.device)[y][:, : z.shape[1]]"
        },
        "tensorflow": {
            "return model": "return lambda z: "
            "99.0 * tf.one_hot(y, x.shape[-1])[:, : z.shape[1]]"
        },
    },
    "something is left over from the last call.": {
        "pytorch": {
            "h, _ = self.rnn(x)": "h, self.kept = self.rnn(x, getattr(self, 'kept', "
            "None))\n        self.kept = self.kept.detach()"
        },
        "tensorflow": {"return_sequences": "stateful=True, return_sequences"},
    },
    "Start from a state of zeros, not from a random one": {
        "pytorch": {
            "self.rnn(x)": "self.rnn(x, torch.randn(1, 1, 8, device=x.device))"
        },
        "tensorflow": {
            "self.rnn(x)": "self.rnn(x, initial_state=keras.random.normal((1, 8)))"
        },
    },
    "The logits add up to 1: they have been through a softmax.": {
        "pytorch": {"self.out(h)": "self.out(h).softmax(-1)"},
        "tensorflow": {
            "Dense(n_symbols)": 'Dense(n_symbols, activation="softmax")',
            "from_logits=True": "from_logits=False",
        },
    },
    "a ReLU stand on the output?": _at_the_end("relu"),
    "a sigmoid or a ReLU stand on the output?": _at_the_end("sigmoid"),
    "a tanh stand on the output?": _at_the_end("tanh"),
    "Are there enough updates, and does the loss expect logits?": {
        "tensorflow": [
            {"from_logits=True": "from_logits=False"},
            {"repeat(100)": "repeat(3)"},
        ]
    },
    "It has learned nothing: are there enough updates, and is every update applied to "
    "the model?": {
        "pytorch": [
            {"        optimizer.step()\n": ""},
            {
                "        optimizer.zero_grad()\n": "",
                "backward()\n": "backward()\n        optimizer.zero_grad()\n",
            },
            {"lr=0.05": "lr=1e-5"},
            {"range(100)": "range(1)"},
        ],
        "tensorflow": {"Adam(0.05)": "Adam(0.0)"},
    },
    "It repeats the letter it has just read: was `y` its target?": {
        "pytorch": {"y.flatten())": "x.argmax(-1).flatten())"},
        "tensorflow": {"(x, y))": "(x, tf.argmax(x, axis=-1)))"},
    },
    "Is the learning rate too large, the sign of the loss turned round, or `y` "
    "shifted?": {
        "pytorch": [{"loss = ": "loss = -"}, {"y.flatten": "y.roll(1).flatten"}],
        "tensorflow": {"(x, y))": "(x, tf.roll(y, 1, axis=1)))"},
    },
}

MISTAKES = {
    "step": STEP,
    "sequence": SEQUENCE,
    "count": COUNT,
    "load": LOAD,
    "mend": MEND,
    "learn": LEARN,
}
