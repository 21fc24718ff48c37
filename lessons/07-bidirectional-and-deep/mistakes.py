"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake

T, K = "pytorch", "tensorflow"


def _both(
    read="x[:, ::-1]",
    place="[:, ::-1]",
    weights=("ahead", "back"),
    h="np.concatenate([forward, backward], axis=-1)",
    last="np.concatenate([forward[:, -1], backward[:, 0]], axis=-1)",
    start="np.zeros((len(x), len(weights[1])))",
):
    return f"""
def both(x, ahead, back):
    def states(x, weights):
        h, found = {start}, []
        for t in range(x.shape[1]):
            h = step(x[:, t], h, *weights)
            found.append(h)
        return np.stack(found, axis=1)

    forward = states(x, {weights[0]})
    backward = states({read}, {weights[1]}){place}
    last = {last}
    h = {h}
    return h, last
"""


def _backward(steps, before):
    """Return an answer that fills the backward states in an array of zeros."""
    return f"""
def both(x, ahead, back):
    n = len(ahead[1])
    forward, backward = np.zeros((2, len(x), x.shape[1], n))
    h = np.zeros((len(x), n))
    for t in range(x.shape[1]):
        h = forward[:, t] = step(x[:, t], h, *ahead)
    h = np.zeros((len(x), n))
    for t in {steps}:
        h = backward[:, t] = step(x[:, t], {before}, *back)
    last = np.concatenate([forward[:, -1], backward[:, 0]], axis=-1)
    return np.concatenate([forward, backward], axis=-1), last
"""


BOTH = [
    Mistake(
        "backward states not turned back",
        "in the order in which they were computed",
        _both(
            place="",
            last="np.concatenate([forward[:, -1], backward[:, -1]], axis=-1)",
        ),
    ),
    Mistake(
        "not turned back, last read off the ends",
        "in the order in which they were computed",
        _both(place=""),
    ),
    Mistake(
        "h[:, -1] as the last state",
        "backward half has read one symbol",
        _both(last="np.concatenate([forward, backward], axis=-1)[:, -1]"),
    ),
    Mistake(
        "h[:, 0] as the last state",
        "forward half has read one symbol",
        _both(last="np.concatenate([forward, backward], axis=-1)[:, 0]"),
    ),
    Mistake(
        "the wrong ends",
        "has the wrong ends",
        _both(last="np.concatenate([forward[:, 0], backward[:, -1]], axis=-1)"),
    ),
    Mistake(
        "both cells read forward",
        "Both cells read from the first step",
        _both(
            read="x", place="", last="np.concatenate([forward, backward], -1)[:, -1]"
        ),
    ),
    Mistake(
        "states turned, input not",
        "read x from the beginning",
        _both(read="x"),
    ),
    Mistake(
        "batch turned round and back",
        "turns the batch round, not the time",
        _both(read="x[::-1]", place="[::-1]"),
    ),
    Mistake(
        "batch turned round",
        "You turned the batch round",
        _both(read="x[::-1]"),
    ),
    Mistake(
        "features turned round",
        "You turned the features round",
        _both(read="x[..., ::-1]", place=""),
    ),
    Mistake(
        "backward half first",
        "The backward half comes first",
        _both(
            h="np.concatenate([backward, forward], axis=-1)",
            last="np.concatenate([backward[:, 0], forward[:, -1]], axis=-1)",
        ),
    ),
    Mistake(
        "one set of weights for both",
        "Both cells use the weights `ahead`",
        _both(weights=("ahead", "ahead")),
    ),
    Mistake(
        "weights exchanged",
        "The weights are exchanged",
        _both(weights=("back", "ahead")),
    ),
    Mistake(
        "directions added",
        "The two halves are added",
        _both(h="forward + backward", last="forward[:, -1] + backward[:, 0]"),
    ),
    Mistake(
        "joined along time",
        "`both` → `h` has shape",
        _both(h="np.concatenate([forward, backward], axis=1)"),
    ),
    Mistake(
        "state handed from one cell to the other",
        "starts from the forward cell's last state",
        """
def both(x, ahead, back):
    h, forward = np.zeros((len(x), len(ahead[1]))), []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, *ahead)
        forward.append(h)
    backward = []
    for t in reversed(range(x.shape[1])):
        h = step(x[:, t], h, *back)
        backward.insert(0, h)
    forward, backward = np.stack(forward, axis=1), np.stack(backward, axis=1)
    last = np.concatenate([forward[:, -1], backward[:, 0]], axis=-1)
    return np.concatenate([forward, backward], axis=-1), last
""",
    ),
    Mistake(
        "h alone",
        "expected 2: h, last",
        _both().replace("return h, last", "return h"),
    ),
]


