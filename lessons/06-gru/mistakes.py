"""Wrong answers that learners really give, each with a phrase the check must say."""

from unrolled.check import Mistake


def _step(
    cut="r, z, n",
    h="h",
    r="sigmoid(x_r + h @ u_r)",
    share="sigmoid(x_z + h @ u_z)",
    after="np.tanh(x_n + r * (h @ u_n + b_n))",
    before="np.tanh(x_n + (r * h) @ u_n + b_n)",
    test='reset == "after"',
    old='share if z == "old" else 1 - share',
    mixed="old * h + (1 - old) * n",
    from_x="x @ w_x + b",
):
    x_names = ", ".join(f"x_{g}" for g in cut.split(", "))
    u_names = ", ".join(f"u_{g}" for g in cut.split(", "))
    return f"""
def step(x, h, w_x, w_h, b, b_n, reset, z):
    {x_names} = np.split({from_x}, 3, axis=1)
    {u_names} = np.split(w_h, 3, axis=1)
    r, share = {r}, {share}
    if {test}:
        n = {after}
    else:
        n = {before}
    old = {old}
    return {mixed}
"""


STEP = [
    Mistake(
        "z the other way round",
        "z is read the other way round",
        _step(old='share if z == "new" else 1 - share'),
    ),
    Mistake("z always the old", "z always weights the old state", _step(old="share")),
    Mistake(
        "z always the new", "z always weights the new state", _step(old="1 - share")
    ),
    Mistake(
        "before and after exchanged",
        "`reset` is read the other way round",
        _step(test='reset == "before"'),
    ),
    Mistake("always after", "r always acts after", _step(test="True")),
    Mistake("always before", "r always acts before", _step(test="False")),
    Mistake(
        "b_n outside the product",
        "stands inside the product with r",
        _step(after="np.tanh(x_n + r * (h @ u_n) + b_n)"),
    ),
    Mistake(
        "r on the input too",
        "r multiplies the input's part too",
        _step(after="np.tanh(r * (x_n + h @ u_n + b_n))"),
    ),
    Mistake("r and z exchanged", "r and z are exchanged", _step(cut="z, r, n")),
    Mistake("the LSTM's habit, n second", "`step` is wrong", _step(cut="r, n, z")),
    Mistake(
        "sigmoid for the candidate",
        "candidate goes through a sigmoid",
        _step(
            after="sigmoid(x_n + r * (h @ u_n + b_n))",
            before="sigmoid(x_n + (r * h) @ u_n + b_n)",
        ),
    ),
    Mistake(
        "tanh for the gates",
        "gates go through tanh",
        _step(r="np.tanh(x_r + h @ u_r)", share="np.tanh(x_z + h @ u_z)"),
    ),
    Mistake(
        "gates read the input alone",
        "gates do not read the old state",
        _step(r="sigmoid(x_r)", share="sigmoid(x_z)"),
    ),
    Mistake("r not used", "r is not used", _step(r="1.0")),
    Mistake("candidate returned", "z is not used", _step(mixed="n")),
    Mistake("no bias", "`b` is missing", _step(from_x="x @ w_x")),
    Mistake(
        "no b_n",
        "`b_n` is missing",
        _step(
            after="np.tanh(x_n + r * (h @ u_n))", before="np.tanh(x_n + (r * h) @ u_n)"
        ),
    ),
    Mistake("old state dropped", "old state is not kept", _step(mixed="(1 - old) * n")),
    Mistake("state and gates returned", "returned 2 values", _step(mixed="n, share")),
]


def _convert(
    refuse='reset == "before" and np.any(u_n != np.diag(np.diag(u_n)))',
    moved="np.concatenate([b[: 2 * n], b[2 * n :] + b_n])",
    left="0 * b_n",
    flip='z == "new"',
    sign="[1.0, -1.0, 1.0]",
    turned="w_x * sign, w_h * sign, b * sign",
    result="w_x, w_h, b, b_n",
):
    return f"""
def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if {refuse}:
        return None
    if reset == "before":
        b, b_n = {moved}, {left}
    sign = np.repeat({sign}, n)
    if {flip}:
        w_x, w_h, b = {turned}
    return {result}
"""


