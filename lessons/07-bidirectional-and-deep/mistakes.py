"""The wrong answers that learners give: what to say, and what it is in the solution."""

BACKWARD = "states(x[:, ::-1], back)[:, ::-1]"
ENDS = "forward[:, -1], backward[:, 0]"
H = "np.concatenate([forward, backward], axis=-1)"
IN_PLACE = "  # from the end, then in place"
NEXT = "h = step(x[:, t], h, *weights)\n            found.append(h)"
LATE = "found.append(h)\n            h = step(x[:, t], h, *weights)"
MEAN_OF_BOTH = "(forward + backward) / 2, (forward[:, -1] + backward[:, 0]) / 2"
ANY_ORDER = "x[:, -np.arange(x.shape[1])]"  # what `x[:, -t]` reads


def second(*ways):
    """Return edits of the second cell's states, with each end taken for its last."""
    ends = {ENDS: "forward[:, -1], backward[:, -1]"}
    return [{BACKWARD: way} | more for way in ways for more in ({}, ends)]


BOTH = {
    "`last` is `h[:, -1]`, and there the backward half has read one symbol. The "
    "backward cell ends at step 0: `h[:, 0]`, second half.": {
        ENDS: "forward[:, -1], backward[:, -1]"
    },
    "`last` is `h[:, 0]`, and there the forward half has read one symbol. The forward "
    "cell ends at the last step.": {ENDS: "forward[:, 0], backward[:, 0]"},
    "`last` has the wrong ends: each cell's first state. Forward ends at the last "
    "step, backward at step 0.": {ENDS: "forward[:, 0], backward[:, -1]"},
    "In `last` the backward half comes first. The forward cell's comes first, as in "
    "h.": {ENDS: "backward[:, 0], forward[:, -1]"},
    "In `h` the backward half comes first. The forward cell's comes first, as in "
    "`last`.": {H: "np.concatenate([backward, forward], axis=-1)"},
    "The backward half comes first. The forward cell's states come first.": {
        ENDS: "backward[:, 0], forward[:, -1]",
        H: "np.concatenate([backward, forward], axis=-1)",
    },
    "The backward states stand in the order in which they were computed, the last step "
    "first. Turn them round again, so that row t speaks of step t.": second(
        "states(x[:, ::-1], back)"
    ),
    "Both cells read from the first step to the last. The second must read x from its "
    "end: `x[:, ::-1]`. (`x[::-1]` turns the batch round, not the time.)": second(
        "states(x, back)"
    ),
    "The second cell's states are turned round, but it read x from the beginning. Turn "
    "its input too.": second("states(x, back)[:, ::-1]"),
    "You turned the batch round, not the time: `[::-1]` turns the first axis. Write "
    "`[:, ::-1]`.": second("states(x[::-1], back)", "states(x[::-1], back)[:, ::-1]"),
    "You turned the features round, not the time: `[..., ::-1]` turns the last axis. "
    "Write `[:, ::-1]`.": second(
        "states(x[..., ::-1], back)", "states(x[..., ::-1], back)[:, ::-1]"
    ),
    "`np.flip` without an axis turns every axis round, the batch and the features too. "
    "Turn the time alone: `[:, ::-1]`, or `np.flip(x, axis=1)`.": second(
        "states(np.flip(x), back)[:, ::-1]",
        "np.flip(states(np.flip(x), back))",
        "np.flip(states(x[:, ::-1], back))",
    ),
    "`x[:, -t]` is not the way back: at t = 0 it is `x[:, 0]`. The last step is "
    "`x[:, -1]`, so read `x[:, -1 - t]`.": second(
        f"states({ANY_ORDER}, back)[:, ::-1]",
        f"states({ANY_ORDER}, back)",
        f"states({ANY_ORDER}, back){ANY_ORDER[1:]}",
    ),
    "The backward cell stops at step 1: `range(…, 0, -1)` leaves step 0 out. Write "
    "`range(…, -1, -1)`.": {IN_PLACE: "\n    backward[:, 0] = 0"},
    "Backward, the state before step t is that of step t + 1; you take the one at "
    "t - 1, which is not computed yet.": {
        BACKWARD + IN_PLACE: "np.zeros_like(forward)\n"
        "    for t in reversed(range(x.shape[1])):\n"
        "        backward[:, t] = step(x[:, t], backward[:, t - 1], *back)"
    },
    "Every step starts from zeros: nothing is remembered. Hand the state that `step` "
    "returns to the next step.": {NEXT: "found.append(step(x[:, t], h, *weights))"},
    "Each cell takes one step alone, and h has one. Does a `return` stand in the loop "
    "over the steps?": {"        return": "            return"},
    "Your loop counts sequences: `len(x)` is the batch. The number of steps is "
    "`x.shape[1]`.": {"range(x.shape[1])": "range(len(x))"},
    "Each state stands one step late: row t is the state before step t was read. "
    "Append the state after `step`.": {NEXT: LATE},
    "The second cell reads the first cell's states. Both read x: that would be a "
    "second layer.": {"x[:, ::-1], back": "forward[:, ::-1], back"},
    "The backward cell starts from the forward cell's last state. Both start from "
    "zeros.": {
        "def states(x, weights)": "def states(x, weights, start=0)",
        "np.zeros(": "start + np.zeros(",
        "::-1], back)": "::-1], back, forward[:, -1])",
    },
    "Both cells use the weights `ahead`. The second cell has weights of its own, "
    "`back`.": {"::-1], back)": "::-1], ahead)"},
    "Both cells use the weights `back`. The first cell has weights of its own, "
    "`ahead`.": {"(x, ahead)\n": "(x, back)\n"},
    "The weights are exchanged: `ahead` reads from the first step, `back` from the "
    "last.": {"::-1], back)": "::-1], ahead)", "(x, ahead)\n": "(x, back)\n"},
    "The two halves are added. They stand side by side: concatenate them along the "
    "last axis.": {f"{H}, last": "forward + backward, forward[:, -1] + backward[:, 0]"},
    "The two halves are averaged. They stand side by side: concatenate them along the "
    "last axis.": {f"{H}, last": MEAN_OF_BOTH},
    "In h the two cells' states alternate, number by number. All of the forward cell's "
    "come first: concatenate, do not stack.": {
        H: "np.stack([forward, backward], -1).reshape(*x.shape[:2], -1)"
    },
    "You return the two cells' states apart. Concatenate them to one h, and return it "
    "with `last`.": {f"{H}, last": "forward, backward"},
    "In `last` the two halves are added. They stand side by side: concatenate them "
    "along the last axis.": {", last": ", forward[:, -1] + backward[:, 0]"},
    "`last` is the mean over all steps. Take for each half the state in which its "
    "cell ended.": {ENDS: "forward.mean(axis=1), backward.mean(axis=1)"},
}

