"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _step(
    a="x @ w_x + h @ w_h + b",
    split="i, f, g, o",
    squash="sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
    end="c = f * c + i * g\n    return o * np.tanh(c), c",
):
    return f"""
def step(x, h, c, w_x, w_h, b):
    {split} = np.split({a}, 4, axis=-1)
    i, f, g, o = {squash}
    {end}
"""


STEP = [
    Mistake(
        "output gate before candidate",
        "last two blocks are exchanged",
        _step(split="i, f, o, g"),
    ),
    Mistake("order of ONNX", "as in ONNX", _step(split="i, o, f, g")),
    Mistake(
        "forget gate first",
        "gates are on the wrong sides",
        _step(split="f, i, g, o"),
    ),
    Mistake(
        "candidate through a sigmoid",
        "can never be negative",
        _step(squash="sigmoid(i), sigmoid(f), sigmoid(g), sigmoid(o)"),
    ),
    Mistake(
        "gates through tanh",
        "A gate lies between 0 and 1",
        _step(squash="np.tanh(i), np.tanh(f), np.tanh(g), np.tanh(o)"),
    ),
    Mistake(
        "output gate makes c",
        "The output gate makes h, not c",
        _step(end="c = o * np.tanh(f * c + i * g)\n    return c, c"),
    ),
    Mistake(
        "output gate on c, h its tanh",
        "The output gate is applied to `c`",
        _step(end="c = o * (f * c + i * g)\n    return np.tanh(c), c"),
    ),
    Mistake(
        "c before h",
        "returned in the wrong order",
        _step(end="c = f * c + i * g\n    return c, o * np.tanh(c)"),
    ),
    Mistake(
        "no tanh in h",
        "tanh of c is missing in h",
        _step(end="c = f * c + i * g\n    return o * c, c"),
    ),
    Mistake(
        "h from the old c",
        "made from the old cell state",
        _step(end="return o * np.tanh(c), f * c + i * g"),
    ),
    Mistake(
        "nothing forgotten",
        "the cell of 1997",
        _step(end="c = c + i * g\n    return o * np.tanh(c), c"),
    ),
    Mistake(
        "one gate for both, as in a GRU",
        "as a GRU does",
        _step(end="c = f * c + (1 - f) * g\n    return o * np.tanh(c), c"),
    ),
    Mistake(
        "no output gate",
        "output gate is not used",
        _step(end="c = f * c + i * g\n    return np.tanh(c), c"),
    ),
    Mistake("no bias", "bias is missing", _step(a="x @ w_x + h @ w_h")),
    Mistake("gates read x only", "do not read the old `h`", _step(a="x @ w_x + b")),
    Mistake(
        "gates read h only",
        "do not read the input",
        _step(a="h @ w_h + b + 0 * x[0, 0]"),
    ),
    Mistake("gates read c", "read the old `c`", _step(a="x @ w_x + c @ w_h + b")),
    Mistake(
        "h alone returned",
        "expected 2: h, c",
        _step(end="c = f * c + i * g\n    return o * np.tanh(c)"),
    ),
    Mistake(
        "c overwritten in place",
        "changed its argument `c` in place",
        _step(end="c *= f\n    c += i * g\n    return o * np.tanh(c), c"),
    ),
]


def _count(line):
    return f"def count(n_in, n_hidden, n_biases):\n    return {line}\n"