def _shapes(
    width="n_hidden * (n_directions if merge == 'concat' else 1)",
    reads="n_in if n_layers == 1 else width",
    output="(batch, time, width)",
    w_x="(reads, 4 * n_hidden)",
    last="(n_layers * n_directions, batch, n_hidden)",
):
    return f"""
def shapes(batch, time, n_in, n_hidden, n_layers, n_directions, merge):
    width = {width}
    reads = {reads}
    return {output}, {w_x}, {last}
"""


SHAPES = [
    Mistake(
        "merge not used",
        "`merge` is not used",
        _shapes(width="n_hidden * n_directions"),
    ),
    Mistake("width never doubled", "side by side when", _shapes(width="n_hidden")),
    Mistake(
        "top layer reads the input",
        "reads what the layer below gives",
        _shapes(reads="n_in"),
    ),
    Mistake(
        "first layer reads a layer below",
        "With one layer the top layer is the first",
        _shapes(reads="width"),
    ),
    Mistake(
        "top layer reads one half",
        "reads both halves",
        _shapes(reads="n_in if n_layers == 1 else n_hidden"),
    ),
    Mistake("one block", "four blocks side by side", _shapes(w_x="(reads, n_hidden)")),
    Mistake(
        "three gates",
        "counts three gates",
        _shapes(w_x="(reads, 3 * n_hidden)"),
    ),
    Mistake(
        "top layer's states only",
        "you count the top layer's alone",
        _shapes(last="(n_directions, batch, n_hidden)"),
    ),
    Mistake(
        "one state a layer",
        "Every direction has its own",
        _shapes(last="(n_layers, batch, n_hidden)"),
    ),
    Mistake(
        "states batch first",
        "not batch first",
        _shapes(last="(batch, n_layers * n_directions, n_hidden)"),
    ),
    Mistake(
        "states side by side",
        "are stacked, not side by side",
        _shapes(last="(n_layers, batch, n_directions * n_hidden)"),
    ),
    Mistake(
        "last step only",
        "a state for every step",
        _shapes(output="(batch, width)"),
    ),
    Mistake(
        "two shapes",
        "must return output, w_x, last",
        _shapes().replace("return (batch, time, width), ", "return "),
    ),
]


def _count(
    total="n_directions * 4 * n_hidden * (n_in + n_hidden + n_biases)",
    below="n_directions * n_hidden",
):
    return f"""
def count(n_in, n_hidden, n_layers, n_directions, n_biases):
    total = 0
    for _ in range(n_layers):
        total += {total}
        n_in = {below}
    return total
"""


COUNT = [
    Mistake("every layer like the first", "like the first", _count(below="n_in")),
    Mistake(
        "upper layers read one half", "read one half only", _count(below="n_hidden")
    ),
    Mistake(
        "second direction forgotten",
        "the second one is not counted",
        _count(total="4 * n_hidden * (n_in + n_hidden + n_biases)"),
    ),
    Mistake(
        "one direction throughout",
        "You count one cell a layer",
        _count("4 * n_hidden * (n_in + n_hidden + n_biases)", "n_hidden"),
    ),
    Mistake(
        "one layer only",
        "That is one layer",
        _count().replace("range(n_layers)", "range(1)"),
    ),
    Mistake(
        "recurrent matrix over both halves",
        "A cell keeps to its own state",
        _count(
            "n_directions * 4 * n_hidden * (n_in + n_directions * n_hidden + n_biases)"
        ),
    ),
    Mistake(
        "plain cells",
        "a stack of plain cells",
        _count("n_directions * n_hidden * (n_in + n_hidden + n_biases)"),
    ),
    Mistake(
        "three gates",
        "You count three sums",
        _count("n_directions * 3 * n_hidden * (n_in + n_hidden + n_biases)"),
    ),
    Mistake(
        "always one bias",
        "`n_biases` is not used",
        _count("n_directions * 4 * n_hidden * (n_in + n_hidden + 1)"),
    ),
    Mistake(
        "always two biases",
        "always count two biases",
        _count("n_directions * 4 * n_hidden * (n_in + n_hidden + 2)"),
    ),
    Mistake(
        "no biases",
        "The biases are missing",
        _count("n_directions * 4 * n_hidden * (n_in + n_hidden)"),
    ),
]