DOUBLED, READS = '(n_directions if merge == "concat" else 1)', "else width"
OUTPUT, W_X = "(batch, time, width)", "(reads, 4 * n_hidden)"
LAST, CELLS = "(n_layers * n_directions, batch, n_hidden)", "(n_layers * n_directions,"
SHAPES = {
    "`merge` is not used: with the sum of the two directions the width stays "
    "n_hidden.": {DOUBLED: "n_directions"},
    "The two directions stand side by side when they are concatenated: the width is "
    "2 n_hidden, of the output and of what the next layer reads.": {DOUBLED: "1"},
    "With one direction there is nothing to merge: the width is n_hidden.": {
        "(n_directions if": "(2 if"
    },
    "`w_x` of the top layer reads what the layer below gives, not `n_in`, unless there "
    "is one layer only.": {f"n_in if n_layers == 1 {READS}": "n_in"},
    "With one layer the top layer is the first: it reads `n_in`.": {
        f"n_in if n_layers == 1 {READS}": "width"
    },
    "The layer below may have two directions: the top layer then reads both halves, "
    "2 n_hidden, when they are concatenated.": {READS: "else n_hidden"},
    "`merge` counts at every layer: where the two directions are summed, the next "
    "layer reads n_hidden numbers.": {READS: "else n_directions * n_hidden"},
    "The top layer reads the layer just below it, not all of them: its width does not "
    "grow with the number of layers.": {READS: "else width * (n_layers - 1)"},
    "`w_x` of an LSTM has four blocks side by side, one for each sum: 4 n_hidden "
    "columns.": {W_X: "(reads, n_hidden)"},
    "`w_x` counts three gates. The candidate has columns too: there are 4 n_hidden "
    "of them.": {W_X: "(reads, 3 * n_hidden)"},
    "`w_x` is transposed: in the course's cells it has a row for each number that is "
    "read. PyTorch keeps the other shape.": {W_X: "(4 * n_hidden, reads)"},
    "`w_x` has the rows of the recurrent matrix too. `w_h` stands apart: `w_x` has a "
    "row for each number that the layer below gives.": {
        W_X: "(reads + n_hidden, 4 * n_hidden)"
    },
    "The columns of `w_x` belong to one cell, of one direction: 4 n_hidden.": [
        {W_X: "(reads, 4 * width)"},
        {W_X: "(reads, 4 * n_hidden * n_directions)"},
    ],
    "`w_x` and the last states are exchanged: output, `w_x`, last states.": {
        W_X: "w_x",
        LAST: W_X,
        "w_x": LAST,
    },
    "Of the last states you count the top layer's alone. Every layer has one in each "
    "direction.": {CELLS: "(n_directions,"},
    "You count one last state a layer. Every direction has its own.": {
        CELLS: "(n_layers,"
    },
    "The last states are not batch first: PyTorch stacks them along the first axis, "
    "(layers · directions, batch, n_hidden).": {
        LAST: "(batch, n_layers * n_directions, n_hidden)"
    },
    "The two directions' last states are stacked, not side by side: (layers · "
    "directions, batch, n_hidden).": {
        LAST: "(n_layers, batch, n_directions * n_hidden)"
    },
    "The last states keep n_hidden numbers each: only the output joins the two "
    "directions.": {LAST: f"{CELLS} batch, width)"},
    "Layers and directions share the first axis of the last states: (layers · "
    "directions, batch, n_hidden), three numbers.": {CELLS: "(n_layers, n_directions,"},
    "Layers and directions are added. Every layer has each direction: multiply the "
    "two.": {CELLS: "(n_layers + n_directions,"},
    "`merge` joins outputs alone: also where they are summed, every direction has a "
    "last state of its own.": {CELLS: "(n_layers * (width // n_hidden),"},
    "The output is batch first here: (batch, time, width).": {
        OUTPUT: "(time, batch, width)"
    },
    "The output has a state for every step: (batch, time, width).": {
        OUTPUT: "(batch, width)"
    },
}

