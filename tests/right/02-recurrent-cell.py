"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "step": {
        "one product": """def step(x, h, w_x, w_h, b):
    both, w = np.hstack([x, h]), np.vstack([w_x, w_h])
    return np.tanh(both @ w + b)
""",
        "einsum, and other names": """def step(inputs, state, kernel, recurrent, bias):
    a = np.einsum("ni,ij->nj", inputs, kernel)
    a = a + np.einsum("nh,hj->nj", state, recurrent)
    return np.tanh(a + bias[None, :])
""",
        "tanh by exponentials": """def step(x, h, w_x, w_h, b):
    a = x @ w_x + h @ w_h + b
    return 2 / (1 + np.exp(-2 * a)) - 1
""",
        "unit by unit": """def step(x, h, w_x, w_h, b):
    new = np.empty_like(h)
    for k in range(len(b)):
        new[:, k] = np.tanh(x @ w_x[:, k] + h @ w_h[:, k] + b[k])
    return new
""",
        "rows of a list": """def step(x, h, w_x, w_h, b):
    return [np.tanh(w_x.T @ one + w_h.T @ old + b) for one, old in zip(x, h)]
""",
        "a lambda": "step = lambda x, h, wx, wh, b: np.tanh(b + h @ wh + x @ wx)\n",
    },
    "sequence": {
        "filled in place": """def sequence(x, h, w_x, w_h, b):
    states = np.zeros((x.shape[0], x.shape[1], h.shape[1]))
    for t in range(x.shape[1]):
        h = step(x[:, t, :], h, w_x, w_h, b)
        states[:, t, :] = h
    return states
""",
        "over the steps of a turned array": """def sequence(x, h, w_x, w_h, b):
    out = []
    for now in x.swapaxes(0, 1):
        h = step(now, h, w_x, w_h, b)
        out += [h]
    return np.array(out).transpose(1, 0, 2)
""",
        "accumulate": """from itertools import accumulate

def sequence(x, h, w_x, w_h, b):
    steps = accumulate(
        x.transpose(1, 0, 2), lambda old, now: step(now, old, w_x, w_h, b), initial=h
    )
    return np.stack(list(steps)[1:], 1)
""",
        "the inputs' part at once": """def sequence(x, h, w_x, w_h, b):
    a = x @ w_x + b
    found = []
    for t in range(a.shape[1]):
        h = np.tanh(a[:, t] + h @ w_h)
        found.append(h[:, None])
    return np.concatenate(found, axis=1)
""",
    },
    "count": {
        "one expression": """def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    return (
        n_symbols * emb_size
        + hid_size * (emb_size + hid_size + n_biases)
        + (hid_size + 1) * n_out
    )
""",
        "sizes of arrays": """def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    shapes = [(n_symbols, emb_size), (emb_size, hid_size), (hid_size, hid_size)]
    shapes += [(n_biases, hid_size), (hid_size, n_out), (n_out,)]
    return sum(int(np.prod(shape)) for shape in shapes)
""",
        "of NumPy": """def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    a = np.array([n_symbols, emb_size, n_biases, hid_size, n_out])
    return a[0] * a[1] + a[3] * (a[1] + a[2] + a[3]) + a[4] * (1 + a[3])
""",
    },
    "load": {
        "into the data": {
            "pytorch": """def load(layer, w, b):
    n = b.shape[0]
    layer.weight_hh_l0.data = torch.from_numpy(w[:, :n]).float()
    layer.weight_ih_l0.data = torch.from_numpy(w[:, n:]).float()
    layer.bias_ih_l0.data = torch.from_numpy(b).float()
    layer.bias_hh_l0.data = torch.zeros(n)
""",
            "tensorflow": """def load(layer, w, b):
    n = b.shape[0]
    kernel, recurrent, bias = layer.trainable_variables
    kernel.assign(w[:, n:].T)
    recurrent.assign(w[:, :n].T)
    bias.assign(b)
""",
        },
        "another way to share the bias": {
            "pytorch": """def load(layer, w, b):
    n = len(b)
    state = {
        "weight_hh_l0": torch.tensor(w[:, :n]),
        "weight_ih_l0": torch.tensor(w[:, n:]),
        "bias_ih_l0": torch.tensor(b / 2),
        "bias_hh_l0": torch.tensor(b / 2),
    }
    layer.load_state_dict(state)
""",
            "tensorflow": """def load(layer, w, b):
    n = len(b)
    turned = np.transpose(w)
    layer.set_weights((turned[n:], turned[:n], b.copy()))
    return layer
""",
        },
    },
    "mend": {
        "two products": """def mend(x, w, b):
    n_in = x.shape[2]
    h = np.zeros((x.shape[0], b.size))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w[:n_in] + h @ w[n_in:] + b)
    return h
""",
        "reduce": """from functools import reduce

def mend(x, w, b):
    start = np.zeros((len(x), len(b)))
    join = lambda h, now: np.tanh(np.c_[now, h] @ w + b)
    return reduce(join, np.moveaxis(x, 1, 0), start)
""",
    },
    "learn": {
        "other sizes and rates": {
            "pytorch": {
                "n_hidden=8": "n_hidden=24",
                "lr=0.05": "lr=0.01",
                "100": "400",
            },
            "tensorflow": {"n_hidden=8": "n_hidden=24", "0.05": "0.01", "100": "400"},
        },
        "another optimizer, and an LSTM": {
            "pytorch": {
                "nn.RNN(": "nn.LSTM(",
                "optim.Adam(": "optim.RMSprop(",
                "lr=0.05": "lr=0.03",
                "100": "200",
            },
            "tensorflow": {
                "SimpleRNN(": "GRU(",
                "Adam(0.05)": "RMSprop(0.02)",
                "100": "200",
            },
        },
    },
}

