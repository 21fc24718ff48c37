"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "step": {
        "slices": """def step(x, h, w_x, w_h, b, b_n, reset, z):
    m = h.shape[1]
    a = x @ w_x + b
    r = sigmoid(a[:, :m] + h @ w_h[:, :m])
    u = sigmoid(a[:, m : 2 * m] + h @ w_h[:, m : 2 * m])
    heard = r * (h @ w_h[:, 2 * m :] + b_n) if reset == "after" else (
        (r * h) @ w_h[:, 2 * m :] + b_n
    )
    n = np.tanh(a[:, 2 * m :] + heard)
    if z == "new":
        return h + u * (n - h)
    return n + u * (h - n)
""",
        "other names": """def step(v, s, a, u, p, q, where, what):
    one, two, three = np.split(v @ a + p, 3, -1)
    u1, u2, u3 = np.split(u, 3, -1)
    r = sigmoid(one + s @ u1)
    share = sigmoid(two + s @ u2)
    inner = {"before": (r * s) @ u3 + q, "after": r * (s @ u3 + q)}[where]
    new = np.tanh(three + inner)
    share = share if what == "old" else 1 - share
    return share * s + (1 - share) * new
""",
    },
    "convert": {
        "block by block": """def convert(w_x, w_h, b, b_n, reset, z):
    xs, hs, bs = (list(np.split(a, 3, axis=-1)) for a in (w_x, w_h, b))
    inner = b_n.copy()
    if reset == "before":
        off = hs[2].copy()
        np.fill_diagonal(off, 0)
        if off.any():
            return None
        bs[2] = bs[2] + inner
        inner = 0 * inner
    if z == "new":
        xs[1], hs[1], bs[1] = -xs[1], -hs[1], -bs[1]
    return [np.concatenate(parts, -1) for parts in (xs, hs, bs)] + [inner]
"""
    },
    "load": {
        "by rows": {
            "pytorch": """def load(layer, w, u, b):
    n = layer.hidden_size

    def turn(a):
        a = torch.as_tensor(a, dtype=torch.float32).clone()
        a[:n] *= -1
        return torch.cat([a[n : 2 * n], a[:n], a[2 * n :]])

    zero = torch.zeros(3 * n)
    parts = dict(weight_ih_l0=turn(w), weight_hh_l0=turn(u), bias_ih_l0=turn(b))
    layer.load_state_dict({**parts, "bias_hh_l0": zero})
""",
            "tensorflow": """def load(layer, w, u, b):
    n = layer.units
    sign = np.r_[-np.ones(n), np.ones(2 * n)]
    kernel, recurrent, bias = layer.trainable_variables
    kernel.assign((w * sign[:, None]).T)
    recurrent.assign(u.T * sign)
    both = np.zeros((2, 3 * n), "float32")
    both[0] = b * sign
    bias.assign(both)
""",
        },
        "the bias of r and z shared": {
            "pytorch": """def load(layer, w, u, b):
    n = layer.hidden_size

    def turn(a):
        z, r, c = np.split(a, 3)
        return torch.tensor(np.concatenate([r, -z, c]))

    first, second = turn(b), torch.zeros(3 * n)
    second[: 2 * n] = first[: 2 * n] / 2
    first[: 2 * n] /= 2
    with torch.no_grad():
        for p, a in zip(layer.parameters(), (turn(w), turn(u), first, second)):
            p.copy_(a)
"""
        },
    },
    "sizes": {
        "by the formula": """import math

def sizes(n_in, n_out, n_biases, budget):
    found = []
    for sets in (1, 3, 4):
        a, b = sets, sets * (n_in + n_biases) + n_out
        c = n_out - budget
        n = 0
        if c <= 0:
            n = int((-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)) + 2
            while a * n * n + b * n + c > 0:
                n -= 1
        found.append(max(n, 0))
    return tuple(found)
""",
        "a dict": {
            "return largest(1), largest(3), largest(4)": "names = 'rnn', 'gru', 'lstm'"
            "\n    return dict(zip(names, map(largest, (1, 3, 4))))"
        },
    },
    "gated": {
        "slices": {
            "pytorch": """def gated(x, weights, r=None, z=None):
    m = weights.w_h.shape[0]
    h = torch.zeros(x.shape[0], m, dtype=x.dtype)
    for now in x.unbind(1):
        a, u = now @ weights.w_x + weights.b, h @ weights.w_h
        reset = r if r is not None else torch.sigmoid(a[:, :m] + u[:, :m])
        keep = z if z is not None else (a[:, m : 2 * m] + u[:, m : 2 * m]).sigmoid()
        n = (a[:, 2 * m :] + reset * (u[:, 2 * m :] + weights.b_n)).tanh()
        h = n + keep * (h - n)
    return h
""",
            "tensorflow": """import tensorflow as tf

def gated(x, weights, r=None, z=None):
    m = weights.w_h.shape[0]
    h = tf.zeros((tf.shape(x)[0], m))
    for now in tf.unstack(x, axis=1):
        a, u = tf.matmul(now, weights.w_x) + weights.b, tf.matmul(h, weights.w_h)
        reset = r if r is not None else tf.sigmoid(a[:, :m] + u[:, :m])
        keep = z if z is not None else tf.sigmoid((a + u)[:, m : 2 * m])
        n = tf.tanh(a[:, 2 * m :] + reset * (u[:, 2 * m :] + weights.b_n))
        h = n + keep * (h - n)
    return h
""",
        }
    },
    "mend": {
        "slices": """def mend(w_ih, w_hh, b_ih, b_hh):
    m = w_hh.shape[1]
    turn = lambda a: np.concatenate((a[m : 2 * m], a[:m], a[2 * m :]))
    return turn(w_ih).T, turn(w_hh).T, np.array([turn(b_ih), turn(b_hh)])
"""
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "step": {
        "the course's step": """def step(x, h, w_x, w_h, b, b_n, reset, z):
    return cells.gru_step(x, h, cells.GRUWeights(w_x, w_h, b, b_n), reset, z)
""",
    },
    "backward": {
        "the course's way back": """def backward(d_h, x, h, w_x, w_h, b, b_n, reset):
    weights = cells.GRUWeights(w_x, w_h, b, b_n)
    run = cells.gru(x[:, None], weights, h, reset)
    back = cells.gru_backward(run, d_h[:, None])
    return back.x[:, 0], back.h, back.w_x, back.w_h, back.b, back.b_n
""",
    },
    "convert": {
        "turned by the course": """def convert(w_x, w_h, b, b_n, reset, z):
    n = len(w_h)
    u_n = w_h[:, 2 * n :]
    if reset == "before":
        if np.any(u_n != np.diag(np.diag(u_n))):
            return None
        b = np.concatenate([b[: 2 * n], b[2 * n :] + b_n])
        b_n = np.zeros_like(b_n)
    weights = cells.GRUWeights(w_x, w_h, b, b_n)
    return tuple(cells.flip_z(weights) if z == "new" else weights)
""",
    },
    "load": {
        "the loader of the course": """def load(layer, w, u, b):
    from unrolled import cells

    parts = [np.split(a, 3) for a in (w, u, b)]
    w, u, b = (np.concatenate([r, z, n]) for z, r, n in parts)
    weights = cells.GRUWeights(w.T, u.T, b, np.zeros(len(b) // 3))
    ur.load_gru(layer, weights, reset="after", z="new")
""",
    },
    "sizes": {
        "counted by the quizzes": """from unrolled.quiz import calls

def sizes(n_in, n_out, n_biases, budget):
    def largest(cell):
        n = 0
        while True:
            more = calls.parameters(cell, n_in, n + 1, n_biases)["answer"]
            if more + (n + 2) * n_out > budget:
                return n
            n += 1

    return largest("rnn"), largest("gru"), largest("lstm")
""",
    },
}
