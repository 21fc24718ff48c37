"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _step(line):
    return f"def step(x, h, w_x, w_h, b):\n    {line}\n"


STEP = [
    Mistake(
        "no non-linearity",
        "non-linearity is missing",
        _step("return x @ w_x + h @ w_h + b"),
    ),
    Mistake("no bias", "bias is missing", _step("return np.tanh(x @ w_x + h @ w_h)")),
    Mistake(
        "matrices exchanged",
        "two matrices are exchanged",
        _step("return np.tanh(x @ w_h + h @ w_x + b)"),
    ),
    Mistake(
        "recurrent matrix transposed",
        "recurrent matrix is transposed",
        _step("return np.tanh(x @ w_x + h @ w_h.T + b)"),
    ),
    Mistake(
        "column convention as in the README",
        "the column convention",
        _step("return np.tanh(w_x @ x.T + w_h @ h.T + b[:, None]).T"),
    ),
    Mistake(
        "input's matrix transposed",
        "`x` has shape",
        _step("return np.tanh(x @ w_x.T + h @ w_h + b)"),
    ),
    Mistake(
        "old state not used",
        "old state is not used",
        _step("return np.tanh(x @ w_x + b)"),
    ),
    Mistake(
        "input not used", "input is not used", _step("return np.tanh(h @ w_h + b)")
    ),
    Mistake(
        "old state without its matrix",
        "must go through its matrix",
        _step("return np.tanh(x @ w_x + h + b)"),
    ),
    Mistake(
        "ReLU for tanh",
        "That is ReLU",
        _step("return np.maximum(0, x @ w_x + h @ w_h + b)"),
    ),
    Mistake(
        "sigmoid for tanh",
        "logistic sigmoid",
        _step("return 1 / (1 + np.exp(-(x @ w_x + h @ w_h + b)))"),
    ),
    Mistake(
        "tanh of the input's term alone",
        "tanh closes too early",
        _step("return np.tanh(x @ w_x) + h @ w_h + b"),
    ),
    Mistake(
        "bias outside the tanh",
        "bias stands outside",
        _step("return np.tanh(x @ w_x + h @ w_h) + b"),
    ),
    Mistake(
        "no return", "returned nothing", _step("h = np.tanh(x @ w_x + h @ w_h + b)")
    ),
    Mistake(
        "fractions cut off",
        "whole numbers",
        _step("return np.tanh(x @ w_x + h @ w_h + b).astype(int)"),
    ),
    Mistake(
        "batch of one only",
        "right in 1 of 6 cases",
        _step("return np.tanh(x[:1] @ w_x + h[:1] @ w_h + b)"),
    ),
    Mistake("h and state", "returned 2 values", _step("return np.tanh(x @ w_x), h")),
    Mistake(
        "state overwritten in place",
        "changed its argument `h` in place",
        _step("h[:] = np.tanh(x @ w_x + h @ w_h + b)\n    return h"),
    ),
]


LOOP = "h = step(x[:, t], h, w_x, w_h, b)\n        states.append(h)"


def _sequence(
    loop=LOOP,
    over="range(x.shape[1])",
    start="",
    result="np.stack(states, axis=1)",
):
    return f"""
def sequence(x, h, w_x, w_h, b):
    states = []
    {start}
    for t in {over}:
        {loop}
    return {result}
"""