COUNT = [
    Mistake(
        "plain cell",
        "plain recurrent cell",
        _count("n_hidden * (n_in + n_hidden + n_biases)"),
    ),
    Mistake(
        "three gates only",
        "candidate has weights of its own",
        _count("3 * n_hidden * (n_in + n_hidden + n_biases)"),
    ),
    Mistake(
        "no biases",
        "biases are missing",
        _count("4 * n_hidden * (n_in + n_hidden)"),
    ),
    Mistake(
        "always one bias",
        "`n_biases` is not used",
        _count("4 * (n_in * n_hidden + n_hidden**2 + n_hidden)"),
    ),
    Mistake(
        "always two biases",
        "always count two biases",
        _count("4 * (n_in * n_hidden + n_hidden**2 + 2 * n_hidden)"),
    ),
    Mistake(
        "no recurrent weights",
        "recurrent weights are missing",
        _count("4 * n_hidden * (n_in + n_biases)"),
    ),
    Mistake(
        "recurrent matrix of the input's size",
        "from state to state",
        _count("4 * (n_in * n_hidden + n_in**2 + n_biases * n_hidden)"),
    ),
    Mistake(
        "biases once",
        "biases count once only",
        _count("4 * (n_in * n_hidden + n_hidden**2) + n_biases * n_hidden"),
    ),
    Mistake(
        "cell state counted",
        "counted c among the weights",
        _count("4 * n_hidden * (n_in + n_hidden + n_biases) + n_hidden"),
    ),
    Mistake(
        "a matrix for c too",
        "gates do not read c",
        _count("4 * n_hidden * (n_in + 2 * n_hidden + n_biases)"),
    ),
]


def _backward(
    total="d_c + d_h * o * (1 - np.tanh(new_c) ** 2)",
    of_i="total * g * i * (1 - i)",
    of_f="total * c * f * (1 - f)",
    of_g="total * i * (1 - g**2)",
    of_o="d_h * np.tanh(new_c) * o * (1 - o)",
    order="of_i, of_f, of_g, of_o",
    to_h="d_a @ w_h.T",
    to_c="total * f",
    weights="x.T @ d_a, h.T @ d_a, d_a.sum(axis=0)",
):
    return f"""
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    total = {total}
    of_i, of_f = {of_i}, {of_f}
    of_g, of_o = {of_g}, {of_o}
    d_a = np.concatenate([{order}], axis=-1)
    return d_a @ w_x.T, {to_h}, {to_c}, {weights}
"""


BACKWARD = [
    Mistake(
        "way from h to c forgotten",
        "way from h to c is missing",
        _backward(total="d_c"),
    ),
    Mistake(
        "d_c forgotten",
        "two ways to the loss",
        _backward(total="d_h * o * (1 - np.tanh(new_c) ** 2)"),
    ),
    Mistake(
        "tanh without its slope",
        "slope of the tanh in h",
        _backward(total="d_c + d_h * o"),
    ),
    Mistake(
        "no output gate on the way",
        "output gate is missing on the way",
        _backward(total="d_c + d_h * (1 - np.tanh(new_c) ** 2)"),
    ),
    Mistake(
        "slope at the old c",
        "tanh in h is taken of the new c",
        _backward(total="d_c + d_h * o * (1 - np.tanh(c) ** 2)"),
    ),
    Mistake(
        "belt without the forget gate",
        "multiplied by the forget gate",
        _backward(to_c="total"),
    ),
    Mistake(
        "belt with d_c alone",
        "came through h goes along the belt",
        _backward(to_c="d_c * f"),
    ),
    Mistake(
        "new c for the old one",
        "contains the old c",
        _backward(of_f="total * new_c * f * (1 - f)"),
    ),
    Mistake(
        "output gate from c",
        "no part in c",
        _backward(of_o="total * np.tanh(new_c) * o * (1 - o)"),
    ),
    Mistake(
        "output gate without tanh",
        "contains tanh(new_c)",
        _backward(of_o="d_h * new_c * o * (1 - o)"),
    ),
    Mistake(
        "gates without slopes",
        "slopes of the gates are missing",
        _backward(of_i="total * g", of_f="total * c", of_o="d_h * np.tanh(new_c)"),
    ),
    Mistake(
        "gates with the slope of tanh",
        "The gates are sigmoids",
        _backward(
            of_i="total * g * (1 - i**2)",
            of_f="total * c * (1 - f**2)",
            of_o="d_h * np.tanh(new_c) * (1 - o**2)",
        ),
    ),
    Mistake(
        "candidate with the slope of a sigmoid",
        "The candidate is a tanh",
        _backward(of_g="total * i * g * (1 - g)"),
    ),
    Mistake(
        "i and g not crossed",
        "each gets the other",
        _backward(of_i="total * i * i * (1 - i)", of_g="total * g * (1 - g**2)"),
    ),
    Mistake(
        "order of the parts",
        "order of the weights",
        _backward(order="of_i, of_f, of_o, of_g"),
    ),
    Mistake(
        "averaged over the batch",
        "averaged over the batch",
        _backward(weights="x.T @ d_a / len(x), h.T @ d_a / len(x), d_a.mean(axis=0)"),
    ),
    Mistake(
        "h passed on",
        "passed on to the old h as it is",
        _backward(to_h="d_a @ w_h.T + d_h"),
    ),
    Mistake(
        "bias not summed",
        "`backward` → `d_b` has shape",
        _backward(weights="x.T @ d_a, h.T @ d_a, d_a"),
    ),
    Mistake(
        "matrix not transposed",
        "`backward` stopped with ValueError",
        _backward(to_h="d_a @ w_h"),
    ),
    Mistake(
        "five gradients",
        "expected 6",
        _backward(weights="x.T @ d_a, h.T @ d_a"),
    ),
]


