"""Right answers in other styles: how they differ, and what it is in the solution."""

STEP_BY_STEP = """def backward_time(d_h, x, w_x, w_h, b):
    h, c, i, f, g, o, new_c = forward_time(x, w_x, w_h, b)
    d_x, d_w_x, d_w_h, d_b = map(np.zeros_like, (x, w_x, w_h, b))
    back_h, back_c = np.zeros((2, len(x), len(w_h)))
    for t in range(x.shape[1])[::-1]:
        total = d_h[:, t] + back_h
        s = np.tanh(new_c[:, t])
        into_c = back_c + total * o[:, t] * (1 - s * s)
        d_i = into_c * g[:, t] * (i[:, t] - i[:, t] ** 2)
        d_f = into_c * c[:, t] * (f[:, t] - f[:, t] ** 2)
        d_g = into_c * (i[:, t] - i[:, t] * g[:, t] ** 2)
        d_o = total * s * (o[:, t] - o[:, t] ** 2)
        d_a = np.hstack([d_i, d_f, d_g, d_o])
        d_x[:, t] = d_a @ w_x.T
        d_w_x += x[:, t].T @ d_a
        d_w_h += h[:, t].T @ d_a
        d_b += d_a.sum(0)
        back_h = d_a @ w_h.T
        back_c = into_c * f[:, t]
    return d_x, d_w_x, d_w_h, d_b
"""

RIGHT = {
    "backward-time": {
        "weights added up step by step": STEP_BY_STEP,
        "products of flat arrays": {
            'np.einsum("bti,btj->ij", x, d_a)': (
                "x.reshape(-1, x.shape[2]).T @ d_a.reshape(-1, d_a.shape[2])"
            ),
            'np.einsum("bti,btj->ij", h, d_a)': "np.tensordot(h, d_a, [(0, 1)] * 2)",
        },
        "a list": {
            "return d_a @ w_x.T, d_w_x, d_w_h, d_a.sum(axis=(0, 1))": (
                "return [d_a @ w_x.T, d_w_x, d_w_h, d_a.sum(axis=0).sum(axis=0)]"
            )
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "step": {
        "the course's step": """from unrolled.cells import LSTMWeights, lstm_step

def step(x, h, c, w_x, w_h, b):
    return lstm_step(x, h, c, LSTMWeights(w_x, w_h, b))
""",
    },
    "count": {
        "counted by the course": """from unrolled import cells

def count(n_in, n_hidden, n_biases):
    rng = np.random.default_rng(0)
    one = cells.n_parameters(cells.lstm_weights(n_in, n_hidden, rng))
    return one + 4 * n_hidden * (n_biases - 1)
""",
    },
    "backward": {
        "the course's way back": """from unrolled import cells

def backward(d_h, d_c, x, h, c, w_x, w_h, b):
    run = cells.lstm(x[:, None], cells.LSTMWeights(w_x, w_h, b), h, c)
    back = cells.lstm_backward(run, d_h[:, None], (None, d_c))
    return back.x[:, 0], back.h, back.c, back.w_x, back.w_h, back.b
""",
    },
    "backward-time": {
        "the course's way back": """from unrolled import cells

def backward_time(d_h, x, w_x, w_h, b):
    run = cells.lstm(x, cells.LSTMWeights(w_x, w_h, b))
    back = cells.lstm_backward(run, d_h)
    return back.x, back.w_x, back.w_h, back.b
""",
    },
}