CONVERT = [
    Mistake("z not turned", "z still means what it meant", _convert(flip="False")),
    Mistake(
        "bias of z not turned",
        "Only the matrices of z",
        _convert(turned="w_x * sign, w_h * sign, b"),
    ),
    Mistake(
        "only the bias of z turned",
        "Only the bias of z",
        _convert(turned="w_x, w_h, b * sign"),
    ),
    Mistake(
        "recurrent part not turned",
        "`w_h`'s part of z kept its sign",
        _convert(turned="w_x * sign, w_h, b * sign"),
    ),
    Mistake("r's sign changed", "sign of r's block", _convert(sign="[-1.0, 1.0, 1.0]")),
    Mistake(
        "every sign changed",
        "Only z is turned round",
        _convert(sign="[-1.0, -1.0, -1.0]"),
    ),
    Mistake("always turned", "weights the old state already", _convert(flip="True")),
    Mistake(
        "everything that resets before is refused",
        "that can be converted",
        _convert(refuse='reset == "before"'),
    ),
    Mistake("nothing is refused", "no exact counterpart", _convert(refuse="False")),
    Mistake(
        "asks the corner of u_n only",
        "no exact counterpart",
        _convert(refuse='reset == "before" and u_n[0, 1] != 0'),
    ),
    Mistake(
        "only one triangle is looked at",
        "no exact counterpart",
        _convert(refuse='reset == "before" and np.any(np.triu(u_n, 1))'),
    ),
    Mistake(
        "b_n left inside",
        "`b_n` is still multiplied by r",
        _convert(moved="b", left="b_n"),
    ),
    Mistake("b_n dropped", "`b_n` is lost", _convert(moved="b")),
    Mistake("b_n kept twice", "`b_n` counts twice", _convert(left="b_n")),
    Mistake("three arrays", "returned 3 arrays", _convert(result="w_x, w_h, b")),
    Mistake(
        "z turned by one minus",
        "compute other states",
        _convert(turned="1 - w_x, 1 - w_h, 1 - b"),
    ),
]


def _torch_load(
    order="r, -z, n", w="rows(w)", u="rows(u)", b="rows(b)", hh="zero_()", bias="ih"
):
    other = {"ih": "hh", "hh": "ih"}[bias]
    second = f"        layer.bias_{other}_l0.{hh}\n" if hh else ""
    return f"""
def load(layer, w, u, b):
    def rows(a):
        z, r, n = np.split(a, 3)
        return torch.tensor(np.concatenate([{order}]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_({w})
        layer.weight_hh_l0.copy_({u})
        layer.bias_{bias}_l0.copy_({b})
{second}"""


def _keras_load(
    order="-z, r, n", u="rows(u).T", bias="rows(b), 0 * b", w="rows(w).T", more=""
):
    return f"""
def load(layer, w, u, b):
    def rows(a):
        z, r, n = np.split(a, 3)
        return np.concatenate([{order}])

    {more}
    layer.set_weights([{w}, {u}, np.stack([{bias}])])
"""