def _torch_convert(
    order="i, f, g, o",
    bias="to_ours(b)",
    second="layer.bias_hh_l0.zero_()",
    recurrent="to_ours(r)",
    back="i, o, f, g",
    saved="layer.bias_ih_l0 + layer.bias_hh_l0",
    result="to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), to_file(b)",
):
    return f"""
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([{order}]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_({recurrent})
        layer.bias_ih_l0.copy_({bias})
        {second}


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([{back}])

    b = {saved}
    return {result}
"""


def _keras_convert(
    order="i, f, g, o",
    weights="[to_ours(w), to_ours(r), to_ours(b)]",
    put="layer.set_weights",
    back="i, o, f, g",
    result="tuple(map(to_file, layer.get_weights()))",
):
    return f"""
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return np.concatenate([{order}]).T

    {put}({weights})


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(a.T, 4)
        return np.concatenate([{back}])

    return {result}
"""


CONVERT = [
    Mistake(
        "loaded in the file's order",
        "loaded in the file's order",
        _torch_convert(order="i, o, f, g"),
        "pytorch",
    ),
    Mistake(
        "moved the wrong way round",
        "moved the wrong way round",
        _torch_convert(order="i, g, o, f"),
        "pytorch",
    ),
    Mistake(
        "bias in the file's order",
        "bias still has the file's",
        _torch_convert(bias="torch.tensor(b)"),
        "pytorch",
    ),
    Mistake(
        "recurrent blocks in the file's order",
        "recurrent blocks still have",
        _torch_convert(recurrent="torch.tensor(r)"),
        "pytorch",
    ),
    Mistake(
        "bias in both places",
        "bias counts twice",
        _torch_convert(second="layer.bias_hh_l0.copy_(to_ours(b))"),
        "pytorch",
    ),
    Mistake(
        "second bias forgotten",
        "second bias still holds",
        _torch_convert(second="pass"),
        "pytorch",
    ),
    Mistake(
        "transposed, as in Keras",
        "`load` stopped with RuntimeError",
        _torch_convert(recurrent="to_ours(r).T"),
        "pytorch",
    ),
    Mistake(
        "saved in the layer's order",
        "saved blocks have the layer's order",
        _torch_convert(back="i, f, g, o"),
        "pytorch",
    ),
    Mistake(
        "saved the wrong way round",
        "saved blocks are moved the wrong way round",
        _torch_convert(back="i, g, o, f"),
        "pytorch",
    ),
    Mistake(
        "one bias saved",
        "Only one of PyTorch's two biases",
        _torch_convert(saved="layer.bias_ih_l0"),
        "pytorch",
    ),
    Mistake(
        "bias not saved",
        "must return three arrays",
        _torch_convert(
            result="to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0)"
        ),
        "pytorch",
    ),
    Mistake(
        "new parameters beside the layer",
        "Nothing was loaded",
        """
def load(layer, w, r, b):
    weight_ih_l0 = nn.Parameter(torch.tensor(w))


def save(layer):
    return None
""",
        "pytorch",
    ),
    Mistake(
        "loaded in the file's order",
        "loaded in the file's order",
        _keras_convert(order="i, o, f, g"),
        "tensorflow",
    ),
    Mistake(
        "moved the wrong way round",
        "moved the wrong way round",
        _keras_convert(order="i, g, o, f"),
        "tensorflow",
    ),
    Mistake(
        "bias in the file's order",
        "bias still has the file's",
        _keras_convert(weights="[to_ours(w), to_ours(r), b]"),
        "tensorflow",
    ),
    Mistake(
        "recurrent blocks in the file's order",
        "recurrent blocks still have",
        _keras_convert(weights="[to_ours(w), r.T, to_ours(b)]"),
        "tensorflow",
    ),
    Mistake(
        "not transposed, as in PyTorch",
        "`load` stopped with ValueError",
        _keras_convert(weights="[to_ours(w).T, to_ours(r).T, to_ours(b)]"),
        "tensorflow",
    ),
    Mistake(
        "bias not loaded",
        "`b` is not loaded",
        _keras_convert(weights="[to_ours(w), to_ours(r), layer.get_weights()[2]]"),
        "tensorflow",
    ),
    Mistake(
        "saved in the layer's order",
        "saved blocks have the layer's order",
        _keras_convert(back="i, f, g, o"),
        "tensorflow",
    ),
    Mistake(
        "saved the wrong way round",
        "saved blocks are moved the wrong way round",
        _keras_convert(back="i, g, o, f"),
        "tensorflow",
    ),
    Mistake(
        "saved in the row convention",
        "is it transposed?",
        _keras_convert(result="tuple(to_file(a).T for a in layer.get_weights())"),
        "tensorflow",
    ),
    Mistake(
        "a list that the layer never sees",
        "Nothing was loaded",
        _keras_convert(put="list"),
        "tensorflow",
    ),
]