def _torch_summary(line, first="_, (h_n, c_n) = layers(x)"):
    return f"""
def summary(layers, x):
    {first}
    return {line}
"""


def _keras_summary(
    line,
    n="x.shape[-1] // 2",
    stack="for layer in layers:\n        x = layer(x)",
):
    return f"""
def summary(layers, x):
    {stack}
    n = {n}
    return {line}
"""


def _torch_cells(first, second):
    return _torch_summary(f"torch.cat([h_n[{first}], h_n[{second}]], dim=-1)")


SUMMARY = [
    Mistake(
        "output[:, -1]",
        "That is `output[:, -1]`",
        _torch_summary("layers(x)[0][:, -1]"),
        "pytorch",
    ),
    Mistake(
        "output[:, 0]",
        "That is `output[:, 0]`",
        _torch_summary("layers(x)[0][:, 0]"),
        "pytorch",
    ),
    Mistake(
        "first two of h_n",
        "the bottom layer's last states",
        _torch_summary("torch.cat([h_n[0], h_n[1]], dim=-1)"),
        "pytorch",
    ),
    Mistake(
        "a view of the last two",
        "does not move the batch to the front. Join",
        _torch_summary("h_n[-2:].reshape(len(x), -1)"),
        "pytorch",
    ),
    Mistake(
        "a view of all",
        "a view or reshape of all",
        _torch_summary("h_n.reshape(len(x), -1)"),
        "pytorch",
    ),
    Mistake(
        "h_n[-1] alone",
        "the backward cell alone",
        _torch_summary("h_n[-1]"),
        "pytorch",
    ),
    Mistake(
        "backward half first",
        "The backward half comes first",
        _torch_summary("torch.cat([h_n[-1], h_n[-2]], dim=-1)"),
        "pytorch",
    ),
    Mistake(
        "first and last of h_n",
        "from different layers. Both halves",
        _torch_summary("torch.cat([h_n[0], h_n[-1]], dim=-1)"),
        "pytorch",
    ),
    Mistake(
        "layers and directions exchanged",
        "from different layers, forward both times",
        _torch_summary("torch.cat([h_n[0], h_n[2]], dim=-1)"),
        "pytorch",
    ),
    Mistake(
        "cell states",
        "Those are the cell states",
        _torch_summary("torch.cat([c_n[-2], c_n[-1]], dim=-1)"),
        "pytorch",
    ),
    Mistake(
        "joined along the batch",
        "lie one upon the other",
        _torch_summary("torch.cat([h_n[-2], h_n[-1]])"),
        "pytorch",
    ),
    Mistake(
        "all of h_n",
        "`summary` has shape",
        _torch_summary("h_n"),
        "pytorch",
    ),
    Mistake(
        "output[:, -1]",
        "That is `output[:, -1]`",
        _keras_summary("x[:, -1]"),
        "tensorflow",
    ),
    Mistake(
        "output[:, 0]",
        "That is `output[:, 0]`",
        _keras_summary("x[:, 0]"),
        "tensorflow",
    ),
    Mistake(
        "each cell's first state",
        "Each cell's first state is taken",
        _keras_summary("tf.concat([x[:, 0, :n], x[:, -1, n:]], axis=-1)"),
        "tensorflow",
    ),
    Mistake(
        "bottom layer",
        "the bottom layer's last states",
        _keras_summary(
            "tf.concat([x[:, -1, :n], x[:, 0, n:]], axis=-1)", stack="x = layers[0](x)"
        ),
        "tensorflow",
    ),
    Mistake(
        "forward cell alone",
        "the forward cell alone",
        _keras_summary("x[:, -1, :n]"),
        "tensorflow",
    ),
    Mistake(
        "backward half first",
        "The backward half comes first",
        _keras_summary("tf.concat([x[:, 0, n:], x[:, -1, :n]], axis=-1)"),
        "tensorflow",
    ),
    Mistake(
        "mean over the steps",
        "the mean over all steps",
        _keras_summary("tf.reduce_mean(x, axis=1)"),
        "tensorflow",
    ),
    Mistake(
        "joined along the batch",
        "lie one upon the other",
        _keras_summary("tf.concat([x[:, -1, :n], x[:, 0, n:]], axis=0)"),
        "tensorflow",
    ),
    Mistake(
        "stacked, then reshaped",
        "does not move the batch to the front",
        _keras_summary(
            "tf.reshape(tf.stack([x[:, -1, :n], x[:, 0, n:]]), (len(x), -1))"
        ),
        "tensorflow",
    ),
    Mistake(
        "every state",
        "`summary` has shape",
        _keras_summary("x"),
        "tensorflow",
    ),
]