LOAD = [
    Mistake(
        "z not turned",
        "z means the opposite",
        _torch_load("r, z, n"),
        "pytorch",
    ),
    Mistake(
        "the paper's order kept",
        "r and z are exchanged",
        _torch_load("-z, r, n"),
        "pytorch",
    ),
    Mistake(
        "order and sign forgotten",
        "Two things differ",
        _torch_load("z, r, n"),
        "pytorch",
    ),
    Mistake(
        "r turned instead of z",
        "in the block of r, not of z",
        _torch_load("-r, z, n"),
        "pytorch",
    ),
    Mistake(
        "bias of z not turned",
        "bias of z kept its sign",
        _torch_load(
            b="torch.tensor(b[[*range(n, 2 * n), *range(n), *range(2 * n, 3 * n)]])"
        ).replace("with torch", "n = len(b) // 3\n    with torch"),
        "pytorch",
    ),
    Mistake(
        "both biases filled",
        "bias counts twice",
        _torch_load(hh="copy_(rows(b))"),
        "pytorch",
    ),
    Mistake(
        "second bias left",
        "second bias still holds",
        _torch_load(hh=None),
        "pytorch",
    ),
    Mistake(
        "bias into the state's",
        "went into the second bias",
        _torch_load(bias="hh"),
        "pytorch",
    ),
    Mistake(
        "biases set to zero",
        "`b` is not loaded",
        _torch_load(b="0 * rows(b)"),
        "pytorch",
    ),
    Mistake(
        "recurrent blocks transposed",
        "recurrent blocks are transposed",
        _torch_load(
            u="rows(np.concatenate([p.T for p in np.split(u, 3)]))",
        ),
        "pytorch",
    ),
    Mistake(
        "a copy is filled",
        "Nothing was loaded",
        """
def load(layer, w, u, b):
    state = {k: v.clone() for k, v in layer.state_dict().items()}
    state["weight_ih_l0"].copy_(torch.tensor(w))
    state["weight_hh_l0"].copy_(torch.tensor(u))
    state["bias_ih_l0"].copy_(torch.tensor(b))
""",
        "pytorch",
    ),
    Mistake(
        "z not turned",
        "z means the opposite",
        _keras_load("z, r, n"),
        "tensorflow",
    ),
    Mistake(
        "PyTorch's order",
        "r and z are exchanged",
        _keras_load("r, -z, n"),
        "tensorflow",
    ),
    Mistake(
        "PyTorch's order, z not turned",
        "Two things differ",
        _keras_load("r, z, n"),
        "tensorflow",
    ),
    Mistake(
        "r turned instead of z",
        "in the block of r, not of z",
        _keras_load("z, -r, n"),
        "tensorflow",
    ),
    Mistake(
        "bias of z not turned",
        "bias of z kept its sign",
        _keras_load(bias="b, 0 * b"),
        "tensorflow",
    ),
    Mistake(
        "both biases filled",
        "bias counts twice",
        _keras_load(bias="rows(b), rows(b)"),
        "tensorflow",
    ),
    Mistake(
        "second bias left",
        "second bias still holds",
        _keras_load(bias="rows(b), layer.get_weights()[2][1]"),
        "tensorflow",
    ),
    Mistake(
        "bias into the state's row",
        "went into the second bias",
        _keras_load(bias="0 * b, rows(b)"),
        "tensorflow",
    ),
    Mistake(
        "biases set to zero",
        "`b` is not loaded",
        _keras_load(bias="0 * b, 0 * b"),
        "tensorflow",
    ),
    Mistake(
        "recurrent blocks not transposed",
        "recurrent blocks are transposed",
        _keras_load(u="np.concatenate(np.split(rows(u), 3), axis=1)"),
        "tensorflow",
    ),
    Mistake(
        "one bias, as reset_after=False has",
        "stopped with ValueError",
        _keras_load().replace("np.stack([rows(b), 0 * b])", "rows(b)"),
        "tensorflow",
    ),
    Mistake(
        "a copy is filled",
        "Nothing was loaded",
        """
def load(layer, w, u, b):
    kernel, recurrent, bias = layer.get_weights()
    kernel[:], recurrent[:], bias[0] = w.T, u.T, b
""",
        "tensorflow",
    ),
]


def _sizes(
    count="sets * n * (n_in + n + n_biases) + n * n_out + n_out",
    fits="<=",
    sets="largest(1), largest(3), largest(4)",
    start="0",
):
    return f"""
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return {count}

    def largest(sets):
        n = {start}
        while count(sets, n + 1) {fits} budget:
            n += 1
        return n

    return {sets}
"""


SIZES = [
    Mistake(
        "readout not counted",
        "readout is not counted",
        _sizes("sets * n * (n_in + n + n_biases)"),
    ),
    Mistake(
        "readout without its biases",
        "readout's biases are missing",
        _sizes("sets * n * (n_in + n + n_biases) + n * n_out"),
    ),
    Mistake(
        "no biases in the layer",
        "biases of the recurrent layer are missing",
        _sizes("sets * n * (n_in + n) + n * n_out + n_out"),
    ),
    Mistake(
        "always one bias",
        "you count one bias",
        _sizes("sets * n * (n_in + n + 1) + n * n_out + n_out"),
    ),
    Mistake(
        "always two biases",
        "you count two biases",
        _sizes("sets * n * (n_in + n + 2) + n * n_out + n_out"),
    ),
    Mistake(
        "no recurrent matrix",
        "recurrent matrices are missing",
        _sizes("sets * n * (n_in + n_biases) + n * n_out + n_out"),
    ),
    Mistake(
        "candidate not counted",
        "The candidate is no gate",
        _sizes(sets="largest(1), largest(2), largest(3)"),
    ),
    Mistake(
        "GRU and LSTM exchanged",
        "GRU and LSTM are exchanged",
        _sizes(sets="largest(1), largest(4), largest(3)"),
    ),
    Mistake(
        "one too many", "One unit too many", _sizes(start="1").replace("n + 1)", "n)")
    ),
    Mistake(
        "one too few",
        "One unit too few",
        _sizes(sets="largest(1) - 1, largest(3) - 1, largest(4) - 1"),
    ),
    Mistake("less than the budget", "compare with `<=`", _sizes(fits="<")),
    Mistake(
        "a third of the units",
        "grows with the square",
        _sizes(sets="largest(1), largest(1) // 3, largest(1) // 4"),
    ),
    Mistake("one number", "returned 1 value", _sizes(sets="largest(3)")),
]