# Right by a function of the course: found by whatever name it is reached.
HELPED = {
    "step": {
        "through the module": """from unrolled import cells

def step(x, h, w_x, w_h, b):
    return cells.rnn_step(x, h, cells.RNNWeights(w_x, w_h, b))
""",
        "by a copied reference": """from unrolled import cells

one = cells.rnn_step
pack = cells.RNNWeights

def step(x, h, w_x, w_h, b):
    return one(x, h, pack(w_x, w_h, b))
""",
        "through getattr": """import unrolled.cells

def step(x, h, w_x, w_h, b):
    found = getattr(unrolled.cells, "_".join(["rnn", "step"]))
    return found(x, h, unrolled.cells.RNNWeights(w_x, w_h, b))
""",
        "by a part of a function": """from functools import partial

from unrolled.cells import RNNWeights, rnn

def step(x, h, w_x, w_h, b):
    run = partial(rnn, weights=RNNWeights(w_x, w_h, b))
    return run(x[:, None], h=h).h[:, 0]
""",
        "a module that is loaded again": """from importlib import import_module, reload

def step(x, h, w_x, w_h, b):
    again = reload(import_module("unrolled.cells.rnn"))
    return again.rnn_step(x, h, again.RNNWeights(w_x, w_h, b))
""",
    },
    "sequence": {
        "the whole layer": """from unrolled import cells

def sequence(x, h, w_x, w_h, b):
    return cells.rnn(x, cells.RNNWeights(w_x, w_h, b), h).h
""",
    },
    "load": {
        "the loader of the course": """def load(layer, w, b):
    from unrolled import cells

    n_hidden = len(b)
    w_h, w_x = w[:, :n_hidden].T, w[:, n_hidden:].T
    ur.load_rnn(layer, cells.RNNWeights(w_x, w_h, b))
""",
    },
    "count": {
        "counted by the quizzes": """from unrolled.quiz import calls

def count(n_symbols, emb_size, hid_size, n_out, n_biases):
    found = calls.parameters("rnn", emb_size, hid_size, n_biases)["answer"]
    return n_symbols * emb_size + found + (hid_size + 1) * n_out
""",
    },
    "learn": {
        "the course's training": {
            "pytorch": """def learn(x, y):
    layers = torch.nn.RNN(x.shape[-1], 8, batch_first=True)

    class Letters(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = layers, torch.nn.Linear(8, x.shape[-1])

        def forward(self, x):
            return self.out(self.rnn(x)[0])

    model = Letters().to(x.device)
    ur.fit(model, [(x, y)] * 200, lr=0.03, progress=False)
    return model
""",
            "tensorflow": """def learn(x, y):
    model = keras.Sequential(
        [
            keras.layers.SimpleRNN(8, return_sequences=True),
            keras.layers.Dense(x.shape[-1]),
        ]
    )
    ur.fit(model, [(x, y)] * 200, lr=0.03, progress=False)
    return model
""",
        },
    },
}