def _mend(
    both="np.concatenate([x, h], axis=-1)",
    end="h = sigmoid(o) * np.tanh(c)\n    return h, c",
    split="np.split(both @ w + b, 4, axis=-1)",
):
    return f"""
def mend(x, h, c, w, b):
    both = {both}
    i, f, g, o = {split}
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    {end}
"""


MEND = [
    Mistake(
        "the patient as it is",
        "`mend` stopped with ValueError",
        _mend("np.stack([x, h], axis=1)", "return c, c"),
    ),
    Mistake(
        "stacked along the last axis",
        "`mend` stopped with ValueError",
        _mend("np.stack([x, h], axis=-1)"),
    ),
    Mistake(
        "stacked, then reshaped",
        "right in 2 of 6 cases",
        _mend("np.stack([x, h], axis=1).reshape(len(x), -1)"),
    ),
    Mistake(
        "joined along the batch",
        "`mend` stopped with ValueError",
        _mend("np.concatenate([x, h])"),
    ),
    Mistake(
        "state before input",
        "joined in the wrong order",
        _mend("np.concatenate([h, x], axis=-1)"),
    ),
    Mistake(
        "output gate still makes c",
        "output gate still makes c",
        _mend(end="c = sigmoid(o) * np.tanh(c)\n    return c, c"),
    ),
    Mistake(
        "output gate taken out", "the output gate is lost", _mend(end="return c, c")
    ),
    Mistake(
        "c before h",
        "returned in the wrong order",
        _mend(end="return c, sigmoid(o) * np.tanh(c)"),
    ),
    Mistake(
        "no tanh in h",
        "tanh of c is missing in h",
        _mend(end="return sigmoid(o) * c, c"),
    ),
    Mistake(
        "c joined in place of h",
        "The gates read x and h",
        _mend("np.concatenate([x, c], axis=-1)"),
    ),
    Mistake(
        "the input alone",
        "The state `h` is not read",
        _mend("x", split="np.split(both @ w[: x.shape[1]] + b, 4, axis=-1)"),
    ),
    Mistake(
        "h alone returned",
        "expected 2: h, c",
        _mend(end="return sigmoid(o) * np.tanh(c)"),
    ),
]