def _torch_gated(
    start="x.new_zeros(len(x), len(weights.w_h))",
    x_t="x[:, t]",
    cut="r, z, n",
    r="torch.sigmoid(x_r + h_r) if r is None else r",
    z="torch.sigmoid(x_z + h_z) if z is None else z",
    n="torch.tanh(x_n + r_t * (h_n + weights.b_n))",
    mixed="z_t * h + (1 - z_t) * n",
    after="",
    result="h",
    first="",
    steps="range(x.shape[1])",
    from_h="h @ weights.w_h",
):
    return f"""
def gated(x, weights, r=None, z=None):
    h, states = {start}, []
    for t in {steps}:
        {first}
        {_names("x", cut)} = ({x_t} @ weights.w_x + weights.b).chunk(3, dim=1)
        {_names("h", cut)} = ({from_h}).chunk(3, dim=1)
        r_t = {r}
        z_t = {z}
        n = {n}
        h = {mixed}
        states.append(h)
        {after}
    return {result}
"""


def _keras_gated(
    start="ops.zeros((x.shape[0], weights.w_h.shape[0]))",
    x_t="x[:, t]",
    cut="r, z, n",
    r="ops.sigmoid(x_r + h_r) if r is None else r",
    z="ops.sigmoid(x_z + h_z) if z is None else z",
    n="ops.tanh(x_n + r_t * (h_n + weights.b_n))",
    mixed="z_t * h + (1 - z_t) * n",
    after="",
    result="h",
    first="",
    steps="range(x.shape[1])",
    from_h="h @ weights.w_h",
):
    return f"""
def gated(x, weights, r=None, z=None):
    ops = keras.ops
    h, states = {start}, []
    for t in {steps}:
        {first}
        {_names("x", cut)} = ops.split({x_t} @ weights.w_x + weights.b, 3, axis=1)
        {_names("h", cut)} = ops.split({from_h}, 3, axis=1)
        r_t = {r}
        z_t = {z}
        n = {n}
        h = {mixed}
        states.append(h)
        {after}
    return {result}
"""


def _names(of, cut):
    return ", ".join(f"{of}_{g}" for g in cut.split(", "))


def _both(name, hint, torch, keras):
    """Return one mistake for each track."""
    return [
        Mistake(name, hint, _torch_gated(**torch), "pytorch"),
        Mistake(name, hint, _keras_gated(**keras), "tensorflow"),
    ]


def _same(name, hint, **change):
    return _both(name, hint, change, change)


GATED = [
    *_same(
        "z the other way round",
        "z is read the other way round",
        mixed="(1 - z_t) * h + z_t * n",
    ),
    *_both(
        "r before the product",
        "r acts before the product",
        {
            "n": "torch.tanh(x_n + (r_t * h) @ weights.w_h.chunk(3, dim=1)[2]"
            " + weights.b_n)"
        },
        {
            "n": "ops.tanh(x_n + (r_t * h) @ ops.split(weights.w_h, 3, axis=1)[2]"
            " + weights.b_n)"
        },
    ),
    *_both(
        "b_n outside",
        "`b_n` stands outside",
        {"n": "torch.tanh(x_n + r_t * h_n + weights.b_n)"},
        {"n": "ops.tanh(x_n + r_t * h_n + weights.b_n)"},
    ),
    *_same("r and z exchanged", "r and z are exchanged", cut="z, r, n"),
    *_both(
        "or for is None",
        "0 is a number too",
        {"r": "r or torch.sigmoid(x_r + h_r)", "z": "z or torch.sigmoid(x_z + h_z)"},
        {"r": "r or ops.sigmoid(x_r + h_r)", "z": "z or ops.sigmoid(x_z + h_z)"},
    ),
    *_both(
        "r never fixed",
        "r is computed although it is fixed",
        {"r": "torch.sigmoid(x_r + h_r)"},
        {"r": "ops.sigmoid(x_r + h_r)"},
    ),
    *_both(
        "z never fixed",
        "z is computed although it is fixed",
        {"z": "torch.sigmoid(x_z + h_z)"},
        {"z": "ops.sigmoid(x_z + h_z)"},
    ),
    *_both(
        "every state",
        "only the last one is asked",
        {"result": "torch.stack(states, dim=1)"},
        {"result": "ops.stack(states, axis=1)"},
    ),
    *_same("return in the loop", "Only the first step is taken", after="return h"),
    *_both(
        "state starts anew",
        "starts anew at each step",
        {"first": "h = x.new_zeros(len(x), len(weights.w_h))"},
        {"first": "h = ops.zeros((x.shape[0], weights.w_h.shape[0]))"},
    ),
    *_both(
        "starts from ones",
        "The last state is off",
        {"start": "x.new_ones(len(x), len(weights.w_h))"},
        {"start": "ops.ones((x.shape[0], weights.w_h.shape[0]))"},
    ),
    *_both(
        "no gradient through the state",
        "no gradient reaches the weights",
        {"after": "h = h.detach()"},
        {"after": "h = ops.stop_gradient(h)"},
    ),
    *_both(
        "candidate without a gradient",
        "no gradient reaches `b_n`, nor the part of r and n in `w_x`, `w_h`, `b`",
        {
            "n": "torch.tensor("
            "np.tanh((x_n + r_t * (h_n + weights.b_n)).detach().numpy()))"
        },
        {"n": "ops.stop_gradient(ops.tanh(x_n + r_t * (h_n + weights.b_n)))"},
    ),
    *_both(
        "recurrent weights without a gradient",
        "no gradient reaches `w_h`.",
        {"from_h": "h @ weights.w_h.detach()"},
        {"from_h": "h @ ops.stop_gradient(weights.w_h)"},
    ),
    *_both(
        "state without a gradient in the product",
        "a part of them is cut off",
        {"from_h": "h.detach() @ weights.w_h"},
        {"from_h": "ops.stop_gradient(h) @ weights.w_h"},
    ),
    *_both(
        "no gradient where r is fixed",
        "Does a gradient flow",
        {"after": "h = h if r is None else h.detach()"},
        {"after": "h = h if r is None else ops.stop_gradient(h)"},
    ),
    *_both(
        "gates kept from the first step",
        "r and z stay as at the first step",
        {
            "r": "r = torch.sigmoid(x_r + h_r) if r is None else r",
            "z": "z = torch.sigmoid(x_z + h_z) if z is None else z",
        },
        {
            "r": "r = ops.sigmoid(x_r + h_r) if r is None else r",
            "z": "z = ops.sigmoid(x_z + h_z) if z is None else z",
        },
    ),
]