ONE_CELL, SUMS, BIASES = "n_directions * 4 * ", " * 4 * ", " + n_biases)"
LOOP, READ = "range(n_layers)", "n_in = n_directions * n_hidden"
COUNT = {
    "You count every layer like the first. The layers above read the states of the "
    "layer below, not `n_in` numbers.": {READ: "n_in = n_in"},
    "The layers above read one half only. Concatenated, the layer below gives "
    "n_directions · n_hidden numbers.": {READ: "n_in = n_hidden"},
    "Every direction is a cell with weights of its own: the second one is not "
    "counted.": {ONE_CELL: "4 * "},
    "You count one cell a layer, and it reads one half. Two directions are two cells, "
    "and the next layer reads both.": {ONE_CELL: "4 * ", READ: "n_in = n_hidden"},
    "That is the top layer alone: each layer's count replaces the one before. Add it, "
    "`+=`.": {"+=": "="},
    "One layer is missing. Count n_layers of them.": {LOOP: "range(n_layers - 1)"},
    "You count one layer too many.": {LOOP: "range(n_layers + 1)"},
    "The layers above always read 2 n_hidden in your count. With one direction they "
    "read n_hidden.": {READ: "n_in = 2 * n_hidden"},
    "The layers above read the states h of the layer below, not its pre-activations: "
    "n_directions · n_hidden numbers.": {READ: "n_in = n_directions * 4 * n_hidden"},
    "Each layer reads the one just below it alone: n_directions · n_hidden numbers, "
    "and not those of all layers and of x.": {READ: "n_in += n_directions * n_hidden"},
    "The recurrent matrix is missing: a sum reads the cell's own state too, n_hidden "
    "numbers.": {"n_in + n_hidden +": "n_in +"},
    "A cell keeps to its own state: its recurrent matrix is n_hidden × n_hidden, also "
    "with two directions.": {"n_in + n_hidden": "n_in + n_directions * n_hidden"},
    "Biases are vectors: each pre-activation has n_biases of n_hidden numbers.": {
        "n_hidden * (n_in": "(n_hidden * (n_in",
        BIASES: ") + n_biases)",
    },
    "The biases are counted once a cell. Each pre-activation has its own.": {
        "4 * n_hidden * (n_in": "n_hidden * (4 * (n_in",
        BIASES: ") + n_biases)",
    },
    "The biases are counted once a layer. Each direction has its own.": {
        f"{ONE_CELL}n_hidden * (": "4 * n_hidden * (n_directions * (",
        BIASES: ") + n_biases)",
    },
    "That is a stack of plain cells. An LSTM has four sets of weights.": {SUMS: " * "},
    "You count three sums. The candidate has weights of its own too.": {
        SUMS: " * 3 * "
    },
    "`n_biases` is not used: you always count one bias for each sum.": {
        BIASES: " + 1)"
    },
    "You always count two biases. Count `n_biases` of them.": {BIASES: " + 2)"},
    "The biases are missing.": {BIASES: ")"},
}