def _torch_remember(
    bias="np.log(f / (1 - f))",
    f="0.5 ** (1 / steps)",
    where="n : 2 * n",
    first="layer.bias_ih_l0[{where}] = {bias}",
    second="layer.bias_hh_l0[{where}] = 0",
):
    lines = "\n        ".join(
        line.format(where=where, bias=bias) for line in (first, second)
    )
    return f"""
def remember(layer, steps):
    n, f = layer.hidden_size, {f}
    with torch.no_grad():
        {lines}
"""


def _keras_remember(
    bias="np.log(f / (1 - f))",
    f="0.5 ** (1 / steps)",
    where="n : 2 * n",
    assign="=",
    end="layer.set_weights([w_x, w_h, b])",
):
    return f"""
def remember(layer, steps):
    n, f = layer.units, {f}
    w_x, w_h, b = layer.get_weights()
    b[{where}] {assign} {bias}
    {end}
"""


REMEMBER = [
    Mistake(
        "f as the bias", "The bias is f itself", _torch_remember(bias="f"), "pytorch"
    ),
    Mistake(
        "sign turned round",
        "The sign is turned round",
        _torch_remember(bias="np.log((1 - f) / f)"),
        "pytorch",
    ),
    Mistake(
        "1/e for one half",
        "a share of 1/e is left",
        _torch_remember(f="np.exp(-1 / steps)"),
        "pytorch",
    ),
    Mistake(
        "the logarithm of the steps",
        "a good rule of thumb",
        _torch_remember(bias="np.log(steps)"),
        "pytorch",
    ),
    Mistake(
        "power for root",
        "the steps-th root",
        _torch_remember(f="0.5**steps"),
        "pytorch",
    ),
    Mistake(
        "both biases",
        "Both of PyTorch's biases are set",
        _torch_remember(second="layer.bias_hh_l0[{where}] = {bias}"),
        "pytorch",
    ),
    Mistake(
        "second bias left",
        "second bias is still there",
        _torch_remember(second="pass"),
        "pytorch",
    ),
    Mistake(
        "added to the old bias",
        "The new bias is added to the old one",
        _torch_remember(first="layer.bias_ih_l0[{where}] += {bias}", second="pass"),
        "pytorch",
    ),
    Mistake(
        "input gate",
        "the input gate's part",
        _torch_remember(
            where=":n",
            second="layer.bias_hh_l0[:n] = 0",
        ),
        "pytorch",
    ),
    Mistake(
        "candidate",
        "the candidate's part",
        _torch_remember(where="2 * n : 3 * n"),
        "pytorch",
    ),
    Mistake(
        "the whole bias", "The whole bias is set", _torch_remember(where=":"), "pytorch"
    ),
    Mistake(
        "a new bias beside the layer",
        "Nothing changed",
        _torch_remember(
            first="bias = layer.bias_ih_l0.clone()", second="bias[{where}] = 1"
        ),
        "pytorch",
    ),
    Mistake(
        "f as the bias", "The bias is f itself", _keras_remember(bias="f"), "tensorflow"
    ),
    Mistake(
        "sign turned round",
        "The sign is turned round",
        _keras_remember(bias="np.log((1 - f) / f)"),
        "tensorflow",
    ),
    Mistake(
        "1/e for one half",
        "a share of 1/e is left",
        _keras_remember(f="np.exp(-1 / steps)"),
        "tensorflow",
    ),
    Mistake(
        "the logarithm of the steps",
        "a good rule of thumb",
        _keras_remember(bias="np.log(steps)"),
        "tensorflow",
    ),
    Mistake(
        "power for root",
        "the steps-th root",
        _keras_remember(f="0.5**steps"),
        "tensorflow",
    ),
    Mistake(
        "added to the old bias",
        "The new bias is added to the old one",
        _keras_remember(assign="+="),
        "tensorflow",
    ),
    Mistake(
        "input gate", "the input gate's part", _keras_remember(where=":n"), "tensorflow"
    ),
    Mistake(
        "output gate",
        "the output gate's part",
        _keras_remember(where="3 * n :"),
        "tensorflow",
    ),
    Mistake(
        "the whole bias",
        "The whole bias is set",
        _keras_remember(where=":"),
        "tensorflow",
    ),
    Mistake(
        "weights never put back",
        "Nothing changed",
        _keras_remember(end="return b"),
        "tensorflow",
    ),
    Mistake(
        "weights cleared as well",
        "The weights `w_x` changed too",
        _keras_remember(end="layer.set_weights([0 * w_x, w_h, b])"),
        "tensorflow",
    ),
]