def _mend(
    order="z, r, n",
    bias="keras_order(b_ih), keras_order(b_hh)",
    transpose=".T",
    matrix="keras_order(w_hh)",
    result="keras_order(w_ih), {matrix}, bias",
):
    return f"""
def mend(w_ih, w_hh, b_ih, b_hh):
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([{order}]){transpose}

    bias = np.stack([{bias}])
    return {result.format(matrix=matrix)}
"""


MEND = [
    Mistake(
        "nothing mended",
        "All three bugs are still there",
        _mend("r, -z, n", "keras_order(b_ih + b_hh), 0 * b_hh"),
    ),
    Mistake("order not mended", "still PyTorch's r, z, n;", _mend("r, z, n")),
    Mistake("sign not mended", "sign of z still changes", _mend("-z, r, n")),
    Mistake(
        "only the biases mended",
        "and the sign of z still changes",
        _mend("r, -z, n"),
    ),
    Mistake("sign stays on the second", "Now the sign of r", _mend("z, -r, n")),
    Mistake(
        "biases still added",
        "two biases are still added",
        _mend(bias="keras_order(b_ih + b_hh), 0 * b_hh"),
    ),
    Mistake(
        "only the order mended",
        "The order is right, but",
        _mend("-z, r, n", "keras_order(b_ih + b_hh), 0 * b_hh"),
    ),
    Mistake(
        "only the sign mended",
        "The sign is right, but",
        _mend("r, z, n", "keras_order(b_ih + b_hh), 0 * b_hh"),
    ),
    Mistake(
        "rows of the bias exchanged",
        "rows of the bias are exchanged",
        _mend(bias="keras_order(b_hh), keras_order(b_ih)"),
    ),
    Mistake(
        "state's bias twice",
        "`b_hh` counts twice",
        _mend(bias="keras_order(b_ih + b_hh), keras_order(b_hh)"),
    ),
    Mistake(
        "state's bias dropped",
        "`b_hh` is dropped",
        _mend(bias="keras_order(b_ih), 0 * b_hh"),
    ),
    Mistake(
        "biases not reordered", "biases are not reordered", _mend(bias="b_ih, b_hh")
    ),
    Mistake("n first", "n comes first now", _mend("n, z, r")),
    Mistake("not transposed", "axes look swapped", _mend(transpose="")),
    Mistake(
        "two arrays", "returned 2 values", _mend(result="keras_order(w_ih), {matrix}")
    ),
]

