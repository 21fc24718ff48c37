"""Right answers in other styles: how they differ, and what it is in the solution."""

EIGEN = "np.abs(np.linalg.eigvals(w)).max()"
LOOP = """def reach(w_h, slope, least):
    left, n = 1.0, 0
    while left > least:
        if slope * radius(w_h) >= 1:
            return float("inf")
        left, n = left * slope * radius(w_h), n + 1
    return n
"""
NAMED = """from collections import namedtuple

def clip(gradient, most):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradient])
    parts = [g * most / max(norm, most) for g in gradient]
    return namedtuple("Gradient", "w_x w_h b")(*parts)
"""
BOUND = "    nn.utils.clip_grad_norm_(layer.parameters(), most)\n"
BY_HAND = """    norm = sum((p.grad**2).sum() for p in layer.parameters()) ** 0.5
    for p in layer.parameters():
        p.grad *= torch.clamp(most / (norm + 1e-6), max=1)
"""
RNN, OF_KERAS = "nn.RNN(n_in, n_hidden, batch_first=True)", "self.out(self.rnn(x))"
ORTHOGONAL = "nn.init.orthogonal_(self.rnn.weight_hh_l0)"
PLAIN = 'keras.layers.SimpleRNN(n_hidden, recurrent_initializer="orthogonal")'
EVERY = PLAIN.replace(")", ", return_sequences=True)")
TWO = {
    RNN: RNN.replace("n_hidden", "n_hidden, num_layers=2"),
    ORTHOGONAL: f"{ORTHOGONAL}\n        {ORTHOGONAL.replace('l0', 'l1')}",
}

RIGHT = {
    "radius": {
        "by the largest of a list": {
            EIGEN: "max(abs(e) for e in np.linalg.eigvals(w))"
        },
        "by the characteristic polynomial": {
            EIGEN: "np.abs(np.roots(np.poly(w))).max() if w.any() else 0"
        },
    },
    "reach": {
        "in a loop": LOOP,
        "in other logarithms": {"np.log(": "np.log2("},
        "a whole number": {"np.ceil(": "int(np.ceil(", "(factor))": "(factor)))"},
    },
    "back": {
        "a list": {"np.array(norms[::-1])": "norms[::-1]"},
        "in columns": {"(d * (1 - state**2)) @ w_h.T": "w_h @ (d * (1 - state**2))"},
    },
    "clip": {
        "a NamedTuple": NAMED,
        "with an epsilon, as PyTorch": {"/ norm)": "/ (norm + 1e-6))"},
        "a tuple": {"    return [g": "    return *[g", "in gradient]": "in gradient],"},
    },
    "mend": {
        "by hand": {"pytorch": {BOUND: BY_HAND}},
        "zero at the end": {
            "pytorch": {
                "    optimizer.zero_grad()\n": "",
                "    return": "    optimizer.zero_grad()\n    return",
            }
        },
        "a number of Python": {"return loss": "return float(loss)"},
        "pairs": {
            "tensorflow": {
                "apply(clipped, layer.trainable_variables)": "apply_gradients("
                "zip(clipped, layer.trainable_variables))"
            }
        },
    },
    "learn": {
        "two layers": {
            "pytorch": TWO,
            "tensorflow": {PLAIN: f"keras.Sequential([{EVERY}, {PLAIN}])"},
        },
        "max pooling": {
            "pytorch": {"h[:, -1]": "h.max(dim=1).values"},
            "tensorflow": {
                PLAIN: f"keras.Sequential([{EVERY}, keras.layers.GlobalMaxPooling1D()])"
            },
        },
        "dropout": {
            "pytorch": {
                "h[:, -1]": "nn.functional.dropout(h[:, -1], 0.1, self.training)"
            },
            "tensorflow": {
                PLAIN: f"keras.Sequential([{PLAIN}, keras.layers.Dropout(0.1)])"
            },
        },
        "a function": {"return model": "return lambda batch: model(batch)"},
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "clip": {
        "the framework's own": {
            "pytorch": """def clip(gradient, most):
    parts = [torch.zeros(g.shape, dtype=torch.float64) for g in gradient]
    for part, g in zip(parts, gradient):
        part.grad = torch.tensor(np.asarray(g, float))
    nn.utils.clip_grad_norm_(parts, most)
    return [part.grad.numpy() for part in parts]
""",
            "tensorflow": """def clip(gradient, most):
    parts = [tf.constant(np.asarray(g, float)) for g in gradient]
    return [part.numpy() for part in tf.clip_by_global_norm(parts, most)[0]]
""",
        },
    },
    "learn": {
        "the course's training": {
            "pytorch": """class Recall(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.rnn = nn.RNN(n_in, n_hidden, batch_first=True)
        self.out = nn.Linear(n_hidden, n_out)
        nn.init.orthogonal_(self.rnn.weight_hh_l0)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])

def learn(batches):
    model = Recall(8, n_hidden=64, n_out=4).to(batches[0][0].device)
    ur.fit(model, batches, progress=False)
    return model
""",
            "tensorflow": """def learn(batches):
    rnn = keras.layers.SimpleRNN(64, recurrent_initializer="orthogonal")
    model = keras.Sequential([rnn, keras.layers.Dense(4)])
    ur.fit(model, batches, progress=False)
    return model
""",
        },
    },
}