def _torch_mend(
    options="",
    width="n_hidden",
    center="",
    h="h, _ = self.rnn(e)",
    end="return self.out(h), ()",
):
    return f"""
class Mended(nn.Module):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        self.embedding = nn.Embedding(n_symbols, 16)
        self.rnn = nn.LSTM(16, n_hidden, batch_first=True{options})
        self.out = nn.Linear({width}, n_symbols)

    def forward(self, x, state=None):
        e = self.embedding(x)
        {center or "pass"}
        {h}
        {end}
"""


def _keras_mend(
    layer="one", center="", h="h = self.rnn(e)", end="return self.out(h), ()"
):
    return f"""
class Mended(keras.Model):
    def __init__(self, n_symbols, n_hidden):
        super().__init__()
        normal = keras.initializers.RandomNormal(stddev=1.0)
        self.embedding = keras.layers.Embedding(n_symbols, 16, normal)
        one = keras.layers.LSTM(n_hidden, return_sequences=True)
        self.rnn = {layer}
        self.out = keras.layers.Dense(n_symbols)

    def call(self, x, state=None, training=False):
        e = self.embedding(x)
        {center or "pass"}
        {h}
        {end}
"""


TORCH_MEAN = "e = e - e.mean(dim=1, keepdim=True)"
KERAS_MEAN = "e = e - tf.reduce_mean(e, axis=1, keepdims=True)"
TWO = ", bidirectional=True"