STEP += [
    Mistake(
        "split along the batch",
        "`a` has shape",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "interleaved gates",
        "read in turn",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = a[:, 0::4], a[:, 1::4], a[:, 2::4], a[:, 3::4]
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "sigmoid twice",
        "pass the sigmoid twice",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "no gate on candidate tanh",
        "does not go through a tanh",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * g
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "forget bias of 1 added",
        "A small case that fails",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "forget gate turned",
        "keeps what it should forget",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = (1 - sigmoid(f)) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "product for sum",
        "are multiplied",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c * sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
    Mistake(
        "sigmoid of c",
        "shows the sigmoid of c",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * sigmoid(c), c
""",
    ),
    Mistake(
        "three values",
        "returned 3 values",
        """
def step(x, h, c, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, h, c
""",
    ),
]

COUNT += [
    Mistake(
        "brackets",
        "Mind the brackets",
        """
def count(n_in, n_hidden, n_biases):
    return 4 * n_hidden * n_in + n_hidden + n_biases
""",
    ),
    Mistake(
        "biases without units",
        "one number for each unit",
        """
def count(n_in, n_hidden, n_biases):
    return 4 * (n_hidden * (n_in + n_hidden) + n_biases)
""",
    ),
    Mistake(
        "eight",
        "eight sums",
        """
def count(n_in, n_hidden, n_biases):
    return 8 * n_hidden * (n_in + n_hidden + n_biases)
""",
    ),
    Mistake(
        "n_in and n_hidden exchanged",
        "are exchanged",
        """
def count(n_in, n_hidden, n_biases):
    return 4 * n_in * (n_in + n_hidden + n_biases)
""",
    ),
]

BACKWARD += [
    Mistake(
        "forget gate gets i*g",
        "f is wrong",
        """
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 - shown**2)
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * i * g * f * (1 - f),
            d_c * i * (1 - g**2),
            d_h * shown * o * (1 - o),
        ],
        axis=-1,
    )
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        d_c * f,
        x.T @ d_a,
        h.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
    Mistake(
        "slope of g missing one square",
        "g is wrong",
        """
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 - shown**2)
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c * f * (1 - f),
            d_c * i * (1 - g),
            d_h * shown * o * (1 - o),
        ],
        axis=-1,
    )
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        d_c * f,
        x.T @ d_a,
        h.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
    Mistake(
        "old c's gradient with i",
        "gradient for `c` is wrong",
        """
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 - shown**2)
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c * f * (1 - f),
            d_c * i * (1 - g**2),
            d_h * shown * o * (1 - o),
        ],
        axis=-1,
    )
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        d_c * i,
        x.T @ d_a,
        h.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
    Mistake(
        "minus in the slope",
        "what arrives as d_h is wrong",
        """
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 + shown**2)
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c * f * (1 - f),
            d_c * i * (1 - g**2),
            d_h * shown * o * (1 - o),
        ],
        axis=-1,
    )
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        d_c * f,
        x.T @ d_a,
        h.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
    Mistake(
        "slope of tanh of o",
        "o is wrong",
        """
def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    i, f, g, o, new_c = forward(x, h, c, w_x, w_h, b)
    shown = np.tanh(new_c)
    d_c = d_c + d_h * o * (1 - shown**2)
    d_a = np.concatenate(
        [
            d_c * g * i * (1 - i),
            d_c * c * f * (1 - f),
            d_c * i * (1 - g**2),
            d_h * shown * (1 - o**2),
        ],
        axis=-1,
    )
    return (
        d_a @ w_x.T,
        d_a @ w_h.T,
        d_c * f,
        x.T @ d_a,
        h.T @ d_a,
        d_a.sum(axis=0),
    )
""",
    ),
]

CONVERT += [
    Mistake(
        "Keras' thought: f first",
        "the file's f, i, g, o",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([f, i, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), to_file(b)
""",
        "pytorch",
    ),
    Mistake(
        "candidate last",
        "the file's i, f, o, g",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, o, g]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), to_file(b)