STEP += [
    Mistake(
        "r of the bias when before",
        "h @ w_h is wrong",
        """
def step(x, h, w_x, w_h, b, b_n, reset, z):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + r * (h @ u_n) + b_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n
""",
    ),
    Mistake(
        "b_n left out when before",
        "the candidate n and b_n are wrong",
        """
def step(x, h, w_x, w_h, b, b_n, reset, z):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ u_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n
""",
    ),
    Mistake(
        "1 - r",
        "the reset gate r and h @ w_h are wrong",
        """
def step(x, h, w_x, w_h, b, b_n, reset, z):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + (1 - r) * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + ((1 - r) * h) @ u_n + b_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n
""",
    ),
    Mistake(
        "mix of r",
        "the candidate n and b_n are right",
        """
def step(x, h, w_x, w_h, b, b_n, reset, z):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ u_n + b_n)
    old = share if z == "old" else 1 - share
    return r * h + (1 - r) * n
""",
    ),
    Mistake(
        "b twice in the candidate",
        "A small case that fails",
        """
def step(x, h, w_x, w_h, b, b_n, reset, z):
    x_r, x_z, x_n = np.split(x @ w_x + b, 3, axis=1)
    u_r, u_z, u_n = np.split(w_h, 3, axis=1)
    r, share = sigmoid(x_r + h @ u_r), sigmoid(x_z + h @ u_z)
    if reset == "after":
        n = np.tanh(x_n + b[2 * len(b_n) :] + r * (h @ u_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ u_n + b_n)
    old = share if z == "old" else 1 - share
    return old * h + (1 - old) * n
""",
    ),
]

CONVERT += [
    Mistake(
        "in place",
        "changed its argument",
        """
def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != np.diag(np.diag(u_n))):
            return None
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
        b_n = np.zeros_like(b_n)
    if z == "new":
        for a in (w_x, w_h, b):
            a[..., n : 2 * n] *= -1
    return w_x, w_h, b, b_n
""",
    ),
    Mistake(
        "n's block turned",
        "sign of n's block",
        """
def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != np.diag(np.diag(u_n))):
            return None
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
        b_n = np.zeros_like(b_n)
    if z == "new":
        sign = np.repeat([1.0, 1.0, -1.0], n)
        w_x, w_h, b = w_x * sign, w_h * sign, b * sign
    return w_x, w_h, b, b_n
""",
    ),
    Mistake(
        "symmetric is enough",
        "no exact counterpart",
        """
def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != u_n.T):
            return None
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
        b_n = np.zeros_like(b_n)
    if z == "new":
        sign = np.repeat([1.0, -1.0, 1.0], n)
        w_x, w_h, b = w_x * sign, w_h * sign, b * sign
    return w_x, w_h, b, b_n
""",
    ),
    Mistake(
        "False for None",
        "returned False",
        """
def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != np.diag(np.diag(u_n))):
            return False
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
        b_n = np.zeros_like(b_n)
    if z == "new":
        sign = np.repeat([1.0, -1.0, 1.0], n)
        w_x, w_h, b = w_x * sign, w_h * sign, b * sign
    return w_x, w_h, b, b_n
""",
    ),
]