MEND = [
    Mistake(
        "the patient as it is",
        "The leak is the layer of two directions",
        _torch_mend(TWO, "2 * n_hidden", TORCH_MEAN),
        "pytorch",
    ),
    Mistake(
        "two directions, not centered",
        "The leak is the layer of two directions",
        _torch_mend(TWO, "2 * n_hidden"),
        "pytorch",
    ),
    Mistake(
        "two directions added",
        "The leak is the layer of two directions",
        _torch_mend(
            TWO, end="return self.out(h.unflatten(-1, (2, -1)).sum(dim=-2)), ()"
        ),
        "pytorch",
    ),
    Mistake(
        "one direction, centered over time",
        "the mean over time",
        _torch_mend(center=TORCH_MEAN),
        "pytorch",
    ),
    Mistake(
        "backward half kept",
        "from the end to the beginning",
        _torch_mend(TWO, h="h = self.rnn(e)[0][..., self.rnn.hidden_size :]"),
        "pytorch",
    ),
    Mistake(
        "shifted by one step, the wrong way",
        "Is something shifted by one step?",
        _torch_mend(h="h, _ = self.rnn(e.roll(-1, dims=1))").replace(
            "e.roll(-1, dims=1)",
            "torch.cat([e[:, 1:], 0 * e[:, :1]], dim=1)",
        ),
        "pytorch",
    ),
    Mistake(
        "input held back by one step",
        "That one is known, and allowed",
        _torch_mend(center="e = torch.cat([0 * e[:, :1], e[:, :-1]], dim=1)"),
        "pytorch",
    ),
    Mistake(
        "no recurrence left",
        "nothing is remembered",
        _torch_mend(width="16", h="h = e"),
        "pytorch",
    ),
    Mistake(
        "last state only",
        "an answer at every step",
        _torch_mend(end="return self.out(h[:, -1]), ()"),
        "pytorch",
    ),
    Mistake(
        "logits alone",
        "must return two things",
        _torch_mend(end="return self.out(h)"),
        "pytorch",
    ),
    Mistake(
        "batch and time exchanged",
        "changes the answers of another",
        _torch_mend(
            h="h, _ = self.rnn(e.transpose(0, 1))",
            end="h = h.transpose(0, 1)\n        return self.out(h), ()",
        ),
        "pytorch",
    ),
    Mistake(
        "the patient as it is",
        "The leak is the layer of two directions",
        _keras_mend("keras.layers.Bidirectional(one)", KERAS_MEAN),
        "tensorflow",
    ),
    Mistake(
        "two directions, not centered",
        "The leak is the layer of two directions",
        _keras_mend("keras.layers.Bidirectional(one)"),
        "tensorflow",
    ),
    Mistake(
        "two directions added",
        "The leak is the layer of two directions",
        _keras_mend('keras.layers.Bidirectional(one, merge_mode="sum")'),
        "tensorflow",
    ),
    Mistake(
        "one direction, centered over time",
        "the mean over time",
        _keras_mend(center=KERAS_MEAN),
        "tensorflow",
    ),
    Mistake(
        "input turned round",
        "from the end to the beginning",
        _keras_mend(h="h = tf.reverse(self.rnn(tf.reverse(e, [1])), [1])"),
        "tensorflow",
    ),
    Mistake(
        "shifted by one step, the wrong way",
        "Is something shifted by one step?",
        _keras_mend(center="e = tf.concat([e[:, 1:], 0 * e[:, :1]], axis=1)"),
        "tensorflow",
    ),
    Mistake(
        "input held back by one step",
        "That one is known, and allowed",
        _keras_mend(center="e = tf.concat([0 * e[:, :1], e[:, :-1]], axis=1)"),
        "tensorflow",
    ),
    Mistake(
        "no recurrence left",
        "nothing is remembered",
        _keras_mend(h="h = e"),
        "tensorflow",
    ),
    Mistake(
        "last state only",
        "an answer at every step",
        _keras_mend(end="return self.out(h[:, -1]), ()"),
        "tensorflow",
    ),
    Mistake(
        "logits alone",
        "must return two things",
        _keras_mend(end="return self.out(h)"),
        "tensorflow",
    ),
]


def _residual(
    add="h + new if h.shape == new.shape else new", end="return h", loop="layers"
):
    return f"""
def residual(x, layers):
    h = x
    for k, (w_x, w_h, b) in enumerate({loop}):
        new = states(h, w_x, w_h, b)
        h = {add}
    {end}
"""


def _two_names(lines):
    """Return an answer that keeps `out`, the result, apart from what is handed on."""
    return f"""
def residual(x, layers):
    h, below = x, [x]
    for w_x, w_h, b in layers:
        new = states(h, w_x, w_h, b)
        {lines}
    return out
"""


RESIDUAL = [
    Mistake("plain stack", "Nothing is added", _residual("new")),
    Mistake(
        "the stack's input at every layer",
        "Add the layer's own input",
        _residual("x + new if x.shape == new.shape else new"),
    ),
    Mistake(
        "first layer left out",
        "The first layer's input is not added",
        _residual("h + new if k and h.shape == new.shape else new"),
    ),
    Mistake(
        "halved",
        "The sum is halved",
        _residual("(h + new) / 2 if h.shape == new.shape else new"),
    ),
    Mistake(
        "multiplied",
        "The two are multiplied",
        _residual("h * new if h.shape == new.shape else new"),
    ),
    Mistake(
        "once at the end",
        "You add only once, at the end",
        _residual("new", "return x + h if x.shape == h.shape else h"),
    ),
    Mistake(
        "tanh around the sum",
        "A tanh is put around the sum",
        _residual("np.tanh(h + new) if h.shape == new.shape else new"),
    ),
    Mistake(
        "last layer alone",
        "The last layer's input is not added",
        _residual(
            "h + new if k < len(layers) - 1 and h.shape == new.shape else new",
        ),
    ),
    Mistake(
        "output twice",
        "The layer's output is added twice",
        _residual("new + new"),
    ),
    Mistake(
        "subtracted",
        "You subtract",
        _residual("new - h if h.shape == new.shape else new"),
    ),
    Mistake(
        "widths not compared",
        "`residual` stopped with ValueError",
        _residual("h + new"),
    ),
    Mistake(
        "added in place",
        "changed its argument `x` in place",
        """
def residual(x, layers):
    h = x
    for w_x, w_h, b in layers:
        new = states(h, w_x, w_h, b)
        if h.shape == new.shape:
            h += new
        else:
            h = new
    return h
""",
    ),
]