""",
        "pytorch",
    ),
    Mistake(
        "save still missing",
        "`save` has not been attempted yet",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    raise NotImplementedError()
""",
        "pytorch",
    ),
    Mistake(
        "save as a dict",
        "must return three arrays",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return {
        "w": to_file(layer.weight_ih_l0),
        "r": to_file(layer.weight_hh_l0),
        "b": to_file(b),
    }
""",
        "pytorch",
    ),
    Mistake(
        "matrices exchanged in save",
        "`save` → `w`",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    return to_file(layer.weight_hh_l0), to_file(layer.weight_ih_l0), to_file(b)
""",
        "pytorch",
    ),
    Mistake(
        "biases averaged",
        "All are 0.5 times",
        """
def load(layer, w, r, b):
    def to_ours(a):
        i, o, f, g = np.split(a, 4)
        return torch.tensor(np.concatenate([i, f, g, o]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(to_ours(w))
        layer.weight_hh_l0.copy_(to_ours(r))
        layer.bias_ih_l0.copy_(to_ours(b))
        layer.bias_hh_l0.zero_()


def save(layer):
    def to_file(a):
        i, f, g, o = np.split(ur.array(a), 4)
        return np.concatenate([i, o, f, g])

    b = layer.bias_ih_l0 + layer.bias_hh_l0
    b = b / 2
    return to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), to_file(b)
""",
        "pytorch",
    ),
]

MEND += [
    Mistake(
        "output gate and tanh on a copy",
        "new cell state is lost",
        """
def mend(x, h, c, w, b):
    both = np.concatenate([x, h], axis=-1)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(new)
    return h, c
""",
    ),
    Mistake(
        "h in the memory",
        "forget gate multiplies `h`",
        """
def mend(x, h, c, w, b):
    both = np.concatenate([x, h], axis=-1)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    c = sigmoid(f) * h + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c
""",
    ),
    Mistake(
        "h before c",
        "from the old cell state",
        """
def mend(x, h, c, w, b):
    both = np.concatenate([x, h], axis=-1)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    h = sigmoid(o) * np.tanh(c)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return h, c
""",
    ),
    Mistake(
        "tanh twice",
        "squeezes the new c",
        """
def mend(x, h, c, w, b):
    both = np.concatenate([x, h], axis=-1)
    i, f, g, o = np.split(both @ w + b, 4, axis=-1)
    c = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))
    h = sigmoid(o) * np.tanh(c)
    return h, c
""",
    ),
    Mistake(
        "padded to the same width",
        "`x` has shape",
        """
def mend(x, h, c, w, b):
    both = x + h
    i, f, g, o = np.split(both @ w[: x.shape[1]] + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
""",
    ),
]