TWO, STATES = "h_n[-2], h_n[-1]", "x[:, -1, :n], x[:, 0, n:]"
CAT, JOINED = f"torch.cat([{TWO}], dim=-1)", f"tf.concat([{STATES}], axis=-1)"
TOP = (
    " Both halves come from the top layer, forward and backward: in PyTorch the last "
    "two of `h_n`."
)


def cells(*pairs):
    """Return the edits that take two of the four cells' last states, in PyTorch."""
    return {"pytorch": [{TWO: f"h_n[{a}], h_n[{b}]"} for a, b in pairs]}


def row(torch, keras):
    """Return the edits that return other rows."""
    return {"pytorch": {CAT: torch}, "tensorflow": {JOINED: keras}}


SUMMARY = {
    "That is `output[:, -1]`. Its backward half stands at the backward cell's first "
    "step; that cell ends at step 0.": row("layers(x)[0][:, -1]", "x[:, -1]"),
    "That is `output[:, 0]`. Its forward half stands at the forward cell's first step; "
    "that cell ends at the last step.": row("layers(x)[0][:, 0]", "x[:, 0]"),
    "Those are the bottom layer's last states. The top layer's come last.": {
        "pytorch": {TWO: "h_n[0], h_n[1]"},
        "tensorflow": {"in layers": "in layers[:1]"},
    },
    "The sequences of the batch are mixed: the two states lie one upon the other, and "
    "a view or reshape does not move the batch to the front. Join the two states along "
    "the last axis.": row(
        "h_n[-2:].reshape(len(x), -1)",
        f"tf.reshape(tf.stack([{STATES}]), (len(x), -1))",
    ),
    "The sequences of the batch are mixed: a view or reshape of all of `h_n` does not "
    "move the batch to the front. Take two states and join them along the last axis.": {
        "pytorch": {CAT: "h_n.reshape(len(x), -1)"}
    },
    "That is the forward cell alone. The backward cell's last state belongs beside "
    "it.": row("h_n[-2]", "x[:, -1, :n]"),
    "That is the backward cell alone. The forward cell's last state belongs beside it, "
    "first.": row("h_n[-1]", "x[:, 0, n:]"),
    "The backward half comes first. The forward cell's comes first.": row(
        "torch.cat([h_n[-1], h_n[-2]], dim=-1)",
        "tf.concat([x[:, 0, n:], x[:, -1, :n]], axis=-1)",
    ),
    "Those are the bottom layer's last states, backward first." + TOP: cells((1, 0)),
    "Both halves are the same cell's state." + TOP: cells(
        (0, 0), (1, 1), (2, 2), (3, 3)
    ),
    "The two are taken from different layers, forward both times." + TOP: cells(
        (0, 2), (2, 0)
    ),
    "The two are taken from different layers, backward both times." + TOP: cells(
        (1, 3), (3, 1)
    ),
    "The two are taken from different layers." + TOP: cells(
        (0, 3), (3, 0), (1, 2), (2, 1)
    ),
    "The second half is the cell state c. Both halves are last h's: the last two of "
    "`h_n`.": {"pytorch": {"(h_n, _)": "(h_n, c_n)", TWO: "h_n[-1], c_n[-1]"}},
    "Those are the cell states c. What is shown is h.": {
        "pytorch": {"(h_n, _)": "(_, h_n)"}
    },
    "The two states are added. Join them along the last axis.": row(
        "h_n[-2] + h_n[-1]", "x[:, -1, :n] + x[:, 0, n:]"
    ),
    "In each row the two cells' numbers alternate. The forward cell's come first, all "
    "of them: join the two states along the last axis.": row(
        "h_n[-2:].permute(1, 2, 0).reshape(len(x), -1)",
        f"tf.reshape(tf.stack([{STATES}], axis=-1), (len(x), -1))",
    ),
    "Those are the last states of all four cells. The top layer's two are wanted, the "
    "last two of `h_n`.": {
        "pytorch": {CAT: "h_n.permute(1, 0, 2).reshape(len(x), -1)"}
    },
    "`h_n[:, -1]` is the last sequence of the batch. The cells stand on the first axis "
    "of `h_n`: `h_n[-2]`, `h_n[-1]`.": {"pytorch": {CAT: "h_n[:, -1]"}},
    "That is the largest value over all steps. Take the state in which each cell "
    "ended.": row("layers(x)[0].max(dim=1).values", "tf.reduce_max(x, axis=1)"),
    "That is the mean over all steps, a summary too, but not the last states.": row(
        "layers(x)[0].mean(dim=1)", "tf.reduce_mean(x, axis=1)"
    ),
    "The two states lie one upon the other. Join them along the last axis, so that a "
    "sequence has one row.": row(
        f"torch.cat([{TWO}])", f"tf.concat([{STATES}], axis=0)"
    ),
    "Each cell's first state is taken. Forward ends at the last step, backward at step "
    "0.": {"tensorflow": {STATES: "x[:, 0, :n], x[:, -1, n:]"}},
}