BOTH += [
    Mistake(
        "np.flip without an axis",
        "turns every axis round",
        _both(read="np.flip(x)"),
    ),
    Mistake(
        "np.flip without an axis, twice",
        "turns every axis round",
        _both(read="np.flip(x)", place="").replace(
            "backward = states(np.flip(x), back)",
            "backward = np.flip(states(np.flip(x), back))",
        ),
    ),
    Mistake(
        "x[:, -t]",
        "is not the way back",
        _both(read="np.stack([x[:, -t] for t in range(x.shape[1])], axis=1)"),
    ),
    Mistake(
        "backward loop stops at step 1",
        "leaves step 0 out",
        _backward("range(x.shape[1] - 1, 0, -1)", "h"),
    ),
    Mistake(
        "state at t - 1, backward",
        "which is not computed yet",
        _backward("range(x.shape[1] - 1, -1, -1)", "backward[:, t - 1]"),
    ),
    Mistake(
        "state never replaced",
        "Every step starts from zeros",
        _both().replace(
            "h = step(x[:, t], h, *weights)\n            found.append(h)",
            "found.append(step(x[:, t], h, *weights))",
        ),
    ),
    Mistake(
        "loop over the batch",
        "Your loop counts sequences",
        _both().replace("range(x.shape[1])", "range(len(x))"),
    ),
    Mistake(
        "state appended before the step",
        "one step late",
        _both().replace(
            "h = step(x[:, t], h, *weights)\n            found.append(h)",
            "found.append(h)\n            h = step(x[:, t], h, *weights)",
        ),
    ),
    Mistake(
        "second cell reads the first one's states",
        "that would be a second layer",
        _both(read="forward[:, ::-1]"),
    ),
    Mistake(
        "directions averaged",
        "The two halves are averaged",
        _both(
            h="(forward + backward) / 2",
            last="(forward[:, -1] + backward[:, 0]) / 2",
        ),
    ),
    Mistake(
        "halves alternate",
        "alternate, number by number",
        _both(h="np.stack([forward, backward], -1).reshape(*x.shape[:2], -1)"),
    ),
    Mistake(
        "the two cells apart",
        "You return the two cells' states apart",
        _both().replace("return h, last", "return forward, backward"),
    ),
    Mistake(
        "last states added",
        "In `last` the two halves are added",
        _both(last="forward[:, -1] + backward[:, 0]"),
    ),
    Mistake(
        "mean as the last state",
        "the mean over all steps",
        _both(last="np.concatenate([forward, backward], axis=-1).mean(axis=1)"),
    ),
    Mistake(
        "stacked along the first axis",
        "batch and time have changed places",
        _both(
            place="[::-1]", last="np.concatenate([forward[-1], backward[0]], -1)"
        ).replace("np.stack(found, axis=1)", "np.stack(found)"),
    ),
    Mistake(
        "return inside the loop",
        "The axis time has length 1",
        _both().replace("        return np.stack", "            return np.stack"),
    ),
]

