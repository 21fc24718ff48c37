"""Right answers in other styles: how they differ, and what it is in the solution."""

DROPPED = "nn.functional.dropout(h, 0.2, self.training)"
OUT = "        self.out = keras"

RIGHT = {
    "both": {
        "indexes": """def both(x, ahead, back):
    batch, steps, _ = x.shape
    n, m = len(ahead[2]), len(back[2])
    out = np.zeros((batch, steps, n + m))
    h, g = np.zeros((batch, n)), np.zeros((batch, m))
    for t in range(steps):
        h = step(x[:, t], h, *ahead)
        out[:, t, :n] = h
        s = steps - 1 - t
        g = step(x[:, s], g, *back)
        out[:, s, n:] = g
    return out, np.hstack([h, g])
""",
        "a list": """def both(x, ahead, back):
    def run(times, weights):
        h, states = np.zeros((len(x), weights[1].shape[0])), {}
        for t in times:
            h = states[t] = step(x[:, t], h, *weights)
        return np.stack([states[t] for t in range(x.shape[1])], 1), h

    steps = range(x.shape[1])
    (a, end), (b, start) = run(steps, ahead), run(reversed(steps), back)
    return [np.concatenate((a, b), 2), np.concatenate((end, start), 1)]
""",
    },
    "shapes": {
        "lists": """def shapes(batch, time, n_in, n_hidden, n_layers, n_dir, merge):
    width = n_dir * n_hidden if merge == "concat" else n_hidden
    below = width if n_layers > 1 else n_in
    return [
        [batch, time, width],
        [below, 4 * n_hidden],
        [n_layers * n_dir, batch, n_hidden],
    ]
"""
    },
    "count": {
        "first, others": """def count(n_in, n_hidden, n_layers, n_directions, n_biases):
    def layer(reads):
        return 4 * (reads * n_hidden + n_hidden**2 + n_biases * n_hidden)

    first = n_directions * layer(n_in)
    others = n_directions * layer(n_directions * n_hidden)
    return first + (n_layers - 1) * others
"""
    },
    "summary": {
        "the last layer's directions": {
            "pytorch": """def summary(layers, x):
    _, (h, _) = layers(x)
    h = h.unflatten(0, (layers.num_layers, 2))[-1]
    return h.transpose(0, 1).flatten(1)
""",
            "tensorflow": """def summary(layers, x):
    for one in layers:
        x = one(x)
    ahead, back = tf.split(x, 2, axis=2)
    return keras.ops.concatenate([ahead[:, -1], back[:, 0]], axis=1)
""",
        },
        "of the outputs": {
            "pytorch": """def summary(layers, x):
    out = layers(x)[0]
    n = layers.hidden_size
    return torch.hstack((out[:, -1, :n], out[:, 0, n:]))
"""
        },
    },
    "mend": {
        "with dropout": {
            "pytorch": {"self.out(h)": f"self.out({DROPPED})"},
            "tensorflow": {
                OUT: f"        self.drop = keras.layers.Dropout(0.2)\n{OUT}",
                "self.out(h)": "self.out(self.drop(h, training=training))",
            },
        },
        "a GRU of two layers": {
            "pytorch": {"nn.LSTM(16, n_hidden,": "nn.GRU(16, n_hidden, 2,"},
        },
    },
    "residual": {
        "one at a time": """def residual(x, layers):
    for weights in layers:
        out = states(x, *weights)
        if out.shape[-1] == x.shape[-1]:
            out = out + x
        x = out
    return x
""",
        "reduce": """from functools import reduce

def residual(x, layers):
    def add(h, one):
        new = states(h, one[0], one[1], one[2])
        return new + (h if h.shape[2] == new.shape[2] else 0)

    return reduce(add, layers, x)
""",
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "both": {
        "the course's layer": """from unrolled import cells

def both(x, ahead, back):
    run = cells.bidirectional(x, (cells.RNNWeights(*ahead), cells.RNNWeights(*back)))
    return run.h, np.concatenate(run.last, axis=-1)
""",
    },
    "count": {
        "counted by the quizzes": """from unrolled.quiz import calls

def count(n_in, n_hidden, n_layers, n_directions, n_biases):
    total = 0
    for _ in range(n_layers):
        one = calls.parameters("lstm", n_in, n_hidden, n_biases)["answer"]
        total, n_in = total + n_directions * one, n_directions * n_hidden
    return total
""",
    },
    "summary": {
        "the course's run": {
            "pytorch": """def summary(layers, x):
    ahead, back = ur.run(layers, ur.array(x)).last[-1]
    return ur.tensor(np.concatenate([ahead[0], back[0]], axis=-1))
""",
            "tensorflow": """def summary(layers, x):
    ahead, back = ur.run(layers[1], ur.array(layers[0](x))).last
    return np.concatenate([ahead[0], back[0]], axis=-1)
""",
        },
    },
}