REMEMBER += [
    Mistake(
        "linear in the steps",
        "expected one half",
        """
def remember(layer, steps):
    n, f = layer.hidden_size, 1 - 0.5 / steps
    with torch.no_grad():
        layer.bias_ih_l0[n : 2 * n] = np.log(f / (1 - f))
        layer.bias_hh_l0[n : 2 * n] = 0
""",
        "pytorch",
    ),
    Mistake(
        "a bias of 1",
        "expected one half",
        """
def remember(layer, steps):
    n, f = layer.hidden_size, 1
    with torch.no_grad():
        layer.bias_ih_l0[n : 2 * n] = 1.0
        layer.bias_hh_l0[n : 2 * n] = 0
""",
        "pytorch",
    ),
    Mistake(
        "one unit only",
        "forget gates of the units differ",
        """
def remember(layer, steps):
    n, f = layer.hidden_size, 0.5 ** (1 / steps)
    with torch.no_grad():
        layer.bias_ih_l0[n] = np.log(f / (1 - f))
        layer.bias_hh_l0[n] = 0
""",
        "pytorch",
    ),
    Mistake(
        "weights zeroed so that the bias decides",
        "weights `w_x` changed",
        """
def remember(layer, steps):
    n, f = layer.hidden_size, 0.5 ** (1 / steps)
    with torch.no_grad():
        layer.bias_ih_l0[n : 2 * n] = np.log(f / (1 - f))
        layer.bias_hh_l0[n : 2 * n] = 0
        layer.weight_hh_l0[n : 2 * n] = 0
        layer.weight_ih_l0[n : 2 * n] = 0
""",
        "pytorch",
    ),
]

CONVERT += [
    Mistake(
        "input weights not loaded",
        "`w` is not loaded",
        _torch_convert().replace("weight_ih_l0.copy_(to_ours(w))", "weight_ih_l0"),
        "pytorch",
    ),
    Mistake(
        "input weights not loaded",
        "`w` is not loaded",
        _keras_convert(weights="[layer.get_weights()[0], to_ours(r), to_ours(b)]"),
        "tensorflow",
    ),
    Mistake(
        "one added to the forget bias",
        "1 is added to the forget gate's bias",
        _keras_convert(
            weights="[to_ours(w), to_ours(r), "
            "to_ours(b) + np.repeat([0, 1, 0, 0], len(b) // 4)]"
        ),
        "tensorflow",
    ),
    Mistake(
        "four arrays saved",
        "it returned 4 values",
        _torch_convert(
            result="to_file(layer.weight_ih_l0), to_file(layer.weight_hh_l0), "
            "to_file(layer.bias_ih_l0), to_file(layer.bias_hh_l0)"
        ),
        "pytorch",
    ),
    Mistake(
        "two arrays saved",
        "it returned 2 values",
        _keras_convert(result="tuple(map(to_file, layer.get_weights()[:2]))"),
        "tensorflow",
    ),
    Mistake(
        "a map saved",
        "one value, of type map",
        _keras_convert(result="map(to_file, layer.get_weights())"),
        "tensorflow",
    ),
    Mistake(
        "second bias saved",
        "Only one of PyTorch's two biases",
        _torch_convert(saved="layer.bias_hh_l0"),
        "pytorch",
    ),
    Mistake(
        "parameters taken for arrays",
        "`save` stopped with RuntimeError",
        _torch_convert().replace("ur.array(a)", "a.numpy()"),
        "pytorch",
    ),
    Mistake(
        "variables taken for arrays",
        "`save` stopped with AttributeError",
        _keras_convert(result="tuple(map(to_file, layer.weights))"),
        "tensorflow",
    ),
]

MEND += [
    Mistake(
        "forget bias of 1 added",
        "1 is added to the forget gate's sum",
        _mend().replace("sigmoid(f)", "sigmoid(f + 1)"),
    ),
    Mistake(
        "forget gate removed",
        "the forget gate is gone",
        _mend().replace("sigmoid(f) * c", "c"),
    ),
    Mistake(
        "output gate before candidate",
        "last two blocks are exchanged",
        _mend().replace("i, f, g, o", "i, f, o, g"),
    ),
    Mistake(
        "candidate without a tanh",
        "A small case that fails",
        _mend().replace("np.tanh(g)", "g"),
    ),
]


MISTAKES = {
    "step": STEP,
    "count": COUNT,
    "backward": BACKWARD,
    "convert": CONVERT,
    "mend": MEND,
    "remember": REMEMBER,
}