SHAPES += [
    Mistake("time first", "batch first here", _shapes(output="(time, batch, width)")),
    Mistake(
        "w_x as PyTorch keeps it",
        "`w_x` is transposed",
        _shapes(w_x="(4 * n_hidden, reads)"),
    ),
    Mistake(
        "rows of w_h too",
        "rows of the recurrent matrix too",
        _shapes(w_x="(reads + n_hidden, 4 * n_hidden)"),
    ),
    Mistake(
        "columns of two cells",
        "belong to one cell",
        _shapes(w_x="(reads, 4 * width)"),
    ),
    Mistake(
        "w_x and last exchanged",
        "are exchanged",
        _shapes(
            w_x="(n_layers * n_directions, batch, n_hidden)",
            last="(reads, 4 * n_hidden)",
        ),
    ),
    Mistake(
        "summed at the top only",
        "`merge` counts at every layer",
        _shapes(reads="n_in if n_layers == 1 else n_directions * n_hidden"),
    ),
    Mistake(
        "one direction merged",
        "With one direction there is nothing to merge",
        _shapes(width="n_hidden * (2 if merge == 'concat' else 1)"),
    ),
    Mistake(
        "last states joined",
        "keep n_hidden numbers each",
        _shapes(last="(n_layers * n_directions, batch, width)"),
    ),
    Mistake(
        "layers and directions apart",
        "share the first axis",
        _shapes(last="(n_layers, n_directions, batch, n_hidden)"),
    ),
    Mistake(
        "layers plus directions",
        "are added",
        _shapes(last="(n_layers + n_directions, batch, n_hidden)"),
    ),
    Mistake(
        "last states merged",
        "has a last state of its own",
        _shapes(last="(n_layers * (width // n_hidden), batch, n_hidden)"),
    ),
    Mistake(
        "reads every layer below",
        "right in 5 of 7 cases",
        _shapes(reads="n_in if n_layers == 1 else width * (n_layers - 1)"),
    ),
]

COUNT += [
    Mistake("last layer only", "+=", _count().replace("total +=", "total =")),
    Mistake(
        "one layer too few",
        "One layer is missing",
        _count().replace("range(n_layers)", "range(n_layers - 1)"),
    ),
    Mistake(
        "one layer too many",
        "one layer too many",
        _count().replace("range(n_layers)", "range(n_layers + 1)"),
    ),
    Mistake(
        "return inside the loop",
        "That is one layer",
        _count().replace("    return total", "        return total"),
    ),
    Mistake(
        "always two halves", "always read 2 n_hidden", _count(below="2 * n_hidden")
    ),
    Mistake(
        "upper layers read the sums",
        "not its four sums",
        _count(below="n_directions * 4 * n_hidden"),
    ),
    Mistake(
        "no recurrent matrix",
        "The recurrent matrix is missing",
        _count("n_directions * 4 * n_hidden * (n_in + n_biases)"),
    ),
    Mistake(
        "a bias is one number",
        "Biases are vectors",
        _count("n_directions * 4 * (n_hidden * (n_in + n_hidden) + n_biases)"),
    ),
    Mistake(
        "one bias for four sums",
        "counted once a cell",
        _count("n_directions * n_hidden * (4 * (n_in + n_hidden) + n_biases)"),
    ),
    Mistake(
        "biases of one direction",
        "counted once a layer",
        _count("4 * n_hidden * (n_directions * (n_in + n_hidden) + n_biases)"),
    ),
    Mistake(
        "widths added up",
        "A small case that fails",
        _count(below="n_in + n_directions * n_hidden"),
    ),
]

SUMMARY += [
    *(
        Mistake(f"cells {first} and {second}", hint, _torch_cells(first, second), T)
        for first, second, hint in (
            (1, 3, "different layers, backward both times"),
            (1, 2, "from different layers. Both halves"),
            (2, 0, "different layers, forward both times"),
            (3, 3, "the same cell's state"),
            (1, 0, "the bottom layer's last states, backward first"),
        )
    ),
    Mistake(
        "h and c of one cell",
        "The second half is the cell state c",
        _torch_summary("torch.cat([h_n[-1], c_n[-1]], dim=-1)"),
        T,
    ),
    Mistake(
        "added", "The two states are added", _torch_summary("h_n[-2] + h_n[-1]"), T
    ),
    Mistake(
        "batch taken for the last axis but one",
        "is the last sequence of the batch",
        _torch_summary("h_n[:, -1]"),
        T,
    ),
    Mistake(
        "all four cells",
        "last states of all four cells",
        _torch_summary("h_n.permute(1, 0, 2).reshape(len(x), -1)"),
        T,
    ),
    Mistake(
        "numbers alternate",
        "two cells' numbers alternate",
        _torch_summary("h_n[-2:].permute(1, 2, 0).reshape(len(x), -1)"),
        T,
    ),
    Mistake(
        "largest over time",
        "the largest value over all steps",
        _torch_summary("layers(x)[0].max(dim=1).values"),
        T,
    ),
    Mistake(
        "added",
        "The two states are added",
        _keras_summary("x[:, -1, :n] + x[:, 0, n:]"),
        K,
    ),
    Mistake(
        "largest over time",
        "the largest value over all steps",
        _keras_summary("tf.reduce_max(x, axis=1)"),
        K,
    ),
    Mistake(
        "numbers alternate",
        "two cells' numbers alternate",
        _keras_summary(
            "tf.reshape(tf.stack([x[:, -1, :n], x[:, 0, n:]], axis=-1), (len(x), -1))"
        ),
        K,
    ),
]

