"""Right answers in other styles: how they differ, and what it is in the solution."""

RIGHT = {
    "slope": {
        "in factors": "def slope(h):\n    return (1 - h) * (1 + h)\n",
        "by its inverse": {"1 - h**2": "1 / np.cosh(np.arctanh(h)) ** 2"},
        "a lambda": "slope = lambda state: 1.0 - np.square(state)\n",
    },
    "numeric": {
        "flat": """def numeric(loss, w, epsilon):
    gradient = np.zeros(w.size)
    for k in range(w.size):
        nudge = np.zeros(w.size)
        nudge[k] = epsilon
        nudge = nudge.reshape(w.shape)
        gradient[k] = (loss(w + nudge) - loss(w - nudge)) / 2 / epsilon
    return gradient.reshape(w.shape)
""",
        "in place, and back": """def numeric(loss, w, epsilon):
    w = w.copy()
    gradient = np.empty(w.shape)
    it = np.nditer(w, flags=["multi_index"])
    for value in it:
        place, old = it.multi_index, float(value)
        w[place] = old + epsilon
        up = loss(w)
        w[place] = old - epsilon
        down = loss(w)
        w[place] = old
        gradient[place] = (up - down) / (2 * epsilon)
    return gradient
""",
    },
    "back": {
        "a NamedTuple": """from typing import NamedTuple

class Gradients(NamedTuple):
    d_x: np.ndarray
    d_before: np.ndarray
    d_w_x: np.ndarray
    d_w_h: np.ndarray
    d_b: np.ndarray

def back(d_h, x, h_before, h, w_x, w_h):
    d_a = d_h * (1 - h * h)
    ones = np.ones(len(x))
    return Gradients(d_a @ w_x.T, d_a @ w_h.T, x.T @ d_a, h_before.T @ d_a, ones @ d_a)
""",
        "einsum, as a list": """def back(d_h, x, h_before, h, w_x, w_h):
    d = d_h - d_h * h**2
    return [
        np.einsum("nj,ij->ni", d, w_x),
        np.einsum("nj,kj->nk", d, w_h),
        np.einsum("ni,nj->ij", x, d),
        np.einsum("nk,nj->kj", h_before, d),
        np.einsum("nj->j", d),
    ]
""",
        "sequence by sequence": """def back(d_h, x, h_before, h, w_x, w_h):
    d = d_h * slope(h)
    d_w_x = sum(np.outer(a, b) for a, b in zip(x, d))
    d_w_h = sum(np.outer(a, b) for a, b in zip(h_before, d))
    d_x = np.array([w_x @ one for one in d])
    return d_x, np.array([w_h @ one for one in d]), d_w_x, d_w_h, sum(d)
""",
    },
    "through": {
        "weights at the end": """def through(d_h, x, start, h, w_x, w_h):
    before = np.concatenate([start[:, None], h[:, :-1]], axis=1)
    d = np.zeros_like(h)
    later = np.zeros_like(start)
    for t in range(x.shape[1] - 1, -1, -1):
        d[:, t] = (d_h[:, t] + later) * slope(h[:, t])
        later = d[:, t] @ w_h.T
    d_w_x = np.tensordot(x, d, ([0, 1], [0, 1]))
    d_w_h = np.tensordot(before, d, ([0, 1], [0, 1]))
    return d @ w_x.T, later, d_w_x, d_w_h, d.sum((0, 1))
""",
        "from zeros, with +=": {
            "d_w_x, d_w_h, d_b = 0, 0, 0": "d_w_x, d_w_h = 0 * w_x, 0 * w_h\n"
            "    d_b = np.zeros(len(w_h))",
            "d_w_x, d_w_h, d_b = d_w_x + one_x, d_w_h + one_h, d_b + one_b": "d_w_x += "
            "one_x\n        d_w_h += one_h\n        d_b += one_b",
        },
    },
    "pieces": {
        "split": {
            "pytorch": """def pieces(layer, x, y, k):
    layer.zero_grad(set_to_none=True)
    h, losses = None, []
    for part, label in zip(x.split(k, dim=1), y.split(k, dim=1)):
        out, h = layer(part, None if h is None else h.detach())
        loss = half_squared(out, label)
        loss.backward()
        losses.append(float(loss))
    return sum(losses), [p.grad.clone() for p in layer.parameters()]
""",
            "tensorflow": """def pieces(layer, x, y, k):
    total, h, found = 0.0, None, []
    for start in range(0, x.shape[1], k):
        with tf.GradientTape() as tape:
            out = layer(x[:, start : start + k], initial_state=h)
            loss = half_squared(out, y[:, start : start + k])
        found.append(tape.gradient(loss, layer.trainable_variables))
        total = total + loss
        h = tf.stop_gradient(out[:, -1])
    return total, [tf.add_n(list(parts)) for parts in zip(*found)]
""",
        },
    },
    "mend": {
        "one-hot products": """def mend(ids, d_y, h, table, w_h, w_y):
    batch, steps = ids.shape
    d_a = np.zeros((batch, steps, len(w_h)))
    later = np.zeros((batch, len(w_h)))
    for t in range(steps - 1, -1, -1):
        d_a[:, t] = (d_y[:, t] @ w_y.T + later) * (1 - h[:, t + 1] ** 2)
        later = d_a[:, t] @ w_h.T
    hot = np.eye(len(table))[ids]
    d_table = np.einsum("bts,bth->sh", hot, d_a)
    d_w_h = np.einsum("btk,bth->kh", h[:, :-1], d_a)
    return d_table, d_w_h, np.einsum("bth,bto->ho", h[:, 1:], d_y)
""",
        "row by row": {
            "np.add.at(d_table, ids[:, t], d_a)": "for i, one in zip(ids[:, t], d_a):\n"
            "            d_table[i] += one"
        },
    },
}

# Right by a function of the course, or of a framework.
HELPED = {
    "back": {
        "the course's way back": """def back(d_h, x, h_before, h, w_x, w_h):
    run = cells.rnn(x[:, None], cells.RNNWeights(w_x, w_h, 0 * w_h[0]), h_before)
    found = cells.rnn_backward(run._replace(h=h[:, None]), d_h[:, None])
    return found.x[:, 0], found.h, found.w_x, found.w_h, found.b
""",
    },
    "character": {
        "the course's way back": """def character(x, targets, start, *weights):
    w_x, w_h, b, w_y, b_y = weights
    run = cells.rnn(x, cells.RNNWeights(w_x, w_h, b), start)
    logits = run.h @ w_y + b_y
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p = p / p.sum(-1, keepdims=True)
    d_y = (p - np.eye(len(b_y))[targets]) / targets.size
    found = cells.rnn_backward(run, d_y @ w_y.T)
    d_w_y = np.einsum("bth,bto->ho", run.h, d_y)
    return found.w_x, found.w_h, found.b, d_w_y, d_y.sum((0, 1))
""",
    },
    "mend": {"the right one, which is given": "mend = right\n"},
    "numeric": {
        "the check's own nudges": """from unrolled.check import Slopes, slopes

def numeric(loss, w, epsilon):
    kept, slopes.NUDGE = slopes.NUDGE, epsilon
    try:
        return slopes.numeric(Slopes(loss, ("w",)), {"w": w}, "w")
    finally:
        slopes.NUDGE = kept
""",
    },
    "through": {
        "the course's way back": """def through(d_h, x, start, h, w_x, w_h):
    run = cells.rnn(x, cells.RNNWeights(w_x, w_h, 0 * w_h[0]), start)
    found = cells.rnn_backward(run._replace(h=h), d_h)
    return found.x, found.h, found.w_x, found.w_h, found.b
""",
    },
}