LSTM = "keras.layers.LSTM(n_hidden, return_sequences=True)"
RUN_T, RUN_K = "h, _ = self.rnn(e)", "h = self.rnn(e)"
OUT, LINE = "return self.out(h), ()", ": no mean over time"
TORCH_TWO = {"first=True)": "first=True, bidirectional=True)"}
TORCH_WIDE = TORCH_TWO | {"Linear(n_hidden": "Linear(2 * n_hidden"}
KERAS_TWO = {LSTM: f"keras.layers.Bidirectional({LSTM})"}
KERAS_SUM = {LSTM: f'keras.layers.Bidirectional({LSTM}, merge_mode="sum")'}
TORCH_MEAN = {LINE: "\n        e = e - e.mean(dim=1, keepdim=True)"}
KERAS_MEAN = {LINE: "\n        e = e - tf.reduce_mean(e, axis=1, keepdims=True)"}

# Several answers are right: these are phrases of what the properties say.
MEND = {
    "The leak is the layer of two directions": {
        "pytorch": [
            TORCH_WIDE | TORCH_MEAN,
            TORCH_WIDE,
            TORCH_TWO | {"out(h)": "out(h.unflatten(-1, (2, -1)).sum(dim=-2))"},
        ],
        "tensorflow": [KERAS_TWO | KERAS_MEAN, KERAS_TWO, KERAS_SUM],
    },
    "as the mean over time": {"pytorch": TORCH_MEAN, "tensorflow": KERAS_MEAN},
    "from the end to the beginning": {
        "pytorch": TORCH_TWO | {"out(h)": "out(h[..., self.rnn.hidden_size :])"},
        "tensorflow": {RUN_K: "h = tf.reverse(self.rnn(tf.reverse(e, [1])), [1])"},
    },
    "The layer reads from the end": {
        "pytorch": {RUN_T: "h, _ = self.rnn(e.flip(1))"},
        "tensorflow": {"return_seq": "go_backwards=True, return_seq"},
    },
    "Is something shifted by one step?": {
        "pytorch": {LINE: "\n        e = torch.cat([e[:, 1:], 0 * e[:, :1]], dim=1)"},
        "tensorflow": {LINE: "\n        e = tf.concat([e[:, 1:], 0 * e[:, :1]], 1)"},
    },
    "known, and allowed": {
        "pytorch": {LINE: "\n        e = torch.cat([0 * e[:, :1], e[:, :-1]], dim=1)"},
        "tensorflow": {LINE: "\n        e = tf.concat([0 * e[:, :1], e[:, :-1]], 1)"},
    },
    "nothing is remembered": {
        "pytorch": {RUN_T: "h = e", "Linear(n_hidden": "Linear(16"},
        "tensorflow": {RUN_K: "h = e"},
    },
    "Only one moment is left": {OUT: "return self.out(h[:, -1]), ()"},
    "in a `squeeze`": {
        "pytorch": {OUT: "return self.out(h).squeeze(), ()"},
        "tensorflow": {OUT: "return tf.squeeze(self.out(h)), ()"},
    },
    "expected (1, 50, ": {"embedding(x)": "embedding(x[:, :20])"},
    "must return two things": {OUT: "return self.out(h)"},
    "Your two results are exchanged": {OUT: "return (), self.out(h)"},
    "changes the logits of another": {
        "pytorch": [
            {RUN_T: "h = self.rnn(e.transpose(0, 1))[0].transpose(0, 1)"},
            {LINE: "\n        e = e - e.mean(dim=0)"},
        ],
        "tensorflow": {LINE: "\n        e -= tf.reduce_mean(e, axis=0)"},
    },
    "gets two answers": {
        "pytorch": [
            {RUN_T: "h, self.kept = self.rnn(e, getattr(self, 'kept', None))"},
            {LINE: "\n        e = nn.functional.dropout(e, 0.5)"},
        ],
        "tensorflow": {LINE: "\n        e = tf.nn.dropout(e, 0.5)"},
    },
    "equally large whatever `n_hidden` is": {
        "pytorch": {"16, n_hidden": "16, 32", "Linear(n_hidden": "Linear(32"},
        "tensorflow": {"LSTM(n_hidden": "LSTM(32"},
    },
    "been through a softmax": {"pytorch": {"out(h)": "out(h).softmax(-1)"}},
    "after training the loss is": {
        "pytorch": [{"out(h)": "out(h).tanh()"}, {"out(h)": "out(h.detach())"}]
    },
}