LOAD += [
    Mistake(
        "n first",
        "the paper's n, r, -z",
        """
def load(layer, w, u, b):
    def ours(a):
        z, r, n = np.split(a, 3)
        return torch.tensor(np.concatenate([n, r, -z]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(ours(w))
        layer.weight_hh_l0.copy_(ours(u))
        layer.bias_ih_l0.copy_(ours(b))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
    Mistake(
        "minus n",
        "the paper's r, -z, -n",
        """
def load(layer, w, u, b):
    def ours(a):
        z, r, n = np.split(a, 3)
        return torch.tensor(np.concatenate([r, -z, -n]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(ours(w))
        layer.weight_hh_l0.copy_(ours(u))
        layer.bias_ih_l0.copy_(ours(b))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
    Mistake(
        "both gates turned",
        "the paper's -r, -z, n",
        """
def load(layer, w, u, b):
    def ours(a):
        z, r, n = np.split(a, 3)
        return torch.tensor(np.concatenate([-r, -z, n]))

    with torch.no_grad():
        layer.weight_ih_l0.copy_(ours(w))
        layer.weight_hh_l0.copy_(ours(u))
        layer.bias_ih_l0.copy_(ours(b))
        layer.bias_hh_l0.zero_()
""",
        "pytorch",
    ),
]

SIZES += [
    Mistake(
        "readout paid once a set",
        "paid for once",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * (n * (n_in + n + n_biases) + n * n_out + n_out)

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return largest(1), largest(3), largest(4)
""",
    ),
    Mistake(
        "readout with n_biases",
        "The readout has one bias",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n_out * (n + n_biases)

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return largest(1), largest(3), largest(4)
""",
    ),
    Mistake(
        "counts returned",
        "Return their units",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n * n_out + n_out

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return count(1, largest(1)), count(3, largest(3)), count(4, largest(4))
""",
    ),
    Mistake(
        "order reversed",
        "runs the other way",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n * n_out + n_out

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return largest(4), largest(3), largest(1)
""",
    ),
    Mistake(
        "one bias vector for all sets",
        "has its own biases",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n) + n_biases * n + n_out * (n + 1)

    def largest(sets):
        n = 0
        while count(sets, n + 1) <= budget:
            n += 1
        return n

    return largest(1), largest(3), largest(4)
""",
    ),
]

GATED += [
    Mistake(
        "last step left out",
        "last step is left out",
        """
def gated(x, weights, r=None, z=None):
    h = x.new_zeros(len(x), len(weights.w_h))
    for t in range(x.shape[1] - 1):
        x_r, x_z, x_n = (x[:, t] @ weights.w_x + weights.b).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ weights.w_h).chunk(3, dim=1)
        r_t = torch.sigmoid(x_r + h_r) if r is None else r
        z_t = torch.sigmoid(x_z + h_z) if z is None else z
        n = torch.tanh(x_n + r_t * (h_n + weights.b_n))
        h = z_t * h + (1 - z_t) * n
    return h
""",
        "pytorch",
    ),
    Mistake(
        "no b_n",
        "`b_n` is missing",
        """
def gated(x, weights, r=None, z=None):
    h = x.new_zeros(len(x), len(weights.w_h))
    for t in range(x.shape[1]):
        x_r, x_z, x_n = (x[:, t] @ weights.w_x + weights.b).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ weights.w_h).chunk(3, dim=1)
        r_t = torch.sigmoid(x_r + h_r) if r is None else r
        z_t = torch.sigmoid(x_z + h_z) if z is None else z
        n = torch.tanh(x_n + r_t * h_n)
        h = z_t * h + (1 - z_t) * n
    return h
""",
        "pytorch",
    ),
    Mistake(
        "backwards",
        "read backwards",
        """
def gated(x, weights, r=None, z=None):
    h = x.new_zeros(len(x), len(weights.w_h))
    for t in range(x.shape[1] - 1, -1, -1):
        x_r, x_z, x_n = (x[:, t] @ weights.w_x + weights.b).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ weights.w_h).chunk(3, dim=1)
        r_t = torch.sigmoid(x_r + h_r) if r is None else r
        z_t = torch.sigmoid(x_z + h_z) if z is None else z
        n = torch.tanh(x_n + r_t * (h_n + weights.b_n))
        h = z_t * h + (1 - z_t) * n
    return h
""",
        "pytorch",
    ),
    Mistake(
        "numpy inside",
        "no gradient reaches the weights",
        """
def gated(x, weights, r=None, z=None):
    h = x.new_zeros(len(x), len(weights.w_h))
    for t in range(x.shape[1]):
        x_r, x_z, x_n = (x[:, t] @ weights.w_x + weights.b).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ weights.w_h).chunk(3, dim=1)
        r_t = torch.sigmoid(x_r + h_r) if r is None else r
        z_t = torch.sigmoid(x_z + h_z) if z is None else z
        n = torch.tanh(x_n + r_t * (h_n + weights.b_n))
        h = torch.tensor((z_t * h + (1 - z_t) * n).detach().numpy())
    return h
""",
        "pytorch",
    ),
]

MEND += [
    Mistake(
        "biases joined in one row",
        "reshape",
        """
def mend(w_ih, w_hh, b_ih, b_hh):
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([z, r, n]).T

    bias = np.concatenate([keras_order(b_ih), keras_order(b_hh)])
    return keras_order(w_ih), keras_order(w_hh), bias
""",
    ),
    Mistake(
        "biases as columns",
        "axes look swapped",
        """
def mend(w_ih, w_hh, b_ih, b_hh):
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([z, r, n]).T

    bias = np.stack([keras_order(b_ih), keras_order(b_hh)], axis=1)
    return keras_order(w_ih), keras_order(w_hh), bias
""",
    ),
    Mistake(
        "1 - z",
        "z is wrong",
        """
def mend(w_ih, w_hh, b_ih, b_hh):
    def keras_order(a):
        r, z, n = np.split(a, 3)
        return np.concatenate([1 - z, r, n]).T

    bias = np.stack([keras_order(b_ih), keras_order(b_hh)])
    return keras_order(w_ih), keras_order(w_hh), bias