SEQUENCE = [
    Mistake(
        "state not carried",
        "state is not carried",
        _sequence("states.append(step(x[:, t], h, w_x, w_h, b))"),
    ),
    Mistake(
        "state set to zero at every step",
        "state is not carried",
        _sequence(
            "states.append(step(x[:, t], start, w_x, w_h, b))", start="start = h"
        ),
    ),
    Mistake("starts from zeros", "begin with zeros", _sequence(start="h = 0 * h")),
    Mistake("last state only", "only the last one", _sequence(result="h")),
    Mistake("time first", "axes look swapped", _sequence(result="np.stack(states)")),
    Mistake(
        "loop over the batch",
        "loop runs over the batch",
        _sequence(
            "h = step(x[t], h, w_x, w_h, b)\n        states.append(h)", "range(len(x))"
        ),
    ),
    Mistake(
        "state carried across the batch",
        "from one sequence of the batch into the next",
        """
def sequence(x, h, w_x, w_h, b):
    rows, h = [], h[:1]
    for i in range(x.shape[0]):
        states = []
        for t in range(x.shape[1]):
            h = step(x[i : i + 1, t], h, w_x, w_h, b)
            states.append(h[0])
        rows.append(np.stack(states))
    return np.stack(rows)
""",
    ),
    Mistake(
        "initial state kept too",
        "initial state is among",
        _sequence(start="states.append(h)"),
    ),
    Mistake(
        "kept before the step",
        "one step late",
        _sequence("states.append(h)\n        h = step(x[:, t], h, w_x, w_h, b)"),
    ),
    Mistake(
        "one array overwritten",
        "equal the last one",
        _sequence(
            "h[:] = step(x[:, t], h, w_x, w_h, b)\n        states.append(h)",
            start="h = h.copy()",
        ),
    ),
    Mistake(
        "read backwards",
        "read the sequence backwards",
        _sequence(over="reversed(range(x.shape[1]))"),
    ),
    Mistake("a list of states", "axes look swapped", _sequence(result="states")),
    Mistake(
        "return in the loop",
        "Does the `return` stand in the loop",
        _sequence(LOOP + "\n        return h[:, None]"),
    ),
    Mistake(
        "last step forgotten", "one short", _sequence(over="range(x.shape[1] - 1)")
    ),
    Mistake(
        "reshape for transpose",
        "in the wrong places",
        _sequence(result="np.array(states).reshape(x.shape[0], x.shape[1], -1)"),
    ),
    Mistake(
        "array of whole numbers",
        "whole numbers",
        """
def sequence(x, h, w_x, w_h, b):
    states = np.zeros((len(x), x.shape[1], len(b)), dtype=int)
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        states[:, t] = h
    return states
""",
    ),
    Mistake(
        "first state kept from an earlier call",
        "`sequence` is wrong in",
        """
kept = {}


def sequence(x, h, w_x, w_h, b):
    h, states = kept.setdefault(h.shape, h), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
]


def _count(embedding, recurrent, last):
    return f"""
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return {embedding} + {recurrent} + {last}
"""


TABLE = "n_symbols * emb_size"
CELL = "emb_size * hid_size + hid_size**2 + n_biases * hid_size"
LAST = "hid_size * n_out + n_out"

COUNT = [
    Mistake("embedding not counted", "embedding is not", _count("0", CELL, LAST)),
    Mistake(
        "embedding with a bias",
        "embedding has no bias",
        _count("(n_symbols + 1) * emb_size", CELL, LAST),
    ),
    Mistake(
        "always one bias",
        "`n_biases` is not used",
        _count(TABLE, "(emb_size + hid_size + 1) * hid_size", LAST),
    ),
    Mistake(
        "always two biases",
        "always count two biases",
        _count(TABLE, "(emb_size + hid_size + 2) * hid_size", LAST),
    ),
    Mistake(
        "no recurrent bias",
        "biases of the recurrent layer are missing",
        _count(TABLE, "(emb_size + hid_size) * hid_size", LAST),
    ),
    Mistake(
        "no recurrent matrix",
        "recurrent matrix is missing",
        _count(TABLE, "(emb_size + n_biases) * hid_size", LAST),
    ),
    Mistake(
        "recurrent matrix of the embedding's size",
        "from state to state",
        _count(TABLE, "emb_size * hid_size + emb_size**2 + n_biases * hid_size", LAST),
    ),
    Mistake(
        "one-hot into the cell",
        "reads embeddings, not symbols",
        _count(TABLE, "(n_symbols + hid_size + n_biases) * hid_size", LAST),
    ),
    Mistake(
        "no last bias",
        "bias of the last layer is missing",
        _count(TABLE, CELL, "hid_size * n_out"),
    ),
    Mistake("no last layer", "The last layer is missing", _count(TABLE, CELL, "0")),
    Mistake(
        "a power for a product",
        "`count` is 62; expected 44",
        _count(TABLE, CELL.replace("**2", "**3"), LAST),
    ),
    Mistake(
        "three parts returned",
        "returned 3 values; expected one number",
        _count(TABLE, CELL, LAST).replace(f"{TABLE} + {CELL} +", f"{TABLE}, {CELL},"),
    ),
]


def _torch_load(
    hh="w_hh", xh="w_xh", b_ih="torch.tensor(b)", b_hh="0 * torch.tensor(b)"
):
    lines = [
        f"        layer.{name}.copy_({value})"
        for name, value in (
            ("weight_hh_l0", hh and f"torch.tensor({hh})"),
            ("weight_ih_l0", xh and f"torch.tensor({xh})"),
            ("bias_ih_l0", b_ih),
            ("bias_hh_l0", b_hh),
        )
        if value
    ]
    body = "\n".join(lines)
    return f"""
def load(layer, w, b):
    n_in, n_hidden = w.shape[1] - len(b), len(b)
    w_hh, w_xh = w[:, :n_hidden], w[:, n_hidden:]
    with torch.no_grad():
{body}
"""


def _keras_load(weights, cut="w[:, :n_hidden], w[:, n_hidden:]"):
    return f"""
def load(layer, w, b):
    n_in, n_hidden = w.shape[1] - len(b), len(b)
    w_hh, w_xh = {cut}
    layer.set_weights({weights})
"""


LOAD = [
    Mistake(
        "blocks in the wrong order",
        "cut in the wrong order",
        _torch_load(hh="w[:, n_in:]", xh="w[:, :n_in]"),
        "pytorch",
    ),
    Mistake(
        "recurrent matrix transposed",
        "recurrent matrix is transposed",
        _torch_load(hh="w_hh.T"),
        "pytorch",
    ),
    Mistake(
        "both matrices transposed, as in our NumPy layout",
        "Both matrices lie the wrong way round",
        _torch_load(hh="w_hh.T", xh="w_xh.T"),
        "pytorch",
    ),
    Mistake(
        "both biases filled",
        "bias counts twice",
        _torch_load(b_hh="torch.tensor(b)"),
        "pytorch",
    ),
    Mistake(
        "second bias left as it was",
        "second bias still holds",
        _torch_load(b_hh=None),
        "pytorch",
    ),
    Mistake(
        "no bias loaded",
        "`b` is not loaded",
        _torch_load(b_ih=None, b_hh=None),
        "pytorch",
    ),
    Mistake(
        "biases set to zero",
        "`b` is not loaded",
        _torch_load(b_ih="torch.zeros(n_hidden)"),
        "pytorch",
    ),
    Mistake(
        "recurrent weights forgotten",
        "W_hh is not loaded",
        _torch_load(hh=None),
        "pytorch",
    ),
    Mistake(
        "a copy of the weights is filled",
        "Nothing was loaded",
        """
def load(layer, w, b):
    n_hidden = len(b)
    weights = {name: p.detach().clone() for name, p in layer.named_parameters()}
    weights["weight_hh_l0"].copy_(torch.tensor(w[:, :n_hidden]))
    weights["weight_ih_l0"].copy_(torch.tensor(w[:, n_hidden:]))
    weights["bias_ih_l0"].copy_(torch.tensor(b))
    weights["bias_hh_l0"].zero_()
""",
        "pytorch",
    ),
    Mistake(
        "an array in the place of a parameter",
        "TypeError",
        """
def load(layer, w, b):
    layer.weight_hh_l0 = w[:, : len(b)]
    layer.weight_ih_l0 = w[:, len(b) :]
    layer.bias_ih_l0 = b
""",
        "pytorch",
    ),
    Mistake(
        "blocks in the wrong order",
        "cut in the wrong order",
        _keras_load("[w_xh.T, w_hh.T, b]", "w[:, n_in:], w[:, :n_in]"),
        "tensorflow",
    ),
    Mistake(
        "recurrent matrix not transposed",
        "recurrent matrix is transposed",
        _keras_load("[w_xh.T, w_hh, b]"),
        "tensorflow",
    ),
    Mistake(
        "no matrix transposed",
        "Both matrices lie the wrong way round",
        _keras_load("[w_xh, w_hh, b]"),
        "tensorflow",
    ),
    Mistake(
        "kernel and recurrent kernel exchanged",
        "stopped with ValueError",
        _keras_load("[w_hh.T, w_xh.T, b]"),
        "tensorflow",
    ),
    Mistake(
        "old bias kept",
        "`b` is not loaded",
        _keras_load("[w_xh.T, w_hh.T, layer.get_weights()[2]]"),
        "tensorflow",
    ),
    Mistake(
        "bias set to zero",
        "`b` is not loaded",
        _keras_load("[w_xh.T, w_hh.T, 0 * b]"),
        "tensorflow",
    ),
    Mistake(
        "two biases, as PyTorch has",
        "stopped with ValueError",
        _keras_load("[w_xh.T, w_hh.T, b, 0 * b]"),
        "tensorflow",
    ),
    Mistake(
        "bias counted twice",
        "bias counts twice",
        _keras_load("[w_xh.T, w_hh.T, b + b]"),
        "tensorflow",
    ),
    Mistake(
        "recurrent weights forgotten",
        "W_hh is not loaded",
        _keras_load("[w_xh.T, layer.get_weights()[1], b]"),
        "tensorflow",
    ),
    Mistake(
        "a copy of the weights is filled",
        "Nothing was loaded",
        """
def load(layer, w, b):
    kernel, recurrent_kernel, bias = layer.get_weights()
    kernel[:] = w[:, len(b) :].T
    recurrent_kernel[:] = w[:, : len(b)].T
    bias[:] = b
""",
        "tensorflow",
    ),
]


def _mend(
    start="np.zeros((len(x), len(b)))",
    both="[x[:, t], h]",
    update="np.tanh(both @ w + b)",
    over="range(x.shape[1])",
    first="",
    result="h",
):
    return f"""
def mend(x, w, b):
    h = {start}
    for t in {over}:
        {first}
        both = np.concatenate({both}, axis=1)
        h = {update}
    return {result}
"""


MEND = [
    Mistake(
        "start still random",
        "drawn at random",
        _mend(start="np.random.normal(size=(len(x), len(b)))"),
    ),
    Mistake("still linear", "still linear", _mend(update="both @ w + b")),
    Mistake(
        "one fixed random start",
        "must stay zero",
        _mend(start="np.random.default_rng(0).normal(size=(len(x), len(b)))"),
    ),
    Mistake("starts from ones", "must stay zero", _mend("np.ones((len(x), len(b)))")),
    Mistake(
        "tanh after the loop",
        "applied once",
        _mend(update="both @ w + b", result="np.tanh(h)"),
    ),
    Mistake(
        "state set to zero in the loop",
        "starts anew at every step",
        _mend(first="h = np.zeros((len(x), len(b)))"),
    ),
    Mistake(
        "ReLU for tanh", "That is ReLU", _mend(update="np.maximum(both @ w + b, 0)")
    ),
    Mistake(
        "state before input", "joined in the wrong order", _mend(both="[h, x[:, t]]")
    ),
    Mistake(
        "sigmoid for tanh",
        "logistic sigmoid",
        _mend(update="1 / (1 + np.exp(-(both @ w + b)))"),
    ),
    Mistake(
        "every state returned",
        "`mend` has shape",
        """
def mend(x, w, b):
    h, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w + b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
    Mistake(
        "state left over from the last call",
        "left over from the last call",
        """
kept = {}


def mend(x, w, b):
    h = kept.get(x.shape, np.zeros((len(x), len(b))))
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w + b)
    kept[x.shape] = h
    return h
""",
    ),
    Mistake("returns two things", "returned 2 values", _mend(result="h, both")),
]


def _torch_learn(
    layer="nn.RNN(n_symbols, n_hidden, batch_first=True)",
    out="nn.Linear(n_hidden, n_symbols)",
    forward="return self.out(self.rnn(x)[0])",
    loss="cross_entropy(model(x).flatten(0, 1), y.flatten())",
    update="optimizer.zero_grad(); loss.backward(); optimizer.step()",
    steps=200,
    result="model",
):
    return f"""
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = {layer}
        self.out = {out}

    def forward(self, x):
        {forward}


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range({steps}):
        loss = {loss}
        {update}
    return {result}
"""


def _keras_learn(
    layer="keras.layers.SimpleRNN(n_hidden, return_sequences=True)",
    out="keras.layers.Dense(n_symbols)",
    call="return self.out(self.rnn(x))",
    from_logits=True,
    rate=0.03,
    steps=200,
    data="(x, y)",
    result="model",
):
    return f"""
class Letters(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = {layer}
        self.out = {out}

    def call(self, x):
        {call}


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits={from_logits})
    model.compile(optimizer=keras.optimizers.Adam({rate}), loss=loss)
    word = tf.data.Dataset.from_tensors({data}).repeat({steps})
    history = model.fit(word, verbose=0, shuffle=False)
    return {result}
"""


LEARN = [
    Mistake(
        "no recurrent layer",
        "nothing is carried from step to step",
        _torch_learn(
            layer="nn.Linear(n_symbols, n_hidden)",
            forward="return self.out(self.rnn(x).tanh())",
        ),
        "pytorch",
    ),
    Mistake(
        "batch_first forgotten",
        "`batch_first=True`",
        _torch_learn(layer="nn.RNN(n_symbols, n_hidden)"),
        "pytorch",
    ),
    Mistake(
        "looks ahead",
        "the model looks ahead",
        _torch_learn(
            layer="nn.RNN(n_symbols, n_hidden, batch_first=True, bidirectional=True)",
            out="nn.Linear(2 * n_hidden, n_symbols)",
        ),
        "pytorch",
    ),
    Mistake(
        "last state only",
        "one row of logits for every letter",
        _torch_learn(
            forward="return self.out(self.rnn(x)[1][0])",
            loss="cross_entropy(model(x), y[:, -1])",
        ),
        "pytorch",
    ),
    Mistake(
        "softmax in the model",
        "returns probabilities",
        _torch_learn(forward="return self.out(self.rnn(x)[0]).softmax(-1)"),
        "pytorch",
    ),
    Mistake(
        "random start",
        "not from a random one",
        _torch_learn(
            forward="start = torch.randn(1, len(x), 8, device=x.device); "
            "return self.out(self.rnn(x, start)[0])"
        ),
        "pytorch",
    ),
    Mistake(
        "no update",
        "is every update applied",
        _torch_learn(update="optimizer.zero_grad(); loss.backward()"),
        "pytorch",
    ),
    Mistake(
        "gradient cleared before the update",
        "is every update applied",
        _torch_learn(update="loss.backward(); optimizer.zero_grad(); optimizer.step()"),
        "pytorch",
    ),
    Mistake(
        "too few updates", "re there enough updates", _torch_learn(steps=3), "pytorch"
    ),
    Mistake(
        "learns to repeat its input",
        "repeats the letter",
        _torch_learn(
            loss="cross_entropy(model(x).flatten(0, 1), x.argmax(-1).flatten())"
        ),
        "pytorch",
    ),
    Mistake(
        "sign of the loss",
        "worse than blind guessing",
        _torch_learn(loss="-cross_entropy(model(x).flatten(0, 1), y.flatten())"),
        "pytorch",
    ),
    Mistake(
        "the word by heart, no model",
        "does not read its input",
        """
def learn(x, y):
    return lambda z: 99.0 * torch.eye(x.shape[-1], device=x.device)[y][:, : z.shape[1]]
""",
        "pytorch",
    ),
    Mistake(
        "returns the loss",
        "expected the trained model",
        _torch_learn(result="loss.item()"),
        "pytorch",
    ),
    Mistake(
        "no recurrent layer",
        "nothing is carried from step to step",
        _keras_learn(layer='keras.layers.Dense(n_hidden, activation="tanh")'),
        "tensorflow",
    ),
    Mistake(
        "looks ahead",
        "the model looks ahead",
        _keras_learn(
            layer="keras.layers.Bidirectional("
            "keras.layers.SimpleRNN(n_hidden, return_sequences=True))"
        ),
        "tensorflow",
    ),
    Mistake(
        "last state only",
        "one row of logits for every letter",
        _keras_learn(layer="keras.layers.SimpleRNN(n_hidden)", data="(x, y[:, -1])"),
        "tensorflow",
    ),
    Mistake(
        "softmax in the model",
        "returns probabilities",
        _keras_learn(
            out='keras.layers.Dense(n_symbols, activation="softmax")', from_logits=False
        ),
        "tensorflow",
    ),
    Mistake(
        "from_logits forgotten",
        "does the loss expect logits",
        _keras_learn(from_logits=False),
        "tensorflow",
    ),
    Mistake(
        "random start",
        "not from a random one",
        _keras_learn(
            call="start = keras.random.normal((1, 8)); "
            "return self.out(self.rnn(x, initial_state=start))"
        ),
        "tensorflow",
    ),
    Mistake(
        "too few updates",
        "re there enough updates",
        _keras_learn(steps=3),
        "tensorflow",
    ),
    Mistake(
        "learning rate of zero",
        "is every update applied",
        _keras_learn(rate=0.0),
        "tensorflow",
    ),
    Mistake(
        "learns to repeat its input",
        "repeats the letter",
        _keras_learn(data="(x, tf.argmax(x, axis=-1))"),
        "tensorflow",
    ),
    Mistake(
        "returns the history",
        "expected the trained model",
        _keras_learn(result="history.history"),
        "tensorflow",
    ),
]

STEP += [
    Mistake(
        "bias twice",
        "the bias is wrong",
        """
def step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x + b + h @ w_h + b)
""",
    ),
    Mistake(
        "product of the terms",
        "x @ w_x and h @ w_h are wrong",
        """
def step(x, h, w_x, w_h, b):
    return np.tanh((x @ w_x) * (h @ w_h) + b)
""",
    ),
    Mistake(
        "tanh of each term",
        "the bias is wrong",
        """
def step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x) + np.tanh(h @ w_h) + b
""",
    ),
    Mistake(
        "state added outside",
        "h @ w_h is wrong",
        """
def step(x, h, w_x, w_h, b):
    return h + np.tanh(x @ w_x + h @ w_h + b)
""",
    ),
    Mistake(
        "math.tanh",
        "stopped with TypeError in line",
        """
import math


def step(x, h, w_x, w_h, b):
    return math.tanh(x @ w_x + h @ w_h + b)
""",
    ),
    Mistake(
        "loop over the units",
        "recurrent matrix is transposed",
        """
def step(x, h, w_x, w_h, b):
    out = np.zeros(h.shape)
    for j in range(len(b)):
        out[:, j] = np.tanh(x @ w_x[:, j] + h @ w_h[j] + b[j])
    return out
""",
    ),
    Mistake(
        "print for return",
        "returned nothing",
        """
def step(x, h, w_x, w_h, b):
    print(np.tanh(x @ w_x + h @ w_h + b))
""",
    ),
    Mistake(
        "weights missing in def",
        "takes (x, h); it is called with",
        """
def step(x, h):
    return np.tanh(x + h)
""",
    ),
    Mistake(
        "softmax",
        "A small case that fails",
        """
def step(x, h, w_x, w_h, b):
    e = np.exp(x @ w_x + h @ w_h + b)
    return e / e.sum(axis=1, keepdims=True)
""",
    ),
    Mistake(
        "mean over the batch",
        "The axis batch is missing",
        _step("return np.tanh(x @ w_x + h @ w_h + b).mean(axis=0)"),
    ),
    Mistake(
        "hard-coded batch",
        "right in 1 of 6 cases",
        """
def step(x, h, w_x, w_h, b):
    return np.tanh(x @ w_x + h @ w_h + b).reshape(1, -1)
""",
    ),
]

SEQUENCE += [
    Mistake(
        "as many steps as sequences",
        "as many steps as the batch has sequences",
        _sequence(over="range(len(x))"),
    ),
    Mistake(
        "stacked along the last axis",
        "time and n_hidden have changed places",
        _sequence(result="np.stack(states, axis=2)"),
    ),
    Mistake(
        "steps from 1",
        "is one short",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    for t in range(1, x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
    Mistake(
        "index one too far",
        "IndexError in line",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    for t in range(x.shape[1]):
        h = step(x[:, t + 1], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
    Mistake(
        "concatenated",
        "lie side by side in one axis",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    return np.concatenate(states, axis=1)
""",
    ),
    Mistake(
        "first sequence only",
        "The axis batch",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    h = h[0]
    for t in range(x.shape[1]):
        h = step(x[0, t], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states)
""",
    ),
    Mistake(
        "first input at every step",
        "the input from a start of zeros is wrong",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    for t in range(x.shape[1]):
        h = step(x[:, 0], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
    Mistake(
        "states summed up",
        "A small case that fails",
        """
def sequence(x, h, w_x, w_h, b):
    states = []
    for t in range(x.shape[1]):
        h = h + step(x[:, t], h, w_x, w_h, b)
        states.append(h)
    return np.stack(states, axis=1)
""",
    ),
    Mistake(
        "generator",
        "was `yield` written for `return`",
        """
def sequence(x, h, w_x, w_h, b):
    for t in range(x.shape[1]):
        h = step(x[:, t], h, w_x, w_h, b)
        yield h
""",
    ),
]

COUNT += [
    Mistake(
        "last layer without a way from the state",
        "matrix of the last layer is missing",
        """
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + hid_size * (emb_size + hid_size + n_biases)
        + n_out
    )
""",
    ),
    Mistake(
        "last layer reads embeddings",
        "not emb_size × n_out",
        """
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + hid_size * (emb_size + hid_size + n_biases)
        + n_out * (emb_size + 1)
    )
""",
    ),
    Mistake(
        "biases for the last layer too",
        "The last layer has one bias",
        """
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + hid_size * (emb_size + hid_size + n_biases)
        + n_out * (hid_size + n_biases)
    )
""",
    ),
    Mistake(
        "four gates",
        "belong to an LSTM",
        """
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + 4 * hid_size * (emb_size + hid_size + n_biases)
        + n_out * (hid_size + 1)
    )
""",
    ),
    Mistake(
        "bias of one number",
        "one number for each unit",
        """
def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + hid_size * (emb_size + hid_size)
        + n_biases
        + n_out * (hid_size + 1)
    )
""",
    ),
]

LOAD += [
    Mistake(
        "input weights forgotten",
        "W_xh is not loaded",
        _torch_load(xh=None),
        "pytorch",
    ),
    Mistake(
        "input weights forgotten",
        "W_xh is not loaded",
        _keras_load("[layer.get_weights()[0], w_hh.T, b]"),
        "tensorflow",
    ),
    Mistake(
        "reshape for transpose",
        "W_xh is wrong",
        """
def load(layer, w, b):
    n = len(b)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w[:, :n]))
        layer.weight_ih_l0.copy_(torch.tensor(w[:, n:].T.reshape(n, -1)))
        layer.bias_ih_l0.copy_(torch.tensor(b))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
    Mistake(
        "without no_grad",
        "stopped with RuntimeError in line",
        """
def load(layer, w, b):
    n = len(b)
    layer.weight_hh_l0.copy_(torch.tensor(w[:, :n]))
    layer.weight_ih_l0.copy_(torch.tensor(w[:, n:]))
    layer.bias_ih_l0.copy_(torch.tensor(b))
    layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
    Mistake(
        "minus sign on bias to cancel",
        "`b` is not loaded",
        """
def load(layer, w, b):
    n = len(b)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w[:, :n]))
        layer.weight_ih_l0.copy_(torch.tensor(w[:, n:]))
        layer.bias_ih_l0.copy_(torch.tensor(b))
        layer.bias_hh_l0.copy_(-torch.tensor(b))
""",
        "pytorch",
    ),
    Mistake(
        "rows cut",
        "`w` has shape",
        """
def load(layer, w, b):
    n = len(b)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w[:n]))
        layer.weight_ih_l0.copy_(torch.tensor(w[n:]))
        layer.bias_ih_l0.copy_(torch.tensor(b))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
    Mistake(
        "returns a new layer",
        "Nothing was loaded",
        """
def load(layer, w, b):
    n = len(b)
    layer = nn.RNN(w.shape[1] - n, n, batch_first=True)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w[:, :n]))
        layer.weight_ih_l0.copy_(torch.tensor(w[:, n:]))
        layer.bias_ih_l0.copy_(torch.tensor(b))
        layer.bias_hh_l0.zero_()
    return layer
""",
        "pytorch",
    ),
    Mistake(
        "bias split in halves, one forgotten",
        "b and W_hh with b are wrong",
        """
def load(layer, w, b):
    n = len(b)
    with torch.no_grad():
        layer.weight_hh_l0.copy_(torch.tensor(w[:, :n]))
        layer.weight_ih_l0.copy_(torch.tensor(w[:, n:]))
        layer.bias_ih_l0.copy_(torch.tensor(b / 2))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
]

MEND += [
    Mistake(
        "last step left out",
        "The last step is left out",
        _mend(over="range(x.shape[1] - 1)"),
    ),
    Mistake(
        "first step left out",
        "The first step is left out",
        _mend(over="range(1, x.shape[1])"),
    ),
    Mistake(
        "as many steps as sequences",
        "as many steps as the batch has sequences",
        _mend(over="range(len(x))"),
    ),
    Mistake(
        "tanh once more at the end",
        "The tanh is taken once more",
        _mend(result="np.tanh(h)"),
    ),
    Mistake(
        "tanh of the state before the product",
        "tanh is taken of the old state",
        """
def mend(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        both = np.concatenate([x[:, t], np.tanh(h)], axis=1)
        h = both @ w + b
    return h
""",
    ),
    Mistake(
        "bias outside",
        "bias stands outside",
        """
def mend(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        both = np.concatenate([x[:, t], h], axis=1)
        h = np.tanh(both @ w) + b
    return h
""",
    ),
    Mistake(
        "backwards",
        "read backwards",
        """
def mend(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in reversed(range(x.shape[1])):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w + b)
    return h
""",
    ),
    Mistake(
        "return in the loop",
        "Only the first step is made",
        """
def mend(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w + b)
        return h
""",
    ),
    Mistake(
        "batch of one",
        "stopped with ValueError in line",
        """
def mend(x, w, b):
    h = np.zeros((1, len(b)))
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w + b)
    return h
""",
    ),
    Mistake(
        "no bias",
        "The bias is lost",
        """
def mend(x, w, b):
    h = np.zeros((len(x), len(b)))
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ w)
    return h
""",
    ),
]

KEPT = "h, self.kept = self.rnn(x, getattr(self, 'kept', None)); "
TWO = "h, last = self.rnn(x); return self.out(h), last"

LEARN += [
    Mistake(
        "logits for cross_entropy, its axes left so",
        "have changed places",
        _torch_learn(
            forward="return self.out(self.rnn(x)[0]).transpose(1, 2)",
            loss="cross_entropy(model(x), y)",
        ),
        "pytorch",
    ),
    Mistake(
        "logits not flattened for cross_entropy",
        "Expected target size",
        _torch_learn(loss="cross_entropy(model(x), y)"),
        "pytorch",
    ),
    Mistake(
        "state kept from call to call",
        "left over from the last call",
        _torch_learn(
            forward=KEPT + "self.kept = self.kept.detach(); return self.out(h)"
        ),
        "pytorch",
    ),
    Mistake(
        "state kept from call to call",
        "left over from the last call",
        _keras_learn(
            layer="keras.layers.SimpleRNN("
            "n_hidden, return_sequences=True, stateful=True)"
        ),
        "tensorflow",
    ),
    Mistake(
        "logits and state",
        "returns 2 values in a tuple or list; return the logits alone",
        _torch_learn(
            forward=TWO, loss="cross_entropy(model(x)[0].flatten(0, 1), y.flatten())"
        ),
        "pytorch",
    ),
    Mistake(
        "the class, not a model",
        "returned the class Letters",
        _torch_learn(result="Letters"),
        "pytorch",
    ),
    Mistake(
        "sigmoid on the logits",
        "does the output go through a sigmoid",
        _torch_learn(forward="return self.out(self.rnn(x)[0]).sigmoid()"),
        "pytorch",
    ),
    Mistake(
        "sigmoid on the logits",
        "does the output go through a sigmoid",
        _keras_learn(out='keras.layers.Dense(n_symbols, activation="sigmoid")'),
        "tensorflow",
    ),
    Mistake(
        "relu on logits",
        "does the output go through a ReLU",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return torch.relu(self.out(h))


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "tanh on logits",
        "does the output go through a tanh",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return torch.tanh(self.out(h))


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "learning rate tiny",
        "learned nothing",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h)


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "target shifted",
        "`y` shifted",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h)


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.roll(1).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "no super init",
        "of `__init__`",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h)


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "states as logits",
        "one row of logits for every letter",
        """
class Letters(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = nn.RNN(n_symbols, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_symbols)

    def forward(self, x):
        h, _ = self.rnn(x)
        return h


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
""",
        "pytorch",
    ),
    Mistake(
        "relu on the logits (Keras)",
        "does the output go through a ReLU",
        """
class Letters(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.rnn = keras.layers.SimpleRNN(n_hidden, return_sequences=True)
        self.out = keras.layers.Dense(n_symbols, activation="relu")

    def call(self, x):
        return self.out(self.rnn(x))


def learn(x, y):
    model = Letters(x.shape[-1], n_hidden=8)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss=loss)
    word = tf.data.Dataset.from_tensors((x, y)).repeat(200)
    model.fit(word, verbose=0, shuffle=False)
    return model
""",
        "tensorflow",
    ),
]


MISTAKES = {
    "step": STEP,
    "sequence": SEQUENCE,
    "count": COUNT,
    "load": LOAD,
    "mend": MEND,
    "learn": LEARN,
}