ADDED, SUM = "h = h + new if h.shape == new.shape else new", "h + new if"
BELOW = "new + sum(b for b in below if b.shape == new.shape)"
RESIDUAL = {
    "Nothing is added: that is the plain stack. Add each layer's input to its "
    "output.": {ADDED: "h = new"},
    "You add `x`, the input of the stack, at every layer. Add the layer's own input, "
    "what the layer below gave.": {"h + new if h.shape": "x + new if x.shape"},
    "The first layer's input is not added, though it has the same width as its "
    "output.": {"if h.shape": "if h is not x and h.shape"},
    "The sum is halved. Add the two, do not average them: with a layer that computes "
    "zeros the input should pass unchanged.": {SUM: "(h + new) / 2 if"},
    "The two are multiplied. Add them.": {SUM: "h * new if"},
    "You subtract. Add input and output.": [{SUM: "new - h if"}, {SUM: "h - new if"}],
    "You add only once, at the end: `x` to the output of the plain stack. Every layer "
    "has its own connection.": {
        ADDED: "h = new",
        "return h": "return x + h if x.shape == h.shape else h",
    },
    "A tanh is put around the sum. It closes the straight way: return the sum as it "
    "is.": {SUM: "np.tanh(h + new) if"},
    "The last layer's input is not added: its output is returned alone. Return the "
    "sum.": {"return h": "return new"},
    "The layer's output is added twice. Its input is what is missing.": [
        {ADDED: "h = new + new"},
        {SUM: "new + new if"},
    ],
    "The sum is not handed on: the next layer reads the output alone. It must read the "
    "sum.": {ADDED: f"out{ADDED[1:]}\n        h = new", "return h": "return out"},
    "Every layer reads `x`. A layer reads what the layer below it gave; `x` is for the "
    "first alone.": {"states(h": "states(x"},
    "The layers run from the top to the bottom. The bottom one comes first in "
    "`layers`.": {"in layers": "in layers[::-1]"},
    "What all layers below gave is added. Add a layer's own input alone: it holds the "
    "rest already.": {
        "h = x": "h, below = x, [x]",
        ADDED: f"h = {BELOW}\n        below.append(h)",
    },
    "You add up the outputs of all layers. Add to each output the layer's own input, "
    "and let the next layer read that sum.": {
        "h = x": "h, below = x, [x]",
        ADDED: f"out, h = {BELOW}, new\n        below.append(h)",
        "return h": "return out",
    },
    "You compare a layer's width with that of `x`. Compare it with the layer's own "
    "input.": {"if h.shape": "if x.shape"},
    "A width of 1 is added to another width: NumPy repeats the 1 (it broadcasts) and "
    "raises nothing. Compare the shapes.": {
        "== new.shape": "== new.shape or 1 in (h.shape[-1], new.shape[-1])"
    },
}

MISTAKES = {
    "both": BOTH,
    "shapes": SHAPES,
    "count": COUNT,
    "summary": SUMMARY,
    "mend": MEND,
    "residual": RESIDUAL,
}