""",
    ),
]

CONVERT += [
    Mistake(
        "an error for a refusal",
        "write `return None`",
        _convert().replace("return None", 'raise ValueError("impossible")'),
    ),
    Mistake(
        "an error for all that resets before",
        "that can be converted",
        _convert('reset == "before"').replace("return None", "raise ValueError"),
    ),
    Mistake(
        "an error inside NumPy",
        "`convert` stopped with ValueError",
        _convert(sign="np.split(w_h, 5)"),
    ),
]

LOAD += [
    Mistake(
        "bias halved",
        "r multiplies the second half of n",
        _torch_load(b="rows(b) / 2", hh="copy_(rows(b) / 2)"),
        "pytorch",
    ),
    Mistake(
        "bias halved",
        "r multiplies the second half of n",
        _keras_load(bias="rows(b) / 2, rows(b) / 2"),
        "tensorflow",
    ),
    Mistake("1 - z", "1 minus the numbers of z", _torch_load("r, 1 - z, n"), "pytorch"),
    Mistake(
        "1 - z", "1 minus the numbers of z", _keras_load("1 - z, r, n"), "tensorflow"
    ),
    Mistake(
        "w not loaded",
        "`w` is not loaded",
        _torch_load(w="layer.weight_ih_l0"),
        "pytorch",
    ),
    Mistake(
        "w not loaded",
        "`w` is not loaded",
        _keras_load(w="layer.get_weights()[0]"),
        "tensorflow",
    ),
    Mistake(
        "u not loaded",
        "`u` is not loaded",
        _torch_load(u="layer.weight_hh_l0"),
        "pytorch",
    ),
    Mistake(
        "u not loaded",
        "`u` is not loaded",
        _keras_load(u="layer.get_weights()[1]"),
        "tensorflow",
    ),
    Mistake(
        "no bias loaded",
        "two biases still hold",
        _torch_load(b="layer.bias_ih_l0", hh=None),
        "pytorch",
    ),
    Mistake(
        "no bias loaded",
        "two biases still hold",
        _keras_load(bias="*layer.get_weights()[2]"),
        "tensorflow",
    ),
    Mistake(
        "only the second bias set",
        "first bias still holds",
        _torch_load(b="layer.bias_ih_l0"),
        "pytorch",
    ),
]

SIZES += [
    Mistake(
        "-1 where not one fits",
        "You return -1",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n * n_out + n_out

    def largest(sets):
        n = 0
        while count(sets, n) <= budget:
            n += 1
        return n - 1

    return largest(1), largest(3), largest(4)
""",
    ),
    Mistake(
        "the largest of nothing",
        "stops with an error where the budget is below n_out",
        """
def sizes(n_in, n_out, n_biases, budget):
    def count(sets, n):
        return sets * n * (n_in + n + n_biases) + n * n_out + n_out

    def largest(sets):
        return max(n for n in range(1000) if count(sets, n) <= budget)

    return largest(1), largest(3), largest(4)
""",
    ),
    Mistake(
        "readout without its weights",
        "readout's weights are missing",
        _sizes("sets * n * (n_in + n + n_biases) + n_out"),
    ),
]

GATED += [
    Mistake(name, hint, _torch_gated(**change), "pytorch")
    for name, hint, change in (
        (
            "loop over the batch",
            "as many as there are sequences",
            {"steps": "range(x.shape[0])"},
        ),
        ("state twice", "returned 2 values", {"result": "h, h"}),
        ("last sequence", "Only the last sequence's state", {"result": "h[-1]"}),
        (
            "time first",
            "only the last one is asked",
            {"result": "torch.stack(states)"},
        ),
        (
            "r kept from the first step",
            "r stays as at the first step",
            {"r": "r = torch.sigmoid(x_r + h_r) if r is None else r"},
        ),
        (
            "fixed r through the sigmoid",
            "The fixed r goes through the sigmoid",
            {"r": "torch.sigmoid(x_r + h_r if r is None else torch.tensor(r))"},
        ),
        (
            "sigmoid for the candidate",
            "candidate goes through a sigmoid",
            {"n": "torch.sigmoid(x_n + r_t * (h_n + weights.b_n))"},
        ),
        (
            "tanh for the gates",
            "gates go through tanh",
            {
                "r": "torch.tanh(x_r + h_r) if r is None else r",
                "z": "torch.tanh(x_z + h_z) if z is None else z",
            },
        ),
        (
            "b in both products",
            "it is added to `h @ w_h` too",
            {"from_h": "h @ weights.w_h + weights.b"},
        ),
        (
            "b twice",
            "`b` counts twice. Add it once",
            {"x_t": "weights.b + x[:, t]"},
        ),
    )
]

MEND += [
    Mistake("n second", "A small case that fails", _mend("z, n, r")),
]


MISTAKES = {
    "step": STEP,
    "convert": CONVERT,
    "load": LOAD,
    "sizes": SIZES,
    "gated": GATED,
    "mend": MEND,
}