_TURNED = "h, _ = self.rnn(e.flip(1))"
_KEPT = "h, self.kept = self.rnn(e, getattr(self, 'kept', None))"
_DROP_T = "e = nn.functional.dropout(e, 0.5)"
_SWAPPED = "return (), self.out(h)"
_SOFTMAX = "return torch.softmax(self.out(h), dim=-1), ()"
MEND += [
    Mistake(
        "mean over the batch",
        "averaged over the batch",
        _torch_mend(center="e = e - e.mean(dim=0, keepdim=True)"),
        T,
    ),
    Mistake("state kept in self", "gets two answers", _torch_mend(h=_KEPT), T),
    Mistake("dropout at all times", "gets two answers", _torch_mend(center=_DROP_T), T),
    Mistake("turned, not turned back", "reads from the end", _torch_mend(h=_TURNED), T),
    Mistake("results exchanged", "are exchanged", _torch_mend(end=_SWAPPED), T),
    Mistake("softmax", "been through a softmax", _torch_mend(end=_SOFTMAX), T),
    Mistake(
        "tanh on the logits",
        "a tanh on the logits",
        _torch_mend(end="return torch.tanh(self.out(h)), ()"),
        T,
    ),
    Mistake(
        "detached", "a `detach`", _torch_mend(end="return self.out(h.detach()), ()"), T
    ),
    Mistake(
        "go_backwards",
        "reads from the end",
        _keras_mend(
            "keras.layers.LSTM(n_hidden, return_sequences=True, go_backwards=True)"
        ),
        K,
    ),
    Mistake("results exchanged", "are exchanged", _keras_mend(end=_SWAPPED), K),
]

RESIDUAL += [
    Mistake(
        "sum not handed on",
        "The sum is not handed on",
        _two_names("out = h + new if h.shape == new.shape else new\n        h = new"),
    ),
    Mistake(
        "outputs added up",
        "add up the outputs of all layers",
        _two_names(
            "out = new + sum(b for b in below if b.shape == new.shape)\n"
            "        h = new\n"
            "        below.append(h)"
        ),
    ),
    Mistake(
        "everything below added",
        "What all layers below gave is added",
        _two_names(
            "h = out = new + sum(b for b in below if b.shape == new.shape)\n"
            "        below.append(h)"
        ),
    ),
    Mistake(
        "every layer reads x",
        "Every layer reads `x`",
        _residual().replace("states(h,", "states(x,"),
    ),
    Mistake(
        "return inside the loop",
        "That is the first layer alone",
        _residual(end="    return h"),
    ),
    Mistake(
        "top to bottom", "from the top to the bottom", _residual(loop="layers[::-1]")
    ),
    Mistake(
        "width of x",
        "compare a layer's width with that of `x`",
        _residual("h + new if x.shape == new.shape else new"),
    ),
    Mistake(
        "added wherever NumPy can",
        "it broadcasts",
        """
def residual(x, layers):
    h = x
    for w_x, w_h, b in layers:
        new = states(h, w_x, w_h, b)
        try:
            h = h + new
        except ValueError:
            h = new
    return h
""",
    ),
]

MISTAKES = {
    "both": BOTH,
    "shapes": SHAPES,
    "count": COUNT,
    "summary": SUMMARY,
    "mend": MEND,
    "residual": RESIDUAL,
}
